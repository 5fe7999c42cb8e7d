//! `granary schema`: the shapes of commands and answers, as JSON Schema 2020-12.

use serde_json::{Value, json};
use shell::{Exit, Failure};

use crate::cli::{Schema, SchemaOf};

pub(crate) fn run(args: &Schema) -> Result<Exit, Failure> {
    let schema = match args.of {
        SchemaOf::Command => wire::schema::command(),
        SchemaOf::Verdict => wire::schema::verdict(),
        SchemaOf::Event => wire::schema::event(),
        SchemaOf::Questions => answers::schemas(),
        SchemaOf::Openapi => web::openapi::openapi(),
        SchemaOf::Asyncapi => web::asyncapi::asyncapi(),
    };
    let shown = match &args.act {
        None => schema,
        Some(act) => one_act(&schema, act)?,
    };
    println!("{}", serde_json::to_string_pretty(&shown)?);
    Ok(Exit::Done)
}

fn one_act(schema: &Value, act: &str) -> Result<Value, Failure> {
    schema["$defs"]
        .get(act)
        .cloned()
        .ok_or_else(|| {
            Failure::wrong_use(format!("`{act}` is no act")).hint(
                match wire::nearest(act, wire::Act::WORDS.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`? `granary do` lists the acts"),
                    None => "`granary do` lists the acts".to_owned(),
                },
            )
        })
        .map(|found| json!({ "$schema": schema["$schema"], "allOf": [found] }))
}
