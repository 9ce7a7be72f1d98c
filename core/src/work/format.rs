//! The formats of a list of items.

use std::path::Path;

use super::items::{Items, ItemsError};

/// How a list of items is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One item a line.
    Lines,
    /// Items that end with a NUL, as `find -print0` writes them.
    Nul,
    /// Comma-separated values with a header.
    Csv,
    /// Tab-separated values with a header.
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

    /// The items in `bytes`.
    pub fn read(self, bytes: &[u8]) -> Result<Items, ItemsError> {
        Items::single(bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect())
    }
}
