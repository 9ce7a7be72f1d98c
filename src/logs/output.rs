//! Where logs go: lines of all of them to one writer, words about them to the user.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{Mutex, MutexGuard};

use crate::term::Term;

/// What is kept of a buffer that a long line has made large, in bytes.
const USUAL: usize = 64 << 10;

type Writer = Box<dyn AsyncWrite + Send + Unpin>;

/// One output for many logs.
pub(super) struct Output {
    writer: Mutex<Writer>,
    note: Box<dyn Fn(&str) + Send + Sync>,
    /// Has the present trouble been told?
    in_trouble: AtomicBool,
    incomplete: AtomicBool,
    /// The last line that was written has no newline, and will not get one from its own log.
    owes_newline: AtomicBool,
}

impl Output {
    /// Lines to stdout, words to stderr.
    pub(super) fn of(term: &Term) -> Self {
        let notes = term.clone();
        Self::new(Box::new(term.stream()), Box::new(move |text| notes.note(text)))
    }

    pub(super) fn new(writer: Writer, note: Box<dyn Fn(&str) + Send + Sync>) -> Self {
        let [in_trouble, incomplete, owes_newline] = [false; 3].map(AtomicBool::new);
        Self { writer: Mutex::new(writer), note, in_trouble, incomplete, owes_newline }
    }

    /// Writes `out` and empties it. `held` is the writer where it was kept; with `keep` it is kept for the next time,
    /// and nobody else writes until then.
    pub(super) async fn write<'a>(
        &'a self,
        held: Option<MutexGuard<'a, Writer>>,
        out: &mut Vec<u8>,
        keep: bool,
    ) -> io::Result<Option<MutexGuard<'a, Writer>>> {
        if out.is_empty() {
            return Ok(held);
        }
        let mut writer = match held {
            Some(writer) => writer,
            None => self.writer.lock().await,
        };
        if self.owes_newline.swap(false, Ordering::Relaxed) {
            writer.write_all(b"\n").await?;
        }
        writer.write_all(out).await?;
        // A line that is followed is seen at once.
        writer.flush().await?;
        out.clear();
        out.shrink_to(USUAL);
        Ok(keep.then_some(writer))
    }

    /// Whoever writes next begins with a newline.
    pub(super) fn owe_newline(&self) {
        self.owes_newline.store(true, Ordering::Relaxed);
    }

    /// Tells the user something.
    pub(super) fn note(&self, text: &str) {
        (self.note)(text);
    }

    /// Tells that some log cannot be read to its end.
    pub(super) fn note_incomplete(&self, text: &str) {
        self.set_incomplete();
        self.note(text);
    }

    /// There is a log that cannot be read to its end; the user has been told.
    pub(super) fn set_incomplete(&self) {
        self.incomplete.store(true, Ordering::Relaxed);
    }

    /// Is there a log that could not be read to its end?
    pub(super) fn is_incomplete(&self) -> bool {
        self.incomplete.load(Ordering::Relaxed)
    }

    /// Tells of a trouble that may pass: once for all logs, until one of them is over it.
    pub(super) fn note_trouble(&self, text: &str) {
        if !self.in_trouble.swap(true, Ordering::Relaxed) {
            self.note(&format!("{text} (trying again)"));
        }
    }

    /// A log is over its trouble.
    pub(super) fn over_trouble(&self) {
        self.in_trouble.store(false, Ordering::Relaxed);
    }
}
