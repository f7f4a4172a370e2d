#include "runtime/interrupts.hpp"
#include "runtime/runtime_core.hpp"

#include <otto/error.hpp>
#include <otto/runtime.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

namespace otto {

Interrupted::Interrupted(int signal)
    : Error(Errc::cancelled, signal == SIGTERM ? "terminated" : "interrupted")
    , signal_(signal) {}

Interrupted::~Interrupted() = default;

namespace {

// What is still running after the task has ended is cancelled, and gets this long to unwind.
constexpr Duration spawned_tasks_unwind{10'000};

void end_spawned(asio::io_context& loop, RuntimeCore& core) {
    core.spawned->cancel();
    const Deadline deadline = deadline_after(spawned_tasks_unwind);
    while (!core.spawned->empty() && loop.run_one_until(deadline) != 0) {
    }
}

} // namespace

namespace detail {

void run_erased(std::function<task<>()> body, SignalPolicy policy) {
    if (inside_task())
        throw Error(Errc::usage, "otto::run was called inside a task of otto")
            .advice("co_await the task instead");
    asio::io_context loop(1);
    const auto work = asio::make_work_guard(loop);
    Runtime runtime(loop.get_executor());
    asio::cancellation_signal stop;
    std::exception_ptr failure;
    bool ended = false;
    asio::co_spawn(runtime.executor(), body(),
                   asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr e) {
                       failure = e;
                       ended = true;
                   }));
    std::optional<Interrupts> interrupts;
    if (policy == SignalPolicy::cancel)
        interrupts.emplace(loop.get_executor(), [&] { stop.emit(asio::cancellation_type::terminal); });
    while (!ended)
        loop.run_one();
    end_spawned(loop, *runtime.core());
    if (interrupts && interrupts->signal() != 0) throw Interrupted(interrupts->signal());
    if (failure) std::rethrow_exception(failure);
}

} // namespace detail
} // namespace otto
