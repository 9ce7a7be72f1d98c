//! Whole manifests, one for each way in which things reach the tasks.

use serde_json::{Value, json};

use super::{build, from_file};
use crate::plan::{Base, Command, Defaults, Features, Name, Plan, Share, Via, sample};
use crate::work::{Format, Items, Source, Token, Work};
use crate::yaml;

fn items(list: &[&str]) -> Work {
    Work::Items(Items::single(list.iter().map(|item| item.as_bytes().to_vec()).collect()).unwrap())
}

fn array(set: &str) -> Work {
    Work::Array(set.parse().unwrap())
}

/// A plan without defaults of ours, so that only the delivery is shown.
fn bare(work: Work, command: &[&str]) -> Plan {
    Plan { defaults: Defaults::Api, ..sample(work, command) }
}

fn words(words: &[&str]) -> Command {
    let words = words.iter().map(ToString::to_string).collect();
    Command::Words { words, token: Token::Braces, keep_entrypoint: false }
}

/// What is created, long values cut, and how it is told.
fn shown(plan: &Plan) -> String {
    let (objects, ways) = build(plan, "abcde").unwrap();
    let documents = objects.helpers.into_iter().chain([objects.job]).map(|mut object| {
        cut(&mut object);
        yaml::document(&object)
    });
    format!("{ways:?}\n---\n{}", documents.collect::<Vec<_>>().join("---\n"))
}

/// Leaves of long texts and maps their beginning.
fn cut(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > 2_000 => *text = format!("{}... {} bytes", &text[..40], text.len()),
        Value::Object(fields) => {
            let count = fields.len();
            if count > 30 {
                *fields = std::mem::take(fields).into_iter().take(2).collect();
                fields.insert("...".to_owned(), json!(count));
            }
            fields.values_mut().for_each(cut);
        }
        Value::Array(list) => list.iter_mut().for_each(cut),
        _ => {}
    }
}

#[test]
fn items_by_keys() {
    insta::assert_snapshot!(shown(&bare(items(&["foo", "two\nlines", ""]), &["rev", "/input/data.txt"])));
}

#[test]
fn items_inline() {
    let mut plan = bare(items(&["foo", "it's $(x) $$"]), &["rev", "/input/data.txt"]);
    plan.delivery.via = Via::Init;
    insta::assert_snapshot!(shown(&plan));
}

#[test]
fn items_packed() {
    let item = "x".repeat(500);
    let mut plan = bare(items(&vec![item.as_str(); 2_500]), &["rev", "/input/data.txt"]);
    plan.pod.requests = vec![("cpu".into(), "1".into()), ("nvidia.com/gpu".into(), "1".into())];
    insta::assert_snapshot!(shown(&plan));
}

/// Items in variables and words, where the server knows `fileKeyRef`, or where it does not.
fn with_values(minor: u32) -> Plan {
    let table = Format::Csv.read(b"path,seed\na b,1\nc,2\n").unwrap();
    let mut plan = bare(Work::Items(table), &["x", "--path={path}", "{}", "$(I) $$ $(date)"]);
    plan.delivery.item_env = vec![("I".into(), Source::Item), ("SEED".into(), Source::Column(1))];
    plan.pod.env = vec![("OUT".into(), "/out/$(SEED)/$(JOB_COMPLETION_INDEX)".into()), ("MODE".into(), "a$$b".into())];
    plan.features = Features::of_minor(minor);
    plan
}

#[test]
fn values_by_file_key_ref() {
    insta::assert_snapshot!(shown(&with_values(35)));
}

#[test]
fn values_by_a_wrapper() {
    insta::assert_snapshot!(shown(&with_values(34)));
}

#[test]
fn values_packed_with_the_items() {
    let list: Vec<String> = (0..2_001).map(|number| format!("item {number}")).collect();
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    insta::assert_snapshot!(shown(&bare(items(&list), &["rev", "{}"])));
}

#[test]
fn numbers_computed() {
    let mut plan = bare(array("1-10"), &["x", "$(SLURM_ARRAY_TASK_ID)"]);
    plan.delivery.index_env = vec!["N".into()];
    plan.delivery.index_path = Some("/etc/task/number".into());
    plan.pod.env = vec![("OUT".into(), "/out/$(JOB_COMPLETION_INDEX)".into())];
    for minor in [35, 34] {
        plan.features = Features::of_minor(minor);
        insta::assert_snapshot!(format!("numbers_computed_{minor}"), shown(&plan));
    }
}

#[test]
fn numbers_listed() {
    let squares: Vec<String> = (0u32..140).map(|number| (number * number).to_string()).collect();
    let mut plan = bare(array(&squares.join(",")), &["x"]);
    plan.delivery.index_path = Some("/etc/task/number".into());
    for minor in [35, 34] {
        plan.features = Features::of_minor(minor);
        insta::assert_snapshot!(format!("numbers_listed_{minor}"), shown(&plan));
    }
}

#[test]
fn numbers_that_are_indexes_need_nothing_of_ours() {
    let mut plan = bare(array("0-3"), &["x"]);
    plan.delivery.index_env = vec!["N".into()];
    plan.delivery.index_path = Some("/etc/task/number".into());
    insta::assert_snapshot!(shown(&plan));
}

/// A Job of two containers, the second of which is meant, and a `ConfigMap` beside it.
fn file() -> Base {
    let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "m"}, "data": {"a": "b"}});
    let side = json!({"name": "side", "image": "i"});
    let worker = json!({
        "name": "worker", "image": "i", "command": ["x", "$(MODE)"], "args": ["a"], "env": [{"name": "MODE", "value": "m"}],
        "volumeMounts": [{"name": "input", "mountPath": "/m"}],
    });
    let volumes = json!([{"name": "input", "configMap": {"name": "m"}}, {"name": "indexedjob", "emptyDir": {}}]);
    let pod = json!({"restartPolicy": "Never", "containers": [side, worker], "volumes": volumes, "someday": 1});
    let job = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "file"}, "spec": {"template": {"spec": pod}}});
    from_file(vec![map, job]).unwrap()
}

#[test]
fn over_a_file_that_has_a_command() {
    let mut plan = Plan { base: file(), name: None, command: Command::Keep, ..sample(array("3,5"), &[]) };
    plan.pod.image = None;
    plan.pod.container = Some("worker".into());
    insta::assert_snapshot!(shown(&plan));
}

#[test]
fn a_script_with_arguments() {
    let content = b"#!/bin/sh\necho \"$1\"\n".to_vec();
    let (token, words) = (Token::Braces, vec!["{}".to_owned(), "$HOME".to_owned()]);
    let command = Command::Script { file_name: "run.sh".into(), content, words, token };
    insta::assert_snapshot!(shown(&Plan { command, ..bare(items(&["a"]), &[]) }));
}

#[test]
fn a_name_that_the_server_completes_and_a_queue() {
    let mut plan = bare(items(&["a"]), &["x"]);
    plan.name = Some(Name::Prefix("train-".into()));
    plan.namespace = Some("team".into());
    plan.job.queue = Some("gpus".into());
    plan.job.parallelism = Some(1);
    insta::assert_snapshot!(shown(&plan));
}

#[test]
fn limits_and_policies() {
    let mut plan = sample(array("1-10"), &["true"]);
    plan.job.retries = Some(2);
    plan.job.max_failed_indexes = Some(Share::Percent(20));
    plan.job.fail_job_on = Some("42".parse().unwrap());
    plan.job.fail_index_on = Some("1,3-5".parse().unwrap());
    plan.job.succeeded_count = Some(2);
    plan.job.succeeded_indexes = Some("1,2,10".parse().unwrap());
    plan.job.active_deadline = Some(3_600);
    plan.job.ttl = Some(0);
    plan.pod.time_limit = Some(60);
    insta::assert_snapshot!(shown(&plan));
}

/// The Kubernetes docs' "Indexed Job for Parallel Processing with Static Work Assignment".
#[test]
fn the_docs_manifest() {
    let mut plan = bare(items(&["foo", "bar", "baz", "qux", "xyz"]), &[]);
    plan.name = Some(Name::Whole("indexed-job".into()));
    plan.command = words(&["rev", "/input/data.txt"]);
    plan.pod.image = Some("docker.io/library/busybox".into());
    plan.job.parallelism = Some(3);
    plan.delivery.via = Via::Init;
    insta::assert_snapshot!(shown(&plan));
}
