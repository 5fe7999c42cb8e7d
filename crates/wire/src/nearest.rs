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

/// Edits between two words over their first 64 bytes: a byte more, less or another, or two neighbours exchanged.
fn distance(a: &str, b: &str) -> usize {
    let bytes = |word: &str| -> Vec<u8> { word.bytes().take(64).collect() };
    let (a, b) = (bytes(a), bytes(b));
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let substituted = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let edits = substituted.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            let is_exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            row.push(if is_exchanged { edits.min(rows[i - 2][j - 2] + 1) } else { edits });
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_of_the_pen_are_meant_and_other_words_are_not() {
        let known = ["LOT-1", "LOT-19", "NdPr", "G7-NdPr", "deposit", "North"];
        for (word, meant) in [
            ("LOT1", Some("LOT-1")),
            ("ndpr", Some("NdPr")),
            ("G7-Ndpr", Some("G7-NdPr")),
            ("depsoit", Some("deposit")),
            ("Nroth", Some("North")),
            ("cobalt", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, known), meant, "{word}");
        }
    }
}
