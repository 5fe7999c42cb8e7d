//! Refusals in the words of the trade: what is wrong, and what to do next.

use measure::Quantity;

use reconcile::breaks::BreakRefusal;

use super::{Kind, Rejection};
use crate::account::AccountKey;
use crate::authority::Direction;
use crate::books::Books;
use crate::number::{Day, LotNo, MaterialNo};
use crate::tally::TallyKind;

pub(super) fn explain(rejection: &Rejection, books: &Books) -> (String, String) {
    let text = |message: String, hint: &str| (message, hint.to_string());
    match rejection {
        Rejection::IdReused { field, seq } => text(
            format!("the id belongs to event {seq}, whose `{field}` differs"),
            "give a new command a new id; to change what was recorded, post a `correct`",
        ),
        Rejection::Unknown { kind, code } => text(
            format!("no {} `{code}` is registered", kind.word()),
            match kind {
                Kind::Party => "register it first with the act `register_party`",
                Kind::Material => "register it first with the act `register_material`",
                Kind::Site => "register it first with the act `register_site`",
                Kind::Lot => "a lot begins with a `deposit` that names its material",
                Kind::Dispatch => "post the `dispatch` first; material without one is a `deposit`",
                Kind::Loan => "post the `lend` first",
                Kind::Encumbrance => "post the `encumber` first",
                Kind::Authority => "post the `authorize` first",
                Kind::Reserve => "post the `establish_reserve` first; see `granary reserve status`",
                Kind::Commitment => "post the `commit` first",
                Kind::Debt => "a debt begins with a `withdraw` that is to be replenished; see `granary reserve debts`",
                Kind::Activation => "post the `activate` first",
                Kind::Call => "post the `call` first; see `granary reserve calls`",
                Kind::Order => "an order begins with the first `declare_demand`",
                Kind::Floor => "post the `set_price_floor` first",
                Kind::Right => "post the `acquire_right` first",
                Kind::Restriction => "post the `restrict` first",
                Kind::Licence => "post the `license` first",
                Kind::ShareLimit => "post the `set_share_limit` first",
                Kind::Request => "post the `request_access` first",
                Kind::Report => "receive it first: `granary reconcile receive`; see `granary reconcile reports`",
                Kind::Break => "see `granary reconcile list`",
                Kind::Match => "post the `match_lines` first",
                Kind::Publication => "post the `publish` first",
                Kind::TrustedLog => {
                    "say whom to believe about it: `granary audit trust`; see `granary audit told trusted`"
                }
                Kind::Fact => "see `granary audit told facts`",
            },
        ),
        Rejection::NotPermitted { party, owner } => text(
            format!("`{}` may not write the stock of `{}`", books.party_code(*party), books.party_code(*owner)),
            "the owner, the custodian of the site or a secretariat has to post it",
        ),
        Rejection::RoleNotPermitted { party } => text(
            format!("the role of `{}` does not allow this", books.party_code(*party)),
            "auditors and suppliers write nothing; roles and controls are given and changed by a secretariat",
        ),
        Rejection::AlreadyRegistered { kind, code } => text(
            format!("{} `{code}` exists already", kind.word()),
            match kind {
                Kind::Party => "choose another code, or change it with `amend_party`",
                Kind::Material => "choose another code, or change it with `amend_material`",
                Kind::Site => "choose another code, or change it with `amend_site`",
                Kind::Reserve => "choose another code, or change it with `amend_reserve`",
                Kind::Report => "a corrected report has a number of its own, and names the lines that it replaces",
                Kind::Break => "what it is about is in a break that is not closed; close that one first",
                Kind::Match => "one of the lines is joined by it; `granary reconcile unmatch` takes it back",
                Kind::Fact => "a fact is recorded once; see `granary audit told facts`",
                Kind::Lot
                | Kind::Dispatch
                | Kind::Loan
                | Kind::Encumbrance
                | Kind::Authority
                | Kind::Commitment
                | Kind::Debt
                | Kind::Activation
                | Kind::Call
                | Kind::Order
                | Kind::Floor
                | Kind::Right
                | Kind::Restriction
                | Kind::Licence
                | Kind::ShareLimit
                | Kind::Request
                | Kind::Publication
                | Kind::TrustedLog => "choose another code",
            },
        ),
        Rejection::Invalid { field, problem } => {
            text(format!("`{field}`: {problem}"), "correct the field and post again")
        }
        Rejection::UnitDiffers { field, problem } => {
            text(format!("`{field}`: {problem}"), "give the quantity in a unit of the material's dimension")
        }
        Rejection::NotWhole { field, problem, decimals } => (
            format!("`{field}`: {problem}"),
            match decimals {
                Some(decimals) => format!(
                    "round it, or account it under a material registered with `\"decimals\": {decimals}`, in which it is exact"
                ),
                None => "round it: no decimal number of the accounting unit says it exactly".into(),
            },
        ),
        Rejection::BasisDiffers { material, given } => {
            let material = &books.material(*material);
            text(
                format!("`{}` is accounted as {}, not as {given}", material.code, material.basis),
                "restate the quantity by its assay or moisture first: different bases are never added",
            )
        }
        Rejection::QuantityMustNotBeZero => text("the quantity is zero".into(), "leave the line out"),
        Rejection::EffectiveInFuture { latest } => text(
            format!("the effective date has not come yet; the latest possible is {}", day(*latest)),
            "post it on its day, or `encumber` the stock until then",
        ),
        Rejection::PeriodClosed { party, through, day: asked } => text(
            format!("`{}` is closed through {}; {} lies in it", books.party_code(*party), day(*through), day(*asked)),
            "post it with a later effective date: it becomes a restatement",
        ),
        Rejection::PeriodGoesBack { through } => {
            text(format!("the books are closed through {} already", day(*through)), "close a later day")
        }
        Rejection::HeadDiffers { size } => text(
            format!("the first {size} events of this log have another root, or are not recorded yet"),
            "take size and root from the checkpoint of this log: `granary audit checkpoint`; if they came from there, keep \
             that checkpoint as evidence and call the auditor",
        ),
        Rejection::BalancesDiffer { owner, through } => text(
            format!(
                "the balances of `{}` at the end of {} are not those that were signed",
                books.party_code(*owner),
                day(*through)
            ),
            "something changed since: look again with `granary audit digest`, and close with what it says",
        ),
        Rejection::LotDiffers { code } => text(
            format!(
                "lot `{code}` was described otherwise: another material, form, source, origin, supplier, assay or price"
            ),
            "leave the description out to add to the lot, measure it anew with `assay`, or choose another lot code",
        ),
        Rejection::LotUndescribed { code } => {
            text(format!("lot `{code}` is new and its `material` is missing"), "name its material")
        }
        Rejection::SourceIsTarget => text("source and target are the same".into(), "name another target"),
        Rejection::ArrivesBeforeDispatch { dispatch, left } => text(
            format!("dispatch `{}` left on {}", books.place_code(*dispatch), day(*left)),
            "an arrival may be one day earlier by the calendar (time zones), not more",
        ),
        Rejection::ExceedsDispatch { dispatch, lot, outstanding } => text(
            format!(
                "dispatch `{}` has {} of lot `{}` on the way",
                books.place_code(*dispatch),
                lot_amount(books, *lot, outstanding.units()),
                lot_code(books, *lot)
            ),
            "where the receiver weighed more, give the shipper's figure in `shipped`: the difference is booked by itself",
        ),
        Rejection::ExceedsLoan { loan, lot, outstanding } => text(
            format!(
                "loan `{}` has {} of lot `{}` out",
                books.place_code(*loan),
                lot_amount(books, *lot, outstanding.units()),
                lot_code(books, *lot)
            ),
            "what comes back beyond the loan is a `deposit`",
        ),
        Rejection::DoesNotBalance { material, inputs, outputs } => {
            let outputs = i64::try_from(*outputs).unwrap_or(i64::MAX);
            text(
                format!(
                    "{} goes in, {} comes out or is lost",
                    amount(books, *material, *inputs),
                    books.show(*material, outputs)
                ),
                "state the `loss`, or correct a quantity",
            )
        }
        Rejection::YieldExceedsFeed { analyte } => text(
            format!("more {analyte} would come out than went in, by the assays"),
            "check the quantities, or re-assay the feed with the act `assay`",
        ),
        Rejection::AssayExceedsWhole => {
            text("the contents and the moisture add up to more than 100%".into(), "give elements or oxides, not both")
        }
        Rejection::RotationLowersStock => text(
            "less comes in than goes out, or another material, or some is lost on the way".into(),
            "a rotation puts back at least as much of the same; the rest is a `draw`",
        ),
        Rejection::EncumbranceElsewhere { encumbrance } => {
            let encumbrance = books.encumbrance(*encumbrance);
            let account = &books.account(encumbrance.account).key;
            text(
                format!("encumbrance `{}` lies on {}", encumbrance.code, account_name(books, account)),
                "name the lot, site and owner it was made for, or another encumbrance",
            )
        }
        Rejection::EncumbranceNotBegun { encumbrance, first } => text(
            format!("encumbrance `{}` begins on {}", books.encumbrance_code(*encumbrance), day(*first)),
            "draw on or after that day",
        ),
        Rejection::EncumbranceLapsed { encumbrance, last } => text(
            format!("encumbrance `{}` lapsed after {}", books.encumbrance_code(*encumbrance), day(*last)),
            "draw without it: what it set aside is free again",
        ),
        Rejection::Blocked { encumbrance } => {
            text(format!("`{}` is a hold", books.encumbrance_code(*encumbrance)), "release the hold first")
        }
        Rejection::ExceedsEncumbrance { encumbrance, remaining, day: on } => {
            let encumbrance = books.encumbrance(*encumbrance);
            let lot = books.account(encumbrance.account).key.lot;
            text(
                format!(
                    "encumbrance `{}` had {} left on {}",
                    encumbrance.code,
                    lot_amount(books, lot, *remaining),
                    day(*on)
                ),
                "draw the rest without it, or less",
            )
        }
        Rejection::AuthorityMissing { material } => text(
            format!("movements of `{}` must cite an authority", books.material(*material).code),
            "name the plan ceiling or authorisation in `authority`; one is set with the act `authorize`",
        ),
        Rejection::AuthorityDoesNotFit { authority } => {
            let authority = books.authority(*authority);
            text(
                format!(
                    "authority `{}` lets `{}` {} `{}`, nothing else",
                    authority.code,
                    books.party_code(authority.party),
                    match authority.direction {
                        Direction::Acquisition => "deposit",
                        Direction::Disposal => "draw",
                    },
                    books.material(authority.material).code
                ),
                "cite one for this party, material and direction",
            )
        }
        Rejection::AuthorityNotInForce { authority } => {
            let authority = books.authority(*authority);
            let through = authority.last.map(|last| format!(" through {}", day(last))).unwrap_or_default();
            text(
                format!("authority `{}` is in force from {}{through}", authority.code, day(authority.first)),
                "cite one that is in force on the effective date",
            )
        }
        Rejection::ExceedsAuthority { authority, left } => {
            let authority = books.authority(*authority);
            text(
                format!("authority `{}` has {} left", authority.code, amount(books, authority.material, *left)),
                "post less, or cite a second authority for the rest",
            )
        }
        Rejection::ReserveClosed { reserve } => text(
            format!("reserve `{}` is being wound up", books.named_code(Kind::Reserve, reserve.0)),
            "debts can be paid and entitlements withdrawn for good; nothing new is promised, called or lent",
        ),
        Rejection::NotAMember { reserve, party, day: on } => text(
            format!(
                "`{}` takes no part in reserve `{}` on {}",
                books.party_code(*party),
                books.named_code(Kind::Reserve, reserve.0),
                day(*on)
            ),
            "see `granary reserve members`; membership is changed with `set_member`",
        ),
        Rejection::NoticeTooShort { reserve, earliest } => text(
            format!(
                "the rules of reserve `{}` want notice: not before {}",
                books.named_code(Kind::Reserve, reserve.0),
                day(*earliest)
            ),
            "name that day or a later one in `first`",
        ),
        Rejection::NoKeyInForce { reserve, day: on } => text(
            format!(
                "no key of reserve `{}` divides anything on {}",
                books.named_code(Kind::Reserve, reserve.0),
                day(*on)
            ),
            "set one with `set_key`, record the figures it goes by with `record_base`, or state the parts",
        ),
        Rejection::DoesNotFit { kind, row, problem } => text(
            format!("{} `{}` {problem}", kind.word(), books.named_code(*kind, *row)),
            "name one that fits, or leave it out",
        ),
        Rejection::Ended { kind, row, day: on } => text(
            format!("{} `{}` ended on {}", kind.word(), books.named_code(*kind, *row), day(*on)),
            "nothing more can be posted under it",
        ),
        Rejection::NotInForce { kind, row, day: on } => text(
            format!("{} `{}` is not in force on {}", kind.word(), books.named_code(*kind, *row), day(*on)),
            "cite one that is in force on the effective date",
        ),
        Rejection::NoSubstitute { material, instead_of } => text(
            format!(
                "the rules name no rate at which `{}` stands for `{}`",
                books.material(*material).code,
                books.material(*instead_of).code
            ),
            "deliver the material that was asked, or have the rules amended",
        ),
        Rejection::BelowPriceFloor { floor } => {
            let facts = books.floor(*floor);
            text(
                format!("the price lies below floor `{}` of {}", facts.code, price(&facts.price)),
                "agree a higher price, or set a floor that flags instead of refusing",
            )
        }
        Rejection::Restricted { restriction, lot } => text(
            format!(
                "lot `{}` may not go there under restriction `{}`",
                lot_code(books, *lot),
                books.named_code(Kind::Restriction, restriction.0)
            ),
            if books.restriction(*restriction).licensable {
                "cite a licence under it in `licence`"
            } else {
                "no licence lets it through; see `granary reserve blocked`"
            },
        ),
        Rejection::ExceedsCall { call, member, left } => {
            let facts = books.call(*call);
            text(
                format!(
                    "`{}` has {} left of its part of call `{}`",
                    books.party_code(*member),
                    books.show(facts.material, *left),
                    facts.code
                ),
                "commit more to the call first, or post less",
            )
        }
        Rejection::ExceedsEntitlement { reserve, member, material, free, day: on } => text(
            format!(
                "`{}` had {} of its entitlement in reserve `{}` free on {}",
                books.party_code(*member),
                books.show(*material, *free),
                books.named_code(Kind::Reserve, reserve.0),
                day(*on)
            ),
            "draw less, have other members lend theirs in `lenders`, or replenish first",
        ),
        Rejection::ExceedsTally { tally, left, day: on } => text(
            format!(
                "the {} of `{}` stood at {} on {}",
                tally.kind.word(),
                books.party_code(tally.party),
                tally.material.map_or_else(|| money(books, tally, *left), |material| books.show(material, *left)),
                day(*on)
            ),
            "post less, or correct what came after that day first",
        ),
        Rejection::TallyOverflow { tally } => text(
            format!(
                "the {} of `{}` would exceed what can be counted",
                tally.kind.word(),
                books.party_code(tally.party)
            ),
            "account the material in a larger unit",
        ),
        Rejection::ExceedsBalance { account, held, day: on } => (
            format!("{} held {} on {}", account_name(books, account), lot_amount(books, account.lot, *held), day(*on)),
            format!("see `granary history --lot {}`", lot_code(books, account.lot)),
        ),
        Rejection::ExceedsAvailable { account, available, day: on } => (
            format!(
                "{} had {} free on {}; the rest is set aside",
                account_name(books, account),
                lot_amount(books, account.lot, *available),
                day(*on)
            ),
            format!(
                "draw `under` an encumbrance, or release one; see `granary history --lot {}`",
                lot_code(books, account.lot)
            ),
        ),
        Rejection::BelowFloor { account, floor, day: on } => text(
            format!(
                "{} would fall below its floor of {} on {}",
                account_name(books, account),
                lot_amount(books, account.lot, floor.units()),
                day(*on)
            ),
            "the limit can be changed with the act `set_limit`",
        ),
        Rejection::AboveCeiling { account, ceiling, day: on } => text(
            format!(
                "{} would rise above its ceiling of {} on {}",
                account_name(books, account),
                lot_amount(books, account.lot, ceiling.units()),
                day(*on)
            ),
            "the limit can be changed with the act `set_limit`",
        ),
        Rejection::Overflow { account } => text(
            format!("{} would exceed what can be counted", account_name(books, account)),
            "account the material in a larger unit",
        ),
        Rejection::MakerMissing { material } => text(
            format!("a movement of `{}` this large needs two persons", books.material(*material).code),
            "name the person who makes it in `maker`; another approves it",
        ),
        Rejection::NotHeld { seq } => text(
            format!("no command waits at event {seq}"),
            "it was settled before, or never waited: see `granary history --held`",
        ),
        Rejection::CheckerIsMaker { maker } => {
            text(format!("`{maker}` made it and cannot check it"), "another person has to approve it")
        }
        Rejection::SamePerson { person } => text(
            format!("`{person}` dispatched it and cannot receive it"),
            "another person has to receive it: name them in `maker`",
        ),
        Rejection::OwnReports { party } => text(
            format!("`{}` does not settle alone what its own reports say", books.party_code(*party)),
            "the other side or a secretariat compares and closes; the party itself may explain, assign and agree",
        ),
        Rejection::BreakRule { number, rule: BreakRefusal::BeyondTolerance { allowed } } => {
            let material = books.a_break(*number).found.material;
            let shown = books.show(material, i64::try_from(*allowed).unwrap_or(i64::MAX));
            text(
                format!(
                    "break `{}`: the difference is more than the {shown} allowed",
                    books.named_code(Kind::Break, number.0)
                ),
                "a `set_tolerance` by its day says what is allowed; else it ends by a correction, an agreement or an authority",
            )
        }
        Rejection::BreakRule { number, rule } => text(
            format!("break `{}`: {rule}", books.named_code(Kind::Break, number.0)),
            "see `granary reconcile show` for what was done about it, and docs/reconciliation.md for how a break ends",
        ),
        Rejection::NothingToReverse { seq } => text(format!("there is no event {seq}"), "see `granary history`"),
        Rejection::AlreadyReversed { seq, by } => {
            text(format!("event {seq} was reversed by event {by}"), "to undo that, reverse the correction")
        }
        Rejection::NotReversible { seq } => text(
            format!("event {seq} moved and set aside nothing"),
            "name the event that did: an approval, where a command was held; facts are changed with an `amend` act",
        ),
        Rejection::BadProof { problem } => text(
            format!("the proof of the fact does not hold: {problem}"),
            "ask its ledger for the fact again; check it with `granary audit verify`",
        ),
        Rejection::NotWitnessed { quorum, cosigned } => text(
            format!(
                "the quorum `{quorum}` is not reached; cosigned by {}",
                if cosigned.is_empty() { "nobody" } else { cosigned }
            ),
            "ask its ledger for the fact again once its witnesses have cosigned",
        ),
        Rejection::NotLinked { log, seen, size } => (
            format!(
                "`{}` was seen with {seen} entries, and nothing shows that the {size} of this fact continue them",
                books.named_code(Kind::TrustedLog, log.0)
            ),
            format!("ask for the fact again with `granary audit share --since {seen}`, or receive it with --from"),
        ),
        Rejection::SplitView { log, size } => (
            format!(
                "split view: `{}` has signed two different trees of {size} entries",
                books.named_code(Kind::TrustedLog, log.0)
            ),
            format!(
                "{}; trust nothing of it until its keeper has explained both",
                match &books.trusted_log(*log).seen {
                    Some(seen) => format!("the other one stands in event {}", seen.seq),
                    None => "the other one stands in an earlier event".to_owned(),
                }
            ),
        ),
    }
}

pub(crate) fn day(day: Day) -> String {
    let (year, month, date) = civil(day);
    format!("{year:04}-{month:02}-{date:02}")
}

/// Days since 1970-01-01 as a date of the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
fn civil(day: Day) -> (i64, i64, i64) {
    let shifted = i64::from(day.0) + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, date)
}

/// Money of a tally, in the currency of its reserve or order.
fn money(books: &Books, tally: &crate::tally::TallyKey, minor: i64) -> String {
    let reserve = match tally.kind {
        TallyKind::Commitment => books.commitments.get(tally.of).map(|commitment| commitment.reserve.0),
        TallyKind::CashPaid | TallyKind::CashDue => Some(tally.of),
        TallyKind::Entitlement
        | TallyKind::Drawn
        | TallyKind::Unshared
        | TallyKind::Debt
        | TallyKind::Lent
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
        | TallyKind::Rebuild => None,
    };
    let order = books.orders.get(tally.of).and_then(|order| order.award.as_ref()).map(|award| &award.price.currency);
    let of_reserve = reserve.and_then(|reserve| books.reserves.get(reserve)).map(|reserve| &reserve.currency);
    let Some(currency) = of_reserve.or(order) else { return minor.to_string() };
    let decimals = measure::Currency::parse(currency).map_or(2, measure::Currency::decimals);
    format!("{} {currency}", measure::format_decimal(minor, decimals))
}

fn price(price: &crate::lot::Price) -> String {
    let decimals = measure::Currency::parse(&price.currency).map_or(2, measure::Currency::decimals);
    let minor = i64::try_from(price.minor_per_unit).unwrap_or(i64::MAX);
    format!("{} {}", measure::format_decimal(minor, decimals), price.currency)
}

fn amount(books: &Books, material: MaterialNo, quantity: Quantity) -> String {
    books.show(material, quantity.units())
}

fn lot_amount(books: &Books, lot: LotNo, units: i64) -> String {
    match books.lots.get(lot.0) {
        Some(lot) => books.show(lot.facts.material, units),
        None => units.to_string(),
    }
}

fn lot_code(books: &Books, lot: LotNo) -> &str {
    books.lots.get(lot.0).map_or("(new)", |lot| &lot.facts.code)
}

fn account_name(books: &Books, account: &AccountKey) -> String {
    let place = books.places.get(account.place.0).map_or("(new)", |place| place.code());
    format!("lot `{}` of `{}` at `{place}`", lot_code(books, account.lot), books.party_code(account.owner))
}
