use jiff::civil::date;
use proptest::prelude::*;

use super::super::tests::read;
use super::*;
use crate::plan::{Direction, Frequency, Missing, Plan, Target};

fn options() -> OpenSdgOptions {
    OpenSdgOptions {
        id: "goals".into(),
        title: "Goals of the islands".into(),
        owner: "Statistics office".into(),
        country: "FJ".into(),
        contact: "stats@example.test".into(),
        licence: "CC-BY-4.0".into(),
        on: date(2026, 3, 1),
    }
}

/// A repository of our own: two goals, four indicators.
const REPOSITORY: &[(&str, &str)] = &[
    (
        "data/indicator_1-1-1.csv",
        "Year,Units,Sex,GeoCode,Value\n2015,%,,,21.5\n2016.0,%,,,20.0\n2017,%,,,..\n2015,%,Women,X1,23\n2015,%,Women,X1,24\nlately,%,,,1\n2018,%,,,\"19,5\"\n2019,%,,,\n",
    ),
    (
        "meta/1-1-1.md",
        "---\nindicator_name: Share of islanders who live on\n  less than they need\nindicator_number: '1.1.1'\ngraph_title: Islanders in need\nun_designated_tier: '1'\nsource_organisation_1: Bureau of the Islands\nsource_url_1: https://example.test/need\nsource_url_text_1: Survey of need\nsource_organisation_2: Another bureau\nsource_periodicity_1: Annual\nsource_contact_1: need@example.test\nlayout: indicator\npublished: true\nprogress_calculation_options:\n  - direction: negative\n    target: 10\n    base_year: 2015\n---\nA long story.\n",
    ),
    (
        "data/indicator_10-2-1.csv",
        "Year,Series,Units,Region,Value\n2020,Boats,number,,5\n2020,Boats,number,North,3\n2020,Rafts,number,,7\n2020,Rafts,%,,0.5\n",
    ),
    (
        "meta/en/10-2-1.yml",
        "indicator_name: custom.10-2-1-name\ngraph_title: custom.absent\ncomputation_units: boats\nodd: &a 1\nlayout: indicator\n",
    ),
    (
        "indicator-config/10-2-1.yml",
        "progress_calculation_options:\n- series: Boats\n  direction: positive\n  limit: 100\n- series: Rafts\n  unit: '%'\n  direction: positive\n  target: 2\n  target_year: 2035\n- series: Canoes\n  direction: positive\n- series: Rafts\n  disaggregation:\n  - field: Region\n    value: North\n",
    ),
    (
        "translations/en/custom.yml",
        "10-2-1-name: Vessels of the islands\n",
    ),
    (
        "meta/10-b-1.md",
        "---\nindicator_name: What nobody counted\ndirection: up\n---\n",
    ),
    ("data/indicator_2-1-1.csv", "Jahr,Wert\n2020,1\n"),
    ("config_data.yml", "a: 1\n"),
    ("docs/a.html", ""),
    ("docs/b.html", ""),
];

fn imported() -> (Plan, Files, Vec<Fault>) {
    let repository: Files = REPOSITORY.iter().copied().collect();
    let (files, faults) = import_open_sdg(&repository, &options()).unwrap();
    (read(&files), files, faults)
}

#[test]
fn indicators_become_measures_with_series_targets_and_sources() {
    let (plan, _, _) = imported();
    assert_eq!((plan.currency.as_str(), plan.id.as_str()), ("FJD", "goals"));
    let edition = plan.newest().unwrap();
    let goals: Vec<&str> = edition.goals.iter().map(|goal| goal.id.as_str()).collect();
    assert_eq!(goals, ["goal-1", "goal-2", "goal-10"]);
    let ids: Vec<&str> = edition
        .measures
        .iter()
        .map(|measure| measure.id.as_str())
        .collect();
    assert_eq!(
        ids,
        [
            "1-1-1",
            "2-1-1",
            "10-2-1.boats.number",
            "10-2-1.rafts.number",
            "10-2-1.rafts",
            "10-b-1"
        ]
    );
    let need = edition.measure("1-1-1").unwrap();
    assert_eq!(need.title.en, "Islanders in need");
    assert_eq!(
        need.definition.en,
        "Share of islanders who live on less than they need (indicator 1.1.1, UN tier 1)"
    );
    assert_eq!(
        (need.unit.en.as_str(), need.contact.as_str()),
        ("%", "need@example.test")
    );
    assert_eq!(
        (need.direction, need.frequency),
        (Direction::Down, Frequency::Yearly)
    );
    assert_eq!(need.group.as_deref(), Some("goal 1/target 1.1"));
    assert_eq!(need.baseline.as_ref().unwrap().period.to_string(), "2015");
    let Target::Set(target) = &need.target else {
        panic!("a target")
    };
    assert_eq!(
        (target.value.unwrap().to_string().as_str(), target.year),
        ("10", 2030)
    );
    assert_eq!(need.disaggregation[0].values, ["Women"]);
}

#[test]
fn figures_and_their_sources_are_carried_over() {
    let (plan, _, _) = imported();
    let source = &plan.sources["bureau-of-the-islands"];
    assert_eq!(
        (source.title.as_str(), source.url.as_deref()),
        ("Survey of need", Some("https://example.test/need"))
    );
    let rows: Vec<String> = plan.series["1-1-1"]
        .seen(date(2026, 3, 1))
        .iter()
        .map(|row| {
            let value = row.value.map(|value| value.to_string());
            let missing = row.missing.map(|missing: Missing| missing.to_string());
            format!(
                "{} {} {}",
                row.period,
                row.dims.len(),
                value.or(missing).unwrap()
            )
        })
        .collect();
    assert_eq!(
        rows,
        [
            "2015 0 21.5",
            "2015 1 23",
            "2016 0 20.0",
            "2017 0 missing",
            "2019 0 missing"
        ]
    );
}

#[test]
fn each_series_and_unit_is_a_measure_with_its_own_settings() {
    let (plan, _, _) = imported();
    let edition = plan.newest().unwrap();
    let vessels = edition.measure("10-2-1.rafts").unwrap();
    assert_eq!(vessels.title.en, "Vessels of the islands (Rafts, %)");
    let Target::Set(target) = &vessels.target else {
        panic!("a target")
    };
    assert_eq!(target.year, 2035);
    let boats = edition.measure("10-2-1.boats.number").unwrap();
    assert_eq!(
        (boats.limit.unwrap().to_string().as_str(), boats.direction),
        ("100", Direction::Up)
    );
    let rafts = edition.measure("10-2-1.rafts.number").unwrap();
    assert_eq!(
        (rafts.direction, &rafts.target),
        (Direction::Volume, &Target::None)
    );
    let never = edition.measure("10-b-1").unwrap();
    assert_eq!(
        (never.series.as_ref(), never.unit.en.as_str()),
        (None, "not stated")
    );
}

#[test]
fn what_is_not_carried_over_is_listed() {
    let (_, _, faults) = imported();
    let found: Vec<(String, u32, &str)> = faults
        .iter()
        .map(|f| (f.file.clone(), f.line, f.code))
        .collect();
    for (file, line, code) in [
        ("data/indicator_1-1-1.csv", 6, "duplicate-row"),
        ("data/indicator_1-1-1.csv", 7, "bad-period"),
        ("data/indicator_1-1-1.csv", 8, "decimal-comma"),
        ("data/indicator_1-1-1.csv", 4, "read-as-missing"),
        ("data/indicator_1-1-1.csv", 9, "read-as-missing"),
        ("data/indicator_1-1-1.csv", 1, "not-carried-over"),
        ("data/indicator_2-1-1.csv", 1, "missing-column"),
        ("data/indicator_2-1-1.csv", 0, "no-metadata"),
        ("meta/1-1-1.md", 0, "not-carried-over"),
        ("meta/1-1-1.md", 14, "not-carried-over"),
        ("meta/en/10-2-1.yml", 2, "untranslated"),
        ("meta/en/10-2-1.yml", 4, "not-understood"),
        ("meta/10-b-1.md", 3, "not-carried-over"),
        ("indicator-config/10-2-1.yml", 10, "not-carried-over"),
        ("indicator-config/10-2-1.yml", 12, "not-carried-over"),
        ("config_data.yml", 0, "not-carried-over"),
        ("docs/a.html", 0, "not-carried-over"),
    ] {
        let wanted = (file.to_owned(), line, code);
        assert!(found.contains(&wanted), "{wanted:?}\n{faults:#?}");
    }
    let layout = faults
        .iter()
        .find(|fault| fault.what.contains("`layout`"))
        .unwrap();
    assert_eq!(
        layout.what,
        "the key `layout` is not carried over (in 2 files, this one first)"
    );
    let docs = faults
        .iter()
        .find(|fault| fault.file == "docs/a.html")
        .unwrap();
    assert!(docs.what.starts_with("2 files of this folder"), "{docs}");
    for code in [
        "no-direction",
        "no-unit",
        "no-source",
        "no-frequency",
        "no-definition",
    ] {
        assert_eq!(
            faults.iter().filter(|fault| fault.code == code).count(),
            1,
            "{code}"
        );
    }
}

#[test]
fn an_empty_folder_and_an_impossible_plan() {
    let (files, faults) = import_open_sdg(&Files::new(), &options()).unwrap();
    assert_eq!(faults[0].code, "no-indicator");
    assert!(read(&files).newest().unwrap().measures.is_empty());
    let mut bad = options();
    bad.country = "Fiji".into();
    assert_eq!(
        import_open_sdg(&files, &bad),
        Err(NewPlanError::Country("Fiji".into()))
    );
}

/// Errors of the plan that was made of a repository.
fn errors(repository: &Files) -> Vec<Fault> {
    let (files, _) = import_open_sdg(repository, &options()).unwrap();
    let (_, faults) = Plan::read(&files);
    faults.into_iter().filter(Fault::is_error).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_in_the_repository_the_plan_has_no_error(
        any in any::<String>(),
        header in "Year,(Units,|unit,)?(Series,)?(Sex,|note,|Возраст,|period,|a b,){0,3}Value",
        rows in proptest::collection::vec("(20[0-9]{2}|2018-20|x)(,(a|b|%|))(,(a|\"c,d\"|)){0,3},(1|2\\.5|C|\\.\\.|1,5|)", 0..8),
        meta in "(graph_title: [a-z.\"']{0,6}\n|computation_units: (%|\"|\\|)\n|source_url_1: (https://a.b|x)\n|sdg_goal: ('1'|x/|)\n|target_id: [a-z/.]{0,4}\n|progress_calculation_options:\n(- (direction: (positive|up)|target: (1|x)|base_year: (2010|2040)|series: a|unit: '%')\n(  (target: 5|limit: 0|target_year: 20[0-9]{2})\n){0,2}){0,3}){0,6}",
    ) {
        let mut repository = Files::new();
        repository.insert("data/indicator_3-1-1.csv", format!("{header}\n{}", rows.join("\n")));
        repository.insert("meta/3-1-1.md", format!("---\n{meta}---\n"));
        repository.insert("meta/4-1-1.yml", any.clone());
        repository.insert("data/indicator_4-1-1.csv", any.clone());
        repository.insert("meta/5-1-1.yml", format!("graph_title: |\n  {any}\nindicator_name: {any}\nsource_organisation_1: {any}\n"));
        let found = errors(&repository);
        prop_assert!(found.is_empty(), "{:?}\n{}\n{:?}\n{}", found, header, rows, meta);
    }
}
