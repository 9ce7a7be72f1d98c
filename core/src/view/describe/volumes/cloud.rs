//! Volumes of a cloud or of a product.

use k8s_openapi::api::core::v1::{AzureDiskVolumeSource, ScaleIOVolumeSource, StorageOSVolumeSource, Volume};

use super::super::page::Page;
use super::{opt, reference};

/// The volume's lines, if it is one of these.
pub(super) fn show(page: &mut Page, volume: &Volume) -> bool {
    if let Some(v) = &volume.azure_disk {
        azure_disk(page, v);
    } else if let Some(v) = &volume.scale_io {
        scale_io(page, v);
    } else if let Some(v) = &volume.storageos {
        storage_os(page, v);
    } else {
        return disk(page, volume) || product(page, volume);
    }
    true
}

fn disk(page: &mut Page, volume: &Volume) -> bool {
    if let Some(v) = &volume.gce_persistent_disk {
        page.field(2, "Type", "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)");
        page.fields(2, &[("PDName", &v.pd_name), ("FSType", &opt(v.fs_type.as_ref()))]);
        page.field(2, "Partition", v.partition.unwrap_or_default());
        page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
    } else if let Some(v) = &volume.aws_elastic_block_store {
        page.field(2, "Type", "AWSElasticBlockStore (a Persistent Disk resource in AWS)");
        page.fields(2, &[("VolumeID", &v.volume_id), ("FSType", &opt(v.fs_type.as_ref()))]);
        page.field(2, "Partition", v.partition.unwrap_or_default());
        page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
    } else if let Some(v) = &volume.vsphere_volume {
        page.field(2, "Type", "vSphereVolume (a Persistent Disk resource in vSphere)");
        page.fields(2, &[("VolumePath", &v.volume_path), ("FSType", &opt(v.fs_type.as_ref()))]);
        page.field(2, "StoragePolicyName", opt(v.storage_policy_name.as_ref()));
    } else if let Some(v) = &volume.cinder {
        page.field(2, "Type", "Cinder (a Persistent Disk resource in OpenStack)");
        page.fields(2, &[("VolumeID", &v.volume_id), ("FSType", &opt(v.fs_type.as_ref()))]);
        page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
        page.field(2, "SecretRef", reference(v.secret_ref.as_ref()));
    } else {
        return false;
    }
    true
}

fn product(page: &mut Page, volume: &Volume) -> bool {
    if let Some(v) = &volume.azure_file {
        page.field(2, "Type", "AzureFile (an Azure File Service mount on the host and bind mount to the pod)");
        page.fields(2, &[("SecretName", &v.secret_name), ("ShareName", &v.share_name)]);
        page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
    } else if let Some(v) = &volume.photon_persistent_disk {
        page.field(2, "Type", "PhotonPersistentDisk (a Persistent Disk resource in photon platform)");
        page.fields(2, &[("PdID", &v.pd_id), ("FSType", &opt(v.fs_type.as_ref()))]);
    } else if let Some(v) = &volume.portworx_volume {
        page.field(2, "Type", "PortworxVolume (a Portworx Volume resource)");
        page.field(2, "VolumeID", &v.volume_id);
    } else if let Some(v) = &volume.flocker {
        page.field(2, "Type", "Flocker (a Flocker volume mounted by the Flocker agent)");
        page.field(2, "DatasetName", opt(v.dataset_name.as_ref()));
        page.field(2, "DatasetUUID", opt(v.dataset_uuid.as_ref()));
    } else {
        return false;
    }
    true
}

/// What is absent is what the server would have filled in.
fn azure_disk(page: &mut Page, v: &AzureDiskVolumeSource) {
    page.field(2, "Type", "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)");
    page.fields(2, &[("DiskName", &v.disk_name), ("DiskURI", &v.disk_uri)]);
    // kubectl has a space after the colon.
    page.row(2, &["Kind: ", v.kind.as_deref().unwrap_or("Shared")]);
    page.field(2, "FSType", v.fs_type.as_deref().unwrap_or("ext4"));
    page.field(2, "CachingMode", v.caching_mode.as_deref().unwrap_or("ReadWrite"));
    page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
}

fn scale_io(page: &mut Page, v: &ScaleIOVolumeSource) {
    page.field(2, "Type", "ScaleIO (a persistent volume backed by a block device in ScaleIO)");
    page.fields(2, &[("Gateway", &v.gateway), ("System", &v.system)]);
    page.field(2, "Protection Domain", opt(v.protection_domain.as_ref()));
    page.field(2, "Storage Pool", opt(v.storage_pool.as_ref()));
    page.field(2, "Storage Mode", opt(v.storage_mode.as_ref()));
    page.field(2, "VolumeName", opt(v.volume_name.as_ref()));
    page.fields(2, &[("FSType", &opt(v.fs_type.as_ref())), ("ReadOnly", &v.read_only.unwrap_or_default())]);
}

fn storage_os(page: &mut Page, v: &StorageOSVolumeSource) {
    page.field(2, "Type", "StorageOS (a StorageOS Persistent Disk resource)");
    page.field(2, "VolumeName", opt(v.volume_name.as_ref()));
    page.field(2, "VolumeNamespace", opt(v.volume_namespace.as_ref()));
    page.fields(2, &[("FSType", &opt(v.fs_type.as_ref())), ("ReadOnly", &v.read_only.unwrap_or_default())]);
}
