//! What a file for `create -f` must hold: a Job or a bare PodTemplate, and beside it `ConfigMaps` for the Job to own.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::ConfigMap;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::Problem;
use crate::facts::{CHAIN, RETRYING};
use crate::plan::Base;
use crate::text::shown;

/// The annotations that, beside [`RETRYING`], make a Job a run of a chain. A copy of it is none: it runs all its tasks.
const OF_A_RUN: [&str; 7] = [
    "kubectl-indexedjob/retry-of",
    "kubectl-indexedjob/retry",
    "kubectl-indexedjob/first-run",
    "kubectl-indexedjob/retried",
    "kubectl-indexedjob/skipped",
    "kubectl-indexedjob/done",
    "kubectl-indexedjob/shared",
];

/// The Job among `documents`, which came from one file, and the `ConfigMaps` beside it. A List is what is in it.
pub fn from_file(documents: Vec<Value>) -> Result<Base, Problem> {
    let documents = documents.into_iter().flat_map(unlisted);
    let mut jobs = Vec::new();
    let mut helpers = Vec::new();
    for document in documents {
        match (text(&document, "apiVersion"), text(&document, "kind")) {
            ("batch/v1", "Job") => jobs.push(document),
            ("v1", "PodTemplate") => jobs.push(job_of(&document)),
            ("v1", "ConfigMap") => helpers.push(document),
            _ => return Err(strange(&document)),
        }
    }
    let job = match <[Value; 1]>::try_from(jobs) {
        Ok([job]) => of_no_chain(job),
        Err(jobs) if jobs.is_empty() => return Err(Problem::new("nothing in it; one batch/v1 Job is wanted")),
        Err(jobs) => {
            return Err(Problem::new(format!("found {} Jobs where one is wanted", jobs.len()))
                .hint("create them one by one, or all as they are with kubectl create -f"));
        }
    };
    well_typed::<Job>(&job)?;
    helpers.iter().try_for_each(|helper| belongs(helper, &job))?;
    Ok(Base::File { job, helpers })
}

/// `job` without what says that a retry has made it.
fn of_no_chain(mut job: Value) -> Value {
    let of_a_run = OF_A_RUN.into_iter().chain([RETRYING]);
    for (kind, keys) in [("annotations", of_a_run.collect::<Vec<_>>()), ("labels", vec![CHAIN])] {
        if let Some(all) = job.pointer_mut(&format!("/metadata/{kind}")).and_then(Value::as_object_mut) {
            all.retain(|key, _| !keys.contains(&key.as_str()));
        }
    }
    job
}

fn text<'a>(document: &'a Value, key: &str) -> &'a str {
    document[key].as_str().unwrap_or_default()
}

/// The items of a List, else the document.
fn unlisted(mut document: Value) -> Vec<Value> {
    if text(&document, "kind") == "List"
        && let Value::Array(items) = document["items"].take()
    {
        return items;
    }
    vec![document]
}

fn strange(document: &Value) -> Problem {
    let (api, kind) = (text(document, "apiVersion"), text(document, "kind"));
    if api.is_empty() || kind.is_empty() {
        return Problem::new("apiVersion or kind is missing; a batch/v1 Job is wanted");
    }
    let found = format!("{api} {kind}");
    let problem = Problem::new(format!("found {} where a batch/v1 Job is wanted", shown(&found)));
    match kind {
        "Job" => problem.hint("write \"apiVersion: batch/v1\""),
        _ => problem.hint("create other kinds with kubectl create -f"),
    }
}

/// A Job with nothing but this template. The template of a Job never restarts its pods, and that of the server's
/// `PodTemplates` always says that it does.
fn job_of(template: &Value) -> Value {
    let mut job = json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {"template": template["template"]}});
    for key in ["name", "namespace"] {
        if let Some(value) = template["metadata"][key].as_str() {
            job["metadata"][key] = json!(value);
        }
    }
    let pod = job.pointer_mut("/spec/template/spec").and_then(Value::as_object_mut);
    if let Some(pod) = pod
        && matches!(pod.get("restartPolicy").and_then(Value::as_str), None | Some("Always"))
    {
        pod.insert("restartPolicy".to_owned(), json!("Never"));
    }
    job
}

/// Has every field that this program knows the type that the API gives it? Others may be newer than this program.
fn well_typed<T: DeserializeOwned>(object: &Value) -> Result<(), Problem> {
    match serde_path_to_error::deserialize::<_, T>(object) {
        Ok(_) => Ok(()),
        Err(error) => {
            let (path, inner) = (error.path().to_string(), error.into_inner().to_string());
            Err(Problem::new(format!("{}: {}", shown(&path), shown(&inner))))
        }
    }
}

/// Can `job` own this `ConfigMap`? An owner is in the same namespace.
fn belongs(helper: &Value, job: &Value) -> Result<(), Problem> {
    well_typed::<ConfigMap>(helper)?;
    let Some(name) = helper["metadata"]["name"].as_str() else {
        return Err(Problem::new("a ConfigMap has no name"));
    };
    let namespace = |object: &Value| object["metadata"]["namespace"].as_str().map(str::to_owned);
    match (namespace(helper), namespace(job)) {
        (theirs, ours) if theirs == ours => Ok(()),
        (theirs, ours) => {
            let called = |namespace: Option<String>| match namespace {
                Some(namespace) => format!("namespace {}", shown(&namespace)),
                None => "no namespace".to_owned(),
            };
            let (theirs, ours) = (called(theirs), called(ours));
            Err(Problem::new(format!("ConfigMap {} is in {theirs}, and the Job in {ours}", shown(name)))
                .hint("write the same metadata.namespace into both, or into none"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(name: &str) -> Value {
        json!({
            "apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name},
            "spec": {
                "completionMode": "Indexed", "completions": 5,
                "template": {"spec": {"containers": [{"name": "w", "image": "i"}]}},
            },
        })
    }

    fn read(documents: Vec<Value>) -> (Value, Vec<Value>) {
        match from_file(documents).unwrap() {
            Base::File { job, helpers } => (job, helpers),
            Base::New => panic!("a file"),
        }
    }

    #[test]
    fn a_file_holds_one_job() {
        assert_eq!(read(vec![job("x")]), (job("x"), vec![]));
        let message = |documents| from_file(documents).unwrap_err().to_string();
        assert_eq!(message(vec![]), "nothing in it; one batch/v1 Job is wanted");
        assert_eq!(message(vec![json!([1])]), "apiVersion or kind is missing; a batch/v1 Job is wanted");
        assert_eq!(message(vec![job("x"), job("y")]), "found 2 Jobs where one is wanted");
        let deployment = json!({"apiVersion": "apps/v1", "kind": "Deployment"});
        assert_eq!(message(vec![deployment]), "found apps/v1 Deployment where a batch/v1 Job is wanted");
        let mut wrong = job("x");
        wrong["spec"]["parallelism"] = json!("three");
        assert_eq!(message(vec![wrong]), "spec.parallelism: invalid type: string \"three\", expected i32");
        let mut no_list = job("x");
        no_list["spec"]["template"]["spec"]["containers"] = json!({});
        assert!(message(vec![no_list]).starts_with("spec.template.spec.containers: invalid type: map"));
    }

    #[test]
    fn a_copy_of_a_run_is_no_run_of_its_chain() {
        use crate::rerun::{DONE, FIRST_RUN, RETRIED, RETRY, RETRY_OF, SKIPPED};

        let mut run = job("x-r1");
        let of_a_run = [RETRY_OF, RETRY, FIRST_RUN, RETRIED, SKIPPED, DONE, RETRYING];
        run["metadata"]["annotations"] = of_a_run.into_iter().map(|key| (key.to_owned(), json!("3"))).collect();
        run["metadata"]["annotations"]["team"] = json!("a");
        run["metadata"]["labels"] = json!({CHAIN: "uid", "app": "b"});
        let mut copy = job("x-r1");
        copy["metadata"]["annotations"] = json!({"team": "a"});
        copy["metadata"]["labels"] = json!({"app": "b"});
        assert_eq!(read(vec![run]), (copy, vec![]));
    }

    #[test]
    fn config_maps_go_with_the_job() {
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}});
        assert_eq!(read(vec![map.clone(), job("x")]), (job("x"), vec![map.clone()]));
        let list = json!({"apiVersion": "v1", "kind": "List", "items": [map, job("x")]});
        assert_eq!(read(vec![list]), (job("x"), vec![map]));
    }

    #[test]
    fn a_config_map_that_no_job_could_own_is_refused() {
        let message = |map: Value| from_file(vec![job("x"), map]).unwrap_err().to_string();
        let map = |metadata: Value| json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata});
        let elsewhere = message(map(json!({"name": "m", "namespace": "other"})));
        assert_eq!(elsewhere, "ConfigMap m is in namespace other, and the Job in no namespace");
        assert!(message(map(json!({"name": "m", "labels": ["a"]}))).starts_with("metadata.labels: invalid type"));
        assert_eq!(message(map(json!({}))), "a ConfigMap has no name");
    }

    #[test]
    fn a_pod_template_is_a_job_with_this_template() {
        let pod = json!({"restartPolicy": "Always", "containers": [{"name": "w"}]});
        let template = json!({"apiVersion": "v1", "kind": "PodTemplate", "metadata": {"name": "t", "labels": {"a": "b"}},
            "template": {"metadata": {"labels": {"c": "d"}}, "spec": pod}});
        let (job, _) = read(vec![template]);
        assert_eq!(job["metadata"], json!({"name": "t"}));
        assert_eq!(job["spec"]["template"]["metadata"], json!({"labels": {"c": "d"}}));
        assert_eq!(job["spec"]["template"]["spec"]["restartPolicy"], "Never");
        let strange = json!({"apiVersion": "v1", "kind": "PodTemplate", "template": "hello"});
        assert!(from_file(vec![strange]).unwrap_err().to_string().starts_with("spec.template: invalid type: string"));
    }

    #[test]
    fn fields_newer_than_this_program_are_no_problem() {
        let mut new = job("x");
        new["spec"]["scheduling2040"] = json!({"a": 1});
        assert_eq!(read(vec![new.clone()]).0, new);
    }
}
