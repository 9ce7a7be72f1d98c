//! Once the new Job runs: does it run only what was wanted, and how does it end? And what takes a retry back that did not end.

use std::time::Duration;

use indexedjob_core::facts::{JobFacts, PodFacts};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::manifest::completions;
use indexedjob_core::rerun::{Chain, Way, strays};
use indexedjob_core::text::{quoted, shown};
use serde::Deserialize as _;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::super::made::print_created;
use super::super::{Context, stay};
use crate::cli::{DryRun, RetryArgs};
use crate::cluster::{Cluster, ClusterError, Kind, PodQuery};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::launch;
use crate::logs::Indexes;

/// How often, and how far apart, is looked for the first pods of the new Job.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// Tells of `job`, which has just been released, and stays with it where that is asked for. `done` indexes of it were done
/// before.
pub(super) async fn made(
    job: &Value,
    done: &IndexSet,
    way: Way,
    args: &RetryArgs,
    cluster: &Cluster,
    context: &Context,
) -> Result<Exit, Failure> {
    print_created(job, args.output, &args.stay, context).await?;
    only_the_wanted_run(job, done, way, cluster, context).await?;
    if !args.stay.stays() {
        return Ok(Exit::Done);
    }
    // What was taken over has a log, too, which is not of this run.
    let ran = Indexes::These(IndexSet::all(completions(job)).difference(done));
    stay::follow(job, ran, &args.stay, false, cluster, context).await
}

/// Looks at the first pods that the controller has made for `job`: should one be of an index that is done, the Job is
/// suspended at once. A Job that nothing starts yet is not waited for, and that they cannot be read is told and no failure.
async fn only_the_wanted_run(
    job: &Value,
    done: &IndexSet,
    way: Way,
    cluster: &Cluster,
    context: &Context,
) -> Result<(), Failure> {
    let job =
        JobFacts::deserialize(job).map_err(|error| Failure::error(format_args!("the Job makes no sense: {error}")))?;
    if way == Way::Subset || job.suspended || done.is_empty() {
        return Ok(());
    }
    let pods = match first_pods(&job, done, cluster).await {
        Ok(pods) => pods,
        // With a short time to live it may have ended and gone.
        Err(error) if error.is_not_found() => return Ok(()),
        Err(error) => {
            let text = format!("note: what job {} starts first cannot be read: {error}", shown(&job.name));
            context.term.note(&text);
            return Ok(());
        }
    };
    // What was taken over is older than the Job, and was never its own to start.
    let is_adopted = |pod: &PodFacts| way == Way::Adopt && pod.created < job.created;
    let strays = strays(done, &pods, is_adopted);
    if strays.is_empty() {
        return Ok(());
    }
    let patch = json!({"metadata": {"uid": job.uid}, "spec": {"suspend": true}});
    cluster.patch(Kind::Job, &job.name, &patch).await?;
    let numbers = job.numbering.numbers(&strays).compact();
    let text = format!("job {} started tasks that are done: {numbers}; it was suspended", shown(&job.name));
    let given = context.connection.given();
    Err(Failure::error(text).hint(format!("look, then: kubectl delete job {}{given}", quoted(&job.name))))
}

/// The pods of `job` as soon as it has started more than the `done` ones, or has not for a while.
async fn first_pods(job: &JobFacts, done: &IndexSet, cluster: &Cluster) -> Result<Vec<PodFacts>, ClusterError> {
    for _ in 0..LOOKS {
        let now = cluster.job(&job.name).await?;
        if now.active > 0
            || now.verdict.is_some()
            || now.succeeded.len() + now.skipped.len() > done.len()
            || now.failed_pods > 0
        {
            break;
        }
        sleep(BETWEEN_LOOKS).await;
    }
    cluster.pods(job, &PodQuery::default()).await
}

/// Takes back the run of `chain` that was begun and did not end.
pub(super) async fn undo(
    chain: &Chain,
    dry_run: DryRun,
    cluster: &Cluster,
    context: &Context,
) -> Result<Exit, Failure> {
    let begun = chain.half_made();
    let how = match (dry_run, begun) {
        (DryRun::None, Some(begun)) => {
            launch::take_back(&begun.json, cluster).await?;
            ""
        }
        (DryRun::Server, Some(begun)) => {
            cluster.rehearse_delete(Kind::Job, &begun.facts.name, &begun.facts.uid).await?;
            " (server dry run)"
        }
        (DryRun::Client, Some(_)) => " (dry run)",
        (_, None) => "",
    };
    if dry_run == DryRun::None {
        // Also where somebody has deleted the run by hand, which held it off.
        for run in chain.runs() {
            launch::give_time_back(&run.json, cluster, &context.term).await?;
        }
    }
    match begun {
        Some(begun) => {
            context.term.out(&format!("job.batch \"{}\" deleted{how}\n", shown(&begun.facts.name)))?;
        }
        None => nothing_to_undo(chain, context),
    }
    Ok(Exit::Done)
}

fn nothing_to_undo(chain: &Chain, context: &Context) {
    let (given, first) = (context.connection.given(), chain.first_name());
    context.term.note(&format!("{}: no retry was begun that did not end; nothing to undo", shown(first)));
    let open = chain.newest().filter(|run| run.facts.verdict.is_none() && run.facts.name != first);
    if let Some(newest) = open.map(|run| &run.facts.name) {
        let cancel = format!("kubectl indexedjob cancel {}{given}", quoted(newest));
        context.term.note(&format!("hint: {} is whole; {cancel} ends it", shown(newest)));
    }
}
