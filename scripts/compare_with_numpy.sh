#!/usr/bin/env bash
# Compares tcc with NumPy, which is installed into a virtual environment under build/.
#
#     scripts/compare_with_numpy.sh [TCC]       build/dev/tcc where none is named
set -euo pipefail
export TCC_CACHE= # compiles what it compares
cd "$(dirname "$0")/.."
tcc=${1:-build/dev/tcc}

scripts/install_dependencies.sh --tools
if [ ! -x build/venv/bin/python ]; then
  python3 -m venv build/venv
  build/venv/bin/pip install --quiet numpy
fi
build/venv/bin/python tests/numpy/compare.py "$tcc"
build/venv/bin/python tests/numpy/compare_text.py "$tcc"
