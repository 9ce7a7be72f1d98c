//! What `create` reads before it plans: a manifest, a script and its directives, items.

use indexedjob_core::manifest;
use indexedjob_core::plan::Base;
use indexedjob_core::text::{self, shown};
use indexedjob_core::work::{self, Items, MapList};
use indexedjob_core::yaml;

use super::super::Context;
use super::super::input::{bytes, called};
use crate::cli::{CreateArgs, Inputs, ItemsSource};
use crate::cluster::Kind;
use crate::failure::Failure;

/// What was read.
pub(super) struct Found {
    /// The flags, with the directives of the script.
    pub(super) args: CreateArgs,
    /// What was read for them.
    pub(super) inputs: Inputs,
    /// What the items came from, for people.
    pub(super) source: Option<String>,
}

/// Reads all that `args` name.
pub(super) async fn all(args: CreateArgs, context: &Context) -> Result<Found, Failure> {
    let (args, script) = with_script(args, context).await?;
    let base = match args.filename() {
        Some(path) => Some(base(path, args.work.is_given()).await?),
        None => None,
    };
    let (items, source) = match args.work.source() {
        Some(source) => {
            let (items, source) = items(&args, source, context).await?;
            (Some(items), Some(source))
        }
        None => (None, None),
    };
    Ok(Found { inputs: Inputs { base, items, script, stdin_is_pipe: stdin_is_pipe() }, args, source })
}

/// The script, if there is one, and the flags with its directives.
async fn with_script(args: CreateArgs, context: &Context) -> Result<(CreateArgs, Option<Vec<u8>>), Failure> {
    let Some(path) = args.script().map(str::to_owned) else { return Ok((args, None)) };
    let script = bytes(&path).await?;
    let shown = called(&path);
    if !work::has_shebang(&script) {
        let failure = Failure::usage(format_args!("{shown}: the first line does not begin with #!"));
        return Err(failure.hint("begin it with the program that runs it: #!/bin/sh"));
    }
    let directives = work::directives(&script).map_err(|error| {
        let failure = Failure::usage(format_args!("{shown}: {error}"));
        Failure { hint: error.hint, ..failure }
    })?;
    if !directives.ignored.is_empty() {
        let ignored = text::shown(&directives.ignored.join(", ")).into_owned();
        context.term.note(&format!("note: {shown}: these #SBATCH options mean nothing here: {ignored}"));
    }
    if let (Some(theirs), Some(ours)) = (&directives.name, args.name()) {
        let (theirs, ours) = (text::shown(theirs), text::shown(ours));
        let text =
            format!("note: {shown}: the Job is called {ours}, not {theirs}; arguments of the script stand behind --");
        context.term.note(&text);
    }
    let args = args.with_directives(&shown, directives)?;
    args.check()?;
    Ok((args, Some(script)))
}

/// The items, and what they came from.
async fn items(args: &CreateArgs, source: ItemsSource<'_>, context: &Context) -> Result<(Items, String), Failure> {
    let (bytes, file, shown) = match source {
        ItemsSource::File(path) => (bytes(path).await?, path.to_owned(), called(path)),
        ItemsSource::ConfigMap { name, key } => {
            let shown = format!("configmap/{}", shown(name));
            let map = context.cluster().await?.get(Kind::ConfigMap, name).await?;
            let list = work::of_config_map(&map, key);
            match list.map_err(|error| Failure::usage(format_args!("{shown}: {error}")))? {
                MapList::Items(items) => return Ok((items, shown)),
                MapList::File { key, bytes } => (bytes, key.clone(), format!("{shown}/{}", text::shown(&key))),
            }
        }
    };
    let format = args.work.format(&file);
    let items = format.read(&bytes).map_err(|error| Failure::usage(format_args!("{shown}: {error}")))?;
    Ok((items, shown))
}

/// The Job or PodTemplate of a file. Where no flag says what the tasks are, the file must.
async fn base(path: &str, work_is_given: bool) -> Result<Base, Failure> {
    let (shown, quoted) = (called(path), text::shown(&text::quoted(path)).into_owned());
    if path.starts_with("http://") || path.starts_with("https://") {
        let failure = Failure::usage(format_args!("cannot read {shown}: it is a URL, not a file"));
        return Err(failure.hint(format!("curl -fsSL {quoted} | kubectl indexedjob create -f -")));
    }
    let bytes = bytes(path).await?;
    if bytes.starts_with(b"#!") {
        let failure = Failure::usage(format_args!("{shown} is a script, not a manifest"));
        return Err(failure.hint(format!("kubectl indexedjob create NAME --image IMAGE --script {quoted}")));
    }
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format_args!("{shown} is not UTF-8 text")))?;
    let documents = yaml::documents(&text).map_err(|error| Failure::usage(format_args!("{shown}: {error}")))?;
    let base = manifest::from_file(documents).map_err(|problem| of_file(&shown, problem))?;
    if let (Base::File { job, .. }, false) = (&base, work_is_given) {
        manifest::is_indexed(job).map_err(|problem| of_file(&shown, problem))?;
    }
    Ok(base)
}

/// Does somebody write to this program? Without `--items-from -` nobody reads it.
#[cfg(unix)]
fn stdin_is_pipe() -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    std::fs::metadata("/dev/stdin").is_ok_and(|stdin| stdin.file_type().is_fifo())
}

#[cfg(not(unix))]
fn stdin_is_pipe() -> bool {
    false
}

fn of_file(file: &str, problem: manifest::Problem) -> Failure {
    let failure = Failure::usage(format_args!("{file}: {problem}"));
    Failure { hint: problem.hint, ..failure }
}
