//! The board's page of a reserve and a quarter: pool against entitlements, the key and why it changed, calls and who kept them,
//! cash, dependence against its path, breaks by age; each line with the event that proves it.
//!
//! It is made of what other questions answer, so each asker sees what they would tell it. Levels may be told as days of need
//! alone, or as bands of days: then no quantity stands on the page.

use books::base::BaseKind;
use books::place::Place;
use books::{AccountNo, Books, Day, Mark, MaterialNo, ReserveNo, TallyKey, TallyKind};
use wire::acts::words::{KeyKind as KeyWord, MemberStatus};
use wire::date::show_day;

use super::board::CallBoard;
use super::calls::{CallLine, Calls};
use super::cash::{Cash, CashLine};
use super::debts::Debts;
use super::members::{MemberLine, Members};
use crate::ask::reconcile::Breaks;
use crate::ask::risk::{ShareLimitLine, ShareLimits};
use crate::claims::Claims;
use crate::figure::Figure;
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::shared::{Tallies, days_of, material_code, materials_of, number, one_of, reserve, unit};
use crate::sight::Sight;
use crate::table::{Record, Table};
use crate::view::View;
use crate::wants::Wants;
use crate::when::{At, KnownAt};
use crate::why::Why;

/// Ages of breaks, in days.
const AGES: [&str; 5] = ["0-1", "2-7", "8-30", "31-90", ">90"];
/// Bands of days of need: each begins here and ends where the next begins.
const BANDS: [i64; 9] = [0, 30, 60, 90, 180, 365, 730, 3_650, 36_500];

records! {
    /// A reserve and a quarter on one page.
    Brief {
        /// Which reserve.
        reserve: String,
        /// The quarter, such as `2026Q1`.
        quarter: String,
        /// How levels are told: `quantities` where absent; `days` of need alone; `bands` of days.
        levels: Option<String>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// What lies in the pool of one material, against what may be claimed of it, at the end of the quarter.
    BriefPool {
        /// The material.
        material: String as Code,
        /// What lay there when the quarter began.
        opening: Figure as Quantity,
        /// What lies there.
        physical: Figure as Quantity,
        /// What members must put back.
        receivable: Figure as Quantity,
        /// What members may claim.
        entitled: Figure as Quantity,
        /// Physical and receivable less entitled.
        unshared: Figure as Quantity,
        /// Do the two records agree, once what is unshared is counted?
        agrees: bool,
        /// What the asker may claim of it, where it is a member.
        own_entitled: Option<Figure> as Quantity,
        /// Days of the material's need, or of what all members use, that what lies there lasts; a band of them where bands are
        /// asked for.
        cover: Option<Figure> as Days,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// The last event that changed what may be claimed of it, or left it unshared.
        proof: Option<u64> as Event,
    }

    /// A key in force at the end of the quarter, or that began in it.
    BriefKey {
        /// The material that it is for; that of all others where there is none.
        material: Option<String> as Code,
        /// How weights are found.
        key: String as Word(key),
        /// Since when.
        key_since: String as Day,
        /// Is it in force at the end of the quarter?
        in_force: bool,
        /// Whose joining or leaving changed it; none where it was set.
        member: Option<String> as Code,
        /// How that member stood from then on.
        status: Option<String> as Word(member),
        /// The event that set it.
        proof: u64 as Event,
    }

    /// A call that was open in the quarter.
    BriefCall {
        /// The call.
        call: String as Code,
        /// The material.
        material: String as Code,
        /// The day it was made.
        day: String as Day,
        /// Day by which it should be delivered.
        due: Option<String> as Day,
        /// Asked of all members.
        asked: Figure as Quantity,
        /// Delivered.
        delivered: Figure as Quantity,
        /// Delivered and relieved, of what was asked, in per cent.
        done: Figure as Percent,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// `open`, `cancelled` or `terminated`.
        state: String as Word(call),
        /// The event that made it.
        proof: u64 as Event,
    }

    /// A part or a debt that was late, waived or in default: it stays on the record.
    BriefCompliance {
        /// The member.
        member: String as Code,
        /// The call or the debt.
        code: String as Code,
        /// The material.
        material: String as Code,
        /// What was asked or owed.
        asked: Figure as Quantity,
        /// What of it is still to come.
        outstanding: Figure as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// Day by which it should have come.
        due: Option<String> as Day,
        /// Days it is late, or came late.
        late_days: i32 as Days,
        /// How it stands.
        status: String as Word(part),
        /// The event that asked for it.
        proof: Option<u64> as Event,
    }

    /// Money of the quarter, for one purpose.
    BriefCash {
        /// What for.
        purpose: String as Word(money),
        /// What came in.
        came_in: Option<String>,
        /// What went out.
        went_out: Option<String>,
        /// How many events.
        count: u64,
        /// The last of them.
        proof: u64 as Event,
    }

    /// Breaks of members and of the pool that were not closed, by age.
    BriefBreaks {
        /// Days since the movement took effect.
        age: String,
        /// How many.
        count: u64,
        /// The oldest of them.
        code: Option<String> as Code,
    }

    /// A reserve and a quarter.
    BriefAnswer {
        /// The reserve.
        reserve: String as Code,
        /// Its name.
        name: String,
        /// The first day of the quarter.
        first: String as Day,
        /// The last day of it.
        last: String as Day,
        /// As known after this event: `granary audit prove EVENT` proves each event that is named.
        known_at: u64 as Event,
        /// How levels are told.
        levels: String as Word(levels),
        /// The money that was there when the quarter began.
        opening_cash: String,
        /// The money that was there when it ended.
        closing_cash: String,
        /// Movements of money of other members, which the asker may not see.
        withheld: Option<u64>,
        /// The pool, by material.
        pool: Vec<BriefPool>,
        /// Keys, and why they changed.
        keys: Vec<BriefKey>,
        /// Who takes part, with what share, and how each stands in cash.
        members: Vec<MemberLine>,
        /// Calls.
        calls: Vec<BriefCall>,
        /// Who was late, let off or in default.
        compliance: Vec<BriefCompliance>,
        /// Money of the quarter, by purpose.
        cash: Vec<BriefCash>,
        /// Dependence against limits and their paths.
        dependence: Vec<ShareLimitLine>,
        /// Breaks by age.
        breaks: Vec<BriefBreaks>,
    }
}

impl BriefAnswer {
    /// What stands beside the lists, as one upright table.
    #[must_use]
    pub fn head(&self) -> Table<'_> {
        Table::row(self)
    }

    /// Every list, in the order in which it is read.
    #[must_use]
    pub fn lists(&self) -> Vec<(&'static str, Table<'_>)> {
        fn of<L: Record>(lines: &[L]) -> Table<'_> {
            Table::lines(lines)
        }
        let Self { pool, keys, members, calls, compliance, cash, dependence, breaks, .. } = self;
        vec![
            ("pool", of(pool)),
            ("keys", of(keys)),
            ("members", of(members)),
            ("calls", of(calls)),
            ("compliance", of(compliance)),
            ("cash", of(cash)),
            ("dependence", of(dependence)),
            ("breaks", of(breaks)),
        ]
    }
}

impl Question for Brief {
    const NAME: &'static str = "brief";
    const ABOUT: &'static str =
        "A shared reserve and a quarter on one page: pool, key, calls, cash, dependence, breaks.";
    type Answer = BriefAnswer;

    fn table(answer: &BriefAnswer) -> Table<'_> {
        let table = Table::of(answer, &answer.pool);
        answer.lists().into_iter().skip(1).fold(table, |table, (name, list)| table.followed_by(name, list))
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let quarter = Quarter::read(&self.quarter)?;
        let last = Some(show_day(quarter.last));
        let at = At::read(view, last.as_ref(), self.known_at.as_ref())?;
        let cash = self.cash(last.clone()).wants(view)?;
        Ok(cash.and(Claims::wants(view, at)?).and(self.breaks(last).wants(view)?))
    }

    fn answer(&self, view: &dyn View) -> Result<BriefAnswer, Problem> {
        one_of("levels", self.levels.as_ref(), &["quantities", "days", "bands"])?;
        let quarter = Quarter::read(&self.quarter)?;
        let of = reserve(view, &self.reserve)?;
        let last = Some(show_day(quarter.last));
        let at = At::read(view, last.as_ref(), self.known_at.as_ref())?;
        let told = Page { view, of, at, quarter, levels: Levels::of(self.levels.as_deref()) };
        let tallies = Tallies::read(view, at.day, Some(at.known_at))?;
        let materials = materials_of(view.books(), &tallies, of);
        let cash = self.cash(last.clone()).answer(view)?;
        let before = Tallies::read(view, Day(quarter.first.0 - 1), Some(at.known_at))?;
        let books = view.books();
        let facts = books.reserve(of);
        let opening: i64 = books.cash_of(of).map(|key| before.value(key)).sum();
        Ok(BriefAnswer {
            reserve: facts.code.clone(),
            name: facts.name.clone(),
            first: show_day(quarter.first),
            last: show_day(quarter.last),
            known_at: at.known_at.0,
            levels: told.levels.word().into(),
            opening_cash: wire::acts::show_money(opening, &facts.currency),
            closing_cash: cash.balance,
            withheld: cash.withheld,
            pool: told.pool(&tallies, &materials)?,
            keys: told.keys(&materials),
            members: self.members(view, &materials, last.clone())?,
            calls: told.calls(self.calls(last.clone()).answer(view)?.calls),
            compliance: self.compliance(&told, last.clone())?,
            cash: told.cash(&cash.lines),
            dependence: self.dependence(&told, &materials, last.clone())?,
            breaks: self.ages(&told, last)?,
        })
    }
}

/// A quarter of a year.
#[derive(Clone, Copy)]
struct Quarter {
    first: Day,
    last: Day,
}

impl Quarter {
    fn read(text: &str) -> Result<Self, Problem> {
        let wrong = || {
            let (field, names) = ("quarter".to_owned(), "2026Q1, 2026Q2, 2026Q3, 2026Q4".to_owned());
            Problem::bad_field("quarter", Why::NoWord { field, text: text.chars().take(64).collect(), names })
        };
        let (year, quarter) = text.split_once(['Q', 'q']).ok_or_else(wrong)?;
        let year: u32 =
            year.trim_end_matches('-').parse().ok().filter(|year| (1970..9999).contains(year)).ok_or_else(wrong)?;
        let quarter: u32 = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter)).ok_or_else(wrong)?;
        let day =
            |year: u32, month: u32| wire::date::parse_day(&format!("{year:04}-{month:02}-01")).map_err(|_| wrong());
        let first = day(year, quarter * 3 - 2)?;
        let next = if quarter == 4 { day(year + 1, 1)? } else { day(year, quarter * 3 + 1)? };
        Ok(Self { first, last: Day(next.0 - 1) })
    }

    fn has(self, day: Day) -> bool {
        self.first <= day && day <= self.last
    }
}

/// How levels are told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Levels {
    Quantities,
    Days,
    Bands,
}

impl Levels {
    fn of(word: Option<&str>) -> Self {
        match word {
            Some("days") => Self::Days,
            Some("bands") => Self::Bands,
            Some(_) | None => Self::Quantities,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Quantities => "quantities",
            Self::Days => "days",
            Self::Bands => "bands",
        }
    }

    /// A quantity, where quantities are told.
    fn quantity(self, text: String) -> Figure {
        if self == Self::Quantities { Figure::Number(text) } else { Figure::Withheld }
    }

    /// Days, or the band in which they lie.
    fn cover(self, days: String) -> Figure {
        let whole = days.split('.').next().and_then(|whole| whole.parse::<i64>().ok()).unwrap_or(0);
        let band =
            BANDS.windows(2).find(|band| whole < band[1]).map_or((BANDS[7], BANDS[8]), |band| (band[0], band[1]));
        match self {
            Self::Quantities | Self::Days => Figure::Number(days),
            Self::Bands => Figure::between(band.0.to_string(), band.1.to_string()),
        }
    }
}

/// What every part of the page is made of.
struct Page<'v> {
    view: &'v dyn View,
    of: ReserveNo,
    at: At,
    quarter: Quarter,
    levels: Levels,
}

impl Page<'_> {
    fn books(&self) -> &Books {
        self.view.books()
    }

    /// What lies in the pool, by material: when the quarter began, and when it ended.
    fn physical(&self, material: MaterialNo) -> Result<[i128; 2], Problem> {
        let books = self.books();
        let pool = books.reserve(self.of).pool;
        let before = At { day: Day(self.quarter.first.0 - 1), ..self.at };
        let mut sums = [0, 0];
        for (number, account) in (0u32..).map(AccountNo).zip(books.accounts()) {
            let is_own = account.key.owner == pool
                && books.lot(account.key.lot).facts.material == material
                && Place::is_real(books.place(account.key.place));
            if is_own {
                sums[0] += i128::from(before.sums(self.view, number)?.on_hand);
                sums[1] += i128::from(self.at.sums(self.view, number)?.on_hand);
            }
        }
        Ok(sums)
    }

    fn pool(&self, tallies: &Tallies<'_>, materials: &[MaterialNo]) -> Result<Vec<BriefPool>, Problem> {
        let books = self.books();
        let facts = self.at.facts(books);
        let me = Sight::of(self.view).party().filter(|party| books.reserve(self.of).ever_members().contains(party));
        let mut lines = Vec::new();
        for &material in materials {
            let [opening, physical] = self.physical(material)?;
            let debts = (0u32..).zip(books.debts()).filter(|(_, debt)| debt.reserve == self.of && debt.to_pool);
            let owed: i128 = debts.map(|(row, _)| tallies.sum(TallyKind::Debt, row, material)).sum();
            let entitled = tallies.sum(TallyKind::Entitlement, self.of.0, material);
            let unshared = tallies.sum(TallyKind::Unshared, self.of.0, material);
            let show = |units: i128| self.levels.quantity(number(books, material, units));
            let own = me.map(|me| tallies.at(TallyKind::Entitlement, self.of.0, me, material));
            let a_day = facts.material(material).requirement_per_day.map(|need| i128::from(need.units()) * 365);
            let need = a_day.or_else(|| self.consumption(material));
            lines.push(BriefPool {
                material: material_code(books, material),
                opening: show(opening),
                physical: show(physical),
                receivable: show(owed),
                entitled: show(entitled),
                unshared: show(unshared),
                agrees: physical + owed == entitled + unshared,
                own_entitled: own.map(|units| show(units.into())),
                cover: need.and_then(|need| days_of(physical, need)).map(|days| self.levels.cover(days)),
                unit: unit(books, material),
                proof: self.last_change(material)?,
            });
        }
        Ok(lines)
    }

    /// What all members together use of a material in a year, by the newest year of which each said it: of two members at
    /// least, for a sum of one would show it.
    fn consumption(&self, material: MaterialNo) -> Option<i128> {
        let (books, facts) = (self.books(), self.at.facts(self.books()));
        let year = show_day(self.quarter.last)[..4].parse::<u16>().ok()?;
        let of = |party| {
            (0..5).find_map(|back| facts.figure(party, material, BaseKind::Consumption, year.checked_sub(back)?))
        };
        let used: Vec<i64> = books.reserve(self.of).ever_members().into_iter().filter_map(of).collect();
        (used.len() > 1).then(|| used.iter().map(|used| i128::from(*used)).sum())
    }

    /// The last event, of those known, that changed what may be claimed of a material.
    fn last_change(&self, material: MaterialNo) -> Result<Option<u64>, Problem> {
        let books = self.books();
        let mut last = None;
        for kind in [TallyKind::Entitlement, TallyKind::Unshared] {
            let own = books.tallies_of(kind, self.of.0).filter(|tally| tally.key.material == Some(material));
            for key in own.map(|tally| tally.key).collect::<Vec<TallyKey>>() {
                let Some(number) = books.tally_no(key) else { continue };
                let marked = self.view.marked(Mark::Tally(number))?;
                last = last.max(marked.into_iter().filter(|seq| *seq <= self.at.known_at).max());
            }
        }
        Ok(last.map(|seq| seq.0))
    }

    fn keys(&self, materials: &[MaterialNo]) -> Vec<BriefKey> {
        let books = self.books();
        let facts = books.reserve(self.of);
        let of: Vec<Option<MaterialNo>> = std::iter::once(None).chain(materials.iter().copied().map(Some)).collect();
        let in_force: Vec<_> = of.iter().filter_map(|of| facts.key_at(self.at.day, self.at.known_at, *of)).collect();
        let is_in_force = |seq| in_force.iter().any(|key| key.seq == seq);
        let known = facts.keys.iter().filter(|key| key.seq <= self.at.known_at && key.first <= self.at.day);
        let line = |key: &books::reserve::Key| {
            let because = facts.members.iter().find(|row| row.seq == key.seq);
            BriefKey {
                material: key.material.map(|material| material_code(books, material)),
                key: KeyWord::from(key.kind).word(),
                key_since: show_day(key.first),
                in_force: is_in_force(key.seq),
                member: because.map(|row| books.party_code(row.member).to_owned()),
                status: because.map(|row| MemberStatus::from(row.status).word()),
                proof: key.seq.0,
            }
        };
        known.filter(|key| is_in_force(key.seq) || self.quarter.has(key.first)).map(line).collect()
    }

    fn calls(&self, calls: Vec<CallLine>) -> Vec<BriefCall> {
        let books = self.books();
        let line = |line: CallLine| {
            let rows = books.rows_of(books::Kind::Call, &line.call);
            let row = rows.iter().copied().find(|row| books.calls()[*row as usize].reserve == self.of)?;
            let call = &books.calls()[row as usize];
            let was_open = call.ended.as_ref().is_none_or(|ended| ended.day >= self.quarter.first);
            let hides = self.levels != Levels::Quantities;
            was_open.then(|| BriefCall {
                call: line.call,
                material: line.material,
                day: line.day,
                due: line.due,
                asked: self.levels.quantity(line.asked),
                delivered: if hides { Figure::Withheld } else { line.delivered },
                done: line.done,
                unit: line.unit,
                state: line.state,
                proof: call.seq.0,
            })
        };
        calls.into_iter().filter_map(line).collect()
    }

    fn cash(&self, lines: &[CashLine]) -> Vec<BriefCash> {
        let currency = &self.books().reserve(self.of).currency;
        let decimals = measure::Currency::parse(currency).map_or(2, measure::Currency::decimals);
        let minor = |text: Option<&String>| {
            let number = text.and_then(|text| text.split(' ').next()).unwrap_or_default();
            measure::parse_decimal(number, decimals).map_or(0, |amount| amount.units())
        };
        let (first, last) = (show_day(self.quarter.first), show_day(self.quarter.last));
        let mut sums: Vec<(&str, i64, i64, u64, u64)> = Vec::new();
        for line in lines.iter().filter(|line| (&first..=&last).contains(&&line.day)) {
            let place = sums.iter().position(|sum| sum.0 == line.purpose).unwrap_or_else(|| {
                sums.push((&line.purpose, 0, 0, 0, 0));
                sums.len() - 1
            });
            let (_, came, went, count, event) = &mut sums[place];
            *came += minor(line.came_in.as_ref());
            *went += minor(line.went_out.as_ref());
            (*count, *event) = (*count + 1, line.event.max(*event));
        }
        let money = |minor: i64| (minor != 0).then(|| wire::acts::show_money(minor, currency));
        let line = |(purpose, came, went, count, proof): (&str, i64, i64, u64, u64)| BriefCash {
            purpose: purpose.to_owned(),
            came_in: money(came),
            went_out: money(went),
            count,
            proof,
        };
        sums.into_iter().map(line).collect()
    }
}

impl Brief {
    fn cash(&self, as_of: Option<String>) -> Cash {
        Cash { reserve: self.reserve.clone(), as_of, known_at: self.known_at.clone() }
    }

    fn breaks(&self, as_of: Option<String>) -> Breaks {
        Breaks { as_of, known_at: self.known_at.clone(), ..Breaks::default() }
    }

    fn calls(&self, as_of: Option<String>) -> Calls {
        Calls { reserve: Some(self.reserve.clone()), as_of, known_at: self.known_at.clone() }
    }

    fn members(
        &self,
        view: &dyn View,
        materials: &[MaterialNo],
        as_of: Option<String>,
    ) -> Result<Vec<MemberLine>, Problem> {
        let material = materials.first().map(|material| material_code(view.books(), *material));
        let known_at = self.known_at.clone();
        let members = Members { reserve: self.reserve.clone(), material, as_of, known_at };
        Ok(members.answer(view)?.members)
    }

    /// Late, let off or in default: parts of calls, and debts.
    fn compliance(&self, page: &Page<'_>, as_of: Option<String>) -> Result<Vec<BriefCompliance>, Problem> {
        let (view, books) = (page.view, page.books());
        let hide = |text: String| page.levels.quantity(text);
        let mut found = Vec::new();
        let own = books.calls().iter().filter(|call| call.reserve == page.of);
        for call in own.filter(|call| call.effective <= page.at.day && call.seq <= page.at.known_at) {
            let board = CallBoard { call: call.code.clone(), as_of: as_of.clone(), known_at: self.known_at.clone() };
            for part in board.answer(view)?.parts {
                if part.late_days == 0 && !matches!(&*part.status, "late" | "defaulted" | "waived") {
                    continue;
                }
                found.push(BriefCompliance {
                    member: part.member,
                    code: call.code.clone(),
                    material: material_code(books, call.material),
                    asked: hide(part.asked),
                    outstanding: hide(part.outstanding),
                    unit: unit(books, call.material),
                    due: call.due.map(show_day),
                    late_days: part.late_days,
                    status: part.status,
                    proof: Some(call.seq.0),
                });
            }
        }
        let (reserve, known_at) = (Some(self.reserve.clone()), self.known_at.clone());
        let debts = Debts { reserve, as_of, known_at, paid: Some(true), ..Debts::default() };
        for debt in debts.answer(view)?.debts.into_iter().filter(|debt| debt.late_days > 0) {
            found.push(BriefCompliance {
                member: debt.member,
                code: debt.debt,
                material: debt.material,
                asked: hide(debt.quantity),
                outstanding: hide(debt.owed),
                unit: debt.unit,
                due: Some(debt.due),
                late_days: debt.late_days,
                status: if debt.settled_on.is_some() { "fulfilled".into() } else { "late".into() },
                proof: None,
            });
        }
        Ok(found)
    }

    fn dependence(
        &self,
        page: &Page<'_>,
        materials: &[MaterialNo],
        as_of: Option<String>,
    ) -> Result<Vec<ShareLimitLine>, Problem> {
        let limits = ShareLimits { as_of, known_at: self.known_at.clone(), ..ShareLimits::default() };
        let mut lines = limits.answer(page.view)?.lines;
        let own: Vec<String> = materials.iter().map(|material| material_code(page.books(), *material)).collect();
        lines.retain(|line| line.material.as_ref().is_none_or(|material| own.contains(material)));
        Ok(lines)
    }

    fn ages(&self, page: &Page<'_>, as_of: Option<String>) -> Result<Vec<BriefBreaks>, Problem> {
        let books = page.books();
        let facts = books.reserve(page.of);
        let own: Vec<&str> =
            facts.ever_members().into_iter().chain([facts.pool]).map(|party| books.party_code(party)).collect();
        let mut breaks = self.breaks(as_of).answer(page.view)?.breaks;
        breaks.retain(|line| own.contains(&&*line.party) || own.contains(&&*line.against));
        breaks.sort_by(|a, b| (&a.effective, &a.code).cmp(&(&b.effective, &b.code)));
        let line = |age: &&str| {
            let mut of_age = breaks.iter().filter(|line| line.age == **age);
            let code = of_age.next().map(|line| line.code.clone());
            let count = u64::from(code.is_some()) + of_age.count() as u64;
            BriefBreaks { age: (*age).to_owned(), count, code }
        };
        Ok(AGES.iter().map(line).collect())
    }
}
