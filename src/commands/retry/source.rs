//! The Job to be retried with all its runs, and which of its tasks are meant.

use std::collections::BTreeSet;
use std::time::Duration;

use indexedjob_core::creation;
use indexedjob_core::facts::{JobFacts, Phase};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::numbering::Index;
use indexedjob_core::progress::JobProgress;
use indexedjob_core::rerun::{Ask, Chain, Run};
use indexedjob_core::select::{OutOfRange, Selection};
use indexedjob_core::text::{quoted, shown};
use serde_json::Value;
use tokio::time::sleep;

use super::super::input::selection;
use super::super::{Context, chain, observe_attempts};
use crate::cli::SelectionArgs;
use crate::cluster::{Cluster, Phases, PodQuery};
use crate::exit::Exit;
use crate::failure::Failure;

/// How often, and how far apart, is looked whether a Job whose fate is known has come to its end.
const LOOKS: u32 = 120;
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// The Job to clone for `asked`, with what newer runs were given; where that is not known, it is said.
pub(super) fn to_clone(chain: &Chain, asked: &Ask<'_>, context: &Context) -> Value {
    let source = chain.source(asked.base);
    if let Some(newer) = source.unknown {
        let (base, newer) = (shown(&asked.base.facts.name), shown(&newer));
        context.term.note(&format!(
            "note: it is made like {base}; what {newer} was given besides is not known, and has to be given again"
        ));
    }
    source.job
}

/// `chain`, read anew once its newest run has ended. While that is waited for, another retry may have made a newer one,
/// which has to end as well.
pub(super) async fn ended(
    name: &str,
    mut chain: Chain,
    cluster: &Cluster,
    context: &Context,
) -> Result<Chain, Failure> {
    let given = context.connection.given();
    let mut checked: Option<String> = None;
    while let Some(newest) = chain.newest() {
        if checked.as_ref() == Some(&newest.facts.uid) {
            has_ended(&newest.facts, &given)?;
            break;
        }
        if chain.is_before_newest(name) {
            context.term.note(&format!("{name} was retried as {}; going on from there", shown(&newest.facts.name)));
        }
        may_be_retried(newest, cluster, context, &given).await?;
        checked = Some(newest.facts.uid.clone());
        chain = chain::of_job(name, cluster).await?;
    }
    Ok(chain)
}

/// Has `run` ended, so that nothing of it is run twice? Where its fate is known, its end is waited for.
async fn may_be_retried(run: &Run, cluster: &Cluster, context: &Context, given: &str) -> Result<(), Failure> {
    let mut job = run.facts.clone();
    let name = shown(&run.facts.name);
    if !job.indexed {
        let text = format!("job {name} is not Indexed: its pods have no completion index that could be retried");
        return Err(Failure::usage(text));
    }
    if let Some(other) = &job.managed_by {
        return Err(Failure::error(format_args!("job {name} is run by {}, not by the job controller", other.shown())));
    }
    if creation::Mark::of(&run.json).is_some() {
        return Err(Failure::error(format_args!("job {name} was begun by a create that did not end"))
            .hint("repeat that create: it goes on where it was"));
    }
    if job.verdict.as_ref().is_some_and(|verdict| !verdict.settled) {
        context.term.note(&format!("waiting for the pods of {} to stop", shown(&job.name)));
    }
    for _ in 0..LOOKS {
        if job.verdict.as_ref().is_none_or(|verdict| verdict.settled) {
            break;
        }
        sleep(BETWEEN_LOOKS).await;
        job = cluster.job(&job.name).await.map_err(Failure::of_job)?;
    }
    has_ended(&job, given)?;
    pods_have_stopped(&job, cluster, context).await?;
    if job.verdict.is_none() {
        let resume = format!("kubectl indexedjob resume {}{given}", quoted(&job.name));
        context.term.note(&format!("note: job {name} is suspended; {resume} would run the same tasks, too"));
    }
    Ok(())
}

/// Before Kubernetes 1.31 a Job is Failed, and before 1.28 suspended, while its pods are still being stopped.
async fn pods_have_stopped(job: &JobFacts, cluster: &Cluster, context: &Context) -> Result<(), Failure> {
    let name = shown(&job.name);
    for look in 0..LOOKS {
        let open = match cluster.pods(job, &PodQuery::in_phases(Phases::Open)).await {
            Err(error) if error.is_forbidden() => {
                context.term.note(&format!("whether pods of {name} still run cannot be read: {error}"));
                return Ok(());
            }
            pods => pods?,
        };
        match open.len() {
            0 => return Ok(()),
            count if look == 0 => {
                let pods = if count == 1 { "pod" } else { "pods" };
                context.term.note(&format!("waiting for {count} {pods} of {name} to stop"));
            }
            _ => {}
        }
        sleep(BETWEEN_LOOKS).await;
    }
    Err(Failure::error(format_args!("job {name} has ended, but pods of it still run; their tasks would run twice"))
        .hint(format!("see which: kubectl get pods -l {} --field-selector status.phase=Running", job.pod_selector)))
}

fn has_ended(job: &JobFacts, given: &str) -> Result<(), Failure> {
    let (name, typed) = (shown(&job.name), quoted(&job.name));
    if job.deleting {
        let failure = Failure::error(format_args!("job {name} is being deleted"));
        return Err(Failure { exit: Exit::NoJob, ..failure });
    }
    if job.verdict.as_ref().is_some_and(|verdict| verdict.settled) {
        return Ok(());
    }
    if let (true, Some(queue)) = (job.suspended, &job.queue) {
        let queue = queue.shown();
        let text =
            format!("job {name} waits in the queue {queue} of Kueue, which starts it; its tasks would run twice");
        return Err(Failure::error(text).hint(format!("kubectl indexedjob wait {typed}{given}, then retry")));
    }
    let pods = job.active.max(job.ready.unwrap_or(0)) + job.terminating;
    let what = match (job.suspended, pods) {
        (true, 0) => return Ok(()),
        (true, _) => "is suspended, but pods of it are still there",
        (false, _) => "has not ended",
    };
    Err(Failure::error(format_args!("job {name} {what}; what runs would run twice")).hint(format!(
        "kubectl indexedjob wait {typed}{given}, or kubectl indexedjob cancel {typed}{given}; then retry"
    )))
}

/// The tasks that were picked.
pub(super) struct Picked {
    /// Their numbers.
    pub(super) numbers: IndexSet,
    /// Are those meant, too, that are done?
    pub(super) again: bool,
}

/// The tasks that the flags mean: of each the run tells that was the last to run it. Without flags, all.
pub(super) async fn picked(chain: &Chain, args: &SelectionArgs, cluster: &Cluster) -> Result<Picked, Failure> {
    let selection = selection(args).await?;
    let again = args.includes_succeeded();
    let all = chain.numbers();
    let wanted = match &selection.numbers {
        Some(numbers) => {
            in_range(numbers, &all, chain.first_name())?;
            numbers.clone()
        }
        None => all,
    };
    let rest = Selection { numbers: None, ..selection };
    if rest.is_all() {
        return Ok(Picked { numbers: wanted, again });
    }
    let mut numbers = IndexSet::new();
    for (place, (run, own)) in chain.last_runs().into_iter().enumerate() {
        // What the newest run left out is skipped there, and has its last attempt in an earlier one.
        let own = if place == 0 { own.union(run.skipped()) } else { own };
        let mut progress = JobProgress::of(run.facts.clone());
        if rest.needs_pods() {
            observe_attempts(&mut progress, cluster, Some(run.facts.numbering.indexes(&own))).await?;
        }
        let indexes = rest.indexes(&progress).map_err(Failure::usage)?;
        numbers = numbers.union(&run.facts.numbering.numbers(&indexes).intersection(&own));
    }
    Ok(Picked { numbers: numbers.intersection(&wanted), again })
}

fn in_range(numbers: &IndexSet, all: &IndexSet, name: &str) -> Result<(), Failure> {
    let strange = numbers.difference(all);
    if strange.is_empty() {
        return Ok(());
    }
    Err(Failure::usage(OutOfRange { strange, range: format!("job {} has indexes {}", shown(name), all.compact()) }))
}

/// The nodes where the last attempts at these tasks failed.
pub(super) async fn failed_nodes(
    chain: &Chain,
    numbers: &IndexSet,
    cluster: &Cluster,
) -> Result<BTreeSet<String>, Failure> {
    let mut nodes = BTreeSet::new();
    for (run, own) in chain.last_runs() {
        let indexes = run.facts.numbering.indexes(&own.intersection(numbers));
        let mut progress = JobProgress::of(run.facts.clone());
        observe_attempts(&mut progress, cluster, Some(indexes.clone())).await?;
        let last = indexes.iter().filter_map(|index| progress.status(Index(index))?.newest_ended);
        nodes.extend(last.filter(|pod| pod.phase == Phase::Failed).filter_map(|pod| pod.node.clone()));
    }
    Ok(nodes)
}
