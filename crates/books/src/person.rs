//! Persons by their names, as people type them.

use unicode_normalization::UnicodeNormalization;

/// What tells a person: capitals, the width of letters, how an accent is typed, and space make no other person.
#[must_use]
pub fn told(name: &str) -> String {
    let plain: String = name.nfkc().flat_map(char::to_lowercase).nfkc().collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Is it one person under two spellings?
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    told(one) == told(other)
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn a_person_is_one_in_any_width_case_and_spacing() {
        for other in ["sato", " Sato ", "Ｓａｔｏ", "ＳＡＴＯ"] {
            assert!(is_same("Sato", other), "{other}");
        }
        assert!(is_same("Jiří  Novák", "Jir\u{30c}i\u{301}\u{a0}Nova\u{301}k"));
        assert!(is_same("サトウ", "ｻﾄｳ"), "half the width");
        assert!(!is_same("Sato", "Saito"));
    }
}
