//! What became of the things of one edition in a later one, through all editions between them.

use std::collections::BTreeSet;

use crate::plan::{Ended, How, What};

/// One thing in both editions, or in one of them. Of `before` and `after` at least one is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fate<'p> {
    pub(super) before: Option<&'p str>,
    pub(super) after: Option<&'p str>,
    /// What the plan says of its end or its new id.
    pub(super) ended: Option<&'p Ended>,
}

/// Matches ids of two editions: those of the later one in its order, then those that ended, in the order of the earlier
/// one. `endings` are those of every edition after the earlier one up to the later one, oldest first.
pub(super) fn fates<'p>(
    what: Option<What>,
    before: &[&'p str],
    after: &[&'p str],
    endings: &[&'p Ended],
) -> Vec<Fate<'p>> {
    let old: BTreeSet<&str> = before.iter().copied().collect();
    let new: BTreeSet<&str> = after.iter().copied().collect();
    let mut taken: BTreeSet<&str> = BTreeSet::new();
    let (mut going, mut gone) = (Vec::new(), Vec::new());
    for id in before.iter().copied() {
        if new.contains(id) {
            continue;
        }
        let (last, ended) = follow(what, id, &new, endings);
        let fate = Fate {
            before: Some(id),
            after: last.filter(|heir| !old.contains(heir) && taken.insert(heir)),
            ended,
        };
        if fate.after.is_some() {
            going.push(fate);
        } else {
            gone.push(fate);
        }
    }
    let mut all: Vec<Fate<'p>> = Vec::with_capacity(after.len() + gone.len());
    for id in after.iter().copied() {
        let renamed = going.iter().find(|fate| fate.after == Some(id));
        all.push(renamed.copied().unwrap_or(Fate {
            before: old.get(id).copied(),
            after: Some(id),
            ended: None,
        }));
    }
    all.extend(gone);
    all
}

/// Under which id a thing that was renamed goes on, and the last that is said of it. Endings are gone through once, so
/// that no circle of names can catch us.
fn follow<'p>(
    what: Option<What>,
    id: &'p str,
    new: &BTreeSet<&'p str>,
    endings: &[&'p Ended],
) -> (Option<&'p str>, Option<&'p Ended>) {
    let (mut name, mut last) = (id, None);
    for ended in endings.iter().copied() {
        if Some(ended.what) != what || ended.id != name {
            continue;
        }
        last = Some(ended);
        match ended.into.as_slice() {
            [heir] if ended.how == How::Renamed => name = heir,
            _ => return (None, last),
        }
    }
    (new.get(name).copied().filter(|_| name != id), last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Words;

    fn ended(id: &str, how: How, into: &[&str]) -> Ended {
        Ended {
            what: What::Initiative,
            id: id.into(),
            how,
            into: into.iter().map(|id| (*id).to_owned()).collect(),
            on: None,
            reason: Words::english("Why"),
            source: "s".into(),
            at: crate::plan::At::default(),
        }
    }

    fn told(before: &[&str], after: &[&str], endings: &[Ended]) -> Vec<String> {
        let endings: Vec<&Ended> = endings.iter().collect();
        let all = fates(Some(What::Initiative), before, after, &endings);
        let told = all.iter().map(|fate| {
            let how = fate.ended.map_or("-", |ended| ended.how.as_str());
            format!(
                "{}>{} {how}",
                fate.before.unwrap_or(""),
                fate.after.unwrap_or("")
            )
        });
        told.collect()
    }

    #[test]
    fn nothing_vanishes() {
        let endings = [ended("b", How::Stopped, &[])];
        assert_eq!(
            told(&["a", "b", "c"], &["d", "a"], &endings),
            [">d -", "a>a -", "b> stopped", "c> -"]
        );
    }

    #[test]
    fn a_new_name_is_followed_through_the_editions_between() {
        let endings = [
            ended("a", How::Renamed, &["b"]),
            ended("x", How::Merged, &["c"]),
            ended("b", How::Renamed, &["c"]),
        ];
        assert_eq!(
            told(&["a", "x"], &["c"], &endings),
            ["a>c renamed", "x> merged"]
        );
        let stopped = [
            ended("a", How::Renamed, &["b"]),
            ended("b", How::Stopped, &[]),
        ];
        assert_eq!(told(&["a"], &[], &stopped), ["a> stopped"]);
        // Renamed in the edition between, and gone without a word after it.
        assert_eq!(told(&["a"], &[], &stopped[..1]), ["a> renamed"]);
    }

    #[test]
    fn circles_heirs_of_two_and_names_in_use_end() {
        let circle = [
            ended("a", How::Renamed, &["b"]),
            ended("b", How::Renamed, &["a"]),
        ];
        assert_eq!(told(&["a"], &["z"], &circle), [">z -", "a> renamed"]);
        let two = [
            ended("a", How::Renamed, &["c"]),
            ended("b", How::Renamed, &["c"]),
        ];
        assert_eq!(
            told(&["a", "b"], &["c"], &two),
            ["a>c renamed", "b> renamed"]
        );
        assert_eq!(
            told(&["a", "c"], &["c"], &two[..1]),
            ["c>c -", "a> renamed"]
        );
        assert_eq!(told(&[], &["a"], &circle), [">a -"]);
    }
}
