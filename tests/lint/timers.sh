#!/bin/sh
# Time is waited for through otto::Timer and otto::pause only, which take a reason: timers.sh [ROOT]
root=${1:-$(dirname "$0")/../..}
cd "$root" || exit 2
found=$(find core sdk plugins \( -name '*.cpp' -o -name '*.hpp' \) ! -path core/src/base/timer.cpp -print0 2>/dev/null |
  xargs -0 -r grep -HnP '^(?!\s*//).*\b(steady_timer|system_timer|high_resolution_timer|waitable_timer|deadline_timer|timerfd_create|setitimer|sleep_for|sleep_until|usleep|nanosleep|clock_nanosleep|sleep\s*\()')
[ -z "$found" ] && exit 0
printf '%s\n' "$found" 'wait through otto::Timer or otto::pause (otto/timer.hpp), with a reason'
exit 1
