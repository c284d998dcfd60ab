//! Whether every crate in the build may be used under a licence that `deny.toml` allows.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::metadata::Metadata;

/// Crates whose licence is not allowed, as sentences.
pub fn check(root: &Path, metadata: &Metadata) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(root.join("deny.toml")).context("reading deny.toml")?;
    let table: Table = text.parse().context("parsing deny.toml")?;
    let allowed: Vec<&str> = table
        .get("licenses")
        .and_then(|licenses| licenses.get("allow"))
        .and_then(Value::as_array)
        .context("deny.toml has no licenses.allow")?
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let exceptions = exceptions(&table);
    let mut problems = Vec::new();
    for package in metadata.packages.values() {
        let expression = package.license.as_deref().unwrap_or("nothing");
        let own = exceptions.iter().filter(|(name, _)| *name == package.name);
        let own = own.flat_map(|(_, allowed)| allowed.iter().copied());
        let allowed: Vec<&str> = allowed.iter().copied().chain(own).collect();
        if !satisfied(expression, &allowed) {
            problems.push(format!(
                "{} {} is under {expression}, which deny.toml does not allow",
                package.name, package.version
            ));
        }
    }
    Ok(problems)
}

/// What single crates may be under besides.
fn exceptions(table: &Table) -> Vec<(&str, Vec<&str>)> {
    let all = table.get("licenses").and_then(|it| it.get("exceptions"));
    let all = all.and_then(Value::as_array).into_iter().flatten();
    all.filter_map(|one| {
        let allowed = one.get("allow")?.as_array()?;
        let allowed = allowed.iter().filter_map(Value::as_str).collect();
        Some((one.get("crate")?.as_str()?, allowed))
    })
    .collect()
}

/// Whether an SPDX expression can be met with the allowed licences. The old `MIT/Apache-2.0` means OR.
fn satisfied(expression: &str, allowed: &[&str]) -> bool {
    let spaced = expression
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    either(&mut rest, allowed) && rest.is_empty()
}

fn either(rest: &mut &[&str], allowed: &[&str]) -> bool {
    let mut met = both(rest, allowed);
    while take(rest, "OR") {
        met |= both(rest, allowed);
    }
    met
}

fn both(rest: &mut &[&str], allowed: &[&str]) -> bool {
    let mut met = one(rest, allowed);
    while take(rest, "AND") {
        met &= one(rest, allowed);
    }
    met
}

fn one(rest: &mut &[&str], allowed: &[&str]) -> bool {
    if take(rest, "(") {
        let met = either(rest, allowed);
        return take(rest, ")") && met;
    }
    let Some((name, after)) = rest.split_first() else {
        return false;
    };
    let mut name = (*name).to_owned();
    *rest = after;
    if take(rest, "WITH")
        && let Some((exception, after)) = rest.split_first()
    {
        name = format!("{name} WITH {exception}");
        *rest = after;
    }
    allowed.contains(&name.as_str())
}

fn take(rest: &mut &[&str], word: &str) -> bool {
    match rest.split_first() {
        Some((first, after)) if *first == word => {
            *rest = after;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_understood() {
        let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"];
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "(MIT OR GPL-2.0) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        ] {
            assert!(satisfied(good, &allowed), "{good}");
        }
        for bad in [
            "nothing",
            "",
            "MIT AND GPL-3.0",
            "(MIT",
            "Apache-2.0 WITH X",
            "MIT MIT",
        ] {
            assert!(!satisfied(bad, &allowed), "{bad}");
        }
    }
}
