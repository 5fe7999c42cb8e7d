use super::*;
use ids::SourceNo;

const LINE: LineId = LineId { report: SourceNo(3), number: 4 };
const WRITE_OFF: Act = Act::Close(Closure::WriteOff { authority: AuthorityNo(1) });

fn facts(class: Class) -> BreakFacts {
    BreakFacts {
        class,
        reason: Reason::Unknown,
        difference: Some(-500),
        parties: [PartyNo(1), PartyNo(2)],
        effective: Day(100),
        first_report: Day(130),
        follows: None,
    }
}

/// Does the acts by day and person; the result of the last one.
fn after(class: Class, acts: &[(i32, u32, Act)]) -> (Result<(), BreakRefusal>, Status) {
    let mut row = Break::open(facts(class));
    let mut last = Ok(());
    for &(day, by, act) in acts {
        last = row.act(Acted { day: Day(day), by: PersonNo(by), act });
    }
    (last, row.status())
}

#[test]
fn a_break_is_explained_and_then_written_off_by_somebody_else() {
    let explain = Act::Explain { reason: Reason::Moisture };
    let class = Class::QuantityDiffers;
    assert_eq!(after(class, &[(1, 7, explain)]), (Ok(()), Status::Explained));
    assert_eq!(after(class, &[(1, 7, explain), (2, 8, WRITE_OFF)]), (Ok(()), Status::WrittenOff));
    assert_eq!(after(class, &[(1, 7, WRITE_OFF)]), (Err(BreakRefusal::NotExplained), Status::Open));
    assert_eq!(after(class, &[(1, 7, explain), (2, 7, WRITE_OFF)]), (Err(BreakRefusal::SamePerson), Status::Explained));
    let unknown = Act::Explain { reason: Reason::Unknown };
    assert_eq!(after(class, &[(1, 7, unknown)]), (Err(BreakRefusal::NotAReason), Status::Open));
}

#[test]
fn each_way_to_close_has_its_rule() {
    let close = |class, closure| after(class, &[(1, 7, Act::Close(closure))]).0;
    let report = Closure::CounterpartyReport { line: LINE };
    assert_eq!(close(Class::OursOnly, report), Ok(()));
    let class = Class::QuantityDiffers;
    assert_eq!(close(class, report), Err(BreakRefusal::DoesNotFit { class }));
    assert_eq!(close(class, Closure::Correction { line: LINE }), Ok(()));
    assert_eq!(close(class, Closure::Tolerance { allowed: 500 }), Ok(()));
    let allowed = 499;
    assert_eq!(close(class, Closure::Tolerance { allowed }), Err(BreakRefusal::BeyondTolerance { allowed }));
    let agreed = |a, b| Closure::AgreedDifference { agreed_by: [Some(PartyNo(a)), Some(PartyNo(b))] };
    assert_eq!(close(class, agreed(2, 1)), Ok(()));
    assert_eq!(close(class, agreed(1, 1)), Err(BreakRefusal::NotAgreedByBoth));
    assert_eq!(close(class, agreed(1, 3)), Err(BreakRefusal::NotAgreedByBoth));
    let class = Class::Duplicate;
    assert_eq!(close(class, agreed(1, 2)), Err(BreakRefusal::DoesNotFit { class }));
}

#[test]
fn nothing_happens_to_a_closed_break() {
    let close = Act::Close(Closure::Correction { line: LINE });
    let assign = Act::Assign { owner: PersonNo(9) };
    let acts = [(1, 7, close), (2, 7, assign)];
    assert_eq!(after(Class::OursOnly, &acts), (Err(BreakRefusal::Closed), Status::Resolved));
}

#[test]
fn acts_are_in_the_order_of_their_days() {
    let assign = Act::Assign { owner: PersonNo(9) };
    let acts = [(5, 7, assign), (4, 7, assign)];
    assert_eq!(after(Class::OursOnly, &acts), (Err(BreakRefusal::OutOfOrder), Status::Open));
}

#[test]
fn two_ages_and_the_older_one_escalates() {
    let mut row = Break::open(facts(Class::OursOnly));
    let ages = row.ages(Day(131));
    assert_eq!((ages.since_effective, ages.since_first_report), (AgeBucket::Days31To90, AgeBucket::Days0To1));
    assert_eq!(Escalation::default().level(&row, Day(131)), Some(Level::Secretariat));
    row.act(Acted { day: Day(131), by: PersonNo(1), act: Act::Close(Closure::Correction { line: LINE }) }).unwrap();
    assert_eq!(row.history().len(), 1);
    assert_eq!(Escalation::default().level(&row, Day(131)), None, "closed");
}
