//! The one line that follows a Job: beside the bar on a terminal, or printed when it changes.

use jiff::Timestamp;

use crate::human;
use crate::progress::{JobProgress, Tally};

/// The state of a Job in one line, without its age: equal lines mean that nothing changed.
///
/// None before the first look.
#[must_use]
pub fn progress(progress: &JobProgress) -> Option<String> {
    let tally = progress.tally()?;
    let mut parts = vec![format!("{}/{} succeeded", tally.succeeded, tally.completions)];
    let more = [
        (tally.failed, "failed"),
        (tally.running, "running"),
        (tally.starting, "starting"),
        (tally.terminating, "terminating"),
        (tally.pending, "pending"),
    ];
    parts.extend(more.into_iter().filter(|(number, _)| *number > 0).map(|(number, state)| format!("{number} {state}")));
    if progress.job().is_some_and(|job| job.suspended) && progress.verdict().is_none() {
        parts.push("suspended".to_owned());
    }
    Some(parts.join(", "))
}

/// The same with a bar of `cells` cells before it and the time since the start behind it:
/// `[####-----] 4/10 succeeded, 6 running 12s`.
///
/// `#` are indexes that succeeded, `!` those that failed for good; something of each is always seen where there is one.
#[must_use]
pub fn bar(seen: &JobProgress, cells: u32, now: Timestamp) -> Option<String> {
    let tally = seen.tally()?;
    let failed = share(tally.failed, &tally, cells);
    let succeeded = share(tally.succeeded, &tally, cells).min(cells - failed);
    let bar = [("#", succeeded), ("!", failed), ("-", cells - succeeded - failed)];
    let bar: String = bar.into_iter().map(|(cell, times)| cell.repeat(times as usize)).collect();
    let age = seen.job().and_then(|job| job.started).map(|started| human::since(started, now));
    Some(format!("[{bar}] {} {}", progress(seen)?, age.unwrap_or_default()).trim_end().to_owned())
}

/// How many of `cells` stand for `part` indexes: at least one if there is one, all only if that is all.
fn share(part: u32, tally: &Tally, cells: u32) -> u32 {
    match u64::from(part) * u64::from(cells) / u64::from(tally.completions.max(1)) {
        0 if part > 0 => 1,
        share => u32::try_from(share).unwrap_or(cells).min(cells),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::progress::Change;

    fn seen(spec: &Value, status: &Value) -> JobProgress {
        let mut job = json!({"metadata": {"name": "x", "uid": "u"}, "spec": spec, "status": status});
        job["spec"]["completionMode"] = json!("Indexed");
        let mut seen = JobProgress::default();
        seen.observe(Change::Job(serde_json::from_value(job).unwrap()));
        seen
    }

    fn line(spec: &Value, status: &Value) -> String {
        progress(&seen(spec, status)).unwrap()
    }

    #[test]
    fn only_states_that_occur_are_named() {
        let spec = json!({"completions": 5, "backoffLimitPerIndex": 0});
        assert_eq!(line(&spec, &json!({"completedIndexes": "0-4"})), "5/5 succeeded");
        let status = json!({"completedIndexes": "0", "failedIndexes": "1", "active": 2});
        assert_eq!(line(&spec, &status), "1/5 succeeded, 1 failed, 2 running, 1 pending");
        let status = json!({"completedIndexes": "0", "active": 3, "ready": 1});
        assert_eq!(line(&spec, &status), "1/5 succeeded, 1 running, 2 starting, 1 pending");
    }

    #[test]
    fn a_suspended_job_says_so() {
        assert_eq!(
            line(&json!({"completions": 2, "suspend": true}), &json!({})),
            "0/2 succeeded, 2 pending, suspended"
        );
    }

    #[test]
    fn the_bar_shows_something_of_everything() {
        let spec = json!({"completions": 1000, "backoffLimitPerIndex": 0});
        let now = "2026-01-01T00:01:30Z".parse().unwrap();
        let bar = |status| bar(&seen(&spec, &status), 10, now).unwrap();
        let status = json!({"completedIndexes": "0-3", "failedIndexes": "9", "startTime": "2026-01-01T00:00:00Z"});
        assert_eq!(bar(status), "[#!--------] 4/1000 succeeded, 1 failed, 995 pending 90s");
        assert_eq!(bar(json!({"completedIndexes": "0-998"})), "[#########-] 999/1000 succeeded, 1 pending");
        assert_eq!(
            bar(json!({"completedIndexes": "0-998", "failedIndexes": "999"})),
            "[#########!] 999/1000 succeeded, 1 failed"
        );
        assert_eq!(bar(json!({"completedIndexes": "0-999"})), "[##########] 1000/1000 succeeded");
    }

    #[test]
    fn before_the_first_look_there_is_nothing_to_say() {
        assert_eq!(progress(&JobProgress::default()), None);
    }
}
