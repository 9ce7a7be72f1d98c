//! Setters on JSON manifests.

use serde_json::{Map, Value, json};

/// The object at `path`, made where it is missing.
///
/// # Panics
/// Never on manifests of this program or ones that passed `check`: each step is an object or absent.
pub(super) fn object<'a>(value: &'a mut Value, path: &[&str]) -> &'a mut Map<String, Value> {
    let place = path.iter().fold(value, |place, key| &mut place[*key]);
    if place.is_null() {
        *place = json!({});
    }
    place.as_object_mut().expect("a manifest's inner node is an object")
}

/// Sets the field `key` of the Job's spec.
pub(super) fn spec(job: &mut Value, key: &str, value: impl Into<Value>) {
    object(job, &["spec"]).insert(key.to_owned(), value.into());
}

/// Appends to a list of the Job's pod spec (`volumes`, `initContainers`).
pub(super) fn push_to_pod(job: &mut Value, list: &str, item: Value) {
    push(object(job, &["spec", "template", "spec"]), list, item);
}

/// Appends to a list of the worker container (`volumeMounts`, `env`).
pub(super) fn push_to_worker(job: &mut Value, list: &str, item: Value) {
    let worker = &mut job["spec"]["template"]["spec"]["containers"][0];
    push(object(worker, &[]), list, item);
}

fn push(object: &mut Map<String, Value>, list: &str, item: Value) {
    match object.get_mut(list).and_then(Value::as_array_mut) {
        Some(items) => items.push(item),
        None => drop(object.insert(list.to_owned(), json!([item]))),
    }
}
