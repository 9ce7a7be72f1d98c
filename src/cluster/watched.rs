//! What a watch is about: how it is looked at as a whole, how it is watched from there, what an event means.

use std::time::Duration;

use indexedjob_core::facts::{JobFacts, PodFacts};
use indexedjob_core::progress::Change;

use super::error::Asked;
use super::frames::object;
use super::http::Tries;
use super::{Cluster, ClusterError, Kind};

/// Something that can be watched.
pub(super) trait Watched: Send + Sync + 'static {
    /// What is told of it.
    type Change: Send;

    /// Between two looks where there is nothing to watch: no right to, or no Job.
    fn poll(&self) -> Duration;

    /// How it is now.
    fn look(
        &self,
        cluster: &Cluster,
        tries: Tries,
    ) -> impl Future<Output = Result<Looked<Self::Change>, ClusterError>> + Send;

    /// The path to watch, and the parameter that selects from what is there.
    fn selection(&self, cluster: &Cluster) -> (String, (&'static str, String));

    /// The watch, for errors.
    fn asked(&self, cluster: &Cluster) -> Asked;

    /// What the event in `line` tells; None where it is about something else.
    fn changed(&self, line: &[u8], deleted: bool) -> serde_json::Result<Option<Self::Change>>;

    /// What a change tells, so that the same is not told twice in a row; None for one that is always told.
    fn told(_change: &Self::Change) -> Option<Told> {
        None
    }
}

/// What a look has found.
pub(super) struct Looked<C> {
    pub(super) change: C,
    /// The version to watch from; None where there is nothing to watch.
    pub(super) version: Option<String>,
}

/// What was told of a Job.
#[derive(PartialEq)]
pub(super) enum Told {
    /// uid and resource version
    Job(String, String),
    Gone,
}

/// One thing the API said of the Jobs that a selector picks.
#[derive(Clone, Debug)]
pub(crate) enum JobsChange {
    /// All of them as they are now; those that were known before and are missing here are gone.
    All(Vec<JobFacts>),
    /// One as it is now; perhaps a new one.
    Job(Box<JobFacts>),
    /// One is gone, or the selector does not pick it any more; this is how it was last.
    Gone(Box<JobFacts>),
}

/// The Job of this name.
pub(super) struct OneJob(pub(super) String);

/// The pods of this Job.
pub(super) struct PodsOf(pub(super) Box<JobFacts>);

/// The Jobs of the namespace that this label selector picks; all where it is empty.
pub(super) struct Jobs(pub(super) String);

impl Watched for OneJob {
    type Change = Change;

    fn poll(&self) -> Duration {
        Duration::from_millis(1500)
    }

    async fn look(&self, cluster: &Cluster, tries: Tries) -> Result<Looked<Change>, ClusterError> {
        match cluster.http.read_with::<JobFacts>(&cluster.ask_for(Kind::Job, &self.0)?, tries).await {
            Ok(job) => {
                let version = Some(job.resource_version.clone());
                Ok(Looked { change: Change::Job(Box::new(job)), version })
            }
            Err(error) if error.is_not_found() => Ok(Looked { change: Change::JobGone, version: None }),
            Err(error) => Err(error),
        }
    }

    fn selection(&self, cluster: &Cluster) -> (String, (&'static str, String)) {
        (cluster.kind_path(Kind::Job), ("fieldSelector", format!("metadata.name={}", self.0)))
    }

    fn asked(&self, cluster: &Cluster) -> Asked {
        cluster.asked("watch", Kind::Job, &self.0)
    }

    fn changed(&self, line: &[u8], deleted: bool) -> serde_json::Result<Option<Change>> {
        let job = Some(object::<JobFacts>(line)?).filter(|job| job.name == self.0);
        Ok(job.map(|job| if deleted { Change::JobGone } else { Change::Job(Box::new(job)) }))
    }

    fn told(change: &Change) -> Option<Told> {
        match change {
            Change::Job(job) => Some(Told::Job(job.uid.clone(), job.resource_version.clone())),
            Change::JobGone => Some(Told::Gone),
            Change::Pods(_) | Change::Pod(_) | Change::PodGone(_) => None,
        }
    }
}

impl Watched for PodsOf {
    type Change = Change;

    /// A list of pods may be long.
    fn poll(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn look(&self, cluster: &Cluster, tries: Tries) -> Result<Looked<Change>, ClusterError> {
        let pods = cluster.list_pods(&self.0, tries).await?;
        Ok(Looked { change: Change::Pods(pods.items), version: Some(pods.version) })
    }

    fn selection(&self, cluster: &Cluster) -> (String, (&'static str, String)) {
        (cluster.kind_path(Kind::Pod), ("labelSelector", self.0.pod_selector.clone()))
    }

    fn asked(&self, cluster: &Cluster) -> Asked {
        cluster.asked("watch", Kind::Pod, "")
    }

    fn changed(&self, line: &[u8], deleted: bool) -> serde_json::Result<Option<Change>> {
        let pod = Some(object::<PodFacts>(line)?).filter(|pod| self.0.owns(pod)).map(Box::new);
        Ok(pod.map(|pod| if deleted { Change::PodGone(pod) } else { Change::Pod(pod) }))
    }
}

impl Watched for Jobs {
    type Change = JobsChange;

    /// A list of Jobs may be long.
    fn poll(&self) -> Duration {
        Duration::from_secs(5)
    }

    async fn look(&self, cluster: &Cluster, tries: Tries) -> Result<Looked<JobsChange>, ClusterError> {
        let jobs = cluster.list_jobs(&self.0, tries).await?;
        Ok(Looked { change: JobsChange::All(jobs.items), version: Some(jobs.version) })
    }

    fn selection(&self, cluster: &Cluster) -> (String, (&'static str, String)) {
        (cluster.kind_path(Kind::Job), ("labelSelector", self.0.clone()))
    }

    fn asked(&self, cluster: &Cluster) -> Asked {
        cluster.asked("watch", Kind::Job, "")
    }

    fn changed(&self, line: &[u8], deleted: bool) -> serde_json::Result<Option<JobsChange>> {
        let job = Box::new(object::<JobFacts>(line)?);
        Ok(Some(if deleted { JobsChange::Gone(job) } else { JobsChange::Job(job) }))
    }
}
