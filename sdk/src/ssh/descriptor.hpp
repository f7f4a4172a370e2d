// A file descriptor that is closed with its owner, and reading a small file through one.
#pragma once

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>

namespace otto::sdk {

class Descriptor {
  public:
    explicit Descriptor(int number) noexcept
        : number_(number) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    [[nodiscard]] int get() const noexcept { return number_; }
    explicit operator bool() const noexcept { return number_ >= 0; }

  private:
    int number_;
};

// The rest of the file; nothing, with errno set, if reading fails or there are more than `limit` bytes.
inline std::optional<std::string> read_all(int descriptor, std::size_t limit) {
    std::string text;
    for (;;) {
        char block[16 * 1024];
        const auto size = ::read(descriptor, block, sizeof block);
        if (size == 0) return text;
        if (size < 0 && errno == EINTR) continue;
        if (size < 0) return std::nullopt;
        text.append(block, static_cast<std::size_t>(size));
        if (text.size() > limit) {
            errno = EFBIG;
            return std::nullopt;
        }
    }
}

} // namespace otto::sdk
