//! The use cases: authorise, load, decide, save. One transaction each. Knows nothing of pages.

pub mod account;
pub mod audit;
pub mod bulk;
pub mod case;
pub mod cases;
pub mod challenge;
pub mod clock;
pub mod cluster;
pub mod constituent;
pub mod conversation;
pub mod dkim;
pub mod draft;
pub mod evidence;
pub mod explorer;
pub mod export;
pub mod feeds;
pub mod figures;
pub mod files;
pub mod gate;
pub mod health;
pub mod hold;
pub mod import;
pub mod live;
pub mod mail;
pub mod notice;
pub mod notify;
pub mod observable;
pub mod openpgp;
mod outbound;
pub mod pace;
pub mod presence;
pub mod referral;
pub mod report;
pub mod retention;
mod reword;
pub mod rules;
pub mod search;
pub mod shift;
pub mod smime;
pub mod takeaway;
pub mod track;
pub mod uploads;
pub mod view;
pub mod webhook;
pub mod worker;

use std::sync::Arc;

use cairn_desk::canned::CannedAnswers;
use cairn_desk::conversation::ReplyAddress;
use cairn_desk::files::FileTypes;
use cairn_desk::form::Form;
use cairn_desk::rates::Rates;
use cairn_desk::report::retention::search_text;
use cairn_kernel::money::Money;
use cairn_kernel::reference::Scramble;
use cairn_kernel::time::Micros;
use cairn_store::Store;
use clock::Clock;
use gate::Gate;
use jiff::tz::TimeZone;
use pace::Pace;
use uploads::Uploads;

/// What the use cases need to know of the installation.
#[derive(Debug, Clone)]
pub struct Config {
    /// Name of the service, as pages show it.
    pub service_name: String,
    /// The same in te reo Māori.
    pub service_name_mi: String,
    /// Address under which the public reaches it, without a final slash.
    pub public_url: String,
    /// ISO 4217 code in which losses are added up.
    pub base_currency: String,
    /// Rates into the base currency.
    pub rates: Rates,
    /// What the public figures mean, and what is shown beside them.
    pub figures: figures::Sources,
    /// The strategies that are shown.
    pub plans: track::Plans,
    /// What cases are judged and worked by.
    pub case_rules: cases::Rules,
    /// Days within which the challenge of a figure is to be answered.
    pub challenge_days: u32,
    /// Time zone whose quarters are counted.
    pub time_zone: TimeZone,
    /// Most bytes of one file.
    pub file_bytes_max: u64,
    /// Most files of one report.
    pub files_max: usize,
    /// Types of files that are taken.
    pub file_types: FileTypes,
    /// Public requests worked on at the same time; more wait in turn.
    pub intake_parallel: usize,
    /// Submissions that one network may make a minute before it is slowed down; 0 never slows.
    pub network_minute_max: u32,
    /// Submissions that one network may make at once before that counts.
    pub network_burst: u32,
    /// What strangers may leave here.
    pub uploads: uploads::UploadLimits,
    /// Days after which the contact details of a closed report are erased; 0 keeps them.
    pub contact_days: u32,
    /// The operator's rules of retention, as their file has them; none takes the built-in ones.
    pub retention: Option<Arc<str>>,
    /// Seconds within which an officer can take a message to a reporter back: until then it does not leave.
    pub undo_seconds: u32,
    /// Outgoing mail; without it nobody is written to.
    pub mail: Option<MailConfig>,
    /// Where reporters answer to; without it nobody reads answers to mail.
    pub reply_to: Option<ReplyAddress>,
    /// Signs what goes out.
    pub dkim: Option<dkim::DkimConfig>,
    /// File with the private key and the certificate that sign what leaves by S/MIME; without it that is encrypted only.
    pub smime: Option<std::path::PathBuf>,
    /// The operator's canned answers, as their file has them; none takes the built-in ones.
    pub answers: Option<Arc<str>>,
    /// What guessing a stored password costs.
    pub password_cost: account::PasswordCost,
    /// Whose password is taken.
    pub passwords: cairn_desk::signin::Passwords,
    /// Webhooks may lead to addresses of networks that are not public.
    pub webhook_private: bool,
    /// Where officers can sign in besides here.
    pub oidc: Option<account::oidc::OidcConfig>,
    /// What the operator says of machine reports.
    pub feeds: feeds::FeedsConfig,
}

/// Outgoing mail.
#[derive(Debug, Clone)]
pub struct MailConfig {
    /// `smtp://host:port`, `smtps://…`; see the settings reference.
    pub smtp_url: String,
    /// Sender.
    pub from: String,
}

impl Config {
    /// Name of the service in a language (BCP 47).
    #[must_use]
    pub fn name(&self, language: &str) -> &str {
        if language == "mi" {
            &self.service_name_mi
        } else {
            &self.service_name
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            service_name: "Cyber incident reports".into(),
            service_name_mi: "Ngā pūrongo maiki ipurangi".into(),
            public_url: "http://127.0.0.1:8080".into(),
            base_currency: "NZD".into(),
            rates: Rates::none("NZD"),
            figures: figures::Sources::default(),
            plans: track::Plans::default(),
            case_rules: cases::Rules::default(),
            challenge_days: 20,
            time_zone: TimeZone::get("Pacific/Auckland").unwrap_or(TimeZone::UTC),
            file_bytes_max: 25 * 1024 * 1024,
            files_max: 10,
            file_types: FileTypes::default(),
            intake_parallel: 256,
            network_minute_max: 600,
            network_burst: 1_200,
            uploads: uploads::UploadLimits::default(),
            contact_days: 365,
            retention: None,
            undo_seconds: 30,
            mail: None,
            reply_to: None,
            dkim: None,
            smime: None,
            answers: None,
            password_cost: account::PasswordCost::STANDARD,
            passwords: cairn_desk::signin::Passwords::default(),
            webhook_private: false,
            oidc: None,
            feeds: feeds::FeedsConfig::default(),
        }
    }
}

/// Everything the doors work with. Cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    /// Reports, evidence, files. Not for the doors: a page that read it would pass the access policy by.
    pub(crate) store: Store,
    /// The form in use, with its texts, advice and agencies.
    pub form: Arc<Form>,
    /// Settings.
    pub config: Arc<Config>,
    /// What time it is.
    pub clock: Clock,
    /// Whose turn it is.
    pub gate: Gate,
    /// Who is slowed down.
    pub pace: Pace,
    /// What strangers have left here.
    pub uploads: Uploads,
    pub(crate) guard: Arc<account::Guard>,
    /// What officers send often.
    pub canned: Arc<CannedAnswers>,
    scramble: Scramble,
    quarters: Arc<std::sync::Mutex<Option<Quarter>>>,
    kept_figures: figures::Kept,
    kept_plans: track::Kept,
    /// Whose turn it is to get the next number.
    challenges_turn: Arc<tokio::sync::Mutex<()>>,
    /// Whose turn it is to get the next number of a case.
    cases_turn: Arc<tokio::sync::Mutex<()>>,
    /// Whose turn it is to work on a case, by its number.
    case_turns: Arc<[tokio::sync::Mutex<()>; CASE_TURNS]>,
    /// Held from before a mail about a report leaves until it is noted that it did, by the number of the report.
    mail_turns: Arc<[tokio::sync::Mutex<()>; MAIL_TURNS]>,
    /// Whose turn it is to get the next number of a handover note.
    notes_turn: Arc<tokio::sync::Mutex<()>>,
    /// Whose turn it is to keep for clusters what a report says, or to erase it: what was read before an erasing is not
    /// written after it.
    words_turn: Arc<tokio::sync::Mutex<()>>,
    /// Whose turn it is to work on selections of reports.
    bulk_turn: Arc<tokio::sync::Mutex<()>>,
    /// How fast reports come in.
    tide: Arc<cluster::Tide>,
    outlines: Arc<cluster::Outlines>,
    /// The same for the rules of the desk, which look at another moment.
    rules_tide: Arc<cluster::Tide>,
    /// Whose turn it is to write a rule or try one out: a dry run reads much.
    rules_turn: Arc<tokio::sync::Mutex<()>>,
    /// Whose turn it is to judge machine reports and to make notices.
    notices_turn: Arc<tokio::sync::Mutex<notice::Looked>>,
    /// Constituents, as they were when somebody last asked.
    register: Arc<tokio::sync::Mutex<Option<Arc<constituent::Register>>>>,
    /// Connections to what machines reported.
    explorer: Arc<explorer::Explorer>,
    office: Arc<track::working::Office>,
    presence: Arc<presence::Presence>,
    turns: Arc<webhook::Turns>,
    /// The queue of machine reports.
    pub(crate) feeds: Arc<feeds::Line>,
    /// Something was erased that the database's side files may still hold.
    erased: Arc<std::sync::atomic::AtomicBool>,
}

/// Cases on which somebody can work at the same time, about.
const CASE_TURNS: usize = 64;
/// Reports about which mails can leave at the same time, about.
const MAIL_TURNS: usize = 64;

#[derive(Debug, Clone, Copy)]
struct Quarter {
    from: Micros,
    to: Micros,
    name: i64,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(store: Store, form: Arc<Form>, config: Config, clock: Clock) -> Self {
        let scramble = Scramble::new(store.keys().reference);
        let gate = Gate::new(config.intake_parallel);
        let pace = Pace::new(config.network_minute_max, config.network_burst);
        let uploads = Uploads::new(config.uploads);
        let canned = config
            .answers
            .as_deref()
            .unwrap_or(cairn_desk::canned::EMBEDDED);
        let canned = CannedAnswers::parse(canned, form.taxonomy()).unwrap_or_else(|error| {
            tracing::error!(%error, "no canned answers are offered; see `cairn doctor`");
            CannedAnswers::default()
        });
        let of = Arc::clone(&form);
        store.words_by(Box::new(move |body| search_text(body, &of)));
        Self {
            store,
            form,
            config: Arc::new(config),
            clock,
            gate,
            pace,
            uploads,
            guard: Arc::default(),
            canned: Arc::new(canned),
            scramble,
            quarters: Arc::default(),
            kept_figures: Arc::default(),
            kept_plans: Arc::default(),
            challenges_turn: Arc::default(),
            cases_turn: Arc::default(),
            case_turns: Arc::new(std::array::from_fn(|_| tokio::sync::Mutex::default())),
            mail_turns: Arc::new(std::array::from_fn(|_| tokio::sync::Mutex::default())),
            notes_turn: Arc::default(),
            words_turn: Arc::default(),
            bulk_turn: Arc::default(),
            tide: Arc::default(),
            outlines: Arc::default(),
            rules_tide: Arc::default(),
            rules_turn: Arc::default(),
            notices_turn: Arc::default(),
            register: Arc::default(),
            explorer: Arc::default(),
            presence: Arc::default(),
            turns: Arc::default(),
            feeds: Arc::default(),
            office: Arc::default(),
            erased: Arc::default(),
        }
    }

    /// The store itself, past the access policy: for the program (start, stop, backup, metrics), for measurements and
    /// for tests that look at what was kept. No door may ask for it; the house check holds that.
    #[must_use]
    pub const fn bare_store(&self) -> &Store {
        &self.store
    }

    /// Writes what is queued and ends the store's writer. Clones can only read afterwards.
    pub async fn close(self) {
        self.store.close().await;
    }

    /// The turn to work on a case, first come first served: who only tries again and again may lose every time to others who
    /// are quicker.
    pub(crate) async fn case_turn(&self, no: i64) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let at = usize::try_from(no.unsigned_abs()).unwrap_or_default() % CASE_TURNS;
        match self.case_turns.get(at) {
            Some(turn) => Some(turn.lock().await),
            None => None,
        }
    }

    /// Waits until no mail about the report is on its way.
    pub(crate) async fn mail_turn(&self, no: i64) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        let at = usize::try_from(no.unsigned_abs()).unwrap_or_default() % MAIL_TURNS;
        match self.mail_turns.get(at) {
            Some(turn) => Some(turn.lock().await),
            None => None,
        }
    }

    /// The public reference of a report's number.
    #[must_use]
    pub fn reference(&self, no: i64) -> String {
        self.scramble
            .reference_of(no)
            .map_or_else(String::new, |reference| reference.to_string())
    }

    /// The number behind a reference as a person typed it; `None` if it is none.
    #[must_use]
    pub fn number(&self, reference: &str) -> Option<i64> {
        reference
            .parse()
            .ok()
            .map(|reference| self.scramble.number_of(&reference))
    }

    /// Year times ten plus quarter, in the country's time zone.
    #[must_use]
    pub fn quarter(&self, at: Micros) -> i64 {
        let mut known = self
            .quarters
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match *known {
            Some(quarter) if quarter.from <= at && at < quarter.to => quarter.name,
            _ => {
                let quarter = quarter_around(at, &self.config.time_zone);
                *known = Some(quarter);
                quarter.name
            }
        }
    }

    /// An amount in the base currency's minor unit at the rate of a day; `None` if no rate is known.
    #[must_use]
    pub fn in_base(&self, money: &Money, at: Micros) -> Option<i64> {
        if money.currency == self.config.base_currency {
            return Some(money.minor);
        }
        self.config.rates.in_base(money, Some(self.day(at)))
    }

    /// A moment's day in the country's time zone, as 20261231.
    #[must_use]
    pub fn day(&self, at: Micros) -> i64 {
        let date = at
            .timestamp()
            .to_zoned(self.config.time_zone.clone())
            .date();
        i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
    }
}

/// Year times ten plus quarter of a moment, in a time zone.
#[must_use]
pub fn quarter_of(at: Micros, zone: &TimeZone) -> i64 {
    quarter_around(at, zone).name
}

fn quarter_around(at: Micros, zone: &TimeZone) -> Quarter {
    let day = at.timestamp().to_zoned(zone.clone()).date();
    let first_month = (day.month() - 1) / 3 * 3 + 1;
    let name = i64::from(day.year()) * 10 + i64::from((day.month() - 1) / 3 + 1);
    let start = |year: i16, month: i8| {
        jiff::civil::Date::new(year, month, 1)
            .ok()
            .and_then(|date| date.to_zoned(zone.clone()).ok())
            .map_or(at, |zoned| Micros::from(zoned.timestamp()))
    };
    let (next_year, next_month) = if first_month == 10 {
        (day.year().saturating_add(1), 1)
    } else {
        (day.year(), first_month + 3)
    };
    Quarter {
        from: start(day.year(), first_month),
        to: start(next_year, next_month),
        name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_turn_at_local_midnight() {
        let zone = TimeZone::get("Pacific/Auckland").unwrap();
        let at = |text: &str| Micros::from(text.parse::<jiff::Timestamp>().unwrap());
        // New Zealand is 13 hours ahead at new year.
        assert_eq!(quarter_of(at("2025-12-31T10:59:59Z"), &zone), 20254);
        assert_eq!(quarter_of(at("2025-12-31T11:00:00Z"), &zone), 20261);
        let quarter = quarter_around(at("2026-11-23T00:00:00Z"), &zone);
        assert_eq!(
            (quarter.name, quarter.to),
            (20264, at("2026-12-31T11:00:00Z"))
        );
    }
}
