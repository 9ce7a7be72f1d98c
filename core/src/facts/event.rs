//! What an event about a Job says.

use jiff::Timestamp;
use serde::Deserialize;

use super::Outcome;
use crate::text::Foreign;

/// An event, as far as a verdict can be read from it after its Job is gone, or why pods are missing.
#[derive(Clone, Debug, Deserialize)]
#[serde(from = "RawEvent")]
pub struct EventFacts {
    /// `Completed`, `FailedIndexes`, `SuccessfulCreate`, ...
    pub reason: Foreign,
    /// The text beside it.
    pub message: Foreign,
    /// When it happened last; None where the event does not say.
    pub last: Option<Timestamp>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct RawEvent {
    reason: Option<Foreign>,
    message: Option<Foreign>,
    last_timestamp: Option<Timestamp>,
    event_time: Option<Timestamp>,
    series: Option<RawSeries>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawSeries {
    last_observed_time: Option<Timestamp>,
}

impl From<RawEvent> for EventFacts {
    fn from(raw: RawEvent) -> Self {
        let observed = raw.series.and_then(|series| series.last_observed_time);
        Self {
            reason: raw.reason.unwrap_or_default(),
            message: raw.message.unwrap_or_default(),
            last: observed.or(raw.last_timestamp).or(raw.event_time),
        }
    }
}

/// How a Job ended, from its events: what is left when it was deleted at the very moment it finished
/// (`ttlSecondsAfterFinished: 0`). None where no event tells.
///
/// The job-controller writes `Completed`, or a warning with the reason of the condition.
#[must_use]
pub fn outcome(events: &[EventFacts]) -> Option<Outcome> {
    events.iter().find_map(|event| match event.reason.raw() {
        "Completed" => Some(Outcome::Complete),
        "BackoffLimitExceeded"
        | "DeadlineExceeded"
        | "FailedIndexes"
        | "MaxFailedIndexesExceeded"
        | "PodFailurePolicy" => Some(Outcome::Failed { reason: event.reason.clone(), message: event.message.clone() }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn events(reasons: &[&str]) -> Vec<EventFacts> {
        let event = |reason| serde_json::from_value(json!({"reason": reason, "message": "m"})).unwrap();
        reasons.iter().map(event).collect()
    }

    #[test]
    fn the_last_words_of_a_job() {
        assert_eq!(outcome(&events(&["SuccessfulCreate", "Completed"])), Some(Outcome::Complete));
        let failed = Outcome::Failed { reason: "FailedIndexes".into(), message: "m".into() };
        assert_eq!(outcome(&events(&["SuccessfulCreate", "FailedIndexes"])), Some(failed));
        assert_eq!(outcome(&events(&["SuccessfulCreate", "FailedCreate"])), None);
    }
}
