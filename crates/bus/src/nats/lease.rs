//! The lease: a value in a bucket whose values go by age. Created, then updated by the revision of the last update.

use async_nats::jetstream::kv::{CreateErrorKind, UpdateErrorKind};
use futures_util::future::{BoxFuture, FutureExt};

use super::Nats;
use crate::error::BusError;
use crate::lease::Lease;

impl Lease for Nats {
    fn acquire<'a>(&'a self, node: &'a str) -> BoxFuture<'a, Result<Option<u64>, BusError>> {
        async move {
            match self.leases.create(&self.connection.names.ledger, node.to_owned().into()).await {
                Ok(revision) => Ok(Some(revision)),
                Err(error) if error.kind() == CreateErrorKind::AlreadyExists => Ok(None),
                Err(error) => Err(BusError::unavailable("give a lease", error)),
            }
        }
        .boxed()
    }

    fn renew<'a>(&'a self, node: &'a str, held: u64) -> BoxFuture<'a, Result<Option<u64>, BusError>> {
        async move {
            match self.leases.update(&self.connection.names.ledger, node.to_owned().into(), held).await {
                Ok(revision) => Ok(Some(revision)),
                Err(error) if error.kind() == UpdateErrorKind::WrongLastRevision => Ok(None),
                Err(error) => Err(BusError::unavailable("renew a lease", error)),
            }
        }
        .boxed()
    }

    fn release<'a>(&'a self, _node: &'a str, held: u64) -> BoxFuture<'a, Result<(), BusError>> {
        async move {
            self.leases
                .delete_expect_revision(&self.connection.names.ledger, Some(held))
                .await
                .map_err(|error| BusError::unavailable("take a lease back", error))
        }
        .boxed()
    }
}
