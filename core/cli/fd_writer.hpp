// Standard output and standard error as the command uses them: everything is written at once, a reader that
// went away is noticed without a signal, and a reader that stands still cannot keep the user's Ctrl-C from
// working.
#pragma once

#include <functional>
#include <string_view>

namespace otto::cli {

class FdWriter {
  public:
    // The descriptor stays the caller's.
    explicit FdWriter(int fd);
    FdWriter(const FdWriter&) = delete;
    FdWriter& operator=(const FdWriter&) = delete;

    // Called once, by the write that finds that nobody reads any more or that the bytes cannot be stored.
    void on_failure(std::function<void()> callback) { on_failure_ = std::move(callback); }

    // Writes all of it, or nothing more once a write has failed.
    void write(std::string_view bytes);

    // Writes nothing from now on.
    void mute() noexcept { muted_ = true; }

    // Becomes readable when the user interrupts: from then on a reader that takes nothing for two seconds is
    // given up.
    void interrupt_descriptor(int fd) noexcept { interrupt_fd_ = fd; }

    [[nodiscard]] bool is_terminal() const noexcept { return terminal_; }
    // The reader closed its end (EPIPE).
    [[nodiscard]] bool closed() const noexcept;
    // errno of the write that failed, or 0.
    [[nodiscard]] int error() const noexcept { return error_; }

  private:
    void write_blocking_sigpipe(std::string_view bytes);
    [[nodiscard]] bool wait_writable();
    void fail(int error);

    int fd_;
    int interrupt_fd_ = -1;
    bool terminal_;
    bool regular_file_;
    int error_ = 0;
    bool muted_ = false;
    std::function<void()> on_failure_;
};

} // namespace otto::cli
