//! The history in forms that other programs read, as far as its asker sees it; and the table of any answer as Parquet.
//!
//! It knows no question: what it writes are the events themselves, one after the other, or the rows of a table.

mod columns;
mod export;
#[cfg_attr(not(feature = "parquet"), path = "no_parquet.rs")]
mod parquet_table;
mod table_file;

pub use export::{Export, Exported};
pub use table_file::{PARQUET, TableFile};
