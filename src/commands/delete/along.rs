//! What goes with a run of a Job that was retried, although other runs count on it: told, or refused, before it is deleted.

use std::collections::BTreeSet;

use indexedjob_core::facts::JobFacts;
use indexedjob_core::index_set::IndexSet;
use indexedjob_core::rerun::{CHAIN, Chain, Run, taken_pods};
use indexedjob_core::text::shown;
use serde_json::Value;

use super::super::{Context, chain};
use crate::cluster::Cluster;
use crate::failure::Failure;

/// What is known of runs before any is deleted.
pub(super) struct Along<'a> {
    cluster: &'a Cluster,
    context: &'a Context,
    /// The later runs of all chains.
    runs: Vec<Value>,
    /// The uids of the Jobs that are to be deleted.
    going: BTreeSet<String>,
}

impl<'a> Along<'a> {
    /// What is to be known before `jobs` are deleted.
    pub(super) async fn new(
        jobs: impl Iterator<Item = &JobFacts>,
        cluster: &'a Cluster,
        context: &'a Context,
    ) -> Result<Self, Failure> {
        let going: BTreeSet<String> = jobs.map(|job| job.uid.clone()).collect();
        let runs = match cluster.later_runs().await {
            _ if going.is_empty() => vec![],
            Err(error) if error.is_forbidden() => {
                context.term.note(&format!("whether a later run needs what is deleted cannot be read: {error}"));
                vec![]
            }
            runs => runs?,
        };
        Ok(Self { cluster, context, runs, going })
    }

    /// Says what others lose with `job`.
    ///
    /// A run that is being made and needs it is a failure: half of what is done would be lost.
    pub(super) async fn tell(&self, job: &JobFacts) -> Result<(), Failure> {
        let is_of_chain = |run: &Value| {
            run["metadata"]["labels"][CHAIN] == job.uid.as_str() || run["metadata"]["uid"] == job.uid.as_str()
        };
        if !self.runs.iter().any(is_of_chain) {
            return Ok(());
        }
        let chain = chain::of_job(&job.name, self.cluster).await?;
        let Some(run) = chain.all().iter().find(|run| run.facts.uid == job.uid) else { return Ok(()) };
        let loss = chain.loss(&self.going);
        if let Some(half_made) = loss.half_made {
            return Err(self.needed(&job.name, &half_made, &chain));
        }
        self.pods(run, &chain).await?;
        if !loss.forgotten.is_empty() && !run.ran().intersection(&loss.forgotten).is_empty() {
            let (name, tasks) = (shown(&job.name), loss.forgotten.compact());
            self.context
                .term
                .note(&format!("only {name} knows that these tasks are done: {tasks}; retry will run them again"));
        }
        let unknown = run.ran().intersection(&loss.unknown);
        if !unknown.is_empty() {
            let (name, tasks) = (shown(&job.name), tasks(&unknown));
            let text = format!("no run that stays has {tasks}: what is known of their ends goes with {name}");
            self.context.term.note(&text);
        }
        Ok(())
    }

    fn needed(&self, name: &str, half_made: &str, chain: &Chain) -> Failure {
        let (first, given) = (shown(chain.first_name()), self.context.connection.given());
        Failure::error(format_args!("job {} is needed: {} is being made of it", shown(name), shown(half_made)))
            .hint(format!("end that first: kubectl indexedjob retry {first}{given}, or retry {first} --undo{given}"))
    }

    /// The pods that `run` took over belong to it now, and go with it.
    async fn pods(&self, run: &Run, chain: &Chain) -> Result<(), Failure> {
        if !run.takes_pods() {
            return Ok(());
        }
        let name = shown(&run.facts.name);
        let pods = self.cluster.ended_pods(&run.facts.pod_selector).await?;
        for (from, count) in taken_pods(run, chain, &pods, &self.going) {
            let from = shown(from);
            let pods = if count == 1 { "pod" } else { "pods" };
            if run.mark.is_some() {
                let given = self.context.connection.given();
                let text = format!("job {name} is half-made and has {count} {pods} of {from} that would go with it");
                return Err(Failure::error(text).hint(format!("kubectl indexedjob retry {from} --undo{given}")));
            }
            self.context
                .term
                .note(&format!("{count} {pods} that {name} took over from {from}, and their logs, go with it"));
        }
        Ok(())
    }
}

/// `task 3`, `tasks 0,2-5`.
fn tasks(numbers: &IndexSet) -> String {
    format!("{} {}", if numbers.len() == 1 { "task" } else { "tasks" }, numbers.compact())
}
