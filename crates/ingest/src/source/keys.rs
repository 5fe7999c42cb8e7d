//! Keys that stand in one column: `freq,unit,geo\TIME_PERIOD`, as statistics offices publish them.

use super::table::{Kind, Row};
use super::{HEAD_ROWS_MAX, Sheet};

/// The sheet with a column for each of the keys; unchanged where it has no such column.
pub(super) fn split(mut sheet: Sheet) -> Sheet {
    let mut heads = sheet.rows.iter().take(HEAD_ROWS_MAX);
    let is_head = |row: &Row| row.get(0).is_some_and(|text| text.contains('\\') && text.contains(','));
    let Some(place) = heads.position(|row| row.as_ref().is_ok_and(is_head)) else { return sheet };
    let Some(Ok(head)) = sheet.rows.get(place) else { return sheet };
    let keys = head.get(0).unwrap_or_default();
    // What stands behind the mark is the name of what goes across.
    let keys: Vec<String> =
        keys.split('\\').next().unwrap_or_default().split(',').map(|key| key.trim().to_owned()).collect();
    let count = keys.len();
    for row in sheet.rows[place..].iter_mut().flatten() {
        let first = row.get(0).unwrap_or_default().to_owned();
        let parts: Vec<&str> = match is_head(row) {
            true => keys.iter().map(String::as_str).collect(),
            false => first.split(',').map(str::trim).collect(),
        };
        if parts.len() == count {
            let mut split = Row::new(row.line);
            parts.iter().for_each(|part| split.push(part, Kind::Text));
            (1..row.count()).for_each(|place| split.push(row.get(place).unwrap_or_default(), row.kind(place)));
            *row = split;
        }
    }
    sheet
}
