//! `describe NAME...`: all that kubectl describe shows of a Job, and what it never does.

use indexedjob_core::digest;
use indexedjob_core::facts::JobFacts;
use indexedjob_core::progress::JobProgress;
use indexedjob_core::view::describe::{self, Described, Events};
use indexedjob_core::view::ending;
use serde_json::Value;

use super::{Context, observe_failures};
use crate::cli::DescribeArgs;
use crate::clock;
use crate::cluster::{Cluster, Kind};
use crate::exit::Exit;
use crate::failure::Failure;

/// Describes them in their order; one that is missing does not keep the others from being shown.
pub(crate) async fn run(args: DescribeArgs, context: &Context) -> Result<Exit, Failure> {
    let cluster = context.cluster().await?;
    let mut exit = Exit::Done;
    let mut between = "";
    for name in &args.names {
        match one(name.as_str(), &args, &cluster, context).await {
            Ok(text) => {
                if let Err(failure) = context.term.page(&format!("{between}{text}")).await.map_err(Failure::from) {
                    // A reader that has seen enough does not make a missing Job be there.
                    return Ok(exit.worse(failure.tell(&context.term)));
                }
                between = "\n\n";
            }
            Err(failure) => exit = exit.worse(failure.tell(&context.term)),
        }
    }
    Ok(exit)
}

async fn one(name: &str, args: &DescribeArgs, cluster: &Cluster, context: &Context) -> Result<String, Failure> {
    let job = cluster.get(Kind::Job, name).await.map_err(Failure::of_job)?;
    let problems = problems(&job, cluster, context).await?;
    let events = match args.show_events {
        true => Some(cluster.events(name, job["metadata"]["uid"].as_str().unwrap_or_default()).await),
        false => None,
    };
    let events = events.as_ref().map(|read| match read {
        Ok(events) => Events::Read(events),
        Err(error) => Events::Unreadable(error.to_string()),
    });
    let described = Described { job: &job, events, problems: &problems };
    describe::job(&described, clock::now(), &clock::zone()).map_err(Failure::error)
}

/// The causes of failed attempts, a line each; the pods are read only where there is a failure.
async fn problems(job: &Value, cluster: &Cluster, context: &Context) -> Result<Vec<String>, Failure> {
    if job["status"]["failed"].as_u64().unwrap_or(0) == 0 {
        return Ok(vec![]);
    }
    let facts: JobFacts = serde_json::from_value(job.clone()).map_err(Failure::error)?;
    let mut progress = JobProgress::of(facts);
    observe_failures(&mut progress, cluster, &context.term).await;
    let numbering = progress.numbering();
    Ok(digest::failures(&progress).iter().map(|cause| ending::cause(cause, &numbering)).collect())
}
