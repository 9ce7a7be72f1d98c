//! What `status` shows of a Job: a row for each task.
//!
//! - `order`: by what rows are sorted; `screen`: which of them fit a screen, and what becomes of the others
//! - `page`: the table for people; `data`: the schema for programs, and sets of numbers

mod data;
#[cfg(test)]
mod golden;
mod order;
mod page;
mod screen;

use jiff::{SignedDuration, Timestamp};

pub use data::{csv, json, lines, names, ranges, yaml};
pub use order::SortBy;
pub use page::{Look, Rows, page, rows, summary};

use crate::facts::{Phase, PodFacts};
use crate::index_set::IndexSet;
use crate::manifest::TaskItems;
use crate::numbering::{Index, Number};
use crate::progress::{IndexState, IndexStatus, JobProgress};

/// What there is to show.
#[derive(Clone, Copy, Debug)]
pub struct Status<'a> {
    /// The Job and its attempts, as they are now.
    pub progress: &'a JobProgress,
    /// The tasks that are meant.
    pub chosen: &'a IndexSet,
    /// What the tasks were given; None where the Job has no items, and where nobody asked for them.
    pub items: Option<&'a TaskItems>,
    /// The present.
    pub now: Timestamp,
}

/// What is known of one task.
#[derive(Clone, Copy, Debug)]
struct Row<'a> {
    number: Number,
    status: IndexStatus<'a>,
    item: Option<&'a [u8]>,
    now: Timestamp,
}

impl<'a> Status<'a> {
    /// The tasks that are meant and of which anything is known, by number.
    fn rows(&self) -> impl Iterator<Item = Row<'a>> {
        self.chosen.iter().filter_map(|index| self.row(Index(index)))
    }

    /// The tasks that are meant with their states, in this order: what a map is drawn of.
    pub fn tasks(&self, by: SortBy) -> impl Iterator<Item = (Number, IndexState)> {
        self.sorted(by).map(|row| (row.number, row.state()))
    }

    /// One of them.
    fn row(&self, index: Index) -> Option<Row<'a>> {
        let status = self.progress.status(index)?;
        let item = self.items.and_then(|items| items.get(index));
        Some(Row { number: self.progress.number(index), status, item, now: self.now })
    }
}

impl Row<'_> {
    fn state(&self) -> IndexState {
        self.status.state
    }

    /// How many there were; None where the Job tells that there was one at least, and no pod tells how many.
    fn attempts(&self) -> Option<u32> {
        let is_done = matches!(self.state(), IndexState::Succeeded | IndexState::Failed);
        Some(self.status.attempts).filter(|attempts| *attempts > 0 || !is_done)
    }

    /// Of the newest attempt that is over; None while none is, and where no container ended.
    fn exit_code(&self) -> Option<i32> {
        self.status.ending().and_then(|ending| ending.exit_code)
    }

    /// When the newest attempt began to run; None before that.
    fn began(&self) -> Option<Timestamp> {
        self.status.newest.and_then(began)
    }

    /// How long the newest attempt ran, or has been running; None before that, and where its end is not known.
    fn duration(&self) -> Option<SignedDuration> {
        let pod = self.status.newest?;
        let end = if pod.phase.is_over() { pod.finished? } else { self.now };
        Some(end.duration_since(self.began()?))
    }

    /// How long ago the newest attempt was created; None without one.
    fn age(&self) -> Option<SignedDuration> {
        Some(self.now.duration_since(self.status.newest?.created?))
    }
}

/// When the programs of a pod began: the image has been pulled by then. Of a pod whose containers were started again,
/// only when its node took it on.
fn began(pod: &PodFacts) -> Option<Timestamp> {
    let mains = pod.containers.iter().filter(|container| !container.init);
    let first = mains.filter_map(|container| container.run_began).min();
    let is_begun = pod.phase != Phase::Pending;
    first.filter(|_| pod.restarts() == 0).or(pod.started.filter(|_| is_begun))
}
