//! The time to live of a source: it is held off while what it knows is needed, then given back.

use serde_json::{Value, json};

use super::{HELD_TTL, annotation};

/// The time to live of a source, and the patch that changes whether it runs.
pub(super) enum Ttl {
    /// It runs: its end would take along what is needed.
    Runs(Value),
    /// It is held off.
    Held(Value),
}

/// Whether the time of `source` runs; None where it has none.
pub(super) fn source_ttl(source: &Value) -> Option<Ttl> {
    let patch = |held: Value, ttl: Value| {
        // Late, when another retry has ended, it would hold off what nobody gives back.
        let (uid, version) = (&source["metadata"]["uid"], &source["metadata"]["resourceVersion"]);
        let metadata = json!({"uid": uid, "resourceVersion": version, "annotations": {HELD_TTL: held}});
        json!({"metadata": metadata, "spec": {"ttlSecondsAfterFinished": ttl}})
    };
    if let Some(ttl) = source["spec"]["ttlSecondsAfterFinished"].as_u64() {
        return Some(Ttl::Runs(patch(json!(ttl.to_string()), Value::Null)));
    }
    let held = annotation(source, HELD_TTL)?.parse::<u32>().ok()?;
    Some(Ttl::Held(patch(Value::Null, json!(held))))
}

/// The patch that gives a source its time to live back; None where none is held off.
#[must_use]
pub fn free_source(source: &Value) -> Option<Value> {
    match source_ttl(source) {
        Some(Ttl::Held(free)) => Some(free),
        _ => None,
    }
}
