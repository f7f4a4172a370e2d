#include "runtime/worker_pool.hpp"

#include "runtime/quiet_thread.hpp"

namespace otto {

WorkerPool::WorkerPool(std::size_t threads)
    : state_(std::make_shared<State>())
    , work_(state_->loop.get_executor()) {
    start(threads);
}

WorkerPool::~WorkerPool() {
    finish(Duration::zero());
}

void WorkerPool::start(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) {
        {
            const std::lock_guard lock(state_->mutex);
            ++state_->running;
        }
        quiet_thread([state = state_] {
            state->loop.run();
            const std::lock_guard lock(state->mutex);
            --state->running;
            state->ended.notify_all();
        }).detach();
    }
}

void WorkerPool::replace_blocked() {
    static constexpr std::size_t most_threads = 64;
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->running >= most_threads) return;
    }
    start(1);
}

bool WorkerPool::finish(Duration grace) {
    work_.reset();
    const auto none_left = [this] { return state_->running == 0; };
    std::unique_lock lock(state_->mutex);
    if (state_->ended.wait_for(lock, grace, none_left)) return true;
    lock.unlock();
    state_->loop.stop();
    lock.lock();
    return state_->ended.wait_for(lock, std::chrono::seconds(1), none_left);
}

} // namespace otto
