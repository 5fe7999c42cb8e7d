//! The queue of command frames: bounded, and each frame is handed out until it is done.

use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::error::BusError;
use crate::frame::Frame;

/// A frame could not be put into the queue.
#[derive(Debug, thiserror::Error)]
pub enum PutError {
    /// The queue is full: nothing was taken.
    #[error("the queue of commands is full")]
    Full,
    /// No answer: the frame may be in the queue. Put it again: commands carry ids.
    #[error("hand the frame over")]
    Bus(#[from] BusError),
}

/// A frame handed out. Whoever takes it settles it with its slip; otherwise it is handed out again.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The frame.
    pub frame: Frame,
    /// Where its answer goes.
    pub reply_to: Option<String>,
    /// How often it has been handed out, this time included.
    pub attempt: u64,
    /// Its number in the queue: the same each time it is handed out.
    pub number: u64,
    /// What settles it.
    pub slip: Slip,
}

/// What settles a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slip(pub(crate) String);

/// What waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Frames in the queue that are not settled.
    pub frames: u64,
    /// Frames that nobody could read.
    pub buried: u64,
}

/// See the module.
pub trait Queue: Send + Sync {
    /// Puts a frame into the queue: **received** when it returns. Its answer can be waited for with [`Queue::submit`].
    fn put(&self, frame: Frame) -> BoxFuture<'_, Result<(), PutError>>;

    /// Puts a frame into the queue and waits for its answer.
    fn submit(&self, frame: Frame, wait: Duration) -> BoxFuture<'_, Result<Bytes, PutError>>;

    /// Takes the next frame; `None` where none came in time.
    fn take(&self, wait: Duration) -> BoxFuture<'_, Result<Option<Delivery>, BusError>>;

    /// Takes no more for now. What was handed out and is not settled is handed out again, to whoever takes next.
    fn stand_back(&self) -> BoxFuture<'_, ()>;

    /// Answers whoever waits for a frame.
    fn answer<'a>(&'a self, reply_to: &'a str, answer: Bytes) -> BoxFuture<'a, Result<(), BusError>>;

    /// Says that a frame is being worked on: it is not handed out again for as long as this is said often enough.
    fn working(&self, slip: Slip) -> BoxFuture<'_, Result<(), BusError>>;

    /// Settles a frame: it is not handed out again.
    fn done(&self, slip: Slip) -> BoxFuture<'_, Result<(), BusError>>;

    /// Settles a frame that nobody can read, and keeps it beside the queue with the reason, for people to look at.
    fn bury<'a>(&'a self, delivery: &'a Delivery, reason: &'a str) -> BoxFuture<'a, Result<(), BusError>>;

    /// How far the clock of this machine is ahead of the bus's, in microseconds, as last measured; less than none where it is
    /// behind. Deadlines of frames are told in the time of this machine, and travel in that of the bus.
    fn clock_ahead_us(&self) -> i64;

    /// How much waits, for people who look after it.
    fn backlog(&self) -> BoxFuture<'_, Result<Backlog, BusError>>;
}
