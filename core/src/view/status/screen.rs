//! What fits a screen: the tasks that somebody should look at, a row each; the others folded or counted.

use std::collections::BTreeMap;

use super::{Row, SortBy, Status};
use crate::index_set::IndexSet;
use crate::progress::IndexState::{
    self, Failed, Pending, Retrying, Running, Skipped, Starting, Succeeded, Terminating, Unfinished,
};
use crate::text::Foreign;
use crate::view::{count, line};

/// What a screen shows.
pub(super) struct Screen<'a> {
    /// Tasks of a row each.
    pub(super) rows: Vec<Row<'a>>,
    /// Tasks that wait for the same.
    pub(super) folds: Vec<Fold<'a>>,
    /// How many tasks of a state that has rows have none.
    pub(super) more: Vec<(IndexState, u32)>,
}

/// Tasks that wait for the same.
pub(super) struct Fold<'a> {
    /// The first of them, which speaks for all.
    pub(super) first: Row<'a>,
    /// Why there is no pod, where that is why; else empty.
    pub(super) no_pod: Foreign,
    pub(super) indexes: IndexSet,
}

impl<'a> Screen<'a> {
    /// At most `most` rows.
    pub(super) fn of(status: &Status<'a>, by: SortBy, most: usize) -> Self {
        let mut folding = Folding::default();
        let mut rows = Vec::new();
        for row in status.sorted(by) {
            match row.state() {
                Failed | Retrying | Running => rows.push(row),
                Pending | Starting | Terminating | Unfinished | Skipped => folding.take(&row),
                Succeeded => {}
            }
        }
        if by == SortBy::Number && rows.len() > most {
            // Of many the worst are shown, and these in the order of their numbers.
            rows.sort_by_key(|row| IndexState::ALL.iter().position(|state| *state == row.state()));
            rows[..most].sort_by_key(|row| row.number);
        }
        let left_out = rows.split_off(most.min(rows.len()));
        let count = |state| left_out.iter().filter(|row| row.state() == state).count();
        let more = [Failed, Retrying, Running].map(|state| (state, u32::try_from(count(state)).unwrap_or(u32::MAX)));
        let more = more.into_iter().filter(|(_, count)| *count > 0).collect();
        Self { rows, folds: folding.folds(status), more }
    }
}

#[derive(Default)]
struct Folding<'a>(BTreeMap<(IndexState, Foreign), (Option<Row<'a>>, Vec<u32>)>);

impl<'a> Folding<'a> {
    fn take(&mut self, row: &Row<'a>) {
        let (first, indexes) = self.0.entry((row.state(), row.status.reason())).or_default();
        first.get_or_insert(*row);
        indexes.push(row.status.index.0);
    }

    fn folds(self, status: &Status) -> Vec<Fold<'a>> {
        let folds = self.0.into_iter().filter_map(|((state, _), (first, indexes))| {
            let first = first?;
            let no_pod = match state {
                Pending if first.status.refusal.is_none() => why_pending(status),
                Unfinished => why_unfinished(status).into(),
                Skipped => "left out by the retry that made the Job".into(),
                _ => Foreign::default(),
            };
            Some(Fold { first, no_pod, indexes: indexes.into_iter().collect() })
        });
        folds.collect()
    }
}

/// Why tasks will never have one.
fn why_unfinished(status: &Status) -> &'static str {
    let progress = status.progress;
    match progress.job().zip(progress.verdict()) {
        Some((job, verdict)) if job.was_cancelled(&verdict.outcome) => "the Job was cancelled",
        _ => "the Job has ended",
    }
}

/// Why tasks have no pod.
fn why_pending(status: &Status) -> Foreign {
    let progress = status.progress;
    let Some(job) = progress.job() else { return Foreign::default() };
    let at_once = job.parallelism.unwrap_or(1);
    let busy = progress.tally().map_or(0, |tally| tally.running + tally.starting + tally.terminating);
    let why = match &job.managed_by {
        Some(other) => format!("left to {}", other.raw()),
        None if job.suspended => line::suspended(job),
        _ if at_once == 0 => "the Job's parallelism is 0".to_owned(),
        _ if busy >= at_once || progress.refusal().is_some() => {
            format!("waits for its turn, {} at a time", count(at_once, "index", "indexes"))
        }
        _ => return Foreign::default(),
    };
    why.into()
}
