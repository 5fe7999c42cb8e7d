//! What questions about shared reserves look up alike.

use std::collections::{BTreeMap, HashMap};

use books::{
    Books, CallNo, CommitmentNo, Day, Mark, MaterialNo, PartyNo, ReserveNo, Seq, TallyKey, TallyKind, TallyNo,
};
use wire::value::show_number;

use crate::problem::Problem;
use crate::sight::Sight;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::{self, KnownAt};
use crate::why::Why;

/// The day asked for; today by UTC where none is said.
pub(crate) fn day_of(view: &dyn View, as_of: Option<&String>) -> Result<Day, Problem> {
    Ok(when::as_of(as_of)?.unwrap_or(view.now().utc_day()))
}

/// Is a word that a field says one of those it can say?
pub(crate) fn one_of(field: &str, word: Option<&String>, words: &[&str]) -> Result<(), Problem> {
    match word.filter(|word| !words.contains(&word.as_str())) {
        None => Ok(()),
        Some(word) => {
            let (field_name, text, names) = (field.to_owned(), word.chars().take(64).collect(), words.join(", "));
            let problem = Problem::bad_field(field, Why::NoWord { field: field_name, text, names });
            Err(problem.meaning(wire::nearest(word, words.iter().copied())))
        }
    }
}

/// A reserve by its code; one in which the asker takes no part is not there.
pub(crate) fn reserve(view: &dyn View, code: &str) -> Result<ReserveNo, Problem> {
    let (books, sight) = (view.books(), Sight::of(view));
    let number = books.reserve_no(code).filter(|number| sight.takes_part(books, *number));
    number.ok_or_else(|| Problem::unknown("reserve", code))
}

/// All reserves in which the asker takes part, or the one that is named.
pub(crate) fn reserves(view: &dyn View, code: Option<&String>) -> Result<Vec<ReserveNo>, Problem> {
    let (books, sight) = (view.books(), Sight::of(view));
    match code {
        Some(code) => Ok(vec![reserve(view, code)?]),
        None => {
            let all = (0u32..).map(ReserveNo).take(books.reserves().len());
            Ok(all.filter(|number| sight.takes_part(books, *number)).collect())
        }
    }
}

/// A call by its code; one of a reserve in which the asker takes no part is not there.
pub(crate) fn call(view: &dyn View, code: &str) -> Result<CallNo, Problem> {
    let (books, sight) = (view.books(), Sight::of(view));
    // The same code in another's reserve is another call.
    let named: Vec<CallNo> = books.rows_of(books::Kind::Call, code).iter().rev().copied().map(CallNo).collect();
    let number = named.into_iter().find(|number| sight.takes_part(books, books.call(*number).reserve));
    number.ok_or_else(|| Problem::unknown("call", code))
}

/// A party that a field names.
pub(crate) fn party(books: &Books, field: &'static str, code: &str) -> Result<PartyNo, Problem> {
    books.party_no(code).ok_or_else(|| Problem::unknown("party", code).of_field(field))
}

/// A party, where a field names one.
pub(crate) fn party_if(books: &Books, field: &'static str, code: Option<&String>) -> Result<Option<PartyNo>, Problem> {
    code.map(|code| party(books, field, code)).transpose()
}

/// Refuses what names none of the things there are: a slip of the pen must not look like nothing.
pub(crate) fn known<'k>(
    field: &'static str,
    code: Option<&String>,
    mut there: impl Iterator<Item = &'k str> + Clone,
) -> Result<(), Problem> {
    let all = there.clone();
    match code.filter(|code| !there.any(|known| known == code.as_str())) {
        None => Ok(()),
        Some(code) => Err(Problem::unknown(field, code).meaning(wire::nearest(code, all))),
    }
}

/// A material, where one is named.
pub(crate) fn material_if(books: &Books, code: Option<&String>) -> Result<Option<MaterialNo>, Problem> {
    code.map(|code| books.material_no(code).ok_or_else(|| Problem::unknown("material", code))).transpose()
}

/// Code of a material.
pub(crate) fn material_code(books: &Books, material: MaterialNo) -> String {
    books.material(material).code.clone()
}

/// A number of a material, in the unit in which it is shown.
pub(crate) fn number(books: &Books, material: MaterialNo, units: impl Into<i128>) -> String {
    show_number(books.material(material), units)
}

/// Unit and basis of a material's numbers: `t net`.
pub(crate) fn unit(books: &Books, material: MaterialNo) -> String {
    let facts = books.material(material);
    format!("{} {}", facts.shown, facts.basis)
}

/// Refuses what is no code of a country, as acts do: a slip of the pen must not look like stock that is nowhere at risk.
pub(crate) fn check_country(field: &str, code: Option<&String>) -> Result<(), Problem> {
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let Some(code) = code.filter(|code| !is_code(code)) else { return Ok(()) };
    let meant = Some(code.to_ascii_uppercase()).filter(|capital| is_code(capital)).unwrap_or_else(|| "none".to_owned());
    let text = code.chars().take(64).collect();
    Err(Problem::bad_field(field, Why::NoCountry { field: field.to_owned(), text, meant }))
}

/// Tallies as they stood at the end of a day, as known at an event.
///
/// What is known now is in the books. An older state of knowledge is added up from the log, in one pass: its time grows
/// with history.
pub(crate) struct Tallies<'v> {
    books: &'v Books,
    day: Day,
    then: Option<HashMap<TallyKey, i64>>,
    /// The event at which they were known; none where it is now.
    known_at: Option<Seq>,
    /// Changes by their days, where the log was read for them.
    changes: Option<&'v HashMap<TallyKey, BTreeMap<Day, i64>>>,
}

/// Every tally that was known at an event, at the end of a day, by the index of them; none where there is none.
fn indexed(view: &dyn View, day: Day, known_at: Seq) -> Result<Option<HashMap<TallyKey, i64>>, Problem> {
    let mut then = HashMap::new();
    for (number, tally) in (0u32..).map(TallyNo).zip(view.books().tallies()) {
        let Some(units) = view.tally(number, day, known_at)? else { return Ok(None) };
        let is_known = || Ok::<_, Problem>(view.marked(Mark::Tally(number))?.iter().any(|seq| *seq <= known_at));
        if units != 0 || is_known()? {
            then.insert(tally.key, units);
        }
    }
    Ok(Some(then))
}

/// Tallies as they were known: those that were, with every change of them by its day.
#[derive(Default)]
struct Then(HashMap<TallyKey, BTreeMap<Day, i64>>);

impl<'v> Tallies<'v> {
    /// Reads them.
    pub(crate) fn read(view: &'v dyn View, day: Day, known_at: Option<Seq>) -> Result<Self, Problem> {
        let books = view.books();
        if known_at.is_none_or(|known_at| known_at >= books.head()) {
            return Ok(Self { books, day, then: None, known_at: None, changes: None });
        }
        if let Some(then) = indexed(view, day, known_at.unwrap_or_default())? {
            return Ok(Self { books, day, then: Some(then), known_at, changes: None });
        }
        let changes = &view.folded::<Then>()?.0;
        let sum = |changes: &BTreeMap<Day, i64>| changes.range(..=day).map(|(_, delta)| *delta).sum();
        let then = changes.iter().map(|(key, changes)| (*key, sum(changes))).collect();
        Ok(Self { books, day, then: Some(then), known_at, changes: Some(changes) })
    }

    /// What [`Self::read`] wants of the log.
    pub(crate) fn wants(view: &dyn View, as_of: Option<&String>, known_at: Option<&KnownAt>) -> Result<Wants, Problem> {
        day_of(view, as_of)?;
        let known_at = KnownAt::optional(known_at, view)?;
        let Some(known_at) = known_at.filter(|known_at| *known_at < view.books().head()) else {
            return Ok(Wants::nothing());
        };
        if view.count(Mark::Tally(TallyNo(0)))?.is_some() {
            return Ok(Wants::nothing());
        }
        let scan = Scan::fold(move |then: &mut Then, view, _, event| {
            for change in event.tallied.iter().flat_map(|tallied| &tallied.changes) {
                let (key, on) = (view.books().tally(change.tally).key, change.day.unwrap_or(event.effective));
                *then.0.entry(key).or_default().entry(on).or_default() += change.delta;
            }
        });
        Ok(scan.through(known_at).into())
    }

    /// The day since which some tallies together have been at or above a sum, up to the day that is asked about; none where they
    /// are not.
    pub(crate) fn reached_on(&self, view: &dyn View, keys: &[TallyKey], sum: i128) -> Result<Option<Day>, Problem> {
        let mut changes: BTreeMap<Day, i128> = BTreeMap::new();
        for key in keys {
            let mut last = 0;
            for (day, value) in self.values_of(view, *key)?.into_iter().filter(|(day, _)| *day <= self.day) {
                *changes.entry(day).or_default() += i128::from(value) - last;
                last = i128::from(value);
            }
        }
        let (mut now, mut since) = (0, None);
        for (day, change) in changes {
            now += change;
            since = if now >= sum { since.or(Some(day)) } else { None };
        }
        Ok(since)
    }

    /// The last day on which a tally that is empty became so.
    pub(crate) fn emptied_on(&self, view: &dyn View, key: TallyKey) -> Result<Option<Day>, Problem> {
        let values = self.values_of(view, key)?;
        let mut since = None;
        for (day, value) in values.into_iter().filter(|(day, _)| *day <= self.day) {
            since = if value == 0 { since.or(Some(day)) } else { None };
        }
        Ok(since)
    }

    /// What a tally stood at, at the end of each day on which it changed, as it was known.
    fn values_of(&self, view: &dyn View, key: TallyKey) -> Result<Vec<(Day, i64)>, Problem> {
        let Some(number) = self.books.tally_no(key) else { return Ok(Vec::new()) };
        let rows = self.books.tally(number).days.rows();
        let Some(known_at) = self.known_at else {
            return Ok(rows.iter().map(|row| (row.day, row.sums.on_hand)).collect());
        };
        let mut values = Vec::new();
        for day in rows.iter().map(|row| row.day) {
            match view.tally(number, day, known_at)? {
                Some(value) => values.push((day, value)),
                None => return Ok(self.folded_values(key)),
            }
        }
        Ok(values)
    }

    fn folded_values(&self, key: TallyKey) -> Vec<(Day, i64)> {
        let changes = self.changes.and_then(|changes| changes.get(&key));
        let mut sum = 0;
        let running = |(day, delta): (&Day, &i64)| {
            sum += delta;
            (*day, sum)
        };
        changes.into_iter().flatten().map(running).collect()
    }

    /// A tally by its key.
    pub(crate) fn value(&self, key: TallyKey) -> i64 {
        match &self.then {
            None => self.books.tally_at(key, self.day),
            Some(then) => then.get(&key).copied().unwrap_or(0),
        }
    }

    /// Was there a tally then, of whatever?
    pub(crate) fn is_known(&self, kind: TallyKind, of: u32, party: PartyNo, material: MaterialNo) -> bool {
        self.has(TallyKey { kind, of, party, material: Some(material) })
    }

    /// Was there a tally of this key then?
    pub(crate) fn has(&self, key: TallyKey) -> bool {
        self.then.as_ref().is_none_or(|then| then.contains_key(&key))
    }

    /// A tally of a reserve's, call's or other thing's material.
    pub(crate) fn at(&self, kind: TallyKind, of: u32, party: PartyNo, material: MaterialNo) -> i64 {
        self.value(TallyKey { kind, of, party, material: Some(material) })
    }

    /// Sum of all tallies of a kind and thing, of one material.
    pub(crate) fn sum(&self, kind: TallyKind, of: u32, material: MaterialNo) -> i128 {
        let own = self.books.tallies_of(kind, of).filter(|tally| tally.key.material == Some(material));
        own.map(|tally| i128::from(self.value(tally.key))).sum()
    }
}

/// A part of a whole in per cent, cut to hundredths.
pub(crate) fn percent(part: i128, whole: i128) -> String {
    let hundredths = if whole == 0 { 0 } else { part * 10_000 / whole };
    let sign = if hundredths < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", (hundredths / 100).abs(), (hundredths % 100).abs())
}

/// Days with one decimal, cut: cover is never rounded up. `None` where nothing is needed.
pub(crate) fn days_of(units: i128, per_year: i128) -> Option<String> {
    if per_year <= 0 {
        return None;
    }
    let tenths = units * 3_650 / per_year;
    let sign = if tenths < 0 { "-" } else { "" };
    Some(format!("{sign}{}.{}", (tenths / 10).abs(), (tenths % 10).abs()))
}

impl Sight<'_> {
    /// What a member has in a reserve: its own, and all of it for who runs the reserve.
    pub(crate) fn sees_member(&self, books: &Books, reserve: ReserveNo, member: PartyNo) -> bool {
        self.runs(books, reserve) || self.sees_party(member)
    }

    /// What each member was asked and did: all of it for who runs the reserve, and for all who take part where its rules open the
    /// board.
    pub(crate) fn sees_board(&self, books: &Books, reserve: ReserveNo, day: Day, known_at: Seq) -> bool {
        let is_open = books.reserve(reserve).rules_at(day, known_at).terms.open_board == Some(true);
        self.runs(books, reserve) || (is_open && self.takes_part(books, reserve))
    }

    /// Runs it, or sees everything.
    pub(crate) fn runs(&self, books: &Books, reserve: ReserveNo) -> bool {
        self.sees_party(books.reserve(reserve).secretariat)
    }

    /// Does the asker take part in a reserve, or run it?
    pub(crate) fn takes_part(&self, books: &Books, reserve: ReserveNo) -> bool {
        let facts = books.reserve(reserve);
        self.runs(books, reserve) || facts.ever_members().into_iter().any(|member| self.sees_party(member))
    }
}

/// Materials that anything of a reserve is of, as far as it was known; promises are taken as they are today.
pub(crate) fn materials_of(books: &Books, tallies: &Tallies<'_>, reserve: ReserveNo) -> Vec<MaterialNo> {
    let of_tallies = books.tallies().iter().filter_map(|tally| {
        let is_claim = matches!(tally.key.kind, TallyKind::Entitlement | TallyKind::Unshared);
        let is_of = (is_claim && tally.key.of == reserve.0)
            || (tally.key.kind == TallyKind::Commitment
                && books.commitment(CommitmentNo(tally.key.of)).reserve == reserve);
        tally.key.material.filter(|_| is_of && tallies.has(tally.key))
    });
    let of_promises = books.encumbrances().iter().filter(|claim| claim.promised == Some(reserve));
    let of_promises = of_promises.map(|claim| {
        let lot = books.account(claim.account).key.lot;
        books.lot(lot).facts.material
    });
    let mut materials: Vec<MaterialNo> = of_tallies.chain(of_promises).collect();
    materials.sort_unstable();
    materials.dedup();
    materials
}

/// So much of a whole as a part is of all, rounded down; right for sums of any size. None of them is less than nothing, and the part is
/// no more than all.
pub(crate) fn part_of(whole: i128, part: i128, of: i128) -> i128 {
    if let Some(product) = whole.checked_mul(part) {
        return product / of;
    }
    let (mut quotient, mut rest) = (0i128, 0i128);
    for bit in (0..i128::BITS - 1).rev() {
        (quotient, rest) = (quotient * 2, rest * 2);
        if part >> bit & 1 == 1 {
            (quotient, rest) = (quotient + whole / of, rest + whole % of);
        }
        (quotient, rest) = (quotient + rest / of, rest % of);
    }
    quotient
}

#[cfg(test)]
mod tests {
    use super::part_of;

    #[test]
    fn a_part_of_a_sum_is_right_whatever_its_size() {
        let large = 365 * i128::from(i64::MAX);
        assert_eq!(part_of(large, 3 * i128::from(i64::MAX), 3 * i128::from(i64::MAX)), large);
        assert_eq!(part_of(large, i128::from(i64::MAX), 2 * i128::from(i64::MAX)), large / 2);
        assert_eq!(part_of(large, i128::from(i64::MAX) - 1, 7 * i128::from(i64::MAX)), large / 7 - 53);
        assert_eq!((part_of(7, 2, 3), part_of(0, 5, 9), part_of(10, 0, 3)), (4, 0, 0));
    }
}
