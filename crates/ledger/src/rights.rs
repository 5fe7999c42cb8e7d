//! May the sender of a frame post for the party that a command names? Whose key it is only the books know, as of the
//! moment of deciding.

use books::rejection::{Code, NOT_YOUR_PARTY, UNKNOWN_KEY};
use books::{Books, FactName, Refused};
use bus::{Frame, Sender};

use crate::answer::Request;

/// Nothing of what is refused here is recorded: it would stand under the name of a party that did not ask.
pub(crate) fn may_post(books: &Books, frame: Option<&Frame>, request: &Request) -> Result<(), Box<Refused>> {
    let Some(frame) = frame else { return Ok(()) };
    let party = match request {
        Request::Named(command) => command.party.as_str(),
        Request::Numbered(command) => books.party_code(command.party),
    };
    match &frame.sender {
        Sender::Operator => Ok(()),
        Sender::Party(code) if code == party => Ok(()),
        Sender::Party(code) => Err(refused(&NOT_YOUR_PARTY, [(FactName::Party, code), (FactName::Owner, party)])),
        Sender::Key(signed) => {
            let known = books.party_no(party).and_then(|number| books.parties().get(number.0 as usize));
            if known.is_some_and(|known| known.keys.contains(&signed.key)) {
                return Ok(());
            }
            Err(refused(&UNKNOWN_KEY, [(FactName::Key, &signed.key), (FactName::Party, party)]))
        }
    }
}

fn refused<const N: usize>(code: &Code, facts: [(FactName, &str); N]) -> Box<Refused> {
    Box::new(Refused::new(code, facts.map(|(name, text)| (name, text.into())).into(), String::new()))
}
