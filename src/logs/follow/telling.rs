//! What the user hears while logs are followed: who waits for what, what is gone, and what was chosen.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use futures::FutureExt as _;
use indexedjob_core::facts::{Container, Outcome, PodFacts};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::numbering::{Index, Number};
use indexedjob_core::text::shown;
use indexedjob_core::view::lifecycle::resumed_by;
use indexedjob_core::view::log::Origin;
use tokio::time::Instant;

use super::super::attempt::{Attempt, State};
use super::super::missing::Missing;
use super::super::options::{Attempts, Expected, Form, Indexes};
use super::super::pick;
use super::super::waiting::Cause;
use super::{BETWEEN_ASKING, Follow};

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
        let absent = match nothing_goes_on && !self.has_ended() {
            true => self.wanted().difference(&self.seen()),
            false => IndexSet::default(),
        };
        let absent: BTreeSet<Number> = absent.iter().map(|index| self.progress.number(Index(index))).collect();
        self.absent.retain(&absent);
        self.ask_why(!absent.is_empty(), now);
        let missing = pick::to_come(&self.progress);
        for number in absent {
            self.absent.add(number, "", Cause::NoLog(missing.clone()), now);
        }
        let hint = self.resumed_by(&missing).map(|command| format!("\nhint: {command}")).unwrap_or_default();
        for line in self.absent.due(now) {
            self.shared.note(&format!("{line}{hint}"));
        }
        for line in self.waiting.due(now) {
            self.shared.note(&line);
        }
    }

    /// Asks the events why pods are missing, where none of those comes that the controller should have made by now.
    fn ask_why(&mut self, is_held_up: bool, now: Instant) {
        let job = self.progress.job().filter(|job| is_held_up && job.pods_missing() > 0);
        let Some(job) = job.filter(|_| self.progress.refusal().is_none()) else {
            self.asked = None;
            return;
        };
        if self.asking.is_empty() && now >= *self.asked.get_or_insert(now) + BETWEEN_ASKING {
            let (cluster, name, uid) = (self.shared.reading.cluster.clone(), job.name.clone(), job.uid.clone());
            // Who may not read them is told no more than that nothing has started.
            let events = async move { cluster.events(&name, &uid).await.unwrap_or_default() };
            let facts = |event| serde_json::from_value(event).ok();
            self.asking.push(events.map(move |events| events.into_iter().filter_map(facts).collect()).boxed());
            self.asked = Some(now);
        }
    }

    /// The command that lets the Job run, where that it is suspended is why nothing comes.
    fn resumed_by(&self, missing: &Missing) -> Option<String> {
        let job = self.progress.job().filter(|_| matches!(missing, Missing::Suspended { .. }))?;
        resumed_by(job, &self.shared.reading.given)
    }

    /// At the end: says of which indexes there was never anything to read, where that has not been said.
    pub(super) fn tell_missing(&mut self) {
        let outcome = self.progress.verdict().map(|verdict| &verdict.outcome);
        if matches!(outcome, Some(Outcome::Deleted | Outcome::Replaced)) {
            return;
        }
        let any = self.attempts.values().any(|attempt| attempt.unread.is_none());
        for (missing, these) in self.missing() {
            let is_trouble = self.options.expected.is_trouble(&missing, any);
            let is_news = is_trouble || missing == Missing::NeverRan && self.options.expected != Expected::Nothing;
            if is_news && let Some(line) = self.waiting.rest(Cause::NoLog(missing), these, Instant::now()) {
                self.shared.note(&line);
            }
            if is_trouble {
                self.shared.reading.output.set_incomplete();
            }
        }
    }

    /// Of which indexes there was never anything to read, and why. Of several attempts the newest counts.
    fn missing(&self) -> BTreeMap<Missing, BTreeSet<Number>> {
        let mut missing: BTreeMap<Missing, BTreeSet<Number>> = BTreeMap::new();
        for index in self.wanted().difference(&self.seen()).iter().map(Index) {
            let why = match pick::without_pod(&self.progress, index) {
                // A pod that was stopped meanwhile would have been seen.
                Missing::JobFailed if !self.came_late => Missing::NeverRan,
                why => why,
            };
            missing.entry(why).or_default().insert(self.progress.number(index));
        }
        let newest: BTreeMap<Number, usize> =
            self.newest.iter().map(|(index, nth)| (self.progress.number(*index), *nth as usize)).collect();
        for attempt in self.attempts.values() {
            let Origin { number, attempt: nth, .. } = attempt.origin();
            if let Some(why) = attempt.unread.clone().filter(|_| newest.get(number) == Some(nth)) {
                missing.entry(why).or_default().insert(*number);
            }
        }
        if let Attempts::Nth(wanted) = self.options.attempts {
            let fewer = newest.into_iter().filter(|(_, nth)| *nth < wanted).map(|(number, _)| number);
            missing.entry(Missing::NoAttempt(wanted)).or_default().extend(fewer);
        }
        missing.retain(|_, these| !these.is_empty());
        missing
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
