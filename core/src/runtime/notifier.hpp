// Wakes coroutines of one executor: wait() returns after the next notify(). Not shared between executors.
#pragma once

#include <otto/timer.hpp>

namespace otto {

class Notifier {
  public:
    Notifier(asio::any_io_executor executor, const char* reason)
        : timer_(std::move(executor), reason) {}

    // Every waiter of this moment goes on.
    void notify() noexcept { timer_.cancel(); }

    // Cancellable. Check the condition before and after: a notify() that comes before wait() is not
    // remembered.
    task<> wait() { co_await timer_.wait(); }

  private:
    Timer timer_; // never expires
};

} // namespace otto
