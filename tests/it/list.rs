//! `list`: which Jobs, in which order, in which form, and as they change.

use serde_json::json;

use crate::fake::{JobHandle, Pod, Server};
use crate::harness::run;

/// A Job of 5 indexes with a label.
fn job(server: &Server, namespace: &str, name: &str, mode: &str) -> JobHandle {
    let spec = json!({
        "completions": 5, "parallelism": 3, "completionMode": mode,
        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "w", "image": "busybox"}]}},
    });
    let metadata = json!({"name": name, "labels": {"app": name}});
    server.add_job_from(namespace, json!({"metadata": metadata, "spec": spec}))
}

/// The first words of the lines of stdout.
fn first_words(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split(' ').next()).collect()
}

#[test]
fn indexed_jobs_of_the_namespace_and_others_on_request() {
    let server = Server::start();
    server.add_namespace("other");
    job(&server, "default", "train", "Indexed").fail("3", "FailedIndexes", "Job has failed indexes");
    job(&server, "default", "queue", "NonIndexed");
    job(&server, "other", "score", "Indexed").complete();
    let lines = |line: &str| {
        let output = run(&server, line).output();
        output.ends_with_code(0);
        output.text().to_owned()
    };
    let text = lines("list");
    assert_eq!(first_words(&text), ["NAME", "train"]);
    assert!(text.contains("Failed") && text.ends_with("FailedIndexes\n"), "{text}");
    assert_eq!(first_words(&lines("list --non-indexed")), ["NAME", "queue", "train"]);
    let text = lines("ls -A");
    assert_eq!(first_words(&text), ["NAMESPACE", "default", "other"]);
    assert!(text.contains("score   Complete   5/5"), "{text}");
    assert_eq!(lines("list -o name --non-indexed"), "job.batch/queue\njob.batch/train\n");
    assert_eq!(first_words(&lines("list --non-indexed -l app!=queue --no-headers")), ["train"]);
    let json: serde_json::Value = serde_json::from_str(&lines("list -A -o json")).unwrap();
    assert_eq!(
        (&json["apiVersion"], &json["items"][1]["indexes"]["succeeded"]),
        (&json!("kubectl-indexedjob/v1"), &json!(5))
    );
    assert!(lines("list -A -o yaml").starts_with("apiVersion: kubectl-indexedjob/v1\nitems:\n"));
}

#[test]
fn none_is_said_as_kubectl_says_it() {
    let server = Server::start();
    run(&server, "list").output().is(0, "", "No resources found in default namespace.\n");
    run(&server, "list -A").output().is(0, "", "No resources found\n");
    let output = run(&server, "list -o json").output();
    output.says(
        0,
        "{\n    \"apiVersion\": \"kubectl-indexedjob/v1\",\n    \"kind\": \"JobList\",\n    \"items\": []\n}\n",
        &[],
    );
}

/// Of any number of Jobs that stand still.
#[test]
fn why_jobs_stand_still_is_asked_by_a_few_lists_where_it_is_wanted() {
    let server = Server::start();
    let start = "2026-01-01T00:00:00Z";
    for name in ["a", "b"] {
        let pulling = job(&server, "default", name, "Indexed");
        pulling.set_status(&json!({"active": 3, "ready": 0, "startTime": start}));
        for index in 0..3 {
            pulling.add_pod(Pod::new(index).waiting("ErrImagePull", "not found"));
        }
    }
    let refused = job(&server, "default", "c", "Indexed");
    refused.set_status(&json!({"active": 0, "startTime": start}));
    refused.add_event("Warning", "FailedCreate", "Error creating: exceeded quota: q");
    let runs = job(&server, "default", "d", "Indexed");
    runs.set_status(&json!({"active": 3, "ready": 3, "startTime": start}));

    let narrow = run(&server, "list --no-headers").output();
    let last =
        |text: &str| text.lines().map(|line| line.split_whitespace().last().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(last(narrow.text())[..3], ["NoPodReady", "NoPodReady", "PodsMissing"]);
    assert_eq!(server.requests().len(), 1);
    let wide = run(&server, "list --no-headers -o wide").output();
    let rows: Vec<_> = wide.text().lines().collect();
    assert!(rows[0].contains(" ErrImagePull ") && rows[0].ends_with(" not found"), "{rows:?}");
    assert!(rows[2].contains(" FailedCreate ") && rows[2].ends_with(" exceeded quota: q"), "{rows:?}");
    let json: serde_json::Value = serde_json::from_slice(&run(&server, "list -o json").output().stdout).unwrap();
    let waiting = |item: usize| json["items"][item]["waiting"].clone();
    assert_eq!(waiting(1), json!({"reason": "ErrImagePull", "message": "not found"}));
    assert_eq!(waiting(2), json!({"reason": "FailedCreate", "message": "exceeded quota: q"}));
    assert_eq!((waiting(3), &json["items"][1]["reason"]), (json!(null), &json!(null)));
    assert_eq!(server.requests().len(), 9, "one list of Jobs each, one of pods, and two of events");

    server.forbid("list", "events");
    let output = run(&server, "list -o json").output();
    output.ends_with_code(0);
    assert!(output.stderr.starts_with("why Jobs stand still cannot be read: Error from server (Forbidden): "));
}

#[test]
fn a_refusal_that_is_over_is_no_reason() {
    let server = Server::start();
    for name in ["refused", "waits"] {
        let still = job(&server, "default", name, "Indexed");
        still.set_status(&json!({"active": 0, "startTime": "2026-01-01T00:00:00Z"}));
        still.add_event("Warning", "FailedCreate", "Error creating: exceeded quota: q");
    }
    server.job("default", "waits").add_event("Normal", "SuccessfulCreate", "Created pod: waits-0-abc");
    let json: serde_json::Value = serde_json::from_slice(&run(&server, "list -o json").output().stdout).unwrap();
    let waiting = |item: usize| json["items"][item]["waiting"]["reason"].clone();
    assert_eq!((waiting(0), waiting(1)), (json!("FailedCreate"), json!("PodsMissing")));
}

#[test]
fn a_watch_shows_each_change_once() {
    let server = Server::start();
    let train = job(&server, "default", "train", "Indexed");
    let watch = run(&server, "list --watch").spawn();
    watch.await_stdout("train   Running   0/5");
    train.progress("0-2", 3);
    watch.await_stdout("train   Running   3/5");
    job(&server, "default", "score", "Indexed");
    watch.await_stdout("score   Running   0/5");
    train.complete();
    watch.await_stdout("train   Complete   5/5");
    train.delete();
    watch.await_stdout("train   Complete   5/5");
    watch.interrupt();
    let output = watch.finish();
    output.ends_with_code(130);
    let headers = output.text().lines().filter(|line| line.starts_with("NAME")).count();
    assert_eq!(headers, 1, "{}", output.text());
}

#[test]
fn what_the_server_refuses_is_said_in_its_words() {
    let server = Server::start();
    server.forbid("list", "jobs");
    run(&server, "list").output().says(1, "", &["Error from server (Forbidden): jobs.batch is forbidden"]);
}
