//! The end of a Job that is gone, from the events that survive it: one that is deleted as soon as it has finished
//! (ttlSecondsAfterFinished 0) is often gone before a watch tells of its end.

use std::time::Duration;

use indexedjob_core::facts::{self, EventFacts, JobFacts, Outcome};
use indexedjob_core::progress::JobProgress;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};

use crate::cluster::{Cluster, ClusterError};

/// For how long the events of a Job that is gone are looked at for its end. The controller writes them later than the
/// status: the sooner the Job is deleted, the more of them are still to come.
const PATIENCE: Duration = Duration::from_secs(2);
/// The same for one that was nearly done, and is deleted by itself when it is.
const LONG_PATIENCE: Duration = Duration::from_secs(10);
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// How a Job ended that is gone; None where its events do not tell. Until `until` at the most, but looked at once. Of many
/// Jobs that end together as many are looked at in one moment as `looks` has permits.
pub(super) async fn last_words(
    progress: &JobProgress,
    until: Option<Instant>,
    looks: &Semaphore,
    cluster: &Cluster,
) -> Result<Option<Outcome>, ClusterError> {
    let Some(job) = progress.job() else { return Ok(None) };
    let patience = Instant::now() + if is_nearly_done(progress, job) { LONG_PATIENCE } else { PATIENCE };
    let until = until.map_or(patience, |until| until.min(patience));
    loop {
        // It is never closed.
        let permit = looks.acquire().await.ok();
        let events = cluster.events(&job.name, &job.uid).await?;
        drop(permit);
        let events: Vec<EventFacts> = events.into_iter().filter_map(|e| serde_json::from_value(e).ok()).collect();
        let outcome = facts::outcome(&events);
        if outcome.is_some() || Instant::now() + BETWEEN_LOOKS >= until {
            return Ok(outcome);
        }
        sleep(BETWEEN_LOOKS).await;
    }
}

/// What to say where its events cannot be read.
pub(super) fn unreadable(error: &ClusterError) -> String {
    format!("whether it had ended its events do not tell: {error}")
}

/// Would the Job have gone by itself once all that was running had ended?
fn is_nearly_done(progress: &JobProgress, job: &JobFacts) -> bool {
    let is_begun = progress.tally().is_none_or(|tally| tally.pending + tally.unfinished == 0);
    job.ttl.is_some() && !job.suspended && is_begun
}
