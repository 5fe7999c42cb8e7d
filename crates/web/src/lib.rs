//! HTTP: commands in, answers, events and exports out, and the console.
//!
//! What is asked and answered is no matter of HTTP: questions come from `projections`, commands go into the bus as they
//! came. Here it is said who asks, whether they may, and how that looks on the wire.

pub mod access;
mod asking;
pub mod asyncapi;
mod bus_door;
mod carry;
mod command_door;
mod commands;
mod console;
mod doors;
mod events;
mod exports;
mod facts;
mod feed;
mod fields;
mod front;
mod gate;
mod guard;
mod health;
mod impatient;
mod import;
mod language;
mod live;
mod log;
mod log_door;
pub mod openapi;
mod questions;
mod rebuild;
mod relay;
pub mod rights;
mod server;
mod sessions;
mod starting;
mod trouble;
mod unread;
mod way_in;
mod why;

pub use access::{Access, Caller};
pub use asking::{Answered, Asking, Request};
pub use bus_door::{BusDoor, SERVICE, STATUS};
pub use carry::carry;
pub use command_door::{CommandDoor, INGEST};
pub use doors::{DEADLINE, Doors, Health, NEXT, POSITION, ReadyFor, SEEN_BY, Signer, Told};
pub use front::{ByteLimits, Front};
pub use gate::{Gate, Places};
pub use import::take_in;
pub use live::{Live, read, wait_for};
pub use log_door::{LEDGER, LogDoor, RelayedLog};
pub use questions::SHARED_FIELDS;
pub use relay::{RELAY, RelayDoor};
pub use server::{Listeners, serve};
pub use sessions::Sessions;
pub use starting::Starting;
pub use trouble::Trouble;
