#!/bin/bash
# What .editorconfig says, for every text file in the repository, and no path of somebody's machine: text.sh [ROOT]
# Files over 400 lines are named, too; that is no fault. Data that is wrong on purpose lives in bad/, fixtures/, corpus/.
cd "${1:-$(dirname "$0")/../..}" || exit 2

if [ -e .git ]; then
  files=$(git ls-files --cached --others --exclude-standard)
else
  files=$(find . -type f -printf '%P\n')
fi

faults=0
fault() { # FILE MESSAGE
  echo "$1: $2"
  faults=1
}

while IFS= read -r file; do
  [ -f "$file" ] && [ -s "$file" ] || continue
  case /$file in */bad/* | */fixtures/* | */corpus/*) continue ;; esac
  grep -qI . "$file" || continue # binary
  [ -z "$(tail -c 1 "$file")" ] || fault "$file" "no newline at the end"
  hit=$(grep -m 1 -nP '\r$' "$file") && fault "$file:${hit%%:*}" "CR LF line end"
  hit=$(grep -m 1 -nP '[ \t]+$' "$file") && fault "$file:${hit%%:*}" "white space at the end of the line"
  hit=$(grep -m 1 -nP '^ *\t' "$file") && fault "$file:${hit%%:*}" "indented with a tab"
  hit=$(grep -m 1 -nF -e "$PWD/" "$file") && fault "$file:${hit%%:*}" "path of this machine: ${hit#*:}"
  # People in examples are called so.
  hit=$(grep -m 1 -nP '(?<![\w.])/(home|Users)/(?!(you|user|me|lab|ana)\b)\w+' "$file") &&
    fault "$file:${hit%%:*}" "path of one machine: ${hit#*:}"
  case $file in
    *.cpp | *.hpp)
      lines=$(wc -l <"$file")
      [ "$lines" -le 400 ] || echo "$file: warning: $lines lines; is it one idea?"
      ;;
  esac
done <<<"$files"
exit $faults
