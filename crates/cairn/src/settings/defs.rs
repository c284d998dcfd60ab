//! The definitions.

use std::path::PathBuf;

use cairn_app::account::oidc::Secret;
use cairn_desk::conversation::ReplyAddress;
use cairn_desk::files::FileTypes;
use cairn_desk::signin::Mapping;
use jiff::tz::TimeZone;

use super::read::{address, bytes, duration, list, number};
use super::tenants;
use super::{Def, LogFormat, Settings};
use crate::lmtp::Place;

fn path(text: &str) -> Option<PathBuf> {
    (!text.is_empty()).then(|| PathBuf::from(text))
}

fn mail_url(s: &mut Settings, text: &str) -> Result<(), String> {
    match text {
        "" => s.smtp = None,
        url if url.starts_with("smtp://") || url.starts_with("smtps://") => {
            s.smtp = Some(url.to_owned())
        }
        other => return Err(format!("{other:?} is no SMTP address")),
    }
    Ok(())
}

macro_rules! defs {
    ($($key:literal, $takes:literal, $default:literal, $doc:literal, $set:expr;)*) => {
        /// Every setting, grouped.
        pub const DEFS: &[Def] = &[$(Def { key: $key, takes: $takes, default: $default, doc: $doc, set: $set },)*];
    };
}

defs! {
    "storage.data", "a directory", "cairn-data",
        "Data directory: database, files, keys. Back it up with `cairn backup`.",
        |s, v| { s.data = PathBuf::from(v); Ok(()) };
    "storage.database", "`sqlite` or `postgres://user@host/name`", "sqlite",
        "SQLite in the data directory, or a PostgreSQL server, on which each tenant has a schema of its own. TLS is used unless the address says `sslmode=disable`.",
        |s, v| if v == "sqlite" || v.starts_with("postgres://") || v.starts_with("postgresql://") {
            s.database = v.to_owned(); Ok(())
        } else { Err(format!("{v:?} is no database")) };
    "storage.database_authority", "a PEM file", "",
        "Certificate authority of the PostgreSQL server; empty takes the public ones.",
        |s, v| { s.database_authority = path(v); Ok(()) };
    "server.listen", "address:port", "127.0.0.1:8080",
        "Where the public pages and the API are served. Port 0 takes a free one and prints it.",
        |s, v| { s.listen = address(v)?; Ok(()) };
    "server.public_url", "an address", "http://127.0.0.1:8080",
        "Where people reach the service, without a slash at the end. With https, cookies are `Secure` and HSTS is sent.",
        |s, v| if v.starts_with("http://") || v.starts_with("https://") {
            v.trim_end_matches('/').clone_into(&mut s.site.public_url);
            s.app.public_url.clone_from(&s.site.public_url);
            Ok(())
        } else { Err(format!("{v:?} does not begin with http:// or https://")) };
    "server.trusted_proxies", "networks, like 10.0.0.0/8", "",
        "Proxies whose `X-Forwarded-For` is believed. Empty believes none.",
        |s, v| {
            s.server.trusted_proxies =
                list(v).map(|n| n.parse().map_err(|e: cairn_web::server::NotANet| e.to_string())).collect::<Result<_, _>>()?;
            Ok(())
        };
    "server.tls_certificates", "a PEM file", "",
        "Certificate chain for HTTPS, the server's own first; empty serves plain HTTP (behind a proxy).",
        |s, v| { s.tls.0 = path(v); Ok(()) };
    "server.tls_key", "a PEM file", "",
        "Private key that belongs to the certificate.",
        |s, v| { s.tls.1 = path(v); Ok(()) };
    "server.header_time_max", "a duration (s, m, h)", "10s",
        "How long the head of a request may take to arrive before the connection is dropped.",
        |s, v| { s.server.header_time_max = duration(v)?; Ok(()) };
    "server.header_bytes_max", "bytes", "16KiB",
        "Bytes of a request's head; at least 8 KiB.",
        |s, v| { s.server.header_bytes_max = usize::try_from(bytes(v)?).unwrap_or(usize::MAX); Ok(()) };
    "server.body_bytes_max", "bytes", "64KiB",
        "Bytes of a request's body, except where files are taken (see `files.bytes_max`).",
        |s, v| { s.server.body_bytes_max = bytes(v)?; Ok(()) };
    "server.body_time_max", "a duration (s, m, h)", "15m",
        "How long a request's body may take in all.",
        |s, v| { s.server.body_time_max = duration(v)?; Ok(()) };
    "server.body_rate_min", "bytes a second", "256",
        "Mean rate that a body must keep after its first ten seconds.",
        |s, v| { s.server.body_rate_min = bytes(v)?; Ok(()) };
    "server.connections_max", "a number", "20000",
        "Connections served at one time.",
        |s, v| { s.server.connections_max = number(v)?; Ok(()) };
    "server.prefix_connections_max", "a number", "2500",
        "Connections served at one time for one /24 (IPv4) or /48 (IPv6); more wait unread.",
        |s, v| { s.server.prefix_connections_max = number(v)?; Ok(()) };
    "server.drain_time_max", "a duration (s, m, h)", "20s",
        "How long running requests may take after a stop was asked for.",
        |s, v| { s.server.drain_time_max = duration(v)?; Ok(()) };
    "server.intake_parallel", "a number", "256",
        "Public submissions worked on at one time; more wait their turn, which goes round by network.",
        |s, v| { s.app.intake_parallel = number(v)?; Ok(()) };
    "server.network_minute_max", "a number", "600",
        "Public submissions (pages of the form, reports, uploads) a minute from one network (/24 of IPv4, /48 of IPv6); beyond it each waits up to 20 s and is taken. Loopback, proxies that name no client, and partners with a key never wait. 0 turns it off.",
        |s, v| { s.app.network_minute_max = number(v)?; Ok(()) };
    "server.network_burst", "a number", "1200",
        "Submissions that one network may make at once before `server.network_minute_max` counts.",
        |s, v| { s.app.network_burst = number(v)?; Ok(()) };
    "metrics.listen", "address:port", "",
        "Where Prometheus may fetch metrics; keep it on loopback. Empty turns it off.",
        |s, v| {
            s.metrics_listen = if v.is_empty() { None } else {
                Some(address(v)?)
            };
            Ok(())
        };
    "service.name", "a text", "Report a cyber incident",
        "Name of the service in English, on every page.",
        |s, v| { v.clone_into(&mut s.site.name_en); v.clone_into(&mut s.app.service_name); Ok(()) };
    "service.name_mi", "a text", "Pūrongo i tētahi maiki ipurangi",
        "Name of the service in te reo Māori.",
        |s, v| { v.clone_into(&mut s.site.name_mi); v.clone_into(&mut s.app.service_name_mi); Ok(()) };
    "service.contact", "a mail address", "",
        "Address of the operator, shown on the statements on accessibility and privacy.",
        |s, v| { s.site.contact = (!v.is_empty()).then(|| v.to_owned()); Ok(()) };
    "service.exit_to", "an address", "",
        "Where `exit this page` leads: an ordinary page that says nothing about where one was. Empty takes the one that the form names.",
        |s, v| { v.clone_into(&mut s.site.exit_to); Ok(()) };
    "service.time_zone", "an IANA time zone", "Pacific/Auckland",
        "Zone in which dates are shown and quarters are counted.",
        |s, v| {
            s.app.time_zone = TimeZone::get(v).map_err(|_| format!("there is no time zone {v:?}"))?;
            s.site.zone = s.app.time_zone.clone();
            Ok(())
        };
    "service.base_currency", "an ISO 4217 code", "NZD",
        "Currency in which losses are added up.",
        |s, v| if cairn_kernel::money::decimals(v).is_some() {
            v.clone_into(&mut s.app.base_currency); Ok(())
        } else { Err(format!("there is no currency {v:?}")) };
    "service.rates", "a TOML file", "",
        "Dated exchange rates into the base currency, with their sources; see docs/operators.md. Losses in currencies without a rate are kept and not added up. `cairn doctor` names them.",
        |s, v| { s.rates = path(v); Ok(()) };
    "service.figures", "a directory", "",
        "Folder with `figures.toml` (what the public figures mean, and the rules of confidentiality) and, where wanted, the published national series `national.csv` and `live.toml` (the target for answers and the population that live measures need); empty takes the built-in ones.",
        |s, v| { s.figures = path(v); Ok(()) };
    "track.plans", "folders, parted by commas", "",
        "Folders of the strategies to show under `/track`, each as `cairn track check` reads it. A plan with errors keeps the service from starting.",
        |s, v| { s.plans = list(v).map(PathBuf::from).collect(); Ok(()) };
    "track.challenge_days", "days", "20",
        "Days within which the challenge of a figure is to be answered; what is not answered by then is marked as late, for everybody. Counts for challenges received from now on.",
        |s, v| { s.app.challenge_days = number(v)?; Ok(()) };
    "service.form", "a directory", "",
        "Folder of the report form (`form.toml` and its texts); empty takes the built-in one for New Zealand. `cairn doctor` checks it.",
        |s, v| { s.form = path(v); Ok(()) };
    "service.contact_days", "days", "365",
        "Days after which the contact details of a closed report (unless `service.retention` names rules), and the address of whoever challenged a figure and was answered, are erased; the privacy page says so. 0 keeps them. A report that is opened again begins anew.",
        |s, v| { s.app.contact_days = number(v)?; s.site.contact_days = s.app.contact_days; Ok(()) };
    "service.retention", "a directory", "",
        "Folder with `retention.toml`: how long what reports hold is kept, by category, for contact details, files and what was written; see docs/operators.md. Its rules hold once an administrator has seen on the desk what they would erase. Empty takes the built-in ones, with `service.contact_days`.",
        |s, v| { s.retention = path(v); Ok(()) };
    "service.answers", "a file", "",
        "File of the answers that officers send often, in both languages; data/answers.toml of the sources is an example. Empty takes the built-in ones.",
        |s, v| { s.answers = path(v); Ok(()) };
    "service.undo_seconds", "seconds", "30",
        "How long a message to a reporter waits before it leaves; until then the officer can take it back. 0 sends at once.",
        |s, v| { s.app.undo_seconds = number(v)?; Ok(()) };
    "webhooks.networks", "public or any", "public",
        "Where webhooks may lead: to `public` addresses only, or to `any`, such as a receiver within the house. With `any`, whoever looks after accounts can make this machine call anything that it reaches.",
        |s, v| { s.app.webhook_private = match v { "public" => false, "any" => true, _ => return Err(format!("{v:?} is neither public nor any")) }; Ok(()) };
    "feeds.files", "a directory", "",
        "Folder of the schemas and mappings that sources of machine reports name. Empty takes `feeds` in the data directory.",
        |s, v| { s.app.feeds.files = path(v); Ok(()) };
    "feeds.sets", "a directory", "",
        "Folder of data sets that tell networks and places where machine reports don't; see `cairn feeds db`. Empty: no sets.",
        |s, v| { s.app.feeds.sets = path(v); Ok(()) };
    "feeds.folders", "a directory", "",
        "Folder within which watched folders lie, one for each source that has one. Files in them are moved to `done` and `failed` there. Empty: no folder is watched.",
        |s, v| { s.app.feeds.folders = path(v); Ok(()) };
    "feeds.networks", "public or any", "public",
        "Where machine reports may be fetched: by https from `public` addresses only, or from `any`, by plain http too. With `any`, whoever looks after sources can make this machine ask anything that it reaches.",
        |s, v| { s.app.feeds.private = match v { "public" => false, "any" => true, _ => return Err(format!("{v:?} is neither public nor any")) }; Ok(()) };
    "feeds.keep_months", "months", "0",
        "Whole months beside the present one for which observations and machine reports are kept; what is older goes once a day, as by `cairn feeds retain`, and daily counts stay. 0 keeps all.",
        |s, v| { s.app.feeds.keep_months = number(v)?; Ok(()) };
    "feeds.report_bytes_max", "bytes", "4GiB",
        "Bytes of one machine report that comes by a source, packed as it comes; a larger one is refused and says so. `cairn feeds ingest` takes files of any size.",
        |s, v| { s.app.feeds.report_bytes_max = bytes(v)?; Ok(()) };
    "feeds.waiting_bytes_max", "bytes", "64GiB",
        "Bytes of all machine reports that may wait to be read; beyond it senders are asked to come again, and files stay where they are.",
        |s, v| { s.app.feeds.waiting_bytes_max = bytes(v)?; Ok(()) };
    "files.bytes_max", "bytes", "25MiB",
        "Bytes of one file that a reporter sends.",
        |s, v| { s.app.file_bytes_max = bytes(v)?; Ok(()) };
    "files.count_max", "a number", "10",
        "How many files one report may have.",
        |s, v| { s.app.files_max = number(v)?; Ok(()) };
    "files.types", "media types and endings with commas", "",
        "Which files are taken, like `image/*, application/pdf, .docx`; with a `!` before it an entry is refused, like `!.exe`. Types are seen from the content, endings from the name. Empty takes all: malware is evidence, and leaves only in an archive with a password.",
        |s, v| { s.app.file_types = FileTypes::parse(v).map_err(|error| error.to_string())?; Ok(()) };
    "files.reserve", "bytes", "1GiB",
        "Free space on the data directory's disk below which no files are taken from the public, so that reports still are.",
        |s, v| { s.app.uploads.reserve = bytes(v)?; Ok(()) };
    "files.unnamed_max", "bytes", "4GiB",
        "Bytes of files in all that were sent and that no report names (they are kept a day); beyond it no more are taken.",
        |s, v| { s.app.uploads.unnamed_max = bytes(v)?; Ok(()) };
    "files.network_day_max", "bytes", "2GiB",
        "Bytes of files that one network (/24 of IPv4, /48 of IPv6) may send a day. Partners with a key have no such limit; 0 sets none.",
        |s, v| { s.app.uploads.network_day_max = bytes(v)?; Ok(()) };
    "files.drafts_max", "bytes", "1GiB",
        "Bytes of half-filled forms in all (they are kept a day); beyond it only those below 64 KiB are kept.",
        |s, v| { s.app.uploads.drafts_max = bytes(v)?; Ok(()) };
    "evidence.origin", "a name", "",
        "Name of the evidence log in its checkpoints; empty makes one from the host of the public address. Never change it later.",
        |s, v| { v.clone_into(&mut s.log_origin); Ok(()) };
    "mail.smtp", "`smtp://host:port` or `smtps://user:password@host`", "",
        "Server for outgoing mail; empty sends none. Reporters who left an address are told that there is news, never what.",
        mail_url;
    "mail.from", "a mail address", "cairn@localhost",
        "Sender of outgoing mail, an address of yours.",
        |s, v| if v.contains('@') { v.clone_into(&mut s.mail_from); Ok(()) } else { Err(format!("{v:?} is no mail address")) };
    "mail.reply_to", "a mail address with `{tag}` before the `@`", "",
        "Where reporters answer to, such as `report+{tag}@cert.example`: mail to it must come in by `cairn report import-mail` or LMTP. Each report has a tag of its own. Empty: nobody reads answers to mail.",
        |s, v| {
            s.app.reply_to = match v {
                "" => None,
                v => Some(ReplyAddress::parse(v).map_err(|error| error.to_string())?),
            };
            Ok(())
        };
    "mail.dkim_key", "a file", "",
        "Private key (PEM; RSA of 2048 bits or more, or Ed25519) with which outgoing mail is signed (DKIM). Empty: your mail server does it, or nobody.",
        |s, v| { s.dkim.key = v.into(); Ok(()) };
    "mail.dkim_domain", "a domain", "",
        "Domain that signs: that of `mail.from`, or one above it.",
        |s, v| { v.clone_into(&mut s.dkim.domain); Ok(()) };
    "mail.dkim_selector", "a name", "cairn",
        "Selector under which the public key is published; `cairn doctor` says how.",
        |s, v| { v.clone_into(&mut s.dkim.selector); Ok(()) };
    "mail.smime", "a file", "",
        "Private key (RSA of 2048 to 4096 bits or on the curve P-256, without a password), its certificate and those of the authorities above it, all in PEM: they sign what goes out encrypted by S/MIME. It is read anew for each mail. Empty: such mail is encrypted and not signed.",
        |s, v| { s.app.smime = path(v); Ok(()) };
    "mail.lmtp_listen", "`127.0.0.1:port` or `unix:/path`", "",
        "Where mail servers hand messages over by LMTP (RFC 2033): an address of this machine or a socket. Empty: `cairn report import-mail` only.",
        |s, v| { s.lmtp = if v.is_empty() { None } else { Some(Place::parse(v)?) }; Ok(()) };
    "mail.authserv_id", "a name", "",
        "Name of your mail server in `Authentication-Results`; its DKIM, SPF and DMARC results are noted on reports that come by mail.",
        |s, v| { s.mail_authserv = (!v.is_empty()).then(|| v.to_owned()); Ok(()) };
    "signin.passwords", "`everybody` or `emergency`", "everybody",
        "Whose password is taken at the officers' sign-in. With `emergency` only that of the account in `signin.emergency_login`; everybody else signs in by passkey or at the provider, and uses a first password only until they have added one of these.",
        |s, v| { s.emergency_only = match v { "everybody" => false, "emergency" => true, _ => return Err(format!("{v:?} is neither everybody nor emergency")) }; Ok(()) };
    "signin.emergency_login", "a login", "",
        "The one account whose password and authenticator still open the desk with `signin.passwords = \"emergency\"`, for the day on which the provider is away. Keep both in a safe.",
        |s, v| { v.trim().to_lowercase().clone_into(&mut s.emergency_login); Ok(()) };
    "oidc.issuer", "an https:// address", "",
        "Issuer of the OpenID Connect provider at which officers can sign in, exactly as the provider names itself; empty turns it off. It is asked only when somebody presses the button.",
        |s, v| { v.clone_into(&mut s.oidc.issuer); Ok(()) };
    "oidc.client_id", "a text", "",
        "Name of this service at the provider. The provider must know the redirect address, which is the public address with `/sign-in/oidc/callback` behind it.",
        |s, v| { v.clone_into(&mut s.oidc.client_id); Ok(()) };
    "oidc.client_secret", "a secret", "",
        "Secret of this service at the provider; better in the environment or in `oidc.client_secret_file` than in a settings file. Empty: a public client, protected by PKCE alone.",
        |s, v| { s.oidc.client_secret = Secret::new(v); Ok(()) };
    "oidc.client_secret_file", "a file", "",
        "File that holds the secret and nothing else, such as a credential of the service manager.",
        |s, v| { s.oidc_secret_file = path(v); Ok(()) };
    "oidc.label", "a text", "OpenID Connect",
        "What officers call the provider; the button says `Sign in with` and this.",
        |s, v| if v.trim().is_empty() || v.chars().count() > 60 { Err("a name has 1 to 60 characters".into()) } else { v.trim().clone_into(&mut s.oidc.label); Ok(()) };
    "oidc.scopes", "names, parted by commas", "profile",
        "Scopes that are asked for beside `openid`: those with which the provider tells groups and names.",
        |s, v| { s.oidc.scopes = list(v).map(str::to_owned).collect(); Ok(()) };
    "oidc.groups_claim", "a name", "groups",
        "The claim that holds the groups, or the way to it with dots (`realm_access.roles`); looked for in the ID token, then in the user info.",
        |s, v| { v.clone_into(&mut s.oidc.groups_claim); Ok(()) };
    "oidc.roles", "`group=role` or `group=tenant/role` with commas, or tables `[[oidc.roles]]` with `group`, `role` and perhaps `tenant`", "",
        "Which group gives which role (officer, lead, administrator, auditor, owner, statistician, publisher, reviewer), in the house or in the tenant named. The first line that fits counts; who is in none of these groups is refused. The role is read anew at each sign-in, and sessions with other rights end.",
        |s, v| { s.oidc.roles = Mapping::parse(v).map_err(|error| error.to_string())?; Ok(()) };
    "oidc.accounts", "`made` or `known`", "made",
        "Whether somebody with a mapped group and no account gets one at the first sign-in. With `known` an officer connects their account themselves, signed in.",
        |s, v| { s.oidc.makes_accounts = match v { "made" => true, "known" => false, _ => return Err(format!("{v:?} is neither made nor known")) }; Ok(()) };
    "oidc.second_factor", "`ask`, `claimed` or `trusted`", "ask",
        "Whether the desk asks for its own authenticator or passkey after a sign-in at the provider: always, unless the provider says it asked for several factors (`amr` holds `mfa`), or never.",
        |s, v| { s.oidc.second_factor = v.parse()?; Ok(()) };
    "oidc.authority", "a PEM file", "",
        "Certificate authority of the provider; empty takes the public ones.",
        |s, v| { s.oidc.authority = path(v); Ok(()) };
    "tenant.NAME.title", "a text", "",
        "Whose door this is, on every page and in every mail of the tenant NAME (lower-case letters, digits and hyphens). Must be set for each tenant.",
        |s, v| { s.door.title = tenants::title(v)?; Ok(()) };
    "tenant.NAME.title_mi", "a text", "",
        "The same in te reo Māori; empty takes the English one.",
        |s, v| { s.door.title_mi = tenants::title(v)?; Ok(()) };
    "tenant.NAME.hosts", "host names with commas", "",
        "Host names that lead to this tenant, by the listener of the house. A request for any other host is answered by the house.",
        |s, v| { s.door.hosts = tenants::names(v)?; Ok(()) };
    "tenant.NAME.listen", "address:port", "",
        "A listener of its own, which leads to this tenant whatever host is named. A tenant needs this or hosts.",
        |s, v| { s.door.listen = if v.is_empty() { None } else { Some(address(v)?) }; Ok(()) };
    "tenant.NAME.mail_domains", "domains with commas", "",
        "Domains whose mail, handed over by LMTP, belongs to this tenant, beside those of its `mail.from` and `mail.reply_to`.",
        |s, v| { s.door.mail_domains = tenants::names(v)?; Ok(()) };
    "log.format", "`text` or `json`", "text",
        "How log lines look. No line holds personal data or text of reports.",
        |s, v| { s.log_format = match v { "text" => LogFormat::Text, "json" => LogFormat::Json, _ => return Err(format!("{v:?} is neither text nor json")) }; Ok(()) };
    "log.level", "error, warn, info, debug, trace, or a filter", "info",
        "Which log lines are written, to standard error.",
        |s, v| { v.clone_into(&mut s.log_level); Ok(()) };
}
