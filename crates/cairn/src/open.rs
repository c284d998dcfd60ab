//! From settings to an open store and the use cases on it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use cairn_app::clock::Clock;
use cairn_app::figures::Sources;
use cairn_app::track::{Folder, Plans};
use cairn_app::{App, Config};
use cairn_desk::canned::CannedAnswers;
use cairn_desk::figures::{Definitions, live, national};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::rates::Rates;
use cairn_desk::report::retention;
use cairn_store::postgres::PgConfig;
use cairn_store::{Database, Memory, Options, SqliteConfig, Store};
use cairn_web::Site;

use crate::args::Usage;
use crate::settings::{LogFormat, Settings};

/// Bytes of ballast in each tenant's directory, beside that of the house: they lie on one disk.
const TENANT_BALLAST_BYTES: u64 = 4 * 1024 * 1024;

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
    if settings.door.is_house() {
        return Ok(options);
    }
    options.tenant = settings.door.name.as_str().into();
    options.ballast_bytes = TENANT_BALLAST_BYTES;
    options.database = match options.database {
        Database::Sqlite(config) => Database::Sqlite(SqliteConfig {
            memory: Memory::Shared,
            ..config
        }),
        Database::Postgres(config) => {
            // Names of tenants have no underscore, so no two names make one schema.
            let schema = format!("tenant_{}", settings.door.name.replace('-', "_"));
            Database::Postgres(Box::new(config.in_schema(&schema)?))
        }
    };
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
    let mut config = settings.app.clone();
    config.rates = rates(settings.rates.as_deref(), &config)?;
    config.figures = figures(settings.figures.as_deref(), &config.figures)?;
    let form = form(settings.form.as_deref())?.with_rates(config.rates.clone());
    config.retention = retention(settings.retention.as_deref(), &form)?.map(|(text, _)| text);
    config.answers = answers(settings.answers.as_deref(), &form)?;
    let store = Store::open(options)
        .await
        .with_context(|| format!("opening {}", settings.data.display()))?;
    Ok(App::new(store, Arc::new(form), config, clock))
}

/// Reads the exchange rates: a file's, or else those of the settings (none but in the demonstration).
///
/// # Errors
/// What is wrong with the file, in words.
pub fn rates(file: Option<&Path>, config: &Config) -> anyhow::Result<Rates> {
    let Some(file) = file else {
        return Ok(if config.rates.base() == config.base_currency {
            config.rates.clone()
        } else {
            Rates::none(&config.base_currency)
        });
    };
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    let rates = Rates::parse(&text).map_err(|e| Usage(format!("{}: {e}", file.display())))?;
    if rates.base() == config.base_currency {
        return Ok(rates);
    }
    Err(Usage(format!(
        "{}: the rates are into {}, but service.base_currency is {}",
        file.display(),
        rates.base(),
        config.base_currency
    ))
    .into())
}

/// Reads and builds the plans that are shown: for who serves them, since it takes its time.
///
/// # Errors
/// A folder cannot be read, or [`Usage`] for a plan that cannot be shown.
pub fn plans(folders: &[PathBuf], site: &Site) -> anyhow::Result<Plans> {
    let folders = folders.iter().map(|path| Folder {
        path: path.clone(),
        read: read_plan,
    });
    Plans::of_folders(folders, cairn_web::track::around(site))
        .map_err(|error| Usage(format!("track.plans: {error}; see `cairn track check`")).into())
}

fn read_plan(path: &Path) -> Result<cairn_track::plan::Files, String> {
    crate::track::folder::read(path).map_err(|error| format!("{error:#}"))
}

/// Reads the figures' definitions, the national series and the settings of live measures: a folder's, or else those of the settings (the
/// built-in ones, but in the demonstration).
///
/// # Errors
/// What is wrong with the files, in words.
pub fn figures(folder: Option<&Path>, otherwise: &Sources) -> anyhow::Result<Sources> {
    let sources = match folder {
        None => otherwise.clone(),
        Some(folder) => {
            let file = folder.join("figures.toml");
            let text = std::fs::read_to_string(&file)
                .with_context(|| format!("reading {}", file.display()))?;
            Sources {
                definitions: Arc::from(text),
                national: optional(&folder.join("national.csv"))?,
                // A folder of before has none: what is built in holds.
                live: optional(&folder.join("live.toml"))?
                    .unwrap_or_else(|| Arc::from(live::EMBEDDED)),
            }
        }
    };
    Definitions::parse(&sources.definitions).map_err(|e| Usage(format!("figures.toml: {e}")))?;
    if let Some(series) = &sources.national {
        national::parse(series).map_err(|e| Usage(format!("national.csv: {e}")))?;
    }
    live::Settings::parse(&sources.live).map_err(|e| Usage(format!("live.toml: {e}")))?;
    Ok(sources)
}

/// Reads the operator's canned answers, if there is a file: its text, which is right.
///
/// # Errors
/// The file cannot be read, or what is wrong in it.
pub fn answers(file: Option<&Path>, form: &Form) -> anyhow::Result<Option<Arc<str>>> {
    let Some(file) = file else {
        return Ok(None);
    };
    let text =
        std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))?;
    match CannedAnswers::parse(&text, form.taxonomy()) {
        Ok(_) => Ok(Some(Arc::from(text))),
        Err(error) => Err(Usage(format!("service.answers, {}:\n{error}", file.display())).into()),
    }
}

/// Reads the operator's rules of retention, if there is a folder: the file's text, and what it says.
///
/// # Errors
/// Every problem of the file, one a line: file, line, what, mend.
pub fn retention(
    folder: Option<&Path>,
    form: &Form,
) -> anyhow::Result<Option<(Arc<str>, retention::Rules)>> {
    let Some(folder) = folder else {
        return Ok(None);
    };
    let file = folder.join(retention::FILE);
    let text =
        std::fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    match retention::Rules::parse(&text, form.taxonomy(), form.languages()) {
        Ok(rules) => Ok(Some((Arc::from(text), rules))),
        Err(problems) => {
            let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
            let folder = folder.display();
            Err(Usage(format!(
                "service.retention, {folder}:\n{}",
                lines.join("\n")
            ))
            .into())
        }
    }
}

/// The text of a file that need not be there.
fn optional(file: &Path) -> anyhow::Result<Option<Arc<str>>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Ok(Some(Arc::from(text))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("reading {}", file.display())),
    }
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

/// How the stores of the tenants are opened, by their names.
///
/// # Errors
/// As [`options`].
pub fn tenants(settings: &Settings) -> anyhow::Result<Vec<(String, Options)>> {
    settings.tenants.iter().map(named).collect()
}

/// How the store of a tenant is opened, with its name.
///
/// # Errors
/// As [`options`].
pub fn named(tenant: &Settings) -> anyhow::Result<(String, Options)> {
    Ok((tenant.door.name.clone(), options(tenant)?))
}

/// There is something of it: its keys, which the first start makes.
#[must_use]
pub fn is_made(settings: &Settings) -> bool {
    settings.data.join("keys").exists()
}

/// `cairn migrate`: the house and all tenants.
///
/// # Errors
/// A database cannot be opened or migrated; those before it are.
pub async fn migrate(settings: &Settings) -> anyhow::Result<()> {
    for one in settings.houses() {
        let store = Store::open(options(one)?).await;
        store.with_context(|| one.called())?.close().await;
    }
    let schema = cairn_store::schema::NEWEST;
    match settings.tenants.len() {
        0 => println!("the database has schema {schema}, the newest this program knows"),
        more => println!(
            "the databases of the house and of {more} tenants have schema {schema}, the newest this program knows"
        ),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_stands_in_for_the_figures_and_a_file_for_the_rates() {
        let dir = tempfile::tempdir().unwrap();
        let figures = |folder| figures(folder, &Sources::default());
        let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
        assert!(figures(Some(dir.path())).is_err(), "no figures.toml");
        write("figures.toml", cairn_desk::figures::EMBEDDED);
        assert!(figures(Some(dir.path())).unwrap().national.is_none());
        write("national.csv", national::EMBEDDED);
        assert!(figures(Some(dir.path())).unwrap().national.is_some());
        write("national.csv", "quarter\n");
        let error = figures(Some(dir.path())).unwrap_err().to_string();
        assert!(error.contains("national.csv: line 1"), "{error}");
        assert!(figures(None).unwrap().national.is_some());
        write("national.csv", national::EMBEDDED);
        assert_eq!(&*figures(Some(dir.path())).unwrap().live, live::EMBEDDED);
        write("live.toml", "answer_target_hours = 24\n");
        let own = figures(Some(dir.path())).unwrap().live;
        assert_eq!(&*own, "answer_target_hours = 24\n");
        write("live.toml", "answer_target_hours = \"soon\"\n");
        let error = figures(Some(dir.path())).unwrap_err().to_string();
        assert!(error.contains("live.toml: "), "{error}");

        let mut config = Config::default();
        write("rates.toml", "base = \"NZD\"\n");
        let file = dir.path().join("rates.toml");
        assert_eq!(rates(Some(&file), &config).unwrap().base(), "NZD");
        "AUD".clone_into(&mut config.base_currency);
        let error = rates(Some(&file), &config).unwrap_err().to_string();
        assert!(error.contains("into NZD"), "{error}");
        assert_eq!(rates(None, &config).unwrap(), Rates::none("AUD"));
    }
}
