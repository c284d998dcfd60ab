use jiff::civil::date;
use proptest::prelude::*;

use super::super::new_plan;
use super::*;
use crate::plan::Severity;

fn options() -> ImportOptions<'static> {
    ImportOptions::new("figures.csv", "2026-03".parse().unwrap(), "survey")
}

fn file(imported: &Imported, id: &str) -> String {
    let bytes = imported.files.get(&format!("series/{id}.csv"));
    String::from_utf8(bytes.unwrap_or_default().to_vec()).unwrap()
}

fn told(imported: &Imported) -> Vec<String> {
    imported.faults.iter().map(ToString::to_string).collect()
}

/// A plan with the series, a source for them, and a measure that shows each.
fn plan_with(imported: &Imported) -> Files {
    let mut files = new_plan("p", "P", "O", "NZ", date(2026, 11, 23)).unwrap();
    let mut measures = String::new();
    for (path, bytes) in imported.files.iter() {
        files.insert(path, bytes);
        let id = path.trim_start_matches("series/").trim_end_matches(".csv");
        let header = String::from_utf8_lossy(bytes);
        let header = header.lines().next().unwrap_or_default();
        let own = [
            "period", "value", "vintage", "source", "missing", "low", "high", "n", "flag", "break",
            "note",
        ];
        let dims: Vec<String> = header
            .split(',')
            .filter(|name| !own.contains(name))
            .map(|name| format!("{{ name = \"{name}\" }}"))
            .collect();
        measures.push_str(&format!(
            "[[measure]]\nid = \"{id}\"\ngoal = \"g\"\ntitle = \"T\"\ndefinition = \"D\"\nunit = \"U\"\nsource = \"survey\"\nfrequency = \"yearly\"\n\
             licence = \"L\"\ncontact = \"C\"\ndirection = \"up\"\nseries = \"{id}\"\ntarget = \"none\"\ndisaggregation = [{}]\n",
            dims.join(", ")
        ));
    }
    files.insert("editions/2026/measures.toml", measures);
    files.insert(
        "editions/2026/goals.toml",
        "[[goal]]\nid = \"g\"\ntitle = \"G\"\nsource = \"survey\"\n",
    );
    files.insert("sources.csv", "id,title,kind\nsurvey,S,dataset\n");
    files
}

#[test]
fn a_wide_table_gives_one_series_for_each_column() {
    let text = "Year,ICT sales (NZ$b),Homes with fibre\n2019,11.0,..\n2020,C,52\n2021,13.0,\n2023,\"12,6\",n/a\n31/12/2024,1,2\n";
    let mut options = options();
    options
        .names
        .insert("ICT sales (NZ$b)".into(), "ict-sales".into());
    let imported = import_csv(text, &options);
    assert_eq!(
        file(&imported, "ict-sales"),
        "period,value,vintage,source,missing\n2019,11.0,2026-03,survey,\n2020,,2026-03,survey,suppressed\n2021,13.0,2026-03,survey,\n"
    );
    assert_eq!(
        file(&imported, "homes-with-fibre"),
        "period,value,vintage,source,missing\n2019,,2026-03,survey,missing\n2020,52,2026-03,survey,\n2021,,2026-03,survey,missing\n2023,,2026-03,survey,not-applicable\n"
    );
    let told = told(&imported);
    for line in [
        "figures.csv:5:2: `12,6` is no number: it has a decimal comma. Write 12.6, with a point",
        "figures.csv:6:1: `31/12/2024` is no period: a date that does not begin with its year. Write 2024-12-31",
        "figures.csv:4:0: an empty field was read as `missing`, once. If it means something else, write missing, not-collected, suppressed or not-applicable",
        "figures.csv:3:0: `C` was read as `suppressed`, once. If it means something else, write missing, not-collected, suppressed or not-applicable",
    ] {
        assert!(told.iter().any(|found| found == line), "{line}\n{told:#?}");
    }
    assert_eq!(
        (imported.taken, imported.refused, imported.left_out),
        (7, 3, 0)
    );
    let (_, faults) = Plan::read(&plan_with(&imported));
    assert_eq!(faults, []);
}

#[test]
fn a_long_table_has_all_that_a_series_may_have() {
    let text = "\
series;Year;Region;value;vintage;source;missing;low;high;n;flag;break;note
loss;2021;;16.8;2022-03-10;;;15;18.5;1001;provisional;new basis;\"a; b\"
loss;2021;North;4;;;;;;;;;
loss;2021;South;;;;C;;;;;;
loss;2021;;17.0;2024-05;other;;;;;;;
loss;2022;;5;;;;6;7;;;;
loss;2022;;5;03/04/2022;;;;;;;;
loss;2022;;5;;;;;;;guess;;
loss;2022;;5;;;;;;many;;;
loss;2022;;5;;;unknown;;;;;;
loss;2022;;5;;;C;;;;;;
Дом;2022;;5;;;;;;;;;
loss;2021;North;5;;;;;;;;;
";
    let imported = import_csv(text, &options());
    assert_eq!(
        file(&imported, "loss"),
        "period,value,vintage,source,missing,low,high,n,flag,break,note,region\n\
         2021,16.8,2022-03-10,survey,,15,18.5,1001,provisional,new basis,a; b,\n\
         2021,4,2026-03,survey,,,,,,,,North\n\
         2021,,2026-03,survey,suppressed,,,,,,,South\n\
         2021,17.0,2024-05,other,,,,,,,,\n"
    );
    let errors: Vec<(u32, &str)> = imported
        .faults
        .iter()
        .filter(|fault| fault.is_error())
        .map(|fault| (fault.line, fault.code))
        .collect();
    assert_eq!(
        errors,
        [
            (6, "outside-interval"),
            (7, "bad-vintage"),
            (8, "unknown-word"),
            (9, "bad-number"),
            (10, "unknown-word"),
            (11, "value-and-missing"),
            (12, "bad-id"),
            (13, "duplicate-row"),
        ]
    );
    assert_eq!((imported.taken, imported.refused), (4, 8));
    let warned: Vec<&str> = imported
        .faults
        .iter()
        .filter(|fault| fault.severity == Severity::Warning)
        .map(|fault| fault.code)
        .collect();
    assert_eq!(warned, ["breakdown", "unknown-source", "unknown-source"]);
}

#[test]
fn rows_are_added_to_a_series_and_never_overwrite_it() {
    let first = import_csv("year,loss\n2020,1\n2021,2\n", &options());
    let plan = plan_with(&first);
    let mut options = options();
    options.plan = Some(&plan);
    let again = import_csv("year,loss\n2020,1.0\n2021,3\n2022,4\n", &options);
    assert_eq!((again.taken, again.refused, again.left_out), (1, 1, 1));
    assert!(file(&again, "loss").ends_with("2021,2,2026-03,survey,\n2022,4,2026-03,survey,\n"));
    let told = told(&again);
    assert!(
        told.iter().any(|line| line
            .contains("another figure for 2021 of loss with the same vintage 2026-03, on line 3")),
        "{told:#?}"
    );
    assert!(
        told.iter()
            .any(|line| line.contains("1 figures of loss are in the plan already"))
    );
    assert!(!told.iter().any(|line| line.contains("is not in the plan")));
    // A correction has a later vintage, and a column that the file had not yet.
    options.vintage = "2026-04".parse().unwrap();
    let text =
        "period,series,value,note,age\n2021,loss,3,\"restated, by 1\",\n2021,loss,1,,young\n";
    let restated = import_csv(text, &options);
    assert_eq!(
        file(&restated, "loss"),
        "period,value,vintage,source,missing,note,age\n2020,1,2026-03,survey,,,\n2021,2,2026-03,survey,,,\n\
         2021,3,2026-04,survey,,\"restated, by 1\",\n2021,1,2026-04,survey,,,young\n"
    );
    assert_eq!(Plan::read(&plan_with(&restated)).1, []);
    // Nothing new: no file.
    options.vintage = "2026-03".parse().unwrap();
    assert!(import_csv("year,loss\n2020,1\n", &options).files.is_empty());
    // A file that is broken is not added to.
    let mut broken = plan.clone();
    broken.insert("series/loss.csv", "period,value\n1\n");
    options.plan = Some(&broken);
    let refused = import_csv("year,loss\n2020,1\n", &options);
    assert_eq!(
        (refused.taken, refused.refused, refused.files.len()),
        (0, 1, 0)
    );
}

#[test]
fn tables_that_cannot_be_read_say_what_to_do() {
    for (text, code) in [
        ("", "no-header"),
        ("a\n1\n", "one-column"),
        ("series,2019,2020,2021\nloss,1,2,3\n", "turned-table"),
        ("year,value,value,series\n2020,1,1,a\n", "twice"),
        ("year,value\n2020,1\n", "bad-id"),
        ("year,Дом\n2020,1\n", "bad-id"),
        ("year,a b,a-b\n2020,1,2\n", "twice"),
        ("year,value,series,Возраст\n2020,1,a,x\n", "bad-id"),
    ] {
        let imported = import_csv(text, &options());
        assert!(
            imported.faults.iter().any(|fault| fault.code == code),
            "{text} {:?}",
            imported.faults
        );
    }
    let mut options = options();
    options.series = Some("loss".into());
    assert_eq!(import_csv("year,value\n2020,1\n", &options).taken, 1);
    options.empty = None;
    let imported = import_csv("year,value\n2020,\n2021,1\n", &options);
    assert_eq!((imported.taken, imported.left_out), (1, 1));
    assert!(
        told(&imported)
            .iter()
            .any(|line| line.contains("an empty field was left out, once"))
    );
    options.missing.insert("x".into(), Missing::NotCollected);
    let imported = import_csv("year,value\n2020,X\n", &options);
    assert!(file(&imported, "loss").ends_with("2020,,2026-03,survey,not-collected\n"));
}

const FIELD: &str = "(-?[0-9]{1,3}(\\.[0-9])?|[0-9],[0-9]|\\.\\.|C|n/a|NA|x|1 000||)";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_field_of_a_wide_table_goes_in_or_is_named(
        rows in proptest::collection::vec(("(20[0-9]{2}|20[0-9]{2}Q[1-4]|1/2/2020|20[0-9]{2}-[0-9]{2})", FIELD, FIELD), 1..12),
    ) {
        let mut text = String::from("year,a,b\n");
        for (period, a, b) in &rows {
            text.push_str(&record([period, a, b]));
        }
        let imported = import_csv(&text, &options());
        prop_assert_eq!(imported.taken + imported.refused + imported.left_out, 2 * rows.len());
        let named = imported.faults.iter().filter(|fault| fault.is_error());
        prop_assert!(imported.refused == 0 || named.count() > 0);
        let (_, faults) = Plan::read(&plan_with(&imported));
        let errors: Vec<&Fault> = faults.iter().filter(|fault| fault.is_error()).collect();
        prop_assert!(errors.is_empty(), "{:?}\n{}", errors, text);
    }

    #[test]
    fn every_row_of_a_long_table_goes_in_or_is_named(
        rows in proptest::collection::vec(
            ("[ab]", "20[0-9]{2}", FIELD, "(|2025|2025-0[1-9]|soon)", "(|north|south)", "(|1|5)", "(|planned|gues)"),
            1..12,
        ),
    ) {
        let mut text = String::from("series,period,value,vintage,region,low,flag\n");
        for (a, b, c, d, e, f, g) in &rows {
            text.push_str(&record([a, b, c, d, e, f, g]));
        }
        let imported = import_csv(&text, &options());
        prop_assert_eq!(imported.taken + imported.refused + imported.left_out, rows.len());
        let (_, faults) = Plan::read(&plan_with(&imported));
        let errors: Vec<&Fault> = faults.iter().filter(|fault| fault.is_error()).collect();
        prop_assert!(errors.is_empty(), "{:?}\n{}", errors, text);
    }

    #[test]
    fn never_panics(text in any::<String>(), likely in "(year|value|series|2020|[,;\"\n.x1]){0,60}") {
        let _ = (import_csv(&text, &options()), import_csv(&likely, &options()));
    }
}

fn record<'f>(fields: impl IntoIterator<Item = &'f String>) -> String {
    super::super::text::record(fields)
}
