//! Both legs of every dispatch: what the shipper says left, what the receiver says arrived, and whether the difference is
//! more than measuring explains.

use std::collections::BTreeMap;

use books::acts::arrive::Arrive;
use books::place::Transit;
use books::{Act, Books, Event, LotNo, PartyNo, PlaceNo};
use measure::Quantity;
use reconcile::pairs::{Arrival, Leg, PairFlaw, Significance, TransferState, pair_legs};
use reconcile::{PersonNo, ReferenceNo};

use super::signed;
use crate::balance::{BalanceArea, Rule, show_sigma};
use crate::compare::accounting;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{material_code, material_if, one_of, party_if, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::{At, KnownAt};
use wire::date::show_day;

records! {
    /// Both legs of dispatches.
    Transfers {
        /// Sent or received by this party: at its sites, or its stock.
        party: Option<String>,
        /// Of this material.
        material: Option<String>,
        /// `in_transit`, `complete`, or `significant`.
        state: Option<String>,
        /// As of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One lot of a dispatch.
    TransferLine {
        /// The dispatch.
        dispatch: String as Code,
        /// The lot.
        lot: String as Code,
        /// The material.
        material: String as Code,
        /// Who keeps the site it left, and the site.
        shipper: String as Code,
        /// Who keeps the site it went to, and the site.
        receiver: String as Code,
        /// The day it left.
        left: String as Day,
        /// The last day on which something arrived.
        arrived: Option<String> as Day,
        /// Shipper's figure.
        shipped: String as Quantity,
        /// Receiver's figure, all parts.
        received: String as Quantity,
        /// Shipper's less receiver's figure, once all has arrived.
        difference: Option<String> as Quantity,
        /// One standard deviation of the difference.
        sigma: Option<String> as Quantity,
        /// `not_significant`, `significant` (over 2 sigma) or `unjudged`.
        significance: Option<String> as Word(significance),
        /// Not arrived yet.
        outstanding: Option<String> as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// `complete` or `in_transit`.
        state: String as Word(transfer),
        /// Days since it left, while it is on its way: 0-1, 2-7, 8-30, 31-90, >90.
        age: Option<String>,
        /// What makes it doubtful: one party or one person at both ends, persons not named, arrived before it left.
        flaws: String,
    }

    /// Dispatches in the order in which they left.
    TransfersAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each lot of each dispatch.
        transfers: Vec<TransferLine>,
    }
}

struct Sent {
    transit: PlaceNo,
    lot: LotNo,
    owner: PartyNo,
    shipped: Leg,
    arrivals: Vec<Arrival>,
    persons_named: bool,
}

impl Question for Transfers {
    const NAME: &'static str = "transfers";
    const ABOUT: &'static str =
        "Shipper's and receiver's figures of every dispatch, and whether they differ significantly.";
    type Answer = TransfersAnswer;

    fn table(answer: &TransfersAnswer) -> Table<'_> {
        Table::of(answer, &answer.transfers)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        let is_leg = |view: &dyn View, _, event: &Event| {
            matches!(event.effect(view.books()).as_deref(), Some(Act::Dispatch(_) | Act::Arrive(_)))
        };
        Ok(Scan::keep(is_leg).acts(["dispatch", "arrive"]).into())
    }

    fn answer(&self, view: &dyn View) -> Result<TransfersAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let today = at.day;
        let party = party_if(books, "party", self.party.as_ref())?;
        let material = material_if(books, self.material.as_ref())?;
        one_of("state", self.state.as_ref(), &["in_transit", "complete", "significant"])?;
        let sight = Sight::of(view);
        let mut answer = TransfersAnswer { as_of: show_day(today), known_at: at.known_at.0, transfers: Vec::new() };
        for sent in sent(view, at)? {
            let transit = transit(books, sent.transit);
            let ends = [transit.source, transit.target].map(|site| custodian(books, site));
            let is_seen = sight.sees_party(sent.owner) || sight.keeps(books.place(sent.transit));
            let is_meant = party.is_none_or(|party| party == sent.owner || ends.contains(&party))
                && material.is_none_or(|material| material == sent.shipped.material);
            if !is_seen || !is_meant {
                continue;
            }
            let line = line(books, &sent, today);
            let is_wanted = match self.state.as_deref() {
                None => true,
                Some("significant") => line.significance.as_deref() == Some("significant"),
                Some(word) => line.state == word,
            };
            if is_wanted {
                answer.transfers.push(line);
            }
        }
        Ok(answer)
    }
}

fn transit(books: &Books, place: PlaceNo) -> &Transit {
    books.place(place).transit().expect("dispatched: a dispatch is in transit")
}

fn custodian(books: &Books, site: PlaceNo) -> PartyNo {
    books.place(site).site().expect("a dispatch goes from site to site").custodian
}

/// Every lot of every dispatch that left by a day, with what arrived of it by then.
fn sent(view: &dyn View, at: At) -> Result<Vec<Sent>, Problem> {
    let books = view.books();
    let mut found: Vec<Sent> = Vec::new();
    let mut places: BTreeMap<(PlaceNo, LotNo), usize> = BTreeMap::new();
    let mut persons = reconcile::Names::default();
    let mut person = |maker: Option<&str>| {
        let told = maker.map(books::person::told);
        told.map(|told| PersonNo(persons.number(&told)))
    };
    for (seq, event) in view.gathered().taken_parts(view.books()) {
        let event = &*event;
        let is_known = seq <= at.known_at && books.stands_at(seq, at.day, at.known_at);
        if !event.outcome.is_done() || event.effective > at.day || !is_known {
            continue;
        }
        let maker = event.effect_maker(books);
        match event.effect(books).as_deref() {
            Some(Act::Dispatch(act)) => {
                let Some(transit) = books.place_no(books::Kind::Dispatch, &act.dispatch) else { continue };
                for sent in &act.lines {
                    let material = books.lot(sent.lot).facts.material;
                    let facts = books.material(material);
                    let area = BalanceArea { site: act.source, material, owner: None };
                    let units = sent.quantity.units();
                    let number = u32::try_from(found.len()).unwrap_or(u32::MAX);
                    places.insert((transit, sent.lot), found.len());
                    let shipped = Leg {
                        document: ReferenceNo(number),
                        material,
                        lot: None,
                        party: custodian(books, act.source),
                        person: person(maker),
                        scale: accounting(facts),
                        basis: facts.basis,
                        quantity: sent.quantity,
                        sigma: Rule::of(&books.facts_at(event.effective, at.known_at), area)
                            .and_then(|rule| rule.flow_sigma(units)),
                        effective: event.effective,
                    };
                    let persons_named = maker.is_some();
                    let (lot, owner) = (sent.lot, act.owner);
                    found.push(Sent { transit, lot, owner, shipped, arrivals: Vec::new(), persons_named });
                }
            }
            Some(Act::Arrive(act)) => {
                for line in &act.lines {
                    let Some(place) = places.get(&(act.dispatch, line.lot)) else { continue };
                    let row = &mut found[*place];
                    let material = row.shipped.material;
                    let area = BalanceArea { site: act.site, material, owner: None };
                    let sigma = Rule::of(&books.facts_at(event.effective, at.known_at), area);
                    let leg = Leg {
                        party: custodian(books, act.site),
                        person: person(maker),
                        quantity: line.received,
                        sigma: sigma.and_then(|rule| rule.flow_sigma(line.received.units())),
                        effective: event.effective,
                        ..row.shipped
                    };
                    row.persons_named &= maker.is_some();
                    // The last part of a dispatch closes every lot in it, and so does whatever makes up what was sent.
                    row.arrivals.push(Arrival { leg, is_last: act.last });
                }
                if act.last {
                    close_dispatch(books, event, act, person(maker), &mut found);
                }
            }
            _ => {}
        }
    }
    close_filled(&mut found);
    Ok(found)
}

/// The last part of a dispatch closes every lot in it.
fn close_dispatch(books: &Books, event: &Event, act: &Arrive, person: Option<PersonNo>, found: &mut [Sent]) {
    for row in found.iter_mut().filter(|row| row.transit == act.dispatch) {
        // Of a lot that no line names nothing came: what left is the difference.
        let is_closed = event.entries.iter().any(|entry| {
            let key = books.account(entry.source).key;
            key.place == act.dispatch && key.lot == row.lot
        });
        if row.arrivals.is_empty() && is_closed {
            let party = custodian(books, act.site);
            let (quantity, sigma, effective) = (Quantity::ZERO, None, event.effective);
            let leg = Leg { party, person, quantity, sigma, effective, ..row.shipped };
            row.arrivals.push(Arrival { leg, is_last: true });
        }
        if let Some(arrival) = row.arrivals.last_mut() {
            arrival.is_last = true;
        }
    }
}

/// Whatever makes up what was sent closes its lot.
fn close_filled(found: &mut [Sent]) {
    for row in found {
        let received: i128 = row.arrivals.iter().map(|arrival| i128::from(arrival.leg.quantity.units())).sum();
        if received >= i128::from(row.shipped.quantity.units())
            && let Some(arrival) = row.arrivals.last_mut()
        {
            arrival.is_last = true;
        }
    }
}

fn line(books: &Books, sent: &Sent, today: books::Day) -> TransferLine {
    let Sent { shipped, arrivals, .. } = sent;
    let material = shipped.material;
    let transit = transit(books, sent.transit);
    let paired = pair_legs(std::slice::from_ref(shipped), arrivals, today).pop().expect("one dispatch is one transfer");
    let received: i128 = arrivals.iter().map(|arrival| i128::from(arrival.leg.quantity.units())).sum();
    let show = |units: i128| signed(books, material, units);
    let end = |site: PlaceNo| format!("{} ({})", books.party_code(custodian(books, site)), books.place_code(site));
    let receiver_sigma = arrivals.iter().try_fold(0.0f64, |sum, arrival| Some(sum.hypot(arrival.leg.sigma?)));
    let sigma = shipped.sigma.zip(receiver_sigma).map(|(shipper, receiver)| shipper.hypot(receiver));
    let mut flaws: Vec<&str> = Vec::new();
    for flaw in &paired.flaws {
        flaws.push(match flaw {
            PairFlaw::SameParty => "one party keeps both sites",
            PairFlaw::SamePerson if !sent.persons_named => continue,
            PairFlaw::SamePerson => "one person signed both",
            PairFlaw::ArrivedBeforeLeaving => "arrived before it left",
            PairFlaw::LotDiffers => "the lots differ",
        });
    }
    if !sent.persons_named && !arrivals.is_empty() {
        flaws.push("who dispatched or received is not named");
    }
    let mut line = TransferLine {
        dispatch: transit.code.clone(),
        lot: books.lot(sent.lot).facts.code.clone(),
        material: material_code(books, material),
        shipper: end(transit.source),
        receiver: end(transit.target),
        left: show_day(transit.effective),
        arrived: arrivals.last().map(|arrival| show_day(arrival.leg.effective)),
        shipped: show(shipped.quantity.units().into()),
        received: show(received),
        unit: unit(books, material),
        sigma: sigma.map(|sigma| show_sigma(books, material, sigma)),
        flaws: flaws.join("; "),
        ..TransferLine::default()
    };
    match paired.state {
        TransferState::Complete { difference, significance, .. } => {
            line.state = "complete".into();
            line.difference = difference.map(i128::from).map(show);
            line.significance = Some(
                match significance {
                    Significance::NotSignificant => "not_significant",
                    Significance::Significant => "significant",
                    Significance::Unjudged => "unjudged",
                }
                .into(),
            );
        }
        TransferState::InTransit { outstanding, age } => {
            line.state = "in_transit".into();
            line.outstanding = outstanding.map(i128::from).map(show);
            line.age = Some(age.label().into());
        }
        TransferState::ArrivalOnly { .. } | TransferState::BasisOrUnitDiffers | TransferState::DispatchedTwice => {
            unreachable!("both legs are in the books, in accounting units, under one dispatch")
        }
    }
    line
}
