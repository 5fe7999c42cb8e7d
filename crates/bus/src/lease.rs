//! Who may write: one holder at a time, for as long as it renews.
//!
//! The lease keeps two writers from getting in each other's way; it does not keep the log safe. A holder may sleep through
//! the end of its lease and wake up. What keeps the log safe is that every record names the one before it.

use futures_util::future::BoxFuture;

use crate::error::BusError;

/// See the module.
pub trait Lease: Send + Sync {
    /// Takes the lease if nobody holds it. The token is larger than that of every holder before.
    fn acquire<'a>(&'a self, node: &'a str) -> BoxFuture<'a, Result<Option<u64>, BusError>>;

    /// Renews the lease; false where somebody else holds it, or nobody does. Gives the number to renew it with next time.
    fn renew<'a>(&'a self, node: &'a str, held: u64) -> BoxFuture<'a, Result<Option<u64>, BusError>>;

    /// Gives the lease back.
    fn release<'a>(&'a self, node: &'a str, held: u64) -> BoxFuture<'a, Result<(), BusError>>;
}
