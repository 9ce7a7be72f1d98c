//! `status NAME`: what each index of a Job is doing.
//!
//! - `look`: the Job with as few pods as the answer needs; `watch`: the same again and again

mod look;
mod watch;

use std::io::{self, Write};

use indexedjob_core::digest;
use indexedjob_core::view::ending;
use indexedjob_core::view::map::{self, Map};
use indexedjob_core::view::status::{self, Look, Rows, Status};

pub(super) use self::look::items;
use self::look::{Seen, Wanted, look, look_at_chain};
use super::{Context, input, target};
use crate::cli::{StatusArgs, StatusForm};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::{Block, Term};

/// How many rows a table has where there is no screen.
const ROWS: usize = 50;
/// So much of a screen is left for what stands around the rows.
const AROUND: usize = 12;
/// The fewest rows, on however low a screen.
const FEWEST: usize = 5;

/// Looks once, or with `--watch` until the Job ends.
pub(crate) async fn run(mut args: StatusArgs, context: &Context) -> Result<Exit, Failure> {
    if args.watch && !StatusForm::is_table(args.output) {
        return Err(Failure::usage("--watch shows tables and maps; leave out -o, or --watch")
            .hint("kubectl indexedjob wait NAME --progress=json tells a program how a Job gets on"));
    }
    let selection = input::selection(&args.selection).await?;
    let (form, is_whole) = (args.output, args.selection.is_given());
    let wanted = Wanted { selection, form, sort: args.sort.into(), map: args.map, is_whole };
    let cluster = context.cluster().await?;
    args.name = target::read_one(args.name, &cluster, context).await?;
    match (args.watch, args.chain) {
        (true, true) => return watch::run_of_chain(&args, &wanted, &cluster, context).await,
        (true, false) => return watch::run(&args, &wanted, &cluster, context).await,
        (false, _) => {}
    }
    let seen = match args.chain {
        true => look_at_chain(args.name.as_str(), &wanted, &cluster, context).await?,
        false => look(args.name.as_str(), &wanted, &cluster, context).await?,
    };
    let chosen = wanted.selection.indexes(&seen.progress).map_err(Failure::usage)?;
    if chosen.is_empty() {
        context.term.note(&nothing(&args, &wanted));
        if StatusForm::is_table(args.output) {
            return Ok(seen.exit);
        }
    }
    let (shape, exit) = (Shape::of(&args, &wanted, &context.term), seen.exit);
    let next = next(&args, &seen, context);
    context.term.write(move |out| show(&seen.status(&chosen), &shape, out)).await?;
    if let Some(next) = next {
        context.term.note(&format!("hint: {next}"));
    }
    Ok(exit)
}

/// What somebody who looks at a failure may want next; a program wants nothing.
fn next(args: &StatusArgs, seen: &Seen, context: &Context) -> Option<String> {
    if !context.term.stdout_is_terminal() || !StatusForm::is_table(args.output) {
        return None;
    }
    let causes = digest::failures(&seen.progress, None);
    ending::next(args.name.as_str(), &seen.progress, &causes, &context.connection.given())
}

/// Why there is no table.
fn nothing(args: &StatusArgs, wanted: &Wanted) -> String {
    match wanted.selection.is_nothing() {
        true => "no index is selected: the set is empty".to_owned(),
        false => format!("no index of job {} is selected", args.name.as_str()),
    }
}

/// How the status is shown.
#[derive(Clone, Copy)]
struct Shape {
    form: Option<StatusForm>,
    map: bool,
    look: Look,
}

impl Shape {
    fn of(args: &StatusArgs, wanted: &Wanted, term: &Term) -> Self {
        let rows = term.height().map_or(ROWS, |height| height.saturating_sub(AROUND).max(FEWEST));
        let look = Look {
            wide: args.output == Some(StatusForm::Wide),
            rows: if wanted.is_whole { Rows::All } else { Rows::Screen(rows) },
            sort: args.sort.into(),
            width: term.width(),
            palette: term.palette(),
        };
        Self { form: args.output, map: args.map, look }
    }
}

/// Writes the status in its form.
fn show(shown: &Status, shape: &Shape, out: &mut dyn Write) -> io::Result<()> {
    let sort = shape.look.sort;
    match shape.form {
        _ if shape.map => {
            let Map { rows, legend } = drawn(shown, shape);
            write!(out, "{rows}{legend}")
        }
        None | Some(StatusForm::Wide) => status::page(shown, &shape.look, out),
        Some(StatusForm::Json) => status::json(shown, sort, out),
        Some(StatusForm::Yaml) => status::yaml(shown, sort, out),
        Some(StatusForm::Csv) => status::csv(shown, sort, out),
        Some(StatusForm::Ranges) => status::ranges(shown, out),
        Some(StatusForm::Lines) => status::lines(shown, sort, out),
        Some(StatusForm::Name) => status::names(shown, sort, out),
    }
}

/// The same in two parts, of which the second stays on however low a screen: table or map.
fn block(shown: &Status, shape: &Shape) -> io::Result<Block> {
    if shape.map {
        let Map { rows, legend } = drawn(shown, shape);
        return Ok(Block { body: rows, foot: legend });
    }
    let (mut body, mut foot) = (Vec::new(), Vec::new());
    status::rows(shown, &shape.look, &mut body)?;
    status::summary(shown, &shape.look, &mut foot)?;
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Block { body: text(body), foot: text(foot) })
}

fn drawn(shown: &Status, shape: &Shape) -> Map {
    map::map(shown.tasks(shape.look.sort), shown.chosen.len(), shape.look.width, shape.look.palette)
}
