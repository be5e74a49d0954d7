#!/usr/bin/env bash
# Installs the libraries that bench/cpu compares tcc with, from the packages of Debian 12. None is
# needed to build or to use tcc; what a machine lacks is left out of the comparison.
set -euo pipefail

packages=(
  libopenblas-dev libblis-dev libdnnl-dev libxsmm-dev
  libeigen3-dev
  libomp-22-dev                   # OpenMP of clang, for Eigen's products on several threads
  python3-numpy
)

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
"${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
