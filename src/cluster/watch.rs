//! A Job, its pods, or all Jobs of a selector, as they change: look, watch from there, and look again whenever the watch ends, for whatever
//! reason.
//!
//! Level-triggered: nothing is derived from the order of events, so a lost one costs time but no truth. A server that
//! is away for a while does not end it; what the user must act on does (no such right, no valid credentials).
//!
//! The library's watcher lists before it watches, which for one Job needs one right more, and goes on for ever after a
//! refusal; so the loop is our own, and the frames are read with a limit.

use std::time::Duration;

use futures::{Stream, stream};
use indexedjob_core::facts::JobFacts;
use indexedjob_core::progress::Change;

use tokio::time::Instant;

use super::frames::{Event, Events};
use super::http::{Ask, Outage, Tries};
use super::objects::query;
use super::retry::{Backoff, jittered};
use super::watched::{Jobs, JobsChange, Looked, OneJob, PodsOf, Told, Watched};
use super::{Cluster, ClusterError, Note};

/// How long the server keeps a watch open; some proxies end it after 5 minutes anyway.
const WATCH_TIME: Duration = Duration::from_secs(270);
/// A watch that lived so long was no failure, even if nothing came.
const GOOD_LIFE: Duration = Duration::from_secs(10);
/// How long a server that was away may refuse what it allowed before.
const STARTING: Duration = Duration::from_secs(30);
/// The longest wait that a server may ask for between two looks.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl Cluster {
    /// The Job `name` as it is now and whenever it changes; [`Change::JobGone`] whenever there is none of that name.
    ///
    /// It ends only after an error. Another Job of the same name is told like any other change: compare the uid.
    pub(crate) fn watch_job(
        &self,
        name: &str,
    ) -> impl Stream<Item = Result<Change, ClusterError>> + Send + Unpin + use<> {
        self.watch(OneJob(name.to_owned()))
    }

    /// The pods of `job`, of all indexes: [`Change::Pods`] first and whenever they had to be listed anew, then one by
    /// one as they change.
    ///
    /// It ends only after an error.
    pub(crate) fn watch_pods(
        &self,
        job: &JobFacts,
    ) -> impl Stream<Item = Result<Change, ClusterError>> + Send + Unpin + use<> {
        self.watch(PodsOf(Box::new(job.clone())))
    }

    /// The Jobs that the label selector picks, all where it is empty, by one watch for all of them:
    /// [`JobsChange::All`] first and whenever they had to be listed anew, then one by one as they change.
    ///
    /// It ends only after an error. A Job that was told gone may have lost its label only: look at it to know.
    pub(crate) fn watch_jobs(
        &self,
        selector: &str,
    ) -> impl Stream<Item = Result<JobsChange, ClusterError>> + Send + Unpin + use<> {
        self.watch(Jobs(selector.to_owned()))
    }

    fn watch<W: Watched>(
        &self,
        watched: W,
    ) -> impl Stream<Item = Result<W::Change, ClusterError>> + Send + Unpin + use<W> {
        let watch = Watch {
            cluster: self.clone(),
            watched,
            next: Next::Look { first: true },
            told: None,
            backoff: Backoff::default(),
            outage: None,
            renewed: false,
            polling: false,
            away: None,
        };
        Box::pin(stream::unfold(Some(watch), async |watch| {
            let mut watch = watch?;
            let told = watch.change().await;
            let ended = told.is_err();
            Some((told, (!ended).then_some(watch)))
        }))
    }
}

struct Watch<W> {
    cluster: Cluster,
    watched: W,
    next: Next,
    /// What was told of the Job last, so that a look that finds nothing new stays silent.
    told: Option<Told>,
    backoff: Backoff,
    /// The present trouble, which has been told.
    outage: Option<Outage>,
    /// Have the credentials been renewed since they last worked?
    renewed: bool,
    /// Is watching forbidden?
    polling: bool,
    /// When the server was last away.
    away: Option<Instant>,
}

enum Next {
    Look {
        first: bool,
    },
    /// Look again after a while.
    Pause,
    /// Watch from this resource version.
    Open(String),
    Read(Events),
}

impl<W: Watched> Watch<W> {
    /// The next change. After an error there is none.
    async fn change(&mut self) -> Result<W::Change, ClusterError> {
        loop {
            let change = match &mut self.next {
                Next::Look { first } => {
                    let first = *first;
                    self.look(first).await?
                }
                Next::Pause => {
                    tokio::time::sleep(jittered(self.watched.poll())).await;
                    self.next = Next::Look { first: false };
                    None
                }
                Next::Open(version) => {
                    let version = std::mem::take(version);
                    self.open(&version).await;
                    None
                }
                Next::Read(events) => {
                    let event = events.next(&self.watched, &self.watched.asked(&self.cluster)).await;
                    self.take(event).await
                }
            };
            if let Some(change) = change {
                return Ok(change);
            }
        }
    }

    /// Looks at the whole. Returns what is new.
    async fn look(&mut self, first: bool) -> Result<Option<W::Change>, ClusterError> {
        // The first look is bounded, so that a server that never worked is an error; later ones are patient.
        let tries = if first { Tries::Bounded } else { Tries::Once };
        self.next = Next::Look { first: false };
        match self.watched.look(&self.cluster, tries).await {
            Ok(Looked { change, version }) => {
                self.renewed = false;
                self.next = match version {
                    Some(version) if !self.polling => Next::Open(version),
                    _ => Next::Pause,
                };
                Ok(self.news(change))
            }
            Err(error) if first => Err(error),
            Err(error) => self.missed(error).await,
        }
    }

    /// After a look that failed: waits, or gives up where waiting does not help.
    async fn missed(&mut self, error: ClusterError) -> Result<Option<W::Change>, ClusterError> {
        if error.is_unauthorized() && !std::mem::replace(&mut self.renewed, true) && self.cluster.http.renew().await? {
            return Ok(None);
        }
        if !error.is_passing() && !self.just_back(&error) {
            return Err(error);
        }
        self.wait_out(&error).await;
        Ok(None)
    }

    async fn open(&mut self, version: &str) {
        self.next = Next::Look { first: false };
        match self.cluster.http.open(&self.ask(version)).await {
            Ok(answer) => {
                self.next = Next::Read(Events::new(answer.into_body().into()));
            }
            Err(error) if self.just_back(&error) => self.wait_out(&error).await,
            // Not to be had for this user, or not on this server; a look is.
            Err(error) if error.is_forbidden() || error.is_no_watch() => {
                self.polling = true;
                self.cluster.http.note(Note::Polling { why: error.to_string(), every: self.watched.poll() });
                self.next = Next::Pause;
            }
            // The look that follows finds out what there is to do about it.
            Err(error) if error.is_unauthorized() => tokio::time::sleep(self.backoff.next()).await,
            Err(error) => self.wait_out(&error).await,
        }
    }

    /// What an event means. A watch that ends is no trouble in itself; one that ends at once, again and again, is
    /// not asked for in a tight loop.
    async fn take(&mut self, event: Event<W::Change>) -> Option<W::Change> {
        match event {
            Event::Change(change) => {
                self.recovered();
                self.news(change)
            }
            Event::Nothing => {
                self.recovered();
                None
            }
            Event::End => {
                self.close();
                tokio::time::sleep(self.backoff.next()).await;
                None
            }
            Event::Broken(error) => {
                self.close();
                if error.is_expired() {
                    tokio::time::sleep(self.backoff.next()).await;
                } else {
                    self.wait_out(&error).await;
                }
                None
            }
        }
    }

    fn close(&mut self) {
        if let Next::Read(events) = &self.next
            && events.age() >= GOOD_LIFE
        {
            self.recovered();
        }
        self.next = Next::Look { first: false };
    }

    fn recovered(&mut self) {
        self.backoff = Backoff::default();
        self.outage = None;
    }

    /// Says once per outage what is wrong, and waits.
    async fn wait_out(&mut self, error: &ClusterError) {
        let asked_for = error.retry_after().unwrap_or_default().min(LONGEST_WAIT);
        let delay = self.backoff.next().max(asked_for);
        if !error.is_forbidden() && !error.is_unauthorized() {
            self.away = Some(Instant::now());
        }
        let note = || self.cluster.http.outage(Note::Retrying { why: error.to_string(), delay });
        self.outage.get_or_insert_with(note);
        tokio::time::sleep(delay).await;
    }

    /// An API server that has just started refuses what it allows as soon as it has read its rights and accounts.
    fn just_back(&self, error: &ClusterError) -> bool {
        let refused = error.is_forbidden() || error.is_unauthorized();
        refused && self.away.is_some_and(|at| at.elapsed() < STARTING)
    }

    /// The change, unless it tells what was told last.
    fn news(&mut self, change: W::Change) -> Option<W::Change> {
        let Some(told) = W::told(&change) else { return Some(change) };
        let before = self.told.replace(told);
        (before != self.told).then_some(change)
    }

    fn ask(&self, version: &str) -> Ask {
        let seconds = jittered(WATCH_TIME).as_secs().to_string();
        let (path, (by, selector)) = self.watched.selection(&self.cluster);
        let query = query(&[
            ("watch", "true"),
            (by, &selector),
            ("resourceVersion", version),
            ("timeoutSeconds", &seconds),
            ("allowWatchBookmarks", "true"),
        ]);
        Ask::get(format!("{path}{query}"), self.watched.asked(&self.cluster))
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use serde_json::{Value, json};
    use tokio::time::{Instant, timeout};

    use super::super::script::{Answer, Ending, Seen, cluster, frame, job, ok, status, status_json};
    use super::*;

    async fn told(answers: impl IntoIterator<Item = Answer>) -> (Vec<String>, Seen) {
        told_until(Duration::from_secs(50), answers).await
    }

    /// What a stream says until it ends or is silent for so long, and what was seen of it from outside.
    async fn told_until(silence: Duration, answers: impl IntoIterator<Item = Answer>) -> (Vec<String>, Seen) {
        let (cluster, seen) = cluster(answers);
        (all_of(silence, cluster.watch_job("x")).await, seen)
    }

    async fn all_of(
        silence: Duration,
        mut changes: impl Stream<Item = Result<Change, ClusterError>> + Unpin,
    ) -> Vec<String> {
        let mut told = Vec::new();
        while let Ok(Some(change)) = timeout(silence, changes.next()).await {
            told.push(match change {
                Ok(Change::Job(job)) => format!("{}@{}", job.uid, job.resource_version),
                Ok(Change::JobGone) => "gone".to_owned(),
                Ok(Change::Pods(pods)) => pods.iter().map(|pod| pod.name.as_str()).collect::<Vec<_>>().join(","),
                Ok(Change::Pod(pod)) => format!("+{}", pod.name),
                Ok(Change::PodGone(pod)) => format!("-{}", pod.name),
                Err(error) => error.to_string(),
            });
        }
        told
    }

    /// What is told of the pods of the Job `x`, whose selector is `a=1`.
    async fn told_of_pods(answers: impl IntoIterator<Item = Answer>) -> (Vec<String>, Seen) {
        let (cluster, seen) = cluster(answers);
        let spec = json!({"selector": {"matchLabels": {"a": "1"}}, "manualSelector": true});
        let job = serde_json::from_value(json!({"metadata": {"name": "x", "uid": "u"}, "spec": spec})).unwrap();
        (all_of(Duration::from_secs(50), cluster.watch_pods(&job)).await, seen)
    }

    fn pod(name: &str, owner: &str) -> Value {
        json!({"metadata": {"name": name, "ownerReferences": [{"uid": owner, "controller": true}]}})
    }

    /// One page of a list of pods, at version 7.
    fn pods(names: &[&str], next: &str) -> Answer {
        let items: Vec<_> = names.iter().map(|name| pod(name, "u")).collect();
        ok(&json!({"items": items, "metadata": {"resourceVersion": "7", "continue": next}}))
    }

    fn watch(frames: &[(&str, Value)], ending: Ending) -> Answer {
        Answer::Pieces(frames.iter().map(|(kind, object)| frame(kind, object)).collect(), ending)
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_is_seen_through_its_life_and_after() {
        let frames = [
            ("MODIFIED", job("u", "2")),
            ("BOOKMARK", job("", "3")),
            ("DELETED", job("u", "4")),
            ("ADDED", job("v", "5")),
        ];
        let (told, seen) = told([ok(&job("u", "1")), watch(&frames, Ending::Never)]).await;
        assert_eq!(told, ["u@1", "u@2", "gone", "v@5"]);
        let request = &seen.requests()[1];
        let want =
            "GET /apis/batch/v1/namespaces/ns/jobs?watch=true&fieldSelector=metadata.name%3Dx&resourceVersion=1&";
        assert!(request.starts_with(want) && request.ends_with("&allowWatchBookmarks=true"), "{request}");
        assert_eq!(seen.notes(), []);
    }

    #[tokio::test(start_paused = true)]
    async fn pods_are_listed_and_then_told_one_by_one() {
        let frames = [
            ("ADDED", pod("c", "u")),
            ("MODIFIED", pod("of another Job", "v")),
            ("BOOKMARK", pod("", "")),
            ("DELETED", pod("a", "u")),
        ];
        let (told, seen) = told_of_pods([pods(&["a"], "t"), pods(&["b"], ""), watch(&frames, Ending::Never)]).await;
        assert_eq!(told, ["a,b", "+c", "-a"]);
        let want = "GET /api/v1/namespaces/ns/pods?watch=true&labelSelector=a%3D1&resourceVersion=7&";
        assert!(seen.requests()[2].starts_with(want), "{}", seen.requests()[2]);
        assert_eq!(seen.notes(), []);
    }

    #[tokio::test(start_paused = true)]
    async fn many_jobs_are_listed_and_then_told_one_by_one_by_a_single_watch() {
        let list =
            |jobs: &[Value], version: &str| ok(&json!({"items": jobs, "metadata": {"resourceVersion": version}}));
        let frames = [("ADDED", job("v", "8")), ("MODIFIED", job("u", "9")), ("DELETED", job("u", "10"))];
        let (cluster, seen) = cluster([
            list(&[job("u", "3"), job("w", "5")], "7"),
            watch(&frames, Ending::Cut),
            list(&[job("v", "8")], "11"),
            watch(&[], Ending::Never),
        ]);
        let told = cluster.watch_jobs("app=x").take(5).map(|change| match change.unwrap() {
            JobsChange::All(jobs) => jobs.iter().map(|job| job.uid.as_str()).collect::<Vec<_>>().join(","),
            JobsChange::Job(job) => format!("+{}", job.uid),
            JobsChange::Gone(job) => format!("-{}", job.uid),
        });
        assert_eq!(told.collect::<Vec<_>>().await, ["u,w", "+v", "+u", "-u", "v"]);
        let requests = seen.requests();
        assert_eq!(requests[0], "GET /apis/batch/v1/namespaces/ns/jobs?limit=500&labelSelector=app%3Dx");
        let want = "GET /apis/batch/v1/namespaces/ns/jobs?watch=true&labelSelector=app%3Dx&resourceVersion=7&";
        assert!(requests[1].starts_with(want), "{}", requests[1]);
    }

    #[tokio::test(start_paused = true)]
    async fn pods_are_listed_anew_after_all_that_can_happen_to_a_watch() {
        let expired = ("ERROR", status_json(410, "Expired", "too old resource version"));
        let unavailable = || status(503, "ServiceUnavailable", "starting");
        let half_a_list = [pods(&["a"], "t"), unavailable(), pods(&["e"], "")];
        let answers = [pods(&["a"], ""), watch(&[], Ending::Cut), Answer::Refused, pods(&["b"], "")];
        let more = [watch(&[expired], Ending::Clean), pods(&["c"], ""), watch(&[], Ending::Clean)];
        let (told, seen) = told_of_pods(answers.into_iter().chain(more).chain(half_a_list)).await;
        assert_eq!(told, ["a", "b", "c", "e"]);
        // The refusal after the cut is the same outage.
        assert_eq!(seen.notes().len(), 1, "{:?}", seen.notes());
    }

    #[tokio::test(start_paused = true)]
    async fn where_watching_pods_is_forbidden_they_are_listed_every_five_seconds() {
        let forbidden = status(403, "Forbidden", "pods is forbidden");
        let begun = Instant::now();
        let lists = (0..10).map(|_| pods(&["a"], ""));
        let (told, seen) = told_of_pods([pods(&["a"], ""), forbidden].into_iter().chain(lists)).await;
        assert_eq!(told.len(), 11);
        assert!(begun.elapsed() > Duration::from_secs(35) + Duration::from_secs(50));
        let [Note::Polling { every, .. }] = seen.notes()[..] else { panic!("{:?}", seen.notes()) };
        assert_eq!(every, Duration::from_secs(5));
        assert_eq!(told_of_pods([status(403, "Forbidden", "m")]).await.0, ["Error from server (Forbidden): m"]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_cut_in_the_middle_of_a_frame_is_looked_over() {
        let mut half = frame("MODIFIED", &job("u", "2"));
        half.truncate(20);
        for ending in [Ending::Cut, Ending::Clean] {
            let again = watch(&[("MODIFIED", job("u", "4"))], Ending::Never);
            let cut = Answer::Pieces(vec![half.clone()], ending);
            let (told, seen) = told([ok(&job("u", "1")), cut, ok(&job("u", "3")), again]).await;
            assert_eq!(told, ["u@1", "u@3", "u@4"]);
            assert_eq!(seen.notes().len(), 1);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_version_that_is_too_old_is_no_trouble() {
        let gone = ("ERROR", status_json(410, "Expired", "too old resource version: 1 (9)"));
        let (told, seen) = told([
            ok(&job("u", "1")),
            watch(&[gone], Ending::Clean),
            ok(&job("u", "9")),
            watch(&[("MODIFIED", job("u", "10"))], Ending::Never),
        ])
        .await;
        assert_eq!(told, ["u@1", "u@9", "u@10"]);
        assert_eq!(seen.notes(), []);
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_away_for_long_does_not_end_it_and_is_told_once() {
        let begun = Instant::now();
        let mut answers = vec![ok(&job("u", "1")), watch(&[], Ending::Cut)];
        answers.extend((0..10).map(|_| Answer::Refused));
        answers.push(status(503, "ServiceUnavailable", "starting"));
        answers.extend([ok(&job("u", "5")), watch(&[("DELETED", job("u", "6"))], Ending::Never)]);
        let (told, seen) = told(answers).await;
        assert_eq!(told, ["u@1", "u@5", "gone"]);
        assert!(begun.elapsed() > Duration::from_secs(20));
        assert_eq!(seen.notes().len(), 1, "{:?}", seen.notes());
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_is_just_back_may_refuse_for_a_while_but_not_for_ever() {
        let refused = || status(403, "Forbidden", "not yet");
        let away = || [ok(&job("u", "1")), watch(&[], Ending::Cut), Answer::Refused];
        let back = [refused(), refused(), ok(&job("u", "5")), refused(), ok(&job("u", "6"))];
        let end = watch(&[("DELETED", job("u", "7"))], Ending::Never);
        let (told, seen) = told(away().into_iter().chain(back).chain([end])).await;
        assert_eq!(told, ["u@1", "u@5", "u@6", "gone"]);
        assert_eq!(seen.notes().len(), 1, "{:?}", seen.notes());

        let (told, _) = self::told(away().into_iter().chain((0..40).map(|_| refused()))).await;
        assert_eq!(told, ["u@1", "Error from server (Forbidden): not yet"]);
    }

    #[tokio::test(start_paused = true)]
    async fn each_outage_is_told() {
        let outage = || [watch(&[("BOOKMARK", job("", "2"))], Ending::Cut), ok(&job("u", "1"))];
        let answers = [ok(&job("u", "1"))].into_iter().chain(outage()).chain(outage());
        let (told, seen) = told(answers).await;
        assert_eq!((told.len(), seen.notes().len()), (1, 2));
    }

    #[tokio::test(start_paused = true)]
    async fn two_watches_of_one_server_tell_an_outage_once() {
        let cut = || watch(&[], Ending::Cut);
        let (cluster, seen) = cluster([ok(&job("u", "1")), ok(&job("v", "1")), cut(), cut(), Answer::Refused]);
        let silence = Duration::from_secs(50);
        let both =
            futures::future::join(all_of(silence, cluster.watch_job("x")), all_of(silence, cluster.watch_job("x")));
        assert_eq!(both.await, (vec!["u@1".to_owned()], vec!["v@1".to_owned()]));
        assert_eq!((seen.requests().len(), seen.notes().len()), (7, 1), "{:?}", seen.notes());
    }

    #[tokio::test(start_paused = true)]
    async fn an_overloaded_server_says_how_long_to_wait() {
        let busy = Answer::Whole(429, vec![("retry-after", "30".to_owned())], vec![]);
        let (_, seen) = told([ok(&job("u", "1")), busy, ok(&job("u", "1")), watch(&[], Ending::Never)]).await;
        let [Note::Retrying { delay, .. }] = seen.notes()[..] else { panic!("{:?}", seen.notes()) };
        assert_eq!(delay, Duration::from_secs(30));
    }

    #[tokio::test(start_paused = true)]
    async fn where_watching_is_forbidden_it_polls() {
        let forbidden = status(403, "Forbidden", "jobs.batch is forbidden");
        let missing = status(404, "NotFound", "m");
        let looks =
            [ok(&job("u", "1")), forbidden, ok(&job("u", "1")), ok(&job("u", "2")), missing, ok(&job("v", "3"))];
        let (told, seen) = told(looks).await;
        assert_eq!(told, ["u@1", "u@2", "gone", "v@3"]);
        let [Note::Polling { why, .. }, ..] = &seen.notes()[..] else { panic!("{:?}", seen.notes()) };
        assert_eq!(why, "Error from server (Forbidden): jobs.batch is forbidden");
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_that_is_not_there_may_come() {
        let missing = || status(404, "NotFound", "m");
        let (told, _) = told([missing(), missing(), missing(), ok(&job("u", "1")), watch(&[], Ending::Never)]).await;
        assert_eq!(told, ["gone", "u@1"]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_user_must_act_on_ends_it() {
        let forbidden = || status(403, "Forbidden", "m");
        assert_eq!(told([forbidden()]).await.0, ["Error from server (Forbidden): m"]);
        let answers = [ok(&job("u", "1")), watch(&[], Ending::Clean), forbidden()];
        assert_eq!(told(answers).await.0, ["u@1", "Error from server (Forbidden): m"]);
        let expired = status(401, "Unauthorized", "Unauthorized");
        let answers = [ok(&job("u", "1")), watch(&[], Ending::Clean), expired];
        assert_eq!(told(answers).await.0, ["u@1", "error: You must be logged in to the server (Unauthorized)"]);
        assert!(told([Answer::Refused]).await.0[0].contains("was refused"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_watch_is_looked_over() {
        let answers = [ok(&job("u", "1")), watch(&[], Ending::Never), ok(&job("u", "2")), watch(&[], Ending::Never)];
        let (told, seen) = told_until(Duration::from_secs(100), answers).await;
        assert_eq!(told, ["u@1", "u@2"]);
        assert_eq!((seen.requests().len(), seen.notes()), (5, vec![]));
    }

    #[tokio::test(start_paused = true)]
    async fn watches_that_end_at_once_are_not_asked_for_in_a_tight_loop() {
        let answers = (0..20_000).map(|at| if at % 2 == 0 { ok(&job("u", "1")) } else { watch(&[], Ending::Clean) });
        let (_, seen) = told(answers).await;
        assert!(seen.requests().len() < 40, "{} requests in 50 s", seen.requests().len());
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_without_an_end_is_cut_off() {
        let endless = Answer::Pieces(vec![vec![b' '; 1 << 20]; 9], Ending::Never);
        let (told, seen) = told([ok(&job("u", "1")), endless, ok(&job("u", "2"))]).await;
        assert_eq!(told, ["u@1", "u@2"]);
        let Note::Retrying { why, .. } = &seen.notes()[0] else { panic!("{:?}", seen.notes()) };
        assert!(why.ends_with("an event of the watch is too long"), "{why}");
    }
}
