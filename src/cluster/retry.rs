//! Whether and when to ask again.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::time::Duration;

use tokio::time::Instant;

use super::http::{ATTEMPT, Http, Outage};
use super::{ClusterError, Note};

/// For how long new attempts are begun where `--request-timeout` says nothing.
const BUDGET: Duration = Duration::from_secs(30);
/// How often a read that ends with 500 is tried: that code is often for good.
const TRIES_ON_500: u32 = 4;

/// Whether and when to ask again.
pub(super) struct Retry<'a> {
    http: &'a Http,
    until: Instant,
    backoff: Backoff,
    tries: u32,
    renewed: bool,
    /// The present trouble, which is told once for all requests that have it.
    outage: Option<Outage>,
}

impl<'a> Retry<'a> {
    pub(super) fn new(http: &'a Http) -> Self {
        let until = Instant::now() + http.limit().unwrap_or(BUDGET);
        Self { http, until, backoff: Backoff::default(), tries: 0, renewed: false, outage: None }
    }

    /// How long the next attempt may take.
    pub(super) fn limit(&self) -> Duration {
        self.http.limit().map_or(ATTEMPT, |_| self.until.saturating_duration_since(Instant::now()))
    }

    /// Returns when it is time to ask again, or gives the error back.
    pub(super) async fn after(&mut self, error: ClusterError) -> Result<(), ClusterError> {
        self.tries += 1;
        if error.is_unauthorized() && !std::mem::replace(&mut self.renewed, true) && self.http.renew().await? {
            return Ok(());
        }
        let unknown = error.is_transport() && !self.http.has_answered();
        if unknown || !error.is_passing() || error.is_internal() && self.tries >= TRIES_ON_500 {
            return Err(error);
        }
        let delay = self.backoff.next().max(error.retry_after().unwrap_or_default());
        if delay >= self.until.saturating_duration_since(Instant::now()) {
            return Err(error);
        }
        self.outage.get_or_insert_with(|| self.http.outage(Note::Retrying { why: error.to_string(), delay }));
        tokio::time::sleep(delay).await;
        Ok(())
    }
}

/// How long to wait before the next try: 0.2 s, doubling up to 5 s, a quarter more or less.
#[derive(Debug)]
pub(crate) struct Backoff {
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: Duration::from_millis(200) }
    }
}

impl Backoff {
    pub(crate) fn next(&mut self) -> Duration {
        let delay = self.next;
        self.next = (delay * 2).min(Duration::from_secs(5));
        jittered(delay)
    }
}

/// `span`, a quarter more or less, so that many clients do not come back at once.
pub(super) fn jittered(span: Duration) -> Duration {
    // A new RandomState hashes everything differently: randomness enough, without another crate.
    let random = RandomState::new().build_hasher().finish() % 1000;
    span * 3 / 4 + span * u32::try_from(random).unwrap_or(0) / 2000
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::script::{Answer, cluster, job, ok, status};
    use super::super::{Kind, Note};
    use super::*;

    fn overloaded(seconds: &str) -> Answer {
        Answer::Whole(429, vec![("retry-after", seconds.to_owned())], Vec::new())
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_is_repeated_and_told_once() {
        let unavailable = || status(503, "ServiceUnavailable", "etcd is away");
        let (cluster, seen) = cluster([unavailable(), overloaded("2"), ok(&job("u", "1"))]);
        let begun = Instant::now();
        assert_eq!(cluster.job("x").await.unwrap().uid, "u");
        assert_eq!(seen.requests(), ["GET /apis/batch/v1/namespaces/ns/jobs/x"; 3]);
        assert!(begun.elapsed() > Duration::from_secs(2), "Retry-After is honoured");
        let [Note::Retrying { why, .. }] = &seen.notes()[..] else { panic!("{:?}", seen.notes()) };
        assert_eq!(why, "Error from server (ServiceUnavailable): etcd is away");
    }

    #[tokio::test(start_paused = true)]
    async fn a_create_is_sent_once_whatever_happens() {
        for answer in [status(503, "ServiceUnavailable", "m"), overloaded("1"), Answer::Reset, Answer::Refused] {
            let (cluster, seen) = cluster([answer]);
            let error = cluster.create(&json!({"apiVersion": "batch/v1", "kind": "Job"}), false).await.unwrap_err();
            let want = "POST /apis/batch/v1/namespaces/ns/jobs?fieldManager=kubectl-indexedjob&fieldValidation=Strict";
            assert_eq!(seen.requests(), [want], "{error}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_lost_answer_to_a_change_may_mean_that_it_was_done() {
        let (cluster, _) = cluster([]);
        let error = cluster.patch(Kind::Job, "x", &json!({})).await.unwrap_err();
        assert_eq!(error.to_string(), "Unable to connect to the server: no answer within 60s");
        assert!(error.hint().unwrap().contains("may have been done all the same"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_first_contact_that_is_refused_fails_at_once() {
        let (cluster, seen) = cluster([Answer::Refused, ok(&job("u", "1"))]);
        let want = "The connection to the server fake:6443 was refused - did you specify the right host or port?";
        assert_eq!(cluster.job("x").await.unwrap_err().to_string(), want);
        assert_eq!((seen.requests().len(), seen.notes()), (1, vec![]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_server_that_answered_before_may_be_restarting() {
        let (cluster, seen) = cluster([ok(&job("u", "1")), Answer::Refused, Answer::Reset, ok(&job("u", "2"))]);
        cluster.job("x").await.unwrap();
        assert_eq!(cluster.job("x").await.unwrap().resource_version, "2");
        assert_eq!(seen.requests().len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_for_repetitions_is_bounded() {
        let (cluster, _) = cluster((0..1000).map(|_| status(503, "ServiceUnavailable", "m")));
        let begun = Instant::now();
        assert_eq!(cluster.job("x").await.unwrap_err().to_string(), "Error from server (ServiceUnavailable): m");
        assert!(begun.elapsed() <= BUDGET);
    }

    #[tokio::test(start_paused = true)]
    async fn an_internal_error_is_often_for_good() {
        let (cluster, seen) = cluster((0..1000).map(|_| status(500, "InternalError", "m")));
        cluster.job("x").await.unwrap_err();
        assert_eq!(seen.requests().len(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_user_did_wrong_is_not_repeated() {
        for (code, reason) in [(400, "BadRequest"), (401, "Unauthorized"), (403, "Forbidden"), (404, "NotFound")] {
            let (cluster, seen) = cluster([status(code, reason, "m")]);
            cluster.job("x").await.unwrap_err();
            assert_eq!(seen.requests().len(), 1, "{reason}");
        }
    }

    #[test]
    fn delays_double_up_to_five_seconds() {
        let mut backoff = Backoff::default();
        for want in [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0] {
            let delay = backoff.next().as_secs_f64();
            assert!((want * 0.74..want * 1.26).contains(&delay), "{delay} for {want}");
        }
    }
}
