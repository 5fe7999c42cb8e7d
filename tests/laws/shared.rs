//! Commands about shared reserves, made up by dice with an eye on the books.

use books::{Books, Kind, TallyKind};
use serde_json::{Value, json};

use super::Maker;

/// What the world needs before there can be any: a pool, a second reserve, and rules that let one material stand for
/// another.
pub(super) fn setup() -> Vec<Value> {
    let terms = json!({"version": "1", "tolerance_ppm": 0, "notice_days": 0,
        "tiers": [{"name": "auto", "kind": "donation", "automatic": true}],
        "substitutes": [{"material": "N", "instead_of": "M", "factor_ppm": 1_333_333}]});
    let reserve = |code: &str, pool: &str| {
        json!({"act": "establish_reserve", "reserve": code, "name": code, "pool": pool, "currency": "USD",
            "terms": terms})
    };
    let invited = |reserve: &str, member: &str| json!({"act": "set_member", "reserve": reserve, "member": member, "status": "invited"});
    let joins = |reserve: &str, member: &str| json!({"act": "set_member", "party": member, "reserve": reserve, "member": member, "status": "joined"});
    let contribute = |member: &str, lot: &str, site: &str| json!({"act": "contribute", "reserve": "R1", "member": member, "lot": lot, "site": site, "quantity": "90 mg"});
    vec![
        json!({"act": "register_party", "code": "P1", "name": "Pool", "role": "agency"}),
        json!({"act": "register_party", "code": "P2", "name": "Pool", "role": "agency"}),
        reserve("R1", "P1"),
        reserve("R2", "P2"),
        json!({"act": "set_key", "reserve": "R1", "kind": "shares",
            "weights": [{"member": "A", "weight": 3}, {"member": "B", "weight": 4}]}),
        invited("R1", "A"),
        joins("R1", "A"),
        invited("R1", "B"),
        joins("R1", "B"),
        invited("R2", "A"),
        joins("R2", "A"),
        contribute("A", "L0", "S1"),
        contribute("B", "L1", "S2"),
        json!({"act": "open_order", "order": "O0", "material": "M", "reserve": "R1"}),
        json!({"act": "declare_demand", "order": "O0", "buyer": "A", "material": "M", "quantity": "70 mg"}),
        json!({"act": "open_order", "order": "O1", "material": "M", "buyers": ["A", "B"]}),
        json!({"act": "declare_demand", "order": "O1", "buyer": "A", "material": "M", "quantity": "70 mg"}),
        json!({"act": "declare_demand", "order": "O1", "buyer": "B", "material": "M", "quantity": "30 mg"}),
        json!({"act": "award", "order": "O1", "supplier": "Lynas", "price": "85.00 USD"}),
        json!({"act": "accept_award", "order": "O1", "buyer": "A"}),
        json!({"act": "acquire_right", "right": "Y0", "kind": "offtake", "holder": "A", "supplier": "Arafura",
            "material": "M", "quantity": "90 mg"}),
        json!({"act": "restrict", "restriction": "Q0", "origin": "CN", "licensable": true}),
        json!({"act": "call", "call": "K0", "reserve": "R1", "material": "M", "total": "70 mg"}),
        json!({"act": "commit_to_call", "call": "K0", "member": "A",
            "lines": [{"lot": "L0", "site": "S1", "quantity": "30 mg"}]}),
    ]
}

impl Maker<'_, '_> {
    /// A code of those there are, the newest by preference; now and then one that names nothing.
    fn known(&mut self, codes: impl Iterator<Item = String>) -> String {
        let mut codes: Vec<String> = codes.collect();
        if codes.is_empty() || self.dice.once_in(25) {
            return "nothing".into();
        }
        codes.reverse();
        let index = self.dice.below(codes.len().min(6));
        codes.swap_remove(index)
    }

    fn named(&mut self, kind: Kind) -> String {
        let books = self.world.books();
        let count = match kind {
            Kind::Debt => books.debts().len(),
            Kind::Call => books.calls().len(),
            Kind::Order => books.orders().len(),
            Kind::Right => books.rights().len(),
            Kind::Restriction => books.restrictions().len(),
            Kind::Licence => books.licences().len(),
            Kind::Request => books.requests().len(),
            Kind::Activation => books.activations().len(),
            Kind::Commitment => books.commitments().len(),
            _ => 0,
        };
        let codes: Vec<String> =
            (0..count).map(|row| books.named_code(kind, u32::try_from(row).expect("few")).to_owned()).collect();
        self.known(codes.into_iter())
    }

    fn maybe_named(&mut self, kind: Kind) -> Value {
        if self.dice.once_in(3) { self.named(kind).into() } else { Value::Null }
    }

    pub(super) fn member(&mut self) -> &'static str {
        self.dice.one_of(&["A", "A", "A", "B", "B", "B", "B", "Port"])
    }

    fn reserve(&mut self) -> &'static str {
        self.dice.one_of(&["R1", "R1", "R1", "R1", "R1", "R2"])
    }

    /// A small quantity of a material of the world.
    pub(super) fn some(&mut self) -> String {
        match self.dice.below(20) {
            0 => "0 mg".into(),
            1 => "9223372036854775807 mg".into(),
            2 => "1 t dry".into(),
            _ => format!("{} mg", 1 + self.dice.below(60)),
        }
    }

    fn reapportion(&mut self) -> Value {
        match self.dice.below(4) {
            0 | 1 => json!([{"material": "M", "price": format!("{}.00 USD", 1 + self.dice.below(90))}]),
            2 => Value::Null,
            _ => json!([{"material": "M", "price": "1.00 EUR"}]),
        }
    }

    /// A tally of a kind with something in it: what it is of, whose it is, and part of it.
    fn open(&mut self, kind: TallyKind) -> Option<(u32, String, String)> {
        let books = self.world.books();
        let is_open = |tally: &&books::Tally| tally.key.kind == kind && tally.days.latest().on_hand > 0;
        let open: Vec<books::TallyKey> = books.tallies().iter().rev().filter(is_open).map(|tally| tally.key).collect();
        let key = *open.get(self.dice.below(open.len().min(6)))?;
        let units = books.tally_latest(key) / i64::try_from(1 + self.dice.below(3)).expect("small");
        Some((key.of, books.party_code(key.party).to_owned(), format!("{units} mg")))
    }

    /// Stock that is bound to a call, as a line that delivers some of it.
    fn bound(&mut self) -> Option<(String, String, Value)> {
        let books = self.world.books();
        let of_call = |call: &books::call::Call| {
            let number = *call.allocations.last()?;
            let claim = books.encumbrance(number);
            let key = books.account(claim.account).key;
            let left = claim.remaining.latest().on_hand;
            (left > 0 && call.ended.is_none()).then(|| (call.code.clone(), claim.code.clone(), key, left))
        };
        let found: Vec<_> = books.calls().iter().filter_map(of_call).collect();
        let (call, under, key, left) = found.get(self.dice.below(found.len()))?.clone();
        let quantity = self.quantity(key, left);
        let line = json!({"lot": self.lot(key), "site": self.place(key), "quantity": quantity, "under": under});
        Some((call, self.party(key), json!([line])))
    }

    /// Lots of one party, as lines of a call.
    fn call_lines(&mut self) -> (String, Value) {
        let (key, there) = self.stock();
        let quantity = self.quantity(key, there);
        let line =
            json!({"lot": self.lot(key), "site": self.place(key), "quantity": quantity, "under": self.under(key)});
        (self.party(key), json!([line]))
    }

    pub(super) fn shared(&mut self) -> Value {
        match self.dice.below(5) {
            0 => self.agreement(),
            1 | 2 => self.pool(),
            3 => self.call(),
            _ => self.market(),
        }
    }

    /// Whoever is invited joins, as it was invited more often than not; and others are invited.
    fn invited_or_joining(&mut self, reserve: &str, member: &str) -> Value {
        let books = self.world.books();
        let row = books
            .reserve_no(reserve)
            .zip(books.party_no(member))
            .and_then(|(reserve, party)| books.reserve(reserve).invitation(party, books.head()).copied());
        let said = row.and_then(|row| self.world.event(row.seq)).map(|event| wire::view::command_of(&event, books));
        match said {
            Some(mut said) if !self.dice.once_in(4) => {
                said.insert("party".into(), member.into());
                said.insert("status".into(), "joined".into());
                said.retain(|field, _| !["id", "effective"].contains(&field.as_str()));
                Value::Object(said)
            }
            _ => json!({"act": "set_member", "reserve": reserve, "member": member, "status": "invited",
                "weight": self.dice.below(9), "reapportion": self.reapportion()}),
        }
    }

    fn agreement(&mut self) -> Value {
        let (reserve, member) = (self.reserve(), self.member());
        match self.dice.below(14) {
            10 | 11 => {
                json!({"act": "mandate", "mandate": self.new_code("G"), "to": self.dice.one_of(&["A", "B", "ledger"]),
                "acts": [self.dice.one_of(&["draw", "transfer", "encumber", "award"])], "material": "M",
                "site": if self.dice.once_in(2) { json!(self.site()) } else { Value::Null },
                "quantity": self.some(), "first": self.maybe_day(), "last": self.maybe_day()})
            }
            12 | 13 => {
                let given = self.world.books().mandates().iter().map(|mandate| mandate.code.clone());
                let codes: Vec<String> = given.filter(|code| code != "ALL").collect();
                json!({"act": "end_mandate", "mandate": self.known(codes.into_iter())})
            }
            0 => json!({"act": "amend_reserve", "reserve": reserve, "terms": {"version": "2",
                "tolerance_ppm": self.dice.below(1_500_000), "notice_days": self.dice.below(3)}}),
            1 => json!({"act": "set_member", "reserve": reserve, "member": member,
                "status": self.dice.one_of(&["joined", "joined", "joined", "suspended", "left"]),
                "weight": self.dice.below(9), "reapportion": self.reapportion()}),
            2 => self.invited_or_joining(reserve, member),
            3 | 4 => {
                let kind = self.dice.one_of(&["shares", "shares", "consumption", "net_imports", "pledge"]);
                let weights = match kind {
                    "shares" => json!([{"member": "A", "weight": self.dice.below(9)},
                        {"member": self.dice.one_of(&["A", "B", "B", "B"]), "weight": self.dice.below(9)}]),
                    _ => Value::Null,
                };
                json!({"act": "set_key", "reserve": reserve, "kind": kind, "first": self.maybe_day(),
                    "year": if self.dice.once_in(8) { Value::Null } else { json!(2025) }, "weights": weights,
                    "reapportion": self.reapportion()})
            }
            5 => json!({"act": "record_base", "owner": member, "material": "M", "quantity": self.some(),
                "kind": self.dice.one_of(&["consumption", "net_imports"]), "year": 2025,
                "net_export": self.dice.once_in(4)}),
            6 => json!({"act": "commit", "commitment": self.new_code("W"), "reserve": reserve, "member": member,
                "material": "M", "quantity": self.some()}),
            7 | 8 => {
                let offered = |claim: &&books::Encumbrance| claim.kind.is_counted_by_beneficiary();
                let books = self.world.books();
                let codes: Vec<String> = books.encumbrances().iter().filter(offered).map(|e| e.code.clone()).collect();
                json!({"act": "accept", "encumbrance": self.known(codes.into_iter())})
            }
            _ => match self.dice.once_in(6) {
                true => json!({"act": "wind_up", "reserve": self.dice.one_of(&["R2", "R2", "R2", "R1"]),
                    "reason": "over"}),
                false => json!({"act": "share_difference", "reserve": reserve,
                    "material": self.dice.one_of(&["M", "M", "N"]), "reason": "counted"}),
            },
        }
    }

    fn pool(&mut self) -> Value {
        let (reserve, member) = (self.reserve(), self.member());
        match self.dice.below(10) {
            0..=2 => {
                let (key, there) = self.stock();
                json!({"act": "contribute", "reserve": reserve, "member": self.party(key), "lot": self.lot(key),
                    "site": self.place(key), "quantity": self.quantity(key, there), "under": self.under(key),
                    "commitment": self.maybe_named(Kind::Commitment)})
            }
            3 => json!({"act": "transfer_entitlement", "reserve": reserve, "member": member,
                "new_member": self.member(), "material": "M", "quantity": self.some()}),
            4..=6 => {
                let (lot, site) = self.pool_stock();
                let is_final = self.dice.once_in(4);
                let debt = json!({"code": self.new_code("X"), "due": self.day()});
                let lenders = match self.dice.once_in(3) {
                    true => json!([{"member": self.member(), "quantity": self.some()}]),
                    false => Value::Null,
                };
                json!({"act": "withdraw", "reserve": "R1", "member": member, "lot": lot, "site": site,
                    "quantity": self.some(), "debt": if is_final { Value::Null } else { debt }, "lenders": lenders})
            }
            7 | 8 => {
                let debt = self.named(Kind::Debt);
                let (key, there) = self.stock();
                json!({"act": "replenish", "debt": debt, "lot": self.lot(key), "site": self.place(key),
                    "quantity": self.quantity(key, there), "under": self.under(key)})
            }
            _ if self.dice.once_in(4) => json!({"act": "book_cash", "reserve": reserve, "amount": "3.00 USD",
                "purpose": self.dice.one_of(&["storage", "interest", "sale"])}),
            _ => match self.dice.once_in(2) {
                true => json!({"act": "settle_cash", "reserve": reserve, "member": member, "amount": "5.00 USD",
                    "purpose": self.dice.one_of(&["contribution", "refund", "due"])}),
                false => json!({"act": "settle_cash", "reserve": reserve, "member": member, "amount": "5.00 USD",
                    "purpose": "replenishment", "debt": self.named(Kind::Debt), "quantity": self.some()}),
            },
        }
    }

    /// A lot that the first pool holds.
    fn pool_stock(&mut self) -> (String, String) {
        let books: &Books = self.world.books();
        let there: Vec<books::AccountKey> = books
            .accounts()
            .iter()
            .filter(|account| books.party_code(account.key.owner) == "P1" && account.days.latest().on_hand > 0)
            .map(|account| account.key)
            .collect();
        match there.is_empty() {
            true => ("L0".into(), "S1".into()),
            false => {
                let key = there[self.dice.below(there.len())];
                (self.lot(key), self.place(key))
            }
        }
    }

    fn call(&mut self) -> Value {
        match self.dice.below(12) {
            0 => json!({"act": "activate", "activation": self.new_code("V"), "reserve": self.reserve(),
                "tier": "auto", "reason": "closed"}),
            1..=3 => {
                let parts = json!([{"member": self.member(), "quantity": self.some()}]);
                let by_parts = self.dice.once_in(4);
                json!({"act": "call", "call": self.new_code("K"), "reserve": "R1", "material": "M",
                    "activation": if self.dice.once_in(5) { json!(self.named(Kind::Activation)) } else { Value::Null },
                    "total": if by_parts { Value::Null } else { json!(self.some()) },
                    "parts": if by_parts { parts } else { Value::Null },
                    "replenish_by": self.maybe_day()})
            }
            4 | 5 => {
                let (member, lines) = self.call_lines();
                let quantity = if self.dice.once_in(3) { json!(self.some()) } else { Value::Null };
                json!({"act": "commit_to_call", "call": self.named(Kind::Call), "member": member, "lines": lines,
                    "quantity": quantity})
            }
            6..=8 => {
                let call = self.named(Kind::Call);
                let (member, lines) = self.call_lines();
                let (call, member, lines) = self.bound().unwrap_or((call, member, lines));
                let receiver = if self.dice.once_in(3) { json!(self.member()) } else { Value::Null };
                json!({"act": "deliver", "call": call, "member": member, "lines": lines,
                    "receiver": receiver})
            }
            9 | 10 => json!({"act": "settle_part", "call": self.named(Kind::Call),
                "member": self.dice.one_of(&["A", "B"]), "outcome": self.dice.one_of(&["available", "relief", "waiver", "default"]), "quantity": self.some(),
                "reason": "so it is"}),
            _ => json!({"act": "end_call", "call": self.named(Kind::Call),
                "how": self.dice.one_of(&["cancelled", "terminated"])}),
        }
    }

    fn open_right(&mut self) -> (String, String, String) {
        match self.open(TallyKind::Right) {
            Some((of, holder, quantity)) => {
                (self.world.books().named_code(Kind::Right, of).to_owned(), holder, quantity)
            }
            None => ("nothing".into(), "A".into(), self.some()),
        }
    }

    fn market(&mut self) -> Value {
        let order = self.named(Kind::Order);
        match self.dice.below(26) {
            0 => match self.dice.below(3) {
                0 => json!({"act": "open_order", "order": self.new_code("O"), "material": "M",
                    "reserve": if self.dice.once_in(3) { json!("R1") } else { Value::Null },
                    "buyers": [self.member(), self.member()]}),
                _ => json!({"act": "declare_demand", "order": order, "buyer": self.member(), "material": "M",
                    "quantity": self.some()}),
            },
            1 | 2 => json!({"act": "award", "order": order, "supplier": "Lynas", "price": "85.00 USD"}),
            3..=5 => {
                let awarded = self.world.books().orders().iter().filter(|order| order.award.is_some());
                let codes: Vec<String> = awarded.map(|order| order.code.clone()).collect();
                json!({"act": "receive_order", "order": self.known(codes.into_iter()), "site": "S2",
                    "lot": {"lot": self.new_code("L"), "material": "M"}, "quantity": self.some(),
                    "paid": "12.34 USD"})
            }
            6 if self.dice.once_in(3) => json!({"act": "record_rate", "source": "bank",
                "rate": self.dice.one_of(&["1.1 USD/EUR", "0.9 EUR/USD", "0.85 t/m3"])}),
            6 => json!({"act": "set_price_floor", "floor": self.new_code("F"), "material": "N", "first": self.day(),
                "price": "100.00 USD", "policy": "flag"}),
            7 | 8 => json!({"act": "acquire_right", "right": self.new_code("Y"), "kind": "option",
                "holder": self.member(), "supplier": "Arafura", "material": "M", "quantity": self.some(),
                "last": self.maybe_day()}),
            9 => {
                let (right, holder, quantity) = self.open_right();
                json!({"act": "transfer_right", "right": right, "holder": holder, "new_holder": self.member(),
                    "quantity": quantity})
            }
            10 | 11 => {
                let (right, holder, quantity) = self.open_right();
                let dispatch = if self.dice.once_in(2) { json!(self.new_code("D")) } else { Value::Null };
                json!({"act": "exercise_right", "right": right, "holder": holder,
                    "lot": {"lot": self.new_code("L"), "material": "M"}, "site": "S2", "quantity": quantity,
                    "dispatch": dispatch})
            }
            12 => json!({"act": "restrict", "restriction": self.new_code("Q"), "origin": "CN",
                "last": self.maybe_day(), "licensable": true}),
            13 => json!({"act": "lift_restriction", "restriction": self.named(Kind::Restriction)}),
            14 => json!({"act": "license", "licence": self.new_code("Z"), "holder": self.member(), "material": "M",
                "restriction": self.named(Kind::Restriction), "quantity": self.some()}),
            15 if self.dice.once_in(2) => {
                json!({"act": "record_figure", "of": "imports", "whose": self.member(), "material": "M",
                "country": "CN", "year": if self.dice.once_in(4) { 1_492 } else { 2_025 }, "quantity": self.some(),
                "source": "customs"})
            }
            15 => json!({"act": "set_share_limit", "limit": self.new_code("H"), "of": "mined", "most": "65%",
                "last": self.maybe_day()}),
            16..=18 => json!({"act": "request_access", "request": self.new_code("G"), "reserve": self.reserve(),
                "requester": "Hitachi", "material": "M", "quantity": self.some()}),
            19..=21 => {
                let part = self.open(TallyKind::Ordered).map(|(of, buyer, quantity)| {
                    (self.world.books().named_code(Kind::Order, of).to_owned(), buyer, quantity)
                });
                let (order, buyer, quantity) = part.unwrap_or((order, "A".into(), self.some()));
                let quantity = if self.dice.once_in(3) { json!(quantity) } else { Value::Null };
                json!({"act": "accept_award", "order": order, "buyer": buyer, "quantity": quantity})
            }
            _ => json!({"act": "decide_access", "request": self.named(Kind::Request),
                "granted": self.dice.one_of(&["0 mg", "1 mg", "2 mg"]),
                "rule": "first come", "reason": "rule met"}),
        }
    }
}

/// What members committed, and what is bound for it, is never more than the stock: the accounts say so on every day, and
/// what a call counts as delivered went out under it.
pub(super) fn calls_add_up(books: &Books) {
    for (row, call) in (0u32..).zip(books.calls()) {
        for part in &call.parts {
            let of = |kind| {
                books.tally_latest(books::TallyKey { kind, of: row, party: part.member, material: Some(call.material) })
            };
            let done = [TallyKind::Delivered, TallyKind::Relieved, TallyKind::Waived, TallyKind::Defaulted];
            let done: i64 = done.map(of).iter().sum();
            assert!(done >= 0 && of(TallyKind::Asked) == part.quantity.units(), "call {}", call.code);
        }
    }
}
