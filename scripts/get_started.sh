#!/usr/bin/env bash
# From a fresh clone to a kernel: installs what is needed, builds `tcc`, runs
# C = relu(A @ B + bias) on arrays in .npy files, verifies the result against the reference
# evaluation, and shows every stage that the program went through.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install_dependencies.sh
cmake --preset release
cmake --build --preset release --target tcc
tcc=$PWD/build/release/tcc
program=$PWD/examples/relu_matmul.tc

arrays=build/arrays
mkdir -p "$arrays"
make_array() { # NAME SHAPE SEED: an array of uniform numbers in [-1, 1)
  "$tcc" run -e "input x: f32$2; $1 = x + 0.0" --random "$3" -o "$1=$arrays/$1.npy"
}
make_array A '[512, 256]' 1
make_array B '[256, 512]' 2
make_array bias '[512]' 3

show() {
  printf '\n$ tcc %s\n' "$*"
  "$tcc" "$@"
}
for stage in graph loops schedule scheduled; do
  show emit "$program" --stage "$stage"
done
printf '\n$ tcc emit %s --stage asm --set M=512 --set K=256 --set N=512     # its inner loop\n' "$program"
"$tcc" emit "$program" --stage asm --set M=512 --set K=256 --set N=512 |
  grep -m 1 -B 6 -A 24 -E 'vfmadd|fmla' || true
show run "$program" -i A="$arrays/A.npy" -i B="$arrays/B.npy" -i bias="$arrays/bias.npy" --verify
