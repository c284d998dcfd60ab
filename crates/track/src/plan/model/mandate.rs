//! Data under its owners' rule: who may allow what, and pages of a community's own.

use jiff::civil::Date;
use serde::Serialize;

use super::super::at::At;
use super::super::choice::choices;
use super::super::words::Words;

choices! {
    /// What a mandate's holder decided.
    Ruling {
        /// The purpose is allowed.
        Allowed = "allowed",
        /// It is not.
        Refused = "refused",
    }
}

choices! {
    /// Who sees a community's page.
    Visible {
        /// Everybody.
        Public = "public",
        /// Members of the community.
        Members = "members",
        /// The strategy office.
        Office = "office",
    }
}

/// Who may allow what with some series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mandate {
    /// Id.
    pub id: String,
    /// Who decides.
    pub holder: String,
    /// Ids of the series it covers.
    pub series: Vec<String>,
    /// Purposes it covers: `publish`, `combine` or others.
    pub purposes: Vec<String>,
    /// The last day on which it holds.
    #[serde(serialize_with = "crate::plan::day::option")]
    pub until: Option<Date>,
    /// Traditional Knowledge and Biocultural label ids, such as `TK A`.
    pub labels: Vec<String>,
    /// Terms.
    pub terms: Words,
    /// Decisions on record, in the order of the file.
    pub decisions: Vec<Decision>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A decision of a mandate's holder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// The day from which it holds.
    #[serde(serialize_with = "crate::plan::day::text")]
    pub on: Date,
    /// The office that decided.
    pub by: String,
    /// For which purpose.
    pub purpose: String,
    /// What was decided.
    pub decision: Ruling,
    /// The last day on which it holds.
    #[serde(serialize_with = "crate::plan::day::option")]
    pub until: Option<Date>,
    /// A remark.
    pub note: Option<Words>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

impl Mandate {
    /// The newest decision for a purpose by that day; of several on one day the last in the file.
    #[must_use]
    pub fn decision(&self, purpose: &str, on: Date) -> Option<&Decision> {
        self.decisions
            .iter()
            .filter(|decision| decision.purpose == purpose && decision.on <= on)
            .max_by_key(|decision| decision.on)
    }

    /// A purpose is allowed on that day: the newest decision says so, and neither it nor the mandate has run out.
    #[must_use]
    pub fn allows(&self, purpose: &str, on: Date) -> bool {
        let holds = |until: Option<Date>| until.is_none_or(|until| on <= until);
        self.decision(purpose, on).is_some_and(|decision| {
            decision.decision == Ruling::Allowed && holds(decision.until) && holds(self.until)
        })
    }
}

/// A community's own page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Community {
    /// Id: the name of its file.
    pub id: String,
    /// Title.
    pub title: Words,
    /// Who sees it.
    pub visible: Visible,
    /// Who decides on it.
    pub holder: String,
    /// Ids of the measures it shows, of the newest edition.
    pub measures: Vec<String>,
    /// What it says, in Markdown.
    pub text: Option<Words>,
    /// Name of its narrative, in the newest edition.
    pub narrative: Option<String>,
    /// Id of its mandate.
    pub mandate: Option<String>,
    /// It is an example and no real community.
    pub fictional: bool,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn decided(on: Date, purpose: &str, decision: Ruling, until: Option<Date>) -> Decision {
        Decision {
            on,
            by: "Trust board".into(),
            purpose: purpose.into(),
            decision,
            until,
            note: None,
            at: At::default(),
        }
    }

    #[test]
    fn the_newest_decision_holds_until_it_runs_out() {
        let mut mandate = Mandate {
            id: "m".into(),
            holder: "Trust board".into(),
            series: vec![],
            purposes: vec!["publish".into()],
            until: Some(date(2026, 12, 31)),
            labels: vec![],
            terms: Words::english("As agreed"),
            decisions: vec![
                decided(date(2025, 1, 1), "publish", Ruling::Refused, None),
                decided(
                    date(2024, 1, 1),
                    "publish",
                    Ruling::Allowed,
                    Some(date(2024, 6, 30)),
                ),
                decided(date(2026, 1, 1), "publish", Ruling::Allowed, None),
                decided(date(2026, 1, 1), "combine", Ruling::Refused, None),
            ],
            at: At::default(),
        };
        let allows = |m: &Mandate, on| m.allows("publish", on);
        assert!(!allows(&mandate, date(2023, 12, 31)));
        assert!(allows(&mandate, date(2024, 6, 30)));
        assert!(!allows(&mandate, date(2024, 7, 1)));
        assert!(!allows(&mandate, date(2025, 6, 1)));
        assert!(allows(&mandate, date(2026, 12, 31)));
        assert!(!allows(&mandate, date(2027, 1, 1)));
        assert!(!mandate.allows("combine", date(2026, 2, 1)));
        assert!(!mandate.allows("sell", date(2026, 2, 1)));
        // The last of one day wins, whatever it says.
        mandate
            .decisions
            .push(decided(date(2026, 1, 1), "publish", Ruling::Refused, None));
        assert!(!allows(&mandate, date(2026, 2, 1)));
    }
}
