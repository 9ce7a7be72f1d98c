//! The pod of a plan and its container: fields that are merged by their names.

use serde_json::{Value, json};

use super::edit::{Manifest, list, merge};
use super::expansion::literal;
use crate::plan::{EnvFrom, Mount, PodFields, Toleration, Volume};

/// Lays `fields` over the Job's pod.
pub(super) fn apply(fields: &PodFields, manifest: &mut Manifest) {
    describe(fields, manifest);
    place(fields, manifest);
    contain(fields, manifest);
    fields.volumes.iter().for_each(|mount| mount_volume(mount, manifest));
}

/// Labels and annotations, of the Job and of its pods.
fn describe(fields: &PodFields, manifest: &mut Manifest) {
    for (key, pairs) in [("labels", &fields.labels), ("annotations", &fields.annotations)] {
        merge(manifest.metadata(), key, pairs);
        if !pairs.is_empty() {
            merge(manifest.pod_metadata(), key, pairs);
        }
    }
}

/// Where and as whom the pod runs, and for how long.
fn place(fields: &PodFields, manifest: &mut Manifest) {
    let pod = manifest.pod();
    let texts = [
        ("serviceAccountName", &fields.service_account),
        ("priorityClassName", &fields.priority_class),
        ("runtimeClassName", &fields.runtime_class),
    ];
    pod.extend(texts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), json!(value.as_ref()?)))));
    pod.extend(fields.time_limit.map(|seconds| ("activeDeadlineSeconds".to_owned(), json!(seconds))));
    merge(pod, "nodeSelector", &fields.node_selector);
    add(pod, "tolerations", fields.tolerations.iter().map(toleration).collect());
    let secrets = fields.pull_secrets.iter().map(|name| json!({"name": name}));
    add(pod, "imagePullSecrets", secrets.collect());
}

fn toleration(toleration: &Toleration) -> Value {
    let Toleration { key, value, effect } = toleration;
    let mut json = match value {
        Some(value) => json!({"key": key, "operator": "Equal", "value": value}),
        None => json!({"key": key, "operator": "Exists"}),
    };
    if let Some(effect) = effect {
        json["effect"] = json!(effect);
    }
    json
}

/// Appends those of `items` that are not there.
fn add(object: &mut serde_json::Map<String, Value>, key: &str, items: Vec<Value>) {
    if !items.is_empty() {
        let there = list(object, key);
        for item in items {
            if !there.contains(&item) {
                there.push(item);
            }
        }
    }
}

/// The container.
fn contain(fields: &PodFields, manifest: &mut Manifest) {
    let worker = manifest.worker();
    let texts = [
        ("image", fields.image.as_deref()),
        ("imagePullPolicy", fields.image_pull_policy),
        ("workingDir", fields.working_dir.as_deref()),
    ];
    worker.extend(texts.into_iter().filter_map(|(key, value)| Some((key.to_owned(), json!(value?)))));
    for (key, amounts) in [("requests", &fields.requests), ("limits", &fields.limits)] {
        if !amounts.is_empty() {
            merge(manifest.resources(), key, amounts);
        }
    }
    let sources = fields.env_from.iter().map(|source| match source {
        EnvFrom::ConfigMap(name) => json!({"configMapRef": {"name": name}}),
        EnvFrom::Secret(name) => json!({"secretRef": {"name": name}}),
    });
    add(manifest.worker(), "envFrom", sources.collect());
    for (name, value) in &fields.env {
        manifest.set_env(json!({"name": name, "value": literal(value, false)}));
    }
}

/// A volume and its mount; a volume that serves at two places is one volume.
fn mount_volume(mount: &Mount, manifest: &mut Manifest) {
    let (kind, source) = source(&mount.volume);
    let volumes = manifest.job()["spec"]["template"]["spec"]["volumes"].as_array();
    let same = volumes.into_iter().flatten().find(|volume| volume[kind] == source && is_shared(&mount.volume));
    let name = same
        .and_then(|volume| volume["name"].as_str())
        .map_or_else(|| manifest.free_name("volumes", kind_name(&mount.volume)), str::to_owned);
    // One that is there already is put into its own place.
    manifest.add_volume(json!({"name": name, kind: source}));
    let mut json = json!({"name": name, "mountPath": mount.path});
    if mount.read_only {
        json["readOnly"] = json!(true);
    }
    manifest.mount(json);
}

/// Two empty directories are two.
fn is_shared(volume: &Volume) -> bool {
    !matches!(volume, Volume::EmptyDir(_) | Volume::Memory(_))
}

fn kind_name(volume: &Volume) -> &'static str {
    match volume {
        Volume::Claim(_) => "pvc",
        Volume::ConfigMap(_) => "configmap",
        Volume::Secret(_) => "secret",
        Volume::HostPath(_) => "hostpath",
        Volume::EmptyDir(_) => "emptydir",
        Volume::Memory(_) => "memory",
    }
}

/// The API's field for a volume and its value.
fn source(volume: &Volume) -> (&'static str, Value) {
    let sized = |mut dir: Value, size: &Option<String>| {
        if let Some(size) = size {
            dir["sizeLimit"] = json!(size);
        }
        dir
    };
    match volume {
        Volume::Claim(name) => ("persistentVolumeClaim", json!({"claimName": name})),
        Volume::ConfigMap(name) => ("configMap", json!({"name": name})),
        Volume::Secret(name) => ("secret", json!({"secretName": name})),
        Volume::HostPath(path) => ("hostPath", json!({"path": path})),
        Volume::EmptyDir(size) => ("emptyDir", sized(json!({}), size)),
        Volume::Memory(size) => ("emptyDir", sized(json!({"medium": "Memory"}), size)),
    }
}
