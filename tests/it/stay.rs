//! `create --wait`: the same ends as `wait`, and what becomes of the Job.

use crate::create::writes;
use crate::fake::Server;
use crate::harness::{Running, run};
use crate::words::{FAILED_INDEXES, condition_met, created};

/// `create x` with these flags, which follows the Job.
fn staying(server: &Server, flags: &str) -> Running {
    let running = run(server, &format!("create x --image=busybox --completions=3 {flags} -- true")).spawn();
    server.await_watch("jobs", 1);
    running
}

#[test]
fn it_stays_until_the_job_is_complete() {
    let server = Server::start();
    server.run_controller();
    let output = run(&server, "create x --image=busybox --items=a,b,c --wait -- true").output();
    output.says(0, &(created("x") + &condition_met("x")), &["3 items"]);
}

#[test]
fn a_job_that_fails_ends_with_code_3_and_stays() {
    let server = Server::start();
    let running = staying(&server, "--wait --rm");
    server.job("default", "x").fail("0,2", FAILED_INDEXES.0, FAILED_INDEXES.1);
    running.finish().says(3, &created("x"), &[FAILED_INDEXES.1]);
    assert_eq!((server.jobs().len(), writes(&server)), (1, vec!["POST jobs".to_owned()]));
}

#[test]
fn a_complete_job_is_removed_if_it_is_to_be() {
    let server = Server::start();
    let running = staying(&server, "--wait --rm");
    let uid = server.job("default", "x").uid();
    server.job("default", "x").complete();
    running.finish().says(0, &(created("x") + &condition_met("x") + "job.batch \"x\" deleted\n"), &[]);
    assert_eq!(server.requests_to("DELETE", "*/jobs/x")[0].json()["preconditions"]["uid"], uid.as_str());
    assert!(server.jobs().is_empty());
}

#[test]
fn stdout_is_for_a_program_where_it_asks_for_output() {
    let server = Server::start();
    let running = staying(&server, "--wait --rm -o name");
    server.job("default", "x").complete();
    let notes = [condition_met("x"), "job.batch \"x\" deleted\n".to_owned()];
    running.finish().says(0, "job.batch/x\n", &[&notes[0], &notes[1]]);
    let server = Server::start();
    let running = staying(&server, "--wait -o json");
    server.job("default", "x").complete();
    let output = running.finish();
    output.ends_with_code(0);
    let job: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    assert_eq!(job["metadata"]["name"], "x");
}

#[test]
fn progress_is_shown_as_it_is_wished() {
    let server = Server::start();
    let running = staying(&server, "--wait --progress=none");
    server.job("default", "x").complete();
    running.finish().is(0, &(created("x") + &condition_met("x")), "");
    let server = Server::start();
    let running = staying(&server, "--wait --progress=json --progress-interval=0");
    server.job("default", "x").complete();
    let output = running.finish();
    output.ends_with_code(0);
    assert!(output.stderr.contains(&created("x")), "{}", output.stderr);
    let lines = output.text().lines().map(|line| serde_json::from_str(line).expect("JSON alone"));
    let lines: Vec<serde_json::Value> = lines.collect();
    let last = lines.last().expect("an end");
    assert_eq!((&last["event"], &last["result"]), (&"end".into(), &"met".into()), "{last}");
    // One's own default fits every line.
    let server = Server::start();
    let line = "create y --image=busybox --completions=1 -o name -- true";
    run(&server, line).env("KUBECTL_INDEXEDJOB_PROGRESS", "json").output().is(0, "job.batch/y\n", "");
}

#[test]
fn logs_that_cannot_be_read_are_told_at_once_and_the_wait_goes_on() {
    let server = Server::start();
    server.forbid("list", "pods");
    let running = staying(&server, "--logs --rm");
    running.await_stderr("pods is forbidden");
    running.await_stderr("x: 0/3");
    assert!(running.goes_on());
    server.job("default", "x").complete();
    running.finish().says(1, &(created("x") + &condition_met("x")), &["Error from server (Forbidden): pods"]);
    assert_eq!(server.jobs().len(), 1, "a run that did not go well removes nothing");
}

#[test]
fn the_time_is_up() {
    let server = Server::start();
    let running = staying(&server, "--wait --timeout=1s --rm");
    running.finish().says(124, &created("x"), &["error: timed out waiting for the condition on jobs/x"]);
    assert_eq!(server.jobs().len(), 1);
}

#[test]
fn an_interrupt_leaves_the_job_and_says_how_to_go_on() {
    let server = Server::start();
    let running = staying(&server, "--wait --rm -n default");
    running.interrupt();
    running.finish().says(
        130,
        &created("x"),
        &["interrupted; the job is left alone\nhint: kubectl indexedjob wait x -n default\n"],
    );
    assert_eq!((server.jobs().len(), writes(&server)), (1, vec!["POST jobs".to_owned()]));
}
