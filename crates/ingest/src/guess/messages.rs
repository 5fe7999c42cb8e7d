//! Despatch and receipt advices of the standards: what each path or segment of them means is written down there, and nothing
//! of it is guessed. UBL 2 (OASIS): `DespatchAdvice`, `ReceiptAdvice`. UN/EDIFACT: DESADV, RECADV.

use std::fmt::Write;

use super::write::{quoted, slug};
use super::{Found, distinct, units};

/// One kind of message: its columns, the first that is there of each list.
struct Message {
    figures: &'static [&'static str],
    is_dispatch: bool,
    dates: &'static [&'static str],
    dispatches: &'static [&'static str],
    references: &'static [&'static str],
    lots: &'static [&'static str],
    shipped: &'static [&'static str],
}

const UBL_LOTS: &[&str] = &["Item/ItemInstance/LotIdentification/LotNumberID", "Item/LotIdentification/LotNumberID"];
const EDIFACT_LOTS: &[&str] = &["GIN.BX", "RFF.BT", "PIA.NB", "GIR.BX"];

const UBL_DESPATCH: Message = Message {
    figures: &["DeliveredQuantity"],
    is_dispatch: true,
    dates: &["/Shipment/Delivery/Despatch/ActualDespatchDate", "/IssueDate"],
    dispatches: &["/ID"],
    references: &[],
    lots: UBL_LOTS,
    shipped: &[],
};
const UBL_RECEIPT: Message = Message {
    figures: &["ReceivedQuantity"],
    is_dispatch: false,
    dates: &["ReceivedDate", "/Shipment/Delivery/ActualDeliveryDate", "/IssueDate"],
    dispatches: &["/DespatchDocumentReference/ID", "DespatchLineReference/DocumentReference/ID"],
    references: &["/ID"],
    lots: UBL_LOTS,
    shipped: &[],
};
const DESADV: Message = Message {
    figures: &["QTY.12"],
    is_dispatch: true,
    dates: &["DTM.11", "DTM.137"],
    dispatches: &["BGM.number"],
    references: &[],
    lots: EDIFACT_LOTS,
    shipped: &[],
};
const RECADV: Message = Message {
    figures: &["QTY.194", "QTY.48"],
    is_dispatch: false,
    dates: &["DTM.50", "DTM.137"],
    dispatches: &["RFF.AAK", "RFF.DQ"],
    references: &["BGM.number"],
    lots: EDIFACT_LOTS,
    shipped: &["QTY.12"],
};

/// The mapping of a message that is one of these; what it does not say is asked.
pub(super) fn mapping(found: &mut Found<'_>, name: &str) -> Option<String> {
    let message = kind(found)?;
    let has = |column: &str| found.table.columns.iter().any(|other| other.name == column);
    let first = |names: &[&str]| names.iter().copied().find(|name| has(name)).map(str::to_owned);
    let (figure, date) = (first(message.figures)?, first(message.dates)?);
    let (dispatch, reference) = (first(message.dispatches), first(message.references));
    let (lot, shipped) = (first(message.lots), first(message.shipped));
    let is_ubl = figure.ends_with("Quantity");
    let unit = if is_ubl { format!("{figure}@unitCode") } else { format!("{figure}.unit") };
    let unit = Some(unit).filter(|column| has(column));
    let mut text = String::new();
    let set = |text: &mut String, setting: &str, value: &str| {
        let _ = writeln!(text, "{setting} = {}", quoted(value));
    };
    let party = found.ask("party", "whose stock is it? the code of the party that posts and owns".into(), &[]);
    set(&mut text, "name", &slug(name));
    set(&mut text, "source", name);
    set(&mut text, "party", &party.unwrap_or_default());
    set(&mut text, "date", &date);
    // Both standards write a point.
    set(&mut text, "decimal", ".");
    if let Some(reference) = reference {
        set(&mut text, "reference", &reference);
    }
    let question = "by which code are the books to know the dispatch?".to_owned();
    let named = match dispatch {
        Some(column) => Some(column),
        None => found.ask("dispatch", format!("{question} the column of it"), &[]),
    };
    text.push_str("\n[key]\n");
    set(&mut text, "dispatch", &named.unwrap_or_default());
    for (setting, column) in [("lot", &lot), ("unit", &unit)] {
        if let Some(column) = column {
            set(&mut text, setting, column);
        }
    }
    if let Some(column) = &unit {
        text.push_str("\n[words.unit]\n");
        for word in distinct(found, column) {
            let known = units::unit(&word);
            let asked = || found.ask(&format!("unit {word}"), format!("which unit is `{word}`?"), &[]);
            let _ = writeln!(text, "{} = {}", quoted(&word), quoted(&known.or_else(asked).unwrap_or_default()));
        }
    }
    let kind = if message.is_dispatch { "dispatch" } else { "arrival" };
    let _ = write!(text, "\n[[column]]\ncolumn = {}\nkind = {}\n", quoted(&figure), quoted(kind));
    if let Some(column) = &shipped {
        set(&mut text, "shipped", column);
    }
    let mut asked = vec![];
    if message.is_dispatch {
        asked.extend([("site", "which site does it leave?"), ("to", "to which site does it go?")]);
    }
    if lot.is_none() {
        asked.push(("lot", "by which lot are the books to know it?"));
    }
    if unit.is_none() {
        asked.push(("unit", "in which unit are the figures?"));
    }
    for (setting, question) in asked {
        let answer = found.ask(setting, question.to_owned(), &[]);
        set(&mut text, setting, &answer.unwrap_or_default());
    }
    if !message.is_dispatch && shipped.is_none() {
        let question =
            "does each of these notes end its dispatch, so that what is missing is booked as the difference?";
        if found.ask("last", question.to_owned(), &["yes", "no"]).as_deref() == Some("yes") {
            text.push_str("last = true\n");
        }
    }
    found.proven.push(format!(
        "`{figure}` is what was {}, by the standard",
        if message.is_dispatch { "sent" } else { "received" }
    ));
    Some(text)
}

fn kind(found: &Found<'_>) -> Option<&'static Message> {
    let has = |column: &str| found.table.columns.iter().any(|other| other.name == column);
    let says = |column: &str, word: &str| has(column) && distinct(found, column).iter().all(|text| text == word);
    match () {
        () if has("DeliveredQuantity") && has("/ID") => Some(&UBL_DESPATCH),
        () if has("ReceivedQuantity") && has("/ID") => Some(&UBL_RECEIPT),
        () if says("UNH", "DESADV") => Some(&DESADV),
        () if says("UNH", "RECADV") => Some(&RECADV),
        () => None,
    }
}
