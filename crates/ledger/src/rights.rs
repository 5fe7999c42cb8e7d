//! May the sender of a frame post what a command asks, for the party that it names? Whose key it is and what a role may only
//! the books know, as of the moment of deciding. Nothing that a door says of a signature is believed here.

use books::person::Credential;
use books::rejection::{BAD_CONSENT, Code, NO_CONSENT, NOT_YOUR_PARTY, UNKNOWN_KEY};
use books::rights::has_right;
use books::{Act, Books, FactName, FactValue, Refused, Right};
use bus::{Frame, Hand, Sender};
use chain::PartyKey;
use chain::party_key::{FRAME, GROUP, signed_text};
use data_encoding::BASE64URL_NOPAD;
use wire::frame::Consent;

use crate::answer::{Group, Request};

/// Nothing of what is refused here is recorded: it would stand under the name of a party that did not ask.
///
/// Gives by what it is known who asks: a token, a key, or a person by one of these. Whoever runs the ledger is known by nothing: what
/// it says of a maker is a claim.
pub(crate) fn may_post(
    books: &Books,
    frame: Option<&Frame>,
    request: &Request,
) -> Result<Option<Credential>, Box<Refused>> {
    let Some(frame) = frame else { return Ok(None) };
    let party = party_of(books, request);
    match &frame.sender {
        Sender::Operator => Ok(None),
        Sender::Party(code, hand) if code == party => {
            role_fits(books, request, party)?;
            known_by(books, party, hand)
        }
        Sender::Party(code, _) => Err(refused(&NOT_YOUR_PARTY, [(FactName::Party, code), (FactName::Owner, party)])),
        Sender::Key(signed) => {
            if let Some((holder, by)) = books.holder_of(&signed.key)
                && books.party_no(party) == Some(holder)
            {
                return role_fits(books, request, party).map(|()| Some(by));
            }
            Err(refused(&UNKNOWN_KEY, [(FactName::Key, &signed.key), (FactName::Party, party)]))
        }
    }
}

/// The person that a token names, if it acts for the party now; else the token itself.
fn known_by(books: &Books, party: &str, hand: &Hand) -> Result<Option<Credential>, Box<Refused>> {
    match hand {
        Hand::Claimed => Ok(None),
        Hand::Token(name) => Ok(Some(Credential::Token(name.clone()))),
        Hand::Person(code) => {
            let person = books.person_no(code).filter(|number| {
                let person = books.person(*number);
                person.ended.is_none() && books.party_no(party) == Some(person.party)
            });
            match person {
                Some(person) => Ok(Some(Credential::Person(person))),
                None => Err(refused(&UNKNOWN_KEY, [(FactName::Key, code), (FactName::Party, party)])),
            }
        }
    }
}

fn party_of<'r>(books: &'r Books, request: &'r Request) -> &'r str {
    match request {
        Request::Named(command) => command.party.as_str(),
        Request::Numbered(command) => books.party_code(command.party),
    }
}

/// Is a consent by one of these keys, over all of the group, and does it stand?
fn is_given(books: &Books, group: &Group, keys: &[String], consent: &Consent, now_us: u64) -> bool {
    let Consent { key, expires, signature } = consent;
    keys.contains(key)
        && BASE64URL_NOPAD.decode(signature.as_bytes()).is_ok_and(|signature| {
            stands(expires, now_us).is_ok()
                && is_signed((GROUP, books.origin()), (key, expires), &group.bytes, &signature)
        })
}

fn keys_of<'b>(books: &'b Books, party: &str) -> &'b [String] {
    books.party_no(party).map_or(&[][..], |number| &books.party(number).keys)
}

/// Each consent that comes with a group is one, needed or not: they are kept with its events.
pub(crate) fn are_consents(books: &Books, group: &Group, now_us: u64) -> Result<(), Box<Refused>> {
    let mut parties: Vec<&str> = group.requests.iter().map(|request| party_of(books, request)).collect();
    parties.sort_unstable();
    parties.dedup();
    let is_one =
        |consent: &Consent| parties.iter().any(|party| is_given(books, group, keys_of(books, party), consent, now_us));
    match group.consents.iter().position(|consent| !is_one(consent)) {
        None => Ok(()),
        Some(place) => {
            let key: String = group.consents[place].key.chars().take(100).collect();
            let facts = [(FactName::Number, FactValue::from(place + 1)), (FactName::Key, key.as_str().into())];
            Err(Box::new(Refused::new(&BAD_CONSENT, facts.into(), String::new())))
        }
    }
}

/// Is it a question of whose command it is: what a consent could answer?
pub(crate) fn is_of_another(refusal: &Refused) -> bool {
    [NOT_YOUR_PARTY.code, UNKNOWN_KEY.code].contains(&refusal.code.as_str())
}

/// Does the party of a command in a group consent to all of the group, by a key of its own?
pub(crate) fn consents(
    books: &Books,
    request: &Request,
    (group, place): (&Group, usize),
    now_us: u64,
) -> Result<Option<Credential>, Box<Refused>> {
    let party = party_of(books, request);
    let keys = keys_of(books, party);
    let own = group.consents.iter().find(|consent| is_given(books, group, keys, consent, now_us));
    if let Some(consent) = own {
        return role_fits(books, request, party).map(|()| Some(Credential::Key(consent.key.clone())));
    }
    let facts = [(FactName::Number, FactValue::from(place + 1)), (FactName::Party, party.into())];
    Err(Box::new(Refused::new(&NO_CONSENT, facts.into(), String::new())))
}

/// Does the party's role have the right that the act takes?
fn role_fits(books: &Books, request: &Request, party: &str) -> Result<(), Box<Refused>> {
    let right = match request {
        Request::Named(command) => Act::find(command.act.word()).map_or(Right::Write, |act| act.facts.right),
        Request::Numbered(command) => command.act.facts().right,
    };
    // A party that is none is refused when it is decided.
    let role = books.party_no(party).map(|number| books.party(number).role);
    match role.is_none_or(|role| has_right(role, right)) {
        true => Ok(()),
        false => {
            let code = books::rejection::code("role_not_permitted").expect("declared among the refusals");
            Err(refused(code, [(FactName::Party, party)]))
        }
    }
}

/// Longest time for which a signature may stand, in microseconds: whoever steals one has no longer.
const SIGNED_US_MAX: u64 = 24 * 3_600 * 1_000_000;

/// Is a signed frame signed by the key that it names, over its very bytes, for this ledger, and not too long ago? Gives the
/// code and what is wrong.
pub(crate) fn check_signature(frame: &Frame, origin: &str, now_us: u64) -> Result<(), (&'static str, String)> {
    let Sender::Key(signed) = &frame.sender else { return Ok(()) };
    stands(&signed.expires, now_us)?;
    match is_signed((FRAME, origin), (&signed.key, &signed.expires), &frame.bytes, &signed.signature) {
        true => Ok(()),
        false => Err(("bad_signature", format!("the signature is not one by its key over these bytes for `{origin}`"))),
    }
}

/// Does a signature still stand, and not for too long?
fn stands(expires: &str, now_us: u64) -> Result<(), (&'static str, String)> {
    let until = wire::date::parse_moment(expires)
        .map_err(|fault| ("bad_signature", format!("the end of the signature: {}", fault.code())))?;
    if until.0 < now_us {
        return Err(("signature_expired", format!("the signature stood until {expires}")));
    }
    if until.0 - now_us > SIGNED_US_MAX {
        return Err(("bad_signature", "the signature would stand for more than a day".to_owned()));
    }
    Ok(())
}

fn is_signed((what, origin): (&str, &str), (key, expires): (&str, &str), bytes: &[u8], signature: &[u8]) -> bool {
    let text = signed_text(what, origin, expires, bytes);
    PartyKey::parse(key).is_ok_and(|key| key.signed(&text, signature))
}

fn refused<const N: usize>(code: &Code, facts: [(FactName, &str); N]) -> Box<Refused> {
    Box::new(Refused::new(code, facts.map(|(name, text)| (name, text.into())).into(), String::new()))
}
