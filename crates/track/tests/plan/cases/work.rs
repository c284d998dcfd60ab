//! Initiatives and measures.

use crate::plan::case::{Case, edit};

pub const CASES: &[Case] = &[
    edit(
        "looking ahead with a budget",
        "editions/2026/initiatives.toml",
        "kind = \"flagship\"",
        "kind = \"looking-ahead\"",
    )
    .gives(
        "looking-ahead-with-budget",
        32,
        "initiative `identity` looks ahead",
        "write `kind = \"other\"`",
    ),
    edit(
        "amount with separators",
        "editions/2026/initiatives.toml",
        "amount = \"15000000\"",
        "amount = \"15,000,000\"",
    )
    .gives(
        "wrong-value",
        34,
        "`amount` of budget line 1 is `15,000,000`",
        "without separators",
    ),
    edit(
        "amount in words",
        "editions/2026/initiatives.toml",
        "amount = \"15000000\"",
        "amount = \"about 15m\"",
    )
    .gives("wrong-value", 34, "is `about 15m`", "a decimal number"),
    edit(
        "currency of a budget",
        "editions/2026/initiatives.toml",
        "currency = \"NZD\"",
        "currency = \"NZ$\"",
    )
    .gives(
        "bad-currency",
        35,
        "`NZ$` is no currency",
        "three capital letters",
    ),
    edit(
        "vintage of a budget",
        "editions/2026/initiatives.toml",
        "vintage = \"2025\"",
        "vintage = \"2025Q1\"",
    )
    .gives(
        "wrong-value",
        39,
        "`vintage` of budget line 1",
        "a day, month or year",
    ),
    edit(
        "milestone without evidence",
        "editions/2026/initiatives.toml",
        "done = 2023\nevidence = [\"news\"]",
        "done = 2023",
    )
    .gives(
        "claim-without-evidence",
        29,
        "claim without evidence: milestone `act` of initiative `identity`",
        "Add `evidence",
    ),
    edit(
        "action without evidence",
        "editions/2026/initiatives.toml",
        "done = \"2024-06-14\"\nevidence = [\"news\"]",
        "done = \"2024-06-14\"",
    )
    .gives(
        "claim-without-evidence",
        22,
        "claim without evidence: action `rules`",
        "ids of sources",
    ),
    edit(
        "done before the plan",
        "editions/2026/initiatives.toml",
        "done = 2023",
        "done = \"2021-03\"",
    )
    .gives(
        "done-before-plan",
        29,
        "done by 2021-03-31, before it was first published on 2022-09-14",
        "Correct `done`",
    ),
    edit(
        "done after as_of",
        "editions/2026/initiatives.toml",
        "done = \"2024-06-14\"",
        "done = \"2026-06-14\"",
    )
    .gives(
        "done-after-as-of",
        22,
        "done on 2026-06-14",
        "leave it to the next edition",
    ),
    edit(
        "relative without comparators",
        "editions/2026/measures.toml",
        "comparators_missing = \"The plan names none\"\n",
        "",
    )
    .gives(
        "no-comparators",
        32,
        "the target of measure `skills` is relative",
        "`comparators_missing",
    ),
    edit(
        "target before baseline",
        "editions/2026/measures.toml",
        "year = 2032, kind = \"number\"",
        "year = 2020, kind = \"number\"",
    )
    .gives(
        "target-before-baseline",
        15,
        "the target year 2020 of measure `loss` is not after its baseline 2020",
        "Correct `year`",
    ),
    edit(
        "target that is no number",
        "editions/2026/measures.toml",
        "value = \"10.0\"",
        "value = \"ten\"",
    )
    .gives(
        "wrong-value",
        15,
        "`value` of the target of measure `loss` is `ten`",
        "a decimal number",
    ),
    edit(
        "target without value",
        "editions/2026/measures.toml",
        "value = \"10.0\", year",
        "year",
    )
    .gives(
        "target-without-value",
        15,
        "the target of measure `loss` has no `value`",
        "name comparators",
    ),
    edit(
        "target without year",
        "editions/2026/measures.toml",
        "year = 2032, kind = \"number\"",
        "kind = \"number\"",
    )
    .gives(
        "missing-key",
        15,
        "the target of measure `loss` has no `year`",
        "Add `year = …`",
    ),
    edit(
        "target in another word",
        "editions/2026/measures.toml",
        "query = { name = \"reports_received\", version = 1 }\ntarget = \"none\"",
        "query = { name = \"reports_received\", version = 1 }\ntarget = \"nothing\"",
    )
    .gives(
        "wrong-value",
        49,
        "`target` of measure `reports` is `nothing`",
        "\"none\" if the plan sets no target",
    ),
    edit(
        "series and query",
        "editions/2026/measures.toml",
        "series = \"skills\"",
        "series = \"skills\"\nquery = { name = \"reports_received\", version = 1 }",
    )
    .gives(
        "two-origins",
        32,
        "has a series and a query",
        "Take one of them out",
    ),
    edit(
        "query that nobody answers",
        "editions/2026/measures.toml",
        "query = { name = \"reports_received\", version = 1 }",
        "query = { name = \"reports_received\", version = 9 }",
    )
    .gives(
        "unknown-query",
        48,
        "which this cairn does not answer",
        "Take one of `reports_received` of version 1",
    ),
    edit(
        "breakdown that the query has not",
        "editions/2026/measures.toml",
        "query = { name = \"reports_received\", version = 1 }",
        "query = { name = \"reports_by_category\", version = 1 }\ndisaggregation = [{ name = \"kind\" }]",
    )
    .gives(
        "unknown-dimension",
        49,
        "is broken down by `kind`, and its query is not",
        "Write `category`, or take the dimension out",
    ),
    edit(
        "breakdown of nothing",
        "editions/2026/measures.toml",
        "query = { name = \"reports_received\", version = 1 }",
        "disaggregation = [{ name = \"region\" }]",
    )
    .gives(
        "nothing-to-break-down",
        48,
        "neither a series nor a query",
        "Take `disaggregation` out",
    ),
    edit(
        "dimension without column",
        "editions/2026/measures.toml",
        "name = \"region\"",
        "name = \"age\"",
    )
    .gives(
        "unknown-dimension",
        34,
        "broken down by `age`",
        "Add the column",
    )
    .also(&["unknown-column"]),
    edit(
        "group without a name",
        "editions/2026/measures.toml",
        "group = \"safety/online\"",
        "group = \"safety//online\"",
    )
    .gives("bad-group", 18, "a group without a name", "single slashes"),
];
