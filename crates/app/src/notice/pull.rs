//! What owners fetch by a token of their own: the rows of notices that left to them, and their answers. Nothing that a notice did not tell
//! is given out, and nothing of others.

use cairn_desk::access::{Action, Visible};
use cairn_desk::account::AccountChange;
use cairn_desk::notice::files::fetched;
use cairn_desk::notice::{Content, Format, Standing, State};
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::keys::{Purpose, random};
use cairn_store::pull::PullTokenRow;
use cairn_store::writer::WriteError;

use super::answer::Opened;
use super::content;
use crate::App;
use crate::account::{Principal, base32, name_of};
use crate::report::AppError;

/// What owners' tokens begin with, so that scanners for leaked secrets find them.
pub const PULL_PREFIX: &str = "cairn_owner_";
/// Live tokens of one constituent.
pub const PULL_TOKENS_MAX: usize = 10;
/// Longest life of such a token, days.
pub const PULL_DAYS_MAX: u32 = 365;
/// Notices of one answer, at most.
pub const PULL_NOTICES: i64 = 20;
/// Rows of one answer after which no further notice begins.
pub const PULL_ROWS: usize = 5_000;

const DAY_SECONDS: i64 = 24 * 3_600;
/// What left within so many seconds is given out later: a notice whose moment is earlier may still be on its way into the database.
const SETTLE_SECONDS: i64 = 10;

/// An owner who showed a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Puller {
    /// Number of the constituent.
    owner: u32,
}

/// A notice that left to an owner.
#[derive(Debug, Clone)]
pub struct Left {
    /// Where it stands.
    pub standing: Standing,
    /// What it says.
    pub content: Content,
}

/// Notices after a mark.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// In the order in which they left.
    pub notices: Vec<Left>,
    /// The mark after them.
    pub next: String,
    /// There are more after it.
    pub more: bool,
}

/// The mark of what was fetched: when a notice left, and its number.
fn mark(text: &str) -> Option<(Micros, i64)> {
    if text.is_empty() {
        return Some((Micros(i64::MIN), 0));
    }
    let (at, no) = text.split_once('.')?;
    Some((Micros(at.parse().ok()?), no.parse().ok()?))
}

impl App {
    /// Who shows this token.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where it lets nobody in: there is none, it is over, or the constituent is not there any more.
    pub async fn puller(&self, shown: &str) -> Result<Puller, AppError> {
        if !shown.starts_with(PULL_PREFIX) {
            return Err(AppError::NotFound);
        }
        let now = self.clock.now();
        let token = self.store.pull_token(self.pull_tag(shown)).await?;
        let token = token.filter(|token| token.is_live(now));
        let token = token.ok_or(AppError::NotFound)?;
        if self.store.constituent(token.owner).await?.is_none() {
            return Err(AppError::NotFound);
        }
        // Once a day, in the log.
        let day = now.seconds().div_euclid(DAY_SECONDS);
        if token.used_on.is_none_or(|used| used < day) {
            let change = AccountChange::PullTokenUsed {
                token: token.id.clone(),
                day,
            };
            let entry = self.account_entry(Actor::System, change)?;
            match self.store.pull_token_used(&token.id, day, entry).await {
                // Another call was first.
                Ok(()) | Err(WriteError::Conflict) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Ok(Puller { owner: token.owner })
    }

    fn pull_tag(&self, token: &str) -> [u8; 32] {
        self.store.keys().tag(Purpose::Token, &[token.as_bytes()])
    }

    /// Tokens of a constituent, ended ones too, the newest first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn pull_tokens(
        &self,
        who: &Principal,
        owner: u32,
    ) -> Result<Visible<Vec<PullTokenRow>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.store.pull_tokens(owner).await?))
    }

    /// Makes a token for a constituent. It is handed back this once; only its keyed hash is kept.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Input`] for a name that is none, a life of no day or more than [`PULL_DAYS_MAX`], and beyond
    /// [`PULL_TOKENS_MAX`].
    pub async fn make_pull_token(
        &self,
        who: &Principal,
        owner: u32,
        (name, days): (&str, u32),
    ) -> Result<(PullTokenRow, String), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        who.in_person()?;
        let now = self.clock.now();
        let name = name_of(name).map_err(|_| AppError::Input("name".into()))?;
        if !(1..=PULL_DAYS_MAX).contains(&days) {
            return Err(AppError::Input("days".into()));
        }
        if self.store.constituent(owner).await?.is_none() {
            return Err(AppError::NotFound);
        }
        let there = self.store.pull_tokens(owner).await?;
        if there.iter().filter(|token| token.is_live(now)).count() >= PULL_TOKENS_MAX {
            return Err(AppError::Input("many".into()));
        }
        let shown = format!("{PULL_PREFIX}{}", base32(&random::<32>()?));
        let tag = self.pull_tag(&shown);
        let token = PullTokenRow {
            id: uuid::Uuid::new_v4().to_string(),
            owner,
            name,
            created_at: now,
            until: now.plus_seconds(i64::from(days) * DAY_SECONDS),
            used_on: None,
            ended_at: None,
        };
        let change = AccountChange::PullTokenMade {
            token: token.id.clone(),
            constituent: owner,
            until: token.until,
            digest: sha256(&tag).hex(),
        };
        let by = Actor::User(grant.account().to_owned());
        let entry = self.entry_at(now, by, change)?;
        self.store.add_pull_token(&token, tag, entry).await?;
        Ok((token, shown))
    }

    /// Ends a token of a constituent.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::NotFound`] where it has no such token that was not ended.
    pub async fn end_pull_token(
        &self,
        who: &Principal,
        owner: u32,
        id: &str,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let there = self.store.pull_tokens(owner).await?;
        if !there
            .iter()
            .any(|token| token.id == id && token.ended_at.is_none())
        {
            return Err(AppError::NotFound);
        }
        let at = self.clock.now();
        let change = AccountChange::PullTokenEnded { token: id.into() };
        let by = Actor::User(grant.account().to_owned());
        let entry = self.entry_at(at, by, change)?;
        match self.store.end_pull_token(id, at, entry).await {
            Ok(()) => Ok(()),
            Err(WriteError::Conflict) => Err(AppError::NotFound),
            Err(other) => Err(other.into()),
        }
    }

    /// Notices that left to the owner after a mark; an empty one is before all.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Input`] for a mark that is none.
    pub async fn pulled(&self, puller: &Puller, since: &str) -> Result<Pulled, AppError> {
        let from = mark(since).ok_or_else(|| AppError::Input("since".into()))?;
        let until = self.clock.now().plus_seconds(-SETTLE_SECONDS);
        let found = self
            .store
            .notices_left(puller.owner, from, until, PULL_NOTICES + 1)
            .await?;
        let (all, mut rows) = (found.len(), 0);
        let mut notices = Vec::new();
        let mut next = since.to_owned();
        let most = usize::try_from(PULL_NOTICES).unwrap_or(usize::MAX);
        for head in found.into_iter().take(most) {
            if rows >= PULL_ROWS {
                break;
            }
            let said = content(&head.content)?;
            rows += said.rows.len();
            let left = head.standing.sent.unwrap_or(head.standing.at);
            next = format!("{}.{}", left.0, head.standing.no);
            notices.push(Left {
                standing: head.standing,
                content: said,
            });
        }
        Ok(Pulled {
            more: notices.len() < all,
            notices,
            next,
        })
    }

    /// The rows of notices as a table or as events: media type and bytes.
    ///
    /// # Errors
    /// See [`AppError`].
    pub fn pulled_file(
        &self,
        pulled: &Pulled,
        format: Format,
    ) -> Result<(&'static str, Vec<u8>), AppError> {
        let all: Vec<_> = pulled
            .notices
            .iter()
            .map(|left| {
                let head = self.notice_head(&left.standing.number, &left.content);
                (head, left.content.rows.as_slice())
            })
            .collect();
        fetched(format, &all).map_err(|error| AppError::Input(error.to_string()))
    }

    /// A notice that left to the owner, to answer it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for one that is another's, or that did not leave.
    pub async fn pulled_notice(&self, puller: &Puller, number: &str) -> Result<Opened, AppError> {
        let head = self.store.notice_by(number).await?;
        let head = head.filter(|head| {
            let left = matches!(head.standing.state, State::Sent | State::Returned);
            left && head.standing.owner == puller.owner
        });
        self.opened_notice(head.ok_or(AppError::NotFound)?).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_as_they_are_written() {
        assert_eq!(mark("").map(|(_, no)| no), Some(0));
        assert_eq!(mark("17.4"), Some((Micros(17), 4)));
        for wrong in ["17", "17.", "x.1", ".4", "1.2.3"] {
            assert_eq!(mark(wrong), None, "{wrong}");
        }
    }
}
