//! Tests of the rules without a disk: a [`World`] runs commands through the pure core and checks every law of the
//! ledger after every step; [`script`] drives one from a text that a domain expert can read and write. [`nats`] starts real servers.

pub mod foreign;
pub mod found;
pub mod laws;
pub mod model;
pub mod nats;
pub mod script;
pub mod tools;
pub mod world;

pub use found::Found;
pub use model::Model;
pub use world::{Answer, Refusal, World};
