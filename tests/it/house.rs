//! The map of the house as a table, and the sources held against it.
//!
//! What a file names is read from its text, without comments, strings and what is only compiled for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The modules of core, from the ground up: each may name only those before it.
const CORE: &[&str] = &[
    "text",
    "index_set",
    "numbering",
    "human",
    "quantity",
    "yaml",
    "facts",
    "progress",
    "select",
    "goal",
    "pace",
    "digest",
    "stuck",
    "work",
    "plan",
    "manifest",
    "creation",
    "lifecycle",
    "rerun",
    "view",
];

/// The modules of the shell, from the ground up, and the modules that each may name.
const SHELL: &[(&str, &[&str])] = &[
    ("exit", &[]),
    ("env", &[]),
    ("clock", &[]),
    ("cli", &["exit"]),
    ("settings", &["env", "cli"]),
    ("term", &["exit", "env", "clock"]),
    ("cluster", &["exit", "env", "clock"]),
    ("failure", &["exit", "cli", "term", "cluster"]),
    ("logs", &["exit", "env", "clock", "term", "cluster", "failure"]),
    ("launch", &["exit", "env", "clock", "term", "cluster", "failure"]),
    ("commands", &["exit", "env", "clock", "cli", "term", "cluster", "failure", "logs", "launch"]),
];

/// The crates that core may name, and where; none: everywhere.
const CORE_CRATES: &[(&str, &[&str])] = &[
    ("anstyle", &["core/src/view"]),
    ("base64", &["core/src/view"]),
    ("comfy_table", &["core/src/view"]),
    ("csv", &["core/src/work", "core/src/view/status"]),
    ("jiff", &[]),
    ("k8s_openapi", &[]),
    ("serde", &[]),
    ("serde_json", &[]),
    ("serde_path_to_error", &["core/src/manifest"]),
    ("serde_yaml", &["core/src/yaml.rs"]),
    ("shlex", &[]),
    ("thiserror", &[]),
    ("unicode_width", &["core/src/view"]),
];

/// The crates that the shell may name, and where; none: everywhere.
const SHELL_CRATES: &[(&str, &[&str])] = &[
    ("clap", &["src/cli"]),
    ("clap_complete", &["src/cli", "src/commands/completion.rs"]),
    ("clap_mangen", &["src/cli/man.rs"]),
    ("futures", &[]),
    ("http", &["src/cluster"]),
    ("http_body_util", &["src/cluster"]),
    ("hyper", &["src/cluster/forward.rs"]),
    ("hyper_timeout", &["src/cluster/dial.rs"]),
    ("hyper_util", &["src/cluster/dial.rs", "src/cluster/forward.rs"]),
    ("percent_encoding", &["src/cluster/forward.rs"]),
    ("indexedjob_core", &[]),
    ("console", &["src/term"]),
    ("indicatif", &["src/term"]),
    ("jiff", &[]),
    ("k8s_openapi", &[]),
    ("kube", &["src/cluster"]),
    ("serde", &[]),
    ("serde_json", &[]),
    ("terminal_size", &["src/term"]),
    ("tempfile", &["src/logs/by_time.rs"]),
    ("tokio", &[]),
    ("tower", &["src/cluster"]),
    ("tower_http", &["src/cluster/dial.rs"]),
];

/// Parts of std and tokio that have a door, by the end of their path, and where that is.
const DOORS: &[(&[&str], &[&str])] = &[
    (&["std", "env"], &["src/env.rs"]),
    (&["std", "fs"], &["src"]),
    (&["std", "net"], &["src"]),
    (&["std", "process"], &["src"]),
    (&["std", "thread"], &["src"]),
    (&["io", "stdout"], &["src/term"]),
    (&["io", "stderr"], &["src/term"]),
    (&["io", "Stdout"], &["src/term"]),
    (&["io", "Stderr"], &["src/term"]),
];

/// What has no effect and knows nothing of the environment is no concern of a door; the arguments are main's.
const OPEN: &[(&[&str], &[&str])] = &[
    (&["std", "env", "consts"], &["src"]),
    (&["std", "env", "split_paths"], &["src"]),
    (&["std", "env", "args_os"], &["src/main.rs"]),
];

const PRINTS: &[&str] = &["print", "println", "eprint", "eprintln", "dbg"];

/// Everything in one file that the map does not allow. `path` is relative to the repository, with slashes.
fn violations(path: &str, source: &str) -> Vec<String> {
    let mut found = BTreeSet::new();
    let Some(module) = module_of(path) else { return vec![format!("{path}: is in neither crate")] };
    let in_core = path.starts_with("core/");
    let top = module.first().map(String::as_str);
    if let Some(top) = top
        && allowed(in_core, top).is_none()
    {
        return vec![format!("{path}: the module {top} has no place in the map")];
    }
    let tokens = without_tests(&tokens(source));
    for pair in tokens.windows(2) {
        if pair[1] == "!" && PRINTS.contains(&pair[0].as_str()) && !path.starts_with("src/term") {
            found.insert(format!("{path}: {}! belongs into src/term", pair[0]));
        }
    }
    let own = declared(&tokens);
    let (uses, paths) = paths(&tokens);
    let imported: BTreeSet<_> = uses.iter().filter_map(|used| used.last()).collect();
    for used in uses.iter().chain(&paths) {
        let root = used[0].as_str();
        let is_open = OPEN.iter().any(|(open, places)| {
            used.iter().zip(*open).filter(|(a, b)| a == b).count() == open.len() && is_in(path, places)
        });
        for (door, places) in DOORS.iter().filter(|_| !is_open) {
            if used.windows(door.len()).any(|part| part == *door) && !is_in(path, places) {
                found.insert(format!("{path}: {} may be named only in {}", used.join("::"), places.join(", ")));
            }
        }
        if let Some(other) = module_named(&module, used)
            && let Some(top) = top
            && top != other
            && allowed(in_core, top).is_some_and(|allowed| !allowed.contains(&other))
        {
            found.insert(format!("{path}: {top} may not name {other}"));
        }
        let crates = if in_core { CORE_CRATES } else { SHELL_CRATES };
        match crates.iter().find(|(name, _)| *name == root) {
            _ if own.contains(root) => {}
            Some((_, places)) if places.is_empty() || is_in(path, places) => {}
            Some((_, places)) => {
                found.insert(format!("{path}: {root} may be named only in {}", places.join(", ")));
            }
            None if is_strange(root) && uses.contains(used) && !imported.contains(&used[0]) => {
                found.insert(format!("{path}: the crate {root} has no place in the map"));
            }
            None => {}
        }
    }
    found.into_iter().collect()
}

/// Files without a place, and places without a file.
fn misplaced(files: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    let mut filled = BTreeSet::new();
    for path in files {
        let in_core = path.starts_with("core/");
        match module_of(path).as_deref() {
            None => found.push(format!("{path}: is in neither crate")),
            Some([]) => {}
            Some([top, ..]) if allowed(in_core, top).is_some() => drop(filled.insert((in_core, top.clone()))),
            Some([top, ..]) => found.push(format!("{path}: the module {top} has no place in the map")),
        }
    }
    let rows = CORE.iter().map(|row| (true, *row)).chain(SHELL.iter().map(|row| (false, row.0)));
    for (in_core, row) in rows.filter(|(in_core, row)| !filled.contains(&(*in_core, (*row).to_owned()))) {
        let home = if in_core { "core/src" } else { "src" };
        found.push(format!("{home}: the map has a place for {row}, and no file is there"));
    }
    found
}

/// The modules that a module may name; none where the module is not in the map.
fn allowed(in_core: bool, module: &str) -> Option<&'static [&'static str]> {
    if in_core {
        CORE.iter().position(|row| *row == module).map(|at| &CORE[..at])
    } else {
        SHELL.iter().find(|row| row.0 == module).map(|row| row.1)
    }
}

/// The path of the module that a file holds; empty for the root of a crate, none outside both.
fn module_of(path: &str) -> Option<Vec<String>> {
    let inner = path.strip_prefix("core/src/").or_else(|| path.strip_prefix("src/"))?;
    let mut parts: Vec<_> = inner.strip_suffix(".rs")?.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| last == "mod") || parts == ["lib"] || parts == ["main"] {
        parts.pop();
    }
    Some(parts)
}

/// The top module that a path leads to, when it begins with `crate` or `super`.
fn module_named<'a>(module: &[String], path: &'a [String]) -> Option<&'a str> {
    let ups = path.iter().take_while(|part| *part == "super").count();
    let down = match path[0].as_str() {
        "crate" => &path[1..],
        "self" => return None,
        _ if ups == module.len() && ups > 0 => &path[ups..],
        _ => return None,
    };
    down.first().map(String::as_str)
}

fn is_in(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| path == *place || path.starts_with(&format!("{place}/")))
}

/// True for what can only be a crate at the root of a `use`.
fn is_strange(root: &str) -> bool {
    root.starts_with(|c: char| c.is_ascii_lowercase())
        && !["crate", "self", "super", "std", "core", "alloc"].contains(&root)
}

/// The words and signs of a source, without comments, strings and characters. `::` is one sign.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            block_comment(rest)
        } else if let Some(length) = string(rest) {
            length
        } else if c == '\'' {
            quote(rest)
        } else if c.is_alphanumeric() || c == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            tokens.push("::".into());
            2
        } else {
            if !c.is_whitespace() {
                tokens.push(c.into());
            }
            c.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// Comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of the string that the text begins with, if it does.
fn string(text: &str) -> Option<usize> {
    let prefix = ["br", "cr", "b", "c", "r", ""].into_iter().find(|prefix| {
        let after = text.strip_prefix(prefix).unwrap_or("x");
        after.starts_with('"') || (prefix.ends_with('r') && after.trim_start_matches('#').starts_with('"'))
    })?;
    let after = &text[prefix.len()..];
    if prefix.ends_with('r') {
        let hashes = after.len() - after.trim_start_matches('#').len();
        let end = format!("\"{}", "#".repeat(hashes));
        let open = prefix.len() + hashes + 1;
        return Some(text[open..].find(&end).map_or(text.len(), |at| open + at + end.len()));
    }
    let mut escaped = false;
    for (at, c) in after.char_indices().skip(1) {
        match c {
            '"' if !escaped => return Some(prefix.len() + at + 1),
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    Some(text.len())
}

/// The length of a character, or of a lifetime's apostrophe.
fn quote(text: &str) -> usize {
    let mut inner = text[1..].char_indices();
    match inner.next() {
        Some((_, '\\')) => {
            // What is escaped may be an apostrophe itself.
            inner.next();
            inner.find(|(_, c)| *c == '\'').map_or(1, |(at, _)| at + 2)
        }
        Some(_) => match inner.next() {
            Some((at, '\'')) => at + 2,
            _ => 1,
        },
        None => 1,
    }
}

/// The files of the modules that are only compiled for tests, which the source in `path` declares.
fn test_files(path: &str, source: &str) -> Vec<String> {
    let tokens = tokens(source);
    let kept = declared(&without_tests(&tokens));
    let folder = path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix(".rs")).unwrap_or(path);
    let folder = folder.strip_suffix("/lib").or_else(|| folder.strip_suffix("/main")).unwrap_or(folder);
    declared(&tokens).difference(&kept).map(|module| format!("{folder}/{module}.rs")).collect()
}

/// Leaves out every item under `#[cfg(test)]`.
fn without_tests(tokens: &[String]) -> Vec<String> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at..].len() < mark.len() || tokens[at..at + mark.len()] != mark {
            kept.push(tokens[at].clone());
            at += 1;
            continue;
        }
        at += mark.len();
        while tokens.get(at).is_some_and(|token| token == "#") {
            at = after_group(tokens, at + 1);
        }
        while let Some(token) = tokens.get(at) {
            match token.as_str() {
                ";" => {
                    at += 1;
                    break;
                }
                "{" => {
                    at = after_group(tokens, at);
                    break;
                }
                "(" | "[" => at = after_group(tokens, at),
                _ => at += 1,
            }
        }
    }
    kept
}

/// The place after the group that opens here.
fn after_group(tokens: &[String], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// The modules that the file declares.
fn declared(tokens: &[String]) -> BTreeSet<String> {
    tokens.windows(2).filter(|pair| pair[0] == "mod").map(|pair| pair[1].clone()).collect()
}

type Paths = Vec<Vec<String>>;

/// What is named by `use`, one path for each name, and all other paths of more than one part.
fn paths(tokens: &[String]) -> (Paths, Paths) {
    let (mut uses, mut others) = (Vec::new(), Vec::new());
    let mut at = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).map_or("", |before| tokens[before].as_str());
        // `use<..>` is no import.
        if tokens[at] == "use" && tokens.get(at + 1).is_some_and(|next| next != "<") {
            at += 1;
            tree(tokens, &mut at, &[], &mut uses);
        } else if tokens[at] == "extern" && tokens.get(at + 1).is_some_and(|next| next == "crate") {
            uses.extend(tokens.get(at + 2).map(|name| vec![name.clone()]));
            at += 3;
        } else if is_name(&tokens[at]) && tokens.get(at + 1).is_some_and(|next| next == "::") && before != "." {
            let mut path = vec![tokens[at].clone()];
            at += 1;
            while tokens.get(at).is_some_and(|token| token == "::") && tokens.get(at + 1).is_some_and(|t| is_name(t)) {
                path.push(tokens[at + 1].clone());
                at += 2;
            }
            others.push(path);
        } else {
            at += 1;
        }
    }
    (uses, others)
}

/// Reads one tree of a `use`, and leaves `at` behind it.
fn tree(tokens: &[String], at: &mut usize, prefix: &[String], out: &mut Paths) {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(*at) {
        match token.as_str() {
            "::" => *at += 1,
            "{" => {
                *at += 1;
                while tokens.get(*at).is_some_and(|token| token != "}" && token != ";") {
                    tree(tokens, at, &path, out);
                    if tokens.get(*at).is_some_and(|token| token == ",") {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "as" => *at += 2,
            "," | "}" | ";" => break,
            "self" if !path.is_empty() => *at += 1,
            _ => {
                path.push(token.clone());
                *at += 1;
            }
        }
    }
    if !path.is_empty() {
        out.push(path);
    }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// The names under `[dependencies]`, and the other sections.
fn dependencies(manifest: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut names, mut sections) = (BTreeSet::new(), BTreeSet::new());
    let mut here = "";
    for line in manifest.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            here = section;
            sections.insert(section.to_owned());
        } else if here == "dependencies" {
            names.extend(line.split(['=', '.', ' ']).next().map(|name| name.replace('-', "_")));
        }
    }
    (names, sections)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust sources but those of tests, by their path from the repository.
fn sources() -> BTreeMap<String, String> {
    fn walk(root: &Path, folder: &str, found: &mut BTreeMap<String, String>) {
        for entry in std::fs::read_dir(root.join(folder)).expect("the folder is there") {
            let entry = entry.expect("it can be read");
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                walk(root, &path, found);
            } else if entry.path().extension() == Some("rs".as_ref()) {
                found.insert(path, std::fs::read_to_string(entry.path()).expect("it can be read"));
            }
        }
    }
    let mut found = BTreeMap::new();
    for folder in ["core/src", "src"] {
        walk(&root(), folder, &mut found);
    }
    let tests: Vec<_> = found.iter().flat_map(|(path, source)| test_files(path, source)).collect();
    found.retain(|path, _| !tests.contains(path));
    found
}

#[test]
fn every_file_keeps_to_the_map() {
    let sources = sources();
    let mut found = misplaced(&sources.keys().map(String::as_str).collect::<Vec<_>>());
    found.extend(sources.iter().flat_map(|(path, source)| violations(path, source)));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn both_crates_have_the_dependencies_of_the_map_and_no_others() {
    for (manifest, crates) in [("core/Cargo.toml", CORE_CRATES), ("Cargo.toml", SHELL_CRATES)] {
        let manifest = std::fs::read_to_string(root().join(manifest)).expect("the manifest is there");
        let (names, sections) = dependencies(&manifest);
        let want: BTreeSet<_> = crates.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(names, want);
        let others = |section: &&String| section.ends_with("dependencies") && section.starts_with(['b', 't']);
        assert_eq!(sections.iter().find(others), None, "build and target dependencies have no place");
    }
}

#[test]
fn the_shells_table_goes_down_only() {
    for (at, (module, allowed)) in SHELL.iter().enumerate() {
        let below: Vec<_> = SHELL[..at].iter().map(|row| row.0).collect();
        assert!(allowed.iter().all(|other| below.contains(other)), "{module} names a module above it");
    }
}

#[track_caller]
fn case(path: &str, source: &str, want: &[&str]) {
    assert_eq!(violations(path, source), want, "{source}");
}

#[test]
fn a_crate_outside_its_door_is_found() {
    let want = ["src/commands/wait.rs: kube may be named only in src/cluster"];
    case("src/commands/wait.rs", "use kube::Client;", &want);
    case("src/commands/wait.rs", "fn f(c: &kube::Client) {}", &want);
    case("src/commands/wait.rs", "use ::kube as k;", &want);
    case("src/commands/wait.rs", "extern crate kube;", &want);
    case("src/commands/wait.rs", "use {std::fmt, kube::{self, Client}};", &want);
    case("src/cluster/http.rs", "use kube::Client;", &[]);
    case("src/cluster.rs", "use kube::Client;", &["src/cluster.rs: kube may be named only in src/cluster"]);
    case("src/term/mod.rs", "use clap::Parser;", &["src/term/mod.rs: clap may be named only in src/cli"]);
    case(
        "core/src/view/mod.rs",
        "use tokio::time;",
        &["core/src/view/mod.rs: the crate tokio has no place in the map"],
    );
    case(
        "core/src/facts/pod.rs",
        "use csv::Reader;",
        &["core/src/facts/pod.rs: csv may be named only in core/src/work, core/src/view/status"],
    );
    case(
        "src/launch/create.rs",
        "use rand::random;",
        &["src/launch/create.rs: the crate rand has no place in the map"],
    );
}

#[test]
fn a_print_outside_the_terminal_is_found() {
    for (source, what) in [
        ("fn f() { println!(\"x\") }", "println! belongs into src/term"),
        ("fn f() { std::eprint!(\"x\") }", "eprint! belongs into src/term"),
        ("use std::io; fn f() { io::stdout().flush() }", "io::stdout may be named only in src/term"),
        ("use std::io::{Write, stderr};", "std::io::stderr may be named only in src/term"),
        ("async fn f() { tokio::io::stdout().flush().await }", "tokio::io::stdout may be named only in src/term"),
    ] {
        case("src/commands/logs.rs", source, &[&format!("src/commands/logs.rs: {what}")]);
        case("src/term/mod.rs", source, &[]);
    }
}

#[test]
fn an_upward_import_is_found() {
    case("core/src/facts/job.rs", "use crate::view::line;", &["core/src/facts/job.rs: facts may not name view"]);
    case("core/src/facts/job.rs", "use super::super::view::line;", &["core/src/facts/job.rs: facts may not name view"]);
    case("core/src/text.rs", "fn f() { super::human::age() }", &["core/src/text.rs: text may not name human"]);
    case("core/src/view/mod.rs", "use crate::{facts::Job, text::Foreign};", &[]);
    case(
        "core/src/facts/mod.rs",
        "use crate::{text, view::{line, table}};",
        &["core/src/facts/mod.rs: facts may not name view"],
    );
    case("src/cluster/watch.rs", "use crate::term::Term;", &["src/cluster/watch.rs: cluster may not name term"]);
    case("src/cli/create.rs", "use crate::cluster::Cluster;", &["src/cli/create.rs: cli may not name cluster"]);
    case("src/commands/wait.rs", "use crate::{cli::WaitArgs, cluster::Cluster, exit::Exit};", &[]);
    case("core/src/view/line.rs", "use super::table; use crate::human;", &[]);
}

#[test]
fn a_module_without_a_place_and_a_place_without_a_file_are_found() {
    case("src/utils.rs", "", &["src/utils.rs: the module utils has no place in the map"]);
    case("core/src/misc/mod.rs", "", &["core/src/misc/mod.rs: the module misc has no place in the map"]);
    let all: Vec<_> = sources().into_keys().collect();
    let mut files: Vec<_> = all.iter().map(String::as_str).filter(|path| !path.starts_with("src/exit")).collect();
    files.push("src/utils.rs");
    let found = misplaced(&files);
    assert!(found.contains(&"src/utils.rs: the module utils has no place in the map".to_owned()), "{found:?}");
    assert!(found.contains(&"src: the map has a place for exit, and no file is there".to_owned()), "{found:?}");
}

#[test]
fn the_environment_has_one_door() {
    let want = ["src/commands/wait.rs: std::env::var may be named only in src/env.rs"];
    case("src/commands/wait.rs", "fn f() { std::env::var(\"X\") }", &want);
    case("src/commands/wait.rs", "use std::{env::var, fmt};", &want);
    case("src/env.rs", "fn f() { std::env::var(\"X\") }", &[]);
    case("src/commands/wait.rs", "use crate::env::Env; const V: &str = env!(\"CARGO_PKG_VERSION\");", &[]);
    case("core/src/yaml.rs", "use std::fs;", &["core/src/yaml.rs: std::fs may be named only in src"]);
}

#[test]
fn a_file_of_tests_is_known() {
    let source = "mod line; #[cfg(test)] mod golden;";
    assert_eq!(test_files("core/src/view/mod.rs", source), ["core/src/view/golden.rs"]);
    assert_eq!(test_files("core/src/view.rs", source), ["core/src/view/golden.rs"]);
    assert_eq!(test_files("src/main.rs", source), ["src/golden.rs"]);
}

#[test]
fn comments_strings_and_tests_do_not_count() {
    let source = r##"
        //! use kube::Client; println!()
        /* use kube; /* nested */ println!() */
        const A: &str = "use kube::Client; \" println!()";
        const B: &str = r#"kube::Client " println!()"#;
        const C: &[char] = &['"', '\'', '\\', 'x'];
        fn f<'a>(x: &'a str) -> &'a str { x }
        const D: &[u8] = b"kube::Client";
        #[cfg(test)]
        #[path = "../../tests/fake/mod.rs"]
        mod fake;
        #[cfg(test)]
        mod tests { use kube::Client; fn f() { println!("{}", crate::commands::x()) } }
    "##;
    case("src/cluster/watch.rs", source, &[]);
    case("src/logs/pick.rs", source, &[]);
    let after = format!("{source} use kube::Client;");
    case("src/logs/pick.rs", &after, &["src/logs/pick.rs: kube may be named only in src/cluster"]);
}
