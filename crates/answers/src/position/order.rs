//! The order in which positions are told: by the texts of what they are told apart by.
//!
//! The texts are sorted once, so that accounts are compared as numbers and none of their texts is kept. The order is that of
//! the texts and not of registration: a page goes on where the last one ended, whatever was registered meanwhile.

use std::borrow::Cow;

use books::{AccountKey, AccountNo, Facts, LotNo, PartyNo, PlaceNo};
use wire::acts::words::{Form, Stage};

use super::parts::Part;
use super::{Dimension, kind};
use crate::sight::Sight;

/// What positions are told apart by: what was asked, and the kind of a place beside its code.
#[derive(Clone, Copy)]
enum Label {
    Of(Dimension),
    Kind,
}

/// The thing that has a label.
#[derive(Clone, Copy)]
enum Thing {
    Owner,
    Place,
    Lot,
    Part,
}

/// For each thing of a kind, the place of its text among all of them.
struct Ranks {
    thing: Thing,
    ranks: Vec<u32>,
    count: u32,
}

/// See the module.
pub(super) struct Order<'b> {
    sight: Sight<'b>,
    facts: Facts<'b>,
    labels: Vec<Label>,
    ranks: Vec<Ranks>,
    parts: Vec<Part>,
}

impl<'b> Order<'b> {
    /// By what is registered on a day.
    pub(super) fn of(sight: Sight<'b>, facts: Facts<'b>, by: &[Dimension], parts: Vec<Part>) -> Self {
        let mut labels: Vec<Label> = by.iter().copied().map(Label::Of).collect();
        if by.contains(&Dimension::Site) {
            labels.push(Label::Kind);
        }
        let ranks: Vec<Ranks> = labels.iter().map(|label| ranks(&sight, &facts, &parts, *label)).collect();
        let combinations = ranks.iter().try_fold(1u128, |all, ranks| all.checked_mul(ranks.count.max(1).into()));
        combinations.expect("a ledger has no 2^128 combinations of parties, places and lots");
        Self { sight, facts, labels, ranks, parts }
    }

    /// A part by its number.
    pub(super) fn part(&self, part: u32) -> Part {
        self.parts[part as usize].clone()
    }

    /// Where a part of an account stands: those of one position have one number.
    pub(super) fn place(&self, key: AccountKey, part: u32) -> u128 {
        self.ranks.iter().fold(0, |place, ranks| {
            let number = match ranks.thing {
                Thing::Owner => key.owner.0,
                Thing::Place => key.place.0,
                Thing::Lot => key.lot.0,
                Thing::Part => part,
            };
            place * u128::from(ranks.count) + u128::from(ranks.ranks[number as usize])
        })
    }

    /// What the position of a part of an account is told apart by.
    pub(super) fn texts(&self, (account, part): (AccountNo, u32)) -> Vec<Cow<'_, str>> {
        let key = self.facts.books.account(account).key;
        self.labels
            .iter()
            .map(|label| text(&self.sight, &self.facts, *label, key, &self.parts[part as usize]))
            .collect()
    }
}

fn thing(label: Label) -> Thing {
    match label {
        Label::Of(Dimension::Party) => Thing::Owner,
        Label::Of(Dimension::Site | Dimension::Country | Dimension::Class) | Label::Kind => Thing::Place,
        Label::Of(Dimension::Material | Dimension::Form | Dimension::Stage | Dimension::Lot) => Thing::Lot,
        Label::Of(Dimension::Source | Dimension::Origin) => Thing::Part,
    }
}

fn ranks(sight: &Sight<'_>, facts: &Facts<'_>, parts: &[Part], label: Label) -> Ranks {
    let books = facts.books;
    let thing = thing(label);
    let count = match thing {
        Thing::Owner => books.parties().len(),
        Thing::Place => books.places().len(),
        Thing::Lot => books.lots().len(),
        Thing::Part => parts.len(),
    };
    let key = |number: u32| AccountKey { owner: PartyNo(number), place: PlaceNo(number), lot: LotNo(number) };
    let none = Part::default();
    let part = |number: u32| if matches!(thing, Thing::Part) { &parts[number as usize] } else { &none };
    let texts: Vec<Cow<'_, str>> =
        (0u32..).take(count).map(|number| text(sight, facts, label, key(number), part(number))).collect();
    let mut sorted: Vec<u32> = (0u32..).take(count).collect();
    sorted.sort_unstable_by_key(|number| &texts[*number as usize]);
    let mut ranks = vec![0; count];
    let mut rank = 0;
    for (before, number) in std::iter::once(None).chain(sorted.iter().map(Some)).zip(&sorted) {
        if before.is_some_and(|before| texts[*before as usize] != texts[*number as usize]) {
            rank += 1;
        }
        ranks[*number as usize] = rank;
    }
    Ranks { thing, ranks, count: rank + 1 }
}

/// A label's text; it looks at one part of the key alone, or at the part of the lot: at what [`thing`] names.
fn text<'t>(sight: &Sight<'t>, at: &Facts<'t>, label: Label, key: AccountKey, part: &'t Part) -> Cow<'t, str> {
    let books = at.books;
    let place = || books.place(key.place);
    let facts = || at.lot(key.lot);
    let known = |text: Option<String>| text.map_or(Cow::Borrowed("unknown"), Cow::Owned);
    let site = || at.site(key.place);
    match label {
        Label::Kind => Cow::Borrowed(kind(place())),
        Label::Of(Dimension::Party) => Cow::Borrowed(books.party_code(key.owner)),
        Label::Of(Dimension::Site) => Cow::Borrowed(place().code()),
        Label::Of(Dimension::Country) => known(site().map(|site| site.country.clone())),
        Label::Of(Dimension::Class) => known(site().and_then(|site| site.class.clone())),
        Label::Of(Dimension::Material) => Cow::Borrowed(&books.material(facts().material).code),
        Label::Of(Dimension::Form) => Cow::Owned(Form::from(facts().form).word()),
        Label::Of(Dimension::Stage) => Cow::Owned(Stage::from(facts().form.stage()).word()),
        Label::Of(Dimension::Source) => Cow::Borrowed(&part.source),
        Label::Of(Dimension::Origin) => Cow::Borrowed(&part.origin),
        Label::Of(Dimension::Lot) => sight.lot_label(key.lot),
    }
}
