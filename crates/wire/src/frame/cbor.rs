//! Commands and verdicts as CBOR: see `schemas/frame.cddl`.

use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};
use minicbor::encode::Encoder;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::together::{Listed, Pieces};
use crate::acts::Act;
use crate::command::{Command, Malformed};
use crate::date::parse_day_and_time;
use crate::frame::Wanted;
use crate::limits::{COMMAND_BYTES_MAX, DEPTH_MAX, TEXT_BYTES_MAX, TOGETHER_DEPTH_MAX};
use crate::strict::Texts;
use crate::typed::{Misread, Wrong};
use crate::unread::Unread;
use crate::verdict::{Outcome, Retry, Verdict};

/// The tag of self-described CBOR (RFC 8949, section 3.4.6): no text begins with these bytes.
pub(super) const MARK: [u8; 3] = [0xd9, 0xd9, 0xf7];

/// The items of a sequence, each as its bytes; the rest as one where an item has no end.
pub(super) fn items(sequence: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = sequence;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut decoder = Decoder::new(rest);
        let end = match check(&mut decoder, DEPTH_MAX) {
            Ok(()) => decoder.position(),
            Err(_) => skipped(rest).unwrap_or(rest.len()),
        };
        let (item, after) = rest.split_at(end);
        rest = after;
        Some(item)
    })
}

/// The end of an item that is CBOR, though none that we take.
fn skipped(bytes: &[u8]) -> Option<usize> {
    let mut decoder = Decoder::new(bytes);
    decoder.skip().ok()?;
    Some(decoder.position())
}

/// As strict as with JSON: definite lengths, no tags, no overlong texts, none with control characters.
fn check(decoder: &mut Decoder<'_>, depth_left: usize) -> Result<(), Error> {
    let inner = || depth_left.checked_sub(1).ok_or_else(|| Error::message("lists too deep"));
    match decoder.datatype()? {
        Type::String => {
            let text = decoder.str()?;
            if text.len() > TEXT_BYTES_MAX {
                return Err(Error::message(format!("a text of {} bytes; the most is {TEXT_BYTES_MAX}", text.len())));
            }
            if text.bytes().any(|byte| !(0x20..0x7f).contains(&byte)) && text.chars().any(char::is_control) {
                return Err(Error::message("a text with a control character"));
            }
        }
        Type::Array => {
            let count = decoder.array()?.ok_or_else(|| Error::message("a list without a length"))?;
            for _ in 0..count {
                check(decoder, inner()?)?;
            }
        }
        Type::Map => {
            let count = decoder.map()?.ok_or_else(|| Error::message("an object without a length"))?;
            for _ in 0..count {
                check(decoder, inner()?)?;
                check(decoder, inner()?)?;
            }
        }
        Type::Bytes
        | Type::Bool
        | Type::Null
        | Type::U8
        | Type::U16
        | Type::U32
        | Type::U64
        | Type::I8
        | Type::I16
        | Type::I32
        | Type::I64
        | Type::F64 => decoder.skip()?,
        other @ (Type::Undefined
        | Type::Int
        | Type::F16
        | Type::F32
        | Type::Simple
        | Type::BytesIndef
        | Type::StringIndef
        | Type::ArrayIndef
        | Type::MapIndef
        | Type::Tag
        | Type::Break
        | Type::Unknown(_)) => return Err(Error::message(format!("{other} has no place in a command"))),
    }
    Ok(())
}

/// What stands before the fields of the act.
struct Header<'b> {
    id: [u8; 16],
    party: &'b str,
    maker: Option<&'b str>,
    effective: &'b str,
    act: &'b str,
}

fn header<'b>(decoder: &mut Decoder<'b>) -> Result<Header<'b>, Error> {
    if decoder.array()? != Some(6) {
        return Err(Error::message("a command is a list of six: id, party, maker, effective, act, its fields"));
    }
    let id = decoder.bytes()?.try_into().map_err(|_| Error::message("the id is not 16 bytes"))?;
    let party = decoder.str()?;
    let is_absent = decoder.datatype()? == Type::Null;
    let maker = if is_absent { decoder.null().map(|()| None)? } else { Some(decoder.str()?) };
    Ok(Header { id, party, maker, effective: decoder.str()?, act: decoder.str()? })
}

pub(super) fn wanted(bytes: &[u8]) -> Option<Wanted> {
    let header = header(&mut Decoder::new(bytes)).ok()?;
    let id = Some(Uuid::from_bytes(header.id).to_string());
    Some(Wanted { id, act: header.act.to_owned(), party: header.party.to_owned(), is_grouped: false })
}

/// A group or a trial: a map; none of anything else.
pub(super) fn pieces(item: &[u8]) -> Option<Result<Pieces<'_>, Malformed>> {
    let is_map = matches!(Decoder::new(item).datatype(), Ok(Type::Map));
    is_map.then(|| {
        let mut decoder = Decoder::new(item);
        check(&mut decoder, TOGETHER_DEPTH_MAX).map_err(|_| not_cbor(decoder.position()))?;
        decoder.set_position(0);
        read_pieces(item, &mut decoder).map_err(|_| not_cbor(decoder.position()))
    })
}

fn read_pieces<'b>(item: &'b [u8], decoder: &mut Decoder<'b>) -> Result<Pieces<'b>, Error> {
    let (mut group, mut dry_run, mut consents) = (None, None, Vec::new());
    for _ in 0..decoder.map()?.unwrap_or_default() {
        let key = decoder.str()?;
        let begun = decoder.position();
        match key {
            "group" if group.is_none() => {
                let pieces = list(item, decoder)?;
                group = Some::<Listed<'_>>((&item[begun..decoder.position()], pieces));
            }
            "dry_run" if dry_run.is_none() => dry_run = Some(list(item, decoder)?),
            "consents" if consents.is_empty() => {
                for piece in list(item, decoder)? {
                    let read = serde::Deserialize::deserialize(&mut minicbor_serde::Deserializer::new(piece));
                    consents.push(read.map_err(Error::message)?);
                }
            }
            other => return Err(Error::message(format!("`{other}` is no part of a group, or is there twice"))),
        }
    }
    Ok(Pieces::of_map(group, dry_run, consents))
}

/// The items of a list, each as its bytes.
fn list<'b>(item: &'b [u8], decoder: &mut Decoder<'b>) -> Result<Vec<&'b [u8]>, Error> {
    let count = decoder.array()?.unwrap_or_default();
    let mut pieces = Vec::new();
    for _ in 0..count {
        let begun = decoder.position();
        decoder.skip()?;
        pieces.push(&item[begun..decoder.position()]);
    }
    Ok(pieces)
}

pub(super) fn read_command(bytes: &[u8]) -> Result<Command, Malformed> {
    if bytes.len() > COMMAND_BYTES_MAX {
        return Err(Malformed::too_large(bytes.len()));
    }
    let mut decoder = Decoder::new(bytes);
    check(&mut decoder, DEPTH_MAX).map_err(|_| refused(bytes, decoder.position()))?;
    decoder.set_position(0);
    let header = header(&mut decoder).map_err(|_| not_cbor(decoder.position()))?;
    let named = |malformed: Malformed| Malformed { id: Some(Uuid::from_bytes(header.id).to_string()), ..malformed };
    let fields = &bytes[decoder.position()..];
    let (effective, time) = parse_day_and_time(header.effective).map_err(|fault| named(Malformed::effective(fault)))?;
    if header.maker.is_some_and(|maker| maker.is_empty() || maker.len() > books::limits::TEXT_BYTES_MAX) {
        return Err(named(Malformed::maker()));
    }
    let act = match Act::read(header.act, &mut minicbor_serde::Deserializer::new(fields)) {
        Some(Ok(act)) => act,
        // Read once more, for its sender: by what says which field it is.
        _ => {
            let map = map(fields).map_err(|why| match why {
                Ok(misread) => Malformed::misread(misread),
                Err(_) => not_cbor(decoder.position()),
            });
            map.and_then(|map| Act::from_map(header.act, map)).map_err(named)?
        }
    };
    let (party, maker) = (header.party.to_owned(), header.maker.map(str::to_owned));
    Ok(Command { id: books::CommandId(header.id), party, maker, effective, time, act })
}

/// Fields by name: what is wrong with one, or why they are none.
fn map(fields: &[u8]) -> Result<Map<String, Value>, Result<Misread, Error>> {
    match crate::strict::read_from(&mut minicbor_serde::Deserializer::new(fields), Texts::OF_COMMANDS) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Ok(Misread::whole(Wrong::Shape { found: "other", wanted: "object" }))),
        Err(Ok(misread)) => Err(Ok(misread)),
        Err(Err(error)) => Err(Err(Error::message(error))),
    }
}

/// What is wrong with a text in it, where that is all; else up to which byte it is CBOR as it should be.
fn refused(bytes: &[u8], at: usize) -> Malformed {
    match crate::strict::read_from(&mut minicbor_serde::Deserializer::new(bytes), Texts::OF_COMMANDS) {
        Err(Ok(Misread { field: Some(field), wrong })) => {
            // The fields of the act are the sixth of its list.
            let field = field.strip_prefix("[5].").map_or_else(|| field.clone(), str::to_owned);
            Malformed::misread(Misread { field: Some(field), wrong })
        }
        _ => not_cbor(at),
    }
}

/// Up to a byte it is CBOR as it should be.
fn not_cbor(at: usize) -> Malformed {
    Malformed::whole(Unread::NotCbor { at: at + 1 })
}

pub(super) fn write_command(out: &mut Vec<u8>, command: &Command) {
    let mut encoder = Encoder::new(&mut *out);
    let header = (|| {
        encoder.array(6)?.bytes(&command.id.0)?.str(&command.party)?;
        match &command.maker {
            Some(maker) => encoder.str(maker)?,
            None => encoder.null()?,
        };
        encoder.str(&crate::date::show_day_and_time(command.effective, command.time))?.str(command.act.word())?;
        Ok::<_, minicbor::encode::Error<core::convert::Infallible>>(())
    })();
    header.expect("memory takes what is written to it");
    let fields = Value::Object(command.act.to_map());
    let mut serializer = minicbor_serde::Serializer::new(&mut *out);
    serde::Serialize::serialize(&fields, &mut serializer).expect("memory takes what is written to it");
}

/// Accepted and the like: what became of it and the event. All else is written out.
pub(super) fn write_verdict(out: &mut Vec<u8>, verdict: &Verdict) {
    let mut encoder = Encoder::new(out);
    let is_short = verdict.code.is_none() && verdict.message.is_none() && verdict.hint.is_none();
    let field_count = match (is_short, verdict.retry, verdict.facts.is_empty()) {
        (true, ..) => 2,
        (false, None, true) => 6,
        (false, Some(_), true) => 7,
        (false, _, false) => 8,
    };
    let written = (|| {
        encoder.array(field_count)?.u8(verdict.outcome as u8)?;
        match verdict.seq {
            Some(seq) => encoder.u64(seq)?,
            None => encoder.null()?,
        };
        if !is_short {
            for text in [&verdict.id, &verdict.code, &verdict.message, &verdict.hint] {
                match text {
                    Some(text) => encoder.str(text)?,
                    None => encoder.null()?,
                };
            }
        }
        if field_count > 6 {
            match verdict.retry {
                Some(retry) => encoder.u8(retry as u8)?,
                None => encoder.null()?,
            };
        }
        if field_count > 7 {
            encoder.map(verdict.facts.len() as u64)?;
            for (name, fact) in &verdict.facts {
                encoder.str(name)?;
                match fact.as_u64() {
                    Some(number) => encoder.u64(number)?,
                    None => encoder.str(fact.as_str().unwrap_or_default())?,
                };
            }
        }
        Ok::<_, minicbor::encode::Error<core::convert::Infallible>>(())
    })();
    written.expect("memory takes what is written to it");
}

pub(super) fn read_verdict(bytes: &[u8], line: u64) -> Result<Verdict, Error> {
    let mut decoder = Decoder::new(bytes);
    let count = decoder.array()?.unwrap_or_default();
    let outcome = match decoder.u8()? {
        0 => Outcome::Accepted,
        1 => Outcome::Duplicate,
        2 => Outcome::Refused,
        3 => Outcome::Invalid,
        4 => Outcome::Skipped,
        5 => Outcome::Tried,
        other => return Err(Error::message(format!("outcome {other} is not known"))),
    };
    let seq = decoder.decode()?;
    let mut text = || if count >= 6 { decoder.decode::<Option<String>>() } else { Ok(None) };
    let (id, code, message, hint) = (text()?, text()?, text()?, text()?);
    let retry = if count >= 7 { decoder.decode::<Option<u8>>()? } else { None };
    let retry = match retry {
        None => None,
        Some(0) => Some(Retry::Never),
        Some(1) => Some(Retry::Later),
        Some(2) => Some(Retry::Changed),
        Some(other) => return Err(Error::message(format!("retry {other} is not known"))),
    };
    let facts = if count >= 8 { facts(&bytes[decoder.position()..])? } else { Map::new() };
    Ok(Verdict { line: Some(line), id, seq, code, message, hint, retry, facts, ..Verdict::of(outcome, None) })
}

fn facts(bytes: &[u8]) -> Result<Map<String, Value>, Error> {
    map(bytes).map_err(|why| why.map_or_else(|error| error, |misread| Error::message(misread.wrong)))
}

pub(super) fn seq_of(verdict: &[u8]) -> Option<u64> {
    let mut decoder = Decoder::new(verdict);
    decoder.array().ok()?;
    decoder.u8().ok()?;
    decoder.u64().ok()
}
