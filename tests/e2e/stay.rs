//! `create --wait` and `--rm`: how it ends; and creates that the server stops half-way, of which nothing is left.

use serde_json::json;

use crate::harness::{Output, Space};

/// `create` of two tasks with items that run this script.
fn create<'a>(space: &'a Space, line: &str, script: &str) -> crate::harness::Run<'a> {
    let create = space.indexedjob(&format!("create {line} --image docker.io/library/busybox --items a,b"));
    create.args(["--", "sh", "-c", script])
}

#[test]
fn it_ends_as_the_job_ends() {
    let space = Space::new("stay");
    let good = create(&space, "good --wait", "true").spawn();
    let bad = create(&space, "bad --wait", "test $JOB_COMPLETION_INDEX = 0").spawn();
    let slow = create(&space, "slow --wait --timeout=5s", "sleep 600").output();
    let timed_out = ["timed out waiting for the condition on jobs/slow: 0/2 succeeded"];
    slow.is(124, "job.batch/slow created\n", &timed_out);
    good.finish().is(0, "job.batch/good created\njob.batch/good condition met\n", &[]);
    let said = [
        "job.batch/bad failed: FailedIndexes: ",
        "1x exit 1",
        "index 1",
        "hint: kubectl indexedjob logs bad --index 1, then: kubectl indexedjob retry bad",
    ];
    bad.finish().is(3, "job.batch/bad created\n", &said);
    // Whatever its end, without --rm a Job stays.
    assert_eq!((space.all("jobs").len(), space.config_maps().len()), (3, 3));
}

#[test]
fn a_job_that_is_complete_is_removed_and_one_that_failed_stays() {
    let space = Space::new("stay-rm");
    let bad = create(&space, "bad --wait --rm", "exit 3").spawn();
    let good = create(&space, "good --wait --rm", "true").output();
    let said = "job.batch/good created\njob.batch/good condition met\njob.batch \"good\" deleted\n";
    good.is(0, said, &[]);
    bad.finish().is(3, "job.batch/bad created\n", &["job.batch/bad failed: FailedIndexes: "]);
    space.until("only the Job that failed is left, with what it needs", || {
        let left = (space.all("jobs").len(), space.all("pods").len(), space.config_maps().len());
        (left == (1, 2, 1)).then_some(())
    });
    assert_eq!(space.all("jobs")[0]["metadata"]["name"], "bad");
}

#[test]
fn an_interrupt_leaves_the_job_alone() {
    let space = Space::new("stay-interrupt");
    let mut staying = create(&space, "long --wait", "sleep 5").spawn();
    staying.await_stdout("job.batch/long created\n");
    staying.await_stderr("long: 0/2 succeeded");
    staying.signal("INT");
    let said = ["interrupted; the job is left alone\nhint: kubectl indexedjob wait long\n"];
    staying.finish().is(130, "job.batch/long created\n", &said);
    space.completes("long");
}

#[test]
fn a_timeout_without_a_stay_is_refused() {
    let space = Space::new("stay-usage");
    let hint = "hint: add --wait, or limit the Job itself by --active-deadline";
    create(&space, "x --timeout=5s", "true").output().fails(2, &["--timeout goes with --wait or --logs", hint]);
    create(&space, "x --rm", "true").output().fails(2, &["--rm goes with --wait or --logs", "hint: "]);
    space.is_empty();
}

/// One message of the server, perhaps a hint, exit 1, and nothing is left.
#[track_caller]
fn nothing_is_left(space: &Space, output: &Output, message: &str) {
    output.fails(1, &["Error from server (Forbidden): ", message]);
    let errors = output.stderr.lines().filter(|line| line.starts_with("Error") || line.starts_with("error"));
    assert_eq!(errors.count(), 1, "{output}");
    space.is_empty();
}

#[test]
fn a_quota_that_is_used_up_leaves_nothing() {
    for (resource, message) in [
        ("configmaps", "exceeded quota: full, requested: count/configmaps=1"),
        ("jobs.batch", "exceeded quota: full, requested: count/jobs.batch=1"),
    ] {
        let space = Space::new("stay-quota");
        let hard = json!({format!("count/{resource}"): "0"});
        let quota =
            json!({"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "full"}, "spec": {"hard": hard}});
        space.apply(&quota.to_string());
        space.until("the quota is in force", || {
            space.kubectl("get resourcequota full -o json").json()["status"]["hard"].is_object().then_some(())
        });
        nothing_is_left(&space, &create(&space, "x", "true").output(), message);
        nothing_is_left(&space, &create(&space, "x --dry-run=server", "true").output(), message);
    }
}

#[test]
fn who_may_create_jobs_but_no_config_maps_leaves_nothing() {
    let space = Space::new("stay-forbidden");
    let user = space.config_of_user("limited", None);
    space.kubectl("create role only-jobs --verb=create,get,list,watch --resource=jobs.batch").ok();
    let account = format!("{}:limited", space.namespace);
    space.kubectl(&format!("create rolebinding limited --role=only-jobs --serviceaccount={account}")).ok();
    space.until("the right is there", || {
        (space.kubectl("auth can-i create jobs.batch").kubeconfig(&user).output().code == Some(0)).then_some(())
    });
    let refused = create(&space, "x", "true").kubeconfig(&user).output();
    nothing_is_left(&space, &refused, "configmaps is forbidden: User \"system:serviceaccount:");
    // A Job that needs no ConfigMap is within this right, and its end can be waited for.
    let line = "create x --image docker.io/library/busybox --completions 1 --wait -- true";
    let created = space.indexedjob(line).kubeconfig(&user).output();
    created.is(0, "job.batch/x created\njob.batch/x condition met\n", &[]);
}
