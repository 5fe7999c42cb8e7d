//! An error with everything that caused it: the one walk from an error to its causes.
//!
//! An error says its own part only and keeps its cause; whoever reports prints the whole, once, by this.

use std::error::Error;
use std::iter;

/// The error, what caused it, what caused that, and so on.
pub fn each<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    iter::successors(Some(error), |error: &&'e (dyn Error + 'static)| (*error).source())
}

/// The whole in one line, `doing: because: because`, without saying the same twice.
#[must_use]
pub fn told(error: &dyn Error) -> String {
    let mut text = error.to_string();
    for part in error.source().into_iter().flat_map(each).map(ToString::to_string) {
        if !text.ends_with(&part) {
            text = format!("{text}: {part}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fmt;
    use std::io;

    use super::*;

    #[derive(Debug)]
    struct Doing(&'static str, io::Error);

    impl fmt::Display for Doing {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Doing {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.1)
        }
    }

    #[test]
    fn every_cause_is_told_once() {
        let full = || io::Error::other("the disk is full");
        assert_eq!(told(&Doing("append event 7", full())), "append event 7: the disk is full");
        assert_eq!(told(&Doing("append: the disk is full", full())), "append: the disk is full");
        assert_eq!(each(&Doing("append", full())).count(), 2);
    }
}
