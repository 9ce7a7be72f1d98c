//! The README and the docs: what can be seen without running anything. `tests/e2e/console.rs` runs their commands.

use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Every page for people, with its path.
fn pages() -> Vec<(PathBuf, String)> {
    let of = |dir: &str| {
        let files = std::fs::read_dir(Path::new(ROOT).join(dir)).expect("it is there");
        files
            .map(|file| file.expect("it is readable").path())
            .filter(|path| path.extension().is_some_and(|end| end == "md"))
    };
    let paths = of("").chain(of("docs")).chain(of("tests/lab"));
    paths.map(|path| (path.clone(), std::fs::read_to_string(path).expect("it is UTF-8"))).collect()
}

/// Where the links of a page lead to, but for those to other places and within the page.
fn links(text: &str) -> Vec<&str> {
    let after = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let targets = after.map(|(target, _)| target.split('#').next().unwrap_or_default());
    targets
        .filter(|target| !target.is_empty() && !target.contains("://") && !target.contains(char::is_whitespace))
        .collect()
}

/// A flag before the plugin's name, which kubectl refuses.
fn flag_before_the_name(line: &str) -> bool {
    let mut calls = line.split("kubectl ").skip(1);
    calls.any(|rest| {
        rest.starts_with('-') && rest.split_once(" indexedjob").is_some_and(|(flags, _)| !flags.contains("--help"))
    })
}

#[test]
fn every_link_between_pages_leads_to_a_file() {
    let pages = pages();
    assert!(pages.len() > 10, "{}", pages.len());
    for (path, text) in pages {
        for link in links(&text) {
            let target = path.with_file_name("").join(link);
            assert!(target.exists(), "{}: {link} is not there", path.display());
        }
    }
    assert_eq!(links("[a](b.md#c) [d](https://e) [f](#g) ![h](i.svg)"), ["b.md", "i.svg"]);
}

#[test]
fn flags_follow_the_name_of_the_plugin() {
    assert!(flag_before_the_name("$ kubectl -n x indexedjob list"));
    assert!(!flag_before_the_name("kubectl indexedjob -n x list"));
    for (path, text) in pages() {
        assert!(!text.lines().any(flag_before_the_name), "{}", path.display());
    }
}
