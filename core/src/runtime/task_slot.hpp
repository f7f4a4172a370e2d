// The state of one logical task: which context is active. It travels with the executor that the task's
// handlers run on, so it survives every suspension and is never seen by another task of the same thread.
#pragma once

#include <otto/context.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace otto {

// Touched on the user thread only.
struct TaskSlot {
    std::vector<std::weak_ptr<Context::State>>
        contexts; // the last one is active; one may have ended by itself
    std::weak_ptr<RuntimeCore> runtime;
};

using TaskSlotPtr = std::shared_ptr<TaskSlot>;

// The slot of the handler that runs on this thread, else that of the thread's innermost BlockingContext, else
// null.
const TaskSlotPtr& current_slot() noexcept;
// True inside a task of otto, where nothing may wait by blocking.
bool inside_task() noexcept;
// The slot of a thread whose code is no task; gives the former one.
TaskSlotPtr exchange_thread_slot(TaskSlotPtr slot) noexcept;

// Makes a slot current while a handler runs.
class EnterSlot {
  public:
    explicit EnterSlot(const TaskSlotPtr& slot) noexcept;
    ~EnterSlot();
    EnterSlot(const EnterSlot&) = delete;
    EnterSlot& operator=(const EnterSlot&) = delete;

  private:
    const TaskSlotPtr* former_;
};

// An executor that carries a slot: each handler finds it as current_slot().
template <class Inner>
class SlotExecutor {
  public:
    SlotExecutor(Inner inner, TaskSlotPtr slot)
        : inner_(std::move(inner))
        , slot_(std::move(slot)) {}

    friend bool operator==(const SlotExecutor& a, const SlotExecutor& b) noexcept {
        return a.inner_ == b.inner_ && a.slot_ == b.slot_;
    }
    friend bool operator!=(const SlotExecutor& a, const SlotExecutor& b) noexcept { return !(a == b); }

    template <class F>
    void execute(F&& f) const {
        inner_.execute([slot = slot_, f = std::forward<F>(f)]() mutable {
            const EnterSlot entered(slot);
            std::move(f)();
        });
    }

    template <class Property>
    auto query(const Property& property) const noexcept
        -> decltype(asio::query(std::declval<const Inner&>(), property)) {
        return asio::query(inner_, property);
    }

    template <class Property>
    auto require(const Property& property) const
        -> SlotExecutor<std::decay_t<decltype(asio::require(std::declval<const Inner&>(), property))>> {
        return {asio::require(inner_, property), slot_};
    }

    template <class Property>
    auto prefer(const Property& property) const
        -> SlotExecutor<std::decay_t<decltype(asio::prefer(std::declval<const Inner&>(), property))>> {
        return {asio::prefer(inner_, property), slot_};
    }

  private:
    Inner inner_;
    TaskSlotPtr slot_;
};

inline asio::any_io_executor with_slot(asio::any_io_executor inner, TaskSlotPtr slot) {
    return SlotExecutor<asio::any_io_executor>(std::move(inner), std::move(slot));
}

} // namespace otto
