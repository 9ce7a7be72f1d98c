//! The pod template.

use k8s_openapi::api::core::v1::{PodSpec, PodTemplateSpec, Toleration, TopologySpreadConstraint};

use super::page::Page;
use super::{containers, meta, volumes};

/// Everything from `Pod Template:` to the tolerations.
pub(super) fn show(page: &mut Page, template: &PodTemplateSpec) {
    page.line(0, "Pod Template:");
    let meta = template.metadata.as_ref();
    meta::labels(page, 0, "  Labels", meta.and_then(|meta| meta.labels.as_ref()));
    let annotations = meta.and_then(|meta| meta.annotations.as_ref());
    if annotations.is_some_and(|annotations| !annotations.is_empty()) {
        meta::annotations(page, 0, "  Annotations", annotations);
    }
    match &template.spec {
        Some(spec) => pod(page, spec),
        None => pod(page, &PodSpec::default()),
    }
}

fn pod(page: &mut Page, spec: &PodSpec) {
    if let Some(account) = named(spec.service_account_name.as_deref()) {
        page.field(1, "Service Account", account);
    }
    if let Some(init) = spec.init_containers.as_deref().filter(|init| !init.is_empty()) {
        containers::show(page, "Init Containers:", init);
    }
    containers::show(page, "Containers:", &spec.containers);
    volumes::show(page, spec.volumes.as_deref().unwrap_or_default());
    topology(page, spec.topology_spread_constraints.as_deref().unwrap_or_default());
    if let Some(class) = named(spec.priority_class_name.as_deref()) {
        page.field(1, "Priority Class Name", class);
    }
    meta::labels(page, 0, "  Node-Selectors", spec.node_selector.as_ref());
    tolerations(page, spec.tolerations.as_deref().unwrap_or_default());
    if let Some(group) = &spec.scheduling_group {
        page.line(1, "SchedulingGroup:");
        page.field(1, "PodGroupName", group.pod_group_name.as_deref().unwrap_or_default());
    }
}

fn named(name: Option<&str>) -> Option<&str> {
    name.filter(|name| !name.is_empty())
}

fn topology(page: &mut Page, constraints: &[TopologySpreadConstraint]) {
    let mut constraints: Vec<_> = constraints.iter().collect();
    constraints.sort_by_key(|constraint| &constraint.topology_key);
    for (at, constraint) in constraints.into_iter().enumerate() {
        let label = if at == 0 { "  Topology Spread Constraints:" } else { "  " };
        page.row(0, &[label, &spread(constraint)]);
    }
}

fn spread(c: &TopologySpreadConstraint) -> String {
    let mut text = format!("{}:{} when max skew {} is exceeded", c.topology_key, c.when_unsatisfiable, c.max_skew);
    if let Some(selector) = &c.label_selector {
        let selector = meta::selector(selector).unwrap_or_else(|_| "<error>".to_owned());
        text.push_str(" for selector ");
        text.push_str(if selector.is_empty() { "<none>" } else { &selector });
    }
    text
}

fn tolerations(page: &mut Page, tolerations: &[Toleration]) {
    let mut tolerations: Vec<_> = tolerations.iter().collect();
    tolerations.sort_by_key(|toleration| toleration.key.as_deref().unwrap_or_default());
    page.list(0, "  Tolerations", tolerations.into_iter().map(toleration));
}

fn toleration(t: &Toleration) -> String {
    let mut text = t.key.clone().unwrap_or_default();
    let value = named(t.value.as_deref());
    for (before, part) in [("=", value), (":", named(t.effect.as_deref()))] {
        if let Some(part) = part {
            text.push_str(before);
            text.push_str(part);
        }
    }
    if t.operator.as_deref() == Some("Exists") && value.is_none() {
        // Without key and effect it tolerates everything, and stands alone.
        text.push_str(if text.is_empty() { "op=Exists" } else { " op=Exists" });
    }
    let wait = t.toleration_seconds.map(|seconds| format!(" for {seconds}s")).unwrap_or_default();
    text + &wait
}
