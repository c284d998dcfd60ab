//! A small client for `GET`: one connection kept open, time-outs, limits, and tries again where the other side asks for patience.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1::SendRequest;
use hyper::header::{
    ACCEPT, AUTHORIZATION, DATE, HOST, HeaderMap, HeaderValue, RETRY_AFTER, USER_AGENT,
};
use hyper::{Request, StatusCode, Uri};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::outbound;

/// Longest wait for a connection, TLS included.
pub const CONNECT_TIME_MAX: Duration = Duration::from_secs(20);
/// Longest wait for one whole answer.
pub const ANSWER_TIME_MAX: Duration = Duration::from_secs(180);
/// Largest answer, bytes: a file in base64.
pub const ANSWER_BYTES_MAX: usize = 128 * 1024 * 1024;
/// Tries of one request.
pub const TRIES: u32 = 6;
/// Tries of one request whose answer does not come in time: who took so long once is likely to do so again.
pub const SLOW_TRIES: u32 = 2;
/// Longest wait that the other side may ask for between tries.
pub const WAIT_TIME_MAX: Duration = Duration::from_secs(300);

/// How long is waited.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For one whole answer.
    pub answer: Duration,
    /// Before the second try; twice as long before each further one.
    pub between: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: ANSWER_TIME_MAX,
            between: Duration::from_secs(1),
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The address cannot be used.
    #[error("{0:?} is no address like https://rt.example.org/")]
    Address(String),
    /// Nothing secret goes in clear over a network.
    #[error("plain http is only for this machine itself; use https")]
    Plain,
    /// The token has characters that no header takes.
    #[error("the token holds what no header can carry")]
    Token,
    /// The certificates of the file do not read.
    #[error("the file of certificates does not read: {0}")]
    Certificates(String),
    /// No connection, or it broke.
    #[error("connection to {host}: {cause}")]
    Connection {
        /// Whom.
        host: String,
        /// Why.
        cause: String,
    },
    /// It took too long.
    #[error("{host} took longer than {seconds} s")]
    Slow {
        /// Who.
        host: String,
        /// So long was waited.
        seconds: u64,
    },
    /// It said no.
    #[error("{path} answered {status}{}", hint(*status))]
    Status {
        /// What was asked for.
        path: String,
        /// What it answered.
        status: u16,
    },
}

const fn hint(status: u16) -> &'static str {
    match status {
        401 => ": the token or password is not accepted",
        403 => ": the account of the token may not see this",
        404 => ": there is no such thing, or the account may not see it",
        _ => "",
    }
}

/// What to ask, and how.
pub struct Client {
    host: String,
    port: u16,
    /// Path before all others, without a slash at its end.
    prefix: String,
    tls: Option<TlsConnector>,
    authorization: HeaderValue,
    patience: Patience,
    connection: Option<SendRequest<Empty<Bytes>>>,
}

impl Client {
    /// For an address, with what goes into `Authorization` and, where the other side's certificate is not of a public authority, a
    /// file of certificates (PEM) in their place.
    ///
    /// # Errors
    /// See [`HttpError`].
    pub fn new(
        address: &str,
        authorization: &str,
        certificates: Option<&[u8]>,
    ) -> Result<Self, HttpError> {
        let bad = || HttpError::Address(address.to_owned());
        let uri: Uri = address.parse().map_err(|_| bad())?;
        let host = uri
            .host()
            .ok_or_else(bad)?
            .trim_matches(['[', ']'])
            .to_owned();
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") if outbound::is_here(&host) => false,
            Some("http") => return Err(HttpError::Plain),
            _ => return Err(bad()),
        };
        let mut authorization =
            HeaderValue::from_str(authorization).map_err(|_| HttpError::Token)?;
        authorization.set_sensitive(true);
        Ok(Self {
            port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
            prefix: uri.path().trim_end_matches('/').to_owned(),
            tls: secure.then(|| tls(certificates)).transpose()?,
            host,
            authorization,
            patience: Patience::default(),
            connection: None,
        })
    }

    /// With other times than usual.
    #[cfg(test)]
    pub fn waiting(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Another one for the same address, with a connection of its own.
    pub fn another(&self) -> Self {
        Self {
            host: self.host.clone(),
            port: self.port,
            prefix: self.prefix.clone(),
            tls: self.tls.clone(),
            authorization: self.authorization.clone(),
            patience: self.patience,
            connection: None,
        }
    }

    /// Asks for a path below the address. Where the other side is busy or the connection breaks it is asked again, after as long as
    /// it says (RFC 9110, 10.2.3).
    ///
    /// # Errors
    /// See [`HttpError`].
    pub async fn get(&mut self, path: &str) -> Result<Bytes, HttpError> {
        let mut wait = self.patience.between;
        let (mut tried, mut slow) = (0, 0);
        loop {
            tried += 1;
            let kept = self.connection.is_some();
            let (error, asked) = match self.once(path).await {
                Ok((status, _, bytes)) if status.is_success() => return Ok(bytes),
                Ok((status, after, _)) => {
                    let error = HttpError::Status {
                        path: path.split('?').next().unwrap_or_default().to_owned(),
                        status: status.as_u16(),
                    };
                    if !is_passing(status) {
                        return Err(error);
                    }
                    (error, after)
                }
                // Servers end connections that are kept: that says nothing of the next one.
                Err(HttpError::Connection { .. }) if kept => {
                    self.connection = None;
                    tried -= 1;
                    continue;
                }
                Err(error) => {
                    self.connection = None;
                    slow += u32::from(matches!(error, HttpError::Slow { .. }));
                    (error, None)
                }
            };
            if tried >= TRIES || slow >= SLOW_TRIES {
                return Err(error);
            }
            tokio::time::sleep(asked.unwrap_or(wait).min(WAIT_TIME_MAX)).await;
            wait *= 2;
        }
    }

    async fn once(
        &mut self,
        path: &str,
    ) -> Result<(StatusCode, Option<Duration>, Bytes), HttpError> {
        let mut connection = match self.connection.take().filter(|kept| !kept.is_closed()) {
            Some(kept) => kept,
            None => self.connect().await?,
        };
        let broken = |cause: String| HttpError::Connection {
            host: self.host.clone(),
            cause,
        };
        let request = Request::get(format!("{}{path}", self.prefix))
            .header(HOST, self.authority())
            .header(ACCEPT, "application/json")
            .header(USER_AGENT, concat!("cairn/", env!("CARGO_PKG_VERSION")))
            .header(AUTHORIZATION, self.authorization.clone())
            .body(Empty::new())
            .map_err(|error| broken(error.to_string()))?;
        let asked = async {
            connection
                .ready()
                .await
                .map_err(|error| broken(error.to_string()))?;
            let answer = connection
                .send_request(request)
                .await
                .map_err(|error| broken(error.to_string()))?;
            let (status, after) = (answer.status(), retry_after(answer.headers()));
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX)
                .collect()
                .await;
            let body = body.map_err(|error| broken(error.to_string()))?;
            Ok((status, after, body.to_bytes()))
        };
        let answer = tokio::time::timeout(self.patience.answer, asked).await;
        let answer = answer.map_err(|_| HttpError::Slow {
            host: self.host.clone(),
            seconds: self.patience.answer.as_secs(),
        })??;
        self.connection = Some(connection);
        Ok(answer)
    }

    fn authority(&self) -> String {
        let host = if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        };
        let usual = if self.tls.is_some() { 443 } else { 80 };
        if self.port == usual {
            host
        } else {
            format!("{host}:{}", self.port)
        }
    }

    async fn connect(&self) -> Result<SendRequest<Empty<Bytes>>, HttpError> {
        let broken = |cause: String| HttpError::Connection {
            host: self.host.clone(),
            cause,
        };
        let connecting = async {
            let stream = TcpStream::connect((self.host.as_str(), self.port)).await;
            let stream = stream.map_err(|error| broken(error.to_string()))?;
            let Some(tls) = &self.tls else {
                return outbound::speak(stream)
                    .await
                    .map_err(|error| broken(error.to_string()));
            };
            let name = ServerName::try_from(self.host.clone())
                .map_err(|error| broken(error.to_string()))?;
            let stream = tls
                .connect(name, stream)
                .await
                .map_err(|error| broken(error.to_string()))?;
            outbound::speak(stream)
                .await
                .map_err(|error| broken(error.to_string()))
        };
        let connected = tokio::time::timeout(CONNECT_TIME_MAX, connecting).await;
        connected.map_err(|_| HttpError::Slow {
            host: self.host.clone(),
            seconds: CONNECT_TIME_MAX.as_secs(),
        })?
    }
}

/// It may be otherwise in a moment.
const fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 425 | 429 | 500 | 502 | 503 | 504)
}

/// Seconds, or a moment by the clock of who answers (RFC 9110, 10.2.3); of another kind it says nothing.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let second = |text: &str| {
        let at = jiff::fmt::rfc2822::parse(text).ok()?;
        Some(at.timestamp().as_second())
    };
    let (text, answered) = (text(RETRY_AFTER)?, text(DATE));
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let seconds = second(text)? - second(answered?)?;
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

fn tls(certificates: Option<&[u8]>) -> Result<TlsConnector, HttpError> {
    let config = outbound::trust(certificates).map_err(HttpError::Certificates)?;
    Ok(TlsConnector::from(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_goes_in_clear_over_a_network() {
        let new =
            |address: &str| Client::new(address, "token x", None).map(|client| client.authority());
        assert!(matches!(
            new("http://rt.example.org/"),
            Err(HttpError::Plain)
        ));
        assert!(matches!(
            new("ftp://rt.example.org/"),
            Err(HttpError::Address(_))
        ));
        assert!(matches!(new("rt"), Err(HttpError::Address(_))));
        assert_eq!(new("http://[::1]:8080/rt").unwrap(), "[::1]:8080");
        assert_eq!(new("https://rt.example.org").unwrap(), "rt.example.org");
    }

    #[test]
    fn patience_is_asked_for_in_seconds_or_by_a_moment() {
        let header = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
            let date = "Wed, 21 Oct 2015 07:27:00 GMT";
            headers.insert(DATE, HeaderValue::from_static(date));
            retry_after(&headers)
        };
        assert_eq!(header("7"), Some(Duration::from_secs(7)));
        assert_eq!(
            header("Wed, 21 Oct 2015 07:28:00 GMT"),
            Some(Duration::from_secs(60))
        );
        assert_eq!(header("soon"), None);
    }
}
