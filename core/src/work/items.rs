//! [`Items`]: one task for each row, whatever it was read from.

use std::collections::BTreeSet;

use super::ListError;
use crate::text::shown;

/// One task for each row; index 0 gets the first. There is at least one, and at most 2147483647, as many as a Job may
/// have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Items {
    columns: Vec<String>,
    rows: Vec<Item>,
}

/// What one task gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The bytes of the item's file; may be empty, and need not be UTF-8.
    pub text: Vec<u8>,
    /// One for each column, in the order of the columns; empty where there are no columns.
    pub fields: Vec<String>,
}

/// Items that cannot be understood, or that a Job cannot have. Lines and columns count from 1, items from 0, as
/// indexes do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ItemsError {
    /// There is none; why.
    #[error("no items: {0}")]
    Empty(&'static str),
    /// More than can be handled; how many, where that can be said.
    #[error("{0} items are too many; at most {1} are possible")]
    TooMany(u128, u32),
    /// Bytes that are no UTF-8, in a format that is text.
    #[error("line {line}: not UTF-8")]
    NotUtf8 {
        /// Where.
        line: usize,
    },
    /// A double quote that is never closed.
    #[error("line {line}: a double quote is opened and not closed")]
    OpenQuote {
        /// Where it is opened.
        line: usize,
    },
    /// Text between a closing double quote and the next comma.
    #[error(
        "line {line}: text follows a closing double quote; write a quote in a quoted field twice, as in \"a \"\"b\"\"\""
    )]
    AfterQuote {
        /// Where the row begins.
        line: usize,
    },
    /// A row that is longer or shorter than the header.
    #[error("line {line}: {} where the header has {columns}", counted(*.found, "field"))]
    Fields {
        /// Where the row begins.
        line: usize,
        /// Its fields.
        found: usize,
        /// Those of the header.
        columns: usize,
    },
    /// A column without a name; which, from 1.
    #[error("column {0} has no name")]
    NamelessColumn(usize),
    /// Two columns of one name.
    #[error("two columns are called \"{}\"", shown(.0))]
    DuplicateColumn(String),
    /// A column that could not be named in a command.
    #[error("the column \"{}\" has a brace in its name; {{column}} in a command could not name it", shown(.0))]
    Brace(String),
    /// No JSON.
    #[error("line {line}, column {column}: not JSON: {message}")]
    Json {
        /// Where.
        line: usize,
        /// Where in the line, in bytes.
        column: usize,
        /// The reader's own words; they hold nothing of the input.
        message: String,
    },
    /// JSON other than an array.
    #[error("the document is not a JSON array; write one value in each line for jsonl, or put [ ] around them")]
    NotAnArray,
    /// A JSON string that is no text, such as half a surrogate pair.
    #[error("item {item}: {message}")]
    JsonString {
        /// Which.
        item: usize,
        /// The reader's own words; they hold nothing of the input.
        message: String,
    },
    /// An object where the first is another value.
    #[error("item {item} is an object, but item 0 is none")]
    Object {
        /// Which.
        item: usize,
    },
    /// Another value where the first is an object.
    #[error("item {item} is not an object, but item 0 is one")]
    NoObject {
        /// Which.
        item: usize,
    },
    /// An object without a key that the first has.
    #[error("item {item} has no key \"{}\", but item 0 has", shown(.key))]
    MissingKey {
        /// Which.
        item: usize,
        /// The key.
        key: String,
    },
    /// An object with a key that the first has not.
    #[error("item {item} has a key \"{}\", but item 0 has not", shown(.key))]
    AdditionalKey {
        /// Which.
        item: usize,
        /// The key.
        key: String,
    },
    /// An object with one key twice.
    #[error("item {item} has the key \"{}\" twice", shown(.key))]
    DuplicateKey {
        /// Which.
        item: usize,
        /// The key.
        key: String,
    },
    /// Something else than a name and its values.
    #[error("\"{}\" is not NAME=VALUE,VALUE,...", shown(.0))]
    Axis(String),
    /// Values that cannot be understood.
    #[error("{}: {error}", shown(.name))]
    AxisValues {
        /// The axis.
        name: String,
        /// Why not.
        error: ListError,
    },
}

impl Items {
    /// Items of one value each, without columns. None at all is an error.
    pub fn single(values: Vec<Vec<u8>>) -> Result<Self, ItemsError> {
        let rows = values.into_iter().map(|text| Item { text, fields: vec![] }).collect();
        Self::new(vec![], rows, "the list is empty")
    }

    /// The one door: `nothing` says why there is no item, where there is none.
    pub(super) fn new(columns: Vec<String>, rows: Vec<Item>, nothing: &'static str) -> Result<Self, ItemsError> {
        let most = i32::MAX.unsigned_abs();
        match rows.len() {
            0 => Err(ItemsError::Empty(nothing)),
            count if count > most as usize => Err(ItemsError::TooMany(count as u128, most)),
            _ => Ok(Self { columns, rows }),
        }
    }

    /// The names of the columns; empty where an item is one value.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The items, in the order of their indexes.
    #[must_use]
    pub fn rows(&self) -> &[Item] {
        &self.rows
    }

    /// How many there are: the completions of the Job.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "there is always one")]
    pub fn len(&self) -> u32 {
        u32::try_from(self.rows.len()).unwrap_or(u32::MAX)
    }

    /// What was understood, to be said before anything is created: `5 items`, `12 items, 2 of them empty`,
    /// `999 items, columns path, seed`.
    #[must_use]
    pub fn understood(&self) -> String {
        self.understood_from(None)
    }

    /// As [`understood`](Self::understood), with the place where they came from: `999 items from f.csv, columns path,
    /// seed`; None where that goes without saying.
    #[must_use]
    pub fn understood_from(&self, source: Option<&str>) -> String {
        let count = self.rows.len();
        let from = source.map(|source| format!(" from {}", shown(source))).unwrap_or_default();
        let mut parts = vec![counted(count, "item") + &from];
        match self.rows.iter().filter(|row| row.text.is_empty()).count() {
            0 => {}
            1 if count == 1 => parts.push("which is empty".to_owned()),
            empty if empty == count => parts.push("all of them empty".to_owned()),
            empty => parts.push(format!("{empty} of them empty")),
        }
        match self.columns.as_slice() {
            [] => {}
            [one] => parts.push(format!("column {}", shown(one))),
            many => parts.push(format!("columns {}", shown(&many.join(", ")))),
        }
        parts.join(", ")
    }
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The columns of a table whose fields are all strings.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    names: Vec<String>,
    /// Each name as it begins a member of a JSON object, and its place in `names`; sorted by name.
    keys: Vec<(Vec<u8>, usize)>,
}

impl Columns {
    /// Columns of these names, as [`named`] wants them.
    pub(super) fn new(names: Vec<String>) -> Result<Self, ItemsError> {
        named(&names)?;
        let mut places: Vec<usize> = (0..names.len()).collect();
        places.sort_unstable_by_key(|place| &names[*place]);
        let key = |place: usize| {
            let mut key = Vec::new();
            write_json(&names[place], &mut key);
            key.push(b':');
            (key, place)
        };
        let keys = places.into_iter().map(key).collect();
        Ok(Self { names, keys })
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The item of a row that has one field for each column: one JSON object, its keys sorted, its values strings.
    pub(super) fn item(&self, fields: Vec<String>) -> Item {
        let mut text = Vec::with_capacity(2 + fields.iter().map(String::len).sum::<usize>() + 16 * fields.len());
        for (key, place) in &self.keys {
            text.push(if text.is_empty() { b'{' } else { b',' });
            text.extend_from_slice(key);
            write_json(&fields[*place], &mut text);
        }
        text.push(b'}');
        Item { text, fields }
    }

    /// The table of these rows; `nothing` as in [`Items::new`].
    pub(super) fn table(self, rows: Vec<Item>, nothing: &'static str) -> Result<Items, ItemsError> {
        Items::new(self.names, rows, nothing)
    }
}

/// Checks the names of columns: each is there, is there once, and can stand between braces in a command.
pub(super) fn named(names: &[String]) -> Result<(), ItemsError> {
    let mut seen = BTreeSet::new();
    for (at, name) in names.iter().enumerate() {
        if name.is_empty() {
            return Err(ItemsError::NamelessColumn(at + 1));
        }
        if name.contains(['{', '}']) {
            return Err(ItemsError::Brace(name.clone()));
        }
        if !seen.insert(name) {
            return Err(ItemsError::DuplicateColumn(name.clone()));
        }
    }
    Ok(())
}

/// Writes `text` as a JSON string.
fn write_json(text: &str, to: &mut Vec<u8>) {
    serde_json::to_writer(to, text).expect("a Vec takes every write");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work::Format;

    #[track_caller]
    fn understood(format: Format, text: &str, source: Option<&str>, want: &str) {
        assert_eq!(format.read(text.as_bytes()).unwrap().understood_from(source), want);
    }

    #[test]
    fn what_was_understood_is_said() {
        understood(Format::Lines, "a\nb\n", None, "2 items");
        understood(Format::Lines, "a\n", Some("list\u{1b}.txt"), "1 item from list^[.txt");
        understood(Format::Lines, "a\n\n\nb\n", None, "4 items, 2 of them empty");
        understood(Format::Lines, "\n\n", Some("f"), "2 items from f, all of them empty");
        understood(Format::Json, "[\"\"]", None, "1 item, which is empty");
        understood(Format::Csv, "path,seed\n,1\n,2\n", Some("f.csv"), "2 items from f.csv, columns path, seed");
        understood(Format::Csv, "\"a\u{7}\"\n1\n", None, "1 item, column a\\x07");
    }

    #[test]
    fn single_values_are_kept_as_they_are() {
        let items = Items::single(vec![b"\xff\0".to_vec(), vec![]]).unwrap();
        assert_eq!((items.len(), items.understood().as_str()), (2, "2 items, 1 of them empty"));
        assert_eq!(items.rows()[0], Item { text: b"\xff\0".to_vec(), fields: vec![] });
        assert_eq!(Items::single(vec![]).unwrap_err().to_string(), "no items: the list is empty");
    }
}
