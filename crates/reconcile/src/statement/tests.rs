use measure::Unit;

use super::*;

fn statement() -> Statement {
    let entry = |number, effective, quantity| Entry { number, effective: Day(effective), quantity };
    Statement {
        first: Day(32),
        last: Day(60),
        scale: Scale::whole(Unit::KG),
        basis: Basis::Net,
        opening: Some(1_000),
        entries: vec![entry(1, 40, 500), entry(2, 32, -200)],
        closing: 1_300,
    }
}

fn january(quantity: i64) -> Closing {
    Closing { day: Day(31), scale: Scale::whole(Unit::KG), basis: Basis::Net, quantity }
}

#[test]
fn a_statement_goes_on_where_the_last_one_ended() {
    assert_eq!(statement().flaws(), []);
    assert_eq!(check_continuity(&january(1_000), &statement()), []);
    let tonnes = Closing { scale: Scale::whole(Unit::T), ..january(1) };
    assert_eq!(check_continuity(&tonnes, &statement()), [], "1 t is 1000 kg");
    let next = Statement { first: Day(61), last: Day(90), opening: Some(1_300), entries: vec![], ..statement() };
    assert_eq!(check_continuity(&statement().closed(), &next), []);
}

#[test]
fn an_opening_that_is_not_the_last_closing_is_flagged() {
    let flaw = StatementFlaw::OpeningDiffers { closing: 990, opening: 1_000 };
    assert_eq!(check_continuity(&january(990), &statement()), [flaw]);
    let gross = Closing { basis: Basis::Gross, ..january(1_000) };
    assert_eq!(check_continuity(&gross, &statement()), [StatementFlaw::BasisOrUnitDiffers]);
}

#[test]
fn days_are_covered_once() {
    let earlier = Closing { day: Day(29), ..january(1_000) };
    assert_eq!(check_continuity(&earlier, &statement()), [StatementFlaw::DaysMissing { days: 2 }]);
    let later = Closing { day: Day(33), ..january(1_000) };
    assert_eq!(check_continuity(&later, &statement()), [StatementFlaw::DaysTwice { days: 2 }]);
}

#[test]
fn a_statement_adds_up_within_its_days() {
    let mut flawed = Statement { closing: 1_301, ..statement() };
    flawed.entries.push(Entry { number: 2, effective: Day(61), quantity: 0 });
    assert_eq!(
        flawed.flaws(),
        [
            StatementFlaw::EntryOutside { number: 2 },
            StatementFlaw::NumberTwice { number: 2 },
            StatementFlaw::DoesNotAddUp { computed: 1_300, closing: 1_301 },
        ]
    );
    let reversed = Statement { first: Day(61), entries: vec![], closing: 1_000, ..statement() };
    assert_eq!(reversed.flaws(), [StatementFlaw::DaysReversed]);
}
