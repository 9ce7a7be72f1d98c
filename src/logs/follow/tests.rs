//! Following, against the fake API server and on a clock that the tests drive.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use serde_json::json;
use tokio::io::AsyncWrite;
use tokio::time::{sleep, timeout};

use super::super::fake::{Ending, Fake, Fault, JobHandle, LiveLog, Log, On, Pod};
use super::super::options::{Containers, Expected, Look};
use super::super::output::Output;
use super::*;
use crate::cluster::Cluster;

/// What was written and said.
#[derive(Clone, Default)]
struct Captured<T>(Arc<Mutex<Vec<T>>>);

impl<T: Clone> Captured<T> {
    fn all(&self) -> Vec<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, more: impl IntoIterator<Item = T>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(more);
    }
}

impl AsyncWrite for Captured<u8> {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.add(bytes.iter().copied());
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A server with the Job `x`, and what is told about it.
struct Stage {
    fake: Fake,
    job: JobHandle,
    out: Captured<u8>,
    notes: Captured<String>,
    options: LogsOptions,
    indexes: Indexes,
    connections: usize,
}

impl Stage {
    fn new(completions: u64) -> Self {
        let fake = Fake::new();
        let job = fake.add_job("x", completions);
        let look = Look { prefix: true, ..Look::default() };
        let options = LogsOptions { look, ..LogsOptions::default() };
        let (out, notes) = (Captured::default(), Captured::default());
        Self { fake, job, out, notes, options, indexes: Indexes::All, connections: 16 }
    }

    /// A pod of the index that runs and writes a log.
    fn running(&self, index: u64) -> (String, LiveLog) {
        let pod = self.job.add_pod(Pod::new(index).running());
        let log = self.log(&pod);
        (pod, log)
    }

    fn log(&self, pod: &str) -> LiveLog {
        let log = LiveLog::new();
        self.fake.log("default", pod, "worker", Log::Live(log.clone()));
        log
    }

    /// The container and its pod have ended.
    fn ends(&self, index: u64, (pod, log): &(String, LiveLog), exit_code: i32) {
        log.end();
        let ended = match exit_code {
            0 => Pod::new(index).succeeded(),
            code => Pod::new(index).failed(code),
        };
        self.job.pod_becomes(pod, &ended);
    }

    /// Follows the Job, while `script` plays.
    async fn follow(&self, script: impl Future<Output = ()>) -> Result<Exit, Failure> {
        let (notes, out) = (self.notes.clone(), Box::new(self.out.clone()));
        let from_below = self.notes.clone();
        let cluster =
            Cluster::over(self.fake.clone(), "default", Arc::new(move |note| from_below.add([format!("{note:?}")])));
        let job = cluster.job("x").await?;
        let output = Output::new(out, Box::new(move |text| notes.add([text.to_owned()])));
        let reading = Reading::over(&cluster, output, self.connections, String::new());
        let following = follow_all(&reading, &job, cluster.watch_job("x"), self.indexes.clone(), &self.options);
        let played = async { tokio::join!(following, script).0 };
        timeout(Duration::from_secs(3600), played).await.expect("it ends within an hour")
    }

    /// It ended with this code, having written this and said that.
    #[track_caller]
    fn is(&self, ended: &Result<Exit, Failure>, exit: Exit, out: &str, notes: &[&str]) {
        assert_eq!(self.notes.all(), notes);
        assert_eq!((ended.as_ref().ok(), self.out().as_str()), (Some(&exit), out));
    }

    fn out(&self) -> String {
        String::from_utf8_lossy(&self.out.all()).into_owned()
    }

    fn asked_for_logs(&self) -> usize {
        self.fake.requests_to("GET", "*/log").len()
    }
}

/// A text for each number, one after the other.
fn each(numbers: std::ops::Range<u32>, text: impl Fn(u32) -> String) -> String {
    numbers.map(text).collect::<Vec<_>>().concat()
}

async fn seconds(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn every_line_of_every_attempt_comes_once_and_says_whose_it_is() {
    let stage = Stage::new(2);
    let ended = stage
        .follow(async {
            let zero = stage.running(0);
            zero.1.write(0, "zero\n");
            seconds(1).await;
            let one = stage.running(1);
            one.1.write(10, "one, first\n");
            seconds(3).await;
            one.1.write(3000, "no newline");
            stage.ends(1, &one, 1);
            seconds(10).await;
            let again = stage.running(1);
            again.1.write(13_000, "one, second\n");
            seconds(1).await;
            zero.1.write(14_000, "zero again\n");
            stage.ends(0, &zero, 0);
            stage.ends(1, &again, 0);
            stage.job.complete();
        })
        .await;
    let out = "[0] zero\n[1] one, first\n[1] no newline\n[1/2] one, second\n[0] zero again\n";
    let sorted = |text: &str| -> Vec<String> {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&stage.out()), sorted(out));
    stage.is(&ended, Exit::Done, &stage.out(), &[]);
}

#[tokio::test(start_paused = true)]
async fn a_finished_job_is_read_to_its_end_index_by_index() {
    let stage = Stage::new(3);
    for index in [2, 0, 1] {
        stage.job.add_logged_pod(index, format!("{index}\n{index}\n"));
    }
    stage.job.complete();
    let ended = stage.follow(async {}).await;
    stage.is(&ended, Exit::Done, "[0] 0\n[0] 0\n[1] 1\n[1] 1\n[2] 2\n[2] 2\n", &[]);
    // Each log, and once more to see that nothing is missing.
    assert_eq!(stage.asked_for_logs(), 6);
    assert_eq!(stage.fake.writes(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_cut_anywhere_in_a_line_costs_and_doubles_nothing() {
    // Three of the lines are of one second, and a request for it gets all of them again.
    let lines = [(900, "first\n"), (1000, "a\n"), (1000, "a\n"), (1999, "a\r\n"), (2500, "last, no newline")];
    for ending in [Ending::Cut, Ending::Eof] {
        for bytes in (0..190).step_by(3) {
            let stage = Stage::new(1);
            let pod = stage.running(0);
            pod.1.limit(bytes, ending);
            pod.1.limit(bytes + 40, ending);
            let ended = stage
                .follow(async {
                    for (millis, line) in lines {
                        pod.1.write(millis, line);
                        sleep(Duration::from_millis(700)).await;
                    }
                    stage.ends(0, &pod, 0);
                    seconds(1).await;
                    stage.job.complete();
                })
                .await;
            let out = "[0] first\n[0] a\n[0] a\n[0] a\r\n[0] last, no newline\n";
            stage.is(&ended, Exit::Done, out, &[]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_ends_while_the_container_runs_is_no_end() {
    let stage = Stage::new(1);
    let pod = stage.running(0);
    let ended = stage
        .follow(async {
            for number in 0..20 {
                pod.1.write(number * 400, format!("{number}\n"));
                seconds(1).await;
                pod.1.interrupt(if number % 2 == 0 { Ending::Eof } else { Ending::Cut });
                seconds(3).await;
            }
            stage.ends(0, &pod, 0);
            stage.job.complete();
        })
        .await;
    let out = each(0..20, |number| format!("[0] {number}\n"));
    stage.is(&ended, Exit::Done, &out, &[]);
}

#[tokio::test(start_paused = true)]
async fn over_the_cap_logs_queue_and_all_are_read() {
    let stage = Stage { connections: 2, ..Stage::new(6) };
    let pods: Vec<_> = (0..6).map(|index| stage.running(index)).collect();
    let ended = stage
        .follow(async {
            seconds(20).await;
            for (index, pod) in (0..).zip(&pods) {
                pod.1.write(index, format!("{index}\n"));
                seconds(4).await;
                stage.ends(u64::try_from(index).unwrap(), pod, 0);
            }
            stage.job.complete();
        })
        .await;
    let out = each(0..6, |index| format!("[{index}] {index}\n"));
    let note = "indexes 2-5 will be read later: 2 logs are read at a time";
    stage.is(&ended, Exit::Done, &out, &[note]);
    assert_eq!(stage.fake.most_open_logs(), 2);
}

#[tokio::test(start_paused = true)]
async fn over_the_cap_a_silent_log_leaves_its_turn_to_others() {
    let stage = Stage { connections: 1, ..Stage::new(3) };
    let pods: Vec<_> = (0..3).map(|index| stage.running(index)).collect();
    let ended = stage
        .follow(async {
            for round in 0..3 {
                for (index, pod) in (0..).zip(&pods) {
                    pod.1.write(round * 1000, format!("{index}, {round}\n"));
                }
                seconds(250).await;
                assert_eq!(stage.out().lines().count(), usize::try_from(round + 1).unwrap() * 3);
            }
            for (index, pod) in (0..).zip(&pods) {
                stage.ends(index, pod, 0);
            }
            stage.job.complete();
        })
        .await;
    assert_eq!((ended.unwrap(), stage.out().lines().count()), (Exit::Done, 9));
    assert_eq!(stage.fake.most_open_logs(), 1);
}

#[tokio::test(start_paused = true)]
async fn of_the_runs_before_who_comes_late_gets_one_and_does_not_miss_the_others() {
    let stage = Stage { connections: 1, ..Stage::new(2) };
    for index in 0..2 {
        let pod = stage.job.add_pod(Pod::new(index).succeeded().restarts(3));
        stage.fake.log("default", &pod, "worker", Log::Bytes(b"last run\n".to_vec()));
        if index == 1 {
            let before = LiveLog::new();
            before.write(-10_000, "the run before\n");
            before.end();
            stage.fake.previous_log("default", &pod, "worker", Log::Live(before));
        }
    }
    stage.job.complete();
    let ended = stage.follow(async {}).await;
    stage.is(&ended, Exit::Done, "[0] last run\n[1] the run before\n[1] last run\n", &[]);
}

#[tokio::test(start_paused = true)]
async fn a_log_that_is_gone_is_told_and_the_others_are_read() {
    let stage = Stage::new(2);
    let (gone, pod) = (stage.running(0), stage.running(1));
    gone.1.limit(40, Ending::Cut);
    gone.1.write(0, "first\n");
    gone.1.write(1, "second\n");
    let ended = stage
        .follow(async {
            stage.fake.fault(On::get(&format!("*/{}/log", gone.0)).from(2), Fault::Code(503));
            seconds(1).await;
            stage.job.remove_pod(&gone.0);
            pod.1.write(0, "another\n");
            stage.ends(1, &pod, 0);
            stage.job.complete();
        })
        .await;
    assert_eq!(stage.out(), "[0] first\n[1] another\n");
    assert_eq!(ended.unwrap(), Exit::Error);
    let notes = stage.notes.all();
    assert!(notes.last().unwrap().starts_with("index 0: the log cannot be read to its end: Error from"), "{notes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_is_deleted_after_its_log_has_ended_has_lost_nothing() {
    let stage = Stage::new(1);
    let pod = stage.running(0);
    let ended = stage
        .follow(async {
            pod.1.write(0, "all of it");
            seconds(1).await;
            pod.1.end();
            sleep(Duration::from_millis(100)).await;
            stage.job.remove_pod(&pod.0);
            stage.job.delete();
        })
        .await;
    stage.is(&ended, Exit::Done, "[0] all of it\n", &[]);
}

#[tokio::test(start_paused = true)]
async fn a_container_that_is_removed_after_its_log_has_ended_has_lost_nothing() {
    let stage = Stage::new(1);
    let pod = stage.running(0);
    let ended = stage
        .follow(async {
            pod.1.write(0, "all of it\n");
            seconds(1).await;
            pod.1.end();
            sleep(Duration::from_millis(100)).await;
            pod.1.rotate();
            pod.1.complain(Some("unable to retrieve container logs for containerd://5e5b56"));
            stage.job.pod_becomes(&pod.0, &Pod::new(0).failed(143));
            stage.job.fail("0", "FailedIndexes", "m");
        })
        .await;
    stage.is(&ended, Exit::Done, "[0] all of it\n", &[]);
}

#[tokio::test(start_paused = true)]
async fn an_index_whose_pod_was_removed_before_is_told_at_the_end() {
    let stage = Stage::new(3);
    stage.job.add_logged_pod(1, "1\n");
    stage.job.complete();
    let ended = stage.follow(async {}).await;
    stage.is(&ended, Exit::Error, "[1] 1\n", &["the pods of indexes 0,2 are gone, and their logs with them"]);
}

#[tokio::test(start_paused = true)]
async fn the_wait_that_an_overloaded_server_asks_for_is_honoured() {
    let stage = Stage::new(1);
    stage.job.add_logged_pod(0, "0\n");
    stage.job.complete();
    stage.fake.fault(On::get("*/log").first(2), Fault::RetryAfter(429, 20));
    let begun = Instant::now();
    let ended = stage.follow(async {}).await;
    assert!(begun.elapsed() >= Duration::from_secs(40), "{:?}", begun.elapsed());
    assert_eq!((ended.unwrap(), stage.out().as_str()), (Exit::Done, "[0] 0\n"));
    assert_eq!(stage.notes.all().len(), 1, "{:?}", stage.notes.all());
    assert_eq!(stage.asked_for_logs(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_node_that_is_away_for_long_is_told_once_and_read_on() {
    let stage = Stage::new(2);
    let pods = [stage.running(0), stage.running(1)];
    let refused = "Get \"https://10.0.0.1:10250/containerLogs\": connect: connection refused";
    let ended = stage
        .follow(async {
            for (at, pod) in (0..).zip(&pods) {
                pod.1.write(0, format!("before {at}\n"));
            }
            seconds(1).await;
            stage.fake.fault(On::get("*/log").first(100), Fault::Says(500, refused));
            for pod in &pods {
                pod.1.interrupt(Ending::Eof);
            }
            seconds(300).await;
            for pod in &pods {
                pod.1.write(300_000, "after\n");
            }
            seconds(300).await;
            for (at, pod) in (0..).zip(&pods) {
                stage.ends(at, pod, 0);
            }
            stage.job.complete();
        })
        .await;
    assert_eq!(ended.unwrap(), Exit::Done);
    for (at, line) in [(0, "before 0"), (1, "before 1"), (0, "after"), (1, "after")] {
        assert_eq!(stage.out().matches(&format!("[{at}] {line}\n")).count(), 1, "{}", stage.out());
    }
    let [note] = &stage.notes.all()[..] else { panic!("{:?}", stage.notes.all()) };
    assert!(note.ends_with("connect: connection refused (trying again)"), "{note}");
}

#[tokio::test(start_paused = true)]
async fn a_kubelet_that_has_just_started_does_not_know_its_pods_yet() {
    let stage = Stage::new(1);
    let pod = stage.running(0);
    let unknown = "the server could not find the requested resource ( pods/log x-0-abcde)";
    let ended = stage
        .follow(async {
            pod.1.write(0, "a\n");
            seconds(1).await;
            stage.fake.fault(On::get("*/log").first(5), Fault::Says(404, unknown));
            pod.1.interrupt(Ending::Eof);
            seconds(2).await;
            pod.1.write(3000, "b\n");
            seconds(20).await;
            stage.ends(0, &pod, 0);
            stage.job.complete();
        })
        .await;
    stage.is(&ended, Exit::Done, "[0] a\n[0] b\n", &[]);
}

#[tokio::test(start_paused = true)]
async fn after_the_end_of_the_job_a_log_that_stays_away_is_given_up() {
    let stage = Stage::new(2);
    stage.job.add_logged_pod(0, "0\n");
    let pod = stage.job.add_logged_pod(1, "1\n");
    stage.job.complete();
    stage.fake.fault(On::get(&format!("*/{pod}/log")), Fault::Says(500, "no node"));
    let begun = Instant::now();
    let ended = stage.follow(async {}).await;
    let why = "Error from server (InternalError): no node";
    let notes =
        [format!("index 1: {why} (trying again)"), format!("index 1: the log cannot be read to its end: {why}")];
    stage.is(&ended, Exit::Error, "[0] 0\n", &notes.each_ref().map(String::as_str));
    assert!(begun.elapsed() < Duration::from_secs(45), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn bytes_are_the_programs_and_long_lines_do_not_mix() {
    let stage = Stage::new(2);
    let pods = [stage.running(0), stage.running(1)];
    let rest: &[u8] = b"\xff\xfe\0\x1b[31m\r\n";
    // One that is kept until it is whole, and one that is too long for that.
    let lengths = [10 << 20, 17 << 20];
    let ended = stage
        .follow(async {
            for part in 0..16 {
                for (pod, length) in pods.iter().zip(lengths) {
                    pod.1.write(part, vec![b'x'; length / 16]);
                }
                sleep(Duration::from_millis(1)).await;
            }
            for (at, pod) in (0..).zip(&pods) {
                pod.1.write(100, "\n");
                pod.1.write(101, rest);
                stage.ends(at, pod, 0);
            }
            stage.job.complete();
        })
        .await;
    assert_eq!(ended.unwrap(), Exit::Done);
    let out = stage.out.all();
    let mut lines: Vec<_> = out.split_inclusive(|byte| *byte == b'\n').collect();
    lines.sort_unstable();
    let long = lengths.map(|length| [b"] ", &*vec![b'x'; length], b"\n"].concat());
    let want: Vec<_> = long.into_iter().flat_map(|line| [line, [b"] ", rest].concat()]).collect();
    let lengths: Vec<_> = lines.iter().map(|line| line.len()).collect();
    assert!(lines.iter().map(|line| &line[2..]).eq(want.iter()), "{lengths:?}");
}

#[tokio::test(start_paused = true)]
async fn who_does_not_start_is_told_with_the_cause() {
    let stage = Stage::new(6);
    let pull = || Pod::new(0).waiting("ImagePullBackOff", "Back-off pulling image \"x\"");
    let ended = stage
        .follow(async {
            let pods: Vec<_> =
                (0..4).map(|index| stage.job.add_pod(Pod::new(index).waiting("ErrImagePull", "no"))).collect();
            stage.job.add_pod(Pod::new(4).unscheduled());
            stage.job.add_pod(Pod::new(5));
            seconds(8).await;
            for pod in &pods[1..] {
                stage.job.pod_becomes(pod, &pull());
            }
            seconds(60).await;
            stage.job.fail("0-5", "DeadlineExceeded", "m");
        })
        .await;
    let notes = [
        "index 4 has not started yet: Unschedulable: 0/1 nodes are available: 1 Insufficient cpu.",
        "indexes 0-3 have not started yet: ErrImagePull: no",
        "indexes 1-3 have not started yet: ImagePullBackOff: Back-off pulling image \"x\"",
        "index 5 has not started yet: ContainerCreating",
    ];
    let mut told = stage.notes.all();
    told.sort();
    let mut want = notes.map(str::to_owned);
    want.sort();
    assert_eq!(told, want);
    assert_eq!(ended.unwrap(), Exit::Error);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_suspended_is_told_and_followed_when_it_is_resumed() {
    let stage = Stage::new(3);
    stage.job.edit(|job| job["spec"]["suspend"] = json!(true));
    let ended = stage
        .follow(async {
            seconds(100).await;
            stage.job.edit(|job| job["spec"]["suspend"] = json!(false));
            for index in 0..3 {
                stage.job.add_logged_pod(index, "x\n");
            }
            stage.job.complete();
        })
        .await;
    let note = "indexes 0-2 have not started yet: the Job is suspended\nhint: kubectl indexedjob resume x";
    stage.is(&ended, Exit::Done, "[0] x\n[1] x\n[2] x\n", &[note]);
}

#[tokio::test(start_paused = true)]
async fn pods_that_may_not_be_created_are_told_by_the_events_of_the_job() {
    let stage = Stage::new(3);
    let why = "pods \"x-0-abcde\" is forbidden: exceeded quota: q";
    stage.job.add_event("Warning", "FailedCreate", &format!("Error creating: {why}"));
    let ended = stage
        .follow(async {
            seconds(100).await;
            for index in 0..3 {
                stage.job.add_logged_pod(index, "x\n");
            }
            stage.job.complete();
        })
        .await;
    let note = format!("indexes 0-2 have not started yet: FailedCreate: {why}");
    stage.is(&ended, Exit::Done, "[0] x\n[1] x\n[2] x\n", &[&note]);
    assert_eq!(stage.fake.requests_to("GET", "*/events").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_ends_before_its_container_starts_is_told() {
    let stage = Stage::new(1);
    let evicted = json!({"status": {"reason": "Evicted", "message": "low on memory", "containerStatuses": []}});
    stage.job.add_pod(Pod::new(0).failed(1).with(evicted));
    stage.job.fail("0", "FailedIndexes", "m");
    let ended = stage.follow(async {}).await;
    let note = "container worker of index 0 was never started: Evicted: low on memory";
    stage.is(&ended, Exit::Error, "", &[note]);
}

#[tokio::test(start_paused = true)]
async fn a_program_that_could_not_be_started_is_told_once_and_another_attempt_makes_up_for_it() {
    let no_program = |index| {
        let end = json!({"exitCode": 128, "reason": "StartError", "message": "exec: \"x\": not found"});
        let state = json!({"status": {"containerStatuses": [{"name": "worker", "state": {"terminated": end}}]}});
        Pod::new(index).failed(128).with(state)
    };
    let note = "the programs of indexes 0,1 could not be started: StartError: exec: \"x\": not found";
    for makes_up in [false, true] {
        let stage = Stage::new(2);
        let ended = stage
            .follow(async {
                (0..2).for_each(|index| drop(stage.job.add_pod(no_program(index))));
                seconds(60).await;
                (0..if makes_up { 2 } else { 1 }).for_each(|index| drop(stage.job.add_logged_pod(index, "x\n")));
                seconds(60).await;
                stage.job.fail("1", "FailedIndexes", "m");
            })
            .await;
        let (exit, out) = if makes_up { (Exit::Done, "[0/2] x\n[1/2] x\n") } else { (Exit::Error, "[0/2] x\n") };
        stage.is(&ended, exit, out, &[note]);
        assert_eq!(stage.asked_for_logs() > 2, makes_up, "there is no log to be asked for");
    }
}

#[tokio::test(start_paused = true)]
async fn what_need_not_be_there_is_no_failure_unless_it_was_asked_for() {
    let failing = async |expected, attempts, logged: bool| {
        let mut stage = Stage::new(3);
        (stage.options.expected, stage.options.attempts) = (expected, attempts);
        let ended = stage
            .follow(async {
                if logged {
                    stage.job.add_logged_pod(0, "x\n");
                }
                seconds(10).await;
                stage.job.fail("", "BackoffLimitExceeded", "m");
            })
            .await;
        (ended.unwrap(), stage.notes.all())
    };
    let never = |these: &str| format!("indexes {these} never ran");
    let case = async |expected, attempts, logged, exit, notes: &[String]| {
        let (ended, mut told) = failing(expected, attempts, logged).await;
        told.retain(|note| !note.contains("have not started yet"));
        assert_eq!((ended, &told[..]), (exit, notes), "{expected:?} {attempts:?} {logged}");
    };
    case(Expected::Some, Attempts::All, true, Exit::Done, &[never("1,2")]).await;
    case(Expected::Some, Attempts::All, false, Exit::Error, &[never("0-2")]).await;
    case(Expected::Each, Attempts::All, true, Exit::Error, &[never("1,2")]).await;
    case(Expected::Nothing, Attempts::All, false, Exit::Done, &[]).await;
    let no_second = "index 0 has no attempt 2".to_owned();
    case(Expected::Each, Attempts::Nth(2), true, Exit::Error, &[never("1,2"), no_second]).await;
}

#[tokio::test(start_paused = true)]
async fn every_run_of_a_container_that_is_started_again_is_read() {
    let stage = Stage::new(1);
    let (pod, log) = stage.running(0);
    let ended = stage
        .follow(async {
            for run in 0..4 {
                log.write(run * 10_000, format!("run {run}\n"));
                log.write(run * 10_000 + 1, "no newline");
                seconds(2).await;
                log.end();
                sleep(Duration::from_millis(100)).await;
                let restarts = u64::try_from(run).unwrap();
                // The kubelet waits before the third run.
                if run >= 2 {
                    let waiting = Pod::new(0).running().waiting("CrashLoopBackOff", "").restarts(restarts);
                    stage.job.pod_becomes(&pod, &waiting);
                    seconds(20).await;
                }
                stage.fake.previous_log("default", &pod, "worker", Log::Live(log.restart()));
                stage.job.pod_becomes(&pod, &Pod::new(0).running().restarts(restarts + 1));
                seconds(5).await;
            }
            log.write(60_000, "last\n");
            log.end();
            stage.job.pod_becomes(&pod, &Pod::new(0).succeeded().restarts(4));
            stage.job.complete();
        })
        .await;
    let runs = each(0..4, |run| format!("[0] run {run}\n[0] no newline\n"));
    stage.is(&ended, Exit::Done, &(runs + "[0] last\n"), &[]);
}

#[tokio::test(start_paused = true)]
async fn a_rotation_that_nobody_could_follow_is_told() {
    let stage = Stage::new(1);
    let pod = stage.running(0);
    let ended = stage
        .follow(async {
            pod.1.write(0, "a\n");
            seconds(1).await;
            pod.1.rotate();
            pod.1.interrupt(Ending::Cut);
            pod.1.write(9000, "z\n");
            seconds(10).await;
            stage.ends(0, &pod, 0);
            stage.job.complete();
        })
        .await;
    let note = "index 0: the log cannot be read to its end: the log was rotated while nobody could read it; \
                lines may be missing";
    stage.is(&ended, Exit::Error, "[0] a\n[0] z\n", &[note]);
}

#[tokio::test(start_paused = true)]
async fn a_failed_job_is_followed_until_its_last_pod_has_stopped() {
    let stage = Stage::new(2);
    let pods = [stage.running(0), stage.running(1)];
    let ended = stage
        .follow(async {
            stage.ends(0, &pods[0], 1);
            stage.job.fail("0", "BackoffLimitExceeded", "m");
            seconds(20).await;
            pods[1].1.write(20_000, "stopping\n");
            seconds(9).await;
            pods[1].1.write(29_000, "stopped");
            pods[1].1.end();
            stage.job.remove_pod(&pods[1].0);
        })
        .await;
    stage.is(&ended, Exit::Done, "[1] stopping\n[1] stopped\n", &[]);
}

#[tokio::test(start_paused = true)]
async fn a_pod_that_was_created_just_before_the_end_is_not_missed() {
    let stage = Stage::new(2);
    stage.job.add_logged_pod(0, "0\n");
    // The watch of pods hangs, the one of the Job does not.
    stage.fake.fault(On::watch("*/pods"), Fault::Hang);
    let ended = stage
        .follow(async {
            seconds(1).await;
            stage.job.add_logged_pod(1, "1\n");
            stage.job.complete();
        })
        .await;
    stage.is(&ended, Exit::Done, "[0] 0\n[1] 1\n", &[]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_has_died_in_silence_is_replaced() {
    let stage = Stage::new(1);
    let pod = stage.running(0);
    let ended = stage
        .follow(async {
            pod.1.write(0, "a\n");
            seconds(1).await;
            pod.1.interrupt(Ending::Never);
            pod.1.write(2000, "b\n");
            seconds(70).await;
            assert_eq!(stage.out(), "[0] a\n[0] b\n");
            pod.1.interrupt(Ending::Never);
            pod.1.write(80_000, "c\n");
            stage.ends(0, &pod, 0);
            seconds(10).await;
            assert_eq!(stage.out(), "[0] a\n[0] b\n[0] c\n");
            stage.job.complete();
        })
        .await;
    stage.is(&ended, Exit::Done, "[0] a\n[0] b\n[0] c\n", &[]);
}

#[tokio::test(start_paused = true)]
async fn who_may_not_read_logs_is_told_so_once_and_a_server_that_is_just_back_may_refuse() {
    let refuse = |stage: &Stage, from: u64, times: u64| {
        let on = On::get("*/log");
        let on = if from > 1 { on.nth(from) } else { on.first(times) };
        stage.fake.fault(on, Fault::Code(403));
    };
    let stage = Stage::new(3);
    (0..3).for_each(|index| drop(stage.job.add_logged_pod(index, "x\n")));
    refuse(&stage, 1, 1000);
    let failure = stage.follow(async {}).await.unwrap_err();
    assert_eq!(failure.exit, Exit::Error);
    assert!(failure.message.unwrap().contains("orbidden"));
    assert_eq!((stage.out(), stage.notes.all()), (String::new(), vec![]));

    let stage = Stage { connections: 1, ..Stage::new(3) };
    (0..3).for_each(|index| drop(stage.job.add_logged_pod(index, "x\n")));
    stage.job.complete();
    refuse(&stage, 4, 1);
    let ended = stage.follow(async {}).await;
    assert_eq!((ended.unwrap(), stage.out().as_str()), (Exit::Done, "[0] x\n[1] x\n[2] x\n"));
}

#[tokio::test(start_paused = true)]
async fn what_the_kubelet_says_after_a_log_is_no_line() {
    let stage = Stage::new(1);
    let pod = stage.running(0);
    let words = "failed to create fsnotify watcher: too many open files";
    pod.1.complain(Some(words));
    let ended = stage
        .follow(async {
            pod.1.write(0, "a\n");
            seconds(60).await;
            pod.1.write(60_000, "b\n");
            seconds(60).await;
            assert_eq!(stage.out(), "[0] a\n[0] b\n");
            pod.1.complain(None);
            seconds(10).await;
            stage.ends(0, &pod, 0);
            stage.job.complete();
        })
        .await;
    stage.is(&ended, Exit::Done, "[0] a\n[0] b\n", &[&format!("index 0: {words} (trying again)")]);
}

#[tokio::test(start_paused = true)]
async fn a_container_that_no_pod_has_is_an_error_at_once() {
    let options = LogsOptions { containers: Containers::Named("zz".to_owned()), ..LogsOptions::default() };
    let stage = Stage { options, ..Stage::new(1) };
    let pod = stage.job.add_pod(Pod::new(0));
    let failure = stage.follow(async {}).await.unwrap_err();
    let why = format!("error: container zz is not valid for pod {pod} out of: worker");
    assert_eq!((failure.exit, failure.message), (Exit::Error, Some(why)));
}

#[tokio::test(start_paused = true)]
async fn somebody_else_may_see_the_end_of_the_job() {
    let stage = Stage::new(1);
    stage.job.add_logged_pod(0, "0\n");
    let cluster = Cluster::over(stage.fake.clone(), "default", Arc::new(|_| {}));
    let job = cluster.job("x").await.unwrap();
    let output = Output::new(Box::new(stage.out.clone()), Box::new(|_| {}));
    let end = Box::pin(futures::stream::once(seconds(5)).filter_map(|()| async { None }));
    let reading = Reading::over(&cluster, output, 16, String::new());
    let ended = follow_all(&reading, &job, end, Indexes::All, &stage.options).await;
    stage.is(&ended, Exit::Done, "[0] 0\n", &[]);
}

#[tokio::test(start_paused = true)]
async fn a_thousand_logs_come_whole() {
    let stage = Stage::new(1000);
    for index in 0..1000 {
        stage.job.add_logged_pod(index, format!("{index}\nlast").repeat(5));
    }
    stage.job.complete();
    let ended = stage.follow(async {}).await;
    assert_eq!((ended.unwrap(), stage.notes.all()), (Exit::Done, vec![]));
    assert_eq!(stage.out().lines().count(), 6000);
    assert!(stage.fake.most_open_logs() <= 16);
}

/// Without a prefix, as one index is followed.
fn of_one(stage: Stage, index: u32) -> Stage {
    Stage { options: LogsOptions::default(), indexes: Indexes::These([index].into_iter().collect()), ..stage }
}

#[tokio::test(start_paused = true)]
async fn one_index_is_followed_through_its_retries_until_it_has_ended() {
    let stage = of_one(Stage::new(3), 1);
    let ended = stage
        .follow(async {
            let other = stage.running(0);
            other.1.write(0, "of another index\n");
            let first = stage.running(1);
            first.1.write(0, "first, no newline");
            seconds(3).await;
            stage.ends(1, &first, 1);
            seconds(10).await;
            let second = stage.running(1);
            second.1.write(13_000, "second");
            seconds(3).await;
            stage.ends(1, &second, 0);
            stage.job.progress("1", 1);
        })
        .await;
    assert_eq!(stage.out(), "first, no newline\nsecond");
    assert_eq!(ended.ok(), Some(Exit::Done));
    let notes = stage.notes.all();
    assert!(notes.len() == 1 && notes[0].starts_with("index 1: attempt 2 (pod x-1-"), "{notes:?}");
}

#[tokio::test(start_paused = true)]
async fn a_part_is_wanted_of_what_is_there_and_all_of_what_comes() {
    let stage = Stage::new(2);
    let cut = Cut { since_time: Some("2026-01-02T03:04:07Z".parse().unwrap()), ..Cut::default() };
    let stage = Stage { options: LogsOptions { cut, ..stage.options.clone() }, ..stage };
    let zero = stage.running(0);
    for (millis, line) in [(0, "old\n"), (3000, "new\n")] {
        zero.1.write(millis, line);
    }
    let ended = stage
        .follow(async {
            seconds(5).await;
            // The connection is lost, and what follows is still read once.
            zero.1.interrupt(Ending::Cut);
            zero.1.write(4000, "newer\n");
            seconds(5).await;
            let one = stage.running(1);
            one.1.write(0, "all of it\n");
            seconds(5).await;
            stage.ends(0, &zero, 0);
            stage.ends(1, &one, 0);
            stage.job.complete();
        })
        .await;
    stage.is(&ended, Exit::Done, "[0] new\n[0] newer\n[1] all of it\n", &[]);
}

#[tokio::test(start_paused = true)]
async fn after_a_cut_that_brought_no_line_it_is_asked_for_what_came_since() {
    let stage = Stage::new(1);
    let cut = Cut { tail: Some(0), ..Cut::default() };
    let stage = Stage { options: LogsOptions { cut, ..stage.options.clone() }, ..stage };
    let pod = stage.job.add_pod(Pod::new(0).running());
    stage.fake.log("default", &pod, "worker", Log::Bytes(b"old\n".to_vec()));
    let log = (pod, LiveLog::new());
    let ended = stage
        .follow(async {
            seconds(5).await;
            stage.ends(0, &log, 0);
            stage.job.complete();
        })
        .await;
    assert_eq!(ended.ok(), Some(Exit::Done));
    let asked: Vec<_> = stage.fake.requests_to("GET", "*/log");
    assert_eq!(asked[0].query("tailLines"), Some("0"));
    // Who asks again for what came since cannot ask for the last no lines.
    assert!(asked[1..].iter().all(|again| again.query("tailLines").is_none()), "{asked:?}");
    assert_eq!(asked[1].query("sinceSeconds"), Some("2"));
}

#[tokio::test(start_paused = true)]
async fn all_containers_are_followed_and_named() {
    let stage = Stage::new(1);
    let look = Look { parts: indexedjob_core::view::log::Parts { container: true, job: false }, ..stage.options.look };
    let options = LogsOptions { containers: Containers::All, look, ..stage.options.clone() };
    let stage = Stage { options, ..stage };
    let two = json!({"spec": {"containers": [{"name": "worker", "image": "i"}, {"name": "side", "image": "i"}]}});
    stage.job.edit(|job| job["spec"]["template"]["spec"]["containers"] = two["spec"]["containers"].clone());
    let pod = stage.job.add_pod(Pod::new(0).running());
    let side = LiveLog::new();
    stage.fake.log("default", &pod, "side", Log::Live(side.clone()));
    let worker = (pod.clone(), stage.log(&pod));
    let ended = stage
        .follow(async {
            worker.1.write(0, "work\n");
            side.write(0, "help\n");
            seconds(2).await;
            side.end();
            stage.ends(0, &worker, 0);
            stage.job.complete();
        })
        .await;
    let mut lines: Vec<_> = stage.out().lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(
        (lines, ended.ok()),
        (vec!["[0/1/side] help".to_owned(), "[0/1/worker] work".to_owned()], Some(Exit::Done))
    );
}

#[tokio::test(start_paused = true)]
async fn attempts_can_be_chosen() {
    for (attempts, want) in [(Attempts::Last, "[0/2] second\n[0/3] third\n"), (Attempts::Nth(1), "[0] first\n")] {
        let stage = Stage::new(1);
        let stage = Stage { options: LogsOptions { attempts, ..stage.options.clone() }, ..stage };
        let [first, second] = ["first\n", "second\n"].map(|line| {
            let attempt = stage.running(0);
            attempt.1.write(0, line);
            attempt
        });
        stage.ends(0, &first, 1);
        let ended = stage
            .follow(async {
                seconds(3).await;
                stage.ends(0, &second, 1);
                let third = stage.running(0);
                third.1.write(9000, "third\n");
                seconds(3).await;
                stage.ends(0, &third, 0);
                stage.job.complete();
            })
            .await;
        stage.is(&ended, Exit::Done, want, &[]);
    }
}

#[tokio::test(start_paused = true)]
async fn jobs_that_are_followed_together_share_the_connections() {
    let stage = Stage { connections: 2, ..Stage::new(3) };
    let other = stage.fake.add_job("y", 3);
    for index in 0..3 {
        let pod = stage.job.add_logged_pod(index, format!("x{index}\n"));
        assert!(!pod.is_empty());
        other.add_logged_pod(index, format!("y{index}\n"));
    }
    stage.job.complete();
    other.complete();
    let notes = stage.notes.clone();
    let cluster = Cluster::over(stage.fake.clone(), "default", Arc::new(|_| {}));
    let output = Output::new(Box::new(stage.out.clone()), Box::new(move |text| notes.add([text.to_owned()])));
    let reading = Reading::over(&cluster, output, stage.connections, String::new());
    let look = Look { parts: indexedjob_core::view::log::Parts { job: true, container: false }, ..stage.options.look };
    let options = LogsOptions { look, ..stage.options.clone() };
    let follow = async |name: &str| {
        let job = cluster.job(name).await.unwrap();
        follow_all(&reading, &job, cluster.watch_job(name), Indexes::All, &options).await.unwrap()
    };
    assert_eq!(tokio::join!(follow("x"), follow("y")), (Exit::Done, Exit::Done));
    let mut lines: Vec<_> = stage.out().lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["[x/0] x0", "[x/1] x1", "[x/2] x2", "[y/0] y0", "[y/1] y1", "[y/2] y2"]);
    assert!(stage.fake.most_open_logs() <= 2, "{} logs at a time", stage.fake.most_open_logs());
}
