//! The plan, its editions and endings.

use crate::plan::case::{Case, add, edit, remove};

pub const CASES: &[Case] = &[
    edit("country", "plan.toml", "\"NZ\"", "\"New Zealand\"").gives("bad-country", 3, "`New Zealand` is no country", "two capital letters"),
    edit("language of the plan", "plan.toml", "[\"en\", \"mi\"]", "[\"en\", \"mi\", \"fr\"]").gives("unknown-language", 7, "`fr` is no language", "Write `en` or `mi`"),
    edit("plan without English", "plan.toml", "[\"en\", \"mi\"]", "[\"mi\", \"en\"]").gives("no-english", 7, "the first language is not English", "Write `en` first"),
    edit("currency of the plan", "plan.toml", "\"NZD\"", "\"nzd\"").gives("bad-currency", 8, "`nzd` is no currency", "Did you mean `NZD`?"),
    edit("address of the plan", "plan.toml", "\"https://plan.example.test\"", "\"plan.example.test/\"").gives("bad-url", 10, "no address to publish under", "without a last slash"),
    remove("no plan", "plan.toml").gives("missing-file", 0, "the file is not there", "Add `plan.toml`"),
    remove("no sources", "sources.csv").gives("missing-file", 0, "the file is not there", "Add `sources.csv` with the header id,title"),
    remove("no measures of an edition", "editions/2026/measures.toml").gives("missing-file", 0, "the file is not there", "Add `editions/2026/measures.toml`"),
    remove("no themes of an edition", "editions/2022/themes.toml").gives("missing-file", 0, "the file is not there", "Add `editions/2022/themes.toml`"),
    edit("edition without folder", "plan.toml", "[\"2022\", \"2026\"]", "[\"2022\", \"2026\", \"2027\"]").gives("edition-without-folder", 9, "no folder `editions/2027`", "Did you mean `2022`?"),
    edit("folder that is not listed", "plan.toml", "[\"2022\", \"2026\"]", "[\"2026\"]").gives("edition-not-listed", 9, "does not list the folder `editions/2022`", "Add `2022` to `editions`").also(&["ended-unknown", "ended-unknown", "unused-source"]),
    edit("editions out of order", "plan.toml", "[\"2022\", \"2026\"]", "[\"2026\", \"2022\"]").gives("vanished", 21, "measure `skills` is not in edition `2022` any more", "editions/2022/endings.toml").in_file("editions/2026/measures.toml").and_others(),
    edit("no edition", "plan.toml", "[\"2022\", \"2026\"]", "[]").gives("no-edition", 9, "the plan lists no edition", "at least one folder").and_others(),
    edit("as_of after publication", "editions/2022/edition.toml", "as_of = \"2022-09-01\"", "as_of = \"2022-09-15\"").gives("as-of-after-published", 5, "up to 2022-09-15, after its publication on 2022-09-14", "not after `published`"),
    edit("published before the one before", "editions/2026/edition.toml", "as_of = \"2026-01-31\"", "published = \"2021-02-01\"\nas_of = \"2021-01-31\"").gives("editions-out-of-order", 4, "before edition `2022`", "oldest first").also(&["done-after-as-of", "done-after-as-of", "done-after-as-of"]),
    edit("frozen without publication", "editions/2022/edition.toml", "published = 2022-09-14\n", "").gives("frozen-unpublished", 3, "no day of publication", "Add `published"),
    edit("frozen with one role", "editions/2022/edition.toml", "role = \"statistician\"", "role = \"owner\"").gives("frozen-unsigned", 11, "signed off in 1 role", "two different roles"),
    edit("frozen without signatures", "editions/2026/edition.toml", "status = \"draft\"", "status = \"frozen\"\npublished = \"2026-02-01\"").gives("frozen-unsigned", 3, "signed off in 0 roles", "status = \"draft\""),
    edit("initiative that vanished", "editions/2026/endings.toml", "id = \"advice\"", "id = \"identity\"").gives("vanished", 12, "initiative `advice` is not in edition `2026` any more", "editions/2026/endings.toml").in_file("editions/2022/initiatives.toml").also(&["ended-exists"]),
    remove("no endings", "editions/2026/endings.toml").gives("vanished", 8, "goal `able` is not in edition `2026` any more", "what became of it").in_file("editions/2022/goals.toml").also(&["vanished"]),
    edit("measure that vanished", "editions/2026/measures.toml", "id = \"loss\"\n", "id = \"losses\"\n").gives("vanished", 2, "measure `loss` is not in edition `2026` any more", "add it to `editions/2026/measures.toml`").in_file("editions/2022/measures.toml").and_others(),
    edit("ended and still there", "editions/2026/endings.toml", "id = \"able\"", "id = \"safe\"").gives("ended-exists", 12, "the goal `safe` ended, and is still there", "Take the ending out").also(&["vanished"]),
    edit("ended and never there", "editions/2026/endings.toml", "id = \"advice\"", "id = \"advise\"").gives("ended-unknown", 3, "the initiative `advise` ended, and never was there", "Did you mean `advice`?").also(&["vanished"]),
    edit("ended into nothing known", "editions/2026/endings.toml", "into = [\"identity\"]", "into = [\"identiy\"]").gives("unknown-heir", 5, "names the initiative `identiy`", "Did you mean `identity`?"),
    edit("renamed into nothing", "editions/2026/endings.toml", "into = [\"skilled\"]\n", "").gives("renamed-into-nothing", 13, "not into what", "its new id"),
    edit("ended twice", "editions/2026/endings.toml", "what = \"goal\"\nid = \"able\"\nhow = \"renamed\"\ninto = [\"skilled\"]", "what = \"initiative\"\nid = \"advice\"\nhow = \"stopped\"").gives("duplicate-ending", 12, "the initiative `advice` ends twice", "Take one").also(&["vanished"]),
    add("ending in the first edition", "editions/2022/endings.toml", "[[ended]]\nwhat = \"goal\"\nid = \"old\"\nhow = \"stopped\"\nreason = \"Done\"\nsource = \"plan-2022\"\n").gives("ended-unknown", 3, "the goal `old` ended, and never was there", "take the ending out"),
];
