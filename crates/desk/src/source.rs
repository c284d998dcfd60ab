//! Where machine reports come from: what a source may be, when it is looked at next, and how much of it is read in a day.

use cairn_kernel::time::Micros;
use serde::{Deserialize, Serialize};

/// Longest name, characters.
pub const SOURCE_NAME_CHARS_MAX: usize = 100;
/// Longest code, bytes.
pub const SOURCE_CODE_BYTES_MAX: usize = 40;
/// Longest address, bytes.
pub const SOURCE_ADDRESS_BYTES_MAX: usize = 500;
/// Senders of one source.
pub const SOURCE_SENDERS_MAX: usize = 50;
/// Longest secret, bytes.
pub const SOURCE_SECRET_BYTES_MAX: usize = 500;
/// Minutes between two looks, at least.
pub const SOURCE_EVERY_MINUTES_MIN: u32 = 1;
/// Minutes between two looks, at most: a week.
pub const SOURCE_EVERY_MINUTES_MAX: u32 = 7 * 24 * 60;
/// Windows beyond ten years are a slip; hours.
pub const SOURCE_WINDOW_HOURS_MAX: u32 = 24 * 3_660;
/// Rows of a day that can be set.
pub const SOURCE_QUOTA_ROWS_MAX: u64 = 1_000_000_000;
/// The longest wait after looks that failed.
const BACK_OFF_SECONDS_MAX: i64 = 24 * 3_600;
const DAY_US: i64 = 86_400_000_000;

/// How reports come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Somebody, or a program with an officer's token, sends them here.
    Upload,
    /// They appear in a folder.
    Folder,
    /// They are attached to mail.
    Mail,
    /// They are fetched by HTTP.
    Pull,
    /// They are fetched from Shadowserver's reports API.
    Shadowserver,
}

impl SourceKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::Upload,
        Self::Folder,
        Self::Mail,
        Self::Pull,
        Self::Shadowserver,
    ];

    /// Its code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Folder => "folder",
            Self::Mail => "mail",
            Self::Pull => "pull",
            Self::Shadowserver => "shadowserver",
        }
    }

    /// By its code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == code)
    }

    /// We look for reports by ourselves.
    #[must_use]
    pub const fn is_looked_at(self) -> bool {
        matches!(self, Self::Folder | Self::Pull | Self::Shadowserver)
    }

    /// We ask another machine.
    #[must_use]
    pub const fn asks(self) -> bool {
        matches!(self, Self::Pull | Self::Shadowserver)
    }
}

/// A source as somebody wants it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceWanted {
    /// What people call it.
    pub name: String,
    /// `schema`, or the name of a format.
    pub format: String,
    /// The schema or mapping, a file in the operator's folder; empty: none.
    pub file: String,
    /// `feed.name` of what is read; empty: the schema's word, or the format.
    pub feed: String,
    /// `feed.provider`; empty: what the report says.
    pub provider: String,
    /// Hours without a sighting after which an observation is gone.
    pub window_hours: Option<u32>,
    /// Each report tells all there is.
    pub complete: bool,
    /// Its reports go before those of others.
    pub first: bool,
    /// Rows that are read in a day.
    pub quota_rows: Option<u64>,
    /// Minutes between two looks.
    pub every_minutes: u32,
    /// Name of the folder, or address that is asked.
    pub address: String,
    /// Shadowserver: where reports are fetched.
    pub downloads: String,
    /// Shadowserver: the key that goes with the secret.
    pub key: String,
    /// Shadowserver: reports that are asked for; empty: all.
    pub reports: String,
    /// Pull: name of the file that is fetched; empty: that of the address.
    pub file_name: String,
    /// Mail: addresses, or domains with an `@` before, that may send.
    pub senders: Vec<String>,
    /// It is on.
    pub live: bool,
}

/// What is wrong with a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceFault {
    /// No name, or too long.
    Name,
    /// The code is none.
    Code,
    /// There is a source of this code.
    CodeTaken,
    /// No such format.
    Format,
    /// This format needs a file, or takes none; or it is no plain name.
    File,
    /// The feed or the provider is too long.
    Feed,
    /// Hours.
    Window,
    /// Rows.
    Quota,
    /// Minutes.
    Every,
    /// No folder's plain name, or no address.
    Address,
    /// Plain http to another machine.
    Plain,
    /// The address of the downloads.
    Downloads,
    /// Shadowserver without a key.
    Key,
    /// Mail without senders, or one is none.
    Senders,
}

impl SourceFault {
    /// The field that it is about.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Code | Self::CodeTaken => "code",
            Self::Format => "format",
            Self::File => "file",
            Self::Feed => "feed",
            Self::Window => "window_hours",
            Self::Quota => "quota_rows",
            Self::Every => "every_minutes",
            Self::Address | Self::Plain => "address",
            Self::Downloads => "downloads",
            Self::Key => "key",
            Self::Senders => "senders",
        }
    }

    /// In plain words, for programs.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Name => "is empty or too long",
            Self::Code => {
                "is no code: lower-case letters, digits and hyphens, a letter first, at most 40"
            }
            Self::CodeTaken => "is the code of another source",
            Self::Format => "is no format that there is",
            Self::File => {
                "must be the plain name of a file for schema, csv, key-value and json, and empty for other formats"
            }
            Self::Feed => "is too long",
            Self::Window => "must be 1 or more hours",
            Self::Quota => "must be 1 or more rows",
            Self::Every => "must be 1 to 10080 minutes",
            Self::Address => "is no plain name of a folder, or no https:// address",
            Self::Plain => {
                "plain http is refused: use https, or have the operator allow any network"
            }
            Self::Downloads => "is no https:// address",
            Self::Key => "is empty or too long",
            Self::Senders => "names nobody, too many, or what is no address and no @domain",
        }
    }
}

/// A code that can name a source: `[a-z][a-z0-9-]*`.
#[must_use]
pub fn is_code(code: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    code.len() <= SOURCE_CODE_BYTES_MAX
        && code.starts_with(|c: char| c.is_ascii_lowercase())
        && code.bytes().all(plain)
}

/// A name that leads nowhere else.
#[must_use]
pub fn is_plain_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    !name.is_empty() && name.len() <= 100 && !name.starts_with('.') && name.bytes().all(plain)
}

fn is_address(text: &str, plain: bool) -> Result<(), SourceFault> {
    let rest = match text.split_once("://") {
        Some(("https", rest)) => rest,
        Some(("http", rest)) if plain => rest,
        Some(("http", _)) => return Err(SourceFault::Plain),
        _ => return Err(SourceFault::Address),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let odd = text.len() > SOURCE_ADDRESS_BYTES_MAX
        || host.is_empty()
        || host.contains('@')
        || text.contains(|c: char| c.is_whitespace() || c.is_control());
    if odd {
        Err(SourceFault::Address)
    } else {
        Ok(())
    }
}

fn is_sender(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let fits =
        |text: &str| !text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@');
    !domain.is_empty() && text.len() <= 254 && fits(local) && fits(domain)
}

/// Formats that go by a file.
#[must_use]
pub fn needs_file(format: &str) -> bool {
    matches!(format, "schema" | "csv" | "key-value" | "json")
}

impl SourceWanted {
    /// What everybody begins with.
    #[must_use]
    pub fn fresh(kind: SourceKind) -> Self {
        let mut fresh = Self {
            every_minutes: 60,
            live: true,
            ..Self::default()
        };
        if kind == SourceKind::Shadowserver {
            fresh.format = "schema".to_owned();
            fresh.address = "https://transform.shadowserver.org/api2/".to_owned();
            fresh.downloads = "https://dl.shadowserver.org/".to_owned();
        }
        if kind == SourceKind::Folder {
            fresh.every_minutes = 1;
        }
        fresh
    }

    /// As it is kept: no spaces around, senders in lower case and each once, nothing that its kind does not have.
    #[must_use]
    pub fn tidied(&self, kind: SourceKind) -> Self {
        let line = |text: &String| text.trim().to_owned();
        let of = |has: bool, text: &String| if has { line(text) } else { String::new() };
        let api = kind == SourceKind::Shadowserver;
        let mut senders: Vec<String> = Vec::new();
        if kind == SourceKind::Mail {
            for sender in &self.senders {
                let sender = sender.trim().to_lowercase();
                if !sender.is_empty() && !senders.contains(&sender) {
                    senders.push(sender);
                }
            }
        }
        Self {
            name: cairn_kernel::text::one_line(&self.name),
            format: line(&self.format),
            file: line(&self.file),
            feed: cairn_kernel::text::one_line(&self.feed),
            provider: cairn_kernel::text::one_line(&self.provider),
            address: of(kind.is_looked_at(), &self.address),
            downloads: of(api, &self.downloads),
            key: of(api, &self.key),
            reports: of(api, &self.reports),
            file_name: of(kind == SourceKind::Pull, &self.file_name),
            senders,
            ..self.clone()
        }
    }

    /// Everything that is wrong with it. `formats` are those that there are; `plain`: the operator allows any network, and plain http.
    #[must_use]
    pub fn faults(&self, kind: SourceKind, formats: &[&str], plain: bool) -> Vec<SourceFault> {
        let mut faults = Vec::new();
        let long = |text: &str| text.chars().nth(SOURCE_NAME_CHARS_MAX).is_some();
        let mut say = |wrong: bool, fault| {
            if wrong {
                faults.push(fault);
            }
        };
        say(self.name.is_empty() || long(&self.name), SourceFault::Name);
        let known = self.format == "schema" || formats.contains(&self.format.as_str());
        say(!known, SourceFault::Format);
        let file = match (needs_file(&self.format), self.file.as_str()) {
            (true, name) => is_plain_name(name),
            (false, name) => name.is_empty(),
        };
        say(known && !file, SourceFault::File);
        say(long(&self.feed) || long(&self.provider), SourceFault::Feed);
        let hours = self.window_hours.unwrap_or(1);
        say(
            !(1..=SOURCE_WINDOW_HOURS_MAX).contains(&hours),
            SourceFault::Window,
        );
        let quota = self.quota_rows.unwrap_or(1);
        say(
            !(1..=SOURCE_QUOTA_ROWS_MAX).contains(&quota),
            SourceFault::Quota,
        );
        let minutes = SOURCE_EVERY_MINUTES_MIN..=SOURCE_EVERY_MINUTES_MAX;
        say(!minutes.contains(&self.every_minutes), SourceFault::Every);
        match kind {
            SourceKind::Upload => {}
            SourceKind::Folder => say(!is_plain_name(&self.address), SourceFault::Address),
            SourceKind::Mail => {
                let some = (1..=SOURCE_SENDERS_MAX).contains(&self.senders.len());
                let all = self.senders.iter().all(|one| is_sender(one));
                say(!some || !all, SourceFault::Senders);
            }
            SourceKind::Pull | SourceKind::Shadowserver => {
                if let Err(fault) = is_address(&self.address, plain) {
                    say(true, fault);
                }
            }
        }
        if kind == SourceKind::Shadowserver {
            say(
                is_address(&self.downloads, plain).is_err(),
                SourceFault::Downloads,
            );
            say(self.key.is_empty() || long(&self.key), SourceFault::Key);
        }
        faults
    }

    /// Whether mail of this sender brings reports.
    #[must_use]
    pub fn may_send(&self, from: &str) -> bool {
        let from = from.trim().to_lowercase();
        let domain = from.rsplit_once('@').map_or("", |(_, domain)| domain);
        let fits = |one: &String| match one.strip_prefix('@') {
            Some(own) => own == domain,
            None => *one == from,
        };
        !domain.is_empty() && self.senders.iter().any(fits)
    }

    /// When it is looked at after so many looks in a row that failed: twice as long each time, a day at most.
    #[must_use]
    pub fn next_look(&self, now: Micros, fails: u32) -> Micros {
        let every = i64::from(self.every_minutes.max(SOURCE_EVERY_MINUTES_MIN)) * 60;
        let times = 1_i64 << fails.min(16);
        let wait = (every * times).min(BACK_OFF_SECONDS_MAX.max(every));
        now.plus_seconds(wait)
    }

    /// How many rows may still be read on a day of which so many were; `None`: any number.
    #[must_use]
    pub fn rows_left(&self, read: u64) -> Option<u64> {
        self.quota_rows.map(|quota| quota.saturating_sub(read))
    }
}

/// The day of a moment, in days since 1970 (UTC), and when the next one begins.
#[must_use]
pub const fn day_of(now: Micros) -> (i64, Micros) {
    let day = now.0.div_euclid(DAY_US);
    (day, Micros((day + 1) * DAY_US))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORMATS: [&str; 3] = ["csv", "idf", "n6"];

    fn some(kind: SourceKind) -> SourceWanted {
        SourceWanted {
            name: "Example".into(),
            format: "csv".into(),
            file: "partner.toml".into(),
            address: "https://feeds.example/list.csv".into(),
            downloads: "https://dl.example/".into(),
            key: "k".into(),
            senders: vec!["reports@partner.example".into()],
            ..SourceWanted::fresh(kind)
        }
    }

    #[test]
    fn everything_wrong_is_told_and_what_is_right_is_not() {
        for kind in SourceKind::ALL {
            let mut one = some(kind);
            if kind == SourceKind::Folder {
                one.address = "partner".into();
            }
            assert_eq!(
                one.tidied(kind).faults(kind, &FORMATS, false),
                [],
                "{kind:?}"
            );
        }
        let wrong = SourceWanted {
            format: "csv".into(),
            file: "../secret".into(),
            window_hours: Some(0),
            quota_rows: Some(0),
            address: "http://feeds.example/".into(),
            ..SourceWanted::default()
        };
        let faults = wrong.faults(SourceKind::Pull, &FORMATS, false);
        use SourceFault::{Every, File, Name, Plain, Quota, Window};
        assert_eq!(faults, [Name, File, Window, Quota, Every, Plain]);
        for bad in ["../x", ".hidden", "a/b", ""] {
            let mut one = some(SourceKind::Folder);
            one.address = bad.into();
            let faults = one.faults(SourceKind::Folder, &FORMATS, false);
            assert_eq!(faults, [SourceFault::Address], "{bad}");
        }
        for bad in [
            "https://user:pass@feeds.example/",
            "ftp://a.example",
            "https:///x",
            "https://a b/",
        ] {
            let mut one = some(SourceKind::Pull);
            one.address = bad.into();
            let faults = one.faults(SourceKind::Pull, &FORMATS, false);
            assert_eq!(faults, [SourceFault::Address], "{bad}");
        }
    }

    #[test]
    fn a_format_that_needs_no_file_takes_none() {
        let mut one = some(SourceKind::Upload);
        one.format = "n6".into();
        assert_eq!(
            one.faults(SourceKind::Upload, &FORMATS, false),
            [SourceFault::File]
        );
        one.file.clear();
        assert_eq!(one.faults(SourceKind::Upload, &FORMATS, false), []);
        one.format = "unknown".into();
        assert_eq!(
            one.faults(SourceKind::Upload, &FORMATS, false),
            [SourceFault::Format]
        );
    }

    #[test]
    fn senders_are_addresses_or_whole_domains() {
        let mut one = some(SourceKind::Mail);
        one.senders = vec![
            "A@Partner.example ".into(),
            "@shadow.example".into(),
            "a@partner.example".into(),
        ];
        let one = one.tidied(SourceKind::Mail);
        assert_eq!(one.senders.len(), 2);
        for yes in [
            "a@partner.example",
            "A@PARTNER.EXAMPLE",
            "any@shadow.example",
        ] {
            assert!(one.may_send(yes), "{yes}");
        }
        for no in [
            "b@partner.example",
            "a@evil.shadow.example",
            "a@partner.example.evil",
            "",
            "shadow.example",
        ] {
            assert!(!one.may_send(no), "{no}");
        }
    }

    #[test]
    fn looks_back_off_and_never_stop() {
        let one = some(SourceKind::Pull);
        let now = Micros(0);
        assert_eq!(one.next_look(now, 0).seconds(), 3_600);
        assert_eq!(one.next_look(now, 2).seconds(), 4 * 3_600);
        assert_eq!(one.next_look(now, u32::MAX).seconds(), 24 * 3_600);
        let weekly = SourceWanted {
            every_minutes: SOURCE_EVERY_MINUTES_MAX,
            ..one
        };
        assert_eq!(weekly.next_look(now, 5).seconds(), 7 * 24 * 3_600);
    }

    #[test]
    fn quotas_and_days() {
        let one = SourceWanted {
            quota_rows: Some(10),
            ..SourceWanted::default()
        };
        assert_eq!((one.rows_left(4), one.rows_left(40)), (Some(6), Some(0)));
        assert_eq!(SourceWanted::default().rows_left(u64::MAX), None);
        assert_eq!(day_of(Micros(DAY_US + 5)), (1, Micros(2 * DAY_US)));
        assert!(is_code("shadowserver-nz") && !is_code("-a") && !is_code("A") && !is_code(""));
    }
}
