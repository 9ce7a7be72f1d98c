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
