//! A step as a statement: a setting, a command, or a question.
//!
//! Settings: `use PRELUDE`, `today DATE`, `as PARTY`. Commands: an act's verb, its words in any order, and for every
//! act `effective DATE` (today where absent), `by PARTY` (the party of the last `as`), `maker NAME`, `id LABEL` and
//! `reference TEXT`; an act without words of its own is written by its fields, and lists as JSON: `post {"act": ...}`. An `assay` is written with its status,
//! contents and moisture: `assay final Nd2O3 75.2% moisture 0.4%`. Questions: see [`Question`].

use books::{Day, Seq};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::Run;
use super::shape::{Fill, Shape};
use super::words::Words;

/// What a step says.
pub(super) enum Statement {
    Use(String),
    Today(Day),
    As(String),
    Post { label: Option<String>, json: Map<String, Value> },
    Ask(Question),
}

/// What is asked, and about which day as known when.
pub(super) struct Question {
    pub(super) subject: Subject,
    pub(super) as_of: Option<Day>,
    pub(super) known_at: Option<Seq>,
}

/// What is asked.
pub(super) enum Subject {
    /// `position L1 at Ibaraki [owner P]`
    Position { lot: String, site: String, owner: String },
    /// `where L1`: every place that has any of it, virtual ones included.
    Where { lot: String },
    /// `contained Nd in L1 at Ibaraki [owner P]`, or `at outside` for what went out.
    Contained { analyte: String, lot: String, place: String, owner: String },
    /// `lot L1`: what is said of it.
    Lot { lot: String },
    /// `left of E1`
    Left { encumbrance: String },
    /// `used of A1`
    Used { authority: String },
    /// `pool R of M`: what lies there, what members may claim, what is owed and what is unshared.
    Pool { reserve: String, material: String },
    /// `entitlement P in R of M`: what a member may claim, and what of it is drawn or lent.
    Entitlement { member: String, reserve: String, material: String },
    /// `owed D1`: what is still to be put back.
    Owed { debt: String },
    /// `part P of K1`: what a member was asked, committed, delivered and so on.
    Part { member: String, call: String },
    /// `dues R`: money due after recomputes, and paid in, by member.
    Dues { reserve: String },
    /// `buyer P of O1`: what a buyer declared, ordered, received and paid.
    Buyer { buyer: String, order: String },
    /// `open-right RT of P`: what is open of a right.
    Right { right: String, holder: String },
    /// `licence-left LI`
    LicenceLeft { licence: String },
}

pub(super) fn parse(text: &str, run: &mut Run) -> Result<Statement, String> {
    if let Some(json) = text.strip_prefix("post ") {
        let json: Map<String, Value> = serde_json::from_str(json).map_err(|error| error.to_string())?;
        return Ok(command(json, Frame::default(), run));
    }
    let mut words = Words::split(text)?;
    let verb = words.take("a verb")?;
    if let Some(subject) = subject(&verb, &mut words, run)? {
        return question(subject, &mut words, run).map(Statement::Ask);
    }
    match verb.as_str() {
        "use" => Ok(Statement::Use(words.take("a prelude")?)),
        "today" => {
            Ok(Statement::Today(wire::date::parse_day(&words.take("a date")?).map_err(|fault| words::fault(&fault))?))
        }
        "as" => Ok(Statement::As(words.take("a party")?)),
        _ => {
            let (json, frame) = match super::shape::find(&verb) {
                Some(shape) => fields(shape, &mut words, run)?,
                None => own_fields(&verb, &mut words)?,
            };
            Ok(command(json, frame, run))
        }
    }
}

/// The fields that every command has.
#[derive(Default)]
struct Frame {
    label: Option<String>,
    party: Option<String>,
    effective: Option<String>,
    maker: Option<String>,
}

/// Completes a command: id, party and effective date where the script leaves them to what it said before.
fn command(fields: Map<String, Value>, frame: Frame, run: &mut Run) -> Statement {
    run.command_count += 1;
    let Frame { label, party, effective, maker } = frame;
    // A label is an id: the same label again is the same id again.
    let id = match &label {
        Some(label) => Uuid::new_v8(std::array::from_fn(|index| label.as_bytes().get(index).copied().unwrap_or(0))),
        None => Uuid::from_u128(u128::from(run.command_count)),
    };
    let effective = effective.unwrap_or_else(|| wire::date::show_day(run.world.day()));
    let mut json = Map::new();
    json.insert("id".into(), id.to_string().into());
    json.insert("party".into(), party.unwrap_or_else(|| run.party.clone()).into());
    json.insert("effective".into(), effective.into());
    if let Some(maker) = maker {
        json.insert("maker".into(), maker.into());
    }
    json.extend(fields);
    Statement::Post { label, json }
}

impl Frame {
    /// Takes what follows a word that every act has; false where the word is none of them.
    fn take(&mut self, keyword: &str, words: &mut Words) -> Result<bool, String> {
        match keyword {
            "effective" => self.effective = Some(words.take("a date")?),
            "by" => self.party = Some(words.take("a party")?),
            "maker" => self.maker = Some(words.take("a name")?),
            "id" => self.label = Some(words.take("a label")?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// An act that has no words of its own is written by the names of its fields: `set-duty sender KOMIR months 1`. A number is
/// a number, and a text in quotes.
fn own_fields(verb: &str, words: &mut Words) -> Result<(Map<String, Value>, Frame), String> {
    let act = books::Act::find(&verb.replace('-', "_")).ok_or_else(|| format!("`{verb}` begins no step"))?;
    let mut json = Map::new();
    json.insert("act".into(), act.word.into());
    let mut frame = Frame::default();
    while words.peek().is_some() {
        let field = words.take("a field")?.replace('-', "_");
        if frame.take(&field, words)? {
            continue;
        }
        let value = words.next().ok_or_else(|| format!("the value of `{field}` is missing at the end"))?;
        let number = value.text.parse::<u64>().ok().filter(|_| !value.is_quoted);
        json.insert(field, number.map_or_else(|| value.text.into(), Value::from));
    }
    Ok((json, frame))
}

/// Reads an act's words into its fields.
fn fields(shape: &Shape, words: &mut Words, run: &Run) -> Result<(Map<String, Value>, Frame), String> {
    let mut json = Map::new();
    json.insert("act".into(), shape.act.into());
    let mut frame = Frame::default();
    let mut item: Option<&'static str> = None;
    if let Some((field, fill)) = shape.lead {
        let value = value(fill, words, run)?;
        if field == "code" {
            json.insert("name".into(), value.clone());
        }
        put(&mut json, None, field, value)?;
    }
    while let Some(word) = words.peek() {
        let is_number = word.is_quoted || word.text.starts_with(|first: char| first.is_ascii_digit());
        if let Some(field) = shape.bare.filter(|_| is_number) {
            let quantity = words.quantity()?;
            put(&mut json, None, field, quantity.into())?;
            continue;
        }
        let keyword = words.take("a keyword")?;
        if frame.take(&keyword, words)? {
            continue;
        }
        match keyword.as_str() {
            "reference" => put(&mut json, None, "reference", words.take("a reference")?.into())?,
            "assay" | "provisional" | "final" => {
                let status = if keyword == "assay" { words.take("a status")? } else { keyword };
                put(&mut json, item, "assay", assay(status, words)?)?;
            }
            _ => {
                let find = |keywords: &'static [(&'static str, &'static str, Fill)]| {
                    keywords.iter().find(|(word, _, _)| *word == keyword)
                };
                if let Some(&(_, field, fill)) = find(shape.item) {
                    let value = value(fill, words, run)?;
                    put(&mut json, item, field, value)?;
                } else if let Some((list, line)) = list_item(find(shape.keywords), words)? {
                    push(&mut json, list, line)?;
                    item = Some(list);
                } else if let Some(&(_, field, fill)) = find(shape.keywords) {
                    let value = value(fill, words, run)?;
                    put(&mut json, None, field, value)?;
                } else {
                    return Err(format!("`{keyword}` is no word of `{}`", shape.verb));
                }
            }
        }
    }
    Ok((json, frame))
}

fn value(fill: Fill, words: &mut Words, run: &Run) -> Result<Value, String> {
    Ok(match fill {
        Fill::Text => words.take("a word")?.into(),
        Fill::Amount => words.quantity()?.into(),
        Fill::Number => {
            let number = words.take("a number")?;
            number.parse::<u64>().map_err(|_| format!("`{number}` is not a whole number"))?.into()
        }
        Fill::Seq => seq(words, run)?.0.into(),
        Fill::Said(word) => word.into(),
        Fill::Flag => true.into(),
        Fill::List(..) | Fill::Weights(..) | Fill::Pairs(..) | Fill::Words => {
            return Err("a list has no value of its own".into());
        }
    })
}

/// The next item of a list, where the keyword begins one.
fn list_item(
    found: Option<&(&'static str, &'static str, Fill)>,
    words: &mut Words,
) -> Result<Option<(&'static str, Value)>, String> {
    let Some(&(_, list, fill)) = found else { return Ok(None) };
    if fill == Fill::Words {
        return Ok(Some((list, words.take("a word")?.into())));
    }
    let (Fill::List(first, second) | Fill::Weights(first, second) | Fill::Pairs(first, second)) = fill else {
        return Ok(None);
    };
    let mut line = Map::new();
    line.insert(first.into(), words.take("a code")?.into());
    let value: Value = match fill {
        Fill::List(..) => words.quantity()?.into(),
        Fill::Weights(..) => {
            let number = words.take("a number")?;
            number.parse::<u64>().map_err(|_| format!("`{number}` is not a whole number"))?.into()
        }
        _ => words.take("a word")?.into(),
    };
    line.insert(second.into(), value);
    Ok(Some((list, Value::Object(line))))
}

/// Adds an item to a list, which may lie in an object: `terms.tiers`.
fn push(json: &mut Map<String, Value>, list: &str, line: Value) -> Result<(), String> {
    let (object, name) = match list.split_once('.') {
        None => (json, list),
        Some((outer, name)) => {
            let inner = json.entry(outer).or_insert_with(|| Value::Object(Map::new()));
            (inner.as_object_mut().ok_or_else(|| format!("`{outer}` is no object"))?, name)
        }
    };
    let lines = object.entry(name).or_insert_with(|| Value::Array(Vec::new()));
    lines.as_array_mut().ok_or("a list is a list")?.push(line);
    Ok(())
}

/// Puts a value into a field, of the last item of a list where one is described.
fn put(json: &mut Map<String, Value>, item: Option<&str>, field: &str, value: Value) -> Result<(), String> {
    let mut object = match item {
        Some(list) => {
            let lines = match list.split_once('.') {
                None => json.get_mut(list),
                Some((outer, name)) => json.get_mut(outer).and_then(|inner| inner.get_mut(name)),
            };
            let last = lines.and_then(Value::as_array_mut).and_then(|lines| lines.last_mut());
            last.and_then(Value::as_object_mut).ok_or("a list has a last item")?
        }
        None => json,
    };
    let mut path = field.split('.').peekable();
    while let Some(step) = path.next() {
        if path.peek().is_none() {
            object.insert(step.into(), value);
            return Ok(());
        }
        let inner = object.entry(step).or_insert_with(|| Value::Object(Map::new()));
        object = inner.as_object_mut().ok_or_else(|| format!("`{field}` is no object"))?;
    }
    Ok(())
}

/// An assay: contents, then moisture, method and laboratory, in any order.
fn assay(status: String, words: &mut Words) -> Result<Value, String> {
    let mut assay = Map::new();
    let mut contents = Map::new();
    assay.insert("status".into(), status.into());
    loop {
        match words.peek().map(|word| word.text.as_str()) {
            Some(field @ ("moisture" | "uncertainty" | "method" | "laboratory")) => {
                let field = field.to_owned();
                words.next();
                assay.insert(field, words.take("a value")?.into());
            }
            Some(analyte) if analyte.starts_with(|first: char| first.is_ascii_uppercase()) => {
                let analyte = analyte.to_owned();
                words.next();
                contents.insert(analyte, words.take("a fraction")?.into());
            }
            _ => break,
        }
    }
    assay.insert("contents".into(), Value::Object(contents));
    Ok(Value::Object(assay))
}

fn subject(verb: &str, words: &mut Words, run: &Run) -> Result<Option<Subject>, String> {
    let owner = |words: &mut Words| -> Result<String, String> {
        if words.take_if("owner") { words.take("an owner") } else { Ok(run.party.clone()) }
    };
    let expect = |words: &mut Words, keyword: &str| match words.take_if(keyword) {
        true => Ok(()),
        false => Err(format!("`{keyword}` is missing in `{verb}`")),
    };
    Ok(Some(match verb {
        "position" => {
            let lot = words.take("a lot")?;
            expect(words, "at")?;
            let site = words.take("a site")?;
            Subject::Position { lot, site, owner: owner(words)? }
        }
        "where" => Subject::Where { lot: words.take("a lot")? },
        "contained" => {
            let analyte = words.take("an element or oxide")?;
            expect(words, "in")?;
            let lot = words.take("a lot")?;
            expect(words, "at")?;
            let place = words.take("a place")?;
            Subject::Contained { analyte, lot, place, owner: owner(words)? }
        }
        "lot" => Subject::Lot { lot: words.take("a lot")? },
        "left" => {
            expect(words, "of")?;
            Subject::Left { encumbrance: words.take("an encumbrance")? }
        }
        "used" => {
            expect(words, "of")?;
            Subject::Used { authority: words.take("an authority")? }
        }
        "pool" => {
            let reserve = words.take("a reserve")?;
            expect(words, "of")?;
            Subject::Pool { reserve, material: words.take("a material")? }
        }
        "entitlement" => {
            let member = words.take("a member")?;
            expect(words, "in")?;
            let reserve = words.take("a reserve")?;
            expect(words, "of")?;
            Subject::Entitlement { member, reserve, material: words.take("a material")? }
        }
        "owed" => Subject::Owed { debt: words.take("a debt")? },
        "part" => {
            let member = words.take("a member")?;
            expect(words, "of")?;
            Subject::Part { member, call: words.take("a call")? }
        }
        "dues" => Subject::Dues { reserve: words.take("a reserve")? },
        "buyer" => {
            let buyer = words.take("a buyer")?;
            expect(words, "of")?;
            Subject::Buyer { buyer, order: words.take("an order")? }
        }
        "open-right" => {
            let right = words.take("a right")?;
            expect(words, "of")?;
            Subject::Right { right, holder: words.take("a holder")? }
        }
        "licence-left" => Subject::LicenceLeft { licence: words.take("a licence")? },
        _ => return Ok(None),
    }))
}

fn question(subject: Subject, words: &mut Words, run: &Run) -> Result<Question, String> {
    let mut question = Question { subject, as_of: None, known_at: None };
    while words.take_if("as") {
        if words.take_if("of") {
            question.as_of = Some(wire::date::parse_day(&words.take("a date")?).map_err(|fault| words::fault(&fault))?);
        } else if words.take_if("known") && words.take_if("at") {
            question.known_at = Some(seq(words, run)?);
        } else {
            return Err("write `as of DATE` or `as known at EVENT`".into());
        }
    }
    match words.next() {
        Some(word) => Err(format!("`{}` is not understood", word.text)),
        None => Ok(question),
    }
}

/// An event, by its number or the label of its command.
fn seq(words: &mut Words, run: &Run) -> Result<Seq, String> {
    let text = words.take("an event")?;
    let labelled = run.labels.get(&text).copied();
    labelled.or_else(|| text.parse().ok().map(Seq)).ok_or_else(|| format!("`{text}` names no event so far"))
}
