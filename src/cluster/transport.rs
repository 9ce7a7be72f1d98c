//! Why there was no answer: what the libraries below say, in the words of Go, which people know and search for.

use std::error::Error;
use std::io;

use kube::Config;
use kube::client::AuthError;

use super::ClusterError;

const NO_SOCKS: &str = "failed to create underlying connection";

/// Where requests go.
#[derive(Clone, Debug, Default)]
pub(super) struct Way {
    /// Host and port of the server.
    pub(super) host: String,
    /// The proxy that is asked to connect there, without its login; None for a direct connection.
    pub(super) proxy: Option<String>,
}

impl Way {
    pub(super) fn of(config: &Config) -> Self {
        let host = config.cluster_url.authority().map(ToString::to_string).unwrap_or_default();
        let proxy = config.proxy_url.as_ref().map(|url| {
            let authority = url.authority().map_or("", |authority| authority.as_str());
            authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_owned()
        });
        Self { host, proxy }
    }
}

impl ClusterError {
    /// What kept a request from being answered.
    pub(super) fn of_transport(error: &kube::Error, way: &Way) -> Self {
        if let Some(cause) = credentials(error) {
            return Self::Credentials { cause, hint: None };
        }
        let causes = chain(error);
        let refused = |kind: io::ErrorKind| kind == io::ErrorKind::ConnectionRefused;
        // The connector of SOCKS does not say why.
        if io_kinds(error).any(refused) || causes.iter().any(|cause| cause.contains(NO_SOCKS)) {
            return Self::Refused { host: way.host.clone(), proxy: way.proxy.clone() };
        }
        if let Some(cause) = way.proxy.as_deref().and_then(|proxy| refused_by_proxy(&causes, proxy)) {
            return Self::Unreachable { cause, wrote: false };
        }
        Self::Unreachable { cause: in_gos_words(&causes, &way.host), wrote: false }
    }

    /// What kept a client from being made: its credentials, or a certificate, key or proxy that cannot be used.
    pub(super) fn of_setup(error: &kube::Error, way: &Way) -> Self {
        match Self::of_transport(error, way) {
            Self::Unreachable { .. } => {
                let causes = chain(error);
                Self::config(format!("error: {}", causes.first().cloned().unwrap_or_else(|| error.to_string())), None)
            }
            other => other,
        }
    }
}

/// The proxy is there, but does not connect.
fn refused_by_proxy(causes: &[String], proxy: &str) -> Option<String> {
    let said = |words: &str| causes.iter().any(|cause| cause.contains(words));
    if said("proxy authorization required") {
        return Some(format!("proxy {proxy}: Proxy Authentication Required"));
    }
    let failed = said("unsuccessful tunnel") || said("SOCKS error");
    failed.then(|| format!("proxy {proxy}: {}", causes.last().map_or("it does not connect", String::as_str)))
}

fn errors<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}

/// The kinds of all I/O errors in it.
fn io_kinds(error: &(dyn Error + 'static)) -> impl Iterator<Item = io::ErrorKind> {
    errors(error).filter_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind)
}

/// All texts of it, the outermost first.
fn chain(error: &kube::Error) -> Vec<String> {
    let inner = error.source().map(|source| source as &(dyn Error + 'static));
    inner.into_iter().flat_map(errors).map(ToString::to_string).collect()
}

/// Why the credentials could not be had, if that is what went wrong.
fn credentials(error: &kube::Error) -> Option<String> {
    let found = match error {
        kube::Error::Auth(error) => Some(error),
        other => errors(other).find_map(|error| error.downcast_ref::<AuthError>()),
    };
    Some(found?.to_string())
}

/// The innermost cause; the everyday ones as Go says them, since that is what people search for.
fn in_gos_words(causes: &[String], host: &str) -> String {
    let said = |words: &str| causes.iter().any(|cause| cause.contains(words));
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if said("UnknownIssuer") {
        return "tls: failed to verify certificate: x509: certificate signed by unknown authority".to_owned();
    }
    if said("certificate expired") || said("Expired") {
        return "tls: failed to verify certificate: x509: certificate has expired or is not yet valid".to_owned();
    }
    if let Some((_, names)) = causes.iter().find_map(|cause| cause.split_once("certificate not valid for name ")) {
        // What it is valid for follows as the library writes its own types.
        let names = names.split([';', ' ']).next().unwrap_or(names);
        return format!("tls: failed to verify certificate: x509: certificate is not valid for name {names}");
    }
    if said("failed to lookup address") || said("dns error") {
        return format!("dial tcp: lookup {name}: no such host");
    }
    if said("deadline has elapsed") || said("timed out") {
        return format!("dial tcp {host}: i/o timeout");
    }
    causes.last().cloned().unwrap_or_else(|| "no answer".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(error: impl Into<Box<dyn Error + Send + Sync>>, want: &str) {
        let way = Way { host: "api:6443".to_owned(), proxy: Some("proxy:3128".to_owned()) };
        let error = ClusterError::of_transport(&kube::Error::Service(error.into()), &way);
        assert_eq!(error.to_string(), want);
    }

    #[test]
    fn go_has_a_word_for_it() {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        case(refused, "The connection to the server api:6443 was refused - did you specify the right host or port?");
        case(
            "invalid peer certificate: UnknownIssuer",
            "Unable to connect to the server: tls: failed to verify certificate: \
             x509: certificate signed by unknown authority",
        );
        case("dns error", "Unable to connect to the server: dial tcp: lookup api: no such host");
        case("deadline has elapsed", "Unable to connect to the server: dial tcp api:6443: i/o timeout");
        case("anything\u{1b}", "Unable to connect to the server: anything^[");
        case("unsuccessful tunnel", "Unable to connect to the server: proxy proxy:3128: unsuccessful tunnel");
        let required = "Unable to connect to the server: proxy proxy:3128: Proxy Authentication Required";
        case("proxy authorization required", required);
    }
}
