#!/usr/bin/env bash
# The end-to-end tests on a cluster of their own: on-lab.sh LAB VERSION FAKE-NODES. Called by `make test`.
set -euo pipefail
lab=$1 version=$2 nodes=$3
# A new directory each time: two runs on one machine do not meet. It is short, for the sake of sockets' paths.
mkdir -p /var/lib/kubectl-indexedjob-lab
dir=$(mktemp -d /var/lib/kubectl-indexedjob-lab/XXXXXX)
say() { printf '\n== %s\n' "$*"; }

trap '"$lab" down --dir "$dir"' EXIT
say "starting Kubernetes $version (the first time it is built: about 9 minutes on 2 cores)"
# The fake nodes are for the test of 10,000 pods, which needs faster controllers, too; no other pod gets there. Without
# them it is skipped: it takes minutes, and one version is enough.
"$lab" up --version "$version" --dir "$dir" --nodes "$nodes" --qps 1000 >/dev/null
INDEXEDJOB_E2E_KUBECONFIG=$("$lab" kubeconfig --dir "$dir")
export INDEXEDJOB_E2E_KUBECONFIG
export INDEXEDJOB_E2E_KUBECTL=$dir/bin/kubectl INDEXEDJOB_E2E_LAB=$lab INDEXEDJOB_E2E_LAB_DIR=$dir

say "end-to-end tests on Kubernetes $version"
# Mostly they wait for pods: more threads than cores.
cargo test --locked --features e2e --test e2e -- --test-threads=4
say "tests that disturb the cluster or take minutes, on Kubernetes $version"
cargo test --locked --features e2e --test e2e -- --ignored --test-threads=1
