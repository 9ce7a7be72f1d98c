//! Which of the Jobs that were named `delete` means.

use jiff::{SignedDuration, Timestamp};

use crate::facts::{JobFacts, Outcome};

/// What narrows the Jobs that were named; each part narrows the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Narrow {
    /// Only those that are complete or have failed.
    pub finished: bool,
    /// Only those that ended longer ago than this or, where they have not ended, were created longer ago.
    pub older_than: Option<SignedDuration>,
}

impl Narrow {
    /// Is this Job meant, at the time `now`?
    #[must_use]
    pub fn includes(&self, job: &JobFacts, now: Timestamp) -> bool {
        let ended = job.verdict.as_ref().is_some_and(|verdict| {
            verdict.settled && matches!(verdict.outcome, Outcome::Complete | Outcome::Failed { .. })
        });
        let since = job.finished.filter(|_| ended).or(job.created);
        let is_old = |least| since.is_some_and(|since| now.duration_since(since) > least);
        (ended || !self.finished) && self.older_than.is_none_or(is_old)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::tests::target;
    use super::*;

    fn includes(narrow: Narrow, status: &Value) -> bool {
        let metadata = json!({"creationTimestamp": "2026-01-01T00:00:00Z"});
        let job = target(&json!({"metadata": metadata, "status": status})).job;
        narrow.includes(&job, "2026-01-02T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn age_counts_from_the_end() {
        let hours = |hours| Narrow { finished: false, older_than: Some(SignedDuration::from_hours(hours)) };
        let done = json!({
            "completionTime": "2026-01-01T20:00:00Z", "conditions": [{"type": "Complete", "status": "True"}],
        });
        assert!(includes(hours(3), &done) && !includes(hours(5), &done));
        assert!(includes(hours(23), &json!({})) && !includes(hours(24), &json!({})));
        let finished = Narrow { finished: true, older_than: None };
        assert!(includes(finished, &done) && !includes(finished, &json!({})));
        let failing = json!({"conditions": [{"type": "FailureTarget", "status": "True"}]});
        assert!(!includes(finished, &failing), "its pods still run");
        assert!(includes(Narrow::default(), &json!({})));
    }
}
