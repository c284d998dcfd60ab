//! Mail: the server for what goes out, answers, signatures, canned answers.

use cairn_app::clock::Clock;
use cairn_app::dkim::Dkim;
use cairn_app::openpgp::{OwnKeys, PublicKey, Standing, fingerprint_shown, split_address};
use cairn_app::smime::{CertificateStanding, certificate_shown, own_certificate};

use super::Findings;
use crate::open;
use crate::settings::Settings;

pub(super) async fn outgoing(settings: &Settings, connect: bool, findings: &mut Findings) {
    let Some(mail) = &settings.app.mail else {
        let why = if settings.door.is_house() {
            "mail.smtp"
        } else {
            "a tenant needs a mail.from of its own"
        };
        findings.note(
            "mail",
            &format!("no outgoing mail ({why}); reporters look at their status page"),
        );
        return;
    };
    if !connect {
        findings.note(
            "mail",
            &format!(
                "sends as {}; `cairn doctor --mail` tries the server",
                mail.from
            ),
        );
        return;
    }
    let post = cairn_app::notify::Post::new(mail);
    let tried = match post.and_then(|post| post.signing(settings.app.dkim.as_ref())) {
        Ok(post) => post.test().await.map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    match tried {
        Ok(()) => findings.good("mail", "the server answers"),
        Err(error) => findings.bad("mail", &error, "check mail.smtp and the server's log"),
    }
}

/// A key of ours is warned of so long before its time is over, seconds: 60 days.
const OPENPGP_SECONDS_MIN: i64 = 60 * 24 * 3_600;

/// The key to which mail to us is encrypted.
pub(super) fn openpgp(settings: &Settings, findings: &mut Findings) {
    let own = match OwnKeys::at(&settings.data).all() {
        Ok(own) => own,
        Err(error) => {
            let mend = "restore keys/openpgp.asc from a backup, or move it away and run `cairn openpgp new`";
            findings.bad("OpenPGP", &error.to_string(), mend);
            return;
        }
    };
    let Some(key) = own.first().map(|own| own.public()) else {
        if settings.app.mail.is_some() {
            findings.note("OpenPGP", "no key yet; `cairn serve` makes one");
        }
        return;
    };
    let now = Clock::System.now().seconds();
    let left = key.expires().map(|end| end - now);
    let print = fingerprint_shown(&key.fingerprint());
    match left {
        Some(left) if left <= 0 => findings.bad(
            "OpenPGP",
            &format!("the time of the key {print} is over: nobody can write to us encrypted"),
            "`cairn openpgp extend`, or `cairn openpgp rotate` for a new one",
        ),
        Some(left) if left < OPENPGP_SECONDS_MIN => findings.warn(
            "OpenPGP",
            &format!(
                "the key {print} holds for {} days more",
                left / (24 * 3_600)
            ),
            "`cairn openpgp extend`, or `cairn openpgp rotate` for a new one",
        ),
        _ => findings.good("OpenPGP", &format!("the key is {print}")),
    }
    let sender = settings.app.mail.as_ref();
    let sender = sender.and_then(|mail| split_address(&mail.from));
    if let Some((local, domain)) = sender
        && !key.is_of(&format!("{local}@{domain}"))
    {
        findings.warn(
            "OpenPGP",
            &format!("the key has no user id for {local}@{domain}, from which mail goes out"),
            "`cairn openpgp rotate` makes one for it",
        );
    }
}

/// The certificate that signs what leaves by S/MIME.
pub(super) fn smime(settings: &Settings, findings: &mut Findings) {
    let Some(path) = &settings.app.smime else {
        return;
    };
    let mend = "get a new certificate, and put it with its key into the file of mail.smime";
    let own = match own_certificate(path) {
        Ok(own) => own,
        Err(error) => return findings.bad("S/MIME", &error.to_string(), mend),
    };
    let (one, now) = (own.certificate(), Clock::System.now().seconds());
    let print = certificate_shown(&one.fingerprint());
    let left = one.expires() - now;
    match own.standing(now) {
        CertificateStanding::Good if left < OPENPGP_SECONDS_MIN => {
            let days = left / (24 * 3_600);
            let what = format!("the certificate {print} holds for {days} days more");
            findings.warn("S/MIME", &what, mend);
        }
        CertificateStanding::Good => {
            findings.good("S/MIME", &format!("the certificate is {print}"));
        }
        CertificateStanding::NotYet | CertificateStanding::Expired => {
            let what = format!(
                "the time of the certificate {print} is over, or has not come: nothing is signed by S/MIME"
            );
            findings.bad("S/MIME", &what, mend);
        }
        CertificateStanding::OtherUse | CertificateStanding::Weak => {
            let what = format!("the certificate {print} is not for signing mail");
            findings.bad("S/MIME", &what, mend);
        }
    }
    let sender = settings.app.mail.as_ref();
    let sender = sender.and_then(|mail| split_address(&mail.from));
    if let Some((local, domain)) = sender
        && !one.is_of(&format!("{local}@{domain}"))
    {
        let what =
            format!("the certificate does not name {local}@{domain}, from which mail goes out");
        findings.warn("S/MIME", &what, mend);
    }
}

/// The keys of agencies to which packages go by mail.
pub(super) fn agencies(settings: &Settings, findings: &mut Findings) {
    let Ok(form) = open::form(settings.form.as_deref()) else {
        return;
    };
    let now = Clock::System.now().seconds();
    let mend = "ask the agency for a new key, and put it into agencies.toml";
    for agency in form.agencies().all() {
        let Some(text) = &agency.openpgp else {
            continue;
        };
        let key = match PublicKey::read(text.as_bytes()) {
            Ok(key) if key.standing(now) == Standing::Good => key,
            Ok(_) => {
                let what = format!("the key of {} is over, revoked, or too weak", agency.code);
                findings.warn("OpenPGP", &what, mend);
                continue;
            }
            Err(error) => {
                findings.warn("OpenPGP", &format!("{}: {error}", agency.code), mend);
                continue;
            }
        };
        let left = key.expires().map(|end| end - now);
        if let Some(left) = left.filter(|left| *left < OPENPGP_SECONDS_MIN) {
            let days = left / (24 * 3_600);
            let what = format!("the key of {} holds for {days} days more", agency.code);
            findings.warn("OpenPGP", &what, mend);
        }
    }
}

/// Answers to mail, the record that signatures need, and what officers send often.
pub(super) fn conversation(settings: &Settings, findings: &mut Findings) {
    match (&settings.app.mail, &settings.app.reply_to) {
        (Some(_), None) => findings.note(
            "answers to mail",
            "nobody reads them (mail.reply_to); reporters answer on their status page",
        ),
        (Some(_), Some(_)) => {
            let way = match &settings.lmtp {
                Some(_) => "mail.lmtp_listen",
                None => "`cairn report import-mail`",
            };
            findings.good("answers to mail", &format!("come in by {way}"));
        }
        (None, _) => {}
    }
    if let Some(config) = &settings.app.dkim {
        match Dkim::open(config) {
            Ok(dkim) => {
                let (name, text) = dkim.record();
                let words = format!("the domain needs this TXT record: {name} IN TXT \"{text}\"");
                findings.note("DKIM", &words);
            }
            Err(error) => findings.bad(
                "DKIM",
                &error.to_string(),
                "make a key with `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`",
            ),
        }
    }
    let Ok(form) = open::form(settings.form.as_deref()) else {
        return;
    };
    if let Err(error) = open::answers(settings.answers.as_deref(), &form) {
        findings.bad(
            "canned answers",
            &format!("{error:#}"),
            "mend what is named; data/answers.toml of the sources is an example",
        );
    }
}
