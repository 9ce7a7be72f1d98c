//! How the lines of one log are written: prefix, time and text, or JSON.

use indexedjob_core::text::shown;
use indexedjob_core::view::log::{Origin, prefix, push_json, push_safe};

use super::options::{Form, Look};

/// Writes lines of one log.
#[derive(Clone, Debug)]
pub(super) struct Scribe {
    look: Look,
    origin: Origin,
    prefix: String,
}

impl Scribe {
    pub(super) fn new(look: Look, origin: Origin) -> Self {
        let prefix = if look.prefix { prefix(&origin, look.parts, look.palette) } else { String::new() };
        Self { look, origin, prefix }
    }

    /// With this prefix, of nobody in particular.
    #[cfg(test)]
    pub(super) fn of_prefix(prefix: &str, look: Look) -> Self {
        let number = indexedjob_core::numbering::Number(0);
        let [job, pod, container] = ["x", "p", "w"].map(str::to_owned);
        let origin = Origin { job, number, attempt: 1, pod, container };
        Self { look, origin, prefix: prefix.to_owned() }
    }

    /// Does a last line that has no newline get one?
    pub(super) fn ends_last_line(&self) -> bool {
        self.look.ends_last_line()
    }

    /// Is every line a JSON object?
    pub(super) fn is_json(&self) -> bool {
        self.look.form == Form::Json
    }

    /// What of a line's time is written, the space after it included: as many bytes.
    pub(super) fn time_length(&self, time: &[u8]) -> usize {
        if self.look.timestamps && !self.is_json() && !time.is_empty() { time.len() + 1 } else { 0 }
    }

    /// Begins a line: prefix, and so many bytes of its time.
    pub(super) fn begin(&self, time: &[u8], length: usize, out: &mut Vec<u8>) {
        out.extend_from_slice(self.prefix.as_bytes());
        out.extend(time.iter().chain(b" ").take(length));
    }

    /// Goes on with a line.
    pub(super) fn text(&self, text: &[u8], out: &mut Vec<u8>) {
        match self.look.form {
            Form::Safe => push_safe(text, out),
            Form::Raw | Form::Json => out.extend_from_slice(text),
        }
    }

    /// A line, or a piece of one, as JSON. `partial`: no newline follows.
    pub(super) fn json(&self, time: &[u8], text: &[u8], partial: bool, out: &mut Vec<u8>) {
        push_json(&self.origin, time, text, partial, out);
    }

    /// How notes call the log: `index 3`, `index 3, attempt 2`, `index 3, container side`.
    pub(super) fn name(&self) -> String {
        let Origin { number, attempt, container, .. } = &self.origin;
        let attempt = if *attempt > 1 { format!(", attempt {attempt}") } else { String::new() };
        let container =
            if self.look.parts.container { format!(", container {}", shown(container)) } else { String::new() };
        format!("index {number}{attempt}{container}")
    }

    /// Where the lines come from.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }
}
