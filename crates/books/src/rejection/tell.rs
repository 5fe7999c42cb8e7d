//! What a refusal is about, said in full with the books at hand.

use measure::Currency;
use reconcile::breaks::BreakRefusal;

use super::{Code, FAULTS, FactName, FactValue, Facts, Kind, Later, Rejection};
use crate::account::AccountKey;
use crate::acts::close::Open;
use crate::authority::Direction;
use crate::books::Books;
use crate::event::Refused;
use crate::lot::Price;
use crate::number::{Day, LotNo, MaterialNo, PartyNo, PlaceNo, ReserveNo};
use crate::procurement::Floor;
use crate::tally::{TallyKey, TallyKind};

impl Refused {
    /// A refusal by its code and facts, with the command as its sender wrote it.
    #[must_use]
    pub fn new(code: &Code, facts: Facts, command: String) -> Self {
        let fault = facts.get(FactName::Fault).and_then(|fault| FAULTS.iter().find(|known| fault.is(known.code)));
        let declares = |name| code.facts.contains(&name) || fault.is_some_and(|fault| fault.facts.contains(&name));
        debug_assert!(facts.iter().all(|(name, _)| declares(name)), "{code:?} does not declare {facts:?}");
        let (message, hint) = (String::new(), String::new());
        Self { code: code.code.to_owned(), message, hint, command, facts: Some(facts) }
    }
}

impl Rejection {
    /// The refusal as it stands in the log, with the command as its sender wrote it.
    #[must_use]
    pub fn refused(&self, books: &Books, command: String) -> Refused {
        Refused::new(self.about(), self.facts(books), command)
    }

    /// What it is about.
    #[must_use]
    pub fn facts(&self, books: &Books) -> Facts {
        use FactName as F;
        let tell = Telling { books };
        let of = |kind: Kind, row: u32| text(books.named_code(kind, row));
        match self {
            Self::IdReused { field, seq } => [(F::Field, text(field)), (F::Event, (*seq).into())].into(),
            Self::Unknown { kind: _, code } => [(F::Code, text(code))].into(),
            Self::NotPermitted { party, owner } => {
                [(F::Party, tell.party(*party)), (F::Owner, tell.party(*owner))].into()
            }
            Self::RoleNotPermitted { party } | Self::SecretariatOnly { party } | Self::OwnReports { party } => {
                [(F::Party, tell.party(*party))].into()
            }
            Self::AlreadyRegistered { kind, code } | Self::Ambiguous { kind, code } => {
                [(F::Kind, text(kind.code())), (F::Code, text(code))].into()
            }
            Self::Unreadable { field, line, fault } | Self::Invalid { field, line, fault } => {
                let facts = fault.facts().with(F::Field, text(field));
                match line {
                    Some(line) => facts.with(F::Line, *line),
                    None => facts,
                }
            }
            Self::UnitDiffers { field, fault } => fault.facts().with(F::Field, text(field)),
            Self::NotWhole { field, fault, decimals } => {
                let facts = fault.facts().with(F::Field, text(field));
                match decimals {
                    Some(decimals) => facts.with(F::Decimals, u64::from(*decimals)),
                    None => facts,
                }
            }
            Self::BasisDiffers { material, given } => {
                let basis = books.material(*material).basis.to_string();
                [(F::Material, tell.material(*material)), (F::Basis, basis.into()), (F::Given, text(given))].into()
            }
            Self::QuantityMustNotBeZero
            | Self::SourceIsTarget
            | Self::AssayExceedsWhole
            | Self::RotationLowersStock => Facts::default(),
            Self::EffectiveInFuture { latest } => [(F::Last, (*latest).into())].into(),
            Self::NothingLeft { encumbrance, day, by } => {
                let code = text(books.encumbrance_code(*encumbrance));
                let facts = Facts::from([(F::Encumbrance, code), (F::Day, (*day).into())]);
                by.iter().fold(facts, |facts, by| facts.with(F::Event, *by))
            }
            Self::NeedsConsent { encumbrance, party } => {
                let code = text(books.encumbrance_code(*encumbrance));
                [(F::Encumbrance, code), (F::Party, tell.party(*party))].into()
            }
            Self::PeriodClosed { party, through, day } => {
                [(F::Party, tell.party(*party)), (F::Through, (*through).into()), (F::Day, (*day).into())].into()
            }
            Self::StillWaits { seq, day } => [(F::Event, (*seq).into()), (F::Day, (*day).into())].into(),
            Self::PeriodGoesBack { through } => [(F::Through, (*through).into())].into(),
            Self::HeadDiffers { size } => [(F::Size, (*size).into())].into(),
            Self::BalancesDiffer { owner, through } => {
                [(F::Owner, tell.party(*owner)), (F::Through, (*through).into())].into()
            }
            Self::LotDiffers { code } | Self::LotUndescribed { code } | Self::AssayMissing { lot: code } => {
                [(F::Lot, text(code))].into()
            }
            Self::OriginDiffers { lot, field, given } => {
                [(F::Lot, text(lot)), (F::Field, text(field)), (F::Given, text(given))].into()
            }
            Self::ArrivesBeforeDispatch { dispatch, left } => {
                [(F::Place, tell.place(*dispatch)), (F::Day, (*left).into())].into()
            }
            Self::ExceedsDispatch { dispatch: place, lot, outstanding }
            | Self::ExceedsLoan { loan: place, lot, outstanding } => {
                let quantity = tell.of_lot(*lot, outstanding.units());
                [(F::Place, tell.place(*place)), (F::Quantity, quantity), (F::Lot, tell.lot(*lot))].into()
            }
            Self::DoesNotBalance { material, inputs, outputs } => {
                let inputs = tell.amount(*material, inputs.units());
                [(F::Inputs, inputs), (F::Outputs, tell.amount(*material, *outputs))].into()
            }
            Self::YieldExceedsFeed { analyte } => [(F::Analyte, text(analyte))].into(),
            Self::EncumbranceElsewhere { encumbrance } => {
                let row = books.encumbrance(*encumbrance);
                let key = &books.account(row.account).key;
                tell.account(key).with(F::Encumbrance, row.code.as_str())
            }
            Self::EncumbranceNotBegun { encumbrance, first } => {
                [(F::Encumbrance, text(books.encumbrance_code(*encumbrance))), (F::First, (*first).into())].into()
            }
            Self::EncumbranceLapsed { encumbrance, last } => {
                [(F::Encumbrance, text(books.encumbrance_code(*encumbrance))), (F::Last, (*last).into())].into()
            }
            Self::Blocked { encumbrance } => [(F::Encumbrance, text(books.encumbrance_code(*encumbrance)))].into(),
            Self::ExceedsEncumbrance { encumbrance, remaining, day, later } => {
                let row = books.encumbrance(*encumbrance);
                let left = tell.of_lot(books.account(row.account).key.lot, *remaining);
                let facts = [(F::Encumbrance, text(&row.code)), (F::Quantity, left), (F::Day, (*day).into())];
                with_later(facts.into(), later)
            }
            Self::AuthorityMissing { material } | Self::MakerMissing { material } => {
                [(F::Material, tell.material(*material))].into()
            }
            Self::AuthorityDoesNotFit { authority } => {
                let row = books.authority(*authority);
                let direction = match row.direction {
                    Direction::Acquisition => "deposit",
                    Direction::Disposal => "draw",
                };
                [
                    (F::Authority, text(&row.code)),
                    (F::Party, tell.party(row.party)),
                    (F::Direction, text(direction)),
                    (F::Material, tell.material(row.material)),
                ]
                .into()
            }
            Self::AuthorityNotInForce { authority } => {
                let row = books.authority(*authority);
                let facts = Facts::from([(F::Authority, text(&row.code)), (F::First, row.first.into())]);
                match row.last {
                    Some(last) => facts.with(F::Last, last),
                    None => facts,
                }
            }
            Self::ExceedsAuthority { authority, left } => {
                let row = books.authority(*authority);
                [(F::Authority, text(&row.code)), (F::Quantity, tell.amount(row.material, left.units()))].into()
            }
            Self::ReserveClosed { reserve } => [(F::Reserve, tell.reserve(*reserve))].into(),
            Self::NotAMember { reserve, party, day } => {
                [(F::Party, tell.party(*party)), (F::Reserve, tell.reserve(*reserve)), (F::Day, (*day).into())].into()
            }
            Self::NoticeTooShort { reserve, earliest } => {
                [(F::Reserve, tell.reserve(*reserve)), (F::First, (*earliest).into())].into()
            }
            Self::NoKeyInForce { reserve, day } => {
                [(F::Reserve, tell.reserve(*reserve)), (F::Day, (*day).into())].into()
            }
            Self::DoesNotFit { kind, row, fault } => {
                fault.facts().with(F::Kind, kind.code()).with(F::Code, of(*kind, *row))
            }
            Self::Ended { kind, row, day } | Self::NotInForce { kind, row, day } => {
                [(F::Kind, text(kind.code())), (F::Code, of(*kind, *row)), (F::Day, (*day).into())].into()
            }
            Self::NoSubstitute { material, instead_of } => {
                [(F::Material, tell.material(*material)), (F::InsteadOf, tell.material(*instead_of))].into()
            }
            Self::BelowPriceFloor { floor } => of_floor(books.floor(*floor)),
            Self::PriceNotCompared { floor, currency } => {
                of_floor(books.floor(*floor)).with(F::Currency, text(currency))
            }
            Self::Restricted { restriction, lot } => {
                let licensable = if books.restriction(*restriction).licensable { "yes" } else { "no" };
                [
                    (F::Lot, tell.lot(*lot)),
                    (F::Restriction, of(Kind::Restriction, restriction.0)),
                    (F::Licensable, text(licensable)),
                ]
                .into()
            }
            Self::ExceedsCall { call, member, left } => {
                let row = books.call(*call);
                let left = tell.amount(row.material, *left);
                [(F::Party, tell.party(*member)), (F::Quantity, left), (F::Call, text(&row.code))].into()
            }
            Self::ExceedsEntitlement { reserve, member, material, free, day } => [
                (F::Party, tell.party(*member)),
                (F::Quantity, tell.amount(*material, *free)),
                (F::Reserve, tell.reserve(*reserve)),
                (F::Day, (*day).into()),
            ]
            .into(),
            Self::ExceedsTally { tally, left, day } => {
                let left = match tally.material {
                    Some(material) => tell.amount(material, *left),
                    None => tell.money(tally, *left),
                };
                tell.tally(tally).with(F::Quantity, left).with(F::Day, *day)
            }
            Self::NotAcknowledged { open } => open.facts(books),
            Self::TallyOverflow { tally } => tell.tally(tally),
            Self::BookDiffers { account, held: units, day } => tell.level(account, *units, *day),
            Self::ExceedsBalance { account, held: units, day, later }
            | Self::ExceedsAvailable { account, available: units, day, later } => {
                with_later(tell.level(account, *units, *day), later)
            }
            Self::BelowFloor { account, floor: limit, day, later }
            | Self::AboveCeiling { account, ceiling: limit, day, later } => {
                with_later(tell.level(account, limit.units(), *day), later)
            }
            Self::NotEnough { account } | Self::Overflow { account } => tell.account(account),
            Self::RightsDoNotAllow => Facts::default(),
            Self::NotHeld { seq } | Self::NothingToReverse { seq } | Self::NotReversible { seq } => {
                [(F::Event, (*seq).into())].into()
            }
            Self::CheckerIsMaker { maker: person } | Self::SamePerson { person } => [(F::Person, text(person))].into(),
            Self::BreakRule { number, rule } => {
                let facts = Facts::from([(F::Break, of(Kind::Break, number.0)), (F::Rule, text(rule_code(rule)))]);
                let BreakRefusal::BeyondTolerance { allowed } = rule else { return facts };
                facts.with(F::Quantity, tell.amount(books.a_break(*number).found.material, *allowed))
            }
            Self::AlreadyReversed { seq, by } => [(F::Event, (*seq).into()), (F::By, (*by).into())].into(),
            Self::BadProof { fault } => fault.facts(),
            Self::NotWitnessed { quorum, cosigned } => {
                let facts = Facts::from([(F::Quorum, text(quorum))]);
                if cosigned.is_empty() { facts } else { facts.with(F::Cosigned, text(cosigned)) }
            }
            Self::NotLinked { log, seen, size } => {
                let log = of(Kind::TrustedLog, log.0);
                [(F::Log, log), (F::Seen, (*seen).into()), (F::Size, (*size).into())].into()
            }
            Self::SplitView { log, size } => {
                let facts = Facts::from([(F::Log, of(Kind::TrustedLog, log.0)), (F::Size, (*size).into())]);
                match &books.trusted_log(*log).seen {
                    Some(seen) => facts.with(F::Event, seen.seq),
                    None => facts,
                }
            }
        }
    }
}

impl Rejection {
    /// The later events of a refusal that can name some.
    pub(crate) fn later_mut(&mut self) -> Option<&mut Vec<Later>> {
        if let Self::ExceedsBalance { later, .. }
        | Self::ExceedsAvailable { later, .. }
        | Self::BelowFloor { later, .. }
        | Self::AboveCeiling { later, .. }
        | Self::ExceedsEncumbrance { later, .. } = self
        {
            Some(later)
        } else {
            None
        }
    }
}

impl Open {
    /// What is open, by codes: a few of each.
    #[must_use]
    pub fn facts(&self, books: &Books) -> Facts {
        const TOLD_MAX: usize = 10;
        let told = |places: &[PlaceNo]| {
            let codes: Vec<&str> = places.iter().take(TOLD_MAX).map(|place| books.place_code(*place)).collect();
            let more = places.len().saturating_sub(TOLD_MAX);
            codes.join(", ") + &if more > 0 { format!(" and {more} more") } else { String::new() }
        };
        let all = [(FactName::InTransit, &self.in_transit), (FactName::Uncounted, &self.uncounted)];
        let open = all.into_iter().filter(|(_, places)| !places.is_empty());
        open.fold(Facts::default(), |facts, (name, places)| facts.with(name, told(places)))
    }
}

fn with_later(facts: Facts, later: &[Later]) -> Facts {
    let Some(first) = later.first() else { return facts };
    let all: Vec<String> = later.iter().map(Later::to_string).collect();
    facts.with(FactName::Event, first.seq).with(FactName::Later, all.join("; "))
}

fn text(text: impl AsRef<str>) -> FactValue {
    text.as_ref().into()
}

/// The rule about breaks, as a code.
const fn rule_code(rule: &BreakRefusal) -> &'static str {
    match rule {
        BreakRefusal::Closed => "closed",
        BreakRefusal::OutOfOrder => "out_of_order",
        BreakRefusal::NotAReason => "not_a_reason",
        BreakRefusal::NotExplained => "not_explained",
        BreakRefusal::SamePerson => "same_person",
        BreakRefusal::DoesNotFit { .. } => "does_not_fit",
        BreakRefusal::BeyondTolerance { .. } => "beyond_tolerance",
        BreakRefusal::NotAgreedByBoth => "not_agreed_by_both",
    }
}

fn of_floor(floor: &Floor) -> Facts {
    [(FactName::Floor, text(&floor.code)), (FactName::Price, price(&floor.price))].into()
}

fn price(price: &Price) -> FactValue {
    amount_of_money(&price.currency, price.minor_per_unit)
}

fn amount_of_money(currency: &str, minor: impl Into<i128>) -> FactValue {
    let decimals = Currency::parse(currency).map_or(2, Currency::decimals);
    format!("{} {currency}", measure::format_decimal(minor, decimals)).into()
}

/// Numbers of the ledger, by what people call them.
struct Telling<'b> {
    books: &'b Books,
}

impl Telling<'_> {
    fn party(&self, party: PartyNo) -> FactValue {
        text(self.books.party_code(party))
    }

    fn material(&self, material: MaterialNo) -> FactValue {
        text(&self.books.material(material).code)
    }

    /// A lot that the refused act would have begun has no code here.
    fn lot(&self, lot: LotNo) -> FactValue {
        text(self.books.lots.get(lot.0).map_or("(new)", |lot| &lot.facts.code))
    }

    fn place(&self, place: PlaceNo) -> FactValue {
        text(self.books.places.get(place.0).map_or("(new)", |place| place.code()))
    }

    fn reserve(&self, reserve: ReserveNo) -> FactValue {
        text(self.books.named_code(Kind::Reserve, reserve.0))
    }

    fn amount(&self, material: MaterialNo, units: impl Into<i128>) -> FactValue {
        self.books.show(material, units).into()
    }

    fn of_lot(&self, lot: LotNo, units: i64) -> FactValue {
        match self.books.lots.get(lot.0) {
            Some(lot) => self.amount(lot.facts.material, units),
            None => units.to_string().into(),
        }
    }

    fn account(&self, account: &AccountKey) -> Facts {
        let &AccountKey { place, owner, lot } = account;
        [(FactName::Lot, self.lot(lot)), (FactName::Owner, self.party(owner)), (FactName::Place, self.place(place))]
            .into()
    }

    fn level(&self, account: &AccountKey, units: i64, day: Day) -> Facts {
        let level = self.of_lot(account.lot, units);
        self.account(account).with(FactName::Quantity, level).with(FactName::Day, day)
    }

    fn tally(&self, tally: &TallyKey) -> Facts {
        [(FactName::Tally, text(tally.kind.code())), (FactName::Party, self.party(tally.party))].into()
    }

    /// Money of a tally, in the currency of its reserve or order.
    fn money(&self, tally: &TallyKey, minor: i64) -> FactValue {
        let books = self.books;
        let reserve = match tally.kind {
            TallyKind::Commitment => books.commitments.get(tally.of).map(|commitment| commitment.reserve.0),
            TallyKind::CashPaid | TallyKind::CashDue | TallyKind::Cash => Some(tally.of),
            TallyKind::Entitlement
            | TallyKind::Drawn
            | TallyKind::Unshared
            | TallyKind::Debt
            | TallyKind::Lent
            | TallyKind::Granted
            | TallyKind::Asked
            | TallyKind::Committed
            | TallyKind::Available
            | TallyKind::Delivered
            | TallyKind::Relieved
            | TallyKind::Waived
            | TallyKind::Defaulted
            | TallyKind::Demanded
            | TallyKind::Ordered
            | TallyKind::Received
            | TallyKind::Paid
            | TallyKind::Right
            | TallyKind::Licence
            | TallyKind::Rebuild
            | TallyKind::CameBack
            | TallyKind::Mandate
            | TallyKind::Accepted => None,
        };
        let order = books.orders.get(tally.of).and_then(|order| order.award.as_ref());
        let order = order.map(|award| &award.price.currency);
        let of_reserve = reserve.and_then(|reserve| books.reserves.get(reserve)).map(|reserve| &reserve.currency);
        match of_reserve.or(order) {
            Some(currency) => amount_of_money(currency, minor),
            None => minor.to_string().into(),
        }
    }
}
