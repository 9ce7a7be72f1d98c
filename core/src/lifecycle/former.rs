//! The annotations in which a verb keeps what it changed, so that a later one can restore it.
//!
//! `cancel NAME` keeps the fields that it sets; they stay on the ended Job, and `retry` gives them to the new one.
//! `suspend --drain` keeps the parallelism while it lowers it, and removes the annotation when it restores it; where it
//! was killed, `resume` and the next drain find it. The value is always the one that the user had chosen: a verb that
//! finds the annotation leaves it as it is.

use serde_json::Value;

/// Holds the former `spec.activeDeadlineSeconds` as a decimal number; the empty text where it was not set.
pub const ACTIVE_DEADLINE: &str = "kubectl-indexedjob/active-deadline-seconds";
/// Holds the former `spec.parallelism` as a decimal number.
pub const PARALLELISM: &str = "kubectl-indexedjob/parallelism";
/// `true`: the Job was suspended when it was cancelled.
pub const SUSPENDED: &str = "kubectl-indexedjob/suspended";

/// What a verb has changed in a Job; each is None where nothing was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Former {
    /// The value of [`ACTIVE_DEADLINE`].
    pub active_deadline: Option<String>,
    /// The value of [`PARALLELISM`]; None also where it is no number.
    pub parallelism: Option<u32>,
    /// The value of [`SUSPENDED`].
    pub suspended: Option<bool>,
}

impl Former {
    /// What the annotations of a Job tell.
    #[must_use]
    pub fn of(annotations: &Value) -> Self {
        let text = |key: &str| annotations[key].as_str();
        Self {
            active_deadline: text(ACTIVE_DEADLINE).map(str::to_owned),
            parallelism: text(PARALLELISM).and_then(|text| text.parse().ok()),
            suspended: text(SUSPENDED).and_then(|text| text.parse().ok()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_makes_no_sense_is_nothing() {
        let former = Former::of(&json!({ACTIVE_DEADLINE: "", PARALLELISM: "three", SUSPENDED: "true"}));
        let want = Former { active_deadline: Some(String::new()), parallelism: None, suspended: Some(true) };
        assert_eq!(former, want);
        assert_eq!(Former::of(&Value::Null), Former::default());
    }
}
