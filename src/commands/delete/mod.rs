//! `delete NAME...`: deletes Jobs with their pods, and helper objects that have lost their owner.
//!
//! - `along`: what goes with a run of a Job that was retried

mod along;

use std::collections::BTreeSet;

use futures::future::join_all;
use indexedjob_core::facts::JobFacts;
use indexedjob_core::human::Timeout;
use indexedjob_core::manifest::JOB_LABEL;
use indexedjob_core::text::{quoted, shown};
use serde_json::Value;
use tokio::time::timeout;

use super::{Context, target};
use crate::cli::DeleteArgs;
use crate::clock;
use crate::cluster::{Backoff, Cluster, Kind};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::launch::{self, Mode};

use along::Along;

/// How often a deletion is sent whose answer is lost.
const TRIES: u32 = 8;

/// Deletes one after the other, then waits for all at once.
pub(crate) async fn run(args: DeleteArgs, context: &Context) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let names = target::names(&args.targets, |_| true, &cluster, context).await?;
    let delete = Delete { args: &args, cluster: &cluster, context, mode: args.how.into() };
    let (mut exit, mut meant, mut without) = (Exit::Done, Vec::new(), BTreeSet::new());
    for name in &names {
        match delete.found(name).await {
            Ok(Found::Meant(job)) => meant.push(job),
            Ok(Found::Missing(failure)) => {
                without.insert(name.clone());
                if !args.ignore_not_found {
                    exit = exit.worse(failure.tell(&context.term));
                }
            }
            Ok(Found::Excluded) => {}
            Err(failure) => exit = exit.worse(failure.tell(&context.term)),
        }
    }
    let along = Along::new(meant.iter().map(Box::as_ref), &cluster, context).await?;
    let mut deleted = Vec::new();
    for job in meant {
        match delete.one(&job, &along).await {
            Ok(()) => {
                without.insert(job.name.clone());
                deleted.push(job);
            }
            Err(failure) => exit = exit.worse(failure.tell(&context.term)),
        }
    }
    exit = exit.worse(delete.strays(&without).await?);
    if args.wait && delete.mode == Mode::Real {
        let waits = deleted.iter().map(|job| async { delete.until_gone(job).await });
        let ends = join_all(waits).await.into_iter();
        exit = ends.map(|end| end.map_or_else(|why| why.tell(&context.term), |()| Exit::Done)).fold(exit, Exit::worse);
    }
    Ok(exit)
}

struct Delete<'a> {
    args: &'a DeleteArgs,
    cluster: &'a Cluster,
    context: &'a Context,
    mode: Mode,
}

/// What a name stands for.
enum Found {
    Meant(Box<JobFacts>),
    Missing(Failure),
    /// The flags narrow it away.
    Excluded,
}

impl Delete<'_> {
    /// The Job `name`, if it is one of those that are meant.
    async fn found(&self, name: &str) -> Result<Found, Failure> {
        let job = match self.cluster.job(name).await {
            Err(error) if error.is_not_found() => return Ok(Found::Missing(Failure::of_job(error))),
            job => job?,
        };
        if !self.args.narrow().includes(&job, clock::now()) {
            if !self.args.targets.names.is_empty() {
                self.context.term.note(&format!("job {name} is left alone: it is not finished, or not old enough"));
            }
            return Ok(Found::Excluded);
        }
        Ok(Found::Meant(Box::new(job)))
    }

    /// Deletes a Job, unless another run needs it.
    async fn one(&self, job: &JobFacts, along: &Along<'_>) -> Result<(), Failure> {
        along.tell(job).await?;
        self.send(Kind::Job, &job.name, &job.uid).await?;
        self.say("job.batch", &job.name)
    }

    /// Deletes this object and no other of its name. One that is gone meanwhile is gone.
    async fn send(&self, kind: Kind, name: &str, uid: &str) -> Result<(), Failure> {
        let mut backoff = Backoff::default();
        let mut tries = 0;
        loop {
            let answer = match self.mode {
                Mode::Real => self.cluster.delete(kind, name, uid, None).await,
                Mode::Server => self.cluster.rehearse_delete(kind, name, uid).await,
                Mode::Client => Ok(()),
            };
            tries += 1;
            match answer {
                Ok(()) => return Ok(()),
                Err(error) if error.is_not_found() => return Ok(()),
                Err(error) if error.is_conflict() && kind == Kind::Job => return Err(launch::replaced(name)),
                Err(error) if launch::may_repeat(&error) && tries < TRIES => {}
                Err(error) => return Err(error.into()),
            }
            tokio::time::sleep(backoff.next()).await;
        }
    }

    /// kubectl's line.
    fn say(&self, kind: &str, name: &str) -> Result<(), Failure> {
        let (namespace, suffix) = (self.cluster.namespace(), self.mode.suffix());
        let line = format!("{kind} \"{}\" deleted from {} namespace{suffix}\n", shown(name), shown(namespace));
        Ok(self.context.term.out(&line)?)
    }

    /// Deletes the helpers of Jobs that are gone, as far as no garbage collector will: those that have no owner any more.
    async fn strays(&self, jobs: &BTreeSet<String>) -> Result<Exit, Failure> {
        if jobs.is_empty() {
            return Ok(Exit::Done);
        }
        let maps = match self.cluster.config_maps(JOB_LABEL).await {
            Err(error) if error.is_forbidden() => {
                self.context.term.note(&format!("whether helpers are left over cannot be read: {error}"));
                return Ok(Exit::Done);
            }
            maps => maps?,
        };
        let mut exit = Exit::Done;
        for map in maps.iter().filter(|map| is_stray(map, jobs)) {
            let text = |key: &str| map["metadata"][key].as_str().unwrap_or_default();
            let (name, uid) = (text("name"), text("uid"));
            let done = self.send(Kind::ConfigMap, name, uid).await.and_then(|()| self.say("configmap", name));
            exit = exit.worse(done.map_or_else(|failure| failure.tell(&self.context.term), |()| Exit::Done));
        }
        Ok(exit)
    }

    /// Waits until this Job is gone, or another one has its name.
    async fn until_gone(&self, job: &JobFacts) -> Result<(), Failure> {
        let gone = launch::until_gone(job, self.cluster);
        match self.args.timeout {
            Timeout::After(span) => timeout(span, gone).await.map_err(|_| self.timed_out(job))??,
            Timeout::Once | Timeout::Never => gone.await?,
        }
        Ok(())
    }

    fn timed_out(&self, job: &JobFacts) -> Failure {
        let message = format!("error: timed out waiting for the condition on jobs/{}", job.name);
        let given = self.context.connection.given();
        let hint = format!(
            "something holds it: kubectl get job {}{given} -o jsonpath='{{.metadata.finalizers}}'",
            quoted(&job.name)
        );
        Failure { exit: Exit::TimedOut, message: Some(message), hint: Some(hint) }
    }
}

/// Is it a helper of one of these Jobs that nobody owns?
fn is_stray(map: &Value, jobs: &BTreeSet<String>) -> bool {
    let metadata = &map["metadata"];
    let owned = metadata["ownerReferences"].as_array().is_some_and(|owners| !owners.is_empty());
    !owned && metadata["labels"][JOB_LABEL].as_str().is_some_and(|job| jobs.contains(job))
}
