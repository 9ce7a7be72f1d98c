//! `--items foo,bar,"a, b"`: one line of comma-separated values.

/// A list that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Nothing in it.
    #[error("the list is empty; a Job without a task does nothing")]
    Empty,
    /// A line break outside of quotes.
    #[error("the list has more than one line; put double quotes around an item that holds a line break")]
    Lines,
}

/// The items of one line of comma-separated values, quoted as in RFC 4180: `a,"b, c","say ""hi"""`.
///
/// Spaces belong to the item; an item may be empty, but a list of nothing at all is an error.
pub fn items(list: &str) -> Result<Vec<String>, ListError> {
    let mut records = csv::ReaderBuilder::new().has_headers(false).from_reader(list.as_bytes()).into_records();
    // Reading UTF-8 text from memory cannot fail, and one record cannot differ in length from itself.
    let record = records.next().and_then(Result::ok).ok_or(ListError::Empty)?;
    if records.next().is_some() {
        return Err(ListError::Lines);
    }
    Ok(record.iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(list: &str, want: &[&str]) {
        assert_eq!(items(list).unwrap(), want);
    }

    #[test]
    fn values_are_separated_by_commas() {
        reads("foo,bar,baz,qux,xyz", &["foo", "bar", "baz", "qux", "xyz"]);
        reads("one", &["one"]);
        reads("a, b,", &["a", " b", ""]);
        reads("\"a, b\",\"say \"\"hi\"\"\",\"two\nlines\"", &["a, b", "say \"hi\"", "two\nlines"]);
        reads("ä,日本", &["ä", "日本"]);
    }

    #[test]
    fn nothing_and_several_lines_are_refused() {
        assert_eq!(items(""), Err(ListError::Empty));
        assert_eq!(items("a\nb"), Err(ListError::Lines));
    }
}
