//! `logs NAME...`: the logs of all indexes or of some, once, as they are written, or into files.

mod files;
mod options;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use futures::StreamExt as _;
use futures::future::join_all;
use indexedjob_core::facts::{JobFacts, Outcome};
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::numbering::Index;
use indexedjob_core::progress::{IndexState, JobProgress};
use indexedjob_core::select::Selection;
use indexedjob_core::view::ending;
use indexedjob_core::view::lifecycle::resumed_by;

use super::{Context, chain, input, observe_attempts, observe_open, target, why_pods_are_missing};
use crate::cli::{JobName, LogsArgs, OrderArg};
use crate::cluster::{Cluster, Phases};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::logs::{Expected, Indexes, LogsOptions, Picked, Reading, follow_all, read_by_time, read_in_order};

/// Reads what is there, or follows what comes.
pub(crate) async fn run(args: LogsArgs, context: &Context) -> Result<Exit, Failure> {
    let mut names: Vec<JobName> = Vec::new();
    for name in &args.names {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let mut options = options::options(&args, names.len() > 1, &context.term)?;
    let selection = input::selection(&args.selection).await?;
    if selection.numbers.is_some() {
        options.expected = Expected::Each;
    }
    if selection.is_nothing() {
        context.term.note("no index is selected");
        return Ok(Exit::Done);
    }
    let cluster = context.cluster().await?;
    let names = target::read(names, &cluster, context).await?;
    let given = context.connection.given();
    let reading = Reading::new(&cluster, &context.term, args.max_log_requests as usize, given);
    let logs = Logs { args: &args, names, selection, options, cluster, reading, context };
    let ended = match (&args.save, args.follow && !args.previous) {
        (Some(directory), _) => logs.save(directory).await,
        (None, true) => Ok(logs.follow().await),
        (None, false) => logs.print().await,
    }?;
    Ok(if args.ignore_errors && ended == Exit::Error { Exit::Done } else { ended })
}

struct Logs<'a> {
    args: &'a LogsArgs,
    names: Vec<JobName>,
    selection: Selection,
    options: LogsOptions,
    cluster: Cluster,
    reading: Arc<Reading>,
    context: &'a Context,
}

impl Logs<'_> {
    /// Prints the logs that are there.
    async fn print(mut self) -> Result<Exit, Failure> {
        let (mut all, mut exit) = (Vec::new(), Exit::Done);
        for name in &self.names {
            match self.picked(name).await {
                Ok(picked) => all.push((name, picked)),
                Err(failure) => exit = exit.worse(self.failed(name, failure)?),
            }
        }
        let logs: Vec<_> = all.iter_mut().flat_map(|(_, picked)| std::mem::take(&mut picked.logs)).collect();
        self.options.look.prefix = options::prefix(self.args, logs.len() > 1, &self.context.term);
        exit = exit.worse(match self.args.order {
            OrderArg::Index => read_in_order(&self.reading, logs, &self.options).await?,
            OrderArg::Time => read_by_time(&self.reading, logs, &self.options).await?,
        });
        for (name, picked) in &all {
            exit = exit.worse(self.tell_missing(name, picked));
        }
        Ok(exit)
    }

    /// Follows the logs of all Jobs; the worst end speaks for all.
    async fn follow(mut self) -> Exit {
        let one = self.selection.numbers.as_ref().is_some_and(|numbers| numbers.len() == 1);
        let many = !one || self.names.len() > 1 || self.args.all_containers;
        self.options.look.prefix = options::prefix(self.args, many, &self.context.term);
        let jobs = self.names.iter().map(|name| async {
            let ended = self.follow_one(name).await;
            ended.unwrap_or_else(|failure| self.told(name, failure))
        });
        join_all(jobs).await.into_iter().fold(Exit::Done, Exit::worse)
    }

    async fn follow_one(&self, name: &JobName) -> Result<Exit, Failure> {
        let job = self.job(name).await?;
        let mut indexes = Indexes::All;
        if !self.selection.is_all() {
            let (_, these) = self.selected(job.clone()).await?;
            if these.is_empty() {
                self.say(name, "no index is selected");
                return Ok(Exit::Done);
            }
            indexes = Indexes::These(these);
        }
        let seen = RefCell::new(JobProgress::of(job.clone()));
        let jobs = self.cluster.watch_job(&job.name).inspect(|change| {
            if let Ok(change) = change {
                seen.borrow_mut().observe(change.clone());
            }
        });
        let read = follow_all(&self.reading, &job, jobs, indexes, &self.options).await?;
        Ok(read.worse(self.tell_if_gone(&seen.borrow())))
    }

    /// Says that the Job was deleted while its logs were followed, where that is how it ended.
    fn tell_if_gone(&self, progress: &JobProgress) -> Exit {
        let gone = progress.verdict().filter(|end| matches!(end.outcome, Outcome::Deleted | Outcome::Replaced));
        let (Some(end), Some(job)) = (gone, progress.job()) else { return Exit::Done };
        if let Some(line) = ending::outcome(&job.name, end, progress) {
            self.context.term.note(&line);
        }
        Exit::NoJob
    }

    /// The logs of one Job that are there, and why others are not.
    async fn picked(&self, name: &JobName) -> Result<Picked, Failure> {
        let job = self.job(name).await?;
        let (mut progress, indexes) = self.selected(job).await?;
        if indexes.is_empty() {
            self.say(name, "no index is selected");
            return Ok(Picked::default());
        }
        let known = self.selection.needs_pods() && self.phases() == Phases::Any;
        if !known {
            let these = (!self.selection.is_all()).then(|| indexes.clone());
            observe_attempts(&mut progress, &self.cluster, these).await?;
        }
        chain::observe_earlier(&mut progress, &indexes, &self.cluster).await?;
        self.ask_why_missing(&mut progress, &indexes).await;
        if let Some(job) = progress.job() {
            chain::tell_if_retried(job, &self.cluster, &self.context.term).await;
        }
        let picked = Picked::of(&progress, &indexes, &self.options).map_err(Failure::error)?;
        for choice in picked.choices() {
            self.say(name, &choice);
        }
        Ok(picked)
    }

    /// Asks why indexes that are meant have no pod, where there are fewer than there should be.
    async fn ask_why_missing(&self, progress: &mut JobProgress, indexes: &IndexSet) {
        let Some(job) = progress.job().filter(|job| job.pods_missing() > 0) else { return };
        if indexes.iter().any(|index| progress.state(Index(index)) == Some(IndexState::Pending)) {
            let events = why_pods_are_missing(job, &self.cluster, &self.context.term).await;
            progress.observe_events(&events.unwrap_or_default());
        }
    }

    /// The indexes of a Job that are selected, and what had to be known for that.
    async fn selected(&self, job: JobFacts) -> Result<(JobProgress, IndexSet), Failure> {
        let candidates = self.selection.candidates(&job).map_err(Failure::usage)?;
        let mut progress = JobProgress::of(job);
        if self.selection.needs_pods() {
            let these = self.selection.numbers.is_some().then_some(candidates);
            match self.phases() {
                Phases::NotSucceeded => observe_open(&mut progress, &self.cluster, these).await?,
                _ => observe_attempts(&mut progress, &self.cluster, these).await?,
            }
        }
        let indexes = self.selection.indexes(&progress).map_err(Failure::usage)?;
        Ok((progress, indexes))
    }

    /// Which pods tell the states that are asked for: success is told by the Job.
    fn phases(&self) -> Phases {
        let done = |states: &BTreeSet<_>| !states.contains(&IndexState::Succeeded);
        match self.selection.states.as_ref().is_some_and(done) {
            true => Phases::NotSucceeded,
            false => Phases::Any,
        }
    }

    /// The Job, whose pods must have indexes.
    async fn job(&self, name: &JobName) -> Result<JobFacts, Failure> {
        let name = name.as_str();
        let job = self.cluster.job(name).await.map_err(Failure::of_job)?;
        if !job.indexed {
            return Err(Failure::usage(format_args!("job {name} is not Indexed; its pods have no index"))
                .hint(format!("kubectl logs job/{name}{}", self.context.connection.given())));
        }
        Ok(job)
    }

    /// Why one Job cannot be read: with several, it is told, and the others are read.
    fn failed(&self, name: &JobName, failure: Failure) -> Result<Exit, Failure> {
        if self.names.len() == 1 {
            return Err(failure);
        }
        Ok(self.told(name, failure))
    }

    /// Tells why one Job cannot be read; kubectl's words may name it already.
    fn told(&self, name: &JobName, failure: Failure) -> Exit {
        let is_named = |message: &&String| message.contains(&format!("\"{}\"", name.as_str()));
        if let Some(message) = failure.message.as_ref().filter(|message| !is_named(message)) {
            self.say(name, message);
            return Failure { message: None, ..failure }.tell(&self.context.term);
        }
        failure.tell(&self.context.term)
    }

    /// Says what could not be read, and how to wait for it.
    fn tell_missing(&self, name: &JobName, picked: &Picked) -> Exit {
        for line in picked.absent() {
            self.say(name, &line);
        }
        let missing: Vec<_> = picked.missing().collect();
        for line in &missing {
            self.say(name, &format!("error: {line}"));
        }
        let (to_come, given) = (picked.to_come(), self.context.connection.given());
        let follow = || format!("kubectl indexedjob logs {} --index {} -f{given}", name.as_str(), to_come.compact());
        let hint = match &picked.suspended {
            Some(job) => resumed_by(job, &given),
            None => (!to_come.is_empty()).then(follow),
        };
        if let Some(hint) = hint {
            self.context.term.note(&format!("hint: {hint}"));
        }
        if missing.is_empty() { Exit::Done } else { Exit::Error }
    }

    /// Says something of one Job.
    fn say(&self, name: &JobName, text: &str) {
        match (self.names.len(), text.strip_prefix("error: ")) {
            (1, _) => self.context.term.note(text),
            (_, Some(text)) => self.context.term.note(&format!("error: {}: {text}", name.as_str())),
            (_, None) => self.context.term.note(&format!("{}: {text}", name.as_str())),
        }
    }
}
