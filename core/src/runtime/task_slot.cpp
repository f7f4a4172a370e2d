#include "runtime/task_slot.hpp"

namespace otto {
namespace {

thread_local const TaskSlotPtr* current = nullptr;
thread_local TaskSlotPtr of_thread;

} // namespace

const TaskSlotPtr& current_slot() noexcept {
    return current ? *current : of_thread;
}

bool inside_task() noexcept {
    return current != nullptr;
}

TaskSlotPtr exchange_thread_slot(TaskSlotPtr slot) noexcept {
    return std::exchange(of_thread, std::move(slot));
}

EnterSlot::EnterSlot(const TaskSlotPtr& slot) noexcept
    : former_(std::exchange(current, &slot)) {}

EnterSlot::~EnterSlot() {
    current = former_;
}

} // namespace otto
