//! Tests that stop parts of the cluster, and so disturb every other: alone, after the others, and only in a lab.

use std::thread::sleep;
use std::time::Duration;

use crate::harness::{Lab, Space, cluster};
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
    following.await_stdout("[2] 50\n");
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
