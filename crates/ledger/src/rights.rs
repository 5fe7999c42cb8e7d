//! May the sender of a frame post for the party that a command names? Whose key it is only the books know, as of the
//! moment of deciding.

use books::Books;
use bus::{Frame, Sender};

use crate::answer::{Refusal, Request};

/// Nothing of what is refused here is recorded: it would stand under the name of a party that did not ask.
pub(crate) fn may_post(books: &Books, frame: Option<&Frame>, request: &Request) -> Result<(), Refusal> {
    let Some(frame) = frame else { return Ok(()) };
    let party = match request {
        Request::Named(command) => command.party.as_str(),
        Request::Numbered(command) => books.party_code(command.party),
    };
    match &frame.sender {
        Sender::Operator => Ok(()),
        Sender::Party(code) if code == party => Ok(()),
        Sender::Party(code) => Err(refusal(
            "not_your_party",
            format!("`{code}` may not post for `{party}`"),
            "post for the party of your token, or sign with a key of the other",
        )),
        Sender::Key(signed) => {
            let known = books.party_no(party).and_then(|number| books.parties().get(number.0 as usize));
            if known.is_some_and(|known| known.keys.contains(&signed.key)) {
                return Ok(());
            }
            Err(refusal(
                "unknown_key",
                format!("the key {} is not one of `{party}`", signed.key),
                "the secretariat registers keys with the party",
            ))
        }
    }
}

fn refusal(code: &str, message: String, hint: &str) -> Refusal {
    Refusal { code: code.to_owned(), message, hint: hint.to_owned() }
}
