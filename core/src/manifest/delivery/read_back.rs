//! The reverse: the item of each index, from a Job and its `ConfigMaps` as the server has them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::expansion::{Part, split_first};
use super::lists::{self, ITEM};
use super::{Fields, needs, values_file};
use crate::index_set::{GREATEST, IndexSet};
use crate::numbering::{Index, NUMBERS, Numbering};
use crate::work::object_keys;

/// The annotation with the numbers under which the items are kept, one for each; of a Job with only some of the tasks.
pub(super) const ITEM_NUMBERS: &str = "kubectl-indexedjob/item-numbers";

/// Where a Job keeps the items of its tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemPlace {
    kept: Kept,
    /// The indexes under which the items of its tasks are kept, in the order of its own; None where these are the same.
    /// A smaller Job that retries some tasks of another has the items of all of them.
    under: Option<IndexSet>,
}

/// In which way items are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// In the script of an init container; index 0 has the first.
    Script(Vec<String>),
    /// In this `ConfigMap`, a key for each index.
    Keys(String),
    /// In these `ConfigMaps`, packed into lines.
    Packs(Vec<String>),
}

/// The items of a Job, as far as they could be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskItems(BTreeMap<u32, Box<[u8]>>);

impl ItemPlace {
    /// Where `job` keeps them; None where it has none, or has them in a way that is not this program's. What the
    /// Kubernetes docs do is one of ours.
    #[must_use]
    pub fn of(job: &Value) -> Option<Self> {
        let pod = &job["spec"]["template"]["spec"];
        let keys = || list(&pod["containers"]).find_map(|container| keys(container, pod));
        let inits = || list(&pod["initContainers"]).find_map(|init| packs(init, pod).or_else(|| script(init)));
        Some(Self { kept: keys().or_else(inits)?, under: under(job) })
    }

    /// The `ConfigMaps` that [`read`](Self::read) needs; none where the items are in the Job itself.
    #[must_use]
    pub fn config_maps(&self) -> &[String] {
        match &self.kept {
            Kept::Script(_) => &[],
            Kept::Keys(name) => std::slice::from_ref(name),
            Kept::Packs(names) => names,
        }
    }

    /// Is each item found by the index of its task, as the name of a file?
    #[must_use]
    pub(super) fn is_by_keys(&self) -> bool {
        matches!(self.kept, Kept::Keys(_))
    }

    /// The items. What is missing in `maps`, or is none of them, is left out.
    #[must_use]
    pub fn read(&self, maps: &[Value]) -> TaskItems {
        let entries = || maps.iter().flat_map(entries);
        let mut items: BTreeMap<u32, Box<[u8]>> = match &self.kept {
            Kept::Script(items) => (0..).zip(items.iter().map(|item| item.as_bytes().into())).collect(),
            Kept::Keys(_) => entries().filter_map(|(key, item)| Some((index(key)?, item.into()))).collect(),
            Kept::Packs(_) => {
                let packs = entries()
                    .filter_map(|(key, pack)| Some((index(key.strip_prefix(ITEM)?.strip_prefix('-')?)?, pack)));
                packs.flat_map(|(first, pack)| unpacked(first, &pack)).collect()
            }
        };
        TaskItems(match &self.under {
            None => items,
            Some(under) => {
                (0..).zip(under.iter()).filter_map(|(own, kept)| Some((own, items.remove(&kept)?))).collect()
            }
        })
    }
}

impl From<Kept> for ItemPlace {
    /// Under the indexes of the Job itself.
    fn from(kept: Kept) -> Self {
        Self { kept, under: None }
    }
}

/// The indexes under which `job` keeps the items of its tasks, where a retry has said it.
fn under(job: &Value) -> Option<IndexSet> {
    let annotation = |key: &str| job["metadata"]["annotations"][key].as_str();
    let kept = IndexSet::parse(annotation(ITEM_NUMBERS)?, GREATEST).ok()?;
    let completions = u32::try_from(job["spec"]["completions"].as_u64()?).ok()?;
    let numbering = Numbering::of_annotation(annotation(NUMBERS), completions);
    Some(kept.ranks(&numbering.numbers(&IndexSet::all(completions))))
}

impl TaskItems {
    /// The item of the task at `index`; None where it cannot be told. It need not be UTF-8.
    #[must_use]
    pub fn get(&self, index: Index) -> Option<&[u8]> {
        self.0.get(&index.0).map(AsRef::as_ref)
    }

    /// What they are like, by the first of them that could be read.
    #[must_use]
    pub fn fields(&self) -> Fields {
        let Some(first) = self.0.values().next() else { return Fields::Unknown };
        let mut names = object_keys(first).unwrap_or_default();
        // Those of a table are in its order, those of JSON were sorted, and the text is as it was.
        let in_order = names.is_sorted();
        names.sort_unstable();
        Fields::Named { names, in_order }
    }
}

/// The elements of a JSON array; none where it is none.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// An index as keys write it: without a sign or a zero before it.
fn index(text: &str) -> Option<u32> {
    text.parse().ok().filter(|index: &u32| index.to_string() == text)
}

/// The volume of this name.
fn volume<'a>(pod: &'a Value, name: &Value) -> Option<&'a Value> {
    list(&pod["volumes"]).find(|volume| volume["name"] == *name)
}

/// The `ConfigMap` of which a container sees only the key of its own index.
fn keys(container: &Value, pod: &Value) -> Option<Kept> {
    let own = [needs::INDEX, needs::OWN_INDEX].map(|variable| format!("$({variable})"));
    let is_own = |mount: &&Value| own.iter().any(|key| mount["subPathExpr"] == key.as_str());
    let mounts = list(&container["volumeMounts"]).filter(is_own);
    let names = mounts.filter_map(|mount| volume(pod, &mount["name"])?["configMap"]["name"].as_str());
    names.map(|name| Kept::Keys(name.to_owned())).next()
}

/// The `ConfigMaps` of packed lines, of which this init container takes the items.
fn packs(init: &Value, pod: &Value) -> Option<Kept> {
    program(init).filter(|program| program.contains(lists::PUT_ITEM))?;
    let mount = list(&init["volumeMounts"]).find(|mount| mount["mountPath"] == lists::PACKS_PATH)?;
    let sources = &volume(pod, &mount["name"])?["projected"]["sources"];
    let names = list(sources).filter_map(|source| source["configMap"]["name"].as_str().map(str::to_owned));
    Some(Kept::Packs(names.collect()))
}

/// The array in the script of an init container that writes the element of its index to the file of the item.
fn script(init: &Value) -> Option<Kept> {
    let program = unescaped(program(init)?)?;
    let program = program.trim_start();
    let program = program.strip_prefix("set -e\n").unwrap_or(program);
    let (items, rest) = array(program.strip_prefix("items=(")?)?;
    let print = rest.trim_start_matches([' ', '\n', ';']).lines().next()?;
    let is_item = print.contains("${items[$JOB_COMPLETION_INDEX]}") && !print.ends_with(&values_file());
    is_item.then_some(Kept::Script(items))
}

/// What a shell is given to run: the word behind `-c`.
fn program(container: &Value) -> Option<&str> {
    let words = list(&container["command"]).chain(list(&container["args"])).filter_map(Value::as_str);
    words.skip_while(|word| *word != "-c").nth(1)
}

/// What Kubernetes makes of a word; None where it depends on a variable.
fn unescaped(word: &str) -> Option<String> {
    let (mut text, mut rest) = (String::new(), word);
    while let Some((part, after)) = split_first(rest) {
        match part {
            Part::Text(part) => text.push_str(part),
            Part::Two | Part::One => text.push('$'),
            Part::Reference(_) => return None,
        }
        rest = after;
    }
    Some(text)
}

/// The words of an array of bash up to its `)`, and what follows that; None where only bash could tell them.
fn array(text: &str) -> Option<(Vec<String>, &str)> {
    let (mut words, mut word) = (Vec::new(), None::<String>);
    let mut rest = text;
    loop {
        let c = rest.chars().next()?;
        let after = &rest[c.len_utf8()..];
        rest = match c {
            ')' => {
                words.extend(word);
                return Some((words, after));
            }
            ' ' | '\t' | '\n' => {
                words.extend(word.take());
                after
            }
            '\'' => {
                let (quoted, after) = after.split_once('\'')?;
                word.get_or_insert_default().push_str(quoted);
                after
            }
            '"' => in_double_quotes(after, word.get_or_insert_default())?,
            '\\' => {
                let escaped = after.chars().next().filter(|c| *c != '\n')?;
                word.get_or_insert_default().push(escaped);
                &after[escaped.len_utf8()..]
            }
            c if is_literal(c) => {
                word.get_or_insert_default().push(c);
                after
            }
            _ => return None,
        };
    }
}

/// Takes the rest of a double quoted part into `word`, and returns what follows it.
fn in_double_quotes<'a>(text: &'a str, word: &mut String) -> Option<&'a str> {
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some(&text[at + 1..]),
            '$' | '`' => return None,
            '\\' => match chars.next()?.1 {
                escaped @ ('$' | '`' | '"' | '\\') => word.push(escaped),
                '\n' => {}
                other => word.extend(['\\', other]),
            },
            c => word.push(c),
        }
    }
    None
}

/// Does a shell take `c` for itself where it is not quoted?
fn is_literal(c: char) -> bool {
    c.is_alphanumeric() || "_./:@%+,-=^!]".contains(c)
}

/// The keys of a `ConfigMap` with their bytes.
fn entries(map: &Value) -> impl Iterator<Item = (&str, Vec<u8>)> {
    let part = |name: &str| map[name].as_object().into_iter().flatten();
    let text = part("data").filter_map(|(key, text)| Some((key.as_str(), text.as_str()?.as_bytes().to_vec())));
    let binary = part("binaryData").filter_map(|(key, base64)| {
        let bytes: k8s_openapi::ByteString = serde_json::from_value(base64.clone()).ok()?;
        Some((key.as_str(), bytes.0))
    });
    text.chain(binary)
}

/// The items of a pack whose first line belongs to the index `first`; a line without the mark holds none.
fn unpacked(first: u32, pack: &[u8]) -> Vec<(u32, Box<[u8]>)> {
    let lines = pack.split(|byte| *byte == b'\n');
    (first..).zip(lines).filter_map(|(index, line)| Some((index, lists::unpacked(line)?.into()))).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::manifest::build;
    use crate::plan::{Command, Defaults, Features, Plan, Via, sample};
    use crate::work::{Format, Items, Token, Work};

    /// The items of `plan`, read back from what is created.
    fn read_back(plan: &Plan) -> TaskItems {
        let (objects, _) = build(plan, "abcde").unwrap();
        let place = ItemPlace::of(&objects.job).expect("it has items");
        let named = |map: &&Value| place.config_maps().iter().any(|name| map["metadata"]["name"] == name.as_str());
        let maps: Vec<Value> = objects.helpers.iter().filter(named).cloned().collect();
        assert_eq!(maps.len(), place.config_maps().len());
        place.read(&maps)
    }

    #[track_caller]
    fn comes_back(plan: &Plan, items: &[Vec<u8>]) {
        let read = read_back(plan);
        assert_eq!(read.0.len(), items.len());
        for (index, item) in (0..).zip(items) {
            assert_eq!(read.get(Index(index)), Some(item.as_slice()), "index {index}");
        }
    }

    fn of_items(items: &[Vec<u8>], command: &[&str]) -> Plan {
        let work = Work::Items(Items::single(items.to_vec()).unwrap());
        Plan { defaults: Defaults::Api, ..sample(work, command) }
    }

    /// Items of every sort, texts and bytes.
    fn item() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            "[a-z0-9._/-]{0,8}".prop_map(String::into_bytes),
            "[ -~\n\t\u{e9}\u{1f600}]{0,12}".prop_map(String::into_bytes),
            "[$'\"`()\\\\ #!~{}*;&|<>\n]{0,8}".prop_map(String::into_bytes),
            vec(any::<u8>(), 0..8),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn what_was_delivered_is_read_back(
            items in vec(item(), 1..12),
            via in prop_oneof![Just(Via::Auto), Just(Via::ConfigMap), Just(Via::Init)],
            minor in 30u32..38,
            has_values: bool,
        ) {
            let can_be_argument = items.iter().all(|item| !item.contains(&0));
            let command: &[&str] = if has_values && can_be_argument { &["rev", "{}"] } else { &["rev"] };
            let mut plan = of_items(&items, command);
            plan.delivery.via = via;
            plan.features = Features::of_minor(minor);
            comes_back(&plan, &items);
        }
    }

    #[test]
    fn packed_lists_come_back() {
        let items: Vec<Vec<u8>> =
            (0..5_000).map(|index| format!("{index}\\\n\u{e9}{}", "x".repeat(400)).into()).collect();
        let mut plan = of_items(&items, &["rev", "{}"]);
        comes_back(&plan, &items);
        assert!(ItemPlace::of(&build(&plan, "abcde").unwrap().0.job).unwrap().config_maps().len() > 2);
        plan.command = Command::Script {
            file_name: "run.sh".into(),
            content: b"#!/bin/sh\n".to_vec(),
            words: vec!["{}".into()],
            token: Token::Braces,
        };
        comes_back(&plan, &items);
    }

    #[test]
    fn a_row_of_a_table_is_the_json_that_the_task_finds() {
        let table = Format::Csv.read(b"path,seed\na b,1\n").unwrap();
        let read = read_back(&sample(Work::Items(table), &["x", "{path}"]));
        assert_eq!(read.get(Index(0)), Some(&br#"{"path":"a b","seed":"1"}"#[..]));
        assert_eq!(read.get(Index(1)), None);
    }

    #[test]
    fn what_is_missing_cannot_be_told() {
        let items: Vec<Vec<u8>> = (0..5_000).map(|index| vec![b'x'; 400 + index % 2]).collect();
        let (objects, _) = build(&of_items(&items, &["rev"]), "abcde").unwrap();
        let place = ItemPlace::of(&objects.job).unwrap();
        assert_eq!(place.read(&[]), TaskItems::default());
        let second = place.read(&objects.helpers[1..2]);
        assert!(second.get(Index(0)).is_none() && second.get(Index(2_500)).is_some());
        assert_eq!(
            ItemPlace::from(Kept::Keys("m".into()))
                .read(&[json!({"data": {"00": "a", "x": "b", "+1": "c", "1.values": "d"}})]),
            TaskItems::default()
        );
    }

    #[test]
    fn numbers_are_no_items() {
        let squares: Vec<String> = (0u32..140).map(|number| (number * number).to_string()).collect();
        for via in [Via::ConfigMap, Via::Init] {
            let mut plan = sample(Work::Array(squares.join(",").parse().unwrap()), &["x"]);
            plan.delivery.via = via;
            plan.delivery.index_path = Some("/etc/task/number".into());
            assert_eq!(ItemPlace::of(&build(&plan, "abcde").unwrap().0.job), None);
        }
        let many: Vec<String> = (0u32..3_000).map(|number| (number * number).to_string()).collect();
        let plan = sample(Work::Array(many.join(",").parse().unwrap()), &["x"]);
        assert_eq!(ItemPlace::of(&build(&plan, "abcde").unwrap().0.job), None);
        assert_eq!(ItemPlace::of(&json!({})), None);
    }

    #[track_caller]
    fn script(text: &str, want: Option<&[&str]>) {
        let init = json!({"command": ["bash", "-c", text]});
        let job = json!({"spec": {"template": {"spec": {"initContainers": [{"command": ["true"]}, init]}}}});
        let want = want.map(|items| Kept::Script(items.iter().map(ToString::to_string).collect()).into());
        assert_eq!(ItemPlace::of(&job), want, "{text}");
    }

    #[test]
    fn the_scripts_of_the_docs_and_what_people_make_of_them() {
        let print = "echo ${items[$JOB_COMPLETION_INDEX]} > /input/data.txt";
        script(&format!("items=(foo bar baz qux xyz)\n{print}\n"), Some(&["foo", "bar", "baz", "qux", "xyz"]));
        script(&format!("\nitems=(\n  \"a b\"\\ c 'd'\n  \"\\$x\\q\"\n); {print}"), Some(&["a b c", "d", "$x\\q"]));
        script(&format!("items=($$HOME)\n{print}"), None);
        for only_bash in ["$(ls)", "\"${a}\"", "*", "~", "[3]=a", "{a,b}", "`x`", "a", "# a\n", "$HOME", "$'a'"] {
            let want: Option<&[&str]> = if only_bash == "a" { Some(&["a"]) } else { None };
            script(&format!("items=({only_bash})\n{print}"), want);
        }
        script("items=(a b)\necho ${items[0]} > /input/data.txt", None);
        script("items=(a", None);
    }
}
