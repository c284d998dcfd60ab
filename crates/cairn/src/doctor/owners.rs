//! Machine reports and who is told: sources, what notices need, keys that end.

use std::path::Path;

use cairn_app::feeds::source::Looked;
use cairn_app::openpgp::{PublicKey, Standing as KeyStanding};
use cairn_desk::source::{SourceKind, SourceWanted};
use cairn_kernel::time::Micros;
use cairn_store::verify::{SourceSeen, Standing, standing};

use super::{Findings, is_there};
use crate::open;
use crate::settings::Settings;

/// A key that ends within so many seconds is told of: 30 days.
const KEY_SECONDS_MIN: i64 = 30 * 24 * 3_600;
/// A source that is on and brought nothing for so many seconds is told of: 7 days.
const QUIET_SECONDS_MAX: i64 = 7 * 24 * 3_600;
/// Looks in a row that may fail before a source counts as broken.
const FAILS_MAX: u32 = 3;

/// Looks at all of it.
pub(super) async fn look(settings: &Settings, findings: &mut Findings) {
    if !is_there(settings) {
        return;
    }
    let own = settings.clone();
    let read = tokio::task::spawn_blocking(move || {
        Ok::<_, anyhow::Error>(standing(&open::options(&own)?.database)?)
    });
    // A database that does not answer, or is older, is told about elsewhere.
    let Ok(Ok(Some(all))) = read.await else {
        return;
    };
    let now = Micros(0).plus_seconds(i64::try_from(super::now()).unwrap_or(0));
    sources(settings, &all.sources, now, findings);
    notices(settings, &all, findings);
    keys(&all, now.seconds(), findings);
}

fn sources(settings: &Settings, all: &[SourceSeen], now: Micros, findings: &mut Findings) {
    let before = (findings.wrong, findings.warned);
    for one in all.iter().filter(|one| one.live) {
        source(settings, one, now, findings);
    }
    let live = all.iter().filter(|one| one.live).count();
    if live > 0 && before == (findings.wrong, findings.warned) {
        findings.good("sources", &format!("{live} are on, each looks right"));
    }
}

fn source(settings: &Settings, one: &SourceSeen, now: Micros, findings: &mut Findings) {
    let code = &one.code;
    let wanted: SourceWanted = serde_json::from_str(&one.wanted).unwrap_or_default();
    let looked: Looked = serde_json::from_str(&one.state).unwrap_or_default();
    let kind = SourceKind::parse(&one.kind);
    if kind == Some(SourceKind::Folder)
        && let Err(why) = folder(settings, &wanted.address)
    {
        let mend = "make the folder and let the user cairn read and write it, or set feeds.folders";
        findings.bad("source", &format!("{code}: {why}"), mend);
    }
    if !wanted.file.is_empty() {
        let at = settings.app.feeds.files.clone();
        let at = at.unwrap_or_else(|| settings.data.join("feeds"));
        if let Err(error) = std::fs::File::open(at.join(&wanted.file)) {
            let what = format!("{code}: {} cannot be read: {error}", wanted.file);
            findings.bad(
                "source",
                &what,
                "put the schema or mapping there (feeds.files)",
            );
        }
    }
    if kind == Some(SourceKind::Shadowserver) && !one.has_secret {
        let mend = "set its secret on /desk/feeds/sources";
        findings.bad("source", &format!("{code}: its secret is missing"), mend);
    }
    if kind == Some(SourceKind::Mail) && settings.app.reply_to.is_none() {
        let what = format!("{code}: mail to it has no address");
        findings.bad("source", &what, "set mail.reply_to, and a way in for mail");
    }
    if looked.fails >= FAILS_MAX {
        let why = looked.error.unwrap_or_default();
        let what = format!("{code}: the last {} looks failed: {why}", looked.fails);
        findings.bad(
            "source",
            &what,
            "mend what it says; `cairn feeds pull` looks now",
        );
        return;
    }
    let last = one.last.unwrap_or(one.made);
    if last.plus_seconds(QUIET_SECONDS_MAX) < now {
        let what = match one.last {
            Some(last) => format!("{code}: its newest report came {last}"),
            None => format!("{code}: no report of it has ever come"),
        };
        findings.warn("source", &what, "ask its sender, or switch it off");
    }
}

/// Whether a watched folder can be read, and reports moved out of it.
fn folder(settings: &Settings, name: &str) -> Result<(), String> {
    let all = settings.app.feeds.folders.as_deref();
    let all = all.ok_or("it watches a folder, and feeds.folders is not set")?;
    let at: &Path = &all.join(name);
    std::fs::read_dir(at).map_err(|error| format!("{} cannot be read: {error}", at.display()))?;
    rustix::fs::access(at, rustix::fs::Access::WRITE_OK)
        .map_err(|error| format!("{} cannot be written: {error}", at.display()))
}

/// What notices need to leave and to be answered.
fn notices(settings: &Settings, all: &Standing, findings: &mut Findings) {
    if all.claims > 0 {
        let what = format!("of organisations that wait for an officer: {}", all.claims);
        findings.note("claims", &what);
    }
    if !all.book {
        if !all.sources.is_empty() {
            let what = "no book of rules is on: no owner is told (/desk/notices/rules)";
            findings.note("notices", what);
        }
        return;
    }
    if settings.app.mail.is_none() {
        let what = "a book of rules is on, and no mail goes out: owners are not told";
        findings.bad("notices", what, "set mail.smtp and mail.from");
        return;
    }
    if settings.app.reply_to.is_none() {
        let what = "mail that comes back is not seen: contacts that are gone stay";
        findings.warn(
            "notices",
            what,
            "set mail.reply_to, and a way in for mail (mail.lmtp_listen)",
        );
        return;
    }
    findings.good(
        "notices",
        "a book of rules is on; mail goes out and comes back",
    );
}

/// Keys that ended or end soon. The log of a doctor names numbers, not people.
fn keys(all: &Standing, now: i64, findings: &mut Findings) {
    for (agency, armour) in &all.agencies {
        if let Some(what) = ends(armour, now) {
            let what = format!("the key of {agency} {what}");
            let mend = "ask the agency for a new one, and bring it on /desk/agencies";
            findings.warn("OpenPGP", &what, mend);
        }
    }
    let mut good = 0;
    for (owner, contact, armour) in &all.contacts {
        match ends(armour, now) {
            Some(what) => {
                let what = format!("the key of contact {contact} of constituent {owner} {what}");
                let mend = format!(
                    "ask them for a new one: /desk/constituents/{owner}/contacts/{contact}"
                );
                findings.warn("OpenPGP", &what, &mend);
            }
            None => good += 1,
        }
    }
    if good > 0 {
        let what = format!("{good} keys of constituents' contacts hold for 30 days at least");
        findings.good("OpenPGP", &what);
    }
}

/// What is wrong with a key, if anything is.
fn ends(armour: &str, now: i64) -> Option<String> {
    let Ok(key) = PublicKey::read(armour.as_bytes()) else {
        return Some("does not read".to_owned());
    };
    match key.standing(now) {
        KeyStanding::Good => {}
        KeyStanding::Expired => return Some("is over".to_owned()),
        KeyStanding::Revoked => return Some("was revoked".to_owned()),
        KeyStanding::CannotEncrypt => return Some("cannot be encrypted to".to_owned()),
    }
    let left = key.expires()? - now;
    (left < KEY_SECONDS_MIN).then(|| format!("holds for {} days more", left / (24 * 3_600)))
}
