//! Mandates, communities, narratives and other files.

use crate::plan::case::{Case, add, edit};

pub const CASES: &[Case] = &[
    edit(
        "mandate of an unknown series",
        "mandates.toml",
        "[\"skills\"]",
        "[\"skill\"]",
    )
    .gives(
        "unknown-series",
        4,
        "mandate `harbour` names the series `skill`",
        "Did you mean `skills`?",
    ),
    edit(
        "nothing allowed",
        "mandates.toml",
        "decision = \"allowed\"",
        "decision = \"refused\"",
    )
    .gives(
        "not-allowed",
        4,
        "will not be published",
        "with `purpose = \"publish\"`",
    ),
    edit(
        "purpose outside the mandate",
        "mandates.toml",
        "purpose = \"combine\"",
        "purpose = \"combin\"",
    )
    .gives(
        "unknown-purpose",
        11,
        "names the purpose `combin`",
        "Did you mean `combine`?",
    ),
    edit(
        "community with an unknown measure",
        "communities/harbour.toml",
        "[\"skills\"]",
        "[\"skill\"]",
    )
    .gives(
        "unknown-measure",
        5,
        "community `harbour` names the measure `skill`",
        "Did you mean `skills`?",
    ),
    edit(
        "community with an unknown mandate",
        "communities/harbour.toml",
        "mandate = \"harbour\"",
        "mandate = \"harbor\"",
    )
    .gives(
        "unknown-mandate",
        7,
        "names the mandate `harbor`",
        "Did you mean `harbour`?",
    ),
    edit(
        "unknown figure",
        "editions/2026/text/front.en.md",
        "loss.latest",
        "los.latest",
    )
    .gives(
        "unknown-figure",
        3,
        "names the measure `los`",
        "Did you mean `loss`?",
    ),
    edit(
        "unknown field of a figure",
        "editions/2026/text/front.en.md",
        "loss.target",
        "loss.tarmet",
    )
    .gives(
        "unknown-figure",
        3,
        "no figure `tarmet`",
        "Did you mean `target`?",
    ),
    edit(
        "figure that is not closed",
        "editions/2026/text/front.en.md",
        "loss.target}}",
        "loss.target",
    )
    .gives(
        "bad-figure",
        3,
        "not closed",
        "Write {{figure:MEASURE.latest}}",
    ),
    edit(
        "picture in a narrative",
        "editions/2026/text/front.en.md",
        "Loss is {{figure:loss.latest}}",
        "Ā ![a chart](chart.png) {{figure:loss.latest}}",
    )
    .gives(
        "picture",
        3,
        "places a picture",
        "Link to it as [words](address)",
    ),
    edit(
        "table without a heading",
        "editions/2026/text/front.en.md",
        "# Plan",
        "| a |\n|---|\n| 1 |",
    )
    .gives(
        "table-without-heading",
        1,
        "no heading above it",
        "Write a heading before it",
    ),
    edit(
        "front page without narrative",
        "editions/2026/edition.toml",
        "front = \"front\"",
        "front = \"cover\"",
    )
    .gives(
        "unknown-narrative",
        6,
        "names the narrative `cover`",
        "Add it to `editions/2026/text/cover.en.md`",
    )
    .also(&["unused-narrative"]),
    edit(
        "narrative of the plan",
        "plan.toml",
        "[\"method\"]",
        "[\"methods\"]",
    )
    .gives(
        "unknown-narrative",
        11,
        "the plan names the narrative `methods`",
        "Did you mean `method`?",
    ),
    add(
        "narrative in another language",
        "editions/2026/text/front.fr.md",
        "Le plan\n",
    )
    .gives(
        "unknown-language",
        0,
        "the narrative is in `fr`",
        "one of: en, mi",
    ),
    add(
        "narrative without English",
        "editions/2026/text/note.mi.md",
        "He\n",
    )
    .gives(
        "no-english",
        0,
        "the narrative `note` has no English text",
        "Add `editions/2026/text/note.en.md`",
    ),
    add(
        "narrative that nothing places",
        "editions/2026/text/spare.en.md",
        "Spare\n",
    )
    .gives(
        "unused-narrative",
        1,
        "nothing places the narrative `spare`",
        "Name it as `front`",
    ),
    add("file that nothing reads", "editions/2026/measure.toml", "").gives(
        "unknown-file",
        0,
        "nothing reads the file",
        "Did you mean `measures.toml`?",
    ),
];
