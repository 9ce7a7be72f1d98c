//! The terminal: the only place that writes to stdout and stderr.

mod progress;
mod resolve;
mod screen;

use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use indexedjob_core::view::style::{Paint, Palette};
use indicatif::ProgressBar;
use tokio::io::{AsyncWrite, AsyncWriteExt as _};

use crate::env::Env;

pub(crate) use progress::{Form, Progress};
pub(crate) use resolve::{Color, Seen, Wish};
pub(crate) use screen::{Block, Screen};

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
    /// For NO_COLOR, COLUMNS and the like.
    env: Env,
    color: Mutex<Color>,
    /// The bar that is being drawn now; hidden when there is none.
    bar: Mutex<ProgressBar>,
    /// How many notes a terminal has shown.
    notes: AtomicUsize,
}

impl Term {
    /// Looks at the terminal once.
    #[expect(clippy::disallowed_methods, reason = "term/ owns stdout and stderr")]
    pub(crate) fn new(env: &Env) -> Self {
        let dumb = env.get("TERM").is_none_or(|term| term == "dumb");
        let (stdout_is_terminal, stderr_is_terminal) = (io::stdout().is_terminal(), io::stderr().is_terminal());
        let seen = Seen { stdout_is_terminal, stderr_is_terminal, dumb };
        let (env, color, bar) = (env.clone(), Mutex::default(), Mutex::new(ProgressBar::hidden()));
        Self(Arc::new(Inner { seen, env, color, bar, notes: AtomicUsize::new(0) }))
    }

    /// From now on colours are as the user wishes them.
    pub(crate) fn set_color(&self, wish: Color) {
        *lock(&self.0.color) = wish;
    }

    /// The colours for stdout.
    pub(crate) fn palette(&self) -> Palette {
        let (wish, seen) = (*lock(&self.0.color), self.0.seen);
        Palette::new(resolve::color(wish, &self.0.env, seen.stdout_is_terminal, seen.dumb))
    }

    /// Does stdout go to a terminal?
    pub(crate) fn stdout_is_terminal(&self) -> bool {
        self.0.seen.stdout_is_terminal
    }

    /// How many columns stdout has now; None where that is no terminal, or nobody says.
    #[expect(clippy::disallowed_methods, reason = "term/ owns stdout")]
    pub(crate) fn width(&self) -> Option<usize> {
        let columns = terminal_size::terminal_size_of(io::stdout()).map(|(columns, _)| columns.0);
        resolve::width(&self.0.env, self.0.seen.stdout_is_terminal, columns)
    }

    /// How many columns stderr has now; None where that is no terminal, or nobody says.
    #[expect(clippy::disallowed_methods, reason = "term/ owns stderr")]
    pub(crate) fn note_width(&self) -> Option<usize> {
        let columns = terminal_size::terminal_size_of(io::stderr()).map(|(columns, _)| columns.0);
        resolve::width(&self.0.env, self.0.seen.stderr_is_terminal, columns)
    }

    /// How many rows stdout has now; None where that is no terminal.
    #[expect(clippy::disallowed_methods, clippy::unused_self, reason = "term/ owns stdout")]
    pub(crate) fn height(&self) -> Option<usize> {
        terminal_size::terminal_size_of(io::stdout()).map(|(_, rows)| usize::from(rows.0))
    }

    /// How many columns and rows the terminal of stdout has now, whatever COLUMNS says; None where that is none.
    #[expect(clippy::disallowed_methods, clippy::unused_self, reason = "term/ owns stdout")]
    fn size(&self) -> Option<(usize, usize)> {
        terminal_size::terminal_size_of(io::stdout())
            .map(|(columns, rows)| (usize::from(columns.0), usize::from(rows.0)))
    }

    /// How many notes have moved the lines of a terminal so far.
    fn notes(&self) -> usize {
        self.0.notes.load(Ordering::Relaxed)
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

    /// Lets `write` write to stdout what may be longer than the memory should hold. It runs in a thread of its own: a
    /// reader that stalls does not keep Ctrl-C from being seen.
    #[expect(clippy::disallowed_methods, reason = "term/ owns stdout")]
    pub(crate) async fn write<W>(&self, write: W) -> io::Result<()>
    where
        W: FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static,
    {
        let written = tokio::task::spawn_blocking(move || {
            let mut stdout = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
            write(&mut stdout)?;
            stdout.flush()
        });
        written.await.map_err(io::Error::other)?
    }

    /// A place on stdout for a block that changes.
    pub(crate) fn screen(&self) -> Screen {
        Screen::new(self.clone(), self.0.seen.stdout_is_terminal && !self.0.seen.dumb)
    }

    /// Stdout for bytes that may be many: a reader that stalls does not keep Ctrl-C from being seen.
    #[expect(clippy::disallowed_methods, clippy::unused_self, reason = "term/ owns stdout")]
    pub(crate) fn stream(&self) -> impl AsyncWrite + Unpin + use<> {
        tokio::io::stdout()
    }

    /// Writes `text` and a newline to stderr. That stderr is closed is nothing that could be told anybody.
    #[expect(clippy::disallowed_methods, reason = "term/ owns stderr")]
    pub(crate) fn note(&self, text: &str) {
        if self.0.seen.stderr_is_terminal {
            self.0.notes.fetch_add(1, Ordering::Relaxed);
        }
        self.bar().suspend(|| {
            let _ = writeln!(io::stderr().lock(), "{}", text.trim_end_matches('\n'));
        });
    }

    /// A warning of the server, as kubectl shows it.
    pub(crate) fn warn(&self, text: &str) {
        let (wish, seen) = (*lock(&self.0.color), self.0.seen);
        let palette = Palette::new(resolve::color(wish, &self.0.env, seen.stderr_is_terminal, seen.dumb));
        self.note(&format!("{} {text}", palette.paint(Paint::Warning, "Warning:")));
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
        lock(&self.0.bar).clone()
    }

    fn show_bar(&self, bar: ProgressBar) {
        *lock(&self.0.bar) = bar;
    }
}

/// A thread that panicked with the lock in its hand has left a whole value.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
