//! cancel, suspend, resume, scale and delete, with the controllers of a real cluster.

use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::Space;

const FAILING: &str = "the others go on; job x will end as failed, since it has failed indexes\n";

/// Creates the Job `x` of these indexes, as plain YAML would have it; `script` is run by sh.
fn job(space: &Space, completions: u32, parallelism: u32, script: &str, more: &Value) {
    let container = json!({"name": "w", "image": "docker.io/library/busybox", "command": ["sh", "-c", script]});
    let mut spec = json!({
        "completions": completions, "parallelism": parallelism, "completionMode": "Indexed", "backoffLimitPerIndex": 3,
        "template": {"spec": {
            "restartPolicy": "Never", "terminationGracePeriodSeconds": 5, "containers": [container],
        }},
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        spec[key] = value.clone();
    }
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x"}, "spec": spec});
    space.apply(&job.to_string());
}

fn until_ready(space: &Space, pods: u64) {
    space.until("the pods run", || (space.job("x")["status"]["ready"].as_u64() == Some(pods)).then_some(()));
}

/// The pods of an index: name and phase.
fn attempts(space: &Space, index: u32) -> Vec<(String, String)> {
    let (pods, index) = (space.all("pods"), json!(index.to_string()));
    let of = |pod: &&Value| pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"] == index;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    pods.iter().filter(of).map(|pod| (text(&pod["metadata"]["name"]), text(&pod["status"]["phase"]))).collect()
}

#[test]
fn an_editor_cancels_a_running_index_and_the_others_go_on() {
    let space = Space::new("cancel");
    // Index 1 would run for ever; the others end long after it is gone, also on a busy machine.
    job(&space, 3, 3, "[ $JOB_COMPLETION_INDEX = 1 ] && sleep 1000; sleep 40", &json!({}));
    until_ready(&space, 3);
    let editor = space.config_of_user("editor", Some("edit"));
    let tried = space.indexedjob("cancel x --index 1 --dry-run=server").kubeconfig(&editor).output();
    tried.is(0, "job.batch/x index 1 cancelled (server dry run)\n", &[]);
    let pods = space.all("pods");
    assert!(pods.iter().all(|pod| pod["metadata"]["deletionTimestamp"].is_null()), "{pods:#?}");
    let cancel = space.indexedjob("cancel x --index 1").kubeconfig(&editor).output();
    cancel.is(0, "job.batch/x index 1 cancelled\n", &[FAILING]);
    assert_eq!(space.job("x")["status"]["failedIndexes"], "1");
    let waited = space.indexedjob("wait x --timeout=300s").output();
    waited.fails(3, &["job.batch/x failed: FailedIndexes"]);
    let job = space.job("x");
    assert_eq!((&job["status"]["completedIndexes"], &job["status"]["failedIndexes"]), (&json!("0,2"), &json!("1")));
    assert!(attempts(&space, 1).len() <= 1, "it was not tried again: {:?}", attempts(&space, 1));
}

#[test]
fn retrying_and_stuck_indexes_are_cancelled_and_one_without_a_pod_is_named() {
    let space = Space::new("cancelstuck");
    let image = json!({"name": "w", "image": "nowhere.example/none:1", "command": ["true"]});
    let template = json!({"spec": {"restartPolicy": "Never", "containers": [image]}});
    job(&space, 2, 1, "", &json!({"template": template}));
    space.until("the image cannot be pulled", || {
        let line = space.kubectl("get pods").output().text().to_owned();
        (line.contains("ImagePullBackOff") || line.contains("ErrImagePull")).then_some(())
    });
    let cancel = space.indexedjob("cancel x --index 0,1").output();
    let unborn = "index 1 has no pod yet, and without one it cannot be cancelled\n";
    cancel.is(3, "job.batch/x index 0 cancelled\n", &[unborn]);

    let space = Space::new("cancelretry");
    job(&space, 2, 2, "[ $JOB_COMPLETION_INDEX = 0 ] && exit 7; sleep 1000", &json!({}));
    space.until("index 0 has failed once", || {
        attempts(&space, 0).iter().any(|(_, phase)| phase == "Failed").then_some(())
    });
    // On a busy machine the next attempt may have begun by now; it is given up all the same.
    let cancel = space.indexedjob("cancel x --exit-code 7").output();
    cancel.is(0, "job.batch/x index 0 cancelled\n", &[FAILING]);
    assert_eq!(space.job("x")["status"]["failedIndexes"], "0");
}

#[test]
fn what_became_of_a_program_that_ends_well_when_told_to_stop_is_told() {
    let space = Space::new("cancelterm");
    job(&space, 2, 2, "trap 'exit 0' TERM; echo ready; sleep 1000 & wait", &json!({}));
    space.until("index 1 can be told to stop", || {
        (space.indexedjob("logs x --index 1").output().text() == "ready\n").then_some(())
    });
    // Which of the two it is depends on what the controller sees first: that the pod is deleted, or that it has ended.
    let cancel = space.indexedjob("cancel x --index 1").output();
    let status = &space.job("x")["status"];
    if cancel.code == Some(3) {
        cancel.fails(3, &["index 1 has succeeded: its program ended with 0 when it was told to stop"]);
        assert_eq!(status["completedIndexes"], "1");
    } else {
        cancel.is(0, "job.batch/x index 1 cancelled\n", &[FAILING]);
        assert_eq!(status["failedIndexes"], "1");
    }
}

#[test]
fn what_cannot_be_cancelled_alone_is_not_touched() {
    let space = Space::new("cancelnot");
    job(&space, 3, 3, "sleep 1000", &json!({"maxFailedIndexes": 1}));
    until_ready(&space, 3);
    space.indexedjob("cancel x --index 0,1").output().fails(1, &["more than maxFailedIndexes 1: the whole job"]);
    space.kubectl("delete job x").ok();
    job(&space, 3, 3, "sleep 1000", &json!({"backoffLimitPerIndex": null}));
    until_ready(&space, 3);
    space.indexedjob("cancel x --index 0").output().fails(1, &["job x has no backoffLimitPerIndex"]);
    assert_eq!(space.job("x")["status"]["ready"], 3);
}

#[test]
fn an_editor_cancels_a_job_and_what_has_finished_stays() {
    let space = Space::new("canceljob");
    job(&space, 3, 3, "[ $JOB_COMPLETION_INDEX = 0 ] && echo done && exit 0; sleep 1000", &json!({}));
    space.until("index 0 is done", || (space.job("x")["status"]["completedIndexes"] == "0").then_some(()));
    until_ready(&space, 2);
    let editor = space.config_of_user("editor", Some("edit"));
    let cancel = space.indexedjob("cancel x").kubeconfig(&editor).output();
    cancel.is(0, "job.batch/x cancelled\n", &["2 running indexes stopped, 1 of 3 had succeeded"]);
    let cancelled = "job.batch/x failed: cancelled by kubectl indexedjob (DeadlineExceeded)";
    space.indexedjob("wait x --timeout=60s").output().fails(3, &[cancelled]);
    space.indexedjob("logs x --index 0").output().is(0, "done\n", &[]);
    space.indexedjob("cancel x").output().is(0, "job.batch/x cancelled (no change)\n", &[]);
}

#[test]
fn a_suspended_job_is_cancelled_without_starting_anything() {
    let space = Space::new("cancelsusp");
    job(&space, 3, 2, "sleep 1000", &json!({"suspend": true, "activeDeadlineSeconds": 600}));
    space.indexedjob("cancel x").output().is(0, "job.batch/x cancelled\n", &[]);
    space.indexedjob("wait x --timeout=60s").output().fails(3, &["DeadlineExceeded"]);
    let events = space.all("events").iter().filter(|event| event["reason"] == "SuccessfulCreate").count();
    assert_eq!((space.all("pods").len(), events), (0, 0), "no pod was started");
    let annotations = &space.job("x")["metadata"]["annotations"];
    let kept = ["active-deadline-seconds", "parallelism", "suspended"]
        .map(|key| annotations[format!("kubectl-indexedjob/{key}")].as_str().unwrap_or_default().to_owned());
    assert_eq!(kept, ["600", "2", "true"]);
}

#[test]
fn suspend_says_what_it_stops_and_resume_goes_on() {
    let space = Space::new("suspend");
    job(&space, 4, 2, "[ $JOB_COMPLETION_INDEX = 0 ] || sleep 8", &json!({}));
    space.until("index 0 is done", || (space.job("x")["status"]["completedIndexes"] == "0").then_some(()));
    space.until("index 1 runs", || (space.job("x")["status"]["ready"] == 2).then_some(()));
    space.indexedjob("suspend x").output().is(0, "job.batch/x suspended\n", &["resume starts"]);
    space.until("no pod runs", || (space.job("x")["status"]["active"].as_u64().unwrap_or(0) == 0).then_some(()));
    space.indexedjob("suspend x").output().is(0, "job.batch/x suspended (no change)\n", &[]);
    space.indexedjob("resume -l app=none").output().is(0, "", &["No resources found"]);
    space.indexedjob("resume --all").output().is(0, "job.batch/x resumed\n", &["of 4 left, 2 at a time\n"]);
    space.completes("x");
}

#[test]
fn a_drain_lets_what_runs_end_and_starts_nothing() {
    let space = Space::new("drain");
    job(&space, 12, 4, "sleep $((15 + JOB_COMPLETION_INDEX))", &json!({}));
    until_ready(&space, 4);
    let editor = space.config_of_user("editor", Some("edit"));
    let drained = space.indexedjob("suspend x --drain").kubeconfig(&editor).output();
    drained.is(0, "job.batch/x suspended\n", &["x: 4 running indexes left to end, none begins (parallelism 4)\n"]);
    let job = space.until("the ends are counted", || {
        let job = space.job("x");
        (job["status"]["completedIndexes"] == "0-3").then_some(job)
    });
    assert_eq!((&job["spec"]["suspend"], &job["spec"]["parallelism"]), (&json!(true), &json!(4)));
    assert_eq!(job["metadata"]["annotations"], Value::Null);
    // One that the controller started all the same was one too many, and is stopped.
    space.until("nothing is left that did not end", || {
        let pods = space.all("pods");
        (pods.len() == 4 && pods.iter().all(|pod| pod["status"]["phase"] == "Succeeded")).then_some(())
    });
}

#[test]
fn a_drain_that_is_interrupted_says_how_to_go_back() {
    let space = Space::new("drainint");
    job(&space, 4, 2, "[ $JOB_COMPLETION_INDEX = 0 ] && sleep 5 && exit; sleep 1000", &json!({}));
    until_ready(&space, 2);
    let mut drain = space.indexedjob("suspend x --drain").spawn();
    drain.await_stderr("x: 1 running index left to end");
    drain.signal("INT");
    drain.finish().fails(
        130,
        &["job x goes on with parallelism 1, lowered from 2\nhint: kubectl indexedjob scale x --parallelism 2\n"],
    );
    assert_eq!(space.job("x")["spec"]["suspend"], false);
    space.indexedjob("scale x --parallelism 2").output().is(0, "job.batch/x scaled\n", &[]);
    until_ready(&space, 2);
}

#[test]
fn scale_protects_what_runs() {
    let space = Space::new("scale");
    job(&space, 6, 2, "sleep 1000", &json!({}));
    until_ready(&space, 2);
    space.indexedjob("scale x --parallelism 6").output().is(0, "job.batch/x scaled\n", &[]);
    until_ready(&space, 6);
    let refused = "parallelism 1 would stop 5 running indexes of job x";
    space.indexedjob("scale x --parallelism 1").output().fails(1, &[refused, "hint: stop them: "]);
    let scaled = space.indexedjob("scale x --parallelism 1 --now").output();
    scaled.is(0, "job.batch/x scaled\n", &["5 running indexes are stopped"]);
    space.until("one is left", || (space.job("x")["status"]["active"] == 1).then_some(()));
    space.indexedjob("scale x --completions 8").output().fails(2, &["--completions 8 --parallelism 8"]);
    space.indexedjob("scale x --completions 8 --parallelism 8").output().is(0, "job.batch/x scaled\n", &[]);
    until_ready(&space, 8);
}

#[test]
fn delete_speaks_and_waits_as_kubectl() {
    let space = Space::new("delete");
    let config_map = |name: &str| {
        space.kubectl(&format!("create configmap {name}")).ok();
        space.kubectl(&format!("label configmap {name} kubectl-indexedjob/job=x")).ok();
    };
    job(&space, 2, 2, "sleep 1000", &json!({}));
    config_map("stray");
    let line = format!("job.batch \"x\" deleted from {} namespace", space.namespace);
    if space.server_minor() >= 34 {
        // kubectl is as new as the server; older ones do not name the namespace.
        space.kubectl("delete job x --dry-run=server").output().is(0, &format!("{line} (server dry run)\n"), &[]);
    }
    let tried = "delete x --dry-run=server";
    space.indexedjob(tried).output().is(
        0,
        &format!("{line} (server dry run)\n{}", stray(&space, " (server dry run)")),
        &[],
    );
    space.indexedjob("delete --all --finished").output().is(0, "", &[]);
    let deleted = space.indexedjob("delete x").output();
    deleted.is(0, &format!("{line}\n{}", stray(&space, "")), &[]);
    space.is_empty();
    space.indexedjob("delete x").output().fails(4, &["Error from server (NotFound): jobs.batch \"x\" not found"]);
    space.within(Duration::from_secs(60), "the pods are gone, too", || space.all("pods").is_empty().then_some(()));
}

fn stray(space: &Space, suffix: &str) -> String {
    format!("configmap \"stray\" deleted from {} namespace{suffix}\n", space.namespace)
}
