//! How each owner stands: steps by their dates and evidence, money, and what nobody measures.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use crate::live;
use crate::plan::{Budget, BudgetState, Decimal, Edition, Measure, Plan, Row};
use crate::progress::milestone::Standing;
use crate::report::InitiativeReport;
use crate::report::publish::{PUBLISH, published, withheld};

/// How many steps stand how on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Steps {
    /// Done by their day, with evidence.
    pub on_time: usize,
    /// Done with evidence, and no day was set.
    pub done: usize,
    /// Done after their day, with evidence.
    pub late: usize,
    /// Not done, and their day has passed.
    pub overdue: usize,
    /// Said to be done, and nothing but the claimant's own word shows it.
    pub without_evidence: usize,
    /// Not done, and their day is to come.
    pub due: usize,
    /// Not done, and no day is set.
    pub no_date: usize,
}

impl Steps {
    fn count(&mut self, standing: Standing) {
        *match standing {
            Standing::OnTime => &mut self.on_time,
            Standing::Done => &mut self.done,
            Standing::Late { .. } => &mut self.late,
            Standing::Overdue { .. } => &mut self.overdue,
            Standing::WithoutEvidence => &mut self.without_evidence,
            Standing::Due { .. } => &mut self.due,
            Standing::NoDate => &mut self.no_date,
        } += 1;
    }

    /// All of them.
    #[must_use]
    pub const fn total(&self) -> usize {
        self.on_time
            + self.done
            + self.late
            + self.overdue
            + self.without_evidence
            + self.due
            + self.no_date
    }
}

/// Sums of budget lines in one currency, as exact decimal texts of major units. What is drawn is not taken off what is
/// allocated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Money {
    /// Currency, ISO 4217.
    pub currency: String,
    /// Set aside.
    pub allocated: String,
    /// Spent.
    pub drawn: String,
    /// Budget lines that were added up.
    pub lines: usize,
}

/// One owner's score on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgencyScore {
    /// The organisation, as the plan names it.
    pub owner: String,
    /// Ids of the initiatives it answers for, in the edition's order.
    pub initiatives: Vec<String>,
    /// Ids of those it is a co-owner of, in the edition's order. Their steps and money count for the owner only.
    pub co_owned: Vec<String>,
    /// Milestones of its initiatives.
    pub milestones: Steps,
    /// Actions that it is to do itself: those that name it, and those of its initiatives that name nobody.
    pub actions: Steps,
    /// Money of its initiatives, by currency; only lines published by that day.
    pub budgets: Vec<Money>,
    /// Ids of the measures of the goals that its initiatives work for. A measure counts for everybody who works for its
    /// goal, since the plan gives measures no owner.
    pub measures: Vec<String>,
    /// Those of them without any value by that day. One that is withheld by its holder is not among them: nobody may know.
    pub without_data: Vec<String>,
    /// Claims that nothing, or only the claimant's own word, shows ([`super::claims_without_evidence`]).
    pub claims: usize,
}

/// The score of every owner, co-owner and owner of an action in an edition, by name.
#[must_use]
pub fn scorecard(plan: &Plan, edition: &Edition, as_of: Date) -> Vec<AgencyScore> {
    let mut all: BTreeMap<String, AgencyScore> = BTreeMap::new();
    let mut money: BTreeMap<(String, String), Sums> = BTreeMap::new();
    let mut goals: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for initiative in &edition.initiatives {
        let owner = &initiative.owner;
        let report = InitiativeReport::of(plan, initiative, as_of);
        let score = score(&mut all, owner);
        score.initiatives.push(initiative.id.clone());
        for milestone in &report.milestones {
            score.milestones.count(milestone.standing);
        }
        for action in &report.actions {
            let doer = action.action.owner.as_ref().unwrap_or(owner);
            self::score(&mut all, doer).actions.count(action.standing);
        }
        for claim in &report.claims {
            self::score(&mut all, &claim.owner).claims += 1;
        }
        for other in initiative.co_owners.iter().filter(|other| *other != owner) {
            self::score(&mut all, other)
                .co_owned
                .push(initiative.id.clone());
        }
        for budget in initiative.budgets.iter().filter(|b| b.vintage.by(as_of)) {
            let key = (owner.clone(), budget.currency.clone());
            money.entry(key).or_default().add(budget);
        }
        let ours = goals.entry(owner.clone()).or_default();
        ours.extend(initiative.goals.iter().map(String::as_str));
    }
    for ((owner, currency), sums) in money {
        score(&mut all, &owner).budgets.push(Money {
            currency,
            allocated: sums.allocated.text(),
            drawn: sums.drawn.text(),
            lines: sums.lines,
        });
    }
    for measure in &edition.measures {
        let lacks = without_data(plan, measure, as_of);
        for (owner, goals) in &goals {
            if goals.contains(measure.goal.as_str()) {
                let score = score(&mut all, owner);
                score.measures.push(measure.id.clone());
                score.without_data.extend(lacks.then(|| measure.id.clone()));
            }
        }
    }
    all.into_values().collect()
}

fn score<'a>(all: &'a mut BTreeMap<String, AgencyScore>, owner: &str) -> &'a mut AgencyScore {
    all.entry(owner.to_owned()).or_insert_with(|| AgencyScore {
        owner: owner.to_owned(),
        initiatives: Vec::new(),
        co_owned: Vec::new(),
        milestones: Steps::default(),
        actions: Steps::default(),
        budgets: Vec::new(),
        measures: Vec::new(),
        without_data: Vec::new(),
        claims: 0,
    })
}

/// There has never been a value that may be told, and none is computed while the service runs.
fn without_data(plan: &Plan, measure: &Measure, as_of: Date) -> bool {
    let live = measure.query.as_ref().map(live::series_id);
    if live.is_some() {
        return false;
    }
    let Some(id) = measure.series.as_deref() else {
        return true;
    };
    if withheld(plan, id, PUBLISH, as_of).is_some() {
        return false;
    }
    let series = published(plan, measure, as_of);
    series.is_none_or(|series| {
        let tells = |row: &Row| row.value.is_some() || is_hidden(row);
        let mut known = series.rows.iter().filter(|row| row.vintage.by(as_of));
        // Only where some rows tell a value and others none does it matter which of them was published last.
        match known.next().map(tells) {
            None => true,
            Some(first) if known.all(|row| tells(row) == first) => !first,
            Some(_) => !series.seen(as_of).into_iter().any(tells),
        }
    })
}

/// There is a value, which is withheld to protect those it is about.
fn is_hidden(row: &Row) -> bool {
    row.missing == Some(crate::plan::Missing::Suppressed)
}

#[derive(Default)]
struct Sums {
    allocated: Sum,
    drawn: Sum,
    lines: usize,
}

impl Sums {
    fn add(&mut self, budget: &Budget) {
        self.lines += 1;
        match budget.state {
            BudgetState::Allocated => self.allocated.add(budget.amount),
            BudgetState::Drawn => self.drawn.add(budget.amount),
        }
    }
}

/// Digits after the point that a [`Decimal`] can have at most.
const PARTS: usize = 17;
/// 10 to the power of [`PARTS`].
const ONE: i128 = 100_000_000_000_000_000;

/// An exact sum of decimals: of 18 digits each, so that neither part can pass 128 bits.
#[derive(Default)]
struct Sum {
    whole: i128,
    /// In units of 10 to the power of -[`PARTS`].
    part: i128,
    decimals: usize,
}

impl Sum {
    fn add(&mut self, amount: Decimal) {
        let text = amount.to_string();
        let (sign, body) = text
            .strip_prefix('-')
            .map_or((1, text.as_str()), |body| (-1, body));
        let (whole, part) = body.split_once('.').unwrap_or((body, ""));
        self.decimals = self.decimals.max(part.len());
        self.whole += sign * whole.parse::<i128>().unwrap_or(0);
        self.part += sign * format!("{part:0<PARTS$}").parse::<i128>().unwrap_or(0);
    }

    fn text(&self) -> String {
        let (whole, part) = (
            self.whole + self.part.div_euclid(ONE),
            self.part.rem_euclid(ONE),
        );
        let (sign, whole, part) = match (whole < 0, part) {
            (true, 0) => ("-", -whole, 0),
            (true, part) => ("-", -whole - 1, ONE - part),
            (false, part) => ("", whole, part),
        };
        let parts = format!("{part:0PARTS$}");
        match parts.get(..self.decimals) {
            Some(shown) if !shown.is_empty() => format!("{sign}{whole}.{shown}"),
            _ => format!("{sign}{whole}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::super::tests::{example, plan_of};
    use super::*;

    fn sum(amounts: &[&str]) -> String {
        let mut sum = Sum::default();
        for amount in amounts {
            sum.add(amount.parse().unwrap());
        }
        sum.text()
    }

    #[test]
    fn sums_are_exact() {
        for (amounts, wanted) in [
            (&[][..], "0"),
            (&["71250", "18000.50"], "89250.50"),
            (&["0.1", "0.2"], "0.3"),
            (&["-0.25", "0.5", "-1"], "-0.75"),
            (&["-1", "1"], "0"),
            (&["0.99", "0.01"], "1.00"),
            (
                &["999999999999999999", "0.12345678901234567"],
                "999999999999999999.12345678901234567",
            ),
        ] {
            assert_eq!(sum(amounts), wanted);
        }
    }

    #[test]
    fn the_harbour_has_a_score_for_each_owner() {
        let plan = example("example-harbour");
        let edition = plan.newest().unwrap();
        let all = scorecard(&plan, edition, edition.as_of);
        let names: Vec<&str> = all.iter().map(|score| score.owner.as_str()).collect();
        assert!(names.is_sorted());
        let initiatives: usize = all.iter().map(|score| score.initiatives.len()).sum();
        assert_eq!(initiatives, edition.initiatives.len());
        let milestones: usize = all.iter().map(|score| score.milestones.total()).sum();
        let steps = edition.initiatives.iter();
        assert_eq!(milestones, steps.map(|i| i.milestones.len()).sum::<usize>());
        let actions: usize = all.iter().map(|score| score.actions.total()).sum();
        let steps = edition.initiatives.iter();
        assert_eq!(actions, steps.map(|i| i.actions.len()).sum::<usize>());
        let lines: usize = all
            .iter()
            .flat_map(|score| &score.budgets)
            .map(|m| m.lines)
            .sum();
        let budgets = edition.initiatives.iter().flat_map(|i| &i.budgets);
        assert_eq!(
            lines,
            budgets.filter(|b| b.vintage.by(edition.as_of)).count()
        );
        // Before the money was published there was none.
        let early = scorecard(&plan, edition, date(2020, 1, 1));
        assert!(early.iter().all(|score| score.budgets.is_empty()));
        assert!(early.iter().all(|score| score.milestones.on_time == 0));
    }

    #[test]
    fn each_standing_and_each_lack_is_counted_where_it_belongs() {
        let plan = plan_of(
            r#"
[[initiative]]
id = "a"
kind = "flagship"
title = "A"
goals = ["g"]
owner = "Office"
owner_basis = "unconfirmed"
co_owners = ["Other"]
source = "paper"
action = [
  { id = "x", title = "X", due = "2024", done = "2023", evidence = ["news"] },
  { id = "y", title = "Y", owner = "Doer" },
]
milestone = [
  { id = "1", title = "1", due = "2024", done = "2024-05-01", evidence = ["news"] },
  { id = "2", title = "2", due = "2024", done = "2025-05-01", evidence = ["council"] },
  { id = "3", title = "3", due = "2024" },
  { id = "4", title = "4", due = "2024", done = "2024" },
  { id = "5", title = "5", due = "2031" },
]
budget = [
  { line = "L", amount = "10.5", currency = "NZD", state = "allocated", source = "paper", vintage = "2024" },
  { line = "L", amount = "4", currency = "NZD", state = "drawn", source = "paper", vintage = "2024" },
  { line = "L", amount = "7", currency = "NZD", state = "drawn", source = "paper", vintage = "2027" },
  { line = "L", amount = "1", currency = "AUD", state = "drawn", source = "paper", vintage = "2024" },
]
"#,
        );
        let all = scorecard(&plan, plan.newest().unwrap(), date(2026, 1, 1));
        let names: Vec<&str> = all.iter().map(|score| score.owner.as_str()).collect();
        assert_eq!(names, ["Doer", "Office", "Other"]);
        let office = &all[1];
        let Steps {
            on_time,
            late,
            overdue,
            without_evidence,
            due,
            ..
        } = office.milestones;
        assert_eq!(
            (on_time, late, overdue, without_evidence, due),
            (1, 1, 1, 1, 1)
        );
        assert_eq!((office.actions.on_time, office.actions.total()), (1, 1));
        assert_eq!((all[0].actions.no_date, all[0].initiatives.len()), (1, 0));
        assert_eq!(all[2].co_owned, ["a"]);
        let money: Vec<(&str, &str, &str)> = office
            .budgets
            .iter()
            .map(|m| (m.currency.as_str(), m.allocated.as_str(), m.drawn.as_str()))
            .collect();
        assert_eq!(money, [("AUD", "0", "1"), ("NZD", "10.5", "4")]);
        assert_eq!(office.measures, ["never", "late", "live", "seen"]);
        assert_eq!(office.without_data, ["never", "late"]);
        assert_eq!(office.claims, 1);
        // The figure of `late` is out by then.
        let later = scorecard(&plan, plan.newest().unwrap(), date(2030, 1, 1));
        assert_eq!(later[1].without_data, ["never"]);
    }

    proptest! {
        #[test]
        fn sums_are_those_of_cents(cents in proptest::collection::vec(-1_000_000_i64..1_000_000, 0..20)) {
            let mut sum = Sum::default();
            for cents in &cents {
                let text = format!("{}{}.{:02}", if *cents < 0 { "-" } else { "" }, cents.abs() / 100, cents.abs() % 100);
                if let Ok(amount) = text.parse() {
                    sum.add(amount);
                }
            }
            let total: i64 = cents.iter().sum();
            prop_assert_eq!((sum.text().parse::<f64>().unwrap() * 100.0).round() as i64, total);
        }
    }
}
