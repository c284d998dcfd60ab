//! Mail: the server for what goes out, answers, signatures, canned answers.

use cairn_app::dkim::Dkim;

use super::Findings;
use crate::open;
use crate::settings::Settings;

pub(super) async fn outgoing(settings: &Settings, connect: bool, findings: &mut Findings) {
    let Some(mail) = &settings.app.mail else {
        findings.note(
            "mail",
            "no outgoing mail (mail.smtp); reporters look at their status page",
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
