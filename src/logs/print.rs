//! Logs one after the other on stdout.

use std::mem;
use std::sync::Arc;

use indexedjob_core::view::log::whole_characters;

use super::lines::{split, stamp};
use super::options::LogsOptions;
use super::ordered::{Sink, read_each};
use super::pick::Log;
use super::scribe::Scribe;
use super::shared::Reading;
use crate::exit::Exit;
use crate::failure::Failure;

/// The longest piece of a line that is kept, in bytes.
const PIECE: usize = 1 << 20;

/// Prints `logs` one after the other, each whole. A last line without a newline gets one before the next log begins.
///
/// [`Exit::Error`] where one could not be read to its end, of which a note has told. It fails where no log may be read,
/// or stdout cannot be written to.
pub(crate) async fn read_in_order(
    reading: &Arc<Reading>,
    logs: Vec<Log>,
    options: &LogsOptions,
) -> Result<Exit, Failure> {
    let mut print = Print { reading: reading.clone(), options: options.clone(), feed: None, out: Vec::new() };
    read_each(reading, logs, options, &mut print).await
}

struct Print {
    reading: Arc<Reading>,
    options: LogsOptions,
    /// The log that is being printed.
    feed: Option<Feed>,
    out: Vec<u8>,
}

impl Sink for Print {
    async fn begin(&mut self, log: &Log) -> Result<(), Failure> {
        self.feed = Some(Feed::new(Scribe::new(self.options.look, log.origin.clone()), &self.options));
        Ok(())
    }

    async fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        if let Some(feed) = &mut self.feed {
            feed.feed(bytes, &mut self.out);
        }
        self.write().await
    }

    async fn end(&mut self, _: &Log, _: bool) -> Result<(), Failure> {
        let owed = self.feed.take().is_some_and(|mut feed| feed.finish(&mut self.out));
        self.write().await?;
        if owed {
            self.reading.output.owe_newline();
        }
        Ok(())
    }
}

impl Print {
    async fn write(&mut self) -> Result<(), Failure> {
        self.reading.output.write(None, &mut self.out, false).await?;
        Ok(())
    }
}

/// The bytes of one log, as they are written.
pub(super) struct Feed {
    scribe: Scribe,
    untouched: bool,
    /// Does every line begin with a time that is no part of its text?
    times: bool,
    /// What has come of a line that is not whole yet.
    partial: Vec<u8>,
    /// The time of the line that is being written.
    time: Vec<u8>,
    /// Has some of the present line been written?
    is_open: bool,
}

impl Feed {
    pub(super) fn new(scribe: Scribe, options: &LogsOptions) -> Self {
        let untouched = options.look.is_untouched();
        let times = scribe.is_json();
        Self { scribe, untouched, times, partial: Vec::new(), time: Vec::new(), is_open: false }
    }

    /// Puts into `out` what comes of the next `bytes`.
    fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.untouched {
            out.extend_from_slice(bytes);
            self.is_open = bytes.last().map_or(self.is_open, |last| *last != b'\n');
            return;
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            match piece.strip_suffix(b"\n") {
                Some(line) if self.partial.is_empty() => self.line(line, true, out),
                Some(end) => {
                    let mut line = mem::take(&mut self.partial);
                    line.extend_from_slice(end);
                    self.line(&line, true, out);
                }
                None => self.keep(piece, out),
            }
        }
    }

    /// Keeps a piece of a line until the rest comes; of one that is too long, what has come is written.
    fn keep(&mut self, piece: &[u8], out: &mut Vec<u8>) {
        self.partial.extend_from_slice(piece);
        if self.partial.len() > PIECE {
            let mut line = mem::take(&mut self.partial);
            let rest = line.split_off(whole_characters(&line));
            self.line(&line, false, out);
            self.partial = rest;
        }
    }

    /// The end of the log. Is the last line without a newline?
    fn finish(&mut self, out: &mut Vec<u8>) -> bool {
        let last = mem::take(&mut self.partial);
        if !last.is_empty() {
            self.line(&last, false, out);
        }
        let is_open = self.is_open && !self.scribe.is_json();
        if is_open && self.scribe.ends_last_line() {
            out.push(b'\n');
        }
        is_open && !self.scribe.ends_last_line()
    }

    /// A line, or a piece of one.
    pub(super) fn line(&mut self, line: &[u8], whole: bool, out: &mut Vec<u8>) {
        let text = match self.times && !self.is_open {
            true => {
                let (_, text) = split(line);
                self.time.clear();
                self.time.extend_from_slice(stamp(line, text));
                text
            }
            false => line,
        };
        if self.scribe.is_json() {
            self.scribe.json(&self.time, text, !whole, out);
        } else {
            if !self.is_open {
                self.scribe.begin(&self.time, self.scribe.time_length(&self.time), out);
            }
            self.scribe.text(text, out);
            if whole {
                out.push(b'\n');
            }
        }
        self.is_open = !whole;
    }

    /// The same for a line that others follow, whether it is whole or not.
    pub(super) fn line_among_others(&mut self, line: &[u8], whole: bool, out: &mut Vec<u8>) {
        self.line(line, whole || !self.scribe.is_json(), out);
        self.is_open = false;
    }

    /// The same for lines that begin with their times, whatever is to be written of these.
    pub(super) fn with_times(self) -> Self {
        Self { times: true, untouched: false, ..self }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::options::{Form, Look};
    use super::*;

    /// What is written of a log that comes in pieces of so many bytes.
    fn fed(log: &[u8], look: Look, prefix: &str, size: usize) -> (Vec<u8>, bool) {
        let options = LogsOptions { look, ..LogsOptions::default() };
        let mut feed = Feed::new(Scribe::of_prefix(prefix, look), &options);
        let mut out = Vec::new();
        log.chunks(size).for_each(|piece| feed.feed(piece, &mut out));
        let owed = feed.finish(&mut out);
        (out, owed)
    }

    const PREFIXED: fn() -> Look = || Look { prefix: true, ..Look::default() };

    #[test]
    fn every_line_gets_the_prefix_and_no_byte_is_changed() {
        let log = b"a\n\n\xff\r\nlone \r\0no newline";
        for size in 1..log.len() {
            let want = b"[3] a\n[3] \n[3] \xff\r\n[3] lone \r\0no newline".to_vec();
            assert_eq!(fed(log, PREFIXED(), "[3] ", size), (want, true));
        }
        assert_eq!(fed(b"", PREFIXED(), "[3] ", 1), (vec![], false));
    }

    #[test]
    fn on_a_terminal_a_character_that_comes_in_two_pieces_is_one() {
        let look = Look { form: Form::Safe, ..Look::default() };
        for size in 1..9 {
            assert_eq!(fed("ü\x1b[1m\n".as_bytes(), look, "", size).0, "ü^[[1m\n".as_bytes());
        }
    }

    #[test]
    fn on_a_terminal_the_prompt_stands_on_a_line_of_its_own() {
        let look = Look { form: Form::Safe, ..Look::default() };
        assert_eq!(fed(b"a\nend", look, "", 2), (b"a\nend\n".to_vec(), false));
        assert_eq!(fed(b"a\n", look, "", 2), (b"a\n".to_vec(), false));
        assert_eq!(fed(b"", look, "", 2), (vec![], false));
    }

    #[test]
    fn a_long_line_is_one_line_and_little_of_it_is_kept() {
        let log = [vec![b'x'; 3 * PIECE], b"\nend\n".to_vec()].concat();
        let (out, owed) = fed(&log, PREFIXED(), "> ", 1 << 16);
        let want = [b"> ".to_vec(), vec![b'x'; 3 * PIECE], b"\n> end\n".to_vec()].concat();
        assert!(out == want && !owed, "{} bytes for {}", out.len(), want.len());
    }

    #[test]
    fn as_json_a_line_that_is_not_whole_says_so() {
        let look = Look { form: Form::Json, ..Look::default() };
        let time = |second: u32| format!("2026-01-01T00:00:0{second}.000000000Z");
        let log = format!("{} a b\n{} \n{} end", time(1), time(2), time(3));
        let (out, owed) = fed(log.as_bytes(), look, "", 4);
        let lines: Vec<serde_json::Value> =
            out.split_inclusive(|byte| *byte == b'\n').map(|line| serde_json::from_slice(line).unwrap()).collect();
        let found: Vec<_> = lines
            .iter()
            .map(|line| {
                (line["time"].as_str().unwrap().to_owned(), line["line"].as_str().unwrap(), line["partial"] == true)
            })
            .collect();
        let want = vec![(time(1), "a b", false), (time(2), "", false), (time(3), "end", true)];
        assert_eq!((found, owed), (want, false));
    }

    proptest! {
        #[test]
        fn without_prefix_the_bytes_are_the_programs(log in proptest::collection::vec(any::<u8>(), 0..200), size in 1_usize..50) {
            let (out, owed) = fed(&log, Look::default(), "", size);
            prop_assert_eq!(&out, &log);
            prop_assert_eq!(owed, !log.is_empty() && !log.ends_with(b"\n"));
        }

        #[test]
        fn with_a_prefix_taken_away_again_too(log in "[ab\r\n\\x00]{0,60}", size in 1_usize..50) {
            let (out, _) = fed(log.as_bytes(), PREFIXED(), "> ", size);
            let text = String::from_utf8(out).unwrap();
            let back: String = text.split_inclusive('\n').map(|line| line.strip_prefix("> ").unwrap()).collect();
            prop_assert_eq!(back, log);
        }
    }
}
