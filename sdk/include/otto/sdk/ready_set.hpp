// Several descriptors and a clock, served by one coroutine: it arms what it waits for, awaits wait(), and
// looks at what became ready. So one task owns a whole conversation, and nothing runs beside it that
// cancellation would have to find.
#pragma once

#include <otto/sdk/descriptor.hpp>
#include <otto/task.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <cstddef>
#include <memory>

namespace otto::sdk {

// Used on one executor (a host's strand), destroyed there too.
class ReadySet {
  public:
    enum class Event { read, write };
    using Key = std::size_t;

    explicit ReadySet(asio::any_io_executor executor);
    ~ReadySet();
    ReadySet(const ReadySet&) = delete;
    ReadySet& operator=(const ReadySet&) = delete;

    // Closed by close(key) or with the set. Throws Error(internal) when the kernel refuses to watch the
    // descriptor (regular files).
    Key add(Fd fd, Event event);

    [[nodiscard]] int fd(Key key) const noexcept; // -1 after close
    // Asks to be woken when the descriptor is ready. Again while armed: no effect.
    void arm(Key key);
    // True once per readiness. A descriptor that was never armed counts as not ready.
    [[nodiscard]] bool take_ready(Key key) noexcept;
    void close(Key key);

    // Wakes once after `span`, instead of an earlier alarm.
    void set_alarm(Duration span);
    [[nodiscard]] bool alarm_rang() const noexcept;

    // Wakes the waiter, from code on the same executor.
    void notify();

    // Returns when something is ready, the alarm has rung or notify() was called, perhaps without cause. One
    // waiter. Throws operation_aborted when the caller is cancelled.
    task<> wait();

  private:
    struct Entry;
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace otto::sdk
