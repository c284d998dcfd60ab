//! Who may depend on whom: the floors of the house, and the one home of each kind of outside crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use crate::house;
use crate::lock::matches;
use crate::metadata::{Kind, Metadata, Package};

/// The floors. A crate may need only crates of lower floors.
const FLOORS: &[(&str, u8)] = &[
    ("cairn-kernel", 1),
    ("cairn-evidence", 1),
    ("cairn-pdf", 1),
    ("cairn-openpgp", 1),
    ("cairn-smime", 1),
    ("cairn-desk", 2),
    ("cairn-feeds", 2),
    ("cairn-exchange", 2),
    ("cairn-check", 2),
    ("cairn-track", 2),
    ("cairn-probe", 3),
    ("cairn-store", 3),
    ("cairn-app", 4),
    ("cairn-web", 5),
    ("cairn", 6),
];

/// Crates beside the house: they may need any floor and each other, nothing of the house needs them to run.
const BESIDE: &[&str] = &["cairn-testkit", "cairn-bench", "cairn-crash"];

/// Edges that the floors would allow and the house does not: pages know no SQL and open no sockets.
/// The desk's decisions and the log's mathematics do not know each other, so that either can be read alone.
const FORBIDDEN: &[(&str, &str)] = &[
    ("cairn-web", "cairn-store"),
    ("cairn-web", "cairn-probe"),
    ("cairn-desk", "cairn-evidence"),
    ("cairn-evidence", "cairn-kernel"),
];

/// What floors 1 and 2 must not pull in, not even through others: async runtimes, SQL, HTTP. A trailing `*` stands
/// for any ending.
const IMPURE: &[&str] = &[
    "tokio*",
    "async-*",
    "smol*",
    "mio",
    "futures-executor",
    "rusqlite",
    "libsqlite3-sys",
    "sqlx*",
    "postgres*",
    "deadpool*",
    "diesel*",
    "hyper*",
    "http",
    "h2",
    "axum*",
    "tower*",
    "reqwest*",
    "ureq*",
    "lettre",
    "tracing*",
];

/// Edges that only a feature makes which `cairn-web` asks for: the list of packages has them for everybody.
const UNIFIED: &[(&str, &str)] = &[("maud", "axum-core"), ("maud", "http")];

/// Outside crates that have one home in the house (crates beside it are free).
const HOMES: &[(&str, &[&str])] = &[
    ("rusqlite", &["cairn-store"]),
    ("libsqlite3-sys", &["cairn-store"]),
    ("tokio-postgres*", &["cairn-store"]),
    ("deadpool-postgres", &["cairn-store"]),
    ("sqlx*", &["cairn-store"]),
    ("axum*", &["cairn-web"]),
    ("tower*", &["cairn-web"]),
    // In `web` to serve, in `app` to ask a sign-in provider or another system (decisions 27 and 28).
    ("hyper*", &["cairn-web", "cairn-app"]),
    ("openidconnect", &["cairn-app"]),
    ("webauthn-rs", &["cairn-app"]),
    ("maud", &["cairn-web", "cairn-track"]),
    ("lettre", &["cairn-app"]),
    ("pgp", &["cairn-openpgp"]),
    ("cms", &["cairn-smime"]),
    ("rsa", &["cairn-smime"]),
    ("aes-kw", &["cairn-smime"]),
    ("clap*", &["cairn"]),
    ("anyhow", &["cairn", "xtask"]),
];

/// What the source of floors 1 and 2 must not name: they take `now` and new ids as arguments and touch nothing.
const IMPURE_WORDS: &[&str] = &[
    "std::fs",
    // Addresses are values; sockets are not.
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "std::env",
    "std::process",
    "std::thread",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "SystemRandom",
    "async fn",
    ".await",
];

/// Files in which such a word is right, with why.
const ALLOWED: &[(&str, &str)] = &[
    // Threads that share work within one call, are gone with it, and leave no trace in what comes out.
    ("crates/track/src/share.rs", "std::thread"),
];

/// Everything that is wrong with the edges, as sentences; empty when all is well.
pub fn check(metadata: &Metadata) -> Vec<String> {
    let own: BTreeMap<&String, &Package> = metadata.own().collect();
    let mut problems = Vec::new();
    for (id, package) in &own {
        let floor = floor(&package.name);
        if floor.is_none() && !BESIDE.contains(&package.name.as_str()) && package.name != "xtask" {
            problems.push(format!(
                "{} stands on no floor: add it to FLOORS in xtask/src/edges.rs and to ARCHITECTURE.md",
                package.name
            ));
        }
        for dep in &package.deps {
            let Some(target) = metadata.packages.get(&dep.id) else {
                continue;
            };
            let inside = own.contains_key(&dep.id);
            let fault = dep.kinds.iter().find_map(|kind| {
                if inside {
                    edge_fault(&package.name, &target.name, *kind)
                } else {
                    home_fault(&package.name, &target.name, *kind)
                }
            });
            problems.extend(fault);
        }
        if floor.is_some_and(|floor| floor <= 2) {
            problems.extend(impure(metadata, id));
        }
    }
    problems
}

/// Looks through the source of floors 1 and 2 for words that a pure crate has no use for. Tests, in files
/// of their own or last in a file, are free.
pub fn check_words(root: &Path) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    for (name, _) in FLOORS.iter().filter(|(_, floor)| *floor <= 2) {
        let short = name.trim_start_matches("cairn-");
        for file in house::rust_files(&root.join("crates").join(short).join("src"))? {
            let shown = file.strip_prefix(root).unwrap_or(&file);
            let tests = shown.components().any(|part| part.as_os_str() == "tests");
            if tests || shown.ends_with("tests.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&file)?;
            let allowed = |word: &str| {
                let mut all = ALLOWED.iter();
                all.any(|(at, allowed)| shown == Path::new(at) && *allowed == word)
            };
            for (line, word) in impure_words(&text) {
                if allowed(word) {
                    continue;
                }
                problems.push(format!(
                    "{}:{line}: {word} has no place on floors 1 and 2",
                    shown.display()
                ));
            }
        }
    }
    Ok(problems)
}

fn impure_words(text: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]") {
            break;
        }
        if line.trim_start().starts_with("//") {
            continue;
        }
        for word in IMPURE_WORDS {
            if line.contains(word) {
                found.push((index + 1, *word));
            }
        }
    }
    found
}

fn floor(name: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(own, _)| *own == name)
        .map(|(_, floor)| *floor)
}

/// Why a crate of the house may not need another one, if so.
fn edge_fault(from: &str, to: &str, kind: Kind) -> Option<String> {
    if from == to || BESIDE.contains(&from) {
        return None;
    }
    if from == "xtask" {
        return Some(format!(
            "xtask needs {to}: it must judge the house from outside"
        ));
    }
    if BESIDE.contains(&to) {
        let high = floor(from).is_some_and(|floor| floor >= 3);
        return (kind != Kind::Dev || !high).then(|| {
            format!("{from} needs {to}, which only the tests of floors 3 and up may use")
        });
    }
    if FORBIDDEN.contains(&(from, to)) {
        let why = if floor(from) <= Some(2) {
            "they do not know each other"
        } else {
            "it must go through the floor between them"
        };
        return Some(format!("{from} needs {to}: {why}"));
    }
    match (floor(from), floor(to)) {
        (Some(above), Some(below)) if above > below => None,
        (Some(above), Some(below)) => Some(format!(
            "{from} (floor {above}) needs {to} (floor {below}): edges go down only"
        )),
        _ => Some(format!("{from} needs {to}, and one of them has no floor")),
    }
}

/// Why a crate of the house may not need an outside crate directly, if so.
fn home_fault(from: &str, to: &str, kind: Kind) -> Option<String> {
    if kind == Kind::Dev || BESIDE.contains(&from) {
        return None;
    }
    let (_, homes) = HOMES.iter().find(|(pattern, _)| matches(pattern, to))?;
    (!homes.contains(&from))
        .then(|| format!("{from} needs {to}, whose home is {}", homes.join(", ")))
}

/// What a pure crate pulls in that it must not, with one way that leads there.
fn impure(metadata: &Metadata, id: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    let mut todo = vec![(id.to_owned(), Vec::<String>::new())];
    while let Some((id, way)) = todo.pop() {
        let Some(package) = metadata
            .packages
            .get(&id)
            .filter(|_| seen.insert(id.clone()))
        else {
            continue;
        };
        let before = way.last().cloned();
        if UNIFIED
            .iter()
            .any(|(of, to)| before.as_deref() == Some(*of) && package.name == *to)
        {
            seen.remove(&id);
            continue;
        }
        let mut way = way;
        way.push(package.name.clone());
        if IMPURE.iter().any(|pattern| matches(pattern, &package.name)) {
            problems.push(format!(
                "a pure floor pulls in {}: {}",
                package.name,
                way.join(" → ")
            ));
            continue;
        }
        for dep in &package.deps {
            if dep.kinds.contains(&Kind::Normal) {
                todo.push((dep.id.clone(), way.clone()));
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Dep;

    /// A graph from lines like `a -> b`, `a -dev-> b`; names starting with `cairn` (and `xtask`) are the house's.
    fn graph(lines: &[&str]) -> Metadata {
        let mut metadata = Metadata::default();
        for line in lines {
            let words: Vec<&str> = line.split(' ').collect();
            let kind = if words[1] == "-dev->" {
                Kind::Dev
            } else {
                Kind::Normal
            };
            for name in [words[0], words[2]] {
                let package = metadata.packages.entry(name.to_owned()).or_default();
                package.name = name.to_owned();
                let inside = name.starts_with("cairn") || name == "xtask";
                if inside && !metadata.members.iter().any(|id| id == name) {
                    metadata.members.push(name.to_owned());
                }
            }
            let from = metadata.packages.get_mut(words[0]).unwrap();
            from.deps.push(Dep {
                id: words[2].to_owned(),
                kinds: vec![kind],
            });
        }
        metadata
    }

    #[test]
    fn the_house_as_designed_passes() {
        let problems = check(&graph(&[
            "cairn-desk -> cairn-kernel",
            "cairn-desk -> serde",
            "cairn-store -> cairn-desk",
            "cairn-store -> rusqlite",
            "cairn-app -> cairn-store",
            "cairn-web -> cairn-app",
            "cairn-web -> axum",
            "cairn-web -dev-> cairn-testkit",
            "cairn-testkit -> cairn-app",
            "cairn-bench -> rusqlite",
            "cairn -> cairn-web",
            "xtask -> anyhow",
        ]));
        assert!(problems.is_empty(), "{problems:?}");
    }

    #[test]
    fn each_wrong_edge_is_named() {
        let wrong = [
            ("cairn-kernel -> cairn-desk", "edges go down only"),
            ("cairn-desk -> cairn-evidence", "do not know each other"),
            ("cairn-desk -> cairn-track", "edges go down only"),
            ("cairn-web -> cairn-store", "the floor between"),
            ("cairn-web -> rusqlite", "home is cairn-store"),
            ("cairn-app -> axum", "home is cairn-web"),
            ("cairn-app -> cairn-testkit", "only the tests"),
            ("cairn-desk -dev-> cairn-testkit", "only the tests"),
            ("cairn-store -> anyhow", "home is cairn, xtask"),
            ("xtask -> cairn-kernel", "from outside"),
            ("cairn-new -> serde", "stands on no floor"),
        ];
        for (edge, expected) in wrong {
            let problems = check(&graph(&[edge]));
            assert!(
                problems.iter().any(|p| p.contains(expected)),
                "{edge}: {problems:?}"
            );
        }
    }

    #[test]
    fn a_pure_floor_is_followed_all_the_way_down() {
        let problems = check(&graph(&[
            "cairn-desk -> a",
            "a -> b",
            "b -> tokio",
            "a -dev-> hyper",
        ]));
        assert_eq!(
            problems,
            ["a pure floor pulls in tokio: cairn-desk → a → b → tokio"]
        );
    }

    #[test]
    fn words_are_found_outside_comments_and_tests() {
        let text = "// std::fs\nuse std::fs;\n#[cfg(test)]\nmod tests { use std::env; }\n";
        assert_eq!(impure_words(text), [(2, "std::fs")]);
    }
}
