//! `retry` beside other retries, and of runs that were begun before: what it must not start, delete or leave behind.

use std::time::Duration;

use serde_json::json;

use crate::fake::{Fake, Fault, On, Pod, Resource, Server, When};
use crate::harness::run;
use crate::retry::{
    all_is_made, indexes_of, killed_after, nothing_done_is_lost_or_runs_again, server, server_for_edit,
    server_without_controller,
};
use crate::words::created;

const CHAIN: &str = "kubectl-indexedjob/chain";
const RETRYING: &str = "kubectl-indexedjob/retrying";

/// A later run of `x` that runs the tasks 1 and 3.
pub(crate) fn another_run(server: &Fake, name: &str) {
    let annotations = json!({
        "kubectl-indexedjob/retry": "1", "kubectl-indexedjob/retry-of": "x", "kubectl-indexedjob/first-run": "x",
        "kubectl-indexedjob/retried": "1,3",
    });
    let labels = json!({CHAIN: server.job("default", "x").uid()});
    let spec = json!({
        "completions": 5, "parallelism": 5, "completionMode": "Indexed", "backoffLimitPerIndex": 0,
        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "worker", "image": "busybox"}]}},
    });
    let metadata = json!({"name": name, "labels": labels, "annotations": annotations});
    let job = server.add_job_from("default", json!({"metadata": metadata, "spec": spec}));
    job.set_status(&json!({"completedIndexes": "0,2,4", "succeeded": 3, "active": 2, "ready": 2}));
}

#[test]
fn a_run_that_another_retry_makes_while_the_end_is_waited_for_has_to_end_too() {
    let server = Server::start();
    let job = server.add_job("x", 5);
    job.progress("0,2,4", 3);
    job.doom("FailedIndexes", "Job has failed indexes");
    let waiting = run(&server, "retry x").spawn();
    waiting.await_stderr("waiting for the pods of x to stop\n");
    another_run(&server, "x-r1");
    job.fail("1,3", "FailedIndexes", "Job has failed indexes");
    let error = "error: job x-r1 has not ended; what runs would run twice\n";
    waiting.finish().says(1, "", &["x was retried as x-r1; going on from there\n", error]);
    assert_eq!(server.jobs().len(), 2);
}

#[test]
fn pods_that_are_still_being_stopped_are_waited_for() {
    let server = server();
    let job = server.job("default", "x");
    let stopping = job.add_pod(Pod::new(3).running());
    let waiting = run(&server, "retry x").spawn();
    waiting.await_stderr("waiting for 1 pod of x to stop\n");
    assert_eq!(server.jobs().len(), 1, "nothing is made before");
    job.pod_becomes(&stopping, &Pod::new(3).failed(143));
    waiting.finish().ends_with_code(0);
    all_is_made(&server);
}

#[test]
fn a_dry_run_takes_nothing_back_and_ends_nothing() {
    for (how, suffix) in [("client", "dry run"), ("server", "server dry run")] {
        let server = server();
        killed_after(&server, 2);
        let before = server.writes();
        let undone = run(&server, &format!("retry x --undo --dry-run={how}")).output();
        undone.is(0, &format!("job.batch \"x-r1\" deleted ({suffix})\n"), "");
        server.job("default", "x").delete();
        let ended = run(&server, &format!("retry x --dry-run={how}")).output();
        let line = format!("job.batch/x-r1 created ({suffix})\n");
        ended.is(0, &line, "would go on with x-r1, which was begun before\n");
        assert_eq!(server.writes(), before);
        assert!(server.job("default", "x-r1").json()["metadata"]["annotations"][RETRYING].is_string());
    }
}

#[test]
fn a_run_without_its_source_is_ended_as_it_was_begun_or_not_at_all() {
    let server = server();
    killed_after(&server, 2);
    server.job("default", "x").delete();
    let before = server.writes();
    let flags = ["--index 1", "--env A=b", "--limits memory=1Gi", "--via=adopt", "--name y", "--parallelism 2"];
    for flag in flags.into_iter().chain(["--retries 1", "--avoid-failed-nodes", "--image busybox", "-- true"]) {
        let refused = run(&server, &format!("retry x {flag}")).output();
        let hint = "hint: kubectl indexedjob retry x-r1 ends it; kubectl indexedjob retry x-r1 --undo takes it back\n";
        refused.says(2, "", &["it can only be ended as it was begun\n", hint]);
        run(&server, &format!("retry x --undo {flag}")).output().says(2, "", &["error: --undo goes alone"]);
    }
    assert_eq!(server.writes(), before);
    run(&server, "retry x-r1").output().says(0, &created("x-r1"), &[]);
}

#[test]
fn what_a_queue_will_start_is_not_started_twice() {
    let server = Server::start();
    let job = server.add_job("x", 5);
    job.progress("0,2,4", 3);
    job.set_status(&json!({"active": 0, "ready": 0}));
    job.edit(|job| {
        job["spec"]["suspend"] = json!(true);
        job["metadata"]["labels"] = json!({"kueue.x-k8s.io/queue-name": "team"});
    });
    let error = "error: job x waits in the queue team of Kueue, which starts it; its tasks would run twice\n";
    run(&server, "retry x").output().is(1, "", &format!("{error}hint: kubectl indexedjob wait x, then retry\n"));
    assert_eq!(server.writes(), 0);
    job.edit(|job| job["metadata"]["labels"] = json!({}));
    let note = "note: job x is suspended; kubectl indexedjob resume x would run the same tasks, too\n";
    run(&server, "retry x").output().says(0, &created("x-r1"), &[note]);
}

#[test]
fn a_way_that_was_begun_is_ended_or_taken_back_before_another() {
    let server = server_for_edit();
    killed_after(&server, 2);
    let job = server.job("default", "x");
    for pod in server.objects(&Resource::core("pods")) {
        if pod["metadata"]["labels"]["batch.kubernetes.io/job-completion-index"] == "2" {
            job.remove_pod(pod["metadata"]["name"].as_str().expect("a name"));
        }
    }
    let undo = "kubectl indexedjob retry x --undo, then retry again";
    let vanished = run(&server, "retry x").output();
    vanished.says(1, "", &["the succeeded pods of 1 task are gone", &format!("hint: {undo} with --via=subset\n")]);
    let other = run(&server, "retry x --via=subset").output();
    let error = "error: job x-r1 was begun via adopt, and no other way can end it\n";
    other.says(1, "", &[error, "kubectl indexedjob retry x-r1 --undo, then retry again\n"]);
    run(&server, "retry x --undo").output().is(0, "job.batch \"x-r1\" deleted\n", "");
    run(&server, "retry x --via=subset").output().says(0, &created("x-r1"), &[]);
}

#[test]
fn a_time_to_live_is_given_back_when_the_run_was_deleted_by_hand() {
    let server = server();
    let job = server.job("default", "x");
    job.edit(|job| job["spec"]["ttlSecondsAfterFinished"] = json!(60));
    killed_after(&server, 3);
    assert!(job.json()["spec"]["ttlSecondsAfterFinished"].is_null(), "it is held off");
    server.job("default", "x-r1").delete();
    let note = "note: job x is deleted 60 seconds after its end again; at once where that is over\n";
    run(&server, "retry x --undo").output().says(0, "", &[note, "nothing to undo\n"]);
    assert_eq!(job.json()["spec"]["ttlSecondsAfterFinished"], 60);
}

#[test]
fn a_job_whose_first_answer_was_lost_is_taken_back_too() {
    let server = server();
    server.fault(On::post("*/jobs").nth(1), Fault::ApplyThenCode(504));
    server.fault(On::patch("*/jobs/x-r1/status"), Fault::Says(403, "the webhook says no"));
    run(&server, "retry x --via=status").output().says(1, "", &["the webhook says no"]);
    assert_eq!(server.jobs().len(), 1);
    nothing_done_is_lost_or_runs_again(&server);
}

#[test]
fn pods_that_are_on_their_way_when_another_is_refused_come_back() {
    let server = server_for_edit();
    server.fault(On::patch("*/pods/*").first(1), Fault::Says(403, "the webhook says no"));
    server.fault(On::patch("*/pods/*").nth(1), Fault::Delay(Duration::from_millis(500)));
    server.fault(On::patch("*/pods/*").nth(2), Fault::Delay(Duration::from_millis(500)));
    run(&server, "retry x --via=adopt").output().says(1, "", &["the webhook says no"]);
    assert_eq!(server.jobs().len(), 1);
    assert_eq!(indexes_of(&server, "x", true).len(), 5, "every pod is where it was");
    nothing_done_is_lost_or_runs_again(&server);
}

#[test]
fn a_run_that_is_released_while_it_is_taken_back_stays() {
    let server = server();
    killed_after(&server, 3);
    let other = server.clone();
    server.on_write(1, When::Before, move || {
        other.job("default", "x-r1").edit(|job| {
            job["metadata"]["annotations"].as_object_mut().expect("it has some").remove(RETRYING);
            job["spec"]["suspend"] = json!(false);
        });
    });
    let undone = run(&server, "retry x --undo").output();
    undone.says(1, "", &["error: another retry has gone on with job x-r1 meanwhile, and it runs\n"]);
    assert!(server.job("default", "x-r1").exists());
}

#[test]
fn a_job_that_was_made_is_told_whatever_cannot_be_read_afterwards() {
    let server = server();
    server.forbid("list", "pods");
    let note = "note: what job x-r1 starts first cannot be read: ";
    run(&server, "retry x").output().says(0, &created("x-r1"), &[note]);
    all_is_made(&server);
}

#[test]
fn what_an_annotation_says_cannot_move_the_cursor() {
    let server = server();
    another_run(&server, "x-r1");
    server.job("default", "x").delete();
    let job = server.job("default", "x-r1");
    job.edit(|job| job["metadata"]["annotations"]["kubectl-indexedjob/first-run"] = json!("\u{1b}]0;x\u{7}"));
    job.add_pod(Pod::new(1).failed(1));
    job.set_status(&json!({"active": 0, "ready": 0}));
    job.fail("1,3", "FailedIndexes", "Job has failed indexes");
    let output = run(&server, "retry x-r1").output();
    output.says(2, "", &["cannot name an Indexed Job"]);
    assert!(!output.stderr.contains('\u{1b}'), "{output:?}");
}

#[test]
fn a_run_whose_items_went_with_its_source_is_not_released() {
    let server = server();
    killed_after(&server, 1);
    server.job("default", "x").delete();
    let output = run(&server, "retry x").output();
    let undo = "hint: kubectl indexedjob retry x-r1 --undo\n";
    output.says(1, "", &["error: configmap x-items, which the tasks need, is gone", undo]);
    assert_eq!(server.job("default", "x-r1").json()["spec"]["suspend"], true);
}

#[test]
fn a_run_of_another_name_that_runs_already_is_left_alone_whatever_its_age() {
    let server = server();
    let other = server.clone();
    server.on_write(1, When::After, move || another_run(&other, "y"));
    let output = run(&server, "retry x").output();
    output.says(1, "", &["error: another retry was faster and has created job y\n"]);
    assert_eq!(server.jobs().len(), 2, "what this one had begun is taken back");
}

#[test]
fn each_object_is_read_three_times_however_many_there_are() {
    let server = server();
    let job = server.job("default", "x");
    let owner = json!({"apiVersion": "batch/v1", "kind": "Job", "name": "x", "uid": job.uid()});
    let names: Vec<String> = (0..6).map(|nth| format!("x-more-{nth}")).collect();
    for name in &names {
        let map = json!({"metadata": {"name": name, "ownerReferences": [owner]}, "data": {"0": "a"}});
        server.put_object(&Resource::core("configmaps"), "default", map);
    }
    job.edit(|job| {
        let volumes = &mut job["spec"]["template"]["spec"]["volumes"];
        let more = names.iter().map(|name| json!({"name": name, "configMap": {"name": name}}));
        volumes.as_array_mut().expect("it has some").extend(more);
    });
    run(&server, "retry x").output().says(0, &created("x-r1"), &[]);
    for name in &names {
        let reads = server.requests_to("GET", &format!("*/configmaps/{name}")).len();
        let writes = server.requests_to("PATCH", &format!("*/configmaps/{name}")).len();
        assert_eq!((reads, writes), (3, 1), "once to copy it, once when the Job is there, once before the release");
    }
    assert!(server.requests_to("GET", "*/jobs").len() <= 6);
}

#[test]
fn while_nothing_is_counted_pods_are_not_read_again_and_again() {
    let server = server_without_controller();
    server.forbid("patch", "jobs/status");
    let waiting = run(&server, "retry x --via=adopt").spawn();
    waiting.await_stderr("0 of 3 pods counted by the job controller\n");
    let before = (server.requests_to("GET", "*/pods").len(), server.requests_to("GET", "*/jobs/x-r1").len());
    std::thread::sleep(Duration::from_secs(7));
    let looks = server.requests_to("GET", "*/jobs/x-r1").len() - before.1;
    assert!(looks >= 5, "the Job is asked: {looks}");
    assert_eq!(server.requests_to("GET", "*/pods").len(), before.0);
    server.run_controller();
    waiting.finish().says(0, &created("x-r1"), &[]);
    all_is_made(&server);
}

#[test]
fn what_a_dry_run_prints_is_what_a_retry_goes_on_with() {
    let server = server();
    let printed = run(&server, "retry x --dry-run=client -o json").output();
    printed.says(0, printed.text(), &["note: it is suspended until it knows what is done; the same retry goes on"]);
    server.add_job_from("default", serde_json::from_str(printed.text()).expect("JSON"));
    assert!(indexes_of(&server, "x-r1", true).is_empty());
    run(&server, "retry x").output().says(0, &created("x-r1"), &["going on with x-r1, which was begun before\n"]);
    all_is_made(&server);
}
