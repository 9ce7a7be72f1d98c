//! Volumes that the node or the cluster itself provides.

use k8s_openapi::api::core::v1::{
    CSIVolumeSource, DownwardAPIVolumeSource, EmptyDirVolumeSource, EphemeralVolumeSource,
    PersistentVolumeClaimTemplate, ProjectedVolumeSource, Volume, VolumeProjection,
};

use super::super::meta::{self, cut};
use super::super::page::Page;
use super::opt;
use crate::quantity;

/// The longest attribute of a CSI volume, in bytes.
const LONGEST: usize = 140;

/// The volume's lines, if it is one of these.
pub(super) fn show(page: &mut Page, volume: &Volume) -> bool {
    if let Some(v) = &volume.empty_dir {
        empty_dir(page, v);
    } else if let Some(v) = &volume.ephemeral {
        ephemeral(page, v);
    } else if let Some(v) = &volume.downward_api {
        downward(page, v);
    } else if let Some(v) = &volume.projected {
        projected(page, v);
    } else if let Some(v) = &volume.csi {
        csi(page, v);
    } else {
        return plain(page, volume);
    }
    true
}

fn plain(page: &mut Page, volume: &Volume) -> bool {
    if let Some(v) = &volume.host_path {
        page.field(2, "Type", "HostPath (bare host directory volume)");
        page.fields(2, &[("Path", &v.path), ("HostPathType", &v.type_.as_deref().unwrap_or("<none>"))]);
    } else if let Some(v) = &volume.secret {
        page.field(2, "Type", "Secret (a volume populated by a Secret)");
        page.fields(2, &[("SecretName", &opt(v.secret_name.as_ref())), ("Optional", &v.optional.unwrap_or_default())]);
    } else if let Some(v) = &volume.config_map {
        page.field(2, "Type", "ConfigMap (a volume populated by a ConfigMap)");
        page.fields(2, &[("Name", &v.name), ("Optional", &v.optional.unwrap_or_default())]);
    } else if let Some(v) = &volume.persistent_volume_claim {
        let kind = "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)";
        page.field(2, "Type", kind);
        page.fields(2, &[("ClaimName", &v.claim_name), ("ReadOnly", &v.read_only.unwrap_or_default())]);
    } else if let Some(v) = &volume.image {
        page.field(2, "Type", "Image (a container image or OCI artifact)");
        page.field(2, "Reference", opt(v.reference.as_ref()));
        page.field(2, "PullPolicy", opt(v.pull_policy.as_ref()));
    } else if let Some(v) = &volume.git_repo {
        page.field(2, "Type", "GitRepo (a volume that is pulled from git when the pod is created)");
        page.fields(2, &[("Repository", &v.repository), ("Revision", &opt(v.revision.as_ref()))]);
    } else {
        return false;
    }
    true
}

fn empty_dir(page: &mut Page, v: &EmptyDirVolumeSource) {
    page.field(2, "Type", "EmptyDir (a temporary directory that shares a pod's lifetime)");
    page.field(2, "Medium", opt(v.medium.as_ref()));
    let limit = v.size_limit.as_ref().map(|limit| limit.0.as_str()).filter(|limit| quantity::is_positive(limit));
    page.field(2, "SizeLimit", limit.unwrap_or("<unset>"));
}

fn ephemeral(page: &mut Page, v: &EphemeralVolumeSource) {
    let kind = "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)";
    page.field(2, "Type", kind);
    if let Some(template) = &v.volume_claim_template {
        claim(page, template);
    }
}

/// A claim that does not exist yet, so kubectl leaves its capacity and access modes empty.
fn claim(page: &mut Page, template: &PersistentVolumeClaimTemplate) {
    let (meta, spec) = (template.metadata.as_ref(), &template.spec);
    let annotations = meta.and_then(|meta| meta.annotations.as_ref());
    let old = annotations.and_then(|annotations| annotations.get("volume.beta.kubernetes.io/storage-class"));
    page.field(2, "StorageClass", opt(old.or(spec.storage_class_name.as_ref())));
    let volume = opt(spec.volume_name.as_ref());
    page.field(2, "Volume", volume);
    meta::labels(page, 2, "Labels", meta.and_then(|meta| meta.labels.as_ref()));
    meta::annotations(page, 2, "Annotations", annotations);
    page.field(2, "Capacity", if volume.is_empty() { "" } else { "0" });
    page.field(2, "Access Modes", "");
    if let Some(mode) = &spec.volume_mode {
        page.field(2, "VolumeMode", mode);
    }
    if let Some(source) = &spec.data_source {
        page.line(2, "DataSource:");
        if let Some(group) = &source.api_group {
            page.field(3, "APIGroup", group);
        }
        page.fields(3, &[("Kind", &source.kind), ("Name", &source.name)]);
    }
}

fn downward(page: &mut Page, v: &DownwardAPIVolumeSource) {
    page.field(2, "Type", "DownwardAPI (a volume populated by information about the pod)");
    page.line(2, "Items:");
    for item in v.items.iter().flatten() {
        let field = item.field_ref.as_ref().map(|field| &field.field_path);
        let resource = item.resource_field_ref.as_ref().map(|field| &field.resource);
        for from in field.into_iter().chain(resource) {
            page.line(3, &format!("{from} -> {}", item.path));
        }
    }
}

fn projected(page: &mut Page, v: &ProjectedVolumeSource) {
    page.field(2, "Type", "Projected (a volume that contains injected data from multiple sources)");
    v.sources.iter().flatten().for_each(|source| projection(page, source));
}

/// One source; kubectl prints nothing for trust bundles and pod certificates.
fn projection(page: &mut Page, source: &VolumeProjection) {
    if let Some(v) = &source.secret {
        page.fields(2, &[("SecretName", &v.name), ("Optional", &v.optional.unwrap_or_default())]);
    } else if source.downward_api.is_some() {
        page.field(2, "DownwardAPI", true);
    } else if let Some(v) = &source.config_map {
        page.fields(2, &[("ConfigMapName", &v.name), ("Optional", &v.optional.unwrap_or_default())]);
    } else if let Some(v) = &source.service_account_token {
        // The server fills in an hour.
        page.field(2, "TokenExpirationSeconds", v.expiration_seconds.unwrap_or(3_600));
    }
}

fn csi(page: &mut Page, v: &CSIVolumeSource) {
    page.field(2, "Type", "CSI (a Container Storage Interface (CSI) volume source)");
    page.fields(2, &[("Driver", &v.driver), ("FSType", &opt(v.fs_type.as_ref()))]);
    page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
    let attributes = v.volume_attributes.as_ref().filter(|attributes| !attributes.is_empty());
    match attributes {
        None => page.field(2, "VolumeAttributes", "<none>"),
        some => page.list(2, "VolumeAttributes", meta::pairs(some).map(|pair| cut(&pair, LONGEST))),
    }
}
