//! One container's log, to its end: asked for again whenever an answer ends before the log does.
//!
//! That an answer ends proves nothing: the kubelet may have been restarted, and an API server turns every cut behind it
//! into a clean end. A log is at its end when an answer that was asked for after the container's end brings nothing
//! new.

mod pass;

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use indexedjob_core::text::shown;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::given::Ending;
use super::lines::Lines;
use super::options::Cut;
use super::scribe::Scribe;
use super::shared::{Seen, Shared};
use super::trouble::{Trouble, Troubles};
use crate::cluster::ClusterError;
use crate::failure::Failure;

/// A connection on which nothing comes for so long may be dead: no keep-alive tells of that. Asking anew costs a request.
const SILENCE: Duration = Duration::from_secs(60);
/// How long a connection may be silent after the container's end; the kubelet looks for that every second.
const SILENCE_AFTER_END: Duration = Duration::from_secs(5);
/// An answer often ends before the API tells that the container has: so long it is waited for.
const NEWS_OF_END: Duration = Duration::from_secs(1);
/// How often a log is asked for once more that lacks lines which were seen: rotated, or cut again.
const REPEATS: u32 = 2;
/// The bytes that are read at a time.
const CHUNK: usize = 32 << 10;

/// Where reading begins, and what becomes of the end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Begin {
    /// Which part is wanted of what there is; that a log is written to later changes nothing of it.
    pub(super) cut: Cut,
    /// Since when the parts that are counted in time count.
    pub(super) at: Instant,
    pub(super) ending: Ending,
}

/// One container's log, and how far it has been read.
pub(super) struct Tail {
    shared: Arc<Shared>,
    scribe: Scribe,
    begin: Begin,
    /// When the last lines of the log were asked for and came: what is written later is wanted, too.
    tailed: Option<Instant>,
    seen: watch::Receiver<Seen>,
    /// The run that is being read.
    run: u32,
    /// Has that been read to its end?
    is_whole: bool,
    lines: Lines,
    /// Did the last answer end as a log does?
    ended_well: bool,
    repeats: u32,
    troubles: Troubles,
}

/// Why reading stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Of all runs that there have been everything has been read, or what could be.
    End,
    /// It is silent, or fails again and again: others have their turn.
    Turn,
}

/// How one request for the log ended.
enum Pass {
    /// The answer ended.
    End,
    /// Nothing came for too long.
    Silent,
    /// The answer broke off.
    Cut,
    /// An error was the answer.
    Failed(ClusterError),
    /// The kubelet said something in place of the log, or after it.
    Complaint(String),
}

impl Tail {
    /// The log of a container of which `seen` tells, written by `scribe`.
    pub(super) fn new(shared: Arc<Shared>, scribe: Scribe, begin: Begin, seen: watch::Receiver<Seen>) -> Self {
        let present = seen.borrow().run;
        // Of the runs before the present one, the kubelet keeps one log. Who was not there then does not miss it; who
        // wants a part of what there is does not mean it.
        let whole = begin.cut == Cut { limit_bytes: begin.cut.limit_bytes, ..Cut::default() };
        let run = if whole { present.saturating_sub(1) } else { present };
        Self {
            shared,
            lines: Lines::new(scribe.clone(), begin.ending, begin.cut.limit_bytes),
            scribe,
            begin,
            tailed: None,
            seen,
            run,
            is_whole: false,
            ended_well: run < present,
            repeats: 0,
            troubles: Troubles::default(),
        }
    }

    /// Is there a run that has not been read?
    pub(super) fn has_more(&self) -> bool {
        !self.lines.is_full() && self.seen.borrow().run > self.run
    }

    /// Reads on.
    pub(super) async fn read(mut self) -> (Self, Result<Stop, Failure>) {
        let stop = self.read_on().await;
        (self, stop)
    }

    async fn read_on(&mut self) -> Result<Stop, Failure> {
        if self.is_whole && self.has_more() {
            self.next_run(self.run + 1).await?;
        }
        loop {
            let seen = *self.seen.borrow_and_update();
            if seen.run > self.run + 1 {
                self.note_incomplete("its container was started again before all was read");
                self.next_run(seen.run - 1).await?;
            }
            let stop = match self.pass(seen).await? {
                _ if self.lines.is_full() => self.run_ended().await?,
                Pass::End => self.ended(seen).await?,
                Pass::Silent => {
                    self.well();
                    Some(Stop::Turn)
                }
                Pass::Cut => self.cut().await?,
                Pass::Failed(error) => self.failed(error, seen).await?,
                Pass::Complaint(why) => self.complained(why, seen).await?,
            };
            if let Some(stop) = stop {
                return Ok(stop);
            }
        }
    }

    /// After an answer that ended as a log does.
    async fn ended(&mut self, seen: Seen) -> Result<Option<Stop>, Failure> {
        self.well();
        self.ended_well = true;
        let brought_nothing = self.lines.brought_nothing();
        if !seen.is_over(self.run) {
            let run = self.run;
            let pause = self.troubles.pause().max(NEWS_OF_END);
            // Whether it is over or the time is up: the log is asked for again.
            let _ = timeout(pause, self.seen.wait_for(|seen| seen.is_over(run))).await;
        } else if brought_nothing && self.lines.lacks_lines() && self.repeats < REPEATS {
            self.repeats += 1;
            sleep(self.troubles.pause()).await;
        } else if brought_nothing {
            return self.run_ended().await;
        }
        Ok(None)
    }

    /// After an answer that broke off.
    async fn cut(&mut self) -> Result<Option<Stop>, Failure> {
        self.ended_well = false;
        if self.lines.brought_nothing() {
            let why = "the connection breaks off".to_owned();
            return self.trouble(Trouble { why, ..Trouble::default() }, false).await;
        }
        self.well();
        sleep(self.troubles.pause()).await;
        Ok(None)
    }

    /// After words of the kubelet.
    async fn complained(&mut self, why: String, seen: Seen) -> Result<Option<Stop>, Failure> {
        let limited = seen.is_over(self.run);
        let last_look = limited && self.ended_well;
        self.trouble(Trouble { why, limited, last_look, ..Trouble::default() }, !last_look).await
    }

    async fn failed(&mut self, error: ClusterError, seen: Seen) -> Result<Option<Stop>, Failure> {
        let refused = error.is_forbidden() || error.is_unauthorized();
        if refused && !self.shared.reading.allowed.load(Ordering::Relaxed) {
            return Err(error.into());
        }
        // The kubelet has no log to show, not yet or no more; or it has just started, and does not know the pod yet.
        let no_log = error.is_bad_request() && seen.run == self.run;
        let no_pod = error.is_any_not_found() && !self.seen.borrow().gone;
        self.ended_well &= error.is_bad_request() || error.is_any_not_found();
        if !(refused || no_log || no_pod || error.is_passing()) {
            return self.give_up(&error.to_string()).await;
        }
        let is_gone = no_log && seen.is_over(self.run);
        let trouble = Trouble {
            why: error.to_string(),
            wait: error.retry_after().unwrap_or_default(),
            limited: refused || is_gone,
            last_look: is_gone && self.ended_well,
        };
        // Of a server that cannot be reached those tell who watch the Job and its pods.
        let is_news = !no_pod && !trouble.last_look && !error.is_transport();
        self.trouble(trouble, is_news).await
    }

    /// Waits, and gives up where that has no end.
    async fn trouble(&mut self, trouble: Trouble, is_news: bool) -> Result<Option<Stop>, Failure> {
        let job_ended = self.shared.job_ended.get().copied();
        let Some(wait) = self.troubles.wait(&trouble, job_ended, Instant::now()) else {
            return self.give_up(&trouble.why).await;
        };
        if is_news {
            let words = format!("{}{}: {}", self.shared.voice, self.scribe.name(), shown(&trouble.why));
            self.shared.reading.output.note_trouble(&words);
        }
        sleep(wait).await;
        Ok(self.troubles.is_turn_of_others().then_some(Stop::Turn))
    }

    /// The connection works.
    fn well(&mut self) {
        if !self.lines.brought_nothing() {
            self.troubles.progress();
            self.repeats = 0;
        }
        if self.troubles.over() {
            self.shared.reading.output.over_trouble();
        }
    }

    /// What could not be read is lost, unless the log had ended before, and was only to be looked at once more.
    async fn give_up(&mut self, why: &str) -> Result<Option<Stop>, Failure> {
        if !self.ended_well {
            self.note_incomplete(why);
        }
        self.run_ended().await
    }

    /// This run has been read: goes on with the next one, if there is one.
    async fn run_ended(&mut self) -> Result<Option<Stop>, Failure> {
        if self.has_more() {
            self.next_run(self.run + 1).await?;
            return Ok(None);
        }
        let mut out = Vec::new();
        self.lines.finish(&mut out);
        self.shared.reading.output.write(None, &mut out, false).await?;
        self.owe_newline();
        if self.lines.take_gap() {
            self.note_incomplete("the log was rotated while nobody could read it; lines may be missing");
        }
        self.is_whole = true;
        Ok(Some(Stop::End))
    }

    async fn next_run(&mut self, run: u32) -> io::Result<()> {
        let mut out = Vec::new();
        self.lines.next_run(&mut out);
        self.shared.reading.output.write(None, &mut out, false).await?;
        self.owe_newline();
        (self.run, self.is_whole, self.ended_well, self.repeats) = (run, false, false, 0);
        Ok(())
    }

    /// A last line that stayed without its newline gets it from whoever writes next.
    fn owe_newline(&mut self) {
        if self.lines.take_owed() {
            self.shared.reading.output.owe_newline();
        }
    }

    fn note_incomplete(&self, why: &str) {
        self.shared.note_incomplete(&format!("{}: the log cannot be read to its end: {why}", self.scribe.name()));
    }
}
