//! A rate between two currencies is recorded: prices in one are compared with those in the other by it.

use measure::{Density, Dimension};

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::comparing::{Rule, Says};
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::Seq;
use crate::price::Rate;
use crate::rejection::Fault;
use crate::stewards::Binding;

/// Asks to record a rate.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RecordRate {
    /// How much of one currency there is in one of another.
    #[n(0)]
    pub rate: Density,
    /// Who stated it: never empty.
    #[n(1)]
    pub source: String,
}

impl RecordRate {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.may_set(Binding::Rate(self.rate.dimensions()));
        let mut shape = who.shape()?;
        let (one, other) = self.rate.dimensions();
        if !matches!((one, other), (Dimension::Money(_), Dimension::Money(_))) {
            shape.invalid("rate", Fault::NotARate { text: self.rate.to_string() });
        }
        shape.text("source", &self.source);
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { rate, source } = self.clone();
        let says = Says::Rate(Rate { rate, source });
        books.rules.push(Rule { seq, from: event.effective, says, by: event.party });
    }
}

act_rules!(RecordRate {
    right: Govern, asks: Steward, seen: Everybody, nature: Observation, by_hand: Rule, periods: Nobody,
    undone: By(&["record_rate"]),
    line: Words(&["{rate}", "by {source}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"rate": "1.0842 USD/EUR", "source": "reference rate of the central bank"}"#,
});
