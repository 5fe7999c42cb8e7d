//! The closed lists of words that stand in columns: what programs get is the word itself, what people read is in a catalogue.

use reconcile::{Class, Reason};
use wire::acts::words::{
    Area, CallEnd, CashFor, Direction, EncumbranceKind, FigureOf, Form, KeyKind, MemberStatus, MoneyFor, ReportKind,
    RightKind, Role, ShareOf, SourceKind, Stage, Way,
};

/// A closed list: its name, and its words.
pub type ClosedList = (&'static str, fn() -> Vec<String>);

/// Every closed list.
pub const LISTS: &[ClosedList] = &[
    ("access", || own(&["open", "refused", "granted"])),
    ("area", || all(Area::ALL, Area::word)),
    ("break", || own(&["open", "explained", "resolved", "written_off"])),
    ("call", || both(all(CallEnd::ALL, CallEnd::word), &["open"])),
    ("class", || all(&Class::ALL, |class| class.code().into())),
    ("direction", || all(Direction::ALL, Direction::word)),
    ("due", || own(&["in time", "late", "not due yet", "missing"])),
    ("encumbrance", || all(EncumbranceKind::ALL, EncumbranceKind::word)),
    ("escalation", || own(&["owner", "supervisor", "secretariat", "auditor"])),
    ("event", || own(&["done", "held", "refused"])),
    ("figure", || all(FigureOf::ALL, FigureOf::word)),
    ("form", || all(Form::ALL, Form::word)),
    ("found", || own(&["hand", "reference", "amount", "tolerance", "sum", "nothing"])),
    ("group", || own(&["movement", "closing"])),
    ("key", || all(KeyKind::ALL, KeyKind::word)),
    ("levels", || own(&["quantities", "days", "bands"])),
    ("limit_verdict", || own(&["kept", "possible", "broken"])),
    ("measured", || own(&["not_significant", "warning", "alarm", "records_wrong", "not_judged"])),
    ("member", || both(all(MemberStatus::ALL, MemberStatus::word), &["not yet"])),
    ("money", || [all(MoneyFor::ALL, MoneyFor::word), all(CashFor::ALL, CashFor::word)].concat()),
    ("not_compared", || own(&["no_price", "no_rate", "no_assay"])),
    ("part", || {
        let own = own(&["not asked", "fulfilled", "fulfilled within tolerance", "late", "defaulted", "waived"]);
        [own, words_of("call")].concat()
    }),
    ("period", || own(&["closed", "rounding", "noise", "timing", "open"])),
    ("place", || own(&["site", "in_transit", "on_loan", "virtual"])),
    ("promise", || both(all(EncumbranceKind::ALL, EncumbranceKind::word), &["forward", "cash"])),
    ("reason", || all(&Reason::ALL, |reason| reason.code().into())),
    ("report", || all(ReportKind::ALL, ReportKind::word)),
    ("retry", || own(&["never", "later", "changed"])),
    ("right", || all(RightKind::ALL, RightKind::word)),
    ("role", || all(Role::ALL, Role::word)),
    ("share_of", || all(ShareOf::ALL, ShareOf::word)),
    ("shipment", || own(&["in_transit", "agreed", "differs", "arrival_only"])),
    ("side", || own(&["ours", "theirs"])),
    ("significance", || own(&["not_significant", "significant", "unjudged"])),
    ("source", || all(SourceKind::ALL, SourceKind::word)),
    ("stage", || all(Stage::ALL, Stage::word)),
    ("step", || own(&["mining", "separation", "refining", "manufacturing"])),
    ("transfer", || own(&["in_transit", "complete"])),
    ("verdict", || own(&["accepted", "duplicate", "refused", "invalid"])),
    ("way", || all(Way::ALL, Way::word)),
];

/// The words of a list.
pub(crate) fn words_of(list: &str) -> Vec<String> {
    LISTS.iter().find(|(name, _)| *name == list).map(|(_, words)| words()).unwrap_or_default()
}

fn own(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn all<T: Copy>(choices: &[T], word: impl Fn(T) -> String) -> Vec<String> {
    choices.iter().map(|choice| word(*choice)).collect()
}

fn both(words: Vec<String>, more: &[&str]) -> Vec<String> {
    [words, own(more)].concat()
}
