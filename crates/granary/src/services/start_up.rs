//! The token of a start: made anew each time where the settings have none, for the one user who runs the service.
//!
//! It stands in files that only this user can read: `serve.token` in the ledger's folder, and one by the port of the service
//! in the user's own folder of what runs. The tools find it there; nobody has to type it. It ends with the process.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use data_encoding::BASE64URL_NOPAD;
use shell::Failure;

/// Its file in the folder of a ledger.
const FILE: &str = "serve.token";

/// See the module. Its files go with it.
pub(crate) struct StartUp {
    token: String,
    files: Vec<PathBuf>,
}

impl StartUp {
    /// Makes a token, and tells it by the port that the service has.
    pub(crate) fn make(port: u16) -> Result<Self, Failure> {
        let mut secret = [0u8; 32];
        getrandom::fill(&mut secret)
            .map_err(|error| Failure::new(format!("draw a secret from the system: {error}")))?;
        let mut made = Self { token: BASE64URL_NOPAD.encode(&secret), files: Vec::new() };
        if let Some(runtime) = runtime() {
            let file = runtime.join(format!("{port}.token"));
            let folder = fs::DirBuilder::new().recursive(true).mode(0o700).create(&runtime);
            if let Err(error) = folder.and_then(|()| made.write(file)) {
                tracing::warn!(folder = ?runtime, %error, "tools that are given the address only do not find the token");
            }
        }
        Ok(made)
    }

    /// Tells it in the ledger's folder, once this process holds that.
    pub(crate) fn stand_in(&mut self, dir: &Path) -> Result<(), Failure> {
        let file = dir.join(FILE);
        let shown = file.display().to_string();
        self.write(file).map_err(|error| Failure::new(format!("write `{shown}`: {error}")))
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Whole, or not there; and never into what lies there already.
    fn write(&mut self, path: PathBuf) -> io::Result<()> {
        let beside = path.with_extension(format!("{}.new", std::process::id()));
        let _ = fs::remove_file(&beside);
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
        writeln!(file, "{}", self.token)?;
        fs::rename(&beside, &path)?;
        self.files.push(path);
        Ok(())
    }
}

impl Drop for StartUp {
    fn drop(&mut self) {
        for path in &self.files {
            // The next start may have put its own there.
            if read(path).as_deref() == Some(self.token.as_str()) {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// The token of a server on this machine: of a ledger's folder, or by its address.
pub(crate) fn found(dir: Option<&Path>, url: &str) -> Option<String> {
    let address = url.strip_prefix("http://").or(url.strip_prefix("https://"))?;
    let (host, port) = address.split('/').next()?.rsplit_once(':')?;
    if !["127.0.0.1", "localhost", "[::1]"].contains(&host) {
        return None;
    }
    let port: u16 = port.parse().ok()?;
    let in_folder = dir.and_then(|dir| read(&dir.join(FILE)));
    in_folder.or_else(|| read(&runtime()?.join(format!("{port}.token"))))
}

fn read(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    Some(text.trim().to_owned()).filter(|token| !token.is_empty())
}

/// The user's folder of what runs.
fn runtime() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = set("XDG_RUNTIME_DIR").or_else(|| Some(set("HOME")?.join(".local/state")))?;
    Some(base.join("granary"))
}
