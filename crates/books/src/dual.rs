//! Two persons: when they are needed, and when two are two.
//!
//! What an owner moves of a material counts as a whole: all of one command, and what one person alone moved within the last day
//! with it. Moving is whatever moves, frees, writes off or makes something else of stock. Administration needs two where a party has
//! two: keys, authorities, materials, sites, limits.

use crate::acts::{Act, Ask};
use crate::books::Books;
use crate::draft::Draft;
use crate::event::{Claim, Command, Entry, Event, Outcome};
use crate::number::{AccountNo, MaterialNo, Moment, PartyNo, Seq};
use crate::person::{Credential, is_same};
use crate::place::Place;
use crate::rejection::{Fault, Rejection};

/// What one person alone moves of a material counts together for so long.
pub(crate) const WINDOW_US: u64 = 24 * 3_600 * 1_000_000;

/// What changes who may do what: it waits for a second person where the party has two.
const ADMINISTRATION: [&str; 12] = [
    "amend_party",
    "register_person",
    "amend_person",
    "authorize",
    "amend_material",
    "amend_site",
    "set_limit",
    "set_method",
    "set_tolerance",
    "trust_log",
    "rotate_log_key",
    "mandate",
];

/// What was moved of an owner's material by one person alone, lately.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(crate) struct Lately {
    #[n(0)]
    pub(crate) owner: PartyNo,
    #[n(1)]
    pub(crate) material: MaterialNo,
    /// When it was recorded, and how much.
    #[n(2)]
    pub(crate) moved: Vec<(Moment, i64)>,
}

/// What moves of an owner's material: what leaves real places, what comes to them, what is set aside, what is freed.
#[derive(Clone, Copy, Default)]
struct Moved {
    out: i64,
    came: i64,
    set_aside: i64,
    freed: i64,
}

impl Moved {
    fn most(self) -> i64 {
        self.out.max(self.came).max(self.set_aside).max(self.freed)
    }
}

/// What entries and claims move of each material under a threshold, by owner. `threshold` gives the material of an account that
/// has one, `lies` the owner of what lies at a real place.
fn moved(
    entries: &[Entry],
    claims: &[Claim],
    threshold: impl Fn(AccountNo) -> Option<MaterialNo>,
    lies: impl Fn(AccountNo) -> Option<PartyNo>,
) -> Vec<((PartyNo, MaterialNo), i64)> {
    let mut found: Vec<((PartyNo, MaterialNo), Moved)> = Vec::new();
    let mut add = |account: AccountNo, change: &dyn Fn(&mut Moved)| {
        // Most materials have none.
        let Some(material) = threshold(account) else { return };
        let Some(owner) = lies(account) else { return };
        match found.iter_mut().find(|(key, _)| *key == (owner, material)) {
            Some((_, moved)) => change(moved),
            None => {
                let mut moved = Moved::default();
                change(&mut moved);
                found.push(((owner, material), moved));
            }
        }
    };
    for entry in entries {
        let units = entry.quantity.units();
        add(entry.source, &|moved| moved.out = moved.out.saturating_add(units));
        add(entry.target, &|moved| moved.came = moved.came.saturating_add(units));
    }
    for claim in claims {
        match claim.delta > 0 {
            true => add(claim.account, &|moved| moved.set_aside = moved.set_aside.saturating_add(claim.delta)),
            false => add(claim.account, &|moved| moved.freed = moved.freed.saturating_sub(claim.delta)),
        }
    }
    found.into_iter().map(|(key, moved)| (key, moved.most())).collect()
}

impl Draft<'_> {
    /// Does it move more than one person may? Then it waits for a checker, and has to name its maker.
    pub(crate) fn check_maker(&mut self, ask: &Ask<'_>, recorded_at: Moment) -> bool {
        let threshold = self.above_threshold(recorded_at);
        let is_held = threshold.is_some() || self.needs_checker;
        if is_held && ask.maker.is_none() {
            self.keep_amount(match threshold {
                Some(material) => Rejection::MakerMissing { material },
                None => Rejection::invalid("maker", Fault::SignerNeeded),
            });
        }
        if is_held && let Err(rejection) = self.books.is_proven_enough(ask) {
            self.keep_amount(rejection);
        }
        is_held
    }

    /// A material of which an owner's stock moves more than one person lets move, with what moved lately.
    fn above_threshold(&self, recorded_at: Moment) -> Option<MaterialNo> {
        let books = self.books;
        let lies = |account: AccountNo| {
            let key = self.key_of(account);
            books.places.get(key.place.0).is_none_or(Place::is_real).then_some(key.owner)
        };
        let threshold = |material: MaterialNo| books.material(material).dual_control_above;
        let under = |account: AccountNo| {
            let material = self.material_of(self.key_of(account).lot);
            threshold(material).map(|_| material)
        };
        let effects = self.effects();
        let moved = moved(&effects.entries, &effects.claims, under, lies);
        moved.into_iter().find_map(|((owner, material), units)| {
            let most = i128::from(threshold(material)?.units());
            let lately = books.moved_lately(owner, material, recorded_at);
            (i128::from(units) + lately > most).then_some(material)
        })
    }
}

impl Books {
    /// The person who asks: by the credential, where it names one; else what the command says.
    pub(crate) fn maker_of(&self, command: &Command) -> Result<Option<String>, Rejection> {
        let Some(Credential::Person(person)) = command.by else { return Ok(command.maker.clone()) };
        let code = &self.person(person).code;
        match &command.maker {
            Some(maker) if maker != code => {
                Err(Rejection::invalid("maker", Fault::MakerIsAnother { text: code.clone() }))
            }
            Some(_) | None => Ok(Some(code.clone())),
        }
    }

    /// Does it change who may do what, in the name of a party that has two persons?
    pub(crate) fn is_two_handed(&self, party: PartyNo, act: &Act) -> bool {
        ADMINISTRATION.contains(&act.word()) && self.persons_of(party).take(2).count() == 2
    }

    /// Where a party has persons, a token or a key of the party alone is no person: it neither makes nor checks what needs two.
    pub(crate) fn is_proven_enough(&self, ask: &Ask<'_>) -> Result<(), Rejection> {
        match ask.by {
            Some(Credential::Token(_) | Credential::Key(_)) if self.persons_of(ask.party).next().is_some() => {
                Err(Rejection::invalid("maker", Fault::PersonNeeded))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Is the checker another than the maker? Two persons are two credentials; where none is known, two names.
    pub(crate) fn is_other_person(&self, held: &crate::books::Held, ask: &Ask<'_>, checker: &str) -> bool {
        let same_credential = held.by.is_some() && held.by.as_ref() == ask.by;
        !same_credential && !is_same(&held.maker, checker)
    }

    /// What was moved by one person alone within the last day.
    fn moved_lately(&self, owner: PartyNo, material: MaterialNo, now: Moment) -> i128 {
        let Some(row) = self.lately_row(owner, material) else { return 0 };
        let since = now.0.saturating_sub(WINDOW_US);
        let moved = self.lately.row(row).moved.iter().filter(|(at, _)| at.0 > since);
        moved.map(|(_, units)| i128::from(*units)).sum()
    }

    /// Notes what an event moved that no second person saw.
    pub(crate) fn note_moved(&mut self, event: &Event) {
        let is_approved = matches!(event.outcome, Outcome::Done(Act::Approve(_)));
        if is_approved || (event.entries.is_empty() && event.claims.is_empty()) {
            return;
        }
        let lies = |account: AccountNo| {
            let key = self.account(account).key;
            self.place(key.place).is_real().then_some(key.owner)
        };
        let under = |account: AccountNo| {
            let material = self.lot(self.account(account).key.lot).facts.material;
            self.material(material).dual_control_above.map(|_| material)
        };
        let moved = moved(&event.entries, &event.claims, under, lies);
        for ((owner, material), units) in moved {
            self.push_lately(owner, material, (event.recorded_at, units));
        }
    }

    /// The party's persons that act for it now.
    pub(crate) fn persons_of(&self, party: PartyNo) -> impl Iterator<Item = &crate::person::Person> {
        self.persons().iter().filter(move |person| person.party == party && person.ended.is_none())
    }

    /// Whose key it is: of which party, and of which person where one has it.
    #[must_use]
    pub fn holder_of(&self, key: &str) -> Option<(PartyNo, Credential)> {
        let person = (0u32..).map(crate::PersonNo).zip(self.persons());
        let person =
            person.into_iter().find(|(_, person)| person.ended.is_none() && person.key.as_deref() == Some(key));
        if let Some((number, person)) = person {
            return Some((person.party, Credential::Person(number)));
        }
        let party = (0u32..).map(PartyNo).zip(self.parties());
        let (party, _) = party.into_iter().find(|(_, party)| party.keys.iter().any(|own| own == key))?;
        Some((party, Credential::Key(key.to_owned())))
    }

    /// Is or was it a key of a person?
    pub(crate) fn is_persons_key(&self, key: &str) -> bool {
        let is_it = |own: &String| own == key;
        self.persons().iter().any(|person| person.key.iter().chain(&person.past_keys).any(is_it))
    }

    /// The event after which somebody acts for a party no more.
    pub(crate) fn end_person(&mut self, number: crate::PersonNo, seq: Seq) {
        self.persons.row_mut(number.0).ended = Some(seq);
    }
}

#[cfg(test)]
mod tests {
    use super::ADMINISTRATION;
    use crate::acts::Act;

    #[test]
    fn administration_is_named_by_words_of_acts() {
        assert!(ADMINISTRATION.iter().all(|word| Act::find(word).is_some()));
    }
}
