//! A server that answers by a script, for the unit tests of this directory.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use futures::stream::{self, BoxStream};
use http::{Request, Response};
use http_body_util::StreamBody;
use hyper::body::{Bytes, Frame};
use kube::client::Body;
use serde_json::{Value, json};

use super::{Cluster, Note};

/// One answer.
pub(super) enum Answer {
    /// A code, headers and a whole body.
    Whole(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// 200 and pieces of a body.
    Pieces(Vec<Vec<u8>>, Ending),
    /// Nobody listens.
    Refused,
    /// The connection breaks before an answer.
    Reset,
}

/// How a body of pieces ends.
pub(super) enum Ending {
    Clean,
    Cut,
    Never,
}

/// Method, path and query of a request, and its body.
type Asked = (String, Vec<u8>);

/// What was asked of the server and what the user was told.
#[derive(Clone, Default)]
pub(super) struct Seen {
    requests: Arc<Mutex<Vec<Asked>>>,
    notes: Arc<Mutex<Vec<Note>>>,
}

impl Seen {
    /// Method, path and query of each request.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().iter().map(|(line, _)| line.clone()).collect()
    }

    /// The body of each request.
    pub(super) fn bodies(&self) -> Vec<Value> {
        self.requests.lock().unwrap().iter().map(|(_, body)| serde_json::from_slice(body).unwrap_or_default()).collect()
    }

    pub(super) fn notes(&self) -> Vec<Note> {
        self.notes.lock().unwrap().clone()
    }
}

/// A cluster that gives these answers one after the other, and then none any more.
pub(super) fn cluster(answers: impl IntoIterator<Item = Answer>) -> (Cluster, Seen) {
    let seen = Seen::default();
    let answers = Arc::new(Mutex::new(answers.into_iter().collect::<VecDeque<_>>()));
    let (requests, notes) = (seen.requests.clone(), seen.notes.clone());
    let service = tower::service_fn(move |request: Request<Body>| {
        let (answers, requests) = (answers.clone(), requests.clone());
        async move {
            let line = format!("{} {}", request.method(), request.uri());
            let body = request.into_body().collect_bytes().await.unwrap().to_vec();
            requests.lock().unwrap().push((line, body));
            let answer = answers.lock().unwrap().pop_front();
            match answer {
                Some(answer) => given(answer),
                None => futures::future::pending().await,
            }
        }
    });
    let told = Arc::new(move |note| notes.lock().unwrap().push(note));
    (Cluster::over(service, "ns", told), seen)
}

type Pieces = StreamBody<BoxStream<'static, Result<Frame<Bytes>, io::Error>>>;

fn given(answer: Answer) -> Result<Response<Pieces>, io::Error> {
    let (code, headers, pieces, ending) = match answer {
        Answer::Refused => return Err(io::ErrorKind::ConnectionRefused.into()),
        Answer::Reset => return Err(io::ErrorKind::ConnectionReset.into()),
        Answer::Whole(code, headers, body) => (code, headers, vec![body], Ending::Clean),
        Answer::Pieces(pieces, ending) => (200, Vec::new(), pieces, ending),
    };
    let pieces = stream::iter(pieces).map(|piece| Ok(Frame::data(Bytes::from(piece))));
    let body = match ending {
        Ending::Clean => pieces.boxed(),
        Ending::Cut => pieces.chain(stream::iter([Err(io::ErrorKind::UnexpectedEof.into())])).boxed(),
        Ending::Never => pieces.chain(stream::pending()).boxed(),
    };
    let mut response = Response::builder().status(code);
    for (name, value) in headers {
        response = response.header(name, value);
    }
    Ok(response.body(StreamBody::new(body)).unwrap())
}

/// 200 and JSON.
pub(super) fn ok(body: &Value) -> Answer {
    Answer::Whole(200, Vec::new(), body.to_string().into())
}

/// A Status.
pub(super) fn status(code: u16, reason: &str, message: &str) -> Answer {
    Answer::Whole(code, Vec::new(), status_json(code, reason, message).to_string().into())
}

pub(super) fn status_json(code: u16, reason: &str, message: &str) -> Value {
    json!({"kind": "Status", "status": "Failure", "code": code, "reason": reason, "message": message})
}

/// The Job `x`.
pub(super) fn job(uid: &str, version: &str) -> Value {
    json!({"metadata": {"name": "x", "uid": uid, "resourceVersion": version}, "spec": {"completions": 3}})
}

/// One line of a watch.
pub(super) fn frame(kind: &str, object: &Value) -> Vec<u8> {
    format!("{}\n", json!({"type": kind, "object": object})).into()
}
