//! One file per verb: fetch, compute, show.

pub(crate) mod completion;
mod connection;
mod create;
mod describe;
mod logs;
mod wait;

use std::cell::RefCell;
use std::sync::Arc;

use indexedjob_core::numbering::Index;
use indexedjob_core::progress::{Change, JobProgress};

use crate::cli::{ConnectionArgs, Verb};
use crate::cluster::{Cluster, ClusterError, Note};
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
}

impl Context {
    /// What to say from now on when a signal ends the verb.
    fn on_interrupt(&self, text: String) {
        self.left_alone.replace(Some(text));
    }

    /// A connection to the cluster that the flags mean.
    async fn cluster(&self) -> Result<Cluster, Failure> {
        let term = self.term.clone();
        let notes = Arc::new(move |note| match note {
            Note::Warning(text) => term.note(&format!("Warning: {text}")),
            Note::Retrying { why, .. } => term.note(&format!("{why} (trying again)")),
            Note::Polling { why, every } => term.note(&format!("{why} (looking every {every:?} instead)")),
        });
        Ok(Cluster::connect(&self.connection.clone().into(), &self.env, notes).await?)
    }
}

/// Runs `verb`.
pub(crate) async fn run(verb: Verb, context: &Context) -> Result<Exit, Failure> {
    match verb {
        Verb::Create(args) => create::run(*args, context).await,
        Verb::Wait(args) => wait::run(args, context).await,
        Verb::Describe(args) => describe::run(args, context).await,
        Verb::Logs(args) => logs::run(args, context).await,
        Verb::Completion(args) => completion::run(&args, &context.term),
    }
}

/// Adds the attempts of the Job in `progress`: all, or those of one index.
async fn observe_attempts(
    progress: &mut JobProgress,
    cluster: &Cluster,
    index: Option<Index>,
) -> Result<(), ClusterError> {
    let Some(job) = progress.job() else { return Ok(()) };
    let pods = cluster.pods(job, index).await?;
    progress.observe(Change::Pods(pods));
    Ok(())
}

/// Adds all attempts, to say why some failed. That they cannot be read is said and survived.
async fn observe_failures(progress: &mut JobProgress, cluster: &Cluster, term: &Term) {
    if let Err(error) = observe_attempts(progress, cluster, None).await {
        term.note(&format!("why pods failed cannot be read: {error}"));
    }
}
