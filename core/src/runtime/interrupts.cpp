#include "runtime/interrupts.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <utility>

namespace otto {
namespace {

std::atomic<int> bell_descriptor{-1};
std::atomic<int> first_signal{0};

// Async-signal-safe calls only.
void on_signal(int signal) {
    const int saved = errno;
    int none = 0;
    if (first_signal.compare_exchange_strong(none, signal)) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(bell_descriptor, &one, sizeof one);
    } else {
        struct sigaction standard {};
        standard.sa_handler = SIG_DFL;
        ::sigaction(signal, &standard, nullptr);
        ::raise(signal); // delivered when this handler returns
    }
    errno = saved;
}

} // namespace

Interrupts::Interrupts(asio::any_io_executor loop, std::function<void()> on_first)
    : bell_(std::move(loop))
    , on_first_(std::move(on_first)) {
    const int descriptor = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int none = -1;
    if (descriptor < 0) return;
    if (!bell_descriptor.compare_exchange_strong(none, descriptor)) {
        ::close(descriptor);
        return;
    }
    owner_ = true;
    first_signal = 0;
    bell_.assign(descriptor);
    bell_.async_wait(asio::posix::stream_descriptor::wait_read, [this](boost::system::error_code failure) {
        if (!failure) on_first_();
    });
    struct sigaction action {};
    action.sa_handler = &on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < signals.size(); ++i)
        ::sigaction(signals[i], &action, &former_[i]);
}

Interrupts::~Interrupts() {
    if (!owner_) return;
    for (std::size_t i = 0; i < signals.size(); ++i)
        ::sigaction(signals[i], &former_[i], nullptr);
    bell_descriptor = -1;
}

int Interrupts::signal() const noexcept {
    return owner_ ? first_signal.load() : 0;
}

} // namespace otto
