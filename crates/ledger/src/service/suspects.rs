//! Frames that may be what stops the ledger.
//!
//! A frame comes again whenever a lead ended before it was settled, for whatever reason, and as often as there are reasons: that
//! says nothing against it. One in whose deciding the process ends does. So before a frame that came several times is decided,
//! its number is written into a file, and is taken out once it is decided, recorded or not. What stands there when a ledger
//! begins to lead was never decided; when that happened often enough, the frame is put aside for people to look at.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Frames that come more often than this are watched.
const ATTEMPTS_MAX: u64 = 3;
/// So many times a frame may end the process while it is decided.
const ENDS_MAX: u32 = 3;

/// See the module.
#[derive(Default)]
pub(super) struct Suspects {
    /// None where frames do not outlive the process.
    path: Option<PathBuf>,
    /// How often the process ended while a frame was decided, by the frame's number; the one being decided is counted in.
    ends: BTreeMap<u64, u32>,
    /// The frame that is being decided, and how many frames have to be decided until it is.
    watched: Option<(u64, u64)>,
}

impl Suspects {
    /// What the last lead in this folder left.
    pub(super) fn of(dir: &Path) -> Self {
        let path = dir.join("suspects");
        let line = |line: &str| {
            let (number, ends) = line.split_once(' ')?;
            Some((number.parse().ok()?, ends.parse().ok()?))
        };
        let ends = std::fs::read_to_string(&path).unwrap_or_default().lines().filter_map(line).collect();
        Self { path: Some(path), ends, watched: None }
    }

    /// Has it ended the process too often?
    pub(super) fn is_poison(&self, number: u64) -> bool {
        self.ends.get(&number).is_some_and(|ends| *ends >= ENDS_MAX)
    }

    /// Is one being decided? Nothing else is handed over meanwhile, so that no other frame is blamed for it. Says how many frames
    /// have to be decided until it is.
    pub(super) fn is_watching(&self) -> Option<u64> {
        self.watched.map(|(_, until)| until)
    }

    /// The frame is about to be decided, as the `count`th of those that were handed over.
    pub(super) fn begin(&mut self, number: u64, attempt: u64, count: u64) {
        let is_watched = attempt > ATTEMPTS_MAX || self.ends.contains_key(&number);
        if self.path.is_some() && is_watched {
            *self.ends.entry(number).or_default() += 1;
            self.watched = Some((number, count));
            self.write();
        }
    }

    /// The frame that was watched is decided.
    pub(super) fn end(&mut self) {
        if let Some((number, _)) = self.watched.take() {
            self.clear(number);
        }
    }

    /// A frame is decided, or put aside: nothing is said against it any more.
    pub(super) fn clear(&mut self, number: u64) {
        if self.ends.remove(&number).is_some() {
            self.write();
        }
    }

    fn write(&self) {
        let Some(path) = &self.path else { return };
        let lines = self.ends.iter().fold(String::new(), |mut lines, (number, ends)| {
            let _ = writeln!(lines, "{number} {ends}");
            lines
        });
        let written = if lines.is_empty() { std::fs::remove_file(path) } else { std::fs::write(path, lines) };
        match written {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, path = %path.display(), "note the frame that is being decided");
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
        // The process ends while it is decided; others that come before it are decided each time.
        for _ in 0..3 {
            let mut suspects = Suspects::of(dir.path());
            assert!(!suspects.is_poison(7));
            for other in [5, 6] {
                suspects.begin(other, 9, other);
                suspects.end();
            }
            suspects.begin(7, 9, 1);
        }
        let mut suspects = Suspects::of(dir.path());
        assert!(suspects.is_poison(7));
        assert!(!suspects.is_poison(5));
        suspects.clear(7);
        assert!(!Suspects::of(dir.path()).is_poison(7));
        assert_eq!(std::fs::read_dir(dir.path()).expect("a folder").count(), 0, "nothing is left");
    }
}
