//! What the user hears while logs are followed: who waits for what, what is gone, and what was chosen.

use std::mem;

use indexedjob_core::facts::{Container, PodFacts};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::numbering::{Index, Number};
use indexedjob_core::text::shown;
use indexedjob_core::view::log::Origin;
use tokio::time::Instant;

use super::super::attempt::{Attempt, State};
use super::super::options::{Form, Indexes};
use super::super::pick;
use super::super::waiting::Cause;
use super::Follow;

impl Follow {
    /// Says who waits for what, where it has not been said.
    pub(super) fn tell(&mut self) {
        let now = Instant::now();
        for (key, _) in &self.queue {
            if let Some(Origin { number, container, .. }) = self.attempts.get(key).map(Attempt::origin) {
                self.waiting.add(*number, container, Cause::Queued(self.shared.reading.connections), now);
            }
        }
        let nothing_goes_on =
            self.attempts.values().all(|attempt| matches!(attempt.state, State::Read(_) | State::Over));
        if nothing_goes_on && !self.has_ended() {
            let because = pick::because_without_pod(&self.progress);
            for index in self.wanted().difference(&self.seen()).iter() {
                self.absent.add(self.progress.number(Index(index)), "", Cause::NotStarted(because.to_owned()), now);
            }
        } else {
            self.absent.clear();
        }
        for line in self.absent.due(now).into_iter().chain(self.waiting.due(now)) {
            self.shared.note(&line);
        }
    }

    /// Says which indexes are done, although nothing was ever seen of them.
    pub(super) fn tell_gone(&self) {
        let Some(job) = self.progress.job() else { return };
        let done = job.succeeded.union(&self.progress.failed_indexes());
        let gone = self.wanted().difference(&self.wanted().difference(&done)).difference(&self.seen());
        if !gone.is_empty() {
            self.shared.note_incomplete(&pick::gone(&job.numbering.numbers(&gone)));
        }
    }

    /// The indexes of which an attempt was seen.
    fn seen(&self) -> IndexSet {
        self.newest.keys().map(|index| index.0).collect()
    }

    /// The indexes that are followed.
    fn wanted(&self) -> IndexSet {
        match &self.indexes {
            Indexes::All => IndexSet::all(self.progress.job().map_or(0, |job| job.completions)),
            Indexes::These(these) => these.clone(),
        }
    }

    /// Says which log comes now, where its lines do not say it.
    pub(super) fn tell_start(&mut self, number: Number, nth: usize, pod: &PodFacts, container: &Container) {
        if nth > 1 && !self.options.look.prefix && self.options.look.form != Form::Json {
            self.shared.note(&format!("index {number}: attempt {nth} (pod {})", shown(&pod.name)));
        }
        let defaulted = pick::defaulted(pod, container, &self.options.containers);
        if let Some(defaulted) = defaulted.filter(|_| !mem::replace(&mut self.defaulted, true)) {
            self.shared.note(&defaulted);
        }
    }
}
