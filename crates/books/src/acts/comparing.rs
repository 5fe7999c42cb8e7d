//! The rules of comparing are set: errors of methods, tolerances, duties to report.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::comparing::{Allowance, Duty, Measuring, Method, Rule, Says};
use crate::draft::steps::{Judged, Who};
use crate::event::Event;
use crate::number::{MaterialNo, PartyNo, PlaceNo, Seq};
use crate::rejection::Fault;
use crate::report::ReportKind;
use crate::stewards::Binding;
use measure::Quantity;

/// Asks to set the errors of a method of measurement, each as one standard deviation, relative, in parts per billion.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SetMethod {
    /// Its name.
    #[n(0)]
    pub method: String,
    /// Drawn anew with each measurement.
    #[n(1)]
    pub random: u32,
    /// The same in each.
    #[n(2)]
    pub systematic: u32,
}

/// Asks to set which methods measure a material at a site.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SetMeasuring {
    /// The balance area.
    #[n(0)]
    pub site: PlaceNo,
    /// The material.
    #[n(1)]
    pub material: MaterialNo,
    /// What is counted, by this method.
    #[n(2)]
    pub stock: String,
    /// What comes in and goes out, by this method.
    #[n(3)]
    pub flow: String,
    /// Size of one measured load, where movements are made up of several.
    #[n(4)]
    pub load: Option<Quantity>,
    /// Is each counted lot measured by itself? One survey of all that lies there, where not.
    #[n(5)]
    pub each_lot: Option<bool>,
    /// Size of one measured item, where what is counted is made up of several.
    #[n(6)]
    pub item: Option<Quantity>,
}

/// Asks to set how far two figures may be apart.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SetTolerance {
    /// Of which material.
    #[n(0)]
    pub material: MaterialNo,
    /// Parts per million of the larger figure.
    #[n(1)]
    pub ppm: Option<u32>,
    /// A quantity.
    #[n(2)]
    pub absolute: Option<Quantity>,
    /// A difference up to this is rounding.
    #[n(3)]
    pub rounding: Option<Quantity>,
    /// How many days apart equal figures may be. Where nothing is said none, and up to 3 find each other.
    #[n(4)]
    pub days: Option<u32>,
}

/// Asks to set who reports when.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SetDuty {
    /// Who.
    #[n(0)]
    pub sender: PartyNo,
    /// What.
    #[n(1)]
    pub kind: ReportKind,
    /// How many months a report covers.
    #[n(2)]
    pub months: u8,
    /// How many days after its last day it is due.
    #[n(3)]
    pub days: u16,
}

fn set(books: &mut Books, seq: Seq, event: &Event, says: Says) {
    books.rules.push(Rule { seq, from: event.effective, says, by: event.party });
}

impl SetMethod {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.may_set(Binding::Method(&self.method));
        let mut shape = who.shape()?;
        shape.text("method", &self.method);
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { method, random, systematic } = self.clone();
        let says = Says::Method(Method { method, random_ppb: random, systematic_ppb: systematic });
        set(books, seq, event, says);
    }
}

act_rules!(SetMethod {
    right: Govern, asks: Steward, seen: Everybody, nature: Decision, by_hand: Rule, periods: Nobody,
    undone: By(&["set_method"]),
    line: Words(&["{method}", "random {random}", "systematic {systematic}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"method": "survey", "random": "2%", "systematic": "0.3%"}"#,
});

impl SetMeasuring {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        who.may_set(Binding::Measuring(self.site, self.material));
        let mut shape = who.shape()?;
        for (field, method) in [("stock", &self.stock), ("flow", &self.flow)] {
            if shape.books.facts_at(ask.effective, shape.books.head()).method(method).is_none() {
                shape.invalid(field, Fault::NoMethod { text: method.clone() });
            }
        }
        for size in self.load.into_iter().chain(self.item) {
            shape.not_zero(size);
        }
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { site, material, stock, flow, load, each_lot, item } = self.clone();
        let [load, item] = [load, item].map(|size| size.map(|size| size.units().unsigned_abs()));
        set(books, seq, event, Says::Measuring(Measuring { site, material, stock, flow, load, each_lot, item }));
    }
}

act_rules!(SetMeasuring {
    right: Govern, asks: Steward, seen: Everybody, nature: Decision, by_hand: Rule, periods: Nobody,
    undone: By(&["set_measuring"]),
    line: Words(&["{material}", "at {site}", "stock by {stock}", "flow by {flow}"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"site": "Ibaraki", "material": "NdPr", "stock": "survey", "flow": "survey", "load": "25 t",
        "each_lot": true, "item": "1 t"}"#,
});

impl SetTolerance {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.may_set(Binding::Material(Some(self.material)));
        let mut shape = who.shape()?;
        if self.ppm.is_some_and(|ppm| ppm > 1_000_000) {
            shape.invalid("ppm", Fault::MoreThanWhole);
        }
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let units = |quantity: Option<Quantity>| quantity.unwrap_or_default().units().unsigned_abs();
        let allowance = Allowance {
            material: Some(self.material),
            ppm: self.ppm.unwrap_or(0),
            absolute: units(self.absolute),
            rounding: units(self.rounding),
            days: self.days.unwrap_or(3),
            days_stated: self.days,
        };
        set(books, seq, event, Says::Tolerance(allowance));
    }
}

act_rules!(SetTolerance {
    right: Govern, asks: Steward, seen: Everybody, nature: Decision, by_hand: Rule, periods: Nobody,
    undone: By(&["set_tolerance"]),
    line: Words(&["{material}", "{ppm} ppm", "{absolute}", "{days} days"]),
    whose(_, _): Vec::new(),
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"material": "NdPr", "ppm": 500, "absolute": "1 t", "rounding": "1 kg", "days": 2}"#,
});

impl SetDuty {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.may_record(self.sender);
        let mut shape = who.shape()?;
        if !matches!(self.months, 1 | 2 | 3 | 4 | 6 | 12) {
            shape.invalid("months", Fault::MonthsOdd);
        }
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { sender: party, kind, months, days } = self.clone();
        set(books, seq, event, Says::Duty(Duty { party, kind, months, days }));
    }
}

act_rules!(SetDuty {
    right: Govern, asks: Overseer, seen: Everybody, nature: Decision, by_hand: Rule, periods: Nobody,
    undone: By(&["set_duty"]),
    line: Words(&["{sender}", "{kind}", "every {months} months", "within {days} days"]),
    whose(act, _): vec![act.sender],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"sender": "JOGMEC", "kind": "statement", "months": 1, "days": 15}"#,
});
