//! Who asked for material of a reserve, who got it, how long it took, and was the rule the same for all.

use books::TallyKind;
use books::access::Decision;

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, material_code, number, one_of, reserves, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};

records! {
    /// Requests for access.
    Access {
        /// Of which reserve; of all where absent.
        reserve: Option<String>,
        /// `granted`, `refused` or `open`; all where absent.
        outcome: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
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
        /// How much of it was handed over.
        served: String as Quantity,
        /// How much of it is still to be handed over; nothing where it lapsed.
        left: String as Quantity,
        /// The last day on which it is handed over.
        last: Option<String> as Day,
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
        /// As known after this event.
        known_at: u64 as Event,
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

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<AccessAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let At { day, known_at } = at;
        let wanted = reserves(view, self.reserve.as_ref())?;
        one_of("outcome", self.outcome.as_ref(), &["granted", "refused", "open"])?;
        let sight = Sight::of(view);
        let tallies = Tallies::read(view, day, Some(known_at))?;
        let mut requests = Vec::new();
        let known = (0u32..).zip(books.requests());
        for (row, request) in known.filter(|(_, request)| request.day <= day && request.seq <= known_at) {
            let is_seen = sight.runs(books, request.reserve) || sight.sees_party(request.party);
            if !is_seen || !wanted.contains(&request.reserve) {
                continue;
            }
            let is_known = |decision: &&Decision| decision.day <= day && decision.seq <= known_at;
            let decision = request.decision.as_ref().filter(is_known);
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
                alike.filter_map(|other| other.decision.as_ref()).filter(is_known)
            };
            let granted = decision.map_or(0, |decision| decision.granted.units());
            let pool = books.reserve(request.reserve).pool;
            // What was granted before grants were kept has no tally, and was handed over by other acts.
            let is_kept = tallies.is_known(TallyKind::Granted, row, pool, request.material);
            let open = tallies.at(TallyKind::Granted, row, pool, request.material);
            let last = decision.and_then(|decision| decision.last);
            let has_lapsed = last.is_some_and(|last| day > last);
            requests.push(AccessLine {
                request: request.code.clone(),
                reserve: books.reserve(request.reserve).code.clone(),
                requester: request.requester.clone(),
                material: material_code(books, request.material),
                asked: number(books, request.material, request.quantity.units()),
                granted: number(books, request.material, granted),
                served: number(books, request.material, if is_kept { granted - open } else { 0 }),
                left: number(books, request.material, if has_lapsed { 0 } else { open }),
                last: last.map(wire::date::show_day),
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
        Ok(AccessAnswer { as_of: wire::date::show_day(day), known_at: known_at.0, requests })
    }
}
