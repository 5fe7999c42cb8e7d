//! A call divided again, years later, under the rules then in force and as known then; or as of another day, as known at another
//! event.

use books::reserve::{KeyKind, Weight, allocate_in};
use wire::acts::words::KeyKind as KeyWord;

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{call, number, percent, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, as_of};

records! {
    /// A call divided again.
    Allocation {
        /// Which call.
        call: String,
        /// By the key and figures of this day, YYYY-MM-DD; those of the call's own day where absent.
        as_of: Option<String>,
        /// By what was known after this event, or at this time; by what was known when the call was made where absent.
        known_at: Option<KnownAt>,
    }

    /// One member's part.
    AllocationPart {
        /// The member.
        member: String as Code,
        /// Its weight in the key.
        weight: u64,
        /// Its exact share, in per cent, cut to hundredths.
        share: String as Percent,
        /// Its part, as recorded.
        part: String as Quantity,
        /// Its part, as worked out again now.
        again: String as Quantity,
        /// Are they the same?
        same: bool,
    }

    /// A call divided again.
    AllocationAnswer {
        /// The call.
        call: String as Code,
        /// The event that made it.
        event: u64 as Event,
        /// Its day.
        day: String as Day,
        /// Divided again as of this day.
        #[serde(default)]
        as_of: String as Day,
        /// As known after this event.
        #[serde(default)]
        known_at: u64 as Event,
        /// The total.
        total: String as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// Version of the rules in force on that day.
        rules: String as Code,
        /// Kind of the key in force on that day; none where the parts were stated.
        key: Option<String> as Word(key),
        /// The event that set the key.
        key_event: Option<u64> as Event,
        /// Year of the figures it goes by.
        key_year: Option<u16> as Code,
        /// Do all parts come out as they were, and add up to the total?
        same: bool,
        /// One line for each member.
        parts: Vec<AllocationPart>,
    }
}

impl Question for Allocation {
    const NAME: &'static str = "allocation";
    const ABOUT: &'static str =
        "A call divided again under the rules and figures then in force and known: does it give the same parts?";
    type Answer = AllocationAnswer;

    fn table(answer: &AllocationAnswer) -> Table<'_> {
        Table::of(answer, &answer.parts)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
    }

    fn answer(&self, view: &dyn View) -> Result<AllocationAnswer, Problem> {
        let books = view.books();
        let call = books.call(call(view, &self.call)?);
        let reserve = books.reserve(call.reserve);
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?.unwrap_or(call.seq);
        if known_at < call.seq {
            return Err(Problem::unknown("call", &self.call));
        }
        let day = as_of(self.as_of.as_ref())?.unwrap_or(call.effective);
        let key = reserve.key_at(day, known_at, Some(call.material)).filter(|_| call.by_key);
        let recorded = || call.parts.iter().map(|part| Weight { member: part.member, weight: part.weight }).collect();
        let weights: Vec<Weight> = match &key {
            None => Vec::new(),
            // What was pledged then is kept with the call: later releases do not change it.
            Some(key) if key.kind == KeyKind::Pledge => recorded(),
            Some(_) => books.weights_at(call.reserve, call.material, day, known_at).unwrap_or_default(),
        };
        let code = |party| books.party_code(party).to_owned();
        let again = allocate_in(call.total, call.rounding, &weights, code).unwrap_or_default();
        let whole: i128 = weights.iter().map(|weight| i128::from(weight.weight)).sum();
        let sight = Sight::of(view);
        let mut is_same = true;
        let mut sum: i128 = 0;
        let mut parts = Vec::new();
        let mut recorded = call.parts.clone();
        recorded.sort_by_key(|part| books.party_code(part.member));
        for part in recorded {
            let own = again.iter().find(|other| other.member == part.member);
            let now = own.map_or(if call.by_key { 0 } else { part.quantity.units() }, |own| own.quantity.units());
            is_same &= now == part.quantity.units();
            sum += i128::from(part.quantity.units());
            if !sight.sees_member(books, call.reserve, part.member) {
                continue;
            }
            parts.push(AllocationPart {
                member: books.party_code(part.member).to_owned(),
                weight: part.weight,
                share: percent(i128::from(part.weight), whole),
                part: number(books, call.material, part.quantity.units()),
                again: number(books, call.material, now),
                same: now == part.quantity.units(),
            });
        }
        Ok(AllocationAnswer {
            call: call.code.clone(),
            event: call.seq.0,
            day: wire::date::show_day(call.effective),
            as_of: wire::date::show_day(day),
            known_at: known_at.0,
            total: number(books, call.material, call.total.units()),
            unit: unit(books, call.material),
            rules: reserve.rules_at(day, known_at).terms.version.clone(),
            key: key.as_ref().map(|key| KeyWord::from(key.kind).word()),
            key_event: key.as_ref().map(|key| key.seq.0),
            key_year: key.and_then(|key| key.year),
            same: is_same && sum == i128::from(call.total.units()),
            parts,
        })
    }
}
