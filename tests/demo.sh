#!/usr/bin/env bash
# The Kubernetes docs' example through create, wait, describe and logs. Called by `make demo`.
set -euo pipefail
lab=$1 plugin=$2
KUBECONFIG=$("$lab" kubeconfig)
dir=$(dirname "$KUBECONFIG")
export KUBECONFIG PATH="$plugin:$dir/bin:$PATH"

run() {
  printf '\n$ %s\n' "$*"
  "$@"
}

kubectl delete job greet --ignore-not-found --wait >/dev/null
run kubectl indexedjob create greet --image docker.io/library/busybox \
  --items foo,bar,baz,qux,xyz --items-via init --parallelism 3 -- rev /input/data.txt
run kubectl indexedjob wait greet --timeout=300s
run kubectl indexedjob describe greet
run kubectl indexedjob logs greet --index 3

cat <<END

== The cluster is up. To use it:
export KUBECONFIG=$KUBECONFIG
export PATH=$plugin:$dir/bin:\$PATH
kubectl indexedjob --help
== To stop it and remove all of it:
make demo-stop
END
