//! The only place that names kube: requests to one cluster, and what comes back, in our own words.
//!
//! - `config`: kubectl's flags -> a client's configuration; from `kubeconfig` files, through a `proxy` by Go's rules;
//!   `credentials`: token files and credential plugins
//! - `dial`: the client, also where a proxy is to `forward`; `http`: one at a time; reads are repeated (`retry`), writes are
//!   sent once; `bytes`: a body as it comes
//! - `objects`: what can be asked; `lists`: by labels; `pods`: those of a Job; `watch`: a Job, its pods or many Jobs (`watched`) as they
//!   change, from `frames`; `logs`: bytes
//! - `queue`: the place of a Job in a queue of Kueue
//! - `runs`: what a retry asks besides
//! - `error`: what went wrong, in kubectl's words, and a hint; `status`: as the server says it, `transport`: where
//!   nobody answered; `trace`: what `-v` tells
//!
//! It never touches the terminal: what a user should hear on the way goes to [`Notes`].

mod bytes;
mod config;
mod credentials;
mod dial;
mod error;
mod forward;
mod frames;
mod http;
mod kubeconfig;
mod lists;
mod logs;
mod objects;
mod pods;
mod proxy;
mod queue;
mod retry;
mod runs;
#[cfg(test)]
mod script;
mod status;
mod trace;
mod transport;
mod watch;
mod watched;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use bytes::ByteStream;
pub(crate) use config::{Connection, platform};
pub(crate) use credentials::Attended;
pub(crate) use error::ClusterError;
pub(crate) use kubeconfig::Named;
pub(crate) use logs::{Log, LogOptions};
pub(crate) use objects::{Kind, ServerVersion};
pub(crate) use pods::{Phases, PodQuery};

pub(crate) use retry::Backoff;
pub(crate) use watched::JobsChange;

use crate::env::Env;

/// Where the cluster says what happens on the way.
pub(crate) type Notes = Arc<dyn Fn(Note) + Send + Sync>;

/// Something a user should hear while a request goes on. Its texts are safe to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Note {
    /// The server's own warning; each text comes once.
    Warning(String),
    /// What `-v` asks to be told: lines of text.
    Trace(String),
    /// A request failed and is repeated; once per outage.
    Retrying {
        /// The error, in kubectl's words.
        why: String,
        /// Until the next try.
        delay: Duration,
    },
    /// Watching is forbidden, so the Job or its pods are asked for every `every` instead.
    Polling {
        /// The error, in kubectl's words.
        why: String,
        /// How often.
        every: Duration,
    },
}

/// One namespace of one cluster. A clone is another handle to the same one.
#[derive(Clone)]
pub(crate) struct Cluster {
    http: http::Http,
    namespace: Arc<str>,
}

impl Cluster {
    /// Finds out which cluster is meant and how to get in. Sends nothing yet, but credential plugins run.
    pub(crate) async fn connect(connection: &Connection, env: &Env, notes: Notes) -> Result<Self, ClusterError> {
        let loaded = config::load(connection, env)?;
        let namespace = loaded.config.default_namespace.as_str().into();
        let http = http::Http::connect(loaded, connection, env, notes).await?;
        Ok(Self { http, namespace })
    }

    /// The names that the kubeconfig has for contexts, clusters or users.
    pub(crate) fn named(named: Named, connection: &Connection, env: &Env) -> Result<Vec<String>, ClusterError> {
        Ok(kubeconfig::names(kubeconfig::read(connection, env)?, named))
    }

    /// The namespace that is meant.
    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The same cluster, another namespace: the one that a manifest names.
    pub(crate) fn in_namespace(&self, namespace: &str) -> Self {
        Self { namespace: namespace.into(), ..self.clone() }
    }

    /// The same cluster, all its namespaces: for lists and watches only.
    pub(crate) fn in_all_namespaces(&self) -> Self {
        self.in_namespace("")
    }

    /// A cluster that `service` answers for.
    #[cfg(test)]
    pub(crate) fn over<S, B>(service: S, namespace: &str, notes: Notes) -> Self
    where
        S: tower::Service<::http::Request<kube::client::Body>, Response = ::http::Response<B>> + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<tower::BoxError>,
        B: hyper::body::Body<Data = hyper::body::Bytes> + Send + 'static,
        B::Error: Into<tower::BoxError>,
    {
        let client = kube::Client::new(service, namespace);
        Self { http: http::Http::over(client, notes), namespace: namespace.into() }
    }
}
