//! The command line. Exit codes: 0 done, 1 failed, 2 wrong usage or settings, 3 something was checked and is wrong.

use std::path::PathBuf;
use std::process::ExitCode;

use cairn_kernel::actor::Role;
use clap::{Parser, Subcommand, ValueEnum};

use crate::admin::Wish;
use crate::constituents::{self, Constituents};
use crate::feeds::Feeds;
use crate::import::Import;
use crate::openpgp::{self, OpenPgp};
use crate::seat::SeatWish;
use crate::settings::Settings;
use crate::track::Track;
use crate::{
    backup, check, control, demo, doctor, export, generate, import, mail, open, serve, show, tenant,
};

/// What the program's exit codes mean.
pub const EXIT_CODES: &str =
    "Exit codes: 0 done; 1 failed; 2 wrong usage or settings; 3 a check found something wrong.";

/// One place to report cyber incidents, and a desk for those who act on them.
#[derive(Debug, Parser)]
#[command(
    name = "cairn",
    version,
    after_help = format!("{EXIT_CODES}\nTo look around: cairn demo")
)]
pub struct Args {
    /// Settings file (TOML). Without it the built-in defaults hold.
    #[arg(long, short, global = true, value_name = "FILE", env = "CAIRN_CONFIG")]
    pub config: Option<PathBuf>,
    /// Data directory; short for `--set storage.data=DIR`.
    #[arg(long, short, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Address to serve on; short for `--set server.listen=ADDRESS:PORT`.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// The tenant that the command is about. Without it: the house itself; for serve, migrate, doctor, log verify, backup and
    /// restore, the house and all its tenants.
    #[arg(long, global = true, value_name = "NAME")]
    pub tenant: Option<String>,
    /// Any setting, like `--set files.bytes_max=10MiB`; see docs/reference/settings.md.
    #[arg(long = "set", global = true, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the public pages, the desk and the API until told to stop (SIGTERM or Ctrl-C).
    Serve,
    /// Fill a fresh data directory with example reports and people, and serve it, to look around.
    Demo {
        /// Without example machine reports and what follows from them: notices, answers, a claim.
        #[arg(long)]
        no_machine_reports: bool,
    },
    /// Check disk, clock, settings, form, database, log, mail; say what to do about what is wrong.
    Doctor {
        /// Connect to the outgoing mail server too.
        #[arg(long)]
        mail: bool,
        /// Read every stored file back too; takes as long as there are bytes.
        #[arg(long)]
        full: bool,
    },
    /// Write everything into one file, also while cairn serves.
    Backup {
        /// The file to make.
        file: PathBuf,
        /// Seal it with this key file, which is made if it is not there.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// Restore a backup into an empty data directory, and verify every record of it.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Its key file, if it is sealed.
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Restore even if records disagree with the evidence log.
        #[arg(long)]
        accept_findings: bool,
    },
    /// Bring the database's schema up to date (serving does so too).
    Migrate,
    /// Accounts of those who work here.
    #[command(subcommand)]
    User(User),
    /// Agencies or sectors on this installation that cannot see each other.
    #[command(subcommand)]
    Tenant(Tenant),
    /// The evidence log.
    #[command(subcommand)]
    Log(Log),
    /// Receipts that reporters hold.
    #[command(subcommand)]
    Receipt(Receipt),
    /// Take data out.
    #[command(subcommand)]
    Export(Export),
    /// Reports that come by other ways than the form.
    #[command(subcommand)]
    Report(Report),
    /// The OpenPGP key of the service.
    #[command(subcommand)]
    Openpgp(OpenPgp),
    /// Take over what another system kept, with its old numbers, threads, files and times. Run it as often as you like: what is
    /// here already is not taken twice. Works beside a running server.
    Import(Import),
    /// How long what reports hold is kept.
    #[command(subcommand)]
    Retention(Retention),
    /// Machine reports: read them by hand, take them in, ask what was seen.
    #[command(subcommand)]
    Feeds(Feeds),
    /// The organisations that the team serves: whose networks are whose, and whom to tell.
    #[command(subcommand)]
    Constituents(Constituents),
    /// A strategy kept as files: check it, publish it, verify what somebody published.
    #[command(subcommand)]
    Track(Track),
    /// How much of what there is.
    Stats,
    /// Completions for a shell, on standard output.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Write the generated reference pages, manual and completions below a directory.
    #[command(hide = true)]
    Generate {
        /// Where to.
        dir: PathBuf,
    },
}

/// Accounts.
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make an account; prints its first password, which must be changed at the first sign-in.
    Add {
        /// Name to sign in with: lower-case letters, digits and . _ - @
        login: String,
        /// Name to show.
        #[arg(long)]
        name: String,
        /// officer, lead, administrator, auditor, owner, statistician, publisher or reviewer.
        #[arg(long, default_value = "officer")]
        role: Role,
    },
    /// List the accounts.
    List,
    /// Give an account a new first password and forget its authenticator.
    Reset {
        /// Name to sign in with.
        login: String,
    },
    /// Say which accounts file returns for which organisations of a strategy.
    #[command(subcommand)]
    Seat(Seat),
}

/// Seats of the strategy office.
#[derive(Debug, Subcommand)]
pub enum Seat {
    /// Let an account with the role of an owner file returns for an organisation, or change its address for reminders.
    Add {
        /// Name to sign in with.
        login: String,
        /// Id of the plan, as in its plan.toml.
        #[arg(long)]
        plan: String,
        /// The organisation, as the plan names it.
        #[arg(long)]
        owner: String,
        /// Address that is reminded of what is due.
        #[arg(long)]
        mail: Option<String>,
    },
    /// List the seats.
    List {
        /// Id of the plan; all plans if absent.
        #[arg(long)]
        plan: Option<String>,
    },
    /// Take a seat away. What was filed stays.
    Remove {
        /// Name to sign in with.
        login: String,
        /// Id of the plan.
        #[arg(long)]
        plan: String,
        /// The organisation, as `list` shows it.
        #[arg(long)]
        owner: String,
    },
}

/// Tenants.
#[derive(Debug, Subcommand)]
pub enum Tenant {
    /// List them: name, title, doors, and where their data lie. The settings make them (`tenant.NAME.title` and the like).
    List,
}

/// The evidence log.
#[derive(Debug, Subcommand)]
pub enum Log {
    /// Recompute the whole log, compare every stored record with it, and read every stored file back. Works beside a
    /// running server.
    Verify {
        /// Published key list to check against, instead of the data directory's own.
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
    },
    /// Sign with a new key from now on; the old one stays in the published list. Stop the server first.
    RotateKey,
}

/// Receipts.
#[derive(Debug, Subcommand)]
pub enum Receipt {
    /// Check a receipt file offline against the published keys.
    Verify {
        /// The receipt (`….tlog-proof`).
        file: PathBuf,
        /// Published key list (served at `/log.keys`); default is the data directory's own.
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
    },
}

/// Take data out.
#[derive(Debug, Subcommand)]
pub enum Export {
    /// All reports, without contact details. Logged in the evidence log.
    Reports {
        /// csv or jsonl.
        #[arg(long, default_value = "csv")]
        format: Format,
        /// File to write; standard output if absent.
        #[arg(long, short, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values with a header, safe for spreadsheets.
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// Keeping times.
#[derive(Debug, Subcommand)]
pub enum Retention {
    /// Check the rules, and say what they would erase now and within 30 days. Changes nothing.
    Check,
}

/// Reports by other ways.
#[derive(Debug, Subcommand)]
pub enum Report {
    /// Make reports of mail: one message on standard input (as a mail server's pipe), a maildir or an mbox.
    ImportMail {
        /// Take the new messages of a maildir and mark them as seen.
        #[arg(long, value_name = "DIR", conflicts_with = "mbox")]
        maildir: Option<PathBuf>,
        /// Take all messages of an mbox file.
        #[arg(long, value_name = "FILE")]
        mbox: Option<PathBuf>,
    },
}

impl Args {
    /// The command runs until it is told to stop.
    #[must_use]
    pub const fn serves(&self) -> bool {
        matches!(self.command, Command::Serve | Command::Demo { .. })
    }

    /// The short flags, as settings.
    #[must_use]
    pub fn overrides(&self) -> Vec<String> {
        let mut pairs = Vec::new();
        if let Some(data) = &self.data {
            pairs.push(format!("storage.data={}", data.display()));
        }
        if let Some(listen) = &self.listen {
            pairs.push(format!("server.listen={listen}"));
        }
        pairs.extend(self.set.iter().cloned());
        pairs
    }

    /// Does what was asked.
    ///
    /// # Errors
    /// Whatever went wrong, in words.
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        match self.command {
            Command::Serve => serve::run(settings).await,
            Command::Demo { no_machine_reports } => demo::run(settings, !no_machine_reports).await,
            Command::Doctor { mail, full } => doctor::run(&settings, mail, full).await,
            Command::Migrate => open::migrate(&settings).await,
            Command::User(user) => user.run(&settings).await,
            Command::Tenant(Tenant::List) => {
                tenant::list(&settings);
                Ok(())
            }
            Command::Stats => show::stats(&control::ask(&settings, Wish::Stats).await?),
            Command::Export(Export::Reports { format, out }) => {
                export::reports(&settings, format, out).await
            }
            Command::Retention(Retention::Check) => {
                let form = open::form(settings.form.as_deref())?;
                // Said before the data are asked for: a file with faults keeps them from being opened.
                open::retention(settings.retention.as_deref(), &form)?;
                show::retention(&control::ask(&settings, Wish::Retention).await?)
            }
            Command::Report(Report::ImportMail { maildir, mbox }) => {
                mail::import(&settings, maildir, mbox).await
            }
            Command::Openpgp(wanted) => openpgp::run(&settings, wanted),
            Command::Constituents(asked) => constituents::run(&settings, asked).await,
            Command::Import(asked) => import::run(&settings, &asked).await,
            Command::Log(Log::RotateKey) => open::rotate_key(&settings).await,
            other => blocking(move || other.run_blocking(&settings, self.config)).await,
        }
    }
}

impl Command {
    /// Commands that wait for the disk and start runtimes of their own.
    fn run_blocking(self, settings: &Settings, config: Option<PathBuf>) -> anyhow::Result<()> {
        match self {
            Self::Backup { file, key } => {
                backup::back_up(settings, &file, key.as_deref(), config.as_deref())
            }
            Self::Restore {
                file,
                key,
                accept_findings,
            } => backup::restore(settings, &file, key.as_deref(), accept_findings),
            Self::Log(Log::Verify { keys }) => check::log(settings, keys.as_deref()),
            Self::Receipt(Receipt::Verify { file, keys }) => check::receipt(settings, &file, keys),
            Self::Track(track) => track.run(settings),
            Self::Feeds(feeds) => feeds.run(settings),
            Self::Generate { dir } => generate::all(&dir),
            Self::Completions { shell } => {
                generate::completions(shell);
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

async fn blocking(
    work: impl FnOnce() -> anyhow::Result<()> + Send + 'static,
) -> anyhow::Result<()> {
    tokio::task::spawn_blocking(work).await?
}

impl User {
    async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let (wish, print): (Wish, fn(&serde_json::Value) -> anyhow::Result<()>) = match self {
            Self::Add { login, name, role } => {
                (Wish::UserAdd { login, name, role }, show::first_password)
            }
            Self::List => (Wish::UserList, show::users),
            Self::Reset { login } => (Wish::UserReset { login }, show::first_password),
            Self::Seat(Seat::Add {
                login,
                plan,
                owner,
                mail,
            }) => {
                let seat = SeatWish::Add {
                    login,
                    plan,
                    owner,
                    mail,
                };
                (Wish::Seat { seat }, show::seat)
            }
            Self::Seat(Seat::List { plan }) => {
                let seat = SeatWish::List { plan };
                (Wish::Seat { seat }, show::seats)
            }
            Self::Seat(Seat::Remove { login, plan, owner }) => {
                let seat = SeatWish::Remove { login, plan, owner };
                (Wish::Seat { seat }, show::seat)
            }
        };
        print(&control::ask(settings, wish).await?)
    }
}

/// Wrong usage or settings: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// A check found something wrong: exit code 3.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct CheckFailed(pub String);

/// The exit code of a failure.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    if error.is::<Usage>() {
        ExitCode::from(2)
    } else if error.is::<CheckFailed>() {
        ExitCode::from(3)
    } else {
        ExitCode::from(1)
    }
}
