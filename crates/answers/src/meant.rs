//! What was meant by a code that names nothing: the nearest one that the asker may see.

use books::LotNo;

use crate::listing::{Listed, list};
use crate::problem::Problem;
use crate::sight::Sight;
use crate::view::View;

/// Says in the hint what was probably meant.
pub(crate) fn explained(problem: Problem, view: &dyn View) -> Problem {
    let named = problem.named.as_ref().filter(|_| problem.meant.is_none());
    let meant = named.and_then(|named| nearest(view, &named.kind, &named.code).filter(|meant| **meant != *named.code));
    match meant {
        None => problem,
        Some(meant) => Problem { meant: Some(meant.into()), ..problem },
    }
}

fn nearest(view: &dyn View, kind: &str, code: &str) -> Option<String> {
    let books = view.books();
    let among = |what: Listed| {
        let lines = list(view, what);
        let codes = lines.iter().filter_map(|line| line.get("code")?.as_str());
        wire::nearest(code, codes).map(str::to_owned)
    };
    match kind {
        "party" => among(Listed::Parties),
        "site" => among(Listed::Sites),
        "material" => among(Listed::Materials),
        "authority" => among(Listed::Authorities),
        "lot" => {
            let sight = Sight::of(view);
            let seen = (0u32..).map(LotNo).zip(books.lots()).filter(|(number, _)| sight.sees_lot(*number));
            wire::nearest(code, seen.map(|(_, lot)| lot.facts.code.as_str())).map(str::to_owned)
        }
        "reserve" => among(Listed::Reserves),
        "call" => among(Listed::Calls),
        "order" => among(Listed::Orders),
        "limit" => wire::nearest(code, books.share_limits().iter().map(|limit| limit.code.as_str())).map(str::to_owned),
        _ => None,
    }
}
