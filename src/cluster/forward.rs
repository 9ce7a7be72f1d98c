//! The way to an `http://` server through an HTTP proxy, which is asked for the whole address, as by kubectl. kube's client
//! asks every proxy for a tunnel, and many make one to port 443 only.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::future::BoxFuture;
use http::{HeaderValue, Uri};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use kube::config::Config;
use percent_encoding::percent_decode_str;
use tokio::net::TcpStream;
use tower::Service;

use super::credentials::base64;

/// The proxy that is to be asked so; None where there is none, or another way leads to the server.
pub(super) fn proxy(config: &Config) -> Option<&Uri> {
    let is_http = |url: &Uri| url.scheme_str() == Some("http");
    config.proxy_url.as_ref().filter(|proxy| is_http(proxy) && is_http(&config.cluster_url))
}

/// What a proxy with `user:password@` in its URL wants to hear.
pub(super) fn login(proxy: &Uri) -> Option<HeaderValue> {
    let (user, _) = proxy.authority()?.as_str().rsplit_once('@')?;
    let mut login = HeaderValue::from_str(&format!("Basic {}", base64(percent_decode_str(user).collect()))).ok()?;
    login.set_sensitive(true);
    Some(login)
}

/// Connects to the proxy, whatever server is meant.
#[derive(Clone)]
pub(super) struct ToProxy {
    connector: HttpConnector,
    proxy: Uri,
}

impl ToProxy {
    pub(super) fn new(connector: HttpConnector, proxy: Uri) -> Self {
        Self { connector, proxy }
    }
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
pub(super) struct Proxied(TokioIo<TcpStream>);

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
    }
}
