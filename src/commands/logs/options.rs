//! The flags of `logs` as what `logs/` takes.

use indexedjob_core::view::log::Parts;

use crate::cli::{AttemptArg, LogsArgs, LogsOutput, OrderArg, PrefixArg};
use crate::failure::Failure;
use crate::logs::{Attempts, Containers, Cut, Expected, Form, LogsOptions, Look};
use crate::term::Term;

/// What is wanted; lines have no prefix yet.
pub(super) fn options(args: &LogsArgs, several_jobs: bool, term: &Term) -> Result<LogsOptions, Failure> {
    check(args)?;
    let containers = match &args.container {
        Some(name) => Containers::Named(name.clone()),
        None if args.all_containers => Containers::All,
        None => Containers::Default,
    };
    let form = match args.output {
        Some(LogsOutput::Json) => Form::Json,
        Some(LogsOutput::Raw) => Form::Raw,
        None => Form::on(term.stdout_is_terminal()),
    };
    let all = args.follow && !args.previous || args.save.is_some();
    let attempts = match args.attempt {
        None if all => Attempts::All,
        None | Some(AttemptArg::Last) => Attempts::Last,
        Some(AttemptArg::All) => Attempts::All,
        Some(AttemptArg::Nth(nth)) => Attempts::Nth(nth as usize),
    };
    let parts = Parts { job: several_jobs, container: args.all_containers };
    let look = Look { form, prefix: false, parts, palette: term.palette(), timestamps: args.timestamps };
    let (tail, since_seconds) = (args.tail.0, args.since);
    let cut = Cut { tail, since_seconds, since_time: args.since_time, limit_bytes: args.limit_bytes };
    // A file has the bytes of its log and nothing else.
    let look = if args.save.is_some() { Look { parts, ..Look::default() } } else { look };
    let (previous, kept) = (args.previous, args.save.is_some());
    Ok(LogsOptions { containers, attempts, previous, cut, look, expected: Expected::Some, kept })
}

/// The flags that do not go together.
fn check(args: &LogsArgs) -> Result<(), Failure> {
    let by_time = args.order == OrderArg::Time;
    let json = args.output == Some(LogsOutput::Json);
    let wrong = |text: &str| Err(Failure::usage(text));
    match args.limit_bytes {
        _ if by_time && args.follow => {
            wrong("--order=time cannot be used with --follow: lines that are followed come as they are written")
        }
        Some(_) if by_time => wrong("--limit-bytes cannot be used with --order=time"),
        Some(_) if json => wrong("--limit-bytes cannot be used with --output=json"),
        _ => Ok(()),
    }
}

/// Does every line begin with where it comes from? `many`: there may be more than one log.
pub(super) fn prefix(args: &LogsArgs, many: bool, term: &Term) -> bool {
    let json = args.output == Some(LogsOutput::Json);
    match args.prefix {
        _ if json || args.save.is_some() => false,
        PrefixArg::Always => true,
        PrefixArg::Never => false,
        // Lines of many logs among each other say nothing without it.
        PrefixArg::Auto => many && (args.follow || args.order == OrderArg::Time || term.stdout_is_terminal()),
    }
}
