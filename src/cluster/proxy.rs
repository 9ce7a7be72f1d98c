//! Which proxy a request goes through, by the rules of Go's `golang.org/x/net/http/httpproxy`.
//!
//! kube has rules of its own, but matches `NO_PROXY` against the proxy's URL instead of the server's.

use std::net::IpAddr;

use http::Uri;

use crate::env::Env;

/// The proxy to `server`, as the environment says; None for a direct connection.
pub(super) fn from_env(server: &Uri, env: &Env) -> Option<String> {
    let either = |upper: &str, lower: &str| env.get(upper).or_else(|| env.get(lower)).map(str::to_owned);
    let https = server.scheme_str() != Some("http");
    let proxy = if https { either("HTTPS_PROXY", "https_proxy") } else { either("HTTP_PROXY", "http_proxy") }?;
    let host = server.host()?.trim_matches(['[', ']']).to_ascii_lowercase();
    let port = server.port_u16().unwrap_or(if https { 443 } else { 80 });
    let exceptions = either("NO_PROXY", "no_proxy").unwrap_or_default();
    (!is_excepted(&host, port, &exceptions)).then_some(proxy)
}

/// `proxy` as a URL that the client understands: without a scheme it is http, and socks5h is socks5 with names
/// resolved by the proxy, which is what the client does anyway.
pub(super) fn url(proxy: &str) -> Result<Uri, String> {
    let full = match proxy.split_once("://") {
        Some(("socks5h", rest)) => format!("socks5://{rest}"),
        Some(_) => proxy.to_owned(),
        None => format!("http://{proxy}"),
    };
    let url: Uri = full.parse().map_err(|error: http::uri::InvalidUri| error.to_string())?;
    match url.scheme_str() {
        Some("http" | "https" | "socks5") => Ok(url),
        other => Err(format!("unsupported scheme \"{}\", must be http, https, or socks5", other.unwrap_or_default())),
    }
}

/// May `host` be reached directly only? Loopback always is.
fn is_excepted(host: &str, port: u16, exceptions: &str) -> bool {
    let ip = host.parse::<IpAddr>().ok();
    if host == "localhost" || ip.is_some_and(|ip| ip.is_loopback()) {
        return true;
    }
    let exceptions = exceptions.split(',').map(|entry| entry.trim().to_ascii_lowercase());
    exceptions.filter(|entry| !entry.is_empty()).any(|entry| matches(&entry, host, ip, port))
}

fn matches(entry: &str, host: &str, ip: Option<IpAddr>, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    if let Some((net, length)) = cidr(entry) {
        return ip.is_some_and(|ip| within(ip, net, length));
    }
    let (name, wanted_port) = split_port(entry);
    if wanted_port.is_some_and(|wanted| wanted.parse() != Ok(port)) {
        return false;
    }
    if let Ok(wanted) = name.parse::<IpAddr>() {
        return ip == Some(wanted);
    }
    let name = name.strip_prefix('*').filter(|rest| rest.starts_with('.')).unwrap_or(name);
    match name.strip_prefix('.') {
        Some("") => false,
        Some(_) => host.ends_with(name),
        None if name.is_empty() => false,
        None => host == name || host.strip_suffix(name).is_some_and(|rest| rest.ends_with('.')),
    }
}

fn split_port(entry: &str) -> (&str, Option<&str>) {
    match entry.rsplit_once(':') {
        Some((host, port)) if host.starts_with('[') && host.ends_with(']') => (&host[1..host.len() - 1], Some(port)),
        Some((host, port)) if !host.contains(':') => (host, Some(port)),
        _ => (entry.trim_matches(['[', ']']), None),
    }
}

fn cidr(entry: &str) -> Option<(IpAddr, u32)> {
    let (net, length) = entry.split_once('/')?;
    let net: IpAddr = net.parse().ok()?;
    let length: u32 = length.parse().ok()?;
    (length <= if net.is_ipv4() { 32 } else { 128 }).then_some((net, length))
}

fn within(ip: IpAddr, net: IpAddr, length: u32) -> bool {
    match (ip, net) {
        (IpAddr::V4(ip), IpAddr::V4(net)) => (ip.to_bits() ^ net.to_bits()).leading_zeros() >= length,
        (IpAddr::V6(ip), IpAddr::V6(net)) => (ip.to_bits() ^ net.to_bits()).leading_zeros() >= length,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(server: &str, no_proxy: &str, proxied: bool) {
        let env = Env::from([("HTTPS_PROXY", "http://p:3128"), ("NO_PROXY", no_proxy)]);
        let found = from_env(&server.parse().unwrap(), &env);
        assert_eq!(found.is_some(), proxied, "{server} with NO_PROXY={no_proxy}");
    }

    #[test]
    fn exceptions_are_gos() {
        case("https://api.example.com:6443", "", true);
        case("https://api.example.com:6443", "*", false);
        case("https://api.example.com:6443", "example.com", false);
        case("https://api.example.com:6443", ".example.com", false);
        case("https://api.example.com:6443", "*.example.com", false);
        case("https://example.com", ".example.com", true);
        case("https://example.com", "example.com", false);
        case("https://notexample.com", "example.com", true);
        case("https://API.Example.Com", " EXAMPLE.com ,", false);
        case("https://api.example.com:6443", "example.com:6443", false);
        case("https://api.example.com:6443", "example.com:443", true);
        case("https://api.example.com", "example.com:443", false);
        case("https://10.1.2.3:6443", "10.0.0.0/8", false);
        case("https://11.1.2.3:6443", "10.0.0.0/8", true);
        case("https://10.1.2.3:6443", "10.1.2.3", false);
        case("https://10.1.2.3:6443", "10.1.2.3:443,", true);
        case("https://[fd00::1]:6443", "fd00::/16", false);
        case("https://[fd00::1]:6443", "[fd00::1]:6443", false);
        case("https://api.example.com", ",,:443,.", true);
    }

    #[test]
    fn loopback_is_never_proxied() {
        case("https://127.0.0.1:6443", "", false);
        case("https://localhost:6443", "", false);
        case("https://[::1]:6443", "", false);
    }

    #[test]
    fn the_scheme_of_the_server_chooses_the_variable() {
        let env = Env::from([("HTTPS_PROXY", "http://secure"), ("http_proxy", "plain:8080")]);
        assert_eq!(from_env(&"http://api:8080".parse().unwrap(), &env).as_deref(), Some("plain:8080"));
        assert_eq!(from_env(&"https://api".parse().unwrap(), &env).as_deref(), Some("http://secure"));
        assert_eq!(from_env(&"https://api".parse().unwrap(), &Env::default()), None);
    }

    #[test]
    fn a_proxy_may_lack_its_scheme() {
        assert_eq!(url("proxy:3128").unwrap(), "http://proxy:3128/");
        assert_eq!(url("socks5h://proxy:1080").unwrap().scheme_str(), Some("socks5"));
        assert!(url("http://a b").is_err());
        assert_eq!(url("ftp://a").unwrap_err(), "unsupported scheme \"ftp\", must be http, https, or socks5");
    }
}
