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
        "error: no work given: one of --completions, --array, --items, --items-from, --matrix is needed\n\
         hint: --items-from - makes a task of each line of stdin\n",
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

/// Lines of `create x --image=busybox`, and what is said of each.
#[track_caller]
fn all_refused(lines: &[(&[&str], &str)]) {
    for (line, stderr) in lines {
        let args: Vec<&str> = ["x", "--image=busybox"].iter().chain(*line).copied().collect();
        refused(&args, stderr);
    }
}

#[test]
fn tasks_that_cannot_be() {
    all_refused(&[
        (&["--array=5-1"], "error: --array: the range 5-1 is descending; write the lower number first\n"),
        (&["--array=1-3%0"], "error: --array: \"%0\" must be % and a number from 1 to 100000, once and at the end\n"),
        (&["--array=1-3%2", "--parallelism=3"], "error: --parallelism 3 and %2 of --array contradict each other\n"),
        (&["--matrix=a"], "error: --matrix: \"a\" is not NAME=VALUE,VALUE,...\n"),
        (&["--matrix=a=1", "--matrix=a=2"], "error: --matrix: two columns are called \"a\"\n"),
        (&["--items-from=nofile"], "error: cannot read nofile: no such file or directory\n"),
        (
            &["--items=\"a"],
            "error: --items: item 1: the double quote is not closed, or something follows it; write a quote in an item \
             as \"a \"\"b\"\"\"\n",
        ),
        (&["--items=a", "--items-format=csv"], "error: --items-format goes with --items-from\n"),
        (
            &["--completions=100001"],
            "error: 100001 completions with a limit per index need maxFailedIndexes; without it 100000 are the most\n\
             hint: add --max-failed-indexes N, at most 10000\n",
        ),
    ]);
}

#[test]
fn items_that_cannot_get_there() {
    let items = "hint: give items by --items, --items-from or --matrix\n";
    all_refused(&[
        (&["--completions=2", "-I%"], &format!("error: -I goes with items\n{items}")),
        (&["--completions=2", "--item-path=/a/b"], &format!("error: --item-path goes with items\n{items}")),
        (&["--completions=2", "--item-env=A"], &format!("error: --item-env goes with items\n{items}")),
        (&["--completions=2", "--items-via=init"], &format!("error: --items-via goes with items\n{items}")),
        (&["--matrix=a=1", "--item-env=A=b"], "error: --item-env A: no column is called b; there are: a\n"),
        (&["--items=a", "--item-env=A=b"], "error: --item-env A: the items have no columns\n"),
        (&["--items=a", "--item-env=A", "--env=A=1"], "error: the variable A is given twice\n"),
        (
            &["--items=a", "--item-env=JOB_COMPLETION_INDEX"],
            "error: JOB_COMPLETION_INDEX is the number of the task already\n",
        ),
        (&["--items=a", "--init-image=i", "--items-via=configmap"], "error: --init-image goes with --items-via=init\n"),
        (
            &["--items=a", "--index-path=/input/data.txt"],
            "error: /input/data.txt cannot hold both the item and the number\n\
             hint: give --item-path or --index-path another file\n",
        ),
        (
            &["--items=a", "--volume=pvc/x:/input", "--items-via=init"],
            "error: something else is mounted at /input\n\
             hint: choose another place for the item by --item-path, or for the number by --index-path\n",
        ),
        (
            &["--items=a", "--env=my.var=1", "--", "x", "{}"],
            "error: the variable my.var would get lost in the sh around the command, which gives it values of the \
             task's own\nhint: name it with letters, digits and _, or let the program read the file of --item-path or \
             --index-path\n",
        ),
    ]);
}

#[test]
fn policies_that_cannot_be() {
    all_refused(&[
        (
            &["--completions=2", "--succeeded-count=3"],
            "error: succeededCount 3 is more than the 2 completions\nhint: give --succeeded-count a smaller number\n",
        ),
        (&["--completions=2", "--succeeded-indexes=0-2"], "error: --succeeded-indexes: no task has the number 2\n"),
        (&["--array=1-2", "--succeeded-indexes=0"], "error: --succeeded-indexes: no task has the number 0\n"),
        (&["--completions=2", "--succeeded-indexes="], "error: --succeeded-indexes names no task\n"),
        (
            &["--completions=2", "--pod-replacement-policy=TerminatingOrFailed"],
            "error: the pod replacement policy TerminatingOrFailed cannot go with a pod failure policy\n\
             hint: add --count-disruptions, or leave --pod-replacement-policy out\n",
        ),
        (
            &["--completions=2", "--queue=q"],
            "error: --queue needs --parallelism: Kueue reserves the room of so many pods at once\n\
             hint: add --parallelism N, or %N behind the numbers of --array\n",
        ),
    ]);
}

#[test]
fn values_that_cannot_be() {
    let lines = [
        ("--retries=-1", "'--retries <N>': it must be between 0 and 2147483647"),
        ("--fail-job-on=0", "'--fail-job-on <CODES>': exit codes are 1 to 255: write 42 or 1,3-5"),
        ("--fail-index-on=256", "'--fail-index-on <CODES>': exit codes are 1 to 255: write 42 or 1,3-5"),
        ("--active-deadline=0", "'--active-deadline <DURATION>': it must be at least one second"),
        ("--ttl=1.5s", "'--ttl <DURATION>': it must be whole seconds"),
        ("--requests=cpu", "'--requests <RESOURCE=AMOUNT,...>': write RESOURCE=AMOUNT, such as cpu=500m or memory=4Gi"),
        ("--gpus=0", "'--gpus <N>': it must be between 1 and 2147483647"),
        ("--volume=pvc/x:x", "'--volume <SOURCE:PATH>': the path in the container must be absolute, without a colon"),
        ("--env-from=x", "'--env-from <SOURCE>': write configmap/NAME or secret/NAME"),
        ("--label=a", "'--label <KEY=VALUE,...>': write KEY=VALUE"),
        ("--index-env=A-B", "'--index-env <NAME>': a variable has letters, digits and _, no digit first"),
    ];
    for (flag, said) in lines {
        let value = flag.split_once('=').expect("a value").1;
        all_refused(&[(&["--completions=2", flag], &format!("error: invalid value '{value}' for {said}\n"))]);
    }
}

#[test]
fn first_tries_of_newcomers() {
    let code =
        |shell: &str| format!("error: {{}} is inside the program that {shell} runs, where an item would become code\n");
    let behind = "hint: pass the item to the program as an argument of its own, behind it\n";
    all_refused(&[
        (
            &["--items", "a", "b", "c", "--", "gzip"],
            "error: unexpected argument 'b' found\nhint: put commas between items: --items a,b,c\n",
        ),
        (
            &["--completions=1", "--", "gzip", ":::", "a", "b"],
            "error: ::: is GNU parallel's; items are given by a flag\nhint: --items a,b -- gzip {}\n",
        ),
        (&["--items=a", "--", "sh", "-c", "gzip {}"], &(code("sh") + "hint: -- sh -c 'gzip \"$1\"' sh {}\n")),
        (&["--items=a", "--", "sh", "-c", "gzip \"{}\""], &(code("sh") + behind)),
        (&["--items=a", "--", "awk", "{}"], &(code("awk") + behind)),
        (
            &["--completions=1", "--timeout=5s", "--", "true"],
            "error: --timeout goes with --wait or --logs\nhint: add --wait, or limit the Job itself by --active-deadline\n",
        ),
        (
            &["--completions=1", "--rm"],
            "error: --rm goes with --wait or --logs\nhint: add --wait; --ttl 0 deletes it at its end, also when it failed\n",
        ),
    ]);
}

#[test]
fn braces_that_are_no_column_are_left_alone() {
    let server = Server::start();
    let line =
        "create x --image=busybox --matrix=column=a,b --dry-run=client -o json -- echo {colum} ${column} {{column}";
    let output = run(&server, line).output();
    output.ends_with_code(0);
    assert!(output.text().contains("\"{colum}\""), "{}", output.text());
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
fn a_url_with_control_characters() {
    refused(
        &["-f", "https://h/a\u{1b}[31m b"],
        "error: cannot read https://h/a^[[31m b: it is a URL, not a file\n\
         hint: curl -fsSL 'https://h/a^[[31m b' | kubectl indexedjob create -f -\n",
    );
}

#[test]
fn a_file_and_a_script() {
    refused(
        &["-f", "job.yaml", "--script=run.sh"],
        "error: the argument '--filename <FILE>' cannot be used with '--script <FILE>'\n\
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
         hint: write \"completionMode: Indexed\" and \"completions: N\" under spec, or add --completions N\n",
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
                "hint: choose another name, add --replace if it is finished, or: kubectl indexedjob delete x\n",
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
    let stderr = "error: invalid value 'pod/x' for '[NAME]...': \"pod\" is no Job; write NAME or job/NAME\n";
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
