//! Pods that succeeded are handed over, and the job controller counts them.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::rerun::HandOver;
use indexedjob_core::view::count;
use tokio::time::{Instant, sleep};

use super::{Changed, Launch, Stopped};
use crate::cluster::Kind;

/// How many pods are handed over at a time.
const AT_ONCE: usize = 8;
/// How often is looked whether the controller has counted more.
const BETWEEN_COUNTS: Duration = Duration::from_millis(500);
/// How often all pods are looked at while none is counted.
const BETWEEN_LOOKS: Duration = Duration::from_secs(15);
/// When nothing was counted for so long, that is told.
const PATIENCE: Duration = Duration::from_secs(60);

impl Launch<'_> {
    /// Hands pods over, several at a time; of which one that was not taken, the next look tells why.
    pub(super) async fn hand_over(&mut self, pods: Vec<HandOver>) -> Result<(), Stopped> {
        let all = self.rerun.wanted.done.set().len();
        let mut done = all.saturating_sub(u32::try_from(pods.len()).unwrap_or(u32::MAX));
        let (cluster, name) = (self.cluster, self.name().to_owned());
        let requests = pods
            .into_iter()
            .map(|HandOver { pod, patch }| async move { cluster.patch_lists(Kind::Pod, &pod, &patch).await });
        let mut answers = stream::iter(requests).buffer_unordered(AT_ONCE);
        let (mut passing, mut fatal) = (None, None);
        while let Some(result) = answers.next().await {
            match result {
                Ok(_) => done += 1,
                Err(error) if error.is_conflict() || error.is_not_found() => {}
                Err(error) if error.is_passing() => passing = Some(error),
                // What is on its way is waited for: a pod that is handed over later would be lost with the Job.
                Err(error) => drop(fatal.get_or_insert(error)),
            }
            let text = || format!("{done} of {} handed over", count(all, "pod", "pods"));
            self.progress.show(&name, text, |_| text())?;
        }
        self.progress.show_last(&name, &format!("{done} of {} handed over", count(all, "pod", "pods")));
        if let Some(error) = fatal {
            return Err(error.into());
        }
        match passing {
            Some(error) => self.again(Err(error), Changed::Job).await,
            None => self.look().await,
        }
    }

    /// How many tasks the controller has counted.
    fn counted(&self) -> u32 {
        let job = self.seen.job.as_ref();
        let counted = job.and_then(|job| job["status"]["completedIndexes"].as_str()).unwrap_or_default();
        IndexSet::from_api(counted, u32::MAX).len()
    }

    /// Waits a little for the controller, which counts the pods that were handed over.
    pub(super) async fn count(&mut self) -> Result<(), Stopped> {
        let all = self.rerun.wanted.done.set().len();
        let counted = self.counted();
        let name = self.name().to_owned();
        let text = || format!("{counted} of {} counted by the job controller", count(all, "pod", "pods"));
        self.progress.show(&name, text, |_| text())?;
        if counted != self.last_count.0 {
            self.last_count = (counted, Instant::now());
        } else if self.last_count.1.elapsed() > PATIENCE {
            self.last_count.1 = Instant::now();
            self.term.note(&format!("{name}: {} (still waiting; is kube-controller-manager running?)", text()));
        }
        sleep(BETWEEN_COUNTS).await;
        // Only the Job tells; pods are looked at again when it has not for a while, and then not often: they are many.
        self.seen.job = self.found(Kind::Job, &name).await?;
        if self.counted() == all {
            self.progress.show_last(&name, &format!("{} counted by the job controller", count(all, "pod", "pods")));
        }
        if self.last_count.1.elapsed().min(self.looked.elapsed()) > BETWEEN_LOOKS {
            self.look().await?;
        }
        Ok(())
    }
}
