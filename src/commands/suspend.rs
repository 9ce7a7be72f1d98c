//! `suspend NAME...` and `resume NAME...`: stops Jobs, at once or when what runs has ended, and lets them run again.

use std::cell::RefCell;
use std::time::Duration;

use futures::future::join_all;
use indexedjob_core::facts::Outcome;
use indexedjob_core::lifecycle;
use indexedjob_core::view::lifecycle as view;

use super::{Context, target};
use crate::cli::{ResumeArgs, SuspendArgs};
use crate::cluster::Cluster;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::launch::{self, Drain, Drained, Lowered, Mode};
use crate::term::Wish;

/// The least time between two lines of a drain.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(2);

/// Suspends one after the other; drains all at once.
pub(crate) async fn run(args: SuspendArgs, context: &Context) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let names = target::names(&args.targets, target::is_open, &cluster, context).await?;
    if args.drain {
        return Ok(drain(&names, &cluster, context).await);
    }
    let (mode, given) = (Mode::from(args.how), context.connection.given());
    let suspend = async |name: &str| {
        let suspended = launch::change(name, &cluster, mode, &given, lifecycle::suspend).await?;
        context.term.out(&suspended.line("suspended", mode))?;
        if let (Some(line), true, Mode::Real) = (view::suspended(&suspended.before.job), suspended.was_needed, mode) {
            context.term.note(&line);
        }
        Ok(Exit::Done)
    };
    Ok(target::each(&names, context, suspend).await)
}

/// Resumes one after the other.
pub(crate) async fn resume(args: ResumeArgs, context: &Context) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let names = target::names(&args.targets, target::is_open, &cluster, context).await?;
    let (mode, given) = (Mode::from(args.how), context.connection.given());
    let resume = async |name: &str| {
        let resumed = launch::change(name, &cluster, mode, &given, lifecycle::resume).await?;
        context.term.out(&resumed.line("resumed", mode))?;
        if resumed.was_needed && mode != Mode::Client {
            for line in view::resumed(&resumed.before, &resumed.after.job, &given) {
                context.term.note(&line);
            }
        }
        Ok(Exit::Done)
    };
    Ok(target::each(&names, context, resume).await)
}

/// Drains them, all at once; the worst end speaks for all.
async fn drain(names: &[String], cluster: &Cluster, context: &Context) -> Exit {
    let given = context.connection.given();
    let sink = RefCell::new(context.term.progress(Wish::Auto, PROGRESS_INTERVAL));
    let lowered = RefCell::new(Lowered::default());
    let drain = async |name: &str| {
        let told = |running, parallelism| {
            let line = view::draining(running, parallelism);
            // Without progress to see, it goes on all the same.
            let _ = sink.borrow_mut().show(name, || line.clone(), |_| format!("{name}: {line}"));
        };
        let changed = |parallelism| {
            lowered.borrow_mut().set(name, parallelism);
            context.on_interrupt(lowered.borrow().on_interrupt(&given));
        };
        let ended = Drain { name, cluster, given: &given, told: &told, changed: &changed }.run().await;
        sink.borrow_mut().done(name);
        ended.and_then(|ended| tell(name, &ended, context)).unwrap_or_else(|failure| failure.tell(&context.term))
    };
    join_all(names.iter().map(|name| drain(name))).await.into_iter().fold(Exit::Done, Exit::worse)
}

fn tell(name: &str, ended: &Drained, context: &Context) -> Result<Exit, Failure> {
    match ended {
        Drained::Suspended => context.term.out(&format!("job.batch/{name} suspended\n"))?,
        Drained::NoChange => context.term.out(&format!("job.batch/{name} suspended (no change)\n"))?,
        Drained::Ended(outcome) => {
            context.term.note(&format!("{}; there is nothing left to suspend", view::has_ended(name, outcome)));
            return Ok(if *outcome == Outcome::Complete { Exit::Done } else { Exit::OtherEnd });
        }
    }
    Ok(Exit::Done)
}
