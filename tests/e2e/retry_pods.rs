//! `retry` and pods that are not as it left them: gone with their node, or somebody else's.

use serde_json::{Value, json};

use crate::harness::Space;
use crate::retry::{CREATE, PROGRAM, fails, only_these_ran};

/// The pods of the Job `x` of which the index `index` succeeded.
fn pod_of(space: &Space, index: u32) -> Value {
    let key = "batch.kubernetes.io/job-completion-index";
    let pods = space.all("pods -l job-name=x --field-selector=status.phase=Succeeded");
    let found = pods.into_iter().find(|pod| pod["metadata"]["annotations"][key] == index.to_string().as_str());
    found.expect("the pod of an index that succeeded")
}

fn name_of(object: &Value) -> &str {
    object["metadata"]["name"].as_str().expect("a name")
}

/// An autoscaler that removes a node takes its pods along, those that succeeded, too.
#[test]
fn where_the_pod_of_a_done_task_went_with_its_node_nothing_is_taken_over() {
    let space = Space::new("retry-node");
    let editor = space.config_of_user("editor", Some("edit"));
    space.indexedjob(&format!("create x {CREATE} --completions 8")).args(["--", "sh", "-c", PROGRAM]).ok();
    fails(&space, "x");
    let gone = pod_of(&space, 4);
    space.kubectl(&format!("delete pod {}", name_of(&gone))).ok();
    let adopt = space.indexedjob("retry x --env OK=yes --via=adopt").kubeconfig(&editor).output();
    adopt.fails(1, &["--via=adopt is not possible: the pod of a done task is gone\n", "hint: leave --via out"]);
    assert_eq!(space.all("jobs").len(), 1, "that is known before anything is made");
    let owner = |pod: &Value| pod["metadata"]["ownerReferences"][0]["name"].clone();
    assert_eq!(owner(&pod_of(&space, 5)), "x", "and before any pod changes hands");
    let auto = space.indexedjob("retry x --env OK=yes --wait --timeout=300s").kubeconfig(&editor).output();
    let why = "via subset: you may not patch jobs/status, and the pod of a done task is gone\n";
    auto.is(0, "job.batch/x-r1 created\njob.batch/x-r1 condition met\n", &[why]);
    only_these_ran(&space, "x-r1", &[0, 1], "0,1");
    let log = space.indexedjob("logs x-r1 --index 7").ok();
    assert_eq!(log.text(), "did 7\n");
    let all = space.indexedjob("status x --chain --state succeeded -o ranges").ok();
    assert_eq!(all.text(), "0-7\n");
}

/// A running pod that matched the selector of the new Job would be adopted by it, and deleted as surplus.
#[test]
fn a_foreign_pod_with_labels_like_those_of_the_run_is_left_alone() {
    let space = Space::new("retry-foreign");
    let editor = space.config_of_user("editor", Some("edit"));
    space.indexedjob(&format!("create x {CREATE} --completions 8")).args(["--", "sh", "-c", PROGRAM]).ok();
    fails(&space, "x");
    let labels = json!({
        "job-name": "x-r1", "batch.kubernetes.io/job-name": "x-r1", "kubectl-indexedjob/run-x-r1": "x-r1",
        "batch.kubernetes.io/job-completion-index": "3",
    });
    let container = json!({"name": "w", "image": "docker.io/library/busybox", "command": ["sleep", "3600"]});
    let foreign = json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {
            "name": "foreign", "labels": labels,
            "annotations": {"batch.kubernetes.io/job-completion-index": "3"},
        },
        "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [container]},
    });
    space.apply(&foreign.to_string());
    space.kubectl("wait --for=condition=Ready pod/foreign --timeout=120s").ok();
    let before = space.kubectl("get pod foreign -o json").json();
    let retried = space.indexedjob("retry x --env OK=yes --wait --timeout=300s").kubeconfig(&editor).output();
    retried.is(0, "job.batch/x-r1 created\njob.batch/x-r1 condition met\n", &["as x-r1, via adopt\n"]);
    let selector = space.job("x-r1")["spec"]["selector"]["matchLabels"].clone();
    let keys: Vec<&String> = selector.as_object().expect("labels").keys().collect();
    assert!(matches!(keys[..], [key] if key.starts_with("kubectl-indexedjob/run-")), "{selector}");
    let after = space.kubectl("get pod foreign -o json").json();
    assert_eq!((&after["metadata"]["uid"], &after["status"]["phase"]), (&before["metadata"]["uid"], &json!("Running")));
    assert!(after["metadata"]["ownerReferences"].is_null() && after["metadata"]["finalizers"].is_null(), "{after:#}");
    assert_eq!(after["metadata"]["labels"], before["metadata"]["labels"]);
    assert_eq!(space.job("x-r1")["status"]["completedIndexes"], "0-7");
}

#[test]
fn a_task_that_was_left_out_and_an_item_in_another_command_are_what_they_say() {
    let space = Space::new("retry-skipped");
    let create = space.indexedjob(&format!("create x {CREATE} --items a,b,c,d,e,f,g,h"));
    create.args(["--", "sh", "-c", PROGRAM, "sh", "{}"]).ok();
    fails(&space, "x");
    let line = "retry x --index 3 --wait --timeout=300s -- echo <{}>";
    let retried = space.indexedjob(line).output();
    let skipped = "skipped: index 7 (1 of 8): the retry that made the Job left it out\n";
    retried.is(0, "job.batch/x-r1 created\njob.batch/x-r1 condition met\n", &[skipped]);
    assert_eq!(space.indexedjob("logs x-r1 --index 3").ok().text(), "<d>\n");
    let states = space.indexedjob("status x-r1 --state skipped -o ranges").ok();
    assert_eq!(states.text(), "7\n");
    space.indexedjob("wait x-r1 --index 7 --timeout=60s").output().fails(3, &["left out by the retry"]);
    space.indexedjob("logs x-r1 --index 7").output().fails(1, &["never ran in it\n"]);
    let again = space.indexedjob("retry x --env OK=yes --wait --timeout=300s").output();
    again.is(0, "job.batch/x-r2 created\njob.batch/x-r2 condition met\n", &["retrying task 7 of 8"]);
    assert_eq!(space.indexedjob("logs x-r2 --index 7").ok().text(), "<h>\n");
}
