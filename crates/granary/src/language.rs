//! In which language people are answered here: said with `--lang` or `GRANARY_LANG`, or by the locale of the system.

use std::path::Path;
use std::sync::OnceLock;

use shell::Failure;
use wire::{Malformed, Verdict};
use words::{Told, Words};

/// Chosen once, before anything is said.
static NOW: OnceLock<&'static Words> = OnceLock::new();

/// Names a file with a catalogue of words that does not come with the program, such as `ja.ftl`: whoever writes one sees at
/// once what it says.
const CATALOGUE: &str = "GRANARY_CATALOGUE";

/// The words that people read here; English before one was chosen.
pub(crate) fn now() -> &'static Words {
    NOW.get().copied().unwrap_or_else(words::english)
}

/// A verdict in the words that people read here.
pub(crate) fn told(verdict: Verdict) -> Verdict {
    let words = now();
    if std::ptr::eq(words, words::english()) { verdict } else { verdict.told(words) }
}

/// Why what was typed is no command, as the shell says it.
pub(crate) fn failure(malformed: &Malformed) -> Failure {
    let Told { message, hint } = now().tell(&malformed.saying);
    Failure::wrong_use(message).hint(hint)
}

/// Chooses: what is said, or else the locale; English where there are no words of it.
///
/// # Errors
/// When a catalogue that is named cannot be read.
pub(crate) fn choose(said: Option<&str>) -> Result<(), Failure> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(path) = variable(CATALOGUE) {
        try_out(Path::new(&path))?;
    }
    let words = match said {
        Some(tag) => words::of_locale(tag),
        None => ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(variable).and_then(|it| words::of_locale(&it)),
    };
    // Chosen before: the same process runs one command.
    let _ = NOW.set(words.unwrap_or_else(words::english));
    Ok(())
}

fn try_out(path: &Path) -> Result<(), Failure> {
    let wrong = |said: String| {
        Failure::wrong_use(format!("read the catalogue `{}`: {said}", path.display()))
            .hint(format!("{CATALOGUE} names a file such as `ja.ftl`: the tag of the language, and its entries"))
    };
    let catalogue = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let tag = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    words::try_out(tag, &catalogue).map_err(wrong)?;
    Ok(())
}
