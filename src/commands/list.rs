//! `list`: the Indexed Jobs of a namespace, a row each.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt as _;
use indexedjob_core::facts::{EventFacts, JobFacts, PodFacts};
use indexedjob_core::progress::{Change, JobProgress};
use indexedjob_core::text::shown;
use indexedjob_core::view::json::JobList;
use indexedjob_core::view::list::{self, HeldUp, ListOptions};
use indexedjob_core::view::objects;
use indexedjob_core::view::table::Table;
use serde::Deserialize as _;

use super::Context;
use crate::cli::{ListArgs, ListForm};
use crate::clock;
use crate::cluster::{Cluster, ClusterError, JobsChange};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::Term;

/// Shows them once, or as they change until it is interrupted.
pub(crate) async fn run(args: ListArgs, context: &Context) -> Result<Exit, Failure> {
    if args.watch && matches!(args.output, Some(ListForm::Json | ListForm::Yaml)) {
        return Err(Failure::usage("--watch shows rows; it cannot be used with -o json or -o yaml")
            .hint("kubectl get jobs --watch -o json shows the objects"));
    }
    let cluster = context.cluster().await?;
    let cluster = if args.all_namespaces { cluster.in_all_namespaces() } else { cluster };
    match args.watch {
        true => watch(&args, &cluster, context).await,
        false => once(&args, &cluster, context).await,
    }
}

async fn once(args: &ListArgs, cluster: &Cluster, context: &Context) -> Result<Exit, Failure> {
    let jobs = cluster.jobs(&args.selector).await?;
    let mut jobs: Vec<_> = jobs.into_iter().filter(|job| args.shows(job)).map(JobProgress::of).collect();
    if jobs.is_empty() && !matches!(args.output, Some(ListForm::Json | ListForm::Yaml)) {
        context.term.note(&match args.all_namespaces {
            true => "No resources found".to_owned(),
            false => format!("No resources found in {} namespace.", cluster.namespace()),
        });
        return Ok(Exit::Done);
    }
    list::sort(&mut jobs, args.sort.into(), clock::now());
    let held_up = match args.output {
        Some(ListForm::Json | ListForm::Yaml | ListForm::Wide) => held_up(&jobs, cluster, &context.term).await,
        Some(ListForm::Name) | None => HeldUp::new(),
    };
    let shown = match args.output {
        Some(ListForm::Name) => jobs.iter().filter_map(JobProgress::job).map(name).collect(),
        Some(ListForm::Json) => objects::json_of(&JobList::new(&jobs, &held_up, clock::now())),
        Some(ListForm::Yaml) => objects::yaml_of(&JobList::new(&jobs, &held_up, clock::now())),
        Some(ListForm::Wide) | None => args.text(&args.table(&jobs, &held_up), !args.no_headers, context)?,
    };
    context.term.page(&shown).await?;
    Ok(Exit::Done)
}

/// Why those stand still that do, from lists of pods and of events for all of them; from none where all goes on.
async fn held_up(jobs: &[JobProgress], cluster: &Cluster, term: &Term) -> HeldUp {
    let still = jobs.iter().filter(|progress| list::needs_pods(progress, clock::now()));
    let still: Vec<&JobFacts> = still.filter_map(JobProgress::job).collect();
    if still.is_empty() {
        return HeldUp::new();
    }
    let complain = |error: ClusterError| term.note(&format!("why Jobs stand still cannot be read: {error}"));
    let uids: BTreeSet<&str> = still.iter().map(|job| job.uid.as_str()).collect();
    let pods = cluster.pending_pods(&uids).await.map_err(complain).unwrap_or_default();
    let events = cluster.refusals(&uids).await.map_err(complain).unwrap_or_default();
    let told = still.into_iter().filter_map(|job| {
        let pods: Vec<PodFacts> = pods.iter().filter(|pod| pod.owner == job.uid).cloned().collect();
        let events = events.iter().filter(|event| event["involvedObject"]["uid"] == job.uid.as_str());
        let events: Vec<EventFacts> = events.filter_map(|event| EventFacts::deserialize(event).ok()).collect();
        let mut progress = JobProgress::of(job.clone());
        progress.observe(Change::Pods(pods.clone()));
        progress.observe_events(&events);
        Some((job.uid.clone(), list::held_up(&progress, &pods)?))
    });
    told.collect()
}

/// The rows as they are, then each one that changes, as `kubectl get --watch` does.
async fn watch(args: &ListArgs, cluster: &Cluster, context: &Context) -> Result<Exit, Failure> {
    let mut changes = cluster.watch_jobs(&args.selector);
    let mut known: BTreeMap<String, Shown> = BTreeMap::new();
    let (mut headers, mut widths) = (!args.no_headers, Vec::new());
    while let Some(change) = changes.next().await {
        let (seen, all) = match change? {
            JobsChange::All(jobs) => (jobs, true),
            JobsChange::Job(job) => (vec![*job], false),
            JobsChange::Gone(job) => (vec![JobFacts { deleting: true, ..*job }], false),
        };
        let gone = seen.iter().filter(|job| job.deleting && !all).map(|job| job.uid.clone()).collect::<Vec<_>>();
        if all {
            known.retain(|uid, _| seen.iter().any(|job| job.uid == *uid));
        }
        let mut rows: Vec<_> = seen.into_iter().filter(|job| args.shows(job)).map(JobProgress::of).collect();
        rows.retain(|progress| is_news(progress, &mut known));
        if !rows.is_empty() {
            list::sort(&mut rows, args.sort.into(), clock::now());
            context.term.page(&args.rows(&rows, headers, &mut widths, context)?).await?;
            headers = false;
        }
        known.retain(|uid, _| !gone.contains(uid));
    }
    Ok(Exit::Done)
}

/// What was shown of a Job: a list that was begun again does not repeat it.
type Shown = (&'static str, Option<indexedjob_core::progress::Tally>);

fn is_news(progress: &JobProgress, known: &mut BTreeMap<String, Shown>) -> bool {
    let Some(job) = progress.job() else { return false };
    let shown = (list::status_word(job), progress.tally());
    known.insert(job.uid.clone(), shown) != Some(shown)
}

fn name(job: &JobFacts) -> String {
    format!("job.batch/{}\n", shown(&job.name))
}

impl ListArgs {
    fn shows(&self, job: &JobFacts) -> bool {
        job.indexed || self.non_indexed
    }

    fn table(&self, jobs: &[JobProgress], held_up: &HeldUp) -> Table {
        let wide = self.output == Some(ListForm::Wide);
        // The columns of a watch stay as they are.
        let has_retries = || jobs.iter().filter_map(JobProgress::job).any(|job| job.retry_of.is_some());
        let retries = wide || !self.watch && has_retries();
        let options = ListOptions { namespaces: self.all_namespaces, wide, retries };
        list::table(jobs, held_up, options, clock::now())
    }

    /// The rows of a watch, in its format.
    fn rows(
        &self,
        jobs: &[JobProgress],
        headers: bool,
        widths: &mut Vec<u32>,
        context: &Context,
    ) -> Result<String, Failure> {
        if self.output == Some(ListForm::Name) {
            return Ok(jobs.iter().filter_map(JobProgress::job).map(name).collect());
        }
        let mut table = self.table(jobs, &HeldUp::new());
        table.keep_widths(widths);
        self.text(&table, headers, context)
    }

    /// A table as the screen has room for it; a wide one is not cut.
    fn text(&self, table: &Table, headers: bool, context: &Context) -> Result<String, Failure> {
        let mut text = Vec::new();
        let width = context.term.width().filter(|_| self.output != Some(ListForm::Wide));
        table.write(&mut text, context.term.palette(), width)?;
        let text = String::from_utf8_lossy(&text);
        let rows = if headers { &text } else { text.split_once('\n').map_or("", |(_, rows)| rows) };
        Ok(rows.to_owned())
    }
}
