#!/usr/bin/env bash
# Writes the arrays of examples/data, with tcc itself.
#
#     scripts/make_example_data.sh [TCC]
set -euo pipefail
cd "$(dirname "$0")/.."
tcc=${1:-build/dev/tcc}
mkdir -p examples/data

make_array() { # NAME EQUATION
  "$tcc" run -e "$2" -o "$1=examples/data/$1.npy"
}
make_array A 'A[i in 0:2, j in 0:3] = 1.0 * (i + 1) - 0.5 * j'
make_array B 'B[i in 0:3, j in 0:4] = 0.25 * (i + 1) * (j - 1)'
make_array bias 'bias[j in 0:4] = 0.5 - 0.125 * j'
