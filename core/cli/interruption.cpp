#include "interruption.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <system_error>
#include <utility>

namespace otto::cli {
namespace {

std::atomic<int> caught_signal = 0;
std::atomic<int> wake_descriptor = -1;
static_assert(std::atomic<int>::is_always_lock_free, "signal handlers may use lock-free atomics only");

// Async-signal-safe. It does not depend on any loop: the second signal works also when the program hangs.
void on_signal(int number) {
    const int saved = errno;
    int none = 0;
    if (caught_signal.compare_exchange_strong(none, number)) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto n = ::write(wake_descriptor.load(), &one, sizeof one);
    } else {
        ::signal(number, SIG_DFL);
        ::raise(number); // delivered when this handler returns
    }
    errno = saved;
}

} // namespace

Interruption::Interruption()
    : wake_fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (wake_fd_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
    caught_signal = 0;
    wake_descriptor = wake_fd_;
    struct sigaction action {};
    action.sa_handler = &on_signal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &action, &former_int_);
    ::sigaction(SIGTERM, &action, &former_term_);
    // Whoever started us with signals ignored (nohup, a background job) does not want them back.
    if (former_int_.sa_handler == SIG_IGN) ::sigaction(SIGINT, &former_int_, nullptr);
    if (former_term_.sa_handler == SIG_IGN) ::sigaction(SIGTERM, &former_term_, nullptr);
}

Interruption::~Interruption() {
    ::sigaction(SIGINT, &former_int_, nullptr);
    ::sigaction(SIGTERM, &former_term_, nullptr);
    wake_descriptor = -1;
    ::close(wake_fd_);
}

int Interruption::signal() const noexcept {
    return caught_signal.load();
}

void Interruption::stop() {
    if (stopped_ || !cancel_) return;
    stopped_ = true;
    // Posted, because the caller may be running inside the very work that it wants cancelled.
    asio::post(executor_, [cancel = cancel_] { cancel->emit(asio::cancellation_type::terminal); });
}

task<> Interruption::guard(task<> work) {
    executor_ = co_await asio::this_coro::executor;
    cancel_ = std::make_shared<asio::cancellation_signal>();

    asio::posix::stream_descriptor wake(executor_, ::fcntl(wake_fd_, F_DUPFD_CLOEXEC, 0));
    wake.async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& ec) {
        if (!ec) stop();
    });

    auto token = asio::bind_cancellation_slot(cancel_->slot(), asio::use_awaitable);
    std::exception_ptr failure;
    try {
        co_await asio::co_spawn(executor_, std::move(work), std::move(token));
    } catch (...) {
        failure = std::current_exception();
    }
    cancel_.reset();
    executor_ = asio::any_io_executor();
    if (failure) std::rethrow_exception(failure);
}

} // namespace otto::cli
