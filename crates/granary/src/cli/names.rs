//! What questions and acts are called at the shell: groups, and one short list of names that differ.
//!
//! Every question is asked with `granary ask NAME` and every act done with `granary do WORD`. The names here are other
//! names for the same things: older ones, and verbs for people who do one kind of thing all day.

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Behind {
    Question(&'static str),
    Act(&'static str),
}

/// Another name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    /// As it is typed, without `granary`.
    pub(crate) path: &'static str,
    pub(crate) behind: Behind,
    /// The field that is said without an option.
    pub(crate) placed: Option<&'static str>,
    /// Fields with another option than their own name.
    pub(crate) renamed: &'static [(&'static str, &'static str)],
    /// Shown is this list alone, without what the answer says beside it.
    pub(crate) list: Option<&'static str>,
}

const fn ask(path: &'static str, question: &'static str) -> Name {
    Name { path, behind: Behind::Question(question), placed: None, renamed: &[], list: None }
}

const fn act(path: &'static str, word: &'static str) -> Name {
    Name { path, behind: Behind::Act(word), placed: None, renamed: &[], list: None }
}

impl Name {
    const fn placed(self, field: &'static str) -> Self {
        Self { placed: Some(field), ..self }
    }

    const fn renamed(self, renamed: &'static [(&'static str, &'static str)]) -> Self {
        Self { renamed, ..self }
    }

    const fn list(self, list: &'static str) -> Self {
        Self { list: Some(list), ..self }
    }
}

/// Names that are not the thing's own.
pub(crate) const NAMES: &[Name] = &[
    ask("position", "positions").list("positions"),
    ask("list", "list").placed("what").list("lines"),
    ask("cover", "cover").list("materials"),
    ask("dependence", "dependence"),
    ask("history", "history").list("events"),
    ask("trace", "trace").placed("lot").list("links"),
    ask("explain", "explain"),
    ask("reserve status", "reserve").placed("reserve"),
    ask("reserve members", "members").placed("reserve"),
    ask("reserve entitlements", "entitlements").placed("reserve"),
    ask("reserve debts", "debts").placed("reserve"),
    ask("reserve cash", "cash").placed("reserve"),
    ask("reserve promises", "promises").placed("reserve"),
    ask("reserve calls", "calls").placed("reserve"),
    ask("reserve board", "call_board"),
    ask("reserve allocation", "allocation"),
    ask("reserve recompute", "recompute"),
    ask("reserve orders", "orders").placed("order"),
    ask("reserve receipts", "receipts"),
    ask("reserve rights", "rights"),
    ask("reserve access", "access").placed("reserve"),
    ask("reserve blocked", "blocked").renamed(&[("end_use", "use")]),
    ask("reserve cover", "cover_base"),
    ask("reserve plan", "plan").placed("authority"),
    ask("reserve reach", "reach"),
    ask("reserve figures", "figures"),
    ask("reserve limits", "share_limits").placed("limit"),
    ask("reserve stress", "stress").renamed(&[("day", "as-of")]),
    ask("reconcile reports", "reports"),
    ask("reconcile lines", "report_lines").placed("report"),
    ask("reconcile statements", "statements"),
    ask("reconcile list", "breaks"),
    ask("reconcile show", "break").placed("code"),
    ask("reconcile balance", "material_balance"),
    ask("reconcile balances", "balance_series"),
    ask("reconcile transfers", "transfers"),
    ask("reconcile pools", "pool_check").placed("reserve"),
    ask("reconcile calendar", "report_calendar"),
    ask("reconcile published", "published"),
    ask("reconcile restatements", "restatements"),
    ask("reconcile export", "report_text").placed("report"),
    ask("audit told facts", "facts"),
    ask("audit told trusted", "trusted_logs"),
    ask("audit told shipments", "shipments"),
    act("reconcile explain", "explain_break").placed("number"),
    act("reconcile assign", "assign_break").placed("number"),
    act("reconcile agree", "agree_break").placed("number"),
    act("reconcile close", "close_break").placed("number").renamed(&[("by", "piece")]),
    act("reconcile reopen", "reopen_break").placed("number"),
    act("reconcile match", "match_lines").renamed(&[("whose", "party")]),
    act("reconcile unmatch", "unmatch_lines").placed("number"),
    act("reconcile publish", "publish"),
    act("reconcile approve", "approve").placed("held"),
    act("mandate", "mandate").placed("mandate"),
    act("end-mandate", "end_mandate").placed("mandate"),
    act("approve", "approve").placed("held"),
    act("decline", "decline").placed("held"),
    act("correct", "correct").placed("reverses"),
    act("register party", "register_party"),
    act("register person", "register_person"),
    act("register material", "register_material"),
    act("register site", "register_site"),
    act("amend party", "amend_party"),
    act("amend person", "amend_person").placed("person"),
    act("amend material", "amend_material"),
    act("amend site", "amend_site"),
    act("amend lot", "amend_lot").placed("lot"),
];

/// Questions or acts of one kind.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) title: &'static str,
    /// Where acts of the group are verbs: below this word, or at once where it is empty.
    pub(crate) parent: &'static str,
    pub(crate) members: &'static [&'static str],
}

const fn group(title: &'static str, members: &'static [&'static str]) -> Group {
    Group { title, parent: "", members }
}

const fn below(parent: &'static str, title: &'static str, members: &'static [&'static str]) -> Group {
    Group { title, parent, members }
}

/// The questions, as people look for them.
pub(crate) const QUESTIONS: &[Group] = &[
    group("Stock", &["positions", "items", "list", "cover", "dependence", "trace", "explain"]),
    group("Events", &["history", "event", "command", "head"]),
    group(
        "Reserves",
        &["reserve", "members", "entitlements", "debts", "cash", "brief", "promises", "recompute", "access"],
    ),
    group("Calls", &["calls", "call_board", "allocation"]),
    group("Market", &["orders", "receipts", "rights", "plan"]),
    group("Risk", &["blocked", "cover_base", "reach", "share_limits", "figures", "stress"]),
    group("Reports", &["reports", "report_lines", "report_text", "report_calendar", "statements", "published"]),
    group("Differences", &["reconciliation", "breaks", "break", "transfers", "pool_check", "restatements"]),
    group("Material balance", &["material_balance", "balance_series"]),
    group("Audit", &["digest", "prove_balance", "adjustments", "facts", "shipments", "trusted_logs"]),
];

/// The acts, as people look for them.
pub(crate) const ACTS: &[Group] = &[
    group(
        "Registers",
        &[
            "register_party",
            "amend_party",
            "register_person",
            "amend_person",
            "register_material",
            "amend_material",
            "register_site",
            "amend_site",
        ],
    ),
    group(
        "Stock",
        &[
            "deposit",
            "draw",
            "transfer",
            "dispatch",
            "arrive",
            "transform",
            "split",
            "merge",
            "amend_lot",
            "set_factor",
            "assay",
            "transfer_title",
            "lend",
            "return_loan",
            "loss",
            "gain",
            "stocktake",
            "count_items",
        ],
    ),
    group(
        "Claims and limits",
        &[
            "encumber",
            "release",
            "set_limit",
            "authorize",
            "restrict",
            "lift_restriction",
            "license",
            "set_share_limit",
            "record_figure",
        ],
    ),
    group("Mandates", &["mandate", "end_mandate"]),
    group("Control", &["approve", "decline", "correct", "close_period"]),
    below(
        "reserve",
        "Reserves",
        &[
            "establish_reserve",
            "amend_reserve",
            "wind_up",
            "set_member",
            "set_key",
            "record_base",
            "commit",
            "accept",
            "contribute",
            "transfer_entitlement",
            "withdraw",
            "replenish",
            "settle_cash",
            "book_cash",
            "share_difference",
            "request_access",
            "decide_access",
            "serve_request",
        ],
    ),
    below("reserve", "Calls", &["activate", "call", "commit_to_call", "deliver", "settle_part", "end_call"]),
    below(
        "market",
        "Market",
        &[
            "open_order",
            "declare_demand",
            "award",
            "accept_award",
            "receive_order",
            "set_price_floor",
            "record_rate",
            "acquire_right",
            "transfer_right",
            "exercise_right",
        ],
    ),
    below(
        "reconcile",
        "Reports and differences",
        &[
            "receive_report",
            "add_report_lines",
            "record_run",
            "record_load",
            "explain_break",
            "assign_break",
            "agree_break",
            "close_break",
            "reopen_break",
            "match_lines",
            "unmatch_lines",
            "set_method",
            "set_measuring",
            "set_tolerance",
            "set_duty",
            "publish",
        ],
    ),
    group("Log", &["open", "trust_log", "record_fact", "rotate_log_key"]),
];
