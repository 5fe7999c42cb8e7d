//! The life of a difference: open, explained, then resolved or written off.
//!
//! A break is never deleted and never reopened. It keeps every act with its day and its person; what becomes known after
//! it is closed opens another break that names it.

use crate::age::{AgeBucket, Ages};
use crate::class::{Class, Reason};
use crate::line::LineId;
use ids::{AuthorityNo, BreakNo, Day, PartyNo, PersonNo};

/// What is known when a break is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakFacts {
    /// What the comparison said.
    pub class: Class,
    /// The reason that the lines themselves show.
    pub reason: Reason,
    /// Ours less theirs in accounting units; `None` where the two cannot be compared.
    pub difference: Option<i64>,
    /// The two parties whose records differ.
    pub parties: [PartyNo; 2],
    /// The day the movement took effect: the earlier one where two are told.
    pub effective: Day,
    /// The day of the first report that told of it.
    pub first_report: Day,
    /// The closed break that this one comes back to.
    pub follows: Option<BreakNo>,
}

/// Where a break stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nobody has said why.
    Open,
    /// The reason is known, the difference still there.
    Explained,
    /// The difference is gone or agreed.
    Resolved,
    /// The difference is there for good, by authority.
    WrittenOff,
}

/// How a break may end. There is no other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closure {
    /// The counterparty's report arrived: for what one side told alone, or told on another day.
    CounterpartyReport {
        /// The line that arrived.
        line: LineId,
    },
    /// One side corrected its record.
    Correction {
        /// The correcting line.
        line: LineId,
    },
    /// The difference is within what is allowed.
    Tolerance {
        /// What is allowed, in accounting units.
        allowed: u64,
    },
    /// Both agree that they differ, in figures or in days.
    AgreedDifference {
        /// Who agreed, as far as anybody did: it has to be both parties of the break.
        agreed_by: [Option<PartyNo>; 2],
    },
    /// Given up, by authority. The break must have been explained, and not by the person who writes it off.
    WriteOff {
        /// What allows it.
        authority: AuthorityNo,
    },
}

/// Something done about a break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Somebody becomes responsible.
    Assign {
        /// The new owner.
        owner: PersonNo,
    },
    /// The reason becomes known, or a better one does.
    Explain {
        /// Why the records differ.
        reason: Reason,
    },
    /// The end.
    Close(Closure),
}

/// An act, when, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acted {
    /// The day of the act; acts are in this order.
    pub day: Day,
    /// Who did it.
    pub by: PersonNo,
    /// What was done.
    pub act: Act,
}

/// Why an act is refused, in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BreakRefusal {
    /// It has ended.
    #[error("the break is closed: open another that follows it")]
    Closed,
    /// Earlier than what was done before.
    #[error("the act is dated before the last one")]
    OutOfOrder,
    /// `unknown` explains nothing.
    #[error("`unknown` is no explanation")]
    NotAReason,
    /// A write-off needs an explanation first.
    #[error("only an explained break can be written off")]
    NotExplained,
    /// The person who explained it cannot write it off.
    #[error("the person who explained a break cannot write it off")]
    SamePerson,
    /// The way does not fit the class.
    #[error("a break of this class does not end this way")]
    DoesNotFit {
        /// The class of the break.
        class: Class,
    },
    /// More than is allowed.
    #[error("the difference is more than the {allowed} allowed")]
    BeyondTolerance {
        /// What is allowed, in accounting units.
        allowed: u64,
    },
    /// Not agreed by the two parties of the break.
    #[error("a difference is agreed by both parties of the break")]
    NotAgreedByBoth,
}

/// A difference and everything that was done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    facts: BreakFacts,
    status: Status,
    reason: Reason,
    owner: Option<PersonNo>,
    history: Vec<Acted>,
}

impl Break {
    /// A new break: open, nobody's.
    #[must_use]
    pub const fn open(facts: BreakFacts) -> Self {
        Self { facts, status: Status::Open, reason: facts.reason, owner: None, history: Vec::new() }
    }

    /// What was known when it was opened. Never changes.
    #[must_use]
    pub const fn facts(&self) -> &BreakFacts {
        &self.facts
    }

    /// Where it stands.
    #[must_use]
    pub const fn status(&self) -> Status {
        self.status
    }

    /// Why, as far as is known now.
    #[must_use]
    pub const fn reason(&self) -> Reason {
        self.reason
    }

    /// Who is responsible.
    #[must_use]
    pub const fn owner(&self) -> Option<PersonNo> {
        self.owner
    }

    /// Everything that was done, in order.
    #[must_use]
    pub fn history(&self) -> &[Acted] {
        &self.history
    }

    /// Has it ended?
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self.status, Status::Resolved | Status::WrittenOff)
    }

    /// Both ages on a day.
    #[must_use]
    pub const fn ages(&self, today: Day) -> Ages {
        Ages {
            since_effective: AgeBucket::of(self.facts.effective, today),
            since_first_report: AgeBucket::of(self.facts.first_report, today),
        }
    }

    /// Does something about it, or says why not.
    pub fn act(&mut self, acted: Acted) -> Result<(), BreakRefusal> {
        let Acted { day, by, act } = acted;
        if self.is_closed() {
            return Err(BreakRefusal::Closed);
        }
        if self.history.last().is_some_and(|last| day < last.day) {
            return Err(BreakRefusal::OutOfOrder);
        }
        match act {
            Act::Assign { .. } => {}
            Act::Explain { reason: Reason::Unknown } => return Err(BreakRefusal::NotAReason),
            Act::Explain { .. } => {}
            Act::Close(closure) => self.check_closure(closure, by)?,
        }
        // From here on the act must succeed.
        match act {
            Act::Assign { owner } => self.owner = Some(owner),
            Act::Explain { reason } => (self.status, self.reason) = (Status::Explained, reason),
            Act::Close(Closure::WriteOff { .. }) => self.status = Status::WrittenOff,
            Act::Close(_) => self.status = Status::Resolved,
        }
        self.history.push(acted);
        Ok(())
    }

    fn check_closure(&self, closure: Closure, by: PersonNo) -> Result<(), BreakRefusal> {
        let does_not_fit = Err(BreakRefusal::DoesNotFit { class: self.facts.class });
        match closure {
            Closure::CounterpartyReport { .. } => match self.facts.class {
                Class::OursOnly | Class::TheirsOnly | Class::DateDiffers => Ok(()),
                _ => does_not_fit,
            },
            Closure::Correction { .. } => Ok(()),
            Closure::Tolerance { allowed } => match self.facts.difference {
                None => does_not_fit,
                Some(difference) if difference.unsigned_abs() > allowed => {
                    Err(BreakRefusal::BeyondTolerance { allowed })
                }
                Some(_) => Ok(()),
            },
            Closure::AgreedDifference { agreed_by: [a, b] } => {
                let [ours, theirs] = self.facts.parties.map(Some);
                if !matches!(self.facts.class, Class::QuantityDiffers | Class::DateDiffers) {
                    return does_not_fit;
                }
                let both = a != b && [(ours, theirs), (theirs, ours)].contains(&(a, b));
                if both { Ok(()) } else { Err(BreakRefusal::NotAgreedByBoth) }
            }
            Closure::WriteOff { .. } => {
                let explained = self.history.iter().rev().find(|acted| matches!(acted.act, Act::Explain { .. }));
                match explained {
                    None => Err(BreakRefusal::NotExplained),
                    Some(explained) if explained.by == by => Err(BreakRefusal::SamePerson),
                    Some(_) => Ok(()),
                }
            }
        }
    }
}

/// Who has to know of an old break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Its owner.
    Owner,
    /// The owner's supervisor.
    Supervisor,
    /// The secretariat, and the heads of both parties.
    Secretariat,
    /// The auditor.
    Auditor,
}

/// The level for each age bucket, in the order of [`AgeBucket::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Escalation(pub [Level; AgeBucket::ALL.len()]);

/// Owner for a week, supervisor for a month, secretariat for three, then the auditor.
impl Default for Escalation {
    fn default() -> Self {
        Self([Level::Owner, Level::Owner, Level::Supervisor, Level::Secretariat, Level::Auditor])
    }
}

impl Escalation {
    /// Who has to know on a day; nobody of a closed break. The older of both ages counts, so that a party cannot keep a
    /// break young by reporting late.
    #[must_use]
    pub fn level(&self, of: &Break, today: Day) -> Option<Level> {
        let ages = of.ages(today);
        let oldest = ages.since_effective.max(ages.since_first_report);
        (!of.is_closed()).then(|| self.0[oldest as usize])
    }
}

#[cfg(test)]
mod tests;
