//! `kill -9` on `create` at any moment: nothing is left without an owner, and nothing half-made runs.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::harness::{PLUGIN, Run, Space};

const CREATING: &str = "kubectl-indexedjob/creating";

/// So many runs are killed.
const RUNS: u32 = 40;

/// A `create` with a ConfigMap. No pod is started: the Job's own state tells everything. kubectl would become the same
/// process; without it all of the time that is measured is the plugin's.
fn create<'a>(space: &'a Space, name: &str) -> Run<'a> {
    let line = format!("create {name} --image docker.io/library/busybox --items a,b,c --parallelism 0 -- true");
    space.program(PLUGIN).args(line.split_whitespace())
}

/// How far the create of a Job came.
#[derive(Debug, PartialEq)]
enum Stage {
    Absent,
    HalfMade,
    Complete,
}

fn stage(jobs: &[Value], maps: &[Value], name: &str) -> Stage {
    let Some(job) = jobs.iter().find(|job| job["metadata"]["name"] == name) else { return Stage::Absent };
    let marked = job["metadata"]["annotations"][CREATING].is_string();
    let suspended = job["spec"]["suspend"].as_bool().unwrap_or(false);
    let helpers = maps.iter().filter(|map| map["metadata"]["ownerReferences"][0]["uid"] == job["metadata"]["uid"]);
    match (marked, suspended, helpers.count()) {
        (true, true, 0 | 1) => Stage::HalfMade,
        (false, false, 1) => Stage::Complete,
        found => panic!("{name}: (marked, suspended, helpers) is {found:?}\n{job:#}\n{maps:#?}"),
    }
}

fn stages(space: &Space, names: &[String]) -> Vec<Stage> {
    let (jobs, maps) = (space.all("jobs"), space.config_maps());
    for map in &maps {
        let owner = &map["metadata"]["ownerReferences"][0]["name"];
        assert_eq!(owner, &map["metadata"]["labels"]["kubectl-indexedjob/job"], "a ConfigMap without owner\n{map:#}");
    }
    names.iter().map(|name| stage(&jobs, &maps, name)).collect()
}

#[test]
fn a_create_that_is_killed_at_any_moment_leaves_nothing_half_made_running() {
    let space = Space::new("kill");
    let lasts = (0..3).map(|run| create(&space, &format!("measured-{run}")).ok().took).max().expect("three runs");
    // Evenly over the time of a create, and a little beyond it.
    let mut names = vec![];
    for run in 0..RUNS {
        let name = format!("killed-{run}");
        let (start, running) = (Instant::now(), create(&space, &name).spawn());
        sleep((lasts * 6 / 5 * run / RUNS).saturating_sub(start.elapsed()));
        running.kill();
        names.push(name);
    }
    // What the last one sent may still be on its way.
    sleep(Duration::from_millis(500));
    let found = stages(&space, &names);
    let count = |stage: &Stage| found.iter().filter(|other| *other == stage).count();
    assert!(count(&Stage::Absent) > 0, "no run was killed before it sent anything: {found:?}");
    assert!(count(&Stage::HalfMade) > 0, "no run was killed between two steps: {found:?}");
    for (name, before) in names.iter().zip(&found) {
        let again = create(&space, name).output();
        match before {
            Stage::Complete => again.fails(1, &["(AlreadyExists)"]),
            _ => again.is(0, &format!("job.batch/{name} created\n"), &[]),
        }
    }
    let found = stages(&space, &names);
    assert!(found.iter().all(|stage| *stage == Stage::Complete), "{found:?}");
    assert_eq!(space.config_maps().len(), names.len() + 3, "a ConfigMap of the first run was not taken up");
}
