//! A step as words: split at spaces, but not inside quotes.

/// One word of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) is_quoted: bool,
}

/// The words of a step, read from the front.
pub(super) struct Words {
    words: std::iter::Peekable<std::vec::IntoIter<Word>>,
}

impl Words {
    pub(super) fn split(text: &str) -> Result<Self, String> {
        let mut words = Vec::new();
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let (word, after) = if first == '"' {
                let (word, after) = rest[1..].split_once('"').ok_or_else(|| format!("a quote is left open: {rest}"))?;
                (Word { text: word.to_owned(), is_quoted: true }, after)
            } else {
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (Word { text: rest[..end].trim_end_matches(',').to_owned(), is_quoted: false }, &rest[end..])
            };
            words.push(word);
            rest = after.trim_start();
        }
        Ok(Self { words: words.into_iter().peekable() })
    }

    pub(super) fn next(&mut self) -> Option<Word> {
        self.words.next()
    }

    pub(super) fn peek(&mut self) -> Option<&Word> {
        self.words.peek()
    }

    /// The word that must follow.
    pub(super) fn take(&mut self, what: &str) -> Result<String, String> {
        self.next().map(|word| word.text).ok_or_else(|| format!("{what} is missing at the end"))
    }

    /// Takes the next word if it is this one.
    pub(super) fn take_if(&mut self, keyword: &str) -> bool {
        self.words.next_if(|word| !word.is_quoted && word.text == keyword).is_some()
    }

    /// A quantity: number, unit and perhaps a basis; or anything at all in quotes.
    pub(super) fn quantity(&mut self) -> Result<String, String> {
        let number = self.next().ok_or("a quantity is missing at the end")?;
        if number.is_quoted {
            return Ok(number.text);
        }
        let unit = self.take("a unit")?;
        let basis = self.words.next_if(|word| measure::Basis::parse(&word.text).is_ok());
        Ok(match basis {
            Some(basis) => format!("{} {unit} {}", number.text, basis.text),
            None => format!("{} {unit}", number.text),
        })
    }
}
