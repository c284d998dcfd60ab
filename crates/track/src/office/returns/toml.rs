//! One accepted return as an entry of `returns.toml`.

use std::fmt::Write as _;

use super::super::text::quoted;
use super::{About, Accepted};
use crate::plan::{What, Words};

/// What a new file begins with.
pub(super) const BEGINNING: &str = "# What owners filed and the office accepted, in the order of acceptance. Values of measures are in series/.\n";

/// The entry, with a blank line before it; `None` for a value, which is a row of its series.
pub(super) fn entry(one: &Accepted) -> Option<String> {
    let list = match &one.ret.about {
        About::Initiative(_) => "return",
        About::Note(_) => "note",
        About::Dissent(_) => "dissent",
        About::Measure(_) => return None,
    };
    let mut out = format!("\n[[{list}]]\n");
    let ret = &one.ret;
    text(&mut out, "id", &ret.id);
    bare(&mut out, "filed", ret.filed);
    bare(&mut out, "accepted", one.accepted);
    text(&mut out, "accepted_by", &one.role);
    text(&mut out, "by", &ret.by);
    match &ret.about {
        About::Initiative(it) => {
            text(&mut out, "initiative", &it.id);
            if let Some(id) = &it.milestone {
                text(&mut out, "milestone", id);
            }
            if let Some(id) = &it.action {
                text(&mut out, "action", id);
            }
            if let Some(done) = it.done {
                bare(&mut out, "done", done);
            }
            words(&mut out, "claim", &it.claim);
        }
        About::Note(it) => {
            on(&mut out, it.what, &it.id);
            words(&mut out, "text", &it.text);
        }
        About::Dissent(it) => {
            on(&mut out, it.what, &it.id);
            text(&mut out, "reviewer", &it.reviewer);
            words(&mut out, "text", &it.text);
            if let Some(would_say) = &it.would_say {
                words(&mut out, "would_say", would_say);
            }
        }
        About::Measure(_) => {}
    }
    if !ret.evidence.is_empty() {
        let ids = (0..ret.evidence.len()).map(|at| quoted(&ret.source_id(at)));
        let ids: Vec<String> = ids.collect();
        bare(&mut out, "evidence", format!("[{}]", ids.join(", ")));
    }
    Some(out)
}

fn bare(out: &mut String, key: &str, value: impl std::fmt::Display) {
    // Writing to a string cannot fail.
    let _always = writeln!(out, "{key} = {value}");
}

fn text(out: &mut String, key: &str, value: &str) {
    bare(out, key, quoted(value));
}

fn on(out: &mut String, what: What, id: &str) {
    text(out, "on", &format!("{what}:{id}"));
}

fn words(out: &mut String, key: &str, value: &Words) {
    bare(out, key, inline(value));
}

/// A text in the plan's languages as a TOML value.
pub(in crate::office) fn inline(value: &Words) -> String {
    match &value.mi {
        Some(mi) => format!("{{ en = {}, mi = {} }}", quoted(&value.en), quoted(mi)),
        None => quoted(&value.en),
    }
}
