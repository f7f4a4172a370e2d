#include "session_hooks.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

namespace otto::sdk {

namespace {

// libssh2 frees every message it has handled, and gives the free hook no size: it is kept in front of the
// block.
constexpr std::size_t block_head = alignof(std::max_align_t);
static_assert(block_head >= sizeof(std::size_t));

void* with_head(void* memory, std::size_t size) noexcept {
    if (!memory) return nullptr;
    std::memcpy(memory, &size, sizeof size);
    return static_cast<unsigned char*>(memory) + block_head;
}

unsigned char* head_of(void* block) noexcept {
    return static_cast<unsigned char*>(block) - block_head;
}

std::uint32_t big_endian(const unsigned char* bytes) noexcept {
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 | std::uint32_t{bytes[2]} << 8 |
           bytes[3];
}

// RFC 4254, sections 5.1 and 5.4
constexpr unsigned char channel_open_confirmation = 91;
constexpr unsigned char channel_request = 98;
constexpr std::size_t greeting_limit = 8 * 1024;

} // namespace

ssize_t SshSession::Hooks::on_receive(libssh2_socket_t, void* space, std::size_t size, int, void** session) {
    auto& self = *static_cast<SshSession*>(*session);
    if (self.dead_) return -ECONNRESET;
    const auto ready = self.in_end_ - self.in_begin_;
    if (ready == 0) return -EAGAIN;
    const auto count = std::min(size, ready);
    const char* bytes = self.in_.data() + self.in_begin_;
    std::memcpy(space, bytes, count);
    if (!self.logged_in_ && self.greeting_.size() < greeting_limit) {
        self.greeting_.append(bytes, std::min(count, greeting_limit - self.greeting_.size()));
    }
    self.in_begin_ += count;
    self.taken_ += count;
    return static_cast<ssize_t>(count);
}

ssize_t SshSession::Hooks::on_send(libssh2_socket_t, const void* bytes, std::size_t size, int,
                                   void** session) {
    auto& self = *static_cast<SshSession*>(*session);
    if (self.gone()) return -EPIPE;
    self.out_.append(static_cast<const char*>(bytes), size);
    return static_cast<ssize_t>(size);
}

void* SshSession::allocate(std::size_t size) noexcept {
    return with_head(std::malloc(size + block_head), size);
}

void* SshSession::Hooks::on_allocate(std::size_t size, void**) {
    return allocate(size);
}

void* SshSession::Hooks::on_reallocate(void* block, std::size_t size, void**) {
    return with_head(std::realloc(block ? head_of(block) : nullptr, size + block_head), size);
}

void SshSession::Hooks::on_free(void* block, void** session) {
    if (!block) return;
    std::size_t size = 0;
    std::memcpy(&size, head_of(block), sizeof size);
    static_cast<SshSession*>(*session)->message_freed(static_cast<const unsigned char*>(block), size);
    std::free(head_of(block));
}

// Two facts that libssh2 keeps to itself: the number of the channel it has just opened (the confirmation is
// the last thing it frees then), and whether an exit status came at all (it answers 0 either way).
void SshSession::message_freed(const unsigned char* bytes, std::size_t size) noexcept {
    if (size < 17) return;
    if (bytes[0] == channel_open_confirmation) opened_id_ = big_endian(bytes + 1);
    if (bytes[0] != channel_request || size < 25 || big_endian(bytes + 5) != 11) return;
    const auto id = big_endian(bytes + 1);
    const auto channel = std::find_if(channels_.begin(), channels_.end(),
                                      [id](const Channel& known) { return known.id == id; });
    if (channel == channels_.end()) return;
    const std::string_view name(reinterpret_cast<const char*>(bytes) + 9, 11);
    const auto value = big_endian(bytes + 21);
    if (name == "exit-status") channel->exit.status = static_cast<int>(value);
    if (name == "exit-signal" && value <= size - 25) {
        channel->exit.signal.assign(reinterpret_cast<const char*>(bytes) + 25, value);
    }
}

} // namespace otto::sdk
