//! Services: what runs until it is asked to stop.

pub(crate) mod copy;
mod drop;
pub(crate) mod on_nats;
pub(crate) mod run;
pub(crate) mod serve;
pub(crate) mod witness;
pub(crate) mod witnesses;
