//! The server's limits, checked before anything is sent, and what a file must hold.

use serde_json::Value;

use crate::index_set::IndexSet;

/// Something about a manifest that a server would refuse, or that makes it no Indexed Job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    message: String,
    /// What to do about it, with a command or flag to type; None where the message says it all.
    pub hint: Option<String>,
}

impl Problem {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// A Job that is not Indexed has no completion index for its pods.
pub fn is_indexed(job: &Value) -> Result<(), Problem> {
    if job["spec"]["completionMode"].as_str() == Some("Indexed") {
        return Ok(());
    }
    Err(Problem::new("the Job is not Indexed: its pods would have no completion index")
        .hint("write \"completionMode: Indexed\" and \"completions: N\" under spec, or add --completions N"))
}

/// Checks what the server would check (`ValidateJob` in `pkg/apis/batch/validation`), for Indexed Jobs.
pub fn limits(job: &Value) -> Result<(), Problem> {
    let spec = &job["spec"];
    let completions = whole(spec, "completions")?
        .ok_or_else(|| Problem::new("spec.completions is missing; an Indexed Job needs it"))?;
    let most = i64::from(i32::MAX);
    if !(1..=most).contains(&completions) {
        return Err(Problem::new(format!("completions must be between 1 and {most}, not {completions}")));
    }
    let parallelism = whole(spec, "parallelism")?.unwrap_or(1);
    if !(0..=100_000).contains(&parallelism) {
        return Err(Problem::new(format!("parallelism must be between 0 and 100000, not {parallelism}")));
    }
    annotations(job)?;
    failed_indexes(spec, completions, parallelism)?;
    policies(spec, completions)?;
    let metadata = &job["metadata"];
    match (metadata["name"].as_str(), metadata["generateName"].as_str()) {
        (Some(name), _) => name_fits(name, completions),
        // The server adds five letters and digits.
        (None, Some(prefix)) => name_fits(&format!("{prefix}xxxxx"), completions),
        (None, None) => Ok(()),
    }
}

/// Annotations are at most 256 KiB together (`TotalAnnotationSizeLimitB` in `k8s.io/apimachinery/pkg/api/validation`).
fn annotations(job: &Value) -> Result<(), Problem> {
    let all = job["metadata"]["annotations"].as_object();
    let size: usize =
        all.into_iter().flatten().map(|(key, value)| key.len() + value.as_str().map_or(0, str::len)).sum();
    match size {
        0..=0x4_0000 => Ok(()),
        size => Err(Problem::new(format!("the annotations take {size} bytes, and 262144 are the most"))
            .hint("give --array fewer numbers or more regular ones: they are kept in an annotation")),
    }
}

/// What a limit per index allows.
fn failed_indexes(spec: &Value, completions: i64, parallelism: i64) -> Result<(), Problem> {
    let per_index = spec["backoffLimitPerIndex"].is_number();
    let Some(max) = whole(spec, "maxFailedIndexes")? else {
        return match per_index && completions > 100_000 {
            true => Err(Problem::new(format!(
                "{completions} completions with a limit per index need maxFailedIndexes; without it 100000 are the most"
            ))
            .hint("add --max-failed-indexes N, at most 10000")),
            false => Ok(()),
        };
    };
    if !per_index {
        return Err(Problem::new("maxFailedIndexes needs a limit for each index").hint("add --retries N"));
    }
    let most = if completions > 100_000 { 10_000 } else { completions.min(100_000) };
    if !(0..=most).contains(&max) {
        let problem =
            format!("with {completions} completions maxFailedIndexes must be between 0 and {most}, not {max}");
        return Err(Problem::new(problem).hint("give --max-failed-indexes another number"));
    }
    if completions > 100_000 && parallelism > 10_000 {
        let problem =
            format!("with {completions} completions and a limit per index parallelism may be 10000 at the most");
        return Err(Problem::new(problem).hint("give --parallelism another number"));
    }
    Ok(())
}

/// What the rules of both policies may be.
fn policies(spec: &Value, completions: i64) -> Result<(), Problem> {
    let rules = |policy: &str| spec[policy]["rules"].as_array().map_or(&[][..], Vec::as_slice);
    for policy in ["podFailurePolicy", "successPolicy"] {
        let count = rules(policy).len();
        if count > 20 {
            return Err(Problem::new(format!("{policy} has {count} rules, and 20 are the most")));
        }
    }
    for rule in rules("successPolicy") {
        let indexes = rule["succeededIndexes"].as_str().and_then(|text| text.parse::<IndexSet>().ok());
        if let Some(last) = indexes.as_ref().and_then(IndexSet::max).filter(|last| i64::from(*last) >= completions) {
            let problem = format!(
                "succeededIndexes has {last}, and with {completions} completions the last index is {}",
                completions - 1
            );
            return Err(Problem::new(problem).hint("give --succeeded-indexes a smaller set"));
        }
        let (most, of_what) = match &indexes {
            Some(indexes) => (i64::from(indexes.len()), "indexes of its set"),
            None => (completions, "completions"),
        };
        let count = rule["succeededCount"].as_i64().unwrap_or(0);
        if count > most {
            let problem = format!("succeededCount {count} is more than the {most} {of_what}");
            return Err(Problem::new(problem).hint("give --succeeded-count a smaller number"));
        }
    }
    Ok(())
}

/// The whole number `key` of the spec; None where it is not set.
fn whole(spec: &Value, key: &str) -> Result<Option<i64>, Problem> {
    match &spec[key] {
        Value::Null => Ok(None),
        value => value.as_i64().map(Some).ok_or_else(|| {
            Problem::new(format!("spec.{key} must be a whole number, not {}", crate::text::shown(&value.to_string())))
        }),
    }
}

/// A pod of an Indexed Job is called `NAME-INDEX`, which must be a DNS label: its hostname.
fn name_fits(name: &str, completions: i64) -> Result<(), Problem> {
    let shown = crate::text::shown(name);
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    if !name.chars().all(allowed) || !edge(name.chars().next()) || !edge(name.chars().next_back()) {
        let problem = Problem::new(format!(
            "\"{shown}\" cannot name an Indexed Job: only a-z, 0-9 and '-', beginning and ending with a letter or digit"
        ));
        return Err(match proposal(name) {
            Some(name) => problem.hint(format!("try {name}")),
            None => problem,
        });
    }
    let last = (completions - 1).to_string();
    let longest = 63 - 1 - last.len();
    if name.len() > longest {
        return Err(Problem::new(format!(
            "\"{shown}\" has {} characters, and with {completions} completions a Job's name may have {longest}: \
             its pods are called {shown}-{last}, at most 63 characters",
            name.len()
        )));
    }
    Ok(())
}

/// `name` with what is not allowed replaced; None where nothing is left.
fn proposal(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    let mended: String = lower.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    let mended = mended.trim_matches('-');
    (!mended.is_empty()).then(|| mended.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn job(name: &str, completions: i64) -> Value {
        json!({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
            "spec": {
                "completionMode": "Indexed", "completions": completions,
                "template": {"spec": {"containers": [{"name": "w", "image": "i"}]}},
            },
        })
    }

    #[track_caller]
    fn refused(job: &Value, want: &str) -> Problem {
        let problem = limits(job).unwrap_err();
        assert!(problem.to_string().contains(want), "{problem}");
        problem
    }

    #[test]
    fn numbers_out_of_range() {
        refused(&job("x", 0), "completions must be between 1 and 2147483647, not 0");
        refused(&job("x", 1 << 31), "not 2147483648");
        let mut many = job("x", 5);
        many["spec"]["parallelism"] = json!(100_001);
        refused(&many, "parallelism must be between 0 and 100000");
        let mut per_index = job("x", 100_001);
        per_index["spec"]["backoffLimitPerIndex"] = json!(0);
        refused(&per_index, "need maxFailedIndexes");
    }

    #[test]
    fn names_that_cannot_be_hostnames() {
        assert_eq!(refused(&job("My.Job", 5), "cannot name an Indexed Job").hint.as_deref(), Some("try my-job"));
        refused(&job("-x", 5), "cannot name");
        refused(&job("", 5), "cannot name");
        refused(&job("über", 5), "cannot name");
    }

    #[test]
    fn the_longest_name_depends_on_the_last_index() {
        assert_eq!(limits(&job(&"x".repeat(61), 5)), Ok(()));
        refused(&job(&"x".repeat(62), 5), "may have 61");
        assert_eq!(limits(&job(&"x".repeat(58), 10_000)), Ok(()));
        refused(&job(&"x".repeat(59), 10_000), "may have 58");
        let mut prefix = job("x", 5);
        prefix["metadata"] = json!({"generateName": format!("{}-", "x".repeat(56))});
        refused(&prefix, "has 62 characters");
    }

    #[test]
    fn limits_of_failed_indexes() {
        let with = |completions, per_index: Option<u32>, max: u32, parallelism: u32| {
            let mut job = job("x", completions);
            if let Some(limit) = per_index {
                job["spec"]["backoffLimitPerIndex"] = json!(limit);
            }
            job["spec"]["maxFailedIndexes"] = json!(max);
            job["spec"]["parallelism"] = json!(parallelism);
            job
        };
        assert_eq!(limits(&with(10, Some(0), 10, 1)), Ok(()));
        refused(&with(10, None, 1, 1), "maxFailedIndexes needs a limit for each index");
        refused(&with(10, Some(0), 11, 1), "must be between 0 and 10, not 11");
        refused(&with(100_001, Some(0), 10_001, 1), "must be between 0 and 10000, not 10001");
        refused(&with(100_001, Some(0), 10_000, 10_001), "parallelism may be 10000 at the most");
    }

    #[test]
    fn annotations_have_room_for_regular_numbers_only() {
        let mut job = job("x", 5);
        job["metadata"]["annotations"] = json!({"numbers": "1,".repeat(200_000)});
        refused(&job, "the annotations take 400007 bytes, and 262144 are the most");
    }

    #[test]
    fn limits_of_policies() {
        let mut rules = job("x", 5);
        rules["spec"]["podFailurePolicy"]["rules"] = json!(vec![json!({}); 21]);
        refused(&rules, "podFailurePolicy has 21 rules, and 20 are the most");
        let mut success = job("x", 5);
        success["spec"]["successPolicy"]["rules"] = json!([{"succeededCount": 6}]);
        refused(&success, "succeededCount 6 is more than the 5 completions");
        success["spec"]["successPolicy"]["rules"] = json!([{"succeededIndexes": "0-2", "succeededCount": 4}]);
        refused(&success, "succeededCount 4 is more than the 3 indexes of its set");
        success["spec"]["successPolicy"]["rules"] = json!([{"succeededIndexes": "0,5"}]);
        refused(&success, "succeededIndexes has 5, and with 5 completions the last index is 4");
    }
}
