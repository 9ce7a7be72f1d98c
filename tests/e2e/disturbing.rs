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
    }
}

#[test]
#[ignore = "stops the API server"]
fn wait_goes_on_while_the_api_server_is_down_for_10_seconds() {
    let Some(lab) = cluster().lab("the API server is stopped during a wait") else { return };
    let space = Space::new("outage");
    space.apply(&job("good", 2, "", "sleep 15"));
    space.apply(&job("bad", 1, "backoffLimit: 0", "sleep 15; exit 3"));
    space.until_a_pod_is("good", "Running");
    let mut good = space.indexedjob("wait good --timeout=300s").spawn();
    let mut both = space.indexedjob("wait bad good --timeout=300s").spawn();
    good.await_stderr("good: 0/2 succeeded");
    both.await_stderr("bad: 0/1 succeeded");
    let outage = Outage::begin(lab);
    sleep(Duration::from_secs(10));
    assert!(good.goes_on() && both.goes_on(), "a wait ended while the API server was down");
    drop(outage);
    good.finish().is(0, "job.batch/good condition met\n", &[]);
    both.finish().is(3, "job.batch/good condition met\n", &["job.batch/bad failed: BackoffLimitExceeded: "]);
    space.logs_are("good", &["", ""]);
}

#[test]
#[ignore = "stops the API server"]
fn a_wait_times_out_also_while_the_api_server_is_down() {
    let Some(lab) = cluster().lab("the API server is stopped until a wait times out") else { return };
    let space = Space::new("outage-timeout");
    space.apply(&job("sleeping", 1, "", "sleep 600"));
    let mut waiting = space.indexedjob("wait sleeping --timeout=8s").spawn();
    waiting.await_stderr("sleeping: 0/1 succeeded");
    let outage = Outage::begin(lab);
    let waited = waiting.finish();
    drop(outage);
    waited.fails(124, &["timed out waiting for the condition on jobs/sleeping"]);
    assert!(waited.took < Duration::from_secs(11), "{waited}");
}
