//! Why pods are missing: what the controller says in the events of a Job.

use super::{IndexState, JobProgress};
use crate::facts::{EventFacts, JobFacts};
use crate::index_set::IndexSet;
use crate::numbering::Index;
use crate::text::Foreign;

/// What stands before the message of an event that happened often.
const OFTEN: &str = "(combined from similar events): ";

/// The controller may not create pods: a quota, an admission webhook, a service account that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// `FailedCreate`.
    pub reason: Foreign,
    /// Why, in the server's words.
    pub message: Foreign,
    /// The indexes whose pods are missing; of a Job that is not Indexed none.
    pub indexes: IndexSet,
}

impl JobProgress {
    /// Takes in all events of the Job, in any order: of those about pods that could or could not be created the newest
    /// counts.
    pub fn observe_events(&mut self, events: &[EventFacts]) {
        let about_pods =
            events.iter().filter(|event| matches!(event.reason.raw(), "FailedCreate" | "SuccessfulCreate"));
        let newest = about_pods.max_by_key(|event| event.last).filter(|event| event.reason.raw() == "FailedCreate");
        self.refusal = newest.zip(self.job()).and_then(|(event, job)| self.refused(event, job));
    }

    fn refused(&self, event: &EventFacts, job: &JobFacts) -> Option<Refusal> {
        let missing = Some(job.pods_missing()).filter(|missing| *missing > 0)?;
        let message = event.message.raw();
        let message = message.strip_prefix(OFTEN).unwrap_or(message);
        let message = message.strip_prefix("Error creating: ").unwrap_or(message).into();
        let all = if job.indexed { job.completions } else { 0 };
        // The controller takes the first ones first.
        let indexes = (0..all).filter(|index| self.is_pending(*index)).take(missing as usize).collect();
        Some(Refusal { reason: event.reason.clone(), message, indexes })
    }

    /// Why pods are missing, as of now: its indexes are those that still wait. None where none is missing, and where
    /// nobody has asked for the events.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let refusal = self.refusal.as_ref().filter(|_| self.job().is_some_and(|job| job.pods_missing() > 0))?;
        let indexes = refusal.indexes.iter().filter(|index| self.is_pending(*index)).collect();
        Some(Refusal { indexes, ..refusal.clone() })
    }

    fn is_pending(&self, index: u32) -> bool {
        self.state(Index(index)) == Some(IndexState::Pending)
    }
}
