//! The tasks of a new Job: how many there are, and what each of them gets.

mod array;
mod format;
mod items;
mod json;
mod list;
mod matrix;
mod records;
mod script;
mod table;

pub use array::{Array, ArrayError};
pub use format::Format;
pub use items::{Item, Items, ItemsError};
pub use list::{ListError, items};
pub use matrix::matrix;
pub use script::{Directives, ScriptError, directives, has_shebang};

/// What editors on Windows write before a text does not belong to it.
fn without_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

/// What the indexes of a Job are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// So many tasks; each knows its index and nothing else.
    Completions(u32),
    /// One task for each item; index 0 gets the first.
    Items(Vec<String>),
}

impl Work {
    /// How many tasks there are.
    #[must_use]
    pub fn completions(&self) -> u32 {
        match self {
            Self::Completions(completions) => *completions,
            Self::Items(items) => u32::try_from(items.len()).unwrap_or(u32::MAX),
        }
    }
}
