//! Reports and changes for the store to write, all of them from the seed.

use std::collections::BTreeMap;

use cairn_desk::report::{
    Affected, Answer, Body, Certainty, Change, Channel, Contact, Draft, Event, LossItem, LossKind,
    Standing, State,
};
use cairn_evidence::hash::{salted, sha256};
use cairn_kernel::actor::Actor;
use cairn_kernel::money::Money;
use cairn_kernel::observable::{Kind, Observable};
use cairn_kernel::time::Micros;
use cairn_store::report::{NewMessage, NewReport, Summary, change, receive};
use cairn_store::writer::{Entry, Unit};

use crate::rng::Rng;

/// 2026-01-01T00:00Z: the simulator's clock stands still.
pub const NOW: Micros = Micros(1_767_225_600_000_000);

/// The key and the digest of the request that came with it, as the store keeps them.
pub type Idempotency = ([u8; 32], [u8; 32]);

const LABEL: &str = "tlp:amber";

const WORDS: [&str; 12] = [
    "invoice", "parcel", "bank", "login", "strange", "message", "caller", "password", "refund",
    "website", "screen", "money",
];

/// A report ready to be written.
#[derive(Debug)]
pub struct Prepared {
    /// Its rows.
    pub unit: Unit,
    /// Its number.
    pub no: i64,
    /// SHA-256 of salt and body.
    pub digest: [u8; 32],
    /// The key it was sent with.
    pub idempotency: Option<Idempotency>,
}

fn words(rng: &mut Rng, count: usize) -> String {
    let pick = |_| WORDS.get(rng.below(WORDS.len())).copied().unwrap_or("x");
    (0..count).map(pick).collect::<Vec<_>>().join(" ")
}

/// `N` bytes.
pub fn bytes<const N: usize>(rng: &mut Rng) -> [u8; N] {
    let mut out = [0; N];
    rng.fill(&mut out);
    out
}

fn body(rng: &mut Rng) -> Body {
    // Now and then a story that fills several pages of the database.
    let length = if rng.chance(1, 32) {
        1_500
    } else {
        8 + rng.below(40)
    };
    let story = words(rng, length);
    let host = format!("h{}.example.net", rng.below(1000));
    let loss = LossItem {
        kind: LossKind::DirectFinancial,
        amount: Some(Money {
            minor: 100 * i64::try_from(rng.below(10_000)).unwrap_or(1),
            currency: "NZD".to_owned(),
        }),
        date: None,
        certainty: Certainty::Stated,
        paid_by: None,
        recovered_minor: None,
    };
    Body {
        form: "report@1".to_owned(),
        language: "en".to_owned(),
        channel: Channel::Api,
        anonymous: rng.chance(1, 3),
        answers: BTreeMap::from([
            ("story".to_owned(), Answer::Text(story)),
            ("contacted".to_owned(), Answer::NotKnown),
        ]),
        category: ["phishing", "scam", "malware"]
            .get(rng.below(3))
            .copied()
            .unwrap_or("scam")
            .to_owned(),
        subtype: None,
        severity: 1 + u8::try_from(rng.below(6)).unwrap_or(0),
        affected: Affected::Individual,
        losses: if rng.chance(1, 2) {
            vec![loss]
        } else {
            Vec::new()
        },
        loss_known: true,
        observables: vec![Observable {
            kind: Kind::Domain,
            value: host,
        }],
        files: Vec::new(),
        occurred: None,
        region: None,
        age_band: None,
        sector: None,
        wants_help: true,
        title: words(rng, 6),
        mail: None,
        suspect: false,
    }
}

fn entry(rng: &mut Rng, event: &Event) -> Result<Entry, serde_json::Error> {
    let json = serde_json::to_string(event)?;
    Ok(Entry::new(event.at.0, Some(event.report), json, bytes(rng)))
}

/// A new report with number `no`, sent with a key if one is given.
///
/// # Errors
/// What was made does not serialise, which would be a mistake here.
pub fn report(
    rng: &mut Rng,
    no: i64,
    idempotency: Option<Idempotency>,
) -> Result<Prepared, serde_json::Error> {
    let body = body(rng);
    let contact = (!body.anonymous).then(|| Contact {
        email: Some(format!("p{no}@example.org")),
        ..Contact::default()
    });
    let json = serde_json::to_string(&body)?;
    let salt: [u8; 16] = bytes(rng);
    let digest = salted(&salt, json.as_bytes());
    let sealed = match &contact {
        Some(contact) => Some((serde_json::to_string(contact)?, bytes(rng))),
        None => None,
    };
    let secret: [u8; 32] = bytes(rng);
    let base_minor: Vec<Option<i64>> = body
        .losses
        .iter()
        .map(|loss| loss.amount.as_ref().map(|money| money.minor))
        .collect();
    let event = Event {
        report: no,
        at: NOW,
        by: Actor::Reporter,
        change: Change::Received {
            reference: format!("CRASH-{no}"),
            body: digest.hex(),
            contact: sealed
                .as_ref()
                .map(|(json, salt)| salted(salt, json.as_bytes()).hex()),
            consents: Vec::new(),
            secret: sha256(&secret).hex(),
            label: LABEL.to_owned(),
            base_minor: base_minor.clone(),
        },
    };
    let draft = Draft {
        search_text: words(rng, 12),
        body,
        contact,
        consents: vec!["police".to_owned()],
    };
    let unit = receive(
        NewReport {
            no,
            draft: &draft,
            at: NOW,
            quarter: 20_261,
            label: LABEL,
            body: (json, salt),
            contact: sealed,
            secret,
            idempotency,
            base_minor,
            event: entry(rng, &event)?,
        },
        true,
    );
    Ok(Prepared {
        unit,
        no,
        digest: digest.0,
        idempotency,
    })
}

/// Where a report stands, from its row.
#[must_use]
pub fn standing(row: &Summary, messages: usize) -> Standing {
    Standing {
        state: State::parse(&row.state).unwrap_or(State::Received),
        category: row.category.clone(),
        subtype: row.subtype.clone(),
        severity: row.severity,
        assignee: row.assignee.clone(),
        outcome: row.outcome.clone(),
        consents: BTreeMap::new(),
        messages: i64::try_from(messages).unwrap_or(0),
        contact: false,
        suspect: row.suspect,
        files: Vec::new(),
        losses: Vec::new(),
        hold: None,
        bare: row.bare,
        mute: 0,
        withdrawn: std::collections::BTreeSet::new(),
        answers: cairn_desk::report::Answers::default(),
        referrals: Vec::new(),
        ruled: std::collections::BTreeMap::new(),
        asked: std::collections::BTreeSet::new(),
        mails: cairn_desk::report::Mails::default(),
        keys: cairn_desk::report::Keys::default(),
        old: 0,
        old_heads: false,
        version: row.version,
    }
}

/// An officer does something to a report.
///
/// # Errors
/// As [`report`].
pub fn work(
    rng: &mut Rng,
    no: i64,
    before: &Standing,
    has_contact: bool,
) -> Result<Unit, serde_json::Error> {
    let mut message = None;
    let change_made = match rng.below(5) {
        0 => Change::SeveritySet {
            severity: 1 + u8::try_from(rng.below(6)).unwrap_or(0),
        },
        1 => Change::Assigned {
            to: Some(format!("officer-{}", rng.below(5))),
        },
        2 if before.state != State::Closed => Change::Closed {
            outcome: "advised".to_owned(),
        },
        3 if has_contact => Change::ContactErased,
        _ => {
            let text = words(rng, 20);
            let salt = bytes(rng);
            let n = before.messages + 1;
            let digest = salted(&salt, text.as_bytes()).hex();
            message = Some(NewMessage {
                n,
                author: Some("officer-1".to_owned()),
                at: NOW,
                waits: true,
                salt,
                text,
                by_mail: false,
                seal: None,
            });
            Change::OfficerWrote {
                message: n,
                digest,
                waits: true,
                rule: None,
            }
        }
    };
    let event = Event {
        report: no,
        at: NOW,
        by: Actor::User("officer-1".to_owned()),
        change: change_made,
    };
    let entry = entry(rng, &event)?;
    Ok(change(no, before, vec![(event, entry)], message))
}
