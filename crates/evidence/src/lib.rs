//! What a ledger hands out to be checked elsewhere: receipts, facts, packs, archives; and two logs held against each other.
//!
//! Server and tool make the same. It knows static files and answers, and no database, no network, no terminal: who asks for
//! something says where it lies, and how its ledger is asked.

mod archive;
mod compare;
mod error;
mod fact;
pub mod pack;
mod receipt;
mod witnessed;

pub use archive::{ArchiveError, Archived, archive, recorded_before};
pub use compare::{Compared, Untrue, compare};
pub use error::EvidenceError;
pub use fact::{FactTrouble, make_fact, statement_of};
pub use receipt::{Made, receipt};
pub use witnessed::{WITNESSED, WitnessedFiles, read_witnessed};
