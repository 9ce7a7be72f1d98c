//! Reads YAML documents and writes one; the only file that names the YAML crate.
//!
//! What kubectl accepts is read as kubectl reads it (`0644` is octal, `yes` is a Boolean for a Boolean field); what is
//! written is read back by kubectl as the same strings.

use std::{fmt, io};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Number, Value};
use serde_yaml::{DuplicateKeyPolicy, Options, SerializerOptions, budget, options, ser_options};

/// Text that is no YAML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct YamlError {
    /// Counted from 1; 0 where the place is unknown.
    pub line: u64,
    /// Counted from 1; 0 where the place is unknown.
    pub column: u64,
    /// What is wrong there, one line.
    pub message: String,
}

/// All documents of `text`, those that are empty or only comments left out. JSON is YAML too.
pub fn documents(text: &str) -> Result<Vec<Value>, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut documents: Vec<Value> = serde_yaml::from_multiple_with_options(text, reading()).map_err(|e| located(&e))?;
    documents.retain(|document| !document.is_null());
    documents.iter_mut().for_each(whole_numbers);
    Ok(documents)
}

/// The first document of `text` that is not empty, as kubectl reads its own files: of a key that stands there twice the
/// last one counts. None where there is no document.
pub fn first<T: DeserializeOwned>(text: &str) -> Result<Option<T>, YamlError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut options = reading();
    options.duplicate_keys = DuplicateKeyPolicy::LastWins;
    let typed = serde_yaml::from_multiple_with_options::<Option<T>>(text, options.clone());
    // A struct that gathers unknown fields is told of both keys, and a map is not. It is the second choice, since `yes`
    // is a Boolean only where one is wanted.
    let documents = typed.or_else(|error| {
        let maps: Vec<Value> = serde_yaml::from_multiple_with_options(text, options).map_err(|_| located(&error))?;
        let typed: Result<Vec<Option<T>>, _> = maps.into_iter().map(serde_json::from_value).collect();
        typed.map_err(|_| located(&error))
    })?;
    Ok(documents.into_iter().flatten().next())
}

/// `value` as one YAML document with a final newline, without a leading `---`.
///
/// # Panics
/// Never: YAML has every type that JSON has.
#[must_use]
pub fn document(value: &Value) -> String {
    let text = serde_yaml::to_string_with_options(value, writing());
    text.expect("a JSON value has no type that YAML lacks")
}

/// Writes `value` as one YAML document piece by piece, as [`document`] would write it.
pub fn write(value: &impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
    let mut text = Text { out, error: None };
    let written = serde_yaml::to_fmt_writer_with_options(&mut text, value, writing());
    // The crate would hide that the reader of a pipe has gone.
    written.map_err(|error| text.error.unwrap_or_else(|| io::Error::other(error)))
}

/// Takes text for bytes.
struct Text<'a> {
    out: &'a mut dyn io::Write,
    /// Why it takes no more.
    error: Option<io::Error>,
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.out.write_all(text.as_bytes()).map_err(|error| {
            self.error = Some(error);
            fmt::Error
        })
    }
}

fn reading() -> Options {
    options! {
        // `0644` is 420, as in YAML 1.1 and kubectl, and not the number 644.
        legacy_octal_numbers: true,
        // The messages go on one line.
        with_snippet: false,
        // The default of 250,000 nodes refuses a ConfigMap of 125,000 keys.
        budget: budget! { max_nodes: 4_000_000, max_events: 8_000_000 },
    }
}

fn writing() -> SerializerOptions {
    ser_options! {
        // Lists start at their key's column, as kubectl writes them.
        compact_list_indent: true,
        // A long string stays on one line: folded, a trailing space at the fold would be lost to the eye.
        folded_wrap_chars: usize::MAX,
    }
}

/// What the crate says in the words of who programs with it.
const IN_OUR_WORDS: [(&str, &str); 5] = [
    ("cannot deserialize null into string", "text is missing here"),
    ("expected string scalar", "text must stand here"),
    ("invalid u64", "it is no whole number"),
    ("invalid i64", "it is no whole number"),
    ("invalid floating point", "it is no number"),
];

fn located(error: &serde_yaml::Error) -> YamlError {
    let place = error.location();
    let text = error.without_snippet().to_string();
    // The place is told once, before the message.
    let message = text.split(" at line ").next().unwrap_or(&text);
    // What follows is advice to whoever calls the library.
    let message = message.split(", set ").next().unwrap_or(message);
    let message = message.split("; use Option").next().unwrap_or(message);
    let message = IN_OUR_WORDS.iter().find(|(theirs, _)| *theirs == message).map_or(message, |(_, ours)| ours);
    YamlError {
        line: place.as_ref().map_or(0, serde_yaml::Location::line),
        column: place.as_ref().map_or(0, serde_yaml::Location::column),
        message: message.lines().next().unwrap_or_default().to_owned(),
    }
}

/// `1e3` is read as the float 1000.0, which an integer field refuses and kubectl accepts.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        Value::Number(number) => {
            if let Some(whole) = number.as_f64().filter(|_| number.is_f64()).and_then(as_whole) {
                *value = Value::Number(whole);
            }
        }
        _ => {}
    }
}

#[expect(clippy::cast_possible_truncation, reason = "checked to be a whole number that fits")]
fn as_whole(float: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (float.fract() == 0.0 && float.abs() <= EXACT).then(|| Number::from(float as i64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn reads(text: &str, want: Value) {
        assert_eq!(documents(text).unwrap(), [want]);
    }

    #[test]
    fn numbers_are_read_as_kubectl_reads_them() {
        reads("mode: 0644\nquoted: '0644'\nbig: 1e3\n", json!({"mode": 420, "quoted": "0644", "big": 1000}));
    }

    #[test]
    fn documents_are_split_and_empty_ones_left_out() {
        let all = documents("\u{feff}# only a comment\n---\na: 1\n---\n---\nb: 2\n").unwrap();
        assert_eq!(all, [json!({"a": 1}), json!({"b": 2})]);
        assert!(documents("").unwrap().is_empty());
    }

    #[test]
    fn json_anchors_and_merges_are_yaml() {
        reads("{\"a\": [1, true, null]}", json!({"a": [1, true, null]}));
        reads("x: &x {a: 1}\ny:\n  <<: *x\n  b: 2\n", json!({"x": {"a": 1}, "y": {"a": 1, "b": 2}}));
    }

    #[test]
    fn an_error_says_where() {
        let error = documents("a: 1\nb: [1,\n").unwrap_err();
        assert!(error.line >= 2 && error.column >= 1, "{error}");
        assert!(!error.message.contains('\n'));
    }

    #[test]
    fn a_key_given_twice_is_an_error() {
        assert_eq!(documents("a: 1\na: 2\n").unwrap_err().to_string(), "line 2, column 1: duplicate mapping key: a");
    }

    #[test]
    fn strings_that_look_like_something_else_come_back() {
        for text in
            ["on", "off", "yes", "no", "y", "n", "1_000", "0644", "1e3", "null", "~", "", " a", "a ", "a: b", "- x"]
        {
            let value = json!({"command": [text]});
            assert_eq!(documents(&document(&value)).unwrap(), std::slice::from_ref(&value), "{}", document(&value));
        }
    }

    #[test]
    fn a_script_is_written_as_a_block_and_a_long_line_is_not_folded() {
        let text = document(&json!({"script": "one\ntwo\n", "long": "word ".repeat(40)}));
        assert!(text.contains("script: |\n  one\n  two\n"), "{text}");
        assert_eq!(text.lines().count(), 4, "{text}");
    }

    #[test]
    fn keys_are_sorted_as_kubectl_sorts_them() {
        // Any crate of the tree could switch serde_json's preserve_order on for all of them.
        assert_eq!(document(&json!({"b": 1, "a": 2, "C": 3})), "C: 3\na: 2\nb: 1\n");
    }
}
