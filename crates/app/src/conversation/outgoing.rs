//! What a mail to a reporter carries so that it stays on one thread, and how many a machine may send.

use cairn_desk::conversation::{Head, Sort};
use cairn_desk::notify::Notice;
use cairn_desk::report::Body;
use cairn_kernel::time::Micros;
use cairn_store::conversation::SentRow;

use crate::App;
use crate::notify::NotifyError;
use crate::openpgp::Sealing;

/// Mails that machines send to one address within a day; an officer's answer is none of them.
pub const MAILS_A_DAY_MAX: i64 = 20;
const DAY_SECONDS: i64 = 24 * 3_600;
/// Most Message-IDs in `References`: the first, which makes the thread, and the newest (RFC 5537, 3.4.4).
const REFERENCES_MAX: usize = 12;

/// Where a mail stands on its thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Place {
    /// The message that it follows, without angle brackets.
    pub(crate) after: Option<String>,
    /// All before it, oldest first.
    pub(crate) refs: Vec<String>,
    /// The address to which answers go.
    pub(crate) reply_to: Option<String>,
}

impl App {
    /// The place of the next mail about a report: after the newest mail that we sent or that the reporter wrote.
    pub(crate) async fn place_of(&self, no: i64) -> Result<Place, NotifyError> {
        let sent = self.store.mails_sent(no).await?;
        let came = self.store.mails(no).await?;
        let theirs = came
            .iter()
            .filter(|mail| mail.sort == Sort::Reporter)
            .filter_map(|mail| {
                let head: Head = serde_json::from_str(&mail.head).ok()?;
                Some((mail.at, head.message_id?))
            });
        let ours = sent.iter().map(|sent| (sent.at, sent.id.clone()));
        let mut all: Vec<(Micros, String)> = ours.chain(theirs).collect();
        all.sort();
        let before = match sent.first() {
            Some(first) => first.refs.clone(),
            None => self.report_mail_id(no).await?.unwrap_or_default(),
        };
        let before = before.split_whitespace().map(ToOwned::to_owned);
        let refs: Vec<String> = before
            .chain(all.into_iter().map(|(_, id)| id))
            .filter(|id| is_plain(id))
            .collect();
        Ok(Place {
            after: refs.last().cloned(),
            refs: shortened(refs),
            reply_to: self.reply_address(no),
        })
    }

    /// Message-ID of the message that made the report, where one did.
    async fn report_mail_id(&self, no: i64) -> Result<Option<String>, NotifyError> {
        let Some(stored) = self.store.report_body(no).await? else {
            return Ok(None);
        };
        let body: Body =
            serde_json::from_str(&stored.json).map_err(|_| NotifyError::Damaged("body"))?;
        Ok(body.mail.and_then(|mail| mail.message_id))
    }

    /// A machine has sent enough to this address today.
    pub(crate) async fn mailed_enough(
        &self,
        notice: Notice,
        address: &str,
    ) -> Result<bool, NotifyError> {
        if !notice.is_by_machine() {
            return Ok(false);
        }
        let since = self.clock.now().plus_seconds(-DAY_SECONDS);
        let tag = self.mail_address_tag(address);
        Ok(self.store.count_mails_to(tag, since).await? >= MAILS_A_DAY_MAX)
    }

    /// Notes a mail that went out, so that answers to it find their report.
    pub(crate) async fn note_mail(
        &self,
        (notice, no, message): (Notice, i64, Option<i64>),
        (id, address, sealing): (&str, &str, Sealing),
        place: &Place,
    ) -> Result<(), NotifyError> {
        let row = SentRow {
            id: id.to_owned(),
            no,
            notice: notice.as_str().to_owned(),
            message,
            at: self.clock.now(),
            address: Some(self.mail_address_tag(address).to_vec()),
            refs: place.refs.join(" "),
            bounced_at: None,
            status: None,
            seal: (!sealing.is_plain()).then(|| sealing.as_str().to_owned()),
        };
        Ok(self.store.note_sent(&row).await?)
    }
}

/// A stranger's id is repeated only where it can be nothing else in a header.
fn is_plain(id: &str) -> bool {
    const ID_BYTES_MAX: usize = 250;
    let sign = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'(' | b')');
    id.len() <= ID_BYTES_MAX && id.contains('@') && id.bytes().all(sign)
}

/// The first and the newest.
fn shortened(mut refs: Vec<String>) -> Vec<String> {
    if refs.len() > REFERENCES_MAX {
        refs.drain(1..refs.len() + 1 - REFERENCES_MAX);
    }
    refs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_thread_keeps_its_first_and_its_newest() {
        let all: Vec<String> = (0..20).map(|n| format!("{n}@x.example")).collect();
        let short = shortened(all.clone());
        assert_eq!(short.len(), REFERENCES_MAX);
        assert_eq!((short.first(), short.last()), (all.first(), all.last()));
        assert_eq!(shortened(all[..3].to_vec()), all[..3]);
    }
}
