//! Ids.

use crate::plan::case::{Case, edit};

pub const CASES: &[Case] = &[
    edit("id with a blank", "editions/2026/initiatives.toml", "id = \"care\"", "id = \"care at home\"").gives("bad-id", 50, "`care at home` is no id", "small letters"),
    edit("id in capitals", "editions/2026/initiatives.toml", "id = \"care\"", "id = \"Care\"").gives("bad-id", 50, "`Care` is no id", "small letters"),
    edit("id too long", "editions/2026/initiatives.toml", "id = \"care\"", "id = \"ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\"").gives("bad-id", 50, "is no id", "1 to 64"),
    edit("theme twice", "editions/2022/themes.toml", "[[theme]]", "[[theme]]\nid = \"trust\"\ntitle = \"Again\"\n\n[[theme]]").gives("duplicate-id", 6, "the theme `trust` is on line 2 as well", "an id of its own"),
    edit("goal twice", "editions/2026/goals.toml", "[[goal]]\nid = \"safe\"", "[[goal]]\nid = \"skilled\"\ntitle = \"Safe\"\nsource = \"plan-2026\"\n\n[[goal]]\nid = \"safe\"").gives("duplicate-id", 13, "the goal `skilled` is on line 2 as well", "an id of its own"),
    edit("initiative twice", "editions/2026/initiatives.toml", "id = \"care\"", "id = \"law\"").gives("duplicate-id", 50, "the initiative `law`", "an id of its own"),
    edit("measure twice", "editions/2026/measures.toml", "id = \"reports\"", "id = \"skills\"").gives("duplicate-id", 38, "the measure `skills`", "an id of its own"),
    edit("milestone twice", "editions/2026/initiatives.toml", "[[initiative.milestone]]", "[[initiative.milestone]]\nid = \"act\"\ntitle = \"Act\"\ndue = 2030\n\n[[initiative.milestone]]").gives("duplicate-id", 31, "the milestone `act`", "an id of its own"),
    edit("source twice", "sources.csv", "news,Letter", "plan-2022,Letter").gives("duplicate-id", 5, "`plan-2022` is on line 2 as well", "take one of them out").also(&["unknown-source"; 7]),
    edit("mandate twice", "mandates.toml", "[[mandate]]", "[[mandate]]\nid = \"harbour\"\nholder = \"A\"\nseries = []\npurposes = []\nterms = \"B\"\n\n[[mandate]]").gives("duplicate-id", 9, "the mandate `harbour`", "an id of its own"),
    edit("edition is not its folder", "editions/2022/edition.toml", "id = \"2022\"", "id = \"2023\"").gives("id-is-not-name", 1, "the edition's id is `2023`", "rename the folder"),
    edit("community is not its file", "communities/harbour.toml", "id = \"harbour\"", "id = \"river\"").gives("id-is-not-name", 1, "the community's id is `river`", "rename the file"),
];
