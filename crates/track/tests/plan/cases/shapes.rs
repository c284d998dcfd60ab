//! Keys and values of TOML files.

use crate::plan::case::{Case, edit};

pub const CASES: &[Case] = &[
    edit(
        "toml syntax",
        "plan.toml",
        "country = \"NZ\"",
        "country = \"NZ",
    )
    .gives("toml-syntax", 3, "not TOML", "Mend the syntax"),
    edit(
        "same key twice",
        "plan.toml",
        "owner = \"Strategy office\"",
        "owner = \"A\"\nowner = \"B\"",
    )
    .gives("toml-syntax", 5, "duplicate key", "Mend the syntax"),
    edit(
        "unknown key",
        "editions/2026/initiatives.toml",
        "owner = \"Health office\"",
        "onwer = \"Health office\"",
    )
    .gives(
        "unknown-key",
        54,
        "unknown key `onwer`",
        "Did you mean `owner`?",
    )
    .also(&["missing-key"]),
    edit(
        "unknown key like none",
        "editions/2026/measures.toml",
        "limit = 0",
        "colour = 0",
    )
    .gives(
        "unknown-key",
        16,
        "measure `loss` has an unknown key `colour`",
        "Take it out",
    ),
    edit(
        "unknown key of a file",
        "editions/2026/themes.toml",
        "[[theme]]",
        "[[thmee]]",
    )
    .gives(
        "unknown-key",
        1,
        "unknown key `thmee`",
        "Did you mean `theme`?",
    )
    .also(&["unknown-theme", "unknown-theme", "unknown-theme"]),
    edit(
        "unknown language of a text",
        "editions/2022/themes.toml",
        "mi = \"Mahi Tika\"",
        "ma = \"Mahi Tika\"",
    )
    .gives("unknown-key", 3, "unknown key `ma`", "Did you mean `mi`?"),
    edit(
        "text without English",
        "editions/2022/themes.toml",
        "{ en = \"Trust\", mi = \"Mahi Tika\" }",
        "{ mi = \"Mahi Tika\" }",
    )
    .gives(
        "no-english",
        3,
        "`title` of theme `trust` has no English text",
        "Add `en = \"…\"`",
    ),
    edit(
        "number for a text",
        "plan.toml",
        "owner = \"Strategy office\"",
        "owner = 3",
    )
    .gives(
        "wrong-value",
        4,
        "`owner` of plan `tidewater` is `3`",
        "a text in quotes",
    ),
    edit(
        "empty text",
        "plan.toml",
        "contact = \"strategy@example.test\"",
        "contact = \" \"",
    )
    .gives("wrong-value", 5, "is empty", "how to reach the owner"),
    edit(
        "text for a list",
        "editions/2026/initiatives.toml",
        "depends_on = [\"law\"]",
        "depends_on = \"law\"",
    )
    .gives(
        "wrong-value",
        13,
        "`depends_on` of initiative `identity`",
        "a list of texts",
    ),
    edit(
        "list with one twice",
        "editions/2026/initiatives.toml",
        "depends_on = [\"law\"]",
        "depends_on = [\"law\", \"law\"]",
    )
    .gives("twice", 13, "`law` twice", "Take one of them out"),
    edit(
        "text for a table",
        "editions/2026/measures.toml",
        "baseline = { period = \"2020\" }",
        "baseline = \"2020\"",
    )
    .gives(
        "wrong-value",
        14,
        "`baseline` of measure `loss`",
        "Write a table",
    ),
    edit(
        "table for a list of tables",
        "plan.toml",
        "editions = [\"2022\", \"2026\"]",
        "editions = { a = 1 }",
    )
    .gives("wrong-value", 9, "`editions` of plan", "a list of texts")
    .and_others(),
    edit(
        "text for yes or no",
        "communities/harbour.toml",
        "fictional = true",
        "fictional = \"yes\"",
    )
    .gives(
        "wrong-value",
        8,
        "`fictional` of community `harbour`",
        "`true` or `false`",
    ),
    edit(
        "bad date",
        "editions/2026/notes.toml",
        "date = \"2026-01-20\"",
        "date = \"2026-02-30\"",
    )
    .gives(
        "wrong-value",
        5,
        "`date` of note 1 is `2026-02-30`",
        "a day such as",
    ),
    edit(
        "time for a date",
        "editions/2022/edition.toml",
        "published = 2022-09-14",
        "published = 2022-09-14T10:00:00Z",
    )
    .gives(
        "wrong-value",
        4,
        "`published` of edition `2022` is a datetime",
        "a day such as",
    ),
    edit(
        "bad period",
        "editions/2026/initiatives.toml",
        "period = \"2023/24\"",
        "period = \"2023/25\"",
    )
    .gives(
        "wrong-value",
        37,
        "`period` of budget line 1 is `2023/25`",
        "2023/24",
    ),
    edit(
        "bad due",
        "editions/2026/initiatives.toml",
        "due = 2027",
        "due = \"soon\"",
    )
    .gives(
        "wrong-value",
        12,
        "`due` of initiative `identity` is `soon`",
        "by when",
    ),
    edit(
        "bad word",
        "editions/2026/measures.toml",
        "direction = \"down\"",
        "direction = \"dwon\"",
    )
    .gives(
        "unknown-word",
        11,
        "`direction` of measure `loss` is `dwon`",
        "Did you mean `down`?",
    ),
    edit(
        "word like none",
        "editions/2026/measures.toml",
        "frequency = \"monthly\"",
        "frequency = \"whenever\"",
    )
    .gives(
        "unknown-word",
        44,
        "is `whenever`",
        "Write one of: monthly, quarterly",
    ),
    edit(
        "query of version nought",
        "editions/2026/measures.toml",
        "version = 1",
        "version = 0",
    )
    .gives(
        "wrong-value",
        48,
        "`version` of the query of measure `reports`",
        "a whole number from 1",
    ),
];
