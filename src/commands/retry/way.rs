//! How the new Job learns what is done: the first way that works, or the one that was asked for.

use indexedjob_core::rerun::{Ask, Chain, EndedPod, Run, Way, givers_missing};
use indexedjob_core::text::shown;

use super::super::Context;
use crate::cli::ViaArg;
use crate::cluster::Cluster;
use crate::failure::Failure;

/// More pods take the job controller of the whole cluster too long.
const MOST_ADOPTED: u32 = 2_000;
/// From so many pods on, others notice.
const NOTICED: u32 = 200;

/// The way; `begun` is a run that an earlier retry has begun, and whose way is gone on with.
pub(super) async fn choose(
    via: ViaArg,
    begun: Option<&Run>,
    chain: &Chain,
    asked: &Ask<'_>,
    cluster: &Cluster,
    context: &Context,
) -> Result<Way, Failure> {
    let begun = begun.and_then(|run| Some((run, run.mark.as_ref()?.way)));
    if let Some((run, way)) = begun {
        context.term.note(&format!("going on with {}, which was begun before", shown(&run.facts.name)));
        return Ok(way);
    }
    let way = match via.way() {
        Some(Way::Status) => {
            if !cluster.may_patch_job_status().await? {
                return Err(no_status());
            }
            Way::Status
        }
        Some(Way::Adopt) => match why_not_adopt(chain, asked, cluster).await? {
            Some(why) => {
                return Err(Failure::error(format_args!("--via=adopt is not possible: {why}"))
                    .hint("leave --via out, or give --via=subset"));
            }
            None => Way::Adopt,
        },
        Some(Way::Subset) => Way::Subset,
        None => first_that_works(chain, asked, cluster, context).await?,
    };
    let pods = asked.done.len();
    if way == Way::Adopt && pods > NOTICED {
        context.term.note(&format!(
            "note: the job controller counts {pods} pods, about 20 a second for the whole cluster; other Jobs wait meanwhile"
        ));
    }
    Ok(way)
}

fn no_status() -> Failure {
    Failure::error("--via=status needs the right to patch jobs/status, which neither edit nor admin has").hint(
        "kubectl auth can-i patch jobs --subresource=status; leave --via out, or ask for the Role in docs/rerunning.md",
    )
}

async fn first_that_works(
    chain: &Chain,
    asked: &Ask<'_>,
    cluster: &Cluster,
    context: &Context,
) -> Result<Way, Failure> {
    if asked.done.is_empty() || cluster.may_patch_job_status().await? {
        return Ok(Way::Status);
    }
    let rights = "you may not patch jobs/status";
    match why_not_adopt(chain, asked, cluster).await? {
        None => {
            context.term.note(&format!("via adopt: {rights}"));
            Ok(Way::Adopt)
        }
        Some(why) => {
            context.term.note(&format!("via subset: {rights}, and {why}"));
            Ok(Way::Subset)
        }
    }
}

/// Why the pods cannot be taken over; None where they can.
async fn why_not_adopt(chain: &Chain, asked: &Ask<'_>, cluster: &Cluster) -> Result<Option<String>, Failure> {
    if !asked.skipped.is_empty() {
        return Ok(Some(format!("{} tasks that are not done were not picked", asked.skipped.len())));
    }
    if asked.done.len() > MOST_ADOPTED {
        return Ok(Some(format!(
            "{} pods would have to change hands, and {MOST_ADOPTED} are the most",
            asked.done.len()
        )));
    }
    let mut pods: Vec<EndedPod> = Vec::new();
    for run in chain.all() {
        // Only pods whose indexes are those of the new Job.
        if run.facts.completions == asked.base.facts.completions {
            pods.extend(cluster.ended_pods(&run.facts.pod_selector).await?);
        }
    }
    let missing = givers_missing(&asked.done, &pods);
    Ok((!missing.is_empty()).then(|| format!("the pods of {} done tasks are gone", missing.len())))
}
