//! The server's limits, checked before anything is sent, and what a file must hold.

use serde_json::Value;

/// Something about a manifest that a server would refuse, or that makes it no Indexed Job.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    message: String,
    /// What to do about it, with a command or flag to type; None where the message says it all.
    pub hint: Option<String>,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None }
    }

    pub(super) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// The Indexed Job among `documents`, which came from one file.
pub fn from_file(documents: Vec<Value>) -> Result<Value, Problem> {
    let count = documents.len();
    if count == 0 {
        return Err(Problem::new("nothing in it; one batch/v1 Job is wanted"));
    }
    let [job] = <[Value; 1]>::try_from(documents).map_err(|_| {
        Problem::new(format!("found {count} documents where one Job is wanted"))
            .hint("create the other objects with kubectl create -f, and the Job with kubectl indexedjob create -f")
    })?;
    let text = |key: &str| job[key].as_str().unwrap_or_default();
    if (text("apiVersion"), text("kind")) != ("batch/v1", "Job") {
        if text("apiVersion").is_empty() || text("kind").is_empty() {
            return Err(Problem::new("apiVersion or kind is missing; a batch/v1 Job is wanted"));
        }
        let found = format!("{} {}", text("apiVersion"), text("kind"));
        let problem = Problem::new(format!("found {} where a batch/v1 Job is wanted", crate::text::shown(&found)));
        return Err(match text("kind") {
            "Job" => problem.hint("write \"apiVersion: batch/v1\""),
            _ => problem.hint("create other kinds with kubectl create -f"),
        });
    }
    if job["spec"]["completionMode"].as_str() != Some("Indexed") {
        return Err(Problem::new("the Job is not Indexed: its pods would have no completion index")
            .hint("write \"completionMode: Indexed\" and \"completions: N\" under spec"));
    }
    limits(&job)?;
    Ok(job)
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
    if completions > 100_000 && spec["backoffLimitPerIndex"].is_number() && !spec["maxFailedIndexes"].is_number() {
        return Err(Problem::new(format!(
            "{completions} completions with a limit per index need maxFailedIndexes; without it 100000 are the most"
        ))
        .hint("use --defaults=api, or set maxFailedIndexes in a file for -f"));
    }
    match job["metadata"]["name"].as_str() {
        Some(name) => name_fits(name, completions),
        None => Ok(()),
    }
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
    }

    #[test]
    fn a_file_holds_one_indexed_job() {
        assert_eq!(from_file(vec![job("x", 5)]), Ok(job("x", 5)));
        let message = |documents| from_file(documents).unwrap_err().to_string();
        assert_eq!(message(vec![]), "nothing in it; one batch/v1 Job is wanted");
        assert_eq!(message(vec![json!([1])]), "apiVersion or kind is missing; a batch/v1 Job is wanted");
        assert_eq!(message(vec![job("x", 5), job("y", 5)]), "found 2 documents where one Job is wanted");
        let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment"});
        assert_eq!(message(vec![deployment]), "found apps/v1 Deployment where a batch/v1 Job is wanted");
        let mut plain = job("x", 5);
        plain["spec"]["completionMode"] = json!("NonIndexed");
        assert!(message(vec![plain]).starts_with("the Job is not Indexed"));
        let mut wrong = job("x", 5);
        wrong["spec"]["parallelism"] = json!("three");
        assert!(message(vec![wrong]).starts_with("spec.parallelism must be a whole number, not \"three\""));
    }

    #[test]
    fn fields_newer_than_this_program_are_no_problem() {
        let mut new = job("x", 5);
        new["spec"]["scheduling2040"] = json!({"a": 1});
        assert_eq!(from_file(vec![new.clone()]), Ok(new));
    }
}
