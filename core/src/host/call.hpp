// One verb on its way: from the caller's executor to the host's strand and back, under a deadline that holds
// whatever the driver does. The work is a coroutine of the strand; the caller waits for it or for the clock,
// never for a loser.
//
//   deadline, cancellation or close   -> the work is cancelled (cut)
//   still not ended `grace` later     -> the caller goes on with driver_fault; the work is a stray (abandon)
#pragma once

#include "runtime/runtime_core.hpp"

#include <otto/error.hpp>
#include <otto/task.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace otto {

enum class Cut { none, deadline, cancelled, closed };

class Call : public std::enable_shared_from_this<Call> {
  public:
    // How long cancelled work may take to unwind. With the 50 ms that are left it makes the 250 ms by which
    // no verb may outlive its deadline.
    static constexpr Duration grace{200};

    Call(RuntimeCore& runtime, asio::any_io_executor strand, std::string verb, Duration timeout);

    // Runs `work` on the strand and waits for its end; throws what it throws. Throws Error(driver_fault) when
    // it is given up: `on_stray` is called then [clock thread], `on_stray_end` when the work ends at last
    // [strand].
    task<> perform(std::function<task<>()> work, std::function<void()> on_stray,
                   std::function<void()> on_stray_end);

    // Cancels the work, for the first reason that comes. Any thread.
    void cut(Cut reason);

    [[nodiscard]] Cut reason() const noexcept { return cut_; }
    [[nodiscard]] bool is_cut() const noexcept { return cut_ != Cut::none; }
    [[nodiscard]] Deadline deadline() const noexcept { return deadline_; }
    [[nodiscard]] const std::string& verb() const noexcept { return verb_; }
    // [strand] What the work is doing, for messages: "waiting for its turn", "connecting", "running".
    void phase(std::string now);
    // The error that the cut means: "run: timed out after 5s while connecting".
    [[nodiscard]] Error cut_error() const;
    // The work's failure as a caller should see it: the cut, if that is why it failed.
    [[nodiscard]] Error error_of(std::exception_ptr failure) const;

  private:
    // The suspended caller. (Asio 1.81's any_completion_handler recurses for ever when a closure that holds it is moved.)
    struct Caller {
        virtual ~Caller() = default;
        virtual void resume() = 0; // any thread, once: goes on on the caller's executor
    };
    template <class Handler>
    struct SuspendedCaller;

    void start(std::function<task<>()> work, std::function<void()> on_stray_end);
    void finish(std::exception_ptr failure);
    void abandon();

    RuntimeCore& runtime_;
    const asio::any_io_executor strand_;
    const std::string verb_;
    const Duration timeout_;
    const Deadline deadline_;
    asio::cancellation_signal stop_; // on the strand
    std::atomic<Cut> cut_{Cut::none};
    std::atomic<std::uint64_t> ticket_{0}; // of the clock

    mutable std::mutex mutex_; // guards what follows
    std::string phase_;
    std::unique_ptr<Caller> waiting_;
    std::exception_ptr failure_;
    bool ended_ = false;
    bool abandoned_ = false;
    std::function<void()> on_stray_;
};

} // namespace otto
