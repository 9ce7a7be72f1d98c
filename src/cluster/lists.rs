//! Lists of objects that a label selector finds.

use indexedjob_core::facts::JobFacts;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::Asked;
use super::http::Tries;
use super::objects::Listed;
use super::{Cluster, ClusterError, Kind};

impl Cluster {
    /// The Jobs of the namespace that `labels` find, as far as progress is concerned; all where it is empty.
    pub(crate) async fn jobs(&self, labels: &str) -> Result<Vec<JobFacts>, ClusterError> {
        Ok(self.list_jobs(labels, Tries::Bounded).await?.items)
    }

    /// The same, and the version to watch them from.
    pub(super) async fn list_jobs(&self, labels: &str, tries: Tries) -> Result<Listed<JobFacts>, ClusterError> {
        self.select(Kind::Job, labels, tries).await
    }

    /// The names of all namespaces.
    pub(crate) async fn namespaces(&self) -> Result<Vec<String>, ClusterError> {
        let asked = Asked { verb: "list", resource: "namespaces".to_owned(), ..Asked::default() };
        let found = self.pages::<Value>("/api/v1/namespaces", asked, &[], |_| true, Tries::Bounded).await?;
        let name = |object: &Value| Some(object.pointer("/metadata/name")?.as_str()?.to_owned());
        Ok(found.items.iter().filter_map(name).collect())
    }

    /// The `ConfigMaps` of the namespace that `labels` find, whole; all where it is empty.
    pub(crate) async fn config_maps(&self, labels: &str) -> Result<Vec<Value>, ClusterError> {
        Ok(self.select(Kind::ConfigMap, labels, Tries::Bounded).await?.items)
    }

    async fn select<T: DeserializeOwned>(
        &self,
        kind: Kind,
        labels: &str,
        tries: Tries,
    ) -> Result<Listed<T>, ClusterError> {
        let (path, asked) = (self.kind_path(kind), self.asked("list", kind, ""));
        self.pages(&path, asked, &[("labelSelector", labels)], |_| true, tries).await
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::script::{cluster, job, ok};

    #[tokio::test]
    async fn jobs_are_found_by_the_user_s_own_selector() {
        let page = |next: &str| json!({"items": [job("u", "1")], "metadata": {"continue": next}});
        let (cluster, seen) = cluster([ok(&page("t")), ok(&page(""))]);
        assert_eq!(cluster.jobs("app in (a,b)").await.unwrap().len(), 2);
        let first = "GET /apis/batch/v1/namespaces/ns/jobs?limit=500&labelSelector=app%20in%20%28a%2Cb%29";
        assert_eq!(seen.requests(), [first.to_owned(), format!("{first}&continue=t")]);
    }
}
