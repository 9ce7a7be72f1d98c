//! What can go wrong with a cluster, in kubectl's words, and what to do about it.

use std::fmt;
use std::time::Duration;

use indexedjob_core::text::shown;

use super::status::ApiError;

/// What to look at when the server is not the one that was meant.
pub(super) const WHICH_SERVER: &str = "see which server is meant: kubectl config view --minify";

/// Why a request did not do what it should. `Display` is what kubectl prints, prefix and all.
#[derive(Clone, Debug)]
pub(crate) enum ClusterError {
    /// The server answered with an error.
    Api(Box<ApiError>),
    /// Nobody listens at the server's address.
    Refused {
        /// Host and port.
        host: String,
        /// The proxy that was to be asked, which may be who does not listen.
        proxy: Option<String>,
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
        /// What to do; None where logging in again may help.
        hint: Option<String>,
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

    pub(super) fn code(&self) -> Option<u16> {
        match self {
            Self::Api(error) => Some(error.code),
            _ => None,
        }
    }

    /// 404 of an object: it, or its namespace, is not there.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Api(error) if error.code == 404 && !error.is_unknown_path())
    }

    /// 404 of a path that this server does not have.
    pub(super) fn is_unknown_path(&self) -> bool {
        matches!(self, Self::Api(error) if error.code == 404 && error.is_unknown_path())
    }

    /// 404 of anything. A kubelet that does not know a pod answers as a server that does not know a path.
    pub(crate) fn is_any_not_found(&self) -> bool {
        self.code() == Some(404)
    }

    /// 409 because the object is not as it was when it was looked at.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Self::Api(error) if error.code == 409 && error.reason != "AlreadyExists")
    }

    /// 409 because the name is taken; also while the object of that name is being deleted.
    pub(crate) fn is_already_exists(&self) -> bool {
        matches!(self, Self::Api(error) if error.reason == "AlreadyExists")
    }

    /// 400: of a log, that its container waits to be started, or had no run before.
    pub(crate) fn is_bad_request(&self) -> bool {
        self.code() == Some(400)
    }

    /// 403.
    pub(crate) fn is_forbidden(&self) -> bool {
        self.code() == Some(403)
    }

    /// The server does not know how to watch this.
    pub(super) fn is_no_watch(&self) -> bool {
        matches!(self.code(), Some(400 | 404 | 405))
    }

    /// 401.
    pub(crate) fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Api(error) if error.is_unauthorized())
    }

    /// 410: a page token or a resource version has expired.
    pub(super) fn is_expired(&self) -> bool {
        self.code() == Some(410)
    }

    /// May the same request do better a little later?
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Api(error) => matches!(error.code, 408 | 429 | 500..=504),
            Self::Refused { .. } | Self::Unreachable { .. } | Self::TimedOut { .. } => true,
            Self::Unreadable { .. } | Self::Credentials { .. } | Self::Config { .. } => false,
        }
    }

    /// Did no answer come at all?
    pub(crate) fn is_transport(&self) -> bool {
        matches!(self, Self::Refused { .. } | Self::Unreachable { .. } | Self::TimedOut { .. })
    }

    /// 500: often for good, so not worth many tries.
    pub(super) fn is_internal(&self) -> bool {
        self.code() == Some(500)
    }

    /// How long the server asks to wait.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Api(error) => error.retry_after,
            _ => None,
        }
    }

    /// What to do next, with a command to paste where there is one.
    pub(crate) fn hint(&self) -> Option<String> {
        match self {
            Self::Api(error) => error.hint(),
            Self::Unreachable { wrote: true, .. } | Self::TimedOut { wrote: true, .. } => Some(
                "the answer was lost, but it may have been done all the same: look before you repeat it".to_owned(),
            ),
            Self::Unreachable { cause, .. } if cause.contains("x509") => Some(
                "the kubeconfig's certificate-authority, --certificate-authority or --tls-server-name may be wrong: \
                 kubectl config view --minify"
                    .to_owned(),
            ),
            Self::Refused { proxy: Some(proxy), .. } => Some(format!(
                "requests go through the proxy {proxy}, which may be who refuses: see HTTPS_PROXY, NO_PROXY, and \
                 proxy-url in kubectl config view --minify"
            )),
            Self::Refused { .. } | Self::Unreachable { .. } => Some(WHICH_SERVER.to_owned()),
            Self::TimedOut { .. } => {
                Some("give it more time with --request-timeout, or see: kubectl cluster-info".to_owned())
            }
            Self::Credentials { hint, .. } => {
                Some(hint.clone().unwrap_or_else(|| "log in again, then check with: kubectl auth whoami".to_owned()))
            }
            Self::Config { hint, .. } => hint.clone(),
            Self::Unreadable { .. } => None,
        }
    }
}

impl fmt::Display for ClusterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Refused { host, .. } => {
                write!(f, "The connection to the server {host} was refused - did you specify the right host or port?")
            }
            Self::Unreachable { cause, .. } => write!(f, "Unable to connect to the server: {}", shown(cause)),
            Self::TimedOut { after, .. } => {
                // `--request-timeout 1ms` is not 0s.
                write!(f, "Unable to connect to the server: no answer within ")?;
                match after.as_secs() {
                    0 => write!(f, "{}ms", after.as_millis()),
                    _ => write!(f, "{}s", after.as_secs_f64().round()),
                }
            }
            Self::Credentials { cause, .. } => {
                write!(f, "Unable to connect to the server: getting credentials: {}", shown(cause))
            }
            Self::Config { message, .. } => f.write_str(&shown(message)),
            Self::Unreadable { cause } => write!(f, "error: the server's answer cannot be read: {}", shown(cause)),
        }
    }
}

impl std::error::Error for ClusterError {}

#[cfg(test)]
mod tests {
    use super::super::script::{cluster, status};

    #[tokio::test]
    async fn kinds_of_errors_are_told_apart() {
        let answers = [(404, "NotFound"), (409, "AlreadyExists"), (403, "Forbidden")];
        let (cluster, _) = cluster(answers.map(|(code, reason)| status(code, reason, "m")));
        for (_, reason) in answers {
            let error = cluster.job("x").await.unwrap_err();
            let kinds = [error.is_not_found(), error.is_already_exists(), error.is_forbidden()];
            assert_eq!(kinds, answers.map(|(_, other)| other == reason), "{reason}");
        }
    }
}
