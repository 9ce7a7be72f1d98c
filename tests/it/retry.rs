//! `retry`: what is sent, in which order, and what is left when it is cut short.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::create::writes;
use crate::fake::{Fault, Gate, On, Pod, Recorded, Resource, Server, When};
use crate::harness::{Output, Run, run};
use crate::words::{condition_met, created, no_job};

const RETRYING: &str = "kubectl-indexedjob/retrying";

/// A server with the Job `x`, of whose five indexes 0, 2 and 4 succeeded, a ConfigMap of it, and a controller.
pub(crate) fn server() -> Server {
    let server = server_without_controller();
    server.run_controller();
    server
}

/// The same while the controller is away.
pub(crate) fn server_without_controller() -> Server {
    let server = Server::start();
    let container = json!({"name": "worker", "image": "busybox", "command": ["true"]});
    let volume = json!({"name": "input", "configMap": {"name": "x-items"}});
    let pod = json!({"restartPolicy": "Never", "containers": [container], "volumes": [volume]});
    let spec = json!({
        "completions": 5, "parallelism": 5, "completionMode": "Indexed", "backoffLimitPerIndex": 0,
        "template": {"spec": pod}, "newerThanUs": {"deep": [1]},
    });
    let annotations = json!({"kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "a"});
    let manifest = json!({"metadata": {"name": "x", "annotations": annotations}, "spec": spec});
    let job = server.add_job_from("default", manifest);
    job.progress("0,2,4", 3);
    for index in 0..5 {
        let pod = Pod::new(index);
        job.add_pod(if index % 2 == 0 { pod.succeeded() } else { pod.failed(1) });
    }
    job.fail("1,3", "FailedIndexes", "Job has failed indexes");
    let owner = json!({"apiVersion": "batch/v1", "kind": "Job", "name": "x", "uid": job.uid()});
    let map = json!({"metadata": {"name": "x-items", "ownerReferences": [owner]}, "data": {"0": "a"}});
    server.put_object(&Resource::core("configmaps"), "default", map);
    server
}

/// The same for somebody who has no more than `edit`.
pub(crate) fn server_for_edit() -> Server {
    let server = server();
    server.forbid("patch", "jobs/status");
    server
}

const BOTH: [fn() -> Server; 2] = [server, server_for_edit];

/// The indexes of the pods that belong to this Job, as it started or was given them.
pub(crate) fn indexes_of(server: &Server, name: &str, started: bool) -> Vec<String> {
    let uid = server.job("default", name).uid();
    let own = server.objects(&Resource::core("pods")).into_iter().filter(|pod| {
        let metadata = &pod["metadata"];
        let is_own = metadata["name"].as_str().is_some_and(|pod| pod.starts_with(&format!("{name}-")));
        metadata["ownerReferences"][0]["uid"] == uid.as_str() && is_own == started
    });
    let index =
        |pod: Value| pod["metadata"]["labels"]["batch.kubernetes.io/job-completion-index"].as_str().map(str::to_owned);
    own.filter_map(index).collect()
}

/// The new run is there, ready, and has run nothing but what failed; nothing of what was done is lost.
#[track_caller]
pub(crate) fn all_is_made(server: &Server) {
    let job = server.job("default", "x-r1").json();
    assert_eq!(job["status"]["completedIndexes"], "0-4", "{job:#}");
    assert!(job["metadata"]["annotations"][RETRYING].is_null() && job["spec"]["suspend"] == false, "{job:#}");
    assert_eq!(indexes_of(server, "x-r1", true), ["1", "3"], "only what failed runs");
    let owners = server.config_maps()[0]["metadata"]["ownerReferences"].clone();
    let owners = owners.as_array().expect("it has owners");
    for job in server.jobs() {
        assert!(owners.iter().any(|owner| owner["uid"] == job["metadata"]["uid"]), "{owners:?}");
    }
    assert_eq!(server.jobs().len(), 2);
}

/// Whatever happened: what is done is not run, and is known somewhere.
#[track_caller]
pub(crate) fn nothing_done_is_lost_or_runs_again(server: &Server) {
    let pods = server.objects(&Resource::core("pods"));
    for index in ["0", "2", "4"] {
        let label = |pod: &&Value| pod["metadata"]["labels"]["batch.kubernetes.io/job-completion-index"] == index;
        let of_index: Vec<_> = pods.iter().filter(label).collect();
        assert_eq!(of_index.len(), 1, "index {index} ran once and has a pod: {of_index:#?}");
        assert!(of_index[0]["metadata"]["ownerReferences"][0]["uid"].is_string(), "it has an owner");
    }
    assert_eq!(server.job("default", "x").json()["status"]["completedIndexes"], "0,2,4");
}

#[test]
fn a_status_is_told_what_is_done_between_a_suspended_job_and_its_release() {
    let server = server();
    let output = run(&server, "retry x --env A=b --parallelism 2").output();
    output.is(0, &created("x-r1"), "retrying tasks 1,3 of 5 of x as x-r1, via status\n");
    assert_eq!(
        writes(&server),
        ["POST selfsubjectaccessreviews", "POST jobs", "PATCH x-items", "PATCH status", "PATCH x-r1"]
    );
    let requests = server.requests();
    let post = requests.iter().find(|r| r.method == "POST" && r.path.ends_with("/jobs")).expect("a POST").json();
    assert_eq!(post["spec"]["suspend"], true);
    assert_eq!(post["spec"]["newerThanUs"], json!({"deep": [1]}), "fields that are newer than this program stay");
    assert_eq!((&post["spec"]["parallelism"], &post["metadata"]["annotations"]["team"]), (&json!(2), &json!("a")));
    assert_eq!(post["spec"]["template"]["spec"]["containers"][0]["env"], json!([{"name": "A", "value": "b"}]));
    assert!(post["spec"]["selector"].is_null() && post["status"].is_null(), "{post:#}");
    assert!(!post.to_string().contains("controller-uid") && !post.to_string().contains("last-applied"), "{post:#}");
    let status = requests.iter().find(|r| r.path.ends_with("/status")).expect("a PATCH").json();
    assert_eq!(status["status"], json!({"completedIndexes": "0,2,4"}));
    all_is_made(&server);
    nothing_done_is_lost_or_runs_again(&server);
}

#[test]
fn who_may_only_edit_takes_over_the_pods() {
    let server = server_for_edit();
    let output = run(&server, "retry x").output();
    output.says(0, &created("x-r1"), &["via adopt: you may not patch jobs/status\n", "as x-r1, via adopt\n"]);
    all_is_made(&server);
    nothing_done_is_lost_or_runs_again(&server);
    let given = indexes_of(&server, "x-r1", false);
    assert_eq!(given, ["0", "2", "4"]);
    let refused = run(&server, "retry x --via=status").output();
    refused.says(0, "", &["nothing to retry"]);
    let server = server_for_edit();
    let refused = run(&server, "retry x --via=status").output();
    refused.says(
        1,
        "",
        &[
            "error: --via=status needs the right to patch jobs/status",
            "kubectl auth can-i patch jobs --subresource=status -n default\n",
        ],
    );
    assert_eq!(server.jobs().len(), 1);
}

#[test]
fn the_logs_of_what_was_taken_over_are_not_printed_again() {
    let server = server_for_edit();
    run(&server, "retry x --logs").output().ends_with_code(0);
    let read: Vec<String> =
        server.requests_to("GET", "*/pods/*/log").into_iter().map(|request| request.path.clone()).collect();
    assert!(read.len() == 2 && read.iter().all(|path| path.contains("/x-r1-")), "{read:?}");
}

/// `retry x`, killed after its k-th write that changes something; None where it made fewer.
pub(crate) fn killed_after(server: &Server, k: u64) -> Output {
    let (send, receive) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
    let (killed, gone) = mpsc::channel();
    server.on_write(k, When::After, move || {
        receive.recv().expect("the test has started it")();
        killed.send(()).expect("the test waits");
    });
    let running = run(server, "retry x").spawn();
    send.send(Box::new(running.killer())).expect("the hook waits");
    gone.recv_timeout(Duration::from_secs(30)).expect("the write came");
    running.finish()
}

#[test]
pub(crate) fn killed_after_any_write_the_next_run_goes_on() {
    for (make, count) in BOTH.into_iter().zip([4, 6]) {
        for k in 1..=count {
            let server = make();
            assert_eq!(killed_after(&server, k).code, None, "{k}");
            nothing_done_is_lost_or_runs_again(&server);
            let again = run(&server, "retry x").output();
            match k == count {
                true => again.says(0, "", &["x was retried as x-r1; going on from there\n", "nothing to retry\n"]),
                false => again.says(0, &created("x-r1"), &["going on with x-r1, which was begun before\n"]),
            }
            all_is_made(&server);
            nothing_done_is_lost_or_runs_again(&server);
        }
    }
}

#[test]
fn a_run_that_does_not_know_what_is_done_is_not_let_run() {
    for (make, count) in BOTH.into_iter().zip([4, 6]) {
        for k in 1..count {
            let server = make();
            killed_after(&server, k);
            let line = "job x-r1 was begun by a retry that did not end; it does not know yet which tasks are done\n";
            let hint = "hint: give the same retry command again, or take it back: \
                        kubectl indexedjob retry x-r1 --undo\n";
            for verb in ["resume x-r1", "scale x-r1 --parallelism 2", "cancel x-r1", "cancel x-r1 --index 1"] {
                run(&server, verb).output().is(1, "", &format!("error: {line}{hint}"));
            }
            let described = run(&server, "describe x-r1").output();
            let text = described.text();
            assert!(text.contains("kubectl indexedjob retry x-r1 --undo\n"), "{text}");
            assert!(!text.contains("indexedjob resume"), "{text}");
            assert!(indexes_of(&server, "x-r1", true).is_empty());
            run(&server, "retry x-r1").output().says(0, &created("x-r1"), &[]);
            all_is_made(&server);
        }
    }
}

#[test]
pub(crate) fn killed_after_any_write_undo_takes_all_back() {
    for (make, count) in BOTH.into_iter().zip([4, 6]) {
        for k in 1..count {
            let server = make();
            killed_after(&server, k);
            run(&server, "retry x --undo").output().is(0, "job.batch \"x-r1\" deleted\n", "");
            assert_eq!(server.jobs().len(), 1);
            assert_eq!(indexes_of(&server, "x", true).len(), 5, "every pod is where it was");
            run(&server, "retry x").output().ends_with_code(0);
            all_is_made(&server);
            nothing_done_is_lost_or_runs_again(&server);
        }
    }
}

#[test]
fn answers_that_are_lost_are_looked_after() {
    for make in BOTH {
        for path in ["*/jobs", "*/configmaps/x-items", "*/jobs/x-r1/status", "*/jobs/x-r1", "*/pods/*"] {
            for fault in [Fault::ApplyThenCut, Fault::ApplyThenCode(504), Fault::Code(503)] {
                let server = make();
                let on = if path == "*/jobs" { On::post(path) } else { On::patch(path) };
                server.fault(on.nth(1), fault.clone());
                let first = run(&server, "retry x").output();
                nothing_done_is_lost_or_runs_again(&server);
                if first.code != Some(0) {
                    assert!(path == "*/jobs", "{path} {fault:?} {first:?}");
                    run(&server, "retry x").output().ends_with_code(0);
                }
                all_is_made(&server);
                nothing_done_is_lost_or_runs_again(&server);
            }
        }
    }
}

#[test]
fn what_fails_for_good_is_taken_back() {
    for (path, way) in [("*/jobs/x-r1/status", "--via=status"), ("*/pods/*", "--via=adopt"), ("*/configmaps/*", "")] {
        let server = server();
        server.fault(On::patch(path), Fault::Says(403, "the webhook says no"));
        let output = run(&server, &format!("retry x {way}")).output();
        output.says(1, "", &["the webhook says no"]);
        assert_eq!(server.jobs().len(), 1, "{path}");
        nothing_done_is_lost_or_runs_again(&server);
        assert_eq!(indexes_of(&server, "x", true).len(), 5);
    }
}

#[test]
fn where_a_policy_forbids_what_the_roles_allow_the_next_way_is_taken() {
    for code in [400, 403, 422] {
        let server = server();
        server.fault(On::patch("*/jobs/x-r1/status"), Fault::Says(code, "the webhook says no"));
        let output = run(&server, "retry x").output();
        let parts =
            ["via status is not possible: ", "the webhook says no\n", "via adopt: jobs/status may not be patched\n"];
        output.says(0, &created("x-r1"), &parts);
        all_is_made(&server);
        nothing_done_is_lost_or_runs_again(&server);
    }
    let server = server_for_edit();
    server.set_version("v1.37.1");
    server.fault(On::patch("*/pods/*").from(2), Fault::Says(403, "the webhook says no"));
    let output = run(&server, "retry x").output();
    // What was handed over before is given back, or the smaller Job would be nobody's.
    output.says(1, "", &["the webhook says no", "hint: kubectl indexedjob retry x --undo\n"]);
    nothing_done_is_lost_or_runs_again(&server);
    server.clear_faults();
    server.fault(On::patch("*/pods/*"), Fault::Says(403, "the webhook says no"));
    run(&server, "retry x --undo").output().ends_with_code(1);
    server.clear_faults();
    run(&server, "retry x --undo").output().is(0, "job.batch \"x-r1\" deleted\n", "");
    assert_eq!(indexes_of(&server, "x", true).len(), 5, "every pod is where it was");
    server.fault(On::patch("*/pods/*"), Fault::Says(403, "the webhook says no"));
    let output = run(&server, "retry x").output();
    output.says(0, &created("x-r1"), &["via adopt is not possible: ", "as x-r1, via subset\n"]);
    assert_eq!(server.job("default", "x-r1").json()["spec"]["completions"], 2);
}

#[test]
fn a_server_that_does_not_know_the_roles_yet_is_no_reason_to_give_up() {
    for make in BOTH {
        let server = make();
        let other = server.clone();
        let deny = Fault::Says(403, "jobs is forbidden");
        server.on_write(1, When::After, move || other.fault(On::get("*/namespaces/*").first(1), deny));
        let first = run(&server, "retry x").output();
        let hint = "hint: job x-r1 is half-made and suspended; the same command goes on, and this takes it back: ";
        first.says(1, "", &["jobs is forbidden\n", hint]);
        run(&server, "retry x").output().says(0, &created("x-r1"), &["going on with x-r1"]);
        all_is_made(&server);
        nothing_done_is_lost_or_runs_again(&server);
    }
}

#[test]
fn a_server_that_is_away_after_any_step_comes_back_to_the_same() {
    for (make, count) in BOTH.into_iter().zip([4, 6]) {
        for k in 1..=count {
            for (requests, timeout) in [(2, "5s"), (u64::MAX, "1s")] {
                let server = make();
                let other = server.clone();
                let away = move || other.fault(On::any("*").first(requests), Fault::Code(503));
                server.on_write(k, When::After, away);
                let first = run(&server, &format!("retry x --request-timeout={timeout}")).output();
                nothing_done_is_lost_or_runs_again(&server);
                let is_last = k == count;
                assert!(requests > 2 || first.code == Some(0), "after step {k}: {first:?}");
                if first.code != Some(0) {
                    assert!(first.code == Some(1), "after step {k}: {first:?}");
                    server.clear_faults();
                    let again = run(&server, "retry x").output();
                    let want = if is_last { String::new() } else { created("x-r1") };
                    again.says(0, &want, &[]);
                }
                all_is_made(&server);
                nothing_done_is_lost_or_runs_again(&server);
            }
        }
    }
}

#[test]
fn of_two_retries_at_once_one_wins_and_the_other_says_so() {
    for make in BOTH {
        for other in ["retry x", "retry x --env B=1"] {
            let (server, gate) = (make(), Gate::shut());
            server.fault(On::post("*/jobs").nth(1), Fault::Until(gate.clone()));
            let slow = run(&server, "retry x").spawn();
            server.await_requests(1, |request| request.method == "POST" && request.path.ends_with("/jobs"));
            run(&server, other).output().says(0, &created("x-r1"), &[]);
            gate.open();
            slow.finish().says(1, "", &[&format!("{FASTER}hint: kubectl indexedjob wait x-r1")]);
            all_is_made(&server);
            nothing_done_is_lost_or_runs_again(&server);
        }
    }
}

/// What the one says that has lost.
const FASTER: &str = "error: another retry was faster and has created job x-r1\n";

/// One has begun a run when the other, which is the same, comes along and ends it.
#[test]
fn of_two_equal_retries_at_once_one_may_take_up_what_the_other_has_begun() {
    for (make, told) in BOTH.into_iter().zip(["*/jobs/x-r1/status", "*/pods/*"]) {
        let (server, gate) = (make(), Gate::shut());
        server.fault(On::patch(told).nth(1), Fault::Until(gate.clone()));
        let slow = run(&server, "retry x").spawn();
        let is_told = |path: &str| path.ends_with("/status") || path.contains("/pods/");
        server.await_requests(1, |request| request.method == "PATCH" && is_told(&request.path));
        run(&server, "retry x").output().says(0, &created("x-r1"), &["going on with x-r1, which was begun before\n"]);
        gate.open();
        slow.finish().says(1, "", &[FASTER]);
        all_is_made(&server);
        nothing_done_is_lost_or_runs_again(&server);
    }
}

/// One begins a run, the other finds it, and the first lets it run before the other has looked at how it was begun.
#[test]
fn a_run_that_another_retry_ends_is_not_said_to_be_made_by_this_one() {
    for make in BOTH {
        for late in ["retry x", "retry x --env B=1"] {
            let (server, gate) = (make(), Gate::shut());
            killed_after(&server, 1);
            server.fault(On::get("*/jobs/x-r1").nth(1), Fault::Until(gate.clone()));
            let before = server.requests_to("GET", "*/jobs/x-r1").len();
            let slow = run(&server, late).spawn();
            let is_look = |request: &Recorded| request.method == "GET" && request.path.ends_with("/jobs/x-r1");
            server.await_requests(before + 1, is_look);
            run(&server, "retry x").output().says(0, &created("x-r1"), &[]);
            gate.open();
            slow.finish().says(1, "", &["going on with x-r1, which was begun before\n", FASTER]);
            all_is_made(&server);
            nothing_done_is_lost_or_runs_again(&server);
        }
    }
}

#[test]
fn a_retry_of_another_name_at_the_same_time_gives_way() {
    let (server, gate) = (server(), Gate::shut());
    server.fault(On::post("*/jobs").nth(1), Fault::Until(gate.clone()));
    let slow = run(&server, "retry x --name late").spawn();
    server.await_requests(1, |request| request.method == "POST" && request.path.ends_with("/jobs"));
    run(&server, "retry x").output().says(0, &created("x-r1"), &[]);
    gate.open();
    slow.finish().says(1, "", &[FASTER]);
    all_is_made(&server);
}

/// No pod that was made for `x-r1` has one of the indexes that are done.
#[track_caller]
fn nothing_done_runs_again(server: &Server, why: &str) {
    if server.jobs().iter().any(|job| job["metadata"]["name"] == "x-r1") {
        let ran = indexes_of(server, "x-r1", true);
        assert!(ran.iter().all(|index| ["1", "3"].contains(&index.as_str())), "{why}: {ran:?}");
    }
}

#[test]
fn a_source_that_is_deleted_at_any_step_is_told_or_not_needed() {
    for (make, count) in BOTH.into_iter().zip([4, 6]) {
        for k in 1..=count {
            let server = make();
            let other = server.clone();
            server.on_write(k, When::Before, move || other.job("default", "x").delete());
            let output = run(&server, "retry x").output();
            nothing_done_runs_again(&server, &format!("deleted before step {k}: {output:?}"));
            match (count, k) {
                // The ConfigMap has another owner by then, and what is done is in an annotation, or was handed over.
                (4, 3..) | (6, 6) => {
                    output.says(0, &created("x-r1"), &[]);
                    assert_eq!(server.job("default", "x-r1").json()["status"]["completedIndexes"], "0-4");
                }
                (_, 1 | 2) => output.says(1, "", &["error: configmap x-items, which the tasks need, is gone"]),
                // Its pods went along.
                _ => output.says(1, "", &[" are gone or were taken by another retry\n"]),
            }
        }
    }
}

#[test]
fn a_run_that_was_begun_is_ended_without_its_source() {
    let server = server();
    killed_after(&server, 2);
    server.job("default", "x").delete();
    let again = run(&server, "retry x").output();
    again.says(0, &created("x-r1"), &["going on with x-r1, which was begun before\n"]);
    assert_eq!(server.job("default", "x-r1").json()["status"]["completedIndexes"], "0-4");
    assert_eq!(indexes_of(&server, "x-r1", true), ["1", "3"]);
}

#[test]
fn a_time_to_live_that_is_held_off_is_that_of_the_new_job_too() {
    for (make, count) in BOTH.into_iter().zip([6, 8]) {
        for k in 1..count {
            let server = make();
            server.job("default", "x").edit(|job| job["spec"]["ttlSecondsAfterFinished"] = json!(60));
            killed_after(&server, k);
            run(&server, "retry x").output().says(
                0,
                &created("x-r1"),
                &["going on with x-r1, which was begun before\n"],
            );
            all_is_made(&server);
            for job in server.jobs() {
                assert_eq!(job["spec"]["ttlSecondsAfterFinished"], 60, "killed after step {k}: {job:#}");
            }
        }
    }
}

#[test]
fn a_time_to_live_does_not_take_the_source_along() {
    for make in BOTH {
        let server = make();
        server.job("default", "x").edit(|job| job["spec"]["ttlSecondsAfterFinished"] = json!(60));
        run(&server, "retry x").output().says(0, &created("x-r1"), &[]);
        let patches: Vec<_> =
            server.requests_to("PATCH", "*/jobs/x").iter().map(|r| r.json()["spec"].clone()).collect();
        let (held, free) = (json!({"ttlSecondsAfterFinished": null}), json!({"ttlSecondsAfterFinished": 60}));
        assert_eq!(patches, [held, free]);
        all_is_made(&server);
    }
}

#[test]
fn what_still_runs_is_not_run_twice() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.progress("0", 1);
    let hint = "hint: kubectl indexedjob wait x, or kubectl indexedjob cancel x; then retry\n";
    let want = format!("error: job x has not ended; what runs would run twice\n{hint}");
    run(&server, "retry x").output().is(1, "", &want);
    job.edit(|job| job["spec"]["suspend"] = json!(true));
    let want = format!("error: job x is suspended, but pods of it are still there; what runs would run twice\n{hint}");
    run(&server, "retry x").output().is(1, "", &want);
    run(&server, "retry y").output().says(4, "", &[&no_job("y")]);
    assert_eq!(server.jobs().len(), 1);
    job.set_status(&json!({"active": 0, "ready": 0}));
    run(&server, "retry x").output().says(0, &created("x-r1"), &["retrying tasks 1,2 of 3 of x as x-r1"]);
}

#[test]
fn nothing_left_is_no_job() {
    let server = Server::start();
    server.add_job("x", 3).complete();
    run(&server, "retry x").output().is(0, "", "x: all 3 tasks are done; nothing to retry\n");
    let server = self::server();
    let picked = run(&server, "retry x --index 0,2").output();
    picked.is(0, "", "x: all 2 tasks that were picked are done; nothing to retry\n");
    let none = run(&server, "retry x").args(["--index", ""]).output();
    none.is(0, "", "x: no task was picked; nothing to retry\n");
    let out = run(&server, "retry x --index 7").output();
    out.is(2, "", "error: index 7 is out of range: job x has indexes 0-4\n");
    assert_eq!(server.jobs().len(), 1);
}

#[test]
fn what_nobody_asked_for_stays_to_be_done() {
    let server = server();
    let first = run(&server, "retry x --index 0,1").output();
    let parts = ["task 0 succeeded already", "retrying task 1 of 5 of x as x-r1", "task 3 is not done either"];
    first.says(0, &created("x-r1"), &parts);
    assert_eq!(indexes_of(&server, "x-r1", true), ["1"]);
    let second = run(&server, "retry x").output();
    second.says(0, &created("x-r2"), &["x was retried as x-r1", "retrying task 3 of 5 of x-r1 as x-r2"]);
    assert_eq!(indexes_of(&server, "x-r2", true), ["3"]);
    run(&server, "retry x").output().says(0, "", &["nothing to retry\n"]);
}

#[test]
fn what_was_left_out_is_nowhere_said_to_have_succeeded() {
    let server = server();
    run(&server, "retry x --index 1").output().says(0, &created("x-r1"), &["task 3 is not done either"]);
    let all = run(&server, "status x-r1 --state all -o csv").output();
    let states: Vec<&str> = all.text().lines().skip(1).filter_map(|row| row.split(',').nth(2)).collect();
    assert_eq!(states, ["succeeded", "succeeded", "succeeded", "skipped", "succeeded"]);
    let summary = run(&server, "status x-r1").output();
    let row = summary.text().lines().find(|line| line.starts_with('3')).expect("a row of it");
    assert!(row.contains("skipped") && row.contains("left out by the retry that made the Job"), "{summary:?}");
    assert!(summary.text().contains("x-r1: 4/5 succeeded, 1 skipped\n"), "{summary:?}");
    assert_eq!(run(&server, "status x-r1 --state skipped -o ranges").output().text(), "3\n");
    assert_eq!(run(&server, "status x-r1 --map").output().text().lines().next(), Some("0 ###-#"));
    let listed = run(&server, "list").output();
    let row = listed.text().lines().find(|line| line.starts_with("x-r1")).expect("a row of it");
    assert!(row.contains("4/5") && row.contains("Skipped"), "{listed:?}");
    let described = run(&server, "describe x-r1").output();
    let text = described.text();
    assert!(text.contains("  Succeeded:  4 of 5 indexes\n  Skipped:    3 (1 index)\n"), "{text}");
    let left_out = "skipped: index 3 (1 of 5): the retry that made the Job left it out\n";
    let hint = "hint: kubectl indexedjob retry x-r1\n";
    run(&server, "wait x-r1").output().is(0, &condition_met("x-r1"), &format!("{left_out}{hint}"));
    let never = "error: condition can no longer be met for jobs/x-r1: \
                 1 of 1 was left out by the retry that made the Job\n";
    run(&server, "wait x-r1 --index 3").output().says(3, "", &[never]);
    run(&server, "wait x-r1 --index 1").output().is(0, &condition_met("x-r1"), "");
    let logs = run(&server, "logs x-r1 --state succeeded --prefix=always").output();
    assert!(!logs.text().contains("[3]"), "what failed is no log of a success: {logs:?}");
    let never_ran = "error: index 3 was left out by the retry that made the Job, and never ran in it\n";
    run(&server, "logs x-r1 --index 3").output().is(1, "", never_ran);
    run(&server, "retry x --state skipped").output().says(0, &created("x-r2"), &["retrying task 3 of 5"]);
    let done = "x-r1: retried as x-r2 (1/1 done)\n";
    run(&server, "wait x-r1").output().is(0, &condition_met("x-r1"), &format!("{left_out}{done}"));
}

#[test]
fn a_dry_run_tells_the_way_the_tasks_the_command_and_what_is_other() {
    let shown = "tasks:    1,3
runs:     echo 'a b' (container worker)
changes:  parallelism: 2, was 5
          template.spec.containers[worker].command: [\"echo\",\"a b\"], was [\"true\"]
          template.spec.containers[worker].env[A]: \"b\"
";
    for (make, way) in BOTH.into_iter().zip(["status", "adopt"]) {
        for (how, suffix) in [("client", "dry run"), ("server", "server dry run")] {
            let server = make();
            let line = format!("retry x --env A=b --parallelism 2 --dry-run={how} --");
            let output = run(&server, &line).args(["echo", "a b"]).output();
            let note = format!("would retry tasks 1,3 of 5 of x as x-r1, via {way}\n");
            output.says(0, &format!("job.batch/x-r1 created ({suffix})\n{shown}"), &[&note]);
            assert_eq!((server.writes(), server.jobs().len()), (0, 1), "{way} {how}");
        }
    }
    let same = run(&server(), "retry x --dry-run=client").output();
    assert!(same.text().ends_with("changes:  nothing\n"), "{same:?}");
}

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_said_to_be_done() {
    let server = server();
    let image = run(&server, "retry x").args(["--image", ""]).output();
    image.is(2, "", "error: no image given\nhint: give --image one, or leave it out: the old one stays\n");
    let taken = "error: job x already exists, and is one of the runs\n\
                 hint: give the new Job another name, or leave --name out\n";
    run(&server, "retry x --name x").output().is(2, "", taken);
    let latest = run(&server, "retry @latest --index 1").output();
    latest.says(2, "", &["error: @latest is only for verbs", "hint: kubectl indexedjob retry x --index 1\n"]);
    server.job("default", "x").edit(|job| {
        job["metadata"]["annotations"]["long"] = json!("a".repeat(262_100));
    });
    let long = run(&server, "retry x").output();
    long.says(2, "", &["error: the annotations take ", " bytes, and 262144 are the most\n"]);
    assert_eq!((server.writes(), server.jobs().len()), (0, 1));
}

#[test]
fn a_run_that_was_begun_is_not_said_to_have_been_retried_by_the_one_before_it() {
    let server = server();
    killed_after(&server, 1);
    let begun = run(&server, "retry x-r1").output();
    begun.says(0, &created("x-r1"), &["going on with x-r1, which was begun before\n"]);
    assert!(!begun.stderr.contains("was retried as"), "{begun:?}");
}

#[test]
fn the_last_line_of_progress_tells_that_all_is_done() {
    let server = server_for_edit();
    let output = run(&server, "retry x").output();
    assert!(output.stderr.contains("3 of 3 pods handed over\n"), "{output:?}");
}

#[test]
fn what_cancel_changed_is_as_before() {
    let server = server();
    server.job("default", "x").edit(|job| {
        job["spec"]["activeDeadlineSeconds"] = json!(1);
        job["spec"]["parallelism"] = json!(0);
        let annotations = &mut job["metadata"]["annotations"];
        annotations["kubectl-indexedjob/parallelism"] = json!("4");
        annotations["kubectl-indexedjob/active-deadline-seconds"] = json!("");
    });
    let json: Value =
        serde_json::from_str(run(&server, "retry x --dry-run=client -o json").output().text()).expect("JSON");
    assert_eq!((&json["spec"]["parallelism"], &json["spec"]["activeDeadlineSeconds"]), (&json!(4), &Value::Null));
    assert!(!json.to_string().contains("kubectl-indexedjob/parallelism"));
    assert_eq!(json["spec"]["suspend"], true, "created from this, it would run again what is done");
    assert_eq!(server.writes(), 0);
}

#[test]
fn a_smaller_job_has_only_what_is_left_and_calls_it_by_its_numbers() {
    let server = server_for_edit();
    let job = server.job("default", "x");
    for pod in server.objects(&Resource::core("pods")) {
        if pod["status"]["phase"] == "Succeeded" {
            job.remove_pod(pod["metadata"]["name"].as_str().expect("a name"));
        }
    }
    let output = run(&server, "retry x").output();
    let why = "via subset: you may not patch jobs/status, and the pods of 3 done tasks are gone\n";
    output.says(0, &created("x-r1"), &[why, "retrying tasks 1,3 of 5 of x as x-r1, via subset\n"]);
    let new = server.job("default", "x-r1").json();
    assert_eq!((&new["spec"]["completions"], &new["status"]["completedIndexes"]), (&json!(2), &json!("0,1")));
    assert_eq!(new["metadata"]["annotations"]["kubectl-indexedjob/numbers"], "1,3");
    assert!(new["metadata"]["annotations"][RETRYING].is_null() && new["spec"]["suspend"] == false);
    let env = &new["spec"]["template"]["spec"]["containers"][0]["env"][0];
    assert_eq!((&env["name"], env["valueFrom"]["fileKeyRef"].is_object()), (&json!("JOB_COMPLETION_INDEX"), true));
    run(&server, "retry x").output().says(0, "", &["all 5 tasks are done; nothing to retry\n"]);
}

#[test]
fn what_a_smaller_run_was_given_is_that_of_the_next_one_too() {
    // No more run at a time than there are.
    for (via, parallelism) in [("status", 3), ("subset", 1)] {
        let server = server();
        server.set_version("v1.37.1");
        let first = run(&server, "retry x --index 1 --via=subset --env A=1 --parallelism 3").args(["--", "fixed"]);
        first.output().says(0, &created("x-r1"), &["retrying task 1 of 5 of x as x-r1, via subset\n"]);
        let second = run(&server, &format!("retry x --via={via} --env B=2")).output();
        second.says(0, &created("x-r2"), &[&format!("retrying task 3 of 5 of x as x-r2, via {via}\n")]);
        assert!(!second.stderr.contains("note:"), "{second:?}");
        let spec = &server.job("default", "x-r2").json()["spec"];
        let container = &spec["template"]["spec"]["containers"][0];
        assert_eq!((&container["command"], &spec["parallelism"]), (&json!(["fixed"]), &json!(parallelism)));
        let given = |name: &str| container["env"].as_array().unwrap().iter().any(|variable| variable["name"] == name);
        assert!(given("A") && given("B"), "{container}");
    }
}

#[test]
fn where_it_is_not_known_what_a_smaller_run_was_given_that_is_said() {
    let server = server();
    server.set_version("v1.37.1");
    run(&server, "retry x --index 1 --via=subset").args(["--", "fixed"]).output().says(0, &created("x-r1"), &[]);
    server.job("default", "x-r1").edit(|job| {
        job["metadata"]["annotations"].as_object_mut().expect("it has some").remove("kubectl-indexedjob/whole-spec");
    });
    let note = "note: it is made like x; what x-r1 was given besides is not known, and has to be given again\n";
    run(&server, "retry x").output().says(0, &created("x-r2"), &[note]);
}

#[test]
fn a_dry_run_refuses_what_a_retry_with_other_flags_has_begun() {
    let server = server();
    killed_after(&server, 1);
    for mode in ["client", "server"] {
        let other = run(&server, &format!("retry x --env A=2 --dry-run={mode}")).output();
        other.says(1, "", &["error: job x-r1 was begun by a retry with other flags that has not ended"]);
        let same = run(&server, &format!("retry x --dry-run={mode}")).output();
        same.says(0, same.text(), &["going on with x-r1"]);
    }
}

#[test]
fn a_smaller_job_that_was_begun_is_ended_or_taken_back() {
    for k in 1..=2 {
        for undo in [false, true] {
            let server = server();
            server.set_version("v1.37.1");
            let (send, receive) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
            let (killed, gone) = mpsc::channel();
            server.on_write(k, When::After, move || {
                receive.recv().expect("the test has started it")();
                killed.send(()).expect("the test waits");
            });
            let running = run(&server, "retry x --via=subset").spawn();
            send.send(Box::new(running.killer())).expect("the hook waits");
            gone.recv_timeout(Duration::from_secs(30)).expect("the write came");
            running.finish();
            if undo {
                run(&server, "retry x --undo").output().is(0, "job.batch \"x-r1\" deleted\n", "");
                assert_eq!(server.jobs().len(), 1);
                continue;
            }
            run(&server, "retry x --via=subset").output().says(0, &created("x-r1"), &["going on with x-r1"]);
            assert_eq!(server.job("default", "x-r1").json()["status"]["completedIndexes"], "0,1");
        }
    }
}

/// A run of `retry` that keeps off the nodes of failures.
fn avoiding(server: &Server) -> Run {
    run(server, "retry x --avoid-failed-nodes --dry-run=client -o json")
}

#[test]
fn nodes_of_failures_are_avoided() {
    let server = server();
    let json: Value = serde_json::from_str(avoiding(&server).output().text()).expect("JSON");
    let affinity = &json["spec"]["template"]["spec"]["affinity"]["nodeAffinity"];
    let terms = &affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
    let field = json!({"key": "metadata.name", "operator": "NotIn", "values": ["node-1"]});
    assert_eq!(*terms, json!([{"matchFields": [field]}]));
}
