//! The public form as a browser without scripts walks it: one cookie, one page after the other.

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};

use anyhow::Context;

use crate::client::{Answer, Client};

/// Pages before something must be wrong.
const PAGES_MAX: usize = 40;
/// Answers to all questions on the way; each page takes those that it asks for.
pub const ANSWERS: &str = "who=me&danger=no&money_moved=no&what=phishing&phishing_did=none&when.not_known=1&channel=email\
    &story=Somebody+wrote+that+a+parcel+waits&loss=none&done=none&help=only_tell";

/// A browser's state.
pub struct Walk {
    client: Client,
    cookie: String,
    /// Header lines of every request, each with its line end.
    pub headers: String,
    /// Added to every address.
    pub query: String,
}

impl Walk {
    /// Begins a report. `None` if this program has no form.
    pub async fn begin(
        to: SocketAddr,
        from: Option<IpAddr>,
        headers: String,
        query: String,
    ) -> anyhow::Result<Option<(Self, String)>> {
        let client = Client::connect(to, from).await?;
        let mut walk = Self {
            client,
            cookie: String::new(),
            headers,
            query,
        };
        let answer = walk.post("/report", "").await?;
        if answer.status == 404 || answer.status == 405 {
            return Ok(None);
        }
        let first = next(&answer)?;
        Ok(Some((walk, first)))
    }

    /// Sends a page's fields.
    pub async fn post(&mut self, path: &str, fields: &str) -> anyhow::Result<Answer> {
        self.send(path, "application/x-www-form-urlencoded", fields.as_bytes())
            .await
    }

    /// Sends a page with a file.
    pub async fn upload(
        &mut self,
        path: &str,
        name: &str,
        content: &str,
    ) -> anyhow::Result<Answer> {
        let body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\
             Content-Type: text/plain\r\n\r\n{content}\r\n--edge--\r\n"
        );
        let media = "multipart/form-data; boundary=edge";
        self.send(path, media, body.as_bytes()).await
    }

    /// Answers page after page until all is asked; gives the pages seen.
    pub async fn answer_all(
        &mut self,
        first: &str,
        answers: &str,
        file: Option<(&str, &str)>,
    ) -> anyhow::Result<usize> {
        let mut path = first.to_owned();
        let mut file = file;
        for page in 0..PAGES_MAX {
            if path == "/report/check" {
                return Ok(page);
            }
            let answer = match file {
                Some((name, content)) if path == "/report/files" => {
                    file = None;
                    self.upload(&path, name, content).await?
                }
                _ => self.post(&path, answers).await?,
            };
            let onward = next(&answer).with_context(|| format!("after {path}"))?;
            anyhow::ensure!(
                onward != path || path == "/report/files",
                "{path} did not take the answers"
            );
            path = onward;
        }
        anyhow::bail!("the form has no end")
    }

    async fn send(&mut self, path: &str, media: &str, body: &[u8]) -> anyhow::Result<Answer> {
        let mut request = format!(
            "POST {path}{} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nSec-Fetch-Site: same-origin\r\n\
             Content-Type: {media}\r\nContent-Length: {}\r\n{}",
            self.query,
            body.len(),
            self.headers
        );
        if !self.cookie.is_empty() {
            write!(request, "Cookie: {}\r\n", self.cookie)?;
        }
        request.push_str("\r\n");
        let mut request = request.into_bytes();
        request.extend_from_slice(body);
        let answer = self.client.ask(&request).await?;
        let set = answer.header("set-cookie");
        if let Some((cookie, _)) = set.and_then(|set| set.split_once(';'))
            && cookie.contains("cairn_draft=")
        {
            cookie.clone_into(&mut self.cookie);
        }
        Ok(answer)
    }
}

/// Where an answer leads, without its query.
fn next(answer: &Answer) -> anyhow::Result<String> {
    let to = answer.header("location");
    let to = to.with_context(|| format!("status {} leads nowhere", answer.status))?;
    Ok(to.split('?').next().unwrap_or_default().to_owned())
}
