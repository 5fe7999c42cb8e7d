//! The words of the acts of shared reserves.

use super::Fill::{Amount, Flag, List, Number, Pairs, Said, Text, Weights, Words};
use super::{AT, BECAUSE, Fill, LOT, OWNER, QUANTITY, Shape, UNDER, shape, with_items};

const IN: (&str, &str, Fill) = ("in", "reserve", Text);
const MEMBER: (&str, &str, Fill) = ("member", "member", Text);
const OF: (&str, &str, Fill) = ("of", "material", Text);
const DUE: (&str, &str, Fill) = ("due", "due", Text);
const FROM: (&str, &str, Fill) = ("from", "first", Text);
const THROUGH: (&str, &str, Fill) = ("through", "last", Text);
const AUTHORITY: (&str, &str, Fill) = ("authority", "authority", Text);
const LICENCE: (&str, &str, Fill) = ("licence", "licence", Text);
const SHARED: (&str, &str, Fill) = ("reapportion", "reapportion", Pairs("material", "price"));
const LINE: &[(&str, &str, Fill)] = &[("at", "site", Text), ("under", "under", Text)];
const NEW_LOT: &[(&str, &str, Fill)] = &[
    ("of", "lot.material", Text),
    ("form", "lot.form", Text),
    ("source", "lot.source", Text),
    ("mined", "lot.origin.mined", Text),
    ("separated", "lot.origin.separated", Text),
    ("refined", "lot.origin.refined", Text),
    ("price", "lot.price", Text),
];
const TERMS: &[(&str, &str, Fill)] = &[
    ("pool", "pool", Text),
    ("secretariat", "secretariat", Text),
    ("currency", "currency", Text),
    ("named", "name", Text),
    FROM,
    ("version", "terms.version", Text),
    ("tolerance", "terms.tolerance_ppm", Number),
    ("notice", "terms.notice_days", Number),
    ("open-board", "terms.open_board", Flag),
    ("tier", "terms.tiers", Pairs("name", "kind")),
    ("substitute", "terms.substitutes", Weights("material", "factor_ppm")),
];
const TERMS_ITEM: &[(&str, &str, Fill)] =
    &[("trigger", "trigger", Text), ("automatic", "automatic", Flag), ("for", "instead_of", Text)];

/// All of them.
pub(super) const SHAPES: &[Shape] = &[
    with_items(shape("reserve", "establish_reserve", Some(("reserve", Text)), None, TERMS), TERMS_ITEM),
    with_items(shape("amend-reserve", "amend_reserve", Some(("reserve", Text)), None, TERMS), TERMS_ITEM),
    shape("wind-up", "wind_up", Some(("reserve", Text)), None, &[BECAUSE]),
    shape(
        "member",
        "set_member",
        Some(("member", Text)),
        None,
        &[
            IN,
            FROM,
            ("joins", "status", Said("joined")),
            ("suspended", "status", Said("suspended")),
            ("leaves", "status", Said("left")),
            ("weight", "weight", Number),
            SHARED,
            BECAUSE,
        ],
    ),
    shape(
        "key",
        "set_key",
        Some(("kind", Text)),
        None,
        &[IN, FROM, ("year", "year", Number), ("weight", "weights", Weights("member", "weight")), SHARED],
    ),
    shape(
        "base",
        "record_base",
        Some(("kind", Text)),
        QUANTITY,
        &[OWNER, OF, ("year", "year", Number), ("net-export", "net_export", Flag), ("source", "source", Text)],
    ),
    shape("commit", "commit", Some(("commitment", Text)), QUANTITY, &[IN, MEMBER, OF, DUE, ("tier", "tier", Text)]),
    shape(
        "mandate",
        "mandate",
        Some(("mandate", Text)),
        QUANTITY,
        &[OWNER, ("to", "to", Text), ("for", "acts", Words), OF, AT, FROM, THROUGH],
    ),
    shape("end-mandate", "end_mandate", Some(("mandate", Text)), None, &[BECAUSE]),
    shape("accept", "accept", Some(("encumbrance", Text)), None, &[]),
    shape(
        "contribute",
        "contribute",
        None,
        QUANTITY,
        &[("to", "reserve", Text), MEMBER, LOT, AT, UNDER, ("commitment", "commitment", Text)],
    ),
    shape(
        "entitle",
        "transfer_entitlement",
        None,
        QUANTITY,
        &[IN, ("from", "member", Text), ("to", "new_member", Text), OF, ("price", "price", Text)],
    ),
    shape(
        "withdraw",
        "withdraw",
        None,
        QUANTITY,
        &[
            ("from", "reserve", Text),
            MEMBER,
            LOT,
            AT,
            ("debt", "debt.code", Text),
            ("due", "debt.due", Text),
            ("form", "debt.form", Text),
            ("lent-by", "lenders", List("member", "quantity")),
        ],
    ),
    shape("replenish", "replenish", Some(("debt", Text)), QUANTITY, &[LOT, AT, UNDER]),
    shape(
        "cash",
        "settle_cash",
        Some(("purpose", Text)),
        Some("amount"),
        &[IN, MEMBER, ("commitment", "commitment", Text), ("debt", "debt", Text), ("settles", "quantity", Amount)],
    ),
    shape("share", "share_difference", None, None, &[IN, OF, BECAUSE]),
    shape("activate", "activate", Some(("activation", Text)), None, &[IN, ("tier", "tier", Text), BECAUSE]),
    shape(
        "call",
        "call",
        Some(("call", Text)),
        Some("total"),
        &[
            IN,
            OF,
            ("activation", "activation", Text),
            ("part", "parts", List("member", "quantity")),
            DUE,
            ("replenish-by", "replenish_by", Text),
            ("round-to", "rounding", Amount),
            ("lead", "lead_days", Number),
        ],
    ),
    with_items(
        shape(
            "commit-to",
            "commit_to_call",
            Some(("call", Text)),
            QUANTITY,
            &[MEMBER, ("lot", "lines", List("lot", "quantity")), ("announced", "announced", Flag)],
        ),
        LINE,
    ),
    with_items(
        shape(
            "deliver",
            "deliver",
            Some(("call", Text)),
            None,
            &[MEMBER, ("lot", "lines", List("lot", "quantity")), ("to", "receiver", Text), AUTHORITY, LICENCE],
        ),
        LINE,
    ),
    shape(
        "settle",
        "settle_part",
        Some(("call", Text)),
        QUANTITY,
        &[
            MEMBER,
            ("available", "outcome", Said("available")),
            ("relief", "outcome", Said("relief")),
            ("waiver", "outcome", Said("waiver")),
            ("default", "outcome", Said("default")),
            BECAUSE,
        ],
    ),
    shape(
        "end",
        "end_call",
        Some(("call", Text)),
        None,
        &[("cancelled", "how", Said("cancelled")), ("terminated", "how", Said("terminated")), BECAUSE],
    ),
    shape(
        "order",
        "open_order",
        Some(("order", Text)),
        None,
        &[OF, ("for", "reserve", Text), ("buyer", "buyers", Words), ("weight", "weights", Weights("member", "weight"))],
    ),
    shape("accept-award", "accept_award", Some(("order", Text)), QUANTITY, &[("buyer", "buyer", Text)]),
    shape("demand", "declare_demand", Some(("order", Text)), QUANTITY, &[("buyer", "buyer", Text), OF, DUE]),
    shape(
        "award",
        "award",
        Some(("order", Text)),
        QUANTITY,
        &[
            ("to", "supplier", Text),
            ("price", "price", Text),
            ("form", "form", Text),
            DUE,
            ("weight", "weights", Weights("member", "weight")),
        ],
    ),
    with_items(
        shape(
            "receive",
            "receive_order",
            Some(("order", Text)),
            QUANTITY,
            &[("lot", "lot.lot", Text), AT, ("paid", "paid", Text), AUTHORITY],
        ),
        NEW_LOT,
    ),
    shape(
        "floor",
        "set_price_floor",
        Some(("floor", Text)),
        None,
        &[
            OF,
            ("form", "form", Text),
            ("grade", "grade", Text),
            ("price", "price", Text),
            FROM,
            THROUGH,
            ("flags", "policy", Said("flag")),
            ("refuses", "policy", Said("refuse")),
        ],
    ),
    shape(
        "right",
        "acquire_right",
        Some(("right", Text)),
        QUANTITY,
        &[
            ("as", "kind", Text),
            ("holder", "holder", Text),
            ("supplier", "supplier", Text),
            ("project", "project", Text),
            ("country", "country", Text),
            OF,
            FROM,
            THROUGH,
            ("price", "price", Text),
        ],
    ),
    shape(
        "pass-right",
        "transfer_right",
        Some(("right", Text)),
        QUANTITY,
        &[("from", "holder", Text), ("to", "new_holder", Text)],
    ),
    with_items(
        shape(
            "exercise",
            "exercise_right",
            Some(("right", Text)),
            QUANTITY,
            &[("holder", "holder", Text), ("lot", "lot.lot", Text), AT, ("dispatch", "dispatch", Text), DUE, AUTHORITY],
        ),
        NEW_LOT,
    ),
    shape(
        "restrict",
        "restrict",
        Some(("restriction", Text)),
        None,
        &[
            ("origin", "origin", Text),
            ("processed", "processed", Text),
            ("hs", "hs", Text),
            OF,
            ("use", "end_use", Text),
            ("to", "destination", Text),
            FROM,
            THROUGH,
            ("licensable", "licensable", Flag),
        ],
    ),
    shape("lift", "lift_restriction", Some(("restriction", Text)), None, &[THROUGH, BECAUSE]),
    shape(
        "license",
        "license",
        Some(("licence", Text)),
        QUANTITY,
        &[("under", "restriction", Text), ("holder", "holder", Text), OF, FROM, THROUGH],
    ),
    shape(
        "share-limit",
        "set_share_limit",
        Some(("limit", Text)),
        None,
        &[
            OF,
            ("over", "of", Text),
            ("whose", "whose", Text),
            ("most", "most", Text),
            ("start", "start", Text),
            FROM,
            THROUGH,
        ],
    ),
    shape(
        "request",
        "request_access",
        Some(("request", Text)),
        QUANTITY,
        &[IN, ("for", "requester", Text), OF, ("use", "end_use", Text)],
    ),
    shape(
        "grant",
        "decide_access",
        Some(("request", Text)),
        Some("granted"),
        &[("rule", "rule", Text), BECAUSE, OWNER],
    ),
];
