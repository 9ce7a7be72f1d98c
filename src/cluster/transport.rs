//! Why there was no answer: what the libraries below say, in the words of Go, which people know and search for.

use std::error::Error;
use std::io;

use kube::client::AuthError;

use super::ClusterError;

impl ClusterError {
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
                Self::config(format!("error: {}", causes.first().cloned().unwrap_or_else(|| error.to_string())), None)
            }
            other => other,
        }
    }
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
    Some(match found? {
        AuthError::AuthExecRun { cmd, out } => {
            let code = out.status.code().map_or_else(|| "no exit code".to_owned(), |code| format!("exit code {code}"));
            let said = String::from_utf8_lossy(&out.stderr);
            let said = said.lines().rev().find(|line| !line.trim().is_empty()).map(|line| format!(": {}", line.trim()));
            format!("exec: executable {} failed with {code}{}", program(cmd), said.unwrap_or_default())
        }
        AuthError::AuthExecStart(cause) => format!("exec: {cause}"),
        AuthError::ReadTokenFile(cause, path) => format!("open {}: {cause}", path.display()),
        AuthError::ExecPluginFailed => "exec: plugin answered without a status".to_owned(),
        other => other.to_string(),
    })
}

/// The program in a command that was written as `A="1" B="2" "./program" "argument"`.
fn program(command: &str) -> String {
    let mut quoted = false;
    let mut escaped = false;
    let mut word = String::new();
    for c in command.chars() {
        match c {
            _ if std::mem::take(&mut escaped) => word.push(c),
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted && is_assignment(&word) => word.clear(),
            ' ' if !quoted => break,
            c => word.push(c),
        }
    }
    word
}

fn is_assignment(word: &str) -> bool {
    let name = word.split_once('=').map_or("", |(name, _)| name);
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
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
        let error = ClusterError::of_transport(&kube::Error::Service(error.into()), "api:6443");
        assert_eq!(error.to_string(), want);
    }

    #[test]
    fn the_program_is_told_without_its_environment() {
        assert_eq!(program(r#"A="1 \"2\"" KUBERNETES_EXEC_INFO="{\"a\":1}" "./my plugin" "get-token""#), "./my plugin");
        assert_eq!(program(r#""aws" "eks""#), "aws");
        assert_eq!(program(""), "");
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
        let no_token = AuthError::ReadTokenFile(io::Error::other("gone"), "/t".into());
        case(no_token, "Unable to connect to the server: getting credentials: open /t: gone");
    }
}
