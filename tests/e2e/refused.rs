//! What the real server refuses, in kubectl's words; and nothing was created.

use std::net::TcpListener;

use crate::harness::{Output, Space};
use crate::wait::job;

const BUSYBOX: &str = "--image docker.io/library/busybox";

/// Both ways to create: alone, and with a ConfigMap.
const WAYS: [&str; 2] = ["--completions 2", "--items a,b"];

/// Creates a Job in each of the ways.
fn create(space: &Space, line: &str, mut judge: impl FnMut(Output)) {
    for way in WAYS {
        judge(space.indexedjob(&format!("create {line} {BUSYBOX} {way} -- true")).output());
    }
}

#[test]
fn a_job_that_exists_is_not_touched() {
    let space = Space::new("refused-exists");
    space.apply(&job("taken", 1, "parallelism: 0", "true").replace("  parallelism: 1\n", ""));
    let before = space.job("taken");
    create(&space, "taken", |output| {
        output.fails(1, &["Error from server (AlreadyExists): jobs.batch \"taken\" already exists", "hint: "]);
    });
    let file = space.indexedjob("create -f -").stdin(job("taken", 2, "", "true")).output();
    file.fails(1, &["Error from server (AlreadyExists): jobs.batch \"taken\" already exists", "hint: "]);
    assert_eq!(space.job("taken")["metadata"]["uid"], before["metadata"]["uid"]);
    assert_eq!(space.job("taken")["spec"], before["spec"]);
    assert_eq!((space.all("jobs").len(), space.config_maps().len()), (1, 0));
}

#[test]
fn a_job_that_is_missing_is_not_found_in_kubectls_words() {
    let space = Space::new("refused-missing");
    let kubectls = space.kubectl("get job missing").output();
    assert_eq!(kubectls.stderr, "Error from server (NotFound): jobs.batch \"missing\" not found\n");
    for line in ["wait missing", "wait job/missing --timeout=0", "logs missing --index 0", "describe missing"] {
        space.indexedjob(line).output().fails(4, &[&kubectls.stderr, "hint: "]);
    }
}

#[test]
fn an_index_that_is_not_there_says_why() {
    let space = Space::new("refused-index");
    // Two indexes, one after the other, and the first takes its time.
    space.apply(&job("slow", 2, "", "sleep 600").replace("parallelism: 2", "parallelism: 1"));
    space.until_a_pod_is("slow", "Running");
    let beyond = space.indexedjob("logs slow --index 2").output();
    beyond.fails(2, &["index 2 is out of range: job slow has indexes 0 to 1"]);
    let waiting = space.indexedjob("logs slow --index 1").output();
    waiting.fails(1, &["index 1 has not started yet", "hint: kubectl indexedjob logs slow --index 1 -f"]);
}

#[test]
fn an_unknown_image_is_what_the_log_waits_for() {
    let space = Space::new("refused-image");
    space.indexedjob("create unknown --image docker.io/library/no-such-image:0 --completions 1 -- true").ok();
    let pulled = space.until("the image cannot be pulled", || {
        let output = space.indexedjob("logs unknown --index 0").output();
        output.stderr.contains("docker.io/library/no-such-image:0").then_some(output)
    });
    pulled.fails(1, &["index 0 has not started yet: ", "hint: kubectl indexedjob logs unknown --index 0 -f"]);
    assert!(["ErrImagePull: ", "ImagePullBackOff: "].iter().any(|why| pulled.stderr.contains(why)), "{pulled}");
}

#[test]
fn names_and_numbers_that_cannot_be_create_nothing() {
    let space = Space::new("refused-usage");
    let long = "x".repeat(62);
    create(&space, &long, |output| output.fails(2, &["62 characters", "may have 61"]));
    create(&space, "Upper", |output| output.fails(2, &["cannot name an Indexed Job", "hint: try upper"]));
    create(&space, "a.b", |output| output.fails(2, &["cannot name an Indexed Job", "hint: try a-b"]));
    let file = space.indexedjob("create -f -").stdin(job(&long, 2, "", "true")).output();
    file.fails(2, &["62 characters", "may have 61"]);
    for (flags, said) in [
        ("", "no work given: one of --completions, --array, --items"),
        ("--completions 2 --items a", "cannot be used with"),
        ("--items=", "--items: the list is empty"),
        ("--completions 0", "--completions must be between 1 and 2147483647"),
        ("--completions -1", "--completions must be between 1 and 2147483647"),
        ("--completions 2147483648", "--completions must be between 1 and 2147483647"),
        ("--completions 2 --nonsense", "'--nonsense'"),
    ] {
        let output = space.indexedjob(&format!("create wrong {BUSYBOX} {flags} -- true")).output();
        output.fails(2, &["error: ", said]);
    }
    space.indexedjob("create wrong --completions 2 -- true").output().fails(2, &["no image given"]);
    space.is_empty();
}

#[test]
fn files_that_hold_no_indexed_job_create_nothing() {
    let space = Space::new("refused-file");
    let plain = job("plain", 2, "", "true").replace("completionMode: Indexed", "completionMode: NonIndexed");
    let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n";
    for (text, said) in [
        (plain.as_str(), "the Job is not Indexed"),
        (deployment, "found apps/v1 Deployment where a batch/v1 Job is wanted"),
        ("kind: Job\nspec: [\n", "line "),
        ("", "nothing in it"),
    ] {
        space.indexedjob("create -f -").stdin(text).output().fails(2, &["error: stdin: ", said]);
    }
    space.indexedjob("create -f missing.yaml").output().fails(2, &["cannot read missing.yaml: no such file"]);
    space.is_empty();
}

#[test]
fn what_only_the_server_knows_to_be_wrong_creates_nothing() {
    let space = Space::new("refused-invalid");
    let manifest = job("invalid", 2, "", "true").replace("restartPolicy: Never", "restartPolicy: Always");
    let kubectls = space.kubectl("create -f -").stdin(manifest.as_str()).output();
    let ours = space.indexedjob("create -f -").stdin(manifest).output();
    ours.fails(1, &["The Job \"invalid\" is invalid: spec.template.spec.restartPolicy: "]);
    assert_eq!(ours.stderr.lines().next(), kubectls.stderr.lines().next());
    space.is_empty();
}

#[test]
fn who_may_do_nothing_is_told_so_in_kubectls_words() {
    let space = Space::new("refused-forbidden");
    let nobody = space.config_of_user("nobody", None);
    for way in WAYS {
        let create = space.indexedjob(&format!("create mine {BUSYBOX} {way} -- true")).kubeconfig(&nobody).output();
        let words = "Error from server (Forbidden): jobs.batch is forbidden: User \"system:serviceaccount:";
        create.fails(1, &[words, "cannot create resource \"jobs\"", "hint: "]);
        assert!(create.stderr.contains("kubectl auth can-i create jobs.batch"), "{create}");
    }
    for verb in ["wait mine", "describe mine", "logs mine --index 0"] {
        let output = space.indexedjob(verb).kubeconfig(&nobody).output();
        output.fails(1, &["Error from server (Forbidden): jobs.batch \"mine\" is forbidden: User ", "hint: "]);
    }
    let kubectls = space.kubectl("get job mine").kubeconfig(&nobody).output();
    let ours = space.indexedjob("describe mine").kubeconfig(&nobody).output();
    assert_eq!(ours.stderr.lines().next(), kubectls.stderr.lines().next(), "{ours}\n{kubectls}");
    let other = space.indexedjob("wait mine --as somebody-else").output();
    other.fails(1, &["jobs.batch \"mine\" is forbidden: User \"somebody-else\" cannot ", "hint: "]);
    space.is_empty();
}

#[test]
fn the_right_to_edit_is_enough_for_everything() {
    let space = Space::new("allowed-edit");
    let editor = space.config_of_user("editor", Some("edit"));
    let run = |line: &str| space.indexedjob(line).kubeconfig(&editor).output();
    let line = format!("create mine {BUSYBOX} --items one,two -- cat /input/data.txt");
    space.until("the right is there", || (run(&line).code == Some(0)).then_some(()));
    run("wait mine --timeout=300s").is(0, "job.batch/mine condition met\n", &[]);
    run("logs mine --index 1").is(0, "two", &[]);
    run("describe mine").ends_with(0);
}

#[test]
fn a_token_that_means_nobody_is_refused() {
    let space = Space::new("refused-token");
    let words = "error: You must be logged in to the server (Unauthorized)\n";
    let wrong = space.config_with_token("nonsense");
    assert_eq!(space.kubectl("get job mine").kubeconfig(&wrong).output().stderr, words);
    let create = format!("create mine {BUSYBOX} --completions 2");
    for line in [create.as_str(), "wait mine", "describe mine", "logs mine --index 0"] {
        space.indexedjob(line).kubeconfig(&wrong).output().fails(1, &[words, "hint: "]);
    }
    space.is_empty();
}

#[test]
fn a_server_that_does_not_listen_is_named() {
    let space = Space::new("refused-server");
    let closed = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port");
    let server = format!("https://{closed}");
    let kubectls = space.kubectl(&format!("get job mine --server {server}")).output();
    let words = kubectls.stderr.lines().last().unwrap_or_default();
    assert!(words.contains("was refused - did you specify the right host or port?"), "{kubectls}");
    create(&space, &format!("mine --server {server}"), |output| output.fails(1, &[words, "hint: "]));
    for line in ["wait mine", "describe mine", "logs mine --index 0"] {
        space.indexedjob(&format!("{line} --server {server}")).output().fails(1, &[words, "hint: "]);
    }
    space.is_empty();
}

#[test]
fn a_namespace_that_is_missing_is_named() {
    let space = Space::new("refused-namespace");
    create(&space, "mine -n no-such-namespace", |output| {
        output.fails(1, &["Error from server (NotFound): namespaces \"no-such-namespace\" not found", "hint: "]);
    });
    // Asked for one Job, the server does not say that there is not even the namespace.
    for line in ["wait mine", "describe mine", "logs mine --index 0"] {
        let words = "Error from server (NotFound): jobs.batch \"mine\" not found";
        let output = space.indexedjob(&format!("{line} -n no-such-namespace")).output();
        output.fails(4, &[words, "hint: ", "-n no-such-namespace"]);
    }
    space.is_empty();
}

#[test]
fn the_namespace_flag_is_heeded_by_every_verb() {
    let (here, there) = (Space::new("other-here"), Space::new("other-there"));
    let namespace = &there.namespace;
    let line = format!("create mine {BUSYBOX} --items one,two -n {namespace} -- cat /input/data.txt");
    here.indexedjob(&line).output().is(0, "job.batch/mine created\n", &[]);
    let wait = here.indexedjob(&format!("wait mine -n {namespace} --timeout=300s")).output();
    wait.is(0, "job.batch/mine condition met\n", &[]);
    here.indexedjob(&format!("logs mine --index 1 --namespace={namespace}")).output().is(0, "two", &[]);
    here.is_empty();
    assert_eq!((there.all("jobs").len(), there.config_maps().len()), (1, 1));
}
