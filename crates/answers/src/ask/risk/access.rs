//! Who asked for material of a reserve, who got it, how long it took, and was the rule the same for all.

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{day_of, material_code, number, one_of, reserves, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;

records! {
    /// Requests for access.
    Access {
        /// Of which reserve; of all where absent.
        reserve: Option<String>,
        /// `granted`, `refused` or `open`; all where absent.
        outcome: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
    }

    /// One request.
    AccessLine {
        /// The request.
        request: String as Code,
        /// The reserve.
        reserve: String as Code,
        /// For whom.
        requester: String,
        /// The material.
        material: String as Code,
        /// How much was asked for.
        asked: String as Quantity,
        /// How much was granted.
        granted: String as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// For what use.
        end_use: Option<String>,
        /// The day it was made.
        day: String as Day,
        /// `granted`, `refused` or `open`.
        outcome: String as Word(access),
        /// Days until it was decided, or since it was made.
        delay_days: i32 as Days,
        /// The rule it was decided by.
        rule: Option<String>,
        /// Why.
        reason: Option<String>,
        /// Was every decision on this reserve's material made by this same rule?
        same_rule: Option<bool>,
    }

    /// Requests for access.
    AccessAnswer {
        /// As of this day.
        as_of: String as Day,
        /// One line for each request.
        requests: Vec<AccessLine>,
    }
}

impl Question for Access {
    const NAME: &'static str = "access";
    const ABOUT: &'static str =
        "Requests for a reserve's material: who asked, who got, how long it took, was the rule the same for all?";
    type Answer = AccessAnswer;

    fn table(answer: &AccessAnswer) -> Table<'_> {
        Table::of(answer, &answer.requests)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
    }

    fn answer(&self, view: &dyn View) -> Result<AccessAnswer, Problem> {
        let (books, day) = (view.books(), day_of(view, self.as_of.as_ref())?);
        let wanted = reserves(books, self.reserve.as_ref())?;
        one_of("outcome", self.outcome.as_ref(), &["granted", "refused", "open"])?;
        let sight = Sight::of(view);
        let mut requests = Vec::new();
        for request in books.requests().iter().filter(|request| request.day <= day) {
            let is_seen = sight.runs(books, request.reserve) || sight.sees_party(request.party);
            if !is_seen || !wanted.contains(&request.reserve) {
                continue;
            }
            let decision = request.decision.as_ref().filter(|decision| decision.day <= day);
            let outcome = match decision {
                None => "open",
                Some(decision) if decision.granted.is_zero() => "refused",
                Some(_) => "granted",
            };
            if self.outcome.as_ref().is_some_and(|wanted| wanted != outcome) {
                continue;
            }
            let others = || {
                let alike = books
                    .requests()
                    .iter()
                    .filter(|other| (other.reserve, other.material) == (request.reserve, request.material));
                alike.filter_map(|other| other.decision.as_ref()).filter(|other| other.day <= day)
            };
            requests.push(AccessLine {
                request: request.code.clone(),
                reserve: books.reserve(request.reserve).code.clone(),
                requester: request.requester.clone(),
                material: material_code(books, request.material),
                asked: number(books, request.material, request.quantity.units()),
                granted: number(books, request.material, decision.map_or(0, |decision| decision.granted.units())),
                unit: unit(books, request.material),
                end_use: request.end_use.clone(),
                day: wire::date::show_day(request.day),
                outcome: outcome.into(),
                delay_days: decision.map_or(day, |decision| decision.day).0 - request.day.0,
                rule: decision.map(|decision| decision.rule.clone()),
                reason: decision.map(|decision| decision.reason.clone()),
                same_rule: decision.map(|decision| others().all(|other| other.rule == decision.rule)),
            });
        }
        Ok(AccessAnswer { as_of: wire::date::show_day(day), requests })
    }
}
