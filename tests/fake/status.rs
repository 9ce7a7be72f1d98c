//! API errors as `Status` objects, in the words of a real server.

use serde_json::{Value, json};

use super::store::Resource;

/// An error answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Status {
    pub(crate) code: u16,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    pub(crate) details: Value,
    /// Seconds for the `Retry-After` header.
    pub(crate) retry_after: Option<u32>,
}

impl Status {
    /// What a real server says with this code when nothing more is known.
    pub(crate) fn of_code(code: u16) -> Self {
        let (reason, message) = match code {
            400 => ("BadRequest", "the server rejected our request for an unknown reason"),
            401 => ("Unauthorized", "Unauthorized"),
            403 => ("Forbidden", "forbidden"),
            404 => ("NotFound", "the server could not find the requested resource"),
            405 => ("MethodNotAllowed", "the server does not allow this method on the requested resource"),
            409 => ("Conflict", "the server reported a conflict"),
            410 => ("Expired", "The provided resource version is too old."),
            413 => ("RequestEntityTooLarge", "Request entity too large: limit is 3145728"),
            415 => ("UnsupportedMediaType", "the body of the request was in an unknown format"),
            429 => ("TooManyRequests", "Too many requests, please try again later."),
            500 => ("InternalError", "Internal error occurred: the fake server was told to fail"),
            503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => ("Timeout", "Timeout: request did not complete within the allotted timeout"),
            _ => ("", "an error on the server has prevented the request from succeeding"),
        };
        Self { code, reason, message: message.into(), details: json!({}), retry_after: None }
    }

    fn new(code: u16, message: String) -> Self {
        Self { message, ..Self::of_code(code) }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(400, message.into())
    }

    pub(crate) fn internal(message: impl Into<String>) -> Self {
        Self::new(500, message.into())
    }

    pub(crate) fn not_found(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", resource.qualified());
        Self { details: resource.details(name), ..Self::new(404, message) }
    }

    pub(crate) fn already_exists(resource: &Resource, name: &str, being_deleted: bool) -> Self {
        let prefix = if being_deleted { "object is being deleted: " } else { "" };
        let message = format!("{prefix}{} \"{name}\" already exists", resource.qualified());
        Self { reason: "AlreadyExists", details: resource.details(name), ..Self::new(409, message) }
    }

    pub(crate) fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", resource.qualified());
        Self { details: resource.details(name), ..Self::new(409, message) }
    }

    /// 422 with one cause per `(field, reason, message)`.
    pub(crate) fn invalid(resource: &Resource, name: &str, causes: &[Cause]) -> Self {
        let texts: Vec<_> = causes.iter().map(|cause| format!("{}: {}", cause.field, cause.message)).collect();
        let list = if let [one] = &texts[..] { one.clone() } else { format!("[{}]", texts.join(", ")) };
        let kind = resource.kind();
        let group = if resource.group.is_empty() { String::new() } else { format!(".{}", resource.group) };
        let causes: Vec<_> = causes
            .iter()
            .map(|cause| json!({"reason": cause.reason, "message": cause.message, "field": cause.field}))
            .collect();
        let mut details = resource.details(name);
        details["kind"] = json!(kind);
        details["causes"] = json!(causes);
        let message = format!("{kind}{group} \"{name}\" is invalid: {list}");
        Self { code: 422, reason: "Invalid", message, details, retry_after: None }
    }

    /// 403 as RBAC words it. `resource` may have a subresource (`pods/log`).
    pub(crate) fn forbidden(target: &Resource, verb: &str, name: &str, resource: &str, namespace: &str) -> Self {
        let object = if name.is_empty() { String::new() } else { format!(" \"{name}\"") };
        let scope = match namespace {
            "" => "at the cluster scope".into(),
            namespace => format!("in the namespace \"{namespace}\""),
        };
        let message = format!(
            "{}{object} is forbidden: User \"u\" cannot {verb} resource \"{resource}\" in API group \"{}\" {scope}",
            target.qualified(),
            target.group
        );
        Self { details: target.details(name), ..Self::new(403, message) }
    }

    /// The object that is sent.
    pub(crate) fn to_json(&self) -> Value {
        let mut details = self.details.clone();
        if let Some(seconds) = self.retry_after {
            details["retryAfterSeconds"] = json!(seconds);
        }
        json!({
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
            "message": self.message, "reason": self.reason, "details": details, "code": self.code,
        })
    }
}

/// One field that a 422 complains about.
pub(crate) struct Cause {
    pub(crate) field: String,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

impl Cause {
    pub(crate) fn required(field: &str, detail: &str) -> Self {
        let colon = if detail.is_empty() { "" } else { ": " };
        let message = format!("Required value{colon}{detail}");
        Self { field: field.into(), reason: "FieldValueRequired", message }
    }

    /// `value` as JSON, which is how a real server prints it.
    pub(crate) fn invalid(field: &str, value: &Value, detail: &str) -> Self {
        Self { field: field.into(), reason: "FieldValueInvalid", message: format!("Invalid value: {value}: {detail}") }
    }

    pub(crate) fn unsupported(field: &str, value: &Value, supported: &str) -> Self {
        let message = format!("Unsupported value: {value}: supported values: {supported}");
        Self { field: field.into(), reason: "FieldValueNotSupported", message }
    }
}
