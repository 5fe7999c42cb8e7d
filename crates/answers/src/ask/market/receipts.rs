//! What came in over a window: from where, of which source, at what price, and what lay below a floor.

use std::collections::BTreeMap;

use books::lot::NewLot;
use books::price::Floors;
use books::standing::{Standing, Stood};
use books::{AccountKey, AccountNo, Act, Books, Day, Event, Facts, Moment, PartyNo, PlaceNo, Seq};
use measure::Quantity;
use wire::acts::words::{Form, SourceKind};
use wire::value::show_price;

use crate::contained::restate;
use crate::left_out::LeftOut;
use crate::page::{Behind, LINE_COUNT_MAX, digest};
use crate::problem::{Problem, check_limit};
use crate::question::Question;
use crate::record::records;
use crate::shared::{material_code, material_if, number, party_if, percent, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::view::View;
use crate::wants::{Scan, Wants};
use crate::when::{self, At, KnownAt};
use crate::why::Why;

records! {
    /// What came in over a window.
    Receipts {
        /// From this day on, YYYY-MM-DD.
        from: Option<String>,
        /// Through this day, YYYY-MM-DD.
        through: Option<String>,
        /// Of this material.
        material: Option<String>,
        /// Into the stock of this party.
        party: Option<String>,
        /// From this source: primary, recycled, seabed, domestic, ...
        source: Option<String>,
        /// Below a price floor, or not compared with one, only.
        below_floor: Option<bool>,
        /// Shares by `source`, `supplier`, `mined`, `separated`, `refined` or `manufactured`; `source` where absent.
        by: Option<String>,
        /// Shares in this basis: REO, contained:Nd, ...; in each material's own where absent.
        basis: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
        /// At most this many receipts, and at least 1; 20,000 where absent, and at most. The shares are of all.
        limit: Option<u64>,
        /// Go on behind a part of the answer: what it said as `next`. The rest of the question must be the same; the state of
        /// knowledge is that of the first part.
        page: Option<String>,
    }

    /// One receipt.
    ReceiptLine {
        /// The event.
        event: u64 as Event,
        /// Its day.
        day: String as Day,
        /// `deposit`, `receive_order` or `exercise_right`; `correct` where one of these is taken back from this day on.
        act: String as Code,
        /// The lot.
        lot: String as Code,
        /// Its material.
        material: String as Code,
        /// Its form.
        form: String as Word(form),
        /// Whose.
        owner: String as Code,
        /// How much; less than nothing where it is taken back.
        quantity: String as Quantity,
        /// Unit and basis.
        unit: String as Code,
        /// Where it comes from in the sense of policy.
        source: String as Word(source),
        /// Who supplied it.
        supplier: Option<String>,
        /// The price.
        price: Option<String>,
        /// The floor it lies below, if it does; of one that it cannot be compared with, see `not_compared`.
        floor: Option<String>,
        /// Support owed: floor less price, times the quantity.
        support_owed: Option<String>,
        /// Why a floor says nothing of it: `no_price`, `no_rate` (of its currency, on its day) or `no_assay` (of its grade).
        #[serde(skip_serializing_if = "Option::is_none", default)]
        not_compared: Option<String> as Word(not_compared),
    }

    /// One part of what came in.
    ReceiptShare {
        /// The material; all together where a common basis is asked for.
        material: String as Code,
        /// The source, supplier or country.
        label: String as Code,
        /// Its share, in per cent, cut to hundredths.
        percent: String as Percent,
        /// Sum of squared shares of this material in per cent, cut to whole numbers: 10,000 is one alone.
        hhi: u32,
    }

    /// What came in.
    ReceiptsAnswer {
        /// What the shares were asked by; where nothing was, the receipts are what was asked for.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        by: Option<String> as Code,
        /// As known after this event. Lots are described as of the last day asked for.
        known_at: u64 as Event,
        /// One line for each receipt, in the order of recording. What was taken back on its own day is left out; what is taken back
        /// from a later day on is a line of that day.
        receipts: Vec<ReceiptLine>,
        /// Shares of what is listed.
        shares: Vec<ReceiptShare>,
        /// Lots left out of the shares, because no assay states them in the basis.
        unstated: u64,
        /// Where there are more receipts: the `page` that goes on behind these.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        next: Option<String> as Code,
    }
}

impl Question for Receipts {
    const NAME: &'static str = "receipts";
    const ABOUT: &'static str =
        "What came in over a window: by source, supplier and origin, and what lay below a price floor.";
    type Answer = ReceiptsAnswer;

    fn table(answer: &ReceiptsAnswer) -> Table<'_> {
        let mut table = match answer.by {
            None => {
                let next = answer.next.clone().map(|next| ("page", next));
                Table::of(answer, &answer.receipts).page(None, next)
            }
            Some(_) => {
                let left = (answer.unstated > 0).then_some(LeftOut::Receipts { count: answer.unstated });
                Table::of(answer, &answer.shares).left_out(left)
            }
        };
        // What comes next is said behind the rows.
        table.beside.retain(|(column, _)| column.name != "next");
        table
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let (At { known_at, .. }, _) = self.part(view)?;
        let scan = Scan::fold_whole(|seen: &mut Seen, view, seq, event| seen.add(view.books(), seq, event));
        Ok(scan.through(known_at).acts(["deposit", "receive_order", "exercise_right", "correct"]).into())
    }

    fn answer(&self, view: &dyn View) -> Result<ReceiptsAnswer, Problem> {
        let books = view.books();
        let day = |field, text: &Option<String>| text.as_ref().map(|text| when::day(field, text)).transpose();
        let (from, through) = (day("from", &self.from)?, day("through", &self.through)?);
        let (at, behind) = self.part(view)?;
        let limit = self.limit.unwrap_or(LINE_COUNT_MAX).min(LINE_COUNT_MAX);
        let (mut count, mut next) = (0, None);
        let at_end = at.facts(books);
        let material = material_if(books, self.material.as_ref())?;
        let party = party_if(books, "party", self.party.as_ref())?;
        let source = self.source.as_ref().map(|word| source(word)).transpose()?;
        let basis = self.basis.as_deref().map(crate::ask::basis).transpose()?;
        let by = self.by.as_deref().unwrap_or("source");
        let sight = Sight::of(view);
        let mut receipts = Vec::new();
        let mut sums: BTreeMap<(String, String), i128> = BTreeMap::new();
        let mut unstated = 0;
        let mut seen: Vec<&Came> = view.folded::<Seen>()?.came.values().flat_map(|of_it| standing(of_it)).collect();
        seen.sort_by_key(|came| came.seq);
        for came in seen {
            let key = books.account(came.account).key;
            let facts = at_end.lot(key.lot);
            let is_wanted = from.is_none_or(|from| came.day >= from)
                && through.is_none_or(|through| came.day <= through)
                && material.is_none_or(|material| material == facts.material)
                && party.is_none_or(|party| party == key.owner)
                && source.is_none_or(|source| source == facts.source)
                && (sight.sees_party(key.owner) || sight.sees_party(came.party));
            if !is_wanted {
                continue;
            }
            let floors = Facts { day: came.day, ..at_end }.held_against_floors(facts);
            if self.below_floor == Some(true) && floors.below.is_none() && floors.unsaid.is_none() {
                continue;
            }
            let label = label(facts, by)?;
            match basis {
                None => {
                    let material = material_code(books, facts.material);
                    *sums.entry((material, label)).or_default() += i128::from(came.units);
                }
                Some(basis) => {
                    match restate(view, &books.facts_at(came.day, at.known_at), key.lot, came.units, basis)? {
                        Some(restated) => {
                            *sums.entry((format!("all, as {basis}"), label)).or_default() += restated.units;
                        }
                        None => unstated += 1,
                    }
                }
            }
            count += 1;
            if count <= behind {
                continue;
            }
            if receipts.len() as u64 == limit {
                next = next.or(Some(behind + limit));
                continue;
            }
            let receipt = line(&at_end, came, key, floors);
            receipts.push(ReceiptLine { lot: sight.lot_label(key.lot).into_owned(), ..receipt });
        }
        // What came to nothing, or less, has no share.
        sums.retain(|_, units| *units > 0);
        let (known_at, shares) = (at.known_at.0, shares(&sums));
        let since = Moment(u64::try_from(at.day.0).unwrap_or_default() * DAY_US);
        let next = next.map(|row: u64| Behind(known_at, since.0, self.digest(), vec![row.to_string()]).text());
        Ok(ReceiptsAnswer { by: self.by.clone(), known_at, receipts, shares, unstated, next })
    }
}

const DAY_US: u64 = 86_400_000_000;

impl Receipts {
    /// As of when it is asked, and how many receipts the parts before this one had.
    fn part(&self, view: &dyn View) -> Result<(At, u64), Problem> {
        check_limit(self.limit)?;
        let at = At::read(view, self.through.as_ref(), self.known_at.as_ref())?;
        let Some(page) = &self.page else { return Ok((at, 0)) };
        let behind = Behind::read(page, &self.digest(), view)?;
        Ok((At { day: behind.moment().utc_day(), known_at: Seq(behind.0) }, behind.row()?))
    }

    fn digest(&self) -> String {
        digest(&Self { page: None, limit: None, ..self.clone() })
    }
}

/// What came in, and what of it was taken back from a later day on.
#[derive(Default)]
struct Seen {
    /// By the event that said first that it came.
    came: BTreeMap<Seq, Vec<Came>>,
    /// The words of the acts by which something came in.
    words: BTreeMap<Seq, &'static str>,
    /// The entries of receipts and of their corrections, which may be corrected.
    stood: BTreeMap<Seq, Stood>,
}

/// Something came in, or, where it is less than nothing, is taken back.
struct Came {
    seq: Seq,
    party: PartyNo,
    act: &'static str,
    account: AccountNo,
    day: Day,
    units: i64,
}

impl Seen {
    fn add(&mut self, books: &Books, seq: Seq, event: &Event) {
        if !event.outcome.is_done() {
            return;
        }
        let effect = event.effect(books);
        let said = match effect.as_deref() {
            Some(Act::Correct(act)) => act.with.as_ref().map(|with| &with.act),
            own => own,
        };
        let corrected = books.reversed_event(seq).and_then(|corrected| self.stood.get(&corrected));
        let word = said.and_then(receipt_word);
        self.words.extend(word.map(|word| (seq, word)));
        let stood = event.stood(seq, books, corrected);
        for Standing { entry, origin, .. } in &stood.entries {
            let Some(word) = self.words.get(origin) else { continue };
            let (gone, came) = (books.account(entry.source).key.place, books.account(entry.target).key.place);
            let (account, units) = match (gone, came) {
                (PlaceNo::OUTSIDE, _) => (entry.target, entry.quantity.units()),
                (_, PlaceNo::OUTSIDE) => (entry.source, -entry.quantity.units()),
                _ => continue,
            };
            let (day, origin) = (entry.day.unwrap_or(event.effective), *origin);
            let act = if origin == seq { *word } else { "correct" };
            let came = Came { seq, party: event.party, act, account, day, units };
            self.came.entry(origin).or_default().push(came);
        }
        if books.is_in_a_family(seq) {
            self.stood.insert(seq, stood);
        }
    }
}

/// What stands of what is said of one receipt: what is taken back on its own day never was.
fn standing(of_it: &[Came]) -> impl Iterator<Item = &Came> {
    let stands = move |(place, came): &(usize, &Came)| {
        let of_day = |units: i64| {
            let same = move |(_, other): &(usize, &Came)| {
                (other.account, other.day, other.units) == (came.account, came.day, units)
            };
            of_it.iter().enumerate().filter(same)
        };
        let earlier = of_day(came.units).filter(|(other, _)| other < place).count();
        earlier + of_day(-came.units).count() < of_day(came.units).count()
    };
    of_it.iter().enumerate().filter(stands).map(|(_, came)| came)
}

/// The word of an act by which stock comes in.
fn receipt_word(act: &Act) -> Option<&'static str> {
    // What was there before, or comes back, is no supply.
    let is_supply = matches!(act, Act::Deposit(act) if act.opening.is_none() && act.returns.is_none())
        || matches!(act, Act::ReceiveOrder(_) | Act::ExerciseRight(_));
    is_supply.then(|| act.word())
}

fn source(word: &str) -> Result<books::lot::SourceKind, Problem> {
    let read: Result<SourceKind, _> = serde_json::from_value(serde_json::Value::String(word.to_owned()));
    read.map(Into::into).map_err(|_| Problem::bad_field("source", Why::NoSource { text: word.to_owned() }))
}

fn label(facts: &NewLot, by: &str) -> Result<String, Problem> {
    let country = |country: &Option<String>| country.clone().unwrap_or_else(|| "unknown".into());
    Ok(match by {
        "source" => SourceKind::from(facts.source).word(),
        "supplier" => country(&facts.supplier),
        _ if facts.source == books::lot::SourceKind::Recycled => "recycled".into(),
        "mined" => country(&facts.origin.mined),
        "separated" => country(&facts.origin.separated),
        "refined" => country(&facts.origin.refined),
        "manufactured" => country(&facts.origin.manufactured),
        _ => return Err(Problem::bad_field("by", Why::NoLabel { text: by.to_owned() })),
    })
}

fn line(at: &Facts<'_>, came: &Came, key: AccountKey, floors: Floors<'_>) -> ReceiptLine {
    let (books, facts) = (at.books, at.lot(key.lot));
    let Floors { below, unsaid } = floors;
    let quantity = Quantity::new(came.units.saturating_abs()).expect("an absolute value");
    let on_the_day = Facts { day: came.day, ..*at };
    let support = below.zip(facts.price.as_ref()).and_then(|(floor, price)| {
        let support = on_the_day.support(facts.material, price, floor, quantity)?;
        Some(wire::acts::show_money(support.units(), &floor.price.currency))
    });
    let sign = if came.units < 0 { "-" } else { "" };
    ReceiptLine {
        event: came.seq.0,
        day: wire::date::show_day(came.day),
        act: came.act.to_owned(),
        lot: facts.code.clone(),
        material: material_code(books, facts.material),
        form: Form::from(facts.form).word(),
        owner: books.party_code(key.owner).to_owned(),
        quantity: number(books, facts.material, came.units),
        unit: unit(books, facts.material),
        source: SourceKind::from(facts.source).word(),
        supplier: facts.supplier.clone(),
        price: facts.price.as_ref().map(show_price),
        floor: below.map(|floor| floor.code.clone()),
        support_owed: support.map(|support| format!("{sign}{support}")),
        not_compared: unsaid.map(|why| why.code().to_owned()),
    }
}

fn shares(sums: &BTreeMap<(String, String), i128>) -> Vec<ReceiptShare> {
    let mut totals: BTreeMap<&String, i128> = BTreeMap::new();
    for ((material, _), units) in sums {
        *totals.entry(material).or_default() += units;
    }
    let part = |units: i128, total: i128| if total == 0 { 0 } else { units * 10_000 / total };
    let hhi = |material: &String| {
        let own = sums.iter().filter(|((other, _), _)| other == material);
        let squares: i128 = own.map(|(_, units)| part(*units, totals[material]).pow(2)).sum();
        u32::try_from(squares / 10_000).unwrap_or(10_000)
    };
    let mut lines: Vec<(&(String, String), &i128)> = sums.iter().collect();
    lines.sort_by(|a, b| a.0.0.cmp(&b.0.0).then(b.1.cmp(a.1)));
    let share = |((material, label), units): (&(String, String), &i128)| ReceiptShare {
        material: material.clone(),
        label: label.clone(),
        percent: percent(*units, totals[material]),
        hhi: hhi(material),
    };
    lines.into_iter().map(share).collect()
}
