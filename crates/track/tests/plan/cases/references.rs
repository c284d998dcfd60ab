//! References to what is not there.

use crate::plan::case::{Case, edit};

pub const CASES: &[Case] = &[
    edit(
        "unknown theme of a goal",
        "editions/2022/goals.toml",
        "theme = \"trust\"",
        "theme = \"trsut\"",
    )
    .gives(
        "unknown-theme",
        3,
        "goal `safe` names the theme `trsut`",
        "Did you mean `trust`?",
    ),
    edit(
        "unknown theme of an initiative",
        "editions/2026/initiatives.toml",
        "themes = [\"trust\"]",
        "themes = [\"trust\", \"growth\"]",
    )
    .gives(
        "unknown-theme",
        5,
        "names the theme `growth`",
        "Add it to `editions/2026/themes.toml`",
    ),
    edit(
        "unknown goal of an initiative",
        "editions/2026/initiatives.toml",
        "goals = [\"skilled\"]",
        "goals = [\"skiled\"]",
    )
    .gives(
        "unknown-goal",
        53,
        "names the goal `skiled`",
        "Did you mean `skilled`?",
    ),
    edit(
        "unknown goal of a measure",
        "editions/2026/measures.toml",
        "goal = \"skilled\"",
        "goal = \"skiled\"",
    )
    .gives(
        "unknown-goal",
        22,
        "measure `skills` names the goal `skiled`",
        "Did you mean `skilled`?",
    ),
    edit(
        "unknown series of a measure",
        "editions/2026/measures.toml",
        "series = \"skills\"",
        "series = \"skill\"",
    )
    .gives(
        "unknown-series",
        31,
        "names the series `skill`",
        "Did you mean `skills`?",
    )
    .and_others(),
    edit(
        "unknown source of a claim",
        "editions/2026/initiatives.toml",
        "source = \"news\", on",
        "source = \"nws\", on",
    )
    .gives(
        "unknown-source",
        15,
        "names the source `nws`",
        "Did you mean `news`?",
    ),
    edit(
        "unknown source of an owner",
        "editions/2026/initiatives.toml",
        "owner_basis = \"unconfirmed\"",
        "owner_basis = \"link-host\"",
    )
    .gives(
        "unknown-source",
        46,
        "names the source `link-host`",
        "Add it to `sources.csv`",
    ),
    edit(
        "unknown evidence",
        "editions/2026/initiatives.toml",
        "done = 2023\nevidence = [\"news\"]",
        "done = 2023\nevidence = [\"press\"]",
    )
    .gives(
        "unknown-source",
        30,
        "names the source `press`",
        "Add it to",
    ),
    edit(
        "unknown dependency",
        "editions/2026/initiatives.toml",
        "depends_on = [\"law\"]",
        "depends_on = [\"lore\"]",
    )
    .gives(
        "unknown-initiative",
        13,
        "names the initiative `lore`",
        "Add it to",
    ),
    edit(
        "dependency on itself",
        "editions/2026/initiatives.toml",
        "depends_on = [\"law\"]",
        "depends_on = [\"identity\"]",
    )
    .gives(
        "dependency-cycle",
        13,
        "identity → identity",
        "Take one of them out of `depends_on`",
    ),
    edit(
        "circle of dependencies",
        "editions/2026/initiatives.toml",
        "title = \"Law of services\"",
        "title = \"Law of services\"\ndepends_on = [\"identity\"]",
    )
    .gives(
        "dependency-cycle",
        13,
        "identity → law → identity",
        "Take one of them out",
    ),
    edit(
        "note on nothing",
        "editions/2026/notes.toml",
        "on = \"measure:loss\"",
        "on = \"measure:los\"",
    )
    .gives(
        "unknown-subject",
        2,
        "the note names the measure `los`",
        "Did you mean `loss`?",
    ),
    edit(
        "note on something odd",
        "editions/2026/notes.toml",
        "on = \"initiative:identity\"",
        "on = \"action:rules\"",
    )
    .gives("wrong-value", 8, "`action:rules`", "initiative:ID"),
];
