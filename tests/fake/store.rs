//! Objects with uids, resource versions, owners and a history for watches.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Value, json};

use super::http::without_nulls;
use super::jobs;
use super::selector::Selector;
use super::status::{Cause, Status};

/// A `ConfigMap` may hold this many bytes, keys and values together.
const CONFIG_MAP_BYTES: usize = 1_048_576;

/// A resource type, by its place in the API.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Resource {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) plural: String,
}

impl Resource {
    pub(crate) fn core(plural: &str) -> Self {
        Self { group: String::new(), version: "v1".into(), plural: plural.into() }
    }

    pub(crate) fn jobs() -> Self {
        Self { group: "batch".into(), version: "v1".into(), plural: "jobs".into() }
    }

    /// `jobs.batch`, `pods`.
    pub(crate) fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }

    pub(crate) fn kind(&self) -> String {
        match self.plural.as_str() {
            "configmaps" => "ConfigMap".into(),
            "cronjobs" => "CronJob".into(),
            "localqueues" => "LocalQueue".into(),
            "persistentvolumeclaims" => "PersistentVolumeClaim".into(),
            plural => {
                let one = plural.strip_suffix('s').unwrap_or(plural);
                let (first, rest) = one.split_at(one.len().min(1));
                first.to_uppercase() + rest
            }
        }
    }

    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// The `details` of a Status about one object.
    pub(crate) fn details(&self, name: &str) -> Value {
        let mut details = json!({"kind": self.plural});
        if !name.is_empty() {
            details["name"] = json!(name);
        }
        if !self.group.is_empty() {
            details["group"] = json!(self.group);
        }
        details
    }

    pub(crate) fn is_namespaced(&self) -> bool {
        !["namespaces", "nodes", "persistentvolumes"].contains(&self.plural.as_str())
    }

    fn has_status(&self) -> bool {
        ["jobs", "pods", "nodes", "namespaces"].contains(&self.plural.as_str())
    }
}

/// Where an object is: qualified resource, namespace (empty for none), name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) resource: String,
    pub(crate) namespace: String,
    pub(crate) name: String,
}

impl Key {
    pub(crate) fn new(resource: &Resource, namespace: &str, name: &str) -> Self {
        Self { resource: resource.qualified(), namespace: namespace.into(), name: name.into() }
    }
}

/// What happened at one revision: `before` is none when it was added, `after` when it was deleted.
pub(crate) struct Change {
    pub(crate) revision: u64,
    pub(crate) key: Key,
    pub(crate) before: Option<Value>,
    pub(crate) after: Option<Value>,
}

/// What becomes of the dependents of a deleted object.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Policy {
    Background,
    Foreground,
    Orphan,
}

/// One page of a list.
pub(crate) struct Page {
    pub(crate) items: Vec<Value>,
    pub(crate) revision: u64,
    /// Name of the last object of this page, when there is another page.
    pub(crate) next_after: Option<Key>,
    pub(crate) remaining: usize,
}

pub(crate) struct Store {
    objects: BTreeMap<Key, Value>,
    history: Vec<Change>,
    revision: u64,
    /// Changes up to this revision can no longer be watched.
    compacted: u64,
    /// Counts uids and generated names.
    serial: u64,
}

impl Store {
    pub(crate) fn new() -> Self {
        // A real cluster is never at revision 1, and 0 means something else.
        Self { objects: BTreeMap::new(), history: Vec::new(), revision: 1000, compacted: 1000, serial: 0 }
    }

    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    pub(crate) fn compacted(&self) -> u64 {
        self.compacted
    }

    /// Forgets the history: a watch from an older revision gets 410.
    pub(crate) fn compact(&mut self) {
        // A revision of its own, so that a client that is up to date is behind too.
        self.revision += 1;
        self.compacted = self.revision;
        self.history.clear();
    }

    pub(crate) fn changes_after(&self, revision: u64) -> impl Iterator<Item = &Change> {
        let first = self.history.partition_point(|change| change.revision <= revision);
        self.history[first..].iter()
    }

    pub(crate) fn find(&self, key: &Key) -> Option<&Value> {
        self.objects.get(key)
    }

    pub(crate) fn get(&self, resource: &Resource, namespace: &str, name: &str) -> Result<&Value, Status> {
        self.find(&Key::new(resource, namespace, name)).ok_or_else(|| Status::not_found(resource, name))
    }

    /// All objects of a resource that match; `namespace` empty is all namespaces.
    pub(crate) fn select(&self, resource: &Resource, namespace: &str, selector: &Selector) -> Vec<(&Key, &Value)> {
        let qualified = resource.qualified();
        let start = Key { resource: qualified.clone(), namespace: String::new(), name: String::new() };
        self.objects
            .range(start..)
            .take_while(|(key, _)| key.resource == qualified)
            .filter(|(key, _)| namespace.is_empty() || key.namespace == namespace)
            .filter(|(_, object)| selector.matches(object))
            .collect()
    }

    pub(crate) fn page(
        &self,
        resource: &Resource,
        namespace: &str,
        selector: &Selector,
        limit: usize,
        after: Option<&Key>,
    ) -> Page {
        let mut all = self.select(resource, namespace, selector);
        all.retain(|(key, _)| after.is_none_or(|after| *key > after));
        let count = if limit == 0 { all.len() } else { limit.min(all.len()) };
        let next_after = (count < all.len()).then(|| all[count - 1].0.clone());
        let items = all[..count].iter().map(|(_, object)| (*object).clone()).collect();
        Page { items, revision: self.revision, next_after, remaining: all.len() - count }
    }

    /// What a POST does.
    pub(crate) fn create(
        &mut self,
        resource: &Resource,
        namespace: &str,
        object: Value,
        manager: &str,
        dry_run: bool,
    ) -> Result<Value, Status> {
        let mut object = self.prepare(resource, namespace, object, manager)?;
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let key = Key::new(resource, namespace, name);
        if let Some(old) = self.find(&key) {
            let being_deleted = !old["metadata"]["deletionTimestamp"].is_null();
            return Err(Status::already_exists(resource, name, being_deleted));
        }
        if !dry_run {
            object = self.put(&key, object);
            self.collect_garbage();
        }
        Ok(object)
    }

    /// An object as it would be stored: named, defaulted, valid.
    pub(crate) fn prepare(
        &mut self,
        resource: &Resource,
        namespace: &str,
        mut object: Value,
        manager: &str,
    ) -> Result<Value, Status> {
        if !object.is_object() {
            return Err(Status::bad_request("the object provided is unrecognized (must be of type Job)"));
        }
        let expected = resource.api_version();
        match object["apiVersion"].as_str() {
            None => object["apiVersion"] = json!(expected),
            Some(found) if found != expected => {
                return Err(Status::bad_request(format!(
                    "the API version in the data ({found}) does not match the expected API version ({expected})"
                )));
            }
            Some(_) => {}
        }
        object["kind"] = json!(resource.kind());
        let serial = self.next_serial();
        let metadata = &mut object["metadata"];
        if metadata["name"].as_str().unwrap_or_default().is_empty() {
            let Some(prefix) = metadata["generateName"].as_str() else {
                let cause = Cause::required("metadata.name", "name or generateName is required");
                return Err(Status::invalid(resource, "", &[cause]));
            };
            metadata["name"] = json!(format!("{prefix}{}", suffix(serial)));
        }
        if resource.is_namespaced() {
            if metadata["namespace"].as_str().is_some_and(|own| own != namespace) {
                let message = "the namespace of the provided object does not match the namespace sent on the request";
                return Err(Status::bad_request(message));
            }
            metadata["namespace"] = json!(namespace);
            self.get(&Resource::core("namespaces"), "", namespace)?;
        }
        let time = now();
        metadata["uid"] = json!(format!("{serial:08x}-0000-4000-8000-{serial:012x}"));
        metadata["creationTimestamp"] = json!(time);
        if !manager.is_empty() {
            metadata["managedFields"] = json!([{
                "manager": manager, "operation": "Update", "apiVersion": expected, "time": time,
                "fieldsType": "FieldsV1", "fieldsV1": {},
            }]);
        }
        match resource.plural.as_str() {
            "jobs" => jobs::admit(resource, &mut object)?,
            "pods" if object["status"].is_null() => {
                object["status"] = json!({"phase": "Pending", "qosClass": "BestEffort"});
            }
            "configmaps" => check_config_map(resource, &object)?,
            _ => {}
        }
        without_nulls(&mut object);
        Ok(object)
    }

    /// What a PUT or PATCH does: `edit` gets a copy, and what it leaves there is stored if it may be.
    pub(crate) fn update(
        &mut self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        subresource: &str,
        edit: impl FnOnce(&mut Value),
    ) -> Result<Value, Status> {
        let key = Key::new(resource, namespace, name);
        let old = self.get(resource, namespace, name)?.clone();
        let mut new = old.clone();
        edit(&mut new);
        if !new["metadata"].is_object() {
            new["metadata"] = json!({});
        }
        for guard in ["resourceVersion", "uid"] {
            let asked = &new["metadata"][guard];
            if !asked.is_null() && *asked != old["metadata"][guard] {
                let why = if guard == "uid" {
                    format!(
                        "Precondition failed: UID in precondition: {asked}, UID in object meta: {}",
                        old["metadata"]["uid"]
                    )
                } else {
                    "the object has been modified; please apply your changes to the latest version and try again".into()
                };
                return Err(Status::conflict(resource, name, &why));
            }
        }
        for fixed in
            ["uid", "resourceVersion", "creationTimestamp", "name", "namespace", "generation", "deletionTimestamp"]
        {
            let value = old["metadata"][fixed].clone();
            set_or_remove(&mut new["metadata"], fixed, value);
        }
        if subresource == "status" {
            let status = new["status"].take();
            new = old.clone();
            set_or_remove(&mut new, "status", status);
            if resource.plural == "jobs" {
                jobs::validate_status(resource, &old, &new)?;
            }
        } else if resource.has_status() {
            set_or_remove(&mut new, "status", old["status"].clone());
        }
        match resource.plural.as_str() {
            "jobs" => jobs::validate_update(resource, &old, &new)?,
            "configmaps" => check_config_map(resource, &new)?,
            _ => {}
        }
        if new["spec"] != old["spec"]
            && let Some(generation) = old["metadata"]["generation"].as_u64()
        {
            new["metadata"]["generation"] = json!(generation + 1);
        }
        let unfinalized = new["metadata"]["finalizers"].as_array().is_none_or(Vec::is_empty);
        if !new["metadata"]["deletionTimestamp"].is_null() && unfinalized {
            self.remove(&key);
            self.collect_garbage();
            return Ok(new);
        }
        if new == old { Ok(old) } else { Ok(self.put(&key, new)) }
    }

    /// What a DELETE does. Answers the object as it was at last.
    pub(crate) fn delete(
        &mut self,
        resource: &Resource,
        namespace: &str,
        name: &str,
        policy: Policy,
        preconditions: &Value,
    ) -> Result<Value, Status> {
        let key = Key::new(resource, namespace, name);
        let mut object = self.get(resource, namespace, name)?.clone();
        for guard in ["uid", "resourceVersion"] {
            let (asked, found) = (&preconditions[guard], &object["metadata"][guard]);
            if !asked.is_null() && asked != found {
                let label = if guard == "uid" { "UID" } else { "ResourceVersion" };
                let why = format!(
                    "the {label} in the precondition ({}) does not match the {label} in record ({}). \
                     The object might have been deleted and then recreated",
                    asked.as_str().unwrap_or_default(),
                    found.as_str().unwrap_or_default()
                );
                return Err(Status::conflict(resource, name, &why));
            }
        }
        let has_finalizers = object["metadata"]["finalizers"].as_array().is_some_and(|list| !list.is_empty());
        if has_finalizers || policy == Policy::Foreground {
            object["metadata"]["deletionTimestamp"] = json!(now());
            object = self.put(&key, object);
            if has_finalizers {
                return Ok(object);
            }
        }
        if policy == Policy::Orphan {
            self.orphan_dependents(&object["metadata"]["uid"]);
        }
        let last = self.remove(&key).unwrap_or(object);
        self.collect_garbage();
        Ok(last)
    }

    /// Stores the object at a new revision, and returns it as stored.
    pub(crate) fn put(&mut self, key: &Key, mut object: Value) -> Value {
        self.revision += 1;
        object["metadata"]["resourceVersion"] = json!(self.revision.to_string());
        let before = self.objects.insert(key.clone(), object.clone());
        self.history.push(Change { revision: self.revision, key: key.clone(), before, after: Some(object.clone()) });
        object
    }

    /// Takes the object away at a new revision, without looking at finalizers or dependents.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Value> {
        let mut object = self.objects.remove(key)?;
        self.revision += 1;
        object["metadata"]["resourceVersion"] = json!(self.revision.to_string());
        let change = Change { revision: self.revision, key: key.clone(), before: Some(object.clone()), after: None };
        self.history.push(change);
        Some(object)
    }

    fn orphan_dependents(&mut self, owner: &Value) {
        let dependents = self.objects.iter().filter(|(_, object)| owners(object).any(|uid| uid == owner));
        let dependents: Vec<_> = dependents.map(|(key, object)| (key.clone(), object.clone())).collect();
        for (key, mut object) in dependents {
            if let Some(list) = object["metadata"]["ownerReferences"].as_array_mut() {
                list.retain(|reference| reference["uid"] != *owner);
            }
            self.put(&key, object);
        }
    }

    /// Removes what has owners none of which exists any more, as the garbage collector does.
    fn collect_garbage(&mut self) {
        loop {
            let uids: HashSet<_> =
                self.objects.values().filter_map(|object| object["metadata"]["uid"].as_str()).collect();
            let lost = |object: &Value| {
                let mut owners = owners(object).peekable();
                owners.peek().is_some() && owners.all(|uid| !uid.as_str().is_some_and(|uid| uids.contains(uid)))
            };
            let garbage: Vec<_> =
                self.objects.iter().filter(|(_, object)| lost(object)).map(|(key, _)| key.clone()).collect();
            if garbage.is_empty() {
                return;
            }
            for key in garbage {
                self.remove(&key);
            }
        }
    }

    pub(crate) fn next_serial(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}

fn owners(object: &Value) -> impl Iterator<Item = &Value> {
    object["metadata"]["ownerReferences"].as_array().into_iter().flatten().map(|reference| &reference["uid"])
}

fn set_or_remove(map: &mut Value, key: &str, value: Value) {
    if !value.is_null() {
        map[key] = value;
    } else if let Some(map) = map.as_object_mut() {
        map.remove(key);
    }
}

fn check_config_map(resource: &Resource, object: &Value) -> Result<(), Status> {
    let size = |map: &Value, decoded: fn(usize) -> usize| -> usize {
        let entries = map.as_object().into_iter().flatten();
        entries.map(|(key, value)| key.len() + decoded(value.as_str().unwrap_or_default().len())).sum()
    };
    if size(&object["data"], |len| len) + size(&object["binaryData"], |len| len / 4 * 3) > CONFIG_MAP_BYTES {
        let message = format!("Too long: may not be more than {CONFIG_MAP_BYTES} bytes");
        let cause = Cause { field: "[]".into(), reason: "FieldValueTooLong", message };
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        return Err(Status::invalid(resource, name, &[cause]));
    }
    Ok(())
}

/// Five characters as the server appends them to `generateName`.
pub(crate) fn suffix(mut serial: u64) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    serial = serial.wrapping_mul(7_919).wrapping_add(14_348_907);
    (0..5)
        .map(|_| {
            let c = ALPHABET[usize::try_from(serial % 27).unwrap_or(0)];
            serial /= 27;
            char::from(c)
        })
        .collect()
}

/// The server's clock, in whole seconds as the API writes time.
#[expect(clippy::disallowed_methods, reason = "a server has its own clock")]
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
