use measure::Unit;

use super::*;

fn shipped(kilograms: i64) -> Leg {
    Leg {
        document: ReferenceNo(7),
        material: MaterialNo(1),
        lot: Some(LotNameNo(1)),
        party: PartyNo(1),
        person: Some(PersonNo(11)),
        scale: Scale::whole(Unit::KG),
        basis: Basis::Net,
        quantity: Quantity::new(kilograms).unwrap(),
        sigma: Some(3.0),
        effective: Day(100),
    }
}

fn received(kilograms: i64) -> Leg {
    Leg { party: PartyNo(2), person: Some(PersonNo(12)), sigma: Some(4.0), effective: Day(104), ..shipped(kilograms) }
}

fn last(leg: Leg) -> Arrival {
    Arrival { leg, is_last: true }
}

fn part(leg: Leg) -> Arrival {
    Arrival { leg, is_last: false }
}

#[track_caller]
fn check(dispatches: &[Leg], arrivals: &[Arrival], state: TransferState, flaws: &[PairFlaw]) {
    let found = pair_legs(dispatches, arrivals, Day(140));
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].state, &*found[0].flaws), (state, flaws));
}

fn complete(difference: i64, significance: Significance) -> TransferState {
    TransferState::Complete { booked: shipped(1_000).quantity, difference: Some(difference), significance }
}

#[test]
fn the_shippers_figure_is_booked_and_the_difference_judged() {
    use Significance::{NotSignificant, Significant, Unjudged};
    // 2 sqrt(3^2 + 4^2) = 10
    check(&[shipped(1_000)], &[last(received(990))], complete(10, NotSignificant), &[]);
    check(&[shipped(1_000)], &[last(received(1_011))], complete(-11, Significant), &[]);
    let unknown = Leg { sigma: None, ..received(999) };
    check(&[shipped(1_000)], &[last(unknown)], complete(1, Unjudged), &[]);
    check(&[shipped(1_000)], &[last(Leg { sigma: None, ..received(1_000) })], complete(0, NotSignificant), &[]);
}

#[test]
fn what_arrives_in_parts_is_in_transit_until_the_last_part() {
    let parts = [part(received(400)), part(received(350))];
    let in_transit = TransferState::InTransit { outstanding: Some(250), age: AgeBucket::Days31To90 };
    check(&[shipped(1_000)], &parts, in_transit, &[]);
    let all = [parts[0], parts[1], last(received(249))];
    check(&[shipped(1_000)], &all, complete(1, Significance::NotSignificant), &[]);
    let nothing = TransferState::InTransit { outstanding: Some(1_000), age: AgeBucket::Days31To90 };
    check(&[shipped(1_000)], &[], nothing, &[]);
}

#[test]
fn a_leg_without_its_other_leg_ages() {
    check(&[], &[last(received(1))], TransferState::ArrivalOnly { age: AgeBucket::Days31To90 }, &[]);
    check(&[shipped(1), shipped(1)], &[], TransferState::DispatchedTwice, &[]);
}

#[test]
fn dispatch_and_arrival_are_in_two_hands() {
    let one_hand = Leg { party: PartyNo(1), person: Some(PersonNo(11)), ..received(1_000) };
    let state = complete(0, Significance::NotSignificant);
    check(&[shipped(1_000)], &[last(one_hand)], state, &[PairFlaw::SameParty, PairFlaw::SamePerson]);
    let other_lot = Leg { lot: Some(LotNameNo(2)), ..received(1_000) };
    check(&[shipped(1_000)], &[last(other_lot)], state, &[PairFlaw::LotDiffers]);
}

#[test]
fn a_day_between_time_zones_is_no_flaw() {
    let state = complete(0, Significance::NotSignificant);
    let on = |day| last(Leg { effective: Day(day), ..received(1_000) });
    check(&[shipped(1_000)], &[on(99)], state, &[]);
    check(&[shipped(1_000)], &[on(98)], state, &[PairFlaw::ArrivedBeforeLeaving]);
}

#[test]
fn units_convert_and_bases_do_not() {
    let tonnes = Leg { scale: Scale::whole(Unit::T), sigma: Some(0.004), ..received(1) };
    check(&[shipped(1_000)], &[last(tonnes)], complete(0, Significance::NotSignificant), &[]);
    check(
        &[shipped(1_009)],
        &[last(tonnes)],
        TransferState::Complete {
            booked: shipped(1_009).quantity,
            difference: Some(9),
            significance: Significance::NotSignificant,
        },
        &[],
    );
    let gross = Leg { basis: Basis::Gross, ..received(1_000) };
    check(&[shipped(1_000)], &[last(gross)], TransferState::BasisOrUnitDiffers, &[]);
}

#[test]
fn documents_and_materials_stay_apart() {
    let other = Leg { document: ReferenceNo(8), ..shipped(5) };
    let second_material = Leg { material: MaterialNo(2), ..shipped(6) };
    let found = pair_legs(&[other, second_material, shipped(1_000)], &[last(received(1_000))], Day(140));
    let keys: Vec<(u32, u32)> = found.iter().map(|transfer| (transfer.document.0, transfer.material.0)).collect();
    assert_eq!(keys, [(7, 1), (7, 2), (8, 1)]);
    assert_eq!(found[0].state, complete(0, Significance::NotSignificant));
}
