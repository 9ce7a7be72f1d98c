//! Where a Job stands in a queue of Kueue, as the visibility API of Kueue tells (`PendingWorkloadsSummary` in
//! `apis/visibility` of kubernetes-sigs/kueue).

use indexedjob_core::facts::Page;
use serde::Deserialize;

use super::Cluster;
use super::error::Asked;
use super::http::{Ask, Tries};
use super::objects::escaped;

/// The versions of that API, the newest first.
const VERSIONS: [&str; 2] = ["v1beta2", "v1beta1"];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Workload {
    metadata: Metadata,
    #[serde(default)]
    position_in_local_queue: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    #[serde(default)]
    owner_references: Vec<Owner>,
}

#[derive(Deserialize)]
struct Owner {
    uid: String,
}

impl Cluster {
    /// The place of the Job `uid` in `queue`, from 1; None where nobody tells: the API is not installed everywhere, few
    /// may read it, and it lists no more than the first thousand.
    pub(crate) async fn place_in_queue(&self, queue: &str, uid: &str) -> Option<u32> {
        for version in VERSIONS {
            let path = format!(
                "/apis/visibility.kueue.x-k8s.io/{version}/namespaces/{}/localqueues/{}/pendingworkloads",
                escaped(self.namespace()),
                escaped(queue)
            );
            let ask = Ask::get(path, Asked { verb: "get", ..Asked::default() });
            if let Ok(pending) = self.http.read_with::<Page<Workload>>(&ask, Tries::Once).await {
                let owned = |workload: &Workload| workload.metadata.owner_references.iter().any(|o| o.uid == uid);
                return pending.items.iter().find(|w| owned(w)).map(|w| w.position_in_local_queue.saturating_add(1));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::script::{cluster, ok, status};

    #[tokio::test]
    async fn the_place_is_that_of_the_job_s_own_workload() {
        let workload = |uid: &str, place: u32| json!({"metadata": {"name": "job-x-1", "ownerReferences": [{"uid": uid}]}, "positionInLocalQueue": place});
        let unknown = || status(404, "NotFound", "the server could not find the requested resource");
        let queue = || ok(&json!({"kind": "PendingWorkloadsSummary", "items": [workload("v", 0), workload("u", 1)]}));
        let (cluster, seen) = cluster([unknown(), queue(), queue(), unknown(), unknown()]);
        assert_eq!(cluster.place_in_queue("gpu", "u").await, Some(2));
        assert_eq!(cluster.place_in_queue("gpu", "w").await, None);
        assert_eq!(cluster.place_in_queue("gpu", "u").await, None);
        let of = |version: &str| {
            format!("GET /apis/visibility.kueue.x-k8s.io/{version}/namespaces/ns/localqueues/gpu/pendingworkloads")
        };
        assert_eq!(seen.requests()[..3], [of("v1beta2"), of("v1beta1"), of("v1beta2")]);
    }
}
