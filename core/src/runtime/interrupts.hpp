// SignalPolicy::cancel: while it lives, the first SIGINT or SIGTERM calls back on the loop, and the second
// restores the default action and raises it again, from inside the handler, so that it works even if the loop
// is stuck. The former handlers are put back at the end. One at a time in a process: a second one does
// nothing.
#pragma once

#include <otto/api.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <signal.h>

#include <array>
#include <functional>

namespace otto {

class Interrupts {
  public:
    Interrupts(asio::any_io_executor loop, std::function<void()> on_first);
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    // The signal that came, or 0.
    [[nodiscard]] int signal() const noexcept;

  private:
    static constexpr std::array<int, 2> signals = {SIGINT, SIGTERM};

    asio::posix::stream_descriptor bell_;
    std::function<void()> on_first_;
    std::array<struct sigaction, signals.size()> former_{};
    bool owner_ = false;
};

} // namespace otto
