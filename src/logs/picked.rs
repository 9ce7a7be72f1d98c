//! The logs of many indexes of one Job, and what is to be said of them.

use std::collections::BTreeMap;

use indexedjob_core::facts::JobFacts;
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::numbering::Index;
use indexedjob_core::progress::JobProgress;
use indexedjob_core::stuck::{self, Stuck};
use indexedjob_core::text::shown;
use indexedjob_core::view::line::because;

use super::missing::Missing;
use super::options::{Attempts, LogsOptions};
use super::pick::{Log, picks};

/// The logs of some indexes.
#[derive(Debug, Default)]
pub(crate) struct Picked {
    /// Those that can be read, by index and attempt.
    pub(crate) logs: Vec<Log>,
    /// Why there is none, and of which numbers.
    missing: BTreeMap<Missing, Vec<u32>>,
    /// The Job, where that it is suspended is why some have none.
    pub(crate) suspended: Option<JobFacts>,
    /// Was there any log to be read, whoever has taken them out of `logs`?
    any: bool,
    /// How many numbers were meant.
    meant: usize,
    options: LogsOptions,
}

impl Picked {
    /// The logs of `indexes`, as far as `progress` knows the pods. It fails where a pod has no such container.
    pub(crate) fn of(progress: &JobProgress, indexes: &IndexSet, options: &LogsOptions) -> Result<Self, String> {
        let mut picked = Self { options: options.clone(), meant: indexes.len() as usize, ..Self::default() };
        let causes = stuck::causes(progress);
        for index in indexes.iter().map(Index) {
            for pick in picks(progress, index, options)? {
                match pick {
                    Ok(log) => {
                        picked.any = true;
                        picked.logs.push(log);
                    }
                    Err(missing) => {
                        let missing = with_cause(missing, index, &causes);
                        picked.missing.entry(missing).or_default().push(progress.number(index).0);
                    }
                }
            }
        }
        let is_suspended = picked.missing.keys().any(|missing| matches!(missing, Missing::Suspended { .. }));
        picked.suspended = progress.job().filter(|_| is_suspended).cloned();
        Ok(picked)
    }

    /// What was chosen where there was a choice that the user may not know of: container and attempt.
    pub(crate) fn choices(&self) -> Vec<String> {
        let defaulted = self.logs.iter().find_map(|log| log.defaulted.clone());
        let of_several: Vec<&Log> = self.logs.iter().filter(|log| log.of > 1).collect();
        let attempts = match (&of_several[..], self.options.attempts) {
            ([], _) | (_, Attempts::All) => None,
            ([log], _) if self.meant == 1 => {
                let origin = &log.origin;
                Some(format!(
                    "index {}: attempt {} of {} (pod {})",
                    origin.number,
                    origin.attempt,
                    log.of,
                    shown(&origin.pod)
                ))
            }
            (logs, Attempts::Last) if !self.options.previous => {
                let these: IndexSet = logs.iter().map(|log| log.origin.number.0).collect();
                let had = indexedjob_core::view::indexes(&these);
                Some(format!("{had} had several attempts: this is the newest; --attempt all shows all"))
            }
            _ => None,
        };
        defaulted.into_iter().chain(attempts).collect()
    }

    /// What cannot be read, a line for each reason.
    pub(crate) fn missing(&self) -> impl Iterator<Item = String> {
        self.of_missing(|missing| self.options.expected.is_trouble(missing, self.any))
    }

    /// What need not be there: indexes that have not had their turn, or no second attempt, where others have.
    pub(crate) fn absent(&self) -> impl Iterator<Item = String> {
        self.of_missing(|missing| !self.options.expected.is_trouble(missing, self.any))
    }

    fn of_missing(&self, which: impl Fn(&Missing) -> bool) -> impl Iterator<Item = String> {
        let mut these: Vec<_> = self.missing.iter().filter(move |(missing, _)| which(missing)).collect();
        these.sort_by_key(|(_, numbers)| numbers.iter().min());
        these.into_iter().map(|(missing, numbers)| missing.line(&numbers.iter().copied().collect()))
    }

    /// The numbers of which the log may still come.
    pub(crate) fn to_come(&self) -> IndexSet {
        let waiting = self
            .missing
            .iter()
            .filter(|(missing, _)| matches!(missing, Missing::NotStarted { .. } | Missing::Suspended { .. }));
        waiting.flat_map(|(_, numbers)| numbers.iter().copied()).collect()
    }
}

/// What holds up several indexes is one reason, in whatever words each of their pods tells it.
fn with_cause(missing: Missing, index: Index, causes: &[Stuck]) -> Missing {
    let is_one = |cause: &&Stuck| cause.indexes.contains(index.0) && !cause.reason.is_empty();
    match (&missing, causes.iter().find(is_one)) {
        (Missing::NotStarted { .. }, Some(cause)) if !missing.is_usual() => {
            Missing::NotStarted { because: because(&[&cause.reason, &cause.message]) }
        }
        _ => missing,
    }
}

#[cfg(test)]
mod tests {
    use indexedjob_core::progress::Change;
    use serde_json::json;

    use super::super::options::Expected;
    use super::*;

    /// A Job of six indexes: 0 had one attempt, 1 and 2 had two, 3 waits for an image, 4 and 5 have no pod.
    fn picked(indexes: &str, attempts: Attempts) -> Picked {
        let job = json!({"metadata": {"name": "x", "uid": "u"}, "spec": {"completions": 6}});
        let mut progress = JobProgress::of(serde_json::from_value(job).unwrap());
        let pod = |index: u32, second: u32, state: &serde_json::Value| {
            let metadata = json!({
                "name": format!("x-{index}-{second}"), "uid": format!("{index}-{second}"),
                "creationTimestamp": format!("2026-01-01T00:00:{second:02}Z"),
                "annotations": {"batch.kubernetes.io/job-completion-index": index.to_string()},
            });
            let status = json!({"containerStatuses": [{"name": "w", "state": state}]});
            let pod = json!({"metadata": metadata, "spec": {"containers": [{"name": "w"}]}, "status": status});
            serde_json::from_value(pod).unwrap()
        };
        let ended = json!({"terminated": {"exitCode": 0}});
        let waits = json!({"waiting": {"reason": "ErrImagePull"}});
        let pods = [(0, 0, &ended), (1, 0, &ended), (1, 1, &ended), (2, 0, &ended), (2, 1, &ended), (3, 0, &waits)];
        progress.observe(Change::Pods(pods.map(|(index, second, state)| pod(index, second, state)).into()));
        let options = LogsOptions { attempts, ..LogsOptions::default() };
        Picked::of(&progress, &indexes.parse().unwrap(), &options).unwrap()
    }

    #[test]
    fn what_is_missing_is_one_line_for_each_reason() {
        let picked = picked("0-5", Attempts::Last);
        assert_eq!(picked.logs.len(), 3);
        assert_eq!(picked.missing().collect::<Vec<_>>(), ["index 3 has not started yet: ErrImagePull"]);
        assert_eq!(picked.absent().collect::<Vec<_>>(), ["indexes 4,5 have not started yet"]);
        assert_eq!(picked.to_come().to_string(), "3-5");
        let waiting = self::picked("4,5", Attempts::Last);
        assert_eq!(waiting.missing().collect::<Vec<_>>(), ["indexes 4,5 have not started yet"], "none has a log");
    }

    #[test]
    fn of_each_index_that_is_named_a_log_has_to_be_there() {
        let named = |picked: Picked| {
            let options = LogsOptions { expected: Expected::Each, ..picked.options };
            Picked { options, ..picked }
        };
        let waiting = named(picked("0,4", Attempts::Last));
        assert_eq!(waiting.missing().collect::<Vec<_>>(), ["index 4 has not started yet"]);
        let fewer = named(picked("0-2", Attempts::Nth(2)));
        assert_eq!(fewer.missing().collect::<Vec<_>>(), ["index 0 has no attempt 2"]);
        assert_eq!((waiting.absent().count(), fewer.absent().count()), (0, 0));
    }

    #[test]
    fn a_choice_of_attempts_is_told() {
        assert_eq!(picked("1", Attempts::Last).choices(), ["index 1: attempt 2 of 2 (pod x-1-1)"]);
        let several = "indexes 1,2 had several attempts: this is the newest; --attempt all shows all";
        assert_eq!(picked("0-2", Attempts::Last).choices(), [several]);
        assert!(picked("0", Attempts::Last).choices().is_empty());
        assert!(picked("0-2", Attempts::All).choices().is_empty());
    }

    #[test]
    fn attempts_that_do_not_exist_are_not_missing() {
        let mut picked = picked("0-2", Attempts::Nth(2));
        assert_eq!(std::mem::take(&mut picked.logs).len(), 2);
        assert_eq!(picked.missing().count(), 0);
        assert_eq!(picked.absent().collect::<Vec<_>>(), ["index 0 has no attempt 2"]);
        let picked = self::picked("0-2", Attempts::Nth(9));
        assert_eq!(picked.missing().collect::<Vec<_>>(), ["indexes 0-2 have no attempt 9"]);
        assert_eq!(picked.absent().count(), 0);
    }
}
