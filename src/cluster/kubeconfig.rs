//! The kubeconfig files that kubectl would read, and what of them is meant.

use std::path::{Path, PathBuf};

use indexedjob_core::text::plainly;
use indexedjob_core::yaml;
use kube::config::{AuthInfo, Cluster as ClusterInfo, Context, Kubeconfig, NamedContext};

use super::{ClusterError, Connection};
use crate::env::Env;

/// The part of the kubeconfig that counts.
#[derive(Default)]
pub(super) struct Chosen {
    pub(super) cluster: ClusterInfo,
    pub(super) user: AuthInfo,
    pub(super) user_name: Option<String>,
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
    let mut merged = Kubeconfig::default();
    for path in paths(env).iter().filter(|path| is_there(path)) {
        merged = merged.merge(read_file(path)?).map_err(|error| unloadable(path, &error.to_string()))?;
    }
    Ok(merged)
}

/// The files that KUBECONFIG names, or the usual one.
fn paths(env: &Env) -> Vec<PathBuf> {
    match env.os("KUBECONFIG") {
        Some(list) => std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect(),
        None => env.home().map(|home| home.join(".kube").join("config")).into_iter().collect(),
    }
}

fn is_there(path: &Path) -> bool {
    path.try_exists().unwrap_or(true)
}

/// One file, made fit for merging: `kubectl config unset current-context` leaves an empty one, which says nothing. kube
/// would refuse what kubectl takes: keys that stand there twice, and files of many users.
fn read_file(path: &Path) -> Result<Kubeconfig, ClusterError> {
    let text = std::fs::read(path).map_err(|error| unloadable(path, &plain(&error)))?;
    let text = decoded(&text).ok_or_else(|| unloadable(path, "it is no text"))?;
    let file = yaml::first(&text).map_err(|error| unloadable(path, &format!("yaml: {error}")))?;
    let mut file: Kubeconfig = file.unwrap_or_default();
    file.current_context = file.current_context.filter(|name| !name.is_empty());
    (file.kind, file.api_version) = (None, None);
    resolve(&mut file, path.parent().unwrap_or(Path::new("")));
    Ok(file)
}

/// UTF-8, or UTF-16 with its mark, as PowerShell writes files.
fn decoded(bytes: &[u8]) -> Option<String> {
    let wide = |read: fn([u8; 2]) -> u16, bytes: &[u8]| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| read([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(u16::from_le_bytes, rest),
        [0xfe, 0xff, rest @ ..] => wide(u16::from_be_bytes, rest),
        bytes => String::from_utf8(bytes.to_vec()).ok(),
    }
}

/// Paths in a file are relative to where it is; so is a plugin with a slash in its name.
fn resolve(file: &mut Kubeconfig, directory: &Path) {
    let absolute = |path: &mut Option<String>| {
        if let Some(path) = path.as_mut().filter(|path| !path.is_empty()) {
            // What is absolute already stays.
            *path = directory.join(&*path).to_string_lossy().into_owned();
        }
    };
    file.clusters.iter_mut().filter_map(|named| named.cluster.as_mut()).for_each(|cluster| {
        absolute(&mut cluster.certificate_authority);
    });
    for user in file.auth_infos.iter_mut().filter_map(|named| named.auth_info.as_mut()) {
        [&mut user.client_certificate, &mut user.client_key, &mut user.token_file].into_iter().for_each(absolute);
        if let Some(exec) = &mut user.exec
            && exec.command.as_ref().is_some_and(|command| command.contains(std::path::MAIN_SEPARATOR))
        {
            absolute(&mut exec.command);
        }
    }
}

fn unloadable(path: &Path, cause: &str) -> ClusterError {
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

/// What a kubeconfig has names for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// Contexts.
    Contexts,
    /// Clusters.
    Clusters,
    /// Users.
    Users,
}

/// Their names, in the order of the files.
pub(super) fn names(files: Kubeconfig, named: Named) -> Vec<String> {
    match named {
        Named::Contexts => files.contexts.into_iter().map(|it| it.name).collect(),
        Named::Clusters => files.clusters.into_iter().map(|it| it.name).collect(),
        Named::Users => files.auth_infos.into_iter().map(|it| it.name).collect(),
    }
}

/// The context, cluster and user that flags and current-context name.
pub(super) fn choose(files: Kubeconfig, connection: &Connection, env: &Env) -> Result<Chosen, ClusterError> {
    let no_files = is_empty(&files);
    let context_name = connection.context.clone().or(files.current_context);
    let context = match &context_name {
        Some(name) => Some(context(files.contexts, name)?),
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
            format!("error: no server found for cluster \"{name}\""),
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
        return Err(no_cluster(no_files.then_some(env), cluster_name, context_name));
    }
    // A context that names an unknown user is anonymous, as in client-go.
    Ok(Chosen {
        cluster: cluster.unwrap_or_default(),
        user: user.unwrap_or_default(),
        user_name,
        namespace: given(namespace),
        context: context_name,
    })
}

/// What client-go's `validateAuthInfo` refuses; without a check some other login than the one that was meant is used.
pub(super) fn check_user(user: &AuthInfo, name: Option<&str>) -> Result<(), ClusterError> {
    let name = name.unwrap_or_default();
    let given = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
    if user.token.is_some() && (given(&user.username) || user.password.is_some()) {
        let message = format!("more than one authentication method found for {name}; found [token basicAuth]");
        return Err(ClusterError::config(format!("error: {message}, only one is allowed"), None));
    }
    let exec = user.exec.as_ref().filter(|exec| exec.interactive_mode.is_none());
    if exec.is_some_and(|exec| exec.api_version.as_deref() == Some("client.authentication.k8s.io/v1")) {
        let message = format!("error: interactiveMode must be specified for {name} to use exec authentication plugin");
        return Err(ClusterError::config(message, None));
    }
    let files = [
        ("cert", &user.client_certificate, given(&user.client_certificate_data)),
        ("key", &user.client_key, user.client_key_data.is_some()),
    ];
    for (what, path, has_data) in files {
        if let Some(path) = path.as_ref().filter(|path| !path.is_empty() && !has_data)
            && let Err(error) = std::fs::File::open(path)
        {
            let cause = format!("unable to read client-{what} {path} for {name} due to open {path}: {}", plain(&error));
            return Err(ClusterError::config(format!("error: {cause}"), None));
        }
    }
    Ok(())
}

fn context(contexts: Vec<NamedContext>, name: &str) -> Result<Context, ClusterError> {
    contexts.into_iter().find(|c| c.name == name).and_then(|c| c.context).ok_or_else(|| {
        let message = format!("Error in configuration: context was not found for specified context: {name}");
        ClusterError::config(message, "see which there are: kubectl config get-contexts")
    })
}

/// `nothing_in`: the environment whose files are missing or empty; None where they say something.
fn no_cluster(nothing_in: Option<&Env>, cluster: Option<String>, context: Option<String>) -> ClusterError {
    if let Some(env) = nothing_in {
        return nothing_found(env);
    }
    match (cluster, context) {
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

fn nothing_found(env: &Env) -> ClusterError {
    let missing = paths(env).into_iter().filter(|path| !is_there(path)).map(|path| path.display().to_string());
    let missing = missing.collect::<Vec<_>>().join(", ");
    let message = match env.os("KUBECONFIG").is_some() && !missing.is_empty() {
        true => format!("error: no kubeconfig found: KUBECONFIG names {missing}, which is not there"),
        false => "error: no kubeconfig found".to_owned(),
    };
    ClusterError::config(
        message,
        "say which cluster is meant with KUBECONFIG=FILE or --kubeconfig FILE; the default is ~/.kube/config",
    )
}
