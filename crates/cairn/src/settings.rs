//! Settings: one definition each feeds the parser, the environment, `--set`, the reference page and the errors.
//!
//! Later sources win: built-in default, settings file, environment (`CAIRN_SERVER_LISTEN` for `server.listen`),
//! `--set server.listen=…`.

mod defs;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use cairn_web::server::ServerSettings;
pub use defs::DEFS;

/// One setting.
pub struct Def {
    /// Dotted key.
    pub key: &'static str,
    /// What it takes, in words with the unit.
    pub takes: &'static str,
    /// Built-in default, as it would be written.
    pub default: &'static str,
    /// One or two sentences.
    pub doc: &'static str,
    /// Parses and stores a value.
    pub set: fn(&mut Settings, &str) -> Result<(), String>,
}

/// All settings, parsed.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Data directory.
    pub data: PathBuf,
    /// `sqlite` or `postgres://…`.
    pub database: String,
    /// Certificate authority of the database.
    pub database_authority: Option<PathBuf>,
    /// Address of the public listener.
    pub listen: SocketAddr,
    /// Address of the metrics listener; none turns it off.
    pub metrics_listen: Option<SocketAddr>,
    /// Limits of the public listener.
    pub server: ServerSettings,
    /// Certificate chain and key.
    pub tls: (Option<PathBuf>, Option<PathBuf>),
    /// Texts and addresses.
    pub site: cairn_web::Site,
    /// Origin of the evidence log; empty takes the host of the public address.
    pub log_origin: String,
    /// The use cases' settings.
    pub app: cairn_app::Config,
    /// Folder of the form; none takes the built-in one.
    pub form: Option<PathBuf>,
    /// File of exchange rates; none knows no rate.
    pub rates: Option<PathBuf>,
    /// Folder of the figures' definitions and the national series; none takes the built-in ones.
    pub figures: Option<PathBuf>,
    /// Server for outgoing mail.
    pub smtp: Option<String>,
    /// Sender of outgoing mail.
    pub mail_from: String,
    /// How log lines look.
    pub log_format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter like `cairn=debug,info`.
    pub log_level: String,
    /// Name of the mail server whose `Authentication-Results` are believed.
    pub mail_authserv: Option<String>,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One line of text an event.
    Text,
    /// One JSON object a line.
    Json,
}

/// Something is wrong with the settings.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file.
    #[error("settings file {path}: {cause}")]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        cause: String,
    },
    /// No such key.
    #[error("{source_name}: unknown setting `{key}`{}", nearest.as_ref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// Which source.
        source_name: String,
        /// As written.
        key: String,
        /// The nearest known one.
        nearest: Option<&'static str>,
    },
    /// The value does not fit.
    #[error("{source_name}: setting `{key}`: {cause}; it takes {takes}")]
    Value {
        /// Which source.
        source_name: String,
        /// Which.
        key: &'static str,
        /// Why.
        cause: String,
        /// What it takes.
        takes: &'static str,
    },
    /// Settings that do not go together.
    #[error("settings: {0}")]
    Together(String),
}

impl Settings {
    /// Built-in defaults.
    #[must_use]
    pub fn defaults() -> Self {
        let mut settings = Self {
            data: PathBuf::from("cairn-data"),
            database: String::new(),
            database_authority: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            metrics_listen: None,
            server: ServerSettings::default(),
            tls: (None, None),
            site: cairn_web::Site::example(),
            log_origin: String::new(),
            app: cairn_app::Config::default(),
            form: None,
            rates: None,
            figures: None,
            smtp: None,
            mail_from: String::new(),
            log_format: LogFormat::Text,
            log_level: String::new(),
            mail_authserv: None,
        };
        for def in DEFS {
            // A test holds every default to its own parser.
            let _checked = (def.set)(&mut settings, def.default);
        }
        settings
    }

    /// Reads file, environment and overrides, in this order.
    ///
    /// # Errors
    /// The first thing that is wrong, with where it stands.
    pub fn load(
        file: Option<&PathBuf>,
        environment: impl Iterator<Item = (String, String)>,
        overrides: &[String],
    ) -> Result<Self, SettingsError> {
        let mut settings = Self::defaults();
        if let Some(path) = file {
            let fault = |cause: String| SettingsError::File {
                path: path.clone(),
                cause,
            };
            let text = std::fs::read_to_string(path).map_err(|e| fault(e.to_string()))?;
            settings.read_toml(&text, &path.display().to_string())?;
        }
        for (name, value) in environment {
            let Some(rest) = name.strip_prefix("CAIRN_") else {
                continue;
            };
            // Only names of our sections are settings: tools beside us have variables of their own.
            let group = rest.split('_').next().unwrap_or_default().to_lowercase();
            if !DEFS
                .iter()
                .any(|def| def.key.split('.').next() == Some(group.as_str()))
            {
                continue;
            }
            let found = DEFS.iter().find(|def| env_name(def.key) == name);
            let key = found.map_or_else(
                || rest.to_lowercase().replacen('_', ".", 1),
                |def| def.key.to_owned(),
            );
            settings.set(&key, &value, &format!("environment {name}"))?;
        }
        for pair in overrides {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            settings.set(key.trim(), value.trim(), "--set")?;
        }
        settings.together()?;
        Ok(settings)
    }

    /// Reads a settings file's text.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn read_toml(&mut self, text: &str, source_name: &str) -> Result<(), SettingsError> {
        let table: toml::Table =
            text.parse()
                .map_err(|error: toml::de::Error| SettingsError::File {
                    path: PathBuf::from(source_name),
                    cause: error.to_string(),
                })?;
        let mut pairs = Vec::new();
        flatten("", &table, &mut pairs);
        for (key, value) in pairs {
            self.set(&key, &value, source_name)?;
        }
        Ok(())
    }

    /// Sets one value.
    ///
    /// # Errors
    /// Unknown key, or a value that does not fit.
    pub fn set(&mut self, key: &str, value: &str, source_name: &str) -> Result<(), SettingsError> {
        let Some(def) = DEFS.iter().find(|def| def.key == key) else {
            let nearest = DEFS
                .iter()
                .map(|def| (strsim::damerau_levenshtein(def.key, key), def.key))
                .min()
                .filter(|(distance, _)| *distance <= key.len().div_ceil(2))
                .map(|(_, key)| key);
            return Err(SettingsError::Unknown {
                source_name: source_name.to_owned(),
                key: key.to_owned(),
                nearest,
            });
        };
        (def.set)(self, value).map_err(|cause| SettingsError::Value {
            source_name: source_name.to_owned(),
            key: def.key,
            cause,
            takes: def.takes,
        })
    }

    fn together(&mut self) -> Result<(), SettingsError> {
        self.server.tls = match self.tls.clone() {
            (Some(certificates), Some(key)) => {
                Some(cairn_web::server::TlsFiles { certificates, key })
            }
            (None, None) => None,
            _ => {
                let text = "`server.tls_certificates` and `server.tls_key` go together";
                return Err(SettingsError::Together(text.into()));
            }
        };
        self.app.mail = self.smtp.clone().map(|smtp_url| cairn_app::MailConfig {
            smtp_url,
            from: self.mail_from.clone(),
        });
        self.site.https = self.site.public_url.starts_with("https://") || self.server.tls.is_some();
        if self.log_origin.is_empty() {
            let host = self
                .site
                .public_url
                .split("://")
                .nth(1)
                .unwrap_or("localhost");
            let host = host.split(['/', ':']).next().unwrap_or("localhost");
            self.log_origin = format!("{host}/cairn-log");
        }
        Ok(())
    }
}

/// `server.listen` is `CAIRN_SERVER_LISTEN` in the environment.
#[must_use]
pub fn env_name(key: &str) -> String {
    format!("CAIRN_{}", key.replace('.', "_").to_uppercase())
}

fn flatten(prefix: &str, table: &toml::Table, out: &mut Vec<(String, String)>) {
    for (name, value) in table {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            toml::Value::Table(inner) => flatten(&key, inner, out),
            toml::Value::String(text) => out.push((key, text.clone())),
            toml::Value::Array(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| {
                        item.as_str()
                            .map_or_else(|| item.to_string(), str::to_owned)
                    })
                    .collect();
                out.push((key, items.join(",")));
            }
            other => out.push((key, other.to_string())),
        }
    }
}

/// The reference page, in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(
        "# Settings\n\nMade by `cargo xtask generate` from the definitions in the program; do not edit.\n\n\
         A settings file is TOML: `cairn serve --config cairn.toml`. Each setting can also come from the environment \
         or from `--set key=value`; later sources win: default, file, environment, `--set`. \
         An unknown key is an error that names the nearest known one.\n",
    );
    let mut section = "";
    for def in DEFS {
        let (group, _) = def.key.split_once('.').unwrap_or((def.key, ""));
        if group != section {
            section = group;
            out.push_str(&format!(
                "\n## `[{group}]`\n\n| setting | takes | default | |\n| --- | --- | --- | --- |\n"
            ));
        }
        let default = if def.default.is_empty() {
            "–".to_owned()
        } else {
            format!("`{}`", def.default)
        };
        out.push_str(&format!(
            "| `{}`<br>`{}` | {} | {} | {} |\n",
            def.key,
            env_name(def.key),
            def.takes,
            default,
            def.doc
        ));
    }
    out
}

/// Reads a duration: `10s`, `5m`, `2h`.
fn duration(text: &str) -> Result<Duration, String> {
    let (digits, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("{text:?} is no duration"))?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return Err(format!("{text:?} lacks a unit (s, m or h)")),
    };
    Ok(Duration::from_secs(number.saturating_mul(seconds)))
}

/// Reads a number of bytes: `512`, `64KiB`, `25MiB`, `1GiB`.
fn bytes(text: &str) -> Result<u64, String> {
    let (digits, unit) = text.split_at(
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len()),
    );
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("{text:?} is no number of bytes"))?;
    let factor = match unit {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return Err(format!("{unit:?} is no unit (B, KiB, MiB or GiB)")),
    };
    Ok(number.saturating_mul(factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_passes_its_own_parser() {
        for def in DEFS {
            let mut settings = Settings::defaults();
            assert_eq!((def.set)(&mut settings, def.default), Ok(()), "{}", def.key);
        }
    }

    #[test]
    fn the_way_out_is_the_forms_unless_set() {
        assert_eq!(Settings::defaults().site.exit_to, "");
    }

    #[test]
    fn keys_are_unique_grouped_and_documented() {
        let mut keys: Vec<&str> = DEFS.iter().map(|def| def.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), DEFS.len());
        assert!(
            DEFS.iter()
                .all(|def| def.doc.len() > 20 && def.key.contains('.'))
        );
    }

    #[test]
    fn an_unknown_key_names_the_nearest() {
        let error = Settings::defaults()
            .read_toml("[server]\nlistn = '127.0.0.1:1'", "a.toml")
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "a.toml: unknown setting `server.listn`; did you mean `server.listen`?"
        );
    }

    #[test]
    fn later_sources_win_and_bad_values_say_what_is_taken() {
        let environment = [("CAIRN_SERVER_LISTEN".to_owned(), "127.0.0.1:2".to_owned())];
        let settings = Settings::load(
            None,
            environment.into_iter(),
            &["files.bytes_max=1MiB".to_owned()],
        )
        .unwrap();
        assert_eq!(settings.listen.port(), 2);
        assert_eq!(settings.app.file_bytes_max, 1 << 20);
        let error = Settings::load(
            None,
            [].into_iter(),
            &["server.header_time_max=fast".into()],
        )
        .unwrap_err();
        assert!(error.to_string().contains("a duration"), "{error}");
    }

    #[test]
    fn a_certificate_without_key_is_refused() {
        let error =
            Settings::load(None, [].into_iter(), &["server.tls_key=/k".into()]).unwrap_err();
        assert!(error.to_string().contains("go together"));
    }
}
