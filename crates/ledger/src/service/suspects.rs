//! Frames that may be what stops the ledger.
//!
//! A frame comes again whenever a lead ended before it was settled, for whatever reason, and as often as there are reasons: that
//! says nothing against it. One in whose deciding the process ends does. So before a frame that came several times is decided,
//! its number is written into a file, and is taken out once it is decided, recorded or not. What stands there when a ledger
//! begins to lead was never decided; when that happened often enough, the frame is put aside for people to look at.

use std::path::{Path, PathBuf};

/// Frames that come more often than this are watched.
const ATTEMPTS_MAX: u64 = 3;
/// So many times a frame may end the process while it is decided.
const ENDS_MAX: u32 = 3;

/// See the module.
pub(super) struct Suspects {
    path: PathBuf,
    /// The frame that is being decided, or was when the process ended: its number, and how often.
    noted: Option<(u64, u32)>,
    /// Of the frames that were handed over, the last that has to be decided until the note is taken back.
    until: Option<u64>,
}

impl Suspects {
    /// What the last lead in this folder left.
    pub(super) fn of(dir: &Path) -> Self {
        let path = dir.join("suspect");
        let read = |text: String| {
            let (number, ends) = text.trim().split_once(' ')?;
            Some((number.parse().ok()?, ends.parse().ok()?))
        };
        let noted = std::fs::read_to_string(&path).ok().and_then(read);
        Self { path, noted, until: None }
    }

    /// Has it ended the process too often?
    pub(super) fn is_poison(&self, number: u64) -> bool {
        self.noted.is_some_and(|(noted, ends)| noted == number && ends >= ENDS_MAX)
    }

    /// Is one being decided? Nothing else is handed over meanwhile, so that no other frame is blamed for it.
    pub(super) fn is_watching(&self) -> Option<u64> {
        self.until
    }

    /// The frame is about to be decided, as the `count`th of those that were handed over.
    pub(super) fn begin(&mut self, number: u64, attempt: u64, count: u64) {
        let ends = self.noted.filter(|(noted, _)| *noted == number).map_or(0, |(_, ends)| ends);
        if attempt <= ATTEMPTS_MAX && ends == 0 {
            return;
        }
        self.noted = Some((number, ends + 1));
        self.until = Some(count);
        if let Err(error) = std::fs::write(&self.path, format!("{number} {}\n", ends + 1)) {
            tracing::warn!(%error, path = %self.path.display(), "note the frame that is being decided");
        }
    }

    /// It is decided, or put aside.
    pub(super) fn end(&mut self) {
        self.noted = None;
        self.until = None;
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %self.path.display(), "take back the note of a frame");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_frame_that_ends_the_process_again_and_again_is_poison() {
        let dir = tempfile::tempdir().expect("a folder");
        let mut suspects = Suspects::of(dir.path());
        suspects.begin(7, 1, 1);
        assert_eq!(suspects.is_watching(), None, "a frame that came once is none");
        // However often it comes, it is decided.
        for attempt in 4..200 {
            suspects.begin(7, attempt, attempt);
            assert_eq!(suspects.is_watching(), Some(attempt));
            suspects.end();
        }
        assert!(!Suspects::of(dir.path()).is_poison(7));
        // The process ends while it is decided.
        for _ in 0..3 {
            let mut suspects = Suspects::of(dir.path());
            assert!(!suspects.is_poison(7));
            suspects.begin(7, 9, 1);
        }
        let mut suspects = Suspects::of(dir.path());
        assert!(suspects.is_poison(7));
        assert!(!suspects.is_poison(8));
        suspects.end();
        assert!(!Suspects::of(dir.path()).is_poison(7));
    }
}
