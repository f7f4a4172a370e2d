// What stands behind a Runtime: the workers, the clock, the blocking threads and the hosts that are alive.
// Hosts and contexts share it, so it ends after the last of them.
#pragma once

#include "runtime/blocking_pool.hpp"
#include "runtime/deadline_clock.hpp"
#include "runtime/resolver.hpp"
#include "runtime/task_group.hpp"
#include "runtime/task_slot.hpp"
#include "runtime/worker_pool.hpp"

#include <otto/host.hpp>
#include <otto/runtime.hpp>

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <optional>

namespace otto {

class RuntimeCore : public std::enable_shared_from_this<RuntimeCore> {
  public:
    explicit RuntimeCore(asio::any_io_executor user);
    ~RuntimeCore();
    RuntimeCore(const RuntimeCore&) = delete;
    RuntimeCore& operator=(const RuntimeCore&) = delete;

    // The user's executor, without a slot.
    [[nodiscard]] const asio::any_io_executor& user() const noexcept { return user_; }
    // The user's executor for a new logical task: a copy of the given slot, or an empty one.
    [[nodiscard]] asio::any_io_executor user_task(const TaskSlot* copied = nullptr);

    WorkerPool workers;
    DeadlineClock clock;
    BlockingPool blocking;
    Resolver resolver;

    // [user thread] Tasks that otto::spawn started. Gone once the runtime has shut down: it refers to the user's loop,
    // which a host that somebody kept may outlive.
    std::optional<TaskGroup> spawned;

    // Hosts that must be aborted when the runtime ends. Any thread.
    void add_host(const std::weak_ptr<Host>& host);

    // Aborts what is left and joins the workers; called once, by the Runtime's destructor.
    void shut_down();
    // True once the workers have ended: nothing runs on a strand any more.
    [[nodiscard]] bool ended() const noexcept { return ended_; }

  private:
    asio::any_io_executor user_;
    std::mutex mutex_;
    std::list<std::weak_ptr<Host>> hosts_;
    std::size_t added_since_sweep_ = 0;
    std::atomic<bool> ended_{false};
};

} // namespace otto
