//! [`Pace`]: how fast the indexes of a Job finish, and when the last one will have, from those that were seen to.
//!
//! Only what was seen finishing counts. The start time of a Job says little: a resumed one begins anew with half of its
//! work done, and the clock of the server may be another than ours. How long a task takes nobody knows before some have
//! come and gone, so where no whole set of running tasks has been replaced by the next, no time is told.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::index_set::IndexSet;
use crate::progress::JobProgress;

/// More samples are thinned out.
const SAMPLES: usize = 512;
/// From fewer indexes nothing is told.
const FEWEST: u32 = 3;
/// The newest indexes tell best, but not fewer of them than this, and than this times those that run at a time.
const WINDOW: u32 = 10;
const TURNOVERS: u32 = 4;
/// Beyond twice the longest time without a finish, and this, a Job is at a standstill.
const GRACE: SignedDuration = SignedDuration::from_secs(5);

/// The history of a Job as it was seen from here, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Pace {
    samples: VecDeque<Sample>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Sample {
    at: Timestamp,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct State {
    /// Indexes that succeeded, or failed for good.
    finished: u32,
    /// Indexes that have not.
    remaining: u32,
    running: u32,
    /// Indexes that wait for their turn, a node or an image.
    waiting: u32,
    suspended: bool,
}

/// Some of the samples, newest to oldest, as sums.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    finished: u32,
    seconds: f64,
    /// The most that ran at a time.
    running: u32,
    /// The longest time without a finish, in seconds.
    gap: f64,
}

impl Pace {
    /// Takes in how the Job is `now`, or `only` some of its indexes. A Job that is not Indexed has no pace.
    pub fn observe(&mut self, progress: &JobProgress, only: Option<&IndexSet>, now: Timestamp) {
        let Some((tally, job)) = progress.tally_of(only).zip(progress.job()) else { return };
        let finished = tally.succeeded + tally.failed;
        // Of those whose pods nobody asked for no more can run than pods of the Job are active.
        let may_run = tally.unknown.min(job.active);
        let state = State {
            finished,
            remaining: tally.completions.saturating_sub(finished + tally.skipped),
            running: tally.running + may_run,
            waiting: tally.starting + tally.pending + tally.unknown - may_run,
            suspended: job.suspended,
        };
        if let Some(last) = self.samples.back() {
            if last.state == state {
                return;
            }
            // Fewer than before: it is another Job, or the clock was set back. What was seen tells nothing any more.
            if last.state.finished > finished || last.at > now {
                self.samples.clear();
            }
        }
        if self.samples.len() == SAMPLES {
            let mut kept = false;
            self.samples.retain(|_| {
                kept = !kept;
                kept
            });
        }
        self.samples.push_back(Sample { at: now, state });
    }

    /// How many indexes finish in a second, lately; None before some have.
    #[must_use]
    pub fn rate(&self, now: Timestamp) -> Option<f64> {
        let span = self.span(|sample| !sample.state.suspended);
        let idle = self.samples.back().filter(|last| !last.state.suspended).map_or(0.0, |last| seconds(last.at, now));
        let seconds = span.seconds + idle;
        (span.finished >= FEWEST && seconds >= 1.0).then(|| f64::from(span.finished) / seconds)
    }

    /// The time until the last index has finished, if all goes on as lately; None where that cannot be known: too few
    /// have finished, all that is left began at once, the Job is suspended, or at a standstill.
    #[must_use]
    pub fn left(&self, now: Timestamp) -> Option<SignedDuration> {
        let last = self.samples.back().filter(|last| !last.state.suspended && last.state.remaining > 0)?;
        // While some wait for others to finish, tasks come and go, and their throughput tells how long they take.
        let span = self.span(|sample| sample.state.waiting > 0 && !sample.state.suspended);
        if span.finished < FEWEST.max(span.running) || span.seconds < 1.0 {
            return None;
        }
        let rate = f64::from(span.finished) / span.seconds;
        let (since, work) = match last.state.waiting {
            0 => self.last_wave(),
            _ => (last.at, last.state.remaining),
        };
        let idle = seconds(self.last_finish(), now);
        let left = f64::from(work) / rate - seconds(since, now);
        let stands_still = last.state.waiting > 0 && idle > 2.0 * span.gap + GRACE.as_secs_f64();
        (left >= 0.0 && !stands_still).then(|| SignedDuration::try_from_secs_f64(left).unwrap_or(SignedDuration::MAX))
    }

    /// The newest samples that are enough, of those that begin as `counts` says. It begins with a finish, which itself
    /// does not count: how long the tasks before it took was not seen.
    fn span(&self, counts: impl Fn(&Sample) -> bool) -> Span {
        let mut span = Span { running: self.samples.back().map_or(0, |last| last.state.running), ..Span::default() };
        let (mut best, mut idle) = (span, 0.0);
        for at in (1..self.samples.len()).rev() {
            let (before, after) = (self.samples[at - 1], self.samples[at]);
            let finished_at =
                |at: usize| at > 0 && self.samples[at].state.finished > self.samples[at - 1].state.finished;
            if counts(&before) {
                let (finished, time) = (after.state.finished - before.state.finished, seconds(before.at, after.at));
                idle = if finished > 0 { time } else { idle + time };
                span = Span {
                    finished: span.finished + finished,
                    seconds: span.seconds + time,
                    running: span.running.max(before.state.running),
                    gap: span.gap.max(idle),
                };
            }
            if finished_at(at - 1) {
                best = span;
                if best.finished >= WINDOW.max(TURNOVERS * best.running) {
                    break;
                }
            }
        }
        best
    }

    /// Since when nothing waits for its turn any more, and how many ran then.
    fn last_wave(&self) -> (Timestamp, u32) {
        let wave = self.samples.iter().rev().take_while(|sample| sample.state.waiting == 0).last();
        wave.map_or((Timestamp::MIN, 0), |begun| (begun.at, begun.state.remaining))
    }

    /// When an index was last seen to have finished, or when this began.
    fn last_finish(&self) -> Timestamp {
        let finished = self.samples.back().map_or(0, |last| last.state.finished);
        let same = self.samples.iter().rev().take_while(|sample| sample.state.finished == finished).last();
        same.map_or(Timestamp::MIN, |sample| sample.at)
    }
}

/// The seconds from one time to a later one; none if it is not later.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    to.duration_since(from).as_secs_f64().max(0.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::progress::Change;

    fn at(second: u32) -> Timestamp {
        Timestamp::from_second(1_000_000 + i64::from(second)).unwrap()
    }

    /// A Job of which so many indexes have succeeded and so many run.
    fn job(completions: u32, succeeded: u32, running: u32, suspend: bool) -> JobProgress {
        let mut progress = JobProgress::default();
        let done = if succeeded == 0 { String::new() } else { format!("0-{}", succeeded - 1) };
        let job = json!({
            "metadata": {"name": "x", "uid": "u"},
            "spec": {"completionMode": "Indexed", "completions": completions, "suspend": suspend},
            "status": {"completedIndexes": done, "active": running, "ready": running},
        });
        progress.observe(Change::Job(serde_json::from_value(job).unwrap()));
        progress
    }

    /// How many of `all` tasks of `time` seconds have ended after so many, where `workers` begin one after the other or
    /// at the same time.
    fn ended(all: u32, workers: u32, time: u32, staggered: bool, second: u32) -> u32 {
        let begun = |worker: u32| if staggered { worker * time / workers } else { 0 };
        (0..workers).map(|worker| second.saturating_sub(begun(worker)) / time).sum::<u32>().min(all)
    }

    #[test]
    fn before_some_have_finished_nothing_is_told() {
        let mut pace = Pace::default();
        assert_eq!((pace.rate(at(0)), pace.left(at(0))), (None, None));
        // Half was done before anybody looked.
        for (second, done) in [(0, 50), (10, 51), (20, 52), (30, 53)] {
            pace.observe(&job(100, done, 1, false), None, at(second));
            assert_eq!((pace.rate(at(second)), pace.left(at(second))), (None, None));
        }
        pace.observe(&job(100, 54, 1, false), None, at(40));
        assert_eq!(pace.rate(at(40)), Some(0.1));
        assert_eq!(pace.left(at(40)), Some(SignedDuration::from_secs(460)));
        assert_eq!(pace.left(at(45)), Some(SignedDuration::from_secs(455)));
    }

    #[test]
    fn tasks_that_began_all_at_once_tell_nothing_of_each_other() {
        let mut pace = Pace::default();
        for second in 0_u32..60 {
            pace.observe(
                &job(100, second.saturating_sub(10), 100 - second.saturating_sub(10), false),
                None,
                at(second),
            );
            assert_eq!(pace.left(at(second)), None);
        }
        assert!(pace.rate(at(60)).is_some());
    }

    #[test]
    fn a_standstill_has_no_end() {
        let mut pace = Pace::default();
        for second in 0..20 {
            pace.observe(&job(1000, second, 1, false), None, at(second));
        }
        assert_eq!(pace.left(at(19)), Some(SignedDuration::from_secs(981)));
        assert!(pace.left(at(25)).is_some());
        assert_eq!(pace.left(at(27)), None);
        assert!(pace.rate(at(600)).unwrap() < 0.1);
    }

    #[test]
    fn time_without_work_does_not_count() {
        let mut pace = Pace::default();
        for second in 0..=10 {
            pace.observe(&job(100, second, 1, false), None, at(second));
        }
        pace.observe(&job(100, 10, 0, true), None, at(11));
        assert_eq!((pace.left(at(500)), pace.rate(at(500)).map(f64::round)), (None, Some(1.0)));
        pace.observe(&job(100, 10, 1, false), None, at(1000));
        for second in 1..=5 {
            pace.observe(&job(100, 10 + second, 1, false), None, at(1000 + second));
        }
        let left = pace.left(at(1005)).unwrap().as_secs();
        assert!((80..=100).contains(&left), "{left}");
    }

    #[test]
    fn of_some_indexes_only_their_finishing_counts() {
        let only: IndexSet = "50-99".parse().unwrap();
        let mut pace = Pace::default();
        for second in 0..=60 {
            pace.observe(&job(100, second, 2, false), Some(&only), at(second));
        }
        // One a second of those fifty, of which ten are done.
        assert_eq!(pace.left(at(60)).map(|left| left.as_secs()), Some(40));
        assert!((0.1..=1.0).contains(&pace.rate(at(60)).unwrap()));
        let mut elsewhere = Pace::default();
        for second in 0..=49 {
            elsewhere.observe(&job(100, second, 2, false), Some(&only), at(second));
        }
        assert_eq!((elsewhere.rate(at(49)), elsewhere.left(at(49))), (None, None), "none of them has begun");
    }

    #[test]
    fn another_job_begins_anew() {
        let mut pace = Pace::default();
        for (second, done) in [(0, 0), (1, 50), (2, 3)] {
            pace.observe(&job(100, done, 1, false), None, at(second));
        }
        assert_eq!(pace.rate(at(3)), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn what_is_told_of_steady_work_is_near_the_truth(
            workers in 1u32..30, waves in 6u32..12, time in 2u32..90, staggered: bool,
        ) {
            let all = workers * waves;
            let done = |second| ended(all, workers, time, staggered, second);
            let end = (1..1_000_000).find(|second| done(*second) == all).unwrap();
            let mut pace = Pace::default();
            let mut told = 0;
            for second in 0..end {
                let (done, begun) = (done(second), done(second + time));
                pace.observe(&job(all, done, (begun - done).min(all - done), false), None, at(second));
                if let Some(left) = pace.left(at(second)) {
                    told += 1;
                    let (left, truth) = (left.as_secs_f64(), f64::from(end - second));
                    let off = (left - truth).abs();
                    prop_assert!(off <= f64::from(time) + 0.35 * truth, "{left} of {truth} s at {second}");
                }
            }
            prop_assert!(told * 5 >= end, "told {told} times in {end} s");
        }

        #[test]
        fn no_history_makes_it_panic(
            seen in proptest::collection::vec((0u32..2000, 0u32..50, 0u32..50, any::<bool>()), 0..600),
        ) {
            let mut pace = Pace::default();
            for (second, done, running, suspend) in seen {
                pace.observe(&job(50, done, running, suspend), None, at(second));
                let told = (pace.rate(at(second)), pace.left(at(second)));
                prop_assert!(told.0.is_none_or(f64::is_finite));
                prop_assert!(told.1.is_none_or(|left| !left.is_negative()));
            }
        }
    }
}
