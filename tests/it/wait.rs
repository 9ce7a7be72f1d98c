//! `wait`: every end, and everything that can happen to a watch before it.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::fake::{Fault, JobHandle, On, Pod, Server};
use crate::harness::{Running, run};
use crate::words::{FAILED_INDEXES, condition_met, no_job};

/// A server with the Job `x` of three indexes, one of them done, and a wait for it that has begun.
pub(crate) fn waiting(line: &str) -> (Server, JobHandle, Running) {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.progress("0", 1);
    let running = run(&server, line).spawn();
    (server, job, running)
}

/// The Job completes, the wait ends well, and nothing was written.
#[track_caller]
pub(crate) fn ends_well(server: &Server, job: &JobHandle, running: Running) -> String {
    job.complete();
    let output = running.finish();
    output.says(0, &condition_met("x"), &[]);
    assert_eq!(server.writes(), 0, "a wait only looks");
    output.stderr
}

pub(crate) fn fail(job: &JobHandle) {
    let (reason, message) = FAILED_INDEXES;
    job.fail("1", reason, message);
}

#[test]
fn a_job_that_completes_ends_the_wait_with_0() {
    let (server, job, running) = waiting("wait x");
    server.await_watch("jobs", 1);
    ends_well(&server, &job, running);
    assert!(server.requests_to("GET", "*/pods").is_empty(), "pods are not asked for while all is well");
}

#[test]
fn a_job_that_is_complete_already_ends_it_at_once() {
    let server = Server::start();
    server.add_job("x", 3).complete();
    for name in ["x", "job/x", "jobs.v1.batch/x"] {
        run(&server, "wait").args([name]).output().is(0, &condition_met("x"), "");
    }
}

#[test]
fn a_failure_is_told_at_failure_target_and_ends_the_wait_with_3() {
    let (server, job, running) = waiting("wait x");
    server.await_watch("jobs", 1);
    job.add_pod(Pod::new(1).failed(7));
    let (reason, message) = FAILED_INDEXES;
    job.set_status(&json!({"failedIndexes": "1", "failed": 1}));
    job.doom(reason, message);
    running.await_stderr("job.batch/x is failing: FailedIndexes: Job has failed indexes");
    assert!(running.goes_on(), "the exit comes at Failed");
    fail(&job);
    let parts = [
        "job.batch/x failed: FailedIndexes: Job has failed indexes",
        "1x exit 7 Error, index 1",
        "hint: kubectl indexedjob logs x --index 1, then: kubectl indexedjob retry x\n",
    ];
    running.finish().says(3, "", &parts);
}

#[test]
fn a_job_that_has_failed_already_ends_it_at_once_with_3() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    fail(&job);
    let parts = ["job.batch/x failed: FailedIndexes: Job has failed indexes", "index 1"];
    run(&server, "wait x").output().says(3, "", &parts);
}

#[test]
fn a_missing_job_ends_it_with_4() {
    let server = Server::start();
    run(&server, "wait x").output().says(4, "", &[&no_job("x")]);
}

#[test]
fn a_deleted_job_ends_it_with_4() {
    let (server, job, running) = waiting("wait x");
    server.await_watch("jobs", 1);
    job.delete();
    running.finish().says(4, "", &["job.batch/x was deleted\n"]);
}

#[test]
fn a_job_that_is_being_deleted_ends_it_with_4() {
    let (server, job, running) = waiting("wait x");
    server.await_watch("jobs", 1);
    job.mark_deleting();
    running.finish().says(4, "", &["job.batch/x was deleted\n"]);
}

#[test]
fn another_job_of_that_name_is_not_waited_for() {
    let (server, job, running) = waiting("wait x");
    server.await_watch("jobs", 1);
    job.recreate();
    running.finish().says(4, "", &["job.batch/x was deleted"]);

    // The same while nobody watches.
    let (server, job, running) = waiting("wait x");
    server.await_watch("jobs", 1);
    server.close();
    job.recreate();
    server.open();
    running.finish().says(4, "", &["job.batch/x was deleted, and another Job has its name now\n"]);
}

#[test]
fn a_job_gone_as_soon_as_it_was_complete_is_known_by_its_events() {
    let (server, job, running) = waiting("wait x");
    server.await_watch("jobs", 1);
    server.close();
    job.add_event("Normal", "Completed", "Job completed");
    job.delete();
    server.open();
    running.finish().says(0, &condition_met("x"), &[]);
}

#[test]
fn a_timeout_ends_it_with_124() {
    let (_server, _job, running) = waiting("wait x --timeout=1s");
    let start = Instant::now();
    running.finish().says(124, "", &["error: timed out waiting for the condition on jobs/x"]);
    assert!(start.elapsed() < Duration::from_millis(2500), "took {:?}", start.elapsed());
}

#[test]
fn timeout_0_looks_once() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    run(&server, "wait x --timeout=0").output().says(124, "", &["error: condition not met for jobs/x"]);
    assert!(server.requests().iter().all(|request| !request.is_watch()));
    job.complete();
    run(&server, "wait x --timeout=0").output().is(0, &condition_met("x"), "");
    run(&server, "wait y --timeout=0").output().says(4, "", &[&no_job("y")]);
}

#[test]
fn a_server_that_does_not_answer_times_out_too() {
    let (server, _job, _) = waiting("wait x");
    server.fault(On::any("*"), Fault::Hang);
    run(&server, "wait x --timeout=1s").output().says(124, "", &["error: timed out"]);
}

#[test]
fn where_watch_is_forbidden_it_polls() {
    let server = Server::start();
    server.forbid("watch", "jobs");
    let job = server.add_job("x", 3);
    let running = run(&server, "wait x").spawn();
    running.await_stderr("is forbidden: User \"u\" cannot watch resource \"jobs\"");
    ends_well(&server, &job, running);

    let job = server.add_job("y", 3);
    let running = run(&server, "wait y").spawn();
    running.await_stderr("cannot watch");
    job.recreate();
    running.finish().says(4, "", &["job.batch/y was deleted"]);
}

#[test]
fn a_watch_that_answers_500_is_tried_again() {
    let server = Server::start();
    server.fault(On::watch("*/jobs").first(2), Fault::Code(500));
    let job = server.add_job("x", 3);
    let running = run(&server, "wait x").spawn();
    server.await_watch("jobs", 1);
    let stderr = ends_well(&server, &job, running);
    assert_eq!(stderr.matches("Internal error").count(), 1, "an outage is told once:\n{stderr}");
}

#[test]
fn a_watch_cut_in_the_middle_of_a_frame_goes_on() {
    let (server, job, running) = waiting("wait x");
    server.await_watch("jobs", 1);
    server.cut_watches();
    server.await_watch("jobs", 2);
    ends_well(&server, &job, running);

    let (server, job, running) = waiting("wait x");
    server.fault(On::watch("*/jobs"), Fault::CutFrame(0));
    ends_well(&server, &job, running);
}

#[test]
fn a_watch_that_the_server_closes_is_opened_again_without_a_word() {
    let (server, job, running) = waiting("wait x --progress=none");
    for n in 1..=3 {
        server.await_watch("jobs", n);
        server.close_watches();
    }
    server.await_watch("jobs", 4);
    assert_eq!(ends_well(&server, &job, running), "");
}

#[test]
fn a_watch_from_a_forgotten_revision_begins_anew() {
    let (server, job, running) = waiting("wait x");
    server.await_watch("jobs", 1);
    server.fault(On::watch("*/jobs").nth(1), Fault::ErrorEvent(410));
    server.compact();
    server.close_watches();
    server.await_watch("jobs", 3);
    ends_well(&server, &job, running);
}

#[test]
fn error_events_and_garbage_in_a_watch_are_survived() {
    for fault in [Fault::ErrorEvent(500), Fault::Malformed, Fault::CloseAfter(0), Fault::Cut] {
        let server = Server::start();
        server.fault(On::watch("*/jobs").nth(1), fault);
        let job = server.add_job("x", 3);
        let running = run(&server, "wait x").spawn();
        server.await_requests(2, |request| request.is_watch());
        ends_well(&server, &job, running);
    }
}

#[test]
fn too_many_requests_are_repeated_when_the_server_says() {
    let server = Server::start();
    server.fault(On::get("*/jobs/x").first(1), Fault::RetryAfter(429, 1));
    server.fault(On::watch("*/jobs").first(1), Fault::RetryAfter(429, 1));
    let job = server.add_job("x", 3);
    let start = Instant::now();
    let running = run(&server, "wait x").spawn();
    server.await_watch("jobs", 1);
    assert!(start.elapsed() > Duration::from_secs(2), "took {:?}", start.elapsed());
    ends_well(&server, &job, running);
}

#[test]
fn a_server_that_is_away_for_ten_seconds_is_waited_for() {
    let (server, job, running) = waiting("wait x --timeout=50s");
    server.await_watch("jobs", 1);
    server.restart(Duration::from_secs(10));
    running.await_stderr(" (trying again)\n");
    job.complete();
    running.finish().says(0, &condition_met("x"), &[]);
}

#[test]
fn credentials_that_expire_meanwhile_end_it_with_1() {
    let (server, job, running) = waiting("wait x");
    server.await_watch("jobs", 1);
    server.unauthorized(true);
    server.close_watches();
    running.finish().says(1, "", &["error: You must be logged in to the server (Unauthorized)\n", "hint: "]);
    assert!(job.exists());
}

#[test]
fn credentials_that_a_plugin_renews_meanwhile_are_used() {
    let server = Server::start();
    server.require_token("one");
    let job = server.add_job("x", 3);
    job.progress("0", 1);
    let run = run(&server, "wait x --progress=none").file("token", "one\n");
    let token = run.home().join("token");
    // No program is needed: there is no PATH.
    let script = format!(
        r#"read t < {}; echo '{{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{{"token":"'$t'"}}}}'"#,
        token.display()
    );
    let script = run.write("plugin.sh", script);
    let exec = format!(
        "    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      interactiveMode: Never\n      \
         command: /bin/sh\n      args: [{script:?}]\n"
    );
    let config = run.write("exec-config", server.kubeconfig().replace("    token: t\n", &exec));
    let running = run.env("KUBECONFIG", config).spawn();
    server.await_watch("jobs", 1);
    std::fs::write(token, "two\n").expect("the home is writable");
    server.require_token("two");
    server.close_watches();
    server.await_watch("jobs", 2);
    assert_eq!(ends_well(&server, &job, running), "");
}

#[test]
fn several_jobs_are_waited_for_together() {
    let server = Server::start();
    let jobs = ["a", "b", "c"].map(|name| server.add_job(name, 2));
    let running = run(&server, "wait a b c").spawn();
    server.await_watch("jobs", 3);
    for job in jobs.iter().rev() {
        job.complete();
    }
    let output = running.finish();
    output.ends_with_code(0);
    let mut lines: Vec<_> = output.text().lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["a", "b", "c"].map(|name| format!("job.batch/{name} condition met")));
}

#[test]
fn the_worst_end_of_several_speaks_for_all() {
    let server = Server::start();
    server.add_job("good", 2).complete();
    fail(&server.add_job("bad", 2));
    server.add_job("slow", 2);
    let met = condition_met("good");
    run(&server, "wait good slow --timeout=1s").output().says(124, &met, &["jobs/slow"]);
    run(&server, "wait slow bad good --timeout=1s").output().says(3, &met, &["job.batch/bad failed"]);
    run(&server, "wait bad missing good").output().says(4, &met, &["\"missing\" not found"]);
}

#[test]
fn a_signal_ends_it_and_leaves_the_job_alone() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let (server, job, running) = waiting("wait x");
        server.await_watch("jobs", 1);
        running.signal(signal);
        running.finish().says(code, "", &[]);
        assert!(job.exists());
        assert_eq!(server.writes(), 0);
    }
}

#[test]
fn progress_off_a_terminal_is_a_line_when_something_has_changed() {
    let (server, job, running) = waiting("wait x --progress=plain --progress-interval=0");
    running.await_stderr("1/3 succeeded");
    server.await_watch("jobs", 1);
    job.progress("0,1", 2);
    running.await_stderr("2/3 succeeded");
    let stderr = ends_well(&server, &job, running);
    assert_eq!(stderr.matches("1/3 succeeded").count(), 1, "{stderr}");
    assert!(!stderr.contains('\u{1b}'), "{stderr:?}");
}
