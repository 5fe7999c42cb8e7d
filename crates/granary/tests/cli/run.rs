//! Runs the binary.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) exit: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// The answer as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in: {}\n{}", self.out, self.err))
    }

    /// The answer as JSON lines.
    pub(crate) fn lines(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
    }
}

pub(crate) fn granary_with(args: &[&str], input: &[u8]) -> Ran {
    granary_within(&[], args, input)
}

/// The same, with more in its environment.
pub(crate) fn granary_within(environment: &[(&str, &str)], args: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_granary"))
        .args(args)
        .env_remove("GRANARY_DIR")
        .env_remove("GRANARY_SERVER")
        .env_remove("GRANARY_TOKEN")
        .env_remove("GRANARY_LANG")
        // Whatever whoever runs the tests reads.
        .env("LC_ALL", "C")
        .envs(environment.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    // Written from a thread of its own: a child that answers while it reads would wait for us for ever.
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().expect("the binary ends");
    writer.join().expect("the writer does not panic");
    Ran {
        exit: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

pub(crate) fn granary(args: &[&str]) -> Ran {
    granary_with(args, b"")
}

/// A fresh ledger.
pub(crate) struct Ledger {
    _folder: TempDir,
    dir: PathBuf,
}

impl Ledger {
    /// A ledger with nothing in it.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a folder");
        let dir = folder.path().join("ledger");
        let ran = granary(&["init", "--dir", dir.to_str().expect("UTF-8"), "--origin", "test.example/ledger"]);
        assert_eq!(ran.exit, 0, "{}", ran.err);
        Self { _folder: folder, dir }
    }

    /// A ledger with an agency, a material and two sites.
    pub(crate) fn with_agency() -> Self {
        let ledger = Self::new();
        let ran = ledger.post(AGENCY);
        assert_eq!(ran.exit, 0, "{}{}", ran.out, ran.err);
        ledger
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, b"")
    }

    pub(crate) fn run_with(&self, args: &[&str], input: &[u8]) -> Ran {
        let mut all = vec![args[0], "--dir", self.dir.to_str().expect("UTF-8")];
        all.extend(&args[1..]);
        granary_with(&all, input)
    }

    pub(crate) fn post(&self, commands: &str) -> Ran {
        self.run_with(&["post", "-"], commands.as_bytes())
    }
}

/// Registers `AGENCY`, the material `NdPr` (accounted in milligrams, shown in tonnes), and the sites `North` and `South`.
pub(crate) const AGENCY: &str = r#"
{"id":"00000000-0000-7000-8000-0000000000a1","party":"ledger","effective":"2026-01-01","act":"register_party","code":"AGENCY","name":"An agency","country":"JP","role":"agency","zone":"Asia/Tokyo"}
{"id":"00000000-0000-7000-8000-0000000000a2","party":"AGENCY","effective":"2026-01-01","act":"register_material","code":"NdPr","name":"NdPr oxide","unit":"mg","basis":"net","shown":"t","form":"oxide","requirement_per_day":"1 t","goal":"200 t"}
{"id":"00000000-0000-7000-8000-0000000000a3","party":"AGENCY","effective":"2026-01-01","act":"register_site","code":"North","name":"North depot","country":"JP","area":"item"}
{"id":"00000000-0000-7000-8000-0000000000a4","party":"AGENCY","effective":"2026-01-01","act":"register_site","code":"South","name":"South depot","country":"JP","area":"bulk"}
"#;

/// A deposit and a draw whose ids end in the numbers given.
pub(crate) fn movement(id: u32, act: &str, lot: &str, quantity: &str, effective: &str) -> String {
    let material = if act == "deposit" { ",\"material\":\"NdPr\"" } else { "" };
    format!(
        "{{\"id\":\"00000000-0000-7000-8000-{id:012}\",\"party\":\"AGENCY\",\"effective\":\"{effective}\",\
         \"act\":\"{act}\",\"lot\":\"{lot}\",\"site\":\"North\",\"quantity\":\"{quantity}\"{material}}}\n"
    )
}

/// What names whoever started a service on this machine: the tools find it by themselves, other clients are given it.
pub(crate) fn bearer(url: &str) -> String {
    let port = url.trim_start_matches("http://").rsplit(':').next().and_then(|rest| rest.split('/').next());
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let base = set("XDG_RUNTIME_DIR").or_else(|| Some(format!("{}/.local/state", set("HOME")?))).expect("a home");
    let file = format!("{base}/granary/{}.token", port.expect("a port"));
    format!("Bearer {}", std::fs::read_to_string(file).unwrap_or_default().trim())
}
