//! Rights to material not yet made, beside what came of them: a tonne stands in one column.

use std::collections::BTreeMap;

use books::place::Place;
use books::{Act, Event, LotNo, Outcome, PartyNo, RightNo, TallyKind};
use wire::acts::words::RightKind;

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, known, material_code, material_if, number, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::{At, KnownAt};

records! {
    /// Rights to material not yet made.
    Rights {
        /// To which material; to all where absent.
        material: Option<String>,
        /// From which project; from all where absent.
        project: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
        /// Show rights of which nothing is open too.
        all: Option<bool>,
    }

    /// One holder's part of a right.
    RightLine {
        /// The right.
        right: String as Code,
        /// Offtake, option or forward.
        kind: String as Word(right),
        /// Whose.
        holder: String as Code,
        /// The material.
        material: String as Code,
        /// What is still a right.
        open: String as Quantity,
        /// What came of it and is on its way.
        in_transit: String as Quantity,
        /// What came of it and is at hand.
        on_hand: String as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// Who will make or sell it.
        supplier: String,
        /// Project or mine.
        project: Option<String> as Code,
        /// Where it will be made.
        country: Option<String> as Code,
        /// First day on which it can be exercised.
        first: String as Day,
        /// Last day.
        last: Option<String> as Day,
    }

    /// Rights to material not yet made.
    RightsAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each right and holder, by first day.
        rights: Vec<RightLine>,
    }
}

impl Question for Rights {
    const NAME: &'static str = "rights";
    const ABOUT: &'static str =
        "Rights to material not yet made, by first day, beside what of them is in transit and on hand.";
    type Answer = RightsAnswer;

    fn table(answer: &RightsAnswer) -> Table<'_> {
        Table::of(answer, &answer.rights)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        if view.books().rights().is_empty() {
            return Ok(Wants::nothing());
        }
        let is_exercise =
            |_: &dyn View, _, event: &Event| matches!(event.outcome, Outcome::Done(Act::ExerciseRight(_)));
        let scan: Wants = Scan::keep(is_exercise).acts(["exercise_right"]).into();
        Ok(scan.and(Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())?))
    }

    fn answer(&self, view: &dyn View) -> Result<RightsAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let material = material_if(books, self.material.as_ref())?;
        let sight = Sight::of(view);
        let seen = (0u32..)
            .zip(books.rights())
            .filter(|(row, _)| books.tallies_of(TallyKind::Right, *row).any(|tally| sight.sees_party(tally.key.party)));
        known("project", self.project.as_ref(), seen.filter_map(|(_, right)| right.project.as_deref()))?;
        let lots = lots(view, at);
        let tallies = Tallies::read(view, at.day, Some(at.known_at))?;
        let mut found = Vec::new();
        for (row, right) in (0u32..).zip(books.rights()) {
            let is_wanted = material.is_none_or(|material| material == right.material)
                && (self.project.is_none() || self.project == right.project);
            if !is_wanted {
                continue;
            }
            for tally in books.tallies_of(TallyKind::Right, row).filter(|tally| tallies.has(tally.key)) {
                let holder = tally.key.party;
                let open = tallies.value(tally.key);
                let came = lots.get(&(RightNo(row), holder)).map_or(&[][..], Vec::as_slice);
                let (in_transit, lies) = places(view, came, holder, at)?;
                if !sight.sees_party(holder) || (open == 0 && in_transit + lies == 0 && self.all != Some(true)) {
                    continue;
                }
                let show = |units: i128| number(books, right.material, units);
                let line = RightLine {
                    right: right.code.clone(),
                    kind: RightKind::from(right.kind).word(),
                    holder: books.party_code(holder).to_owned(),
                    material: material_code(books, right.material),
                    open: show(open.into()),
                    in_transit: show(in_transit),
                    on_hand: show(lies),
                    unit: unit(books, right.material),
                    supplier: right.supplier.clone(),
                    project: right.project.clone(),
                    country: right.country.clone(),
                    first: wire::date::show_day(right.first),
                    last: right.last.map(wire::date::show_day),
                };
                found.push((right.first, line));
            }
        }
        found.sort_by_key(|(first, _)| *first);
        let rights = found.into_iter().map(|(_, line)| line).collect();
        Ok(RightsAnswer { as_of: wire::date::show_day(at.day), known_at: at.known_at.0, rights })
    }
}

/// The lots that came of each right and holder.
fn lots(view: &dyn View, at: At) -> BTreeMap<(RightNo, PartyNo), Vec<LotNo>> {
    let books = view.books();
    let mut found: BTreeMap<(RightNo, PartyNo), Vec<LotNo>> = BTreeMap::new();
    for (seq, event) in view.gathered().taken_parts(view.books()) {
        let event = &*event;
        if let Outcome::Done(Act::ExerciseRight(act)) = &event.outcome
            && seq <= at.known_at
            && books.stands_at(seq, at.day, at.known_at)
        {
            for entry in &event.entries {
                let lots = found.entry((act.right, act.holder)).or_default();
                let lot = books.account(entry.target).key.lot;
                if !lots.contains(&lot) {
                    lots.push(lot);
                }
            }
        }
    }
    found
}

/// What of some lots is on its way, and what is at hand.
fn places(view: &dyn View, lots: &[LotNo], holder: PartyNo, at: At) -> Result<(i128, i128), Problem> {
    let books = view.books();
    let (mut in_transit, mut lies) = (0i128, 0i128);
    for number in lots.iter().flat_map(|lot| books.accounts_of(*lot)) {
        let key = books.account(*number).key;
        if key.owner != holder {
            continue;
        }
        match books.place(key.place) {
            Place::Transit(_) => in_transit += i128::from(at.sums(view, *number)?.on_hand),
            Place::Site(_) | Place::Loan(_) => lies += i128::from(at.sums(view, *number)?.on_hand),
            Place::Outside
            | Place::Processing
            | Place::Loss
            | Place::CountDifference
            | Place::Rounding
            | Place::ShipperReceiver => {}
        }
    }
    Ok((in_transit, lies))
}
