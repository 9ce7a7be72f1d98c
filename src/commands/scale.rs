//! `scale NAME...`: how many pods may run at a time, how many indexes there are.

use indexedjob_core::lifecycle;
use indexedjob_core::view::lifecycle as view;

use super::{Context, target};
use crate::cli::ScaleArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::launch::{self, Mode};

/// Scales one after the other.
pub(crate) async fn run(args: ScaleArgs, context: &Context) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let names = target::names(&args.targets, target::is_open, &cluster, context).await?;
    let (wish, mode, given) = (args.wish(), Mode::from(args.how), context.connection.given());
    let scale = async |name: &str| {
        let decide = |target: &_| lifecycle::scale(target, &wish);
        let scaled = launch::change(name, &cluster, mode, &given, decide).await?;
        context.term.out(&scaled.line("scaled", mode))?;
        if scaled.was_needed && mode != Mode::Client {
            for line in view::scaled(&scaled.before.job, &scaled.after.job) {
                context.term.note(&line);
            }
        }
        Ok(Exit::Done)
    };
    Ok(target::each(&names, context, scale).await)
}
