//! Jobs that were retried, and their runs together.

use serde_json::json;
use tempfile::TempDir;

use crate::fake::{Pod, Resource, Server};
use crate::harness::run;
use crate::retry::{killed_after, server, server_for_edit, server_without_controller};
use crate::retry_begun::another_run;
use crate::words::created;

/// kubectl's line when a Job was deleted.
fn gone(name: &str) -> String {
    format!("job.batch \"{name}\" deleted from default namespace\n")
}

#[test]
fn what_goes_with_a_run_is_told_before_it_is_deleted() {
    let server = server_for_edit();
    run(&server, "retry x").output().says(0, &created("x-r1"), &["via adopt\n"]);
    let (pods, tasks) = (
        "3 pods that x-r1 took over from x, and their logs, go with it\n",
        "only x-r1 knows that these tasks are done: 1,3; retry will run them again\n",
    );
    let tried = run(&server, "delete x-r1 --dry-run=client").output();
    tried.is(0, &gone("x-r1").replace('\n', " (dry run)\n"), &format!("{pods}{tasks}"));
    run(&server, "delete x x-r1 --dry-run=server").output().ends_with_code(0);
    run(&server, "delete x").output().is(0, &gone("x"), "");
    assert_eq!(server.job("default", "x-r1").json()["status"]["completedIndexes"], "0-4");
    run(&server, "delete x-r1").output().is(0, &gone("x-r1"), "");
    // What the status was told, no pod tells.
    let server = self::server();
    run(&server, "retry x").output().says(0, &created("x-r1"), &["via status\n"]);
    run(&server, "delete x-r1").output().is(0, &gone("x-r1"), tasks);
}

#[test]
fn what_a_smaller_run_does_not_have_is_told_before_it_is_lost() {
    let server = server_for_edit();
    server.set_version("v1.37.1");
    run(&server, "retry x --via=subset").output().says(0, &created("x-r1"), &["via subset\n"]);
    let note = "no run that stays has tasks 0-4:2: what is known of their ends goes with x\n";
    let dry = |names: &[&str]| names.iter().map(|name| gone(name).replace('\n', " (dry run)\n")).collect::<String>();
    run(&server, "delete x --dry-run=client").output().is(0, &dry(&["x"]), note);
    run(&server, "delete x x-r1 --dry-run=client").output().is(0, &dry(&["x", "x-r1"]), "");
    let tried = run(&server, "delete x-r1 --dry-run=client").output();
    tried.says(0, &dry(&["x-r1"]), &["only x-r1 knows that these tasks are done: 1,3; "]);
}

#[test]
fn what_a_half_made_run_needs_is_not_deleted() {
    let server = server_for_edit();
    assert_eq!(killed_after(&server, 3).code, None);
    let hint = "hint: end that first: kubectl indexedjob retry x, or retry x --undo\n";
    run(&server, "delete x").output().is(1, "", &format!("error: job x is needed: x-r1 is being made of it\n{hint}"));
    // Several pods change hands at a time.
    let parts =
        ["error: job x-r1 is half-made and has ", "that would go with it\nhint: kubectl indexedjob retry x --undo\n"];
    run(&server, "delete x-r1").output().says(1, "", &parts);
    run(&server, "delete --all --finished").output().says(1, "", &["error: job x is needed"]);
    assert_eq!(server.jobs().len(), 2);
    run(&server, "delete --all").output().ends_with_code(0);
    assert!(server.jobs().is_empty());
}

/// A server with the Job `x`, of whose indexes 0, 2 and 4 printed a line, that was retried as `x-r1`.
fn retried(server: Server) -> Server {
    let pods = Resource::core("pods");
    let job = server.job("default", "x");
    for pod in server.objects(&pods) {
        if pod["status"]["phase"] == "Succeeded" {
            job.remove_pod(pod["metadata"]["name"].as_str().expect("a name"));
        }
    }
    for index in [0, 2, 4] {
        job.add_logged_pod(index, format!("first {index}\n"));
    }
    run(&server, "retry x -- echo again").output().says(0, &created("x-r1"), &[]);
    server
}

#[test]
fn every_verb_that_shows_a_job_says_that_it_was_retried() {
    let server = retried(server());
    let line = "x: retried as x-r1 (2/2 done)\n";
    for verb in ["status", "describe"] {
        let output = run(&server, &format!("{verb} x")).output();
        assert_eq!((output.code, output.stderr.as_str()), (Some(0), line), "{verb}");
    }
    run(&server, "logs x --index 0").output().is(0, "first 0\n", line);
    run(&server, "wait x").output().says(3, "", &[line]);
    let newest = run(&server, "describe x-r1").output();
    assert!(newest.text().contains("Retry:\n  Of:          x\n"), "{newest:?}");
    assert_eq!(newest.stderr, "", "nothing came after it");
    let lists = server.requests_to("GET", "*/jobs");
    assert!(lists.iter().all(|list| list.query("labelSelector").is_some_and(|label| label.contains("/chain"))));
}

#[test]
fn the_log_of_a_task_that_was_done_before_comes_from_the_run_that_did_it() {
    for make in [server, server_for_edit] {
        let server = retried(make());
        let log = run(&server, "logs x-r1 --index 0,4 --prefix=never").output();
        log.is(0, "first 0\nfirst 4\n", "");
        let saved = TempDir::new().unwrap();
        run(&server, "logs x-r1 --index 0-2 --save").args([saved.path()]).output().ends_with_code(0);
        let file = |name: &str| std::fs::read_to_string(saved.path().join(name)).unwrap();
        assert_eq!((file("2/1.log").as_str(), file("0/1.log").as_str()), ("first 2\n", "first 0\n"));
        let commands = |log: &str| -> Vec<String> {
            log.lines().skip(1).filter_map(|row| row.rsplit('\t').next()).map(str::to_owned).collect()
        };
        let [of_x, of_x_r1] = ["true", "echo again"];
        let ran = [(0, of_x), (1, of_x_r1), (2, of_x)];
        let ran = ran.map(|(number, command)| format!("JOB_COMPLETION_INDEX={number} {command}"));
        assert_eq!(commands(&file("joblog.tsv")), ran, "each by the command of the run that it ran in");
        server.job("default", "x").delete();
        let adopted = server.job("default", "x-r1").json()["spec"]["manualSelector"] == true;
        let log = run(&server, "logs x-r1 --index 0").output();
        match adopted {
            true => {
                log.is(0, "first 0\n", "");
                run(&server, "logs x-r1 --save").args([saved.path()]).output().ends_with_code(0);
                assert_eq!(commands(&file("joblog.tsv"))[..3], ran, "what was known stays");
                let late = TempDir::new().unwrap();
                run(&server, "logs x-r1 --save").args([late.path()]).output().ends_with_code(0);
                let log = std::fs::read_to_string(late.path().join("joblog.tsv")).unwrap();
                assert_eq!(commands(&log)[..2], ["JOB_COMPLETION_INDEX=0 # in a run that is gone", ran[1].as_str()]);
            }
            false => log.says(1, "", &["index 0"]),
        }
    }
}

#[test]
fn all_runs_are_shown_as_one_job() {
    for make in [server, server_for_edit] {
        let server = make();
        run(&server, "retry x --index 1").output().says(0, &created("x-r1"), &[]);
        for name in ["x", "x-r1"] {
            let set = |state: &str| {
                let line = format!("status {name} --chain --state {state} -o ranges");
                run(&server, &line).output().text().to_owned()
            };
            assert_eq!((set("succeeded"), set("failed")), ("0-2,4\n".to_owned(), "3\n".to_owned()), "{name}");
        }
        let rows = run(&server, "status x --chain --state all -o csv").output();
        let attempts: Vec<String> =
            rows.text().lines().skip(1).map(|row| row.split(',').take(4).collect::<Vec<_>>().join(",")).collect();
        let want = ["0,0,succeeded,1", "1,1,succeeded,2", "2,2,succeeded,1", "3,3,failed,1", "4,4,succeeded,1"];
        assert_eq!(attempts, want);
        run(&server, "status y --chain").output().ends_with_code(4);
    }
}

/// A server with the Job `x`, of which the tasks 1 and 3 failed and run again in `x-r1`; its pods.
fn running_again() -> (Server, [String; 2]) {
    let server = server_without_controller();
    another_run(&server, "x-r1");
    let job = server.job("default", "x-r1");
    let pods = [1, 3].map(|index| job.add_pod(Pod::new(index).running()));
    (server, pods)
}

#[test]
fn all_runs_are_watched_as_one_job_until_the_newest_ends() {
    let (server, [one, three]) = running_again();
    let job = server.job("default", "x-r1");
    let watched = run(&server, "status x --chain --watch").spawn();
    watched.await_stdout("x: 3/5 succeeded, 2 running\n");
    job.pod_becomes(&one, &Pod::new(1).succeeded());
    job.set_status(&serde_json::json!({"completedIndexes": "0-2,4", "succeeded": 4, "active": 1, "ready": 1}));
    job.pod_becomes(&three, &Pod::new(3).failed(7));
    job.fail("3", "FailedIndexes", "Job has failed indexes");
    let output = watched.finish();
    output.ends_with_code(0);
    let last = output.text().rsplit("\n\n").next().expect("a last block");
    assert!(last.contains("x: 4/5 succeeded, 1 failed\n"), "{output:?}");
    // Its first attempt was that of x. Whether the second has ended another watch tells, sooner or later.
    let row: Vec<&str> = last.lines().find(|line| line.starts_with('3')).expect("its row").split_whitespace().collect();
    assert_eq!(row[..3], ["3", "failed", "2"], "{output:?}");
}

#[test]
fn a_run_that_is_deleted_while_all_are_watched_is_named() {
    let (server, _) = running_again();
    let watched = run(&server, "status x --chain --watch").spawn();
    watched.await_stdout("2 running\n");
    server.job("default", "x-r1").delete();
    let output = watched.finish();
    assert_eq!(output.code, Some(4), "{output:?}");
    assert!(output.stderr.ends_with("job.batch/x-r1 was deleted\n"), "{output:?}");
}

#[test]
fn a_task_that_has_just_succeeded_is_not_waiting_in_its_chain_either() {
    let (server, [one, _]) = running_again();
    server.job("default", "x-r1").pod_becomes(&one, &Pod::new(1).succeeded());
    for name in ["x --chain", "x-r1"] {
        let output = run(&server, &format!("status {name} --state running -o ranges")).output();
        assert_eq!(output.text(), "1,3\n", "{name}");
    }
}

#[test]
fn a_list_tells_of_which_job_one_is_a_retry() {
    let server = server_without_controller();
    let heading = || run(&server, "list").output().text().lines().next().unwrap_or_default().to_owned();
    assert!(!heading().contains("RETRY-OF"));
    another_run(&server, "x-r1");
    assert!(heading().ends_with("RETRY-OF"));
    let listed = run(&server, "list").output();
    assert!(listed.text().lines().nth(2).is_some_and(|row| row.ends_with(" x")), "{listed:?}");
    let json: serde_json::Value = serde_json::from_str(run(&server, "list -o json").output().text()).expect("JSON");
    assert_eq!((&json["items"][0]["retryOf"], &json["items"][1]["retryOf"]), (&serde_json::Value::Null, &"x".into()));
}
#[test]
fn what_has_just_succeeded_in_the_newest_run_is_not_said_to_be_tried_again() {
    for make in [server, server_for_edit] {
        let server = make();
        run(&server, "retry x").output().says(0, &created("x-r1"), &[]);
        server.stop_controller();
        let not_counted = json!({"completedIndexes": "0,2,4", "active": 2});
        server.job("default", "x-r1").edit(|job| job["status"] = not_counted);
        let set = |state: &str| {
            let output = run(&server, &format!("status x --chain --state {state} -o ranges")).output();
            output.text().to_owned()
        };
        assert_eq!((set("running"), set("retrying,pending")), ("1,3\n".to_owned(), "\n".to_owned()));
    }
}
