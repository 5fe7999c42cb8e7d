//! The lowest price at which a material should be bought, and what happens below it.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::lot::{Assay, Content, Price};
use crate::material::Form;
use crate::number::{Day, FloorNo, MaterialNo, Seq};
use crate::price::{Compared, NotCompared};
use crate::procurement::{Floor, FloorPolicy};
use crate::rejection::{Fault, Kind, Rejection};
use crate::stewards::Binding;

/// Asks to set a floor.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SetPriceFloor {
    /// Unique among floors.
    #[n(0)]
    pub floor: String,
    /// Of which material.
    #[n(1)]
    pub material: MaterialNo,
    /// In which form; any where none is said.
    #[n(2)]
    pub form: Option<Form>,
    /// Of which grade: the least content of an element or oxide; any where none is said.
    #[n(3)]
    pub grade: Option<Content>,
    /// The lowest price.
    #[n(4)]
    pub price: Price,
    /// First day.
    #[n(5)]
    pub first: Day,
    /// Last day.
    #[n(6)]
    pub last: Option<Day>,
    /// What happens below it.
    #[n(7)]
    pub policy: FloorPolicy,
    /// Who set it, and on what ground.
    #[n(8)]
    pub basis: Option<String>,
}

impl SetPriceFloor {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.may_set(Binding::Material(Some(self.material)));
        let mut shape = who.shape()?;
        shape.text("floor", &self.floor);
        if self.last.is_some_and(|last| last < self.first) {
            shape.invalid("last", Fault::BeforeFirst);
        }
        shape.price_fits("price", Some(&self.price), self.material);
        let mut state = shape.state()?;
        state.is_new(Kind::Floor, &self.floor);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        let Self { floor: code, material, form, grade, price, first, last, policy, basis } = self.clone();
        books.push_floor(Floor { code, material, form, grade, price, first, last, policy, basis, seq });
    }
}

act_rules!(SetPriceFloor {
    right: Write, asks: Steward, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("it ends with its last day"),
    line: Words(&["{floor}", "{material}", "{form}", "{grade}", "{price}", "from {first}", "through {last}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"floor": "FLOOR-1", "material": "NdPr", "form": "oxide", "grade": "Nd2O3 70%", "price": "110.00 USD",
        "first": "2026-01-01", "last": "2026-12-31", "policy": "flag", "basis": "act 2"}"#,
});

/// Refuses a price below a floor of a grade that refuses, where what is bought reaches that grade, or may reach it.
pub(super) fn check_graded(
    books: &Books,
    (material, form): (MaterialNo, Form),
    grade: Option<&Content>,
    price: &Price,
    day: Day,
) -> Result<(), Rejection> {
    let at = books.facts_at(day, books.head());
    let reaches = |floor: &Floor| match (&floor.grade, grade) {
        (Some(wanted), Some(own)) => own.analyte != wanted.analyte || own.fraction_ppb >= wanted.fraction_ppb,
        (Some(_), None) => true,
        (None, _) => false,
    };
    let floors = (0u32..).map(FloorNo).zip(books.floors());
    let of_grade = floors.filter(|(_, floor)| floor.policy == FloorPolicy::Refuse && reaches(floor));
    for (number, floor) in of_grade.filter(|(_, floor)| floor.is_for(material, form, day)) {
        let lowest = books.material(material).fine(&floor.price);
        match at.fine_in(material, price, &floor.price.currency).zip(lowest) {
            None => return Err(Rejection::PriceNotCompared { floor: number, currency: price.currency.clone() }),
            Some((own, lowest)) if own < lowest => return Err(Rejection::BelowPriceFloor { floor: number }),
            Some(_) => {}
        }
    }
    Ok(())
}

/// The highest floor a price lies below; refuses where one that refuses lies above it, or cannot be compared with it.
pub(super) fn check_floor(
    books: &Books,
    (material, form): (MaterialNo, Form),
    assay: Option<&Assay>,
    price: &Price,
    day: Day,
) -> Result<Option<FloorNo>, Rejection> {
    let at = books.facts_at(day, books.head());
    let mut below: Vec<(FloorNo, &Floor)> = Vec::new();
    for (number, floor, said) in at.floors_for((material, form), assay, Some(price)) {
        let refuses = floor.policy == FloorPolicy::Refuse;
        match said {
            Compared::Below if refuses => return Err(Rejection::BelowPriceFloor { floor: number }),
            Compared::Below => below.push((number, floor)),
            Compared::Not(NotCompared::NoRate) if refuses => {
                return Err(Rejection::PriceNotCompared { floor: number, currency: price.currency.clone() });
            }
            Compared::Not(_) | Compared::NotBelow => {}
        }
    }
    Ok(at.highest(material, price, below.into_iter()).map(|(number, _)| number))
}
