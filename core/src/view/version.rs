//! `version`: that of the program and of the server, and whether the two fit.

use serde::Serialize;

use super::json::API_VERSION;
use crate::text::shown;

/// The newest minor version of Kubernetes that this version was tested with.
const NEWEST: u32 = 37;
/// The first minor version that has everything a Job of `create` may ask for: retries per index.
const WHOLE: u32 = 29;
/// The first minor version whose Indexed Jobs `create` makes.
const OLDEST: u32 = 24;

/// Both versions: `version -o json`.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Versions {
    api_version: &'static str,
    kind: &'static str,
    client_version: Client,
    /// None where nobody asked.
    server_version: Option<Server>,
}

/// The program.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Client {
    git_version: String,
    platform: String,
}

/// The version of an API server, as it says it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Server {
    /// `v1.31.4-gke.100`
    pub git_version: String,
    /// 1
    pub major: u32,
    /// The digits of `31+`.
    pub minor: u32,
}

impl Versions {
    /// Of the program's `version` (`0.1.0`) on a `platform` (`linux/amd64`), and of the server if it was asked.
    #[must_use]
    pub fn new(version: &str, platform: String, server: Option<Server>) -> Self {
        let client_version = Client { git_version: format!("v{version}"), platform };
        Self { api_version: API_VERSION, kind: "Version", client_version, server_version: server }
    }

    /// Lines as those of `kubectl version`, and one that the two fit.
    #[must_use]
    pub fn text(&self) -> String {
        let client = format!("Client Version: {}\n", self.client_version.git_version);
        match &self.server_version {
            Some(server) => {
                let server = format!("Server Version: {}\n", shown(&server.git_version));
                let fit = match self.skew() {
                    None => format!("They fit: the plugin is made for servers of v1.{WHOLE} to v1.{NEWEST}\n"),
                    // What is wrong is told beside it.
                    Some(_) => String::new(),
                };
                client + &server + &fit
            }
            None => client,
        }
    }

    /// What the program and the server cannot do together, in one line; None where they fit.
    #[must_use]
    pub fn skew(&self) -> Option<String> {
        let server = self.server_version.as_ref()?;
        let version = shown(&server.git_version);
        let minor = if server.major > 1 { u32::MAX } else { server.minor };
        let told = if minor < OLDEST {
            format!("the server ({version}) is older than v1.{OLDEST}: create refuses to use it")
        } else if minor < WHOLE {
            format!("the server ({version}) is older than v1.{WHOLE}: Jobs have no retries per index")
        } else if minor > NEWEST {
            format!("the server ({version}) is newer than v1.{NEWEST}, the newest that was tested")
        } else {
            return None;
        };
        Some(told)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions(major: u32, minor: u32) -> Versions {
        let git_version = format!("v{major}.{minor}.0");
        Versions::new("0.1.0", "linux/amd64".to_owned(), Some(Server { git_version, major, minor }))
    }

    #[test]
    fn both_are_told_as_kubectl_tells_them() {
        assert_eq!(
            versions(1, 37).text(),
            "Client Version: v0.1.0\nServer Version: v1.37.0\n\
             They fit: the plugin is made for servers of v1.29 to v1.37\n"
        );
        assert_eq!(versions(1, 38).text(), "Client Version: v0.1.0\nServer Version: v1.38.0\n");
        assert_eq!(Versions::new("0.1.0", String::new(), None).text(), "Client Version: v0.1.0\n");
    }

    #[test]
    fn the_schema_is_pinned() {
        insta::assert_json_snapshot!(versions(1, 37), @r#"
        {
          "apiVersion": "kubectl-indexedjob/v1",
          "kind": "Version",
          "clientVersion": {
            "gitVersion": "v0.1.0",
            "platform": "linux/amd64"
          },
          "serverVersion": {
            "gitVersion": "v1.37.0",
            "major": 1,
            "minor": 37
          }
        }
        "#);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        assert_eq!(versions(1, 37).skew(), None);
        assert_eq!(versions(1, 29).skew(), None);
        let told = |major, minor| versions(major, minor).skew().unwrap();
        assert_eq!(told(1, 28), "the server (v1.28.0) is older than v1.29: Jobs have no retries per index");
        assert_eq!(told(1, 23), "the server (v1.23.0) is older than v1.24: create refuses to use it");
        assert_eq!(told(1, 38), "the server (v1.38.0) is newer than v1.37, the newest that was tested");
        assert!(told(2, 0).contains("newer"));
    }
}
