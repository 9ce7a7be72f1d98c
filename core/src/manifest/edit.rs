//! Setters on the JSON of a Job: what is not named stays, unknown fields too.

use serde_json::{Map, Value, json};

use super::Problem;
use crate::text::shown;

/// A Job and the one container of it that the flags are about.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    job: Value,
    worker: usize,
}

/// Which container of a Job is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container<'a> {
    /// That of this name.
    Named(&'a str),
    /// The only one, or the one that `kubectl.kubernetes.io/default-container` names.
    Only,
    /// As `Only`; but nothing is done to it, so that it need not be clear which one that is.
    Untouched,
}

impl Manifest {
    /// `job`, whose types have been checked, and the container of it that is meant.
    pub(super) fn new(job: Value, meant: Container) -> Result<Self, Problem> {
        let template = &job["spec"]["template"];
        let default = template["metadata"]["annotations"]["kubectl.kubernetes.io/default-container"].as_str();
        let containers = template["spec"]["containers"].as_array().map_or(&[][..], Vec::as_slice);
        let names: Vec<&str> = containers.iter().map(|c| c["name"].as_str().unwrap_or_default()).collect();
        let all = || shown(&names.join(", ")).into_owned();
        let name = match meant {
            Container::Named(name) => Some(name),
            Container::Only => default,
            Container::Untouched => None,
        };
        let worker = match (name, &names[..]) {
            (_, []) => return Err(Problem::new("spec.template.spec.containers is missing")),
            (Some(name), _) => names
                .iter()
                .position(|other| *other == name)
                .ok_or_else(|| Problem::new(format!("no container is called {}; there are: {}", shown(name), all())))?,
            (None, [_]) => 0,
            (None, _) if meant == Container::Untouched => 0,
            (None, _) => {
                return Err(Problem::new(format!("the pod has several containers: {}", all()))
                    .hint("say which one is meant by -c NAME"));
            }
        };
        Ok(Self { job, worker })
    }

    /// The Job.
    pub(super) fn into_job(self) -> Value {
        self.job
    }

    /// The Job as it is so far.
    pub(super) fn job(&self) -> &Value {
        &self.job
    }

    /// The container as it is so far.
    pub(super) fn container(&self) -> &Value {
        &self.job["spec"]["template"]["spec"]["containers"][self.worker]
    }

    /// The Job's `metadata`.
    pub(super) fn metadata(&mut self) -> &mut Map<String, Value> {
        object(&mut self.job, &["metadata"])
    }

    /// The Job's `spec`.
    pub(super) fn spec(&mut self) -> &mut Map<String, Value> {
        object(&mut self.job, &["spec"])
    }

    /// The pod's `metadata`.
    pub(super) fn pod_metadata(&mut self) -> &mut Map<String, Value> {
        object(&mut self.job, &["spec", "template", "metadata"])
    }

    /// The pod's `spec`.
    pub(super) fn pod(&mut self) -> &mut Map<String, Value> {
        object(&mut self.job, &["spec", "template", "spec"])
    }

    /// The container.
    pub(super) fn worker(&mut self) -> &mut Map<String, Value> {
        object(&mut self.job["spec"]["template"]["spec"]["containers"][self.worker], &[])
    }

    /// The container's `resources`.
    pub(super) fn resources(&mut self) -> &mut Map<String, Value> {
        object(&mut self.job["spec"]["template"]["spec"]["containers"][self.worker], &["resources"])
    }

    /// Sets a variable of the container, in its place where it has one of that name, else as the last.
    pub(super) fn set_env(&mut self, variable: Value) {
        put_by(list(self.worker(), "env"), "name", variable);
    }

    /// Sets variables of the container before all others: `$(NAME)` sees only what stands before it.
    pub(super) fn set_env_first(&mut self, variables: Vec<Value>) {
        if !variables.is_empty() {
            let env = list(self.worker(), "env");
            env.retain(|old| variables.iter().all(|new| new["name"] != old["name"]));
            env.splice(0..0, variables);
        }
    }

    /// Adds a volume, in place of one of that name.
    pub(super) fn add_volume(&mut self, volume: Value) {
        put_by(list(self.pod(), "volumes"), "name", volume);
    }

    /// Mounts a volume in the container, in place of what is mounted there.
    pub(super) fn mount(&mut self, mount: Value) {
        put_by(list(self.worker(), "volumeMounts"), "mountPath", mount);
    }

    /// Removes a variable of the container.
    pub(super) fn remove_env(&mut self, name: &str) {
        if let Some(env) = self.worker().get_mut("env").and_then(Value::as_array_mut) {
            env.retain(|variable| variable["name"] != name);
            if env.is_empty() {
                self.worker().remove("env");
            }
        }
    }

    /// What the container runs: its `command`, or its `args` where the image's entrypoint is kept.
    pub(super) fn set_command(&mut self, words: &[String], keep_entrypoint: bool) {
        let worker = self.worker();
        if keep_entrypoint {
            worker.insert("args".to_owned(), json!(words));
        } else {
            worker.remove("args");
            worker.insert("command".to_owned(), json!(words));
        }
    }

    /// What the Job is called, or how its name begins.
    pub(super) fn name(&self) -> &str {
        let metadata = &self.job["metadata"];
        metadata["name"].as_str().or_else(|| metadata["generateName"].as_str()).unwrap_or_default()
    }

    /// A name that no item of the list `key` of the pod has: `wanted`, or `wanted-2` and so on.
    pub(super) fn free_name(&self, key: &str, wanted: &str) -> String {
        let pod = &self.job["spec"]["template"]["spec"];
        let lists: &[&str] = if key == "volumes" { &["volumes"] } else { &["initContainers", "containers"] };
        let taken = |name: &str| {
            let items = lists.iter().flat_map(|list| pod[*list].as_array().into_iter().flatten());
            items.into_iter().any(|item| item["name"] == name)
        };
        let numbered = (2u32..).map(|number| format!("{wanted}-{number}"));
        let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
        names.find(|name| !taken(name)).unwrap_or_default()
    }

    /// Puts an init container before all others: what it makes is there for them, too.
    pub(super) fn init_first(&mut self, container: Value) {
        list(self.pod(), "initContainers").insert(0, container);
    }
}

/// The list `key` of `object`, made where it is missing.
///
/// # Panics
/// Never on a manifest whose types have been checked.
pub(super) fn list<'a>(object: &'a mut Map<String, Value>, key: &str) -> &'a mut Vec<Value> {
    let place = object.entry(key).or_insert(Value::Null);
    if place.is_null() {
        *place = json!([]);
    }
    place.as_array_mut().expect("the types of a manifest have been checked")
}

/// The object at `path`, made where it is missing.
///
/// # Panics
/// Never on a manifest whose types have been checked.
pub(super) fn object<'a>(value: &'a mut Value, path: &[&str]) -> &'a mut Map<String, Value> {
    let place = path.iter().fold(value, |place, key| &mut place[*key]);
    if place.is_null() {
        *place = json!({});
    }
    place.as_object_mut().expect("the types of a manifest have been checked")
}

/// The object `key` of `object`, made where it is missing.
///
/// # Panics
/// Never on a manifest whose types have been checked.
pub(super) fn child<'a>(object: &'a mut Map<String, Value>, key: &str) -> &'a mut Map<String, Value> {
    self::object(object.entry(key).or_insert(Value::Null), &[])
}

/// Merges `pairs` into the map `key` of `object`.
pub(super) fn merge(object: &mut Map<String, Value>, key: &str, pairs: &[(String, String)]) {
    if pairs.is_empty() {
        return;
    }
    let pairs = pairs.iter().map(|(name, value)| (name.clone(), json!(value)));
    child(object, key).extend(pairs);
}

/// Replaces the item of `items` whose `key` is that of `item`, or appends it.
fn put_by(items: &mut Vec<Value>, key: &str, item: Value) {
    match items.iter_mut().find(|old| old[key] == item[key]) {
        Some(old) => *old = item,
        None => items.push(item),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(containers: &[&str], meant: Container) -> Result<Manifest, Problem> {
        let containers: Vec<Value> = containers.iter().map(|name| json!({"name": name})).collect();
        Manifest::new(json!({"spec": {"template": {"spec": {"containers": containers}}}}), meant)
    }

    #[test]
    fn the_container_that_is_meant() {
        assert_eq!(manifest(&["a"], Container::Only).unwrap().container()["name"], "a");
        assert_eq!(manifest(&["a", "b"], Container::Named("b")).unwrap().container()["name"], "b");
        assert!(manifest(&["a", "b"], Container::Untouched).is_ok(), "nothing is done to either");
        let message = |result: Result<Manifest, Problem>| result.unwrap_err().to_string();
        assert_eq!(message(manifest(&[], Container::Only)), "spec.template.spec.containers is missing");
        assert_eq!(message(manifest(&["a", "b"], Container::Only)), "the pod has several containers: a, b");
        assert_eq!(message(manifest(&["a"], Container::Named("c"))), "no container is called c; there are: a");
    }

    #[test]
    fn what_is_named_is_replaced_and_the_rest_stays() {
        let mut manifest = manifest(&["a"], Container::Only).unwrap();
        for (name, value) in [("A", "1"), ("B", "2"), ("A", "3")] {
            manifest.set_env(json!({"name": name, "value": value}));
        }
        manifest.set_env_first(vec![json!({"name": "B", "value": "4"}), json!({"name": "C"})]);
        let env = json!([{"name": "B", "value": "4"}, {"name": "C"}, {"name": "A", "value": "3"}]);
        assert_eq!(manifest.container()["env"], env);
        merge(manifest.metadata(), "labels", &[("a".into(), "1".into())]);
        merge(manifest.metadata(), "labels", &[("b".into(), "2".into()), ("a".into(), "3".into())]);
        assert_eq!(manifest.job()["metadata"]["labels"], json!({"a": "3", "b": "2"}));
    }
}
