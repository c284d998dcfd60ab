//! The tables of the plan's files, each key with its kind and meaning.

use super::super::model::{
    BudgetState, Cells, Direction, Frequency, How, InitiativeKind, Ruling, Status, TargetKind,
    Visible, What,
};
use super::{Kind, Shape, may, need};

const NARRATIVE: &str = "name of a file in the edition's text folder, without language and ending";
const TEXT: &str = "what it is about, in Markdown";
const BY_WHEN: &str = "by when: a day, month, quarter or year";
const WHEN_DONE: &str = "when it was done: a day, or its month or year";
const SHOWS_IT: &str = "ids of sources that show that it was done";
const STATES_IT: &str = "id of the source that states it";
const THE_DAY: &str = "the day, such as 2026-11-23";
const LAST_DAY: &str = "the last day on which it holds";
const DAYS_AFTER: &str = "days after the end of a period by which its value has to be filed";
const ABOUT: &str = "what it is about, such as measure:m1";
const ID: &str = "an id that stays the same in every edition";

pub(crate) static PLAN: Shape = Shape {
    noun: "plan",
    fields: &[
        need("id", Kind::Slug, "a short name for the plan"),
        need("title", Kind::Words, "the plan's title"),
        need("country", Kind::Text, "two capital letters, such as NZ"),
        need(
            "owner",
            Kind::Text,
            "the organisation that answers for the plan",
        ),
        need("contact", Kind::Text, "how to reach the owner"),
        need("licence", Kind::Text, "the licence of texts and figures"),
        need(
            "languages",
            Kind::Texts,
            "languages of the pages, such as [\"en\", \"mi\"]",
        ),
        need("currency", Kind::Text, "base currency, such as NZD"),
        need(
            "editions",
            Kind::Texts,
            "names of the folders in editions/, oldest first",
        ),
        may(
            "base_url",
            Kind::Text,
            "address under which the plan is published",
        ),
        may(
            "texts",
            Kind::Texts,
            "names of narratives that the newest edition must have",
        ),
    ],
};

pub(crate) static EDITION: Shape = Shape {
    noun: "edition",
    fields: &[
        need("id", Kind::Slug, "the name of the edition's folder"),
        need("title", Kind::Words, "the edition's title"),
        need(
            "status",
            Kind::One(Status::WORDS),
            "draft, or frozen once signed off",
        ),
        may("published", Kind::Day, "day of publication"),
        need(
            "as_of",
            Kind::Day,
            "only figures published by this day are seen",
        ),
        may(
            "covers",
            Kind::Period,
            "the time it plans for, such as 2022-2032",
        ),
        need("vision", Kind::Words, "the vision, in one or two sentences"),
        may(
            "legal_basis",
            Kind::Words,
            "the law or decision it rests on",
        ),
        may(
            "front",
            Kind::Text,
            "name of the narrative on the front page",
        ),
        may(
            "returns_due",
            Kind::Day,
            "the day by which every owner has to report on each of its open initiatives",
        ),
        may("returns_after_days", Kind::Whole, DAYS_AFTER),
        may("signed_off", Kind::Tables(&SIGN_OFF), "who signed it off"),
    ],
};

static SIGN_OFF: Shape = Shape {
    noun: "sign-off",
    fields: &[
        need("role", Kind::Text, "the role in which it was signed"),
        need(
            "name_of_office",
            Kind::Text,
            "the office that holds the role",
        ),
        need("on", Kind::Day, THE_DAY),
    ],
};

pub(crate) static THEMES: Shape = Shape {
    noun: "file",
    fields: &[may("theme", Kind::Tables(&THEME), "a theme")],
};

static THEME: Shape = Shape {
    noun: "theme",
    fields: &[
        need("id", Kind::Slug, ID),
        need("title", Kind::Words, "the theme's title"),
        may("text", Kind::Words, TEXT),
        may("narrative", Kind::Text, NARRATIVE),
    ],
};

pub(crate) static GOALS: Shape = Shape {
    noun: "file",
    fields: &[may("goal", Kind::Tables(&GOAL), "a goal")],
};

static GOAL: Shape = Shape {
    noun: "goal",
    fields: &[
        need("id", Kind::Slug, ID),
        may("theme", Kind::Text, "id of its theme"),
        need("title", Kind::Words, "the goal's title"),
        may("text", Kind::Words, TEXT),
        may("narrative", Kind::Text, NARRATIVE),
        need("source", Kind::Text, STATES_IT),
    ],
};

pub(crate) static INITIATIVES: Shape = Shape {
    noun: "file",
    fields: &[may(
        "initiative",
        Kind::Tables(&INITIATIVE),
        "an initiative",
    )],
};

static INITIATIVE: Shape = Shape {
    noun: "initiative",
    fields: &[
        need("id", Kind::Slug, ID),
        need(
            "kind",
            Kind::One(InitiativeKind::WORDS),
            "looking-ahead means without resources yet",
        ),
        need("title", Kind::Words, "the initiative's title"),
        may("themes", Kind::Texts, "ids of its themes"),
        may("goals", Kind::Texts, "ids of its goals"),
        need("owner", Kind::Text, "the organisation that answers for it"),
        need(
            "owner_basis",
            Kind::Text,
            "id of the source that names the owner, or unconfirmed",
        ),
        may("co_owners", Kind::Texts, "other organisations"),
        may("text", Kind::Words, TEXT),
        may("narrative", Kind::Text, NARRATIVE),
        may("next_step", Kind::Words, "what comes next"),
        may("due", Kind::Period, BY_WHEN),
        may(
            "status_evidence",
            Kind::Tables(&EVIDENCE),
            "what is claimed about it",
        ),
        may(
            "depends_on",
            Kind::Texts,
            "ids of initiatives that must come first",
        ),
        need("source", Kind::Text, STATES_IT),
        may(
            "legal_basis",
            Kind::Words,
            "the law or decision it rests on",
        ),
        may("action", Kind::Tables(&ACTION), "an action"),
        may("milestone", Kind::Tables(&MILESTONE), "a milestone"),
        may("budget", Kind::Tables(&BUDGET), "a budget line"),
    ],
};

static EVIDENCE: Shape = Shape {
    noun: "claim",
    fields: &[
        need(
            "source",
            Kind::Text,
            "id of the source that makes the claim",
        ),
        may("on", Kind::Period, "when it was claimed"),
        need("claim", Kind::Words, "what is claimed, in your own words"),
    ],
};

static ACTION: Shape = Shape {
    noun: "action",
    fields: &[
        need("id", Kind::Slug, "an id, unique in its initiative"),
        need("title", Kind::Words, "the action's title"),
        may(
            "owner",
            Kind::Text,
            "who does it, if not the owner of the initiative",
        ),
        may("due", Kind::Period, BY_WHEN),
        may("done", Kind::Period, WHEN_DONE),
        may("evidence", Kind::Texts, SHOWS_IT),
    ],
};

static MILESTONE: Shape = Shape {
    noun: "milestone",
    fields: &[
        need("id", Kind::Slug, "an id, unique in its initiative"),
        need("title", Kind::Words, "the milestone's title"),
        need("due", Kind::Period, BY_WHEN),
        may("done", Kind::Period, WHEN_DONE),
        may("evidence", Kind::Texts, SHOWS_IT),
    ],
};

static BUDGET: Shape = Shape {
    noun: "budget line",
    fields: &[
        need("line", Kind::Words, "what the money is for"),
        need(
            "amount",
            Kind::Decimal,
            "amount in major units, such as 15000000",
        ),
        need("currency", Kind::Text, "currency, such as NZD"),
        need("state", Kind::One(BudgetState::WORDS), "set aside or spent"),
        may("period", Kind::Period, "the time it is for"),
        need("source", Kind::Text, STATES_IT),
        need(
            "vintage",
            Kind::Vintage,
            "when it was published: a day, month or year",
        ),
    ],
};

pub(crate) static MEASURES: Shape = Shape {
    noun: "file",
    fields: &[may("measure", Kind::Tables(&MEASURE), "a measure")],
};

static MEASURE: Shape = Shape {
    noun: "measure",
    fields: &[
        need("id", Kind::Slug, ID),
        need("goal", Kind::Text, "id of its goal"),
        need(
            "title",
            Kind::Words,
            "the measure's title, in your own words",
        ),
        need("definition", Kind::Words, "what exactly is measured"),
        need("unit", Kind::Words, "the unit of its values"),
        need("source", Kind::Text, STATES_IT),
        need(
            "frequency",
            Kind::One(Frequency::WORDS),
            "how often a value is published",
        ),
        need("licence", Kind::Text, "the licence of its values"),
        need("contact", Kind::Text, "whom to ask about it"),
        need(
            "direction",
            Kind::One(Direction::WORDS),
            "which way is better; volume for neither",
        ),
        may(
            "series",
            Kind::Text,
            "id of its series; leave out if it was never measured",
        ),
        may(
            "query",
            Kind::Table(&QUERY),
            "the live query that gives its values",
        ),
        may(
            "proxy",
            Kind::Words,
            "why the series only stands in for what is meant",
        ),
        may(
            "baseline",
            Kind::Table(&BASELINE),
            "where progress is counted from",
        ),
        need(
            "target",
            Kind::NoneOr(&TARGET),
            "what is to be reached, or \"none\" if the plan sets no target",
        ),
        may("limit", Kind::Decimal, "a value that cannot be passed"),
        may(
            "comparators",
            Kind::Texts,
            "with what a relative target compares",
        ),
        may(
            "comparators_missing",
            Kind::Words,
            "why no comparators are named",
        ),
        may(
            "disaggregation",
            Kind::Tables(&DIMENSION),
            "columns by which it is broken down",
        ),
        may("bias", Kind::Words, "what pulls the values off the truth"),
        may("group", Kind::Text, "group for means, nested by a slash"),
        may(
            "cells",
            Kind::One(Cells::WORDS),
            "counts if small cells must be protected",
        ),
        may("narrative", Kind::Text, NARRATIVE),
        may(
            "owner",
            Kind::Text,
            "the organisation that files its values, if not the plan's owner",
        ),
        may("returns_after_days", Kind::Whole, DAYS_AFTER),
    ],
};

static QUERY: Shape = Shape {
    noun: "query",
    fields: &[
        need("name", Kind::Text, "the query's name"),
        need("version", Kind::Whole, "the version of its meaning, from 1"),
    ],
};

static BASELINE: Shape = Shape {
    noun: "baseline",
    fields: &[need(
        "period",
        Kind::Period,
        "the period from which progress is counted",
    )],
};

static TARGET: Shape = Shape {
    noun: "target",
    fields: &[
        may("value", Kind::Decimal, "the value to be reached"),
        need("year", Kind::Year, "the year by which it is to be reached"),
        need(
            "kind",
            Kind::One(TargetKind::WORDS),
            "number, relative to others, or implied by the words",
        ),
        may("text", Kind::Words, "the target in words"),
    ],
};

static DIMENSION: Shape = Shape {
    noun: "dimension",
    fields: &[
        need("name", Kind::Slug, "name of the column in the series"),
        may(
            "values",
            Kind::Texts,
            "values it may have, in the order of tables",
        ),
        may("title", Kind::Words, "what pages call the dimension"),
        may("names", Kind::Tables(&NAMED), "what pages call its values"),
    ],
};

static NAMED: Shape = Shape {
    noun: "name",
    fields: &[
        need("value", Kind::Text, "the value, as the series has it"),
        need("title", Kind::Words, "what pages call it"),
    ],
};

pub(crate) static ENDINGS: Shape = Shape {
    noun: "file",
    fields: &[may(
        "ended",
        Kind::Tables(&ENDED),
        "what became of something",
    )],
};

static ENDED: Shape = Shape {
    noun: "ending",
    fields: &[
        need("what", Kind::One(What::WORDS), "what it was"),
        need("id", Kind::Text, "its id in the edition before"),
        need("how", Kind::One(How::WORDS), "what became of it"),
        may("into", Kind::Texts, "ids of what took its place"),
        may("on", Kind::Period, "when it ended"),
        need("reason", Kind::Words, "why it ended"),
        need("source", Kind::Text, "id of the source that says so"),
    ],
};

pub(crate) static NOTES: Shape = Shape {
    noun: "file",
    fields: &[
        may(
            "note",
            Kind::Tables(&NOTE),
            "a note beside a computed status",
        ),
        may(
            "dissent",
            Kind::Tables(&DISSENT),
            "a reviewer's dissent from a computed status",
        ),
    ],
};

static NOTE: Shape = Shape {
    noun: "note",
    fields: &[
        need("on", Kind::Text, ABOUT),
        need("by", Kind::Text, "the office that wrote it"),
        need("text", Kind::Words, "what it says"),
        need("date", Kind::Day, THE_DAY),
    ],
};

static DISSENT: Shape = Shape {
    noun: "dissent",
    fields: &[
        need("on", Kind::Text, ABOUT),
        need("reviewer", Kind::Text, "the reviewer's role"),
        need("text", Kind::Words, "what it says"),
        need("date", Kind::Day, THE_DAY),
        may(
            "would_say",
            Kind::Words,
            "the status that the reviewer would give",
        ),
    ],
};

pub(crate) static RETURNS: Shape = Shape {
    noun: "file",
    fields: &[
        may(
            "return",
            Kind::Tables(&RETURN),
            "an owner's return on an initiative",
        ),
        may("note", Kind::Tables(&FILED_NOTE), "a note that was filed"),
        may(
            "dissent",
            Kind::Tables(&FILED_DISSENT),
            "a dissent that was filed",
        ),
    ],
};

const RETURN_ID: &str = "an id, unique in the plan";
const FILED: &str = "the day on which it was filed";
const ACCEPTED: &str = "the day on which it was accepted";
const ACCEPTED_BY: &str = "the role of who accepted it";
const FILED_BY: &str = "the organisation that filed it";

static RETURN: Shape = Shape {
    noun: "return",
    fields: &[
        need("id", Kind::Slug, RETURN_ID),
        need("filed", Kind::Day, FILED),
        need("accepted", Kind::Day, ACCEPTED),
        need("accepted_by", Kind::Text, ACCEPTED_BY),
        need("by", Kind::Text, FILED_BY),
        need("initiative", Kind::Text, "id of the initiative"),
        may(
            "milestone",
            Kind::Text,
            "id of the initiative's milestone that it is about",
        ),
        may(
            "action",
            Kind::Text,
            "id of the initiative's action that it is about",
        ),
        may("done", Kind::Period, WHEN_DONE),
        need("claim", Kind::Words, "how it stands, in the owner's words"),
        need("evidence", Kind::Texts, "ids of sources that show it"),
    ],
};

static FILED_NOTE: Shape = Shape {
    noun: "note",
    fields: &[
        need("id", Kind::Slug, RETURN_ID),
        need("filed", Kind::Day, FILED),
        need("accepted", Kind::Day, ACCEPTED),
        need("accepted_by", Kind::Text, ACCEPTED_BY),
        need("by", Kind::Text, FILED_BY),
        need("on", Kind::Text, ABOUT),
        need("text", Kind::Words, "what it says"),
        may("evidence", Kind::Texts, "ids of sources that show it"),
    ],
};

static FILED_DISSENT: Shape = Shape {
    noun: "dissent",
    fields: &[
        need("id", Kind::Slug, RETURN_ID),
        need("filed", Kind::Day, FILED),
        need("accepted", Kind::Day, ACCEPTED),
        need("accepted_by", Kind::Text, ACCEPTED_BY),
        need("by", Kind::Text, FILED_BY),
        need("on", Kind::Text, ABOUT),
        need("reviewer", Kind::Text, "the reviewer's role"),
        need("text", Kind::Words, "what it says"),
        may(
            "would_say",
            Kind::Words,
            "the status that the reviewer would give",
        ),
        may("evidence", Kind::Texts, "ids of sources that show it"),
    ],
};

pub(crate) static MANDATES: Shape = Shape {
    noun: "file",
    fields: &[may("mandate", Kind::Tables(&MANDATE), "a mandate")],
};

static MANDATE: Shape = Shape {
    noun: "mandate",
    fields: &[
        need("id", Kind::Slug, "a short name for the mandate"),
        need("holder", Kind::Text, "who decides"),
        need("series", Kind::Texts, "ids of the series it covers"),
        need(
            "purposes",
            Kind::Texts,
            "purposes it covers, such as [\"publish\", \"combine\"]",
        ),
        may("until", Kind::Day, LAST_DAY),
        may("labels", Kind::Texts, "label ids, such as [\"TK A\"]"),
        need("terms", Kind::Words, "the terms"),
        may("decisions", Kind::Tables(&DECISION), "decisions on record"),
    ],
};

static DECISION: Shape = Shape {
    noun: "decision",
    fields: &[
        need("on", Kind::Day, THE_DAY),
        need("by", Kind::Text, "the office that decided"),
        need("purpose", Kind::Text, "for which purpose"),
        need("decision", Kind::One(Ruling::WORDS), "what was decided"),
        may("until", Kind::Day, LAST_DAY),
        may("note", Kind::Words, "a remark"),
    ],
};

pub(crate) static COMMUNITY: Shape = Shape {
    noun: "community",
    fields: &[
        need("id", Kind::Slug, "the name of the file, without .toml"),
        need("title", Kind::Words, "the page's title"),
        need("visible", Kind::One(Visible::WORDS), "who sees the page"),
        need("holder", Kind::Text, "who decides on the page"),
        need("measures", Kind::Texts, "ids of the measures it shows"),
        may("text", Kind::Words, TEXT),
        may("narrative", Kind::Text, NARRATIVE),
        may("mandate", Kind::Text, "id of its mandate"),
        need(
            "fictional",
            Kind::YesNo,
            "true for an example, false for a real community",
        ),
    ],
};
