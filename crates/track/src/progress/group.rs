//! The status of an indicator of several series: the mean of their scores, with 2.5, 0 and -2.5 as cut-offs ("Open SDG
//! 2.4 progress measure"). Groups may hold groups, as in Canada's framework: each is the mean of what it holds, so that
//! ten series on one question weigh no more than one on another.

use std::collections::BTreeMap;

use serde::Serialize;

use super::statcan::{Outcome, SCORE_MAX, Status};

/// Levels of groups below the outermost.
pub const GROUP_DEPTH_MAX: usize = 32;

/// A group lies more than [`GROUP_DEPTH_MAX`] levels deep.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("group `{0}` is more than {GROUP_DEPTH_MAX} levels deep")]
pub struct TooDeep(pub String);

/// Series and groups of series, before their mean is formed.
#[derive(Debug, Clone, Default)]
pub struct Group {
    series: Vec<Outcome>,
    groups: BTreeMap<String, Group>,
}

/// A group's score with how many series it rests on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Grouped {
    /// Name within the group that holds it; empty for the outermost.
    pub name: String,
    /// Mean of the scores of its series and groups; `None` where none of them has one.
    pub score: Option<f64>,
    /// By the score; achieved only if every series that has a status achieved its target.
    pub status: Status,
    /// Series in it at any depth.
    pub series: usize,
    /// Those of them that have no status. They are left out of the mean.
    pub not_available: usize,
    /// Those of them that achieved their target.
    pub achieved: usize,
    /// Its groups, by name.
    pub groups: Vec<Grouped>,
}

impl Group {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a series to the group at `path`, which is made if it is not there: names from the outermost inwards, parted
    /// by `/`. Empty names count for nothing, so that an empty path is this group itself.
    ///
    /// # Errors
    /// The path is too long.
    pub fn add(&mut self, path: &str, outcome: Outcome) -> Result<(), TooDeep> {
        let names = || {
            path.split('/')
                .map(str::trim)
                .filter(|name| !name.is_empty())
        };
        if names().count() > GROUP_DEPTH_MAX {
            return Err(TooDeep(path.to_owned()));
        }
        let mut group = self;
        for name in names() {
            group = group.groups.entry(name.to_owned()).or_default();
        }
        group.series.push(outcome);
        Ok(())
    }

    /// The means, from the innermost groups outwards.
    #[must_use]
    pub fn score(&self) -> Grouped {
        self.named("")
    }

    fn named(&self, name: &str) -> Grouped {
        let groups: Vec<Grouped> = self
            .groups
            .iter()
            .map(|(name, group)| group.named(name))
            .collect();
        let of = |status| {
            self.series
                .iter()
                .filter(|one| one.status == status)
                .count()
        };
        let series = self.series.len() + groups.iter().map(|g| g.series).sum::<usize>();
        let not_available =
            of(Status::NotAvailable) + groups.iter().map(|g| g.not_available).sum::<usize>();
        let achieved =
            of(Status::TargetAchieved) + groups.iter().map(|g| g.achieved).sum::<usize>();
        let scores = self.series.iter().map(|one| one.score);
        let score = mean(
            scores
                .chain(groups.iter().map(|group| group.score))
                .flatten(),
        );
        let status = match score {
            None => Status::NotAvailable,
            Some(_) if achieved == series - not_available => Status::TargetAchieved,
            Some(score) => Status::of_score(score),
        };
        Grouped {
            name: name.to_owned(),
            score,
            status,
            series,
            not_available,
            achieved,
            groups,
        }
    }
}

/// The mean, the same in any order; within the scores' bounds whatever the rounding.
fn mean(scores: impl Iterator<Item = f64>) -> Option<f64> {
    let mut all: Vec<f64> = scores.collect();
    all.sort_by(f64::total_cmp);
    let count = u32::try_from(all.len()).ok().filter(|count| *count > 0)?;
    let mean = all.iter().sum::<f64>() / f64::from(count);
    Some(mean.clamp(-SCORE_MAX, SCORE_MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::progress::Why;

    fn scored(score: f64) -> Outcome {
        Outcome {
            value: None,
            score: Some(score),
            status: Status::of_score(score),
            why: None,
        }
    }

    fn achieved() -> Outcome {
        Outcome {
            status: Status::TargetAchieved,
            ..scored(5.0)
        }
    }

    const NONE: Outcome = Outcome::not_available(Why::OnePoint);

    fn group(members: &[(&str, Outcome)]) -> Grouped {
        let mut group = Group::new();
        for (path, outcome) in members {
            group.add(path, *outcome).unwrap();
        }
        group.score()
    }

    #[test]
    fn the_mean_of_scores_with_its_cut_offs() {
        for (scores, mean, status) in [
            (&[5.0, 0.0][..], 2.5, Status::Substantial),
            (&[5.0, -0.1], 2.45, Status::Moderate),
            (&[1.0, -1.0], 0.0, Status::Moderate),
            (&[1.0, -1.5], -0.25, Status::Limited),
            (&[0.0, -5.0], -2.5, Status::Limited),
            (&[0.0, -5.0, -5.0], -10.0 / 3.0, Status::Deterioration),
            (&[5.0, 5.0], 5.0, Status::Substantial),
        ] {
            let members: Vec<(&str, Outcome)> = scores.iter().map(|s| ("", scored(*s))).collect();
            let got = group(&members);
            assert!((got.score.unwrap() - mean).abs() < 1e-12, "{scores:?}");
            assert_eq!(got.status, status, "{scores:?}");
        }
    }

    #[test]
    fn achieved_only_if_all_are() {
        let all = group(&[("", achieved()), ("a", achieved())]);
        assert_eq!(all.status, Status::TargetAchieved);
        assert_eq!((all.series, all.achieved, all.not_available), (2, 2, 0));
        let but_one = group(&[("", achieved()), ("a", scored(5.0))]);
        assert_eq!(but_one.status, Status::Substantial);
        assert_eq!(but_one.score, Some(5.0));
    }

    #[test]
    fn series_without_status_are_counted_and_left_out() {
        let got = group(&[("", scored(3.0)), ("", NONE), ("a", NONE), ("a/b", NONE)]);
        assert_eq!((got.series, got.not_available), (4, 3));
        assert_eq!((got.score, got.status), (Some(3.0), Status::Substantial));
        assert_eq!(got.groups[0].status, Status::NotAvailable);
        assert_eq!(got.groups[0].score, None);
        let rest = group(&[("", achieved()), ("", NONE)]);
        assert_eq!(rest.status, Status::TargetAchieved);
        let none = group(&[("", NONE)]);
        assert_eq!((none.score, none.status), (None, Status::NotAvailable));
        let empty = group(&[]);
        assert_eq!((empty.score, empty.series), (None, 0));
        assert_eq!(empty.status, Status::NotAvailable);
    }

    #[test]
    fn a_group_weighs_as_one_member() {
        let got = group(&[
            ("", scored(5.0)),
            ("skills", scored(-5.0)),
            ("skills", scored(-3.0)),
            ("skills/young", scored(1.0)),
            (" skills / young ", scored(2.0)),
            ("/skills//young/", scored(0.0)),
        ]);
        // young: 1; skills: (-5 - 3 + 1) / 3; all: (5 - 7/3) / 2.
        assert_eq!(got.groups[0].groups[0].score, Some(1.0));
        assert_eq!(got.groups[0].groups[0].series, 3);
        assert!((got.groups[0].score.unwrap() + 7.0 / 3.0).abs() < 1e-12);
        assert!((got.score.unwrap() - 4.0 / 3.0).abs() < 1e-12);
        assert_eq!(got.series, 6);
    }

    #[test]
    fn depth_has_a_limit() {
        let deep = |n: usize| vec!["g"; n].join("/");
        let mut group = Group::new();
        assert!(group.add(&deep(GROUP_DEPTH_MAX), scored(1.0)).is_ok());
        assert_eq!(group.score().score, Some(1.0));
        let path = deep(GROUP_DEPTH_MAX + 1);
        assert_eq!(group.add(&path, NONE), Err(TooDeep(path.clone())));
        assert_eq!(group.score().series, 1);
    }

    proptest! {
        #[test]
        fn order_does_not_matter_and_bounds_hold(
            members in prop::collection::vec((prop::sample::select(vec!["", "a", "b", "a/c", "a/c/d"]), -5.0..=5.0_f64), 1..30),
        ) {
            let members: Vec<(&str, Outcome)> = members.into_iter().map(|(p, s)| (p, scored(s))).collect();
            let one = group(&members);
            let mut other = members.clone();
            other.reverse();
            prop_assert_eq!(&one, &group(&other));
            prop_assert!((-5.0..=5.0).contains(&one.score.unwrap()));
            prop_assert_eq!(one.series, members.len());
        }
    }
}
