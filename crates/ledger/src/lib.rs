//! The single writer: commands are decided one after the other, recorded together, and only then answered.
//!
//! [`Ledger`] is the embedded engine: deciding, sealing and committing run on three threads, a batch each, so that
//! whatever arrives while one sync runs shares the next. [`Reader`] answers from what is recorded. Both stand on
//! [`Opened`], which puts the books back together from their snapshot and the log after it.

mod answer;
mod clock;
mod decider;
mod duplicate;
mod key;
mod opened;
mod pipeline;
mod reader;
mod replay;

pub use answer::{Answer, Request};
pub use clock::{Clock, SystemClock};
pub use decider::{Batch, Decider};
pub use key::{KeyFileError, read_signer, verifier};
pub use opened::{LedgerError, Opened, Options};
pub use pipeline::{Ledger, Ticket, rebuild_balances};
pub use reader::Reader;
pub use replay::{Replayed, replay};
