#!/usr/bin/env bash
# Fails where a shared library exports more than the project's own names: a host program may have
# another LLVM, another fmt, another tcc inside.
#
#     scripts/check_exports.sh LIBRARY
set -euo pipefail
strangers=$(nm --dynamic --defined-only --extern-only --demangle "$1" | cut -d' ' -f3- |
  grep -vE '^(tcc::|tcc_|(typeinfo|typeinfo name|vtable) for tcc::Error$)' || true)
if [ -n "$strangers" ]; then
  echo "$1 exports what is not its own:" >&2
  head -20 <<<"$strangers" >&2
  exit 1
fi
