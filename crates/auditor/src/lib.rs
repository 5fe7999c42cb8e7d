//! A small independent checker: receipts, checkpoints, proofs of consistency, static logs and evidence packs, offline.
//!
//! It knows the public formats of `chain` and nothing of the ledger: not its rules, not its store, not its services.
//! What it is given to trust is a policy (or a log's key) that its reader got by other means; whatever lies beside the
//! evidence itself is part of what is checked.

mod acts;
mod balance;
mod check;
mod day;
mod entry;
mod fact;
mod finding;
mod folder;
mod keys;
mod linked;
pub mod pack;
pub mod plain;
mod statics;

pub use acts::{act_word, fact_word};
pub use check::{Known, check, check_bytes};
pub use day::{end_of_day, show_moment, soon};
pub use entry::{Facts, Leg, is_told};
pub use finding::{Checked, Finding};
pub use folder::{ARCHIVE_HEAD, Archive, Folder};
pub use keys::follow;
pub use pack::check_pack;
pub use statics::check_statics;
