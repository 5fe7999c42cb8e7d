//! Every bus keeps the same promises.

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Connection, Embedded, Faults, Limits, Names, Nats, Simulated, conformance};
use testkit::nats::{NatsCluster, NatsServer};

const QUEUE: usize = 20;
const LEASE: Duration = Duration::from_millis(1_500);

#[tokio::test(start_paused = true)]
async fn embedded() {
    let limits = Limits { queue_frames_max: QUEUE, lease: Some(LEASE), ..Limits::default() };
    let bus: Arc<dyn Bus> = Arc::new(Embedded::new(limits, 0));
    conformance::check(Arc::clone(&bus), bus, QUEUE, LEASE).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn simulated() {
    let world = Simulated::new(1, Faults::NONE, None);
    conformance::check(world.node(), world.node(), 64, LEASE).await.unwrap();
}

async fn check_nats(url: &str, replicas: usize) {
    let names = Names::new("test", "main").unwrap();
    let connection =
        Connection { replicas, lease: LEASE, queue_frames_max: QUEUE as i64, ..Connection::to(url, names) };
    let connect = || async {
        // A cluster that has just started answers "no" for some seconds.
        let end = std::time::Instant::now() + Duration::from_secs(30);
        loop {
            match Nats::connect(connection.clone()).await {
                Ok(bus) => return Arc::new(bus) as Arc<dyn Bus>,
                Err(error) if std::time::Instant::now() > end => {
                    panic!("{error}: {:?}", std::error::Error::source(&error))
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
            }
        }
    };
    let (one, two) = (connect().await, connect().await);
    conformance::check(one, two, QUEUE, LEASE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "group download"]
async fn nats() {
    let server = NatsServer::start();
    check_nats(&server.url(), 1).await;
}

/// Both sides show a certificate: who has none is not let in, and whose server shows another one does not go in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "group download"]
async fn nats_over_mutual_tls() {
    let dir = tempfile::TempDir::new().unwrap();
    let write = |name: &str, text: &str| {
        std::fs::write(dir.path().join(name), text).unwrap();
        dir.path().join(name)
    };
    let authority = |name: &str| {
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let key = rcgen::KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        (write(&format!("{name}.pem"), &pem), rcgen::Issuer::new(params, key))
    };
    let ((ca, ours), (other_ca, theirs)) = (authority("ca"), authority("other"));
    let signed = |name: &str, by: &rcgen::Issuer<'_, rcgen::KeyPair>| {
        let params = rcgen::CertificateParams::new(vec!["127.0.0.1".into(), "localhost".into()]).unwrap();
        let key = rcgen::KeyPair::generate().unwrap();
        let pem = params.signed_by(&key, by).unwrap().pem();
        (write(&format!("{name}.pem"), &pem), write(&format!("{name}.key"), &key.serialize_pem()))
    };
    let (server_pem, server_key) = signed("server", &ours);
    let (client, stranger) = (signed("client", &ours), signed("stranger", &theirs));
    let port = testkit::nats::free_port();
    let config = format!(
        "server_name: n1\nlisten: \"127.0.0.1:{port}\"\nmax_payload: 8MB\n\
         jetstream {{ store_dir: \"{}\"\n sync_interval: always }}\n\
         tls {{ cert_file: \"{}\", key_file: \"{}\", ca_file: \"{}\", verify: true }}\n",
        dir.path().join("js").display(),
        server_pem.display(),
        server_key.display(),
        ca.display(),
    );
    let _server = NatsServer::from_config(dir.path(), "n1", port, &config);
    let url = format!("tls://127.0.0.1:{port}");
    let names = || Names::new("test", "main").unwrap();
    let with = |ca: &std::path::Path, certificate: Option<(std::path::PathBuf, std::path::PathBuf)>| Connection {
        ca: Some(ca.to_owned()),
        certificate,
        ..Connection::to(&url, names())
    };
    let bus = Nats::connect(with(&ca, Some(client.clone()))).await.unwrap();
    assert_eq!(bus::Log::last(&bus).await.unwrap(), 0);
    assert!(Nats::connect(with(&ca, None)).await.is_err(), "who shows nothing stays out");
    assert!(Nats::connect(with(&ca, Some(stranger))).await.is_err(), "who shows another's certificate stays out");
    assert!(Nats::connect(with(&other_ca, Some(client))).await.is_err(), "a server that another signed is not trusted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "group download"]
async fn nats_with_three_copies() {
    let cluster = NatsCluster::start();
    check_nats(&cluster.url(), 3).await;
}
