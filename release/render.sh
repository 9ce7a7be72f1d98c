#!/usr/bin/env bash
# Fills a template of a release in, on stdout: render.sh TEMPLATE TAG [DIR]. Sums are taken from the DIR/*.sha256 that
# archive.sh makes; without DIR they are zeros.
#
# Templates are .krew.yaml, in the language of krew-release-bot (of which this understands what stands there), and
# release/homebrew.rb, where @VERSION@ is the version and @SHA256:TARGET@ the sum of an archive.
set -euo pipefail
template=$1 tag=$2 dir=${3:-}

sum() {
  if [ -z "$dir" ]; then
    printf '%064d' 0
  else
    cut -d ' ' -f 1 "$dir/$1.sha256"
  fi
}

while IFS= read -r line; do
  line=${line//'{{ .TagName }}'/"$tag"}
  line=${line//@VERSION@/"${tag#v}"}
  if [[ $line =~ ^(\ *)\{\{addURIAndSha\ \"([^\"]+)\" ]]; then
    indent=${BASH_REMATCH[1]} url=${BASH_REMATCH[2]}
    sha256=$(sum "${url##*/}")
    printf '%suri: %s\n%ssha256: "%s"\n' "$indent" "$url" "$indent" "$sha256"
  elif [[ $line =~ @SHA256:([a-z0-9_-]+)@ ]]; then
    sha256=$(sum "kubectl-indexedjob-${BASH_REMATCH[1]}.tar.gz")
    printf '%s\n' "${line//"${BASH_REMATCH[0]}"/"$sha256"}"
  else
    printf '%s\n' "$line"
  fi
done <"$template"
