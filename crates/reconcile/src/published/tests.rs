use super::*;

fn figure(published: i32, quantity: i64) -> Figure {
    Figure { published: Day(published), quantity }
}

#[test]
fn a_restatement_keeps_the_old_figure() {
    let mut published = Published::new(figure(10, 28));
    assert_eq!(published.restate(figure(20, 24)), Ok(-4));
    assert_eq!(published.restate(figure(30, 25)), Ok(1));
    assert_eq!((published.first(), published.current()), (figure(10, 28), figure(30, 25)));
    let on = |day| published.as_published(Day(day)).map(|figure| figure.quantity);
    assert_eq!([9, 10, 19, 20, 30, 99].map(on), [None, Some(28), Some(28), Some(24), Some(25), Some(25)]);
    assert_eq!(published.history().count(), 3);
}

#[test]
fn a_restatement_comes_after_what_it_restates() {
    let mut published = Published::new(figure(10, 28));
    assert_eq!(published.restate(figure(10, 24)), Err(NotAfter));
    assert_eq!(published.current(), figure(10, 28));
}
