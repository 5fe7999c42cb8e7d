//! Questions to a service and its answers, both with headers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::error::BusError;

/// A question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// What is asked: the last part of the subject.
    pub verb: String,
    /// Headers, with lower-case names.
    pub headers: Vec<(String, String)>,
    /// What it says.
    pub body: Bytes,
}

impl Asked {
    /// A header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

/// An answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Headers, with lower-case names.
    pub headers: Vec<(String, String)>,
    /// What it says.
    pub body: Bytes,
}

impl Reply {
    /// A header by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

fn header<'h>(headers: &'h [(String, String)], wanted: &str) -> Option<&'h str> {
    headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
}

/// Answers questions.
pub trait Handler: Send + Sync + 'static {
    /// Answers one.
    fn handle(&self, asked: Asked) -> BoxFuture<'_, Reply>;
}

impl<F> Handler for F
where
    F: Fn(Asked) -> BoxFuture<'static, Reply> + Send + Sync + 'static,
{
    fn handle(&self, asked: Asked) -> BoxFuture<'_, Reply> {
        self(asked)
    }
}

/// See the module.
pub trait Questions: Send + Sync {
    /// Asks a service; waits for its answer.
    fn ask<'a>(&'a self, service: &'a str, asked: Asked, wait: Duration) -> BoxFuture<'a, Result<Reply, BusError>>;

    /// Answers the questions to a service from now on, until the bus is closed. Services of one name share them.
    fn serve<'a>(&'a self, service: &'a str, handler: Arc<dyn Handler>) -> BoxFuture<'a, Result<(), BusError>>;
}
