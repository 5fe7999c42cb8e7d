//! What is wrong with a source, or with a line of it: one list, each with a stable code and what its sentence asks for. The
//! sentence and the hint are the entry `flaw-<name>` of the catalogues.

use std::fmt;

use books::Fault;
use words::Say;

words::sayings! {
    /// What is wrong with a source, or with a line of it.
    pub enum Wrong in "flaw";

    // The file as a whole.
    NotUnpacked "not_unpacked" = "bad_line" { said: String };
    TooLarge "too_large" = "bad_line" { what: &'static str };
    Pdf "pdf" = "bad_line";
    NoWorkbook "no_workbook" = "bad_line";
    CellsOutOfOrder "cells_out_of_order" = "bad_line";
    XmlWithoutRows "xml_without_rows" = "bad_line";
    NoTable "no_table" = "bad_line";
    EmptyFile "empty_file" = "bad_line";
    SeveralFiles "several_files" = "bad_line" { names: String };
    NoSheet "no_sheet" = "bad_line" { sheet: String, names: String };
    WorkbookDamaged "workbook_damaged" = "bad_line" { said: String };
    OtherEncoding "other_encoding" = "bad_line" { line: u64, encoding: String };
    QuoteOpen "quote_open" = "bad_line";
    OtherWidth "other_width" = "bad_line" { found: usize, wanted: usize };
    NotJson "not_json" = "bad_line" { said: String };
    NotXml "not_xml" = "bad_line" { said: String };
    SegmentsWithoutLine "segments_without_line" = "bad_line";
    SegmentsHeadCut "segments_head_cut" = "bad_line";
    SegmentsEndCut "segments_end_cut" = "bad_line";
    ListNothingAt "list_nothing_at" = "bad_line" { text: String };
    ListSeveral "list_several" = "bad_line" { names: String };
    ListOther "list_other" = "bad_line";
    NotAnObject "not_an_object" = "bad_line" { line: u64 };
    NoColumn "no_column" = "bad_line" { column: String, names: String };
    ColumnTwice "column_twice" = "bad_line" { column: String, count: usize, names: String };
    NoLines "no_lines" = "no_lines";
    // The same without a word of a file that may be anybody's.
    NotUnpackedUnsaid "not_unpacked_unsaid" = "bad_line";
    SeveralFilesUnsaid "several_files_unsaid" = "bad_line" { count: usize };
    NoSheetUnsaid "no_sheet_unsaid" = "bad_line" { sheet: String };
    WorkbookDamagedUnsaid "workbook_damaged_unsaid" = "bad_line";
    NotJsonUnsaid "not_json_unsaid" = "bad_line" { line: usize };
    NotXmlUnsaid "not_xml_unsaid" = "bad_line";
    ListUnsaid "list_unsaid" = "bad_line";
    NoColumnUnsaid "no_column_unsaid" = "bad_line" { column: String };
    ColumnTwiceUnsaid "column_twice_unsaid" = "bad_line" { column: String, count: usize };

    // The mapping.
    Mapping "mapping" = "bad_field" { said: String };
    MappingNotToml "mapping_not_toml" = "bad_field";
    MappingContradicts "mapping_contradicts" = "bad_field";
    MappingOfNoReport "mapping_of_no_report" = "bad_field";
    BooksCannotSay "books_cannot_say" = "bad_field";
    NoCover "no_cover" = "bad_field";
    WayMissing "way_missing" = "bad_report";
    DateMissing "date_missing" = "bad_report";
    OpeningAlone "opening_alone" = "bad_report";
    ClosingMissing "closing_missing" = "bad_report";
    NoFigures "no_figures" = "bad_report";
    NotSaid "not_said" = "bad_report";
    UnitNotSaid "unit_not_said" = "bad_report";
    NowhereWhileOther "nowhere_while_other" = "bad_report" { other: String };

    // A day.
    OtherDateFormat "other_date_format" = "bad_date" { text: String, format: String };
    NotADate "not_a_date" = "bad_date" { text: String };
    SpreadsheetDay "spreadsheet_day" = "bad_date" { text: String };
    YearTooLong "year_too_long" = "bad_date" { text: String };
    DayOfNobody "day_of_nobody" = "bad_date" { text: String };
    NoSuchTime "no_such_time" = "bad_date" { said: String };

    // A figure.
    Bound "bound" = "bad_figure" { text: String };
    Negative "negative" = "bad_figure" { text: String };
    NegativeMovement "negative_movement" = "bad_figure" { text: String };
    NegativeOfReport "negative_of_report" = "bad_figure" { text: String };
    Grouping "grouping" = "bad_figure" { text: String, thousands: String, decimal: String };
    Blank "blank" = "bad_figure" { text: String, blank: String };
    NotAFigure "not_a_figure" = "bad_figure" { text: String };
    PointOpen "point_open" = "bad_figure" { text: String };
    TooManyDigits "too_many_digits" = "bad_figure" { text: String };
    TooManyDecimals "too_many_decimals" = "bad_figure" { text: String };
    TooManyInUnit "too_many_in_unit" = "bad_figure";
    NoSum "no_sum" = "bad_figure";
    NotAUnit "not_a_unit" = "bad_unit" { text: String };
    PercentOfNothing "percent_of_nothing" = "bad_unit";
    UnitMissing "unit_missing" = "bad_unit";

    // What a row says beside it.
    NamesNone "names_none" = "bad_key" { what: &'static str };
    NeitherInNorOut "neither_in_nor_out" = "bad_key" { text: String };
    NoPlace "no_place" = "bad_key" { text: String };
    SaidTwice "said_twice" = "said_twice" {
        lot: Box<str>, site: Box<str>, quantity: Box<str>, day: Box<str>, other: Box<str>, line: u64
    };
    SumDiffers "sum_differs" = "sum_differs" { column: String, difference: String };

    // What it says against what is recorded.
    NotOpened "not_opened" = "not_opened" { site: String, lot: String };
    OlderFigure "older_figure" = "older_figure" { quantity: String, other: String, event: u64 };
    RevisedOrAnother "revised_or_another" = "revised_or_another" {
        quantity: String, day: String, event: u64, other: String
    };
    NoteDiffers "note_differs" = "note_differs" { lot: String, quantity: String, event: u64, other: String };
    TwoFigures "two_figures" = "two_figures" { quantity: String, day: String, other: String };

    // A report, and what is registered.
    NotUtf8 "not_utf8" = "bad_report";
    MaterialMissing "material_missing" = "bad_report";
    NilWithLines "nil_with_lines" = "bad_report";
    StatesNothing "states_nothing" = "bad_report";
    TellsNothing "tells_nothing" = "bad_report";
    ClosingWithoutFigure "closing_without_figure" = "bad_report";
    OpeningWithoutFigure "opening_without_figure" = "bad_report";
    ReplacesNoLine "replaces_no_line" = "bad_report";
    NumberNought "number_nought" = "bad_report";
    LastBeforeFirst "last_before_first" = "bad_report" { first: String };
    NotYetOver "not_yet_over" = "bad_report" { today: String };
    QuantityNegative "quantity_negative" = "bad_report";
    WithdrawsNothing "withdraws_nothing" = "bad_report";
    NotRegistered "not_registered" = "bad_report" { kind: &'static str, code: String, act: &'static str };
    Text "text" = "bad_report" { problem: Fault };
    Hash "hash" = "bad_report" { problem: Fault };
    Told "told" = "bad_report" { problem: Fault };
    NotADay "not_a_day" = "bad_report" { text: String };
    NotTheLastDay "not_the_last_day" = "bad_report" { text: String };
    NotAName "not_a_name" = "bad_report";

    // What the books cannot say of it.
    NotReadYet "not_read_yet" = "behind" { event: u64 };
    UnitUnknown "unit_unknown" = "bad_field" { problem: Fault };
    NotExact "not_exact" = "not_exact" {
        quantity: Box<str>, lot: Box<str>, day: Box<str>, unit: Box<str>, material: Box<str>
    };
}

/// In English, without what to do next: for who reads an error.
impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&words::english().tell(&self.clone().saying()).message)
    }
}
