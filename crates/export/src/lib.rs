//! The history in forms that other programs read, as far as its asker sees it.
//!
//! It knows no question: what it writes are the events themselves, one after the other.

mod export;
#[cfg_attr(not(feature = "parquet"), path = "no_parquet.rs")]
mod parquet_table;

pub use export::{Export, Exported};
