use super::{Keyed, Tried};
use crate::table::Table;

#[test]
fn what_is_tried_in_a_trial_within_a_trial_is_taken_back_alone() {
    let mut map: Keyed<u32, Vec<u32>> = Keyed::default();
    map.insert(1, vec![1]);
    map.begin();
    map.or_default(1).push(2);
    map.begin();
    map.or_default(2).push(3);
    map.remove(&1);
    map.undo();
    assert_eq!((map.get(&1), map.get(&2)), (Some(&vec![1, 2]), None));
    map.begin();
    map.or_default(2).push(4);
    map.keep();
    assert_eq!(map.get(&2), Some(&vec![4]));
    map.undo();
    assert_eq!((map.get(&1), map.get(&2)), (Some(&vec![1]), None));
}

#[test]
fn rows_that_were_tried_are_gone_with_what_marks_their_pages() {
    let mut table: Table<u32> = Table::default();
    table.push(1);
    table.take_dirty(|_, _| {});
    table.begin();
    *table.row_mut(0) = 7;
    for row in 0..200 {
        table.push(row);
    }
    table.begin();
    *table.row_mut(0) = 8;
    table.keep();
    table.undo();
    assert_eq!((table.rows(), table.dirty_count()), (&[1][..], 0));
    table.begin();
    *table.row_mut(0) = 9;
    table.keep();
    assert_eq!((table.rows(), table.dirty_count()), (&[9][..], 1));
}
