//! What officers see of notices.

use std::collections::{BTreeMap, BTreeSet};

use cairn_desk::access::{Action, Visible};
use cairn_desk::notice::files::File;
use cairn_desk::notice::{
    Command, Content, Event, Line as Told, Row, Standing, State, Times, Why as Code, measure,
};
use cairn_kernel::actor::Actor;
use cairn_store::notice::{self as store, Known, Line, Listed, Wanted};
use cairn_store::writer::Unit;

use super::send::{NOTICE_MAIL, payload};
use super::{Said, content};
use crate::App;
use crate::account::{Doer, Principal};
use crate::constituent::{Owner, asked};
use crate::feeds::columns::KeyMaker;
use crate::report::{AppError, damaged};

/// Times from notice to gone are counted over so many days.
pub const TIMES_DAYS: i64 = 365;
/// Reports whose judgements are shown.
const REPORTS_SHOWN: i64 = 10;
const DAY_SECONDS: i64 = 24 * 3_600;

/// What waits, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Why.
    pub why: Code,
    /// Owners.
    pub owners: u64,
    /// Observations.
    pub rows: u64,
}

/// The list.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// A page of notices, the newest first.
    pub notices: Vec<Listed>,
    /// There may be more below the last one.
    pub more: bool,
    /// How many there are in each state.
    pub states: Vec<(State, u64)>,
    /// What is due and waits.
    pub held: Vec<Held>,
    /// Judgements of the newest reports.
    pub tallies: Vec<(i64, Code, u64)>,
    /// Times from notice to gone: of all, by class, by owner.
    pub times: Times,
    /// By class.
    pub classes: Vec<(String, Times)>,
    /// By owner; those with most that is told first.
    pub owners: Vec<(u32, Times)>,
    /// Names of owners.
    pub names: BTreeMap<u32, String>,
}

/// A row of a notice, and how it stands now.
#[derive(Debug, Clone)]
pub struct RowNow {
    /// As it was told.
    pub row: Row,
    /// Now.
    pub now: Option<Line>,
}

/// A notice whole.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Where it stands.
    pub standing: Standing,
    /// What it says.
    pub content: Content,
    /// Its rows.
    pub rows: Vec<RowNow>,
    /// Name of the owner.
    pub owner: String,
    /// What the owner answered, in order: when, and what.
    pub answers: Vec<(cairn_kernel::time::Micros, Said)>,
    /// What happened, the oldest first.
    pub history: Vec<Event>,
    /// Its rule, if the version of the book is there: number and name.
    pub rules: BTreeMap<u32, String>,
    /// Times of those of its rows that are gone.
    pub times: Times,
}

/// Why an observation was told, or not.
#[derive(Debug, Clone)]
pub struct Reason {
    /// What is known of it.
    pub known: Known,
    /// What was seen.
    pub line: Told,
    /// Why, as it stands: where it waits, what for.
    pub why: Code,
    /// Name of the rule.
    pub rule: Option<String>,
    /// Number of the notice.
    pub number: Option<String>,
    /// Name of the owner.
    pub owner: String,
}

/// Why an address or a name was told of, or not.
#[derive(Debug, Clone, Default)]
pub struct Why {
    /// Whose it is.
    pub owners: Vec<Owner>,
    /// Judgements.
    pub reasons: Vec<Reason>,
}

impl App {
    /// The list of notices, with what waits and how long owners take.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn notice_list(
        &self,
        who: &Principal,
        wanted: &Wanted,
    ) -> Result<Visible<List>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let notices = self.store.notices(wanted).await?;
        let since = self.clock.now().plus_seconds(-TIMES_DAYS * DAY_SECONDS);
        let timed = self.store.notice_times(since).await?;
        let of = |one: &store::Timed| (one.class.clone(), one.seconds);
        let (times, classes) = measure::apart(timed.iter().map(of));
        let (_, mut owners) = measure::apart(timed.iter().map(|one| (one.owner, one.seconds)));
        owners.sort_by_key(|(no, times)| (std::cmp::Reverse(times.gone + times.open), *no));
        owners.truncate(50);
        let register = self.ownership().await?;
        let named = notices.iter().map(|one| one.standing.owner);
        let named = named.chain(owners.iter().map(|(no, _)| *no));
        let names = named.map(|no| (no, register.name(no))).collect();
        let held = self.store.notices_held().await?.into_iter();
        Ok(grant.show(List {
            more: notices.len() as i64 >= store::PAGE_NOTICES,
            notices,
            states: self.store.notice_states().await?,
            held: held
                .map(|(why, owners, rows)| Held { why, owners, rows })
                .collect(),
            tallies: self.store.notice_tallies(REPORTS_SHOWN).await?,
            times,
            classes,
            owners,
            names,
        }))
    }

    /// One notice: exactly what the owner sees, and what came of it.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn read_notice(
        &self,
        who: &Principal,
        number: &str,
    ) -> Result<Visible<Whole>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let head = self.store.notice_by(number).await?;
        let head = head.ok_or(AppError::NotFound)?;
        let no = head.standing.no;
        let said = content(&head.content)?;
        let mut lines = self.store.notice_lines(no).await?.into_iter();
        let rows: Vec<RowNow> = said
            .rows
            .iter()
            .map(|row| RowNow {
                row: row.clone(),
                now: lines.next(),
            })
            .collect();
        let events = self.store.notice_events(no).await?;
        let history = events
            .iter()
            .map(|json| serde_json::from_str(json).map_err(damaged("event")));
        let answers = self.store.notice_answers(no).await?;
        let answers = answers.iter().map(|one| {
            let said = serde_json::from_str(&one.said).map_err(damaged("answer"))?;
            Ok::<_, AppError>((one.at, said))
        });
        let from = head.standing.sent.unwrap_or(head.standing.at);
        let seconds = rows.iter().map(|row| {
            let gone = row.now.as_ref().and_then(|line| line.gone);
            let told = row.row.told.unwrap_or(from);
            ((), gone.map(|gone| (gone.0 - told.0).div_euclid(1_000_000)))
        });
        let (times, _) = measure::apart(seconds);
        Ok(grant.show(Whole {
            owner: self.ownership().await?.name(head.standing.owner),
            rules: self.rule_names(said.version).await?,
            history: history.collect::<Result<_, _>>()?,
            answers: answers.collect::<Result<_, _>>()?,
            standing: head.standing,
            content: said,
            rows,
            times,
        }))
    }

    /// The rows of a notice, as they went.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn notice_download(
        &self,
        who: &Principal,
        number: &str,
    ) -> Result<Visible<File>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let head = self.store.notice_by(number).await?;
        let head = head.ok_or(AppError::NotFound)?;
        let said = content(&head.content)?;
        let file = self.notice_file(&head.standing.number, &said);
        Ok(grant.show(file.map_err(|error| AppError::Input(error.to_string()))?))
    }

    /// Names of constituents.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn owner_names(
        &self,
        who: &Principal,
        all: BTreeSet<u32>,
    ) -> Result<BTreeMap<u32, String>, AppError> {
        let _granted = who.grant(Action::ReadReports)?;
        let register = self.ownership().await?;
        Ok(all.into_iter().map(|no| (no, register.name(no))).collect())
    }

    /// Names of the rules of a version of the book, by number.
    async fn rule_names(&self, version: u32) -> Result<BTreeMap<u32, String>, AppError> {
        let row = self
            .store
            .rule_version(cairn_desk::notice::BOOK, version)
            .await?;
        let book = row.and_then(|row| cairn_desk::notice::Book::parse(&row.content).ok());
        let rules = book.map(|book| book.rules).unwrap_or_default();
        Ok((1..).zip(rules.into_iter().map(|rule| rule.name)).collect())
    }

    /// A person approves of a notice, or does not.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn judge_notice(
        &self,
        who: &Principal,
        number: &str,
        approve: bool,
    ) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let head = self.store.notice_by(number).await?;
        let no = head.ok_or(AppError::NotFound)?.standing.no;
        let by = Actor::User(grant.account().to_owned());
        let command = |_: &Standing| {
            if approve {
                Command::Approve
            } else {
                Command::Drop
            }
        };
        let now = self.clock.now();
        let more = |unit: &mut Unit, before: &Standing, after: &Standing| {
            match after.state {
                State::Ready => {
                    cairn_store::job::enqueue(unit, NOTICE_MAIL, &payload(no, false), now);
                }
                State::Dropped => store::untold(unit, before, Code::Approval),
                _ => {}
            }
            Ok(())
        };
        self.notice_change(no, by, command, more).await.map(drop)
    }

    /// Why an address, a name or a URL was told of, or not.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn notice_why(&self, who: &Principal, text: &str) -> Result<Visible<Why>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let text = text.trim();
        let (ip, mut fqdn, mut url) = (text.parse().ok(), "", "");
        if ip.is_none() {
            *(if text.contains("://") {
                &mut url
            } else {
                &mut fqdn
            }) = text;
        }
        let mut found = Why::default();
        if asked(text).is_some() {
            let owners = self.owners_of(Doer::Officer(who), text).await?;
            found.owners = owners.unwrap_or_default();
        }
        let fqdn = fqdn.to_lowercase();
        let like = KeyMaker::default().like(ip, &fqdn, url);
        let register = self.ownership().await?;
        for known in self.store.directives_like(like).await? {
            let one = &known.directive;
            let line: Told = serde_json::from_str(&one.line).map_err(damaged("observation"))?;
            // Six bytes of a hash: another source may share them.
            let same = if ip.is_some() {
                line.ip == ip
            } else {
                line.ip.is_none()
                    && if url.is_empty() {
                        line.fqdn == fqdn
                    } else {
                        line.url == url
                    }
            };
            if !same {
                continue;
            }
            let waits = match one.why {
                Code::Due => self.store.notice_waits(one.owner).await?,
                _ => Vec::new(),
            };
            let waits = waits.into_iter().find(|(tell, _)| *tell == one.tell);
            let waits = waits.map(|(_, why)| why).filter(|why| *why != Code::Told);
            let notice = match known.notice {
                Some(no) => self.store.notice(no).await?,
                None => None,
            };
            let waiting = notice
                .as_ref()
                .is_some_and(|head| head.standing.state == State::Waiting);
            let why = if waiting {
                Code::Approval
            } else {
                waits.unwrap_or(one.why)
            };
            found.reasons.push(Reason {
                why,
                rule: self.rule_names(one.version).await?.remove(&one.rule),
                number: notice.map(|head| head.standing.number),
                owner: register.name(one.owner),
                line,
                known,
            });
        }
        Ok(grant.show(found))
    }
}
