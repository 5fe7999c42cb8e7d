//! Collects the cosignatures of a trust policy's witnesses for each new checkpoint, and knows what is still unwitnessed.
//!
//! A thread of its own, behind the static files: nothing waits for a witness, and a witness that is away holds up nobody
//! but those who ask for its word. What satisfies the policy is kept as the file `witnessed` in the ledger's folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use auditor::Folder;
use chain::{Checkpoint, LogFiles, Note, Policy, Signature, Submission, consistency_from};
use evidence::{WITNESSED, read_witnessed};
use serde_json::{Value, json};
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

    /// Collects until the process is asked to stop.
    pub(crate) fn begin(self: &Arc<Self>, stop: watch::Receiver<bool>) -> std::io::Result<JoinHandle<()>> {
        let this = Arc::clone(self);
        std::thread::Builder::new().name("witnesses".into()).spawn(move || {
            while !*stop.borrow() {
                this.round();
                std::thread::sleep(LOOK_EVERY);
            }
        })
    }

    /// Looks at the newest checkpoint, and asks every witness that has not cosigned it.
    fn round(&self) {
        let Some(note) = self.files.checkpoint().ok().and_then(|bytes| Note::parse(&bytes).ok()) else { return };
        let Ok(checkpoint) = Checkpoint::parse(note.text()) else { return };
        let mut state = self.lock();
        if state.gathered.as_ref().is_none_or(|gathered| gathered.text() != note.text()) {
            state.gathered = Some(note.clone());
        }
        let count = state.seen.len();
        drop(state);
        for index in 0..count {
            self.ask(index, &checkpoint, &note);
        }
        let state = self.lock();
        let witnessed = state.witnessed.as_ref().map_or(0, |witnessed| witnessed.size);
        metrics::gauge!("granary_witnessed_events").set(witnessed as f64);
        metrics::gauge!("granary_unwitnessed_events").set(checkpoint.size.saturating_sub(witnessed) as f64);
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
        let mut state = self.lock();
        let seen = &mut state.seen[index];
        match outcome {
            Ok(signatures) => {
                let key = &self.policy.witnesses[index].key;
                let mut signed = Note::new(note.text().to_owned()).expect("it was read as a note");
                signatures
                    .into_iter()
                    .filter(|it| it.name == key.name() && it.key_id == key.id())
                    .for_each(|it| signed.add(it));
                match signed.verify(std::slice::from_ref(key)) {
                    Ok(verified) => {
                        (seen.size, seen.time_s, seen.problem) = (checkpoint.size, verified[0].time_s, None);
                        let own = signed.signatures().first().cloned();
                        self.gather(&mut state, note, own);
                    }
                    Err(error) => {
                        seen.problem = Some(format!("its answer is no cosignature of its key: {error}"));
                        seen.ask_after = Instant::now() + AGAIN;
                    }
                }
            }
            Err(problem) => {
                metrics::counter!("granary_witness_failures_total", "witness" => seen.name.clone()).increment(1);
                if seen.problem.as_ref() != Some(&problem) {
                    tracing::warn!(witness = seen.name, %problem, "a witness did not cosign");
                }
                seen.problem = Some(problem);
                seen.ask_after = Instant::now() + AGAIN;
            }
        }
    }

    /// Adds a cosignature; what satisfies the policy is kept.
    fn gather(&self, state: &mut State, note: &Note, own: Option<Signature>) {
        let Some(gathered) = state.gathered.as_mut().filter(|gathered| gathered.text() == note.text()) else { return };
        own.into_iter().for_each(|signature| gathered.add(signature));
        let Ok(trusted) = self.policy.check(gathered) else { return };
        match replace(&self.dir.join(WITNESSED), gathered.to_string().as_bytes()) {
            Ok(()) => state.witnessed = Some(trusted.checkpoint),
            Err(error) => tracing::error!(%error, "the witnessed checkpoint could not be kept"),
        }
    }

    /// Submits a checkpoint, from where the witness says that it stands.
    fn submit(&self, url: &str, mut old: u64, checkpoint: &Checkpoint, note: &Note) -> Result<Vec<Signature>, String> {
        for _ in 0..STEPS_MAX {
            if old > checkpoint.size {
                let problem =
                    format!("it has seen {old} entries, and the log has {}: was the log rolled back?", checkpoint.size);
                self.keep_evidence(url, &problem, note);
                return Err(problem);
            }
            let proof = consistency_from(&self.files, old, checkpoint.size, checkpoint.size)
                .map_err(|error| shell::chain(&error))?;
            let body = Submission { old_size: old, proof, checkpoint: note.clone() }.to_string();
            let answer = self.agent.post(format!("{url}/add-checkpoint")).send(body.as_bytes());
            let mut answer = answer.map_err(|error| format!("it cannot be reached: {error}"))?;
            let status = answer.status().as_u16();
            let text = answer.body_mut().read_to_string().map_err(|error| format!("its answer broke off: {error}"))?;
            match status {
                200 => return Ok(text.lines().filter_map(Signature::parse).collect()),
                409 => old = text.trim().parse().map_err(|_| "it answered 409 without a size".to_owned())?,
                422 => {
                    let problem = format!("it refused: {}", text.trim());
                    self.keep_evidence(url, &problem, note);
                    return Err(problem);
                }
                status => return Err(format!("it answered {status}: {}", text.trim())),
            }
        }
        Err("it changes its mind about where it stands".to_owned())
    }

    /// A refusal speaks of two histories: what was submitted and what was said are kept for whoever looks into it.
    fn keep_evidence(&self, url: &str, problem: &str, note: &Note) {
        let folder = self.dir.join("evidence");
        let size = Checkpoint::parse(note.text()).map_or(0, |checkpoint| checkpoint.size);
        let name = format!(
            "{size}-{}",
            url.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect::<String>()
        );
        // What the witness cosigned, signed by this log's own key, is what proves something to others: it is public there.
        let theirs = self.agent.get(url).call().ok().and_then(|mut answer| answer.body_mut().read_to_string().ok());
        let theirs = theirs.unwrap_or_else(|| "(it could not be asked for what it cosigned)\n".to_owned());
        let text = format!("{url}: {problem}\n\nwhat was submitted:\n\n{note}\nwhat it has cosigned:\n\n{theirs}");
        let kept = fs::create_dir_all(&folder).and_then(|()| replace(&folder.join(name), text.as_bytes()));
        tracing::error!(witness = url, %problem, evidence = %folder.display(), kept = kept.is_ok(), "a witness contradicts this log");
    }

    /// What is witnessed, by whom, and what is not yet.
    pub(crate) fn status(&self) -> Value {
        let size = self.files.checkpoint().ok().and_then(|bytes| Note::parse(&bytes).ok());
        let size = size.and_then(|note| Checkpoint::parse(note.text()).ok()).map_or(0, |checkpoint| checkpoint.size);
        let state = self.lock();
        let witnessed = state.witnessed.as_ref().map_or(0, |witnessed| witnessed.size);
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
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

/// Replaces a small file: whoever reads it gets the old or the new one. The cosignatures can be had again, so that it is
/// not synced.
fn replace(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)
}
