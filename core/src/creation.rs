//! The order in which a Job and its helper objects come to be, as a level-triggered protocol: [`next`] looks at what is
//! there and says the one thing to do now. Killed between any two steps, the same `create` goes on where it was.
//!
//! A Job without helpers is created as it is. With helpers it is created suspended and marked, the helpers with an
//! ownerReference to it, and once all are there it is released: a helper can thus never be without an owner, and no pod
//! can start before its item is there.
//!
//! A Job that a queue of Kueue manages is not started by us: it gets the queue's label last, and stays suspended. That
//! holds, too, where the label came from elsewhere, as from Kueue's webhook; a queue that was asked for takes its place.

use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::{Value, json};

use crate::manifest::{JOB_LABEL, Objects, QUEUE_LABEL};
use crate::numbering::NUMBERS;

/// The annotation of a Job whose helpers are not all there yet; it holds the [`Mark`].
pub const CREATING: &str = "kubectl-indexedjob/creating";

/// What tells one `create` from another: a fingerprint of its objects, and the suffix of its helpers' names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    fingerprint: String,
    suffix: String,
}

impl Mark {
    /// The mark of a `create` of `objects`, which were built with an empty suffix.
    ///
    /// The fingerprint is stable for one build of this program; another build takes the Job for a stranger's.
    #[must_use]
    pub fn new(objects: &Objects, suffix: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        (objects.job.to_string(), objects.helpers.iter().map(Value::to_string).collect::<Vec<_>>()).hash(&mut hasher);
        Self { fingerprint: format!("{:016x}", hasher.finish()), suffix: suffix.to_owned() }
    }

    /// The suffix of the helpers' names.
    #[must_use]
    pub fn suffix(&self) -> &str {
        &self.suffix
    }

    /// The mark that `job`, as the server returned it, carries; None where it carries none.
    #[must_use]
    pub fn of(job: &Value) -> Option<Self> {
        let (fingerprint, suffix) = job["metadata"]["annotations"][CREATING].as_str()?.split_once('.')?;
        Some(Self { fingerprint: fingerprint.to_owned(), suffix: suffix.to_owned() })
    }

    /// Do both belong to the same `create`, begun now or earlier?
    #[must_use]
    pub fn same_create(&self, other: &Self) -> bool {
        self.fingerprint == other.fingerprint
    }

    fn text(&self) -> String {
        format!("{}.{}", self.fingerprint, self.suffix)
    }
}

/// What is in the cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The Job of that name; None where there is none, or nobody has looked.
    pub job: Option<Value>,
    /// For each helper, in order: the object of that name, if there is one.
    pub helpers: Vec<Option<Value>>,
    /// The uid of the Job that this run has sent; None before that.
    pub ours: Option<String>,
}

/// The one thing to do now.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// POST this Job.
    PostJob(Value),
    /// POST this helper.
    PostHelper(Value),
    /// PATCH the Job with this merge patch. It carries the uid and no resourceVersion: the controller writes the status of a
    /// suspended Job at any moment, and the patch is right all the same. To send it twice does no harm.
    Release(Value),
    /// Everything is there, by this run or another of the same create.
    Done,
    /// The name is taken.
    Refuse(Taken),
}

/// Why a name cannot be used, or not any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// A Job of that name exists.
    Job,
    /// The Job of that name is being deleted, or was, after this run had sent it.
    Leaving,
    /// A Job of that name was begun by another `create` that did not end.
    HalfMade,
    /// An object with the name of a helper exists, and it is not ours.
    Helper(String),
}

/// What to do now, to bring about `wanted`.
#[must_use]
pub fn next(wanted: &Objects, mark: &Mark, seen: &Seen) -> Step {
    let Some(job) = &seen.job else {
        return match seen.ours {
            None => Step::PostJob(first_form(wanted, mark)),
            Some(_) => Step::Refuse(Taken::Leaving),
        };
    };
    if !job["metadata"]["deletionTimestamp"].is_null() {
        return Step::Refuse(Taken::Leaving);
    }
    match Mark::of(job) {
        None if seen.ours.as_deref() == job["metadata"]["uid"].as_str() && seen.ours.is_some() => return Step::Done,
        None => return Step::Refuse(Taken::Job),
        Some(theirs) if !theirs.same_create(mark) => return Step::Refuse(Taken::HalfMade),
        Some(_) => {}
    }
    let uid = job["metadata"]["uid"].as_str().unwrap_or_default();
    let helpers = seen.helpers.iter().chain(std::iter::repeat(&None));
    for (helper, there) in wanted.helpers.iter().zip(helpers) {
        match there {
            None => return Step::PostHelper(owned(helper, job)),
            Some(there) if !is_owned_by(there, uid) => return Step::Refuse(Taken::Helper(name_of(there))),
            Some(_) => {}
        }
    }
    Step::Release(release(wanted, job))
}

/// The patch that takes the mark away and lets the Job run, or gives it to its queue.
fn release(wanted: &Objects, job: &Value) -> Value {
    // The uid is no change but a guard: the name may have passed to another Job since the last look.
    let mut patch = json!({"metadata": {"uid": job["metadata"]["uid"], "annotations": {CREATING: null}}});
    match (queue(&wanted.job), queue(job)) {
        (Some(asked), given) if given != Some(asked) => patch["metadata"]["labels"] = json!({QUEUE_LABEL: asked}),
        (_, Some(_)) => {}
        (_, None) => {
            let suspend = wanted.job["spec"]["suspend"].as_bool().unwrap_or(false);
            patch["spec"] = json!({"suspend": suspend});
        }
    }
    patch
}

fn queue(job: &Value) -> Option<&str> {
    job["metadata"]["labels"][QUEUE_LABEL].as_str()
}

/// Is the Job that the server made the one that was wanted? If not: the fields that it dropped, by their paths.
pub fn kept(wanted: &Objects, created: &Value) -> Result<(), Vec<String>> {
    let mut dropped = Vec::new();
    // The numbers of a Job's spec are pointers: 0 is a value there, and no server leaves it out.
    for (key, _) in wanted.job["spec"].as_object().into_iter().flatten().filter(|(_, value)| is_zero(value)) {
        if created["spec"][key].is_null() {
            dropped.push(format!("spec.{key}"));
        }
    }
    missing("spec", &wanted.job["spec"], &created["spec"], &mut dropped);
    // Without it, every verb would call the tasks by other names than they know themselves.
    let numbers = |job: &Value| job["metadata"]["annotations"][NUMBERS].clone();
    missing(&format!("metadata.annotations.{NUMBERS}"), &numbers(&wanted.job), &numbers(created), &mut dropped);
    if dropped.is_empty() { Ok(()) } else { Err(dropped) }
}

/// The Job as it is first sent: marked and suspended where helpers follow.
fn first_form(wanted: &Objects, mark: &Mark) -> Value {
    let mut job = wanted.job.clone();
    if !wanted.helpers.is_empty() {
        job["metadata"]["annotations"][CREATING] = json!(mark.text());
        job["spec"]["suspend"] = json!(true);
        if let Some(labels) = job["metadata"]["labels"].as_object_mut() {
            labels.remove(QUEUE_LABEL);
        }
    }
    job
}

/// `helper` with `job` as its owner, so that it goes when the Job goes. No blockOwnerDeletion: some clusters forbid it
/// without rights on the Job's finalizers. The name is in its label, too: the server may have completed it.
pub(crate) fn owned(helper: &Value, job: &Value) -> Value {
    let mut helper = helper.clone();
    helper["metadata"]["labels"][JOB_LABEL] = job["metadata"]["name"].clone();
    helper["metadata"]["ownerReferences"] = json!([{
        "apiVersion": "batch/v1",
        "kind": "Job",
        "name": job["metadata"]["name"],
        "uid": job["metadata"]["uid"],
    }]);
    helper
}

pub(crate) fn is_owned_by(object: &Value, uid: &str) -> bool {
    let owners = object["metadata"]["ownerReferences"].as_array();
    owners.is_some_and(|owners| owners.iter().any(|owner| owner["uid"] == uid))
}

fn name_of(object: &Value) -> String {
    object["metadata"]["name"].as_str().unwrap_or_default().to_owned()
}

fn is_zero(value: &Value) -> bool {
    value.as_f64() == Some(0.0)
}

/// Collects the paths that are in `sent` and not in `got`: fields that an older server, or one with a feature off, drops
/// without a word. What a server leaves out because it is empty does not count.
fn missing(path: &str, sent: &Value, got: &Value, dropped: &mut Vec<String>) {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Bool(on) => !on,
        Value::Number(_) => is_zero(value),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    };
    match (sent, got) {
        (sent, Value::Null) if !is_empty(sent) => dropped.push(path.to_owned()),
        (Value::Object(sent), got) => {
            for (key, value) in sent {
                missing(&format!("{path}.{key}"), value, &got[key], dropped);
            }
        }
        (Value::Array(sent), Value::Array(got)) => {
            for (at, item) in sent.iter().enumerate() {
                // A webhook may put containers and volumes of its own before ours: they are known by their keys.
                let key = key_of(path);
                let same = match item[key].as_str() {
                    Some(value) => got.iter().find(|other| other[key] == value),
                    None => got.get(at),
                };
                missing(&format!("{path}[{at}]"), item, same.unwrap_or(&Value::Null), dropped);
            }
        }
        _ => {}
    }
}

/// By what the API knows the items of a list (`patchMergeKey` of its types): a volume may be mounted at two places.
fn key_of(list: &str) -> &'static str {
    match list.rsplit('.').next() {
        Some("volumeMounts") => "mountPath",
        Some("volumeDevices") => "devicePath",
        _ => "name",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plain() -> Objects {
        Objects { job: json!({"metadata": {"name": "x"}, "spec": {"completions": 2}}), helpers: vec![] }
    }

    fn with_helpers(count: usize) -> Objects {
        let helper = |at| json!({"kind": "ConfigMap", "metadata": {"name": format!("x-items-{at}")}});
        Objects { helpers: (0..count).map(helper).collect(), ..plain() }
    }

    /// A cluster that takes every step.
    fn act(seen: &mut Seen, wanted: &Objects, step: Step) {
        match step {
            Step::PostJob(mut job) => {
                job["metadata"]["uid"] = json!("u-1");
                seen.job = Some(job);
                seen.helpers = vec![None; wanted.helpers.len()];
            }
            Step::PostHelper(helper) => {
                let at =
                    wanted.helpers.iter().position(|h| h["metadata"]["name"] == helper["metadata"]["name"]).unwrap();
                assert_eq!(helper["metadata"]["ownerReferences"][0]["uid"], "u-1");
                seen.helpers[at] = Some(helper);
            }
            Step::Release(patch) => {
                assert!(seen.helpers.iter().all(Option::is_some), "released before its helpers are there");
                assert!(patch["metadata"].get("resourceVersion").is_none());
                assert_eq!(patch["metadata"]["uid"], "u-1");
                let job = seen.job.as_mut().unwrap();
                if !patch["spec"]["suspend"].is_null() {
                    job["spec"]["suspend"] = patch["spec"]["suspend"].clone();
                }
                if !patch["metadata"]["labels"].is_null() {
                    job["metadata"]["labels"] = patch["metadata"]["labels"].clone();
                }
                job["metadata"]["annotations"].as_object_mut().unwrap().remove(CREATING);
            }
            Step::Done | Step::Refuse(_) => panic!("{step:?} is nothing to act on"),
        }
    }

    #[test]
    fn a_job_without_helpers_is_sent_as_it_is() {
        let wanted = plain();
        assert_eq!(next(&wanted, &Mark::new(&wanted, ""), &Seen::default()), Step::PostJob(wanted.job.clone()));
    }

    #[test]
    fn helpers_have_an_owner_and_the_job_is_released_last() {
        let wanted = with_helpers(2);
        let mark = Mark::new(&wanted, "abcde");
        let mut seen = Seen::default();
        let mut steps = 0;
        loop {
            let step = next(&wanted, &mark, &seen);
            let last = matches!(step, Step::Release(_));
            act(&mut seen, &wanted, step);
            steps += 1;
            if last {
                break;
            }
            assert_eq!(seen.job.as_ref().unwrap()["spec"]["suspend"], true);
        }
        assert_eq!(steps, 4);
        assert_eq!(seen.job.unwrap()["spec"]["suspend"], false);
    }

    #[test]
    fn a_taken_name_is_refused() {
        let wanted = with_helpers(1);
        let mark = Mark::new(&wanted, "abcde");
        let taken =
            |job: &Value| next(&wanted, &mark, &Seen { job: Some(job.clone()), helpers: vec![None], ours: None });
        assert_eq!(taken(&json!({"metadata": {"uid": "u"}})), Step::Refuse(Taken::Job));
        let other = json!({"metadata": {"annotations": {CREATING: "0123456789abcdef.zzzzz"}}});
        assert_eq!(taken(&other), Step::Refuse(Taken::HalfMade));

        let mut ours = first_form(&wanted, &mark);
        ours["metadata"]["uid"] = json!("u-1");
        let strange = Some(json!({"metadata": {"name": "x-items-0", "ownerReferences": [{"uid": "u-0"}]}}));
        let seen = Seen { job: Some(ours), helpers: vec![strange], ours: None };
        assert_eq!(next(&wanted, &mark, &seen), Step::Refuse(Taken::Helper("x-items-0".to_owned())));
    }

    /// The Job after all steps, where the server adds `added` to its labels.
    fn made(wanted: &Objects, added: &Value) -> Value {
        let mark = Mark::new(wanted, "abcde");
        let mut seen = Seen::default();
        loop {
            let step = next(wanted, &mark, &seen);
            let last = matches!(step, Step::Release(_));
            act(&mut seen, wanted, step);
            if last {
                return seen.job.unwrap();
            }
            let job = seen.job.as_mut().unwrap();
            assert!(queue(job).is_none() || queue(job) == added[QUEUE_LABEL].as_str(), "the queue comes last");
            if !added.is_null() {
                job["metadata"]["labels"] = added.clone();
            }
        }
    }

    #[test]
    fn a_queue_gets_the_job_last_and_starts_it_itself() {
        let mut wanted = with_helpers(1);
        wanted.job["metadata"]["labels"] = json!({QUEUE_LABEL: "team"});
        wanted.job["spec"]["suspend"] = json!(true);
        let job = made(&wanted, &Value::Null);
        assert_eq!((queue(&job), &job["spec"]["suspend"]), (Some("team"), &json!(true)));
    }

    #[test]
    fn a_queue_that_a_webhook_gave_is_respected() {
        let job = made(&with_helpers(1), &json!({QUEUE_LABEL: "default"}));
        assert_eq!((queue(&job), &job["spec"]["suspend"]), (Some("default"), &json!(true)));
        let mut wanted = with_helpers(1);
        wanted.job["metadata"]["labels"] = json!({QUEUE_LABEL: "team"});
        let job = made(&wanted, &json!({QUEUE_LABEL: "default"}));
        assert_eq!((queue(&job), &job["spec"]["suspend"]), (Some("team"), &json!(true)));
    }

    #[test]
    fn a_job_that_is_being_deleted_is_not_taken_up() {
        let wanted = with_helpers(1);
        let mark = Mark::new(&wanted, "abcde");
        let mut leaving = first_form(&wanted, &mark);
        leaving["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
        let seen = Seen { job: Some(leaving), helpers: vec![None], ours: None };
        assert_eq!(next(&wanted, &mark, &seen), Step::Refuse(Taken::Leaving));
        let gone = Seen { ours: Some("u-1".into()), ..Seen::default() };
        assert_eq!(next(&wanted, &mark, &gone), Step::Refuse(Taken::Leaving));
    }

    #[test]
    fn containers_of_a_webhook_are_not_taken_for_ours() {
        let job = |containers: Value| json!({"spec": {"template": {"spec": {"containers": containers}}}});
        let ours = json!({"name": "worker", "command": ["a"]});
        let wanted = Objects { job: job(json!([ours])), helpers: vec![] };
        assert_eq!(kept(&wanted, &job(json!([{"name": "mesh"}, ours]))), Ok(()));
        let dropped = kept(&wanted, &job(json!([{"name": "mesh"}]))).unwrap_err();
        assert_eq!(dropped, ["spec.template.spec.containers[0]"]);
    }

    #[test]
    fn a_volume_at_two_places_is_two_mounts() {
        let mounts = json!([{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b", "readOnly": true}]);
        let job = json!({"spec": {"template": {"spec": {"containers": [{"name": "w", "volumeMounts": mounts}]}}}});
        let wanted = Objects { job: job.clone(), helpers: vec![] };
        assert_eq!(kept(&wanted, &job), Ok(()));
    }

    #[test]
    fn numbers_that_a_webhook_takes_away_are_missed() {
        let mut wanted = plain();
        wanted.job["metadata"]["annotations"] = json!({NUMBERS: "1-10"});
        let dropped = kept(&wanted, &plain().job).unwrap_err();
        assert_eq!(dropped, ["metadata.annotations.kubectl-indexedjob/numbers"]);
    }

    #[test]
    fn the_mark_is_read_back() {
        let wanted = with_helpers(1);
        let mark = Mark::new(&wanted, "abcde");
        assert_eq!(Mark::of(&first_form(&wanted, &mark)), Some(mark));
    }

    #[test]
    fn a_field_that_the_server_dropped_is_found() {
        let wanted = Objects {
            job: json!({"spec": {"suspend": false, "backoffLimitPerIndex": 0, "successPolicy": {"rules": [{"succeededCount": 1}]}, "template": {
                "spec": {"volumes": [{"name": "v", "emptyDir": {}}], "containers": [{"name": "w", "new": "field"}]},
            }}}),
            helpers: vec![],
        };
        let created = json!({"spec": {"parallelism": 1, "template": {
            "spec": {"volumes": [{"name": "v", "emptyDir": {}}], "containers": [{"name": "w"}]},
        }}});
        let dropped = kept(&wanted, &created).unwrap_err();
        assert_eq!(
            dropped,
            ["spec.backoffLimitPerIndex", "spec.successPolicy", "spec.template.spec.containers[0].new"]
        );
        assert_eq!(kept(&wanted, &wanted.job), Ok(()));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Two runs of the same create take turns in any order, and any answer may be lost: both end with the one Job,
        /// released once all is there, and neither takes the other's for a stranger's after it has sent its own.
        #[test]
        fn two_runs_at_once_end_with_one_job(turns in proptest::collection::vec((any::<bool>(), any::<bool>()), 1..24)) {
            let wanted = with_helpers(2);
            let marks = [Mark::new(&wanted, "one"), Mark::new(&wanted, "two")];
            let mut cluster = Seen::default();
            let mut ours = [None, None];
            for (run, lost) in turns.into_iter().chain([(false, false); 8]) {
                let run = usize::from(run);
                let seen = Seen { ours: ours[run].clone(), ..cluster.clone() };
                match next(&wanted, &marks[run], &seen) {
                    Step::Done => prop_assert!(ours[run].is_some()),
                    Step::Refuse(taken) => {
                        prop_assert_eq!((taken, ours[run].is_some()), (Taken::Job, false));
                        break;
                    }
                    step => {
                        let posted = matches!(step, Step::PostJob(_));
                        act(&mut cluster, &wanted, step);
                        if posted && !lost {
                            ours[run] = Some("u-1".to_owned());
                        }
                    }
                }
            }
            let job = cluster.job.unwrap();
            prop_assert!(Mark::of(&job).is_none() && job["spec"]["suspend"] == false);
        }

        /// Killed after any number of steps, in any number of runs, the next run ends it; each run brings its own suffix.
        #[test]
        fn a_kill_between_any_two_steps_is_the_start_of_the_next_run(kills in proptest::collection::vec(0usize..4, 0..4)) {
            let wanted = with_helpers(2);
            let mut seen = Seen::default();
            for (run, budget) in kills.into_iter().chain([9]).enumerate() {
                let mark = Mark::new(&wanted, &format!("run-{run}"));
                for _ in 0..budget {
                    match next(&wanted, &mark, &seen) {
                        Step::Refuse(Taken::Job) => break,
                        step => act(&mut seen, &wanted, step),
                    }
                }
            }
            let job = seen.job.unwrap();
            prop_assert!(Mark::of(&job).is_none() && job["spec"]["suspend"] == false);
            prop_assert!(seen.helpers.iter().all(|helper| is_owned_by(helper.as_ref().unwrap(), "u-1")));
        }
    }
}
