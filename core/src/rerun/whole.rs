//! What a smaller run would be with all indexes: the next retry begins with that, not with the Job before it.

use serde_json::{Value, json};

use super::{Chain, RETRY_OF, Run, annotation};
use crate::lifecycle::{ACTIVE_DEADLINE, PARALLELISM, SUSPENDED};

/// The annotation of a smaller run with its spec as it was before the run was made smaller, as JSON.
pub(super) const WHOLE_SPEC: &str = "kubectl-indexedjob/whole-spec";
/// Annotations are at most 256 KiB together; a longer spec is not remembered.
const SPEC_BYTES: usize = 64 << 10;

/// A Job to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// As the server returned it, but for what newer runs have changed.
    pub job: Value,
    /// The name of a newer run of which it is not known what it has changed; None where all is.
    pub unknown: Option<String>,
}

/// Remembers in `smaller` the spec of `whole`, of which it has some indexes.
pub fn remember_whole(smaller: &mut Value, whole: &Value) {
    let spec = whole["spec"].to_string();
    if spec.len() <= SPEC_BYTES {
        smaller["metadata"]["annotations"][WHOLE_SPEC] = json!(spec);
    }
}

impl Chain {
    /// `base`, a run of this chain, with what the newest run was given: that one may have fewer tasks, and what was changed
    /// for it is meant for all.
    #[must_use]
    pub fn source(&self, base: &Run) -> Source {
        let as_it_is = |unknown| Source { job: base.json.clone(), unknown };
        let Some(newest) = self.newest().filter(|newest| newest.facts.uid != base.facts.uid) else {
            return as_it_is(None);
        };
        let of = annotation(&newest.json, RETRY_OF);
        let is_like_base = self.like(base).any(|run| of == Some(run.facts.name.as_str()));
        let spec = annotation(&newest.json, WHOLE_SPEC).and_then(|spec| serde_json::from_str::<Value>(spec).ok());
        match spec.filter(|spec| is_like_base && spec["completions"] == base.json["spec"]["completions"]) {
            Some(spec) => {
                let mut job = base.json.clone();
                job["spec"] = spec;
                // They tell former values of the spec that is gone.
                if let Some(annotations) = job["metadata"]["annotations"].as_object_mut() {
                    annotations.retain(|key, _| ![ACTIVE_DEADLINE, PARALLELISM, SUSPENDED].contains(&key.as_str()));
                }
                Source { job, unknown: None }
            }
            None => as_it_is(Some(newest.facts.name.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::RETRIED;
    use super::super::chain::tests::run;
    use super::*;

    #[test]
    fn what_a_smaller_run_was_given_is_kept_where_it_is_known() {
        let mut x = run("x", 0, "0-5", &json!({PARALLELISM: "4"}));
        x["spec"]["parallelism"] = json!(1);
        let mut whole = x.clone();
        whole["spec"]["parallelism"] = json!(7);
        let smaller = |annotations: Value| {
            let mut job = run("x-r1", 1, "", &annotations);
            job["spec"]["completions"] = json!(2);
            job
        };
        let numbers = || json!({RETRY_OF: "x", RETRIED: "7,9", "kubectl-indexedjob/numbers": "7,9"});
        let mut r1 = smaller(numbers());
        remember_whole(&mut r1, &whole);
        let chain = Chain::of(x.clone(), vec![r1]).unwrap();
        let source = chain.source(&chain.all()[0]);
        assert_eq!((&source.job["spec"], source.unknown), (&whole["spec"], None));
        assert!(source.job["metadata"]["annotations"][PARALLELISM].is_null(), "clone would restore it");
        assert_eq!(chain.source(&chain.all()[1]).job, chain.all()[1].json);
        let chain = Chain::of(x.clone(), vec![smaller(numbers())]).unwrap();
        assert_eq!(chain.source(&chain.all()[0]), Source { job: x, unknown: Some("x-r1".to_owned()) });
    }
}
