//! `auditor`: checks evidence offline.

use std::path::PathBuf;
use std::process::ExitCode;

use auditor::{Known, check};
use chain::{Policy, Submission, VerifierKey};

const HELP: &str = "\
Checks receipts, checkpoints, proofs of balances and of consistency, static logs and evidence packs, offline.

Usage: auditor (--key KEY | --policy FILE) [--entry FILE] [--old CHECKPOINT [--consistency PROOF]...]
               [--rotation FILE]... [--digest HASH] [--at-latest DAY] [--archive DIR | --without-archive] PATH...

  --key KEY     the log's key (name+id+base64), or a file that holds it: trusts the log's own signature
  --policy FILE trust policy (C2SP tlog-policy): which logs, and whose cosignatures make a quorum
  --entry FILE  the entry of a receipt that does not carry it
  --old FILE    a checkpoint kept from earlier: the evidence must continue it
  --consistency FILE  a proof of consistency between that checkpoint and the tree of the evidence; may be repeated
  --rotation FILE  a new key of the log, announced by the one before; may be repeated, in order. The receipt or fact of the
                event that announced it says from when on it signs: what the old key signed later is then refused
  --digest HASH a digest of balances that you folded from the log: what the proof of a balance must lead to
  --at-latest DAY  cosignatures of witnesses count only up to the end of this day by UTC; up to now where absent
  --archive DIR where the old entries of a log are, if elsewhere than it says
  --without-archive  accept that old entries whose archive is not here are vouched for by their hashes alone

Get the key or the policy from somebody you trust, not from where the evidence came from.

Exit code 0 when everything holds, 1 when something does not (the first such thing is named), 2 when what was named
cannot be read, 64 on wrong use.

Examples:
  auditor --key log.pub 12.tlog-proof
  auditor --policy pool.policy --old last-year.checkpoint copied-tiles/
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    match read(&words) {
        Ok((known, paths)) => run(&known, &paths),
        Err(Wrong::Use(problem)) => {
            eprintln!("error: {problem}\n\nhint: see `auditor --help`");
            ExitCode::from(64)
        }
        Err(Wrong::File(problem)) => {
            eprintln!("error: {problem}");
            ExitCode::from(2)
        }
    }
}

enum Wrong {
    Use(String),
    File(String),
}

fn run(known: &Known, paths: &[PathBuf]) -> ExitCode {
    let (mut holds, mut unread) = (true, false);
    for path in paths {
        match check(path, known) {
            Ok(checked) => println!("ok   {}: {checked}", path.display()),
            // Not there is another thing than there and wrong, which weighs more.
            Err(finding) if std::fs::symlink_metadata(path).is_err() => {
                eprintln!("error: {finding}");
                unread = true;
            }
            Err(finding) => {
                // Within a pack, places are named by their files.
                let path = path.display().to_string();
                let of = if finding.place.starts_with(&path) { String::new() } else { format!("{path}: ") };
                println!("BAD  {of}{finding}");
                holds = false;
            }
        }
    }
    match (holds, unread) {
        (false, _) => ExitCode::FAILURE,
        (true, true) => ExitCode::from(2),
        (true, false) => ExitCode::SUCCESS,
    }
}

fn read(words: &[String]) -> Result<(Known, Vec<PathBuf>), Wrong> {
    let file = |path: &str| std::fs::read(path).map_err(|error| Wrong::File(format!("read `{path}`: {error}")));
    let (mut policy, mut entry, mut old, mut digest, mut archive, mut latest_s) = (None, None, None, None, None, None);
    let (mut paths, mut rotations, mut consistency, mut is_without_archive) =
        (Vec::new(), Vec::new(), Vec::new(), false);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| Wrong::Use(format!("`{word}` needs a value")));
        match word.as_str() {
            "--key" | "--policy" if policy.is_some() => {
                return Err(Wrong::Use("whom to trust is said once: a policy names several logs".to_owned()));
            }
            "--key" => policy = Some(Policy::of_log(key(value()?)?)),
            "--policy" => {
                let path = value()?;
                let parsed = Policy::parse(&file(path)?).map_err(|error| Wrong::Use(format!("`{path}`: {error}")))?;
                policy = Some(parsed);
            }
            "--entry" => entry = Some(file(value()?)?),
            "--old" => old = Some(file(value()?)?),
            "--consistency" => {
                let path = value()?;
                let proof = Submission::parse(&file(path)?);
                consistency.push(proof.map_err(|error| Wrong::Use(format!("`{path}`: {error}")))?);
            }
            "--rotation" => {
                let path = value()?;
                rotations.push((path, file(path)?));
            }
            "--without-archive" => is_without_archive = true,
            "--archive" => archive = Some(PathBuf::from(value()?)),
            "--at-latest" => {
                let day = value()?;
                let end = auditor::end_of_day(day);
                latest_s = Some(end.ok_or_else(|| Wrong::Use(format!("`{day}` is no day: write 2026-03-31")))?);
            }
            "--digest" => {
                let hash = chain::decode_base64(value()?).and_then(|bytes| bytes.try_into().ok());
                digest = Some(hash.ok_or_else(|| Wrong::Use("a digest is 32 bytes in base64".to_owned()))?);
            }
            option if option.starts_with('-') => return Err(Wrong::Use(format!("unknown option `{option}`"))),
            path => paths.push(PathBuf::from(path)),
        }
    }
    let mut policy = policy.ok_or_else(|| Wrong::Use("whom to trust? give --key or --policy".to_owned()))?;
    policy.latest_s = Some(latest_s.unwrap_or_else(auditor::soon));
    let mut known = Known { entry, old, consistency, digest, is_without_archive, archive, ..Known::policy(policy) };
    for (path, bytes) in rotations {
        known.follow(path, &bytes).map_err(|finding| Wrong::Use(finding.to_string()))?;
    }
    if paths.is_empty() {
        return Err(Wrong::Use("name what to check".to_owned()));
    }
    Ok((known, paths))
}

/// A key, or the file that holds one.
fn key(text: &str) -> Result<VerifierKey, Wrong> {
    let held = match std::fs::read_to_string(text) {
        Ok(held) => held,
        Err(_) => text.to_owned(),
    };
    VerifierKey::parse(held.trim())
        .map_err(|error| Wrong::Use(format!("`{text}` is no key and no file with one: {error}")))
}
