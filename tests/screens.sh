#!/usr/bin/env bash
# Makes the picture of the README from what real terminals show: screens.sh LAB PLUGIN-DIR FILE. Called by `make screens`.
#
# A Job of 60 tasks, of which three fail, runs in a cluster of the lab; tmux is the terminal.
set -euo pipefail
lab=$1 plugin=$2 file=$3
here=$(cd "$(dirname "$0")" && pwd)
columns=116
dir=$(mktemp -d /tmp/screens-XXXXXX)
terminal() { tmux -L "${dir##*/}" "$@"; }
trap 'terminal kill-server 2>/dev/null || true; "$lab" down --dir "$dir/lab" >/dev/null; rm -rf "$dir"' EXIT

"$lab" up --dir "$dir/lab" >/dev/null
KUBECONFIG=$("$lab" kubeconfig --dir "$dir/lab")
export KUBECONFIG PATH="$plugin:$dir/lab/bin:$PATH" TERM=xterm-256color
unset NO_COLOR
# shellcheck disable=SC2016 # The dollars are for the shell in the container.
kubectl indexedjob create train --image busybox --completions 60 --parallelism 12 -- sh -c '
  sleep $((1 + JOB_COMPLETION_INDEX % 3))
  case $JOB_COMPLETION_INDEX in 17|31|48) echo "shard-$JOB_COMPLETION_INDEX.csv: no such file"; exit 2 ;; esac' 2>/dev/null >&2

# Types a line into a terminal, and puts what is there when WHEN shows into FILE, at most LINES of it.
screen() {
  local line=$1 when=$2 lines=$3
  terminal new-session -d -s one -x $columns -y 70 "PS1='\$ ' bash --norc --noprofile"
  until terminal capture-pane -t one -p | grep -q '^\$'; do sleep 0.1; done
  terminal send-keys -t one -l "$line"
  terminal send-keys -t one Enter
  for _ in $(seq 600); do
    terminal capture-pane -t one -p -S - | grep -qE "$when" && break
    sleep 0.1
  done
  terminal capture-pane -t one -e -p -S - | sed -e 's/[[:space:]]*$//' -e '${/^\$\?$/d}' | head -n "$lines"
  terminal kill-session -t one
}

{
  # The bar, when about half is done.
  screen 'kubectl indexedjob wait train' '(2[0-9]|3[0-9])/60' 20 | grep -E '^\$|/60'
  kubectl indexedjob wait train >/dev/null 2>&1 || true
  echo
  screen 'kubectl indexedjob status train --map' 'F 3 failed' 3
  echo
  # Without what kubectl describe has, too.
  screen 'kubectl indexedjob describe train' 'Events:' 200 |
    sed -e '1{p; s/.*/.../p}' -e '/^Status:/,/^Pod Template:/!d' -e '/^Pod Template:/s/.*/.../'
} >"$dir/text"
awk -v columns=$columns -f "$here/screens.awk" "$dir/text" >"$file"
