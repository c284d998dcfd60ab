//! `cairn track live`: the queries that live measures can ask.

use cairn_track::live::{Both, KNOWN, Known};
use cairn_track::plan::{Direction, Frequency};
use serde_json::{Value, json};

/// Prints all of them.
///
/// # Errors
/// The document cannot be written.
pub fn list(as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let all: Vec<Value> = KNOWN.iter().map(document).collect();
        println!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    for known in &KNOWN {
        println!("{} {}", known.name, known.version);
        println!("    {}", known.title.en);
        println!("    {}", known.definition.en);
        let by = known
            .dimension
            .map(|name| format!("; can be broken down by {name}"));
        println!(
            "    Unit: {}, {}; {}{}",
            known.unit.en,
            every(known.every),
            direction(known.direction),
            by.unwrap_or_default()
        );
        println!("    Bias: {}\n", known.bias.en);
    }
    println!(
        "A measure asks one by query = {{ name = \"{}\", version = {} }}",
        KNOWN.first().map_or("", |known| known.name),
        KNOWN.first().map_or(1, |known| known.version)
    );
    Ok(())
}

fn document(known: &Known) -> Value {
    let both = |text: Both| json!({"en": text.en, "mi": text.mi});
    json!({
        "name": known.name,
        "version": known.version,
        "title": both(known.title),
        "definition": both(known.definition),
        "unit": both(known.unit),
        "direction": known.direction,
        "frequency": known.every,
        "dimension": known.dimension,
        "bias": both(known.bias),
    })
}

const fn every(every: Frequency) -> &'static str {
    match every {
        Frequency::Yearly => "a year",
        _ => "a quarter",
    }
}

const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Up => "more is better",
        Direction::Down => "less is better",
        Direction::Volume => "volume, no direction",
    }
}
