//! Brings a new run of a Job about, by the steps of `indexedjob_core::rerun`.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use indexedjob_core::creation;
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::manifest::Objects;
use indexedjob_core::rerun::{CHAIN, EndedPod, HandOver, Mark, Refusal, Seen, Step, Wanted, Way, free_source, next};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::refused::refused;
use super::undo::{take_back, uid};
use crate::cluster::{Cluster, ClusterError, Kind};
use crate::failure::Failure;
use crate::term::{Progress, Term, Wish};

/// How often more than once for each object something is sent: a lost answer does not say whether it was taken, and
/// twice does no harm.
const REPEATS: usize = 8;
/// How many pods are handed over at a time.
const AT_ONCE: usize = 8;
/// How often is looked whether the controller has counted more.
const BETWEEN_COUNTS: Duration = Duration::from_millis(500);
/// When nothing was counted for so long, that is told.
const PATIENCE: Duration = Duration::from_secs(60);
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
pub(crate) async fn rerun(rerun: Rerun, cluster: &Cluster, term: &Term, given: &str) -> Result<Value, Failure> {
    let progress = term.progress(Wish::Auto, PROGRESS_INTERVAL);
    let seen = Seen { ours: rerun.begun.clone(), ..Seen::default() };
    let last_count = (0, Instant::now());
    let mut launch =
        Launch { rerun, cluster, term, given, progress, seen, sent: false, is_read_back: false, writes: 0, last_count };
    match launch.run().await {
        Err(Stopped::For(failure)) if launch.sent => launch.undo(failure).await,
        Err(Stopped::For(failure)) => Err(failure),
        Err(Stopped::By(error)) => Err(launch.interrupted(error)),
        Ok(job) => Ok(job),
    }
}

/// Why it does not go on.
enum Stopped {
    /// For good.
    For(Failure),
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
}

impl Launch<'_> {
    async fn run(&mut self) -> Result<Value, Stopped> {
        self.look().await?;
        loop {
            match next(&self.rerun.wanted, &self.seen) {
                Step::Post(job) => self.post(&job).await?,
                Step::PatchSource(patch) => {
                    let patched = self.cluster.patch(Kind::Job, &self.rerun.source.0, &patch).await;
                    self.again(patched).await?;
                }
                Step::PostHelper(helper) => {
                    let posted = self.cluster.create(&helper, false).await;
                    self.again(posted).await?;
                }
                Step::Share(name, patch) => {
                    let patched = self.cluster.patch_lists(Kind::ConfigMap, &name, &patch).await;
                    self.again(patched).await?;
                }
                Step::MarkDone(patch) => {
                    let patched = self.cluster.patch_job_status(self.name(), &patch).await;
                    self.again(patched).await?;
                }
                Step::HandOver(pods) => self.hand_over(pods).await?,
                Step::Count => self.count().await?,
                Step::Release(_) if !self.is_read_back => {
                    self.look().await?;
                    self.is_read_back = true;
                }
                Step::Release(patch) => match self.cluster.patch(Kind::Job, self.name(), &patch).await {
                    Ok(job) => return Ok(job),
                    Err(error) => self.again(Err(error)).await?,
                },
                Step::Done => return Ok(self.seen.job.take().unwrap_or_default()),
                Step::Refuse(refusal) => return Err(Stopped::For(self.refusal(&refusal))),
            }
        }
    }

    /// What has come of a change is looked at, whether it was answered or not: it may be lost, or somebody faster. What
    /// the server does not allow is no use to repeat.
    async fn again(&mut self, done: Result<Value, ClusterError>) -> Result<(), Stopped> {
        self.writes += 1;
        let most = self.rerun.wanted.helpers.len() + self.rerun.wanted.shared.len() + REPEATS;
        match done {
            Err(error) if self.writes > most => Err(error.into()),
            Err(error) if error.is_passing() || error.is_conflict() || error.is_not_found() => Ok(self.look().await?),
            Err(error) if error.is_already_exists() => Ok(self.look().await?),
            Err(error) => Err(error.into()),
            Ok(_) => Ok(self.look().await?),
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
                Ok(self.look().await?)
            }
            Err(error) if error.is_passing() => {
                // Its answer may be lost alone.
                self.look().await.map_err(|_| Stopped::By(error.clone()))?;
                let there =
                    self.seen.job.as_ref().filter(|job| Mark::of(job).as_ref() == Some(&self.rerun.wanted.mark));
                self.seen.ours = Some(there.map(uid).ok_or(Stopped::By(error))?.to_owned());
                Ok(())
            }
            Err(error) if error.is_already_exists() => Ok(self.look().await?),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads what is there.
    async fn look(&mut self) -> Result<(), ClusterError> {
        self.seen.job = self.found(Kind::Job, self.name()).await?;
        let (source, of) = &self.rerun.source;
        self.seen.source = self.found(Kind::Job, source).await?.filter(|job| uid(job) == of);
        self.seen.rival = self.rival().await?;
        (self.seen.helpers, self.seen.shared) = (Vec::new(), Vec::new());
        for helper in &self.rerun.wanted.helpers {
            let name = helper["metadata"]["name"].as_str().unwrap_or_default();
            self.seen.helpers.push(self.found(Kind::ConfigMap, name).await?);
        }
        for name in &self.rerun.wanted.shared {
            self.seen.shared.push(self.found(Kind::ConfigMap, name).await?);
        }
        self.seen.pods = self.pods().await?;
        Ok(())
    }

    async fn found(&self, kind: Kind, name: &str) -> Result<Option<Value>, ClusterError> {
        match self.cluster.get(kind, name).await {
            Err(error) if error.is_not_found() => Ok(None),
            found => found.map(Some),
        }
    }

    /// A run of the same chain that was not there when it was decided what to run, and was begun before this one.
    async fn rival(&self) -> Result<Option<String>, ClusterError> {
        let age = |job: &Value| (job["metadata"]["creationTimestamp"].to_string(), uid(job).to_owned());
        let ours = self.seen.job.as_ref().filter(|job| self.seen.ours.as_deref() == Some(uid(job))).map(age);
        let runs = self.cluster.later_runs().await?;
        let is_rival = |job: &&Value| {
            let is_new = !self.rerun.known.iter().any(|known| known == uid(job));
            let is_ours = self.seen.ours.as_deref() == Some(uid(job));
            let is_of_chain = job["metadata"]["labels"][CHAIN] == self.rerun.chain.as_str();
            is_of_chain && is_new && !is_ours && ours.as_ref().is_none_or(|ours| age(job) < *ours)
        };
        let rival = runs.iter().find(is_rival);
        // One of the same name speaks for itself.
        Ok(rival
            .and_then(|job| job["metadata"]["name"].as_str())
            .filter(|name| *name != self.name())
            .map(str::to_owned))
    }

    /// The pods of all runs, where they are to be taken over.
    async fn pods(&self) -> Result<Vec<EndedPod>, ClusterError> {
        let mut pods: Vec<EndedPod> = Vec::new();
        if self.rerun.wanted.mark.way == Way::Adopt {
            for selector in &self.rerun.selectors {
                for pod in self.cluster.ended_pods(selector).await? {
                    if pods.iter().all(|known| known.uid != pod.uid) {
                        pods.push(pod);
                    }
                }
            }
        }
        Ok(pods)
    }

    /// Hands pods over, several at a time; of which one that was not taken, the next look tells why.
    async fn hand_over(&mut self, pods: Vec<HandOver>) -> Result<(), Stopped> {
        let all = self.rerun.wanted.done.set().len();
        let mut done = all.saturating_sub(u32::try_from(pods.len()).unwrap_or(u32::MAX));
        let (cluster, name) = (self.cluster, self.name().to_owned());
        let requests = pods
            .into_iter()
            .map(|HandOver { pod, patch }| async move { cluster.patch_lists(Kind::Pod, &pod, &patch).await });
        let mut answers = stream::iter(requests).buffer_unordered(AT_ONCE);
        let mut passing = None;
        while let Some(result) = answers.next().await {
            match result {
                Ok(_) => done += 1,
                Err(error) if error.is_conflict() || error.is_not_found() => {}
                Err(error) if error.is_passing() => passing = Some(error),
                Err(error) => return Err(error.into()),
            }
            let text = || format!("{done} of {all} pods handed over");
            self.progress.show(&name, text, |_| text())?;
        }
        match passing {
            Some(error) => self.again(Err(error)).await,
            None => Ok(self.look().await?),
        }
    }

    /// Waits a little for the controller, which counts the pods that were handed over.
    async fn count(&mut self) -> Result<(), Stopped> {
        let all = self.rerun.wanted.done.set().len();
        let job = self.seen.job.as_ref();
        let counted = job.and_then(|job| job["status"]["completedIndexes"].as_str()).unwrap_or_default();
        let counted = IndexSet::from_api(counted, u32::MAX).len();
        let name = self.name().to_owned();
        let text = || format!("{counted} of {all} pods counted by the job controller");
        self.progress.show(&name, text, |_| text())?;
        if counted != self.last_count.0 {
            self.last_count = (counted, Instant::now());
        } else if self.last_count.1.elapsed() > PATIENCE {
            self.last_count.1 = Instant::now();
            self.term.note(&format!("{name}: {} (still waiting; is kube-controller-manager running?)", text()));
        }
        sleep(BETWEEN_COUNTS).await;
        // Only the Job tells; pods are looked at again when it has not for a while.
        self.seen.job = self.found(Kind::Job, &name).await?;
        if self.last_count.1.elapsed() > BETWEEN_COUNTS * 10 {
            self.look().await?;
        }
        Ok(())
    }

    /// What is half-made is taken back.
    async fn undo(&self, failure: Failure) -> Result<Value, Failure> {
        let hint = format!("kubectl indexedjob retry {} --undo{}", self.rerun.source.0, self.given);
        let name = self.name();
        match self.cluster.get(Kind::Job, name).await {
            Ok(job) if self.seen.ours.as_deref() != Some(uid(&job)) || Mark::of(&job).is_none() => {}
            Ok(job) => {
                if take_back(&job, self.cluster).await.is_err() {
                    self.term.note(&format!("job {name} is half-made and suspended"));
                    return Err(failure.hint(hint));
                }
            }
            Err(error) if error.is_not_found() => {}
            Err(_) => return Err(failure.hint(hint)),
        }
        self.free_source().await;
        Err(failure)
    }

    /// Gives the source its time to live back, as far as that can be done.
    async fn free_source(&self) {
        if let Ok(source) = self.cluster.get(Kind::Job, &self.rerun.source.0).await
            && let Some(patch) = free_source(&source)
            && let Err(error) = self.cluster.patch(Kind::Job, &self.rerun.source.0, &patch).await
        {
            self.term
                .note(&format!("ttlSecondsAfterFinished of {} could not be given back: {error}", self.rerun.source.0));
        }
    }

    fn interrupted(&self, error: ClusterError) -> Failure {
        let (source, given) = (&self.rerun.source.0, self.given);
        let failure = Failure::from(error);
        match self.seen.ours {
            Some(_) => failure.hint(format!(
                "job {} is half-made and suspended; the same command goes on, and this takes it back: \
                 kubectl indexedjob retry {source} --undo{given}",
                self.name()
            )),
            None => failure,
        }
    }

    fn refusal(&self, refusal: &Refusal) -> Failure {
        // What was not there when it was decided what to run is another retry's.
        let is_raced = self.is_of_chain() && self.rerun.begun.is_none();
        refused(refusal, self.name(), &self.rerun.source.0, is_raced, self.given)
    }

    fn is_of_chain(&self) -> bool {
        let job = self.seen.job.as_ref();
        job.is_some_and(|job| job["metadata"]["labels"][CHAIN] == self.rerun.chain.as_str())
    }
}
