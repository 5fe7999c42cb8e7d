//! Persons act for a party: each has a key, or a token that names it, and stands in the log under a number.

use chain::party_key::possession_text;

use super::Ask;
use crate::act_rules::act_rules;
use crate::books::Books;
use crate::draft::steps::{Judged, Shape, Who};
use crate::event::Event;
use crate::number::{PartyNo, PersonNo, Seq};
use crate::person::Person;
use crate::rejection::{Fault, Rejection};

/// Registers a person.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RegisterPerson {
    /// For whom it acts.
    #[n(0)]
    pub whose: PartyNo,
    /// Its public key in NATS nkeys form; none where a token names it.
    #[n(1)]
    pub key: Option<String>,
    /// That the key is at hand: its signature over [`possession_text`] of the party, in base64url.
    #[n(2)]
    pub proof: Option<String>,
}

/// Gives a person another key, or ends that it acts for its party.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AmendPerson {
    /// Which.
    #[n(0)]
    pub person: PersonNo,
    /// Its key from now on; the one that it has where absent.
    #[n(1)]
    pub key: Option<String>,
    /// See [`RegisterPerson::proof`].
    #[n(2)]
    pub proof: Option<String>,
    /// It acts for the party no more.
    #[n(3)]
    pub ends: bool,
}

/// A party alone says who acts for it; the ledger itself where that party has nobody who could.
fn is_own(who: &mut Who<'_, '_>, whose: PartyNo, ask: &Ask<'_>) {
    if ask.party != whose && ask.party != PartyNo(0) {
        who.refuse(Rejection::NotPermitted { party: ask.party, owner: whose });
    }
}

/// A key can be used, is at hand, and is and was nobody else's.
fn key_fits(shape: &mut Shape<'_, '_>, whose: PartyNo, key: Option<&String>, proof: Option<&String>) {
    let Some(key) = key else { return };
    let books = shape.books;
    let Ok(usable) = chain::PartyKey::parse(key) else { return shape.invalid("key", Fault::KeyUnusable) };
    let is_of =
        |party: &crate::party::Party| party.keys.iter().chain(party.past_keys.iter().flatten()).any(|own| own == key);
    if books.is_persons_key(key) || books.parties().iter().any(is_of) {
        return shape.invalid("key", Fault::KeyOfAnother);
    }
    let text = possession_text(books.origin(), books.party_code(whose), key);
    if !proof.is_some_and(|proof| usable.is_at_hand(&text, proof)) {
        shape.invalid("proof", Fault::KeyNotAtHand);
    }
}

impl RegisterPerson {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        is_own(&mut who, self.whose, ask);
        let mut shape = who.shape()?;
        key_fits(&mut shape, self.whose, self.key.as_ref(), self.proof.as_ref());
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, _: Seq, _: &Event) {
        let number = books.persons().iter().filter(|person| person.party == self.whose).count() + 1;
        books.push_person(Person {
            code: format!("{}/{number}", books.party_code(self.whose)),
            party: self.whose,
            key: self.key.clone(),
            past_keys: Vec::new(),
            ended: None,
        });
    }
}

act_rules!(RegisterPerson {
    right: Write, asks: Alone, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["amend_person"]),
    line: Words(&["for {whose}"]),
    whose(act, _): vec![act.whose],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"whose": "ledger"}"#,
});

impl AmendPerson {
    pub(crate) fn decide(&self, mut who: Who<'_, '_>, ask: &Ask<'_>) -> Judged {
        let row = who.books.person(self.person);
        is_own(&mut who, row.party, ask);
        let mut shape = who.shape()?;
        key_fits(&mut shape, row.party, self.key.as_ref(), self.proof.as_ref());
        if row.ended.is_some() {
            shape.invalid("person", Fault::PersonEnded);
        }
        shape.state()?.done()
    }

    pub(crate) fn apply(&self, books: &mut Books, seq: Seq, _: &Event) {
        if let Some(key) = &self.key {
            let row = books.persons.row_mut(self.person.0);
            row.past_keys.extend(row.key.replace(key.clone()));
        }
        if self.ends {
            books.end_person(self.person, seq);
        }
    }
}

act_rules!(AmendPerson {
    right: Write, asks: Alone, seen: Concerned, nature: Decision, by_hand: No, periods: Nobody,
    undone: By(&["amend_person"]),
    line: Words(&["{person}"]),
    whose(act, books): vec![books.person(act.person).party],
    uses(_, _): Vec::new(),
    reference(_, _): None,
    says(_): None,
    example: r#"{"person": "ledger/1", "ends": true}"#,
});
