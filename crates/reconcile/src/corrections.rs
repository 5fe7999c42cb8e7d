//! Lines and the lines that replace them, linked by hash.
//!
//! A correction names report and line of what it replaces and carries its hash, so that nobody replaces what they did
//! not see (Euratom's line and previous CRC are the precedent). Nothing is removed: a replaced line stays, with a link to
//! its successor. A correction that arrives before its line waits for it.

use std::collections::BTreeMap;

use crate::line::LineId;
use crate::reports::Hash;

/// A line as it arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportedLine {
    /// Where it stands.
    pub id: LineId,
    /// Of its content.
    pub hash: Hash,
    /// What it replaces.
    pub replaces: Option<Replaced>,
    /// It takes the replaced line away and puts nothing in its place.
    pub is_withdrawal: bool,
}

/// The line that a correction replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// Where it stands.
    pub id: LineId,
    /// What the sender takes its content to be.
    pub hash: Hash,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A line of its own.
    Taken,
    /// It replaces the line that it names.
    Replaced,
    /// It waits for the line that it names.
    Pending,
    /// The very same was here before: nothing changes.
    Duplicate,
    /// It is kept, and changes nothing.
    Refused(Refusal),
}

/// Why a line changes nothing, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another line stands in this place.
    #[error("another line stands in this place")]
    OtherContent,
    /// It takes away without naming what.
    #[error("a withdrawal names the line that it takes away")]
    WithdrawsNothing,
    /// It names itself, or a line that in the end replaces it.
    #[error("a line cannot replace itself")]
    Circular,
    /// The named line says something else.
    #[error("the named line has another hash")]
    HashDiffers,
    /// The named line has been replaced.
    #[error("the named line has been replaced: name its successor")]
    AlreadyReplaced {
        /// Its successor.
        by: LineId,
    },
    /// The named line was itself refused.
    #[error("the named line was refused")]
    NamesRefused,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    line: ReportedLine,
    outcome: Outcome,
    replaced_by: Option<LineId>,
}

/// All lines that were ever reported.
#[derive(Clone, Debug, Default)]
pub struct Corrections {
    known: BTreeMap<LineId, Known>,
    /// Corrections by the line they wait for, in the order of their arrival.
    waiting: BTreeMap<LineId, Vec<LineId>>,
}

impl Corrections {
    /// Takes a line in. Gives what became of it, and of the corrections that waited for it.
    pub fn receive(&mut self, line: &ReportedLine) -> Vec<(LineId, Outcome)> {
        if let Some(known) = self.known.get(&line.id) {
            let again = known.line == *line;
            return vec![(line.id, if again { Outcome::Duplicate } else { Outcome::Refused(Refusal::OtherContent) })];
        }
        self.known.insert(line.id, Known { line: *line, outcome: Outcome::Pending, replaced_by: None });
        let mut settled = Vec::new();
        let mut next = vec![line.id];
        while let Some(id) = next.pop() {
            let outcome = self.settle(id);
            settled.push((id, outcome));
            match outcome {
                Outcome::Pending => {}
                _ => next.extend(self.waiting.remove(&id).into_iter().flatten().rev()),
            }
        }
        settled
    }

    fn settle(&mut self, id: LineId) -> Outcome {
        let ReportedLine { replaces, is_withdrawal, .. } = self.known[&id].line;
        let outcome = match replaces {
            None if is_withdrawal => Outcome::Refused(Refusal::WithdrawsNothing),
            None => Outcome::Taken,
            Some(replaced) => self.replace(id, replaced),
        };
        self.known.get_mut(&id).expect("the line was just put in").outcome = outcome;
        outcome
    }

    fn replace(&mut self, id: LineId, replaced: Replaced) -> Outcome {
        if self.leads_back(id, replaced.id) {
            return Outcome::Refused(Refusal::Circular);
        }
        let Some(target) = self.known.get_mut(&replaced.id) else {
            self.waiting.entry(replaced.id).or_default().push(id);
            return Outcome::Pending;
        };
        if target.line.hash != replaced.hash {
            return Outcome::Refused(Refusal::HashDiffers);
        }
        match target.outcome {
            Outcome::Refused(_) => return Outcome::Refused(Refusal::NamesRefused),
            Outcome::Pending => {
                self.waiting.entry(replaced.id).or_default().push(id);
                return Outcome::Pending;
            }
            Outcome::Taken | Outcome::Replaced | Outcome::Duplicate => {}
        }
        if let Some(by) = target.replaced_by {
            return Outcome::Refused(Refusal::AlreadyReplaced { by });
        }
        // From here on the correction stands.
        target.replaced_by = Some(id);
        Outcome::Replaced
    }

    /// Does the chain of what `replaced` replaces lead to `id`?
    fn leads_back(&self, id: LineId, replaced: LineId) -> bool {
        let mut at = Some(replaced);
        while let Some(line) = at {
            if line == id {
                return true;
            }
            // The line that would close a circle is refused, so that lines that are not refused form none.
            let known = self.known.get(&line).filter(|known| !matches!(known.outcome, Outcome::Refused(_)));
            at = known.and_then(|known| known.line.replaces).map(|replaced| replaced.id);
        }
        false
    }

    /// The lines that count now, by report and line.
    pub fn in_force(&self) -> impl Iterator<Item = &ReportedLine> {
        let counts = |known: &&Known| {
            let stands = matches!(known.outcome, Outcome::Taken | Outcome::Replaced);
            stands && known.replaced_by.is_none() && !known.line.is_withdrawal
        };
        self.known.values().filter(counts).map(|known| &known.line)
    }

    /// Corrections that still wait for the line they name.
    pub fn pending(&self) -> impl Iterator<Item = &ReportedLine> {
        self.known.values().filter(|known| known.outcome == Outcome::Pending).map(|known| &known.line)
    }

    /// Everything a line has been, from the first to what stands now; empty when the line is not known.
    #[must_use]
    pub fn history(&self, id: LineId) -> Vec<&ReportedLine> {
        let mut history = Vec::new();
        let mut at = self.known.get(&id);
        while let Some(known) = at {
            history.push(&known.line);
            at = known.replaced_by.and_then(|by| self.known.get(&by));
        }
        history
    }
}

#[cfg(test)]
mod tests;
