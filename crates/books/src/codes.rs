//! Codes that are given now: none that two people read as the same may be two.
//!
//! The rule is that of UTS 39 at its restricted level, with what it leaves to chance left out: letters of Latin, of Chinese,
//! Japanese and Korean writing, each in one form alone. What was given before stands.

/// Codes that mean something else at some door.
const RESERVED: [&str; 5] = ["operator", "nobody", "everybody", "anonymous", "system"];

/// Is it nobody's word at any door?
pub(crate) fn is_free(code: &str) -> bool {
    !RESERVED.iter().any(|word| code.eq_ignore_ascii_case(word))
}

/// Can it not be mistaken for another code?
pub(crate) fn is_clear(code: &str) -> bool {
    let is_spaced = code.starts_with(' ') || code.ends_with(' ') || code.contains("  ");
    !is_spaced && code.chars().all(is_letter)
}

/// Letters, digits and signs that look like themselves. Composed letters are in one form: marks that follow a letter are none.
fn is_letter(c: char) -> bool {
    match c {
        ' '..='~' => true,
        // Latin with marks, as one character each; signs that look like others are between them.
        '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' => !matches!(c, '×' | '÷' | '\u{1c0}'..='\u{1c3}'),
        // Chinese, Japanese, Korean: whole characters, neither half wide nor for compatibility.
        '\u{3005}' | '\u{3007}' | '\u{3041}'..='\u{3096}' | '\u{309d}'..='\u{309e}' | '\u{30a1}'..='\u{30fe}' => {
            c != '\u{30fb}'
        }
        '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{323af}' => {
            !('\u{2f800}'..='\u{2fa1f}').contains(&c)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables printed them alike, and a token for the party `operator` was the operator's.
    #[test]
    fn two_that_look_the_same_are_not_both_codes() {
        for clear in ["BBB", "LOT-7", "Nd2O3 99.5%", "é", "Ölhafen", "東京", "가나", "カナ", "a/b", "x_1"] {
            assert!(is_clear(clear), "{clear}");
        }
        for other in [
            "ВВВ",
            "BBB ",
            " BBB",
            "BBB\u{200b}",
            "\u{202e}BBB",
            "e\u{301}",
            "LOТ-7",
            "LO\u{ad}T",
            "\u{feff}LOT",
            "A\u{2028}B",
            "\u{e0041}",
            "ＬＯＴ",
            "ΑΒΓ",
            "\u{2126}",
            "\u{a0}x",
            "ﾊﾝ",
        ] {
            assert!(!is_clear(other), "{other:?}");
        }
        assert!(is_free("JOGMEC") && !is_free("operator") && !is_free("Operator"));
    }
}
