//! What a ledger service does just now.

use std::sync::Arc;

use store::Store;

use crate::pipeline::Finder;

/// Whether it may write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Follows, ready to take over.
    #[default]
    Standby,
    /// Decides.
    Leader,
}

/// See the module.
#[derive(Clone, Default)]
pub struct Status {
    /// Whether it may write.
    pub role: Role,
    /// Events recorded when this was said.
    pub events: u64,
    /// The epoch it leads in, or has seen.
    pub epoch: u64,
    /// Finds what became of commands, while it leads.
    pub finder: Option<Finder>,
    /// The log, while it leads: for readers in the same process.
    pub store: Option<Arc<Store>>,
}
