//! The run that shall come about, and the forms that its Job has until then.

use serde_json::{Value, json};

use super::{CompletedIndexes, DONE, Mark, QUEUE, RETRYING, SHARED, Way, annotation};
use crate::index_set::IndexSet;
use crate::manifest::QUEUE_LABEL;

/// Annotations are at most 256 KiB together; a longer list of what is done stands in the source alone.
const DONE_BYTES: usize = 96 << 10;

/// The run that shall come about.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// The Job as it is once released.
    pub job: Value,
    /// Its mark until then.
    pub mark: Mark,
    /// Its indexes that are done; none in a subset.
    pub done: CompletedIndexes,
    /// New objects that it needs, without owner.
    pub helpers: Vec<Value>,
    /// `ConfigMaps` of its source that it needs, too.
    pub shared: Vec<String>,
    /// The uids of the Jobs whose pods it may take over.
    pub givers: Vec<String>,
}

impl Wanted {
    /// What a run that was begun still wants, when nothing is known but itself. None where it does not say what is done,
    /// or where it needs objects that its source would tell of.
    #[must_use]
    pub fn of_half_made(job: &Value) -> Option<Self> {
        let mark = Mark::of(job).filter(|mark| mark.way != Way::Subset)?;
        let completions = job["spec"]["completions"].as_u64().and_then(|count| u32::try_from(count).ok())?;
        let done = CompletedIndexes::new(&IndexSet::from_api(annotation(job, DONE)?, completions), completions).ok()?;
        let mut wanted = job.clone();
        if let Some(queue) = annotation(job, QUEUE) {
            wanted["metadata"]["labels"][QUEUE_LABEL] = json!(queue);
        }
        // Those that are the user's own stay with him; these may have gone with the source.
        let shared =
            annotation(job, SHARED).into_iter().flat_map(|names| names.split(',')).map(str::to_owned).collect();
        Some(Self { job: wanted, mark, done, helpers: vec![], shared, givers: vec![] })
    }

    /// The Job as it is first sent: suspended, marked, with what is done in an annotation, and in no queue yet.
    #[must_use]
    pub fn first_form(&self) -> Value {
        let mut job = self.job.clone();
        job["spec"]["suspend"] = json!(true);
        let queue = job["metadata"]["labels"].as_object_mut().and_then(|labels| labels.remove(QUEUE_LABEL));
        let annotations = &mut job["metadata"]["annotations"];
        annotations[RETRYING] = json!(self.mark.text());
        if self.done.text().len() <= DONE_BYTES {
            annotations[DONE] = json!(self.done.text());
        }
        if !self.shared.is_empty() {
            annotations[SHARED] = json!(self.shared.join(","));
        }
        if let Some(queue) = queue {
            annotations[QUEUE] = queue;
        }
        job
    }
}

/// The patch that takes the mark away and lets the Job run, or gives it to its queue. It carries the uid and no
/// resourceVersion: the controller writes the status of a suspended Job at any moment.
pub(super) fn release(wanted: &Wanted, job: &Value) -> Value {
    let annotations = json!({RETRYING: null, DONE: null, QUEUE: null, SHARED: null});
    let mut patch = json!({"metadata": {"uid": job["metadata"]["uid"], "annotations": annotations}});
    let queue = |job: &Value| job["metadata"]["labels"][QUEUE_LABEL].as_str().map(str::to_owned);
    match (queue(&wanted.job), queue(job)) {
        (Some(asked), given) if given.as_ref() != Some(&asked) => {
            patch["metadata"]["labels"] = json!({QUEUE_LABEL: asked});
        }
        (_, Some(_)) => {}
        (_, None) => patch["spec"] = json!({"suspend": false}),
    }
    patch
}
