#include "host/turn.hpp"

#include <utility>

namespace otto {

task<> Turn::take(std::string holder) {
    if (!held_) {
        held_ = true;
        holder_ = std::move(holder);
        co_return;
    }
    waiting_.emplace_back(strand_);
    const auto self = std::prev(waiting_.end());
    self->name = std::move(holder);
    std::exception_ptr cancelled;
    try {
        while (!self->granted)
            co_await self->granted_notice.wait();
    } catch (...) {
        cancelled = std::current_exception();
    }
    const bool granted = self->granted;
    waiting_.erase(self);
    if (!cancelled) co_return;
    if (granted) release(); // granted and cancelled at the same moment
    std::rethrow_exception(cancelled);
}

void Turn::release() {
    held_ = false;
    holder_.clear();
    for (auto& waiter : waiting_) {
        if (waiter.granted) continue; // still has to leave the queue
        held_ = true;
        holder_ = waiter.name;
        waiter.granted = true;
        waiter.granted_notice.notify();
        return;
    }
}

} // namespace otto
