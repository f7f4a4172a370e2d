// Tasks that run side by side on one executor and are awaited together. Cancelling the one who joins cancels
// them all.
#pragma once

#include "runtime/notifier.hpp"

#include <otto/task.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <list>
#include <memory>
#include <utility>

namespace otto {

class TaskGroup {
  public:
    explicit TaskGroup(asio::any_io_executor executor)
        : state_(std::make_shared<State>(std::move(executor))) {}

    // Starts at once. An exception is kept: the first one comes out of join().
    void spawn(task<> work) {
        state_->running.emplace_back();
        const auto self = std::prev(state_->running.end());
        auto done = [state = state_, self](std::exception_ptr failure) {
            if (failure && !state->failure) state->failure = failure;
            // Later, because the ending coroutine still refers to the signal while this handler runs.
            asio::post(state->executor, [state, self] {
                state->running.erase(self);
                if (state->running.empty()) state->ended.notify();
            });
        };
        asio::co_spawn(state_->executor, std::move(work),
                       asio::bind_cancellation_slot(self->slot(), std::move(done)));
    }

    void cancel() {
        state_->cancelled = true;
        for (auto& signal : state_->running)
            signal.emit(asio::cancellation_type::terminal);
    }

    // Waits for all, also when the caller is cancelled: then it cancels them first. Throws what the first one
    // threw.
    task<> join() {
        const auto state = state_;
        while (!state->running.empty()) {
            bool cancelled = false;
            try {
                co_await state->ended.wait();
            } catch (const boost::system::system_error&) {
                cancelled = true;
            }
            if (!cancelled) continue;
            cancel();
            co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
        }
        if (state->failure) std::rethrow_exception(state->failure);
    }

    // True from the first cancel() on, by whoever joined or by hand.
    [[nodiscard]] bool cancelled() const noexcept { return state_->cancelled; }
    [[nodiscard]] bool empty() const noexcept { return state_->running.empty(); }

  private:
    struct State {
        explicit State(asio::any_io_executor where)
            : executor(where)
            , ended(where, "the tasks of a group have ended") {}
        asio::any_io_executor executor;
        Notifier ended;
        std::list<asio::cancellation_signal> running;
        std::exception_ptr failure;
        bool cancelled = false;
    };
    std::shared_ptr<State> state_;
};

} // namespace otto
