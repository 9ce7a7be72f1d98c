//! What can be asked of the API, as JSON in and out or as facts.

use ::http::Method;
use indexedjob_core::facts::{INDEX_KEY, JobFacts, Page, PodFacts};
use indexedjob_core::numbering::Index;
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

    /// The pods of `job`, or those of one index of it; attempts of all ages.
    pub(crate) async fn pods(&self, job: &JobFacts, only_index: Option<Index>) -> Result<Vec<PodFacts>, ClusterError> {
        let Some(index) = only_index else {
            return Ok(self.list_pods(job, Tries::Bounded).await?.items);
        };
        let comma = if job.pod_selector.is_empty() { "" } else { "," };
        let selector = format!("{}{comma}{INDEX_KEY}={}", job.pod_selector, index.0);
        let own = |pod: &PodFacts| job.owns(pod) && pod.index == Some(index);
        let pods = self.select_pods(&selector, own, Tries::Bounded).await?.items;
        // Before 1.28 the index is in an annotation only; whether it is in the label, any pod of the Job tells.
        if !pods.is_empty() || self.index_is_a_label(job).await? {
            return Ok(pods);
        }
        Ok(self.select_pods(&job.pod_selector, own, Tries::Bounded).await?.items)
    }

    /// All pods of `job`, and the version to watch them from.
    pub(super) async fn list_pods(&self, job: &JobFacts, tries: Tries) -> Result<Listed<PodFacts>, ClusterError> {
        self.select_pods(&job.pod_selector, |pod| job.owns(pod), tries).await
    }

    async fn select_pods(
        &self,
        selector: &str,
        keep: impl Fn(&PodFacts) -> bool,
        tries: Tries,
    ) -> Result<Listed<PodFacts>, ClusterError> {
        let (_, _, resource) = Kind::Pod.resource();
        self.pages(&self.kind_path(Kind::Pod), resource, ("labelSelector", selector), keep, tries).await
    }

    /// Do the pods of `job` carry their index as a label? False where there are none to tell.
    async fn index_is_a_label(&self, job: &JobFacts) -> Result<bool, ClusterError> {
        let selector = format!("{}{}{INDEX_KEY}", job.pod_selector, if job.pod_selector.is_empty() { "" } else { "," });
        let query = query(&[("labelSelector", &selector), ("limit", "1")]);
        let path = format!("{}{query}", self.kind_path(Kind::Pod));
        let page: Page<IgnoredAny> = self.http.read(&Ask::get(path, self.asked("list", Kind::Pod, ""))).await?;
        Ok(!page.items.is_empty())
    }

    /// The events about a Job, also of one that is gone; in no order.
    pub(crate) async fn events(&self, job_name: &str, uid: &str) -> Result<Vec<Value>, ClusterError> {
        let namespace = self.namespace();
        let about = format!(
            "involvedObject.name={job_name},involvedObject.namespace={namespace},\
             involvedObject.kind=Job,involvedObject.uid={uid}"
        );
        let path = format!("/api/v1/namespaces/{}/events", escaped(namespace));
        let events = self.pages(&path, "events", ("fieldSelector", &about), |_| true, Tries::Bounded).await?;
        Ok(events.items)
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
        let path = format!("{}{}", self.object_path(kind, name)?, write_query(false));
        let asked = self.asked("patch", kind, name);
        self.http.write(&Ask::with_body(Method::PATCH, path, "application/merge-patch+json", merge_patch, asked)).await
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
        format!("{root}/namespaces/{}/{plural}", escaped(self.namespace()))
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
    async fn pages<T>(
        &self,
        path: &str,
        resource: &str,
        (by, selector): (&str, &str),
        keep: impl Fn(&T) -> bool,
        tries_of_a_page: Tries,
    ) -> Result<Listed<T>, ClusterError>
    where
        T: DeserializeOwned,
    {
        let asked = Asked {
            verb: "list",
            resource: resource.to_owned(),
            namespace: self.namespace().to_owned(),
            ..Asked::default()
        };
        let mut tries = 1;
        let (mut items, mut next) = (Vec::new(), String::new());
        loop {
            let query = query(&[("limit", PAGE), (by, selector), ("continue", &next)]);
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

    fn with_body(method: Method, path: String, content_type: &'static str, body: &Value, asked: Asked) -> Self {
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
    use super::super::script::{cluster, ok, status};
    use super::*;

    fn facts(spec: &Value) -> JobFacts {
        serde_json::from_value(json!({"metadata": {"name": "x", "uid": "u"}, "spec": spec})).unwrap()
    }

    fn pod(name: &str, owner: &str, index: &str) -> Value {
        json!({"metadata": {
            "name": name,
            "ownerReferences": [{"uid": owner, "controller": true}],
            "annotations": {INDEX_KEY: index},
        }})
    }

    fn page(pods: &[Value], next: &str) -> Value {
        json!({"items": pods, "metadata": {"continue": next}})
    }

    fn names(pods: &[PodFacts]) -> Vec<&str> {
        pods.iter().map(|pod| pod.name.as_str()).collect()
    }

    #[tokio::test]
    async fn pods_come_in_pages_by_the_jobs_own_selector() {
        let (cluster, seen) = cluster([
            ok(&page(&[pod("a", "u", "0")], "t+/=")),
            ok(&page(&[], "u")),
            ok(&page(&[pod("b", "u", "1")], "")),
        ]);
        let job = facts(&json!({"selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "u"}}}));
        assert_eq!(names(&cluster.pods(&job, None).await.unwrap()), ["a", "b"]);
        let first = "GET /api/v1/namespaces/ns/pods?limit=500&labelSelector=batch.kubernetes.io%2Fcontroller-uid%3Du";
        assert_eq!(seen.requests()[..2], [first.to_owned(), format!("{first}&continue=t%2B%2F%3D")]);
    }

    #[tokio::test]
    async fn a_selector_of_the_users_own_may_find_pods_of_others() {
        let (cluster, _) = cluster([ok(&page(&[pod("a", "u", "0"), pod("b", "other", "0")], ""))]);
        let job = facts(&json!({"manualSelector": true, "selector": {"matchLabels": {"app": "x"}}}));
        assert_eq!(names(&cluster.pods(&job, None).await.unwrap()), ["a"]);
    }

    #[tokio::test]
    async fn one_index_is_found_by_label_or_on_old_servers_by_annotation() {
        let nothing = || ok(&page(&[], ""));
        let all = || ok(&page(&[pod("a", "u", "0"), pod("b", "u", "1")], ""));
        let (cluster, seen) = cluster([nothing(), nothing(), all(), nothing(), all()]);
        let job = facts(&json!({"selector": {"matchLabels": {"a": "1"}}}));
        assert_eq!(names(&cluster.pods(&job, Some(Index(1))).await.unwrap()), ["b"]);
        assert!(seen.requests()[0].ends_with("labelSelector=a%3D1%2Cbatch.kubernetes.io%2Fjob-completion-index%3D1"));
        // Where pods carry the label, an index without a pod costs two small lists and not one of all pods.
        assert!(cluster.pods(&job, Some(Index(9))).await.unwrap().is_empty());
        let last = seen.requests().pop().unwrap();
        assert!(last.ends_with("labelSelector=a%3D1%2Cbatch.kubernetes.io%2Fjob-completion-index&limit=1"), "{last}");
    }

    #[tokio::test]
    async fn a_list_whose_pages_expire_begins_again() {
        let expired = || status(410, "Expired", "The provided continue parameter is too old");
        let (cluster, seen) = cluster([
            ok(&page(&[pod("a", "u", "0")], "t")),
            expired(),
            ok(&page(&[pod("a", "u", "0")], "t")),
            ok(&page(&[pod("b", "u", "1")], "")),
        ]);
        let job = facts(&json!({"selector": {"matchLabels": {"a": "1"}}}));
        assert_eq!(names(&cluster.pods(&job, None).await.unwrap()), ["a", "b"]);
        assert_eq!(seen.requests().len(), 4);
    }

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
        assert_eq!(options["propagationPolicy"], "Background");
        assert_eq!(options["preconditions"], json!({"uid": "u-1", "resourceVersion": "7"}));
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
