//! The single writer: commands are decided one after the other, recorded together, and only then answered.
//!
//! [`Ledger`] is the engine: deciding, sealing and committing are stages, a batch each, so that whatever arrives while one
//! sync runs shares the next. It stands on [`Opened`], which holds the folder and puts the books back together from their
//! snapshot and the log after it. [`Reader`] is opened beside it and tells what is published. [`Service`] takes its commands from a bus and shares one commit log
//! with standbys; [`Follower`] is a copy that follows it.

#![warn(clippy::wildcard_enum_match_arm)]

mod answer;
mod clock;
mod closes;
mod decider;
mod duplicate;
mod fold;
mod follower;
mod fork;
mod frames;
mod key;
mod known;
mod late;
pub mod log;
mod marks;
mod opened;
mod order;
mod pipeline;
mod quota;
mod reader;
mod rebuild;
mod recent;
mod record;
mod recorder;
mod replay;
mod rights;
mod service;
mod snapshot;
mod state;
mod views;

pub use answer::{Answer, Asked, Group, Request};
pub use clock::{Clock, SystemClock};
pub use closes::{CheckedClose, CloseCheck};
pub use decider::{Batch, Decider};
pub use follower::{Follower, Shared, read};
pub use fork::Fork;
pub use frames::{Leaf, Line, Parsed, laid_out, parse};
pub use key::{KeyFileError, RESTORED, abandon_next, create_next, read_signer, read_signers, retire, verifier};
pub use known::Known;
pub use marks::Marks;
pub use opened::{LedgerError, Opened, Options};
pub use order::Order;
pub use pipeline::{Finder, Leading, Ledger, Stages, Ticket, first_command, rebuild_balances};
pub use quota::Quotas;
pub use reader::Reader;
pub use rebuild::{Rebuilt, rebuild};
pub use record::Record;
pub use replay::{Fold, Replayed, replay, replay_until};
pub use service::{Progress, Role, Service, Status, follow};
