//! An owner, a book of rules, reports that machines wrote: for tests of notices.

use std::path::PathBuf;

use cairn_app::account::Principal;
use cairn_app::clock::Clock;
use cairn_app::feeds::columns::KeyMaker;
use cairn_app::notice::List;
use cairn_app::notice::rows::Wanted;
use cairn_app::notify::Post;
use cairn_app::{App, Config, MailConfig};
use cairn_desk::constituent::typed::{self, ContactTyped};
use cairn_desk::constituent::{Typed, Work};
use cairn_desk::conversation::ReplyAddress;
use cairn_desk::notice::Why;
use cairn_desk::rules::Command;
use cairn_kernel::actor::Role;
use cairn_kernel::time::Micros;
use cairn_store::feeds::segment::{Observed, Rows};
use cairn_store::feeds::{Begin, Begun, FeedStore, FeedWish};
use cairn_testkit::{TestStore, account};
use tokio::sync::watch;

pub const HOUR: i64 = 3_600;
pub const ON: Command = Command::SwitchOn { others: 0 };
pub const BOOK: &str = r#"
[limits]
approve_rows = 3
stop_rows = 8

[[rule]]
name = "Scanners"
when = { type = ["scanner"] }
silent = "nobody asked for them"

[[rule]]
name = "Vulnerable"
when = { type = ["vulnerable-system"], feed = ["example"] }
tell = { class = "exposed", role = ["security", "abuse"], template = "exposed", hours = 20, tlp = "green" }
"#;

pub fn now() -> Micros {
    cairn_app::clock::Clock::System.now()
}

pub struct World<'t> {
    pub t: &'t TestStore,
    pub app: App,
    pub clock: Clock,
    pub lead: Principal,
    pub other: Principal,
    pub owner: u32,
}

impl<'t> World<'t> {
    pub async fn new(t: &'t TestStore, address: &str) -> Self {
        Self::signing(t, address, None).await
    }

    /// With the service's own certificate in this file.
    pub async fn signing(t: &'t TestStore, address: &str, smime: Option<PathBuf>) -> Self {
        let config = Config {
            smime,
            public_url: "https://report.example".into(),
            mail: Some(MailConfig {
                smtp_url: format!("smtp://{address}"),
                from: "Reports <report@cert.example>".into(),
            }),
            reply_to: Some(ReplyAddress::parse("report+{tag}@cert.example").unwrap()),
            ..Config::default()
        };
        let (app, clock) = t.app(config, now());
        let lead = account(&app, "lea", Role::Lead).await;
        let other = account(&app, "ola", Role::Lead).await;
        let mut world = Self {
            t,
            app,
            clock,
            lead,
            other,
            owner: 0,
        };
        world.owner = world.constituent("192.0.2.0/24", "mi").await;
        world
    }

    pub async fn constituent(&self, network: &str, language: &str) -> u32 {
        let typed = Typed {
            name: format!("Owner of {network}"),
            language: language.into(),
            ..Typed::default()
        };
        let made = self.app.make_constituent(&self.lead, typed.read().unwrap());
        let no = made.await.unwrap();
        let work = Work::Add(typed::assets(network).unwrap());
        self.app
            .work_on_constituent(&self.lead, (no, 1), &work)
            .await
            .unwrap();
        no
    }

    pub async fn contact(&self, role: &str, email: &str, key: &str) {
        self.contact_with(role, email, (key, "")).await;
    }

    /// With an OpenPGP key and a certificate.
    pub async fn contact_with(&self, role: &str, email: &str, (key, certificate): (&str, &str)) {
        let typed = ContactTyped {
            role: role.into(),
            email: email.into(),
            key: key.into(),
            certificate: certificate.into(),
            ..ContactTyped::default()
        };
        let draft = self.app.contact_typed(&typed).unwrap();
        let one = self.app.constituent(&self.lead, self.owner).await.unwrap();
        let seen = (self.owner, one.constituent.version);
        let work = Work::NewContact(Box::new(draft));
        self.app
            .work_on_constituent(&self.lead, seen, &work)
            .await
            .unwrap();
    }

    pub async fn seen(&self) -> i64 {
        let book = self.app.notice_book(&self.lead).await.unwrap();
        book.rule.as_ref().map_or(0, |rule| rule.steps)
    }

    /// Written, tried out, asked for, and switched on by somebody else.
    pub async fn switch_on(&self, text: &str) {
        self.app
            .write_book(&self.lead, self.seen().await, text)
            .await
            .unwrap()
            .unwrap();
        self.app
            .try_book(&self.lead, self.seen().await)
            .await
            .unwrap();
        self.app
            .work_book(&self.lead, self.seen().await, Command::Ask)
            .await
            .unwrap();
        self.app
            .work_book(&self.other, self.seen().await, ON)
            .await
            .unwrap();
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.set(self.clock.now().plus_seconds(seconds));
    }

    /// A report that tells all there is, as `cairn feeds ingest` takes it in.
    pub async fn report(&self, kind: &'static str, addresses: &[u8]) {
        let rows: Vec<_> = addresses.iter().map(|last| (*last, "", "")).collect();
        self.report_of(kind, &rows).await;
    }

    /// The same, each row with a label and tags of its own.
    pub async fn report_of(
        &self,
        kind: &'static str,
        addresses: &[(u8, &'static str, &'static str)],
    ) {
        let (options, at) = (self.t.options(), self.clock.now());
        let addresses = addresses.to_vec();
        let taken = tokio::task::spawn_blocking(move || {
            let mut store = FeedStore::open(&options).unwrap();
            let mut coming = store.take_raw().unwrap();
            coming
                .push(format!("{at:?} {kind} {addresses:?}").as_bytes())
                .unwrap();
            let raw = store.keep_raw(coming, at).unwrap();
            let wish = FeedWish {
                source: "example",
                name: kind,
                window_us: Some(72 * HOUR * 1_000_000),
                complete: Some(true),
            };
            let feed = store.feed(&wish, at).unwrap();
            let begin = Begin {
                raw: &raw,
                part: 0,
                member: "scan.csv",
                schema: "1",
                now: at,
            };
            let Begun::Open(mut report) = store.begin(&feed, &begin).unwrap() else {
                panic!()
            };
            let (mut rows, mut maker) = (Rows::default(), KeyMaker::default());
            for (last, tlp, tags) in addresses {
                let mut one = Observed {
                    at,
                    kind,
                    identifier: "open-telnet",
                    ip: Some([192, 0, 2, last].into()),
                    port: Some(23),
                    transport: "tcp",
                    tlp,
                    tags,
                    ..Observed::default()
                };
                one.key = maker.of(&one);
                rows.push(&one);
            }
            store.commit(&mut report, &rows, &[], "1", 10).unwrap();
            store.finish(&report).unwrap();
        });
        taken.await.unwrap();
    }

    pub async fn turn(&self) {
        while self.app.notices_turn().await.unwrap() > 0 {}
    }

    pub async fn mail(&self) {
        let post = Post::new(self.app.config.mail.as_ref().unwrap()).unwrap();
        let going_on = watch::channel(false).1;
        self.app.run_jobs(Some(&post), &going_on).await.unwrap();
    }

    pub async fn list(&self) -> List {
        let all = self.app.notice_list(&self.lead, &Wanted::default()).await;
        all.unwrap().into_inner()
    }

    pub async fn why(&self, last: u8) -> Vec<Why> {
        let found = self
            .app
            .notice_why(&self.lead, &format!("192.0.2.{last}"))
            .await
            .unwrap();
        found.reasons.iter().map(|one| one.why).collect()
    }

    pub async fn proved(&self) {
        assert_eq!(self.t.log_verify().await.1, vec![]);
    }
}

pub fn field(message: &str, name: &str) -> String {
    let unfolded = message.replace("\r\n ", " ").replace("\n ", " ");
    let start = format!("{}:", name.to_lowercase());
    let line = unfolded
        .lines()
        .find(|line| line.to_lowercase().starts_with(&start));
    let line = line.unwrap_or_else(|| panic!("no {name} in {message}"));
    line[start.len()..].trim().to_owned()
}

/// What a text of ours says, quoted-printable undone.
pub fn plain(text: &str) -> String {
    let text = text
        .replace("=\r\n", "")
        .replace("=\n", "")
        .replace('\r', "");
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, more)) = rest.split_first() {
        let hex = (*first == b'=').then(|| more.get(..2)).flatten();
        let hex = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match hex {
            Some(byte) => {
                bytes.push(byte);
                rest = &more[2..];
            }
            None => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

pub fn secret(text: &str) -> (String, String) {
    let at = text.find("/n/").unwrap() + 3;
    let link: String = text[at..]
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let (number, secret) = link.rsplit_once('-').unwrap();
    (number.to_owned(), secret.to_owned())
}
