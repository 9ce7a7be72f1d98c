//! Bad input: each with its exit code, its words, and nothing created.

use serde_json::json;

use crate::fake::Server;
use crate::harness::{Run, run};
use crate::words::{WHICH_JOBS, no_job};

/// The run ends with this code and exactly these words, and nothing was sent that could change something.
#[track_caller]
fn refused_by(server: &Server, run: Run, code: i32, stderr: &str) {
    run.output().is(code, "", stderr);
    assert!(server.jobs().is_empty() && server.config_maps().is_empty(), "something was created");
    let sent = server.requests().into_iter().filter(|request| request.method != "GET").count();
    assert_eq!(sent, 0, "something was sent");
}

/// `kubectl-indexedjob create` with these arguments is wrong usage.
#[track_caller]
fn refused(args: &[&str], stderr: &str) {
    let server = Server::start();
    refused_by(&server, run(&server, "create").args(args), 2, stderr);
    assert!(server.requests().is_empty(), "usage is checked before a server is asked");
}

/// `create -f job.yaml` of this file is refused.
#[track_caller]
fn file_refused(content: &str, stderr: &str) {
    let server = Server::start();
    let run = run(&server, "create -f job.yaml").file("job.yaml", content);
    refused_by(&server, run, 2, stderr);
}

#[test]
fn no_work() {
    refused(
        &["x", "--image=busybox", "--", "true"],
        "error: no work given: --completions or --items is needed\n\
         hint: kubectl indexedjob create x --image IMAGE --completions 10 -- COMMAND\n",
    );
}

#[test]
fn two_kinds_of_work() {
    refused(
        &["x", "--image=busybox", "--completions=2", "--items=a,b", "--", "true"],
        "error: the argument '--completions <N>' cannot be used with '--items <LIST>'\n\
         hint: see kubectl indexedjob create --help\n",
    );
}

#[test]
fn no_items() {
    refused(
        &["x", "--image=busybox", "--items", "", "--", "true"],
        "error: --items: the list is empty; a Job without a task does nothing\n",
    );
}

const COMPLETIONS: &str = "error: --completions must be between 1 and 2147483647\n";

#[test]
fn completions_zero() {
    refused(&["x", "--image=busybox", "--completions", "0", "--", "true"], COMPLETIONS);
}

#[test]
fn completions_negative() {
    refused(&["x", "--image=busybox", "--completions", "-1", "--", "true"], COMPLETIONS);
}

#[test]
fn completions_of_two_to_the_31st() {
    refused(&["x", "--image=busybox", "--completions", "2147483648", "--", "true"], COMPLETIONS);
}

#[test]
fn completions_that_are_no_number() {
    refused(
        &["x", "--image=busybox", "--completions", "ten", "--", "true"],
        "error: invalid value 'ten' for '--completions <N>': it must be a whole number\n",
    );
}

#[test]
fn a_name_that_is_too_long_with_the_last_index() {
    let name = "x".repeat(61);
    refused(
        &[&name, "--image=busybox", "--completions=11", "--", "true"],
        &format!(
            "error: \"{name}\" has 61 characters, and with 11 completions a Job's name may have 60: its pods are \
             called {name}-10, at most 63 characters\n"
        ),
    );
}

#[test]
fn a_name_in_upper_case() {
    refused(
        &["Train", "--image=busybox", "--completions=1", "--", "true"],
        "error: \"Train\" cannot name an Indexed Job: only a-z, 0-9 and '-', beginning and ending with a letter or \
         digit\nhint: try train\n",
    );
}

#[test]
fn a_name_with_dots() {
    refused(
        &["train.v2", "--image=busybox", "--completions=1", "--", "true"],
        "error: \"train.v2\" cannot name an Indexed Job: only a-z, 0-9 and '-', beginning and ending with a letter or \
         digit\nhint: try train-v2\n",
    );
}

#[test]
fn no_name() {
    refused(
        &["--image=busybox", "--completions=1", "--", "true"],
        "error: no name given\nhint: kubectl indexedjob create NAME --image IMAGE --completions N -- COMMAND\n",
    );
}

#[test]
fn an_unknown_flag() {
    refused(
        &["x", "--image=busybox", "--completion=1", "--", "true"],
        "error: unexpected argument '--completion' found\nhint: did you mean --completions?\n",
    );
}

#[test]
fn an_unknown_verb() {
    let server = Server::start();
    let stderr = "error: unrecognized subcommand 'creat'\nhint: did you mean create?\n";
    refused_by(&server, run(&server, "creat x"), 2, stderr);
}

#[test]
fn no_image() {
    refused(
        &["x", "--completions=1", "--", "true"],
        "error: no image given\nhint: kubectl indexedjob create x --image IMAGE ...\n",
    );
}

#[test]
fn an_item_path_without_a_directory() {
    refused(
        &["x", "--image=busybox", "--items=a", "--item-path=data.txt", "--", "true"],
        "error: invalid value 'data.txt' for '--item-path <FILE>': write an absolute path with a directory, such as \
         /input/data.txt\n",
    );
}

#[test]
fn a_file_that_is_missing() {
    refused(&["-f", "missing.yaml"], "error: cannot read missing.yaml: no such file or directory\n");
}

#[test]
fn a_file_and_flags_of_ours() {
    refused(
        &["-f", "job.yaml", "--completions=3"],
        "error: the argument '--filename <FILE>' cannot be used with '--completions <N>'\n\
         hint: see kubectl indexedjob create --help\n",
    );
}

#[test]
fn a_file_that_is_no_yaml() {
    let server = Server::start();
    let run = run(&server, "create -f job.yaml").file("job.yaml", "apiVersion: batch/v1\nkind: Job\n  spec: [1, 2\n");
    let output = run.output();
    output.says(2, "", &["error: job.yaml: ", "line 3", "column "]);
    assert!(server.requests().is_empty());
}

#[test]
fn a_file_that_is_empty() {
    file_refused("# nothing\n", "error: job.yaml: nothing in it; one batch/v1 Job is wanted\n");
}

#[test]
fn a_deployment() {
    file_refused(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\n",
        "error: job.yaml: found apps/v1 Deployment where a batch/v1 Job is wanted\n\
         hint: create other kinds with kubectl create -f\n",
    );
}

#[test]
fn a_job_that_is_not_indexed() {
    file_refused(
        "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: x\nspec:\n  completions: 3\n",
        "error: job.yaml: the Job is not Indexed: its pods would have no completion index\n\
         hint: write \"completionMode: Indexed\" and \"completions: N\" under spec\n",
    );
}

#[test]
fn a_job_that_exists_already() {
    for work in ["--completions=1", "--items=a"] {
        let server = Server::start();
        let job = server.add_job("x", 3);
        let (before, uid) = (server.config_maps().len(), job.uid());
        let output = run(&server, "create x --image=busybox").args([work, "--", "true"]).output();
        output.says(
            1,
            "",
            &[
                "Error from server (AlreadyExists): jobs.batch \"x\" already exists\n",
                "hint: kubectl delete job x, or choose another name\n",
            ],
        );
        assert_eq!((job.uid(), server.writes(), server.config_maps().len()), (uid, 0, before), "{work}");
    }
}

#[test]
fn wait_for_a_missing_job() {
    let server = Server::start();
    refused_by(&server, run(&server, "wait x"), 4, &format!("{}{WHICH_JOBS}", no_job("x")));
}

#[test]
fn wait_without_a_name() {
    let server = Server::start();
    let stderr = "error: the following required arguments were not provided: <NAME>...\n\
                  hint: see kubectl indexedjob wait --help\n";
    refused_by(&server, run(&server, "wait"), 2, stderr);
}

#[test]
fn wait_for_something_else() {
    let server = Server::start();
    let stderr = "error: invalid value 'pod/x' for '<NAME>...': \"pod\" is no Job; write NAME or job/NAME\n";
    refused_by(&server, run(&server, "wait pod/x"), 2, stderr);
}

#[test]
fn an_index_beyond_the_completions() {
    let server = Server::start();
    server.add_job("x", 5);
    let stderr = "error: index 5 is out of range: job x has indexes 0 to 4\n";
    run(&server, "logs x --index 5").output().is(2, "", stderr);
}

#[test]
fn an_index_that_has_not_started_yet() {
    let server = Server::start();
    let job = server.add_job("x", 5);
    job.set_status(&json!({"active": 3}));
    let hint = "hint: kubectl indexedjob logs x --index 4 -f\n";
    let stderr = format!("error: index 4 has not started yet\n{hint}");
    run(&server, "logs x --index 4").output().is(1, "", &stderr);
}

#[test]
fn logs_of_a_missing_job() {
    let server = Server::start();
    run(&server, "logs x --index 0").output().is(4, "", &format!("{}{WHICH_JOBS}", no_job("x")));
}

#[test]
fn help_and_version_are_output() {
    let server = Server::start();
    for line in ["--help", "create --help", "wait -h", "logs --help", "describe --help"] {
        let output = run(&server, line).output();
        output.ends_with_code(0);
        assert!(output.stderr.is_empty() && output.text().contains("Usage: kubectl indexedjob"), "{}", output.text());
    }
    let version = format!("kubectl-indexedjob {}\n", env!("CARGO_PKG_VERSION"));
    run(&server, "--version").output().is(0, &version, "");
    assert!(server.requests().is_empty());
}
