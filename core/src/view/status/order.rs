//! By what rows are sorted.

use std::cmp::Reverse;

use super::{Row, Status};
use crate::numbering::Index;
use crate::progress::IndexState;

/// By what rows are sorted; those that are equal stay in the order of their numbers, and those of which it is not known
/// come last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SortBy {
    /// The number, ascending.
    #[default]
    Number,
    /// The longest first.
    Duration,
    /// The most first.
    Attempts,
    /// The name of the node.
    Node,
    /// In the order of [`IndexState::ALL`].
    State,
    /// The oldest first.
    Age,
    /// The greatest first.
    ExitCode,
}

/// What rows of one order are compared by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Most(Reverse<i128>),
    Name(String),
    Unknown,
}

impl SortBy {
    fn key(self, row: &Row) -> Key {
        let most = |amount: Option<i128>| amount.map(|amount| Key::Most(Reverse(amount)));
        let key = match self {
            Self::Number => None,
            Self::Duration => most(row.duration().map(|span| span.as_nanos())),
            Self::Attempts => most(row.attempts().map(i128::from)),
            Self::Node => row.status.newest.and_then(|pod| pod.node.clone()).map(Key::Name),
            Self::State => most(Some(-place(row.state()))),
            Self::Age => most(row.age().map(|span| span.as_nanos())),
            Self::ExitCode => most(row.exit_code().map(i128::from)),
        };
        key.unwrap_or(Key::Unknown)
    }
}

fn place(state: IndexState) -> i128 {
    let place = IndexState::ALL.iter().position(|known| *known == state);
    place.and_then(|place| i128::try_from(place).ok()).unwrap_or(i128::MAX)
}

impl<'a> Status<'a> {
    /// The tasks that are meant, in this order.
    pub(super) fn sorted(&self, by: SortBy) -> Box<dyn Iterator<Item = Row<'a>> + 'a> {
        let status = *self;
        if by == SortBy::Number {
            return Box::new(status.chosen.iter().filter_map(move |index| status.row(Index(index))));
        }
        let mut keys: Vec<(Key, Index)> = self.rows().map(|row| (by.key(&row), row.status.index)).collect();
        keys.sort();
        Box::new(keys.into_iter().filter_map(move |(_, index)| status.row(index)))
    }
}
