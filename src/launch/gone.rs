//! Waits until a Job is gone that somebody deletes.

use std::pin::pin;

use futures::StreamExt as _;
use indexedjob_core::facts::JobFacts;
use indexedjob_core::progress::Change;

use crate::cluster::{Cluster, ClusterError};

/// Returns when this Job is gone, or another one has its name.
pub(crate) async fn until_gone(job: &JobFacts, cluster: &Cluster) -> Result<(), ClusterError> {
    let mut changes = pin!(cluster.watch_job(&job.name));
    while let Some(change) = changes.next().await {
        match change? {
            Change::JobGone => break,
            Change::Job(seen) if seen.uid != job.uid => break,
            _ => {}
        }
    }
    Ok(())
}
