//! The words of each act: which keyword fills which field.

use Fill::{Amount, Flag, List, Number, Said, Seq, Text};

/// What follows a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    /// One word, or several in quotes.
    Text,
    /// A quantity.
    Amount,
    /// A whole number.
    Number,
    /// An event: its number, or the label of its command.
    Seq,
    /// Nothing: the keyword says it.
    Said(&'static str),
    /// Nothing: the keyword says yes.
    Flag,
    /// One word, which joins a list of words.
    Words,
    /// A lot and its quantity, which join a list; the fields they fill.
    List(&'static str, &'static str),
    /// A word and a whole number, which join a list.
    Weights(&'static str, &'static str),
    /// A word and a word, which join a list.
    Pairs(&'static str, &'static str),
}

/// How an act is written.
pub(super) struct Shape {
    pub(super) verb: &'static str,
    pub(super) act: &'static str,
    /// Field of the word after the verb, if there is one.
    pub(super) lead: Option<(&'static str, Fill)>,
    /// Field of a quantity without a keyword.
    pub(super) bare: Option<&'static str>,
    /// Keyword, field, and what follows. A field `a.b` is `b` of the object `a`.
    pub(super) keywords: &'static [(&'static str, &'static str, Fill)],
    /// Keywords that describe the last item of a list, where one has begun.
    pub(super) item: &'static [(&'static str, &'static str, Fill)],
}

const LOT_FACTS: &[(&str, &str, Fill)] = &[
    ("of", "material", Text),
    ("form", "form", Text),
    ("source", "source", Text),
    ("mined", "origin.mined", Text),
    ("separated", "origin.separated", Text),
    ("refined", "origin.refined", Text),
    ("manufactured", "origin.manufactured", Text),
    ("supplier", "supplier", Text),
    ("price", "price", Text),
];

const fn shape(
    verb: &'static str,
    act: &'static str,
    lead: Option<(&'static str, Fill)>,
    bare: Option<&'static str>,
    keywords: &'static [(&'static str, &'static str, Fill)],
) -> Shape {
    Shape { verb, act, lead, bare, keywords, item: &[] }
}

const fn with_items(shape: Shape, item: &'static [(&'static str, &'static str, Fill)]) -> Shape {
    Shape { item, ..shape }
}

const LOT: (&str, &str, Fill) = ("lot", "lot", Text);
const AT: (&str, &str, Fill) = ("at", "site", Text);
const OWNER: (&str, &str, Fill) = ("owner", "owner", Text);
const UNDER: (&str, &str, Fill) = ("under", "under", Text);
const BECAUSE: (&str, &str, Fill) = ("because", "reason", Text);
const QUANTITY: Option<&str> = Some("quantity");
const PARTY: &[(&str, &str, Fill)] =
    &[("as", "role", Text), ("in", "country", Text), ("zone", "zone", Text), ("named", "name", Text)];
const MATERIAL: &[(&str, &str, Fill)] = &[
    ("in", "unit", Text),
    ("decimals", "decimals", Number),
    ("basis", "basis", Text),
    ("shown", "shown", Text),
    ("form", "form", Text),
    ("goal", "goal", Amount),
    ("need", "requirement_per_day", Amount),
    ("two-persons-above", "dual_control_above", Amount),
    ("authority-required", "authority_required", Flag),
    ("named", "name", Text),
];
const SITE: &[(&str, &str, Fill)] = &[
    ("custodian", "custodian", Text),
    ("in", "country", Text),
    ("area", "area", Text),
    ("class", "class", Text),
    ("named", "name", Text),
];

mod reserve;

/// The shape of a verb.
pub(super) fn find(verb: &str) -> Option<&'static Shape> {
    SHAPES.iter().chain(reserve::SHAPES).find(|shape| shape.verb == verb)
}

/// Acts of stock and of the register; those of shared reserves stand beside them.
const SHAPES: &[Shape] = &[
    shape("open", "open", Some(("origin", Text)), None, &[("format", "format", Number)]),
    shape("party", "register_party", Some(("code", Text)), None, PARTY),
    shape("amend-party", "amend_party", Some(("code", Text)), None, PARTY),
    shape("material", "register_material", Some(("code", Text)), None, MATERIAL),
    shape("amend-material", "amend_material", Some(("code", Text)), None, MATERIAL),
    shape("site", "register_site", Some(("code", Text)), None, SITE),
    shape("amend-site", "amend_site", Some(("code", Text)), None, SITE),
    with_items(
        shape("deposit", "deposit", None, QUANTITY, &[LOT, AT, OWNER, ("authority", "authority", Text)]),
        LOT_FACTS,
    ),
    shape(
        "draw",
        "draw",
        None,
        QUANTITY,
        &[
            LOT,
            AT,
            OWNER,
            UNDER,
            ("authority", "authority", Text),
            ("to", "destination", Text),
            ("use", "end_use", Text),
            ("licence", "licence", Text),
        ],
    ),
    shape(
        "transfer",
        "transfer",
        None,
        QUANTITY,
        &[LOT, ("from", "source", Text), ("to", "target", Text), OWNER, UNDER],
    ),
    shape(
        "dispatch",
        "dispatch",
        Some(("dispatch", Text)),
        None,
        &[
            ("from", "source", Text),
            ("to", "target", Text),
            OWNER,
            ("due", "due", Text),
            ("carrier", "carrier", Text),
            ("use", "end_use", Text),
            ("licence", "licence", Text),
            ("lot", "lines", List("lot", "quantity")),
        ],
    ),
    with_items(
        shape(
            "arrive",
            "arrive",
            Some(("dispatch", Text)),
            None,
            &[AT, ("last", "last", Flag), ("lot", "lines", List("lot", "received"))],
        ),
        &[("shipped", "shipped", Amount)],
    ),
    with_items(
        shape(
            "transform",
            "transform",
            Some(("kind", Text)),
            None,
            &[
                AT,
                ("to", "target", Text),
                OWNER,
                ("use", "inputs", List("lot", "quantity")),
                ("make", "outputs", List("lot", "quantity")),
                ("loss", "loss", Amount),
            ],
        ),
        LOT_FACTS,
    ),
    shape("split", "split", None, None, &[LOT, AT, OWNER, ("into", "parts", List("lot", "quantity"))]),
    shape("merge", "merge", None, None, &[("into", "lot", Text), AT, OWNER, ("lot", "parts", List("lot", "quantity"))]),
    shape("assay", "assay", None, None, &[LOT]),
    shape(
        "items",
        "count_items",
        None,
        None,
        &[LOT, AT, OWNER, ("what", "what", Text), ("kind", "kind", Text), ("count", "count", Number)],
    ),
    shape(
        "factor",
        "set_factor",
        None,
        None,
        &[LOT, ("of", "material", Text), ("is", "factor", Text), ("source", "source", Text)],
    ),
    shape(
        "amend-lot",
        "amend_lot",
        None,
        None,
        &[
            LOT,
            BECAUSE,
            ("form", "form", Text),
            ("source", "source", Text),
            ("mined", "origin.mined", Text),
            ("separated", "origin.separated", Text),
            ("refined", "origin.refined", Text),
            ("manufactured", "origin.manufactured", Text),
            ("supplier", "supplier", Text),
        ],
    ),
    shape(
        "title",
        "transfer_title",
        None,
        QUANTITY,
        &[LOT, AT, ("from", "owner", Text), ("to", "new_owner", Text), UNDER],
    ),
    shape(
        "lend",
        "lend",
        Some(("loan", Text)),
        QUANTITY,
        &[LOT, AT, OWNER, ("to", "borrower", Text), ("due", "due", Text), UNDER],
    ),
    with_items(
        shape(
            "return",
            "return_loan",
            Some(("loan", Text)),
            QUANTITY,
            &[LOT, AT, ("replaced-by", "replacement.lot", Text)],
        ),
        &[
            ("of", "replacement.material", Text),
            ("mined", "replacement.origin.mined", Text),
            ("refined", "replacement.origin.refined", Text),
            ("source", "replacement.source", Text),
        ],
    ),
    shape("loss", "loss", None, QUANTITY, &[LOT, AT, OWNER, BECAUSE]),
    shape("gain", "gain", None, QUANTITY, &[LOT, AT, OWNER, BECAUSE]),
    with_items(
        shape(
            "count",
            "stocktake",
            None,
            None,
            &[AT, OWNER, ("before", "before_event", Seq), ("lot", "lines", List("lot", "counted"))],
        ),
        &[("against", "against", Amount)],
    ),
    shape(
        "encumber",
        "encumber",
        Some(("encumbrance", Text)),
        QUANTITY,
        &[
            ("as", "kind", Text),
            LOT,
            AT,
            OWNER,
            ("from", "first", Text),
            ("through", "last", Text),
            ("for", "beneficiary", Text),
            ("agreement", "agreement", Text),
        ],
    ),
    shape("release", "release", Some(("encumbrance", Text)), QUANTITY, &[BECAUSE]),
    shape(
        "limit",
        "set_limit",
        None,
        None,
        &[LOT, AT, OWNER, ("floor", "floor", Amount), ("ceiling", "ceiling", Amount)],
    ),
    shape(
        "authorize",
        "authorize",
        Some(("authority", Text)),
        Some("ceiling"),
        &[
            ("for", "holder", Text),
            ("to-deposit", "direction", Said("acquisition")),
            ("to-draw", "direction", Said("disposal")),
            ("of", "material", Text),
            ("from", "first", Text),
            ("through", "last", Text),
            ("basis", "basis", Text),
        ],
    ),
    shape("approve", "approve", Some(("held", Seq)), None, &[]),
    shape("decline", "decline", Some(("held", Seq)), None, &[BECAUSE]),
    shape("correct", "correct", Some(("reverses", Seq)), None, &[BECAUSE]),
    shape("close", "close_period", None, None, &[OWNER, ("through", "through", Text)]),
];
