//! `retry`: a new Job that runs only what failed or never ran.
//!
//! - `source`: the chain of runs and whether it may be gone on with; `way`: how the new Job learns what is done;
//!   `finish`: a run that was begun, without its source; `after`: what is looked at once it runs

mod after;
mod finish;
mod source;
mod way;

use std::collections::BTreeSet;

use indexedjob_core::index_set::IndexSet;
use indexedjob_core::manifest::{Fields, ItemPlace, Objects, Part, Replacement, limits, renumber};
use indexedjob_core::plan::{Features, FileKeyRef};
use indexedjob_core::rerun::{
    self, Ask, Chain, Changes, Cloned, CompletedIndexes, Mark, Nothing, Run, Wanted, Way, ask, next_name,
    with_run_label,
};
use indexedjob_core::text::shown;
use indexedjob_core::view::preview;
use indexedjob_core::view::rerun::would_make;
use indexedjob_core::work::Token;
use serde_json::Value;

use super::made::{printed, random_suffix};
use super::{Context, chain, status, target};
use crate::cli::{DryRun, Form, JobName, RetryArgs, ViaArg};
use crate::cluster::{Cluster, Kind};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::launch::{self, NotMade, Rerun};

/// The oldest minor version whose controller keeps what is done in the status alone.
const OLDEST_MINOR: u32 = 26;
/// Sets of more text than this are counted and not shown.
const SHOWN_SET: usize = 60;

/// Makes the new Job, or says that there is nothing to run.
pub(crate) async fn run(args: RetryArgs, context: &Context) -> Result<Exit, Failure> {
    args.check()?;
    let cluster = context.cluster().await?;
    let name = args.name.as_str();
    target::is_no_latest(&args.name, &cluster, context).await?;
    let chain = chain::of_job(name, &cluster).await?;
    name_is_free(args.new_name.as_ref(), &chain)?;
    if args.undo {
        return after::undo(&chain, args.dry_run, &cluster, context).await;
    }
    let chain = source::ended(name, chain, &cluster, context).await?;
    if chain.newest().is_none() {
        return finish::run(&chain, &args, &cluster, context).await;
    }
    let features = features(&cluster).await?;
    let picked = source::picked(&chain, &args.selection, &cluster).await?;
    let asked = match ask(&chain, &picked.numbers, picked.again) {
        Ok(asked) => asked,
        Err(nothing) => return nothing_to_do(&nothing, args.selection.is_given(), name, context),
    };
    if !asked.left_out.is_empty() && args.selection.is_given() {
        let left_out = told(&asked.left_out);
        context.term.note(&format!("{left_out} succeeded already and will not run; --state all runs them again"));
    }
    let source = source::to_clone(&chain, &asked, context);
    let draft = Draft { args: &args, chain: &chain, asked: &asked, source, cluster: &cluster, context, features };
    draft.run().await
}

/// What the server can do; one whose controller would run everything again is refused.
async fn features(cluster: &Cluster) -> Result<Features, Failure> {
    let version = cluster.server_version().await?;
    if !version.at_least(1, OLDEST_MINOR) {
        let text = format!("the server is {}, and retry needs Kubernetes 1.{OLDEST_MINOR}", shown(&version.text));
        return Err(Failure::error(text));
    }
    Ok(Features::of_minor(version.minor))
}

/// The new run is none of those that are there, unless it was begun.
fn name_is_free(new: Option<&JobName>, chain: &Chain) -> Result<(), Failure> {
    let Some(taken) = new.filter(|new| chain.runs().any(|run| run.facts.name == new.as_str())) else { return Ok(()) };
    let text = format!("job {} already exists, and is one of the runs", taken.as_str());
    Err(Failure::usage(text).hint("give the new Job another name, or leave --name out"))
}

/// `is_picked`: did flags say which tasks are meant?
fn nothing_to_do(nothing: &Nothing, is_picked: bool, name: &str, context: &Context) -> Result<Exit, Failure> {
    let name = shown(name);
    match nothing {
        Nothing::Done(done) => {
            let picked = if is_picked { " that was picked" } else { "" };
            let all_picked = if is_picked { " that were picked" } else { "" };
            context.term.note(&match done.len() {
                0 => format!("{name}: no task was picked; nothing to retry"),
                1 => format!("{name}: the task{picked} is done; nothing to retry"),
                all => format!("{name}: all {all} tasks{all_picked} are done; nothing to retry"),
            });
        }
        Nothing::Scattered(numbers) => {
            let text = format!("{name}: no run that is still there has all of {}", told(numbers));
            return Err(Failure::error(text).hint("pick by --index the tasks of one run"));
        }
    }
    Ok(Exit::Done)
}

/// `tasks 3,7-9`, or how many where that is long.
fn told(numbers: &IndexSet) -> String {
    let set = numbers.compact();
    match (numbers.len(), set.len()) {
        (1, _) => format!("task {set}"),
        (_, 0..=SHOWN_SET) => format!("tasks {set}"),
        (count, _) => format!("{count} tasks"),
    }
}

/// A run that is decided on.
struct Made {
    wanted: Wanted,
    begun: Option<String>,
    /// The name and uid of the Job that it comes from.
    source: (String, String),
    /// The selectors of the pods that it may take over or has.
    selectors: Vec<String>,
}

/// The selectors of the pods that tell of the same tasks by the same indexes as those of `base`.
fn selectors(chain: &Chain, base: &Run) -> Vec<String> {
    chain.like(base).map(|run| run.facts.pod_selector.clone()).collect()
}

impl Made {
    /// Brings it about, and stays where that is asked for.
    async fn launch(
        self,
        chain: &Chain,
        args: &RetryArgs,
        cluster: &Cluster,
        context: &Context,
    ) -> Result<Exit, NotMade> {
        let given = context.connection.given();
        let (wanted, known) = (self.wanted, chain.all().iter().map(|run| run.facts.uid.clone()).collect());
        let done = wanted.done.set().clone();
        let chain = chain.uid().to_owned();
        let way = wanted.mark.way;
        let rerun = Rerun { wanted, begun: self.begun, chain, known, source: self.source, selectors: self.selectors };
        let job = launch::rerun(rerun, cluster, &context.term, &given).await?;
        after::made(&job, &done, way, args, cluster, context).await.map_err(NotMade::Failed)
    }
}

/// What is to be made.
struct Draft<'a> {
    args: &'a RetryArgs,
    chain: &'a Chain,
    asked: &'a Ask<'a>,
    /// The Job to clone.
    source: Value,
    cluster: &'a Cluster,
    context: &'a Context,
    features: Features,
}

impl Draft<'_> {
    async fn run(&self) -> Result<Exit, Failure> {
        let begun = self.chain.half_made();
        let cloned = self.cloned(begun.map(|run| run.facts.name.as_str())).await?;
        let suffix = begun.and_then(|run| Some(run.mark.as_ref()?.suffix().to_owned())).unwrap_or_else(random_suffix);
        let mark = |way| Mark::new(way, &without_name(&cloned.job), &self.asked.todo, &suffix);
        let mut way = way::choose(self.args.via, begun, self.chain, self.asked, self.cluster, self.context).await?;
        loop {
            let wanted = self.wanted(cloned.clone(), mark(way)).await?;
            self.tell(&wanted);
            let first_form = wanted.first_form();
            fits(&first_form)?;
            if self.args.dry_run != DryRun::None && begun.is_some_and(|run| is_other(run, &wanted.mark)) {
                let (name, given) = (name_of(&wanted.job), self.context.connection.given());
                return Err(launch::begun_otherwise(&shown(name), &self.asked.base.facts.name, &given));
            }
            match self.args.dry_run {
                DryRun::None => {}
                DryRun::Client => return self.show(&first_form, &wanted.job, "dry run").await,
                DryRun::Server if begun.is_some() => {
                    return self.show(&first_form, &wanted.job, "server dry run").await;
                }
                DryRun::Server => {
                    let checked = self.cluster.create(&first_form, true).await?;
                    return self.show(&checked, &wanted.job, "server dry run").await;
                }
            }
            match self.launch(wanted, begun).await {
                Err(NotMade::Barred(why)) if self.args.via == ViaArg::Auto && begun.is_none() => {
                    way = way::instead(way, why, self.chain, self.asked, self.cluster, self.context).await?;
                }
                ended => return Ok(ended?),
            }
        }
    }

    async fn launch(&self, wanted: Wanted, begun: Option<&Run>) -> Result<Exit, NotMade> {
        let base = &self.asked.base.facts;
        let source = (base.name.clone(), base.uid.clone());
        let selectors = selectors(self.chain, self.asked.base);
        let made = Made { wanted, begun: begun.map(|run| run.facts.uid.clone()), source, selectors };
        made.launch(self.chain, self.args, self.cluster, self.context).await
    }

    /// The new Job without anything that only its way adds.
    async fn cloned(&self, begun: Option<&str>) -> Result<Cloned, Failure> {
        let base = self.asked.base;
        let own = self.args.new_name.as_ref().map(|name| name.as_str().to_owned());
        let name = begun.map(str::to_owned).or(own).unwrap_or_else(|| next_name(self.chain, base.facts.completions));
        let pod = self.args.pod();
        let fields = self.fields().await?;
        let token = self.args.token();
        let avoided = match self.args.avoid_failed_nodes {
            true => source::failed_nodes(self.chain, &self.asked.numbers, self.cluster).await?,
            false => BTreeSet::new(),
        };
        if self.args.avoid_failed_nodes {
            let these = avoided.iter().map(|node| shown(node).into_owned()).collect::<Vec<_>>().join(", ");
            self.context.term.note(&match avoided.is_empty() {
                true => "note: of these tasks no attempt that failed is left to tell its node".to_owned(),
                false => {
                    format!("note: no pod goes to {these}, where these tasks failed; other nodes have to fit them")
                }
            });
        }
        let changes = Changes {
            pod: &pod,
            command: Replacement { words: &self.args.command, token: &token, fields: fields.as_ref() },
            parallelism: self.args.parallelism,
            retries: self.args.retries,
            avoided: &avoided,
            features: self.features,
        };
        let cloned = rerun::clone(&self.source, &name, &self.asked.done, &changes)?;
        let columns = fields.as_ref().map(|fields| match fields {
            Fields::Named { names, .. } => names.as_slice(),
            Fields::Unknown => &[],
        });
        let stray = preview::stray(&self.args.command, &token, columns);
        for note in cloned.notes.iter().chain(&stray) {
            self.context.term.note(&format!("note: {note}"));
        }
        Ok(cloned)
    }

    /// What the items of the tasks are like, where another command could mention them; None where there are none.
    async fn fields(&self) -> Result<Option<Fields>, Failure> {
        let Some(place) = ItemPlace::of(&self.source) else { return Ok(None) };
        // Only braces may hold the name of a column.
        let asks = self.args.token() == Token::Braces && self.args.command.iter().any(|word| word.contains('{'));
        if !asks {
            return Ok(Some(Fields::Unknown));
        }
        let items = status::items(&place, self.cluster, self.context).await?;
        Ok(Some(items.map_or(Fields::Unknown, |items| items.fields())))
    }

    /// What the way makes of it.
    async fn wanted(&self, cloned: Cloned, mark: Mark) -> Result<Wanted, Failure> {
        let maps = self.maps(&cloned.job).await?;
        let mut made = Objects { job: cloned.job, helpers: vec![] };
        let mut done = CompletedIndexes::default();
        match mark.way {
            Way::Subset => {
                let whole = made.job.clone();
                made = renumber(made.job, &self.part(&maps, mark.suffix()))?;
                rerun::remember_whole(&mut made.job, &whole);
            }
            Way::Status | Way::Adopt => {
                let completions = self.asked.base.facts.completions;
                done = CompletedIndexes::new(&self.asked.done, completions).map_err(Failure::error)?;
            }
        }
        if mark.way == Way::Adopt {
            made.job = with_run_label(&made.job, &format!("{}{}", mark.suffix(), random_suffix()));
        }
        self.asked.describe(&mut made.job, self.chain)?;
        let read = rerun::config_maps(&made.job);
        let shared =
            maps.iter().filter(|map| self.goes_with_the_chain(map)).map(name_of).filter(|name| read.contains(*name));
        let shared = shared.map(str::to_owned).collect();
        let givers = self.chain.like(self.asked.base).map(|run| run.facts.uid.clone()).collect();
        Ok(Wanted { job: made.job, mark, done, helpers: made.helpers, shared, givers })
    }

    fn part<'b>(&'b self, maps: &'b [Value], suffix: &'b str) -> Part<'b> {
        let file_key_ref = self.features.file_key_ref == FileKeyRef::Yes;
        Part { indexes: &self.asked.todo, numbers: &self.asked.numbers, file_key_ref, maps, suffix }
    }

    /// The `ConfigMaps` that the pods read, as far as they are there.
    async fn maps(&self, job: &Value) -> Result<Vec<Value>, Failure> {
        let mut maps = Vec::new();
        for name in rerun::config_maps(job) {
            match self.cluster.get(Kind::ConfigMap, &name).await {
                // One that no task needs, or that tasks wait for.
                Err(error) if error.is_not_found() => {}
                map => maps.push(map?),
            }
        }
        Ok(maps)
    }

    /// Would this object go when the Jobs of the chain go?
    fn goes_with_the_chain(&self, object: &Value) -> bool {
        let owners = object["metadata"]["ownerReferences"].as_array().into_iter().flatten();
        owners.into_iter().any(|owner| self.chain.all().iter().any(|run| owner["uid"] == run.facts.uid.as_str()))
    }

    /// Says what is done, and how.
    fn tell(&self, wanted: &Wanted) {
        let (asked, term) = (self.asked, &self.context.term);
        let (from, name) = (shown(&asked.base.facts.name), shown(name_of(&wanted.job)));
        let (all, way) = (self.chain.numbers().len(), wanted.mark.way.as_str());
        let retrying = if self.args.dry_run == DryRun::None { "retrying" } else { "would retry" };
        term.note(&format!("{retrying} {} of {all} of {from} as {name}, via {way}", told(&asked.numbers)));
        if !asked.skipped.is_empty() {
            let is = if asked.skipped.len() == 1 { "is" } else { "are" };
            term.note(&format!("{} {is} not done either; the next retry runs what is left", told(&asked.skipped)));
        }
    }

    /// Shows `first`, the Job as it would be sent, or what comes of it in the end.
    async fn show(&self, first: &Value, released: &Value, how: &str) -> Result<Exit, Failure> {
        let name = shown(name_of(first));
        let (old, numbers) = (&self.source, &self.asked.numbers);
        let text = match self.args.output {
            Some(form) => printed(std::slice::from_ref(first), form),
            None => format!("job.batch/{name} created ({how})\n{}", would_make(numbers, old, released)),
        };
        if matches!(self.args.output, Some(Form::Yaml | Form::Json)) {
            // Created without it, the Job would run again what is done.
            self.context.term.note("note: it is suspended until it knows what is done; the same retry goes on with it");
        }
        self.context.term.page(&text).await?;
        Ok(Exit::Done)
    }
}

/// Was `run` begun by another retry than that of this mark?
fn is_other(run: &Run, mark: &Mark) -> bool {
    run.mark.as_ref().is_some_and(|begun| !begun.same_retry(mark))
}

/// The server takes annotations up to a limit, and those of a run hold sets of tasks.
fn fits(job: &Value) -> Result<(), Failure> {
    let hint = "give its own annotations fewer bytes, or pick by --index a set that is more regular";
    limits(job).map_err(|problem| Failure::usage(problem).hint(hint))
}

fn name_of(object: &Value) -> &str {
    object["metadata"]["name"].as_str().unwrap_or_default()
}

/// The same retry may take up a run of any name.
fn without_name(job: &Value) -> Value {
    let mut job = job.clone();
    if let Some(metadata) = job["metadata"].as_object_mut() {
        metadata.remove("name");
    }
    job
}
