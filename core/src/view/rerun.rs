//! What a `retry` would make, for a dry run: which tasks, what they run, and what is other than before.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

use super::table::cut;
use crate::index_set::IndexSet;
use crate::text::{quoted, shown};

/// A longer value, command or set is cut.
const CELL: usize = 100;

/// Labels that the server or the retry gives each Job anew.
const GIVEN: [&str; 5] =
    ["controller-uid", "job-name", "batch.kubernetes.io/controller-uid", "batch.kubernetes.io/job-name", RUN];
/// How the key begins of the label that finds the pods of one run.
const RUN: &str = "kubectl-indexedjob/run-";

/// The tasks of these numbers, what the containers of `new` run, and in which fields its pods and what becomes of them are
/// other than those of `old`. Every line with its newline.
#[must_use]
pub fn would_make(numbers: &IndexSet, old: &Value, new: &Value) -> String {
    let mut text = format!("tasks:    {}\n", cut(&numbers.compact(), CELL));
    let containers = new["spec"]["template"]["spec"]["containers"].as_array().into_iter().flatten();
    for container in containers {
        let words = ["command", "args"].map(|key| container[key].as_array().cloned().unwrap_or_default()).concat();
        let words: Vec<String> = words.iter().filter_map(Value::as_str).map(|word| quoted(word).into_owned()).collect();
        let runs = if words.is_empty() { "what its image says".to_owned() } else { words.join(" ") };
        let name = container["name"].as_str().unwrap_or_default();
        let _ = writeln!(text, "runs:     {} (container {})", cut(&shown(&runs), CELL), shown(name));
    }
    let mut changes = Vec::new();
    compare("", &old["spec"], &new["spec"], &mut changes);
    if changes.is_empty() {
        changes.push("nothing".to_owned());
    }
    for (at, change) in changes.iter().enumerate() {
        let heading = if at == 0 { "changes:" } else { "" };
        let _ = writeln!(text, "{heading:<10}{}", shown(change));
    }
    text
}

/// Collects what is other in `new`, by the path of each field.
fn compare(path: &str, old: &Value, new: &Value, changes: &mut Vec<String>) {
    if old == new || is_given(path) {
        return;
    }
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
                let [old, new] = [old, new].map(|fields| fields.get(key).unwrap_or(&Value::Null));
                compare(&below(key), old, new, changes);
            }
        }
        (Value::Null | Value::Array(_), Value::Null | Value::Array(_)) if is_named(old) && is_named(new) => {
            for name in names(old).chain(names(new)).collect::<BTreeSet<_>>() {
                compare(&format!("{path}[{name}]"), of_name(old, name), of_name(new, name), changes);
            }
        }
        (Value::Null, new) => changes.push(format!("{path}: {}", value(new))),
        (old, Value::Null) => changes.push(format!("{path}: none, was {}", value(old))),
        (old, new) => changes.push(format!("{path}: {}, was {}", value(new), value(old))),
    }
}

/// What says which Job it is, and nothing of what is run.
fn is_given(path: &str) -> bool {
    let label = path.strip_prefix("template.metadata.labels.");
    matches!(path, "selector" | "manualSelector" | "suspend" | "template.metadata.creationTimestamp")
        || label.is_some_and(|label| GIVEN.iter().any(|given| label.starts_with(given)))
}

/// Is it a list whose elements are told by their names, perhaps an empty one?
fn is_named(list: &Value) -> bool {
    list.as_array().into_iter().flatten().all(|element| element["name"].is_string())
}

fn names(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(|element| element["name"].as_str())
}

fn of_name<'a>(list: &'a Value, name: &str) -> &'a Value {
    list.as_array().into_iter().flatten().find(|element| element["name"] == name).unwrap_or(&Value::Null)
}

/// A value as JSON; of a variable or volume what its name does not say.
fn value(value: &Value) -> String {
    let mut value = value.clone();
    if let Some(fields) = value.as_object_mut().filter(|fields| fields.len() > 1) {
        fields.remove("name");
    }
    match value.as_object().and_then(|fields| fields.get("value").filter(|_| fields.len() == 1)) {
        Some(only) => cut(&only.to_string(), CELL),
        None => cut(&value.to_string(), CELL),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_other_is_told_by_its_path() {
        let old = json!({"spec": {
            "completions": 5, "parallelism": 5, "selector": {"matchLabels": {"a": "1"}},
            "template": {
                "metadata": {"labels": {"controller-uid": "u", "team": "a"}},
                "spec": {"containers": [{"name": "w", "image": "busybox", "env": [{"name": "A", "value": "b"}], "args": ["x"]}]},
            },
        }});
        let mut new = old.clone();
        assert_eq!(
            would_make(&"2,3".parse().unwrap(), &old, &new),
            "tasks:    2,3\nruns:     x (container w)\nchanges:  nothing\n"
        );
        new["spec"]["parallelism"] = json!(2);
        new["spec"]["selector"] = json!(null);
        new["spec"]["template"]["metadata"]["labels"] = json!({"kubectl-indexedjob/run-abc": "1", "team": "a"});
        let container = &mut new["spec"]["template"]["spec"]["containers"][0];
        container["command"] = json!(["sh", "-c", "a b"]);
        container["args"] = json!(null);
        container["env"] = json!([{"name": "A", "value": "c"}, {"name": "B", "value": "\u{1b}"}]);
        container["resources"] = json!({"limits": {"memory": "1Gi"}});
        insta::assert_snapshot!(would_make(&"2,3".parse().unwrap(), &old, &new), @r#"
        tasks:    2,3
        runs:     sh -c 'a b' (container w)
        changes:  parallelism: 2, was 5
                  template.spec.containers[w].args: none, was ["x"]
                  template.spec.containers[w].command: ["sh","-c","a b"]
                  template.spec.containers[w].env[A].value: "c", was "b"
                  template.spec.containers[w].env[B]: "\u001b"
                  template.spec.containers[w].resources: {"limits":{"memory":"1Gi"}}
        "#);
    }
}
