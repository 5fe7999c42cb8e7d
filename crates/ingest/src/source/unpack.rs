//! What a file is, and its text: archives opened, encodings read. Bounded: a file that unpacks into more than can be kept
//! is an error.

use std::borrow::Cow;
use std::io::{Cursor, Read};

use encoding_rs::{Encoding, GB18030, GBK, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::SourceError;
use crate::layout::{Layout, SourceFormat};
use crate::wrong::Wrong;

/// Largest source, once it is unpacked.
pub(super) const UNPACKED_BYTES_MAX: u64 = 256 << 20;
/// Archives in archives.
const DEPTH_MAX: usize = 3;

/// What lies in a file.
pub(super) enum Content<'b> {
    /// A workbook, packed as it was.
    Workbook(Cow<'b, [u8]>),
    /// Text of some format.
    Text(String, SourceFormat),
}

/// Opens a file.
pub(super) fn content<'b>(bytes: &'b [u8], layout: &Layout) -> Result<Content<'b>, SourceError> {
    let mut bytes = Cow::Borrowed(bytes);
    for _ in 0..DEPTH_MAX {
        bytes = match &*bytes {
            [0x1f, 0x8b, ..] => Cow::Owned(bounded(flate2::read::MultiGzDecoder::new(&*bytes))?),
            [b'P', b'K', 3, 4, ..] => match member(&bytes, layout)? {
                Some(inner) => Cow::Owned(inner),
                None => return Ok(Content::Workbook(bytes)),
            },
            [0xd0, 0xcf, 0x11, 0xe0, ..] => return Ok(Content::Workbook(bytes)),
            [b'%', b'P', b'D', b'F', ..] => return Err(SourceError::Other(Wrong::Pdf)),
            _ => {
                let text = decode(&bytes, layout)?;
                let format = layout.format.unwrap_or_else(|| looks_like(&text));
                if format == SourceFormat::Workbook {
                    return Err(SourceError::Other(Wrong::NoWorkbook));
                }
                return Ok(Content::Text(text, format));
            }
        };
    }
    Err(SourceError::TooLarge { what: "archives" })
}

/// The encoding that was guessed of a file that does not say it, and is not UTF-8; none where nothing had to be guessed.
pub(super) fn guessed(bytes: &[u8], layout: &Layout) -> Option<&'static str> {
    let mut bytes = Cow::Borrowed(bytes);
    for _ in 0..DEPTH_MAX {
        bytes = match &*bytes {
            [0x1f, 0x8b, ..] => Cow::Owned(bounded(flate2::read::MultiGzDecoder::new(&*bytes)).ok()?),
            [b'P', b'K', 3, 4, ..] => Cow::Owned(member(&bytes, layout).ok()??),
            [0xd0, 0xcf, 0x11, 0xe0, ..] => return None,
            _ => break,
        };
    }
    let is_said = layout.encoding.is_some() || Encoding::for_bom(&bytes).is_some();
    if is_said || is_wide(&bytes, 1) || is_wide(&bytes, 0) {
        return None;
    }
    let is_utf8 = std::str::from_utf8(&bytes).is_ok_and(|text| !text.contains('\u{1b}'));
    (!is_utf8).then(|| guess(&bytes).name())
}

fn bounded(reader: impl Read) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    reader.take(UNPACKED_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(SourceError::Unpack)?;
    if bytes.len() as u64 > UNPACKED_BYTES_MAX {
        return Err(SourceError::TooLarge { what: "unpacked" });
    }
    Ok(bytes)
}

/// The file of an archive that is meant; none where the archive is a workbook itself.
fn member(bytes: &[u8], layout: &Layout) -> Result<Option<Vec<u8>>, SourceError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(zipped)?;
    let mut names = Vec::new();
    let mut total = 0;
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(zipped)?;
        let name = file.name().map_err(zipped)?.into_owned();
        // What an archive says of its sizes may be wrong: they are counted.
        total +=
            std::io::copy(&mut file.take(UNPACKED_BYTES_MAX + 1), &mut std::io::sink()).map_err(SourceError::Unpack)?;
        if total > UNPACKED_BYTES_MAX {
            return Err(SourceError::TooLarge { what: "unpacked" });
        }
        names.push(name);
    }
    if names.iter().any(|name| name == "[Content_Types].xml" || name == "mimetype") {
        return Ok(None);
    }
    let is_file = |name: &&String| !name.ends_with('/') && !name.starts_with("__MACOSX/") && !name.contains("/.");
    let files: Vec<&String> = names.iter().filter(is_file).collect();
    let chosen = match (&layout.member, &files[..]) {
        (Some(wanted), files) => files.iter().find(|name| **name == wanted || name.ends_with(&format!("/{wanted}"))),
        (None, [only]) => Some(only),
        (None, _) => None,
    };
    let Some(name) = chosen else {
        let found = files.into_iter().cloned().collect();
        return Err(SourceError::WhichMember { found });
    };
    bounded(archive.by_name(name).map_err(zipped)?).map(Some)
}

fn zipped(error: zip::result::ZipError) -> SourceError {
    SourceError::Unpack(std::io::Error::other(error))
}

/// The text of bytes, by the encoding that is said, marked, or most likely.
fn decode(bytes: &[u8], layout: &Layout) -> Result<String, SourceError> {
    let said = layout.encoding.as_ref().and_then(|label| Encoding::for_label(label.as_bytes()));
    if let Some((marked, length)) = Encoding::for_bom(bytes) {
        return decoded(marked, &bytes[length..], true);
    }
    match said {
        Some(encoding) => decoded(encoding, bytes, true),
        None if is_wide(bytes, 1) => decoded(UTF_16LE, bytes, true),
        None if is_wide(bytes, 0) => decoded(UTF_16BE, bytes, true),
        None => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains('\u{1b}') => Ok(text.to_owned()),
            Ok(_) => decoded(guess(bytes), bytes, false),
            Err(error) if is_damaged_utf8(bytes) => {
                Err(SourceError::Encoding { line: line_of(bytes, error.valid_up_to()), encoding: "UTF-8".to_owned() })
            }
            Err(_) => decoded(guess(bytes), bytes, false),
        },
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    match detector.guess(None, chardetng::Utf8Detection::Allow) {
        encoding if encoding == GBK => GB18030,
        // A control of the one is a dash or a quote of the other, which is what offices write.
        encoding if encoding.name() == "ISO-8859-1" => WINDOWS_1252,
        encoding => encoding,
    }
}

fn decoded(encoding: &'static Encoding, bytes: &[u8], is_said: bool) -> Result<String, SourceError> {
    let damaged = |line| SourceError::Encoding { line, encoding: encoding.name().to_owned() };
    if encoding == UTF_8 {
        return match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(damaged(line_of(bytes, error.valid_up_to()))),
        };
    }
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    if had_errors {
        let before = text.split('\u{fffd}').next().unwrap_or_default();
        let line = before.matches('\n').count() as u64 + 1;
        return Err(if is_said {
            damaged(line)
        } else {
            SourceError::Encoding { line, encoding: "any that is known".into() }
        });
    }
    Ok(text.into_owned())
}

/// Two bytes a letter, one of which is nearly always empty: `place` is that one's.
fn is_wide(bytes: &[u8], place: usize) -> bool {
    let head = &bytes[..bytes.len().min(4096)];
    let pairs = head.len() / 2;
    let empty = head.chunks_exact(2).filter(|pair| pair[place] == 0 && pair[1 - place] != 0).count();
    pairs > 0 && empty * 10 >= pairs * 4 && bytes.len().is_multiple_of(2)
}

/// Most of what is not ASCII is UTF-8, and something is not: nobody's other encoding looks so.
fn is_damaged_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    good > bad * 4
}

fn line_of(bytes: &[u8], place: usize) -> u64 {
    bytes[..place].iter().filter(|byte| **byte == b'\n').count() as u64 + 1
}

/// What a text is, by how it begins.
fn looks_like(text: &str) -> SourceFormat {
    let text = text.trim_start();
    match text.as_bytes().first() {
        Some(b'[') if text.ends_with([']', '\n', '\r', ' ']) && is_json(text) => SourceFormat::Json,
        Some(b'{') if is_json(text) => SourceFormat::Json,
        Some(b'{') => SourceFormat::Jsonl,
        Some(b'<') => SourceFormat::Xml,
        _ if text.starts_with("UNA") || text.starts_with("UNB+") => SourceFormat::Edifact,
        _ => SourceFormat::Csv,
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}
