//! Whole pages and documents.

use std::io;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::facts::INDEX_KEY;
use crate::manifest::{ItemPlace, Kept};
use crate::progress::Change;
use crate::view::style::Palette;

const NOW: &str = "2026-01-01T01:00:00Z";

fn at(minute: u32) -> String {
    format!("2026-01-01T00:{minute:02}:00Z")
}

/// An attempt that was created in this minute, in the words of the API.
fn pod(index: u32, minute: u32, status: &Value) -> PodFacts {
    let name = format!("train-{index}-{minute:05}");
    let is_placed = status.get("startTime").is_some();
    serde_json::from_value(json!({
        "metadata": {"name": name, "uid": name, "creationTimestamp": at(minute), "annotations": {INDEX_KEY: index.to_string()}},
        "spec": {"containers": [{"name": "worker"}], "nodeName": is_placed.then_some("node-1")},
        "status": status,
    }))
    .unwrap()
}

/// It began in one minute and ended in another.
fn ended(phase: &str, began: u32, ended: u32, code: i32, reason: &str, message: &str) -> Value {
    let end = json!({
        "exitCode": code, "reason": reason, "message": message, "startedAt": at(began), "finishedAt": at(ended),
    });
    let container = json!({"name": "worker", "state": {"terminated": end}});
    json!({"phase": phase, "startTime": at(began), "containerStatuses": [container]})
}

fn running(began: u32) -> Value {
    let container = json!({"name": "worker", "restartCount": 0, "state": {"running": {"startedAt": at(began)}}});
    json!({"phase": "Running", "startTime": at(began), "containerStatuses": [container]})
}

fn unscheduled() -> Value {
    let message = "0/3 nodes are available: 3 Insufficient nvidia.com/gpu.";
    json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "message": message}]})
}

fn job(spec: &Value, status: &Value) -> JobProgress {
    let mut job = json!({
        "metadata": {"name": "train", "namespace": "team", "uid": "u-1", "creationTimestamp": at(0)},
        "spec": {"completionMode": "Indexed", "completions": 1000, "parallelism": 6, "backoffLimitPerIndex": 1},
        "status": {"startTime": at(0)},
    });
    for (part, more) in [("spec", spec), ("status", status)] {
        job[part].as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    }
    if let Some(numbers) = spec.get("numbers") {
        job["metadata"]["annotations"] = json!({crate::numbering::NUMBERS: numbers});
    }
    JobProgress::of(serde_json::from_value(job).unwrap())
}

/// A Job with something of everything.
fn train() -> JobProgress {
    let mut progress = job(&json!({}), &json!({"completedIndexes": "0-2,4", "failedIndexes": "3"}));
    let killed = ended("Failed", 1, 3, 137, "OOMKilled", "loading\n\u{1b}[31mjava heap\n");
    progress.observe(Change::Pods(vec![
        pod(2, 1, &ended("Succeeded", 1, 2, 0, "Completed", "")),
        pod(3, 1, &killed),
        pod(3, 5, &ended("Failed", 5, 9, 137, "OOMKilled", "java heap")),
        pod(5, 1, &ended("Failed", 1, 2, 1, "Error", "no such file: 5.csv")),
        pod(6, 1, &ended("Failed", 1, 2, 1, "Error", "no such file: 6.csv")),
        pod(6, 20, &running(21)),
        pod(7, 30, &running(31)),
        pod(8, 40, &unscheduled()),
        pod(9, 40, &unscheduled()),
    ]));
    progress
}

fn bytes(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn look() -> Look {
    Look { wide: false, rows: Rows::Screen(20), sort: SortBy::Number, width: None, palette: Palette::default() }
}

fn with<T>(progress: &JobProgress, chosen: &IndexSet, items: Option<&TaskItems>, show: impl FnOnce(&Status) -> T) -> T {
    show(&Status { progress, chosen, items, now: NOW.parse().unwrap() })
}

#[track_caller]
fn shown(progress: &JobProgress, look: &Look) -> String {
    let all = IndexSet::all(progress.job().unwrap().completions);
    with(progress, &all, None, |status| bytes(|out| page(status, look, out)))
}

#[test]
fn the_screen_has_what_somebody_should_look_at() {
    insta::assert_snapshot!(shown(&train(), &look()), @r"
    INDEX    STATE      ATTEMPTS   EXIT   REASON          RESTARTS   NODE     DURATION   AGE   POD             MESSAGE
    3        failed     2          137    OOMKilled       0          node-1   4m         55m   train-3-00005   java heap
    5        retrying   1          1      Error           0          node-1   60s        59m   train-5-00001   no such file: 5.csv
    6        running    2          1      Error           0          node-1   39m        40m   train-6-00020   no such file: 6.csv
    7        running    1                                 0          node-1   29m        30m   train-7-00030
    8,9      starting                     Unschedulable                                                        0/3 nodes are available: 3 Insufficient nvidia.com/gpu.
    10-999   pending
    train: 4/1000 succeeded, 1 failed, 2 running, 2 starting, 1 retrying, 990 pending
    failed: index 3 (1 of 1000)
    2x exit 1 Error, indexes 5,6: no such file: *.csv
    2x exit 137 OOMKilled, index 3: java heap
    ");
}

#[test]
fn a_narrow_screen() {
    insta::assert_snapshot!(shown(&train(), &Look { width: Some(60), ..look() }), @r"
    INDEX    STATE      EXIT   REASON          MESSAGE
    3        failed     137    OOMKilled       java heap
    5        retrying   1      Error           no such file: ...
    6        running    1      Error           no such file: ...
    7        running
    8,9      starting          Unschedulable   0/3 nodes are ...
    10-999   pending
    train: 4/1000 succeeded, 1 failed, 2 running, 2 starting, 1
    retrying, 990 pending
    failed: index 3 (1 of 1000)
    2x exit 1 Error, indexes 5,6: no such file: *.csv
    2x exit 137 OOMKilled, index 3: java heap
    ");
}

#[test]
fn colours_stand_beside_words() {
    let painted = shown(&train(), &Look { palette: Palette::new(true), ..look() });
    assert!(painted.contains("\x1b[31mfailed\x1b[0m ") && painted.contains("\x1b[36mrunning\x1b[0m "), "{painted}");
}

#[test]
fn more_than_a_screen_is_counted_and_the_worst_is_shown() {
    insta::assert_snapshot!(shown(&train(), &Look { rows: Rows::Screen(2), ..look() }), @r"
    INDEX    STATE      ATTEMPTS   EXIT   REASON          RESTARTS   NODE     DURATION   AGE   POD             MESSAGE
    3        failed     2          137    OOMKilled       0          node-1   4m         55m   train-3-00005   java heap
    5        retrying   1          1      Error           0          node-1   60s        59m   train-5-00001   no such file: 5.csv
    8,9      starting                     Unschedulable                                                        0/3 nodes are available: 3 Insufficient nvidia.com/gpu.
    10-999   pending
    ... and 2 more running (--state running)
    train: 4/1000 succeeded, 1 failed, 2 running, 2 starting, 1 retrying, 990 pending
    failed: index 3 (1 of 1000)
    2x exit 1 Error, indexes 5,6: no such file: *.csv
    2x exit 137 OOMKilled, index 3: java heap
    ");
}

#[test]
fn every_row_of_a_few() {
    let items = ItemPlace::from(Kept::Script((0..1000).map(|index| format!("item {index}\t")).collect())).read(&[]);
    let progress = train();
    let look = Look { wide: true, rows: Rows::All, width: Some(40), ..look() };
    let chosen = "0,2-4,6,8,10".parse().unwrap();
    let text = with(&progress, &chosen, Some(&items), |status| bytes(|out| page(status, &look, out)));
    insta::assert_snapshot!(text, @r"
    INDEX   STATE       ATTEMPTS   EXIT   REASON          RESTARTS   NODE     DURATION   AGE   POD             ITEM        MESSAGE
    0       succeeded                                                                                          item 0\t
    2       succeeded   1          0      Completed       0          node-1   60s        59m   train-2-00001   item 2\t
    3       failed      2          137    OOMKilled       0          node-1   4m         55m   train-3-00005   item 3\t    java heap
    4       succeeded                                                                                          item 4\t
    6       running     2          1      Error           0          node-1   39m        40m   train-6-00020   item 6\t    no such file: 6.csv
    8       starting    1                 Unschedulable   0                              20m   train-8-00040   item 8\t    0/3 nodes are available: 3 Insufficient nvidia.com/gpu.
    10      pending     0                                                                                      item 10\t
    ");
}

#[test]
fn numbers_of_the_users_own() {
    let mut progress = job(&json!({"completions": 4, "numbers": "10-40:10"}), &json!({"completedIndexes": "0"}));
    progress.observe(Change::Pods(vec![pod(1, 1, &running(1))]));
    insta::assert_snapshot!(shown(&progress, &Look { wide: true, ..look() }), @r"
    INDEX   STATE     API-INDEX   ATTEMPTS   EXIT   REASON   RESTARTS   NODE     DURATION   AGE   POD             MESSAGE
    20      running   1           1                          0          node-1   59m        59m   train-1-00001
    30,40   pending
    train: 1/4 succeeded, 1 running, 2 pending
    ");
}

#[test]
fn right_after_create_a_hundred_thousand_are_one_screen() {
    let mut progress = job(&json!({"completions": 100_000, "parallelism": 1_000}), &json!({}));
    progress.observe(Change::Pods((0..1_000).map(|index| pod(index, 0, &unscheduled())).collect()));
    insta::assert_snapshot!(shown(&progress, &look()), @r"
    INDEX        STATE      ATTEMPTS   EXIT   REASON          RESTARTS   NODE   DURATION   AGE   POD   MESSAGE
    0-999        starting                     Unschedulable                                            0/3 nodes are available: 3 Insufficient nvidia.com/gpu.
    1000-99999   pending                                                                               waits for its turn, 1000 indexes at a time
    train: 0/100000 succeeded, 1000 starting, 99000 pending
    ");
}

#[test]
fn what_pending_waits_for() {
    let says = |spec: Value, status: Value| {
        let mut progress = job(&spec, &status);
        progress.observe(Change::Pods(vec![]));
        shown(&progress, &look()).lines().nth(1).unwrap().to_owned()
    };
    let none = json!({});
    assert!(says(json!({"suspend": true}), none.clone()).ends_with("   the Job is suspended"));
    assert!(says(json!({"parallelism": 0}), none.clone()).ends_with("   the Job's parallelism is 0"));
    assert!(says(json!({"managedBy": "other.io/x"}), none.clone()).ends_with("   left to other.io/x"));
    assert_eq!(says(none.clone(), none), "0-999   pending");
    let failed = json!([{"type": "Failed", "status": "True", "reason": "DeadlineExceeded", "message": "m"}]);
    let ended = json!({"conditions": failed});
    assert!(says(json!({}), ended.clone()).ends_with("   the Job has ended"));
    let mut cancelled = JobProgress::of(
        serde_json::from_value(json!({
            "metadata": {"name": "x", "annotations": {"kubectl-indexedjob/active-deadline-seconds": ""}},
            "spec": {"completionMode": "Indexed", "completions": 3, "activeDeadlineSeconds": 1}, "status": ended,
        }))
        .unwrap(),
    );
    cancelled.observe(Change::Pods(vec![]));
    assert!(shown(&cancelled, &look()).lines().nth(1).unwrap().ends_with("   the Job was cancelled"));
}

#[test]
fn without_pods_the_job_alone_tells() {
    let progress = job(&json!({"completions": 10}), &json!({"completedIndexes": "0-2", "failedIndexes": "3"}));
    insta::assert_snapshot!(shown(&progress, &look()), @r"
    INDEX   STATE    ATTEMPTS   EXIT   REASON   RESTARTS   NODE   DURATION   AGE   POD   MESSAGE
    3       failed
    train: 3/10 succeeded, 1 failed, 6 pending
    failed: index 3 (1 of 10)
    what the pods of indexes 4-9 do is not known
    ");
}

#[test]
fn rows_are_sorted_by_what_is_asked() {
    let progress = train();
    let chosen = "2,3,5-8".parse().unwrap();
    let order = |sort| {
        let text = with(&progress, &chosen, None, |status| bytes(|out| lines(status, sort, out)));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(order(SortBy::Number), "2 3 5 6 7 8");
    assert_eq!(order(SortBy::Duration), "6 7 3 2 5 8");
    assert_eq!(order(SortBy::Attempts), "3 6 2 5 7 8");
    assert_eq!(order(SortBy::State), "3 5 6 7 8 2");
    assert_eq!(order(SortBy::Age), "2 5 3 6 7 8");
    assert_eq!(order(SortBy::ExitCode), "3 5 6 2 7 8");
    assert_eq!(order(SortBy::Node), "2 3 5 6 7 8");
}

#[test]
fn the_schema_for_programs_is_this() {
    let progress = train();
    let items = ItemPlace::from(Kept::Keys("m".into()))
        .read(&[json!({"data": {"3": "a\u{1b}"}, "binaryData": {"10": "/w=="}})]);
    let chosen = "3,10".parse().unwrap();
    let text = |write: fn(&Status, SortBy, &mut dyn io::Write) -> io::Result<()>| {
        with(&progress, &chosen, Some(&items), |status| bytes(|out| write(status, SortBy::Number, out)))
    };
    insta::assert_snapshot!("schema_json", text(json));
    insta::assert_snapshot!("schema_yaml", text(yaml));
    insta::assert_snapshot!("schema_csv", text(csv));
    let read: Value = serde_json::from_str(&text(json)).unwrap();
    assert_eq!(crate::yaml::documents(&text(yaml)).unwrap(), [read], "one document in two forms");
}

#[test]
fn sets_are_read_back_and_pods_are_named_as_kubectl_takes_them() {
    let progress = job(&json!({"completions": 4, "numbers": "10-40:10"}), &json!({}));
    let text = |chosen: &str, write: fn(&Status, &mut dyn io::Write) -> io::Result<()>| {
        with(&progress, &chosen.parse().unwrap(), None, |status| bytes(|out| write(status, out)))
    };
    assert_eq!(text("0-2", ranges), "10,20,30\n");
    assert_eq!(text("", ranges), "\n");
    assert_eq!(text("0,3", |status, out| lines(status, SortBy::Number, out)), "10\n40\n");
    assert_eq!(text("", |status, out| lines(status, SortBy::Number, out)), "");
    let train = train();
    let pods = with(&train, &"3,6,10".parse().unwrap(), None, |status| bytes(|out| names(status, SortBy::Number, out)));
    assert_eq!(pods, "pod/train-3-00005\npod/train-6-00020\n");
}

#[test]
fn a_reader_that_has_gone_is_told_from_other_trouble() {
    struct Gone;
    impl io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let progress = train();
    let all = IndexSet::all(1000);
    for write in [json, yaml, csv, lines, names] {
        let error = with(&progress, &all, None, |status| write(status, SortBy::Number, &mut Gone)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever the pods are doing, each task is in a row, in a fold, in a count or among those that succeeded.
    #[test]
    fn no_task_is_lost_on_a_screen(kinds in proptest::collection::vec(0u32..7, 1..60), most in 0usize..12) {
        let succeeded: IndexSet = (0..).zip(&kinds).filter(|(_, kind)| **kind == 0).map(|(index, _)| index).collect();
        let spec = json!({"completions": kinds.len()});
        let mut progress = job(&spec, &json!({"completedIndexes": succeeded.to_string()}));
        let pods = (0..).zip(&kinds).filter_map(|(index, kind)| match kind {
            1 => Some(pod(index, 1, &running(1))),
            2 => Some(pod(index, 1, &ended("Failed", 1, 2, 1, "Error", ""))),
            3 => Some(pod(index, 1, &unscheduled())),
            4 => Some(pod(index, 1, &json!({"phase": "Pending"}))),
            _ => None,
        });
        progress.observe(Change::Pods(pods.collect()));
        let all = IndexSet::all(u32::try_from(kinds.len()).unwrap());
        let status = Status { progress: &progress, chosen: &all, items: None, now: NOW.parse().unwrap() };
        let screen = screen::Screen::of(&status, SortBy::Number, most);
        prop_assert!(screen.rows.len() <= most);
        let folded: u32 = screen.folds.iter().map(|fold| fold.indexes.len()).sum();
        let more: u32 = screen.more.iter().map(|(_, count)| count).sum();
        let rows = u32::try_from(screen.rows.len()).unwrap();
        prop_assert_eq!(rows + folded + more + succeeded.len(), all.len());
    }
}
