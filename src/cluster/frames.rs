//! The frames of one open watch: lines of JSON, bounded in length and in silence.

use std::time::Duration;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _};
use tokio::time::Instant;

use super::ClusterError;
use super::bytes::ByteStream;
use super::error::Asked;
use super::watched::Watched;

/// One event. A Job of 100,000 indexes has a status of 0.4 MB, and etcd keeps no object above 1.5 MB.
const FRAME_LIMIT: u64 = 8 << 20;
/// A watch that says nothing for so long may be dead. Servers send a bookmark about once a minute, and another look
/// costs one request.
const SILENCE: Duration = Duration::from_secs(90);

/// The events of one open watch.
pub(super) struct Events {
    bytes: ByteStream,
    opened: Instant,
    line: Vec<u8>,
}

/// One event of a watch, or its end.
pub(super) enum Event<C> {
    Change(C),
    /// A sign of life, or of no concern.
    Nothing,
    /// The server closed it, or it fell silent.
    End,
    /// It broke, or the server sent an error.
    Broken(ClusterError),
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    #[expect(dead_code, reason = "read as what its type says, in a second pass")]
    object: IgnoredAny,
}

#[derive(Deserialize)]
struct Frame<T> {
    object: T,
}

impl Events {
    pub(super) fn new(bytes: ByteStream) -> Self {
        Self { bytes, opened: Instant::now(), line: Vec::new() }
    }

    /// How long it has been open.
    pub(super) fn age(&self) -> Duration {
        self.opened.elapsed()
    }

    /// The next event about `watched`, which was asked for as `asked` says.
    pub(super) async fn next<W: Watched>(&mut self, watched: &W, asked: &Asked) -> Event<W::Change> {
        self.line.clear();
        let mut bounded = (&mut self.bytes).take(FRAME_LIMIT);
        let read = tokio::time::timeout(SILENCE, bounded.read_until(b'\n', &mut self.line)).await;
        let broken = |cause: &str| Event::Broken(ClusterError::Unreachable { cause: cause.to_owned(), wrote: false });
        match read {
            Err(_) | Ok(Ok(0)) => Event::End,
            Ok(Err(_)) => broken("the watch broke off"),
            Ok(Ok(_)) if self.line.ends_with(b"\n") => event(&self.line, watched, asked),
            Ok(Ok(_)) if self.line.len() as u64 == FRAME_LIMIT => broken("an event of the watch is too long"),
            Ok(Ok(_)) => broken("unexpected EOF"),
        }
    }
}

/// Reads one line of a watch.
fn event<W: Watched>(line: &[u8], watched: &W, asked: &Asked) -> Event<W::Change> {
    let read = || {
        let head: Head = serde_json::from_slice(line)?;
        let change = match head.kind.as_str() {
            "ADDED" | "MODIFIED" => watched.changed(line, false)?,
            "DELETED" => watched.changed(line, true)?,
            "ERROR" => return Ok(Event::Broken(ClusterError::of_event(&object::<Value>(line)?, asked))),
            _ => None,
        };
        Ok::<_, serde_json::Error>(change.map_or(Event::Nothing, Event::Change))
    };
    read().unwrap_or_else(|error| Event::Broken(ClusterError::Unreadable { cause: error.to_string() }))
}

/// What the event in `line` is about.
pub(super) fn object<T: DeserializeOwned>(line: &[u8]) -> serde_json::Result<T> {
    serde_json::from_slice::<Frame<T>>(line).map(|frame| frame.object)
}
