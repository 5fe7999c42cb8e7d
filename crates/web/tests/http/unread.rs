//! Exports that nobody reads. Each of them held a thread for as long as its reader did not read, and megabytes: a few hundred
//! from one caller, and the server answered nobody anything, not even how it is. Now an export has a place, of which a caller
//! has few, and is made as it is read.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::house::{House, Reply, command, members, token};

/// So many that no connection takes an export whole by itself.
const EVENTS: u64 = 12_000;
/// Exports of one caller, and of all, that are on their way, where nothing is set.
const OF_ONE: usize = 4;
const OF_ALL: usize = 16;
/// Within this a server answers that has nothing to do, on a machine that has much to do.
const SOON: Duration = Duration::from_secs(10);

fn with_long_log() -> House {
    let house = House::with_tokens(&["ONE", "TWO", "THREE", "SEC", "AUD", "OPS"].map(|party| token(party, party)));
    house.setup(&members());
    let fields = json!({ "code": "Far", "name": "x".repeat(200), "country": "JP", "area": "item" });
    house.setup(&[command(20, "OPS", "register_site", fields)]);
    house.ledger.goes_on_until(EVENTS);
    house
}

/// Asks, and reads no more than the status of the answer.
fn unread(house: &House, party: &str, path: &str) -> (String, TcpStream) {
    let mut stream = TcpStream::connect(house.address()).expect("it listens");
    stream.set_read_timeout(Some(SOON)).expect("a time");
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {party}\r\nGranary-Deadline-Ms: 1\r\n\r\n"
    )
    .expect("sent");
    let mut status = [0; 12];
    stream.read_exact(&mut status).expect("a status");
    (String::from_utf8_lossy(&status[9..]).into_owned(), stream)
}

/// Many at once; gives those that were begun.
fn unread_many(house: &House, party: &str, path: &str, count: usize) -> Vec<TcpStream> {
    let (begun, others): (Vec<_>, Vec<_>) =
        (0..count).map(|_| unread(house, party, path)).partition(|(status, _)| status == "200");
    assert!(others.iter().all(|(status, _)| status == "429"), "{others:?}");
    begun.into_iter().map(|(_, stream)| stream).collect()
}

fn get(house: &House, party: &str, path: &str) -> Reply {
    let bearer = format!("Bearer {party}");
    let asked = Instant::now();
    let reply = house.get(path, &[("authorization", &bearer), ("granary-deadline-ms", "50")]);
    let took = asked.elapsed();
    assert!(took < SOON || path.starts_with("/v1/export"), "{path} took {took:?}");
    reply
}

#[test]
fn exports_that_nobody_reads_hold_their_places_and_nothing_else() {
    let house = with_long_log();
    let export = "/v1/export/events";
    let mut begun = unread_many(&house, "ONE", export, 100);
    assert_eq!(begun.len(), OF_ONE, "places of one caller");
    // Whoever reads gets everything, whatever others do not read.
    let whole = get(&house, "TWO", export);
    assert_eq!((whole.status, whole.text.lines().count() as u64), (200, EVENTS));
    for party in ["TWO", "THREE", "SEC", "AUD"] {
        begun.extend(unread_many(&house, party, export, 75));
    }
    assert_eq!(begun.len(), OF_ALL, "places of all");
    assert_eq!(get(&house, "OPS", "/healthz").text, "ok\n");
    assert_eq!(get(&house, "OPS", "/readyz").text, format!("ready at event {EVENTS}\n"));
    assert_eq!(get(&house, "OPS", "/metrics").status, 200);
    assert_eq!(get(&house, "OPS", "/v1/positions").status, 200);
    let full = get(&house, "OPS", export);
    assert_eq!((full.status, full.code().as_str(), full.header("retry-after")), (429, "too_many_questions", "1"));
    // Whoever goes away leaves the place to whoever waits for it.
    drop(begun);
    let headers = [("authorization", "Bearer OPS"), ("granary-deadline-ms", "20000")];
    assert_eq!(house.get(export, &headers).text.lines().count() as u64, EVENTS);
}

#[test]
fn streams_of_events_are_counted_and_keep_nobody_from_an_export() {
    let house = with_long_log();
    // Whoever listens for what is to come, and whoever does not read what there is.
    let mut begun = unread_many(&house, "ONE", "/v1/events", 20);
    begun.extend(unread_many(&house, "ONE", "/v1/events?from=1", 30));
    assert_eq!(begun.len(), 32, "streams of one caller");
    assert_eq!(get(&house, "ONE", "/v1/export/commands").status, 200);
    assert_eq!(get(&house, "ONE", "/v1/head").status, 200);
    let (from, last) = (format!("/v1/events?from={}", EVENTS - 10), format!("id: {EVENTS}"));
    let all = house.stream(&from, &[("authorization", "Bearer TWO")], &last);
    assert_eq!(all.lines().filter(|line| line.starts_with("id: ")).count(), 11, "{all}");
}

/// Requests that waited for the books held the threads that were to say how the service is.
#[test]
fn the_service_says_how_it_is_while_everything_else_waits() {
    let house = House::open();
    let held = house.ledger.world();
    let waiting: Vec<TcpStream> = (0..8)
        .map(|_| {
            let mut stream = TcpStream::connect(house.address()).expect("it listens");
            write!(stream, "GET /v1/head HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer start\r\n\r\n")
                .expect("sent");
            stream.set_read_timeout(Some(Duration::from_millis(50))).expect("a time");
            stream
        })
        .collect();
    for mut stream in &waiting {
        assert!(stream.read(&mut [0; 1]).is_err(), "nobody is answered");
    }
    assert_eq!(house.get("/healthz", &[]).text, "ok\n");
    assert_eq!(house.get("/readyz", &[]).text, "ready at event 1\n");
    assert_eq!(house.get("/metrics", &[]).status, 200);
    drop(held);
    assert_eq!(house.get("/v1/head", &[]).status, 200);
}
