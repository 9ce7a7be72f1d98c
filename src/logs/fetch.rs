//! One log that is there, from its beginning to its end: opened ahead of its turn, with as much of it as may be kept.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};

use super::options::{Cut, LogsOptions};
use super::pick::Log;
use super::scribe::Scribe;
use super::shared::Reading;
use crate::cluster::{Backoff, ByteStream, ClusterError, Log as Answer, LogOptions};
use crate::failure::Failure;

/// What all logs that wait for their turn may keep together, in bytes.
const KEPT: usize = 24 << 20;
/// What one of them may keep, in bytes: more saves no time.
const MOST_KEPT: usize = 1 << 20;
const LEAST_KEPT: usize = 16 << 10;
/// How many lines at the end of a log are asked for once more.
const LAST_LINES: u64 = 10;
/// What is kept for that, in bytes: a line of the file that a runtime writes has at most 16 KiB.
const LAST_BYTES: usize = 256 << 10;
/// The bytes that are read at a time.
const CHUNK: usize = 64 << 10;
/// How often a log that has ended is asked for again where an answer broke off.
const TRIES: u32 = 4;
/// A connection that brings nothing for so long is as good as cut: what is read here has been written already.
const SILENCE: Duration = Duration::from_secs(60);
/// In place of a log that the runtime has removed, the kubelet answers with these words and no newline
/// (`GetContainerLogs` in `pkg/kubelet/kuberuntime`).
const NO_LOG: &[u8] = b"unable to retrieve container logs for ";
const LONGEST_WORDS: usize = 1000;

/// A log that was opened.
pub(super) struct Fetched {
    pub(super) log: Log,
    /// What was read of it before its turn came.
    pub(super) head: Vec<u8>,
    /// Where the rest comes from; None where there is none.
    pub(super) rest: Option<Rest>,
    /// Why there is no log, or no more of it than the head.
    pub(super) trouble: Option<String>,
}

/// What is still to be read of a log.
pub(super) struct Rest {
    reading: Arc<Reading>,
    pod: String,
    options: LogOptions,
    /// Does the same answer come again?
    repeatable: bool,
    /// None since the last answer broke off: read once more, that one would say that it has ended.
    stream: Option<ByteStream>,
    /// How many bytes have been read.
    position: u64,
    /// The last bytes that were read; None where the log is not kept.
    last: Option<Vec<u8>>,
    tries: u32,
    _permit: OwnedSemaphorePermit,
}

/// Opens `log` when a connection is free, and reads until its end or as much as may be kept. It fails where nobody is let
/// in; any other trouble is that of this log alone.
pub(super) async fn fetch(reading: Arc<Reading>, log: Log, options: LogsOptions) -> Result<Fetched, Failure> {
    let keep = (KEPT / reading.connections).clamp(LEAST_KEPT, MOST_KEPT);
    let mut fetched = Fetched { log, head: Vec::new(), rest: None, trouble: None };
    match Rest::open(&reading, &fetched.log, &options).await {
        Ok(mut rest) => {
            fetched.rest = match rest.fill(&mut fetched.head, keep).await {
                Ok(0) => None,
                Ok(_) => Some(rest),
                Err(why) => {
                    fetched.trouble = Some(why);
                    None
                }
            }
        }
        Err(Refused::Everybody(failure)) => return Err(failure),
        Err(Refused::This(why)) => fetched.trouble = Some(why),
    }
    if fetched.head.starts_with(NO_LOG) && fetched.head.len() < LONGEST_WORDS && !fetched.head.contains(&b'\n') {
        let words = String::from_utf8_lossy(&fetched.head).into_owned();
        fetched.trouble = Some(indexedjob_core::text::shown(&words).into_owned());
        fetched.head.clear();
    }
    Ok(fetched)
}

/// Why a log could not be opened.
enum Refused {
    /// No log may be read.
    Everybody(Failure),
    /// This one cannot.
    This(String),
}

impl Rest {
    async fn open(reading: &Arc<Reading>, log: &Log, options: &LogsOptions) -> Result<Self, Refused> {
        let permit = reading.permits.clone().acquire_owned().await;
        let permit = permit.map_err(|closed| Refused::This(closed.to_string()))?;
        let Cut { tail, since_seconds, since_time, limit_bytes } = options.cut;
        let last = options.kept.then(Vec::new);
        let options = LogOptions {
            container: Some(log.origin.container.clone()),
            follow: false,
            previous: log.previous_run,
            timestamps: options.look.needs_times(),
            tail,
            since_seconds,
            since_time,
            limit_bytes,
        };
        let stream = match reading.cluster.log(&log.origin.pod, &options).await {
            Ok(Answer::Bytes(stream)) => stream,
            Ok(Answer::NotScheduled) => return Err(Refused::This("its pod has no node yet".to_owned())),
            Err(error) => return Err(refused(error, reading)),
        };
        reading.allowed.store(true, Ordering::Relaxed);
        let repeatable = log.is_over && since_seconds.is_none();
        let (reading, pod) = (reading.clone(), log.origin.pod.clone());
        let stream = Some(stream);
        Ok(Self { reading, pod, options, repeatable, stream, position: 0, last, tries: 1, _permit: permit })
    }

    /// Adds to `into` what comes, up to `most` bytes. Returns how many came last: 0 at the end.
    async fn fill(&mut self, into: &mut Vec<u8>, most: usize) -> Result<usize, String> {
        let mut chunk = vec![0; CHUNK];
        loop {
            let length = self.read(&mut chunk).await?;
            into.extend_from_slice(&chunk[..length]);
            if length == 0 || into.len() >= most {
                return Ok(length);
            }
        }
    }

    /// The bytes that come next: how many; 0 at the end. Where the answer broke off, the log is asked for again and what
    /// was read is left out, as long as the same must come. So it is where a log that is kept does not end as it should.
    pub(super) async fn read(&mut self, chunk: &mut [u8]) -> Result<usize, String> {
        let mut backoff = Backoff::default();
        loop {
            if let Some(stream) = &mut self.stream
                && let Ok(length) = read_some(stream, chunk).await
                && (length > 0 || self.is_at_end().await)
            {
                self.read_so_far(&chunk[..length]);
                return Ok(length);
            }
            self.stream = None;
            if !self.repeatable || self.tries >= TRIES {
                return Err("the log broke off: the connection to the server or the node was lost".to_owned());
            }
            self.tries += 1;
            sleep(backoff.next()).await;
            self.stream = self.again(chunk).await;
        }
    }

    fn read_so_far(&mut self, bytes: &[u8]) {
        self.position += bytes.len() as u64;
        if let Some(last) = &mut self.last {
            last.extend_from_slice(bytes);
            // Not each time, since all that stays is moved.
            if last.len() > 2 * LAST_BYTES {
                last.drain(..last.len() - LAST_BYTES);
            }
        }
    }

    /// Is what was read all there is? An API server ends its answer well also where the kubelet's broke off. So of a log
    /// that is kept and over, the last lines are asked for once more.
    async fn is_at_end(&mut self) -> bool {
        let Some(last) = self.last.as_ref().filter(|_| self.repeatable) else { return true };
        let options = LogOptions { tail: Some(LAST_LINES), ..self.options.clone() };
        let Ok(Answer::Bytes(mut stream)) = self.reading.cluster.log(&self.pod, &options).await else { return false };
        let (mut lines, mut chunk) = (Vec::new(), vec![0; CHUNK]);
        // Where lines are longer than any runtime writes them, their beginning says nothing.
        while lines.len() <= LAST_BYTES {
            match read_some(&mut stream, &mut chunk).await {
                Ok(0) => return last.ends_with(&lines),
                Ok(length) => lines.extend_from_slice(&chunk[..length]),
                Err(_) => return false,
            }
        }
        true
    }

    /// The log once more, from where reading it has come to; None where it cannot be had.
    async fn again(&mut self, chunk: &mut [u8]) -> Option<ByteStream> {
        let Ok(Answer::Bytes(mut stream)) = self.reading.cluster.log(&self.pod, &self.options).await else {
            return None;
        };
        skip(&mut stream, self.position, chunk).await.is_ok().then_some(stream)
    }
}

/// The bytes that come next: how many; 0 at the end. It fails where nothing comes for too long.
async fn read_some(stream: &mut (impl AsyncRead + Unpin), chunk: &mut [u8]) -> io::Result<usize> {
    timeout(SILENCE, stream.read(chunk)).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}

/// Leaves out so many bytes.
async fn skip(stream: &mut (impl AsyncRead + Unpin), bytes: u64, chunk: &mut [u8]) -> io::Result<()> {
    let mut left = bytes;
    while left > 0 {
        let most = usize::try_from(left).map_or(chunk.len(), |left| left.min(chunk.len()));
        match read_some(stream, &mut chunk[..most]).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => left -= length as u64,
        }
    }
    Ok(())
}

fn refused(error: ClusterError, reading: &Reading) -> Refused {
    let nobody_is_let_in = error.is_forbidden() || error.is_unauthorized();
    match nobody_is_let_in && !reading.allowed.load(Ordering::Relaxed) {
        true => Refused::Everybody(error.into()),
        false => Refused::This(error.to_string()),
    }
}

/// How notes call a log: `index 3, attempt 2`; with several Jobs with the name of its own before.
pub(super) fn called(log: &Log, options: &LogsOptions) -> String {
    let name = Scribe::new(options.look, log.origin.clone()).name();
    match options.look.parts.job {
        true => format!("{}: {name}", log.origin.job),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_brings_nothing_any_more_has_broken_off() {
        let (mut server, mut stream) = tokio::io::duplex(16);
        server.write_all(b"abc").await.unwrap();
        let mut chunk = [0; 8];
        assert_eq!(read_some(&mut stream, &mut chunk).await.unwrap(), 3);
        assert_eq!(read_some(&mut stream, &mut chunk).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(skip(&mut stream, 1, &mut chunk).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
        drop(server);
        assert_eq!(read_some(&mut stream, &mut chunk).await.unwrap(), 0);
    }
}
