#!/usr/bin/env bash
# Builds and tests against LLVM 19, the other version that must work, in build/llvm19.
set -euo pipefail
cd "$(dirname "$0")/.."

TCC_LLVM_VERSION=19 scripts/install_dependencies.sh
cmake --preset dev -B build/llvm19 -DTCC_LLVM_VERSION=19
cmake --build build/llvm19
ctest --test-dir build/llvm19 --output-on-failure -j"$(nproc)"
