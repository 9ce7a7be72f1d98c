//! Container logs.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use hyper::body::Bytes;
use jiff::Timestamp;
use serde_json::Value;
use tokio::sync::watch;

use super::Fake;
use super::http::{Call, Chunks, Cut, Reply};
use super::status::Status;
use super::store::Resource;

/// What a container's log answers.
#[derive(Clone, Debug)]
pub(crate) enum Log {
    /// All there is; a follow ends after it.
    Bytes(Vec<u8>),
    /// Written over time: each chunk this long after the one before. A plain read gets all of it at once.
    Script(Vec<(Duration, Vec<u8>)>, Ending),
    /// Written by the test, while it is read.
    Live(LiveLog),
    /// An error with this code and message.
    Error(u16, String),
    /// 204, as for a pod without a node.
    NoContent,
}

/// How a followed log ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ending {
    Eof,
    Cut,
    Never,
}

/// A log to which a test writes, with times of its own, and which answers by the kubelet's rules: `sinceTime` leaves
/// out pieces that are older, a time stands before what begins a line. A clone is another handle to the same one.
#[derive(Clone, Debug)]
pub(crate) struct LiveLog {
    file: Arc<Mutex<File>>,
    ticks: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Default)]
struct File {
    /// Pieces of lines, each with its time.
    pieces: Vec<(Timestamp, Vec<u8>)>,
    /// How many pieces were rotated away.
    rotated: usize,
    /// Answers that follow end after the last piece.
    ended: bool,
    /// How often open answers were ended, and how the last time.
    interrupted: (u64, Option<Ending>),
    /// Answers to come that end after so many bytes.
    limits: VecDeque<(usize, Ending)>,
    /// What the kubelet says after the last piece, and then ends every answer.
    complaint: Option<&'static str>,
}

impl LiveLog {
    pub(crate) fn new() -> Self {
        Self { file: Arc::default(), ticks: Arc::new(watch::Sender::new(0)) }
    }

    /// Appends a piece of a line, or a whole one with its newline, so many milliseconds after the log's begin.
    pub(crate) fn write(&self, millis: i64, piece: impl Into<Vec<u8>>) {
        let begin: Timestamp = "2026-01-02T03:04:05Z".parse().expect("a time");
        let (time, piece) = (begin + jiff::SignedDuration::from_millis(millis), piece.into());
        assert!(!piece.iter().rev().skip(1).any(|byte| *byte == b'\n'), "one piece is of one line");
        self.change(|file| file.pieces.push((time, piece)));
    }

    /// The container has ended.
    pub(crate) fn end(&self) {
        self.change(|file| file.ended = true);
    }

    /// The container has been started again: this is the log of the new run, and the one returned that of the run before.
    pub(crate) fn restart(&self) -> Self {
        let before = Self::new();
        before.change(|file| file.pieces = self.rotate());
        before.end();
        self.change(|file| file.ended = false);
        before
    }

    /// What was written so far can no longer be read here.
    pub(crate) fn rotate(&self) -> Vec<(Timestamp, Vec<u8>)> {
        self.change(|file| {
            file.rotated += file.pieces.len();
            std::mem::take(&mut file.pieces)
        })
    }

    /// The answers that are open end here.
    pub(crate) fn interrupt(&self, ending: Ending) {
        self.change(|file| file.interrupted = (file.interrupted.0 + 1, Some(ending)));
    }

    /// The next answer ends after so many bytes; called again, the one after it.
    pub(crate) fn limit(&self, bytes: usize, ending: Ending) {
        self.change(|file| file.limits.push_back((bytes, ending)));
    }

    /// The kubelet cannot follow, and says so after what there is; None: it can again.
    pub(crate) fn complain(&self, words: Option<&'static str>) {
        self.change(|file| file.complaint = words);
    }

    fn change<T>(&self, edit: impl FnOnce(&mut File) -> T) -> T {
        let out = edit(&mut self.file());
        self.ticks.send_modify(|tick| *tick += 1);
        out
    }

    fn file(&self) -> MutexGuard<'_, File> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, call: &Call) -> Chunks {
        let reader = {
            let mut file = self.file();
            Reader {
                since: call.query("sinceTime").and_then(|time| time.parse().ok()),
                timestamps: call.query_is_true("timestamps"),
                follow: call.query_is_true("follow"),
                at: file.rotated,
                is_new_line: true,
                limit: file.limits.pop_front(),
                interrupted: file.interrupted.0,
                ticks: self.ticks.subscribe(),
                log: self.clone(),
            }
        };
        futures::stream::unfold(reader, async |mut reader| reader.next().await.map(|chunk| (chunk, reader))).boxed()
    }
}

/// One answer.
struct Reader {
    log: LiveLog,
    ticks: watch::Receiver<u64>,
    since: Option<Timestamp>,
    timestamps: bool,
    follow: bool,
    at: usize,
    is_new_line: bool,
    limit: Option<(usize, Ending)>,
    interrupted: u64,
}

impl Reader {
    async fn next(&mut self) -> Option<Result<Bytes, Cut>> {
        loop {
            self.ticks.borrow_and_update();
            if let Some((0, ending)) = self.limit {
                return end(ending).await;
            }
            let (piece, ended, interrupted, complaint) = {
                let log = self.log.clone();
                let file = log.file();
                self.at = self.at.max(file.rotated);
                let piece = file.pieces.get(self.at - file.rotated).cloned();
                (piece, file.ended || !self.follow, file.interrupted, file.complaint)
            };
            if interrupted.0 > self.interrupted {
                return end(interrupted.1.unwrap_or(Ending::Eof)).await;
            }
            match piece {
                Some((time, text)) => {
                    self.at += 1;
                    let bytes = self.line(time, &text);
                    if !bytes.is_empty() {
                        return Some(Ok(bytes.into()));
                    }
                }
                None if complaint.is_some() => {
                    self.limit = Some((0, Ending::Eof));
                    return complaint.map(|words| Ok(words.into()));
                }
                None if ended => return None,
                None => drop(self.ticks.changed().await),
            }
        }
    }

    fn line(&mut self, time: Timestamp, text: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        if self.since.is_none_or(|since| time >= since) {
            if self.timestamps && self.is_new_line {
                bytes.extend(format!("{time:.9} ").bytes());
            }
            bytes.extend(text);
        }
        self.is_new_line = text.ends_with(b"\n");
        if let Some((left, _)) = &mut self.limit {
            bytes.truncate(*left);
            *left -= bytes.len();
        }
        bytes
    }
}

/// By namespace, pod, container and whether it is the container's previous run.
#[derive(Default)]
pub(crate) struct Logs(HashMap<(String, String, String, bool), Log>);

impl Fake {
    /// What the pod's container logged.
    pub(crate) fn log(&self, namespace: &str, pod: &str, container: &str, log: Log) {
        self.world().logs.insert(namespace, pod, container, log);
    }

    /// What the pod's container logged before it was restarted.
    pub(crate) fn previous_log(&self, namespace: &str, pod: &str, container: &str, log: Log) {
        self.world().logs.0.insert((namespace.into(), pod.into(), container.into(), true), log);
    }
}

impl Logs {
    /// What the pod's container logged.
    pub(crate) fn insert(&mut self, namespace: &str, pod: &str, container: &str, log: Log) {
        self.0.insert((namespace.into(), pod.into(), container.into(), false), log);
    }

    /// Answers GET .../pods/{name}/log of a pod that exists.
    pub(crate) fn answer(&self, pod: &Value, call: &Call) -> Result<Reply, Status> {
        let name = pod["metadata"]["name"].as_str().unwrap_or_default();
        let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default();
        let container = container(pod, call.query("container").unwrap_or_default())?;
        let previous = call.query_is_true("previous");
        let log = match self.0.get(&(namespace.into(), name.into(), container.into(), previous)) {
            Some(log) => log.clone(),
            None if previous => {
                let message = format!("previous terminated container \"{container}\" in pod \"{name}\" not found");
                return Err(Status::bad_request(message));
            }
            None if pod["spec"]["nodeName"].is_null() => Log::NoContent,
            None => Log::Bytes(Vec::new()),
        };
        match log {
            Log::NoContent => Ok(Reply::NoContent),
            Log::Error(404, message) => {
                let name = message.split('"').nth(1).unwrap_or_default().to_owned();
                let details = Resource::core("pods").details(&name);
                Err(Status { message, details, ..Status::of_code(404) })
            }
            Log::Error(code, message) => Err(Status { message, ..Status::of_code(code) }),
            Log::Bytes(bytes) => Ok(Reply::Bytes(cut_down(bytes, call))),
            Log::Live(log) => Ok(Reply::Stream(log.answer(call))),
            Log::Script(chunks, ending) if call.query_is_true("follow") => {
                Ok(Reply::Stream(script(stamped(chunks, call), ending)))
            }
            Log::Script(chunks, _) => {
                Ok(Reply::Bytes(cut_down(chunks.into_iter().flat_map(|(_, bytes)| bytes).collect(), call)))
            }
        }
    }
}

/// The container that is meant, which must be in the pod.
fn container<'a>(pod: &'a Value, asked: &str) -> Result<&'a str, Status> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let names = |list: &str| -> Vec<&'a str> {
        let containers = pod["spec"][list].as_array().into_iter().flatten();
        containers.filter_map(|container| container["name"].as_str()).collect()
    };
    let regular = names("containers");
    let others = [names("initContainers"), names("ephemeralContainers")].concat();
    if let Some(found) = regular.iter().chain(&others).find(|name| **name == asked) {
        return Ok(found);
    }
    match regular[..] {
        [only] if asked.is_empty() => Ok(only),
        _ if asked.is_empty() => Err(Status::bad_request(format!(
            "a container name must be specified for pod {name}, choose one of: [{}]",
            regular.join(" ")
        ))),
        _ => Err(Status::bad_request(format!("container {asked} is not valid for pod {name}"))),
    }
}

/// Applies `tailLines`, `timestamps` and `limitBytes`; times are not kept, so `sinceSeconds` cuts nothing.
fn cut_down(mut bytes: Vec<u8>, call: &Call) -> Vec<u8> {
    let number = |name| call.query(name).and_then(|text| text.parse::<usize>().ok());
    if let Some(tail) = number("tailLines") {
        let lines: Vec<_> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        bytes = lines[lines.len().saturating_sub(tail)..].concat();
    }
    if call.query_is_true("timestamps") {
        bytes = stamp(&bytes, &mut true);
    }
    if let Some(limit) = number("limitBytes") {
        bytes.truncate(limit);
    }
    bytes
}

/// Puts the one time that is kept before what begins a line.
fn stamp(bytes: &[u8], is_new_line: &mut bool) -> Vec<u8> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    let stamped = lines.flat_map(|line| {
        let time: &[u8] = if *is_new_line { b"2026-01-02T03:04:05.678901234Z " } else { b"" };
        *is_new_line = line.ends_with(b"\n");
        [time, line].concat()
    });
    stamped.collect()
}

fn stamped(mut chunks: Vec<(Duration, Vec<u8>)>, call: &Call) -> Vec<(Duration, Vec<u8>)> {
    let mut is_new_line = true;
    if call.query_is_true("timestamps") {
        for (_, bytes) in &mut chunks {
            *bytes = stamp(bytes, &mut is_new_line);
        }
    }
    chunks
}

fn script(chunks: Vec<(Duration, Vec<u8>)>, ending: Ending) -> Chunks {
    let chunks = futures::stream::iter(chunks).then(|(delay, bytes)| async move {
        tokio::time::sleep(delay).await;
        Ok(Bytes::from(bytes))
    });
    let end = futures::stream::once(end(ending));
    chunks.chain(end.filter_map(|last| async { last })).boxed()
}

async fn end(ending: Ending) -> Option<Result<Bytes, Cut>> {
    match ending {
        Ending::Eof => None,
        Ending::Cut => {
            // What came before has to reach the client first.
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some(Err(Cut))
        }
        Ending::Never => std::future::pending().await,
    }
}
