//! What a retry asks of the API besides: who may do what, the Jobs of a chain, and pods as they are handed over.

use std::collections::BTreeSet;

use ::http::Method;
use indexedjob_core::rerun::{CHAIN, EndedPod};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Asked;
use super::http::{Ask, Tries};
use super::{Cluster, ClusterError, Kind};

#[derive(Deserialize)]
struct Review {
    status: Allowed,
}

#[derive(Deserialize)]
struct Allowed {
    #[serde(default)]
    allowed: bool,
}

#[derive(Deserialize)]
struct Named {
    metadata: NamedMeta,
}

#[derive(Deserialize)]
struct NamedMeta {
    uid: String,
}

impl Cluster {
    /// May the user patch the status of Jobs in this namespace? Everybody may ask that.
    pub(crate) async fn may_patch_job_status(&self) -> Result<bool, ClusterError> {
        // A resource called `jobs/status` would be a Job of that name, which many may patch.
        let attributes = json!({
            "namespace": self.namespace(), "verb": "patch", "group": "batch", "resource": "jobs", "subresource": "status",
        });
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        });
        let resource = "selfsubjectaccessreviews.authorization.k8s.io".to_owned();
        let asked = Asked { verb: "create", resource, ..Asked::default() };
        let path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews".to_owned();
        // It changes nothing, so it may be asked again.
        let review: Review =
            self.http.read(&Ask::with_body(Method::POST, path, "application/json", &review, asked)).await?;
        Ok(review.status.allowed)
    }

    /// All later runs of all chains.
    pub(crate) async fn later_runs(&self) -> Result<Vec<Value>, ClusterError> {
        self.runs_with(CHAIN).await
    }

    /// The later runs of the chain of this uid.
    pub(crate) async fn runs_of(&self, chain: &str) -> Result<Vec<Value>, ClusterError> {
        self.runs_with(&format!("{CHAIN}={chain}")).await
    }

    async fn runs_with(&self, label: &str) -> Result<Vec<Value>, ClusterError> {
        let (path, asked) = (self.kind_path(Kind::Job), self.asked("list", Kind::Job, ""));
        let jobs = self.pages(&path, asked, &[("labelSelector", label)], |_: &Value| true, Tries::Bounded).await?.items;
        // The items of a list carry neither.
        let whole = |mut job: Value| {
            (job["apiVersion"], job["kind"]) = (json!("batch/v1"), json!("Job"));
            job
        };
        Ok(jobs.into_iter().map(whole).collect())
    }

    /// The uids of all Jobs.
    pub(crate) async fn job_uids(&self) -> Result<BTreeSet<String>, ClusterError> {
        let (path, asked) = (self.kind_path(Kind::Job), self.asked("list", Kind::Job, ""));
        let jobs = self.pages(&path, asked, &[], |_: &Named| true, Tries::Bounded).await?.items;
        Ok(jobs.into_iter().map(|job| job.metadata.uid).collect())
    }

    /// The pods that `selector` finds and that have succeeded: those that can be handed over, or were.
    pub(crate) async fn ended_pods(&self, selector: &str) -> Result<Vec<EndedPod>, ClusterError> {
        let (path, asked) = (self.kind_path(Kind::Pod), self.asked("list", Kind::Pod, ""));
        let selectors = [("labelSelector", selector), ("fieldSelector", "status.phase=Succeeded")];
        Ok(self.pages(&path, asked, &selectors, |_: &EndedPod| true, Tries::Bounded).await?.items)
    }

    /// Changes the status of a Job by a JSON merge patch. Sent once.
    pub(crate) async fn patch_job_status(&self, name: &str, patch: &Value) -> Result<Value, ClusterError> {
        self.patch_as(Kind::Job, name, "status", "application/merge-patch+json", patch, false).await
    }

    /// Changes an object by a strategic merge patch, in which lists are merged by their keys. Sent once.
    pub(crate) async fn patch_lists(&self, kind: Kind, name: &str, patch: &Value) -> Result<Value, ClusterError> {
        self.patch_as(kind, name, "", "application/strategic-merge-patch+json", patch, false).await
    }
}

#[cfg(test)]
mod tests {
    use super::super::script::{cluster, ok};
    use super::*;

    #[tokio::test]
    async fn the_right_to_patch_a_status_is_asked_for_as_a_subresource() {
        let (cluster, seen) = cluster([ok(&json!({"status": {"allowed": true}})), ok(&json!({"status": {}}))]);
        assert!(cluster.may_patch_job_status().await.unwrap());
        assert!(!cluster.may_patch_job_status().await.unwrap());
        assert_eq!(seen.requests()[0], "POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
        let attributes = &seen.bodies()[0]["spec"]["resourceAttributes"];
        assert_eq!((&attributes["resource"], &attributes["subresource"]), (&json!("jobs"), &json!("status")));
    }

    #[tokio::test]
    async fn a_status_has_a_path_of_its_own() {
        let (cluster, seen) = cluster([ok(&json!({})), ok(&json!({}))]);
        cluster.patch_job_status("x", &json!({})).await.unwrap();
        cluster.patch_lists(Kind::Pod, "p", &json!({})).await.unwrap();
        let parameters = "?fieldManager=kubectl-indexedjob&fieldValidation=Strict";
        let want = [
            format!("PATCH /apis/batch/v1/namespaces/ns/jobs/x/status{parameters}"),
            format!("PATCH /api/v1/namespaces/ns/pods/p{parameters}"),
        ];
        assert_eq!(seen.requests(), want);
    }
}
