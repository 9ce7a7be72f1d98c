//! How each index gets its item: as one file, by a ConfigMap or by an init container.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{JOB_LABEL, Problem, edit};
use crate::plan::{Plan, Via};
use crate::text::quoted;
use crate::work::Work;

/// A ConfigMap holds at most 1 MiB (`MaxSecretSize` in `pkg/apis/core/validation`), keys included.
const CONFIG_MAP_BYTES: usize = 1 << 20;

/// An argument of a program on Linux is at most 128 KiB (`MAX_ARG_STRLEN`); the init script is one.
const SCRIPT_BYTES: usize = 128 << 10;

/// The volume that holds the item, as the Kubernetes docs name it.
const VOLUME: &str = "input";

/// Lets every index of `job` find its item; returns the helper objects that this needs.
pub(super) fn deliver(plan: &Plan, job: &mut Value, suffix: &str) -> Result<Vec<Value>, Problem> {
    match (&plan.work, &plan.delivery.via) {
        (Work::Completions(_), _) => Ok(vec![]),
        (Work::Items(items), Via::ConfigMap) => by_config_map(plan, items, job, suffix),
        (Work::Items(items), Via::Init { image }) => by_init(&plan.delivery.path, items, image, job),
    }
}

/// One key per index, mounted as that single file: the worker needs neither shell nor init container.
fn by_config_map(plan: &Plan, items: &[String], job: &mut Value, suffix: &str) -> Result<Vec<Value>, Problem> {
    let data: BTreeMap<String, &String> = (0u32..).map(|index| index.to_string()).zip(items).collect();
    let size: usize = data.iter().map(|(key, item)| key.len() + item.len()).sum();
    if size > CONFIG_MAP_BYTES {
        return Err(Problem::new(format!("the items take {size} bytes, and a ConfigMap holds {CONFIG_MAP_BYTES}")));
    }
    let name = format!("{}-items-{suffix}", plan.name);
    let mut config_map = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "labels": {JOB_LABEL: plan.name}},
        "immutable": true,
        "data": data,
    });
    if let Some(namespace) = &plan.namespace {
        config_map["metadata"]["namespace"] = json!(namespace);
    }
    edit::push_to_pod(job, "volumes", json!({"name": VOLUME, "configMap": {"name": name}}));
    let mount = json!({
        "name": VOLUME,
        "mountPath": plan.delivery.path,
        "subPathExpr": "$(JOB_COMPLETION_INDEX)",
        "readOnly": true,
    });
    edit::push_to_worker(job, "volumeMounts", mount);
    Ok(vec![config_map])
}

/// The docs' way: an init container writes the item to an emptyDir that both containers mount.
fn by_init(path: &str, items: &[String], image: &str, job: &mut Value) -> Result<Vec<Value>, Problem> {
    let script = script(path, items);
    if script.len() > SCRIPT_BYTES {
        let text =
            format!("the items take {} bytes in the init container's script, and {SCRIPT_BYTES} fit", script.len());
        return Err(Problem::new(text).hint("use --items-via configmap"));
    }
    let directory = path.rsplit_once('/').map_or("/", |(directory, _)| directory);
    let mount = json!({"name": VOLUME, "mountPath": directory});
    let init = json!({
        "name": "input",
        "image": image,
        "command": ["bash", "-c", script],
        "volumeMounts": [mount],
    });
    edit::push_to_pod(job, "initContainers", init);
    edit::push_to_pod(job, "volumes", json!({"name": VOLUME, "emptyDir": {}}));
    edit::push_to_worker(job, "volumeMounts", mount);
    Ok(vec![])
}

/// The docs' two lines where every item is a plain word; otherwise the items are quoted and printed as they are.
fn script(path: &str, items: &[String]) -> String {
    // Kubernetes expands $(NAME) in a command and makes one $ of two, before any shell sees it.
    let literal = |text: &str| quoted(text).replace('$', "$$");
    let words = items.iter().map(|item| literal(item)).collect::<Vec<_>>().join(" ");
    let print = if items.iter().all(|item| is_plain(item)) && is_plain(path) {
        format!("echo ${{items[$JOB_COMPLETION_INDEX]}} > {path}")
    } else {
        format!("printf %s \"${{items[$JOB_COMPLETION_INDEX]}}\" > {}", literal(path))
    };
    format!("items=({words})\n{print}\n")
}

/// A word that no shell takes for anything else, quoted or not, and no `echo` for an option.
fn is_plain(word: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:@%+,-".contains(c);
    !word.is_empty() && !word.starts_with('-') && word.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strings(items: &[&str]) -> Vec<String> {
        items.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn plain_words_give_the_docs_script() {
        assert_eq!(
            script("/input/data.txt", &strings(&["foo", "bar", "baz", "qux", "xyz"])),
            "items=(foo bar baz qux xyz)\necho ${items[$JOB_COMPLETION_INDEX]} > /input/data.txt\n"
        );
    }

    #[test]
    fn what_a_shell_could_misread_is_quoted_and_printed_as_it_is() {
        let script = script("/in put/x", &strings(&["a b", "it's", "$(rm -rf .)", "$$", "-n", "*", ""]));
        assert!(script.ends_with("\nprintf %s \"${items[$JOB_COMPLETION_INDEX]}\" > '/in put/x'\n"), "{script}");
        let list = script.lines().next().unwrap().strip_prefix("items=(").unwrap().strip_suffix(')').unwrap();
        // Kubernetes makes one $ of two.
        let list = list.replace("$$", "$");
        assert_eq!(shlex::split(&list).unwrap(), ["a b", "it's", "$(rm -rf .)", "$$", "-n", "*", ""]);
    }

    #[test]
    fn words_that_look_plain_but_are_not() {
        for word in ["", "-n", "a b", "~", "{a,b}", "[0]=x", "a*", "a\nb", "ä", "!x", "a;b", "\\a", "a=b"] {
            assert!(!is_plain(word), "{word:?}");
        }
    }
}
