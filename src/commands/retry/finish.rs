//! A run that was begun is ended although the Job that it was cloned from is gone: it knows itself what is done.

use indexedjob_core::rerun::{Chain, Wanted};
use indexedjob_core::text::{quoted, shown};

use super::super::Context;
use super::super::made::printed;
use super::{Made, selectors};
use crate::cli::{DryRun, RetryArgs};
use crate::cluster::Cluster;
use crate::exit::Exit;
use crate::failure::Failure;

/// Ends the run of `chain` that was begun, as it was begun.
pub(super) async fn run(
    chain: &Chain,
    args: &RetryArgs,
    cluster: &Cluster,
    context: &Context,
) -> Result<Exit, Failure> {
    let given = context.connection.given();
    let begun = chain.half_made().ok_or_else(|| Failure::error("there is no run to go on with"))?;
    let name = &begun.facts.name;
    let (told, typed) = (shown(name), quoted(name));
    let gone = format!("job {told} was begun by a retry that did not end, and the Job that it came from is gone");
    let Some(wanted) = Wanted::of_half_made(&begun.json) else {
        return Err(Failure::error(gone).hint(format!("kubectl delete job {typed}{given}")));
    };
    if args.is_changed() {
        let text = format!("{gone}: it can only be ended as it was begun");
        let hint = format!(
            "kubectl indexedjob retry {typed}{given} ends it; \
             kubectl indexedjob retry {typed} --undo{given} takes it back"
        );
        return Err(Failure::usage(text).hint(hint));
    }
    let how = match args.dry_run {
        DryRun::None => {
            context.term.note(&format!("going on with {told}, which was begun before"));
            let source = (name.clone(), begun.facts.uid.clone());
            let selectors = selectors(chain, begun);
            let made = Made { wanted, begun: Some(begun.facts.uid.clone()), source, selectors };
            return Ok(made.launch(chain, args, cluster, context).await?);
        }
        DryRun::Client => "dry run",
        DryRun::Server => "server dry run",
    };
    context.term.note(&format!("would go on with {told}, which was begun before"));
    let text = match args.output {
        Some(form) => printed(std::slice::from_ref(&wanted.job), form),
        None => format!("job.batch/{told} created ({how})\n"),
    };
    context.term.page(&text).await?;
    Ok(Exit::Done)
}
