//! Everything that people read: facts in, text out. Time, time zone and width are arguments.

pub mod describe;
pub mod ending;
pub mod events;
pub mod joblog;
pub mod json;
pub mod lifecycle;
pub mod line;
pub mod list;
pub mod log;
pub mod map;
pub mod objects;
pub mod preview;
pub mod rerun;
pub mod status;
pub mod style;
pub mod table;
pub mod version;

/// `1 index`, `2 indexes`: a count with its noun.
#[must_use]
pub fn count(number: u32, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// `index 2`, `indexes 2,5-7`: a set with its noun.
#[must_use]
pub fn indexes(set: &crate::index_set::IndexSet) -> String {
    format!("{} {set}", if set.len() == 1 { "index" } else { "indexes" })
}
