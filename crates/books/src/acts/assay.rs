//! A lot is measured anew.
//!
//! The new assay holds for the whole lot, what was already drawn included: contained weights of earlier movements are
//! restated, and remain answerable as they were known before.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::lot::{Assay, KnownAssay};
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
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.may_write_lot(self.lot);
        let mut shape = who.shape()?;
        shape.note(assay_fits(&self.assay));
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let known = KnownAssay { seq, effective: event.effective, assay: self.assay.clone() };
        books.lots.row_mut(self.lot.0).assays.push(known);
    }
}

act_rules!(RecordAssay {
    right: Write, asks: Keeper, seen: Concerned, nature: Observation, by_hand: No, periods: Nobody,
    undone: By(&["assay"]),
    line: Words(&["{lot}", "{assay.status}", "{assay.method}"]),
    whose(act, books): books.accounts_of(act.lot).iter().map(|account| books.account(*account).key.owner).collect(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"lot": "LOT-7", "assay": {"status": "provisional", "contents": {"Nd2O3": "75.2%", "Pr6O11": "24.1%"},
        "moisture": "0.4%", "method": "XRF", "laboratory": "Alfred Knight", "uncertainty": "0.05%"},
        "reference": "X-8"}"#,
});

/// Can something be made of this?
pub(crate) fn assay_fits(assay: &Assay) -> Result<(), Rejection> {
    let mut whole = u64::from(assay.moisture_ppb.unwrap_or(0));
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
