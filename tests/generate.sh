#!/usr/bin/env bash
# Writes what is generated from the program: generate.sh PROGRAM DIR makes DIR/completions and DIR/docs/reference.md.
# Called by `make generate` and `make check-generated`.
set -euo pipefail
program=$1 dir=$2
export COLUMNS=100 NO_COLOR=1
mkdir -p "$dir/completions" "$dir/docs"

for shell in bash zsh fish powershell elvish; do
  "$program" completion $shell >"$dir/completions/kubectl-indexedjob.$shell"
done

section() {
  printf '## kubectl indexedjob%s\n\n```text\n' "${1:+ $1}"
  "$program" ${1:+"$1"} --help | sed 's/[[:space:]]*$//'
  printf '```\n\n'
}
{
  printf '# Reference\n\nGenerated from the help of the program by `make generate`.\n\n'
  section ''
  for verb in create wait status list describe logs retry cancel suspend resume scale delete completion; do section "$verb"; done
} >"$dir/docs/reference.md"
