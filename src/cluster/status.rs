//! The errors that a server answers with, in kubectl's words.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use indexedjob_core::text::shown;
use serde::Deserialize;

use super::error::{Asked, WHICH_SERVER};

const UNKNOWN_PATH: &str = "the server could not find the requested resource";

/// An error that the server answered with.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    pub(super) code: u16,
    pub(super) reason: String,
    /// How long the server asks to wait.
    pub(super) retry_after: Option<Duration>,
    message: String,
    details: Option<Details>,
    asked: Asked,
    /// The flags that said which cluster is meant, for commands to paste.
    given: String,
}

/// `Status`, as the API writes it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct RawStatus {
    kind: String,
    reason: Option<String>,
    message: Option<String>,
    details: Option<Details>,
    code: u16,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    kind: String,
    name: String,
    causes: Option<Vec<Cause>>,
    retry_after_seconds: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Cause {
    field: String,
    message: String,
}

impl ApiError {
    /// Reads the body of an answer with an error code; `retry_after` is the header of that name.
    pub(super) fn read(code: u16, body: &[u8], retry_after: Option<Duration>, asked: &Asked) -> Self {
        let status = serde_json::from_slice::<RawStatus>(body).ok().filter(|status| status.kind == "Status");
        let Some(status) = status else {
            return Self::foreign(code, &String::from_utf8_lossy(body), retry_after, asked);
        };
        let told = status.details.as_ref().map(|d| d.retry_after_seconds).filter(|seconds| *seconds > 0);
        Self {
            code: if status.code == 0 { code } else { status.code },
            reason: status.reason.unwrap_or_default(),
            message: status.message.unwrap_or_default(),
            retry_after: retry_after.or(told.map(Duration::from_secs)),
            details: status.details,
            asked: asked.clone(),
            given: String::new(),
        }
    }

    /// The same; its hints repeat the flags that say which cluster is meant.
    pub(super) fn of_a_cluster_given_by(self, flags: &str) -> Self {
        Self { given: flags.to_owned(), ..self }
    }

    /// An error page of a proxy, or of a server that knows no Status: client-go's words for its code
    /// (`NewGenericServerResponse` in k8s.io/apimachinery `pkg/api/errors`).
    fn foreign(code: u16, body: &str, retry_after: Option<Duration>, asked: &Asked) -> Self {
        let (reason, text) = match code {
            400 => ("BadRequest", "the server rejected our request for an unknown reason"),
            401 => ("Unauthorized", "the server has asked for the client to provide credentials"),
            403 => ("Forbidden", "forbidden"),
            404 => ("NotFound", UNKNOWN_PATH),
            405 => ("MethodNotAllowed", "the server does not allow this method on the requested resource"),
            409 => ("Conflict", "the server reported a conflict"),
            410 => ("Expired", "the requested version is too old"),
            429 => ("TooManyRequests", "the server has received too many requests and has asked us to try again later"),
            503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => (
                "Timeout",
                "the server was unable to return a response in the time allotted, \
                 but may still be processing the request",
            ),
            _ => ("InternalError", ""),
        };
        let text = match text {
            "" => format!("an error on the server ({:?}) has prevented the request from succeeding", cut(body)),
            text => text.to_owned(),
        };
        let object = [asked.verb, &asked.resource, &asked.name].into_iter().filter(|word| !word.is_empty());
        let object = object.collect::<Vec<_>>().join(" ");
        Self {
            code,
            reason: reason.to_owned(),
            message: if object.is_empty() { text } else { format!("{text} ({object})") },
            details: None,
            retry_after,
            asked: asked.clone(),
            given: String::new(),
        }
    }

    pub(super) fn is_unauthorized(&self) -> bool {
        self.code == 401 || self.reason == "Unauthorized"
    }

    /// A 404 that is about no object: the path itself is unknown, as of a server that is no Kubernetes.
    pub(super) fn is_unknown_path(&self) -> bool {
        self.code == 404 && self.message.starts_with(UNKNOWN_PATH)
    }

    fn invalid(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nothing = Details::default();
        let details = self.details.as_ref().unwrap_or(&nothing);
        let causes = details.causes.as_deref().unwrap_or_default();
        if !details.kind.is_empty() || !details.name.is_empty() {
            write!(f, "The {} \"{}\" is invalid", shown(&details.kind), shown(&details.name))?;
        } else if causes.is_empty() && !self.message.is_empty() {
            return write!(f, "The request is invalid: {}", shorter(&shown(&self.message)));
        } else {
            f.write_str("The request is invalid")?;
        }
        let mut lines: Vec<String> = Vec::new();
        for cause in causes {
            let line = shorter(&format!("{}: {}", shown(&cause.field), shown(&cause.message))).into_owned();
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        match lines.as_slice() {
            [] => Ok(()),
            [line] => write!(f, ": {line}"),
            _ => {
                f.write_str(": ")?;
                lines.iter().try_for_each(|line| write!(f, "\n* {line}"))
            }
        }
    }

    pub(super) fn hint(&self) -> Option<String> {
        let Asked { verb, resource, subresource, namespace, name } = &self.asked;
        let given = &self.given;
        let place = if namespace.is_empty() { given.clone() } else { format!(" -n {namespace}{given}") };
        match self.code {
            401 => Some(format!(
                "the credentials are missing or expired; log in again, then check with: kubectl auth whoami{given}"
            )),
            403 if self.message.contains("exceeded quota") => Some(format!("kubectl describe quota{place}")),
            403 if !resource.is_empty() => {
                let sub = if subresource.is_empty() { String::new() } else { format!(" --subresource={subresource}") };
                Some(format!("ask for the right, then check with: kubectl auth can-i {verb} {resource}{sub}{place}"))
            }
            404 if self.details.as_ref().is_some_and(|d| d.kind == "namespaces") => {
                Some(format!("see which namespaces there are: kubectl get namespaces{given}"))
            }
            404 if self.is_unknown_path() => Some(WHICH_SERVER.to_owned()),
            // As one who thinks of pods types it: logs train 3.
            404 if resource == "jobs.batch" && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(format!("is it the number of a task? Then write --index {name} after the name of its Job"))
            }
            404 if resource == "jobs.batch" => {
                Some(format!("see which Jobs there are: kubectl indexedjob list{place}"))
            }
            _ => None,
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = shown(&self.message);
        match self.reason.as_str() {
            _ if self.is_unauthorized() => write!(f, "error: You must be logged in to the server ({message})"),
            "Invalid" => self.invalid(f),
            "" => write!(f, "Error from server: {message}"),
            reason => write!(f, "Error from server ({}): {message}", shown(reason)),
        }
    }
}

/// The first line or so of a body that nobody promised to be short.
fn cut(text: &str) -> &str {
    let line = text.lines().next().unwrap_or_default();
    line.char_indices().nth(200).map_or(line, |(end, _)| &line[..end])
}

/// A refused patch is quoted back by the server with the whole object in it; what is wrong stands at the end.
fn shorter(text: &str) -> Cow<'_, str> {
    const ENDS: usize = 400;
    let cut = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
    match text.chars().count() {
        long if long > 3 * ENDS => Cow::Owned(format!("{} ... {}", &text[..cut(ENDS)], &text[cut(long - ENDS)..])),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn asked() -> Asked {
        Asked { verb: "get", resource: "jobs.batch".into(), subresource: "", namespace: "ns".into(), name: "x".into() }
    }

    #[track_caller]
    fn case(code: u16, body: &Value, want: &str) {
        let mut status = json!({"kind": "Status", "code": code});
        status.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        let error = ApiError::read(code, status.to_string().as_bytes(), None, &asked());
        assert_eq!(error.to_string(), want);
    }

    #[test]
    fn kubectls_words() {
        let of = |reason: &str, message: &str| json!({"reason": reason, "message": message});
        case(
            404,
            &of("NotFound", r#"jobs.batch "x" not found"#),
            r#"Error from server (NotFound): jobs.batch "x" not found"#,
        );
        case(409, &of("AlreadyExists", "m"), "Error from server (AlreadyExists): m");
        case(403, &of("Forbidden", "m"), "Error from server (Forbidden): m");
        case(500, &of("", "m"), "Error from server: m");
        case(401, &of("Unauthorized", "Unauthorized"), "error: You must be logged in to the server (Unauthorized)");
        case(400, &of("BadRequest", "a\u{1b}[2Jb\nc"), "Error from server (BadRequest): a^[[2Jb\\nc");
    }

    #[test]
    fn what_is_invalid_is_listed_once() {
        let of = |kind: &str, causes: &Value| {
            let details = json!({"kind": kind, "name": "x", "causes": causes});
            json!({"reason": "Invalid", "message": "m", "details": details})
        };
        let one = json!({"field": "spec.completions", "message": "Invalid value: -1"});
        let two = json!({"field": "spec.parallelism", "message": "Required value"});
        case(422, &of("Job", &json!([one])), r#"The Job "x" is invalid: spec.completions: Invalid value: -1"#);
        case(
            422,
            &of("Job", &json!([one, two, one])),
            "The Job \"x\" is invalid: \n* spec.completions: Invalid value: -1\n* spec.parallelism: Required value",
        );
        case(422, &json!({"reason": "Invalid", "message": "m"}), "The request is invalid: m");
        let nameless =
            json!({"reason": "Invalid", "message": "m", "details": {"causes": [{"field": "patch", "message": "p"}]}});
        case(422, &nameless, "The request is invalid: patch: p");
    }

    #[test]
    fn a_cause_that_quotes_the_whole_object_keeps_its_ends() {
        let text = format!("patch: Invalid value: {}: unknown field", "x".repeat(5000));
        let short = shorter(&text);
        assert!(short.len() < 900 && short.starts_with("patch: ") && short.ends_with(": unknown field"));
    }

    #[test]
    fn an_error_page_of_a_proxy_is_not_shown_whole() {
        let page = format!("<html>\u{1b}{}\nsecond", "x".repeat(9999));
        let text = ApiError::read(502, page.as_bytes(), None, &asked()).to_string();
        assert!(text.starts_with("Error from server (InternalError): an error on the server (\"<html>"), "{text}");
        assert!(text.len() < 500 && !text.contains('\u{1b}') && !text.contains("second"), "{text}");
        let text = ApiError::read(404, b"404 page not found", None, &asked()).to_string();
        let want = "Error from server (NotFound): the server could not find the requested resource (get jobs.batch x)";
        assert_eq!(text, want);
    }

    #[test]
    fn hints_can_be_pasted() {
        let hint = |code, asked: &Asked| ApiError::read(code, b"", None, asked).hint().unwrap();
        assert!(hint(403, &asked()).ends_with("kubectl auth can-i get jobs.batch -n ns"));
        let log = Asked { resource: "pods".into(), subresource: "log", ..asked() };
        assert!(hint(403, &log).ends_with("kubectl auth can-i get pods --subresource=log -n ns"));
        assert!(hint(404, &asked()).ends_with("kubectl config view --minify"));
        let gone =
            json!({"kind": "Status", "code": 404, "reason": "NotFound", "message": "jobs.batch \"x\" not found"});
        let gone = ApiError::read(404, gone.to_string().as_bytes(), None, &asked());
        assert!(!gone.is_unknown_path() && gone.hint().unwrap().ends_with("kubectl indexedjob list -n ns"));
        let gone = gone.of_a_cluster_given_by(" --as ed");
        assert!(gone.hint().unwrap().ends_with("kubectl indexedjob list -n ns --as ed"));
        let number = ApiError { asked: Asked { name: "3".to_owned(), ..asked() }, ..gone };
        assert!(number.hint().unwrap().contains("write --index 3 after"));
        let quota = json!({"kind": "Status", "code": 403, "reason": "Forbidden", "message": "exceeded quota: q"});
        let quota = ApiError::read(403, quota.to_string().as_bytes(), None, &asked());
        assert_eq!(quota.hint().unwrap(), "kubectl describe quota -n ns");
        assert!(hint(401, &asked()).ends_with("kubectl auth whoami"));
    }
}
