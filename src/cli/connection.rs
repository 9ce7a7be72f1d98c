//! kubectl's connection flags, after every verb.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use indexedjob_core::human::{self, Timeout};
use indexedjob_core::text::quoted;

use super::value::Switch as _;

/// How to reach the cluster: kubectl's flags, with kubectl's meanings.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Connection (kubectl's flags, all of them with --help)")]
pub(crate) struct ConnectionArgs {
    /// The kubeconfig file to use, and no other
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// The kubeconfig context to use
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub(crate) context: Option<String>,
    /// The kubeconfig cluster to use
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub(crate) cluster: Option<String>,
    /// The kubeconfig user to use
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// The namespace of the Job
    #[arg(short, long, global = true, value_name = "NAME", value_parser = namespace)]
    pub(crate) namespace: Option<String>,
    /// Address of the API server
    #[arg(short, long, global = true, hide_short_help = true, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// Name to check the server's certificate against
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    pub(crate) tls_server_name: Option<String>,
    /// Do not check the server's certificate
    #[arg(long, global = true, hide_short_help = true, switch = None)]
    pub(crate) insecure_skip_tls_verify: Option<bool>,
    /// File with the certificate of the server's authority
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(crate) certificate_authority: Option<String>,
    /// File with the client's certificate
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(crate) client_certificate: Option<String>,
    /// File with the client's key
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    pub(crate) client_key: Option<String>,
    /// Bearer token
    #[arg(long, global = true, hide_short_help = true, value_name = "TOKEN")]
    pub(crate) token: Option<String>,
    /// User to impersonate
    #[arg(long = "as", global = true, hide_short_help = true, value_name = "USER")]
    pub(crate) impersonate: Option<String>,
    /// Group to impersonate; may be repeated
    #[arg(long = "as-group", global = true, hide_short_help = true, value_name = "GROUP")]
    pub(crate) impersonate_groups: Vec<String>,
    /// UID to impersonate
    #[arg(long = "as-uid", global = true, hide_short_help = true, value_name = "UID")]
    pub(crate) impersonate_uid: Option<String>,
    /// Extra of the impersonated user, KEY=VALUE; may be repeated
    #[arg(long = "as-user-extra", global = true, hide_short_help = true, value_name = "KEY=VALUE", value_parser = extra)]
    pub(crate) impersonate_extra: Vec<(String, String)>,
    /// How long one request may take: 90s, 5m, or seconds; 0 is no limit
    #[arg(long, global = true, hide_short_help = true, value_name = "DURATION", value_parser = request_timeout, default_value = "0")]
    pub(crate) request_timeout: RequestTimeout,
    /// Do not ask the server to compress its answers
    #[arg(long, global = true, hide_short_help = true, switch = None)]
    pub(crate) disable_compression: Option<bool>,
    /// End with an error when the server warns
    #[arg(long, global = true, hide_short_help = true, switch = Some("false"))]
    pub(crate) warnings_as_errors: bool,
    /// How much is told of requests: 6 a line for each, 7 headers, 8 headers and bodies, 9 longer bodies
    #[arg(short = 'v', long = "v", global = true, hide_short_help = true, value_name = "LEVEL", value_parser = verbosity)]
    #[arg(default_value = "0")]
    pub(crate) verbosity: u8,
}

impl ConnectionArgs {
    /// The flags that say which Job is meant, as they were given, for commands to paste: ` -n science --context lab`.
    pub(crate) fn given(&self) -> String {
        let namespace = self.namespace.as_ref().map(|name| format!(" -n {}", quoted(name)));
        namespace.unwrap_or_default() + &self.given_of_cluster()
    }

    /// The same without the namespace: those that say which cluster is meant, and who asks it.
    pub(crate) fn given_of_cluster(&self) -> String {
        let kubeconfig = self.kubeconfig.as_ref().map(|path| path.display().to_string());
        let flags = [
            ("--kubeconfig", &kubeconfig),
            ("--context", &self.context),
            ("--cluster", &self.cluster),
            ("--user", &self.user),
            ("--server", &self.server),
            ("--as", &self.impersonate),
        ];
        let given = flags.into_iter().filter_map(|(flag, value)| Some((flag, value.as_ref()?)));
        given.map(|(flag, value)| format!(" {flag} {}", quoted(value))).collect::<Vec<_>>().concat()
    }
}

/// A namespace's name goes into the path of requests.
fn namespace(text: &str) -> Result<String, String> {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match !text.is_empty() && text.len() <= 63 && text.chars().all(allowed) {
        true => Ok(text.to_owned()),
        false => Err("it is no name of a namespace".to_owned()),
    }
}

/// The limit of one request; None is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RequestTimeout(pub(crate) Option<Duration>);

fn request_timeout(text: &str) -> Result<RequestTimeout, human::DurationError> {
    Ok(RequestTimeout(match text.parse()? {
        Timeout::After(span) => Some(span),
        Timeout::Once | Timeout::Never => None,
    }))
}

/// kubectl knows no highest level.
fn verbosity(text: &str) -> Result<u8, String> {
    let level = text.parse::<u32>().map_err(|_| "write a level, 0 to 9; a volume is --volume")?;
    Ok(u8::try_from(level).unwrap_or(u8::MAX))
}

fn extra(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}
