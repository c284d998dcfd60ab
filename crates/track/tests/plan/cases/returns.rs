//! What owners filed and the office accepted.

use crate::plan::case::{Case, edit};

const FILE: &str = "editions/2026/returns.toml";

pub const CASES: &[Case] = &[
    edit(
        "return of an unknown initiative",
        FILE,
        "initiative = \"law\"",
        "initiative = \"laws\"",
    )
    .gives(
        "unknown-initiative",
        7,
        "return `r1` names the initiative `laws`",
        "Did you mean `law`?",
    ),
    edit(
        "return on an unknown milestone",
        FILE,
        "milestone = \"act\"",
        "milestone = \"acts\"",
    )
    .gives(
        "unknown-milestone",
        18,
        "return `r2` names the milestone `acts`",
        "Did you mean `act`?",
    ),
    edit(
        "return on an unknown action",
        FILE,
        "milestone = \"act\"",
        "action = \"rule\"",
    )
    .gives(
        "unknown-action",
        18,
        "return `r2` names the action `rule`",
        "Did you mean `rules`?",
    ),
    edit(
        "return on two steps",
        FILE,
        "milestone = \"act\"",
        "milestone = \"act\"\naction = \"rules\"",
    )
    .gives(
        "two-steps",
        19,
        "return `r2` is about a milestone and an action",
        "write another return",
    ),
    edit(
        "return with an unknown source",
        FILE,
        "[\"news\", \"plan-2026\"]",
        "[\"new\", \"plan-2026\"]",
    )
    .gives(
        "unknown-source",
        9,
        "return `r1` names the source `new`",
        "Did you mean `news`?",
    ),
    edit(
        "return without evidence",
        FILE,
        "[\"news\", \"plan-2026\"]",
        "[]",
    )
    .gives(
        "return-without-evidence",
        9,
        "return `r1` names no source",
        "at least one source",
    ),
    edit(
        "return without a claim",
        FILE,
        "claim = \"The act is in force\"\n",
        "",
    )
    .gives(
        "missing-key",
        11,
        "return `r2` has no `claim`",
        "Add `claim = ",
    ),
    edit(
        "return accepted before it was filed",
        FILE,
        "accepted = \"2026-01-22\"",
        "accepted = \"2026-01-19\"",
    )
    .gives(
        "accepted-before-filed",
        4,
        "return `r1` was accepted on 2026-01-19, before",
        "Correct `accepted`",
    ),
    edit("return twice", FILE, "id = \"r2\"", "id = \"r1\"").gives(
        "duplicate-id",
        12,
        "the return `r1` is on line 2 of editions/2026/returns.toml as well",
        "Take one of them out",
    ),
    edit(
        "returned as done after the edition's day",
        FILE,
        "done = \"2024-11\"",
        "done = \"2026-02\"",
    )
    .gives(
        "done-after-as-of",
        19,
        "return `r2` says that it was done on 2026-02-01",
        "leave it to the next edition",
    ),
    edit(
        "filed note on nothing",
        FILE,
        "on = \"initiative:law\"",
        "on = \"initiative:lw\"",
    )
    .gives(
        "unknown-subject",
        29,
        "return `r3` names the initiative `lw`",
        "Did you mean `law`?",
    ),
    edit(
        "filed dissent on no kind of thing",
        FILE,
        "on = \"goal:skilled\"",
        "on = \"gaol:skilled\"",
    )
    .gives("wrong-value", 38, "is `gaol:skilled`", "`goal:ID`"),
    edit(
        "return in a list of another name",
        FILE,
        "[[note]]",
        "[[remark]]",
    )
    .gives("unknown-key", 23, "unknown key `remark`", "Take it out"),
    edit(
        "days after the period that are no number",
        "editions/2026/edition.toml",
        "front = \"front\"",
        "front = \"front\"\nreturns_after_days = 0",
    )
    .gives(
        "wrong-value",
        7,
        "`returns_after_days` of edition `2026` is `0`",
        "a whole number from 1",
    ),
];
