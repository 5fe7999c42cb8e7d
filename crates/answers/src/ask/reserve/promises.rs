//! What is promised: named lots, forward, in cash, by ticket, under a delegation; and what is bound to calls.

use books::{EncumbranceKind, EncumbranceNo, TallyKey, TallyKind};

use crate::claims::Claims;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, number, party_if, reserves, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};

records! {
    /// What is promised.
    Promises {
        /// To which reserve; to anybody where absent.
        reserve: Option<String>,
        /// By whom; by all that may be seen where absent.
        member: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One promise.
    PromiseLine {
        /// Its code.
        code: String as Code,
        /// `pledge`, `earmark`, `ticket`, `delegation`, `allocation`, `forward` or `cash`.
        kind: String as Word(promise),
        /// Who promises.
        member: String as Code,
        /// To which agreement.
        agreement: Option<String> as Code,
        /// The lot and site, of a promise from stock.
        lot: Option<String> as Code,
        /// Where it lies.
        site: Option<String> as Code,
        /// What was promised.
        promised: String as Quantity,
        /// What of it is left.
        left: String as Quantity,
        /// What of it does not lie there: less was found than is set aside.
        short: Option<String> as Quantity,
        /// Unit and basis, or currency.
        unit: String as Code,
        /// First day.
        first: Option<String> as Day,
        /// Last day, or the day it is due.
        last: Option<String> as Day,
        /// Who counts the stock: the beneficiary of a ticket or delegation that was accepted, otherwise the owner.
        counted_by: Option<String> as Code,
    }

    /// What is promised.
    PromisesAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each promise.
        promises: Vec<PromiseLine>,
    }
}

impl Question for Promises {
    const NAME: &'static str = "promises";
    const ABOUT: &'static str =
        "What is promised: named lots, forward, in cash, by ticket or delegation; and what is bound to calls.";
    type Answer = PromisesAnswer;

    fn table(answer: &PromisesAnswer) -> Table<'_> {
        Table::of(answer, &answer.promises)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let claims = Claims::wants(view, At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?)?;
        Ok(claims.and(Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())?))
    }

    fn answer(&self, view: &dyn View) -> Result<PromisesAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let wanted = reserves(view, self.reserve.as_ref())?;
        let member = party_if(books, "member", self.member.as_ref())?;
        let sight = Sight::of(view);
        let claims = Claims::read(view, at)?;
        let tallies = Tallies::read(view, at.day, Some(at.known_at))?;
        let mut promises = Vec::new();
        for (claim_no, claim) in (0u32..).map(EncumbranceNo).zip(books.encumbrances()) {
            let key = books.account(claim.account).key;
            let agreed = claim.promised;
            let is_wanted = claims.is_known(claim_no)
                && match &self.reserve {
                    Some(_) => agreed.is_some_and(|reserve| wanted.contains(&reserve)),
                    None => !matches!(claim.kind, EncumbranceKind::Hold | EncumbranceKind::Loan),
                };
            let is_seen = sight.sees_encumbrance(claim) || agreed.is_some_and(|reserve| sight.runs(books, reserve));
            if !is_wanted || !is_seen || member.is_some_and(|member| member != key.owner) {
                continue;
            }
            let material = books.lot(key.lot).facts.material;
            let counts = claim.kind.is_counted_by_beneficiary() && claims.is_accepted(claim_no);
            let counted_by = if counts { claim.beneficiary } else { None }.unwrap_or(key.owner);
            let left = claims.left(claim_no);
            promises.push(PromiseLine {
                code: claim.code.clone(),
                kind: wire::acts::words::EncumbranceKind::from(claim.kind).word(),
                member: books.party_code(key.owner).to_owned(),
                agreement: claim.agreement.clone(),
                lot: Some(sight.lot_label(key.lot).into_owned()),
                site: Some(books.place_code(key.place).to_owned()),
                promised: number(books, material, claim.reserved.units()),
                left: number(books, material, left),
                short: Some(number(books, material, left.min(claims.shortfall(claim.account)?))),
                unit: unit(books, material),
                first: Some(wire::date::show_day(claim.first)),
                last: claim.last.map(wire::date::show_day),
                counted_by: Some(books.party_code(counted_by).to_owned()),
            });
        }
        for (of, commitment) in (0u32..).zip(books.commitments()) {
            let is_seen = sight.sees_member(books, commitment.reserve, commitment.member);
            let is_wanted = wanted.contains(&commitment.reserve);
            if !is_wanted || !is_seen || member.is_some_and(|member| member != commitment.member) {
                continue;
            }
            let reserve = books.reserve(commitment.reserve);
            let (party, material) = (commitment.member, commitment.material);
            let key = TallyKey { kind: TallyKind::Commitment, of, party, material };
            if !tallies.has(key) {
                continue;
            }
            let left = tallies.value(key);
            let show = |units| match material {
                Some(material) => number(books, material, units),
                None => wire::acts::show_money(units, &reserve.currency),
            };
            promises.push(PromiseLine {
                code: commitment.code.clone(),
                kind: if material.is_some() { "forward" } else { "cash" }.into(),
                member: books.party_code(party).to_owned(),
                agreement: Some(reserve.code.clone()),
                lot: None,
                site: None,
                promised: show(commitment.quantity.units()),
                left: show(left),
                short: None,
                unit: material.map_or_else(|| reserve.currency.clone(), |material| unit(books, material)),
                first: None,
                last: commitment.due.map(wire::date::show_day),
                counted_by: None,
            });
        }
        Ok(PromisesAnswer { as_of: wire::date::show_day(at.day), known_at: at.known_at.0, promises })
    }
}
