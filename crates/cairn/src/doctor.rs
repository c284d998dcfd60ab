//! `cairn doctor`: looks at everything an operator may have to mend, and says what to do.

mod mail;
mod owners;
mod signin;

use std::path::Path;
use std::time::SystemTime;

use cairn_desk::figures::live;
use cairn_evidence::receipt::RECEIPT_EXTENSION;
use cairn_kernel::time::Micros;
use cairn_store::schema;
use cairn_store::verify::{self, Check, Trusted};

use crate::args::CheckFailed;
use crate::settings::Settings;
use crate::{check, open, progress};

/// Free space below which new reports are at risk.
const FREE_BYTES_MIN: u64 = 1024 * 1024 * 1024;
/// How far the clock may be behind the newest entry of the log.
const CLOCK_SLACK_SECONDS: i64 = 300;
/// How long a certificate must still last: two weeks.
const CERTIFICATE_SECONDS_MIN: i64 = 14 * 24 * 3_600;
/// The program is younger than this; an earlier clock is wrong.
const BUILT_AFTER: u64 = 1_790_000_000;

struct Findings {
    wrong: usize,
    warned: usize,
}

impl Findings {
    fn good(&mut self, what: &str, detail: &str) {
        println!("ok     {what:<12} {detail}");
    }

    fn bad(&mut self, what: &str, detail: &str, mend: &str) {
        self.wrong += 1;
        println!(
            "WRONG  {what:<12} {detail}\n       {:<12} what to do: {mend}",
            ""
        );
    }

    /// Nothing is broken, but something is lost by it.
    fn warn(&mut self, what: &str, detail: &str, mend: &str) {
        self.warned += 1;
        println!(
            "warn   {what:<12} {detail}\n       {:<12} what to do: {mend}",
            ""
        );
    }

    fn note(&mut self, what: &str, detail: &str) {
        println!("note   {what:<12} {detail}");
    }
}

/// Checks all, changes nothing: the house and every tenant.
///
/// # Errors
/// [`CheckFailed`] if anything is wrong.
pub async fn run(settings: &Settings, mail: bool, full: bool) -> anyhow::Result<()> {
    let mut findings = Findings {
        wrong: 0,
        warned: 0,
    };
    for one in settings.houses() {
        if !settings.tenants.is_empty() {
            println!("\n{} ({})", one.called(), one.site.public_url);
        }
        all_of(one, mail, full, &mut findings).await;
    }
    if findings.wrong == 0 {
        println!("\nnothing is wrong");
        return Ok(());
    }
    Err(CheckFailed(format!("{} things are wrong", findings.wrong)).into())
}

async fn all_of(settings: &Settings, mail: bool, full: bool, findings: &mut Findings) {
    disk(settings, findings);
    clock(settings, findings).await;
    form(settings, findings);
    figures(settings, findings);
    retention(settings, findings);
    keys(settings, findings);
    database(settings, findings).await;
    plans(settings, findings).await;
    if full {
        files(settings, findings).await;
    }
    feeds(settings, full, findings).await;
    address(settings, findings);
    certificate(settings, findings);
    signin::ways(settings, findings);
    mail::outgoing(settings, mail, findings).await;
    mail::conversation(settings, findings);
    mail::openpgp(settings, findings);
    mail::smime(settings, findings);
    mail::agencies(settings, findings);
    owners::look(settings, findings).await;
}

fn disk(settings: &Settings, findings: &mut Findings) {
    let dir = &settings.data;
    if !dir.is_dir() {
        findings.note(
            "directory",
            &format!("{} is not there yet; `cairn serve` makes it", dir.display()),
        );
        return;
    }
    let probe = dir.join("doctor.tmp");
    match std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe)) {
        Ok(()) => findings.good("directory", &dir.display().to_string()),
        Err(error) => findings.bad(
            "directory",
            &format!("{} cannot be written: {error}", dir.display()),
            "give it to the user that cairn runs as: chown -R cairn: DIR",
        ),
    }
    match free_bytes(dir) {
        Ok(free) if free < FREE_BYTES_MIN => findings.bad(
            "disk",
            &format!("{} MiB free", free >> 20),
            "make room: below 64 MiB no new reports are taken",
        ),
        Ok(free) => findings.good("disk", &format!("{} MiB free", free >> 20)),
        Err(error) => findings.bad(
            "disk",
            &error.to_string(),
            "look at the file system's health",
        ),
    }
}

fn free_bytes(dir: &Path) -> std::io::Result<u64> {
    let stat = rustix::fs::statvfs(dir)?;
    Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
}

/// Behind the newest entry of the log, times would run backwards.
async fn clock(settings: &Settings, findings: &mut Findings) {
    let now = now();
    if now < BUILT_AFTER {
        findings.bad(
            "clock",
            "the system's clock is behind this program's making",
            "turn time synchronisation on: timedatectl set-ntp true",
        );
        return;
    }
    let newest = if is_there(settings) {
        let settings = settings.clone();
        let newest = tokio::task::spawn_blocking(move || {
            let database = open::options(&settings)?.database;
            Ok::<_, anyhow::Error>(verify::newest(&database)?)
        });
        // A database that does not answer is told about below.
        newest.await.ok().and_then(Result::ok).flatten()
    } else {
        None
    };
    let stands = Micros(0).plus_seconds(i64::try_from(now).unwrap_or(0));
    match newest {
        Some(newest) if newest > stands.plus_seconds(CLOCK_SLACK_SECONDS) => findings.bad(
            "clock",
            &format!("{stands} is before the newest entry of the log, {newest}"),
            "set the clock right (timedatectl set-ntp true); if it was ahead before, entries have late times for ever",
        ),
        _ => findings.good("clock", &stands.to_string()),
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the system's clock is what is being checked"
    )]
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |d| d.as_secs())
}

fn form(settings: &Settings, findings: &mut Findings) {
    match open::form(settings.form.as_deref()) {
        Ok(form) => findings.good(
            "form",
            &format!("{}, {} steps", form.name(), form.steps().len()),
        ),
        Err(error) => findings.bad(
            "form",
            &error.to_string(),
            "mend the lines named; see docs/forms.md",
        ),
    }
}

/// The operator's rules of retention.
fn retention(settings: &Settings, findings: &mut Findings) {
    // What is wrong with the form is told above.
    let Ok(form) = open::form(settings.form.as_deref()) else {
        return;
    };
    match open::retention(settings.retention.as_deref(), &form) {
        Ok(None) => findings.good("retention", "the built-in rules"),
        Ok(Some((_, rules))) => findings.good(
            "retention",
            &format!(
                "version {} of your rules; `cairn retention check` says what they erase",
                rules.version()
            ),
        ),
        Err(error) => findings.bad(
            "retention",
            &format!("{error:#}"),
            "mend the lines named; data/retention.toml of the sources is an example",
        ),
    }
}

/// The figures' data files, and whether losses in every currency that people may name can be added up.
fn figures(settings: &Settings, findings: &mut Findings) {
    match open::figures(settings.figures.as_deref(), &settings.app.figures) {
        Ok(sources) => {
            let national = if sources.national.is_some() {
                "definitions and national series"
            } else {
                "definitions; no national series is shown"
            };
            let live =
                live::Settings::parse(&sources.live).map(|live| live.population.last().cloned());
            let people = match live {
                Ok(Some(newest)) => format!("population of {}", newest.year),
                _ => "no population: reports per 100,000 people have no values until live.toml in the folder of \
                      service.figures names one with its source"
                    .to_owned(),
            };
            findings.good("figures", &format!("{national}; {people}"));
        }
        Err(error) => findings.bad(
            "figures",
            &error.to_string(),
            "mend the file named; data/figures.toml and data/example of the sources are examples",
        ),
    }
    let (Ok(form), base) = (
        open::form(settings.form.as_deref()),
        &settings.app.base_currency,
    ) else {
        return;
    };
    let rates = match open::rates(settings.rates.as_deref(), &settings.app) {
        Ok(rates) => rates,
        Err(error) => {
            findings.bad(
                "rates",
                &error.to_string(),
                "mend the file; docs/operators.md has an example",
            );
            return;
        }
    };
    let missing = |code: &&str| *code != base && rates.newest(code).is_none();
    let codes = form.currencies().iter().map(String::as_str);
    let missing: Vec<&str> = codes.filter(missing).collect();
    if missing.is_empty() {
        findings.good("rates", "every currency of the form has one");
    } else {
        findings.warn(
            "rates",
            &format!("none for {}: losses in them are not added up and count as unknown for the severity", missing.join(", ")),
            "name a file of dated rates in service.rates; docs/operators.md has an example",
        );
    }
}

fn keys(settings: &Settings, findings: &mut Findings) {
    let dir = settings.data.join("keys");
    if !dir.is_dir() {
        findings.note("keys", "not made yet; the first start makes them");
        return;
    }
    match others_can_read(&dir) {
        Ok(None) => findings.good("keys", "readable by their owner only"),
        Ok(Some(file)) => findings.bad(
            "keys",
            &format!("{file} can be read by others"),
            "chmod 600 on the files, 700 on the folder",
        ),
        Err(error) => findings.bad(
            "keys",
            &error.to_string(),
            "give the folder to the user that cairn runs as",
        ),
    }
}

fn others_can_read(dir: &Path) -> std::io::Result<Option<String>> {
    use std::os::unix::fs::PermissionsExt;
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        if entry.metadata()?.permissions().mode() & 0o077 != 0 {
            return Ok(Some(entry.path().display().to_string()));
        }
    }
    Ok(None)
}

fn is_there(settings: &Settings) -> bool {
    let postgres = settings.database != "sqlite";
    // A tenant's schema is made with its keys.
    let made = settings.door.is_house() || open::is_made(settings);
    (postgres && made) || settings.data.join("core.db").exists()
}

async fn database(settings: &Settings, findings: &mut Findings) {
    if !is_there(settings) {
        findings.note("database", "not made yet; the first start makes it");
        return;
    }
    let settings = settings.clone();
    let told = tokio::task::spawn_blocking(move || {
        let trusted = Trusted::read(&settings.data.join("keys"), &settings.log_origin)?;
        let mut first = None;
        let bar = progress::bar("verifying");
        let check = Check {
            trusted: &trusted,
            quarter: None,
            progress: &mut |p| check::step(&bar, p.part, p.done, p.of),
            found: &mut |finding| {
                first.get_or_insert_with(|| finding.to_string());
            },
        };
        let verdict = verify::database(&open::options(&settings)?.database, check)?;
        bar.finish_and_clear();
        Ok::<_, anyhow::Error>((verdict, first))
    });
    match told.await {
        Ok(Ok((verdict, None))) => {
            findings.good("database", &format!("schema {} known, {} reports", schema::NEWEST, verdict.reports));
            findings.good("log", &format!("{} entries, all verified", verdict.leaves));
        }
        Ok(Ok((verdict, Some(first)))) => findings.bad(
            "log",
            &format!("{} records disagree with the log, the first: {first}", verdict.findings),
            "run `cairn log verify` for all of them; keep the directory as it is; restore a backup elsewhere",
        ),
        Ok(Err(error)) => findings.bad(
            "database",
            &format!("{error:#}"),
            "is the server up, the address right, the origin (`evidence.origin`) unchanged?",
        ),
        Err(error) => findings.bad("database", &error.to_string(), "report this fault"),
    }
}

/// Each plan's folder, and whether what was published of it is as it was.
async fn plans(settings: &Settings, findings: &mut Findings) {
    for folder in &settings.plans {
        let (of, site) = (vec![folder.clone()], settings.site.clone());
        let built = tokio::task::spawn_blocking(move || open::plans(&of, &site)).await;
        match built {
            Ok(Ok(_)) => findings.good("plan", &folder.display().to_string()),
            Ok(Err(error)) => findings.bad(
                "plan",
                &format!("{}: {error:#}", folder.display()),
                "mend what `cairn track check` names in that folder",
            ),
            Err(error) => findings.bad("plan", &error.to_string(), "report this fault"),
        }
    }
    if !is_there(settings) {
        return;
    }
    let settings = settings.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let (mut all, mut wrong) = (0, Vec::new());
        let database = open::options(&settings)?.database;
        verify::bundles(&database, &mut |kept| {
            let (plan, no) = (kept.plan, kept.no);
            all += 1;
            match cairn_app::track::disagreements(kept.bundle, kept.manifest) {
                Ok(files) if files.is_empty() => {}
                Ok(files) => wrong.push(format!("{plan} {no}: {}", files.join(", "))),
                Err(error) => wrong.push(format!("{plan} {no}: {error}")),
            }
        })?;
        Ok::<_, anyhow::Error>((all, wrong))
    });
    match looked.await {
        Ok(Ok((0, _))) => {}
        Ok(Ok((all, wrong))) if wrong.is_empty() => findings.good(
            "published",
            &format!("{all} versions of plans, each as its manifest says"),
        ),
        Ok(Ok((_, wrong))) => findings.bad(
            "published",
            &wrong.join("; "),
            "these versions were changed after they were published; restore a backup elsewhere and compare",
        ),
        // A database that does not answer was told about above.
        Ok(Err(_)) => {}
        Err(error) => findings.bad("published", &error.to_string(), "report this fault"),
    }
}

async fn files(settings: &Settings, findings: &mut Findings) {
    if !is_there(settings) {
        return;
    }
    let settings = settings.clone();
    match tokio::task::spawn_blocking(move || check::files(&settings)).await {
        Ok(Ok(0)) => findings.good("files", "every stored file is whole"),
        Ok(Ok(damaged)) => findings.bad(
            "files",
            &format!("{damaged} stored files are missing or damaged (named above)"),
            "restore a backup into another directory and copy them from its blobs/",
        ),
        Ok(Err(error)) => findings.bad(
            "files",
            &format!("{error:#}"),
            "give the folder to the user that cairn runs as",
        ),
        Err(error) => findings.bad("files", &error.to_string(), "report this fault"),
    }
}

/// Machine reports: can be read; with `full`, every observation and file of them.
async fn feeds(settings: &Settings, full: bool, findings: &mut Findings) {
    let settings = settings.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let schema = crate::feeds::kept_schema(&settings)?;
        let wrong = if full { check::feeds(&settings)? } else { 0 };
        Ok::<_, anyhow::Error>((schema, wrong))
    });
    match looked.await {
        Ok(Ok((None, 0))) => {}
        Ok(Ok((Some(schema), 0))) => {
            findings.good("feeds", &format!("schema {schema} known"));
        }
        Ok(Ok((_, wrong))) => findings.bad(
            "feeds",
            &format!("{wrong} things disagree among the machine reports (named above)"),
            "restore a backup into another directory and compare",
        ),
        Ok(Err(error)) => findings.bad(
            "feeds",
            &format!("{error:#}"),
            "is the server up, may the user cairn read `feeds.db` and `observations/`?",
        ),
        Err(error) => findings.bad("feeds", &error.to_string(), "report this fault"),
    }
}

/// The certificate that we serve ourselves: usable, and for how long.
fn certificate(settings: &Settings, findings: &mut Findings) {
    let Some(files) = &settings.server.tls else {
        return;
    };
    let ends =
        cairn_web::server::check(files).and_then(|()| cairn_web::server::certificate_ends(files));
    let left = |ends: Micros| ends.seconds() - i64::try_from(now()).unwrap_or(0);
    match ends {
        Err(error) => findings.bad(
            "certificate",
            &error.to_string(),
            "name a PEM chain and its key that the user cairn may read",
        ),
        Ok(ends) if left(ends) < CERTIFICATE_SECONDS_MIN => findings.bad(
            "certificate",
            &format!("ends {ends}"),
            "renew it and put the new files in its place; cairn reads them again by itself within a minute",
        ),
        Ok(ends) => findings.good("certificate", &format!("ends {ends}")),
    }
}

fn address(settings: &Settings, findings: &mut Findings) {
    let own_tls = settings.server.tls.is_some();
    if settings.site.https && !own_tls && settings.server.trusted_proxies.is_empty() {
        findings.bad(
            "address",
            &format!(
                "{} is https by a proxy that server.trusted_proxies does not name: everybody counts as one network",
                settings.site.public_url
            ),
            "name the proxy's address in server.trusted_proxies (and let it set X-Forwarded-For), or serve TLS here",
        );
    } else if settings.site.https {
        findings.good("address", &settings.site.public_url);
    } else if settings.site.public_url.contains("127.0.0.1")
        || settings.site.public_url.contains("localhost")
    {
        findings.note(
            "address",
            &format!(
                "{}: set server.public_url before the public comes",
                settings.site.public_url
            ),
        );
    } else {
        findings.bad(
            "address",
            &format!("{} is not https", settings.site.public_url),
            "serve by TLS (server.tls_certificates) or behind a proxy that does, and name the https address",
        );
    }
    findings.note(
        "receipts",
        &format!(
            "files end in .{RECEIPT_EXTENSION} and are signed for {}",
            settings.log_origin
        ),
    );
}
