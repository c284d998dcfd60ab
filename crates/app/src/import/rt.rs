//! Fetching from Request Tracker 5 through REST 2: numbers in their order, and tickets whole. Nothing is changed there.

use std::collections::BTreeSet;

use cairn_desk::import::rt::{
    ATTACHMENT_FIELDS, HISTORY_FIELDS, Names, PER_PAGE, content, id, is_text, page, ticket, users,
    value,
};
use cairn_desk::import::{Fault, Old, Problem};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::http::{Client, HttpError};

/// Where REST 2 lies below the address of RT.
const REST: &str = "/REST/2.0";
/// Pages of one list that are read: 100 entries each.
const PAGES_MAX: u32 = 100_000;

/// A ticket could not be fetched.
#[derive(Debug, thiserror::Error)]
pub enum RtError {
    /// The server did not answer, or said no.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// It answered with something else.
    #[error("{}: {} {}", .0.place, .0.fault, .0.what)]
    Shape(Problem),
}

impl From<Problem> for RtError {
    fn from(problem: Problem) -> Self {
        Self::Shape(problem)
    }
}

/// A server.
pub struct Rt {
    client: Client,
    names: Names,
    /// Of the ticket that is asked for next.
    history: Vec<Value>,
}

/// What goes into `Authorization`: `token …` for a token of RT, or Basic for `name:password`.
#[must_use]
pub fn authorization(secret: &str) -> String {
    use base64::Engine;
    let secret = secret.trim();
    if secret.contains(':') {
        let encoded = base64::engine::general_purpose::STANDARD.encode(secret);
        format!("Basic {encoded}")
    } else {
        format!("token {secret}")
    }
}

impl Rt {
    /// A server by its address, as in a browser.
    ///
    /// # Errors
    /// See [`HttpError`].
    pub fn new(
        address: &str,
        secret: &str,
        certificates: Option<&[u8]>,
    ) -> Result<Self, HttpError> {
        Ok(Self {
            client: Client::new(address, &authorization(secret), certificates)?,
            names: Names::default(),
            history: Vec::new(),
        })
    }

    async fn ask(&mut self, path: &str) -> Result<Value, RtError> {
        let bytes = self.client.get(&format!("{REST}{path}")).await?;
        Ok(value(&bytes, path.split('?').next().unwrap_or_default())?)
    }

    async fn all(&mut self, path: &str, fields: &str) -> Result<Vec<Value>, RtError> {
        let mut all = Vec::new();
        for n in 1..=PAGES_MAX {
            let path = format!("{REST}{path}?per_page={PER_PAGE}&page={n}&fields={fields}");
            let (items, more) = page(&self.client.get(&path).await?)?;
            all.extend(items);
            if !more {
                break;
            }
        }
        Ok(all)
    }

    /// The next numbers after one, of the tickets that a query of RT finds; none where there are no more. Asked by number and not by
    /// page, so that what is made or merged meanwhile moves nothing.
    ///
    /// # Errors
    /// See [`RtError`].
    pub async fn after(&mut self, query: &str, last: u64) -> Result<Vec<u64>, RtError> {
        let query = if query.trim().is_empty() {
            "id > 0"
        } else {
            query
        };
        let query = format!("({query}) AND id > {last}");
        let query = utf8_percent_encode(&query, NON_ALPHANUMERIC);
        let path =
            format!("{REST}/tickets?query={query}&orderby=id&order=ASC&per_page={PER_PAGE}&page=1");
        let (items, _) = page(&self.client.get(&path).await?)?;
        Ok(items
            .iter()
            .filter_map(id)
            .filter(|id| *id > last)
            .collect())
    }

    /// How many tickets a query finds.
    ///
    /// # Errors
    /// See [`RtError`].
    pub async fn count(&mut self, query: &str) -> Result<u64, RtError> {
        let query = if query.trim().is_empty() {
            "id > 0"
        } else {
            query
        };
        let query = utf8_percent_encode(query, NON_ALPHANUMERIC);
        let answer = self
            .ask(&format!("/tickets?query={query}&per_page=1&page=1"))
            .await?;
        Ok(answer
            .get("total")
            .and_then(Value::as_u64)
            .unwrap_or_default())
    }

    /// Keys of the transactions of a ticket.
    ///
    /// # Errors
    /// See [`RtError`].
    pub async fn transactions(&mut self, number: u64) -> Result<Vec<String>, RtError> {
        let history = self
            .all(&format!("/ticket/{number}/history"), HISTORY_FIELDS)
            .await?;
        let keys = history
            .iter()
            .filter_map(id)
            .map(|id| format!("txn:{id}"))
            .collect();
        self.history = history;
        Ok(keys)
    }

    /// A ticket whose [`Rt::transactions`] were asked for, with its thread; of its files only what is told of them. Texts of messages whose transaction is `known` are not
    /// fetched again.
    ///
    /// # Errors
    /// See [`RtError`].
    pub async fn ticket(&mut self, number: u64, known: &BTreeSet<String>) -> Result<Old, RtError> {
        let told = self.ask(&format!("/ticket/{number}")).await?;
        let history = std::mem::take(&mut self.history);
        let mut attachments = self
            .all(&format!("/ticket/{number}/attachments"), ATTACHMENT_FIELDS)
            .await?;
        for one in &mut attachments {
            let of = one.get("TransactionId").map(text).unwrap_or_default();
            if is_text(one) && !known.contains(&format!("txn:{of}")) {
                *one = self
                    .ask(&format!(
                        "/attachment/{}",
                        text(one.get("id").unwrap_or(&Value::Null))
                    ))
                    .await?;
            }
        }
        self.name(&told, &history).await?;
        Ok(ticket(&told, &history, &attachments, &self.names)?)
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// See [`RtError`].
    pub async fn file(&mut self, place: &str) -> Result<Vec<u8>, RtError> {
        let told = self.ask(&format!("/attachment/{place}")).await?;
        Ok(content(&told, &format!("attachment {place}"))?)
    }

    /// Names of the queue and of accounts, asked for once each. One that may not be seen stays a number.
    async fn name(&mut self, told: &Value, history: &[Value]) -> Result<(), RtError> {
        let queue = told.get("Queue").map(text).unwrap_or_default();
        if !queue.is_empty() && !self.names.queues.contains_key(&queue) {
            let name = self.named(&format!("/queue/{queue}")).await?;
            self.names
                .queues
                .insert(queue.clone(), name.unwrap_or(queue));
        }
        for user in users(history, &self.names) {
            let name = self.named(&format!("/user/{user}")).await?;
            self.names.users.insert(user.clone(), name.unwrap_or(user));
        }
        Ok(())
    }

    async fn named(&mut self, path: &str) -> Result<Option<String>, RtError> {
        match self.ask(path).await {
            Ok(told) => Ok(told.get("Name").map(text).filter(|name| !name.is_empty())),
            Err(RtError::Http(HttpError::Status {
                status: 403 | 404, ..
            })) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => other.get("id").map(text).unwrap_or_default(),
    }
}

/// A fault that one ticket's fetching came to, for the summary.
#[must_use]
pub fn problem(number: u64, error: &RtError) -> Problem {
    match error {
        RtError::Shape(problem) => problem.clone(),
        RtError::Http(error) => Problem::new(
            Fault::Unreadable,
            format!("rt#{number}"),
            &error.to_string(),
        ),
    }
}
