//! Answers: what is held, where, in which form, what of it is free, how long it lasts and where it came from; now, or as
//! of a past day as known then.
//!
//! Everything here reads the books and a history of balances through [`History`]; nothing is stored.

mod contained;
mod cover;
mod dependence;
mod difference;
mod event_filter;
mod history;
mod listing;
mod position;
mod trace;

pub use contained::{Restated, restate};
pub use cover::{Cover, cover};
pub use dependence::{Dependence, Share, StageWord, dependence};
pub use difference::{Difference, DifferingEvent, difference};
pub use event_filter::EventFilter;
pub use history::{History, HistoryError};
pub use listing::{Listed, list};
pub use position::{Dimension, Filter, Position, PositionQuery, positions};
pub use trace::{Link, Trace, trace};
