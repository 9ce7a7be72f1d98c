//! How the new Job learns what is done: the first way that works, or the one that was asked for.

use indexedjob_core::rerun::{Ask, Chain, EndedPod, Run, Way, givers_missing};
use indexedjob_core::text::{quoted, shown};

use super::super::Context;
use crate::cli::ViaArg;
use crate::cluster::Cluster;
use crate::failure::Failure;

/// More pods take the job controller of the whole cluster too long.
const MOST_ADOPTED: u32 = 2_000;
/// From so many pods on, others notice.
const NOTICED: u32 = 200;
/// Who has installed the plugin has no `docs/`.
const RBAC: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/docs/rbac.md");

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
        let name = shown(&run.facts.name);
        if via.way().is_some_and(|asked| asked != way) {
            let (typed, given) = (quoted(&run.facts.name), context.connection.given());
            let text = format!("job {name} was begun via {}, and no other way can end it", way.as_str());
            let hint = format!("leave --via out; or kubectl indexedjob retry {typed} --undo{given}, then retry again");
            return Err(Failure::error(text).hint(hint));
        }
        context.term.note(&format!("going on with {name}, which was begun before"));
        return Ok(way);
    }
    let way = match via.way() {
        Some(Way::Status) => {
            if !cluster.may_patch_job_status().await? {
                return Err(no_status(cluster, context));
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

fn no_status(cluster: &Cluster, context: &Context) -> Failure {
    let place = format!("-n {}{}", cluster.namespace(), context.connection.given_of_cluster());
    Failure::error("--via=status needs the right to patch jobs/status, which neither edit nor admin has").hint(format!(
        "leave --via out; or ask for the Role in {RBAC}, then check with: \
         kubectl auth can-i patch jobs --subresource=status {place}"
    ))
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
    after_status("you may not patch jobs/status", chain, asked, cluster, context).await
}

/// The first way that works without `rights`.
async fn after_status(
    rights: &str,
    chain: &Chain,
    asked: &Ask<'_>,
    cluster: &Cluster,
    context: &Context,
) -> Result<Way, Failure> {
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

/// The next way, where the server does not let the user go this one, for `why`; a policy may forbid what the roles allow.
pub(super) async fn instead(
    way: Way,
    why: Failure,
    chain: &Chain,
    asked: &Ask<'_>,
    cluster: &Cluster,
    context: &Context,
) -> Result<Way, Failure> {
    let said = why.message.as_deref().unwrap_or_default();
    match way {
        Way::Status => {
            context.term.note(&format!("via status is not possible: {said}"));
            after_status("jobs/status may not be patched", chain, asked, cluster, context).await
        }
        Way::Adopt => {
            context.term.note(&format!("via adopt is not possible: {said}"));
            Ok(Way::Subset)
        }
        Way::Subset => Err(why),
    }
}

/// Why the pods cannot be taken over; None where they can.
async fn why_not_adopt(chain: &Chain, asked: &Ask<'_>, cluster: &Cluster) -> Result<Option<String>, Failure> {
    if !asked.skipped.is_empty() {
        return Ok(Some(match asked.skipped.len() {
            1 => "a task that is not done was not picked, and its pod tells of no success".to_owned(),
            skipped => format!("{skipped} tasks that are not done were not picked, and their pods tell of no success"),
        }));
    }
    if asked.done.len() > MOST_ADOPTED {
        return Ok(Some(format!(
            "{} pods would have to change hands, and {MOST_ADOPTED} are the most",
            asked.done.len()
        )));
    }
    let mut pods: Vec<EndedPod> = Vec::new();
    for run in chain.like(asked.base) {
        pods.extend(cluster.ended_pods(&run.facts.pod_selector).await?);
    }
    let missing = givers_missing(&asked.done, &pods);
    Ok((!missing.is_empty()).then(|| match missing.len() {
        1 => "the pod of a done task is gone".to_owned(),
        missing => format!("the pods of {missing} done tasks are gone"),
    }))
}
