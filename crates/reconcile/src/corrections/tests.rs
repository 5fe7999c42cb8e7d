use proptest::prelude::*;

use super::*;
use ids::SourceNo;

/// Line `content` stands in report `content`; its hash is the content.
fn line(content: u8) -> ReportedLine {
    ReportedLine { id: id(content), hash: [content; 32], replaces: None, is_withdrawal: false }
}

fn id(content: u8) -> LineId {
    LineId { report: SourceNo(content.into()), number: 1 }
}

fn correction(content: u8, of: u8) -> ReportedLine {
    ReportedLine { replaces: Some(Replaced { id: id(of), hash: [of; 32] }), ..line(content) }
}

fn in_force(corrections: &Corrections) -> Vec<u8> {
    corrections.in_force().map(|line| line.hash[0]).collect()
}

/// The outcome of the last of these lines, and what counts then.
fn after(lines: &[ReportedLine]) -> (Vec<(u8, Outcome)>, Vec<u8>) {
    let mut corrections = Corrections::default();
    let outcomes = lines.iter().map(|line| corrections.receive(line)).last().unwrap_or_default();
    let outcomes = outcomes.into_iter().map(|(id, outcome)| (id.report.0 as u8, outcome)).collect();
    (outcomes, in_force(&corrections))
}

#[test]
fn a_correction_replaces_and_a_correction_of_it_replaces_that() {
    assert_eq!(after(&[line(1), correction(2, 1)]), (vec![(2, Outcome::Replaced)], vec![2]));
    assert_eq!(after(&[line(1), correction(2, 1), correction(3, 2)]), (vec![(3, Outcome::Replaced)], vec![3]));
}

#[test]
fn a_correction_waits_for_its_line() {
    let all = [correction(3, 2), correction(2, 1), line(1)];
    assert_eq!(after(&all[..2]), (vec![(2, Outcome::Pending)], vec![]));
    let settled = vec![(1, Outcome::Taken), (2, Outcome::Replaced), (3, Outcome::Replaced)];
    assert_eq!(after(&all), (settled, vec![3]));
    let mut corrections = Corrections::default();
    all.iter().for_each(|line| drop(corrections.receive(line)));
    assert_eq!(corrections.pending().count(), 0);
    let history: Vec<u8> = corrections.history(id(1)).iter().map(|line| line.hash[0]).collect();
    assert_eq!(history, [1, 2, 3]);
}

#[test]
fn each_refusal_changes_nothing() {
    let refused = |lines: &[ReportedLine], refusal| {
        let (outcomes, in_force) = after(lines);
        assert_eq!(outcomes.last().unwrap().1, Outcome::Refused(refusal));
        in_force
    };
    let other = ReportedLine { hash: [9; 32], ..line(1) };
    assert_eq!(refused(&[line(1), other], Refusal::OtherContent), [1]);
    let withdrawal = ReportedLine { is_withdrawal: true, ..line(2) };
    assert_eq!(refused(&[line(1), withdrawal], Refusal::WithdrawsNothing), [1]);
    assert_eq!(refused(&[line(1), correction(2, 2)], Refusal::Circular), [1]);
    let (outcomes, in_force) = after(&[correction(1, 2), correction(2, 1)]);
    let (circular, waiting) = (Outcome::Refused(Refusal::Circular), Outcome::Refused(Refusal::NamesRefused));
    assert_eq!((outcomes, in_force), (vec![(2, circular), (1, waiting)], vec![]));
    let blind = ReportedLine { replaces: Some(Replaced { id: id(1), hash: [8; 32] }), ..line(2) };
    assert_eq!(refused(&[line(1), blind], Refusal::HashDiffers), [1]);
    let taken = [line(1), correction(2, 1), correction(3, 1)];
    assert_eq!(refused(&taken, Refusal::AlreadyReplaced { by: id(2) }), [2]);
    assert_eq!(refused(&[line(1), blind, correction(3, 2)], Refusal::NamesRefused), [1]);
}

#[test]
fn the_same_line_again_changes_nothing() {
    assert_eq!(after(&[line(1), correction(2, 1), correction(2, 1)]), (vec![(2, Outcome::Duplicate)], vec![2]));
}

#[test]
fn a_withdrawal_leaves_nothing_in_force() {
    let withdrawal = ReportedLine { is_withdrawal: true, ..correction(2, 1) };
    assert_eq!(after(&[line(1), withdrawal]), (vec![(2, Outcome::Replaced)], vec![]));
}

proptest! {
    /// Lines 1..=4 and chains of corrections over them: whatever the order of arrival, the same lines count.
    #[test]
    fn the_order_of_arrival_says_nothing(
        lines in Just((1..=4).map(line).chain((5..=12).map(|content| correction(content, content - 4))).collect::<Vec<_>>())
            .prop_shuffle(),
    ) {
        prop_assert_eq!(after(&lines).1, vec![9, 10, 11, 12]);
    }
}
