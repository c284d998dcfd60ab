//! Files that nothing reads.

use super::super::fault::{did_you_mean, short};
use super::super::parse::{
    COMMUNITIES, EDITION_FILES, EDITION_MORE, EDITIONS, MANDATES_FILE, PLAN_FILE, SERIES,
    SOURCES_FILE, TEXTS,
};
use super::Checker;

/// Folders and endings that belong to a plan's folder and are read by others: signatures and what owners filed.
const OTHERS: &[&str] = &["returns/", "signatures/", "schema/"];

impl Checker<'_> {
    pub(super) fn folders(&self) {
        for (path, _) in self.files.iter() {
            if is_read(path) || is_other(path) {
                continue;
            }
            let what = format!("nothing reads the file `{}`", short(path));
            let (folder, name) = path.rsplit_once('/').map_or(("", path), |(f, n)| (f, n));
            let known: Vec<&str> = if folder.is_empty() {
                vec![PLAN_FILE, SOURCES_FILE, MANDATES_FILE]
            } else {
                EDITION_FILES.iter().chain(EDITION_MORE).copied().collect()
            };
            let mend = did_you_mean(name, known, "Rename it, or remove it");
            self.faults.warn((path, (0, 0)), "unknown-file", what, mend);
        }
    }
}

fn is_read(path: &str) -> bool {
    let direct = |folder: &str, ending: &str| {
        let name = path
            .strip_prefix(folder)
            .and_then(|p| p.strip_suffix(ending));
        name.is_some_and(|name| !name.contains('/'))
    };
    if let Some((_, rest)) = path.strip_prefix(EDITIONS).and_then(|p| p.split_once('/')) {
        let text = rest
            .strip_prefix(TEXTS)
            .and_then(|name| name.strip_suffix(".md"));
        return EDITION_FILES.contains(&rest)
            || EDITION_MORE.contains(&rest)
            || text.is_some_and(|name| name.contains('.'));
    }
    [PLAN_FILE, SOURCES_FILE, MANDATES_FILE].contains(&path)
        || direct(SERIES, ".csv")
        || direct(COMMUNITIES, ".toml")
}

fn is_other(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let capitals = |c: char| c.is_ascii_uppercase() || matches!(c, '.' | '-' | '_');
    let stem = name.trim_end_matches(".md").trim_end_matches(".txt");
    path.split('/').any(|part| part.starts_with('.'))
        || !stem.is_empty() && stem.chars().all(capitals)
        || OTHERS.iter().any(|folder| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_known() {
        for path in [
            "plan.toml",
            "series/a.b.csv",
            "communities/a.toml",
            "editions/2022/notes.toml",
            "editions/2022/text/front.en.md",
        ] {
            assert!(is_read(path), "{path}");
        }
        for path in [
            "series/a/b.csv",
            "sereis/a.csv",
            "series/a.tsv",
            "editions/2022/text/front.md",
            "editions/2022/goal.toml",
            "editions/plan.toml",
        ] {
            assert!(!is_read(path) && !is_other(path), "{path}");
        }
        for path in [
            "README.md",
            "LICENSE",
            ".git/config",
            "a/.DS_Store",
            "returns/2026/x.toml",
        ] {
            assert!(is_other(path), "{path}");
        }
    }
}
