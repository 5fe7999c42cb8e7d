//! A witness: cosigns checkpoints of the logs it knows, and never two that contradict each other. C2SP tlog-witness.
//!
//! For each log it keeps the newest checkpoint it cosigned, on disk before it says so. Another tree of the same size that the
//! log signed is kept too: both checkpoints together prove that the log showed two histories. A larger one that nobody shows to
//! continue it proves nothing by itself, and is kept apart.

mod answer;
mod kept;
mod server;
mod witness;

pub use answer::{Answer, Refused};
pub use kept::{Kept, KeptError};
pub use server::{routes, serve};
pub use witness::{Witness, WitnessError};
