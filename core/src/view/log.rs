//! Lines of logs: whose they are, safe to show, or as JSON.

use std::str;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Serialize;

use super::json::API_VERSION;
use super::style::{Paint, Palette};
use crate::numbering::Number;
use crate::text::{shown, shown_bytes};

/// Where a line was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The Job.
    pub job: String,
    /// The task.
    pub number: Number,
    /// Which attempt at it, from 1.
    pub attempt: usize,
    /// The pod.
    pub pod: String,
    /// The container.
    pub container: String,
}

/// What of an [`Origin`] stands before its lines, beside the number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The Job: there are several.
    pub job: bool,
    /// The container: of each pod, several are read.
    pub container: bool,
}

/// `[3] `, from the second attempt on `[3/2] `; where asked for `[job/3] `, `[3/1/container] `. Its colour is the same for
/// all lines of a task.
#[must_use]
pub fn prefix(origin: &Origin, parts: Parts, palette: Palette) -> String {
    let Origin { job, number, attempt, container, .. } = origin;
    let job = if parts.job { format!("{}/", shown(job)) } else { String::new() };
    let container = shown(container);
    let text = match (parts.container, attempt) {
        (true, _) => format!("[{job}{number}/{attempt}/{container}]"),
        (false, 1) => format!("[{job}{number}]"),
        (false, _) => format!("[{job}{number}/{attempt}]"),
    };
    format!("{} ", palette.paint(Paint::Nth(number.0), text))
}

/// Adds `text`, a line without its newline or a piece of one, so that no terminal obeys it: control characters and bytes
/// that are no UTF-8 are written out. Tabs stay, and so does a `\r` at its end, which moves the cursor where it goes
/// anyway.
pub fn push_safe(text: &[u8], out: &mut Vec<u8>) {
    let (text, end) = match text.strip_suffix(b"\r") {
        Some(text) => (text, &b"\r"[..]),
        None => (text, &b""[..]),
    };
    for (at, part) in text.split(|byte| *byte == b'\t').enumerate() {
        if at > 0 {
            out.push(b'\t');
        }
        match is_plain(part) {
            true => out.extend_from_slice(part),
            false => out.extend_from_slice(shown_bytes(part).as_bytes()),
        }
    }
    out.extend_from_slice(end);
}

fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| (b' '..=b'~').contains(byte))
}

/// How many bytes of `text`, which goes on, are whole characters: a piece that is cut here is UTF-8 if all of it is.
#[must_use]
pub fn whole_characters(text: &[u8]) -> usize {
    // A character has at most four bytes, so that one which is not whole begins in the last three.
    let tail = text.len().saturating_sub(3);
    let begin = (tail..text.len()).rev().find(|at| text[*at] >= 0xc0);
    match begin {
        Some(begin) if str::from_utf8(&text[begin..]).is_err_and(|error| error.error_len().is_none()) => begin,
        _ => text.len(),
    }
}

/// A line as `logs -o json` prints it (docs/json.md).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogLine<'a> {
    api_version: &'static str,
    kind: &'static str,
    job: &'a str,
    index: u32,
    attempt: usize,
    pod: &'a str,
    container: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    partial: bool,
}

/// Adds `text`, a line without its newline, as one JSON object on a line of its own.
///
/// `time` is the kubelet's. What is no UTF-8 stands as `base64` in place of `line`. `partial`: no newline follows; the
/// next object of the same container has the rest of the line, or the log ends.
pub fn push_json(origin: &Origin, time: &[u8], text: &[u8], partial: bool, out: &mut Vec<u8>) {
    let line = str::from_utf8(text).ok();
    let object = LogLine {
        api_version: API_VERSION,
        kind: "LogLine",
        job: &origin.job,
        index: origin.number.0,
        attempt: origin.attempt,
        pod: &origin.pod,
        container: &origin.container,
        time: str::from_utf8(time).ok().filter(|time| !time.is_empty()),
        line,
        base64: line.is_none().then(|| BASE64_STANDARD.encode(text)),
        partial,
    };
    // A Vec takes every write, and every key is text.
    let _ = serde_json::to_writer(&mut *out, &object);
    out.push(b'\n');
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn origin(number: u32, attempt: usize) -> Origin {
        let (pod, container) = ("x-3-abcde".to_owned(), "worker".to_owned());
        Origin { job: "x".to_owned(), number: Number(number), attempt, pod, container }
    }

    #[test]
    fn a_prefix_says_as_much_as_is_needed() {
        let prefix = |number, attempt, parts| prefix(&origin(number, attempt), parts, Palette::default());
        let (none, both) = (Parts::default(), Parts { job: true, container: true });
        assert_eq!(prefix(3, 1, none), "[3] ");
        assert_eq!(prefix(3, 2, none), "[3/2] ");
        assert_eq!(prefix(3, 1, Parts { container: true, ..none }), "[3/1/worker] ");
        assert_eq!(prefix(3, 2, Parts { job: true, ..none }), "[x/3/2] ");
        assert_eq!(prefix(3, 1, both), "[x/3/1/worker] ");
    }

    #[test]
    fn no_name_commands_a_terminal() {
        let origin = Origin { job: "x\x1b[2J".to_owned(), container: "w\r".to_owned(), ..origin(3, 1) };
        let both = Parts { job: true, container: true };
        assert_eq!(prefix(&origin, both, Palette::default()), "[x^[[2J/3/1/w\\r] ");
    }

    #[test]
    fn a_task_keeps_its_colour_and_its_neighbour_has_another() {
        let coloured =
            |number, attempt| prefix(&origin(number, attempt), Parts::default(), Palette::new(true)).replace("/2", "");
        assert_eq!(coloured(3, 1), coloured(3, 2));
        assert_ne!(coloured(3, 1).replace('3', "4"), coloured(4, 1));
        assert!(coloured(0, 1).starts_with("\x1b[") && coloured(0, 1).ends_with("m "), "{:?}", coloured(0, 1));
    }

    fn safe(text: &[u8]) -> String {
        let mut out = Vec::new();
        push_safe(text, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nothing_in_a_line_commands_a_terminal() {
        assert_eq!(safe(b"plain, with a\ttab"), "plain, with a\ttab");
        assert_eq!(safe("grüße".as_bytes()), "grüße");
        assert_eq!(safe(b"\x1b[2J\x07 \xff\0"), "^[[2J\\x07 \\xff\\x00");
        assert_eq!(safe(b"50%\r100%\r"), "50%\\r100%\r");
    }

    fn json(text: &[u8], partial: bool) -> String {
        let mut out = Vec::new();
        push_json(&origin(3, 1), b"2026-01-02T03:04:05.678901234Z", text, partial, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_schema_of_a_line_is_this() {
        let head = r#"{"apiVersion":"kubectl-indexedjob/v1","kind":"LogLine","job":"x","index":3,"attempt":1,"pod":"x-3-abcde","container":"worker","#;
        let time = r#""time":"2026-01-02T03:04:05.678901234Z","#;
        assert_eq!(json(b"a \"b\"\t\r", false), format!("{head}{time}\"line\":\"a \\\"b\\\"\\t\\r\"}}\n"));
        assert_eq!(json(b"\xff\0", false), format!("{head}{time}\"base64\":\"/wA=\"}}\n"));
        assert_eq!(json(b"end", true), format!("{head}{time}\"line\":\"end\",\"partial\":true}}\n"));
        let mut out = Vec::new();
        push_json(&origin(3, 1), b"", b"", false, &mut out);
        assert_eq!(String::from_utf8(out).unwrap(), format!("{head}\"line\":\"\"}}\n"));
    }

    proptest! {
        #[test]
        fn a_text_may_be_cut_anywhere_and_stays_utf8(text in "\\PC{0,20}", cut in 0_usize..80) {
            let bytes = &text.as_bytes()[..cut.min(text.len())];
            let whole = whole_characters(bytes);
            prop_assert!(str::from_utf8(&bytes[..whole]).is_ok() && bytes.len() - whole <= 3);
        }

        #[test]
        fn bytes_that_are_no_text_are_not_held_back_for_ever(bytes in proptest::collection::vec(any::<u8>(), 0..20)) {
            prop_assert!(bytes.len() - whole_characters(&bytes) <= 3);
        }

        #[test]
        fn no_byte_is_lost_in_json(bytes in proptest::collection::vec(any::<u8>(), 0..50)) {
            let object: serde_json::Value = serde_json::from_str(&json(&bytes, false)).unwrap();
            let back = match object["line"].as_str() {
                Some(line) => line.as_bytes().to_vec(),
                None => BASE64_STANDARD.decode(object["base64"].as_str().unwrap()).unwrap(),
            };
            prop_assert_eq!(back, bytes);
        }
    }
}
