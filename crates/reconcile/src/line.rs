//! One line of a report: a movement as one party tells it.

use measure::{Basis, Scale};

use ids::{Day, LotNameNo, MaterialNo, PartyNo, PlaceNo, ReferenceNo, SourceNo};

/// A movement as one side tells it.
///
/// Both sides are told from the same point of view: that of `party`. A counterparty's own line is turned around with
/// [`Line::mirrored`] first. The order of lines (derived, field by field) breaks ties between equally good matches, so
/// that the result does not depend on the order in which lines were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    /// Names the movement, where the parties share a name for it.
    pub reference: Option<ReferenceNo>,
    /// The reference without its part ([`crate::stem`]): lines that share it may be parts of one movement.
    pub stem: Option<ReferenceNo>,
    /// Whose account it is.
    pub party: PartyNo,
    /// Who stands on the other end, where it is told.
    pub counterparty: Option<PartyNo>,
    /// Where the material lies, where it is told.
    pub site: Option<PlaceNo>,
    /// The material.
    pub material: MaterialNo,
    /// The lot, where it is told.
    pub lot: Option<LotNameNo>,
    /// What one unit of `quantity` is.
    pub scale: Scale,
    /// What the weight includes.
    pub basis: Basis,
    /// In units of `scale`; what comes in is positive, what goes out negative. The type of the movement fixes the sign,
    /// whatever sign was sent.
    pub quantity: i64,
    /// The day it took effect.
    pub effective: Day,
    /// The content rests on a provisional assay.
    pub is_provisional: bool,
    /// What it stands in.
    pub report: SourceNo,
    /// Its place in the report, from 1.
    pub number: u32,
}

/// Where a line stands: its report or the like, and its place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId {
    /// The report.
    pub report: SourceNo,
    /// Its place in the report, from 1.
    pub number: u32,
}

impl Line {
    /// Where it stands.
    #[must_use]
    pub const fn id(&self) -> LineId {
        LineId { report: self.report, number: self.number }
    }

    /// The same movement seen from the other end: sign turned, and parties exchanged where both are told.
    ///
    /// # Panics
    /// When the quantity is `i64::MIN`, which no report can hold.
    #[must_use]
    pub fn mirrored(self) -> Self {
        let quantity = self.quantity.checked_neg().expect("quantities are within ± i64::MAX");
        let party = self.counterparty.unwrap_or(self.party);
        Self { party, counterparty: self.counterparty.map(|_| self.party), quantity, ..self }
    }

    /// Is it the same movement word for word, whatever report and line it stands in?
    pub(crate) fn is_copy_of(&self, other: &Self) -> bool {
        Self { report: other.report, number: other.number, ..*self } == *other
    }
}
