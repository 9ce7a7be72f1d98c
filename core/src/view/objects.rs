//! API objects as text, as kubectl prints them.

use serde::Serialize;
use serde_json::{Value, json};

use crate::yaml;

/// YAML documents with sorted keys, `---` before the second and each further one.
#[must_use]
pub fn yaml(objects: &[Value]) -> String {
    objects.iter().map(|object| yaml::document(&shown(object))).collect::<Vec<_>>().join("---\n")
}

/// JSON with four spaces of indent; several objects are one List.
///
/// # Panics
/// Never: a value is written to memory.
#[must_use]
pub fn json(objects: &[Value]) -> String {
    let mut shown: Vec<Value> = objects.iter().map(shown).collect();
    let value = match shown.len() {
        1 => shown.remove(0),
        _ => json!({"apiVersion": "v1", "kind": "List", "items": shown}),
    };
    json_of(&value)
}

/// A value of one of our schemas with four spaces of indent, its fields in the order of its struct.
///
/// # Panics
/// Never: a value is written to memory.
#[must_use]
pub fn json_of(value: &impl Serialize) -> String {
    let mut text = Vec::new();
    let format = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, format));
    written.expect("a value is written to memory");
    String::from_utf8_lossy(&text).into_owned() + "\n"
}

/// The same as one YAML document, its keys sorted.
///
/// # Panics
/// Never: our schemas are maps of strings, numbers and lists.
#[must_use]
pub fn yaml_of(value: &impl Serialize) -> String {
    yaml::document(&serde_json::to_value(value).expect("a schema is a JSON value"))
}

/// The object without its managedFields, which nobody reads.
fn shown(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(name: &str) -> Value {
        json!({"kind": "Job", "metadata": {"name": name, "managedFields": [1]}})
    }

    #[test]
    fn as_kubectl_prints_them() {
        assert_eq!(
            yaml(&[object("a"), object("b")]),
            "kind: Job\nmetadata:\n  name: a\n---\nkind: Job\nmetadata:\n  name: b\n"
        );
        let one = "{\n    \"kind\": \"Job\",\n    \"metadata\": {\n        \"name\": \"a\"\n    }\n}\n";
        assert_eq!(json(&[object("a")]), one);
        assert!(json(&[object("a"), object("b")]).contains("\"kind\": \"List\""));
    }
}
