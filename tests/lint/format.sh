#!/bin/sh
# Sources are as clang-format-14 writes them: format.sh [ROOT]. Exit 77: it is not installed.
root=${1:-$(dirname "$0")/../..}
command -v clang-format-14 >/dev/null || exit 77
cd "$root" || exit 2
find core sdk plugins tests \( -name '*.cpp' -o -name '*.hpp' \) -print0 2>/dev/null |
  xargs -0 -r clang-format-14 --dry-run -Werror
