//! The way in: a reserve out of a template and a table of its members, and acts out of rows. Every template is run whole on a
//! fresh ledger, with the members' file that it comes with; the figures beside the checks were worked out by hand from that file.

use std::fs;

use serde_json::Value;

use crate::run::{Ledger, Ran, granary, granary_within};
use crate::serve::Server;

const TEMPLATES: [&str; 4] = ["apterr", "iea-oil", "inro", "g7-minerals"];

/// A ledger with a secretariat, and a members' file beside it.
struct Started {
    ledger: Ledger,
    members: String,
}

impl Started {
    fn new() -> Self {
        let ledger = Ledger::new();
        let register = ["register", "party", "--code", "SEC", "--name", "Secretariat", "--role", "secretariat"];
        let ran = typed(&ledger, &[&register[..], &["--as", "ledger", "--effective", "2026-01-02"]].concat());
        assert_eq!(ran.exit, 0, "{}", ran.err);
        let members = ledger.dir().with_file_name("members.csv").to_str().expect("UTF-8").to_owned();
        Self { ledger, members }
    }

    /// The reserve `R` of a template, with the members' file that it comes with.
    fn with(template: &str) -> Self {
        let started = Self::new();
        fs::write(&started.members, example(template)).expect("a file");
        let ran = started.reserve(template, &[]);
        assert_eq!(ran.exit, 0, "{template}: {}{}", ran.out, ran.err);
        started
    }

    fn reserve(&self, template: &str, more: &[&str]) -> Ran {
        let new = ["reserve", "new", "R", "--template", template, "--members", &self.members, "--as", "SEC"];
        typed(&self.ledger, &[&new[..], &["--set", "first_day=2026-01-02", "--set", "secretariat=SEC"], more].concat())
    }

    fn ask(&self, question: &[&str]) -> Value {
        typed(&self.ledger, &[question, &["--format", "json"]].concat()).json()
    }

    /// What each member is asked for in a call.
    fn called(&self, material: &str, total: &str) -> Vec<(String, String)> {
        let call = ["reserve", "call", "--call", "C1", "--reserve", "R", "--material", material, "--total", total];
        let ran = typed(&self.ledger, &[&call[..], &["--as", "SEC", "--effective", "2026-01-03"]].concat());
        assert_eq!(ran.exit, 0, "{}", ran.err);
        let board = self.ask(&["reserve", "board", "--call", "C1"]);
        let parts = board["parts"].as_array().expect("parts").iter();
        parts.map(|part| (text(&part["member"]), text(&part["asked"]))).collect()
    }

    fn head(&self) -> u64 {
        self.ask(&["ask", "head"])["seq"].as_u64().expect("a number")
    }
}

fn typed(ledger: &Ledger, args: &[&str]) -> Ran {
    granary(&[args, &["--dir", ledger.dir().to_str().expect("UTF-8")]].concat())
}

fn example(template: &str) -> String {
    let ran = granary(&["reserve", "new", "--template", template, "--members-example"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    ran.out
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn asked<'p>(parts: &'p [(String, String)], member: &str) -> &'p str {
    parts.iter().find(|(known, _)| known == member).map_or("nothing", |(_, asked)| asked)
}

#[test]
fn every_template_records_nothing_when_it_is_done_again() {
    for template in TEMPLATES {
        let started = Started::with(template);
        let head = started.head();
        let again = started.reserve(template, &[]);
        assert_eq!(again.exit, 0, "{template}: {}", again.err);
        assert!(again.err.contains("nothing is new"), "{template}: {}", again.err);
        assert_eq!(started.head(), head, "{template}");
        let status = started.ask(&["reserve", "status", "R"]);
        let lines = status["lines"].as_array().expect("lines");
        assert!(!lines.is_empty() && lines.iter().all(|line| line["agrees"] == true), "{template}: {status}");
    }
}

/// 787,000 t are earmarked, 300,000 of them by China; a tenth of it is called, and each is asked for a tenth of its own.
#[test]
fn the_rice_reserve_earmarks_787_000_tonnes_and_a_tenth_of_it_asks_a_tenth_of_each() {
    let started = Started::with("apterr");
    let line = started.ask(&["reserve", "status", "R"])["lines"][0].clone();
    assert_eq!((&line["earmarked"], &line["physical"]), (&"787000".into(), &"0".into()), "{line}");
    let parts = started.called("RICE", "78700 t");
    assert_eq!(parts.len(), 13);
    for (member, tonnes) in [("CN", "30000"), ("JP", "25000"), ("KR", "15000"), ("TH", "1500"), ("BN", "300")] {
        assert_eq!(asked(&parts, member), tonnes, "{member}");
    }
}

/// The members consume 12,790,000 kbbl a year: a hundredth of that, called, asks a hundredth of what each consumes. Korea holds
/// 3,000 kbbl for Japan: (280,000 + 3,000) x 365 / 1,220,000 = 84.66 days there, (97,000 - 3,000) x 365 / 990,000 = 34.65 here.
#[test]
fn the_oil_reserve_divides_by_consumption_and_counts_what_is_held_abroad_once() {
    let started = Started::with("iea-oil");
    let cover = started.ask(&["reserve", "cover", "--base", "net_imports", "--year", "2025"]);
    let days = |party: &str| {
        let line = cover["lines"].as_array().expect("lines").iter().find(|line| line["party"] == party);
        text(&line.expect("a line")["days"])
    };
    assert_eq!((days("JP").as_str(), days("KR").as_str()), ("84.6", "34.6"));
    let parts = started.called("CRUDE-EQ", "127900 kbbl");
    for (member, barrels) in [("US", "72500"), ("JP", "12400"), ("KR", "10100"), ("AU", "3800"), ("NL", "3100")] {
        assert_eq!(asked(&parts, member), barrels, "{member}");
    }
}

/// 2,000 votes, half of them exporters': 35,000 ringgit a vote are 70,000,000 in all. Three exporters give 100,000 t in kind.
#[test]
fn the_buffer_stock_asks_and_is_paid_by_votes() {
    let started = Started::with("inro");
    let line = started.ask(&["reserve", "status", "R"])["lines"][0].clone();
    assert_eq!((&line["physical"], &line["entitled"]), (&"100000".into(), &"100000".into()), "{line}");
    let members = started.ask(&["reserve", "members", "R"]);
    let weights = members["members"].as_array().expect("members").iter();
    assert_eq!(weights.map(|line| line["weight"].as_u64().expect("votes")).sum::<u64>(), 2_000);
    let promises = started.ask(&["reserve", "promises", "R"]);
    let promised = |member: &str| {
        let line = promises["promises"].as_array().expect("lines").iter().find(|line| line["member"] == member);
        text(&line.expect("a line")["promised"])
    };
    assert!(promised("TH").starts_with("13300000"), "380 x 35,000: {}", promised("TH"));
    let parts = started.called("NR", "2000 t");
    assert_eq!((asked(&parts, "TH"), asked(&parts, "JP"), asked(&parts, "CI")), ("380", "240", "40"));
}

/// Eight members give 15 + 22.5 + 18 + 15 + 12 + 37.5 + 12 + 45 = 177 t of NdPr and 2 t of Dy; their weights sum to 118.
#[test]
fn the_minerals_reserve_has_several_materials_and_stated_shares() {
    let started = Started::with("g7-minerals");
    let status = started.ask(&["reserve", "status", "R"]);
    let line = |material: &str| {
        let lines = status["lines"].as_array().expect("lines");
        lines.iter().find(|line| line["material"] == material).expect("a line").clone()
    };
    let neodymium = line("NdPr");
    assert_eq!((&neodymium["physical"], &neodymium["pledged"]), (&"177".into(), &"355".into()));
    assert_eq!(neodymium["forward"], "700", "200 of Canada, 500 of the United States");
    assert_eq!((&line("Dy")["physical"], &line("Ga")["physical"]), (&"2".into(), &"0".into()));
    let parts = started.called("NdPr", "118 t");
    assert_eq!((asked(&parts, "US"), asked(&parts, "JP"), asked(&parts, "IT")), ("30", "25", "8"));
    // A material has shares of its own: of dysprosium Japan alone has some.
    let call = ["reserve", "call", "--call", "C2", "--reserve", "R", "--material", "Dy", "--total", "3 t"];
    let ran = typed(&started.ledger, &[&call[..], &["--as", "SEC", "--effective", "2026-01-03"]].concat());
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert_eq!(board(&started, "C2"), [("JP".to_owned(), "3".to_owned())]);
}

#[test]
fn a_longer_table_adds_its_members_and_a_key_that_lists_them() {
    let started = Started::with("inro");
    let head = started.head();
    let more = example("inro") + "AU,Australia,AU,Australia/Perth,importer,50,,,1750000\n";
    fs::write(&started.members, more).expect("a file");
    let ran = started.reserve("inro", &["--format", "json"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let recorded: Vec<String> = ran
        .json()
        .as_array()
        .expect("a list")
        .iter()
        .filter(|line| line["state"].as_str().is_some_and(|state| state.starts_with("event ")))
        .map(|line| text(&line["command"]["act"]))
        .collect();
    assert_eq!(recorded, ["register_party", "set_member", "set_member", "set_key", "commit"]);
    assert_eq!(started.head(), head + 5);
    assert_eq!(asked(&started.called("NR", "2050 t"), "AU"), "50");
}

/// A day that nobody said is the first day again, whenever the same is done again.
#[test]
fn what_was_recorded_without_a_stated_day_is_known_again() {
    let started = Started::with("apterr");
    let head = started.head();
    let new = ["reserve", "new", "R", "--template", "apterr", "--members", &started.members, "--as", "SEC"];
    let ran = typed(&started.ledger, &[&new[..], &["--set", "secretariat=SEC"]].concat());
    assert_eq!((ran.exit, started.head()), (0, head), "{}", ran.err);
}

#[test]
fn a_dry_run_shows_who_does_what_and_why_and_records_nothing() {
    let started = Started::new();
    fs::write(&started.members, example("apterr")).expect("a file");
    let head = started.head();
    let ran = started.reserve("apterr", &["--dry-run"]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(ran.out.contains("Set aside and still owned") && ran.out.contains(" new "), "{}", ran.out);
    assert!(ran.err.contains("83 would be recorded; 1 here before"), "{}", ran.err);
    assert!(ran.err.contains("JP 5,") && ran.err.contains("SEC 30"), "who posts: {}", ran.err);
    assert_eq!(started.head(), head);
}

#[test]
fn each_party_can_have_its_own_part_to_sign() {
    let started = Started::new();
    fs::write(&started.members, example("apterr")).expect("a file");
    let out = started.ledger.dir().with_file_name("jp.jsonl");
    let own = ["--only", "JP", "--out", out.to_str().expect("UTF-8")];
    let ran = started.reserve("apterr", &own);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let lines = fs::read_to_string(&out).expect("written");
    let commands: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let acts: Vec<&str> = commands.iter().filter_map(|command| command["act"].as_str()).collect();
    assert_eq!(acts, ["set_member", "register_site", "deposit", "encumber", "commit"]);
    assert!(commands.iter().all(|command| command["party"] == "JP"));
    // Once the secretariat has done its part, what Japan signed is the same that anybody makes of the same table.
    assert_eq!(started.reserve("apterr", &["--only", "SEC"]).exit, 0);
    let posted = typed(&started.ledger, &["post", out.to_str().expect("UTF-8")]);
    assert_eq!(posted.exit, 0, "{}", posted.out);
    let rest = started.reserve("apterr", &[]);
    assert!(rest.err.contains("48 recorded; 36 here before"), "{}", rest.err);
}

/// A server takes from each party what is its own: the secretariat begins, and each member does the same with its own token.
#[test]
fn at_a_server_each_party_posts_its_own_part() {
    let started = Started::new();
    let first = example("apterr")
        .lines()
        .filter(|line| line.starts_with("code,") || line.starts_with("JP,"))
        .fold(String::new(), |all, line| all + line + "\n");
    fs::write(&started.members, first).expect("a file");
    let tokens = ["SEC", "JP"].map(|party| granary(&["token", "--party", party]));
    let settings = |made: &Ran| {
        let lines = made.err.lines().skip_while(|line| !line.starts_with("[[token]]"));
        lines.fold(String::new(), |all, line| all + line + "\n")
    };
    fs::write(started.ledger.dir().join("settings.toml"), settings(&tokens[0]) + &settings(&tokens[1]))
        .expect("written");
    let server = Server::start(started.ledger.dir(), &[]);
    let new = ["reserve", "new", "R", "--template", "apterr", "--members", &started.members, "--as", "SEC"];
    let more = ["--set", "secretariat=SEC", "--server", &server.url];
    let with = |token: &Ran| granary_within(&[("GRANARY_TOKEN", token.out.trim())], &[&new[..], &more].concat(), b"");
    let secretariat = with(&tokens[0]);
    assert!(secretariat.exit == 0 && secretariat.err.contains("left to others"), "{}", secretariat.err);
    let japan = with(&tokens[1]);
    assert!(japan.exit == 0 && japan.out.contains("Yokohama"), "{}{}", japan.out, japan.err);
    assert!(with(&tokens[0]).err.contains("nothing is new"));
    assert_eq!(server.stop(), Some(0));
    let line = started.ask(&["reserve", "status", "R"])["lines"][0].clone();
    assert_eq!(line["earmarked"], "250000", "{line}");
}

#[test]
fn what_is_wrong_with_the_table_is_told_by_line_and_column_and_nothing_is_recorded() {
    let right = example("apterr");
    for (wrong, told) in [
        (right.replace("VN,Viet Nam,VN", "VN,Viet Nam,Vietnam"), "line 14, column `country`"),
        (right.replace("90000,15000", "90000,150000"), "line 13, column `earmark`"),
        (right.replace("25000,14000", "25 thousand,14000"), "line 9, column `stock`"),
        (right.replace("25000,14000", "\"25.000,5\",14000"), "line 9, column `stock`: deposit"),
        (
            right.replace('\n', ",\n").replace("cash,", "cash,material").replace("6000,,", "6000,,CORN"),
            "line 10, column `material`",
        ),
        (right.replace("earmark", "earmarks"), "line 1, column `earmarks`: the template has no such column"),
        (right.replace("JP,Japan,JP", ",Japan,JP"), "line 5, column `code`: it is empty"),
        (right.replace("\nJP,", "\nCN,"), "line 5, column `name`: line 3 says another"),
        (right.replace("Asia/Tokyo", "Asia/Tokio"), "line 5, column `zone`"),
        ("code,name\nJP,Japan\n".to_owned(), "column `country`: it is missing"),
    ] {
        let started = Started::new();
        fs::write(&started.members, &wrong).expect("a file");
        let head = started.head();
        let ran = started.reserve("apterr", &[]);
        assert_eq!(ran.exit, 1, "{told}: {}", ran.err);
        assert!(ran.err.contains(told), "{told} in {}", ran.err);
        assert_eq!(started.head(), head, "{told}");
    }
}

#[test]
fn a_figure_that_was_recorded_is_not_changed_by_another_table() {
    let started = Started::with("apterr");
    let head = started.head();
    fs::write(&started.members, example("apterr").replace("450000,300000", "450000,310000")).expect("a file");
    let ran = started.reserve("apterr", &[]);
    assert_eq!(ran.exit, 1, "{}", ran.err);
    assert!(ran.err.contains("line 3, column `earmark`") && ran.err.contains("another `quantity`"), "{}", ran.err);
    assert_eq!(started.head(), head);
}

#[test]
fn wrong_use_says_what_is_missing() {
    let started = Started::new();
    for (args, told) in [
        (&["reserve", "new"][..], "name a template"),
        (&["reserve", "new", "--template", "aptrr"], "did you mean `apterr`?"),
        (&["reserve", "new", "--template", "apterr"], "say the code of the reserve"),
        (&["reserve", "new", "R", "--template", "apterr"], "--members"),
        (&["reserve", "new", "R", "--template", "apterr", "--members", "none.csv"], "--as"),
    ] {
        let ran = typed(&started.ledger, args);
        assert!(ran.exit == 64 && ran.err.contains(told), "{args:?}: {}", ran.err);
    }
    fs::write(&started.members, example("apterr")).expect("a file");
    let ran = started.reserve("apterr", &["--set", "secretriat=X"]);
    assert!(ran.exit == 64 && ran.err.contains("did you mean `secretariat`?"), "{}", ran.err);
}

#[test]
fn templates_are_listed_and_shown() {
    let listed = granary(&["reserve", "new", "--list"]);
    assert_eq!(listed.out.lines().count(), TEMPLATES.len(), "{}", listed.out);
    for template in TEMPLATES {
        assert!(listed.out.lines().any(|line| line.starts_with(template)), "{template}");
        let shown = granary(&["reserve", "new", "--template", template, "--show"]);
        assert!(shown.out.starts_with("about = ") && shown.out.contains("why = "), "{template}");
    }
}

/// A template of one's own is a file.
#[test]
fn a_file_can_be_the_template() {
    let started = Started::new();
    fs::write(&started.members, example("apterr")).expect("a file");
    let own = granary(&["reserve", "new", "--template", "apterr", "--show"])
        .out
        .replace("notice_days\"\nhelp", "notice_days\" \nhelp");
    let file = started.ledger.dir().with_file_name("own.toml");
    fs::write(&file, own.replace("default = \"180\"", "default = \"30\"")).expect("a file");
    let ran = started.reserve(file.to_str().expect("UTF-8"), &[]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
}

#[test]
fn rows_become_acts_of_any_kind_and_never_twice() {
    let started = Started::with("g7-minerals");
    let rows = started.ledger.dir().with_file_name("rows.csv");
    let file = rows.to_str().expect("UTF-8");
    let head = started.head();
    let commits = "commitment,member,material,quantity,due,as\nP-1,JP,NdPr,40 t,2028-06-30,JP\nP-2,KR,NdPr,10 t,,KR\nP-3,DE,,500000 EUR,,DE\n";
    fs::write(&rows, commits).expect("a file");
    let from = ["reserve", "commit", "--reserve", "R", "--from", file, "--as", "SEC"];
    // The currency of the reserve is another one.
    let ran = typed(&started.ledger, &from);
    assert!(ran.exit == 1 && ran.err.contains("line 4"), "{}", ran.err);
    assert_eq!(started.head(), head, "all of it, or none");
    fs::write(&rows, commits.replace("EUR", "USD")).expect("a file");
    let ran = typed(&started.ledger, &from);
    assert!(ran.exit == 0 && ran.err.contains("3 recorded"), "{}", ran.err);
    let ran = typed(&started.ledger, &from);
    assert!(ran.exit == 0 && ran.err.contains("nothing is new; 3 here before"), "{}", ran.err);
    assert_eq!(started.head(), head + 3);
    let figures =
        "owner,material,kind,year,quantity\nJP,NdPr,net-imports,2024,6900 t\nFR,NdPr,net_imports,2024,590 t\n";
    fs::write(&rows, figures).expect("a file");
    let ran = typed(&started.ledger, &["do", "record_base", "--from", file, "--as", "SEC"]);
    assert!(ran.exit == 0 && ran.err.contains("2 recorded"), "{}", ran.err);
    let sites = "code,name,country,area,class,as\nOsaka,Osaka,JP,item,government,JP\n";
    fs::write(&rows, sites).expect("a file");
    let tried = typed(&started.ledger, &["register", "site", "--from", file, "--as", "SEC", "--dry-run"]);
    assert!(tried.exit == 0 && tried.err.contains("1 would be recorded"), "{}", tried.err);
    assert_eq!(started.head(), head + 5);
}

/// Weights sum to 118: of 1,180 t Japan is asked for 1,180 x 25 / 118 = 250, and has 700 - 37.5 - 120 = 542.5 free beside its pledge.
#[test]
fn a_rehearsal_of_a_call_tells_who_would_be_asked_from_what_and_records_nothing() {
    let started = Started::with("g7-minerals");
    let head = started.head();
    let call = ["--call", "C9", "--reserve", "R", "--material", "NdPr", "--total", "1180 t", "--due", "2026-06-30"];
    let tried = |more: &[&str]| {
        let by = ["--as", "SEC", "--effective", "2026-01-03"];
        typed(&started.ledger, &[&["reserve", "try", "call"][..], &call, &by, more].concat())
    };
    let ran = tried(&[]);
    assert_eq!(ran.exit, 0, "{}", ran.err);
    assert!(ran.out.contains("Hammond-NdPr") && ran.out.contains("2026-06-30"), "{}", ran.out);
    // Italy has 70 t, gave 12 of them, and would be asked for 1,180 x 8 / 118 = 80.
    assert!(ran.out.contains("`IT` would be asked for 80 and has 58 that is promised or free"), "{}", ran.out);
    assert_eq!(started.head(), head);
    let told = tried(&["--format", "json"]).json();
    let japan = told["sources"].as_array().expect("sources").iter().find(|source| source["member"] == "JP");
    let japan = japan.expect("Japan is asked");
    assert_eq!((&japan["asked"], &japan["promised"], &japan["free"]), (&"250".into(), &"120".into(), &"542.5".into()));
    assert!(told["changes"].as_array().expect("changes").iter().any(|change| change["question"] == "calls"));
    let out = started.ledger.dir().with_file_name("call.jsonl");
    assert_eq!(tried(&["--out", out.to_str().expect("UTF-8")]).exit, 0);
    assert_eq!(started.head(), head, "it is written down and not recorded");
    let posted = typed(&started.ledger, &["post", out.to_str().expect("UTF-8")]);
    assert_eq!(posted.exit, 0, "{}", posted.out);
    assert_eq!(asked(&board(&started, "C9"), "JP"), "250", "what was rehearsed is what came");
    let later = ["reserve", "try", "set_member", "--reserve", "R", "--member", "KR", "--status", "left", "--first"];
    let by = ["2026-06-01", "--as", "SEC", "--effective", "2026-01-03"];
    let leaves = typed(&started.ledger, &[&later[..], &by].concat());
    assert!(leaves.out.contains("R KR") && leaves.out.contains("left"), "on the day it leaves: {}", leaves.out);
    let again = tried(&[]);
    assert!(again.exit == 1 && again.err.contains("it would be refused"), "{}", again.err);
}

fn board(started: &Started, call: &str) -> Vec<(String, String)> {
    let board = started.ask(&["reserve", "board", "--call", call]);
    let parts = board["parts"].as_array().expect("parts").iter();
    parts.map(|part| (text(&part["member"]), text(&part["asked"]))).collect()
}

#[test]
fn a_rehearsal_of_anything_tells_what_would_differ_and_may_be_recorded() {
    let started = Started::with("g7-minerals");
    let head = started.head();
    let give = ["reserve", "try", "contribute", "--reserve", "R", "--lot", "Hammond-NdPr", "--site", "Hammond"];
    let give = [&give[..], &["--quantity", "10 t", "--as", "US", "--effective", "2026-01-03"]].concat();
    let told = typed(&started.ledger, &[&give[..], &["--format", "json"]].concat()).json();
    let change = |question: &str, field: &str| {
        let changes = told["changes"].as_array().expect("changes").iter();
        let found = changes.filter(|change| change["question"] == question && change["field"] == field);
        found.map(|change| (text(&change["now"]), text(&change["then"]))).collect::<Vec<_>>()
    };
    assert_eq!(change("reserve", "physical"), [("177".to_owned(), "187".to_owned())]);
    assert_eq!(change("entitlements", "entitled"), [("45".to_owned(), "55".to_owned())]);
    let words = [&["do", "contribute"][..], &give[3..], &["--dry-run"]].concat();
    let words = typed(&started.ledger, &words);
    assert!(words.out.starts_with('{') && words.err.contains("entitled: 45, then 55"), "{}{}", words.out, words.err);
    assert_eq!(started.head(), head);
    let ran = typed(&started.ledger, &[&give[..], &["--record"]].concat());
    assert!(ran.exit == 0 && ran.out.contains("recorded as event"), "{}{}", ran.out, ran.err);
    assert_eq!(started.head(), head + 1);
    let line = started.ask(&["reserve", "status", "R"])["lines"][0].clone();
    assert_eq!(line["physical"], "187", "what was rehearsed is what came: {line}");
}
