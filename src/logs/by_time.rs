//! The lines of many logs merged by their times.
//!
//! All logs go into one temporary file first, each behind the one before: merging needs the next line of each, and there
//! may be far more logs than connections. Within a log lines keep their order, also where a time goes back a little.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::Arc;

use indexedjob_core::text::plainly;
use indexedjob_core::view::log::whole_characters;
use jiff::Timestamp;

use super::lines::split;
use super::options::LogsOptions;
use super::ordered::{Sink, read_each};
use super::pick::Log;
use super::print::Feed;
use super::scribe::Scribe;
use super::shared::Reading;
use crate::exit::Exit;
use crate::failure::Failure;

/// What all buffers of the merge have together, in bytes.
const BUFFERS: usize = 16 << 20;
/// How much is written at a time.
const BATCH: usize = 64 << 10;
/// The longest piece of a line that is kept, in bytes.
const PIECE: usize = 1 << 20;

/// Prints the lines of `logs` by their times.
///
/// [`Exit::Error`] where one could not be read to its end, of which a note has told. It fails where no log may be read,
/// or stdout or the temporary file cannot be written to.
pub(crate) async fn read_by_time(
    reading: &Arc<Reading>,
    logs: Vec<Log>,
    options: &LogsOptions,
) -> Result<Exit, Failure> {
    let mut timed = options.clone();
    timed.look.timestamps = true;
    let file = tempfile::tempfile().map_err(|error| spoilt(&error))?;
    let mut spool = Spool { file: BufWriter::new(file), length: 0, parts: Vec::new() };
    let exit = read_each(reading, logs, &timed, &mut spool).await?;
    let file = spool.file.into_inner().map_err(|error| spoilt(&error.into_error()))?;
    let parts = spool.parts.into_iter().map(|(log, begin, end)| {
        let feed = Feed::new(Scribe::new(options.look, log.origin), options).with_times();
        (feed, begin, end)
    });
    let mut merge = Merge::new(file, parts.collect());
    let mut out = Vec::new();
    while merge.next(&mut out).map_err(|error| spoilt(&error))? {
        if out.len() >= BATCH {
            reading.output.write(None, &mut out, false).await?;
        }
    }
    reading.output.write(None, &mut out, false).await?;
    Ok(exit)
}

fn spoilt(error: &io::Error) -> Failure {
    Failure::error(format_args!("the temporary file for --order=time: {}", plainly(error)))
        .hint("TMPDIR=DIR puts it elsewhere")
}

/// Logs one behind the other in a file.
struct Spool {
    file: BufWriter<File>,
    length: u64,
    /// Each log, and where it begins and ends.
    parts: Vec<(Log, u64, u64)>,
}

impl Sink for Spool {
    async fn begin(&mut self, log: &Log) -> Result<(), Failure> {
        self.parts.push((log.clone(), self.length, self.length));
        Ok(())
    }

    async fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.length += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|error| spoilt(&error))
    }

    async fn end(&mut self, _: &Log, _: bool) -> Result<(), Failure> {
        if let Some((_, _, end)) = self.parts.last_mut() {
            *end = self.length;
        }
        Ok(())
    }
}

/// Lines of many logs by time.
struct Merge {
    file: File,
    logs: Vec<Cursor>,
    /// The time of the next line of each log; of equal ones, that of the log that comes first.
    next: BinaryHeap<Reverse<(Timestamp, usize)>>,
    /// The log whose line is being written in pieces: no other comes before its end.
    open: Option<usize>,
    begun: bool,
    buffer: usize,
    piece: usize,
}

/// How far a log has been merged.
struct Cursor {
    feed: Feed,
    /// Where its unread bytes begin and end in the file.
    begin: u64,
    end: u64,
    /// What was read ahead, and how much of that has been taken.
    ahead: Vec<u8>,
    taken: usize,
    /// The next line without its newline, or a piece of it.
    line: Vec<u8>,
    end_of_line: End,
    /// Its time, or the latest before it.
    time: Timestamp,
}

/// What follows a piece of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Its newline.
    Newline,
    /// The end of the log.
    Log,
    /// The rest of it: it is too long to be kept.
    More,
}

impl Merge {
    fn new(file: File, parts: Vec<(Feed, u64, u64)>) -> Self {
        let buffer = (BUFFERS / parts.len().max(1)).clamp(512, BATCH);
        let logs = parts.into_iter().map(|(feed, begin, end)| Cursor {
            feed,
            begin,
            end,
            ahead: Vec::new(),
            taken: 0,
            line: Vec::new(),
            end_of_line: End::Newline,
            time: Timestamp::MIN,
        });
        let (next, open, begun) = (BinaryHeap::new(), None, false);
        Self { file, logs: logs.collect(), next, open, begun, buffer, piece: PIECE }
    }

    /// Adds the next line, or a piece of a long one, to `out`; false where there is none.
    fn next(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        if !std::mem::replace(&mut self.begun, true) {
            for at in 0..self.logs.len() {
                self.advance(at)?;
            }
        }
        let next = self.open.take().or_else(|| self.next.pop().map(|Reverse((_, at))| at));
        let Some(at) = next else { return Ok(false) };
        let cursor = &mut self.logs[at];
        match cursor.end_of_line {
            End::More => {
                cursor.feed.line(&cursor.line, false, out);
                cursor.read_line(&mut self.file, self.buffer, self.piece)?;
                self.open = Some(at);
            }
            end => {
                cursor.feed.line_among_others(&cursor.line, end == End::Newline, out);
                self.advance(at)?;
            }
        }
        Ok(true)
    }

    /// Reads the next line of one log, if there is one.
    fn advance(&mut self, at: usize) -> io::Result<()> {
        let cursor = &mut self.logs[at];
        if cursor.read_line(&mut self.file, self.buffer, self.piece)? {
            cursor.time = split(&cursor.line).0.map_or(cursor.time, |time| time.max(cursor.time));
            self.next.push(Reverse((cursor.time, at)));
        }
        Ok(())
    }
}

impl Cursor {
    /// Reads a line, or a piece of one that is longer than `piece`; false at the end.
    fn read_line(&mut self, file: &mut File, buffer: usize, piece: usize) -> io::Result<bool> {
        self.line.clear();
        loop {
            let ahead = &self.ahead[self.taken..];
            if let Some(end) = ahead.iter().position(|byte| *byte == b'\n') {
                self.line.extend_from_slice(&ahead[..end]);
                self.taken += end + 1;
                self.end_of_line = End::Newline;
                return Ok(true);
            }
            self.line.extend_from_slice(ahead);
            let length = usize::try_from(self.end - self.begin).map_or(buffer, |left| left.min(buffer));
            self.taken = 0;
            self.ahead.resize(length, 0);
            if length == 0 {
                self.end_of_line = End::Log;
                return Ok(!self.line.is_empty());
            }
            if self.line.len() > piece {
                // The rest of a character comes with what follows it.
                self.ahead.clear();
                let rest = self.line.split_off(whole_characters(&self.line));
                self.begin -= rest.len() as u64;
                self.end_of_line = End::More;
                return Ok(true);
            }
            file.seek(SeekFrom::Start(self.begin))?;
            file.read_exact(&mut self.ahead)?;
            self.begin += length as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::options::{Form, Look};
    use super::*;

    fn merged(logs: &[&str], look: Look, buffer: usize) -> String {
        let options = LogsOptions { look, ..LogsOptions::default() };
        let mut file = tempfile::tempfile().unwrap();
        let mut parts = Vec::new();
        let mut length = 0;
        for (at, log) in logs.iter().enumerate() {
            file.write_all(log.as_bytes()).unwrap();
            let feed = Feed::new(Scribe::of_prefix(&format!("[{at}] "), look), &options).with_times();
            parts.push((feed, length, length + log.len() as u64));
            length += log.len() as u64;
        }
        let mut merge = Merge::new(file, parts);
        (merge.buffer, merge.piece) = (buffer, 100);
        let mut out = Vec::new();
        while merge.next(&mut out).unwrap() {}
        String::from_utf8(out).unwrap()
    }

    const A: &str = "2026-01-01T00:00:01.000000000Z a1\n2026-01-01T00:00:03.000000000Z a3\n\
                     2026-01-01T00:00:02.999999999Z a3, too\n2026-01-01T00:00:05.000000000Z a5";
    const B: &str = "2026-01-01T00:00:02.000000000Z b2\n2026-01-01T00:00:03.000000000Z b3\n\
                     2026-01-01T00:00:06.000000000Z b6";

    #[test]
    fn lines_come_by_their_time_and_those_of_one_log_in_their_order() {
        let look = Look { prefix: true, ..Look::default() };
        for buffer in [1, 7, 40, 1000] {
            let out = merged(&[A, B, ""], look, buffer);
            assert_eq!(out, "[0] a1\n[1] b2\n[0] a3\n[0] a3, too\n[1] b3\n[0] a5\n[1] b6\n", "{buffer}");
        }
    }

    #[test]
    fn of_a_line_that_is_too_long_to_be_kept_no_piece_is_lost_or_parted_from_the_others() {
        let much = "\u{fc}".repeat(1000);
        let log = format!(
            "2026-01-01T00:00:01.000000000Z a\n2026-01-01T00:00:02.000000000Z {much}\n2026-01-01T00:00:09.000000000Z {much}"
        );
        let look = Look { prefix: true, ..Look::default() };
        for buffer in [1, 7, 64, 10_000] {
            let out = merged(&[&log, B], look, buffer);
            let want = format!("[0] a\n[0] {much}\n[1] b2\n[1] b3\n[1] b6\n[0] {much}\n");
            assert!(out == want, "{buffer}: {} bytes for {}", out.len(), want.len());
        }
        let out = merged(&[&log, B], Look { form: Form::Json, ..Look::default() }, 64);
        let mut text = String::new();
        for line in out.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
            text += line["line"].as_str().unwrap();
            text += if line["partial"] == true { "" } else { "\n" };
        }
        assert!(text == format!("a\n{much}\nb2\nb3\nb6{much}"), "{} bytes", text.len());
    }

    #[test]
    fn times_are_written_where_they_are_wanted() {
        let look = Look { timestamps: true, ..Look::default() };
        let mut want: Vec<_> = A.lines().chain(B.lines()).filter(|line| !line.ends_with("too")).collect();
        want.sort_unstable();
        let mut out: Vec<_> = merged(&[A, B], look, 16).lines().map(|line| line[4..].to_owned()).collect();
        out.retain(|line| !line.ends_with("too"));
        assert_eq!(out, want);
    }

    #[test]
    fn as_json_a_last_line_without_a_newline_says_so() {
        let look = Look { form: Form::Json, ..Look::default() };
        let out = merged(&[A, B], look, 16);
        let partial: Vec<_> = out.lines().filter(|line| line.contains("\"partial\":true")).collect();
        assert_eq!(partial.len(), 2, "{out}");
    }
}
