//! What can be at a site within some days: free there now, and on its way with a day of arrival in time.

use std::collections::BTreeMap;

use books::place::Place;
use books::{AccountNo, Kind};
use wire::acts::words::Form;

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{material_code, material_if, number, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};

records! {
    /// What can be had within some days.
    Reach {
        /// Within this many days.
        within: u32,
        /// At which site; at all where absent.
        site: Option<String>,
        /// Of which material; of all where absent.
        material: Option<String>,
        /// In which form; in any where absent.
        form: Option<Form>,
        /// As of the end of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// What can be had of one material and form at one site.
    ReachLine {
        /// The site.
        site: String as Code,
        /// The material.
        material: String as Code,
        /// The form.
        form: String as Word(form),
        /// Free there now: on hand less encumbered less blocked.
        available: String as Quantity,
        /// On its way, due in time.
        arriving: String as Quantity,
        /// On its way, late or without a day.
        uncertain: String as Quantity,
        /// Available and arriving.
        in_reach: String as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
    }

    /// What can be had.
    ReachAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// One line for each site, material and form.
        lines: Vec<ReachLine>,
    }
}

impl Question for Reach {
    const NAME: &'static str = "reach";
    const ABOUT: &'static str =
        "What can be at a site within some days: free there now, and on its way with a day of arrival in time.";
    type Answer = ReachAnswer;

    fn table(answer: &ReachAnswer) -> Table<'_> {
        Table::of(answer, &answer.lines)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
    }

    fn answer(&self, view: &dyn View) -> Result<ReachAnswer, Problem> {
        let (books, at) = (view.books(), At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?);
        let material = material_if(books, self.material.as_ref())?;
        let site = match &self.site {
            Some(code) => Some(books.place_no(Kind::Site, code).ok_or_else(|| Problem::unknown("site", code))?),
            None => None,
        };
        let sight = Sight::of(view);
        let at_day = at.facts(books);
        let until = at.day.0.saturating_add(i32::try_from(self.within).unwrap_or(i32::MAX));
        let mut found: BTreeMap<(String, String, String), ([i128; 3], books::MaterialNo)> = BTreeMap::new();
        for (number, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
            let facts = at_day.lot(account.key.lot);
            let form = Form::from(facts.form).word();
            let is_wanted = material.is_none_or(|material| material == facts.material)
                && self.form.as_ref().is_none_or(|wanted| wanted.word() == form)
                && sight.sees_stock(account);
            if !is_wanted {
                continue;
            }
            let (column, place) = match books.place(account.key.place) {
                Place::Site(_) => (0, account.key.place),
                Place::Transit(transit) if transit.due.is_some_and(|due| due >= at.day && due.0 <= until) => {
                    (1, transit.target)
                }
                Place::Transit(transit) => (2, transit.target),
                Place::Outside
                | Place::Processing
                | Place::Loss
                | Place::CountDifference
                | Place::Rounding
                | Place::ShipperReceiver
                | Place::Loan(_) => continue,
            };
            if site.is_some_and(|site| site != place) {
                continue;
            }
            let sums = at.sums(view, number)?;
            let units = if column == 0 { sums.available() } else { sums.on_hand };
            if units != 0 {
                let key = (books.place_code(place).to_owned(), material_code(books, facts.material), form);
                found.entry(key).or_insert(([0; 3], facts.material)).0[column] += i128::from(units);
            }
        }
        let line = |((site, code, form), ([free, arriving, uncertain], material)): (_, ([i128; 3], _))| {
            let show = |units: i128| number(books, material, units);
            ReachLine {
                site,
                material: code,
                form,
                available: show(free),
                arriving: show(arriving),
                uncertain: show(uncertain),
                in_reach: show(free + arriving),
                unit: unit(books, material),
            }
        };
        Ok(ReachAnswer {
            as_of: wire::date::show_day(at.day),
            known_at: at.known_at.0,
            lines: found.into_iter().map(line).collect(),
        })
    }
}
