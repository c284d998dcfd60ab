//! What returns said, as part of the files of the next edition.

use toml_edit::{Item, TableLike, Value};

use super::super::returns::inline;
use super::super::text::quoted;
use super::{add, document, push, words, write};
use crate::plan::{Fault, Files, Returned, Said};

/// Writes what returns said into the initiatives and notes of the edition in a folder, in the order of their acceptance.
pub(super) fn returns(files: &mut Files, folder: &str, returns: &[Returned]) -> Result<(), Fault> {
    let mut ordered: Vec<&Returned> = returns.iter().collect();
    ordered.sort_by_key(|one| (one.accepted, one.filed));
    let file = format!("{folder}initiatives.toml");
    let mut notes = String::new();
    let mut doc = document(files, &file)?;
    let mut changed = false;
    for one in ordered {
        match &one.said {
            Said::Progress { initiative, .. } => {
                let all = doc.get_mut("initiative").map(entries).unwrap_or_default();
                if let Some(table) = named(all, initiative) {
                    report(table, one);
                    changed = true;
                }
            }
            Said::Note { .. } | Said::Dissent { .. } => notes.push_str(&note(one)),
        }
    }
    if changed {
        write(files, &file, &doc);
    }
    if !notes.is_empty() {
        let file = format!("{folder}notes.toml");
        let mut text = files.get(&file).unwrap_or_default().to_vec();
        if text.last().is_some_and(|last| *last != b'\n') {
            text.push(b'\n');
        }
        text.extend_from_slice(
            notes
                .trim_start_matches(if text.is_empty() { "\n" } else { "" })
                .as_bytes(),
        );
        files.insert(file, text);
    }
    Ok(())
}

/// The tables of a list, however it is written.
fn entries(item: &mut Item) -> Vec<&mut dyn TableLike> {
    match item {
        Item::ArrayOfTables(all) => all
            .iter_mut()
            .map(|one| one as &mut dyn TableLike)
            .collect(),
        Item::Value(Value::Array(all)) => {
            let tables = all.iter_mut().filter_map(Value::as_inline_table_mut);
            tables.map(|one| one as &mut dyn TableLike).collect()
        }
        _ => Vec::new(),
    }
}

fn named<'t>(all: Vec<&'t mut dyn TableLike>, id: &str) -> Option<&'t mut dyn TableLike> {
    all.into_iter()
        .find(|table| table.get("id").and_then(Item::as_str) == Some(id))
}

fn report(table: &mut dyn TableLike, one: &Returned) {
    let Said::Progress {
        milestone,
        action,
        done,
        claim,
        ..
    } = &one.said
    else {
        return;
    };
    for source in &one.evidence {
        let entry = [
            ("source", Value::from(source.as_str())),
            ("on", Value::from(one.filed.to_string())),
            ("claim", words(claim)),
        ];
        push(table, "status_evidence", entry);
    }
    let (list, id) = match (milestone, action) {
        (Some(id), _) => ("milestone", id),
        (None, Some(id)) => ("action", id),
        (None, None) => return,
    };
    let all = table.get_mut(list).map(entries).unwrap_or_default();
    if let (Some(step), Some(done)) = (named(all, id), done) {
        step.insert("done", Item::Value(Value::from(done.to_string())));
        for source in &one.evidence {
            add(step, "evidence", source);
        }
    }
}

/// A note or dissent as an entry of `notes.toml`.
fn note(one: &Returned) -> String {
    let (list, on, who, text) = match &one.said {
        Said::Note { on, text } => ("note", on, ("by", &one.by), text),
        Said::Dissent {
            on, reviewer, text, ..
        } => ("dissent", on, ("reviewer", reviewer), text),
        Said::Progress { .. } => return String::new(),
    };
    let mut out = format!(
        "\n[[{list}]]\non = {}\n{} = {}\ntext = {}\ndate = {}\n",
        quoted(&on.to_string()),
        who.0,
        quoted(who.1),
        inline(text),
        one.filed
    );
    if let Said::Dissent {
        would_say: Some(would_say),
        ..
    } = &one.said
    {
        out.push_str(&format!("would_say = {}\n", inline(would_say)));
    }
    out
}
