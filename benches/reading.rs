//! How fast `describe`, `list` and `wait` are beside kubectl on the same cluster in the same run:
//! `INDEXEDJOB_E2E_KUBECONFIG=... cargo bench --bench reading`.
//!
//! The bars: describe at most a quarter of kubectl's time; wait ends no later after the Job than kubectl's.

#![expect(clippy::disallowed_methods, reason = "a benchmark has its own stdout")]
#![expect(unreachable_pub, reason = "the module is shared by benchmarks")]

mod measure;

use std::error::Error;
use std::io::Write as _;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

use measure::{Cluster, medians, row};

const RUNS: usize = 21;
const WAITS: u32 = 9;
const NAMESPACE: &str = "bench-reading";

fn main() -> Result<(), Box<dyn Error>> {
    measure::serve()?;
    let Some(cluster) = Cluster::of_environment()? else { return Ok(()) };
    cluster.must(&format!("create namespace {NAMESPACE}"))?;
    let measured = all(&cluster);
    cluster.must(&format!("delete namespace {NAMESPACE} --wait=false"))?;
    measured
}

fn all(cluster: &Cluster) -> Result<(), Box<dyn Error>> {
    let create = "--image busybox --completions 6 --parallelism 6";
    for (name, program) in [("done", "true"), ("failed", "false")] {
        cluster.ours(&format!("create {name} -n {NAMESPACE} {create} -- {program}")).output()?;
        cluster.ours(&format!("wait {name} -n {NAMESPACE} --timeout=120s")).output()?;
    }
    for name in ["done", "failed"] {
        let words = format!("describe {name} -n {NAMESPACE}");
        let theirs = format!("describe job {name} -n {NAMESPACE}");
        compare(cluster, &format!("describe, a Job that is {name}"), &words, &theirs)?;
    }
    compare(cluster, "list", &format!("list -n {NAMESPACE}"), &format!("get jobs -n {NAMESPACE}"))?;
    waits(cluster)
}

fn compare(cluster: &Cluster, name: &str, ours: &str, theirs: &str) -> Result<(), Box<dyn Error>> {
    let figures = medians(RUNS, &[cluster.ours(ours), cluster.kubectl(theirs)])?;
    row(name, figures[0], figures[1])
}

/// How much later than kubectl's our wait ends, both waiting for one Job.
fn waits(cluster: &Cluster) -> Result<(), Box<dyn Error>> {
    let mut later: Vec<f64> = Vec::new();
    for number in 0..WAITS {
        let name = format!("w{number}");
        let create = format!("create {name} -n {NAMESPACE} --image busybox --completions 2 -- sleep 2");
        cluster.ours(&create).output()?;
        let ours = cluster.ours(&format!("wait {name} -n {NAMESPACE} --progress=none"));
        let theirs = cluster.kubectl(&format!("wait job/{name} -n {NAMESPACE} --for=condition=complete --timeout=60s"));
        let ends = [ours, theirs].map(|mut command| {
            thread::spawn(move || -> std::io::Result<Instant> {
                command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
                Ok(Instant::now())
            })
        });
        let [ours, theirs] = ends.map(|end| end.join().map_err(|_| "a thread panicked"));
        later.push(signed(ours??, theirs??));
    }
    later.sort_by(f64::total_cmp);
    let (median, worst) = (later[later.len() / 2], later[later.len() - 1]);
    writeln!(std::io::stdout(), "wait ends {median:+.1} ms after kubectl's (median of {WAITS}; worst {worst:+.1} ms)")?;
    Ok(())
}

/// How many milliseconds `a` is after `b`.
fn signed(a: Instant, b: Instant) -> f64 {
    let millis = |span: Duration| span.as_secs_f64() * 1000.0;
    if a >= b { millis(a - b) } else { -millis(b - a) }
}
