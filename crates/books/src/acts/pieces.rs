//! Pieces of records that acts name: are they there, and what do they tell of?

use measure::{Quantity, Scale, convert_exact};

use super::{Act, Ask};
use crate::books::Books;
use crate::difference::Break;
use crate::event::Event;
use crate::number::{Day, MaterialNo, PartyNo, ReportNo};
use crate::rejection::{Fault, Rejection};
use crate::report::{Piece, ReportLine, StatedBalance, Told, Way};

/// What a piece tells of.
pub(super) struct About {
    /// Whose record; none of what the books hold, which is said by the comparison.
    pub(super) party: Option<PartyNo>,
    pub(super) material: MaterialNo,
    /// In accounting units, what came in positive; none where its unit or basis does not allow that.
    pub(super) units: Option<i64>,
    /// The day of what it tells.
    pub(super) day: Option<Day>,
}

/// Does a piece name something that is there?
pub(super) fn check_piece(books: &Books, piece: Piece) -> Result<(), Rejection> {
    let missing = |fault: Fault| Err(Rejection::invalid("pieces", fault));
    let code = |report: ReportNo| books.report(report).code.clone();
    match piece {
        Piece::Event(seq, _) if seq.0 == 0 || seq > books.head => Err(Rejection::NothingToReverse { seq }),
        Piece::Line(report, line) if line == 0 || line > books.report(report).lines_here => {
            missing(Fault::NoSuchLine { code: code(report), number: line })
        }
        Piece::Balance(report, number) if number == 0 || number > books.report(report).balance_count => {
            missing(Fault::NoSuchBalance { code: code(report), number })
        }
        Piece::Event(..) | Piece::Line(..) | Piece::Balance(..) | Piece::Held(..) => Ok(()),
    }
}

/// What a piece tells of; none where the event named moves nothing there.
pub(super) fn about(books: &Books, ask: &Ask<'_>, piece: Piece) -> Result<Option<About>, Rejection> {
    check_piece(books, piece)?;
    Ok(match piece {
        Piece::Event(seq, leg) => {
            let event = ask.past.event(seq).ok_or(Rejection::NothingToReverse { seq })?;
            let (eyes, found) = (books.eyes(ask.party), leg_about(books, &event, leg));
            // Who compares what a party reports sees that party's side of it.
            let is_compared =
                found.as_ref().and_then(|found| found.party).is_some_and(|owner| eyes.sees_reports_of(owner));
            if !is_compared && !eyes.sees_event(&event) {
                return Err(Rejection::NothingToReverse { seq });
            }
            found
        }
        Piece::Line(report, number) => line(books, ask, report, number).map(|line| {
            let sign = if line.way == Way::In { 1 } else { -1 };
            let units = in_accounting(books, line.material, &line.quantity).map(|units| sign * units);
            About { party: Some(books.report(report).party), material: line.material, units, day: Some(line.effective) }
        }),
        Piece::Balance(report, number) => balance(books, ask, report, number).map(|stated| {
            let units = in_accounting(books, stated.material, &stated.closing);
            let report = books.report(report);
            About { party: Some(report.party), material: stated.material, units, day: Some(report.last) }
        }),
        Piece::Held(day, _, material) => Some(About { party: None, material, units: None, day: Some(day) }),
    })
}

/// Is a piece a movement, line or stated closing of an account of a break, and of a report that counts?
pub(super) fn is_of_account(books: &Books, ask: &Ask<'_>, row: &Break, piece: Piece) -> Result<bool, Rejection> {
    // A movement is of an account whichever of its two legs is named.
    let other = match piece {
        Piece::Event(seq, leg) => Some(Piece::Event(seq, leg ^ 1)),
        Piece::Line(report, _) | Piece::Balance(report, _) if !books.report(report).is_complete() => return Ok(false),
        Piece::Line(..) | Piece::Balance(..) | Piece::Held(..) => None,
    };
    for piece in std::iter::once(piece).chain(other) {
        let Some(About { party: Some(party), material, .. }) = about(books, ask, piece)? else { continue };
        let is_party = party == row.party || (row.is_between && party == row.against);
        if is_party && material == row.found.material {
            return Ok(true);
        }
    }
    Ok(false)
}

fn leg_about(books: &Books, event: &Event, leg: u32) -> Option<About> {
    let entry = event.entries.get(leg as usize / 2).filter(|_| event.outcome.is_done())?;
    let (account, sign) = if leg.is_multiple_of(2) { (entry.source, -1) } else { (entry.target, 1) };
    let key = books.account(account).key;
    let is_real = books.place(key.place).is_real();
    is_real.then(|| About {
        party: Some(key.owner),
        material: books.lot(key.lot).facts.material,
        units: Some(sign * entry.quantity.units()),
        day: Some(entry.day.unwrap_or(event.effective)),
    })
}

/// A line of a report, from the event that holds it: these are in the order of the lines.
fn line(books: &Books, ask: &Ask<'_>, report: ReportNo, number: u32) -> Option<ReportLine> {
    let events = &books.report(report).events;
    let lines = |index: usize| -> Option<Vec<ReportLine>> {
        let act = ask.past.event(*events.get(index)?)?.effect(books)?.into_owned();
        if let Act::ReceiveReport(act) = act {
            return Some(act.lines);
        }
        if let Act::AddReportLines(act) = act { Some(act.lines) } else { None }
    };
    let (mut low, mut high) = (0, events.len());
    while low < high {
        let middle = usize::midpoint(low, high);
        let part = lines(middle)?;
        match (part.first(), part.last()) {
            (Some(first), _) if number < first.number => high = middle,
            (_, Some(last)) if number <= last.number => {
                return part.into_iter().find(|line| line.number == number);
            }
            _ => low = middle + 1,
        }
    }
    None
}

fn balance(books: &Books, ask: &Ask<'_>, report: ReportNo, number: u32) -> Option<StatedBalance> {
    let event = ask.past.event(*books.report(report).events.first()?)?;
    let Act::ReceiveReport(act) = event.effect(books)?.into_owned() else { return None };
    act.balances.into_iter().nth(number as usize - 1)
}

/// A told quantity in accounting units; none where its unit or basis does not allow that.
fn in_accounting(books: &Books, material: MaterialNo, told: &Told) -> Option<i64> {
    let facts = books.material(material);
    let size = Quantity::new(told.digits.checked_abs()?).filter(|_| told.basis == facts.basis)?;
    let scale = Scale { unit: told.unit, decimals: told.decimals };
    let accounting = Scale { unit: facts.unit, decimals: facts.decimals };
    convert_exact(size, scale, accounting).ok().map(|units| told.digits.signum() * units.units())
}
