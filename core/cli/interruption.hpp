// What makes the command stop early: SIGINT, SIGTERM, or nobody reading its output. The first cancels the
// work, which then closes its hosts in bounded time; a second signal ends the process at once, whatever it is
// doing.
#pragma once

#include <otto/otto.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <csignal>
#include <memory>

namespace otto::cli {

// One at a time in a process: signal handlers have no other way to find it.
class Interruption {
  public:
    Interruption();
    ~Interruption(); // puts the former handlers back
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;

    // [user thread] Runs the work and cancels it when a signal comes or stop() is called. Throws what the
    // work throws.
    task<> guard(task<> work);

    // [user thread] Cancels the work without a signal.
    void stop();

    // SIGINT, SIGTERM, or 0 if none came.
    [[nodiscard]] int signal() const noexcept;
    // Becomes readable when a signal came, and stays so.
    [[nodiscard]] int descriptor() const noexcept { return wake_fd_; }

  private:
    int wake_fd_;
    struct sigaction former_int_ {};
    struct sigaction former_term_ {};
    bool stopped_ = false;
    std::shared_ptr<asio::cancellation_signal> cancel_; // while guard() runs
    asio::any_io_executor executor_;
};

} // namespace otto::cli
