//! What is set for some days, one line each: what is in force on the day, as it was known.

use books::base::BaseKind;
use books::comparing::{Rule, Says};
use books::{Day, Facts, Seq};
use wire::acts::words::{FigureOf, FloorPolicy, Form, OfMixed, ReportKind, ShareOf, Stage};
use wire::date::show_day;
use wire::value::{show_fraction, show_price};

use super::lines::RuleLine;
use super::{Line, line};
use crate::shared::{material_code, number, unit};
use crate::sight::Sight;

/// Everything in force, by the event that set it: what is set later does not move what stands before it.
pub(super) fn rows<'v>(facts: Facts<'v>, sight: Sight<'v>, from: u64) -> impl Iterator<Item = (u64, Vec<Line>)> + 'v {
    let mut found: Vec<RuleLine> = Vec::new();
    moves(facts, sight, &mut found);
    prices(facts, &mut found);
    let rules = facts.rules().into_iter();
    found.extend(rules.filter(|rule| sees(sight, rule)).map(|rule| compared(sight, rule)));
    measured(facts, sight, &mut found);
    found.retain(|rule| rule.event >= from);
    found.sort_by_key(|rule| rule.event);
    found.into_iter().map(|rule| (rule.event, vec![line(&rule)]))
}

fn is_on(facts: Facts<'_>, first: Day, last: Option<Day>) -> bool {
    first <= facts.day && last.is_none_or(|last| facts.day <= last)
}

fn rule(act: &str, of: Option<String>, says: String, (first, last): (Day, Option<Day>), seq: Seq) -> RuleLine {
    let (first, last) = (Some(show_day(first)), last.map(show_day));
    RuleLine { act: act.to_owned(), of, says, first, last, basis: None, event: seq.0 }
}

/// What is said of several things, those that are.
fn said(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Restrictions and licences.
fn moves<'v>(facts: Facts<'v>, sight: Sight<'v>, found: &mut Vec<RuleLine>) {
    let books = sight.books();
    for (_, row) in facts.restrictions().filter(|(_, row)| is_on(facts, row.first, row.last)) {
        let named = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name} {value}"));
        let says = said([
            named("origin", &row.origin),
            named("processed", &row.processed),
            named("hs", &row.hs),
            row.material.map(|material| format!("material {}", material_code(books, material))),
            named("end use", &row.end_use),
            named("destination", &row.destination),
            row.licensable.then(|| "licensable".to_owned()),
            Some(OfMixed::from(row.of_mixed).word()),
        ]);
        let line = rule("restrict", Some(row.code.clone()), says, (row.first, row.last), row.seq);
        found.push(RuleLine { basis: row.basis.clone(), ..line });
    }
    let seen = facts.licences().filter(|(_, row)| sight.sees_party(row.holder));
    for (_, row) in seen.filter(|(_, row)| is_on(facts, row.first, row.last)) {
        let size = books.show(row.material, row.quantity.units());
        let (material, holder) = (material_code(books, row.material), books.party_code(row.holder));
        let says = format!("{size} of {material} to {holder}, under {}", books.restriction(row.restriction).code);
        found.push(rule("license", Some(row.code.clone()), says, (row.first, row.last), row.seq));
    }
}

/// Floors under prices.
fn prices(facts: Facts<'_>, found: &mut Vec<RuleLine>) {
    let books = facts.books;
    for (_, row) in facts.floors().filter(|(_, row)| is_on(facts, row.first, row.last)) {
        let grade = row.grade.as_ref().map(|grade| format!("{} {}", grade.analyte, show_fraction(grade.fraction_ppb)));
        let says = said([
            Some(material_code(books, row.material)),
            row.form.map(|form| Form::from(form).word()),
            grade,
            Some(show_price(&row.price)),
            Some(FloorPolicy::from(row.policy).word()),
        ]);
        let line = rule("set_price_floor", Some(row.code.clone()), says, (row.first, row.last), row.seq);
        found.push(RuleLine { basis: row.basis.clone(), ..line });
    }
    // A path ends where its limit is reached, and the limit goes on.
    for (_, row) in facts.share_limits().filter(|(_, row)| row.most_at(facts.day).is_some()) {
        let says = said([
            row.material.map(|material| material_code(books, material)),
            Some(ShareOf::from(row.of).word()),
            row.whose.clone(),
            row.most_at(facts.day).map(|most| format!("at most {}", show_fraction(most))),
        ]);
        found.push(rule("set_share_limit", Some(row.code.clone()), says, (row.first, row.last), row.seq));
    }
}

/// A duty is seen where its reports are.
fn sees(sight: Sight<'_>, rule: &Rule) -> bool {
    match &rule.says {
        Says::Duty(duty) => sight.sees_reports_of(duty.party),
        Says::Method(_) | Says::Tolerance(_) | Says::Measuring(_) | Says::Rate(_) | Says::Figure(_) => true,
    }
}

/// A rule of comparing.
fn compared(sight: Sight<'_>, row: &Rule) -> RuleLine {
    let books = sight.books();
    let (act, of, says, basis) = match &row.says {
        Says::Method(method) => {
            let (random, systematic) = (show_fraction(method.random_ppb), show_fraction(method.systematic_ppb));
            ("set_method", Some(method.method.clone()), format!("random {random}, systematic {systematic}"), None)
        }
        Says::Tolerance(allowance) => {
            let show = |units: u64| match allowance.material {
                Some(material) => format!("{} {}", number(books, material, i128::from(units)), unit(books, material)),
                None => units.to_string(),
            };
            let says = said([
                Some(format!("{} ppm", allowance.ppm)),
                Some(format!("or {}", show(allowance.absolute))),
                Some(format!("rounding {}", show(allowance.rounding))),
                Some(format!("{} days", allowance.days)),
            ]);
            ("set_tolerance", allowance.material.map(|material| material_code(books, material)), says, None)
        }
        Says::Duty(duty) => {
            let kind = ReportKind::from(duty.kind).word();
            let says = format!("{kind} of {} months, due after {} days", duty.months, duty.days);
            ("set_duty", Some(books.party_code(duty.party).to_owned()), says, None)
        }
        Says::Measuring(how) => {
            let says = format!("{}: stock {}, flow {}", material_code(books, how.material), how.stock, how.flow);
            ("set_measuring", Some(books.place_code(how.site).to_owned()), says, None)
        }
        Says::Figure(figure) => {
            let size =
                format!("{} {}", number(books, figure.material, figure.quantity.units()), unit(books, figure.material));
            let says = said([
                Some(FigureOf::from(figure.of).word()),
                Some(material_code(books, figure.material)),
                figure.stage.map(|stage| Stage::from(stage).word()),
                figure.country.clone(),
                Some(figure.year.to_string()),
                Some(size),
            ]);
            let whose = figure.party.map(|party| books.party_code(party).to_owned());
            ("record_figure", whose, says, Some(figure.source.clone()))
        }
        Says::Rate(rate) => ("record_rate", None, rate.rate.to_string(), Some(rate.source.clone())),
    };
    RuleLine { basis, ..rule(act, of, says, (row.from, None), row.seq) }
}

/// Factors between units, and figures of years.
fn measured<'v>(facts: Facts<'v>, sight: Sight<'v>, found: &mut Vec<RuleLine>) {
    let books = sight.books();
    for row in facts.factors().into_iter().filter(|row| row.lot.is_none_or(|lot| sight.sees_lot(lot))) {
        let lot = row.lot.map(|lot| sight.lot_label(lot).into_owned());
        let of = lot.unwrap_or_else(|| material_code(books, row.material));
        let line = rule("set_factor", Some(of), row.density.to_string(), (row.from, None), row.seq);
        found.push(RuleLine { basis: Some(row.source.clone()), ..line });
    }
    for row in facts.figures().into_iter().filter(|row| sight.sees_party(row.party)) {
        let kind = match row.kind {
            BaseKind::Consumption => "consumption",
            BaseKind::NetImports => "net imports",
        };
        let (material, size) = (material_code(books, row.material), number(books, row.material, i128::from(row.units)));
        let says = format!("{kind} of {material} in {}: {size} {}", row.year, unit(books, row.material));
        let of = Some(books.party_code(row.party).to_owned());
        found.push(RuleLine {
            basis: row.source.clone(),
            ..rule("record_base", of, says, (row.effective, None), row.seq)
        });
    }
}
