//! Label and field selectors.

use serde_json::Value;

use super::status::Status;
use super::store::Resource;

/// What a list or watch picks.
#[derive(Clone, Default)]
pub(crate) struct Selector {
    labels: Vec<Requirement>,
    fields: Vec<(String, bool, String)>,
}

#[derive(Clone)]
enum Requirement {
    In(String, Vec<String>),
    /// Also true of objects without the label.
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

impl Selector {
    /// Reads `labelSelector` and `fieldSelector` of a request.
    pub(crate) fn parse(resource: &Resource, labels: &str, fields: &str) -> Result<Self, Status> {
        let labels = split_outside_parentheses(labels)
            .into_iter()
            .map(|text| requirement(&text).ok_or_else(|| Status::bad_request(unparsable(&text))))
            .collect::<Result<_, _>>()?;
        let fields = fields
            .split(',')
            .filter(|text| !text.is_empty())
            .map(|text| {
                let (path, equal, value) = comparison(text)
                    .ok_or_else(|| Status::bad_request(format!("invalid selector: '{text}'; can't understand it")))?;
                if field_is_known(resource, &path) {
                    Ok((path, equal, value))
                } else if resource.group.is_empty() {
                    Err(Status::bad_request(format!("field label not supported: {path}")))
                } else {
                    Err(Status::bad_request(format!("field label \"{path}\" not supported for {}", resource.kind())))
                }
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { labels, fields })
    }

    /// The name that `metadata.name=` asks for: RBAC sees it as the request's name.
    pub(crate) fn name(&self) -> Option<&str> {
        self.fields.iter().find(|(path, equal, _)| path == "metadata.name" && *equal).map(|(_, _, name)| name.as_str())
    }

    /// True when nothing is filtered out.
    pub(crate) fn is_everything(&self) -> bool {
        self.labels.is_empty() && self.fields.is_empty()
    }

    pub(crate) fn matches(&self, object: &Value) -> bool {
        let label = |key: &str| object["metadata"]["labels"][key].as_str();
        self.labels.iter().all(|requirement| match requirement {
            Requirement::In(key, values) => label(key).is_some_and(|value| values.iter().any(|v| v == value)),
            Requirement::NotIn(key, values) => label(key).is_none_or(|value| values.iter().all(|v| v != value)),
            Requirement::Exists(key) => label(key).is_some(),
            Requirement::Absent(key) => label(key).is_none(),
        }) && self.fields.iter().all(|(path, equal, value)| {
            let found = path.split('.').fold(object, |inner, step| &inner[step]);
            (found.as_str().unwrap_or_default() == value) == *equal
        })
    }
}

fn unparsable(text: &str) -> String {
    format!("unable to parse requirement: found '{text}', expected: identifier")
}

fn split_outside_parentheses(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if c == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(c);
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn requirement(text: &str) -> Option<Requirement> {
    let text = text.trim();
    if let Some(key) = text.strip_prefix('!') {
        return Some(Requirement::Absent(key.trim().into()));
    }
    if let Some(list) = text.strip_suffix(')') {
        let (head, list) = list.split_once('(')?;
        let values = list.split(',').map(|value| value.trim().to_owned()).collect();
        return match head.split_whitespace().collect::<Vec<_>>()[..] {
            [key, "in"] => Some(Requirement::In(key.into(), values)),
            [key, "notin"] => Some(Requirement::NotIn(key.into(), values)),
            _ => None,
        };
    }
    match comparison(text) {
        Some((key, true, value)) => Some(Requirement::In(key, vec![value])),
        Some((key, false, value)) => Some(Requirement::NotIn(key, vec![value])),
        None if text.contains(char::is_whitespace) => None,
        None => Some(Requirement::Exists(text.into())),
    }
}

/// `key`, whether equal, `value`.
fn comparison(text: &str) -> Option<(String, bool, String)> {
    let (key, value, equal) = if let Some((key, value)) = text.split_once("!=") {
        (key, value, false)
    } else if let Some((key, value)) = text.split_once("==") {
        (key, value, true)
    } else {
        let (key, value) = text.split_once('=')?;
        (key, value, true)
    };
    Some((key.trim().into(), equal, value.trim().into()))
}

fn field_is_known(resource: &Resource, path: &str) -> bool {
    let own: &[&str] = match resource.plural.as_str() {
        "pods" => &["status.phase", "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "status.podIP"],
        "jobs" => &["status.successful"],
        "events" => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.fieldPath",
            "reason",
            "type",
            "source",
            "reportingComponent",
        ],
        _ => &[],
    };
    ["metadata.name", "metadata.namespace"].contains(&path) || own.contains(&path)
}
