//! The Jobs that a verb is to change: by name, by label, or all; and those that it is to read, `@latest` among them.

use std::ffi::OsStr;

use indexedjob_core::facts::JobFacts;
use indexedjob_core::text::shown;

use super::Context;
use crate::cli::{DryRun, JobName, TargetArgs, TryArgs, pasted};
use crate::cluster::Cluster;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::launch::Mode;

/// The newest Indexed Job of the namespace, for verbs that only read.
pub(super) const LATEST: &str = "@latest";

/// The names of the Jobs that are meant, each once. A selector means of all that it finds only those that `meant`
/// accepts; that there are none is said here, in kubectl's words.
pub(super) async fn names(
    args: &TargetArgs,
    meant: impl Fn(&JobFacts) -> bool,
    cluster: &Cluster,
    context: &Context,
) -> Result<Vec<String>, Failure> {
    if args.names.iter().any(|name| name.as_str() == LATEST) {
        return Err(latest_is_refused(cluster, context).await?);
    }
    let mut names: Vec<String> = Vec::new();
    for name in &args.names {
        if !names.iter().any(|known| known == name.as_str()) {
            names.push(name.as_str().to_owned());
        }
    }
    if args.names.is_empty() {
        let jobs = cluster.jobs(args.selector.as_deref().unwrap_or_default()).await?;
        names.extend(jobs.into_iter().filter(|job| job.indexed && meant(job)).map(|job| job.name));
        if names.is_empty() {
            context.term.note("No resources found");
        }
    }
    Ok(names)
}

/// The Jobs that a verb reads, with the newest one's name in place of `@latest`, which is told: another may be newer soon.
pub(super) async fn read(names: Vec<JobName>, cluster: &Cluster, context: &Context) -> Result<Vec<JobName>, Failure> {
    if !names.iter().any(|name| name.as_str() == LATEST) {
        return Ok(names);
    }
    let Some(newest) = newest(cluster).await? else {
        let why = format!("there is no Indexed Job in namespace {}", cluster.namespace());
        let hint = format!("kubectl indexedjob list -A{}", context.connection.given_of_cluster());
        return Err(Failure { exit: Exit::NoJob, ..Failure::error(why) }.hint(hint));
    };
    context.term.note(&format!("{LATEST} is job.batch/{}", shown(&newest.name)));
    let newest: JobName = newest.name.parse().map_err(Failure::error)?;
    Ok(names.into_iter().map(|name| if name.as_str() == LATEST { newest.clone() } else { name }).collect())
}

/// The same of one.
pub(super) async fn read_one(name: JobName, cluster: &Cluster, context: &Context) -> Result<JobName, Failure> {
    let one = read(vec![name.clone()], cluster, context).await?;
    Ok(one.into_iter().next().unwrap_or(name))
}

/// The newest Indexed Job of the namespace; None where there is none.
async fn newest(cluster: &Cluster) -> Result<Option<JobFacts>, Failure> {
    let jobs = cluster.jobs("").await?.into_iter().filter(|job| job.indexed);
    Ok(jobs.max_by_key(|job| (job.created, job.name.clone())))
}

/// Refuses `@latest` as the name of a Job that is to be changed, or gone on from.
pub(super) async fn is_no_latest(name: &JobName, cluster: &Cluster, context: &Context) -> Result<(), Failure> {
    match name.as_str() {
        LATEST => Err(latest_is_refused(cluster, context).await?),
        _ => Ok(()),
    }
}

/// Has it not ended, so that it can still be changed?
pub(super) fn is_open(job: &JobFacts) -> bool {
    job.verdict.is_none() && !job.deleting
}

/// Does `change` to one Job after the other; one that fails does not keep the others from being changed.
pub(super) async fn each(
    names: &[String],
    context: &Context,
    change: impl AsyncFn(&str) -> Result<Exit, Failure>,
) -> Exit {
    let mut exit = Exit::Done;
    for name in names {
        exit = exit.worse(change(name).await.unwrap_or_else(|failure| failure.tell(&context.term)));
    }
    exit
}

/// Others share the namespace: the newest Job may by now be one of theirs.
async fn latest_is_refused(cluster: &Cluster, context: &Context) -> Result<Failure, Failure> {
    let refused = Failure::usage("@latest is only for verbs that change nothing, since others may use the namespace");
    Ok(match newest(cluster).await? {
        Some(job) => refused.hint(with_name(&context.typed, &job)),
        None => refused.hint(format!("there is no Indexed Job: kubectl indexedjob list{}", context.connection.given())),
    })
}

/// The line as it was typed, with the name of `job` in it.
fn with_name(typed: &[impl AsRef<OsStr>], job: &JobFacts) -> String {
    let words = typed.iter().map(|word| {
        let word = word.as_ref().to_string_lossy();
        match word.strip_suffix(LATEST) {
            Some("") => job.name.clone(),
            Some(kind) if kind.ends_with('/') => format!("{kind}{}", job.name),
            _ => pasted(&word),
        }
    });
    format!("kubectl indexedjob {}", words.collect::<Vec<_>>().join(" "))
}

impl From<TryArgs> for Mode {
    fn from(args: TryArgs) -> Self {
        match args.dry_run {
            DryRun::None => Self::Real,
            DryRun::Client => Self::Client,
            DryRun::Server => Self::Server,
        }
    }
}
