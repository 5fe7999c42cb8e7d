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
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(dir: &Path) -> Result<Self, Failure> {
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

    fn stop(mut self) -> Result<(), Failure> {
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
    let mut stream = TcpStream::connect(&address).await?;
    stream.set_nodelay(true)?;
    let mut latencies = Vec::new();
    let mut answer = Vec::with_capacity(1_024);
    while Instant::now() < until {
        let body = source.json();
        let request = format!(
            "POST /v1/commands HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let sent = Instant::now();
        stream.write_all(request.as_bytes()).await?;
        read_answer(&mut stream, &mut answer).await?;
        latencies.push(sent.elapsed());
    }
    Ok(latencies)
}

/// Reads one answer, and makes sure that it says `accepted`.
async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> Result<(), Failure> {
    answer.clear();
    loop {
        if stream.read_buf(answer).await? == 0 {
            return Err(Failure::new("the server closed the connection"));
        }
        let text = std::str::from_utf8(answer)?;
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(|it| it.trim().to_owned()));
        let length: usize = length.ok_or_else(|| Failure::new("an answer without a length"))?.parse()?;
        if body.len() < length {
            continue;
        }
        return match body.contains("\"accepted\"") {
            true => Ok(()),
            false => Err(Failure::new(format!("the workload was not accepted: {body}"))),
        };
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
