//! From tables to the parts of a plan. What cannot be read is left out or empty; its fault has been noted.

use super::super::fault::short;
use super::super::model::{
    About, Action, Baseline, Budget, BudgetState, Cells, Community, Decision, Dimension, Direction,
    Dissent, Ended, Frequency, Goal, How, Initiative, InitiativeKind, Mandate, Measure, Milestone,
    Named, Note, Query, Returned, Ruling, Said, StatusEvidence, Target, TargetKind, TargetSet,
    Theme, Visible, What,
};
use super::super::toml_table::Table;

pub(super) fn theme(table: &Table<'_, '_>) -> Theme {
    Theme {
        id: table.id("id"),
        title: table.need_words("title"),
        text: table.words("text"),
        narrative: table.text("narrative"),
        at: table.at(),
    }
}

pub(super) fn goal(table: &Table<'_, '_>) -> Goal {
    Goal {
        id: table.id("id"),
        theme: table.text("theme"),
        title: table.need_words("title"),
        text: table.words("text"),
        narrative: table.text("narrative"),
        source: table.need("source"),
        at: table.at(),
    }
}

pub(super) fn initiative(table: &Table<'_, '_>) -> Initiative {
    let kind = table.one("kind", InitiativeKind::WORDS, InitiativeKind::of);
    let evidence = table.tables("status_evidence");
    let basis = table.need("owner_basis");
    Initiative {
        id: table.id("id"),
        kind: kind.unwrap_or(InitiativeKind::Other),
        title: table.need_words("title"),
        themes: table.texts("themes"),
        goals: table.texts("goals"),
        owner: table.need("owner"),
        owner_basis: Some(basis).filter(|basis| !basis.is_empty() && basis != "unconfirmed"),
        co_owners: table.texts("co_owners"),
        text: table.words("text"),
        narrative: table.text("narrative"),
        next_step: table.words("next_step"),
        due: table.period("due"),
        status_evidence: evidence.iter().map(claim).collect(),
        depends_on: table.texts("depends_on"),
        source: table.need("source"),
        legal_basis: table.words("legal_basis"),
        actions: table.tables("action").iter().map(action).collect(),
        milestones: table
            .tables("milestone")
            .iter()
            .filter_map(milestone)
            .collect(),
        budgets: table.tables("budget").iter().filter_map(budget).collect(),
        at: table.at(),
    }
}

fn claim(table: &Table<'_, '_>) -> StatusEvidence {
    StatusEvidence {
        source: table.need("source"),
        on: table.period("on"),
        claim: table.need_words("claim"),
        returned: None,
        at: table.at(),
    }
}

fn action(table: &Table<'_, '_>) -> Action {
    Action {
        id: table.id("id"),
        title: table.need_words("title"),
        owner: table.text("owner"),
        due: table.period("due"),
        done: table.period("done"),
        evidence: table.texts("evidence"),
        at: table.at(),
    }
}

fn milestone(table: &Table<'_, '_>) -> Option<Milestone> {
    let (due, done) = (table.period("due"), table.period("done"));
    let (id, title) = (table.id("id"), table.need_words("title"));
    let evidence = table.texts("evidence");
    Some(Milestone {
        id,
        title,
        due: due?,
        done,
        evidence,
        at: table.at(),
    })
}

fn budget(table: &Table<'_, '_>) -> Option<Budget> {
    let state = table.one("state", BudgetState::WORDS, BudgetState::of);
    let (amount, vintage) = (table.decimal("amount"), table.vintage("vintage"));
    let (line, period) = (table.need_words("line"), table.period("period"));
    let (currency, source) = (table.need("currency"), table.need("source"));
    Some(Budget {
        line,
        amount: amount?,
        currency,
        state: state?,
        period,
        source,
        vintage: vintage?,
        at: table.at(),
    })
}

pub(super) fn measure(table: &Table<'_, '_>) -> Measure {
    let frequency = table.one("frequency", Frequency::WORDS, Frequency::of);
    let direction = table.one("direction", Direction::WORDS, Direction::of);
    Measure {
        id: table.id("id"),
        goal: table.need("goal"),
        title: table.need_words("title"),
        definition: table.need_words("definition"),
        unit: table.need_words("unit"),
        source: table.need("source"),
        frequency: frequency.unwrap_or(Frequency::Irregular),
        licence: table.need("licence"),
        contact: table.need("contact"),
        direction: direction.unwrap_or(Direction::Volume),
        series: table.text("series"),
        query: query(table),
        proxy: table.words("proxy"),
        baseline: table.table("baseline").and_then(|baseline| {
            let period = baseline.period("period")?;
            Some(Baseline { period })
        }),
        target: target(table),
        limit: table.decimal("limit"),
        comparators: table.texts("comparators"),
        comparators_missing: table.words("comparators_missing"),
        disaggregation: table
            .tables("disaggregation")
            .iter()
            .map(dimension)
            .collect(),
        bias: table.words("bias"),
        group: table.text("group"),
        cells: table
            .one("cells", Cells::WORDS, Cells::of)
            .unwrap_or(Cells::Open),
        narrative: table.text("narrative"),
        owner: table.text("owner"),
        returns_after_days: table.whole("returns_after_days"),
        at: table.at(),
    }
}

fn query(table: &Table<'_, '_>) -> Option<Query> {
    let query = table.table("query")?;
    let (name, version) = (query.need("name"), query.whole("version"));
    Some(Query {
        name,
        version: version?,
    })
}

fn dimension(table: &Table<'_, '_>) -> Dimension {
    Dimension {
        name: table.id("name"),
        title: table.words("title"),
        values: table.texts("values"),
        names: table.tables("names").iter().map(named).collect(),
    }
}

fn named(table: &Table<'_, '_>) -> Named {
    Named {
        value: table.need("value"),
        title: table.need_words("title"),
    }
}

fn target(table: &Table<'_, '_>) -> Target {
    if table.is_none_word("target") {
        return Target::None;
    }
    table
        .table("target")
        .and_then(|target| target_set(&target))
        .map_or(Target::None, Target::Set)
}

fn target_set(table: &Table<'_, '_>) -> Option<TargetSet> {
    let kind = table.one("kind", TargetKind::WORDS, TargetKind::of);
    let (value, year) = (table.decimal("value"), table.year("year"));
    if value.is_none()
        && !table.has("value")
        && kind.is_some_and(|kind| kind != TargetKind::Relative)
    {
        let what = format!("{} has no `value`", table.name());
        let mend = "Add `value = …`, or write `kind = \"relative\"` and name comparators";
        table.error("kind", "target-without-value", what, mend.to_owned());
    }
    let text = table.words("text");
    Some(TargetSet {
        value,
        year: year?,
        kind: kind?,
        text,
    })
}

pub(super) fn ended(table: &Table<'_, '_>) -> Option<Ended> {
    let what = table.one("what", What::WORDS, What::of);
    let how = table.one("how", How::WORDS, How::of);
    let (id, into) = (table.need("id"), table.texts("into"));
    let (on, reason) = (table.period("on"), table.need_words("reason"));
    let source = table.need("source");
    Some(Ended {
        what: what?,
        id,
        how: how.unwrap_or(How::Stopped),
        into,
        on,
        reason,
        source,
        at: table.at(),
    })
}

/// What a note is about.
fn about(table: &Table<'_, '_>) -> Option<About> {
    let text = table.text("on")?;
    let read = text.split_once(':').and_then(|(what, id)| {
        let what = What::of(what)?;
        let id = id.to_owned();
        Some(About { what, id })
    });
    if read.is_none() {
        let what = format!("`on` of {} is `{}`", table.name(), short(&text));
        let mend = "Write `measure:ID`, `initiative:ID` or `goal:ID`".to_owned();
        table.error("on", "wrong-value", what, mend);
    }
    read
}

pub(super) fn note(table: &Table<'_, '_>) -> Option<Note> {
    let (on, date) = (about(table), table.day("date"));
    let (by, text) = (table.need("by"), table.need_words("text"));
    Some(Note {
        on: on?,
        by,
        text,
        date: date?,
        at: table.at(),
    })
}

pub(super) fn dissent(table: &Table<'_, '_>) -> Option<Dissent> {
    let (on, date) = (about(table), table.day("date"));
    let (reviewer, text) = (table.need("reviewer"), table.need_words("text"));
    let would_say = table.words("would_say");
    Some(Dissent {
        on: on?,
        reviewer,
        text,
        date: date?,
        would_say,
        at: table.at(),
    })
}

/// Every entry of `returns.toml`, in the order of the file in each of its three lists.
pub(super) fn returns(top: &Table<'_, '_>) -> Vec<Returned> {
    let mut all = Vec::new();
    let mut take = |list: &str, said: fn(&Table<'_, '_>) -> Option<Said>| {
        let tables = top.tables(list);
        all.extend(tables.iter().filter_map(|table| returned(table, said)));
    };
    take("return", progress);
    take("note", filed_note);
    take("dissent", filed_dissent);
    all
}

fn returned(table: &Table<'_, '_>, said: fn(&Table<'_, '_>) -> Option<Said>) -> Option<Returned> {
    let (id, by) = (table.id("id"), table.need("by"));
    let accepted_by = table.need("accepted_by");
    let (filed, accepted) = (table.day("filed"), table.day("accepted"));
    let evidence = table.texts("evidence");
    Some(Returned {
        id,
        said: said(table)?,
        filed: filed?,
        accepted: accepted?,
        accepted_by,
        by,
        evidence,
        at: table.at(),
    })
}

fn progress(table: &Table<'_, '_>) -> Option<Said> {
    Some(Said::Progress {
        initiative: table.need("initiative"),
        milestone: table.text("milestone"),
        action: table.text("action"),
        done: table.period("done"),
        claim: table.need_words("claim"),
    })
}

fn filed_note(table: &Table<'_, '_>) -> Option<Said> {
    let text = table.need_words("text");
    Some(Said::Note {
        on: about(table)?,
        text,
    })
}

fn filed_dissent(table: &Table<'_, '_>) -> Option<Said> {
    let (reviewer, text) = (table.need("reviewer"), table.need_words("text"));
    let would_say = table.words("would_say");
    Some(Said::Dissent {
        on: about(table)?,
        reviewer,
        text,
        would_say,
    })
}

pub(super) fn mandate(table: &Table<'_, '_>) -> Mandate {
    let decisions = table.tables("decisions");
    Mandate {
        id: table.id("id"),
        holder: table.need("holder"),
        series: table.texts("series"),
        purposes: table.texts("purposes"),
        until: table.day("until"),
        labels: table.texts("labels"),
        terms: table.need_words("terms"),
        decisions: decisions.iter().filter_map(decision).collect(),
        at: table.at(),
    }
}

fn decision(table: &Table<'_, '_>) -> Option<Decision> {
    let ruling = table.one("decision", Ruling::WORDS, Ruling::of);
    let on = table.day("on");
    let (by, purpose) = (table.need("by"), table.need("purpose"));
    let (until, note) = (table.day("until"), table.words("note"));
    Some(Decision {
        on: on?,
        by,
        purpose,
        decision: ruling?,
        until,
        note,
        at: table.at(),
    })
}

pub(super) fn community(table: &Table<'_, '_>) -> Community {
    let visible = table.one("visible", Visible::WORDS, Visible::of);
    Community {
        id: table.id("id"),
        title: table.need_words("title"),
        // Nobody else sees a page of which that is not known.
        visible: visible.unwrap_or(Visible::Office),
        holder: table.need("holder"),
        measures: table.texts("measures"),
        text: table.words("text"),
        narrative: table.text("narrative"),
        mandate: table.text("mandate"),
        fictional: table.yes("fictional").unwrap_or(true),
        at: table.at(),
    }
}
