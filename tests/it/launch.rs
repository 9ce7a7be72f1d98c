//! `create` step by step: queues, helpers of a file, names that the server completes, and what is left when it fails.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::create::{CREATING, nothing_is_half_made, writes};
use crate::fake::{Fault, On, Server, When};
use crate::harness::{Output, Run, run};
use crate::words::{ask_for_the_right, created};

const QUEUE: &str = "kueue.x-k8s.io/queue-name";
const ITEMS: &str = "create x --image=busybox --items=foo,bar -- true";

/// The body of the n-th request with this method that is no dry run, counted from 0.
#[track_caller]
fn sent(server: &Server, method: &str, pattern: &str, n: usize) -> Value {
    let requests = server.requests_to(method, pattern).into_iter().filter(|request| request.query("dryRun").is_none());
    requests.map(|request| request.json()).nth(n).expect("it was sent")
}

#[track_caller]
fn nothing_is_there(server: &Server) {
    assert_eq!((server.jobs(), server.config_maps()), (vec![], vec![]));
}

#[test]
fn a_queue_gets_the_label_last_and_starts_the_job_itself() {
    let server = Server::start();
    run(&server, "create x --image=busybox --items=a,b --queue=team --parallelism=1 -- true").output().says(
        0,
        &created("x"),
        &["this cluster has no Kueue"],
    );
    assert_eq!(writes(&server), ["POST jobs", "POST configmaps", "PATCH x"]);
    let first = sent(&server, "POST", "*/jobs", 0);
    assert_eq!((&first["metadata"]["labels"][QUEUE], &first["spec"]["suspend"]), (&Value::Null, &json!(true)));
    let patch = sent(&server, "PATCH", "*/jobs/x", 0);
    let uid = server.job("default", "x").uid();
    assert_eq!(patch, json!({"metadata": {"uid": uid, "annotations": {CREATING: null}, "labels": {QUEUE: "team"}}}));
    assert_eq!(server.jobs()[0]["spec"]["suspend"], true);

    let server = Server::start();
    run(&server, "create x --image=busybox --completions=2 --queue=team --parallelism=1 -- true")
        .output()
        .ends_with_code(0);
    assert_eq!(writes(&server), ["POST jobs"]);
    let job = &server.jobs()[0];
    assert_eq!((&job["metadata"]["labels"][QUEUE], &job["spec"]["suspend"]), (&json!("team"), &json!(true)));
}

#[test]
fn a_queue_that_a_webhook_gave_is_respected_unless_another_was_asked_for() {
    for (flags, queue, labels) in
        [("", "default", Value::Null), ("--queue=team --parallelism=1", "team", json!({QUEUE: "team"}))]
    {
        let server = Server::start();
        server.default_job_label(QUEUE, "default");
        run(&server, &ITEMS.replace("--items", &format!("{flags} --items"))).output().ends_with_code(0);
        let patch = sent(&server, "PATCH", "*/jobs/x", 0);
        assert_eq!((&patch["metadata"]["labels"], &patch["spec"]), (&labels, &Value::Null), "{flags}");
        let job = &server.jobs()[0];
        assert_eq!((&job["metadata"]["labels"][QUEUE], &job["spec"]["suspend"]), (&json!(queue), &json!(true)));
        assert!(job["metadata"]["annotations"][CREATING].is_null());
    }
}

#[test]
fn a_finished_job_is_replaced() {
    let server = Server::start();
    let line = ITEMS.replace("--items", "--replace --items");
    run(&server, &line).output().says(0, &created("x"), &[]);
    let old = server.job("default", "x");
    let (uid, map) = (old.uid(), server.config_maps()[0]["metadata"]["name"].clone());
    old.complete();
    run(&server, &line).output().says(0, &created("x"), &[]);
    assert_ne!(old.uid(), uid);
    let deletes = server.requests_to("DELETE", "*");
    assert_eq!(deletes.len(), 1);
    assert_eq!(deletes[0].json()["preconditions"], json!({"uid": uid}));
    assert_eq!(server.config_maps().len(), 1);
    assert_ne!(server.config_maps()[0]["metadata"]["name"], map);
    nothing_is_half_made(&server);
}

#[test]
fn a_job_that_is_not_finished_is_not_replaced() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    let uid = job.uid();
    run(&server, &ITEMS.replace("--items", "--replace --items")).output().says(
        1,
        "",
        &[
            "error: job x is not finished; only a finished one is replaced\n",
            "hint: kubectl indexedjob wait x, or: kubectl indexedjob delete x\n",
        ],
    );
    assert_eq!((job.uid(), server.writes(), server.jobs().len()), (uid, 0, 1));
}

#[test]
fn a_job_that_is_being_deleted_is_waited_for() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    let uid = job.uid();
    job.mark_deleting();
    let running = run(&server, &ITEMS.replace("--items", "--replace --items")).spawn();
    server.await_requests(2, |request| request.method == "GET" && request.path.ends_with("/jobs/x"));
    job.edit(|job| job["metadata"]["finalizers"] = json!([]));
    job.delete();
    running.finish().says(0, &created("x"), &[]);
    assert!(job.uid() != uid && server.requests_to("DELETE", "*").is_empty());
}

#[test]
fn nothing_is_deleted_for_a_job_that_the_server_refuses() {
    let server = Server::start();
    let job = server.add_job("x", 3);
    job.complete();
    let uid = job.uid();
    server.fault(On::post("*/jobs"), Fault::Says(403, "exceeded quota: count"));
    run(&server, &ITEMS.replace("--items", "--replace --items")).output().says(1, "", &["exceeded quota: count"]);
    assert_eq!((job.uid(), server.writes()), (uid, 0));
}

#[test]
fn the_server_completes_a_name() {
    let server = Server::start();
    let output = run(&server, &ITEMS.replace("create x", "create train-")).output();
    output.ends_with_code(0);
    let name = server.jobs()[0]["metadata"]["name"].as_str().expect("a name").to_owned();
    assert!(name.starts_with("train-") && name.len() == 11, "{name}");
    assert_eq!(output.text(), created(&name));
    let map = &server.config_maps()[0]["metadata"];
    assert_eq!(
        (&map["labels"]["kubectl-indexedjob/job"], &map["ownerReferences"][0]["name"]),
        (&json!(name), &json!(name))
    );
    nothing_is_half_made(&server);
}

#[test]
fn config_maps_of_a_file_belong_to_its_job() {
    let file = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  a: b\n---\napiVersion: batch/v1\nkind: Job\n\
                metadata:\n  name: x\nspec:\n  completionMode: Indexed\n  completions: 2\n  template:\n    spec:\n      \
                restartPolicy: Never\n      containers:\n      - name: w\n        image: i\n";
    let server = Server::start();
    run(&server, "create -f job.yaml").file("job.yaml", file).output().is(0, &created("x"), "");
    assert_eq!(writes(&server), ["POST jobs", "POST configmaps", "PATCH x"]);
    assert_eq!(sent(&server, "POST", "*/jobs", 0)["spec"]["suspend"], true);
    let map = &server.config_maps()[0];
    assert_eq!((&map["metadata"]["name"], &map["data"]), (&json!("m"), &json!({"a": "b"})));
    nothing_is_half_made(&server);
    // Somebody else's of that name is left alone, and no Job stays.
    let server = Server::start();
    server.put_object(&crate::fake::Resource::core("configmaps"), "default", json!({"metadata": {"name": "m"}}));
    let output = run(&server, "create -f job.yaml").file("job.yaml", file).output();
    output.says(1, "", &["error: configmap m exists and belongs to something else\n"]);
    assert_eq!((server.jobs().len(), server.config_maps().len()), (0, 1));
}

#[test]
fn who_may_not_make_config_maps_makes_nothing() {
    let server = Server::start();
    server.forbid("create", "configmaps");
    let output = run(&server, ITEMS).output();
    output.says(1, "", &["Error from server (Forbidden): ", &ask_for_the_right("create", "configmaps")]);
    // It was only tried, whether the Job would be taken.
    assert!(server.requests_to("POST", "*/jobs").iter().all(|post| post.query("dryRun") == Some("All")));
    nothing_is_there(&server);
}

/// 4,500 items of 500 bytes, which need three `ConfigMaps`.
fn long_list(run: Run) -> Run {
    let line = "x".repeat(500) + "\n";
    run.file("list", line.repeat(4_500)).args(["--items-from=list", "--", "true"])
}

fn create_long_list(server: &Server) -> Run {
    long_list(run(server, "create x --image=busybox"))
}

#[test]
fn a_quota_between_two_config_maps_takes_all_away_again() {
    let server = Server::start();
    // The first only asks.
    server.fault(On::post("*/configmaps").nth(3), Fault::Says(403, "exceeded quota: count/configmaps"));
    create_long_list(&server).output().says(1, "", &["exceeded quota: count/configmaps"]);
    assert_eq!(writes(&server), ["POST jobs", "POST configmaps", "POST configmaps", "DELETE x"]);
    nothing_is_there(&server);
}

#[test]
fn killed_at_any_write_of_a_long_list_the_next_run_ends_it() {
    for k in 1..=5 {
        let server = Server::start();
        let (send, receive) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
        let (killed, gone) = mpsc::channel();
        server.on_write(k, When::After, move || {
            receive.recv().expect("the test has started it")();
            killed.send(()).expect("the test waits");
        });
        let running = create_long_list(&server).spawn();
        send.send(Box::new(running.killer())).expect("the hook waits");
        gone.recv_timeout(Duration::from_secs(30)).expect("the write came");
        assert_eq!(running.finish().code, None);
        nothing_is_half_made(&server);
        let again = create_long_list(&server).output();
        match k {
            5 => again.says(1, "", &["jobs.batch \"x\" already exists"]),
            _ => again.says(0, &created("x"), &[]),
        }
        assert_eq!((server.jobs().len(), server.config_maps().len()), (1, 3));
        nothing_is_half_made(&server);
        assert_eq!(server.jobs()[0]["spec"]["suspend"], false);
    }
}

/// `create` while somebody deletes the Job and makes another before the k-th write.
fn taken_before(k: u64) -> (Server, Output) {
    let server = Server::start();
    let other = server.clone();
    server.on_write(k, When::Before, move || other.job("default", "x").recreate());
    let output = run(&server, ITEMS).output();
    (server, output)
}

#[test]
fn a_name_that_is_taken_between_two_steps_is_left_to_who_has_it() {
    for k in [2, 3] {
        let (server, output) = taken_before(k);
        assert_eq!(output.code, Some(1), "{k} {output:?}");
        assert_eq!((server.jobs().len(), server.config_maps().len()), (1, 0), "{k}");
        assert!(server.requests_to("DELETE", "*").is_empty(), "{k} somebody else's");
    }
}

#[test]
fn a_dry_run_on_the_server_sends_only_dry_runs() {
    let server = Server::start();
    let output = run(&server, &ITEMS.replace("--items", "--dry-run=server -o json --items")).output();
    output.ends_with_code(0);
    let posts = server.requests_to("POST", "*");
    assert_eq!(posts.len(), 2);
    assert!(posts.iter().all(|request| request.query("dryRun") == Some("All")));
    nothing_is_there(&server);
}
