//! Container logs.

use std::collections::HashMap;
use std::time::Duration;

use futures::StreamExt;
use hyper::body::Bytes;
use serde_json::Value;

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

/// By namespace, pod, container and whether it is the container's previous run.
#[derive(Default)]
pub(crate) struct Logs(HashMap<(String, String, String, bool), Log>);

impl Fake {
    /// What the pod's container logged.
    pub(crate) fn log(&self, namespace: &str, pod: &str, container: &str, log: Log) {
        self.world().logs.0.insert((namespace.into(), pod.into(), container.into(), false), log);
    }

    /// What the pod's container logged before it was restarted.
    pub(crate) fn previous_log(&self, namespace: &str, pod: &str, container: &str, log: Log) {
        self.world().logs.0.insert((namespace.into(), pod.into(), container.into(), true), log);
    }
}

impl Logs {
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
            Log::Script(chunks, ending) if call.query_is_true("follow") => Ok(Reply::Stream(script(chunks, ending))),
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
    if let Some(found) = regular.iter().chain(&names("initContainers")).find(|name| **name == asked) {
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
        let lines = bytes.split_inclusive(|byte| *byte == b'\n');
        bytes = lines.flat_map(|line| [b"2026-01-02T03:04:05.678901234Z ", line].concat()).collect();
    }
    if let Some(limit) = number("limitBytes") {
        bytes.truncate(limit);
    }
    bytes
}

fn script(chunks: Vec<(Duration, Vec<u8>)>, ending: Ending) -> Chunks {
    let chunks = futures::stream::iter(chunks).then(|(delay, bytes)| async move {
        tokio::time::sleep(delay).await;
        Ok(Bytes::from(bytes))
    });
    let end = futures::stream::once(async move {
        match ending {
            Ending::Eof => None,
            Ending::Cut => {
                tokio::time::sleep(Duration::from_millis(20)).await;
                Some(Err(Cut))
            }
            Ending::Never => std::future::pending().await,
        }
    });
    chunks.chain(end.filter_map(|last| async { last })).boxed()
}
