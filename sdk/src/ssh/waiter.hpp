// Who waits for an operation of a session: a handler with its executor, which the answer is posted to.
#pragma once

#include <otto/sdk/ssh/session.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace otto::sdk {

class SshOp::Waiter {
  public:
    Waiter() = default;
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    virtual ~Waiter() = default;
    // Once only.
    virtual void fire(boost::system::error_code failure, long answer) = 0;
};

template <class Handler>
class HandlerWaiter final : public SshOp::Waiter {
  public:
    HandlerWaiter(Handler handler, const asio::any_io_executor& fallback)
        : handler_(std::move(handler))
        , executor_(asio::get_associated_executor(handler_, fallback))
        , work_(executor_) {}

    void fire(boost::system::error_code failure, long answer) override {
        auto back = [handler = std::move(handler_), failure, answer]() mutable {
            asio::get_associated_cancellation_slot(handler).clear();
            std::move(handler)(failure, answer);
        };
        asio::post(executor_, std::move(back));
    }

  private:
    Handler handler_;
    asio::any_io_executor executor_;
    asio::executor_work_guard<asio::any_io_executor> work_;
};

} // namespace otto::sdk
