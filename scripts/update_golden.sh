#!/usr/bin/env bash
# Rewrites what the golden tests expect to what the compiler prints now. Look at the difference
# before you keep it.
#
#     scripts/update_golden.sh [FILTER]     as of GoogleTest: 'Golden.loops/*'
set -euo pipefail
cd "$(dirname "$0")/.."

cmake --build --preset dev --target tcc_tests
TCC_UPDATE_GOLDEN=1 build/dev/tcc_tests --gtest_brief=1 \
  --gtest_filter="${1:-Golden.*:Errors.*:All/Examples.*}"
git --no-pager diff --stat -- tests examples
