#!/usr/bin/env bash
# Proves that what `cmake --install` leaves is enough: installs a build into a temporary prefix,
# copies examples/embed away from the tree, builds it with find_package(tcc), and runs it.
#
#     scripts/check_install.sh [BUILD]        BUILD is build/dev where none is named
set -euo pipefail
cd "$(dirname "$0")/.."
build=${1:-build/dev}

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
cmake --install "$build" --prefix "$place/prefix" >"$place/install.log"
cp -r examples/embed "$place/embed"

compiler=$(sed -n 's/^CMAKE_CXX_COMPILER:[A-Z]*=//p' "$build/CMakeCache.txt")
cmake -S "$place/embed" -B "$place/embed/build" -G Ninja -DCMAKE_PREFIX_PATH="$place/prefix" \
  -DCMAKE_CXX_COMPILER="$compiler" >"$place/configure.log" || {
  cat "$place/configure.log" >&2
  exit 1
}
cmake --build "$place/embed/build"
"$place/embed/build/embed"
"$place/prefix/bin/tcc" --help >/dev/null
scripts/check_exports.sh "$place"/prefix/lib/libtcc.so
