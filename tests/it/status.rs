//! `status`: a row for each index, with as few requests as that takes.

use serde_json::{Value, json};

use crate::fake::{Fault, JobHandle, On, Pod, Resource, Server};
use crate::harness::run;
use crate::words::{FAILED_INDEXES, WHICH_JOBS, ask_for_the_right, no_job};

const INDEX_KEY: &str = "batch.kubernetes.io/job-completion-index";

/// A server with the Job `x` of so many indexes.
fn job(completions: u64) -> (Server, JobHandle) {
    let server = Server::start();
    let job = server.add_job("x", completions);
    (server, job)
}

/// The Job `x` with something of everything: 0 has succeeded, 1 failed, 2 is tried again, 3 runs, 4 has no node.
fn mixed() -> (Server, JobHandle) {
    let (server, job) = job(10);
    job.add_pod(Pod::new(0).succeeded());
    job.add_pod(Pod::new(1).failed(7));
    job.add_pod(Pod::new(2).failed(1).terminated(1, "Error", "loading\nno such file\n"));
    job.add_pod(Pod::new(3).running().restarts(2));
    job.add_pod(Pod::new(4).unscheduled());
    job.set_status(&json!({"completedIndexes": "0", "succeeded": 1, "failedIndexes": "1", "active": 2}));
    (server, job)
}

/// The rows of a table, their cells in order; those that are empty are left out.
fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split("   ").map(str::trim).filter(|cell| !cell.is_empty()).collect()).collect()
}

/// What CSV says in these columns, a row for each index.
#[track_caller]
fn csv(server: &Server, line: &str, columns: &[&str]) -> Vec<String> {
    let output = run(server, &format!("status x -o csv {line}")).output();
    output.ends_with_code(0);
    let mut lines = output.text().lines().map(|line| line.split(',').collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    let places: Vec<usize> =
        columns.iter().map(|column| header.iter().position(|name| name == column).expect("a column")).collect();
    lines.map(|cells| places.iter().map(|place| cells[*place]).collect::<Vec<_>>().join(" ")).collect()
}

fn pod_lists(server: &Server) -> Vec<(String, String)> {
    let query = |list: &crate::fake::Recorded, name: &str| list.query(name).unwrap_or_default().to_owned();
    let lists = server.requests_to("GET", "*/pods");
    lists.iter().map(|list| (query(list, "labelSelector"), query(list, "fieldSelector"))).collect()
}

#[test]
fn the_screen_has_what_somebody_should_look_at() {
    let (server, _job) = mixed();
    let output = run(&server, "status x").output();
    output.ends_with_code(0);
    assert_eq!(output.stderr, "");
    let rows = rows(output.text());
    let begin = |row: usize, cells: &[&str]| assert_eq!(rows[row][..cells.len()], *cells, "{}", output.text());
    begin(
        0,
        &["INDEX", "STATE", "ATTEMPTS", "EXIT", "REASON", "RESTARTS", "NODE", "DURATION", "AGE", "POD", "MESSAGE"],
    );
    begin(1, &["1", "failed", "1", "7", "Error", "0"]);
    begin(2, &["2", "retrying", "1", "1", "Error", "0"]);
    assert_eq!(rows[2].last(), Some(&"no such file"));
    begin(3, &["3", "running", "1", "2"]);
    begin(4, &["4", "starting", "1", "Unschedulable"]);
    begin(5, &["5-9", "pending"]);
    assert!(rows[6][0].starts_with("x: 1/10 succeeded, 1 failed, 1 running, 1 starting"), "{}", output.text());
    assert_eq!(server.writes(), 0);
}

#[test]
fn pods_that_succeeded_are_listed_only_where_they_are_shown() {
    let selector = |server: &Server| {
        let fields: Vec<String> = pod_lists(server).into_iter().map(|(_, fields)| fields).collect();
        fields.join(" ")
    };
    for (line, want) in [
        ("", "status.phase!=Succeeded"),
        ("--map", "status.phase!=Succeeded"),
        ("--state failed", "status.phase!=Succeeded"),
        ("--state running -o json", "status.phase!=Succeeded"),
        ("--state failed -o ranges", "status.phase!=Succeeded"),
        ("--state all", ""),
        ("--exit-code 1 -o lines", ""),
        ("-o json", ""),
        ("-o name", ""),
    ] {
        let (server, job) = mixed();
        job.fail("1", FAILED_INDEXES.0, FAILED_INDEXES.1);
        run(&server, &format!("status x {line}")).output().ends_with_code(0);
        assert_eq!(selector(&server), want, "{line}");
    }
    for line in ["-o ranges", "--state succeeded -o ranges", "--index 3-5 -o lines"] {
        let (server, _job) = mixed();
        run(&server, &format!("status x {line}")).output().ends_with_code(0);
        assert_eq!(pod_lists(&server), [], "{line}");
    }
}

#[test]
fn of_a_few_indexes_only_their_pods_are_listed() {
    let (server, _job) = mixed();
    assert_eq!(csv(&server, "--index 1,3", &["index", "state"]), ["1 failed", "3 running"]);
    let lists = pod_lists(&server);
    assert!(lists.iter().all(|(labels, _)| labels.contains("job-completion-index in (1,3)")), "{lists:?}");
}

#[test]
fn a_pod_that_has_succeeded_and_is_not_counted_yet_is_not_pending() {
    let (server, job) = job(4);
    for index in [0, 1] {
        job.add_pod(Pod::new(index).succeeded());
    }
    job.add_pod(Pod::new(2).running());
    job.set_status(&json!({"completedIndexes": "0", "succeeded": 1, "active": 1}));
    let output = run(&server, "status x").output();
    let states: Vec<_> = rows(output.text()).iter().skip(1).take(3).map(|row| row[..2].join(" ")).collect();
    assert_eq!(states, ["1 running", "2 running", "3 pending"], "{}", output.text());
}

#[test]
fn every_form_speaks_of_the_same_indexes() {
    let (server, _job) = mixed();
    let out = |line: &str| {
        let output = run(&server, &format!("status x --state failed,retrying,running {line}")).output();
        output.ends_with_code(0);
        output.text().to_owned()
    };
    assert_eq!(out("-o ranges"), "1-3\n");
    assert_eq!(out("-o lines"), "1\n2\n3\n");
    let json: Value = serde_json::from_str(&out("-o json")).unwrap();
    let numbers: Vec<_> =
        json["indexes"].as_array().unwrap().iter().map(|row| row["index"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert_eq!(out("-o csv").lines().count(), 4);
    assert_eq!(out("-o yaml").matches("\n- index: ").count(), 3);
    assert_eq!(out("-o wide").lines().count(), 4);
    assert_eq!(out("").lines().count(), 4);
}

#[test]
fn rows_stand_in_the_order_of_the_user() {
    let (server, job) = job(4);
    job.add_pod(Pod::new(0).running());
    job.add_pod(Pod::new(1).failed(3));
    job.add_pod(Pod::new(2).failed(9));
    job.set_status(&json!({"failedIndexes": "2", "active": 1}));
    let lines = |sort: &str| {
        let output = run(&server, &format!("status x --state all -o lines --sort {sort}")).output();
        output.ends_with_code(0);
        output.text().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(lines("number"), "0 1 2 3");
    assert_eq!(lines("exit-code"), "2 1 0 3");
    assert_eq!(lines("state"), "2 1 0 3");
    assert_eq!(lines("attempts"), "0 1 2 3");
    job.add_pod(Pod::new(1).failed(3));
    assert_eq!(lines("attempts"), "1 0 2 3");
}

#[test]
fn pods_that_succeeded_are_never_all_listed_however_many_indexes_are_in_doubt() {
    let (server, job) = job(400);
    job.edit(|job| job["spec"]["backoffLimitPerIndex"] = json!(3));
    for index in 0..150 {
        job.add_pod(Pod::new(index).failed(1));
    }
    for index in 150..400 {
        job.add_pod(Pod::new(index).succeeded());
    }
    // Its second attempt has succeeded, and nobody has counted it.
    job.add_pod(Pod::new(120).succeeded());
    job.set_status(&json!({"completedIndexes": "150-399", "succeeded": 250, "active": 0}));
    let output = run(&server, "status x --state retrying -o ranges").output();
    output.is(0, "0-119,121-149\n", "");
    let lists = pod_lists(&server);
    let of_all = lists
        .iter()
        .filter(|(labels, fields)| fields != "status.phase!=Succeeded" && !labels.contains("completion-index"));
    assert_eq!((lists.len(), of_all.count()), (4, 0), "{lists:?}");
}

#[test]
fn sets_go_from_one_command_to_the_next() {
    let (server, _job) = mixed();
    let lines = run(&server, "status x --state failed,pending -o lines").output();
    lines.is(0, "1\n4\n5\n6\n7\n8\n9\n", "");
    let again = run(&server, "status x --index - -o ranges").stdin(lines.stdout.clone()).output();
    again.is(0, "1,4-9\n", "");
    let pods = run(&server, "status x --state running -o name").output();
    pods.ends_with_code(0);
    assert!(pods.text().starts_with("pod/x-3-") && pods.text().lines().count() == 1, "{}", pods.text());
}

#[test]
fn an_empty_set_is_nothing_and_never_all() {
    let (server, _job) = mixed();
    let nothing = "no index is selected: the set is empty\n";
    run(&server, "status x").args(["--index", ""]).output().is(0, "", nothing);
    run(&server, "status x --index -").output().is(0, "", nothing);
    run(&server, "status x --map").args(["--index", ""]).output().is(0, "", nothing);
    run(&server, "status x --watch").args(["--index", ""]).output().is(0, "", nothing);
    run(&server, "status x -o ranges").args(["--index", ""]).output().is(0, "\n", nothing);
    for form in ["lines", "name"] {
        run(&server, "status x").args(["-o", form, "--index", ""]).output().is(0, "", nothing);
    }
    run(&server, "status x --state terminating").output().is(0, "", "no index of job x is selected\n");
    let json = run(&server, "status x -o json").args(["--index", ""]).output();
    assert_eq!(json.stderr, nothing);
    let document: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(document["indexes"], json!([]));
}

#[test]
fn a_map_has_a_letter_for_each_index() {
    let (server, _job) = mixed();
    let want = "0 #FWRS.....\nF 1 failed   W 1 retrying   R 1 running   S 1 starting   . 5 pending   # 1 succeeded\n";
    run(&server, "status x --map").output().is(0, want, "");
    let output = run(&server, "status x --map --color always --index 1").output();
    output.is(0, "1 \u{1b}[31mF\u{1b}[0m\n\u{1b}[31mF\u{1b}[0m 1 failed\n", "");
    let plain = run(&server, "status x --map --index 1").env("NO_COLOR", "1").output();
    plain.is(0, "1 F\nF 1 failed\n", "");
}

#[test]
fn what_the_user_typed_wrong_is_told() {
    let (server, _job) = mixed();
    run(&server, "status x --index 3,99").output().is(
        2,
        "",
        "error: index 99 is out of range: job x has indexes 0 to 9\n",
    );
    run(&server, "status x --watch -o json").output().says(2, "", &["--watch shows tables and maps", "hint: "]);
    run(&server, "status").output().ends_with_code(2);
    run(&server, "status x --map -o wide").output().ends_with_code(2);
}

#[test]
fn numbers_are_the_users_and_the_wide_table_has_the_apis_index_too() {
    let server = Server::start();
    let spec = json!({
        "completions": 3, "parallelism": 3, "completionMode": "Indexed",
        "template": {"spec": {"restartPolicy": "Never", "containers": [{"name": "worker", "image": "i"}]}},
    });
    let annotations = json!({"kubectl-indexedjob/numbers": "10-30:10"});
    let job =
        server.add_job_from("default", json!({"metadata": {"name": "x", "annotations": annotations}, "spec": spec}));
    job.add_pod(Pod::new(1).running());
    let output = run(&server, "status x -o wide --index 20").output();
    let rows = rows(output.text());
    assert_eq!(rows[0][..3], ["INDEX", "STATE", "API-INDEX"]);
    assert_eq!(rows[1][..3], ["20", "running", "1"]);
    assert_eq!(csv(&server, "", &["index", "apiIndex"]), ["10 0", "20 1", "30 2"]);
    run(&server, "status x --state pending -o ranges").output().is(0, "10,30\n", "");
}

/// A Job whose items are in a `ConfigMap`, and that `ConfigMap`.
fn with_items(server: &Server) {
    let mount = json!({"name": "input", "mountPath": "/input/data.txt", "subPathExpr": "$(JOB_COMPLETION_INDEX)"});
    let pod = json!({
        "restartPolicy": "Never", "containers": [{"name": "worker", "image": "i", "volumeMounts": [mount]}],
        "volumes": [{"name": "input", "configMap": {"name": "x-items"}}],
    });
    let spec = json!({"completions": 2, "completionMode": "Indexed", "template": {"spec": pod}});
    server.add_job_from("default", json!({"metadata": {"name": "x"}, "spec": spec}));
    let map = json!({"metadata": {"name": "x-items"}, "data": {"0": "foo", "1": "bar\u{1b}[31m"}});
    server.put_object(&Resource::core("configmaps"), "default", map);
}

#[test]
fn items_are_read_only_where_they_are_shown() {
    let server = Server::start();
    with_items(&server);
    run(&server, "status x").output().ends_with_code(0);
    run(&server, "status x --state all").output().ends_with_code(0);
    assert_eq!(server.requests_to("GET", "*/configmaps*").len(), 0);
    assert_eq!(csv(&server, "", &["index", "item"]), ["0 foo", "1 bar^[[31m"]);
    let wide = run(&server, "status x -o wide --state all").output();
    assert!(wide.text().contains("   bar^[[31m\n") && !wide.text().contains('\u{1b}'), "{}", wide.text());
    let json = run(&server, "status x -o json").output();
    let document: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(document["indexes"][1]["item"], "bar\u{1b}[31m");
}

#[test]
fn items_that_may_not_be_read_are_a_note() {
    let server = Server::start();
    with_items(&server);
    server.forbid("get", "configmaps");
    let output = run(&server, "status x -o wide --state all").output();
    output.ends_with_code(0);
    assert!(
        output.stderr.starts_with("the items cannot be read: Error from server (Forbidden): "),
        "{}",
        output.stderr
    );
    assert_eq!(rows(output.text())[1][..2], ["0", "pending"]);
}

#[test]
fn without_the_right_to_pods_the_job_alone_tells() {
    let (server, job) = mixed();
    server.forbid("list", "pods");
    let output = run(&server, "status x").output();
    output.ends_with_code(1);
    assert!(output.stderr.contains("pods is forbidden"), "{}", output.stderr);
    assert!(output.stderr.ends_with(&ask_for_the_right("list", "pods")), "{}", output.stderr);
    for text in ["1       failed", "x: 1/10 succeeded, 1 failed", "what the pods of indexes 2-9 do is not known"] {
        assert!(output.text().contains(text), "{text:?} is not in\n{}", output.text());
    }
    let watched = run(&server, "status x --watch").spawn();
    watched.await_stdout("what the pods of indexes 2-9 do is not known");
    job.complete();
    let output = watched.finish();
    output.ends_with_code(1);
    assert!(output.text().contains("x: 10/10 succeeded"), "{}", output.text());
}

#[test]
fn a_missing_job_and_one_without_indexes() {
    let server = Server::start();
    run(&server, "status nope").output().is(4, "", &format!("{}{WHICH_JOBS}", no_job("nope")));
    run(&server, "status nope --watch").output().is(4, "", &format!("{}{WHICH_JOBS}", no_job("nope")));
    let pod = json!({"restartPolicy": "Never", "containers": [{"name": "worker", "image": "i"}]});
    server.add_job_from("default", json!({"metadata": {"name": "x"}, "spec": {"template": {"spec": pod}}}));
    let want = "error: job x is not Indexed; its pods have no index\nhint: kubectl get pods -l job-name=x -n default\n";
    run(&server, "status x -n default").output().is(2, "", want);
}

#[test]
fn pods_of_an_older_job_and_those_without_a_label() {
    let (server, job) = job(3);
    job.add_pod(Pod::new(0).failed(1));
    job.recreate();
    job.add_pod(Pod::new(1).running().with(json!({"metadata": {"labels": {INDEX_KEY: null}}})));
    assert_eq!(csv(&server, "", &["index", "state"]), ["0 pending", "1 running", "2 pending"]);
    assert_eq!(csv(&server, "--index 1", &["index", "state"]), ["1 running"]);
}

#[test]
fn of_duplicates_the_one_that_lives_speaks() {
    let (server, job) = job(2);
    job.add_pod(Pod::new(0).running());
    job.add_pod(Pod::new(0).unscheduled());
    job.add_pod(Pod::new(1).failed(3));
    job.add_pod(Pod::new(1).running());
    let columns = ["index", "state", "attempts", "exitCode"];
    assert_eq!(csv(&server, "", &columns), ["0 running 2 ", "1 running 2 3"]);
}

#[test]
fn with_a_selector_of_the_users_own_only_the_jobs_own_pods_count() {
    let server = Server::start();
    let labels = json!({"app": "shared"});
    let spec = json!({
        "completions": 2, "completionMode": "Indexed", "manualSelector": true, "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": {
            "restartPolicy": "Never", "containers": [{"name": "worker", "image": "i"}],
        }},
    });
    let job = server.add_job_from("default", json!({"metadata": {"name": "x"}, "spec": spec.clone()}));
    let other = server.add_job_from("default", json!({"metadata": {"name": "y"}, "spec": spec}));
    job.add_pod(Pod::new(0).running());
    other.add_pod(Pod::new(1).running());
    assert_eq!(csv(&server, "", &["index", "state"]), ["0 running", "1 pending"]);
}

#[test]
fn jobs_that_were_scaled_suspended_or_given_to_somebody_else() {
    let (server, job) = job(4);
    for index in 0..4 {
        job.add_pod(Pod::new(index).running());
    }
    job.edit(|job| job["spec"]["completions"] = json!(2));
    assert_eq!(csv(&server, "", &["index", "state"]), ["0 running", "1 running"]);
    let (server, job) = self::job(3);
    job.edit(|job| job["spec"]["suspend"] = json!(true));
    let output = run(&server, "status x").output();
    assert_eq!(rows(output.text())[1], ["0-2", "pending", "the Job is suspended"]);
    let (server, job) = self::job(3);
    job.edit(|job| job["spec"]["managedBy"] = json!("example.com/other"));
    let output = run(&server, "status x").output();
    assert_eq!(rows(output.text())[1], ["0-2", "pending", "left to example.com/other"]);
}

#[test]
fn a_job_that_needs_only_some_of_its_indexes() {
    let (server, job) = job(4);
    job.add_pod(Pod::new(0).succeeded());
    job.set_status(&json!({"completedIndexes": "0", "succeeded": 1}));
    job.add_condition("SuccessCriteriaMet", "SuccessPolicy", "Matched rules at index 0");
    job.add_condition("Complete", "SuccessPolicy", "Matched rules at index 0");
    let output = run(&server, "status x").output();
    output.ends_with_code(0);
    assert_eq!(rows(output.text())[1], ["1-3", "unfinished", "the Job has ended"]);
}

#[test]
fn a_list_whose_pages_expire_begins_again() {
    let (server, job) = job(1_200);
    for index in 0..1_200 {
        job.add_pod(Pod::new(index).running());
    }
    server.fault(On::get("*/pods").nth(2), Fault::Code(410));
    let output = run(&server, "status x --state running -o ranges").output();
    output.is(0, "0-1199\n", "");
    assert_eq!(server.requests_to("GET", "*/pods").len(), 5, "one page, one that expired, and three");
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    let (server, _job) = mixed();
    server.fault(On::get("*/pods").first(1), Fault::RetryAfter(429, 1));
    let output = run(&server, "status x --state running -o ranges").output();
    output.says(0, "3\n", &["(trying again)"]);
}

#[test]
fn a_watch_ends_with_the_job() {
    let (server, job) = job(2);
    let first = job.add_pod(Pod::new(0).running());
    let watched = run(&server, "status x --watch").spawn();
    watched.await_stdout("1       pending");
    server.await_watch("pods", 1);
    job.pod_becomes(&first, &Pod::new(0).failed(9));
    job.fail("0", FAILED_INDEXES.0, FAILED_INDEXES.1);
    let output = watched.finish();
    output.ends_with_code(0);
    assert!(output.text().contains("\n\nINDEX"), "a block for each state\n{}", output.text());
    assert!(output.text().contains("job.batch/x failed: FailedIndexes: Job has failed indexes\n"), "{}", output.text());
    assert!(!output.text().contains('\u{1b}'), "{}", output.text());
}

#[test]
fn a_watch_of_a_job_that_is_deleted_says_so() {
    let (server, job) = job(2);
    let watched = run(&server, "status x --watch").spawn();
    watched.await_stdout("pending");
    job.delete();
    let output = watched.finish();
    output.ends_with_code(4);
    assert_eq!(output.stderr, "job.batch/x was deleted\n");
}

#[test]
fn a_watch_of_a_job_that_deletes_itself_ends_with_its_verdict() {
    let (server, job) = job(2);
    job.edit(|job| job["spec"]["ttlSecondsAfterFinished"] = json!(0));
    let watched = run(&server, "status x --watch").spawn();
    watched.await_stdout("pending");
    job.add_event("Normal", "Completed", "Job completed");
    job.delete();
    let output = watched.finish();
    output.ends_with_code(0);
    assert!(output.text().ends_with("x: 2/2 succeeded\n"), "{}", output.text());
    assert!(!output.stderr.contains("deleted"), "{}", output.stderr);
}

#[test]
fn a_watch_is_interrupted_at_once() {
    let (server, _job) = mixed();
    let watched = run(&server, "status x --watch").spawn();
    watched.await_stdout("running");
    watched.interrupt();
    watched.finish().ends_with_code(130);
}

#[test]
fn a_pager_that_stalls_or_goes_away_is_no_trouble() {
    let (server, _job) = job(20_000);
    let mut stalled = run(&server, "status x -o json").stalled().spawn();
    server.await_requests(1, |request| request.path.ends_with("/pods"));
    stalled.close_stdout();
    let output = stalled.finish();
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    let stalled = run(&server, "status x -o json").stalled().spawn();
    server.await_requests(2, |request| request.path.ends_with("/pods"));
    std::thread::sleep(std::time::Duration::from_millis(300));
    stalled.interrupt();
    stalled.finish().ends_with_code(130);
}

#[test]
fn pods_that_may_not_be_created_are_told_by_the_jobs_events() {
    let (server, job) = job(3);
    job.set_status(&json!({"active": 0}));
    let why = "pods \"x-0-abcde\" is forbidden: exceeded quota: q";
    job.add_event("Warning", "FailedCreate", &format!("Error creating: {why}"));
    let output = run(&server, "status x").output();
    assert_eq!(rows(output.text())[1], ["0-2", "pending", "FailedCreate", why]);
    assert_eq!(csv(&server, "", &["state", "reason"]), ["pending FailedCreate"; 3]);
    let json: Value = serde_json::from_slice(&run(&server, "status x -o json").output().stdout).unwrap();
    assert_eq!(json["indexes"][2]["message"], why);
    run(&server, "status x --reason failedcreate -o ranges").output().is(0, "0-2\n", "");
    run(&server, "status x --reason Error").output().is(0, "", "no index of job x is selected\n");
    server.forbid("list", "events");
    let output = run(&server, "status x").output();
    output.ends_with_code(0);
    assert!(output.stderr.starts_with("why pods are missing cannot be read: "), "{}", output.stderr);
}
