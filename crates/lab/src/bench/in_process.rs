//! Posting and asking in this process: frames, single commands, the replay, and balances as of a day as known at an event.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use books::{AccountNo, Day, Seq};
use ledger::{Known as _, Ledger, Opened, Options, Reader};
use shell::Failure;

use super::machine::{cpu_ticks, sizes};
use super::made::{Ids, Movements, World, all_accepted};
use super::{FIRST_DAY, FRAME, MOVEMENTS_PER_DAY, PLAIN_FILE, Row, average_event_bytes, plain_file};

pub(super) fn fresh(dir: &Path) -> Result<Ledger, Failure> {
    let _ = fs::remove_dir_all(dir);
    Ok(Ledger::create(dir, "bench.example/ledger", "for a benchmark", &Options::default())?)
}

pub(super) fn frames(dir: &Path, name: &str, world: World, movements: u64, two_phase: bool) -> Result<Row, Failure> {
    let ledger = fresh(dir)?;
    world.build(&ledger)?;
    ledger.close()?;
    let before = sizes(dir)?;
    let ledger = Ledger::open(dir, &Options::default())?;
    let mut source = Movements::new(world, two_phase, 7);
    let mut latencies = Vec::new();
    let mut tenths: Vec<f64> = Vec::new();
    let started = Instant::now();
    let cpu_before = cpu_ticks();
    std::thread::scope(|scope| -> Result<(), Failure> {
        let (queue, made) = std::sync::mpsc::sync_channel(4);
        scope.spawn(move || {
            let mut left = movements;
            while left > 0 {
                let count = left.min(FRAME);
                if queue.send(source.frame(count)).is_err() {
                    return;
                }
                left -= count;
            }
        });
        let mut in_flight = std::collections::VecDeque::new();
        let mut done = 0;
        let mut tenth_started = Instant::now();
        let mut land = |(count, sent, ticket): (u64, Instant, ledger::Ticket)| -> Result<(), Failure> {
            all_accepted(&ticket.wait()?)?;
            latencies.push(sent.elapsed());
            done += count;
            if done * 10 / movements > tenths.len() as u64 {
                tenths.push(movements as f64 / 10.0 / tenth_started.elapsed().as_secs_f64());
                tenth_started = Instant::now();
            }
            Ok(())
        };
        for frame in made {
            let count = frame.len() as u64;
            in_flight.push_back((count, Instant::now(), ledger.submit(frame)?));
            if in_flight.len() > 4 {
                land(in_flight.pop_front().expect("more than four"))?;
            }
        }
        in_flight.into_iter().try_for_each(land)
    })?;
    let seconds = started.elapsed().as_secs_f64();
    ledger.close()?;
    // A hundred ticks a second on every Linux that matters; making up the work is part of it.
    let cpu_ns = (cpu_ticks() - cpu_before) as f64 * 1e7 / movements as f64;
    let after = sizes(dir)?;
    let log_bytes = ((after.all - after.tiles) - (before.all - before.tiles)) as f64 / movements as f64;
    let tile_bytes = (after.tiles - before.tiles) as f64 / movements as f64;
    let event_bytes = average_event_bytes(dir)?;
    let baseline_per_s = plain_file(&dir.join("baseline"), FRAME, event_bytes, 20)?;
    let mut row = Row {
        workload: name.into(),
        batch: FRAME,
        clients: 1,
        accounts: world.accounts(),
        movements,
        movements_per_s: movements as f64 / seconds,
        baseline: PLAIN_FILE,
        baseline_per_s,
        bytes_per_movement: log_bytes + tile_bytes,
        bytes_per_movement_without_tiles: log_bytes,
        ..Row::finished(&mut latencies)
    };
    row.ratio = row.movements_per_s / baseline_per_s;
    row.more.extend(time_to_open(dir)?);
    row.more.insert("cpu_ns_per_movement".into(), cpu_ns.into());
    row.more.insert("event_bytes".into(), event_bytes.into());
    if let (Some(first), Some(last)) = (tenths.first(), tenths.last()) {
        row.more.insert("last_tenth_to_first".into(), (last / first).into());
    }
    Ok(row)
}

/// Seconds until a ledger is open: for its writer, its first reader, and the next.
fn time_to_open(dir: &Path) -> Result<[(String, serde_json::Value); 3], Failure> {
    let seconds = |open: &dyn Fn() -> Result<(), Failure>| -> Result<f64, Failure> {
        let started = Instant::now();
        open()?;
        Ok(started.elapsed().as_secs_f64())
    };
    let read = || {
        drop(Reader::open(dir, &Options::default())?);
        Ok(())
    };
    let write = seconds(&|| {
        drop(Opened::open(dir, &Options::default())?);
        Ok(())
    })?;
    let (first, next) = (seconds(&read)?, seconds(&read)?);
    Ok([("open_s", write), ("first_reader_open_s", first), ("reader_open_s", next)]
        .map(|(name, seconds)| (name.to_owned(), seconds.into())))
}

pub(super) fn singles(dir: &Path, name: &str, clients: u64) -> Result<Row, Failure> {
    let world = World { sites: 100, lots: 100 };
    let ledger = fresh(dir)?;
    world.build(&ledger)?;
    let length = Duration::from_secs(5);
    let started = Instant::now();
    let per_client = std::thread::scope(|scope| -> Result<Vec<Vec<Duration>>, Failure> {
        let ledger = &ledger;
        let run = move |client: u64| -> Result<Vec<Duration>, Failure> {
            let mut source = Movements::new(world, false, 1_000 + client);
            let mut latencies = Vec::new();
            while started.elapsed() < length {
                let sent = Instant::now();
                all_accepted(&ledger.submit(source.frame(1))?.wait()?)?;
                latencies.push(sent.elapsed());
            }
            Ok(latencies)
        };
        let threads: Vec<_> = (0..clients).map(|client| scope.spawn(move || run(client))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a client does not panic")).collect()
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let mut latencies = per_client.concat();
    let movements = latencies.len() as u64;
    ledger.close()?;
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
    row.more.insert("one_sync_ms".into(), (1e3 * clients as f64 / baseline_per_s).into());
    Ok(row)
}

pub(super) fn replays(dir: &Path, world: World) -> Result<Vec<Row>, Failure> {
    let opened = Opened::open(dir, &Options::default())?;
    let mut rows = Vec::new();
    for (name, verify) in [("replay-fold", false), ("replay-verify", true)] {
        let replayed = ledger::replay(&opened, verify, |_| {})?;
        if !replayed.differing_accounts.is_empty() || replayed.root_matches == Some(false) {
            return Err(Failure::new("the replay does not agree with the books"));
        }
        rows.push(Row {
            workload: name.into(),
            clients: 1,
            accounts: world.accounts(),
            movements: replayed.events,
            movements_per_s: replayed.events as f64 / replayed.seconds,
            ..Row::finished(&mut Vec::new())
        });
    }
    Ok(rows)
}

pub(super) fn as_of(dir: &Path, world: World) -> Result<Row, Failure> {
    let reader = Reader::open(dir, &Options::default())?;
    let head = reader.books().head().0;
    let day_count = head / MOVEMENTS_PER_DAY + 1;
    let mut ids = Ids::new(99);
    let mut latencies = Vec::new();
    for _ in 0..10_000 {
        let account = AccountNo(ids.below(reader.books().accounts().len() as u64) as u32);
        let day = Day(FIRST_DAY + ids.below(day_count) as i32);
        let known_at = Seq(1 + ids.below(head));
        let asked = Instant::now();
        reader.at(account, day, known_at)?;
        latencies.push(asked.elapsed());
    }
    let total: Duration = latencies.iter().sum();
    Ok(Row {
        workload: "as-of-known-at".into(),
        batch: 1,
        clients: 1,
        accounts: world.accounts(),
        movements: head,
        movements_per_s: latencies.len() as f64 / total.as_secs_f64(),
        ..Row::finished(&mut latencies)
    })
}
