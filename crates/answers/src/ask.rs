//! The questions: one file each, with its request, its answer, and how the one comes from the other.

pub mod audit;
mod command;
mod cover;
mod dependence;
mod event;
mod explain;
mod head;
mod history;
mod items;
mod list;
pub mod market;
mod positions;
pub mod reconcile;
pub mod reserve;
pub mod risk;
mod state;
mod trace;

pub use command::{Command, CommandAnswer};
pub use cover::{Cover, CoverAnswer};
pub use dependence::Dependence;
pub use event::Event;
pub use explain::{Explain, ExplainAnswer, ExplainedEvent};
pub use head::{Head, HeadAnswer};
pub use history::{EVENT_COUNT_DEFAULT, EVENT_COUNT_MAX, History, HistoryAnswer};
pub use items::{Items, ItemsAnswer, ItemsLine};
pub use list::{List, ListAnswer};
pub use positions::{Positions, PositionsAnswer};
pub use state::{Digest, DigestAnswer, ProveBalance, ProveBalanceAnswer};
pub use trace::Trace;

pub(crate) use positions::basis;
