//! One file per verb: fetch, compute, show.

pub(crate) mod completion;
mod connection;
mod create;
mod describe;
mod logs;
mod wait;

use std::sync::Arc;

use indexedjob_core::facts::PodFacts;
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
}

impl Context {
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

/// Adds the attempts of the Job in `progress`, to say why some failed. That they cannot be read is said and survived.
async fn add_attempts(progress: &mut JobProgress, cluster: &Cluster, term: &Term) {
    let Some(job) = progress.job() else { return };
    match cluster.pods(job, None).await {
        Ok(pods) => progress.observe(Change::Pods(pods)),
        Err(error) => term.note(&format!("why pods failed cannot be read: {error}")),
    }
}

/// The attempts at one index.
async fn attempts(cluster: &Cluster, progress: &mut JobProgress, index: u32) -> Result<(), ClusterError> {
    let Some(job) = progress.job() else { return Ok(()) };
    let pods: Vec<PodFacts> = cluster.pods(job, Some(index)).await?;
    progress.observe(Change::Pods(pods));
    Ok(())
}
