//! Real NATS servers on loopback, each stopped by its own process id when it is dropped.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::tools;

/// A port that nobody listens on just now.
///
/// # Panics
/// When loopback cannot be used.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    listener.local_addr().expect("a listener has an address").port()
}

/// A server with JetStream and a folder of its own.
pub struct NatsServer {
    child: Option<Child>,
    config: PathBuf,
    log: PathBuf,
    port: u16,
    _dir: Option<TempDir>,
}

impl NatsServer {
    /// One node that syncs before it acknowledges.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with("sync_interval: always")
    }

    /// One node with these lines in its JetStream block.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn start_with(jetstream: &str) -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let port = free_port();
        let store = dir.path().join("js").display().to_string();
        let config = format!(
            "server_name: n1\nlisten: \"127.0.0.1:{port}\"\nmax_payload: 8MB\njetstream {{ store_dir: \"{store}\"\n {jetstream} }}\n"
        );
        let mut server = Self::from_config(dir.path(), "n1", port, &config);
        server._dir = Some(dir);
        server
    }

    /// A node with a configuration of your own, written into a folder that you keep.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn from_config(dir: &Path, name: &str, port: u16, config: &str) -> Self {
        let path = dir.join(format!("{name}.conf"));
        fs::write(&path, config).expect("a temporary file");
        let mut server = Self { child: None, config: path, log: dir.join(format!("{name}.log")), port, _dir: None };
        server.run();
        server
    }

    fn run(&mut self) {
        let log = File::options().create(true).append(true).open(&self.log).expect("a temporary file");
        let errors = log.try_clone().expect("a file handle");
        let child = Command::new(tools::nats_server())
            .arg("-c")
            .arg(&self.config)
            .env("GOMEMLIMIT", "512MiB")
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            .spawn()
            .unwrap_or_else(|error| panic!("start {}: {error}", tools::nats_server().display()));
        self.child = Some(child);
        let end = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            let said = fs::read_to_string(&self.log).unwrap_or_default();
            assert!(Instant::now() < end, "nats-server does not listen: {said}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Its process.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// Kills it without a word.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts it again on what it left.
    ///
    /// # Panics
    /// When it does not start.
    pub fn restart(&mut self) {
        self.kill();
        self.run();
    }
}

impl Drop for NatsServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Three nodes that keep three copies of every stream.
pub struct NatsCluster {
    /// The nodes.
    pub nodes: Vec<NatsServer>,
    _dir: TempDir,
}

impl NatsCluster {
    /// Starts three nodes.
    ///
    /// # Panics
    /// When one does not start.
    #[must_use]
    pub fn start() -> Self {
        let dir = TempDir::new().expect("a temporary folder");
        let ports: Vec<(u16, u16)> = (0..3).map(|_| (free_port(), free_port())).collect();
        let routes: Vec<String> = ports.iter().map(|(_, route)| format!("\"nats://127.0.0.1:{route}\"")).collect();
        let start = |index: usize| {
            let (port, route) = ports[index];
            let name = format!("n{index}");
            let store = dir.path().join(&name).display().to_string();
            let routes = routes.join(", ");
            let config = format!(
                "server_name: {name}\nlisten: \"127.0.0.1:{port}\"\nmax_payload: 8MB\n\
                 jetstream {{ store_dir: \"{store}\"\n sync_interval: always }}\n\
                 cluster {{ name: granary, listen: \"127.0.0.1:{route}\", routes: [{routes}] }}\n"
            );
            NatsServer::from_config(dir.path(), &name, port, &config)
        };
        Self { nodes: (0..3).map(start).collect(), _dir: dir }
    }

    /// Where they listen.
    #[must_use]
    pub fn url(&self) -> String {
        self.nodes.iter().map(NatsServer::url).collect::<Vec<_>>().join(",")
    }
}
