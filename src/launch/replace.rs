//! `create --replace`: deletes a finished Job whose name a new one is to have.

use std::time::Duration;

use indexedjob_core::creation::Mark;
use indexedjob_core::facts::JobFacts;
use indexedjob_core::manifest::Objects;
use serde::Deserialize as _;
use serde_json::json;
use tokio::time::timeout;

use super::create::checked;
use super::gone::until_gone;
use crate::cluster::{Cluster, Kind};
use crate::failure::Failure;

/// How long the old Job may take to be gone.
const LEAVING: Duration = Duration::from_secs(60);
/// So much of the name is part of the one that a Job is tried under; the server adds to it.
const TRIED_NAME: usize = 40;

/// Makes room for the Job of `wanted`: what has its name must be finished and is deleted, but only once the server has
/// found nothing wrong with the new one. `given` are the flags to repeat in hints.
pub(crate) async fn make_room(wanted: &Objects, cluster: &Cluster, given: &str) -> Result<(), Failure> {
    let Some(name) = wanted.job["metadata"]["name"].as_str() else {
        return Err(Failure::usage("--replace needs a whole name").hint("give NAME, or write metadata.name"));
    };
    let old = match cluster.get(Kind::Job, name).await {
        Err(error) if error.is_not_found() => return Ok(()),
        old => old?,
    };
    if Mark::of(&old).is_some() {
        // Begun by a create that did not end: the next one knows whether it is its own.
        return Ok(());
    }
    let old = JobFacts::deserialize(&old).map_err(|error| Failure::error(format_args!("job {name}: {error}")))?;
    if !old.deleting {
        if !old.verdict.as_ref().is_some_and(|verdict| verdict.settled) {
            return Err(Failure::error(format_args!("job {name} is not finished; only a finished one is replaced"))
                .hint(format!("kubectl indexedjob wait {name}{given}, or: kubectl indexedjob delete {name}{given}")));
        }
        rehearse(wanted, cluster).await?;
        match cluster.delete(Kind::Job, name, &old.uid, None).await {
            Err(error) if !error.is_not_found() => return Err(error.into()),
            _ => {}
        }
    }
    match timeout(LEAVING, until_gone(&old, cluster)).await {
        Ok(gone) => Ok(gone?),
        Err(_) => Err(Failure::error(format_args!("job {name} is still being deleted"))
            .hint(format!("kubectl get job {name}{given}"))),
    }
}

/// The objects as the server would have them, where the name of the Job may be taken: it is tried under another one.
pub(crate) async fn rehearse(wanted: &Objects, cluster: &Cluster) -> Result<Objects, Failure> {
    let mut tried = wanted.job.clone();
    let name = tried["metadata"]["name"].take();
    if let (Some(name), Some(metadata)) = (name.as_str(), tried["metadata"].as_object_mut()) {
        let begin = name.char_indices().nth(TRIED_NAME).map_or(name, |(end, _)| &name[..end]);
        metadata.remove("name");
        metadata.insert("generateName".to_owned(), json!(format!("{}-", begin.trim_end_matches('-'))));
    }
    let mut objects = checked(wanted, &tried, cluster).await?;
    if let (true, Some(metadata)) = (name.is_string(), objects.job["metadata"].as_object_mut()) {
        metadata.remove("generateName");
        metadata.insert("name".to_owned(), name);
    }
    Ok(objects)
}
