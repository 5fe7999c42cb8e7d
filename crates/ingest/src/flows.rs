//! Flows and counts of a source, set against those that the books have of the same day or document: what is there, what
//! is new, what was revised, and what nobody can tell.
//!
//! Two equal movements of a day are two. A figure that the books have is left alone, however often it comes. Where the books
//! have another one in its place, the mapping says what that means; where it says nothing, the rest of the file does, and
//! where that says nothing either, somebody has to.

use std::collections::{BTreeSet, HashMap};

use answers::Problem;
use jiff::civil::Date;

use crate::identity::{Ids, Of, is_reversal, is_undoing};
use crate::mapping::{ColumnKind, Flows};
use crate::memory::{Became, Memory};
use crate::said::Stated;

/// What to do about a figure.
#[derive(Clone, Debug)]
pub(crate) enum Plan {
    /// The books have it, as this event.
    There(u64),
    /// Somebody took back by hand what was posted of it: this event says so, and stands.
    ByHand(u64),
    /// It waits for a checker.
    Waits(u64),
    /// To be posted.
    New,
    /// To be posted instead of what was posted before.
    Revised(Box<Replaced>),
    /// The books have a newer figure in its place.
    Older(Box<Replaced>),
    /// Another movement, or the same one revised?
    Undecided(Box<Replaced>),
}

/// What stands in the books where a source says something else.
#[derive(Clone, Debug)]
pub(crate) struct Replaced {
    /// Its event.
    pub(crate) seq: u64,
    /// The word of its act.
    pub(crate) act: &'static str,
    /// Its day.
    pub(crate) day: Date,
    /// Its quantity, in the column's unit.
    pub(crate) quantity: String,
}

/// One numbered place of a day or document, as the books have it.
enum Place {
    Live(Replaced),
    /// Taken back by hand, by this event.
    ByHand(u64, String),
    Waits(u64),
    /// Replaced by a newer figure.
    Older(String),
    /// Refused, or taken back with its load.
    Nothing,
}

/// What is said of one column and day, or one document.
pub(crate) type Key = (String, Of);

/// The plans for all flows and counts of a source.
#[derive(Default)]
pub(crate) struct Plans {
    /// By the place of the figure among those that are stated.
    plans: HashMap<usize, Plan>,
    /// The next free place.
    free: HashMap<Key, u32>,
}

impl Plans {
    pub(crate) fn of(&self, index: usize) -> Option<&Plan> {
        self.plans.get(&index)
    }

    /// Takes a free place.
    pub(crate) fn place(&mut self, key: &Key) -> u32 {
        let free = self.free.entry(key.clone()).or_default();
        *free += 1;
        *free - 1
    }

    /// Looks up what the books have of everything stated.
    pub(crate) fn make(
        stated: &[(usize, &Stated)],
        ids: &Ids,
        memory: &dyn Memory,
        flows: Option<Flows>,
    ) -> Result<Self, Problem> {
        let mut groups: Vec<(Key, Vec<(usize, &Stated)>)> = Vec::new();
        let mut at: HashMap<Key, usize> = HashMap::new();
        for (index, figure) in stated {
            let group = *at.entry(figure.key()).or_insert_with_key(|key| {
                groups.push((key.clone(), Vec::new()));
                groups.len() - 1
            });
            groups[group].1.push((*index, figure));
        }
        let daily = daily_columns(&groups);
        let mut made = Self::default();
        let mut open = Vec::new();
        let mut there_on = BTreeSet::new();
        for (key, said) in groups {
            let Some((_, first)) = said.first() else { continue };
            let (day, is_daily) = (first.day, daily.contains(&first.column.column));
            let places = look_up(&key, first, ids, memory)?;
            made.free.insert(key.clone(), u32::try_from(places.len()).unwrap_or(u32::MAX));
            let count = said.len();
            let (said, places) = made.match_equal(said, places);
            if said.len() < count {
                there_on.insert(day);
            }
            let replaces = match (&key.1, flows) {
                (Of::Document(_), _) | (Of::Day(_), Some(Flows::Daily)) => Some(true),
                (Of::Day(_), _) if is_daily => Some(true),
                (Of::Day(_), Some(Flows::Lines)) => Some(false),
                (Of::Day(_), None) => None,
            };
            open.push((day, replaces, said, places));
        }
        for (day, replaces, said, places) in open {
            // A file that says other days again as the books have them is the same list, issued anew.
            let replaces = replaces.or_else(|| there_on.iter().any(|other| *other != day).then_some(true));
            made.settle(said, places, replaces);
        }
        Ok(made)
    }

    /// Takes away what the books have exactly so. Returned is what is left on both sides.
    fn match_equal<'s>(
        &mut self,
        said: Vec<(usize, &'s Stated)>,
        mut places: Vec<Place>,
    ) -> (Vec<(usize, &'s Stated)>, Vec<Place>) {
        let mut left = Vec::new();
        for (index, figure) in said {
            let found = places.iter().position(|place| place.is_live_with(figure));
            let found = found.or_else(|| places.iter().position(|place| place.is_by_hand_with(figure)));
            let Some(found) = found else {
                left.push((index, figure));
                continue;
            };
            let plan = match places.remove(found) {
                Place::Live(live) => Plan::There(live.seq),
                Place::ByHand(by, _) => Plan::ByHand(by),
                Place::Waits(seq) => Plan::Waits(seq),
                Place::Older(_) | Place::Nothing => Plan::New,
            };
            self.plans.insert(index, plan);
        }
        (left, places)
    }

    /// What is left is new, or stands for something that the books have and the source does not.
    fn settle(&mut self, said: Vec<(usize, &Stated)>, places: Vec<Place>, replaces: Option<bool>) {
        let is_older =
            |figure: &Stated| places.iter().any(|place| matches!(place, Place::Older(older) if figure.is(older)));
        let older: Vec<bool> = said.iter().map(|(_, figure)| is_older(figure)).collect();
        let mut by_hand: Vec<u64> = Vec::new();
        let mut live: Vec<Replaced> = Vec::new();
        for place in places {
            match place {
                Place::Live(replaced) => live.push(replaced),
                Place::ByHand(by, _) | Place::Waits(by) => by_hand.push(by),
                Place::Older(_) | Place::Nothing => {}
            }
        }
        let (mut by_hand, mut live) = (by_hand.into_iter(), live.into_iter());
        for ((index, _), is_older) in said.into_iter().zip(older) {
            let plan = match by_hand.next() {
                Some(by) => Plan::ByHand(by),
                None => match (replaces, if replaces == Some(false) { None } else { live.next() }) {
                    (_, None) => Plan::New,
                    (None, Some(replaced)) => Plan::Undecided(Box::new(replaced)),
                    (Some(_), Some(replaced)) if is_older => Plan::Older(Box::new(replaced)),
                    (Some(_), Some(replaced)) => Plan::Revised(Box::new(replaced)),
                },
            };
            self.plans.insert(index, plan);
        }
    }
}

impl Place {
    fn is_live_with(&self, figure: &Stated) -> bool {
        match self {
            Self::Live(live) => live.day == figure.day && figure.is(&live.quantity),
            Self::Waits(_) | Self::ByHand(..) | Self::Older(_) | Self::Nothing => false,
        }
    }

    fn is_by_hand_with(&self, figure: &Stated) -> bool {
        match self {
            Self::ByHand(_, quantity) => figure.is(quantity),
            Self::Waits(_) => true,
            Self::Live(_) | Self::Older(_) | Self::Nothing => false,
        }
    }
}

/// The columns that say one figure a day: counts, and flows of accounts that are counted, where no day has two.
fn daily_columns(groups: &[(Key, Vec<(usize, &Stated)>)]) -> BTreeSet<String> {
    let all = || groups.iter().flat_map(|(_, said)| said.first());
    let counted: BTreeSet<(&str, &str)> = all()
        .filter(|(_, first)| first.column.kind == ColumnKind::Count)
        .map(|(_, first)| first.column.account())
        .collect();
    let mut daily: BTreeSet<String> = all()
        .filter(|(_, first)| counted.contains(&first.column.account()))
        .map(|(_, first)| first.column.column.clone())
        .collect();
    for (_, said) in groups {
        match said.as_slice() {
            [] | [_] => {}
            [(_, first), ..] if first.column.kind == ColumnKind::Count => {}
            [(_, first), ..] => {
                daily.remove(&first.column.column);
            }
        }
    }
    daily
}

/// Every place of a day or document that a command came for.
fn look_up(key: &Key, stated: &Stated, ids: &Ids, memory: &dyn Memory) -> Result<Vec<Place>, Problem> {
    let mut places = Vec::new();
    for place in 0.. {
        let Some(was) = memory.find(ids.movement(&key.0, &key.1, place), Some(&stated.column))? else { break };
        places.push(match was.became {
            Became::Refused => Place::Nothing,
            Became::Held => Place::Waits(was.seq),
            Became::Done(moved) => match moved.reversed {
                None => {
                    Place::Live(Replaced { seq: was.seq, act: moved.act, day: moved.day, quantity: moved.quantity })
                }
                Some((_, id)) if is_undoing(was.seq, id) => Place::Nothing,
                Some((by, id)) if !is_reversal(was.seq, id) => Place::ByHand(by, moved.quantity),
                Some(_) => Place::Older(moved.quantity),
            },
        });
    }
    // A count stands until the next one of its day.
    if stated.column.kind == ColumnKind::Count
        && let Some(last) = places.iter().rposition(|place| matches!(place, Place::Live(_)))
    {
        for place in &mut places[..last] {
            if let Place::Live(live) = place {
                *place = Place::Older(std::mem::take(&mut live.quantity));
            }
        }
    }
    Ok(places)
}
