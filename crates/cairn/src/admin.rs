//! What commands may wish of an app, done here or by the process that serves the data.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cairn_app::App;
use cairn_app::account::{Doer, NewAccount};
use cairn_app::export::{ExportQuery, Format};
use cairn_kernel::actor::Role;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

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
    /// How much of what there is.
    Stats,
    /// Write all reports into a file.
    ExportReports {
        /// `csv` or `jsonl`.
        format: String,
        /// Absolute path.
        file: PathBuf,
    },
    /// Make a report of a mail message.
    ImportMail {
        /// The message, base64.
        message: String,
        /// Whose `Authentication-Results` are believed.
        authserv_id: Option<String>,
    },
}

impl Wish {
    /// A wish to import a message.
    #[must_use]
    pub fn import_mail(message: &[u8], authserv_id: Option<String>) -> Self {
        Self::ImportMail {
            message: STANDARD.encode(message),
            authserv_id,
        }
    }

    /// Does it.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub async fn fulfil(self, app: &App) -> anyhow::Result<Value> {
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
            Self::Stats => stats(app).await,
            Self::ExportReports { format, file } => export(app, &format, &file).await,
            Self::ImportMail {
                message,
                authserv_id,
            } => {
                let message = STANDARD
                    .decode(message)
                    .context("the message is no base64")?;
                let received = app.import_mail(&message, authserv_id.as_deref()).await?;
                Ok(json!({ "reference": received.reference, "again": received.again }))
            }
        }
    }
}

async fn stats(app: &App) -> anyhow::Result<Value> {
    let figures = app.figures().await?;
    let quarter = figures.quarters.last().context("no quarter")?;
    let failed = app.bare_store().failed_jobs(1_000).await?.len();
    Ok(json!({
        "evidence_log_size": figures.log_size,
        "quarter": quarter.quarter.to_string(),
        "incidents_this_quarter": quarter.incidents.count(),
        "accounts": app.accounts(Doer::System).await?.len(),
        "jobs_given_up": failed,
        "writer_queue": app.bare_store().writer().waiting(),
        "disk_full": app.bare_store().writer().is_full(),
    }))
}

async fn export(app: &App, format: &str, file: &Path) -> anyhow::Result<Value> {
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
    let mut out = tokio::fs::File::create(file)
        .await
        .with_context(|| file.display().to_string())?;
    while let Some(piece) = export.next().await? {
        out.write_all(&piece).await?;
    }
    out.flush().await?;
    Ok(json!({ "reports": export.rows }))
}
