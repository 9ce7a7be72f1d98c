//! Comma-separated values as RFC 4180 writes them, with the one strictness that the csv crate does not have.

/// The records of `text`, each as long as it happens to be; a line without anything is none. A record ends at `\n`,
/// `\r\n` or `\r`.
pub(super) fn records(text: &str) -> impl Iterator<Item = csv::StringRecord> {
    let reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    // Reading UTF-8 text from memory cannot fail where records may differ in length.
    reader.into_records().map_while(Result::ok)
}

/// A field whose double quotes do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Misquoted {
    /// Where the field begins, in bytes.
    pub(super) at: usize,
    /// Which it is in its record, from 1.
    pub(super) field: usize,
    /// Is there a closing quote, with text behind it? Else there is none.
    pub(super) closed: bool,
}

/// The first field of `text` whose quotes do not fit, if any: the crate takes any quotes somehow, and what a person
/// meant by `a,"b` is not for it to guess. A quote inside of a field that does not begin with one is ordinary text.
pub(super) fn misquoted(text: &str) -> Option<Misquoted> {
    let (mut at, mut field) = (0, 1);
    loop {
        let rest = &text[at..];
        let length = match rest.strip_prefix('"').map(closing_quote) {
            Some(None) => return Some(Misquoted { at, field, closed: false }),
            Some(Some(close)) => 1 + close + 1,
            None => rest.find([',', '\n', '\r']).unwrap_or(rest.len()),
        };
        match rest[length..].bytes().next() {
            None => return None,
            Some(b',') => field += 1,
            Some(b'\n' | b'\r') => field = 1,
            Some(_) => return Some(Misquoted { at, field, closed: true }),
        }
        at += length + 1;
    }
}

/// Where the quote that ends `text` is; two quotes in a row are one in the field.
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
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn misfits(text: &str, at: usize, field: usize, closed: bool) {
        assert_eq!(misquoted(text), Some(Misquoted { at, field, closed }));
    }

    #[test]
    fn quotes_are_around_a_whole_field() {
        misfits("\"a", 0, 1, false);
        misfits("a,b\nc,\"d\ne", 6, 2, false);
        misfits("\"a\"\r\n\"b\" ,c", 5, 1, true);
        for fine in ["", "a\"b", "\"a\"\"b\"", "\"\",\"\"\n\"a\nb\"\r\n", "a,\n,b"] {
            assert_eq!(misquoted(fine), None, "{fine}");
        }
    }

    #[test]
    fn a_record_ends_at_any_line_end_and_blank_lines_are_none() {
        let lengths: Vec<_> = records("a,b\r\n\r\nc\n\n\"\"\rd,e,f").map(|record| record.len()).collect();
        assert_eq!(lengths, [2, 1, 1, 3]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn what_is_written_by_the_rules_is_well_quoted(rows in proptest::collection::vec(
            proptest::collection::vec("[a\",\n\r ]{0,4}", 1..4), 1..4,
        )) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(vec![]);
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(misquoted(&text), None, "{}", text);
            let read: Vec<Vec<String>> = records(&text).map(|row| row.iter().map(str::to_owned).collect()).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn no_text_panics(text in "[a\",\n\r]{0,12}") {
            let _ = (misquoted(&text), records(&text).count());
        }
    }
}
