//! Brings a new run of a Job about, by the steps of `indexedjob_core::rerun`.
//!
//! - `look`: what is there; `pods`: they are handed over and counted
//! - `undo`: takes back what was begun; `refusal`: why it cannot be, in words

mod look;
mod pods;
mod refusal;
mod undo;

use std::time::Duration;

use indexedjob_core::creation;
use indexedjob_core::manifest::Objects;
use indexedjob_core::rerun::{CHAIN, Mark, Refusal, Seen, Step, Wanted, next};
use indexedjob_core::text::shown;
use serde_json::Value;
use tokio::time::Instant;

use crate::cluster::{Cluster, ClusterError, Kind};
use crate::failure::Failure;
use crate::term::{Progress, Term, Wish};

pub(crate) use refusal::begun_otherwise;
use refusal::why_not_made;
use undo::uid;
pub(crate) use undo::{give_time_back, take_back};

/// How often more than once for each object something is sent: a lost answer does not say whether it was taken, and
/// twice does no harm.
const REPEATS: usize = 8;
/// The least time between two lines of progress.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(5);

/// A new run, and where it comes from.
pub(crate) struct Rerun {
    pub(crate) wanted: Wanted,
    /// The uid of the run that an earlier retry has begun, which is gone on with.
    pub(crate) begun: Option<String>,
    /// The uid of the first Job of the chain.
    pub(crate) chain: String,
    /// The uids of all Jobs of the chain that were there when it was decided what to run.
    pub(crate) known: Vec<String>,
    /// The name and uid of the Job that it is cloned from.
    pub(crate) source: (String, String),
    /// The selectors of the pods of all these Jobs.
    pub(crate) selectors: Vec<String>,
}

/// Brings `rerun` about and returns the Job as the server has it. `given` are the flags to repeat in hints. What cannot
/// be ended is taken back, unless the server is away: then the same retry goes on.
pub(crate) async fn rerun(rerun: Rerun, cluster: &Cluster, term: &Term, given: &str) -> Result<Value, NotMade> {
    let progress = term.progress(Wish::Auto, PROGRESS_INTERVAL);
    let seen = Seen { ours: rerun.begun.clone(), ..Seen::default() };
    let (last_count, looked) = ((0, Instant::now()), Instant::now());
    let mut launch = Launch {
        rerun,
        cluster,
        term,
        given,
        progress,
        seen,
        sent: false,
        is_read_back: false,
        writes: 0,
        last_count,
        looked,
    };
    match launch.run().await {
        Ok(job) => Ok(job),
        Err(Stopped::By(error)) => Err(NotMade::Failed(launch.interrupted(error))),
        Err(Stopped::For(failure)) => Err(NotMade::Failed(launch.taken_back(failure).await.unwrap_or_else(|why| why))),
        Err(Stopped::Barred(failure)) => Err(match launch.taken_back(failure).await {
            Ok(failure) => NotMade::Barred(failure),
            Err(failure) => NotMade::Failed(failure),
        }),
    }
}

/// Why a run was not made.
pub(crate) enum NotMade {
    /// The server does not let this user go this way; another may do, and nothing of the run is left.
    Barred(Failure),
    /// For any other reason.
    Failed(Failure),
}

impl From<NotMade> for Failure {
    fn from(why: NotMade) -> Self {
        match why {
            NotMade::Barred(failure) | NotMade::Failed(failure) => failure,
        }
    }
}

/// Why it does not go on.
enum Stopped {
    /// For good.
    For(Failure),
    /// For good, by this way: what tells the run what is done is not allowed, also where a review said it was.
    Barred(Failure),
    /// By the server or the way to it; later it may go on.
    By(ClusterError),
}

impl From<ClusterError> for Stopped {
    fn from(error: ClusterError) -> Self {
        if error.is_passing() { Self::By(error) } else { Self::For(error.into()) }
    }
}

impl From<std::io::Error> for Stopped {
    fn from(error: std::io::Error) -> Self {
        Self::For(error.into())
    }
}

/// What ends the telling of what is done ends this way alone.
fn barred(stopped: Stopped) -> Stopped {
    match stopped {
        Stopped::For(failure) => Stopped::Barred(failure),
        other => other,
    }
}

/// What a change was made to.
#[derive(Clone, Copy)]
enum Changed {
    /// The new Job.
    Job,
    /// The Job that it comes from.
    Source,
    /// A `ConfigMap`, new or shared.
    Map,
}

struct Launch<'a> {
    rerun: Rerun,
    cluster: &'a Cluster,
    term: &'a Term,
    given: &'a str,
    progress: Progress,
    /// What is there.
    seen: Seen,
    /// Has this run sent the Job? What fails for good after that is undone.
    sent: bool,
    /// Has all been read back before the release?
    is_read_back: bool,
    /// How many changes have been sent.
    writes: usize,
    /// How many pods were counted, and since when.
    last_count: (u32, Instant),
    /// When all was read last.
    looked: Instant,
}

impl Launch<'_> {
    async fn run(&mut self) -> Result<Value, Stopped> {
        self.look().await?;
        loop {
            match next(&self.rerun.wanted, &self.seen) {
                Step::Post(job) => self.post(&job).await?,
                Step::PatchSource(patch) => {
                    let patched = self.cluster.patch(Kind::Job, &self.rerun.source.0, &patch).await;
                    self.again(patched, Changed::Source).await?;
                }
                Step::PostHelper(helper) => {
                    let posted = self.cluster.create(&helper, false).await;
                    self.again(posted, Changed::Map).await?;
                }
                Step::Share(name, patch) => {
                    let patched = self.cluster.patch_lists(Kind::ConfigMap, &name, &patch).await;
                    self.again(patched, Changed::Map).await?;
                }
                Step::MarkDone(patch) => {
                    let patched = self.cluster.patch_job_status(self.name(), &patch).await;
                    self.again(patched, Changed::Job).await.map_err(barred)?;
                }
                Step::HandOver(pods) => self.hand_over(pods).await.map_err(barred)?,
                Step::Count => self.count().await?,
                Step::Release(_) if !self.is_read_back => {
                    self.look().await?;
                    self.is_read_back = true;
                }
                Step::Release(patch) => {
                    self.seen.released = true;
                    match self.cluster.patch(Kind::Job, self.name(), &patch).await {
                        Ok(job) => return Ok(job),
                        Err(error) => self.again(Err(error), Changed::Job).await?,
                    }
                }
                Step::Done => return Ok(self.seen.job.take().unwrap_or_default()),
                Step::Refuse(refusal) => return Err(Stopped::For(self.refusal(&refusal))),
            }
        }
    }

    /// The answer to a change is what is there now; all is read anew before the release. Where there is none, what has come
    /// of it is looked at: the answer may be lost, or somebody faster. What the server does not allow is no use to repeat.
    async fn again(&mut self, done: Result<Value, ClusterError>, what: Changed) -> Result<(), Stopped> {
        self.writes += 1;
        self.is_read_back = false;
        let most = self.rerun.wanted.helpers.len() + self.rerun.wanted.shared.len() + REPEATS;
        match done {
            Err(error) if self.writes > most => Err(error.into()),
            Err(error) if error.is_passing() || error.is_conflict() || error.is_not_found() => self.look().await,
            Err(error) if error.is_already_exists() => self.look().await,
            Err(error) => Err(error.into()),
            Ok(_) if self.writes > most => {
                let text = format!("job {}: something else undoes what is written, over and over", shown(self.name()));
                Err(Stopped::For(Failure::error(text)))
            }
            Ok(object) => {
                self.put(object, what);
                Ok(())
            }
        }
    }

    fn name(&self) -> &str {
        self.rerun.wanted.job["metadata"]["name"].as_str().unwrap_or_default()
    }

    async fn post(&mut self, job: &Value) -> Result<(), Stopped> {
        match self.cluster.create(job, false).await {
            Ok(created) => {
                self.seen.ours = Some(uid(&created).to_owned());
                self.sent = true;
                let wanted = Objects { job: job.clone(), helpers: vec![] };
                creation::kept(&wanted, &created).map_err(|dropped| {
                    let text = format!("the server dropped {}; the Job is not what was asked for", dropped.join(", "));
                    Stopped::For(Failure::error(text))
                })?;
                self.look().await
            }
            Err(error) if error.is_passing() => {
                // Its answer may be lost alone.
                self.look().await.map_err(|_| Stopped::By(error.clone()))?;
                let there =
                    self.seen.job.as_ref().filter(|job| Mark::of(job).as_ref() == Some(&self.rerun.wanted.mark));
                self.seen.ours = Some(there.map(uid).ok_or(Stopped::By(error))?.to_owned());
                self.sent = true;
                Ok(())
            }
            Err(error) if error.is_already_exists() => self.look().await,
            Err(error) => Err(error.into()),
        }
    }

    fn interrupted(&self, error: ClusterError) -> Failure {
        let (source, given) = (&self.rerun.source.0, self.given);
        let failure = Failure::from(error);
        match self.seen.ours {
            Some(_) => failure.hint(format!(
                "job {} is half-made and suspended; the same command goes on, and this takes it back: \
                 kubectl indexedjob retry {source} --undo{given}",
                shown(self.name())
            )),
            None => failure,
        }
    }

    fn refusal(&self, refusal: &Refusal) -> Failure {
        // What was not there when it was decided what to run is another retry's.
        let is_begun = self.rerun.begun.is_some();
        let is_raced = self.is_of_chain() && !is_begun;
        why_not_made(refusal, self.name(), &self.rerun.source.0, is_raced, is_begun, self.given)
    }

    fn is_of_chain(&self) -> bool {
        let job = self.seen.job.as_ref();
        job.is_some_and(|job| job["metadata"]["labels"][CHAIN] == self.rerun.chain.as_str())
    }
}
