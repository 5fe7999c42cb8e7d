//! The bus on NATS JetStream.
//!
//! The streams are made when they are not there, and compared with what was asked when they are: a server that drops a
//! setting in silence is refused. What each setting is for stands in `deploy/nats/README.md`; what the server really does
//! was measured, and each trap that was found has a line here.

mod check;
mod clock;
mod desk;
mod follow;
mod lease;
mod log;
mod questions;
mod queue;
mod sharing;

pub use desk::{DeadLetter, Desk, StreamState};
pub use sharing::{Disclosed, Sharing};

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::kv;
use async_nats::jetstream::stream::Stream;
use async_nats::{Client, ConnectOptions};

use crate::names::Names;

/// How to get in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Login {
    /// Without any proof: for servers on loopback.
    #[default]
    Open,
    /// With the seed of an nkey.
    Seed(String),
    /// With a credentials file of an operator's account.
    Credentials(PathBuf),
}

/// Where the servers are, and what is asked of them.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Servers, as `nats://host:port`, divided by commas.
    pub servers: String,
    /// How to get in.
    pub login: Login,
    /// A certificate that the servers' are checked against, beside the system's.
    pub ca: Option<PathBuf>,
    /// A certificate of our own and its key, where the servers want to know who connects.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// What the subjects begin with on which answers are heard: a service that shares it hears those of others.
    pub inbox: String,
    /// Who connects, for people who look at the server.
    pub name: String,
    /// Which ledger.
    pub names: Names,
    /// Copies of every stream: 1, or 3 in a cluster.
    pub replicas: usize,
    /// Streams are made where they are missing. A service that may not do so finds them or fails.
    pub makes_streams: bool,
    /// How long a lease stands without being renewed.
    pub lease: Duration,
    /// Frames that may wait.
    pub queue_frames_max: i64,
    /// After this time a frame that is not settled is handed out again.
    pub redeliver_after: Duration,
}

impl Connection {
    /// The usual figures, for a ledger on these servers.
    #[must_use]
    pub fn to(servers: &str, names: Names) -> Self {
        Self {
            servers: servers.to_owned(),
            login: Login::Open,
            ca: None,
            certificate: None,
            inbox: "_INBOX".into(),
            name: "granary".into(),
            names,
            replicas: 1,
            makes_streams: true,
            lease: Duration::from_millis(1_500),
            queue_frames_max: 4_096,
            redeliver_after: Duration::from_secs(3),
        }
    }
}

/// The servers are not there, or are not what they have to be.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// See the cause.
    #[error("read the credentials")]
    Credentials(#[source] std::io::Error),
    /// See the cause.
    #[error("connect to NATS at {servers}")]
    Connect {
        /// Where.
        servers: String,
        /// Why not.
        #[source]
        cause: async_nats::ConnectError,
    },
    /// A server that would lose or reorder something.
    #[error("the NATS server at {servers} is not fit: {problem}")]
    Unfit {
        /// Where.
        servers: String,
        /// What is missing.
        problem: String,
    },
    /// A stream that is not as it has to be.
    #[error("stream {stream}: {problem}")]
    Stream {
        /// Its name.
        stream: String,
        /// What is wrong.
        problem: String,
    },
}

impl ConnectError {
    /// Does asking again never help?
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Connect { cause, .. } if cause.kind() == async_nats::ConnectErrorKind::ServerParse)
    }
}

/// See the module.
pub struct Nats {
    client: Client,
    context: jetstream::Context,
    connection: Connection,
    events: Stream,
    leases: kv::Store,
    answers: Arc<queue::Answers>,
    taking: tokio::sync::Mutex<Option<queue::Taking>>,
    told: Arc<clock::Told>,
}

/// Connects, whoever it is.
async fn open(connection: &Connection) -> Result<Client, ConnectError> {
    let mut options = ConnectOptions::new()
        .name(&connection.name)
        .custom_inbox_prefix(&connection.inbox)
        .ping_interval(Duration::from_secs(2))
        .connection_timeout(Duration::from_secs(3))
        .reconnect_delay_callback(|attempts| Duration::from_millis(50 * attempts.min(10) as u64));
    options = match &connection.login {
        Login::Open => options,
        Login::Seed(seed) => options.nkey(seed.trim().to_owned()),
        Login::Credentials(file) => options.credentials_file(file).await.map_err(ConnectError::Credentials)?,
    };
    if let Some(ca) = &connection.ca {
        options = options.add_root_certificates(ca.clone()).require_tls(true);
    }
    if let Some((certificate, key)) = &connection.certificate {
        options = options.add_client_certificate(certificate.clone(), key.clone()).require_tls(true);
    }
    let addresses: Vec<&str> = connection.servers.split(',').map(str::trim).collect();
    let connected = options.connect(addresses).await;
    connected.map_err(|cause| ConnectError::Connect { servers: connection.servers.clone(), cause })
}

/// How long one attempt to publish waits for its acknowledgement.
const ACK_WAIT: Duration = Duration::from_secs(2);

/// Connects, and sees that the server is fit.
async fn enter(connection: &Connection) -> Result<(Client, jetstream::Context), ConnectError> {
    let client = open(connection).await?;
    let servers = connection.servers.clone();
    check::server(&client).await.map_err(|problem| ConnectError::Unfit { servers, problem })?;
    let mut context = jetstream::new(client.clone());
    context.set_timeout(ACK_WAIT);
    Ok((client, context))
}

impl Nats {
    /// Connects, checks the server, and makes or checks the streams.
    ///
    /// # Errors
    /// When no server answers, one is not fit, or a stream is not as it has to be.
    pub async fn connect(connection: Connection) -> Result<Self, ConnectError> {
        let (client, context) = enter(&connection).await?;
        let events = check::streams(&context, &connection).await?;
        let leases = check::leases(&context, &connection).await?;
        let answers = queue::Answers::listen(&client).await?;
        let clock = clock::Clock { client: client.clone(), subject: clock::subject(&connection.names) };
        let servers = connection.servers.clone();
        let told = Arc::new(clock::Told::default());
        clock.ask(&told).await.map_err(|problem| ConnectError::Unfit { servers, problem })?;
        tokio::spawn(clock::keep(clock, Arc::downgrade(&told)));
        let taking = tokio::sync::Mutex::new(None);
        Ok(Self { client, context, connection, events, leases, answers, taking, told })
    }

    /// The names it uses.
    #[must_use]
    pub fn names(&self) -> &Names {
        &self.connection.names
    }

    /// Copies of the commit log that are whole, of those there should be; as last told.
    #[must_use]
    pub fn copies(&self) -> (u64, u64) {
        (self.told.copies.load(std::sync::atomic::Ordering::Relaxed), self.connection.replicas as u64)
    }

    /// Is it connected just now?
    #[must_use]
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == async_nats::connection::State::Connected
    }
}
