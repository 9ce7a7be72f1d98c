//! From kubectl's connection flags and kubeconfig files to the configuration of a client, by kubectl's rules.

use std::collections::{BTreeMap, HashMap};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use http::{HeaderValue, Uri, header};
use k8s_openapi::ByteString;
use kube::Config;
use kube::config::{AuthInfo, Cluster as ClusterInfo, Context, ExecInteractiveMode, Kubeconfig, KubeconfigError};
use serde_json::Value;

use super::{ClusterError, proxy};
use crate::env::Env;

/// kubectl's connection flags, as given.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    /// `--kubeconfig`: this file and no other.
    pub(crate) kubeconfig: Option<PathBuf>,
    /// `--context`
    pub(crate) context: Option<String>,
    /// `--cluster`
    pub(crate) cluster: Option<String>,
    /// `--user`
    pub(crate) user: Option<String>,
    /// `-n`, `--namespace`
    pub(crate) namespace: Option<String>,
    /// `-s`, `--server`
    pub(crate) server: Option<String>,
    /// `--tls-server-name`
    pub(crate) tls_server_name: Option<String>,
    /// `--insecure-skip-tls-verify`
    pub(crate) insecure_skip_tls_verify: bool,
    /// `--certificate-authority`
    pub(crate) certificate_authority: Option<String>,
    /// `--client-certificate`
    pub(crate) client_certificate: Option<String>,
    /// `--client-key`
    pub(crate) client_key: Option<String>,
    /// `--token`
    pub(crate) token: Option<String>,
    /// `--as`
    pub(crate) impersonate: Option<String>,
    /// `--as-uid`
    pub(crate) impersonate_uid: Option<String>,
    /// `--as-group`, repeated
    pub(crate) impersonate_groups: Vec<String>,
    /// `--as-user-extra KEY=VALUE`, repeated
    pub(crate) impersonate_user_extra: BTreeMap<String, Vec<String>>,
    /// `--request-timeout`; None and zero mean that it was not given.
    pub(crate) request_timeout: Option<Duration>,
    /// `--disable-compression`
    pub(crate) disable_compression: bool,
}

/// What [`load`] found.
#[derive(Clone, Debug)]
pub(super) struct Loaded {
    pub(super) config: Config,
    /// The context that was meant, to be found again when the files are read anew; None where there is none.
    pub(super) context: Option<String>,
}

/// The part of the kubeconfig that counts.
#[derive(Default)]
struct Chosen {
    cluster: ClusterInfo,
    user: AuthInfo,
    namespace: Option<String>,
    context: Option<String>,
}

/// The configuration that the flags, the environment and the kubeconfig files give together.
pub(super) fn load(connection: &Connection, env: &Env) -> Result<Loaded, ClusterError> {
    let files = read_files(connection, env)?;
    let names_something = [
        &connection.kubeconfig.as_ref().map(|_| String::new()),
        &connection.context,
        &connection.cluster,
        &connection.user,
        &connection.server,
    ]
    .into_iter()
    .any(Option::is_some);
    if is_empty(&files) && !names_something && env.get("KUBERNETES_SERVICE_HOST").is_some() {
        return in_cluster(connection, env);
    }
    let mut chosen = choose(files, connection)?;
    override_cluster(&mut chosen.cluster, connection);
    override_user(&mut chosen.user, connection);
    let context = chosen.context.take();
    let mut config = build(chosen, env)?;
    finish(&mut config, connection);
    Ok(Loaded { config, context })
}

/// The files that kubectl would read, merged: the first to say something wins.
fn read_files(connection: &Connection, env: &Env) -> Result<Kubeconfig, ClusterError> {
    if let Some(path) = &connection.kubeconfig {
        return match std::fs::metadata(path) {
            Ok(_) => read_file(path),
            Err(error) => Err(ClusterError::config(format!("error: stat {}: {}", path.display(), plain(&error)), None)),
        };
    }
    let paths: Vec<PathBuf> = match env.os("KUBECONFIG") {
        Some(list) => std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect(),
        None => env.home().map(|home| home.join(".kube").join("config")).into_iter().collect(),
    };
    let mut merged = Kubeconfig::default();
    for path in paths.iter().filter(|path| path.exists()) {
        merged = merged.merge(read_file(path)?).map_err(|error| unloadable(path, &error))?;
    }
    Ok(merged)
}

/// One file, made fit for merging: `kubectl config unset current-context` leaves an empty one, which says nothing.
fn read_file(path: &Path) -> Result<Kubeconfig, ClusterError> {
    let mut file = Kubeconfig::read_from(path).map_err(|error| unloadable(path, &error))?;
    file.current_context = file.current_context.filter(|name| !name.is_empty());
    (file.kind, file.api_version) = (None, None);
    Ok(file)
}

fn unloadable(path: &Path, error: &KubeconfigError) -> ClusterError {
    let cause = match error {
        KubeconfigError::ReadConfig(error, _) => plain(error),
        KubeconfigError::Parse(error) => format!("yaml: {}", error.to_string().lines().next().unwrap_or_default()),
        other => other.to_string(),
    };
    ClusterError::config(format!("error: error loading config file \"{}\": {cause}", path.display()), None)
}

/// Go's words for the everyday ones, without Rust's `(os error 2)`.
fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

fn is_empty(files: &Kubeconfig) -> bool {
    files.clusters.is_empty() && files.contexts.is_empty() && files.auth_infos.is_empty()
}

/// The context, cluster and user that flags and current-context name.
fn choose(files: Kubeconfig, connection: &Connection) -> Result<Chosen, ClusterError> {
    let no_files = is_empty(&files);
    let context_name = connection.context.clone().or(files.current_context);
    let context = match &context_name {
        Some(name) => Some(context(files.contexts, name, connection)?),
        None => None,
    };
    let (of_cluster, of_user, namespace) = match context {
        Some(context) => (Some(context.cluster), context.user, context.namespace),
        None => (None, None, None),
    };
    let given = |name: Option<String>| name.filter(|name| !name.is_empty());
    let mut clusters = files.clusters.into_iter();
    let cluster_name = connection.cluster.clone().or(given(of_cluster));
    let cluster = cluster_name.as_ref().and_then(|name| clusters.find(|c| c.name == *name)?.cluster);
    let mut users = files.auth_infos.into_iter();
    let user_name = connection.user.clone().or(given(of_user));
    let user = user_name.as_ref().and_then(|name| users.find(|u| u.name == *name)?.auth_info);
    if let (Some(name), None) = (&connection.cluster, &cluster) {
        return Err(ClusterError::config(
            format!("error: cluster \"{name}\" does not exist"),
            "see which there are: kubectl config get-clusters",
        ));
    }
    if let (Some(name), None) = (&connection.user, &user) {
        return Err(ClusterError::config(
            format!("error: auth info \"{name}\" does not exist"),
            "see which there are: kubectl config get-users",
        ));
    }
    if cluster.is_none() && connection.server.is_none() {
        return Err(no_cluster(no_files, cluster_name, context_name));
    }
    // A context that names an unknown user is anonymous, as in client-go.
    Ok(Chosen {
        cluster: cluster.unwrap_or_default(),
        user: user.unwrap_or_default(),
        namespace: given(namespace),
        context: context_name,
    })
}

fn context(
    contexts: Vec<kube::config::NamedContext>,
    name: &str,
    connection: &Connection,
) -> Result<Context, ClusterError> {
    contexts.into_iter().find(|c| c.name == name).and_then(|c| c.context).ok_or_else(|| {
        let message = match connection.context {
            Some(_) => format!("error: context \"{name}\" does not exist"),
            None => format!("Error in configuration: context was not found for specified context: {name}"),
        };
        ClusterError::config(message, "see which there are: kubectl config get-contexts")
    })
}

fn no_cluster(no_files: bool, cluster: Option<String>, context: Option<String>) -> ClusterError {
    match (cluster, context) {
        _ if no_files => ClusterError::config(
            "error: no kubeconfig found",
            "say which cluster is meant with KUBECONFIG=FILE or --kubeconfig FILE; the default is ~/.kube/config",
        ),
        (Some(cluster), Some(context)) => ClusterError::config(
            format!("Error in configuration: cluster \"{cluster}\" of context \"{context}\" does not exist"),
            "see which there are: kubectl config get-clusters",
        ),
        (_, Some(context)) => ClusterError::config(
            format!("Error in configuration: context \"{context}\" names no cluster"),
            "see which contexts there are: kubectl config get-contexts",
        ),
        (_, None) => ClusterError::config(
            "error: no current context is set",
            "choose one for good, kubectl config use-context NAME, or give --context NAME; see: kubectl config get-contexts",
        ),
    }
}

/// `getCluster` of client-go's `tools/clientcmd/client_config.go`: what a flag replaces, and what it thereby undoes.
fn override_cluster(cluster: &mut ClusterInfo, connection: &Connection) {
    if connection.insecure_skip_tls_verify || connection.certificate_authority.is_some() {
        cluster.insecure_skip_tls_verify = Some(connection.insecure_skip_tls_verify);
        cluster.certificate_authority.clone_from(&connection.certificate_authority);
        cluster.certificate_authority_data = None;
    }
    if connection.tls_server_name.is_some() || connection.server.is_some() {
        cluster.tls_server_name.clone_from(&connection.tls_server_name);
    }
    if connection.server.is_some() {
        cluster.server.clone_from(&connection.server);
    }
    if connection.disable_compression {
        cluster.disable_compression = Some(true);
    }
}

fn override_user(user: &mut AuthInfo, connection: &Connection) {
    if let Some(token) = &connection.token {
        let AuthInfo { impersonate, impersonate_uid, impersonate_groups, impersonate_user_extra, .. } =
            std::mem::take(user);
        *user = AuthInfo {
            token: Some(token.clone().into()),
            impersonate,
            impersonate_uid,
            impersonate_groups,
            impersonate_user_extra,
            ..AuthInfo::default()
        };
    }
    if let Some(path) = &connection.client_certificate {
        (user.client_certificate, user.client_certificate_data, user.exec) = (Some(path.clone()), None, None);
    }
    if let Some(path) = &connection.client_key {
        (user.client_key, user.client_key_data, user.exec) = (Some(path.clone()), None, None);
    }
    if connection.impersonate.is_some() {
        user.impersonate.clone_from(&connection.impersonate);
    }
    if connection.impersonate_uid.is_some() {
        user.impersonate_uid.clone_from(&connection.impersonate_uid);
    }
    if !connection.impersonate_groups.is_empty() {
        user.impersonate_groups = Some(connection.impersonate_groups.clone());
    }
    if !connection.impersonate_user_extra.is_empty() {
        let extra: HashMap<_, _> = connection.impersonate_user_extra.clone().into_iter().collect();
        user.impersonate_user_extra = Some(extra);
    }
}

/// The client's configuration. Built field by field, since kube's own way also applies its own proxy rules.
fn build(chosen: Chosen, env: &Env) -> Result<Config, ClusterError> {
    let Chosen { cluster, mut user, namespace, .. } = chosen;
    // client-go goes on without the names that are left empty.
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    let secure = given(&cluster.certificate_authority)
        || given(&cluster.certificate_authority_data)
        || given(&user.client_certificate)
        || given(&user.client_certificate_data)
        || cluster.insecure_skip_tls_verify == Some(true);
    let url = server_url(cluster.server.as_deref().unwrap_or_default(), secure)?;
    if let Some(exec) = &mut user.exec {
        if exec.provide_cluster_info {
            exec.cluster = Some((&cluster).try_into().map_err(|error: KubeconfigError| bad(&error))?);
        }
        // client-go hands a plugin the standard input only where it is a terminal; kube always would.
        if exec.interactive_mode != Some(ExecInteractiveMode::Always) && !std::io::stdin().is_terminal() {
            exec.interactive_mode = Some(ExecInteractiveMode::Never);
        }
    }
    let mut config = Config::new(url);
    config.root_cert = authority(&cluster)?;
    config.accept_invalid_certs = cluster.insecure_skip_tls_verify.unwrap_or(false);
    config.disable_compression = cluster.disable_compression.unwrap_or(false);
    config.tls_server_name = cluster.tls_server_name.filter(|name| !name.is_empty());
    // The one in the kubeconfig holds whatever NO_PROXY says, as in client-go.
    let in_file = cluster.proxy_url.filter(|url| !url.is_empty());
    config.proxy_url = in_file
        .or_else(|| proxy::from_env(&config.cluster_url, env))
        .map(|text| {
            proxy::url(&text)
                .map_err(|error| ClusterError::config(format!("error: invalid proxy \"{text}\": {error}"), None))
        })
        .transpose()?;
    config.default_namespace = namespace.unwrap_or_else(|| "default".to_owned());
    config.auth_info = user;
    Ok(config)
}

fn bad(error: &KubeconfigError) -> ClusterError {
    ClusterError::config(format!("error: {error}"), None)
}

/// A bare `host:port` is https where anything about TLS is configured, else http, as in client-go.
fn server_url(server: &str, secure: bool) -> Result<Uri, ClusterError> {
    let full = match server.contains("://") {
        true => server.to_owned(),
        false if secure => format!("https://{server}"),
        false => format!("http://{server}"),
    };
    let url = full
        .parse::<Uri>()
        .ok()
        .filter(|url| url.host().is_some() && matches!(url.scheme_str(), Some("http" | "https")));
    url.ok_or_else(|| {
        ClusterError::config(format!("error: invalid server address \"{server}\""), "write it as https://HOST:PORT")
    })
}

/// The certificates that the server's is checked against; None means the system's.
fn authority(cluster: &ClusterInfo) -> Result<Option<Vec<Vec<u8>>>, ClusterError> {
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let unable = |cause: &str| ClusterError::config(format!("error: unable to load root certificates: {cause}"), None);
    let pem = match (filled(&cluster.certificate_authority_data), filled(&cluster.certificate_authority)) {
        (Some(data), _) => decode(&data).ok_or_else(|| unable("certificate-authority-data is no base64"))?,
        (None, Some(path)) => {
            std::fs::read(&path).map_err(|error| unable(&format!("open {path}: {}", plain(&error))))?
        }
        (None, None) => return Ok(None),
    };
    let found = certificates(&String::from_utf8_lossy(&pem));
    if found.is_empty() {
        Err(unable("data does not contain any valid RSA or ECDSA certificates"))
    } else {
        Ok(Some(found))
    }
}

fn certificates(pem: &str) -> Vec<Vec<u8>> {
    let blocks = pem.split("-----BEGIN CERTIFICATE-----").skip(1);
    blocks.filter_map(|block| decode(block.split_once("-----END CERTIFICATE-----")?.0)).collect()
}

/// Base64, line breaks and all.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_whitespace().collect();
    serde_json::from_value::<ByteString>(Value::String(text)).ok().map(|bytes| bytes.0)
}

/// The service account of the pod that the program runs in.
fn in_cluster(connection: &Connection, env: &Env) -> Result<Loaded, ClusterError> {
    let mut config = Config::incluster().map_err(|error| {
        ClusterError::config(
            format!("error: no kubeconfig found, and none for a pod: {error}"),
            "say which cluster is meant with KUBECONFIG=FILE or --kubeconfig FILE",
        )
    })?;
    config.default_namespace =
        env.get("POD_NAMESPACE").map_or_else(|| config.default_namespace.trim().to_owned(), str::to_owned);
    override_user(&mut config.auth_info, connection);
    let mut cluster = ClusterInfo::default();
    override_cluster(&mut cluster, connection);
    if cluster.insecure_skip_tls_verify.is_some() {
        config.accept_invalid_certs = connection.insecure_skip_tls_verify;
        (config.root_cert_file, config.root_cert) = (None, authority(&cluster)?);
    }
    config.tls_server_name = cluster.tls_server_name;
    config.disable_compression = connection.disable_compression;
    config.proxy_url = proxy::from_env(&config.cluster_url, env).and_then(|text| proxy::url(&text).ok());
    finish(&mut config, connection);
    Ok(Loaded { config, context: None })
}

/// What holds for every configuration.
fn finish(config: &mut Config, connection: &Connection) {
    if let Some(namespace) = connection.namespace.as_ref().filter(|name| !name.is_empty()) {
        config.default_namespace.clone_from(namespace);
    }
    // Retries are http.rs's own: kube's would repeat a POST.
    config.default_retry = false;
    let agent = HeaderValue::from_str(&user_agent()).expect("a User-Agent of letters and digits is a header value");
    config.headers.push((header::USER_AGENT, agent));
}

/// As client-go writes it, with Go's names for system and architecture, so that audit logs can be searched alike.
fn user_agent() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("kubectl-indexedjob/{} ({os}/{arch})", env!("CARGO_PKG_VERSION"))
}
