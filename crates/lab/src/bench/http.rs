//! Single commands over HTTP, each answered once it is recorded: a `granary serve` in a process of its own, and clients that
//! keep their connections.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use shell::Failure;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{FIRST_DAY, Movements, PLAIN_FILE, Row, World, average_event_bytes, fresh, plain_file};

/// How long it is measured.
const LENGTH: Duration = Duration::from_secs(10);

/// A server in a process of its own.
pub(super) struct Server {
    child: Child,
    pub(super) address: String,
}

impl Server {
    pub(super) fn start(dir: &Path) -> Result<Self, Failure> {
        // The token is `bench`.
        let token = "[[token]]\nparty = \"operator\"\nsha256 = \"1b32c28cb38c05480eccc1bd60ff97029b57a05c96718b96dad7e9d84894f549\"\n";
        std::fs::write(dir.join("settings.toml"), token)?;
        let mut child = Command::new(std::env::current_exe()?)
            .args(["granary", "serve", "--listen", "127.0.0.1:0", "--dir"])
            .arg(dir)
            .env("GRANARY_LOG_LEVEL", "warn")
            .env_remove("GRANARY_SERVER")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let out = child.stdout.take().ok_or_else(|| Failure::new("the server says nothing"))?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let address = line.trim().rsplit("http://").next().unwrap_or_default().to_owned();
        Ok(Self { child, address })
    }

    pub(super) fn stop(mut self) -> Result<(), Failure> {
        Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(super) fn singles(dir: &Path, name: &str, clients: u64) -> Result<Row, Failure> {
    let world = World { sites: 100, lots: 100 };
    let ledger = fresh(dir)?;
    world.build(&ledger)?;
    ledger.close()?;
    let server = Server::start(dir)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let started = Instant::now();
    let per_client = runtime.block_on(async {
        let until = started + LENGTH;
        let clients = (0..clients).map(|number| tokio::spawn(client(server.address.clone(), world, number, until)));
        let mut found = Vec::new();
        for client in clients.collect::<Vec<_>>() {
            found.push(client.await??);
        }
        Ok::<_, Failure>(found)
    })?;
    let seconds = started.elapsed().as_secs_f64();
    server.stop()?;
    let mut latencies = per_client.concat();
    let movements = latencies.len() as u64;
    let baseline_per_s = plain_file(&dir.join("baseline"), clients, average_event_bytes(dir)?, 2_000)?;
    let mut row = Row {
        workload: name.into(),
        batch: 1,
        clients,
        accounts: world.accounts(),
        movements,
        movements_per_s: movements as f64 / seconds,
        baseline: PLAIN_FILE,
        baseline_per_s,
        ..Row::finished(&mut latencies)
    };
    row.ratio = row.movements_per_s / baseline_per_s;
    Ok(row)
}

/// Posts one command after the other over one connection; gives how long each took.
async fn client(address: String, world: World, number: u64, until: Instant) -> Result<Vec<Duration>, Failure> {
    let mut source = Movements::new(world, false, 5_000 + number);
    let mut connection = Connection::open(&address).await?;
    let mut latencies = Vec::new();
    while Instant::now() < until {
        latencies.push(connection.post("/v1/commands", &source.json()).await?);
    }
    Ok(latencies)
}

/// A connection that is kept.
pub(super) struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    pub(super) async fn open(address: &str) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(1_024) })
    }

    /// Posts a command, and makes sure that it is accepted; says how long that took.
    pub(super) async fn post(&mut self, path: &str, body: &str) -> Result<Duration, Failure> {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let sent = Instant::now();
        self.send(&request).await?;
        let took = sent.elapsed();
        let answer = String::from_utf8_lossy(&self.answer);
        match answer.contains("\"accepted\"") {
            true => Ok(took),
            false => Err(Failure::new(format!("the workload was not accepted: {answer}"))),
        }
    }

    /// Asks a question; gives the status and how long the whole answer took.
    pub(super) async fn get(&mut self, path: &str) -> Result<(u16, Duration), Failure> {
        let sent = Instant::now();
        let status = self
            .send(&format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer bench\r\n\r\n"))
            .await?;
        Ok((status, sent.elapsed()))
    }

    /// Sends a request and reads its answer, head and body; gives the status.
    async fn send(&mut self, request: &str) -> Result<u16, Failure> {
        self.answer.clear();
        self.stream.write_all(request.as_bytes()).await?;
        let head_bytes = loop {
            self.read().await?;
            if let Some(end) = self.answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let head = String::from_utf8_lossy(&self.answer[..head_bytes]).to_ascii_lowercase();
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.ok_or_else(|| Failure::new("an answer without a status"))?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        match length.map(|length| length.trim().parse::<usize>()).transpose()? {
            Some(length) => {
                while self.answer.len() < head_bytes + length {
                    self.read().await?;
                }
            }
            // In chunks: the last one is empty.
            None => {
                while !self.answer[head_bytes..].ends_with(b"0\r\n\r\n") {
                    self.read().await?;
                }
            }
        }
        Ok(status)
    }

    async fn read(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.answer).await? {
            0 => Err(Failure::new("the server closed the connection")),
            _ => Ok(()),
        }
    }
}

impl Movements {
    /// A transfer by codes, as JSON.
    pub(super) fn json(&mut self) -> String {
        let id = uuid::Uuid::from_bytes(self.ids.next().0);
        let lot = self.ids.below(self.world.lots);
        let source = self.ids.below(self.world.sites);
        let target = (source + 1 + self.ids.below(self.world.sites - 1)) % self.world.sites;
        let quantity = 1 + self.ids.below(10_000);
        let day = wire::date::show_day(books::Day(FIRST_DAY));
        format!(
            "{{\"id\":\"{id}\",\"party\":\"AGENCY\",\"effective\":\"{day}\",\"act\":\"transfer\",\"lot\":\"L{lot}\",\
             \"source\":\"S{source}\",\"target\":\"S{target}\",\"quantity\":\"{quantity} mg\"}}"
        )
    }
}
