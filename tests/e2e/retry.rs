//! `retry` on a real cluster: only what failed runs, by every way, for everybody, whoever made the Job.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Output, Run, Running, Space, say};

/// The program of a task, which fails for 3 and 7 unless it is told that all is well.
pub(crate) const PROGRAM: &str =
    r#"case $JOB_COMPLETION_INDEX in 3|7) [ "$OK" = yes ] || exit 1;; esac; echo "did $JOB_COMPLETION_INDEX""#;
pub(crate) const CREATE: &str = "--image docker.io/library/busybox --env OK=no";

/// The indexes of the pods that this Job has started, by the API's own label of their name.
#[track_caller]
fn started(space: &Space, job: &str) -> Vec<u32> {
    let pods = space.all(&format!("pods -l job-name={job}"));
    let index =
        |pod: &Value| pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"].as_str()?.parse().ok();
    let mut indexes: Vec<u32> = pods.iter().filter_map(index).collect();
    indexes.sort_unstable();
    indexes
}

/// `wait` says that the Job has failed.
#[track_caller]
pub(crate) fn fails(space: &Space, name: &str) {
    space.indexedjob(&format!("wait {name} --timeout=300s")).output().ends_with(3);
}

/// The new run is complete, and has started only these.
#[track_caller]
pub(crate) fn only_these_ran(space: &Space, job: &str, indexes: &[u32], completed: &str) {
    assert_eq!(started(space, job), indexes, "{job}");
    assert_eq!(space.job(job)["status"]["completedIndexes"], completed, "{job}");
}

/// Who retries, and how it goes then: with all rights, or with no more than `edit`.
fn users(space: &Space) -> [(Option<PathBuf>, &'static str); 2] {
    [(None, "status"), (Some(space.config_of_user("editor", Some("edit"))), "adopt")]
}

fn as_user<'a>(run: Run<'a>, user: Option<&PathBuf>) -> Run<'a> {
    match user {
        Some(config) => run.kubeconfig(config),
        None => run,
    }
}

/// `retry JOB --env OK=yes --wait` goes this way to its end.
#[track_caller]
fn retried(space: &Space, job: &str, user: Option<&PathBuf>, via: &str) -> Output {
    let retry = space.indexedjob(&format!("retry {job} --env OK=yes --wait --timeout=300s"));
    let output = as_user(retry, user).output();
    let want = format!("job.batch/{job}-r1 created\njob.batch/{job}-r1 condition met\n");
    output.is(0, &want, &[&format!("as {job}-r1, via {via}\n")]);
    output
}

#[test]
fn only_what_failed_runs_whoever_retries() {
    let space = Space::new("retry-only");
    for (user, via) in users(&space) {
        space.indexedjob(&format!("create {via} {CREATE} --completions 8")).args(["--", "sh", "-c", PROGRAM]).ok();
        fails(&space, via);
        retried(&space, via, user.as_ref(), via);
        only_these_ran(&space, &format!("{via}-r1"), &[3, 7], "0-7");
        let again = as_user(space.indexedjob(&format!("retry {via}")), user.as_ref()).output();
        again.is(0, "", &["was retried as", "nothing to retry\n"]);
        assert_eq!(space.job(via)["status"]["completedIndexes"], "0-2,4-6", "the old Job keeps its status");
        runs_are_shown_together(&space, via, user.as_ref());
    }
}

/// What `via` and its retry did, told of both of them.
fn runs_are_shown_together(space: &Space, via: &str, user: Option<&PathBuf>) {
    let says = |line: &str| as_user(space.indexedjob(line), user).output();
    let line = format!("{via}: retried as {via}-r1 (2/2 done)\n");
    says(&format!("wait {via}")).fails(3, &[&line]);
    says(&format!("logs {via} --index 0")).is(0, "did 0\n", &[&line]);
    // It was done before this run, which may have no pod of it.
    says(&format!("logs {via}-r1 --index 0")).is(0, "did 0\n", &[]);
    says(&format!("logs {via}-r1 --index 7")).is(0, "did 7\n", &[]);
    says(&format!("status {via} --chain --state succeeded -o ranges")).is(0, "0-7\n", &[]);
    let rows = says(&format!("status {via}-r1 --chain --index 0,3 -o csv"));
    let attempts: Vec<_> = rows.text().lines().skip(1).map(|row| row.split(',').nth(3).unwrap_or_default()).collect();
    assert_eq!(attempts, ["1", "2"], "{rows}");
}

/// Items by `ConfigMap`, by an init container and in the command, and numbers, retried by this user.
fn items_and_numbers(space: &Space, user: Option<&PathBuf>, via: &str) {
    let items = "--items a,b,c,d,e,f,g,h";
    let read = r#"case $JOB_COMPLETION_INDEX in 3|7) [ "$OK" = yes ] || exit 1;; esac; cat /input/data.txt; echo "$@""#;
    let ways = [("map", "--items-via=configmap", "x"), ("init", "--items-via=init", "x"), ("word", "", "{}")];
    for (name, flag, word) in ways {
        let create = space.indexedjob(&format!("create {name} {CREATE} {items} {flag}"));
        create.args(["--", "sh", "-c", read, "sh", word]).ok();
    }
    let array = space.indexedjob(&format!("create array {CREATE} --array 1-10"));
    array.args(["--", "sh", "-c", PROGRAM]).ok();
    for (name, ..) in ways {
        fails(space, name);
        retried(space, name, user, via);
        only_these_ran(space, &format!("{name}-r1"), &[3, 7], "0-7");
        let log = space.indexedjob(&format!("logs {name}-r1 --index 7")).ok();
        assert!(log.text().starts_with('h'), "{log}");
        // The items outlive the Job that they were made for.
        space.kubectl(&format!("delete job {name}")).ok();
        assert_eq!(space.job(&format!("{name}-r1"))["status"]["completedIndexes"], "0-7");
    }
    fails(space, "array");
    let output = retried(space, "array", user, via);
    assert!(output.stderr.contains("retrying tasks 3,7 of 10"), "{output}");
    only_these_ran(space, "array-r1", &[2, 6], "0-9");
    let log = space.indexedjob("logs array-r1 --index 7").ok();
    assert_eq!(log.text(), "did 7\n");
}

#[test]
fn items_and_numbers_go_along_by_the_status() {
    items_and_numbers(&Space::new("retry-items"), None, "status");
}

#[test]
fn items_and_numbers_go_along_with_no_more_than_edit() {
    let space = Space::new("retry-items-edit");
    let editor = space.config_of_user("editor", Some("edit"));
    items_and_numbers(&space, Some(&editor), "adopt");
}

#[test]
fn a_smaller_job_runs_what_is_left_with_its_numbers_and_items() {
    let space = Space::new("retry-subset");
    let editor = space.config_of_user("editor", Some("edit"));
    let read = r#"case $JOB_COMPLETION_INDEX in 3|7) [ "$OK" = yes ] || exit 1;; esac; cat /input/data.txt; echo " $JOB_COMPLETION_INDEX""#;
    for via in ["configmap", "init"] {
        let create = space.indexedjob(&format!("create {via} {CREATE} --items a,b,c,d,e,f,g,h --items-via={via}"));
        create.args(["--", "sh", "-c", read]).ok();
    }
    let array = space.indexedjob(&format!("create array {CREATE} --array 1-10"));
    array.args(["--", "sh", "-c", PROGRAM]).ok();
    for (job, log) in [("configmap", "h 7\n"), ("init", "h\n 7\n"), ("array", "did 7\n")] {
        fails(&space, job);
        space.kubectl(&format!("delete pods -l job-name={job} --field-selector=status.phase=Succeeded")).ok();
        retried(&space, job, Some(&editor), "subset");
        only_these_ran(&space, &format!("{job}-r1"), &[0, 1], "0,1");
        space.indexedjob(&format!("logs {job}-r1 --index 7")).output().is(0, log, &[]);
        space.indexedjob(&format!("retry {job}")).output().is(0, "", &["nothing to retry\n"]);
    }
}

/// An editor who tries a mend on one of two tasks gets a smaller Job, and the mend is that of the rest, too.
#[test]
fn a_mend_that_was_tried_on_one_task_stays_for_the_rest() {
    let space = Space::new("retry-mend");
    let editor = space.config_of_user("editor", Some("edit"));
    space.indexedjob(&format!("create x {CREATE} --completions 8")).args(["--", "sh", "-c", PROGRAM]).ok();
    fails(&space, "x");
    let one = space.indexedjob("retry x --index 3 --env OK=yes --wait --timeout=300s").kubeconfig(&editor).output();
    one.is(0, "job.batch/x-r1 created\njob.batch/x-r1 condition met\n", &["as x-r1, via subset\n"]);
    let rest = space.indexedjob("retry x --wait --timeout=300s").kubeconfig(&editor).output();
    rest.is(0, "job.batch/x-r2 created\njob.batch/x-r2 condition met\n", &["retrying task 7 of 8 of x as x-r2"]);
    space.indexedjob("logs x-r2 --index 7 --prefix=never").output().is(0, "did 7\n", &[]);
}

/// A Job of plain YAML, without a limit per index: 8 indexes, of which 3 and 7 fail.
fn plain(name: &str) -> Value {
    let container = json!({
        "name": "c", "image": "docker.io/library/busybox", "command": ["sh", "-c", PROGRAM],
        "env": [{"name": "OK", "value": "no"}],
    });
    json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
        "spec": {
            "completions": 8, "parallelism": 8, "completionMode": "Indexed", "backoffLimit": 0,
            "template": {"spec": {"restartPolicy": "Never", "containers": [container]}},
        },
    })
}

#[test]
fn jobs_of_kubectl_and_of_cron_are_retried_too() {
    let space = Space::new("retry-plain");
    space.apply(&plain("plain").to_string());
    let template = json!({"metadata": {"labels": {"from": "cron"}}, "spec": plain("x")["spec"]});
    let cron = json!({
        "apiVersion": "batch/v1", "kind": "CronJob", "metadata": {"name": "cron"},
        "spec": {"schedule": "0 0 1 1 *", "jobTemplate": template},
    });
    space.apply(&cron.to_string());
    space.kubectl("create job from-cron --from=cronjob/cron").ok();
    for name in ["plain", "from-cron"] {
        fails(&space, name);
        let left = space.job(name)["status"]["completedIndexes"].as_str().unwrap_or_default().to_owned();
        retried(&space, name, None, "status");
        let ran = started(&space, &format!("{name}-r1"));
        assert!(ran.contains(&3) && ran.contains(&7), "{ran:?} after {left}");
        assert_eq!(space.job(&format!("{name}-r1"))["status"]["completedIndexes"], "0-7");
        let owners = &space.job(&format!("{name}-r1"))["metadata"]["ownerReferences"];
        assert!(owners.is_null(), "a CronJob would count it as its own: {owners}");
    }
}

#[test]
fn a_retry_is_killed_and_goes_on_and_is_taken_back() {
    let space = Space::new("retry-kill");
    let editor = space.config_of_user("editor", Some("edit"));
    space.indexedjob(&format!("create x {CREATE} --completions 12")).args(["--", "sh", "-c", PROGRAM]).ok();
    fails(&space, "x");
    let took = space.indexedjob("retry x --dry-run=server").kubeconfig(&editor).ok().took;
    for run in 0..6u32 {
        let running = space.indexedjob("retry x --env OK=yes").kubeconfig(&editor).spawn();
        std::thread::sleep(took / 2 + Duration::from_millis(40) * run);
        running.kill();
        let Some(run) = space.all("jobs").into_iter().find(|job| job["metadata"]["name"] == "x-r1") else { continue };
        if run["metadata"]["annotations"]["kubectl-indexedjob/retrying"].is_null() {
            break;
        }
        assert_eq!(run["spec"]["suspend"], true, "what is half-made does not run");
        space.indexedjob("retry x --undo").kubeconfig(&editor).ok();
        assert_eq!(space.all("pods").len(), 12, "every pod is still there");
        assert_eq!(space.all("jobs").len(), 1);
    }
    space.indexedjob("retry x --env OK=yes").kubeconfig(&editor).output();
    space.completes("x-r1");
    only_these_ran(&space, "x-r1", &[3, 7], "0-11");
}

#[test]
fn two_retries_at_once_make_one_run() {
    let space = Space::new("retry-twice");
    for (user, via) in users(&space) {
        space.indexedjob(&format!("create {via} {CREATE} --completions 8")).args(["--", "sh", "-c", PROGRAM]).ok();
        fails(&space, via);
        let both = ["yes", "indeed"]
            .map(|ok| as_user(space.indexedjob(&format!("retry {via} --env OK={ok}")), user.as_ref()).spawn());
        let ends = both.map(Running::finish);
        let mut codes = ends.each_ref().map(|end| end.code);
        codes.sort_unstable();
        assert_eq!(codes, [Some(0), Some(1)], "{} {}", ends[0], ends[1]);
        let loser = ends.iter().find(|end| end.code == Some(1)).expect("one of them");
        // The later it looks, the more it sees.
        let said =
            ["another retry was faster", "by a retry with other flags that has not ended", "has not ended; what runs"];
        assert!(said.iter().any(|text| loser.stderr.contains(text)), "{loser}");
        assert_eq!(space.all("jobs").iter().filter(|job| name_of(job).starts_with(&format!("{via}-r"))).count(), 1);
        let run = format!("{via}-r1");
        space.indexedjob(&format!("wait {run} --timeout=300s --for=finished")).ok();
        assert_eq!(started(&space, &run), [3, 7]);
        assert_eq!(space.all("pods").iter().filter(|pod| name_of(pod).starts_with(via)).count(), 10, "no pod was lost");
    }
}

fn name_of(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

#[test]
fn the_old_job_goes_while_the_new_one_runs_and_its_time_to_live_waits_for_it() {
    let space = Space::new("retry-source");
    // Index 7 runs for a while, so that the old Job can go meanwhile.
    let slow = format!("{PROGRAM}; [ $JOB_COMPLETION_INDEX != 7 ] || sleep 8");
    for (user, via) in users(&space) {
        let create = space.indexedjob(&format!("create {via} {CREATE} --completions 8 --ttl 300"));
        create.args(["--", "sh", "-c", &slow]).ok();
        fails(&space, via);
        as_user(space.indexedjob(&format!("retry {via} --env OK=yes")), user.as_ref()).ok();
        let spec = &space.job(via)["spec"]["ttlSecondsAfterFinished"];
        assert_eq!(*spec, 300, "it was given back");
        // It is over at once.
        space.kubectl(&format!("patch job {via} -p")).args([r#"{"spec":{"ttlSecondsAfterFinished":0}}"#]).ok();
        space.until("its time is over", || {
            space.kubectl(&format!("get job {via}")).output().code.filter(|code| *code != 0)
        });
        let run = format!("{via}-r1");
        space.completes(&run);
        only_these_ran(&space, &run, &[3, 7], "0-7");
        if via == "adopt" {
            space.indexedjob("logs adopt-r1 --index 0").output().is(0, "did 0\n", &[]);
        }
        space.indexedjob(&format!("retry {via}")).output().is(0, "", &["nothing to retry\n"]);
    }
}

#[test]
fn an_editor_cancels_and_retries_the_rest() {
    let space = Space::new("retry-cancelled");
    let editor = space.config_of_user("editor", Some("edit"));
    let hangs =
        r#"case $JOB_COMPLETION_INDEX in 1|2) [ "$OK" = yes ] || sleep 1000;; esac; echo "did $JOB_COMPLETION_INDEX""#;
    let create = space.indexedjob(&format!("create x {CREATE} --completions 4 --active-deadline 1h"));
    create.args(["--", "sh", "-c", hangs]).ok();
    space.until("0 and 3 are done, 1 and 2 run", || {
        let status = &space.job("x")["status"];
        (status["completedIndexes"] == "0,3" && status["ready"] == 2).then_some(())
    });
    space.indexedjob("cancel x --index 1").kubeconfig(&editor).output().is(0, "job.batch/x index 1 cancelled\n", &[]);
    let refused = space.indexedjob("retry x").kubeconfig(&editor).output();
    refused.fails(1, &["job x has not ended; what runs would run twice\nhint: ", "kubectl indexedjob cancel x"]);
    space.indexedjob("cancel x").kubeconfig(&editor).output().is(0, "job.batch/x cancelled\n", &[]);
    let retried = space.indexedjob("retry x --env OK=yes --wait --timeout=300s").kubeconfig(&editor).output();
    retried.is(0, "job.batch/x-r1 created\njob.batch/x-r1 condition met\n", &["retrying tasks 1,2 of 4"]);
    only_these_ran(&space, "x-r1", &[1, 2], "0-3");
    assert_eq!(space.job("x-r1")["spec"]["activeDeadlineSeconds"], 3600, "as before it was cancelled");
}

#[test]
fn a_policy_that_forbids_the_status_leads_to_the_next_way() {
    let space = Space::new("retry-policy");
    let policy = |name: &str| {
        let rule = json!({"apiGroups": ["batch"], "apiVersions": ["v1"], "operations": ["UPDATE"], "resources": ["jobs/status"]});
        // The controller-manager goes on.
        let person =
            json!({"name": "people", "expression": "!request.userInfo.username.startsWith('system:kube-controller')"});
        let spec = json!({
            "failurePolicy": "Fail", "matchConstraints": {"resourceRules": [rule]}, "matchConditions": [person],
            "validations": [{"expression": "false", "message": "the status is not for people"}],
        });
        let selector = json!({"matchLabels": {"kubernetes.io/metadata.name": space.namespace}});
        let binding = json!({
            "policyName": name, "validationActions": ["Deny"], "matchResources": {"namespaceSelector": selector},
        });
        let version = "admissionregistration.k8s.io/v1";
        let object = |kind: &str, spec: Value| {
            json!({"apiVersion": version, "kind": kind, "metadata": {"name": name}, "spec": spec}).to_string()
        };
        object("ValidatingAdmissionPolicy", spec) + &object("ValidatingAdmissionPolicyBinding", binding)
    };
    let _gone =
        Cleanup(&space, format!("validatingadmissionpolicy,validatingadmissionpolicybinding {}", space.namespace));
    space.apply(&policy(&space.namespace));
    space.indexedjob(&format!("create x {CREATE} --completions 8")).args(["--", "sh", "-c", PROGRAM]).ok();
    fails(&space, "x");
    space.until("the policy is in force", || {
        let patch =
            space.kubectl("patch job x --subresource=status --type=merge -p").args([r#"{"status":{"ready":0}}"#]);
        patch.output().stderr.contains("not for people").then_some(())
    });
    let output = space.indexedjob("retry x --env OK=yes --wait --timeout=300s").output();
    let parts = ["the status is not for people", "via adopt: jobs/status may not be patched\n"];
    output.is(0, "job.batch/x-r1 created\njob.batch/x-r1 condition met\n", &parts);
    only_these_ran(&space, "x-r1", &[3, 7], "0-7");
}

/// Deletes what is outside of the namespace.
struct Cleanup<'a>(&'a Space, String);

impl Drop for Cleanup<'_> {
    fn drop(&mut self) {
        self.0.kubectl(&format!("delete --ignore-not-found {}", self.1)).output();
    }
}

#[test]
fn a_list_that_a_controller_would_crash_on_is_never_sent() {
    let space = Space::new("retry-list");
    let fails_at_odd = r#"[ "$OK" = yes ] || [ $((JOB_COMPLETION_INDEX % 2)) = 0 ]"#;
    space.indexedjob(&format!("create x {CREATE} --completions 30")).args(["--", "sh", "-c", fails_at_odd]).ok();
    fails(&space, "x");
    retried(&space, "x", None, "status");
    let odd: Vec<u32> = (1..30).step_by(2).collect();
    only_these_ran(&space, "x-r1", &odd, "0-29");
    // The controllers of the cluster are alive.
    space.indexedjob(&format!("create y {CREATE} --completions 1")).args(["--", "true"]).ok();
    space.completes("y");
}

#[test]
#[ignore = "takes minutes, and needs fake nodes"]
fn a_thousand_indexes_are_retried_on_fake_nodes() {
    let space = Space::new("retry-fake");
    if space.all("nodes -l type=kwok").is_empty() {
        return say("skipped, the cluster has no fake nodes: a retry of 1,000 indexes");
    }
    let flags = "--completions 1000 --image docker.io/library/busybox --node-selector type=kwok \
                 --toleration kwok.x-k8s.io/node=fake:NoSchedule --annotation lab.indexedjob/fail-indexes=3,500,999";
    for (user, via) in users(&space) {
        space.indexedjob(&format!("create {via} {flags}")).args(["--", "true"]).ok();
        fails(&space, via);
        let line = format!("retry {via} --annotation lab.indexedjob/fail-indexes=none --wait --timeout=600s");
        let output = as_user(space.indexedjob(&line), user.as_ref()).spawn().finish_within(Duration::from_secs(700));
        output.ends_with(0);
        say(&format!("1,000 indexes were retried via {via} in {:.1?}", output.took));
        only_these_ran(&space, &format!("{via}-r1"), &[3, 500, 999], "0-999");
    }
}
