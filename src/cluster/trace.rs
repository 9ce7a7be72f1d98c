//! What `-v` tells of requests, at kubectl's levels: 6 a line for each, 7 the headers that are sent, 8 those that come,
//! too, and bodies, 9 more of each body. Secrets are told at no level.

use std::time::Duration;

use http::{HeaderMap, HeaderName, StatusCode, header};
use indexedjob_core::text::shown;
use kube::config::{AuthInfo, Config};
use serde::Deserialize;

use super::http::Ask;

const REQUESTS: u8 = 6;
const REQUEST_HEADERS: u8 = 7;
const ALL_HEADERS: u8 = 8;
/// How many characters of a body are shown at level 8, and from level 9 on.
const BODY: [usize; 2] = [1024, 10 * 1024];
/// Kinds whose objects hold secrets.
const SECRET_KINDS: [&str; 5] = ["Secret", "SecretList", "TokenRequest", "TokenReview", "ExecCredential"];
/// What a server that is no API server may send along.
const SECRET_HEADERS: [HeaderName; 4] =
    [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE, header::SET_COOKIE];
const MASKED: &str = "<masked>";

/// What is told of the requests of one client.
pub(super) struct Trace {
    level: u8,
    /// The server's address, without a slash at its end.
    server: String,
    /// The headers that the client adds to every request.
    added: Vec<(String, String)>,
    /// What is masked wherever it stands.
    secrets: Vec<String>,
}

impl Trace {
    /// Of a client that is made of `config`, whose login is complete.
    pub(super) fn new(level: u8, config: &Config) -> Self {
        let server = config.cluster_url.to_string().trim_end_matches('/').to_owned();
        let user = &config.auth_info;
        let headers = config.headers.iter();
        let mut added: Vec<_> =
            headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or(MASKED).to_owned())).collect();
        added.extend(impersonation(user));
        added.extend(scheme_of(user).map(|scheme| ("authorization".to_owned(), format!("{scheme} {MASKED}"))));
        Self { level, server, added, secrets: secrets_of(config) }
    }

    /// Tells nothing.
    #[cfg(test)]
    pub(super) fn silent() -> Self {
        Self { level: 0, server: String::new(), added: Vec::new(), secrets: Vec::new() }
    }

    /// Before it is sent.
    pub(super) fn request(&self, ask: &Ask, headers: &HeaderMap) -> Option<String> {
        if self.level < REQUEST_HEADERS {
            return None;
        }
        let mut text = format!("{} {}{}\nRequest Headers:", ask.method, self.server, ask.path);
        for (name, value) in own(headers).chain(self.added.iter().cloned()) {
            text = format!("{text}\n    {}: {value}", canonical(&name));
        }
        if self.level >= ALL_HEADERS && !ask.body.is_empty() {
            text = format!("{text}\nRequest Body: {}", self.body_text(&ask.body));
        }
        Some(self.told(&text))
    }

    /// When its headers are there.
    pub(super) fn response(
        &self,
        ask: &Ask,
        status: StatusCode,
        headers: &HeaderMap,
        took: Duration,
    ) -> Option<String> {
        if self.level < REQUESTS {
            return None;
        }
        let mut text =
            format!("{} {}{} {status} in {} milliseconds", ask.method, self.server, ask.path, took.as_millis());
        if self.level >= ALL_HEADERS {
            text.push_str("\nResponse Headers:");
            for (name, value) in own(headers) {
                text = format!("{text}\n    {}: {value}", canonical(&name));
            }
        }
        Some(self.told(&text))
    }

    /// Of a whole body.
    pub(super) fn body(&self, body: &[u8]) -> Option<String> {
        let told = self.level >= ALL_HEADERS && !body.is_empty();
        told.then(|| self.told(&format!("Response Body: {}", self.body_text(body))))
    }

    /// Where no answer came.
    pub(super) fn failed(&self, ask: &Ask, why: &str, took: Duration) -> Option<String> {
        let line =
            || format!("{} {}{} failed in {} milliseconds: {why}", ask.method, self.server, ask.path, took.as_millis());
        (self.level >= REQUESTS).then(|| self.told(&line()))
    }

    fn body_text(&self, body: &[u8]) -> String {
        if holds_secrets(body) {
            return "<not shown: it holds secrets>".to_owned();
        }
        let text = String::from_utf8_lossy(body);
        let most = BODY[usize::from(self.level > ALL_HEADERS)];
        let rest = text.chars().count().saturating_sub(most);
        let shown: String = text.chars().take(most).collect();
        if rest == 0 { shown } else { format!("{shown} [truncated {rest} chars]") }
    }

    fn told(&self, text: &str) -> String {
        let masked = self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, MASKED));
        masked.lines().map(shown).collect::<Vec<_>>().join("\n")
    }
}

/// Headers as they are, but for those that hold secrets.
fn own(headers: &HeaderMap) -> impl Iterator<Item = (String, String)> {
    headers.iter().map(|(name, value)| {
        let value = if SECRET_HEADERS.contains(name) { MASKED } else { value.to_str().unwrap_or(MASKED) };
        (name.to_string(), value.to_owned())
    })
}

fn impersonation(user: &AuthInfo) -> impl Iterator<Item = (String, String)> {
    let one = |name: &str, value: &Option<String>| Some((name.to_owned(), value.clone()?));
    let groups = user.impersonate_groups.iter().flatten().map(|group| ("impersonate-group".to_owned(), group.clone()));
    let extra = user.impersonate_user_extra.iter().flatten();
    let extra = extra
        .flat_map(|(key, values)| values.iter().map(move |value| (format!("impersonate-extra-{key}"), value.clone())));
    let single = [one("impersonate-user", &user.impersonate), one("impersonate-uid", &user.impersonate_uid)];
    single.into_iter().flatten().chain(groups).chain(extra).collect::<Vec<_>>().into_iter()
}

fn scheme_of(user: &AuthInfo) -> Option<&'static str> {
    match (&user.auth_provider, &user.username, &user.token) {
        (None, Some(_), _) => Some("Basic"),
        (None, None, None) => None,
        _ => Some("Bearer"),
    }
}

fn secrets_of(config: &Config) -> Vec<String> {
    // The type of a token hides it from all but serde.
    let user = serde_json::to_value(&config.auth_info).unwrap_or_default();
    let secrets = ["token", "password"].into_iter().filter_map(|name| user.get(name)?.as_str().map(str::to_owned));
    let providers = user.pointer("/auth-provider/config").and_then(|config| config.as_object()).into_iter().flatten();
    let of_providers = providers.filter_map(|(_, value)| value.as_str().map(str::to_owned));
    let proxy = config.proxy_url.as_ref().and_then(|url| url.authority()?.as_str().rsplit_once('@'));
    let of_proxy = proxy.map(|(login, _)| login.to_owned());
    secrets.chain(of_providers).chain(of_proxy).filter(|secret| secret.len() >= 8).collect()
}

fn holds_secrets(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(default)]
        kind: String,
        #[serde(default)]
        items: Vec<Kind>,
    }
    let secret = |kind: &Kind| SECRET_KINDS.contains(&kind.kind.as_str());
    serde_json::from_slice::<Kind>(body).is_ok_and(|body| secret(&body) || body.items.iter().any(secret))
}

/// `Content-Type`, as Go writes it.
fn canonical(name: &str) -> String {
    let part =
        |part: &str| part.get(..1).map_or_else(String::new, str::to_ascii_uppercase) + part.get(1..).unwrap_or("");
    name.split('-').map(part).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, Method};
    use serde_json::json;

    use super::super::error::Asked;
    use super::*;

    fn trace(level: u8) -> Trace {
        let mut config = Config::new("https://api:6443/".parse().unwrap());
        config.auth_info.token = Some("tok-0123456789".to_owned().into());
        config.auth_info.impersonate = Some("boss".to_owned());
        Trace::new(level, &config)
    }

    fn ask(body: &str) -> Ask {
        let (method, path) = (Method::POST, "/api/v1/x?a=b".to_owned());
        Ask { method, path, content_type: "application/json", body: body.into(), asked: Asked::default() }
    }

    #[test]
    fn levels_are_kubectls() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let took = Duration::from_millis(5);
        for level in 0..6 {
            assert_eq!(trace(level).response(&ask(""), StatusCode::OK, &headers, took), None, "{level}");
        }
        let line = "POST https://api:6443/api/v1/x?a=b 200 OK in 5 milliseconds";
        assert_eq!(trace(6).response(&ask(""), StatusCode::OK, &headers, took).as_deref(), Some(line));
        assert_eq!((trace(6).request(&ask(""), &headers), trace(7).body(b"{}")), (None, None));
        insta::assert_snapshot!(trace(7).request(&ask("{}"), &headers).unwrap(), @r"
        POST https://api:6443/api/v1/x?a=b
        Request Headers:
            Content-Type: application/json
            Impersonate-User: boss
            Authorization: Bearer <masked>
        ");
        assert!(trace(8).request(&ask("{}"), &headers).unwrap().ends_with("\nRequest Body: {}"));
    }

    #[test]
    fn bodies_are_cut_at_8_and_later_at_9() {
        let body = "x".repeat(2000);
        let told = trace(8).body(body.as_bytes()).unwrap();
        assert!(told.ends_with("x [truncated 976 chars]"), "{told}");
        assert_eq!(trace(9).body(body.as_bytes()).unwrap().len(), "Response Body: ".len() + 2000);
    }

    #[test]
    fn secrets_are_told_at_no_level() {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer other"));
        headers.insert(header::SET_COOKIE, HeaderValue::from_static("session=1"));
        let echoed = json!({"kind": "ConfigMap", "data": {"a": "tok-0123456789"}}).to_string();
        let secret = json!({"kind": "Secret", "data": {"a": "aGVsbG8="}}).to_string();
        let list = json!({"kind": "List", "items": [{"kind": "Secret", "data": {"a": "aGVsbG8="}}]}).to_string();
        let told = [
            trace(9).request(&ask(&secret), &headers),
            trace(9).response(&ask(""), StatusCode::OK, &headers, Duration::ZERO),
            trace(9).body(echoed.as_bytes()),
            trace(9).body(list.as_bytes()),
            trace(9).failed(&ask(""), "tok-0123456789 is wrong", Duration::ZERO),
        ];
        let told = told.map(Option::unwrap).join("\n");
        for word in ["tok-0123456789", "other", "session", "aGVsbG8="] {
            assert!(!told.contains(word), "{word} in {told}");
        }
        assert_eq!(told.matches(MASKED).count(), 7, "{told}");
    }

    #[test]
    fn what_a_server_says_is_escaped() {
        assert_eq!(trace(8).body(b"\x1b[2Ja\nb").unwrap(), "Response Body: ^[[2Ja\nb");
    }
}
