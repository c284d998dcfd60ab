//! Sources.

use crate::plan::case::{Case, edit};

pub const CASES: &[Case] = &[
    edit(
        "source nobody uses",
        "sources.csv",
        "news,Letter",
        "extra,Spare,,,page,,,,\nnews,Letter",
    )
    .gives(
        "unused-source",
        5,
        "nothing refers to the source `extra`",
        "take it out",
    ),
    edit(
        "kind of a source",
        "sources.csv",
        ",page,2025-02-03",
        ",pgae,2025-02-03",
    )
    .gives(
        "unknown-word",
        5,
        "`pgae` is no kind of source",
        "Did you mean `page`?",
    ),
    edit(
        "address of a source",
        "sources.csv",
        "https://plan.example.test/news",
        "javascript:alert(1)",
    )
    .gives("bad-url", 5, "no web address", "https://"),
    edit("hash of a source", "sources.csv", "b7852b855", "b7852b8").gives(
        "bad-hash",
        4,
        "is no SHA-256",
        "64 hexadecimal digits",
    ),
    edit("day of a source", "sources.csv", ",2025-02-03,", ",lately,").gives(
        "wrong-value",
        5,
        "`published` of source `news`: `lately`",
        "Write 2024-11-03",
    ),
    edit(
        "source without title",
        "sources.csv",
        "news,Letter of the office",
        "news,",
    )
    .gives(
        "missing-value",
        5,
        "source `news` has no title",
        "what it is called",
    ),
    edit(
        "column of sources",
        "sources.csv",
        ",retrieved,",
        ",fetched,",
    )
    .gives(
        "unknown-column",
        1,
        "unknown column `fetched`",
        "Take it out",
    ),
];
