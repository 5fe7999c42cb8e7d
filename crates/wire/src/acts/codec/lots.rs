//! Lots that begin here, what they are made of, and lines of reports.

use std::collections::BTreeMap;

use books::acts::deposit::LotRef;
use books::acts::transform::{self, TransformKind};
use books::acts::{self as numbered};
use books::lot::Content;
use books::{Books, Fault, Rejection};

use super::codecs;
use crate::acts::form::{Form, One};
use crate::acts::lot::LotFacts;
use crate::acts::remake::{Inherited, Output};
use crate::acts::{Line, ReportLine};
use crate::limits::FIGURE_DECIMALS_MAX;
use crate::resolve::{Resolver, unreadable};
use crate::value::{parse_fraction, read_signed, show_decimals, show_fraction};

codecs! {
    /// A lot that exists, or the description of one that begins here.
    DescribedLot: LotFacts => LotRef {
        |resolver, _, facts| facts.said().lot_ref(resolver),
        |books, lot| LotFacts::of(lot, books),
    }
    /// Content by element or oxide.
    Contents: BTreeMap<String, String> => Vec<Content> {
        |_, field, contents| {
            let content = |(analyte, text): (&String, &String)| {
                let fraction_ppb = parse_fraction(text).map_err(unreadable(field))?;
                Ok(Content { analyte: analyte.clone(), fraction_ppb })
            };
            contents.iter().map(content).collect()
        },
        |_, contents| {
            let content = |content: &Content| (content.analyte.clone(), show_fraction(content.fraction_ppb));
            contents.iter().map(content).collect()
        },
    }
    /// Lines of lots, of which there has to be one.
    AtLeastOneLine: Vec<Line> => Vec<numbered::Line> {
        |resolver, field, lines| match lines.as_slice() {
            [] => Err(unreadable(field)(Fault::NoLot)),
            lines => lines.iter().map(|line| line.resolve(resolver)).collect(),
        },
        |books, lines| lines.iter().map(|line| Line::render(line, books)).collect(),
    }
    /// Lots that come out of others, and take over from them what they do not say themselves.
    Outputs(kind: TransformKind, inputs: Vec<numbered::Line>): Vec<Output> => Vec<transform::Output> {
        |resolver, _, outputs| {
            let inherited = Inherited::from(*kind, inputs, resolver.books);
            outputs.iter().map(|output| output.resolve(&inherited, resolver)).collect()
        },
        |books, outputs| outputs.iter().map(|output| Output::render(output, books)).collect(),
    }
    /// Digits of a number with its sign.
    Digits(decimals: u8): String => i64 {
        |_, field, text| read_signed(text, text, FIGURE_DECIMALS_MAX).map(|(digits, _)| digits).map_err(unreadable(field)),
        |_, digits| show_decimals(*digits, *decimals),
    }
}

/// How many decimals a figure has.
pub(in crate::acts) struct DecimalsOf;

impl DecimalsOf {
    pub(in crate::acts) fn get(_: &Resolver<'_>, text: &str) -> Result<u8, Rejection> {
        read_signed(text, text, FIGURE_DECIMALS_MAX).map(|(_, decimals)| decimals).map_err(unreadable("value"))
    }
}

/// A line of a report, which has many: what is wrong says in which.
pub(in crate::acts) struct LineOfReport;

impl One<ReportLine, books::report::ReportLine, ()> for LineOfReport {
    fn get(
        resolver: &Resolver<'_>,
        _: &'static str,
        line: &ReportLine,
        (): (),
    ) -> Result<books::report::ReportLine, Rejection> {
        line.resolve(resolver).map_err(|rejection| rejection.at_line(line.line))
    }

    fn put(books: &Books, line: &books::report::ReportLine, (): ()) -> ReportLine {
        ReportLine::render(line, books)
    }
}
