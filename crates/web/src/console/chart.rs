//! Small charts as SVG. What they show stands in a table beside them: nothing is said by a picture alone.

use maud::{Markup, html};

/// One bar.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) value: f64,
    pub(super) text: String,
}

const ROW: usize = 24;
const LABELS: f64 = 150.0;
const WIDTH: f64 = 640.0;
const FIGURES: f64 = 140.0;

/// Lying bars, the longest as long as there is room.
pub(super) fn bars(title: &str, bars: &[Bar]) -> Markup {
    let most = bars.iter().map(|bar| bar.value).fold(0.0, f64::max);
    if most <= 0.0 {
        return html! {};
    }
    let length = |value: f64| value.max(0.0) / most * (WIDTH - LABELS - FIGURES);
    let height = bars.len() * ROW + 4;
    html! {
        svg role="img" aria-label=(title) viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height) {
            @for (index, bar) in bars.iter().enumerate() {
                text x=(LABELS - 8.0) y=(index * ROW + 16) text-anchor="end" { (bar.label) }
                rect.bar x=(LABELS) y=(index * ROW + 3) width={ (format!("{:.1}", length(bar.value))) } height=(ROW - 8) {}
                text x={ (format!("{:.1}", LABELS + length(bar.value) + 6.0)) } y=(index * ROW + 16) { (bar.text) }
            }
        }
    }
}

/// A line over time: label and value of each point, from left to right.
pub(super) fn line(title: &str, points: &[(String, f64)]) -> Markup {
    let most = points.iter().map(|(_, value)| *value).fold(0.0, f64::max);
    if points.len() < 2 || most <= 0.0 {
        return html! {};
    }
    let (width, height, foot) = (WIDTH, 180.0, 20.0);
    let left = 80.0;
    let x = |index: usize| left + 4.0 + index as f64 / (points.len() - 1) as f64 * (width - left - 8.0);
    let y = |value: f64| 4.0 + (1.0 - value.max(0.0) / most) * (height - foot - 8.0);
    let path: Vec<String> =
        points.iter().enumerate().map(|(index, (_, value))| format!("{:.1},{:.1}", x(index), y(*value))).collect();
    html! {
        svg role="img" aria-label=(title) viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) {
            text x=(left - 6.0) y="14" text-anchor="end" { (most) }
            text x=(left - 6.0) y=(height - foot) text-anchor="end" { "0" }
            line.axis x1=(left) x2=(width) y1=(height - foot) y2=(height - foot) {}
            polyline.line points=(path.join(" ")) {}
            text x=(left) y=(height - 4.0) { (points[0].0) }
            text x=(width) y=(height - 4.0) text-anchor="end" { (points[points.len() - 1].0) }
        }
    }
}
