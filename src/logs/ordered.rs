//! Logs that are there, one after the other in their order, although they are fetched side by side.
//!
//! Each is fetched by a task of its own, which keeps a bounded beginning until its turn comes: a log that is slow or huge
//! holds up neither the requests for those behind it nor more memory than that.

use std::sync::Arc;

use futures::{StreamExt as _, stream};
use indexedjob_core::text::shown;

use super::fetch::{Fetched, called, fetch};
use super::options::LogsOptions;
use super::pick::Log;
use super::shared::Reading;
use crate::exit::Exit;
use crate::failure::Failure;

/// The bytes that are handed on at a time.
const CHUNK: usize = 64 << 10;

/// Where logs go, one after the other.
pub(super) trait Sink {
    /// A log begins.
    async fn begin(&mut self, log: &Log) -> Result<(), Failure>;
    /// It goes on.
    async fn bytes(&mut self, bytes: &[u8]) -> Result<(), Failure>;
    /// It is over; `whole`: all that there is has come.
    async fn end(&mut self, log: &Log, whole: bool) -> Result<(), Failure>;
}

/// Reads all `logs`, in their order, into `sink`. Trouble with one is told, and the others are read.
///
/// [`Exit::Error`] where one could not be read to its end. It fails where nobody is let in, or the sink fails.
pub(super) async fn read_each(
    reading: &Arc<Reading>,
    logs: Vec<Log>,
    options: &LogsOptions,
    sink: &mut impl Sink,
) -> Result<Exit, Failure> {
    let tasks = logs.into_iter().map(|log| tokio::spawn(fetch(reading.clone(), log, options.clone())));
    let mut fetched = stream::iter(tasks).buffered(reading.connections);
    while let Some(next) = fetched.next().await {
        let Fetched { log, head, rest, mut trouble } = next.map_err(Failure::error)??;
        if trouble.is_some() && head.is_empty() {
            tell(reading, &log, options, trouble.as_deref());
            continue;
        }
        sink.begin(&log).await?;
        sink.bytes(&head).await?;
        drop(head);
        if let Some(mut rest) = rest {
            let mut chunk = vec![0; CHUNK];
            trouble = loop {
                match rest.read(&mut chunk).await {
                    Ok(0) => break None,
                    Ok(length) => sink.bytes(&chunk[..length]).await?,
                    Err(why) => break Some(why),
                }
            };
        }
        sink.end(&log, trouble.is_none()).await?;
        tell(reading, &log, options, trouble.as_deref());
    }
    Ok(if reading.output.is_incomplete() { Exit::Error } else { Exit::Done })
}

fn tell(reading: &Reading, log: &Log, options: &LogsOptions, trouble: Option<&str>) {
    if let Some(why) = trouble {
        reading.output.note_incomplete(&shown(&format!("error: {}: {why}", called(log, options))));
    }
}
