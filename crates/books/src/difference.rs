//! Differences that somebody has to explain: breaks, with all that was done about them; and what people matched by hand.
//!
//! A row keeps what was done; where the break stands follows from it by the rules of [`reconcile::breaks`].

use reconcile::breaks::{self, Act, Acted, BreakFacts, BreakRefusal, Closure, Status};
pub use reconcile::{Class, Reason};

use crate::number::{AuthorityNo, BreakNo, Day, MaterialNo, PartyNo, PersonNo, Seq, SourceNo};
use crate::person::is_same;
use crate::report::Piece;

/// Classes and reasons as the numbers of their places in `ALL`, which are part of the stored format.
pub(crate) mod places {
    macro_rules! place {
        ($name:ident, $type:ty, $what:literal) => {
            pub(crate) mod $name {
                pub(crate) fn encode<C, W: minicbor::encode::Write>(
                    value: &$type,
                    e: &mut minicbor::Encoder<W>,
                    _: &mut C,
                ) -> Result<(), minicbor::encode::Error<W::Error>> {
                    let place = <$type>::ALL.iter().position(|known| known == value).expect("all are listed");
                    e.u8(u8::try_from(place).expect("a handful"))?.ok()
                }

                pub(crate) fn decode<C>(
                    d: &mut minicbor::Decoder<'_>,
                    _: &mut C,
                ) -> Result<$type, minicbor::decode::Error> {
                    let place = usize::from(d.u8()?);
                    <$type>::ALL.get(place).copied().ok_or_else(|| minicbor::decode::Error::message($what))
                }
            }
        };
    }
    place!(class, reconcile::Class, "no class has this number");
    place!(reason, reconcile::Reason, "no reason has this number");
}
pub(crate) use places::{class, reason};

/// A difference that a comparison found.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Found {
    /// What the comparison said.
    #[cbor(n(0), with = "class")]
    pub class: Class,
    /// The reason that the lines themselves show.
    #[cbor(n(1), with = "reason")]
    pub reason: Reason,
    /// The material.
    #[n(2)]
    pub material: MaterialNo,
    /// Ours less theirs in accounting units; none where the two cannot be compared.
    #[n(3)]
    pub difference: Option<i64>,
    /// The day the movement took effect: the earlier one where two are told.
    #[n(4)]
    pub effective: Day,
    /// Our pieces.
    #[n(5)]
    pub ours: Vec<Piece>,
    /// Their pieces.
    #[n(6)]
    pub theirs: Vec<Piece>,
    /// The closed break that it comes back to.
    #[n(7)]
    pub follows: Option<BreakNo>,
}

/// How a break was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(flat)]
pub enum Closing {
    /// The counterparty's report arrived.
    #[n(0)]
    Report(#[n(0)] Piece),
    /// One side corrected its record.
    #[n(1)]
    Correction(#[n(0)] Piece),
    /// It is within what is allowed, in accounting units.
    #[n(2)]
    Tolerance(#[n(0)] u64),
    /// Both parties agreed to the difference.
    #[n(3)]
    Agreed,
    /// It is given up, by authority.
    #[n(4)]
    WriteOff(#[n(0)] AuthorityNo),
}

/// What was done about a break.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(flat)]
pub enum Done {
    /// Somebody became responsible.
    #[n(0)]
    Assigned(#[n(0)] String),
    /// Why the records differ.
    #[n(1)]
    Explained(#[cbor(n(0), with = "reason")] Reason),
    /// A party agreed to the difference.
    #[n(2)]
    Agreed(#[n(0)] PartyNo),
    /// The end.
    #[n(3)]
    Closed(#[n(0)] Closing),
}

/// A step in the life of a break.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Step {
    /// The event.
    #[n(0)]
    pub seq: Seq,
    /// Its day.
    #[n(1)]
    pub day: Day,
    /// Who did it: the person, or the party where none was named.
    #[n(2)]
    pub by: String,
    /// What was done.
    #[n(3)]
    pub done: Done,
    /// In words.
    #[n(4)]
    pub note: Option<String>,
}

/// A break.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Break {
    /// `B17`.
    #[n(0)]
    pub code: String,
    /// What was found.
    #[n(1)]
    pub found: Found,
    /// The event that opened it.
    #[n(2)]
    pub seq: Seq,
    /// Whose record the books (or the other party) were compared with.
    #[n(3)]
    pub party: PartyNo,
    /// Whose record stands on the other side.
    #[n(4)]
    pub against: PartyNo,
    /// The day of the first report that told of it.
    #[n(5)]
    pub first_report: Day,
    /// The day it was opened.
    #[n(6)]
    pub opened: Day,
    /// What was done, in order.
    #[n(7)]
    pub steps: Vec<Step>,
    /// Were two parties' reports compared with each other, and not one's with the books?
    #[n(8)]
    pub is_between: bool,
}

impl Break {
    /// Whose records differ: both of its parties.
    #[must_use]
    pub fn parties(&self) -> [PartyNo; 2] {
        [self.party, self.against]
    }

    /// The break as the rules see it: every step taken again.
    #[must_use]
    pub fn now(&self) -> breaks::Break {
        let mut row = breaks::Break::open(BreakFacts {
            class: self.found.class,
            reason: self.found.reason,
            difference: self.found.difference,
            parties: [self.against, self.party],
            effective: self.found.effective,
            first_report: self.first_report,
            follows: self.found.follows,
        });
        for (index, step) in self.steps.iter().enumerate() {
            let agreed = self.agreed(index);
            if let Some(acted) = self.acted(step.day, &step.by, &step.done, &agreed) {
                row.act(acted).expect("decided: each step could be taken");
            }
        }
        row
    }

    /// Where it stands.
    #[must_use]
    pub fn status(&self) -> Status {
        self.now().status()
    }

    /// Who is responsible.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.steps
            .iter()
            .rev()
            .find_map(|step| if let Done::Assigned(owner) = &step.done { Some(owner.as_str()) } else { None })
    }

    /// May this be done now?
    ///
    /// # Errors
    /// The rule that says no.
    pub fn check(&self, day: Day, by: &str, done: &Done) -> Result<(), BreakRefusal> {
        let mut row = self.now();
        match self.acted(day, by, done, &self.agreed(self.steps.len())) {
            Some(acted) => row.act(acted),
            None if row.is_closed() => Err(BreakRefusal::Closed),
            None => Ok(()),
        }
    }

    /// Who agreed before a step.
    fn agreed(&self, before: usize) -> Vec<PartyNo> {
        let agreed = |step: &Step| if let Done::Agreed(party) = step.done { Some(party) } else { None };
        let mut parties: Vec<PartyNo> = self.steps[..before].iter().filter_map(agreed).collect();
        parties.sort_unstable();
        parties.dedup();
        parties
    }

    /// A step in the words of the rules; none of an agreement, which only a closing looks at.
    fn acted(&self, day: Day, by: &str, done: &Done, agreed: &[PartyNo]) -> Option<Acted> {
        let line = |piece: &Piece| {
            let (report, number) = match *piece {
                Piece::Line(report, number) | Piece::Balance(report, number) => (report.0, number),
                Piece::Event(seq, leg) => (u32::try_from(seq.0).unwrap_or(u32::MAX), leg),
                Piece::Held(day, ..) => (0, day.0.unsigned_abs()),
            };
            reconcile::LineId { report: SourceNo(report), number }
        };
        let act = match done {
            Done::Agreed(_) => return None,
            Done::Assigned(owner) => Act::Assign { owner: self.person(owner) },
            Done::Explained(reason) => Act::Explain { reason: *reason },
            Done::Closed(closing) => Act::Close(match closing {
                Closing::Report(piece) => Closure::CounterpartyReport { line: line(piece) },
                Closing::Correction(piece) => Closure::Correction { line: line(piece) },
                Closing::Tolerance(allowed) => Closure::Tolerance { allowed: *allowed },
                Closing::Agreed => {
                    Closure::AgreedDifference { agreed_by: [agreed.first().copied(), agreed.get(1).copied()] }
                }
                Closing::WriteOff(authority) => Closure::WriteOff { authority: *authority },
            }),
        };
        Some(Acted { day, by: self.person(by), act })
    }

    /// A number for a person: that of their first step, or one past all for who has taken none.
    fn person(&self, name: &str) -> PersonNo {
        let first = self.steps.iter().position(|step| is_same(&step.by, name)).unwrap_or(self.steps.len());
        PersonNo(u32::try_from(first).unwrap_or(u32::MAX))
    }
}

/// Pieces of both records that a person joined.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct HandMatch {
    /// `M3`.
    #[n(0)]
    pub code: String,
    /// The event.
    #[n(1)]
    pub seq: Seq,
    /// Whose record.
    #[n(2)]
    pub party: PartyNo,
    /// Our pieces.
    #[n(3)]
    pub ours: Vec<Piece>,
    /// Their pieces.
    #[n(4)]
    pub theirs: Vec<Piece>,
    /// Why.
    #[n(5)]
    pub note: String,
    /// The event that took it back.
    #[n(6)]
    pub undone: Option<Seq>,
}
