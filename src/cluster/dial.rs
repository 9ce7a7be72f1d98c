//! The client that requests go through.
//!
//! kube's own has settings that nobody can change: small packets wait for each other (no `TCP_NODELAY`), which costs a
//! round trip of 40 ms where two follow each other, and 400 KiB may be buffered of each answer, however many are read at a
//! time.

use http::{HeaderValue, Request, header};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::Builder;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::rt::TokioExecutor;
use kube::client::{Body, ClientBuilder, ConfigExt as _};
use kube::{Client, Config};
use tower::{BoxError, ServiceBuilder};
use tower_http::decompression::DecompressionLayer;

use super::forward::{self, ToProxy};

/// So much of an answer is buffered before somebody reads it, in bytes: two of the pieces in which TLS brings it, and more
/// than any server sends headers.
const BUFFER: usize = 32 << 10;

/// A client for `config`, which does not repeat anything itself. Through a tunnel of a proxy it is kube's own.
pub(super) fn client(config: Config) -> Result<Client, kube::Error> {
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(config.connect_timeout);
    match (forward::proxy(&config), &config.proxy_url) {
        (Some(proxy), _) => over(&config, ToProxy::new(tcp, proxy.clone()), forward::login(proxy)),
        (None, Some(_)) => Ok(ClientBuilder::try_from(config)?.build()),
        (None, None) => {
            let mut connector = TimeoutConnector::new(config.rustls_https_connector_with_connector(tcp)?);
            connector.set_connect_timeout(config.connect_timeout);
            connector.set_read_timeout(config.read_timeout);
            connector.set_write_timeout(config.write_timeout);
            connector.set_reset_reader_on_write(config.reset_reader_on_write);
            over(&config, connector, None)
        }
    }
}

/// The layers of kube's own client over `connector`; a proxy on the way gets `login`.
fn over<C>(config: &Config, connector: C, login: Option<HeaderValue>) -> Result<Client, kube::Error>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .layer(DecompressionLayer::new().gzip(!config.disable_compression))
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .map_request(move |mut request: Request<Body>| {
            request.headers_mut().extend(login.clone().map(|login| (header::PROXY_AUTHORIZATION, login)));
            request
        })
        .map_err(BoxError::from)
        .service(Builder::new(TokioExecutor::new()).http1_max_buf_size(BUFFER).build(connector));
    Ok(Client::new(service, config.default_namespace.clone()))
}
