//! The Job as it is now, with as few pods as the answer needs.

use indexedjob_core::facts::JobFacts;
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::manifest::{ItemPlace, TaskItems};
use indexedjob_core::progress::{Change, IndexState, JobProgress};
use indexedjob_core::select::Selection;
use indexedjob_core::view::status::{SortBy, Status};
use jiff::Timestamp;

use super::super::{Context, chain, observe_attempts, observe_open, why_pods_are_missing};
use crate::cli::StatusForm;
use crate::clock;
use crate::cluster::{Cluster, ClusterError, Kind, Phases};
use crate::exit::Exit;
use crate::failure::Failure;

/// What is asked for.
pub(super) struct Wanted {
    pub(super) selection: Selection,
    pub(super) form: Option<StatusForm>,
    pub(super) sort: SortBy,
    pub(super) map: bool,
    /// Has every index that is meant a row? Else those that succeeded are only counted.
    pub(super) is_whole: bool,
}

/// What was found.
pub(super) struct Seen {
    pub(super) progress: JobProgress,
    /// None where there are none, and where nobody asked.
    pub(super) items: Option<TaskItems>,
    /// 1 where something could not be read.
    pub(super) exit: Exit,
}

impl Seen {
    /// What there is to show of these tasks, now.
    pub(super) fn status<'a>(&'a self, chosen: &'a IndexSet) -> Status<'a> {
        self.status_at(chosen, clock::now())
    }

    /// As if this were the present.
    pub(super) fn status_at<'a>(&'a self, chosen: &'a IndexSet, now: Timestamp) -> Status<'a> {
        Status { progress: &self.progress, chosen, items: self.items.as_ref(), now }
    }

    /// The Job, if there are fewer pods than there should be.
    pub(super) fn with_pods_missing(&self) -> Option<&JobFacts> {
        let open = self.progress.job().filter(|_| self.progress.verdict().is_none());
        open.filter(|job| job.pods_missing() > 0)
    }
}

impl Wanted {
    /// Does it tell, or go by, why tasks have no pod?
    fn shows_why(&self) -> bool {
        let is_set = matches!(self.form, Some(StatusForm::Ranges | StatusForm::Lines | StatusForm::Name));
        self.selection.reasons.is_some() || !is_set && !self.map
    }

    /// Which pods the answer needs; None where the Job alone tells.
    pub(super) fn pods(&self) -> Option<Phases> {
        use StatusForm::{Csv, Json, Lines, Name, Ranges, Wide, Yaml};
        let selection = &self.selection;
        let is_set = matches!(self.form, Some(Ranges | Lines));
        let has_succeeded = selection.states.as_ref().is_none_or(|states| states.contains(&IndexState::Succeeded));
        // How an index ended that has succeeded is told by the attempt that did.
        let by_ending = selection.reasons.is_some() || selection.exit_codes.is_some();
        let has_rows = match self.form {
            Some(Json | Yaml | Csv | Name) => true,
            // By what the rows are sorted their pods tell.
            Some(Lines) => self.sort != SortBy::Number,
            Some(Ranges) => false,
            None | Some(Wide) => !self.map && self.is_whole,
        };
        match has_succeeded && (by_ending || has_rows) {
            _ if is_set && !has_rows && !selection.needs_pods() => None,
            true => Some(Phases::Any),
            false => Some(Phases::NotSucceeded),
        }
    }

    /// Is the item of each index shown?
    pub(super) fn items(&self) -> bool {
        use StatusForm::{Csv, Json, Wide, Yaml};
        matches!(self.form, Some(Wide | Json | Yaml | Csv))
    }
}

/// The Job, its pods and its items, as far as they are wanted. That pods or items may not be read is told and survived.
pub(super) async fn look(name: &str, wanted: &Wanted, cluster: &Cluster, context: &Context) -> Result<Seen, Failure> {
    let (job, place) = job(name, wanted, cluster, context).await?;
    let candidates = wanted.selection.candidates(&job).map_err(Failure::usage)?;
    let mut seen = Seen { progress: JobProgress::of(job), items: None, exit: Exit::Done };
    if let Some(phases) = wanted.pods() {
        match pods(&mut seen.progress, wanted, &candidates, phases, cluster).await {
            Err(error) if error.is_forbidden() => seen.exit = told(error, context),
            read => read?,
        }
    }
    if let Some(place) = place {
        seen.items = items(&place, cluster, context).await?;
    }
    if let Some(job) = seen.progress.job() {
        chain::tell_if_retried(job, cluster, &context.term).await;
    }
    if let Some(job) = seen.with_pods_missing().filter(|_| wanted.shows_why()) {
        let events = why_pods_are_missing(job, cluster, &context.term).await;
        seen.progress.observe_events(&events.unwrap_or_default());
    }
    Ok(seen)
}

/// The same of all runs of the chain of a Job, as if they were one Job.
pub(super) async fn look_at_chain(
    name: &str,
    wanted: &Wanted,
    cluster: &Cluster,
    context: &Context,
) -> Result<Seen, Failure> {
    let (runs, job, place) = chain::together(name, cluster).await?;
    wanted.selection.candidates(&job).map_err(Failure::usage)?;
    let mut seen = Seen { progress: JobProgress::of(job), items: None, exit: Exit::Done };
    if let Some(phases) = wanted.pods() {
        let numbers = wanted.selection.numbers.as_ref();
        match chain::attempts(&runs, runs.runs(), numbers, phases, cluster).await {
            Err(error) if error.is_forbidden() => seen.exit = told(error, context),
            pods => seen.progress.observe(Change::Pods(pods?)),
        }
    }
    if let Some(place) = place.filter(|_| wanted.items()) {
        seen.items = items(&place, cluster, context).await?;
    }
    Ok(seen)
}

/// Says what is missing, and why.
pub(super) fn told(error: ClusterError, context: &Context) -> Exit {
    Failure::from(error).tell(&context.term)
}

/// The Job, which must be Indexed, and where its items are.
pub(super) async fn job(
    name: &str,
    wanted: &Wanted,
    cluster: &Cluster,
    context: &Context,
) -> Result<(JobFacts, Option<ItemPlace>), Failure> {
    let (job, place): (JobFacts, _) = if wanted.items() {
        let job = cluster.get(Kind::Job, name).await.map_err(Failure::of_job)?;
        let place = ItemPlace::of(&job);
        (serde_json::from_value(job).map_err(Failure::error)?, place)
    } else {
        (cluster.job(name).await.map_err(Failure::of_job)?, None)
    };
    match job.indexed {
        true => Ok((job, place)),
        false => Err(Failure::usage(format_args!("job {name} is not Indexed; its pods have no index"))
            .hint(format!("kubectl get pods -l job-name={name}{}", context.connection.given()))),
    }
}

/// Adds the pods of these indexes.
async fn pods(
    progress: &mut JobProgress,
    wanted: &Wanted,
    candidates: &IndexSet,
    phases: Phases,
    cluster: &Cluster,
) -> Result<(), ClusterError> {
    let indexes = wanted.selection.numbers.as_ref().map(|_| candidates.clone());
    match phases {
        Phases::NotSucceeded => observe_open(progress, cluster, indexes).await,
        _ => observe_attempts(progress, cluster, indexes).await,
    }
}

/// The items; None, and a note, where a `ConfigMap` may not be read or is gone.
pub(in crate::commands) async fn items(
    place: &ItemPlace,
    cluster: &Cluster,
    context: &Context,
) -> Result<Option<TaskItems>, Failure> {
    let mut maps = Vec::new();
    for name in place.config_maps() {
        match cluster.get(Kind::ConfigMap, name).await {
            Err(error) if error.is_forbidden() || error.is_not_found() => {
                context.term.note(&format!("the items cannot be read: {error}"));
                return Ok(None);
            }
            map => maps.push(map?),
        }
    }
    Ok(Some(place.read(&maps)))
}
