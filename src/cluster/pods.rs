//! The pods of a Job: all of them, or as few as answer the question.

use std::collections::BTreeSet;

use indexedjob_core::facts::{INDEX_KEY, JobFacts, Page, PodFacts};
use indexedjob_core::index_set::IndexSet;
use serde::de::IgnoredAny;

use super::http::{Ask, Tries};
use super::objects::{Listed, query};
use super::{Cluster, ClusterError, Kind};

/// How many indexes a label selector may name; beyond, all pods are listed and sorted out here.
const MOST_NAMED: u32 = 100;
/// Of more indexes than this the pods that succeeded are listed at once: the server looks through all pods for each list.
const MOST_ASKED: u32 = 2_000;

/// Which pods of a Job are asked for. Each part narrows the other.
#[derive(Clone, Debug, Default)]
pub(crate) struct PodQuery {
    /// Those of these indexes; None is those of all.
    pub(crate) indexes: Option<IndexSet>,
    /// Those in these phases.
    pub(crate) phases: Phases,
}

/// The phases that pods are asked for: what a field selector can say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phases {
    /// Whatever the phase.
    #[default]
    Any,
    /// All but Succeeded: what is to be known where the Job itself tells of success.
    NotSucceeded,
    /// Neither Succeeded nor Failed: what runs, or may yet.
    Open,
    /// Pending: those that something may keep from running.
    Pending,
    /// Succeeded: what is to be known where the Job does not tell of success yet.
    Succeeded,
}

impl PodQuery {
    /// All attempts at these indexes.
    pub(crate) fn of(indexes: IndexSet) -> Self {
        Self { indexes: Some(indexes), ..Self::default() }
    }

    /// All pods in these phases.
    pub(crate) fn in_phases(phases: Phases) -> Self {
        Self { indexes: None, phases }
    }
}

impl Phases {
    fn field_selector(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::NotSucceeded => "status.phase!=Succeeded",
            Self::Open => "status.phase!=Succeeded,status.phase!=Failed",
            Self::Pending => "status.phase=Pending",
            Self::Succeeded => "status.phase=Succeeded",
        }
    }
}

impl Cluster {
    /// The pods of `job` that `wanted` means, attempts of all ages; in no order.
    pub(crate) async fn pods(&self, job: &JobFacts, wanted: &PodQuery) -> Result<Vec<PodFacts>, ClusterError> {
        let Some(indexes) = &wanted.indexes else {
            return Ok(self.select_pods(job, &job.pod_selector, wanted.phases, Tries::Bounded).await?.items);
        };
        if indexes.is_empty() {
            return Ok(vec![]);
        }
        let is_wanted = |pod: &PodFacts| pod.index.is_some_and(|index| indexes.contains(index.0));
        if indexes.len() <= MOST_NAMED {
            let selector = and(&job.pod_selector, &named(indexes));
            let mut pods = self.select_pods(job, &selector, wanted.phases, Tries::Bounded).await?.items;
            // Before 1.28 the index is in an annotation only; whether it is in the label, any pod of the Job tells.
            if !pods.is_empty() || self.index_is_a_label(job).await? {
                pods.retain(is_wanted);
                return Ok(pods);
            }
        }
        let mut pods = self.select_pods(job, &job.pod_selector, wanted.phases, Tries::Bounded).await?.items;
        pods.retain(is_wanted);
        Ok(pods)
    }

    /// The pods of `job` at `indexes` that have succeeded. As few are listed as can be: most of a Job's pods have.
    pub(crate) async fn succeeded_pods(
        &self,
        job: &JobFacts,
        indexes: &IndexSet,
    ) -> Result<Vec<PodFacts>, ClusterError> {
        let phases = Phases::Succeeded;
        let is_one_list = indexes.len() <= MOST_NAMED || indexes.len() > MOST_ASKED;
        if is_one_list || !self.index_is_a_label(job).await? {
            return self.pods(job, &PodQuery { indexes: Some(indexes.clone()), phases }).await;
        }
        let mut pods = Vec::new();
        let indexes: Vec<u32> = indexes.iter().collect();
        for some in indexes.chunks(MOST_NAMED as usize) {
            let selector = and(&job.pod_selector, &named(&some.iter().copied().collect()));
            pods.extend(self.select_pods(job, &selector, phases, Tries::Bounded).await?.items);
        }
        Ok(pods)
    }

    /// The pods in phase Pending that belong to Jobs of these uids, from one list for all of them.
    pub(crate) async fn pending_pods(&self, owners: &BTreeSet<&str>) -> Result<Vec<PodFacts>, ClusterError> {
        let (path, asked) = (self.kind_path(Kind::Pod), self.asked("list", Kind::Pod, ""));
        let selector = [("fieldSelector", Phases::Pending.field_selector())];
        let keep = |pod: &PodFacts| owners.contains(pod.owner.as_str());
        Ok(self.pages(&path, asked, &selector, keep, Tries::Bounded).await?.items)
    }

    /// All pods of `job`, and the version to watch them from.
    pub(super) async fn list_pods(&self, job: &JobFacts, tries: Tries) -> Result<Listed<PodFacts>, ClusterError> {
        self.select_pods(job, &job.pod_selector, Phases::Any, tries).await
    }

    async fn select_pods(
        &self,
        job: &JobFacts,
        labels: &str,
        phases: Phases,
        tries: Tries,
    ) -> Result<Listed<PodFacts>, ClusterError> {
        let selectors = [("labelSelector", labels), ("fieldSelector", phases.field_selector())];
        let keep = |pod: &PodFacts| job.owns(pod);
        self.pages(&self.kind_path(Kind::Pod), self.asked("list", Kind::Pod, ""), &selectors, keep, tries).await
    }

    /// Do the pods of `job` carry their index as a label? False where there are none to tell.
    async fn index_is_a_label(&self, job: &JobFacts) -> Result<bool, ClusterError> {
        let query = query(&[("labelSelector", &and(&job.pod_selector, INDEX_KEY)), ("limit", "1")]);
        let path = format!("{}{query}", self.kind_path(Kind::Pod));
        let page: Page<IgnoredAny> = self.http.read(&Ask::get(path, self.asked("list", Kind::Pod, ""))).await?;
        Ok(!page.items.is_empty())
    }
}

fn and(selector: &str, requirement: &str) -> String {
    let comma = if selector.is_empty() { "" } else { "," };
    format!("{selector}{comma}{requirement}")
}

fn named(indexes: &IndexSet) -> String {
    let values: Vec<_> = indexes.iter().map(|index| index.to_string()).collect();
    format!("{INDEX_KEY} in ({})", values.join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

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

    fn these(indexes: &str) -> PodQuery {
        PodQuery::of(indexes.parse().unwrap())
    }

    #[tokio::test]
    async fn pods_come_in_pages_by_the_jobs_own_selector() {
        let (cluster, seen) = cluster([
            ok(&page(&[pod("a", "u", "0")], "t+/=")),
            ok(&page(&[], "u")),
            ok(&page(&[pod("b", "u", "1")], "")),
        ]);
        let job = facts(&json!({"selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "u"}}}));
        assert_eq!(names(&cluster.pods(&job, &PodQuery::default()).await.unwrap()), ["a", "b"]);
        let first = "GET /api/v1/namespaces/ns/pods?limit=500&labelSelector=batch.kubernetes.io%2Fcontroller-uid%3Du";
        assert_eq!(seen.requests()[..2], [first.to_owned(), format!("{first}&continue=t%2B%2F%3D")]);
    }

    #[tokio::test]
    async fn a_selector_of_the_users_own_may_find_pods_of_others() {
        let (cluster, _) = cluster([ok(&page(&[pod("a", "u", "0"), pod("b", "other", "0")], ""))]);
        let job = facts(&json!({"manualSelector": true, "selector": {"matchLabels": {"app": "x"}}}));
        assert_eq!(names(&cluster.pods(&job, &PodQuery::default()).await.unwrap()), ["a"]);
    }

    #[tokio::test]
    async fn indexes_are_found_by_label_or_on_old_servers_by_annotation() {
        let nothing = || ok(&page(&[], ""));
        let all = || ok(&page(&[pod("a", "u", "0"), pod("b", "u", "1")], ""));
        let (cluster, seen) = cluster([nothing(), nothing(), all(), nothing(), all()]);
        let job = facts(&json!({"selector": {"matchLabels": {"a": "1"}}}));
        assert_eq!(names(&cluster.pods(&job, &these("1,7")).await.unwrap()), ["b"]);
        let asked = "labelSelector=a%3D1%2Cbatch.kubernetes.io%2Fjob-completion-index%20in%20%281%2C7%29";
        assert!(seen.requests()[0].ends_with(asked), "{:?}", seen.requests());
        // Where pods carry the label, an index without a pod costs two small lists and not one of all pods.
        assert!(cluster.pods(&job, &these("9")).await.unwrap().is_empty());
        let last = seen.requests().pop().unwrap();
        assert!(last.ends_with("labelSelector=a%3D1%2Cbatch.kubernetes.io%2Fjob-completion-index&limit=1"), "{last}");
    }

    #[tokio::test]
    async fn many_indexes_are_sorted_out_here_and_none_is_no_request() {
        let (cluster, seen) = cluster([ok(&page(&[pod("a", "u", "0"), pod("b", "u", "500")], ""))]);
        let job = facts(&json!({"selector": {"matchLabels": {"a": "1"}}}));
        let wanted = PodQuery { phases: Phases::NotSucceeded, ..these("0-200") };
        assert_eq!(names(&cluster.pods(&job, &wanted).await.unwrap()), ["a"]);
        assert!(cluster.pods(&job, &these("")).await.unwrap().is_empty());
        let asked = "pods?limit=500&labelSelector=a%3D1&fieldSelector=status.phase%21%3DSucceeded";
        assert_eq!(seen.requests(), [format!("GET /api/v1/namespaces/ns/{asked}")]);
    }

    #[tokio::test]
    async fn pods_that_succeeded_are_asked_for_a_hundred_indexes_at_a_time() {
        let one = |name: &str, index: &str| ok(&page(&[pod(name, "u", index)], ""));
        let (cluster, seen) = cluster([one("any", "0"), one("a", "3"), one("b", "150")]);
        let job = facts(&json!({"selector": {"matchLabels": {"a": "1"}}}));
        let found = cluster.succeeded_pods(&job, &"0-150".parse().unwrap()).await.unwrap();
        assert_eq!(names(&found), ["a", "b"]);
        let requests = seen.requests();
        assert!(requests[0].ends_with("&limit=1"), "{requests:?}");
        assert!(
            requests[1..].iter().all(|asked| asked.ends_with("&fieldSelector=status.phase%3DSucceeded")),
            "{requests:?}"
        );
        assert!(requests[1].contains("%2C99%29") && requests[2].contains("in%20%28100%2C"), "{requests:?}");
    }

    #[tokio::test]
    async fn of_an_old_server_the_pods_that_succeeded_are_one_list() {
        let (cluster, seen) = cluster([ok(&page(&[], "")), ok(&page(&[pod("a", "u", "3"), pod("b", "u", "700")], ""))]);
        let job = facts(&json!({"selector": {"matchLabels": {"a": "1"}}}));
        assert_eq!(names(&cluster.succeeded_pods(&job, &"0-150".parse().unwrap()).await.unwrap()), ["a"]);
        assert_eq!(seen.requests().len(), 2);
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
        assert_eq!(names(&cluster.pods(&job, &PodQuery::default()).await.unwrap()), ["a", "b"]);
        assert_eq!(seen.requests().len(), 4);
    }
}
