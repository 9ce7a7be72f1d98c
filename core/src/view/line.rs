//! The one line that follows a Job: beside the bar on a terminal, or printed when it changes.

use jiff::{SignedDuration, Timestamp};

use crate::human;
use crate::index_set::IndexSet;
use crate::numbering::Numbering;
use crate::pace::Pace;
use crate::progress::{JobProgress, Tally};
use crate::stuck::{Obstacle, Stuck};
use crate::text::Foreign;

use super::indexes;

/// The cells of a bar where there is room, and the fewest that still tell something.
const CELLS: usize = 24;
const FEWEST_CELLS: usize = 5;

/// The state of a Job in one line, without its age: equal lines mean that nothing changed.
///
/// None before the first look.
#[must_use]
pub fn progress(progress: &JobProgress) -> Option<String> {
    let tally = progress.tally()?;
    let mut parts = vec![format!("{}/{} succeeded", tally.succeeded, tally.completions)];
    let retrying = tally.retrying.unwrap_or(0);
    let more = [
        (tally.failed, "failed"),
        (tally.running, "running"),
        (tally.starting, "starting"),
        (tally.terminating, "terminating"),
        (retrying, "retrying"),
        (tally.pending - retrying, "pending"),
    ];
    parts.extend(more.into_iter().filter(|(number, _)| *number > 0).map(|(number, state)| format!("{number} {state}")));
    if progress.job().is_some_and(|job| job.suspended) && progress.verdict().is_none() {
        parts.push("suspended".to_owned());
    }
    Some(parts.join(", "))
}

/// The same with the name and a bar before it, and behind it the time since the start, the rate and the time left, in as
/// many `columns` at the most: `train: [####-----] 4/10 succeeded, 6 running  12s  20/min  ~18s left`.
///
/// `#` are indexes that succeeded, `!` those that failed for good; something of each is always seen where there is one.
/// Where there is no room for all, first the times go, then the bar gets shorter, then the words. None before the first
/// look.
#[must_use]
pub fn bar(name: &str, seen: &JobProgress, pace: &Pace, columns: usize, now: Timestamp) -> Option<String> {
    let tally = seen.tally()?;
    let words = progress(seen)?;
    let few_words = format!("{}/{}", tally.succeeded, tally.completions);
    let times = times(seen, pace, now);
    let time_left = pace.left(now).map(|left| format!("  {}", time_left(left))).unwrap_or_default();
    let choices = [
        (&words, times.as_str()),
        (&words, time_left.as_str()),
        (&words, ""),
        (&few_words, &time_left),
        (&few_words, ""),
    ];
    let fitting = choices.into_iter().find_map(|(words, times)| {
        let rest = format!(" {words}{times}");
        let room = columns.checked_sub(name.chars().count() + ": []".len() + rest.chars().count())?;
        (room >= FEWEST_CELLS).then(|| format!("{name}: [{}]{rest}", cells(&tally, room.min(CELLS))))
    });
    Some(fitting.unwrap_or_else(|| cut(&format!("{name}: {few_words}"), columns)))
}

/// The time since the start, the rate and the time left, as far as they are known: `  12s  20/min  ~18s left`.
fn times(seen: &JobProgress, pace: &Pace, now: Timestamp) -> String {
    let started = seen.job().and_then(|job| job.started);
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

fn cells(tally: &Tally, cells: usize) -> String {
    let failed = share(tally.failed, tally, cells);
    let succeeded = share(tally.succeeded, tally, cells).min(cells - failed);
    let parts = [("#", succeeded), ("!", failed), ("-", cells - succeeded - failed)];
    parts.into_iter().map(|(cell, times)| cell.repeat(times)).collect()
}

/// How many of `cells` stand for `part` indexes: at least one if there is one, all only if that is all.
fn share(part: u32, tally: &Tally, cells: usize) -> usize {
    match part as usize * cells / (tally.completions as usize).max(1) {
        0 if part > 0 => 1,
        share => share.min(cells),
    }
}

/// Why some indexes do not run, in a line: `indexes 5-9 have not started yet: Unschedulable: 0/3 nodes are available`.
/// `by` is who suspended the Job, if that is known.
#[must_use]
pub fn stuck(stuck: &Stuck, numbering: &Numbering, by: Option<&Foreign>) -> String {
    let these = numbering.numbers(&stuck.indexes);
    let why = because(&[&stuck.reason, &stuck.message]);
    match stuck.obstacle {
        Obstacle::Suspended => {
            let by = by.map(|by| format!(" by {}", by.shown())).unwrap_or_default();
            format!("the Job is suspended{by}{}", because(&[&stuck.message]))
        }
        Obstacle::Refused => format!("no pod can be created for {}{why}", indexes(&these)),
        Obstacle::NotScheduled => not_started(&these, ": no scheduler has given it a node"),
        Obstacle::NotReady => {
            let are = if these.len() == 1 { "is" } else { "are" };
            let node = because(&[&stuck.message]).replacen(": ", " ", 1);
            format!("{} {are} not ready{node}: the node does not answer, or a probe fails", indexes(&these))
        }
        Obstacle::Terminating => {
            let are = if these.len() == 1 { "is" } else { "are" };
            format!(
                "{} {are} still being stopped{}",
                indexes(&these),
                because(&[&stuck.message]).replacen(": ", " ", 1)
            )
        }
        Obstacle::Unschedulable | Obstacle::Image | Obstacle::Config | Obstacle::Usual | Obstacle::Other => {
            not_started(&these, &why)
        }
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

    /// The bar of a Job of a thousand indexes.
    fn drawn(columns: usize, status: &Value, pace: &Pace) -> String {
        let spec = json!({"completions": 1000, "backoffLimitPerIndex": 0});
        bar("x", &seen(&spec, status), pace, columns, "2026-01-01T00:01:30Z".parse().unwrap()).unwrap()
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
            pace.observe(&seen(&spec, &status(done)), at);
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
            stuck(&Stuck { obstacle, reason, message, indexes }, &Numbering::default(), by)
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
        assert_eq!(progress(&JobProgress::default()), None);
    }
}
