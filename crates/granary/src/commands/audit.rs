//! `granary audit`: proofs from the static files alone, so that they can be had from a copy as well as from the ledger.

mod archive;
pub(super) mod balance;
mod compare;
mod fact;
mod log;
mod order;
mod pack;
mod sample;

use std::fs;
use std::path::{Path, PathBuf};

use answers::ask::ProveBalance;
use auditor::{Checked, Finding, Folder, Known};
use chain::{
    Checkpoint, FromFilesError, LogFiles, Note, Policy, ProveError, Submission, VerifierKey, consistency_from,
    root_from,
};
use evidence::pack::About;
use evidence::read_witnessed;
use serde_json::{Map, Value};
use shell::{Exit, Failure};

pub(crate) use fact::post as post_act;
pub(crate) use log::Log;

use super::query;
use crate::cli::Dir;
use crate::cli::audit::{Audit, Source, Trust, What};
use crate::output::{Align, Column, Format, Grid, show};

pub(crate) fn run(args: Audit) -> Result<Exit, Failure> {
    match args.what {
        What::Checkpoint { source, trust, out, shown } => checkpoint(&source, &trust, out.as_deref(), shown.format),
        What::Prove { event, source, out } => prove(&event, &source, out.as_deref()),
        What::Consistency { old, source, trust, out, shown } => {
            consistency(&old, &source, &trust, out.as_deref(), shown.format)
        }
        What::Sample { dir, count, seed, filter, times, shown } => {
            sample::run(&dir, count, &seed, &filter, &times, shown.format)
        }
        What::Compare { other, source, trust, shown } => compare::run(&other, &source, &trust, shown.format),
        What::Pack { lot, reserve, period, party, dir, out } => {
            let about = match (lot, reserve, period) {
                (Some(lot), None, None) => About::Lot(lot),
                (None, Some(reserve), None) => About::Reserve(reserve),
                (None, None, Some(period)) => pack::period(&period)?,
                _ => match &party {
                    Some(party) => About::Party(party.clone()),
                    None => {
                        let hint = "give --lot, --reserve, --period or --party";
                        return Err(Failure::wrong_use("a pack of what?").hint(hint));
                    }
                },
            };
            pack::run(&about, party.as_deref(), &dir.ledger(), &out)
        }
        What::Adjustments { above, unit, period, material, party, rules, known_at, dir, shown } => {
            adjustments(above, unit, (period.as_deref(), known_at), material, party, rules, &dir, shown.format)
        }
        What::Archive { until, to, dir, shown } => archive::run(&until, &to, &dir.ledger(), shown.format),
        What::Share { event, since, dir, out } => fact::share(&event, since, &dir, out.as_deref()),
        What::Receive { paths, from, by, dir, shown } => {
            fact::receive(&paths, from.as_deref(), &by, &dir, shown.format)
        }
        What::Trust { origin, policy, end: _, keeper, note, by, dir, shown } => {
            fact::trust(origin, policy.as_deref(), keeper, note, &by, &dir, shown.format)
        }
        What::Order { event, dir, out, shown } => order::run(event, &dir.ledger(), out.as_deref(), shown.format),
        What::Digest { owner, close, dir, times, shown } => balance::digest(&dir, owner, close, &times, shown.format),
        What::ProveBalance { owner, place, lot, close, whole, dir, times, out } => {
            let (as_of, known_at) = query::times(&times);
            let question = ProveBalance { owner, place, lot, close, as_of, known_at, whole: whole.then_some(true) };
            balance::prove(&dir, &question, out.as_deref())
        }
        What::Witnesses { dir, shown } => witnesses(&dir, shown.format),
        What::Verify { paths, trust, entry, old, consistency, at_latest, archive, without_archive, digest, shown } => {
            let mut known = believed(&trust)?.ok_or_else(|| {
                Failure::wrong_use("whom to trust?")
                    .hint("give --key with the log's key, or --policy with a trust policy that you wrote or were given")
            })?;
            known.entry = entry.as_deref().map(read).transpose()?;
            known.old = old.as_deref().map(read).transpose()?;
            for path in &consistency {
                let proof = Submission::parse(&read(path)?)
                    .map_err(|error| Failure::wrong_use(format!("`{}`: {error}", path.display())))?;
                known.consistency.push(proof);
            }
            let digest = digest.map(|text| {
                let hash = chain::decode_base64(&text).and_then(|bytes| bytes.try_into().ok());
                hash.ok_or_else(|| {
                    Failure::wrong_use(format!("`{text}` is no digest")).hint("copy it from `granary audit digest`")
                })
            });
            known.digest = digest.transpose()?;
            (known.archive, known.is_without_archive) = (archive, without_archive);
            let end_of = |day: String| {
                auditor::end_of_day(&day)
                    .ok_or_else(|| Failure::wrong_use(format!("`{day}` is no day")).hint("write 2026-03-31"))
            };
            known.policy.latest_s = Some(at_latest.map(end_of).transpose()?.unwrap_or_else(auditor::soon));
            verify(&paths, &known, shown.format)
        }
    }
}

/// Reads a file that was named.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::new(format!("read `{}`: {error}", path.display())))
}

/// Writes what was made: to a file that is not there yet, or to stdout.
pub(crate) fn write(out: Option<&Path>, text: &str) -> Result<(), Failure> {
    let Some(path) = out else {
        print!("{text}");
        return Ok(());
    };
    let mut file = fs::File::create_new(path).map_err(|error| {
        Failure::new(format!("write `{}`: {error}", path.display())).hint("name a file that is not there yet")
    })?;
    Ok(std::io::Write::write_all(&mut file, text.as_bytes())?)
}

/// What people changed by hand.
#[expect(clippy::too_many_arguments, reason = "the options of one command")]
fn adjustments(
    above: Option<String>,
    unit: Option<String>,
    (period, known_at): (Option<&str>, Option<String>),
    material: Option<String>,
    party: Option<String>,
    rules: bool,
    dir: &Dir,
    format: Format,
) -> Result<Exit, Failure> {
    if let (Some(above), None) = (&above, &unit)
        && above.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        let failure = Failure::wrong_use(format!("more than {above} of what unit?"));
        return Err(failure.hint(format!("give --unit t, or both as one text: --above \"{above} t\"")));
    }
    let above = match (above, unit) {
        (Some(above), Some(unit)) => Some(format!("{above} {unit}")),
        (above, _) => above,
    };
    let (from, through) = match period.map(pack::period).transpose()? {
        Some(About::Period { from, through }) => (Some(from), Some(through)),
        _ => (None, None),
    };
    let rules = rules.then_some(true);
    let question = answers::ask::audit::Adjustments {
        above,
        from,
        through,
        material,
        party,
        rules,
        known_at: known_at.map(Into::into),
    };
    crate::output::answered(format, &query::find(dir)?.ask(&question)?)?;
    Ok(Exit::Done)
}

/// What was said about whom to trust, and the keys to which its logs have rotated since.
pub(crate) fn trusted(trust: &Trust) -> Result<Option<Policy>, Failure> {
    Ok(believed(trust)?.map(|known| known.policy))
}

/// The same, with the events from which on those keys sign, where that is known.
pub(crate) fn believed(trust: &Trust) -> Result<Option<Known>, Failure> {
    let Some(policy) = named(trust)? else { return Ok(None) };
    let mut known = Known::policy(policy);
    for path in &trust.rotation {
        known.follow(&path.display().to_string(), &read(path)?).map_err(Failure::wrong_use)?;
    }
    Ok(Some(known))
}

fn named(trust: &Trust) -> Result<Option<Policy>, Failure> {
    if let Some(path) = &trust.policy {
        let policy = Policy::parse(&read(path)?)
            .map_err(|error| Failure::wrong_use(format!("`{}`: {error}", path.display())))?;
        return Ok(Some(policy));
    }
    let Some(text) = &trust.key else { return Ok(None) };
    // A key cannot be the name of a file that exists by accident: it holds a plus sign and base64.
    let held = fs::read_to_string(text).unwrap_or_else(|_| text.clone());
    let key = VerifierKey::parse(held.trim()).map_err(|error| {
        Failure::wrong_use(format!("`{text}` is no key and no file with one: {error}"))
            .hint("a log's key stands in the file keys/log.pub of its ledger")
    })?;
    Ok(Some(Policy::of_log(key)))
}

/// Whom to trust about a log; the key in the ledger's own folder where nobody is named.
fn trusted_about(trust: &Trust, source: &Source) -> Result<Policy, Failure> {
    if let Some(policy) = trusted(trust)? {
        return Ok(policy);
    }
    let missing = || {
        Failure::wrong_use("whose signature is to be trusted?")
            .hint("give --key with the log's key, or --policy with a trust policy")
    };
    if source.tiles.is_some() || source.dir.server.is_some() {
        return Err(missing());
    }
    Ok(Policy::of_log(
        ledger::verifier(&source.dir.dir).map_err(|error| query::opening(&source.dir.dir, error.into()))?,
    ))
}

fn checkpoint(source: &Source, trust: &Trust, out: Option<&Path>, format: Format) -> Result<Exit, Failure> {
    let policy = trusted_about(trust, source)?;
    let bytes = Log::of(source)?.checkpoint().map_err(|error| not_there(source, error))?;
    let note = Note::parse(&bytes)?;
    let refused = policy.check(&note).err();
    let stated = Checkpoint::parse(note.text())?;
    let cosigned = policy.cosigned(&note).unwrap_or_default();
    if out.is_some() {
        write(out, &note.to_string())?;
    }
    let said = |(name, time_s): &(String, u64)| format!("{name} at {}", auditor::show_moment(*time_s));
    let names: Vec<String> = cosigned.iter().map(said).collect();
    let answer = serde_json::json!({
        "log": stated.origin,
        "size": stated.size,
        "root": super::replay::base64_of(&stated.root),
        "cosigned": cosigned.iter().map(|(name, time_s)| serde_json::json!({ "witness": name, "time_s": time_s })).collect::<Vec<_>>(),
        "signatures": note.signatures().len(),
        "trusted": refused.is_none(),
        "problem": refused.as_ref().map(|error| shell::chain(error)),
    });
    show(format, &answer, || Grid {
        seen_by: None,
        columns: vec![Column("checkpoint", Align::Left), Column("", Align::Left)],
        rows: vec![
            vec!["log".into(), stated.origin.clone()],
            vec!["events".into(), stated.size.to_string()],
            vec!["root".into(), super::replay::base64_of(&stated.root)],
            vec!["cosigned by".into(), if names.is_empty() { "nobody".into() } else { names.join(", ") }],
            vec![
                "trusted".into(),
                refused.as_ref().map_or("yes".into(), |error| format!("NO: {}", shell::chain(error))),
            ],
        ],
    })?;
    Ok(if refused.is_none() { Exit::Done } else { Exit::Refused })
}

fn not_there(source: &Source, error: chain::FileError) -> Failure {
    match error {
        chain::FileError::Missing { .. } => Failure::new(error).hint(format!(
            "`{}` has no checkpoint: name the folder of a ledger with --dir, its static files with --tiles, or a server",
            source.tiles.as_ref().unwrap_or(&source.dir.dir.join("tiles")).display()
        )),
        error => Failure::new(error),
    }
}

fn prove(event: &str, source: &Source, out: Option<&Path>) -> Result<Exit, Failure> {
    let receipt = match Log::of(source)? {
        Log::Server(client) => client.get_text(&format!("/v1/receipts/{event}"))?,
        Log::Folder(folder) => {
            let seq = seq_of(event, source)?;
            seq.checked_sub(1).ok_or_else(|| Failure::wrong_use("events are numbered from 1"))?;
            receipt_in(&folder, source.tiles.is_none().then_some(&source.dir.dir), seq, seq)?
        }
    };
    write(out, &receipt)?;
    Ok(Exit::Done)
}

/// The receipt of an event from the static files of a ledger's folder: for the checkpoint that witnesses cosigned, where it
/// covers that event and all through another one.
pub(crate) fn receipt_in(files: &Folder, ledger: Option<&PathBuf>, seq: u64, through: u64) -> Result<String, Failure> {
    let made = evidence::receipt(files, ledger.map(PathBuf::as_path), seq - 1, through)
        .map_err(|error| untold(&seq.to_string(), error))?;
    if let Some(size) = made.witnessed_only {
        eprintln!(
            "note: witnesses cosigned {size} events so far, and none of them event {through}: the receipt of event {seq} \
             is signed by the log alone (`granary audit witnesses`)"
        );
    }
    Ok(made.receipt.to_string())
}

/// The number of an event; the id of a command is looked up in the ledger.
fn seq_of(event: &str, source: &Source) -> Result<u64, Failure> {
    if let Ok(seq) = event.parse() {
        return Ok(seq);
    }
    if source.tiles.is_some() {
        return Err(Failure::wrong_use(format!("`{event}` is no number of an event"))
            .hint("static files know no command ids; name the event by its number, or the ledger with --dir"));
    }
    let question = answers::ask::Event { seq: None, id: Some(event.to_owned()) };
    Ok(query::ask(&source.dir, &question)?.answer.seq)
}

fn untold(event: &str, error: FromFilesError) -> Failure {
    let hint = match &error {
        FromFilesError::Prove(ProveError::IndexOutsideTree { size, .. }) => {
            let problem = format!("no checkpoint covers event {event}: the newest has {size} entries");
            return Failure { exit: Exit::Refused, ..Failure::new(problem) }
                .hint("checkpoints follow within two seconds of an event");
        }
        _ => "`granary doctor` names what is damaged and how to mend it",
    };
    Failure::new(error).hint(hint)
}

fn consistency(
    old: &Path,
    source: &Source,
    trust: &Trust,
    out: Option<&Path>,
    format: Format,
) -> Result<Exit, Failure> {
    let policy = trusted_about(trust, source)?;
    let old_bytes = read(old)?;
    let old_note = Note::parse(&old_bytes)
        .map_err(|error| Failure::new(format!("`{}` is no checkpoint: {error}", old.display())))?;
    let old_tree = Checkpoint::parse(old_note.text())?;
    let log = Log::of(source)?;
    let bytes = log.checkpoint().map_err(|error| not_there(source, error))?;
    let note = Note::parse(&bytes)?;
    let new_tree = Checkpoint::parse(note.text())?;
    let known = Known { old: Some(old_bytes), ..Known::policy(policy) };
    let checked = if old_tree.size > new_tree.size {
        auditor::check_bytes("the checkpoint of today", &bytes, &known)
    } else {
        let found = root_from(&log, old_tree.size, new_tree.size)?;
        let proof = consistency_from(&log, old_tree.size, new_tree.size, new_tree.size)?;
        let submission = Submission { old_size: old_tree.size, proof, checkpoint: note.clone() };
        let checked = auditor::check_bytes("the log of today", submission.to_string().as_bytes(), &known);
        if checked.is_ok() && out.is_some() {
            write(out, &submission.to_string())?;
        }
        // The files of the log say which root they have there, which is worth more than "the proof fails".
        checked.map_err(|finding| match found == old_tree.root {
            true => finding,
            false => Finding {
                problem: format!(
                    "{}; the first {} entries have root {} now, and the old checkpoint says {}",
                    finding.problem,
                    old_tree.size,
                    super::replay::base64_of(&found),
                    super::replay::base64_of(&old_tree.root)
                ),
                ..finding
            },
        })
    };
    let is_refused = checked.is_err();
    let exit = report(vec![(old.to_owned(), checked)], format)?;
    if is_refused {
        eprintln!("\nevidence: both checkpoints\n\n{old_note}\n{note}");
    }
    Ok(exit)
}

fn verify(paths: &[PathBuf], known: &Known, format: Format) -> Result<Exit, Failure> {
    report(paths.iter().map(|path| (path.clone(), auditor::check(path, known))).collect(), format)
}

/// What a server knows about its witnesses.
fn witnesses(dir: &Dir, format: Format) -> Result<Exit, Failure> {
    let client = match query::find(dir)? {
        query::Place::Server(client) => client,
        query::Place::Folder(_) => {
            let size =
                |note: Option<Note>| note.and_then(|note| Checkpoint::parse(note.text()).ok()).map_or(0, |it| it.size);
            let newest = auditor::Folder::at(dir.dir.join("tiles")).checkpoint().ok();
            let newest = size(newest.and_then(|bytes| Note::parse(&bytes).ok()));
            let witnessed = size(read_witnessed(&dir.dir));
            return Err(Failure::new(format!(
                "no server holds this ledger: {witnessed} of {newest} events are witnessed"
            ))
            .hint("`granary serve` asks the witnesses of the policy in the setting audit.policy"));
        }
    };
    let status: Value = serde_json::from_str(&client.get_text("/v1/witnesses")?)?;
    let text = |value: &Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    show(format, &status, || Grid {
        seen_by: None,
        columns: ["witness", "cosigned events", "of", "seconds ago", "problem"]
            .map(|name| Column(name, if name == "witness" || name == "problem" { Align::Left } else { Align::Right }))
            .to_vec(),
        rows: status["witnesses"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| {
                vec![
                    text(&it["witness"]),
                    text(&it["cosigned_events"]),
                    text(&status["events"]),
                    text(&it["seconds_ago"]),
                    text(&it["problem"]),
                ]
            })
            .collect(),
    })?;
    let is_whole = status["unwitnessed_events"] == 0;
    Ok(if is_whole { Exit::Done } else { Exit::Refused })
}

/// Shows what holds and what does not.
fn report(checked: Vec<(PathBuf, Result<Checked, Finding>)>, format: Format) -> Result<Exit, Failure> {
    // Not there is another thing than there and wrong, which weighs more.
    let is_there = |path: &Path| fs::symlink_metadata(path).is_ok();
    let holds = checked.iter().all(|(path, checked)| checked.is_ok() || !is_there(path));
    let is_read = checked.iter().all(|(path, checked)| checked.is_ok() || is_there(path));
    let lines: Vec<Value> = checked
        .iter()
        .map(|(path, checked)| {
            let mut line = Map::new();
            line.insert("path".into(), path.display().to_string().into());
            line.insert("holds".into(), checked.is_ok().into());
            match checked {
                Ok(checked) => {
                    line.insert("what".into(), checked.what.into());
                    line.extend(checked.facts.iter().map(|(name, fact)| (name.replace(' ', "_"), fact.clone().into())));
                }
                Err(Finding { code, place, problem }) => {
                    line.insert("code".into(), (*code).into());
                    line.insert("place".into(), place.clone().into());
                    line.insert("problem".into(), problem.clone().into());
                }
            }
            Value::Object(line)
        })
        .collect();
    show(format, &lines, || Grid {
        seen_by: None,
        columns: vec![Column("", Align::Left), Column("evidence", Align::Left), Column("", Align::Left)],
        rows: checked
            .iter()
            .map(|(path, checked)| match checked {
                Ok(checked) => vec!["ok".into(), path.display().to_string(), checked.to_string()],
                Err(finding) => vec!["BAD".into(), path.display().to_string(), finding.to_string()],
            })
            .collect(),
    })?;
    Ok(match (holds, is_read) {
        (false, _) => Exit::Refused,
        (true, false) => Exit::CouldNotAnswer,
        (true, true) => Exit::Done,
    })
}

/// Writes the receipts of events into a folder, once a checkpoint covers them.
pub(crate) fn write_receipts(dir: &Dir, seqs: &[u64], folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder)
        .map_err(|error| Failure::new(format!("make the folder `{}`: {error}", folder.display())))?;
    let log = Log::at(dir, None)?;
    for seq in seqs {
        let receipt = match &log {
            Log::Server(client) => client.get_text(&format!("/v1/receipts/{seq}")).map_err(|failure| {
                failure.hint(format!(
                    "the commands are recorded, event {seq} too: post the same again with --receipts, which records nothing \
                     twice, or use `granary audit prove {seq}`"
                ))
            })?,
            Log::Folder(files) => receipt_in(files, Some(&dir.dir), *seq, *seq)?,
        };
        let path = folder.join(format!("{seq}.tlog-proof"));
        fs::write(&path, receipt).map_err(|error| Failure::new(format!("write `{}`: {error}", path.display())))?;
    }
    Ok(())
}
