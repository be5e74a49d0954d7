#!/usr/bin/env bash
# Kills `tcc run` at random moments while it writes its cache, two processes at once, and fails where
# a later run is not right.
#
#     scripts/kill_cache_writers.sh [TCC [KILLS]]        build/release/tcc and 200
#
# A write takes some microseconds of a run: a library that is loaded before makes it slow, piece by
# piece, so that many kills meet it. runtime/disk_cache_kill_test.cpp kills without that.
set -euo pipefail
cd "$(dirname "$0")/.."
tcc=$(realpath "${1:-build/release/tcc}")
kills=${2:-200}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export TCC_CACHE=$work/cache

"${CXX:-g++}" -shared -fPIC -O1 -o "$work/slow.so" -x c++ - <<'END'
#include <algorithm>
#include <dlfcn.h>
#include <unistd.h>

namespace {
template <typename F> F next(F, const char* name) { return reinterpret_cast<F>(dlsym(RTLD_NEXT, name)); }
}

extern "C" ssize_t write(int file, const void* bytes, size_t size) {
  if (file > 2) {
    usleep(500);
    size = std::min<size_t>(size, 1 + size / 8);
  }
  return next(&write, "write")(file, bytes, size);
}

extern "C" int renameat(int from, const char* old_name, int to, const char* new_name) noexcept {
  usleep(1000);
  const int result = next(&renameat, "renameat")(from, old_name, to, new_name);
  usleep(1000);
  return result;
}
END

# The program of a number, and what it prints.
program() { echo "input x: f32[3]; y = x * $1.0 + 0.5"; }
run() { "$tcc" run -e "$(program "$1")" -i "x=$work/x.npy"; }
expected() { printf 'y: f32[3]\n[%s.5 %s.5 %s.5]\n' "$1" "$1" "$1"; }
# Becomes the process that is to be killed.
run_slowly() {
  exec env LD_PRELOAD="$work/slow.so" "$tcc" run -e "$(program "$1")" -i "x=$work/x.npy" \
    >"$work/out.$1" 2>&1
}
# How many files of the cache have this suffix.
count() { { find "$TCC_CACHE" -name "*.$1" 2>/dev/null || true; } | wc -l; }
check() {
  if [ "$(run "$1" 2>&1)" != "$(expected "$1")" ]; then
    echo "after kill $kill: the run of program $1 is wrong:" >&2
    run "$1" >&2 || true
    exit 1
  fi
}

# Three ones: a header of 128 bytes, then the numbers.
{
  printf '\x93NUMPY\x01\x00\x76\x00'
  printf '%-117s\n' "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"
  printf '\x00\x00\x80\x3f%.0s' 1 2 3
} >"$work/x.npy"

# Of two digits each, so that NumPy's way of printing is simple; the cache is cleared in between.
first=10 last=99
begin=$(date +%s%N)
kill=0
(run_slowly $first)
check $first
longest=$((($(date +%s%N) - begin) / 1000))  # in microseconds; two runs
half_written=0 written=0 number=$first
for ((kill = 1; kill <= kills; ++kill)); do
  number=$((number + 2))
  if [ $number -ge $last ]; then
    written=$((written + $(count entry)))
    "$tcc" cache clear >/dev/null
    number=$first
  fi
  run_slowly $number & one=$!
  run_slowly $((number + 1)) & two=$!
  sleep "$(printf '0.%06d' $((RANDOM * 7 % longest)))"
  { kill -9 $one || true; wait $one || true; } 2>/dev/null
  half_written=$((half_written + $(count part)))
  { sleep "0.00$((RANDOM % 10))"; kill -9 $two || true; wait $two || true; } 2>/dev/null
  check $number
  check $((number + 1))
  check $((first + RANDOM % (number - first + 1)))
done
written=$((written + $(count entry)))
if [ "$written" -eq 0 ] || { [ "$kills" -ge 50 ] && [ "$half_written" -eq 0 ]; }; then
  echo "$written programs were kept, $half_written files met half written: nothing was tested" >&2
  exit 1
fi
"$tcc" cache prune >/dev/null
left=$(count part)
if [ "$left" -gt 0 ]; then
  echo "$left half written files are left" >&2
  exit 1
fi
echo "$kills kills, all later runs right; $half_written files met half written, $written kept"
