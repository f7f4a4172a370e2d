// The one way to wait for time in otto. The reason is part of the call, so that no sleep can hide a missing
// event: a lint refuses any other timer.
#pragma once

#include <otto/task.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>

namespace otto {

// Not shared between executors: used on the executor it was made for.
class OTTO_API Timer {
  public:
    // `reason` is a literal: why this code has to wait ("keepalive interval").
    Timer(asio::any_io_executor executor, const char* reason);
    ~Timer();
    Timer(Timer&&) noexcept;
    Timer& operator=(Timer&&) noexcept;

    // Starts the countdown; a wait in progress ends with false.
    void expires_at(Deadline deadline);
    void expires_after(Duration span);
    // Ends waits in progress with false.
    void cancel() noexcept;
    // True when the time has come, false when the timer was cancelled or set anew. Throws operation_aborted
    // only if the awaiting coroutine itself is cancelled.
    task<bool> wait();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

// A pause; the reason as above. Cancellable.
OTTO_API task<> pause(Duration span, const char* reason);

} // namespace otto
