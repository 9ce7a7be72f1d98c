//! `create`: a Job from flags or from a file, with nothing half-made left behind.

use std::hash::{BuildHasher, RandomState};
use std::io::Read;

use indexedjob_core::manifest::{self, Objects, Problem};
use indexedjob_core::plan::{Features, OLDEST_MINOR, Plan};
use indexedjob_core::text::{plainly, shown};
use indexedjob_core::view::{count, objects, preview};
use indexedjob_core::work::Work;
use indexedjob_core::yaml;
use serde_json::Value;

use super::Context;
use crate::cli::{CreateArgs, DryRun, Form, JobName, Source};
use crate::cluster::Cluster;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::launch;

/// Creates the Job, or shows what would be created.
pub(crate) async fn run(args: CreateArgs, context: &Context) -> Result<Exit, Failure> {
    let (dry_run, form) = (args.dry_run, args.output);
    let namespace = context.connection.namespace.clone();
    // What is wrong with the flags is said before any server is asked.
    let source = args.clone().source(namespace.clone(), Features::newest())?;
    let draft = Draft::read(source).await?;
    if dry_run == DryRun::Client {
        return draft.show(draft.build(&random_suffix())?, dry_run, form, context).await;
    }
    let cluster = draft.scope(context.cluster().await?)?;
    let draft = match args.needs_features() {
        true => Draft::read(args.source(namespace, features(&cluster).await?)?).await?,
        false => draft,
    };
    if dry_run == DryRun::Server {
        return draft.show(draft.checked_by(&cluster).await?, dry_run, form, context).await;
    }
    let given = context.connection.given();
    let job = launch::create(|suffix| draft.build(suffix), &random_suffix(), &cluster, &given).await?;
    draft.explain(context);
    print_created(&job, form, context).await
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
enum Draft {
    /// From flags.
    Plan(Plan),
    /// From a file, as it is there.
    File(Objects),
}

impl Draft {
    async fn read(source: Source) -> Result<Self, Failure> {
        Ok(match source {
            Source::Flags(plan) => {
                manifest::build(&plan, "")?;
                Self::Plan(plan)
            }
            Source::File { path, name } => {
                Self::File(Objects { job: from_file(&path, name.as_ref()).await?, helpers: vec![] })
            }
        })
    }

    fn build(&self, suffix: &str) -> Result<Objects, Failure> {
        match self {
            Self::Plan(plan) => Ok(manifest::build(plan, suffix)?),
            Self::File(objects) => Ok(objects.clone()),
        }
    }

    /// The connection, in the namespace that a file names; kubectl's words where a flag names another.
    fn scope(&self, cluster: Cluster) -> Result<Cluster, Failure> {
        let Self::File(Objects { job, .. }) = self else { return Ok(cluster) };
        match job["metadata"]["namespace"].as_str() {
            Some(theirs) if cluster.namespace_is_explicit() && theirs != cluster.namespace() => {
                Err(Failure::usage(format_args!(
                    "the namespace from the provided object {theirs:?} does not match the namespace {:?}",
                    cluster.namespace()
                ))
                .hint(format!("pass -n {theirs}, or leave -n out")))
            }
            Some(theirs) => Ok(cluster.in_namespace(theirs)),
            None => Ok(cluster),
        }
    }

    /// Says what was understood, so that a list that was meant otherwise is noticed.
    fn explain(&self, context: &Context) {
        if let Self::Plan(Plan { work: work @ Work::Items(_), delivery, .. }) = self {
            let items = count(work.completions(), "item, in", "items, each in");
            context.term.note(&format!("{items} {}", delivery.path));
        }
    }

    /// The objects as the server would have them.
    async fn checked_by(&self, cluster: &Cluster) -> Result<Objects, Failure> {
        let wanted = self.build(&random_suffix())?;
        let mut checked = Objects { job: cluster.create(&wanted.job, true).await?, helpers: vec![] };
        launch::kept(&wanted, &checked.job)?;
        for helper in &wanted.helpers {
            checked.helpers.push(cluster.create(helper, true).await?);
        }
        Ok(checked)
    }

    async fn show(
        &self,
        objects: Objects,
        dry_run: DryRun,
        form: Option<Form>,
        context: &Context,
    ) -> Result<Exit, Failure> {
        let Objects { job, helpers } = objects;
        let name = shown(name(&job)).into_owned();
        let text = match form {
            Some(Form::Name) => printed(&[job], Form::Name),
            Some(form) => {
                let mut all = helpers;
                all.push(job);
                printed(&all, form)
            }
            None => {
                let table = if let Self::Plan(plan) = self { preview::tasks(plan) } else { String::new() };
                let how = if dry_run == DryRun::Server { "server dry run" } else { "dry run" };
                format!("job.batch/{name} created ({how})\n{table}")
            }
        };
        context.term.page(&text).await?;
        Ok(Exit::Done)
    }
}

async fn print_created(job: &Value, form: Option<Form>, context: &Context) -> Result<Exit, Failure> {
    let text = match form {
        None => format!("job.batch/{} created\n", shown(name(job))),
        Some(form) => printed(std::slice::from_ref(job), form),
    };
    context.term.page(&text).await?;
    Ok(Exit::Done)
}

fn printed(objects: &[Value], form: Form) -> String {
    match form {
        Form::Name => objects.iter().map(|object| ["job.batch/", &shown(name(object)), "\n"].concat()).collect(),
        Form::Yaml => objects::yaml(objects),
        Form::Json => objects::json(objects),
    }
}

/// Reads the Job of a file; `-` is stdin.
async fn from_file(path: &str, wanted: Option<&JobName>) -> Result<Value, Failure> {
    let shown = match path {
        "-" => "stdin",
        "" => "''",
        path => path,
    };
    if path.starts_with("http://") || path.starts_with("https://") {
        let failure = Failure::usage(format_args!("cannot read {path}: it is a URL, not a file"));
        return Err(failure.hint(format!("curl -fsSL {path} | kubectl indexedjob create -f -")));
    }
    let source = path.to_owned();
    // A terminal or a slow pipe keeps a read waiting, which must not keep Ctrl-C from being seen.
    let read = tokio::task::spawn_blocking(move || match source.as_str() {
        "-" => {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }
        file => std::fs::read(file),
    });
    let read = read.await.map_err(Failure::error)?;
    let bytes = read.map_err(|error| Failure::usage(format_args!("cannot read {shown}: {}", plainly(&error))))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format_args!("{shown} is not UTF-8 text")))?;
    let documents = yaml::documents(&text).map_err(|error| Failure::usage(format_args!("{shown}: {error}")))?;
    let job = manifest::from_file(documents).map_err(|problem| within(shown, problem))?;
    match wanted {
        Some(wanted) if wanted.as_str() != name(&job) => {
            let text = format!("{shown} holds Job {:?}, not {:?}", name(&job), wanted.as_str());
            Err(Failure::usage(text).hint("leave NAME out: with -f the Job is created as the file has it"))
        }
        _ => Ok(job),
    }
}

fn within(file: &str, problem: Problem) -> Failure {
    let failure = Failure::usage(format_args!("{file}: {problem}"));
    Failure { hint: problem.hint, ..failure }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self { hint: problem.hint.clone(), ..Self::usage(problem) }
    }
}

/// Five letters and digits, as the API server ends generated names.
fn random_suffix() -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut random = RandomState::new().hash_one(0);
    let mut letter = || {
        let at = usize::try_from(random % LETTERS.len() as u64).unwrap_or(0);
        random /= LETTERS.len() as u64;
        char::from(LETTERS[at])
    };
    (0..5).map(|_| letter()).collect()
}

fn name(object: &Value) -> &str {
    let metadata = &object["metadata"];
    metadata["name"].as_str().or_else(|| metadata["generateName"].as_str()).unwrap_or_default()
}
