//! What of a log's lines has been given out, to the byte.

use std::mem;

use jiff::Timestamp;

use super::scribe::Scribe;

/// What becomes of a last line that has no newline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It gets one.
    Newline,
    /// It stays as it is; whoever writes next owes it one.
    AsItIs,
    /// The same, and one is owed now.
    Owed,
}

/// The line that is being given out.
#[derive(Debug)]
pub(super) struct Given {
    scribe: Scribe,
    /// How many bytes may still be given out, prefixes not counted; None: all that come.
    left: Option<u64>,
    ending: Ending,
    /// The line's time.
    time: Option<Timestamp>,
    /// That as the kubelet wrote it.
    stamp: Vec<u8>,
    /// The bytes of its text that are out; 0 once it is whole.
    bytes: usize,
    /// How many of them are to come again.
    again: usize,
    /// Is the output in the middle of it?
    is_open: bool,
    /// As JSON: is what was given out a piece, of which the rest must follow?
    is_partial: bool,
}

impl Given {
    /// Nothing yet. `limit`: so many bytes may be given out.
    pub(super) fn new(scribe: Scribe, ending: Ending, limit: Option<u64>) -> Self {
        let (time, stamp) = (None, Vec::new());
        Self { scribe, left: limit, ending, time, stamp, bytes: 0, again: 0, is_open: false, is_partial: false }
    }

    /// The time of the present line.
    pub(super) fn time(&self) -> Option<Timestamp> {
        self.time
    }

    /// Is the output in the middle of a line?
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Has everything been given out that may be?
    pub(super) fn is_full(&self) -> bool {
        self.left == Some(0)
    }

    /// True once after a last line that stayed without a newline.
    pub(super) fn take_owed(&mut self) -> bool {
        let owed = self.ending == Ending::Owed;
        if owed {
            self.ending = Ending::AsItIs;
        }
        owed
    }

    /// What was given out of the present line comes once more.
    pub(super) fn come_again(&mut self) {
        self.again = self.bytes;
    }

    /// The next line is not the rest of this one.
    pub(super) fn forget(&mut self) {
        (self.bytes, self.is_partial) = (0, false);
    }

    /// A line of this time, or the rest of it, comes now.
    pub(super) fn begin(&mut self, time: Option<Timestamp>, stamp: &[u8]) {
        if self.time != time {
            (self.bytes, self.again, self.is_partial) = (0, 0, false);
        }
        self.time = time;
        self.stamp.clear();
        self.stamp.extend_from_slice(stamp);
    }

    /// Gives out what of a line has come: its rest, if it is `whole`. True where something of it is new.
    pub(super) fn give(&mut self, text: &[u8], whole: bool, out: &mut Vec<u8>) -> bool {
        let known = self.again.min(text.len());
        self.again -= known;
        let text = &text[known..];
        if text.is_empty() {
            return false;
        }
        if self.scribe.is_json() {
            self.scribe.json(&self.stamp, text, !whole, out);
            self.is_partial = !whole;
        } else {
            self.open(out);
            let allowed = self.spend(text.len());
            self.scribe.text(&text[..allowed], out);
        }
        self.bytes += text.len();
        true
    }

    /// The line is whole.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        if self.scribe.is_json() {
            if self.bytes == 0 || self.is_partial {
                self.scribe.json(&self.stamp, b"", false, out);
            }
        } else {
            // A line that was given out to its last byte, and closed, is not begun again.
            if self.bytes == 0 {
                self.open(out);
            }
            match self.spend(1) {
                0 => self.close_last(out),
                _ => self.close(out),
            }
        }
        (self.bytes, self.again, self.is_partial) = (0, 0, false);
    }

    /// Ends a line that is in the middle of being written.
    pub(super) fn close(&mut self, out: &mut Vec<u8>) {
        if mem::take(&mut self.is_open) {
            out.push(b'\n');
        }
    }

    /// Ends a line after which none will come.
    pub(super) fn close_last(&mut self, out: &mut Vec<u8>) {
        match self.ending {
            Ending::Newline => self.close(out),
            Ending::AsItIs | Ending::Owed if mem::take(&mut self.is_open) => self.ending = Ending::Owed,
            Ending::AsItIs | Ending::Owed => {}
        }
    }

    fn open(&mut self, out: &mut Vec<u8>) {
        if !self.is_full() && !mem::replace(&mut self.is_open, true) {
            let length = self.spend(self.scribe.time_length(&self.stamp));
            self.scribe.begin(&self.stamp, length, out);
        }
    }

    /// So many of `bytes` may be given out.
    fn spend(&mut self, bytes: usize) -> usize {
        let Some(left) = &mut self.left else { return bytes };
        let allowed = usize::try_from(*left).map_or(bytes, |left| left.min(bytes));
        *left -= allowed as u64;
        allowed
    }
}
