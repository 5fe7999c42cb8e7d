//! What was meant by a word that is not known.

/// The known word that is nearest to one that is not, where one is near enough to have been meant.
#[must_use]
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word = word.to_lowercase();
    let most = (word.len() / 3).clamp(1, 3);
    let near = known.into_iter().filter(|known| known.len().abs_diff(word.len()) <= most);
    let measured = near.map(|known| (distance(&known.to_lowercase(), &word), known));
    measured.filter(|(edits, _)| *edits <= most).min_by_key(|(edits, _)| *edits).map(|(_, known)| known)
}

/// Edits between two words (Levenshtein), over their first 64 bytes.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<u8> = b.bytes().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().take(64).enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_of_the_pen_are_meant_and_other_words_are_not() {
        let known = ["LOT-1", "LOT-19", "NdPr", "G7-NdPr", "deposit"];
        for (word, meant) in [
            ("LOT1", Some("LOT-1")),
            ("ndpr", Some("NdPr")),
            ("G7-Ndpr", Some("G7-NdPr")),
            ("depsoit", Some("deposit")),
            ("cobalt", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
    }
}
