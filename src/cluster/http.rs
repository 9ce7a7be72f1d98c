//! Requests and answers: [`Http::read`] is repeated where that may help, [`Http::write`] is sent once, and
//! [`Http::open`] and [`Http::stream`] hand over the answer as it comes.

use std::collections::HashSet;
use std::error::Error;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, Method, Request, Response, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use indexedjob_core::text::shown;
use kube::Client;
use kube::client::Body;
use kube::config::Config;
use serde::de::DeserializeOwned;
use tokio::task::JoinError;
use tokio::time::Instant;

use super::config::{self, Loaded};
use super::credentials::{self, RenewAt};
use super::error::Asked;
use super::retry::Retry;
use super::status::ApiError;
use super::trace::Trace;
use super::transport::Way;
use super::{ClusterError, Connection, Note, Notes, dial};
use crate::clock;
use crate::env::Env;

/// A hostile or broken server cannot fill the memory: 500 pods with large specs take a tenth of it.
const BODY_LIMIT: usize = 64 << 20;
const ERROR_BODY_LIMIT: usize = 1 << 20;
const MOST_WARNINGS: usize = 100;
/// How long one answer may take where `--request-timeout` says nothing; the API server itself gives up at 60 s.
pub(super) const ATTEMPT: Duration = Duration::from_secs(60);

/// How often a read is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tries {
    /// While it may help and the time allows.
    Bounded,
    /// Once, for those who have a loop of their own.
    Once,
}

/// A request that can be sent more than once.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    pub(super) method: Method,
    /// Path and query, escaped.
    pub(super) path: String,
    pub(super) content_type: &'static str,
    pub(super) body: Vec<u8>,
    pub(super) asked: Asked,
}

/// One client at a time, replaced when its credentials expire. A clone is another handle to it.
#[derive(Clone)]
pub(super) struct Http(Arc<Inner>);

struct Inner {
    live: tokio::sync::Mutex<Live>,
    /// How to make another client; None for one that was given.
    renewal: Option<Renewal>,
    /// `--request-timeout`, in total; None where it was not given.
    limit: Option<Duration>,
    /// Where requests go, for errors.
    way: Way,
    /// The flags that say so, for hints.
    given: String,
    notes: Notes,
    warned: Mutex<HashSet<String>>,
    contacted: AtomicBool,
    /// How many watches are in an outage.
    outages: AtomicUsize,
}

/// A watch is in an outage as long as this lives.
pub(super) struct Outage(Http);

impl Drop for Outage {
    fn drop(&mut self) {
        self.0.0.outages.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The client of the moment.
#[derive(Clone)]
struct Live {
    client: Client,
    renew_at: RenewAt,
    trace: Arc<Trace>,
}

struct Renewal {
    connection: Connection,
    env: Env,
    config: Config,
}

impl Http {
    pub(super) async fn connect(
        loaded: Loaded,
        connection: &Connection,
        env: &Env,
        notes: Notes,
    ) -> Result<Self, ClusterError> {
        let Loaded { config, context } = loaded;
        let way = Way::of(&config);
        let live = live(config.clone(), connection, &way).await?;
        // Read anew, the files may by then have another current context: stay with this one.
        let connection = Connection { context, ..connection.clone() };
        let given = connection.given.clone();
        let limit = connection.request_timeout.filter(|limit| !limit.is_zero());
        let renewal = Some(Renewal { connection, env: env.clone(), config });
        Ok(Self::new(live, renewal, limit, way, given, notes))
    }

    /// Over a client that needs no renewal.
    #[cfg(test)]
    pub(super) fn over(client: Client, notes: Notes) -> Self {
        let live = Live { client, renew_at: None, trace: Arc::new(Trace::silent()) };
        let way = Way { host: "fake:6443".to_owned(), proxy: None };
        Self::new(live, None, None, way, String::new(), notes)
    }

    fn new(
        live: Live,
        renewal: Option<Renewal>,
        limit: Option<Duration>,
        way: Way,
        given: String,
        notes: Notes,
    ) -> Self {
        Self(Arc::new(Inner {
            live: tokio::sync::Mutex::new(live),
            renewal,
            limit,
            way,
            given,
            notes,
            warned: Mutex::default(),
            contacted: AtomicBool::new(false),
            outages: AtomicUsize::new(0),
        }))
    }

    /// Asks, and asks again while that may help and the time allows.
    pub(super) async fn read<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, ClusterError> {
        let mut retry = Retry::new(self);
        loop {
            match self.once(ask, retry.limit()).await {
                Err(error) => retry.after(error).await?,
                Ok(answer) => return Ok(answer),
            }
        }
    }

    /// Asks as often as `tries` says.
    pub(super) async fn read_with<T: DeserializeOwned>(&self, ask: &Ask, tries: Tries) -> Result<T, ClusterError> {
        match tries {
            Tries::Bounded => self.read(ask).await,
            Tries::Once => self.once(ask, self.0.limit.unwrap_or(ATTEMPT)).await,
        }
    }

    /// Sends once, whatever happens: repeated, it could be done twice.
    pub(super) async fn write<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, ClusterError> {
        self.once(ask, self.0.limit.unwrap_or(ATTEMPT)).await.map_err(|error| match error {
            // Without a connection nothing was sent.
            ClusterError::Unreachable { cause, .. } if !cause.starts_with("dial ") && !cause.starts_with("tls: ") => {
                ClusterError::Unreachable { cause, wrote: true }
            }
            ClusterError::TimedOut { after, .. } => ClusterError::TimedOut { after, wrote: true },
            other => other,
        })
    }

    /// As [`open`](Http::open), but asks again while the server is overloaded or away.
    pub(super) async fn stream(&self, ask: &Ask) -> Result<Response<Body>, ClusterError> {
        let mut retry = Retry::new(self);
        loop {
            match self.open(ask).await {
                // What a kubelet says comes as 500.
                Err(error) if error.is_internal() => return Err(error),
                Err(error) => retry.after(error).await?,
                Ok(answer) => return Ok(answer),
            }
        }
    }

    /// Asks once for an answer without an end. Only its beginning has to come in time.
    pub(super) async fn open(&self, ask: &Ask) -> Result<Response<Body>, ClusterError> {
        self.within(self.0.limit.unwrap_or(ATTEMPT), self.send(ask)).await
    }

    async fn once<T: DeserializeOwned>(&self, ask: &Ask, limit: Duration) -> Result<T, ClusterError> {
        let whole = async { self.collect(self.send(ask).await?.into_body(), BODY_LIMIT).await };
        let body = self.within(limit, whole).await?;
        self.tell(self.0.live.lock().await.trace.body(&body));
        serde_json::from_slice(&body).map_err(|error| ClusterError::Unreadable { cause: error.to_string() })
    }

    async fn within<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T, ClusterError>>,
    ) -> Result<T, ClusterError> {
        let late = ClusterError::TimedOut { after: limit, wrote: false };
        tokio::time::timeout(limit, work).await.unwrap_or(Err(late))
    }

    async fn send(&self, ask: &Ask) -> Result<Response<Body>, ClusterError> {
        let Live { client, trace, .. } = self.live().await?;
        let request = ask.to_request()?;
        self.tell(trace.request(ask, request.headers()));
        let begun = Instant::now();
        let sent = client.send(request).await.map_err(|error| ClusterError::of_transport(&error, &self.0.way));
        let answer = sent.inspect_err(|error| self.tell(trace.failed(ask, &error.to_string(), begun.elapsed())))?;
        self.tell(trace.response(ask, answer.status(), answer.headers(), begun.elapsed()));
        self.0.contacted.store(true, Ordering::Relaxed);
        self.note_warnings(answer.headers());
        if answer.status().is_success() {
            return Ok(answer);
        }
        let (code, wait) = (answer.status().as_u16(), retry_after(answer.headers()));
        let body = self.collect(answer.into_body(), ERROR_BODY_LIMIT).await.unwrap_or_default();
        self.tell(trace.body(&body));
        let error = ApiError::read(code, &body, wait, &ask.asked);
        Err(ClusterError::Api(Box::new(error.of_a_cluster_given_by(&self.0.given))))
    }

    fn tell(&self, text: Option<String>) {
        if let Some(text) = text {
            self.note(Note::Trace(text));
        }
    }

    async fn collect(&self, body: Body, limit: usize) -> Result<Vec<u8>, ClusterError> {
        match Limited::new(body, limit).collect().await {
            Ok(whole) => Ok(whole.to_bytes().into()),
            Err(error) => Err(self.broken(error.as_ref(), limit)),
        }
    }

    fn broken(&self, error: &(dyn Error + Send + Sync + 'static), limit: usize) -> ClusterError {
        if error.is::<LengthLimitError>() {
            return ClusterError::Unreadable { cause: format!("it is longer than {} MiB", limit >> 20) };
        }
        match error.downcast_ref::<kube::Error>() {
            Some(error) => ClusterError::of_transport(error, &self.0.way),
            None => ClusterError::Unreachable { cause: error.to_string(), wrote: false },
        }
    }

    /// The client, or a new one where the credentials of the old one are about to expire.
    async fn live(&self) -> Result<Live, ClusterError> {
        let mut live = self.0.live.lock().await;
        if let Some(renewal) = &self.0.renewal
            && live.renew_at.is_some_and(|renew_at| clock::now() >= renew_at)
        {
            *live = renewal.live(&self.0.way).await?;
        }
        Ok(live.clone())
    }

    /// Reads the credentials anew; false where there is nothing to read.
    pub(super) async fn renew(&self) -> Result<bool, ClusterError> {
        let Some(renewal) = &self.0.renewal else { return Ok(false) };
        *self.0.live.lock().await = renewal.live(&self.0.way).await?;
        Ok(true)
    }

    /// `--request-timeout`, for all tries together.
    pub(super) fn limit(&self) -> Option<Duration> {
        self.0.limit
    }

    /// Has the server ever answered? Until then, a dead address is more likely a wrong one.
    pub(super) fn has_answered(&self) -> bool {
        self.0.contacted.load(Ordering::Relaxed)
    }

    /// A watch is in an outage. That is told unless another one is: together they would only say it twice.
    pub(super) fn outage(&self, note: Note) -> Outage {
        if self.0.outages.fetch_add(1, Ordering::Relaxed) == 0 {
            self.note(note);
        }
        Outage(self.clone())
    }

    pub(super) fn note(&self, note: Note) {
        (self.0.notes)(note);
    }

    fn note_warnings(&self, headers: &HeaderMap) {
        let mut warned = self.0.warned.lock().unwrap_or_else(PoisonError::into_inner);
        for text in headers.get_all(header::WARNING).iter().filter_map(|value| value.to_str().ok()).flat_map(warnings) {
            if warned.len() < MOST_WARNINGS && warned.insert(text.clone()) {
                self.note(Note::Warning(shown(&text).into_owned()));
            }
        }
    }
}

impl Renewal {
    /// A client with the credentials as they are now: a user may have logged in again meanwhile. Should the files
    /// now lead to another server, it stays with what it knows.
    async fn live(&self, way: &Way) -> Result<Live, ClusterError> {
        let same_server = |loaded: &Loaded| loaded.config.cluster_url == self.config.cluster_url;
        let found = config::load(&self.connection, &self.env).ok().filter(same_server);
        live(found.map_or_else(|| self.config.clone(), |loaded| loaded.config), &self.connection, way).await
    }
}

/// Logs in and makes a client. Credential plugins run in here, and block.
async fn live(mut config: Config, connection: &Connection, way: &Way) -> Result<Live, ClusterError> {
    let (attended, level) = (connection.attended, connection.verbosity);
    let failed = way.clone();
    let built = tokio::task::spawn_blocking(move || {
        let renew_at = credentials::log_in(&mut config.auth_info, attended)?;
        let trace = Arc::new(Trace::new(level, &config));
        let client = dial::client(config).map_err(|error| ClusterError::of_setup(&error, &failed))?;
        Ok(Live { client, renew_at, trace })
    });
    let broken = |error: JoinError| ClusterError::Credentials { cause: error.to_string(), hint: None };
    built.await.map_err(broken)?
}

impl Ask {
    fn to_request(&self) -> Result<Request<Body>, ClusterError> {
        let request = Request::builder()
            .method(self.method.clone())
            .uri(&self.path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, self.content_type);
        // The client decodes only the first gzip member, and watches have one per event (tower-rs/tower-http#738).
        let streams = self.asked.verb == "watch" || self.asked.subresource == "log";
        let request = if streams { request.header(header::ACCEPT_ENCODING, "identity") } else { request };
        request
            .body(Body::from(self.body.clone()))
            .map_err(|error| ClusterError::config(format!("error: invalid request: {error}"), None))
    }
}

/// `Retry-After` in seconds; Kubernetes never sends a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The texts of one `Warning` header: `299 - "text"`, more after commas (RFC 7234 section 5.5).
fn warnings(header: &str) -> Vec<String> {
    let mut texts = Vec::new();
    let mut rest = header;
    while let Some((_, quoted)) = rest.split_once('"') {
        let mut text = String::new();
        let mut chars = quoted.char_indices();
        rest = "";
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => text.extend(chars.next().map(|(_, c)| c)),
                '"' => {
                    rest = without_date(&quoted[at + 1..]);
                    break;
                }
                c => text.push(c),
            }
        }
        texts.push(text);
    }
    texts
}

/// What follows the date that may stand behind a warning, quoted as well.
fn without_date(rest: &str) -> &str {
    match rest.trim_start().strip_prefix('"') {
        Some(date) => date.split_once('"').map_or("", |(_, rest)| rest),
        None => rest,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::script::{Answer, Ending, cluster, job, ok};
    use super::*;

    #[test]
    fn warnings_are_read_as_the_rfc_writes_them() {
        assert_eq!(warnings(r#"299 - "plain""#), ["plain"]);
        assert_eq!(warnings(r#"299 kube "a \"b\", c\\", 299 - "second""#), [r#"a "b", c\"#, "second"]);
        let dated = r#"299 - "a" "Thu, 01 Jan 1970 00:00:00 GMT", 299 - "b""#;
        assert_eq!(warnings(dated), ["a", "b"]);
        assert_eq!(warnings("299 - none"), Vec::<String>::new());
        assert_eq!(warnings(r#"299 - "cut"#), ["cut"]);
    }

    #[tokio::test]
    async fn each_warning_is_told_once_and_escaped() {
        let warned = |text: &str| {
            let header = ("warning", format!("299 - \"{text}\""));
            Answer::Whole(200, vec![header], job("u", "1").to_string().into())
        };
        let (cluster, seen) = cluster([warned("old\tAPI"), warned("old\tAPI"), warned("another")]);
        for _ in 0..3 {
            cluster.job("x").await.unwrap();
        }
        assert_eq!(seen.notes(), [Note::Warning("old\\tAPI".into()), Note::Warning("another".into())]);
    }

    #[tokio::test]
    async fn an_endless_body_ends_in_an_error() {
        let (cluster, _) = cluster([Answer::Pieces(vec![vec![b' '; 1 << 20]; 65], Ending::Never)]);
        let error = cluster.job("x").await.unwrap_err();
        assert_eq!(error.to_string(), "error: the server's answer cannot be read: it is longer than 64 MiB");
    }

    #[tokio::test]
    async fn what_is_no_json_is_an_error_without_the_body() {
        let (cluster, _) = cluster([ok(&json!("text")), Answer::Whole(200, vec![], b"<html>\x1b[31m".to_vec())]);
        for _ in 0..2 {
            let error = cluster.job("x").await.unwrap_err().to_string();
            assert!(error.starts_with("error: the server's answer cannot be read: "), "{error}");
            assert!(!error.contains("html"), "{error}");
        }
    }
}
