#!/usr/bin/env bash
# Writes what is generated from the program: generate.sh PROGRAM DIR makes DIR/completions, DIR/docs/reference.md and
# DIR/man, and from the template of krew DIR/krew-manifest.yaml. Called by `make generate` and `make check-generated`.
set -euo pipefail
program=$1 dir=$2
export COLUMNS=100 NO_COLOR=1
mkdir -p "$dir/completions" "$dir/docs" "$dir/man"
verbs=$("$program" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]\{1,\}\) .*/\1/p' | grep -vx help)

for shell in bash zsh fish powershell elvish; do
  "$program" completion $shell >"$dir/completions/kubectl-indexedjob.$shell"
done

# A page of a verb that is gone must not stay.
rm -f "$dir"/man/*.1
"$program" man >"$dir/man/kubectl-indexedjob.1"
for verb in $verbs; do "$program" man "$verb" >"$dir/man/kubectl-indexedjob-$verb.1"; done

section() {
  printf '## kubectl indexedjob%s\n\n```text\n' "${1:+ $1}"
  "$program" ${1:+"$1"} --help | sed 's/[[:space:]]*$//'
  printf '```\n\n'
}
{
  printf '# Reference\n\nGenerated from the help of the program by `make generate`.\n\n'
  section ''
  for verb in $verbs; do section "$verb"; done
} >"$dir/docs/reference.md"

{
  printf '# The manifest for krew, made by `make generate` from .krew.yaml; its copy in an index is called indexedjob.yaml. The\n'
  printf '# sums are zeros: those of a release are in the manifest that the release carries.\n'
  "$(dirname "$0")/../release/render.sh" .krew.yaml "v$("$program" --version | cut -d ' ' -f 2)"
} >"$dir/krew-manifest.yaml"
