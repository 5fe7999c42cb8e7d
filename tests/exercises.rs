//! An exercise gives what is worked out here by hand, day by day, and the same again.

use std::path::Path;

use answers::Viewer;
use answers::exercise::{Curve, Plan, Shock, play};
use books::PartyNo;
use books::base::BaseKind;
use testkit::World;

#[expect(dead_code, reason = "shared by several tests, none of which uses all of it")]
#[path = "common/view.rs"]
mod view;
use view::Seen;

/// 40 t and 60 t are left to JOGMEC and KOMIR, and as much as they gave is theirs in the pool. Each needs 1 t a day.
const BOOKS: &str = "use shared
today 2026-08-01
base consumption owner JOGMEC 365 t of NdPr-oxide year 2025 effective 2026-01-05 by JOGMEC
base consumption owner KOMIR 365 t of NdPr-oxide year 2025 effective 2026-01-05 by KOMIR
contribute to R member JOGMEC lot J1 at Ibaraki 60 t effective 2026-02-01 by JOGMEC
contribute to R member KOMIR lot K1 at Busan 40 t effective 2026-02-01 by KOMIR
deposit lot D2 at Kobe owner DLA 1 t of NdPr-oxide effective 2026-02-01 by DLA
";

const TONNE: i128 = 1_000_000_000;

fn world(more: &str) -> World {
    testkit::script::answers(&format!("{BOOKS}{more}"), Path::new("scenarios")).expect("it reads").1
}

fn party(world: &World, code: &str) -> PartyNo {
    world.books().party_no(code).expect("it is registered")
}

fn plan(world: &World, shocks: Vec<Shock>, days: i32) -> Plan {
    let first = wire::date::parse_day("2026-09-01").expect("a day");
    let share = |code: &str, share: i128| (party(world, code), None, "CN".to_owned(), share * 10_000);
    Plan {
        reserve: world.books().reserve_no("R").expect("a reserve"),
        first,
        day_count: days,
        need: (BaseKind::Consumption, 2025),
        lead_days: 0,
        shocks,
        shares: vec![share("JOGMEC", 60), share("KOMIR", 100)],
        calls: Vec::new(),
    }
}

fn shock(country: &str, is_host: bool, percent: i128) -> Shock {
    let day = |text| wire::date::parse_day(text).expect("a day");
    let (country, cut) = (country.to_owned(), percent * 10_000);
    Shock { is_host, country, materials: Vec::new(), cut, first: day("2026-09-01"), last: day("2027-12-31") }
}

fn played(world: &World, plan: &Plan) -> Vec<Curve> {
    let seen = Seen { world, books: world.books(), viewer: Viewer::Operator, today: world.day() };
    play(&seen, plan).expect("it is played").curves
}

fn unmet(curve: &Curve, is_shared: bool) -> (i128, Option<usize>) {
    let of = |point: &answers::exercise::Point| if is_shared { point.unmet_shared } else { point.unmet_alone };
    (curve.points.iter().map(of).sum(), curve.points.iter().position(|point| of(point) > 0))
}

#[test]
fn stock_lasts_as_long_as_it_is_worked_out_by_hand() {
    let world = world("");
    let curves = played(&world, &plan(&world, vec![shock("CN", false, 100)], 100));
    let [jogmec, komir] = &curves[..] else { panic!("two members have a figure: {curves:?}") };
    // 0.6 t a day is missing: 40 t last for 66 days and two thirds of one, 100 days want 60 t.
    assert_eq!(unmet(jogmec, false), (20 * TONNE, Some(66)));
    assert_eq!(unmet(jogmec, true), (0, None));
    assert_eq!((jogmec.drawn, jogmec.given, jogmec.got), (20 * TONNE, 0, 0));
    // 1 t a day is missing: 60 t last for 60 days, and the 40 t of the pool for the rest.
    assert_eq!(unmet(komir, false), (40 * TONNE, Some(60)));
    assert_eq!((unmet(komir, true), komir.drawn), ((0, None), 40 * TONNE));
    assert_eq!(komir.points.iter().map(|point| point.lost).sum::<i128>(), 100 * TONNE);
}

#[test]
fn a_part_of_a_cut_is_a_part_of_the_loss_and_nothing_drifts() {
    let world = world("");
    let curves = played(&world, &plan(&world, vec![shock("CN", false, 50)], 365));
    for (curve, lost) in curves.iter().zip([365 * 3 * TONNE / 10, 365 * TONNE / 2]) {
        assert_eq!(curve.points.iter().map(|point| point.need).sum::<i128>(), 365 * TONNE);
        assert_eq!(curve.points.iter().map(|point| point.lost).sum::<i128>(), lost);
    }
}

#[test]
fn what_lies_where_nothing_leaves_does_not_come() {
    let world = world("");
    let shocks = vec![shock("CN", false, 100), shock("JP", true, 100)];
    let curves = played(&world, &plan(&world, shocks, 100));
    // The pool's 60 t in Japan stay there for Korea, whose entitlement of 40 t lies in Busan.
    assert_eq!(unmet(&curves[1], true), (0, None));
    let shocks = vec![shock("CN", false, 100), shock("KR", true, 100)];
    let mut plan = plan(&world, shocks, 120);
    let curves = played(&world, &plan);
    // Japan draws in Japan what Korea does not let out.
    assert_eq!((unmet(&curves[0], true), curves[0].drawn), ((0, None), 32 * TONNE));
    // What is a lead time away is not there before.
    plan.lead_days = 90;
    assert_eq!(unmet(&played(&world, &plan)[0], true), (0, None), "it lies at home");
}

#[test]
fn a_call_is_given_out_of_what_was_promised_and_serves_who_lacks() {
    let world = world("encumber P1 as pledge lot D1 at Kobe owner DLA 10 t agreement R effective 2026-03-01 by DLA\n");
    let mut plan = plan(&world, vec![shock("CN", false, 100)], 130);
    let material = world.books().material_no("NdPr-oxide").expect("a material");
    let parts = vec![(party(&world, "DLA"), 15 * TONNE), (party(&world, "KOMIR"), 5 * TONNE)];
    plan.calls = vec![(plan.first, material, parts)];
    let curves = played(&world, &plan);
    let [jogmec, komir] = &curves[..] else { panic!("two members have a figure: {curves:?}") };
    // KOMIR gave 5 t of its 60, drew 40, and got 20 of the call: 115 of 130 days.
    assert_eq!((komir.given, komir.drawn, komir.got), (5 * TONNE, 40 * TONNE, 20 * TONNE));
    assert_eq!(unmet(komir, true), (15 * TONNE, Some(115)));
    assert_eq!((jogmec.got, unmet(jogmec, true)), (0, (0, None)));
}

#[test]
fn what_is_not_known_is_said_and_the_same_comes_again() {
    let world = world("");
    let mut plan = plan(&world, vec![shock("CN", false, 100)], 30);
    assert_eq!(format!("{:?}", played(&world, &plan)), format!("{:?}", played(&world, &plan)));
    plan.shares.pop();
    let seen = Seen { world: &world, books: world.books(), viewer: Viewer::Operator, today: world.day() };
    let unknown = play(&seen, &plan).expect("it is played").unknown;
    let told: Vec<(PartyNo, &str)> = unknown.iter().map(|(party, _, why)| (*party, *why)).collect();
    assert_eq!(
        told,
        [
            (party(&world, "DLA"), "no figure of the need"),
            (party(&world, "KOMIR"), "no share of supply from a country that stops"),
        ]
    );
}
