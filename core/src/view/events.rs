//! What programs read of a wait: one JSON object a line (docs/json.md). The tests here pin it.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::json::{API_VERSION, Counts};
use crate::digest::Cause;
use crate::facts::{Outcome, Verdict};
use crate::index_set::IndexSet;
use crate::numbering::Numbering;
use crate::pace::Pace;
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
    indexes: Option<Counts>,
    suspended: bool,
    /// Seconds since the Job's start; null before, and where the clocks disagree.
    age_seconds: Option<i64>,
    rate_per_second: Option<f64>,
    left_seconds: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Waiting<'a> {
    index_set: String,
    reason: Option<&'a str>,
    message: Option<&'a str>,
}

#[derive(Default, Serialize)]
struct Fate<'a> {
    verdict: Option<&'static str>,
    reason: Option<&'a str>,
    message: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct End<'a> {
    result: WaitResult,
    why: Option<&'a str>,
    #[serde(flatten)]
    fate: Fate<'a>,
    indexes: Option<Counts>,
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
pub fn progress(origin: Origin<'_>, seen: &JobProgress, pace: &Pace) -> String {
    let job = seen.job();
    let started = job.and_then(|job| job.started).filter(|started| *started <= origin.time);
    line(
        "progress",
        origin,
        Progress {
            uid: job.map(|job| job.uid.clone()).unwrap_or_default(),
            indexes: seen.tally().map(Counts::from),
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
    line("stuck", origin, Waiting { index_set, reason: known(&stuck.reason), message: known(&stuck.message) })
}

/// The line that tells that the Job's fate is known, and its end still to come.
#[must_use]
pub fn fate(origin: Origin<'_>, verdict: &Verdict) -> String {
    line("fate", origin, fate_of(verdict))
}

/// The last line about a Job. `why` is there where the verdict does not say it all; `causes` are its failures.
#[must_use]
pub fn end(origin: Origin<'_>, seen: &JobProgress, result: WaitResult, why: Option<&str>, causes: &[Cause]) -> String {
    let numbering = seen.numbering();
    let set = |set: &IndexSet| numbering.numbers(set).to_string();
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
            why,
            fate: seen.verdict().filter(|verdict| verdict.settled).map(fate_of).unwrap_or_default(),
            indexes: seen.tally().map(Counts::from),
            failed_indexes: set(&seen.failed_indexes()),
            failures: failures.collect(),
        },
    )
}

fn fate_of(verdict: &Verdict) -> Fate<'_> {
    let (verdict, reason, message) = match &verdict.outcome {
        Outcome::Complete => ("complete", None, None),
        Outcome::Failed { reason, message } => ("failed", known(reason), known(message)),
        Outcome::Deleted => ("deleted", None, None),
        Outcome::Replaced => ("replaced", None, None),
    };
    Fate { verdict: Some(verdict), reason, message }
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
        insta::assert_snapshot!(progress(origin(), &seen(), &Pace::default()), @r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"WaitEvent","event":"progress","time":"2026-01-01T00:00:30.250Z","job":"x","uid":"u","indexes":{"completions":5,"succeeded":1,"failed":1,"running":1,"starting":1,"terminating":0,"pending":1,"retrying":null},"suspended":false,"ageSeconds":30,"ratePerSecond":null,"leftSeconds":null}"#);
    }

    #[test]
    fn the_schema_of_trouble_is_this() {
        let indexes = "1,2".parse().unwrap();
        let (reason, message) = ("ErrImagePull".into(), "\u{1b}[31mnot found".into());
        let trouble = Stuck { obstacle: Obstacle::Image, reason, message, indexes };
        insta::assert_snapshot!(stuck(origin(), &trouble, &seen().numbering()), @r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"WaitEvent","event":"stuck","time":"2026-01-01T00:00:30.250Z","job":"x","indexSet":"20,30","reason":"ErrImagePull","message":"\u001b[31mnot found"}"#);
        insta::assert_snapshot!(fate(origin(), seen().verdict().unwrap()), @r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"WaitEvent","event":"fate","time":"2026-01-01T00:00:30.250Z","job":"x","verdict":"failed","reason":"FailedIndexes","message":"m"}"#);
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
        insta::assert_snapshot!(end(origin(), &seen(), WaitResult::Never, None, &[cause]), @r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"WaitEvent","event":"end","time":"2026-01-01T00:00:30.250Z","job":"x","result":"never","why":null,"verdict":"failed","reason":"FailedIndexes","message":"m","indexes":{"completions":5,"succeeded":1,"failed":1,"running":1,"starting":1,"terminating":0,"pending":1,"retrying":null},"failedIndexes":"20","failures":[{"attempts":2,"indexSet":"20","exitCode":137,"reason":"OOMKilled","message":null}]}"#);
        let why = Some("1 of 2 failed");
        insta::assert_snapshot!(end(origin(), &JobProgress::default(), WaitResult::TimedOut, why, &[]), @r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"WaitEvent","event":"end","time":"2026-01-01T00:00:30.250Z","job":"x","result":"timedOut","why":"1 of 2 failed","verdict":null,"reason":null,"message":null,"indexes":null,"failedIndexes":"","failures":[]}"#);
    }
}
