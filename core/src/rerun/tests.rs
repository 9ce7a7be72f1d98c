use proptest::prelude::*;

use super::*;
use crate::facts::INDEX_KEY;
use crate::manifest::QUEUE_LABEL;

const COMPLETIONS: u32 = 6;

/// A cluster with the finished Job `x` (uid `u-x`), whose indexes 0, 2 and 4 are done.
struct World {
    job: Option<Value>,
    source: Value,
    map: Value,
    pods: Vec<Value>,
    version: u32,
    /// How many indexes the new Job has run.
    ran: u32,
}

fn done() -> IndexSet {
    [0, 2, 4].into_iter().collect()
}

fn pod(index: u32) -> Value {
    json!({
        "metadata": {
            "name": format!("x-{index}"), "uid": format!("p-{index}"), "resourceVersion": "1",
            "annotations": {INDEX_KEY: index.to_string()},
            "ownerReferences": [{"uid": "u-x", "name": "x", "controller": true}],
        },
        "status": {"phase": if done().contains(index) { "Succeeded" } else { "Failed" }},
    })
}

impl World {
    fn new(ttl: bool) -> Self {
        let mut source = json!({"metadata": {"name": "x", "uid": "u-x", "resourceVersion": "1"}, "spec": {}});
        if ttl {
            source["spec"]["ttlSecondsAfterFinished"] = json!(60);
        }
        let owners = json!([{"uid": "u-x"}]);
        let map = json!({"metadata": {"name": "x-items", "uid": "u-m", "ownerReferences": owners}});
        Self { job: None, source, map, pods: (0..COMPLETIONS).map(pod).collect(), version: 1, ran: 0 }
    }

    fn seen(&self, ours: Option<&str>) -> Seen {
        Seen {
            job: self.job.clone(),
            ours: ours.map(str::to_owned),
            released: false,
            rival: None,
            source: Some(self.source.clone()),
            helpers: vec![],
            shared: vec![Some(self.map.clone())],
            pods: self.pods.iter().map(|pod| serde_json::from_value(pod.clone()).unwrap()).collect(),
        }
    }

    fn completed(&self) -> IndexSet {
        let text = self.job.as_ref().and_then(|job| job["status"]["completedIndexes"].as_str()).unwrap_or_default();
        IndexSet::from_api(text, COMPLETIONS)
    }

    /// What the controller does: it counts the pods that the new Job owns.
    fn count(&mut self) {
        let Some(job) = &mut self.job else { return };
        let uid = job["metadata"]["uid"].clone();
        let mut counted =
            IndexSet::from_api(job["status"]["completedIndexes"].as_str().unwrap_or_default(), COMPLETIONS);
        for pod in self.pods.iter().filter(|pod| pod["metadata"]["ownerReferences"][0]["uid"] == uid) {
            assert_eq!(pod["status"]["phase"], "Succeeded", "a failed pod would be counted as a failure");
            let index = pod["metadata"]["annotations"][INDEX_KEY].as_str().unwrap().parse().unwrap();
            counted = counted.union(&[index].into_iter().collect());
        }
        if self.ran < 1 && job["spec"]["suspend"] == false {
            // The first of the others has run to its end.
            counted = counted.union(&[1].into_iter().collect());
            self.ran = 1;
        }
        self.version += 1;
        job["metadata"]["resourceVersion"] = json!(self.version.to_string());
        job["status"]["completedIndexes"] = json!(counted.to_string());
    }

    /// Does a step as the server would. False where it refuses, as it does when something has changed meanwhile.
    fn act(&mut self, step: &Step) -> bool {
        match step {
            Step::Post(job) if self.job.is_none() => {
                assert_eq!(job["spec"]["suspend"], true);
                let mut job = job.clone();
                (job["metadata"]["uid"], job["metadata"]["resourceVersion"]) = (json!("u-r1"), json!("1"));
                self.job = Some(job);
            }
            Step::Post(_) => return false,
            Step::PatchSource(patch) => return self.guarded(patch, |world| &mut world.source),
            Step::Share(name, patch) => {
                assert_eq!(name, "x-items");
                let new = patch["metadata"]["ownerReferences"][0].clone();
                let owners = self.map["metadata"]["ownerReferences"].as_array_mut().unwrap();
                owners.retain(|owner| owner["uid"] != new["uid"]);
                owners.push(new);
            }
            Step::MarkDone(patch) => return self.guarded(patch, |world| world.job.as_mut().unwrap()),
            Step::Release(patch) => {
                assert!(done().difference(&self.completed()).is_empty(), "released before it knows what is done");
                let owners = self.map["metadata"]["ownerReferences"].as_array().unwrap();
                assert!(owners.iter().any(|owner| owner["uid"] == "u-r1"), "its items would go with the old Job");
                merge(self.job.as_mut().unwrap(), patch);
            }
            Step::HandOver(pods) => return pods.iter().filter(|pod| !self.patch_pod(pod)).count() == 0,
            Step::Count => self.count(),
            Step::PostHelper(_) | Step::Done | Step::Refuse(_) => panic!("{step:?} is nothing to act on"),
        }
        true
    }

    /// A patch that carries the version that was seen.
    fn guarded(&mut self, patch: &Value, object: impl Fn(&mut Self) -> &mut Value) -> bool {
        self.version += 1;
        let version = json!(self.version.to_string());
        let object = object(self);
        if object["metadata"]["resourceVersion"] != patch["metadata"]["resourceVersion"] {
            return false;
        }
        merge(object, patch);
        object["metadata"]["resourceVersion"] = version;
        true
    }

    fn patch_pod(&mut self, HandOver { pod, patch }: &HandOver) -> bool {
        self.version += 1;
        let there = self.pods.iter_mut().find(|there| there["metadata"]["name"] == pod.as_str()).unwrap();
        if there["metadata"]["resourceVersion"] != patch["metadata"]["resourceVersion"] {
            return false;
        }
        let mut owners = there["metadata"]["ownerReferences"].as_array().unwrap().clone();
        for owner in patch["metadata"]["ownerReferences"].as_array().unwrap() {
            owners.retain(|old| old["uid"] != owner["uid"]);
            owners.extend((owner["$patch"] != "delete").then(|| owner.clone()));
        }
        assert_eq!(owners.len(), 1, "a pod is never without an owner, and has one");
        let mut patch = patch.clone();
        patch["metadata"]["ownerReferences"] = json!(owners);
        patch["metadata"]["resourceVersion"] = json!(self.version.to_string());
        merge(there, &patch);
        true
    }
}

/// RFC 7386.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(fields) = patch else {
        *target = patch.clone();
        return;
    };
    for (key, value) in fields {
        if value.is_null() {
            target.as_object_mut().unwrap().remove(key);
        } else {
            merge(&mut target[key], value);
        }
    }
}

fn wanted(way: Way) -> Wanted {
    let mut job = json!({
        "metadata": {"name": "x-r1"},
        "spec": {"completions": COMPLETIONS, "suspend": false, "template": {"spec": {}}},
    });
    let mark = Mark::new(way, &job, &"1,3,5".parse().unwrap(), "abcde");
    if way == Way::Adopt {
        job = with_run_label(&job, "abcde");
    }
    let done = CompletedIndexes::new(&done(), COMPLETIONS).unwrap();
    let (shared, givers) = (vec!["x-items".to_owned()], vec!["u-x".to_owned()]);
    Wanted { job, mark, done, helpers: vec![], shared, givers }
}

fn is_done(world: &World) -> bool {
    world.job.as_ref().is_some_and(|job| Mark::of(job).is_none())
}

/// All steps of one retry, by their names.
fn steps(way: Way, ttl: bool) -> Vec<&'static str> {
    let (wanted, mut world, mut ours, mut names) = (wanted(way), World::new(ttl), None, Vec::new());
    while !is_done(&world) {
        let step = next(&wanted, &world.seen(ours));
        names.push(match &step {
            Step::Post(_) => "post",
            Step::PatchSource(_) => "source",
            Step::Share(..) => "share",
            Step::MarkDone(_) => "mark",
            Step::HandOver(_) => "hand over",
            Step::Count => "count",
            Step::Release(_) => "release",
            other => panic!("{other:?}"),
        });
        assert!(world.act(&step));
        ours = Some("u-r1");
    }
    assert_eq!(world.source["spec"]["ttlSecondsAfterFinished"], if ttl { json!(60) } else { Value::Null });
    names
}

#[test]
fn a_run_is_told_what_is_done_before_it_runs() {
    assert_eq!(steps(Way::Status, false), ["post", "share", "mark", "release"]);
    assert_eq!(steps(Way::Adopt, false), ["post", "share", "hand over", "count", "release"]);
}

#[test]
fn a_source_that_would_vanish_is_held_and_then_given_back_its_time() {
    assert_eq!(steps(Way::Status, true), ["post", "share", "source", "mark", "source", "release"]);
    assert_eq!(steps(Way::Adopt, true), ["post", "share", "source", "hand over", "count", "source", "release"]);
}

#[test]
fn pods_that_are_gone_or_somebody_elses_are_told() {
    let wanted = wanted(Way::Adopt);
    let refused = |edit: &dyn Fn(&mut World)| {
        let mut world = World::new(false);
        for _ in 0..2 {
            let step = next(&wanted, &world.seen(Some("u-r1")));
            if let Step::Refuse(Refusal::Leaving) = step {
                assert!(world.act(&next(&wanted, &world.seen(None))));
            } else {
                assert!(world.act(&step));
            }
        }
        edit(&mut world);
        match next(&wanted, &world.seen(Some("u-r1"))) {
            Step::Refuse(refusal) => refusal,
            other => panic!("{other:?}"),
        }
    };
    let vanished = |text: &str| Refusal::Vanished(text.parse().unwrap());
    assert_eq!(refused(&|world| drop(world.pods.remove(2))), vanished("2"));
    let taken = |world: &mut World| world.pods[4]["metadata"]["ownerReferences"][0]["uid"] = json!("u-other");
    assert_eq!(refused(&taken), vanished("4"));
    let deleting = |world: &mut World| world.pods[0]["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
    assert_eq!(refused(&deleting), vanished("0"));
    let resumed = |world: &mut World| world.job.as_mut().unwrap()["spec"]["suspend"] = json!(false);
    assert_eq!(refused(&resumed), Refusal::Resumed);
    let strange = |world: &mut World| world.job.as_mut().unwrap()["status"] = json!({"completedIndexes": "1"});
    assert_eq!(refused(&strange), Refusal::Strange("1".parse().unwrap()));
}

#[test]
fn a_name_that_is_taken_is_left_alone() {
    let wanted = wanted(Way::Status);
    let job = |annotations: Value| json!({"metadata": {"uid": "u", "annotations": annotations}});
    let seen = |job: Value, ours: Option<&str>| {
        next(&wanted, &Seen { job: Some(job), ours: ours.map(str::to_owned), ..Seen::default() })
    };
    assert_eq!(seen(job(json!({})), None), Step::Refuse(Refusal::Taken));
    assert_eq!(seen(job(json!({})), Some("u")), Step::Refuse(Refusal::Raced), "it carried other flags, maybe");
    let ended = Seen { released: true, job: Some(job(json!({}))), ours: Some("u".to_owned()), ..Seen::default() };
    assert_eq!(next(&wanted, &ended), Step::Done);
    assert_eq!(seen(job(json!({RETRYING: "status.00"})), None), Step::Refuse(Refusal::HalfMade));
    let rival = Seen { rival: Some("x-other".to_owned()), ..Seen::default() };
    assert_eq!(next(&wanted, &rival), Step::Refuse(Refusal::Rival("x-other".to_owned())));
}

#[test]
fn a_queue_starts_the_run_itself_and_gets_it_last() {
    let mut wanted = wanted(Way::Status);
    wanted.job["metadata"]["labels"] = json!({QUEUE_LABEL: "team"});
    let mut world = World::new(false);
    let mut ours = None;
    while !is_done(&world) {
        let step = next(&wanted, &world.seen(ours));
        let queue = world.job.as_ref().map_or(&Value::Null, |job| &job["metadata"]["labels"][QUEUE_LABEL]);
        assert!(queue.is_null(), "Kueue would start it before it knows what is done");
        assert!(world.act(&step));
        ours = Some("u-r1");
    }
    let job = world.job.unwrap();
    assert_eq!((&job["metadata"]["labels"][QUEUE_LABEL], &job["spec"]["suspend"]), (&json!("team"), &json!(true)));
}

#[test]
fn a_run_that_was_begun_knows_itself_what_is_done() {
    let mut wanted = wanted(Way::Status);
    wanted.job["metadata"]["labels"] = json!({QUEUE_LABEL: "team"});
    let half_made = wanted.first_form();
    let again = Wanted::of_half_made(&half_made).unwrap();
    assert_eq!((&again.done, &again.mark, &again.shared), (&wanted.done, &wanted.mark, &wanted.shared));
    let mut world = World::new(false);
    for ours in [None, Some("u-r1")] {
        assert!(world.act(&next(&wanted, &world.seen(ours))));
    }
    let gone = Seen { shared: vec![None], ..world.seen(Some("u-r1")) };
    assert_eq!(next(&again, &gone), Step::Refuse(Refusal::Helper("x-items".to_owned())));
    assert_eq!(again.job["metadata"]["labels"][QUEUE_LABEL], "team");
    assert_eq!(Wanted::of_half_made(&wanted.job), None);
}

#[test]
fn what_was_taken_is_given_back_before_the_run_goes() {
    let wanted = wanted(Way::Adopt);
    let mut world = World::new(false);
    for ours in [None, Some("u-r1"), Some("u-r1")] {
        assert!(world.act(&next(&wanted, &world.seen(ours))));
    }
    let job = world.job.clone().unwrap();
    let GiveBack::Pods(pods) = undo(&job, &world.seen(None).pods, |uid| uid == "u-x") else {
        panic!("pods were taken")
    };
    assert_eq!(pods.len(), 3);
    for pod in &pods {
        assert_eq!(
            pod.patch["metadata"]["$deleteFromPrimitiveList/finalizers"],
            json!(["batch.kubernetes.io/job-tracking"])
        );
        assert_eq!(pod.patch["metadata"]["labels"], json!({"kubectl-indexedjob/run-abcde": null}));
        assert!(world.patch_pod(pod));
    }
    assert!(world.pods.iter().all(|pod| pod["metadata"]["ownerReferences"][0]["uid"] == "u-x"));
    assert_eq!(undo(&job, &world.seen(None).pods, |_| true), GiveBack::Delete("u-r1".to_owned()));
}

#[test]
fn a_pod_whose_first_job_is_gone_is_given_to_nobody() {
    let wanted = wanted(Way::Adopt);
    let mut world = World::new(false);
    for ours in [None, Some("u-r1"), Some("u-r1")] {
        assert!(world.act(&next(&wanted, &world.seen(ours))));
    }
    let GiveBack::Pods(pods) = undo(world.job.as_ref().unwrap(), &world.seen(None).pods, |_| false) else { panic!() };
    // A pod of an owner that is gone would be collected as garbage, and what was done with it.
    let owners = pods[0].patch["metadata"]["ownerReferences"].as_array().unwrap();
    assert_eq!(owners, &[json!({"$patch": "delete", "uid": "u-r1"})]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Two runs of the same retry and the controller, in any order; each looks, and acts on what it saw then, or is
    /// killed and begins again.
    #[test]
    fn whatever_comes_between_nothing_runs_before_all_that_is_done_is_known(
        adopt in any::<bool>(),
        ttl in any::<bool>(),
        schedule in proptest::collection::vec((0usize..3, 0u8..8), 1..120),
    ) {
        let wanted = wanted(if adopt { Way::Adopt } else { Way::Status });
        let mut world = World::new(ttl);
        let mut planned: [Option<Step>; 2] = [None, None];
        for (who, what) in schedule {
            if who == 2 {
                world.count();
                continue;
            }
            if what == 0 {
                planned[who] = None;
                continue;
            }
            let Some(step) = planned[who].take() else {
                // A run that begins anew takes up what is there.
                let ours = world.job.as_ref().map(|_| "u-r1");
                planned[who] = Some(next(&wanted, &world.seen(ours)));
                continue;
            };
            match &step {
                Step::Done => {}
                Step::Refuse(refusal) => prop_assert!(is_done(&world), "{:?}", refusal),
                step => drop(world.act(step)),
            }
        }
        for _ in 0..20 {
            let step = next(&wanted, &world.seen(world.job.as_ref().map(|_| "u-r1")));
            if step == Step::Refuse(Refusal::Raced) {
                break;
            }
            world.act(&step);
        }
        prop_assert!(is_done(&world));
        world.count();
        prop_assert_eq!(world.completed(), done().union(&[1].into_iter().collect()), "nothing done is lost");
        prop_assert_eq!(&world.source["spec"]["ttlSecondsAfterFinished"], &if ttl { json!(60) } else { Value::Null });
    }
}
