use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::report::{Answer, Channel, PartialDate};

/// Lines to a message with the line ends of the wire.
fn wire(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

fn read_text(text: &str) -> MailReport {
    read(
        &wire(text),
        &Reading {
            authserv_id: Some("mx.cert.example"),
            calling_code: 64,
        },
    )
    .unwrap()
}

fn values(mail: &MailReport) -> Vec<&str> {
    mail.observables
        .iter()
        .map(|observable| observable.value.as_str())
        .collect()
}

const FILING: Filing<'_> = Filing {
    form: "nz@1",
    language: "en",
    category: "phishing",
    severity: 6,
};

const FORWARDED: &str = "\
Return-Path: <ana@home.example>
Authentication-Results: mx.cert.example (ours); dkim=fail reason=\"x; spf=pass\" header.d=a.example;
 dkim=pass (good) header.d=home.example; spf=pass smtp.mailfrom=home.example; dmarc=pass
Authentication-Results: mx.evil.example; dkim=pass; spf=pass; dmarc=pass
From: =?utf-8?Q?An=C4=81?= <ana@home.example>
To: Report <report@cert.example>
Subject: Fwd: =?utf-8?B?WW91ciBwYXJjZWw=?=
Date: Mon, 23 Nov 2026 10:00:00 +1300
Message-ID: <1@home.example>
Content-Type: multipart/mixed; boundary=\"outer\"

preamble is not text http://preamble.example/
--outer
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

I got this=2E Is it real? Call me on 021 555 0123.
ana@home.example
--outer
Content-Type: message/rfc822
Content-Disposition: attachment; filename=\"parcel.eml\"

From: Post <post@evil.example>
Reply-To: <drop@evil.example>
To: ana@home.example
Subject: Your parcel
Date: Sun, 22 Nov 2026 08:30:00 +0000
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain

Pay here: hxxps://pay.evil[.]example/now
--inner
Content-Type: text/html

<p>Pay <a HREF='https://hidden.evil.example/?a=1&amp;b=2'>here</a><img src=http://pixel.example/x.gif></p>
--inner--

--outer
Content-Type: application/octet-stream; name=\"../../invoice.zip\"
Content-Transfer-Encoding: base64
Content-Disposition: attachment

UEsDBA==
--outer--
epilogue
";

#[test]
fn a_forwarded_mail_is_the_original() {
    let mail = read_text(FORWARDED);
    assert_eq!(mail.incomplete, None);
    let reporter = mail.reporter.as_ref().unwrap();
    assert_eq!(
        (reporter.name.as_str(), reporter.address.as_str()),
        ("Anā", "ana@home.example")
    );
    assert_eq!(mail.headers.subject, "Fwd: Your parcel");
    assert_eq!(mail.headers.message_id.as_deref(), Some("1@home.example"));
    assert!(
        mail.text.starts_with("I got this. Is it real?"),
        "{}",
        mail.text
    );
    assert_eq!(mail.original.origin, Origin::Attached);
    assert_eq!(mail.original.headers.subject, "Your parcel");
    assert_eq!(mail.original.headers.from[0].address, "post@evil.example");
    assert_eq!(
        mail.original.headers.date.unwrap().to_string(),
        "2026-11-22T08:30:00Z"
    );
    assert_eq!(
        mail.original.text,
        "Pay here: hxxps://pay.evil[.]example/now"
    );
    assert_eq!(
        values(&mail),
        [
            "hidden.evil.example",
            "pay.evil.example",
            "pixel.example",
            "http://pixel.example/x.gif",
            "https://hidden.evil.example/?a=1&b=2",
            "https://pay.evil.example/now",
            "drop@evil.example",
            "post@evil.example",
            "+64215550123",
        ]
    );
    let MailEvidence {
        dkim, spf, dmarc, ..
    } = &mail.evidence;
    assert_eq!(
        (dkim.as_str(), spf.as_str(), dmarc.as_str()),
        ("pass", "pass", "pass")
    );
    assert!(!mail.automatic.any());
}

#[test]
fn files_are_kept_with_their_place() {
    let bytes = wire(FORWARDED);
    let mail = read(&bytes, &Reading::default()).unwrap();
    let [message, zip] = mail.attachments.as_slice() else {
        panic!("{:?}", mail.attachments)
    };
    assert_eq!(
        (message.name.as_deref(), message.media_type.as_str()),
        (Some("parcel.eml"), "message/rfc822")
    );
    assert!(
        message.contents.starts_with(b"From: Post") && message.contents.ends_with(b"--inner--\r\n")
    );
    assert_eq!(&bytes[message.range.clone().unwrap()], message.contents);
    assert_eq!(
        (zip.name.as_deref(), zip.contents.as_slice()),
        (Some("../../invoice.zip"), &b"PK\x03\x04"[..])
    );
    assert_eq!(&bytes[zip.range.clone().unwrap()], b"UEsDBA==");
    assert_eq!(mail.evidence.dkim, "not_checked");
}

#[test]
fn a_draft_of_it() {
    let draft = draft(&read_text(FORWARDED), &FILING);
    assert_eq!(draft.body.title, "Fwd: Your parcel");
    assert_eq!(
        draft.body.occurred,
        Some(PartialDate {
            year: 2026,
            month: Some(11),
            day: Some(22)
        })
    );
    assert_eq!(
        draft.body.answers["mail_from"],
        Answer::Text("Post post@evil.example".to_owned())
    );
    assert_eq!(
        draft.body.answers["mail_subject"],
        Answer::Text("Your parcel".to_owned())
    );
    assert_eq!(
        draft.contact.unwrap().email.as_deref(),
        Some("ana@home.example")
    );
    assert!(
        draft.search_text.contains("is it real call me")
            && draft.search_text.contains("post@evil.example")
    );
    assert_eq!(draft.body.channel, Channel::Mail);
    assert!(!draft.body.suspect);
}

#[test]
fn a_plain_mail_is_its_own_original() {
    let mail = read_text(
        "From: a@b.example\nTo: report@cert.example\nSubject: Help\n\nSee http://evil.example/ and a@b.example\n",
    );
    assert_eq!(mail.original.origin, Origin::Itself);
    assert_eq!(
        (mail.original.text.as_str(), mail.text.as_str()),
        ("See http://evil.example/ and a@b.example", "")
    );
    assert_eq!(values(&mail), ["evil.example", "http://evil.example/"]);
    let draft = draft(&mail, &FILING);
    assert_eq!(draft.body.answers.len(), 1);
    assert!(matches!(&draft.body.answers["story"], Answer::Text(text) if text.starts_with("See")));
    assert_eq!(draft.body.occurred, None);
}

#[test]
fn a_redirected_mail_has_another_reporter() {
    let mail = read_text(
        "Resent-From: ana@home.example\nFrom: x@evil.example\nTo: ana@home.example\nSubject: Win\n\nhi\n",
    );
    assert_eq!(mail.original.origin, Origin::Redirected);
    assert_eq!(mail.reporter.as_ref().unwrap().address, "ana@home.example");
    assert_eq!(values(&mail), ["x@evil.example"]);
}

#[test]
fn a_mail_forwarded_within_the_text() {
    let head = "From: ana@home.example\nTo: report@cert.example\nSubject: Fwd: Parcel\n\n";
    let block = "From: Post <post@evil.example>\nDate: Sun, 22 Nov 2026 08:30:00 +0000\nSubject: Your\n parcel\nTo: <ana.two@home.example>\n";
    for (before, quote) in [
        (
            "Is this real?\n\n---------- Forwarded message ---------\n",
            "",
        ),
        ("Is this real?\n\nBegin forwarded message:\n\n", "> "),
        ("Is this real?\n________________________________\n", ""),
    ] {
        let body = format!("{block}\nPay at http://evil.example/ or ask ana.two@home.example\n");
        let body: String = body
            .lines()
            .map(|line| format!("{quote}{line}\n"))
            .collect();
        let mail = read_text(&format!("{head}{before}{body}"));
        assert_eq!(mail.original.origin, Origin::Inline, "{before}");
        assert_eq!(mail.text, "Is this real?");
        assert_eq!(mail.original.headers.subject, "Your parcel");
        assert_eq!(
            mail.original.headers.date.unwrap().to_string(),
            "2026-11-22T08:30:00Z"
        );
        assert!(
            mail.original.text.starts_with("Pay at http"),
            "{}",
            mail.original.text
        );
        assert_eq!(
            values(&mail),
            ["evil.example", "http://evil.example/", "post@evil.example"]
        );
        assert_eq!(
            draft(&mail, &FILING).body.answers["story"],
            Answer::Text("Is this real?".to_owned())
        );
    }
    let mail = read_text(&format!(
        "{head}From: here on\nI write about\nSubject: matters\n"
    ));
    assert_eq!(mail.original.origin, Origin::Itself);
}

#[test]
fn html_alone_is_read_as_text() {
    let mail = read_text(
        "From: a@b.example\nContent-Type: text/html\n\n<p>Kia ora,<br>pay <b>now</b></p><script>x()</script>\n",
    );
    assert!(
        mail.original.text.contains("Kia ora") && mail.original.text.contains("pay now"),
        "{}",
        mail.original.text
    );
    assert!(!mail.original.text.contains("x()") && !mail.original.text.contains('<'));
}

#[test]
fn character_sets() {
    let mut bytes =
        b"From: a@b.example\nContent-Type: text/plain; charset=iso-8859-1\n\ncaf\xe9\n".to_vec();
    assert_eq!(
        read(&bytes, &Reading::default()).unwrap().original.text,
        "café"
    );
    bytes = "From: a@b.example\nSubject: Māori\n\nwhānau\n"
        .as_bytes()
        .to_vec();
    let mail = read(&bytes, &Reading::default()).unwrap();
    assert_eq!(
        (mail.original.text.as_str(), mail.headers.subject.as_str()),
        ("whānau", "Māori")
    );
}

#[test]
fn machines_are_told_from_people() {
    let automatic =
        |fields: &str| read_text(&format!("From: a@b.example\n{fields}\n\nx\n")).automatic;
    assert!(automatic("Auto-Submitted: auto-replied").auto_submitted);
    assert!(!automatic("Auto-Submitted: No").any());
    assert!(automatic("List-Id: <l.example>").list && automatic("Precedence: bulk").list);
    assert!(
        automatic("Return-Path: <>").bounce
            && automatic("Content-Type: multipart/report; boundary=x").bounce
    );
    assert!(automatic("X-Loop: report@cert.example").looped);
    assert!(automatic("Received: x\n".repeat(MAIL_RECEIVED_MAX).trim_end()).looped);
    let mail = read_text("From: a@b.example\nAuto-Submitted: auto-replied\n\nout of office\n");
    let draft = draft(&mail, &FILING);
    assert!(draft.body.suspect && draft.contact.is_none());
}

#[test]
fn a_redirected_mail_is_judged_by_who_redirected_it() {
    let phish = "Return-Path: <>\nReceived: from evil.example\nFrom: Post <post@evil.example>\n\
                 List-Unsubscribe: <https://evil.example/u>\nPrecedence: bulk\nAuto-Submitted: auto-generated\n\
                 X-Loop: a\nResent-From: list@evil.example\nSubject: Parcel\n\nhttp://evil.example/\n";
    let resent = |above: &str, within: &str| {
        read_text(&format!(
            "Return-Path: <ana@home.example>\n{above}Received: from home.example\nResent-From: Ana <ana@home.example>\n\
             {within}Resent-Date: Mon, 23 Nov 2026 08:00:00 +0000\n{phish}"
        ))
    };
    let mail = resent("", "Resent-To: report@cert.example\n");
    assert_eq!(mail.original.origin, Origin::Redirected);
    assert_eq!(mail.automatic, Automatic::default());
    let drafted = draft(&mail, &FILING);
    assert!(!drafted.body.suspect);
    let contact = drafted.contact.unwrap();
    assert_eq!(contact.email.as_deref(), Some("ana@home.example"));
    // What stands above the block is from the way to us.
    assert!(
        resent("Auto-Submitted: auto-replied\n", "")
            .automatic
            .auto_submitted
    );
    let looping = "Received: x\n".repeat(MAIL_RECEIVED_MAX);
    assert!(resent(&looping, "").automatic.looped);
}

#[test]
fn an_attached_message_may_be_encoded() {
    // "From: x@evil.example\nSubject: s\n\nhttp://evil.example/\n"
    let mail = read_text(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\
         Content-Transfer-Encoding: base64\n\nRnJvbTogeEBldmlsLmV4YW1wbGUKU3ViamVjdDogcwoKaHR0cDovL2V2aWwuZXhh\nbXBsZS8K\n--b--\n",
    );
    assert_eq!(
        (mail.original.origin, mail.original.headers.subject.as_str()),
        (Origin::Attached, "s")
    );
    assert_eq!(
        values(&mail),
        ["evil.example", "http://evil.example/", "x@evil.example"]
    );
    assert_eq!(mail.attachments[0].name.as_deref(), Some("s.eml"));
    assert!(mail.attachments[0].contents.starts_with(b"From: x@"));
}

#[test]
fn limits_are_errors_or_leave_out() {
    let err = |bytes: &[u8]| read(bytes, &Reading::default()).unwrap_err();
    assert_eq!(err(b""), MailError::Empty);
    assert_eq!(err(b"\r\nno header"), MailError::NoHeader);
    assert_eq!(err(b"no header at all"), MailError::NoHeader);
    assert_eq!(
        err(&vec![b'x'; MAIL_BYTES_MAX + 1]),
        MailError::TooLarge {
            bytes: MAIL_BYTES_MAX + 1
        }
    );
    assert_eq!(
        err("A: b\n".repeat(MAIL_HEADERS_MAX + 2).as_bytes()),
        MailError::HeaderTooLarge
    );
    assert_eq!(
        err(format!("A: {}", "x".repeat(MAIL_HEADER_BYTES_MAX)).as_bytes()),
        MailError::HeaderTooLarge
    );

    let many = format!(
        "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n{}",
        "--b\n\nx\n".repeat(1000)
    );
    assert_eq!(
        read(many.as_bytes(), &Reading::default())
            .unwrap()
            .incomplete,
        Some(MailError::TooManyParts)
    );

    let mut deep = "From: a@b.example\n".to_owned();
    for level in 0..100 {
        let _ = write!(
            deep,
            "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
        );
    }
    assert_eq!(
        read(deep.as_bytes(), &Reading::default())
            .unwrap()
            .incomplete,
        Some(MailError::TooDeep)
    );
    let deep = format!(
        "From: a@b.example\n{}",
        "Content-Type: message/rfc822\n\n".repeat(100_000)
    );
    assert_eq!(
        read(deep.as_bytes(), &Reading::default())
            .unwrap()
            .incomplete,
        Some(MailError::TooDeep)
    );
}

#[test]
fn hostile_messages_take_linear_time() {
    let head = "From: a@b.example\nContent-Type: multipart/mixed; boundary=\"--x--x--x--x\"\n\n";
    let html = "From: a@b.example\nContent-Type: text/html\n\n";
    for (head, unit) in [
        (head, "--x"),
        (head, "----x--x--x--x\n\n"),
        (head, "--"),
        (html, "<a href='"),
        (html, "<"),
        (html, "<a =>"),
        (html, "&amp"),
        (html, "<!--"),
        (html, "<a href=&>"),
        ("From: a@b.example\nSubject: ", "=?"),
        ("From: ", "(a@"),
        ("From: a@b.example\n\n", "From: x\n"),
        ("From: a@b.example\n\n", "From:\n\n"),
        ("From: ", "\"<,"),
        ("From: a@b.example\nContent-Type: text/plain", "; a*1*=x"),
        ("From: a@b.example\nReceived: x\n", "A:\n"),
    ] {
        let time = |bytes: usize| {
            let text = format!("{head}{}\n\n", unit.repeat(bytes / unit.len()));
            let started = std::time::Instant::now();
            let _ = read(text.as_bytes(), &Reading::default());
            started.elapsed().as_millis()
        };
        let (small, large) = (time(500_000), time(1_000_000));
        // Generous: a debug build beside other programs. What is quadratic takes minutes.
        assert!(
            large < 4 * small + 30_000,
            "{unit:?}: {small} ms, {large} ms"
        );
    }
}

#[test]
fn mailboxes_of_messages() {
    let mbox = b"junk\nFrom a@b Mon\nSubject: 1\n\nbody\n>From here\n>>From there\nFrom the middle\n\nFrom c@d Tue\nSubject: 2\n\nx\n\n";
    let messages: Vec<_> = split_mbox(mbox).collect();
    assert_eq!(messages.len(), 1);
    let messages: Vec<_> = split_mbox(&mbox[5..]).collect();
    assert_eq!(messages.len(), 2);
    assert_eq!(
        &*messages[0],
        b"Subject: 1\n\nbody\nFrom here\n>From there\nFrom the middle\n"
    );
    assert_eq!(&*messages[1], b"Subject: 2\n\nx\n");
    assert_eq!(split_mbox(b"").count(), 0);
    assert_eq!(split_mbox(b"From x\n").count(), 1);
    assert_eq!(
        split_mbox(b"From x\r\nA: b\r\n\r\nc\r\n\r\nFrom y\r\n")
            .map(|message| message.len())
            .collect::<Vec<_>>(),
        [11, 0]
    );

    assert_eq!(maildir_done("123.host"), "123.host:2,S");
    assert_eq!(maildir_done("123.host:2,RF"), "123.host:2,FRS");
    assert!(maildir_is_message("123.host") && !maildir_is_message(".nfs1"));
}

#[test]
fn a_message_is_the_same_however_its_lines_end_and_whatever_servers_add() {
    let piped = "Message-ID: <1@a.example>\nSubject: long\n and folded\nFrom: a@b.example\n\nHello\n\nthere\n";
    let by_lmtp = format!("Received: by x\r\n{}\r\n", piped.replace('\n', "\r\n"));
    assert_eq!(identity(piped.as_bytes()), identity(by_lmtp.as_bytes()));
    let other = piped.replace("there", "here");
    assert_ne!(identity(piped.as_bytes()), identity(other.as_bytes()));
    // One without an id is told by all of it.
    let bare = "Subject: x\n\nHello\n";
    assert_eq!(
        identity(bare.as_bytes()),
        identity(bare.replace('\n', "\r\n").as_bytes())
    );
}

proptest! {
    #[test]
    fn never_panics(bytes in any::<Vec<u8>>(), likely in "(From: a@b.example\n|Content-Type: (multipart/mixed; boundary=b|message/rfc822|text/html)\n|--b(--)?\n|\n|[<>a=&'\" ]{1,5}){0,30}") {
        let _ = read(&bytes, &Reading::default());
        if let Ok(mail) = read(likely.as_bytes(), &Reading::default()) {
            let draft = draft(&mail, &FILING);
            prop_assert!(draft.body.title.chars().count() <= 140);
            for attachment in &mail.attachments {
                prop_assert!(attachment.range.clone().is_none_or(|range| range.end <= likely.len()));
            }
        }
        prop_assert!(split_mbox(&bytes).map(|message| message.len()).sum::<usize>() <= bytes.len());
    }

    #[test]
    fn what_is_quoted_comes_back(lines in prop::collection::vec("(>{0,3}From )?[a-z ]{0,8}", 0..9)) {
        let body = lines.iter().map(|line| format!("{line}\n")).collect::<String>();
        let quoted = lines
            .iter()
            .map(|line| if line.trim_start_matches('>').starts_with("From ") { format!(">{line}\n") } else { format!("{line}\n") })
            .collect::<String>();
        let mbox = format!("From x\n{quoted}\nFrom y\nA: b\n\n");
        let messages: Vec<_> = split_mbox(mbox.as_bytes()).collect();
        prop_assert_eq!(messages.len(), 2);
        prop_assert_eq!(&*messages[0], body.as_bytes());
    }
}
