//! Requests and answers: [`Http::read`] is repeated where that may help, [`Http::write`] is sent once, and
//! [`Http::open`] and [`Http::stream`] hand over the answer as it comes.

use std::collections::HashSet;
use std::error::Error;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::TryStreamExt as _;
use futures::io::AsyncBufRead as FuturesBufRead;
use http::{HeaderMap, Method, Request, Response, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use indexedjob_core::text::shown;
use jiff::{SignedDuration, Timestamp};
use kube::Client;
use kube::client::{Body, ClientBuilder};
use kube::config::Config;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};
use tokio::time::Instant;

use super::config::{self, Loaded};
use super::error::{ApiError, Asked};
use super::{ClusterError, Connection, Note, Notes};
use crate::clock;
use crate::env::Env;

/// A hostile or broken server cannot fill the memory: 500 pods with large specs take a tenth of it.
const BODY_LIMIT: usize = 64 << 20;
const ERROR_BODY_LIMIT: usize = 1 << 20;
/// How long one answer may take where `--request-timeout` says nothing; the API server itself gives up at 60 s.
const ATTEMPT: Duration = Duration::from_secs(60);
/// For how long new attempts are begun where `--request-timeout` says nothing.
const BUDGET: Duration = Duration::from_secs(30);
/// How often a read that ends with 500 is tried: that code is often for good.
const TRIES_ON_500: u32 = 4;
/// Credentials are renewed this long before they expire.
const BEFORE_EXPIRY: SignedDuration = SignedDuration::from_secs(60);

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
    client: tokio::sync::Mutex<Client>,
    /// How to make another client; None for one that was given.
    renewal: Option<Renewal>,
    /// `--request-timeout`, in total; None where it was not given.
    limit: Option<Duration>,
    /// The server's host and port, for errors.
    host: String,
    notes: Notes,
    warned: Mutex<HashSet<String>>,
    /// Has the server ever answered? Until then a dead address is more likely a wrong one.
    contacted: AtomicBool,
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
        let host = host(&config);
        let client = client(config.clone(), &host).await?;
        // Read anew, the files may by then have another current context: stay with this one.
        let connection = Connection { context, ..connection.clone() };
        let limit = connection.request_timeout.filter(|limit| !limit.is_zero());
        let renewal = Some(Renewal { connection, env: env.clone(), config });
        Ok(Self::new(client, renewal, limit, host, notes))
    }

    /// Over a client that needs no renewal.
    #[cfg(test)]
    pub(super) fn over(client: Client, notes: Notes) -> Self {
        Self::new(client, None, None, "fake:6443".to_owned(), notes)
    }

    fn new(client: Client, renewal: Option<Renewal>, limit: Option<Duration>, host: String, notes: Notes) -> Self {
        Self(Arc::new(Inner {
            client: tokio::sync::Mutex::new(client),
            renewal,
            limit,
            host,
            notes,
            warned: Mutex::default(),
            contacted: AtomicBool::new(false),
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

    /// Asks once, for those who have a loop of their own.
    pub(super) async fn read_once<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, ClusterError> {
        self.once(ask, self.0.limit.unwrap_or(ATTEMPT)).await
    }

    /// Sends once, whatever happens: repeated, it could be done twice.
    pub(super) async fn write<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, ClusterError> {
        self.once(ask, self.0.limit.unwrap_or(ATTEMPT)).await.map_err(|error| match error {
            ClusterError::Unreachable { cause, .. } => ClusterError::Unreachable { cause, wrote: true },
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
        let client = self.client().await?;
        let sent = client.send(ask.to_request()?).await;
        let answer = sent.map_err(|error| ClusterError::of_transport(&error, &self.0.host))?;
        self.0.contacted.store(true, Ordering::Relaxed);
        self.note_warnings(answer.headers());
        if answer.status().is_success() {
            return Ok(answer);
        }
        let (code, wait) = (answer.status().as_u16(), retry_after(answer.headers()));
        let body = self.collect(answer.into_body(), ERROR_BODY_LIMIT).await.unwrap_or_default();
        Err(ClusterError::Api(Box::new(ApiError::read(code, &body, wait, &ask.asked))))
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
            Some(error) => ClusterError::of_transport(error, &self.0.host),
            None => ClusterError::Unreachable { cause: error.to_string(), wrote: false },
        }
    }

    /// The client, or a new one where the credentials of the old one are about to expire.
    async fn client(&self) -> Result<Client, ClusterError> {
        let mut client = self.0.client.lock().await;
        let expiring = |until: &Timestamp| clock::now() + BEFORE_EXPIRY >= *until;
        if let Some(renewal) = &self.0.renewal
            && client.valid_until().as_ref().is_some_and(expiring)
        {
            *client = renewal.client(&self.0.host).await?;
        }
        Ok(client.clone())
    }

    /// Reads the credentials anew; false where there is nothing to read.
    pub(super) async fn renew(&self) -> Result<bool, ClusterError> {
        let Some(renewal) = &self.0.renewal else { return Ok(false) };
        *self.0.client.lock().await = renewal.client(&self.0.host).await?;
        Ok(true)
    }

    pub(super) fn note(&self, note: Note) {
        (self.0.notes)(note);
    }

    fn note_warnings(&self, headers: &HeaderMap) {
        for text in headers.get_all(header::WARNING).iter().filter_map(|value| value.to_str().ok()).flat_map(warnings) {
            if self.0.warned.lock().unwrap_or_else(PoisonError::into_inner).insert(text.clone()) {
                self.note(Note::Warning(shown(&text).into_owned()));
            }
        }
    }
}

impl Renewal {
    /// A client with the credentials as they are now: a user may have logged in again meanwhile. Should the files
    /// now lead to another server, it stays with what it knows.
    async fn client(&self, host: &str) -> Result<Client, ClusterError> {
        let same_server = |loaded: &Loaded| loaded.config.cluster_url == self.config.cluster_url;
        let found = config::load(&self.connection, &self.env).ok().filter(same_server);
        client(found.map_or_else(|| self.config.clone(), |loaded| loaded.config), host).await
    }
}

/// Credential plugins run in here, and block.
async fn client(config: Config, host: &str) -> Result<Client, ClusterError> {
    let built = tokio::task::spawn_blocking(move || ClientBuilder::try_from(config)).await;
    let built = built.map_err(|error| ClusterError::Credentials { cause: error.to_string() })?;
    built.map(ClientBuilder::build).map_err(|error| ClusterError::of_setup(&error, host))
}

fn host(config: &Config) -> String {
    config.cluster_url.authority().map(ToString::to_string).unwrap_or_default()
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

/// Whether and when to ask again.
struct Retry<'a> {
    http: &'a Http,
    until: Instant,
    backoff: Backoff,
    tries: u32,
    renewed: bool,
}

impl<'a> Retry<'a> {
    fn new(http: &'a Http) -> Self {
        let until = Instant::now() + http.0.limit.unwrap_or(BUDGET);
        Self { http, until, backoff: Backoff::default(), tries: 0, renewed: false }
    }

    /// How long the next attempt may take.
    fn limit(&self) -> Duration {
        self.http.0.limit.map_or(ATTEMPT, |_| self.until.saturating_duration_since(Instant::now()))
    }

    /// Returns when it is time to ask again, or gives the error back.
    async fn after(&mut self, error: ClusterError) -> Result<(), ClusterError> {
        self.tries += 1;
        if error.is_unauthorized() && !std::mem::replace(&mut self.renewed, true) && self.http.renew().await? {
            return Ok(());
        }
        let unknown = error.is_transport() && !self.http.0.contacted.load(Ordering::Relaxed);
        if unknown || !error.is_passing() || error.is_internal() && self.tries >= TRIES_ON_500 {
            return Err(error);
        }
        let delay = self.backoff.next().max(error.retry_after().unwrap_or_default());
        if Instant::now() + delay >= self.until {
            return Err(error);
        }
        if self.tries == 1 {
            self.http.note(Note::Retrying { why: error.to_string(), delay });
        }
        tokio::time::sleep(delay).await;
        Ok(())
    }
}

/// How long to wait before the next try: 0.2 s, doubling up to 5 s, a quarter more or less.
#[derive(Debug)]
pub(super) struct Backoff {
    next: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { next: Duration::from_millis(200) }
    }
}

impl Backoff {
    pub(super) fn next(&mut self) -> Duration {
        let delay = self.next;
        self.next = (delay * 2).min(Duration::from_secs(5));
        jittered(delay)
    }
}

/// `span`, a quarter more or less, so that many clients do not come back at once.
pub(super) fn jittered(span: Duration) -> Duration {
    // A new RandomState hashes everything differently: randomness enough, without another crate.
    let random = RandomState::new().build_hasher().finish() % 1000;
    span * 3 / 4 + span * u32::try_from(random).unwrap_or(0) / 2000
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
                    // A date may follow, quoted too; the next warning comes after a comma.
                    rest = quoted[at + 1..].split_once(',').map_or("", |(_, next)| next);
                    break;
                }
                c => text.push(c),
            }
        }
        texts.push(text);
    }
    texts
}

/// The body of an answer, byte for byte as it comes.
pub(crate) struct ByteStream(Pin<Box<dyn FuturesBufRead + Send>>);

impl From<Body> for ByteStream {
    fn from(body: Body) -> Self {
        Self(Box::pin(body.into_data_stream().map_err(io::Error::other).into_async_read()))
    }
}

impl AsyncBufRead for ByteStream {
    fn poll_fill_buf(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        self.get_mut().0.as_mut().poll_fill_buf(context)
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        self.get_mut().0.as_mut().consume(amount);
    }
}

impl AsyncRead for ByteStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let mut this = self;
        let filled = std::task::ready!(this.as_mut().poll_fill_buf(context))?;
        let amount = filled.len().min(into.remaining());
        into.put_slice(&filled[..amount]);
        this.consume(amount);
        Poll::Ready(Ok(()))
    }
}
