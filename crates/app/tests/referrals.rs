//! The way of a referral: what is shown is what goes, nothing goes without consent or a reason in law, agencies answer by
//! their key, and the reporter reads where it went.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::io::{Cursor, Read};

use cairn_app::account::{Doer, Principal};
use cairn_app::referral::{Agent, Archive, Wish, Words, Work};
use cairn_app::report::{AppError, Received};
use cairn_app::takeaway::ARCHIVE_PASSWORD;
use cairn_desk::access::Denied;
use cairn_desk::referral::{Channel, Outcome, Refusal, State};
use cairn_desk::report::{Contact, Refusal as ReportRefusal};
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::{Actor, Role};
use cairn_testkit::{TestApp, account, sample};

/// An application with one account a role.
struct World {
    t: TestApp,
    all: Vec<Principal>,
}

impl std::ops::Deref for World {
    type Target = TestApp;

    fn deref(&self) -> &TestApp {
        &self.t
    }
}

impl World {
    async fn new() -> Self {
        let t = TestApp::new().await;
        let mut all = Vec::new();
        for role in [Role::Officer, Role::Lead, Role::Auditor] {
            all.push(account(&t.app, role.as_str(), role).await);
        }
        Self { t, all }
    }

    fn who(&self, role: Role) -> &Principal {
        self.all.iter().find(|one| one.role == role).unwrap()
    }
}

/// A report with contact details whose reporter agrees to the police only.
async fn report(t: &World) -> Received {
    let mut draft = sample::draft(1);
    draft.body.anonymous = false;
    draft.body.files.clear();
    draft.consents = vec!["police".into()];
    draft.contact = Some(Contact {
        name: Some("Canary Person".into()),
        email: Some("canary@reporter.example".into()),
        phone: None,
    });
    t.app.submit(&draft, Actor::Reporter, None).await.unwrap()
}

fn wish(agency: &str, channel: Channel) -> Wish {
    Wish {
        agency: agency.into(),
        law: None,
        channel,
        contact: false,
        files: Vec::new(),
    }
}

fn words(text: &str) -> Words {
    Words::parse(text).unwrap()
}

async fn version(t: &World, received: &Received) -> i64 {
    let secret = received.secret.expose();
    let whole = t.app.opened(&received.reference, secret).await.unwrap();
    whole.standing.version
}

async fn prepare(t: &World, by: Role, received: &Received, wish: Wish) -> Result<u32, AppError> {
    let version = version(t, received).await;
    let (by, reference) = (t.who(by), &received.reference);
    t.app.prepare_referral(by, reference, version, wish).await
}

async fn work(t: &World, received: &Received, no: u32, work: Work) -> Result<(), AppError> {
    let version = version(t, received).await;
    let (by, reference) = (t.who(Role::Officer), received.reference.as_str());
    t.app
        .work_referral(by, (reference, no), version, work)
        .await
}

fn refused(error: &AppError) -> Option<Refusal> {
    match error {
        AppError::Refused(ReportRefusal::Referral(refusal)) => Some(*refusal),
        _ => None,
    }
}

fn part(archive: &Archive, name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(archive.bytes.clone())).unwrap();
    let mut text = String::new();
    let mut file = zip.by_name(name).unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

#[tokio::test]
async fn what_is_shown_is_what_is_handed_over() {
    let t = World::new().await;
    let received = report(&t).await;
    let no = prepare(
        &t,
        Role::Officer,
        &received,
        wish("police", Channel::Handed),
    )
    .await;
    let no = no.unwrap();
    let shown = t
        .app
        .referral(t.who(Role::Auditor), &received.reference, no);
    let shown = shown.await.unwrap();
    let packed = shown.packed.clone().unwrap();
    // Not without having been taken out.
    let early = work(&t, &received, no, Work::Send).await.unwrap_err();
    assert_eq!(refused(&early), Some(Refusal::NotTaken));
    let archive = t
        .app
        .take_package(t.who(Role::Officer), &received.reference, no);
    let archive = archive.await.unwrap();
    assert_eq!(part(&archive, "summary.html"), packed.package.summary);
    assert_eq!(part(&archive, "report.json"), packed.package.report);
    let manifest = part(&archive, "manifest.json");
    assert_eq!(sha256(manifest.as_bytes()).hex(), packed.digest);
    let listed: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(listed["receipt"], received.reference.as_str());
    for one in listed["parts"].as_array().unwrap() {
        let text = part(&archive, one["path"].as_str().unwrap());
        assert_eq!(one["sha256"], sha256(text.as_bytes()).hex().as_str());
        assert_eq!(one["bytes"], text.len() as u64);
    }
    // Who the reporter is stays here.
    for text in [&packed.package.summary, &packed.package.report, &manifest] {
        assert!(!text.to_lowercase().contains("canary"), "{text}");
    }
    work(&t, &received, no, Work::Send).await.unwrap();
    let shown = t
        .app
        .referral(t.who(Role::Officer), &received.reference, no);
    let shown = shown.await.unwrap();
    assert_eq!(shown.record.referral.sent.as_ref(), Some(&packed.digest));
}

#[tokio::test]
async fn contact_details_go_only_where_an_officer_says_so() {
    let t = World::new().await;
    let received = report(&t).await;
    let with = Wish {
        contact: true,
        ..wish("police", Channel::Handed)
    };
    let no = prepare(&t, Role::Officer, &received, with).await.unwrap();
    let archive = t
        .app
        .take_package(t.who(Role::Officer), &received.reference, no);
    let archive = archive.await.unwrap();
    assert!(part(&archive, "report.json").contains("canary@reporter.example"));
    assert!(part(&archive, "summary.html").contains("Canary Person"));
    // Once they are erased they do not go any more, and what was taken is no longer what would go.
    let secret = received.secret.expose();
    t.app
        .erase_contact(&received.reference, secret)
        .await
        .unwrap();
    let late = work(&t, &received, no, Work::Send).await.unwrap_err();
    assert_eq!(refused(&late), Some(Refusal::NotTaken));
    let again = t
        .app
        .take_package(t.who(Role::Officer), &received.reference, no);
    let again = again.await.unwrap();
    assert!(!part(&again, "report.json").contains("canary"));
    work(&t, &received, no, Work::Send).await.unwrap();
}

#[tokio::test]
async fn only_leads_use_the_law_and_only_where_it_says_so() {
    let t = World::new().await;
    let received = report(&t).await;
    let no_consent = prepare(&t, Role::Lead, &received, wish("dia", Channel::Handed)).await;
    let no_consent = no_consent.unwrap_err();
    assert_eq!(refused(&no_consent), Some(Refusal::NoConsent));
    let by_law = |agency: &str, code: &str| Wish {
        law: Some((code.into(), words("An offence is being prepared"))),
        ..wish(agency, Channel::Handed)
    };
    let officer = prepare(&t, Role::Officer, &received, by_law("dia", "ipp11_law")).await;
    assert!(matches!(officer, Err(AppError::Denied(Denied))));
    for (agency, code) in [
        ("netsafe", "ipp11_law"),
        ("dia", "ipp11_threat"),
        ("dia", "x"),
    ] {
        let wrong = prepare(&t, Role::Lead, &received, by_law(agency, code)).await;
        assert!(matches!(wrong, Err(AppError::Input(_))), "{agency} {code}");
    }
    let no = prepare(&t, Role::Lead, &received, by_law("dia", "ipp11_law")).await;
    let no = no.unwrap();
    let reference = &received.reference;
    t.app
        .take_package(t.who(Role::Officer), reference, no)
        .await
        .unwrap();
    work(&t, &received, no, Work::Send).await.unwrap();
    t.pass(31);
    let secret = received.secret.expose();
    let whole = t.app.opened(reference, secret).await.unwrap();
    let told = t.app.passed_on(&whole);
    assert!(told.len() == 1 && told[0].by_law && told[0].agency == "dia");
    // An auditor reads and changes nothing.
    let auditor = prepare(&t, Role::Auditor, &received, wish("police", Channel::Api)).await;
    assert!(matches!(auditor, Err(AppError::Denied(Denied))));
}

#[tokio::test]
async fn an_agency_sees_its_own_and_answers_by_its_key() {
    let t = World::new().await;
    let received = report(&t).await;
    let key = |name: &'static str, agency| {
        let app = t.app.clone();
        async move {
            app.create_agency_key(Doer::System, name, agency)
                .await
                .unwrap()
                .1
        }
    };
    let police = t
        .app
        .agent(&key("Police", Some("police")).await)
        .await
        .unwrap();
    let netsafe = t
        .app
        .agent(&key("Netsafe", Some("netsafe")).await)
        .await
        .unwrap();
    let bank = t.app.agent(&key("Bank", None).await).await;
    assert!(matches!(bank, Err(AppError::NotFound)));
    let no = prepare(&t, Role::Officer, &received, wish("police", Channel::Api)).await;
    let (no, reference) = (no.unwrap(), received.reference.as_str());
    work(&t, &received, no, Work::Send).await.unwrap();
    // It can still be taken back.
    assert_eq!(t.app.own_referrals(&police, None).await.unwrap(), []);
    let early = t.app.own_package(&police, reference, no).await;
    assert!(matches!(early, Err(AppError::NotFound)));
    t.pass(31);
    let own = t.app.own_referrals(&police, None).await.unwrap();
    assert_eq!((own.len(), own[0].reference.as_str()), (1, reference));
    assert_eq!(t.app.own_referrals(&netsafe, None).await.unwrap(), []);
    let other = t.app.own_package(&netsafe, reference, no).await;
    assert!(matches!(other, Err(AppError::NotFound)));
    let archive = t.app.own_package(&police, reference, no).await.unwrap();
    assert!(part(&archive, "report.json").contains(reference));
    let done = t
        .app
        .own_acknowledge(&police, reference, no, words("251126/1"));
    done.await.unwrap();
    let said = (Outcome::Accepted, Some(words("A detective calls")));
    t.app
        .own_answer(&police, reference, no, said)
        .await
        .unwrap();
    let shown = t.app.referral(t.who(Role::Officer), reference, no);
    let shown = shown.await.unwrap();
    assert_eq!(shown.record.referral.state, State::Answered);
    assert_eq!(
        shown.record.referral.taken.as_ref(),
        Some(&archive.manifest)
    );
    let number = shown.record.reference().unwrap();
    assert_eq!(shown.whole.referral_text(number), Some("251126/1"));
    revoked_by_the_reporter(&t, &received, &police, no).await;
}

/// Who no longer agrees stops what would still leave.
async fn revoked_by_the_reporter(t: &World, received: &Received, police: &Agent, no: u32) {
    let reference = received.reference.as_str();
    let secret = received.secret.expose();
    t.app
        .set_consent(reference, secret, "police", false)
        .await
        .unwrap();
    let revoked = t.app.own_package(police, reference, no).await;
    assert_eq!(
        revoked.err().as_ref().and_then(refused),
        Some(Refusal::Revoked)
    );
    assert!(
        t.app.own_referrals(police, None).await.unwrap()[0]
            .line
            .tell
    );
    work(t, received, no, Work::Tell(words("By telephone")))
        .await
        .unwrap();
    let waiting = t.app.referrals_waiting(t.who(Role::Auditor)).await.unwrap();
    assert_eq!(*waiting, (0, 0));
}

#[tokio::test]
async fn sending_can_be_taken_back_until_the_reporter_reads_of_it() {
    let t = World::new().await;
    let received = report(&t).await;
    let no = prepare(&t, Role::Officer, &received, wish("police", Channel::Api)).await;
    let no = no.unwrap();
    work(&t, &received, no, Work::Send).await.unwrap();
    let (reference, secret) = (received.reference.as_str(), received.secret.expose());
    let told = |whole: &_| t.app.passed_on(whole).len();
    let whole = t.app.opened(reference, secret).await.unwrap();
    assert_eq!(told(&whole), 0);
    let event = whole.standing.version;
    let undone = t.app.undo(t.who(Role::Officer), reference, event, event);
    undone.await.unwrap();
    work(&t, &received, no, Work::Send).await.unwrap();
    t.pass(31);
    let whole = t.app.opened(reference, secret).await.unwrap();
    assert_eq!(told(&whole), 1);
    let event = whole.standing.version;
    let late = t
        .app
        .undo(t.who(Role::Officer), reference, event, event)
        .await;
    assert!(matches!(late, Err(AppError::Refused(ReportRefusal::Left))));
    // Fifteen days later nobody has said a word.
    t.pass(15 * 86_400);
    let waiting = t.app.referrals_waiting(t.who(Role::Officer)).await.unwrap();
    assert_eq!(*waiting, (1, 0));
    work(&t, &received, no, Work::Chase(words("By mail")))
        .await
        .unwrap();
    let waiting = t.app.referrals_waiting(t.who(Role::Officer)).await.unwrap();
    assert_eq!(*waiting, (0, 0));
}

#[tokio::test]
async fn files_go_one_by_one_under_the_password_that_opens_nothing_by_mistake() {
    let t = World::new().await;
    let received = report(&t).await;
    let mut sums = Vec::new();
    for (bytes, name) in [
        (&b"a letter that says much"[..], "canary.txt"),
        (b"another one", "b.txt"),
    ] {
        let mut taking = t.app.take_file().unwrap();
        taking.push(bytes).unwrap();
        let file = t.app.keep_file(taking, Some(name)).await.unwrap();
        let secret = received.secret.expose();
        sums.push(file.sha256.clone());
        t.app
            .add_file(&received.reference, secret, file)
            .await
            .unwrap();
    }
    let one = Wish {
        files: vec![sums[0].clone()],
        ..wish("police", Channel::Handed)
    };
    let no = prepare(&t, Role::Officer, &received, one).await.unwrap();
    let archive = t
        .app
        .take_package(t.who(Role::Officer), &received.reference, no)
        .await
        .unwrap();
    assert!(!part(&archive, "report.json").contains("canary"));
    assert!(!part(&archive, "manifest.json").contains(&sums[1]));
    let mut zip = zip::ZipArchive::new(Cursor::new(archive.bytes)).unwrap();
    let path = format!("files/{}.bin", sums[0]);
    assert!(zip.by_name(&path).is_err(), "not without the password");
    let mut read = Vec::new();
    let password = ARCHIVE_PASSWORD.as_bytes();
    let mut file = zip.by_name_decrypt(&path, password).unwrap();
    file.read_to_end(&mut read).unwrap();
    assert_eq!(read, b"a letter that says much");
    assert_eq!(sha256(&read).hex(), sums[0]);
    drop(file);
    assert_eq!(zip.len(), 4);
}
