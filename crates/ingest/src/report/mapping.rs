//! A declared mapping of reports: which column says what, and by which words.

use serde::Deserialize;
use wire::acts::words::ReportKind;

use crate::figure::FigureSettings;
use crate::layout::Layout;
use crate::mapping::{Codes, Ways};
use crate::when::WhenSettings;

/// A declared mapping of reports. Written in TOML; `mappings/README.md` is the manual.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportMapping {
    /// What the reports are and who sends them. For people.
    pub source: String,
    /// How the file is laid out.
    #[serde(skip)]
    pub layout: Layout,
    /// How days are written.
    #[serde(skip)]
    pub when: WhenSettings,
    /// How figures are written; the flags `p` and `P` mean a provisional assay.
    #[serde(skip)]
    pub figures: FigureSettings,
    /// `statement` or `transactions`.
    pub kind: ReportKind,
    /// Code of the party that sends them.
    pub sender: String,
    /// Unit of figures where no column says it.
    pub unit: Option<String>,
    /// Basis of figures where no column says it; the material's where absent.
    pub basis: Option<String>,
    /// Code of the material where no column says it.
    pub material: Option<String>,
    /// Code of the site where no column says it.
    pub site: Option<String>,
    /// Headings, by what they hold.
    pub column: Columns,
    /// The sender's words for our codes, for materials, sites and parties.
    #[serde(default)]
    pub words: Codes,
    /// The sender's words for `in` and `out`.
    #[serde(default)]
    pub way: Ways,
}

/// Headings of a report.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Columns {
    /// The day a movement took effect.
    pub date: Option<String>,
    /// How much moved; its way is said by `way`.
    pub quantity: Option<String>,
    /// Which way it went.
    pub way: Option<String>,
    /// How much came in, in a column of its own.
    pub inflow: Option<String>,
    /// How much went out.
    pub outflow: Option<String>,
    /// Held before the first day.
    pub opening: Option<String>,
    /// Held at the end of the last day.
    pub closing: Option<String>,
    /// The material.
    pub material: Option<String>,
    /// The site.
    pub site: Option<String>,
    /// The lot.
    pub lot: Option<String>,
    /// What both parties call the movement.
    pub reference: Option<String>,
    /// Who stands on the other end.
    pub counterparty: Option<String>,
    /// The unit.
    pub unit: Option<String>,
    /// The basis.
    pub basis: Option<String>,
    /// Number of the report that holds the line that this one replaces.
    pub replaces_report: Option<String>,
    /// That line.
    pub replaces_line: Option<String>,
    /// Its hash.
    pub replaces_hash: Option<String>,
    /// Anything here takes the replaced line away.
    pub withdraws: Option<String>,
}

/// What only the sender's covering note says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cover {
    /// The report's number.
    pub number: u32,
    /// First day.
    pub first: String,
    /// Last day.
    pub last: String,
    /// The day it was due.
    pub due: Option<String>,
    /// Who signed it.
    pub signed_by: Option<String>,
    /// Nothing moved: the source has no lines, and is to have none.
    #[serde(default)]
    pub nil: bool,
}
