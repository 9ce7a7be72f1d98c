#!/usr/bin/env bash
# Builds the plugin for a target and packs it as a release does: archive.sh TARGET DIR [OPTION OF CARGO BUILD]...
# makes DIR/kubectl-indexedjob-TARGET.tar.gz (.zip for Windows) and its .sha256, and prints the archive's path.
#
# The same sources, lock file and compiler make the same bytes, in whatever directory: no path of the machine gets into
# the program, and order, owner and time of what is packed are fixed (the time by SOURCE_DATE_EPOCH, else by the commit).
set -euo pipefail
target=$1
mkdir -p "$2"
out=$(cd "$2" && pwd)
shift 2
cd "$(dirname "$0")/.."

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
built=$(realpath -m "${CARGO_TARGET_DIR:-target}")
flags="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo --remap-path-prefix=$PWD=/source --remap-path-prefix=$built=/target"
case $target in
  *-windows-*) flags+=' -C target-feature=+crt-static' exe=.exe archive=kubectl-indexedjob-$target.zip ;;
  *) exe='' archive=kubectl-indexedjob-$target.tar.gz ;;
esac
export SOURCE_DATE_EPOCH RUSTFLAGS=$flags
cargo build --locked --release --target "$target" --bin kubectl-indexedjob "$@" >&2

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
install -m 755 "$built/$target/release/kubectl-indexedjob$exe" "$stage/"
install -m 644 LICENSE README.md CHANGELOG.md "$stage/"
install -d -m 755 "$stage/man" "$stage/completions"
install -m 644 man/*.1 "$stage/man/"
for file in completions/*; do
  install -m "$(if [ -x "$file" ]; then echo 755; else echo 644; fi)" "$file" "$stage/completions/"
done

rm -f "$out/$archive"
if [ -n "$exe" ]; then
  (cd "$stage" && 7z a -bso0 -tzip "$out/$archive" .)
else
  # Only GNU's tar can sort; macOS has it as gtar.
  tar=$(command -v gtar || command -v tar)
  (cd "$stage" && "$tar" --sort=name --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner --format=ustar -cf - -- *) |
    gzip -n9 >"$out/$archive"
fi
cd "$out"
{ sha256sum "$archive" 2>/dev/null || shasum -a 256 "$archive"; } >"$archive.sha256"
echo "$out/$archive"
