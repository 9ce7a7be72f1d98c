//! A Job as it changes: look, watch from there, and look again whenever the watch ends, for whatever reason.
//!
//! Level-triggered: nothing is derived from the order of events, so a lost one costs time but no truth. A server that
//! is away for a while does not end it; what the user must act on does (no such right, no valid credentials).
//!
//! The library's watcher lists before it watches, which needs one right more, and goes on for ever after a refusal; so
//! the loop is our own, over one object, and the frames are read with a limit.

use std::time::Duration;

use futures::{Stream, stream};
use indexedjob_core::facts::JobFacts;
use indexedjob_core::progress::Change;

use tokio::time::Instant;

use super::error::Asked;
use super::frames::{Event, Events};
use super::http::Ask;
use super::objects::query;
use super::retry::{Backoff, jittered};
use super::{Cluster, ClusterError, Kind, Note};

/// How long the server keeps a watch open; some proxies end it after 5 minutes anyway.
const WATCH_TIME: Duration = Duration::from_secs(270);
/// A watch that lived so long was no failure, even if nothing came.
const GOOD_LIFE: Duration = Duration::from_secs(10);
/// Between two looks where there is nothing to watch: no right to, or no Job.
const POLL: Duration = Duration::from_millis(1500);
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
        let watch = Watch {
            cluster: self.clone(),
            name: name.to_owned(),
            next: Next::Look { first: true },
            told: None,
            backoff: Backoff::default(),
            in_outage: false,
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

struct Watch {
    cluster: Cluster,
    name: String,
    next: Next,
    /// What was told last, so that a look that finds nothing new stays silent.
    told: Option<Told>,
    backoff: Backoff,
    /// Has the present trouble been told?
    in_outage: bool,
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
    /// Watch from this resource version.
    Open(String),
    Read(Events),
}

#[derive(PartialEq)]
enum Told {
    /// uid and resource version
    Job(String, String),
    Gone,
}

impl Watch {
    /// The next change. After an error there is none.
    async fn change(&mut self) -> Result<Change, ClusterError> {
        loop {
            let change = match &mut self.next {
                Next::Look { first } => {
                    let first = *first;
                    self.look(first).await?
                }
                Next::Open(version) => {
                    let version = std::mem::take(version);
                    self.open(&version).await;
                    None
                }
                Next::Read(events) => {
                    let event = events.next(&self.name, &self.cluster).await;
                    self.take(event).await
                }
            };
            if let Some(change) = change {
                return Ok(change);
            }
        }
    }

    /// GETs the Job. Returns what is new, and sleeps where the next look has to wait.
    async fn look(&mut self, first: bool) -> Result<Option<Change>, ClusterError> {
        let ask = self.cluster.ask_for(Kind::Job, &self.name)?;
        // The first look is bounded, so that a server that never worked is an error; later ones are patient.
        let http = &self.cluster.http;
        let seen: Result<JobFacts, _> = if first { http.read(&ask).await } else { http.read_once(&ask).await };
        self.next = Next::Look { first: false };
        let change = match seen {
            Ok(job) => {
                self.renewed = false;
                if !self.polling {
                    self.next = Next::Open(job.resource_version.clone());
                    return Ok(self.tell(job));
                }
                self.tell(job)
            }
            Err(error) if error.is_not_found() => self.tell_gone(),
            Err(error) if first => return Err(error),
            Err(error) => return self.missed(error).await,
        };
        if change.is_none() {
            tokio::time::sleep(jittered(POLL)).await;
        }
        Ok(change)
    }

    /// After a look that failed: waits, or gives up where waiting does not help.
    async fn missed(&mut self, error: ClusterError) -> Result<Option<Change>, ClusterError> {
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
                self.cluster.http.note(Note::Polling { why: error.to_string(), every: POLL });
                tokio::time::sleep(jittered(POLL)).await;
            }
            // The look that follows finds out what there is to do about it.
            Err(error) if error.is_unauthorized() => tokio::time::sleep(self.backoff.next()).await,
            Err(error) => self.wait_out(&error).await,
        }
    }

    /// What an event means. A watch that ends is no trouble in itself; one that ends at once, again and again, is
    /// not asked for in a tight loop.
    async fn take(&mut self, event: Event) -> Option<Change> {
        match event {
            Event::Job(job) => {
                self.recovered();
                self.tell(*job)
            }
            Event::Gone => {
                self.recovered();
                self.tell_gone()
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
        self.in_outage = false;
    }

    /// Says once per outage what is wrong, and waits.
    async fn wait_out(&mut self, error: &ClusterError) {
        let asked_for = error.retry_after().unwrap_or_default().min(LONGEST_WAIT);
        let delay = self.backoff.next().max(asked_for);
        if !error.is_forbidden() && !error.is_unauthorized() {
            self.away = Some(Instant::now());
        }
        if !std::mem::replace(&mut self.in_outage, true) {
            self.cluster.http.note(Note::Retrying { why: error.to_string(), delay });
        }
        tokio::time::sleep(delay).await;
    }

    /// An API server that has just started refuses what it allows as soon as it has read its rights and accounts.
    fn just_back(&self, error: &ClusterError) -> bool {
        let refused = error.is_forbidden() || error.is_unauthorized();
        refused && self.away.is_some_and(|at| at.elapsed() < STARTING)
    }

    fn tell(&mut self, job: JobFacts) -> Option<Change> {
        let told = Some(Told::Job(job.uid.clone(), job.resource_version.clone()));
        (std::mem::replace(&mut self.told, told) != self.told).then(|| Change::Job(Box::new(job)))
    }

    fn tell_gone(&mut self) -> Option<Change> {
        let told = Some(Told::Gone);
        (std::mem::replace(&mut self.told, told) != self.told).then_some(Change::JobGone)
    }

    fn ask(&self, version: &str) -> Ask {
        let seconds = jittered(WATCH_TIME).as_secs().to_string();
        let query = query(&[
            ("watch", "true"),
            ("fieldSelector", &format!("metadata.name={}", self.name)),
            ("resourceVersion", version),
            ("timeoutSeconds", &seconds),
            ("allowWatchBookmarks", "true"),
        ]);
        Ask::get(format!("{}{query}", self.cluster.kind_path(Kind::Job)), self.asked())
    }

    fn asked(&self) -> Asked {
        self.cluster.asked("watch", Kind::Job, &self.name)
    }
}

#[cfg(test)]
mod tests {
    use futures::StreamExt as _;
    use serde_json::Value;
    use tokio::time::{Instant, timeout};

    use super::super::script::{Answer, Ending, Seen, cluster, frame, job, ok, status, status_json};
    use super::*;

    async fn told(answers: impl IntoIterator<Item = Answer>) -> (Vec<String>, Seen) {
        told_until(Duration::from_secs(50), answers).await
    }

    /// What a stream says until it ends or is silent for so long, and what was seen of it from outside.
    async fn told_until(silence: Duration, answers: impl IntoIterator<Item = Answer>) -> (Vec<String>, Seen) {
        let (cluster, seen) = cluster(answers);
        let mut changes = cluster.watch_job("x");
        let mut told = Vec::new();
        while let Ok(Some(change)) = timeout(silence, changes.next()).await {
            told.push(match change {
                Ok(Change::Job(job)) => format!("{}@{}", job.uid, job.resource_version),
                Ok(Change::JobGone) => "gone".to_owned(),
                Ok(other) => format!("{other:?}"),
                Err(error) => error.to_string(),
            });
        }
        (told, seen)
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
