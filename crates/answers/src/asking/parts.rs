//! The parts of a scan: small at first, for whoever wants the last ten, and larger as it goes on.

use books::Seq;

/// Events of the first part of a scan.
const PART_MIN: u64 = 64;
/// Events that are judged under one read.
const PART_MAX: u64 = 128;

/// Events that are read in one go.
pub(super) enum Part {
    Range(Seq, Seq),
    These(Vec<Seq>),
}

/// The parts of a scan, in its order.
pub(super) enum Parts {
    Range { first: u64, last: u64, size: u64, newest_first: bool },
    These { left: Vec<Seq>, size: usize, newest_first: bool },
}

impl Parts {
    /// Of a range, or of those in it that an index names.
    pub(super) fn of(these: Option<Vec<Seq>>, first: Seq, last: Seq, newest_first: bool) -> Self {
        match these {
            None => Self::Range { first: first.0.max(1), last: last.0, size: PART_MIN, newest_first },
            Some(mut left) => {
                left.retain(|seq| (first..=last).contains(seq));
                Self::These { left, size: PART_MIN as usize, newest_first }
            }
        }
    }

    pub(super) fn next(&mut self) -> Option<Part> {
        match self {
            Self::Range { first, last, size, newest_first } => {
                if *first > *last {
                    return None;
                }
                let part = (*size).min(*last - *first + 1);
                *size = (*size * 2).min(PART_MAX);
                let (from, until) = if *newest_first {
                    *last -= part;
                    (*last + 1, *last + part)
                } else {
                    *first += part;
                    (*first - part, *first - 1)
                };
                Some(Part::Range(Seq(from), Seq(until)))
            }
            Self::These { left, size, newest_first } => {
                if left.is_empty() {
                    return None;
                }
                let part = (*size).min(left.len());
                *size = (*size * 2).min(PART_MAX as usize);
                let part = match newest_first {
                    true => left.split_off(left.len() - part),
                    false => left.drain(..part).collect(),
                };
                Some(Part::These(part))
            }
        }
    }
}
