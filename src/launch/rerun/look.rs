//! What is there, read at the start, after a write without an answer, and before the release; in between the answers to
//! the writes tell.

use std::collections::BTreeSet;

use indexedjob_core::rerun::{EndedPod, Mark, Way};
use serde_json::Value;
use tokio::time::Instant;

use super::undo::uid;
use super::{Changed, Launch, Stopped};
use crate::cluster::{ClusterError, Kind};

impl Launch<'_> {
    /// Looks at what is there. A server that has just started may not know the roles yet: what was begun is not given up
    /// for that.
    pub(super) async fn look(&mut self) -> Result<(), Stopped> {
        let seen = self.read().await;
        seen.map_err(|error| match error.is_forbidden() && self.seen.ours.is_some() {
            true => Stopped::By(error),
            false => error.into(),
        })
    }

    /// Takes in an object as the server has answered it.
    pub(super) fn put(&mut self, object: Value, what: Changed) {
        match what {
            Changed::Job => self.seen.job = Some(object),
            Changed::Source => self.seen.source = Some(object),
            Changed::Map => {
                let wanted = &self.rerun.wanted;
                let (new, shared) = (wanted.helpers.iter().map(name_of), wanted.shared.iter().map(String::as_str));
                let places = new.zip(&mut self.seen.helpers).chain(shared.zip(&mut self.seen.shared));
                let of_name = places.filter(|(name, _)| *name == name_of(&object)).map(|(_, place)| place);
                of_name.for_each(|place| *place = Some(object.clone()));
            }
        }
    }

    async fn read(&mut self) -> Result<(), ClusterError> {
        self.looked = Instant::now();
        self.seen.job = self.found(Kind::Job, self.name()).await?;
        let (source, of) = &self.rerun.source;
        self.seen.source = self.found(Kind::Job, source).await?.filter(|job| uid(job) == of);
        self.seen.rival = self.rival().await?;
        (self.seen.helpers, self.seen.shared) = (Vec::new(), Vec::new());
        if self.seen.job.is_none() {
            // What it needs comes after it.
            return Ok(());
        }
        for helper in &self.rerun.wanted.helpers {
            self.seen.helpers.push(self.found(Kind::ConfigMap, name_of(helper)).await?);
        }
        for name in &self.rerun.wanted.shared {
            self.seen.shared.push(self.found(Kind::ConfigMap, name).await?);
        }
        self.seen.pods = self.pods().await?;
        Ok(())
    }

    pub(super) async fn found(&self, kind: Kind, name: &str) -> Result<Option<Value>, ClusterError> {
        match self.cluster.get(kind, name).await {
            Err(error) if error.is_not_found() => Ok(None),
            found => found.map(Some),
        }
    }

    /// A run of the same chain that was not there when it was decided what to run, and was begun before this one or runs
    /// already.
    async fn rival(&self) -> Result<Option<String>, ClusterError> {
        let age = |job: &Value| (job["metadata"]["creationTimestamp"].to_string(), uid(job).to_owned());
        let ours = self.seen.job.as_ref().filter(|job| self.seen.ours.as_deref() == Some(uid(job))).map(age);
        let runs = self.cluster.runs_of(&self.rerun.chain).await?;
        let is_rival = |job: &&Value| {
            let is_new = !self.rerun.known.iter().any(|known| known == uid(job));
            let is_ours = self.seen.ours.as_deref() == Some(uid(job));
            // Whatever its age: ages are told in seconds, and are those of the requests.
            let is_released = Mark::of(job).is_none();
            is_new && !is_ours && (is_released || ours.as_ref().is_none_or(|ours| age(job) < *ours))
        };
        let rival = runs.iter().find(is_rival);
        // One of the same name speaks for itself.
        Ok(rival
            .and_then(|job| job["metadata"]["name"].as_str())
            .filter(|name| *name != self.name())
            .map(str::to_owned))
    }

    /// The pods of all runs, where they are to be taken over.
    async fn pods(&self) -> Result<Vec<EndedPod>, ClusterError> {
        let (mut pods, mut known) = (Vec::new(), BTreeSet::new());
        if self.rerun.wanted.mark.way == Way::Adopt {
            for selector in &self.rerun.selectors {
                let found = self.cluster.ended_pods(selector).await?;
                pods.extend(found.into_iter().filter(|pod| known.insert(pod.uid.clone())));
            }
        }
        Ok(pods)
    }
}

fn name_of(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}
