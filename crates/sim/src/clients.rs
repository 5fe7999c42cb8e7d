//! Clients: they send frames of commands, wait as long as people do, and send the same again until they are answered.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bus::{Frame, Queue};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::chance::Chance;
use crate::checks::Checks;
use crate::{Story, lock};

/// See the module.
pub(crate) struct Client {
    number: u32,
    chance: Chance,
    way: Arc<bus::Node>,
    checks: Arc<Mutex<Checks>>,
    story: Story,
    made: u64,
}

const SITES: [&str; 2] = ["S1", "S2"];

impl Client {
    pub(crate) fn new(number: u32, seed: u64, way: Arc<bus::Node>, checks: Arc<Mutex<Checks>>, story: Story) -> Self {
        Self { number, chance: Chance::new(seed), way, checks, story, made: 0 }
    }

    pub(crate) async fn run(mut self, frames: u32) {
        if self.number == 0 {
            let setup = self.setup();
            self.send(setup).await;
        }
        for _ in 0..frames {
            let count = 1 + self.chance.below(4);
            let commands = (0..count).map(|_| self.command()).collect();
            self.send(commands).await;
            tokio::time::sleep(Duration::from_millis(self.chance.below(600))).await;
        }
    }

    fn id(&mut self) -> Uuid {
        self.made += 1;
        Uuid::from_u128(u128::from(self.number + 2) << 64 | u128::from(self.made))
    }

    fn with(&mut self, party: &str, act: Value) -> String {
        let day = ["2026-03-09", "2026-03-08", "2026-03-01"][usize::try_from(self.chance.below(3)).unwrap_or(0)];
        let mut command = json!({ "id": self.id().to_string(), "party": party, "effective": day });
        if let (Value::Object(command), Value::Object(act)) = (&mut command, act) {
            command.extend(act);
        }
        command.to_string()
    }

    fn setup(&mut self) -> Vec<String> {
        let acts = [
            json!({"act": "register_party", "code": "A", "name": "A", "role": "agency"}),
            json!({"act": "register_party", "code": "B", "name": "B", "role": "agency"}),
            json!({"act": "register_site", "code": "S1", "name": "S1", "custodian": "A", "country": "JP", "area": "bulk"}),
            json!({"act": "register_site", "code": "S2", "name": "S2", "custodian": "B", "country": "KR", "area": "bulk"}),
            json!({"act": "register_material", "code": "M", "name": "M", "unit": "mg", "basis": "net", "form": "oxide"}),
            json!({"act": "register_party", "code": "P", "name": "Pool", "role": "agency"}),
            json!({"act": "establish_reserve", "reserve": "R", "name": "R", "pool": "P", "currency": "USD",
                "terms": {"version": "1", "tolerance_ppm": 0, "notice_days": 0, "tiers": [], "substitutes": []}}),
            json!({"act": "set_key", "reserve": "R", "kind": "shares",
                "weights": [{"member": "A", "weight": 3}, {"member": "B", "weight": 4}]}),
            json!({"act": "set_member", "reserve": "R", "member": "A", "status": "invited"}),
            json!({"act": "set_member", "party": "A", "reserve": "R", "member": "A", "status": "joined"}),
            json!({"act": "set_member", "reserve": "R", "member": "B", "status": "invited"}),
            json!({"act": "set_member", "party": "B", "reserve": "R", "member": "B", "status": "joined"}),
        ];
        // Before anything that clients do.
        let first = |command: String| {
            ["2026-03-09", "2026-03-08"].iter().fold(command, |command, day| command.replace(day, "2026-03-01"))
        };
        acts.into_iter().map(|act| first(self.with("ledger", act))).collect()
    }

    /// A command that may stand or not: several clients draw on the same stock.
    fn command(&mut self) -> String {
        let site = usize::try_from(self.chance.below(2)).unwrap_or(0);
        let party = ["A", "B"][site];
        let lot = format!("L{}", self.chance.below(3));
        let quantity = format!("{} mg", 1 + self.chance.below(100));
        let (here, there) = (SITES[site], SITES[1 - site]);
        match self.chance.below(16) {
            10 | 11 => self.with(
                "ledger",
                json!({"act": "contribute", "reserve": "R", "member": party, "lot": format!("{lot}{party}"), "site": here,
                    "quantity": quantity}),
            ),
            12 => {
                let debt = format!("X{}-{}", self.number, self.made);
                self.with(
                    "ledger",
                    json!({"act": "withdraw", "reserve": "R", "member": party, "lot": format!("{lot}{party}"), "site": here,
                        "quantity": quantity, "debt": {"code": debt, "due": "2026-12-31"}}),
                )
            }
            13 => {
                let call = format!("K{}-{}", self.number, self.made);
                self.with("ledger", json!({"act": "call", "call": call, "reserve": "R", "material": "M", "total": quantity}))
            }
            14 | 15 => {
                let call = format!("K{}-{}", self.chance.below(3), self.chance.below(self.made + 1));
                let line = json!({"lot": format!("{lot}{party}"), "site": here, "quantity": quantity});
                let act = if self.chance.once_in(2) { "commit_to_call" } else { "deliver" };
                self.with("ledger", json!({"act": act, "call": call, "member": party, "lines": [line]}))
            }
            0..=3 => self.with(
                party,
                json!({"act": "deposit", "lot": format!("{lot}{party}"), "site": here, "material": "M", "quantity": quantity}),
            ),
            4..=6 => self.with(
                party,
                json!({"act": "draw", "lot": format!("{lot}{party}"), "site": here, "quantity": quantity}),
            ),
            7 => {
                let code = format!("E{}-{}", self.number, self.made);
                self.with(
                    party,
                    json!({"act": "encumber", "encumbrance": code, "kind": "earmark", "lot": format!("{lot}{party}"),
                        "site": here, "quantity": quantity, "first": "2026-03-09"}),
                )
            }
            8 => self.with(
                party,
                json!({"act": "transfer", "lot": format!("{lot}{party}"), "source": here, "target": there, "quantity": quantity}),
            ),
            _ => "{\"not\": \"a command\"}".to_owned(),
        }
    }

    /// Sends until it is answered, now and then with a copy of itself beside it.
    async fn send(&mut self, commands: Vec<String>) {
        let text = commands.join("\n");
        lock(&self.checks).sent(&commands);
        let mut tries = 0;
        loop {
            tries += 1;
            let frame = Frame { bytes: text.clone().into(), ..Frame::default() };
            if self.chance.once_in(10) {
                let _ = self.way.put(frame.clone()).await;
            }
            let patience = Duration::from_millis(200 + self.chance.below(6_000));
            if let Ok(answer) = self.way.submit(frame, patience).await {
                let count = lock(&self.checks).answered(&answer);
                self.story.tell(format_args!("client {} has {count} answers after {tries} tries", self.number));
                return;
            }
            assert!(tries < 1_000, "a client is answered in the end");
            tokio::time::sleep(Duration::from_millis(50 + self.chance.below(1_000))).await;
        }
    }
}
