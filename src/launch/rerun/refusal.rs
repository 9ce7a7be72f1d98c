//! Why a new run of a Job cannot come about, in words.

use indexedjob_core::rerun::Refusal;
use indexedjob_core::text::shown;
use indexedjob_core::view::count;

use crate::failure::Failure;

/// Why the run `name` of the Job `source` cannot come about; `is_raced` where another retry at the same time may have
/// made it, `is_begun` where an earlier retry has begun it. `given` are the flags to repeat in hints.
pub(super) fn why_not_made(
    refusal: &Refusal,
    name: &str,
    source: &str,
    is_raced: bool,
    is_begun: bool,
    given: &str,
) -> Failure {
    let name = shown(name);
    let undo = format!("kubectl indexedjob retry {source} --undo{given}, then retry again");
    match refusal {
        Refusal::Taken | Refusal::HalfMade if is_raced => faster(&name, given),
        Refusal::Taken => Failure::error(format_args!("job {name} already exists"))
            .hint(format!("give the new Job another name by --name, or: kubectl indexedjob delete {name}{given}")),
        Refusal::HalfMade => begun_otherwise(&name, source, given),
        Refusal::Leaving => Failure::error(format_args!("job {name} is being deleted"))
            .hint(format!("kubectl wait --for=delete job/{name}{given}, then retry again")),
        Refusal::Raced => faster(&name, given),
        Refusal::Rival(rival) => faster(&shown(rival), given),
        Refusal::Resumed => {
            Failure::error(format_args!("somebody let job {name} run before it knew what is done")).hint(undo)
        }
        Refusal::Helper(map) => Failure::error(format_args!(
            "configmap {}, which the tasks need, is gone or belongs to something else",
            shown(map)
        )),
        Refusal::Vanished(indexes) => Failure::error(format_args!(
            "the succeeded pods of {} are gone or were taken by another retry",
            count(indexes.len(), "task", "tasks")
        ))
        .hint(match is_begun {
            // Begun that way, it cannot be ended any other.
            true => format!("{undo} with --via=subset"),
            false => format!("kubectl indexedjob retry {source} --via=subset{given}"),
        }),
        Refusal::Strange(indexes) => Failure::error(format_args!(
            "the job controller counts {} of job {name} as done, wrongly",
            count(indexes.len(), "task", "tasks")
        ))
        .hint(undo),
    }
}

/// The run `name` was begun by another retry of `source`.
pub(crate) fn begun_otherwise(name: &str, source: &str, given: &str) -> Failure {
    Failure::error(format_args!("job {name} was begun by a retry with other flags that has not ended; it is suspended"))
        .hint(format!(
            "unless that one is still at work: kubectl indexedjob retry {source} --undo{given}, then retry again"
        ))
}

fn faster(name: &str, given: &str) -> Failure {
    Failure::error(format_args!("another retry was faster and has created job {name}"))
        .hint(format!("kubectl indexedjob wait {name}{given}"))
}
