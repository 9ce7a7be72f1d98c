//! Tables with a header: comma-separated and tab-separated values. The first line that is not blank is the header,
//! always.

use super::items::{Columns, Item, Items, ItemsError};
use super::records::{misquoted, records};

const NO_HEADER: &str = "the file has no header line";
const NO_ROWS: &str = "the file has a header and no rows";

/// RFC 4180: quotes around a field that holds a comma, a quote or a line break; lines may also end with `\n`. Blank
/// lines are skipped, and spaces belong to their field.
pub(super) fn csv(text: &str) -> Result<Items, ItemsError> {
    if let Some(misquoted) = misquoted(text) {
        let line = line_of(text, misquoted.at);
        return Err(if misquoted.closed { ItemsError::AfterQuote { line } } else { ItemsError::OpenQuote { line } });
    }
    let mut records = records(text);
    let owned = |record: &csv::StringRecord| record.iter().map(str::to_owned).collect();
    let columns = Columns::new(owned(&records.next().ok_or(ItemsError::Empty(NO_HEADER))?))?;
    let rows = records.map(|record| {
        let begin = record.position().map_or(0, csv::Position::byte);
        row(&columns, owned(&record), || line_of(text, usize::try_from(begin).unwrap_or(text.len())))
    });
    let rows = rows.collect::<Result<_, _>>()?;
    columns.table(rows, NO_ROWS)
}

/// `text/tab-separated-values` of IANA: a field holds neither a tab nor a line break, and a quote is an ordinary
/// character. Blank lines are skipped.
pub(super) fn tsv(text: &str) -> Result<Items, ItemsError> {
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty());
    let owned = |line: &str| line.split('\t').map(str::to_owned).collect();
    let (_, header) = lines.next().ok_or(ItemsError::Empty(NO_HEADER))?;
    let columns = Columns::new(owned(header))?;
    let rows = lines.map(|(number, line)| row(&columns, owned(line), || number)).collect::<Result<_, _>>()?;
    columns.table(rows, NO_ROWS)
}

/// The item of one row; `line` tells where it begins.
fn row(columns: &Columns, fields: Vec<String>, line: impl FnOnce() -> usize) -> Result<Item, ItemsError> {
    if fields.len() != columns.len() {
        return Err(ItemsError::Fields { line: line(), found: fields.len(), columns: columns.len() });
    }
    Ok(columns.item(fields))
}

/// The line, from 1, of the text that begins at `at` or behind line ends there: the csv crate counts the blank lines
/// before a record, and the second half of `\r\n`, as part of it.
fn line_of(text: &str, at: usize) -> usize {
    let line_end = ['\n', '\r'];
    let begin = text.len() - text[at..].trim_start_matches(line_end).len();
    1 + text[..begin].replace("\r\n", "\n").matches(line_end).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = fn(&str) -> Result<Items, ItemsError>;

    #[track_caller]
    fn reads(read: Read, text: &str, columns: &[&str], rows: &[&[&str]]) {
        let items = read(text).unwrap();
        assert_eq!(items.columns(), columns);
        assert_eq!(items.rows().iter().map(|row| &row.fields).collect::<Vec<_>>(), rows);
    }

    #[track_caller]
    fn refuses(read: Read, text: &str, want: &str) {
        assert_eq!(read(text).unwrap_err().to_string(), want);
    }

    #[test]
    fn csv_has_a_header_and_rfc_4180s_quotes() {
        reads(csv, "path,seed\na.png,1\nb.png,2\n", &["path", "seed"], &[&["a.png", "1"], &["b.png", "2"]]);
        reads(
            csv,
            "a,b\r\n\"x, y\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",",
            &["a", "b"],
            &[&["x, y", "say \"hi\""], &["two\nlines", ""]],
        );
        reads(csv, "a, b\nx\"y, z", &["a", " b"], &[&["x\"y", " z"]]);
    }

    #[test]
    fn blank_lines_are_skipped_and_an_empty_field_is_an_item() {
        reads(csv, "\n\na\n\n1\r\n\r\n2\n\n", &["a"], &[&["1"], &["2"]]);
        reads(csv, "a\n\"\"\n \n", &["a"], &[&[""], &[" "]]);
        reads(tsv, "\na\tb\n\r\n1\t\n\n", &["a", "b"], &[&["1", ""]]);
    }

    #[test]
    fn tsv_knows_no_quotes() {
        reads(tsv, "a\tb\r\n\"x\ty\"\r\n,\t\r\n", &["a", "b"], &[&["\"x", "y\""], &[",", ""]]);
        reads(tsv, "a\nlone\rreturn", &["a"], &[&["lone\rreturn"]]);
    }

    #[test]
    fn the_item_is_an_object_with_sorted_keys_and_strings() {
        let text = |items: Items| String::from_utf8(items.rows()[0].text.clone()).unwrap();
        assert_eq!(text(csv("z,a\n1,\"q\"\"\n\"").unwrap()), r#"{"a":"q\"\n","z":"1"}"#);
        assert_eq!(text(tsv("\"k\tä\n1\t\u{1}").unwrap()), r#"{"\"k":"1","ä":"\u0001"}"#);
    }

    #[test]
    fn a_row_of_another_length_is_named_by_its_line() {
        refuses(csv, "a,b\n1,2\n3\n", "line 3: 1 field where the header has 2");
        refuses(csv, "a,b\r\n\r\n\r\n1,2,3\r\n", "line 4: 3 fields where the header has 2");
        refuses(csv, "\na,b\n\"1\n1\",2\n\n3", "line 6: 1 field where the header has 2");
        refuses(csv, "a,b\r1,2\r3", "line 3: 1 field where the header has 2");
        refuses(tsv, "a\tb\n\n1\n", "line 3: 1 field where the header has 2");
    }

    #[test]
    fn quotes_that_do_not_fit_are_named_by_their_line() {
        refuses(csv, "a,b\n1,2\n3,\"4\n5", "line 3: a double quote is opened and not closed");
        let want = "line 2: text follows a closing double quote; write a quote in a quoted field twice, \
                    as in \"a \"\"b\"\"\"";
        refuses(csv, "a\r\n\"1\"x\r\n", want);
    }

    #[test]
    fn a_column_has_a_name_of_its_own_that_can_stand_in_braces() {
        refuses(csv, "a,,b\n1,2,3", "column 2 has no name");
        refuses(csv, "a,b,a\n1,2,3", "two columns are called \"a\"");
        refuses(tsv, "a\tb\u{1b}\tb\u{1b}\n", "two columns are called \"b^[\"");
        refuses(csv, "{a\n1", "the column \"{a\" has a brace in its name; {column} in a command could not name it");
        refuses(tsv, "a\tb}\n", "the column \"b}\" has a brace in its name; {column} in a command could not name it");
    }

    #[test]
    fn nothing_to_do_is_an_error() {
        refuses(csv, "", "no items: the file has no header line");
        refuses(tsv, "\r\n\n", "no items: the file has no header line");
        refuses(csv, "a,b\n\n", "no items: the file has a header and no rows");
        refuses(tsv, "a\tb", "no items: the file has a header and no rows");
    }
}
