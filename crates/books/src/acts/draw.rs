//! Stock goes out: a draw (the trade says issue).
//!
//! A draw cites the authority for it. It never looks at later days itself: those are checked for every act alike when
//! the draft is finished.

use measure::Quantity;

use super::Ask;
use super::deposit::stated_fits_lot;
use crate::account::Under;
use crate::act_rules::act_rules;
use crate::authority::Direction;
use crate::books::Books;
use crate::draft::exports::Terms;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::fact::{Of, Says};
use crate::factor::Stated;
use crate::number::{AuthorityNo, LicenceNo, LotNo, PartyNo, PlaceNo, Seq};

/// Asks for a draw.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Draw {
    /// From which lot.
    #[n(0)]
    pub lot: LotNo,
    /// At which site.
    #[n(1)]
    pub site: PlaceNo,
    /// Whose it is.
    #[n(2)]
    pub owner: PartyNo,
    /// How much, in accounting units.
    #[n(3)]
    pub quantity: Quantity,
    /// The encumbrance it is drawn under, if any.
    #[n(4)]
    pub under: Under,
    /// What allows it.
    #[n(5)]
    pub authority: Option<AuthorityNo>,
    /// The sender's own reference.
    #[n(6)]
    pub reference: Option<String>,
    /// Country it goes to, where that is known.
    #[n(7)]
    pub destination: Option<String>,
    /// What it is for, where a restriction goes by use.
    #[n(8)]
    pub end_use: Option<String>,
    /// The licence it goes under, where a restriction wants one.
    #[n(9)]
    pub licence: Option<LicenceNo>,
    /// The quantity as it was measured, where that is in a unit of another dimension.
    #[n(10)]
    pub stated: Option<Stated>,
}

impl Draw {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { lot, site, owner, quantity, under, authority, reference: _, destination, end_use, licence, stated } =
            self;
        let books = who.books;
        who.may_write(*owner, Some(*site));
        let mut shape = who.shape()?;
        shape.not_zero(*quantity);
        shape.country("destination", destination.as_ref());
        stated_fits_lot(&mut shape, *stated, *quantity, *lot);
        let mut state = shape.state()?;
        let source = state.account(*site, *owner, *lot);
        if let Some(under) = under {
            state.draw_under(*under, source, *quantity);
        }
        state.cite(*authority, Direction::Disposal, books.lot(*lot).facts.material, *quantity);
        state.goes(Terms { destination: destination.clone(), end_use: end_use.clone(), licence: *licence });
        let target = state.account(PlaceNo::OUTSIDE, *owner, *lot);
        state.entry(source, target, *quantity);
        state.done()
    }

    pub(crate) fn apply(&self, _: &mut Books, _: Seq, _: &Event) {}
}

act_rules!(Draw {
    right: Write, asks: Keeper, seen: Concerned, nature: Decision, by_hand: No, periods: Owners,
    undone: Corrected,
    line: Moved,
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(act, _): act.reference.as_deref(),
    says(act): Some(Says {
            reference: act.reference.as_deref(),
            owner: Some(act.owner),
            source: Some(act.site),
            lines: vec![(Of::Lot(act.lot), act.quantity)],
            ..Says::default()
        }),
    example: r#"{"lot": "LOT-1", "site": "Ibaraki", "owner": "JOGMEC", "quantity": "1 lb", "under": "TICKET-1",
        "authority": "SELL-2026", "reference": "I-1", "destination": "JP", "end_use": "magnets"}"#,
});
