#!/usr/bin/env bash
# Builds the fuzzers of tests/fuzz with sanitizers, and runs each for some minutes from the programs
# of the tests. What fails lies in build/fuzz/found: make it small with `fuzz_source
# -minimize_crash=1 -runs=10000 FILE`, mend the cause, and put the file into tests/fuzz/corpus, which
# tests/fuzz/replay_test.cpp replays in every build.
#
#     scripts/fuzz.sh [SECONDS]       for each fuzzer; 600 where none is given
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-600}

cmake --preset fuzz
cmake --build --preset fuzz --target fuzz_source fuzz_schedule

build=build/fuzz
seeds=$build/seeds
rm -rf $seeds
mkdir -p $build/found $build/corpus/source $build/corpus/schedule $seeds
cp -r tests/golden tests/errors examples $seeds
rm $seeds/errors/10.3-limit-functions.tc # 100,000 calls, which sanitizers make a minute
options=(-max_total_time="$seconds" -timeout=60 -rss_limit_mb=4096 -max_len=4096
         -dict=tests/fuzz/tcc.dict -print_final_stats=1 -artifact_prefix="$build/found/")
failed=0
$build/fuzz_source "${options[@]}" $build/corpus/source tests/fuzz/corpus/source $seeds || failed=1
$build/fuzz_schedule "${options[@]}" $build/corpus/schedule tests/fuzz/corpus/schedule || failed=1
exit $failed
