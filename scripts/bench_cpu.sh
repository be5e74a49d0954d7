#!/usr/bin/env bash
# Compares tcc with the libraries of this machine: installs them, builds for release, measures.
#
#     scripts/bench_cpu.sh [OPTION...]        as build/release/bench/bench_cpu --help lists them
#
# Leaves what was measured in build/bench_cpu.jsonl, a line a row, and prints tables in Markdown.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_dependencies.sh
scripts/install_peers.sh
cmake --preset release
cmake --build --preset release --target bench_cpu
build/release/bench/bench_cpu --json build/bench_cpu.jsonl "$@"
