//! Volumes of a storage system on the network.

use k8s_openapi::api::core::v1::{
    CephFSVolumeSource, FCVolumeSource, FlexVolumeSource, ISCSIVolumeSource, RBDVolumeSource, Volume,
};

use super::super::page::Page;
use super::{list, opt, reference};

/// The volume's lines, if it is one of these.
pub(super) fn show(page: &mut Page, volume: &Volume) -> bool {
    if let Some(v) = &volume.nfs {
        page.field(2, "Type", "NFS (an NFS mount that lasts the lifetime of a pod)");
        page.fields(2, &[("Server", &v.server), ("Path", &v.path), ("ReadOnly", &v.read_only.unwrap_or_default())]);
    } else if let Some(v) = &volume.glusterfs {
        page.field(2, "Type", "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)");
        page.fields(2, &[("EndpointsName", &v.endpoints), ("Path", &v.path)]);
        page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
    } else if let Some(v) = &volume.quobyte {
        page.field(2, "Type", "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)");
        page.fields(2, &[("Registry", &v.registry), ("Volume", &v.volume)]);
        page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
    } else if let Some(v) = &volume.iscsi {
        iscsi(page, v);
    } else if let Some(v) = &volume.rbd {
        rbd(page, v);
    } else if let Some(v) = &volume.cephfs {
        cephfs(page, v);
    } else if let Some(v) = &volume.fc {
        fibre_channel(page, v);
    } else if let Some(v) = &volume.flex_volume {
        flex(page, v);
    } else {
        return false;
    }
    true
}

fn iscsi(page: &mut Page, v: &ISCSIVolumeSource) {
    let kind =
        "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)";
    page.field(2, "Type", kind);
    page.fields(2, &[("TargetPortal", &v.target_portal), ("IQN", &v.iqn), ("Lun", &v.lun)]);
    // kubectl forgets the colon.
    page.row(2, &["ISCSIInterface", opt(v.iscsi_interface.as_ref())]);
    page.fields(2, &[("FSType", &opt(v.fs_type.as_ref())), ("ReadOnly", &v.read_only.unwrap_or_default())]);
    page.field(2, "Portals", list(v.portals.as_deref().unwrap_or_default()));
    page.field(2, "DiscoveryCHAPAuth", v.chap_auth_discovery.unwrap_or_default());
    page.field(2, "SessionCHAPAuth", v.chap_auth_session.unwrap_or_default());
    page.field(2, "SecretRef", reference(v.secret_ref.as_ref()));
    page.field(2, "InitiatorName", v.initiator_name.as_deref().unwrap_or("<none>"));
}

fn rbd(page: &mut Page, v: &RBDVolumeSource) {
    page.field(2, "Type", "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)");
    page.fields(2, &[("CephMonitors", &list(&v.monitors)), ("RBDImage", &v.image)]);
    page.fields(2, &[("FSType", &opt(v.fs_type.as_ref())), ("RBDPool", &opt(v.pool.as_ref()))]);
    page.fields(2, &[("RadosUser", &opt(v.user.as_ref())), ("Keyring", &opt(v.keyring.as_ref()))]);
    page.field(2, "SecretRef", reference(v.secret_ref.as_ref()));
    page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
}

fn cephfs(page: &mut Page, v: &CephFSVolumeSource) {
    page.field(2, "Type", "CephFS (a CephFS mount on the host that shares a pod's lifetime)");
    page.fields(2, &[("Monitors", &list(&v.monitors)), ("Path", &opt(v.path.as_ref()))]);
    page.fields(2, &[("User", &opt(v.user.as_ref())), ("SecretFile", &opt(v.secret_file.as_ref()))]);
    page.field(2, "SecretRef", reference(v.secret_ref.as_ref()));
    page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
}

fn fibre_channel(page: &mut Page, v: &FCVolumeSource) {
    page.field(2, "Type", "FC (a Fibre Channel disk)");
    page.field(2, "TargetWWNs", v.target_wwns.as_deref().unwrap_or_default().join(", "));
    page.field(2, "LUN", v.lun.map_or("<none>".to_owned(), |lun| lun.to_string()));
    page.fields(2, &[("FSType", &opt(v.fs_type.as_ref())), ("ReadOnly", &v.read_only.unwrap_or_default())]);
}

fn flex(page: &mut Page, v: &FlexVolumeSource) {
    let kind = "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)";
    page.field(2, "Type", kind);
    page.fields(2, &[("Driver", &v.driver), ("FSType", &opt(v.fs_type.as_ref()))]);
    page.field(2, "SecretRef", reference(v.secret_ref.as_ref()));
    page.field(2, "ReadOnly", v.read_only.unwrap_or_default());
    let options = v.options.iter().flatten().map(|(key, value)| format!("{key}:{value}"));
    page.field(2, "Options", format!("map{}", list(&options.collect::<Vec<_>>())));
}
