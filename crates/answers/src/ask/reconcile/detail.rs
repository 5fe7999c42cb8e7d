//! One break: both sides as they were told, and everything that was done about it.

use books::difference::{Closing, Done};
use books::report::{Piece, Way};

use super::breaks::{BreakLine, line, sees};
use super::signed;
use crate::figure::{Figure, Told, WITHHELD};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::reported::{content, events_of};
use crate::shared::day_of;
use crate::sight::Sight;
use crate::stated::{Holdings, StatedAccount};
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::Wants;
use crate::when::KnownAt;
use wire::date::show_day;
use wire::piece::{show_piece, show_told};

records! {
    /// One break, with both sides.
    BreakDetail {
        /// Which, as `B17`.
        code: String,
        /// Ages as of this day, YYYY-MM-DD; today where absent.
        as_of: Option<String>,
        /// As known at this event, or this time; as known now where absent.
        known_at: Option<KnownAt>,
    }

    /// One piece of either record.
    PieceLine {
        /// `ours` or `theirs`.
        side: String as Word(side),
        /// The piece.
        piece: String as Code,
        /// The day it took effect.
        effective: String as Day,
        /// What it says: `in 5 t net`, `holds 90 t net`.
        says: String,
        /// Where.
        site: Option<String> as Code,
        /// The lot.
        lot: Option<String> as Code,
        /// What the movement is called.
        reference: Option<String> as Code,
    }

    /// Something that was done about it.
    StepLine {
        /// The event.
        event: u64 as Event,
        /// Its day.
        day: String as Day,
        /// Who.
        by: String as Code,
        /// What.
        done: String,
        /// In words.
        note: Option<String>,
    }

    /// Both sides and the whole life of a break.
    BreakDetailAnswer {
        /// The break.
        summary: BreakLine,
        /// Both sides as they were told.
        sides: Vec<PieceLine>,
        /// What was done, in order.
        steps: Vec<StepLine>,
    }
}

impl Question for BreakDetail {
    const NAME: &'static str = "break";
    const ABOUT: &'static str = "One break: both sides as they were told, and everything that was done about it.";
    type Answer = BreakDetailAnswer;

    fn table(answer: &BreakDetailAnswer) -> Table<'_> {
        Table::of(&answer.summary, &answer.sides).followed_by("steps", Table::lines(&answer.steps))
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let books = view.books();
        let row = books.break_no(&self.code).map(|number| books.a_break(number));
        let pieces = row.into_iter().flat_map(|row| row.found.ours.iter().chain(&row.found.theirs));
        let events = pieces.flat_map(|piece| match *piece {
            Piece::Event(seq, _) => vec![seq],
            Piece::Line(report, _) | Piece::Balance(report, _) => events_of(books, report).collect(),
            Piece::Held(..) => Vec::new(),
        });
        Ok(Wants::events(events).and(then::wants(view, self.known_at.as_ref())?))
    }

    fn answer(&self, view: &dyn View) -> Result<BreakDetailAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl BreakDetail {
    fn known(&self, view: &dyn View) -> Result<BreakDetailAnswer, Problem> {
        let (books, today) = (view.books(), day_of(view, self.as_of.as_ref())?);
        let unknown = || Problem::unknown("break", &self.code).of_field("code");
        let number = books.break_no(&self.code).ok_or_else(unknown)?;
        let row = books.a_break(number);
        if !sees(&Sight::of(view), row) {
            return Err(unknown());
        }
        let mut sides = Vec::new();
        for (side, pieces) in [("ours", &row.found.ours), ("theirs", &row.found.theirs)] {
            for piece in pieces {
                sides.push(show(view, side, *piece, row.found.material)?);
            }
        }
        let steps = row.steps.iter().map(|step| StepLine {
            event: step.seq.0,
            day: show_day(step.day),
            by: step.by.clone(),
            done: match &step.done {
                Done::Assigned(owner) => format!("assigned to {owner}"),
                Done::Explained(reason) => format!("explained: {reason}"),
                Done::Agreed(party) => format!("agreed to by {}", books.party_code(*party)),
                Done::Closed(Closing::Report(piece)) => format!("resolved: {} arrived", show_piece(books, *piece)),
                Done::Closed(Closing::Correction(piece)) => {
                    format!("resolved: {} corrects it", show_piece(books, *piece))
                }
                Done::Closed(Closing::Tolerance(_)) => "resolved: within what is allowed".to_owned(),
                Done::Closed(Closing::Agreed) => "resolved: both parties agreed to the difference".to_owned(),
                Done::Closed(Closing::WriteOff(authority)) => {
                    format!("written off by authority {}", books.authority(*authority).code)
                }
            },
            note: step.note.clone(),
        });
        Ok(BreakDetailAnswer { summary: line(books, row, today), sides, steps: steps.collect() })
    }
}

fn show(view: &dyn View, side: &str, piece: Piece, material: books::MaterialNo) -> Result<PieceLine, Problem> {
    let books = view.books();
    let mut line = PieceLine { side: side.into(), piece: show_piece(books, piece), ..PieceLine::default() };
    let unit = crate::shared::unit(books, material);
    match piece {
        Piece::Event(seq, leg) => {
            let Some(event) = view.event(seq)? else { return Ok(line) };
            let Some(entry) = event.entries.get(leg as usize / 2) else { return Ok(line) };
            let gains = leg % 2 == 1;
            let account = if gains { entry.target } else { entry.source };
            let key = books.account(account).key;
            line.effective = show_day(entry.day.unwrap_or(event.effective));
            if !Sight::of(view).sees_account(books.account(account)) {
                line.says = WITHHELD.to_owned();
                return Ok(line);
            }
            let way = if gains { "in" } else { "out" };
            line.says = format!("{way} {} {unit}", signed(books, material, entry.quantity.units()));
            line.site = Some(books.place_code(key.place).to_owned());
            line.lot = Some(books.lot(key.lot).facts.code.clone());
            line.reference = event.effect(books).as_deref().and_then(|act| act.reference(books)).map(str::to_owned);
        }
        Piece::Line(report, number) => {
            let content = content(view, report)?;
            let Some(told) = content.lines.get(number as usize - 1) else { return Ok(line) };
            line.effective = show_day(told.effective);
            let way = if told.way == Way::In { "in" } else { "out" };
            line.says = format!("{way} {}", show_told(&told.quantity));
            line.site = told.site.map(|site| books.place_code(site).to_owned());
            line.lot.clone_from(&told.lot);
            line.reference.clone_from(&told.reference);
        }
        Piece::Balance(report, number) => {
            let content = content(view, report)?;
            let Some(told) = content.balances.get(number as usize - 1) else { return Ok(line) };
            line.effective = show_day(books.report(report).last);
            line.says = format!("holds {}", show_told(&told.closing));
            line.site = told.site.map(|site| books.place_code(site).to_owned());
            line.lot.clone_from(&told.lot);
        }
        Piece::Held(day, site, material) => {
            let party = books.breaks().iter().find(|row| row.found.ours.contains(&piece)).map(|row| row.party);
            let account = StatedAccount { material, site: Some(site), lot: None };
            let nothing = Ok(Told::Whole(0));
            let held = party.map_or(nothing, |party| Holdings::of(books, party).held_seen(view, &account, day))?;
            line.effective = show_day(day);
            let held = held.figure(|units| signed(books, material, units));
            line.says = if held == Figure::Withheld {
                WITHHELD.to_owned()
            } else {
                format!("holds {held} {unit} (as known now)")
            };
            line.site = Some(books.place_code(site).to_owned());
        }
    }
    Ok(line)
}
