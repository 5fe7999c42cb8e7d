//! All calls, each in one line.

use books::call::Call;
use books::{Day, TallyKind};

use crate::figure::Figure;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, day_of, material_code, number, percent, reserves, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::KnownAt;

records! {
    /// All calls.
    Calls {
        /// Of which reserve; of all where absent.
        reserve: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One call.
    CallLine {
        /// The call.
        call: String as Code,
        /// The reserve.
        reserve: String as Code,
        /// The activation it was made under.
        activation: Option<String> as Code,
        /// The material.
        material: String as Code,
        /// The day it was made.
        day: String as Day,
        /// Asked of all members: known to all, as their parts of it are.
        asked: String as Quantity,
        /// The asker's own part, where it is a member.
        own_part: Option<String> as Quantity,
        /// What of its own part it delivered, or was relieved of.
        own_done: Option<String> as Quantity,
        /// Committed by all members.
        committed: Figure as Quantity,
        /// Made available.
        available: Figure as Quantity,
        /// Delivered.
        delivered: Figure as Quantity,
        /// Fulfilled by relief of an obligation.
        relieved: Figure as Quantity,
        /// Waived.
        waived: Figure as Quantity,
        /// In default.
        defaulted: Figure as Quantity,
        /// Delivered and relieved, of what was asked, in per cent.
        done: Figure as Percent,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// Day by which it should be delivered.
        due: Option<String> as Day,
        /// Day by which it should be put back.
        replenish_by: Option<String> as Day,
        /// `open`, `cancelled` or `terminated`.
        state: String as Word(call),
    }

    /// All calls.
    CallsAnswer {
        /// As of this day.
        as_of: String as Day,
        /// One line for each call of a reserve in which the asker takes part. What members did for it is told to who runs it.
        calls: Vec<CallLine>,
    }
}

impl Question for Calls {
    const NAME: &'static str = "calls";
    const ABOUT: &'static str = "All calls of shared reserves: asked, committed, delivered, and how they ended.";
    type Answer = CallsAnswer;

    fn table(answer: &CallsAnswer) -> Table<'_> {
        Table::of(answer, &answer.calls)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<CallsAnswer, Problem> {
        let (books, day) = (view.books(), day_of(view, self.as_of.as_ref())?);
        let wanted = reserves(view, self.reserve.as_ref())?;
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let tallies = Tallies::read(view, day, known_at)?;
        let sight = Sight::of(view);
        let seen = (0u32..)
            .zip(books.calls())
            .filter(|(_, call)| wanted.contains(&call.reserve) && sight.takes_part(books, call.reserve))
            .filter(|(_, call)| call.effective <= day && known_at.is_none_or(|known_at| call.seq <= known_at));
        let calls = seen.map(|(of, call)| line(&sight, &tallies, (of, call), day)).collect();
        Ok(CallsAnswer { as_of: wire::date::show_day(day), calls })
    }
}

fn line(sight: &Sight<'_>, tallies: &Tallies<'_>, (of, call): (u32, &Call), day: Day) -> CallLine {
    let books = sight.books();
    let sum = |kind| tallies.sum(kind, of, call.material);
    let is_told = sight.sees_board(books, call.reserve, day, books.head());
    let own = |kind| sight.party().map_or(0, |party| tallies.at(kind, of, party, call.material));
    let is_asked = sight.party().is_some_and(|party| call.parts.iter().any(|part| part.member == party));
    let told = |figure: String| if is_told { Figure::Number(figure) } else { Figure::Withheld };
    let show = |kind| told(number(books, call.material, sum(kind)));
    let done = sum(TallyKind::Delivered) + sum(TallyKind::Relieved);
    CallLine {
        call: call.code.clone(),
        reserve: books.reserve(call.reserve).code.clone(),
        activation: call.activation.map(|number| books.activation(number).code.clone()),
        material: material_code(books, call.material),
        day: wire::date::show_day(call.effective),
        asked: number(books, call.material, sum(TallyKind::Asked)),
        own_part: is_asked.then(|| number(books, call.material, own(TallyKind::Asked))),
        own_done: is_asked.then(|| number(books, call.material, own(TallyKind::Delivered) + own(TallyKind::Relieved))),
        committed: show(TallyKind::Committed),
        available: show(TallyKind::Available),
        delivered: show(TallyKind::Delivered),
        relieved: show(TallyKind::Relieved),
        waived: show(TallyKind::Waived),
        defaulted: show(TallyKind::Defaulted),
        done: told(percent(done, sum(TallyKind::Asked))),
        unit: unit(books, call.material),
        due: call.due.map(wire::date::show_day),
        replenish_by: call.replenish_by.map(wire::date::show_day),
        state: state(call, day).into(),
    }
}

/// How a call stands on a day.
pub(super) fn state(call: &Call, day: Day) -> &'static str {
    match &call.ended {
        Some(ended) if day >= ended.day => match ended.how {
            books::call::CallEnd::Cancelled => "cancelled",
            books::call::CallEnd::Terminated => "terminated",
        },
        _ => "open",
    }
}
