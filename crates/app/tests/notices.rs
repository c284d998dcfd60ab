//! Notices through the real store on both databases: a report comes in, the owner is told once, by a real mail server and encrypted for
//! GnuPG; the owner answers by the link; the next report lacks the row, and the time until then is counted. Always as the log says.

// Helpers of tests stop a test by panicking, as tests do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines
)]

#[path = "support/mail.rs"]
mod mail;
#[path = "support/notices.rs"]
mod support;

use cairn_app::conversation::{Handed, Taken};
use cairn_app::notice::Said;
use cairn_app::report::AppError;
use cairn_desk::constituent::typed::ContactTyped;
use cairn_desk::constituent::{Fault, Typed, Work, Wrong};
use cairn_desk::notice::{ALL_ROWS, Answer, Format, Refusal, State, Why};
use cairn_desk::rules::{Command, Refusal as RuleRefusal};
use cairn_kernel::label::Tlp;
use cairn_store::backup::{self, Plan, Restore};
use cairn_store::writer::Unit;
use cairn_testkit::gpg::Gpg;
use cairn_testkit::openssl::OpenSsl;
use cairn_testkit::{TestStore, on_both};
use mail::MailServer;
use support::{BOOK, HOUR, ON, World, field, now, plain, secret};

on_both! {
    async fn an_owner_is_told_once_answers_and_what_is_gone_is_counted(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        w.app.ensure_openpgp().unwrap();
        w.app.ensure_openpgp().unwrap();
        let gpg = Gpg::with_key("Owner <soc@owner.example>", "1y");
        let key = gpg.run(&["--armor", "--export"], b"");
        w.contact("security", "soc@owner.example", &String::from_utf8_lossy(&key.out)).await;
        // What came in before a book is on is not told.
        w.report("vulnerable-system", &[99]).await;
        w.switch_on(&BOOK.replace("green", "amber")).await;
        w.pass(60);
        w.report("vulnerable-system", &[7, 8]).await;
        w.report("scanner", &[7]).await;
        // The program may end at any moment: nothing is told twice.
        w.turn().await;
        w.turn().await;
        w.mail().await;
        w.mail().await;
        let all = server.messages();
        assert_eq!(all.len(), 1);
        assert_eq!((field(&all[0], "To").as_str(), field(&all[0], "Subject").as_str()), ("soc@owner.example", "..."));
        let sealed = &all[0][all[0].find("-----BEGIN PGP MESSAGE").unwrap()..];
        gpg.import(w.app.openpgp_public().unwrap().armoured().as_bytes());
        let opened = gpg.run(&["--decrypt"], sealed.as_bytes());
        assert!(opened.good && opened.status.contains("GOODSIG"), "{}", opened.status);
        let inside = String::from_utf8_lossy(&opened.out).into_owned();
        let said = plain(&inside);
        assert!(said.contains("Kia ora") && said.contains("Tapanga: TLP:AMBER"), "in the owner's language: {said}");
        assert!(inside.contains("filename=\"notice-") && inside.contains(".csv\""));
        let list = w.list().await;
        let standing = &list.notices[0].standing;
        assert_eq!((standing.state, standing.rows, standing.sealing.as_deref()), (State::Sent, 2, Some("encrypted")));
        assert_eq!(w.why(7).await, [Why::Told, Why::Rule]);
        assert_eq!(w.why(99).await, []);

        // Who has the link answers; nobody else learns anything.
        let (number, secret) = secret(&said);
        assert_eq!(number, standing.number);
        for (no, wrong) in [(number.as_str(), "0".repeat(26)), ("20200101-00000001", secret.clone())] {
            assert!(matches!(w.app.open_notice(no, &wrong).await, Err(AppError::NotFound)));
        }
        let opened = w.app.open_notice(&number, &secret).await.unwrap();
        assert_eq!(opened.content.rows.len(), 2);
        let nothing = Said { rows: vec![], note: " ".into() };
        assert!(matches!(w.app.answer_notice(&opened, &nothing).await, Err(AppError::Input(_))));
        let said = Said { rows: vec![(ALL_ROWS, Answer::Working), (2, Answer::NotOurs)], note: "Ka mahi.".into() };
        w.app.answer_notice(&opened, &said).await.unwrap();
        let whole = w.app.read_notice(&w.lead, &number).await.unwrap();
        let answers: Vec<_> = whole.rows.iter().map(|row| row.now.as_ref().unwrap().answer.clone().unwrap()).collect();
        assert_eq!(answers, ["working", "not_ours"]);
        assert_eq!(whole.answers[0].1.note, "Ka mahi.");

        // The next day one is gone; the other is not told again, since it is not theirs.
        w.pass(24 * HOUR);
        w.report("vulnerable-system", &[8]).await;
        w.turn().await;
        w.mail().await;
        assert_eq!(server.messages().len(), 1);
        let list = w.list().await;
        assert_eq!((list.times.gone, list.times.open), (1, 1));
        let median = list.times.median.unwrap();
        assert!((24 * HOUR - 60..=24 * HOUR + 60).contains(&median), "{median}");
        assert_eq!(list.classes[0].0, "exposed");
        assert_eq!(list.owners[0].0, w.owner);
        assert_eq!(list.notices[0].standing.gone, 1);
        let whole = w.app.read_notice(&w.lead, &number).await.unwrap();
        assert!(whole.rows[0].now.as_ref().unwrap().gone.is_some());
        // It comes back: that is told anew.
        w.pass(24 * HOUR);
        w.report("vulnerable-system", &[7, 8]).await;
        w.turn().await;
        w.mail().await;
        assert_eq!(server.messages().len(), 2);
        assert_eq!(w.list().await.notices.len(), 2);
        w.proved().await;
    }

    async fn who_has_a_certificate_is_told_by_smime_and_openssl_opens_it(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let usage = ["keyUsage=critical,digitalSignature,keyEncipherment"];
        let ours = OpenSsl::with_certificate("report@cert.example", "rsa:2048", 30, &usage);
        let short = OpenSsl::with_certificate("soc@owner.example", "rsa:2048", 1, &usage);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("smime.pem");
        std::fs::write(&file, format!("{}{}", ours.key(), ours.certificate())).unwrap();
        let w = World::signing(t, &server.address.to_string(), Some(file.clone())).await;
        // What is no good is not taken, with its reason.
        let weak = OpenSsl::with_certificate("soc@owner.example", "rsa:1024", 30, &usage);
        let signs = OpenSsl::with_certificate("soc@owner.example", "rsa:2048", 30, &["keyUsage=digitalSignature"]);
        for (text, wrong) in [
            ("abc".to_owned(), Wrong::Certificate),
            (short.key(), Wrong::CertificateSecret),
            (weak.certificate(), Wrong::CertificateWeak),
            (signs.certificate(), Wrong::CertificateUse),
        ] {
            let typed = ContactTyped { role: "abuse".into(), email: "a@owner.example".into(), certificate: text, ..ContactTyped::default() };
            assert_eq!(w.app.contact_typed(&typed).unwrap_err(), [Fault::at("certificate", wrong)]);
        }
        w.contact_with("security", "soc@owner.example", ("", &short.certificate())).await;
        w.switch_on(&BOOK.replace("green", "amber")).await;
        w.pass(60);
        w.report("vulnerable-system", &[7]).await;
        w.turn().await;
        w.mail().await;
        let all = server.messages();
        assert_eq!(all.len(), 1);
        let number = w.list().await.notices[0].standing.number.clone();
        assert_eq!((field(&all[0], "To").as_str(), field(&all[0], "Subject")), ("soc@owner.example", number.clone()));
        let kind = field(&all[0], "Content-Type");
        assert!(kind.starts_with("application/pkcs7-mime") && kind.contains("smime-type=enveloped-data"), "{kind}");
        assert!(!all[0].contains("192.0.2.7") && !all[0].contains("Tapanga"), "{}", all[0]);
        let opened = short.decrypt("SMIME", all[0].as_bytes());
        assert!(opened.good, "{}", opened.words);
        let said = short.verify(&opened.out, &ours.certificate());
        assert!(said.good, "{}", said.words);
        let inside = plain(&String::from_utf8_lossy(&said.out));
        assert!(inside.contains("Tapanga: TLP:AMBER") && inside.contains("/n/"), "{inside}");
        assert!(inside.contains("filename=\"notice-") && inside.contains("Subject: "));
        assert_eq!(w.list().await.notices[0].standing.sealing.as_deref(), Some("smime"));

        // Its time is over: that is no key, and the next contact is tried, which is on a curve. Without a certificate of ours it is not signed.
        std::fs::remove_file(&file).unwrap();
        w.pass(2 * 24 * HOUR);
        w.report("vulnerable-system", &[7, 8]).await;
        w.turn().await;
        assert_eq!(w.why(8).await, [Why::NoKey]);
        let curve = OpenSsl::with_certificate("abuse@owner.example", "ec:P-256", 30, &["keyUsage=keyAgreement"]);
        w.contact_with("abuse", "abuse@owner.example", ("", &curve.certificate())).await;
        w.turn().await;
        w.mail().await;
        let all = server.messages();
        assert_eq!(all.len(), 2);
        let second = all.iter().find(|mail| field(mail, "To") == "abuse@owner.example").unwrap();
        let opened = curve.decrypt("SMIME", second.as_bytes());
        assert!(opened.good, "{}", opened.words);
        let inside = plain(&String::from_utf8_lossy(&opened.out));
        assert!(inside.contains("Tapanga: TLP:AMBER") && !inside.contains("pkcs7-signature"), "{inside}");
        assert_eq!(w.list().await.notices[0].standing.sealing.as_deref(), Some("smime_unsigned"));
        assert!(!short.decrypt("SMIME", second.as_bytes()).good);

        // Who has both gets OpenPGP.
        w.app.ensure_openpgp().unwrap();
        let gpg = Gpg::with_key("Owner <soc2@owner.example>", "1y");
        let key = String::from_utf8_lossy(&gpg.public()).into_owned();
        w.contact_with("security", "soc2@owner.example", (&key, &curve.certificate())).await;
        w.pass(21 * HOUR);
        w.report("vulnerable-system", &[7, 8]).await;
        w.turn().await;
        w.mail().await;
        let all = server.messages();
        assert_eq!(all.len(), 3);
        assert_eq!(w.list().await.notices[0].standing.sealing.as_deref(), Some("encrypted"));
        w.proved().await;
    }

    async fn an_owner_fetches_its_own_by_a_token_and_nothing_of_others(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let mut w = World::new(t, &server.address.to_string()).await;
        let first = w.owner;
        w.contact("abuse", "abuse@owner.example", "").await;
        w.owner = w.constituent("192.0.2.128/25", "en").await;
        w.contact("abuse", "abuse@other.example", "").await;
        let (row, shown) = w.app.make_pull_token(&w.lead, first, ("SIEM", 30)).await.unwrap();
        let (_, others) = w.app.make_pull_token(&w.lead, w.owner, ("SIEM", 30)).await.unwrap();
        for (name, days) in [("", 30), ("x", 0), ("x", 366)] {
            let wrong = w.app.make_pull_token(&w.lead, first, (name, days)).await;
            assert!(matches!(wrong, Err(AppError::Input(_))), "{name} {days}");
        }
        w.switch_on(BOOK).await;
        w.pass(60);
        w.report("vulnerable-system", &[7, 8, 200]).await;
        w.turn().await;
        let owner = w.app.puller(&shown).await.unwrap();
        let other = w.app.puller(&others).await.unwrap();
        assert!(w.app.pulled(&owner, "").await.unwrap().notices.is_empty(), "what did not leave is not told");
        w.mail().await;
        w.pass(11);
        let all = w.app.pulled(&owner, "").await.unwrap();
        assert_eq!((all.notices.len(), all.more), (1, false));
        let (media, bytes) = w.app.pulled_file(&all, Format::Json).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let events: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((media, events.len()), ("application/x-ndjson", 2));
        assert_eq!((&events[0]["__type"], &events[1]["extra.notice.row"]), (&"Event".into(), &2.into()));
        let number = all.notices[0].standing.number.clone();
        assert!(text.contains("192.0.2.7") && !text.contains("192.0.2.200") && events[0]["extra.notice.number"] == number.as_str());
        let (_, table) = w.app.pulled_file(&all, Format::Csv).unwrap();
        let table = String::from_utf8(table).unwrap();
        assert!(table.starts_with("\"notice\",\"tlp\",\"row\"") && table.contains(&number), "{table}");
        // What was fetched does not come again; what leaves later does.
        let none = w.app.pulled(&owner, &all.next).await.unwrap();
        assert_eq!((none.notices.len(), none.next.as_str()), (0, all.next.as_str()));
        assert!(matches!(w.app.pulled(&owner, "x").await, Err(AppError::Input(_))));
        let theirs = w.app.pulled(&other, "").await.unwrap();
        assert_eq!(theirs.notices[0].content.rows[0].line.asset(), "192.0.2.200");
        // An answer, to one's own alone.
        assert!(matches!(w.app.pulled_notice(&other, &number).await, Err(AppError::NotFound)));
        let opened = w.app.pulled_notice(&owner, &number).await.unwrap();
        let said = Said { rows: vec![(1, Answer::NotOurs)], note: String::new() };
        w.app.answer_notice(&opened, &said).await.unwrap();
        w.pass(21 * HOUR);
        w.report("vulnerable-system", &[7, 8, 200]).await;
        w.turn().await;
        w.mail().await;
        w.pass(11);
        let again = w.app.pulled(&owner, &all.next).await.unwrap();
        assert_eq!((again.notices.len(), again.notices[0].content.rows.len()), (1, 1));
        // An end, and the end of all.
        assert!(matches!(w.app.end_pull_token(&w.lead, w.owner, &row.id).await, Err(AppError::NotFound)));
        w.app.end_pull_token(&w.lead, first, &row.id).await.unwrap();
        assert!(matches!(w.app.end_pull_token(&w.lead, first, &row.id).await, Err(AppError::NotFound)));
        let tokens = w.app.pull_tokens(&w.lead, first).await.unwrap();
        assert!(tokens[0].ended_at.is_some() && tokens[0].used_on.is_some());
        for wrong in [shown.as_str(), "cairn_owner_", "cairn_officer_x", ""] {
            assert!(matches!(w.app.puller(wrong).await, Err(AppError::NotFound)), "{wrong}");
        }
        let one = w.app.constituent(&w.lead, w.owner).await.unwrap();
        w.app.remove_constituent(&w.lead, (w.owner, one.constituent.version)).await.unwrap();
        assert!(matches!(w.app.puller(&others).await, Err(AppError::NotFound)), "its constituent is gone");
        w.proved().await;
        for sql in ["UPDATE pull_token SET owner = 9", "UPDATE pull_token SET ended_at = NULL", "DELETE FROM pull_token"] {
            tamper(t, &format!("CREATE TABLE kept AS SELECT * FROM pull_token; {sql}")).await;
            let findings = t.log_verify().await.1;
            assert!(findings.iter().any(|finding| finding.table == "pull_token"), "{sql}: {findings:?}");
            tamper(t, "DELETE FROM pull_token; INSERT INTO pull_token SELECT * FROM kept; DROP TABLE kept").await;
        }
    }

    async fn labels_and_tags_of_single_events_decide_and_the_stricter_label_wins(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        w.contact("abuse", "abuse@owner.example", "").await;
        let ours = "[[rule]]\nname = \"Ours\"\nwhen = { tag = [\"ours\"] }\nsilent = \"ours\"\n\n[[rule]]\nname = \"Vulnerable\"";
        w.switch_on(&BOOK.replace("[[rule]]\nname = \"Vulnerable\"", ours)).await;
        w.pass(60);
        let rows = [(1, "", ""), (2, "CLEAR", "iot"), (3, "AMBER", ""), (4, "RED", "iot"), (5, "", "iot;OURS")];
        w.report_of("vulnerable-system", &rows).await;
        w.turn().await;
        w.mail().await;
        // Green goes in the clear; what is amber by its own label waits for a key; what is red is told to nobody, since no rule names it.
        let all = w.list().await;
        assert_eq!(all.notices.len(), 1);
        let whole = w.app.read_notice(&w.lead, &all.notices[0].standing.number).await.unwrap();
        let assets: Vec<_> = whole.rows.iter().map(|row| row.row.line.asset()).collect();
        assert_eq!(whole.content.tell.tlp, Tlp::Green);
        assert_eq!(assets.len(), 2, "{assets:?}");
        let mut why = Vec::new();
        for last in 1..=5 {
            why.extend(w.why(last).await);
        }
        assert_eq!(why, [Why::Told, Why::Told, Why::NoKey, Why::NoRule, Why::Rule]);
        let text = plain(&server.messages()[0]);
        assert!(text.contains("192.0.2.1") || text.contains("192[.]0[.]2[.]1"), "{text}");
        assert!(!server.messages()[0].contains("192.0.2.4"));
        // The dry run says the same.
        w.app.write_book(&w.lead, w.seen().await, &BOOK.replace("feed =", "tlp = [\"red\"], feed =")).await.unwrap().unwrap();
        let trial = w.app.try_book(&w.lead, w.seen().await).await.unwrap();
        assert_eq!((trial.looked, trial.told), (5, 1));
        assert_eq!(trial.reach.iter().filter(|one| one.why == Why::NoKey).count(), 1);
        w.proved().await;
    }

    async fn what_is_still_there_and_what_went_stand_in_the_next_notice(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        w.contact("abuse", "abuse@owner.example", "").await;
        w.switch_on(BOOK).await;
        w.report("vulnerable-system", &[1, 2]).await;
        w.turn().await;
        w.mail().await;
        // Within the interval nothing is told, also nothing new.
        w.pass(2 * HOUR);
        w.report("vulnerable-system", &[1, 3]).await;
        w.turn().await;
        assert_eq!(w.list().await.notices.len(), 1);
        assert_eq!(w.why(3).await, [Why::Interval]);
        w.pass(19 * HOUR);
        w.turn().await;
        w.mail().await;
        let all = w.list().await;
        assert_eq!(all.notices.len(), 2);
        let whole = w.app.read_notice(&w.lead, &all.notices[0].standing.number).await.unwrap();
        let parts: Vec<_> = whole.rows.iter().map(|row| (row.row.part.as_str(), row.row.line.asset())).collect();
        assert_eq!(parts, [("new", "192.0.2.3".into()), ("still", "192.0.2.1".into()), ("gone", "192.0.2.2".into())]);
        // Told once, it is not told again that it went.
        w.pass(21 * HOUR);
        w.report("vulnerable-system", &[1, 3]).await;
        w.turn().await;
        let all = w.list().await;
        let whole = w.app.read_notice(&w.lead, &all.notices[0].standing.number).await.unwrap();
        assert!(whole.rows.iter().all(|row| row.row.part.as_str() == "still"), "{:?}", whole.rows);
        assert_eq!(server.messages().len(), 2);
        w.proved().await;
    }

    async fn what_may_not_leave_does_not_and_says_why(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        w.switch_on(&BOOK.replace("green", "amber")).await;
        w.report("vulnerable-system", &[1]).await;
        w.turn().await;
        assert_eq!(w.why(1).await, [Why::NoContact]);
        w.contact("abuse", "abuse@owner.example", "").await;
        w.turn().await;
        assert_eq!(w.why(1).await, [Why::NoKey]);
        assert!(w.list().await.notices.is_empty());
        assert_eq!(w.list().await.held[0].why, Why::NoKey);
        // A mail that tells nothing of it may leave.
        w.switch_on(&BOOK.replace("\"green\"", "\"amber\", medium = \"portal\"")).await;
        w.pass(HOUR);
        w.report("vulnerable-system", &[1]).await;
        w.turn().await;
        w.mail().await;
        let all = server.messages();
        assert_eq!(all.len(), 1);
        assert!(plain(&all[0]).contains("/n/") && !all[0].contains("telnet"), "{}", all[0]);
        // It comes back: the contact is known to bounce, and what it told is due again.
        let id = field(&all[0], "Message-ID");
        let to = field(&all[0], "Reply-To");
        let back = format!(
            "Return-Path: <>\r\nFrom: MAILER-DAEMON@owner.example\r\nTo: {to}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNo.\r\n\
             --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; owner.example\r\n\r\n\
             Final-Recipient: rfc822; abuse@owner.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n\
             Message-ID: {id}\r\nSubject: x\r\n\r\n--b--\r\n"
        );
        let taken = w.app.take_mail(back.as_bytes(), Handed::default()).await.unwrap();
        assert!(matches!(taken, Taken::Notice(_, true)), "{taken:?}");
        let one = w.app.constituent(&w.lead, w.owner).await.unwrap();
        assert!(one.constituent.contacts[0].bounced.is_some());
        assert_eq!(w.list().await.notices[0].standing.state, State::Returned);
        w.turn().await;
        assert_eq!(w.why(1).await, [Why::Bounced]);
        w.contact("security", "soc@owner.example", "").await;
        w.turn().await;
        w.mail().await;
        assert_eq!(server.messages().len(), 2);
        w.proved().await;
    }

    async fn much_at_once_waits_for_two_people_and_too_much_stops_it_all(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        w.contact("abuse", "abuse@owner.example", "").await;
        w.switch_on(BOOK).await;
        w.report("vulnerable-system", &[1, 2, 3, 4]).await;
        w.turn().await;
        w.mail().await;
        let standing = w.list().await.notices[0].standing.clone();
        assert_eq!((standing.state, standing.needs), (State::Waiting, 2));
        assert_eq!(w.why(1).await, [Why::Approval]);
        let number = standing.number.as_str();
        w.app.judge_notice(&w.lead, number, true).await.unwrap();
        let again = w.app.judge_notice(&w.lead, number, true).await;
        assert!(matches!(again, Err(AppError::Notice(Refusal::Own))));
        w.mail().await;
        assert_eq!(server.messages().len(), 0);
        w.app.judge_notice(&w.other, number, true).await.unwrap();
        w.mail().await;
        assert_eq!(server.messages().len(), 1);
        // What a person does not want is not told while it lasts.
        w.pass(21 * HOUR);
        w.report("vulnerable-system", &[5, 6, 7, 8]).await;
        w.turn().await;
        let second = w.list().await.notices[0].standing.number.clone();
        assert_ne!(second, standing.number);
        w.app.judge_notice(&w.lead, &second, false).await.unwrap();
        w.pass(21 * HOUR);
        w.report("vulnerable-system", &[5, 6, 7, 8]).await;
        w.turn().await;
        assert_eq!(w.list().await.notices.len(), 2);
        assert_eq!(w.why(5).await, [Why::Approval]);
        // More than anybody meant.
        w.pass(21 * HOUR);
        w.report("vulnerable-system", &[11, 12, 13, 14, 15, 16, 17, 18, 19]).await;
        w.turn().await;
        let book = w.app.notice_book(&w.lead).await.unwrap();
        let rule = book.rule.as_ref().unwrap();
        assert!(rule.on.is_none() && rule.stopped.is_some());
        assert_eq!(w.list().await.notices.len(), 2);
        w.mail().await;
        assert_eq!(server.messages().len(), 1);
        w.proved().await;
    }

    async fn a_tester_sees_it_first_quiet_hours_hold_it_and_a_cap_holds_the_rest(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        w.contact("abuse", "abuse@owner.example", "").await;
        w.switch_on(&BOOK.replace("[limits]", "[limits]\ntester = \"test@cert.example\"\nmails_hour = 1")).await;
        w.report("vulnerable-system", &[1]).await;
        w.turn().await;
        w.mail().await;
        let all = server.messages();
        assert_eq!((all.len(), field(&all[0], "To").as_str()), (1, "test@cert.example"));
        assert!(field(&all[0], "Subject").starts_with("[test]"), "{}", all[0]);
        let number = w.list().await.notices[0].standing.number.clone();
        w.app.judge_notice(&w.lead, &number, true).await.unwrap();
        w.mail().await;
        let all = server.messages();
        assert_eq!(all.len(), 2);
        assert!(all.iter().any(|mail| field(mail, "To") == "abuse@owner.example"));
        // Another owner within the same hour.
        let mut other = World { owner: w.constituent("192.0.2.128/25", "en").await, ..w };
        other.contact("abuse", "abuse@other.example", "").await;
        other.pass(60);
        other.report("vulnerable-system", &[1, 200]).await;
        other.turn().await;
        assert_eq!(other.why(200).await, [Why::Cap]);
        other.pass(2 * HOUR);
        let local = other.clock.now().timestamp().to_zoned(other.app.config.time_zone.clone());
        let hour = local.hour();
        let quiet = format!("{:02}:00-{:02}:00", hour, (hour + 2) % 24);
        let typed = Typed { name: "Other".into(), quiet, ..Typed::default() };
        let one = other.app.constituent(&other.lead, other.owner).await.unwrap();
        let seen = (other.owner, one.constituent.version);
        other.app.work_on_constituent(&other.lead, seen, &Work::Head(typed.read().unwrap())).await.unwrap();
        other.turn().await;
        assert_eq!(other.why(200).await, [Why::Quiet]);
        other.pass(3 * HOUR);
        other.turn().await;
        assert_eq!(other.list().await.notices.len(), 2);
        other.owner = 0;
        other.proved().await;
    }

    async fn the_book_is_tried_out_and_switched_on_by_a_second_person(t: &mut TestStore) {
        let w = World::new(t, "127.0.0.1:1").await;
        w.report("vulnerable-system", &[1, 2, 200]).await;
        w.report("scanner", &[1]).await;
        let wrong = w.app.write_book(&w.lead, 0, "[[rule]]\nname = 'x'").await.unwrap();
        assert!(wrong.is_err());
        w.app.write_book(&w.lead, 0, BOOK).await.unwrap().unwrap();
        let moved = w.app.write_book(&w.lead, 0, BOOK).await;
        assert!(matches!(moved, Err(AppError::Rule(RuleRefusal::Moved))));
        let refused = w.app.work_book(&w.other, w.seen().await, ON).await;
        assert!(matches!(refused, Err(AppError::Rule(RuleRefusal::NotTried))));
        let trial = w.app.try_book(&w.lead, w.seen().await).await.unwrap();
        assert_eq!((trial.looked, trial.told, trial.nobody), (4, 3, 0));
        let reach: Vec<_> = trial.reach.iter().map(|one| (one.rule, one.rows, one.why)).collect();
        assert_eq!(reach, [(2, 3, Why::NoContact), (1, 1, Why::Rule)]);
        let own = w.app.work_book(&w.lead, w.seen().await, ON).await;
        assert!(matches!(own, Err(AppError::Rule(RuleRefusal::Own))));
        w.app.work_book(&w.lead, w.seen().await, Command::Ask).await.unwrap();
        w.app.work_book(&w.other, w.seen().await, ON).await.unwrap();
        // Rules of the desk know nothing of it.
        assert!(w.app.rules(&w.lead).await.unwrap().is_empty());
        assert!(matches!(w.app.read_rule(&w.lead, 0).await, Err(AppError::NotFound)));
        w.app.work_book(&w.lead, 0, Command::SwitchOff).await.unwrap();
        w.proved().await;
    }

    async fn the_log_knows_all_of_it_and_a_backup_brings_it_back(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let options = t.options();
        let number = {
            let w = World::new(t, &server.address.to_string()).await;
            w.contact("abuse", "abuse@owner.example", "").await;
            w.switch_on(BOOK).await;
            w.report("vulnerable-system", &[1, 2]).await;
            w.turn().await;
            w.mail().await;
            let (number, secret) = secret(&plain(&server.messages()[0]));
            let opened = w.app.open_notice(&number, &secret).await.unwrap();
            let said = Said { rows: vec![(1, Answer::Fixed)], note: "Done".into() };
            w.app.answer_notice(&opened, &said).await.unwrap();
            w.proved().await;
            number
        };
        let tables = ["notice", "notice_step", "notice_answer"];
        for table in tables {
            tamper(t, &format!("CREATE TABLE kept_{table} AS SELECT * FROM {table}")).await;
        }
        for (sql, table) in [
            ("UPDATE notice SET owner = 9", "notice"),
            ("UPDATE notice SET number = '20200101-00000001'", "notice"),
            ("UPDATE notice SET state = 'returned'", "notice"),
            ("UPDATE notice SET sealing = 'encrypted'", "notice"),
            ("UPDATE notice SET gone = 1", "notice"),
            ("UPDATE notice SET answers = 0", "notice"),
            ("UPDATE notice SET content = replace(content, '192.0.2.1', '192.0.2.3')", "notice"),
            ("DELETE FROM notice", "notice"),
            ("UPDATE notice_step SET event = replace(event, 'plain', 'signed') WHERE n = 2", "notice_step"),
            ("DELETE FROM notice_step WHERE n = 1", "notice_step"),
            ("UPDATE notice_answer SET said = replace(said, 'fixed', 'false')", "notice_answer"),
            ("DELETE FROM notice_answer", "notice_answer"),
        ] {
            tamper(t, sql).await;
            let findings = t.log_verify().await.1;
            assert!(findings.iter().any(|finding| finding.table == table), "{sql}: {findings:?}");
            for table in tables {
                tamper(t, &format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}")).await;
            }
        }
        for table in tables {
            tamper(t, &format!("DROP TABLE kept_{table}")).await;
        }
        assert_eq!(t.log_verify().await.1, vec![]);
        let folder = tempfile::tempdir().unwrap();
        let (file, to) = (folder.path().join("backup"), folder.path().join("backup"));
        let made = tokio::task::spawn_blocking(move || {
            let plan = Plan { to: &to, settings: None, key: None, made_at: now() };
            backup::backup(&options, &plan, &mut |_, _, _| {})
        });
        made.await.unwrap().unwrap();
        let mut other = t.blank().await;
        let options = other.options();
        let restored = tokio::task::spawn_blocking(move || {
            let how = Restore { from: &file, key: None, quarter: None, accept_findings: false };
            backup::restore(&options, &how, &mut |_, _, _| {})
        });
        assert_eq!(restored.await.unwrap().unwrap().verdict.findings, 0);
        other.reopen().await;
        assert_eq!(t.notice_by(&number).await.unwrap(), other.notice_by(&number).await.unwrap());
        assert_eq!(t.notice_lines(1).await.unwrap(), other.notice_lines(1).await.unwrap());
        assert_eq!(t.notice_mark().await.unwrap(), other.notice_mark().await.unwrap());
        other.finish().await;
    }
}

/// As an intruder would, through the store's own writer: nothing is logged.
async fn tamper(t: &TestStore, sql: &str) {
    let mut unit = Unit::default();
    for statement in sql.split(';') {
        unit.exec(statement.trim().to_owned().leak(), Vec::new());
    }
    t.write(unit).await.unwrap();
}
