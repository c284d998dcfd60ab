//! Bundles: the same bytes every time, nothing in them that may not be published, and every change named.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what is wrong by failing"
)]

mod plan_files;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::convert::Infallible;

use cairn_track::bundle::{self, BundleFault, INPUTS, Kept, MANIFEST, Manifest, Public};
use cairn_track::plan::Files;
use cairn_track::site::{Door, Options};

type Folder = BTreeMap<String, Vec<u8>>;

const PLANS: [&str; 4] = [
    "example-harbour",
    "nz-cyber-2015",
    "nz-digital",
    "nz-digital-nation-2017",
];

fn built(files: Files) -> Folder {
    built_with(files, &Options::default())
}

fn built_with(files: Files, options: &Options) -> Folder {
    let mut folder = Folder::new();
    let sink = &mut |path: &str, bytes: Vec<u8>| {
        assert!(
            folder.insert(path.to_owned(), bytes).is_none(),
            "{path} is written twice"
        );
        Ok::<(), Infallible>(())
    };
    bundle::build(Cow::Owned(Public::of(files).unwrap()), options, sink).unwrap();
    folder
}

fn checked(folder: &Folder) -> Vec<BundleFault> {
    let mut inputs = Files::new();
    for (path, bytes) in folder {
        if let Some(path) = path.strip_prefix(INPUTS) {
            inputs.insert(path, bytes.clone());
        }
    }
    let manifest = Manifest::parse(&folder[MANIFEST]).unwrap();
    let paths = folder.keys().filter(|path| !path.starts_with(INPUTS));
    bundle::verify(
        inputs,
        &manifest,
        Kept {
            paths: paths.cloned().collect(),
            read: &mut |path| folder.get(path).cloned(),
        },
    )
}

#[test]
fn pages_within_a_service_are_verified_with_the_ways_back_to_it() {
    let options = Options {
        base_url: Some("https://report.example.org/track/nz-digital".into()),
        doors: vec![Door {
            href: "/?lang=en".into(),
            href_mi: "/?lang=mi".into(),
            en: "The service".into(),
            mi: "Te ratonga".into(),
        }],
        ..Options::default()
    };
    let folder = built_with(plan_files::folder("nz-digital"), &options);
    assert_eq!(checked(&folder), []);
    let page = String::from_utf8(folder["m/m2.html"].clone()).unwrap();
    assert!(
        page.contains("<a href=\"/?lang=en\">The service</a>"),
        "{page}"
    );
    // Another way back than the manifest's is a change like any other.
    let mut folder = folder;
    let turned = page.replace("/?lang=en", "//evil.example/");
    folder.insert("m/m2.html".into(), turned.into_bytes());
    let faults = checked(&folder);
    assert!(
        faults.iter().any(|fault| fault.path == "m/m2.html"),
        "{faults:?}"
    );
    let plain = built(plan_files::folder("nz-digital"));
    let manifest = String::from_utf8(plain[MANIFEST].clone()).unwrap();
    assert!(!manifest.contains("doors"), "{manifest}");
}

#[test]
fn a_bundle_whose_figures_are_challenged_at_a_service_verifies() {
    let files = plan_files::folder("nz-digital");
    let options = Options {
        challenge: Some("https://cairn.example/track/nz-digital/challenge".into()),
        challenges: Some("https://cairn.example/track/nz-digital/challenges/".into()),
        versions: Some("https://cairn.example/track/nz-digital/versions/".into()),
        ..Options::default()
    };
    let mut folder = built_with(files, &options);
    assert_eq!(checked(&folder), []);
    // It says so itself: without its own word the pages would not follow from the plan.
    let manifest = String::from_utf8(folder[MANIFEST].clone()).unwrap();
    for word in ["/challenges/\"", "/versions/\""] {
        let without = manifest.replace(word, "/elsewhere/\"");
        assert_ne!(manifest, without);
        folder.insert(MANIFEST.to_owned(), without.into_bytes());
        assert!(names(&checked(&folder), "measure m2"), "{word}");
    }
}

/// The first digit after `from` in a file, turned into another.
fn turned(folder: &Folder, path: &str, from: &str) -> Folder {
    let mut folder = folder.clone();
    let bytes = folder.get_mut(path).unwrap_or_else(|| panic!("no {path}"));
    let text = String::from_utf8(bytes.clone()).unwrap();
    let start = text
        .find(from)
        .unwrap_or_else(|| panic!("no {from} in {path}"));
    let at = start + text[start..].find(|c: char| c.is_ascii_digit()).unwrap();
    bytes[at] = if bytes[at] == b'9' {
        b'1'
    } else {
        bytes[at] + 1
    };
    folder
}

fn names(faults: &[BundleFault], figure: &str) -> bool {
    faults.iter().any(|fault| fault.figure == figure)
}

#[test]
fn a_plan_gives_the_same_bytes_and_they_verify() {
    for plan in PLANS {
        let once = built(plan_files::folder(plan));
        let again = built(plan_files::folder(plan));
        assert_eq!(once, again, "{plan}");
        assert_eq!(checked(&once), [], "{plan}");
        assert!(once.len() > 30, "{plan}: {}", once.len());
    }
}

#[test]
fn one_changed_digit_is_named_with_its_figure() {
    let folder = built(plan_files::folder("nz-digital"));
    let series = folder
        .keys()
        .find(|path| path.starts_with("plan/series/loss"))
        .unwrap()
        .clone();
    let id = series
        .trim_start_matches("plan/series/")
        .trim_end_matches(".csv")
        .to_owned();
    let faults = checked(&turned(&folder, &series, "16.9"));
    assert!(names(&faults, &format!("series {id}")), "{faults:#?}");
    assert!(names(&faults, "measure m2"), "{faults:#?}");

    let page = "e/2026/m/m2.html";
    let faults = checked(&turned(&folder, page, "16.9"));
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert_eq!(
        (faults[0].path.as_str(), faults[0].figure.as_str()),
        (page, "measure m2")
    );
    assert!(faults[0].what.contains("16.9"), "{}", faults[0]);

    let faults = checked(&turned(&folder, "data/m2.csv", "16.9"));
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert_eq!(faults[0].figure, "measure m2");
}

#[test]
fn missing_and_added_files_are_named() {
    let folder = built(plan_files::folder("nz-cyber-2015"));
    let mut less = folder.clone();
    less.remove("method.html");
    let faults = checked(&less);
    assert!(
        faults
            .iter()
            .any(|f| f.path == "method.html" && f.what.contains("missing")),
        "{faults:#?}"
    );
    let mut more = folder.clone();
    more.insert("m/mine.html".into(), b"<p>mine".to_vec());
    let faults = checked(&more);
    assert_eq!(faults.len(), 1);
    assert!(faults[0].what.contains("does not follow"), "{}", faults[0]);
    let mut none = folder;
    none.remove("plan/plan.toml");
    assert!(!checked(&none).is_empty());
}

#[test]
fn a_manifest_that_was_made_to_fit_does_not_help() {
    let folder = built(plan_files::folder("nz-digital"));
    let mut changed = turned(&folder, "e/2026/m/m2.html", "16.9");
    let mut manifest = Manifest::parse(&changed[MANIFEST]).unwrap();
    let hash = cairn_evidence::hash::sha256(&changed["e/2026/m/m2.html"]).hex();
    manifest.outputs.insert("e/2026/m/m2.html".into(), hash);
    changed.insert(MANIFEST.into(), manifest.print());
    let faults = checked(&changed);
    assert!(names(&faults, "measure m2"), "{faults:#?}");
}

/// A number that stands nowhere else.
const PLANTED: &str = "7130517";

#[test]
fn nothing_withheld_is_anywhere_in_a_bundle() {
    let mut files = plan_files::folder("example-harbour");
    let (plan, _) = cairn_track::plan::Plan::read(&files);
    let plan = plan.unwrap();
    let newest = plan.newest().unwrap().as_of;
    let held: Vec<String> = plan
        .series
        .keys()
        .filter(|id| !plan.allows(id, "publish", newest))
        .cloned()
        .collect();
    assert!(!held.is_empty());
    for id in &held {
        plant(&mut files, id);
    }
    let folder = built(files);
    assert_nowhere(&folder);
    assert_eq!(checked(&folder), []);
}

#[test]
fn a_count_that_was_not_rounded_is_nowhere_in_a_bundle() {
    let mut files = plan_files::folder("example-harbour");
    let (plan, _) = cairn_track::plan::Plan::read(&files);
    let plan = plan.unwrap();
    let newest = plan.newest().unwrap();
    let measure = newest
        .measures
        .iter()
        .find(|one| {
            one.series
                .as_deref()
                .is_some_and(|id| plan.allows(id, "publish", newest.as_of))
        })
        .unwrap();
    let path = format!("editions/{}/measures.toml", newest.id);
    let text = String::from_utf8(files.get(&path).unwrap().to_vec()).unwrap();
    let id = format!("id = \"{}\"\n", measure.id);
    assert!(text.contains(&id));
    let text = text
        .replace("cells = \"counts\"\n", "")
        .replace(&id, &format!("{id}cells = \"counts\"\n"));
    files.insert(path, text.into_bytes());
    plant(&mut files, measure.series.as_deref().unwrap());
    let folder = built(files);
    assert_nowhere(&folder);
    assert_eq!(checked(&folder), []);
}

/// Puts a telling row at the end of a series: 7130517 is no multiple of 3.
fn plant(files: &mut Files, id: &str) {
    let path = format!("series/{id}.csv");
    let mut text = String::from_utf8(files.get(&path).unwrap().to_vec()).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let last = text.lines().last().unwrap().to_owned();
    let cells: Vec<&str> = last.split(',').collect();
    let column = |name| header.iter().position(|one| *one == name).unwrap();
    let row: Vec<String> = header
        .iter()
        .map(|name| match *name {
            "period" => "1999".to_owned(),
            "value" => format!("{PLANTED}.5"),
            "vintage" => cells[column("vintage")].to_owned(),
            "source" => cells[column("source")].to_owned(),
            "note" => format!("note {PLANTED}"),
            _ => String::new(),
        })
        .collect();
    text.push_str(&row.join(","));
    text.push('\n');
    files.insert(path, text.into_bytes());
}

fn assert_nowhere(folder: &Folder) {
    for (path, bytes) in folder {
        let text = String::from_utf8_lossy(bytes);
        assert!(
            !text
                .replace([',', ' ', '\u{a0}', '\u{202f}'], "")
                .contains(PLANTED),
            "{path}"
        );
    }
}
