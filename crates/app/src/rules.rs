//! Rules of the desk: written and tried out by officers, switched on by leads, run on what comes in.

mod back;
mod trial;
mod turn;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use cairn_desk::access::{Action, Visible};
use cairn_desk::rules::{
    self as desk, Change, Command, Content, Event, Fault, RULES_MAX, Refusal, Rule, Trial, Typed,
};
use cairn_desk::search::{Known, Wanted, parse};
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::keys::{Purpose, random};
use cairn_store::rules::{self as store, Version};
use cairn_store::writer::{Entry as LogEntry, Unit, WriteError};

use crate::App;
use crate::account::Principal;
use crate::report::{AppError, Whole as Report, damaged, take};

pub use cairn_store::rules::Asked;

pub use back::{BACK_HOURS_MAX, BACK_REPORTS_MAX};
pub use trial::{TRIAL_DAYS, TRIAL_REPORTS_MAX};

/// Reports that a rule touched, on its page.
pub const TOUCHED_SHOWN: i64 = 20;
const DAY_SECONDS: i64 = 24 * 3_600;

/// A rule on the list.
#[derive(Debug, Clone)]
pub struct Line {
    /// Where it stands.
    pub rule: Rule,
    /// What its newest version says.
    pub content: Content,
    /// Reports that it touched within the last 24 hours.
    pub day: u64,
    /// The same of the last 30 days.
    pub month: u64,
}

/// A version with what it says.
#[derive(Debug, Clone)]
pub struct Said {
    /// Number, from 1.
    pub version: u32,
    /// When it was written.
    pub at: Micros,
    /// By which account.
    pub account: String,
    /// What it says.
    pub content: Content,
    /// Result of its newest dry run.
    pub trial: Option<Trial>,
}

/// A rule whole.
#[derive(Debug, Clone)]
pub struct Whole {
    /// Where it stands.
    pub rule: Rule,
    /// Versions, the newest first.
    pub versions: Vec<Said>,
    /// What happened, oldest first.
    pub history: Vec<Event>,
    /// Reports that it touched within the last 24 hours, and within the last 30 days.
    pub hits: (u64, u64),
    /// The newest of these: number and time.
    pub touched: Vec<(i64, Micros)>,
    /// What is wrong with the newest version by now: an account that was closed, a category that is gone.
    pub faults: Vec<Fault>,
}

/// A rule that is run.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub no: i64,
    pub version: u32,
    pub content: Content,
    pub wanted: Wanted,
}

impl Loaded {
    pub(crate) const fn live(&self) -> desk::Live<'_> {
        desk::Live {
            no: self.no,
            version: self.version,
            content: &self.content,
            wanted: &self.wanted,
        }
    }
}

fn content(json: &str) -> Result<Content, AppError> {
    serde_json::from_str(json).map_err(damaged("rule"))
}

fn said(version: &Version) -> Result<Said, AppError> {
    let trial = version.trial.as_deref();
    let trial = trial.map(|json| serde_json::from_str(json).map_err(damaged("trial")));
    Ok(Said {
        version: version.version,
        at: version.at,
        account: version.account.clone(),
        content: content(&version.content)?,
        trial: trial.transpose()?,
    })
}

impl App {
    /// All rules.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn rules(&self, who: &Principal) -> Result<Visible<Vec<Line>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let mut lines = Vec::new();
        for rule in self.store.rules().await? {
            let content = self.rule_said(rule.no, rule.version).await?;
            let (day, month) = self.rule_hits(rule.no).await?;
            lines.push(Line {
                rule,
                content,
                day,
                month,
            });
        }
        Ok(grant.show(lines))
    }

    /// What persons are asked to look at and nobody has, with the words of the rule.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn rules_asked(
        &self,
        who: &Principal,
    ) -> Result<Visible<Vec<(Asked, Content)>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let mut said: BTreeMap<(i64, u32), Content> = BTreeMap::new();
        let mut out = Vec::new();
        for asked in self.store.rule_asked().await? {
            let content = match said.entry((asked.rule, asked.version)) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(place) => {
                    place.insert(self.rule_said(asked.rule, asked.version).await?)
                }
            };
            out.push((asked, content.clone()));
        }
        Ok(grant.show(out))
    }

    /// The rules that touched a report, with their versions then; and whether a person is still asked to look.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn rules_of(
        &self,
        who: &Principal,
        report: &Report,
    ) -> Result<Visible<Vec<(i64, u32, Content, bool)>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        let mut out = Vec::new();
        for (rule, version) in &report.standing.ruled {
            let content = self.rule_said(*rule, *version).await?;
            let asks = report.standing.asked.contains(rule);
            out.push((*rule, *version, content, asks));
        }
        Ok(grant.show(out))
    }

    /// One rule, whole.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn read_rule(&self, who: &Principal, no: i64) -> Result<Visible<Whole>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        // Number 0 is the book of rules for notices, which has a page of its own.
        let rule = self.store.rule(no).await?.filter(|rule| rule.no > 0);
        let rule = rule.ok_or(AppError::NotFound)?;
        let versions = self.store.rule_versions(no).await?;
        let versions = versions.iter().map(said).collect::<Result<Vec<_>, _>>()?;
        let events = self.store.rule_events(no).await?;
        let history = events
            .iter()
            .map(|json| serde_json::from_str(json).map_err(damaged("event")));
        let newest = versions.first().ok_or(AppError::NotFound)?;
        let faults = self.check_rule(&newest.content.typed()).await?;
        let since = self.clock.now().plus_seconds(-30 * DAY_SECONDS).hour();
        Ok(grant.show(Whole {
            faults: faults.err().unwrap_or_default(),
            history: history.collect::<Result<Vec<_>, _>>()?,
            hits: self.rule_hits(no).await?,
            touched: self.store.rule_touched(no, since, TOUCHED_SHOWN).await?,
            versions,
            rule,
        }))
    }

    async fn rule_said(&self, no: i64, version: u32) -> Result<Content, AppError> {
        let row = self.store.rule_version(no, version).await?;
        content(&row.ok_or(AppError::NotFound)?.content)
    }

    /// Times of anonymous reports are whole hours: counted is from the beginning of an hour on.
    async fn rule_hits(&self, no: i64) -> Result<(u64, u64), AppError> {
        let now = self.clock.now();
        let since = |days: i64| now.plus_seconds(-days * DAY_SECONDS).hour();
        let (end, store) = (now.plus_seconds(1), &self.store);
        let day = store.rule_hits(no, since(1), end).await?;
        Ok((day, store.rule_hits(no, since(30), end).await?))
    }

    /// What the lines of rules are read against: nobody asks.
    fn rule_known<'a>(&'a self, accounts: &'a [(String, String)]) -> Known<'a> {
        Known {
            taxonomy: self.form.taxonomy(),
            agencies: self.form.agencies(),
            languages: self.form.languages(),
            accounts,
            me: "",
            currency: self.config.base_currency.as_str(),
            calling_code: self.form.calling_code(),
        }
    }

    /// What was typed, checked against what there is now.
    ///
    /// # Errors
    /// See [`AppError`]; what is wrong with what was typed is no error of it.
    async fn check_rule(&self, typed: &Typed) -> Result<Result<Content, Vec<Fault>>, AppError> {
        let accounts = self.store.accounts().await?;
        let works = |id: &str| {
            let mut all = accounts.iter();
            all.any(|one| {
                one.id == id
                    && !one.disabled
                    && cairn_desk::access::may(one.role, Action::WorkReports)
            })
        };
        let logins: Vec<_> = accounts
            .iter()
            .map(|one| (one.id.clone(), one.login.clone()))
            .collect();
        let template = |code: &str| self.config.case_rules.cases.template(code).is_some();
        Ok(Content::new(
            typed,
            &self.rule_known(&logins),
            works,
            template,
        ))
    }

    /// Writes a rule, or a new version of one, by its number and the events of it that were seen. Gives its number, or what is wrong
    /// with it. The same form sent twice, which is known by its key, writes one rule.
    ///
    /// # Errors
    /// See [`AppError`]; on any error nothing was written.
    pub async fn write_rule(
        &self,
        who: &Principal,
        to: Option<(i64, i64)>,
        typed: &Typed,
        once: Option<&str>,
    ) -> Result<Result<i64, Vec<Fault>>, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let content = match self.check_rule(typed).await? {
            Ok(content) => content,
            Err(faults) => return Ok(Err(faults)),
        };
        let json = serde_json::to_string(&content).map_err(damaged("rule"))?;
        let salt = self.rule_salt(grant.account(), once, &json)?;
        let command = Command::Write {
            digest: salted(&salt, json.as_bytes()).hex(),
            replies: !content.reply.is_empty(),
        };
        let by = Actor::User(grant.account().to_owned());
        let _turn = self.rules_turn.lock().await;
        if let Some((no, seen)) = to {
            let rule = self.rule_seen(no, seen).await?;
            self.change_rule(&rule, command, (self.clock.now(), by), Some((salt, json)))
                .await?;
            return Ok(Ok(no));
        }
        if let Some(known) = self.store.rule_of(salt).await? {
            return Ok(Ok(known));
        }
        let no = self.store.rules().await?.len() as i64 + 1;
        if no > RULES_MAX {
            return Err(Refusal::Limit.into());
        }
        let change = desk::decide(None, command, grant.account(), self.clock.now())?;
        let (event, entry) = rule_event(no, self.clock.now(), by, change)?;
        let rule = Rule::new(&event).ok_or(AppError::NotFound)?;
        self.write_rules(store::write(&rule, (salt, json), entry))
            .await?;
        Ok(Ok(no))
    }

    /// The salt follows from the form's key, so that the same text from the same form has the same digest, and nobody without our
    /// keys can try texts against it.
    fn rule_salt(
        &self,
        account: &str,
        once: Option<&str>,
        json: &str,
    ) -> Result<[u8; 16], AppError> {
        Ok(match once {
            Some(key) => {
                let parts: [&[u8]; 3] = [account.as_bytes(), key.as_bytes(), json.as_bytes()];
                take(&self.store.keys().tag(Purpose::Rule, &parts), 0)
            }
            None => random()?,
        })
    }

    async fn rule_seen(&self, no: i64, seen: i64) -> Result<Rule, AppError> {
        let rule = self.store.rule(no).await?.filter(|rule| rule.no > 0);
        let rule = rule.ok_or(AppError::NotFound)?;
        if rule.steps == seen {
            Ok(rule)
        } else {
            Err(Refusal::Moved.into())
        }
    }

    /// Asks for a second person, or declines; switches off. Of a rule `seen` events were seen.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn work_rule(
        &self,
        who: &Principal,
        (no, seen): (i64, i64),
        command: Command,
    ) -> Result<(), AppError> {
        let needs = match command {
            Command::SwitchOn { .. } => Action::ManageRules,
            _ => Action::WorkReports,
        };
        let grant = who.grant(needs)?;
        let _turn = self.rules_turn.lock().await;
        // In a hurry nobody should have to look again before they stop a rule.
        let rule = match command {
            Command::SwitchOff => {
                let rule = self.store.rule(no).await?.filter(|rule| rule.no > 0);
                rule.ok_or(AppError::NotFound)?
            }
            _ => self.rule_seen(no, seen).await?,
        };
        let command = match command {
            Command::SwitchOn { .. } => {
                let all = self.store.rules().await?;
                let others = all.iter().filter(|one| one.on.is_some() && one.no != no);
                let others = others.count();
                Command::SwitchOn { others }
            }
            other => other,
        };
        let by = Actor::User(grant.account().to_owned());
        self.change_rule(&rule, command, (self.clock.now(), by), None)
            .await
    }

    /// One more event of a rule. Whoever calls holds the turn, or knows what the rule is to be.
    pub(crate) async fn change_rule(
        &self,
        rule: &Rule,
        command: Command,
        (at, by): (Micros, Actor),
        text: Option<store::Salted>,
    ) -> Result<(), AppError> {
        let first = matches!(command, Command::SwitchOn { others: 0 }) && rule.on.is_none();
        let change = desk::decide(Some(rule), command, &by.account(), self.clock.now())?;
        let (event, entry) = rule_event(rule.no, at, by, change)?;
        let mut after = rule.clone();
        after.apply(&event);
        let mut unit = store::change(&event, &after, text, entry);
        if first {
            store::begin_after(&mut unit, self.store.last_report().await?);
        }
        self.write_rules(unit).await
    }

    async fn write_rules(&self, unit: Unit) -> Result<(), AppError> {
        match self.store.write(unit).await {
            Ok(_) => Ok(()),
            Err(WriteError::Duplicate | WriteError::Conflict) => Err(Refusal::Moved.into()),
            Err(other) => Err(other.into()),
        }
    }

    /// The rules that are on, in the order in which they are run. One whose line cannot be read by now does nothing: its page says
    /// so.
    pub(crate) async fn rules_on(&self) -> Result<Vec<Loaded>, AppError> {
        let rules = self.store.rules().await?;
        let on: Vec<_> = rules
            .iter()
            .filter_map(|rule| Some((rule.no, rule.on?)))
            .collect();
        if on.is_empty() {
            return Ok(Vec::new());
        }
        let accounts = self.logins().await?;
        let mut loaded = Vec::new();
        for (no, version) in on {
            let content = self.rule_said(no, version).await?;
            loaded.extend(self.loaded((no, version), content, &accounts));
        }
        Ok(loaded)
    }

    fn loaded(
        &self,
        (no, version): (i64, u32),
        content: Content,
        accounts: &[(String, String)],
    ) -> Option<Loaded> {
        let known = self.rule_known(accounts);
        let search = parse(&content.when, &known).ok()?;
        let wanted = search.wanted(&known, self.clock.now(), &self.config.time_zone);
        Some(Loaded {
            no,
            version,
            content,
            wanted,
        })
    }
}

pub(crate) fn rule_event(
    rule: i64,
    at: Micros,
    by: Actor,
    change: Change,
) -> Result<(Event, LogEntry), AppError> {
    let event = Event {
        rule,
        at,
        by,
        change,
    };
    let json = serde_json::to_string(&event).map_err(damaged("event"))?;
    let entry = LogEntry::new(at.0, None, json, random()?);
    Ok((event, entry))
}
