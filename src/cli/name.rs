//! The names of Jobs, in every form that kubectl takes or prints.

use std::str::FromStr;

/// The name of a Job: `x`, `job/x`, `jobs/x`, `job.batch/x`, `jobs.v1.batch/x`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JobName(String);

impl JobName {
    /// The name alone.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for JobName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, name) = text.rsplit_once('/').map_or(("job", text), |(kind, name)| (kind, name));
        let known = ["job", "jobs", "job.batch", "jobs.batch", "job.v1.batch", "jobs.v1.batch"];
        if !known.contains(&kind.to_ascii_lowercase().as_str()) {
            return Err(format!("{kind:?} is no Job; write NAME or job/NAME"));
        }
        if name.is_empty() {
            return Err("the name is empty".to_owned());
        }
        // A name goes into the path of a request; whatever else it may be, it is one segment.
        if name.contains(|c: char| c.is_control() || "%?#\\ ".contains(c)) || name == "." || name == ".." {
            return Err(format!("{name:?} is no name of a Job"));
        }
        Ok(Self(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_kubectl_is_taken() {
        for text in ["x", "job/x", "jobs/x", "job.batch/x", "jobs.batch/x", "jobs.v1.batch/x", "Job/x"] {
            assert_eq!(text.parse(), Ok(JobName("x".to_owned())), "{text}");
        }
    }

    #[test]
    fn other_kinds_and_nothing_are_refused() {
        assert_eq!("pod/x".parse::<JobName>().unwrap_err(), "\"pod\" is no Job; write NAME or job/NAME");
        for text in ["", "job/", "a b", "x?y", "..", "a%2fb"] {
            assert!(text.parse::<JobName>().is_err(), "{text:?}");
        }
    }
}
