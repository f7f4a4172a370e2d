#include <otto/timer.hpp>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace otto {

struct Timer::State {
    explicit State(asio::any_io_executor executor)
        : timer(std::move(executor), Deadline::max()) {}

    asio::steady_timer timer;
};

Timer::Timer(asio::any_io_executor executor, const char* /*reason*/)
    : state_(std::make_unique<State>(std::move(executor))) {}

Timer::~Timer() = default;
Timer::Timer(Timer&&) noexcept = default;
Timer& Timer::operator=(Timer&&) noexcept = default;

void Timer::expires_at(Deadline deadline) {
    state_->timer.expires_at(deadline);
}

void Timer::expires_after(Duration span) {
    state_->timer.expires_at(deadline_after(span));
}

void Timer::cancel() noexcept {
    try {
        state_->timer.cancel();
    } catch (const boost::system::system_error&) {
        // Nothing was waiting.
    }
}

task<bool> Timer::wait() {
    boost::system::error_code failure;
    co_await state_->timer.async_wait(asio::redirect_error(asio::use_awaitable, failure));
    const auto cancelled = (co_await asio::this_coro::cancellation_state).cancelled();
    if (failure && cancelled != asio::cancellation_type::none) throw boost::system::system_error(failure);
    co_return !failure;
}

task<> pause(Duration span, const char* reason) {
    Timer timer(co_await asio::this_coro::executor, reason);
    timer.expires_after(span);
    co_await timer.wait();
}

} // namespace otto
