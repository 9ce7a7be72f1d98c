//! Items reach the program byte for byte, whatever is in them and whichever way they take.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::harness::{Space, say};

/// Prints, after the number of the task, the bytes of its file, of the variables ITEM and AROUND where they are set,
/// and of its arguments.
const PROBE: &str = r#"
hex() { od -An -v -tx1 | tr -d " \n"; }
printf %s "$JOB_COMPLETION_INDEX:"
hex < "$FILE"
for word in ${ITEM+"$ITEM"} ${AROUND+"$AROUND"} "$@"; do
  printf ,
  printf %s "$word" | hex
done
echo"#;

/// Where the item is read: not at the default place, and with a blank in it.
const FILE: &str = "/else where/item";

/// What a shell, Kubernetes or one of the lists could take for something else.
pub(crate) fn hostile() -> Vec<Vec<u8>> {
    let texts = [
        "plain",
        "it's \"quoted\" `id`",
        "$(X)",
        "$(rm -rf .) $(ITEM) $(JOB_COMPLETION_INDEX)",
        "$$",
        "$$(X) ${X} $X $",
        "first line\nsecond line\n",
        "\n",
        "-n",
        "--flag=value",
        "",
        "\u{1f980} \u{e9}t\u{e9} \u{65e5}\u{672c}",
        "{} {a} {b}",
        "\ta\tb\t",
        "a\rb\r",
        "a\r\nb\r\n",
        "  blanks  in  it  ",
        "\\ \\n \\0101 %s %b",
        "* ? [a] ~ ! # & ; | < > = '",
        "IJ_I='x'",
        "\u{1}\u{7f}\u{85}\u{2028}\u{feff}",
    ];
    let mut items: Vec<Vec<u8>> = texts.map(|text| text.as_bytes().to_vec()).to_vec();
    items.push(b"\xff\xfe not UTF-8 \x80".to_vec());
    items.push(b"\"30 KiB\" $$ \\ ".repeat((30 << 10) / 14));
    items.extend(random(4));
    items
}

/// So many items, the same in each run, of what is seldom good for a shell.
fn random(count: usize) -> Vec<Vec<u8>> {
    const PARTS: [&[u8]; 20] = [
        b"'",
        b"\"",
        b"$",
        b"(",
        b")",
        b"{",
        b"}",
        b"\\",
        b"\n",
        b"\r",
        b"\t",
        b" ",
        b"`",
        b"%",
        b"=",
        b"-",
        b"a",
        b"0",
        b"\xff",
        "\u{1f980}".as_bytes(),
    ];
    let mut state: u32 = 20_261_122;
    let mut next = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let mut item = || (0..=next(60)).flat_map(|_| PARTS[next(20) as usize]).copied().collect();
    (0..count).map(|_| item()).collect()
}

/// What Kubernetes itself can read from a file of values (KEP-3721).
fn is_readable(item: &[u8]) -> bool {
    let text = std::str::from_utf8(item).unwrap_or_default();
    !text.is_empty() && !text.contains('\'') && !text.contains("\r\n")
}

/// What an init container's script can hold.
fn is_short_text(item: &[u8]) -> bool {
    std::str::from_utf8(item).is_ok() && item.len() < 1_000 && !item.contains(&1)
}

/// Bytes as `od -v -tx1` writes them, without blanks.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// The items as a file in which each ends with a NUL.
fn nul(items: &[Vec<u8>]) -> Vec<u8> {
    items.iter().flat_map(|item| item.iter().chain(&[0])).copied().collect()
}

/// The logs of all tasks are these values, of each task a list.
#[track_caller]
fn tasks_got(space: &Space, job: &str, want: &[Vec<Vec<u8>>]) {
    space.completes(job);
    let line = format!("logs -l job-name={job} --tail=-1 --max-log-requests=100");
    let logs = space.kubectl(&line).ok();
    let mut got: Vec<&str> = logs.text().lines().collect();
    let hexes = |values: &Vec<Vec<u8>>| values.iter().map(|value| hex(value)).collect::<Vec<_>>().join(",");
    let mut want: Vec<String> = want.iter().enumerate().map(|(at, values)| format!("{at}:{}", hexes(values))).collect();
    got.sort_unstable();
    want.sort_unstable();
    for (got, want) in got.iter().zip(&want) {
        assert_eq!(got, want, "{job}");
    }
    assert_eq!(got.len(), want.len(), "{job}");
}

/// `create` of a Job that runs the probe.
#[track_caller]
fn create(space: &Space, job: &str, flags: &[&str], words: &[&str]) {
    let create = space.indexedjob(&format!("create {job} --image docker.io/library/busybox")).args(flags);
    let file = format!("FILE={FILE}");
    let create = create.args(["--item-path", FILE, "--env", &file]);
    create.args(["--", "sh", "-c", PROBE, "sh"]).args(words).ok();
}

/// The pod's spec, as the server has it.
#[track_caller]
fn pod(space: &Space, job: &str) -> Value {
    space.job(job)["spec"]["template"]["spec"].clone()
}

/// Is any variable read from a file by Kubernetes?
fn uses_file_key_ref(pod: &Value) -> bool {
    let env = pod["containers"][0]["env"].as_array().into_iter().flatten();
    env.into_iter().any(|variable| variable["valueFrom"]["fileKeyRef"].is_object())
}

/// The program of the init container; empty where there is none.
fn init_script(pod: &Value) -> &str {
    pod["initContainers"][0]["command"][2].as_str().unwrap_or_default()
}

/// One of the three ways of a list, and which items it is given.
const TRAVELS: [(&str, &str); 3] = [("keys", "configmap"), ("inline", "init"), ("packed", "init")];

/// The items that go this way and that `fits`.
fn items_for(travel: &str, fits: impl Fn(&[u8]) -> bool) -> Vec<Vec<u8>> {
    let all = hostile().into_iter();
    let mut items: Vec<Vec<u8>> =
        all.filter(|item| fits(item) && (travel != "inline" || is_short_text(item))).collect();
    // So long that no script holds the list.
    items.extend((travel == "packed").then(|| b"32 KiB".repeat((32 << 10) / 6)).filter(|item| fits(item)));
    items
}

/// The list really goes that way.
#[track_caller]
fn travels(pod: &Value, travel: &str) {
    let script = init_script(pod);
    let found = match travel {
        "inline" => script.contains("items=("),
        "packed" => script.contains("\nput() {"),
        _ => pod["containers"][0]["volumeMounts"].to_string().contains("subPathExpr"),
    };
    assert!(found, "{travel}\n{pod:#}");
}

#[test]
fn a_file_holds_the_item_byte_for_byte() {
    let space = Space::new("items-file");
    // A part of the list: with the same files, the next test sends all of it.
    let items = |travel: &str| items_for(travel, |item| item.len() % 3 != 1);
    for (travel, via) in TRAVELS {
        space.write(travel, nul(&items(travel)));
        let flags = ["--items-from", travel, "--items-format=nul", "--items-via", via, "--env", "X=expanded"];
        create(&space, travel, &flags, &[]);
        travels(&pod(&space, travel), travel);
    }
    for (travel, _) in TRAVELS {
        let want: Vec<_> = items(travel).into_iter().map(|item| vec![item]).collect();
        tasks_got(&space, travel, &want);
    }
}

#[test]
fn a_file_holds_nul_bytes_too() {
    let space = Space::new("items-nul");
    space.write("list.json", r#"["a\u0000b", "\u0000", 7]"#);
    for via in ["configmap", "init"] {
        create(&space, via, &["--items-from", "list.json", "--items-via", via], &[]);
    }
    for via in ["configmap", "init"] {
        tasks_got(&space, via, &[vec![b"a\0b".to_vec()], vec![b"\0".to_vec()], vec![b"7".to_vec()]]);
    }
    let command = ["--", "echo", "{}"];
    let refused = space.indexedjob("create no --image busybox --items-from list.json").args(command).output();
    refused.fails(2, &["item 0 holds a NUL byte: it cannot be an argument or a variable", "hint: "]);
}

/// The item in the file, in a variable, in a variable around it and in the words of the command, by all three ways of
/// the list.
fn in_variables_and_words(space: &Space, fits: impl Fn(&[u8]) -> bool, file_key_ref: bool) {
    for (travel, via) in TRAVELS {
        space.write(travel, nul(&items_for(travel, &fits)));
        let flags = ["--items-from", travel, "--items-format=nul", "--items-via", via];
        let env = ["--item-env", "ITEM", "--env", "X=expanded", "--env", "AROUND=<$(ITEM)$(X)>"];
        create(space, travel, &[&flags[..], &env].concat(), &["{}", "--in={}$(X)$", "$$(X) $(id)", "{other}"]);
        let pod = pod(space, travel);
        if !file_key_ref || travel == "keys" {
            travels(&pod, travel);
        }
        assert_eq!(uses_file_key_ref(&pod), file_key_ref, "{pod:#}");
    }
    for (travel, _) in TRAVELS {
        let want = |item: Vec<u8>| {
            let around = |before: &str, after: &str| [before.as_bytes(), &item, after.as_bytes()].concat();
            let (around, word) = (around("<", "expanded>"), around("--in=", "expanded$"));
            vec![item.clone(), item.clone(), around, item, word, b"$(X) $(id)".to_vec(), b"{other}".to_vec()]
        };
        let want: Vec<_> = items_for(travel, &fits).into_iter().map(want).collect();
        tasks_got(space, travel, &want);
    }
}

#[test]
fn variables_and_words_hold_the_item_by_a_shell_around_the_command() {
    let space = Space::new("items-wrapper");
    in_variables_and_words(&space, |_| true, false);
}

#[test]
fn variables_and_words_hold_the_item_by_file_key_ref() {
    let space = Space::new("items-filekeyref");
    if space.server_minor() < 35 {
        return say("skipped, the server has no fileKeyRef: items in variables and words by it");
    }
    in_variables_and_words(&space, is_readable, true);
}

/// Two columns of hostile texts.
fn rows(fits: impl Fn(&[u8]) -> bool) -> Vec<[String; 2]> {
    let texts: Vec<String> =
        hostile().into_iter().filter(|text| fits(text)).filter_map(|text| String::from_utf8(text).ok()).collect();
    let half = texts.len() / 2;
    texts[..half].iter().cloned().zip(texts[half..].iter().cloned()).map(<[String; 2]>::from).collect()
}

/// A field of CSV, quoted.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// The items of these columns with each column in a variable and in a word.
#[track_caller]
fn columns_arrive(space: &Space, job: &str, flags: &[&str], rows: &[[String; 2]], file_key_ref: bool) {
    let env = ["--item-env", "ITEM=b", "--item-env", "AROUND=a b"];
    create(space, job, &[flags, &env].concat(), &["{a b}", "<{b}{a b}>", "{}", "{c}"]);
    assert_eq!(uses_file_key_ref(&pod(space, job)), file_key_ref);
    let want = rows.iter().map(|[one, two]| {
        let object = json!({"a b": one, "b": two}).to_string();
        let values = [&object, two, one, one, &format!("<{two}{one}>"), &object, "{c}"];
        values.map(|value| value.as_bytes().to_vec()).to_vec()
    });
    tasks_got(space, job, &want.collect::<Vec<_>>());
}

/// The columns of a table, of objects and of a product.
fn columns_in_all_formats(space: &Space, fits: impl Fn(&[u8]) -> bool, file_key_ref: bool) {
    let rows = rows(fits);
    let lines = rows.iter().map(|[one, two]| format!("{},{}\r\n", quoted(one), quoted(two)));
    space.write("list.csv", format!("\u{feff}a b,b\r\n{}", lines.collect::<String>()));
    let objects: Vec<Value> = rows.iter().map(|[one, two]| json!({"a b": one, "b": two})).collect();
    space.write("list.json", json!(objects).to_string());
    columns_arrive(space, "csv", &["--items-from=list.csv"], &rows, file_key_ref);
    columns_arrive(space, "json", &["--items-from=list.json", "--items-via=init"], &rows, file_key_ref);
    let values = |texts: [&String; 2]| texts.map(|text| quoted(text)).join(",");
    let (one, two) = ([&rows[1][0], &rows[2][0]], [&rows[3][1], &rows[4][1]]);
    let axes = [format!("a b={}", values(one)), format!("b={}", values(two))];
    let product: Vec<[String; 2]> = one.iter().flat_map(|a| two.iter().map(|b| [(*a).clone(), (*b).clone()])).collect();
    columns_arrive(space, "matrix", &["--matrix", &axes[0], "--matrix", &axes[1]], &product, file_key_ref);
}

#[test]
fn columns_arrive_by_a_shell_around_the_command() {
    let space = Space::new("items-columns");
    columns_in_all_formats(&space, |text| text.len() < 10_000, false);
}

#[test]
fn columns_arrive_by_file_key_ref() {
    let space = Space::new("items-keyrefs");
    if space.server_minor() < 35 {
        return say("skipped, the server has no fileKeyRef: columns in variables and words by it");
    }
    columns_in_all_formats(&space, |text| is_readable(text) && text.len() < 10_000, true);
}
