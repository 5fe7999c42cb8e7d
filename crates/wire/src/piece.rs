//! Pieces of records as text: `event 12.0`, `JOGMEC/7:3`, `JOGMEC/7:=2`, `held 2026-03-31 Ibaraki NdPr-oxide`; and
//! quantities as they were told.

use std::fmt::Display;

use books::report::{Piece, Told};
use books::{Books, Fault, Kind, MaterialNo, Rejection, ReportNo, Seq};
use measure::{Basis, Unit};

use crate::date::show_day;
use crate::fault::{of_basis, of_unit};
use crate::limits::TOLD_DECIMALS_MAX;
use crate::resolve::{Resolver, day, unreadable};
use crate::value::{read_signed, show_decimals};

/// A piece from its text.
///
/// # Errors
/// When it is none, or names something that is not there.
pub(crate) fn parse_piece(resolver: &Resolver<'_>, field: &'static str, text: &str) -> Result<Piece, Rejection> {
    let shape = || unreadable(field)(Fault::NoPiece { text: text.to_owned() });
    if let Some(event) = text.strip_prefix("event ") {
        let (seq, leg) = event.split_once('.').unwrap_or((event, "0"));
        let (seq, leg) = (seq.parse().map_err(|_| shape())?, leg.parse().map_err(|_| shape())?);
        return Ok(Piece::Event(Seq(seq), leg));
    }
    if let Some(held) = text.strip_prefix("held ") {
        let mut words = held.splitn(3, ' ');
        let mut word = || words.next().ok_or_else(shape);
        let (date, site, material) = (word()?, word()?, word()?);
        let (site, material) = (resolver.place(Kind::Site, site)?, resolver.material(material)?);
        return Ok(Piece::Held(day(field, date)?, site, material));
    }
    let (code, line) = text.rsplit_once(':').ok_or_else(shape)?;
    let report = resolver.named(Kind::Report, code).map(ReportNo)?;
    match line.strip_prefix('=') {
        Some(number) => number.parse().map(|number| Piece::Balance(report, number)).map_err(|_| shape()),
        None => line.parse().map(|number| Piece::Line(report, number)).map_err(|_| shape()),
    }
}

/// A piece as text.
#[must_use]
pub fn show_piece(books: &Books, piece: Piece) -> String {
    let code = |report: books::ReportNo| books.named_code(Kind::Report, report.0).to_owned();
    match piece {
        Piece::Event(seq, leg) => format!("event {seq}.{leg}"),
        Piece::Line(report, number) => format!("{}:{number}", code(report)),
        Piece::Balance(report, number) => format!("{}:={number}", code(report)),
        Piece::Held(date, site, material) => {
            let material = &books.material(material).code;
            format!("held {} {} {material}", show_day(date), books.place_code(site))
        }
    }
}

/// A quantity as it was told, `60.50 t dry`; the material's basis where none is said.
///
/// # Errors
/// When it is none.
pub(crate) fn parse_told(
    books: &Books,
    field: &'static str,
    text: &str,
    material: MaterialNo,
) -> Result<Told, Rejection> {
    let facts = books.material(material);
    read_told(field, text, facts.basis, facts.shown)
}

/// The same for a basis that figures have where none is said, and a unit to show as an example.
///
/// # Errors
/// When it is none.
pub fn read_told(field: &'static str, text: &str, basis: Basis, example: impl Display) -> Result<Told, Rejection> {
    let mut words = text.split_ascii_whitespace();
    let number = words.next().unwrap_or_default();
    let no_unit =
        || unreadable(field)(Fault::UnitMissing { text: text.to_owned(), expected: format!("{number} {example}") });
    let unit = words.next().ok_or_else(no_unit)?;
    let unit = Unit::parse(unit).map_err(|error| unreadable(field)(of_unit(text, &error)))?;
    let own = words.next().map(Basis::parse).transpose();
    let basis = own.map_err(|error| unreadable(field)(of_basis(text, &error)))?.unwrap_or(basis);
    if words.next().is_some() {
        return Err(unreadable(field)(Fault::WordsAfter { text: text.to_owned() }));
    }
    // A stock told as less than nothing is a figure that somebody has to see, not a slip of the pen.
    let (digits, decimals) = read_signed(number, text, TOLD_DECIMALS_MAX).map_err(unreadable(field))?;
    Ok(Told { digits, decimals, unit, basis })
}

/// A quantity as it was told.
#[must_use]
pub fn show_told(told: &Told) -> String {
    format!("{} {} {}", show_decimals(told.digits, told.decimals), told.unit, told.basis)
}

/// SHA-256 from its 64 hexadecimal digits.
///
/// # Errors
/// When it is none.
pub fn parse_hash(field: &'static str, text: &str) -> Result<[u8; 32], Rejection> {
    let problem = || unreadable(field)(Fault::NotAHash { text: text.chars().take(80).collect() });
    let digit = |byte: u8| char::from(byte).to_digit(16).filter(|_| !byte.is_ascii_uppercase());
    let bytes = text.as_bytes();
    if bytes.len() != 64 {
        return Err(problem());
    }
    let mut hash = [0; 32];
    for (place, pair) in bytes.chunks_exact(2).enumerate() {
        let (high, low) = digit(pair[0]).zip(digit(pair[1])).ok_or_else(problem)?;
        hash[place] = u8::try_from(high * 16 + low).expect("two digits");
    }
    Ok(hash)
}

/// SHA-256 as hexadecimal.
#[must_use]
pub fn show_hash(hash: &[u8; 32]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
