//! Messages, to and from the pure types: commands as people and programs write them (JSON), events as they stand in the
//! log (deterministic CBOR) and as they are shown (JSON), verdicts.
//!
//! The types here are the source of the schemas. A command names things by code; [`resolve`](command::Command::resolve)
//! turns codes into the ledger's numbers, and [`render`] turns recorded acts back into what was asked.

#![warn(clippy::wildcard_enum_match_arm)]

pub mod acts;
pub mod command;
pub mod date;
pub mod digest;
pub mod event;
mod fault;
pub mod form;
pub mod frame;
pub mod limits;
mod nearest;
pub mod piece;
pub mod report_text;
pub mod resolve;
pub mod schema;
pub mod slots;
pub mod strict;
mod told;
pub mod typed;
pub mod unread;
pub mod value;
pub mod verdict;
pub mod view;

pub use acts::{Act, render};
pub use command::{Command, Malformed};
pub use fault::{of_basis, of_unit};
pub use nearest::nearest;
pub use resolve::Resolver;
pub use verdict::{Outcome, Verdict};
