//! Who waits for what, and what of it has been told: one note for all indexes with one cause, and none twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use indexedjob_core::index_set::IndexSet;
use indexedjob_core::numbering::Number;
use indexedjob_core::view::indexes;
use tokio::time::Instant;

use super::missing::Missing;

/// How long may last what every container goes through before it starts: until then it is not worth a note.
const USUAL_TIME: Duration = Duration::from_secs(10);
/// How long another cause has to last: by then the other indexes that it concerns are known, too.
const SETTLED: Duration = Duration::from_secs(2);
/// Between two notes of one cause, for those that came later.
const AGAIN: Duration = Duration::from_secs(30);

/// Why nothing comes of an index.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cause {
    /// It has no log.
    NoLog(Missing),
    /// As many logs as this are being read.
    Queued(usize),
}

/// The indexes of which nothing comes at present.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    /// By number and container: why, and since when.
    present: BTreeMap<(Number, String), (Cause, Instant)>,
    told: BTreeMap<Cause, Told>,
}

/// What has been told of a cause: of which tasks, and when last.
#[derive(Debug)]
struct Told {
    numbers: BTreeSet<Number>,
    at: Instant,
}

impl Waiting {
    /// `container` of the task `number` waits.
    pub(super) fn add(&mut self, number: Number, container: &str, cause: Cause, now: Instant) {
        let key = (number, container.to_owned());
        let same = self.present.get(&key).filter(|(before, _)| *before == cause);
        let since = same.map_or(now, |(_, since)| *since);
        self.present.insert(key, (cause, since));
    }

    /// It waits no more.
    pub(super) fn remove(&mut self, number: Number, container: &str) {
        self.present.remove(&(number, container.to_owned()));
    }

    /// Nobody waits any more but these.
    pub(super) fn retain(&mut self, these: &BTreeSet<Number>) {
        self.present.retain(|(number, _), _| these.contains(number));
    }

    /// What is to be told now, a line each. A cause that has lasted for one index is told for all that it concerns.
    pub(super) fn due(&mut self, now: Instant) -> Vec<String> {
        let mut untold: BTreeMap<Cause, (Instant, BTreeSet<Number>)> = BTreeMap::new();
        for ((number, _), (cause, since)) in &self.present {
            let told = self.told.get(cause);
            if told.is_none_or(|told| !told.numbers.contains(number) && now >= told.at + AGAIN) {
                let (first, these) = untold.entry(cause.clone()).or_insert_with(|| (*since, BTreeSet::new()));
                *first = (*first).min(*since);
                these.insert(*number);
            }
        }
        let due = untold.into_iter().filter(|(cause, (first, _))| now >= *first + cause.patience());
        due.map(|(cause, (_, these))| self.tell(cause, these, now)).collect()
    }

    /// What is to be told of a cause at the end of all, whatever has lasted how long; None where all of it was told.
    pub(super) fn rest(&mut self, cause: Cause, mut these: BTreeSet<Number>, now: Instant) -> Option<String> {
        if let Some(told) = self.told.get(&cause) {
            these.retain(|number| !told.numbers.contains(number));
        }
        (!these.is_empty()).then(|| self.tell(cause, these, now))
    }

    fn tell(&mut self, cause: Cause, these: BTreeSet<Number>, now: Instant) -> String {
        let line = cause.line(&these.iter().map(|number| number.0).collect());
        let told = self.told.entry(cause).or_insert_with(|| Told { numbers: BTreeSet::new(), at: now });
        told.numbers.extend(these);
        told.at = now;
        line
    }
}

impl Cause {
    /// How long it may last untold.
    fn patience(&self) -> Duration {
        match self {
            Self::NoLog(missing) if !missing.is_usual() => SETTLED,
            Self::NoLog(_) | Self::Queued(_) => USUAL_TIME,
        }
    }

    fn line(&self, these: &IndexSet) -> String {
        match self {
            Self::NoLog(missing) => missing.line(these),
            Self::Queued(others) => format!("{} will be read later: {others} logs are read at a time", indexes(these)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Times in seconds from here.
    struct Clock(Instant);

    impl Clock {
        fn at(&self, seconds: u64) -> Instant {
            self.0 + Duration::from_secs(seconds)
        }
    }

    fn not_started(because: &str) -> Cause {
        Cause::NoLog(Missing::NotStarted { because: because.to_owned() })
    }

    #[test]
    fn one_note_for_all_with_one_cause_and_none_twice() {
        let (clock, mut waiting) = (Clock(Instant::now()), Waiting::default());
        for index in 3..10 {
            waiting.add(Number(index), "w", not_started(": ErrImagePull"), clock.at(0));
        }
        waiting.add(Number(1), "w", not_started(": CreateContainerConfigError"), clock.at(1));
        assert_eq!(waiting.due(clock.at(1)), Vec::<String>::new());
        assert_eq!(waiting.due(clock.at(2)), ["indexes 3-9 have not started yet: ErrImagePull"]);
        assert_eq!(waiting.due(clock.at(3)), ["index 1 has not started yet: CreateContainerConfigError"]);
        assert_eq!(waiting.due(clock.at(100)), Vec::<String>::new());
    }

    #[test]
    fn a_change_of_cause_is_told_and_its_return_is_not() {
        let (clock, mut waiting) = (Clock(Instant::now()), Waiting::default());
        let told = |waiting: &mut Waiting, because: &str, second: u64| {
            waiting.add(Number(3), "w", not_started(because), clock.at(second));
            waiting.due(clock.at(second))
        };
        for second in 0..100 {
            let because = if second % 20 < 10 { ": ErrImagePull" } else { ": ImagePullBackOff" };
            let line = format!("index 3 has not started yet{because}");
            let want = if [2, 12].contains(&second) { vec![line] } else { vec![] };
            assert_eq!(told(&mut waiting, because, second), want, "{second}");
        }
    }

    #[test]
    fn what_every_container_goes_through_is_told_when_it_lasts() {
        let (clock, mut waiting) = (Clock(Instant::now()), Waiting::default());
        waiting.add(Number(0), "w", not_started(": ContainerCreating"), clock.at(0));
        waiting.add(Number(1), "w", not_started(""), clock.at(0));
        assert!(waiting.due(clock.at(9)).is_empty());
        waiting.remove(Number(1), "w");
        assert_eq!(waiting.due(clock.at(10)), ["index 0 has not started yet: ContainerCreating"]);
    }

    #[test]
    fn those_that_come_later_are_told_together() {
        let (clock, mut waiting) = (Clock(Instant::now()), Waiting::default());
        let told: Vec<_> = (0..50)
            .flat_map(|second| {
                waiting.add(
                    Number(u32::try_from(second).unwrap()),
                    "w",
                    not_started(": Insufficient cpu"),
                    clock.at(second),
                );
                waiting.due(clock.at(second))
            })
            .collect();
        let line = |these| format!("indexes {these} have not started yet: Insufficient cpu");
        assert_eq!(told, [line("0-2"), line("3-32")]);
    }

    #[test]
    fn at_the_end_what_has_not_been_told_is() {
        let (clock, mut waiting) = (Clock(Instant::now()), Waiting::default());
        waiting.add(Number(1), "w", not_started(": ErrImagePull"), clock.at(0));
        assert_eq!(waiting.due(clock.at(2)), ["index 1 has not started yet: ErrImagePull"]);
        let mut rest = |these: &[u32]| {
            waiting.rest(not_started(": ErrImagePull"), these.iter().copied().map(Number).collect(), clock.at(3))
        };
        assert_eq!(rest(&[1, 4]).as_deref(), Some("index 4 has not started yet: ErrImagePull"));
        assert_eq!(rest(&[1, 4]), None);
    }

    #[test]
    fn other_causes_have_their_own_words() {
        let (clock, mut waiting) = (Clock(Instant::now()), Waiting::default());
        waiting.add(Number(4), "w", Cause::Queued(16), clock.at(0));
        let because = ": Evicted: The node was low on memory".to_owned();
        let never = Cause::NoLog(Missing::NeverStarted { container: "worker".into(), because });
        waiting.add(Number(5), "w", never, clock.at(0));
        let line = "container worker of index 5 was never started: Evicted: The node was low on memory";
        assert_eq!(waiting.due(clock.at(2)), [line]);
        assert_eq!(waiting.due(clock.at(10)), ["index 4 will be read later: 16 logs are read at a time"]);
    }
}
