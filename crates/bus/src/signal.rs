//! A value that tasks wait for. Unlike `tokio::sync::watch` it wakes them in the order in which they came to wait, which a
//! simulation needs in order to be run again.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

pub(crate) struct Signal<T> {
    /// None once nobody will change it any more.
    value: Mutex<Option<T>>,
    changed: Notify,
}

impl<T: Copy> Signal<T> {
    pub(crate) fn new(value: T) -> Self {
        Self { value: Mutex::new(Some(value)), changed: Notify::new() }
    }

    /// Changes the value, if there is reason to.
    pub(crate) fn change(&self, change: impl FnOnce(T) -> T) {
        let mut value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        *value = value.map(change);
        drop(value);
        self.changed.notify_waiters();
    }

    /// Says that it will not change any more.
    pub(crate) fn close(&self) {
        *self.value.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.changed.notify_waiters();
    }

    /// Waits until the value is as wanted; `None` when it will not be any more.
    pub(crate) async fn wait_for(&self, is_wanted: impl Fn(T) -> bool) -> Option<T> {
        loop {
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            let value = *self.value.lock().unwrap_or_else(PoisonError::into_inner);
            match value {
                None => return None,
                Some(value) if is_wanted(value) => return Some(value),
                Some(_) => changed.await,
            }
        }
    }
}
