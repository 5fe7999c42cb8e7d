//! Panics of the engine, turned into errors.
//!
//! sled 0.34 panics on damaged files. A panic here is an answer ("damaged"), not a bug of ours, so it is caught, and the
//! panic hook stays quiet on the threads that asked for it. Panics elsewhere keep their usual report.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; a panic in it becomes `Err` with the panic's message.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    stay_quiet();
    let before = QUIET.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    QUIET.set(before);
    outcome.map_err(|payload| {
        let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
        text.or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "panicked without a message".into())
    })
}

fn stay_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            // sled reads and writes on threads of its own, which it names like this.
            let engine_thread = std::thread::current().name().is_some_and(|name| name.starts_with("sled-io"));
            if !QUIET.get() && !engine_thread {
                usual(info);
            }
        }));
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_message() {
        assert_eq!(guarded(|| -> u8 { panic!("page {} is gone", 7) }), Err("page 7 is gone".to_owned()));
        assert_eq!(guarded(|| 3), Ok(3));
    }
}
