//! From kubectl's connection flags and kubeconfig files to the configuration of a client, by kubectl's rules.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderValue, Uri, header};
use k8s_openapi::ByteString;
use kube::Config;
use kube::config::{AuthInfo, Cluster as ClusterInfo, KubeconfigError};
use serde_json::Value;

use super::credentials::Attended;
use super::kubeconfig::{self, Chosen, plain};
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
    /// `-v`: 0 to 9 and more.
    pub(crate) verbosity: u8,
    /// Does somebody see what a credential plugin says, and answer?
    pub(crate) attended: Attended,
    /// Those of these flags that say which cluster is meant and who asks it, as they were given, for commands to paste:
    /// ` --context lab`.
    pub(crate) given: String,
}

/// What [`load`] found.
#[derive(Clone, Debug)]
pub(super) struct Loaded {
    pub(super) config: Config,
    /// The context that was meant, to be found again when the files are read anew; None where there is none.
    pub(super) context: Option<String>,
}

/// The configuration that the flags, the environment and the kubeconfig files give together.
pub(super) fn load(connection: &Connection, env: &Env) -> Result<Loaded, ClusterError> {
    let files = kubeconfig::read(connection, env)?;
    let names_something = connection.kubeconfig.is_some()
        || [&connection.context, &connection.cluster, &connection.user, &connection.server]
            .into_iter()
            .any(Option::is_some);
    if kubeconfig::is_empty(&files) && !names_something && env.get("KUBERNETES_SERVICE_HOST").is_some() {
        return in_cluster(connection, env);
    }
    let mut chosen = kubeconfig::choose(files, connection, env)?;
    override_cluster(&mut chosen.cluster, connection);
    override_user(&mut chosen.user, connection);
    kubeconfig::check_user(&chosen.user, chosen.user_name.as_deref())?;
    let context = chosen.context.take();
    let mut config = build(chosen, env)?;
    finish(&mut config, connection);
    Ok(Loaded { config, context })
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
        // A client certificate stays, as with kubectl; every other way of login gives way.
        (user.token, user.token_file) = (Some(token.clone().into()), None);
        (user.exec, user.auth_provider, user.username, user.password) = (None, None, None, None);
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
    prepare_plugin(&mut user, &cluster)?;
    let mut config = Config::new(url);
    config.root_cert = authority(&cluster)?;
    config.accept_invalid_certs = cluster.insecure_skip_tls_verify.unwrap_or(false);
    if config.root_cert.is_none() && (config.accept_invalid_certs || config.cluster_url.scheme_str() == Some("http")) {
        // No certificate will be checked: do not fail where the system has none to check with.
        config.root_cert = Some(Vec::new());
    }
    config.disable_compression = cluster.disable_compression.unwrap_or(false);
    config.tls_server_name = cluster.tls_server_name.filter(|name| !name.is_empty());
    // The one in the kubeconfig holds whatever NO_PROXY says, as in client-go.
    let in_file = cluster.proxy_url.filter(|url| !url.is_empty());
    config.proxy_url = in_file
        .or_else(|| proxy::from_env(&config.cluster_url, env))
        .map(|text| proxy::url(&text).map_err(|error| invalid_proxy(&text, &error)))
        .transpose()?;
    config.default_namespace = namespace.unwrap_or_else(|| "default".to_owned());
    config.auth_info = user;
    Ok(config)
}

/// A credential plugin gets what it asks for of the cluster.
fn prepare_plugin(user: &mut AuthInfo, cluster: &ClusterInfo) -> Result<(), ClusterError> {
    let Some(exec) = &mut user.exec else { return Ok(()) };
    if exec.provide_cluster_info {
        exec.cluster = Some(cluster.try_into().map_err(|error: KubeconfigError| bad(&error))?);
    }
    Ok(())
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

/// Base64, line breaks and all, by the one decoder that is in the tree already: that of a Secret's data.
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
    config.proxy_url = match proxy::from_env(&config.cluster_url, env) {
        Some(text) => Some(proxy::url(&text).map_err(|error| invalid_proxy(&text, &error))?),
        None => None,
    };
    finish(&mut config, connection);
    Ok(Loaded { config, context: None })
}

/// A proxy's URL may hold a password: what stands before its host is not shown.
fn invalid_proxy(url: &str, why: &str) -> ClusterError {
    let host = url.rsplit_once('@').map_or(url, |(_, host)| host);
    ClusterError::config(format!("error: invalid proxy \"{host}\": {why}"), None)
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

/// As client-go writes it, so that audit logs can be searched alike.
fn user_agent() -> String {
    format!("kubectl-indexedjob/{} ({})", env!("CARGO_PKG_VERSION"), platform())
}

/// System and architecture, by Go's names: `linux/amd64`.
pub(crate) fn platform() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{os}/{arch}")
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    const DEV: &str = r#"
apiVersion: v1
kind: Config
current-context: dev
contexts:
- {name: dev, context: {cluster: dev, user: dev, namespace: team}}
- {name: bare, context: {cluster: dev, user: ""}}
- {name: lost, context: {cluster: nowhere, user: dev}}
clusters:
- name: dev
  cluster:
    server: "https://dev.example.com:6443"
    certificate-authority-data:
      LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCmFHVnNiRzg9Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K
users:
- {name: dev, user: {client-certificate-data: YQ==, client-key-data: YQ==, as: boss}}
"#;
    const PROD: &str = r#"
current-context: prod
contexts:
- {name: prod, context: {cluster: prod, user: prod}}
- {name: dev, context: {cluster: prod, user: prod, namespace: shadowed}}
clusters:
- {name: prod, cluster: {server: "https://prod.example.com/base", proxy-url: "http://p:1", tls-server-name: inner}}
users:
- {name: prod, user: {token: secret}}
"#;
    const UNSET: &str = "apiVersion: v1\nkind: Config\ncurrent-context: \"\"\nclusters: null\n";

    /// A home with these files, named by KUBECONFIG in this order.
    fn home(files: &[(&str, &str)]) -> (TempDir, Env) {
        let home = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(home.path().join(name), text).unwrap();
        }
        let list = std::env::join_paths(files.iter().map(|(name, _)| home.path().join(name))).unwrap();
        let env = Env::from([("KUBECONFIG", list.to_str().unwrap()), ("HOME", home.path().to_str().unwrap())]);
        (home, env)
    }

    fn with(change: impl FnOnce(&mut Connection)) -> Connection {
        let mut connection = Connection::default();
        change(&mut connection);
        connection
    }

    #[track_caller]
    fn fails(connection: &Connection, env: &Env, want: &str) {
        assert_eq!(load(connection, env).unwrap_err().to_string(), want);
    }

    #[test]
    fn the_first_file_to_say_something_wins() {
        let (_home, env) = home(&[("unset", UNSET), ("dev", DEV), ("prod", PROD)]);
        let loaded = load(&Connection::default(), &env).unwrap();
        assert_eq!(loaded.context.as_deref(), Some("dev"));
        assert_eq!(loaded.config.cluster_url, "https://dev.example.com:6443");
        assert_eq!(loaded.config.default_namespace, "team");
        assert_eq!(loaded.config.root_cert, Some(vec![b"hello".to_vec()]));
        assert_eq!(loaded.config.auth_info.impersonate.as_deref(), Some("boss"));
        assert!(!loaded.config.default_retry);
        let prod = load(&with(|c| c.context = Some("prod".into())), &env).unwrap().config;
        assert_eq!(prod.cluster_url, "https://prod.example.com/base");
        assert_eq!((prod.default_namespace.as_str(), prod.tls_server_name.as_deref()), ("default", Some("inner")));
        assert_eq!(prod.proxy_url, Some("http://p:1".parse().unwrap()));
    }

    #[test]
    fn files_that_are_missing_are_passed_over_but_not_the_one_that_was_named() {
        let (home, env) = home(&[("dev", DEV)]);
        let list = format!("/missing{}{}", if cfg!(windows) { ';' } else { ':' }, env.get("KUBECONFIG").unwrap());
        load(&Connection::default(), &Env::from([("KUBECONFIG", &*list)])).unwrap();
        fails(
            &with(|c| c.kubeconfig = Some("/missing".into())),
            &env,
            "error: stat /missing: no such file or directory",
        );
        let named = with(|c| c.kubeconfig = Some(home.path().join("dev")));
        load(&named, &Env::default()).unwrap();
    }

    #[test]
    fn the_default_is_in_the_home_directory() {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join(".kube")).unwrap();
        std::fs::write(home.path().join(".kube/config"), DEV).unwrap();
        let env = Env::from([("HOME", home.path().to_str().unwrap())]);
        assert_eq!(load(&Connection::default(), &env).unwrap().context.as_deref(), Some("dev"));
    }

    #[test]
    fn what_does_not_exist_is_named() {
        let (_home, env) = home(&[("dev", DEV)]);
        fails(
            &with(|c| c.context = Some("x".into())),
            &env,
            "Error in configuration: context was not found for specified context: x",
        );
        fails(&with(|c| c.cluster = Some("x".into())), &env, "error: no server found for cluster \"x\"");
        fails(&with(|c| c.user = Some("x".into())), &env, "error: auth info \"x\" does not exist");
        let lost = "Error in configuration: cluster \"nowhere\" of context \"lost\" does not exist";
        fails(&with(|c| c.context = Some("lost".into())), &env, lost);
        let (_home, env) = self::home(&[("wrong", "current-context: x\ncontexts: []\nclusters: [{name: a}]")]);
        let missing = "Error in configuration: context was not found for specified context: x";
        fails(&Connection::default(), &env, missing);
    }

    #[test]
    fn no_configuration_is_an_error_with_a_way_out() {
        let error = load(&Connection::default(), &Env::default()).unwrap_err();
        assert_eq!(error.to_string(), "error: no kubeconfig found");
        assert!(error.hint().unwrap().contains("--kubeconfig"));
        let (_home, env) = home(&[("dev", &DEV.replace("current-context: dev", ""))]);
        fails(&Connection::default(), &env, "error: no current context is set");
        let server = with(|c| c.server = Some("https://a:1".into()));
        assert_eq!(load(&server, &Env::default()).unwrap().config.cluster_url, "https://a:1");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let (home, env) = home(&[("bad", "a: [")]);
        let error = load(&Connection::default(), &env).unwrap_err().to_string();
        let path = home.path().join("bad");
        assert!(
            error.starts_with(&format!("error: error loading config file \"{}\": yaml: ", path.display())),
            "{error}"
        );
    }

    #[test]
    fn a_flag_undoes_what_it_contradicts() {
        let (_home, env) = home(&[("dev", DEV), ("prod", PROD)]);
        let skip = load(&with(|c| c.insecure_skip_tls_verify = true), &env).unwrap().config;
        assert_eq!((skip.accept_invalid_certs, skip.root_cert), (true, Some(vec![])));
        let prod = |server: Option<&str>| {
            load(&with(|c| (c.context, c.server) = (Some("prod".into()), server.map(Into::into))), &env).unwrap().config
        };
        assert_eq!(prod(Some("https://b")).tls_server_name, None);
        let token = load(&with(|c| c.token = Some("t".into())), &env).unwrap().config.auth_info;
        assert!(token.token.is_some() && token.exec.is_none() && token.client_certificate_data.is_some());
        assert_eq!(token.impersonate.as_deref(), Some("boss"));
        let groups = with(|c| {
            (c.impersonate, c.impersonate_groups) = (Some("me".into()), vec!["a".into(), "b".into()]);
            c.impersonate_user_extra = [("k".to_owned(), vec!["v".to_owned()])].into();
        });
        let user = load(&groups, &env).unwrap().config.auth_info;
        assert_eq!(user.impersonate.as_deref(), Some("me"));
        assert_eq!(user.impersonate_groups.unwrap().len(), 2);
        assert_eq!(user.impersonate_user_extra.unwrap()["k"], ["v"]);
    }

    #[test]
    fn a_server_without_a_scheme_is_secure_where_tls_is_configured() {
        assert_eq!(server_url("localhost:8080", false).unwrap(), "http://localhost:8080");
        assert_eq!(server_url("localhost:6443", true).unwrap(), "https://localhost:6443");
        assert!(server_url("ftp://a", true).is_err() && server_url("", true).is_err());
    }

    #[test]
    fn the_user_agent_is_client_gos_form() {
        let (_home, env) = home(&[("dev", DEV)]);
        let config = load(&Connection::default(), &env).unwrap().config;
        let (_, agent) = config.headers.iter().find(|(name, _)| name == header::USER_AGENT).unwrap();
        let agent = agent.to_str().unwrap();
        assert!(
            agent.starts_with("kubectl-indexedjob/") && agent.ends_with(')') && !agent.contains("x86_64"),
            "{agent}"
        );
    }
}
