//! Looking for reports by ourselves: watched folders, addresses that are fetched, and Shadowserver's reports API. Each source when its time
//! has come; one that fails is looked at less and less often, and says why.

use cairn_desk::access::Action;
use cairn_desk::source::SourceKind;
use cairn_kernel::time::Micros;
use cairn_store::source::SourceRow;
use jiff::ToSpan as _;
use jiff::tz::TimeZone;
use ring::hmac;
use serde::Deserialize;
use serde_json::json;

use super::fetch::{Question, ask};
use super::receive::{Beside, Came, CameBy};
use super::source::{Looked, kind_of, looked_of, wanted_of};
use crate::App;
use crate::account::Doer;
use crate::report::AppError;

/// Bytes of a list of reports.
const LIST_BYTES_MAX: usize = 16 << 20;
/// Reports that are fetched at one look; the next look fetches the others.
const FETCHED_MAX: u64 = 500;
/// Days back for which reports are listed.
const DAYS_BACK: i64 = 2;

/// What came of a look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookedAt {
    /// Code of the source.
    pub code: String,
    /// Reports that came.
    pub came: u64,
    /// The last of them.
    pub arrival: Option<i64>,
    /// Why it failed, in plain words.
    pub error: Option<String>,
}

/// A report as Shadowserver lists it. The rest of what it says is not needed.
#[derive(Debug, Deserialize)]
struct Listed {
    id: String,
    #[serde(default)]
    file: String,
}

type Found = Result<(u64, Option<i64>), String>;

impl App {
    /// Looks at the sources whose time has come.
    ///
    /// # Errors
    /// The store could not be read or written. What is wrong with a source stands with it.
    pub async fn sources_turn(&self) -> Result<Vec<LookedAt>, AppError> {
        let now = self.clock.now();
        let rows = self.store.feed_sources().await?;
        let due = rows
            .into_iter()
            .filter(|row| row.live && row.next_at <= now && kind_of(row).is_looked_at());
        self.look_at(due.collect()).await
    }

    /// Looks at the sources that are fetched now, all that are on or one by its code.
    ///
    /// # Errors
    /// [`AppError::Input`] if there is no such source.
    pub async fn pull_sources(
        &self,
        doer: Doer<'_>,
        code: Option<&str>,
    ) -> Result<Vec<LookedAt>, AppError> {
        let _granted = doer.actor(Action::WorkReports)?;
        let rows = self.store.feed_sources().await?;
        let mut wanted: Vec<SourceRow> = rows
            .into_iter()
            .filter(|row| match code {
                Some(code) => row.code == code && kind_of(row).is_looked_at(),
                None => row.live && kind_of(row).is_looked_at(),
            })
            .collect();
        if let Some(code) = code.filter(|_| wanted.is_empty()) {
            let what = format!("there is no source {code:?} that is fetched or watched");
            return Err(AppError::Input(what));
        }
        // A watched file is taken at the second look that finds it unchanged.
        let folders = wanted
            .iter()
            .filter(|row| kind_of(row) == SourceKind::Folder);
        let folders: Vec<SourceRow> = folders.cloned().collect();
        if !folders.is_empty() {
            let _first = self.look_at(folders).await?;
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
        wanted.sort_by_key(|row| row.no);
        self.look_at(wanted).await
    }

    async fn look_at(&self, rows: Vec<SourceRow>) -> Result<Vec<LookedAt>, AppError> {
        let _turn = self.feeds.looking.lock().await;
        let mut all = Vec::new();
        for row in rows {
            all.push(self.look_at_one(&row).await?);
        }
        Ok(all)
    }

    async fn look_at_one(&self, row: &SourceRow) -> Result<LookedAt, AppError> {
        let mut looked = looked_of(row);
        let found = match kind_of(row) {
            SourceKind::Folder => self.look_into_folder(row).await,
            SourceKind::Pull => self.fetch(row, &mut looked).await,
            SourceKind::Shadowserver => self.fetch_listed(row).await,
            SourceKind::Upload | SourceKind::Mail => Ok((0, None)),
        };
        let now = self.clock.now();
        looked.at = Some(now.0);
        let mut told = LookedAt {
            code: row.code.clone(),
            came: 0,
            arrival: None,
            error: None,
        };
        match found {
            Ok((came, arrival)) => {
                "ok".clone_into(&mut looked.outcome);
                (looked.came, looked.error, looked.fails) = (came, None, 0);
                looked.arrival = arrival.or(looked.arrival);
                (told.came, told.arrival) = (came, arrival);
            }
            Err(why) => {
                "failed".clone_into(&mut looked.outcome);
                (looked.came, looked.fails) = (0, looked.fails.saturating_add(1));
                tracing::warn!(
                    feed = row.code,
                    fails = looked.fails,
                    "a source could not be looked at"
                );
                looked.error = Some(why.clone());
                told.error = Some(why);
            }
        }
        let fails = looked.fails;
        let next = wanted_of(row).next_look(now, fails);
        let state = serde_json::to_string(&looked).map_err(crate::report::damaged("source"))?;
        self.store.feed_source_looked(row.no, &state, next).await?;
        Ok(told)
    }

    /// What a secret says of us: `name:password`, or a token.
    fn authorization(&self, row: &SourceRow) -> Option<(&'static str, String)> {
        use base64::Engine as _;
        let secret = self.secret_of(row)?;
        let value = if secret.contains(':') {
            let coded = base64::engine::general_purpose::STANDARD.encode(&secret);
            format!("Basic {coded}")
        } else {
            format!("Bearer {secret}")
        };
        Some(("authorization", value))
    }

    async fn fetch(&self, row: &SourceRow, looked: &mut Looked) -> Found {
        let wanted = wanted_of(row);
        let mut question = Question::default();
        question.fields.extend(self.authorization(row));
        if let Some(etag) = &looked.etag {
            question.fields.push(("if-none-match", etag.clone()));
        }
        if let Some(modified) = &looked.modified {
            question
                .fields
                .push(("if-modified-since", modified.clone()));
        }
        let mut answer = ask(&wanted.address, &question, self.config.feeds.private).await?;
        if answer.status == 304 {
            return Ok((0, None));
        }
        if let Some(why) = answer.refusal() {
            return Err(why);
        }
        let (etag, modified) = (answer.field("etag"), answer.field("last-modified"));
        let name = match wanted.file_name.as_str() {
            "" => name_in(&wanted.address),
            name => name.to_owned(),
        };
        let came = self.keep_answer(row, &name, &mut answer, None).await?;
        // Only now: what was not kept is asked for again.
        (looked.etag, looked.modified) = (etag, modified);
        Ok((u64::from(came.had.is_none()), Some(came.arrival)))
    }

    async fn keep_answer(
        &self,
        row: &SourceRow,
        name: &str,
        answer: &mut super::fetch::Answer,
        id: Option<&str>,
    ) -> Result<Came, String> {
        let told = |error: AppError| error.to_string();
        let mut receiving = self.receive(row.clone(), name).await.map_err(told)?;
        while let Some(piece) = answer.piece().await? {
            receiving.push(piece).await.map_err(told)?;
        }
        let beside = Beside {
            seen: id,
            ..Beside::default()
        };
        receiving.end(CameBy::Pull, beside).await.map_err(told)
    }

    async fn fetch_listed(&self, row: &SourceRow) -> Found {
        let wanted = wanted_of(row);
        let any = self.config.feeds.private;
        let secret = self.secret_of(row);
        let secret = secret.ok_or("no secret is set for Shadowserver's API")?;
        let (mut came, mut last) = (0_u64, None);
        for listed in self.list(&wanted, &secret, any).await? {
            let seen = self.store.feed_seen(row.no, &listed.id).await;
            if seen.map_err(|error| error.to_string())? {
                continue;
            }
            if came >= FETCHED_MAX {
                break;
            }
            if !is_id(&listed.id) {
                return Err("the list names a report by what is no id".to_owned());
            }
            let url = format!("{}/{}", wanted.downloads.trim_end_matches('/'), listed.id);
            let mut answer = ask(&url, &Question::default(), any).await?;
            if let Some(why) = answer.refusal() {
                return Err(format!("{}: {why}", listed.file));
            }
            let kept = self.keep_answer(row, &listed.file, &mut answer, Some(&listed.id));
            let kept = kept.await?;
            came += u64::from(kept.had.is_none());
            last = Some(kept.arrival);
        }
        Ok((came, last))
    }

    /// The list of the last days, the day in other time zones included.
    async fn list(
        &self,
        wanted: &cairn_desk::source::SourceWanted,
        secret: &str,
        any: bool,
    ) -> Result<Vec<Listed>, String> {
        let mut body = json!({ "apikey": wanted.key, "date": range(self.clock.now()) });
        let reports = wanted.reports.split(',').map(str::trim);
        let reports: Vec<&str> = reports.filter(|one| !one.is_empty()).collect();
        if let (false, Some(body)) = (reports.is_empty(), body.as_object_mut()) {
            body.insert("reports".to_owned(), json!(reports));
        }
        let body = body.to_string().into_bytes();
        let question = Question {
            fields: vec![
                ("content-type", "application/json".to_owned()),
                ("hmac2", signature(secret, &body)),
            ],
            body: Some(body),
        };
        let url = format!("{}/reports/list", wanted.address.trim_end_matches('/'));
        let mut answer = ask(&url, &question, any).await?;
        let refused = answer.refusal();
        let bytes = answer.whole(LIST_BYTES_MAX).await?;
        let said: serde_json::Value = match serde_json::from_slice(&bytes) {
            Ok(said) => said,
            Err(_) => return Err(refused.unwrap_or_else(|| "the answer is no JSON".to_owned())),
        };
        if let Some(error) = said.get("error") {
            let error = error
                .as_str()
                .map_or_else(|| error.to_string(), str::to_owned);
            let error: String = error
                .chars()
                .filter(|c| !c.is_control())
                .take(200)
                .collect();
            return Err(format!("Shadowserver says: {error}"));
        }
        if let Some(why) = refused {
            return Err(why);
        }
        serde_json::from_value(said).map_err(|_| "the answer is no list of reports".to_owned())
    }
}

/// HMAC-SHA-256 of the body, hexadecimal, as Shadowserver's API wants it in the field `HMAC2`.
#[must_use]
pub fn signature(secret: &str, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, body);
    tag.as_ref().iter().map(|b| format!("{b:02x}")).collect()
}

/// Two days back to the day after: calendars differ by time zone.
fn range(now: Micros) -> String {
    let today = now.timestamp().to_zoned(TimeZone::UTC).date();
    let from = today.saturating_sub(DAYS_BACK.days());
    let to = today.saturating_add(1.day());
    format!("{from}:{to}")
}

fn is_id(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    !id.is_empty() && id.len() <= 200 && !id.starts_with('.') && id.bytes().all(plain)
}

/// The last part of an address's path.
fn name_in(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let last = path
        .split('/')
        .skip(1)
        .filter(|part| !part.is_empty())
        .last();
    last.unwrap_or("report").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ranges_and_signatures() {
        assert_eq!(
            name_in("https://feeds.example/a/list.csv.gz?x=1"),
            "list.csv.gz"
        );
        assert_eq!(name_in("https://feeds.example"), "report");
        let now = Micros::from("2050-01-02T12:00:00Z".parse::<jiff::Timestamp>().unwrap());
        assert_eq!(range(now), "2049-12-31:2050-01-03");
        // RFC 4231, test case 2.
        assert_eq!(
            signature("Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        for bad in ["", "../x", "a/b", "a b", ".x"] {
            assert!(!is_id(bad), "{bad}");
        }
        assert!(is_id("AbC-12_3.x"));
    }
}
