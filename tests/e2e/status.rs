//! `status`: what real clusters tell of each index.

use std::fmt::Write as _;

use k8s_openapi::ByteString;
use serde_json::{Value, json};

use crate::harness::Space;
use crate::items::hostile;
use crate::wait::job;

/// Index 1 fails, index 3 takes its time.
const SCRIPT: &str = "case $JOB_COMPLETION_INDEX in 1) echo no such file: 1.csv; exit 7;; 3) sleep 8;; esac";

/// What `status` says, as a document.
#[track_caller]
fn document(space: &Space, line: &str) -> Value {
    space.indexedjob(&format!("status {line} -o json")).json()
}

/// One field of every index.
fn field(document: &Value, name: &str) -> Vec<Value> {
    document["indexes"].as_array().into_iter().flatten().map(|row| row[name].clone()).collect()
}

#[test]
fn every_index_is_told_of_from_its_first_pod_to_the_end() {
    let space = Space::new("status");
    space.apply(&job("x", 5, "backoffLimitPerIndex: 0", SCRIPT));
    space.until("index 1 has failed and index 3 runs", || {
        let states = field(&document(&space, "x"), "state");
        (states[1] == "failed" && states[3] == "running").then_some(())
    });
    let screen = space.indexedjob("status x").ok();
    for text in ["\n1 ", "   failed   ", "   7   ", "   Error   ", "\n3 ", "   running   ", " succeeded, 1 failed"] {
        assert!(screen.text().contains(text), "{text:?} is not in\n{}", screen.text());
    }
    let pod = space.indexedjob("status x --index 3 -o name").ok();
    let found = space.kubectl("get -o name").args([pod.text().trim()]).ok();
    assert_eq!(found.text(), pod.text());

    space.indexedjob("wait x --timeout=300s").output().ends_with(3);
    let document = document(&space, "x");
    let states = ["succeeded", "failed", "succeeded", "succeeded", "succeeded"];
    assert_eq!(field(&document, "state"), states.map(Value::from));
    assert_eq!(field(&document, "exitCode"), [0, 7, 0, 0, 0].map(Value::from));
    assert_eq!(document["job"]["status"], "Failed");
    let slow = document["indexes"][3]["durationSeconds"].as_i64().unwrap();
    assert!((7..=20).contains(&slow), "index 3 slept for 8 s: {slow}");
    space.indexedjob("status x --state failed -o ranges").output().is(0, "1\n", &[]);
    let longest = space.indexedjob("status x --exit-code 0 -o lines --sort duration").ok();
    assert!(longest.text().starts_with("3\n"), "{}", longest.text());
    let map = space.indexedjob("status x --map").ok();
    assert_eq!(map.text(), "0 #F###\nF 1 failed   # 4 succeeded\n");
}

#[test]
fn an_index_that_is_tried_again_is_no_failure_yet() {
    let space = Space::new("status-retry");
    space.apply(&job("x", 2, "backoffLimitPerIndex: 1", "test $JOB_COMPLETION_INDEX = 0"));
    space.until("index 1 waits for its next attempt", || {
        (field(&document(&space, "x"), "state")[1] == "retrying").then_some(())
    });
    space.indexedjob("status x --state retrying -o ranges").ok();
    space.indexedjob("wait x --timeout=300s").output().ends_with(3);
    let document = document(&space, "x");
    assert_eq!(field(&document, "state"), ["succeeded", "failed"].map(Value::from));
    assert_eq!(field(&document, "attempts"), [1, 2].map(Value::from));
}

#[test]
fn what_does_not_start_says_why() {
    let space = Space::new("status-why");
    let nowhere =
        job("nowhere", 20, "", "true").replacen("restartPolicy", "nodeSelector: {no: where}\n      restartPolicy", 1);
    space.apply(&nowhere);
    space.apply(&job("image", 2, "", "true").replace("docker.io/library/busybox", "docker.io/library/no-such-image"));
    space.apply(&job("asleep", 3, "suspend: true", "true"));
    for (name, text) in [
        ("nowhere", "0-19    starting                     Unschedulable"),
        ("image", "ImagePull"),
        ("asleep", "the Job is suspended"),
    ] {
        space.until(&format!("{name}: {text}"), || {
            space.indexedjob(&format!("status {name}")).ok().text().contains(text).then_some(())
        });
    }
    let quota = json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}, "spec": {"hard": {"pods": "0"}}});
    space.apply(&quota.to_string());
    space.apply(&job("refused", 3, "", "true"));
    space.until("the quota is told", || {
        space.indexedjob("status refused").ok().text().contains("exceeded quota: none").then_some(())
    });
}

#[test]
fn items_come_back_from_the_cluster_by_every_way() {
    let space = Space::new("status-items");
    let check = |name: &str, items: &[Vec<u8>]| {
        let rows = document(&space, name);
        for (row, item) in rows["indexes"].as_array().unwrap().iter().zip(items) {
            let found = match row["item"].as_str() {
                Some(text) => text.as_bytes().to_vec(),
                None => serde_json::from_value::<ByteString>(row["itemBase64"].clone()).expect("an item").0,
            };
            assert_eq!(found.escape_ascii().to_string(), item.escape_ascii().to_string(), "{name}");
        }
        assert_eq!(field(&rows, "item").len(), items.len(), "{name}");
    };
    let items = hostile();
    space.write("list", items.join(&0));
    let create = "--image docker.io/library/busybox --items-from list --items-format nul --suspend";
    for via in ["configmap", "init"] {
        space.indexedjob(&format!("create {via} {create} --items-via {via} -- true")).ok();
        check(via, &items);
    }
    let mut lines = String::new();
    let many: Vec<Vec<u8>> =
        (0..5_000).map(|index| format!("item \\ {index} {}", "x".repeat(400)).into_bytes()).collect();
    for item in &many {
        writeln!(lines, "{}", String::from_utf8_lossy(item)).unwrap();
    }
    space.write("many", lines);
    space.indexedjob("create many --image docker.io/library/busybox --items-from many --suspend -- true").ok();
    check("many", &many);
}

#[test]
fn a_watch_ends_with_the_job_and_a_deletion() {
    let space = Space::new("status-watch");
    space.apply(&job("x", 2, "", "sleep 2"));
    let watched = space.indexedjob("status x --watch").spawn().finish();
    watched.ends_with(0);
    assert!(watched.text().ends_with("x: 2/2 succeeded\n"), "{}", watched.text());
    space.apply(&job("long", 2, "", "sleep 600"));
    let mut watched = space.indexedjob("status long --watch").spawn();
    watched.await_stdout("running");
    space.kubectl("delete job long --wait=false").ok();
    watched.finish().ends_with(4);
}

#[test]
fn without_the_right_to_pods_the_job_alone_tells() {
    let space = Space::new("status-rights");
    space.apply(&job("x", 3, "backoffLimitPerIndex: 0", "test $JOB_COMPLETION_INDEX != 1"));
    space.indexedjob("wait x --timeout=300s").output().ends_with(3);
    space.kubectl("create role jobs --verb=get,list,watch --resource=jobs.batch").ok();
    let config = space.config_of_user("reader", None);
    let account = format!("{}:reader", space.namespace);
    space.kubectl(&format!("create rolebinding jobs --role=jobs --serviceaccount={account}")).ok();
    let output = space.indexedjob("status x").kubeconfig(&config).output();
    output.ends_with(1);
    assert!(output.text().contains("x: 2/3 succeeded, 1 failed\n"), "{output}");
    space.indexedjob("status x --state failed -o ranges").kubeconfig(&config).output().ends_with(1);
    space.indexedjob("status x --state succeeded -o ranges").kubeconfig(&config).output().is(0, "0,2\n", &[]);
}
