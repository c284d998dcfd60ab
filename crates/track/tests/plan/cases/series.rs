//! Series.

use crate::plan::case::{Case, add, edit, remove};

pub const CASES: &[Case] = &[
    edit(
        "value and missing",
        "series/loss.csv",
        "2023,18.3,2024-05-31,survey-2024,,",
        "2023,18.3,2024-05-31,survey-2024,suppressed,",
    )
    .gives(
        "value-and-missing",
        6,
        "a value and a reason",
        "Take one of them out",
    ),
    edit(
        "neither value nor missing",
        "series/loss.csv",
        "2022,,2023,survey-2024,not-collected,",
        "2022,,2023,survey-2024,,",
    )
    .gives(
        "no-value",
        5,
        "neither a value nor a reason",
        "missing, not-collected",
    ),
    edit(
        "unknown reason",
        "series/loss.csv",
        "not-collected",
        "not-colected",
    )
    .gives(
        "unknown-word",
        5,
        "`not-colected` is no reason",
        "Did you mean `not-collected`?",
    ),
    edit(
        "low above high",
        "series/loss.csv",
        ",15,18.5,",
        ",18.5,15,",
    )
    .gives(
        "bad-interval",
        3,
        "`low` 18.5 is above `high` 15",
        "Exchange them",
    ),
    edit(
        "value outside of its interval",
        "series/loss.csv",
        ",15,18.5,",
        ",17,18.5,",
    )
    .gives(
        "outside-interval",
        3,
        "16.8 lies outside",
        "Correct `value`",
    ),
    edit("formula", "series/loss.csv", "2020,16.9,", "2020,=16.9+1,").gives(
        "formula",
        2,
        "`=16.9+1` is no number: it is a formula",
        "Write digits",
    ),
    edit(
        "thousands",
        "series/loss.csv",
        "2020,16.9,",
        "2020,\"16,900\",",
    )
    .gives("bad-number", 2, "thousands separator", "without separators"),
    edit(
        "words for a number",
        "series/loss.csv",
        "2020,16.9,",
        "2020,about 17,",
    )
    .gives("bad-number", 2, "`about 17` is no number", "Write digits"),
    edit("sample size", "series/loss.csv", ",1001,", ",1e3,").gives(
        "bad-number",
        3,
        "`1e3` is no sample size",
        "a whole number",
    ),
    edit(
        "period of a row",
        "series/loss.csv",
        "2020,16.9,",
        "20-20,16.9,",
    )
    .gives(
        "bad-period",
        2,
        "`20-20` is no period",
        "Write 2018, 2018Q2",
    ),
    edit(
        "vintage of a row",
        "series/loss.csv",
        "16.9,2021,",
        "16.9,2021Q1,",
    )
    .gives(
        "bad-vintage",
        2,
        "`2021Q1` is no day, month or year",
        "2024-11-03",
    ),
    edit(
        "row without vintage",
        "series/loss.csv",
        "17.0,2024-05,survey-2024",
        "17.0,,news2",
    )
    .gives(
        "missing-value",
        4,
        "the row has no vintage",
        "Write when the figure was published",
    ),
    edit(
        "vintage before its period ends",
        "series/loss.csv",
        "16.9,2021,",
        "16.9,2020-11,",
    )
    .gives(
        "early-vintage",
        2,
        "before its period 2020 had ended",
        "`provisional`",
    ),
    edit(
        "unknown flag",
        "series/loss.csv",
        "provisional",
        "provisonal",
    )
    .gives(
        "unknown-word",
        7,
        "unknown flag `provisonal`",
        "Did you mean `provisional`?",
    )
    .also(&["early-vintage"]),
    edit(
        "row twice",
        "series/loss.csv",
        "2021,17.0,2024-05,survey-2024",
        "2021,17.0,2022-03,survey-2024",
    )
    .gives(
        "duplicate-row",
        4,
        "line 3 has the same period, vintage and dimensions",
        "its own vintage",
    ),
    edit(
        "row twice in a region",
        "series/skills.csv",
        "2021,south,40,2022",
        "2021,north,40,2022",
    )
    .gives(
        "duplicate-row",
        4,
        "line 3 has the same",
        "Take one of them out",
    ),
    edit(
        "ragged row",
        "series/loss.csv",
        "2020,16.9,2021,survey-2024,,,,,,,",
        "2020,16.9,2021,survey-2024",
    )
    .gives(
        "ragged-row",
        2,
        "4 fields, not 11",
        "one field for each column",
    ),
    edit(
        "comma that is not quoted",
        "series/loss.csv",
        "\"with, comma\"",
        "with, comma",
    )
    .gives("ragged-row", 3, "12 fields, not 11", "quote fields"),
    edit(
        "unknown column",
        "series/loss.csv",
        "flag,break",
        "flga,break",
    )
    .gives(
        "unknown-column",
        1,
        "unknown column `flga`",
        "Did you mean `flag`?",
    )
    .also(&["early-vintage"]),
    edit("column twice", "series/loss.csv", "low,high", "low,low").gives(
        "twice",
        1,
        "the column `low` is there twice",
        "Take one of them out",
    ),
    edit("missing column", "series/loss.csv", "vintage,", "vinatge,").gives(
        "missing-column",
        1,
        "no column `vintage`",
        "a header that has period,value,vintage,source",
    ),
    edit(
        "unknown value of a dimension",
        "series/skills.csv",
        "2021,south",
        "2021,suoth",
    )
    .gives(
        "unknown-value",
        4,
        "`suoth` is no value of the dimension `region`",
        "Did you mean `south`?",
    ),
    edit(
        "unknown source of a row",
        "series/loss.csv",
        "2020,16.9,2021,survey-2024",
        "2020,16.9,2021,survey-2042",
    )
    .gives(
        "unknown-source",
        2,
        "the row names the source `survey-2042`",
        "Did you mean `survey-2024`?",
    ),
    edit(
        "row without source",
        "series/loss.csv",
        "2020,16.9,2021,survey-2024",
        "2020,16.9,2021,",
    )
    .gives(
        "missing-value",
        2,
        "the row names no source",
        "the id of a source",
    ),
    add("series without header", "series/loss.csv", "").gives(
        "no-header",
        1,
        "the file has no header",
        "Begin the file with a header",
    ),
    remove("series that is gone", "series/loss.csv")
        .gives(
            "unknown-series",
            12,
            "measure `loss` names the series `loss`",
            "Add it to `series/loss.csv`",
        )
        .in_file("editions/2022/measures.toml")
        .also(&["unknown-series"]),
    add(
        "series nobody uses",
        "series/spare.csv",
        "period,value,vintage,source\n2020,1,2021,news\n",
    )
    .gives(
        "unused-series",
        1,
        "no measure uses the series `spare`",
        "remove the file",
    ),
    add(
        "series with a bad name",
        "series/Loss 2.csv",
        "period,value,vintage,source\n",
    )
    .gives("bad-id", 0, "`Loss 2` is no id", "small letters")
    .also(&["unused-series"]),
];
