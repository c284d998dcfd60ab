//! An edition is signed off and frozen, and the next one begins.
//!
//! Both change only what they must in the plan's files: comments, order and all else stay.

mod carry;

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::ready::ready;
use super::returns::new_errors;
use super::text::is_slug;
use crate::plan::fault::short;
use crate::plan::{Fault, Files, Plan, Severity, Words};

/// The file that names the plan.
const PLAN: &str = "plan.toml";

/// One signature under an edition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// The role, such as `chief statistician`.
    pub role: String,
    /// The office that holds it.
    pub office: String,
    /// The day.
    #[serde(
        serialize_with = "crate::plan::day::text",
        deserialize_with = "crate::plan::day::read"
    )]
    pub on: Date,
}

/// Freezes a draft edition: its `edition.toml` gets the status, the day of publication and the signatures, and keeps all
/// else as it is.
///
/// # Errors
/// Nothing is changed, and the faults say why: fewer than two different roles signed, a signature is younger than the
/// publication, something in [`ready`] forbids it, the edition is frozen already, or the plan would have an error that it
/// had not before.
pub fn freeze(
    files: &Files,
    edition: &str,
    published: Date,
    sign_offs: &[Signature],
) -> Result<Files, Vec<Fault>> {
    let (plan, before) = Plan::sketch(files);
    let file = format!("editions/{edition}/edition.toml");
    let mut faults = signatures(&file, published, sign_offs);
    for obstacle in ready(&plan, &before, edition, published) {
        if obstacle.forbids {
            faults.push(Fault {
                line: obstacle.line,
                ..fault(
                    obstacle.file.as_deref().unwrap_or(&file),
                    obstacle.code,
                    obstacle.what.en,
                    &obstacle.mend.en,
                )
            });
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut doc = document(files, &file).map_err(|fault| vec![fault])?;
    set(&mut doc, "status", Value::from("frozen"));
    set(&mut doc, "published", day(published));
    let table = doc.as_table_mut();
    for one in sign_offs {
        let signed = [
            ("role", Value::from(one.role.trim())),
            ("name_of_office", Value::from(one.office.trim())),
            ("on", day(one.on)),
        ];
        push(table, "signed_off", signed);
    }
    let mut out = files.clone();
    write(&mut out, &file, &doc);
    settled(&before, out)
}

fn signatures(file: &str, published: Date, sign_offs: &[Signature]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let roles: BTreeSet<String> = sign_offs
        .iter()
        .map(|one| super::claims::name(&one.role))
        .filter(|role| !role.is_empty())
        .collect();
    if roles.len() < 2 {
        let what = format!("{} roles signed, not two different ones", roles.len());
        let mend = "Have the edition signed off in two different roles";
        faults.push(fault(file, "frozen-unsigned", what, mend));
    }
    for one in sign_offs {
        if one.role.trim().is_empty() || one.office.trim().is_empty() {
            let what = "a signature has no role or no office".to_owned();
            let mend = "Write both: the role, and the office that holds it";
            faults.push(fault(file, "missing-value", what, mend));
        }
        if one.on > published {
            let what = format!(
                "`{}` signed on {}, after the publication on {published}",
                short(&one.role),
                one.on
            );
            let mend = "Publish on the day of the last signature, or later";
            faults.push(fault(file, "signed-after-published", what, mend));
        }
    }
    faults
}

/// Begins the next edition as a draft: a copy of the plan's newest one, without its signatures, endings and days for
/// returns. What its returns say is written into the initiatives and notes of the copy, so that nothing that was done is
/// undone.
///
/// # Errors
/// Nothing is made, and the faults say why: the id is no id or is taken, `from` is not the newest edition, or the plan would
/// have an error that it had not before.
pub fn next_edition(
    files: &Files,
    from: &str,
    id: &str,
    title: &Words,
    as_of: Date,
) -> Result<Files, Vec<Fault>> {
    let (plan, before) = Plan::sketch(files);
    if let Some(fault) = refusal(&plan, files, from, id) {
        return Err(vec![fault]);
    }
    let Some(old) = plan.edition(from) else {
        return Err(Vec::new());
    };
    let (source, target) = (format!("editions/{from}/"), format!("editions/{id}/"));
    let mut out = files.clone();
    for (name, bytes) in files.below(&source) {
        if !["returns.toml", "endings.toml"].contains(&name) {
            out.insert(format!("{target}{name}"), bytes);
        }
    }
    let edited = (|| {
        let file = format!("{target}edition.toml");
        let mut doc = document(&out, &file)?;
        set(&mut doc, "id", Value::from(id));
        set(&mut doc, "title", words(title));
        set(&mut doc, "status", Value::from("draft"));
        set(&mut doc, "as_of", day(as_of));
        for key in ["published", "signed_off", "returns_due"] {
            doc.remove(key);
        }
        write(&mut out, &file, &doc);
        let mut doc = document(&out, PLAN)?;
        if let Some(editions) = doc.get_mut("editions").and_then(Item::as_array_mut) {
            editions.push(id);
        }
        write(&mut out, PLAN, &doc);
        carry::returns(&mut out, &target, &old.returns)
    })();
    edited.map_err(|fault| vec![fault])?;
    settled(&before, out)
}

fn refusal(plan: &Plan, files: &Files, from: &str, id: &str) -> Option<Fault> {
    let folder = format!("editions/{id}/");
    let taken = plan.edition(id).is_some() || files.below(&folder).next().is_some();
    if !is_slug(id) {
        let what = format!("`{}` is no id", short(id));
        let mend = "Write 1 to 64 small letters, digits, `.`, `_` or `-`, beginning with a letter or digit";
        return Some(fault(PLAN, "bad-id", what, mend));
    }
    if taken {
        let what = format!("there is an edition `{id}` already");
        return Some(fault(PLAN, "duplicate-id", what, "Choose another id"));
    }
    let newest = plan.newest().map_or("", |newest| newest.id.as_str());
    if newest != from {
        let what = format!("`{}` is not the plan's newest edition", short(from));
        let mend = format!("Begin with `{newest}`");
        return Some(fault(PLAN, "not-newest", what, &mend));
    }
    None
}

/// The files, if they make no error that was not there before.
fn settled(before: &[Fault], files: Files) -> Result<Files, Vec<Fault>> {
    let new = new_errors(before, &files);
    if new.is_empty() { Ok(files) } else { Err(new) }
}

fn fault(file: &str, code: &'static str, what: String, mend: &str) -> Fault {
    Fault {
        file: file.to_owned(),
        line: 0,
        column: 0,
        severity: Severity::Error,
        code,
        what,
        mend: mend.to_owned(),
    }
}

/// A file as a document that keeps its comments.
fn document(files: &Files, file: &str) -> Result<DocumentMut, Fault> {
    let bytes = files.get(file).unwrap_or_default();
    let text = std::str::from_utf8(bytes).unwrap_or("?");
    text.parse().map_err(|_| {
        let what = "the file cannot be read as TOML".to_owned();
        let mend = "`cairn track check` says where it is broken";
        fault(file, "toml-syntax", what, mend)
    })
}

/// Puts a document in the place of a file, with the line ends of that.
fn write(files: &mut Files, file: &str, doc: &DocumentMut) {
    let windows = files
        .get(file)
        .is_some_and(|old| old.windows(2).any(|two| two == b"\r\n"));
    let text = doc.to_string().replace("\r\n", "\n");
    let text = if windows {
        text.replace('\n', "\r\n")
    } else {
        text
    };
    files.insert(file, text);
}

/// A day as TOML date.
fn day(day: Date) -> Value {
    let text = day.to_string();
    text.parse::<toml_edit::Datetime>()
        .map_or_else(|_| Value::from(text), Value::from)
}

fn words(words: &Words) -> Value {
    let Some(mi) = &words.mi else {
        return Value::from(words.en.as_str());
    };
    let mut table = InlineTable::new();
    table.insert("en", Value::from(words.en.as_str()));
    table.insert("mi", Value::from(mi.as_str()));
    Value::InlineTable(table)
}

/// Sets a key of the top, in its place and with the comment beside it, or after the others.
fn set(doc: &mut DocumentMut, key: &str, mut value: Value) {
    match doc.get_mut(key) {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        // A table of words gives way to one on a line.
        _ => {
            doc.insert(key, Item::Value(value));
        }
    }
}

/// Adds an entry to a list of tables, in the way in which the list is written.
fn push<const N: usize>(table: &mut dyn TableLike, key: &str, entry: [(&str, Value); N]) {
    match table.get_mut(key) {
        Some(Item::Value(Value::Array(array))) => {
            let mut one = InlineTable::new();
            for (name, value) in entry {
                one.insert(name, value);
            }
            array.push(Value::InlineTable(one));
        }
        Some(Item::ArrayOfTables(all)) => all.push(of(entry)),
        _ => {
            let mut all = ArrayOfTables::new();
            all.push(of(entry));
            table.insert(key, Item::ArrayOfTables(all));
        }
    }
}

fn of<const N: usize>(entry: [(&str, Value); N]) -> Table {
    let mut one = Table::new();
    one.decor_mut().set_prefix("\n");
    for (name, value) in entry {
        one.insert(name, Item::Value(value));
    }
    one
}

/// A list of texts with one more at its end, if it lacks it.
fn add(table: &mut dyn TableLike, key: &str, text: &str) {
    let there = table.get_mut(key).and_then(Item::as_array_mut);
    if let Some(array) = there {
        if !array.iter().any(|one| one.as_str() == Some(text)) {
            array.push(text);
        }
        return;
    }
    let mut array = Array::new();
    array.push(text);
    table.insert(key, Item::Value(Value::Array(array)));
}

#[cfg(test)]
mod tests;
