//! What is done to reach the goals.

use serde::Serialize;

use super::super::at::At;
use super::super::choice::choices;
use super::super::decimal::Decimal;
use super::super::period::Period;
use super::super::vintage::Vintage;
use super::super::words::Words;

choices! {
    /// What kind of initiative it is.
    InitiativeKind {
        /// One that the plan names first.
        Flagship = "flagship",
        /// Any other with resources.
        Other = "other",
        /// One without resources yet; it has no budget.
        LookingAhead = "looking-ahead",
    }
}

choices! {
    /// Whether money was only set aside or has been spent.
    BudgetState {
        /// Set aside.
        Allocated = "allocated",
        /// Spent.
        Drawn = "drawn",
    }
}

/// An initiative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Initiative {
    /// Id.
    pub id: String,
    /// Kind.
    pub kind: InitiativeKind,
    /// Title.
    pub title: Words,
    /// Ids of its themes.
    pub themes: Vec<String>,
    /// Ids of its goals.
    pub goals: Vec<String>,
    /// The organisation that answers for it.
    pub owner: String,
    /// Id of the source that names the owner; `None` if nothing confirms it (`unconfirmed` in the file).
    pub owner_basis: Option<String>,
    /// Other organisations.
    pub co_owners: Vec<String>,
    /// What it is about, in Markdown.
    pub text: Option<Words>,
    /// Name of its narrative.
    pub narrative: Option<String>,
    /// What comes next.
    pub next_step: Option<Words>,
    /// By when.
    pub due: Option<Period>,
    /// What is claimed about it, with the source.
    pub status_evidence: Vec<StatusEvidence>,
    /// Ids of initiatives that must come first.
    pub depends_on: Vec<String>,
    /// Id of the source that states it.
    pub source: String,
    /// The law or decision it rests on.
    pub legal_basis: Option<Words>,
    /// Actions.
    #[serde(rename = "action")]
    pub actions: Vec<Action>,
    /// Milestones.
    #[serde(rename = "milestone")]
    pub milestones: Vec<Milestone>,
    /// Budget lines.
    #[serde(rename = "budget")]
    pub budgets: Vec<Budget>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A claim about an initiative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusEvidence {
    /// Id of the source.
    pub source: String,
    /// When it was said.
    pub on: Option<Period>,
    /// What was said.
    pub claim: Words,
    /// Id of the return that says so; `None` if the office wrote it itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub returned: Option<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// An action of an initiative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Action {
    /// Id, unique in its initiative.
    pub id: String,
    /// Title.
    pub title: Words,
    /// Who does it, if not the owner of the initiative.
    pub owner: Option<String>,
    /// By when.
    pub due: Option<Period>,
    /// When it was done; a period if the day is not known.
    pub done: Option<Period>,
    /// Ids of sources that show it.
    pub evidence: Vec<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// A milestone of an initiative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Milestone {
    /// Id, unique in its initiative.
    pub id: String,
    /// Title.
    pub title: Words,
    /// By when.
    pub due: Period,
    /// When it was reached; a period if the day is not known.
    pub done: Option<Period>,
    /// Ids of sources that show it.
    pub evidence: Vec<String>,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}

/// One line of money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Budget {
    /// What it is for.
    pub line: Words,
    /// Amount in major units of the currency.
    pub amount: Decimal,
    /// Currency, ISO 4217.
    pub currency: String,
    /// Set aside or spent.
    pub state: BudgetState,
    /// The time it is for.
    pub period: Option<Period>,
    /// Id of the source.
    pub source: String,
    /// When it was published.
    pub vintage: Vintage,
    /// Where it stands.
    #[serde(skip)]
    pub at: At,
}
