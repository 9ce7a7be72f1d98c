#!/usr/bin/env bash
# Two builds of one tree, in directories with different paths, make the same archive: reproducible.sh TARGET DIR.
# The first archive stays in DIR/one/dist. Called by `make test`.
#
# The program is not optimised here, which takes minutes from both builds; all else is as in a release.
set -euo pipefail
target=$1
mkdir -p "$2"
dir=$(cd "$2" && pwd)
cd "$(dirname "$0")/.."
quick=(--config profile.release.lto=false --config profile.release.opt-level=0 --config profile.release.codegen-units=16)

one=$dir/one two=$dir/two/at/another/path
# Both get the same files, whatever is edited meanwhile. Times stay, so that cargo builds again only what has changed
# since the last run.
git ls-files -z --cached --others --exclude-standard | tar --null --files-from=- --ignore-failed-read -cf "$dir/source.tar"
for copy in "$one" "$two"; do
  rm -rf "$copy/source" && mkdir -p "$copy/source"
  tar -C "$copy/source" -xf "$dir/source.tar"
done

build() {
  CARGO_TARGET_DIR=$1/target SOURCE_DATE_EPOCH=1000000000 "$1/source/release/archive.sh" "$target" "$1/dist" "${quick[@]}"
}
one=$(build "$one")
two=$(build "$two")
if ! cmp -s "$one" "$two"; then
  echo "error: two builds of the same sources differ: $one and $two" >&2
  echo "hint: diffoscope $one $two" >&2
  exit 1
fi
echo "the same from both: $(cat "$one.sha256")"
