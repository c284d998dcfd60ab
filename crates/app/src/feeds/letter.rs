//! Reports by mail: the attachments of a message to a source's own address, from a sender that the source allows. All other mail goes the
//! way of mail, and is lost in no case.

use bytes::Bytes;
use cairn_desk::mail::MailReport;
use cairn_desk::source::SourceKind;
use cairn_feeds::archive::attachments;
use cairn_store::source::SourceRow;

use super::receive::{Beside, CameBy};
use super::source::{kind_of, wanted_of};
use crate::App;
use crate::report::AppError;

/// How names of attachments end that are reports.
const ENDINGS: [&str; 12] = [
    "csv", "tsv", "txt", "log", "json", "jsonl", "ndjson", "xml", "zip", "gz", "tgz", "tar",
];

fn is_report(name: &str) -> bool {
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&&*ending))
}

impl App {
    /// Takes a message that brings machine reports: their numbers in the queue, and whether all of them came before. `None`: it brings
    /// none, or not from who may.
    pub(crate) async fn take_feed_mail(
        &self,
        message: &[u8],
        mail: &MailReport,
        recipients: &[String],
    ) -> Result<Option<(Vec<i64>, bool)>, AppError> {
        let Some(source) = self.source_of_mail(mail, recipients).await? else {
            return Ok(None);
        };
        let from = mail.headers.from.first();
        let allowed = from.is_some_and(|from| wanted_of(&source).may_send(&from.address));
        // Anybody can write somebody's address; our mail server knows whether it was them, where it says so.
        if !allowed || mail.evidence.dmarc == "fail" {
            tracing::info!(
                feed = source.code,
                "mail to a source that its senders did not send"
            );
            return Ok(None);
        }
        let (mut arrivals, mut again) = (Vec::new(), true);
        for (name, bytes) in attachments(message) {
            if !is_report(&name) || bytes.is_empty() {
                continue;
            }
            let mut receiving = self.receive(source.clone(), &name).await?;
            receiving.push(Bytes::from(bytes)).await?;
            let came = receiving.end(CameBy::Mail, Beside::default()).await?;
            again &= came.had.is_some();
            arrivals.push(came.arrival);
        }
        Ok((!arrivals.is_empty()).then_some((arrivals, again)))
    }

    async fn source_of_mail(
        &self,
        mail: &MailReport,
        recipients: &[String],
    ) -> Result<Option<SourceRow>, AppError> {
        let Some(address) = &self.config.reply_to else {
            return Ok(None);
        };
        let all = recipients.iter().chain(&mail.thread.recipients);
        let codes: Vec<String> = all.filter_map(|to| address.source_in(to)).collect();
        if codes.is_empty() {
            return Ok(None);
        }
        let rows = self.store.feed_sources().await?.into_iter();
        let mut rows = rows.filter(|row| row.live && kind_of(row) == SourceKind::Mail);
        Ok(rows.find(|row| codes.contains(&row.code)))
    }
}

#[cfg(test)]
mod tests {
    use super::is_report;

    #[test]
    fn attachments_that_are_reports() {
        for yes in [
            "a.csv",
            "2050-01-01-scan_http-country.csv.gz",
            "A.ZIP",
            "x.jsonl",
        ] {
            assert!(is_report(yes), "{yes}");
        }
        for no in [
            "signature.asc",
            "logo.png",
            "smime.p7s",
            "report",
            "a.csv.exe",
        ] {
            assert!(!is_report(no), "{no}");
        }
    }
}
