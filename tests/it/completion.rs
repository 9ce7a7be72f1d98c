//! The completion script of bash, in a real bash.

use std::process::Command;

#[track_caller]
fn completes(words: &str, want: &str) {
    let script = Command::new(env!("CARGO_BIN_EXE_kubectl-indexedjob")).args(["completion", "bash"]).output().unwrap();
    let script = String::from_utf8(script.stdout).unwrap();
    let last = words.split(' ').count() - 1;
    let typed = words.split(' ').map(|word| format!("'{word}'")).collect::<Vec<_>>();
    let (before, word) = (&typed[last - 1], &typed[last]);
    let ask = format!(
        "{script}\nCOMP_WORDS=({}); COMP_CWORD={last}; COMPREPLY=(); \
         _kubectl__indexedjob kubectl-indexedjob {word} {before}; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        typed.join(" ")
    );
    let output = Command::new("bash").args(["--norc", "-c", &ask]).output().unwrap();
    let found = String::from_utf8(output.stdout).unwrap();
    assert!(found.lines().any(|line| line == want), "{words}: {found}{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn bash_completes_verbs_flags_and_values() {
    completes("kubectl-indexedjob wa", "wait");
    completes("kubectl-indexedjob wait --ti", "--timeout");
    completes("kubectl-indexedjob wait --progress pl", "plain");
    completes("kubectl-indexedjob create x --items-v", "--items-via");
}
