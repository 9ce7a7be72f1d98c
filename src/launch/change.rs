//! Changes one Job by one patch, decided anew whenever the Job has changed meanwhile.

use indexedjob_core::lifecycle::{Change, Refusal, Target};
use indexedjob_core::text::shown;
use indexedjob_core::view::lifecycle;
use serde_json::Value;

use crate::cluster::{Backoff, Cluster, ClusterError, Kind};
use crate::exit::Exit;
use crate::failure::Failure;

/// How often a change is tried that others come in the way of, or whose answer is lost.
const TRIES: u32 = 8;

/// Whether something is done, or only tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is done.
    Real,
    /// Nothing is sent.
    Client,
    /// The server checks it.
    Server,
}

impl Mode {
    /// What follows kubectl's line.
    pub(crate) fn suffix(self) -> &'static str {
        match self {
            Self::Real => "",
            Self::Client => " (dry run)",
            Self::Server => " (server dry run)",
        }
    }
}

/// What has become of a Job.
#[derive(Clone, Debug)]
pub(crate) struct Changed {
    /// The Job that the decision was made on.
    pub(crate) before: Target,
    /// The Job as the server returned it; `before` where nothing was sent.
    pub(crate) after: Target,
    /// False where it was so already.
    pub(crate) was_needed: bool,
}

impl Changed {
    /// kubectl's line: `job.batch/x suspended`.
    pub(crate) fn line(&self, done: &str, mode: Mode) -> String {
        let unchanged = if self.was_needed { "" } else { " (no change)" };
        format!("job.batch/{} {done}{unchanged}{}\n", self.before.job.name, mode.suffix())
    }
}

/// Changes the Job `name` as `decide` says of it. `given` are the flags to repeat in hints.
///
/// A conflict, or an answer that did not come, is answered by another look and another decision: what is sent may be sent
/// twice.
pub(crate) async fn change(
    name: &str,
    cluster: &Cluster,
    mode: Mode,
    given: &str,
    decide: impl Fn(&Target) -> Result<Change, Refusal>,
) -> Result<Changed, Failure> {
    let (mut backoff, mut tries) = (Backoff::default(), 0);
    let mut uid: Option<String> = None;
    // The Job that was patched without an answer.
    let mut sent_on: Option<Target> = None;
    loop {
        let before = look(name, cluster).await?;
        if *uid.get_or_insert_with(|| before.job.uid.clone()) != before.job.uid {
            return Err(replaced(name));
        }
        let decision = decide(&before).map_err(|refusal| refused(&refusal, name, given))?;
        let Change::Patch(patch) = decision else {
            let was_needed = sent_on.is_some();
            return Ok(Changed { after: before.clone(), before: sent_on.unwrap_or(before), was_needed });
        };
        let answer = match mode {
            Mode::Real => cluster.patch(Kind::Job, name, &patch).await,
            Mode::Server => cluster.rehearse_patch(Kind::Job, name, &patch).await,
            Mode::Client => return Ok(Changed { after: before.clone(), before, was_needed: true }),
        };
        tries += 1;
        match answer {
            Ok(job) => return Ok(Changed { before, after: read(name, &job)?, was_needed: true }),
            Err(error) if error.is_conflict() && tries < TRIES => {}
            Err(error) if may_repeat(&error) && tries < TRIES => drop(sent_on.get_or_insert(before)),
            Err(error) => return Err(Failure::of_job(error)),
        }
        tokio::time::sleep(backoff.next()).await;
    }
}

/// Is it worth another look and another try?
pub(crate) fn may_repeat(error: &ClusterError) -> bool {
    error.is_conflict() || error.is_passing()
}

/// The Job as it is now.
pub(crate) async fn look(name: &str, cluster: &Cluster) -> Result<Target, Failure> {
    let job = cluster.get(Kind::Job, name).await.map_err(Failure::of_job)?;
    read(name, &job)
}

/// The Job in `job`.
pub(super) fn read(name: &str, job: &Value) -> Result<Target, Failure> {
    Target::read(job).map_err(|error| Failure::error(format_args!("job {} makes no sense: {error}", shown(name))))
}

/// Why nothing is done.
pub(crate) fn refused(refusal: &Refusal, name: &str, given: &str) -> Failure {
    let line = lifecycle::refusal(refusal, name);
    let failure = match refusal {
        Refusal::NotIndexed | Refusal::CompletionsAlone { .. } | Refusal::Numbered => Failure::usage(line),
        _ => Failure::error(line),
    };
    Failure { hint: lifecycle::instead(refusal, name, given), ..failure }
}

/// Somebody has deleted the Job in the middle, and made another one.
pub(crate) fn replaced(name: &str) -> Failure {
    let text = format!("job {} was deleted, and another job has its name now", shown(name));
    Failure { exit: Exit::NoJob, ..Failure::error(text) }
}
