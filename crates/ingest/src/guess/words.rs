//! Words that offices write above columns, and beside figures: what a heading may mean. A guess begins with them and is
//! believed where arithmetic agrees, or where nothing depends on it.
//!
//! A heading is taken apart at blanks, marks, and where small letters meet large ones. A word of Latin letters has to be
//! there as a word; of other scripts, which write no blanks, it may stand anywhere.

use super::units;

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
    /// A share of something, which is no quantity.
    Percent,
    /// No stock at all: prices, capacities, targets, numbers of things.
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
    /// What people wrote: it tells nothing apart.
    Note,
}

/// Roles by their words, the one that counts before the others first: a minimum of stock is no stock, and an opening
/// balance is no balance of the end.
#[rustfmt::skip]
const ROLES: [(Role, &[&str]); 7] = [
    (Role::Percent, &["%", "per cent", "percent", "prozent", "pct", "share", "anteil", "％", "퍼센트", "utilisation"]),
    (Role::Other, &[
            "price", "prices", "preis", "value", "wert", "cost", "kosten", "capacity", "kapazität", "working gas",
            "workinggas", "days", "day", "tage", "year", "jahr", "fob", "cif", "consumption", "consump", "verbrauch",
            "demand", "open tonnage", "cancelled tonnage", "trend", "full", "werk", "prod", "shipments", "sales",
            "production", "target", "ziel", "zielbestand", "minimum", "min", "maximum", "max", "average", "avg", "mittel",
            "year ago", "vorjahr", "vormonat", "last year", "last month", "prior", "ggü", "vs", "reserved", "blocked",
            "gesperrt", "qualitätsprüfung", "quality", "in transit", "mindest", "mindestbestand", "limit", "nir", "seq",
            "position", "pos", "index", "rank", "id", "decimals", "coordinate", "scalar", "symbol", "容量", "価格", "金額",
            "价格", "金额", "金额", "금액", "가격", "日数", "前年", "目標",
        ]),
    (Role::Opening, &[
            "opening", "beginning", "anfangsbestand", "anfang", "initial", "previous", "prev", "vortrag",
            "brought forward", "期首", "月初", "期初", "기초", "年初", "前月末", "上月末",
        ]),
    (Role::Change, &[
            "change", "changes", "veränderung", "veränd", "+/-", "net flow", "difference", "diff", "delta", "variation",
            "m/m", "y/y", "mom", "yoy", "増減", "증감", "增减", "增減",
        ]),
    (Role::Stock, &[
            "closing", "ending", "endbestand", "inventory", "inventories", "stock", "stocks", "bestand", "bestände",
            "lagerbestand", "frei verwendbar", "unrestricted", "on hand", "onhand", "held", "balance", "in storage",
            "instorage", "gasinstorage", "füllstand", "fill", "stored", "clostlv", "total crude", "existencias",
            "holding", "holdings", "備蓄", "在庫", "库存", "庫存", "재고", "期末", "月末", "비축", "在庫量",
        ]),
    (Role::In, &[
            "received", "receipt", "receipts", "inflow", "inflows", "injection", "injections", "delivered in", "import",
            "imports", "zugang", "zugänge", "eingang", "eingänge", "additions", "inward", "loaded in", "entradas",
            "warehoused", "in", "入庫", "入库", "輸入", "进口", "進口", "受入", "입고", "수입",
        ]),
    (Role::Out, &[
            "delivered out", "delivered", "issue", "issues", "issued", "outflow", "outflows", "withdraw", "withdrawal",
            "withdrawals", "withdrawn", "export", "exports", "abgang", "abgänge", "ausgang", "ausgänge", "drawdown",
            "draws", "outward", "loaded out", "salidas", "out", "出庫", "出库", "輸出", "出口", "払出", "출고", "수출",
        ]),
];

#[rustfmt::skip]
const KEYS: [(Key, &[&str]); 11] = [
    (Key::From, &["from", "von", "source location", "from location"]),
    (Key::To, &["to", "nach", "destination location", "to location"]),
    (Key::Unit, &[
            "unit of measure", "unit of measurement", "unit_measure", "unit", "units", "uom", "einheit", "me", "bme",
            "qtyunitabbr", "base unit", "unit_code", "単位", "单位", "단위",
        ]),
    (Key::Way, &[
            "movement type", "movement", "bewegungsart", "type", "direction", "directionkey", "way", "flowdesc", "in/out",
            "art", "action", "bizstep", "transaction type", "voucher type", "vorgang", "bewegung",
        ]),
    (Key::Status, &["status", "state", "flag", "flags", "obs_flag", "obs_status", "assessment", "conf_status"]),
    (Key::Reference, &[
            "reference", "document", "materialbeleg", "beleg", "delivery note", "doc", "document no", "document number",
            "doc no", "voucher", "voucher no", "eventid", "event id", "belegnummer", "lieferschein", "despatch", "id",
            "ref", "nr", "no", "uuid", "transaction id", "movement id", "line",
        ]),
    (Key::Lot, &[
            "lot", "lots", "batch", "charge", "serial", "lot/serial number", "lot number", "lot no", "batch number",
            "epcclass", "batch no", "lotnumberid", "gin.bx", "ロット", "批次", "批号",
        ]),
    (Key::Material, &[
            "material", "product", "products", "commodity", "item", "energy_product", "siec", "cmdcode", "metal",
            "cmddesc", "produkt", "part", "part name", "artikel", "article", "bezeichnung", "kurztext",
            "materialkurztext", "sku", "product name", "item name", "species", "品目", "品名", "产品", "商品", "商品名称", "품목",
            "lin.item",
        ]),
    (Key::Site, &[
            "site", "location", "depot", "warehouse", "terminal", "storage location", "lagerort", "lort", "倉庫", "仓库",
            "facility", "standort", "place", "location name", "loc.14", "창고", "地点",
        ]),
    (Key::Area, &[
            "ref_area", "geo", "country", "area", "region", "reporter", "partneriso", "partner", "land", "state name",
            "国", "国名", "国家", "地域", "국가",
        ]),
    (Key::Note, &["note", "notes", "remark", "remarks", "comment", "bemerkung", "anmerkung", "text", "備考", "备注", "비고"]),
];

/// Headings of days.
#[rustfmt::skip]
const DAYS: [&str; 37] = [
    "date", "day", "datum", "tag", "time_period", "period", "month", "monat", "year", "jahr", "week",
    "buchungsdatum", "年月", "年月日", "日付", "年", "월", "날짜", "日期", "时间", "fecha", "mois", "refperiodid", "ref_date",
    "refdate", "market_year", "calendar_year", "as of", "reporting period", "quarter", "기간", "期间", "report_date",
    "posting date", "eventtime", "woche", "stichtag",
];

/// Words that stand in a row of sums.
#[rustfmt::skip]
const TOTALS: [&str; 31] = [
    "total", "totals", "sum", "gesamt", "gesamtbestand", "summe", "subtotal", "sub-total", "zwischensumme",
    "insgesamt", "celkem", "razem", "итого", "всего", "合計", "合计", "总计", "總計", "合 計", "총계", "합계", "계", "計", "小計",
    "小计", "world", "overall", "all", "totaal", "totale", "suma",
];

/// Words that stand in a row that says how the others changed.
#[rustfmt::skip]
pub(super) const CHANGES: [&str; 10] = [
    "+/-", "change", "per cent change", "% change", "difference", "veränderung", "前年比", "増減", "增减", "percent change",
];

/// Words of a row that says what lay there at the end of a statement.
const CLOSINGS: [&str; 7] =
    ["closing", "carried forward", "endbestand", "schlussbestand", "ending balance", "期末", "saldo neu"];

/// Words for the ways of a movement.
#[rustfmt::skip]
const WAYS: [(&str, &[&str]); 2] = [
    ("in", &[
            "in", "receipt", "receipts", "received", "receiving", "zugang", "eingang", "inbound", "goods receipt",
            "wareneingang", "deposit", "入庫", "入库", "입고", "受入",
        ]),
    ("out", &[
            "out", "issue", "issues", "issued", "abgang", "ausgang", "outbound", "goods issue", "warenausgang", "draw",
            "shipping", "shipment", "delivery out", "出庫", "出库", "출고", "払出",
        ]),
];

/// Words for ways that depend on who speaks: a grid's entry is a storage's withdrawal.
#[rustfmt::skip]
const ASKED_WAYS: [&str; 20] = [
    "entry", "exit", "import", "imports", "export", "exports", "輸入", "輸出", "进口", "出口", "수입", "수출", "transfer",
    "delivered", "add", "delete", "observe", "arriving", "departing", "adjustment",
];

/// Which way a word says, where it can be no other.
pub(super) fn way(word: &str) -> Option<&'static str> {
    let word = last_of_path(word);
    WAYS.iter().find(|(_, words)| words.contains(&word.as_str())).map(|(way, _)| *way)
}

/// The last part of an address of a vocabulary: `.../BizStep-receiving`.
fn last_of_path(word: &str) -> String {
    let word = folded(word);
    if word.starts_with("http") || word.starts_with("urn:") {
        let last = word.rsplit(['/', ':']).next().unwrap_or_default();
        return last.trim_start_matches("bizstep-").to_owned();
    }
    word
}

/// Is it a word for a way, whichever?
pub(super) fn is_way(word: &str) -> bool {
    way(word).is_some() || ASKED_WAYS.contains(&last_of_path(word).as_str())
}

/// Does a text name a sum?
pub(super) fn is_total(text: &str) -> bool {
    let text = folded(text);
    let bare = text.trim_matches(|letter: char| !letter.is_alphanumeric());
    let is = |word: &str| match word {
        // `All` alone, or before what it counts: `all sites`.
        "all" => bare == "all" || bare.starts_with("all "),
        // Short words of scripts without blanks stand in others.
        word if !word.is_ascii() && word.chars().count() < 2 => bare == word,
        word => has_word(&text, word),
    };
    TOTALS.iter().any(|word| is(word))
}

/// Does a row's text say that it is what lay there at the end?
pub(super) fn is_closing(text: &str) -> bool {
    let text = folded(text);
    CLOSINGS.iter().any(|word| has_word(&text, word))
}

/// Does a text above a table say that it is of stocks?
pub(super) fn are_stocks(text: &str) -> bool {
    let text = folded(text);
    ["stock", "bestände", "bestand", "inventor", "備蓄", "在庫", "库存", "재고", "비축"]
        .iter()
        .any(|word| text.contains(word))
}

/// Texts that say that there is no figure.
#[rustfmt::skip]
pub(super) const MISSING: [&str; 24] = [
    ":", "-", "--", "---", "\u{2013}", "\u{2014}", "N/A", "n/a", "NA", "na", "n.a.", "n.a", "k.A.", "x", "[x]", "..",
    "...", "\u{2026}", "*", "W", "NaN", "null", "\u{ff0d}", ": c",
];

/// Those of them that say zero as often.
pub(super) const DASHES: [&str; 6] = ["-", "--", "---", "\u{2013}", "\u{2014}", "\u{ff0d}"];

pub(super) fn folded(text: &str) -> String {
    text.trim().to_lowercase().replace(['\u{a0}', '\u{202f}', '\u{2009}', '\u{3000}'], " ")
}

/// A heading in small letters, with blanks where it parts: `gasInStorage` and `REF_AREA` are several words.
fn parted(heading: &str) -> String {
    let mut parted = String::with_capacity(heading.len() + 8);
    let mut before = ' ';
    for letter in heading.trim().chars() {
        if letter.is_uppercase() && before.is_lowercase() {
            parted.push(' ');
        }
        parted.push(if letter == '_' { ' ' } else { letter });
        before = letter;
    }
    folded(&parted)
}

/// Does a word stand in a text, as a word where its script writes blanks?
fn has_word(text: &str, word: &str) -> bool {
    let is_alone = word.chars().any(|letter| letter.is_ascii_alphabetic() || ('а'..='я').contains(&letter));
    text.match_indices(word).any(|(place, _)| {
        let before = text[..place].chars().next_back();
        let after = text[place + word.len()..].chars().next();
        !is_alone
            || (!before.is_some_and(|letter| letter.is_alphabetic())
                && !after.is_some_and(|letter| letter.is_alphabetic()))
    })
}

/// Is it the heading of a column of days?
pub(super) fn is_day(heading: &str) -> bool {
    let (heading, parts) = (folded(heading), parted(heading));
    DAYS.contains(&heading.as_str())
        || DAYS.contains(&parts.as_str())
        || ["date", "datum", "day", "period", "month", "quarter", "year"]
            .iter()
            .any(|word| parts.ends_with(&format!(" {word}")) || parts.starts_with(&format!("{word} ")))
        || heading.contains("gasday")
}

/// What a column of figures is by its heading.
pub(super) fn role(heading: &str) -> Option<Role> {
    let (whole, parts) = (folded(heading), parted(heading));
    let has = |words: &[&str]| {
        words.iter().any(|word| match *word {
            // `In storage` and `In Qualitätsprüfung` say no way; `In (t)` does.
            "in" | "out" => {
                [unvalued(&whole), unvalued(&parts)].iter().any(|heading| heading == word || ends_apart(heading, word))
            }
            word => has_word(&whole, word) || has_word(&parts, word),
        })
    };
    // Values of money: `cifvalue`, `primaryValue`.
    if parts != "value" && parts != "obs value" && whole.ends_with("value") {
        return Some(Role::Other);
    }
    ROLES.iter().find(|(_, words)| has(words)).map(|(role, _)| *role)
}

/// Without the word for a quantity: `in qty`.
fn unvalued(heading: &str) -> String {
    let bare = bare(heading);
    let words = ["qty", "quantity", "menge", "amount", "weight"];
    let of = words.iter().find_map(|word| bare.strip_suffix(word).or_else(|| bare.strip_prefix(word)));
    of.map_or_else(|| bare.clone(), |bare| bare.trim_matches([' ', '_', '.']).to_owned())
}

/// `flow_in`, `quantity out`: the way stands at the end.
fn ends_apart(heading: &str, word: &str) -> bool {
    heading.strip_suffix(word).is_some_and(|before| before.ends_with([' ', '_', '-']))
}

/// A heading without its unit and what stands in brackets.
pub(super) fn bare(heading: &str) -> String {
    let mut bare = folded(heading);
    while let Some((before, _)) = bare.strip_suffix([')', ']', '）']).and_then(|it| it.rsplit_once(['(', '[', '（']))
    {
        bare = before.trim_end().to_owned();
    }
    if let Some((before, last)) = bare.rsplit_once([' ', '_', ',', '/'])
        && units::unit(last).is_some()
    {
        bare = before.trim_end_matches([' ', ',', '/']).trim_end_matches(" in").to_owned();
    }
    bare
}

/// Is a heading nothing but a word for what it means?
pub(super) fn is_plain(heading: &str) -> bool {
    let heading = folded(heading);
    KEYS.iter().any(|(_, words)| words.contains(&heading.as_str()))
}

/// What a column of words is by its heading.
pub(super) fn key(heading: &str) -> Option<Key> {
    let (whole, parts) = (folded(heading), parted(heading));
    let last = whole.rsplit(['/', '.']).next().unwrap_or_default().to_owned();
    let is = |words: &[&str]| [&whole, &parts, &last].iter().any(|heading| words.contains(&heading.as_str()));
    let exact = KEYS.iter().find(|(_, words)| is(words));
    let inside = || {
        KEYS.iter().find(|(key, words)| {
            !matches!(key, Key::From | Key::To | Key::Way | Key::Note)
                && words
                    .iter()
                    .any(|word| word.chars().count() > 3 && (has_word(&whole, word) || has_word(&parts, word)))
        })
    };
    exact.or_else(inside).map(|(key, _)| *key)
}

/// A barrel count that is a thousand to one office and a million to another.
pub(super) fn is_mbbl(text: &str) -> bool {
    folded(text).split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "mbbl")
}

/// Is a column of figures called by nothing but a word for a quantity?
pub(super) fn is_value(heading: &str) -> bool {
    const VALUES: [&str; 20] = [
        "obs_value",
        "obs value",
        "value",
        "quantity",
        "qty",
        "qty.",
        "amount",
        "menge",
        "数量",
        "netwgt",
        "net weight",
        "net weight kg",
        "tonnage",
        "weight",
        "gross weight",
        "netto",
        "nettogewicht",
        "重量",
        "净重",
        "중량",
    ];
    let last = heading.rsplit(['/', '.']).next().unwrap_or(heading);
    [bare(heading), folded(heading), folded(last)].iter().any(|heading| VALUES.contains(&heading.as_str()))
}

#[cfg(test)]
mod tests {
    use super::{Key, Role, key, role};

    #[test]
    fn a_heading_is_what_its_words_say() {
        let told = [
            ("Closing stock (t)", Some(Role::Stock)),
            ("Beginning inventory", Some(Role::Opening)),
            ("Opening balance", Some(Role::Opening)),
            ("Füllstand in %", Some(Role::Percent)),
            ("Minimum stock", Some(Role::Other)),
            ("Stock target (t)", Some(Role::Other)),
            ("Diff. to last month", Some(Role::Other)),
            ("m/m", Some(Role::Change)),
            ("In Qualitätsprüfung", Some(Role::Other)),
            ("In (t)", Some(Role::In)),
            ("gasInStorage", Some(Role::Stock)),
            ("Imports_Metal_kg", Some(Role::In)),
            ("수입 중량", Some(Role::In)),
            ("Production", Some(Role::Other)),
            ("North", None),
        ];
        for (heading, wanted) in told {
            assert_eq!(role(heading), wanted, "{heading}");
        }
        assert_eq!(key("Production"), None);
        assert_eq!(key("Part Name"), Some(Key::Material));
        assert_eq!(key("Item/ItemInstance/LotIdentification/LotNumberID"), Some(Key::Lot));
        assert_eq!(key("国名"), Some(Key::Area));
    }
}
