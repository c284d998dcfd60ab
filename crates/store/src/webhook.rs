//! Webhooks: who is told what, how far in the log each has been told, and what is on its way. The log itself is the queue: a hook's
//! cursor moves in the same transaction in which its deliveries are written, so that none is lost and none is made twice.

use cairn_kernel::time::Micros;

use crate::db::ReadError;
use crate::sql::{Row, Table, Ty};
use crate::writer::{Entry, Unit, WriteError};
use crate::{Store, params};

/// Webhooks, at most.
pub const WEBHOOKS_MAX: usize = 50;
/// Deliveries of one list.
pub const DELIVERY_ROWS_MAX: usize = 50;

static WEBHOOK: Table = Table::new(
    "webhook",
    &[
        ("id", Ty::Text),
        ("url", Ty::Text),
        ("description", Ty::Text),
        ("events", Ty::Text),
        ("live", Ty::Bool),
        ("secret", Ty::Blob),
        ("created_at", Ty::Int),
        ("cursor", Ty::Int),
        ("wait_until", Ty::Int),
        ("version", Ty::Int),
    ],
);
static DELIVERY: Table = Table::new(
    "webhook_delivery",
    &[
        ("webhook", Ty::Text),
        ("id", Ty::Text),
        ("n", Ty::Int),
        ("kind", Ty::Text),
        ("body", Ty::Text),
        ("made_at", Ty::Int),
        ("state", Ty::Text),
        ("next_at", Ty::Int),
        ("attempts", Ty::Int),
    ],
);

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Random id.
    pub id: String,
    /// Where it is sent to.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// Kinds of events that it is told, as a JSON list.
    pub events: String,
    /// It is on.
    pub live: bool,
    /// Its secret, wrapped.
    pub secret: Vec<u8>,
    /// The secret before, wrapped, and until when it signs beside.
    pub old_secret: Option<(Vec<u8>, Micros)>,
    /// When it was made.
    pub created_at: Micros,
    /// The entry of the log that is looked at next.
    pub cursor: i64,
    /// Nothing is sent before.
    pub wait_until: Micros,
    /// Nothing has arrived since.
    pub failing_since: Option<Micros>,
    /// Why the machine switched it off.
    pub off_why: Option<String>,
    /// Counts changes by people.
    pub version: i64,
}

/// A delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The same at every attempt.
    pub id: String,
    /// The entry of the log that it tells of.
    pub n: i64,
    /// Kind of event.
    pub kind: String,
    /// What is sent: JSON.
    pub body: String,
    /// When it was made.
    pub made_at: Micros,
    /// `due`, `done` or `given_up`.
    pub state: String,
    /// The next attempt is not before.
    pub next_at: Micros,
    /// Attempts so far.
    pub attempts: i64,
    /// The last attempt.
    pub tried: Option<Tried>,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tried {
    /// When.
    pub at: Micros,
    /// How long it took, milliseconds.
    pub millis: i64,
    /// HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// What went wrong.
    pub fault: Option<String>,
    /// The first bytes of the answer: a stranger's text.
    pub answer: Option<String>,
}

macro_rules! webhook_sql {
    ($tail:literal) => {
        concat!(
            "SELECT id, url, description, events, live, secret, old_secret, old_until, created_at, cursor, wait_until, \
             failing_since, off_why, version FROM webhook ",
            $tail
        )
    };
}
macro_rules! delivery_sql {
    ($tail:literal) => {
        concat!(
            "SELECT id, n, kind, body, made_at, state, next_at, attempts, tried_at, millis, status, fault, answer \
             FROM webhook_delivery ",
            $tail
        )
    };
}

fn read_webhook(row: &Row) -> Result<Webhook, ReadError> {
    let until = row.int_opt(7)?.map(Micros);
    Ok(Webhook {
        id: row.text(0)?,
        url: row.text(1)?,
        description: row.text(2)?,
        events: row.text(3)?,
        live: row.bool(4)?,
        secret: row.blob(5)?,
        old_secret: match until {
            Some(until) => Some((row.blob(6)?, until)),
            None => None,
        },
        created_at: row.at(8)?,
        cursor: row.int(9)?,
        wait_until: row.at(10)?,
        failing_since: row.int_opt(11)?.map(Micros),
        off_why: row.text_opt(12)?,
        version: row.int(13)?,
    })
}

fn read_delivery(row: &Row) -> Result<Delivery, ReadError> {
    let tried = row.int_opt(8)?.map(Micros);
    let tried = match tried {
        Some(at) => Some(Tried {
            at,
            millis: row.int_opt(9)?.unwrap_or_default(),
            status: row.int_opt(10)?.and_then(|status| status.try_into().ok()),
            fault: row.text_opt(11)?,
            answer: row.text_opt(12)?,
        }),
        None => None,
    };
    Ok(Delivery {
        id: row.text(0)?,
        n: row.int(1)?,
        kind: row.text(2)?,
        body: row.text(3)?,
        made_at: row.at(4)?,
        state: row.text(5)?,
        next_at: row.at(6)?,
        attempts: row.int(7)?,
        tried,
    })
}

fn insert(unit: &mut Unit, webhook: &str, one: &Delivery) {
    unit.insert(
        &DELIVERY,
        params![
            webhook,
            one.id.as_str(),
            one.n,
            one.kind.as_str(),
            one.body.as_str(),
            one.made_at,
            one.state.as_str(),
            one.next_at,
            one.attempts
        ],
    );
}

impl Store {
    /// All webhooks, the oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, ReadError> {
        let sql = webhook_sql!("ORDER BY created_at, id LIMIT 50");
        let rows = self.db.rows(sql, vec![]).await?;
        rows.iter().map(read_webhook).collect()
    }

    /// One of them.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn webhook(&self, id: &str) -> Result<Option<Webhook>, ReadError> {
        let row = self.db.row(webhook_sql!("WHERE id = $1"), params![id]);
        row.await?.as_ref().map(read_webhook).transpose()
    }

    /// The index that the next entry of the log will have.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn log_end(&self) -> Result<i64, ReadError> {
        let newest = self.evidence_before(i64::MAX, 1).await?;
        Ok(newest.first().map_or(0, |row| row.idx + 1))
    }

    /// Keeps a new one.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_webhook(&self, hook: &Webhook, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.insert(
            &WEBHOOK,
            params![
                hook.id.as_str(),
                hook.url.as_str(),
                hook.description.as_str(),
                hook.events.as_str(),
                hook.live,
                hook.secret.clone(),
                hook.created_at,
                hook.cursor,
                hook.wait_until,
                hook.version
            ],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Changes what people decide of one: address, description, events, on or off. Where it goes on begins at its cursor.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if somebody else was quicker.
    pub async fn set_webhook(&self, hook: &Webhook, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE webhook SET url = $1, description = $2, events = $3, live = $4, cursor = $5, wait_until = $6, \
             failing_since = NULL, off_why = NULL, version = version + 1 WHERE id = $7 AND version = $8",
            params![
                hook.url.as_str(),
                hook.description.as_str(),
                hook.events.as_str(),
                hook.live,
                hook.cursor,
                hook.wait_until,
                hook.id.as_str(),
                hook.version
            ],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Gives it another secret; the one before signs beside it until then.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if somebody else was quicker.
    pub async fn webhook_secret(
        &self,
        hook: &Webhook,
        secret: Vec<u8>,
        old_until: Micros,
        entry: Entry,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE webhook SET secret = $1, old_secret = $2, old_until = $3, version = version + 1 \
             WHERE id = $4 AND version = $5",
            params![
                secret,
                hook.secret.clone(),
                old_until,
                hook.id.as_str(),
                hook.version
            ],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Switches it off, as the machine decides.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if it is off.
    pub async fn webhook_off(&self, id: &str, why: &str, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE webhook SET live = FALSE, off_why = $1, version = version + 1 WHERE id = $2 AND live = TRUE",
            params![why, id],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Takes it away, with all its deliveries.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if it is not there.
    pub async fn remove_webhook(&self, id: &str, entry: Entry) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(1, "DELETE FROM webhook WHERE id = $1", params![id]);
        unit.exec(
            "DELETE FROM webhook_delivery WHERE webhook = $1",
            params![id],
        );
        unit.entries.push(entry);
        self.write(unit).await.map(drop)
    }

    /// Writes what is to be told and moves the cursor, all or nothing.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if the hook moved on, is off or gone.
    pub async fn webhook_follow(
        &self,
        hook: &Webhook,
        to: i64,
        deliveries: &[Delivery],
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE webhook SET cursor = $1 WHERE id = $2 AND cursor = $3 AND live = TRUE",
            params![to, hook.id.as_str(), hook.cursor],
        );
        for one in deliveries {
            insert(&mut unit, &hook.id, one);
        }
        self.write(unit).await.map(drop)
    }

    /// Adds a delivery of its own, such as a test.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn add_delivery(&self, webhook: &str, one: &Delivery) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE webhook SET wait_until = 0 WHERE id = $1",
            params![webhook],
        );
        insert(&mut unit, webhook, one);
        self.write(unit).await.map(drop)
    }

    /// How many wait.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn waiting_deliveries(&self, webhook: &str) -> Result<i64, ReadError> {
        let sql = "SELECT count(*) FROM webhook_delivery WHERE webhook = $1 AND state = 'due'";
        let row = self.db.row(sql, params![webhook]).await?;
        row.map_or(Ok(0), |row| Ok(row.int(0)?))
    }

    /// Those that are due, the oldest first.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn due_deliveries(
        &self,
        webhook: &str,
        now: Micros,
        limit: i64,
    ) -> Result<Vec<Delivery>, ReadError> {
        let sql = delivery_sql!(
            "WHERE webhook = $1 AND state = 'due' AND next_at <= $2 ORDER BY next_at, n, id LIMIT $3"
        );
        let rows = self.db.rows(sql, params![webhook, now, limit]).await?;
        rows.iter().map(read_delivery).collect()
    }

    /// The newest.
    ///
    /// # Errors
    /// The database could not be read.
    pub async fn deliveries(&self, webhook: &str) -> Result<Vec<Delivery>, ReadError> {
        let sql = delivery_sql!("WHERE webhook = $1 ORDER BY n DESC, id DESC LIMIT 50");
        let rows = self.db.rows(sql, params![webhook]).await?;
        rows.iter().map(read_delivery).collect()
    }

    /// Notes what came of an attempt: done, given up, or due again; and how the hook stands after it.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn delivery_tried(
        &self,
        (webhook, wait_until, failing_since): (&str, Micros, Option<Micros>),
        one: &Delivery,
    ) -> Result<(), WriteError> {
        let tried = one.tried.clone().unwrap_or_default();
        let mut unit = Unit::default();
        unit.exec(
            "UPDATE webhook_delivery SET state = $1, next_at = $2, attempts = $3, tried_at = $4, millis = $5, status = $6, \
             fault = $7, answer = $8 WHERE webhook = $9 AND id = $10",
            params![
                one.state.as_str(),
                one.next_at,
                one.attempts,
                tried.at,
                tried.millis,
                tried.status.map(i64::from),
                tried.fault,
                tried.answer,
                webhook,
                one.id.as_str()
            ],
        );
        unit.exec(
            "UPDATE webhook SET wait_until = $1, failing_since = $2 WHERE id = $3",
            params![wait_until, failing_since, webhook],
        );
        self.write(unit).await.map(drop)
    }

    /// Sends one again, with all its attempts.
    ///
    /// # Errors
    /// See [`WriteError`]; a conflict if there is none that is over.
    pub async fn delivery_again(
        &self,
        webhook: &str,
        id: &str,
        now: Micros,
    ) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.expect(
            1,
            "UPDATE webhook_delivery SET state = 'due', attempts = 0, next_at = $1 WHERE webhook = $2 AND id = $3",
            params![now, webhook, id],
        );
        unit.exec(
            "UPDATE webhook SET wait_until = 0 WHERE id = $1",
            params![webhook],
        );
        self.write(unit).await.map(drop)
    }

    /// Forgets deliveries that were made before, unless they wait; and old secrets whose time is over.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub async fn forget_deliveries(&self, before: Micros, now: Micros) -> Result<(), WriteError> {
        let mut unit = Unit::default();
        unit.exec(
            "DELETE FROM webhook_delivery WHERE made_at < $1 AND state <> 'due'",
            params![before],
        );
        unit.exec(
            "UPDATE webhook SET old_secret = NULL, old_until = NULL WHERE old_until IS NOT NULL AND old_until < $1",
            params![now],
        );
        self.write(unit).await.map(drop)
    }
}
