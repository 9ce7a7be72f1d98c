//! `wait`: what it tells of some indexes, of Jobs without indexes, and at every end.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::fake::{Fault, JobHandle, On, Pod, Server};
use crate::harness::{Output, run};
use crate::wait::{fail, waiting};
use crate::words::condition_met;

/// The last JSON object on stdout.
fn last_event(output: &Output) -> Value {
    let line = output.text().lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line:?}\n{}", output.stderr))
}

/// What `wait x --progress=json` ends with.
#[track_caller]
fn ends_with(server: &Server, line: &str, code: i32, result: &str) -> Value {
    let output = run(server, line).output();
    output.ends_with_code(code);
    let event = last_event(&output);
    assert_eq!((&event["event"], &event["result"], &event["exitCode"]), (&json!("end"), &json!(result), &json!(code)));
    assert_eq!(output.text().matches("\"event\":\"end\"").count(), 1, "{}", output.text());
    event
}

#[test]
fn of_some_indexes_only_they_are_counted_and_their_failures_told() {
    let (server, job, _) = waiting("wait x");
    let running = run(&server, "wait x --index=0,2 --progress=plain").spawn();
    running.await_stderr("x: 1/2 succeeded, 1 to go");
    drop(running);
    run(&server, "wait x --index=0,2 --timeout=1s").output().says(
        124,
        "",
        &["error: timed out waiting for the condition on jobs/x: 1/2 succeeded, 1 to go\n"],
    );
    job.add_pod(Pod::new(1).failed(7));
    job.add_pod(Pod::new(2).failed(8));
    let (reason, message) = crate::words::FAILED_INDEXES;
    job.fail("1,2", reason, message);
    let output = run(&server, "wait x --index=0,2").output();
    output.says(3, "", &["1 of 2 failed\n", "failed: index 2 (1 of 2 selected)\n1x exit 8 Error, index 2\nhint: "]);
    assert!(!output.stderr.contains("exit 7"), "{}", output.stderr);
    let event = ends_with(&server, "wait x --index=0,2 --progress=json", 3, "never");
    assert_eq!((&event["selected"], &event["failedIndexes"]), (&json!("0,2"), &json!("2")));
    assert_eq!((&event["indexes"]["completions"], &event["indexes"]["failed"]), (&json!(2), &json!(1)));
}

#[test]
fn what_is_so_does_not_read_like_a_failure() {
    let (server, job, _) = waiting("wait x");
    job.add_pod(Pod::new(1).failed(7));
    fail(&job);
    for line in ["wait x --index=0", "wait x --for=succeeded=1", "wait x --state=succeeded"] {
        run(&server, line).output().is(0, &condition_met("x"), "");
    }
    let output = run(&server, "wait x --for=failed").output();
    output.says(0, &condition_met("x"), &["job.batch/x failed: ", "1x exit 7 Error, index 1\n"]);
}

#[test]
fn what_an_ended_job_leaves_behind_is_named() {
    let (server, job, _) = waiting("wait x");
    job.fail("", "DeadlineExceeded", "Job was active longer than specified deadline");
    let output = run(&server, "wait x").output();
    output.says(3, "", &["job.batch/x failed: DeadlineExceeded: ", "\nunfinished: indexes 1,2 (2 of 3)\n"]);
}

#[test]
fn of_several_jobs_each_failure_stands_below_its_job() {
    let server = Server::start();
    for name in ["a", "b", "c"] {
        let job = server.add_job(name, 3);
        job.add_pod(Pod::new(1).failed(7));
        fail(&job);
    }
    server.fault(On::get("*/pods"), Fault::Delay(Duration::from_millis(300)));
    let stderr = run(&server, "wait a b c").output().stderr;
    let lines: Vec<&str> = stderr.lines().collect();
    for name in ["a", "b", "c"] {
        let head = format!("job.batch/{name} failed: FailedIndexes: Job has failed indexes");
        let at = lines.iter().position(|line| *line == head).unwrap_or_else(|| panic!("{stderr}"));
        assert_eq!(lines[at + 1..at + 3], ["failed: index 1 (1 of 3)", "1x exit 7 Error, index 1"], "{stderr}");
        assert_eq!(lines[at + 3], "unfinished: indexes 0,2 (2 of 3)", "{stderr}");
        assert_eq!(
            lines[at + 4],
            format!("hint: kubectl indexedjob logs {name} --index 1, then: kubectl indexedjob retry {name}"),
            "{stderr}"
        );
    }
}

/// The Job `x`, which has no indexes.
fn work_queue(server: &Server, completions: &Value) -> JobHandle {
    let pod = json!({"restartPolicy": "Never", "containers": [{"name": "worker", "image": "i"}]});
    let spec = json!({"completions": completions, "parallelism": 3, "template": {"spec": pod}});
    server.add_job_from("default", json!({"metadata": {"name": "x"}, "spec": spec}))
}

#[test]
fn a_job_that_is_not_indexed_is_not_waited_for_in_silence() {
    let server = Server::start();
    let job = work_queue(&server, &json!(3));
    job.set_status(&json!({"succeeded": 1, "failed": 1, "active": 2, "ready": 0}));
    for _ in 0..2 {
        job.add_pod(Pod::new(0).waiting("ErrImagePull", "not found").with(json!({"metadata": {"annotations": null}})));
    }
    let running = run(&server, "wait x --progress=plain").spawn();
    running.await_stderr("x: 1/3 pods succeeded, 1 failed, 2 starting\n");
    running.await_stderr("x: 2 pods have not started yet: ErrImagePull: not found\n");
    drop(running);
    let running = run(&server, "wait x --progress=json").spawn();
    running
        .await_stdout(r#""indexes":null,"pods":{"completions":3,"succeeded":1,"failed":1,"running":0,"starting":2,"#);
    running.await_stdout(r#""event":"stuck""#);
    running.await_stdout(r#""indexSet":"","pods":2,"reason":"ErrImagePull""#);
    drop(running);
    job.edit(|job| job["spec"]["suspend"] = json!(true));
    let running = run(&server, "wait x").spawn();
    running.await_stderr("x: the Job is suspended");
}

#[test]
fn a_work_queue_whose_pods_may_not_be_created_says_so() {
    let server = Server::start();
    let job = work_queue(&server, &Value::Null);
    job.set_status(&json!({"active": 0, "ready": 0}));
    job.add_event("Warning", "FailedCreate", "Error creating: pods \"x-abcde\" is forbidden: exceeded quota: q");
    let running = run(&server, "wait x --progress=plain").spawn();
    running.await_stderr("x: 0 pods succeeded\n");
    running.await_stderr("x: 3 pods cannot be created: FailedCreate: pods \"x-abcde\" is forbidden: exceeded quota: q");
}

#[test]
fn json_has_one_end_for_every_job_whatever_the_end() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    ends_with(&server, "wait x --progress=json --timeout=1s", 124, "timedOut");
    ends_with(&server, "wait x --progress=json --timeout=0", 124, "timedOut");
    ends_with(&server, "wait x --progress=json --state=failed", 0, "nothing");
    ends_with(&server, "wait x --progress=json --index=", 0, "nothing");
    let event = ends_with(&server, "wait y --progress=json", 4, "missing");
    assert!(event["why"].as_str().is_some_and(|why| why.contains("\"y\" not found")), "{event}");
    ends_with(&server, "wait y --progress=json --timeout=0", 4, "missing");
    let event = ends_with(&server, "wait x --progress=json --index=9", 2, "error");
    assert_eq!(event["why"], "index 9 is out of range: job x has indexes 0 to 2");
    let running = run(&server, "wait x --progress=json").spawn();
    running.await_stdout("\"event\":\"progress\"");
    job.delete();
    let output = running.finish();
    output.ends_with_code(4);
    assert_eq!(last_event(&output)["result"], "gone");
}

#[test]
fn json_has_an_end_when_the_credentials_expire() {
    for line in ["wait x --progress=json", "wait --all --progress=json"] {
        let server = Server::start();
        server.add_job("x", 3);
        let running = run(&server, line).spawn();
        server.await_watch("jobs", 1);
        server.unauthorized(true);
        server.close_watches();
        let output = running.finish();
        output.ends_with_code(1);
        let event = last_event(&output);
        assert_eq!((&event["result"], &event["job"]), (&json!("error"), &json!("x")), "{line}");
        assert!(event["why"].as_str().is_some_and(|why| why.contains("Unauthorized")), "{event}");
        assert_eq!(output.stderr.matches("Unauthorized").count(), 1, "{}", output.stderr);
    }
}

#[test]
fn the_time_bounds_what_is_read_at_the_end() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.edit(|job| job["spec"]["ttlSecondsAfterFinished"] = json!(0));
    job.mark_deleting();
    let start = Instant::now();
    run(&server, "wait x --timeout=0").output().says(4, "", &["job.batch/x was deleted\n"]);
    assert!(start.elapsed() < Duration::from_millis(1500), "took {:?}", start.elapsed());
    server.fault(On::get("*/events"), Fault::Hang);
    let start = Instant::now();
    run(&server, "wait x --timeout=1s").output().says(4, "", &["job.batch/x was deleted\n"]);
    assert!(start.elapsed() < Duration::from_secs(5), "took {:?}", start.elapsed());
}

#[test]
fn what_is_not_selected_is_no_trouble() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.set_status(&json!({"active": 2, "ready": 0}));
    job.add_pod(Pod::new(1).waiting("ErrImagePull", "not found"));
    job.add_pod(Pod::new(2).waiting("CreateContainerConfigError", "no secret"));
    let running = run(&server, "wait x --index=2").spawn();
    running.await_stderr("x: index 2 has not started yet: CreateContainerConfigError: no secret\n");
    running.interrupt();
    let output = running.finish();
    assert!(!output.stderr.contains("ErrImagePull"), "{}", output.stderr);
}

#[test]
fn the_newest_job_has_a_name_where_a_verb_only_reads() {
    let server = Server::start();
    run(&server, "wait @latest").output().says(
        4,
        "",
        &["error: there is no Indexed Job in namespace default\n", "hint: "],
    );
    server.add_job("old", 3).edit(|job| job["metadata"]["creationTimestamp"] = json!("2020-01-01T00:00:00Z"));
    server.add_job("new", 3).complete();
    let told = "@latest is job.batch/new\n";
    run(&server, "wait @latest").output().is(0, &condition_met("new"), told);
    run(&server, "status job/@latest -o ranges").output().is(0, "0-2\n", told);
    let described = run(&server, "describe @latest").output();
    described.says(0, described.text(), &[told]);
    assert_eq!(described.text().lines().next(), Some("Name:               new"));
    run(&server, "logs @latest --state failed").output().says(0, "", &[told, "no index is selected"]);
}
