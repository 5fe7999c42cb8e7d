//! A reserve is agreed, its rules are changed, and in the end it is wound up.

use super::Ask;
use super::reserve_common::{new_code, run_by};
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::Draft;
use crate::event::Event;
use crate::number::{Day, PartyNo, ReserveNo, Seq};
use crate::rejection::{Kind, Rejection};
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
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let Self { reserve, name, pool, secretariat, currency, terms } = self;
        draft.may_write(*secretariat, None)?;
        draft.may_write(*pool, None)?;
        new_code(draft, Kind::Reserve, "reserve", reserve)?;
        super::text_fits("name", name)?;
        if measure::Currency::parse(currency).is_none() {
            let problem = format!("`{currency}` is not a currency code (ISO 4217)");
            return Err(Rejection::Invalid { field: "currency", problem });
        }
        let owns = draft.books.accounts.rows().iter().any(|a| a.key.owner == *pool && a.days.latest().on_hand != 0);
        if draft.books.pool_of(*pool).is_some() || owns {
            let problem = "a pool is a party of its own that has no stock yet".into();
            return Err(Rejection::Invalid { field: "pool", problem });
        }
        terms_fit(terms)
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
    right: Write, asks: Secretariat, seen: Everybody, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["wind_up"]),
    line: Words(&["{reserve}", "{name}", "pool {pool}", "run by {secretariat}"]),
    whose(act, _): vec![act.secretariat, act.pool],
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "name": "Reserve of the G7", "pool": "G7-pool", "secretariat": "ledger",
        "currency": "USD", "terms": {"version": "1", "tolerance_ppm": 1000, "notice_days": 90,
        "tiers": [{"name": "1", "kind": "forward", "trigger": "foreseen", "automatic": true}],
        "substitutes": [{"material": "NdPr", "instead_of": "NdPr", "factor_ppm": 1000000}]}}"#,
});

impl AmendReserve {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        run_by(draft, self.reserve)?;
        terms_fit(&self.terms)
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
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "first": "2026-03-13", "terms": {"version": "1", "tolerance_ppm": 1000,
        "notice_days": 90, "tiers": [{"name": "1", "kind": "forward", "trigger": "foreseen", "automatic": true}],
        "substitutes": [{"material": "NdPr", "instead_of": "NdPr", "factor_ppm": 1000000}]}}"#,
});

impl WindUp {
    pub(crate) fn decide(&self, draft: &mut Draft<'_>, _: &Ask<'_>) -> Result<(), Rejection> {
        let facts = run_by(draft, self.reserve)?;
        if facts.winding_up.is_some() {
            return Err(Rejection::ReserveClosed { reserve: self.reserve });
        }
        super::text_fits("reason", &self.reason)
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
    reference(_, _): None,
    says(_): None,
    example: r#"{"reserve": "G7", "reason": "three members left"}"#,
});

fn terms_fit(terms: &Terms) -> Result<(), Rejection> {
    super::text_fits("version", &terms.version)?;
    if terms.tolerance_ppm > 1_000_000 {
        return Err(Rejection::Invalid { field: "tolerance_ppm", problem: "is more than the whole".into() });
    }
    for (index, tier) in terms.tiers.iter().enumerate() {
        super::text_fits("tiers", &tier.name)?;
        if terms.tiers[..index].iter().any(|other| other.name == tier.name) {
            return Err(Rejection::Invalid { field: "tiers", problem: format!("name `{}` twice", tier.name) });
        }
    }
    if terms.substitutes.iter().any(|rate| rate.factor_ppm == 0 || rate.factor_ppm > 1_000_000_000_000) {
        let problem = "a rate lies above nothing and below a million".into();
        return Err(Rejection::Invalid { field: "substitutes", problem });
    }
    Ok(())
}
