//! A figure of the world is recorded, or revised: imports by origin, production, refining, reserves in the ground.

use measure::Quantity;

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::comparing::{Rule, Says};
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::material::Stage;
use crate::number::{MaterialNo, PartyNo, Seq};
use crate::rejection::Fault;
use crate::world::{FigureOf, WorldFigure};

/// Asks to record a figure.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RecordFigure {
    /// What it is of.
    #[n(0)]
    pub of: FigureOf,
    /// Whose; the world's where absent.
    #[n(1)]
    pub whose: Option<PartyNo>,
    /// Of which material.
    #[n(2)]
    pub material: MaterialNo,
    /// At which stage, where it is of one.
    #[n(3)]
    pub stage: Option<Stage>,
    /// The country that it comes from or goes to, is made or lies in; of all together where absent.
    #[n(4)]
    pub country: Option<String>,
    /// The calendar year.
    #[n(5)]
    pub year: u16,
    /// How much, in accounting units.
    #[n(6)]
    pub quantity: Quantity,
    /// Who published it: never empty.
    #[n(7)]
    pub source: String,
}

impl RecordFigure {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        match self.whose {
            // What a party imports it says itself, or who oversees it does.
            Some(party) => who.may_record(party),
            None => who.is_secretariat(ask.party),
        }
        let mut shape = who.shape()?;
        shape.country("country", self.country.as_ref());
        shape.text("source", &self.source);
        if !(1900..=2200).contains(&self.year) {
            shape.invalid("year", Fault::YearOutOfRange { first: 1900, last: 2200 });
        }
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { of, whose: party, material, stage, country, year, quantity, source } = self.clone();
        let figure = WorldFigure { of, party, material, stage, country, year, quantity, source };
        books.rules.push(Rule { seq, from: event.effective, says: Says::Figure(figure), by: event.party });
    }
}

act_rules!(RecordFigure {
    right: Write, asks: Agency, seen: Everybody, nature: Observation, by_hand: No, periods: Nobody,
    undone: By(&["record_figure"]),
    line: Words(&["{of}", "{whose}", "{material}", "{stage}", "{country}", "{year}", "{quantity}", "by {source}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"of": "imports", "whose": "JOGMEC", "material": "NdPr", "stage": "separated", "country": "CN", "year": 2025,
        "quantity": "60 t", "source": "customs"}"#,
});
