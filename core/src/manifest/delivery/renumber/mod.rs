//! A Job with only some of the indexes of another one: every container is told the index that its task had there, so that
//! all that was made for that one holds. `rekey`: files that are mounted by the index.

mod rekey;

use std::borrow::Cow;

use serde_json::{Value, json};

use super::super::edit::list;
use super::super::expansion::escaped;
use super::super::{Objects, Problem, completions};
use super::lists::{self, List};
use super::needs::INDEX;
use super::read_back::{ITEM_NUMBERS, ItemPlace};
use super::values;
use crate::index_set::IndexSet;
use crate::numbering::{NUMBERS, Numbering};
use crate::text::shown;
use crate::work::{Piece, Source, Word};
use rekey::rekey;

/// The volume and directory of the index that a task had.
const VOLUME: &str = "indexedjob-retry";
/// What to use where a task cannot be told its index.
const HINT: &str = "Kubernetes 1.35 can tell it; here only the ways status and adopt can run these tasks again";

/// What is to be left of a Job.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The indexes to keep.
    pub indexes: &'a IndexSet,
    /// The numbers of these tasks, as many.
    pub numbers: &'a IndexSet,
    /// May a variable come from a file that an init container wrote?
    pub file_key_ref: bool,
    /// `ConfigMaps` that the pods read, as they are.
    pub maps: &'a [Value],
    /// Makes the names of helpers unique.
    pub suffix: &'a str,
}

/// `job` with `part` of its indexes alone, and the new objects that it needs.
///
/// # Errors
/// Something in the Job depends on the index in a way that cannot be translated.
pub fn renumber(mut job: Value, part: &Part) -> Result<Objects, Problem> {
    let count = part.indexes.len();
    name_items(&mut job, part);
    shrink(&mut job, count);
    let annotations = &mut job["metadata"]["annotations"];
    match Numbering::new(part.numbers.clone()).set() {
        Some(numbers) => annotations[NUMBERS] = json!(numbers.compact()),
        None => drop(annotations.as_object_mut().and_then(|annotations| annotations.remove(NUMBERS))),
    }
    if *part.indexes == IndexSet::all(count) {
        return Ok(Objects { job, helpers: vec![] });
    }
    no_file_of_the_index(&job)?;
    let mut helpers = Vec::new();
    let source = Origin::new(&job, part, &mut helpers)?;
    if part.file_key_ref {
        each_container(&mut job, |container| source.by_variable(container))?;
    } else {
        rekey(&mut job, part, &mut helpers)?;
        each_container(&mut job, |container| source.by_shell(container))?;
    }
    source.install(&mut job, part.file_key_ref);
    Ok(Objects { job, helpers })
}

/// Remembers under which numbers the items are kept, where that is told by nothing else: the tasks are told the index that
/// they had, but files that are [rekeyed](rekey), which are found by the new one.
fn name_items(job: &mut Value, part: &Part) {
    let Some(place) = ItemPlace::of(job) else { return };
    let completions = completions(job);
    let annotations = &mut job["metadata"]["annotations"];
    if place.is_by_keys() && !part.file_key_ref && *part.indexes != IndexSet::all(part.indexes.len()) {
        drop(annotations.as_object_mut().and_then(|annotations| annotations.remove(ITEM_NUMBERS)));
    } else if annotations[ITEM_NUMBERS].is_null() {
        let numbering = Numbering::of_annotation(annotations[NUMBERS].as_str(), completions);
        annotations[ITEM_NUMBERS] = json!(numbering.numbers(&IndexSet::all(completions)).compact());
    }
}

/// The fields that count indexes.
fn shrink(job: &mut Value, count: u32) {
    let spec = &mut job["spec"];
    spec["completions"] = json!(count);
    for field in ["parallelism", "maxFailedIndexes"] {
        if spec[field].as_u64().is_some_and(|number| number > u64::from(count)) {
            spec[field] = json!(count);
        }
    }
    if let Some(spec) = spec.as_object_mut() {
        // Its rules speak of the indexes of the whole.
        spec.remove("successPolicy");
    }
}

/// Does this variable hold the index by the downward API?
fn is_index_field(field: &Value) -> bool {
    let path = field["fieldRef"]["fieldPath"].as_str().unwrap_or_default();
    path.ends_with("['batch.kubernetes.io/job-completion-index']")
}

fn no_file_of_the_index(job: &Value) -> Result<(), Problem> {
    let volumes = job["spec"]["template"]["spec"]["volumes"].as_array().into_iter().flatten();
    for volume in volumes {
        let projected = volume["projected"]["sources"].as_array().into_iter().flatten();
        let mut sources = projected.map(|source| &source["downwardAPI"]).chain([&volume["downwardAPI"]]);
        if sources.any(|source| source["items"].as_array().into_iter().flatten().any(is_index_field)) {
            let name = shown(volume["name"].as_str().unwrap_or_default());
            let problem =
                format!("the volume {name} gives each task a file with its index, which cannot be translated");
            return Err(Problem::new(problem).hint("use --via=status or --via=adopt"));
        }
    }
    Ok(())
}

fn each_container(job: &mut Value, mut edit: impl FnMut(&mut Value) -> Result<(), Problem>) -> Result<(), Problem> {
    for kind in ["initContainers", "containers"] {
        let containers = job["spec"]["template"]["spec"].get_mut(kind).and_then(Value::as_array_mut);
        containers.into_iter().flatten().try_for_each(&mut edit)?;
    }
    Ok(())
}

/// Where a task finds the index that it had.
struct Origin {
    volume: String,
    /// Sets `IJ_N` in a shell; None where the list is too irregular.
    computed: Option<String>,
    /// What the init container runs, and mounts besides.
    script: String,
    mounts: Vec<Value>,
    volumes: Vec<Value>,
}

impl Origin {
    fn new(job: &Value, part: &Part, helpers: &mut Vec<Value>) -> Result<Self, Problem> {
        let pod = &job["spec"]["template"]["spec"];
        let volume = free(VOLUME, &pod["volumes"], &Value::Null);
        let computed = values::computed(part.indexes);
        let file = format!("/{volume}/{}", values::FILE);
        let mut origin = Self {
            volumes: vec![json!({"name": volume, "emptyDir": {}})],
            mounts: vec![json!({"name": volume, "mountPath": format!("/{volume}")})],
            script: String::new(),
            volume,
            computed,
        };
        let key = values::key(Source::Number);
        match &origin.computed {
            Some(computed) => origin.script = format!("{computed}printf \"{key}='%s'\\n\" \"$IJ_N\" > {file}\n"),
            None => origin.packed(job, part, &file, helpers)?,
        }
        Ok(origin)
    }

    /// The indexes in `ConfigMaps`, a line for each task.
    fn packed(&mut self, job: &Value, part: &Part, file: &str, helpers: &mut Vec<Value>) -> Result<(), Problem> {
        let line = |index: u32| Cow::from(values::file(&[(Source::Number, index.to_string().as_bytes())]));
        let list = List { kind: lists::VALUES, entries: part.indexes.iter().map(line).collect() };
        let packs = lists::packed(&list)?;
        let mut sources = Vec::new();
        for pack in &packs {
            let name = helper_name(job, "retried", part.suffix, sources.len());
            helpers.push(helper(job, &name, lists::single(&pack.key, pack.lines.as_bytes())));
            sources.push(json!({"configMap": {"name": name}}));
        }
        self.script = format!("{}{}", lists::PUT, lists::put_call(&list, &packs, file));
        let volume = format!("{}-lists", self.volume);
        self.mounts.push(json!({"name": volume, "mountPath": lists::PACKS_PATH, "readOnly": true}));
        self.volumes.push(json!({"name": volume, "projected": {"sources": sources}}));
        Ok(())
    }

    /// Kubernetes gives the container its variables from the file.
    #[expect(clippy::unnecessary_wraps, reason = "as `by_shell`")]
    fn by_variable(&self, container: &mut Value) -> Result<(), Problem> {
        let origin = values::from_file(INDEX, Source::Number, &self.volume)["valueFrom"].clone();
        let Some(container) = container.as_object_mut() else { return Ok(()) };
        let env = list(container, "env");
        for variable in env.iter_mut().filter(|variable| is_index_field(&variable["valueFrom"])) {
            variable["valueFrom"] = origin.clone();
        }
        if env.iter().all(|variable| variable["name"] != INDEX) {
            // What refers to it stands behind it.
            env.insert(0, json!({"name": INDEX, "valueFrom": origin}));
        }
        Ok(())
    }

    /// A shell around the command sets the container's variables.
    fn by_shell(&self, container: &mut Value) -> Result<(), Problem> {
        let name = shown(container["name"].as_str().unwrap_or_default()).into_owned();
        let words = |key: &str| {
            let words = container[key].as_array().into_iter().flatten();
            words.map(|word| word.as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>()
        };
        let (command, args) = (words("command"), words("args"));
        if command.is_empty() {
            let problem = format!("the container {name} has no command around which a shell could tell it its index");
            return Err(Problem::new(problem).hint(HINT));
        }
        let names = index_variables(container);
        let refers = |text: &str| names.iter().any(|name| text.contains(&format!("$({name})")));
        let mut env = container["env"].as_array().into_iter().flatten();
        if let Some(variable) = env.find(|variable| variable["value"].as_str().is_some_and(refers)) {
            let variable = shown(variable["name"].as_str().unwrap_or_default()).into_owned();
            let problem = format!("the variable {variable} of the container {name} is made of the index");
            return Err(Problem::new(problem).hint(HINT));
        }
        let number = || vec![Piece::Value(Source::Number)];
        let known = |name: &str| names.iter().any(|known| known == name).then(number);
        let words = command.iter().chain(&args).map(|word| values::with_values(&[Piece::Text(word.clone())], known));
        let words: Vec<Word> = words.collect();
        let variables: Vec<(String, Word)> = names.iter().map(|name| (name.clone(), number())).collect();
        let prelude = self.computed.clone().unwrap_or_else(|| format!(". /{}/{} || exit\n", self.volume, values::FILE));
        container["command"] = json!(values::wrapper(&prelude, &variables, &words));
        if let Some(container) = container.as_object_mut() {
            container.remove("args");
            if self.computed.is_none() {
                list(container, "volumeMounts").push(self.mounts[0].clone());
            }
        }
        Ok(())
    }

    /// Adds the init container and its volumes, where they are needed.
    fn install(self, job: &mut Value, file_key_ref: bool) {
        if !file_key_ref && self.computed.is_some() {
            return;
        }
        let pod = &mut job["spec"]["template"]["spec"];
        let name = free("retry", &pod["initContainers"], &pod["containers"]);
        let security = pod["containers"][0]["securityContext"].clone();
        let resources = pod["containers"][0]["resources"].clone();
        let script = format!("set -e\n{}", escaped(&self.script));
        let mut container = json!({
            "name": name, "image": super::SHELL, "command": ["sh", "-c", script], "volumeMounts": self.mounts,
        });
        if security.is_object() {
            container["securityContext"] = security;
        }
        for kind in ["requests", "limits"] {
            // A namespace with a quota refuses a container that says nothing.
            let amounts = resources[kind].as_object().into_iter().flatten();
            for (resource, amount) in amounts.filter(|(name, _)| matches!(name.as_str(), "cpu" | "memory")) {
                container["resources"][kind][resource] = amount.clone();
            }
        }
        if let Some(pod) = pod.as_object_mut() {
            list(pod, "initContainers").insert(0, container);
            list(pod, "volumes").extend(self.volumes);
        }
    }
}

/// The variables of a container that hold the index.
fn index_variables(container: &Value) -> Vec<String> {
    let env = container["env"].as_array().into_iter().flatten();
    let by_field = env.filter(|variable| is_index_field(&variable["valueFrom"]));
    let mut names: Vec<String> = by_field.filter_map(|variable| variable["name"].as_str().map(str::to_owned)).collect();
    if names.iter().all(|name| name != INDEX) {
        names.insert(0, INDEX.to_owned());
    }
    names
}

fn helper_name(job: &Value, what: &str, suffix: &str, number: usize) -> String {
    let name = job["metadata"]["name"].as_str().unwrap_or_default();
    format!("{name}-{what}-{suffix}-{number}")
}

fn helper(job: &Value, name: &str, content: serde_json::Map<String, Value>) -> Value {
    let mut helper = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "immutable": true,
        "metadata": {"name": name, "labels": {super::JOB_LABEL: job["metadata"]["name"]}},
    });
    content.into_iter().for_each(|(key, value)| helper[key] = value);
    helper
}

/// `wanted`, or `wanted-2` and so on, which no item of either list has.
fn free(wanted: &str, one: &Value, other: &Value) -> String {
    let taken = |name: &str| {
        let items = [one, other].into_iter().flat_map(|list| list.as_array().into_iter().flatten());
        items.into_iter().any(|item| item["name"] == name)
    };
    let numbered = (2u32..).map(|number| format!("{wanted}-{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests;
