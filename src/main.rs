//! kubectl-indexedjob: a kubectl plugin for Kubernetes Indexed Jobs.
//!
//! The map. Imports go down only; `tests/it/house.rs` holds the same map as a table and fails on an upward one.
//!
//! - `core/` (the crate `indexedjob_core`): everything that can be computed without a cluster, a terminal or a clock.
//!   Its `lib.rs` is its map.
//! - [`commands`]: one file per verb: fetch, compute, show
//! - [`launch`]: protocols that change the cluster, step by step
//! - [`logs`]: which attempt's log is meant, and all logs as they are written
//! - [`failure`]: an end that did not go well: line, hint, exit code
//! - [`cluster`]: the only place that names kube
//! - [`term`]: the only place that writes to stdout and stderr
//! - [`settings`]: a user's own defaults, from variables and a file
//! - [`cli`]: the command line
//! - [`clock`], [`env`], [`exit`]: now, the environment, the exit codes
//!
//! A reader's path: `commands/wait/mod.rs`, then `core/src/progress/mod.rs`, then `core/src/view/line.rs`.

mod cli;
mod clock;
mod cluster;
mod commands;
mod env;
mod exit;
mod failure;
mod launch;
mod logs;
mod settings;
mod term;

use std::cell::RefCell;
use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::Arc;

use crate::cli::{Cli, ColorArg, Stop, Verb};
use crate::commands::Context;
use crate::env::Env;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::term::{Color, Term};

fn main() -> ExitCode {
    let env = Env::snapshot();
    let term = Term::new(&env);
    let args: Vec<OsString> = std::env::args_os().collect();
    if let Some(words) = cli::words(&args) {
        return complete(&words, &env, &term).into();
    }
    let ended = match parsed(args, &env) {
        Ok(Cli { verb: Verb::Completion(args), .. }) => commands::completion::run(&args, &term),
        Ok(cli) => in_runtime(cli, env, &term),
        Err(Stop::Print(text)) => term.out(&text).map(|()| Exit::Done).map_err(Failure::from),
        Err(Stop::Usage(usage)) => Err(usage.into()),
    };
    ended.unwrap_or_else(|failure| failure.tell(&term)).into()
}

/// Reads the line with the user's own defaults. Defaults that are wrong keep nobody from asking how to set them right.
fn parsed(args: Vec<OsString>, env: &Env) -> Result<Cli, Stop> {
    let defaults = settings::read(env).map_err(Stop::Usage);
    let wrong = match defaults.and_then(|defaults| cli::parse_with(args.clone(), &defaults)) {
        Err(Stop::Usage(wrong)) => wrong,
        parsed => return parsed,
    };
    match cli::parse_with(args, &[]) {
        Ok(cli) if cli.goes_without_defaults() => Ok(cli),
        Err(Stop::Print(text)) => Err(Stop::Print(text)),
        _ => Err(Stop::Usage(wrong)),
    }
}

/// Completes a line that is being typed. Whatever goes wrong, it says nothing: it would stand in the middle of that line.
fn complete(words: &[String], env: &Env, term: &Term) -> Exit {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return Exit::Done };
    let _ = runtime.block_on(commands::complete::run(cli::typing(words), env, term));
    runtime.shutdown_background();
    Exit::Done
}

/// Runs a verb that talks to a cluster, until it ends or a signal comes.
fn in_runtime(cli: Cli, env: Env, term: &Term) -> Result<Exit, Failure> {
    term.set_color(match cli.color {
        ColorArg::Auto => Color::Auto,
        ColorArg::Always => Color::Always,
        ColorArg::Never => Color::Never,
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::error(format_args!("cannot start: {error}")))?;
    let left_alone = RefCell::new(cli.left_alone());
    let context = Context {
        connection: cli.connection,
        env,
        term: term.clone(),
        left_alone,
        typed: cli.typed,
        warnings: Arc::default(),
    };
    let ended = runtime.block_on(async {
        tokio::select! {
            ended = commands::run(cli.verb, &context) => ended,
            exit = signal() => {
                term.clear();
                if let Some(text) = context.left_alone.borrow().as_ref() {
                    term.note(text);
                }
                Ok(exit)
            }
        }
    });
    // A thread that is stuck in a write or a read of stdin must not hold the program.
    runtime.shutdown_background();
    ended
}

/// Waits for the first signal that ends the program. Dropping what runs is the whole cancellation: the Job is left alone.
#[cfg(unix)]
async fn signal() -> Exit {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        // Without handlers the signals end the process as they always do.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => Exit::Interrupted,
        _ = terminate.recv() => Exit::Terminated,
    }
}

/// Waits for Ctrl-C or Ctrl-Break; or for the end of the console or of Windows, which leave a moment.
#[cfg(windows)]
async fn signal() -> Exit {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
    let (Ok(mut interrupt), Ok(mut stop), Ok(mut close), Ok(mut shutdown)) =
        (ctrl_c(), ctrl_break(), ctrl_close(), ctrl_shutdown())
    else {
        // Without handlers they end the process as they always do.
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => Exit::Interrupted,
        _ = stop.recv() => Exit::Interrupted,
        _ = close.recv() => Exit::Terminated,
        _ = shutdown.recv() => Exit::Terminated,
    }
}
