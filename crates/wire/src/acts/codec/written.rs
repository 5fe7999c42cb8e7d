//! Days, prices, shares, hashes and other values that are written in a way of their own.

use books::lot::Content;
use books::report::{FileHash, Piece as RecordPiece, Told as ToldQuantity};
use books::{Fault, MaterialNo};

use super::codecs;
use crate::date::show_day;
use crate::fault::{of_density, of_unit};
use crate::piece;
use crate::resolve::{day, unreadable};
use crate::value::{parse_fraction, parse_price, show_fraction, show_price};

codecs! {
    /// A day.
    Day: String => books::Day {
        |_, field, text| day(field, text),
        |_, day| show_day(*day),
    }
    /// A price for one shown unit.
    Price: String => books::lot::Price {
        |_, field, text| parse_price(text).map_err(unreadable(field)),
        |_, price| show_price(price),
    }
    /// A share, such as `65%`.
    Fraction: String => u32 {
        |_, field, text| parse_fraction(text).map_err(unreadable(field)),
        |_, ppb| show_fraction(*ppb),
    }
    /// The least content of an element or oxide, as `Nd2O3 99.5%`.
    Grade: String => Content {
        |_, field, text| {
            let shape = || unreadable(field)(Fault::NotAGrade { text: text.to_owned() });
            let (analyte, fraction) = text.trim().split_once(' ').ok_or_else(shape)?;
            let fraction_ppb = parse_fraction(fraction).map_err(unreadable(field))?;
            Ok(Content { analyte: analyte.to_owned(), fraction_ppb })
        },
        |_, grade| format!("{} {}", grade.analyte, show_fraction(grade.fraction_ppb)),
    }
    /// SHA-256 in hexadecimal.
    Hash: String => [u8; 32] {
        |_, field, text| piece::parse_hash(field, text),
        |_, hash| piece::show_hash(hash),
    }
    /// SHA-256 of a file in hexadecimal.
    HashOfFile: String => FileHash {
        |_, field, text| piece::parse_hash(field, text).map(FileHash),
        |_, hash| piece::show_hash(&hash.0),
    }
    /// SHA-256 in base64, as checkpoints write it.
    Root: String => chain::Hash {
        |_, field, text| {
            let fault = || Fault::NotAHashInBase64 { text: text.chars().take(80).collect() };
            let bytes = chain::decode_base64(text).and_then(|bytes| bytes.try_into().ok());
            bytes.ok_or_else(|| unreadable(field)(fault()))
        },
        |_, root| chain::encode_base64(root),
    }
    /// A factor between two units, as `0.85 t/m3`.
    Density: String => measure::Density {
        |_, field, text| measure::Density::parse(text).map_err(|error| unreadable(field)(of_density(text, &error))),
        |_, density| density.to_string(),
    }
    /// A unit.
    Unit: String => measure::Unit {
        |_, field, text| measure::Unit::parse(text).map_err(|error| unreadable(field)(of_unit(text, &error))),
        |_, unit| unit.to_string(),
    }
    /// A quantity as it was told.
    Told(material: MaterialNo): String => ToldQuantity {
        |resolver, field, text| piece::parse_told(resolver.books, field, text, *material),
        |_, told| piece::show_told(told),
    }
    /// A piece of a record.
    Piece: String => RecordPiece {
        |resolver, field, text| piece::parse_piece(resolver, field, text),
        |books, found| piece::show_piece(books, *found),
    }
}
