//! The log of one container, as bytes.

use ::http::StatusCode;
use jiff::Timestamp;

use super::http::{Ask, ByteStream};
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
        let path = format!("{}/log{}", self.object_path(Kind::Pod, pod)?, options.to_query());
        let mut asked = self.asked("get", Kind::Pod, pod);
        asked.subresource = "log";
        let answer = self.http.stream(&Ask::get(path, asked)).await?;
        Ok(match answer.status() {
            StatusCode::NO_CONTENT => Log::NotScheduled,
            _ => Log::Bytes(answer.into_body().into()),
        })
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
