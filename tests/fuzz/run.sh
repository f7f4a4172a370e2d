#!/bin/bash
# Builds every fuzzer and runs each for its share of the time: run.sh [SECONDS [BUILD]]
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${1:-60}
build=${2:-build/release}

cmake --preset release >/dev/null
cmake --build "$build" --target otto_fuzzers
fuzzers=("$build"/tests/fuzz/fuzz_*)
[ -x "${fuzzers[0]}" ] || { echo "no fuzzers were built: install clang-14" >&2; exit 1; }

share=$((seconds / ${#fuzzers[@]}))
[ "$share" -gt 0 ] || share=1
for fuzzer in "${fuzzers[@]}"; do
  name=${fuzzer##*/fuzz_}
  found=$build/tests/fuzz/found/$name
  echo "-- $name, $share s"
  if ! "$fuzzer" -max_total_time="$share" -artifact_prefix="$found/" -rss_limit_mb=1024 -timeout=5 \
    "$found" "tests/fuzz/corpus/$name" >"$found.log" 2>&1; then
    cat "$found.log"
    exit 1
  fi
  tail -n 1 "$found.log"
done
