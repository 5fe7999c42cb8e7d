//! Every bus keeps the same promises.

use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Connection, Embedded, Faults, Limits, Names, Nats, Simulated, conformance};
use testkit::nats::{NatsCluster, NatsServer};

const QUEUE: usize = 20;
const LEASE: Duration = Duration::from_millis(1_500);

#[tokio::test(start_paused = true)]
async fn embedded() {
    let limits = Limits { queue_frames_max: QUEUE, lease: LEASE, ..Limits::default() };
    let bus: Arc<dyn Bus> = Arc::new(Embedded::new(limits, 0));
    conformance::check(Arc::clone(&bus), bus, QUEUE, LEASE).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn simulated() {
    let world = Simulated::new(1, Faults::NONE);
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
async fn nats() {
    let server = NatsServer::start();
    check_nats(&server.url(), 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nats_with_three_copies() {
    let cluster = NatsCluster::start();
    check_nats(&cluster.url(), 3).await;
}
