//! Environment variables of a container, and where they come from.

use k8s_openapi::api::core::v1::{Container, EnvFromSource, EnvVarSource, ResourceFieldSelector, ResourceRequirements};

use super::containers::title;
use super::page::Page;
use crate::quantity::{self, Unit};

/// What is taken whole from a `ConfigMap` or Secret; no block without one.
pub(super) fn sources(page: &mut Page, sources: &[EnvFromSource]) {
    if !sources.is_empty() {
        page.line(2, "Environment Variables from:");
    }
    for source in sources {
        let (kind, name, optional) = match (&source.config_map_ref, &source.secret_ref) {
            (Some(map), _) => ("ConfigMap", map.name.as_str(), map.optional),
            (None, Some(secret)) => ("Secret", secret.name.as_str(), secret.optional),
            (None, None) => ("", "", None),
        };
        let prefix = source.prefix.as_deref().filter(|prefix| !prefix.is_empty());
        let prefix = prefix.map(|prefix| format!(" with prefix '{prefix}'")).unwrap_or_default();
        page.row(3, &[name, &format!("{kind}{prefix}"), &optionality(optional)]);
    }
}

fn optionality(optional: Option<bool>) -> String {
    format!("Optional: {}", optional.unwrap_or_default())
}

/// The variables, in the order of the manifest: a later one may use an earlier one.
pub(super) fn variables(page: &mut Page, container: &Container) {
    let variables = container.env.as_deref().unwrap_or_default();
    title(page, "Environment:", variables.is_empty());
    for variable in variables {
        let name = format!("{}:", variable.name);
        match &variable.value_from {
            Some(source) => from(page, &name, source, container.resources.as_ref()),
            None => value(page, &name, variable.value.as_deref().unwrap_or_default()),
        }
    }
}

fn value(page: &mut Page, name: &str, value: &str) {
    for (at, line) in value.split('\n').enumerate() {
        page.row(3, &[if at == 0 { name } else { "" }, line]);
    }
}

fn from(page: &mut Page, name: &str, source: &EnvVarSource, resources: Option<&ResourceRequirements>) {
    if let Some(field) = &source.field_ref {
        // The value is a pod's, and a template has none; kubectl leaves its place empty.
        let version = field.api_version.as_deref().unwrap_or_default();
        page.row(3, &[name, &format!(" ({version}:{})", field.field_path)]);
    } else if let Some(field) = &source.resource_field_ref {
        page.row(3, &[name, &format!("{} ({})", resource(field, resources), field.resource)]);
    } else if let Some(key) = &source.secret_key_ref {
        let set = format!("<set to the key '{}' in secret '{}'>", key.key, key.name);
        page.row(3, &[name, &set, &optionality(key.optional)]);
    } else if let Some(key) = &source.config_map_key_ref {
        let set = format!("<set to the key '{}' of config map '{}'>", key.key, key.name);
        page.row(3, &[name, &set, &optionality(key.optional)]);
    } else if let Some(key) = &source.file_key_ref {
        // kubectl 1.37 does not know these and leaves the variable out.
        let set = format!("<set to the key '{}' in file '{}' of volume '{}'>", key.key, key.path, key.volume_name);
        page.row(3, &[name, &set, &optionality(key.optional)]);
    }
}

/// The value of a `resourceFieldRef`; nothing for a resource that has none there.
fn resource(field: &ResourceFieldSelector, resources: Option<&ResourceRequirements>) -> String {
    let (list, name) = match field.resource.split_once('.') {
        Some(("limits", name)) => (resources.and_then(|r| r.limits.as_ref()), name),
        Some(("requests", name)) => (resources.and_then(|r| r.requests.as_ref()), name),
        _ => return String::new(),
    };
    let unit = match name {
        "cpu" => Unit::Milli,
        "memory" | "ephemeral-storage" => Unit::One,
        name if name.starts_with("hugepages-") => Unit::One,
        _ => return String::new(),
    };
    let amount = list.and_then(|list| list.get(name)).map_or("0", |quantity| &quantity.0);
    let divisor = field.divisor.as_ref().map_or("0", |divisor| &divisor.0);
    match quantity::divided(amount, divisor, unit) {
        Some(0) if matches!(field.resource.as_str(), "limits.cpu" | "limits.memory") => "node allocatable".to_owned(),
        Some(value) => value.to_string(),
        None => String::new(),
    }
}
