//! The tasks of a new Job: how many there are, and what each of them gets.

mod array;
mod config_map;
mod format;
mod interpreter;
mod items;
mod json;
mod list;
mod matrix;
mod placeholder;
mod records;
mod script;
mod table;

pub use array::{Array, ArrayError};
pub use config_map::{MapError, MapList, of_config_map};
pub use format::Format;
pub use items::{Item, Items, ItemsError};
pub use json::object_keys;
pub use list::{ListError, items};
pub use matrix::matrix;
pub use placeholder::{CodeError, Piece, Source, Token, Word, Words, code, strays, words};
pub use script::{Directives, ScriptError, directives, has_shebang};

use crate::index_set::IndexSet;
use crate::numbering::Numbering;

/// What editors on Windows write before a text does not belong to it.
fn without_byte_order_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

/// What the indexes of a Job are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// So many tasks; each knows its index and nothing else.
    Completions(u32),
    /// One task for each of these numbers, ascending.
    Array(IndexSet),
    /// One task for each item; index 0 gets the first.
    Items(Items),
}

impl Work {
    /// How many tasks there are.
    #[must_use]
    pub fn completions(&self) -> u32 {
        match self {
            Self::Completions(completions) => *completions,
            Self::Array(numbers) => numbers.len(),
            Self::Items(items) => items.len(),
        }
    }

    /// What the tasks are called.
    #[must_use]
    pub fn numbering(&self) -> Numbering {
        match self {
            Self::Array(numbers) => Numbering::new(numbers.clone()),
            Self::Completions(_) | Self::Items(_) => Numbering::default(),
        }
    }

    /// The items; None where tasks have none.
    #[must_use]
    pub fn items(&self) -> Option<&Items> {
        match self {
            Self::Items(items) => Some(items),
            Self::Completions(_) | Self::Array(_) => None,
        }
    }
}
