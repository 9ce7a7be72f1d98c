//! Tests of the real binary, as a plugin of the real kubectl, on a real cluster.
//!
//! `make test` runs them on the lab's clusters; `KUBECONFIG=... make e2e` on any other. Both set what they need:
//!
//! - `INDEXEDJOB_E2E_KUBECONFIG` the cluster; without it nothing is run: the current context is never used unasked
//! - `INDEXEDJOB_E2E_KUBECTL` the kubectl; `kubectl` of the PATH where it is not set
//! - `INDEXEDJOB_E2E_LAB`, `INDEXEDJOB_E2E_LAB_DIR` the lab program and its cluster, only where the cluster is a lab
//! - `INDEXEDJOB_E2E_ARCHIVE`, `INDEXEDJOB_E2E_TOOLS` an archive of a release and the directory with krew, only where they
//!   were built
//!
//! Every test has a namespace of its own. Those that disturb the whole cluster or take minutes are ignored by default and
//! run after the others: `cargo test --features e2e --test e2e -- --ignored --test-threads=1`.

mod harness;
#[path = "../pipe.rs"]
mod pipe;

mod console;
mod create;
mod describe;
mod disturbing;
mod docs;
mod ecosystem;
mod fields;
mod items;
mod kill;
mod krew;
mod lifecycle;
mod list;
mod logs;
mod numbers;
mod refused;
mod retry;
mod retry_pods;
mod scale;
mod script;
mod status;
mod stay;
mod wait;
