//! Stock told apart by where its mass comes from: one way for every question.

use books::lot::SourceKind;
use books::provenance::{Mixture, Provenance, Step};
use books::share_limit::ShareOf;

/// How stock is called whose origin nobody stated.
pub(crate) const UNKNOWN: &str = crate::figure::UNKNOWN;
/// How stock is called that was recovered from waste and has no country of its own.
const RECYCLED: &str = "recycled";

/// The country of a step.
pub(crate) fn country<'b>(provenance: &Provenance<'b>, step: Step) -> &'b str {
    let silent = if provenance.is_recovered(step) { RECYCLED } else { UNKNOWN };
    provenance.country(step).unwrap_or(silent)
}

/// What stock depends on at a step: what was recovered from waste depends on no country, wherever it was worked. What came in of
/// unknown origin stays unknown, whatever was made of it.
pub(crate) fn dependence<'b>(provenance: &Provenance<'b>, step: Step) -> &'b str {
    let is_told = provenance.country(step).is_some() || provenance.before.is_waste;
    if provenance.source == SourceKind::Recycled && is_told { RECYCLED } else { country(provenance, step) }
}

/// The step whose country a share is taken over, where it is taken over countries.
pub(crate) const fn step(of: ShareOf) -> Option<Step> {
    match of {
        ShareOf::Mined => Some(Step::Mined),
        ShareOf::Separated => Some(Step::Separated),
        ShareOf::Refined => Some(Step::Refined),
        ShareOf::Manufactured => Some(Step::Manufactured),
        ShareOf::Supplier | ShareOf::Site => None,
    }
}

/// Some of a lot, told apart: the parts sum to it.
pub(crate) fn parts<'b>(
    mixture: &Mixture<'b>,
    units: i64,
    label: impl Fn(&Provenance<'b>) -> &'b str,
) -> Vec<(&'b str, i64)> {
    let mut parts: Vec<(&str, i64)> = Vec::new();
    for (provenance, units) in mixture.portions().zip(mixture.divide(units)) {
        let label = label(provenance);
        match parts.iter_mut().find(|(known, _)| *known == label) {
            Some((_, sum)) => *sum += units,
            None => parts.push((label, units)),
        }
    }
    parts
}
