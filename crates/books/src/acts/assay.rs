//! A lot is measured anew.
//!
//! It holds for the whole lot, what was already drawn and split off included, from its day on ([`crate::composition`]):
//! contained weights are restated, and remain answerable as they were known before. One that was mistyped is taken back by a
//! correction.

use measure::Basis;

use super::Ask;
use super::transform::made_holds;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::lot::{Assay, KnownAssay, Weighed};
use crate::number::{LotNo, Seq};
use crate::rejection::{Fault, Rejection};

/// Records a measurement of a lot.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RecordAssay {
    /// The lot.
    #[n(0)]
    pub lot: LotNo,
    /// What was found.
    #[n(1)]
    pub assay: Assay,
    /// The sender's own reference.
    #[n(2)]
    pub reference: Option<String>,
}

impl RecordAssay {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.may_write_lot(self.lot);
        let mut shape = who.shape()?;
        let material = shape.books.lot(self.lot).facts.material;
        shape.note(assay_fits(&self.assay, shape.books.material(material).basis));
        let mut amounts = shape.state()?.amounts()?;
        amounts.note(made_holds(amounts.books, ask.past, self.lot, &self.assay, ask.effective));
        amounts.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let known = KnownAssay { seq, effective: event.effective, assay: self.assay.clone() };
        books.lots.row_mut(self.lot.0).assays.push(known);
    }
}

act_rules!(RecordAssay {
    right: Write, asks: Keeper, seen: Concerned, nature: Observation, by_hand: No, periods: Nobody,
    undone: Corrected,
    line: Words(&["{lot}", "{assay.status}", "{assay.method}"]),
    whose(act, books): books.accounts_of(act.lot).iter().map(|account| books.account(*account).key.owner).collect(),
    uses(act, _): vec![Used { lot: act.lot, site: None, units: None }],
    reference(_, _): None,
    says(_): None,
    example: r#"{"lot": "LOT-7", "assay": {"status": "provisional", "contents": {"Nd2O3": "75.2%", "Pr6O11": "24.1%"},
        "moisture": "0.4%", "method": "XRF", "laboratory": "Alfred Knight", "uncertainty": "0.05%"},
        "reference": "X-8"}"#,
});

/// Can something be made of this?
pub(crate) fn assay_fits(assay: &Assay, accounted: Basis) -> Result<(), Rejection> {
    // What is stated of the dry weight adds up beside the water, and not with it.
    let is_of_dry = assay.weighed.map_or(accounted == Basis::Dry, |weighed| weighed == Weighed::Dry);
    let mut whole = if is_of_dry { 0 } else { u64::from(assay.moisture_ppb.unwrap_or(0)) };
    if assay.weighed.is_some_and(|_| is_of_dry != (accounted == Basis::Dry)) && assay.moisture_ppb.is_none() {
        return Err(Rejection::invalid("assay", Fault::MoistureNeeded));
    }
    for (index, content) in assay.contents.iter().enumerate() {
        super::text_fits("assay.analyte", &content.analyte)?;
        if assay.contents[..index].iter().any(|other| other.analyte == content.analyte) {
            let analyte = content.analyte.clone();
            return Err(Rejection::invalid("assay", Fault::AnalyteTwice { analyte }));
        }
        whole += u64::from(content.fraction_ppb);
    }
    if whole > 1_000_000_000 { Err(Rejection::AssayExceedsWhole) } else { Ok(()) }
}
