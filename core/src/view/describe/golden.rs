//! Our text beside the real kubectl's. `testdata/NAME.json` holds a Job, its events and the time; `NAME.txt` is what
//! kubectl 1.37.1 wrote about them in UTC at that time.

use std::path::Path;

use serde_json::Value;

use super::*;

/// Where `describe` and kubectl are meant to differ: fixture, kubectl's text, ours.
const SAFER: &[(&str, &str, &str)] = &[
    ("hostile_controls", "\u{7}", "\\x07"),
    ("hostile_controls", "\u{8}", "\\x08"),
    ("hostile_controls", "\u{7f}", "\\x7f"),
    ("hostile_controls", "\u{9b}", "\\x9b"),
    ("hostile_controls", "\u{9c}", "\\x9c"),
    ("hostile_controls", "\u{9d}", "\\x9d"),
    ("hostile_controls", "\u{202e}", "\\x202e"),
    // A tab inside a value is a column of kubectl's.
    ("hostile_tabs", "      a  b\n         indented\n", "      a       b\n              indented\n"),
    ("hostile_tabs", "T:           1  2", "T:           1       2"),
    ("hostile_tabs", "one  two", "one     two"),
    // kubectl leaves the variable out.
    (
        "env_file",
        "      B:           2",
        "      ITEM:        <set to the key 'ITEM' in file 'env' of volume 'items'>  Optional: false\n      B:           2",
    ),
];

#[expect(clippy::disallowed_methods, reason = "a test reads its fixtures")]
fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

/// What we say of a fixture.
fn ours(fixture: &Value) -> String {
    let events = fixture["events"].as_array().map(|events| Events::Read(events));
    let d = Described { job: &fixture["job"], events, progress: None, pods: PodLines::default() };
    job(&d, fixture["now"].as_str().unwrap().parse().unwrap(), &TimeZone::UTC).unwrap()
}

/// `text` without our blocks, which stand between the header and the pod template.
fn without_more(text: &str) -> Vec<&str> {
    let lines: Vec<_> = text.split('\n').collect();
    let template = lines.iter().position(|line| *line == "Pod Template:").unwrap();
    let is_last = |line: &&str| line.starts_with("Pods Statuses:") || line.starts_with("Completed Indexes:");
    let header = lines[..template].iter().rposition(is_last).unwrap();
    [&lines[..=header], &lines[template..]].concat()
}

/// Our index list, cut as kubectl cuts it.
fn as_kubectl_cuts(line: &str, theirs: &str) -> String {
    match theirs.strip_suffix("...").filter(|start| line.starts_with(start)) {
        Some(start) if line.starts_with("Completed Indexes:") => format!("{start}..."),
        _ => line.to_owned(),
    }
}

fn compare(name: &str, fixture: &str, theirs: &str) -> Result<(), String> {
    let text = ours(&serde_json::from_str(fixture).unwrap());
    let mut theirs = theirs.to_owned();
    for (_, from, to) in SAFER.iter().filter(|(fixture, ..)| *fixture == name) {
        assert!(theirs.contains(from), "{name}: kubectl does not write {from:?}");
        theirs = theirs.replace(from, to);
    }
    let theirs: Vec<_> = theirs.split('\n').collect();
    let ours = without_more(&text);
    for (at, line) in theirs.iter().enumerate() {
        let our = as_kubectl_cuts(ours.get(at).copied().unwrap_or("<no line>"), line);
        if our != *line {
            return Err(format!("{name}, line {}:\nkubectl |{line}|\nours    |{our}|", at + 1));
        }
    }
    if ours.len() == theirs.len() { Ok(()) } else { Err(format!("{name}: more lines than kubectl")) }
}

#[test]
fn every_line_is_kubectls() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/view/describe/testdata");
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    assert!(files.len() >= 30, "only {} fixtures", files.len());
    let results = files.iter().map(|file| {
        let name = file.file_stem().unwrap().to_str().unwrap();
        compare(name, &read(file), &read(&file.with_extension("txt")))
    });
    let wrong: Vec<String> = results.filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{} of {} fixtures differ\n\n{}", wrong.len(), files.len(), wrong.join("\n\n"));
}
