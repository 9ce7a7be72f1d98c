//! [`Foreign`]: a string that came from a cluster. It has no `Display`, so that showing one unescaped does not compile.

use std::borrow::Cow;
use std::fmt::Write as _;

use serde::Deserialize;

/// A string that somebody else wrote: a pod's message, a condition's reason, a name from an event.
///
/// It may hold terminal escape sequences (CVE-2021-25743). Show it by [`shown`](Foreign::shown), or by
/// [`shown_lines`](Foreign::shown_lines) where it may take several lines; compare and send it by
/// [`raw`](Foreign::raw).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(transparent)]
pub struct Foreign(String);

impl Foreign {
    /// The string as it is, for comparing and for sending back; never for a terminal.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// The string on one line, every control character written out (`^[`, `\n`, `\r`, `\x07`).
    #[must_use]
    pub fn shown(&self) -> Cow<'_, str> {
        shown(&self.0)
    }

    /// Its lines, each as [`shown`](Foreign::shown) would show it.
    pub fn shown_lines(&self) -> impl Iterator<Item = Cow<'_, str>> {
        self.0.lines().map(shown)
    }

    /// The last line that is not empty, without the spaces around it; empty where there is none.
    #[must_use]
    pub fn last_line(&self) -> Self {
        let last = self.0.lines().rev().map(str::trim).find(|line| !line.is_empty());
        Self::from(last.unwrap_or_default())
    }

    /// The same without what a program writes to colour its words: terminal escape sequences.
    #[must_use]
    pub fn without_escapes(&self) -> Self {
        let (mut kept, mut chars) = (String::with_capacity(self.0.len()), self.0.chars());
        while let Some(c) = chars.next() {
            match c {
                // It ends with a letter, or the like; what is cut off in it ends with the text.
                '\u{1b}' if chars.next() == Some('[') => drop(chars.find(|c| ('@'..='~').contains(c))),
                '\u{1b}' => {}
                c => kept.push(c),
            }
        }
        Self(kept)
    }

    /// Is there nothing in it?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Foreign {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Foreign {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// `text` on one line, every control character written out: `^[` for ESC as kubectl does, `\n`, `\r`, `\t`, else `\x07`.
///
/// C1 controls (U+0080 to U+009F, which some terminals obey) and the marks that reverse a line's direction are
/// written out too.
#[must_use]
pub fn shown(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\u{1b}' => safe.push_str("^["),
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            c if is_unsafe(c) => write!(safe, "\\x{:02x}", u32::from(c)).expect("a String takes every write"),
            c => safe.push(c),
        }
    }
    Cow::Owned(safe)
}

/// `bytes` on one line, as [`shown`] shows text; what is no UTF-8 is written as `\\xff`.
#[must_use]
pub fn shown_bytes(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(&shown(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// `word` as a shell takes it, quoted where it must be; for commands to paste.
#[must_use]
pub fn quoted(word: &str) -> Cow<'_, str> {
    // The one word that no shell can take holds a NUL, which no argument can hold either.
    shlex::try_quote(word).unwrap_or_default()
}

/// The system's words for an error of input or output, lower case and without Rust's `(os error 2)`.
#[must_use]
pub fn plainly(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}

fn is_unsafe(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(input: &str, want: &str) {
        assert_eq!(Foreign::from(input).shown(), want);
    }

    #[test]
    fn plain_text_is_untouched_and_not_copied() {
        case("no space left on device, größer als 5 €", "no space left on device, größer als 5 €");
        assert!(matches!(Foreign::from("plain").shown(), Cow::Borrowed(_)));
    }

    #[test]
    fn control_characters_are_written_out() {
        case("\u{1b}[31mred\u{1b}[0m", "^[[31mred^[[0m");
        case("one\ntwo\r\tthree\u{7}", "one\\ntwo\\r\\tthree\\x07");
        case("\u{9b}31m", "\\x9b31m");
        case("a\u{202e}b", "a\\x202eb");
    }

    #[test]
    fn lines_are_kept_where_they_are_wanted() {
        let lines: Vec<_> = Foreign::from("one\n\u{1b}two\r\n").shown_lines().map(Cow::into_owned).collect();
        assert_eq!(lines, ["one", "^[two"]);
    }
}
