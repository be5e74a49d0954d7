#!/usr/bin/env bash
# What takes longer than a commit may wait for: every configuration, each with all tests, property
# tests at their full size. Goes on after a failure; the end names what failed.
#
#     scripts/nightly.sh [CONFIGURATION...]
#         dev asan tsan release portable gcc llvm19 no-llvm tidy numpy faults fuzz bench
set -uo pipefail
cd "$(dirname "$0")/.." || exit
export TCC_NIGHTLY=1
export TCC_CACHE= # leaves nothing in the home of who runs it

run_tests() {
  ctest --test-dir "$1" --no-tests=error --output-on-failure -j"$(nproc)" --timeout 3600
}

preset() { cmake --preset "$1" && cmake --build --preset "$1" && run_tests "build/$1"; }

installed() { preset "$1" && scripts/check_install.sh "build/$1"; }

gcc() {
  cmake -B build/gcc -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_CXX_COMPILER=g++ &&
    cmake --build build/gcc && run_tests build/gcc && scripts/check_install.sh build/gcc
}

no_llvm() {
  cmake --preset dev -B build/no-llvm -DTCC_WITH_LLVM=OFF &&
    cmake --build build/no-llvm && run_tests build/no-llvm
}

tidy() { cmake --preset tidy && cmake --build --preset tidy; }

# Whether the comparison with other libraries builds, and all of them compute the same.
bench() {
  scripts/install_peers.sh && cmake --preset release &&
    cmake --build --preset release --target bench_cpu latency &&
    build/release/bench/bench_cpu --rounds 1 --seconds 0.001 --rows '^(?!matmul [24]...\^3)'
}

one() {
  case $1 in
    asan | tsan) preset "$1" ;;
    dev | release | portable) installed "$1" ;;
    gcc) gcc ;;
    llvm19) scripts/build_with_llvm19.sh ;;
    no-llvm) no_llvm ;;
    tidy) tidy ;;
    numpy) preset dev && scripts/compare_with_numpy.sh build/dev/tcc ;;
    faults) scripts/planted_faults.sh ;;
    fuzz) scripts/fuzz.sh 600 ;;
    bench) bench ;;
    *) echo "no such configuration: $1" >&2; return 2 ;;
  esac
}

scripts/install_dependencies.sh --tools || exit
[ $# -gt 0 ] || set -- dev asan tsan release portable gcc llvm19 no-llvm tidy numpy faults fuzz bench
failed=()
for configuration in "$@"; do
  echo "== $configuration"
  SECONDS=0
  one "$configuration" || failed+=("$configuration")
  echo "== $configuration took $SECONDS s"
done
if [ ${#failed[@]} -gt 0 ]; then
  echo "failed: ${failed[*]}"
  exit 1
fi
echo "all passed: $*"
