//! kubectl's connection flags, after every verb.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use indexedjob_core::human::{self, Timeout};

use crate::cluster::Connection;

/// How to reach the cluster: kubectl's flags, with kubectl's meanings.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Connection (kubectl's flags, all of them with --help)")]
pub(crate) struct ConnectionArgs {
    /// The kubeconfig file to use, and no other
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    kubeconfig: Option<PathBuf>,
    /// The kubeconfig context to use
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    context: Option<String>,
    /// The kubeconfig cluster to use
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    cluster: Option<String>,
    /// The kubeconfig user to use
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    user: Option<String>,
    /// The namespace of the Job
    #[arg(short, long, global = true, value_name = "NAME")]
    namespace: Option<String>,
    /// Address of the API server
    #[arg(short, long, global = true, hide_short_help = true, value_name = "URL")]
    server: Option<String>,
    /// Name to check the server's certificate against
    #[arg(long, global = true, hide_short_help = true, value_name = "NAME")]
    tls_server_name: Option<String>,
    /// Do not check the server's certificate
    #[arg(long, global = true, hide_short_help = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    insecure_skip_tls_verify: Option<bool>,
    /// File with the certificate of the server's authority
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    certificate_authority: Option<String>,
    /// File with the client's certificate
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    client_certificate: Option<String>,
    /// File with the client's key
    #[arg(long, global = true, hide_short_help = true, value_name = "FILE")]
    client_key: Option<String>,
    /// Bearer token
    #[arg(long, global = true, hide_short_help = true, value_name = "TOKEN")]
    token: Option<String>,
    /// User to impersonate
    #[arg(long = "as", global = true, hide_short_help = true, value_name = "USER")]
    impersonate: Option<String>,
    /// Group to impersonate; may be repeated
    #[arg(long = "as-group", global = true, hide_short_help = true, value_name = "GROUP")]
    impersonate_groups: Vec<String>,
    /// UID to impersonate
    #[arg(long = "as-uid", global = true, hide_short_help = true, value_name = "UID")]
    impersonate_uid: Option<String>,
    /// Extra of the impersonated user, KEY=VALUE; may be repeated
    #[arg(long = "as-user-extra", global = true, hide_short_help = true, value_name = "KEY=VALUE", value_parser = extra)]
    impersonate_extra: Vec<(String, String)>,
    /// How long one request may take: 90s, 5m, or seconds; 0 is no limit
    #[arg(long, global = true, hide_short_help = true, value_name = "DURATION", value_parser = request_timeout, default_value = "0")]
    request_timeout: RequestTimeout,
    /// Do not ask the server to compress its answers
    #[arg(long, global = true, hide_short_help = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    disable_compression: Option<bool>,
}

/// The limit of one request; None is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct RequestTimeout(Option<Duration>);

fn request_timeout(text: &str) -> Result<RequestTimeout, human::DurationError> {
    Ok(RequestTimeout(match text.parse()? {
        Timeout::After(span) => Some(span),
        Timeout::Once | Timeout::Never => None,
    }))
}

fn extra(text: &str) -> Result<(String, String), String> {
    let pair = text.split_once('=').ok_or("write KEY=VALUE")?;
    Ok((pair.0.to_owned(), pair.1.to_owned()))
}

impl From<ConnectionArgs> for Connection {
    fn from(args: ConnectionArgs) -> Self {
        let mut extra: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (key, value) in args.impersonate_extra {
            extra.entry(key).or_default().push(value);
        }
        Self {
            kubeconfig: args.kubeconfig,
            context: args.context,
            cluster: args.cluster,
            user: args.user,
            namespace: args.namespace,
            server: args.server,
            tls_server_name: args.tls_server_name,
            insecure_skip_tls_verify: args.insecure_skip_tls_verify.unwrap_or(false),
            certificate_authority: args.certificate_authority,
            client_certificate: args.client_certificate,
            client_key: args.client_key,
            token: args.token,
            impersonate: args.impersonate,
            impersonate_uid: args.impersonate_uid,
            impersonate_groups: args.impersonate_groups,
            impersonate_user_extra: extra,
            request_timeout: args.request_timeout.0,
            disable_compression: args.disable_compression.unwrap_or(false),
        }
    }
}
