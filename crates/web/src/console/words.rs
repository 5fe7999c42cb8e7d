//! Texts of the console that are not data: each is the entry `console-<name>` of the catalogues. Headings of columns stand
//! with their pages.

use std::fmt;
use std::ops::Deref;

use ::words::Words;

/// The words of whoever looks at a page.
pub(super) fn language() -> &'static Words {
    crate::language::now()
}

/// A text, by its entry.
#[derive(Clone, Copy)]
pub(super) struct Text(&'static str);

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        language().text(self.0)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

macro_rules! texts {
    ($($text:ident $name:literal;)*) => {
        $(pub(super) const $text: Text = Text(concat!("console-", $name));)*

        /// Every text, for the test that holds them against the catalogues.
        #[cfg(test)]
        const ALL: &[Text] = &[$($text),*];
    };
}

texts! {
    TITLE "title";
    SKIP "skip";
    OVERVIEW "overview";
    POSITIONS "positions";
    COVER "cover";
    HISTORY "history";
    PROBLEM "problem";
    AS_OF "as_of";
    KNOWN_AT "known_at";
    TELL_APART "tell_apart";
    PARTY "party";
    MATERIAL "material";
    SITE "site";
    LOT "lot";
    SHOW "show";
    MATERIALS_HELD "materials_held";
    LATEST "latest";
    DAYS_LEFT "days_left";
    OVER_TIME "over_time";
    CUSTODY "custody";
    OLDER "older";
    NEWEST "newest";
    POSTED_BY "posted_by";
    FIRST_PAGE "first_page";
    FURTHER "further";
    UP_TO "up_to";
    BREAKS "breaks";
    BREAK "break";
    WHOSE "whose";
    RESPONSIBLE "responsible";
    STATUS "status";
    NOT_CLOSED "not_closed";
    AGEING "ageing";
    AGE "age";
    DAYS "days";
    SINCE_EFFECTIVE "since_effective";
    SINCE_REPORT "since_report";
    AGES_AS_OF "ages_as_of";
    SIDES "sides";
    STEPS "steps";
    BALANCES "balances";
    AREAS "areas";
    AT "at";
    FROM_DAY "from_day";
    THROUGH_DAY "through_day";
    SIGMA_FROM "sigma_from";
    PERIODS "periods";
    PERIODS_SHOWN "periods_shown";
    TREND_SINCE "trend_since";
    STOCKTAKES "stocktakes";
    MUF "muf";
    LIMITS "limits";
    REPORTS "reports";
    CALENDAR "calendar";
    RECEIVED "received";
    MISSING "missing";
    TOO_FEW "too_few";
    SIGN_IN "sign_in";
    SIGN_OUT "sign_out";
    TOKEN "token";
    TOKEN_WHENCE "token_whence";
    CLOSED "closed";
    ROUNDING "rounding";
    NOISE "noise";
    TIMING "timing";
    OPEN "open";
    ASK "ask";
    DO_ACT "do";
    ANY_QUESTION "any_question";
    ANY_ACT "any_act";
    AS_FILE "as_file";
    YES "yes";
    NO "no";
    PARTY_THAT_ACTS "party_that_acts";
    EFFECTIVE "effective";
    MAKER "maker";
    TRY_IT "try_it";
    RECORD_IT "record_it";
    SIGN_IN_TO_ACT "sign_in_to_act";
    IS_THERE "is_there";
    IS_HELD "is_held";
    IS_RECORDED "is_recorded";
    WOULD_STAND "would_stand";
    IS_REFUSED "is_refused";
    WOULD_BE_REFUSED "would_be_refused";
    EVENT "event";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_catalogue_has_every_text_of_the_console_and_none_too_many() {
        let wanted: BTreeSet<&str> = ALL.iter().map(|text| text.0).collect();
        for (tag, catalogue) in ::words::CATALOGUES {
            let names = catalogue.lines().filter(|line| line.starts_with("console-"));
            let there: BTreeSet<&str> = names.filter_map(|line| line.split_once(" = ")).map(|(name, _)| name).collect();
            assert_eq!(there, wanted, "`{tag}`");
        }
    }
}
