//! Figures of a period are published: made by one person, let through by another, printable for ever.
//!
//! A later publication of the same series and period restates it, says why, and takes nothing away.

use measure::Unit;

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::comparing::{Figure, Publication};
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{Day, PartyNo, Seq};
use crate::rejection::Fault;

/// Asks to publish.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Publish {
    /// Whose figures.
    #[n(0)]
    pub owner: PartyNo,
    /// Name of the series.
    #[n(1)]
    pub series: String,
    /// Last day of the period.
    #[n(2)]
    pub through: Day,
    /// Unit of all figures.
    #[n(3)]
    pub unit: Unit,
    /// The figures.
    #[n(4)]
    pub figures: Vec<Figure>,
    /// Why: needed where it restates.
    #[n(5)]
    pub note: Option<String>,
}

impl Publish {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.may_write(self.owner, None);
        let mut shape = who.shape()?;
        shape.text("series", &self.series);
        if self.through > ask.effective {
            shape.invalid("through", Fault::PeriodNotEnded);
        }
        if self.figures.is_empty() {
            shape.invalid("figures", Fault::AtLeastOne);
        }
        for (index, figure) in self.figures.iter().enumerate() {
            shape.text("line", &figure.line);
            if self.figures[..index].iter().any(|other| other.line == figure.line) {
                shape.invalid("figures", Fault::LineTwice);
            }
        }
        if ask.maker.is_none() {
            shape.invalid("maker", Fault::PublisherNeeded);
        }
        if let Some(before) = shape.books.published(&self.series, self.through).last() {
            if before.unit != self.unit {
                shape.invalid("unit", Fault::OtherUnit);
            }
            if ask.effective <= before.published {
                shape.invalid("effective", Fault::RestatedTooEarly);
            }
            if self.note.is_none() {
                shape.invalid("note", Fault::RestatementNeedsReason);
            }
        }
        shape.text_if_any("note", self.note.as_ref());
        let mut state = shape.state()?;
        state.needs_checker = true;
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { owner: party, series, through, unit, figures, note } = self.clone();
        let code = format!("P{}", books.publications.row_count() + 1);
        let published = event.effective;
        let (checker, known_at) = (event.maker.clone(), Seq(seq.0 - 1));
        books.push_publication(Publication {
            code,
            seq,
            party,
            series,
            through,
            published,
            unit,
            figures,
            note,
            checker,
            known_at,
        });
    }
}

act_rules!(Publish {
    right: Govern, asks: Holder, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["publish"]),
    line: Words(&["{owner}", "{series}", "through {through}", "{figures}", "{note}"]),
    whose(act, _): vec![act.owner],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"owner": "JOGMEC", "series": "Balance of Ibaraki", "through": "2026-02-28", "unit": "t",
        "figures": [{"line": "muf", "value": "-0.10"}], "note": "first"}"#,
});
