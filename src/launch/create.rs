//! Brings a Job and its helpers about, by the steps of `indexedjob_core::creation`.

use indexedjob_core::creation::{self, Mark, Seen, Step, Taken, next};
use indexedjob_core::manifest::Objects;
use serde_json::Value;

use crate::cluster::{Cluster, Kind};
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
    let wanted = build(suffix)?;
    let seen = Seen::default();
    let mut launch = Launch { wanted, build, mark, cluster, given, seen, sent: false, is_read_back: false, writes: 0 };
    match launch.run().await {
        Err(failure) if launch.sent => launch.undo(failure).await,
        ended => ended,
    }
}

/// How often more than once for each object something is sent: a lost answer does not say whether it was taken, and
/// twice does no harm.
const REPEATS: usize = 4;
/// How often an undo looks again when the Job changed between its look and its deletion.
const UNDOES: u32 = 8;

struct Launch<'a, B> {
    build: B,
    wanted: Objects,
    mark: Mark,
    cluster: &'a Cluster,
    given: &'a str,
    /// What is there.
    seen: Seen,
    /// Has this run sent the Job? What fails after that is undone.
    sent: bool,
    /// Have all helpers been read back?
    is_read_back: bool,
    /// How many helpers and releases have been sent.
    writes: usize,
}

impl<B: Fn(&str) -> Result<Objects, Failure>> Launch<'_, B> {
    async fn run(&mut self) -> Result<Value, Failure> {
        loop {
            match next(&self.wanted, &self.mark, &self.seen) {
                Step::PostJob(job) => {
                    self.try_helper().await?;
                    self.post_job(&job).await?;
                }
                Step::PostHelper(helper) => {
                    let may_repeat = self.count();
                    match self.cluster.create(&helper, false).await {
                        Ok(there) => self.helper_seen(&helper, there),
                        // Another run of the same create may have been faster.
                        Err(error) if error.is_already_exists() && may_repeat => self.look().await?,
                        Err(error) => return Err(error.into()),
                    }
                }
                Step::Release(_) if !self.is_read_back => self.look().await?,
                Step::Release(patch) => {
                    let may_repeat = self.count();
                    match self.cluster.patch(Kind::Job, self.name(), &patch).await {
                        Ok(job) => return Ok(job),
                        Err(error) if !may_repeat => return Err(error.into()),
                        Err(_) => self.look().await?,
                    }
                }
                Step::Done => return Ok(self.seen.job.take().unwrap_or_default()),
                Step::Refuse(taken) => return Err(refusal(taken, self.name(), self.given)),
            }
        }
    }

    /// Counts one write; false where there have been enough.
    fn count(&mut self) -> bool {
        self.writes += 1;
        self.writes < self.wanted.helpers.len() + REPEATS
    }

    /// `helper` is `there`, as the server returned it.
    fn helper_seen(&mut self, helper: &Value, there: Value) {
        let wanted = self.wanted.helpers.iter().position(|wanted| name(wanted) == name(helper));
        self.seen.helpers.resize(self.wanted.helpers.len(), None);
        if let Some(place) = wanted.and_then(|at| self.seen.helpers.get_mut(at)) {
            *place = Some(there);
        }
    }

    /// The name of the Job: the server has completed one that was only begun (generateName).
    fn name(&self) -> &str {
        name(self.seen.job.as_ref().unwrap_or(&self.wanted.job))
    }

    /// Asks whether helpers would be taken, before anything is there: who may create Jobs but no `ConfigMaps` may not
    /// be allowed to delete the Job again, either.
    async fn try_helper(&self) -> Result<(), Failure> {
        let Some(helper) = self.wanted.helpers.first() else { return Ok(()) };
        match self.cluster.create(helper, true).await {
            // Who may not create the Job, either, is told so first.
            Err(error) if error.is_forbidden() => match self.cluster.create(&self.wanted.job, true).await {
                Err(job) if job.is_forbidden() => Err(job.into()),
                _ => Err(error.into()),
            },
            // Whose it is comes out later.
            Err(error) if !error.is_already_exists() => Err(error.into()),
            _ => Ok(()),
        }
    }

    async fn post_job(&mut self, job: &Value) -> Result<(), Failure> {
        match self.cluster.create(job, false).await {
            Ok(created) => {
                let ours = created["metadata"]["uid"].as_str().map(str::to_owned);
                let kept = kept(&self.wanted, &created);
                self.seen = Seen { job: Some(created), helpers: vec![], ours };
                self.sent = true;
                kept
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
        let job = match self.cluster.get(Kind::Job, self.name()).await {
            Err(error) if error.is_not_found() && self.seen.ours.is_some() => {
                self.seen.job = None;
                return Ok(());
            }
            job => job?,
        };
        if let Some(theirs) = Mark::of(&job).filter(|theirs| theirs.same_create(&self.mark)) {
            self.wanted = (self.build)(theirs.suffix())?;
            self.mark = theirs;
            // Once taken up it is known, also when it has lost its mark.
            self.seen.ours = job["metadata"]["uid"].as_str().map(str::to_owned);
        }
        let mut helpers = Vec::with_capacity(self.wanted.helpers.len());
        for helper in &self.wanted.helpers {
            helpers.push(match self.cluster.get(Kind::ConfigMap, name(helper)).await {
                Ok(helper) => Some(helper),
                Err(error) if error.is_not_found() => None,
                Err(error) => return Err(error.into()),
            });
        }
        self.is_read_back = helpers.iter().all(Option::is_some);
        (self.seen.job, self.seen.helpers) = (Some(job), helpers);
        Ok(())
    }

    /// Removes the Job that this run has sent, and with it its helpers: half-made, it would stand there suspended for
    /// ever. One that another run of the same create has meanwhile released is whole, and stays.
    async fn undo(&self, failure: Failure) -> Result<Value, Failure> {
        let name = self.name();
        let hint = format!("job {name} may be half-made; look, then: kubectl delete job {name}{}", self.given);
        for _ in 0..UNDOES {
            let job = match self.cluster.get(Kind::Job, name).await {
                Ok(job) => job,
                Err(error) if error.is_not_found() => return Err(failure),
                Err(_) => return Err(failure.hint(hint)),
            };
            let text = |key: &str| job["metadata"][key].as_str().unwrap_or_default();
            if Some(text("uid")) != self.seen.ours.as_deref() {
                return Err(failure);
            }
            if Mark::of(&job).is_none() && !self.wanted.helpers.is_empty() {
                return Ok(job);
            }
            match self.cluster.delete(Kind::Job, name, text("uid"), Some(text("resourceVersion"))).await {
                Ok(()) => return Err(failure),
                Err(error) if error.is_not_found() => return Err(failure),
                // It has changed since the look.
                Err(error) if error.is_conflict() => {}
                Err(_) => return Err(failure.hint(hint)),
            }
        }
        Err(failure.hint(hint))
    }
}

/// The objects as the server would have them, with `job` in place of the Job that is wanted.
pub(crate) async fn checked(wanted: &Objects, job: &Value, cluster: &Cluster) -> Result<Objects, Failure> {
    let mut checked = Objects { job: cluster.create(job, true).await?, helpers: vec![] };
    kept(wanted, &checked.job)?;
    for helper in &wanted.helpers {
        checked.helpers.push(cluster.create(helper, true).await?);
    }
    Ok(checked)
}

/// A field that the server dropped without a word would make another Job than was asked for.
fn kept(wanted: &Objects, created: &Value) -> Result<(), Failure> {
    creation::kept(wanted, created).map_err(|dropped| {
        let text = format!("the server dropped {}; the Job is not what was asked for", dropped.join(", "));
        Failure::error(text).hint("kubectl version: the field is newer than the server, or switched off there")
    })
}

fn refusal(taken: Taken, name: &str, given: &str) -> Failure {
    match taken {
        Taken::Job => {
            let text = format!("Error from server (AlreadyExists): jobs.batch \"{name}\" already exists");
            Failure { message: Some(text), ..Failure::error("") }.hint(hint_of_taken(name, given))
        }
        Taken::Leaving => Failure::error(format_args!("job {name} is being deleted"))
            .hint(format!("kubectl wait --for=delete job/{name}{given}, then create it again")),
        Taken::HalfMade => {
            Failure::error(format_args!("job {name} was begun by another create that did not end; it is suspended"))
                .hint(format!("kubectl delete job {name}{given}, then create it again"))
        }
        Taken::Helper(helper) => Failure::error(format_args!(
            "configmap {helper} exists and belongs to something else"
        ))
        .hint(format!("look, then: kubectl delete configmap {helper}{given}, or give it another name in the file")),
    }
}

fn hint_of_taken(name: &str, given: &str) -> String {
    format!("choose another name, add --replace if it is finished, or: kubectl indexedjob delete {name}{given}")
}

fn name(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}
