//! Programs that nobody here wrote drive the services and judge the settings under `deploy/`.

use std::path::{Path, PathBuf};
use std::process::Command;

use testkit::nats::NatsServer;
use testkit::tools;

use crate::run::Ledger;
use crate::services::Service;

fn python(script: &Path, arguments: &[&str]) {
    let ran = Command::new(tools::python())
        .arg(script)
        .args(arguments)
        .env("GRANARY_NATS_SERVER", tools::nats_server())
        .output()
        .expect("python runs");
    let (said, wrong) = (String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    println!("{said}");
    assert!(ran.status.success(), "{}: {said}{wrong}", script.display());
}

fn deploy(script: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/tests").join(script)
}

#[test]
#[ignore = "group download"]
fn a_python_client_signs_posts_and_asks_over_nats_and_http() {
    let nats = NatsServer::start();
    let ledger = Ledger::with_agency();
    let copies = tempfile::TempDir::new().expect("a folder");
    let leader = Service::start("ledger", &nats, &["--dir", ledger.dir().to_str().expect("UTF-8")]);
    let answers = copies.path().join("answers");
    let projections = Service::start("projections", &nats, &["--dir", answers.to_str().expect("UTF-8")]);
    let ingest = Service::start("ingest", &nats, &[]);
    let marker = std::fs::read_to_string(ledger.dir().join("granary.json")).expect("a marker");
    let marker: serde_json::Value = serde_json::from_str(&marker).expect("JSON");
    let origin = marker["origin"].as_str().expect("an origin").to_owned();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/foreign/client.py");
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("demo/shared_reserve.jsonl");
    let shared = shared.to_str().expect("UTF-8");
    python(&script, &[&nats.url(), &ingest.url, &projections.url, &origin, shared]);
    for service in [ingest, projections, leader] {
        assert_eq!(service.stop(), Some(0));
    }
}

#[test]
#[ignore = "group download"]
fn each_service_has_the_rights_it_needs_on_nats_and_no_others() {
    python(&deploy("roles.py"), &[]);
}

#[test]
#[ignore = "group download"]
fn organisations_see_nothing_of_each_other_but_what_is_disclosed() {
    python(&deploy("organisations.py"), &[]);
}

#[test]
#[ignore = "group download"]
fn the_cluster_as_it_is_set_up_survives_its_leader() {
    python(&deploy("cluster.py"), &[]);
}

#[test]
#[ignore = "group download"]
fn what_runs_it_names_what_there_is() {
    python(&deploy("files.py"), &[env!("CARGO_BIN_EXE_granary")]);
}

#[test]
#[ignore = "group download"]
fn the_services_run_under_the_settings_of_the_operator() {
    python(&deploy("services.py"), &[env!("CARGO_BIN_EXE_granary")]);
}
