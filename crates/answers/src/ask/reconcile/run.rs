//! Two records compared: every line in one group, every group with its class.

use std::collections::HashSet;

use books::difference::{Closing, Done};
use books::report::Piece;
use books::{Books, ReportNo};
use reconcile::{Class, Stage};

use super::statements::flagged;
use super::{check_sees, signed};
use crate::compare::{Compared, Scope, closings, in_accounting, movements, tells_movements};
use crate::problem::Problem;
use crate::question::Question;
use crate::record::records;
use crate::reported::reports_of;
use crate::shared::{material_if, party, party_if, unit};
use crate::sight::Sight;
use crate::table::Table;
use crate::then;
use crate::view::View;
use crate::wants::Wants;
use crate::when::{KnownAt, day};
use crate::why::Why;
use wire::date::show_day;
use wire::piece::show_piece;

records! {
    /// Two records compared.
    Reconciliation {
        /// Whose record.
        party: String,
        /// With whose record; with the books where absent.
        against: Option<String>,
        /// Only this material.
        material: Option<String>,
        /// From this day on; the first day of the party's last report where absent.
        first: Option<String>,
        /// Through this day; the last day of the party's last report where absent.
        last: Option<String>,
        /// Show what needs no explanation too.
        all: Option<bool>,
        /// Compare flagged statements too.
        include_flagged: Option<bool>,
        /// As known after this event, or at this time; now where absent.
        known_at: Option<KnownAt>,
    }

    /// How many groups are of a class.
    ClassCount {
        /// The class.
        class: String as Word(class),
        /// How many groups.
        groups: u64,
        /// Does somebody have to explain it?
        needs_explanation: bool,
    }

    /// A statement, or a report, with something wrong in it.
    Flag {
        /// The report, and the place of the balance in it.
        balance: String as Code,
        /// What is wrong.
        problem: String,
    }

    /// Lines of both sides that tell of one movement, or one balance.
    GroupLine {
        /// `movement` or `closing`.
        of: String as Word(group),
        /// What the comparison says.
        class: String as Word(class),
        /// The reason that the lines themselves show.
        reason: Option<String> as Word(reason),
        /// How the lines found each other.
        found_by: String as Word(found),
        /// The material.
        material: String as Code,
        /// The earliest day.
        effective: String as Day,
        /// Our lines.
        ours: Vec<String>,
        /// Their lines.
        theirs: Vec<String>,
        /// Sum of ours.
        our_quantity: Option<String> as Quantity,
        /// Sum of theirs.
        their_quantity: Option<String> as Quantity,
        /// Ours less theirs; absent where the two cannot be compared.
        difference: Option<String> as Quantity,
        /// Unit and basis of the numbers.
        unit: String as Code,
        /// The break that was opened about it.
        break_code: Option<String> as Code,
        /// How that one stands.
        break_status: Option<String> as Word(break),
        /// Is there something new about it, for which no break was opened yet?
        is_new: bool,
    }

    /// What was compared, and what came of it.
    ReconciliationAnswer {
        /// Whose record.
        party: String as Code,
        /// With whose record: a party, or `books`.
        against: String as Code,
        /// First day.
        first: String as Day,
        /// Last day.
        last: String as Day,
        /// As known after this event.
        known_at: u64 as Event,
        /// Do the reports of these days tell what moved? Of holdings alone only the closings are compared.
        movements_told: bool,
        /// Our lines.
        our_lines: u64,
        /// Their lines.
        their_lines: u64,
        /// Groups of each class.
        counts: Vec<ClassCount>,
        /// Statements with something wrong in them: they were left out, or not, as `flagged_are_compared` says.
        flagged: Vec<Flag>,
        /// Were they compared all the same?
        #[serde(default)]
        flagged_are_compared: bool,
        /// Reports that have not come whole.
        incomplete: Vec<String>,
        /// Reports with lines that lie outside their days: such a line is compared in the period of its own day.
        outside: Vec<Flag>,
        /// Matches by hand of which some pieces are compared here and some are not, so that they join nothing.
        half_matched: Vec<String>,
        /// The groups that need an explanation, or all.
        groups: Vec<GroupLine>,
    }
}

impl Reconciliation {
    /// What is compared.
    fn scope(&self, view: &dyn View) -> Result<Scope, Problem> {
        let books = view.books();
        let whose = party(books, "party", &self.party)?;
        let against = party_if(books, "against", self.against.as_ref())?;
        let sight = Sight::of(view);
        check_sees(&sight, books, whose)?;
        match against {
            Some(other) if other == whose => return Err(Problem::bad_field("against", Why::SameParty)),
            Some(other) => check_sees(&sight, books, other)?,
            None => {}
        }
        let known_at = KnownAt::optional(self.known_at.as_ref(), view)?;
        let is_known = |report: &&books::report::Report| {
            known_at.is_none_or(|known_at| report.events.last().is_none_or(|last| *last <= known_at))
        };
        let latest = reports_of(books, whose).map(|number| books.report(number)).filter(is_known).last();
        let nothing = || Problem::wrong_use(Why::NothingReported { party: self.party.clone() });
        let first = match (&self.first, latest) {
            (Some(text), _) => day("first", text)?,
            (None, latest) => latest.ok_or_else(nothing)?.first,
        };
        let last = match (&self.last, latest) {
            (Some(text), _) => day("last", text)?,
            (None, latest) => latest.ok_or_else(nothing)?.last,
        };
        if last < first {
            return Err(Problem::bad_field("last", Why::LastBeforeFirst));
        }
        let material = material_if(books, self.material.as_ref())?;
        let told: Vec<_> = reports_of(books, whose)
            .filter(|number| books.report(*number).first <= last && books.report(*number).last >= first)
            .collect();
        if against.is_none() && !sight.compares(whose, &told) {
            return Err(Problem::forbidden(Why::NotComparedForYou { party: self.party.clone() }));
        }
        Ok(Scope { party: whose, against, material, first, last })
    }
}

impl Question for Reconciliation {
    const NAME: &'static str = "reconciliation";
    const ABOUT: &'static str =
        "A party's reports against the books, or against another party's: every difference classed.";
    type Answer = ReconciliationAnswer;

    fn table(answer: &ReconciliationAnswer) -> Table<'_> {
        // Counts come before what has to be explained.
        let counts = answer.counts.iter().filter(|count| count.groups > 0);
        Table::of(answer, &answer.groups)
            .preceded_by("counts", Table::lines(counts))
            .preceded_by("flagged", Table::lines(&answer.flagged))
            .preceded_by("outside", Table::lines(&answer.outside))
    }

    fn wants(&self, view: &dyn View) -> Result<Wants, Problem> {
        let known = then::wants(view, self.known_at.as_ref())?;
        match self.scope(view) {
            Ok(scope) => Ok(known.and(crate::compare::wanted(view, &scope)?)),
            // What nobody knew then is told by the books of then.
            Err(_) if known.reads_log() => Ok(known),
            Err(problem) => Err(problem),
        }
    }

    fn answer(&self, view: &dyn View) -> Result<ReconciliationAnswer, Problem> {
        then::answer(view, self.known_at.as_ref(), |view| self.known(view))
    }
}

impl Reconciliation {
    fn known(&self, view: &dyn View) -> Result<ReconciliationAnswer, Problem> {
        let books = view.books();
        let scope = self.scope(view)?;
        let Scope { party: whose, against, first, last, .. } = scope;
        let flags = flagged(view, whose)?;
        let left_out: Vec<ReportNo> = match self.include_flagged {
            Some(true) => Vec::new(),
            _ => flags.iter().map(|flag| flag.report).collect(),
        };
        let mut answer = ReconciliationAnswer {
            party: self.party.clone(),
            against: against.map_or("books", |other| books.party_code(other)).to_owned(),
            first: show_day(first),
            last: show_day(last),
            known_at: books.head().0,
            flagged_are_compared: self.include_flagged == Some(true),
            movements_told: against.is_some() || tells_movements(books, &scope),
            ..ReconciliationAnswer::default()
        };
        answer.flagged = flags
            .iter()
            .map(|flag| Flag {
                balance: show_piece(books, Piece::Balance(flag.report, flag.place)),
                problem: flag.problem.clone(),
            })
            .collect();
        let own = || books.reports().iter().filter(|report| report.party == whose);
        answer.incomplete = own().filter(|report| report.is_waiting()).map(|report| report.code.clone()).collect();
        answer.outside = own().filter(|report| report.is_complete()).filter_map(outside).collect();
        let mut counts = [0u64; Class::ALL.len()];
        let compared =
            [("movement", movements(view, &scope, &left_out)?), ("closing", closings(view, &scope, &left_out)?)];
        for (of, compared) in compared {
            answer.half_matched.extend(half_matched(books, &compared));
            if of == "movement" {
                answer.our_lines = compared.ours.lines.len() as u64;
                answer.their_lines = compared.theirs.lines.len() as u64;
            }
            for group in compared.matching.groups() {
                counts[group.class as usize] += 1;
                if self.all == Some(true) || group.class.is_break() {
                    answer.groups.push(line(books, (of, against.is_some()), &compared, &group));
                }
            }
        }
        answer.groups.sort_by(|a, b| {
            let key = |line: &GroupLine| (line.material.clone(), line.effective.clone(), line.class.clone());
            key(a).cmp(&key(b)).then_with(|| (&a.ours, &a.theirs).cmp(&(&b.ours, &b.theirs)))
        });
        answer.counts = Class::ALL
            .iter()
            .map(|class| ClassCount {
                class: class.code().into(),
                groups: counts[*class as usize],
                needs_explanation: class.is_break(),
            })
            .collect();
        Ok(answer)
    }
}

/// Says how many lines of a report lie outside its days.
fn outside(report: &books::report::Report) -> Option<Flag> {
    let (first, last) = (show_day(report.first), show_day(report.last));
    let problem = match report.lines_outside {
        0 => return None,
        1 => format!("1 line lies outside {first} to {last}"),
        count => format!("{count} lines lie outside {first} to {last}"),
    };
    Some(Flag { balance: report.code.clone(), problem })
}

/// Matches by hand of which not every piece is compared here, though some are.
fn half_matched(books: &Books, compared: &Compared) -> Vec<String> {
    let standing = || books.hand_matches().iter().filter(|row| row.undone.is_none());
    if standing().next().is_none() {
        return Vec::new();
    }
    let here: HashSet<Piece> = compared.ours.pieces.iter().chain(&compared.theirs.pieces).copied().collect();
    let is_half = |row: &&books::difference::HandMatch| {
        let pieces = || row.ours.iter().chain(&row.theirs);
        pieces().any(|piece| here.contains(piece)) && !pieces().all(|piece| here.contains(piece))
    };
    standing().filter(is_half).map(|row| row.code.clone()).collect()
}

/// Did a break end because the records were to agree from then on? A difference that is still there then did not end.
fn should_be_gone(row: &books::difference::Break) -> bool {
    let ending = row.steps.last().map(|step| &step.done);
    let by_record = matches!(ending, Some(Done::Closed(Closing::Report(_) | Closing::Correction(_))));
    // What arrived on another day stays on another day.
    by_record && row.found.class != Class::DateDiffers
}

fn line(books: &Books, (of, is_between): (&str, bool), compared: &Compared, group: &reconcile::Group<'_>) -> GroupLine {
    let pieces = |numbers: &[u32], pieces: &[Piece]| -> Vec<Piece> {
        let mut found: Vec<Piece> = numbers.iter().map(|number| pieces[*number as usize]).collect();
        found.sort_unstable();
        found
    };
    let theirs = pieces(group.theirs, &compared.theirs.pieces);
    let mut ours = pieces(group.ours, &compared.ours.pieces);
    ours.retain(|piece| !theirs.contains(piece));
    let our_lines = || group.ours.iter().map(|number| &compared.ours.lines[*number as usize]);
    let their_lines = || group.theirs.iter().map(|number| &compared.theirs.lines[*number as usize]);
    let first = our_lines().chain(their_lines()).next().expect("a group has lines");
    let material = first.material;
    let sum = |units: i64, line: &reconcile::Line| units.checked_add(in_accounting(books, line)?);
    let (our_sum, their_sum) = (our_lines().try_fold(0, sum), their_lines().try_fold(0, sum));
    let difference = our_sum.zip(their_sum).and_then(|(ours, theirs)| ours.checked_sub(theirs));
    let effective = our_lines().chain(their_lines()).map(|line| line.effective).min().expect("a group has lines");
    let known = ours.iter().chain(&theirs).find_map(|piece| books.break_of(*piece, is_between));
    let row = known.map(|number| books.a_break(number));
    let status = row.map(books::difference::Break::status);
    let is_same = row.is_some_and(|row| {
        let mut before: Vec<Piece> = row.found.ours.iter().chain(&row.found.theirs).copied().collect();
        let mut now: Vec<Piece> = ours.iter().chain(&theirs).copied().collect();
        before.sort_unstable();
        now.sort_unstable();
        before == now && row.found.difference == difference
    });
    let is_open = status
        .is_some_and(|status| matches!(status, reconcile::breaks::Status::Open | reconcile::breaks::Status::Explained));
    let show = |piece: &Piece| show_piece(books, *piece);
    GroupLine {
        of: of.to_owned(),
        class: group.class.code().to_owned(),
        reason: group.reason.map(|reason| reason.code().to_owned()),
        found_by: match group.stage {
            Stage::Hand => "hand",
            Stage::Reference => "reference",
            Stage::Amount => "amount",
            Stage::Tolerance => "tolerance",
            Stage::Sum => "sum",
            Stage::Alone => "nothing",
        }
        .to_owned(),
        material: crate::shared::material_code(books, material),
        effective: show_day(effective),
        ours: ours.iter().map(show).collect(),
        theirs: theirs.iter().map(show).collect(),
        our_quantity: our_sum.map(|units| signed(books, material, units)),
        their_quantity: their_sum.map(|units| signed(books, material, units)),
        difference: difference.map(|units| signed(books, material, units)),
        unit: unit(books, material),
        break_code: row.map(|row| row.code.clone()),
        break_status: status.map(|status| status_word(status).to_owned()),
        is_new: group.class.is_break() && !is_open && (!is_same || row.is_some_and(should_be_gone)),
    }
}

pub(super) fn status_word(status: reconcile::breaks::Status) -> &'static str {
    match status {
        reconcile::breaks::Status::Open => "open",
        reconcile::breaks::Status::Explained => "explained",
        reconcile::breaks::Status::Resolved => "resolved",
        reconcile::breaks::Status::WrittenOff => "written_off",
    }
}
