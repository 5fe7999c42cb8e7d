//! Material balances of a site: what is unaccounted for between stocktakes, with its limits, and what of it is timing.

use answers::ask::reconcile::{BalanceSeries, BalanceSeriesAnswer, SeriesLine};
use answers::table::Table;
use answers::table::html::Row;
use answers::{Question, ask};
use axum::response::Response;
use maud::{Markup, html};

use super::chart::{Curve, curves};
use super::layout::{form, linked, table, to};
use super::{Fields, Visitor, answered, words};
use crate::trouble::Trouble;

/// Periods in the table: the last of them. The charts show all.
const ROWS: usize = 200;

pub(crate) async fn page(visitor: Visitor, fields: Fields) -> Response {
    answered(made(&visitor, &fields).await)
}

async fn made(visitor: &Visitor, fields: &Fields) -> Result<Markup, Trouble> {
    let is_asked = !fields.get("site").is_empty() && !fields.get("material").is_empty();
    let found = match is_asked {
        true => series(&visitor.ask::<BalanceSeries>(fields).await?),
        false => areas(visitor).await?,
    };
    let form = form(
        "/console/balances",
        &html! {
            label { (words::SITE) input type="text" name="site" value=(fields.get("site")); }
            label { (words::MATERIAL) input type="text" name="material" value=(fields.get("material")); }
            label { (words::PARTY) input type="text" name="owner" value=(fields.get("owner")); }
            label { (words::FROM_DAY) input type="text" name="first" value=(fields.get("first")) placeholder="2026-01-01"; }
            label { (words::THROUGH_DAY) input type="text" name="last" value=(fields.get("last")); }
        },
    );
    let content = html! {
        (form)
        (found)
    };
    Ok(visitor.page(&words::BALANCES, "/console/balances", &content))
}

/// What lies where: each has a balance.
async fn areas(visitor: &Visitor) -> Result<Markup, Trouble> {
    let held = visitor.ask::<ask::Positions>(&Fields::default().with("by", "site,material")).await?;
    let of_site = |column: &str, row: Row<'_>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("site", row.get("site")).append_pair("material", row.get("material"));
        (column == "site").then(|| to(&format!("/console/balances?{}", query.finish())))
    };
    let shown = ask::Positions::table(&held).only(&["site", "material", "on_hand", "unit", "basis"]);
    Ok(html! {
        h2 { (words::AREAS) }
        (linked(&words::AREAS, shown, &of_site))
    })
}

fn series(found: &BalanceSeriesAnswer) -> Markup {
    let value = |text: &String| text.parse::<f64>().unwrap_or(f64::NAN);
    let labels: Vec<&str> = found.series.iter().map(|line| line.last.as_str()).collect();
    let curve = |class, values: Vec<f64>| Curve { class, values };
    let stock = vec![curve("line", found.series.iter().map(|line| value(&line.ending)).collect())];
    let limit = |times: f64| {
        let sigma = |line: &SeriesLine| line.sigma.as_ref().map_or(f64::NAN, value);
        found.series.iter().map(|line| sigma(line) * times).collect::<Vec<f64>>()
    };
    let mufs = vec![
        curve("limit", limit(3.0)),
        curve("limit", limit(-3.0)),
        curve("warn", limit(2.0)),
        curve("warn", limit(-2.0)),
        curve("line", found.series.iter().map(|line| value(&line.muf)).collect()),
    ];
    html! {
        p { (found.material) " " (words::AT) " " (found.site) " (" (found.area) "), " (found.unit) ". "
            (words::SIGMA_FROM) ": " (found.sigma_from) "." }
        p { (found.periods) " " (words::PERIODS) ": " (found.closed) " " (words::CLOSED) ", " (found.rounding) " " (words::ROUNDING) ", "
            (found.noise) " " (words::NOISE) ", " (found.timing) " " (words::TIMING) ", " (found.open) " " (words::OPEN) "."
            @if let Some(since) = &found.trend_since { " " span.note { (words::TREND_SINCE) " " (since) } } }
        h2 { (words::STOCKTAKES) }
        (curves(&words::STOCKTAKES, &labels, &stock))
        h2 { (words::MUF) }
        p { (words::LIMITS) }
        (curves(&words::MUF, &labels, &mufs))
        (table(&words::PERIODS_SHOWN, Table::lines(&found.series[found.series.len().saturating_sub(ROWS)..])))
    }
}
