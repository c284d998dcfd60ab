use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::plan::{Files, Plan};
use crate::plan_files;

/// A restatement, missing values, an interval, a break, a dimension, and fields that need care.
const SERIES: &str = "period,value,vintage,source,missing,low,high,n,flag,break,note,region\n\
    2021,13.0,2022-03,first,,,,,,,\"a, \"\"b\"\" ā\",\n\
    2021,11.3,2024-05-28,second,,11,12.5,1001,derived,,,\n\
    2021,,2024-05-28,second,suppressed,,,,,,,North\n\
    2022,,2024-05-28,second,missing,,,,,,,\n\
    2023/24,-0.5,2024,second,,,,,provisional,Counted on a merged basis,,\n";

const SOURCES: &str = "id,title,publisher,url,kind,published,retrieved,sha256,note\n\
    first,First release,Office,https://example.org/a?b=1&c=2,release,2022-03,,,\n\
    second,Second release,,,release,2024-05,,,\n";

fn plan() -> Plan {
    let toml = "id = \"p\"\ntitle = \"P\"\ncountry = \"NZ\"\nowner = \"Office\"\ncontact = \"a@example.org\"\n\
        licence = \"CC BY 4.0\"\nlanguages = [\"en\"]\ncurrency = \"NZD\"\neditions = []\n";
    let files: Files = [
        ("plan.toml", toml),
        ("sources.csv", SOURCES),
        ("series/s.csv", SERIES),
    ]
    .into_iter()
    .collect();
    Plan::sketch(&files).0
}

fn words(en: &str, mi: &str) -> Words {
    Words {
        en: en.to_owned(),
        mi: Some(mi.to_owned()),
    }
}

/// Calls `test` with a data set of the small plan.
fn with_dataset<T>(test: impl FnOnce(&Plan, &Dataset<'_>) -> T) -> T {
    let plan = plan();
    let title = words("Exports of software", "Ngā kaweake pūmanawa");
    let about = Words::english("Sales abroad, \"software\" only.");
    let unit = words("NZ$ billion", "NZ$ piriona");
    let rights = ["Terms of the holder".to_owned()];
    let dataset = Dataset {
        series: plan.series.get("s").unwrap(),
        title: &title,
        description: &about,
        unit: &unit,
        frequency: Some(Frequency::TwoYearly),
        licence: "https://creativecommons.org/licenses/by/4.0/",
        rights: &rights,
        publisher: "Office",
        contact: "a@example.org",
        sources: plan.sources.values().collect(),
    };
    test(&plan, &dataset)
}

fn with_catalog(plan: &Plan, dataset: &Dataset<'_>, place: Place<'_>) -> String {
    let file = |path: &str, media_type, bytes, described: Option<&str>| File {
        path: path.to_owned(),
        media_type,
        bytes,
        described_by: described.map(str::to_owned),
    };
    dcat(&Catalog {
        id: &plan.id,
        title: &plan.title,
        description: dataset.description,
        publisher: &plan.owner,
        contact: &plan.contact,
        licence: &plan.licence,
        languages: &plan.languages,
        country: &plan.country,
        place,
        home: "index.html",
        page: "data/index.html",
        issued: Some(date(2024, 6, 1)),
        datasets: vec![(
            dataset.clone(),
            vec![
                file(
                    "data/s.csv",
                    "text/csv",
                    321,
                    Some("data/s.csv-metadata.json"),
                ),
                file("data/s.json", "application/json", 654, None),
            ],
        )],
    })
}

fn read(csv: &str) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(csv.as_bytes());
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn a_series_prints_as_csv() {
    with_dataset(|_, set| insta::assert_snapshot!(series_csv(set.series)));
}

#[test]
fn a_series_reads_back_from_its_csv() {
    with_dataset(|plan, set| {
        let printed = series_csv(set.series);
        assert!(printed.lines().count() == 6 && !printed.replace("\r\n", "").contains('\n'));
        let files: Files = [("sources.csv", SOURCES), ("series/s.csv", &printed)]
            .into_iter()
            .collect();
        let again = Plan::sketch(&files).0;
        assert_eq!(again.series.get("s"), plan.series.get("s"));
        assert_eq!(series_csv(again.series.get("s").unwrap()), printed);
    });
}

#[test]
fn every_series_of_the_example_reads_back_from_its_csv() {
    let mut files = plan_files::folder("nz-digital");
    let plan = Plan::sketch(&files).0;
    assert!(plan.series.len() >= 5);
    for (id, series) in &plan.series {
        files.insert(format!("series/{id}.csv"), series_csv(series));
    }
    let again = Plan::sketch(&files).0;
    for (id, series) in &plan.series {
        // The printed file has every column and no blank lines, so that lines may differ.
        let rows = |series: &Series| {
            let mut rows = series.rows.clone();
            rows.iter_mut().for_each(|row| row.line = 0);
            rows
        };
        assert_eq!(rows(&again.series[id]), rows(series), "{id}");
    }
}

#[test]
fn a_description_needs_no_rights_sources_or_rows() {
    with_dataset(|_, set| {
        let empty = Series {
            id: "empty".to_owned(),
            dimensions: vec!["age-band".to_owned()],
            rows: Vec::new(),
        };
        let bare = Dataset {
            series: &empty,
            rights: &[],
            sources: Vec::new(),
            licence: "Crown copyright",
            contact: "the office",
            frequency: Some(Frequency::Once),
            ..set.clone()
        };
        let value: Value = serde_json::from_str(&csvw(&bare, "empty.csv", "mi")).unwrap();
        assert_eq!(value["@context"][1], json!({ "@language": "mi" }));
        assert_eq!(value["dc:license"], "Crown copyright");
        assert_eq!(
            value["tableSchema"]["primaryKey"],
            json!(["period", "age%2Dband", "vintage"])
        );
        assert_eq!(
            value["tableSchema"]["columns"][11]["titles"]["en"],
            json!(["age-band"])
        );
        assert!(value["dc:rights"].is_null() && value["dc:modified"].is_null());
        assert_eq!(series_csv(&empty).lines().count(), 1);
        let plan = plan();
        let value: Value =
            serde_json::from_str(&with_catalog(&plan, &bare, Place::of(&plan, ""))).unwrap();
        let dataset = &value["dcat:dataset"][0];
        assert_eq!(dataset["dcterms:license"]["rdfs:label"], "Crown copyright");
        assert_eq!(dataset["dcat:contactPoint"]["vcard:fn"], "the office");
        for absent in [
            "dcterms:temporal",
            "dcterms:issued",
            "dcterms:accrualPeriodicity",
            "dcterms:source",
        ] {
            assert!(dataset[absent].is_null(), "{absent}");
        }
    });
}

#[test]
fn what_the_columns_say_fits_what_stands_in_them() {
    with_dataset(|_, set| {
        let value: Value = serde_json::from_str(&csvw(set, "s.csv", "en")).unwrap();
        let rows = read(&series_csv(set.series));
        for (at, column) in value["tableSchema"]["columns"]
            .as_array()
            .unwrap()
            .iter()
            .enumerate()
        {
            for row in rows.iter().skip(1) {
                let field = &row[at];
                if field.is_empty() {
                    assert_ne!(column["required"], true, "{} of {row:?}", column["name"]);
                    continue;
                }
                match column["datatype"].as_str() {
                    Some("decimal") => assert!(field.parse::<f64>().is_ok(), "{field}"),
                    Some("nonNegativeInteger") => assert!(field.parse::<u64>().is_ok(), "{field}"),
                    _ => {}
                }
            }
        }
    });
}

#[test]
fn a_series_prints_as_json() {
    with_dataset(|_, set| {
        let printed = series_json(set.series);
        insta::assert_snapshot!(printed);
        let value: Value = serde_json::from_str(&printed).unwrap();
        let rows = value["rows"].as_array().unwrap();
        assert_eq!(rows.len(), set.series.rows.len());
        for (row, printed) in set.series.rows.iter().zip(rows) {
            assert_eq!(printed["value"].as_f64(), row.number());
            assert_eq!(printed["value"].is_null(), printed["missing"].is_string());
            assert_eq!(printed["period"], json!(row.period.to_string()));
        }
        assert_eq!(rows[2]["dims"], json!({ "region": "North" }));
        assert!(
            printed.contains("\"value\":13.0,"),
            "digits stay as written"
        );
    });
}

#[test]
fn csvw_describes_the_columns_of_the_file() {
    with_dataset(|_, set| {
        let printed = csvw(set, "s.csv", "en");
        insta::assert_snapshot!(printed);
        let value: Value = serde_json::from_str(&printed).unwrap();
        let columns = value["tableSchema"]["columns"].as_array().unwrap();
        let header = read(&series_csv(set.series)).swap_remove(0);
        assert_eq!(columns.len(), header.len());
        for (column, name) in columns.iter().zip(&header) {
            assert_eq!(
                column["titles"]["en"][0],
                json!(name),
                "the first title is the file's own"
            );
        }
        let names: Vec<&str> = columns
            .iter()
            .map(|c| c["name"].as_str().unwrap())
            .collect();
        let key = value["tableSchema"]["primaryKey"].as_array().unwrap();
        assert!(
            key.iter()
                .all(|name| names.contains(&name.as_str().unwrap()))
        );
    });
}

#[test]
fn the_primary_key_is_one() {
    with_dataset(|_, set| {
        let rows = read(&series_csv(set.series));
        let at = |name: &str| rows[0].iter().position(|n| n == name).unwrap();
        let key = [at("period"), at("region"), at("vintage")];
        let mut keys: Vec<Vec<&str>> = rows
            .iter()
            .skip(1)
            .map(|row| key.iter().map(|at| row[*at].as_str()).collect())
            .collect();
        let count = keys.len();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), count);
    });
}

#[test]
fn the_catalogue_lists_data_sets_and_files() {
    with_dataset(|plan, set| {
        let place = Place {
            base_url: Some("https://example.org/p/"),
            up: "../",
        };
        let printed = with_catalog(plan, set, place);
        insta::assert_snapshot!(printed);
        let value: Value = serde_json::from_str(&printed).unwrap();
        let dataset = &value["dcat:dataset"][0];
        assert_eq!(
            dataset["dcterms:temporal"]["dcat:startDate"]["@value"],
            "2021-01-01"
        );
        assert_eq!(
            dataset["dcterms:temporal"]["dcat:endDate"]["@value"],
            "2024-06-30"
        );
        assert_eq!(dataset["dcterms:issued"]["@value"], "2022-03");
        assert_eq!(dataset["dcterms:modified"]["@value"], "2024");
        assert_eq!(dataset["dcat:distribution"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn without_a_base_address_links_are_relative() {
    with_dataset(|plan, set| {
        let place = Place::of(plan, "../");
        let value: Value = serde_json::from_str(&with_catalog(plan, set, place)).unwrap();
        let file = &value["dcat:dataset"][0]["dcat:distribution"][0];
        assert_eq!(file["dcat:downloadURL"]["@id"], "../data/s.csv");
        assert_eq!(value["@id"], "../data/index.html#catalog");
    });
}

#[test]
fn every_prefix_of_the_catalogue_is_declared() {
    fn names(value: &Value, found: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    found.push(key.clone());
                    if key == "@type" {
                        found.push(value.as_str().unwrap().to_owned());
                    }
                    names(value, found);
                }
            }
            Value::Array(all) => all.iter().for_each(|value| names(value, found)),
            _ => {}
        }
    }
    let printed = with_dataset(|plan, set| with_catalog(plan, set, Place::of(plan, "")));
    let mut value: Value = serde_json::from_str(&printed).unwrap();
    let context = value.as_object_mut().unwrap().remove("@context").unwrap();
    let mut found = Vec::new();
    names(&value, &mut found);
    assert!(found.len() > 20);
    for name in found.iter().filter(|name| !name.starts_with('@')) {
        let prefix = name
            .split_once(':')
            .unwrap_or_else(|| panic!("{name} has no prefix"))
            .0;
        assert!(context[prefix].is_string(), "{name}");
    }
}

fn change(id: &str, at: jiff::civil::Date, title: &str) -> Change {
    Change {
        id: id.to_owned(),
        title: title.to_owned(),
        text: "From 13.0 to 11.3 & <b>why</b>\u{1}".to_owned(),
        at,
        href: format!("changes.html#{id}"),
    }
}

fn feed(changes: Vec<Change>) -> String {
    atom(&Feed {
        plan: "p",
        title: "Changes to \"P\"",
        language: "en",
        author: "Office",
        place: Place {
            base_url: Some("https://example.org/p"),
            up: "",
        },
        path: "changes.atom",
        home: "changes.html",
        since: date(2022, 9, 14),
        changes,
    })
}

#[test]
fn a_feed_prints_newest_first() {
    let changes = vec![
        change("b", date(2024, 5, 1), "Restated"),
        change("c", date(2026, 3, 1), "Ended: <script>"),
        change("a", date(2024, 5, 1), "Moved"),
    ];
    let printed = feed(changes);
    insta::assert_snapshot!(printed);
    assert!(printed.contains("<updated>2026-03-01T00:00:00Z</updated>\n<author>"));
    assert!(well_formed(&printed));
    assert!(well_formed(&feed(Vec::new())) && feed(Vec::new()).contains("2022-09-14T00:00:00Z"));
}

#[test]
fn ids_of_a_feed_stay_and_differ() {
    let ids = |printed: &str| -> Vec<String> {
        let parts = printed.split("<id>").skip(1);
        parts
            .map(|part| part.split_once("</id>").unwrap().0.to_owned())
            .collect()
    };
    let first = ids(&feed(vec![
        change("a", date(2024, 5, 1), "A"),
        change("b", date(2024, 5, 1), "B"),
    ]));
    let later = ids(&feed(vec![change("b", date(2025, 1, 1), "Other words")]));
    assert_eq!(first.len(), 3);
    assert_eq!((&first[0], &first[2]), (&later[0], &later[1]));
    assert!(first[0] != first[1] && first[1] != first[2]);
    for id in first {
        let hex = id.strip_prefix("urn:uuid:").unwrap();
        assert_eq!(hex.len(), 36);
        assert_eq!(
            (hex.as_bytes()[14], hex.as_bytes()[19]),
            (b'8', b'9'),
            "{hex}"
        );
    }
}

/// Every start tag has its end tag, `&` begins an entity, and no character is one that XML 1.0 does not have.
fn well_formed(xml: &str) -> bool {
    let body = xml
        .strip_prefix("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n")
        .unwrap();
    let entities = body.split('&').skip(1).all(|rest| {
        let name = rest.split_once(';').map_or("", |(name, _)| name);
        ["amp", "lt", "gt", "quot", "#39", "#13"].contains(&name)
    });
    let characters = body
        .chars()
        .all(|c| (c >= ' ' && c != '\u{fffe}' && c != '\u{ffff}') || c == '\n' || c == '\t');
    let mut open: Vec<&str> = Vec::new();
    for part in body.split('<').skip(1) {
        let Some((tag, text)) = part.split_once('>') else {
            return false;
        };
        if text.contains('>') || (open.is_empty() && !tag.starts_with("feed ")) {
            return false;
        }
        if let Some(name) = tag.strip_prefix('/') {
            if open.pop() != Some(name) {
                return false;
            }
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
    }
    entities && characters && open.is_empty()
}

#[test]
fn the_check_of_xml_can_fail() {
    let head = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
    assert!(well_formed(&format!(
        "{head}<feed a=\"b\"><x/>&amp;</feed>"
    )));
    for bad in [
        "<feed ><x></feed>",
        "<feed >&</feed>",
        "<feed >",
        "<feed >\u{1}</feed>",
        "<feed >></feed>",
    ] {
        assert!(!well_formed(&format!("{head}{bad}")), "{bad}");
    }
}

#[test]
fn formulas_get_an_apostrophe_and_numbers_do_not() {
    for text in [
        "=1+1", "+a", "-x", "@sum", "\tx", "\rx", "-1-1", "-", "+", "-.5", "-1.", "=", "＝1",
        "-e5", "-1e", "-1e5+1",
    ] {
        assert_eq!(safe(text), format!("'{text}"), "{text:?}");
    }
    for text in ["-1", "-0.5", "-4.2e-257", "+5", "12", "", "a=b", "ā", " =1"] {
        assert_eq!(safe(text), text);
    }
}

fn small_table() -> Vec<Vec<Datum>> {
    vec![
        vec![
            Datum::text("a,b"),
            Datum::Number(0.1 + 0.2),
            Datum::Whole(-3),
            Datum::Decimal("13.0".parse().unwrap()),
        ],
        vec![
            Datum::text("=1+1\n\"x\""),
            Datum::Number(f64::NAN),
            Datum::Empty,
        ],
        vec![
            Datum::text(" ā "),
            Datum::Number(-0.0),
            Datum::Number(1e21),
            Datum::Number(5.0),
            Datum::Whole(9),
        ],
    ]
}

#[test]
fn any_table_prints_as_csv_and_json() {
    let header = ["name", "score", "whole", "=odd"];
    let (csv, json) = (
        table_csv(&header, &small_table()),
        table_json(&header, &small_table()),
    );
    insta::assert_snapshot!(csv);
    insta::assert_snapshot!(json);
    let lines = read(&csv);
    assert!(
        lines.iter().all(|line| line.len() == 4),
        "short rows are filled, long ones cut"
    );
    assert_eq!(lines[0][3], "'=odd");
    assert_eq!(lines[2][0], "'=1+1\n\"x\"");
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["rows"][0][1].as_f64(), Some(0.1 + 0.2));
    assert_eq!(value["rows"][1], json!(["=1+1\n\"x\"", null, null, null]));
    assert_eq!(
        table_csv(&["one"], &[vec![Datum::Empty]]),
        "one\r\n\"\"\r\n"
    );
    assert_eq!(
        table_json(&["one"], &[]),
        "{\"columns\":[\"one\"],\"rows\":[\n]}\n"
    );
}

proptest! {
    #[test]
    fn csv_reads_back_field_by_field(rows in proptest::collection::vec(proptest::collection::vec("(?s)[-=+@,\"\r\n\t 'aā0.]{0,6}", 3), 0..6)) {
        let table: Vec<Vec<Datum>> = rows.iter().map(|row| row.iter().map(Datum::text).collect()).collect();
        let mut read = read(&table_csv(&["a", "b", "c"], &table));
        prop_assert_eq!(read.remove(0), ["a", "b", "c"]);
        let expected: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(|f| safe(f).into_owned()).collect()).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn json_reads_back(text in any::<String>(), number in any::<f64>()) {
        let printed = table_json(&[&text], &[vec![Datum::text(text.clone())], vec![Datum::Number(number)]]);
        let value: Value = serde_json::from_str(&printed).unwrap();
        prop_assert_eq!(value["columns"][0].as_str(), Some(text.as_str()));
        prop_assert_eq!(value["rows"][0][0].as_str(), Some(text.as_str()));
        // serde_json's own reading may be one digit off, so that the text is read.
        let digits = printed.lines().nth(2).unwrap().trim_matches(['[', ']']);
        prop_assert_eq!(digits.parse().ok(), Some(number).filter(|n| n.is_finite()));
    }

    #[test]
    fn a_feed_is_well_formed_whatever_the_words(text in any::<String>()) {
        let mut one = change("a", date(2024, 5, 1), &text);
        one.text.clone_from(&text);
        one.href.clone_from(&text);
        prop_assert!(well_formed(&feed(vec![one])));
    }
}
