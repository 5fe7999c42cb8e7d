//! A product comes from where its inputs come from, whatever is said of it.
//!
//! Its description may leave open where it was mined and separated, or repeat what is known of every input. What it may say
//! anew is the step that was just done, and only where it was done: in the country of the site that it left or came to.

use super::{Transform, TransformKind};
use crate::draft::steps::State;
use crate::lot::SourceKind;
use crate::material::{Form, Stage};
use crate::number::LotNo;
use crate::provenance::{Mixture, Step};
use crate::rejection::Rejection;

impl Transform {
    /// Refuses what the ancestry of the inputs contradicts, or does not bear out.
    pub(super) fn origins_fit(&self, state: &mut State<'_, '_>) {
        if self.kind == TransformKind::Rotation {
            return;
        }
        let books = state.books;
        let inputs: Vec<(LotNo, Mixture<'_>)> =
            self.inputs.iter().map(|line| (line.lot, books.mixture(line.lot, state.day))).collect();
        for output in &self.outputs {
            let origin = &output.lot.origin;
            for (field, step, stated) in [
                ("outputs.origin.mined", Step::Mined, &origin.mined),
                ("outputs.origin.separated", Step::Separated, &origin.separated),
                ("outputs.origin.refined", Step::Refined, &origin.refined),
                ("outputs.origin.manufactured", Step::Manufactured, &origin.manufactured),
            ] {
                let Some(stated) = stated.as_deref() else { continue };
                let contrary = inputs.iter().find(|(lot, mixture)| {
                    let is_same = mixture.portions().all(|portion| portion.country(step) == Some(stated));
                    !is_same && !self.is_done_here(state, *lot, output.lot.form, step, stated)
                });
                if let Some((lot, _)) = contrary {
                    let lot = books.lot(*lot).facts.code.clone();
                    state.refuse(Rejection::OriginDiffers { lot, field, given: stated.to_owned() });
                }
            }
            if output.lot.source == SourceKind::Recycled {
                let contrary = inputs.iter().find(|(lot, mixture)| !self.is_recycled(state, *lot, mixture));
                if let Some((lot, _)) = contrary {
                    let (lot, field) = (books.lot(*lot).facts.code.clone(), "outputs.source");
                    state.refuse(Rejection::OriginDiffers { lot, field, given: "recycled".into() });
                }
            }
        }
    }

    /// Is this the step that is done here, to this input?
    fn is_done_here(&self, state: &State<'_, '_>, lot: LotNo, made: Form, step: Step, country: &str) -> bool {
        let before = state.books.lot(lot).facts.form.stage();
        let is_done = match step {
            Step::Mined => false,
            Step::Separated => before < Stage::Separated && made.stage() >= Stage::Separated,
            Step::Refined => true,
            Step::Manufactured => made.stage() == Stage::Manufactured,
        };
        is_done && [self.site, self.target].into_iter().any(|place| state.country(place) == country)
    }

    fn is_recycled(&self, state: &State<'_, '_>, lot: LotNo, mixture: &Mixture<'_>) -> bool {
        let is_recovered = self.kind == TransformKind::Recycling && state.books.lot(lot).facts.form == Form::Scrap;
        is_recovered || mixture.portions().all(|portion| portion.source == SourceKind::Recycled)
    }
}
