//! `logs`: which log it is, and that not a byte of it is changed.

use std::time::Duration;

use crate::harness::Space;
use crate::wait::job;

/// An index that fails in its first attempt, and not in the second.
const RETRIED: &str = r#"
apiVersion: batch/v1
kind: Job
metadata: {name: retried}
spec:
  completions: 1
  completionMode: Indexed
  backoffLimitPerIndex: 2
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: worker
        image: docker.io/library/busybox
        command: [sh, -c, "echo failures before: $FAILURES; test $FAILURES != 0"]
        env:
        - name: FAILURES
          valueFrom:
            fieldRef:
              fieldPath: metadata.annotations['batch.kubernetes.io/job-index-failure-count']
"#;

#[test]
fn the_log_is_that_of_the_newest_attempt() {
    let space = Space::new("logs-retried");
    space.apply(RETRIED);
    space.completes("retried");
    let newest = space.indexedjob("logs retried --index 0").output();
    newest.is(0, "failures before: 1\n", &["index 0: attempt 2 of 2 (pod retried-0-"]);
    let before = space.indexedjob("logs retried --index 0 --previous").output();
    before.is(0, "failures before: 0\n", &["index 0: attempt 1 of 2 (pod retried-0-"]);
}

#[test]
fn previous_is_the_run_before_in_a_container_that_was_restarted() {
    let space = Space::new("logs-restarted");
    let script = "if [ -e /state/x ]; then echo second; sleep 600; else touch /state/x; echo first; exit 1; fi";
    let manifest = job("restarted", 1, "", script).replace("restartPolicy: Never", "restartPolicy: OnFailure");
    let volume =
        "        volumeMounts: [{name: state, mountPath: /state}]\n      volumes: [{name: state, emptyDir: {}}]\n";
    space.apply(&(manifest + volume));
    space.until("the container has been restarted", || {
        (space.indexedjob("logs restarted --index 0").output().stdout == b"second\n").then_some(())
    });
    space.indexedjob("logs restarted --index 0 -p").output().is(0, "first\n", &[]);
}

#[test]
fn a_log_is_followed_from_before_its_start_to_its_end() {
    let space = Space::new("logs-follow");
    // The gate lets the test look before anything runs.
    let gate = "podReplacementPolicy: Failed\n  suspend: true";
    space.apply(&job("counting", 1, gate, "for i in 1 2 3; do echo $i; sleep 2; done; printf end"));
    let mut following = space.indexedjob("logs counting --index 0 -f").spawn();
    following.await_stderr("index 0 has not started yet: the Job is suspended");
    space.kubectl("patch job counting --type=merge").args(["-p", r#"{"spec":{"suspend":false}}"#]).ok();
    following.await_stdout("1\n");
    assert!(following.goes_on(), "the first line is printed while the others are not there yet");
    following.finish().is(0, "1\n2\n3\nend", &["index 0 has not started yet"]);
    // Of one that has ended, following is the same as reading.
    let after = space.indexedjob("logs counting --index 0 -f").output();
    after.is(0, "1\n2\n3\nend", &[]);
    assert!(after.took < Duration::from_secs(10), "{after}");
}

/// Four indexes, of which the third fails in its first attempt; every attempt numbers its 500 lines.
const FOUR: &str = r#"
apiVersion: batch/v1
kind: Job
metadata: {name: four}
spec:
  completions: 4
  parallelism: 3
  completionMode: Indexed
  backoffLimitPerIndex: 1
  template:
    spec:
      restartPolicy: Never
      containers:
      - name: worker
        image: docker.io/library/busybox
        command:
        - sh
        - -c
        - |
          for i in $(seq 500); do echo "$JOB_COMPLETION_INDEX/$FAILURES $i"; test $((i % 100)) != 0 || sleep 0.4; done
          test $JOB_COMPLETION_INDEX != 2 || test $FAILURES != 0
        env:
        - name: FAILURES
          valueFrom:
            fieldRef:
              fieldPath: metadata.annotations['batch.kubernetes.io/job-index-failure-count']
"#;

#[test]
fn every_line_of_every_attempt_is_followed_once() {
    let space = Space::new("logs-all");
    space.apply(FOUR);
    let followed = space.indexedjob("logs four -f").output();
    followed.ends_with(0);
    let attempts = [("[0]", "0/0"), ("[1]", "1/0"), ("[2]", "2/0"), ("[2/2]", "2/1"), ("[3]", "3/0")];
    for (prefix, attempt) in attempts {
        let lines: Vec<_> = followed.text().lines().filter(|line| line.starts_with(&format!("{prefix} "))).collect();
        let want: Vec<_> = (1..=500).map(|i| format!("{prefix} {attempt} {i}")).collect();
        assert_eq!(lines, want, "{prefix}");
    }
    assert_eq!(followed.text().lines().count(), 2500);
    // Of a Job that has ended, following is the same as reading.
    let mut after: Vec<_> = space.indexedjob("logs four -f").ok().text().lines().map(str::to_owned).collect();
    let mut before: Vec<_> = followed.text().lines().map(str::to_owned).collect();
    after.sort();
    before.sort();
    assert_eq!(after, before);
}

#[test]
fn a_last_line_without_a_newline_is_followed_to_its_end() {
    let space = Space::new("logs-all-end");
    space.apply(&job("ending", 2, "", r"echo begin; sleep 2; printf '\377end'; sleep 1"));
    let mut following = space.indexedjob("logs ending -f").spawn();
    following.await_stdout("[1] begin\n");
    assert!(following.goes_on(), "the last line is not there yet");
    let followed = following.finish();
    followed.ends_with(0);
    let mut lines: Vec<_> = followed.stdout.split_inclusive(|byte| *byte == b'\n').collect();
    lines.sort_unstable();
    let want: [&[u8]; 4] = [b"[0] begin\n", b"[0] \xffend\n", b"[1] begin\n", b"[1] \xffend\n"];
    assert_eq!(lines, want, "{followed}");
}

#[test]
fn every_byte_is_printed_as_it_was_written() {
    let space = Space::new("logs-bytes");
    space.apply(&job("bytes", 1, "", r"printf '\377\376\r\n\000\033[31m\n\r \n\nno newline'"));
    space.completes("bytes");
    let log = space.indexedjob("logs bytes --index 0").ok();
    let kubectls = space.kubectl("logs job/bytes").ok();
    assert_eq!(log.stdout, kubectls.stdout, "{log}\n{kubectls}");
    // containerd, and no client, takes the \r away before a \n (`readLine` in internal/cri/io/logger.go).
    let written = [&b"\xff\xfe\r\n"[..], b"\xff\xfe\n"].map(|first| [first, b"\0\x1b[31m\n\r \n\nno newline"].concat());
    assert!(written.contains(&log.stdout), "{:?}", log.stdout);
}

#[test]
fn a_line_of_ten_megabytes_comes_whole_through_every_way() {
    // A kubelet takes a log away that reaches 10 MiB while its program runs (containerLogMaxSize).
    const LINE: usize = 10_000_000;
    let space = Space::new("logs-long");
    space.apply(&job("long", 2, "", r"head -c 10000000 /dev/zero | tr '\0' x; printf '\nend'"));
    space.completes("long");
    let log = [vec![b'x'; LINE], b"\nend".to_vec()].concat();
    let one = space.indexedjob("logs long --index 1").ok();
    assert!(one.stdout == log, "{} bytes", one.stdout.len());
    let both = space.indexedjob("logs long").ok();
    assert!(both.stdout == [&log[..], b"\n", &log].concat(), "{} bytes", both.stdout.len());
    let mut followed = space.indexedjob("logs long -f").ok().stdout;
    let want = [0, 1].map(|index| [format!("[{index}] ").as_bytes(), &log[..LINE], b"\n"].concat());
    for line in &want {
        let at = followed.windows(4).position(|window| window == &line[..4]).expect("a line of each index");
        assert!(followed[at..].starts_with(line), "{}", line.len());
        followed.drain(at..at + line.len());
    }
    assert_eq!(String::from_utf8_lossy(&followed).replace("[1]", "[0]"), "[0] end\n[0] end\n");
}

/// The 500 lines of an attempt at one of [`FOUR`].
fn numbered(begin: &str) -> String {
    (1..=500).map(|line| format!("{begin} {line}\n")).collect::<Vec<_>>().concat()
}

#[test]
fn logs_are_read_by_index_state_and_time_and_saved() {
    let space = Space::new("logs-many");
    space.apply(FOUR);
    space.completes("four");
    let ordered = space.indexedjob("logs four --attempt all --prefix").ok();
    let attempts = [("[0]", "0/0"), ("[1]", "1/0"), ("[2]", "2/0"), ("[2/2]", "2/1"), ("[3]", "3/0")];
    let lines = |(prefix, attempt): &(&str, &str)| numbered(&format!("{prefix} {attempt}"));
    assert_eq!(ordered.text(), attempts.iter().map(lines).collect::<String>());
    let by_time = space.indexedjob("logs four --attempt all --order time --timestamps --prefix=never").ok();
    let times: Vec<_> = by_time.text().lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(times.len() == 2500 && times.is_sorted(), "{} lines", times.len());
    let of_two = space.indexedjob("logs four --index 2,3 --tail 1").output();
    of_two.is(0, "2/1 500\n3/0 500\n", &["index 2 had several attempts"]);
    space.indexedjob("logs four --state failed").output().is(0, "", &["no index is selected"]);
    space.indexedjob("logs four --save out").ok();
    let saved = |name: &str| space.read(&format!("out/{name}"));
    assert_eq!(saved("2/2.log"), numbered("2/1").as_bytes());
    let joblog = String::from_utf8(saved("joblog.tsv")).expect("text");
    let codes: Vec<_> = joblog.lines().map(|row| row.split('\t').nth(6).unwrap_or_default()).collect();
    assert_eq!(codes, ["Exitval", "0", "0", "0", "0"], "a row for each task, of its newest attempt");
    let pods = String::from_utf8(saved("pods.tsv")).expect("text");
    let sizes: u64 = pods.lines().skip(1).filter_map(|row| row.rsplit('\t').next()?.parse::<u64>().ok()).sum();
    let files = attempts.map(|(_, attempt)| numbered(attempt).len() as u64);
    assert_eq!((pods.lines().count(), sizes), (6, files.iter().sum()), "{pods}");
    let again = space.indexedjob("logs four --save out").output();
    again.is(0, "", &["5 logs saved in out, 5 of them before"]);
}

#[test]
fn who_may_not_read_logs_is_told_so_once_and_what_waits_says_for_what() {
    let space = Space::new("logs-rights");
    space.apply(&job("quiet", 3, "", "echo done"));
    space.completes("quiet");
    let nobody = space.config_of_user("nobody", None);
    let refused = space.indexedjob("logs quiet").kubeconfig(&nobody).output();
    refused.fails(1, &["jobs.batch \"quiet\" is forbidden"]);
    let waits = job("waits", 2, "", "true").replace("docker.io/library/busybox", "docker.io/library/no-such-image");
    space.apply(&waits);
    let why = space.until("the image cannot be pulled", || {
        let output = space.indexedjob("logs waits").output();
        output.stderr.contains("Pull").then_some(output)
    });
    why.fails(1, &["error: index", "not started yet: ", "hint: kubectl indexedjob logs waits --index"]);
    space.indexedjob("logs waits --ignore-errors").output().is(0, "", &["not started yet: "]);
}

const TWO_CONTAINERS: &str = r#"
apiVersion: batch/v1
kind: Job
metadata: {name: two}
spec:
  completions: 1
  completionMode: Indexed
  template:
    spec:
      restartPolicy: Never
      initContainers:
      - name: before
        image: docker.io/library/busybox
        command: [echo, from before]
      containers:
      - name: main
        image: docker.io/library/busybox
        command: [seq, "12"]
      - name: side
        image: docker.io/library/busybox
        command: [echo, from side]
"#;

#[test]
fn a_program_that_is_not_there_is_told_with_and_without_following() {
    let space = Space::new("logs-no-program");
    let manifest = job("none", 2, "backoffLimitPerIndex: 0", "");
    space.apply(&manifest.replace("[sh, -c, ", "[/no/such/program, "));
    let why = &["could not be started: ", "/no/such/program"];
    space.indexedjob("logs none -f").output().fails(1, why);
    space.indexedjob("logs none").output().fails(1, why);
}

#[test]
fn kubectls_flags_choose_the_container_and_the_lines() {
    let space = Space::new("logs-flags");
    space.apply(TWO_CONTAINERS);
    space.completes("two");
    let logs = |flags: &str| space.indexedjob(&format!("logs job/two --index 0 {flags}")).output();
    let all = "[0/1/before] from before\n[0/1/main] 11\n[0/1/main] 12\n[0/1/side] from side\n";
    logs("--all-containers --tail=2 --prefix").is(0, all, &[]);
    logs("-c side").is(0, "from side\n", &[]);
    logs("--container=before").is(0, "from before\n", &[]);
    logs("-c main --tail=2").is(0, "11\n12\n", &[]);
    logs("--tail=1").is(0, "12\n", &[]);
    logs("--tail=0").is(0, "", &[]);
    logs("--limit-bytes=4").is(0, "1\n2\n", &[]);
    logs("--since=1h --tail=1").is(0, "12\n", &[]);
    logs("-c nothing").fails(1, &["container nothing is not valid for pod two-0-", "main", "side", "before"]);
    logs("-p").fails(1, &["index 0 has only one attempt"]);
    let stamped = logs("--timestamps --tail=1");
    let (time, line) = stamped.text().split_once(' ').expect("a time before the line");
    assert_eq!(line, "12\n");
    assert!(time.ends_with('Z') && time.starts_with("20") && time.contains('T'), "{time}");
}
