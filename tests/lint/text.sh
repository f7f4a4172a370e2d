#!/bin/bash
# What .editorconfig says, for every text file in the repository, and no path of somebody's machine: text.sh [ROOT]
# Files over 400 lines are named, too; that is no fault. Data that is wrong on purpose lives in bad*/, fixtures/, corpus/.
cd "${1:-$(dirname "$0")/../..}" || exit 2

list=$(mktemp)
trap 'rm -f "$list"' EXIT
if [ -e .git ]; then
  git ls-files -z --cached --others --exclude-standard
else
  find . -type f -printf '%P\0'
fi | grep -zvE '(^|/)(bad[^/]*|fixtures|corpus)/' | xargs -0 -r grep -lIZ . 2>/dev/null >"$list"

faults=0
refuse() { # MESSAGE GREP-OPTION PATTERN
  local hits
  hits=$(xargs -0 -r -a "$list" grep -Hn "$2" -e "$3")
  [ -n "$hits" ] || return 0
  printf '%s\n' "$hits" | sed "s|^\([^:]*:[0-9]*\):|\1: $1: |"
  faults=1
}

refuse "CR LF line end" -P '\r$'
refuse "white space at the end of the line" -P '[ \t]+$'
refuse "indented with a tab" -P '^ *\t'
refuse "path of this machine" -F "$PWD/"
# People in examples are called so.
refuse "path of one machine" -P '(?<![\w.])/(home|Users)/(?!(you|user|me|lab|ana)\b)\w+'

while IFS= read -r -d '' file; do
  if [ -n "$(tail -c 1 "$file")" ]; then
    echo "$file: no newline at the end"
    faults=1
  fi
done <"$list"

xargs -0 -r -a "$list" wc -l | awk '$1 > 400 && $2 ~ /\.[ch]pp$/ {print $2 ": warning: " $1 " lines; is it one idea?"}'
exit $faults
