// Running coroutines in tests: to their end, on a private runtime, with a bound.
#pragma once

#include <otto/runtime.hpp>
#include <otto/timer.hpp>

#include <chrono>
#include <functional>
#include <stdexcept>
#include <utility>

namespace test {

inline constexpr otto::Duration patience{20'000};

namespace detail {
inline otto::task<> look_until(std::function<bool()> condition) {
    const auto deadline = otto::deadline_after(patience);
    while (!condition()) {
        if (otto::time_left(deadline) == otto::Duration::zero())
            throw std::runtime_error("it never came true");
        co_await otto::pause(otto::Duration(2), "a test looks again");
    }
}

} // namespace detail

// Waits until the condition holds, looking again every few milliseconds; throws after `patience`.
template <class F>
otto::task<> eventually(F&& condition) {
    OTTO_REQUIRE_NAMED_BODY(F);
    return detail::look_until(std::function<bool()>(std::forward<F>(condition)));
}

// How long a thing took.
class Stopwatch {
  public:
    [[nodiscard]] std::chrono::milliseconds elapsed() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                                     start_);
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

} // namespace test
