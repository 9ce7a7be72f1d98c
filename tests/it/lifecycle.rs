//! `suspend`, `resume`, `scale`, `cancel` and `delete`: what they send, and what comes in their way.

use std::time::Duration;

use serde_json::{Value, json};

use crate::fake::{Fault, JobHandle, On, Pod, Resource, Server, When};
use crate::harness::run;
use crate::words::{WHICH_JOBS, ask_for_the_right, no_job};

const MARK: &str = "batch.kubernetes.io/job-index-failure-count";
const OWN_PARALLELISM: &str = "kubectl-indexedjob/parallelism";

/// A server with the Job `x` of six indexes, three of which may run at a time.
fn with_job() -> (Server, JobHandle) {
    let server = Server::start();
    let job = server.add_job("x", 6);
    job.edit(|job| job["spec"]["parallelism"] = json!(3));
    (server, job)
}

/// The same with pods that run, of the first three indexes.
fn running() -> (Server, JobHandle, Vec<String>) {
    let (server, job) = with_job();
    let pods = (0..3).map(|index| job.add_pod(Pod::new(index).running())).collect();
    job.set_status(&json!({"active": 3, "ready": 3}));
    (server, job, pods)
}

fn patches(server: &Server, pattern: &str) -> Vec<Value> {
    server.requests_to("PATCH", pattern).iter().map(|request| request.json()).collect()
}

fn spec(job: &JobHandle, field: &str) -> Value {
    job.json()["spec"][field].clone()
}

// suspend and resume

#[test]
fn a_job_is_suspended_and_resumed_by_a_patch_of_its_own() {
    let (server, job, _) = running();
    let stopped = "3 running indexes were stopped; resume starts them from the beginning\n";
    run(&server, "suspend x").output().is(0, "job.batch/x suspended\n", stopped);
    assert_eq!(patches(&server, "*/jobs/x"), [json!({"metadata": {"uid": job.uid()}, "spec": {"suspend": true}})]);
    run(&server, "suspend job.batch/x").output().is(0, "job.batch/x suspended (no change)\n", "");
    run(&server, "resume x").output().is(0, "job.batch/x resumed\n", "6 indexes of 6 left, 3 at a time\n");
    assert_eq!((spec(&job, "suspend"), server.writes()), (json!(false), 2));
}

#[test]
fn dry_runs_change_nothing_and_only_the_server_s_asks_it() {
    let (server, _, _) = running();
    for verb in ["suspend x", "scale x --parallelism 9", "cancel x", "cancel x --index 1", "delete x"] {
        let client = run(&server, verb).args(["--dry-run=client"]).output();
        assert!(client.text().ends_with(" (dry run)\n"), "{client:?}");
        assert!(server.requests().iter().all(|request| request.method == "GET"), "{verb}");
    }
    for (verb, line) in [
        ("suspend x", "job.batch/x suspended (server dry run)\n"),
        ("cancel x --index 1", "job.batch/x index 1 cancelled (server dry run)\n"),
        ("delete x", "job.batch \"x\" deleted from default namespace (server dry run)\n"),
    ] {
        let output = run(&server, verb).args(["--dry-run=server"]).output();
        output.says(0, line, &[]);
    }
    let sent = server.requests().into_iter().filter(|request| request.method != "GET").collect::<Vec<_>>();
    assert_eq!((sent.len(), server.writes()), (4, 0));
    assert!(server.job("default", "x").exists());
}

#[test]
fn several_jobs_are_changed_and_one_that_is_missing_keeps_none_from_it() {
    let (server, _) = with_job();
    server.add_job("y", 1);
    let found = "job.batch/x suspended\njob.batch/y suspended\n";
    run(&server, "suspend x missing y x").output().is(4, found, &[&no_job("missing"), WHICH_JOBS].concat());
}

#[test]
fn a_selector_means_indexed_jobs_that_have_not_ended() {
    let (server, _) = with_job();
    server.add_job("done", 1).complete();
    let container = json!({"name": "w", "image": "busybox"});
    let spec = json!({"template": {"spec": {"restartPolicy": "Never", "containers": [container]}}});
    server.add_job_from("default", json!({"metadata": {"name": "plain"}, "spec": spec}));
    run(&server, "suspend --all").output().is(0, "job.batch/x suspended\n", "");
    run(&server, "resume -l app=none").output().is(0, "", "No resources found\n");
    run(&server, "suspend plain").output().is(0, "job.batch/plain suspended\n", "");
    run(&server, "suspend --all -l a=b").output().says(2, "", &["cannot be used with"]);
    run(&server, "delete -l").args([""]).output().says(2, "", &["it is empty; --all means all Jobs"]);
}

#[test]
fn the_newest_job_is_not_meant_by_verbs_that_write() {
    let (server, _) = with_job();
    for (line, hint) in [
        ("cancel @latest --index 0,2", "hint: kubectl indexedjob cancel x --index 0,2\n"),
        ("delete job/@latest", "hint: kubectl indexedjob delete job/x\n"),
    ] {
        run(&server, line).output().says(2, "", &["error: @latest is only for verbs that change nothing", hint]);
    }
    assert_eq!(server.writes(), 0);
}

#[test]
fn a_job_that_has_ended_is_left_alone() {
    let (server, job) = with_job();
    job.complete();
    let lines = ["suspend x", "resume x", "scale x --parallelism 1", "cancel x", "cancel x --index 1"];
    for line in lines.into_iter().chain(["suspend x --drain"]) {
        let why = "error: job x is complete\nhint: kubectl indexedjob describe x\n";
        let code = if line.starts_with("cancel") { 3 } else { 1 };
        run(&server, line).output().is(code, "", why);
    }
    assert_eq!(server.writes(), 0);
}

#[test]
fn a_half_made_job_is_not_resumed() {
    let (server, job) = with_job();
    job.edit(|job| {
        job["spec"]["suspend"] = json!(true);
        job["metadata"]["annotations"] = json!({"kubectl-indexedjob/creating": "a.b"});
    });
    run(&server, "resume x").output().says(1, "", &["was begun by a create that did not end", "hint: give the same"]);
    assert_eq!(server.writes(), 0);
}

#[test]
fn what_kueue_manages_is_left_to_kueue() {
    let (server, job) = with_job();
    job.edit(|job| job["metadata"]["labels"] = json!({"kueue.x-k8s.io/queue-name": "team"}));
    for line in ["suspend x", "suspend x --drain", "resume x", "scale x --parallelism 4"] {
        let workload = format!("-l kueue.x-k8s.io/job-uid={} -o name | xargs", job.uid());
        run(&server, line).output().says(1, "", &["error: job x is in the queue team of Kueue, which ", &workload]);
    }
    assert_eq!(server.writes(), 0);
}

// What comes in the way

#[test]
fn a_conflict_is_answered_by_another_look() {
    let (server, _) = with_job();
    server.fault(On::patch("*/jobs/x").first(3), Fault::Code(409));
    run(&server, "suspend x").output().is(0, "job.batch/x suspended\n", "");
    assert_eq!(patches(&server, "*/jobs/x").len(), 4);
    server.clear_faults();
    server.fault(On::patch("*/jobs/x"), Fault::Code(409));
    run(&server, "resume x").output().says(1, "", &["Error from server (Conflict)"]);
}

#[test]
fn a_lost_answer_is_looked_for() {
    for fault in [Fault::ApplyThenCut, Fault::ApplyThenCode(504), Fault::Code(503)] {
        let (server, job) = with_job();
        server.fault(On::patch("*/jobs/x").nth(1), fault);
        run(&server, "suspend x").output().is(0, "job.batch/x suspended\n", "");
        assert_eq!(spec(&job, "suspend"), true);
    }
}

#[test]
fn a_right_that_is_missing_is_named() {
    let (server, _) = with_job();
    server.forbid("patch", "jobs");
    for line in ["suspend x", "resume x", "scale x --parallelism 9", "cancel x"] {
        if line == "resume x" {
            continue;
        }
        let hint = ask_for_the_right("patch", "jobs.batch");
        run(&server, line).output().says(1, "", &["Error from server (Forbidden)", &hint]);
    }
}

#[test]
fn a_job_that_is_deleted_in_the_middle_ends_it_with_4() {
    let (server, job) = with_job();
    server.on_write(1, When::Before, move || job.delete());
    run(&server, "suspend x").output().says(4, "", &[&no_job("x")]);

    let (server, job) = with_job();
    server.on_write(1, When::Before, move || job.recreate());
    run(&server, "suspend x").output().is(4, "", "error: job x was deleted, and another job has its name now\n");
    assert_eq!(spec(&server.job("default", "x"), "suspend"), false, "the other one is left alone");
}

// scale

#[test]
fn lowering_below_what_runs_is_refused_unless_it_is_meant() {
    let (server, job, _) = running();
    run(&server, "scale x --parallelism 1").output().says(
        1,
        "",
        &[
            "parallelism 1 would stop 2 running indexes of job x, which start again",
            "hint: stop them: kubectl indexedjob scale x",
        ],
    );
    assert_eq!(server.writes(), 0);
    run(&server, "scale x --parallelism 5").output().is(0, "job.batch/x scaled\n", "");
    run(&server, "scale x --parallelism 5").output().is(0, "job.batch/x scaled (no change)\n", "");
    let stopped = "2 running indexes are stopped and start again later, from the beginning\n";
    run(&server, "scale x --parallelism 1 --now").output().is(0, "job.batch/x scaled\n", stopped);
    assert_eq!(spec(&job, "parallelism"), 1);
}

#[test]
fn what_began_between_the_look_and_the_patch_is_not_stopped_either() {
    let (server, job) = with_job();
    server.on_write(1, When::Before, move || job.set_status(&json!({"active": 3})));
    run(&server, "scale x --parallelism 1").output().says(1, "", &["would stop 2 running indexes of job x"]);
    assert_eq!(spec(&server.job("default", "x"), "parallelism"), 3);
}

#[test]
fn completions_change_as_the_api_allows() {
    let (server, job) = with_job();
    run(&server, "scale x --completions 8").output().is(
        2,
        "",
        "error: the API changes completions only together with parallelism, to the same number\n\
         hint: kubectl indexedjob scale x --completions 8 --parallelism 8\n",
    );
    run(&server, "scale x --completions 8 --parallelism 8").output().says(
        0,
        "job.batch/x scaled\n",
        &["indexes 6,7 are new"],
    );
    assert_eq!((spec(&job, "completions"), spec(&job, "parallelism")), (json!(8), json!(8)));
    run(&server, "scale x").output().says(2, "", &["--parallelism <N>|--completions <N>"]);
}

// suspend --drain

/// Ends these pods one after the other, each when the parallelism has followed the one before.
fn end_pods(server: &Server, job: &JobHandle, pods: &[String]) {
    let before = server.requests_to("PATCH", "*/jobs/x").len();
    for (at, pod) in pods.iter().enumerate() {
        let index = u64::try_from(at).expect("few pods");
        job.pod_becomes(pod, &Pod::new(index).succeeded());
        server.await_requests(before + at + 1, |request| request.method == "PATCH" && request.code.is_some());
    }
}

#[test]
fn a_drain_lets_what_runs_end_and_then_suspends() {
    let (server, job, pods) = running();
    let draining = run(&server, "suspend x --drain").spawn();
    draining.await_stderr("x: 3 running indexes left to end, none begins (parallelism 3)\n");
    end_pods(&server, &job, &pods);
    draining.finish().says(0, "job.batch/x suspended\n", &[]);
    let lowered: Vec<_> = patches(&server, "*/jobs/x").iter().map(|patch| patch["spec"].clone()).collect();
    let end = json!({"suspend": true, "parallelism": 3});
    assert_eq!(lowered, [json!({"parallelism": 2}), json!({"parallelism": 1}), end]);
    assert!(job.json()["metadata"]["annotations"][OWN_PARALLELISM].is_null());
}

#[test]
fn a_drain_that_is_interrupted_says_how_to_go_back() {
    let (server, job, pods) = running();
    let draining = run(&server, "suspend x --drain -n default").spawn();
    draining.await_stderr("3 running");
    end_pods(&server, &job, &pods[..1]);
    draining.await_stderr("x: 2 running indexes left");
    draining.interrupt();
    let hint = "interrupted; job x goes on with parallelism 2, lowered from 3\n\
                hint: kubectl indexedjob scale x --parallelism 3 -n default\n";
    draining.finish().says(130, "", &[hint]);
    assert_eq!((spec(&job, "suspend"), spec(&job, "parallelism")), (json!(false), json!(2)));
    run(&server, "scale x --parallelism 3").output().ends_with_code(0);
    assert!(job.json()["metadata"]["annotations"][OWN_PARALLELISM].is_null());
}

#[test]
fn a_drain_that_was_killed_is_taken_up_by_resume_and_by_the_next_drain() {
    let (server, job) = with_job();
    let lowered = || {
        job.edit(|job| {
            job["spec"]["parallelism"] = json!(1);
            job["metadata"]["annotations"] = json!({OWN_PARALLELISM: "3"});
        });
    };
    lowered();
    run(&server, "resume x").output().says(
        0,
        "job.batch/x resumed\n",
        &["its parallelism, lowered by a drain, is 3 again\n"],
    );
    assert_eq!(spec(&job, "parallelism"), 3);
    lowered();
    run(&server, "suspend x --drain").output().says(0, "job.batch/x suspended\n", &[]);
    assert_eq!((spec(&job, "suspend"), spec(&job, "parallelism")), (json!(true), json!(3)));
}

#[test]
fn a_drain_outlives_a_server_that_is_away() {
    let (server, job, pods) = running();
    let draining = run(&server, "suspend x --drain").spawn();
    draining.await_stderr("3 running");
    end_pods(&server, &job, &pods[..1]);
    draining.await_stderr("2 running");
    server.close();
    job.pod_becomes(&pods[1], &Pod::new(1).succeeded());
    std::thread::sleep(Duration::from_millis(600));
    server.open();
    server.await_requests(2, |request| request.method == "PATCH");
    job.pod_becomes(&pods[2], &Pod::new(2).succeeded());
    draining.finish().says(0, "job.batch/x suspended\n", &["(trying again)"]);
    assert_eq!((spec(&job, "suspend"), spec(&job, "parallelism")), (json!(true), json!(3)));
}

#[test]
fn a_drain_that_fails_gives_the_parallelism_back_or_says_that_it_did_not() {
    let (server, job, pods) = running();
    server.fault(On::patch("*/jobs/x").nth(2), Fault::Code(403));
    let draining = run(&server, "suspend x --drain").spawn();
    draining.await_stderr("3 running");
    end_pods(&server, &job, &pods[..2]);
    let parts = ["Error from server (Forbidden)", "its parallelism is 3 again\n"];
    draining.finish().says(1, "", &parts);
    assert_eq!((spec(&job, "suspend"), spec(&job, "parallelism")), (json!(false), json!(3)));

    let (server, job, pods) = running();
    server.fault(On::patch("*/jobs/x").from(2), Fault::Code(403));
    let draining = run(&server, "suspend x --drain").spawn();
    draining.await_stderr("3 running");
    end_pods(&server, &job, &pods[..2]);
    let hint = "hint: its parallelism is left lowered; restore it: kubectl indexedjob resume x\n";
    draining.finish().says(1, "", &["Error from server (Forbidden)", hint]);
    assert_eq!(spec(&job, "parallelism"), 2);
}

#[test]
fn a_drain_ends_when_the_job_does_or_is_deleted_or_scaled() {
    let (server, job, pods) = running();
    let draining = run(&server, "suspend x --drain").spawn();
    draining.await_stderr("3 running");
    end_pods(&server, &job, &pods[..1]);
    job.complete();
    draining.finish().says(0, "", &["job x is complete; there is nothing left to suspend\n"]);
    assert_eq!(spec(&job, "parallelism"), 3);

    let (server, job, _) = running();
    let draining = run(&server, "suspend x --drain").spawn();
    draining.await_stderr("3 running");
    job.delete();
    draining.finish().says(4, "", &[&no_job("x")]);

    let (server, job, pods) = running();
    let draining = run(&server, "suspend x --drain").spawn();
    draining.await_stderr("3 running");
    end_pods(&server, &job, &pods[..1]);
    draining.await_stderr("2 running");
    run(&server, "scale x --parallelism 6").output().ends_with_code(0);
    draining.finish().says(1, "", &["somebody else has set the parallelism of job x meanwhile"]);
    assert_eq!((spec(&job, "suspend"), spec(&job, "parallelism")), (json!(false), json!(6)));
}

#[test]
fn a_drain_does_not_wait_for_what_has_not_begun() {
    let (server, job) = with_job();
    let pod = job.add_pod(Pod::new(0).running());
    job.add_pod(Pod::new(1).unscheduled());
    job.add_pod(Pod::new(2).waiting("ImagePullBackOff", "no such image"));
    let draining = run(&server, "suspend x --drain").spawn();
    draining.await_stderr("x: 1 running index left to end, none begins (parallelism 1)\n");
    job.pod_becomes(&pod, &Pod::new(0).succeeded());
    draining.finish().says(0, "job.batch/x suspended\n", &[]);
}

// cancel

#[test]
fn an_index_is_cancelled_by_a_mark_and_a_delete_and_that_is_checked() {
    let (server, job, pods) = running();
    let at = server.job("default", "x");
    server.on_write(2, When::After, move || at.set_status(&json!({"failedIndexes": "1"})));
    run(&server, "cancel x --index 1").output().is(
        0,
        "job.batch/x index 1 cancelled\n",
        "the others go on; job x will end as failed, since it has failed indexes\n",
    );
    let uid = server.object(&Resource::core("pods"), "default", &pods[1]).expect("it has a finalizer");
    let mark = json!({"metadata": {"uid": uid["metadata"]["uid"], "annotations": {MARK: "2147483647"}}});
    assert_eq!(patches(&server, "*/pods/*"), [mark]);
    assert_eq!(server.requests_to("DELETE", "*").len(), 1);
    run(&server, "cancel x --index 1").output().says(0, "job.batch/x index 1 cancelled (no change)\n", &[]);
    assert_eq!(job.json()["metadata"]["annotations"], Value::Null, "the Job itself is left alone");
}

#[test]
fn an_index_between_two_attempts_needs_no_delete() {
    let (server, job) = with_job();
    job.add_pod(Pod::new(2).failed(1));
    let at = server.job("default", "x");
    server.on_write(1, When::After, move || at.set_status(&json!({"failedIndexes": "2"})));
    run(&server, "cancel x --state retrying").output().says(0, "job.batch/x index 2 cancelled\n", &[]);
    assert!(server.requests_to("DELETE", "*").is_empty());
}

#[test]
fn what_has_no_pod_or_has_succeeded_is_named() {
    let (server, job, _) = running();
    job.set_status(&json!({"completedIndexes": "0", "succeeded": 1}));
    let at = server.job("default", "x");
    server.on_write(2, When::After, move || at.set_status(&json!({"completedIndexes": "0,1"})));
    run(&server, "cancel x --index 0,1,4,5").output().is(
        3,
        "",
        "index 0 has succeeded\n\
         indexes 4,5 have no pods yet, and without them they cannot be cancelled\n\
         index 1 has succeeded: its program ended with 0 when it was told to stop\n",
    );
}

#[test]
fn numbers_are_those_of_the_user() {
    let (server, job, pods) = running();
    job.edit(|job| job["metadata"]["annotations"] = json!({"kubectl-indexedjob/numbers": "10-60:10"}));
    let at = server.job("default", "x");
    server.on_write(2, When::After, move || at.set_status(&json!({"failedIndexes": "2"})));
    run(&server, "cancel x --index 30").output().says(0, "job.batch/x index 30 cancelled\n", &[]);
    assert_eq!(server.requests_to("DELETE", "*")[0].path.rsplit('/').next(), Some(pods[2].as_str()));
    run(&server, "cancel x --index 2").output().says(2, "", &["index 2 is out of range: job x has indexes 10-60:10"]);
}

#[test]
fn a_mark_that_does_not_work_is_told() {
    let (server, _, _) = running();
    run(&server, "cancel x --index 1 --timeout=1s").output().is(
        124,
        "",
        "index 1 is marked, but has not been counted as failed yet\nhint: kubectl indexedjob describe x\n",
    );

    let (server, job, pods) = running();
    for write in [2, 4, 6] {
        let (at, old) = (server.job("default", "x"), if write == 2 { pods[1].clone() } else { String::new() });
        server.on_write(write, When::After, move || {
            if !old.is_empty() {
                at.remove_pod(&old);
            }
            at.add_pod(Pod::new(1).running());
        });
    }
    let text = "index 1: the controller started new pods, and took no notice of the mark on the old ones\n";
    run(&server, "cancel x --index 1").output().says(3, "", &[text]);
    assert_eq!(patches(&server, "*/pods/*").len(), 3);
    drop(job);
}

#[test]
fn what_cannot_be_cancelled_alone_is_not_touched() {
    let (server, job, _) = running();
    job.edit(|job| job["spec"]["maxFailedIndexes"] = json!(1));
    run(&server, "cancel x --index 0,1").output().says(
        1,
        "",
        &["2 indexes of job x would have failed, more than maxFailedIndexes 1", "hint: cancel the whole job"],
    );
    job.edit(|job| job["spec"]["backoffLimitPerIndex"] = Value::Null);
    run(&server, "cancel x --index 0").output().says(1, "", &["job x has no backoffLimitPerIndex", "hint: cancel the"]);
    assert_eq!(server.writes(), 0);
}

#[test]
fn an_empty_selection_cancels_nothing() {
    let (server, _, _) = running();
    for line in ["cancel x --index -", "cancel x --state failed", "cancel x --exit-code 9"] {
        run(&server, line).stdin("").output().is(0, "", "no index of job x is selected\n");
    }
    run(&server, "cancel x y --index 1").output().says(2, "", &["indexes are those of one Job"]);
    assert_eq!(server.writes(), 0);
}

#[test]
fn a_right_on_pods_that_is_missing_is_named() {
    let (server, _, _) = running();
    server.forbid("delete", "pods");
    let hint = ask_for_the_right("delete", "pods");
    run(&server, "cancel x --index 1").output().says(1, "", &["Error from server (Forbidden)", &hint]);
}

#[test]
fn conflicts_of_pods_are_answered_by_another_look() {
    let (server, _, _) = running();
    server.fault(On::patch("*/pods/*").first(2), Fault::Code(409));
    server.fault(On::delete("*/pods/*").first(1), Fault::ApplyThenCut);
    let at = server.job("default", "x");
    server.on_write(2, When::After, move || at.set_status(&json!({"failedIndexes": "1"})));
    run(&server, "cancel x --index 1").output().says(0, "job.batch/x index 1 cancelled\n", &[]);
}

#[test]
fn a_job_that_is_deleted_while_its_indexes_are_cancelled_ends_it_with_4() {
    let (server, _, _) = running();
    let at = server.job("default", "x");
    server.on_write(2, When::After, move || at.delete());
    run(&server, "cancel x --index 1").output().says(4, "", &[&no_job("x")]);
}

const PAST: (&str, &str) = ("DeadlineExceeded", "Job was active longer than specified deadline");

#[test]
fn a_job_is_cancelled_by_its_deadline_and_that_is_checked() {
    let (server, job, _) = running();
    job.edit(|job| job["spec"]["activeDeadlineSeconds"] = json!(600));
    let at = server.job("default", "x");
    server.on_write(1, When::After, move || at.doom(PAST.0, PAST.1));
    let left = "3 running indexes stopped, 0 of 6 had succeeded, finished pods and their logs stay\n";
    run(&server, "cancel x").output().is(0, "job.batch/x cancelled\n", left);
    let kept = json!({"kubectl-indexedjob/active-deadline-seconds": "600"});
    assert_eq!((spec(&job, "activeDeadlineSeconds"), &job.json()["metadata"]["annotations"]), (json!(1), &kept));
    run(&server, "cancel x").output().says(0, "job.batch/x cancelled (no change)\n", &[]);
    assert_eq!(server.writes(), 1);
}

#[test]
fn every_verb_says_that_a_job_was_cancelled() {
    let (server, job, _) = running();
    let at = server.job("default", "x");
    server.on_write(1, When::After, move || at.fail("", PAST.0, PAST.1));
    run(&server, "cancel x").output().says(0, "job.batch/x cancelled\n", &[]);

    let why = "job.batch/x failed: cancelled by kubectl indexedjob (DeadlineExceeded)\n";
    run(&server, "wait x").output().says(3, "", &[why]);
    let end: Value = serde_json::from_slice(&run(&server, "wait x --progress=json").output().stdout).unwrap();
    assert_eq!((&end["reason"], &end["cancelled"]), (&json!("DeadlineExceeded"), &json!(true)));
    let status = run(&server, "status x").output();
    let status = status.text();
    assert!(status.contains(why) && !status.contains("specified deadline"), "{status}");
    let list = run(&server, "list -o wide").output();
    let list = list.text();
    assert!(list.contains(" Cancelled ") && list.ends_with(" cancelled by kubectl indexedjob\n"), "{list}");
    for (line, job) in [("list -o json", "/items/0"), ("status x -o json", "/job")] {
        let seen: Value = serde_json::from_slice(&run(&server, line).output().stdout).unwrap();
        assert_eq!(seen.pointer(&format!("{job}/cancelled")), Some(&json!(true)), "{line}");
    }
    let described = run(&server, "describe x").output();
    let described = described.text();
    assert!(described.contains("by kubectl indexedjob (it had no activeDeadlineSeconds)\n"), "{described}");
    run(&server, "scale x --parallelism 9").output().says(1, "", &["error: job x was cancelled\n"]);

    job.edit(|job| job["spec"]["activeDeadlineSeconds"] = json!(600));
    run(&server, "wait x").output().says(3, "", &["job.batch/x failed: DeadlineExceeded: Job was active"]);
}

#[test]
fn a_job_that_does_not_fail_is_told() {
    let (server, _) = with_job();
    let text = "error: job x has got a deadline that has passed, but has not failed yet\n\
                hint: kubectl indexedjob wait x\n";
    run(&server, "cancel x --timeout=1s").output().is(124, "", text);

    let (server, _) = with_job();
    let at = server.job("default", "x");
    server.on_write(1, When::After, move || at.complete());
    run(&server, "cancel x").output().is(3, "", "job x is complete, and was not cancelled\n");
}

// delete

const DELETED: &str = "job.batch \"x\" deleted from default namespace\n";

fn config_map(server: &Server, name: &str, owner: &Value) {
    let metadata = json!({
        "name": name, "labels": {"kubectl-indexedjob/job": "x"}, "ownerReferences": owner.clone(),
    });
    server.put_object(&Resource::core("configmaps"), "default", json!({"metadata": metadata}));
}

#[test]
fn a_job_is_deleted_with_its_pods_and_stray_helpers() {
    let (server, job, _) = running();
    let owner = json!([{"apiVersion": "batch/v1", "kind": "Job", "name": "x", "uid": job.uid()}]);
    config_map(&server, "owned", &owner);
    config_map(&server, "stray", &Value::Null);
    let lines = [DELETED, "configmap \"stray\" deleted from default namespace\n"].concat();
    run(&server, "delete x").output().is(0, &lines, "");
    assert_eq!((server.jobs(), server.config_maps()), (vec![], vec![]));
    let options = server.requests_to("DELETE", "*/jobs/x")[0].json();
    assert_eq!(options["propagationPolicy"], "Background");
    run(&server, "delete x").output().is(4, "", &[&no_job("x"), WHICH_JOBS].concat());
    run(&server, "delete x --ignore-not-found").output().is(0, "", "");
}

#[test]
fn a_delete_waits_until_the_job_is_gone() {
    let (server, job) = with_job();
    job.edit(|job| job["metadata"]["finalizers"] = json!(["example.com/held"]));
    run(&server, "delete x --timeout=1s").output().says(
        124,
        DELETED,
        &["error: timed out waiting for the condition on jobs/x\n", "hint: something holds it"],
    );
    run(&server, "delete x --wait=false").output().is(0, DELETED, "");
    let waiting = run(&server, "delete x").spawn();
    server.await_watch("jobs", 2);
    assert!(waiting.goes_on());
    job.delete_for_good();
    waiting.finish().is(0, DELETED, "");
}

#[test]
fn only_jobs_that_are_meant_are_deleted() {
    let (server, _) = with_job();
    server.add_job("y", 1).complete();
    run(&server, "delete --finished").output().says(2, "", &["<NAME|--selector <LABELS>|--all>"]);
    run(&server, "delete x --finished").output().is(
        0,
        "",
        "job x is left alone: it is not finished, or not old enough\n",
    );
    run(&server, "delete --all --older-than 1d").output().is(0, "", "");
    run(&server, "delete --all --finished").output().is(0, &DELETED.replace('x', "y"), "");
    run(&server, "delete --all --older-than 1w").output().says(
        2,
        "",
        &["write 90s, 5m, 1h30m, 7d or a number of seconds"],
    );
    assert!(server.job("default", "x").exists());
}

#[test]
fn another_job_of_the_name_is_not_deleted() {
    let (server, job) = with_job();
    server.on_write(1, When::Before, move || job.recreate());
    run(&server, "delete x").output().says(4, "", &["job x was deleted, and another job has its name now"]);
    assert!(server.job("default", "x").exists());
}

#[test]
fn helpers_that_cannot_be_read_are_no_failure() {
    let (server, _) = with_job();
    server.forbid("list", "configmaps");
    run(&server, "delete x").output().says(0, DELETED, &["whether helpers are left over cannot be read: Error from"]);

    let (server, _) = with_job();
    server.fault(On::delete("*/jobs/x").nth(1), Fault::ApplyThenCut);
    run(&server, "delete x").output().is(0, DELETED, "");
}
