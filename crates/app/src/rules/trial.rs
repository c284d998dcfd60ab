//! Trying a rule out on what came in: what it would have done had it been on, beside what people decided.

use std::collections::BTreeSet;

use cairn_desk::access::Action;
use cairn_desk::report::retention::search_text;
use cairn_desk::report::{Body, Change, Event, Standing};
use cairn_desk::rules::{Command, Done, Refusal, Touched, Trial, run};
use cairn_desk::search::Facts;
use cairn_evidence::hash::salted;
use cairn_kernel::actor::Actor;
use cairn_store::keys::random;
use cairn_store::report::loss_minor;
use cairn_store::rules::Came;

use super::{DAY_SECONDS, Loaded};
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged, line, standing_of};

/// A dry run looks back so many days.
pub const TRIAL_DAYS: i64 = 30;
/// Reports that a dry run looks at, at most, the newest.
pub const TRIAL_REPORTS_MAX: u64 = 20_000;
/// Numbers are given in the order in which reports come, but for the hours that are cut off and clocks that are put right: so far
/// beyond its days a dry run looks for reports that belong to them.
const DISORDER_SECONDS: i64 = 24 * 3_600;

impl App {
    /// Tries the newest version of a rule out, beside the others that are on and in its place among them, and keeps the result.
    /// Changes no report. `seen`: the events of the rule that were seen.
    ///
    /// # Errors
    /// See [`AppError`]; a line that cannot be read by now is [`AppError::Input`].
    pub async fn try_rule(&self, who: &Principal, no: i64, seen: i64) -> Result<Trial, AppError> {
        let grant = who.grant(Action::WorkReports)?;
        let _turn = self.rules_turn.lock().await;
        let rule = self.rule_seen(no, seen).await?;
        let content = self.rule_said(no, rule.version).await?;
        let accounts = self.logins().await?;
        let own = self.loaded((no, rule.version), content, &accounts);
        let own = own.ok_or_else(|| AppError::Input("the search line cannot be read".into()))?;
        let mut rules = self.rules_on().await?;
        rules.retain(|one| one.no != no);
        rules.push(own.clone());
        rules.sort_by_key(|one| one.no);
        let trial = self.tried(&rules, &own).await?;
        let json = serde_json::to_string(&trial).map_err(damaged("trial"))?;
        let salt = random::<16>()?;
        let command = Command::Try {
            version: rule.version,
            digest: salted(&salt, json.as_bytes()).hex(),
            counts: (trial.looked, trial.touched),
        };
        let by = Actor::User(grant.account().to_owned());
        match self
            .change_rule(&rule, command, (self.clock.now(), by), Some((salt, json)))
            .await
        {
            // It is on: what it does is seen, and the result of before it was is kept.
            Err(AppError::Rule(Refusal::IsOn)) => Ok(trial),
            other => other.map(|()| trial),
        }
    }

    async fn tried(&self, rules: &[Loaded], own: &Loaded) -> Result<Trial, AppError> {
        let from = self.clock.now().plus_seconds(-TRIAL_DAYS * DAY_SECONDS);
        let end = from.plus_seconds(-DISORDER_SECONDS);
        let mut trial = Trial::new(&own.content, from);
        let mut before = i64::MAX;
        loop {
            let page = self.store.came_before(before).await?;
            for came in &page {
                before = came.no;
                if came.at < end {
                    return Ok(trial);
                }
                if came.at < from {
                    continue;
                }
                if trial.looked >= TRIAL_REPORTS_MAX {
                    trial.more = true;
                    return Ok(trial);
                }
                self.try_on(&mut trial, rules, own.no, came).await?;
            }
            if page.is_empty() {
                return Ok(trial);
            }
        }
    }

    /// The report as it was when it came in. One that cannot be read is counted, and stops nothing.
    async fn try_on(
        &self,
        trial: &mut Trial,
        rules: &[Loaded],
        no: i64,
        came: &Came,
    ) -> Result<(), AppError> {
        let body = serde_json::from_str::<Body>(&came.body);
        let event = serde_json::from_str::<Event>(&came.event);
        let (Ok(body), Ok(event), false) = (body, event, came.bare) else {
            trial.bare += 1;
            return Ok(());
        };
        trial.looked += 1;
        let Some(done) = self.would(rules, no, (&body, &event), came) else {
            return Ok(());
        };
        let rows = self.store.history(came.no).await?;
        let history = rows.iter().map(line).collect::<Result<Vec<_>, _>>()?;
        let mut decided = Touched::by(history.iter().map(|line| &line.event), false);
        decided.cased = done.opens && !self.store.cases_of(came.no).await?.is_empty();
        let now = standing_of(&body, &history)?;
        trial.touch((came.no, came.at), &done, decided, &now);
        Ok(())
    }

    fn would(
        &self,
        rules: &[Loaded],
        no: i64,
        (body, event): (&Body, &Event),
        came: &Came,
    ) -> Option<Done> {
        let Change::Received {
            contact,
            consents,
            base_minor,
            ..
        } = &event.change
        else {
            return None;
        };
        let standing = Standing::new(body, contact.is_some(), consents);
        let times = (came.at, loss_minor(body, base_minor));
        let facts = Facts::new(body, standing, times, &search_text(body, &self.form));
        let live: Vec<_> = rules.iter().map(Loaded::live).collect();
        let done = run(&live, &facts, Touched::default(), &BTreeSet::new());
        done.into_iter().find(|one| one.rule == no)
    }
}
