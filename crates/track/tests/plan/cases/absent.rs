//! What must be there and is not.

use crate::plan::case::{Case, edit};

pub const CASES: &[Case] = &[
    edit(
        "measure without definition",
        "editions/2026/measures.toml",
        "definition = \"People who passed a course\"\n",
        "",
    )
    .gives(
        "missing-key",
        20,
        "measure `skills` has no `definition`",
        "Add `definition = \"…\"`: what exactly is measured",
    ),
    edit(
        "measure without source",
        "editions/2026/measures.toml",
        "unit = \"people\"\nsource = \"plan-2026\"",
        "unit = \"people\"",
    )
    .gives(
        "missing-key",
        20,
        "measure `skills` has no `source`",
        "Add `source",
    ),
    edit(
        "measure without direction",
        "editions/2026/measures.toml",
        "direction = \"up\"\n",
        "",
    )
    .gives(
        "missing-key",
        20,
        "measure `skills` has no `direction`",
        "which way is better",
    ),
    edit(
        "measure without licence",
        "editions/2026/measures.toml",
        "frequency = \"2-yearly\"\nlicence = \"CC-BY-4.0\"",
        "frequency = \"2-yearly\"",
    )
    .gives(
        "missing-key",
        20,
        "measure `skills` has no `licence`",
        "Add `licence",
    ),
    edit(
        "measure without unit",
        "editions/2026/measures.toml",
        "unit = \"people\"\n",
        "",
    )
    .gives(
        "missing-key",
        20,
        "measure `skills` has no `unit`",
        "Add `unit",
    ),
    edit(
        "measure without a word on its target",
        "editions/2026/measures.toml",
        "query = { name = \"reports_received\", version = 1 }\ntarget = \"none\"",
        "query = { name = \"reports_received\", version = 1 }",
    )
    .gives(
        "missing-key",
        37,
        "measure `reports` has no `target`",
        "\"none\" if the plan sets no target",
    ),
    edit(
        "initiative without owner",
        "editions/2026/initiatives.toml",
        "owner = \"Health office\"\n",
        "",
    )
    .gives(
        "missing-key",
        49,
        "initiative `care` has no `owner`",
        "the organisation that answers for it",
    ),
    edit(
        "initiative without basis for its owner",
        "editions/2026/initiatives.toml",
        "owner = \"Health office\"\nowner_basis = \"plan-2026\"",
        "owner = \"Health office\"",
    )
    .gives("missing-key", 49, "has no `owner_basis`", "unconfirmed"),
    edit(
        "milestone without due",
        "editions/2026/initiatives.toml",
        "due = \"2024-12-31\"\n",
        "",
    )
    .gives("missing-key", 25, "milestone `act` has no `due`", "by when")
    .also(&["unknown-milestone"]),
    edit(
        "plan without owner",
        "plan.toml",
        "owner = \"Strategy office\"\n",
        "",
    )
    .gives(
        "missing-key",
        1,
        "plan `tidewater` has no `owner`",
        "Add `owner",
    ),
    edit(
        "edition without as_of",
        "editions/2026/edition.toml",
        "as_of = \"2026-01-31\"\n",
        "",
    )
    .gives(
        "missing-key",
        1,
        "edition `2026` has no `as_of`",
        "only figures published by this day",
    ),
    edit(
        "ending without reason",
        "editions/2026/endings.toml",
        "reason = \"One office does both\"\n",
        "",
    )
    .gives("missing-key", 1, "has no `reason`", "why it ended"),
];
