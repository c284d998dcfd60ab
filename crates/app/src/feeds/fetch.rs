//! Fetching by HTTP: one request, to an address that was looked at when it was connected to, whose answer is passed on piece by piece.
//! Redirections are not followed: they would lead past that look.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::SendRequest;
use hyper::header::{HOST, HeaderMap, USER_AGENT};
use hyper::{Method, Request, Response};

use crate::outbound::{self, Allowed, Target};

/// Longest wait for a connection, TLS included.
pub const FETCH_CONNECT_TIME_MAX: Duration = Duration::from_secs(10);
/// Longest wait for the head of an answer, and between two pieces of it.
pub const FETCH_WAIT_MAX: Duration = Duration::from_secs(60);
/// Longest time for an answer.
pub const FETCH_TIME_MAX: Duration = Duration::from_secs(3_600);

/// What is asked.
#[derive(Debug, Default)]
pub(super) struct Question {
    /// With a body: by POST.
    pub body: Option<Vec<u8>>,
    /// Further fields of the head.
    pub fields: Vec<(&'static str, String)>,
}

/// An answer whose head has come.
pub(super) struct Answer {
    pub status: u16,
    pub head: HeaderMap,
    body: Response<Incoming>,
    until: tokio::time::Instant,
    /// Its end would end the answer.
    _connection: SendRequest<Full<Bytes>>,
}

fn slow(what: &str, time: Duration) -> String {
    format!("{what} took longer than {} s", time.as_secs())
}

/// Asks.
///
/// # Errors
/// In plain words.
pub(super) async fn ask(url: &str, question: &Question, any: bool) -> Result<Answer, String> {
    let target = Target::parse(url).ok_or("this is no address of http or https")?;
    if !target.secure && !any {
        return Err("plain http is refused".to_owned());
    }
    let until = tokio::time::Instant::now() + FETCH_TIME_MAX;
    let connecting = outbound::connect::<Full<Bytes>>(&target, Allowed::public(any));
    let connecting = tokio::time::timeout(FETCH_CONNECT_TIME_MAX, connecting).await;
    let mut connection = connecting.map_err(|_| slow("connecting", FETCH_CONNECT_TIME_MAX))??;
    let method = match question.body {
        Some(_) => Method::POST,
        None => Method::GET,
    };
    let mut request = Request::builder()
        .method(method)
        .uri(&target.path)
        .header(HOST, target.host_field())
        .header(USER_AGENT, concat!("cairn/", env!("CARGO_PKG_VERSION")));
    for (name, value) in &question.fields {
        request = request.header(*name, value);
    }
    let body = Full::new(Bytes::from(question.body.clone().unwrap_or_default()));
    let request = request.body(body).map_err(|error| error.to_string())?;
    let answer = tokio::time::timeout(FETCH_WAIT_MAX, connection.send_request(request)).await;
    let answer = answer.map_err(|_| slow("the answer", FETCH_WAIT_MAX))?;
    let answer = answer.map_err(|error| error.to_string())?;
    Ok(Answer {
        status: answer.status().as_u16(),
        head: answer.headers().clone(),
        body: answer,
        until,
        _connection: connection,
    })
}

impl Answer {
    /// A field of the head, if it is text.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        let value = self.head.get(name)?.to_str().ok()?;
        Some(value.to_owned())
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    /// In plain words.
    pub(super) async fn piece(&mut self) -> Result<Option<Bytes>, String> {
        loop {
            let wait = (tokio::time::Instant::now() + FETCH_WAIT_MAX).min(self.until);
            let frame = tokio::time::timeout_at(wait, self.body.body_mut().frame()).await;
            let frame = frame.map_err(|_| slow("the answer", FETCH_WAIT_MAX))?;
            match frame.transpose().map_err(|error| error.to_string())? {
                None => return Ok(None),
                Some(frame) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// All of it, of at most so many bytes.
    ///
    /// # Errors
    /// In plain words.
    pub(super) async fn whole(&mut self, bytes_max: usize) -> Result<Vec<u8>, String> {
        let mut all = Vec::new();
        while let Some(piece) = self.piece().await? {
            if all.len() + piece.len() > bytes_max {
                return Err(format!("the answer is larger than {bytes_max} bytes"));
            }
            all.extend_from_slice(&piece);
        }
        Ok(all)
    }

    /// Why the answer is none that helps.
    pub(super) fn refusal(&self) -> Option<String> {
        match self.status {
            200 => None,
            300..400 => Some(format!(
                "HTTP {}: redirections are not followed, give the address itself",
                self.status
            )),
            status => Some(format!("the other side answered HTTP {status}")),
        }
    }
}
