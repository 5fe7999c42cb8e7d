//! Words that offices write above columns, and beside figures: what a heading may mean. A guess begins with them and is
//! believed where arithmetic agrees, or where nothing depends on it.

/// What a column of figures may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// What lay there before the first movement.
    Opening,
    /// What lay there at the end.
    Stock,
    /// What came in.
    In,
    /// What went out.
    Out,
    /// By how much it changed.
    Change,
    /// What moved: another column, or the sign, says which way.
    Moved,
    /// No stock at all: prices, capacities, per cents, numbers of things.
    Other,
}

/// What a column of words may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Lot,
    Site,
    Area,
    Material,
    Unit,
    Way,
    From,
    To,
    Status,
    Reference,
}

const ROLES: [(Role, &[&str]); 6] = [
    (
        Role::Other,
        &[
            "price",
            "preis",
            "value",
            "wert",
            "cost",
            "capacity",
            "kapazität",
            "volume of working",
            "working gas",
            "workinggas",
            "%",
            "_pct",
            "per cent",
            "percent",
            "prozent",
            "days of",
            "year",
            "jahr",
            "price_",
            "nir_",
            "fob",
            "cif",
            "consumption",
            "consump",
            "open tonnage",
            "cancelled tonnage",
            "trend",
            "full",
            "position",
            "werk",
            "prod_",
            "shipments_gov",
            "容量",
            "価格",
        ],
    ),
    (Role::Opening, &["opening", "beginning", "anfangsbestand", "initial", "previous", "期首", "月初", "期初", "기초"]),
    (Role::Change, &["change", "veränderung", "+/-", "net flow", "difference", "delta", "増減", "증감"]),
    (
        Role::Stock,
        &[
            "closing",
            "ending",
            "endbestand",
            "inventory",
            "stock",
            "bestand",
            "on hand",
            "held",
            "balance",
            "in storage",
            "instorage",
            "füllstand",
            "fill",
            "stored",
            "clostlv",
            "total crude",
            "existencias",
            "備蓄",
            "在庫",
            "库存",
            "庫存",
            "재고",
            "期末",
            "月末",
            "stocks",
        ],
    ),
    (
        Role::In,
        &[
            "received",
            "receipt",
            "inflow",
            "injection",
            "delivered in",
            "import",
            "zugang",
            "eingang",
            "additions",
            "inward",
            "loaded in",
            "entradas",
            "入庫",
            "入库",
            "輸入",
            "受入",
            "입고",
            "_in",
            "in ",
        ],
    ),
    (
        Role::Out,
        &[
            "delivered out",
            "delivered",
            "issue",
            "outflow",
            "withdraw",
            "export",
            "abgang",
            "ausgang",
            "drawdown",
            "draws",
            "outward",
            "loaded out",
            "salidas",
            "出庫",
            "出库",
            "輸出",
            "払出",
            "출고",
            "_out",
            "out ",
        ],
    ),
];

const KEYS: [(Key, &[&str]); 10] = [
    (Key::From, &["from", "von", "source location"]),
    (Key::To, &["to", "nach", "destination location"]),
    (Key::Unit, &["unit of measure", "unit_measure", "unit", "uom", "einheit", "me", "qtyunitabbr", "単位", "单位"]),
    (Key::Way, &["movement type", "bewegungsart", "type", "direction", "way", "flowdesc", "in/out", "art"]),
    (Key::Status, &["status", "state", "flag", "obs_flag", "obs_status", "assessment", "conf_status"]),
    (
        Key::Reference,
        &[
            "reference",
            "document",
            "materialbeleg",
            "beleg",
            "delivery note",
            "doc",
            "document no",
            "voucher",
            "eventid",
        ],
    ),
    (Key::Lot, &["lot", "batch", "charge", "serial", "lot/serial number", "ロット", "批次"]),
    (
        Key::Material,
        &[
            "material",
            "product",
            "commodity",
            "item",
            "energy_product",
            "siec",
            "cmdcode",
            "metal",
            "cmddesc",
            "品目",
            "产品",
        ],
    ),
    (
        Key::Site,
        &[
            "site",
            "location",
            "depot",
            "warehouse",
            "terminal",
            "storage location",
            "lagerort",
            "lort",
            "倉庫",
            "仓库",
            "facility",
            "standort",
            "place",
        ],
    ),
    (
        Key::Area,
        &[
            "ref_area",
            "geo",
            "country",
            "area",
            "region",
            "reporter",
            "partneriso",
            "partner",
            "land",
            "国",
            "国家",
            "地域",
        ],
    ),
];

/// Headings of days.
const DAYS: [&str; 22] = [
    "date",
    "day",
    "datum",
    "tag",
    "time_period",
    "period",
    "month",
    "monat",
    "year",
    "jahr",
    "week",
    "buchungsdatum",
    "年月",
    "年月日",
    "日付",
    "年",
    "월",
    "날짜",
    "日期",
    "fecha",
    "mois",
    "refperiodid",
];

/// Words that stand in a row of sums.
pub(super) const TOTALS: [&str; 12] =
    ["total", "totals", "grand total", "sum", "gesamt", "* gesamt", "summe", "合計", "合计", "总计", "합계", "world"];

/// Words that stand in a row that says how the others changed.
pub(super) const CHANGES: [&str; 8] =
    ["+/-", "change", "per cent change", "% change", "difference", "veränderung", "前年比", "増減"];

/// Words for the ways of a movement.
const WAYS: [(&str, &[&str]); 2] = [
    (
        "in",
        &[
            "in", "import", "imports", "receipt", "receipts", "received", "zugang", "eingang", "entry", "inbound", "m",
            "入庫", "輸入",
        ],
    ),
    (
        "out",
        &[
            "out", "export", "exports", "issue", "issues", "issued", "abgang", "ausgang", "exit", "outbound", "x",
            "出庫", "輸出",
        ],
    ),
];

/// Which way a word says, where it can be no other.
pub(super) fn way(word: &str) -> Option<&'static str> {
    let word = folded(word);
    WAYS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(way, _)| *way)
}

/// Does a text name a sum?
pub(super) fn is_total(text: &str) -> bool {
    let text = folded(text);
    TOTALS
        .iter()
        .any(|word| text == *word || text.split(|letter: char| !letter.is_alphanumeric()).any(|part| part == *word))
}

/// Does a text above a table say that it is of stocks?
pub(super) fn are_stocks(text: &str) -> bool {
    let text = folded(text);
    ["stock", "bestände", "bestand", "inventor", "備蓄", "在庫", "库存", "재고"].iter().any(|word| text.contains(word))
}

/// Texts that say that there is no figure.
pub(super) const MISSING: [&str; 21] = [
    ":", "-", "--", "---", "\u{2013}", "\u{2014}", "N/A", "n/a", "NA", "n.a.", "k.A.", "x", "[x]", "..", "...",
    "\u{2026}", "*", "W", "NaN", "null", "\u{ff0d}",
];

/// Those of them that say zero as often.
pub(super) const DASHES: [&str; 6] = ["-", "--", "---", "\u{2013}", "\u{2014}", "\u{ff0d}"];

pub(super) fn folded(text: &str) -> String {
    text.trim().to_lowercase().replace('\u{a0}', " ")
}

/// Is it the heading of a column of days?
pub(super) fn is_day(heading: &str) -> bool {
    let heading = folded(heading);
    DAYS.contains(&heading.as_str())
        || heading.ends_with(" date")
        || heading.ends_with("_day")
        || heading.contains("gasday")
}

/// What a column of figures is by its heading.
pub(super) fn role(heading: &str) -> Option<Role> {
    let heading = format!("{} ", folded(heading));
    // The longest word that is found says more than a short one inside of it.
    let found = ROLES.iter().flat_map(|(role, words)| words.iter().map(move |word| (*role, *word)));
    found.filter(|(_, word)| at_word(&heading, word)).max_by_key(|(_, word)| word.chars().count()).map(|(role, _)| role)
}

/// Does a word stand in a heading, and not in the middle of another one?
fn at_word(heading: &str, word: &str) -> bool {
    heading.match_indices(word).any(|(place, _)| {
        let before = heading[..place].chars().next_back();
        !word.starts_with(|letter: char| letter.is_ascii_lowercase())
            || !before.is_some_and(|letter| letter.is_ascii_lowercase())
            || word.len() > 5
    })
}

/// Is a heading nothing but a word for what it means?
pub(super) fn is_plain(heading: &str) -> bool {
    let heading = folded(heading);
    KEYS.iter().any(|(_, words)| words.contains(&heading.as_str()))
}

/// What a column of words is by its heading.
pub(super) fn key(heading: &str) -> Option<Key> {
    let heading = folded(heading);
    let exact = KEYS.iter().find(|(_, words)| words.contains(&heading.as_str()));
    let inside = || {
        KEYS.iter().find(|(key, words)| {
            !matches!(key, Key::From | Key::To) && words.iter().any(|word| word.len() > 3 && at_word(&heading, word))
        })
    };
    exact.or_else(inside).map(|(key, _)| *key)
}

/// A barrel count that is a thousand to one office and a million to another.
pub(super) fn is_mbbl(text: &str) -> bool {
    folded(text).split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "mbbl")
}
