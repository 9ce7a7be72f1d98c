//! The login of a kubeconfig's user: what stands there, what a file holds, or what a credential plugin answers.
//!
//! kube would run a plugin three times for one client, and take the line break at the end of a token file for a part of
//! the token; so the client is given what came of it. The words are client-go's (`plugin/pkg/client/auth/exec`).

use std::io::{ErrorKind, IsTerminal as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::ByteString;
use kube::config::{AuthInfo, ExecAuthCluster, ExecConfig, ExecInteractiveMode};
use serde::{Deserialize, Serialize};

use super::ClusterError;
use super::kubeconfig::plain;
use crate::clock;

/// Credentials are renewed this long before they expire.
const BEFORE_EXPIRY: SignedDuration = SignedDuration::from_secs(60);
/// How long a token file is believed, as by client-go.
const TOKEN_FILE_LASTS: SignedDuration = SignedDuration::from_secs(60);
const PLUGIN_VERSIONS: [&str; 2] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/// Who answers for a credential plugin that wants to ask something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Attended {
    /// Whoever sits at the terminal; what the plugin says on stderr is seen.
    #[default]
    Yes,
    /// Nobody: the plugin may neither ask nor speak.
    No,
}

/// When the login in `user` is to be made anew; None where it holds.
pub(super) type RenewAt = Option<Timestamp>;

/// Puts the login itself in place of a token file or a credential plugin. Blocks.
pub(super) fn log_in(user: &mut AuthInfo, attended: Attended) -> Result<RenewAt, ClusterError> {
    if let Some(provider) = &user.auth_provider {
        return removed(&provider.name).map_or(Ok(None), Err);
    }
    if let Some(path) = user.token_file.take().filter(|path| !path.is_empty()) {
        return read_token(user, Path::new(&path));
    }
    match user.exec.take() {
        // A token that stands beside it comes first.
        Some(exec) if user.token.is_none() => answer_of(user, &exec, attended),
        _ => Ok(None),
    }
}

/// What client-go had built in once, and where it went.
fn removed(provider: &str) -> Option<ClusterError> {
    let instead = match provider {
        "oidc" => return None,
        "gcp" => "the \"gke-gcloud-auth-plugin\"",
        "azure" => "the https://github.com/Azure/kubelogin",
        _ => {
            let message = format!("error: no Auth Provider found for name \"{provider}\"");
            return Some(ClusterError::config(message, "see what the kubeconfig says: kubectl config view --minify"));
        }
    };
    Some(ClusterError::config(
        format!(
            "error: the {provider} auth plugin has been removed; use {instead} kubectl/client-go credential plugin instead"
        ),
        "see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins",
    ))
}

/// A file comes before a token beside it, unless it cannot be read.
fn read_token(user: &mut AuthInfo, path: &Path) -> Result<RenewAt, ClusterError> {
    match std::fs::read_to_string(path) {
        Ok(token) => {
            user.token = Some(token.trim().to_owned().into());
            Ok(Some(clock::now() + TOKEN_FILE_LASTS))
        }
        Err(_) if user.token.is_some() => Ok(None),
        Err(error) => Err(ClusterError::config(format!("error: open {}: {}", path.display(), plain(&error)), None)),
    }
}

/// What a plugin is told, and what it answers.
#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Credential<'a> {
    #[serde(default)]
    kind: String,
    #[serde(default)]
    api_version: String,
    #[serde(skip_deserializing)]
    spec: Spec<'a>,
    #[serde(skip_serializing)]
    status: Option<Status>,
}

#[derive(Default, Serialize)]
struct Spec<'a> {
    interactive: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cluster: Option<&'a ExecAuthCluster>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    expiration_timestamp: Option<Timestamp>,
    #[serde(default)]
    token: String,
    #[serde(default)]
    client_certificate_data: String,
    #[serde(default)]
    client_key_data: String,
}

fn answer_of(user: &mut AuthInfo, exec: &ExecConfig, attended: Attended) -> Result<RenewAt, ClusterError> {
    let version = exec.api_version.as_deref().unwrap_or_default();
    if !PLUGIN_VERSIONS.contains(&version) {
        return Err(ClusterError::config(format!("error: exec plugin: invalid apiVersion \"{version}\""), None));
    }
    let interactive = is_interactive(exec, attended)?;
    let spec = Spec { interactive, cluster: exec.cluster.as_ref() };
    let told = Credential { kind: "ExecCredential".to_owned(), api_version: version.to_owned(), spec, status: None };
    let told = serde_json::to_string(&told).map_err(|error| failed(error.to_string()))?;
    let output = run(exec, &told, interactive, attended)?;
    let status = read(&output.stdout, version)?;
    let renew_at = status.expiration_timestamp.map(|until| renewal(clock::now(), until));
    take(user, status)?;
    Ok(renew_at)
}

/// A minute before the end; what lives shorter than two is used for half its life.
fn renewal(now: Timestamp, until: Timestamp) -> Timestamp {
    let half = until.duration_since(now) / 2;
    until - half.min(BEFORE_EXPIRY).max(SignedDuration::ZERO)
}

/// May the plugin read stdin?
fn is_interactive(exec: &ExecConfig, attended: Attended) -> Result<bool, ClusterError> {
    let can = attended == Attended::Yes && std::io::stdin().is_terminal();
    match exec.interactive_mode {
        Some(ExecInteractiveMode::Never) => Ok(false),
        Some(ExecInteractiveMode::Always) if !can => {
            Err(failed("exec plugin cannot support interactive mode: standard input is not a terminal"))
        }
        _ => Ok(can),
    }
}

fn run(exec: &ExecConfig, told: &str, interactive: bool, attended: Attended) -> Result<Output, ClusterError> {
    let name = exec.command.as_deref().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| {
        ClusterError::config("error: command must be specified to use exec authentication plugin", None)
    })?;
    let mut command = Command::new(name);
    command.args(exec.args.iter().flatten());
    let variables = exec.env.iter().flatten().filter_map(|pair| Some((pair.get("name")?, pair.get("value")?)));
    command.envs(variables).env("KUBERNETES_EXEC_INFO", told);
    command.stdin(if interactive { Stdio::inherit() } else { Stdio::null() }).stdout(Stdio::piped());
    command.stderr(match attended {
        // Many say there where to log in.
        Attended::Yes => Stdio::inherit(),
        Attended::No => Stdio::null(),
    });
    let output = command.output().map_err(|error| not_started(name, exec, &error))?;
    if output.status.success() {
        return Ok(output);
    }
    let code = output.status.code().map_or_else(|| "no exit code".to_owned(), |code| format!("exit code {code}"));
    Err(failed(format!("exec: executable {name} failed with {code}")))
}

fn not_started(name: &str, exec: &ExecConfig, error: &std::io::Error) -> ClusterError {
    let cause = match error.kind() {
        ErrorKind::NotFound => format!("exec: executable {name} not found"),
        _ => format!("exec: {name}: {}", plain(error)),
    };
    let install = exec.install_hint.iter().flat_map(|hint| hint.lines()).map(str::trim).filter(|line| !line.is_empty());
    let install = install.collect::<Vec<_>>().join(" ");
    let hint = match error.kind() == ErrorKind::NotFound {
        true if install.is_empty() => {
            Some(format!("it is a credential plugin that the kubeconfig names: install {name}"))
        }
        true => Some(format!("it is a credential plugin that the kubeconfig names: {install}")),
        false => None,
    };
    ClusterError::Credentials { cause, hint }
}

/// What the plugin wrote, checked as client-go does. It holds secrets: no part of it is ever shown.
fn read(stdout: &[u8], version: &str) -> Result<Status, ClusterError> {
    let text = String::from_utf8_lossy(stdout);
    let answer: Option<Credential<'_>> = indexedjob_core::yaml::first(&text).unwrap_or_default();
    let answer = answer.ok_or_else(|| failed("decoding stdout: it is no ExecCredential"))?;
    if answer.kind != "ExecCredential" {
        return Err(failed("decoding stdout: it is no ExecCredential"));
    }
    if answer.api_version != version {
        let found = &answer.api_version;
        return Err(failed(format!(
            "exec plugin is configured to use API version {version}, plugin returned version {found}"
        )));
    }
    answer.status.ok_or_else(|| failed("exec plugin didn't return a status field"))
}

fn take(user: &mut AuthInfo, status: Status) -> Result<(), ClusterError> {
    let (certificate, key) = (status.client_certificate_data, status.client_key_data);
    if certificate.is_empty() != key.is_empty() {
        return Err(failed("exec plugin returned only certificate or key, not both"));
    }
    if certificate.is_empty() && status.token.is_empty() {
        return Err(failed("exec plugin didn't return a token or cert/key pair"));
    }
    if !certificate.is_empty() {
        (user.client_certificate, user.client_key) = (None, None);
        user.client_certificate_data = Some(base64(certificate.into_bytes()));
        user.client_key_data = Some(base64(key.into_bytes()).into());
    }
    if !status.token.is_empty() {
        user.token = Some(status.token.into());
    }
    Ok(())
}

/// As a kubeconfig holds it, by the one encoder that is in the tree already: that of a Secret's data.
pub(super) fn base64(bytes: Vec<u8>) -> String {
    let value = serde_json::to_value(ByteString(bytes)).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn failed(cause: impl Into<String>) -> ClusterError {
    ClusterError::Credentials { cause: cause.into(), hint: None }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// The user that this `exec` logs in, and when it has to again.
    fn logged_in(exec: serde_json::Value) -> Result<(AuthInfo, RenewAt), ClusterError> {
        let mut user = AuthInfo { exec: Some(serde_json::from_value(exec).unwrap()), ..AuthInfo::default() };
        log_in(&mut user, Attended::No).map(|renew_at| (user, renew_at))
    }

    fn answering(status: &serde_json::Value) -> serde_json::Value {
        let answer = json!({"kind": "ExecCredential", "apiVersion": PLUGIN_VERSIONS[0], "status": status});
        json!({"apiVersion": PLUGIN_VERSIONS[0], "command": "echo", "args": [answer.to_string()]})
    }

    #[track_caller]
    fn fails(exec: serde_json::Value, want: &str) {
        let error = logged_in(exec).unwrap_err().to_string();
        assert_eq!(error.strip_prefix("Unable to connect to the server: getting credentials: "), Some(want), "{error}");
    }

    #[test]
    fn what_a_plugin_answers_takes_its_place() {
        let until = json!({"token": "t", "expirationTimestamp": "2100-01-01T00:00:00Z"});
        let (user, renew_at) = logged_in(answering(&until)).unwrap();
        assert!(user.exec.is_none() && serde_json::to_value(&user).unwrap()["token"] == "t");
        assert_eq!(renew_at, Some("2099-12-31T23:59:00Z".parse().unwrap()));
        let pair = json!({"clientCertificateData": "c", "clientKeyData": "k"});
        let (user, renew_at) = logged_in(answering(&pair)).unwrap();
        assert_eq!((user.client_certificate_data.as_deref(), renew_at), (Some("Yw=="), None));
    }

    #[test]
    fn a_plugin_is_told_of_the_cluster_and_that_nobody_is_there() {
        let script = "test \"$KUBERNETES_EXEC_INFO\" = \"$1\" && test \"$2\" = two && echo \"$3\"";
        let version = PLUGIN_VERSIONS[0];
        let told = format!(r#"{{"kind":"ExecCredential","apiVersion":"{version}","spec":{{"interactive":false}}}}"#);
        let mut exec = answering(&json!({"token": "t"}));
        let answer = exec["args"][0].clone();
        exec["command"] = json!("sh");
        exec["args"] = json!(["-c", script, "sh", told, "two", answer]);
        assert!(logged_in(exec).is_ok());
    }

    #[test]
    fn what_a_plugin_does_wrong_is_told_as_client_go_tells_it() {
        fails(answering(&json!({})), "exec plugin didn't return a token or cert/key pair");
        fails(answering(&json!({"clientKeyData": "k"})), "exec plugin returned only certificate or key, not both");
        fails(answering(&json!(null)), "exec plugin didn't return a status field");
        let version = PLUGIN_VERSIONS[0];
        fails(json!({"apiVersion": version, "command": "false"}), "exec: executable false failed with exit code 1");
        fails(json!({"apiVersion": version, "command": "no-such"}), "exec: executable no-such not found");
        let secret = json!({"apiVersion": version, "command": "echo", "args": ["token: s3cret"]});
        fails(secret, "decoding stdout: it is no ExecCredential");
        let other = json!({"kind": "ExecCredential", "apiVersion": PLUGIN_VERSIONS[1]}).to_string();
        fails(
            json!({"apiVersion": version, "command": "echo", "args": [other]}),
            "exec plugin is configured to use API version client.authentication.k8s.io/v1, \
             plugin returned version client.authentication.k8s.io/v1beta1",
        );
    }

    #[test]
    fn a_missing_plugin_says_how_to_get_it() {
        let hint = |exec| logged_in(exec).unwrap_err().hint().unwrap();
        let exec = json!({"apiVersion": PLUGIN_VERSIONS[0], "command": "no-such", "installHint": "\napt install it\n"});
        assert_eq!(hint(exec), "it is a credential plugin that the kubeconfig names: apt install it");
    }

    #[test]
    fn what_lives_short_is_used_for_half_its_life() {
        assert_eq!(renewal(at(0), at(3600)), at(3540));
        assert_eq!(renewal(at(0), at(60)), at(30));
        assert_eq!(renewal(at(100), at(50)), at(50));
    }

    #[test]
    fn a_token_file_may_end_in_a_newline_and_comes_before_a_token() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("token");
        std::fs::write(&path, "fresh\n").unwrap();
        let mut user = AuthInfo { token_file: Some(path.display().to_string()), ..AuthInfo::default() };
        user.token = Some("old".to_owned().into());
        assert!(log_in(&mut user, Attended::No).unwrap().is_some());
        assert_eq!(serde_json::to_value(&user).unwrap()["token"], "fresh");
        let mut user = AuthInfo { token_file: Some("/nowhere/token".to_owned()), ..AuthInfo::default() };
        let error = log_in(&mut user, Attended::No).unwrap_err().to_string();
        assert_eq!(error, "error: open /nowhere/token: no such file or directory");
    }
}
