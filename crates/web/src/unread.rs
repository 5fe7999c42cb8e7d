//! A body that nobody has read when its request is answered.
//!
//! The connection ends there, as what comes next on it is no request. Whoever sent it is told: else the next request goes out
//! on a connection that is closed already, and its sender cannot know whether it was done.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use hyper::body::{Frame, SizeHint};

/// Most that is read of a body whose request is refused, in bytes and in time.
const PASSED_OVER_MAX: usize = 64 << 10;
const PASSING_OVER: Duration = Duration::from_millis(500);

/// See the module.
pub(crate) struct Unread(Arc<AtomicBool>);

impl Unread {
    /// Watches the body of a request.
    pub(crate) fn of(request: &mut Request) -> Self {
        let is_read = Arc::new(AtomicBool::new(request.body().is_end_stream()));
        // Most requests have none.
        if !request.body().is_end_stream() {
            let body = std::mem::take(request.body_mut());
            *request.body_mut() = Body::new(Watched { body, is_read: Arc::clone(&is_read) });
        }
        Self(is_read)
    }

    /// Reads what there is of a body that nobody wants, if it is short and comes soon: the connection serves on.
    pub(crate) async fn pass_over(&self, body: Body) {
        let _ = tokio::time::timeout(PASSING_OVER, axum::body::to_bytes(body, PASSED_OVER_MAX)).await;
    }

    /// Says that the connection ends with this answer, where something is left on it.
    pub(crate) fn close_after(&self, headers: &mut HeaderMap) {
        if !self.0.load(Ordering::Relaxed) {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// A body that tells when it was read to its end.
struct Watched {
    body: Body,
    is_read: Arc<AtomicBool>,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let it = self.get_mut();
        let frame = ready!(Pin::new(&mut it.body).poll_frame(context));
        if frame.is_none() || it.body.is_end_stream() {
            it.is_read.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closes(unread: &Unread) -> bool {
        let mut headers = HeaderMap::new();
        unread.close_after(&mut headers);
        headers.contains_key(header::CONNECTION)
    }

    #[tokio::test]
    async fn a_body_is_read_passed_over_or_the_last_thing_on_its_connection() {
        let mut request = Request::new(Body::empty());
        assert!(!closes(&Unread::of(&mut request)), "there is none");
        let mut request = Request::new(Body::from("a body"));
        let unread = Unread::of(&mut request);
        assert!(closes(&unread));
        unread.pass_over(request.into_body()).await;
        assert!(!closes(&unread));
        let mut request = Request::new(Body::from_stream(futures_util::stream::iter((0..3).map(|_| {
            let chunk: Result<Bytes, axum::Error> = Ok(Bytes::from(vec![0; PASSED_OVER_MAX / 2 + 1]));
            chunk
        }))));
        let unread = Unread::of(&mut request);
        unread.pass_over(request.into_body()).await;
        assert!(closes(&unread), "too long");
        let mut request =
            Request::new(Body::from_stream(futures_util::stream::pending::<Result<Bytes, axum::Error>>()));
        let unread = Unread::of(&mut request);
        unread.pass_over(request.into_body()).await;
        assert!(closes(&unread), "it does not come");
    }
}
