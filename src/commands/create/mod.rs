//! `create`: a Job from flags, a script or a file, with nothing half-made left behind.
//!
//! - `read`: what comes from files, stdin and `ConfigMaps`

mod read;

use indexedjob_core::manifest::{self, Objects, Problem, Ways};
use indexedjob_core::plan::{Base, Features, OLDEST_MINOR, Plan};
use indexedjob_core::text::{quoted, shown};
use indexedjob_core::view::preview;

use super::made::{name, print_created, printed, random_suffix};
use super::{Context, stay};
use crate::cli::{CreateArgs, DryRun, Form, StayArgs};
use crate::cluster::Cluster;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::launch;
use crate::logs::Indexes;

/// Creates the Job, or shows what would be created.
pub(crate) async fn run(args: CreateArgs, context: &Context) -> Result<Exit, Failure> {
    args.check()?;
    let read = read::all(args, context).await?;
    let options = Options::of(&read.args);
    let (needs_features, source) = (read.args.needs_features(), read.source);
    // What is wrong with the flags is said before any server is asked.
    let plan = read.args.plan(read.inputs, context.connection.namespace.clone(), Features::unasked())?;
    let mut draft = Draft { plan, source, context };
    draft.namespace_fits()?;
    if options.dry_run == DryRun::Client {
        let (objects, ways) = draft.build(&random_suffix())?;
        draft.explain(&ways);
        return draft.show(objects, &options).await;
    }
    draft.build("")?;
    let cluster = draft.scope(context.cluster().await?);
    if needs_features {
        draft.plan.features = features(&cluster).await?;
    }
    let suffix = random_suffix();
    let (wanted, ways) = draft.build(&suffix)?;
    draft.explain(&ways);
    if options.dry_run == DryRun::Server {
        let checked = match options.replace {
            true => launch::rehearse(&wanted, &cluster).await?,
            false => launch::checked(&wanted, &wanted.job, &cluster).await?,
        };
        return draft.show(checked, &options).await;
    }
    draft.warn_of_queue(&cluster).await;
    let given = context.connection.given();
    if options.replace {
        launch::make_room(&wanted, &cluster, &given).await?;
    }
    let build = |suffix: &str| draft.build(suffix).map(|(objects, _)| objects);
    let job = launch::create(build, &suffix, &cluster, &given).await?;
    print_created(&job, options.output, &options.stay, context).await?;
    match options.stay.stays() {
        true => stay::follow(&job, Indexes::All, &options.stay, options.rm, &cluster, context).await,
        false => Ok(Exit::Done),
    }
}

/// What is done with the plan.
struct Options {
    dry_run: DryRun,
    output: Option<Form>,
    replace: bool,
    rm: bool,
    stay: StayArgs,
}

impl Options {
    fn of(args: &CreateArgs) -> Self {
        Self { dry_run: args.dry_run, output: args.output, replace: args.replace, rm: args.rm, stay: args.stay.clone() }
    }
}

/// What the server can do; an older one than any with Indexed Jobs is refused.
async fn features(cluster: &Cluster) -> Result<Features, Failure> {
    let version = cluster.server_version().await?;
    if !version.at_least(1, OLDEST_MINOR) {
        let text = format!("the server is {}, and Indexed Jobs need Kubernetes 1.{OLDEST_MINOR}", shown(&version.text));
        return Err(Failure::error(text));
    }
    Ok(Features::of_minor(version.minor))
}

/// What is to be created.
struct Draft<'a> {
    plan: Plan,
    /// Where the items came from.
    source: Option<String>,
    context: &'a Context,
}

impl Draft<'_> {
    fn build(&self, suffix: &str) -> Result<(Objects, Ways), Failure> {
        Ok(manifest::build(&self.plan, suffix)?)
    }

    /// The namespace that a file names; None where there is no file, or it names none.
    fn namespace(&self) -> Option<&str> {
        let Base::File { job, .. } = &self.plan.base else { return None };
        job["metadata"]["namespace"].as_str()
    }

    /// kubectl's words where a flag names another namespace than the file.
    fn namespace_fits(&self) -> Result<(), Failure> {
        match (self.namespace(), self.context.connection.namespace.as_deref()) {
            (Some(theirs), Some(ours)) if theirs != ours => Err(Failure::usage(format_args!(
                "the namespace from the provided object \"{}\" does not match the namespace \"{}\"",
                shown(theirs),
                shown(ours)
            ))
            .hint(format!("pass -n {}, or leave -n out", quoted(&shown(theirs))))),
            _ => Ok(()),
        }
    }

    /// The connection, in the namespace that a file names.
    fn scope(&self, cluster: Cluster) -> Cluster {
        match self.namespace() {
            Some(namespace) => cluster.in_namespace(namespace),
            None => cluster,
        }
    }

    /// Says what was understood, so that a list that was meant otherwise is noticed, and what else may surprise.
    fn explain(&self, ways: &Ways) {
        let term = &self.context.term;
        if let Some(text) = preview::understood(&self.plan, ways, self.source.as_deref()) {
            term.note(&text);
        }
        for warning in preview::warnings(&self.plan, ways) {
            term.note(&format!("note: {warning}"));
        }
    }

    /// A queue that nobody serves keeps a Job suspended for ever.
    async fn warn_of_queue(&self, cluster: &Cluster) {
        if self.plan.job.queue.is_some() && cluster.has_group("kueue.x-k8s.io").await == Some(false) {
            let text = "note: this cluster has no Kueue; the Job stays suspended until somebody resumes it";
            self.context.term.note(text);
        }
    }

    async fn show(&self, objects: Objects, options: &Options) -> Result<Exit, Failure> {
        let Objects { job, helpers } = objects;
        let name = shown(name(&job)).into_owned();
        let text = match options.output {
            Some(Form::Name) => printed(&[job], Form::Name),
            Some(form) => {
                let mut all = helpers;
                all.push(job);
                printed(&all, form)
            }
            None => {
                let how = if options.dry_run == DryRun::Server { "server dry run" } else { "dry run" };
                format!("job.batch/{name} created ({how})\n{}", preview::tasks(&self.plan, &job))
            }
        };
        self.context.term.page(&text).await?;
        Ok(Exit::Done)
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { hint: problem.hint.clone(), ..Self::usage(problem) }
    }
}
