//! The material balance report: seven lines for an area, a material and a period, and what the last one means.

use books::place::Place;
use books::{Books, Day, Facts, MaterialNo, PartyNo, PlaceNo};
use reconcile::balance::{Balance, MufVerdict, judge};
use reconcile::sigma::robust_sigma;

use super::signed;
use crate::balance::{BalanceArea, Flows, Found, Rule, ends, flows, show_sigma, wanted};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{party_if, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, day};
use crate::why::Why;
use wire::date::show_day;

/// Earlier differences that a robust sigma needs to say anything.
const DIFFERENCES_MIN: usize = 5;

records! {
    /// The material balance of an area.
    MaterialBalance {
        /// The site.
        site: String,
        /// The material.
        material: String,
        /// Whose; all owners together where absent.
        owner: Option<String>,
        /// First day.
        first: String,
        /// Last day: that of the ending stocktake.
        last: String,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// What was counted, and what the books said and say of it.
    CountLine {
        /// On which day.
        day: String as Day,
        /// The event that recorded it.
        event: u64 as Event,
        /// The lot.
        lot: String as Code,
        /// Whose part; all owners' together where absent.
        owner: Option<String> as Code,
        /// What was found.
        found: String as Quantity,
        /// What the books said when the count was recorded.
        book_then: String as Quantity,
        /// What the books say as known now.
        book_now: String as Quantity,
        /// What papers changed since of the time before the count: book now less book then.
        paper_since: String as Quantity,
        /// Book now less found: what the count leaves unaccounted for.
        difference: String as Quantity,
    }

    /// One line of the report.
    BalanceLine {
        /// Its letter, (a) to (g).
        line: String as Code,
        /// What it is.
        what: String,
        /// How much.
        quantity: String as Quantity,
    }

    /// The seven lines and their verdict.
    MaterialBalanceAnswer {
        /// The site.
        site: String as Code,
        /// `item` or `bulk`.
        area: String as Word(area),
        /// The material.
        material: String as Code,
        /// Whose.
        owner: Option<String> as Code,
        /// First day.
        first: String as Day,
        /// Last day.
        last: String as Day,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// Was it counted at the end of the day before the first, and at the end of the last?
        counted: String as Quantity,
        /// Lines (a) to (g); (b) is two.
        lines: Vec<BalanceLine>,
        /// Material unaccounted for, line (g).
        muf: String as Quantity,
        /// One standard deviation of MUF; absent where nothing says how it is measured.
        sigma: Option<String> as Quantity,
        /// Where sigma comes from.
        sigma_from: String,
        /// `not_significant`, `warning` (over 2 sigma), `alarm` (over 3 sigma), `records_wrong` (an item area), or
        /// `not_judged` where nobody counted or nothing says how it is measured.
        verdict: String as Word(measured),
        /// As known after this event.
        known_at: u64 as Event,
        /// What was counted on the day before the first, and within the days.
        counts: Vec<CountLine>,
    }
}

/// Reads what a balance is about, and whether the asker may see it.
pub(super) fn area(
    view: &dyn View,
    site: &str,
    material: &str,
    owner: Option<&String>,
) -> Result<BalanceArea, Problem> {
    let books = view.books();
    let place = books.place_no(books::Kind::Site, site).ok_or_else(|| Problem::unknown("site", site))?;
    let material = books.material_no(material).ok_or_else(|| Problem::unknown("material", material))?;
    let owner = party_if(books, "owner", owner)?;
    let sight = Sight::of(view);
    let keeps = matches!(books.place(place), Place::Site(site) if sight.sees_party(site.custodian));
    let sees = |party: PartyNo| sight.sees_party(party);
    let all_owners = || {
        let here = books.accounts().iter().filter(|account| account.key.place == place);
        here.map(|account| account.key.owner).all(sees)
    };
    match keeps || owner.map_or_else(all_owners, sees) {
        true => Ok(BalanceArea { site: place, material, owner }),
        false => Err(Problem::forbidden(Why::NotYourSite { site: site.to_owned() })),
    }
}

/// Sigma of balances: by the model where one is set, else robust from the differences found before.
pub(super) struct Sigmas {
    pub(super) rule: Option<Rule>,
    robust: Option<f64>,
}

impl Sigmas {
    pub(super) fn of(at: &Facts<'_>, area: BalanceArea, flows: &Flows) -> Result<Self, Problem> {
        let rule = Rule::of(at, area);
        let counted = ends(flows, None, Some(at.day));
        let balances = flows.balances(at.books, &counted, None);
        let mufs: Vec<i128> = balances.iter().map(|balance| balance.lines().muf).collect();
        let robust = robust_sigma(&mufs).filter(|_| mufs.len() >= DIFFERENCES_MIN);
        Ok(Self { rule, robust })
    }

    pub(super) fn sigma(&self, balance: &Balance) -> Option<f64> {
        match &self.rule {
            Some(rule) => balance.sigma(&rule.model).ok(),
            None => self.robust,
        }
    }

    pub(super) fn about(&self) -> String {
        match (&self.rule, self.robust) {
            (Some(rule), _) => rule.about.clone(),
            (None, Some(_)) => "robust: 1.4826 x median of all differences found here".into(),
            (None, None) => "nothing: set methods with `set_method` and `set_measuring`".into(),
        }
    }
}

/// Nothing is judged that was not measured: a balance nobody counted closes by itself, and one of nothing has no error.
pub(super) fn verdict_word(balance: &Balance, muf: i128, sigma: Option<f64>, is_counted: bool) -> &'static str {
    let verdict = match (balance.kind, sigma) {
        _ if !is_counted || is_of_nothing(balance) => return "not_judged",
        (reconcile::balance::AreaKind::Item, _) => balance.verdict(muf, 0.0),
        (_, Some(sigma)) => judge(muf, sigma),
        (_, None) if muf == 0 => MufVerdict::NotSignificant,
        (_, None) => return "not_judged",
    };
    match verdict {
        MufVerdict::NotSignificant => "not_significant",
        MufVerdict::Warning => "warning",
        MufVerdict::Alarm => "alarm",
        MufVerdict::RecordsWrong => "records_wrong",
    }
}

fn is_of_nothing(balance: &Balance) -> bool {
    let strata = [&balance.beginning, &balance.increases, &balance.decreases, &balance.ending];
    balance.shipper_receiver == 0 && strata.into_iter().flatten().all(|stratum| stratum.quantity == 0)
}

/// How well a site can be measured, at the end of a period.
pub(super) fn area_word(books: &Books, site: PlaceNo, last: Day) -> &'static str {
    let facts = books.facts_at(last, books.head());
    let is_item = facts.site(site).is_some_and(|site| site.area == books::place::Area::Item);
    if is_item { "item" } else { "bulk" }
}

impl Question for MaterialBalance {
    const NAME: &'static str = "material_balance";
    const ABOUT: &'static str = "The material balance report of a site: seven lines, MUF, sigma and verdict.";
    type Answer = MaterialBalanceAnswer;

    fn table(answer: &MaterialBalanceAnswer) -> Table<'_> {
        Table::of(answer, &answer.lines).followed_by("counts", Table::lines(&answer.counts))
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        Ok(wanted(area(view, &self.site, &self.material, self.owner.as_ref())?, known_at))
    }

    fn answer(&self, view: &dyn View) -> Result<MaterialBalanceAnswer, Problem> {
        let books = view.books();
        let area = area(view, &self.site, &self.material, self.owner.as_ref())?;
        let (first, last) = (day("first", &self.first)?, day("last", &self.last)?);
        if last < first {
            return Err(Problem::bad_field("last", Why::LastBeforeFirst));
        }
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let flows = flows(view, area, known_at)?;
        let before = Day(first.0.saturating_sub(1));
        let sigmas = Sigmas::of(&books.facts_at(last, known_at.unwrap_or(books.head())), area, &flows)?;
        let mut balances = flows.balances(books, &[before, last], sigmas.rule.as_ref());
        let balance = balances.pop().expect("two days make one period");
        let lines = balance.lines();
        let sigma = sigmas.sigma(&balance);
        let show = |units: i128| signed(books, area.material, units);
        let line = |line: &str, what: &str, units: i128| BalanceLine {
            line: line.into(),
            what: what.into(),
            quantity: show(units),
        };
        // What was counted before the first day says how much there was, not whether any of it went astray since.
        let is_measured = flows.is_counted_within(first, last);
        let counted = match (flows.is_counted(before), flows.is_counted(last)) {
            (true, true) => "at both ends",
            (false, true) => "at the end; the beginning is the book",
            (true, false) => "at the beginning; the ending is the book, so that MUF is what was found between",
            (false, false) => "not at all: both ends are the book",
        };
        Ok(MaterialBalanceAnswer {
            site: self.site.clone(),
            area: area_word(books, area.site, last).into(),
            material: self.material.clone(),
            owner: self.owner.clone(),
            first: show_day(first),
            last: show_day(last),
            unit: unit(books, area.material),
            counted: counted.into(),
            lines: vec![
                line("(a)", "beginning physical inventory", lines.beginning_physical),
                line("(b)", "increases", lines.increases),
                line("(b)", "decreases", lines.decreases),
                line("(c)", "ending book inventory", lines.ending_book),
                line("(d)", "shipper/receiver difference", lines.shipper_receiver),
                line("(e)", "adjusted ending book inventory", lines.adjusted_ending_book),
                line("(f)", "ending physical inventory", lines.ending_physical),
                line("(g)", "material unaccounted for (MUF)", lines.muf),
            ],
            muf: show(lines.muf),
            sigma: sigma.map(|sigma| show_sigma(books, area.material, sigma)),
            sigma_from: sigmas.about(),
            verdict: verdict_word(&balance, lines.muf, sigma, is_measured).into(),
            known_at: known_at.unwrap_or(books.head()).0,
            counts: counts(books, area, &flows, (before, last)),
        })
    }
}

/// The counts of some days, each beside what the books said and say.
fn counts(books: &Books, area: BalanceArea, flows: &Flows, (first, last): (Day, Day)) -> Vec<CountLine> {
    let within = flows.found.iter().filter(|found| (first..=last).contains(&found.day));
    let line = |found: &Found| {
        let show = |units: i128| show(books, area.material, units);
        CountLine {
            day: show_day(found.day),
            event: found.seq.0,
            lot: books.lot(found.lot).facts.code.clone(),
            owner: found.owner.map(|owner| books.party_code(owner).to_owned()),
            found: show(found.found),
            book_then: show(found.book_then()),
            book_now: show(found.book_now()),
            paper_since: show(found.book_now() - found.book_then()),
            difference: show(found.book_now() - found.found),
        }
    };
    within.map(line).collect()
}

pub(super) fn show(books: &Books, material: MaterialNo, units: i128) -> String {
    signed(books, material, units)
}
