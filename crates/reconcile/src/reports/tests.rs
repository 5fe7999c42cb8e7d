use super::*;

fn report(number: u32, content: u8) -> Report {
    Report { number, hash: [content; 32], due: Day(40), received: Day(40) }
}

/// The arrivals of reports, in order.
fn arrivals(reports: &mut Reports, arriving: &[(u32, u8)]) -> Vec<Arrival> {
    arriving.iter().map(|(number, content)| reports.receive(&report(*number, *content)).arrival).collect()
}

#[test]
fn gaps_are_remembered_and_filled() {
    let mut reports = Reports::default();
    let found = arrivals(&mut reports, &[(1, 1), (4, 4), (3, 3), (6, 6)]);
    let gap = |first, last| Arrival::AfterGap { first, last };
    assert_eq!(found, [Arrival::InOrder, gap(2, 3), Arrival::OutOfOrder, gap(5, 5)]);
    assert_eq!(reports.missing().collect::<Vec<_>>(), [(2, 2), (5, 5)]);
}

#[test]
fn a_number_is_used_once() {
    let mut reports = Reports::default();
    let found = arrivals(&mut reports, &[(1, 1), (1, 1), (1, 2), (1, 1), (0, 1)]);
    let conflict = Arrival::Conflict { known: [1; 32] };
    assert_eq!(found, [Arrival::InOrder, Arrival::Duplicate, conflict, Arrival::Duplicate, Arrival::NumberZero]);
}

#[test]
fn lateness_is_counted_from_the_day_due() {
    let mut reports = Reports::default();
    let late = |day| Report { received: Day(day), ..report(1, 1) };
    let days = [39, 40, 47].map(|day| reports.receive(&late(day)).days_late);
    assert_eq!(days, [0, 0, 7]);
}

#[test]
fn the_first_reports_may_be_the_missing_ones() {
    let mut reports = Reports::default();
    assert_eq!(arrivals(&mut reports, &[(3, 3)]), [Arrival::AfterGap { first: 1, last: 2 }]);
    assert_eq!(reports.missing().collect::<Vec<_>>(), [(1, 2)]);
}
