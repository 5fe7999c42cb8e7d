//! Lots that may not move to a country: restricted, held, or on their way when a restriction began.

use books::place::Place;
use books::provenance::Mixtures;
use books::{AccountNo, Sums, TallyKind};
use measure::Quantity;

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, check_country, material_code, number, party_if, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};

records! {
    /// Lots that may not move to a country.
    Blocked {
        /// To which country, ISO 3166-1 alpha-2; to any where absent.
        to: Option<String>,
        /// For which use.
        end_use: Option<String>,
        /// Of whose stock; of all that may be seen where absent.
        party: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// One lot at a place that may not move.
    BlockedLine {
        /// The lot.
        lot: String as Code,
        /// Its material.
        material: String as Code,
        /// Where it lies, or which dispatch carries it.
        place: String as Code,
        /// Whose it is.
        owner: String as Code,
        /// How much may not move: of a mixed lot all of it, or the part that falls under the restriction, as that says.
        quantity: String as Quantity,
        /// Unit and basis.
        unit: String as Code,
        /// The restriction, or `hold`.
        by: String as Code,
        /// Is it on its way, and so at risk?
        in_transit: bool,
        /// What licences under the restriction still let through, where there can be any.
        licence_left: Option<String> as Quantity,
        /// Last day of the restriction.
        last: Option<String> as Day,
    }

    /// Lots that may not move.
    BlockedAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each lot, place and restriction.
        lots: Vec<BlockedLine>,
    }
}

impl Question for Blocked {
    const NAME: &'static str = "blocked";
    const ABOUT: &'static str = "Lots that may not move to a country: by which restriction, what is in transit at risk, what licences are left.";
    type Answer = BlockedAnswer;

    fn table(answer: &BlockedAnswer) -> Table<'_> {
        Table::of(answer, &answer.lots)
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        Tallies::wants(view, self.as_of.as_ref(), self.known_at.as_ref())
    }

    fn answer(&self, view: &dyn View) -> Result<BlockedAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        check_country("to", self.to.as_ref())?;
        let party = party_if(books, "party", self.party.as_ref())?;
        let sight = Sight::of(view);
        let at_day = at.facts(books);
        let tallies = Tallies::read(view, at.day, Some(at.known_at))?;
        let mut mixtures = Mixtures::known_at(books, at.known_at);
        let mut lots = Vec::new();
        for (account_no, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
            let place = books.place(account.key.place);
            // What lies in the country already does not move there.
            let is_there = self.to.is_some() && at_day.country(account.key.place) == self.to;
            let is_wanted = !is_there
                && place.is_real()
                && party.is_none_or(|party| party == account.key.owner)
                && sight.sees_stock(account);
            let sums = if is_wanted { at.sums(view, account_no)? } else { Sums::default() };
            let lies = sums.on_hand;
            if lies <= 0 {
                continue;
            }
            let facts = &books.lot(account.key.lot).facts;
            let material = at_day.material(facts.material);
            let line = |by: String, units: i128| BlockedLine {
                lot: facts.code.clone(),
                material: material_code(books, facts.material),
                place: place.code().to_owned(),
                owner: books.party_code(account.key.owner).to_owned(),
                quantity: number(books, facts.material, units),
                unit: unit(books, facts.material),
                by,
                in_transit: matches!(place, Place::Transit(_)),
                licence_left: None,
                last: None,
            };
            let held = sums.blocked;
            if held > 0 {
                lots.push(line("hold".into(), held.into()));
            }
            for (row, restriction) in at_day.restrictions() {
                let goes = self.to.as_deref().is_none_or(|to| restriction.stops(to, self.end_use.as_deref()));
                let country = at_day.country(account.key.place);
                if !restriction.is_in_force(at.day)
                    || !restriction.holds_in(country.as_deref())
                    || !restriction.concerns(facts.material, &material)
                    || !goes
                {
                    continue;
                }
                let lies = Quantity::new(lies).expect("more than nothing");
                let part = restriction.falls_under(mixtures.of(account.key.lot, at.day), lies);
                if part.is_zero() {
                    continue;
                }
                let licences = at_day.licences().filter(|(_, licence)| {
                    licence.restriction == row
                        && licence.material == facts.material
                        && licence.holder == account.key.owner
                });
                let left: i128 =
                    licences.map(|(licence, _)| tallies.sum(TallyKind::Licence, licence.0, facts.material)).sum();
                lots.push(BlockedLine {
                    licence_left: restriction.licensable.then(|| number(books, facts.material, left)),
                    last: restriction.last.map(wire::date::show_day),
                    ..line(restriction.code.clone(), part.units().into())
                });
            }
        }
        Ok(BlockedAnswer { as_of: wire::date::show_day(at.day), known_at: at.known_at.0, lots })
    }
}
