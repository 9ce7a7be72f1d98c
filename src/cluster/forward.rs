//! The way to an `http://` server through an HTTP proxy, which is asked for the whole address, as by kubectl. kube's client
//! asks every proxy for a tunnel, and many make one to port 443 only.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use http::{HeaderValue, Request, Uri, header};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use k8s_openapi::ByteString;
use kube::Client;
use kube::client::{Body, ConfigExt as _};
use kube::config::Config;
use tokio::net::TcpStream;
use tower::{BoxError, Service, ServiceBuilder};

/// The proxy that is to be asked so; None where there is none, or another way leads to the server.
pub(super) fn proxy(config: &Config) -> Option<&Uri> {
    let is_http = |url: &Uri| url.scheme_str() == Some("http");
    config.proxy_url.as_ref().filter(|proxy| is_http(proxy) && is_http(&config.cluster_url))
}

/// A client whose requests go through `proxy`.
pub(super) fn client(config: &Config, proxy: Uri) -> Result<Client, kube::Error> {
    let login = login(&proxy);
    let mut connector = HttpConnector::new();
    connector.set_connect_timeout(config.connect_timeout);
    let http = legacy::Client::builder(TokioExecutor::new()).build::<_, Body>(ToProxy { connector, proxy });
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .map_request(move |mut request: Request<Body>| {
            if let Some(login) = &login {
                request.headers_mut().insert(header::PROXY_AUTHORIZATION, login.clone());
            }
            request
        })
        .map_err(BoxError::from)
        .service(http);
    Ok(Client::new(service, config.default_namespace.clone()))
}

/// What a proxy with `user:password@` in its URL wants to hear.
fn login(proxy: &Uri) -> Option<HeaderValue> {
    let (user, _) = proxy.authority()?.as_str().rsplit_once('@')?;
    let encoded = serde_json::to_value(ByteString(unescaped(user))).ok()?;
    let mut login = HeaderValue::from_str(&format!("Basic {}", encoded.as_str()?)).ok()?;
    login.set_sensitive(true);
    Some(login)
}

/// The bytes of a part of a URL, `%40` as `@`.
fn unescaped(text: &str) -> Vec<u8> {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        match part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => bytes.extend([&[byte], &part.as_bytes()[2..]].concat()),
            None => bytes.extend(["%", part].concat().into_bytes()),
        }
    }
    bytes
}

/// Connects to the proxy, whatever server is meant.
#[derive(Clone)]
struct ToProxy {
    connector: HttpConnector,
    proxy: Uri,
}

impl Service<Uri> for ToProxy {
    type Response = Proxied;
    type Error = <HttpConnector as Service<Uri>>::Error;
    type Future = BoxFuture<'static, Result<Proxied, Self::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.connector.poll_ready(context)
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let connecting = self.connector.call(self.proxy.clone());
        Box::pin(async move { Ok(Proxied(connecting.await?)) })
    }
}

/// A connection on which requests name the whole address.
struct Proxied(TokioIo<TcpStream>);

impl Connection for Proxied {
    fn connected(&self) -> Connected {
        Connected::new().proxy(true)
    }
}

impl Read for Proxied {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl Write for Proxied {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ways_are_forwarded() {
        let is_forwarded = |server: &str, via: Option<&str>| {
            let mut config = Config::new(server.parse().unwrap());
            config.proxy_url = via.map(|via| via.parse().unwrap());
            proxy(&config).is_some()
        };
        assert!(is_forwarded("http://a", Some("http://p:1")));
        assert!(!is_forwarded("https://a", Some("http://p:1")));
        assert!(!is_forwarded("http://a", Some("socks5://p:1")));
        assert!(!is_forwarded("http://a", Some("https://p:1")));
        assert!(!is_forwarded("http://a", None));
    }

    #[test]
    fn the_login_of_a_proxy_is_in_its_url() {
        let login = |url: &str| login(&url.parse().unwrap()).map(|login| login.to_str().unwrap().to_owned());
        assert_eq!(login("http://p:1"), None);
        assert_eq!(login("http://user:pa%40ss@p:1").as_deref(), Some("Basic dXNlcjpwYUBzcw=="));
        assert_eq!(unescaped("100%"), b"100%");
    }
}
