//! The lines of one container's log, each exactly once, however often the log is asked for anew.
//!
//! Every request asks for times, and the kubelet writes one before each line. A request that goes on where another
//! broke off asks from a whole second on, because the kubelet ignores the fraction of `sinceTime`. It gets, in the order
//! of the file, what was seen since then once more; the time of the last line that was seen tells where the new ones
//! begin. To take those that are later would not do: stdout and stderr are stamped before they queue for the file, so
//! times go back a little.
//!
//! A line is kept until it is whole. One that is longer than [`LONGEST`] is given out in pieces.

use std::mem;

use indexedjob_core::text::shown;
use jiff::Timestamp;

use super::given::{Ending, Given};
use super::scribe::Scribe;

/// The longest line that is kept, in bytes.
const LONGEST: usize = 16 << 20;
/// What is kept of a buffer that a long line has made large, in bytes.
const USUAL: usize = 64 << 10;
/// A time as the kubelet writes it, `2026-01-02T03:04:05.678901234+02:00`, and the space after it, in bytes.
const TIME: usize = 36;
/// The most that is told of the words that stand in place of a log.
const WORDS: usize = 300;

/// What came of one log, and where to go on.
#[derive(Debug)]
pub(super) struct Lines {
    longest: usize,
    mode: Mode,
    /// What has come of a line that is not whole yet, its time included.
    partial: Vec<u8>,
    /// The longest beginning of the line after the last whole one, from the answers before this one.
    kept: Vec<u8>,
    given: Given,
    seen: Seen,
    answer: Answer,
    /// The log is of another run of the container than what was seen.
    is_next_run: bool,
    gap: bool,
}

/// The present answer.
#[derive(Debug)]
struct Answer {
    /// It leaves out what is older.
    since: Option<Timestamp>,
    /// Nothing has come of it.
    at_start: bool,
    /// The time of the line that came last; None before the first one, and where lines have no time.
    time: Option<Timestamp>,
    again: Again,
    /// Has it brought something new?
    news: bool,
}

/// What of an answer has been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    /// Everything up to the last line; so many with the time of that one are still to come.
    Last(usize),
    /// Every line that is not later than the newest.
    Older,
}

/// What becomes of the bytes that come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// They are kept until their line is whole.
    Keep,
    /// They are given out at once, to the end of their line.
    Give,
    /// They are left out, to the end of their line.
    LeaveOut,
}

/// The whole lines that have come.
#[derive(Debug, Default)]
struct Seen {
    /// The latest time of a line.
    newest: Option<Timestamp>,
    /// The time of the last line, and how many of the last lines have it.
    last: Option<Timestamp>,
    same: usize,
}

impl Lines {
    /// A log of which nothing has come yet.
    pub(super) fn new(scribe: Scribe, ending: Ending, limit: Option<u64>) -> Self {
        Self {
            longest: LONGEST,
            mode: Mode::Keep,
            partial: Vec::new(),
            kept: Vec::new(),
            given: Given::new(scribe, ending, limit),
            seen: Seen::default(),
            answer: Answer { since: None, at_start: true, time: None, again: Again::Last(0), news: false },
            is_next_run: false,
            gap: false,
        }
    }

    /// Begins another answer, to a request for what is not older than the time returned; None: for everything.
    pub(super) fn ask_again(&mut self) -> Option<Timestamp> {
        self.keep();
        self.partial.clear();
        self.mode = Mode::Keep;
        self.given.come_again();
        let since = self.seen.since();
        let again = match self.is_next_run {
            true => {
                (self.seen.last, self.seen.same) = (None, 0);
                Again::Older
            }
            false => Again::Last(self.seen.same),
        };
        self.answer = Answer { since, at_start: true, time: None, again, news: false };
        since
    }

    /// The next answers are of the container's next run. The end of this one is put into `out`.
    pub(super) fn next_run(&mut self, out: &mut Vec<u8>) {
        self.finish(out);
        self.is_next_run = true;
        self.gap = false;
    }

    /// Takes in bytes of the present answer, and puts into `out` what is new of it.
    pub(super) fn feed(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = rest.iter().position(|byte| *byte == b'\n');
            let piece = &rest[..end.unwrap_or(rest.len())];
            rest = &rest[end.map_or(rest.len(), |end| end + 1)..];
            self.piece(piece, end.is_some(), out);
        }
    }

    /// Is the output in the middle of a line, so that no other may be written now?
    pub(super) fn is_open(&self) -> bool {
        self.given.is_open()
    }

    /// Ends a line that is in the middle of being written: what comes of it later will be a line of its own.
    pub(super) fn close(&mut self, out: &mut Vec<u8>) {
        self.given.close(out);
    }

    /// Has everything been given out that may be?
    pub(super) fn is_full(&self) -> bool {
        self.given.is_full()
    }

    /// True once after a last line that stayed without a newline.
    pub(super) fn take_owed(&mut self) -> bool {
        self.given.take_owed()
    }

    /// Has the present answer brought nothing that was not there before?
    pub(super) fn brought_nothing(&self) -> bool {
        !self.answer.news && self.unfinished().len() <= self.kept.len()
    }

    /// Does the present answer lack the last line that was seen?
    pub(super) fn lacks_lines(&self) -> bool {
        matches!(self.answer.again, Again::Last(1..))
    }

    /// What the kubelet says in place of a log, or after it: words without a time and without a newline.
    pub(super) fn complaint(&self) -> Option<String> {
        let first = self.partial.first().filter(|first| !first.is_ascii_digit());
        first.filter(|_| split(&self.partial).0.is_none())?;
        let words: String = String::from_utf8_lossy(&self.partial).chars().take(WORDS).collect();
        Some(shown(&words).into_owned())
    }

    /// True once after an answer that lacked lines that were seen, and had later ones: the log was rotated meanwhile.
    pub(super) fn take_gap(&mut self) -> bool {
        mem::take(&mut self.gap)
    }

    /// The log has ended: puts its last line into `out`, if that has no newline, and gives it one.
    pub(super) fn finish(&mut self, out: &mut Vec<u8>) {
        self.given.close_last(out);
        self.keep();
        let kept = mem::take(&mut self.kept);
        if let (Some(time), text) = split(&kept) {
            self.given.begin(Some(time), stamp(&kept, text));
            self.give(text, false, out);
            self.seen.count(Some(time));
            self.given.close_last(out);
        }
        self.partial.clear();
        self.given.forget();
        self.mode = Mode::Keep;
    }

    fn piece(&mut self, piece: &[u8], whole: bool, out: &mut Vec<u8>) {
        match self.mode {
            Mode::Keep if whole && self.partial.is_empty() => self.line(piece, true, out),
            Mode::Keep => {
                self.partial.extend_from_slice(piece);
                if whole || self.partial.len() > self.longest {
                    let mut line = mem::take(&mut self.partial);
                    self.line(&line, whole, out);
                    line.clear();
                    line.shrink_to(USUAL);
                    self.partial = line;
                }
            }
            Mode::Give => {
                self.give(piece, whole, out);
                if whole {
                    self.end(out);
                }
            }
            Mode::LeaveOut if whole => self.mode = Mode::Keep,
            Mode::LeaveOut => {}
        }
    }

    /// Takes in a line, or the beginning of one that is too long to be kept.
    fn line(&mut self, line: &[u8], whole: bool, out: &mut Vec<u8>) {
        let (time, text) = split(line);
        let is_cut_off = self.is_cut_off(time);
        // A line without a time is taken for one of the time before it.
        let time = time.or(self.answer.time);
        let is_seen = is_cut_off || self.is_seen(time);
        (self.answer.at_start, self.answer.time) = (false, time);
        if is_seen {
            if !is_cut_off {
                self.leave_out(time);
            }
            self.mode = if whole { Mode::Keep } else { Mode::LeaveOut };
            return;
        }
        self.gap |= self.lacks_lines();
        (self.answer.again, self.is_next_run) = (Again::Last(0), false);
        self.kept.clear();
        self.given.begin(time, stamp(line, text));
        self.give(text, whole, out);
        if whole {
            self.end(out);
        } else {
            self.mode = Mode::Give;
        }
    }

    fn is_seen(&self, time: Option<Timestamp>) -> bool {
        match self.answer.again {
            Again::Last(0) => false,
            Again::Last(_) => time <= self.seen.newest,
            Again::Older => time.is_some() && time <= self.seen.newest,
        }
    }

    fn leave_out(&mut self, time: Option<Timestamp>) {
        match &mut self.answer.again {
            Again::Last(lines) => *lines -= usize::from(time == self.seen.last),
            // It is of this run, and will come again.
            Again::Older => self.seen.count(time),
        }
    }

    /// The rest of a line that began before `since`: the kubelet leaves out its beginning, and with that its time.
    fn is_cut_off(&self, time: Option<Timestamp>) -> bool {
        time.is_none() && self.answer.at_start && self.answer.since.is_some()
    }

    fn give(&mut self, text: &[u8], whole: bool, out: &mut Vec<u8>) {
        self.answer.news |= self.given.give(text, whole, out);
    }

    fn end(&mut self, out: &mut Vec<u8>) {
        self.seen.count(self.given.time());
        self.given.end(out);
        (self.mode, self.answer.news) = (Mode::Keep, true);
    }

    /// What has come of a new line that is not whole; empty where that is less than its time.
    fn unfinished(&self) -> &[u8] {
        match split(&self.partial) {
            (Some(time), text) if !text.is_empty() && !self.is_seen(Some(time)) => &self.partial,
            _ => &[],
        }
    }

    fn keep(&mut self) {
        if self.unfinished().len() > self.kept.len() {
            self.kept = mem::take(&mut self.partial);
        }
    }
}

impl Seen {
    /// From when on the next answer has to be: a whole second, and one earlier for times that go back.
    fn since(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.last.or(self.newest)?.as_second() - 1).ok()
    }

    fn count(&mut self, time: Option<Timestamp>) {
        self.same = if self.last == time { self.same + 1 } else { 1 };
        self.last = time;
        self.newest = self.newest.max(time);
    }
}

/// The time before a line, and its text; without a time, all of it is text.
pub(super) fn split(line: &[u8]) -> (Option<Timestamp>, &[u8]) {
    let time = || {
        let end = line.iter().take(TIME).position(|byte| *byte == b' ')?;
        let time = std::str::from_utf8(&line[..end]).ok()?.parse().ok()?;
        Some((Some(time), &line[end + 1..]))
    };
    time().unwrap_or((None, line))
}

/// What of `line` stands before its `text`: the time as it was written, without the space after it.
pub(super) fn stamp<'a>(line: &'a [u8], text: &[u8]) -> &'a [u8] {
    &line[..(line.len() - text.len()).saturating_sub(1)]
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::super::options::{Form, Look};
    use super::*;

    fn lines(prefix: &str) -> Lines {
        Lines::new(Scribe::of_prefix(prefix, Look::default()), Ending::Newline, None)
    }

    /// A file as the runtime writes it: a time in nanoseconds and a piece of a line, which is its last if it ends so.
    type File = Vec<(i64, Vec<u8>)>;

    fn file(entries: &[(i64, &str)]) -> File {
        entries.iter().map(|(millis, text)| (millis * 1_000_000, text.as_bytes().to_vec())).collect()
    }

    /// What the kubelet answers (`ReadLogs` and `logWriter.write` in k8s.io/cri-client `pkg/logs/logs.go`).
    fn answer(file: &[(i64, Vec<u8>)], since: Option<Timestamp>) -> Vec<u8> {
        let since = since.map_or(i128::MIN, |since| i128::from(since.as_second()) * 1_000_000_000);
        let mut body = Vec::new();
        let mut is_new_line = true;
        for (nanos, text) in file {
            if i128::from(*nanos) >= since {
                if is_new_line {
                    let time = Timestamp::from_nanosecond(i128::from(*nanos)).unwrap();
                    body.extend(format!("{time:.9} ").bytes());
                }
                body.extend(text);
            }
            is_new_line = text.ends_with(b"\n");
        }
        body
    }

    /// Feeds one answer, of which only the first `bytes` come.
    fn feed(lines: &mut Lines, file: &[(i64, Vec<u8>)], bytes: usize, out: &mut Vec<u8>) {
        let mut body = answer(file, lines.ask_again());
        body.truncate(bytes);
        body.chunks(7).for_each(|chunk| lines.feed(chunk, out));
        lines.close(out);
    }

    /// What comes out of these answers, cut after so many bytes each, and then of the whole log until nothing is new.
    #[track_caller]
    fn read(file: &[(i64, Vec<u8>)], cuts: &[usize]) -> String {
        let mut lines = lines("> ");
        let mut out = Vec::new();
        for cut in cuts {
            feed(&mut lines, file, *cut, &mut out);
        }
        for _ in 0..4 {
            feed(&mut lines, file, usize::MAX, &mut out);
            if lines.brought_nothing() {
                lines.finish(&mut out);
                assert!(!lines.take_gap() && !lines.lacks_lines());
                return String::from_utf8_lossy(&out).into_owned();
            }
        }
        panic!("something is always new: {}", String::from_utf8_lossy(&out));
    }

    #[test]
    fn each_line_comes_once_wherever_the_answers_were_cut() {
        let file = file(&[(900, "a\n"), (1000, "b\n"), (1000, "\n"), (1999, "c\r\n"), (2000, "d\n"), (2001, "e")]);
        let length = answer(&file, None).len();
        for first in 0..=length {
            for second in [first / 2, first, length] {
                assert_eq!(read(&file, &[first, second]), "> a\n> b\n> \n> c\r\n> d\n> e\n", "{first}, {second}");
            }
        }
    }

    #[test]
    fn a_last_line_without_a_newline_gets_one_and_an_empty_log_has_none() {
        assert_eq!(read(&file(&[(1, "no newline")]), &[]), "> no newline\n");
        assert_eq!(read(&[], &[]), "");
    }

    /// What comes of `file` in this look, with this ending and limit, if every answer is cut after `cut` bytes first.
    fn looked(file: &[(i64, Vec<u8>)], look: Look, ending: Ending, limit: Option<u64>, cut: usize) -> (String, bool) {
        let mut lines = Lines::new(Scribe::of_prefix("", look), ending, limit);
        let mut out = Vec::new();
        feed(&mut lines, file, cut, &mut out);
        feed(&mut lines, file, usize::MAX, &mut out);
        lines.finish(&mut out);
        (String::from_utf8(out).unwrap(), lines.take_owed())
    }

    #[test]
    fn a_last_line_may_stay_without_its_newline_and_that_is_known() {
        let file = file(&[
            (
                1, "a
",
            ),
            (2, "end"),
        ]);
        let looked = |ending| looked(&file, Look::default(), ending, None, 0);
        assert_eq!(
            looked(Ending::AsItIs),
            (
                "a
end"
                .to_owned(),
                true
            )
        );
        assert_eq!(
            looked(Ending::Newline),
            (
                "a
end
"
                .to_owned(),
                false
            )
        );
    }

    #[test]
    fn times_stay_where_they_are_wanted() {
        let file = file(&[
            (
                1, "a
",
            ),
            (
                2, "
",
            ),
            (3, "end"),
        ]);
        let look = Look { timestamps: true, ..Look::default() };
        for cut in 0..answer(&file, None).len() {
            let want = String::from_utf8(answer(&file, None)).unwrap();
            assert_eq!(looked(&file, look, Ending::AsItIs, None, cut).0, want);
        }
    }

    #[test]
    fn as_json_each_line_is_one_object_wherever_the_answers_were_cut() {
        let file = file(&[
            (
                1, "a
",
            ),
            (
                2, "
",
            ),
            (3, "b"),
            (
                4, "c
",
            ),
            (5, "end"),
        ]);
        let look = Look { form: Form::Json, ..Look::default() };
        for cut in 0..answer(&file, None).len() {
            let (out, _) = looked(&file, look, Ending::AsItIs, None, cut);
            let line = |line: &str| {
                let object: serde_json::Value = serde_json::from_str(line).unwrap();
                let millis = &object["time"].as_str().unwrap()["1970-01-01T00:00:00.00".len()..][..1];
                format!(
                    "{millis} {}{}",
                    object["line"].as_str().unwrap(),
                    if object["partial"] == true { "+" } else { "" }
                )
            };
            let objects: Vec<_> = out.lines().map(line).collect();
            assert_eq!(objects, ["1 a", "2 ", "3 bc", "5 end+"], "{cut}");
        }
    }

    #[test]
    fn no_more_bytes_come_than_are_allowed() {
        let file = file(&[
            (
                1, "one
",
            ),
            (
                2, "two
",
            ),
        ]);
        for limit in 0..9 {
            let (out, owed) = looked(&file, Look::default(), Ending::AsItIs, Some(limit), 40);
            let want = &"one
two
"[..usize::try_from(limit).unwrap()];
            assert_eq!((out.as_str(), owed), (want, !want.is_empty() && !want.ends_with('\n')), "{limit}");
        }
    }

    #[test]
    fn times_that_go_back_a_little_cost_no_line() {
        // Stamped by two threads; the second line is in the file before the first one of its second.
        let file = file(&[(1002, "out\n"), (1001, "err\n"), (2000, "out\n"), (1999, "err\n")]);
        for cut in 0..answer(&file, None).len() {
            assert_eq!(read(&file, &[cut]), "> out\n> err\n> out\n> err\n");
        }
    }

    #[test]
    fn bytes_are_the_programs() {
        let bytes = vec![(1, b"\xff\xfe\0\x1b[31m\r\n".to_vec())];
        let mut lines = lines("[3/2] ");
        let mut out = Vec::new();
        feed(&mut lines, &bytes, usize::MAX, &mut out);
        assert_eq!(out, b"[3/2] \xff\xfe\0\x1b[31m\r\n");
    }

    #[test]
    fn a_line_that_began_before_the_second_that_is_asked_for_is_not_taken_for_a_new_one() {
        let file = file(&[(100, "long "), (2500, "line\n"), (3100, "next\n"), (3200, "last\n")]);
        for cut in 0..answer(&file, None).len() {
            assert_eq!(read(&file, &[cut]), "> long line\n> next\n> last\n");
        }
    }

    #[test]
    fn after_a_rotation_what_is_there_is_new_and_the_gap_is_known() {
        let mut lines = lines("");
        let mut out = Vec::new();
        feed(&mut lines, &file(&[(1000, "a\n"), (1100, "b\n")]), usize::MAX, &mut out);
        feed(&mut lines, &[], usize::MAX, &mut out);
        assert!(lines.brought_nothing() && lines.lacks_lines() && !lines.take_gap());
        feed(&mut lines, &file(&[(1100, "b\n"), (1300, "c\n")]), usize::MAX, &mut out);
        assert!(!lines.take_gap(), "what follows the last line is there");
        feed(&mut lines, &file(&[(1500, "e\n")]), usize::MAX, &mut out);
        assert_eq!(out, b"a\nb\nc\ne\n");
        assert!(lines.take_gap() && !lines.take_gap());
    }

    #[test]
    fn a_rotation_in_the_middle_of_a_line_doubles_nothing() {
        let mut lines = lines("");
        let mut out = Vec::new();
        let all = file(&[(900, "long "), (1500, "line\n"), (1600, "a\n"), (2700, "b\n")]);
        feed(&mut lines, &all, usize::MAX, &mut out);
        // The new file begins with the rest of the line, and so with a time.
        feed(&mut lines, &all[1..], usize::MAX, &mut out);
        assert!(lines.brought_nothing() && !lines.lacks_lines());
        assert_eq!(out, b"long line\na\nb\n");
    }

    #[test]
    fn another_run_is_another_log_of_which_some_may_have_been_read_already() {
        let mut lines = lines("");
        let mut out = Vec::new();
        feed(&mut lines, &file(&[(1000, "a\n"), (1001, "b")]), usize::MAX, &mut out);
        // Before anybody knew that the container had been started again.
        feed(&mut lines, &file(&[(1500, "c\n")]), usize::MAX, &mut out);
        lines.take_gap();
        lines.next_run(&mut out);
        feed(&mut lines, &file(&[(1500, "c\n"), (1600, "d\n")]), usize::MAX, &mut out);
        feed(&mut lines, &file(&[(1500, "c\n"), (1600, "d\n"), (1700, "e\n")]), usize::MAX, &mut out);
        assert!(!lines.take_gap());
        assert_eq!(String::from_utf8_lossy(&out).replace("b\n", ""), "a\nc\nd\ne\n");
    }

    #[test]
    fn words_in_place_of_a_log_are_no_line() {
        let mut lines = lines("");
        let mut out = Vec::new();
        let said = |lines: &mut Lines, body: &[u8], out: &mut Vec<u8>| {
            lines.ask_again();
            lines.feed(body, out);
            lines.complaint()
        };
        let words = "failed to create fsnotify watcher: too many open files";
        let body = [b"2026-01-02T03:04:05.000000001Z a\n", words.as_bytes()].concat();
        assert_eq!(said(&mut lines, &body, &mut out).as_deref(), Some(words));
        assert_eq!(said(&mut lines, &body[..45], &mut out).as_deref(), Some("failed to cr"));
        assert_eq!(said(&mut lines, &body[..20], &mut out), None, "a time that was cut");
        lines.finish(&mut out);
        assert_eq!(out, b"a\n");
    }

    #[test]
    fn a_server_that_writes_no_times_loses_and_doubles_nothing_either() {
        let mut lines = lines("");
        let mut out = Vec::new();
        for body in ["a\nb\n", "a\nb\n", "a\nb\nc\n"] {
            assert_eq!(lines.ask_again(), None);
            lines.feed(body.as_bytes(), &mut out);
        }
        assert_eq!(out, b"a\nb\nc\n");
    }

    #[test]
    fn a_line_that_is_too_long_comes_in_pieces_and_the_memory_is_given_back() {
        let text = "0123456789".repeat(10) + "\n";
        let file = file(&[(999, "a\n"), (1000, &text[..50]), (5000, &text[50..]), (5001, "b\n")]);
        let length = answer(&file, None).len();
        for cut in 0..=length {
            let mut lines = Lines { longest: 60, ..lines("> ") };
            let mut out = Vec::new();
            feed(&mut lines, &file, cut, &mut out);
            let is_cut = out.len() > 6 && out.ends_with(b"\n") && !out.ends_with(text.as_bytes()) && out[4] == b'>';
            feed(&mut lines, &file, usize::MAX, &mut out);
            let text_out = String::from_utf8(out).unwrap();
            let joined = text_out.replace("> ", "").replace('\n', "");
            assert_eq!(joined, format!("a{}b", text.trim_end()), "{cut}: {text_out}");
            assert!(is_cut || text_out == format!("> a\n> {text}> b\n"), "{cut}: {text_out}");
            assert!(lines.partial.capacity() <= USUAL);
        }
    }

    /// A file whose times go back a little now and then, with lines in one piece or several.
    fn files() -> impl Strategy<Value = File> {
        let later = prop_oneof![0i64..4, 0i64..700];
        let line = (later, -2i64..3, vec("[a-z\r]{0,6}", 1..4));
        vec(line, 0..25).prop_map(|lines| {
            let mut millis = 10_000;
            let mut file = Vec::new();
            for (number, (later, jitter, pieces)) in lines.into_iter().enumerate() {
                millis += later;
                let last = pieces.len() - 1;
                for (at, piece) in pieces.into_iter().enumerate() {
                    // A piece is full when the next one begins; only the last one may be empty.
                    let text = if at < last { format!("{number}{piece}+") } else { format!("{number}{piece}\n") };
                    let at = i64::try_from(at).unwrap();
                    // No two lines have the same time: clocks count nanoseconds.
                    let nanos = i64::try_from(number).unwrap();
                    file.push(((millis + at * 400 + jitter) * 1_000_000 + nanos, text.into_bytes()));
                    millis += at * 400;
                }
            }
            file
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn a_log_that_grows_and_is_cut_anywhere_is_read_once(
            file in files(),
            passes in vec((0usize..=25, 0usize..1500), 0..6),
            no_newline: bool,
        ) {
            let mut file = file;
            if no_newline && let Some((_, text)) = file.last_mut() {
                text.pop();
            }
            let mut lines = lines("> ");
            let mut out = Vec::new();
            let mut there = 0;
            for (more, cut) in passes {
                there = (there + more).min(file.len());
                feed(&mut lines, &file[..there], cut, &mut out);
            }
            loop {
                feed(&mut lines, &file, usize::MAX, &mut out);
                if lines.brought_nothing() {
                    break;
                }
            }
            lines.finish(&mut out);
            let all: Vec<u8> = file.iter().flat_map(|(_, text)| text.clone()).collect();
            let all = String::from_utf8(all).unwrap();
            let want: Vec<_> = all.split_terminator('\n').map(|line| format!("> {line}\n")).collect();
            prop_assert_eq!(String::from_utf8(out).unwrap(), want.concat());
            prop_assert!(!lines.take_gap());
        }
    }
}
