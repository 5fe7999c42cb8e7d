//! Units as offices write them: `thousand tonnes`, `(1,000 bbl)`, `千トン`. A word that means one thing to one office and
//! another to the next (`ton`, `oz`, `MBBL`) is none here, and is asked; so is a multiplier that no unit follows.

use super::words::folded;

/// Words for a unit, by the unit.
#[rustfmt::skip]
const UNITS: [(&str, &[&str]); 29] = [
    ("mg", &["mg", "milligrams"]),
    ("g", &["g", "gram", "grams", "gramm"]),
    ("kg", &[
            "kg", "kgs", "kgm", "kilogram", "kilograms", "kilogramme", "kilogrammes", "kilogramm", "千克", "公斤", "キログラム",
        ]),
    ("t", &[
            "t", "to", "tne", "tonne", "tonnes", "tonnen", "metric ton", "metric tons", "metric tonne", "metric tonnes",
            "mt", "mts", "トン", "吨", "公吨", "公噸", "噸", "톤",
        ]),
    ("kt", &["kt", "kilotonne", "kilotonnes", "ths_t"]),
    ("lb", &["lb", "lbs", "lbr", "pound", "pounds"]),
    ("st", &["short ton", "short tons", "stn"]),
    ("lt", &["long ton", "long tons", "ltn"]),
    ("ozt", &["ozt", "troy ounce", "troy ounces", "troy oz", "apz"]),
    ("flask", &["flask", "flasks"]),
    ("L", &["l", "ltr", "litre", "litres", "liter", "liters", "リットル", "升"]),
    ("m3", &[
            "m3", "m³", "mtq", "cbm", "cubic metre", "cubic metres", "cubic meter", "cubic meters", "kubikmeter",
            "立方メートル", "立方米",
        ]),
    ("kL", &["kl", "kilolitre", "kilolitres", "kiloliter", "kiloliters", "キロリットル", "ｋｌ"]),
    ("gal", &["gal", "gallon", "gallons", "us gallons"]),
    ("bbl", &["bbl", "bbls", "bll", "barrel", "barrels", "バレル", "桶", "배럴"]),
    ("kbbl", &["kbbl"]),
    ("1000 kbbl", &["mmbbl", "mmbbls"]),
    ("MJ", &["mj", "megajoule", "megajoules"]),
    ("GJ", &["gj", "gigajoule", "gigajoules"]),
    ("TJ", &["tj", "terajoule", "terajoules"]),
    ("PJ", &["pj", "petajoule", "petajoules"]),
    ("toe", &["toe", "tonne of oil equivalent", "tonnes of oil equivalent"]),
    ("ktoe", &["ktoe"]),
    ("Wh", &["wh"]),
    ("kWh", &["kwh"]),
    ("MWh", &["mwh"]),
    ("GWh", &["gwh"]),
    ("TWh", &["twh"]),
    ("pcs", &["pcs", "pce", "pieces", "ea", "stück", "stk", "個"]),
];

/// Words for how many of a unit; of those that begin alike, the longest first.
#[rustfmt::skip]
const MULTIPLIERS: [(&str, u64); 32] = [
    ("milliers de", 1_000),
    ("miles de", 1_000),
    ("tausend", 1_000),
    ("тыс.", 1_000),
    ("millions de", 1_000_000),
    ("млн", 1_000_000),
    ("thousands of", 1_000),
    ("thousands", 1_000),
    ("thousand", 1_000),
    ("thous.", 1_000),
    ("ths.", 1_000),
    ("ths", 1_000),
    ("tsd.", 1_000),
    ("tsd", 1_000),
    ("x1000", 1_000),
    ("1000s of", 1_000),
    ("1000", 1_000),
    ("'000s", 1_000),
    ("'000", 1_000),
    ("000s", 1_000),
    ("000", 1_000),
    ("10^3", 1_000),
    ("10³", 1_000),
    ("millions of", 1_000_000),
    ("million", 1_000_000),
    ("mio.", 1_000_000),
    ("10^6", 1_000_000),
    ("百万", 1_000_000),
    ("千", 1_000),
    ("천", 1_000),
    ("万", 10_000),
    ("만", 10_000),
];

/// Times behind a slash: how much in a time is no stock.
const TIMES: [&str; 12] = ["d", "day", "tag", "month", "monat", "year", "jahr", "a", "h", "hour", "week", "woche"];

/// Our unit for a word, or how many of it.
pub(super) fn unit(word: &str) -> Option<String> {
    // `Mt` is a million tonnes, and `MT` one.
    if word.trim() == "Mt" {
        return Some("Mt".to_owned());
    }
    // `M3` is a million cubic metres to JODI, and one to others.
    if word.trim() == "M3" {
        return None;
    }
    let word = without_groups(&folded(word));
    let plain = |word: &str| UNITS.iter().find(|(_, words)| words.contains(&word)).map(|(unit, _)| *unit);
    if let Some(unit) = plain(&word) {
        return Some(unit.to_owned());
    }
    MULTIPLIERS.iter().find_map(|(multiplier, factor)| {
        let unit = plain(word.strip_prefix(multiplier)?.trim_start())?;
        times(*factor, unit)
    })
}

/// `1,000 t` and `1 000 t` as `1000 t`.
fn without_groups(text: &str) -> String {
    text.replace("1,000", "1000").replace("1 000", "1000").replace("1.000", "1000")
}

/// A unit by a word for how many of it: `thousands`, or a power of ten as SDMX has it.
pub(super) fn multiplied(word: &str, unit: &str) -> Option<String> {
    let word = folded(word);
    let factor = match word.as_str() {
        "units" | "unit" | "0" | "ones" => return Some(unit.to_owned()),
        "3" => 1_000,
        "6" => 1_000_000,
        "tens" | "1" => 10,
        "hundreds" | "2" => 100,
        word => MULTIPLIERS.iter().find(|(own, _)| *own == word)?.1,
    };
    times(factor, unit)
}

fn times(factor: u64, unit: &str) -> Option<String> {
    match (factor, unit) {
        (1_000, "t") => Some("kt".to_owned()),
        (1_000_000, "t") => Some("1000 kt".to_owned()),
        (1_000, "bbl") => Some("kbbl".to_owned()),
        (1_000_000, "bbl") => Some("1000 kbbl".to_owned()),
        (1_000, "toe") => Some("ktoe".to_owned()),
        // Thousands of what is counted in thousands already: nobody writes that.
        (_, "kt" | "kbbl" | "1000 kbbl" | "ktoe") => None,
        (factor, unit) => Some(format!("{factor} {unit}")),
    }
}

/// Does a text say how many of a unit, whatever the unit?
fn has_multiplier(text: &str) -> bool {
    let mut words = text.split(|letter: char| !letter.is_alphanumeric() && !"'^.³".contains(letter));
    let is_one = |word: &str| {
        MULTIPLIERS.iter().any(|(multiplier, _)| word == *multiplier)
            || [
                "hundred", "thousand", "million", "billion", "mill", "milliard", "tausend", "lakh", "crore", "тыс",
                "млн",
            ]
            .iter()
            .any(|stem| word.starts_with(stem))
    };
    words.any(is_one) || text.contains(['千', '万', '천', '만'])
}

/// The unit that a heading, or a line above the table, names.
pub(super) fn unit_in(text: &str) -> Option<String> {
    let is_million = text.split(|letter: char| !letter.is_alphanumeric()).any(|word| word == "Mt");
    let text = without_groups(&folded(text));
    let text = match text.rsplit_once('/') {
        Some((before, after)) => {
            let is_time = TIMES.contains(&after.trim_matches([')', ']', ' ', '.']));
            if is_time || is_money(before) {
                return None;
            }
            after.to_owned()
        }
        None => text,
    };
    if ["per day", "per month", "per year"].iter().any(|rate| text.contains(rate)) {
        return None;
    }
    let parts = text.split(['(', ')', '[', ']', '（', '）', '：', ':', ',', ';', '_']).map(str::trim);
    let after =
        ["data are in ", "figures in ", "in ", "en "].iter().filter_map(|word| text.split_once(word)).map(|(_, it)| it);
    let last = text.char_indices().filter(|(_, letter)| *letter == ' ').map(|(place, _)| text[place..].trim());
    let is_price = |piece: &str| {
        let before = text.find(piece).map_or("", |place| text[..place].trim_end());
        ["per", "pro", "je"].iter().any(|word| before == *word || before.ends_with(&format!(" {word}")))
            || is_money(before)
    };
    let pieces = parts.chain(after).chain(last).filter(|piece| !piece.is_empty() && !is_price(piece));
    let (piece, unit) = pieces.filter_map(|piece| Some((piece, unit(piece)?))).max_by_key(|(piece, _)| piece.len())?;
    // A multiplier that belongs to no unit may belong to this one.
    let rest = text.replacen(piece, " ", 1);
    let unit = if is_million && piece == "mt" { "Mt".to_owned() } else { unit };
    (!has_multiplier(&rest)).then_some(unit)
}

/// Does a text end with a word for money?
fn is_money(text: &str) -> bool {
    const MONEY: [&str; 15] =
        ["usd", "eur", "gbp", "jpy", "cny", "krw", "aud", "cad", "$", "€", "£", "¥", "dollars", "cents", "euro"];
    let last = text.trim_end().rsplit([' ', '(', '[', '_']).next().unwrap_or_default();
    MONEY.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::{unit, unit_in};

    #[test]
    fn a_multiplier_belongs_to_its_unit() {
        let known = [
            ("Data are in thousand tonnes", "kt"),
            ("Stocks, thousand metric tonnes", "kt"),
            ("Stocks thousand metric tonnes", "kt"),
            ("Ending stocks (1,000 bbl)", "kbbl"),
            ("Unit: 1,000 tonnes", "kt"),
            ("Closing stock ('000 t)", "kt"),
            ("在庫（千kl）", "1000 kL"),
            ("単位：千トン", "kt"),
            ("库存(万吨)", "10000 t"),
            ("Imports_Metal_kg", "kg"),
            ("Menge / t", "t"),
            ("Million barrels", "1000 kbbl"),
            ("Stocks (Mt)", "Mt"),
            ("Stocks (MT)", "t"),
            ("Thousand tonnes of oil equivalent", "ktoe"),
        ];
        for (text, wanted) in known {
            assert_eq!(unit_in(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn what_may_be_another_unit_is_none() {
        let open = [
            "hundred thousand tonnes",
            "Stocks (kbbl/d)",
            "Price (USD/t)",
            "Dollars per tonne",
            "thousands (tonnes)",
            "Stocks in tons",
            "oz",
            "Closing stock",
            "thousand dry tons",
        ];
        for text in open {
            assert_eq!(unit_in(text), None, "{text}");
        }
        assert_eq!(unit("1000 MT").as_deref(), Some("kt"));
        assert_eq!(unit("ton"), None);
    }
}
