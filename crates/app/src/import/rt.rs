//! Fetching from Request Tracker 5 through REST 2: numbers in their order, and tickets whole. Several requests run at the same time,
//! up to a limit. Nothing is changed there.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use cairn_desk::import::rt::{
    ATTACHMENT_FIELDS, HISTORY_FIELDS, Names, PER_PAGE, content, id, is_text, page, ticket, users,
    value,
};
use cairn_desk::import::{Fault, Old, Problem};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::http::{Client, HttpError};

/// Where REST 2 lies below the address of RT.
const REST: &str = "/REST/2.0";
/// Pages of one list that are read: 100 entries each.
const PAGES_MAX: u32 = 100_000;
/// Requests to a server at the same time, unless another number is asked for.
pub const REQUESTS: u8 = 4;
/// Most requests to a server at the same time that can be asked for.
pub const REQUESTS_MAX: u8 = 16;

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

/// A server. Copies share its connections and what it told of names.
#[derive(Clone)]
pub struct Rt(Arc<Inner>);

struct Inner {
    /// As many requests may run.
    places: Semaphore,
    first: Client,
    /// With connections that wait for the next request.
    idle: Mutex<Vec<Client>>,
    names: tokio::sync::Mutex<Names>,
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
    /// A server by its address, as in a browser, asked by at most `requests` at the same time.
    ///
    /// # Errors
    /// See [`HttpError`].
    pub fn new(
        address: &str,
        secret: &str,
        certificates: Option<&[u8]>,
        requests: u8,
    ) -> Result<Self, HttpError> {
        let first = Client::new(address, &authorization(secret), certificates)?;
        Ok(Self::of(first, requests))
    }

    fn of(first: Client, requests: u8) -> Self {
        Self(Arc::new(Inner {
            places: Semaphore::new(usize::from(requests.clamp(1, REQUESTS_MAX))),
            first,
            idle: Mutex::default(),
            names: tokio::sync::Mutex::default(),
        }))
    }

    async fn get(&self, path: &str) -> Result<Bytes, HttpError> {
        let inner = &self.0;
        // Closed by nobody.
        let _place = inner.places.acquire().await;
        let idle = || inner.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle().pop();
        let mut client = kept.unwrap_or_else(|| inner.first.another());
        let answer = client.get(path).await;
        idle().push(client);
        answer
    }

    async fn ask(&self, path: &str) -> Result<Value, RtError> {
        let bytes = self.get(&format!("{REST}{path}")).await?;
        Ok(value(&bytes, path.split('?').next().unwrap_or_default())?)
    }

    async fn all(&self, path: &str, fields: &str) -> Result<Vec<Value>, RtError> {
        let mut all = Vec::new();
        for n in 1..=PAGES_MAX {
            let path = format!("{REST}{path}?per_page={PER_PAGE}&page={n}&fields={fields}");
            let (items, more) = page(&self.get(&path).await?)?;
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
    pub async fn after(&self, query: &str, last: u64) -> Result<Vec<u64>, RtError> {
        let query = if query.trim().is_empty() {
            "id > 0"
        } else {
            query
        };
        let query = format!("({query}) AND id > {last}");
        let query = utf8_percent_encode(&query, NON_ALPHANUMERIC);
        let path =
            format!("{REST}/tickets?query={query}&orderby=id&order=ASC&per_page={PER_PAGE}&page=1");
        let (items, _) = page(&self.get(&path).await?)?;
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
    pub async fn count(&self, query: &str) -> Result<u64, RtError> {
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

    /// The transactions of a ticket.
    ///
    /// # Errors
    /// See [`RtError`].
    pub async fn history(&self, number: u64) -> Result<History, RtError> {
        let path = format!("/ticket/{number}/history");
        Ok(History(self.all(&path, HISTORY_FIELDS).await?))
    }

    /// A ticket with its thread; of its files only what is told of them. Texts of messages whose transaction is `known` are not
    /// fetched again.
    ///
    /// # Errors
    /// See [`RtError`].
    pub async fn ticket(
        &self,
        number: u64,
        history: &History,
        known: &BTreeSet<String>,
    ) -> Result<Old, RtError> {
        let path = (
            format!("/ticket/{number}"),
            format!("/ticket/{number}/attachments"),
        );
        let (told, attachments) =
            tokio::try_join!(self.ask(&path.0), self.all(&path.1, ATTACHMENT_FIELDS),)?;
        let attachments = self.texts(attachments, known).await?;
        let names = self.name(&told, &history.0).await?;
        Ok(ticket(&told, &history.0, &attachments, &names)?)
    }

    /// The attachments, those that are texts and not known whole.
    async fn texts(
        &self,
        mut attachments: Vec<Value>,
        known: &BTreeSet<String>,
    ) -> Result<Vec<Value>, RtError> {
        let mut asked = JoinSet::new();
        for (at, one) in attachments.iter().enumerate() {
            let of = one.get("TransactionId").map(text).unwrap_or_default();
            if is_text(one) && !known.contains(&format!("txn:{of}")) {
                let id = text(one.get("id").unwrap_or(&Value::Null));
                let rt = self.clone();
                asked.spawn(async move { (at, rt.ask(&format!("/attachment/{id}")).await) });
            }
        }
        while let Some(done) = asked.join_next().await {
            // A task that ended badly did so by a fault of ours: it is told as one of this ticket, and the run goes on.
            let (at, told) = done.map_err(|error| {
                Problem::new(Fault::Unreadable, "attachment", &error.to_string())
            })?;
            if let (told, Some(one)) = (told?, attachments.get_mut(at)) {
                *one = told;
            }
        }
        Ok(attachments)
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// See [`RtError`].
    pub async fn file(&self, place: &str) -> Result<Vec<u8>, RtError> {
        let told = self.ask(&format!("/attachment/{place}")).await?;
        Ok(content(&told, &format!("attachment {place}"))?)
    }

    /// Names of the queue and of accounts, asked for once each. One that may not be seen stays a number.
    async fn name(&self, told: &Value, history: &[Value]) -> Result<Names, RtError> {
        let mut names = self.0.names.lock().await;
        let queue = told.get("Queue").map(text).unwrap_or_default();
        if !queue.is_empty() && !names.queues.contains_key(&queue) {
            let name = self.named(&format!("/queue/{queue}")).await?;
            names.queues.insert(queue.clone(), name.unwrap_or(queue));
        }
        for user in users(history, &names) {
            let name = self.named(&format!("/user/{user}")).await?;
            names.users.insert(user.clone(), name.unwrap_or(user));
        }
        Ok(names.clone())
    }

    async fn named(&self, path: &str) -> Result<Option<String>, RtError> {
        match self.ask(path).await {
            Ok(told) => Ok(told.get("Name").map(text).filter(|name| !name.is_empty())),
            Err(RtError::Http(HttpError::Status {
                status: 403 | 404, ..
            })) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The transactions of a ticket, as they were told.
#[derive(Debug, Clone, Default)]
pub struct History(Vec<Value>);

impl History {
    /// Their keys.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let ids = self.0.iter().filter_map(id);
        ids.map(|id| format!("txn:{id}")).collect()
    }
}

impl RtError {
    /// Nothing was heard of the server.
    #[must_use]
    pub const fn is_away(&self) -> bool {
        matches!(
            self,
            Self::Http(HttpError::Connection { .. } | HttpError::Slow { .. })
        )
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        other => other.get("id").map(text).unwrap_or_default(),
    }
}

/// A fault that the fetching of something came to, for the summary.
#[must_use]
pub fn problem(place: String, error: &RtError) -> Problem {
    match error {
        RtError::Shape(problem) => problem.clone(),
        RtError::Http(error) => Problem::new(Fault::Unfetched, place, &error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::TcpListener;

    use super::super::http::Patience;
    use super::*;

    const TICKET: &str = r#"{"id":7,"Created":"2021-03-04T05:06:07Z","Subject":"x","Queue":"1"}"#;

    /// A server that answers the first `silent` requests for a ticket with nothing at all, and says how many ran at once at most.
    async fn server(silent: usize) -> (String, Arc<Mutex<(usize, usize, usize)>>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new((0, 0, 0)));
        let shared = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let seen = Arc::clone(&shared);
                tokio::spawn(async move {
                    let (from, mut to) = stream.into_split();
                    let mut lines = BufReader::new(from).lines();
                    let mut path = String::new();
                    while let Ok(Some(line)) = lines.next_line().await {
                        if let Some(rest) = line.strip_prefix("GET ") {
                            rest.clone_into(&mut path);
                        }
                        if !line.is_empty() {
                            continue;
                        }
                        let asked = {
                            let mut seen = seen.lock().unwrap();
                            seen.1 += 1;
                            seen.2 = seen.2.max(seen.1);
                            seen.0 += usize::from(path.starts_with("/REST/2.0/ticket/7 "));
                            seen.0
                        };
                        tokio::time::sleep(Duration::from_millis(5)).await;
                        seen.lock().unwrap().1 -= 1;
                        if path.starts_with("/REST/2.0/ticket/7 ") && asked <= silent {
                            continue;
                        }
                        let body = if path.contains("/queue/") {
                            r#"{"Name":"General"}"#
                        } else if path.contains('?') {
                            r#"{"items":[],"page":1,"pages":1}"#
                        } else {
                            TICKET
                        };
                        let answer = format!(
                            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
                            body.len()
                        );
                        to.write_all(answer.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        (address, seen)
    }

    fn rt(address: &str, requests: u8, answer: Duration) -> Rt {
        let patience = Patience {
            answer,
            between: Duration::from_millis(1),
        };
        let client = Client::new(address, "token x", None).unwrap();
        Rt::of(client.waiting(patience), requests)
    }

    #[tokio::test]
    async fn who_is_silent_is_asked_again_and_then_told_as_not_fetched() {
        let (address, seen) = server(1).await;
        let of = rt(&address, 2, Duration::from_secs(3));
        let old = of.ticket(7, &History::default(), &BTreeSet::new()).await;
        assert_eq!(old.unwrap().number, "7");
        assert_eq!(seen.lock().unwrap().0, 2);
        let (address, seen) = server(usize::MAX).await;
        let of = rt(&address, 2, Duration::from_secs(3));
        let old = of.ticket(7, &History::default(), &BTreeSet::new()).await;
        let error = old.unwrap_err();
        assert!(error.is_away(), "{error}");
        let told = problem("rt#7".into(), &error);
        assert_eq!(
            (told.fault, told.place.as_str()),
            (Fault::Unfetched, "rt#7")
        );
        assert_eq!(seen.lock().unwrap().0, 2);
    }

    #[tokio::test]
    async fn no_more_requests_run_at_once_than_are_allowed() {
        for most in [1, 3] {
            let (address, seen) = server(0).await;
            let of = rt(&address, most, Duration::from_secs(60));
            let mut asked = JoinSet::new();
            for _ in 0..12 {
                let of = of.clone();
                asked.spawn(async move {
                    of.ticket(7, &History::default(), &BTreeSet::new())
                        .await
                        .unwrap()
                });
            }
            assert_eq!(asked.join_all().await.len(), 12);
            assert_eq!(seen.lock().unwrap().2, usize::from(most));
        }
    }
}
