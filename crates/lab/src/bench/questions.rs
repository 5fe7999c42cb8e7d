//! What a question costs others: every question asked over and over of a ledger at work, and meanwhile somebody who posts
//! and waits until readers see it, and somebody who asks for one position. The baseline is the same two with nobody beside
//! them. And a crowd that asks for the history at once.

use std::path::Path;
use std::time::{Duration, Instant};

use answers::{Entry, QUESTIONS};
use serde_json::{Map, Value, json};
use shell::Failure;

use super::http::{Connection, Server};
use super::{Movements, Row, World};

/// How long a question is asked over and over.
const LENGTH: Duration = Duration::from_secs(3);
/// How long the two are measured alone.
const IDLE: Duration = Duration::from_secs(10);
/// Callers of the crowd, and how long they ask.
const CROWD: usize = 32;
const CROWD_LENGTH: Duration = Duration::from_secs(20);
const READ: &str = "/v1/positions?lot=L1&site=S1";

/// How long the posts and the reads took.
#[derive(Default)]
struct Others {
    posts: Vec<Duration>,
    reads: Vec<Duration>,
}

pub(super) fn rows(dir: &Path, world: World) -> Result<Vec<Row>, Failure> {
    let server = Server::start(dir)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut seed = 9_000;
    let mut idle = runtime.block_on(others(&server.address, world, seed, Instant::now() + IDLE))?;
    let [idle_posts, idle_reads] = [p99_ms(&mut idle.posts), p99_ms(&mut idle.reads)];
    let mut more = Map::new();
    let (mut worst, mut not_asked) = (0f64, Vec::new());
    let mut all = Vec::new();
    for entry in QUESTIONS {
        seed += 1;
        let asking = asked_beside(&server.address, world, seed, entry);
        let Some((mut others, count, took)) = runtime.block_on(asking)? else {
            not_asked.push(entry.name);
            continue;
        };
        let [posts, reads] = [p99_ms(&mut others.posts), p99_ms(&mut others.reads)];
        let ratio = (posts / idle_posts).max(reads / idle_reads);
        worst = worst.max(ratio);
        let told = json!({ "asked": count, "ms": took, "posts_p99_ms": posts, "reads_p99_ms": reads, "ratio": ratio });
        more.insert(entry.name.to_owned(), told);
        all.extend(others.posts);
    }
    more.insert("idle".into(), json!({ "posts_p99_ms": idle_posts, "reads_p99_ms": idle_reads }));
    more.insert("not_asked".into(), json!(not_asked));
    let (answered, turned_away) = runtime.block_on(crowd(&server.address))?;
    more.insert("crowd".into(), json!({ "callers": CROWD, "answered": answered, "turned_away": turned_away }));
    server.stop()?;
    let movements = all.len() as u64;
    Ok(vec![Row {
        workload: "questions".into(),
        batch: 1,
        clients: 3,
        accounts: world.accounts(),
        movements,
        baseline: "the same posts and reads with nobody beside them: worst p99 of one question over theirs",
        baseline_per_s: 1.0,
        ratio: worst,
        more,
        ..Row::finished(&mut all)
    }])
}

/// A question asked over and over, and what the two others have meanwhile; none where this ledger has no answer to it.
async fn asked_beside(
    address: &str,
    world: World,
    seed: u64,
    entry: &Entry,
) -> Result<Option<(Others, u64, f64)>, Failure> {
    let path = path(entry);
    let mut connection = Connection::open(address).await?;
    let (status, _) = connection.get(&path).await?;
    if status != 200 {
        return Ok(None);
    }
    let until = Instant::now() + LENGTH;
    let asking = async {
        let (mut count, mut spent) = (0u64, Duration::ZERO);
        while Instant::now() < until {
            spent += connection.get(&path).await?.1;
            count += 1;
        }
        Ok::<_, Failure>((count, spent.as_secs_f64() * 1e3 / count.max(1) as f64))
    };
    let (others, asked) = tokio::join!(others(address, world, seed, until), asking);
    let (count, took) = asked?;
    Ok(Some((others?, count, took)))
}

async fn others(address: &str, world: World, seed: u64, until: Instant) -> Result<Others, Failure> {
    let mut source = Movements::new(world, false, seed);
    let posting = async {
        let mut connection = Connection::open(address).await?;
        let mut took = Vec::new();
        while Instant::now() < until {
            took.push(connection.post("/v1/commands?wait=projected", &source.json()).await?);
        }
        Ok::<_, Failure>(took)
    };
    let reading = async {
        let mut connection = Connection::open(address).await?;
        let mut took = Vec::new();
        while Instant::now() < until {
            let (status, one) = connection.get(READ).await?;
            if status != 200 {
                return Err(Failure::new(format!("a read was answered with {status}")));
            }
            took.push(one);
        }
        Ok::<_, Failure>(took)
    };
    let (posts, reads) = tokio::join!(posting, reading);
    Ok(Others { posts: posts?, reads: reads? })
}

/// Many who ask for the history at once: how often they were answered, and how often told to come again.
async fn crowd(address: &str) -> Result<(u64, u64), Failure> {
    let until = Instant::now() + CROWD_LENGTH;
    let caller = async |address: String| {
        let mut connection = Connection::open(&address).await?;
        let (mut answered, mut turned_away) = (0, 0);
        while Instant::now() < until {
            match connection.get("/v1/history?limit=1000").await?.0 {
                200 => answered += 1,
                429 | 503 => turned_away += 1,
                status => return Err(Failure::new(format!("the history was answered with {status}"))),
            }
        }
        Ok((answered, turned_away))
    };
    let callers = (0..CROWD).map(|_| caller(address.to_owned()));
    let all = futures_util::future::try_join_all(callers).await?;
    Ok(all.iter().fold((0, 0), |sum: (u64, u64), one: &(u64, u64)| (sum.0 + one.0, sum.1 + one.1)))
}

/// The question with what it cannot do without, by the codes of the world of movements.
fn path(entry: &Entry) -> String {
    let required = entry.request_schema();
    let required = required["required"].as_array().cloned().unwrap_or_default();
    let day = wire::date::show_day(books::Day(super::FIRST_DAY));
    let value = |field: &str| match field {
        "party" | "owner" | "viewer" | "by" => "AGENCY".to_owned(),
        "lot" => "L1".to_owned(),
        "site" => "S1".to_owned(),
        "event" | "seq" => "100".to_owned(),
        "what" => "lots".to_owned(),
        "from" | "to" | "through" | "start" | "end" | "as_of" | "then" | "now" => day.clone(),
        _ => "MATERIAL".to_owned(),
    };
    let fields: Vec<String> =
        required.iter().filter_map(Value::as_str).map(|field| format!("{field}={}", value(field))).collect();
    format!("/v1/{}?{}", entry.name, fields.join("&"))
}

fn p99_ms(took: &mut [Duration]) -> f64 {
    took.sort_unstable();
    took.get(took.len().saturating_sub(1) * 99 / 100).map_or(0.0, |took| took.as_secs_f64() * 1e3)
}
