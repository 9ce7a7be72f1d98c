//! The terminal: the only place that writes to stdout and stderr.

mod progress;
mod resolve;

use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::ProgressBar;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::env::Env;

pub(crate) use progress::Progress;
pub(crate) use resolve::{Seen, Wish};

/// Where a line goes that kubectl prints when something is done: `job.batch/x condition met`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// To stdout, as kubectl's own.
    Data,
    /// To stderr, since stdout is for a program to read.
    Note,
}

/// The program's output; a cheap clone, all of which write to the same terminal.
///
/// Data goes to stdout by [`out`](Term::out) or [`stream`](Term::stream), everything else to stderr by
/// [`note`](Term::note). A bar that is being drawn steps aside for every line.
#[derive(Clone)]
pub(crate) struct Term(Arc<Inner>);

struct Inner {
    seen: Seen,
    /// The bar that is being drawn now; hidden when there is none.
    bar: Mutex<ProgressBar>,
}

impl Term {
    /// Looks at the terminal once.
    #[expect(clippy::disallowed_methods, reason = "term/ owns stdout and stderr")]
    pub(crate) fn new(env: &Env) -> Self {
        let dumb = env.get("TERM").is_none_or(|term| term == "dumb");
        let seen = Seen { stderr_is_terminal: io::stderr().is_terminal(), dumb };
        Self(Arc::new(Inner { seen, bar: Mutex::new(ProgressBar::hidden()) }))
    }

    /// Writes `text`, which has its newlines, to stdout at once. For a line or two; what may be long goes to `page`.
    #[expect(clippy::disallowed_methods, reason = "term/ owns stdout")]
    pub(crate) fn out(&self, text: &str) -> io::Result<()> {
        self.bar().suspend(|| {
            let mut stdout = io::stdout().lock();
            stdout.write_all(text.as_bytes())?;
            stdout.flush()
        })
    }

    /// Writes `text` as one line where `line` says.
    pub(crate) fn line(&self, line: Line, text: &str) -> io::Result<()> {
        match line {
            Line::Data => self.out(&format!("{text}\n")),
            Line::Note => {
                self.note(text);
                Ok(())
            }
        }
    }

    /// Writes `text` to stdout as [`stream`](Term::stream) does: for screens that may be long.
    pub(crate) async fn page(&self, text: &str) -> io::Result<()> {
        let mut stdout = self.stream();
        stdout.write_all(text.as_bytes()).await?;
        stdout.flush().await
    }

    /// Stdout for bytes that may be many: a reader that stalls does not keep Ctrl-C from being seen.
    #[expect(clippy::disallowed_methods, clippy::unused_self, reason = "term/ owns stdout")]
    pub(crate) fn stream(&self) -> impl AsyncWrite + Unpin + use<> {
        tokio::io::stdout()
    }

    /// Writes `text` and a newline to stderr. That stderr is closed is nothing that could be told anybody.
    #[expect(clippy::disallowed_methods, reason = "term/ owns stderr")]
    pub(crate) fn note(&self, text: &str) {
        self.bar().suspend(|| {
            let _ = writeln!(io::stderr().lock(), "{}", text.trim_end_matches('\n'));
        });
    }

    /// Something that shows progress as the user wishes it and the terminal can.
    pub(crate) fn progress(&self, wish: Wish, interval: Duration) -> Progress {
        Progress::new(self.clone(), resolve::progress(wish, self.0.seen), interval)
    }

    /// Ends a bar in mid-air, when the program is interrupted.
    pub(crate) fn clear(&self) {
        self.bar().finish_and_clear();
    }

    fn bar(&self) -> ProgressBar {
        self.0.bar.lock().map_or_else(|poisoned| poisoned.into_inner().clone(), |bar| bar.clone())
    }

    fn show_bar(&self, bar: ProgressBar) {
        match self.0.bar.lock() {
            Ok(mut place) => *place = bar,
            Err(poisoned) => *poisoned.into_inner() = bar,
        }
    }
}
