//! A reserve is agreed, its rules are changed, and in the end it is wound up.

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Shape, Who};
use crate::event::Event;
use crate::number::{Day, PartyNo, ReserveNo, Seq};
use crate::rejection::{Fault, Kind, Rejection};
use crate::reserve::{Reserve, Rules, Terms};

/// Asks to establish a reserve.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct EstablishReserve {
    /// Unique among reserves.
    #[n(0)]
    pub reserve: String,
    /// For people.
    #[n(1)]
    pub name: String,
    /// The party that owns what lies in the pool: registered for this alone, with no stock yet.
    #[n(2)]
    pub pool: PartyNo,
    /// Who runs it.
    #[n(3)]
    pub secretariat: PartyNo,
    /// Currency of its cash, ISO 4217.
    #[n(4)]
    pub currency: String,
    /// The first version of its rules.
    #[n(5)]
    pub terms: Terms,
}

/// Asks for a new version of the rules.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AmendReserve {
    /// The reserve.
    #[n(0)]
    pub reserve: ReserveNo,
    /// First day on which they are in force; the effective date where absent.
    #[n(1)]
    pub first: Option<Day>,
    /// The rules, in full.
    #[n(2)]
    pub terms: Terms,
}

/// Asks to wind a reserve up.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct WindUp {
    /// The reserve.
    #[n(0)]
    pub reserve: ReserveNo,
    /// Why.
    #[n(1)]
    pub reason: String,
}

impl EstablishReserve {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let Self { reserve, name, pool, secretariat, currency, terms } = self;
        who.is_itself(&[*secretariat, PartyNo(0)]);
        // Its own word is enough; for another there is none.
        let can_be_pool = who.party == *pool || who.books.can_be_pool(*pool, [who.party, *secretariat]);
        let mut shape = who.shape()?;
        shape.text("reserve", reserve);
        shape.text("name", name);
        if measure::Currency::parse(currency).is_none() {
            shape.invalid("currency", Fault::NotACurrency { text: currency.clone() });
        }
        let owns = shape.books.accounts.rows().iter().any(|a| a.key.owner == *pool && a.days.latest().on_hand != 0);
        if shape.books.pool_of(*pool).is_some() || owns || !can_be_pool {
            shape.invalid("pool", Fault::PoolTaken);
        }
        terms_fit(&mut shape, terms);
        let mut state = shape.state()?;
        state.is_new(Kind::Reserve, reserve);
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let Self { reserve, name, pool, secretariat, currency, terms } = self.clone();
        let number = ReserveNo(books.reserves.row_count());
        books.push_reserve(Reserve {
            code: reserve,
            name,
            pool,
            secretariat,
            currency,
            rules: vec![Rules { seq, first: event.effective, terms }],
            members: Vec::new(),
            keys: Vec::new(),
            winding_up: None,
        });
        books.index_pool(number);
    }
}

act_rules!(EstablishReserve {
    right: Write, asks: Holder, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["wind_up"]),
    line: Words(&["{reserve}", "{name}", "pool {pool}", "run by {secretariat}"]),
    whose(act, _): vec![act.secretariat, act.pool],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "name": "Reserve of the G7", "pool": "G7-pool", "secretariat": "ledger",
        "currency": "USD", "terms": {"version": "1", "tolerance_ppm": 1000, "notice_days": 90,
        "tiers": [{"name": "1", "kind": "forward", "trigger": "foreseen", "automatic": true}],
        "substitutes": [{"material": "NdPr", "instead_of": "NdPr", "factor_ppm": 1000000}],
        "open_board": true}}"#,
});

impl AmendReserve {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        who.runs(self.reserve);
        let mut shape = who.shape()?;
        terms_fit(&mut shape, &self.terms);
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, event: &Event) {
        let first = self.first.unwrap_or(event.effective);
        books.reserve_mut(self.reserve).rules.push(Rules { seq, first, terms: self.terms.clone() });
    }
}

act_rules!(AmendReserve {
    right: Write, asks: Holder, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["amend_reserve"]),
    line: Words(&["{reserve}", "from {first}"]),
    whose(act, books): vec![books.reserve(act.reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "first": "2026-03-13", "terms": {"version": "1", "tolerance_ppm": 1000,
        "notice_days": 90, "tiers": [{"name": "1", "kind": "forward", "trigger": "foreseen", "automatic": true}],
        "substitutes": [{"material": "NdPr", "instead_of": "NdPr", "factor_ppm": 1000000}],
        "open_board": true}}"#,
});

impl WindUp {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, _: &Ask<'_>) -> Judged {
        let facts = who.runs(self.reserve);
        let mut shape = who.shape()?;
        shape.text("reason", &self.reason);
        let mut state = shape.state()?;
        if facts.winding_up.is_some() {
            state.refuse(Rejection::ReserveClosed { reserve: self.reserve });
        }
        state.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, event: &Event) {
        books.reserve_mut(self.reserve).winding_up = Some(event.effective);
    }
}

act_rules!(WindUp {
    right: Write, asks: Holder, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: Never("a reserve ends once"),
    line: Words(&["{reserve}", "{reason}"]),
    whose(act, books): vec![books.reserve(act.reserve).secretariat],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "reason": "three members left"}"#,
});

fn terms_fit(shape: &mut Shape<'_, '_>, terms: &Terms) {
    shape.text("version", &terms.version);
    if terms.tolerance_ppm > 1_000_000 {
        shape.invalid("tolerance_ppm", Fault::MoreThanWhole);
    }
    for (index, tier) in terms.tiers.iter().enumerate() {
        shape.text("tiers", &tier.name);
        if terms.tiers[..index].iter().any(|other| other.name == tier.name) {
            shape.invalid("tiers", Fault::TierTwice { text: tier.name.clone() });
        }
    }
    if terms.substitutes.iter().any(|rate| rate.factor_ppm == 0 || rate.factor_ppm > 1_000_000_000_000) {
        shape.invalid("substitutes", Fault::RateOutOfRange);
    }
}
