//! `create`: what is sent, in which order, and what is left when it is cut short.

use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::fake::{Fault, On, Recorded, Resource, Server, When};
use crate::harness::{Run, run};
use crate::words::created;

const ITEMS: &str = "create x --image=busybox --items=foo,bar,baz --parallelism=2 -- rev /input/data.txt";
pub(crate) const CREATING: &str = "kubectl-indexedjob/creating";

/// Method and last part of the path of everything that was neither only looked at nor only tried.
pub(crate) fn writes(server: &Server) -> Vec<String> {
    let requests = server.requests().into_iter().filter(is_write);
    requests.map(|request| format!("{} {}", request.method, last(&request))).collect()
}

fn is_write(request: &Recorded) -> bool {
    request.method != "GET" && request.query("dryRun").is_none()
}

fn last(request: &Recorded) -> String {
    request.path.rsplit('/').next().unwrap_or_default().into()
}

/// No `ConfigMap` without an owner that is there, and no Job that runs before it is ready.
#[track_caller]
pub(crate) fn nothing_is_half_made(server: &Server) {
    let jobs = server.jobs();
    for map in server.config_maps() {
        let owners = map["metadata"]["ownerReferences"].as_array().cloned().unwrap_or_default();
        let owned = owners.iter().any(|owner| jobs.iter().any(|job| job["metadata"]["uid"] == owner["uid"]));
        assert!(owned, "{map:#}");
    }
    for job in jobs {
        let marked = !job["metadata"]["annotations"][CREATING].is_null();
        assert_eq!(job["spec"]["suspend"], marked, "a marked Job is suspended, a ready one runs: {job:#}");
    }
}

/// The Job is there, ready and run by the controller, and its items are.
#[track_caller]
fn all_is_made(server: &Server) {
    nothing_is_half_made(server);
    let (jobs, maps) = (server.jobs(), server.config_maps());
    assert_eq!((jobs.len(), maps.len()), (1, 1));
    assert_eq!(jobs[0]["status"]["completedIndexes"], "0-2");
    assert_eq!(maps[0]["data"], json!({"0": "foo", "1": "bar", "2": "baz"}));
}

#[test]
fn without_helpers_there_is_exactly_one_post() {
    for work in ["--completions=3", "--items=a,b,c --items-via=init"] {
        let server = Server::start();
        let output = run(&server, &format!("create x --image=busybox {work} -- rev /input/data.txt")).output();
        output.says(0, &created("x"), &[]);
        assert_eq!(writes(&server), ["POST jobs"], "{work}");
        let post = &server.requests_to("POST", "*")[0];
        assert_eq!(post.query("fieldManager"), Some("kubectl-indexedjob"));
        let job = post.json();
        assert_eq!((&job["spec"]["completions"], &job["spec"]["completionMode"]), (&json!(3), &json!("Indexed")));
        assert!(job["spec"]["suspend"] != true && job["metadata"]["annotations"][CREATING].is_null(), "{job:#}");
    }
}

#[test]
fn helpers_come_between_a_suspended_job_and_its_release() {
    let server = Server::start();
    server.run_controller();
    run(&server, ITEMS).output().says(0, &created("x"), &["3 items"]);
    assert_eq!(writes(&server), ["POST jobs", "POST configmaps", "PATCH x"]);
    let requests = server.requests();
    let bodies: Vec<_> = requests.iter().filter(|request| is_write(request)).map(|r| r.json()).collect();
    let [job, map, patch] = &bodies[..] else { panic!("three writes") };
    assert_eq!(job["spec"]["suspend"], true);
    assert!(job["metadata"]["annotations"][CREATING].is_string());
    let stored = &server.jobs()[0];
    let owner = &map["metadata"]["ownerReferences"][0];
    assert_eq!((&owner["uid"], &owner["kind"]), (&stored["metadata"]["uid"], &json!("Job")));
    assert!(owner["blockOwnerDeletion"] != true, "some clusters forbid it");
    let labels = map["metadata"]["labels"].as_object().expect("helpers are found by a label");
    assert!(labels.keys().any(|key| key.starts_with("kubectl-indexedjob/")), "{labels:?}");
    assert_eq!(patch["spec"]["suspend"], false);
    assert_eq!(patch["metadata"]["annotations"], json!({CREATING: null}));
    assert!(patch["metadata"]["resourceVersion"].is_null(), "the controller writes the status meanwhile");
    let map_name = map["metadata"]["name"].as_str().expect("a name");
    let posted = requests.iter().position(|r| is_write(r) && last(r) == "configmaps").expect("a POST");
    let read = requests.iter().rposition(|r| r.method == "GET" && last(r) == map_name).expect("it is read back");
    let released = requests.iter().position(|r| r.method == "PATCH").expect("a PATCH");
    assert!(posted < read && read < released);
    all_is_made(&server);
    assert!(stored["metadata"]["annotations"][CREATING].is_null());
}

#[test]
fn killed_after_any_write_nothing_is_half_made_and_the_next_run_ends_it() {
    for k in 1..=3 {
        let server = Server::start();
        server.run_controller();
        let (send, receive) = mpsc::channel::<Box<dyn FnOnce() + Send>>();
        let (killed, gone) = mpsc::channel();
        server.on_write(k, When::After, move || {
            receive.recv().expect("the test has started it")();
            killed.send(()).expect("the test waits");
        });
        let running = run(&server, ITEMS).spawn();
        send.send(Box::new(running.killer())).expect("the hook waits");
        gone.recv_timeout(Duration::from_secs(30)).expect("the write came");
        let output = running.finish();
        assert_eq!((output.code, output.text()), (None, ""));
        assert_eq!(server.writes(), k);
        nothing_is_half_made(&server);
        let again = run(&server, ITEMS).output();
        if k < 3 {
            again.says(0, &created("x"), &[]);
        } else {
            again.says(1, "", &["jobs.batch \"x\" already exists"]);
        }
        all_is_made(&server);
    }
}

#[test]
fn answers_that_are_lost_leave_nothing_half_made_and_the_next_run_ends_it() {
    for path in ["*/jobs", "*/configmaps", "*/jobs/x"] {
        for fault in [Fault::ApplyThenCut, Fault::ApplyThenCode(504)] {
            let server = Server::start();
            server.run_controller();
            let methods = if path == "*/jobs/x" { On::patch(path) } else { On::post(path) };
            // The first POST of a ConfigMap only asks whether it would be taken.
            server.fault(methods.nth(if path == "*/configmaps" { 2 } else { 1 }), fault.clone());
            let first = run(&server, ITEMS).output();
            assert_eq!(server.requests_to("POST", "*/jobs").len(), 1, "a create is sent once");
            nothing_is_half_made(&server);
            let again = run(&server, ITEMS).output();
            assert!(
                again.code == Some(0) || again.stderr.contains("already exists"),
                "{path} {fault:?} {first:?} {again:?}"
            );
            all_is_made(&server);
        }
    }
}

#[test]
fn a_release_whose_answer_is_lost_is_looked_after_and_not_undone() {
    for fault in [Fault::ApplyThenCut, Fault::ApplyThenCode(504), Fault::Code(503)] {
        let server = Server::start();
        server.run_controller();
        server.fault(On::patch("*/jobs/x").nth(1), fault.clone());
        run(&server, ITEMS).output().says(0, "job.batch/x created\n", &[]);
        assert!(server.requests_to("DELETE", "*").is_empty(), "{fault:?}");
        all_is_made(&server);
    }
}

#[test]
fn the_same_create_twice_at_once_makes_one_job_and_deletes_none() {
    let server = Server::start();
    server.fault(On::post("*/configmaps").nth(2), Fault::Delay(Duration::from_secs(2)));
    let slow = run(&server, ITEMS).spawn();
    server.await_requests(2, |request| request.method == "POST" && request.path.ends_with("/configmaps"));
    run(&server, ITEMS).output().says(0, "job.batch/x created\n", &[]);
    slow.finish().says(0, "job.batch/x created\n", &[]);
    assert!(server.requests_to("DELETE", "*").is_empty());
    assert_eq!((server.jobs().len(), server.config_maps().len()), (1, 1));
    nothing_is_half_made(&server);
}

#[test]
fn a_post_that_fails_is_sent_once() {
    for fault in [Fault::Code(503), Fault::RetryAfter(429, 1), Fault::Cut, Fault::Code(500), Fault::Code(504)] {
        let server = Server::start();
        server.fault(On::post("*"), fault.clone());
        run(&server, "create x --image=busybox --completions=3 -- true").output().ends_with_code(1);
        assert_eq!(writes(&server), ["POST jobs"], "{fault:?}");
        assert!(server.jobs().is_empty());
    }
}

#[test]
fn a_helper_that_cannot_be_made_takes_the_job_with_it() {
    for fault in [Fault::Code(503), Fault::Code(500), Fault::Code(403)] {
        // Tried before, or made after all.
        for (nth, jobs) in [(1, 0), (2, 1)] {
            let server = Server::start();
            server.fault(On::post("*/configmaps").nth(nth), fault.clone());
            let output = run(&server, ITEMS).output();
            output.says(1, "", &["Error from server"]);
            assert_eq!(server.requests_to("POST", "*/configmaps").len() as u64, nth, "{fault:?}");
            assert_eq!(writes(&server).iter().filter(|write| *write == "POST jobs").count(), jobs, "{fault:?}");
            assert!(server.jobs().is_empty() && server.config_maps().is_empty(), "{fault:?}");
        }
    }
}

#[test]
fn a_job_begun_by_another_create_is_left_alone() {
    let server = Server::start();
    server.fault(On::post("*/configmaps").nth(2), Fault::Hang);
    let first = run(&server, ITEMS).spawn();
    server.await_requests(2, |request| request.path.ends_with("/configmaps"));
    first.killer()();
    let uid = server.job("default", "x").uid();
    let other = run(&server, "create x --image=busybox --items=other -- true").output();
    other.says(1, "", &["error: ", "x", "hint: ", "kubectl delete job x"]);
    assert_eq!(server.job("default", "x").uid(), uid);
    nothing_is_half_made(&server);
}

#[test]
fn a_field_that_the_server_drops_is_an_error_and_no_job() {
    // 0 is what the second field says by default, and not the same as nothing.
    for field in ["podFailurePolicy", "backoffLimitPerIndex"] {
        for line in [ITEMS, "create x --image=busybox --completions=3 -- true"] {
            let server = Server::start();
            server.drop_job_field(&format!("/spec/{field}"));
            let output = run(&server, line).output();
            output.says(1, "", &["error: ", &format!("spec.{field}"), "hint: "]);
            assert!(server.jobs().is_empty() && server.config_maps().is_empty(), "{line}");
        }
    }
}

#[test]
fn the_defaults_are_those_that_the_server_knows() {
    for (version, per_index, policy) in [("v1.30.14", true, true), ("v1.28.0", false, true), ("v1.25.3", false, false)]
    {
        let server = Server::start();
        server.set_version(version);
        run(&server, "create x --image=busybox --completions=3 -- true").output().ends_with_code(0);
        let spec = &server.requests_to("POST", "*/jobs")[0].json()["spec"];
        assert_eq!(!spec["backoffLimitPerIndex"].is_null(), per_index, "{version}");
        assert_eq!(!spec["podFailurePolicy"].is_null(), policy, "{version}");
    }
    let server = Server::start();
    server.set_version("v1.23.17");
    let output = run(&server, "create x --image=busybox --completions=3 -- true").output();
    output.says(1, "", &["error: the server is v1.23.17, and Indexed Jobs need Kubernetes 1.24"]);
    assert!(server.jobs().is_empty());
}

/// The docs' "Indexed Job for Parallel Processing with Static Work Assignment".
fn docs_manifest() -> Value {
    let mount = json!([{"name": "input", "mountPath": "/input"}]);
    let script = "items=(foo bar baz qux xyz)\necho ${items[$JOB_COMPLETION_INDEX]} > /input/data.txt\n";
    json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "indexed-job"},
        "spec": {
            "completions": 5, "parallelism": 3, "completionMode": "Indexed",
            "template": {"spec": {
                "restartPolicy": "Never",
                "initContainers": [{
                    "name": "input", "image": "docker.io/library/bash", "command": ["bash", "-c", script],
                    "volumeMounts": mount,
                }],
                "containers": [{
                    "name": "worker", "image": "docker.io/library/busybox", "command": ["rev", "/input/data.txt"],
                    "volumeMounts": mount,
                }],
                "volumes": [{"name": "input", "emptyDir": {}}],
            }},
        },
    })
}

#[test]
fn the_docs_example_by_flags_is_the_docs_manifest_and_dry_runs_create_nothing() {
    let line = "create indexed-job --image docker.io/library/busybox --items foo,bar,baz,qux,xyz --items-via init \
                --defaults=api --parallelism 3 -o json --dry-run=client -- rev /input/data.txt";
    let server = Server::start();
    let output = run(&server, line).output();
    output.ends_with_code(0);
    let found: Value = serde_json::from_str(output.text()).expect("JSON");
    assert_eq!(found, docs_manifest());
    assert!(server.requests().is_empty(), "a client's dry run asks nobody");

    let output = run(&server, &line.replace("client", "server")).output();
    output.ends_with_code(0);
    let found: Value = serde_json::from_str(output.text()).expect("JSON");
    assert_eq!(found["spec"]["backoffLimit"], 6, "the server's defaults are in it");
    assert!(server.requests_to("POST", "*").iter().all(|request| request.query("dryRun") == Some("All")));
    assert!(server.jobs().is_empty() && server.config_maps().is_empty());
}

#[test]
fn a_dry_run_prints_kubectls_line_and_the_tasks() {
    for (way, said) in
        [("client", "job.batch/x created (dry run)\n"), ("server", "job.batch/x created (server dry run)\n")]
    {
        let server = Server::start();
        let output = run(&server, &ITEMS.replace("--parallelism=2", &format!("--dry-run={way}"))).output();
        output.ends_with_code(0);
        assert!(output.text().starts_with(said), "{}", output.text());
        let rows = ["foo", "bar", "baz"].map(|item| output.text().lines().any(|line| line.contains(item)));
        assert_eq!(rows, [true; 3], "{}", output.text());
        assert!(server.jobs().is_empty() && server.config_maps().is_empty());
    }
}

#[test]
fn a_dry_run_in_yaml_holds_the_config_map_and_a_job_that_is_not_suspended() {
    let server = Server::start();
    let output = run(&server, &ITEMS.replace("--parallelism=2", "--dry-run=client -o yaml")).output();
    output.ends_with_code(0);
    let (map, job) = output.text().split_once("---\n").expect("two documents");
    assert!(map.contains("kind: ConfigMap\n") && job.contains("kind: Job\n"), "{}", output.text());
    assert!(!job.contains(CREATING) && !job.contains("suspend: true"), "{job}");
}

#[test]
fn output_of_a_name_or_the_object() {
    let server = Server::start();
    let line = "create x --image=busybox --completions=3 -o name -- true";
    run(&server, line).output().is(0, "job.batch/x\n", "");
    let output = run(&server, &line.replace("create x", "create y").replace("name", "json")).output();
    output.ends_with_code(0);
    let job: Value = serde_json::from_str(output.text()).expect("JSON");
    assert_eq!((&job["metadata"]["name"], &job["kind"]), (&json!("y"), &json!("Job")));
    assert!(job["metadata"]["uid"].is_string(), "it is as the server has it");
    assert!(job["metadata"]["managedFields"].is_null(), "kubectl does not show them either");
}

#[test]
fn a_file_is_sent_as_it_is() {
    let mut manifest = docs_manifest();
    manifest["spec"]["someday"] = json!({"a": [1]});
    for stdin in [false, true] {
        let server = Server::start();
        let text = manifest.to_string();
        let output = if stdin {
            run(&server, "create -f -").stdin(text).output()
        } else {
            run(&server, "create -f job.json").file("job.json", text).output()
        };
        output.is(0, &created("indexed-job"), "");
        assert_eq!(writes(&server), ["POST jobs"]);
        let mut sent = server.requests_to("POST", "*")[0].json();
        if sent["metadata"]["namespace"] == "default" {
            sent["metadata"].as_object_mut().expect("metadata").remove("namespace");
        }
        assert_eq!(sent, manifest);
    }
}

/// `create` with `--items-from SOURCE` makes these items, and says this.
#[track_caller]
fn items_from(source: &str, run_with: impl FnOnce(Run) -> Run, items: &[&str], said: &str) {
    let server = Server::start();
    let map = json!({"metadata": {"name": "m"}, "data": {"0": "a", "1": "b\n"}});
    let lists = json!({"metadata": {"name": "lists"}, "data": {"f.csv": "p,q\n1,2\n", "g": "x\ny\n"}});
    for map in [map, lists] {
        server.put_object(&Resource::core("configmaps"), "default", map);
    }
    let line = format!("create x --image=busybox --items-from={source} -- true");
    run_with(run(&server, &line)).output().says(0, &created("x"), &[said]);
    let maps = server.config_maps();
    let made = maps.iter().find(|map| !map["metadata"]["ownerReferences"].is_null()).expect("the items");
    let want: Value = items.iter().enumerate().map(|(index, item)| (index.to_string(), json!(item))).collect();
    assert_eq!(made["data"], want);
}

#[test]
fn items_are_read_from_files_stdin_and_config_maps() {
    items_from("-", |run| run.stdin("\u{feff}a\r\n\r\nb c"), &["a", "", "b c"], "3 items from stdin, 1 of them empty");
    items_from("list", |run| run.file("list", "a\nb\n"), &["a", "b"], "2 items from list");
    items_from(
        "l.csv",
        |run| run.file("l.csv", "\u{feff}k\r\n\"1\"\r\n"),
        &["{\"k\":\"1\"}"],
        "1 item from l.csv, column k",
    );
    items_from("l.jsonl", |run| run.file("l.jsonl", "1\n\"x\""), &["1", "x"], "2 items from l.jsonl");
    items_from("configmap/m", |run| run, &["a", "b\n"], "2 items from configmap/m");
    items_from("configmap/lists/g", |run| run, &["x", "y"], "2 items from configmap/lists/g");
    items_from("cm/lists/f.csv", |run| run, &["{\"p\":\"1\",\"q\":\"2\"}"], "columns p, q");
}

#[test]
fn items_arrive_as_they_were_given() {
    let server = Server::start();
    let list = "\"a, b\",\"two\nlines\",,ü,\"$(x) 'y'\",\"say \"\"hi\"\"\"";
    let output = run(&server, "create x --image=busybox --items").args([list, "--", "cat", "/input/data.txt"]).output();
    output.ends_with_code(0);
    let want = json!({"0": "a, b", "1": "two\nlines", "2": "", "3": "ü", "4": "$(x) 'y'", "5": "say \"hi\""});
    assert_eq!(server.config_maps()[0]["data"], want);
}
