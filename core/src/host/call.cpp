#include "host/call.hpp"

#include <otto/option.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace otto {

Call::Call(RuntimeCore& runtime, asio::any_io_executor strand, std::string verb, Duration timeout)
    : runtime_(runtime)
    , strand_(std::move(strand))
    , verb_(std::move(verb))
    , timeout_(timeout)
    , deadline_(deadline_after(timeout)) {}

template <class Handler>
struct Call::SuspendedCaller final : Call::Caller {
    explicit SuspendedCaller(Handler suspended)
        : executor(asio::get_associated_executor(suspended))
        , guard(executor)
        , handler(std::move(suspended)) {}

    void resume() override {
        auto go_on = [handler = std::move(handler)]() mutable {
            auto slot = asio::get_associated_cancellation_slot(handler);
            slot.clear();
            std::move(handler)();
        };
        asio::post(executor, std::move(go_on));
    }

    asio::any_io_executor executor;
    // Keeps the caller's loop running while only the strand has something to do.
    asio::executor_work_guard<asio::any_io_executor> guard;
    Handler handler;
};

void Call::phase(std::string now) {
    const std::lock_guard lock(mutex_);
    phase_ = std::move(now);
}

task<> Call::perform(std::function<task<>()> work, std::function<void()> on_stray,
                     std::function<void()> on_stray_end) {
    on_stray_ = std::move(on_stray);
    // Everything the initiation needs is named: GCC 12 destroys temporary closures twice in co_await
    // expressions.
    auto initiate = [self = shared_from_this(), &work, &on_stray_end](auto handler) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        if (slot.is_connected())
            slot.assign([weak = std::weak_ptr(self)](asio::cancellation_type) {
                if (const auto call = weak.lock()) call->cut(Cut::cancelled);
            });
        self->waiting_ = std::make_unique<SuspendedCaller<decltype(handler)>>(std::move(handler));
        self->ticket_ = self->runtime_.clock.add(self->deadline_, [weak = std::weak_ptr(self)] {
            if (const auto call = weak.lock()) call->cut(Cut::deadline);
        });
        self->start(std::move(work), std::move(on_stray_end));
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
    if (failure_) std::rethrow_exception(failure_);
}

void Call::start(std::function<task<>()> work, std::function<void()> on_stray_end) {
    auto run = [self = shared_from_this(), work = std::move(work),
                on_stray_end = std::move(on_stray_end)]() mutable {
        auto ended = [self, on_stray_end = std::move(on_stray_end)](std::exception_ptr failure) {
            bool stray = false;
            {
                const std::lock_guard lock(self->mutex_);
                stray = self->abandoned_;
            }
            self->finish(failure);
            if (stray) on_stray_end();
            // The ending coroutine still refers to stop_: keep it until that has unwound.
            asio::post(self->strand_, [self] {});
        };
        asio::co_spawn(self->strand_, work(),
                       asio::bind_cancellation_slot(self->stop_.slot(),
                                                    asio::bind_executor(self->strand_, std::move(ended))));
        if (self->is_cut()) self->stop_.emit(asio::cancellation_type::terminal);
    };
    asio::post(strand_, std::move(run));
}

void Call::finish(std::exception_ptr failure) {
    std::unique_ptr<Caller> caller;
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        on_stray_ = nullptr; // it refers to this call
        if (abandoned_) return;
        failure_ = failure;
        caller = std::move(waiting_);
    }
    runtime_.clock.remove(ticket_);
    caller->resume();
}

void Call::cut(Cut reason) {
    Cut none = Cut::none;
    if (!cut_.compare_exchange_strong(none, reason)) return;
    asio::post(strand_, [self = shared_from_this()] { self->stop_.emit(asio::cancellation_type::terminal); });
    runtime_.clock.remove(ticket_);
    runtime_.clock.add(deadline_after(grace), [weak = weak_from_this()] {
        if (const auto call = weak.lock()) call->abandon();
    });
}

void Call::abandon() {
    std::function<void()> on_stray;
    std::unique_ptr<Caller> caller;
    {
        const std::lock_guard lock(mutex_);
        if (ended_ || abandoned_) return;
        abandoned_ = true;
        on_stray = std::exchange(on_stray_, nullptr);
        caller = std::move(waiting_);
        Error fault(Errc::driver_fault, verb_ + ": the driver ignored its cancellation" +
                                            (phase_.empty() ? "" : " while " + phase_));
        fault.advice("this host is refused until the call ends; report it to whoever made the driver");
        failure_ = std::make_exception_ptr(fault);
    }
    on_stray();
    // The strand may be stuck in a blocking call, and the worker with it.
    runtime_.workers.replace_blocked();
    caller->resume();
}

Error Call::cut_error() const {
    std::string where;
    {
        const std::lock_guard lock(mutex_);
        if (!phase_.empty()) where = " while " + phase_;
    }
    switch (cut_) {
    case Cut::deadline:
        return Error(Errc::timed_out, verb_ + ": timed out after " + format_duration(timeout_) + where);
    case Cut::closed:
        return Error(Errc::closed, verb_ + ": the host was closed" + where);
    case Cut::cancelled:
    case Cut::none:
        break;
    }
    return Error(Errc::cancelled, verb_ + ": cancelled" + where);
}

Error Call::error_of(std::exception_ptr failure) const {
    // What fails after the cut fails because of it, whatever the driver calls it.
    return is_cut() ? cut_error() : error_from(failure, Errc::driver_fault);
}

} // namespace otto
