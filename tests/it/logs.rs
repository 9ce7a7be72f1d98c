//! `logs`: the newest attempt of an index, byte for byte; all attempts of all indexes, as they are written.

use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::fake::{Ending, Fault, JobHandle, LiveLog, Log, On, Pod, Recorded, Server};
use crate::harness::{Running, run, say};
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
        assert!(selector.contains("job-completion-index in (3)"), "{selector}");
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
    job.progress("0", 1);
    asked("-f --tail=2 --since=1h");
    // The requests after the first one only look whether more has come since.
    let with_both =
        |asked: &Recorded| asked.query("tailLines") == Some("2") && asked.query("sinceSeconds") == Some("3600");
    assert!(server.requests_to("GET", "*/log").iter().any(with_both));
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
        let hint = format!("hint: kubectl indexedjob logs x --index {index} -f");
        output.says(1, "", &[&format!("error: index {index} has not started yet"), what, &hint]);
    };
    case("0", "ImagePullBackOff");
    case("1", "Insufficient cpu");
    case("2", "");
}

#[test]
fn what_holds_up_several_is_one_line_and_the_first_index_comes_first() {
    let (server, job) = job();
    job.add_pod(Pod::new(0).unscheduled());
    job.add_pod(Pod::new(1).waiting("ErrImagePull", "not found"));
    job.add_pod(Pod::new(2).waiting("ImagePullBackOff", "Back-off pulling image \"x\": not found"));
    let output = run(&server, "logs x --index 0-2").output();
    let lines: Vec<_> = output.stderr.lines().collect();
    let image = "error: indexes 1,2 have not started yet: ImagePullBackOff: Back-off pulling image \"x\": not found";
    assert!(lines[0].starts_with("error: index 0 has not started yet: Unschedulable: "), "{lines:?}");
    assert_eq!((lines[1], lines.len()), (image, 3));
}

#[test]
fn why_there_is_no_pod_is_told() {
    let (server, job) = job();
    job.add_logged_pod(0, "0\n");
    let why = "pods \"x-1-abcde\" is forbidden: exceeded quota: q";
    job.add_event("Warning", "FailedCreate", &format!("Error creating: {why}"));
    let line = format!("error: index 3 has not started yet: FailedCreate: {why}\n");
    run(&server, "logs x --index 3").output().says(1, "", &[&line]);
    run(&server, "logs x --index 0").output().is(0, "0\n", "");
    assert_eq!(server.requests_to("GET", "*/events").len(), 1, "of an index with a log nothing is asked");
    server.forbid("list", "events");
    let forbidden = "why pods are missing cannot be read: Error from server (Forbidden)";
    run(&server, "logs x --index 3").output().says(1, "", &[forbidden, "error: index 3 has not started yet\n"]);
}

#[test]
fn a_suspended_job_has_no_logs_and_what_resumes_it_is_told() {
    let (server, job) = job();
    job.edit(|job| job["spec"]["suspend"] = json!(true));
    let none = "error: indexes 0-4 have not started yet: the Job is suspended";
    let resume = "hint: kubectl indexedjob resume x -n default\n";
    run(&server, "logs x -n default").output().is(1, "", &format!("{none}\n{resume}"));
    let begun = |key: &str| {
        let key = format!("kubectl-indexedjob/{key}");
        job.edit(|job| job["metadata"]["annotations"] = json!({key: "a.b"}));
    };
    begun("retrying");
    let hint = "hint: give the same retry command again, or take it back: kubectl indexedjob retry x --undo\n";
    run(&server, "logs x").output().is(1, "", &format!("{none}: a retry has begun it and not ended\n{hint}"));
    begun("creating");
    run(&server, "logs x").output().says(
        1,
        "",
        &["suspended: a create has begun it and not ended\nhint: give the same"],
    );
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
fn the_log_of_one_index_is_followed_as_it_is_written_until_the_index_ends() {
    let (server, job) = job();
    let (pod, log) = running(&server, &job, 0);
    log.write(0, "one\n");
    let following = run(&server, "logs x --index 0 -f").spawn();
    following.await_stdout("one\n");
    log.write(700, "two\n");
    log.write(800, "no newline");
    following.await_stdout("two\n");
    assert!(following.goes_on(), "the index has not ended");
    log.end();
    job.pod_becomes(&pod, &Pod::new(0).succeeded());
    job.progress("0", 1);
    following.finish().is(0, "one\ntwo\nno newline", "");
}

#[test]
fn a_followed_log_that_breaks_off_is_read_on() {
    let (server, job) = job();
    let (pod, log) = running(&server, &job, 0);
    log.limit(40, Ending::Cut);
    log.write(0, "one line\n");
    log.write(10, "another\n");
    let following = run(&server, "logs x --index 0 -f").spawn();
    following.await_stdout("another\n");
    log.end();
    job.pod_becomes(&pod, &Pod::new(0).succeeded());
    job.progress("0", 1);
    following.finish().is(0, "one line\nanother\n", "");
}

#[test]
fn follow_waits_for_the_container_to_start() {
    let (server, job) = job();
    let pod = job.add_pod(Pod::new(0).waiting("ErrImagePull", "not found"));
    let following = run(&server, "logs x --index 0 -f").spawn();
    following.await_stderr("index 0 has not started yet: ErrImagePull: not found");
    let log = LiveLog::new();
    server.log("default", &pod, "worker", Log::Live(log.clone()));
    log.write(0, "at last\n");
    log.end();
    job.pod_becomes(&pod, &Pod::new(0).succeeded());
    job.progress("0", 1);
    following.finish().says(0, "at last\n", &["has not started yet"]);
}

#[test]
fn an_interrupt_ends_a_follow() {
    let (server, job) = job();
    let (_, log) = running(&server, &job, 0);
    log.write(0, "one\n");
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

#[test]
fn all_logs_come_by_index_and_attempt_whatever_the_order_of_their_answers() {
    let (server, job) = job();
    for index in [4, 1, 3, 0] {
        job.add_logged_pod(index, format!("of {index}\n"));
    }
    let pod = job.add_pod(Pod::new(2).failed(1));
    server.log("default", &pod, "worker", Log::Bytes(b"2, first, no newline".to_vec()));
    job.add_logged_pod(2, "2, second\n");
    server.fault(On::get("*/x-0-*/log"), Fault::Delay(Duration::from_millis(600)));
    let newest = run(&server, "logs x").output();
    let several = "index 2 had several attempts: this is the newest; --attempt all shows all\n";
    newest.is(0, "of 0\nof 1\n2, second\nof 3\nof 4\n", several);
    let some = run(&server, "logs x --index 1-2 --attempt all --prefix").output();
    some.is(0, "[1] of 1\n[2] 2, first, no newline\n[2/2] 2, second\n", "");
    run(&server, "logs x --attempt 1 --index 2").output().is(
        0,
        "2, first, no newline",
        &format!("index 2: attempt 1 of 2 (pod {pod})\n"),
    );
    run(&server, "logs x --attempt 2").output().is(0, "2, second\n", "indexes 0,1,3,4 have no attempt 2\n");
}

#[test]
fn states_reasons_and_exit_codes_select() {
    let (server, job) = job();
    job.add_logged_pod(0, "good\n");
    for (index, code, log) in [(1, 1, "bad\n"), (2, 42, "worse\n")] {
        let pod = job.add_pod(Pod::new(index).failed(code));
        server.log("default", &pod, "worker", Log::Bytes(log.into()));
    }
    job.progress("0", 1);
    job.set_status(&json!({"failedIndexes": "1,2"}));
    run(&server, "logs x --state failed").output().is(0, "bad\nworse\n", "");
    run(&server, "logs x --exit-code 42").output().is(0, "worse\n", "");
    run(&server, "logs x --state succeeded").output().is(0, "good\n", "");
    run(&server, "logs x --index - --state failed").stdin("2\n0\n").output().is(0, "worse\n", "");
    run(&server, "logs x --reason OOMKilled").output().is(0, "", "no index is selected\n");
    run(&server, "logs x --index").args([""]).output().is(0, "", "no index is selected\n");
    let beyond = run(&server, "logs x --index 3-7").output();
    beyond.is(2, "", "error: indexes 5-7 are out of range: job x has indexes 0 to 4\n");
}

#[test]
fn one_bad_log_is_told_and_the_others_are_read() {
    let (server, job) = job();
    for index in [0, 2, 4] {
        job.add_logged_pod(index, format!("{index}\n"));
    }
    let pods = [1, 3].map(|index| job.add_pod(Pod::new(index).running()));
    server.log("default", &pods[0], "worker", Log::Error(500, "dial tcp: connection refused".into()));
    server.log(
        "default",
        &pods[1],
        "worker",
        Log::Bytes(b"unable to retrieve container logs for containerd://ab".into()),
    );
    let output = run(&server, "logs x").output();
    let no_log = "error: index 3: unable to retrieve container logs for containerd://ab";
    output.says(1, "0\n2\n4\n", &["error: index 1: ", "connection refused", no_log]);
    run(&server, "logs x --ignore-errors").output().says(0, "0\n2\n4\n", &["error: index 1: "]);
    let (server, job) = self::job();
    job.add_logged_pod(0, "0\n");
    server.forbid("get", "pods/log");
    let refused = run(&server, "logs x").output();
    assert_eq!((refused.code, refused.stderr.matches("forbidden").count()), (Some(1), 1), "{}", refused.stderr);
}

#[test]
fn a_finished_log_that_breaks_off_is_asked_for_again_and_nothing_comes_twice() {
    let (server, job) = job();
    let bytes: Vec<u8> = (0..400_000_u32).flat_map(|number| format!("{number}\r\n").into_bytes()).collect();
    job.add_logged_pod(0, bytes.clone());
    server.fault(On::get("*/log").first(2), Fault::CutFrame(1));
    let output = run(&server, "logs x --index 0").output();
    output.ends_with_code(0);
    assert!(output.stdout == bytes, "{} of {} bytes", output.stdout.len(), bytes.len());
}

#[test]
fn a_log_that_breaks_off_and_cannot_be_had_again_is_no_whole_log() {
    let (server, job) = job();
    job.add_logged_pod(0, "0123456789\n".repeat(100_000));
    server.fault(On::get("*/log").nth(1), Fault::CutFrame(0));
    server.fault(On::get("*/log"), Fault::Code(404));
    let home = TempDir::new().unwrap();
    let output = run(&server, "logs x --index 0 --save").args([home.path()]).output();
    output.says(1, "", &["error: index 0: the log broke off", "0 logs saved in"]);
    assert_eq!((home.path().join("0/1.log").exists(), home.path().join("0/1.log.part").exists()), (false, true));
}

#[test]
fn no_more_connections_are_open_than_are_allowed_and_a_busy_server_is_given_time() {
    let server = Server::start();
    let job = server.add_job("x", 40);
    let want = (0..40).map(|index| format!("{index}\n")).collect::<Vec<_>>().concat();
    for index in 0..40 {
        job.add_logged_pod(index, format!("{index}\n"));
    }
    server.fault(On::get("*/log"), Fault::Delay(Duration::from_millis(20)));
    let output = run(&server, "logs x --max-log-requests 3").output();
    output.is(0, &want, "");
    assert_eq!(server.most_open_logs(), 3);
    server.clear_faults();
    server.fault(On::get("*/log").first(2), Fault::RetryAfter(429, 1));
    let start = Instant::now();
    let output = run(&server, "logs x --max-log-requests 1").output();
    output.says(0, &want, &["(trying again)"]);
    assert!(start.elapsed() >= Duration::from_secs(2), "Retry-After was not honoured: {:?}", start.elapsed());
}

#[test]
fn several_jobs_are_told_apart() {
    let server = Server::start();
    for name in ["x", "y"] {
        let job = server.add_job(name, 2);
        (0..2).for_each(|index| drop(job.add_logged_pod(index, format!("{name}{index}\n"))));
        job.complete();
    }
    run(&server, "logs x job/y x").output().is(0, "x0\nx1\ny0\ny1\n", "");
    run(&server, "logs y x --index 1 --prefix").output().is(0, "[y/1] y1\n[x/1] x1\n", "");
    let mut followed: Vec<_> = run(&server, "logs x y -f").output().text().lines().map(str::to_owned).collect();
    followed.sort();
    assert_eq!(followed, ["[x/0] x0", "[x/1] x1", "[y/0] y0", "[y/1] y1"]);
    let output = run(&server, "logs x z").output();
    output.says(4, "x0\nx1\n", &["\"z\" not found"]);
    let output = run(&server, "logs x y -c zz").output();
    output.says(1, "", &["error: x: container zz is not valid for pod x-0-", "error: y: container zz is not valid"]);
}

#[test]
fn lines_can_be_json_and_by_time() {
    let (server, job) = job();
    let logs = [(0, vec![(0, "a\n"), (2000, "c\n")]), (1, vec![(1000, "b\n"), (3000, "d")])];
    for (index, lines) in logs {
        let pod = job.add_pod(Pod::new(index).succeeded());
        let log = LiveLog::new();
        for (millis, line) in lines {
            log.write(millis, line);
        }
        log.end();
        server.log("default", &pod, "worker", Log::Live(log));
    }
    run(&server, "logs x --index 0,1 --order time").output().is(0, "[0] a\n[1] b\n[0] c\n[1] d\n", "");
    let plain = run(&server, "logs x --index 0,1 --order time --prefix=never").output();
    plain.is(0, "a\nb\nc\nd\n", "");
    let output = run(&server, "logs x --index 0,1 --order=time -o json").output();
    output.ends_with_code(0);
    let lines: Vec<serde_json::Value> = output.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let found: Vec<_> = lines.iter().map(|line| (line["index"].as_u64(), line["line"].as_str())).collect();
    let want = [(0, "a"), (1, "b"), (0, "c"), (1, "d")].map(|(index, line)| (Some(index), Some(line)));
    assert_eq!(found, want);
    assert_eq!((&lines[3]["partial"], &lines[3]["time"]), (&json!(true), &json!("2026-01-02T03:04:08.000000000Z")));
    let stamped = run(&server, "logs x --index 0 --timestamps --prefix").output();
    let want = "[0] 2026-01-02T03:04:05.000000000Z a\n[0] 2026-01-02T03:04:07.000000000Z c\n";
    stamped.is(0, want, "");
}

#[test]
fn logs_are_saved_and_a_second_run_takes_only_what_is_new() {
    let (server, job) = job();
    let pod = job.add_pod(Pod::new(0).failed(137));
    server.log("default", &pod, "worker", Log::Bytes(b"first\xff".to_vec()));
    job.add_logged_pod(0, "second\n");
    let (pod, log) = running(&server, &job, 1);
    log.write(0, "so far\n");
    let home = TempDir::new().unwrap();
    let directory = home.path().join("out");
    let output = run(&server, "logs x --index 0,1 --save").args([&directory]).output();
    output.says(1, "", &["error: index 1 is not over", "2 logs saved in"]);
    let read = |name: &str| std::fs::read(directory.join(name)).ok();
    assert_eq!(read("0/1.log").as_deref(), Some(&b"first\xff"[..]));
    assert_eq!(read("0/2.log").as_deref(), Some(&b"second\n"[..]));
    assert_eq!((read("1/1.log"), read("1/1.log.part").as_deref()), (None, Some(&b"so far\n"[..])));
    let joblog = String::from_utf8(read("joblog.tsv").unwrap()).unwrap();
    let rows: Vec<Vec<&str>> = joblog.lines().map(|line| line.split('\t').collect()).collect();
    assert_eq!(rows[0].join(" "), "Seq Host Starttime JobRuntime Send Receive Exitval Signal Command");
    let command = "JOB_COMPLETION_INDEX=0 true";
    assert_eq!((rows.len(), rows[1][1], &rows[1][5..]), (2, "node-1", &["7", "0", "0", command][..]));
    log.end();
    job.pod_becomes(&pod, &Pod::new(1).succeeded());
    let before = server.requests_to("GET", "*/log").len();
    let output = run(&server, "logs x --index 0,1 --save").args([&directory]).output();
    output.says(0, "", &["3 logs saved in", "2 of them before"]);
    let asked = server.requests_to("GET", "*/log").split_off(before);
    assert_eq!(asked.len(), 2, "what was there is not read again");
    assert_eq!(asked[1].query("tailLines"), Some("10"), "the end is looked at twice");
    assert_eq!((read("1/1.log").as_deref(), read("1/1.log.part")), (Some(&b"so far\n"[..]), None));
    let codes = |text: Vec<u8>| -> Vec<String> {
        let text = String::from_utf8(text).unwrap();
        text.lines().skip(1).map(|row| [0, 6].map(|at| row.split('\t').nth(at).unwrap()).join(" ")).collect()
    };
    assert_eq!(codes(read("joblog.tsv").unwrap()), ["0 0", "1 0"]);
    job.recreate();
    let other = run(&server, "logs x --save").args([&directory]).output();
    other.says(2, "", &["holds the logs of another Job"]);
}

#[test]
fn a_pod_that_takes_the_place_of_one_that_is_gone_does_not_take_its_file() {
    let (server, job) = job();
    job.edit(|job| drop(job["spec"].as_object_mut().unwrap().remove("backoffLimitPerIndex")));
    let logged = |text: &str| {
        let pod = job.add_pod(Pod::new(0).failed(1));
        server.log("default", &pod, "worker", Log::Bytes(text.into()));
        pod
    };
    let first = logged("first\n");
    let home = TempDir::new().unwrap();
    let save = || run(&server, "logs x --index 0 --save").args([home.path()]).output();
    save().says(0, "", &["1 log saved in"]);
    job.remove_pod(&first);
    let second = logged("second\n");
    save().says(0, "", &["1 log saved in"]);
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    assert_eq!([read("0/1.log"), read("0/2.log")], ["first\n", "second\n"]);
    let pods = read("pods.tsv");
    let pods: Vec<Vec<&str>> = pods.lines().map(|row| row.split('\t').collect()).collect();
    assert_eq!(pods[0].join(" "), "File Index Attempt Container Pod Uid Bytes");
    assert_eq!((pods[1][0], pods[1][4], pods[2][0], pods[2][4]), ("0/1.log", &*first, "0/2.log", &*second));
    save().says(0, "", &["1 log saved in", "1 of them before"]);
    std::fs::write(home.path().join("0/2.log"), "mine").unwrap();
    save().says(2, "", &["0/2.log is there, and has been changed since it was saved", "hint: "]);
    assert_eq!(read("0/2.log"), "mine");
}

#[test]
fn a_log_whose_answer_ends_well_before_the_log_does_is_not_saved_as_whole() {
    let (server, job) = job();
    let pod = job.add_pod(Pod::new(0).succeeded());
    let log = LiveLog::new();
    (0..100).for_each(|number| log.write(number, format!("{number}\n")));
    log.end();
    server.log("default", &pod, "worker", Log::Live(log.clone()));
    log.limit(80, Ending::Eof);
    let home = TempDir::new().unwrap();
    run(&server, "logs x --index 0 --save").args([home.path()]).output().says(0, "", &["1 log saved in"]);
    let want = (0..100).map(|number| format!("{number}\n")).collect::<Vec<_>>().concat();
    assert_eq!(std::fs::read_to_string(home.path().join("0/1.log")).unwrap(), want);
}

#[test]
fn the_job_log_says_what_ran_for_which_item() {
    let (server, _) = job();
    let path = |path: &str| json!({"name": "items", "mountPath": path, "subPathExpr": "$(JOB_COMPLETION_INDEX)"});
    let items = json!({"metadata": {"name": "items"}, "data": {"0": "foo", "1": "b\tr"}});
    server.put_object(&crate::fake::Resource::core("configmaps"), "default", items);
    let job = server.add_job_from(
        "default",
        json!({"metadata": {"name": "y"}, "spec": {"completions": 2, "completionMode": "Indexed", "template": {"spec": {
            "restartPolicy": "Never", "volumes": [{"name": "items", "configMap": {"name": "items"}}],
            "containers": [{"name": "worker", "image": "i", "command": ["rev", "/input/data.txt"],
                "volumeMounts": [path("/input/data.txt")]}],
        }}}}),
    );
    (0..2).for_each(|index| drop(job.add_logged_pod(index, "x\n")));
    let home = TempDir::new().unwrap();
    run(&server, "logs y --save").args([home.path()]).output().says(0, "", &["2 logs saved in"]);
    let joblog = std::fs::read_to_string(home.path().join("joblog.tsv")).unwrap();
    let commands: Vec<&str> = joblog.lines().skip(1).filter_map(|row| row.split('\t').nth(8)).collect();
    let want = ["0 rev /input/data.txt # foo", "1 rev /input/data.txt # b\\tr"];
    assert_eq!(commands, want.map(|command| format!("JOB_COMPLETION_INDEX={command}")));
}

#[test]
fn gnu_parallel_takes_up_the_job_log() {
    let parallel = |args: &[&str], joblog: &std::path::Path| {
        let mut command = std::process::Command::new("parallel");
        command.args(["--will-cite", "--joblog"]).arg(joblog).args(args).stdin(std::process::Stdio::null());
        command.output().map(|output| String::from_utf8(output.stdout).expect("it is text"))
    };
    let home = TempDir::new().unwrap();
    if parallel(&["--version"], &home.path().join("none")).is_err() {
        say("skipped, there is no GNU parallel: it takes up the job log");
        return;
    }
    let server = Server::start();
    let command = ["sh", "-c", "test $JOB_COMPLETION_INDEX != 3 # $0", "a b"];
    let job = server.add_job_from(
        "default",
        json!({
            "metadata": {"name": "y", "annotations": {"kubectl-indexedjob/numbers": "1-4"}},
            "spec": {"completions": 4, "completionMode": "Indexed", "template": {"spec": {
                "restartPolicy": "Never", "containers": [{"name": "worker", "image": "i", "command": command}],
            }}},
        }),
    );
    for index in 0..4 {
        let pod = job.add_pod(if index == 2 { Pod::new(index).failed(1) } else { Pod::new(index).succeeded() });
        server.log("default", &pod, "worker", Log::Bytes(b"x\n".to_vec()));
    }
    run(&server, "logs y --save").args([home.path()]).output().says(0, "", &["4 logs saved in"]);
    let case = |args: &[&str], want: &str| {
        // It adds to the file.
        let copy = home.path().join("copy.tsv");
        std::fs::copy(home.path().join("joblog.tsv"), &copy).unwrap();
        assert_eq!(parallel(args, &copy).unwrap(), want, "{args:?}");
    };
    let again = "JOB_COMPLETION_INDEX=3 sh -c 'test $JOB_COMPLETION_INDEX != 3 # $0' 'a b'\n";
    case(&["--dry-run", "--retry-failed"], again);
    case(&["--resume-failed", "echo", "again", ":::", "1", "2", "3", "4"], "again 3\n");
    case(&["--resume", "echo", "more", ":::", "1", "2", "3", "4", "5"], "more 5\n");
}

#[test]
fn an_index_that_has_not_had_its_turn_is_told_and_is_no_failure_unless_it_is_named() {
    let (server, job) = job();
    job.add_logged_pod(0, "0\n");
    let hint = "hint: kubectl indexedjob logs x --index 1-4 -f\n";
    let not_started = "indexes 1-4 have not started yet\n";
    run(&server, "logs x").output().is(0, "0\n", &[not_started, hint].concat());
    run(&server, "logs x --index 0-4").output().is(1, "0\n", &["error: ", not_started, hint].concat());
    let previous = "index 0 has only one attempt, and its container ran once\n";
    let output = run(&server, "logs x -p").output();
    output.says(1, "", &[&format!("error: {previous}"), &format!("error: {not_started}")]);
    let pod = job.add_pod(Pod::new(1).failed(1));
    server.log("default", &pod, "worker", Log::Bytes(b"first\n".to_vec()));
    job.add_logged_pod(1, "second\n");
    run(&server, "logs x -p").output().says(0, "first\n", &[previous, "indexes 2-4 have not started yet"]);
    job.add_pod(Pod::new(2).waiting("ErrImagePull", "not found"));
    run(&server, "logs x").output().says(1, "0\nsecond\n", &["error: index 2 has not started yet: ErrImagePull"]);
}

#[test]
fn a_program_that_could_not_be_started_is_1_whether_it_is_followed_or_not() {
    let (server, job) = job();
    let end = json!({"exitCode": 128, "reason": "StartError", "message": "exec: \"x\": not found"});
    let state = json!({"status": {"containerStatuses": [{"name": "worker", "state": {"terminated": end}}]}});
    (0..5).for_each(|index| drop(job.add_pod(Pod::new(index).failed(128).with(state.clone()))));
    job.fail("0-4", "FailedIndexes", "m");
    let why = "the programs of indexes 0-4 could not be started: StartError: exec: \"x\": not found\n";
    run(&server, "logs x").output().is(1, "", &format!("error: {why}"));
    run(&server, "logs x -f").output().is(1, "", why);
    assert!(server.requests_to("GET", "*/log").is_empty());
}

#[test]
fn an_ephemeral_container_is_one_of_all_containers() {
    let (server, job) = job();
    let done = json!({"terminated": {"exitCode": 0}});
    let debugged = json!({
        "spec": {"containers": [{"name": "worker"}], "ephemeralContainers": [{"name": "debugger"}]},
        "status": {"containerStatuses": [{"name": "worker", "state": done}],
            "ephemeralContainerStatuses": [{"name": "debugger", "state": {"terminated": {"exitCode": 1}}}]},
    });
    let pod = job.add_pod(Pod::new(0).succeeded().with(debugged));
    server.log("default", &pod, "worker", Log::Bytes(b"work\n".to_vec()));
    server.log("default", &pod, "debugger", Log::Bytes(b"looked\n".to_vec()));
    let all = run(&server, "logs x --index 0 --all-containers --prefix").output();
    all.is(0, "[0/1/worker] work\n[0/1/debugger] looked\n", "");
    run(&server, "logs x --index 0 -c debugger").output().is(0, "looked\n", "");
    run(&server, "logs x --index 0").output().is(0, "work\n", "");
    run(&server, "logs x --index 0 -c zz").output().says(1, "", &["out of: worker, debugger (ephem)"]);
    let home = TempDir::new().unwrap();
    let save = run(&server, "logs x --index 0 --all-containers --save").args([home.path()]).output();
    save.says(0, "", &["2 logs saved in"]);
    let joblog = std::fs::read_to_string(home.path().join("joblog.tsv")).unwrap();
    let rows: Vec<Vec<&str>> = joblog.lines().skip(1).map(|row| row.split('\t').collect()).collect();
    assert_eq!((rows.len(), rows[0][5], rows[0][6]), (1, "12", "0"), "a task is one row, with all that it wrote");
}

#[test]
fn the_log_of_one_container_is_not_taken_for_that_of_another() {
    let (server, job) = job();
    let two = json!({"spec": {"containers": [{"name": "worker"}, {"name": "side"}]}, "status": {"containerStatuses": [
        {"name": "worker", "state": {"terminated": {"exitCode": 0}}},
        {"name": "side", "state": {"terminated": {"exitCode": 0}}},
    ]}});
    let pod = job.add_pod(Pod::new(0).succeeded().with(two));
    server.log("default", &pod, "worker", Log::Bytes(b"work\n".to_vec()));
    server.log("default", &pod, "side", Log::Bytes(b"side\n".to_vec()));
    let home = TempDir::new().unwrap();
    for flags in ["", " -c side", " -c worker"] {
        run(&server, &format!("logs x --index 0{flags} --save")).args([home.path()]).output().ends_with_code(0);
    }
    let read = |name: &str| std::fs::read_to_string(home.path().join(name)).unwrap();
    assert_eq!([read("0/1.log"), read("0/1.side.log"), read("0/1.worker.log")], ["work\n", "side\n", "work\n"]);
}

#[test]
fn a_job_log_that_cannot_be_read_is_not_written_over() {
    let (server, job) = job();
    job.add_logged_pod(0, "text\n");
    let home = TempDir::new().unwrap();
    let save = || run(&server, "logs x --index 0 --save").args([home.path()]).output();
    save().ends_with_code(0);
    std::fs::write(home.path().join("joblog.tsv"), b"\xff\xfe").unwrap();
    save().says(1, "", &["cannot read", "joblog.tsv"]);
    assert_eq!(std::fs::read(home.path().join("joblog.tsv")).unwrap(), b"\xff\xfe");
}

#[test]
fn logs_of_a_job_that_is_deleted_end_with_4() {
    let (server, job) = job();
    let (_, log) = running(&server, &job, 0);
    log.write(0, "so far\n");
    let following = run(&server, "logs x -f").spawn();
    following.await_stdout("so far");
    log.end();
    job.delete();
    following.finish().says(4, "[0] so far\n", &["job.batch/x was deleted"]);
}

#[test]
fn flags_that_do_not_go_together_are_refused() {
    let (server, _) = job();
    for (line, why) in [
        ("-f --order time", "--order=time cannot be used with --follow"),
        ("-o json --limit-bytes 3", "--limit-bytes cannot be used with --output=json"),
        ("--all-containers -c worker", "cannot be used with"),
        ("--save d -f", "cannot be used with"),
        ("--since 1h --since-time 2026-01-02T03:04:05Z", "cannot be used with"),
    ] {
        run(&server, &format!("logs x {line}")).output().says(2, "", &[why]);
    }
    assert!(server.requests_to("GET", "*").is_empty());
}
