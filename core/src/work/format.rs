//! The formats of a list of items. Nothing is guessed from the content.
//!
//! - A UTF-8 byte order mark at the start is dropped, except where items end with a NUL.
//! - Lines: `\n` or `\r\n` ends a line, and the last end may be missing; a `\r` elsewhere belongs to its line. An empty
//!   line is an empty item. Any bytes are taken.
//! - NUL: a NUL ends an item, and the last may be missing. All other bytes are kept.
//! - CSV and TSV (see `table`): UTF-8, the first line is the header, and each row has as many fields. An item is one
//!   JSON object, its keys sorted, its values strings.
//! - JSON and JSON Lines (see `json`): objects that all have the same keys are items with columns, which are the keys,
//!   sorted. An item is the object exactly as it is written; a field is what a string says, and any other value as it
//!   is written. Values of which none is an object are items without columns, in the same way.
//! - A column has a name, which is there once and holds no brace.
//! - A list without items is an error.

use std::path::Path;

use super::items::{Item, Items, ItemsError};
use super::{json, table, without_byte_order_mark};

/// How a list of items is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One item a line.
    Lines,
    /// Items that end with a NUL, as `find -print0` writes them.
    Nul,
    /// Comma-separated values with a header, quoted as in RFC 4180.
    Csv,
    /// Tab-separated values with a header, without quotes.
    Tsv,
    /// One JSON array.
    Json,
    /// One JSON value a line.
    Jsonl,
}

impl Format {
    /// The format that the extension of `path` tells, in upper or lower case: `.csv`, `.tsv`, `.json`, `.jsonl`,
    /// `.ndjson`; lines where it tells none of these.
    #[must_use]
    pub fn of_name(path: &str) -> Self {
        let extension = Path::new(path).extension().unwrap_or_default().to_ascii_lowercase();
        match extension.to_str() {
            Some("csv") => Self::Csv,
            Some("tsv") => Self::Tsv,
            Some("json") => Self::Json,
            Some("jsonl" | "ndjson") => Self::Jsonl,
            _ => Self::Lines,
        }
    }

    /// The items in `bytes`, in their order.
    pub fn read(self, bytes: &[u8]) -> Result<Items, ItemsError> {
        // A list with NULs is written by no editor, so that a mark there belongs to the first item.
        let content = without_byte_order_mark(bytes);
        match self {
            Self::Lines => single(lines(content)),
            Self::Nul => single(pieces(bytes, 0)),
            Self::Csv => table::csv(text(content)?),
            Self::Tsv => table::tsv(text(content)?),
            Self::Json => json::array(text(content)?),
            Self::Jsonl => json::lines(text(content)?),
        }
    }
}

fn single<'a>(values: impl Iterator<Item = &'a [u8]>) -> Result<Items, ItemsError> {
    let rows = values.map(|value| Item { text: value.to_vec(), fields: vec![] });
    Items::new(vec![], rows.collect(), "the file is empty")
}

/// What `end` ends; the last end may be missing.
fn pieces(bytes: &[u8], end: u8) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(move |byte| *byte == end).map(move |piece| piece.strip_suffix(&[end]).unwrap_or(piece))
}

/// Lines of any bytes that end with `\n` or `\r\n`, as `str::lines` has them; a `\r` elsewhere belongs to its line.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').map(|line| match line.strip_suffix(b"\n") {
        Some(line) => line.strip_suffix(b"\r").unwrap_or(line),
        None => line,
    })
}

fn text(bytes: &[u8]) -> Result<&str, ItemsError> {
    str::from_utf8(bytes).map_err(|error| {
        let before = &bytes[..error.valid_up_to()];
        ItemsError::NotUtf8 { line: before.split(|byte| *byte == b'\n').count() }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn reads(format: Format, bytes: &[u8], want: &[&[u8]]) {
        let items = format.read(bytes).unwrap();
        assert_eq!(items.rows().iter().map(|row| row.text.as_slice()).collect::<Vec<_>>(), want);
        assert_eq!(items.columns(), [""; 0]);
    }

    #[track_caller]
    fn refuses(format: Format, bytes: &[u8], want: &str) {
        assert_eq!(format.read(bytes).unwrap_err().to_string(), want);
    }

    #[test]
    fn the_extension_tells_the_format() {
        let cases = [
            ("a.csv", Format::Csv),
            ("dir/A.CSV", Format::Csv),
            ("a.b.tsv", Format::Tsv),
            ("a.json", Format::Json),
            ("a.jsonl", Format::Jsonl),
            ("a.NDJSON", Format::Jsonl),
            ("a.txt", Format::Lines),
            ("dir.csv/list", Format::Lines),
            ("-", Format::Lines),
            ("", Format::Lines),
        ];
        for (path, want) in cases {
            assert_eq!(Format::of_name(path), want, "{path}");
        }
    }

    #[test]
    fn a_line_is_an_item_whatever_its_bytes() {
        reads(Format::Lines, b"a\nb\n", &[b"a", b"b"]);
        reads(Format::Lines, b"a\r\nb c ", &[b"a", b"b c "]);
        reads(Format::Lines, b"\n\na\n", &[b"", b"", b"a"]);
        reads(Format::Lines, b"a\rb\r\r\nc\r", &[b"a\rb\r", b"c\r"]);
        reads(Format::Lines, b"\xff\0\n\"x", &[b"\xff\0", b"\"x"]);
    }

    #[test]
    fn a_nul_ends_an_item_and_its_bytes_are_kept() {
        reads(Format::Nul, b"a\nb\0\0\xffc\r\n", &[b"a\nb", b"", b"\xffc\r\n"]);
        reads(Format::Nul, b"\0", &[b""]);
    }

    #[test]
    fn a_byte_order_mark_is_dropped_where_text_is_read() {
        reads(Format::Lines, b"\xef\xbb\xbfa\n\xef\xbb\xbfb", &[b"a", b"\xef\xbb\xbfb"]);
        reads(Format::Nul, b"\xef\xbb\xbfa", &[b"\xef\xbb\xbfa"]);
        reads(Format::Json, b"\xef\xbb\xbf[1]", &[b"1"]);
        reads(Format::Jsonl, b"\xef\xbb\xbf1", &[b"1"]);
        assert_eq!(Format::Csv.read(b"\xef\xbb\xbf\"a\"\n1").unwrap().columns(), ["a"]);
        assert_eq!(Format::Tsv.read(b"\xef\xbb\xbfa\n1").unwrap().columns(), ["a"]);
    }

    #[test]
    fn nothing_to_do_is_an_error() {
        for (format, bytes) in [(Format::Lines, ""), (Format::Lines, "\u{feff}"), (Format::Nul, "")] {
            refuses(format, bytes.as_bytes(), "no items: the file is empty");
        }
    }

    #[test]
    fn text_is_utf_8() {
        for format in [Format::Csv, Format::Tsv, Format::Json, Format::Jsonl] {
            refuses(format, b"a\r\nb\n\xff", "line 3: not UTF-8");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]
        #[test]
        fn items_with_nuls_come_back(items in proptest::collection::vec("[a\n\r\u{feff}]{0,3}", 1..5)) {
            let bytes: String = items.iter().flat_map(|item| [item.as_str(), "\0"]).collect();
            let read = Format::Nul.read(bytes.as_bytes()).unwrap();
            prop_assert!(read.rows().iter().map(|row| &row.text).eq(items.iter().map(String::as_bytes)));
        }

        #[test]
        fn lines_are_those_of_std(text in "[a\n\r ]{1,12}") {
            let read = Format::Lines.read(text.as_bytes()).unwrap();
            prop_assert!(read.rows().iter().map(|row| row.text.as_slice()).eq(text.lines().map(str::as_bytes)));
        }

        #[test]
        fn no_bytes_panic(bytes in r#"[a1\n\r\t,"{}:\[\]]{0,12}"#) {
            let all = [Format::Lines, Format::Nul, Format::Csv, Format::Tsv, Format::Json, Format::Jsonl];
            for items in all.into_iter().flat_map(|format| format.read(bytes.as_bytes())) {
                prop_assert!(items.len() > 0);
                prop_assert!(items.rows().iter().all(|row| row.fields.len() == items.columns().len()));
            }
        }
    }
}
