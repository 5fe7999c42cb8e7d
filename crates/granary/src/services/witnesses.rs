//! Collects the cosignatures of a trust policy's witnesses for each new checkpoint, and knows what is still unwitnessed.
//!
//! A thread of its own, behind the static files: nothing waits for a witness, and a witness that is away holds up nobody
//! but those who ask for its word. What satisfies the policy is kept as the file `witnessed` in the ledger's folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use auditor::Folder;
use chain::{
    Checkpoint, LogFiles, Note, Policy, Signature, Submission, VerifierKey, consistency_from, verify_consistency,
};
use data_encoding::HEXLOWER;
use evidence::{WITNESSED, read_witnessed};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shell::Failure;
use tokio::sync::watch;

/// How often the newest checkpoint is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long a witness that did not answer is left alone.
const AGAIN: Duration = Duration::from_secs(2);
/// How long a witness may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a witness is asked again from where it says it stands.
const STEPS_MAX: usize = 3;
/// Bytes of an answer that are read: a cosignature has a few hundred.
const ANSWER_BYTES_MAX: u64 = 16 << 10;
/// Bytes that are read of what a witness shows of all its logs.
const SHOWN_BYTES_MAX: u64 = 256 << 10;
/// Characters of a witness's words that are told on.
const WORDS_MAX: usize = 200;
/// How far the clock of a witness may be ahead.
const AHEAD_S_MAX: u64 = 300;
/// The longest that a witness may ask to be left alone.
const LEAVE_ALONE_MAX: Duration = Duration::from_secs(3_600);
/// Contradictions that are kept: each is proof enough, and a witness must not fill the disk.
const EVIDENCE_MAX: usize = 100;

/// What is known about one witness.
struct Seen {
    name: String,
    url: Option<String>,
    /// Size of the last tree it cosigned, as far as it told.
    size: u64,
    /// When it did, in seconds since 1970.
    time_s: Option<u64>,
    problem: Option<String>,
    ask_after: Instant,
}

/// See the module.
pub(crate) struct Witnesses {
    policy: Policy,
    dir: PathBuf,
    files: Folder,
    agent: ureq::Agent,
    state: Mutex<State>,
}

struct State {
    seen: Vec<Seen>,
    /// The newest checkpoint, with the cosignatures that came for it.
    gathered: Option<Note>,
    witnessed: Option<Checkpoint>,
}

impl Witnesses {
    /// Reads the policy that the settings name.
    pub(crate) fn new(dir: &Path, policy: &Path) -> Result<Arc<Self>, Failure> {
        let text = fs::read(policy).map_err(|error| Failure::new(format!("read `{}`: {error}", policy.display())))?;
        let policy =
            Policy::parse(&text).map_err(|error| Failure::wrong_use(format!("`{}`: {error}", policy.display())))?;
        let agent = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        let now = Instant::now();
        let seen = policy.witnesses.iter().map(|witness| Seen {
            name: witness.name.clone(),
            url: witness.url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
            size: 0,
            time_s: None,
            problem: witness.url.is_none().then(|| "the policy does not say where it is".to_owned()),
            ask_after: now,
        });
        let witnessed = read_witnessed(dir).and_then(|note| policy.check(&note).ok()).map(|it| it.checkpoint);
        let state = State { seen: seen.collect(), gathered: None, witnessed };
        Ok(Arc::new(Self {
            policy,
            dir: dir.to_owned(),
            files: Folder::at(dir.join("tiles")),
            agent: agent.into(),
            state: Mutex::new(state),
        }))
    }

    /// Collects until the process is asked to stop: each witness in a thread of its own, so that one that hangs holds up no
    /// other.
    pub(crate) fn begin(self: &Arc<Self>, stop: &watch::Receiver<bool>) -> std::io::Result<()> {
        let count = self.lock().seen.len();
        (0..count).try_for_each(|index| {
            let (this, stop) = (Arc::clone(self), stop.clone());
            std::thread::Builder::new().name(format!("witness {index}")).spawn(move || {
                while !*stop.borrow() {
                    if let Some((checkpoint, note)) = this.newest() {
                        this.ask(index, &checkpoint, &note);
                    }
                    std::thread::sleep(LOOK_EVERY);
                }
            })?;
            Ok(())
        })
    }

    /// The newest checkpoint; cosignatures are gathered for it from now on.
    fn newest(&self) -> Option<(Checkpoint, Note)> {
        let note = Note::parse(&self.files.checkpoint().ok()?).ok()?;
        let checkpoint = Checkpoint::parse(note.text()).ok()?;
        let mut state = self.lock();
        let size_of = |note: &Note| Checkpoint::parse(note.text()).map_or(0, |checkpoint| checkpoint.size);
        let is_newer = |gathered: &Note| gathered.text() != note.text() && size_of(gathered) <= checkpoint.size;
        if state.gathered.as_ref().is_none_or(is_newer) {
            state.gathered = Some(note.clone());
        }
        let witnessed = state.witnessed.as_ref().map_or(0, |witnessed| witnessed.size);
        metrics::gauge!("granary_witnessed_events").set(witnessed as f64);
        metrics::gauge!("granary_unwitnessed_events").set(checkpoint.size.saturating_sub(witnessed) as f64);
        Some((checkpoint, note))
    }

    fn ask(&self, index: usize, checkpoint: &Checkpoint, note: &Note) {
        let (url, old_size) = {
            let state = self.lock();
            let seen = &state.seen[index];
            let key = &self.policy.witnesses[index].key;
            let has =
                state.gathered.as_ref().is_some_and(|gathered| gathered.verify(std::slice::from_ref(key)).is_ok());
            match &seen.url {
                Some(url) if !has && seen.ask_after <= Instant::now() => (url.clone(), seen.size),
                _ => return,
            }
        };
        let outcome = self.submit(&url, old_size, checkpoint, note);
        let key = &self.policy.witnesses[index].key;
        let outcome = outcome.and_then(|lines| cosignature(key, note, lines).map_err(Unheard::from));
        let mut state = self.lock();
        let seen = &mut state.seen[index];
        match outcome {
            Ok((signature, time_s)) => {
                (seen.size, seen.time_s, seen.problem) = (checkpoint.size, Some(time_s), None);
                self.gather(&mut state, note, signature);
            }
            Err(Unheard { problem, again }) => {
                metrics::counter!("granary_witness_failures_total", "witness" => seen.name.clone()).increment(1);
                if seen.problem.as_ref() != Some(&problem) {
                    tracing::warn!(witness = seen.name, %problem, "a witness did not cosign");
                }
                seen.problem = Some(problem);
                seen.ask_after = Instant::now() + again;
            }
        }
    }

    /// Adds a cosignature; what satisfies the policy is kept.
    fn gather(&self, state: &mut State, note: &Note, signature: Signature) {
        let Some(gathered) = state.gathered.as_mut().filter(|gathered| gathered.text() == note.text()) else { return };
        if let Err(error) = gathered.add(signature) {
            tracing::warn!(%error, "a cosignature more than a note can hold was left out");
        }
        let Ok(trusted) = self.policy.check(gathered) else { return };
        // Cosignatures can be had again.
        match files::replace_unsynced(&self.dir.join(WITNESSED), gathered.to_string().as_bytes()) {
            Ok(()) => state.witnessed = Some(trusted.checkpoint),
            Err(error) => tracing::error!(%error, "the witnessed checkpoint could not be kept"),
        }
    }

    /// Submits a checkpoint, from where the witness says that it stands.
    fn submit(&self, url: &str, mut old: u64, checkpoint: &Checkpoint, note: &Note) -> Result<Vec<Signature>, Unheard> {
        for _ in 0..STEPS_MAX {
            if old > checkpoint.size {
                let said = format!("it says that it has seen {old} entries, and the log has {}", checkpoint.size);
                return Err(self.contradicted(url, said, note).into());
            }
            let proof = consistency_from(&self.files, old, checkpoint.size, checkpoint.size)
                .map_err(|error| shell::chain(&error))?;
            let body = Submission { old_size: old, proof, checkpoint: note.clone() }.to_string();
            let answer = self.agent.post(format!("{url}/add-checkpoint")).send(body.as_bytes());
            let mut answer = answer.map_err(|error| format!("it cannot be reached: {error}"))?;
            let status = answer.status().as_u16();
            let again = answer.headers().get("retry-after").and_then(|it| it.to_str().ok()?.parse().ok());
            let again = again.map_or(AGAIN, Duration::from_secs).clamp(AGAIN, LEAVE_ALONE_MAX);
            let text = answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_string();
            let text = text.map_err(|error| format!("its answer broke off, or is longer than one may be: {error}"))?;
            match status {
                200 => return Ok(text.lines().filter_map(Signature::parse).collect()),
                409 => old = text.trim().parse().map_err(|_| "it answered 409 without a size".to_owned())?,
                422 => return Err(self.contradicted(url, format!("it refused: {}", words(&text)), note).into()),
                status => {
                    return Err(Unheard { problem: format!("it answered {status}: {}", words(&text)), again });
                }
            }
        }
        Err("it changes its mind about where it stands".to_owned().into())
    }

    /// What a witness said against this log, and whether it proves it: only a checkpoint that the log's own key signed does.
    fn contradicted(&self, url: &str, said: String, note: &Note) -> String {
        let Some(theirs) = self.shown_by(url, note) else {
            return format!("{said}; it shows no checkpoint of this log that contradicts the newest one");
        };
        let both = format!(
            "{url}: {}: was the log rolled back?\n\nwhat was submitted:\n\n{note}\nwhat it has cosigned:\n\n{theirs}",
            words(&said)
        );
        let folder = self.dir.join("evidence");
        let name = HEXLOWER.encode(&Sha256::digest(theirs.text()))[..16].to_owned();
        let path = folder.join(name);
        let is_new = !path.exists() && fs::read_dir(&folder).map_or(0, Iterator::count) < EVIDENCE_MAX;
        if is_new {
            let kept = fs::create_dir_all(&folder).and_then(|()| files::replace_unsynced(&path, both.as_bytes()));
            tracing::error!(witness = url, problem = %said, evidence = %path.display(), kept = kept.is_ok(), "this log signed two histories");
        }
        format!(
            "{said}; a checkpoint that this log signed contradicts the newest one: was the log rolled back? See `evidence/`"
        )
    }

    /// A checkpoint that a witness has, signed by a key of this log, of a tree that is not part of the newest one.
    fn shown_by(&self, url: &str, note: &Note) -> Option<Note> {
        let newest = Checkpoint::parse(note.text()).ok()?;
        let page = format!("{url}/{}/checkpoint", HEXLOWER.encode(&Sha256::digest(&newest.origin)));
        let of_log = |mut answer: ureq::http::Response<ureq::Body>| {
            (answer.status() == 200)
                .then(|| answer.body_mut().with_config().limit(SHOWN_BYTES_MAX).read_to_string().ok())?
        };
        let ask = |url: &str| self.agent.get(url).call().ok().and_then(of_log);
        let text = ask(&page).or_else(|| ask(url))?;
        let from = text.find(&format!("{}\n", newest.origin))?;
        let end = text[from..].find("\n\n").map(|at| from + at + 2)?;
        let lines = text[end..].split_inclusive('\n').take_while(|line| line.starts_with('\u{2014}'));
        let found = format!("{}{}", &text[from..end], lines.collect::<String>());
        let of_logs = self.policy.logs.iter().map(|log| &log.key);
        let keys = of_logs.clone().chain(self.policy.witnesses.iter().map(|witness| &witness.key));
        let theirs = Note::parse(found.as_bytes()).ok()?.vouched(&keys.cloned().collect::<Vec<_>>()).ok()?;
        of_logs.clone().find(|key| theirs.verify(std::slice::from_ref(*key)).is_ok())?;
        let seen = Checkpoint::parse(theirs.text()).ok()?;
        let continues = seen.size <= newest.size
            && consistency_from(&self.files, seen.size, newest.size, newest.size).is_ok_and(|proof| {
                verify_consistency(seen.size, &seen.root, newest.size, &newest.root, &proof).is_ok()
            });
        (seen.origin == newest.origin && !continues).then_some(theirs)
    }

    /// What is witnessed, by whom, and what is not yet.
    pub(crate) fn status(&self) -> Value {
        let size = self.files.checkpoint().ok().and_then(|bytes| Note::parse(&bytes).ok());
        let size = size.and_then(|note| Checkpoint::parse(note.text()).ok()).map_or(0, |checkpoint| checkpoint.size);
        let state = self.lock();
        let witnessed = state.witnessed.as_ref().map_or(0, |witnessed| witnessed.size);
        let now_s = now_s();
        let lines = state.seen.iter().map(|seen| {
            json!({
                "witness": seen.name, "url": seen.url, "cosigned_events": seen.size,
                "seconds_ago": seen.time_s.map(|time_s| now_s.saturating_sub(time_s)), "problem": seen.problem,
            })
        });
        json!({
            "events": size,
            "witnessed_events": witnessed,
            "unwitnessed_events": size.saturating_sub(witnessed),
            "witnesses": lines.collect::<Vec<_>>(),
        })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no word of a witness, and when to ask it again.
struct Unheard {
    problem: String,
    again: Duration,
}

impl From<String> for Unheard {
    fn from(problem: String) -> Self {
        Self { problem, again: AGAIN }
    }
}

/// The cosignature of a witness among the lines that it answered with, and its time in seconds since 1970.
fn cosignature(key: &VerifierKey, note: &Note, lines: Vec<Signature>) -> Result<(Signature, u64), String> {
    let own = lines.into_iter().find(|it| it.name == key.name() && it.key_id == key.id());
    let own = own.ok_or("its answer has no cosignature of its key")?;
    let mut signed = Note::new(note.text().to_owned()).expect("it was read as a note");
    signed.add(own.clone()).map_err(|error| error.to_string())?;
    let verified = signed.verify(std::slice::from_ref(key));
    let verified = verified.map_err(|error| format!("its answer is no cosignature of its key: {error}"))?;
    let time_s = verified[0].time_s.unwrap_or_default();
    match time_s.checked_sub(now_s()) {
        _ if time_s == 0 => Err("its cosignature says no time: the standard forbids zero".to_owned()),
        Some(ahead_s) if ahead_s > AHEAD_S_MAX => Err(format!("its clock is {ahead_s} s ahead of this machine's")),
        _ => Ok((own, time_s)),
    }
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// What a stranger wrote, for a line of the log: short, and without what steers a terminal.
fn words(text: &str) -> String {
    text.trim().chars().take(WORDS_MAX).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests;
