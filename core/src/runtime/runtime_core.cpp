#include "runtime/runtime_core.hpp"

#include "host/host_guard.hpp"

#include <algorithm>
#include <thread>

namespace otto {
namespace {

std::size_t worker_count() {
    return std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, 8);
}

constexpr std::size_t blocking_threads = 8;

} // namespace

RuntimeCore::RuntimeCore(asio::any_io_executor user)
    : workers(worker_count())
    , blocking(blocking_threads)
    , spawned(user)
    , user_(std::move(user)) {}

RuntimeCore::~RuntimeCore() = default;

asio::any_io_executor RuntimeCore::user_task(const TaskSlot* copied) {
    auto slot = std::make_shared<TaskSlot>();
    if (copied && !copied->contexts.empty()) slot->contexts.push_back(copied->contexts.back());
    slot->runtime = weak_from_this();
    return with_slot(user_, std::move(slot));
}

void RuntimeCore::add_host(const std::weak_ptr<Host>& host) {
    static constexpr std::size_t sweep_after = 1000;
    const std::lock_guard lock(mutex_);
    if (++added_since_sweep_ > sweep_after) {
        hosts_.remove_if([](const auto& each) { return each.expired(); });
        added_since_sweep_ = 0;
    }
    hosts_.push_back(host);
}

void RuntimeCore::shut_down() {
    std::vector<HostPtr> left;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& weak : hosts_)
            if (auto host = weak.lock()) left.push_back(std::move(host));
    }
    for (const auto& host : left)
        host->abort();
    left.clear();
    const bool finished = workers.finish(std::chrono::seconds(1));
    ended_ = true;
    spawned.reset();
    if (finished) return;
    // A driver blocks its thread, and its stack refers to all this: it is left behind for good.
    new std::shared_ptr<RuntimeCore>(shared_from_this());
}

Runtime::Runtime(asio::any_io_executor user)
    : core_(std::make_shared<RuntimeCore>(std::move(user))) {}

Runtime::~Runtime() {
    core_->shut_down();
}

asio::any_io_executor Runtime::executor() const {
    return core_->user_task();
}

std::shared_ptr<RuntimeCore> Runtime::current() {
    const auto& slot = current_slot();
    auto core = slot ? slot->runtime.lock() : nullptr;
    if (core) return core;
    throw Error(Errc::usage, "no runtime of otto here")
        .advice("start the task with otto::run, or co_spawn it on the executor() of a Runtime");
}

} // namespace otto
