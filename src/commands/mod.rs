//! One file per verb: fetch, compute, show.

mod cancel;
mod chain;
pub(crate) mod complete;
pub(crate) mod completion;
mod connection;
mod create;
mod delete;
mod describe;
mod input;
mod last_words;
mod list;
mod logs;
mod made;
mod retry;
mod scale;
mod status;
mod stay;
mod suspend;
mod target;
mod version;
mod wait;

use std::cell::RefCell;
use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::LocalBoxFuture;
use indexedjob_core::facts::{EventFacts, JobFacts};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::progress::{Change, JobProgress};

use crate::cli::{ConnectionArgs, Verb};
use crate::cluster::{Cluster, ClusterError, Note, Phases, PodQuery};
use crate::env::Env;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::Term;

/// What every verb is given.
pub(crate) struct Context {
    pub(crate) connection: ConnectionArgs,
    pub(crate) env: Env,
    pub(crate) term: Term,
    /// What to say when a signal ends the verb; None where nothing goes on without it.
    pub(crate) left_alone: RefCell<Option<String>>,
    /// The line as it was typed, without the program's name.
    pub(crate) typed: Vec<OsString>,
    /// How many warnings the server has sent.
    pub(crate) warnings: Arc<AtomicUsize>,
}

impl Context {
    /// What to say from now on when a signal ends the verb.
    fn on_interrupt(&self, text: String) {
        self.left_alone.replace(Some(text));
    }

    /// A connection to the cluster that the flags mean.
    async fn cluster(&self) -> Result<Cluster, Failure> {
        let (term, warnings) = (self.term.clone(), self.warnings.clone());
        let notes = Arc::new(move |note| match note {
            Note::Warning(text) => {
                warnings.fetch_add(1, Ordering::Relaxed);
                term.warn(&text);
            }
            Note::Trace(text) => term.note(&text),
            Note::Retrying { why, .. } => term.note(&format!("{why} (trying again)")),
            Note::Polling { why, every } => term.note(&format!("{why} (looking every {every:?} instead)")),
        });
        Ok(Cluster::connect(&self.connection.clone().into(), &self.env, notes).await?)
    }
}

/// Runs `verb`. With `--warnings-as-errors` a good end with a warning of the server is none.
pub(crate) async fn run(verb: Verb, context: &Context) -> Result<Exit, Failure> {
    let ended = dispatch(verb, context).await?;
    match context.warnings.load(Ordering::Relaxed) {
        warnings if warnings == 0 || ended != Exit::Done || !context.connection.warnings_as_errors => Ok(ended),
        1 => Err(Failure::error("1 warning received")),
        warnings => Err(Failure::error(format_args!("{warnings} warnings received"))),
    }
}

async fn dispatch(verb: Verb, context: &Context) -> Result<Exit, Failure> {
    match verb {
        Verb::Create(args) => create::run(*args, context).await,
        Verb::Wait(args) => wait::run(args, context).await,
        Verb::Describe(args) => describe::run(args, context).await,
        Verb::List(args) => list::run(args, context).await,
        Verb::Status(args) => status::run(args, context).await,
        Verb::Logs(args) => logs::run(args, context).await,
        Verb::Cancel(args) => cancel::run(args, context).await,
        Verb::Suspend(args) => suspend::run(args, context).await,
        Verb::Resume(args) => suspend::resume(args, context).await,
        Verb::Scale(args) => scale::run(args, context).await,
        Verb::Delete(args) => delete::run(args, context).await,
        Verb::Retry(args) => retry::run(*args, context).await,
        Verb::Completion(args) => completion::run(&args, &context.term),
        Verb::Version(args) => version::run(args, context).await,
    }
}

/// Adds the attempts that `wanted` means of the Job in `progress`, in place of what was known of these.
async fn observe_pods(progress: &mut JobProgress, cluster: &Cluster, wanted: &PodQuery) -> Result<(), ClusterError> {
    let Some(job) = progress.job() else { return Ok(()) };
    let pods = cluster.pods(job, wanted).await?;
    match &wanted.indexes {
        Some(indexes) => progress.observe_pods_of(indexes, pods),
        None => progress.observe(Change::Pods(pods)),
    }
    Ok(())
}

/// Adds all attempts at the indexes of the Job in `progress`: at these, or at all.
async fn observe_attempts(
    progress: &mut JobProgress,
    cluster: &Cluster,
    indexes: Option<IndexSet>,
) -> Result<(), ClusterError> {
    observe_pods(progress, cluster, &PodQuery { indexes, ..PodQuery::default() }).await
}

/// Adds the attempts at these indexes, or at all, that have not succeeded, and those that have where the Job does not
/// tell it yet: what is needed to know the state of every index.
async fn observe_open(
    progress: &mut JobProgress,
    cluster: &Cluster,
    indexes: Option<IndexSet>,
) -> Result<(), ClusterError> {
    let wanted = PodQuery { indexes, phases: Phases::NotSucceeded };
    observe_pods(progress, cluster, &wanted).await?;
    let Some(job) = progress.job().cloned() else { return Ok(()) };
    let doubtful = progress.doubtful(&wanted.indexes.unwrap_or_else(|| IndexSet::all(job.completions)));
    for pod in cluster.succeeded_pods(&job, &doubtful).await? {
        progress.observe(Change::Pod(Box::new(pod)));
    }
    Ok(())
}

/// Adds the attempts that did not succeed, to say why some failed. That they cannot be read is said and survived.
async fn observe_failures(progress: &mut JobProgress, cluster: &Cluster, term: &Term) {
    if let Err(error) = observe_pods(progress, cluster, &PodQuery::in_phases(Phases::NotSucceeded)).await {
        term.note(&format!("why pods failed cannot be read: {error}"));
    }
}

/// The events of the Job, which tell why pods are missing; None where they cannot be read, which is told.
async fn why_pods_are_missing(job: &JobFacts, cluster: &Cluster, term: &Term) -> Option<Vec<EventFacts>> {
    match cluster.events(&job.name, &job.uid).await {
        Ok(events) => Some(events.into_iter().filter_map(|event| serde_json::from_value(event).ok()).collect()),
        Err(error) => {
            term.note(&format!("why pods are missing cannot be read: {error}"));
            None
        }
    }
}

/// What comes of a future that may be there; where it is not, nothing ever.
async fn done<T>(future: &mut Option<LocalBoxFuture<'_, T>>) -> T {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
