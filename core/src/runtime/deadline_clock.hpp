// The clock behind every deadline: one thread that sleeps until the earliest one. It is neither the user's
// thread nor a worker, so a deadline holds even if all of those are blocked; and a deadline that is met costs
// two map operations and no wake-up.
#pragma once

#include <otto/task.hpp>

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace otto {

class DeadlineClock {
  public:
    using Callback = std::function<void()>; // [clock thread] must be short and must not throw

    DeadlineClock();
    ~DeadlineClock();
    DeadlineClock(const DeadlineClock&) = delete;
    DeadlineClock& operator=(const DeadlineClock&) = delete;

    // Any thread. The ticket is valid until the callback is due or it is removed.
    std::uint64_t add(Deadline deadline, Callback callback);
    // Any thread. The callback may be running at this moment all the same.
    void remove(std::uint64_t ticket);

  private:
    void work();

    std::mutex mutex_;
    std::condition_variable changed_;
    std::multimap<Deadline, std::pair<std::uint64_t, Callback>> due_;
    std::map<std::uint64_t, decltype(due_)::iterator> tickets_;
    std::uint64_t last_ticket_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

} // namespace otto
