//! What the services ask of whatever carries their messages, and three things that carry them.
//!
//! Four contracts, one file each: the [`Queue`] of command frames, the commit [`Log`], the [`Lease`] of the one that may
//! write, and [`Questions`]. [`Embedded`] keeps them inside one process, [`Nats`] on NATS JetStream. Behind features that no
//! program that ships asks for: `simulated`, a third under faults that a seed decides, and `conformance`, the suite that all
//! three pass.
//!
//! Nothing here knows what a frame or a record says: they are bytes.

#[cfg(feature = "conformance")]
pub mod conformance;
mod embedded;
mod error;
mod frame;
mod lease;
mod log;
mod names;
#[cfg(feature = "nats")]
mod nats;
mod questions;
mod queue;
mod signal;
#[cfg(feature = "simulated")]
mod simulated;

pub use embedded::{Embedded, Limits};
pub use error::BusError;
pub use frame::{Frame, Hand, Sender, Signed};
pub use futures_util::future::BoxFuture;
pub use lease::Lease;
pub use log::{Committed, Follow, Log, Published};
pub use names::Names;
#[cfg(feature = "nats")]
pub use nats::{ConnectError, Connection, DeadLetter, Desk, Disclosed, Login, Nats, Sharing, StreamState};
pub use questions::{Asked, Handler, Questions, Reply};
pub use queue::{Backlog, Delivery, PutError, Queue, Slip};
#[cfg(feature = "simulated")]
pub use simulated::{Broken, Faults, Node, Simulated};

/// All four contracts.
pub trait Bus: Queue + Log + Lease + Questions {}

impl<T: Queue + Log + Lease + Questions> Bus for T {}
