//! The runs of a Job that was retried: which there are, what each of them ran, and all of them together.

use indexedjob_core::facts::{JobFacts, Outcome, PodFacts};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::manifest::ItemPlace;
use indexedjob_core::numbering::Index;
use indexedjob_core::progress::{Change, JobProgress};
use indexedjob_core::rerun::{Chain, Run};
use indexedjob_core::text::shown;
use serde_json::Value;

use super::{observe_attempts, observe_open};
use crate::cluster::{Cluster, ClusterError, Kind, Phases, PodQuery};
use crate::failure::Failure;
use crate::term::Term;

/// All runs of the Job `name`, be it the first or a later one; those that are left where the first is gone.
pub(super) async fn of_job(name: &str, cluster: &Cluster) -> Result<Chain, Failure> {
    let job = cluster.get(Kind::Job, name).await;
    let runs = match &job {
        Err(error) if !error.is_not_found() => vec![],
        _ => cluster.later_runs().await?,
    };
    let job = match job {
        Ok(job) => first(&job, cluster).await?.unwrap_or(job),
        Err(error) => match Chain::orphaned(name, &runs).filter(|_| error.is_not_found()) {
            Some(run) => run.clone(),
            None => return Err(Failure::of_job(error)),
        },
    };
    Chain::of(job, runs).ok_or_else(|| Failure::error(format_args!("job {name} makes no sense")))
}

/// The first Job of the chain of a later run; None where `job` is no later run, or the first is gone.
async fn first(job: &Value, cluster: &Cluster) -> Result<Option<Value>, ClusterError> {
    let Some((name, uid)) = Chain::first_of(job) else { return Ok(None) };
    match cluster.get(Kind::Job, name).await {
        Err(error) if error.is_not_found() => Ok(None),
        first => Ok(Some(first?).filter(|first| first["metadata"]["uid"] == uid)),
    }
}

/// Says that `job` was retried, and how far that is. Of a Job that runs, or is complete and the first of its chain, there
/// is nothing to be retried, and nobody is asked; who may not list Jobs is not told.
pub(super) async fn tell_if_retried(job: &JobFacts, cluster: &Cluster, term: &Term) {
    let is_complete = job.verdict.as_ref().is_some_and(|verdict| verdict.outcome == Outcome::Complete);
    let has_ended = job.verdict.is_some() || job.suspended;
    if !job.indexed || !has_ended || is_complete && job.chain.is_none() {
        return;
    }
    match retried_as(job, cluster).await {
        Ok(Some(text)) => term.note(&format!("{}: {text}", shown(&job.name))),
        Err(error) if !error.is_forbidden() => term.note(&format!("whether it was retried cannot be read: {error}")),
        Ok(None) | Err(_) => {}
    }
}

async fn retried_as(job: &JobFacts, cluster: &Cluster) -> Result<Option<String>, ClusterError> {
    Ok(later_runs(job, cluster).await?.and_then(|chain| chain.retried_as(&job.name)))
}

/// The later runs of the chain of `job`; None where there are none.
async fn later_runs(job: &JobFacts, cluster: &Cluster) -> Result<Option<Chain>, ClusterError> {
    let mut runs = cluster.runs_of(job.chain.as_ref().unwrap_or(&job.uid)).await?;
    Ok(runs.pop().and_then(|run| Chain::of(run, runs)))
}

/// What is said of the run after `job`, and whether what the retry that made `job` left out is done by now. None where
/// there is no later run, and where that cannot be read.
pub(super) async fn after_skipping(job: &JobFacts, cluster: &Cluster) -> Option<(String, bool)> {
    let chain = later_runs(job, cluster).await.ok().flatten()?;
    let text = chain.retried_as(&job.name)?;
    let open = job.numbering.numbers(&job.skipped).difference(&chain.done());
    Some((format!("{}: {text}", shown(&job.name)), open.is_empty()))
}

/// Adds what the Job in `progress` has no pods of because it was done before: to those of `indexes` that have succeeded,
/// the attempts of the run that did them.
pub(super) async fn observe_earlier(
    progress: &mut JobProgress,
    indexes: &IndexSet,
    cluster: &Cluster,
) -> Result<(), Failure> {
    let Some(job) = progress.job().filter(|job| job.chain.is_some()).cloned() else { return Ok(()) };
    let is_told = |index: &u32| progress.attempts(Index(*index)).next().is_some();
    let mut missing = indexes.iter().filter(|index| job.succeeded.contains(*index) && !is_told(index)).collect();
    if IndexSet::is_empty(&missing) {
        return Ok(());
    }
    let chain = of_job(&job.name, cluster).await?;
    for (run, numbers) in chain.before(&job.uid) {
        let numbers = job.numbering.numbers(&missing).intersection(&numbers);
        if numbers.is_empty() {
            continue;
        }
        missing = missing.difference(&job.numbering.indexes(&numbers));
        let theirs = PodQuery::of(run.facts.numbering.indexes(&numbers));
        for mut pod in cluster.pods(&run.facts, &theirs).await? {
            pod.index = pod.index.and_then(|index| job.numbering.index(run.facts.numbering.number(index)));
            progress.observe(Change::Pod(Box::new(pod)));
        }
    }
    Ok(())
}

/// The tasks of all runs of the chain of the Job `name`, as one Job, and where their items are.
pub(super) async fn together(name: &str, cluster: &Cluster) -> Result<(Chain, JobFacts, Option<ItemPlace>), Failure> {
    let chain = of_job(name, cluster).await?;
    let half_made = || Failure::error(format_args!("of job {} there is only a run that is being made", shown(name)));
    let job = chain.together().ok_or_else(half_made)?;
    // A smaller run calls its items otherwise.
    let whole = chain.runs().find(|run| *run.numbers() == chain.numbers());
    let place = whole.and_then(|run| ItemPlace::of(&run.json));
    Ok((chain, job, place))
}

/// The attempts of `runs`, which are of `chain`, in these phases, as those of one Job: at these numbers, or at all.
pub(super) async fn attempts(
    chain: &Chain,
    runs: impl Iterator<Item = &Run>,
    numbers: Option<&IndexSet>,
    phases: Phases,
    cluster: &Cluster,
) -> Result<Vec<PodFacts>, ClusterError> {
    let mut all = Vec::new();
    for run in runs {
        let own = numbers.map_or_else(|| run.ran().clone(), |numbers| run.ran().intersection(numbers));
        let mut progress = JobProgress::of(run.facts.clone());
        let these = Some(run.facts.numbering.indexes(&own));
        match phases {
            Phases::NotSucceeded => observe_open(&mut progress, cluster, these).await?,
            _ => observe_attempts(&mut progress, cluster, these).await?,
        }
        let pods = progress.all_attempts().map(|(_, pod)| pod.clone()).collect();
        all.extend(chain.attempts_of(run, pods));
    }
    Ok(all)
}
