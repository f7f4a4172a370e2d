#include "runtime/deadline_clock.hpp"

#include "runtime/quiet_thread.hpp"

#include <utility>

namespace otto {

DeadlineClock::DeadlineClock()
    : thread_(quiet_thread([this] { work(); })) {}

DeadlineClock::~DeadlineClock() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

std::uint64_t DeadlineClock::add(Deadline deadline, Callback callback) {
    const std::lock_guard lock(mutex_);
    const std::uint64_t ticket = ++last_ticket_;
    const auto at = due_.emplace(deadline, std::make_pair(ticket, std::move(callback)));
    tickets_.emplace(ticket, at);
    if (at == due_.begin() && deadline != Deadline::max()) changed_.notify_one();
    return ticket;
}

void DeadlineClock::remove(std::uint64_t ticket) {
    Callback dropped; // outlives the lock: what it owns may call back into the clock
    const std::lock_guard lock(mutex_);
    const auto found = tickets_.find(ticket);
    if (found == tickets_.end()) return;
    dropped = std::move(found->second->second.second);
    due_.erase(found->second);
    tickets_.erase(found);
}

void DeadlineClock::work() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (due_.empty() || due_.begin()->first == Deadline::max()) {
            changed_.wait(lock);
        } else if (const Deadline next = due_.begin()->first; next > std::chrono::steady_clock::now()) {
            changed_.wait_until(lock, next);
        } else {
            auto [ticket, callback] = std::move(due_.begin()->second);
            due_.erase(due_.begin());
            tickets_.erase(ticket);
            lock.unlock();
            callback();
            callback = nullptr; // what it owns may call back into the clock
            lock.lock();
        }
    }
}

} // namespace otto
