use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::base_plan::BASE;
use crate::plan::Files;
use crate::plan_files;

fn example(name: &str) -> Files {
    plan_files::folder(name)
}

fn read(files: &Files) -> Plan {
    let (plan, faults) = Plan::read(files);
    plan.unwrap_or_else(|| panic!("{faults:#?}"))
}

fn edit(files: &mut Files, path: &str, from: &str, to: &str) {
    let text = String::from_utf8(files.get(path).unwrap().to_vec()).unwrap();
    assert_eq!(text.matches(from).count(), 1, "{from} in {path}");
    files.insert(path, text.replace(from, to));
}

/// The changes from the first edition to the last one.
fn changes(plan: &Plan) -> Vec<Change> {
    compare(plan, &plan.editions[0], plan.newest().unwrap())
}

/// `what kind field part: before → after`
fn told(changes: &[Change]) -> Vec<String> {
    let told = changes.iter().map(|c| {
        let kind = c.kind.code();
        let named = [c.field, &c.part].map(|text| if text.is_empty() { "-" } else { text });
        format!(
            "{} {kind} {} {}: {} → {}",
            c.what, named[0], named[1], c.before, c.after
        )
    });
    told.collect()
}

fn of<'c>(changes: &'c [Change], what: &str, kind: Kind) -> Vec<&'c Change> {
    let all = changes.iter();
    all.filter(|c| c.what.to_string() == what && c.kind == kind)
        .collect()
}

#[test]
fn the_digital_strategy_from_2022_to_2026() {
    let plan = read(&example("nz-digital"));
    let found = changes(&plan);
    let ended: Vec<&Change> = found.iter().filter(|c| c.kind == Kind::Ended).collect();
    assert_eq!(ended.len(), 1);
    let ended = ended[0];
    assert_eq!(ended.what.to_string(), "initiative:i03");
    assert_eq!(ended.before, "New Zealand Cyber Security Strategy (2019)");
    let ending = ended.ending.as_ref().unwrap();
    assert_eq!(ending.how, crate::plan::How::Superseded);
    assert_eq!(ending.on.unwrap().to_string(), "2026-03");
    assert!(ended.why.as_ref().unwrap().en.contains("took the place"));
    assert_eq!(ended.source.as_deref(), Some("istart-2026"));
    assert_eq!(ended.at, date(2026, 6, 30));
    let added = of(&found, "initiative:board", Kind::Added);
    assert_eq!(
        added[0].after,
        "Digital Executive Board and progress reports"
    );
    // Exports of 2021 were 2.2 in the first release and 2.4 with what was restated later; 2023 is new.
    let measure = plan.newest().unwrap().measures.iter();
    let exports = measure
        .filter(|m| m.series.as_deref() == Some("ict-exports-nzd-b"))
        .map(|m| format!("measure:{}", m.id))
        .next()
        .unwrap();
    let restated = of(&found, &exports, Kind::Restated);
    assert_eq!(restated.len(), 1);
    assert_eq!(
        (restated[0].before.as_str(), restated[0].after.as_str()),
        ("2.2", "2.4")
    );
    let figures = restated[0].figures.as_ref().unwrap();
    let vintages = [&figures.before, &figures.after].map(|f| f.as_ref().unwrap());
    assert_eq!(
        vintages.map(|f| f.vintage.to_string()),
        ["2022-03-08", "2024-05"]
    );
    assert_eq!(vintages.map(|f| f.source.as_str()), ["voxy", "scoop-2024"]);
    assert!(
        restated[0]
            .why
            .as_ref()
            .unwrap()
            .en
            .contains("restated to 11.3")
    );
    let new = of(&found, &exports, Kind::Value);
    assert_eq!(
        (new[0].part.as_str(), new[0].after.as_str()),
        ("2023", "3.1")
    );
}

#[test]
fn sales_of_2021_were_restated_from_13_to_11_3() {
    let plan = read(&example("nz-digital-nation-2017"));
    let all = restatements(&plan, date(2024, 5, 31));
    let sales = |all: &[Restated]| -> Vec<(String, String, String)> {
        let ours = all.iter().filter(|r| r.figures.series == "ict-sales-nzd-b");
        let text = |figure: &Option<Figure>| figure.as_ref().unwrap().value.clone();
        ours.map(|r| {
            let figures = &r.figures;
            (
                figures.period.to_string(),
                text(&figures.before),
                text(&figures.after),
            )
        })
        .collect()
    };
    assert_eq!(sales(&all), [("2021".into(), "13.0".into(), "11.3".into())]);
    let one = all.iter().find(|r| r.figures.series == "ict-sales-nzd-b");
    let one = one.unwrap();
    assert!((one.difference.unwrap() + 1.7).abs() < 1e-9);
    assert_eq!(one.why.as_ref().unwrap().en, "Restated from 13.0.");
    assert!(!one.measures.is_empty());
    assert_eq!(
        all.iter()
            .filter(|r| r.figures.series == "ict-export-share")
            .count(),
        2
    );
    // A day before, nobody could know.
    assert_eq!(sales(&restatements(&plan, date(2024, 5, 27))), []);
    // The same between two days of one edition.
    let newest = plan.newest().unwrap();
    let days = compare_days(&plan, newest, date(2022, 12, 31), date(2024, 5, 31));
    let line = told(&days).into_iter().find(|line| line.contains("13.0"));
    assert!(line.unwrap().ends_with("restated value 2021: 13.0 → 11.3"));
    assert_eq!(
        compare_days(&plan, newest, date(2024, 5, 31), date(2024, 5, 31)),
        []
    );
}

#[test]
fn everything_that_changed_in_the_harbour() {
    let plan = read(&example("example-harbour"));
    let found = changes(&plan);
    let done = |part: &str| {
        let mut all = found.iter().filter(|c| c.field == "done" && c.part == part);
        all.next().unwrap().source.as_deref()
    };
    assert_eq!(
        (done("first-mast"), done("visit")),
        (Some("wharf-report"), None)
    );
    let told = told(&found);
    for line in [
        "goal:help renamed id -: net → help",
        "goal:help wording title -: A connection for everybody → A connection and help for everybody",
        "initiative:portal ended - -: A portal for everything → ",
        "initiative:bus ended - -: Help that comes by bus → ",
        "measure:wifi ended - -: Hours of Wi-Fi at the library → ",
        "measure:own-language added - -:  → Families who use a service in their own language",
    ] {
        assert!(told.iter().any(|found| found == line), "{line}\n{told:#?}");
    }
    for part in [
        "target target -: 80 · 2030 · number → 85 · 2030 · number",
        "definition definition -: ",
        "wording title.mi -:  → Ngā pūrongo kua tae mai",
        "owner owner -: Example Harbour Traders (fictional) → Example Harbour Council (fictional)",
        "place goals -: net → help",
        "budget amount Masts · drawn · 2025/26:  → 71250 NZD",
        "wording next_step -: Put up the first mast. → Put up the second mast.",
    ] {
        assert!(
            told.iter().any(|found| found.contains(part)),
            "{part}\n{told:#?}"
        );
    }
    assert!(!told.iter().any(|line| line.starts_with("goal:help added")));
    assert!(!told.iter().any(|line| line.starts_with("goal:net ended")));
}

#[test]
fn what_is_withheld_or_hidden_is_not_told() {
    let plan = read(&example("example-harbour"));
    for pair in [(0, 1), (1, 0)] {
        let (before, after) = (&plan.editions[pair.0], &plan.editions[pair.1]);
        for change in compare(&plan, before, after) {
            let Some(figures) = &change.figures else {
                continue;
            };
            for (figure, edition) in [(&figures.before, before), (&figures.after, after)] {
                let Some(figure) = figure else { continue };
                assert!(
                    plan.allows(&figures.series, "publish", edition.as_of),
                    "{change:?}"
                );
                let counts = edition.measures.iter().any(|m| {
                    m.series.as_deref() == Some(&figures.series)
                        && m.cells == crate::plan::Cells::Counts
                });
                let value: Option<f64> = figure.value.parse().ok();
                assert!(
                    !counts || value.is_none_or(|value| value % 3.0 == 0.0),
                    "{change:?}"
                );
            }
        }
        for restated in restatements(&plan, after.as_of) {
            assert!(plan.allows(&restated.figures.series, "publish", after.as_of));
        }
    }
}

#[test]
fn a_holder_who_ceases_to_allow_is_named_and_no_figure_is() {
    let with = |until: &str| {
        let mut files = example("nz-digital");
        files.insert(
            "mandates.toml",
            format!(
                "[[mandate]]\nid = \"m\"\nholder = \"Board\"\nseries = [\"ict-exports-nzd-b\"]\npurposes = [\"publish\"]\n\
                 terms = \"As agreed\"\ndecisions = [{{ on = 2022-01-01, by = \"Board\", purpose = \"publish\", \
                 decision = \"allowed\", until = {until} }}]\n"
            ),
        );
        Plan::sketch(&files).0
    };
    let ours = |changes: &[Change]| {
        let figures = changes.iter().filter_map(|c| c.figures.as_ref());
        figures.filter(|f| f.series == "ict-exports-nzd-b").count()
    };
    let plan = with("2025-12-31");
    let found = changes(&plan);
    let access: Vec<&Change> = found.iter().filter(|c| c.kind == Kind::Access).collect();
    assert_eq!(access.len(), 1);
    assert_eq!(
        (access[0].before.as_str(), access[0].after.as_str()),
        ("publish", "withheld: Board")
    );
    assert_eq!(ours(&found), 0);
    assert!(restatements(&plan, date(2026, 6, 30)).is_empty());
    // Neither are they told of the days on which they were allowed.
    let first = &plan.editions[0];
    assert_eq!(
        ours(&compare_days(
            &plan,
            first,
            date(2023, 1, 1),
            date(2025, 1, 1)
        )),
        0
    );
    let plan = with("2030-12-31");
    assert_eq!(ours(&changes(&plan)), 2);
    assert_eq!(restatements(&plan, date(2026, 6, 30)).len(), 1);
}

/// The small plan of the checks, which has two editions.
fn small() -> Files {
    BASE.iter().copied().collect()
}

#[test]
fn what_the_endings_do_not_name_is_told_all_the_same() {
    let mut files = small();
    files.remove("editions/2026/endings.toml");
    // The check calls this an error; who shows a plan under work must not lose sight of it either.
    let plan = Plan::sketch(&files).0;
    let found = changes(&plan);
    let gone = of(&found, "initiative:advice", Kind::Ended);
    assert_eq!(gone.len(), 1);
    assert_eq!((&gone[0].why, &gone[0].ending), (&None, &None));
    assert_eq!(of(&found, "goal:able", Kind::Ended).len(), 1);
    assert_eq!(of(&found, "goal:skilled", Kind::Added).len(), 1);
}

#[test]
fn endings_of_editions_between_are_followed() {
    let mut files = small();
    files.remove("editions/2026/returns.toml").unwrap();
    let mut later = Files::new();
    for (path, bytes) in files.below("editions/2026/") {
        if path != "endings.toml" {
            later.insert(format!("editions/2027/{path}"), bytes);
        }
    }
    for (path, bytes) in later.iter() {
        files.insert(path, bytes);
    }
    edit(&mut files, "plan.toml", "\"2026\"]", "\"2026\", \"2027\"]");
    edit(
        &mut files,
        "editions/2027/edition.toml",
        "\"2026\"",
        "\"2027\"",
    );
    let plan = read(&files);
    let found = changes(&plan);
    let merged = of(&found, "initiative:advice", Kind::Ended)[0];
    assert_eq!(merged.ending.as_ref().unwrap().into, ["identity"]);
    assert_eq!(of(&found, "goal:skilled", Kind::Renamed).len(), 1);
    let all = changes_of_plan(&plan);
    let editions: Vec<&str> = all
        .iter()
        .filter(|c| c.what.thing == Thing::Edition && c.kind == Kind::Added)
        .map(|c| c.what.id.as_str())
        .collect();
    assert_eq!(editions, ["2027", "2026", "2022"]);
    assert!(all.windows(2).all(|pair| pair[0].at >= pair[1].at));
    assert_eq!(compare(&plan, &plan.editions[1], &plan.editions[2]), []);
}

/// Changes to one edition of the small plan, each with what is told of it.
const EDITS: &[(&str, &str, &str, &str)] = &[
    (
        "initiatives.toml",
        "id = \"law\"\nkind = \"other\"",
        "id = \"law\"\nkind = \"flagship\"",
        "initiative:law rank kind -: other → flagship",
    ),
    (
        "initiatives.toml",
        "due = \"2024Q2\"",
        "due = \"2025Q2\"",
        "initiative:identity action due rules: 2024Q2 → 2025Q2",
    ),
    (
        "initiatives.toml",
        "done = \"2024-06-14\"\n",
        "",
        "initiative:identity action done rules: 2024-06-14 → ",
    ),
    (
        "initiatives.toml",
        "due = \"2024-12-31\"",
        "due = \"2025\"",
        "initiative:identity milestone due act: 2024-12-31 → 2025",
    ),
    (
        "initiatives.toml",
        "title = \"Act in force\"",
        "title = \"Act passed\"",
        "initiative:identity milestone title act: Act in force → Act passed",
    ),
    (
        "initiatives.toml",
        "amount = \"15000000\"",
        "amount = \"14000000\"",
        "initiative:identity budget amount Authority · allocated · 2023/24: 15000000 NZD → 14000000 NZD",
    ),
    (
        "initiatives.toml",
        "vintage = \"2025\"",
        "vintage = \"2024\"",
        "initiative:identity budget vintage Authority · allocated · 2023/24: 2025 → 2024",
    ),
    (
        "initiatives.toml",
        "owner_basis = \"unconfirmed\"",
        "owner_basis = \"news\"",
        "initiative:law owner owner_basis -: unconfirmed → news",
    ),
    (
        "initiatives.toml",
        "claim = \"Rules are in force\"",
        "claim = \"Rules are out\"",
        "initiative:identity claim claim news: Rules are in force → ",
    ),
    (
        "initiatives.toml",
        "mi = \"Tuakiri matihiko\"",
        "mi = \"Tuakiri\"",
        "initiative:identity wording title.mi -: Tuakiri matihiko → Tuakiri",
    ),
    (
        "measures.toml",
        "unit = \"NZ$ million\"",
        "unit = \"NZ$ billion\"",
        "measure:loss definition unit -: NZ$ million → NZ$ billion",
    ),
    (
        "measures.toml",
        "direction = \"down\"",
        "direction = \"volume\"",
        "measure:loss definition direction -: down → volume",
    ),
    (
        "measures.toml",
        "baseline = { period = \"2020\" }\n",
        "",
        "measure:loss target baseline -: 2020 → ",
    ),
    (
        "measures.toml",
        "target = { value = \"10.0\", year = 2032, kind = \"number\" }",
        "target = \"none\"",
        "measure:loss target target -: 10.0 · 2032 · number → none",
    ),
    (
        "measures.toml",
        "limit = 0\n",
        "",
        "measure:loss target limit -: 0 → ",
    ),
    (
        "measures.toml",
        "text = \"More than elsewhere\"",
        "text = \"More\"",
        "measure:skills target target.text -: More than elsewhere → More",
    ),
    (
        "measures.toml",
        "version = 1",
        "version = 2",
        "measure:reports definition query -: ",
    ),
    (
        "measures.toml",
        "group = \"safety/online\"",
        "group = \"safety\"",
        "measure:loss place group -: safety/online → safety",
    ),
    (
        "measures.toml",
        "contact = \"desk@example.test\"",
        "contact = \"Desk\"",
        "measure:reports owner contact -: desk@example.test → Desk",
    ),
    (
        "measures.toml",
        "values = [\"north\", \"south\"]",
        "values = [\"south\", \"north\"]",
        "measure:skills definition disaggregation -: region: north, south → region: south, north",
    ),
    (
        "goals.toml",
        "title = \"Everyone is safe\"",
        "title = \"All are safe\"",
        "goal:safe wording title -: Everyone is safe → All are safe",
    ),
    (
        "themes.toml",
        "text = \"What people rely on.\"",
        "text = \"On what people rely.\"",
        "theme:trust wording text -: What people rely on. → On what people rely.",
    ),
    (
        "themes.toml",
        "id = \"trust\"",
        "id = \"reliance\"",
        "theme:trust ended - -: Trust → ",
    ),
    (
        "notes.toml",
        "text = \"Nothing has been accredited\"",
        "text = \"None has\"",
        "initiative:identity dissent dissent Independent reviewer: Nothing has been accredited → ",
    ),
    (
        "edition.toml",
        "vision = \"Everyone takes part\"",
        "vision = \"All take part\"",
        "edition:2026 wording vision -: Everyone takes part → All take part",
    ),
    (
        "text/front.en.md",
        "",
        "",
        "edition:2026 wording text front.en: ",
    ),
];

/// The plan with its second edition as the first one and, as the second, the same with edits.
fn edited(which: &[usize]) -> Plan {
    let mut files = small();
    let first = files.remove("editions/2026/edition.toml").unwrap();
    files.remove("editions/2026/endings.toml");
    let mut copies = Files::new();
    let kept: Vec<(String, Vec<u8>)> = files
        .below("editions/2026/")
        .map(|(path, bytes)| (path.to_owned(), bytes.to_vec()))
        .collect();
    for (path, bytes) in kept {
        copies.insert(format!("editions/2022/{path}"), bytes);
    }
    let old: Vec<String> = files
        .below("editions/2022/")
        .map(|(path, _)| format!("editions/2022/{path}"))
        .collect();
    for path in old {
        files.remove(&path);
    }
    for (path, bytes) in copies.iter() {
        files.insert(path, bytes);
    }
    let first = String::from_utf8(first).unwrap();
    files.insert(
        "editions/2022/edition.toml",
        first.replace("2026\"\n", "2022\"\n"),
    );
    files.insert("editions/2026/edition.toml", first);
    for at in which {
        let (file, from, to, _) = EDITS[*at];
        let path = format!("editions/2026/{file}");
        if from.is_empty() {
            files.insert(path, "Other words.\n");
        } else {
            edit(&mut files, &path, from, to);
        }
    }
    Plan::sketch(&files).0
}

#[test]
fn each_key_that_changes_is_told_and_nothing_else_is() {
    assert_eq!(told(&changes(&edited(&[]))), Vec::<String>::new());
    for (at, (_, _, _, wanted)) in EDITS.iter().enumerate() {
        let told = told(&changes(&edited(&[at])));
        assert!(
            told.iter().any(|line| line.starts_with(wanted)),
            "{wanted}\n{told:#?}"
        );
        assert!(told.len() <= 6, "{wanted}\n{told:#?}");
    }
}

#[test]
fn more_figures_than_can_be_listed_are_counted() {
    let mut files = small();
    let mut rows = String::from("period,value,vintage,source,region\n");
    for year in 1800..2100 {
        for region in ["north", "", "south"] {
            rows.push_str(&format!("{year},3,2025,news,{region}\n"));
        }
    }
    files.insert("series/loss.csv", rows);
    let found = changes(&Plan::sketch(&files).0);
    let listed = of(&found, "measure:loss", Kind::Value);
    assert_eq!(listed.len(), VALUES_MAX);
    let more = of(&found, "measure:loss", Kind::More);
    assert_eq!(more[0].part, (900 - VALUES_MAX).to_string());
    // Totals come first.
    let totals = listed
        .iter()
        .take_while(|c| c.figures.as_ref().unwrap().dims.is_empty());
    assert_eq!(totals.count(), 300);
    assert_eq!(listed[300].part, "1800 region=north");
}

#[test]
fn a_break_alone_is_told() {
    let mut files = small();
    let text = "period,value,vintage,source,break\n2018,5,2019,news,\n2020,7,2021,news,\n2020,7.0,2024,news,Another basis\n";
    files.insert("series/loss.csv", text);
    let found = changes(&Plan::sketch(&files).0);
    let breaks = of(&found, "measure:loss", Kind::Break);
    assert_eq!(
        (breaks[0].before.as_str(), breaks[0].after.as_str()),
        ("", "Another basis")
    );
    assert!(of(&found, "measure:loss", Kind::Restated).is_empty());
}

fn mirrored(change: &Change) -> Change {
    change.clone().reversed()
}

#[test]
fn every_kind_has_a_word_of_its_own() {
    let words: std::collections::BTreeSet<&str> =
        Kind::ALL.iter().map(|kind| kind.code()).collect();
    assert_eq!(words.len(), Kind::ALL.len());
    for kind in Kind::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_way_back_is_the_way_there_the_other_way_round(
        which in proptest::collection::btree_set(0..EDITS.len(), 0..5),
    ) {
        let which: Vec<usize> = which.into_iter().collect();
        let plan = edited(&which);
        let (first, last) = (&plan.editions[0], plan.newest().unwrap());
        prop_assert_eq!(compare(&plan, first, first), []);
        prop_assert_eq!(compare(&plan, last, last), []);
        let there = compare(&plan, first, last);
        let back = compare(&plan, last, first);
        prop_assert_eq!(there.iter().map(mirrored).collect::<Vec<_>>(), back);
        prop_assert_eq!(there.is_empty(), which.is_empty());
        for change in &there {
            prop_assert!(change.before != change.after, "{:?}", change);
            prop_assert_eq!(change.at, date(2026, 1, 31));
        }
        // Each edit is told, or the thing that it changed has ended by another one.
        for at in which {
            let wanted = EDITS[at].3;
            let subject = wanted.split(' ').next().unwrap();
            let ended = of(&there, subject, Kind::Ended);
            let is_told = told(&there).iter().any(|line| line.starts_with(wanted));
            prop_assert!(is_told || !ended.is_empty(), "{}", wanted);
        }
    }

    #[test]
    fn two_days_the_other_way_round(a in 0_i8..60, b in 0_i8..60) {
        static PLAN: std::sync::OnceLock<Plan> = std::sync::OnceLock::new();
        let plan = PLAN.get_or_init(|| read(&example("nz-digital-nation-2017")));
        let newest = plan.newest().unwrap();
        let day = |months: i8| date(2020 + i16::from(months / 12), months % 12 + 1, 28);
        let there = compare_days(plan, newest, day(a), day(b));
        let back = compare_days(plan, newest, day(b), day(a));
        let simple = |c: &Change| (c.what.clone(), c.part.clone(), c.before.clone(), c.after.clone());
        let turned = |c: &Change| (c.what.clone(), c.part.clone(), c.after.clone(), c.before.clone());
        prop_assert_eq!(
            there.iter().map(simple).collect::<Vec<_>>(),
            back.iter().map(turned).collect::<Vec<_>>()
        );
        prop_assert!(a != b || there.is_empty());
    }
}
