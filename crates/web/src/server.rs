//! Routes, and a server that stops when it is asked to and lets what is under way finish.
//!
//! Connections have threads of their own, which never wait for the books: they take requests in, hand them on, send what is
//! answered, and tell how the service is. Whatever else is asked runs on the threads of the service.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use answers::ProblemKind;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tower_http::compression::CompressionLayer;

use crate::doors::Doors;
use crate::front::{Front, Peer};
use crate::impatient::Impatient;
use crate::language::Language;
use crate::trouble::Trouble;
use crate::why::Why;
use crate::{commands, events, exports, facts, health, import, log, openapi, questions, rebuild};

/// How long requests under way may take once the process is asked to stop.
const FINISH: Duration = Duration::from_secs(10);

/// Longest time for the head of a request, and for a connection on which nothing comes.
const HEAD_MAX: Duration = Duration::from_secs(15);

/// Longest time in which a reader takes nothing of its answer; then its connection is cut.
const READ_MAX: Duration = Duration::from_secs(60);

/// Bytes of an answer that wait in a connection until more of it is made, and the longest head of a request.
const BUFFER_BYTES_MAX: usize = 64 << 10;

/// Connections at one time; more wait until one ends.
const CONNECTIONS_MAX: usize = 4_096;

/// Pause after a connection that could not be accepted.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// The routes of HTTP; what may wait for the books is done on the threads of `work`.
fn routes(doors: Arc<Doors>, work: Handle, has_health_elsewhere: bool) -> Router {
    let told = match has_health_elsewhere {
        true => Router::new(),
        false => Router::new().route("/metrics", get(health::metrics)),
    };
    Router::new()
        .route("/v1/commands/{id}", get(commands::get))
        .route("/v1/events", get(events::events))
        .route("/v1/export/{what}", get(exports::export))
        .route("/v1/receipts/{event}", get(log::receipt))
        .route("/v1/witnesses", get(log::witnesses))
        .route("/v1/facts/{event}", get(facts::fact))
        .route("/checkpoint", get(log::checkpoint))
        .route("/tile/{*path}", get(log::tile))
        .route("/v1/import", post(import::post))
        .route("/v1/rebuild", post(rebuild::rebuild))
        .route("/v1/{question}", get(questions::ask).post(questions::ask))
        .route("/openapi.json", get(openapi::document))
        .merge(crate::console::routes())
        .layer(CompressionLayer::new())
        // Verdicts are short, and many.
        .route("/v1/commands", post(commands::post))
        .layer(from_fn_with_state(work, hand_on))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .merge(told)
        .fallback(nowhere)
        .method_not_allowed_fallback(no_method)
        .layer(from_fn_with_state(Arc::clone(&doors), crate::way_in::way_in))
        .with_state(doors)
}

/// How the service is, for those who watch it: on a listener of its own, whatever happens at the other.
fn health_routes(doors: Arc<Doors>) -> Router {
    Router::new()
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .fallback(nowhere)
        .with_state(doors)
}

/// Answers a request on the threads of the service; whoever goes away ends it.
async fn hand_on(State(work): State<Handle>, request: Request, next: Next) -> Response {
    let mut task = Awaited(work.spawn(Language::current().within(next.run(request))));
    match (&mut task.0).await {
        Ok(response) => response,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => Trouble::from(answers::Problem::cannot_answer(Why::Stopped)).into_response(),
    }
}

/// A task that ends with whoever waits for it.
struct Awaited<T>(JoinHandle<T>);

impl<T> Drop for Awaited<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn nowhere(uri: Uri) -> Trouble {
    Trouble::absent(Why::NotFound { path: uri.path().to_owned() })
}

async fn no_method(uri: Uri) -> Trouble {
    let why = Why::NoSuchMethod { path: uri.path().to_owned() };
    Trouble::new(StatusCode::METHOD_NOT_ALLOWED, ProblemKind::WrongUse, why)
}

/// Serves until the process is asked to stop (`doors.stop`), then lets what is under way finish.
///
/// # Errors
/// When the system gives no threads. What fails at one connection is that connection's end.
pub async fn serve(listeners: Listeners, doors: Arc<Doors>) -> std::io::Result<()> {
    let threads = Threads::new()?;
    let Listeners { doors: listener, health } = listeners;
    let routes = routes(Arc::clone(&doors), Handle::current(), health.is_some());
    if let Some(health) = health {
        let routes = health_routes(Arc::clone(&doors));
        let health = connections(health.into_std()?, routes, doors.stop.clone(), Arc::clone(&doors.front));
        threads.handle().spawn(health);
    }
    let (stop, front) = (doors.stop.clone(), Arc::clone(&doors.front));
    drop(doors);
    threads.handle().spawn(connections(listener.into_std()?, routes, stop, front)).await?
}

/// Where a service listens.
#[derive(Debug)]
pub struct Listeners {
    /// For whoever asks.
    pub doors: TcpListener,
    /// For whoever watches; the other one where there is none.
    pub health: Option<TcpListener>,
}

/// Connections of each address at one time.
#[derive(Default)]
struct Addresses(std::sync::Mutex<std::collections::HashMap<std::net::IpAddr, usize>>);

impl Addresses {
    /// A place for one more connection, where the address has one.
    fn enter(self: &Arc<Self>, address: std::net::IpAddr, at_once_max: usize) -> Option<OfAddress> {
        let mut held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= at_once_max {
            return None;
        }
        *count += 1;
        Some(OfAddress { addresses: Arc::clone(self), address })
    }
}

/// See [`Addresses::enter`].
struct OfAddress {
    addresses: Arc<Addresses>,
    address: std::net::IpAddr,
}

impl Drop for OfAddress {
    fn drop(&mut self) {
        let mut held = self.addresses.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}

/// What counts as one address: of the newer kind, the network that one customer is given.
fn counted(peer: SocketAddr) -> std::net::IpAddr {
    match peer.ip().to_canonical() {
        std::net::IpAddr::V6(address) if !address.is_loopback() => {
            let network = u128::from(address) & !u128::from(u64::MAX);
            std::net::IpAddr::V6(network.into())
        }
        address => address,
    }
}

/// The threads of connections, until it is dropped.
struct Threads(Option<Runtime>);

impl Threads {
    fn new() -> std::io::Result<Self> {
        Ok(Self(Some(Builder::new_multi_thread().enable_all().thread_name("granary-http").build()?)))
    }

    fn handle(&self) -> &Handle {
        self.0.as_ref().expect("there until it is dropped").handle()
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // Not waited for: this is dropped on a thread that may not wait.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Serves whoever connects until it is told to stop, then lets what is under way finish.
pub(crate) async fn connections(
    listener: std::net::TcpListener,
    routes: Router,
    mut stop: watch::Receiver<bool>,
    front: Arc<Front>,
) -> std::io::Result<()> {
    let addresses = Arc::new(Addresses::default());
    let listener = TcpListener::from_std(listener)?;
    let service = TowerToHyperService::new(routes);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_MAX).max_buf_size(BUFFER_BYTES_MAX);
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let under_way = GracefulShutdown::new();
    loop {
        let come = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            come = come => come,
        };
        match accepted {
            Ok((stream, peer)) => {
                let at_once_max = if front.is_proxy(peer.ip()) { usize::MAX } else { front.of_address_max };
                // Closed at once: whoever holds so many connections keeps others out of none.
                let Some(of_address) = addresses.enter(counted(peer), at_once_max) else { continue };
                let _ = stream.set_nodelay(true);
                let stream = TokioIo::new(Impatient::new(stream, peer, READ_MAX));
                let service = service.clone();
                let service = service_fn(move |mut request: hyper::Request<Incoming>| {
                    request.extensions_mut().insert(Peer(peer));
                    service.call(request)
                });
                let connection = under_way.watch(http.serve_connection(stream, service));
                tokio::spawn(async move {
                    let _of_address = of_address;
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "a connection ended");
                    }
                    drop(place);
                });
            }
            // Whoever went away, or no file handles for now: others come, and handles come back.
            Err(error) => {
                tracing::warn!(%error, "accept a connection");
                tokio::time::sleep(ACCEPT_AGAIN).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(FINISH, under_way.shutdown()).await.is_err() {
        tracing::warn!("requests under way were cut off");
    }
    Ok(())
}
