//! What a service answers before it can: that it is up, and starts. Until its folder is open and its bus is there this takes a
//! while, and whoever looks after it must not take that for the end of it.

use std::net::TcpListener;
use std::os::fd::AsFd;
use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::front::Front;
use crate::server::{Listeners, connections};

/// See the module. Dropped, it goes on to the end of the process: [`Starting::end`] it before the doors open.
pub struct Starting {
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<std::io::Result<()>>>,
}

impl Starting {
    /// Answers at the same addresses, from now on.
    ///
    /// # Errors
    /// When the system gives no second handle of a listener.
    pub fn begin(listeners: &Listeners, front: &Arc<Front>) -> std::io::Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let mut tasks = Vec::new();
        for listener in std::iter::once(&listeners.doors).chain(&listeners.health) {
            let listener = TcpListener::from(listener.as_fd().try_clone_to_owned()?);
            let routes = Router::new().route("/healthz", get(crate::health::healthz)).fallback(starts);
            tasks.push(tokio::spawn(connections(listener, routes, stopped.clone(), Arc::clone(front))));
        }
        Ok(Self { stop, tasks })
    }

    /// Leaves the addresses to the doors.
    pub async fn end(self) {
        self.stop.send_replace(true);
        for task in self.tasks {
            let _ = task.await;
        }
    }
}

async fn starts() -> Response {
    let again = [(header::RETRY_AFTER, "1"), (header::CONNECTION, "close")];
    (StatusCode::SERVICE_UNAVAILABLE, again, "starting\n").into_response()
}
