//! The key that signs checkpoints: `keys/log.key` holds the secret, `keys/log.pub` what verifiers need.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use chain::key::{KeyError, SignatureKind, SignerKey, VerifierKey};

/// The key cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file system refused.
    #[error("read or write `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Not a key, or not this ledger's.
    #[error("`{}` holds no key of this ledger", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: KeyError,
    },
    /// The name has a scheme.
    #[error("the origin `{0}` begins with a scheme; leave it out")]
    Scheme(String),
    /// The name cannot be that of a key.
    #[error("the origin `{origin}` cannot be the name of a key")]
    Origin {
        /// The name.
        origin: String,
        /// Why.
        #[source]
        source: KeyError,
    },
    /// The folder holds a ledger as it once stood: whoever signed on from there would sign a second history.
    #[error("`{}` is a restored ledger: it is read, and signs nothing", path.display())]
    Restored {
        /// The folder.
        path: PathBuf,
    },
    /// No randomness is to be had.
    #[error("draw a secret from the system")]
    Random(#[source] getrandom::Error),
}

/// The mark in a folder that holds a ledger as it once stood.
pub const RESTORED: &str = "restored.json";

fn secret_path(dir: &Path) -> PathBuf {
    dir.join("keys").join("log.key")
}

/// May a ledger sign under this name for ever? Asked before anything is made.
pub(crate) fn check_origin(origin: &str) -> Result<(), KeyFileError> {
    if origin.contains("://") {
        return Err(KeyFileError::Scheme(origin.to_owned()));
    }
    let named = SignerKey::from_seed(origin, SignatureKind::Ed25519, &[1; 32]);
    named.map(drop).map_err(|source| KeyFileError::Origin { origin: origin.to_owned(), source })
}

/// Makes the key of a new ledger. A key that is there already is kept.
pub(crate) fn create_signer(dir: &Path, origin: &str) -> Result<SignerKey, KeyFileError> {
    let path = secret_path(dir);
    if path.exists() {
        return read_signer(dir);
    }
    let mut seed = [0u8; 32];
    getrandom::fill(&mut seed).map_err(KeyFileError::Random)?;
    let key = SignerKey::from_seed(origin, SignatureKind::Ed25519, &seed)
        .map_err(|source| KeyFileError::Key { path: path.clone(), source })?;
    let public = dir.join("keys").join("log.pub");
    if !public.exists() {
        write(&public, &format!("{}\n", key.verifier()), 0o644)?;
    }
    write(&path, &format!("{}\n", key.to_secret_text()), 0o600)?;
    sync_keys(dir)?;
    Ok(key)
}

/// Reads the secret key of a ledger.
///
/// # Errors
/// When the file is missing or holds no key.
pub fn read_signer(dir: &Path) -> Result<SignerKey, KeyFileError> {
    if dir.join(RESTORED).exists() {
        return Err(KeyFileError::Restored { path: dir.to_owned() });
    }
    let path = secret_path(dir);
    let text = fs::read_to_string(&path).map_err(|source| KeyFileError::Io { path: path.clone(), source })?;
    SignerKey::parse(text.trim()).map_err(|source| KeyFileError::Key { path, source })
}

fn next_path(dir: &Path) -> PathBuf {
    dir.join("keys").join("log.next")
}

/// Reads the keys that sign: the ledger's, and beside it, during a handover, the next one.
///
/// # Errors
/// When a file is missing or holds no key.
pub fn read_signers(dir: &Path) -> Result<Vec<SignerKey>, KeyFileError> {
    let mut signers = vec![read_signer(dir)?];
    let path = next_path(dir);
    if path.exists() {
        let text = fs::read_to_string(&path).map_err(|source| KeyFileError::Io { path: path.clone(), source })?;
        signers.push(SignerKey::parse(text.trim()).map_err(|source| KeyFileError::Key { path, source })?);
    }
    Ok(signers)
}

/// Makes the next key of a ledger, which signs beside the old one from the next opening on; one that is there already is kept.
///
/// # Errors
/// When the folder cannot be written, or has no key of its own.
pub fn create_next(dir: &Path) -> Result<(SignerKey, SignerKey), KeyFileError> {
    let mut signers = read_signers(dir)?;
    let path = next_path(dir);
    if signers.len() < 2 {
        let mut seed = [0u8; 32];
        getrandom::fill(&mut seed).map_err(KeyFileError::Random)?;
        let name = signers[0].verifier().name().to_owned();
        let key = SignerKey::from_seed(&name, SignatureKind::Ed25519, &seed)
            .map_err(|source| KeyFileError::Key { path: path.clone(), source })?;
        write(&path.with_extension("next.pub"), &format!("{}\n", key.verifier()), 0o644)?;
        write(&path, &format!("{}\n", key.to_secret_text()), 0o600)?;
        sync_keys(dir)?;
        signers.push(key);
    }
    let next = signers.pop().expect("made just now");
    Ok((signers.pop().expect("read first"), next))
}

/// Forgets a next key that was never announced: nothing may be signed with it.
///
/// # Errors
/// When the files cannot be removed.
pub fn abandon_next(dir: &Path) -> Result<(), KeyFileError> {
    let secret = next_path(dir);
    // The secret first: it is what signs.
    for path in [secret.clone(), secret.with_extension("next.pub")] {
        match fs::remove_file(&path) {
            Err(source) if source.kind() != io::ErrorKind::NotFound => return Err(KeyFileError::Io { path, source }),
            _ => {}
        }
    }
    sync_keys(dir)
}

/// Ends a handover: the next key takes the place of the old one, which is kept as `keys/log.key.until-<event>`.
///
/// # Errors
/// When there is no next key, or the files cannot be renamed.
pub fn retire(dir: &Path, seq: u64) -> Result<(), KeyFileError> {
    let keys = dir.join("keys");
    // The public part first: a crash between the two leaves a pair that `doctor` names, and never a ledger without a key.
    for (next, now) in [("log.next.pub", "log.pub"), ("log.next", "log.key")] {
        let (from, to) = (keys.join(next), keys.join(now));
        let aside = keys.join(format!("{now}.until-{seq}"));
        let io = |source| KeyFileError::Io { path: from.clone(), source };
        fs::copy(&to, &aside).map_err(io)?;
        fs::rename(&from, &to).map_err(io)?;
    }
    sync_keys(dir)
}

fn write(path: &Path, text: &str, mode: u32) -> Result<(), KeyFileError> {
    let io = |source| KeyFileError::Io { path: path.to_owned(), source };
    fs::create_dir_all(path.parent().expect("a file in a folder")).map_err(io)?;
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(path).map_err(io)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)
}

fn sync_keys(dir: &Path) -> Result<(), KeyFileError> {
    let keys = dir.join("keys");
    let synced = fs::File::open(&keys).and_then(|folder| folder.sync_all());
    synced.map_err(|source| KeyFileError::Io { path: keys, source })
}

/// Reads the public key of a ledger.
///
/// # Errors
/// When the file is missing or holds no key.
pub fn verifier(dir: &Path) -> Result<VerifierKey, KeyFileError> {
    let path = dir.join("keys").join("log.pub");
    let text = fs::read_to_string(&path).map_err(|source| KeyFileError::Io { path: path.clone(), source })?;
    VerifierKey::parse(text.trim()).map_err(|source| KeyFileError::Key { path, source })
}
