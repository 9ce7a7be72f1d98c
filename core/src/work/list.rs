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
    let mut records = csv::ReaderBuilder::new().has_headers(false).from_reader(list.as_bytes()).into_records();
    // Reading UTF-8 text from memory cannot fail, and one record cannot differ in length from itself.
    let record = records.next().and_then(Result::ok).ok_or(ListError::Empty)?;
    if records.next().is_some() {
        return Err(ListError::Lines);
    }
    well_quoted(list)?;
    Ok(record.iter().map(str::to_owned).collect())
}

/// The reader takes any quotes somehow; what a person meant by `a,"b` is not for it to guess.
fn well_quoted(list: &str) -> Result<(), ListError> {
    let (mut rest, mut item) = (list, 1);
    loop {
        let end = match rest.strip_prefix('"') {
            Some(quoted) => 1 + closing_quote(quoted).ok_or(ListError::Quote(item))? + 1,
            None => rest.find(',').unwrap_or(rest.len()),
        };
        match rest[end..].chars().next() {
            None | Some('\n' | '\r') => return Ok(()),
            Some(',') => (rest, item) = (&rest[end + 1..], item + 1),
            Some(_) => return Err(ListError::Quote(item)),
        }
    }
}

/// Where the quote that ends `text` is; two quotes in a row are one in the item.
fn closing_quote(text: &str) -> Option<usize> {
    let mut at = 0;
    loop {
        at += text[at..].find('"')?;
        if !text[at + 1..].starts_with('"') {
            return Some(at);
        }
        at += 2;
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
