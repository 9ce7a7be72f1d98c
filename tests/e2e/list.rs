//! `list`: beside what the real kubectl says of the same Jobs.

use std::path::Path;

use crate::harness::{Space, say};
use crate::wait::job;

#[test]
fn jobs_are_listed_with_kubectls_status_and_how_far_they_are() {
    let space = Space::new("list");
    space.apply(&job("good", 3, "", "true"));
    space.apply(&job("bad", 3, "backoffLimitPerIndex: 0", "test $JOB_COMPLETION_INDEX != 1"));
    space.apply(&job("asleep", 3, "suspend: true", "true"));
    space.kubectl("create job plain --image docker.io/library/busybox -- true").ok();
    space.indexedjob("wait good --timeout=300s").ok();
    space.indexedjob("wait bad --timeout=300s").output().ends_with(3);

    let listed = space.indexedjob("list --no-headers").ok();
    let rows: Vec<Vec<&str>> = listed.text().lines().map(|line| line.split_whitespace().collect()).collect();
    let first = |row: &[&str], so_many: usize| row[..so_many].join(" ");
    assert_eq!(first(&rows[0], 4), "asleep Suspended 0/3 0");
    assert_eq!(first(&rows[1], 4), "bad Failed 2/3 1");
    assert_eq!(rows[1].last(), Some(&"FailedIndexes"));
    assert_eq!(first(&rows[2], 4), "good Complete 3/3 0");
    assert_eq!(rows.len(), 3, "{}", listed.text());

    // The server's own words for the status are ours.
    let theirs = space.kubectl("get jobs --no-headers").ok();
    if space.server_minor() >= 31 {
        for line in theirs.text().lines().filter(|line| !line.starts_with("plain")) {
            let words: Vec<_> = line.split_whitespace().take(2).collect();
            assert!(rows.iter().any(|row| row[..2] == words[..]), "kubectl: {line}\nours: {}", listed.text());
        }
    }
    let all = space.indexedjob("list --non-indexed -o name").ok();
    let names: Vec<_> = theirs.text().lines().filter_map(|line| line.split(' ').next()).collect();
    let ours: Vec<_> = all.text().lines().filter_map(|line| line.strip_prefix("job.batch/")).collect();
    assert_eq!(ours, names);
    let json = space.indexedjob("list -o json").json();
    assert_eq!(json["items"][1]["indexes"]["failed"], 1);
}

#[test]
fn a_table_is_narrowed_on_a_terminal_and_nowhere_else() {
    let space = Space::new("list-narrow");
    space.apply(&job("a-job-with-a-name", 3, "suspend: true", "true"));
    let list = space.indexedjob("list --color=never").env("COLUMNS", "40");
    let line = list.line();
    let whole = list.ok().text().to_owned();
    assert!(whole.contains("RUNNING") && whole.lines().any(|line| line.len() > 40), "{whole}");
    if !Path::new("/usr/bin/script").exists() {
        say("skipped, there is no script(1) to make a terminal: a table is narrowed on a terminal");
        return;
    }
    for setup in ["stty cols 120 rows 40; export COLUMNS=40", "stty cols 40 rows 40"] {
        let shell = format!("{setup}; {line}");
        let shown = space.program("script").args(["-qec", &shell, "/dev/null"]).ok();
        let is_narrow = shown.text().lines().all(|line| line.trim_end().chars().count() <= 40);
        assert!(is_narrow && shown.text().contains("0/3") && !shown.text().contains("RUNNING"), "{shown}");
    }
}

#[test]
fn a_watch_follows_a_job_to_its_end() {
    let space = Space::new("list-watch");
    let mut watch = space.indexedjob("list -w").spawn();
    space.apply(&job("short", 2, "", "sleep 1"));
    watch.await_stdout("short   Running");
    watch.await_stdout("short   Complete");
    watch.signal("INT");
    watch.finish().ends_with(130);
}
