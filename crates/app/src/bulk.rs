//! One thing done to many reports: chosen from a list, begun by one officer (agreed to by a second one where many would be
//! written to), done report by report with what became of each, and taken back as a whole.

mod work;

use std::collections::BTreeMap;

use cairn_desk::access::{Action, Visible};
use cairn_desk::account::AccountChange;
use cairn_desk::bulk::{Deeds, Refusal, Stage, Wish, begin, decide};
use cairn_desk::report::Command;
use cairn_kernel::actor::Actor;
use cairn_store::bulk::{self as store, Bulk, Chosen};
use cairn_store::keys::Purpose;
use cairn_store::report::Summary;
use cairn_store::writer::WriteError;

use crate::App;
use crate::account::Principal;
use crate::cluster::{Texts, texts_json};
use crate::report::{AppError, damaged};
use crate::search::{More, QueueQuery};

pub use cairn_desk::bulk::{REPLIES_ALONE_MAX, REPORTS_MAX};
pub use cairn_store::bulk as rows;

/// Times that something is tried when somebody else was quicker.
const TRIES: usize = 8;
/// Reports that are worked on before who asked gets an answer; the rest is done behind it.
const AT_ONCE: usize = 50;

/// A selection with its reports.
#[derive(Debug, Clone)]
pub struct Whole {
    /// The selection.
    pub bulk: Bulk,
    /// Its reports as they are now, with what became of each.
    pub reports: Vec<(Chosen, Summary)>,
}

/// Reports that a search finds.
#[derive(Debug, Clone, Default)]
pub struct Matching {
    /// At most [`REPORTS_MAX`].
    pub reports: Vec<Summary>,
    /// There are, or may be, more.
    pub more: bool,
}

impl App {
    /// The reports with these references as they are now, each once, in their order; what is no reference of a report is left out.
    ///
    /// # Errors
    /// See [`AppError`]; [`Refusal::Nothing`] for more than [`REPORTS_MAX`].
    pub async fn bulk_look(
        &self,
        who: &Principal,
        references: &[&str],
    ) -> Result<Visible<Vec<Summary>>, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let mut found: Vec<Summary> = Vec::new();
        for reference in references {
            let Some(no) = self.number(reference) else {
                continue;
            };
            if found.iter().any(|one| one.no == no) {
                continue;
            }
            found.extend(self.store.report(no).await?);
            if found.len() > REPORTS_MAX {
                return Err(Refusal::Nothing.into());
            }
        }
        Ok(grant.show(found))
    }

    /// All that a search line finds, up to [`REPORTS_MAX`].
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn bulk_find(
        &self,
        who: &Principal,
        line: &str,
        severe: bool,
    ) -> Result<Visible<Matching>, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let mut found = Matching::default();
        let mut query = QueueQuery {
            line: line.to_owned(),
            severe,
            limit: 100,
            ..QueueQuery::default()
        };
        loop {
            let page = self.queue(who, &query).await?.into_inner();
            found.reports.extend(page.rows);
            let after = match page.more {
                None => None,
                Some(More::Next(after)) => Some(after),
                Some(More::Further { .. }) => {
                    found.more = true;
                    None
                }
            };
            if found.reports.len() >= REPORTS_MAX {
                found.more |= after.is_some() || found.reports.len() > REPORTS_MAX;
                found.reports.truncate(REPORTS_MAX);
                break;
            }
            query.after = after;
            if after.is_none() {
                break;
            }
        }
        Ok(grant.show(found))
    }

    /// Begins to do something to reports, each named by its reference and the version that the officer saw; gives the number
    /// under which it is worked on. For more than [`REPLIES_ALONE_MAX`] reporters who would be written to it waits for a second
    /// officer.
    ///
    /// # Errors
    /// See [`AppError`]; then nothing was begun.
    pub async fn bulk_begin(
        &self,
        who: &Principal,
        chosen: &[(&str, i64)],
        deeds: Deeds,
        texts: &Texts,
    ) -> Result<i64, AppError> {
        self.bulk_begin_once(who, chosen, deeds, texts, None).await
    }

    /// As [`App::bulk_begin`]; the same request under the same `key` of a program begins one.
    ///
    /// # Errors
    /// See [`AppError`]; then nothing was begun.
    pub async fn bulk_begin_once(
        &self,
        who: &Principal,
        chosen: &[(&str, i64)],
        mut deeds: Deeds,
        texts: &Texts,
        key: Option<&str>,
    ) -> Result<i64, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        self.check_deeds(who, &deeds).await?;
        deeds.replies = texts.keys().cloned().collect();
        let mut numbers = BTreeMap::new();
        for (reference, version) in chosen {
            let no = self.number(reference).ok_or(AppError::NotFound)?;
            numbers.insert(no, *version);
        }
        if deeds.is_empty() || numbers.is_empty() || numbers.len() > REPORTS_MAX {
            return Err(Refusal::Nothing.into());
        }
        let stage = if texts.is_empty() {
            Stage::Doing
        } else {
            begin(self.open_among(&numbers).await?)
        };
        let chosen: Vec<(i64, i64)> = numbers.into_iter().collect();
        let once = match key {
            Some(key) => {
                Some(self.once_of(grant.account(), key, (chosen.as_slice(), &deeds, texts))?)
            }
            None => None,
        };
        let no = self
            .write_bulk(grant.account(), &chosen, &deeds, (texts, stage), once)
            .await?;
        self.work_now(no).await;
        Ok(no)
    }

    /// What names a program's request: its key, the account, and all that it asks for.
    fn once_of(
        &self,
        account: &str,
        key: &str,
        (chosen, deeds, texts): (&[(i64, i64)], &Deeds, &Texts),
    ) -> Result<[u8; 32], AppError> {
        let said = (chosen, deeds, texts_json(texts)?);
        let said = serde_json::to_vec(&said).map_err(damaged("deeds"))?;
        let parts: [&[u8]; 4] = [b"bulk", account.as_bytes(), key.as_bytes(), &said];
        Ok(self.store.keys().tag(Purpose::Call, &parts))
    }

    /// How many of these are open: so many reporters would be written to.
    async fn open_among(&self, numbers: &BTreeMap<i64, i64>) -> Result<usize, AppError> {
        let mut open = 0;
        for no in numbers.keys() {
            let row = self.store.report(*no).await?.ok_or(AppError::NotFound)?;
            open += usize::from(row.state != "closed");
        }
        Ok(open)
    }

    async fn write_bulk(
        &self,
        account: &str,
        chosen: &[(i64, i64)],
        deeds: &Deeds,
        (texts, stage): (&Texts, Stage),
        once: Option<[u8; 32]>,
    ) -> Result<i64, AppError> {
        let words = (!texts.is_empty()).then(|| texts_json(texts));
        let words = words.transpose()?;
        let json = serde_json::to_string(deeds).map_err(damaged("deeds"))?;
        let _turn = self.bulk_turn.lock().await;
        for _ in 0..TRIES {
            if let Some(once) = once
                && let Some(known) = self.store.bulk_of_call(once).await?
            {
                return Ok(known);
            }
            let bulk = Bulk {
                no: self.store.newest_bulk().await? + 1,
                account: account.to_owned(),
                at: self.clock.now(),
                deeds: deeds.clone(),
                texts: words.clone(),
                stage,
                second: None,
                undone_by: None,
            };
            let change = AccountChange::BulkBegun {
                bulk: bulk.no,
                reports: u32::try_from(chosen.len()).unwrap_or(u32::MAX),
                deeds: deeds.clone(),
                asks: stage == Stage::Asked,
            };
            let entry = self.account_entry(Actor::User(account.to_owned()), change)?;
            match self
                .store
                .write(store::begin(&bulk, &json, chosen, once, entry))
                .await
            {
                Ok(_) => return Ok(bulk.no),
                Err(WriteError::Duplicate) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(AppError::Conflict)
    }

    /// A second officer agrees or declines, or somebody takes it back.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn bulk_wish(&self, who: &Principal, no: i64, wish: Wish) -> Result<(), AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let by = grant.account();
        for _ in 0..TRIES {
            let bulk = self.store.bulk(no).await?.ok_or(AppError::NotFound)?;
            let lead = who.may(Action::AssignReports);
            let to = decide(bulk.stage, wish, bulk.account == by, lead)?;
            let change = AccountChange::BulkTurned {
                bulk: no,
                stage: to,
            };
            let entry = self.account_entry(Actor::User(by.to_owned()), change)?;
            let unit = store::turn(no, (bulk.stage, to), Some(by), Some(entry));
            match self.store.write(unit).await {
                Ok(_) => {
                    self.work_now(no).await;
                    return Ok(());
                }
                // It came to an end at this moment, which is no reason not to take it back.
                Err(WriteError::Conflict) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(AppError::Conflict)
    }

    /// A first piece of the work is done before who asked gets an answer. What fails here is done behind it, where failing is
    /// told.
    async fn work_now(&self, no: i64) {
        let _later = self.work_on_bulk(no, AT_ONCE).await;
    }

    /// A selection with its reports.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn bulk(&self, who: &Principal, no: i64) -> Result<Visible<Whole>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let bulk = self.store.bulk(no).await?.ok_or(AppError::NotFound)?;
        let mut reports = Vec::new();
        for chosen in self.store.bulk_reports(no).await? {
            if let Some(summary) = self.store.report(chosen.report).await? {
                reports.push((chosen, summary));
            }
        }
        Ok(grant.show(Whole { bulk, reports }))
    }

    /// Selections with a number below `before`, the newest first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn bulks(
        &self,
        who: &Principal,
        before: Option<i64>,
    ) -> Result<Visible<Vec<Bulk>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let found = self.store.bulks(before.unwrap_or(i64::MAX)).await?;
        Ok(grant.show(found))
    }

    /// Selections that wait for a second officer, the oldest first.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn bulks_asked(&self, who: &Principal) -> Result<Visible<Vec<Bulk>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.store.bulks_asked().await?))
    }

    /// Codes that are known, and an account to which this officer may give reports.
    async fn check_deeds(&self, who: &Principal, deeds: &Deeds) -> Result<(), AppError> {
        let mut commands = Vec::new();
        if let Some((category, subtype)) = deeds.category.clone() {
            commands.push(Command::Categorise { category, subtype });
        }
        commands.extend(
            deeds
                .severity
                .map(|severity| Command::SetSeverity { severity }),
        );
        if let Some(to) = &deeds.assignee {
            let to = to.first().cloned();
            commands.push(Command::Assign { to });
        }
        commands.extend(
            deeds
                .outcome
                .clone()
                .map(|outcome| Command::Close { outcome }),
        );
        for command in &commands {
            let _may = self.grant_for(who, command).await?;
            self.check_codes(command)?;
        }
        Ok(())
    }
}
