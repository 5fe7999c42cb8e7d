//! The short way through JSON, for commands as programs write them: one flat object in plain ASCII without escapes. It gives
//! what the long way gives, or nothing; what is wrong with a command is said by the long way alone.

use std::fmt;

use books::CommandId;
use serde::de::value::MapDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::Command;
use crate::acts::Act;
use crate::date::parse_day_and_time;
use crate::limits::TEXT_BYTES_MAX;

pub(super) fn read(bytes: &[u8]) -> Option<Command> {
    // No text in it can be too long, escaped, or hold a control character: there is nothing more to check in any of them.
    let is_plain = |byte: &u8| matches!(byte, 0x20..=0x7e) && !matches!(byte, b'\\' | b'[');
    if bytes.len() > TEXT_BYTES_MAX || !bytes.iter().all(is_plain) {
        return None;
    }
    if bytes.iter().filter(|byte| **byte == b'{').count() != 1 {
        return None;
    }
    let flat: Flat<'_> = serde_json::from_slice(bytes).ok()?;
    let id = Uuid::parse_str(flat.id?).ok()?;
    if flat.maker.is_some_and(|maker| maker.is_empty() || maker.len() > books::limits::TEXT_BYTES_MAX) {
        return None;
    }
    let (effective, time) = parse_day_and_time(flat.effective?).ok()?;
    let party = flat.party?.to_owned();
    let fields = MapDeserializer::<_, serde_json::Error>::new(flat.fields.into_iter());
    let act = Act::read(flat.act?, fields)?.ok()?;
    let maker = flat.maker.map(str::to_owned);
    Some(Command { id: CommandId(id.into_bytes()), party, maker, effective, time, act })
}

#[derive(Default)]
struct Flat<'b> {
    id: Option<&'b str>,
    party: Option<&'b str>,
    maker: Option<&'b str>,
    effective: Option<&'b str>,
    act: Option<&'b str>,
    fields: Vec<(&'b str, &'b RawValue)>,
}

impl<'de> Deserialize<'de> for Flat<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Flat<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a command")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Flat<'de>, A::Error> {
                let mut flat = Flat { fields: Vec::with_capacity(8), ..Flat::default() };
                while let Some(key) = map.next_key::<&str>()? {
                    let field = match key {
                        "id" => &mut flat.id,
                        "party" => &mut flat.party,
                        "maker" => &mut flat.maker,
                        "effective" => &mut flat.effective,
                        "act" => &mut flat.act,
                        _ => {
                            flat.fields.push((key, map.next_value()?));
                            continue;
                        }
                    };
                    if field.replace(map.next_value()?).is_some() {
                        return Err(A::Error::custom("given twice"));
                    }
                }
                Ok(flat)
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

#[cfg(test)]
mod tests;
