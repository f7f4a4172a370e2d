#include "fd_writer.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <ctime>

namespace otto::cli {
namespace {

constexpr int patience_after_interrupt_ms = 2000;

bool is_regular(int fd) {
    struct stat about {};
    return ::fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

// Holds SIGPIPE back in this thread while it lives, and swallows the one that its own writes caused. Not a
// process-wide SIG_IGN: children would inherit that.
class SigpipeGuard {
  public:
    SigpipeGuard() {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        sigset_t pending;
        sigpending(&pending);
        was_pending_ = sigismember(&pending, SIGPIPE) == 1;
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &former_);
    }
    ~SigpipeGuard() {
        const int saved = errno;
        const timespec now{};
        while (!was_pending_ && sigtimedwait(&sigpipe_, nullptr, &now) < 0 && errno == EINTR) {
        }
        pthread_sigmask(SIG_SETMASK, &former_, nullptr);
        errno = saved;
    }
    SigpipeGuard(const SigpipeGuard&) = delete;
    SigpipeGuard& operator=(const SigpipeGuard&) = delete;

  private:
    sigset_t sigpipe_{};
    sigset_t former_{};
    bool was_pending_ = false;
};

} // namespace

FdWriter::FdWriter(int fd)
    : fd_(fd)
    , terminal_(::isatty(fd) == 1)
    , regular_file_(is_regular(fd)) {}

bool FdWriter::closed() const noexcept {
    return error_ == EPIPE;
}

void FdWriter::fail(int error) {
    error_ = error;
    if (on_failure_) on_failure_();
}

void FdWriter::write(std::string_view bytes) {
    if (error_ != 0 || muted_ || bytes.empty()) return;
    const SigpipeGuard guard;
    write_blocking_sigpipe(bytes);
}

void FdWriter::write_blocking_sigpipe(std::string_view bytes) {
    // A pipe or terminal that is writable takes PIPE_BUF bytes without blocking; more could block for ever.
    const std::size_t most = regular_file_ ? bytes.size() : PIPE_BUF;
    while (!bytes.empty()) {
        if (!regular_file_ && !wait_writable()) return;
        const ssize_t n = ::write(fd_, bytes.data(), std::min(bytes.size(), most));
        if (n >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(n));
        else if (errno != EINTR && errno != EAGAIN)
            return fail(errno);
    }
}

// False if the reader stood still for too long after an interrupt.
bool FdWriter::wait_writable() {
    bool interrupted = false;
    for (;;) {
        std::array<pollfd, 2> fds = {pollfd{fd_, POLLOUT, 0},
                                     pollfd{interrupted ? -1 : interrupt_fd_, POLLIN, 0}};
        const int ready = ::poll(fds.data(), fds.size(), interrupted ? patience_after_interrupt_ms : -1);
        if (ready < 0 && errno == EINTR) continue;
        if (ready < 0) return fail(errno), false;
        if (fds[0].revents != 0) return true; // writable, or in a state that write() will explain
        if (ready == 0) return fail(ETIMEDOUT), false;
        interrupted = true;
    }
}

} // namespace otto::cli
