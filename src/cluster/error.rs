//! What can go wrong with a cluster, in kubectl's words, and what to do about it.

use std::error::Error as _;
use std::fmt;
use std::io;
use std::time::Duration;

use indexedjob_core::text::shown;
use kube::client::AuthError;
use serde::Deserialize;

/// Why a request did not do what it should. `Display` is what kubectl prints, prefix and all.
#[derive(Clone, Debug)]
pub(crate) enum ClusterError {
    /// The server answered with an error.
    Api(Box<ApiError>),
    /// Nobody listens at the server's address.
    Refused {
        /// Host and port.
        host: String,
    },
    /// There was no answer for another reason.
    Unreachable {
        /// Why, as far as it is known.
        cause: String,
        /// Was something to be changed? Then it may have been, all the same.
        wrote: bool,
    },
    /// There was no answer in time.
    TimedOut {
        /// How long it was waited for.
        after: Duration,
        /// Was something to be changed? Then it may have been, all the same.
        wrote: bool,
    },
    /// The credentials could not be had: an exec plugin failed, a token file is missing.
    Credentials {
        /// Why.
        cause: String,
    },
    /// The kubeconfig or the flags do not say which cluster is meant, or say it wrongly.
    Config {
        /// The whole line.
        message: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The answer is too long, or is not what the API promises.
    Unreadable {
        /// Why.
        cause: String,
    },
}

/// An error that the server answered with.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    code: u16,
    reason: String,
    message: String,
    details: Option<Details>,
    retry_after: Option<Duration>,
    asked: Asked,
}

/// What was asked of the server, for hints.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked {
    /// The verb that RBAC knows: `get`, `list`, `watch`, `create`, `patch`, `delete`.
    pub(super) verb: &'static str,
    /// The resource as kubectl writes it: `jobs.batch`; empty for paths that are none.
    pub(super) resource: String,
    /// `log`, or nothing.
    pub(super) subresource: &'static str,
    /// Where.
    pub(super) namespace: String,
    /// Which one; empty for lists.
    pub(super) name: String,
}

/// `Status`, as the API writes it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RawStatus {
    kind: String,
    reason: Option<String>,
    message: Option<String>,
    details: Option<Details>,
    code: u16,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    kind: String,
    name: String,
    causes: Option<Vec<Cause>>,
    retry_after_seconds: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Cause {
    field: String,
    message: String,
}

impl ApiError {
    /// Reads the body of an answer with an error code; `retry_after` is the header of that name.
    pub(super) fn read(code: u16, body: &[u8], retry_after: Option<Duration>, asked: &Asked) -> Self {
        let status = serde_json::from_slice::<RawStatus>(body).ok().filter(|status| status.kind == "Status");
        let Some(status) = status else {
            return Self::foreign(code, &String::from_utf8_lossy(body), retry_after, asked);
        };
        let told = status.details.as_ref().map(|d| d.retry_after_seconds).filter(|seconds| *seconds > 0);
        Self {
            code: if status.code == 0 { code } else { status.code },
            reason: status.reason.unwrap_or_default(),
            message: status.message.unwrap_or_default(),
            retry_after: retry_after.or(told.map(Duration::from_secs)),
            details: status.details,
            asked: asked.clone(),
        }
    }

    /// An error page of a proxy, or of a server that knows no Status: client-go's words for its code
    /// (`NewGenericServerResponse` in k8s.io/apimachinery `pkg/api/errors`).
    fn foreign(code: u16, body: &str, retry_after: Option<Duration>, asked: &Asked) -> Self {
        let (reason, text) = match code {
            400 => ("BadRequest", "the server rejected our request for an unknown reason".to_owned()),
            401 => ("Unauthorized", "the server has asked for the client to provide credentials".to_owned()),
            403 => ("Forbidden", "forbidden".to_owned()),
            404 => ("NotFound", "the server could not find the requested resource".to_owned()),
            405 => ("MethodNotAllowed", "the server does not allow this method on the requested resource".to_owned()),
            409 => ("Conflict", "the server reported a conflict".to_owned()),
            410 => ("Expired", "the requested version is too old".to_owned()),
            429 => ("TooManyRequests", "the server has received too many requests and has asked us to try again later".to_owned()),
            503 => ("ServiceUnavailable", "the server is currently unable to handle the request".to_owned()),
            504 => ("Timeout", "the server was unable to return a response in the time allotted, but may still be processing the request".to_owned()),
            _ => ("InternalError", format!("an error on the server ({:?}) has prevented the request from succeeding", cut(body))),
        };
        let object = [asked.verb, &asked.resource, &asked.name].into_iter().filter(|word| !word.is_empty());
        let object = object.collect::<Vec<_>>().join(" ");
        Self {
            code,
            reason: reason.to_owned(),
            message: if object.is_empty() { text } else { format!("{text} ({object})") },
            details: None,
            retry_after,
            asked: asked.clone(),
        }
    }

    fn is_unauthorized(&self) -> bool {
        self.code == 401 || self.reason == "Unauthorized"
    }

    fn invalid(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let details = self.details.as_ref().filter(|d| !d.kind.is_empty() || !d.name.is_empty());
        match details {
            Some(d) => write!(f, "The {} \"{}\" is invalid", shown(&d.kind), shown(&d.name))?,
            None => write!(f, "The request is invalid: {}", shown(&self.message))?,
        }
        let causes = details.and_then(|d| d.causes.as_deref()).unwrap_or_default();
        let mut lines: Vec<String> = Vec::new();
        for cause in causes {
            let line = format!("{}: {}", shown(&cause.field), shown(&cause.message));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        match lines.as_slice() {
            [] => Ok(()),
            [line] => write!(f, ": {line}"),
            _ => {
                f.write_str(": ")?;
                lines.iter().try_for_each(|line| write!(f, "\n* {line}"))
            }
        }
    }

    fn hint(&self) -> Option<String> {
        let Asked { verb, resource, subresource, namespace, .. } = &self.asked;
        let place = if namespace.is_empty() { String::new() } else { format!(" -n {namespace}") };
        match self.code {
            401 => Some(
                "the credentials are missing or expired; log in again, then check with: kubectl auth whoami".into(),
            ),
            403 if !resource.is_empty() => {
                let sub = if subresource.is_empty() { String::new() } else { format!(" --subresource={subresource}") };
                Some(format!(
                    "ask for the right; it is there once this says yes: kubectl auth can-i {verb} {resource}{sub}{place}"
                ))
            }
            404 if self.details.as_ref().is_some_and(|d| d.kind == "namespaces") => {
                Some("see which namespaces there are: kubectl get namespaces".into())
            }
            404 if resource == "jobs.batch" => Some(format!("see which Jobs there are: kubectl get jobs{place}")),
            _ => None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = shown(&self.message);
        match self.reason.as_str() {
            _ if self.is_unauthorized() => write!(f, "error: You must be logged in to the server ({message})"),
            "Invalid" => self.invalid(f),
            "" => write!(f, "Error from server: {message}"),
            reason => write!(f, "Error from server ({}): {message}", shown(reason)),
        }
    }
}

impl ClusterError {
    /// An error of the kubeconfig or the flags, worded as kubectl does.
    pub(super) fn config(message: impl Into<String>, hint: impl Into<Option<&'static str>>) -> Self {
        Self::Config { message: message.into(), hint: hint.into().map(str::to_owned) }
    }

    /// An ERROR event of a watch: a Status in a stream that began with 200.
    pub(super) fn of_event(status: &serde_json::Value, asked: &Asked) -> Self {
        let code = status.get("code").and_then(serde_json::Value::as_u64).and_then(|code| u16::try_from(code).ok());
        Self::Api(Box::new(ApiError::read(code.unwrap_or(500), status.to_string().as_bytes(), None, asked)))
    }

    /// What kept a request to `host` from being answered.
    pub(super) fn of_transport(error: &kube::Error, host: &str) -> Self {
        if let Some(cause) = credentials(error) {
            return Self::Credentials { cause };
        }
        let causes = chain(error);
        let refused = |kind: io::ErrorKind| kind == io::ErrorKind::ConnectionRefused;
        if io_kinds(error).any(refused) {
            return Self::Refused { host: host.to_owned() };
        }
        Self::Unreachable { cause: in_gos_words(&causes, host), wrote: false }
    }

    /// What kept a client from being made: its credentials, or a certificate, key or proxy that cannot be used.
    pub(super) fn of_setup(error: &kube::Error, host: &str) -> Self {
        match Self::of_transport(error, host) {
            Self::Unreachable { .. } => {
                let causes = chain(error);
                Self::config(format!("error: {}", causes.last().cloned().unwrap_or_else(|| error.to_string())), None)
            }
            other => other,
        }
    }

    fn code(&self) -> Option<u16> {
        match self {
            Self::Api(error) => Some(error.code),
            _ => None,
        }
    }

    /// 404.
    pub(crate) fn is_not_found(&self) -> bool {
        self.code() == Some(404)
    }

    /// 409 because the name is taken; also while the object of that name is being deleted.
    pub(crate) fn is_already_exists(&self) -> bool {
        matches!(self, Self::Api(error) if error.reason == "AlreadyExists")
    }

    /// 403.
    pub(crate) fn is_forbidden(&self) -> bool {
        self.code() == Some(403)
    }

    /// 409 because the object is not as it was thought to be.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Api(error) if error.code == 409 && error.reason != "AlreadyExists")
    }

    /// 401.
    pub(super) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Api(error) if error.is_unauthorized())
    }

    /// 410: a page token or a resource version has expired.
    pub(super) fn is_expired(&self) -> bool {
        self.code() == Some(410)
    }

    /// May the same request do better a little later?
    pub(super) fn is_passing(&self) -> bool {
        match self {
            Self::Api(error) => matches!(error.code, 408 | 429 | 500..=504),
            Self::Refused { .. } | Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Unreadable { .. } | Self::Credentials { .. } | Self::Config { .. } => false,
        }
    }

    /// Did no answer come at all?
    pub(super) fn is_transport(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Unreachable { .. } | Self::TimedOut { .. })
    }

    /// 500: often for good, so not worth many tries.
    pub(super) fn is_internal(&self) -> bool {
        self.code() == Some(500)
    }

    /// How long the server asks to wait.
    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after,
            _ => None,
        }
    }

    /// What to do next, with a command to paste where there is one.
    pub(crate) fn hint(&self) -> Option<String> {
        const WHICH_SERVER: &str = "see which server is meant: kubectl config view --minify";
        match self {
            Self::Api(error) => error.hint(),
            Self::Refused { .. } => Some(WHICH_SERVER.to_owned()),
            Self::Unreachable { wrote: true, .. } | Self::TimedOut { wrote: true, .. } => Some(
                "the answer was lost, but it may have been done all the same: look before you repeat it".to_owned(),
            ),
            Self::Unreachable { cause, .. } if cause.contains("x509") => Some(
                "the kubeconfig's certificate-authority, --certificate-authority or --tls-server-name may be wrong: \
                 kubectl config view --minify"
                    .to_owned(),
            ),
            Self::Unreachable { .. } => Some(WHICH_SERVER.to_owned()),
            Self::TimedOut { .. } => {
                Some("give it more time with --request-timeout, or see: kubectl cluster-info".to_owned())
            }
            Self::Credentials { .. } => Some("log in again, then check with: kubectl auth whoami".to_owned()),
            Self::Config { hint, .. } => hint.clone(),
            Self::Unreadable { .. } => None,
        }
    }
}

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Refused { host } => {
                write!(f, "The connection to the server {host} was refused - did you specify the right host or port?")
            }
            Self::Unreachable { cause, .. } => write!(f, "Unable to connect to the server: {}", shown(cause)),
            Self::TimedOut { after, .. } => write!(f, "Unable to connect to the server: no answer within {after:?}"),
            Self::Credentials { cause } => {
                write!(f, "Unable to connect to the server: getting credentials: {}", shown(cause))
            }
            Self::Config { message, .. } => f.write_str(&shown(message)),
            Self::Unreadable { cause } => write!(f, "error: the server's answer cannot be read: {}", shown(cause)),
        }
    }
}

impl std::error::Error for ClusterError {}

/// The first line or so of a body that nobody promised to be short.
fn cut(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    line.char_indices().nth(200).map_or(line, |(end, _)| &line[..end])
}

fn errors<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn std::error::Error + 'static)| (*error).source())
}

/// The kinds of all I/O errors in it. An `io::Error` that wraps another hides it from `source`, so it is opened here.
fn io_kinds(error: &(dyn std::error::Error + 'static)) -> impl Iterator<Item = io::ErrorKind> {
    errors(error).filter_map(|error| error.downcast_ref::<io::Error>()).map(io::Error::kind)
}

/// All texts of it, the outermost first.
fn chain(error: &kube::Error) -> Vec<String> {
    let inner = error.source().map(|source| source as &(dyn std::error::Error + 'static));
    inner.into_iter().flat_map(errors).map(ToString::to_string).collect()
}

/// Why the credentials could not be had, if that is what went wrong.
fn credentials(error: &kube::Error) -> Option<String> {
    let found = match error {
        kube::Error::Auth(error) => Some(error),
        other => errors(other).find_map(|error| error.downcast_ref::<AuthError>()),
    };
    Some(match found? {
        AuthError::AuthExecRun { cmd, out } => {
            let code = out.status.code().map_or_else(|| "no exit code".to_owned(), |code| format!("exit code {code}"));
            let said = String::from_utf8_lossy(&out.stderr);
            let said = said.lines().rev().find(|line| !line.trim().is_empty()).map(|line| format!(": {}", line.trim()));
            format!("exec: executable {cmd} failed with {code}{}", said.unwrap_or_default())
        }
        AuthError::AuthExecStart(cause) => format!("exec: {cause}"),
        AuthError::ReadTokenFile(cause, path) => format!("open {}: {cause}", path.display()),
        AuthError::ExecPluginFailed => "exec: plugin answered without a status".to_owned(),
        other => other.to_string(),
    })
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
    if said("NotValidForName") || said("certificate not valid for name") {
        return format!("tls: failed to verify certificate: x509: certificate is not valid for {name}");
    }
    if said("failed to lookup address") || said("dns error") {
        return format!("dial tcp: lookup {name}: no such host");
    }
    if said("deadline has elapsed") || said("timed out") {
        return format!("dial tcp {host}: i/o timeout");
    }
    causes.last().cloned().unwrap_or_else(|| "no answer".to_owned())
}
