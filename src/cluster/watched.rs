//! What a watch is about: how it is looked at as a whole, how it is watched from there, what an event means.

use std::time::Duration;

use indexedjob_core::facts::{JobFacts, PodFacts};
use indexedjob_core::progress::Change;

use super::error::Asked;
use super::frames::object;
use super::http::Tries;
use super::{Cluster, ClusterError, Kind};

/// What is watched.
#[derive(Clone, Debug)]
pub(super) enum Watched {
    /// The Job of this name.
    Job(String),
    /// The pods of this Job.
    Pods(Box<JobFacts>),
}

/// What a look has found.
pub(super) struct Looked {
    pub(super) change: Change,
    /// The version to watch from; None where there is nothing to watch.
    pub(super) version: Option<String>,
}

impl Watched {
    /// Between two looks where there is nothing to watch: no right to, or no Job. A list of pods may be long.
    pub(super) fn poll(&self) -> Duration {
        match self {
            Self::Job(_) => Duration::from_millis(1500),
            Self::Pods(_) => Duration::from_secs(5),
        }
    }

    /// How it is now.
    pub(super) async fn look(&self, cluster: &Cluster, tries: Tries) -> Result<Looked, ClusterError> {
        match self {
            Self::Job(name) => {
                match cluster.http.read_with::<JobFacts>(&cluster.ask_for(Kind::Job, name)?, tries).await {
                    Ok(job) => {
                        let version = Some(job.resource_version.clone());
                        Ok(Looked { change: Change::Job(Box::new(job)), version })
                    }
                    Err(error) if error.is_not_found() => Ok(Looked { change: Change::JobGone, version: None }),
                    Err(error) => Err(error),
                }
            }
            Self::Pods(job) => {
                let pods = cluster.list_pods(job, tries).await?;
                Ok(Looked { change: Change::Pods(pods.items), version: Some(pods.version) })
            }
        }
    }

    /// The path to watch, and the parameter that selects from what is there.
    pub(super) fn selection(&self, cluster: &Cluster) -> (String, (&'static str, String)) {
        match self {
            Self::Job(name) => (cluster.kind_path(Kind::Job), ("fieldSelector", format!("metadata.name={name}"))),
            Self::Pods(job) => (cluster.kind_path(Kind::Pod), ("labelSelector", job.pod_selector.clone())),
        }
    }

    pub(super) fn asked(&self, cluster: &Cluster) -> Asked {
        match self {
            Self::Job(name) => cluster.asked("watch", Kind::Job, name),
            Self::Pods(_) => cluster.asked("watch", Kind::Pod, ""),
        }
    }

    /// What the event in `line` tells; None where it is about something else.
    pub(super) fn changed(&self, line: &[u8], deleted: bool) -> serde_json::Result<Option<Change>> {
        Ok(match self {
            Self::Job(name) => {
                let job = Some(object::<JobFacts>(line)?).filter(|job| job.name == *name);
                job.map(|job| if deleted { Change::JobGone } else { Change::Job(Box::new(job)) })
            }
            Self::Pods(job) => {
                let pod = Some(object::<PodFacts>(line)?).filter(|pod| job.owns(pod)).map(Box::new);
                pod.map(|pod| if deleted { Change::PodGone(pod) } else { Change::Pod(pod) })
            }
        })
    }
}
