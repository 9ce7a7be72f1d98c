//! What suspend, resume, scale, cancel and delete say beside kubectl's own line.

use super::{count, indexes};
use crate::facts::{Begun, JobFacts, Outcome};
use crate::index_set::IndexSet;
use crate::lifecycle::{self, Refusal, Target, Verb};
use crate::text::{quoted, shown};

/// Why the Job `name` is left as it is: a line without `error:`.
#[must_use]
pub fn refusal(refusal: &Refusal, name: &str) -> String {
    let name = shown(name);
    match refusal {
        Refusal::Finished(outcome) => has_ended(&name, outcome),
        Refusal::Cancelled => format!("job {name} was cancelled"),
        Refusal::Deleting => format!("job {name} is being deleted"),
        Refusal::Queued { queue, verb, .. } => {
            format!("job {name} is in the queue {} of Kueue, which {}", queue.shown(), undoes(*verb))
        }
        Refusal::HalfMade(Begun::ByCreate) => {
            format!("job {name} was begun by a create that did not end; its tasks would start without their items")
        }
        Refusal::HalfMade(Begun::ByRetry) => {
            format!("job {name} was begun by a retry that did not end; it does not know yet which tasks are done")
        }
        Refusal::NotIndexed => format!("job {name} is not Indexed; its pods have no index"),
        Refusal::WouldStop { running, starting, parallelism, indexed } => {
            let (what, start) =
                (there(*running, *starting, *indexed), if running + starting == 1 { "starts" } else { "start" });
            format!(
                "parallelism {parallelism} would stop {what} of job {name}, which {start} again later, from the beginning"
            )
        }
        Refusal::WouldForget { indexes: gone, completions } => format!(
            "with completions {completions} {} of job {name} would be gone, with what they have done",
            indexes(gone)
        ),
        Refusal::CompletionsAlone { .. } => {
            "the API changes completions only together with parallelism, to the same number".to_owned()
        }
        Refusal::Numbered => {
            format!("the tasks of job {name} have numbers of their own; there is no number for another one")
        }
        Refusal::NoLimitPerIndex => format!(
            "job {name} has no backoffLimitPerIndex: no index can be given up, the controller would start it again"
        ),
        Refusal::TooManyFailed { failed, most } => format!(
            "{} of job {name} would have failed, more than maxFailedIndexes {most}: the whole job would fail",
            count(*failed, "index", "indexes")
        ),
    }
}

/// What to type instead; None where nothing helps. `given` are the flags that say which Job is meant.
#[must_use]
pub fn instead(refusal: &Refusal, name: &str, given: &str) -> Option<String> {
    let name = quoted(name);
    let patch = |spec: &str| format!("kubectl patch job {name}{given} --type=merge -p '{{\"spec\":{{{spec}}}}}'");
    Some(match refusal {
        Refusal::Finished(_) | Refusal::Cancelled => format!("kubectl indexedjob describe {name}{given}"),
        Refusal::Deleting => format!("kubectl wait --for=delete job/{name}{given}"),
        Refusal::Queued { uid, verb, .. } => kueue(*verb, uid, &name, given),
        Refusal::HalfMade(Begun::ByCreate) => {
            format!("give the same create command again, or: kubectl indexedjob delete {name}{given}")
        }
        Refusal::HalfMade(Begun::ByRetry) => {
            format!("give the same retry command again, or take it back: kubectl indexedjob retry {name} --undo{given}")
        }
        Refusal::NotIndexed => format!("kubectl describe job {name}{given}"),
        Refusal::WouldStop { parallelism, .. } => format!(
            "stop them: kubectl indexedjob scale {name} --parallelism {parallelism} --now{given}; \
             let them end: kubectl indexedjob suspend {name} --drain{given}"
        ),
        Refusal::WouldForget { completions, .. } => {
            format!(
                "kubectl indexedjob scale {name} --completions {completions} --parallelism {completions} --now{given}"
            )
        }
        Refusal::CompletionsAlone { completions } => {
            format!("kubectl indexedjob scale {name} --completions {completions} --parallelism {completions}{given}")
        }
        Refusal::Numbered => return None,
        Refusal::NoLimitPerIndex => {
            format!(
                "cancel the whole job: kubectl indexedjob cancel {name}{given}; new jobs have it by create --retries"
            )
        }
        Refusal::TooManyFailed { failed, .. } => format!(
            "cancel the whole job: kubectl indexedjob cancel {name}{given}; or let more fail: {}",
            patch(&format!("\"maxFailedIndexes\":{failed}"))
        ),
    })
}

/// What lets a suspended Job run; None where only its queue does. `given` are the flags that say which Job is meant.
#[must_use]
pub fn resumed_by(job: &JobFacts, given: &str) -> Option<String> {
    match job.begun {
        Some(begun) => instead(&Refusal::HalfMade(begun), &job.name, given),
        None if job.queue.is_some() => None,
        None => Some(format!("kubectl indexedjob resume {}{given}", quoted(&job.name))),
    }
}

/// `job x is complete`: how a Job has ended, or is about to.
#[must_use]
pub fn has_ended(name: &str, outcome: &Outcome) -> String {
    let how = match outcome {
        Outcome::Complete => "is complete".to_owned(),
        Outcome::Failed { reason, .. } if reason.is_empty() => "has failed".to_owned(),
        Outcome::Failed { reason, .. } => format!("has failed ({})", reason.shown()),
        Outcome::Deleted | Outcome::Replaced => "is gone".to_owned(),
    };
    format!("job {} {how}", shown(name))
}

/// What Kueue does about it.
fn undoes(verb: Verb) -> &'static str {
    match verb {
        Verb::Suspend | Verb::Drain => "would take it for new and start it again when there is room",
        Verb::Resume => "starts it when there is room, and would suspend it again until then",
        Verb::Scale => "has reserved room for the parallelism that it has, and would queue it anew",
        Verb::Cancel => "would suspend it again before it can end",
    }
}

/// The command by which Kueue itself does it. A Job's Workload carries the Job's uid as a label.
fn kueue(verb: Verb, uid: &str, name: &str, given: &str) -> String {
    let uid = quoted(uid);
    let active = |active: bool| {
        format!(
            "kubectl get workloads.kueue.x-k8s.io -l kueue.x-k8s.io/job-uid={uid} -o name{given} | \
             xargs -I% kubectl patch % --type=merge -p '{{\"spec\":{{\"active\":{active}}}}}'{given}"
        )
    };
    match verb {
        Verb::Suspend | Verb::Drain => active(false),
        Verb::Resume => format!("where it was stopped by hand: {}", active(true)),
        Verb::Scale => format!("stop it, then change it: {}", active(false)),
        Verb::Cancel => format!("kubectl indexedjob delete {name}{given}"),
    }
}

/// `3 running indexes`, `2 running and 1 starting index`; of a Job without indexes they are pods.
fn there(running: u32, starting: u32, indexed: bool) -> String {
    let (one, many) = if indexed { ("index", "indexes") } else { ("pod", "pods") };
    let of = |number: u32| if number == 1 { one } else { many };
    match (running, starting) {
        (running, 0) => format!("{running} running {}", of(running)),
        (0, starting) => format!("{starting} starting {}", of(starting)),
        (running, starting) => format!("{running} running and {starting} starting {}", of(starting)),
    }
}

/// What a suspend has stopped, as `before` tells; None where nothing ran.
#[must_use]
pub fn suspended(before: &JobFacts) -> Option<String> {
    let (running, starting) = before.running_and_starting();
    let (was, what) = (if running + starting == 1 { "was" } else { "were" }, there(running, starting, before.indexed));
    let line = || format!("{what} {was} stopped; resume starts {} from the beginning", them(running + starting));
    (running + starting > 0).then(line)
}

fn them(number: u32) -> &'static str {
    if number == 1 { "it" } else { "them" }
}

/// What a resume lets run: a line each.
#[must_use]
pub fn resumed(before: &Target, after: &JobFacts, given: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let parallelism = after.parallelism.unwrap_or(1);
    if before.former.parallelism.is_some() {
        lines.push(format!("its parallelism, lowered by a drain, is {parallelism} again"));
    }
    if after.indexed {
        let open = after.completions - after.closed().len().min(after.completions);
        lines.push(format!(
            "{} of {} left, {parallelism} at a time",
            count(open, "index", "indexes"),
            after.completions
        ));
    }
    if parallelism == 0 {
        let name = quoted(&after.name);
        lines.push("note: with parallelism 0 nothing starts".to_owned());
        lines.push(format!("hint: kubectl indexedjob scale {name} --parallelism 1{given}"));
    }
    lines
}

/// What a scale has brought about: a line each.
#[must_use]
pub fn scaled(before: &JobFacts, after: &JobFacts) -> Vec<String> {
    let mut lines = Vec::new();
    let parallelism = after.parallelism.unwrap_or(1);
    match lifecycle::stopped(before, parallelism) {
        (0, 0) => {}
        (running, starting) => {
            let what = there(running, starting, before.indexed);
            lines.push(match running + starting {
                1 => format!("{what} is stopped and starts again later, from the beginning"),
                _ => format!("{what} are stopped and start again later, from the beginning"),
            });
        }
    }
    if after.completions > before.completions {
        let new = IndexSet::all(after.completions).difference(&IndexSet::all(before.completions));
        lines.push(format!("{} new; where tasks have items, there are none for them", are(&new)));
    }
    if after.suspended {
        lines.push("note: it is suspended".to_owned());
    }
    lines
}

fn are(set: &IndexSet) -> String {
    format!("{} {}", indexes(set), if set.len() == 1 { "is" } else { "are" })
}

/// Indexes whose Job is not to blame, as `numbers`: why they were not given up.
#[must_use]
pub fn not_cancelled(numbers: &IndexSet, why: NotCancelled) -> String {
    let (what, one) = (indexes(numbers), numbers.len() == 1);
    match why {
        NotCancelled::Succeeded if one => format!("{what} has succeeded"),
        NotCancelled::Succeeded => format!("{what} have succeeded"),
        NotCancelled::Skipped if one => {
            format!("{what} was left out by the retry that made the Job, which does not run it")
        }
        NotCancelled::Skipped => {
            format!("{what} were left out by the retry that made the Job, which does not run them")
        }
        NotCancelled::EndedWell if one => {
            format!("{what} has succeeded: its program ended with 0 when it was told to stop")
        }
        NotCancelled::EndedWell => {
            format!("{what} have succeeded: their programs ended with 0 when they were told to stop")
        }
        NotCancelled::NotStarted if one => format!("{what} has no pod yet, and without one it cannot be cancelled"),
        NotCancelled::NotStarted => format!("{what} have no pods yet, and without them they cannot be cancelled"),
        NotCancelled::StartedAgain => {
            format!("{what}: the controller started new pods, and took no notice of the mark on the old ones")
        }
        NotCancelled::Open if one => format!("{what} is marked, but has not been counted as failed yet"),
        NotCancelled::Open => format!("{what} are marked, but have not been counted as failed yet"),
    }
}

/// Why indexes were not given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCancelled {
    /// They had succeeded before.
    Succeeded,
    /// The Job does not run them.
    Skipped,
    /// They have succeeded since.
    EndedWell,
    /// They have no pod.
    NotStarted,
    /// The mark does not work.
    StartedAgain,
    /// The controller has not said so in time.
    Open,
}

/// What a cancelled Job leaves behind.
#[must_use]
pub fn cancelled(before: &JobFacts) -> String {
    let mut parts = Vec::new();
    let (running, starting) = before.running_and_starting();
    if running + starting > 0 {
        parts.push(format!("{} stopped", there(running, starting, before.indexed)));
    }
    if before.indexed {
        parts.push(format!("{} of {} had succeeded", before.succeeded.len(), before.completions));
    }
    parts.push("finished pods and their logs stay".to_owned());
    parts.join(", ")
}

/// How a drain gets on.
#[must_use]
pub fn draining(running: u32, parallelism: u32) -> String {
    format!("{} left to end, none begins (parallelism {parallelism})", there(running, 0, true))
}

/// What to say when drains are interrupted: `lowered` are the Jobs whose parallelism is lowered, with what it is now and
/// what it was.
#[must_use]
pub fn drain_interrupted<'a>(lowered: impl Iterator<Item = (&'a str, u32, u32)>, given: &str) -> String {
    let lines: Vec<String> = lowered
        .map(|(name, now, own)| {
            let name = quoted(name);
            format!(
                "interrupted; job {name} goes on with parallelism {now}, lowered from {own}\n\
                 hint: kubectl indexedjob scale {name} --parallelism {own}{given}"
            )
        })
        .collect();
    match lines.is_empty() {
        true => "interrupted; no parallelism is left lowered".to_owned(),
        false => lines.join("\n"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::lifecycle::tests::target;

    #[track_caller]
    fn refused(why: &Refusal, line: &str, hint: &str) {
        assert_eq!(refusal(why, "x"), line);
        assert_eq!(instead(why, "x", " -n a").as_deref(), Some(hint));
    }

    #[test]
    fn a_refusal_names_the_job_and_a_command() {
        refused(&Refusal::Finished(Outcome::Complete), "job x is complete", "kubectl indexedjob describe x -n a");
        refused(
            &Refusal::WouldStop { running: 2, starting: 0, parallelism: 1, indexed: true },
            "parallelism 1 would stop 2 running indexes of job x, which start again later, from the beginning",
            "stop them: kubectl indexedjob scale x --parallelism 1 --now -n a; \
             let them end: kubectl indexedjob suspend x --drain -n a",
        );
        refused(
            &Refusal::TooManyFailed { failed: 3, most: 2 },
            "3 indexes of job x would have failed, more than maxFailedIndexes 2: the whole job would fail",
            "cancel the whole job: kubectl indexedjob cancel x -n a; or let more fail: \
             kubectl patch job x -n a --type=merge -p '{\"spec\":{\"maxFailedIndexes\":3}}'",
        );
        refused(
            &Refusal::CompletionsAlone { completions: 9 },
            "the API changes completions only together with parallelism, to the same number",
            "kubectl indexedjob scale x --completions 9 --parallelism 9 -n a",
        );
    }

    #[test]
    fn kueue_is_asked_by_the_workload_of_the_job() {
        let queued = |verb| Refusal::Queued { queue: "te\u{1b}am".into(), uid: "u-1".into(), verb };
        refused(
            &queued(Verb::Suspend),
            "job x is in the queue te^[am of Kueue, which would take it for new and start it again when there is room",
            "kubectl get workloads.kueue.x-k8s.io -l kueue.x-k8s.io/job-uid=u-1 -o name -n a | \
             xargs -I% kubectl patch % --type=merge -p '{\"spec\":{\"active\":false}}' -n a",
        );
        assert_eq!(instead(&queued(Verb::Cancel), "x", "").unwrap(), "kubectl indexedjob delete x");
    }

    #[test]
    fn consequences_are_counted() {
        let job = |active| target(&json!({"status": {"active": active, "completedIndexes": "0"}})).job;
        assert_eq!(suspended(&job(0)), None);
        assert_eq!(suspended(&job(1)).unwrap(), "1 running index was stopped; resume starts it from the beginning");
        assert_eq!(
            suspended(&job(3)).unwrap(),
            "3 running indexes were stopped; resume starts them from the beginning"
        );
        assert_eq!(
            cancelled(&job(3)),
            "3 running indexes stopped, 1 of 5 had succeeded, finished pods and their logs stay"
        );
        let begun = target(&json!({"status": {"active": 3, "ready": 1}})).job;
        assert_eq!(cancelled(&begun).split_once(" stopped").unwrap().0, "1 running and 2 starting indexes");
        let pulling = target(&json!({"status": {"active": 1, "ready": 0}})).job;
        assert_eq!(suspended(&pulling).unwrap(), "1 starting index was stopped; resume starts it from the beginning");
        let after = |parallelism, completions| {
            target(&json!({"spec": {"parallelism": parallelism, "completions": completions}})).job
        };
        assert_eq!(scaled(&job(3), &after(3, 5)), Vec::<String>::new());
        assert_eq!(
            scaled(&job(3), &after(2, 5)),
            ["1 running index is stopped and starts again later, from the beginning"]
        );
        let fewer = ["2 starting indexes are stopped and start again later, from the beginning"];
        assert_eq!(scaled(&begun, &after(1, 5)), fewer, "they are stopped first");
        assert_eq!(
            scaled(&job(3), &after(8, 8)),
            ["indexes 5-7 are new; where tasks have items, there are none for them"]
        );
    }

    #[test]
    fn a_resume_says_what_is_left() {
        let before = target(&json!({"spec": {"suspend": true}, "status": {"completedIndexes": "0,1"}}));
        assert_eq!(resumed(&before, &before.job, ""), ["3 indexes of 5 left, 3 at a time"]);
        let nothing = target(&json!({"spec": {"parallelism": 0}}));
        let want = [
            "5 indexes of 5 left, 0 at a time",
            "note: with parallelism 0 nothing starts",
            "hint: kubectl indexedjob scale x --parallelism 1 -n a",
        ];
        assert_eq!(resumed(&nothing, &nothing.job, " -n a"), want);
    }

    #[test]
    fn indexes_that_were_not_given_up_are_named() {
        let set = |text: &str| text.parse::<IndexSet>().unwrap();
        assert_eq!(not_cancelled(&set("3"), NotCancelled::Succeeded), "index 3 has succeeded");
        assert_eq!(
            not_cancelled(&set("3,5-9"), NotCancelled::NotStarted),
            "indexes 3,5-9 have no pods yet, and without them they cannot be cancelled"
        );
    }
}
