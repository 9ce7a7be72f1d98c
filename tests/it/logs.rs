//! `logs`: the newest attempt of an index, byte for byte; all attempts of all indexes, as they are written.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::fake::{Ending, JobHandle, LiveLog, Log, Pod, Server};
use crate::harness::{Running, run};
use crate::words::{WHICH_JOBS, no_job};

/// A server with the Job `x` of five indexes.
fn job() -> (Server, JobHandle) {
    let server = Server::start();
    let job = server.add_job("x", 5);
    (server, job)
}

#[test]
fn the_newest_attempt_of_the_index_is_read() {
    let (server, job) = job();
    job.add_logged_pod(2, "of index 2\n");
    for (log, exit) in [("first\n", 1), ("second\n", 1)] {
        let pod = job.add_pod(Pod::new(3).failed(exit));
        server.log("default", &pod, "worker", Log::Bytes(log.into()));
    }
    job.add_logged_pod(3, "third\n");
    let output = run(&server, "logs x --index 3").output();
    output.says(0, "third\n", &["attempt 3 of 3"]);
    let output = run(&server, "logs x --index 3 -p").output();
    output.says(0, "second\n", &["attempt 2 of 3"]);
    run(&server, "logs job/x --index=2").output().is(0, "of index 2\n", "");
    assert_eq!(server.writes(), 0);
}

#[test]
fn only_the_pods_of_the_index_are_listed() {
    let (server, job) = job();
    job.add_logged_pod(3, "x\n");
    run(&server, "logs x --index 3").output().is(0, "x\n", "");
    for list in server.requests_to("GET", "*/pods") {
        let selector = list.query("labelSelector").unwrap_or_default();
        assert!(selector.contains("job-completion-index=3"), "{selector}");
    }
}

#[test]
fn pods_of_an_older_job_of_that_name_are_not_meant() {
    let (server, job) = job();
    let old = job.add_logged_pod(3, "old\n");
    let labels = server.objects(&crate::fake::Resource::core("pods"))[0]["metadata"]["labels"].clone();
    job.recreate();
    let stray = json!({
        "metadata": {"name": old, "labels": labels, "annotations": {"batch.kubernetes.io/job-completion-index": "3"}},
        "spec": {"nodeName": "n", "containers": [{"name": "worker"}]}, "status": {"phase": "Succeeded"},
    });
    server.put_object(&crate::fake::Resource::core("pods"), "default", stray);
    run(&server, "logs x --index 3").output().says(1, "", &["index 3 has not started yet"]);
}

#[test]
fn bytes_come_through_untouched() {
    let mut long = vec![b'x'; 10 << 20];
    long.push(b'\n');
    let all_bytes: Vec<u8> = (0..=255).collect();
    let cases: [&[u8]; 7] = [b"", b"no newline", b"\xff\xfe\n", b"a\r\nb\r\n", b"\0\0\n", &all_bytes, &long];
    for bytes in cases {
        let (server, job) = job();
        job.add_logged_pod(0, bytes);
        let output = run(&server, "logs x --index 0").output();
        output.ends_with_code(0);
        assert_eq!(output.stdout.len(), bytes.len());
        assert!(output.stdout == bytes, "{} bytes differ", bytes.len());
        assert_eq!(output.stderr, "");
    }
}

#[test]
fn flags_are_passed_on() {
    let (server, job) = job();
    job.add_logged_pod(0, "a\nb\nc\n");
    let asked = |line: &str| {
        run(&server, &format!("logs x --index 0 {line}")).output().ends_with_code(0);
        server.requests_to("GET", "*/log").pop().expect("a request for the log")
    };
    let plain = asked("");
    for name in ["follow", "tailLines", "sinceSeconds", "sinceTime", "timestamps", "previous", "limitBytes"] {
        assert!(plain.query(name).is_none_or(|value| value == "false"), "{name}");
    }
    assert_eq!(plain.query("container"), Some("worker"));
    assert_eq!(asked("--tail=2").query("tailLines"), Some("2"));
    assert_eq!(asked("--tail=0").query("tailLines"), Some("0"));
    assert_eq!(asked("--tail=-1").query("tailLines"), None);
    assert_eq!(asked("--since=2m").query("sinceSeconds"), Some("120"));
    let time = "2026-01-02T03:04:05Z";
    assert_eq!(asked(&format!("--since-time={time}")).query("sinceTime"), Some(time));
    assert_eq!(asked("--timestamps").query("timestamps"), Some("true"));
    assert_eq!(asked("--limit-bytes=3").query("limitBytes"), Some("3"));
    assert_eq!(asked("-c worker").query("container"), Some("worker"));
    assert_eq!(asked("-f").query("follow"), Some("true"));
    run(&server, "logs x --index 0 --tail=1").output().is(0, "c\n", "");
    run(&server, "logs x --index 0 --limit-bytes=3").output().is(0, "a\nb", "");
}

#[test]
fn the_previous_run_of_a_restarted_container_is_its_previous() {
    let (server, job) = job();
    let pod = job.add_pod(Pod::new(1).running().restarts(1));
    server.log("default", &pod, "worker", Log::Bytes(b"now\n".to_vec()));
    server.previous_log("default", &pod, "worker", Log::Bytes(b"before\n".to_vec()));
    run(&server, "logs x --index 1").output().is(0, "now\n", "");
    run(&server, "logs x --index 1 --previous").output().is(0, "before\n", "");
}

#[test]
fn a_container_can_be_chosen() {
    let server = Server::start();
    let container = |name: &str| json!({"name": name, "image": "i"});
    let job = server.add_job_from(
        "default",
        json!({"metadata": {"name": "x"}, "spec": {
            "completions": 1, "completionMode": "Indexed", "template": {"spec": {
                "restartPolicy": "Never", "containers": [container("main"), container("side")],
            }},
        }}),
    );
    let pod = job.add_pod(Pod::new(0).succeeded());
    for name in ["main", "side"] {
        server.log("default", &pod, name, Log::Bytes(format!("{name}\n").into()));
    }
    run(&server, "logs x --index 0").output().says(0, "main\n", &[]);
    run(&server, "logs x --index 0 -c side").output().is(0, "side\n", "");
    let output = run(&server, "logs x --index 0 -c zz").output();
    output.says(1, "", &["error: container zz is not valid for pod", "out of: main, side"]);
}

#[test]
fn an_index_that_waits_says_for_what() {
    let (server, job) = job();
    job.add_pod(Pod::new(0).waiting("ImagePullBackOff", "Back-off pulling image \"x\""));
    job.add_pod(Pod::new(1).unscheduled());
    let case = |index: &str, what: &str| {
        let output = run(&server, "logs x --index").args([index]).output();
        output.says(1, "", &[&format!("error: index {index} has not started yet"), what, "hint: "]);
    };
    case("0", "ImagePullBackOff");
    case("1", "Insufficient cpu");
    case("2", "");
}

#[test]
fn a_pod_that_is_gone_is_no_index_that_never_started() {
    let (server, job) = job();
    job.complete();
    let output = run(&server, "logs x --index 1").output();
    output.says(1, "", &["error: the pod of index 1 is gone, and its log with it\n"]);
}

#[test]
fn what_the_kubelet_says_is_told() {
    let (server, job) = job();
    let pod = job.add_pod(Pod::new(0).running());
    let refused = "Get \"https://10.0.0.1:10250/containerLogs\": dial tcp 10.0.0.1:10250: connect: connection refused";
    for (log, want) in [
        (Log::Error(500, refused.into()), "connect: connection refused"),
        (Log::Error(404, "pods \"node-1\" not found".into()), "pods \"node-1\" not found"),
        (Log::Error(400, "container \"worker\" is waiting to start: PodInitializing".into()), "waiting to start"),
    ] {
        server.log("default", &pod, "worker", log);
        run(&server, "logs x --index 0").output().says(1, "", &[want]);
    }
    server.log("default", &pod, "worker", Log::NoContent);
    run(&server, "logs x --index 0").output().says(1, "", &["error: index 0"]);
}

#[test]
fn a_followed_log_comes_as_it_is_written() {
    let (server, job) = job();
    let pod = job.add_pod(Pod::new(0).running());
    let script = vec![(Duration::ZERO, b"one\n".to_vec()), (Duration::from_millis(700), b"two\nno newline".to_vec())];
    server.log("default", &pod, "worker", Log::Script(script, Ending::Eof));
    let running = run(&server, "logs x --index 0 -f").spawn();
    running.await_stdout("one\n");
    assert!(running.goes_on(), "the second line is still to come");
    running.finish().is(0, "one\ntwo\nno newline", "");
}

#[test]
fn a_followed_log_that_breaks_off_is_not_an_end() {
    let (server, job) = job();
    let pod = job.add_pod(Pod::new(0).running());
    let script = vec![(Duration::ZERO, b"one\ntw".to_vec())];
    server.log("default", &pod, "worker", Log::Script(script, Ending::Cut));
    run(&server, "logs x --index 0 -f").output().says(1, "one\ntw", &["error: the log broke off"]);
}

#[test]
fn follow_waits_for_the_container_to_start() {
    let (server, job) = job();
    let running = run(&server, "logs x --index 0 -f").spawn();
    running.await_stderr("index 0 has not started yet");
    job.add_logged_pod(0, "at last\n");
    running.finish().says(0, "at last\n", &["has not started yet"]);
}

#[test]
fn an_interrupt_ends_a_follow() {
    let (server, job) = job();
    let pod = job.add_pod(Pod::new(0).running());
    let script = vec![(Duration::ZERO, b"one\n".to_vec())];
    server.log("default", &pod, "worker", Log::Script(script, Ending::Never));
    let running = run(&server, "logs x --index 0 -f").spawn();
    running.await_stdout("one\n");
    running.interrupt();
    running.finish().is(130, "one\n", "");
    assert!(job.exists());
}

/// A log that is longer than any buffer, to a reader who does not read.
fn stalled() -> (Server, Running) {
    let (server, job) = job();
    job.add_logged_pod(0, vec![b'x'; 4 << 20]);
    let running = run(&server, "logs x --index 0").stalled().spawn();
    server.await_requests(1, |request| request.path.ends_with("/log") && request.code == Some(200));
    std::thread::sleep(Duration::from_millis(200));
    assert!(running.goes_on(), "the pipe is full");
    (server, running)
}

#[test]
fn an_interrupt_ends_it_while_the_reader_stalls() {
    let (_server, running) = stalled();
    let start = Instant::now();
    running.interrupt();
    running.finish().is(130, "", "");
    assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let (_server, mut running) = stalled();
    running.close_stdout();
    running.finish().is(0, "", "");
}

/// A pod of the index that runs, and its log.
fn running(server: &Server, job: &JobHandle, index: u64) -> (String, LiveLog) {
    let pod = job.add_pod(Pod::new(index).running());
    let log = LiveLog::new();
    server.log("default", &pod, "worker", Log::Live(log.clone()));
    (pod, log)
}

#[test]
fn all_logs_are_followed_through_retries_until_the_job_ends() {
    let (server, job) = job();
    let following = run(&server, "logs x -f").spawn();
    server.await_watch("pods", 1);
    let (pod, log) = running(&server, &job, 3);
    log.write(0, "first\n");
    log.write(1, "no newline");
    following.await_stdout("[3] first\n");
    log.end();
    job.pod_becomes(&pod, &Pod::new(3).failed(1));
    following.await_stdout("[3] no newline\n");
    job.add_logged_pod(3, "second\n");
    following.await_stdout("[3/2] second\n");
    for index in [0, 1, 2, 4] {
        job.add_logged_pod(index, b"\xff\r\n");
        following.await_stdout(&format!("[{index}] "));
    }
    assert!(following.goes_on(), "the Job has not ended");
    job.fail("3", "FailedIndexes", "m");
    let output = following.finish();
    output.ends_with_code(0);
    assert_eq!(output.stderr, "");
    let rest = [0, 1, 2, 4].map(|index| [format!("[{index}] ").as_bytes(), b"\xff\r\n"].concat()).concat();
    assert_eq!(output.stdout, [b"[3] first\n[3] no newline\n[3/2] second\n", &*rest].concat());
    assert_eq!(server.writes(), 0);
}

#[test]
fn following_all_survives_the_restart_of_the_server() {
    let (server, job) = job();
    let pods: Vec<_> = (0..5).map(|index| running(&server, &job, index)).collect();
    let following = run(&server, "logs x -f").spawn();
    let write = |number: i64| {
        for (_, log) in &pods {
            log.write(number * 300, format!("{number}\n"));
        }
    };
    (0..5).for_each(write);
    (0..5).for_each(|index| following.await_stdout(&format!("[{index}] 4\n")));
    server.restart(Duration::from_secs(2));
    (5..10).for_each(write);
    following.await_stdout("[0] 9\n");
    (10..12).for_each(write);
    for (index, (pod, log)) in (0..).zip(&pods) {
        log.end();
        job.pod_becomes(pod, &Pod::new(index).succeeded());
    }
    job.complete();
    let output = following.finish();
    output.ends_with_code(0);
    for index in 0..5 {
        let prefix = format!("[{index}] ");
        let numbers: Vec<_> = output.text().lines().filter_map(|line| line.strip_prefix(&prefix)).collect();
        let want: Vec<_> = (0..12).map(|number| number.to_string()).collect();
        assert_eq!(numbers, want, "index {index}");
    }
    assert_eq!(output.stderr.matches("(trying again)").count(), 1, "{}", output.stderr);
}

#[test]
fn an_interrupt_ends_following_all_also_while_the_reader_stalls() {
    let (server, job) = job();
    let (_, log) = running(&server, &job, 0);
    log.write(0, "one\n");
    let following = run(&server, "logs x -f").spawn();
    following.await_stdout("[0] one\n");
    following.interrupt();
    following.finish().is(130, "[0] one\n", "");
    for number in 0..5000 {
        log.write(number, [b'x'; 1000]);
        log.write(number, "\n");
    }
    let stalled = run(&server, "logs x -f").stalled().spawn();
    server.await_requests(2, |request| request.path.ends_with("/log"));
    std::thread::sleep(Duration::from_millis(200));
    let start = Instant::now();
    stalled.interrupt();
    stalled.finish().is(130, "", "");
    assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
}

#[test]
fn a_reader_that_has_seen_enough_of_all_logs_is_no_failure() {
    let (server, job) = job();
    job.add_logged_pod(0, "x\n".repeat(1 << 20));
    let mut following = run(&server, "logs x -f").stalled().spawn();
    server.await_requests(1, |request| request.path.ends_with("/log"));
    following.close_stdout();
    following.finish().is(0, "", "");
}

#[test]
fn what_cannot_be_followed_is_told() {
    let server = Server::start();
    let follow = |line: &str| run(&server, &format!("logs {line}")).output();
    follow("x -f").is(4, "", &(no_job("x") + WHICH_JOBS));
    let container = json!({"name": "worker", "image": "i"});
    let spec = json!({"template": {"spec": {"restartPolicy": "Never", "containers": [container]}}});
    server.add_job_from("default", json!({"metadata": {"name": "plain"}, "spec": spec}));
    let plain = "error: job plain is not Indexed; its pods have no index\nhint: kubectl logs job/plain\n";
    follow("plain -f").is(2, "", plain);
    let job = server.add_job("x", 2);
    let pod = job.add_pod(Pod::new(0).running());
    follow("x -f -c zz").is(1, "", &format!("error: container zz is not valid for pod {pod} out of: worker\n"));
    server.forbid("watch", "pods");
    job.add_logged_pod(0, "0\n");
    let index_1 = job.add_logged_pod(1, "1\n");
    job.pod_becomes(&pod, &Pod::new(0).failed(1));
    job.remove_pod(&index_1);
    let following = run(&server, "logs x -f").spawn();
    following.await_stdout("[0/2] 0\n");
    job.complete();
    let gone = "the pod of index 1 is gone, and its log with it";
    following.finish().says(1, "[0/2] 0\n", &["pods is forbidden", "looking every 5s instead", gone]);
}
