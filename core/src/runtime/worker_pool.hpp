// The threads that hosts run on. A driver that blocks its thread gets that thread replaced, so that the other
// hosts go on; at the end a blocked thread is left behind rather than waited for.
#pragma once

#include <otto/task.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

namespace otto {

class WorkerPool {
  public:
    explicit WorkerPool(std::size_t threads);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] asio::any_io_executor executor() { return state_->loop.get_executor(); }

    // One more thread, in the place of one that a driver blocks. At most 64 in all.
    void replace_blocked();

    // Lets the threads finish what is queued, at most `grace`; then stops them. False: a thread is blocked,
    // and its loop is left behind with it. Not from a worker.
    bool finish(Duration grace);

    [[nodiscard]] bool on_worker() const { return state_->loop.get_executor().running_in_this_thread(); }

  private:
    struct State {
        asio::io_context loop;
        std::mutex mutex;
        std::condition_variable ended;
        std::size_t running = 0;
    };
    void start(std::size_t threads);

    std::shared_ptr<State> state_; // shared with the threads: one may outlive the pool
    asio::executor_work_guard<asio::io_context::executor_type> work_;
};

} // namespace otto
