//! `wait`: how it ends, how soon, and what it says before.

use std::path::Path;
use std::time::Duration;

use crate::harness::{Space, say};

/// A Job of `indexes` that runs this script with sh; `more` is put into its spec.
pub(crate) fn job(name: &str, indexes: u32, more: &str, script: &str) -> String {
    format!(
        r"
apiVersion: batch/v1
kind: Job
metadata: {{name: {name}}}
spec:
  completions: {indexes}
  parallelism: {indexes}
  completionMode: Indexed
  {more}
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 5
      containers:
      - name: worker
        image: docker.io/library/busybox
        command: [sh, -c, {script:?}]
"
    )
}

#[test]
fn a_sleeping_job_is_waited_for_as_long_as_was_said() {
    let space = Space::new("wait-timeout");
    space.apply(&job("sleeping", 1, "", "sleep 600"));
    // Starting kubectl and the plugin takes its part of the second second; on a busy machine not every time is good.
    let mut took = vec![];
    for _ in 0..3 {
        let waited = space.indexedjob("wait sleeping --timeout=1s").output();
        waited.fails(124, &["timed out waiting for the condition on jobs/sleeping"]);
        took.push(waited.took);
    }
    let best = *took.iter().min().expect("three");
    assert!(best >= Duration::from_secs(1) && best < Duration::from_secs(2), "{took:?}");
    space.indexedjob("wait sleeping --timeout=0").output().fails(124, &["condition not met for jobs/sleeping"]);
}

#[test]
fn a_job_whose_index_2_fails_ends_with_3_and_names_it() {
    let space = Space::new("wait-failed");
    let create = space.indexedjob("create failing --image docker.io/library/busybox --completions 3");
    create.args(["--", "sh", "-c", "echo work $JOB_COMPLETION_INDEX; test $JOB_COMPLETION_INDEX != 2"]).ok();
    let waited = space.indexedjob("wait failing --timeout=300s").output();
    waited.fails(
        3,
        &[
            "job.batch/failing failed: FailedIndexes: ",
            "failed: index 2 (1 of 3)",
            "1x exit 1 Error, index 2: work 2",
            "hint: kubectl indexedjob logs failing --index 2\n",
        ],
    );
    space.indexedjob("logs failing --index 2").output().is(0, "work 2\n", &[]);
    // It has ended: the same again, at once.
    let again = space.indexedjob("wait failing").output();
    again.fails(3, &["job.batch/failing failed: FailedIndexes: ", "index 2"]);
}

#[test]
fn the_reason_is_said_as_soon_as_the_job_is_failing() {
    let space = Space::new("wait-fate");
    // Index 2 fails the Job while the others go on; they ignore SIGTERM, and are killed 5 s later.
    let script =
        "if [ $JOB_COMPLETION_INDEX = 2 ]; then sleep 2; exit 7; fi; trap '' TERM; while true; do sleep 1; done";
    space.apply(&job("failing", 3, "backoffLimit: 0", script));
    let mut waiting = space.indexedjob("wait failing --timeout=300s").spawn();
    waiting.await_stderr(": BackoffLimitExceeded: ");
    // Since 1.31 a Job is Failed only when its pods have ended.
    let ends_later = space.server_minor() >= 31;
    if ends_later {
        assert!(waiting.goes_on(), "the pods of the other indexes cannot have ended");
    }
    let waited = waiting.finish();
    let fate = if ends_later { "job.batch/failing is failing: " } else { "" };
    waited.fails(3, &[fate, "job.batch/failing failed: BackoffLimitExceeded: ", "1x exit 7 Error, index 2"]);
}

#[test]
fn several_jobs_are_waited_for_together_and_the_worst_end_counts() {
    let space = Space::new("wait-several");
    space.apply(&job("slow", 1, "", "sleep 600"));
    space.apply(&job("good", 2, "", "true"));
    space.apply(&job("bad", 1, "backoffLimit: 0", "exit 1"));
    let met = "job.batch/good condition met\n";
    let both = space.indexedjob("wait bad good --timeout=300s").output();
    both.is(3, met, &["job.batch/bad failed: BackoffLimitExceeded: "]);
    // A Job that goes on does not hide the end of another that is named after it.
    let one = space.indexedjob("wait slow good --timeout=3s").output();
    one.is(124, met, &["timed out waiting for the condition on jobs/slow"]);
    let failed = space.indexedjob("wait slow job/bad jobs.batch/good --timeout=3s").output();
    failed.is(3, met, &["job.batch/bad failed: "]);
    let missing = space.indexedjob("wait bad missing good --timeout=300s").output();
    missing.is(4, met, &[]);
    assert!(missing.stderr.contains("Error from server (NotFound): jobs.batch \"missing\" not found"), "{missing}");
}

#[test]
fn a_job_that_is_deleted_ends_the_wait_with_4() {
    let space = Space::new("wait-deleted");
    space.apply(&job("sleeping", 1, "", "sleep 600"));
    let mut waiting = space.indexedjob("wait sleeping").spawn();
    waiting.await_stderr("sleeping: 0/1 succeeded");
    space.kubectl("delete job sleeping --wait=false").ok();
    waiting.finish().fails(4, &["job.batch/sleeping was deleted"]);
}

#[test]
fn a_job_that_goes_as_soon_as_it_is_complete_was_complete() {
    let space = Space::new("wait-ttl");
    for run in 0..3 {
        let name = format!("brief-{run}");
        space.apply(&job(&name, 1, "ttlSecondsAfterFinished: 0", "true"));
        space.completes(&name);
    }
    space.apply(&job("brief-bad", 1, "backoffLimit: 0\n  ttlSecondsAfterFinished: 0", "exit 1"));
    space
        .indexedjob("wait brief-bad --timeout=300s")
        .output()
        .fails(3, &["job.batch/brief-bad failed: BackoffLimitExceeded"]);
}

#[test]
fn who_may_only_get_the_job_waits_all_the_same() {
    let space = Space::new("wait-get");
    let looker = space.config_of_user("looker", None);
    space.kubectl("create role looker --verb=get --resource=jobs.batch").ok();
    let account = format!("{}:looker", space.namespace);
    space.kubectl(&format!("create rolebinding looker --role=looker --serviceaccount={account}")).ok();
    space.apply(&job("seen", 1, "", "sleep 2"));
    space.until("the right is there", || {
        (space.kubectl("get job seen").kubeconfig(&looker).output().code == Some(0)).then_some(())
    });
    let waited = space.indexedjob("wait seen --timeout=300s").kubeconfig(&looker).output();
    waited.is(0, "job.batch/seen condition met\n", &[]);
}

#[test]
fn an_interrupted_wait_leaves_the_job_alone() {
    let space = Space::new("wait-interrupted");
    space.apply(&job("sleeping", 1, "", "sleep 600"));
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut waiting = space.indexedjob("wait sleeping").spawn();
        waiting.await_stderr("sleeping: 0/1 succeeded");
        waiting.signal(signal);
        waiting.finish().fails(code, &[]);
    }
    assert!(space.job("sleeping")["metadata"]["deletionTimestamp"].is_null());
}

#[test]
fn a_bar_is_drawn_on_a_terminal_and_cleared() {
    if !Path::new("/usr/bin/script").exists() {
        say("skipped, there is no script(1) to make a terminal: a bar is drawn on a terminal and cleared");
        return;
    }
    let space = Space::new("wait-bar");
    space.apply(&job("bar", 2, "", "sleep $((JOB_COMPLETION_INDEX * 3))"));
    // In a terminal both streams are one.
    let line = space.indexedjob("wait bar --timeout=300s").line();
    let waited =
        space.program("script").args(["-qec", &format!("stty cols 120 rows 40; {line}"), "/dev/null"]).output();
    waited.ends_with(0);
    let text = waited.text();
    let drawn = text.matches("bar: [").count();
    assert!(drawn >= 2, "the bar was drawn {drawn} times\n{text:?}");
    assert!(text.contains("0/2 succeeded") && text.contains("[############------------] 1/2 succeeded"), "{text:?}");
    let (_, after) = text.rsplit_once("bar: [").expect("it was drawn");
    let (cleared, end) = after.split_once("job.batch/bar condition met").expect("the end is told");
    assert!(cleared.contains("\u{1b}[2K"), "the bar was not cleared: {after:?}");
    assert_eq!(end.trim(), "", "nothing follows");
}
