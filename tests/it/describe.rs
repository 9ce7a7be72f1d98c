//! `describe`: kubectl's lines in kubectl's order, and what is added to them.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::fake::{JobHandle, Pod, Server};
use crate::harness::run;
use crate::words::{FAILED_INDEXES, no_job};

/// A Job with something in every line.
fn full(server: &Server) -> JobHandle {
    let worker = json!({
        "name": "worker", "image": "busybox", "command": ["rev", "/input/data.txt"],
        "env": [{"name": "A", "value": "b"}], "volumeMounts": [{"name": "input", "mountPath": "/input"}],
    });
    let input = json!({"name": "input", "image": "bash", "volumeMounts": [{"name": "input", "mountPath": "/input"}]});
    let job = server.add_job_from(
        "default",
        json!({
            "metadata": {"name": "x", "labels": {"team": "a"}, "annotations": {"note": "hello"}},
            "spec": {
                "completions": 100, "parallelism": 3, "completionMode": "Indexed", "backoffLimitPerIndex": 1,
                "maxFailedIndexes": 9, "activeDeadlineSeconds": 600, "ttlSecondsAfterFinished": 60,
                "template": {"spec": {
                    "restartPolicy": "Never", "containers": [worker], "initContainers": [input],
                    "volumes": [{"name": "input", "emptyDir": {}}],
                }},
            },
        }),
    );
    job.complete();
    job
}

/// The labels at the beginning of lines, which stand in no other column.
fn labels(text: &str) -> Vec<&str> {
    let lines = text.lines().filter(|line| !line.starts_with(' ') && !line.is_empty());
    lines.filter_map(|line| line.split_once(':')).map(|(label, _)| label).collect()
}

const KUBECTLS: &[&str] = &[
    "Name",
    "Namespace",
    "Selector",
    "Labels",
    "Annotations",
    "Parallelism",
    "Completions",
    "Completion Mode",
    "Suspend",
    "Backoff Limit",
    "TTL Seconds After Finished",
    "Start Time",
    "Completed At",
    "Duration",
    "Active Deadline Seconds",
    "Pods Statuses",
    "Completed Indexes",
    "Pod Template",
    "Events",
];

#[test]
fn kubectls_lines_come_in_kubectls_order() {
    let server = Server::start();
    full(&server).add_event("Normal", "Completed", "Job completed");
    let output = run(&server, "describe x").output();
    output.ends_with_code(0);
    assert_eq!(output.stderr, "");
    let labels = labels(output.text());
    let kubectls: Vec<_> = labels.into_iter().filter(|label| KUBECTLS.contains(label)).collect();
    assert_eq!(kubectls, KUBECTLS);
    for line in [
        "Name:                        x\n",
        "Parallelism:                 3\n",
        "Completions:                 100\n",
        "Completion Mode:             Indexed\n",
        "Active Deadline Seconds:     600s\n",
        "Pods Statuses:               0 Active (0 Ready) / 100 Succeeded / 0 Failed\n",
        "Completed Indexes:           0-99\n",
        "Pod Template:\n",
        "  Init Containers:\n   input:\n    Image:        bash\n",
        "      rev\n      /input/data.txt\n",
    ] {
        assert!(output.text().contains(line), "{line:?} is not in\n{}", output.text());
    }
    assert!(output.text().contains("Completed") && output.text().contains("job-controller"), "{}", output.text());
}

#[test]
fn the_list_of_completed_indexes_is_not_cut() {
    let server = Server::start();
    let job = full(&server);
    let indexes: Vec<_> = (0..50).map(|n| (2 * n).to_string()).collect();
    let indexes = indexes.join(",");
    job.set_status(&json!({"completedIndexes": indexes, "succeeded": 50}));
    let output = run(&server, "describe x").output();
    output.ends_with_code(0);
    assert!(
        output.text().lines().any(|line| line.starts_with("Completed Indexes:") && line.ends_with(&indexes)),
        "{}",
        output.text()
    );
}

#[test]
fn a_failed_job_shows_its_failed_indexes_conditions_and_causes() {
    let server = Server::start();
    let job = server.add_job("x", 5);
    job.add_pod(Pod::new(3).failed(7));
    let (reason, message) = FAILED_INDEXES;
    job.fail("3", reason, message);
    let output = run(&server, "describe x").output();
    output.ends_with_code(0);
    for text in ["  Failed:      3 (1 index)\n", "FailedIndexes", "Job has failed indexes", "1x exit 7 Error, index 3"]
    {
        assert!(output.text().contains(text), "{text:?} is not in\n{}", output.text());
    }
}

#[test]
fn events_are_left_out_on_request_and_told_when_unreadable() {
    let server = Server::start();
    full(&server).add_event("Normal", "Completed", "Job completed");
    let output = run(&server, "describe x --show-events=false").output();
    output.ends_with_code(0);
    assert!(!labels(output.text()).contains(&"Events"), "{}", output.text());
    assert!(server.requests_to("GET", "*/events").is_empty());

    server.forbid("list", "events");
    let output = run(&server, "describe x").output();
    output.ends_with_code(0);
    let last = output.text().lines().last().unwrap_or_default();
    assert!(last.starts_with("Events:") && last.contains("cannot list resource \"events\""), "{}", output.text());
}

#[test]
fn events_are_asked_for_by_the_uid() {
    let server = Server::start();
    let job = full(&server);
    job.add_event("Normal", "Older", "of a Job of that name that is gone");
    job.recreate();
    let output = run(&server, "describe x").output();
    output.ends_with_code(0);
    assert!(output.text().ends_with("<none>\n"), "{}", output.text());
    let asked = server.requests_to("GET", "*/events");
    let fields = asked[0].query("fieldSelector").unwrap_or_default();
    assert!(fields.contains(&format!("involvedObject.uid={}", job.uid())), "{fields}");
}

#[test]
fn several_jobs_are_described_in_their_order_and_a_missing_one_is_told() {
    let server = Server::start();
    server.add_job("a", 1);
    server.add_job("b", 1);
    let output = run(&server, "describe b missing a").output();
    output.ends_with_code(4);
    assert!(output.stderr.starts_with(&no_job("missing")), "{}", output.stderr);
    let names: Vec<_> = output.text().lines().filter(|line| line.starts_with("Name:")).collect();
    assert!(names.len() == 2 && names[0].ends_with('b') && names[1].ends_with('a'), "{names:?}");
    assert!(output.text().contains("\n\n\nName:"), "two blank lines between them");
}

#[test]
fn what_a_cluster_says_cannot_drive_the_terminal() {
    let server = Server::start();
    let job = server.add_job_from(
        "default",
        json!({
            "metadata": {"name": "x", "annotations": {"a": "\u{1b}]0;gotcha\u{7}"}},
            "spec": {"completions": 1, "completionMode": "Indexed", "template": {"spec": {
                "restartPolicy": "Never", "containers": [{"name": "w", "image": "\u{1b}[31mred"}],
            }}},
        }),
    );
    job.add_event("Warning", "\u{1b}[2J", "\u{9b}31m");
    let output = run(&server, "describe x").output();
    output.ends_with_code(0);
    let bad: Vec<_> = output.text().chars().filter(|c| c.is_control() && *c != '\n').collect();
    assert!(bad.is_empty(), "{bad:?} in\n{}", output.text());
}

#[test]
fn a_long_description_into_a_stalled_pipe_is_interrupted_at_once() {
    let server = Server::start();
    let job = server.add_job("x", 60_000);
    // No two of them can be merged: the list alone is longer than any pipe holds.
    let completed: Vec<String> = (0..60_000).step_by(2).map(|index| index.to_string()).collect();
    job.set_status(&json!({"completedIndexes": completed.join(",")}));
    let running = run(&server, "describe x").stalled().spawn();
    server.await_requests(1, |request| request.path.ends_with("/events") && request.code == Some(200));
    std::thread::sleep(Duration::from_millis(300));
    assert!(running.goes_on(), "the pipe is full");
    let start = Instant::now();
    running.interrupt();
    running.finish().is(130, "", "");
    assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
}

#[test]
fn what_keeps_indexes_from_running_is_told_with_the_next_command() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.set_status(&json!({"active": 2, "ready": 1, "startTime": "2026-01-01T00:00:00Z"}));
    job.add_pod(Pod::new(0).running());
    job.add_pod(Pod::new(1).waiting("ErrImagePull", "no such image"));
    let output = run(&server, "describe x").output();
    output.ends_with_code(0);
    let text = output.text();
    for line in [
        "  Running:    0 (1 index)\n  Starting:   1 (1 index)\n  Pending:    2 (1 index)\n",
        "Waiting:\n  index 1 has not started yet: ErrImagePull: no such image\n",
        "Next:\n  kubectl indexedjob status x\n",
    ] {
        assert!(text.contains(line), "{line}\n---\n{text}");
    }
}

#[test]
fn a_job_whose_pods_cannot_be_read_is_described_all_the_same() {
    let server = Server::start();
    server.add_job("x", 3).set_status(&json!({"active": 2, "startTime": "2026-01-01T00:00:00Z"}));
    server.forbid("list", "pods");
    let output = run(&server, "describe x").output();
    output.ends_with_code(0);
    assert!(output.text().contains("  Unfinished:  0-2 (3 indexes)\n"), "{}", output.text());
    assert!(
        output.stderr.starts_with("what its pods do cannot be read: Error from server (Forbidden)"),
        "{}",
        output.stderr
    );
}
