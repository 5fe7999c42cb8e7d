//! Commands that stand or fall together, and commands that are only tried: on the ledger itself, over its bus.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Embedded, Frame, Hand, Limits, Log as _, Queue as _, Sender, Signed};
use bytes::Bytes;
use data_encoding::BASE64URL_NOPAD;
use ledger::{Known as _, Ledger, Opened, Options, Order, Role, Service, Status};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::watch;

const WAIT: Duration = Duration::from_secs(20);
const ORIGIN: &str = "example.org/test";

/// A ledger at work with two agencies, each with a key, a site of each, and 100 t of `M` of `A`.
struct House {
    dir: TempDir,
    bus: Arc<Embedded>,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<Result<(), ledger::LedgerError>>,
    keys: [nkeys::KeyPair; 2],
    next: std::cell::Cell<u128>,
}

fn create(dir: &Path) {
    Ledger::create(dir, ORIGIN, "2026-03-10T00:00:00Z", &Options::default()).unwrap().close().unwrap();
}

fn in_a_minute() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    wire::date::show_moment(books::Moment((now + 60) * 1_000_000))
}

impl House {
    async fn open() -> Self {
        let dir = TempDir::new().unwrap();
        create(dir.path());
        let bus = Arc::new(Embedded::new(Limits::default(), 1));
        let (stop, stopped) = watch::channel(false);
        let (told, mut status) = watch::channel(Status::default());
        let service = Service {
            stages: ledger::Stages::ThreadsOf(tokio::runtime::Handle::current()),
            ..Service::new(dir.path().to_owned(), "one".into(), Arc::clone(&bus) as Arc<dyn Bus>)
        };
        let task = tokio::spawn(service.run(stopped, told));
        status.wait_for(|status| status.role == Role::Leader).await.expect("it leads");
        let keys = [nkeys::KeyPair::new_user(), nkeys::KeyPair::new_user()];
        let house = Self { dir, bus, stop, task, keys, next: 1_000.into() };
        for (code, pair) in ["A", "B"].into_iter().zip(&house.keys) {
            let key = pair.public_key();
            let proof = pair.sign(&chain::party_key::possession_text(ORIGIN, code, &key)).unwrap();
            let act = json!({"act": "register_party", "code": code, "name": code, "role": "agency", "keys": [key],
                "proofs": [BASE64URL_NOPAD.encode(&proof)]});
            house.accepts(house.command("ledger", act)).await;
        }
        let site =
            |code: &str| json!({"act": "register_site", "code": code, "name": code, "country": "JP", "area": "item"});
        house.accepts(house.command("A", site("S"))).await;
        house.accepts(house.command("B", site("T"))).await;
        let material = json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg", "basis": "net",
            "shown": "t", "form": "oxide", "dual_control_above": "180 t"});
        house.accepts(house.command("A", material)).await;
        house.accepts(house.command("A", deposit("L", "S", "50 t"))).await;
        house.accepts(house.command("A", json!({"act": "deposit", "lot": "L", "site": "S", "quantity": "50 t"}))).await;
        house
    }

    fn command(&self, party: &str, act: Value) -> Value {
        self.next.set(self.next.get() + 1);
        let mut command = json!({"id": uuid::Uuid::from_u128(self.next.get()).to_string(), "party": party,
            "effective": "2026-03-10"});
        command.as_object_mut().unwrap().extend(act.as_object().unwrap().clone());
        command
    }

    async fn accepts(&self, command: Value) {
        let said = self.post(Sender::Operator, command.to_string()).await;
        assert_eq!(said[0]["outcome"], "accepted", "{said:?}");
    }

    async fn post(&self, sender: Sender, line: String) -> Vec<Value> {
        let frame = Frame { bytes: Bytes::from(line), sender, ..Frame::default() };
        let answer = self.bus.submit(frame, WAIT).await.unwrap();
        std::str::from_utf8(&answer).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    async fn codes(&self, sender: Sender, line: String) -> Vec<String> {
        self.post(sender, line).await.iter().map(word).collect()
    }

    fn consent(&self, who: usize, list: &str) -> Value {
        let (pair, expires) = (&self.keys[who], in_a_minute());
        let text = chain::party_key::signed_text(chain::party_key::GROUP, ORIGIN, &expires, list.as_bytes());
        json!({"key": pair.public_key(), "expires": expires, "signature": BASE64URL_NOPAD.encode(&pair.sign(&text).unwrap())})
    }

    /// Stops, and gives what the log holds.
    async fn close(self) -> (Opened, TempDir) {
        self.stop.send_replace(true);
        self.task.await.unwrap().unwrap();
        (Opened::open(self.dir.path(), &Options::default()).unwrap(), self.dir)
    }
}

fn deposit(lot: &str, site: &str, quantity: &str) -> Value {
    json!({"act": "deposit", "lot": lot, "site": site, "quantity": quantity, "material": "M"})
}

/// The code where there is one, else the outcome.
fn word(said: &Value) -> String {
    said.get("code").unwrap_or(&said["outcome"]).as_str().unwrap().to_owned()
}

fn group(commands: &[Value]) -> String {
    json!({"group": commands}).to_string()
}

fn title(lot: &str, site: &str, to: &str, quantity: &str) -> Value {
    json!({"act": "transfer_title", "lot": lot, "site": site, "owner": if to == "B" { "A" } else { "B" }, "new_owner": to, "quantity": quantity})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_stands_as_a_whole_or_leaves_refusals_and_nothing_else() {
    let house = House::open().await;
    // Later ones see what earlier ones did: the lot, the pledge on it, the draw under the pledge.
    let whole = group(&[
        house.command("A", deposit("N", "S", "5 t")),
        house.command("A", json!({"act": "encumber", "encumbrance": "P", "kind": "pledge", "lot": "N", "site": "S", "quantity": "5 t", "beneficiary": "B"})),
        house.command("A", json!({"act": "draw", "lot": "N", "site": "S", "quantity": "2 t", "under": "P"})),
    ]);
    assert_eq!(house.codes(Sender::Operator, whole.clone()).await, ["accepted"; 3]);
    assert_eq!(house.codes(Sender::Operator, whole.clone()).await, ["duplicate"; 3], "a whole group again is itself");
    let failing = group(&[
        house.command("A", deposit("O", "S", "5 t")),
        house.command("A", json!({"act": "draw", "lot": "O", "site": "S", "quantity": "6 t"})),
        house.command("B", deposit("Q", "T", "1 t")),
    ]);
    let said = house.post(Sender::Operator, failing.clone()).await;
    let codes: Vec<String> = said.iter().map(word).collect();
    assert_eq!(codes, ["group_refused", "exceeds_balance", "group_refused"]);
    assert_eq!(said[0]["facts"], json!({"number": 2, "refused": "exceeds_balance", "event": said[1]["seq"]}));
    assert_eq!(house.post(Sender::Operator, failing).await, said, "and is refused again with the same words");
    // What was taken back was never there: its codes are free, and its stock is nowhere.
    assert_eq!(
        house.codes(Sender::Operator, house.command("A", deposit("O", "S", "1 t")).to_string()).await,
        ["accepted"]
    );
    // What opens an account is told of like anything else.
    let other = json!({"act": "register_site", "code": "S2", "name": "S2", "country": "JP", "area": "item"});
    house.accepts(house.command("A", other)).await;
    let over = |quantity: &str| json!({"act": "transfer", "lot": "L", "source": "S", "target": "S2", "quantity": quantity, "reference": "W"});
    assert_eq!(house.codes(Sender::Operator, house.command("A", over("1 t")).to_string()).await, ["accepted"]);
    let again = house.command("A", over("1 t"));
    assert_eq!(house.codes(Sender::Operator, again.to_string()).await, ["document_twice"]);
    let sent = |code: &str| {
        json!({"act": "dispatch", "dispatch": code, "source": "S", "target": "S2", "reference": "CMR",
            "lines": [{"lot": "L", "quantity": "1 t"}]})
    };
    assert_eq!(house.codes(Sender::Operator, house.command("A", sent("D1")).to_string()).await, ["accepted"]);
    assert_eq!(house.codes(Sender::Operator, house.command("A", sent("D2")).to_string()).await, ["document_twice"]);
    // A group does not wait for a second person; what waits can be let through as one.
    let large = json!({"act": "draw", "lot": "L", "site": "S", "quantity": "90 t", "maker": "Sato"});
    let waits = group(&[house.command("A", deposit("R", "S", "1 t")), house.command("A", large.clone())]);
    assert_eq!(house.codes(Sender::Operator, waits).await, ["group_refused", "group_waits"]);
    let held = house.post(Sender::Operator, house.command("A", large).to_string()).await;
    let approve = json!({"act": "approve", "held": held[0]["seq"], "maker": "Kim"});
    let through = group(&[house.command("A", approve), house.command("A", deposit("R", "S", "1 t"))]);
    assert_eq!(house.codes(Sender::Operator, through).await, ["accepted", "accepted"]);
    // Some of it came before, by itself or in another group.
    let alone = house.command("A", deposit("U", "S", "1 t"));
    assert_eq!(house.codes(Sender::Operator, alone.to_string()).await, ["accepted"]);
    let mixed = group(&[house.command("A", deposit("V", "S", "1 t")), alone]);
    assert_eq!(house.codes(Sender::Operator, mixed).await, ["group_refused", "group_differs"]);
    let (opened, _dir) = house.close().await;
    let mut places = Vec::new();
    opened
        .events(books::Seq(1), &mut |seq, event| {
            places.extend(event.together.map(|together| (seq.0, together.place, together.of)));
            true
        })
        .unwrap();
    let first = places[0].0;
    assert_eq!(
        places[..6],
        [(first, 0, 3), (first + 1, 1, 3), (first + 2, 2, 3), (first + 3, 0, 3), (first + 4, 1, 3), (first + 5, 2, 3)]
    );
    assert!(opened.books().lot_no("Q").is_none() && opened.books().lot_no("V").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_measured_or_comes_again_is_told_beside_what_stands() {
    let house = House::open().await;
    let code = async |act: Value| {
        let mut codes = house.codes(Sender::Operator, house.command("A", act).to_string()).await;
        codes.remove(0)
    };
    // An oxide of a concentrate that is 60% oxide: 6 t from 10 t. Then the concentrate is measured again.
    let assay = |part: &str| json!({"status": "provisional", "contents": {"Nd2O3": part}});
    let ore = json!({"act": "register_material", "code": "C", "name": "C", "unit": "mg", "basis": "net", "shown": "t", "form": "concentrate"});
    assert_eq!(code(ore).await, "accepted");
    let came = json!({"act": "deposit", "lot": "ORE", "site": "S", "quantity": "10 t", "material": "C", "assay": assay("60%")});
    assert_eq!(code(came).await, "accepted");
    let made = json!({"act": "transform", "kind": "conversion", "site": "S", "inputs": [{"lot": "ORE", "quantity": "10 t"}],
        "outputs": [{"lot": "OX", "material": "M", "form": "oxide", "quantity": "6 t", "assay": assay("99%")}], "loss": "4 t"});
    assert_eq!(code(made).await, "accepted");
    let measured = |part: &str, reference: &str| {
        let assay = json!({"status": "final", "contents": {"Nd2O3": part}});
        json!({"act": "assay", "lot": "ORE", "assay": assay, "reference": reference})
    };
    assert_eq!(code(measured("61%", "X-1")).await, "accepted", "it may hold more");
    let said = house.post(Sender::Operator, house.command("A", measured("40%", "X-2")).to_string()).await;
    assert_eq!(said[0]["code"], "feed_below_yield", "{said:?}");
    assert_eq!(said[0]["facts"]["lot"], "ORE");
    // The certificate of a laboratory, twice.
    assert_eq!(code(measured("61%", "X-1")).await, "document_twice");
    // All of a dispatch arrived. What comes once more came from nowhere: the first time that is said, the second it is twice.
    let sent = json!({"act": "dispatch", "dispatch": "D", "source": "S", "target": "T", "lines": [{"lot": "L", "quantity": "4 t"}]});
    assert_eq!(code(sent).await, "accepted");
    let came = |shipped: Option<&str>| {
        let line = json!({"lot": "L", "received": "4 t", "shipped": shipped});
        json!({"act": "arrive", "dispatch": "D", "lines": [line], "last": true})
    };
    assert_eq!(code(came(None)).await, "accepted");
    assert_eq!(code(came(Some("0 t"))).await, "accepted");
    assert_eq!(code(came(Some("0 t"))).await, "document_twice");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_of_two_parties_needs_the_consent_of_both() {
    let house = House::open().await;
    assert_eq!(
        house.codes(Sender::Operator, house.command("B", deposit("K", "T", "9 t")).to_string()).await,
        ["accepted"]
    );
    let list =
        json!([house.command("A", title("L", "S", "B", "3 t")), house.command("B", title("K", "T", "A", "3 t"))])
            .to_string();
    let line = |list: &str, consents: &[Value]| format!(r#"{{"group":{list},"consents":{}}}"#, json!(consents));
    let party = |code: &str| Sender::Party(code.into(), Hand::default());
    assert_eq!(house.codes(party("A"), line(&list, &[])).await, ["group_refused", "no_consent"]);
    // A consent is over the whole list: another list, another ledger or another time is none.
    let other = house.consent(1, &list.replace("\"3 t\"", "\"4 t\""));
    let mut late = house.consent(1, &list);
    late["expires"] = json!("2020-01-01T00:00:00Z");
    // By the sender's own key it is one, and is not the other's.
    assert_eq!(house.codes(party("A"), line(&list, &[house.consent(0, &list)])).await, ["group_refused", "no_consent"]);
    for consent in [other, late] {
        assert_eq!(house.codes(party("A"), line(&list, &[consent])).await, ["bad_consent", "group_refused"]);
    }
    // Nobody may try what they may not do.
    let tried = format!(r#"{{"dry_run":[{}]}}"#, line(&list, &[]));
    assert_eq!(house.codes(party("A"), tried).await, ["group_refused", "no_consent"]);
    // What is no consent is refused where none is needed, too, whoever sends it: it would be kept with the events.
    let own = json!([house.command("A", deposit("RUBBISH", "S", "1 t"))]).to_string();
    let rubbish = json!({"key": "UAB", "expires": "soon", "signature": "?"});
    for sender in [party("A"), Sender::Operator] {
        assert_eq!(house.codes(sender, line(&own, std::slice::from_ref(&rubbish))).await, ["bad_consent"]);
    }
    let consent = house.consent(1, &list);
    assert_eq!(house.codes(party("A"), line(&list, std::slice::from_ref(&consent))).await, ["accepted", "accepted"]);
    assert_eq!(house.codes(party("A"), line(&list, std::slice::from_ref(&consent))).await, ["duplicate", "duplicate"]);
    // Whoever carries it may be a third: both consent.
    let list =
        json!([house.command("A", title("L", "S", "B", "1 t")), house.command("B", title("K", "T", "A", "1 t"))])
            .to_string();
    let both = line(&list, &[house.consent(0, &list), house.consent(1, &list)]);
    assert_eq!(house.codes(party("C"), both).await, ["accepted", "accepted"]);
    // A signed frame of one party, with the consent of the other.
    let list =
        json!([house.command("A", title("L", "S", "B", "1 t")), house.command("B", title("K", "T", "A", "1 t"))])
            .to_string();
    let (signed, expires) = (line(&list, &[house.consent(1, &list)]), in_a_minute());
    let text = chain::party_key::signed_text(chain::party_key::FRAME, ORIGIN, &expires, signed.as_bytes());
    let signature = house.keys[0].sign(&text).unwrap().into();
    let sender = Sender::Key(Signed { key: house.keys[0].public_key(), signature, expires });
    assert_eq!(house.codes(sender, signed).await, ["accepted", "accepted"]);
    let records = house.bus.last().await.unwrap();
    let record = ledger::Record::read(&house.bus.read(records - 2).await.unwrap().unwrap()).unwrap().unwrap();
    assert_eq!(record.count, 2, "the events of a group are in one record");
    let (opened, _dir) = house.close().await;
    let head = opened.books().head().0;
    let order = |leaf: u64| Order::read(opened.store(), leaf).unwrap();
    let kept = order(head - 5).expect("a consent is kept");
    assert_eq!((kept.is_consent, kept.key.as_str()), (Some(true), consent["key"].as_str().unwrap()));
    assert!(order(head - 6).is_none(), "what came with a token was not signed");
    assert_eq!(order(head - 1).map(|order| (order.first, order.count, order.is_consent)), Some((head - 2, 2, None)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_tried_leaves_nothing_and_says_what_would_become_of_it() {
    let house = House::open().await;
    let tried = [
        house.command("A", deposit("N", "S", "5 t")),
        house.command("A", json!({"act": "draw", "lot": "N", "site": "S", "quantity": "4 t"})),
        house.command("A", json!({"act": "draw", "lot": "N", "site": "S", "quantity": "4 t"})),
    ];
    let inner = json!({"group": [house.command("A", deposit("W", "S", "1 t")),
        house.command("A", json!({"act": "draw", "lot": "W", "site": "S", "quantity": "2 t"}))]});
    let after = house.command("A", json!({"act": "draw", "lot": "N", "site": "S", "quantity": "1 t"}));
    let line = json!({"dry_run": [tried[0], tried[1], tried[2], inner, after, 7, {"dry_run": []}]}).to_string();
    let said = house.post(Sender::Operator, line.clone()).await;
    let codes: Vec<String> = said.iter().map(word).collect();
    assert_eq!(
        codes,
        ["tried", "tried", "exceeds_balance", "group_refused", "exceeds_balance", "tried", "not_json", "bad_group"]
    );
    assert!(said.iter().all(|said| said.get("seq").is_none()), "{said:?}");
    assert_eq!(house.post(Sender::Operator, line).await, said, "nothing of it is there the second time");
    assert_eq!(
        house.codes(Sender::Operator, tried[1].to_string()).await,
        ["unknown_lot"],
        "and a lot that was tried is none"
    );
    // One that cannot be read takes its group with it, and is told in its place.
    let broken = json!({"group": [house.command("A", deposit("X", "S", "1 t")), {"id": "no"}]}).to_string();
    assert_eq!(house.codes(Sender::Operator, broken).await, ["group_refused", "bad_field"]);
    let nested = "{\"dry_run\":[".repeat(40_000) + &"]}".repeat(40_000);
    assert_eq!(house.codes(Sender::Operator, nested).await, ["bad_group"]);
    let (opened, _dir) = house.close().await;
    assert!(opened.books().lot_no("N").is_none());
}
