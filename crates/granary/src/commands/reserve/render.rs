//! A template with the members' file in it: commands, each with its reason, its line and what its id is made of.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Map, Value};
use toml::Value as Raw;
use wire::form::{self, Field, Kind, text};

use super::super::plan::{Meant, State};
use super::super::rows::{Flaw, Row, Rows};
use super::template::{Asked, Each, Step, Template, Values, fill, names_in};

/// A row of the members' file with its defaults.
struct Member<'r> {
    row: &'r Row,
    values: Values,
}

/// What an act is done for.
struct Scope<'s> {
    line: Option<u64>,
    values: &'s Values,
    members: &'s [Member<'s>],
    /// The material, where it is done for one.
    material: Option<String>,
}

/// Renders every act, in the order of the template; what several rows say alike is said once.
pub(super) fn render(
    template: &Template,
    settings: &Values,
    rows: &Rows,
    origin: &str,
) -> Result<Vec<Meant>, Vec<Flaw>> {
    let members = members(template, settings, rows)?;
    let (mut meant, mut flaws) = (Vec::<Meant>::new(), Vec::new());
    let mut known: HashMap<Vec<String>, usize> = HashMap::new();
    for step in &template.steps {
        for (line, values) in scopes(template, step, settings, &members) {
            if step.needs.iter().any(|name| values.get(name).is_none_or(Option::is_none)) {
                continue;
            }
            let material = values.get("material").cloned().flatten().filter(|_| step.each == Some(Each::Material));
            let scope = Scope { line, values: &values, members: &members, material };
            match one(template, step, &scope, origin) {
                Err(flaw) => flaws.push(flaw),
                // A list of members in which nobody stands.
                Ok(one) if step.with.iter().any(|(name, raw)| has_each(raw) && !one.said.contains_key(name)) => {}
                Ok(one) => match known.get(&one.seed).map(|place| &meant[*place]) {
                    None => {
                        known.insert(one.seed.clone(), meant.len());
                        meant.push(one);
                    }
                    Some(before) => flaws.extend(differing(before, &one)),
                },
            }
        }
    }
    if flaws.is_empty() { Ok(meant) } else { Err(flaws) }
}

/// The rows, with what stands where a cell is empty.
fn members<'r>(template: &Template, settings: &Values, rows: &'r Rows) -> Result<Vec<Member<'r>>, Vec<Flaw>> {
    let names: Vec<&str> = template.columns.iter().map(|column| column.name.as_str()).collect();
    let unknown = rows.columns.iter().filter(|column| !names.contains(&column.as_str()));
    let mut flaws: Vec<Flaw> = unknown
        .map(|column| {
            let meant = wire::nearest(column, names.iter().copied());
            let hint = meant.map_or_else(
                || format!("its columns are {}", names.join(", ")),
                |meant| format!("did you mean `{meant}`?"),
            );
            flaw(Some(1), &[column], "the template has no such column".into(), hint)
        })
        .collect();
    let missing = template.columns.iter().filter(|column| column.needed && !rows.columns.contains(&column.name));
    flaws.extend(missing.map(|column| flaw(Some(1), &[&column.name], "it is missing".into(), column.help.clone())));
    if !flaws.is_empty() {
        return Err(flaws);
    }
    let mut members = Vec::with_capacity(rows.rows.len());
    for row in &rows.rows {
        let mut values = settings.clone();
        for column in &template.columns {
            let said = row.get(&column.name).map(str::to_owned);
            let value = column.value(said, &values);
            if value.is_none() && column.needed {
                flaws.push(flaw(Some(row.line), &[&column.name], "it is empty".into(), column.help.clone()));
            }
            values.insert(column.name.clone(), value);
        }
        members.push(Member { row, values });
    }
    if flaws.is_empty() { Ok(members) } else { Err(flaws) }
}

/// For what an act is done: once, for each row, or for each material that rows name.
fn scopes(template: &Template, step: &Step, settings: &Values, members: &[Member<'_>]) -> Vec<(Option<u64>, Values)> {
    let of_row = |member: &Member<'_>| (Some(member.row.line), member.values.clone());
    match step.each {
        None => {
            let mut values = settings.clone();
            // Of a row that nobody named.
            values.extend(template.columns.iter().map(|column| (column.name.clone(), None)));
            values.extend(settings.clone());
            vec![(None, values)]
        }
        Some(Each::Member) => members.iter().map(of_row).collect(),
        Some(Each::Material) => {
            let mut codes: Vec<String> = Vec::new();
            for code in members.iter().filter_map(|member| member.values.get("material").cloned().flatten()) {
                if !codes.contains(&code) {
                    codes.push(code);
                }
            }
            // A material of which the template says nothing has to be registered already.
            let of_material = |code: String| {
                let facts = template.material(&code)?;
                let mut values = settings.clone();
                values.extend(facts.iter().map(|(name, value)| (name.clone(), Some(value.clone()))));
                Some((None, values))
            };
            codes.into_iter().filter_map(of_material).collect()
        }
    }
}

/// One act for one of those.
fn one(template: &Template, step: &Step, scope: &Scope<'_>, origin: &str) -> Result<Meant, Flaw> {
    let filled = |text: &str| fill(text, scope.values);
    let is_column = |name: &String| template.columns.iter().any(|column: &Asked| column.name == *name);
    let columns_of = |raw: &Raw| {
        let mut names = Vec::new();
        names_in(raw, &mut names);
        names.retain(is_column);
        names.dedup();
        names
    };
    let party = filled(&step.party).ok_or_else(|| {
        let names = columns_of(&Raw::String(step.party.clone()));
        flaw(scope.line, &names, format!("{}: nobody is named who posts it", step.act), "fill it in".into())
    })?;
    let fields = form::of_act(&step.act).unwrap_or_default();
    let mut said = Map::new();
    said.insert("party".into(), party.into());
    said.extend(scope.values.get("first_day").cloned().flatten().map(|day| ("effective".to_owned(), day.into())));
    said.insert("act".into(), step.act.clone().into());
    let mut columns = BTreeMap::new();
    // In the order in which the act declares them, as people read them.
    let place = |name: &str| fields.iter().position(|field| field.name == name);
    let mut with: Vec<(&String, &Raw)> = step.with.iter().collect();
    with.sort_by_key(|(name, _)| place(name));
    for (name, raw) in with {
        let names = columns_of(raw);
        let wrong =
            |problem: String| flaw(scope.line, &names, format!("{}: {name}: {problem}", step.act), String::new());
        let field =
            fields.iter().find(|field| field.name == *name).ok_or_else(|| wrong("the act has no such field".into()))?;
        let value = read(&field.kind, raw, scope).map_err(wrong)?;
        match value {
            Some(value) => drop(said.insert(name.clone(), value)),
            None if field.is_required => {
                return Err(flaw(
                    scope.line,
                    &names,
                    format!("{}: `{name}` is needed and empty", step.act),
                    "fill it in".into(),
                ));
            }
            None => {}
        }
        columns.insert(name.clone(), names);
    }
    let of = |name: &String| scope.values.get(name).cloned().flatten().unwrap_or_default();
    let mut seed =
        vec!["granary reserve 1".to_owned(), origin.to_owned(), of(&"reserve".to_owned()), step.step.clone()];
    seed.extend(step.of().iter().map(of));
    // What lists the members says another thing once there are more of them.
    if step.each != Some(Each::Member) && has_each(&Raw::Table(step.with.clone())) {
        let content: Map<String, Value> =
            said.iter().filter(|(name, _)| *name != "effective").map(|(n, v)| (n.clone(), v.clone())).collect();
        seed.push(Value::Object(content).to_string());
    }
    let (why, source) = (step.why.clone(), step.source.clone());
    Ok(Meant {
        line: scope.line,
        columns,
        why,
        source,
        said,
        says_day: false,
        seed,
        alias: None,
        attempt: 0,
        state: State::Untried,
    })
}

fn has_each(raw: &Raw) -> bool {
    match raw {
        Raw::Array(pieces) => pieces.iter().any(has_each),
        Raw::Table(table) => table.contains_key("each") || table.values().any(has_each),
        Raw::String(_) | Raw::Integer(_) | Raw::Float(_) | Raw::Boolean(_) | Raw::Datetime(_) => false,
    }
}

/// A value as its field takes it; none where a name in it stands for nothing.
fn read(kind: &Kind, raw: &Raw, scope: &Scope<'_>) -> Result<Option<Value>, String> {
    match (kind, raw) {
        (_, Raw::String(said)) => fill(said, scope.values).map(|filled| text::read(kind, &filled)).transpose(),
        (_, Raw::Integer(number)) => Ok(Some((*number).into())),
        (_, Raw::Boolean(is)) => Ok(Some((*is).into())),
        (Kind::Record(fields), Raw::Table(table)) => Ok(not_empty(Some(record(fields, table, scope)?.into()))),
        (Kind::ByName(inner), Raw::Table(table)) => {
            let mut map = Map::new();
            for (name, raw) in table {
                map.extend(read(inner, raw, scope)?.map(|value| (name.clone(), value)));
            }
            Ok(not_empty(Some(map.into())))
        }
        (Kind::List(piece), Raw::Array(pieces)) => {
            let mut list = Vec::new();
            for raw in pieces {
                match raw {
                    Raw::Table(table) if table.contains_key("each") => list.extend(of_members(piece, table, scope)?),
                    raw => list.extend(read(piece, raw, scope)?),
                }
            }
            Ok(not_empty(Some(list.into())))
        }
        (_, Raw::Array(_) | Raw::Table(_) | Raw::Float(_) | Raw::Datetime(_)) => Err("this cannot stand here".into()),
    }
}

/// A list or an object in which nothing stands is none.
fn not_empty(value: Option<Value>) -> Option<Value> {
    value.filter(|value| match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    })
}

fn record(fields: &[Field], table: &toml::Table, scope: &Scope<'_>) -> Result<Map<String, Value>, String> {
    let mut map = Map::new();
    for (name, raw) in table {
        let field =
            fields.iter().find(|field| field.name == *name).ok_or_else(|| format!("it has no field `{name}`"))?;
        map.extend(read(&field.kind, raw, scope)?.map(|value| (name.clone(), value)));
    }
    Ok(map)
}

/// A piece of a list for every row that has all it names, each once.
fn of_members(piece: &Kind, table: &toml::Table, scope: &Scope<'_>) -> Result<Vec<Value>, String> {
    let mut table = table.clone();
    table.remove("each");
    let mut names = Vec::new();
    names_in(&Raw::Table(table.clone()), &mut names);
    let mut list = Vec::new();
    // Of an act for a material, its own rows.
    let material = scope.material.as_deref();
    let of = |member: &&Member<'_>| {
        let own = member.values.get("material").and_then(Option::as_deref);
        material.is_none_or(|material| own == Some(material))
    };
    for member in scope.members.iter().filter(of) {
        if names.iter().any(|name| member.values.get(name).is_none_or(Option::is_none)) {
            continue;
        }
        let row = Scope { line: Some(member.row.line), values: &member.values, members: &[], material: None };
        let wrong = |problem| format!("line {}: {problem}", member.row.line);
        let value = read(piece, &Raw::Table(table.clone()), &row).map_err(wrong)?;
        list.extend(value.filter(|value| !list.contains(value)));
    }
    Ok(list)
}

/// What two rows say of one thing has to be the same.
fn differing(before: &Meant, one: &Meant) -> Option<Flaw> {
    let mut names = one.said.keys().chain(before.said.keys());
    let name = names.find(|name| one.said.get(*name) != before.said.get(*name))?;
    let other = before.line.map_or_else(|| "another row".to_owned(), |line| format!("line {line}"));
    let columns = one.columns.get(name).cloned().unwrap_or_default();
    let hint = "say the same in both, or give each row its own site or lot".to_owned();
    Some(flaw(one.line, &columns, format!("{other} says another `{name}` of the same thing"), hint))
}

fn flaw(line: Option<u64>, columns: &[impl ToString], problem: String, hint: String) -> Flaw {
    Flaw { line, columns: columns.iter().map(ToString::to_string).collect(), problem, hint }
}
