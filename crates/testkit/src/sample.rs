//! Sample reports: small, valid, and the same for the same seed. Nothing in them names a real person or firm.

use std::collections::BTreeMap;

use cairn_desk::report::{
    Affected, Answer, Body, Certainty, Change, Channel, Command, Contact, Draft, Event, FileRef,
    LossItem, LossKind, MailEvidence, PartialDate, Standing, decide,
};
use cairn_evidence::hash::{salted, sha256};
use cairn_evidence::receipt::Receipt;
use cairn_kernel::actor::Actor;
use cairn_kernel::money::Money;
use cairn_kernel::observable::{Kind, Observable};
use cairn_kernel::reference::Scramble;
use cairn_kernel::text::fold;
use cairn_kernel::time::Micros;
use cairn_store::Store;
use cairn_store::report::{NewMessage, NewReport, change, receive, secret_digest};
use cairn_store::writer::{Committed, Entry, Unit, WriteError};

pub use crate::dice::Dice;

/// 2026-11-23T09:00:00Z.
pub const START: Micros = Micros(1_795_424_400_000_000);
/// What sample amounts are added up in.
pub const BASE_CURRENCY: &str = "NZD";
/// Categories the samples come from.
pub const CATEGORIES: [&str; 4] = ["phishing", "scam", "malware", "unauthorised_access"];

/// A valid draft.
#[must_use]
pub fn draft(seed: u64) -> Draft {
    let mut dice = Dice::new(seed);
    let anonymous = dice.one_in(4);
    let story = format!(
        "Sample {seed}: he pānui i tae mai ki Whangārei, “{}” asked for money",
        dice.pick(&["Example Bank", "Example Post", "Example Energy"])
    );
    let losses = losses(&mut dice);
    let body = Body {
        form: "sample@1".into(),
        language: (*dice.pick(&["en", "mi"])).into(),
        channel: *dice.pick(&[Channel::Web, Channel::Api, Channel::Mail]),
        anonymous,
        answers: BTreeMap::from([
            ("story".into(), Answer::Text(story.clone())),
            ("known".into(), Answer::NotKnown),
            ("devices".into(), Answer::Number(dice.below(9) as i64)),
        ]),
        category: (*dice.pick(&CATEGORIES)).into(),
        subtype: dice.one_in(3).then(|| "by_mail".into()),
        severity: 1 + dice.below(6) as u8,
        affected: *dice.pick(&[Affected::Individual, Affected::Organisation]),
        loss_known: !losses.is_empty() || dice.one_in(2),
        losses,
        observables: observables(&mut dice, seed),
        files: if dice.one_in(3) {
            vec![file(&mut dice, anonymous)]
        } else {
            Vec::new()
        },
        occurred: dice.one_in(2).then_some(PartialDate {
            year: 2026,
            month: Some(11),
            day: None,
        }),
        region: dice.one_in(2).then(|| "NZ-NTL".into()),
        age_band: dice.one_in(2).then(|| "25-34".into()),
        sector: dice.one_in(3).then(|| "education".into()),
        wants_help: dice.one_in(2),
        title: story.chars().take(60).collect(),
        mail: dice.one_in(5).then(|| MailEvidence {
            dkim: "pass".into(),
            spf: "none".into(),
            dmarc: "fail".into(),
            subject: "Fwd: invoice".into(),
            message_id: None,
            seals: Vec::new(),
        }),
        suspect: dice.one_in(8),
    };
    let contact = (!anonymous && dice.one_in(2)).then(|| Contact {
        name: Some("Sample Person".into()),
        email: Some(format!("person{seed}@example.org")),
        phone: None,
    });
    let consents = if dice.one_in(3) {
        vec!["police".into(), "netsafe".into()]
    } else {
        Vec::new()
    };
    Draft {
        search_text: fold(&story),
        body,
        contact,
        consents,
    }
}

fn losses(dice: &mut Dice) -> Vec<LossItem> {
    let kinds = [
        LossKind::DirectFinancial,
        LossKind::Data,
        LossKind::DirectFinancial,
    ];
    let count = dice.below(4) as usize;
    kinds
        .into_iter()
        .take(count)
        .map(|kind| LossItem {
            kind,
            amount: (!dice.one_in(4)).then(|| Money {
                minor: dice.below(1_000_000) as i64,
                currency: (*dice.pick(&["NZD", "NZD", "AUD"])).into(),
            }),
            date: None,
            certainty: *dice.pick(&[Certainty::Stated, Certainty::Estimated]),
            paid_by: None,
            recovered_minor: dice.one_in(3).then(|| dice.below(1_000) as i64),
        })
        .collect()
}

fn observables(dice: &mut Dice, seed: u64) -> Vec<Observable> {
    let all = [
        (Kind::Domain, format!("bank-{}.example", seed % 50)),
        (
            Kind::Url,
            format!("https://bank-{}.example/login", seed % 50),
        ),
        (Kind::Ip, format!("192.0.2.{}", dice.below(256))),
        (Kind::Email, format!("fraud{}@example.net", dice.below(100))),
    ];
    let count = dice.below(5) as usize;
    all.into_iter()
        .take(count)
        .map(|(kind, value)| Observable { kind, value })
        .collect()
}

fn file(dice: &mut Dice, anonymous: bool) -> FileRef {
    FileRef {
        sha256: sha256(&dice.bytes::<16>()).hex(),
        size: dice.below(100_000),
        media_type: "image/png".into(),
        name: (!anonymous).then(|| "screenshot.png".into()),
    }
}

/// Year times ten plus quarter, in UTC.
#[must_use]
pub fn quarter(at: Micros) -> i64 {
    let text = at.to_string();
    let number = |from: usize, to: usize| text[from..to].parse::<i64>().unwrap_or_default();
    number(0, 4) * 10 + (number(5, 7) - 1) / 3 + 1
}

/// An amount in [`BASE_CURRENCY`]; one Australian dollar is 1.1 of them here.
#[must_use]
pub fn in_base(money: &Money) -> Option<i64> {
    match money.currency.as_str() {
        BASE_CURRENCY => Some(money.minor),
        "AUD" => Some(money.minor * 11 / 10),
        _ => None,
    }
}

/// A sample report on its way into a store.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Number.
    pub no: i64,
    /// What was told.
    pub draft: Draft,
    /// When.
    pub at: Micros,
    /// Body as JSON with its salt.
    pub body: (String, [u8; 16]),
    /// Contact as JSON with its salt.
    pub contact: Option<(String, [u8; 16])>,
    /// HMAC of the status secret.
    pub secret: [u8; 32],
    /// HMAC of the idempotency key, SHA-256 of the request.
    pub idempotency: Option<([u8; 32], [u8; 32])>,
    /// Losses in the base currency.
    pub base_minor: Vec<Option<i64>>,
    /// Public reference.
    pub reference: String,
    /// The event of receipt.
    pub event: Entry,
}

impl Sample {
    /// Makes one that the store has not seen.
    #[must_use]
    pub fn new(store: &Store, seed: u64, at: Micros) -> Self {
        Self::of(store, draft(seed), seed, at)
    }

    /// Makes one of a given draft.
    #[must_use]
    pub fn of(store: &Store, draft: Draft, seed: u64, at: Micros) -> Self {
        let mut dice = Dice::new(seed ^ 0x5a17);
        let no = store.next_report();
        let at = if draft.body.anonymous { at.hour() } else { at };
        let body = serde_json::to_string(&draft.body).expect("a body prints");
        let body = (body, dice.bytes());
        let contact = draft.contact.as_ref().map(|contact| {
            let json = serde_json::to_string(contact).expect("a contact prints");
            (json, dice.bytes())
        });
        let base_minor: Vec<Option<i64>> = draft
            .body
            .losses
            .iter()
            .map(|loss| loss.amount.as_ref().and_then(in_base))
            .collect();
        let secret: [u8; 32] = dice.bytes();
        let reference = Scramble::new(store.keys().reference)
            .reference_of(no)
            .expect("a reference")
            .to_string();
        let digest = |(json, salt): &(String, [u8; 16])| salted(salt, json.as_bytes()).hex();
        let event = Event {
            report: no,
            at,
            by: Actor::Reporter,
            change: Change::Received {
                reference: reference.clone(),
                body: digest(&body),
                contact: contact.as_ref().map(digest),
                consents: draft.consents.clone(),
                secret: secret_digest(&secret),
                label: "amber".into(),
                base_minor: base_minor.clone(),
            },
        };
        let event = serde_json::to_string(&event).expect("an event prints");
        Self {
            no,
            at,
            body,
            contact,
            secret,
            idempotency: None,
            base_minor,
            reference,
            event: Entry::new(at.0, Some(no), event, dice.bytes()),
            draft,
        }
    }

    /// With an idempotency key.
    #[must_use]
    pub fn keyed(mut self, key: [u8; 32], request: [u8; 32]) -> Self {
        self.idempotency = Some((key, request));
        self
    }

    /// Its rows.
    #[must_use]
    pub fn unit(&self, store: &Store) -> Unit {
        let new = NewReport {
            no: self.no,
            draft: &self.draft,
            at: self.at,
            quarter: quarter(self.at),
            label: "amber",
            body: self.body.clone(),
            contact: self.contact.clone(),
            secret: self.secret,
            idempotency: self.idempotency,
            base_minor: self.base_minor.clone(),
            event: self.event.clone(),
        };
        receive(new, store.is_sqlite())
    }

    /// Writes it durably.
    ///
    /// # Errors
    /// As the store's.
    pub async fn send(&self, store: &Store) -> Result<Committed, WriteError> {
        store.write(self.unit(store)).await
    }

    /// The receipt that its sender gets.
    #[must_use]
    pub fn receipt(&self, committed: &Committed) -> Receipt {
        let proof = committed
            .proof
            .as_ref()
            .expect("the group logged something");
        Receipt::new(
            self.reference.clone(),
            self.event.event.clone(),
            self.event.salt,
            Some(self.body.1),
            committed.first,
            proof.path(committed.first).expect("an entry of this group"),
            proof.checkpoint.clone(),
        )
    }
}

/// The first direct financial loss in the base currency, or without an amount: its place, and the officer's word that it was 47.11.
#[must_use]
pub fn verify_loss(losses: &[LossItem]) -> Option<(u32, Command)> {
    let in_base = |loss: &LossItem| {
        let amount = loss.amount.as_ref();
        loss.kind == LossKind::DirectFinancial && amount.is_none_or(|m| m.currency == "NZD")
    };
    let item = u32::try_from(losses.iter().position(in_base)?).ok()?;
    let amount = Money {
        minor: 4_711,
        currency: "NZD".into(),
    };
    let verify = Command::VerifyLoss {
        item,
        base_minor: Some(amount.minor),
        amount,
    };
    Some((item, verify))
}

/// Where a report stands, from what the store holds of it.
pub async fn standing(store: &Store, no: i64) -> Standing {
    let body = store
        .report_body(no)
        .await
        .expect("a body")
        .expect("a body");
    let body: Body = serde_json::from_str(&body.json).expect("a body");
    let mut standing: Option<Standing> = None;
    for row in store.history(no).await.expect("a history") {
        let event: Event = serde_json::from_str(&row.event).expect("an event");
        match (&mut standing, &event.change) {
            (Some(standing), change) => standing.apply(change),
            (
                none,
                Change::Received {
                    contact, consents, ..
                },
            ) => *none = Some(Standing::new(&body, contact.is_some(), consents)),
            (None, other) => panic!("the history begins with {other:?}"),
        }
    }
    standing.expect("a history")
}

/// The rows of a command by an actor, decided on what the store holds now; `text` is the message, if it is one.
pub async fn change_unit(
    store: &Store,
    no: i64,
    by: Actor,
    command: Command,
    text: Option<&str>,
    at: Micros,
) -> Unit {
    let before = standing(store, no).await;
    let mut dice = Dice::new(no as u64 ^ (before.version as u64) << 32 ^ 0xc0de);
    let salt: [u8; 16] = dice.bytes();
    let digest = text.map(|text| salted(&salt, text.as_bytes()).hex());
    let command = match (command, digest) {
        (Command::ReporterWrite { .. }, Some(digest)) => Command::ReporterWrite { digest },
        (Command::OfficerWrite { waits, .. }, Some(digest)) => {
            Command::OfficerWrite { digest, waits }
        }
        (other, _) => other,
    };
    let mut message = None;
    let mut events = Vec::new();
    for change in decide(&before, command).expect("a command that is allowed") {
        if let (
            Change::ReporterWrote { message: n, .. } | Change::OfficerWrote { message: n, .. },
            Some(text),
        ) = (&change, text)
        {
            message = Some(NewMessage {
                n: *n,
                author: match &by {
                    Actor::User(id) => Some(id.clone()),
                    _ => None,
                },
                at,
                waits: matches!(change, Change::OfficerWrote { waits: true, .. }),
                salt,
                text: text.to_owned(),
                by_mail: false,
                seal: None,
            });
        }
        let event = Event {
            report: no,
            at,
            by: by.clone(),
            change,
        };
        let json = serde_json::to_string(&event).expect("an event prints");
        events.push((event, Entry::new(at.0, Some(no), json, dice.bytes())));
    }
    change(no, &before, events, message)
}

/// Carries a command out.
///
/// # Errors
/// As the store's.
pub async fn act(
    store: &Store,
    no: i64,
    by: Actor,
    command: Command,
    text: Option<&str>,
) -> Result<Committed, WriteError> {
    let at = START.plus_seconds(3_600 + no);
    let unit = change_unit(store, no, by, command, text, at).await;
    store.write(unit).await
}

/// A line of the log that concerns no report, such as a sign-in.
#[must_use]
pub fn audit(seed: u64, at: Micros) -> Entry {
    let event = format!(
        "{{\"at\":{},\"by\":\"system\",\"kind\":\"sample\",\"n\":{seed}}}",
        at.0
    );
    Entry::new(at.0, None, event, Dice::new(seed ^ 0xa0d1).bytes())
}
