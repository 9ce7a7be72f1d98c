//! `create --script`: the file arrives as it is and is run by its first line, and its directives are flags.

use crate::harness::{Run, Space};
use crate::items::hex;

const BUSYBOX: &str = "--image docker.io/library/busybox";

/// `create` with this script, as `run me.sh`, and arguments for it.
fn create<'a>(space: &'a Space, line: &str, script: &[u8], args: &[&str]) -> Run<'a> {
    space.write("run me.sh", script);
    let create = space.indexedjob(&format!("create {line} {BUSYBOX}"));
    create.args(["--script", "run me.sh", "--"]).args(args)
}

#[test]
fn a_script_arrives_byte_for_byte_and_is_run_by_its_first_line_with_its_arguments() {
    let space = Space::new("script");
    let mut script = b"#!/bin/sh\nprintf '[%s]' \"$@\"; echo; od -An -v -tx1 \"$0\" | tr -d ' \\n'; exit\n".to_vec();
    script.extend_from_slice(b"\xff\xfe\0 not UTF-8\r\nanother line\r\n$(X) $$ `id` \xf0\x9f\xa6\x80 without an end");
    let args = ["{}", "a b", "--in={}", "$HOME", "$(id)", ""];
    create(&space, "raw --items 1,$(X)", &script, &args).ok();
    // Text goes another way than bytes. What follows `exit` is never read by the shell.
    let text = b"#!/bin/sh\necho $0 $#; od -An -v -tx1 $0 | tr -d ' \\n'; exit\n\r\n\tend \r\n\n";
    create(&space, "text --completions 1", text, &[]).ok();
    let of_script = hex(&script);
    space.completes("raw");
    let line = |item: &str| format!("[{item}][a b][--in={item}][$HOME][$(id)][]\n{of_script}");
    space.logs_are("raw", &[&line("1"), &line("$(X)")]);
    space.completes("text");
    space.logs_are("text", &[&format!("/indexedjob-script/run_me.sh 0\n{}", hex(text))]);
}

#[test]
fn a_script_of_another_language_is_run_by_its_own_interpreter() {
    let space = Space::new("script-awk");
    let script = b"#!/usr/bin/awk -f\nBEGIN { print ARGV[1] * 2, ENVIRON[\"JOB_COMPLETION_INDEX\"] }\n";
    let which = space.indexedjob(&format!("create which {BUSYBOX} --completions 1 --wait -- which awk")).output();
    which.ends_with(0);
    let place = space.indexedjob("logs which --index 0").ok();
    let script = String::from_utf8_lossy(script).replace("/usr/bin/awk", place.text().trim());
    create(&space, "awk --items 4,21", script.as_bytes(), &["{}"]).ok();
    space.completes("awk");
    space.logs_are("awk", &["8 0\n", "42 1\n"]);
}

const DIRECTIVES: &[u8] = b"#!/bin/sh
#SBATCH --job-name=sent --array=1-3%2
#SBATCH -t 5 --mem=32M -c 1
#SBATCH --output=out.txt --nodes=1 --mail-type=ALL
#INDEXEDJOB --retries 4 --env GREETING='hello world'
# Another comment.

#INDEXEDJOB --label team=x
echo \"$GREETING from $SLURM_ARRAY_TASK_ID\"
#INDEXEDJOB --retries 9
";

#[test]
fn directives_are_flags_and_the_command_line_wins() {
    let space = Space::new("script-flags");
    let note = "note: run me.sh: these #SBATCH options mean nothing here: ";
    let created = create(&space, "", DIRECTIVES, &[]).output();
    created.is(0, "job.batch/sent created\n", &[note, "--output", "3 tasks, numbers 1-3"]);
    assert!(created.stderr.contains("--mail-type"), "{created}");
    let job = space.job("sent");
    let (spec, pod) = (&job["spec"], &job["spec"]["template"]["spec"]);
    assert_eq!((&spec["completions"], &spec["parallelism"]), (&3.into(), &2.into()));
    assert_eq!((&spec["backoffLimitPerIndex"], &pod["activeDeadlineSeconds"]), (&4.into(), &300.into()));
    assert_eq!(job["metadata"]["labels"]["team"], "x");
    let resources = &pod["containers"][0]["resources"];
    assert_eq!((&resources["requests"]["cpu"], &resources["limits"]["memory"]), (&"1".into(), &"32Mi".into()));
    let line = "mine --array 7-8 --retries 0 --env GREETING=bye --label team=y";
    create(&space, line, DIRECTIVES, &[]).output().is(0, "job.batch/mine created\n", &[]);
    let job = space.job("mine");
    assert_eq!((&job["spec"]["backoffLimitPerIndex"], &job["metadata"]["labels"]["team"]), (&0.into(), &"y".into()));
    space.completes("sent");
    let first = space.indexedjob("logs sent --index 1").output();
    first.is(0, "hello world from 1\n", &[]);
    space.completes("mine");
    let logs = space.kubectl("logs -l job-name=mine -c worker --tail=-1").ok();
    let mut lines: Vec<&str> = logs.text().lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["bye from 7", "bye from 8"]);
}

#[test]
fn a_wish_that_would_be_lost_is_an_error_that_names_it() {
    let space = Space::new("script-wrong");
    for (script, said, hint) in [
        (
            &b"#!/bin/sh\n#SBATCH --dependency=afterok:7\n"[..],
            "run me.sh: line 2: #SBATCH --dependency has no translation",
            "hint: wait",
        ),
        (b"#!/bin/sh\n#SBATCH --exclusive\n", "run me.sh: line 2: #SBATCH --exclusive has no translation", ""),
        (b"#!/bin/sh\n#INDEXEDJOB --paralelism 4\n", "run me.sh: unexpected argument '--paralelism'", ""),
        (b"echo no interpreter\n", "run me.sh: the first line does not begin with #!", "hint: begin it with"),
        (b"#!/bin/sh\r\necho\r\n", "run me.sh: line 1: the first line ends with a carriage return", "dos2unix"),
    ] {
        create(&space, "x --completions 1", script, &[]).output().fails(2, &["error: ", said, hint]);
    }
    let missing = space.indexedjob(&format!("create x {BUSYBOX} --completions 1 --script missing.sh")).output();
    missing.fails(2, &["cannot read missing.sh: no such file"]);
    space.is_empty();
}
