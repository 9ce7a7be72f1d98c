//! What programs read of a wait: one JSON object a line (docs/json.md). The tests here pin it.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::json::{API_VERSION, Counts, PodCounts};
use super::line::Told;
use crate::digest::Cause;
use crate::facts::{Outcome, Verdict};
use crate::index_set::IndexSet;
use crate::numbering::Numbering;
use crate::progress::JobProgress;
use crate::stuck::Stuck;
use crate::text::Foreign;

/// Whose line it is, and when it was written.
#[derive(Clone, Copy, Debug)]
pub struct Origin<'a> {
    /// The name of the Job.
    pub job: &'a str,
    /// Now, by the clock of this machine.
    pub time: Timestamp,
}

/// How a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum WaitResult {
    /// What was waited for is so.
    Met,
    /// It can no longer become so.
    Never,
    /// The Job is gone, or another has its name.
    Gone,
    /// The time is up.
    TimedOut,
    /// The flags select none of its indexes.
    Nothing,
    /// There is no such Job.
    Missing,
    /// Something went wrong: the wait ended before it was known.
    Error,
}

/// How the wait for a Job ended, in full.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'a> {
    /// How.
    pub result: WaitResult,
    /// What `wait` would have exited with, had it waited for this Job alone.
    pub exit_code: u8,
    /// Why it can no longer be so, or what went wrong; None where the verdict says it all.
    pub why: Option<&'a str>,
    /// Why indexes failed.
    pub causes: &'a [Cause],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Line<'a, T> {
    api_version: &'static str,
    kind: &'static str,
    event: &'a str,
    time: String,
    job: &'a str,
    #[serde(flatten)]
    rest: T,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    uid: String,
    #[serde(flatten)]
    counts: Counted,
    suspended: bool,
    /// Seconds since the Job's start; null before, and where the clocks disagree.
    age_seconds: Option<i64>,
    rate_per_second: Option<f64>,
    left_seconds: Option<i64>,
}

/// What is counted, and of which indexes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    /// Null where no selection flags were given.
    selected: Option<String>,
    indexes: Option<Counts>,
    pods: Option<PodCounts>,
}

impl Counted {
    fn of(seen: &JobProgress, only: Option<&IndexSet>) -> Self {
        Self {
            selected: only.map(|only| seen.numbering().numbers(only).to_string()),
            indexes: seen.tally_of(only).map(Counts::from),
            pods: seen.pod_tally().map(PodCounts::from),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Waiting<'a> {
    index_set: String,
    /// How many pods of a Job that is not Indexed.
    pods: Option<u32>,
    reason: Option<&'a str>,
    message: Option<&'a str>,
}

#[derive(Default, Serialize)]
struct Fate<'a> {
    verdict: Option<&'static str>,
    reason: Option<&'a str>,
    message: Option<&'a str>,
    /// Did `cancel` bring it about?
    cancelled: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct End<'a> {
    result: WaitResult,
    exit_code: u8,
    why: Option<&'a str>,
    #[serde(flatten)]
    fate: Fate<'a>,
    #[serde(flatten)]
    counts: Counted,
    failed_indexes: String,
    failures: Vec<Failure<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure<'a> {
    attempts: u32,
    index_set: String,
    exit_code: Option<i32>,
    reason: Option<&'a str>,
    message: Option<&'a str>,
}

/// The line that tells how the Job gets on.
#[must_use]
pub fn progress(origin: Origin<'_>, told: Told<'_>) -> String {
    let Told { progress, only, pace } = told;
    let job = progress.job();
    let started = job.and_then(|job| job.started).filter(|started| *started <= origin.time);
    line(
        "progress",
        origin,
        Progress {
            uid: job.map(|job| job.uid.clone()).unwrap_or_default(),
            counts: Counted::of(progress, only),
            suspended: job.is_some_and(|job| job.suspended),
            age_seconds: started.map(|started| origin.time.duration_since(started).as_secs()),
            rate_per_second: pace.rate(origin.time),
            left_seconds: pace.left(origin.time).map(|left: SignedDuration| left.as_secs()),
        },
    )
}

/// The line that tells why some indexes do not run.
#[must_use]
pub fn stuck(origin: Origin<'_>, stuck: &Stuck, numbering: &Numbering) -> String {
    let index_set = numbering.numbers(&stuck.indexes).to_string();
    let (reason, message) = (known(&stuck.reason), known(&stuck.message));
    line("stuck", origin, Waiting { index_set, pods: stuck.pods, reason, message })
}

/// The line that tells that the Job's fate is known, and its end still to come.
#[must_use]
pub fn fate(origin: Origin<'_>, seen: &JobProgress) -> String {
    line("fate", origin, seen.verdict().map(|verdict| fate_of(verdict, seen)).unwrap_or_default())
}

/// The last line about a Job, or about `only` some of its indexes.
#[must_use]
pub fn end(origin: Origin<'_>, seen: &JobProgress, only: Option<&IndexSet>, ended: Ended<'_>) -> String {
    let numbering = seen.numbering();
    let set = |set: &IndexSet| numbering.numbers(set).to_string();
    let Ended { result, exit_code, why, causes } = ended;
    let failures = causes.iter().map(|cause| Failure {
        attempts: cause.attempts,
        index_set: set(&cause.indexes),
        exit_code: cause.exit_code,
        reason: known(&cause.reason),
        message: known(&cause.message),
    });
    line(
        "end",
        origin,
        End {
            result,
            exit_code,
            why,
            fate: seen
                .verdict()
                .filter(|verdict| verdict.settled)
                .map(|verdict| fate_of(verdict, seen))
                .unwrap_or_default(),
            counts: Counted::of(seen, only),
            failed_indexes: set(&seen.failed_of(only)),
            failures: failures.collect(),
        },
    )
}

fn fate_of<'a>(verdict: &'a Verdict, seen: &JobProgress) -> Fate<'a> {
    let cancelled = seen.job().is_some_and(|job| job.was_cancelled(&verdict.outcome));
    let (verdict, reason, message) = match &verdict.outcome {
        Outcome::Complete => ("complete", None, None),
        Outcome::Failed { reason, message } => ("failed", known(reason), known(message)),
        Outcome::Deleted => ("deleted", None, None),
        Outcome::Replaced => ("replaced", None, None),
    };
    Fate { verdict: Some(verdict), reason, message, cancelled }
}

/// What is not known is null.
fn known(text: &Foreign) -> Option<&str> {
    Some(text.raw()).filter(|text| !text.is_empty())
}

/// JSON on one line, without a newline. Strings are written as they are: JSON escapes control characters itself.
fn line(event: &str, origin: Origin<'_>, rest: impl Serialize) -> String {
    let time = format!("{:.3}", origin.time);
    serde_json::to_string(&Line { api_version: API_VERSION, kind: "WaitEvent", event, time, job: origin.job, rest })
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pace::Pace;
    use crate::stuck::Obstacle;

    fn origin() -> Origin<'static> {
        Origin { job: "x", time: "2026-01-01T00:00:30.25Z".parse().unwrap() }
    }

    fn seen() -> JobProgress {
        let failed = json!([{"type": "Failed", "status": "True", "reason": "FailedIndexes", "message": "m"}]);
        JobProgress::of(
            serde_json::from_value(json!({
                "metadata": {"name": "x", "uid": "u", "annotations": {"kubectl-indexedjob/numbers": "10-50:10"}},
                "spec": {"completionMode": "Indexed", "completions": 5, "backoffLimitPerIndex": 0},
                "status": {
                    "completedIndexes": "0", "failedIndexes": "1", "active": 2, "ready": 1, "conditions": failed,
                    "startTime": "2026-01-01T00:00:00Z",
                },
            }))
            .unwrap(),
        )
    }

    #[test]
    fn the_schema_of_progress_is_this() {
        let told = Told { progress: &seen(), only: None, pace: &Pace::default() };
        insta::assert_snapshot!(progress(origin(), told), @r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"WaitEvent","event":"progress","time":"2026-01-01T00:00:30.250Z","job":"x","uid":"u","selected":null,"indexes":{"completions":5,"succeeded":1,"failed":1,"running":1,"starting":1,"terminating":0,"pending":0,"retrying":null,"unfinished":1,"skipped":0,"unknown":0},"pods":null,"suspended":false,"ageSeconds":30,"ratePerSecond":null,"leftSeconds":null}"#);
    }

    #[test]
    fn of_some_indexes_the_counts_are_theirs() {
        let only = "1,2".parse().unwrap();
        let told = Told { progress: &seen(), only: Some(&only), pace: &Pace::default() };
        let line: serde_json::Value = serde_json::from_str(&progress(origin(), told)).unwrap();
        assert_eq!((&line["selected"], &line["indexes"]["completions"]), (&json!("20,30"), &json!(2)));
        assert_eq!((&line["indexes"]["failed"], &line["indexes"]["unknown"]), (&json!(1), &json!(1)));
    }

    #[test]
    fn the_schema_of_trouble_is_this() {
        let indexes = "1,2".parse().unwrap();
        let (reason, message) = ("ErrImagePull".into(), "\u{1b}[31mnot found".into());
        let trouble = Stuck { obstacle: Obstacle::Image, reason, message, indexes, pods: None };
        insta::assert_snapshot!(stuck(origin(), &trouble, &seen().numbering()), @r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"WaitEvent","event":"stuck","time":"2026-01-01T00:00:30.250Z","job":"x","indexSet":"20,30","pods":null,"reason":"ErrImagePull","message":"\u001b[31mnot found"}"#);
        insta::assert_snapshot!(fate(origin(), &seen()), @r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"WaitEvent","event":"fate","time":"2026-01-01T00:00:30.250Z","job":"x","verdict":"failed","reason":"FailedIndexes","message":"m","cancelled":false}"#);
    }

    #[test]
    fn the_schema_of_the_end_is_this() {
        let cause = Cause {
            attempts: 2,
            indexes: "1".parse().unwrap(),
            exit_code: Some(137),
            reason: "OOMKilled".into(),
            message: "".into(),
        };
        let ended = Ended { result: WaitResult::Never, exit_code: 3, why: None, causes: &[cause] };
        insta::assert_snapshot!(end(origin(), &seen(), None, ended), @r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"WaitEvent","event":"end","time":"2026-01-01T00:00:30.250Z","job":"x","result":"never","exitCode":3,"why":null,"verdict":"failed","reason":"FailedIndexes","message":"m","cancelled":false,"selected":null,"indexes":{"completions":5,"succeeded":1,"failed":1,"running":1,"starting":1,"terminating":0,"pending":0,"retrying":null,"unfinished":1,"skipped":0,"unknown":0},"pods":null,"failedIndexes":"20","failures":[{"attempts":2,"indexSet":"20","exitCode":137,"reason":"OOMKilled","message":null}]}"#);
        let ended = Ended { result: WaitResult::TimedOut, exit_code: 124, why: Some("1 of 2 failed"), causes: &[] };
        insta::assert_snapshot!(end(origin(), &JobProgress::default(), None, ended), @r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"WaitEvent","event":"end","time":"2026-01-01T00:00:30.250Z","job":"x","result":"timedOut","exitCode":124,"why":"1 of 2 failed","verdict":null,"reason":null,"message":null,"cancelled":false,"selected":null,"indexes":null,"pods":null,"failedIndexes":"","failures":[]}"#);
    }
}
