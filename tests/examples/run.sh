#!/bin/sh
# Runs an example beside its labs and compares what it prints with the comment "Prints:" at its end:
# run.sh PROGRAM SOURCE
set -eu
cd "$(dirname "$0")"
expected=$(sed -n '1,/^\/\/ Prints:$/d; s|^//   ||p' "$2")
[ -n "$expected" ] || { echo "$2 does not say what it prints" >&2; exit 1; }
printed=$("$1")
[ "$printed" = "$expected" ] || { printf 'expected:\n%s\nprinted:\n%s\n' "$expected" "$printed" >&2; exit 1; }
