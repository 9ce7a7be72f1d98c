//! [`ByteStream`]: the body of an answer, read by tokio's traits.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::TryStreamExt as _;
use futures::io::AsyncBufRead as FuturesBufRead;
use http_body_util::BodyExt as _;
use kube::client::Body;
use tokio::io::{AsyncBufRead, AsyncRead, ReadBuf};

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
