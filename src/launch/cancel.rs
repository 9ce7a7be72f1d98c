//! `cancel --index`: gives up indexes by the steps of `indexedjob_core::lifecycle`, and looks what became of them.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use indexedjob_core::facts::PodFacts;
use indexedjob_core::human::Timeout;
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::lifecycle::{self, Fate};
use indexedjob_core::numbering::Index;
use indexedjob_core::progress::{Change, JobProgress};
use tokio::time::{Instant, sleep};

use super::change::{may_repeat, replaced};
use crate::cluster::{Cluster, ClusterError, Kind, PodQuery};
use crate::failure::Failure;

/// How many pods are marked and stopped at a time.
const AT_A_TIME: usize = 8;
/// How often is looked at the Job, and how often at the pods, which may be many.
const LOOK: Duration = Duration::from_millis(500);
const LOOK_AT_PODS: Duration = Duration::from_secs(3);
/// So many pods of an index are marked in vain before that is told.
const MARKS: u32 = 3;

/// Indexes that are to be given up, each of which has a pod.
pub(crate) struct GiveUp<'a> {
    pub(crate) cluster: &'a Cluster,
    /// How long to wait for the controller.
    pub(crate) timeout: Timeout,
}

/// What became of them; each index is in one of the sets.
#[derive(Clone, Debug, Default)]
pub(crate) struct GivenUp {
    /// Failed for good.
    pub(crate) failed: IndexSet,
    /// Succeeded meanwhile.
    pub(crate) succeeded: IndexSet,
    /// Started again, mark or no mark.
    pub(crate) started_again: IndexSet,
    /// Not decided in time, or before the Job ended.
    pub(crate) open: IndexSet,
}

/// What is done to one pod.
struct Deed {
    index: Index,
    pod: PodFacts,
    mark: bool,
    stop: bool,
}

impl GiveUp<'_> {
    /// Gives up `indexes`. `progress` knows their pods, and in the end what the server says of them.
    pub(crate) async fn run(&self, progress: &mut JobProgress, indexes: &IndexSet) -> Result<GivenUp, Failure> {
        // An end beyond all clocks is none.
        let end = self.timeout.limit().and_then(|span| Instant::now().checked_add(span));
        let mut given = GivenUp { open: indexes.clone(), ..GivenUp::default() };
        let (mut marks, mut pods_seen) = (BTreeMap::<Index, u32>::new(), Instant::now());
        loop {
            let did = self.act(progress, &mut given, &mut marks).await?;
            sleep(LOOK).await;
            self.look(progress).await?;
            if did || pods_seen.elapsed() >= LOOK_AT_PODS {
                self.look_at_pods(progress, &given.open).await?;
                pods_seen = Instant::now();
            }
            given.sort(progress);
            let is_over = progress.verdict().is_some_and(|verdict| verdict.settled);
            if given.open.is_empty() || is_over || end.is_some_and(|end| Instant::now() >= end) {
                return Ok(given);
            }
        }
    }

    /// Only asks the server whether it would be done.
    pub(crate) async fn rehearse(&self, progress: &JobProgress, indexes: &IndexSet) -> Result<(), Failure> {
        for deed in deeds(progress, indexes) {
            if deed.mark {
                let patch = lifecycle::given_up(&deed.pod);
                self.cluster.rehearse_patch(Kind::Pod, &deed.pod.name, &patch).await?;
            }
            if deed.stop {
                self.cluster.rehearse_delete(Kind::Pod, &deed.pod.name, &deed.pod.uid).await?;
            }
        }
        Ok(())
    }

    /// Does what is due; false where nothing was.
    async fn act(
        &self,
        progress: &JobProgress,
        given: &mut GivenUp,
        marks: &mut BTreeMap<Index, u32>,
    ) -> Result<bool, Failure> {
        let mut due = deeds(progress, &given.open);
        for deed in due.iter().filter(|deed| deed.mark) {
            *marks.entry(deed.index).or_default() += 1;
        }
        let in_vain: IndexSet = marks.iter().filter(|(_, times)| **times > MARKS).map(|(index, _)| index.0).collect();
        given.started_again = given.started_again.union(&in_vain);
        given.open = given.open.difference(&in_vain);
        due.retain(|deed| given.open.contains(deed.index.0));
        let did = !due.is_empty();
        let mut done = stream::iter(due.iter().map(|deed| self.do_it(deed))).buffer_unordered(AT_A_TIME);
        while let Some(done) = done.next().await {
            match done {
                // It has changed, or the server is away: another look tells.
                Err(error) if error.is_not_found() || may_repeat(&error) => {}
                done => done?,
            }
        }
        Ok(did)
    }

    async fn do_it(&self, deed: &Deed) -> Result<(), ClusterError> {
        if deed.mark {
            self.cluster.patch(Kind::Pod, &deed.pod.name, &lifecycle::given_up(&deed.pod)).await?;
        }
        if deed.stop {
            self.cluster.delete(Kind::Pod, &deed.pod.name, &deed.pod.uid, None).await?;
        }
        Ok(())
    }

    async fn look(&self, progress: &mut JobProgress) -> Result<(), Failure> {
        let Some(before) = progress.job() else { return Ok(()) };
        let job = self.cluster.job(&before.name).await.map_err(Failure::of_job)?;
        if job.uid != before.uid {
            return Err(replaced(&job.name));
        }
        progress.observe(Change::Job(Box::new(job)));
        Ok(())
    }

    async fn look_at_pods(&self, progress: &mut JobProgress, open: &IndexSet) -> Result<(), Failure> {
        let Some(job) = progress.job() else { return Ok(()) };
        let pods = self.cluster.pods(job, &PodQuery::of(open.clone())).await?;
        progress.observe_pods_of(open, pods);
        Ok(())
    }
}

impl GivenUp {
    /// Takes those out of the open ones that the Job has decided on.
    fn sort(&mut self, progress: &JobProgress) {
        let with = |fate| self.open.iter().filter(|index| lifecycle::fate(progress, Index(*index)) == fate).collect();
        let (failed, succeeded): (IndexSet, IndexSet) = (with(Fate::Failed), with(Fate::Succeeded));
        self.open = self.open.difference(&failed.union(&succeeded));
        self.failed = self.failed.union(&failed);
        self.succeeded = self.succeeded.union(&succeeded);
    }
}

fn deeds(progress: &JobProgress, indexes: &IndexSet) -> Vec<Deed> {
    let due = indexes.iter().map(Index).filter_map(|index| Some((index, lifecycle::next_of_index(progress, index)?)));
    due.map(|(index, step)| Deed { index, pod: step.pod.clone(), mark: step.mark, stop: step.stop }).collect()
}
