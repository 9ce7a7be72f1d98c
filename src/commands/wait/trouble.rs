//! Why nothing moves. As long as something does, nobody asks: the Job itself is watched, and neither pods nor events are
//! read.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use indexedjob_core::facts::{EventFacts, JobFacts, PodFacts};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::progress::{Change, JobProgress, PodTally, Tally};
use indexedjob_core::stuck::{self, Obstacle, Stuck};
use indexedjob_core::text::Foreign;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::cluster::{Cluster, ClusterError, Kind, Phases, PodQuery};

/// Nothing has moved for so long: the first look.
const FIRST_LOOK: Duration = Duration::from_secs(4);
/// The second look; each later one comes after twice the time, or a minute.
const SECOND_LOOK: Duration = Duration::from_secs(10);
const LONGEST: Duration = Duration::from_secs(60);
/// What every pod goes through is told when it takes so long.
const USUAL_TIME: Duration = Duration::from_secs(9);
/// A pod has 30 seconds to end, if nobody says otherwise.
const TIME_TO_STOP: Duration = Duration::from_secs(40);
/// Between two notes of one cause, for indexes that it concerns since.
const AGAIN: Duration = Duration::from_secs(30);

/// How many Jobs are looked at at a time.
const LOOKS: usize = 4;
/// Of more Jobs one cause is not told.
const JOBS: usize = 5;

/// What all waits have in common, so that a thousand Jobs that wait for the same are neither asked for at the same time
/// nor told one by one.
pub(super) struct Common {
    pub(super) looks: Semaphore,
    /// Of which Jobs each cause was told.
    told: RefCell<BTreeMap<(Obstacle, String), BTreeSet<String>>>,
}

/// How a cause is told of one more Job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Telling {
    InFull,
    /// That it concerns other Jobs, too.
    ThatThereAreMore,
    NotAtAll,
}

impl Common {
    pub(super) fn new() -> Self {
        Self { looks: Semaphore::new(LOOKS), told: RefCell::default() }
    }

    /// What comes of `reading`, once it has its turn.
    pub(super) async fn in_turn<T>(&self, reading: impl Future<Output = T>) -> T {
        // It is never closed.
        let _permit = self.looks.acquire().await.ok();
        reading.await
    }

    /// How this cause is to be told of the Job `name`.
    pub(super) fn telling(&self, cause: &Stuck, name: &str) -> Telling {
        let mut told = self.told.borrow_mut();
        let jobs = told.entry(cause.key()).or_default();
        let is_new = jobs.len() <= JOBS && jobs.insert(name.to_owned());
        match jobs.len() {
            ..=JOBS => Telling::InFull,
            _ if is_new => Telling::ThatThereAreMore,
            _ => Telling::NotAtAll,
        }
    }
}

/// When something moved last, and what has been told since.
pub(super) struct Trouble {
    /// How it was then.
    state: Option<State>,
    moved: Instant,
    /// How long after that the next look comes.
    next: Duration,
    told: BTreeMap<(Obstacle, String), (IndexSet, Instant)>,
    complained: Vec<String>,
}

/// What moves.
#[derive(Clone, Copy, PartialEq, Eq)]
struct State {
    /// Of an Indexed Job.
    indexes: Option<Tally>,
    /// Of any other.
    pods: Option<PodTally>,
    suspended: bool,
}

/// What a look has found.
pub(super) struct Look {
    /// The Job and those of its pods that are not done.
    pub(super) progress: JobProgress,
    /// The same pods of a Job that is not Indexed.
    pods: Vec<PodFacts>,
    /// What keeps them from running.
    causes: Vec<Stuck>,
    /// Who suspended it, if that is known.
    pub(super) suspended_by: Option<Foreign>,
    /// Its place in the queue that it waits in, if that is known.
    place: Option<u32>,
    /// What could not be read.
    errors: Vec<ClusterError>,
}

impl Trouble {
    pub(super) fn new() -> Self {
        let (moved, next) = (Instant::now(), FIRST_LOOK);
        Self { state: None, moved, next, told: BTreeMap::new(), complained: vec![] }
    }

    /// Is it time to look why nothing moves? True once for each look.
    pub(super) fn is_due(&mut self, progress: &JobProgress) -> bool {
        let Some(job) = progress.job() else { return false };
        let state = State { indexes: progress.tally(), pods: progress.pod_tally(), suspended: job.suspended };
        if self.state != Some(state) {
            if self.state.is_some_and(|before| before.suspended != job.suspended) {
                self.told.retain(|(obstacle, _), _| *obstacle != Obstacle::Suspended);
            }
            (self.state, self.moved, self.next) = (Some(state), Instant::now(), FIRST_LOOK);
            return false;
        }
        let in_between = state.indexes.map_or(0, |tally| tally.starting + tally.terminating);
        let in_between = in_between + state.pods.map_or(0, |tally| tally.starting + tally.terminating);
        let waits = job.suspended || in_between > 0 || job.pods_missing() > 0;
        let is_over = progress.verdict().is_some_and(|verdict| verdict.settled);
        if !waits || is_over || self.moved.elapsed() < self.next {
            return false;
        }
        self.next = if self.next < SECOND_LOOK { SECOND_LOOK } else { self.next + self.next.min(LONGEST) };
        true
    }

    /// What could not be read, as far as that is new.
    pub(super) fn complaints(&mut self, found: &Look) -> Vec<String> {
        let all = found.errors.iter().map(|error| format!("why nothing moves cannot be read: {error}"));
        let new: Vec<_> = all.filter(|complaint| !self.complained.contains(complaint)).collect();
        self.complained.extend(new.iter().cloned());
        new
    }

    /// The causes that are to be told now: each once, and again only for other indexes.
    pub(super) fn news(&mut self, found: &Look) -> Vec<Stuck> {
        let (now, quiet) = (Instant::now(), self.moved.elapsed());
        let mut causes = found.causes.clone();
        // What is over for some time is told again when it comes back.
        let there: BTreeSet<_> = causes.iter().map(Stuck::key).collect();
        self.told.retain(|key, (_, at)| there.contains(key) || now < *at + AGAIN);
        causes.retain(|cause| {
            let patience = match cause.obstacle {
                Obstacle::Usual | Obstacle::NotReady => USUAL_TIME,
                Obstacle::Terminating => TIME_TO_STOP,
                _ => Duration::ZERO,
            };
            let told = self.told.get(&cause.key());
            let is_new = told.is_none_or(|(told, at)| !cause.indexes.difference(told).is_empty() && now >= *at + AGAIN);
            quiet >= patience && is_new
        });
        self.told.extend(causes.iter().map(|cause| (cause.key(), (cause.indexes.clone(), now))));
        let placed = |cause: Stuck| match found.place {
            Some(place) if cause.obstacle == Obstacle::Suspended => cause.at_place(place),
            _ => cause,
        };
        causes.into_iter().map(placed).collect()
    }
}

impl Look {
    fn of(progress: JobProgress) -> Self {
        Self { progress, pods: vec![], causes: vec![], suspended_by: None, place: None, errors: vec![] }
    }

    /// Looks why nothing of `job` moves.
    pub(super) async fn new(cluster: Cluster, job: JobFacts, common: &Common) -> Self {
        // It is never closed.
        let _permit = common.looks.acquire().await.ok();
        let (suspended, missing) = (job.suspended, job.pods_missing() > 0);
        let mut look = Self::of(JobProgress::of(job.clone()));
        if suspended {
            look.ask_who_suspended(&cluster, &job).await;
            look.causes = look.held_up();
            return look;
        }
        let pods = look.pods(&cluster, &job, missing).await;
        match job.indexed {
            true => look.progress.observe(Change::Pods(pods)),
            false => look.pods = pods,
        }
        if missing {
            let events = facts(look.read(cluster.events(&job.name, &job.uid).await));
            look.progress.observe_events(&events);
        }
        look.causes = look.held_up();
        look.ask_pods(&cluster).await;
        look
    }

    fn held_up(&self) -> Vec<Stuck> {
        match self.progress.job().is_some_and(|job| job.indexed) {
            true => stuck::causes(&self.progress),
            false => stuck::causes_of_pods(&self.progress, &self.pods),
        }
    }

    /// What keeps `only` these indexes from running; None for all.
    pub(super) fn narrowed(mut self, only: Option<&IndexSet>) -> Self {
        if let Some(only) = only {
            self.causes.iter_mut().for_each(|cause| cause.indexes = cause.indexes.intersection(only));
            self.causes.retain(|cause| !cause.indexes.is_empty());
        }
        self
    }

    /// The pods that may not get on: those that wait to begin, and all that are not done where that is not all of it.
    async fn pods(&mut self, cluster: &Cluster, job: &JobFacts, missing: bool) -> Vec<PodFacts> {
        let list = async |phases| cluster.pods(job, &PodQuery::in_phases(phases)).await;
        if !missing && job.terminating == 0 {
            let Some(pending) = self.read(list(Phases::Pending).await) else { return vec![] };
            let accounted = u32::try_from(pending.len()).unwrap_or(u32::MAX).saturating_add(job.ready.unwrap_or(0));
            if !pending.is_empty() && accounted >= job.active {
                return pending;
            }
        }
        self.read(list(Phases::NotSucceeded).await).unwrap_or_default()
    }

    /// What a pod does not say itself its events may tell; one speaks for all that wait in the same way.
    async fn ask_pods(&mut self, cluster: &Cluster) {
        for at in 0..self.causes.len() {
            let pods = self.progress.all_attempts().map(|(_, pod)| pod).chain(&self.pods);
            let Some(pod) = stuck::pod_to_ask(pods, &self.causes[at]) else { continue };
            let events = cluster.events_of("Pod", &pod.name, &pod.uid).await;
            if let Some(message) = stuck::told_by_events(&facts(self.read(events))) {
                self.causes[at].message = message;
            }
        }
    }

    /// A Job in a queue is suspended by the queue, whoever wrote it.
    async fn ask_who_suspended(&mut self, cluster: &Cluster, job: &JobFacts) {
        if let Some(queue) = &job.queue {
            self.place = cluster.place_in_queue(queue.raw(), &job.uid).await;
            return;
        }
        let object = cluster.get(Kind::Job, &job.name).await;
        self.suspended_by = self.read(object).as_ref().and_then(stuck::suspended_by);
    }

    fn read<T>(&mut self, read: Result<T, ClusterError>) -> Option<T> {
        read.map_err(|error| self.errors.push(error)).ok()
    }
}

fn facts(events: Option<Vec<Value>>) -> Vec<EventFacts> {
    events.into_iter().flatten().filter_map(|event| serde_json::from_value(event).ok()).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::time::advance;

    use super::*;

    fn job(spec: &Value, status: &Value) -> JobProgress {
        let mut job = json!({"metadata": {"name": "x", "uid": "u"}, "spec": spec, "status": status});
        job["spec"]["completionMode"] = json!("Indexed");
        job["spec"]["completions"] = json!(10);
        JobProgress::of(serde_json::from_value(job).unwrap())
    }

    /// At which seconds of so many the Job is looked at, if nothing moves.
    async fn looks(progress: &JobProgress, seconds: u32) -> Vec<u32> {
        let (mut trouble, mut looks) = (Trouble::new(), vec![]);
        for second in 0..seconds {
            looks.extend(trouble.is_due(progress).then_some(second));
            advance(Duration::from_secs(1)).await;
        }
        looks
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_move_is_looked_at_less_and_less() {
        let starting = job(&json!({"parallelism": 3}), &json!({"active": 3, "ready": 0}));
        assert_eq!(looks(&starting, 300).await, [4, 10, 20, 40, 80, 140, 200, 260]);
        let failing = json!([{"type": "FailureTarget", "status": "True"}]);
        let stopping = job(&json!({}), &json!({"terminating": 1, "conditions": failing}));
        assert_eq!(looks(&stopping, 15).await, [4, 10]);
        let missing = job(&json!({"parallelism": 3}), &json!({"active": 2, "ready": 2}));
        assert_eq!(looks(&missing, 15).await, [4, 10]);
        let suspended = job(&json!({"suspend": true}), &json!({}));
        assert_eq!(looks(&suspended, 15).await, [4, 10]);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_looks_while_something_moves_or_tasks_just_take_their_time() {
        let running = job(&json!({"parallelism": 3}), &json!({"active": 3, "ready": 3}));
        assert_eq!(looks(&running, 100).await, [0; 0]);
        let mut trouble = Trouble::new();
        for second in 0..100 {
            let starting = job(&json!({}), &json!({"active": 1 + second % 2, "ready": 0}));
            assert!(!trouble.is_due(&starting));
            advance(Duration::from_secs(3)).await;
        }
    }

    fn found(indexes: std::ops::Range<u32>, reason: &str) -> Look {
        let pods = indexes.map(|index| {
            let state = json!({"waiting": {"reason": reason, "message": format!("try {index}")}});
            let annotations = json!({"batch.kubernetes.io/job-completion-index": index.to_string()});
            serde_json::from_value(json!({
                "metadata": {"name": format!("p{index}"), "uid": format!("p{index}"), "annotations": annotations},
                "spec": {"nodeName": "n", "containers": [{"name": "w"}]},
                "status": {"phase": "Pending", "containerStatuses": [{"name": "w", "state": state}]},
            }))
            .unwrap()
        });
        let mut progress = job(&json!({}), &json!({"active": 3}));
        progress.observe(Change::Pods(pods.collect()));
        let causes = stuck::causes(&progress);
        Look { causes, ..Look::of(progress) }
    }

    #[tokio::test(start_paused = true)]
    async fn a_cause_is_told_once_and_again_for_others() {
        let mut trouble = Trouble::new();
        let mut told = |found: &Look| -> Vec<String> {
            trouble.news(found).iter().map(|cause| format!("{} {}", cause.reason.raw(), cause.indexes)).collect()
        };
        assert_eq!(told(&found(0..3, "ErrImagePull")), ["ErrImagePull 0-2"]);
        assert_eq!(told(&found(0..3, "ImagePullBackOff")), [""; 0]);
        assert_eq!(told(&found(0..3, "CreateContainerConfigError")), ["CreateContainerConfigError 0-2"]);
        assert_eq!(told(&found(0..3, "ErrImagePull")), [""; 0]);
        assert_eq!(told(&found(0..5, "ErrImagePull")), [""; 0]);
        advance(AGAIN).await;
        assert_eq!(told(&found(0..5, "ErrImagePull")), ["ErrImagePull 0-4"]);
        assert_eq!(told(&found(0..2, "ErrImagePull")), [""; 0]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_went_away_and_came_back_is_told_again() {
        let mut trouble = Trouble::new();
        let image = found(0..3, "ErrImagePull");
        assert_eq!(trouble.news(&image).len(), 1);
        advance(AGAIN).await;
        assert!(trouble.news(&found(0..0, "")).is_empty());
        assert_eq!(trouble.news(&image).len(), 1);

        let (mut trouble, running) = (Trouble::new(), job(&json!({}), &json!({"active": 1, "ready": 1})));
        let progress = job(&json!({"suspend": true}), &json!({}));
        let causes = stuck::causes(&progress);
        let suspended = Look { causes, ..Look::of(progress.clone()) };
        trouble.is_due(&progress);
        assert_eq!((trouble.news(&suspended).len(), trouble.news(&suspended).len()), (1, 0));
        trouble.is_due(&running);
        trouble.is_due(&progress);
        assert_eq!(trouble.news(&suspended).len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn what_every_pod_goes_through_is_told_when_it_lasts() {
        let mut trouble = Trouble::new();
        let creating = found(0..2, "ContainerCreating");
        advance(FIRST_LOOK).await;
        assert!(trouble.news(&creating).is_empty());
        advance(SECOND_LOOK.saturating_sub(FIRST_LOOK)).await;
        assert_eq!(trouble.news(&creating).len(), 1);
    }

    #[test]
    fn what_holds_up_many_jobs_is_told_of_some() {
        let (common, found) = (Common::new(), found(0..1, "ErrImagePull"));
        let cause = stuck::causes(&found.progress).remove(0);
        let told: Vec<_> = (0..8).map(|job| common.telling(&cause, &format!("j{job}"))).collect();
        assert_eq!(told[..5], [Telling::InFull; 5]);
        assert_eq!(told[5..], [Telling::ThatThereAreMore, Telling::NotAtAll, Telling::NotAtAll]);
    }
}
