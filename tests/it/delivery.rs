//! What reaches the programs: every item, number, variable and word byte for byte, by every way.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use indexedjob_core::index_set::IndexSet;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::fake::Server;
use crate::harness::{Run, run};
use crate::kubelet::{Cluster, parts};

/// A program that prints its arguments and then its environment, with a NUL behind each.
const PROGRAM: &[&str] = &["--", "/bin/sh", "-c", "printf '%s\\0' \"$@\"; exec env -0", "program"];

/// POSIX shells that may be the `sh` of an image, as far as this machine has them.
fn shells() -> Vec<Vec<&'static str>> {
    let all: [(&str, &[&str]); 3] = [
        ("/usr/bin/dash", &["/usr/bin/dash"]),
        ("/usr/bin/bash", &["/usr/bin/bash", "--posix"]),
        ("/usr/bin/busybox", &["/usr/bin/busybox", "sh"]),
    ];
    let there = all.into_iter().filter(|(path, _)| std::path::Path::new(path).exists());
    there.map(|(_, words)| words.to_vec()).collect()
}

/// What a server that knows `fileKeyRef` is sent, or what no server is asked about.
#[derive(Clone, Copy, Debug, PartialEq)]
enum To {
    Newest,
    Any,
}

/// The objects of this `create`, in the words of the command line.
#[track_caller]
fn objects(server: &Server, to: To, run: impl FnOnce(Run) -> Run) -> Cluster {
    let way = if to == To::Newest { "server" } else { "client" };
    let output = run(self::run(server, "create x --image=busybox -o json").args([format!("--dry-run={way}")])).output();
    output.ends_with_code(0);
    Cluster::new(output.text())
}

/// What is documented: `$(NAME)` of a variable is its value, `$$(NAME)` the text, and every other `$` stays.
fn documented(typed: &str, variables: &BTreeMap<&str, Vec<u8>>) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::new(), typed);
    while let Some(at) = rest.find('$') {
        out.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        let reference = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        if let Some((name, after)) = reference {
            match variables.get(name) {
                Some(value) => out.extend_from_slice(value),
                None => out.extend_from_slice(format!("$({name})").as_bytes()),
            }
            rest = after;
        } else if let Some(after) = rest.strip_prefix('$') {
            let is_name = after.starts_with('(') && after.contains(')');
            out.extend_from_slice(if is_name { b"$" } else { b"$$" });
            rest = after;
        } else {
            out.push(b'$');
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// A typed word for a task: the placeholder `{}` is its item, and what is around it as documented.
fn filled(typed: &str, item: &[u8], variables: &BTreeMap<&str, Vec<u8>>) -> Vec<u8> {
    typed.split("{}").map(|part| documented(part, variables)).collect::<Vec<_>>().join(item)
}

/// The task printed these arguments, and these variables are in its environment.
#[track_caller]
fn printed(stdout: &[u8], words: &[Vec<u8>], variables: &BTreeMap<&str, Vec<u8>>, context: &str) {
    let found = parts(stdout);
    // Without arguments printf prints one that is empty.
    let nothing = [Vec::new()];
    let words = if words.is_empty() { &nothing[..] } else { words };
    assert!(found.len() >= words.len(), "{context}");
    let (arguments, environment) = found.split_at(words.len());
    let words: Vec<&OsStr> = words.iter().map(|word| OsStr::from_bytes(word)).collect();
    assert_eq!(arguments, words, "{context}");
    for (name, value) in variables {
        let line = [name.as_bytes(), b"=", value].concat();
        assert!(
            environment.contains(&OsStr::from_bytes(&line)),
            "{name}={value:?} is not in {environment:?}\n{context}"
        );
    }
}

/// Text that a shell, Kubernetes, printf or a file of variables could take for something else.
const HOSTILE: &[&str] = &[
    "$",
    "$",
    "$",
    "(",
    ")",
    "$(X)",
    "$$(X)",
    "$(I)",
    "$(Y)",
    "{}",
    "{",
    "}",
    "'",
    "\"",
    "\\",
    "`",
    " ",
    "\n",
    "\r",
    "\t",
    "é",
    "\u{1f600}",
    "-",
    "*",
    "~",
    "${X}",
    "%s",
    "=",
    "a",
    "0",
    "\u{1}",
    "\u{7f}",
    "#",
    "!",
    "'\\''",
    "$(f $$)",
    "$(f $(I))",
    "$({})",
    "$\u{e9}",
    "$(N)",
    "$(M)",
    "$(JOB_COMPLETION_INDEX)",
];

fn word() -> impl Strategy<Value = String> {
    proptest::collection::vec(select(HOSTILE), 0..6).prop_map(|parts| parts.concat())
}

fn item() -> impl Strategy<Value = Vec<u8>> {
    let part = prop_oneof![9 => select(HOSTILE).prop_map(|part| part.as_bytes().to_vec()), 1 => Just(vec![0xff])];
    proptest::collection::vec(part, 0..6).prop_map(|parts| parts.concat())
}

fn few() -> ProptestConfig {
    // What fails is shown, and goes into a test of its own; files of seeds do not belong beside tests.
    ProptestConfig { cases: 16, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few())]

    #[test]
    fn items_and_words_arrive_as_they_were_given(
        items in proptest::collection::vec(item(), 1..4),
        words in proptest::collection::vec(word(), 0..4),
        values in [word(), word()],
        to in select(&[To::Newest, To::Any][..]),
        via in select(&["auto", "init"][..]),
    ) {
        // `{}` has no meaning in a variable, and an empty one is none for a kubelet.
        let [x, y] = values.map(|value| format!("v{}", value.replace("{}", "")));
        let list: Vec<u8> = items.iter().flat_map(|item| [item, &b"\0"[..]].concat()).collect();
        let server = Server::start();
        let cluster = objects(&server, to, |run| {
            let run = run.file("items", list).args(["--items-from=items", "--items-format=nul", "--item-env=I"]);
            let run = run.args([format!("--items-via={via}"), format!("--env=X={x}"), format!("--env=Y={y}")]);
            run.args(PROGRAM).args(&words)
        });
        for (index, item) in items.iter().enumerate() {
            let number = index.to_string().into_bytes();
            let mut variables = BTreeMap::from([("I", item.clone()), ("JOB_COMPLETION_INDEX", number)]);
            for (name, value) in [("X", &x), ("Y", &y)] {
                let value = documented(value, &variables);
                variables.insert(name, value);
            }
            let want: Vec<_> = words.iter().map(|word| filled(word, item, &variables)).collect();
            for shell in shells() {
                let context = format!("{shell:?} {to:?} {via} {index} {items:?} X={x:?} Y={y:?} {words:?}");
                let task = cluster.run(index, &shell);
                printed(&task.stdout, &want, &variables, &context);
                let mut file = item.clone();
                // The docs' `echo` ends the line of a plain word.
                file.extend(cluster.init_script().contains("\necho ").then_some(b'\n'));
                prop_assert_eq!(task.file("/input/data.txt"), file, "{}", context);
            }
        }
    }

    #[test]
    fn items_arrive_at_another_command_of_a_retry(
        items in proptest::collection::vec(item(), 1..4),
        words in proptest::collection::vec(word(), 0..4),
        version in select(&["v1.30.14", "v1.37.1"][..]),
        via in select(&["auto", "init"][..]),
    ) {
        let list: Vec<u8> = items.iter().flat_map(|item| [item, &b"\0"[..]].concat()).collect();
        let server = Server::start();
        server.set_version(version);
        let create = run(&server, "create x --image=busybox --items-format=nul --items-from=items --item-env=I");
        let create = create.file("items", list).args([format!("--items-via={via}")]).args(["--", "rev", "{}"]);
        create.output().ends_with_code(0);
        server.job("default", "x").fail("0", "FailedIndexes", "Job has failed indexes");
        let retry = run(&server, "retry x --dry-run=client -o json").args(PROGRAM).args(&words).output();
        retry.ends_with_code(0);
        let job: Value = serde_json::from_str(retry.text()).expect("JSON");
        let objects: Vec<Value> = server.config_maps().into_iter().chain([job]).collect();
        let cluster = Cluster::new(&json!({"kind": "List", "items": objects}).to_string());
        for (index, item) in items.iter().enumerate() {
            let number = index.to_string().into_bytes();
            let variables = BTreeMap::from([("I", item.clone()), ("JOB_COMPLETION_INDEX", number)]);
            let want: Vec<_> = words.iter().map(|word| filled(word, item, &variables)).collect();
            for shell in shells() {
                let context = format!("{shell:?} {version} {via} {index} {items:?} {words:?}");
                printed(&cluster.run(index, &shell).stdout, &want, &variables, &context);
            }
        }
    }

    #[test]
    fn numbers_arrive_in_every_variable_word_and_file(
        words in proptest::collection::vec(word(), 0..4),
        values in [word(), word()],
        set in select(&["1-10", "0-6:2,20-22", "7", "0-2", MANY][..]),
        to in select(&[To::Newest, To::Any][..]),
    ) {
        let numbers: IndexSet = set.parse().expect("a set");
        let [x, y] = values.map(|value| format!("v{value}"));
        let server = Server::start();
        let cluster = objects(&server, to, |run| {
            let run = run.args([format!("--array={set}"), "--index-env=N".into(), "--index-path=/input/n".into()]);
            let run = run.args([format!("--env=X={x}"), format!("--env=Y={y}"), "--env=M=$(X)$(N)/".into()]);
            run.args(PROGRAM).args(&words)
        });
        for (index, number) in numbers.iter().enumerate().filter(|(index, _)| [0, 3, 69].contains(index)) {
            let number = number.to_string().into_bytes();
            let names = ["JOB_COMPLETION_INDEX", "SLURM_ARRAY_TASK_ID", "N"];
            let mut variables: BTreeMap<&str, Vec<u8>> = names.map(|name| (name, number.clone())).into();
            for (name, value) in [("X", x.as_str()), ("Y", &y), ("M", "$(X)$(N)/")] {
                let value = documented(value, &variables);
                variables.insert(name, value);
            }
            let want: Vec<_> = words.iter().map(|word| documented(word, &variables)).collect();
            for shell in shells() {
                let context = format!("{shell:?} {to:?} {set} {index} X={x:?} Y={y:?} {words:?}");
                let task = cluster.run(index, &shell);
                printed(&task.stdout, &want, &variables, &context);
                prop_assert_eq!(&task.file("/input/n"), &number, "{}", context);
            }
        }
    }
}

/// More progressions than a script computes: squares.
const MANY: &str = "0,1,4,9,16,25,36,49,64,81,100,121,144,169,196,225,256,289,324,361,400,441,484,529,576,625,676,729,784,\
                    841,900,961,1024,1089,1156,1225,1296,1369,1444,1521,1600,1681,1764,1849,1936,2025,2116,2209,2304,2401,\
                    2500,2601,2704,2809,2916,3025,3136,3249,3364,3481,3600,3721,3844,3969,4096,4225,4356,4489,4624,4761,\
                    4900,5041,5184,5329,5476,5625,5776,5929,6084,6241,6400,6561,6724,6889,7056,7225,7396,7569,7744,7921,\
                    8100,8281,8464,8649,8836,9025,9216,9409,9604,9801,10000,10201,10404,10609,10816,11025,11236,11449,\
                    11664,11881,12100,12321,12544,12769,12996,13225,13456,13689,13924,14161,14400,14641,14884,15129,15376,\
                    15625,15876,16129,16384,16641,16900,17161,17424,17689,17956,18225,18496,18769,19044,19321,19600";

/// Runs each task with each shell, and compares the file of the item.
#[track_caller]
fn files_are(cluster: &Cluster, items: &[Vec<u8>], indexes: &[usize]) {
    for shell in shells() {
        for &index in indexes {
            let file = cluster.run(index, &shell).file("/input/data.txt");
            assert!(file == items[index], "{shell:?} {index} {}", String::from_utf8_lossy(&file[..file.len().min(99)]));
        }
    }
}

#[test]
fn packed_items_arrive_whatever_their_bytes() {
    let mut items: Vec<Vec<u8>> = [
        "", "\n", "\n\n", "a\n\n", "\r", "a\r\n", "\\0101", "\\c", "\\n", "%d%%", "=", "=x", "-n", "-e a", " a ", "\t",
        "'", "$(id)",
    ]
    .map(|item| item.as_bytes().to_vec())
    .into();
    items.extend([
        b"\xff\xfe7".to_vec(),
        b"\x017\x7f0\x08".to_vec(),
        "\u{85}\u{2028}\u{1f600}".into(),
        "x y\\".repeat(7_680).into(),
    ]);
    let list: Vec<u8> = items.iter().flat_map(|item| [item, &b"\0"[..]].concat()).collect();
    let server = Server::start();
    let cluster = objects(&server, To::Any, |run| {
        run.file("items", list).args([
            "--items-from=items",
            "--items-format=nul",
            "--items-via=init",
            "--",
            "/bin/true",
        ])
    });
    assert!(cluster.init_script().contains("printf %b"), "{}", cluster.init_script());
    files_are(&cluster, &items, &(0..items.len()).collect::<Vec<_>>());

    let json = r#"["a\u0000b\u00007", "\u0000"]"#;
    let line = ["--items-from=items.json", "--items-via=init", "--", "/bin/true"];
    let cluster = objects(&server, To::Any, |run| run.file("items.json", json).args(line));
    files_are(&cluster, &[b"a\0b\x007".to_vec(), b"\0".to_vec()], &[0, 1]);
}

#[test]
fn each_index_finds_its_line_in_its_config_map() {
    let items: Vec<Vec<u8>> = (0..5_000).map(|index| format!("{index} {}", "x".repeat(500)).into_bytes()).collect();
    let server = Server::start();
    let cluster = objects(&server, To::Any, |run| {
        run.file("items", items.join(&b'\n')).args(["--items-from=items", "--item-env=I"]).args(PROGRAM)
    });
    // Items and values, three each.
    assert_eq!(cluster.maps(), 6);
    let ends = [0, 1, 1_818, 1_819, 1_820, 3_637, 3_638, 3_639, 4_999];
    files_are(&cluster, &items, &ends);
    for index in ends {
        let variables = BTreeMap::from([("I", items[index].clone())]);
        printed(&cluster.run(index, &["sh"]).stdout, &[], &variables, &index.to_string());
    }
}

#[test]
fn long_items_arrive_as_arguments() {
    for (to, length) in [(To::Newest, 30 << 10), (To::Any, 30 << 10), (To::Newest, 120 << 10)] {
        let items = ["a $(X) ' ".repeat(length / 9), "b".repeat(length)].map(String::into_bytes);
        let server = Server::start();
        let cluster = objects(&server, to, |run| {
            run.file("items", items.join(&b'\n')).args(["--items-from=items"]).args(PROGRAM).args(["<{}>"])
        });
        for (index, item) in items.iter().enumerate() {
            let want = [b"<", &item[..], b">"].concat();
            printed(&cluster.run(index, &["sh"]).stdout, &[want], &BTreeMap::new(), &index.to_string());
        }
    }
}

#[test]
fn the_command_of_a_file_gets_numbers_and_items() {
    let env = json!([{"name": "A", "value": "$(JOB_COMPLETION_INDEX)$$(A)"}, {"name": "B", "value": "$(A)!"}]);
    let script = "printf '%s\\0' \"$@\"; exec env -0";
    let container = json!({
        "name": "w", "image": "i", "env": env, "command": ["/bin/sh", "-c", script, "x"], "args": ["$(B)", "$$(I)", "$(I)"],
    });
    let volumes = json!([{"name": "indexedjob", "emptyDir": {}}, {"name": "input", "emptyDir": {}}]);
    let pod = json!({"restartPolicy": "Never", "containers": [container, {"name": "side", "image": "i"}], "volumes": volumes});
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "x"}, "spec": {"template": {"spec": pod}}});
    let server = Server::start();
    for to in [To::Newest, To::Any] {
        let array = objects(&server, to, |run| {
            run.file("job.json", job.to_string()).args(["-f", "job.json", "-c", "w", "--array=5,9"])
        });
        let want = ["9$(A)!", "$(I)", "$(I)"].map(|word| word.as_bytes().to_vec());
        let variables = BTreeMap::from([("A", b"9$(A)".to_vec()), ("B", b"9$(A)!".to_vec())]);
        printed(&array.run(1, &["sh"]).stdout, &want, &variables, &format!("{to:?}"));
        let items = objects(&server, to, |run| {
            run.file("job.json", job.to_string()).args(["-f", "job.json", "-c", "w", "--items=a b,c'd", "--item-env=I"])
        });
        assert!(parts(&items.run(1, &["sh"]).stdout).contains(&OsStr::new("I=c'd")));
        assert_eq!(parts(&items.run(0, &["sh"]).stdout)[1..3], ["$(I)", "a b"]);
    }
}
