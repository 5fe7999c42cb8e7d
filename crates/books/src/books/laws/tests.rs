//! Events that no decision makes: each has to be stopped by the law that it breaks.

use measure::Quantity;

use crate::account::{AccountKey, EncumbranceKind};
use crate::acts::Act;
use crate::acts::encumber::{Encumber, Release};
use crate::acts::stocktake::Stocktake;
use crate::books::Books;
use crate::event::{Claim, Entry, Event, Outcome};
use crate::lot::{Making, NewLot, Origin, SourceKind};
use crate::material::Form;
use crate::number::{AccountNo, CommandId, Day, EncumbranceNo, LotNo, MaterialNo, Moment, PartyNo, PlaceNo, Seq};

const OWNER: PartyNo = PartyNo(0);
const DAY: Day = Day(20_000);

/// 10 units lie at a site: account 1, fed from account 0 outside.
fn books() -> Books {
    let mut books = Books::new();
    books.push_place(crate::place::Place::Site(crate::place::Site {
        code: "S".into(),
        name: "S".into(),
        custodian: OWNER,
        country: "JP".into(),
        area: crate::place::Area::Bulk,
        class: None,
        offered_to: None,
    }));
    books.push_material(crate::material::Material {
        code: "M".into(),
        name: "M".into(),
        hs: None,
        unit: measure::Unit::MG,
        decimals: 0,
        basis: measure::Basis::parse("net").expect("a basis"),
        shown: measure::Unit::MG,
        form: Form::Oxide,
        requirement_per_day: None,
        goal: None,
        tolerance_ppm: None,
        dual_control_above: None,
        authority_required: false,
        steward: None,
    });
    let lot = NewLot {
        code: "L".into(),
        material: MaterialNo(0),
        form: Form::Oxide,
        origin: Origin::default(),
        source: SourceKind::Primary,
        supplier: None,
        price: None,
        assay: None,
        documents: Vec::new(),
    };
    let made = event(&books, counted());
    books.push_lot(lot, (Seq(1), &made), Making::Began, Vec::new());
    let site = books.place_no(crate::Kind::Site, "S").expect("it is there");
    let key = |place: PlaceNo| AccountKey { place, owner: OWNER, lot: LotNo(0) };
    let mut event = event(&books, counted());
    event.opened = vec![key(PlaceNo::OUTSIDE), key(site)];
    event.entries = vec![entry(0, 1, 10)];
    books.apply(&event);
    books
}

fn event(books: &Books, act: Act) -> Event {
    Event {
        nonce: [7; 16],
        recorded_at: Moment(books.recorded_at().0 + 1),
        id: CommandId([1; 16]),
        party: OWNER,
        effective: DAY,
        entries: Vec::new(),
        claims: Vec::new(),
        opened: Vec::new(),
        outcome: Outcome::Done(act),
        uses: None,
        maker: None,
        tallied: None,
        cuts: None,
        split: None,
        by: None,
        together: None,
        time: None,
    }
}

fn counted() -> Act {
    Act::Stocktake(Stocktake { site: PlaceNo(0), owner: None, lines: Vec::new(), reference: None, before_event: None })
}

fn released() -> Act {
    Act::Release(Release { encumbrance: EncumbranceNo(0), quantity: None, reason: None })
}

fn entry(source: u32, target: u32, units: i64) -> Entry {
    let quantity = Quantity::new(units).expect("not negative");
    Entry { source: AccountNo(source), target: AccountNo(target), quantity, day: None, keeps: None }
}

fn claim(kind: EncumbranceKind, delta: i64) -> Claim {
    Claim { encumbrance: EncumbranceNo(0), account: AccountNo(1), kind, delta, day: None }
}

/// Sets some of the stock aside.
fn set_aside(books: &mut Books, kind: EncumbranceKind, units: i64) {
    let act = Act::Encumber(Encumber {
        encumbrance: "E".into(),
        kind,
        lot: LotNo(0),
        site: PlaceNo(0),
        owner: OWNER,
        quantity: Quantity::new(units).expect("not negative"),
        first: None,
        last: None,
        beneficiary: None,
        agreement: None,
        stated: None,
    });
    let mut event = event(books, act);
    event.claims = vec![claim(kind, units)];
    books.apply(&event);
}

#[test]
fn what_is_there_may_be_set_aside_whole() {
    let mut books = books();
    set_aside(&mut books, EncumbranceKind::Pledge, 10);
    assert_eq!(books.account(AccountNo(1)).days.latest().available(), 0);
}

#[test]
#[should_panic(expected = "no more is set aside than is there")]
fn no_decision_sets_aside_more_than_is_there() {
    set_aside(&mut books(), EncumbranceKind::Hold, 11);
}

#[test]
#[should_panic(expected = "a real place never holds less than nothing")]
fn nothing_leaves_that_was_not_there() {
    let mut books = books();
    let mut event = event(&books, released());
    event.entries = vec![entry(1, 0, 11)];
    books.apply(&event);
}

#[test]
#[should_panic(expected = "a claim has no less than nothing left, and no more than was reserved")]
fn a_claim_never_grows() {
    let mut books = books();
    set_aside(&mut books, EncumbranceKind::Pledge, 5);
    let mut event = event(&books, released());
    event.claims = vec![claim(EncumbranceKind::Pledge, 1)];
    books.apply(&event);
}

#[test]
#[should_panic(expected = "no less than nothing is set aside")]
fn no_more_is_released_than_was_set_aside() {
    let mut books = books();
    set_aside(&mut books, EncumbranceKind::Pledge, 5);
    let mut event = event(&books, released());
    event.claims = vec![claim(EncumbranceKind::Pledge, -6)];
    books.apply(&event);
}

#[test]
fn a_count_may_find_less_than_was_promised_and_what_follows_may_mend_it() {
    let mut books = books();
    set_aside(&mut books, EncumbranceKind::Pledge, 8);
    let mut found = event(&books, counted());
    found.entries = vec![entry(1, 0, 5)];
    books.apply(&found);
    assert_eq!(books.account(AccountNo(1)).days.latest().available(), -3);
    let mut mended = event(&books, released());
    mended.claims = vec![claim(EncumbranceKind::Pledge, -2)];
    books.apply(&mended);
    assert_eq!(books.account(AccountNo(1)).days.latest().available(), -1);
}
