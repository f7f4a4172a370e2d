// A few threads for calls that can only block: name look-ups, files, secrets. They start when they are
// needed, and a call that never returns does not keep the process from ending.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace otto {

class BlockingPool {
  public:
    explicit BlockingPool(std::size_t most_threads);
    ~BlockingPool(); // what is queued is dropped, what runs is left behind
    BlockingPool(const BlockingPool&) = delete;
    BlockingPool& operator=(const BlockingPool&) = delete;

    // Any thread. The work must not throw.
    void post(std::function<void()> work);

  private:
    struct State;
    static void work(const std::shared_ptr<State>& state);
    std::shared_ptr<State> state_;
};

} // namespace otto
