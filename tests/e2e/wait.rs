//! `wait`: how it ends, how soon, and what it says before.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::harness::{Output, Space, say};

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
            "hint: kubectl indexedjob logs failing --index 2, then: kubectl indexedjob retry failing\n",
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

/// Waits until this is said of a Job that cannot start, which must not take long.
fn says_soon(space: &Space, name: &str, text: &str) -> Output {
    let mut waiting = space.indexedjob(&format!("wait {name}")).spawn();
    let begun = Instant::now();
    waiting.await_stderr(text);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(15), "{text:?} took {took:?}");
    waiting.signal("INT");
    let ended = waiting.finish();
    ended.fails(130, &[]);
    ended
}

#[test]
fn a_job_that_cannot_start_says_why_within_fifteen_seconds() {
    let space = Space::new("wait-stuck");
    let create = |name: &str, flags: &str| {
        let line = format!("create {name} --completions 3 {flags}");
        space.indexedjob(&line).args(["--", "sleep", "600"]).ok();
    };
    let busybox = "--image docker.io/library/busybox";
    create("image", "--image docker.io/library/nosuch");
    let image = says_soon(&space, "image", "image: indexes 0-2 have not started yet: ");
    // The kubelet takes turns.
    assert!(["ErrImagePull: ", "ImagePullBackOff: "].iter().any(|why| image.stderr.contains(why)), "{image}");
    create("big", &format!("{busybox} --requests cpu=5000"));
    says_soon(&space, "big", "big: indexes 0-2 have not started yet: Unschedulable: 0/");
    create("config", &format!("{busybox} --env-from configmap/nosuch"));
    let config = "have not started yet: CreateContainerConfigError: configmap \"nosuch\" not found";
    says_soon(&space, "config", config);
    create("held", &format!("{busybox} --suspend"));
    says_soon(&space, "held", "held: the Job is suspended by kubectl-indexedjob\n");
    space.kubectl("create quota few --hard=pods=1").ok();
    let counts = |quota: &serde_json::Value| !quota["status"]["used"].is_null();
    space.until("the quota counts", || space.all("quota").iter().any(counts).then_some(()));
    create("quota", busybox);
    says_soon(&space, "quota", "quota: no pod can be created for indexes 0-2: FailedCreate: ");
}

#[test]
fn what_is_waited_for_may_be_a_part() {
    let space = Space::new("wait-for");
    let script = "sleep 2; test $JOB_COMPLETION_INDEX != 1 || { echo no such file: 3.csv; exit 3; }";
    let create = space.indexedjob("create part --image docker.io/library/busybox --completions 4 --parallelism 2");
    create.args(["--", "sh", "-c", script]).ok();
    let met = "job.batch/part condition met\n";
    space.indexedjob("wait part --for=running --timeout=300s").output().is(0, met, &[]);
    space.indexedjob("wait part --index 0 --timeout=300s").output().is(0, met, &[]);
    space.indexedjob("wait part --for=failed=1 --timeout=300s").output().is(0, met, &[]);
    let both = space.indexedjob("wait part --index 0,1").output();
    both.fails(
        3,
        &["error: condition can no longer be met for jobs/part: 1 of 2 failed", "index 1: no such file: 3.csv"],
    );
    space.indexedjob("wait part --for=succeeded=75% --timeout=300s").output().is(0, met, &[]);
    space.indexedjob("wait part --for=finished -o name --timeout=300s").output().is(0, "job.batch/part\n", &[]);
    space.indexedjob("wait part --for=suspended").output().fails(3, &["jobs/part: the Job has failed"]);
    let held = space.indexedjob("create held --image docker.io/library/busybox --completions 1 --suspend");
    held.args(["--", "true"]).ok();
    space.indexedjob("wait held --for=Condition=Suspended").output().is(0, "job.batch/held condition met\n", &[]);
}

#[test]
fn all_jobs_of_a_namespace_are_waited_for() {
    let space = Space::new("wait-all");
    for name in ["a", "b", "c"] {
        space.apply(&job(name, 2, "ttlSecondsAfterFinished: 0", "sleep 2"));
    }
    let waited = space.indexedjob("wait --all --timeout=300s --progress=json").output();
    waited.ends_with(0);
    assert_eq!(waited.text().matches("\"result\":\"met\"").count(), 3, "{waited}");
    space.until("they are gone", || space.all("jobs").is_empty().then_some(()));
    space.indexedjob("wait --all").output().fails(4, &["error: no matching resources found"]);
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

#[test]
fn a_bar_fits_a_narrow_terminal_and_a_dumb_one_gets_lines() {
    if !Path::new("/usr/bin/script").exists() {
        say("skipped, there is no script(1) to make a terminal: a bar fits a narrow terminal");
        return;
    }
    let space = Space::new("wait-narrow");
    space.apply(&job("narrow", 4, "", "sleep $((JOB_COMPLETION_INDEX * 2))"));
    let line = space.indexedjob("wait narrow --timeout=300s").line();
    let in_terminal = |setup: &str| space.program("script").args(["-qec", &format!("{setup}; {line}"), "/dev/null"]);
    let waited = in_terminal("stty cols 40 rows 20").output();
    waited.ends_with(0);
    let bars: Vec<_> = waited.text().split('\r').filter_map(|part| Some(&part[part.find("narrow: [")?..])).collect();
    assert!(bars.len() > 1, "{waited}");
    for bar in bars {
        let shown = bar.split('\u{1b}').next().unwrap_or_default().trim_end();
        assert!(shown.chars().count() < 40, "{shown:?}");
    }
    space.kubectl("delete job narrow").ok();
    space.apply(&job("narrow", 1, "", "sleep 1"));
    let dumb = in_terminal("export TERM=dumb").output();
    dumb.ends_with(0);
    assert!(dumb.text().contains("narrow: 0/1 succeeded") && !dumb.text().contains('\u{1b}'), "{dumb}");
}

#[test]
fn a_bar_follows_a_terminal_that_is_resized_and_is_cleared_when_it_is_terminated() {
    if !Path::new("/usr/bin/script").exists() {
        say("skipped, there is no script(1) to make a terminal: a bar follows a terminal that is resized");
        return;
    }
    let space = Space::new("wait-resized");
    space.apply(&job("resized", 1, "", "sleep 600"));
    let line = space.indexedjob("wait resized").line();
    let shell = format!(
        "stty cols 120 rows 40; {line} & p=$!; sleep 4; printf narrow; stty cols 40; kill -WINCH $p; sleep 4; \
         kill -TERM $p; wait $p"
    );
    let waited = space.program("script").args(["-qec", &shell, "/dev/null"]).output();
    waited.ends_with(143);
    let text = waited.text();
    let (before, after) = text.split_once("narrow").expect("it was told");
    let bars = |part: &str| -> Vec<usize> {
        let parts = part.split('\r').filter_map(|part| Some(part[part.find("resized: [")?..].to_owned()));
        parts.map(|bar| bar.split('\u{1b}').next().unwrap_or_default().trim_end().chars().count()).collect()
    };
    assert!(bars(before).into_iter().any(|width| width >= 40), "{text:?}");
    let narrow = bars(after);
    // The one that is drawn in this moment may be of the width that was.
    assert!(narrow.len() > 1 && narrow[1..].iter().all(|width| *width < 40), "{narrow:?}\n{text:?}");
    let (_, end) = after.rsplit_once("resized: [").expect("it was drawn");
    assert!(end.contains("\u{1b}[2K"), "the bar was not cleared: {end:?}");
    let hidden = text.matches("\u{1b}[?25l").count();
    assert_eq!(hidden, text.matches("\u{1b}[?25h").count(), "the cursor is there again\n{text:?}");
}
