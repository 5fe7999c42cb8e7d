//! The lines of a table that failed, as they were, with the reason behind: to be mended and loaded by the same mapping.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ingest::Mapping;
use shell::Failure;

/// The heading of the reasons.
const WHY: &str = "why";

/// Writes them, below whatever stands before the first line of the table. A file is written also where nothing failed: it
/// says so.
pub(super) fn write(
    path: &Path,
    source: &[u8],
    mapping: &Mapping,
    (first, failed): (u64, BTreeMap<u64, String>),
) -> Result<(), Failure> {
    let written = match mapping.delimiter_of_text(source) {
        Some(delimiter) => table(source, delimiter, first, &failed),
        None => listed(source, &failed)?,
    };
    fs::write(path, written).map_err(|error| Failure::new(format!("write `{}`: {error}", path.display())))
}

fn table(source: &[u8], delimiter: char, first: u64, failed: &BTreeMap<u64, String>) -> Vec<u8> {
    let lines: Vec<&[u8]> = source.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).collect();
    let mut written = Vec::new();
    let mut put = |line: &[u8], why: &str| {
        written.extend_from_slice(line);
        written.extend_from_slice(delimiter.to_string().as_bytes());
        written.extend_from_slice(format!("\"{}\"\n", why.replace('"', "\"\"")).as_bytes());
    };
    let place = |line: u64| usize::try_from(line).ok().and_then(|line| line.checked_sub(1));
    let heads = place(first).filter(|heads| *heads > 0).unwrap_or(1).min(lines.len());
    for (above, line) in lines[..heads].iter().enumerate() {
        put(line, if above + 1 == heads { WHY } else { "" });
    }
    for (line, why) in failed {
        if let Some(line) = place(*line).filter(|place| *place >= heads).and_then(|place| lines.get(place)) {
            put(line, why);
        }
    }
    written
}

fn listed(source: &[u8], failed: &BTreeMap<u64, String>) -> Result<Vec<u8>, Failure> {
    let entries: Vec<serde_json::Value> = serde_json::from_slice(source).map_err(|error| {
        Failure::new(format!("what failed cannot be written as it was: {error}"))
            .hint("leave --rejects out: every line that failed is named above")
    })?;
    let entry = |(line, why): (&u64, &String)| {
        let mut entry = entries.get(usize::try_from(*line).ok()?.checked_sub(1)?)?.clone();
        entry.as_object_mut()?.insert(WHY.into(), why.as_str().into());
        Some(entry)
    };
    Ok(serde_json::to_vec_pretty(&failed.iter().filter_map(entry).collect::<Vec<_>>())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_failed_stand_as_they_were_with_the_reason_behind() {
        let source = "Depot;\r\nday;stock\r\n2026-03-06;100\r\n2026-03-13;\"1,1\"x\r\n".as_bytes();
        let failed = BTreeMap::from([(4, "`\"1` is not a figure".to_owned())]);
        let written = String::from_utf8(table(source, ';', 3, &failed)).expect("UTF-8");
        assert_eq!(written, "Depot;;\"\"\nday;stock;\"why\"\n2026-03-13;\"1,1\"x;\"`\"\"1` is not a figure\"\n");
    }
}
