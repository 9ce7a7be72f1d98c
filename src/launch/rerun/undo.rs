//! Takes back a run that was begun: its pods go back to where they came from, then it goes.

use futures::{StreamExt as _, stream};
use indexedjob_core::facts::JobFacts;
use indexedjob_core::rerun::{GiveBack, HandOver, Mark, free_source, undo};
use indexedjob_core::text::shown;
use serde::Deserialize as _;
use serde_json::Value;

use super::Launch;
use crate::cluster::{Cluster, ClusterError, Kind};
use crate::failure::Failure;
use crate::term::Term;

/// How many pods are given back at a time.
const AT_ONCE: usize = 8;
/// How often is looked again at what was not given back.
const LOOKS: u32 = 20;

/// Takes `begun`, a marked run, back. Nothing is deleted as long as it owns a pod of another Job.
///
/// Another retry may go on with the same run meanwhile; so it is looked at in every round, and deleted only as it was seen.
pub(crate) async fn take_back(begun: &Value, cluster: &Cluster) -> Result<(), Failure> {
    let name = begun["metadata"]["name"].as_str().unwrap_or_default();
    // A pod that is given to a Job that is gone would be collected as garbage.
    let there = cluster.job_uids().await?;
    for _ in 0..LOOKS {
        let job = match cluster.get(Kind::Job, name).await {
            Err(error) if error.is_not_found() => return Ok(()),
            job => job?,
        };
        if uid(&job) != uid(begun) {
            return Ok(());
        }
        if Mark::of(&job).is_none() {
            let text = format!("another retry has gone on with job {} meanwhile, and it runs", shown(name));
            return Err(Failure::error(text));
        }
        let facts = JobFacts::deserialize(&job).map_err(Failure::error)?;
        let pods = match facts.manual_selector {
            true => cluster.ended_pods(&facts.pod_selector).await?,
            false => vec![],
        };
        match undo(&job, &pods, |owner| there.contains(owner)) {
            GiveBack::Pods(pods) => give_back(pods, cluster).await?,
            GiveBack::Delete(uid) => {
                match cluster.delete(Kind::Job, name, &uid, Some(&facts.resource_version)).await {
                    // The controller writes its status, or somebody has released it.
                    Err(error) if error.is_conflict() => {}
                    Err(error) if !error.is_not_found() => return Err(error.into()),
                    Ok(()) | Err(_) => return Ok(()),
                }
            }
        }
    }
    Err(Failure::error(format_args!("job {} changes faster than it can be taken back", shown(name))))
}

/// A pod that has changed or is gone is looked at again.
async fn give_back(pods: Vec<HandOver>, cluster: &Cluster) -> Result<(), Failure> {
    let requests = pods
        .into_iter()
        .map(|HandOver { pod, patch }| async move { cluster.patch_lists(Kind::Pod, &pod, &patch).await });
    let answers: Vec<_> = stream::iter(requests).buffer_unordered(AT_ONCE).collect().await;
    let has_failed = |error: &ClusterError| !error.is_conflict() && !error.is_not_found();
    match answers.into_iter().filter_map(Result::err).find(has_failed) {
        Some(error) => Err(error.into()),
        None => Ok(()),
    }
}

/// Gives `source` the time to live back that a retry has held off, and says so: where it has run out meanwhile, the Job
/// goes at once. Nothing is done where none is held off.
pub(crate) async fn give_time_back(source: &Value, cluster: &Cluster, term: &Term) -> Result<(), ClusterError> {
    let Some(patch) = free_source(source) else { return Ok(()) };
    let name = source["metadata"]["name"].as_str().unwrap_or_default();
    cluster.patch(Kind::Job, name, &patch).await?;
    let (name, ttl) = (shown(name), &patch["spec"]["ttlSecondsAfterFinished"]);
    term.note(&format!("note: job {name} is deleted {ttl} seconds after its end again; at once where that is over"));
    Ok(())
}

/// What tells an object from another of its name.
pub(super) fn uid(object: &Value) -> &str {
    object["metadata"]["uid"].as_str().unwrap_or_default()
}

impl Launch<'_> {
    /// Takes back what this retry has sent, after `failure`. What it cannot take back, or an earlier one has sent, stays:
    /// then the hint says how to.
    pub(super) async fn taken_back(&self, failure: Failure) -> Result<Failure, Failure> {
        let hint = format!("kubectl indexedjob retry {} --undo{}", self.rerun.source.0, self.given);
        if !self.sent {
            let is_left = self.seen.ours.is_some() && failure.hint.is_none();
            return Err(if is_left { failure.hint(hint) } else { failure });
        }
        let name = self.name();
        match self.cluster.get(Kind::Job, name).await {
            Ok(job) if self.seen.ours.as_deref() != Some(uid(&job)) || Mark::of(&job).is_none() => {}
            Ok(job) => {
                if take_back(&job, self.cluster).await.is_err() {
                    self.term.note(&format!("job {name} is half-made and suspended"));
                    return Err(failure.hint(hint));
                }
            }
            Err(error) if error.is_not_found() => {}
            Err(_) => return Err(failure.hint(hint)),
        }
        self.free_source().await;
        Ok(failure)
    }

    /// Gives the source its time to live back, as far as that can be done.
    async fn free_source(&self) {
        if let Ok(source) = self.cluster.get(Kind::Job, &self.rerun.source.0).await
            && let Err(error) = give_time_back(&source, self.cluster, self.term).await
        {
            self.term
                .note(&format!("ttlSecondsAfterFinished of {} could not be given back: {error}", self.rerun.source.0));
        }
    }
}
