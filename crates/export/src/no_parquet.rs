//! What stands for Parquet in a program that was built without it.

use std::convert::Infallible;

use crate::columns::{Column, Value};

/// A file that is never begun.
pub(crate) struct ParquetTable(Infallible);

/// This program was built without Parquet.
#[derive(Debug)]
pub(crate) struct NoParquet;

impl std::fmt::Display for NoParquet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("this program was built without Parquet: build it with `--features parquet`, or take CSV")
    }
}

impl std::error::Error for NoParquet {}

impl ParquetTable {
    pub(crate) fn new(_: &str, _: &[Column<'_>], _: &[(String, String)]) -> Result<Self, NoParquet> {
        Err(NoParquet)
    }

    pub(crate) fn push<'v>(&mut self, _: impl IntoIterator<Item = Value<'v>>) -> Result<Vec<u8>, NoParquet> {
        match self.0 {}
    }

    pub(crate) fn end(self) -> Result<Vec<u8>, NoParquet> {
        match self.0 {}
    }
}
