//! A connection that ends where its other side takes nothing of what is sent to it: whoever asks and does not read holds
//! nothing for ever.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// See the module.
pub(crate) struct Impatient<S> {
    stream: S,
    peer: SocketAddr,
    patience: Duration,
    /// Runs while something is to be sent and nothing is taken.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Impatient<S> {
    pub(crate) fn new(stream: S, peer: SocketAddr, patience: Duration) -> Self {
        Self { stream, peer, patience, waiting: None }
    }

    fn judged<T>(&mut self, sent: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if sent.is_ready() {
            self.waiting = None;
            return sent;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waiting.as_mut().poll(context));
        tracing::warn!(peer = %self.peer, "cut off: took nothing of its answer for {} s", patience.as_secs());
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Impatient<S> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Impatient<S> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let it = self.get_mut();
        let sent = Pin::new(&mut it.stream).poll_write(context, bytes);
        it.judged(sent, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let it = self.get_mut();
        let sent = Pin::new(&mut it.stream).poll_write_vectored(context, bytes);
        it.judged(sent, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const PATIENCE: Duration = Duration::from_millis(200);

    fn impatient() -> (Impatient<tokio::io::DuplexStream>, tokio::io::DuplexStream) {
        let (ours, theirs) = duplex(16);
        (Impatient::new(ours, SocketAddr::from(([127, 0, 0, 1], 1)), PATIENCE), theirs)
    }

    #[tokio::test]
    async fn whoever_takes_nothing_is_cut_off() {
        let (mut ours, _theirs) = impatient();
        let error = ours.write_all(&[0; 64]).await.expect_err("nobody reads");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn whoever_takes_a_little_now_and_then_gets_everything() {
        let (mut ours, mut theirs) = impatient();
        let sent = tokio::spawn(async move { ours.write_all(&[7; 128]).await });
        let mut taken = Vec::new();
        while taken.len() < 128 {
            sleep(PATIENCE / 4).await;
            let mut few = [0; 16];
            let count = theirs.read(&mut few).await.expect("it is sent");
            taken.extend_from_slice(&few[..count]);
        }
        sent.await.expect("it does not panic").expect("longer in all than one wait may be, and never so long at once");
    }
}
