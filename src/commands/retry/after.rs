//! Once the new Job runs: does it run only what was wanted? And what takes a retry back that did not end.

use std::time::Duration;

use indexedjob_core::facts::{JobFacts, PodFacts};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::rerun::{Chain, Way, free_source, strays};
use indexedjob_core::text::shown;
use serde::Deserialize as _;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::super::Context;
use crate::cluster::{Cluster, Kind, PodQuery};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::launch;

/// How often, and how far apart, is looked for the first pods of the new Job.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// Looks at the first pods that the controller has made for `job`: should one be of an index that is done, the Job is
/// suspended at once. A Job that nothing starts yet is not waited for.
pub(super) async fn only_the_wanted_run(
    job: &Value,
    done: &IndexSet,
    way: Way,
    cluster: &Cluster,
    given: &str,
) -> Result<(), Failure> {
    let job =
        JobFacts::deserialize(job).map_err(|error| Failure::error(format_args!("the Job makes no sense: {error}")))?;
    if way == Way::Subset || job.suspended || done.is_empty() {
        return Ok(());
    }
    for _ in 0..LOOKS {
        let now = cluster.job(&job.name).await.map_err(Failure::of_job)?;
        if now.active > 0 || now.verdict.is_some() || now.succeeded.len() > done.len() || now.failed_pods > 0 {
            break;
        }
        sleep(BETWEEN_LOOKS).await;
    }
    let pods = cluster.pods(&job, &PodQuery::default()).await?;
    // What was taken over is older than the Job, and was never its own to start.
    let is_adopted = |pod: &PodFacts| way == Way::Adopt && pod.created < job.created;
    let strays = strays(done, &pods, is_adopted);
    if strays.is_empty() {
        return Ok(());
    }
    let patch = json!({"metadata": {"uid": job.uid}, "spec": {"suspend": true}});
    cluster.patch(Kind::Job, &job.name, &patch).await?;
    let numbers = job.numbering.numbers(&strays).compact();
    let text = format!("job {} started tasks that are done: {numbers}; it was suspended", job.name);
    Err(Failure::error(text).hint(format!("look, then: kubectl delete job {}{given}", job.name)))
}

/// Takes back the run of `chain` that was begun and did not end.
pub(super) async fn undo(chain: &Chain, cluster: &Cluster, context: &Context) -> Result<Exit, Failure> {
    let given = context.connection.given();
    let name = shown(chain.first_name()).into_owned();
    let Some(begun) = chain.half_made() else {
        let newest = chain.newest().map(|run| shown(&run.facts.name).into_owned()).filter(|newest| *newest != name);
        let hint = newest.map(|newest| format!("{newest} is whole; kubectl indexedjob cancel {newest}{given} ends it"));
        context.term.note(&format!("{name}: no retry was begun that did not end; nothing to undo"));
        if let Some(hint) = hint {
            context.term.note(&format!("hint: {hint}"));
        }
        return Ok(Exit::Done);
    };
    launch::take_back(&begun.json, cluster).await?;
    for run in chain.runs() {
        if let Some(patch) = free_source(&run.json) {
            cluster.patch(Kind::Job, &run.facts.name, &patch).await?;
        }
    }
    context.term.out(&format!("job.batch \"{}\" deleted\n", shown(&begun.facts.name)))?;
    Ok(Exit::Done)
}
