//! `granary audit order`: what somebody signed.

use std::path::Path;

use data_encoding::BASE64URL_NOPAD;
use ledger::{Known as _, Order};
use serde_json::json;
use shell::{Exit, Failure};

use super::query;
use crate::cli::Dir;
use crate::output::{Align, Column, Format, Grid, show};

pub(super) fn run(event: u64, dir: &Dir, out: Option<&Path>, format: Format) -> Result<Exit, Failure> {
    let root = dir.local()?;
    if let Some(client) = query::server_at(root) {
        let problem = format!("the server {} holds this ledger, and does not give out signed frames", client.url());
        return Err(Failure::new(problem).hint("stop it first: they lie in the folder"));
    }
    // Signed frames lie in the log alone, and in no static file.
    let opened = query::open_alone(root)?;
    let none = || {
        Failure { exit: Exit::Refused, ..Failure::new(format!("event {event} answers no signed frame")) }
            .hint("it came with a token, from whoever runs the ledger, or there is no such event")
    };
    let leaf = event.checked_sub(1).ok_or_else(none)?;
    let order = Order::read(opened.store(), leaf)?.ok_or_else(none)?;
    let origin = opened.books().origin();
    // A consent to a group stands beside what others sent: it is over the list of the group.
    let what = if order.is_consent == Some(true) { chain::party_key::GROUP } else { web::access::FRAME };
    let signed = web::access::signed_text(what, origin, &order.expires, &order.frame);
    let holds = chain::PartyKey::parse(&order.key).is_ok_and(|key| key.signed(&signed, &order.signature));
    // Whose key it was when the order was taken.
    let party = opened.event(books::Seq(event))?.map(|it| opened.books().party_code(it.party).to_owned());
    if let Some(path) = out {
        std::fs::write(path, &order.frame)
            .map_err(|error| Failure::new(format!("write `{}`: {error}", path.display())))?;
    }
    let signature = BASE64URL_NOPAD.encode(&order.signature);
    let answer = json!({
        "event": event,
        "party": party,
        "first_event": order.first + 1,
        "events": order.count,
        "key": order.key,
        "expires": order.expires,
        "signature": signature,
        "frame_bytes": order.frame.len(),
        "is_consent": order.is_consent == Some(true),
        "holds": holds,
    });
    show(format, &answer, || Grid {
        seen_by: None,
        columns: vec![Column("order", Align::Left), Column("", Align::Left)],
        rows: [
            ("posted for", party.clone().unwrap_or_default()),
            ("events", format!("{} to {}", order.first + 1, order.first + order.count)),
            ("key", order.key.clone()),
            ("signature stood until", order.expires.clone()),
            ("signature", signature.clone()),
            ("frame bytes", order.frame.len().to_string()),
            ("signature holds", if holds { "yes" } else { "NO" }.to_owned()),
        ]
        .map(|(name, value)| vec![name.to_owned(), value])
        .to_vec(),
    })?;
    Ok(if holds { Exit::Done } else { Exit::Refused })
}
