//! A witness: cosigns checkpoints of the logs it knows, and never two that contradict each other. C2SP tlog-witness.
//!
//! For each log it keeps the newest checkpoint it cosigned, on disk before it says so. What contradicts that one and is
//! signed by the log is kept too: both checkpoints together prove that the log showed two histories.

mod answer;
mod kept;
mod server;
mod witness;

pub use answer::{Answer, Refused};
pub use kept::{Kept, KeptError};
pub use server::{routes, serve};
pub use witness::{Witness, WitnessError};
