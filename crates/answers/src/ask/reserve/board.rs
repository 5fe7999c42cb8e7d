//! The board of one call: what each member was asked, committed, delivered, and what is outstanding or late.

use std::collections::HashMap;

use books::call::Call;
use books::{Books, Day, PartyNo, TallyKey, TallyKind};

use super::calls::state;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, call, day_of, material_code, number, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::KnownAt;

records! {
    /// The board of one call.
    CallBoard {
        /// Which call.
        call: String,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One member's part.
    CallPart {
        /// The member.
        member: String as Code,
        /// Its part of the call.
        asked: String as Quantity,
        /// What it committed; may be more than was asked.
        committed: String as Quantity,
        /// What stock is bound to the call and not delivered yet.
        bound: String as Quantity,
        /// What it made available.
        available: String as Quantity,
        /// What it delivered.
        delivered: String as Quantity,
        /// What was fulfilled by relief of an obligation.
        relieved: String as Quantity,
        /// What was waived.
        waived: String as Quantity,
        /// What is in default.
        defaulted: String as Quantity,
        /// What was asked, and neither came nor was let off.
        outstanding: String as Quantity,
        /// The day since which all that was asked has come.
        delivered_on: Option<String> as Day,
        /// Days the outstanding part is late; or, once all has come, by which it came late: it stays on the record.
        late_days: i32 as Days,
        /// `fulfilled`, `fulfilled within tolerance`, `open`, `late`, `waived`, `defaulted` or `not asked`.
        status: String as Word(part),
    }

    /// The board of one call. Members see their own line, and all lines where the rules of the reserve open the board.
    CallBoardAnswer {
        /// The call.
        call: String as Code,
        /// Its reserve.
        reserve: String as Code,
        /// Its material.
        material: String as Code,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// As of this day.
        as_of: String as Day,
        /// `open`, `cancelled` or `terminated`.
        state: String as Word(call),
        /// Day by which it should be delivered.
        due: Option<String> as Day,
        /// Day by which it should be put back.
        replenish_by: Option<String> as Day,
        /// One line for each member that was asked or did anything.
        parts: Vec<CallPart>,
    }
}

impl Question for CallBoard {
    const NAME: &'static str = "call_board";
    const ABOUT: &'static str =
        "The board of one call: asked, committed, delivered, outstanding and late, member by member.";
    type Answer = CallBoardAnswer;

    fn table(answer: &CallBoardAnswer) -> Table<'_> {
        Table::of(answer, &answer.parts)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<CallBoardAnswer, Problem> {
        let (books, day) = (view.books(), day_of(view, self.as_of.as_ref())?);
        let of = call(view, &self.call)?;
        let call = books.call(of);
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let tallies = Tallies::read(view, day, known_at)?;
        let sight = Sight::of(view);
        let reserve = books.reserve(call.reserve);
        let tolerance = i128::from(reserve.rules_at(day, books.head()).terms.tolerance_ppm);
        let bound = bound(books, call, day);
        let mut members: Vec<PartyNo> = call.parts.iter().map(|part| part.member).collect();
        for kind in [TallyKind::Committed, TallyKind::Delivered, TallyKind::Relieved] {
            members.extend(books.tallies_of(kind, of.0).map(|tally| tally.key.party));
        }
        members.sort_by_key(|member| books.party_code(*member));
        members.dedup();
        let is_open = sight.sees_board(books, call.reserve, day, known_at.unwrap_or(books.head()));
        members.retain(|member| is_open || sight.sees_member(books, call.reserve, *member));
        let part = |member: PartyNo| -> Result<CallPart, Problem> {
            let sum = |kind| i128::from(tallies.at(kind, of.0, member, call.material));
            let show = |units: i128| number(books, call.material, units);
            let asked = sum(TallyKind::Asked);
            let came = sum(TallyKind::Delivered) + sum(TallyKind::Relieved);
            let let_off = sum(TallyKind::Waived);
            let defaulted = sum(TallyKind::Defaulted);
            let outstanding = (asked - came - let_off - defaulted).max(0);
            let is_over = call.due.is_some_and(|due| day > due);
            let ended = state(call, day);
            let of_member = |kind| TallyKey { kind, of: of.0, party: member, material: Some(call.material) };
            let came_by = [TallyKind::Delivered, TallyKind::Relieved].map(of_member);
            let delivered_on = match asked > 0 {
                true => tallies.reached_on(view, &came_by, asked)?,
                false => None,
            };
            let late_days = match call.due {
                Some(due) if delivered_on.is_some_and(|on| on > due) => delivered_on.map_or(0, |on| on.0 - due.0),
                Some(due) if outstanding > 0 && ended == "open" => (day.0 - due.0).max(0),
                _ => 0,
            };
            let status = match () {
                () if asked == 0 => "not asked",
                () if came >= asked => "fulfilled",
                () if outstanding * 1_000_000 <= asked * tolerance && defaulted == 0 && let_off == 0 => {
                    "fulfilled within tolerance"
                }
                () if outstanding > 0 && ended != "open" => ended,
                () if outstanding > 0 && is_over => "late",
                () if outstanding > 0 => "open",
                () if defaulted > 0 => "defaulted",
                () => "waived",
            };
            Ok(CallPart {
                member: books.party_code(member).to_owned(),
                asked: show(asked),
                committed: show(sum(TallyKind::Committed)),
                bound: show(bound.get(&member).copied().unwrap_or(0)),
                available: show(sum(TallyKind::Available)),
                delivered: show(sum(TallyKind::Delivered)),
                relieved: show(sum(TallyKind::Relieved)),
                waived: show(let_off),
                defaulted: show(defaulted),
                outstanding: show(outstanding),
                delivered_on: delivered_on.map(wire::date::show_day),
                late_days,
                status: status.into(),
            })
        };
        Ok(CallBoardAnswer {
            call: call.code.clone(),
            reserve: reserve.code.clone(),
            material: material_code(books, call.material),
            unit: unit(books, call.material),
            as_of: wire::date::show_day(day),
            state: state(call, day).into(),
            due: call.due.map(wire::date::show_day),
            replenish_by: call.replenish_by.map(wire::date::show_day),
            parts: members.into_iter().map(part).collect::<Result<_, _>>()?,
        })
    }
}

/// What each owner has bound to a call from its stock, as of a day.
fn bound(books: &Books, call: &Call, day: Day) -> HashMap<PartyNo, i128> {
    let mut bound: HashMap<PartyNo, i128> = HashMap::new();
    for number in &call.allocations {
        let claim = books.encumbrance(*number);
        let key = books.account(claim.account).key;
        // Substitutes are bound in their own material; their part is counted when they are delivered.
        if books.lot(key.lot).facts.material == call.material {
            *bound.entry(key.owner).or_default() += i128::from(claim.remaining.at(day).unwrap_or_default().on_hand);
        }
    }
    bound
}
