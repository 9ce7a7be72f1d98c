//! Takes back a run that was begun: its pods go back to where they came from, then it goes.

use futures::{StreamExt as _, stream};
use indexedjob_core::facts::JobFacts;
use indexedjob_core::rerun::{GiveBack, HandOver, undo};
use serde::Deserialize as _;
use serde_json::Value;

use crate::cluster::{Cluster, Kind};
use crate::failure::Failure;

/// How many pods are given back at a time.
const AT_ONCE: usize = 8;
/// How often is looked again at what was not given back.
const LOOKS: u32 = 20;

/// Takes `job`, a marked run, back. Nothing is deleted as long as it owns a pod of another Job.
pub(crate) async fn take_back(job: &Value, cluster: &Cluster) -> Result<(), Failure> {
    let facts =
        JobFacts::deserialize(job).map_err(|error| Failure::error(format_args!("the Job makes no sense: {error}")))?;
    // A pod that is given to a Job that is gone would be collected as garbage.
    let there = cluster.job_uids().await?;
    for _ in 0..LOOKS {
        let pods = match facts.manual_selector {
            true => cluster.ended_pods(&facts.pod_selector).await?,
            false => vec![],
        };
        match undo(job, &pods, |owner| there.contains(owner)) {
            GiveBack::Pods(pods) => give_back(pods, cluster).await?,
            GiveBack::Delete(uid) => {
                return match cluster.delete(Kind::Job, &facts.name, &uid, None).await {
                    Err(error) if !error.is_not_found() => Err(error.into()),
                    _ => Ok(()),
                };
            }
        }
    }
    Err(Failure::error(format_args!("the pods of job {} change faster than they can be given back", facts.name)))
}

/// A pod that has changed or is gone is looked at again.
async fn give_back(pods: Vec<HandOver>, cluster: &Cluster) -> Result<(), Failure> {
    let requests = pods
        .into_iter()
        .map(|HandOver { pod, patch }| async move { cluster.patch_lists(Kind::Pod, &pod, &patch).await });
    let mut answers = stream::iter(requests).buffer_unordered(AT_ONCE);
    while let Some(result) = answers.next().await {
        match result {
            Err(error) if !error.is_conflict() && !error.is_not_found() => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// What tells an object from another of its name.
pub(super) fn uid(object: &Value) -> &str {
    object["metadata"]["uid"].as_str().unwrap_or_default()
}
