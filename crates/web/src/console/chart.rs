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

/// Values over common points; what is no number is left out. The class says how it is drawn.
pub(super) struct Curve {
    pub(super) class: &'static str,
    pub(super) values: Vec<f64>,
}

/// Curves over time, above and below zero.
pub(super) fn curves(title: &str, labels: &[&str], curves: &[Curve]) -> Markup {
    let values = || curves.iter().flat_map(|curve| &curve.values).copied().filter(|value| value.is_finite());
    let (low, high) = values().fold((0.0f64, 0.0f64), |(low, high), value| (low.min(value), high.max(value)));
    if labels.len() < 2 || high <= low {
        return html! { p { (super::words::TOO_FEW) } };
    }
    let (width, height, foot, left) = (WIDTH, 220.0, 22.0, 96.0);
    let x = |index: usize| left + 4.0 + index as f64 / (labels.len() - 1) as f64 * (width - left - 8.0);
    let y = |value: f64| 10.0 + (high - value) / (high - low) * (height - foot - 16.0);
    let path = |curve: &Curve| -> String {
        let told = curve.values.iter().enumerate().filter(|(_, value)| value.is_finite());
        let points: Vec<String> = told.map(|(index, value)| format!("{:.1},{:.1}", x(index), y(*value))).collect();
        points.join(" ")
    };
    let mut marks = vec![high, low, 0.0];
    marks.dedup();
    let shown = |value: f64| {
        let text = format!("{value:.6}");
        answers::table::grouped(text.trim_end_matches('0').trim_end_matches('.'))
    };
    html! {
        svg role="img" aria-label=(title) viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) {
            @for mark in &marks {
                text x=(left - 6.0) y={ (format!("{:.1}", y(*mark) + 4.0)) } text-anchor="end" { (shown(*mark)) }
            }
            line.axis x1=(left) x2=(width) y1={ (format!("{:.1}", y(0.0))) } y2={ (format!("{:.1}", y(0.0))) } {}
            @for curve in curves { polyline class=(curve.class) fill="none" points=(path(curve)) {} }
            text x=(left) y=(height - 4.0) { (labels[0]) }
            text x=(width) y=(height - 4.0) text-anchor="end" { (labels[labels.len() - 1]) }
        }
    }
}
