//! `cairn user seat`: who files returns for which organisation of a strategy.

use anyhow::bail;
use cairn_app::App;
use cairn_app::account::Doer;
use cairn_app::report::AppError;
use cairn_app::track::{SeatError, SeatView};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A wish about seats.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeatWish {
    /// Let an account file returns for an organisation of a strategy.
    Add {
        /// Login.
        login: String,
        /// Id of the plan.
        plan: String,
        /// The organisation.
        owner: String,
        /// Address for reminders.
        mail: Option<String>,
    },
    /// List seats.
    List {
        /// Id of the plan; all if absent.
        plan: Option<String>,
    },
    /// Take a seat away.
    Remove {
        /// Login.
        login: String,
        /// Id of the plan.
        plan: String,
        /// The organisation.
        owner: String,
    },
}

impl SeatWish {
    /// Does it.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub async fn fulfil(self, app: &App) -> anyhow::Result<Value> {
        match self {
            Self::Add {
                login,
                plan,
                owner,
                mail,
            } => {
                let of = (login.as_str(), owner.as_str());
                let given = app.give_seat(Doer::System, &plan, of, mail.as_deref());
                given.await.map_err(|error| failed(error, &plan))?;
                Ok(json!({ "login": login, "plan": plan, "owner": owner, "mail": mail }))
            }
            Self::List { plan } => {
                let seats = app.seats(Doer::System, plan.as_deref()).await?;
                let one = |seat: &SeatView| {
                    json!({
                        "login": seat.login, "name": seat.name, "plan": seat.seat.plan,
                        "owner": seat.seat.owner, "mail": seat.seat.mail,
                    })
                };
                Ok(seats.iter().map(one).collect())
            }
            Self::Remove { login, plan, owner } => {
                let seats = app.seats(Doer::System, Some(&plan)).await?;
                let is_it = |seat: &&SeatView| seat.login == login && seat.seat.owner == owner;
                let Some(seat) = seats.iter().find(is_it) else {
                    bail!("there is no such seat; `cairn user seat list` shows them");
                };
                let of = (seat.seat.account.as_str(), owner.as_str());
                app.take_seat(Doer::System, &plan, of).await?;
                Ok(json!({ "login": login, "plan": plan, "owner": owner }))
            }
        }
    }
}

/// What went wrong, and what to do.
fn failed(error: SeatError, plan: &str) -> anyhow::Error {
    match error {
        SeatError::App(AppError::NotFound) => anyhow::anyhow!(
            "no plan {plan:?} is shown here; the setting `track.plans` names the folders, and the id stands in plan.toml"
        ),
        other => other.into(),
    }
}
