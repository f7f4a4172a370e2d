#include <otto/error.hpp>
#include <otto/sdk/process.hpp>

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace otto::sdk {

std::optional<std::size_t> write_some(int fd, std::string_view bytes) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) return static_cast<std::size_t>(written);
    if (errno == EAGAIN || errno == EINTR) return 0;
    return std::nullopt; // EPIPE; EIO on a terminal whose other side is gone
}

ReadOutcome read_some(int fd, std::vector<char>& buffer, std::size_t& size) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    size = got > 0 ? static_cast<std::size_t>(got) : 0;
    if (got > 0) return ReadOutcome::data;
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return ReadOutcome::would_block;
    return ReadOutcome::end; // EIO on a terminal that nobody holds any more
}

} // namespace otto::sdk
