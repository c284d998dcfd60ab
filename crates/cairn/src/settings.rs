//! Settings: one definition each feeds the parser, the environment, `--set`, the reference page and the errors.
//!
//! Later sources win: built-in default, settings file, environment (`CAIRN_SERVER_LISTEN` for `server.listen`),
//! `--set server.listen=…`.

mod defs;
mod read;
mod tenants;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::LazyLock;

use crate::lmtp::Place;
use cairn_app::account::oidc::{OidcConfig, Secret};
use cairn_app::dkim::DkimConfig;
use cairn_desk::signin::Passwords;
use cairn_web::server::ServerSettings;
pub use defs::DEFS;
use read::{Given, ReadError, env_name};
pub use tenants::{Door, TENANT_HOSTS_MAX, TENANT_NAME_MAX, TENANT_TITLE_MAX, TENANTS_MAX};

/// The keys of all settings.
static KEYS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| DEFS.iter().map(|def| def.key).collect());

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
    /// Folder of the figures' definitions, the national series and `live.toml`; none takes the built-in ones.
    pub figures: Option<PathBuf>,
    /// Folder of the rules of retention; none takes the built-in ones.
    pub retention: Option<PathBuf>,
    /// File of canned answers; none takes the built-in ones.
    pub answers: Option<PathBuf>,
    /// Folders of the plans that are shown.
    pub plans: Vec<PathBuf>,
    /// Server for outgoing mail.
    pub smtp: Option<String>,
    /// Sender of outgoing mail.
    pub mail_from: String,
    /// What signs outgoing mail; an empty key signs nothing.
    pub dkim: DkimConfig,
    /// The provider at which officers can sign in; an empty issuer turns it off.
    pub oidc: OidcConfig,
    /// File of our secret there.
    pub oidc_secret_file: Option<PathBuf>,
    /// Passwords are for the emergency account alone.
    pub emergency_only: bool,
    /// Its login.
    pub emergency_login: String,
    /// Where mail servers hand messages over; none turns it off.
    pub lmtp: Option<Place>,
    /// How log lines look.
    pub log_format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter like `cairn=debug,info`.
    pub log_level: String,
    /// Name of the mail server whose `Authentication-Results` are believed.
    pub mail_authserv: Option<String>,
    /// By which door people come in.
    pub door: Door,
    /// The tenants, each with settings of its own. A tenant has none.
    pub tenants: Vec<Settings>,
    /// Keys that somebody set, wherever.
    given: BTreeSet<&'static str>,
    /// What was given for tenants.
    for_tenants: Vec<Given>,
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
    /// No TOML, or no such key.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The value does not fit.
    #[error("{source_name}: setting `{key}`: {cause}; it takes {takes}")]
    Value {
        /// Which source.
        source_name: String,
        /// Which.
        key: String,
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
        // Made once: the rules of cases among them are read from a file.
        static MADE: LazyLock<Settings> = LazyLock::new(Settings::made);
        MADE.clone()
    }

    fn made() -> Self {
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
            retention: None,
            answers: None,
            plans: Vec::new(),
            smtp: None,
            mail_from: String::new(),
            log_format: LogFormat::Text,
            log_level: String::new(),
            mail_authserv: None,
            dkim: DkimConfig::default(),
            oidc: OidcConfig::default(),
            oidc_secret_file: None,
            emergency_only: false,
            emergency_login: String::new(),
            lmtp: None,
            door: Door::default(),
            tenants: Vec::new(),
            given: BTreeSet::new(),
            for_tenants: Vec::new(),
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
        settings.take_all(read::from_environment(environment, &KEYS)?)?;
        settings.take_all(read::from_words(overrides, &KEYS)?)?;
        let given = std::mem::take(&mut settings.for_tenants);
        let as_read = settings.clone();
        settings.oidc.roles = settings.oidc.roles.of_tenant(None);
        settings.finish()?;
        settings.tenants = tenants::all(&as_read, given)?;
        Ok(settings)
    }

    /// Reads a settings file's text.
    ///
    /// # Errors
    /// See [`SettingsError`].
    pub fn read_toml(&mut self, text: &str, source_name: &str) -> Result<(), SettingsError> {
        self.take_all(read::from_toml(text, source_name, &KEYS)?)
    }

    /// What is for the house is taken at once, what is for tenants when all is read.
    fn take_all(&mut self, all: Vec<Given>) -> Result<(), SettingsError> {
        let (own, theirs) = all.into_iter().partition(|one| one.tenant.is_none());
        self.for_tenants.extend::<Vec<Given>>(theirs);
        self.take(own)
    }

    /// `https` where we serve TLS ourselves, else `http`.
    #[must_use]
    pub fn scheme(&self) -> &'static str {
        if self.server.tls.is_some() {
            "https"
        } else {
            "http"
        }
    }

    /// Whether somebody set this key, in the file, the environment or on the command line.
    #[must_use]
    pub fn is_given(&self, key: &str) -> bool {
        self.given.contains(key)
    }

    fn take(&mut self, all: Vec<Given>) -> Result<(), SettingsError> {
        for given in all {
            let Some(def) = DEFS.iter().find(|def| def.key == given.key) else {
                continue;
            };
            let key = given.written();
            (def.set)(self, &given.value).map_err(|cause| SettingsError::Value {
                source_name: given.source,
                key,
                cause,
                takes: def.takes,
            })?;
            self.given.insert(def.key);
        }
        Ok(())
    }

    /// What belongs to the officers' sign-in.
    fn sign_in(&mut self) -> Result<(), SettingsError> {
        if let Some(path) = &self.oidc_secret_file {
            let text = std::fs::read_to_string(path).map_err(|cause| {
                let path = path.display();
                SettingsError::Together(format!("`oidc.client_secret_file`: {path}: {cause}"))
            })?;
            self.oidc.client_secret = Secret::new(text.trim());
        }
        self.app.oidc = (!self.oidc.issuer.is_empty()).then(|| self.oidc.clone());
        self.app.passwords = match (self.emergency_only, self.emergency_login.as_str()) {
            (false, _) => Passwords::Everybody,
            (true, "") => {
                let text = "`signin.passwords = \"emergency\"` needs `signin.emergency_login`";
                return Err(SettingsError::Together(text.into()));
            }
            (true, login) => Passwords::Emergency(login.to_owned()),
        };
        Ok(())
    }

    /// Puts together what concerns several settings.
    fn finish(&mut self) -> Result<(), SettingsError> {
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
        self.sign_in()?;
        self.app.dkim = (!self.dkim.key.as_os_str().is_empty()).then(|| self.dkim.clone());
        self.site.https = self.site.public_url.starts_with("https://") || self.server.tls.is_some();
        self.log_origin = self.origin();
        Ok(())
    }

    /// Name of the evidence log: the one that was set, or one from the host of the public address.
    fn origin(&self) -> String {
        if !self.log_origin.is_empty() {
            return self.log_origin.clone();
        }
        let url = &self.site.public_url;
        let host = url.split("://").nth(1).unwrap_or("localhost");
        let host = host.split(['/', ':']).next().unwrap_or("localhost");
        format!("{host}/cairn-log")
    }
}

/// The reference page, in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(
        "# Settings\n\nMade by `cargo xtask generate` from the definitions in the program; do not edit.\n\n\
         A settings file is TOML: `cairn serve --config cairn.toml`. Each setting can also come from the environment \
         or from `--set key=value`; later sources win: default, file, environment, `--set`. \
         An unknown key is an error that names the nearest known one.\n\nA tenant (docs/operators.md) has the settings of \
         its own below, and may have those of the house, such as `tenant.NAME.service.name`, but for those of the listener \
         and the process; what it does not set is as in the house, but for addresses of mail, DKIM, S/MIME, plans, folders of machine reports and the name of \
         the log. Settings of tenants stand in the file or come by `--set`, not from the environment.\n",
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
        let variable = if group == "tenant" {
            String::new()
        } else {
            format!("<br>`{}`", env_name(def.key))
        };
        out.push_str(&format!(
            "| `{}`{variable} | {} | {} | {} |\n",
            def.key, def.takes, default, def.doc
        ));
    }
    out
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

    #[test]
    fn a_provider_comes_from_tables_and_its_secret_from_a_file_and_is_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        let secret = dir.path().join("secret");
        std::fs::write(&secret, "s3cret-of-the-test\n").unwrap();
        let file = dir.path().join("cairn.toml");
        let text = format!(
            "[oidc]\nissuer = 'https://id.example.org'\nclient_id = 'cairn'\nclient_secret_file = {:?}\n\
             [[oidc.roles]]\ngroup = 'cn=desk,dc=example'\nrole = 'lead'\n[[oidc.roles]]\ngroup = 'b'\nrole = 'officer'",
            secret.display().to_string()
        );
        std::fs::write(&file, text).unwrap();
        let settings = Settings::load(Some(&file), [].into_iter(), &[]).unwrap();
        assert!(!format!("{settings:?}").contains("s3cret"));
        let oidc = settings.app.oidc.unwrap();
        assert_eq!(oidc.client_secret.get(), Some("s3cret-of-the-test"));
        assert_eq!(oidc.roles.grants().len(), 2);
        assert_eq!(oidc.fault(), None);
        assert!(Settings::defaults().app.oidc.is_none());
    }

    #[test]
    fn passwords_are_off_only_with_a_way_for_emergencies() {
        let load = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            Settings::load(None, [].into_iter(), &words)
        };
        let error = load(&["signin.passwords=emergency"]).unwrap_err();
        assert!(error.to_string().contains("signin.emergency_login"));
        let both = load(&["signin.passwords=emergency", "signin.emergency_login=Glass"]).unwrap();
        assert_eq!(both.app.passwords, Passwords::Emergency("glass".into()));
    }

    #[test]
    fn what_was_set_is_known_apart_from_defaults() {
        let words = ["server.listen=127.0.0.1:9".to_owned()];
        let settings = Settings::load(None, [].into_iter(), &words).unwrap();
        assert!(settings.is_given("server.listen") && !settings.is_given("storage.data"));
    }

    /// Text that is nearly right for some setting, or nothing at all.
    fn any_value() -> impl proptest::strategy::Strategy<Value = String> {
        use proptest::prelude::*;
        prop_oneof![
            ".*",
            "[0-9]{0,25}(s|m|h|B|KiB|MiB|GiB|k|)",
            "[0-9a-f:.\\[\\]]{0,20}(:|/)[0-9]{0,6}",
            "([A-Za-z]{2,4}=[0-9.eE+-]{0,8},?){0,3}",
            "(https?|smtps?|postgres)://.{0,20}",
            "(sqlite|text|json|info|NZD|UTC|Pacific/Auckland)",
        ]
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(100))]

        /// A value is taken, or the error names the key and what it takes; nothing panics, also not the checks that
        /// concern several settings.
        #[test]
        fn any_text_for_any_setting_is_taken_or_refused_with_its_name(value in any_value()) {
            for def in DEFS {
                let word = format!("{}={value}", def.key);
                match Settings::load(None, [].into_iter(), &[word]) {
                    Ok(settings) => assert!(settings.is_given(def.key)),
                    Err(SettingsError::Together(text)) => assert!(text.contains(def.key), "{text}"),
                    Err(error) => {
                        let text = error.to_string();
                        assert!(text.contains(def.key) && text.contains(def.takes), "{text}");
                    }
                }
            }
        }
    }
}
