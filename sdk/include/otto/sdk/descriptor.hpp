// An owned file descriptor. Everything that otto opens is CLOEXEC.
#pragma once

#include <string_view>
#include <utility>

namespace otto::sdk {

class Fd {
  public:
    Fd() = default;
    explicit Fd(int number) noexcept
        : number_(number) {}
    ~Fd() { reset(); }
    Fd(Fd&& other) noexcept
        : number_(other.release()) {}
    Fd& operator=(Fd&& other) noexcept {
        if (this != &other) reset(other.release());
        return *this;
    }

    [[nodiscard]] int get() const noexcept { return number_; }
    [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }
    int release() noexcept { return std::exchange(number_, -1); }
    void reset(int number = -1) noexcept;

  private:
    int number_ = -1;
};

// The two ends of a pipe; our end does not block, the child's end does.
struct Pipe {
    Fd read;
    Fd write;
};
// We read and the child writes, or the other way round. Throw Error(internal) when descriptors run out.
[[nodiscard]] Pipe pipe_from_child();
[[nodiscard]] Pipe pipe_to_child();

// Makes our use of the descriptor non-blocking. Throws Error(internal).
void set_nonblocking(const Fd& fd);

} // namespace otto::sdk
