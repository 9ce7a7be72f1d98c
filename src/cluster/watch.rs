//! A Job as it changes: look, watch from there, and look again whenever the watch ends, for whatever reason.
//!
//! Level-triggered: nothing is derived from the order of events, so a lost one costs time but no truth. A server that
//! is away for a while does not end it; what the user must act on does (no such right, no valid credentials).

use std::time::Duration;

use futures::{Stream, stream};
use indexedjob_core::facts::JobFacts;
use indexedjob_core::progress::Change;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _};
use tokio::time::Instant;

use super::error::Asked;
use super::http::{Ask, Backoff, ByteStream, jittered};
use super::objects::query;
use super::{Cluster, ClusterError, Kind, Note};

/// One event. A Job of 100,000 indexes has a status of 0.4 MB, and etcd keeps no object above 1.5 MB.
const FRAME_LIMIT: u64 = 8 << 20;
/// How long the server keeps a watch open; some proxies end it after 5 minutes anyway.
const WATCH_TIME: Duration = Duration::from_secs(270);
/// A watch that says nothing for so long may be dead. Servers send a bookmark about once a minute, and another look
/// costs one request.
const SILENCE: Duration = Duration::from_secs(90);
/// A watch that lived so long was no failure, even if nothing came.
const GOOD_LIFE: Duration = Duration::from_secs(10);
/// Between two looks where there is nothing to watch: no right to, or no Job.
const POLL: Duration = Duration::from_millis(1500);
/// The longest wait that a server may ask for between two looks.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl Cluster {
    /// The Job `name` as it is now and whenever it changes; [`Change::JobGone`] whenever there is none of that name.
    ///
    /// It ends only after an error. Another Job of the same name is told like any other change: compare the uid.
    pub(crate) fn watch_job(&self, name: &str) -> impl Stream<Item = Result<Change, ClusterError>> + Send + Unpin + use<> {
        let watch = Watch {
            cluster: self.clone(),
            name: name.to_owned(),
            next: Next::Look { first: true },
            told: None,
            backoff: Backoff::default(),
            in_outage: false,
            renewed: false,
            polling: false,
        };
        Box::pin(stream::unfold(Some(watch), async |watch| {
            let mut watch = watch?;
            let told = watch.change().await;
            let ended = told.is_err();
            Some((told, (!ended).then_some(watch)))
        }))
    }
}

struct Watch {
    cluster: Cluster,
    name: String,
    next: Next,
    /// What was told last, so that a look that finds nothing new stays silent.
    told: Option<Told>,
    backoff: Backoff,
    /// Has the present trouble been told?
    in_outage: bool,
    /// Have the credentials been renewed since they last worked?
    renewed: bool,
    /// Is watching forbidden?
    polling: bool,
}

enum Next {
    Look {
        first: bool,
    },
    /// Watch from this resource version.
    Open(String),
    Read(Events),
}

#[derive(PartialEq)]
enum Told {
    /// uid and resource version
    Job(String, String),
    Gone,
}

/// The events of one open watch.
struct Events {
    bytes: ByteStream,
    opened: Instant,
    line: Vec<u8>,
}

/// One event of a watch, or its end.
enum Event {
    Job(Box<JobFacts>),
    Gone,
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

impl Watch {
    /// The next change. After an error there is none.
    async fn change(&mut self) -> Result<Change, ClusterError> {
        loop {
            let change = match &mut self.next {
                Next::Look { first } => {
                    let first = *first;
                    self.look(first).await?
                }
                Next::Open(version) => {
                    let version = std::mem::take(version);
                    self.open(&version).await;
                    None
                }
                Next::Read(events) => {
                    let event = events.next(&self.name, &self.cluster).await;
                    self.take(event).await
                }
            };
            if let Some(change) = change {
                return Ok(change);
            }
        }
    }

    /// GETs the Job. Returns what is new, and sleeps where the next look has to wait.
    async fn look(&mut self, first: bool) -> Result<Option<Change>, ClusterError> {
        let ask = self.cluster.ask_for(Kind::Job, &self.name)?;
        // The first look is bounded, so that a server that never worked is an error; later ones are patient.
        let seen = match first {
            true => self.cluster.http.read::<JobFacts>(&ask).await,
            false => self.cluster.http.read_once::<JobFacts>(&ask).await,
        };
        match seen {
            Ok(job) => {
                self.renewed = false;
                let version = job.resource_version.clone();
                let change = self.tell(job);
                if !self.polling {
                    self.next = Next::Open(version);
                } else if change.is_none() {
                    tokio::time::sleep(jittered(POLL)).await;
                } else {
                    self.next = Next::Look { first: false };
                }
                Ok(change)
            }
            Err(error) if error.is_not_found() => {
                self.next = Next::Look { first: false };
                let change = self.tell_gone();
                if change.is_none() {
                    tokio::time::sleep(jittered(POLL)).await;
                }
                Ok(change)
            }
            Err(error) if first => Err(error),
            Err(error) if error.is_unauthorized() && !std::mem::replace(&mut self.renewed, true) => {
                if self.cluster.http.renew().await? { Ok(None) } else { Err(error) }
            }
            Err(error) if error.is_passing() => {
                self.wait_out(&error).await;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn open(&mut self, version: &str) {
        self.next = Next::Look { first: false };
        match self.cluster.http.open(&self.ask(version)).await {
            Ok(answer) => {
                let bytes = answer.into_body().into();
                self.next = Next::Read(Events { bytes, opened: Instant::now(), line: Vec::new() });
            }
            Err(error) if error.is_forbidden() => {
                self.polling = true;
                self.cluster.http.note(Note::Polling { why: error.to_string(), every: POLL });
                tokio::time::sleep(jittered(POLL)).await;
            }
            // The look that follows finds out what there is to do about it.
            Err(error) if error.is_unauthorized() => tokio::time::sleep(self.backoff.next()).await,
            Err(error) => self.wait_out(&error).await,
        }
    }

    /// What an event means. A watch that ends is no trouble in itself; one that ends at once, again and again, is
    /// not asked for in a tight loop.
    async fn take(&mut self, event: Event) -> Option<Change> {
        match event {
            Event::Job(job) => {
                self.recovered();
                self.tell(*job)
            }
            Event::Gone => {
                self.recovered();
                self.tell_gone()
            }
            Event::Nothing => {
                self.recovered();
                None
            }
            Event::End => {
                self.close();
                tokio::time::sleep(self.backoff.next()).await;
                None
            }
            Event::Broken(error) => {
                self.close();
                match error.is_expired() {
                    true => tokio::time::sleep(self.backoff.next()).await,
                    false => self.wait_out(&error).await,
                }
                None
            }
        }
    }

    fn close(&mut self) {
        if let Next::Read(events) = &self.next
            && events.opened.elapsed() >= GOOD_LIFE
        {
            self.recovered();
        }
        self.next = Next::Look { first: false };
    }

    fn recovered(&mut self) {
        self.backoff = Backoff::default();
        self.in_outage = false;
    }

    /// Says once per outage what is wrong, and waits.
    async fn wait_out(&mut self, error: &ClusterError) {
        let asked_for = error.retry_after().unwrap_or_default().min(LONGEST_WAIT);
        let delay = self.backoff.next().max(asked_for);
        if !std::mem::replace(&mut self.in_outage, true) {
            self.cluster.http.note(Note::Retrying { why: error.to_string(), delay });
        }
        tokio::time::sleep(delay).await;
    }

    fn tell(&mut self, job: JobFacts) -> Option<Change> {
        let told = Some(Told::Job(job.uid.clone(), job.resource_version.clone()));
        (std::mem::replace(&mut self.told, told) != self.told).then(|| Change::Job(Box::new(job)))
    }

    fn tell_gone(&mut self) -> Option<Change> {
        let told = Some(Told::Gone);
        (std::mem::replace(&mut self.told, told) != self.told).then_some(Change::JobGone)
    }

    fn ask(&self, version: &str) -> Ask {
        let seconds = jittered(WATCH_TIME).as_secs().to_string();
        let query = query(&[
            ("watch", "true"),
            ("fieldSelector", &format!("metadata.name={}", self.name)),
            ("resourceVersion", version),
            ("timeoutSeconds", &seconds),
            ("allowWatchBookmarks", "true"),
        ]);
        Ask::get(format!("{}{query}", self.cluster.kind_path(Kind::Job)), self.asked())
    }

    fn asked(&self) -> Asked {
        self.cluster.asked("watch", Kind::Job, &self.name)
    }
}

impl Events {
    async fn next(&mut self, name: &str, cluster: &Cluster) -> Event {
        self.line.clear();
        let mut bounded = (&mut self.bytes).take(FRAME_LIMIT);
        let read = tokio::time::timeout(SILENCE, bounded.read_until(b'\n', &mut self.line)).await;
        let broken = |cause: &str| Event::Broken(ClusterError::Unreachable { cause: cause.to_owned(), wrote: false });
        match read {
            Err(_) | Ok(Ok(0)) => Event::End,
            Ok(Err(_)) => broken("the watch broke off"),
            Ok(Ok(_)) if self.line.ends_with(b"\n") => event(&self.line, name, cluster),
            Ok(Ok(_)) if self.line.len() as u64 == FRAME_LIMIT => broken("an event of the watch is too long"),
            Ok(Ok(_)) => broken("unexpected EOF"),
        }
    }
}

/// Reads one line of a watch.
fn event(line: &[u8], name: &str, cluster: &Cluster) -> Event {
    let read = || {
        let head: Head = serde_json::from_slice(line)?;
        Ok::<_, serde_json::Error>(match head.kind.as_str() {
            "ADDED" | "MODIFIED" => match serde_json::from_slice::<Frame<JobFacts>>(line)?.object {
                job if job.name == name => Event::Job(Box::new(job)),
                _ => Event::Nothing,
            },
            "DELETED" => match serde_json::from_slice::<Frame<JobFacts>>(line)?.object {
                job if job.name == name => Event::Gone,
                _ => Event::Nothing,
            },
            "ERROR" => {
                let status = serde_json::from_slice::<Frame<Value>>(line)?.object;
                Event::Broken(ClusterError::of_event(&status, &cluster.asked("watch", Kind::Job, name)))
            }
            _ => Event::Nothing,
        })
    };
    read().unwrap_or_else(|error| Event::Broken(ClusterError::Unreadable { cause: error.to_string() }))
}
