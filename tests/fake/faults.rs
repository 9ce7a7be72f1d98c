//! Rules that make the server fail.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::Fake;
use super::http::Call;

/// Which requests a [`Fault`] is for.
#[derive(Clone)]
pub(crate) struct On {
    method: Option<&'static str>,
    /// Of a GET: whether it asks for a watch.
    watch: Option<bool>,
    path: String,
    /// Of the requests that match all the rest, the n-th ones, counted from 1.
    nth: RangeInclusive<u64>,
    seen: u64,
}

impl On {
    /// Requests whose path matches the pattern, in which `*` stands for any text.
    pub(crate) fn any(pattern: &str) -> Self {
        Self { method: None, watch: None, path: pattern.into(), nth: 1..=u64::MAX, seen: 0 }
    }

    /// GET, but no watch.
    pub(crate) fn get(pattern: &str) -> Self {
        Self { method: Some("GET"), watch: Some(false), ..Self::any(pattern) }
    }

    pub(crate) fn watch(pattern: &str) -> Self {
        Self { method: Some("GET"), watch: Some(true), ..Self::any(pattern) }
    }

    pub(crate) fn post(pattern: &str) -> Self {
        Self { method: Some("POST"), ..Self::any(pattern) }
    }

    pub(crate) fn patch(pattern: &str) -> Self {
        Self { method: Some("PATCH"), ..Self::any(pattern) }
    }

    pub(crate) fn delete(pattern: &str) -> Self {
        Self { method: Some("DELETE"), ..Self::any(pattern) }
    }

    /// Only the n-th such request, counted from 1 since the rule was made.
    pub(crate) fn nth(self, n: u64) -> Self {
        Self { nth: n..=n, ..self }
    }

    /// Only the first `n` such requests.
    pub(crate) fn first(self, n: u64) -> Self {
        Self { nth: 1..=n, ..self }
    }

    /// All such requests from the n-th on.
    pub(crate) fn from(self, n: u64) -> Self {
        Self { nth: n..=u64::MAX, ..self }
    }

    fn is_about(&self, call: &Call) -> bool {
        self.method.is_none_or(|method| call.method == method)
            && self.watch.is_none_or(|watch| call.is_watch() == watch)
            && glob(&self.path, &call.path)
    }
}

/// What goes wrong. Where nothing else is said, the request is not carried out.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// An error answer, in a real server's words for this code.
    Code(u16),
    /// An error answer with `Retry-After` in seconds.
    RetryAfter(u16, u32),
    /// An error answer with this message.
    Says(u16, &'static str),
    /// The connection closes before an answer.
    Cut,
    /// No answer ever.
    Hang,
    /// The right answer, later.
    Delay(Duration),
    /// The right answer, once this is open.
    Until(Gate),
    /// 200 with half a JSON object.
    Malformed,
    /// Of a watch: 200, then an ERROR event with this code, then the end.
    ErrorEvent(u16),
    /// The request is carried out, and the connection closes before the answer.
    ApplyThenCut,
    /// The request is carried out, and answered with this error.
    ApplyThenCode(u16),
    /// The request is carried out, and never answered.
    ApplyThenHang,
    /// The right answer, of which the connection lets this many chunks (watch frames) pass and half of the next.
    CutFrame(usize),
    /// The right answer, which ends cleanly after this many chunks.
    CloseAfter(usize),
}

/// Holds requests up until a test opens it.
#[derive(Clone, Debug)]
pub(crate) struct Gate(Arc<Semaphore>);

impl Gate {
    pub(crate) fn shut() -> Self {
        Self(Arc::new(Semaphore::new(0)))
    }

    /// Lets through what waits, and all that comes.
    pub(crate) fn open(&self) {
        self.0.close();
    }

    pub(super) async fn passed(&self) {
        // It has no permits; closed, it says so at once.
        let _ = self.0.acquire().await;
    }
}

/// When a hook runs, relative to the write being applied.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    Before,
    After,
}

type Hook = Box<dyn FnOnce() + Send>;

#[derive(Default)]
pub(crate) struct Faults {
    rules: Vec<(On, Fault)>,
    forbidden: Vec<(String, String)>,
    hooks: Vec<(u64, When, Hook)>,
}

impl Faults {
    /// The first rule for this request; every rule that matches counts it.
    pub(crate) fn pick(&mut self, call: &Call) -> Option<Fault> {
        let mut picked = None;
        for (on, fault) in &mut self.rules {
            if on.is_about(call) {
                on.seen += 1;
                if picked.is_none() && on.nth.contains(&on.seen) {
                    picked = Some(fault.clone());
                }
            }
        }
        picked
    }

    pub(crate) fn is_forbidden(&self, verb: &str, resource: &str) -> bool {
        let fits = |rule: &str, word: &str| rule == "*" || rule == word;
        self.forbidden.iter().any(|(v, r)| fits(v, verb) && fits(r, resource))
    }

    /// Takes out the hooks of the k-th write.
    pub(crate) fn hooks_for(&mut self, k: u64, when: When) -> Vec<Hook> {
        let due = |hook: &mut (u64, When, Hook)| hook.0 == k && hook.1 == when;
        self.hooks.extract_if(.., due).map(|(_, _, hook)| hook).collect()
    }
}

impl Fake {
    /// From now on requests like these fail.
    pub(crate) fn fault(&self, on: On, fault: Fault) {
        self.world().faults.rules.push((on, fault));
    }

    /// All goes well again; what is forbidden stays so.
    pub(crate) fn clear_faults(&self) {
        self.world().faults.rules.clear();
    }

    /// 403 for this verb (`get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, `*`) on this resource
    /// (`jobs`, `pods/log`, `*`), and no in access reviews.
    pub(crate) fn forbid(&self, verb: &str, resource: &str) {
        self.world().faults.forbidden.push((verb.into(), resource.into()));
    }

    /// Runs `hook` just before or after the k-th write from now on is applied, counted from 1. A write is a request
    /// that changes an object: dry runs, reviews and refused requests are none. The answer waits for the hook.
    pub(crate) fn on_write(&self, k: u64, when: When, hook: impl FnOnce() + Send + 'static) {
        let mut world = self.world();
        let k = world.journal.writes() + k;
        world.faults.hooks.push((k, when, Box::new(hook)));
    }
}

/// True when the text is the pattern, in which `*` stands for any text.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => {
            let Some(rest) = text.strip_prefix(head) else { return false };
            (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| glob(tail, &rest[at..]))
        }
    }
}
