//! Whether and when a log is asked for again that could not be read.

use std::time::Duration;

use tokio::time::Instant;

use crate::cluster::Backoff;

/// For how long a log is asked for that may no more be there, or is refused; and any after the end of the Job.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// The same for a log that has ended, and is only to be looked at once more.
const LAST_LOOK: Duration = Duration::from_secs(5);
/// The longest wait that a server may ask for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// After so many failures in a row it is another log's turn.
const TURN: u32 = 4;

/// A trouble that may pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Trouble {
    /// In the server's words.
    pub(super) why: String,
    /// How long the server asks to wait.
    pub(super) wait: Duration,
    /// Does [`PATIENCE`] count from its beginning? Else it counts from the end of the Job: until then there is time.
    pub(super) limited: bool,
    /// The log had ended before.
    pub(super) last_look: bool,
}

/// One log's troubles.
#[derive(Debug, Default)]
pub(super) struct Troubles {
    backoff: Backoff,
    /// When the present one began; None while all is well.
    begun: Option<Instant>,
    failures: u32,
}

impl Troubles {
    /// How long to wait before the log is asked for again; None where that is no use any more.
    pub(super) fn wait(&mut self, trouble: &Trouble, job_ended: Option<Instant>, now: Instant) -> Option<Duration> {
        self.failures += 1;
        let begun = *self.begun.get_or_insert(now);
        let counts_from = if trouble.limited { Some(begun) } else { job_ended.map(|ended| begun.max(ended)) };
        let patience = if trouble.last_look { LAST_LOOK } else { PATIENCE };
        let in_time = counts_from.is_none_or(|from| now < from + patience);
        in_time.then(|| self.pause().max(trouble.wait.min(LONGEST_WAIT)))
    }

    /// How long to wait where nothing is wrong.
    pub(super) fn pause(&mut self) -> Duration {
        self.backoff.next()
    }

    /// Is it another log's turn?
    pub(super) fn is_turn_of_others(&self) -> bool {
        self.failures > 0 && self.failures.is_multiple_of(TURN)
    }

    /// The connection works. True where it did not before.
    pub(super) fn over(&mut self) -> bool {
        self.failures = 0;
        self.begun.take().is_some()
    }

    /// Something came of it: the next pauses are short again.
    pub(super) fn progress(&mut self) {
        self.backoff = Backoff::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// For how many seconds a log is asked for whose every try fails, and how often it is another log's turn.
    fn asked_for(trouble: &Trouble, job_ended_after: Option<u64>) -> (u64, u32) {
        let begun = Instant::now();
        let (mut troubles, mut now, mut turns) = (Troubles::default(), begun, 0);
        while now < begun + Duration::from_secs(1000) {
            let job_ended = job_ended_after.map(|seconds| begun + Duration::from_secs(seconds));
            let Some(wait) = troubles.wait(trouble, job_ended.filter(|ended| *ended <= now), now) else { break };
            turns += u32::from(troubles.is_turn_of_others());
            now += wait;
        }
        ((now - begun).as_secs(), turns)
    }

    #[track_caller]
    fn gives_up(trouble: &Trouble, job_ended_after: Option<u64>, after: std::ops::Range<u64>) {
        let (seconds, _) = asked_for(trouble, job_ended_after);
        assert!(after.contains(&seconds), "{seconds} s for {trouble:?}");
    }

    #[test]
    fn while_the_job_runs_there_is_time_and_after_its_end_there_is_little() {
        let passing = Trouble::default();
        gives_up(&passing, None, 1000..1010);
        gives_up(&passing, Some(0), 30..37);
        gives_up(&passing, Some(600), 630..637);
        assert!(asked_for(&passing, None).1 > 40, "others have their turn");
    }

    #[test]
    fn what_may_be_gone_is_asked_for_a_while_and_a_last_look_is_short() {
        let limited = Trouble { limited: true, ..Trouble::default() };
        gives_up(&limited, None, 30..37);
        gives_up(&Trouble { last_look: true, ..limited }, None, 5..9);
    }

    #[test]
    fn a_server_may_ask_for_a_wait_but_not_for_any() {
        let asking = |seconds| Trouble { wait: Duration::from_secs(seconds), ..Trouble::default() };
        let wait = |trouble| Troubles::default().wait(&trouble, None, Instant::now());
        assert_eq!(wait(asking(20)), Some(Duration::from_secs(20)));
        assert_eq!(wait(asking(100_000)), Some(LONGEST_WAIT));
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let (mut troubles, now) = (Troubles::default(), Instant::now());
        let limited = Trouble { limited: true, ..Trouble::default() };
        assert!(!troubles.over());
        assert!(troubles.wait(&limited, None, now).is_some() && troubles.over());
        assert!(troubles.wait(&limited, None, now + Duration::from_secs(100)).is_some());
    }
}
