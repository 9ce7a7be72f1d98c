//! Changes in, states, tally and verdict out.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::facts::Phase;

pub(super) fn job(uid: &str, status: &Value) -> Change {
    Change::Job(
        serde_json::from_value(json!({
            "metadata": {"name": "x", "uid": uid},
            "spec": {"completionMode": "Indexed", "completions": 10, "backoffLimitPerIndex": 0},
            "status": status,
        }))
        .unwrap(),
    )
}

pub(super) fn ended(kind: &str) -> Value {
    json!({"conditions": [{"type": kind, "status": "True", "reason": "FailedIndexes", "message": "m"}]})
}

fn pod(name: &str, index: u32, created: &str) -> PodFacts {
    serde_json::from_value(json!({"metadata": {
        "name": name, "uid": name, "creationTimestamp": created,
        "annotations": {"batch.kubernetes.io/job-completion-index": index.to_string()},
    }}))
    .unwrap()
}

pub(super) fn after(changes: impl IntoIterator<Item = Change>) -> JobProgress {
    let mut progress = JobProgress::default();
    changes.into_iter().for_each(|change| progress.observe(change));
    progress
}

fn outcome(progress: &JobProgress) -> Option<(&Outcome, bool)> {
    progress.verdict().map(|verdict| (&verdict.outcome, verdict.settled))
}

#[test]
fn the_tally_adds_up() {
    let status = json!({"completedIndexes": "0-3", "failedIndexes": "7", "active": 2, "ready": 1, "terminating": 1});
    let tally = after([job("a", &status)]).tally().unwrap();
    let want = Tally {
        completions: 10,
        succeeded: 4,
        failed: 1,
        running: 1,
        starting: 1,
        terminating: 1,
        pending: 2,
        ..Tally::default()
    };
    assert_eq!(tally, want);
}

#[test]
fn counters_that_disagree_with_the_sets_do_not_make_it_negative() {
    let status = json!({"completedIndexes": "0-8", "active": 5, "terminating": 5});
    let tally = after([job("a", &status)]).tally().unwrap();
    assert_eq!((tally.succeeded, tally.running, tally.terminating, tally.pending), (9, 1, 0, 0));
}

/// A run of ten tasks that has 0 to 3 from before, and whose retry left out 7 and 9; its status counts these.
fn with_skipped(spec: &Value, status: &Value) -> Change {
    let metadata = json!({"name": "x", "uid": "a", "annotations": {"kubectl-indexedjob/skipped": "7-9:2"}});
    let mut spec = spec.clone();
    spec["completionMode"] = json!("Indexed");
    spec["completions"] = json!(10);
    Change::Job(serde_json::from_value(json!({"metadata": metadata, "spec": spec, "status": status})).unwrap())
}

#[test]
fn what_a_retry_left_out_has_not_succeeded() {
    let status = json!({"completedIndexes": "0-3,7,9", "active": 2, "ready": 2});
    let mut progress = after([with_skipped(&json!({"parallelism": 4}), &status)]);
    let want = Tally { completions: 10, succeeded: 4, skipped: 2, running: 2, pending: 2, ..Tally::default() };
    assert_eq!(progress.tally(), Some(want));
    progress.observe(Change::Pods(vec![]));
    let want = Tally { running: 0, pending: 4, retrying: Some(0), ..want };
    assert_eq!(progress.tally(), Some(want), "by pods as by counters");
    assert_eq!(progress.state(Index(7)), Some(IndexState::Skipped));
    assert_eq!(progress.job().unwrap().pods_missing(), 2, "nothing is to be started for them");
    progress.had_ended(Outcome::Complete);
    assert_eq!(progress.tally().map(|tally| (tally.succeeded, tally.skipped)), Some((8, 2)));
}

#[test]
fn numbers_that_a_smaller_run_does_not_have_are_not_left_out_by_it() {
    let metadata = json!({"name": "x", "annotations": {
        "kubectl-indexedjob/numbers": "3,8", "kubectl-indexedjob/skipped": "1,8",
    }});
    let spec = json!({"completionMode": "Indexed", "completions": 2});
    let status = json!({"completedIndexes": "0,1"});
    let job = json!({"metadata": metadata, "spec": spec, "status": status});
    let job: JobFacts = serde_json::from_value(job).unwrap();
    assert_eq!(job.skipped.to_string(), "1", "8 is its index 1");
}

/// Such a one is made by `kubectl create` of what `kubectl get -o yaml` has shown.
#[test]
fn a_copy_of_a_run_has_left_out_nothing() {
    let skipped = |annotations: Value, completed: &str| {
        let spec = json!({"completionMode": "Indexed", "completions": 5});
        let job = json!({
            "metadata": {"name": "x", "annotations": annotations}, "spec": spec,
            "status": {"completedIndexes": completed},
        });
        serde_json::from_value::<JobFacts>(job).unwrap().skipped.to_string()
    };
    let copied = json!({"kubectl-indexedjob/skipped": "3,4"});
    assert_eq!((skipped(copied.clone(), "0"), skipped(copied, "0-4")), (String::new(), "3,4".to_owned()));
    let begun = json!({"kubectl-indexedjob/skipped": "3,4", "kubectl-indexedjob/retrying": "status.a.b"});
    assert_eq!(skipped(begun, ""), "3,4", "its status is not told yet");
}

#[test]
fn of_a_job_that_was_complete_by_its_policy_not_every_index_succeeded() {
    let policy = json!({"successPolicy": {"rules": [{"succeededCount": 1}]}});
    let status = json!({"completedIndexes": "0-3,7,9"});
    let mut progress = after([with_skipped(&policy, &status), Change::JobGone]);
    progress.had_ended(Outcome::Complete);
    assert_eq!(outcome(&progress), Some((&Outcome::Complete, true)));
    assert_eq!(progress.tally().map(|tally| (tally.succeeded, tally.unfinished)), Some((4, 4)));
}

#[test]
fn the_fate_is_known_before_the_end() {
    let progress = after([job("a", &ended("FailureTarget"))]);
    assert!(matches!(outcome(&progress), Some((Outcome::Failed { .. }, false))));
    let progress = after([job("a", &ended("FailureTarget")), job("a", &ended("Failed"))]);
    assert!(matches!(outcome(&progress), Some((Outcome::Failed { .. }, true))));
}

#[test]
fn a_deletion_ends_it() {
    assert!(matches!(outcome(&after([job("a", &json!({})), Change::JobGone])), Some((Outcome::Deleted, true))));
    let deleting = Change::Job(
        serde_json::from_value(json!({
            "metadata": {"name": "x", "uid": "a", "deletionTimestamp": "2026-01-01T00:00:00Z"},
        }))
        .unwrap(),
    );
    assert!(matches!(outcome(&after([job("a", &json!({})), deleting])), Some((Outcome::Deleted, true))));
}

#[test]
fn another_job_of_the_same_name_is_not_this_one() {
    let progress = after([job("a", &json!({})), job("b", &ended("Complete"))]);
    assert!(matches!(outcome(&progress), Some((Outcome::Replaced, true))));
}

#[test]
fn a_finished_job_that_is_then_deleted_has_finished() {
    let progress = after([job("a", &ended("Complete")), Change::JobGone]);
    assert!(matches!(outcome(&progress), Some((Outcome::Complete, true))));
}

#[test]
fn attempts_are_ordered_by_age() {
    let pods = vec![
        pod("second", 3, "2026-01-01T00:00:09Z"),
        pod("other", 4, "2026-01-01T00:00:00Z"),
        pod("first", 3, "2026-01-01T00:00:01Z"),
    ];
    let progress = after([Change::Pods(pods)]);
    let names: Vec<_> = progress.attempts(Index(3)).map(|pod| pod.name.as_str()).collect();
    assert_eq!(names, ["first", "second"]);
    assert_eq!(progress.attempts(Index(5)).count(), 0);
}

#[test]
fn pods_that_come_and_go_one_by_one_leave_what_a_list_tells() {
    let (first, second) = (pod("first", 3, "2026-01-01T00:00:01Z"), pod("second", 3, "2026-01-01T00:00:09Z"));
    let running = PodFacts { phase: Phase::Running, ..first.clone() };
    let come = [&second, &first, &running].map(|pod| Change::Pod(Box::new(pod.clone())));
    let names = |progress: &JobProgress| -> Vec<(String, Phase)> {
        progress.attempts(Index(3)).map(|pod| (pod.name.clone(), pod.phase)).collect()
    };
    let mut progress = after(come);
    assert_eq!(names(&progress), names(&after([Change::Pods(vec![running.clone(), second.clone()])])));
    progress.observe(Change::PodGone(Box::new(running)));
    progress.observe(Change::PodGone(Box::new(PodFacts { index: None, ..second.clone() })));
    assert_eq!(names(&progress), [("second".to_owned(), second.phase)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_settled_verdict_never_changes(kinds in proptest::collection::vec(0usize..7, 1..12)) {
        let mut progress = JobProgress::default();
        let mut settled: Option<Outcome> = None;
        for kind in kinds {
            progress.observe(match kind {
                0 => job("a", &json!({})),
                1 => job("a", &ended("Complete")),
                2 => job("a", &ended("Failed")),
                3 => job("a", &ended("FailureTarget")),
                4 => job("b", &ended("Complete")),
                5 => Change::JobGone,
                _ => Change::Pods(vec![]),
            });
            if let Some(settled) = &settled {
                prop_assert_eq!(&progress.verdict().unwrap().outcome, settled);
            }
            settled = settled.or(progress.verdict().filter(|v| v.settled).map(|v| v.outcome.clone()));
        }
    }
}

/// What happens in a cluster, one thing after the other.
#[derive(Clone, Debug)]
enum Happens {
    /// The pod of this number, of which there are [`PODS`], gets on: it comes to be, runs, ends, is counted, goes away.
    Pod { pod: u32, fails: bool, vanishes: bool },
    /// The Job's controller looks at the pods.
    Sync,
}

const PODS: u32 = 8;
const INDEXES: u32 = 5;

/// The cluster as it is now.
#[derive(Clone, Default)]
struct World {
    pods: BTreeMap<u32, PodFacts>,
    gone: Vec<u32>,
    succeeded: IndexSet,
    failed: IndexSet,
}

impl World {
    /// Lets it happen, and returns what the API says of it.
    fn let_happen(&mut self, what: &Happens) -> Change {
        match what {
            Happens::Pod { pod, fails, vanishes } => self.pod(*pod, *fails, *vanishes),
            Happens::Sync => self.sync(),
        }
    }

    fn pod(&mut self, number: u32, fails: bool, vanishes: bool) -> Change {
        let Some(now) = self.pods.get_mut(&number) else {
            let name = format!("p{number}-{}", self.gone.iter().filter(|gone| **gone == number).count());
            let new = pod(&name, number % INDEXES, &format!("2026-01-01T00:00:{:02}Z", number + 10));
            self.pods.insert(number, new.clone());
            return Change::Pod(Box::new(new));
        };
        let end = if fails { Phase::Failed } else { Phase::Succeeded };
        match now.phase {
            _ if vanishes || now.phase.is_over() => {
                let gone = self.pods.remove(&number).unwrap();
                self.gone.push(number);
                return Change::PodGone(Box::new(gone));
            }
            Phase::Pending => now.phase = Phase::Running,
            Phase::Running if fails && !now.deleting => now.deleting = true,
            _ => now.phase = end,
        }
        Change::Pod(Box::new(now.clone()))
    }

    fn sync(&mut self) -> Change {
        let of = |phase| -> IndexSet {
            self.pods.values().filter(|pod| pod.phase == phase).filter_map(|pod| pod.index).map(|i| i.0).collect()
        };
        self.succeeded = self.succeeded.union(&of(Phase::Succeeded)).difference(&self.failed);
        self.failed = self.failed.union(&of(Phase::Failed)).difference(&self.succeeded);
        self.job()
    }

    fn job(&self) -> Change {
        job("a", &json!({"completedIndexes": self.succeeded.to_string(), "failedIndexes": self.failed.to_string()}))
    }

    fn list(&self) -> Change {
        Change::Pods(self.pods.values().cloned().collect())
    }
}

fn happens() -> impl Strategy<Value = Vec<Happens>> {
    let pod = (0..PODS, any::<bool>(), proptest::bool::weighted(0.1));
    let pod = pod.prop_map(|(pod, fails, vanishes)| Happens::Pod { pod, fails, vanishes });
    proptest::collection::vec(prop_oneof![4 => pod, 1 => Just(Happens::Sync)], 1..60)
}

/// What a watch says of the pods: each change in its order, some of them twice; where `lost` is, the watch broke, and
/// the pods are listed anew.
fn watch_of_pods(history: &[Happens], lost: Option<(usize, usize)>, twice: &[bool]) -> Vec<Change> {
    let (mut world, mut said) = (World::default(), vec![World::default().list()]);
    let lost = lost.map(|(from, length)| from..from + length);
    for (at, what) in history.iter().enumerate() {
        let change = world.let_happen(what);
        let is_lost = lost.as_ref().is_some_and(|lost| lost.contains(&at));
        let is_pod = matches!(what, Happens::Pod { .. });
        if is_pod && !is_lost {
            said.extend(std::iter::repeat_n(change, if twice[at % twice.len()] { 2 } else { 1 }));
        }
        if lost.as_ref().is_some_and(|lost| lost.end == at + 1) {
            said.push(world.list());
        }
    }
    said.push(world.list());
    // The last list is only for a watch that was lost at the end.
    if lost.is_none_or(|lost| lost.end <= history.len()) {
        said.pop();
    }
    said
}

fn watch_of_job(history: &[Happens]) -> Vec<Change> {
    let mut world = World::default();
    let mut said = vec![world.job()];
    for what in history {
        let change = world.let_happen(what);
        said.extend(matches!(what, Happens::Sync).then_some(change));
    }
    said
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn however_the_streams_interleave_they_tell_what_a_list_tells(
        history in happens(),
        lost in proptest::option::of((0usize..60, 1usize..20)),
        twice in proptest::collection::vec(any::<bool>(), 1..8),
        job_first in proptest::collection::vec(any::<bool>(), 1..16),
    ) {
        let mut world = World::default();
        for what in &history {
            world.let_happen(what);
        }
        let listed = after([world.job(), world.list()]);

        let mut pods = watch_of_pods(&history, lost, &twice).into_iter().peekable();
        let mut job = watch_of_job(&history).into_iter().peekable();
        let mut watched = JobProgress::default();
        for take_job in job_first.iter().cycle() {
            let next = if *take_job { job.next().or_else(|| pods.next()) } else { pods.next().or_else(|| job.next()) };
            let Some(change) = next else { break };
            watched.observe(change);
        }
        prop_assert_eq!(watched.tally(), listed.tally());
        for index in (0..INDEXES).map(Index) {
            prop_assert_eq!(watched.state(index), listed.state(index));
            let names = |progress: &JobProgress| progress.attempts(index).map(|pod| pod.name.clone()).collect::<Vec<_>>();
            prop_assert_eq!(names(&watched), names(&listed));
        }
        let tally = watched.tally().unwrap();
        let states = tally.succeeded + tally.failed + tally.running + tally.starting + tally.terminating + tally.pending;
        prop_assert_eq!(states, tally.completions);
        // A user who asks for a state gets as many indexes as the tally counts.
        let count = |state| u32::try_from(watched.statuses().filter(|status| status.state == state).count()).unwrap();
        prop_assert_eq!(count(IndexState::Running), tally.running);
        prop_assert_eq!(count(IndexState::Retrying), tally.retrying.unwrap());
        prop_assert_eq!(count(IndexState::Pending) + tally.retrying.unwrap(), tally.pending);
    }
}

/// The Job `x` with this spec and status beside what every Job has.
fn elastic(uid: &str, completions: u32, status: &Value) -> Change {
    let spec = json!({"completionMode": "Indexed", "completions": completions, "backoffLimitPerIndex": 0});
    Change::Job(
        serde_json::from_value(json!({"metadata": {"name": "x", "uid": uid}, "spec": spec, "status": status})).unwrap(),
    )
}

#[test]
fn an_elastic_job_has_as_many_indexes_as_it_has_now() {
    let mut progress = after([
        elastic("a", 4, &json!({"completedIndexes": "0-3"})),
        Change::Pods(vec![pod("p", 3, "2026-01-01T00:00:00Z")]),
    ]);
    assert_eq!(progress.tally().unwrap().succeeded, 4);
    progress.observe(elastic("a", 2, &json!({"completedIndexes": "0-3"})));
    let tally = progress.tally().unwrap();
    assert_eq!((tally.completions, tally.succeeded, tally.pending), (2, 2, 0));
    assert_eq!((progress.state(Index(3)), progress.statuses().count()), (None, 2));
    progress.observe(elastic("a", 6, &json!({"completedIndexes": "0,1"})));
    assert_eq!(progress.state(Index(3)), Some(IndexState::Starting));
}

#[test]
fn a_job_that_is_complete_by_its_success_policy_leaves_the_rest_undone() {
    let status = json!({
        "completedIndexes": "0",
        "conditions": [{"type": "SuccessCriteriaMet", "status": "True"}, {"type": "Complete", "status": "True"}],
    });
    let progress = after([job("a", &status), Change::Pods(vec![])]);
    assert!(matches!(outcome(&progress), Some((Outcome::Complete, true))));
    let tally = progress.tally().unwrap();
    assert_eq!((tally.succeeded, tally.pending, tally.unfinished), (1, 0, 9));
}
