//! Claims on both databases: nothing holds before the mailbox is proved and an officer says so; the same link is the contact's; who does not
//! answer once a year is asked three times and then shown to officers; what comes back marks the contact. Always as the log says.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "a test that meets what it did not expect fails"
)]

#[path = "support/mail.rs"]
mod mail;

use cairn_app::account::{Doer, Principal};
use cairn_app::clock::Clock;
use cairn_app::constituent::Query;
use cairn_app::constituent::claim::{Claimed, Known, Own};
use cairn_app::conversation::{Handed, Taken};
use cairn_app::notify::Post;
use cairn_app::report::AppError;
use cairn_app::{App, Config, MailConfig};
use cairn_desk::constituent::claim::{
    ASKS_MAX, Asked, CLAIM_KEEP_DAYS, CLAIM_PROVE_DAYS, CLAIMS_MAILBOX_MAX, CLAIMS_WAITING_MAX,
    Mailbox, Parts, Touch, Wish,
};
use cairn_desk::constituent::typed::{self, ContactTyped};
use cairn_desk::constituent::{Refusal, Typed, Work, import::csv};
use cairn_desk::conversation::ReplyAddress;
use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;
use cairn_store::verify::Finding;
use cairn_testkit::{TestStore, account, on_both};
use mail::MailServer;
use tokio::sync::watch;

/// 07:25 on 25 November 2026 in New Zealand.
const START: Micros = Micros(1_795_544_700_000_000);
const DAY: i64 = 24 * 3_600;
const MEMBERS: &str = "key,name,networks,domains,abuse\n\
    a,Example Internet,203.0.113.0/24,,abuse@harbour.example\n\
    b,Example Hosting,203.0.113.64/28,hosting.example,abuse@hosting.example\n";

struct World<'t> {
    t: &'t TestStore,
    app: App,
    clock: Clock,
    hana: Principal,
}

impl<'t> World<'t> {
    async fn new(t: &'t TestStore, address: &str) -> Self {
        let config = Config {
            public_url: "https://report.example".into(),
            mail: Some(MailConfig {
                smtp_url: format!("smtp://{address}"),
                from: "Reports <report@cert.example>".into(),
            }),
            reply_to: Some(ReplyAddress::parse("report+{tag}@cert.example").unwrap()),
            ..Config::default()
        };
        let (app, clock) = t.app(config, START);
        let hana = account(&app, "hana", Role::Officer).await;
        Self {
            t,
            app,
            clock,
            hana,
        }
    }

    fn pass(&self, days: i64) {
        self.clock.set(self.clock.now().plus_seconds(days * DAY));
    }

    async fn mail(&self) {
        let post = Post::new(self.app.config.mail.as_ref().unwrap()).unwrap();
        let going_on = watch::channel(false).1;
        self.app.run_jobs(Some(&post), &going_on).await.unwrap();
    }

    async fn proved(&self) {
        let wrong = self.t.log_verify().await.1;
        assert_eq!(
            wrong.iter().map(Finding::place).collect::<Vec<_>>(),
            Vec::<String>::new()
        );
    }

    fn wish(&self) -> Wish {
        let asked = asked();
        asked
            .first("mi", self.app.contact_typed(&asked.contact))
            .unwrap()
    }

    async fn claim(&self, link: &str) -> Box<Claimed> {
        match self.app.open_own(link).await.unwrap() {
            Own::Claim(one) => one,
            Own::Contact(_) => panic!("a contact"),
        }
    }

    async fn contact(&self, link: &str) -> Box<Known> {
        match self.app.open_own(link).await.unwrap() {
            Own::Contact(one) => one,
            Own::Claim(_) => panic!("a claim"),
        }
    }

    async fn closed(&self, link: &str) {
        assert!(
            matches!(self.app.open_own(link).await, Err(AppError::NotFound)),
            "{link}"
        );
    }

    async fn count(&self) -> usize {
        self.app
            .constituents(Doer::System, &Query::default())
            .await
            .unwrap()
            .total
    }

    async fn waiting(&self) -> i64 {
        self.app.claims_waiting(&self.hana).await.unwrap()
    }
}

fn asked() -> Asked {
    Asked {
        heading: Typed {
            name: "Example Harbour".into(),
            sector: "H".into(),
            ..Typed::default()
        },
        add: "203.0.113.64/27 harbour.example AS64500".into(),
        contact: ContactTyped {
            role: "security".into(),
            email: "soc@harbour.example".into(),
            ..ContactTyped::default()
        },
        note: "Ask the registry.".into(),
        ..Asked::default()
    }
}

fn plain(text: &str) -> String {
    text.replace("=\r\n", "")
        .replace("=\n", "")
        .replace("=3D", "=")
}

/// The link in mails to somebody that opens something, a contact's before a claim's: mails lie in no order.
async fn link(w: &World<'_>, server: &MailServer, to: &str) -> String {
    let all: Vec<String> = server.messages().iter().map(|one| plain(one)).collect();
    let to = format!("To: {to}");
    let own = all
        .iter()
        .filter(|one| one.contains(&to) && one.contains("/own/"));
    let mut links: Vec<String> = own
        .map(|text| {
            let at = text.find("/own/").unwrap() + 5;
            let link = text[at..].chars();
            link.take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                .collect()
        })
        .collect();
    links.sort_by_key(|link| !link.starts_with("k-"));
    for link in links {
        if w.app.open_own(&link).await.is_ok() {
            return link;
        }
    }
    panic!("no link in {all:?}")
}

on_both! {
    async fn a_claim_is_proved_taken_in_part_and_becomes_the_contacts_own_page(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let members = csv::read(MEMBERS).unwrap();
        w.app.import_constituents(Doer::System, "members", &members, false).await.unwrap();
        let wish = w.wish();
        // Sent twice is one; and a mailbox gets no more than its share.
        for _ in 0..3 { w.app.make_claim(&wish).await.unwrap(); }
        for n in 0..5 {
            let more = Wish { note: format!("{n}"), ..wish.clone() };
            w.app.make_claim(&more).await.unwrap();
        }
        w.mail().await;
        w.mail().await;
        let mails = server.messages();
        assert_eq!(mails.len() as i64, CLAIMS_MAILBOX_MAX);
        assert!(mails.iter().all(|one| !one.contains("Harbour") && !one.contains("registry")), "a stranger's words");
        assert_eq!(w.waiting().await, 0);
        w.proved().await;
        // The first link: not the newest mail, so by its number.
        let all: Vec<String> = mails.iter().map(|one| plain(one)).collect();
        let first = all.iter().find(|one| one.contains("/own/c-1-")).unwrap();
        let at = first.find("/own/").unwrap() + 5;
        let own: String = first[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        for wrong in ["", "c", "c-1", "c-1-", "x-1-2", "k-1-1-", "c-9-0", &own.replace("c-1-", "c-2-"), &own.replace("c-1-", "k-1-1-")] {
            w.closed(wrong).await;
        }
        let one = w.claim(&own).await;
        assert_eq!(one.wish, wish);
        w.app.prove_claim(&one).await.unwrap();
        w.app.prove_claim(&one).await.unwrap();
        assert_eq!(w.waiting().await, 1);
        w.proved().await;

        // Officers see who else has what there, and that a mailbox of the domain stands in an import.
        let seen = w.app.claim_seen(&w.hana, 1).await.unwrap();
        let part = seen.parts.iter().find(|part| part.asset.to_string() == "203.0.113.64/27").unwrap();
        let near: Vec<_> = part.near.iter().map(|near| (near.name.as_str(), near.source.as_str(), near.touch, near.mailbox)).collect();
        assert_eq!(near, [
            ("Example Internet", "members", Touch::Within, Some(Mailbox::Domain)),
            ("Example Hosting", "members", Touch::Around, None),
        ]);
        assert!(matches!(w.app.claim_seen(&w.hana, 2).await, Err(AppError::NotFound)), "nobody has proved it");
        let nothing = w.app.settle_claim(&w.hana, 1, (&Parts::default(), None, "")).await;
        assert!(matches!(nothing, Err(AppError::Constituent(Refusal::Empty))));
        let mut parts = wish.whole();
        let asn = wish.add.iter().position(|one| one.to_string() == "AS64500").unwrap();
        parts.add.remove(&asn);
        let before = w.count().await;
        let no = w.app.settle_claim(&w.hana, 1, (&parts, None, "Not the AS: it is your provider's.")).await.unwrap();
        assert_eq!((w.count().await, w.waiting().await), (before + 1, 0));
        let again = w.app.settle_claim(&w.hana, 1, (&parts, None, "")).await;
        assert!(matches!(again, Err(AppError::Conflict)));
        let whole = w.app.constituent(&w.hana, no).await.unwrap();
        assert_eq!(whole.constituent.facts.assets(), 2);
        assert_eq!(whole.constituent.facts.language.as_deref(), Some("mi"));
        assert!(whole.constituent.contacts[0].confirmed.is_some());
        w.proved().await;

        // They are told; the old link and the new one are the contact's.
        w.mail().await;
        let new = link(&w, &server, "soc@harbour.example").await;
        assert!(new.starts_with("k-"), "{new}");
        let told = server.messages().into_iter().map(|one| plain(&one)).find(|one| one.contains("/own/k-")).unwrap();
        assert!(told.contains("Not the AS") && told.contains("Kia ora"), "{told}");
        for own in [&own, &new] {
            let known = w.contact(own).await;
            assert_eq!(known.claims[0].answer.as_ref().unwrap().left, ["+ AS64500"]);
        }
        // After its time the words go, and the links stay.
        w.pass(CLAIM_KEEP_DAYS + 1);
        w.app.tidy().await.unwrap();
        w.app.tidy().await.unwrap();
        assert!(w.contact(&own).await.claims.is_empty());
        assert!(matches!(w.app.claim_seen(&w.hana, 1).await, Err(AppError::NotFound)));
        w.proved().await;
    }

    async fn a_change_waits_too_and_a_link_ends_with_its_mailbox(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        w.app.make_claim(&w.wish()).await.unwrap();
        w.mail().await;
        let own = link(&w, &server, "soc@harbour.example").await;
        w.app.prove_claim(&*w.claim(&own).await).await.unwrap();
        let no = w.app.settle_claim(&w.hana, 1, (&w.wish().whole(), None, "")).await.unwrap();
        let asked = Asked {
            add: "198.51.100.0/28".into(),
            drop: "AS64500".into(),
            contact: ContactTyped { role: "security".into(), email: "night@harbour.example".into(), ..ContactTyped::default() },
            replaces: true,
            ..Asked::default()
        };
        let change = asked.change("en", Some(w.app.contact_typed(&asked.contact))).unwrap();
        let known = w.contact(&own).await;
        w.app.propose(&known, &change).await.unwrap();
        // Pressed twice is once.
        w.app.propose(&*w.contact(&own).await, &change).await.unwrap();
        assert_eq!(w.waiting().await, 1);
        for n in 1..CLAIMS_WAITING_MAX {
            let said = Wish { note: format!("{n}"), ..change.clone() };
            w.app.propose(&known, &said).await.unwrap();
        }
        let said = Wish { note: "one too many".into(), ..change.clone() };
        assert!(matches!(w.app.propose(&known, &said).await, Err(AppError::Constituent(Refusal::Many))));
        assert_eq!(w.app.constituent(&w.hana, no).await.unwrap().constituent.facts.assets(), 3, "nothing holds yet");
        assert!(matches!(w.app.refuse_claim(&w.hana, 3, " ").await, Err(AppError::Input(_))));
        w.app.refuse_claim(&w.hana, 3, "Twice the same.").await.unwrap();
        w.proved().await;
        w.mail().await;
        let told = server.messages().into_iter().find(|one| one.contains("Twice the same.")).unwrap();
        assert!(told.contains("soc@harbour.example"));
        w.app.settle_claim(&w.hana, 2, (&change.whole(), None, "")).await.unwrap();
        let one = w.app.constituent(&w.hana, no).await.unwrap();
        let facts = &one.constituent.facts;
        assert_eq!((facts.assets(), facts.asns.len(), one.constituent.contacts.len()), (3, 0, 1));
        w.mail().await;
        // The mailbox is another one: the old link opens nothing, the new one goes to the new mailbox.
        w.closed(&own).await;
        let new = link(&w, &server, "night@harbour.example").await;
        assert_eq!(w.contact(&new).await.contact.email.as_deref(), Some("night@harbour.example"));
        w.proved().await;
    }

    async fn what_nobody_proves_is_forgotten_and_refusals_are_told(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        w.app.make_claim(&w.wish()).await.unwrap();
        w.mail().await;
        let own = link(&w, &server, "soc@harbour.example").await;
        w.pass(CLAIM_PROVE_DAYS);
        w.clock.set(w.clock.now().plus_seconds(60));
        w.closed(&own).await;
        w.app.tidy().await.unwrap();
        w.app.make_claim(&w.wish()).await.unwrap();
        w.mail().await;
        w.closed(&own).await;
        let own = link(&w, &server, "soc@harbour.example").await;
        w.app.prove_claim(&*w.claim(&own).await).await.unwrap();
        w.app.refuse_claim(&w.hana, 1, "You are not in this country.").await.unwrap();
        w.mail().await;
        assert!(server.messages().iter().any(|one| plain(one).contains("You are not in this country.")));
        assert_eq!(w.claim(&own).await.answer.unwrap().reason, "You are not in this country.");
        assert_eq!(w.count().await, 0);
        w.proved().await;
        w.pass(CLAIM_KEEP_DAYS + 1);
        w.app.tidy().await.unwrap();
        w.closed(&own).await;
        w.proved().await;
    }

    async fn contacts_are_asked_once_a_year_and_not_dropped_if_silent(t: &mut TestStore) {
        let Some(server) = MailServer::start() else { return };
        let w = World::new(t, &server.address.to_string()).await;
        let typed = Typed { name: "Example Power".into(), quiet: "06:00-09:00".into(), ..Typed::default() };
        let no = w.app.make_constituent(&w.hana, typed.read().unwrap()).await.unwrap();
        for (version, email) in (1..).zip(["soc@power.example", "noc@power.example", "gone@power.example"]) {
            let typed = ContactTyped { role: "security".into(), email: email.into(), ..ContactTyped::default() };
            let work = Work::NewContact(Box::new(w.app.contact_typed(&typed).unwrap()));
            w.app.work_on_constituent(&w.hana, (no, version), &work).await.unwrap();
        }
        let assets = Work::Add(typed::assets("AS64498").unwrap());
        w.app.work_on_constituent(&w.hana, (no, 4), &assets).await.unwrap();
        w.app.work_on_constituent(&w.hana, (no, 5), &Work::Bounced(3)).await.unwrap();
        assert_eq!(w.app.ask_contacts().await.unwrap(), 0, "nobody is due");
        w.pass(366);
        assert_eq!(w.app.ask_contacts().await.unwrap(), 0, "quiet hours");
        w.clock.set(w.clock.now().plus_seconds(4 * 3_600));
        assert_eq!(w.app.ask_contacts().await.unwrap(), 2, "not where mail came back");
        assert_eq!(w.app.ask_contacts().await.unwrap(), 0, "once");
        w.mail().await;
        w.proved().await;
        let known = w.contact(&link(&w, &server, "soc@power.example").await).await;
        assert_eq!(known.contact.id, 1);
        w.app.confirm_own(&known).await.unwrap();
        w.proved().await;
        for round in 2..=ASKS_MAX {
            w.pass(14);
            assert_eq!(w.app.ask_contacts().await.unwrap(), 1, "{round}");
            w.mail().await;
        }
        w.pass(14);
        assert_eq!(w.app.ask_contacts().await.unwrap(), 0, "that is enough");
        let all = w.app.claim_list(&w.hana).await.unwrap();
        let silent: Vec<_> = all.silent.iter().map(|one| (one.owner, one.contact, one.ask.round)).collect();
        assert_eq!(silent, [(no, 2, ASKS_MAX)]);
        let one = w.app.constituent(&w.hana, no).await.unwrap();
        assert_eq!(one.constituent.contacts.len(), 3, "nobody is dropped");
        assert_eq!(server.messages().len(), 4);
        w.proved().await;

        // The mail to it comes back.
        let own = server.messages();
        let asked = own.iter().find(|one| one.contains("To: noc@power.example")).unwrap();
        let id = asked.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap();
        let back = asked.lines().find_map(|line| line.strip_prefix("Reply-To: ")).unwrap();
        let bounce = format!(
            "From: MAILER-DAEMON@power.example\r\nTo: {back}\r\nSubject: Undelivered\r\nAuto-Submitted: auto-replied\r\n\
             MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\nIt failed.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx.power.example\r\n\r\nFinal-Recipient: rfc822; noc@power.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n\
             --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n\r\n--b--\r\n"
        );
        let handed = Handed { recipients: &[back.to_owned()], ..Handed::default() };
        let taken = w.app.take_mail(bounce.as_bytes(), handed).await.unwrap();
        assert!(matches!(taken, Taken::Notice(_, true)), "{taken:?}");
        let one = w.app.constituent(&w.hana, no).await.unwrap();
        assert!(one.constituent.contacts[1].bounced.is_some());
        w.proved().await;
    }
}
