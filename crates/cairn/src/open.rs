//! From settings to an open store and the use cases on it.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use cairn_app::App;
use cairn_app::clock::Clock;
use cairn_desk::form::{Form, FormFiles};
use cairn_store::postgres::PgConfig;
use cairn_store::{Database, Options, Store};

use crate::args::Usage;
use crate::settings::{LogFormat, Settings};

/// Log lines go to standard error; user text, addresses and secrets never reach them.
pub fn log_to_stderr(settings: &Settings) -> anyhow::Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&settings.log_level)
        .map_err(|error| Usage(format!("log.level: {error}")))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let set = match settings.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    set.map_err(|error| anyhow::anyhow!("starting the log: {error}"))
}

/// How the settings want the store opened.
///
/// # Errors
/// The database's address does not parse.
pub fn options(settings: &Settings) -> anyhow::Result<Options> {
    let mut options = Options::sqlite(&settings.data, &settings.log_origin);
    if settings.database != "sqlite" {
        let config = PgConfig::new(&settings.database, settings.database_authority.clone())?;
        options.database = Database::Postgres(Box::new(config));
    }
    Ok(options)
}

/// Opens the store and puts the use cases on it.
///
/// # Errors
/// What is wrong with the form, the directory or the database, in words.
pub async fn app(settings: &Settings) -> anyhow::Result<App> {
    assemble(settings, options(settings)?, Clock::System).await
}

/// An app with a clock of the caller's, on a store that does not wait for the disk: for filling in examples.
///
/// # Errors
/// As [`app`].
pub async fn app_for_examples(settings: &Settings, clock: Clock) -> anyhow::Result<App> {
    let mut options = options(settings)?;
    if let Database::Sqlite(config) = &mut options.database {
        config.synchronous = "OFF";
    }
    assemble(settings, options, clock).await
}

async fn assemble(settings: &Settings, options: Options, clock: Clock) -> anyhow::Result<App> {
    let form = form(settings.form.as_deref())?;
    let store = Store::open(options)
        .await
        .with_context(|| format!("opening {}", settings.data.display()))?;
    Ok(App::new(store, Arc::new(form), settings.app.clone(), clock))
}

/// Reads the form: the built-in one, or a folder's.
///
/// # Errors
/// Every problem of the form, one a line.
pub fn form(folder: Option<&Path>) -> anyhow::Result<Form> {
    let texts = folder.map(read_folder).transpose()?;
    let files = texts.map_or_else(FormFiles::embedded, FormFiles::from_dir_texts);
    Form::parse(&files).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Usage(format!(
            "the form has {} problems:\n{}",
            lines.len(),
            lines.join("\n")
        ))
        .into()
    })
}

fn read_folder(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("reading {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default()
            .to_owned();
        if name.ends_with(".toml") {
            files.push((
                name,
                std::fs::read_to_string(&path).with_context(|| path.display().to_string())?,
            ));
        }
    }
    Ok(files)
}

/// `cairn migrate`.
///
/// # Errors
/// The database cannot be opened or migrated.
pub async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    let store = Store::open(options(settings)?).await?;
    store.close().await;
    println!(
        "the database has schema {}, the newest this program knows",
        cairn_store::schema::NEWEST
    );
    Ok(())
}

/// `cairn log rotate-key`.
///
/// # Errors
/// A server is running, or the key files cannot be written.
pub async fn rotate_key(settings: &Settings) -> anyhow::Result<()> {
    // Opening takes the lock, so that no server signs with the old key meanwhile.
    let store = Store::open(options(settings)?).await?;
    let size = store.newest_checkpoint().await?.map_or(0, |(size, _)| size);
    let key =
        cairn_store::keys::Keys::rotate(&settings.data.join("keys"), &settings.log_origin, size)?;
    store.close().await;
    println!("from log size {size} on, checkpoints are signed by\n{key}");
    Ok(())
}
