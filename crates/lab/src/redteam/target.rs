//! A server that is attacked: a ledger with two agencies, tokens for each, a drop folder of one of them, and a listener for
//! its health.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use shell::Failure;

/// How long anything may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// See the module; stopped and cleared away when it is dropped.
pub(crate) struct Target {
    root: PathBuf,
    server: Child,
    /// Host and port.
    pub(super) address: String,
    /// The same, for its health.
    pub(super) health: String,
}

/// An answer of HTTP.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) text: String,
}

impl Target {
    pub(super) fn start() -> Result<Self, Failure> {
        let root = std::env::temp_dir().join(format!("granary-redteam-{}", std::process::id()));
        let dir = root.join("ledger");
        std::fs::create_dir_all(&root)?;
        let path = dir.display().to_string();
        granary(&["init", "--dir", &path, "--origin", "redteam.example/ledger"], "")?;
        let party = |number: u32, code: &str| {
            json!({ "id": id(number), "party": "ledger", "effective": "2026-01-01", "act": "register_party",
                "code": code, "name": code, "country": "JP", "role": "agency" })
        };
        granary(&["post", "--dir", &path, "-"], &format!("{}\n{}\n", party(1, "AAA"), party(2, "BBB")))?;
        let token = |party: &str| {
            let hash: String = chain::sha256(party.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
            format!("[[token]]\nparty = \"{party}\"\nsha256 = \"{hash}\"\n")
        };
        let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let settings = format!(
            "[health]\nlisten = \"{free}\"\n[ingest]\ndrop = {}\ndrop_party = \"AAA\"\n{}{}",
            json!(root.join("drop")),
            token("AAA"),
            token("BBB")
        );
        std::fs::write(dir.join("settings.toml"), settings)?;
        let mut server = Command::new(std::env::current_exe()?)
            .args(["granary", "serve", "--listen", "127.0.0.1:0", "--dir", &path])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(server.stdout.take().ok_or_else(|| Failure::new("the server says nothing"))?)
            .read_line(&mut line)?;
        let address = line.trim().rsplit("http://").next().unwrap_or_default().to_owned();
        Ok(Self { root, server, address, health: free })
    }

    pub(super) fn ledger(&self) -> PathBuf {
        self.root.join("ledger")
    }

    pub(super) fn drop_folder(&self) -> PathBuf {
        self.root.join("drop")
    }

    /// Sends a head, with what every request needs, and a body; gives the answer.
    pub(super) fn send(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Result<Reply, String> {
        let mut head = format!("{line} HTTP/1.1\r\nConnection: close\r\n");
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head += &format!("Host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !headers.iter().any(|(name, _)| *name == "Content-Length") {
            head += &format!("Content-Length: {}\r\n", body.len());
        }
        exchange(&self.address, &format!("{head}\r\n{body}"))
    }

    /// The number of the last event that an agency's token is told of.
    pub(super) fn head(&self) -> Result<String, String> {
        Ok(self.send("GET /v1/head", &[("Authorization", "Bearer AAA")], "")?.text)
    }
}

/// Sends bytes and reads all that comes back.
pub(super) fn exchange(address: &str, text: &str) -> Result<Reply, String> {
    let told = |error: std::io::Error| error.to_string();
    let mut stream = TcpStream::connect(address).map_err(told)?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(told)?;
    stream.write_all(text.as_bytes()).map_err(told)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).map_err(told)?;
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok(Reply { status, text })
}

/// A command of a number's id, on one line.
pub(super) fn command(number: u32, party: &str, act: &str, fields: Value) -> String {
    let mut command = json!({ "id": id(number), "party": party, "effective": "2026-03-10", "act": act });
    for (name, value) in fields.as_object().into_iter().flatten() {
        command[name] = value.clone();
    }
    command.to_string()
}

fn id(number: u32) -> String {
    format!("00000000-0000-7000-8000-{number:012}")
}

/// Waits until something is there.
pub(super) fn waits_for(path: &Path) -> Result<(), String> {
    let until = Instant::now() + PATIENCE;
    while path.symlink_metadata().is_err() {
        if Instant::now() > until {
            return Err(format!("`{}` does not come", path.display()));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Runs the tool of this build.
fn granary(args: &[&str], input: &str) -> Result<(), Failure> {
    let mut tool = Command::new(std::env::current_exe()?)
        .arg("granary")
        .args(args)
        .env_remove("GRANARY_SERVER")
        .env_remove("GRANARY_DIR")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = tool.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    match tool.wait()?.success() {
        true => Ok(()),
        false => Err(Failure::new(format!("`granary {}` failed", args.join(" ")))),
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        let _ = std::fs::remove_dir_all(&self.root);
    }
}
