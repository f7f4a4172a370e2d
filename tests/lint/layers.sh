#!/bin/bash
# Includes point down only, and each third-party library is known to one part: layers.sh [ROOT]
cd "${1:-$(dirname "$0")/../..}" || exit 2

faults=0
# rule "WHY" PATTERN PATH... -- EXCEPTION...: no file of the paths may include what the pattern matches.
rule() {
  local why=$1 pattern=$2 paths=() hits
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    [ -e "$1" ] && paths+=("$1")
    shift
  done
  [ $# -gt 0 ] && shift
  [ ${#paths[@]} -gt 0 ] || return
  hits=$(grep -rnE "^[[:space:]]*#[[:space:]]*include[[:space:]]*[<\"]($pattern)" \
    --include='*.hpp' --include='*.cpp' --include='*.h' "${paths[@]}")
  for exception in "$@"; do
    hits=$(grep -v "^$exception" <<<"$hits")
  done
  [ -n "$hits" ] || return
  sed "s|\$|  ($why)|" <<<"$hits"
  faults=1
}

rule "core knows no sdk" 'otto/sdk/' core
rule "plugins and sdk see only what is installed of core" \
  '(\.\./)*(core/)?src/|(base|host|lab|plugin|reservation|runtime)/' plugins sdk
rule "a plugin sees only what is installed of the sdk" '(\.\./)+|sdk/src/' plugins
rule "yaml-cpp belongs to core/src/lab" 'yaml-cpp/' core sdk plugins -- core/src/lab/
rule "Boost.DLL belongs to core/src/plugin" 'boost/dll' core sdk plugins -- core/src/plugin/
rule "libssh2 belongs to sdk and plugins" 'libssh2' core
rule "PCRE2 and libtelnet belong to sdk and plugins" 'pcre2|libtelnet' core
rule "spdlog and CLI11 belong to the command" 'spdlog/|CLI/' core sdk plugins -- core/cli/
rule "public headers name Asio's parts, not all of it" 'boost/asio\.hpp' core/include sdk/include
rule "public headers show no library that a user need not have" 'yaml-cpp|nlohmann|boost/dll|spdlog' \
  core/include sdk/include
rule "the command uses the library as any program does" '(\.\./)*(core/)?src/|(base|host|lab|plugin|runtime)/' core/cli
exit $faults
