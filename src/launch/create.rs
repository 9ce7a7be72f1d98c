//! Brings a Job and its helpers about, by the steps of `indexedjob_core::creation`.

use indexedjob_core::creation::{self, Mark, Seen, Step, Taken, next};
use indexedjob_core::manifest::Objects;
use serde_json::Value;

use crate::cluster::{Cluster, ClusterError, Kind};
use crate::failure::Failure;

/// Creates the Job of `build(suffix)` and returns it as the server has it.
///
/// `suffix` makes the helpers' names unique. Where an earlier run of the same create was interrupted, its suffix is
/// taken up and the rest is done.
pub(crate) async fn create(
    build: impl Fn(&str) -> Result<Objects, Failure>,
    suffix: &str,
    cluster: &Cluster,
) -> Result<Value, Failure> {
    let mut mark = Mark::new(&build("")?, suffix);
    let mut wanted = build(suffix)?;
    let mut seen = Seen::default();
    loop {
        match next(&wanted, &mark, &seen) {
            Step::PostJob(job) => match cluster.create(&job, false).await {
                Ok(created) => {
                    kept(&wanted, &created, cluster).await?;
                    if wanted.helpers.is_empty() {
                        return Ok(created);
                    }
                    seen = Seen { job: Some(created), helpers: vec![] };
                }
                Err(error) if error.is_already_exists() && !wanted.helpers.is_empty() => {
                    let job = cluster.get(Kind::Job, name(&job)).await?;
                    if let Some(theirs) = Mark::of(&job).filter(|theirs| theirs.same_create(&mark)) {
                        wanted = build(theirs.suffix())?;
                        mark = theirs;
                    }
                    seen = look(&wanted, job, cluster).await?;
                }
                Err(error) => return Err(taken_or(error, name(&job))),
            },
            Step::PostHelper(helper) => {
                match cluster.create(&helper, false).await {
                    Ok(_) => {}
                    // Another run of the same create was faster.
                    Err(error) if error.is_already_exists() => {}
                    Err(error) => return Err(undone(error, &seen, cluster).await),
                }
                let job = cluster.get(Kind::Job, name(&wanted.job)).await?;
                seen = look(&wanted, job, cluster).await?;
            }
            Step::Release(patch) => {
                let released = cluster.patch(Kind::Job, name(&wanted.job), &patch, false).await?;
                return Ok(released);
            }
            Step::Refuse(taken) => return Err(refusal(taken, name(&wanted.job))),
        }
    }
}

/// Reads what is there of `wanted`.
async fn look(wanted: &Objects, job: Value, cluster: &Cluster) -> Result<Seen, ClusterError> {
    let mut helpers = Vec::with_capacity(wanted.helpers.len());
    for helper in &wanted.helpers {
        helpers.push(match cluster.get(Kind::ConfigMap, name(helper)).await {
            Ok(helper) => Some(helper),
            Err(error) if error.is_not_found() => None,
            Err(error) => return Err(error),
        });
    }
    Ok(Seen { job: Some(job), helpers })
}

/// A field that the server dropped without a word would make another Job than was asked for: it is removed again.
async fn kept(wanted: &Objects, created: &Value, cluster: &Cluster) -> Result<(), Failure> {
    let Err(dropped) = creation::kept(wanted, created) else { return Ok(()) };
    remove(created, cluster).await?;
    let text = format!("the server dropped {}, so the Job was removed again", dropped.join(", "));
    Err(Failure::error(text)
        .hint("kubectl version tells the server's version; the field is newer or switched off there"))
}

/// The Job without its helper would stand there suspended for ever.
async fn undone(error: ClusterError, seen: &Seen, cluster: &Cluster) -> Failure {
    let failure = Failure::from(error);
    match &seen.job {
        Some(job) => match remove(job, cluster).await {
            Ok(()) => failure,
            Err(second) => {
                let left =
                    format!("kubectl delete job {} (it is suspended, and could not be removed: {second})", name(job));
                failure.hint(left)
            }
        },
        None => failure,
    }
}

async fn remove(job: &Value, cluster: &Cluster) -> Result<(), ClusterError> {
    let uid = job["metadata"]["uid"].as_str().unwrap_or_default();
    cluster.delete(Kind::Job, name(job), uid).await
}

fn taken_or(error: ClusterError, name: &str) -> Failure {
    if error.is_already_exists() {
        return Failure::from(error).hint(hint_of_taken(name));
    }
    error.into()
}

fn refusal(taken: Taken, name: &str) -> Failure {
    match taken {
        Taken::Job => {
            let text = format!("Error from server (AlreadyExists): jobs.batch \"{name}\" already exists");
            Failure { message: Some(text), ..Failure::error("") }.hint(hint_of_taken(name))
        }
        Taken::HalfMade => {
            Failure::error(format_args!("job {name} was begun by another create that did not end; it is suspended"))
                .hint(format!("kubectl delete job {name}, then create it again"))
        }
        Taken::Helper(helper) => {
            Failure::error(format_args!("configmap {helper} exists and belongs to something else"))
                .hint(format!("kubectl delete job {name}, then create it again"))
        }
    }
}

fn hint_of_taken(name: &str) -> String {
    format!("kubectl delete job {name}, or choose another name")
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}
