//! `describe NAME...`: all that kubectl describe shows of a Job, and what it never does.

use indexedjob_core::digest::{self, Cause};
use indexedjob_core::facts::{EventFacts, JobFacts, PodFacts};
use indexedjob_core::progress::{Change, JobProgress};
use indexedjob_core::stuck::{self, Obstacle};
use indexedjob_core::text::Foreign;
use indexedjob_core::view::describe::{self, Described, Events, PodLines};
use indexedjob_core::view::{ending, line};
use serde::Deserialize as _;

use super::Context;
use crate::cli::DescribeArgs;
use crate::clock;
use crate::cluster::{Cluster, ClusterError, Kind, Phases, PodQuery};
use crate::exit::Exit;
use crate::failure::Failure;

/// Describes them in their order; one that is missing does not keep the others from being shown.
pub(crate) async fn run(args: DescribeArgs, context: &Context) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let mut exit = Exit::Done;
    let mut between = "";
    for name in &args.names {
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
    let events = async {
        match args.show_events {
            true => Some(cluster.events(name, &uid).await),
            false => None,
        }
    };
    let (pods, events) = tokio::join!(pods(&progress, cluster), events);
    let pods = pods.unwrap_or_else(|error| {
        context.term.note(&format!("what its pods do cannot be read: {error}"));
        None
    });
    let knows_pods = pods.is_some();
    if let Some(pods) = pods {
        progress.observe(Change::Pods(pods));
    }
    let events = events.as_ref().map(|read| match read {
        Ok(events) => Events::Read(events),
        Err(error) => Events::Unreadable(error.to_string()),
    });
    let waiting = waiting(&progress, events.as_ref(), stuck::suspended_by(&job).as_ref());
    let causes = digest::failures(&progress);
    let (failures, next) = (failures(&progress, &causes), next(&progress, &causes, &context.connection.given()));
    let lines = PodLines { failures: &failures, waiting: &waiting, next: &next };
    let progress = Some(&progress).filter(|_| knows_pods);
    let described = Described { job: &job, events, progress, pods: lines };
    describe::job(&described, clock::now(), &clock::zone()).map_err(Failure::error)
}

/// The pods that something is to be said of; None where the Job tells all there is: it is complete, and nothing failed.
async fn pods(progress: &JobProgress, cluster: &Cluster) -> Result<Option<Vec<PodFacts>>, ClusterError> {
    let Some(job) = progress.job().filter(|job| job.indexed) else { return Ok(None) };
    if job.failed_pods == 0 && job.succeeded.len() == job.completions {
        return Ok(None);
    }
    cluster.pods(job, &PodQuery::in_phases(Phases::NotSucceeded)).await.map(Some)
}

/// The causes of failed attempts, a line each.
fn failures(progress: &JobProgress, causes: &[Cause]) -> Vec<String> {
    let numbering = progress.numbering();
    let recovered = Some(digest::recovered(progress)).filter(|recovered| !recovered.is_empty());
    let recovered = recovered.map(|recovered| ending::recovered(&recovered, &numbering));
    causes.iter().map(|cause| ending::cause(cause, &numbering)).chain(recovered).collect()
}

/// What keeps indexes from running, a line each; what every pod goes through is nothing to tell.
fn waiting(progress: &JobProgress, events: Option<&Events<'_>>, suspended_by: Option<&Foreign>) -> Vec<String> {
    let events: Vec<EventFacts> = match events {
        Some(Events::Read(events)) => events.iter().filter_map(|event| EventFacts::deserialize(event).ok()).collect(),
        _ => vec![],
    };
    let causes = stuck::causes(progress, &events);
    let told = causes.iter().filter(|cause| !matches!(cause.obstacle, Obstacle::Usual | Obstacle::NotScheduled));
    told.map(|cause| line::stuck(cause, &progress.numbering(), suspended_by)).collect()
}

/// The commands that tell more of a Job like this; `given` are the flags to repeat.
fn next(progress: &JobProgress, causes: &[Cause], given: &str) -> Vec<String> {
    let Some(job) = progress.job().filter(|job| job.indexed) else { return vec![] };
    let name = &job.name;
    let log = ending::first_failed(progress, causes);
    let log = log.map(|number| format!("kubectl indexedjob logs {name} --index {number}{given}"));
    let status = log.as_ref().map(|_| format!("kubectl indexedjob status {name}{given}"));
    let wait = progress.verdict().is_none().then(|| format!("kubectl indexedjob wait {name}{given}"));
    [log, status, wait].into_iter().flatten().collect()
}
