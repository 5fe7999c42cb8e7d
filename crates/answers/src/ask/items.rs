//! Items of lots, beside their weight: how many there are, when they were last counted, and by what that differed.

use books::account::AccountKey;
use books::items::{Items as Rows, ItemsKey};
use books::{Books, Kind};
use wire::date::show_day;

use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{known, party_if};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};

records! {
    /// Items of lots: drums, seals, serial numbers.
    Items {
        /// Only of this lot.
        lot: Option<String>,
        /// Only at this site.
        site: Option<String>,
        /// Only of this owner.
        owner: Option<String>,
        /// Only these, such as `drum`.
        what: Option<String>,
        /// As of the end of this day, YYYY-MM-DD; of today where absent.
        as_of: Option<String>,
        /// As known at this event, or this time; as known now where absent.
        known_at: Option<KnownAt>,
    }

    /// Items of one kind of a lot at a site.
    ItemsLine {
        /// The lot.
        lot: String as Code,
        /// Where.
        site: String as Code,
        /// Whose.
        owner: String as Code,
        /// What they are.
        what: String as Code,
        /// How many.
        count: String as Quantity,
        /// The day on which they were last counted.
        counted: Option<String> as Day,
        /// How many were found then.
        found: Option<String> as Quantity,
        /// Found less what was said to be there.
        difference: Option<String> as Quantity,
        /// The event that says so.
        event: Option<u64> as Event,
        /// Their marks, as far as they are known.
        marks: Vec<String>,
    }

    /// Items by lot, in the order in which they were first told of.
    ItemsAnswer {
        /// As of this day.
        as_of: String as Day,
        /// As known at this event.
        known_at: u64 as Event,
        /// One line for each kind of each lot at each site.
        items: Vec<ItemsLine>,
    }
}

impl Question for Items {
    const NAME: &'static str = "items";
    const ABOUT: &'static str =
        "Items of lots beside their weight: drums, seals, serial numbers, and when they were last counted.";
    type Answer = ItemsAnswer;

    fn table(answer: &ItemsAnswer) -> Table<'_> {
        Table::of(answer, &answer.items)
    }

    fn wants(&self, _: &dyn View) -> Result<Wants, Problem> {
        Ok(Wants::nothing())
    }

    fn answer(&self, view: &dyn View) -> Result<ItemsAnswer, Problem> {
        let (books, sight) = (view.books(), Sight::of(view));
        let at = At::read(view, self.as_of.as_ref(), self.known_at.as_ref())?;
        let lot = self.lot.as_ref().map(|code| sight.lot(code)).transpose()?;
        let owner = party_if(books, "owner", self.owner.as_ref())?;
        let site = self.site.as_ref().map(|code| place(books, code)).transpose()?;
        let is_seen = |row: &&Rows| is_seen(&sight, &row.key);
        known("what", self.what.as_ref(), books.items().iter().filter(is_seen).map(|row| row.key.what.as_str()))?;
        let mut answer = ItemsAnswer { as_of: show_day(at.day), known_at: at.known_at.0, items: Vec::new() };
        for row in books.items().iter().filter(is_seen) {
            let key = &row.key;
            let is_meant = lot.is_none_or(|lot| lot == key.lot)
                && owner.is_none_or(|owner| owner == key.owner)
                && site.is_none_or(|site| site == key.site)
                && self.what.as_ref().is_none_or(|what| *what == key.what);
            let is_told = row.said.iter().any(|said| said.seq <= at.known_at && said.effective <= at.day);
            if !is_meant || !is_told {
                continue;
            }
            let there = row.at(books, at.day, at.known_at);
            let found = there.found;
            answer.items.push(ItemsLine {
                lot: sight.lot_label(key.lot).into_owned(),
                site: books.place_code(key.site).to_owned(),
                owner: books.party_code(key.owner).to_owned(),
                what: key.what.clone(),
                count: there.count.to_string(),
                counted: found.map(|found| show_day(found.day)),
                found: found.map(|found| found.count.to_string()),
                difference: found.map(|found| (i64::from(found.count) - found.expected).to_string()),
                event: found.map(|found| found.seq.0),
                marks: there.marks.into_iter().collect(),
            });
        }
        Ok(answer)
    }
}

/// Is what is told of it for the asker?
fn is_seen(sight: &Sight<'_>, key: &ItemsKey) -> bool {
    let books = sight.books();
    let account = AccountKey { place: key.site, owner: key.owner, lot: key.lot };
    match books.account_no(account) {
        Some(number) => sight.sees_account(books.account(number)),
        None => sight.sees_party(key.owner),
    }
}

fn place(books: &Books, code: &str) -> Result<books::PlaceNo, Problem> {
    books.place_no(Kind::Site, code).ok_or_else(|| Problem::unknown("site", code))
}
