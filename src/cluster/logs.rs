//! The log of one container, as bytes.

use ::http::{Response, StatusCode};
use jiff::Timestamp;
use kube::client::Body;

use super::bytes::ByteStream;
use super::http::Ask;
use super::objects::query;
use super::{Cluster, ClusterError, Kind};

/// What of a log is wanted; the names and meanings are those of `kubectl logs`.
#[derive(Clone, Debug, Default)]
pub(crate) struct LogOptions {
    /// Which container; may be None where the pod has only one.
    pub(crate) container: Option<String>,
    /// Go on with what is still to be written?
    pub(crate) follow: bool,
    /// The log of the container's previous run in this pod.
    pub(crate) previous: bool,
    /// A time before each line.
    pub(crate) timestamps: bool,
    /// At most this many lines from the end.
    pub(crate) tail: Option<u64>,
    /// Not older than this many seconds.
    pub(crate) since_seconds: Option<u64>,
    /// Not older than this. The kubelet ignores the fraction of a second.
    pub(crate) since_time: Option<Timestamp>,
    /// At most this many bytes.
    pub(crate) limit_bytes: Option<u64>,
}

/// What the log endpoint answers with.
pub(crate) enum Log {
    /// The pod has no node yet (204).
    NotScheduled,
    /// The log; empty also while the container is being created.
    Bytes(ByteStream),
}

impl Cluster {
    /// The log of a container. That it cannot be read yet, or no longer, is an error in the kubelet's words.
    pub(crate) async fn log(&self, pod: &str, options: &LogOptions) -> Result<Log, ClusterError> {
        self.http.stream(&self.ask_for_log(pod, options)?).await.map(Log::from)
    }

    /// The same, asked for once: for those who have a loop of their own.
    pub(crate) async fn open_log(&self, pod: &str, options: &LogOptions) -> Result<Log, ClusterError> {
        let ask = self.ask_for_log(pod, options)?;
        let opened = match self.http.open(&ask).await {
            Err(error) if error.is_unauthorized() && self.http.renew().await? => self.http.open(&ask).await,
            opened => opened,
        };
        opened.map(Log::from)
    }

    fn ask_for_log(&self, pod: &str, options: &LogOptions) -> Result<Ask, ClusterError> {
        let path = format!("{}/log{}", self.object_path(Kind::Pod, pod)?, options.to_query());
        let mut asked = self.asked("get", Kind::Pod, pod);
        asked.subresource = "log";
        Ok(Ask::get(path, asked))
    }
}

impl From<Response<Body>> for Log {
    fn from(answer: Response<Body>) -> Self {
        match answer.status() {
            StatusCode::NO_CONTENT => Self::NotScheduled,
            _ => Self::Bytes(answer.into_body().into()),
        }
    }
}

impl LogOptions {
    fn to_query(&self) -> String {
        let yes = |set: bool| if set { "true" } else { "" };
        let number = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
        query(&[
            ("container", self.container.as_deref().unwrap_or_default()),
            ("follow", yes(self.follow)),
            ("previous", yes(self.previous)),
            ("timestamps", yes(self.timestamps)),
            ("tailLines", &number(self.tail)),
            ("sinceSeconds", &number(self.since_seconds)),
            ("sinceTime", &self.since_time.map(|time| time.to_string()).unwrap_or_default()),
            ("limitBytes", &number(self.limit_bytes)),
        ])
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _};

    use super::super::script::{Answer, Ending, cluster, status};
    use super::*;

    #[tokio::test]
    async fn the_bytes_are_the_programs() {
        let pieces = vec![b"one\r\n\xff\xfe".to_vec(), b"two\x1b[31m".to_vec()];
        let (cluster, seen) = cluster([Answer::Pieces(pieces, Ending::Clean)]);
        let options = LogOptions { container: Some("w".into()), follow: true, tail: Some(0), ..LogOptions::default() };
        let Log::Bytes(mut bytes) = cluster.log("p", &options).await.unwrap() else { panic!("it has a log") };
        let mut line = Vec::new();
        bytes.read_until(b'\n', &mut line).await.unwrap();
        assert_eq!(line, b"one\r\n");
        let mut rest = Vec::new();
        bytes.read_to_end(&mut rest).await.unwrap();
        assert_eq!(rest, b"\xff\xfetwo\x1b[31m");
        assert_eq!(seen.requests(), ["GET /api/v1/namespaces/ns/pods/p/log?container=w&follow=true&tailLines=0"]);
    }

    #[tokio::test]
    async fn a_cut_is_no_clean_end() {
        let (cluster, _) = cluster([Answer::Pieces(vec![b"half".to_vec()], Ending::Cut)]);
        let Log::Bytes(mut bytes) = cluster.log("p", &LogOptions::default()).await.unwrap() else {
            panic!("it has a log")
        };
        let mut read = Vec::new();
        bytes.read_to_end(&mut read).await.unwrap_err();
        assert_eq!(read, b"half");
    }

    #[tokio::test(start_paused = true)]
    async fn no_node_no_log_and_the_kubelets_words() {
        let waiting = "container \"w\" in pod \"p\" is waiting to start: PodInitializing";
        let (cluster, seen) = cluster([
            Answer::Whole(204, vec![], vec![]),
            status(400, "BadRequest", waiting),
            status(500, "InternalError", "Get \"https://n:10250\": connect: connection refused"),
            status(429, "TooManyRequests", "later"),
            Answer::Whole(200, vec![], vec![]),
        ]);
        let log = async || cluster.log("p", &LogOptions::default()).await;
        assert!(matches!(log().await, Ok(Log::NotScheduled)));
        let error = log().await.err().unwrap().to_string();
        assert_eq!(error, format!("Error from server (BadRequest): {waiting}"));
        assert!(log().await.err().unwrap().to_string().starts_with("Error from server (InternalError): Get"));
        assert!(matches!(log().await, Ok(Log::Bytes(_))), "an overloaded server is asked again");
        assert_eq!(seen.requests().len(), 5);
    }
}
