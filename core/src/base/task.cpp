#include <otto/task.hpp>

#include <algorithm>

namespace otto {

Deadline deadline_after(Duration span) noexcept {
    const auto now = std::chrono::steady_clock::now();
    if (span >= std::chrono::duration_cast<Duration>(Deadline::max() - now)) return Deadline::max();
    return now + span;
}

Duration time_left(Deadline deadline) noexcept {
    if (deadline == Deadline::max()) return unbounded;
    const auto left = deadline - std::chrono::steady_clock::now();
    return std::max(Duration::zero(), std::chrono::ceil<Duration>(left));
}

} // namespace otto
