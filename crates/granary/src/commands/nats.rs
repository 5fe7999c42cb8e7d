//! What is done over NATS by people: documents between organisations, and the desk of whoever looks after the streams.

mod desk;
mod disclose;

pub(crate) use desk::{dead_letters, queue};
pub(crate) use disclose::{disclose, disclosed};
