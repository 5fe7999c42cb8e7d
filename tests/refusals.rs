//! Every refusal can happen, and says to people what is wrong and what to do next.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use books::Rejection;
use books::rejection::FAULTS;
use testkit::Answer;

#[path = "refusals/breakages.rs"]
mod breakages;
#[path = "common/story.rs"]
mod story;

/// What must be refused last, and what has to happen before: by the refusal's code, in order of precedence.
const CASES: &[(&str, &str)] = &[
    (
        "id_reused",
        "deposit lot L1 at Ibaraki 1 t of NdPr-oxide id A
         deposit lot L1 at Ibaraki 2 t of NdPr-oxide id A",
    ),
    ("role_not_permitted", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide by AuditBoard"),
    ("unknown_party", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide owner Utopia"),
    ("unknown_material", "deposit lot L1 at Ibaraki 1 t of Unobtainium"),
    ("unknown_site", "deposit lot L1 at Atlantis 1 t of NdPr-oxide"),
    ("unknown_lot", "draw lot L1 at Ibaraki 1 t"),
    ("unknown_dispatch", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide\n arrive D1 at Ibaraki lot L1 1 t"),
    ("unknown_loan", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide\n return N1 lot L1 at Ibaraki 1 t"),
    ("unknown_encumbrance", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide\n draw lot L1 at Ibaraki 1 t under E1"),
    ("unknown_authority", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide authority A1"),
    ("unknown_reserve", "use shared\n contribute to R9 member JOGMEC lot J1 at Ibaraki 1 t by JOGMEC"),
    ("unknown_commitment", "use shared\n contribute to R member JOGMEC lot J1 at Ibaraki 1 t commitment W by JOGMEC"),
    ("unknown_debt", "use shared\n replenish X lot J1 at Ibaraki 1 t by JOGMEC"),
    ("unknown_activation", "use shared\n call C in R of NdPr-oxide 1 t activation A"),
    ("unknown_call", "use shared\n end C terminated"),
    ("unknown_order", "use shared\n award O to Lynas price \"1.00 USD\""),
    ("unknown_right", "use shared\n pass-right RT from JOGMEC to KOMIR 1 t by JOGMEC"),
    ("unknown_restriction", "use shared\n lift Q"),
    ("unknown_licence", "use shared\n draw lot J1 at Ibaraki owner JOGMEC 1 t licence L by JOGMEC"),
    ("unknown_request", "use shared\n grant RQ 1 t rule a because b"),
    ("unknown_report", r#"post {"act":"add_report_lines","report":"METI/9","lines":[]}"#),
    ("unknown_break", r#"post {"act":"explain_break","number":"B9","reason":"timing"}"#),
    ("unknown_match", r#"post {"act":"unmatch_lines","number":"M9","note":"a slip"}"#),
    ("unknown_trusted_log", r#"post {"act":"trust_log","origin":"example.org/japan"}"#),
    ("unknown_person", r#"post {"act":"amend_person","person":"JOGMEC/9"}"#),
    ("unknown_mandate", "end-mandate M by JOGMEC"),
    (
        "ambiguous_code",
        "deposit lot L1 at Kobe 1 t of NdPr-oxide
         deposit lot L1 at Kobe 1 t of NdPr-oxide by KOMIR
         draw lot L1 at Kobe 1 t owner KOMIR by PortCo",
    ),
    ("unit_differs", "deposit lot L1 at Ibaraki 5 bbl of NdPr-oxide"),
    ("not_whole", "deposit lot L1 at Ibaraki 60 lb of NdPr-oxide"),
    ("basis_differs", "deposit lot L1 at Ibaraki 5 t REO of NdPr-oxide"),
    (
        "lot_differs",
        "deposit lot L1 at Ibaraki 1 t of NdPr-oxide mined AU
         deposit lot L1 at Ibaraki 1 t mined CN",
    ),
    ("lot_undescribed", "deposit lot L1 at Ibaraki 1 t"),
    ("unreadable_value", "deposit lot L1 at Ibaraki \"100\" of NdPr-oxide"),
    ("not_permitted", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide owner JOGMEC by KOMIR"),
    ("secretariat_only", "party Control as auditor in JP by JOGMEC"),
    (
        "own_reports",
        r#"post {"act":"record_run","party":"JOGMEC","whose":"JOGMEC","first":"2026-02-01","last":"2026-02-28","counts":[0,0,0,0,0,0,0,0,0]}"#,
    ),
    ("invalid_value", "deposit lot \"\" at Ibaraki 1 t of NdPr-oxide"),
    ("quantity_zero", "deposit lot L1 at Ibaraki 0 t of NdPr-oxide"),
    ("source_is_target", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide\n transfer lot L1 from Ibaraki to Ibaraki 1 t"),
    ("assay_exceeds_whole", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide assay final Nd2O3 80% Pr6O11 25%"),
    ("effective_in_future", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide effective 2026-03-14"),
    ("already_registered", "site Ibaraki in JP area item"),
    ("period_goes_back", "close through 2026-02-28\n close through 2026-01-31"),
    (
        "head_differs",
        r#"post {"act":"close_period","through":"2026-02-28","maker":"Sato","head":{"size":1,"root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}}"#,
    ),
    (
        "balances_differ",
        r#"post {"act":"close_period","through":"2026-02-28","maker":"Sato","digest":{"balances":1,"root":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}}"#,
    ),
    (
        "still_waits",
        r#"amend-material NdPr-oxide named x shown t form oxide two-persons-above "10 t" by METI
         post {"act":"deposit","lot":"L1","site":"Ibaraki","quantity":"20 t","material":"NdPr-oxide","maker":"Sato","effective":"2026-02-10"}
         post {"act":"close_period","through":"2026-02-28","maker":"Sato"}"#,
    ),
    (
        "not_acknowledged",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide effective 2026-02-10
         dispatch D1 from Ibaraki to Busan lot L1 5 t effective 2026-02-20
         close through 2026-02-28",
    ),
    (
        "arrives_before_dispatch",
        "deposit lot L1 at Ibaraki 1 t of NdPr-oxide effective 2026-03-01
         dispatch D1 from Ibaraki to Kobe lot L1 1 t effective 2026-03-10
         arrive D1 lot L1 1 t effective 2026-03-08",
    ),
    (
        "encumbrance_elsewhere",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         deposit lot L2 at Ibaraki 10 t of NdPr-oxide
         encumber E1 as pledge lot L1 at Ibaraki 5 t
         draw lot L2 at Ibaraki 5 t under E1",
    ),
    (
        "blocked",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         encumber H1 as hold lot L1 at Ibaraki 5 t
         draw lot L1 at Ibaraki 5 t under H1",
    ),
    (
        "encumbrance_not_begun",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         encumber E1 as pledge lot L1 at Ibaraki 5 t from 2026-04-01
         draw lot L1 at Ibaraki 5 t under E1",
    ),
    (
        "encumbrance_lapsed",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide effective 2026-03-01
         encumber E1 as pledge lot L1 at Ibaraki 5 t through 2026-03-05 effective 2026-03-01
         draw lot L1 at Ibaraki 5 t under E1",
    ),
    (
        "nothing_left",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         encumber H1 as hold lot L1 at Ibaraki 5 t
         release H1
         release H1",
    ),
    (
        "needs_consent",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         encumber T1 as ticket lot L1 at Ibaraki 5 t for KOMIR
         accept T1 by KOMIR
         release T1",
    ),
    (
        "authority_missing",
        "material Sb in mg basis net shown t form metal authority-required
         deposit lot S1 at Ibaraki 1 t of Sb",
    ),
    (
        "authority_does_not_fit",
        "authorize A1 to-draw of NdPr-oxide 5 t from 2026-01-01
         deposit lot L1 at Ibaraki 1 t of NdPr-oxide authority A1",
    ),
    (
        "authority_not_in_force",
        "authorize A1 to-deposit of NdPr-oxide 5 t from 2026-04-01
         deposit lot L1 at Ibaraki 1 t of NdPr-oxide authority A1",
    ),
    ("reserve_closed", "use shared\n wind-up R because over\n wind-up R because over"),
    ("not_a_member", "use shared\n commit W in R member FMC 1 t of NdPr-oxide by FMC"),
    ("notice_too_short", "use shared\n member DLA in R leaves"),
    ("no_key_in_force", "use shared\n key net_imports in R year 2025\n call C in R of NdPr-oxide 1 t"),
    (
        "does_not_fit",
        "use shared
         encumber E as earmark lot J1 at Ibaraki owner JOGMEC 1 t for KOMIR by JOGMEC
         accept E by KOMIR",
    ),
    ("ended", "use shared\n call C in R of NdPr-oxide 1 t\n end C cancelled\n end C cancelled"),
    (
        "not_in_force",
        "use shared
         right RT as option holder JOGMEC supplier Lynas 1 t of NdPr-oxide from 2026-04-01 by JOGMEC
         exercise RT holder JOGMEC lot N1 of NdPr-oxide at Ibaraki 1 t by JOGMEC",
    ),
    (
        "no_substitute",
        "use shared
         deposit lot N1 at Ibaraki owner JOGMEC 1 kg of Dy-oxide by JOGMEC
         call C in R of NdPr-oxide 1 t
         commit-to C member JOGMEC lot N1 1 kg at Ibaraki by JOGMEC",
    ),
    (
        "price_not_compared",
        "use shared
         floor F of NdPr-oxide price \"100.00 USD\" from 2026-01-01 refuses
         deposit lot N1 at Ibaraki owner JOGMEC 1 t of NdPr-oxide price \"99.99 EUR\" by JOGMEC",
    ),
    (
        "below_price_floor",
        "use shared
         floor F of NdPr-oxide price \"100.00 USD\" from 2026-01-01 refuses
         deposit lot N1 at Ibaraki owner JOGMEC 1 t of NdPr-oxide price \"99.99 USD\" by JOGMEC",
    ),
    (
        "restricted",
        "use shared
         restrict Q of NdPr-oxide to KR licensable
         draw lot J1 at Ibaraki owner JOGMEC 1 t to KR by JOGMEC",
    ),
    (
        "origin_differs",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide mined CN
         transform upgrade at Ibaraki use L1 10 t make L2 10 t mined AU",
    ),
    ("not_held", "deposit lot L1 at Ibaraki 1 t of NdPr-oxide id A\n approve A maker Kim"),
    ("nothing_to_reverse", "correct 999 because typo"),
    (
        "already_reversed",
        "deposit lot L1 at Ibaraki 1 t of NdPr-oxide id A
         correct A because typo
         correct A because typo",
    ),
    ("not_reversible", "party IAEA as supplier in AT id A\n correct A because typo"),
    (
        "checker_is_maker",
        "material Ga in mg basis net shown t form metal two-persons-above 1 t
         deposit lot G1 at Ibaraki 2 t of Ga maker Sato id A
         approve A maker Sato",
    ),
    (
        "same_person",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         dispatch D1 from Ibaraki to Kobe lot L1 6 t maker Sato
         arrive D1 lot L1 6 t maker Sato",
    ),
    (
        "break_rule",
        r#"deposit lot L1 at Ibaraki 10 t of NdPr-oxide
           post {"act":"record_run","party":"ledger","whose":"JOGMEC","first":"2026-02-01","last":"2026-02-28","counts":[0,0,0,0,0,0,0,1,0],"breaks":[{"class":"ours_only","reason":"missing","material":"NdPr-oxide","effective":"2026-02-03","ours":["event 2.1"],"theirs":[]}]}
           post {"act":"close_break","party":"ledger","number":"B1","how":"tolerance"}"#,
    ),
    ("bad_proof", "@trust\n @record altered"),
    ("not_witnessed", "@trust\n @record alone"),
    ("not_linked", "@trust\n @record 9 10\n @record 11 12"),
    ("split_view", "@trust\n @record 9 10\n @record 9 10 forked"),
    (
        "period_closed",
        "close through 2026-02-28
         deposit lot L1 at Ibaraki 1 t of NdPr-oxide effective 2026-02-28",
    ),
    (
        "exceeds_dispatch",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         dispatch D1 from Ibaraki to Kobe lot L1 6 t
         arrive D1 lot L1 7 t",
    ),
    (
        "exceeds_loan",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         lend N1 lot L1 at Ibaraki to DLA 6 t
         return N1 lot L1 at Ibaraki 7 t",
    ),
    (
        "does_not_balance",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         transform conversion at Ibaraki use L1 10 t make L2 8 t loss 1 t",
    ),
    (
        "assay_missing",
        "deposit lot L1 at Ibaraki 1 t of NdPr-oxide
         transform conversion at Ibaraki use L1 1 t make M1 900 t of NdPr-metal",
    ),
    (
        "yield_exceeds_feed",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide assay final Nd2O3 75%
         transform conversion at Ibaraki use L1 10 t make M1 7 t of NdPr-metal assay final Nd 99%",
    ),
    (
        "rotation_lowers_stock",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         transform rotation at Ibaraki use L1 10 t make L2 9 t",
    ),
    (
        "exceeds_encumbrance",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         encumber E1 as pledge lot L1 at Ibaraki 5 t
         draw lot L1 at Ibaraki 6 t under E1",
    ),
    (
        "exceeds_authority",
        "authorize A1 to-deposit of NdPr-oxide 5 t from 2026-01-01
         deposit lot L1 at Ibaraki 3 t of NdPr-oxide authority A1
         deposit lot L1 at Ibaraki 3 t authority A1",
    ),
    (
        "exceeds_call",
        "use shared
         call C in R of NdPr-oxide 6 t
         settle C member DLA 2 t relief because lowered by DLA",
    ),
    (
        "exceeds_entitlement",
        "use shared
         contribute to R member JOGMEC lot J1 at Ibaraki 10 t by JOGMEC
         withdraw from R member KOMIR lot J1 at Ibaraki 1 t debt X due 2026-12-31 by KOMIR",
    ),
    (
        "exceeds_open",
        "use shared
         right RT as option holder JOGMEC supplier Lynas 1 t of NdPr-oxide by JOGMEC
         pass-right RT from JOGMEC to KOMIR 2 t by JOGMEC",
    ),
    (
        "tally_overflow",
        "use shared
         order O of NdPr-oxide buyer IEA
         demand O of NdPr-oxide \"9223372036854775807 mg\"
         demand O of NdPr-oxide \"1 mg\"",
    ),
    ("exceeds_balance", "deposit lot L1 at Ibaraki 10 t of NdPr-oxide\n draw lot L1 at Ibaraki 11 t"),
    ("book_differs", "deposit lot L1 at Ibaraki 10 t of NdPr-oxide\n count at Ibaraki lot L1 9 t against 11 t"),
    (
        "exceeds_available",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         encumber E1 as pledge lot L1 at Ibaraki 5 t
         draw lot L1 at Ibaraki 6 t",
    ),
    (
        "below_floor",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         limit lot L1 at Ibaraki floor 5 t
         draw lot L1 at Ibaraki 6 t",
    ),
    (
        "above_ceiling",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         limit lot L1 at Ibaraki ceiling 15 t
         deposit lot L1 at Ibaraki 6 t",
    ),
    (
        "not_enough",
        "deposit lot L1 at Ibaraki 1 t of NdPr-oxide
         mandate M to KOMIR for draw
         draw lot L1 at Ibaraki 2 t owner JOGMEC by KOMIR",
    ),
    (
        "rights_do_not_allow",
        "use shared
         contribute to R member JOGMEC lot J1 at Ibaraki 60 t by JOGMEC
         withdraw from R member JOGMEC lot J1 at Ibaraki 50 t debt X due 2026-12-31 by JOGMEC
         member FMC in R invited weight 900 reapportion NdPr-oxide \"1.00 USD\"
         member FMC in R joins weight 900 reapportion NdPr-oxide \"1.00 USD\" by FMC",
    ),
    (
        "overflow",
        "deposit lot L1 at Ibaraki 9000000000 t of NdPr-oxide
         deposit lot L1 at Ibaraki 9000000000 t",
    ),
    (
        "maker_missing",
        "material Ga in mg basis net shown t form metal two-persons-above 1 t
         deposit lot G1 at Ibaraki 2 t of Ga",
    ),
];

/// Two refusals that hold at once, where more than one command has to come before: the first is declared first, and given.
const PAIRS: &[(&str, &str, &str)] = &[
    (
        "invalid_value",
        "exceeds_encumbrance",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         encumber E1 as pledge lot L1 at Ibaraki 5 t
         draw lot L1 at Ibaraki 6 t under E1 to xx",
    ),
    (
        "quantity_zero",
        "below_price_floor",
        "use shared
         floor F of NdPr-oxide price \"100.00 USD\" from 2026-01-01 refuses
         deposit lot N1 at Ibaraki owner JOGMEC 0 t of NdPr-oxide price \"99.99 USD\" by JOGMEC",
    ),
    (
        "quantity_zero",
        "already_registered",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         encumber E1 as pledge lot L1 at Ibaraki 5 t
         encumber E1 as pledge lot L1 at Ibaraki 0 t",
    ),
    (
        "encumbrance_elsewhere",
        "exceeds_balance",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         deposit lot L2 at Ibaraki 10 t of NdPr-oxide
         encumber E1 as pledge lot L1 at Ibaraki 5 t
         draw lot L2 at Ibaraki 50 t under E1",
    ),
    (
        "authority_not_in_force",
        "exceeds_authority",
        "authorize A1 to-deposit of NdPr-oxide 5 t from 2026-04-01
         deposit lot L1 at Ibaraki 6 t of NdPr-oxide authority A1",
    ),
    (
        "restricted",
        "exceeds_balance",
        "use shared
         restrict Q of NdPr-oxide to KR licensable
         draw lot J1 at Ibaraki owner JOGMEC 100000 t to KR by JOGMEC",
    ),
    (
        "period_closed",
        "exceeds_balance",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide effective 2026-02-01
         close through 2026-02-28
         draw lot L1 at Ibaraki 11 t effective 2026-02-28",
    ),
    (
        "exceeds_encumbrance",
        "exceeds_balance",
        "deposit lot L1 at Ibaraki 10 t of NdPr-oxide
         encumber E1 as pledge lot L1 at Ibaraki 5 t
         draw lot L1 at Ibaraki 11 t under E1",
    ),
    (
        "exceeds_balance",
        "maker_missing",
        "material Ga in mg basis net shown t form metal two-persons-above 1 t
         deposit lot G1 at Ibaraki 1 t of Ga
         draw lot G1 at Ibaraki 2 t",
    ),
];

#[test]
fn of_two_refusals_the_one_that_is_declared_first_is_given() {
    let rank = |code: &str| books::rejection::CODES.iter().position(|known| known.code == code).expect("a code");
    for (first, second, script) in PAIRS {
        assert!(rank(first) < rank(second), "`{first}` is declared before `{second}`");
        let refusal = refused(script);
        assert_eq!(&refusal.code, first, "and not `{second}`: {}\n{script}", refusal.message);
    }
}

/// The list of refusals, the enum, the cases above and the catalogue of words have one order.
#[test]
fn refusals_are_declared_and_tested_in_one_order() {
    let codes: Vec<&str> = books::rejection::CODES.iter().map(|known| known.code).collect();
    assert!(books::rejection::CODES.is_sorted_by_key(|known| known.step), "step by step");
    let tested: Vec<&str> = CASES.iter().map(|(code, _)| *code).collect();
    let declared: Vec<&str> = codes.iter().copied().filter(|code| tested.contains(code)).collect();
    assert_eq!(tested, declared);
    let catalogue = include_str!("../crates/words/catalogues/en.ftl");
    let told: Vec<&str> = catalogue
        .lines()
        .filter_map(|line| line.strip_prefix("refused-")?.split_once(" = "))
        .map(|(code, _)| code)
        .filter(|code| codes.contains(code))
        .collect();
    assert_eq!(told, codes);
    let manual = include_str!("../docs/refusals.md");
    let documented: Vec<(&str, &str)> = manual
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(code, rest)| (code, rest.split(' ').next().expect("a word")))
        .collect();
    let retries = books::rejection::CODES.iter().map(|known| (known.code, format!("{:?}", known.retry).to_lowercase()));
    let retries: Vec<(&str, String)> = retries.collect();
    assert_eq!(documented, retries.iter().map(|(code, retry)| (*code, retry.as_str())).collect::<Vec<_>>());
    let faults: Vec<&str> =
        manual.lines().filter_map(|line| line.strip_prefix("- `")?.split_once("`: ")).map(|(code, _)| code).collect();
    assert_eq!(faults, FAULTS.iter().map(|fault| fault.code).collect::<Vec<_>>());
    let source = include_str!("../crates/books/src/rejection.rs");
    let (_, declared) = source.split_once("pub enum Rejection {").expect("the enum");
    let variants: Vec<&str> = declared
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|first: char| first.is_ascii_uppercase()))
        .map(|line| line.trim_end_matches([' ', '{', ',']))
        .collect();
    let table = include_str!("../crates/books/src/rejection/codes.rs");
    let mut of_table: Vec<&str> = Vec::new();
    for row in table.lines().filter_map(|line| line.trim().strip_prefix("R::")) {
        let variant = row.split([' ', '{']).next().expect("a variant");
        if of_table.last() != Some(&variant) {
            of_table.push(variant);
        }
    }
    assert_eq!(variants, of_table);
}

/// A fault that no rule gives is a word too many.
#[test]
fn every_fault_is_given_somewhere() {
    let mut source = String::new();
    let mut folders: Vec<PathBuf> = ["books", "wire", "ledger"]
        .map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../crates/{name}/src")))
        .into();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("tests.rs") {
                source += &std::fs::read_to_string(&path).expect("text");
            }
        }
    }
    let given: BTreeSet<&str> = source
        .match_indices("Fault::")
        .map(|(at, _)| &source[at + 7..])
        .filter_map(|rest| rest.split(|letter: char| !letter.is_ascii_alphanumeric()).next())
        .collect();
    let never: Vec<&str> = FAULTS.iter().map(|fault| fault.name).filter(|name| !given.contains(name)).collect();
    assert!(never.is_empty(), "no rule gives {never:?}");
}

/// Refuses to compile when a refusal is added and not listed: then write its case above.
fn variant(rejection: &Rejection) -> &'static str {
    macro_rules! variants {
        ($($variant:ident)*) => {
            match rejection { $(Rejection::$variant { .. } => stringify!($variant),)* }
        };
    }
    variants! {
        IdReused RoleNotPermitted Unknown Ambiguous UnitDiffers NotWhole BasisDiffers LotDiffers LotUndescribed Unreadable NotPermitted
        SecretariatOnly OwnReports Invalid QuantityMustNotBeZero SourceIsTarget AssayExceedsWhole
        EffectiveInFuture AlreadyRegistered PeriodGoesBack HeadDiffers BalancesDiffer StillWaits NotAcknowledged ArrivesBeforeDispatch
        EncumbranceElsewhere Blocked EncumbranceNotBegun EncumbranceLapsed NothingLeft NeedsConsent AuthorityMissing
        AuthorityDoesNotFit AuthorityNotInForce ReserveClosed NotAMember NoticeTooShort NoKeyInForce
        DoesNotFit Ended NotInForce NoSubstitute PriceNotCompared BelowPriceFloor Restricted OriginDiffers NotHeld NothingToReverse
        AlreadyReversed NotReversible CheckerIsMaker SamePerson BreakRule BadProof NotWitnessed NotLinked
        SplitView PeriodClosed ExceedsDispatch ExceedsLoan DoesNotBalance AssayMissing YieldExceedsFeed
        RotationLowersStock ExceedsEncumbrance ExceedsAuthority ExceedsCall ExceedsEntitlement ExceedsTally
        TallyOverflow ExceedsBalance BookDiffers ExceedsAvailable BelowFloor AboveCeiling NotEnough RightsDoNotAllow Overflow
        MakerMissing
    }
}

const VARIANT_COUNT: usize = 79;

/// Steps with proofs, which nobody writes by hand: Japan's log is trusted; one of its facts is recorded, as it is or not.
fn proven(step: &str) -> String {
    use serde_json::json;
    use testkit::foreign::{Foreign, lines};
    const JAPAN: &str = include_str!("data/japan.txt");
    let words: Vec<&str> = step.split(' ').collect();
    let of = |text: &str| Foreign::of(text).expect("it reads");
    let act = match words[..] {
        ["@trust"] => json!({"act": "trust_log", "origin": "example.org/japan", "policy": of(JAPAN).policy(true)}),
        ["@record", ref how @ ..] => {
            let fact = match *how {
                ["altered"] => {
                    let mut fact = of(JAPAN).fact(9, 10, None);
                    fact.receipt.index += 1;
                    lines(&fact)
                }
                ["alone"] => {
                    let all = lines(&of(JAPAN).fact(9, 10, None));
                    all.into_iter().filter(|line| !line.contains("witness.example")).collect()
                }
                [seq, size] => lines(&of(JAPAN).fact(seq.parse().expect("event"), size.parse().expect("size"), None)),
                _ => lines(&of(&JAPAN.replace("Ibaraki 100 t", "Ibaraki 200 t")).fact(9, 10, None)),
            };
            json!({"act": "record_fact", "fact": fact})
        }
        _ => return step.to_owned(),
    };
    format!("post {act}")
}

fn refused(script: &str) -> testkit::Refusal {
    let script: Vec<&str> = script.lines().map(str::trim).collect();
    // A case about reserves begins with its own prelude.
    let (prelude, rest) = match script.split_first() {
        Some((&"use shared", rest)) => ("shared", rest),
        _ => ("minerals", &script[..]),
    };
    let rest: Vec<String> = rest.iter().map(|step| proven(step)).collect();
    let script = format!("use {prelude}\ntoday 2026-03-12\n{}", rest.join("\n"));
    let (answers, _) = testkit::script::answers(&script, Path::new("scenarios")).expect("the case reads");
    match answers.last() {
        Some(Answer::Refused(_, refusal)) => refusal.clone(),
        other => panic!("expected a refusal of the last step, got {other:?} in\n{script}"),
    }
}

#[test]
fn every_refusal_can_happen() {
    let mut variants = BTreeSet::new();
    for (code, script) in CASES {
        let refusal = refused(script);
        assert_eq!(&refusal.code, code, "{script}\n{}", refusal.message);
        variants.insert(variant(refusal.rejection.as_ref().expect("refused just now")));
    }
    assert_eq!(variants.len(), VARIANT_COUNT, "each variant has a case: {variants:?}");
}

/// What people read: reviewed here like code.
#[test]
fn refusals_say_what_is_wrong_and_what_to_do() {
    let mut page = String::new();
    for (code, script) in CASES {
        let refusal = refused(script);
        let retry = books::rejection::code(code).expect("a code").retry;
        let _ = writeln!(page, "{code} ({retry:?})\n  {}\n  hint: {}", refusal.message, refusal.hint);
    }
    insta::assert_snapshot!("refusals", page);
}

/// A program may rely on a code: no two refusals share one, unless they are of one kind.
#[test]
fn codes_are_distinct() {
    let mut seen = BTreeMap::new();
    for (code, _) in CASES {
        assert!(seen.insert(code, ()).is_none(), "`{code}` has two cases");
        assert!(code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "`{code}` is a word for programs");
    }
}
