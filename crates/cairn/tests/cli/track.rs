//! `cairn track`: from the examples to a bundle that somebody else verifies.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn cairn(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cairn"))
        .arg("track")
        .args(args)
        .env_remove("CAIRN_CONFIG")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    out + &String::from_utf8_lossy(&output.stderr)
}

pub fn done(args: &[&str]) -> String {
    let output = cairn(args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", said(&output));
    said(&output)
}

pub fn fails(code: i32, args: &[&str]) -> String {
    let output = cairn(args);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{args:?}: {}",
        said(&output)
    );
    said(&output)
}

pub struct Here(tempfile::TempDir);

impl Here {
    pub fn new() -> Self {
        let here = Self(tempfile::tempdir().unwrap());
        done(&["example", &here.at("plans")]);
        here
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn at(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn turn(&self, file: &str, from: &str, to: &str) {
        let path = self.path(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{file} has no {from}");
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

fn tree(root: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut found, mut open) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                found.push((path.strip_prefix(root).unwrap().to_owned(), bytes));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn a_bundle_is_the_same_wherever_it_is_built_and_tells_every_change() {
    let here = Here::new();
    let plan = here.at("plans/nz-digital");
    done(&["build", &plan, "--out", &here.at("one")]);
    std::fs::create_dir(here.path("deep")).unwrap();
    done(&["build", &plan, "--out", &here.at("deep/two")]);
    assert_eq!(tree(&here.path("one")), tree(&here.path("deep/two")));
    assert!(done(&["verify", &here.at("one")]).contains("byte for byte"));
    // Built again over itself.
    done(&["build", &plan, "--out", &here.at("one")]);
    here.turn("one/m/m2.html", "18.3", "18.4");
    let told = fails(3, &["verify", &here.at("one")]);
    assert!(told.contains("measure m2 (m/m2.html)"), "{told}");
    let series = tree(&here.path("deep/two/plan/series"))
        .into_iter()
        .find(|(name, _)| name.starts_with("loss-nzd-m.csv"))
        .unwrap();
    here.turn(
        &format!("deep/two/plan/series/{}", series.0.display()),
        "16.9",
        "16.8",
    );
    let told = fails(3, &["verify", &here.at("deep/two")]);
    assert!(
        told.contains("series loss-nzd-m") && told.contains("measure m2"),
        "{told}"
    );
}

#[test]
fn a_signed_bundle_says_by_whom() {
    let here = Here::new();
    let (plan, data, out) = (
        here.at("plans/nz-cyber-2015"),
        here.at("data"),
        here.at("site"),
    );
    done(&["build", &plan, "--out", &out, "--sign", "--data", &data]);
    let keys = format!("{data}/keys/log.keys");
    assert!(done(&["verify", &out, "--keys", &keys]).contains("signed by"));
    done(&["build", &plan, "--out", &here.at("plain")]);
    fails(3, &["verify", &here.at("plain"), "--keys", &keys]);
    std::fs::copy(
        here.path("site/manifest.note"),
        here.path("plain/manifest.note"),
    )
    .unwrap();
    done(&["verify", &here.at("plain"), "--keys", &keys]);
    here.turn("plain/manifest.note", "edition ", "edition x");
    fails(3, &["verify", &here.at("plain"), "--keys", &keys]);
}

#[test]
fn a_broken_plan_says_where_and_builds_nothing() {
    let here = Here::new();
    let plan = here.at("plans/nz-digital");
    assert!(done(&["check", &plan]).contains("no errors"));
    here.turn(
        "plans/nz-digital/editions/2026/measures.toml",
        "direction =",
        "directoin =",
    );
    let told = fails(3, &["check", &plan]);
    assert!(
        told.contains("editions/2026/measures.toml:") && told.contains("direction"),
        "{told}"
    );
    for line in fails(3, &["check", &plan, "--json"])
        .lines()
        .filter(|line| line.starts_with('{'))
    {
        let fault: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            fault["line"].as_u64().is_some() && fault["mend"].is_string(),
            "{line}"
        );
    }
    fails(3, &["build", &plan, "--out", &here.at("site")]);
    assert!(!here.path("site").exists() && !here.path("site.new").exists());
    fails(1, &["check", &here.at("nowhere")]);
}

#[test]
fn what_is_no_bundle_is_not_replaced() {
    let here = Here::new();
    std::fs::create_dir(here.path("mine")).unwrap();
    std::fs::write(here.path("mine/work.txt"), "mine").unwrap();
    let told = fails(
        1,
        &[
            "build",
            &here.at("plans/nz-digital"),
            "--out",
            &here.at("mine"),
        ],
    );
    assert!(told.contains("no bundle"), "{told}");
    assert_eq!(
        std::fs::read_to_string(here.path("mine/work.txt")).unwrap(),
        "mine"
    );
    assert!(!here.path("mine.new").exists());
}

#[test]
fn progress_is_computed_for_any_table() {
    let here = Here::new();
    std::fs::write(
        here.path("table.csv"),
        "series,base_value,base_year,current_value,current_year,target,target_year,direction,limit\n\
         a,10,2015,20,2020,20,2030,1,\nb,oops,2015,20,2020,,,1,\nc,10,2015,5,2020,,,1,\n",
    )
    .unwrap();
    let out = here.at("out.csv");
    let told = fails(
        3,
        &["progress", "--csv", &here.at("table.csv"), "--out", &out],
    );
    assert!(told.contains("line 3"), "{told}");
    let table = std::fs::read_to_string(&out).unwrap();
    let status: Vec<&str> = table
        .lines()
        .skip(1)
        .map(|row| row.rsplit(',').next().unwrap())
        .collect();
    assert_eq!(status, ["target_achieved", "error", "deterioration"]);
}

#[test]
fn a_new_plan_is_sound_and_takes_figures() {
    let here = Here::new();
    let plan = here.at("mine");
    done(&[
        "new",
        &plan,
        "--id",
        "mine",
        "--title",
        "Our strategy",
        "--owner",
        "Our office",
    ]);
    done(&["check", &plan]);
    assert!(
        fails(
            1,
            &["new", &plan, "--id", "mine", "--title", "T", "--owner", "O"]
        )
        .contains("already")
    );
    fails(
        2,
        &[
            "new",
            &here.at("other"),
            "--id",
            "No Id",
            "--title",
            "T",
            "--owner",
            "O",
        ],
    );
    let sources = here.path("mine/sources.csv");
    let text = std::fs::read_to_string(&sources).unwrap();
    std::fs::write(
        &sources,
        format!(
            "{}\nsurvey,Survey,Our office,,dataset,2026-05,,,\n",
            text.trim_end()
        ),
    )
    .unwrap();
    std::fs::write(
        here.path("figures.csv"),
        "year,online\n2024,71.5\n2025,\"72,5\"\n2026,74\n",
    )
    .unwrap();
    let told = fails(
        3,
        &[
            "import",
            &plan,
            "--csv",
            &here.at("figures.csv"),
            "--vintage",
            "2026-05",
            "--source",
            "survey",
        ],
    );
    assert!(told.contains("2 figures taken, 1 kept out"), "{told}");
    let series = std::fs::read_to_string(here.path("mine/series/online.csv")).unwrap();
    assert!(
        series.contains("2024,71.5") && series.contains("2026,74") && !series.contains("72,5"),
        "{series}"
    );
    done(&["check", &plan]);
    done(&["schema", &here.at("schemas")]);
    assert!(here.path("schemas/measures.schema.json").is_file());
}
