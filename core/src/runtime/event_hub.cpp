#include "runtime/event_hub.hpp"

#include "runtime/task_slot.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace otto {
namespace {

constexpr std::size_t most_waiting_bytes = 1024 * 1024; // of one host
constexpr std::size_t room_again_bytes = most_waiting_bytes / 2;
constexpr int events_per_turn = 64; // then the user's own handlers get a turn

} // namespace

EventHub::EventHub(asio::any_io_executor user, std::vector<std::shared_ptr<EventSink>> sinks,
                   bool with_output)
    : user_(std::move(user))
    , sinks_(std::move(sinks))
    , with_output_(with_output && !sinks_.empty())
    , open_(!sinks_.empty()) {}

void EventHub::post(Event event) {
    if (open_) enqueue(std::move(event), nullptr);
}

task<> EventHub::post_output(Event event, std::shared_ptr<EventBacklog> backlog) {
    if (!wants_output()) co_return;
    backlog->bytes += event.text().size();
    enqueue(std::move(event), backlog);
    while (backlog->bytes > most_waiting_bytes && open_) {
        backlog->waiting = true;
        if (backlog->bytes <= room_again_bytes) break; // taken in between: nobody would notify
        co_await backlog->room.wait();
    }
}

void EventHub::enqueue(Event event, std::shared_ptr<EventBacklog> backlog) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back({std::move(event), std::move(backlog)});
        if (std::exchange(delivering_, true)) return;
    }
    asio::post(user_, [self = shared_from_this()] { self->deliver_some(); });
}

void EventHub::deliver_some() {
    for (int i = 0; i < events_per_turn; ++i)
        if (!deliver_one()) return;
    asio::post(user_, [self = shared_from_this()] { self->deliver_some(); });
}

bool EventHub::deliver_one() {
    std::unique_lock lock(mutex_);
    if (queue_.empty()) {
        delivering_ = false;
        return false;
    }
    const Item item = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    if (open_) deliver(item.event);
    if (!item.backlog) return true;
    const std::size_t left = item.backlog->bytes -= item.event.text().size();
    if (left <= room_again_bytes && item.backlog->waiting.exchange(false))
        asio::post(item.backlog->strand, [backlog = item.backlog] { backlog->room.notify(); });
    return true;
}

void EventHub::deliver(const Event& event) {
    const auto sinks = sinks_; // a sink may throw and be removed, or close the scope
    const TaskSlotPtr none;
    const EnterSlot no_active_context(none);
    for (const auto& sink : sinks) {
        std::string said;
        try {
            sink->on_event(event);
            continue;
        } catch (...) {
            said = error_from(std::current_exception(), Errc::internal).message();
        }
        std::erase(sinks_, sink);
        failures_.push_back("an event sink was removed because it threw: " + said);
        if (sinks_.empty())
            open_ = false;
        else
            enqueue(Event(EventKind::warning, failures_.back()), nullptr);
    }
}

void EventHub::close() {
    while (deliver_one()) {
    }
    open_ = false;
    sinks_.clear();
}

} // namespace otto
