#!/usr/bin/env bash
# Builds everything for development and runs all tests, then installs into a temporary place and
# builds the example of examples/embed outside the tree from the installed files alone.
set -euo pipefail
cd "$(dirname "$0")/.."

export TCC_CACHE=  # leaves nothing in the home of who runs it
scripts/install_dependencies.sh
cmake --preset dev
cmake --build --preset dev
ctest --preset dev
scripts/check_install.sh build/dev
echo "all tests passed"
