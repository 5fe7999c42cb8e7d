//! What the workloads post: a world of sites and lots, and movements in it drawn by chance.

use std::time::Instant;

use books::acts::{deposit, draw, encumber, register, transfer};
use books::lot::{NewLot, Origin, SourceKind};
use books::material::{Form, Material};
use books::{Act, CommandId, Day, EncumbranceNo, LotNo, MaterialNo, PartyNo, PlaceNo};
use ledger::{Ledger, Request};
use measure::{Basis, Quantity, Unit};
use shell::Failure;

use super::{FIRST_DAY, FRAME, MOVEMENTS_PER_DAY};

/// Sites x lots accounts, each with plenty on hand.
#[derive(Clone, Copy, Debug)]
pub(super) struct World {
    pub(super) sites: u64,
    pub(super) lots: u64,
}

impl World {
    pub(super) fn accounts(self) -> u64 {
        self.sites * self.lots
    }

    pub(super) fn site(index: u64) -> PlaceNo {
        PlaceNo(6 + u32::try_from(index).expect("few sites"))
    }

    fn registrations() -> [Act; 2] {
        let agency = books::party::Party {
            code: "AGENCY".into(),
            name: "An agency".into(),
            country: None,
            role: books::party::Role::Agency,
            zone: None,
            keys: Vec::new(),
            closed_through: None,
            proofs: None,
            past_keys: None,
            by: None,
            acted: None,
        };
        let material = Material {
            code: "NdPr".into(),
            name: "Neodymium-praseodymium oxide".into(),
            hs: None,
            unit: Unit::MG,
            decimals: 0,
            basis: Basis::Net,
            shown: Unit::KG,
            form: Form::Oxide,
            requirement_per_day: None,
            goal: None,
            tolerance_ppm: None,
            dual_control_above: None,
            authority_required: false,
            steward: None,
        };
        [
            Act::RegisterParty(register::RegisterParty(Box::new(agency))),
            Act::RegisterMaterial(register::RegisterMaterial(Box::new(material))),
        ]
    }

    pub(super) fn build(self, ledger: &Ledger) -> Result<(), Failure> {
        let mut ids = Ids::new(1);
        let mut acts = Vec::from(Self::registrations());
        for site in 0..self.sites {
            acts.push(Act::RegisterSite(register::RegisterSite(Box::new(books::place::Site {
                code: format!("S{site}"),
                name: format!("Site {site}"),
                custodian: PartyNo(1),
                country: "JP".into(),
                area: books::place::Area::Item,
                class: None,
                offered_to: None,
            }))));
        }
        let deposits = (0..self.lots).flat_map(|lot| {
            (0..self.sites).map(move |site| {
                let new = NewLot {
                    code: format!("L{lot}"),
                    material: MaterialNo(0),
                    form: Form::Oxide,
                    source: SourceKind::Primary,
                    origin: Origin::default(),
                    assay: None,
                    supplier: None,
                    price: None,
                    documents: Vec::new(),
                };
                let lot = match site {
                    0 => deposit::LotRef::New(Box::new(new)),
                    _ => deposit::LotRef::Known(LotNo(u32::try_from(lot).expect("few lots"))),
                };
                Act::Deposit(deposit::Deposit {
                    stated: None,
                    lot,
                    site: Self::site(site),
                    owner: PartyNo(1),
                    quantity: quantity(1_000_000_000_000),
                    authority: None,
                    reference: None,
                    opening: None,
                    returns: None,
                })
            })
        });
        let mut tickets = Vec::new();
        let mut frame = Vec::new();
        for (index, act) in acts.into_iter().chain(deposits).enumerate() {
            let party = PartyNo(u32::from(index > 0));
            frame.push(Request::Numbered(books::Command {
                id: ids.next(),
                party,
                maker: None,
                effective: Day(FIRST_DAY),
                time: None,
                act,
                by: None,
            }));
            if frame.len() as u64 == FRAME {
                tickets.push(ledger.submit(std::mem::take(&mut frame))?);
            }
        }
        tickets.push(ledger.submit(frame)?);
        for ticket in tickets {
            all_accepted(&ticket.wait()?)?;
        }
        Ok(())
    }
}

pub(super) fn quantity(units: i64) -> Quantity {
    Quantity::new(units).expect("not negative")
}

pub(super) fn all_accepted(answers: &[ledger::Answer]) -> Result<(), Failure> {
    match answers.iter().find(|answer| !matches!(answer, ledger::Answer::Accepted(_))) {
        Some(other) => Err(Failure::new(format!("the workload was not accepted: {other:?}"))),
        None => Ok(()),
    }
}

/// UUIDv7 as senders make them: a millisecond clock, then random bits.
pub(super) struct Ids {
    random: u64,
    clock: Instant,
    start_ms: u64,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Self {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Self { random: seed, clock: Instant::now(), start_ms: now.as_millis() as u64 }
    }

    pub(super) fn random(&mut self) -> u64 {
        // splitmix64 (Vigna): good enough to make up work.
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.random()) * u128::from(bound)) >> 64) as u64
    }

    pub(super) fn next(&mut self) -> CommandId {
        let ms = self.start_ms + self.clock.elapsed().as_millis() as u64;
        let high = (ms << 16) | 0x7000 | (self.random() & 0xfff);
        let low = (self.random() >> 2) | (1 << 63);
        CommandId(((u128::from(high) << 64) | u128::from(low)).to_be_bytes())
    }
}

/// Makes up movements between random accounts of a world.
pub(super) struct Movements {
    pub(super) world: World,
    pub(super) ids: Ids,
    made: u64,
    two_phase: bool,
    /// Encumbrances that can be drawn under: number, lot, site, what is left.
    open: Vec<(EncumbranceNo, u64, u64, u64)>,
    encumbrance_count: u32,
}

impl Movements {
    pub(super) fn new(world: World, two_phase: bool, seed: u64) -> Self {
        Self { world, ids: Ids::new(seed), made: 0, two_phase, open: Vec::new(), encumbrance_count: 0 }
    }

    pub(super) fn frame(&mut self, count: u64) -> Vec<Request> {
        (0..count).map(|_| self.request()).collect()
    }

    pub(super) fn request(&mut self) -> Request {
        let effective = Day(FIRST_DAY + i32::try_from(self.made / MOVEMENTS_PER_DAY).expect("few days"));
        self.made += 1;
        let act = if self.two_phase && self.ids.below(100) < 30 { self.two_phase() } else { self.transfer() };
        Request::Numbered(books::Command {
            id: self.ids.next(),
            party: PartyNo(1),
            maker: None,
            effective,
            time: None,
            act,
            by: None,
        })
    }

    pub(super) fn transfer(&mut self) -> Act {
        let source = self.ids.below(self.world.sites);
        let target = (source + 1 + self.ids.below(self.world.sites - 1)) % self.world.sites;
        Act::Transfer(transfer::Transfer {
            lot: LotNo(self.ids.below(self.world.lots) as u32),
            source: World::site(source),
            target: World::site(target),
            owner: PartyNo(1),
            quantity: quantity(1 + self.ids.below(10_000) as i64),
            under: None,
            reference: None,
        })
    }

    /// Reserves, or draws a part of what was reserved: four parts to a reservation.
    pub(super) fn two_phase(&mut self) -> Act {
        if self.open.len() < 1_000 || self.ids.below(5) == 0 {
            let (lot, site) = (self.ids.below(self.world.lots), self.ids.below(self.world.sites));
            let number = EncumbranceNo(self.encumbrance_count);
            self.encumbrance_count += 1;
            self.open.push((number, lot, site, 4));
            return Act::Encumber(encumber::Encumber {
                encumbrance: format!("E{}", number.0),
                kind: books::EncumbranceKind::Earmark,
                lot: LotNo(lot as u32),
                site: World::site(site),
                owner: PartyNo(1),
                quantity: quantity(4_000),
                first: None,
                last: None,
                beneficiary: None,
                agreement: None,
                stated: None,
            });
        }
        let index = self.ids.below(self.open.len() as u64) as usize;
        let (number, lot, site, left) = self.open[index];
        if left == 1 {
            self.open.swap_remove(index);
        } else {
            self.open[index].3 -= 1;
        }
        Act::Draw(draw::Draw {
            stated: None,
            lot: LotNo(lot as u32),
            site: World::site(site),
            owner: PartyNo(1),
            quantity: quantity(1_000),
            under: Some(number),
            authority: None,
            reference: None,
            destination: None,
            end_use: None,
            licence: None,
        })
    }
}
