//! Key by key, what changed in a theme, goal, initiative, measure, or the edition itself.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Kind;
use super::collect::{Collector, field};
use crate::plan::{Dimension, Edition, Goal, Initiative, Measure, Query, Target, Theme, Words};

/// What stands for nothing in `owner_basis`.
const UNCONFIRMED: &str = "unconfirmed";

pub(super) fn edition(c: &mut Collector, old: &Edition, new: &Edition) {
    let wording = Kind::Wording;
    title(c, &old.title, &new.title);
    c.words(
        wording,
        field!("vision"),
        "",
        Some(&old.vision),
        Some(&new.vision),
    );
    c.shown(
        Kind::Due,
        "covers",
        "",
        old.covers.as_ref(),
        new.covers.as_ref(),
    );
    let (law, laws) = (old.legal_basis.as_ref(), new.legal_basis.as_ref());
    c.words(Kind::Basis, field!("legal_basis"), "", law, laws);
    let names: BTreeSet<&(String, String)> = old.texts.keys().chain(new.texts.keys()).collect();
    for key in names {
        let text = |texts: &BTreeMap<(String, String), String>| -> String {
            texts.get(key).cloned().unwrap_or_default()
        };
        let part = format!("{}.{}", key.0, key.1);
        c.text(wording, "text", &part, &text(&old.texts), &text(&new.texts));
    }
}

pub(super) fn theme(c: &mut Collector, old: &Theme, new: &Theme) {
    title(c, &old.title, &new.title);
    text(c, old.text.as_ref(), new.text.as_ref());
    narrative(c, old.narrative.as_ref(), new.narrative.as_ref());
}

pub(super) fn goal(c: &mut Collector, old: &Goal, new: &Goal) {
    title(c, &old.title, &new.title);
    text(c, old.text.as_ref(), new.text.as_ref());
    narrative(c, old.narrative.as_ref(), new.narrative.as_ref());
    c.shown(
        Kind::Place,
        "theme",
        "",
        old.theme.as_ref(),
        new.theme.as_ref(),
    );
    c.text(Kind::Source, "source", "", &old.source, &new.source);
}

fn title(c: &mut Collector, old: &Words, new: &Words) {
    c.words(Kind::Wording, field!("title"), "", Some(old), Some(new));
}

fn text(c: &mut Collector, old: Option<&Words>, new: Option<&Words>) {
    c.words(Kind::Wording, field!("text"), "", old, new);
}

fn narrative(c: &mut Collector, old: Option<&String>, new: Option<&String>) {
    c.shown(Kind::Wording, "narrative", "", old, new);
}

/// All but milestones, actions, budgets and claims.
pub(super) fn initiative(c: &mut Collector, old: &Initiative, new: &Initiative) {
    c.shown(Kind::Rank, "kind", "", Some(&old.kind), Some(&new.kind));
    title(c, &old.title, &new.title);
    text(c, old.text.as_ref(), new.text.as_ref());
    let (step, steps) = (old.next_step.as_ref(), new.next_step.as_ref());
    c.words(Kind::Wording, field!("next_step"), "", step, steps);
    narrative(c, old.narrative.as_ref(), new.narrative.as_ref());
    let owner = Kind::Owner;
    c.text(owner, "owner", "", &old.owner, &new.owner);
    let basis = |one: &Initiative| -> String {
        let basis = one.owner_basis.as_deref();
        basis.unwrap_or(UNCONFIRMED).to_owned()
    };
    c.text(owner, "owner_basis", "", &basis(old), &basis(new));
    c.list(owner, "co_owners", "", &old.co_owners, &new.co_owners);
    for (key, before, after) in [
        ("themes", &old.themes, &new.themes),
        ("goals", &old.goals, &new.goals),
        ("depends_on", &old.depends_on, &new.depends_on),
    ] {
        c.list(Kind::Place, key, "", before, after);
    }
    c.shown(Kind::Due, "due", "", old.due.as_ref(), new.due.as_ref());
    let (law, laws) = (old.legal_basis.as_ref(), new.legal_basis.as_ref());
    c.words(Kind::Basis, field!("legal_basis"), "", law, laws);
    c.text(Kind::Source, "source", "", &old.source, &new.source);
}

/// All but its figures.
pub(super) fn measure(c: &mut Collector, old: &Measure, new: &Measure) {
    title(c, &old.title, &new.title);
    narrative(c, old.narrative.as_ref(), new.narrative.as_ref());
    definition(c, old, new);
    let target = Kind::Target;
    let base = |one: &Measure| one.baseline.as_ref().map(|base| base.period);
    let (before, after) = (base(old), base(new));
    c.shown(target, "baseline", "", before.as_ref(), after.as_ref());
    c.text(
        target,
        "target",
        "",
        &target_of(&old.target),
        &target_of(&new.target),
    );
    let words = |one: &Measure| one.target_set().and_then(|set| set.text.clone());
    let (before, after) = (words(old), words(new));
    c.words(
        target,
        field!("target.text"),
        "",
        before.as_ref(),
        after.as_ref(),
    );
    c.shown(target, "limit", "", old.limit.as_ref(), new.limit.as_ref());
    c.list(
        target,
        "comparators",
        "",
        &old.comparators,
        &new.comparators,
    );
    let (before, after) = (
        old.comparators_missing.as_ref(),
        new.comparators_missing.as_ref(),
    );
    c.words(target, field!("comparators_missing"), "", before, after);
    c.text(Kind::Owner, "contact", "", &old.contact, &new.contact);
    let (owner, owners) = (old.owner.as_ref(), new.owner.as_ref());
    c.shown(Kind::Owner, "owner", "", owner, owners);
    c.text(Kind::Place, "goal", "", &old.goal, &new.goal);
    c.shown(
        Kind::Place,
        "group",
        "",
        old.group.as_ref(),
        new.group.as_ref(),
    );
    c.text(Kind::Basis, "licence", "", &old.licence, &new.licence);
    c.text(Kind::Source, "source", "", &old.source, &new.source);
}

fn definition(c: &mut Collector, old: &Measure, new: &Measure) {
    let kind = Kind::Definition;
    for (key, before, after) in [
        (
            field!("definition"),
            Some(&old.definition),
            Some(&new.definition),
        ),
        (field!("unit"), Some(&old.unit), Some(&new.unit)),
        (field!("proxy"), old.proxy.as_ref(), new.proxy.as_ref()),
        (field!("bias"), old.bias.as_ref(), new.bias.as_ref()),
    ] {
        c.words(kind, key, "", before, after);
    }
    let (before, after) = (Some(&old.direction), Some(&new.direction));
    c.shown(kind, "direction", "", before, after);
    let (before, after) = (Some(&old.frequency), Some(&new.frequency));
    c.shown(kind, "frequency", "", before, after);
    c.shown(kind, "series", "", old.series.as_ref(), new.series.as_ref());
    c.text(kind, "query", "", &query_of(old), &query_of(new));
    let (before, after) = (
        dimensions_of(&old.disaggregation),
        dimensions_of(&new.disaggregation),
    );
    c.text(kind, "disaggregation", "", &before, &after);
    c.shown(kind, "cells", "", Some(&old.cells), Some(&new.cells));
}

/// `80 · 2030 · number`, or `none`.
fn target_of(target: &Target) -> String {
    match target {
        Target::None => "none".to_owned(),
        Target::Set(set) => {
            let value = set.value.map(|value| format!("{value} · "));
            format!("{}{} · {}", value.unwrap_or_default(), set.year, set.kind)
        }
    }
}

fn query_of(measure: &Measure) -> String {
    let query = measure.query.as_ref();
    query.map_or_else(String::new, |Query { name, version }| {
        format!("{name} {version}")
    })
}

/// `region: north, south; age`
fn dimensions_of(dimensions: &[Dimension]) -> String {
    let all = dimensions.iter().map(|dimension| {
        if dimension.values.is_empty() {
            dimension.name.clone()
        } else {
            format!("{}: {}", dimension.name, dimension.values.join(", "))
        }
    });
    all.collect::<Vec<_>>().join("; ")
}
