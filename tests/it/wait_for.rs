//! `wait`: what can be waited for and of which Jobs, what it says as JSON, and why nothing moves.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::fake::{Fault, JobHandle, On, Pod, Resource, Server};
use crate::harness::{Output, Running, run};
use crate::wait::{ends_well, fail, waiting};
use crate::words::condition_met;

/// A wait for the Job `x` of three indexes that has begun to watch it.
fn watching(line: &str) -> (Server, JobHandle, Running) {
    let (server, job, running) = waiting(line);
    server.await_watch("jobs", 1);
    (server, job, running)
}

#[test]
fn every_goal_is_met_by_what_it_names() {
    type Deed = fn(&JobHandle);
    let deeds: [(&str, Deed); 9] = [
        ("condition=Complete", JobHandle::complete),
        ("finished", JobHandle::complete),
        ("finished", fail),
        ("failed", fail),
        ("suspended", |job| {
            job.edit(|job| job["spec"]["suspend"] = json!(true));
            job.set_status(&json!({"active": 0, "ready": 0}));
        }),
        ("succeeded=2", |job| job.progress("0,2", 2)),
        ("succeeded=50%", |job| job.progress("0,2", 2)),
        ("failed=1", |job| job.set_status(&json!({"failedIndexes": "2"}))),
        ("failed=30%", |job| job.set_status(&json!({"failedIndexes": "2"}))),
    ];
    for (goal, deed) in deeds {
        let (_server, job, running) = watching(&format!("wait x --for={goal}"));
        assert!(running.goes_on(), "{goal}");
        deed(&job);
        running.finish().says(0, &condition_met("x"), &[]);
    }
    let (_server, _job, running) = waiting("wait x --for=running");
    running.finish().says(0, &condition_met("x"), &[]);
}

#[test]
fn a_goal_out_of_reach_ends_it_with_3_at_once() {
    let never = |line: &str, deed: fn(&JobHandle), why: &str| {
        let (_server, job, running) = waiting(line);
        deed(&job);
        let error = format!("error: condition can no longer be met for jobs/x: {why}\n");
        running.finish().says(3, "", &[&error]);
    };
    let one_failed = |job: &JobHandle| job.set_status(&json!({"failedIndexes": "2"}));
    never("wait x --for=failed", JobHandle::complete, "the Job is complete");
    never("wait x --for=suspended", JobHandle::complete, "the Job is complete");
    never("wait x --for=succeeded=3", one_failed, "3 were to succeed, and 1 of 3 failed");
    never("wait x --for=failed=3", |_| (), "3 were to fail, and 1 of 3 succeeded");
    never("wait x --for=failed=1", JobHandle::complete, "1 were to fail, and 3 of 3 succeeded");
    never("wait x --index=1,2", one_failed, "1 of 2 failed");
    never("wait x --index=1,2", fail, "1 of 2 failed");
}

#[test]
fn of_some_indexes_only_they_are_waited_for() {
    let (server, job, running) = watching("wait x --index=0,2");
    job.progress("0,2", 2);
    running.finish().says(0, &condition_met("x"), &[]);
    assert!(server.requests_to("GET", "*/pods").is_empty(), "the Job itself tells");

    let (server, job, _) = waiting("wait x");
    job.add_pod(Pod::new(1).failed(7));
    job.add_pod(Pod::new(2).failed(8));
    let running = run(&server, "wait x --exit-code=7 --for=succeeded=100%").spawn();
    job.progress("0,1", 2);
    running.finish().says(0, &condition_met("x"), &[]);

    run(&server, "wait x --state=failed").output().says(0, "", &["no index of job.batch/x is selected\n"]);
    run(&server, "wait x --index=").output().is(0, "", "no index is selected\n");
    run(&server, "wait x --index=-").stdin("\n").output().is(0, "", "no index is selected\n");
    run(&server, "wait x --index=3").output().says(2, "", &["index 3 is out of range: job x has indexes 0 to 2"]);
}

#[test]
fn what_the_job_does_not_have_cannot_be_waited_for() {
    let (server, job, _) = waiting("wait x");
    run(&server, "wait x --for=succeeded=4").output().says(2, "", &["job x has only 3 indexes, and 4 are waited for"]);
    let selected = "only 1 of the indexes of job x are selected, and 2 are waited for";
    run(&server, "wait x --index=2 --for=succeeded=2").output().says(2, "", &[selected]);
    job.edit(|job| job["spec"]["completionMode"] = json!("NonIndexed"));
    for flag in ["--state=failed", "--index=0", "--exit-code=1"] {
        let error = "job x is not Indexed; none of its indexes can be selected";
        run(&server, "wait x").args([flag]).output().says(2, "", &[error]);
    }
    job.edit(|job| job["spec"]["completions"] = json!(null));
    let error = "job x has no number of completions to take a share of";
    run(&server, "wait x --for=succeeded=100%").output().says(2, "", &[error]);
}

#[test]
fn of_a_job_that_counts_failures_together_the_pods_tell_which_index_failed() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.add_pod(Pod::new(1).failed(42));
    job.edit(|job| job["spec"]["backoffLimitPerIndex"] = json!(null));
    job.fail("", "BackoffLimitExceeded", "m");
    run(&server, "wait x --index=1 --for=failed").output().says(0, &condition_met("x"), &[]);
    run(&server, "wait x --index=2 --for=failed --timeout=0").output().says(3, "", &["the Job has failed"]);
    run(&server, "wait x --index=0-2 --for=finished").output().says(0, &condition_met("x"), &[]);
}

#[test]
fn whether_an_index_runs_its_pods_tell() {
    let (server, job, running) = watching("wait x --for=running --index=2");
    server.await_watch("pods", 1);
    job.add_pod(Pod::new(1).running());
    let pod = job.add_pod(Pod::new(2));
    assert!(running.goes_on());
    job.pod_becomes(&pod, &Pod::new(2).running());
    running.finish().says(0, &condition_met("x"), &[]);
}

/// Adds a Job that carries this label.
fn labelled(server: &Server, name: &str, app: &str) -> JobHandle {
    let job = server.add_job(name, 2);
    job.edit(|job| job["metadata"]["labels"]["app"] = json!(app));
    job
}

#[test]
fn the_jobs_of_a_selector_are_waited_for_by_one_watch() {
    let server = Server::start();
    let jobs: Vec<_> = (0..50).map(|n| labelled(&server, &format!("j{n:02}"), "a")).collect();
    labelled(&server, "other", "b");
    let running = run(&server, "wait -l app=a --progress=none").spawn();
    server.await_watch("jobs", 1);
    labelled(&server, "later", "a");
    for job in &jobs {
        job.complete();
    }
    let output = running.finish();
    output.ends_with_code(0);
    assert_eq!(output.text().lines().count(), 50);
    let looks = server.requests().iter().filter(|request| request.is_watch()).count();
    assert_eq!((looks, server.requests_to("GET", "*/jobs/*").len()), (1, 0));
}

#[test]
fn each_job_of_a_selector_has_its_own_end() {
    let server = Server::start();
    let jobs = ["good", "bad", "gone", "renamed"].map(|name| labelled(&server, name, "a"));
    let running = run(&server, "wait --all").spawn();
    server.await_watch("jobs", 1);
    let [good, bad, gone, renamed] = &jobs;
    server.close_watches();
    good.complete();
    fail(bad);
    gone.delete();
    renamed.edit(|job| job["metadata"]["labels"]["app"] = json!("b"));
    renamed.complete();
    let output = running.finish();
    output.ends_with_code(4);
    assert!(output.stderr.contains("job.batch/gone was deleted"), "{}", output.stderr);
    let mut lines: Vec<_> = output.text().lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["good", "renamed"].map(|name| format!("job.batch/{name} condition met")));
}

#[test]
fn a_job_that_lost_its_label_is_still_waited_for() {
    let server = Server::start();
    let job = labelled(&server, "x", "a");
    let running = run(&server, "wait -l app=a").spawn();
    server.await_watch("jobs", 1);
    job.edit(|job| job["metadata"]["labels"]["app"] = json!("b"));
    server.await_watch("jobs", 2);
    job.complete();
    running.finish().says(0, &condition_met("x"), &[]);
}

#[test]
fn a_selector_without_jobs_ends_it_with_4() {
    let server = Server::start();
    for line in ["wait -l app=a", "wait --all", "wait --all --timeout=0"] {
        run(&server, line).output().is(4, "", "error: no matching resources found\n");
    }
    server.forbid("list", "jobs");
    run(&server, "wait --all").output().says(1, "", &["jobs.batch is forbidden", "kubectl auth can-i list jobs.batch"]);
    run(&server, "wait x --all").output().says(2, "", &["cannot be used with"]);
    for empty in ["", " "] {
        let output = run(&server, "wait -l").args([empty]).output();
        output.says(2, "", &["an empty selector picks every Job; if that is meant, write --all"]);
    }
}

#[test]
fn where_watch_is_forbidden_the_jobs_of_a_selector_are_listed_again_and_again() {
    let server = Server::start();
    server.forbid("watch", "jobs");
    let job = labelled(&server, "x", "a");
    let running = run(&server, "wait -l app=a").spawn();
    running.await_stderr("(looking every 5s instead)");
    ends_well(&server, &job, running);
}

#[test]
fn what_was_waited_for_can_be_printed() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.complete();
    run(&server, "wait x -o name").output().is(0, "job.batch/x\n", "");
    let output = run(&server, "wait x -o json").output();
    output.ends_with_code(0);
    let object: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(object["status"]["completedIndexes"], "0-2");
    assert!(run(&server, "wait x -o yaml").output().text().starts_with("apiVersion: batch/v1\nkind: Job\n"));
    run(&server, "wait x -o json --progress=json").output().says(2, "", &["both write to stdout"]);
}

/// The values of a key, of each event on stdout.
fn values(output: &Output, key: &str) -> Vec<serde_json::Value> {
    let event = |line: &str| serde_json::from_str::<serde_json::Value>(line).expect("each line is JSON");
    output.text().lines().map(|line| event(line)[key].clone()).collect()
}

#[test]
fn progress_as_json_has_stdout_for_itself() {
    let (_server, job, running) = watching("wait x --progress=json --progress-interval=0");
    running.await_stdout("\"succeeded\":1");
    job.progress("0,1", 2);
    running.await_stdout("\"succeeded\":2");
    job.complete();
    let output = running.finish();
    output.ends_with_code(0);
    let (events, results) = (values(&output, "event"), values(&output, "result"));
    assert!(events.len() >= 3 && events[..2] == ["progress", "progress"], "{events:?}");
    assert_eq!((events.last().unwrap(), results.last().unwrap()), (&json!("end"), &json!("met")));
    assert!(values(&output, "kind").iter().all(|kind| kind == "WaitEvent"));
}

#[test]
fn the_end_of_a_failed_job_is_json_too() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.add_pod(Pod::new(1).terminated(7, "Error", "no such file: 1.csv").with(json!({"status": {"phase": "Failed"}})));
    fail(&job);
    let output = run(&server, "wait x --progress=json").output();
    output.ends_with_code(3);
    assert_eq!(values(&output, "verdict"), ["failed"]);
    let failures = &values(&output, "failures")[0];
    assert_eq!(failures[0]["message"], "no such file: 1.csv");
    let output = run(&server, "wait y x --progress=json").output();
    output.says(4, &String::from_utf8_lossy(&output.stdout), &["\"y\" not found"]);
}

#[test]
fn a_reader_of_progress_that_has_seen_enough_ends_it() {
    let (server, job, mut running) = {
        let server = Server::start();
        let job = server.add_job("x", 3);
        let running = run(&server, "wait x --progress=json --progress-interval=0").stalled().spawn();
        (server, job, running)
    };
    server.await_watch("jobs", 1);
    running.close_stdout();
    job.progress("0,1", 2);
    running.finish().ends_with_code(0);
}

/// The Job `x` of three indexes, all with a pod that is not ready.
fn starting(server: &Server) -> JobHandle {
    let job = server.add_job("x", 3);
    job.set_status(&json!({"active": 3, "ready": 0}));
    job
}

#[test]
fn why_nothing_moves_is_told_once() {
    let server = Server::start();
    let job = starting(&server);
    for index in 0..2 {
        job.add_pod(Pod::new(index).waiting("ErrImagePull", "not found"));
    }
    job.add_pod(Pod::new(2).unscheduled());
    let start = Instant::now();
    let running = run(&server, "wait x --timeout=14s").spawn();
    running.await_stderr("x: indexes 0,1 have not started yet: ErrImagePull: not found\n");
    running.await_stderr("x: index 2 has not started yet: Unschedulable: 0/1 nodes are available");
    assert!(start.elapsed() < Duration::from_secs(15));
    let output = running.finish();
    output.says(124, "", &["error: timed out"]);
    assert_eq!(output.stderr.matches("ErrImagePull").count(), 1, "{}", output.stderr);
    let lists = server.requests_to("GET", "*/pods").len();
    assert_eq!(lists, 2, "a look after 4 s and one after 10 s");
}

#[test]
fn a_volume_that_is_not_there_is_named_by_the_events_of_the_pod() {
    let server = Server::start();
    let job = starting(&server);
    let pods: Vec<_> = (0..3).map(|index| job.add_pod(Pod::new(index).waiting("ContainerCreating", ""))).collect();
    let message = "MountVolume.SetUp failed for volume \"c\" : configmap \"nope\" not found";
    let about = server.object(&Resource::core("pods"), "default", &pods[0]).expect("the pod is there");
    server.add_event(&about, "Warning", "FailedMount", message, "kubelet");
    let running = run(&server, "wait x").spawn();
    running.await_stderr(&format!("x: indexes 0-2 have not started yet: ContainerCreating: FailedMount: {message}\n"));
    ends_well(&server, &job, running);
}

#[test]
fn pods_that_may_not_be_created_and_events_that_may_not_be_read_are_told() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.add_event("Warning", "FailedCreate", "Error creating: pods \"x-0-abcde\" is forbidden: exceeded quota: q");
    let running = run(&server, "wait x").spawn();
    running
        .await_stderr("x: no pod can be created for indexes 0-2: FailedCreate: pods \"x-0-abcde\" is forbidden: exce");
    ends_well(&server, &job, running);

    let server = Server::start();
    server.forbid("list", "events");
    let job = server.add_job("x", 3);
    let running = run(&server, "wait x").spawn();
    running.await_stderr("why nothing moves cannot be read: Error from server (Forbidden): events is forbidden");
    ends_well(&server, &job, running);
}

#[test]
fn a_job_whose_events_may_not_be_read_was_deleted_as_far_as_one_can_tell() {
    let (server, job, running) = watching("wait x");
    server.forbid("list", "events");
    job.delete();
    running.finish().says(4, "", &["whether it had ended its events do not tell: ", "job.batch/x was deleted\n"]);
}

#[test]
fn events_that_come_late_still_tell_how_a_job_ended_that_deletes_itself() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.edit(|job| job["spec"]["ttlSecondsAfterFinished"] = json!(0));
    job.progress("0,1", 2);
    let about = job.json();
    let running = run(&server, "wait x").spawn();
    server.await_watch("jobs", 1);
    job.delete();
    std::thread::sleep(Duration::from_secs(4));
    server.add_event(&about, "Normal", "Completed", "Job completed", "job-controller");
    running.finish().says(0, &condition_met("x"), &[]);
}

#[test]
fn many_jobs_that_end_together_are_looked_at_a_few_at_a_time() {
    for deleted in [true, false] {
        let server = Server::start();
        let jobs: Vec<_> = (0..40).map(|n| labelled(&server, &format!("j{n}"), "a")).collect();
        let running = run(&server, "wait -l app=a").spawn();
        server.await_watch("jobs", 1);
        let delay = Fault::Delay(Duration::from_millis(50));
        server.fault(if deleted { On::get("*/events") } else { On::get("*/pods") }, delay);
        for job in jobs {
            match deleted {
                true => job.delete(),
                false => job.fail("0", "FailedIndexes", "m"),
            }
        }
        running.finish().ends_with_code(if deleted { 4 } else { 3 });
        let most = server.most_open();
        // The watch, four that are read, and of each a request that is answered and not forgotten yet.
        assert!((2..=9).contains(&most), "{most} requests at a time");
    }
}

#[test]
fn a_job_that_failed_as_a_whole_names_the_indexes_that_did() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.add_pod(Pod::new(1).failed(42));
    let message =
        "Container worker for pod default/x-1-abcde failed with exit code 42 matching FailJob rule at index 1";
    job.fail("", "PodFailurePolicy", message);
    let line = format!("job.batch/x failed: PodFailurePolicy: {message}\nfailed: index 1 (1 of 3)\n1x exit 42 Error");
    run(&server, "wait x").output().says(3, "", &[&line]);
}

#[test]
fn a_suspended_job_is_told_with_what_resumes_it() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.edit(|job| job["spec"]["suspend"] = json!(true));
    let running = run(&server, "wait x -n default").spawn();
    running.await_stderr("\nx: the Job is suspended\nhint: kubectl indexedjob resume x -n default\n");
    drop(running);
    let described = run(&server, "describe x").output();
    assert!(described.text().contains("Next:\n  kubectl indexedjob resume x\n"), "{}", described.text());

    job.edit(|job| job["metadata"]["annotations"] = json!({"kubectl-indexedjob/retrying": "status.a.b"}));
    let running = run(&server, "wait x").spawn();
    let hint = "hint: give the same retry command again, or take it back: kubectl indexedjob retry x --undo\n";
    running.await_stderr(&format!("\nx: the Job is suspended: a retry has begun it and not ended\n{hint}"));
    drop(running);
    let list = run(&server, "list -o wide").output();
    assert!(list.text().contains(" HalfMade ") && list.text().ends_with(" a retry has begun it and not ended\n"));
    let status = run(&server, "status x").output();
    assert!(
        status.text().contains("   the Job is suspended: a retry has begun it and not ended\n"),
        "{}",
        status.text()
    );
}

#[test]
fn what_holds_up_many_jobs_is_told_of_some() {
    let server = Server::start();
    for n in 0..8 {
        labelled(&server, &format!("j{n}"), "a").edit(|job| job["spec"]["suspend"] = json!(true));
    }
    let running = run(&server, "wait -l app=a --timeout=6s").spawn();
    running.await_stderr("other Jobs are held up by the same\n");
    let output = running.finish();
    output.ends_with_code(124);
    assert_eq!(output.stderr.matches("the Job is suspended").count(), 5, "{}", output.stderr);
}
