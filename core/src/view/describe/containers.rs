//! Containers and init containers of the pod template.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, ContainerPort, SecurityContext, VolumeMount};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use super::page::Page;
use super::{env, probes};

/// The block `title`, one container after the other.
pub(super) fn show(page: &mut Page, title: &str, containers: &[Container]) {
    if containers.is_empty() {
        return page.line(1, &format!("{title} <none>"));
    }
    page.line(1, title);
    for container in containers {
        one(page, container);
    }
}

fn one(page: &mut Page, container: &Container) {
    page.line(1, &format!(" {}:", container.name));
    page.field(2, "Image", container.image.as_deref().unwrap_or_default());
    let all = container.ports.as_deref().unwrap_or_default();
    ports(page, "Port", all, |port| port.container_port);
    ports(page, "Host Port", all, |port| port.host_port.unwrap_or_default());
    seccomp(page, container.security_context.as_ref());
    command(page, "Command:", container.command.as_deref());
    command(page, "Args:", container.args.as_deref());
    let resources = container.resources.as_ref();
    quantities(page, "Limits:", resources.and_then(|resources| resources.limits.as_ref()));
    quantities(page, "Requests:", resources.and_then(|resources| resources.requests.as_ref()));
    let probes = [&container.liveness_probe, &container.readiness_probe, &container.startup_probe];
    for (label, probe) in ["Liveness", "Readiness", "Startup"].into_iter().zip(probes) {
        if let Some(probe) = probe {
            page.field(2, label, probes::text(probe));
        }
    }
    env::sources(page, container.env_from.as_deref().unwrap_or_default());
    env::variables(page, container);
    mounts(page, container);
}

/// kubectl's plural asks for a comma, not for a second port; a port has none in its name.
fn ports(page: &mut Page, label: &str, ports: &[ContainerPort], number: fn(&ContainerPort) -> i32) {
    let one = |port: &ContainerPort| {
        let name = port.name.as_deref().filter(|name| !name.is_empty()).map(|name| format!(" ({name})"));
        let protocol = port.protocol.as_deref().unwrap_or_default();
        format!("{}/{protocol}{}", number(port), name.unwrap_or_default())
    };
    let text = ports.iter().map(one).collect::<Vec<_>>().join(", ");
    let plural = if text.contains(',') { "s" } else { "" };
    page.field(2, &format!("{label}{plural}"), if text.is_empty() { "<none>" } else { &text });
}

fn seccomp(page: &mut Page, context: Option<&SecurityContext>) {
    let Some(profile) = context.and_then(|context| context.seccomp_profile.as_ref()) else { return };
    page.field(2, "SeccompProfile", &profile.type_);
    if profile.type_ == "Localhost" {
        page.field(3, "LocalhostProfile", profile.localhost_profile.as_deref().unwrap_or_default());
    }
}

fn command(page: &mut Page, title: &str, words: Option<&[String]>) {
    let Some(words) = words.filter(|words| !words.is_empty()) else { return };
    page.line(2, title);
    for line in words.iter().flat_map(|word| word.split('\n')) {
        page.line(3, line);
    }
}

fn quantities(page: &mut Page, title: &str, quantities: Option<&BTreeMap<String, Quantity>>) {
    let Some(quantities) = quantities.filter(|quantities| !quantities.is_empty()) else { return };
    page.line(2, title);
    for (name, quantity) in quantities {
        page.field(3, name, &quantity.0);
    }
}

fn mounts(page: &mut Page, container: &Container) {
    let mut mounts: Vec<_> = container.volume_mounts.iter().flatten().collect();
    mounts.sort_by_key(|mount| &mount.mount_path);
    title(page, "Mounts:", mounts.is_empty());
    for mount in &mounts {
        page.line(3, &format!("{} from {} ({})", mount.mount_path, mount.name, flags(mount)));
    }
    let mut devices: Vec<_> = container.volume_devices.iter().flatten().collect();
    devices.sort_by_key(|device| &device.device_path);
    if !devices.is_empty() {
        // kubectl says `<none>` here when there are no mounts, above the devices.
        title(page, "Devices:", mounts.is_empty());
    }
    for device in devices {
        page.line(3, &format!("{} from {}", device.device_path, device.name));
    }
}

/// The title of a block, with `<none>` beside it for an empty one.
pub(super) fn title(page: &mut Page, title: &str, none: bool) {
    if none { page.row(2, &[title, "<none>"]) } else { page.line(2, title) }
}

fn flags(mount: &VolumeMount) -> String {
    let access = if mount.read_only == Some(true) { "ro" } else { "rw" };
    match mount.sub_path.as_deref() {
        None | Some("") => access.to_owned(),
        Some(path) => format!("{access},path={}", quoted(path)),
    }
}

/// `text` as a Go string literal.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

fn escaped(c: char) -> String {
    match c {
        '"' | '\\' => format!("\\{c}"),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        c if c.is_ascii_control() => format!("\\x{:02x}", u32::from(c)),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_quoted_as_go_does() {
        assert_eq!(quoted("dir/é \"x\" \\y"), r#""dir/é \"x\" \\y""#);
        assert_eq!(quoted("a\n\t\u{1b}\u{9b}"), r#""a\n\t\x1b\u009b""#);
    }
}
