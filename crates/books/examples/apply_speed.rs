//! How long it takes to decide and to apply a transfer: `cargo run --release -p books --example apply_speed`.
//!
//! One owner, two sites, as many lots as said; transfers go back and forth. The laws that are asserted after every event are
//! part of what is timed.

use std::time::Instant;

use books::acts::deposit::{Deposit, LotRef};
use books::acts::open::Open;
use books::acts::register::{RegisterMaterial, RegisterParty, RegisterSite};
use books::acts::transfer::Transfer;
use books::lot::{NewLot, Origin, SourceKind};
use books::material::{Form, Material};
use books::party::{Party, Role};
use books::place::{Area, Site};
use books::{Act, Books, Command, CommandId, Day, Event, LotNo, MaterialNo, Moment, NoPast, PartyNo, PlaceNo};
use measure::{Basis, Quantity, Unit};

const LOTS: u32 = 10_000;
const TRANSFERS: u64 = 1_000_000;
const LEDGER: PartyNo = PartyNo(0);

struct Clock(u64);

impl Clock {
    fn event(&mut self, books: &Books, act: Act) -> Event {
        self.0 += 1;
        let day = Day(20_000);
        let mut id = [0; 16];
        id[..8].copy_from_slice(&self.0.to_be_bytes());
        let at = Moment(20_000 * 86_400_000_000 + self.0);
        let command =
            Command { id: CommandId(id), party: LEDGER, maker: None, by: None, effective: day, time: None, act };
        let decided = books.decide(&command, at, &NoPast).expect("it may stand");
        decided.into_event(command, at, [7; 16])
    }
}

fn main() {
    let mut books = Books::new();
    let mut clock = Clock(0);
    let text = |text: &str| text.to_owned();
    let quantity = |units: i64| Quantity::new(units).expect("not negative");
    let owner = Party {
        code: text("A"),
        name: text("A"),
        country: None,
        role: Role::Agency,
        zone: None,
        keys: Vec::new(),
        closed_through: None,
        proofs: None,
        past_keys: None,
        by: None,
        acted: None,
    };
    let material = Material {
        code: text("M"),
        name: text("M"),
        hs: None,
        unit: Unit::parse("mg").expect("a unit"),
        decimals: 0,
        basis: Basis::parse("net").expect("a basis"),
        shown: Unit::parse("t").expect("a unit"),
        form: Form::Oxide,
        requirement_per_day: None,
        goal: None,
        tolerance_ppm: None,
        dual_control_above: None,
        authority_required: false,
        steward: None,
    };
    let site = |code: &str| {
        let site = Site {
            code: text(code),
            name: text(code),
            custodian: LEDGER,
            country: text("JP"),
            area: Area::Bulk,
            class: None,
            offered_to: None,
        };
        Act::RegisterSite(RegisterSite(Box::new(site)))
    };
    let mut begin = vec![
        Act::Open(Open { origin: text("example.org/speed"), format: 1 }),
        Act::RegisterParty(RegisterParty(Box::new(owner))),
        Act::RegisterMaterial(RegisterMaterial(Box::new(material))),
        site("S"),
        site("T"),
    ];
    let (owner, material) = (PartyNo(1), MaterialNo(0));
    for act in begin.drain(..) {
        let event = clock.event(&books, act);
        books.apply(&event);
    }
    let [source, target] = ["S", "T"].map(|code| books.place_no(books::Kind::Site, code).expect("registered"));
    for lot in 0..LOTS {
        let lot = NewLot {
            code: format!("L{lot}"),
            material,
            form: Form::Oxide,
            origin: Origin::default(),
            source: SourceKind::Primary,
            supplier: None,
            price: None,
            assay: None,
            documents: Vec::new(),
        };
        let lot = LotRef::New(Box::new(lot));
        let act = Deposit {
            stated: None,
            lot,
            site: source,
            owner,
            quantity: quantity(1_000_000),
            authority: None,
            reference: None,
            opening: None,
            returns: None,
        };
        let event = clock.event(&books, Act::Deposit(act));
        books.apply(&event);
    }
    let (mut deciding, mut applying) = (0u128, 0u128);
    for count in 0..TRANSFERS {
        let lot = LotNo(u32::try_from(count * 7 % u64::from(LOTS)).expect("few lots"));
        let is_back = count / u64::from(LOTS) % 2 == 1;
        let (source, target): (PlaceNo, PlaceNo) = if is_back { (target, source) } else { (source, target) };
        let act = Transfer { lot, source, target, owner, quantity: quantity(10), under: None, reference: None };
        let start = Instant::now();
        let event = clock.event(&books, Act::Transfer(act));
        let decided = Instant::now();
        books.apply(&event);
        applying += decided.elapsed().as_nanos();
        deciding += (decided - start).as_nanos();
    }
    let each = |nanos: u128| nanos / u128::from(TRANSFERS);
    println!(
        "decide {} ns, apply {} ns a transfer; {} accounts",
        each(deciding),
        each(applying),
        books.accounts().len()
    );
}
