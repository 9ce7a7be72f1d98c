//! The volumes of the pod template; one file per family.

mod cloud;
mod local;
mod network;

use k8s_openapi::api::core::v1::{LocalObjectReference, Volume};

use super::page::Page;

/// The block `Volumes`.
pub(super) fn show(page: &mut Page, volumes: &[Volume]) {
    if volumes.is_empty() {
        return page.field(1, "Volumes", "<none>");
    }
    page.line(1, "Volumes:");
    for volume in volumes {
        page.line(1, &format!(" {}:", volume.name));
        if !(local::show(page, volume) || network::show(page, volume) || cloud::show(page, volume)) {
            page.line(1, "<unknown>");
        }
    }
}

/// What is there, or nothing.
fn opt(text: Option<&String>) -> &str {
    text.map_or("", String::as_str)
}

/// A reference to a Secret as Go prints one.
fn reference(secret: Option<&LocalObjectReference>) -> String {
    secret.map_or("nil".to_owned(), |secret| format!("&LocalObjectReference{{Name:{},}}", secret.name))
}

/// A list as Go prints one.
fn list(items: &[String]) -> String {
    format!("[{}]", items.join(" "))
}
