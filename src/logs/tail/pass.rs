//! One request for a log, and its answer.

use std::io;
use std::sync::atomic::Ordering;

use tokio::io::AsyncReadExt as _;
use tokio::time::{Instant, sleep};

use super::super::shared::Seen;
use super::{Begin, CHUNK, Pass, SILENCE, SILENCE_AFTER_END, Tail};
use crate::cluster::{ByteStream, Log, LogOptions};

impl Tail {
    /// Asks for what is still to be read, and copies it.
    pub(super) async fn pass(&mut self, seen: Seen) -> io::Result<Pass> {
        let mut options = LogOptions {
            container: Some(self.scribe.origin().container.clone()),
            follow: !seen.is_over(self.run),
            previous: seen.run > self.run,
            timestamps: true,
            since_time: self.lines.ask_again(),
            ..LogOptions::default()
        };
        if options.since_time.is_none() {
            self.cut_off(&mut options);
        }
        match self.shared.reading.cluster.open_log(&self.scribe.origin().pod, &options).await {
            Ok(Log::Bytes(mut log)) => {
                self.shared.reading.allowed.store(true, Ordering::Relaxed);
                if options.tail.is_some() {
                    self.tailed = Some(Instant::now());
                }
                self.copy(&mut log).await
            }
            Ok(Log::NotScheduled) => Ok(Pass::End),
            Err(error) => Ok(Pass::Failed(error)),
        }
    }

    /// Nothing has been seen yet: only a part of what there is may be wanted. Seconds are counted by the kubelet's
    /// clock, which may differ from the one here.
    fn cut_off(&self, options: &mut LogOptions) {
        let Begin { cut, at, .. } = self.begin;
        if let Some(tailed) = self.tailed {
            options.since_seconds = Some(tailed.elapsed().as_secs() + 1);
        } else {
            options.tail = cut.tail;
            options.since_seconds = cut.since_seconds.map(|seconds| seconds + at.elapsed().as_secs());
            options.since_time = cut.since_time;
        }
    }

    async fn copy(&mut self, log: &mut ByteStream) -> io::Result<Pass> {
        let shared = self.shared.clone();
        let (mut chunk, mut out, mut writer) = (vec![0; CHUNK], Vec::new(), None);
        let pass = loop {
            match self.next(log, &mut chunk).await {
                Some(Ok(0)) => break self.lines.complaint().map_or(Pass::End, Pass::Complaint),
                Some(Ok(length)) => self.lines.feed(&chunk[..length], &mut out),
                Some(Err(_)) => break Pass::Cut,
                None => break Pass::Silent,
            }
            // Of a line that comes in pieces, the pieces stay together.
            writer = shared.reading.output.write(writer, &mut out, self.lines.is_open()).await?;
            if self.lines.is_full() {
                break Pass::End;
            }
        };
        self.lines.close(&mut out);
        shared.reading.output.write(writer, &mut out, false).await?;
        self.owe_newline();
        Ok(pass)
    }

    /// The number of bytes that come next, 0 at the end; None where nothing comes for too long.
    async fn next(&mut self, log: &mut ByteStream, chunk: &mut [u8]) -> Option<io::Result<usize>> {
        loop {
            let seen = *self.seen.borrow_and_update();
            // A pod that is gone has this one answer left.
            let silence = if seen.is_over(self.run) && !seen.gone { SILENCE_AFTER_END } else { SILENCE };
            tokio::select! {
                read = log.read(chunk) => return Some(read),
                () = sleep(silence) => return None,
                Ok(()) = self.seen.changed() => {}
            }
        }
    }
}
