#!/usr/bin/env bash
# Installs what a build needs, from the packages of Debian 12 (or of a later release that has them).
#
#     scripts/install_dependencies.sh             to build and test
#     scripts/install_dependencies.sh --tools     also to format, to lint, to commit
#     TCC_LLVM_VERSION=19 scripts/install_dependencies.sh
#
# Does nothing, and needs no rights, where all of them are there.
set -euo pipefail

llvm=${TCC_LLVM_VERSION:-22}
packages=(
  g++ cmake ninja-build ccache
  clang-22 lld-22 libclang-rt-22-dev
  "llvm-$llvm-dev"
  zlib1g-dev                      # unpacks .npz; the static LLVM is linked with it as well
  libzstd-dev                     # what the static LLVM is linked with
  libxxhash-dev                   # names and checks the files of the cache
  libfmt-dev libexpected-dev nlohmann-json3-dev libcli11-dev
  libgtest-dev libbenchmark-dev
  libmpfr-dev                     # the oracle of the elementary functions, in tests
)

for argument in "$@"; do
  case $argument in
    --tools) packages+=(clang-format-22 clang-tidy-22 pre-commit python3-venv) ;;
    *) echo "usage: $0 [--tools]" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${packages[@]}"; do
  dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
echo "to be installed: ${missing[*]}"

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "this needs root: run 'apt-get install ${missing[*]}' as root, then this again" >&2
    exit 3
  }
  as_root=(sudo)
fi

export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq || echo "apt-get update failed; trying with the lists at hand" >&2
unavailable=()
for package in "${missing[@]}"; do
  apt-cache show "$package" >/dev/null 2>&1 || unavailable+=("$package")
done
if [ ${#unavailable[@]} -gt 0 ]; then
  echo "this machine's package sources do not have: ${unavailable[*]}" >&2
  echo "clang-22 and llvm-22 come with Debian 12's security updates; see /etc/apt/sources.list*" >&2
  exit 3
fi
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
