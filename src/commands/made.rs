//! What verbs that make Jobs have in common: what they print, and names that nothing else has.

use std::hash::{BuildHasher, RandomState};

use indexedjob_core::text::shown;
use indexedjob_core::view::objects;
use serde_json::Value;

use super::Context;
use crate::cli::{Form, StayArgs};
use crate::failure::Failure;
use crate::term::Line;

/// Says that `job` was created, in kubectl's words or as it was asked for.
pub(super) async fn print_created(
    job: &Value,
    form: Option<Form>,
    stay: &StayArgs,
    context: &Context,
) -> Result<(), Failure> {
    let created = || format!("job.batch/{} created", shown(name(job)));
    match form {
        None if stay.has_stdout() => context.term.note(&created()),
        None => context.term.line(Line::Data, &created())?,
        Some(form) => context.term.page(&printed(std::slice::from_ref(job), form)).await?,
    }
    Ok(())
}

/// The text of `objects`.
pub(super) fn printed(objects: &[Value], form: Form) -> String {
    match form {
        Form::Name => objects.iter().map(|object| ["job.batch/", &shown(name(object)), "\n"].concat()).collect(),
        Form::Yaml => objects::yaml(objects),
        Form::Json => objects::json(objects),
    }
}

/// Five letters and digits, as the API server ends generated names.
pub(super) fn random_suffix() -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let mut random = RandomState::new().hash_one(0);
    let mut letter = || {
        let at = usize::try_from(random % LETTERS.len() as u64).unwrap_or(0);
        random /= LETTERS.len() as u64;
        char::from(LETTERS[at])
    };
    (0..5).map(|_| letter()).collect()
}

/// What `object` is called, or how its name begins.
pub(super) fn name(object: &Value) -> &str {
    let metadata = &object["metadata"];
    metadata["name"].as_str().or_else(|| metadata["generateName"].as_str()).unwrap_or_default()
}
