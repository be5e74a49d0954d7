#!/usr/bin/env bash
# Fails where a C++ file is not formatted by .clang-format; names the file and the line.
#
#     scripts/check_format.sh [FILE...]       all tracked and new files where none is named
#     scripts/check_format.sh --fix           formats them
set -euo pipefail
cd "$(dirname "$0")/.."

mode=(--dry-run --Werror)
if [ "${1:-}" = --fix ]; then
  mode=(-i)
  shift
fi
formatter=$(command -v clang-format-22) || {
  echo "clang-format-22 is missing: scripts/install_dependencies.sh --tools" >&2
  exit 3
}
if [ $# -gt 0 ]; then
  files=("$@")
else
  mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.h' '*.cpp')
fi
"$formatter" "${mode[@]}" "${files[@]}"
