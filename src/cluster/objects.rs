//! What can be asked of the API, as JSON in and out or as facts.

use std::collections::BTreeSet;

use ::http::Method;
use indexedjob_core::facts::{JobFacts, Page};
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{Value, json};

use super::error::Asked;
use super::http::{Ask, Tries};
use super::{Cluster, ClusterError};

/// Who wrote a field, as `managedFields` tells.
const FIELD_MANAGER: &str = "kubectl-indexedjob";
/// kubectl's page size.
const PAGE: &str = "500";
/// How often a list is begun again whose pages expired half-way.
const LIST_TRIES: u32 = 3;

/// The kinds of objects that are read, changed and deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// batch/v1 Job
    Job,
    /// v1 `ConfigMap`
    ConfigMap,
    /// v1 Pod
    Pod,
}

/// A whole list.
pub(super) struct Listed<T> {
    pub(super) items: Vec<T>,
    /// The version to watch from.
    pub(super) version: String,
}

/// The version of the API server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ServerVersion {
    /// 1
    pub(crate) major: u32,
    /// The digits of `31+`.
    pub(crate) minor: u32,
    /// `v1.31.4-gke.100`
    pub(crate) text: String,
}

impl ServerVersion {
    /// Is it `major.minor` or newer?
    pub(crate) fn at_least(&self, major: u32, minor: u32) -> bool {
        (self.major, self.minor) >= (major, minor)
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawVersion {
    major: String,
    minor: String,
    git_version: String,
}

impl Kind {
    /// Where the API keeps it, and what kubectl calls it.
    fn resource(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Job => ("/apis/batch/v1", "jobs", "jobs.batch"),
            Self::ConfigMap => ("/api/v1", "configmaps", "configmaps"),
            Self::Pod => ("/api/v1", "pods", "pods"),
        }
    }
}

impl Cluster {
    /// The version of the server. Every user may ask.
    pub(crate) async fn server_version(&self) -> Result<ServerVersion, ClusterError> {
        let ask = Ask::get("/version".to_owned(), Asked { verb: "get", ..Asked::default() });
        let raw: RawVersion = self.http.read(&ask).await?;
        let digits = |text: &str| {
            let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
            text[..end].parse().unwrap_or(0)
        };
        Ok(ServerVersion { major: digits(&raw.major), minor: digits(&raw.minor), text: raw.git_version })
    }

    /// Does the server have this API group? None where it does not say.
    pub(crate) async fn has_group(&self, group: &str) -> Option<bool> {
        let ask = Ask::get(format!("/apis/{}", escaped(group)), Asked { verb: "get", ..Asked::default() });
        match self.http.read::<IgnoredAny>(&ask).await {
            Ok(_) => Some(true),
            Err(error) if error.is_unknown_path() => Some(false),
            Err(_) => None,
        }
    }

    /// One object, whole.
    pub(crate) async fn get(&self, kind: Kind, name: &str) -> Result<Value, ClusterError> {
        self.http.read(&self.ask_for(kind, name)?).await
    }

    /// One Job, as far as progress is concerned.
    pub(crate) async fn job(&self, name: &str) -> Result<JobFacts, ClusterError> {
        self.http.read(&self.ask_for(Kind::Job, name)?).await
    }

    /// The events about a Job, also of one that is gone; in no order.
    pub(crate) async fn events(&self, job_name: &str, uid: &str) -> Result<Vec<Value>, ClusterError> {
        self.events_of("Job", job_name, uid).await
    }

    /// The events about an object of this kind, also of one that is gone; in no order.
    pub(crate) async fn events_of(&self, kind: &str, name: &str, uid: &str) -> Result<Vec<Value>, ClusterError> {
        let namespace = self.namespace();
        let about = format!(
            "involvedObject.name={name},involvedObject.namespace={namespace},\
             involvedObject.kind={kind},involvedObject.uid={uid}"
        );
        self.list_events(&about, |_| true).await
    }

    /// Why Jobs of these uids may have no pods: that pods could not be created, and that some were since; in no order.
    /// One list for all of them, and a second one where the first tells of any.
    pub(crate) async fn refusals(&self, uids: &BTreeSet<&str>) -> Result<Vec<Value>, ClusterError> {
        let keep = |event: &Value| event["involvedObject"]["uid"].as_str().is_some_and(|uid| uids.contains(uid));
        let mut events = self.list_events("involvedObject.kind=Job,reason=FailedCreate", keep).await?;
        if !events.is_empty() {
            events.extend(self.list_events("involvedObject.kind=Job,reason=SuccessfulCreate", keep).await?);
        }
        Ok(events)
    }

    async fn list_events(&self, fields: &str, keep: impl Fn(&Value) -> bool) -> Result<Vec<Value>, ClusterError> {
        let namespace = self.namespace().to_owned();
        let path = match namespace.as_str() {
            "" => "/api/v1/events".to_owned(),
            namespace => format!("/api/v1/namespaces/{}/events", escaped(namespace)),
        };
        let asked = Asked { verb: "list", resource: "events".to_owned(), namespace, ..Asked::default() };
        Ok(self.pages(&path, asked, &[("fieldSelector", fields)], keep, Tries::Bounded).await?.items)
    }

    /// Creates `object` where its apiVersion and kind belong, in its own namespace or this one. Sent once.
    pub(crate) async fn create(&self, object: &Value, dry_run: bool) -> Result<Value, ClusterError> {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).filter(|text| !text.is_empty());
        let (Some(api), Some(kind)) = (text("/apiVersion"), text("/kind")) else {
            return Err(ClusterError::config(
                "error: unable to decode the object: apiVersion and kind must be set",
                None,
            ));
        };
        let namespace = text("/metadata/namespace").unwrap_or(self.namespace());
        let plural = plural(kind);
        let root = if api.contains('/') { "/apis" } else { "/api" };
        let api_path = api.split('/').map(escaped).collect::<Vec<_>>().join("/");
        let mut path = format!("{root}/{api_path}/namespaces/{}/{}", escaped(namespace), escaped(&plural));
        path.push_str(&write_query(dry_run));
        let resource = api.rsplit_once('/').map_or_else(|| plural.clone(), |(group, _)| format!("{plural}.{group}"));
        let asked = Asked { verb: "create", resource, namespace: namespace.to_owned(), ..Asked::default() };
        self.http.write(&Ask::with_body(Method::POST, path, "application/json", object, asked)).await
    }

    /// Changes an object by a JSON merge patch. Sent once.
    pub(crate) async fn patch(&self, kind: Kind, name: &str, merge_patch: &Value) -> Result<Value, ClusterError> {
        self.patch_as(kind, name, "", "application/merge-patch+json", merge_patch, false).await
    }

    /// What [`patch`](Self::patch) would return; nothing is changed.
    pub(crate) async fn rehearse_patch(
        &self,
        kind: Kind,
        name: &str,
        merge_patch: &Value,
    ) -> Result<Value, ClusterError> {
        self.patch_as(kind, name, "", "application/merge-patch+json", merge_patch, true).await
    }

    /// Changes an object, or the part of it that `subresource` is; empty for the object. Sent once.
    pub(super) async fn patch_as(
        &self,
        kind: Kind,
        name: &str,
        subresource: &'static str,
        content_type: &'static str,
        change: &Value,
        dry_run: bool,
    ) -> Result<Value, ClusterError> {
        let mut path = self.object_path(kind, name)?;
        if !subresource.is_empty() {
            path = format!("{path}/{subresource}");
        }
        path.push_str(&write_query(dry_run));
        let asked = Asked { subresource, ..self.asked("patch", kind, name) };
        self.http.write(&Ask::with_body(Method::PATCH, path, content_type, change, asked)).await
    }

    /// Deletes an object and, in the background, what it owns; a conflict if the object of that name is not `uid`, or
    /// has changed since `version`, where one is given.
    pub(crate) async fn delete(
        &self,
        kind: Kind,
        name: &str,
        uid: &str,
        version: Option<&str>,
    ) -> Result<(), ClusterError> {
        self.send_delete(kind, name, uid, version, false).await
    }

    /// Whether [`delete`](Self::delete) would be done; nothing is changed.
    pub(crate) async fn rehearse_delete(&self, kind: Kind, name: &str, uid: &str) -> Result<(), ClusterError> {
        self.send_delete(kind, name, uid, None, true).await
    }

    async fn send_delete(
        &self,
        kind: Kind,
        name: &str,
        uid: &str,
        version: Option<&str>,
        dry_run: bool,
    ) -> Result<(), ClusterError> {
        let mut options = json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "propagationPolicy": "Background",
            "preconditions": {"uid": uid},
        });
        if let Some(version) = version {
            options["preconditions"]["resourceVersion"] = json!(version);
        }
        let asked = self.asked("delete", kind, name);
        if dry_run {
            // Beside a body the server does not look at parameters.
            options["dryRun"] = json!(["All"]);
        }
        let path = self.object_path(kind, name)?;
        let ask = Ask::with_body(Method::DELETE, path, "application/json", &options, asked);
        self.http.write::<IgnoredAny>(&ask).await.map(drop)
    }

    /// The request for one object.
    pub(super) fn ask_for(&self, kind: Kind, name: &str) -> Result<Ask, ClusterError> {
        Ok(Ask::get(self.object_path(kind, name)?, self.asked("get", kind, name)))
    }

    pub(super) fn asked(&self, verb: &'static str, kind: Kind, name: &str) -> Asked {
        let (_, _, resource) = kind.resource();
        let namespace = self.namespace().to_owned();
        Asked { verb, resource: resource.to_owned(), subresource: "", namespace, name: name.to_owned() }
    }

    /// The path of all objects of a kind.
    pub(super) fn kind_path(&self, kind: Kind) -> String {
        let (root, plural, _) = kind.resource();
        match self.namespace() {
            "" => format!("{root}/{plural}"),
            namespace => format!("{root}/namespaces/{}/{plural}", escaped(namespace)),
        }
    }

    /// The path of one object. What is no name in a path is refused, in client-go's words (`ValidatePathSegmentName`).
    pub(super) fn object_path(&self, kind: Kind, name: &str) -> Result<String, ClusterError> {
        let wrong = match name {
            "" => return Err(ClusterError::config("error: resource name may not be empty", None)),
            "." => "may not be '.'",
            ".." => "may not be '..'",
            _ if name.contains('/') => "may not contain '/'",
            _ if name.contains('%') => "may not contain '%'",
            _ => return Ok(format!("{}/{}", self.kind_path(kind), escaped(name))),
        };
        Err(ClusterError::config(format!("error: invalid resource name \"{name}\": [{wrong}]"), None))
    }

    /// All pages of a list. If its pages expire half-way, it begins again: an older half would not fit.
    pub(super) async fn pages<T>(
        &self,
        path: &str,
        asked: Asked,
        selectors: &[(&str, &str)],
        keep: impl Fn(&T) -> bool,
        tries_of_a_page: Tries,
    ) -> Result<Listed<T>, ClusterError>
    where
        T: DeserializeOwned,
    {
        let mut tries = 1;
        let (mut items, mut next) = (Vec::new(), String::new());
        loop {
            let query = query(&[&[("limit", PAGE)], selectors, &[("continue", next.as_str())]].concat());
            let ask = Ask::get(format!("{path}{query}"), asked.clone());
            let page = match self.http.read_with::<Page<T>>(&ask, tries_of_a_page).await {
                Err(error) if error.is_expired() && !next.is_empty() && tries < LIST_TRIES => {
                    tries += 1;
                    (items, next) = (Vec::new(), String::new());
                    continue;
                }
                page => page?,
            };
            items.extend(page.items.into_iter().filter(&keep));
            match page.metadata.next.filter(|token| !token.is_empty()) {
                Some(token) => next = token,
                None => return Ok(Listed { items, version: page.metadata.resource_version }),
            }
        }
    }
}

impl Ask {
    pub(super) fn get(path: String, asked: Asked) -> Self {
        Self { method: Method::GET, path, content_type: "application/json", body: Vec::new(), asked }
    }

    pub(super) fn with_body(
        method: Method,
        path: String,
        content_type: &'static str,
        body: &Value,
        asked: Asked,
    ) -> Self {
        Self { method, path, content_type, body: body.to_string().into_bytes(), asked }
    }
}

/// The parameters of a change: the server must refuse fields it does not know, instead of dropping them.
fn write_query(dry_run: bool) -> String {
    let dry_run = if dry_run { "All" } else { "" };
    query(&[("fieldManager", FIELD_MANAGER), ("fieldValidation", "Strict"), ("dryRun", dry_run)])
}

/// `?a=1&b=2`, escaped, without those that are empty.
pub(super) fn query(parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<_> = given.map(|(key, value)| format!("{key}={}", escaped(value))).collect();
    if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) }
}

/// `text` as it may stand in a path or a query (RFC 3986, all but unreserved characters percent-encoded).
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(char::from(byte)),
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                escaped.push('%');
                escaped.push(char::from(HEX[usize::from(byte >> 4)]));
                escaped.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
    escaped
}

/// The resource of a kind, by the rule that the API's own kinds follow.
fn plural(kind: &str) -> String {
    let kind = kind.to_lowercase();
    if kind.ends_with('s') {
        format!("{kind}es")
    } else if let Some(stem) = kind.strip_suffix('y') {
        format!("{stem}ies")
    } else {
        format!("{kind}s")
    }
}

#[cfg(test)]
mod tests {
    use super::super::script::{cluster, ok};
    use super::*;

    #[tokio::test]
    async fn events_are_asked_for_as_describe_does() {
        let (cluster, seen) = cluster([ok(&json!({"items": [{"reason": "Completed"}]}))]);
        assert_eq!(cluster.events("x", "u").await.unwrap()[0]["reason"], "Completed");
        let want = "GET /api/v1/namespaces/ns/events?limit=500&fieldSelector=involvedObject.name%3Dx%2C\
                    involvedObject.namespace%3Dns%2CinvolvedObject.kind%3DJob%2CinvolvedObject.uid%3Du";
        assert_eq!(seen.requests(), [want]);
    }

    #[tokio::test]
    async fn changes_carry_their_parameters() {
        let done = || ok(&json!({}));
        let (cluster, seen) = cluster([done(), done(), done()]);
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"namespace": "other"}});
        cluster.create(&map, true).await.unwrap();
        cluster.patch(Kind::Job, "x", &json!({"spec": {"suspend": true}})).await.unwrap();
        cluster.delete(Kind::Pod, "p", "u-1", Some("7")).await.unwrap();
        let parameters = "?fieldManager=kubectl-indexedjob&fieldValidation=Strict";
        assert_eq!(
            seen.requests(),
            [
                format!("POST /api/v1/namespaces/other/configmaps{parameters}&dryRun=All"),
                format!("PATCH /apis/batch/v1/namespaces/ns/jobs/x{parameters}"),
                "DELETE /api/v1/namespaces/ns/pods/p".to_owned(),
            ]
        );
        let options = &seen.bodies()[2];
        assert_eq!(options["dryRun"], json!(null));
        assert_eq!(options["propagationPolicy"], "Background");
        assert_eq!(options["preconditions"], json!({"uid": "u-1", "resourceVersion": "7"}));
    }

    #[tokio::test]
    async fn a_dry_run_of_a_delete_says_so_in_its_body() {
        let (cluster, seen) = cluster([ok(&json!({})), ok(&json!({}))]);
        cluster.rehearse_delete(Kind::Job, "x", "u-1").await.unwrap();
        cluster.rehearse_patch(Kind::Job, "x", &json!({})).await.unwrap();
        assert_eq!(seen.bodies()[0]["dryRun"], json!(["All"]));
        assert!(seen.requests()[1].ends_with("&dryRun=All"), "{:?}", seen.requests());
    }

    #[tokio::test]
    async fn a_name_cannot_lead_elsewhere() {
        let (cluster, seen) = cluster([]);
        let error = async |name: &str| cluster.job(name).await.unwrap_err().to_string();
        assert_eq!(error("").await, "error: resource name may not be empty");
        assert_eq!(error("..").await, "error: invalid resource name \"..\": [may not be '..']");
        assert_eq!(error("a/b").await, "error: invalid resource name \"a/b\": [may not contain '/']");
        assert!(seen.requests().is_empty());
        assert_eq!(
            cluster.object_path(Kind::Job, "a?b#c d").unwrap(),
            "/apis/batch/v1/namespaces/ns/jobs/a%3Fb%23c%20d"
        );
    }

    #[tokio::test]
    async fn versions_of_vendors_are_read_too() {
        let (cluster, _) = cluster([ok(&json!({"major": "1", "minor": "29+", "gitVersion": "v1.29.4-gke.1"}))]);
        let version = cluster.server_version().await.unwrap();
        assert!(
            version.at_least(1, 29) && version.at_least(1, 9) && !version.at_least(1, 30) && !version.at_least(2, 0)
        );
        assert_eq!(version.text, "v1.29.4-gke.1");
    }

    #[test]
    fn plurals_follow_the_apis_rule() {
        let kinds = ["Job", "ConfigMap", "NetworkPolicy", "Ingress"];
        assert_eq!(kinds.map(plural), ["jobs", "configmaps", "networkpolicies", "ingresses"]);
    }
}
