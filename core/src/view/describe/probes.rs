//! Probes on one line.

use k8s_openapi::api::core::v1::{HTTPGetAction, Probe};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

/// How the probe asks, and its timing.
pub(super) fn text(probe: &Probe) -> String {
    let [delay, timeout, period, success, failure] = [
        probe.initial_delay_seconds,
        probe.timeout_seconds,
        probe.period_seconds,
        probe.success_threshold,
        probe.failure_threshold,
    ]
    .map(Option::unwrap_or_default);
    let how = if let Some(exec) = &probe.exec {
        format!("exec [{}]", exec.command.as_deref().unwrap_or_default().join(" "))
    } else if let Some(get) = &probe.http_get {
        format!("http-get {}", url(get))
    } else if let Some(socket) = &probe.tcp_socket {
        format!("tcp-socket {}:{}", socket.host.as_deref().unwrap_or_default(), port(&socket.port))
    } else if let Some(grpc) = &probe.grpc {
        format!("grpc <pod>:{} {}", grpc.port, grpc.service.as_deref().unwrap_or_default())
    } else {
        "unknown".to_owned()
    };
    format!(
        "{how} delay={delay}s timeout={timeout}s period={period}s successThreshold={success} failureThreshold={failure}"
    )
}

fn port(port: &IntOrString) -> String {
    match port {
        IntOrString::Int(number) => number.to_string(),
        IntOrString::String(name) => name.clone(),
    }
}

/// The URL as Go's net/url writes it; without a host, which stands for the pod's address, it is `http://:80/path`.
fn url(get: &HTTPGetAction) -> String {
    let scheme = get.scheme.as_deref().unwrap_or_default().to_lowercase();
    let scheme = if scheme.is_empty() { scheme } else { scheme + ":" };
    let host = get.host.as_deref().unwrap_or_default();
    let host = if host.contains([':', '%']) { format!("[{host}]") } else { host.to_owned() };
    let port = port(&get.port);
    let address = if port.is_empty() { host } else { format!("{host}:{port}") };
    let path = get.path.as_deref().unwrap_or_default();
    let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
    // Go leaves a path of one asterisk alone.
    let path = if path == "*" { path.to_owned() } else { escaped(path, "$&+,/:;=@") };
    format!("{scheme}//{}{slash}{path}", escaped(&address, "!$&'()*+,;=:[]<>\""))
}

/// `text` percent-encoded but for letters, digits, `-_.~` and what is `allowed`.
fn escaped(text: &str, allowed: &str) -> String {
    let one = |byte: u8| match char::from(byte) {
        c if c.is_ascii_alphanumeric() || "-_.~".contains(c) || c.is_ascii() && allowed.contains(c) => c.to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}
