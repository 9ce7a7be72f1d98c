//! What people expect of a kubectl plugin, one test for each convention, by its number; those that need the real kubectl
//! or a real cluster are in tests/e2e/ecosystem.rs, and [`WHERE`] says where each of them is.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::fake::{Fault, On, Server};
use crate::harness::{Run, run, run_without_config};
use crate::words::condition_met;

/// Each convention, and a test of it; where a part of it needs other means, more than one.
const WHERE: &[(u32, &[&str])] = &[
    (9, &["convention_9_kubectl_sees_the_plugin"]),
    (10, &["convention_10_help_names_the_program_as_it_was_called"]),
    (11, &["convention_11_kubectls_flags_are_taken_after_every_verb"]),
    (12, &["convention_12_completions_come_from_the_cluster", "convention_12_kubectl_and_shells_complete"]),
    (13, &["convention_13_static_completions_are_fresh"]),
    (14, &["convention_14_errors_look_like_kubectls", "convention_14_an_invalid_job_is_told_as_kubectl_tells_it"]),
    (15, &["convention_15_each_end_has_its_exit_code"]),
    (16, &["convention_16_a_create_is_sent_once_and_in_time"]),
    (17, &["convention_17_a_wait_survives_what_passes_and_ends_at_what_does_not"]),
    (18, &["bytes_come_through_untouched"]),
    (19, &["no_more_connections_are_open_than_are_allowed_and_a_busy_server_is_given_time"]),
    (
        20,
        &[
            "convention_20_kubeconfigs_are_read_as_kubectl_reads_them",
            "convention_20_in_a_pod_the_service_account_is_used",
        ],
    ),
    (21, &["convention_21_proxies_are_used_when_kubectl_uses_them", "exceptions_are_gos"]),
    (22, &["convention_22_the_server_knows_who_asks"]),
    (23, &["convention_23_warnings_are_told_once_and_can_be_errors"]),
    (24, &["convention_24_a_credential_plugin_runs_once", "convention_24_logins_end_as_kubectls_do"]),
    (25, &["our_own_yaml_piped_back_makes_the_same_job_and_owns_its_config_map"]),
    (26, &["a_file_is_sent_as_it_is"]),
    (27, &["convention_27_colour_is_as_asked_for"]),
    (28, &["progress_off_a_terminal_is_a_line_when_something_has_changed"]),
    (29, &["convention_29_tables_have_no_blanks_at_their_edges"]),
    (30, &["a_reader_that_has_seen_enough_is_no_failure"]),
    (31, &["convention_31_no_level_tells_secrets", "convention_31_no_level_tells_a_real_login"]),
    (33, &["convention_33_no_crate_is_there_that_must_not_be"]),
    (36, &["convention_36_flags_stand_behind_the_plugin"]),
];

/// Of releases, packages and pages; or of a whole build, which .ci/run makes.
const ELSEWHERE: [u32; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 32, 34, 35];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of every file below a directory of the repository with this ending.
fn texts(directory: &str, ending: &str) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(root().join(directory)).expect("a directory") {
        let path = entry.expect("an entry").path();
        let inner = format!("{directory}/{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() && !inner.starts_with("tests/lab") {
            text += &texts(&inner, ending);
        } else if inner.ends_with(ending) {
            let _ = writeln!(text, "{}", std::fs::read_to_string(&path).expect("a text"));
        }
    }
    text
}

#[test]
fn every_convention_has_its_test() {
    let sources = texts("src", ".rs") + &texts("tests", ".rs");
    for (number, tests) in WHERE {
        for test in *tests {
            assert!(sources.contains(&format!("fn {test}()")), "{number}: there is no test {test}");
        }
    }
    let mut all: Vec<u32> = WHERE.iter().map(|(number, _)| *number).chain(ELSEWHERE).collect();
    all.sort_unstable();
    assert_eq!(all, (1..=36).collect::<Vec<_>>());
}

#[test]
fn convention_10_help_names_the_program_as_it_was_called() {
    let help = |run: Run| run.output().text().to_owned();
    let as_plugin = help(run_without_config("create --help"));
    assert!(as_plugin.contains("Usage: kubectl indexedjob create"), "{as_plugin}");
    let alone = help(run_without_config("create --help").called("ij"));
    assert!(alone.contains("Usage: kubectl-indexedjob create"), "{alone}");
}

/// Every verb, with what it cannot do without.
const VERBS: &[&str] = &[
    "create x --image=i --completions=1",
    "wait x",
    "describe x",
    "list",
    "status x",
    "logs x",
    "retry x",
    "cancel x",
    "suspend x",
    "resume x",
    "scale x --parallelism=1",
    "delete x",
    "version",
];

#[test]
fn convention_11_kubectls_flags_are_taken_after_every_verb() {
    let flags = "--kubeconfig=f --context=c --cluster=c --user=u -n=x --server=https://h --tls-server-name=n \
                 --insecure-skip-tls-verify --certificate-authority=f --client-certificate=f --client-key=f --token=t \
                 --as=a --as-group=g --as-group=h --as-uid=u --as-user-extra=k=v --request-timeout=5s \
                 --disable-compression --warnings-as-errors -v=6 --color=never";
    for verb in VERBS {
        // A flag that is not known is told before help is given.
        run_without_config(&format!("{verb} {flags} --help")).output().ends_with_code(0);
    }
    let server = Server::start();
    server.add_namespace("science");
    for namespace in ["-n=science", "-nscience", "-n science", "--namespace science", "--namespace=science"] {
        let found = run(&server, &format!("list {namespace}")).output();
        found.is(0, "", "No resources found in science namespace.\n");
    }
    for level in ["-v=6", "-v6", "-v 6", "--v=6", "--v 6"] {
        let told = run(&server, &format!("list {level}")).output();
        told.says(0, "", &[&format!("GET {}/apis/batch/v1/", server.url()), " 200 OK in ", " milliseconds\n"]);
    }
}

fn completions(run: Run) -> (Vec<String>, String) {
    let output = run.output();
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""));
    let mut lines: Vec<String> = output.text().lines().map(str::to_owned).collect();
    let directive = lines.pop().expect("a directive");
    (lines, directive)
}

#[test]
fn convention_12_completions_come_from_the_cluster() {
    let server = Server::start();
    server.add_namespace("science");
    server.add_job("train", 5).fail("3,4", "FailedIndexes", "m");
    server.add_job("other", 2);
    let ask = |words: &[&str]| completions(run(&server, "").called("kubectl_complete-indexedjob").args(words));

    let (verbs, directive) = ask(&[""]);
    assert_eq!(directive, ":4");
    for verb in ["create\t", "wait\t", "describe\t", "logs\t", "status\t"] {
        assert!(verbs.iter().any(|line| line.starts_with(verb)), "{verb} {verbs:?}");
    }
    assert!(verbs.iter().all(|line| !line.starts_with('-') && !line.starts_with('_')), "{verbs:?}");

    let words = |words: &[&str]| {
        ask(words).0.iter().map(|line| line.split('\t').next().unwrap_or("").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(words(&["wait", "tr"]), ["train"]);
    assert_eq!(words(&["wait", "train", ""]), ["other"]);
    assert_eq!(words(&["cancel", ""]), ["other"], "what has ended cannot be cancelled");
    assert_eq!(words(&["retry", ""]), ["train", "other"], "what has failed comes first");
    assert_eq!(words(&["status", ""]), ["other", "train", "@latest"]);
    assert_eq!(words(&["wait", "@"]), ["@latest"]);
    assert!(words(&["delete", "@"]).is_empty(), "only verbs that read take it");
    let (goal, directive) = ask(&["wait", "train", "--for", "su"]);
    assert_eq!((goal.len(), directive.as_str()), (2, ":4"));
    assert_eq!(ask(&["wait", "train", "--for=succ"]).1, ":6", "no space after succeeded=");
    assert_eq!(words(&["logs", "train", "--index", ""]), ["3,4", "0-4", "0", "1", "2", "3", "4"]);
    assert_eq!(words(&["logs", "train", "--index=3,"]), ["3,0", "3,1", "3,2", "3,4"]);
    assert_eq!(words(&["-n", "s"]), ["science"]);
    assert_eq!(words(&["wait", "--context", ""]), ["fake"]);
    // The verb of the script of two lines says the same.
    let (by_verb, _) = completions(run(&server, "__complete wait tr"));
    assert_eq!(by_verb, ask(&["wait", "tr"]).0);
}

#[test]
fn convention_12_what_goes_wrong_is_silence_within_a_second_or_so() {
    let server = Server::start();
    server.add_job("train", 5);
    let ask = |run: Run| completions(run.called("kubectl_complete-indexedjob").args(["wait", ""]));
    let in_time = |run: Run| {
        let start = Instant::now();
        let found = ask(run);
        assert!(start.elapsed() < Duration::from_secs(3), "took {:?}", start.elapsed());
        assert_eq!(found.0, Vec::<String>::new());
    };
    in_time(run_without_config(""));
    in_time(run_without_config("").env("KUBECONFIG", "/nowhere/config"));
    server.unauthorized(true);
    in_time(run(&server, ""));
    server.unauthorized(false);
    server.fault(On::any("*"), Fault::Hang);
    in_time(run(&server, ""));
    server.clear_faults();
    server.close();
    in_time(run(&server, ""));
    let plugin = "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, \
                  interactiveMode: IfAvailable, command: sh, args: [-c, 'echo no >&2; sleep 5']}}}]\n";
    let config = server.kubeconfig().split("users:").next().unwrap_or_default().to_owned() + plugin;
    let run = run_without_config("").file("config", config).env("KUBECONFIG", "config");
    in_time(run.env("PATH", "/usr/bin:/bin"));
}

#[test]
fn convention_13_static_completions_are_fresh() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = run_without_config(&format!("completion {shell}")).output();
        let kept = root().join("completions").join(format!("kubectl-indexedjob.{shell}"));
        let kept = std::fs::read_to_string(kept).expect("it is kept");
        assert!(script.text() == kept, "completions/kubectl-indexedjob.{shell} is not fresh: make generate");
    }
    let shim = root().join("completions/kubectl_complete-indexedjob");
    let bash = root().join("completions/kubectl-indexedjob.bash");
    for script in [shim, bash] {
        assert!(Command::new("bash").arg("-n").arg(script).status().expect("bash is there").success());
    }
}

#[test]
fn convention_14_errors_look_like_kubectls() {
    let server = Server::start();
    let first_line = |line: &str, code: i32, want: &str| {
        let output = run(&server, line).output();
        let first = output.stderr.lines().next().unwrap_or_default();
        assert!(first.starts_with(want) && !output.stderr.contains("Status {"), "{line}: {}", output.stderr);
        assert_eq!((output.code, output.text()), (Some(code), ""), "{line}");
    };
    let create = "create x --image=busybox --completions=1 -- true";
    // A missing Job has an exit code of its own.
    first_line("describe none", 4, "Error from server (NotFound): jobs.batch \"none\" not found");
    server.add_job("x", 1);
    first_line(create, 1, "Error from server (AlreadyExists): jobs.batch \"x\" already exists");
    server.forbid("get", "jobs");
    first_line("describe x", 1, "Error from server (Forbidden): jobs.batch \"x\" is forbidden");
}

#[test]
fn convention_15_each_end_has_its_exit_code() {
    let server = Server::start();
    server.add_job("good", 1).complete();
    server.add_job("bad", 1).fail("0", "FailedIndexes", "m");
    server.add_job("open", 1);
    let ends = |line: &str, code: i32| run(&server, line).output().ends_with_code(code);
    ends("wait good", 0);
    ends("wait bad", 3);
    ends("wait none", 4);
    ends("wait open --timeout=1ms", 124);
    ends("wait", 2);
    let waiting = run(&server, "wait open").spawn();
    server.await_watch("jobs", 1);
    waiting.interrupt();
    assert_eq!(waiting.finish().code, Some(130));
    server.close();
    ends("wait good", 1);
}

#[test]
fn convention_16_a_create_is_sent_once_and_in_time() {
    let server = Server::start();
    server.fault(On::any("*"), Fault::Code(503));
    let start = Instant::now();
    let output = run(&server, "create x --image=busybox --completions=1 --request-timeout=5s -- true").output();
    output.ends_with_code(1);
    assert!(start.elapsed() < Duration::from_secs(6), "took {:?}", start.elapsed());
    assert!(server.requests_to("POST", "*/jobs").len() <= 1);
    server.clear_faults();
    server.fault(On::post("*"), Fault::Code(503));
    run(&server, "create x --image=busybox --completions=1 -- true").output().ends_with_code(1);
    assert_eq!(server.requests_to("POST", "*/jobs").len(), 1);
}

#[test]
fn convention_17_a_wait_survives_what_passes_and_ends_at_what_does_not() {
    let server = Server::start();
    let job = server.add_job("x", 1);
    let faults = [Fault::Code(500), Fault::Cut, Fault::ErrorEvent(410), Fault::RetryAfter(429, 1)];
    for (at, fault) in faults.into_iter().enumerate() {
        server.fault(On::watch("*/jobs").nth(at as u64 + 1), fault);
    }
    let waiting = run(&server, "wait x").spawn();
    // Two of them began well: that of the error event, and the last one.
    server.await_watch("jobs", 2);
    job.complete();
    let output = waiting.finish();
    output.says(0, &condition_met("x"), &[]);

    server.add_job("y", 1).fail("0", "FailedIndexes", "m");
    run(&server, "wait y").output().ends_with_code(3);
    server.forbid("get", "jobs");
    let start = Instant::now();
    run(&server, "wait x").output().says(1, "", &["Error from server (Forbidden)"]);
    assert!(start.elapsed() < Duration::from_secs(5));
}

#[test]
fn convention_22_the_server_knows_who_asks() {
    let server = Server::start();
    run(&server, "create x --image=busybox --items=a -- true").output().ends_with_code(0);
    let agent = format!("kubectl-indexedjob/{} (", env!("CARGO_PKG_VERSION"));
    for request in server.requests() {
        assert!(request.header("user-agent").starts_with(&agent), "{}", request.header("user-agent"));
        let writes = request.method == "POST" && request.path.contains("/batch/") || request.method == "PATCH";
        assert!(!writes || request.query("fieldManager") == Some("kubectl-indexedjob"), "{}", request.path);
    }
}

#[test]
fn convention_23_warnings_are_told_once_and_can_be_errors() {
    let server = Server::start();
    server.warn("x");
    let create = "create j --image=busybox --items=a,b -- true";
    let output = run(&server, create).output();
    output.says(0, "job.batch/j created\n", &["Warning: x\n"]);
    assert_eq!(output.stderr.matches("Warning: x").count(), 1, "{}", output.stderr);
    let strict = run(&server, "create k --image=busybox --completions=1 --warnings-as-errors -- true").output();
    strict.says(1, "job.batch/k created\n", &["Warning: x\n", "error: 1 warning received\n"]);
    run(&server, "list --warnings-as-errors -o name").output().ends_with_code(0);
    let coloured = run(&server, "create l --image=busybox --completions=1 -- true").env("CLICOLOR_FORCE", "1");
    assert!(coloured.output().stderr.contains("\u{1b}[33mWarning:\u{1b}[0m x\n"));
}

/// A kubeconfig whose user is this `exec`, or something else.
fn config_of(server: &Server, user: &str) -> String {
    let config = server.kubeconfig();
    format!("{}users:\n- name: u\n  user: {user}\n", config.split("users:").next().expect("a kubeconfig has users"))
}

fn exec_of(script: &str) -> String {
    let version = "client.authentication.k8s.io/v1";
    serde_json::json!({"exec": {
        "apiVersion": version, "interactiveMode": "IfAvailable", "command": "sh", "args": ["-c", script]
    }})
    .to_string()
}

fn with_config(server: &Server, user: &str, line: &str) -> Run {
    let run = run_without_config(line).file("config", config_of(server, user)).env("KUBECONFIG", "config");
    run.env("PATH", "/usr/bin:/bin")
}

#[test]
fn convention_24_a_credential_plugin_runs_once() {
    let server = Server::start();
    server.require_token("fresh");
    server.add_job("x", 3).complete();
    let answer = |token: &str, more: &str| {
        let status = format!(r#"{{"token":"{token}"{more}}}"#);
        format!(r#"{{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{status}}}"#)
    };
    for more in ["", r#","expirationTimestamp":"2100-01-01T00:00:00Z""#] {
        let script = format!("echo run >>count; echo '{}'", answer("fresh", more));
        let run = with_config(&server, &exec_of(&script), "describe x");
        let count = run.home().join("count");
        // The home goes with the run.
        let mut running = run.spawn();
        running.close_stdout();
        running.await_stdout("Name:");
        assert_eq!(std::fs::read_to_string(count).expect("it ran"), "run\n", "{more}");
        running.finish().ends_with_code(0);
    }
    // A login that the server does not take any more is made anew, once.
    let script = format!(
        "if [ -e old ]; then echo '{}'; else touch old; echo '{}'; fi",
        answer("fresh", ""),
        answer("stale", "")
    );
    with_config(&server, &exec_of(&script), "wait x").output().is(0, &condition_met("x"), "");
}

#[test]
fn convention_24_a_token_file_is_read_again_when_it_changes() {
    let server = Server::start();
    server.require_token("first");
    let job = server.add_job("x", 1);
    let run = with_config(&server, "{tokenFile: token}", "wait x").file("token", "first\n");
    let token = run.home().join("token");
    let waiting = run.spawn();
    server.await_watch("jobs", 1);
    std::fs::write(token, "second\n").expect("the home is writable");
    server.require_token("second");
    server.restart(Duration::from_millis(50));
    server.await_watch("jobs", 2);
    job.complete();
    waiting.finish().says(0, &condition_met("x"), &[]);
    // A path in a kubeconfig is relative to it.
    with_config(&server, "{tokenFile: none}", "wait x").output().says(
        1,
        "",
        &["error: open ", "none: no such file or directory"],
    );
}

#[test]
fn convention_27_colour_is_as_asked_for() {
    let server = Server::start();
    server.add_job("x", 1).fail("0", "FailedIndexes", "m");
    let coloured = |key: &str, value: &str| run(&server, "list").env(key, value).output().text().contains('\u{1b}');
    for (key, value) in [("NO_COLOR", "1"), ("CLICOLOR", "0"), ("TERM", "dumb"), ("TERM", "xterm")] {
        assert!(!coloured(key, value), "{key}={value}");
    }
    assert!(coloured("CLICOLOR_FORCE", "1"));
    assert!(run(&server, "list --color=always").output().text().contains('\u{1b}'));
}

#[test]
fn convention_29_tables_have_no_blanks_at_their_edges() {
    let server = Server::start();
    server.add_job("x", 3).fail("0", "FailedIndexes", "a message that is longer than a narrow screen is wide");
    for line in ["list", "list -o wide", "status x", "describe x"] {
        let output = run(&server, line).env("COLUMNS", "40").output();
        assert!(output.text().lines().all(|line| line == line.trim_end()), "{line}: {}", output.text());
        assert!(!output.text().starts_with(' '));
    }
    let rows = run(&server, "list -o wide").env("COLUMNS", "40").output();
    assert_eq!(rows.text().lines().count(), 2, "a row is a line: {}", rows.text());
    for line in ["list", "list -o wide", "status x", "status x --map"] {
        let narrow = run(&server, line).env("COLUMNS", "40").output();
        assert_eq!(narrow.text(), run(&server, line).output().text(), "{line}: a pipe has no columns");
    }
    for line in ["list -o json", "status x -o json", "version -o json"] {
        let output = run(&server, line).output();
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap_or_else(|error| panic!("{line}: {error}"));
    }
}

#[test]
fn convention_31_no_level_tells_secrets() {
    let server = Server::start();
    server.require_token("s3cret-token");
    server.add_job("x", 1).complete();
    let answer =
        r#"{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"s3cret-token"}}"#;
    let runs = [
        run(&server, "describe x -v=9 --token s3cret-token"),
        with_config(&server, "{token: s3cret-token}", "describe x -v=9"),
        with_config(&server, "{tokenFile: token}", "describe x -v=9").file("token", "s3cret-token"),
        with_config(&server, &exec_of(&format!("echo '{answer}'")), "describe x -v=9"),
    ];
    for run in runs {
        let output = run.output();
        output.ends_with_code(0);
        assert!(!output.stderr.contains("s3cret"), "{}", output.stderr);
        assert!(output.stderr.contains("    Authorization: Bearer <masked>\n"), "{}", output.stderr);
        assert!(output.stderr.contains("Response Body: {"), "{}", output.stderr);
    }
    let broken = with_config(&server, &exec_of("echo s3cret-token"), "describe x -v=9").output();
    broken.ends_with_code(1);
    assert!(!broken.stderr.contains("s3cret"), "{}", broken.stderr);
}

#[test]
fn convention_33_no_crate_is_there_that_must_not_be() {
    let lock = std::fs::read_to_string(root().join("Cargo.lock")).expect("it is kept");
    let has = |name: &str| lock.contains(&format!("\nname = \"{name}\"\n"));
    for name in ["openssl-sys", "serde_yml", "native-tls"] {
        assert!(!has(name), "{name}");
    }
    assert_eq!([has("ring"), has("aws-lc-rs")].into_iter().filter(|there| *there).count(), 1, "one crypto provider");
}

#[test]
fn convention_36_flags_stand_behind_the_plugin() {
    let mut pages = texts("docs", ".md");
    pages += &std::fs::read_to_string(root().join("README.md")).expect("it is kept");
    for line in pages.lines() {
        let Some((_, after)) = line.split_once("kubectl -") else { continue };
        assert!(!after.contains(" indexedjob "), "{line}");
    }
}

#[test]
fn defaults_come_from_variables_and_a_file_and_a_wrong_one_is_named() {
    let server = Server::start();
    server.add_job("x", 1).fail("0", "FailedIndexes", "m");
    let coloured = |run: Run| run.output().text().contains('\u{1b}');
    let file = "KUBECTL_INDEXEDJOB_CONFIG";
    assert!(coloured(run(&server, "list").file("c.yaml", "color: always\n").env(file, "c.yaml")));
    let both = run(&server, "list").file("c.yaml", "color: always\n").env(file, "c.yaml");
    assert!(!coloured(both.env("KUBECTL_INDEXEDJOB_COLOR", "never")));
    assert!(coloured(run(&server, "list --color=always").env("KUBECTL_INDEXEDJOB_COLOR", "never")));
    let told = run(&server, "list").env("KUBECTL_INDEXEDJOB_V", "6").output();
    assert!(told.stderr.contains("200 OK in"), "{}", told.stderr);
    let asked = server.requests().len();
    let wrong = run(&server, "list").file("c.yaml", "colour: always\n").env(file, "c.yaml").output();
    wrong.says(2, "", &["error: c.yaml: colour is no setting\n", "hint: there are color, "]);
    // Nobody is kept from asking how to set it right.
    for line in ["--help", "list -h", "version --client", "completion bash", ""] {
        let asks = run(&server, line).file("c.yaml", "colour: always\n").env(file, "c.yaml").output();
        assert!(asks.code == Some(0) && !asks.stdout.is_empty() && asks.stderr.is_empty(), "{line}: {}", asks.stderr);
    }
    let wrong = run(&server, "list").env("KUBECTL_INDEXEDJOB_COLOR", "pink").output();
    wrong.says(2, "", &["error: KUBECTL_INDEXEDJOB_COLOR: invalid value 'pink' for '--color <WHEN>'"]);
    assert_eq!(server.requests().len(), asked);
}

#[test]
fn versions_are_told_and_whether_they_fit() {
    let server = Server::start();
    let ours = env!("CARGO_PKG_VERSION");
    let both = format!("Client Version: v{ours}\nServer Version: v1.37.1\n");
    run(&server, "version").output().is(
        0,
        &(both + "They fit: the plugin is made for servers of v1.29 to v1.37\n"),
        "",
    );
    server.set_version("v1.26.3");
    let old = run(&server, "version").output();
    old.says(0, &format!("Client Version: v{ours}\nServer Version: v1.26.3\n"), &["WARNING: the server (v1.26.3)"]);
    let asked = server.requests().len();
    run(&server, "version --client").output().is(0, &format!("Client Version: v{ours}\n"), "");
    assert_eq!(server.requests().len(), asked);
    server.close();
    let away = run(&server, "version").output();
    away.says(1, &format!("Client Version: v{ours}\n"), &["The connection to the server "]);
}
