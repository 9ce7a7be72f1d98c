//! The README and the pages of `docs/`: every command in them is run, and prints what is shown there.
//!
//! How a page is read:
//!
//! - A page is one story, or each of its `##` sections is one. A story has a namespace and a directory of its own.
//!   `(Kubernetes 1.N)` in the heading of a section: older servers are left out.
//! - A block whose info string has a second word is the content of the file of that name.
//! - In a `console` block a line that begins with `$ ` is run by sh; `\` at its end goes on in the next. The lines up to
//!   the next command are what it prints, stdout and stderr together.
//! - In these lines `...` is any text within the line, and a line that is only `...` any number of lines.
//! - A command must succeed, unless `$ echo $?` is the next one.

use serde_json::json;

use crate::harness::{Space, cluster, say};

const README: Page = Page { name: "README.md", text: include_str!("../../README.md"), told: Told::Whole };
const COOKBOOK: Page =
    Page { name: "cookbook.md", text: include_str!("../../docs/cookbook.md"), told: Told::BySection };
const TUTORIAL: Page = Page { name: "tutorial.md", text: include_str!("../../docs/tutorial.md"), told: Told::Whole };
const RBAC: Page = Page { name: "rbac.md", text: include_str!("../../docs/rbac.md"), told: Told::Whole };
const TROUBLE: Page =
    Page { name: "troubleshooting.md", text: include_str!("../../docs/troubleshooting.md"), told: Told::BySection };

/// The pages that are told here.
const PAGES: [Page; 5] = [README, COOKBOOK, TUTORIAL, RBAC, TROUBLE];

/// The tutorial in other languages: only its prose is another.
const TRANSLATIONS: [(&str, &str); 2] = [
    ("tutorial.ja.md", include_str!("../../docs/tutorial.ja.md")),
    ("tutorial.ko.md", include_str!("../../docs/tutorial.ko.md")),
];

/// A document with commands.
struct Page {
    name: &'static str,
    text: &'static str,
    told: Told,
}

/// What of a page is a story.
enum Told {
    Whole,
    BySection,
}

/// A story: a page or one of its sections.
struct Section<'a> {
    heading: &'a str,
    files: Vec<(&'a str, String)>,
    commands: Vec<Command>,
}

/// A command, and the lines that are shown below it.
#[derive(Default)]
struct Command {
    text: String,
    shown: Vec<String>,
}

/// The stories of a page, those that have commands.
fn sections(page: &Page) -> Vec<Section<'_>> {
    let texts: Vec<&str> = match page.told {
        Told::Whole => vec![page.text],
        Told::BySection => page.text.split("\n## ").skip(1).collect(),
    };
    let sections = texts.into_iter().map(|text| {
        let heading = text.lines().next().unwrap_or_default();
        let mut section = Section { heading, files: vec![], commands: vec![] };
        for (info, body) in blocks(text) {
            match info.split_once(' ') {
                Some((_, name)) => section.files.push((name, body)),
                None if info == "console" => section.commands.extend(commands(&body)),
                None => {}
            }
        }
        section
    });
    sections.filter(|section| !section.commands.is_empty()).collect()
}

/// The info string and the content of each fenced block.
fn blocks(text: &str) -> Vec<(&str, String)> {
    let mut blocks: Vec<(&str, String)> = Vec::new();
    let mut is_open = false;
    for line in text.lines() {
        match line.strip_prefix("```") {
            Some(_) if is_open => is_open = false,
            Some(info) => {
                is_open = true;
                blocks.push((info, String::new()));
            }
            None => {
                if let Some((_, body)) = blocks.last_mut().filter(|_| is_open) {
                    body.push_str(line);
                    body.push('\n');
                }
            }
        }
    }
    blocks
}

fn commands(block: &str) -> Vec<Command> {
    let mut commands: Vec<Command> = Vec::new();
    let mut goes_on = false;
    for line in block.lines() {
        match (line.strip_prefix("$ "), commands.last_mut()) {
            (Some(text), _) => commands.push(Command { text: text.to_owned(), shown: vec![] }),
            (None, Some(command)) if goes_on => {
                command.text.push('\n');
                command.text.push_str(line);
            }
            (None, Some(command)) => command.shown.push(line.to_owned()),
            (None, None) => panic!("a console block begins with a command, not with {line:?}"),
        }
        goes_on = line.ends_with('\\');
    }
    commands
}

/// Is `line` what is shown, where `...` is any text?
fn fits(line: &str, shown: &str) -> bool {
    let mut parts = shown.split("...");
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some((_, after)) = rest.split_once(part) else { return false };
        rest = after;
    }
    true
}

/// Are these lines those that are shown, where a line `...` is any number of them?
fn all_fit(lines: &[&str], shown: &[String]) -> bool {
    match (lines.split_first(), shown.split_first()) {
        (_, Some((any, rest))) if any == "..." => (0..=lines.len()).any(|skipped| all_fit(&lines[skipped..], rest)),
        (Some((line, lines)), Some((want, shown))) => fits(line, want) && all_fit(lines, shown),
        (line, want) => line.is_none() && want.is_none(),
    }
}

/// What a reader has already, and the lab has not.
fn prepare(space: &Space, heading: &str) {
    if heading.contains("volume") {
        volume(space);
    }
}

/// A claim `data` with three files in it, on a directory of the node.
fn volume(space: &Space) {
    let name = &space.namespace;
    let host_path = json!({"path": format!("/tmp/{name}"), "type": "DirectoryOrCreate"});
    let spec = json!({
        "capacity": {"storage": "1Mi"}, "accessModes": ["ReadWriteMany"], "storageClassName": "", "hostPath": host_path,
        "claimRef": {"namespace": name, "name": "data"}, "persistentVolumeReclaimPolicy": "Delete",
    });
    space.apply(
        &json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name}, "spec": spec}).to_string(),
    );
    let claim = json!({
        "accessModes": ["ReadWriteMany"], "storageClassName": "", "volumeName": name,
        "resources": {"requests": {"storage": "1Mi"}},
    });
    let claim =
        json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}, "spec": claim});
    space.apply(&claim.to_string());
    let fill = "cd /data; for name in alpha beta gamma; do echo $name > $name.txt; done";
    let create = space.indexedjob("create fill --image busybox --completions 1 --volume pvc/data:/data --wait --rm");
    create.args(["--", "sh", "-c", fill]).ok();
}

/// Takes what the cluster has of no namespace away again.
fn clean_up(space: &Space, heading: &str) {
    if heading.contains("volume") {
        let empty = "create empty --image busybox --completions 1 --volume pvc/data:/data --wait --rm";
        space.indexedjob(empty).args(["--", "sh", "-c", "rm /data/*"]).ok();
        space.kubectl(&format!("delete persistentvolume {} --wait=false", space.namespace)).ok();
    }
}

/// Runs one command; `code` is how the one before ended. Returns how it ended.
#[track_caller]
fn run(space: &Space, command: &Command, code: i32) -> i32 {
    let script = format!("kubectl() {{ \"$0\" \"$@\"; }}\nexec 2>&1\n(exit {code})\n{}", command.text);
    let output = space.program("sh").args(["-c", &script]).args([cluster().kubectl()]).output();
    let lines: Vec<&str> = output.text().lines().collect();
    assert!(all_fit(&lines, &command.shown), "{}\n--- shown\n{}\n{output}", command.text, command.shown.join("\n"));
    output.code.unwrap_or(-1)
}

fn tell(space: &Space, section: &Section) {
    prepare(space, section.heading);
    for (name, content) in &section.files {
        space.write(name, content);
    }
    let mut code = 0;
    for command in &section.commands {
        let asked = command.text == "echo $?";
        assert!(code == 0 || asked, "exit {code} before: {}", command.text);
        code = run(space, command, code);
    }
    assert_eq!(code, 0, "the last command of {}", section.heading);
    clean_up(space, section.heading);
}

/// The oldest minor version of Kubernetes 1 that a heading asks for.
fn oldest_minor(heading: &str) -> u32 {
    let minor = heading.split_once("(Kubernetes 1.").and_then(|(_, rest)| rest.split_once(')'));
    minor.and_then(|(minor, _)| minor.parse().ok()).unwrap_or(0)
}

/// Tells every `of`th story of a page, from `first` on: so several are told at once.
#[track_caller]
fn tell_every(page: &Page, first: usize, of: usize) {
    for section in sections(page).iter().skip(first).step_by(of) {
        let name = page.name.to_lowercase();
        let space = Space::new(name.split('.').next().unwrap_or_default());
        if space.server_minor() < oldest_minor(section.heading) {
            say(&format!("skipped, the server is too old: {}", section.heading));
            continue;
        }
        tell(&space, section);
    }
}

#[test]
fn the_first_third_of_the_cookbook_is_true() {
    tell_every(&COOKBOOK, 0, 3);
}

#[test]
fn the_second_third_of_the_cookbook_is_true() {
    tell_every(&COOKBOOK, 1, 3);
}

#[test]
fn the_last_third_of_the_cookbook_is_true() {
    tell_every(&COOKBOOK, 2, 3);
}

#[test]
fn the_readme_is_true() {
    tell_every(&README, 0, 1);
}

#[test]
fn the_tutorial_is_true() {
    tell_every(&TUTORIAL, 0, 1);
}

#[test]
fn the_roles_of_the_page_on_rights_allow_what_it_says_and_no_more() {
    tell_every(&RBAC, 0, 1);
}

#[test]
fn the_page_on_trouble_is_true() {
    tell_every(&TROUBLE, 0, 1);
}

#[test]
fn translations_have_the_blocks_of_the_tutorial() {
    for (name, text) in TRANSLATIONS {
        assert_eq!(blocks(text), blocks(TUTORIAL.text), "{name}");
    }
}

#[test]
fn every_page_with_commands_is_told() {
    let told: Vec<&str> = PAGES.iter().map(|page| page.name).chain(TRANSLATIONS.iter().map(|page| page.0)).collect();
    let docs = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).expect("there are docs");
    for page in docs.map(|page| page.expect("it is readable").path()) {
        let name = page.file_name().expect("a file has a name").to_string_lossy().into_owned();
        let is_text = page.extension().is_some_and(|end| end == "md");
        let has_commands = is_text && std::fs::read_to_string(&page).expect("it is UTF-8").contains("```console");
        assert!(!has_commands || told.contains(&name.as_str()), "{name} has commands that nobody runs");
    }
    for page in PAGES {
        assert!(!sections(&page).is_empty(), "{} has no story", page.name);
    }
}

#[test]
fn the_cookbook_has_ten_stories_and_pages_are_read_as_is_said_above() {
    assert!(sections(&COOKBOOK).len() >= 10);
    let text =
        "# T\n\n## A (Kubernetes 1.31)\n```sh run.sh\n#!x\n```\n```console\n$ a \\\n  b\none\n...\n$ echo $?\n3\n```\n";
    let page = Page { name: "t.md", text, told: Told::BySection };
    let [section] = &sections(&page)[..] else { panic!("one section") };
    assert_eq!((oldest_minor(section.heading), &section.files[..]), (31, &[("run.sh", "#!x\n".to_owned())][..]));
    let commands: Vec<_> = section.commands.iter().map(|c| (c.text.as_str(), c.shown.len())).collect();
    assert_eq!(commands, [("a \\\n  b", 2), ("echo $?", 1)]);
    let shown = |lines: &[&str]| lines.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(all_fit(&["one", "x", "y", "two 7 of 9"], &shown(&["one", "...", "two ... of ..."])));
    for wrong in [&["one"][..], &["one", "two 7 in 9"], &["one", "two 7 of 9", "more"]] {
        assert!(!all_fit(wrong, &shown(&["one", "...", "two ... of ..."])), "{wrong:?}");
    }
}
