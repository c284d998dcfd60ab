//! Keeping times: what rules say is due is erased, changed rules are tried out before they hold, and a register says what
//! is gone.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use cairn_desk::access::{Action, Visible};
use cairn_desk::account::AccountChange;
use cairn_desk::report::retention::{
    Closed, Due, EMBEDDED, Part, Rules, closed_at, prune, whole_text,
};
use cairn_desk::report::{Command, Refusal, decide, undo};
use cairn_evidence::hash::{salted, sha256};
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::keys::random;
use cairn_store::retention::{
    ClosedRow, ERASE_REPORTS_MAX, ERASED_ROWS_MAX, RETENTION_ROWS_MAX, accept_rules, rewrite_body,
    rewrite_words,
};
use cairn_store::writer::Unit;

use crate::App;
use crate::account::{Doer, Principal};
use crate::report::{AppError, Whole, damaged};

pub use cairn_store::retention::{ErasedRow, OPEN};

/// How far ahead a dry run looks.
pub const OUTLOOK_DAYS: u32 = 30;

const DAY_SECONDS: i64 = 24 * 3_600;

/// Where the rules in the settings stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They are the built-in ones, which hold at once.
    BuiltIn,
    /// They are the operator's, and in force.
    InForce,
    /// They are the operator's, and wait until somebody has seen what they erase.
    Waiting,
}

/// What would be erased: parts in the order of [`Part::ALL`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// At once.
    pub now: [u64; 3],
    /// Within the [`OUTLOOK_DAYS`] after.
    pub soon: [u64; 3],
}

/// What the rules in the settings would do.
#[derive(Debug, Clone)]
pub struct Outlook {
    /// The rules.
    pub rules: Rules,
    /// SHA-256 of their file, hexadecimal, by which they are put into force.
    pub digest: String,
    /// In force or not.
    pub standing: Standing,
    /// Closed reports looked at.
    pub closed: u64,
    /// Those on legal hold, of which nothing is erased.
    pub held: u64,
    /// By category.
    pub counts: BTreeMap<String, Counts>,
}

impl Outlook {
    /// Parts of reports in all: at once, and within the days after.
    #[must_use]
    pub fn sums(&self) -> (u64, u64) {
        let sum = |of: fn(&Counts) -> [u64; 3]| self.counts.values().flat_map(of).sum();
        (sum(|counts| counts.now), sum(|counts| counts.soon))
    }
}

/// A page of the register.
#[derive(Debug, Clone)]
pub struct Register {
    /// Lines, newest first.
    pub lines: Vec<ErasedRow>,
    /// Where the next page begins.
    pub next: Option<(Micros, i64, i64)>,
}

/// Before everything.
pub const NEWEST: (Micros, i64, i64) = (OPEN, i64::MAX, i64::MAX);

impl App {
    /// The rules in the settings, in force or not.
    fn own_rules(&self, text: &str) -> Result<Rules, AppError> {
        let form = &self.form;
        Rules::parse(text, form.taxonomy(), form.languages()).map_err(|problems| {
            AppError::Damaged {
                what: "retention.toml",
                cause: problems
                    .first()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            }
        })
    }

    fn built_in(&self) -> Result<Rules, AppError> {
        let rules = self.own_rules(EMBEDDED)?;
        Ok(rules.with_contact_days(self.config.contact_days))
    }

    /// The rules that hold now: those that somebody put into force, or else the built-in ones.
    async fn rules_in_force(&self) -> Result<Rules, AppError> {
        if self.config.retention.is_none() {
            return self.built_in();
        }
        match self.store.retention_rules().await? {
            Some(text) => self.own_rules(&text),
            None => self.built_in(),
        }
    }

    /// What the rules in the settings would erase now and soon. Changes nothing.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn retention_outlook(&self, doer: Doer<'_>) -> Result<Outlook, AppError> {
        doer.actor(Action::ManageRetention)?;
        let text: Arc<str> = self
            .config
            .retention
            .clone()
            .unwrap_or_else(|| EMBEDDED.into());
        let standing = match &self.config.retention {
            None => Standing::BuiltIn,
            Some(_) if self.store.retention_rules().await?.as_deref() == Some(&*text) => {
                Standing::InForce
            }
            Some(_) => Standing::Waiting,
        };
        let rules = match standing {
            Standing::BuiltIn => self.built_in()?,
            _ => self.own_rules(&text)?,
        };
        let mut outlook = Outlook {
            rules,
            digest: sha256(text.as_bytes()).hex(),
            standing,
            closed: 0,
            held: 0,
            counts: BTreeMap::new(),
        };
        let now = self.clock.now();
        let mut after = 0;
        loop {
            let page = self.store.closed_reports(after).await?;
            for row in &page {
                outlook.look_at(row, now);
            }
            match page.last() {
                Some(last) if page.len() as i64 == RETENTION_ROWS_MAX => after = last.no,
                _ => return Ok(outlook),
            }
        }
    }

    /// Puts the rules in the settings into force. `digest` is that of the outlook that was shown: if the file changed since,
    /// nothing is done.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn accept_retention(&self, who: &Principal, digest: &str) -> Result<(), AppError> {
        let outlook = self.retention_outlook(Doer::Officer(who)).await?;
        let Some(text) = &self.config.retention else {
            return Err(AppError::Input("the built-in rules are in force".into()));
        };
        if outlook.digest != digest {
            return Err(AppError::Conflict);
        }
        if outlook.standing == Standing::InForce {
            return Ok(());
        }
        let (now, soon) = outlook.sums();
        let change = AccountChange::RetentionAccepted {
            rules: outlook.digest,
            version: outlook.rules.version(),
            now,
            soon,
        };
        let mut unit = Unit {
            entries: vec![self.account_entry(Actor::User(who.account.clone()), change)?],
            ..Unit::default()
        };
        accept_rules(&mut unit, text);
        self.store.write(unit).await?;
        Ok(())
    }

    /// Erases what rules say is due of closed reports, and contact details of challenges that were answered long enough ago;
    /// ends holds whose time is over first. Each is an event by the system itself, one transaction a report. Gives of how many
    /// reports and challenges something was erased. A report that cannot be read is left for the next time.
    ///
    /// # Errors
    /// See [`AppError`]; those before are erased.
    pub async fn erase_due(&self) -> Result<u64, AppError> {
        self.end_holds().await?;
        let rules = self.rules_in_force().await?;
        let mut erased = 0;
        let mut after = 0;
        self.store.settle_words().await;
        'pages: loop {
            let page = self.store.closed_reports(after).await?;
            for row in &page {
                if self.is_due(&rules, row) && self.erase_report(row.no, &rules).await? {
                    erased += 1;
                }
                if erased >= ERASE_REPORTS_MAX {
                    break 'pages;
                }
            }
            match page.last() {
                Some(last) if page.len() as i64 == RETENTION_ROWS_MAX => after = last.no,
                _ => break,
            }
        }
        let mut erased = erased as u64;
        if self.config.contact_days > 0 {
            erased += self.forget_challengers(self.config.contact_days).await?;
        }
        if erased > 0 {
            self.erased.store(true, Ordering::Relaxed);
            tracing::info!(erased, "erased what rules say is due");
        }
        // Also what an earlier turn left.
        self.store.forget_words().await?;
        Ok(erased)
    }

    fn is_due(&self, rules: &Rules, row: &ClosedRow) -> bool {
        !rules.due(closed(row), self.clock.now()).is_empty()
    }

    async fn erase_report(&self, no: i64, rules: &Rules) -> Result<bool, AppError> {
        let whole = match self.whole(no).await {
            Ok(whole) => whole,
            Err(error @ AppError::Damaged { .. }) => {
                tracing::warn!(no, %error, "nothing of a report was erased; see `cairn log verify`");
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let due = self.due_of(&whole, rules);
        if due.is_empty() {
            return Ok(false);
        }
        match self.erase_parts(&whole, due, rules.version()).await {
            Ok(()) => Ok(true),
            // Somebody was quicker: it was held, or the report moved on and is looked at again next time.
            Err(AppError::Refused(Refusal::Held) | AppError::Conflict) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What is due of a report by its history, and not by the columns beside.
    fn due_of(&self, whole: &Whole, rules: &Rules) -> Vec<Due> {
        let events = || whole.history.iter().map(|line| &line.event);
        let first = events()
            .next()
            .and_then(|event| undo::first(&whole.body, event));
        let Some(at) = first.and_then(|first| closed_at(&first, events())) else {
            return Vec::new();
        };
        let standing = &whole.standing;
        let closed = Closed {
            category: &standing.category,
            subtype: standing.subtype.as_deref(),
            at,
            held: standing.hold.is_some(),
            there: standing.there(),
        };
        rules.due(closed, self.clock.now())
    }

    async fn erase_parts(
        &self,
        whole: &Whole,
        due: Vec<Due>,
        version: u32,
    ) -> Result<(), AppError> {
        let _turn = self.words_turn.lock().await;
        let parts: Vec<Part> = due.iter().map(|due| due.part).collect();
        let left = prune(&whole.body, &parts, whole.contact.as_ref(), &self.form);
        let json = serde_json::to_string(&left).map_err(damaged("body"))?;
        let salt = random::<16>()?;
        let changed = left != whole.body;
        let body = changed.then(|| salted(&salt, json.as_bytes()).hex());
        let changes = decide(&whole.standing, Command::Erase { due, version, body })?;
        let mut unit = self.unit_of(whole, &Actor::System, changes, None)?;
        let text = parts.contains(&Part::Text);
        if changed || text {
            // Messages and old threads go with the text.
            let later = if text {
                Vec::new()
            } else {
                whole.later_texts()
            };
            let words = whole_text(&left, &self.form, &later);
            let sqlite = self.store.is_sqlite();
            rewrite_words(&mut unit, whole.summary.no, &left, &words, sqlite);
        }
        if changed {
            let no = whole.summary.no;
            rewrite_body(&mut unit, no, (json, salt));
            // Names of files, which go with the files, are nothing that clusters know.
            if parts.iter().any(|part| *part != Part::Files) {
                self.forget_in_clusters(&mut unit, no, &left, whole.contact.as_ref())?;
            }
        }
        self.store.write(unit).await?;
        Ok(())
    }

    /// Holds that end by themselves do so here, as an event.
    async fn end_holds(&self) -> Result<(), AppError> {
        loop {
            let over = self.store.holds_over(self.clock.now()).await?;
            for no in &over {
                let whole = self.whole(*no).await?;
                let command = Command::LiftHold { digest: None };
                match self.command(&whole, Actor::System, command, None).await {
                    Ok(()) | Err(AppError::Refused(Refusal::NotHeld) | AppError::Conflict) => {}
                    Err(error) => return Err(error),
                }
            }
            if (over.len() as i64) < RETENTION_ROWS_MAX {
                return Ok(());
            }
        }
    }

    /// The register of what was erased, newest first, from a place on.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn register(
        &self,
        who: &Principal,
        before: (Micros, i64, i64),
    ) -> Result<Visible<Register>, AppError> {
        let grant = who.grant(Action::ReadAudit)?;
        let lines = self.store.erased_before(before).await?;
        let full = lines.len() as i64 == ERASED_ROWS_MAX;
        let next = lines.last().filter(|_| full);
        let next = next.map(|last| (last.at, last.no, last.version));
        Ok(grant.show(Register { lines, next }))
    }

    /// How much was erased, by rule (empty: by hand) and part.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn register_counts(
        &self,
        who: &Principal,
    ) -> Result<Visible<Vec<(String, String, i64)>>, AppError> {
        let grant = who.grant(Action::ReadAudit)?;
        Ok(grant.show(self.store.erased_counts().await?))
    }
}

fn closed(row: &ClosedRow) -> Closed<'_> {
    Closed {
        category: &row.category,
        subtype: row.subtype.as_deref(),
        at: row.at,
        held: row.held_until.is_some(),
        there: row.there,
    }
}

impl Outlook {
    fn look_at(&mut self, row: &ClosedRow, now: Micros) {
        self.closed += 1;
        self.held += u64::from(row.held_until.is_some());
        let closed = closed(row);
        let then = now.plus_seconds(i64::from(OUTLOOK_DAYS) * DAY_SECONDS);
        let (due, later) = (self.rules.due(closed, now), self.rules.due(closed, then));
        if later.is_empty() {
            return;
        }
        let counts = self.counts.entry(row.category.clone()).or_default();
        let parts = Part::ALL
            .into_iter()
            .zip(counts.now.iter_mut().zip(counts.soon.iter_mut()));
        for (part, (at_once, soon)) in parts {
            let is_in = |all: &[Due]| all.iter().any(|due| due.part == part);
            *at_once += u64::from(is_in(&due));
            *soon += u64::from(is_in(&later) && !is_in(&due));
        }
    }
}
