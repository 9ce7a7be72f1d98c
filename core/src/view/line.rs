//! The one line that follows a Job: beside the bar on a terminal, or printed when it changes.

use jiff::{SignedDuration, Timestamp};

use crate::facts::JobFacts;
use crate::human;
use crate::index_set::IndexSet;
use crate::numbering::Numbering;
use crate::pace::Pace;
use crate::progress::{JobProgress, PodTally, Tally};
use crate::stuck::{Obstacle, Stuck, why_suspended};
use crate::text::Foreign;

use super::{count, indexes};

/// The cells of a bar where there is room, and the fewest that still tell something.
const CELLS: usize = 24;
const FEWEST_CELLS: usize = 5;

/// What a line tells of.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// The Job.
    pub progress: &'a JobProgress,
    /// Those of its indexes that are meant; None for the Job as a whole.
    pub only: Option<&'a IndexSet>,
    /// How fast they finish.
    pub pace: &'a Pace,
}

/// What is counted, and in words.
struct Counted {
    succeeded: u32,
    failed: u32,
    /// How many there are; None for a work queue.
    all: Option<u32>,
    words: String,
}

impl Counted {
    /// None before the first look.
    fn of(progress: &JobProgress, only: Option<&IndexSet>) -> Option<Self> {
        let counted = match progress.tally_of(only) {
            Some(tally) => Self::of_indexes(&tally),
            None => Self::of_pods(&progress.pod_tally()?),
        };
        let is_suspended = progress.job().is_some_and(|job| job.suspended) && progress.verdict().is_none();
        let words = counted.words + if is_suspended { ", suspended" } else { "" };
        Some(Self { words, ..counted })
    }

    fn of_indexes(tally: &Tally) -> Self {
        let retrying = tally.retrying.unwrap_or(0);
        let words = words(
            format!("{}/{} succeeded", tally.succeeded, tally.completions),
            &[
                (tally.failed, "failed"),
                (tally.running, "running"),
                (tally.starting, "starting"),
                (tally.terminating, "terminating"),
                (retrying, "retrying"),
                (tally.pending - retrying, "pending"),
                (tally.unfinished, "unfinished"),
                (tally.skipped, "skipped"),
                (tally.unknown, "to go"),
            ],
        );
        Self { succeeded: tally.succeeded, failed: tally.failed, all: Some(tally.completions), words }
    }

    fn of_pods(tally: &PodTally) -> Self {
        let succeeded = match tally.completions {
            Some(all) => format!("{}/{all} pods succeeded", tally.succeeded),
            None => format!("{} succeeded", count(tally.succeeded, "pod", "pods")),
        };
        let more = [
            (tally.failed, "failed"),
            (tally.running, "running"),
            (tally.starting, "starting"),
            (tally.terminating, "terminating"),
        ];
        // A pod that failed is replaced: it takes nothing from those that are to succeed.
        Self { succeeded: tally.succeeded, failed: 0, all: tally.completions, words: words(succeeded, &more) }
    }

    fn few_words(&self) -> String {
        match self.all {
            Some(all) => format!("{}/{all}", self.succeeded),
            None => self.succeeded.to_string(),
        }
    }
}

/// The counts that are not 0, each with its word.
fn words(first: String, more: &[(u32, &str)]) -> String {
    let more = more.iter().filter(|(number, _)| *number > 0).map(|(number, state)| format!("{number} {state}"));
    std::iter::once(first).chain(more).collect::<Vec<_>>().join(", ")
}

/// The state of a Job, or of `only` some of its indexes, in one line, without its age: equal lines mean that nothing
/// changed. Of a Job that is not Indexed it counts pods.
///
/// None before the first look.
#[must_use]
pub fn progress(progress: &JobProgress, only: Option<&IndexSet>) -> Option<String> {
    Counted::of(progress, only).map(|counted| counted.words)
}

/// The same with the name and a bar before it, and behind it the time since the start, the rate and the time left, in as
/// many `columns` at the most: `train: [####-----] 4/10 succeeded, 6 running  12s  20/min  ~18s left`.
///
/// `#` are indexes that succeeded, `!` those that failed for good; something of each is always seen where there is one.
/// Where there is no room for all, first the times go, then the bar gets shorter, then the words. A work queue has no
/// bar: nobody knows how much there is to do. None before the first look.
#[must_use]
pub fn bar(name: &str, told: Told<'_>, columns: usize, now: Timestamp) -> Option<String> {
    let counted = Counted::of(told.progress, told.only)?;
    let (words, few_words) = (&counted.words, &counted.few_words());
    let times = times(told, now);
    let time_left = told.pace.left(now).map(|left| format!("  {}", time_left(left))).unwrap_or_default();
    let choices =
        [(words, times.as_str()), (words, time_left.as_str()), (words, ""), (few_words, &time_left), (few_words, "")];
    let fitting = choices.into_iter().find_map(|(words, times)| {
        let rest = format!(" {words}{times}");
        let Some(all) = counted.all else {
            return (name.chars().count() + ":".len() + rest.chars().count() <= columns)
                .then(|| format!("{name}:{rest}"));
        };
        let room = columns.checked_sub(name.chars().count() + ": []".len() + rest.chars().count())?;
        (room >= FEWEST_CELLS).then(|| format!("{name}: [{}]{rest}", cells(&counted, all, room.min(CELLS))))
    });
    Some(fitting.unwrap_or_else(|| cut(&format!("{name}: {few_words}"), columns)))
}

/// The time since the start, the rate and the time left, as far as they are known: `  12s  20/min  ~18s left`.
fn times(told: Told<'_>, now: Timestamp) -> String {
    let Told { progress, pace, .. } = told;
    let started = progress.job().and_then(|job| job.started);
    // A start that lies ahead was written by another clock.
    let age = started.filter(|started| *started <= now).map(|started| human::since(started, now));
    let parts = [age, pace.rate(now).map(rate), pace.left(now).map(time_left)];
    parts.into_iter().flatten().flat_map(|part| ["  ".to_owned(), part]).collect()
}

/// The rate and the time left, as a plain line ends with them: ` (20/min, ~18s left)`; empty where nothing is known.
#[must_use]
pub fn pace(pace: &Pace, now: Timestamp) -> String {
    let parts = [pace.rate(now).map(rate), pace.left(now).map(time_left)];
    match parts.into_iter().flatten().collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => none,
        parts => format!(" ({parts})"),
    }
}

/// `2.5/s`, `20/min`, `3/h`: in the unit that makes it a number above 1.
fn rate(per_second: f64) -> String {
    let (number, unit) = match per_second {
        fast if fast >= 1.0 => (fast, "s"),
        middling if middling >= 1.0 / 60.0 => (middling * 60.0, "min"),
        slow => (slow * 3600.0, "h"),
    };
    let digits = usize::from(number < 10.0);
    format!("{}/{unit}", format!("{number:.digits$}").trim_end_matches(".0"))
}

fn time_left(left: SignedDuration) -> String {
    format!("~{} left", human::duration(left))
}

/// `text` in so many columns; what is cut off is seen to be.
fn cut(text: &str, columns: usize) -> String {
    match text.char_indices().nth(columns) {
        None => text.to_owned(),
        Some(_) => text.chars().take(columns.saturating_sub(1)).chain(columns.checked_sub(1).map(|_| '>')).collect(),
    }
}

fn cells(counted: &Counted, all: u32, cells: usize) -> String {
    let failed = share(counted.failed, all, cells);
    let succeeded = share(counted.succeeded, all, cells).min(cells - failed);
    let parts = [("#", succeeded), ("!", failed), ("-", cells - succeeded - failed)];
    parts.into_iter().map(|(cell, times)| cell.repeat(times)).collect()
}

/// How many of `cells` stand for `part` of `all`: at least one if there is one, all only if that is all.
fn share(part: u32, all: u32, cells: usize) -> usize {
    match part as usize * cells / (all as usize).max(1) {
        0 if part > 0 => 1,
        share => share.min(cells),
    }
}

/// Why some indexes do not run, in a line: `indexes 5-9 have not started yet: Unschedulable: 0/3 nodes are available`.
/// `by` is who suspended the Job, if that is known.
#[must_use]
pub fn stuck(stuck: &Stuck, numbering: &Numbering, by: Option<&Foreign>) -> String {
    let (these, is_one) = who(stuck, numbering);
    let why = because(&[&stuck.reason, &stuck.message]);
    let are = if is_one { "is" } else { "are" };
    let not_started = |why: &str| format!("{these} {} not started yet{why}", if is_one { "has" } else { "have" });
    match stuck.obstacle {
        Obstacle::Suspended => {
            let by = by.map(|by| format!(" by {}", by.shown())).unwrap_or_default();
            format!("the Job is suspended{by}{}", because(&[&stuck.message]))
        }
        Obstacle::Refused => match stuck.pods {
            Some(_) => format!("{these} cannot be created{why}"),
            None => format!("no pod can be created for {these}{why}"),
        },
        Obstacle::NotScheduled => not_started(": no scheduler has given it a node"),
        Obstacle::NotReady => {
            let node = because(&[&stuck.message]).replacen(": ", " ", 1);
            format!("{these} {are} not ready{node}: the node does not answer, or a probe fails")
        }
        Obstacle::Terminating => {
            format!("{these} {are} still being stopped{}", because(&[&stuck.message]).replacen(": ", " ", 1))
        }
        Obstacle::Unschedulable | Obstacle::Image | Obstacle::Config | Obstacle::Usual | Obstacle::Other => {
            not_started(&why)
        }
    }
}

/// `the Job is suspended: a retry has begun it and not ended`, as far as the Job says itself; not yet safe to show.
#[must_use]
pub fn suspended(job: &JobFacts) -> String {
    match why_suspended(job) {
        none if none.is_empty() => "the Job is suspended".to_owned(),
        why => format!("the Job is suspended: {}", why.raw()),
    }
}

/// Whom it concerns, and whether that is just one.
fn who(stuck: &Stuck, numbering: &Numbering) -> (String, bool) {
    match stuck.pods {
        Some(pods) => (count(pods, "pod", "pods"), pods == 1),
        None => (indexes(&numbering.numbers(&stuck.indexes)), stuck.indexes.len() == 1),
    }
}

/// `index 3 has not started yet`, and why.
#[must_use]
pub fn not_started(these: &IndexSet, because: &str) -> String {
    let have = if these.len() == 1 { "has" } else { "have" };
    format!("{} {have} not started yet{because}", indexes(these))
}

/// `: ErrImagePull: not found`: the parts that say something, each after a colon.
#[must_use]
pub fn because(parts: &[&Foreign]) -> String {
    parts.iter().filter(|text| !text.is_empty()).map(|text| [": ".into(), text.shown()].concat()).collect()
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
        progress(&seen(spec, status), None).unwrap()
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
    fn of_some_indexes_only_they_are_counted() {
        let spec = json!({"completions": 10, "backoffLimitPerIndex": 0});
        let seen = seen(&spec, &json!({"completedIndexes": "0-4", "failedIndexes": "7", "active": 4}));
        let only: IndexSet = "3-8".parse().unwrap();
        assert_eq!(progress(&seen, Some(&only)).unwrap(), "2/6 succeeded, 1 failed, 3 to go");
        let told = Told { progress: &seen, only: Some(&only), pace: &Pace::default() };
        let text = bar("x", told, 80, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(text, "x: [########!!!!------------] 2/6 succeeded, 1 failed, 3 to go");
    }

    #[test]
    fn what_an_ended_job_left_behind_is_unfinished() {
        let ended = json!([{"type": "Failed", "status": "True"}]);
        let status = json!({"completedIndexes": "0", "failedIndexes": "1", "conditions": ended});
        let spec = json!({"completions": 5, "backoffLimitPerIndex": 0});
        assert_eq!(line(&spec, &status), "1/5 succeeded, 1 failed, 3 unfinished");
    }

    #[test]
    fn a_job_that_is_not_indexed_tells_of_its_pods() {
        let seen = |spec: Value| {
            let status = json!({"succeeded": 1, "failed": 2, "active": 2, "ready": 1});
            JobProgress::of(
                serde_json::from_value(json!({"metadata": {"name": "x"}, "spec": spec, "status": status})).unwrap(),
            )
        };
        let drawn = |spec: Value, columns| {
            let told = Told { progress: &seen(spec), only: None, pace: &Pace::default() };
            bar("x", told, columns, Timestamp::UNIX_EPOCH).unwrap()
        };
        let five = json!({"completions": 5, "parallelism": 2});
        assert_eq!(
            drawn(five.clone(), 90),
            "x: [####--------------------] 1/5 pods succeeded, 2 failed, 1 running, 1 starting"
        );
        assert_eq!(drawn(five, 20), "x: [##---------] 1/5");
        let queue = json!({"parallelism": 2});
        assert_eq!(drawn(queue.clone(), 80), "x: 1 pod succeeded, 2 failed, 1 running, 1 starting");
        assert_eq!((drawn(queue.clone(), 20), drawn(queue, 3)), ("x: 1".to_owned(), "x:>".to_owned()));
    }

    /// The bar of a Job of a thousand indexes.
    fn drawn(columns: usize, status: &Value, pace: &Pace) -> String {
        let spec = json!({"completions": 1000, "backoffLimitPerIndex": 0});
        let told = Told { progress: &seen(&spec, status), only: None, pace };
        bar("x", told, columns, "2026-01-01T00:01:30Z".parse().unwrap()).unwrap()
    }

    #[test]
    fn the_bar_shows_something_of_everything() {
        let bar = |status| drawn(80, &status, &Pace::default());
        let status = json!({"completedIndexes": "0-3", "failedIndexes": "9", "startTime": "2026-01-01T00:00:00Z"});
        assert_eq!(bar(status), "x: [#!----------------------] 4/1000 succeeded, 1 failed, 995 pending  90s");
        assert_eq!(
            bar(json!({"completedIndexes": "0-998"})),
            "x: [#######################-] 999/1000 succeeded, 1 pending"
        );
        let status = json!({"completedIndexes": "0-998", "failedIndexes": "999"});
        assert_eq!(bar(status), "x: [#######################!] 999/1000 succeeded, 1 failed");
        assert_eq!(bar(json!({"completedIndexes": "0-999"})), "x: [########################] 1000/1000 succeeded");
    }

    #[test]
    fn a_clock_that_is_ahead_makes_no_age() {
        let status = json!({"startTime": "2026-01-01T00:02:00Z"});
        assert!(drawn(80, &status, &Pace::default()).ends_with(" 0/1000 succeeded, 1000 pending"));
    }

    /// A pace of one index in three seconds, 300 of them by now.
    fn steady() -> (Value, Pace) {
        let spec = json!({"completions": 1000});
        let status = |done: u32| json!({"completedIndexes": format!("0-{}", done - 1), "active": 1, "ready": 1, "startTime": "2026-01-01T00:00:00Z"});
        let mut pace = Pace::default();
        for done in 271..=300 {
            let at = Timestamp::from_second(1_767_225_690 - 3 * (300 - i64::from(done))).unwrap();
            pace.observe(&seen(&spec, &status(done)), None, at);
        }
        (status(300), pace)
    }

    #[test]
    fn the_bar_fits_any_terminal() {
        let (status, pace) = steady();
        let lines: Vec<_> =
            [120, 80, 70, 60, 50, 40, 30, 20, 9, 5].map(|columns| drawn(columns, &status, &pace)).into();
        insta::assert_snapshot!(lines.join("\n"), @r"
        x: [#######-----------------] 300/1000 succeeded, 1 running, 699 pending  90s  20/min  ~35m left
        x: [##------] 300/1000 succeeded, 1 running, 699 pending  90s  20/min  ~35m left
        x: [###--------] 300/1000 succeeded, 1 running, 699 pending  ~35m left
        x: [###---------] 300/1000 succeeded, 1 running, 699 pending
        x: [#######-----------------] 300/1000  ~35m left
        x: [####-----------] 300/1000  ~35m left
        x: [#----] 300/1000  ~35m left
        x: [#-----] 300/1000
        x: 300/1>
        x: 3>
        ");
        for columns in 1..130 {
            assert!(drawn(columns, &status, &pace).chars().count() <= columns, "{columns}");
        }
    }

    #[test]
    fn rates_have_the_unit_that_suits_them() {
        let cases = [(20.0, "20/s"), (1.25, "1.2/s"), (1.0, "1/s"), (0.5, "30/min"), (0.02, "1.2/min"), (0.01, "36/h")];
        for (per_second, want) in cases {
            assert_eq!(rate(per_second), want);
        }
        let (_, known) = steady();
        let now = "2026-01-01T00:01:30Z".parse().unwrap();
        assert_eq!(super::pace(&known, now), " (20/min, ~35m left)");
        assert_eq!(super::pace(&Pace::default(), now), "");
    }

    #[test]
    fn what_keeps_indexes_from_running_is_one_safe_line() {
        let line = |obstacle, reason: &str, message: &str, these: &str, by: Option<&Foreign>| {
            let (reason, message, indexes) = (reason.into(), message.into(), these.parse().unwrap());
            stuck(&Stuck { obstacle, reason, message, indexes, pods: None }, &Numbering::default(), by)
        };
        let by = Foreign::from("kubectl-\u{1b}edit");
        let lines = [
            line(Obstacle::Unschedulable, "Unschedulable", "0/3 nodes are available", "5-9", None),
            line(Obstacle::Image, "ErrImagePull", "\u{1b}[31mnot found", "5", None),
            line(Obstacle::Usual, "ContainerCreating", "", "0-9", None),
            line(Obstacle::NotScheduled, "", "", "3", None),
            line(Obstacle::Refused, "FailedCreate", "exceeded quota: q", "2-4", None),
            line(Obstacle::Suspended, "Suspended", "", "0-9", Some(&by)),
            line(Obstacle::Suspended, "Suspended", "it waits in the queue gpu", "0-9", None),
            line(Obstacle::NotReady, "NotReady", "on node n-1", "7", None),
            line(Obstacle::Terminating, "Terminating", "on node n-1", "7,8", None),
        ];
        insta::assert_snapshot!(lines.join("\n"), @r"
        indexes 5-9 have not started yet: Unschedulable: 0/3 nodes are available
        index 5 has not started yet: ErrImagePull: ^[[31mnot found
        indexes 0-9 have not started yet: ContainerCreating
        index 3 has not started yet: no scheduler has given it a node
        no pod can be created for indexes 2-4: FailedCreate: exceeded quota: q
        the Job is suspended by kubectl-^[edit
        the Job is suspended: it waits in the queue gpu
        index 7 is not ready on node n-1: the node does not answer, or a probe fails
        indexes 7,8 are still being stopped on node n-1
        ");
    }

    #[test]
    fn before_the_first_look_there_is_nothing_to_say() {
        assert_eq!(progress(&JobProgress::default(), None), None);
    }
}
