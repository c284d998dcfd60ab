//! Mandates and communities.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::super::fault::short;
use super::super::model::{Community, Mandate, Ruling};
use super::super::parse::{COMMUNITIES, MANDATES_FILE, SERIES};
use super::{Checker, Known};

/// The purpose without which a series is not shown.
const PUBLISH: &str = "publish";

impl Checker<'_> {
    pub(super) fn mandates(&self) {
        let all = self.plan.mandates.iter();
        self.unique(
            MANDATES_FILE,
            "mandate",
            all.map(|m| (m.id.as_str(), &m.at)),
        );
        for mandate in &self.plan.mandates {
            self.mandate(mandate);
        }
        for community in &self.plan.communities {
            self.community(community);
        }
    }

    fn mandate(&self, mandate: &Mandate) {
        let by = format!("mandate `{}`", short(&mandate.id));
        let ids: BTreeSet<&str> = self.plan.series.keys().map(String::as_str).collect();
        let known = Known {
            code: "unknown-series",
            noun: "series",
            file: SERIES,
            ids: &ids,
        };
        let at = mandate.at.key("series");
        for series in &mandate.series {
            self.refer((MANDATES_FILE, at), series, &by, known);
        }
        let purposes: BTreeSet<&str> = mandate.purposes.iter().map(String::as_str).collect();
        let known = Known {
            code: "unknown-purpose",
            noun: "purpose",
            file: MANDATES_FILE,
            ids: &purposes,
        };
        for decision in &mandate.decisions {
            let place = (MANDATES_FILE, decision.at.key("purpose"));
            let by = format!("a decision of {by}");
            self.refer(place, &decision.purpose, &by, known);
        }
        let newest = mandate.decision(PUBLISH, Date::MAX);
        let allowed = newest.is_some_and(|decision| decision.decision == Ruling::Allowed);
        if !allowed && !mandate.series.is_empty() && !self.faults.is_broken(MANDATES_FILE) {
            let list = mandate.series.iter().take(5).map(|id| short(id));
            let list: Vec<String> = list.collect();
            let what = format!(
                "no decision of {by} allows to publish {}: it will not be published",
                list.join(", ")
            );
            let mend = "Record the holder's decision in `decisions`, with `purpose = \"publish\"`";
            self.faults
                .warn((MANDATES_FILE, at), "not-allowed", what, mend);
        }
    }

    fn community(&self, community: &Community) {
        let file = format!("{COMMUNITIES}{}.toml", community.id);
        let by = format!("community `{}`", short(&community.id));
        if let Some(mandate) = &community.mandate {
            let ids = self.plan.mandates.iter().map(|m| m.id.as_str()).collect();
            let known = Known {
                code: "unknown-mandate",
                noun: "mandate",
                file: MANDATES_FILE,
                ids: &ids,
            };
            self.refer((&file, community.at.key("mandate")), mandate, &by, known);
        }
        let Some(newest) = self.plan.newest() else {
            return;
        };
        let ids = newest.measures.iter().map(|m| m.id.as_str()).collect();
        let theirs = Self::path(newest, "measures.toml");
        let known = Known {
            code: "unknown-measure",
            noun: "measure",
            file: &theirs,
            ids: &ids,
        };
        for measure in &community.measures {
            self.refer((&file, community.at.key("measures")), measure, &by, known);
        }
    }
}
