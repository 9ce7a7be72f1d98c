//! `--array`: a task is called by its number wherever it looks.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::harness::Space;

const BUSYBOX: &str = "docker.io/library/busybox";

/// Where a task finds its number: variables that are set for it, a variable and a file of our flags, a variable and an
/// argument that name it; and what else Slurm sets.
const PROBE: &str = "echo $JOB_COMPLETION_INDEX $SLURM_ARRAY_TASK_ID $MINE $(cat /number/file) $RUN $1 \
                     $SLURM_ARRAY_TASK_COUNT $SLURM_ARRAY_TASK_MIN $SLURM_ARRAY_TASK_MAX $SLURM_ARRAY_JOB_ID";

/// A Job of this array that runs the probe, with more flags.
fn create<'a>(space: &'a Space, job: &str, array: &str, flags: &[&str]) -> crate::harness::Run<'a> {
    let create = space.indexedjob(&format!("create {job} --image {BUSYBOX} --array {array} --index-env MINE"));
    let create = create.args(["--index-path", "/number/file", "--env", "RUN=run-$(JOB_COMPLETION_INDEX)"]);
    create.args(flags).args(["--", "sh", "-c", PROBE, "sh", "task-$(JOB_COMPLETION_INDEX)"])
}

/// Every task has seen its number of `numbers` everywhere, and the annotation holds `annotation`.
#[track_caller]
fn tasks_are_called(space: &Space, job: &str, numbers: &[u32], annotation: Option<&str>) {
    space.completes(job);
    let found = space.job(job);
    assert_eq!(found["metadata"]["annotations"]["kubectl-indexedjob/numbers"].as_str(), annotation);
    let logs = space.kubectl(&format!("logs -l job-name={job} --tail=-1 --max-log-requests=100")).ok();
    let got: BTreeSet<&str> = logs.text().lines().collect();
    let (count, first, last) = (numbers.len(), numbers[0], numbers[numbers.len() - 1]);
    let slurm = format!("{count} {first} {last} {}", found["metadata"]["uid"].as_str().unwrap_or_default());
    let line = |n: &u32| format!("{n} {n} {n} {n} run-{n} task-{n} {slurm}");
    let want: Vec<String> = numbers.iter().map(line).collect();
    assert_eq!(got, want.iter().map(String::as_str).collect(), "{job}");
}

#[test]
fn tasks_know_their_number_and_not_their_index() {
    let space = Space::new("numbers");
    let shapes: [(&str, &str, &[u32], Option<&str>); 3] = [
        ("plain", "0-2", &[0, 1, 2], None),
        ("range", "1-3", &[1, 2, 3], Some("1-3")),
        ("steps", "20,0-6:3,7,6%3", &[0, 3, 6, 7, 20], Some("0,3,6,7,20")),
    ];
    for (job, array, numbers, _) in shapes {
        let said = format!("{} tasks, numbers {}", numbers.len(), if job == "range" { "1-3" } else { "0" });
        create(&space, job, array, &[]).output().is(0, &format!("job.batch/{job} created\n"), &[&said]);
        // What a client makes for any server, with a shell around the command.
        let shown = create(&space, &format!("{job}-shown"), array, &["--dry-run=client", "-o", "yaml"]).ok();
        space.kubectl("create -f -").stdin(shown.stdout).ok();
    }
    for (job, _, numbers, annotation) in shapes {
        tasks_are_called(&space, job, numbers, annotation);
        tasks_are_called(&space, &format!("{job}-shown"), numbers, annotation);
    }
    assert_eq!(space.job("steps")["spec"]["parallelism"], 3);
}

#[test]
fn numbers_without_any_order_come_from_a_list() {
    let space = Space::new("numbers-list");
    let squares: Vec<u32> = (1..=66).map(|root| root * root).collect();
    let array = squares.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    create(&space, "squares", &array, &[]).output().is(
        0,
        "job.batch/squares created\n",
        &["66 tasks, numbers 1 to 4356"],
    );
    assert_eq!(space.config_maps().len(), 1, "a list of numbers is kept in a ConfigMap");
    tasks_are_called(&space, "squares", &squares, Some(&array));
}

#[test]
fn items_with_an_array_are_refused() {
    let space = Space::new("numbers-both");
    let output = space.indexedjob("create both --image busybox --array 1-3 --items a,b,c -- true").output();
    output.fails(2, &["--array", "cannot be used with", "--items"]);
    space.is_empty();
}

#[test]
fn without_a_command_only_a_new_server_can_tell_the_number() {
    let space = Space::new("numbers-image");
    let own = format!("create own --image {BUSYBOX} --array 1-3");
    let kept = format!("create kept --image {BUSYBOX} --array 5,7 --keep-entrypoint");
    let kept = || {
        space.indexedjob(&kept).args(["--", "sh", "-c", "echo $JOB_COMPLETION_INDEX $0", "is-$(JOB_COMPLETION_INDEX)"])
    };
    if space.server_minor() < 35 {
        let why = "a task can be given its own number only by a command after --: \
                   the server is older than Kubernetes 1.35";
        space.indexedjob(&own).output().fails(2, &[why, "hint: give the command after --"]);
        kept().output().fails(2, &[why]);
        return space.is_empty();
    }
    space.indexedjob(&own).ok();
    kept().ok();
    space.completes("own");
    let job = space.job("own");
    let container = &job["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(container["command"], Value::Null);
    assert!(container["env"].to_string().contains("fileKeyRef"), "{container}");
    space.completes("kept");
    let logs = space.kubectl("logs -l job-name=kept --tail=-1").ok();
    let got: BTreeSet<&str> = logs.text().lines().collect();
    assert_eq!(got, BTreeSet::from(["5 is-5", "7 is-7"]));
}
