//! Tests that stop parts of the cluster, and so disturb every other: alone, after the others, and only in a lab.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::Duration;

use crate::harness::{Lab, Space, cluster};
use crate::retry::only_these_ran;
use crate::wait::job;

/// The API server is down as long as this lives.
struct Outage<'a>(&'a Lab);

impl<'a> Outage<'a> {
    fn begin(lab: &'a Lab) -> Self {
        lab.run(&["stop", "kube-apiserver"]);
        Self(lab)
    }
}

impl Drop for Outage<'_> {
    fn drop(&mut self) {
        self.0.run(&["start", "kube-apiserver"]);
        // By itself it may look for the server only a minute later.
        self.0.run(&["stop", "kube-controller-manager"]);
        self.0.run(&["start", "kube-controller-manager"]);
    }
}

#[test]
#[ignore = "stops the kubelet and the API server"]
fn followed_logs_survive_a_kubelet_and_an_api_server_that_are_away_for_a_while() {
    let Some(lab) = cluster().lab("the kubelet is stopped while logs are followed") else { return };
    let space = Space::new("logs-outage");
    let script = "for i in $(seq 1000); do echo $i; test $((i % 10)) != 0 || sleep 0.3; done; printf end";
    space.apply(&job("steady", 3, "", script));
    let mut following = space.indexedjob("logs steady -f").spawn();
    // A container that is being created when the kubelet dies is lost, and its index gets another pod.
    for index in 0..3 {
        following.await_stdout(&format!("[{index}] 50\n"));
    }
    lab.run(&["stop", "--kill", "kubelet"]);
    sleep(Duration::from_secs(3));
    lab.run(&["start", "kubelet"]);
    following.await_stdout("[2] 300\n");
    let outage = Outage::begin(lab);
    sleep(Duration::from_secs(4));
    assert!(following.goes_on(), "it ended because the API server was down");
    drop(outage);
    let followed = following.finish();
    followed.ends_with(0);
    let numbers = (1..=1000).map(|i| i.to_string()).chain(["end".to_owned()]);
    let want: Vec<_> = numbers.collect();
    for index in 0..3 {
        let prefix = format!("[{index}] ");
        let lines: Vec<_> = followed.text().lines().filter_map(|line| line.strip_prefix(&prefix)).collect();
        assert_eq!(lines, want, "index {index}");
    }
}

/// Of the first hundred every fifth index fails in its first attempt; every attempt numbers its 60 lines. Most are done
/// in a second; every twentieth writes for ten, so that logs are open whenever the API server goes away.
const MANY: &str = r#"
apiVersion: batch/v1
kind: Job
metadata: {name: many}
spec:
  completions: 200
  parallelism: 20
  completionMode: Indexed
  backoffLimitPerIndex: 1
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      containers:
      - name: worker
        image: docker.io/library/busybox
        command:
        - sh
        - -c
        - |
          test $((JOB_COMPLETION_INDEX % 20)) = 7 && pause=1 || pause=0.1
          for i in $(seq 60); do echo "$JOB_COMPLETION_INDEX/$FAILURES $i"; test $((i % 6)) != 0 || sleep $pause; done
          test $((JOB_COMPLETION_INDEX % 5)) != 0 || test $JOB_COMPLETION_INDEX -ge 100 || test $FAILURES != 0
        env:
        - name: FAILURES
          valueFrom:
            fieldRef:
              fieldPath: metadata.annotations['batch.kubernetes.io/job-index-failure-count']
"#;

#[test]
#[ignore = "takes more than a minute, and stops the API server"]
fn every_line_of_two_hundred_indexes_is_followed_once_through_retries_and_a_restart_of_the_api_server() {
    let Some(lab) = cluster().lab("the API server is stopped while 200 indexes are followed") else { return };
    let space = Space::new("logs-many");
    space.apply(MANY);
    let mut following = space.indexedjob("logs many -f").spawn();
    following.await_stdout("[27] 27/0 20\n");
    let outage = Outage::begin(lab);
    sleep(Duration::from_secs(4));
    assert!(following.goes_on(), "it ended because the API server was down");
    drop(outage);
    let followed = following.finish_within(Duration::from_secs(900));
    followed.ends_with(0);
    let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in followed.text().lines() {
        let (prefix, text) = line.split_once(' ').expect("every line has a prefix");
        found.entry(prefix).or_default().push(text);
    }
    assert_eq!(found.len(), 220, "one log of each index, and a second one of twenty");
    for index in 0..200 {
        let attempts = if index < 100 && index % 5 == 0 { 2 } else { 1 };
        for attempt in 0..attempts {
            let prefix = if attempt == 0 { format!("[{index}]") } else { format!("[{index}/2]") };
            let want: Vec<_> = (1..=60).map(|line| format!("{index}/{attempt} {line}")).collect();
            assert_eq!(found[prefix.as_str()], want, "{prefix}");
        }
    }
}

#[test]
#[ignore = "stops the API server"]
fn a_wait_survives_ten_seconds_without_api_server_and_still_ends_in_time() {
    let Some(lab) = cluster().lab("the API server is stopped while Jobs are waited for") else { return };
    let space = Space::new("outage");
    space.apply(&job("good", 2, "", "sleep 15"));
    space.apply(&job("bad", 1, "backoffLimit: 0", "sleep 15; exit 3"));
    space.until_a_pod_is("good", "Running");
    let mut good = space.indexedjob("wait good --timeout=300s").spawn();
    let mut both = space.indexedjob("wait bad good --timeout=300s").spawn();
    let mut brief = space.indexedjob("wait good --timeout=6s").spawn();
    for waiting in [&mut good, &mut brief] {
        waiting.await_stderr("good: 0/2 succeeded");
    }
    both.await_stderr("bad: 0/1 succeeded");
    let outage = Outage::begin(lab);
    sleep(Duration::from_secs(10));
    assert!(good.goes_on() && both.goes_on(), "a wait ended because the API server was down");
    // Its time was up while the server was down.
    assert!(!brief.goes_on(), "a wait with --timeout=6s goes on");
    brief.finish().fails(124, &["timed out waiting for the condition on jobs/good"]);
    drop(outage);
    good.finish().is(0, "job.batch/good condition met\n", &[]);
    both.finish().is(3, "job.batch/good condition met\n", &["job.batch/bad failed: BackoffLimitExceeded: "]);
    space.logs_are("good", &["", ""]);
}

#[test]
#[ignore = "stops the controller-manager"]
fn a_wait_survives_a_controller_manager_that_is_away() {
    let Some(lab) = cluster().lab("the controller-manager is stopped while a Job is waited for") else { return };
    let space = Space::new("no-controller");
    space.apply(&job("good", 2, "", "sleep 3"));
    space.until_a_pod_is("good", "Running");
    let mut waiting = space.indexedjob("wait good --timeout=300s").spawn();
    lab.run(&["stop", "kube-controller-manager"]);
    sleep(Duration::from_secs(8));
    let goes_on = waiting.goes_on();
    lab.run(&["start", "kube-controller-manager"]);
    assert!(goes_on, "nobody has counted the pods yet");
    waiting.finish().is(0, "job.batch/good condition met\n", &[]);
}

#[test]
#[ignore = "stops the kubelet for a minute"]
fn a_node_that_does_not_answer_is_named() {
    let Some(lab) = cluster().lab("the kubelet is stopped while a Job is waited for") else { return };
    let space = Space::new("node-lost");
    space.apply(&job("lost", 1, "", "sleep 90"));
    space.until_a_pod_is("lost", "Running");
    let mut waiting = space.indexedjob("wait lost --timeout=300s").spawn();
    lab.run(&["stop", "--kill", "kubelet"]);
    let said = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        waiting.await_stderr("lost: index 0 is not ready on node localhost: the node does not answer");
    }));
    lab.run(&["start", "kubelet"]);
    assert!(said.is_ok(), "it did not say so");
    waiting.finish().is(0, "job.batch/lost condition met\n", &[]);
}

#[test]
#[ignore = "stops the API server and the controller-manager"]
fn a_retry_survives_controllers_and_an_api_server_that_are_away() {
    let Some(lab) = cluster().lab("the controller-manager is stopped in the middle of a retry") else { return };
    let space = Space::new("retry-outage");
    let editor = space.config_of_user("editor", Some("edit"));
    let program = "case $JOB_COMPLETION_INDEX in 3|7) [ \"$OK\" = yes ] || exit 1;; esac";
    for name in ["status", "adopt"] {
        let create = format!("create {name} --image docker.io/library/busybox --env OK=no --completions 8 --ttl 600");
        space.indexedjob(&create).args(["--", "sh", "-c", program]).ok();
        space.indexedjob(&format!("wait {name} --timeout=300s")).output().ends_with(3);
    }
    lab.run(&["stop", "kube-controller-manager"]);
    // Released while nobody acts on it.
    space.indexedjob("retry status --env OK=yes").ok();
    // Its pods are handed over, and nobody counts them.
    let retry = || space.indexedjob("retry adopt --env OK=yes").kubeconfig(&editor).spawn();
    let mut first = retry();
    first.await_stderr("adopt-r1: 0 of 6 pods counted by the job controller");
    first.kill();
    lab.run(&["stop", "--kill", "kube-apiserver"]);
    lab.run(&["start", "kube-apiserver"]);
    let mut second = retry();
    second.await_stderr("going on with adopt-r1, which was begun before");
    lab.run(&["stop", "kube-apiserver"]);
    sleep(Duration::from_secs(4));
    lab.run(&["start", "kube-apiserver"]);
    lab.run(&["start", "kube-controller-manager"]);
    let second = second.finish();
    if second.code != Some(0) {
        // It may have lost its patience, and has said what to do.
        second.fails(1, &["hint: job adopt-r1 is half-made and suspended; the same command goes on"]);
        retry().finish().ends_with(0);
    }
    for name in ["status", "adopt"] {
        let run = format!("{name}-r1");
        space.completes(&run);
        only_these_ran(&space, &run, &[3, 7], "0-7");
        assert_eq!(space.job(name)["spec"]["ttlSecondsAfterFinished"], 600, "{name} has its time to live");
    }
}
