//! Requests in, answers out, and the record of both.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame};
use serde_json::{Value, json};

use super::faults::{Fault, When, glob};
use super::selector::Selector;
use super::status::Status;
use super::store::{Key, Policy, Resource};
use super::watch::{self, Watch};
use super::{Fake, World, patch};

/// The body of an answer. An error in it cuts the connection.
pub(crate) type Body = UnsyncBoxBody<Bytes, Cut>;

/// The chunks of a body, as they are sent.
pub(crate) type Chunks = BoxStream<'static, Result<Bytes, Cut>>;

/// The connection breaks here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection was cut")
    }
}

impl std::error::Error for Cut {}

/// The largest body that a server reads.
const BODY_BYTES: usize = 3 * 1024 * 1024;

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) method: String,
    /// Decoded, without the query.
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A request and the code it was answered with, which is none before the answer and after a cut.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    pub(crate) call: Call,
    pub(crate) code: Option<u16>,
}

impl std::ops::Deref for Recorded {
    type Target = Call;
    fn deref(&self) -> &Call {
        &self.call
    }
}

impl Call {
    /// The first value of a query parameter.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn query_is_true(&self, name: &str) -> bool {
        self.query(name).is_some_and(|value| ["", "1", "true"].contains(&value))
    }

    pub(crate) fn is_watch(&self) -> bool {
        self.method == "GET" && self.query_is_true("watch")
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as JSON, null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.query(name).and_then(|text| text.parse().ok())
    }

    fn selector(&self, resource: &Resource) -> Result<Selector, Status> {
        let query = |name| self.query(name).unwrap_or_default();
        Selector::parse(resource, query("labelSelector"), query("fieldSelector"))
    }
}

/// What was asked of the server.
#[derive(Default)]
pub(crate) struct Journal {
    requests: Vec<Recorded>,
    writes: u64,
    /// Requests that are open, and those of them that are for logs; with the most that there ever were.
    open: Count,
    open_logs: Count,
}

#[derive(Default)]
struct Count {
    now: usize,
    most: usize,
}

impl Count {
    fn up(&mut self) {
        self.now += 1;
        self.most = self.most.max(self.now);
    }
}

impl Journal {
    pub(crate) fn writes(&self) -> u64 {
        self.writes
    }
}

impl Fake {
    /// Every request so far, in order of arrival.
    pub(crate) fn requests(&self) -> Vec<Recorded> {
        self.world().journal.requests.clone()
    }

    /// The requests with this method whose path matches the pattern (`*` is any text).
    pub(crate) fn requests_to(&self, method: &str, pattern: &str) -> Vec<Recorded> {
        let mut requests = self.requests();
        requests.retain(|request| request.method == method && glob(pattern, &request.path));
        requests
    }

    /// How many requests changed an object.
    pub(crate) fn writes(&self) -> u64 {
        self.world().journal.writes
    }

    /// The most requests that were open at one time, bodies that still stream included.
    pub(crate) fn most_open(&self) -> usize {
        self.world().journal.open.most
    }

    /// The same of requests for logs.
    pub(crate) fn most_open_logs(&self) -> usize {
        self.world().journal.open_logs.most
    }

    /// Waits until `n` requests are there that `seen` accepts, for at most 10 seconds.
    #[track_caller]
    pub(crate) fn await_requests(&self, n: usize, seen: impl Fn(&Recorded) -> bool) {
        for _ in 0..2000 {
            if self.world().journal.requests.iter().filter(|request| seen(request)).count() >= n {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("there were not {n} such requests within 10 s, but {:#?}", self.requests());
    }

    /// Waits until the n-th watch of a resource, such as `jobs`, has been opened.
    #[track_caller]
    pub(crate) fn await_watch(&self, plural: &str, n: usize) {
        let end = format!("/{plural}");
        self.await_requests(n, |request| {
            request.is_watch() && request.code == Some(200) && request.path.ends_with(&end)
        });
    }
}

/// An answer before it is an HTTP response.
pub(crate) enum Reply {
    Json(u16, Value),
    Text(u16, String),
    Bytes(Vec<u8>),
    NoContent,
    Stream(Chunks),
}

impl<B> tower::Service<Request<B>> for Fake
where
    B: hyper::body::Body + Send + 'static,
    B::Data: Send,
{
    type Response = Response<Body>;
    type Error = Cut;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Cut>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Cut>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let fake = self.clone();
        Box::pin(async move { fake.serve(request).await })
    }
}

/// Counts a request as open for as long as it lives.
struct Open {
    fake: Fake,
    is_log: bool,
}

impl Open {
    fn new(fake: &Fake, is_log: bool) -> Self {
        let mut world = fake.world();
        world.journal.open.up();
        if is_log {
            world.journal.open_logs.up();
        }
        Self { fake: fake.clone(), is_log }
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut world = self.fake.world();
        world.journal.open.now -= 1;
        world.journal.open_logs.now -= usize::from(self.is_log);
    }
}

impl Fake {
    async fn serve<B>(self, request: Request<B>) -> Result<Response<Body>, Cut>
    where
        B: hyper::body::Body,
    {
        let open = Open::new(&self, request.uri().path().ends_with("/log"));
        let (parts, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let call = Call {
            method: parts.method.to_string(),
            path: decode(parts.uri.path(), false),
            query: parse_query(parts.uri.query().unwrap_or_default()),
            headers: parts.headers,
            body,
        };
        let (at, fault) = {
            let mut world = self.world();
            world.journal.requests.push(Recorded { call: call.clone(), code: None });
            (world.journal.requests.len() - 1, world.faults.pick(&call))
        };
        let (code, retry_after, reply) = match self.reply(&call, fault.as_ref()).await? {
            Ok(reply) => (None, None, reply),
            Err(status) => (Some(status.code), status.retry_after, Reply::Json(status.code, status.to_json())),
        };
        let warning = self.world().settings.warning.clone().filter(|_| call.method == "POST");
        let (own_code, content_type, length, chunks) = reply.into_parts();
        let code = code.unwrap_or(own_code);
        self.world().journal.requests[at].code = Some(code);
        let chunks = match fault {
            Some(Fault::CutFrame(count)) => cut_after(chunks, count),
            Some(Fault::CloseAfter(count)) => chunks.take(count).boxed(),
            _ => chunks,
        };
        let frames = chunks.map_ok(move |chunk| {
            let _held = &open;
            Frame::data(chunk)
        });
        let mut response = Response::builder().status(code).header("content-type", content_type);
        if let Some(seconds) = retry_after {
            response = response.header("retry-after", seconds);
        }
        if let Some(warning) = warning {
            response = response.header("warning", format!("299 - \"{warning}\""));
        }
        if let (Some(length), false) = (length, matches!(fault, Some(Fault::CloseAfter(_)))) {
            response = response.header("content-length", length);
        }
        Ok(response.body(StreamBody::new(frames).boxed_unsync()).expect("a response"))
    }

    /// The answer, as the fault lets it be. The outer error cuts the connection.
    async fn reply(&self, call: &Call, fault: Option<&Fault>) -> Result<Result<Reply, Status>, Cut> {
        match fault {
            Some(Fault::Code(code)) => Ok(Err(Status::of_code(*code))),
            Some(Fault::RetryAfter(code, seconds)) => {
                Ok(Err(Status { retry_after: Some(*seconds), ..Status::of_code(*code) }))
            }
            Some(Fault::Says(code, message)) => {
                Ok(Err(Status { message: (*message).into(), ..Status::of_code(*code) }))
            }
            Some(Fault::Cut) => Err(Cut),
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::Delay(time)) => {
                tokio::time::sleep(*time).await;
                Ok(self.answer(call))
            }
            Some(Fault::Until(gate)) => {
                gate.passed().await;
                Ok(self.answer(call))
            }
            Some(Fault::Malformed) => Ok(Ok(Reply::Text(200, "{\"kind\":\"Jo".into()))),
            Some(Fault::ErrorEvent(code)) => {
                let frame = watch::frame("ERROR", &Status::of_code(*code).to_json());
                Ok(Ok(Reply::Stream(futures::stream::iter([Ok(frame)]).boxed())))
            }
            Some(Fault::ApplyThenCut) => {
                let _ = self.answer(call);
                Err(Cut)
            }
            Some(Fault::ApplyThenCode(code)) => Ok(self.answer(call).and(Err(Status::of_code(*code)))),
            Some(Fault::ApplyThenHang) => {
                let _ = self.answer(call);
                std::future::pending().await
            }
            Some(Fault::CutFrame(_) | Fault::CloseAfter(_)) | None => Ok(self.answer(call)),
        }
    }

    /// Carries the request out.
    fn answer(&self, call: &Call) -> Result<Reply, Status> {
        {
            let world = self.world();
            let token = world.settings.token.as_ref().map(|token| format!("Bearer {token}"));
            if world.settings.unauthorized || token.is_some_and(|token| call.header("authorization") != token) {
                return Err(Status::of_code(401));
            }
        }
        let path: Vec<_> = call.path.split('/').filter(|part| !part.is_empty()).collect();
        match path[..] {
            ["version"] => Ok(Reply::Json(200, self.version())),
            ["readyz" | "livez" | "healthz"] => Ok(Reply::Text(200, "ok".into())),
            ["apis", "authorization.k8s.io", "v1", "selfsubjectaccessreviews"] => Ok(self.review(call)),
            ["api", version, ref rest @ ..] if !rest.is_empty() => self.resource(call, "", version, rest),
            ["apis", group, version, ref rest @ ..] if !rest.is_empty() => self.resource(call, group, version, rest),
            _ => Ok(Reply::Text(404, "404 page not found\n".into())),
        }
    }

    fn version(&self) -> Value {
        let git_version = self.world().settings.git_version.clone();
        let mut parts = git_version.trim_start_matches('v').split('.');
        let (major, minor) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        json!({"major": major, "minor": minor, "gitVersion": git_version, "platform": "linux/amd64"})
    }

    fn review(&self, call: &Call) -> Reply {
        let mut review = call.json();
        let asked = &review["spec"]["resourceAttributes"];
        let verb = asked["verb"].as_str().unwrap_or_default();
        let resource = match (asked["resource"].as_str().unwrap_or_default(), asked["subresource"].as_str()) {
            (resource, None | Some("")) => resource.to_owned(),
            (resource, Some(sub)) => format!("{resource}/{sub}"),
        };
        let world = self.world();
        let denied = world.settings.denied_reviews.iter().any(|(v, r)| v == verb && *r == resource);
        let allowed = !denied && !world.faults.is_forbidden(verb, &resource);
        review["status"] = json!({"allowed": allowed});
        Reply::Json(201, review)
    }

    fn resource(&self, call: &Call, group: &str, version: &str, rest: &[&str]) -> Result<Reply, Status> {
        let (namespace, rest) = match rest {
            ["namespaces", namespace, rest @ ..] if !rest.is_empty() => (*namespace, rest),
            rest => ("", rest),
        };
        let resource = Resource { group: group.into(), version: version.into(), plural: rest[0].into() };
        let name = rest.get(1).copied().unwrap_or_default();
        let subresource = rest.get(2).copied().unwrap_or_default();
        let target = Target { resource, namespace, name, subresource };
        let selector = call.selector(&target.resource)?;
        let verb = match (call.method.as_str(), name) {
            ("GET", "") if call.is_watch() => "watch",
            ("GET", "") => "list",
            ("GET", _) => "get",
            ("POST", "") => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", "") => "deletecollection",
            ("DELETE", _) => "delete",
            _ => return Err(Status::of_code(405)),
        };
        let full = [&target.resource.plural, subresource].join("/");
        let full = full.trim_end_matches('/');
        if self.world().faults.is_forbidden(verb, full) {
            // A list or watch of one name is a request for that name.
            let name = if name.is_empty() { selector.name().unwrap_or_default() } else { name };
            return Err(Status::forbidden(&target.resource, verb, name, full, namespace));
        }
        match verb {
            "get" if subresource == "log" => {
                let world = self.world();
                world.logs.answer(world.store.get(&target.resource, namespace, name)?, call)
            }
            "get" => Ok(Reply::Json(200, self.world().store.get(&target.resource, namespace, name)?.clone())),
            "list" => list(&self.world(), call, &target, &selector),
            "watch" => Ok(self.watch(call, target, selector)),
            "deletecollection" => Err(Status::of_code(405)),
            _ => self.write(call, &target, verb),
        }
    }

    fn watch(&self, call: &Call, target: Target<'_>, selector: Selector) -> Reply {
        let since = call.number("resourceVersion").filter(|revision| *revision != 0);
        let watch = Watch {
            resource: target.resource,
            namespace: target.namespace.into(),
            selector,
            since,
            bookmarks: call.query_is_true("allowWatchBookmarks"),
            initial_events: call.query_is_true("sendInitialEvents"),
            timeout: call.number("timeoutSeconds").map(Duration::from_secs),
        };
        Reply::Stream(watch::stream(self, watch))
    }

    fn write(&self, call: &Call, target: &Target<'_>, verb: &str) -> Result<Reply, Status> {
        if call.body.len() > BODY_BYTES {
            return Err(Status::of_code(413));
        }
        let dry_run = is_dry_run(call);
        let k = self.world().journal.writes + 1;
        if !dry_run {
            let hooks = self.world().faults.hooks_for(k, When::Before);
            for hook in hooks {
                hook();
            }
        }
        let reply = self.change(|world| match verb {
            "create" => create(world, call, target, dry_run),
            "delete" => delete(world, call, target),
            _ => update(world, call, target, verb),
        })?;
        if !dry_run {
            self.world().journal.writes = k;
            let hooks = self.world().faults.hooks_for(k, When::After);
            for hook in hooks {
                hook();
            }
        }
        Ok(reply)
    }
}

/// The options of a DELETE are those of its body, and the parameters only where it has none.
pub(crate) fn is_dry_run(call: &Call) -> bool {
    match call.method.as_str() {
        "DELETE" if !call.body.is_empty() => call.json()["dryRun"][0] == "All",
        _ => call.query("dryRun") == Some("All"),
    }
}

/// The resource or object that a request is about.
struct Target<'a> {
    resource: Resource,
    /// Empty for all namespaces, and where there is none.
    namespace: &'a str,
    name: &'a str,
    subresource: &'a str,
}

fn list(world: &World, call: &Call, target: &Target<'_>, selector: &Selector) -> Result<Reply, Status> {
    let resource = &target.resource;
    let after = match call.query("continue").filter(|token| !token.is_empty()) {
        None => None,
        Some(token) => Some(read_token(token, world.store.compacted())?),
    };
    let limit = call.number("limit").unwrap_or_default();
    let limit = usize::try_from(limit).unwrap_or_default();
    let page = world.store.page(resource, target.namespace, selector, limit, after.as_ref());
    let mut metadata = json!({"resourceVersion": page.revision.to_string()});
    if let Some(next) = &page.next_after {
        metadata["continue"] = json!(token(page.revision, next));
        if selector.is_everything() {
            metadata["remainingItemCount"] = json!(page.remaining);
        }
    }
    let mut items = page.items;
    for item in items.iter_mut().filter_map(Value::as_object_mut) {
        // The objects of a list do not say what they are.
        item.remove("kind");
        item.remove("apiVersion");
    }
    let kind = format!("{}List", resource.kind());
    let list = json!({"kind": kind, "apiVersion": resource.api_version(), "metadata": metadata, "items": items});
    Ok(Reply::Json(200, list))
}

fn token(revision: u64, key: &Key) -> String {
    let text = [&revision.to_string(), &key.resource, &key.namespace, &key.name].map(String::as_str).join("|");
    text.bytes()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

fn read_token(token: &str, compacted: u64) -> Result<Key, Status> {
    let bytes: Option<Vec<u8>> =
        (0..token.len()).step_by(2).map(|at| u8::from_str_radix(token.get(at..at + 2)?, 16).ok()).collect();
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    match text.split('|').collect::<Vec<_>>()[..] {
        [revision, resource, namespace, name] => {
            if revision.parse::<u64>().is_ok_and(|revision| revision < compacted) {
                let message = "The provided continue parameter is too old to display a consistent list result. You can \
                    start a new list without the continue parameter.";
                return Err(Status { message: message.into(), ..Status::of_code(410) });
            }
            Ok(Key { resource: resource.into(), namespace: namespace.into(), name: name.into() })
        }
        _ => Err(Status::bad_request("continue key is not valid: illegal base64 data")),
    }
}

fn create(world: &mut World, call: &Call, target: &Target<'_>, dry_run: bool) -> Result<Reply, Status> {
    let mut object: Value = serde_json::from_slice(&call.body)
        .map_err(|error| Status::bad_request(format!("the object provided is unrecognized: {error}")))?;
    without_nulls(&mut object);
    if target.resource.plural == "jobs" {
        for pointer in &world.settings.dropped_fields {
            let (parent, field) = pointer.rsplit_once('/').unwrap_or_default();
            if let Some(map) = object.pointer_mut(parent).and_then(Value::as_object_mut) {
                map.remove(field);
            }
        }
        for (key, value) in &world.settings.default_labels {
            let label = &mut object["metadata"]["labels"][key];
            if label.is_null() {
                *label = json!(value);
            }
        }
    }
    let manager = call.query("fieldManager").unwrap_or_default();
    let object = world.store.create(&target.resource, target.namespace, object, manager, dry_run)?;
    Ok(Reply::Json(201, object))
}

fn update(world: &mut World, call: &Call, target: &Target<'_>, verb: &str) -> Result<Reply, Status> {
    let body: Value = serde_json::from_slice(&call.body)
        .map_err(|error| Status::bad_request(format!("error decoding patch: {error}")))?;
    let kind = call.header("content-type");
    let kind = kind.split(';').next().unwrap_or_default();
    let edit: fn(&mut Value, &Value) = match (verb, kind) {
        ("update", _) => Value::clone_from,
        (_, "application/merge-patch+json") => patch::merge,
        (_, "application/strategic-merge-patch+json") => patch::strategic,
        _ => {
            let message = "the body of the request was in an unknown format - accepted media types include: \
                application/merge-patch+json, application/strategic-merge-patch+json";
            return Err(Status { message: message.into(), ..Status::of_code(415) });
        }
    };
    let edit = |object: &mut Value| {
        edit(object, &body);
        without_nulls(object);
    };
    let Target { resource, namespace, name, subresource } = target;
    if is_dry_run(call) {
        let mut object = world.store.get(resource, namespace, name)?.clone();
        edit(&mut object);
        return Ok(Reply::Json(200, object));
    }
    world.store.update(resource, namespace, name, subresource, edit).map(|object| Reply::Json(200, object))
}

fn delete(world: &mut World, call: &Call, target: &Target<'_>) -> Result<Reply, Status> {
    let options = call.json();
    let asked = call.query("propagationPolicy").or(options["propagationPolicy"].as_str());
    let policy = match (asked, target.resource.plural.as_str()) {
        (Some("Foreground"), _) => Policy::Foreground,
        (Some("Orphan"), _) | (None, "jobs") => Policy::Orphan,
        _ => Policy::Background,
    };
    let Target { resource, namespace, name, .. } = target;
    if is_dry_run(call) {
        return Ok(Reply::Json(200, world.store.get(resource, namespace, name)?.clone()));
    }
    let object = world.store.delete(resource, namespace, name, policy, &options["preconditions"])?;
    let mut details = resource.details(name);
    details["uid"] = object["metadata"]["uid"].clone();
    let status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details});
    Ok(Reply::Json(200, status))
}

/// The API knows no null: a field that is null is one that is not set.
pub(crate) fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|_, value| !value.is_null());
            map.values_mut().for_each(without_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

type Parts = (u16, &'static str, Option<usize>, Chunks);

impl Reply {
    /// Code, content type, length if it is known, and chunks.
    fn into_parts(self) -> Parts {
        let whole = |code, kind, bytes: Vec<u8>| {
            let length = bytes.len();
            let chunk = Ok::<_, Infallible>(Bytes::from(bytes));
            let chunks = futures::stream::iter((length > 0).then_some(chunk));
            (code, kind, Some(length), chunks.map_err(|never| match never {}).boxed())
        };
        match self {
            Self::Json(code, value) => whole(code, "application/json", value.to_string().into_bytes()),
            Self::Text(code, text) => whole(code, "text/plain; charset=utf-8", text.into_bytes()),
            Self::Bytes(bytes) => whole(200, "text/plain", bytes),
            Self::NoContent => (204, "text/plain", None, futures::stream::empty().boxed()),
            Self::Stream(chunks) => (200, "application/json", None, chunks),
        }
    }
}

/// Lets `count` chunks pass and half of the next, then fails.
fn cut_after(chunks: Chunks, count: usize) -> Chunks {
    let halved = chunks.enumerate().map(move |(at, chunk)| match chunk {
        Ok(chunk) if at == count => Ok(chunk.slice(..chunk.len() / 2)),
        chunk => chunk,
    });
    let cut = futures::stream::once(async {
        // The half has to reach the client first.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(Cut)
    });
    halved.take(count + 1).chain(cut).boxed()
}

fn parse_query(query: &str) -> Vec<(String, String)> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(k, v)| (decode(k, true), decode(v, true)))
        .collect()
}

/// Undoes percent encoding, in queries `+` for a space too.
fn decode(text: &str, in_query: bool) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = (*first == b'%').then(|| tail.get(..2)).flatten().and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            bytes.push(byte);
            rest = &tail[2..];
        } else {
            bytes.push(if in_query && *first == b'+' { b' ' } else { *first });
            rest = tail;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
