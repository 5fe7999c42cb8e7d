//! Days of cover by country on the net imports or consumption of a stated year. Each tonne counts once: for its owner,
//! or for the beneficiary of a ticket or delegation that both sides agreed to.

use std::collections::BTreeMap;

use books::base::BaseKind;
use books::{AccountNo, EncumbranceNo, MaterialNo, PartyNo, PlaceNo, TallyKind};
use wire::acts::words::BaseKind as BaseWord;

use crate::claims::Claims;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, days_of, material_code, material_if, number, party_if, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};
use crate::why::Why;

records! {
    /// Days of cover on a base of a stated year.
    CoverBase {
        /// `consumption` or `net_imports`.
        base: String,
        /// The year.
        year: u16,
        /// Of which material; of all where absent.
        material: Option<String>,
        /// Of which party; of all that may be seen where absent.
        party: Option<String>,
        /// Taken off as not to be had in practice, in per cent (10 for oil under IEA rules).
        deduct: Option<u32>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// Cover of one party and material.
    CoverBaseLine {
        /// The party.
        party: String as Code,
        /// The material.
        material: String as Code,
        /// Its own stock at sites.
        owned: String as Quantity,
        /// Counted for others: tickets and delegations that were accepted.
        counted_elsewhere: String as Quantity,
        /// Held by others and counted here.
        held_by_others: String as Quantity,
        /// What counts, after the deduction.
        counted: String as Quantity,
        /// Of it, at sites in other countries.
        abroad: String as Quantity,
        /// The figure of the year, as last published.
        base: Option<String> as Quantity,
        /// What it may draw of the pools of shared reserves: entitlements, less what is drawn of them.
        held_in_pools: String as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// Days of cover, cut to tenths.
        days: Option<String> as Days,
        /// Days of cover with what is held in pools.
        days_with_pools: Option<String> as Days,
        /// Why there are no days: `no figure`, or `net exporter`.
        why: Option<String>,
    }

    /// Days of cover.
    CoverBaseAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each party and material.
        lines: Vec<CoverBaseLine>,
    }
}

#[derive(Clone, Copy, Default)]
struct Counted {
    owned: i128,
    given: i128,
    taken: i128,
    abroad: i128,
    in_pools: i128,
}

impl Question for CoverBase {
    const NAME: &'static str = "cover_base";
    const ABOUT: &'static str =
        "Days of cover by party on the net imports or consumption of a stated year; each tonne counts once.";
    type Answer = CoverBaseAnswer;

    fn table(answer: &CoverBaseAnswer) -> Table<'_> {
        Table::of(answer, &answer.lines)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let claims = Claims::wants(view, At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?)?;
        Ok(claims.and(Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())?))
    }

    fn answer(&self, view: &dyn View) -> Result<CoverBaseAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let kind = base_kind(&self.base)?;
        let deduct = self.deduct.unwrap_or(0);
        if deduct > 100 {
            return Err(Problem::bad_field("deduct", Why::MoreThanWhole));
        }
        let party = party_if(books, "party", self.party.as_ref())?;
        let material = material_if(books, self.material.as_ref())?;
        let sight = Sight::of(view);
        let at_day = at.facts(books);
        let mut lines = Vec::new();
        for ((owner, own), counted) in counted(view, at)? {
            let is_wanted = party.is_none_or(|party| party == owner)
                && material.is_none_or(|material| material == own)
                && sight.sees_party(owner);
            if !is_wanted || books.pool_of(owner).is_some() {
                continue;
            }
            let show = |units: i128| number(books, own, units);
            let whole = counted.owned - counted.given + counted.taken;
            let after = whole * i128::from(100 - deduct) / 100;
            let base = at_day.figure(owner, own, kind, self.year);
            let days = base.and_then(|base| days_of(after, i128::from(base)));
            let shared = (whole + counted.in_pools) * i128::from(100 - deduct) / 100;
            let days_with_pools = base.and_then(|base| days_of(shared, i128::from(base)));
            let why = match base {
                None => Some("no figure"),
                Some(base) if base <= 0 => Some(if base < 0 { "net exporter" } else { "base is zero" }),
                Some(_) => None,
            };
            lines.push(CoverBaseLine {
                party: books.party_code(owner).to_owned(),
                material: material_code(books, own),
                owned: show(counted.owned),
                counted_elsewhere: show(counted.given),
                held_by_others: show(counted.taken),
                counted: show(after),
                abroad: show(counted.abroad),
                base: base.map(i128::from).map(show),
                held_in_pools: show(counted.in_pools),
                unit: unit(books, own),
                days,
                days_with_pools,
                why: why.map(str::to_owned),
            });
        }
        lines.sort_by(|a, b| (&a.material, &a.party).cmp(&(&b.material, &b.party)));
        Ok(CoverBaseAnswer { as_of: wire::date::show_day(at.day), known_at: at.known_at.0, lines })
    }
}

/// What each party has of each material at the end of a day: its own, and what others hold for it.
fn counted(view: &dyn View, at: At) -> Result<BTreeMap<(PartyNo, MaterialNo), Counted>, Problem> {
    let books = view.books();
    let at_day = at.facts(books);
    let mut found: BTreeMap<(PartyNo, MaterialNo), Counted> = BTreeMap::new();
    let claims = Claims::read(view, at)?;
    let countries: Vec<Option<String>> =
        (0u32..).map(PartyNo).take(books.parties().len()).map(|party| at_day.party(party).country.clone()).collect();
    let country = |party: PartyNo| countries[party.0 as usize].as_ref();
    let places = (0u32..).map(PlaceNo).take(books.places().len());
    let sites: Vec<Option<String>> = places.map(|place| at_day.country(place)).collect();
    let tallies = Tallies::read(view, at.day, Some(at.known_at))?;
    for key in books.tallies().iter().map(|tally| tally.key).filter(|key| key.kind == TallyKind::Entitlement) {
        let Some(own) = key.material else { continue };
        let of = |kind| i128::from(tallies.at(kind, key.of, key.party, own));
        let free = of(TallyKind::Entitlement) - of(TallyKind::Drawn);
        if free != 0 {
            found.entry((key.party, own)).or_default().in_pools += free;
        }
    }
    let mut owners = Vec::with_capacity(books.accounts().len());
    for (number, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
        let Some(site) = &sites[account.key.place.0 as usize] else {
            owners.push(None);
            continue;
        };
        let own = books.lot(account.key.lot).facts.material;
        owners.push(Some((account.key.owner, own, site)));
        let units = i128::from(at.sums(view, number)?.on_hand);
        if units != 0 {
            let counted = found.entry((account.key.owner, own)).or_default();
            counted.owned += units;
            counted.abroad += if country(account.key.owner) == Some(site) { 0 } else { units };
        }
    }
    for (claim_no, claim) in (0u32..).map(EncumbranceNo).zip(books.encumbrances()) {
        let is_counted = claim.kind.is_counted_by_beneficiary() && claims.is_accepted(claim_no);
        // What was found not to lie there is counted by nobody.
        let left = claims.left(claim_no);
        let left = i128::from(left - left.min(claims.shortfall(claim.account)?));
        let owner = owners[claim.account.0 as usize];
        let (Some((owner, own, site)), Some(other)) = (owner.filter(|_| is_counted && left > 0), claim.beneficiary)
        else {
            continue;
        };
        let giver = found.entry((owner, own)).or_default();
        giver.given += left;
        giver.abroad -= if country(owner) == Some(site) { 0 } else { left };
        let taker = found.entry((other, own)).or_default();
        taker.taken += left;
        taker.abroad += if country(other) == Some(site) { 0 } else { left };
    }
    Ok(found)
}

/// What a figure is of, from its word.
pub(super) fn base_kind(word: &str) -> Result<BaseKind, Problem> {
    let read: Result<BaseWord, _> = serde_json::from_value(serde_json::Value::String(word.to_owned()));
    read.map(Into::into).map_err(|_| Problem::bad_field("base", Why::NoBase { text: word.to_owned() }))
}
