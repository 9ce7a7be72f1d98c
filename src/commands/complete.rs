//! What kubectl asks for when somebody presses TAB: a candidate a line, and at the end what the shell is to do with them
//! (`ShellCompDirective` of cobra). Whatever goes wrong, there are just fewer of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use indexedjob_core::facts::{JobFacts, Outcome};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::numbering::Index;
use indexedjob_core::progress::{Change, IndexState, JobProgress};
use indexedjob_core::text::shown;
use indexedjob_core::view::list::status_word;
use serde_json::Value;

use super::target::LATEST;
use crate::cli::{Candidate, ConnectionArgs, JobName, Live, Typing, Wanted};
use crate::cluster::{Attended, Cluster, Connection, Kind, Named, Phases, PodQuery};
use crate::env::Env;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::Term;

/// Nobody waits longer for a TAB.
const LIMIT: Duration = Duration::from_millis(900);
/// More of them nobody reads.
const MOST: usize = 100;
/// Why tasks fail or do not start, most often; for a Job that cannot be asked in time.
const REASONS: [&str; 7] = [
    "CreateContainerConfigError",
    "ErrImagePull",
    "Error",
    "Evicted",
    "ImagePullBackOff",
    "OOMKilled",
    "Unschedulable",
];

/// The verbs that only read, and take `@latest` for the newest Job.
const READS: [&str; 4] = ["describe", "logs", "status", "wait"];

/// No space after the word.
const NO_SPACE: u32 = 2;
/// Do not offer files.
const NO_FILES: u32 = 4;
/// Offer directories.
const DIRECTORIES: u32 = 16;
/// Do not sort.
const KEEP_ORDER: u32 = 32;

/// Prints the candidates for the last of `words`.
pub(crate) async fn run(typing: Typing, env: &Env, term: &Term) -> Result<Exit, Failure> {
    let (candidates, directive) = match &typing.wanted {
        // What ends in = goes on.
        Wanted::Words(words) if words.len() == 1 && words[0].word.ends_with('=') => {
            (words.clone(), NO_FILES | NO_SPACE)
        }
        Wanted::Words(words) => (words.clone(), NO_FILES),
        Wanted::Files => (vec![], 0),
        Wanted::Directories => (vec![], DIRECTORIES),
        Wanted::Live { what, before, typed } => {
            let found = tokio::time::timeout(LIMIT, live(*what, &typing, env)).await.ok().flatten();
            let found = found.unwrap_or_else(|| without_cluster(*what));
            let found = found.into_iter().filter(|candidate| candidate.word.starts_with(typed.as_str()));
            let whole = found.map(|it| Candidate { word: format!("{before}{}", it.word), ..it }).take(MOST);
            (whole.collect(), NO_FILES | KEEP_ORDER)
        }
    };
    let line = |candidate: &Candidate| match candidate.about.is_empty() {
        true => format!("{}\n", shown(&candidate.word)),
        false => format!("{}\t{}\n", shown(&candidate.word), shown(&candidate.about)),
    };
    let lines: String = candidates.iter().map(line).collect();
    term.out(&format!("{lines}:{directive}\n"))?;
    Ok(Exit::Done)
}

fn without_cluster(what: Live) -> Vec<Candidate> {
    match what {
        Live::Reasons => REASONS.map(|reason| Candidate::new(reason, "")).into(),
        _ => vec![],
    }
}

/// What the cluster or the kubeconfig knows; None where it does not answer.
async fn live(what: Live, typing: &Typing, env: &Env) -> Option<Vec<Candidate>> {
    let of_kubeconfig = |named| {
        let names = named_in_kubeconfig(named, &typing.connection, env);
        Some(names?.into_iter().map(|name| Candidate::new(name, "")).collect())
    };
    match what {
        Live::Contexts => return of_kubeconfig(Named::Contexts),
        Live::Clusters => return of_kubeconfig(Named::Clusters),
        Live::Users => return of_kubeconfig(Named::Users),
        // A new Job has no name yet.
        Live::Jobs if typing.verb.as_deref() == Some("create") => return Some(vec![]),
        _ => {}
    }
    let connection = Connection { attended: Attended::No, verbosity: 0, ..typing.connection.clone().into() };
    let cluster = Cluster::connect(&connection, env, Arc::new(|_| {})).await.ok()?;
    let job = || typing.names.first().and_then(|name| name.parse::<JobName>().ok());
    match what {
        Live::Namespaces => {
            Some(cluster.namespaces().await.ok()?.into_iter().map(|name| Candidate::new(name, "")).collect())
        }
        Live::Jobs => Some(jobs(cluster.jobs("").await.ok()?, typing)),
        Live::Numbers => Some(numbers(&JobProgress::of(cluster.job(job()?.as_str()).await.ok()?), typing)),
        Live::Reasons => reasons(&cluster, job()?.as_str()).await,
        Live::ExitCodes => exit_codes(&cluster, job()?.as_str()).await,
        Live::Containers => Some(containers(&cluster.get(Kind::Job, job()?.as_str()).await.ok()?)),
        Live::Contexts | Live::Clusters | Live::Users => None,
    }
}

fn named_in_kubeconfig(named: Named, connection: &ConnectionArgs, env: &Env) -> Option<Vec<String>> {
    Cluster::named(named, &connection.clone().into(), env).ok()
}

/// The Jobs that the verb may be about, the newest first, without those that are named already.
fn jobs(mut jobs: Vec<JobFacts>, typing: &Typing) -> Vec<Candidate> {
    let named = |job: &JobFacts| typing.names.iter().any(|name| name.rsplit('/').next() == Some(&job.name));
    let verb = typing.verb.as_deref();
    let open = |job: &JobFacts| job.verdict.is_none() && !job.deleting;
    jobs.retain(|job| {
        let fits = match verb {
            Some("resume") => open(job) && job.suspended,
            Some("suspend") => open(job) && !job.suspended,
            Some("cancel" | "scale") => open(job),
            _ => true,
        };
        job.indexed && fits && !named(job)
    });
    // The newest first; those that have something to be retried before all others.
    let is_last = |job: &JobFacts| verb == Some("retry") && !has_failed(job);
    jobs.sort_by_key(|job| (is_last(job), Reverse(job.created), job.name.clone()));
    let latest = jobs.first().filter(|_| verb.is_some_and(|verb| READS.contains(&verb)) && typing.names.is_empty());
    let latest = latest.map(|job| Candidate::new(LATEST, format!("the newest: {}", job.name)));
    let about = |job: &JobFacts| format!("{} {}/{}", status_word(job), job.succeeded.len(), job.completions);
    jobs.iter().map(|job| Candidate::new(job.name.clone(), about(job))).chain(latest).collect()
}

/// Did it end with tasks that have not succeeded?
fn has_failed(job: &JobFacts) -> bool {
    job.verdict.as_ref().is_some_and(|end| matches!(end.outcome, Outcome::Failed { .. }))
}

/// What failed as a set, then every number that is not in the list yet.
fn numbers(progress: &JobProgress, typing: &Typing) -> Vec<Candidate> {
    let Some(job) = progress.job() else { return vec![] };
    let numbering = progress.numbering();
    let mut sets = vec![];
    let there = match &typing.wanted {
        Wanted::Live { before, .. } => before.trim_end_matches(',').parse().unwrap_or_default(),
        _ => IndexSet::default(),
    };
    if there.is_empty() {
        let named = [(job.failed_for_good().clone(), "all that failed"), (IndexSet::all(job.completions), "all")];
        let sets_of_more = named.into_iter().filter(|(indexes, _)| indexes.len() > 1);
        sets.extend(sets_of_more.map(|(set, about)| Candidate::new(numbering.numbers(&set).to_string(), about)));
    }
    let about = |index| progress.state(Index(index)).map_or("", IndexState::as_str);
    let each = (0..job.completions).map(|index| (numbering.number(Index(index)), index));
    let each = each.filter(|(number, _)| !there.contains(number.0));
    sets.into_iter().chain(each.map(|(number, index)| Candidate::new(number.to_string(), about(index)))).collect()
}

/// The reasons that the Job's tasks have, each with how many have it.
async fn reasons(cluster: &Cluster, name: &str) -> Option<Vec<Candidate>> {
    let progress = unsucceeded(cluster, name).await?;
    let reasons = progress.statuses().map(|status| status.reason()).filter(|reason| !reason.is_empty());
    Some(counted(reasons.map(|reason| reason.raw().to_owned())))
}

/// The exit codes that the Job's tasks ended with, each with how many did.
async fn exit_codes(cluster: &Cluster, name: &str) -> Option<Vec<Candidate>> {
    let progress = unsucceeded(cluster, name).await?;
    let codes = progress.statuses().filter_map(|status| status.ending()?.exit_code).filter(|code| *code != 0);
    Some(counted(codes))
}

/// The Job with the pods that have not succeeded.
async fn unsucceeded(cluster: &Cluster, name: &str) -> Option<JobProgress> {
    let mut progress = JobProgress::of(cluster.job(name).await.ok()?);
    let pods = cluster.pods(progress.job()?, &PodQuery::in_phases(Phases::NotSucceeded)).await.ok()?;
    progress.observe(Change::Pods(pods));
    Some(progress)
}

/// Each of `values` once, with how many indexes have it.
fn counted<T: Ord + ToString>(values: impl Iterator<Item = T>) -> Vec<Candidate> {
    let mut counted: BTreeMap<T, u32> = BTreeMap::new();
    for value in values {
        *counted.entry(value).or_default() += 1;
    }
    let about = |so_many: u32| if so_many == 1 { "1 index".to_owned() } else { format!("{so_many} indexes") };
    counted.into_iter().map(|(value, so_many)| Candidate::new(value.to_string(), about(so_many))).collect()
}

fn containers(job: &Value) -> Vec<Candidate> {
    let names = |kind: &str, about: &'static str| {
        let list = job.pointer(&format!("/spec/template/spec/{kind}")).and_then(Value::as_array);
        let names = list.into_iter().flatten().filter_map(|container| container.get("name")?.as_str());
        names.map(|name| Candidate::new(name, about)).collect::<Vec<_>>()
    };
    [names("containers", ""), names("initContainers", "init container")].concat()
}
