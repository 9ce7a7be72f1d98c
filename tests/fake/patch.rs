//! Merge patches and strategic merge patches.

use serde_json::{Map, Value};

/// RFC 7386: maps are merged, null deletes, everything else replaces.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    let map = as_map(target);
    for (key, value) in patch {
        if value.is_null() {
            map.remove(key);
        } else {
            merge(map.entry(key).or_insert(Value::Null), value);
        }
    }
}

/// As [`merge`], but lists whose elements have a key are merged element by element, and finalizers as a set.
pub(crate) fn strategic(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    let map = as_map(target);
    for (key, value) in patch {
        if let Some(field) = key.strip_prefix("$deleteFromPrimitiveList/") {
            if let (Some(Value::Array(list)), Some(gone)) = (map.get_mut(field), value.as_array()) {
                list.retain(|element| !gone.contains(element));
            }
        } else if key == "$retainKeys" || key.starts_with("$setElementOrder/") {
            // Only the order of the result depends on it.
        } else if value.is_null() {
            map.remove(key);
        } else if let (Some(merge_key), Value::Array(elements)) = (merge_key(key), value) {
            let list = map.entry(key).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(list) = list {
                merge_list(list, elements, merge_key);
            }
        } else {
            strategic(map.entry(key).or_insert(Value::Null), value);
        }
    }
}

/// The key of a list's elements as the API declares it; `""` is a list of plain values that is merged as a set.
fn merge_key(field: &str) -> Option<&'static str> {
    match field {
        "containers" | "initContainers" | "volumes" | "env" | "imagePullSecrets" => Some("name"),
        "volumeMounts" => Some("mountPath"),
        "ownerReferences" => Some("uid"),
        "conditions" => Some("type"),
        "finalizers" => Some(""),
        _ => None,
    }
}

fn merge_list(list: &mut Vec<Value>, elements: &[Value], key: &str) {
    if elements.iter().any(|element| element["$patch"] == "replace") {
        list.clear();
    }
    for element in elements {
        let found = list.iter().position(|old| if key.is_empty() { old == element } else { old[key] == element[key] });
        match (element["$patch"].as_str(), found) {
            (Some("delete"), Some(at)) => drop(list.remove(at)),
            (Some("delete" | "replace"), _) => {}
            (_, Some(at)) => strategic(&mut list[at], element),
            (_, None) => list.push(element.clone()),
        }
    }
}

/// The value as a map, which it becomes if it is none.
fn as_map(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made a map above"),
    }
}
