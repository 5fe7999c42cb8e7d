//! What one ledger says it sent against what another says it received: facts of both, and the books here.
//!
//! A consignment is known by its code or reference, which both ends cite. Its legs are dispatches and draws on the one side,
//! arrivals and deposits on the other. Material is compared by its code; where the two ledgers call it differently, each leg
//! stands alone.

use std::collections::{BTreeMap, HashSet};

use books::fact::Told;
use books::{Act, Books, Day, Event};
use measure::{Scale, convert_exact, format_decimal};

use super::{sees_fact, shown};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::one_of;
use crate::sight::Sight;
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::KnownAt;
use wire::date::show_day;

records! {
    /// Consignments between ledgers.
    Shipments {
        /// Only the one with this code or reference.
        reference: Option<String>,
        /// `in_transit`, `agreed`, `differs` or `arrival_only`.
        state: Option<String>,
        /// As known at this event, or this time; as known now where absent.
        known_at: Option<KnownAt>,
    }

    /// One material of a consignment.
    ShipmentLine {
        /// Its code or reference.
        reference: String as Code,
        /// The material.
        material: String as Code,
        /// Who says it was sent: a log, or `here`.
        shipper: Option<String> as Code,
        /// The day it left.
        left: Option<String> as Day,
        /// What was sent, all lots.
        shipped: Option<String> as Quantity,
        /// Who says it arrived: a log, or `here`.
        receiver: Option<String> as Code,
        /// The last day on which something arrived.
        arrived: Option<String> as Day,
        /// What arrived, all parts.
        received: Option<String> as Quantity,
        /// Shipped less received, once something has arrived.
        difference: Option<String> as Quantity,
        /// Unit of the numbers.
        unit: String as Code,
        /// `in_transit`, `agreed`, `differs` or `arrival_only`.
        state: String as Word(shipment),
    }

    /// Consignments by reference.
    ShipmentsAnswer {
        /// One line for each material of each.
        shipments: Vec<ShipmentLine>,
    }
}

/// One end of a consignment.
#[derive(Clone, Debug)]
struct Leg {
    whose: String,
    day: Day,
    told: Told,
}

#[derive(Clone, Debug, Default)]
struct Ends {
    sent: Vec<Leg>,
    arrived: Vec<Leg>,
}

/// Is an act the sending or the receiving end?
fn is_sending(act: &str) -> Option<bool> {
    match act {
        "dispatch" | "draw" => Some(true),
        "arrive" | "deposit" => Some(false),
        _ => None,
    }
}

impl Question for Shipments {
    const NAME: &'static str = "shipments";
    const ABOUT: &'static str =
        "Consignments between ledgers: what one says it sent, what the other says arrived, the difference.";
    type Answer = ShipmentsAnswer;

    fn table(answer: &ShipmentsAnswer) -> Table<'_> {
        Table::of(answer, &answer.shipments)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let books = view.books();
        let sight = Sight::of(view);
        let named_by = |fact: &books::fact::Fact| fact.says.code.clone().or(fact.says.reference.clone());
        let names: HashSet<String> =
            books.facts().iter().filter(|fact| sees_fact(&sight, books, fact)).filter_map(named_by).collect();
        if names.is_empty() {
            return then::wants(view, self.known_at.as_ref());
        }
        let is_leg = move |view: &dyn View, _, event: &Event| named(view.books(), event, &names).is_some();
        let known_at = self.known_at.as_ref();
        let scan = Scan::keep(is_leg).acts(["dispatch", "draw", "arrive", "deposit"]);
        Ok(Wants::from(then::through(view, known_at, scan)?).and(then::wants(view, known_at)?))
    }

    fn answer(&self, view: &dyn View) -> Result<ShipmentsAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl Shipments {
    fn known(&self, view: &dyn View) -> Result<ShipmentsAnswer, Problem> {
        one_of("state", self.state.as_ref(), &["in_transit", "agreed", "differs", "arrival_only"])?;
        let (books, sight) = (view.books(), Sight::of(view));
        let taken_back: HashSet<_> =
            books.facts().iter().filter_map(|fact| Some((fact.log, fact.says.reverses?))).collect();
        let mut ends: BTreeMap<(String, String), Ends> = BTreeMap::new();
        let mut names: HashSet<String> = HashSet::new();
        for fact in books.facts().iter().filter(|fact| sees_fact(&sight, books, fact)) {
            let says = &fact.says;
            let Some(sending) = is_sending(&says.act) else { continue };
            let Some(name) = says.code.as_ref().or(says.reference.as_ref()) else { continue };
            if taken_back.contains(&(fact.log, says.event)) {
                continue;
            }
            names.insert(name.clone());
            for told in &says.lines {
                let leg = Leg { whose: says.origin.clone(), day: says.effective, told: told.clone() };
                push(&mut ends, name, sending, leg);
            }
        }
        own_legs(view, &sight, &names, &mut ends);
        let lines = ends.iter().map(|((name, material), ends)| line(books, name, material, ends));
        let is_wanted = |line: &ShipmentLine| {
            self.reference.as_ref().is_none_or(|name| *name == line.reference)
                && self.state.as_ref().is_none_or(|state| *state == line.state)
        };
        Ok(ShipmentsAnswer { shipments: lines.filter(is_wanted).collect() })
    }
}

fn push(ends: &mut BTreeMap<(String, String), Ends>, name: &str, sending: bool, leg: Leg) {
    let material = leg.told.material.clone().unwrap_or_default();
    let ends = ends.entry((name.to_owned(), material)).or_default();
    if sending { ends.sent.push(leg) } else { ends.arrived.push(leg) }
}

/// The legs that stand in the books here, of consignments that facts name.
fn own_legs(view: &dyn View, sight: &Sight<'_>, names: &HashSet<String>, ends: &mut BTreeMap<(String, String), Ends>) {
    let books = view.books();
    for (seq, event) in view.gathered().taken_parts(view.books()) {
        let event = &*event;
        if let Some((name, sending)) = named(books, event, names)
            && books.reversed_by(seq).is_none()
            && sight.sees_event(event)
            && let Some(says) = books::fact::Statement::of(books, seq, event)
        {
            for told in says.lines {
                push(ends, &name, sending, Leg { whose: "here".into(), day: event.effective, told });
            }
        }
    }
}

/// The name by which an event belongs to a consignment.
fn named(books: &Books, event: &Event, names: &HashSet<String>) -> Option<(String, bool)> {
    let books::Outcome::Done(act) = &event.outcome else { return None };
    let sending = is_sending(act.word())?;
    let mut code = if let Act::Dispatch(act) = act { Some(act.dispatch.as_str()) } else { None };
    if let Act::Arrive(act) = act {
        code = Some(books.place_code(act.dispatch));
    }
    let name = code.into_iter().chain(act.reference(books)).find(|name| names.contains(*name))?;
    Some((name.to_owned(), sending))
}

fn line(books: &Books, name: &str, material: &str, ends: &Ends) -> ShipmentLine {
    let first = ends.sent.first().or(ends.arrived.first()).expect("a consignment has a leg");
    let scale = Scale { unit: first.told.unit, decimals: first.told.decimals };
    let sum = |legs: &[Leg]| -> Option<i64> {
        legs.iter().try_fold(0i64, |sum, leg| {
            let theirs = Scale { unit: leg.told.unit, decimals: leg.told.decimals };
            sum.checked_add(convert_exact(leg.told.quantity, theirs, scale).ok()?.units())
        })
    };
    let whose = |legs: &[Leg]| {
        let mut names: Vec<&str> = legs.iter().map(|leg| leg.whose.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then(|| names.join(", "))
    };
    let show = |units: i64| {
        let quantity = measure::Quantity::new(units.saturating_abs()).unwrap_or(measure::Quantity::ZERO);
        let told = Told { quantity, ..first.told.clone() };
        let (number, _) = shown(books, &told);
        if units < 0 { format!("-{number}") } else { number }
    };
    let (sent, arrived) = (sum(&ends.sent), sum(&ends.arrived));
    let difference = sent.zip(arrived).map(|(sent, arrived)| sent - arrived);
    let state = match (ends.sent.is_empty(), ends.arrived.is_empty()) {
        (false, true) => "in_transit",
        (true, _) => "arrival_only",
        (false, false) if difference == Some(0) => "agreed",
        (false, false) => "differs",
    };
    let is_both = !ends.sent.is_empty() && !ends.arrived.is_empty();
    // Where it cannot be said in one unit, the first leg stands for itself.
    let or_told = |sum: Option<i64>, legs: &[Leg]| match (sum, legs.first()) {
        (_, None) => None,
        (Some(sum), _) => Some(show(sum)),
        (None, Some(leg)) => {
            Some(format!("{} {}", format_decimal(leg.told.quantity.units(), leg.told.decimals), leg.told.unit))
        }
    };
    ShipmentLine {
        reference: name.to_owned(),
        material: material.to_owned(),
        shipper: whose(&ends.sent),
        left: ends.sent.iter().map(|leg| leg.day).min().map(show_day),
        shipped: or_told(sent, &ends.sent),
        receiver: whose(&ends.arrived),
        arrived: ends.arrived.iter().map(|leg| leg.day).max().map(show_day),
        received: or_told(arrived, &ends.arrived),
        difference: difference.filter(|_| is_both).map(show),
        unit: shown(books, &first.told).1,
        state: state.to_owned(),
    }
}
