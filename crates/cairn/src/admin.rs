//! What commands may wish of an app, done here or by the process that serves the data.

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_app::App;
use cairn_app::account::{Doer, NewAccount};
use cairn_app::conversation::Handed;
use cairn_app::export::{ExportQuery, Format};
use cairn_app::retention::{OUTLOOK_DAYS, Standing};
use cairn_desk::report::{Part, State};
use cairn_kernel::actor::Role;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::constituents::ConstituentWish;
use crate::import::ImportWish;
use crate::out::Out;
use crate::seat::SeatWish;

/// A wish. Crosses the control socket as JSON.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "wish", rename_all = "snake_case")]
pub enum Wish {
    /// Make an account.
    UserAdd {
        /// Login.
        login: String,
        /// Name to show.
        name: String,
        /// Role.
        role: Role,
    },
    /// List accounts.
    UserList,
    /// A new first password; the authenticator is forgotten.
    UserReset {
        /// Login.
        login: String,
    },
    /// About the seats of the strategy office.
    Seat {
        /// What.
        seat: SeatWish,
    },
    /// How much of what there is.
    Stats,
    /// What the rules of retention would erase.
    Retention,
    /// All reports, in pieces.
    ExportReports {
        /// `csv` or `jsonl`.
        format: String,
    },
    /// Take a mail message: onto the thread of a report, or as a report of its own.
    TakeMail {
        /// The message, base64.
        message: String,
        /// Whose `Authentication-Results` are believed.
        authserv_id: Option<String>,
    },
    /// Look at the sources of machine reports that are fetched or watched.
    FeedsPull {
        /// Only at this one, by its code.
        source: Option<String>,
    },
    /// About something that another system kept.
    Import {
        /// What.
        import: Box<ImportWish>,
    },
    /// About constituents.
    Constituents {
        /// What.
        constituents: Box<ConstituentWish>,
    },
}

impl Wish {
    /// It concerns the plans, which have to be read for it.
    #[must_use]
    pub const fn needs_plans(&self) -> bool {
        matches!(self, Self::Seat { .. })
    }

    /// A wish to take a message.
    #[must_use]
    pub fn take_mail(message: &[u8], authserv_id: Option<String>) -> Self {
        Self::TakeMail {
            message: STANDARD.encode(message),
            authserv_id,
        }
    }

    /// Does it; what is long goes to `out`.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub async fn fulfil(self, app: &App, out: &mut Out) -> anyhow::Result<Value> {
        match self {
            Self::UserAdd { login, name, role } => {
                let new = NewAccount {
                    login: &login,
                    name: &name,
                    role,
                };
                let (_, password) = app.create_account(Doer::System, new).await?;
                Ok(json!({ "login": login, "first_password": password }))
            }
            Self::UserList => {
                let accounts = app.accounts(Doer::System).await?;
                Ok(accounts
                    .iter()
                    .map(|a| {
                        json!({
                            "login": a.login, "name": a.name, "role": a.role, "enrolled": a.enrolled,
                            "must_change": a.must_change, "disabled": a.disabled,
                        })
                    })
                    .collect())
            }
            Self::UserReset { login } => {
                let accounts = app.accounts(Doer::System).await?;
                let Some(account) = accounts.iter().find(|a| a.login == login) else {
                    bail!("there is no account {login:?}; `cairn user list` shows them");
                };
                let password = app.reset_account(Doer::System, &account.id).await?;
                Ok(json!({ "login": login, "first_password": password }))
            }
            Self::Seat { seat } => seat.fulfil(app).await,
            Self::Stats => stats(app).await,
            Self::Retention => retention(app).await,
            Self::ExportReports { format } => export(app, &format, out).await,
            Self::FeedsPull { source } => {
                let all = app.pull_sources(Doer::System, source.as_deref()).await?;
                let one = |one: &cairn_app::feeds::LookedAt| json!({ "source": one.code, "came": one.came, "report": one.arrival, "error": one.error });
                Ok(all.iter().map(one).collect())
            }
            Self::Import { import } => import.fulfil(app).await,
            Self::Constituents { constituents } => constituents.fulfil(app).await,
            Self::TakeMail {
                message,
                authserv_id,
            } => {
                let message = STANDARD
                    .decode(message)
                    .context("the message is no base64")?;
                let handed = Handed {
                    authserv_id: authserv_id.as_deref(),
                    ..Handed::default()
                };
                let taken = app.take_mail(&message, handed).await?;
                Ok(json!({ "reference": taken.reference(), "again": taken.again() }))
            }
        }
    }
}

async fn stats(app: &App) -> anyhow::Result<Value> {
    let figures = app.figures().await?;
    let quarter = figures.quarters.last().context("no quarter")?;
    let (due, given_up) = app.bare_store().count_jobs().await?;
    let stats = app.bare_store().stats().await?;
    let mut answer = serde_json::Map::new();
    for state in State::ALL {
        let found = stats.states.iter().find(|(name, _)| name == state.as_str());
        let count = found.map_or(0, |(_, count)| *count);
        answer.insert(format!("reports_{}", state.as_str()), json!(count));
    }
    let rest = json!({
        "evidence_log_size": stats.log_entries,
        "files": stats.files,
        "file_bytes": stats.file_bytes,
        "database_bytes": stats.database_bytes,
        "disk_free_bytes": cairn_store::room::free(app.bare_store().dir()),
        "drafts": stats.drafts,
        "quarter": quarter.quarter.to_string(),
        "incidents_this_quarter": quarter.incidents.count(),
        "accounts": app.accounts(Doer::System).await?.len(),
        "jobs_due": due,
        "jobs_given_up": given_up,
        "writer_queue": app.bare_store().writer().waiting(),
        "disk_full": app.bare_store().writer().is_full(),
    });
    if let Value::Object(rest) = rest {
        answer.extend(rest);
    }
    Ok(Value::Object(answer))
}

async fn retention(app: &App) -> anyhow::Result<Value> {
    let outlook = app.retention_outlook(Doer::System).await?;
    let state = match outlook.standing {
        Standing::BuiltIn => "built_in",
        Standing::InForce => "in_force",
        Standing::Waiting => "waiting",
    };
    let named = |counts: &[u64; 3]| {
        let parts = Part::ALL.into_iter().zip(counts);
        let pairs = parts.map(|(part, count)| (part.as_str().to_owned(), json!(count)));
        Value::Object(pairs.collect())
    };
    let categories = outlook.counts.iter().map(|(category, counts)| {
        json!({ "category": category, "now": named(&counts.now), "soon": named(&counts.soon) })
    });
    Ok(json!({
        "version": outlook.rules.version(),
        "state": state,
        "days": OUTLOOK_DAYS,
        "closed": outlook.closed,
        "held": outlook.held,
        "categories": categories.collect::<Vec<_>>(),
    }))
}

async fn export(app: &App, format: &str, out: &mut Out) -> anyhow::Result<Value> {
    let format = Format::parse(format).with_context(|| format!("there is no format {format:?}"))?;
    let mut export = app
        .begin_export(
            Doer::System,
            ExportQuery {
                format,
                category: None,
            },
        )
        .await?;
    while let Some(piece) = export.next().await? {
        out.piece(piece.as_ref()).await?;
    }
    out.end().await?;
    Ok(json!({ "reports": export.rows }))
}
