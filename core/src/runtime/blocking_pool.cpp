#include "runtime/blocking_pool.hpp"

#include "runtime/quiet_thread.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

namespace otto {

struct BlockingPool::State {
    std::size_t most_threads = 0;
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<std::function<void()>> queue;
    std::size_t threads = 0;
    std::size_t idle = 0;
    bool stopping = false;
};

BlockingPool::BlockingPool(std::size_t most_threads)
    : state_(std::make_shared<State>()) {
    state_->most_threads = most_threads;
}

BlockingPool::~BlockingPool() {
    std::deque<std::function<void()>> dropped; // destroyed after the lock: work may own anything
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        dropped.swap(state_->queue);
    }
    state_->changed.notify_all();
}

void BlockingPool::post(std::function<void()> work) {
    bool start = false;
    {
        const std::lock_guard lock(state_->mutex);
        state_->queue.push_back(std::move(work));
        start = state_->queue.size() > state_->idle && state_->threads < state_->most_threads;
        if (start) ++state_->threads;
    }
    state_->changed.notify_one();
    if (start) quiet_thread([state = state_] { BlockingPool::work(state); }).detach();
}

void BlockingPool::work(const std::shared_ptr<State>& state) {
    std::unique_lock lock(state->mutex);
    for (;;) {
        ++state->idle;
        state->changed.wait(lock, [&] { return state->stopping || !state->queue.empty(); });
        --state->idle;
        if (state->stopping) break;
        auto work = std::move(state->queue.front());
        state->queue.pop_front();
        lock.unlock();
        work();
        work = nullptr;
        lock.lock();
    }
    --state->threads;
}

} // namespace otto
