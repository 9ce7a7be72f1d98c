//! `--items foo,bar,"a, b"`: one line of comma-separated values.

use super::records::{misquoted, records};

/// A list that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ListError {
    /// Nothing in it.
    #[error("the list is empty; a Job without a task does nothing")]
    Empty,
    /// A line break outside of quotes.
    #[error("the list has more than one line; put double quotes around an item that holds a line break")]
    Lines,
    /// A double quote that is not closed, or text behind one that is.
    #[error(
        "item {0}: the double quote is not closed, or something follows it; write a quote in an item as \"a \"\"b\"\"\""
    )]
    Quote(usize),
}

/// The items of one line of comma-separated values, quoted as in RFC 4180: `a,"b, c","say ""hi"""`.
///
/// Spaces belong to the item; an item may be empty, but a list of nothing at all is an error.
pub fn items(list: &str) -> Result<Vec<String>, ListError> {
    let mut records = records(list);
    let record = records.next().ok_or(ListError::Empty)?;
    if records.next().is_some() {
        return Err(ListError::Lines);
    }
    match misquoted(list) {
        Some(misquoted) => Err(ListError::Quote(misquoted.field)),
        None => Ok(record.iter().map(str::to_owned).collect()),
    }
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
    fn quotes_that_do_not_fit_are_refused() {
        assert_eq!(items("a,\"b"), Err(ListError::Quote(2)));
        assert_eq!(items("\"a\"b"), Err(ListError::Quote(1)));
        reads("a,b \"c, d\"", &["a", "b \"c", " d\""]);
        reads("\"\",\"a\"\"\"", &["", "a\""]);
    }

    #[test]
    fn nothing_and_several_lines_are_refused() {
        assert_eq!(items(""), Err(ListError::Empty));
        assert_eq!(items("a\nb"), Err(ListError::Lines));
    }
}
