//! Items as JSON, in one array or one a line. What is kept is kept as it was written, so that no number loses a digit.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use super::items::{Item, Items, ItemsError, named};

/// One array.
pub(super) fn array(text: &str) -> Result<Items, ItemsError> {
    if text.trim_ascii().is_empty() {
        return Err(ItemsError::Empty("the file is empty"));
    }
    let values: Vec<&RawValue> = serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Data => ItemsError::NotAnArray,
        _ => not_json(&error, error.line()),
    })?;
    items(&values, "the array is empty")
}

/// One value a line; blank lines are skipped.
pub(super) fn lines(text: &str) -> Result<Items, ItemsError> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim_ascii().is_empty());
    let values = lines.map(|(number, line)| serde_json::from_str(line).map_err(|error| not_json(&error, number)));
    items(&values.collect::<Result<Vec<_>, _>>()?, "the file is empty")
}

fn not_json(error: &serde_json::Error, line: usize) -> ItemsError {
    ItemsError::Json { line, column: error.column(), message: message(error) }
}

/// What is wrong, without the place, which is told in our own words.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or_default().to_owned()
}

/// Values that are all objects have columns, values of which none is an object have none; there is nothing between.
fn items(values: &[&RawValue], nothing: &'static str) -> Result<Items, ItemsError> {
    let is_object = |value: &&RawValue| value.get().starts_with('{');
    let objects = values.first().is_some_and(is_object);
    if let Some(item) = values.iter().position(|value| is_object(value) != objects) {
        return Err(if objects { ItemsError::NoObject { item } } else { ItemsError::Object { item } });
    }
    if objects {
        return with_columns(values, nothing);
    }
    let texts = values.iter().enumerate().map(|(item, value)| content(value, item));
    let rows = texts.map(|text| text.map(|text| Item { text: text.into_bytes(), fields: vec![] }));
    let rows = rows.collect::<Result<_, _>>()?;
    Items::new(vec![], rows, nothing)
}

/// Objects that all have the keys of the first.
fn with_columns(values: &[&RawValue], nothing: &'static str) -> Result<Items, ItemsError> {
    let mut columns: Vec<String> = Vec::new();
    let mut rows = Vec::with_capacity(values.len());
    for (item, value) in values.iter().enumerate() {
        let members = members(value, item)?;
        if item == 0 {
            columns = members.iter().map(|(key, _)| key.clone()).collect();
            named(&columns)?;
        }
        same_keys(&columns, &members, item)?;
        let fields = members.iter().map(|(_, value)| content(value, item)).collect::<Result<_, _>>()?;
        rows.push(Item { text: value.get().as_bytes().to_vec(), fields });
    }
    Items::new(columns, rows, nothing)
}

/// The keys of an object as they come; None for anything else.
#[must_use]
pub fn object_keys(text: &[u8]) -> Option<Vec<String>> {
    let Members(members) = serde_json::from_slice(text).ok()?;
    Some(members.into_iter().map(|(key, _)| key).collect())
}

/// Both sides are sorted.
fn same_keys(columns: &[String], members: &[(String, &RawValue)], item: usize) -> Result<(), ItemsError> {
    let missing = columns.iter().find(|column| members.binary_search_by(|(key, _)| key.cmp(column)).is_err());
    let additional = members.iter().find(|(key, _)| columns.binary_search(key).is_err());
    match (missing, additional) {
        (Some(key), _) => Err(ItemsError::MissingKey { item, key: key.clone() }),
        (_, Some((key, _))) => Err(ItemsError::AdditionalKey { item, key: key.clone() }),
        (None, None) => Ok(()),
    }
}

/// What a string says, and any other value as it is written.
fn content(value: &RawValue, item: usize) -> Result<String, ItemsError> {
    let text = value.get();
    match text.starts_with('"') {
        true => serde_json::from_str(text).map_err(|error| ItemsError::JsonString { item, message: message(&error) }),
        false => Ok(text.to_owned()),
    }
}

/// The members of an object, by key, which is there once.
fn members(object: &RawValue, item: usize) -> Result<Vec<(String, &RawValue)>, ItemsError> {
    let Members(mut members) = serde_json::from_str(object.get())
        .map_err(|error| ItemsError::JsonString { item, message: message(&error) })?;
    members.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    match members.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        Some(pair) => Err(ItemsError::DuplicateKey { item, key: pair[0].0.clone() }),
        None => Ok(members),
    }
}

/// The members of an object as they come; a map would keep only one of two with the same key.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor).map(Members)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::with_capacity(map.size_hint().unwrap_or(0));
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn single(items: Result<Items, ItemsError>, want: &[&str]) {
        let items = items.unwrap();
        assert_eq!(items.columns(), [""; 0]);
        assert_eq!(items.rows().iter().map(|row| str::from_utf8(&row.text).unwrap()).collect::<Vec<_>>(), want);
    }

    #[track_caller]
    fn row(items: Result<Items, ItemsError>, columns: &[&str], text: &str, fields: &[&str]) {
        let items = items.unwrap();
        assert_eq!(items.columns(), columns);
        assert_eq!((str::from_utf8(&items.rows()[0].text).unwrap(), fields), (text, fields));
        assert_eq!(items.rows()[0].fields, fields);
    }

    #[track_caller]
    fn refuses(items: Result<Items, ItemsError>, want: &str) {
        assert_eq!(items.unwrap_err().to_string(), want);
    }

    #[test]
    fn values_that_are_no_objects_have_no_columns() {
        single(
            array(r#"["a\nb", "", "\u00e4\u0000", 0.10, 1e400, null, true, [1, {"a": 1}]]"#),
            &["a\nb", "", "ä\0", "0.10", "1e400", "null", "true", "[1, {\"a\": 1}]"],
        );
        single(lines("1\r\n\n \t\n\"x\"\n  [ ]  \n"), &["1", "x", "[ ]"]);
        single(lines("12345678901234567890123"), &["12345678901234567890123"]);
    }

    #[test]
    fn objects_have_columns_and_stay_as_they_are_written() {
        let text = "{ \"b\" : 0.10,\n \"a\": \"x\\ty\" }";
        row(array(&format!("[{text}]")), &["a", "b"], text, &["x\ty", "0.10"]);
        row(lines("{\"a\":{\"b\": [1]}}\n{\"a\":null}"), &["a"], "{\"a\":{\"b\": [1]}}", &["{\"b\": [1]}"]);
        row(array("[{\"\\u0061\": 1}, {\"a\": 2}]"), &["a"], "{\"\\u0061\": 1}", &["1"]);
        row(array("[{}]"), &[], "{}", &[]);
    }

    #[test]
    fn all_are_objects_with_the_same_keys_or_none_is() {
        refuses(array("[{}, {}, 1]"), "item 2 is not an object, but item 0 is one");
        refuses(lines("1\n\n{}"), "item 1 is an object, but item 0 is none");
        refuses(array(r#"[{"a": 1, "b": 2}, {"b": 1, "a": 2}, {"a": 1}]"#), "item 2 has no key \"b\", but item 0 has");
        refuses(array(r#"[{"a": 1}, {"a": 1, "\u001b": 2}]"#), "item 1 has a key \"^[\", but item 0 has not");
        refuses(array(r#"[{"a": 1, "b": 2, "a": 3}]"#), "item 0 has the key \"a\" twice");
        refuses(array(r#"[{"a": 1}, {"\u0061": 1, "a": 3}]"#), "item 1 has the key \"a\" twice");
    }

    #[test]
    fn a_key_can_name_a_column() {
        refuses(array(r#"[{"b": 1, "": 2}]"#), "column 1 has no name");
        refuses(
            array(r#"[{"{b": 1}]"#),
            "the column \"{b\" has a brace in its name; {column} in a command could not name it",
        );
    }

    #[test]
    fn what_is_not_json_is_named_by_its_place() {
        refuses(array("[1,\n 2 3]"), "line 2, column 4: not JSON: expected `,` or `]`");
        refuses(array("[1, 2"), "line 1, column 5: not JSON: EOF while parsing a list");
        refuses(array("[1] x"), "line 1, column 5: not JSON: trailing characters");
        refuses(lines("1\n\n{\"a\": 01}"), "line 3, column 8: not JSON: invalid number");
        refuses(lines("1 2"), "line 1, column 3: not JSON: trailing characters");
        refuses(array(r#"["a", "\ud800"]"#), "item 1: unexpected end of hex escape");
        refuses(array(r#"[{"a": "\ud800x"}]"#), "item 0: unexpected end of hex escape");
        refuses(array(r#"[{"\udc00": 1}]"#), "item 0: lone leading surrogate in hex escape");
    }

    #[test]
    fn what_is_no_array_is_told_of_jsonl() {
        let want = "the document is not a JSON array; write one value in each line for jsonl, or put [ ] around them";
        refuses(array("{\"a\": 1}\n{\"a\": 2}"), want);
        refuses(array("\"[1]\""), want);
    }

    #[test]
    fn nothing_to_do_is_an_error() {
        refuses(array("[ ]"), "no items: the array is empty");
        refuses(array(" \n"), "no items: the file is empty");
        refuses(lines("\r\n \n"), "no items: the file is empty");
    }

    #[test]
    fn depth_is_no_danger() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        single(array(&format!("[{deep}]")), &[&deep]);
        assert_eq!(lines(&format!("{{\"a\":{deep}}}")).unwrap().rows()[0].fields, [deep]);
    }
}
