//! Brings a Job and its helpers about, by the steps of `indexedjob_core::creation`.

use indexedjob_core::creation::{self, Mark, Seen, Step, Taken, next};
use indexedjob_core::manifest::Objects;
use serde_json::Value;

use crate::cluster::{Cluster, ClusterError, Kind};
use crate::failure::Failure;

/// Creates the Job of `build(suffix)` and returns it as the server has it.
///
/// `suffix` makes the helpers' names unique. Where an earlier run of the same create was interrupted, its suffix is
/// taken up and the rest is done. What fails half-way is removed again. `given` are the flags to repeat in hints.
pub(crate) async fn create(
    build: impl Fn(&str) -> Result<Objects, Failure>,
    suffix: &str,
    cluster: &Cluster,
    given: &str,
) -> Result<Value, Failure> {
    let mark = Mark::new(&build("")?, suffix);
    let mut launch = Launch { wanted: build(suffix)?, build, mark, cluster, given, seen: Seen::default(), ours: None };
    let ended = launch.run().await;
    match (ended, launch.ours) {
        (Err(failure), Some(job)) => Err(removed(failure, &job, cluster, given).await),
        (ended, _) => ended,
    }
}

struct Launch<'a, B> {
    build: B,
    wanted: Objects,
    mark: Mark,
    cluster: &'a Cluster,
    given: &'a str,
    seen: Seen,
    /// The Job, if this run made it: what fails after that is undone.
    ours: Option<Value>,
}

impl<B: Fn(&str) -> Result<Objects, Failure>> Launch<'_, B> {
    async fn run(&mut self) -> Result<Value, Failure> {
        loop {
            match next(&self.wanted, &self.mark, &self.seen) {
                Step::PostJob(job) => {
                    self.post_job(&job).await?;
                    if let Some(job) = self.ours.as_ref().filter(|_| self.wanted.helpers.is_empty()) {
                        return Ok(job.clone());
                    }
                }
                Step::PostHelper(helper) => {
                    match self.cluster.create(&helper, false).await {
                        // Another run of the same create may have been faster.
                        Err(error) if !error.is_already_exists() => return Err(error.into()),
                        _ => self.look().await?,
                    }
                }
                Step::Release(patch) => {
                    return Ok(self.cluster.patch(Kind::Job, name(&self.wanted.job), &patch, false).await?);
                }
                Step::Refuse(taken) => return Err(refusal(taken, name(&self.wanted.job), self.given)),
            }
        }
    }

    async fn post_job(&mut self, job: &Value) -> Result<(), Failure> {
        match self.cluster.create(job, false).await {
            Ok(created) => {
                self.ours = Some(created.clone());
                kept(&self.wanted, &created)?;
                self.seen = Seen { job: Some(created), helpers: vec![] };
                Ok(())
            }
            Err(error) if error.is_already_exists() && !self.wanted.helpers.is_empty() => self.look().await,
            Err(error) if error.is_already_exists() => {
                Err(Failure::from(error).hint(hint_of_taken(name(job), self.given)))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Reads what is there, and takes up the suffix of an earlier run of the same create.
    async fn look(&mut self) -> Result<(), Failure> {
        let job = self.cluster.get(Kind::Job, name(&self.wanted.job)).await?;
        if let Some(theirs) = Mark::of(&job).filter(|theirs| theirs.same_create(&self.mark)) {
            self.wanted = (self.build)(theirs.suffix())?;
            self.mark = theirs;
        }
        let mut helpers = Vec::with_capacity(self.wanted.helpers.len());
        for helper in &self.wanted.helpers {
            helpers.push(match self.cluster.get(Kind::ConfigMap, name(helper)).await {
                Ok(helper) => Some(helper),
                Err(error) if error.is_not_found() => None,
                Err(error) => return Err(error.into()),
            });
        }
        self.seen = Seen { job: Some(job), helpers };
        Ok(())
    }
}

/// A field that the server dropped without a word would make another Job than was asked for.
pub(crate) fn kept(wanted: &Objects, created: &Value) -> Result<(), Failure> {
    creation::kept(wanted, created).map_err(|dropped| {
        let text = format!("the server dropped {}; the Job is not what was asked for", dropped.join(", "));
        Failure::error(text).hint("kubectl version: the field is newer than the server, or switched off there")
    })
}

/// Removes the Job, and with it its helpers; a half-made one would stand there suspended for ever.
async fn removed(failure: Failure, job: &Value, cluster: &Cluster, given: &str) -> Failure {
    match remove(job, cluster).await {
        Ok(()) => failure,
        Err(error) if error.is_not_found() => failure,
        Err(_) => {
            let name = name(job);
            failure.hint(format!("job {name} is half-made and could not be removed: kubectl delete job {name}{given}"))
        }
    }
}

async fn remove(job: &Value, cluster: &Cluster) -> Result<(), ClusterError> {
    let uid = job["metadata"]["uid"].as_str().unwrap_or_default();
    cluster.delete(Kind::Job, name(job), uid).await
}

fn refusal(taken: Taken, name: &str, given: &str) -> Failure {
    match taken {
        Taken::Job => {
            let text = format!("Error from server (AlreadyExists): jobs.batch \"{name}\" already exists");
            Failure { message: Some(text), ..Failure::error("") }.hint(hint_of_taken(name, given))
        }
        Taken::HalfMade => {
            Failure::error(format_args!("job {name} was begun by another create that did not end; it is suspended"))
                .hint(format!("kubectl delete job {name}{given}, then create it again"))
        }
        Taken::Helper(helper) => {
            Failure::error(format_args!("configmap {helper} exists and belongs to something else"))
                .hint(format!("kubectl delete job {name}{given}, then create it again"))
        }
    }
}

fn hint_of_taken(name: &str, given: &str) -> String {
    format!("kubectl delete job {name}{given}, or choose another name")
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}
