//! The parameters of recorded tables, as mappings of ours.

use cairn_feeds::mapping::Mapping;
use serde_json::Value as Json;

fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn text<'p>(parameters: &'p Json, key: &str) -> Option<&'p str> {
    let text = parameters.get(key).and_then(Json::as_str);
    text.filter(|text| !text.is_empty())
}

/// A parameter that is JSON, or JSON as text.
fn json(parameters: &Json, key: &str) -> Json {
    match parameters.get(key) {
        Some(Json::String(text)) => serde_json::from_str(text).unwrap_or(Json::Null),
        Some(other) => other.clone(),
        None => Json::Null,
    }
}

/// The parameters of a recorded table, as a mapping of ours; `None` if they ask for what mappings do not do.
pub fn mapping(parameters: &Json) -> Option<Mapping> {
    let text = |key: &str| text(parameters, key);
    let json = |key: &str| json(parameters, key);
    if text("time_format")
        .is_some_and(|format| format.contains('%') || format.contains("from_format"))
    {
        return None;
    }
    let columns: Vec<String> = match &parameters["columns"] {
        Json::String(list) => list.split(',').map(|own| own.trim().to_owned()).collect(),
        list => list
            .as_array()?
            .iter()
            .map(|own| own.as_str().unwrap_or("").to_owned())
            .collect(),
    };
    let skip = match &parameters["skip_header"] {
        Json::Bool(skip) => u64::from(*skip),
        other => other.as_u64().unwrap_or(0),
    };
    let mut out = format!(
        "delimiter = {}\ncomment = '#'\nheader_lines = {skip}\nshort_rows = true\nunmapped = 'drop'\n",
        toml_text(text("delimiter").unwrap_or(","))
    );
    if let Some(filter) = text("filter_text") {
        let kind = if text("filter_type") == Some("whitelist") {
            "only"
        } else {
            "without"
        };
        out += &format!("filter.{kind} = {}\n", toml_text(filter));
    }
    for (key, pattern) in json("compose_fields").as_object().into_iter().flatten() {
        let mut pattern = pattern.as_str()?.to_owned();
        for (n, column) in columns.iter().enumerate() {
            pattern = pattern.replace(&format!("{{{n}}}"), &format!("{{{column}}}"));
        }
        out += &format!("compose.{} = {}\n", toml_text(key), toml_text(&pattern));
    }
    let mut constants = json("default_fields")
        .as_object()
        .cloned()
        .unwrap_or_default();
    if let Some(kind) = text("type") {
        constants.insert("classification.type".to_owned(), kind.into());
    }
    for (key, value) in &constants {
        out += &format!(
            "constants.{} = {}\n",
            toml_text(key),
            toml_text(value.as_str()?)
        );
    }
    for (n, name) in columns.iter().enumerate() {
        if name != "__IGNORE__" {
            out += &column(parameters, n, name)?;
        }
    }
    Some(Mapping::read(&out).unwrap_or_else(|error| panic!("{error}: {out}")))
}

/// The parameters of recorded lines of pairs, as a mapping of ours.
pub fn pairs(parameters: &Json) -> Option<Mapping> {
    let text = |key: &str| text(parameters, key);
    let mut out = format!(
        "pair_separator = {}\nkey_separator = {}\nunmapped = 'drop'\n",
        toml_text(text("pair_separator").unwrap_or(" ")),
        toml_text(text("kv_separator").unwrap_or("="))
    );
    if parameters["strip_quotes"] == false {
        out += "quote = ''\n";
    }
    for (key, field) in parameters["keys"].as_object()? {
        let field = field.as_str()?;
        out += &format!(
            "[[column]]\nname = {}\nto = {}\n",
            toml_text(key),
            toml_text(field)
        );
        if field.starts_with("time.") {
            out += "time = 'epoch'\n";
        }
    }
    Some(Mapping::read(&out).unwrap_or_else(|error| panic!("{error}: {out}")))
}

/// One column.
fn column(parameters: &Json, n: usize, name: &str) -> Option<String> {
    let text = |key: &str| text(parameters, key);
    let json = |key: &str| json(parameters, key);
    let time = match text("time_format") {
        Some("timestamp") => "epoch",
        Some("windows_nt") => "windows_nt",
        Some("epoch_millis") => "epoch_millis",
        _ => "text",
    };
    let required: Vec<bool> = json("columns_required")
        .as_array()
        .map(|list| {
            list.iter()
                .map(|own| own.as_bool().unwrap_or(true))
                .collect()
        })
        .unwrap_or_default();
    let names: Vec<String> = name.split('|').map(toml_text).collect();
    let mut out = format!(
        "[[column]]\nat = {}\nto = [{}]\ntime = '{time}'\nrequired = {}\n",
        n + 1,
        names.join(", "),
        required.get(n).copied().unwrap_or(true)
    );
    if let Some(regex) = json("column_regex_search").get(name) {
        out += &format!("regex = {}\n", toml_text(regex.as_str()?));
    }
    if let Some(prefix) = text("default_url_protocol") {
        out += &format!("prefix = {}\n", toml_text(prefix));
    }
    if json("data_type")
        .get(name)
        .is_some_and(|kind| kind == "json")
    {
        out += "json = true\n";
    }
    if name == "classification.type" {
        for (from, to) in json("type_translation").as_object().into_iter().flatten() {
            out += &format!(
                "translate.{} = {}\n",
                toml_text(from),
                toml_text(to.as_str()?)
            );
        }
    }
    Some(out)
}
