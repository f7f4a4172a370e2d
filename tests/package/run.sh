#!/bin/bash
# Installs a build to a temporary prefix and uses it as a vendor and as an application would: the shipped drivers are
# built from their directories against the prefix alone, and a program links otto::otto. run.sh BUILD
set -euo pipefail
build=$(cd "$1" && pwd)
source=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
prefix=$scratch/prefix

fail() {
  echo "package: $*" >&2
  exit 1
}

configure() { # SOURCE BUILD ARGUMENT...
  local from=$1 into=$2
  shift 2
  cmake -S "$from" -B "$into" -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH="$prefix" \
    ${CCACHE:+-DCMAKE_CXX_COMPILER_LAUNCHER="$CCACHE"} "$@"
}
CCACHE=$(command -v ccache || true)

cmake --install "$build" --prefix "$prefix" >/dev/null
for file in bin/otto lib/libotto.so.1 lib/libotto-sdk.a include/otto/otto.hpp include/otto/sdk \
  lib/cmake/otto/otto-config.cmake lib/cmake/otto-sdk/otto-sdk-config.cmake lib/cmake/otto-sdk/plugin.map; do
  [ -e "$prefix/$file" ] || fail "$file was not installed"
done

# Moved elsewhere, the command still finds its library and its plugins.
mv "$prefix" "$scratch/moved"
"$scratch/moved/bin/otto" plugins >"$scratch/plugins" || fail "otto plugins failed in a moved prefix"
mv "$scratch/moved" "$prefix"

drivers=()
# Builds a driver from the prefix alone, installs it as a vendor would and looks at the file.
build_driver() { # NAME SOURCE ARGUMENT...
  local name=$1 plugin=$scratch/vendor/lib/otto/plugins/1/otto-$1.so
  shift
  configure "$1" "$scratch/$name" "${@:2}" >/dev/null
  cmake --build "$scratch/$name" >"$scratch/log" || { cat "$scratch/log"; fail "$name does not build from the prefix"; }
  cmake --install "$scratch/$name" --prefix "$scratch/vendor" >/dev/null
  [ "$(nm -D --defined-only "$plugin" | awk '{print $3}')" = otto_plugin_v1 ] || fail "$name exports more than its entry"
  readelf -d "$plugin" | grep -q 'NEEDED.*libotto\.so\.1' || fail "$name does not need libotto"
  readelf -d "$plugin" | grep 'NEEDED.*libboost' && fail "$name needs a compiled Boost library"
  drivers+=("$name")
}

build_driver fixture "$source/tests/package/vendor"
for file in $(grep -l otto_add_driver "$source"/plugins/*/CMakeLists.txt); do
  directory=$(dirname "$file")
  grep -q "$(basename "$directory")" "$scratch/plugins" || fail "otto plugins lacks the installed $(basename "$directory")"
  build_driver "$(basename "$directory")" "$source/tests/package/driver" -DDRIVER_DIR="$directory"
done

configure "$source/tests/package/consumer" "$scratch/consumer" >/dev/null
cmake --build "$scratch/consumer" >/dev/null
"$scratch/consumer/consumer" "$scratch/vendor/lib/otto/plugins/1" "${drivers[@]}" ||
  fail "a program cannot use the drivers built from the prefix"

# What a wrong compiler or a missing Boost 1.81 is told (CMake breaks the lines).
refused() { # TEXT ARGUMENT...
  local text=$1 said
  shift
  said=$(configure "$source/tests/package/consumer" "$scratch/refused" "$@" 2>&1) && fail "configured with $*"
  rm -rf "$scratch/refused"
  [[ $(tr -s ' \n' ' ' <<<"$said") == *"$text"* ]] || fail "with $* it said: $said"
}
refused "was built with Boost 1.81, and no Boost was found: install it" -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON
if command -v clang++-14 >/dev/null; then
  refused "was built with GNU 12, and this project uses Clang 14: configure it with the same compiler" \
    -DCMAKE_CXX_COMPILER=clang++-14
fi
