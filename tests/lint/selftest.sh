#!/bin/bash
# Each lint is broken once and has to see it: selftest.sh format|timers|text|gcc12|layers. Exit 77: its tool is not installed.
here=$(cd "$(dirname "$0")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

fail() {
  echo "selftest $*"
  exit 1
}

# Runs a lint on the tree: it must accept the first text and refuse the second, naming the file.
expect_refused() { # LINT FILE GOOD BAD
  rm -rf "${tree:?}"/*
  mkdir -p "$tree/$(dirname "$2")"
  printf "$3" >"$tree/$2"
  "$here/$1.sh" "$tree" || fail "$1" "refused: $3"
  printf "$4" >"$tree/$2"
  local said
  said=$("$here/$1.sh" "$tree" 2>&1) && fail "$1" "accepted: $4"
  [[ $said == *"$2"* ]] || fail "$1" "did not name $2: $said"
}

case $1 in
  format)
    command -v clang-format-14 >/dev/null || exit 77
    cp "$here/../../.clang-format" "$tree"
    expect_refused format core/src/a.cpp 'int f();\n' 'int  f( );\n'
    ;;
  timers)
    expect_refused timers core/src/a.cpp '// no sleep(1) here\nint f();\n' 'void f() { ::usleep(10); }\n'
    expect_refused timers sdk/src/b.cpp 'otto::Timer timer;\n' 'boost::asio::steady_timer timer;\n'
    expect_refused timers plugins/p/c.hpp 'int sleep_count();\n' 'std::this_thread::sleep_for(d);\n'
    ;;
  text)
    expect_refused text README.md 'text\n' 'text'
    expect_refused text README.md 'text\n' 'text \n'
    expect_refused text README.md 'text\n' 'text\r\n'
    expect_refused text README.md 'text\n' '\ttext\n'
    expect_refused text README.md '/home/you/lab\n' 'see /home''/somebody/lab\n'
    ;;
  gcc12)
    command -v clang-query-14 >/dev/null || exit 77
    source=$here/fixtures/gcc12/bad.cpp
    printf '[{"directory": "%s", "file": "%s", "command": "g++ -std=c++20 -fpch-preprocess -c %s"}]' \
      "$tree" "$source" "$source" >"$tree/compile_commands.json"
    found=$("$here/clang.py" gcc12 "$tree" "$source" | sed -n 's/^tests[^:]*:\([0-9]*\):.*/\1/p' | sort -n)
    wanted=$(grep -n '// bad' "$source" | sed 's/:.*//')
    [ "$found" = "$wanted" ] || fail gcc12 "found lines" $found "instead of" $wanted
    ;;
  layers)
    expect_refused layers core/src/base/a.cpp '#include <otto/error.hpp>\n' '#include <otto/sdk/pty.hpp>\n'
    expect_refused layers plugins/p/a.cpp '#include "local_host.hpp"\n' '#include "plugin/elf_note.hpp"\n'
    expect_refused layers core/src/host/a.cpp '// yaml-cpp/yaml.h\n' '#include <yaml-cpp/yaml.h>\n'
    expect_refused layers core/src/lab/a.cpp '#include <yaml-cpp/yaml.h>\n' '#include <boost/dll/shared_library.hpp>\n'
    expect_refused layers core/src/runtime/a.cpp '#include <boost/asio.hpp>\n' '#  include <libssh2.h>\n'
    expect_refused layers core/include/otto/a.hpp '#include <boost/asio/awaitable.hpp>\n' '#include <boost/asio.hpp>\n'
    expect_refused layers core/cli/a.cpp '#include <spdlog/spdlog.h>\n' '#include "host/guard.hpp"\n'
    ;;
  *) exit 2 ;;
esac
