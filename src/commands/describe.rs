//! `describe NAME...`: all that kubectl describe shows of a Job, and what it never does.

use indexedjob_core::digest::{self, Cause};
use indexedjob_core::facts::{EventFacts, JobFacts, Outcome};
use indexedjob_core::progress::JobProgress;
use indexedjob_core::rerun::Mark;
use indexedjob_core::stuck::{self, Obstacle};
use indexedjob_core::text::{Foreign, quoted};
use indexedjob_core::view::describe::{self, Described, Events, PodLines};
use indexedjob_core::view::lifecycle::resumed_by;
use indexedjob_core::view::{ending, line};
use serde::Deserialize as _;

use super::{Context, chain, observe_open, target};
use crate::cli::DescribeArgs;
use crate::clock;
use crate::cluster::{Cluster, ClusterError, Kind};
use crate::exit::Exit;
use crate::failure::Failure;

/// Describes them in their order; one that is missing does not keep the others from being shown.
pub(crate) async fn run(args: DescribeArgs, context: &Context) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let mut exit = Exit::Done;
    let mut between = "";
    for name in &target::read(args.names.clone(), &cluster, context).await? {
        match one(name.as_str(), &args, &cluster, context).await {
            Ok(text) => {
                if let Err(failure) = context.term.page(&format!("{between}{text}")).await.map_err(Failure::from) {
                    // A reader that has seen enough does not make a missing Job be there.
                    return Ok(exit.worse(failure.tell(&context.term)));
                }
                between = "\n\n";
            }
            Err(failure) => exit = exit.worse(failure.tell(&context.term)),
        }
    }
    Ok(exit)
}

async fn one(name: &str, args: &DescribeArgs, cluster: &Cluster, context: &Context) -> Result<String, Failure> {
    let job = cluster.get(Kind::Job, name).await.map_err(Failure::of_job)?;
    let facts = JobFacts::deserialize(&job).map_err(Failure::error)?;
    let uid = facts.uid.clone();
    let mut progress = JobProgress::of(facts);
    // One after the other on the connection that is there: another one costs more round trips than it saves.
    let knows_pods = pods(&mut progress, cluster).await.unwrap_or_else(|error| {
        context.term.note(&format!("what its pods do cannot be read: {error}"));
        false
    });
    let events = match args.show_events {
        true => Some(cluster.events(name, &uid).await),
        false => None,
    };
    let events = events.as_ref().map(|read| match read {
        Ok(events) => Events::Read(events),
        Err(error) => Events::Unreadable(error.to_string()),
    });
    if let Some(Events::Read(events)) = &events {
        let events: Vec<_> = events.iter().filter_map(|event| EventFacts::deserialize(event).ok()).collect();
        progress.observe_events(&events);
    }
    let waiting = waiting(&progress, stuck::suspended_by(&job).as_ref());
    if let Some(job) = progress.job() {
        chain::tell_if_retried(job, cluster, &context.term).await;
    }
    let causes = digest::failures(&progress, None);
    let (failures, given) = (failures(&progress, &causes), context.connection.given());
    let next = match progress.job().filter(|_| Mark::of(&job).is_some()) {
        Some(begun) => next_of_begun(begun, &given),
        None => next(&progress, &causes, &waiting, &given),
    };
    let lines = PodLines { failures: &failures, waiting: &waiting, next: &next };
    let progress = Some(&progress).filter(|_| knows_pods);
    let described = Described { job: &job, events, progress, pods: lines };
    describe::job(&described, clock::now(), &clock::zone()).map_err(Failure::error)
}

/// Adds the pods that something is to be said of. False where the Job tells all there is: it is complete, and nothing
/// failed.
async fn pods(progress: &mut JobProgress, cluster: &Cluster) -> Result<bool, ClusterError> {
    let is_open = |job: &JobFacts| job.succeeded.len() + job.skipped.len() < job.completions;
    let has_more = |job: &JobFacts| job.indexed && (job.failed_pods > 0 || is_open(job));
    if !progress.job().is_some_and(has_more) {
        return Ok(false);
    }
    observe_open(progress, cluster, None).await.map(|()| true)
}

/// The causes of failed attempts, a line each.
fn failures(progress: &JobProgress, causes: &[Cause]) -> Vec<String> {
    let numbering = progress.numbering();
    let recovered = Some(digest::recovered(progress, None)).filter(|recovered| !recovered.is_empty());
    let recovered = recovered.map(|recovered| ending::recovered(&recovered, &numbering));
    causes.iter().map(|cause| ending::cause(cause, &numbering)).chain(recovered).collect()
}

/// What keeps indexes from running, a line each; what every pod goes through is nothing to tell.
fn waiting(progress: &JobProgress, suspended_by: Option<&Foreign>) -> Vec<String> {
    let causes = stuck::causes(progress);
    let told = causes.iter().filter(|cause| !matches!(cause.obstacle, Obstacle::Usual | Obstacle::NotScheduled));
    told.map(|cause| line::stuck(cause, &progress.numbering(), suspended_by)).collect()
}

/// The commands that end a run which a retry has begun, or take it back; `given` are the flags to repeat.
fn next_of_begun(job: &JobFacts, given: &str) -> Vec<String> {
    let name = quoted(&job.name);
    ["", " --undo"].map(|undo| format!("kubectl indexedjob retry {name}{undo}{given}")).into()
}

/// The commands that tell more of a Job like this, or help it on; `given` are the flags to repeat. A wait for one that
/// something holds up, which `waiting` tells, would not end.
fn next(progress: &JobProgress, causes: &[Cause], waiting: &[String], given: &str) -> Vec<String> {
    let Some(job) = progress.job().filter(|job| job.indexed) else { return vec![] };
    let name = &job.name;
    let is_open = progress.verdict().is_none();
    let resume = Some(job).filter(|job| is_open && job.suspended).and_then(|job| resumed_by(job, given));
    let log = ending::first_failed(progress, causes);
    let log = log.map(|number| format!("kubectl indexedjob logs {name} --index {number}{given}"));
    let is_stuck = !waiting.is_empty() && !job.suspended;
    let status = (log.is_some() || is_stuck).then(|| format!("kubectl indexedjob status {name}{given}"));
    let wait = (is_open && waiting.is_empty()).then(|| format!("kubectl indexedjob wait {name}{given}"));
    let has_failed = progress.verdict().is_some_and(|end| end.settled && matches!(end.outcome, Outcome::Failed { .. }));
    let retry = has_failed.then(|| format!("kubectl indexedjob retry {name}{given}"));
    [log, resume, status, wait, retry].into_iter().flatten().collect()
}
