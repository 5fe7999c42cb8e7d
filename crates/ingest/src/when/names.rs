//! Names of months and eras, and digits of other scripts.

/// Names of the months, in small letters: whole, and as they are cut short.
const MONTHS: [&[&str]; 12] = [
    &[
        "january", "jan", "januar", "jänner", "jän", "janvier", "janv", "enero", "ene", "gennaio", "gen", "janeiro",
        "januari", "styczeń", "stycznia", "tammikuu",
    ],
    &[
        "february",
        "feb",
        "februar",
        "février",
        "févr",
        "fevrier",
        "febrero",
        "febbraio",
        "fevereiro",
        "fev",
        "februari",
        "luty",
        "lutego",
        "helmikuu",
    ],
    &[
        "march",
        "mar",
        "märz",
        "maerz",
        "mär",
        "mrz",
        "mars",
        "marzo",
        "março",
        "marco",
        "maart",
        "mrt",
        "marzec",
        "marca",
        "maaliskuu",
    ],
    &["april", "apr", "avril", "avr", "abril", "abr", "aprile", "kwiecień", "kwietnia", "huhtikuu"],
    &["may", "mai", "mayo", "maggio", "mag", "maio", "mei", "maj", "maja", "toukokuu"],
    &["june", "jun", "juni", "juin", "junio", "giugno", "giu", "junho", "czerwiec", "czerwca", "kesäkuu"],
    &["july", "jul", "juli", "juillet", "juil", "julio", "luglio", "lug", "julho", "lipiec", "lipca", "heinäkuu"],
    &["august", "aug", "août", "aout", "agosto", "ago", "augustus", "augusti", "sierpień", "sierpnia", "elokuu"],
    &[
        "september",
        "sep",
        "sept",
        "septembre",
        "septiembre",
        "settembre",
        "set",
        "setembro",
        "wrzesień",
        "września",
        "syyskuu",
    ],
    &[
        "october",
        "oct",
        "oktober",
        "okt",
        "octobre",
        "octubre",
        "ottobre",
        "ott",
        "outubro",
        "out",
        "październik",
        "października",
        "lokakuu",
    ],
    &["november", "nov", "novembre", "noviembre", "novembro", "listopad", "listopada", "marraskuu"],
    &[
        "december",
        "dec",
        "dezember",
        "dez",
        "décembre",
        "déc",
        "decembre",
        "diciembre",
        "dic",
        "dicembre",
        "dezembro",
        "grudzień",
        "grudnia",
        "joulukuu",
    ],
];

/// Eras, and the year before their first.
const ERAS: [(&str, i32); 7] = [
    ("令和", 2018),
    ("平成", 1988),
    ("昭和", 1925),
    ("民國", 1911),
    ("民国", 1911),
    ("中華民國", 1911),
    ("พ.ศ.", -543),
];

/// The month that a word names.
pub(super) fn month(word: &str) -> Option<i8> {
    let word = word.trim_end_matches('.').to_lowercase();
    let place = MONTHS.iter().position(|names| names.contains(&word.as_str()))?;
    i8::try_from(place + 1).ok()
}

/// Digits of full width made narrow, years of eras made years, every blank one blank.
pub(super) fn folded(text: &str) -> String {
    let narrow = |letter: char| match letter {
        '０'..='９' => char::from_digit(letter as u32 - '０' as u32, 10).unwrap_or(letter),
        '／' => '/',
        '－' => '-',
        letter => letter,
    };
    let text: String = text.split_whitespace().collect::<Vec<_>>().join(" ").chars().map(narrow).collect();
    let Some((era, before)) = ERAS.iter().find(|(era, _)| text.contains(era)) else { return text };
    let Some((head, tail)) = text.split_once(era) else { return text };
    let tail = tail.trim_start();
    let digits: String = tail.chars().take_while(char::is_ascii_digit).collect();
    // The first year of an era has a name instead of a number.
    let (year, after) = match tail.strip_prefix('元') {
        Some(after) => (1, after),
        None => (digits.parse().unwrap_or(0), &tail[digits.len()..]),
    };
    if year == 0 { text } else { format!("{head}{}{after}", before + year) }
}

/// The text with the name of its month as two digits.
pub(super) fn with_months_as_numbers(text: &str) -> Option<String> {
    let mut start = None;
    for (place, letter) in text.char_indices().chain(std::iter::once((text.len(), ' '))) {
        match (start, letter.is_alphabetic()) {
            (None, true) => start = Some(place),
            (Some(begun), false) => {
                if let Some(month) = month(&text[begun..place]) {
                    let after = text[place..].strip_prefix('.').unwrap_or(&text[place..]);
                    return Some(format!("{}{month:02}{after}", &text[..begun]));
                }
                start = None;
            }
            _ => {}
        }
    }
    None
}
