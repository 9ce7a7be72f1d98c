//! The kubeconfig files that kubectl would read, and what of them is meant.

use std::path::{Path, PathBuf};

use indexedjob_core::text::plainly;
use kube::config::{AuthInfo, Cluster as ClusterInfo, Context, Kubeconfig, KubeconfigError, NamedContext};

use super::{ClusterError, Connection};
use crate::env::Env;

/// The part of the kubeconfig that counts.
#[derive(Default)]
pub(super) struct Chosen {
    pub(super) cluster: ClusterInfo,
    pub(super) user: AuthInfo,
    pub(super) namespace: Option<String>,
    pub(super) context: Option<String>,
}

/// The files that kubectl would read, merged: the first to say something wins.
pub(super) fn read(connection: &Connection, env: &Env) -> Result<Kubeconfig, ClusterError> {
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
    for path in paths.iter().filter(|path| path.try_exists().unwrap_or(true)) {
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
pub(super) fn plain(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => plainly(error),
    }
}

/// Do they say nothing at all?
pub(super) fn is_empty(files: &Kubeconfig) -> bool {
    files.clusters.is_empty() && files.contexts.is_empty() && files.auth_infos.is_empty()
}

/// The context, cluster and user that flags and current-context name.
pub(super) fn choose(files: Kubeconfig, connection: &Connection) -> Result<Chosen, ClusterError> {
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

fn context(contexts: Vec<NamedContext>, name: &str, connection: &Connection) -> Result<Context, ClusterError> {
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
            "choose one with kubectl config use-context NAME, or give --context NAME; see: kubectl config get-contexts",
        ),
    }
}
