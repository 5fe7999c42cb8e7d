//! `granary witness`: cosigns the checkpoints of other ledgers.

use std::fs;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::sync::Arc;

use chain::{Policy, SignatureKind, SignerKey, VerifierKey};
use shell::{Exit, Failure};
use tokio::net::TcpListener;
use tokio::sync::watch;
use witness::Witness;

use super::run;
use crate::cli::Witness as Args;

const KEY: &str = "witness.key";
const PUBLIC: &str = "witness.pub";

pub(crate) fn run(args: &Args) -> Result<Exit, Failure> {
    let key = key(&args.dir, args.name.as_deref())?;
    let logs = logs(args)?;
    if logs.is_empty() {
        println!("made the witness: {}", key.verifier());
        return Err(Failure::wrong_use("whose checkpoints are to be cosigned?").hint(
            "give --log with the key of each ledger (its keys/log.pub), or --policy with a policy that names them",
        ));
    }
    let witness = Arc::new(Witness::open(&args.dir, key, logs)?);
    let runtime = run::runtime()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(&args.listen)
            .await
            .map_err(|error| Failure::new(format!("listen at {}: {error}", args.listen)))?;
        let url = format!("http://{}", listener.local_addr()?);
        println!("witness {} {} {url}", witness.verifier().name(), witness.verifier());
        let (stop, stopped) = watch::channel(false);
        let asked = tokio::spawn(async move {
            let asked = shell::asked_to_stop().await;
            stop.send_replace(true);
            asked
        });
        witness::serve(listener, witness, stopped).await?;
        asked.await??;
        Ok(Exit::Done)
    })
}

/// The key of a witness; made at its first start, under the name that is given then.
fn key(dir: &Path, name: Option<&str>) -> Result<SignerKey, Failure> {
    let path = dir.join(KEY);
    if let Ok(text) = fs::read_to_string(&path) {
        let key = SignerKey::parse(text.trim())
            .map_err(|error| Failure::new(format!("`{}` holds no key: {error}", path.display())))?;
        return match name {
            Some(name) if name != key.verifier().name() => Err(Failure::wrong_use(format!(
                "the witness in `{}` is called `{}`",
                dir.display(),
                key.verifier().name()
            ))),
            _ => Ok(key),
        };
    }
    let name = name.ok_or_else(|| {
        Failure::wrong_use(format!("there is no witness in `{}` yet", dir.display()))
            .hint("give --name with what it will be called for ever, such as witness.example/secretariat")
    })?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed)?;
    let key = SignerKey::from_seed(name, SignatureKind::CosignatureV1, &seed)
        .map_err(|error| Failure::wrong_use(format!("`{name}`: {error}")))?;
    fs::create_dir_all(dir)?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
    file.write_all(format!("{}\n", key.to_secret_text()).as_bytes())?;
    file.sync_all()?;
    fs::write(dir.join(PUBLIC), format!("{}\n", key.verifier()))?;
    fs::File::open(dir)?.sync_all()?;
    Ok(key)
}

/// The keys of the logs that it knows.
fn logs(args: &Args) -> Result<Vec<VerifierKey>, Failure> {
    let mut logs = Vec::new();
    for log in &args.log {
        let held = fs::read_to_string(log).unwrap_or_else(|_| log.clone());
        let key = VerifierKey::parse(held.trim())
            .map_err(|error| Failure::wrong_use(format!("`{log}` is no key and no file with one: {error}")))?;
        logs.push(key);
    }
    if let Some(path) = &args.policy {
        let text = fs::read(path).map_err(|error| Failure::new(format!("read `{}`: {error}", path.display())))?;
        let policy =
            Policy::parse(&text).map_err(|error| Failure::wrong_use(format!("`{}`: {error}", path.display())))?;
        logs.extend(policy.logs.into_iter().map(|log| log.key));
    }
    Ok(logs)
}
