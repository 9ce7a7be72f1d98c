//! What the program says, where more than one test expects it.

/// `create`, `wait` and the rest about a Job that is not there.
pub(crate) fn no_job(name: &str) -> String {
    format!("Error from server (NotFound): jobs.batch \"{name}\" not found\n")
}

/// The hint of a request that is not allowed in the namespace `default`.
pub(crate) fn ask_for_the_right(verb: &str, resource: &str) -> String {
    format!("hint: ask for the right, then check with: kubectl auth can-i {verb} {resource} -n default\n")
}

/// The hint where a Job is missing in the namespace `default`.
pub(crate) const WHICH_JOBS: &str = "hint: see which Jobs there are: kubectl indexedjob list -n default\n";

/// kubectl's line when a wait is over.
pub(crate) fn condition_met(name: &str) -> String {
    format!("job.batch/{name} condition met\n")
}

/// kubectl's line when a Job was created.
pub(crate) fn created(name: &str) -> String {
    format!("job.batch/{name} created\n")
}

/// What the API says of a failed Job.
pub(crate) const FAILED_INDEXES: (&str, &str) = ("FailedIndexes", "Job has failed indexes");
