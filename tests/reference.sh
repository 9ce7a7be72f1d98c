#!/usr/bin/env bash
# Prints docs/reference.md from the program's own help: reference.sh PROGRAM. Called by `make generate`.
set -euo pipefail
program=$1
export COLUMNS=100 NO_COLOR=1

cat <<'END'
# Reference

Generated from the program's help by `make generate`.

END
section() {
  printf '## kubectl indexedjob%s\n\n```text\n' "${1:+ $1}"
  "$program" ${1:+"$1"} --help | sed 's/[[:space:]]*$//'
  printf '```\n\n'
}
section ''
for verb in create wait describe logs completion; do section "$verb"; done
