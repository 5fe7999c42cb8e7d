//! What arithmetic says of a way to read figures: opening + in - out = closing, a level less the one before it, a total and its
//! parts.

use std::collections::BTreeMap;

use super::Found;
use super::days::Days;
use super::figures::{Figures, figure};
use super::rows::Apart;
use super::words::Role;
use crate::decimal::Decimal;
use crate::figure::Sign;
use crate::mapping::{GIVEN, HEADING};
use crate::source::Record;

/// Days and keys of a row, with its figures by role.
type Row<'r> = (jiff::civil::Date, Vec<&'r str>, &'r Record);

/// What arithmetic says of a way to read.
#[derive(Default)]
pub(super) struct Proof {
    pub(super) count: usize,
    pub(super) sentences: Vec<String>,
    pub(super) sign: Option<Sign>,
    pub(super) sum: Option<(String, Vec<String>)>,
    /// Each line says what lay there after it, in the order of the file.
    pub(super) is_running: bool,
}

pub(super) fn proof(found: &Found<'_>, days: &Days, apart: &Apart, figures: &Figures) -> Proof {
    let mut proof = Proof::default();
    let when = days.when();
    let rows: Vec<Row<'_>> = found
        .table
        .rows
        .iter()
        .filter(|row| !apart.is(row))
        .filter_map(|row| {
            let day = match days.column.as_str() {
                HEADING | GIVEN => jiff::civil::Date::MIN,
                column => when.read(row.text(column)?, row.kind(column)).ok()?.day,
            };
            Some((day, figures.keys.parts.iter().map(|key| row.text(key).unwrap_or_default()).collect(), row))
        })
        .collect();
    let [opening, stock, inflow, outflow] =
        [Role::Opening, Role::Stock, Role::In, Role::Out].map(|role| figures.of(role));
    if let ([opening], [stock], [inflow], [outflow]) = (&opening[..], &stock[..], &inflow[..], &outflow[..]) {
        row_by_row(&rows, figures, [opening, stock, inflow, outflow], &mut proof);
    } else if let ([], [stock], [inflow], [outflow]) = (&opening[..], &stock[..], &inflow[..], &outflow[..]) {
        level_by_level(&rows, figures, [stock, inflow, outflow], &mut proof);
    }
    if let ([stock], [change]) = (&stock[..], &figures.of(Role::Change)[..]) {
        changes(&rows, figures, stock, change, &mut proof);
    }
    if stock.len() >= 3 {
        sum_of_columns(found, figures, &stock, &mut proof);
    }
    proof
}

fn size(figure: Decimal, sign: Sign) -> Decimal {
    match sign {
        Sign::Ignore => figure.size(),
        Sign::Way | Sign::Reverses => figure,
    }
}

/// opening + in - out = closing, in each row.
fn row_by_row(rows: &[Row<'_>], figures: &Figures, [opening, stock, inflow, outflow]: [&str; 4], proof: &mut Proof) {
    for sign in [Sign::Reverses, Sign::Ignore] {
        let holds = |(_, _, row): &Row<'_>| {
            let flow =
                |column| figure(row, column, &figures.settings).map_or(Decimal::default(), |figure| size(figure, sign));
            let sum = figure(row, opening, &figures.settings)?.plus(flow(inflow))?.minus(flow(outflow))?;
            Some(sum.is_same(figure(row, stock, &figures.settings)?))
        };
        let held: Vec<bool> = rows.iter().filter_map(holds).collect();
        if !held.is_empty() && held.iter().all(|holds| *holds) {
            proof.count += held.len();
            proof.sign = Some(sign);
            let count = held.len();
            proof
                .sentences
                .push(format!("`{opening}` + `{inflow}` - `{outflow}` = `{stock}` in {count} of {count} rows"));
            return;
        }
    }
}

/// A level less the one before it is what came in less what went out.
fn level_by_level(rows: &[Row<'_>], figures: &Figures, [stock, inflow, outflow]: [&str; 3], proof: &mut Proof) {
    let mut by_key: BTreeMap<&[&str], Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        by_key.entry(&row.1).or_default().push(row);
    }
    for sign in [Sign::Reverses, Sign::Ignore] {
        let (mut held, mut is_running) = (Vec::new(), false);
        for rows in by_key.values_mut() {
            rows.sort_by_key(|(day, _, _)| *day);
            for pair in rows.windows(2) {
                let (before, row) = (pair[0].2, pair[1].2);
                let flow = |column| {
                    figure(row, column, &figures.settings).map_or(Decimal::default(), |figure| size(figure, sign))
                };
                let holds = || {
                    let change =
                        figure(row, stock, &figures.settings)?.minus(figure(before, stock, &figures.settings)?)?;
                    Some(flow(inflow).minus(flow(outflow))?.is_same(change))
                };
                held.extend(holds());
                is_running |= pair[0].0 == pair[1].0;
            }
        }
        let count = held.len();
        if count > 0 && held.iter().all(|holds| *holds) {
            proof.count += count;
            proof.sign = Some(sign);
            proof.is_running = is_running;
            proof.sentences.push(format!("`{stock}` changes by `{inflow}` - `{outflow}` on {count} of {count} days"));
            return;
        }
    }
}

/// A column of changes is the difference of levels.
fn changes(rows: &[Row<'_>], figures: &Figures, stock: &str, change: &str, proof: &mut Proof) {
    let mut rows: Vec<&Row<'_>> = rows.iter().collect();
    rows.sort_by_key(|(day, _, _)| *day);
    let holds = |pair: &[&Row<'_>]| {
        let difference =
            figure(pair[1].2, stock, &figures.settings)?.minus(figure(pair[0].2, stock, &figures.settings)?)?;
        Some(difference.is_same(figure(pair[1].2, change, &figures.settings)?))
    };
    let held: Vec<bool> = rows.windows(2).filter_map(holds).collect();
    let count = held.iter().filter(|holds| **holds).count();
    if count >= 3 && count * 10 >= held.len() * 9 {
        proof.count += count;
        proof.sentences.push(format!("`{change}` is what `{stock}` changed by on {count} of {} days", held.len()));
    }
}

/// One column is the sum of all others, but for rounding.
fn sum_of_columns(found: &Found<'_>, figures: &Figures, stock: &[&str], proof: &mut Proof) {
    let parts = stock.len() - 1;
    // Of each row with all figures: them, and their sum.
    let rows: Vec<(Vec<Decimal>, Decimal)> = found
        .table
        .rows
        .iter()
        .filter_map(|row| {
            let row: Vec<Decimal> =
                stock.iter().map(|column| figure(row, column, &figures.settings)).collect::<Option<_>>()?;
            let sum = row.iter().try_fold(Decimal::default(), |sum, part| sum.plus(*part))?;
            Some((row, sum))
        })
        .collect();
    let is_total = |place: &usize| {
        let holds = |(row, sum): &(Vec<Decimal>, Decimal)| {
            let sum = sum.minus(row[*place])?;
            let hundred = row[*place].minus(sum)?.times(Decimal { units: 100, decimals: 0 })?;
            Some(sum.units != 0 && hundred.is_within(parts as u64))
        };
        rows.iter().all(|row| holds(row) == Some(true))
    };
    let Some(total) = (0..stock.len()).find(|place| !rows.is_empty() && is_total(place)) else { return };
    let count = rows.len();
    proof.count += count;
    proof.sentences.push(format!("`{}` is the sum of {parts} columns in {count} of {count} rows", stock[total]));
    let name = |place: usize| stock[place].to_owned();
    proof.sum = Some((name(total), (0..stock.len()).filter(|place| *place != total).map(name).collect()));
}
