//! Progress of long work, on stderr, and only where somebody is looking and nothing else is written.

use std::fmt::Write;
use std::io::{IsTerminal, stderr, stdout};
use std::time::Duration;

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

/// A bar for work of a known size; invisible where stderr is no terminal.
pub(crate) fn bar(total: u64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total), target());
    let style = "{msg:12} [{bar:32}] {human_pos}/{human_len} {rate} {eta}";
    bar.set_style(styled(style).progress_chars("=> "));
    bar.set_message(what);
    bar
}

/// A counter for work of unknown size.
pub(crate) fn counter(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, target());
    bar.set_style(styled("{spinner} {msg} {human_pos} ({rate})"));
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// A style in which rates have no decimals.
fn styled(template: &str) -> ProgressStyle {
    let style = ProgressStyle::with_template(template).expect("a fixed template");
    style.with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
        let _ = write!(out, "{}/s", HumanCount(state.per_sec() as u64));
    })
}

/// Where answers go to the same terminal, they are the progress: nothing is drawn between them.
fn target() -> ProgressDrawTarget {
    match stderr().is_terminal() && !stdout().is_terminal() {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    }
}
