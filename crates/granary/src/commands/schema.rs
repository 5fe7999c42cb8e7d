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
            let acts: Vec<&str> = wire::Act::WORDS.to_vec();
            Failure::wrong_use(format!("`{act}` is no act")).hint(format!("the acts are: {}", acts.join(", ")))
        })
        .map(|found| json!({ "$schema": schema["$schema"], "allOf": [found] }))
}
