//! A report as the commands that post it.

use books::CommandId;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use wire::acts::{AddReportLines, ReceiveReport, ReportLine};
use wire::{Act, Command};

use super::{Flaw, flaw};
use crate::wrong::Wrong;

/// JSON of one command of a report: well below what a command, and its event, may have.
const COMMAND_BYTES_MAX: usize = 40_000;

/// The commands that post a report: the first opens it, the others bring the lines that do not fit. The same report gives
/// the same commands, so that it is taken once; where anything in it or about it differs, all of them are others, for what
/// was refused under an id stays refused.
///
/// # Errors
/// Where `effective` is no date, or `maker` no name.
pub fn commands(
    report: ReceiveReport,
    poster: &str,
    maker: Option<&str>,
    effective: &str,
) -> Result<Vec<Command>, Flaw> {
    let day = wire::date::parse_day(effective)
        .map_err(|_| flaw("last", Wrong::NotTheLastDay { text: effective.chars().take(40).collect() }))?;
    if maker.is_some_and(|maker| maker.is_empty() || maker.len() > books::limits::TEXT_BYTES_MAX) {
        return Err(flaw("maker", Wrong::NotAName));
    }
    let sender = report.sender.clone().unwrap_or_else(|| poster.to_owned());
    let mut whole = Sha256::new();
    for text in ["report", &sender, poster, maker.unwrap_or_default(), effective] {
        whole.update((text.len() as u64).to_be_bytes());
        whole.update(text);
    }
    let acts = acts(report, &sender, &mut whole);
    let whole: [u8; 32] = whole.finalize().into();
    let id = |part: usize| {
        let digest: [u8; 32] =
            Sha256::new().chain_update(whole).chain_update((part as u64).to_be_bytes()).finalize().into();
        CommandId(Uuid::new_v8(digest[..16].try_into().expect("half of a digest")).into_bytes())
    };
    let command = |(part, act): (usize, Act)| Command {
        id: id(part),
        party: poster.to_owned(),
        maker: maker.map(str::to_owned),
        effective: day,
        time: None,
        act,
    };
    Ok(acts.into_iter().enumerate().map(command).collect())
}

/// A report as acts that each fit into a command; all of it goes into the digest.
fn acts(mut report: ReceiveReport, sender: &str, digest: &mut Sha256) -> Vec<Act> {
    let code = format!("{sender}/{}", report.number);
    let source = report.source.clone();
    let all = report.lines.take().unwrap_or_default();
    let mut bytes = digested(&report, digest);
    let mut parts: Vec<Vec<ReportLine>> = vec![Vec::new()];
    for line in all {
        let own = digested(&line, digest);
        let part = parts.last_mut().expect("there is one");
        if bytes + own > COMMAND_BYTES_MAX && !part.is_empty() {
            bytes = 0;
            parts.push(vec![line]);
        } else {
            part.push(line);
        }
        bytes += own;
    }
    let mut parts = parts.into_iter();
    report.lines = parts.next().filter(|lines| !lines.is_empty());
    let more =
        |lines| Act::AddReportLines(AddReportLines { report: code.clone(), lines, source: Some(source.clone()) });
    let later: Vec<Act> = parts.map(more).collect();
    std::iter::once(Act::ReceiveReport(report)).chain(later).collect()
}

/// Bytes of a part of a report as JSON, and of the comma behind it; they go into the digest.
fn digested(part: &impl serde::Serialize, digest: &mut Sha256) -> usize {
    let json = serde_json::to_vec(part).unwrap_or_default();
    digest.update((json.len() as u64).to_be_bytes());
    digest.update(&json);
    json.len() + 1
}
