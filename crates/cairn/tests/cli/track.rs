//! `cairn track`: from the examples to a bundle that somebody else verifies.

use std::io::{BufRead as _, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

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

/// A preview that runs, ended with the test.
struct Preview {
    child: std::process::Child,
    address: String,
}

impl Preview {
    fn of(plan: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_cairn"))
            .args(["track", "preview", plan, "--listen", "127.0.0.1:0"])
            .env_remove("CAIRN_CONFIG")
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines();
        let said = lines
            .by_ref()
            .map(Result::unwrap)
            .find(|line| line.contains("http://127"));
        let said = said.expect("it says where it listens");
        let address = said
            .split("http://")
            .nth(1)
            .unwrap()
            .trim_end_matches('/')
            .to_owned();
        // Read to the end, or it would wait for a full pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address }
    }

    fn open(&self, path: &str, accept: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(60)))
            .unwrap();
        let host = &self.address;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        stream
    }

    /// As a program asks, which does not wait.
    fn get(&self, path: &str) -> String {
        let mut said = Vec::new();
        self.open(path, "*/*").read_to_end(&mut said).unwrap();
        String::from_utf8_lossy(&said).into_owned()
    }

    /// Asks until the page says so.
    fn until(&self, path: &str, says: &str) -> String {
        for _ in 0..600 {
            let page = self.get(path);
            if page.contains(says) {
                return page;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{path} never says {says}: {}", self.get(path));
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}

#[test]
fn a_preview_follows_the_files_and_shows_what_is_wrong_in_them() {
    let here = Here::new();
    let goals = "plans/nz-digital/editions/2026/goals.toml";
    let preview = Preview::of(&here.at("plans/nz-digital"));
    assert!(
        preview
            .get("/")
            .contains("The Digital Strategy for Aotearoa")
    );
    assert!(preview.get("/mi/m/m2.html").contains("lang=\"mi\""));
    // A reader's page stays open after its last word, and ends with a way to load it again.
    let mut open = preview.open("/g/g2.html", "text/html");
    let (told, tells) = std::sync::mpsc::channel();
    let reader = std::thread::spawn(move || {
        let (mut all, mut piece) = (Vec::new(), [0; 4096]);
        loop {
            let n = open.read(&mut piece).unwrap();
            all.extend_from_slice(&piece[..n]);
            let text = String::from_utf8_lossy(&all).into_owned();
            if n == 0 {
                return text;
            }
            if text.contains("</html>") {
                let _heard = told.send(());
            }
        }
    });
    tells.recv_timeout(Duration::from_secs(60)).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert!(!reader.is_finished(), "nothing has changed");
    here.turn(
        goals,
        "Cyber incidents cost us less",
        "Cyber incidents shall cost us less",
    );
    preview.until("/g/g2.html", "Cyber incidents shall cost us less");
    let page = reader.join().unwrap();
    let (_, after) = page.split_once("</html>").unwrap();
    assert!(
        after.contains("http-equiv=\"refresh\" content=\"0\""),
        "{after}"
    );
    // What is wrong has a place, and what was right stays.
    here.turn(goals, "source = ", "sourec = ");
    let broken = preview.until("/g/g2.html", "editions/2026/goals.toml:");
    assert!(
        broken.starts_with("HTTP/1.1 503") && broken.contains("sourec"),
        "{broken}"
    );
    assert!(broken.contains("href=\"/-/last/g/g2.html\""), "{broken}");
    assert!(
        preview
            .get("/-/last/g/g2.html")
            .contains("Cyber incidents shall cost us less")
    );
    here.turn(goals, "sourec = ", "source = ");
    preview.until("/g/g2.html", "HTTP/1.1 200");
}

#[cfg(unix)]
#[test]
fn a_preview_is_for_this_machine_and_ends_on_ctrl_c() {
    let here = Here::new();
    let plan = here.at("plans/nz-cyber-2015");
    let told = fails(2, &["preview", &plan, "--listen", "0.0.0.0:0"]);
    assert!(told.contains("loopback"), "{told}");
    let told = fails(2, &["preview", &here.at("nowhere")]);
    assert!(
        told.contains("names no folder") || told.contains("is no folder"),
        "{told}"
    );
    let mut preview = Preview::of(&plan);
    // A reader who waits keeps it from nothing.
    let _waits = preview.open("/", "text/html");
    assert!(preview.get("/").starts_with("HTTP/1.1 200"));
    let id = preview.child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(sent.success());
    let ended = preview.child.wait().unwrap();
    assert_eq!(ended.code(), Some(0), "{ended:?}");
}

#[test]
fn a_site_of_files_leads_to_a_service_where_that_is_named() {
    let here = Here::new();
    let (plan, site) = (here.at("plans/nz-digital"), here.at("site"));
    let page = || std::fs::read_to_string(here.path("site/g/g2.html")).unwrap();
    done(&["build", &plan, "--out", &site]);
    assert!(page().contains("mailto:") && !page().contains("/challenge"));
    let at = "https://service.example/track/nz-digital";
    let (form, list) = (format!("{at}/challenge"), format!("{at}/challenges/"));
    let named = ["--challenge", &form, "--challenges", &list];
    done(&[&["build", &plan, "--out", &site], named.as_slice()].concat());
    let href = format!("{form}?plan=nz-digital&amp;edition=2026&amp;figure=g%2Fg2&amp;lang=en");
    assert!(page().contains(&href) && page().contains(&format!("{list}?figure=g%2Fg2")));
    assert!(done(&["verify", &site]).contains("byte for byte"));
    here.turn("site/manifest.json", "/challenge\"", "/elsewhere\"");
    fails(3, &["verify", &site]);
    for wrong in [
        "javascript:alert(1)",
        "service.example",
        "https://service.example/?a=b",
    ] {
        let told = fails(1, &["build", &plan, "--out", &site, "--challenge", wrong]);
        assert!(told.contains("--challenge: name an address"), "{told}");
    }
}
