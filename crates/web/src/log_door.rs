//! The static files of the log over the bus: a service that has none asks the ledger, whose key signs the checkpoint.
//!
//! The ledger does not look who asks: only services may (`q.<organisation>.<ledger>.ledger.*`, see `deploy/nats/users.conf`), and they
//! look, see `log.rs`.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use bus::{Asked, BoxFuture, Handler, Questions, Reply};
use chain::{FileError, LogFiles, Tile, read_tile};
use tokio::runtime::Handle;

use crate::bus_door::STATUS;
use crate::log::aside;

/// Name of the service that has the log, as subjects have it.
pub const LEDGER: &str = "ledger";
const CHECKPOINT: &str = "checkpoint";
const TILE: &str = "tile";
/// How long the ledger may take for a file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers with files of the log.
pub struct LogDoor(pub Arc<dyn LogFiles + Send + Sync>);

impl Handler for LogDoor {
    fn handle(&self, asked: Asked) -> BoxFuture<'_, Reply> {
        let log = Arc::clone(&self.0);
        Box::pin(async move {
            let found = aside(move || match asked.verb.as_str() {
                CHECKPOINT => log.checkpoint().map_err(|error| error.to_string()),
                TILE => {
                    let tile = Tile::parse(&String::from_utf8_lossy(&asked.body)).map_err(|error| error.to_string())?;
                    read_tile(&*log, tile).map_err(|error| error.to_string())
                }
                other => Err(format!("`{other}` is nothing that the log has")),
            });
            let (status, body) = match found.await {
                Ok(bytes) => (StatusCode::OK, bytes.into()),
                Err(problem) => (StatusCode::NOT_FOUND, problem.into()),
            };
            Reply { headers: vec![(STATUS.into(), status.as_str().into())], body }
        })
    }
}

/// The log of a ledger elsewhere. Read on a thread that may wait.
pub struct RelayedLog {
    relay: Arc<dyn Questions>,
    runtime: Handle,
}

impl RelayedLog {
    /// The log of the ledger on a bus; called within a runtime.
    #[must_use]
    pub fn new(relay: Arc<dyn Questions>) -> Self {
        Self { relay, runtime: Handle::current() }
    }

    fn ask(&self, verb: &str, path: &str) -> Result<Vec<u8>, FileError> {
        let asked = Asked { verb: verb.to_owned(), headers: Vec::new(), body: path.to_owned().into() };
        let unreadable = |problem: String| FileError::Unreadable { path: path.to_owned(), problem };
        let reply = self.runtime.block_on(self.relay.ask(LEDGER, asked, PATIENCE));
        let reply = reply.map_err(|error| unreadable(shell::chain(&error)))?;
        match reply.header(STATUS) {
            Some("200") => Ok(reply.body.into()),
            Some("404") => Err(FileError::Missing { path: path.to_owned() }),
            _ => Err(unreadable("the ledger's answer has no status".to_owned())),
        }
    }
}

impl LogFiles for RelayedLog {
    fn checkpoint(&self) -> Result<Vec<u8>, FileError> {
        self.ask(CHECKPOINT, CHECKPOINT)
    }

    fn file(&self, tile: Tile) -> Result<Vec<u8>, FileError> {
        self.ask(TILE, &tile.path())
    }
}
