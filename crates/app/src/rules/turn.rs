//! Running rules on what came in: after receipt, never before it, and behind a flood.

use std::collections::BTreeSet;

use cairn_desk::report::retention::search_text;
use cairn_desk::report::{Body, Change};
use cairn_desk::rules::{Command, Done, Refusal, Touched, run};
use cairn_desk::search::Facts;
use cairn_kernel::actor::Actor;
use cairn_kernel::time::Micros;
use cairn_store::report::NewMessage;
use cairn_store::rules as store;

use super::Loaded;
use crate::App;
use crate::cases::Written;
use crate::report::{AppError, Line, Whole, standing_of, words_to};

/// Reports on which rules are run at a time.
const BATCH: i64 = 200;
/// The same while a flood comes in.
const BATCH_FLOOD: i64 = 10;
/// Times [`BATCH`] in one turn, where more wait.
const ROUNDS: usize = 10;
/// Times that it is tried again when somebody worked on the report at the same moment.
const TRIES: usize = 4;

/// A report as rules look at it.
struct Report {
    no: i64,
    body: Body,
    history: Vec<Line>,
    received_at: Micros,
    loss_minor: Option<i64>,
}

impl App {
    /// Runs the rules that are on, on most of what waits, and only on a little while a flood comes in. Gives on how many reports.
    ///
    /// # Errors
    /// See [`AppError`]; what fails is tried again at the next turn.
    pub(crate) async fn rules_turn(&self) -> Result<usize, AppError> {
        let mut ran = 0;
        for _ in 0..ROUNDS {
            let now = tokio::time::Instant::now();
            let flood = self.rules_tide.is_flood(self.store.coming_report(), now);
            let batch = if flood { BATCH_FLOOD } else { BATCH };
            let some = self.rules_batch(batch).await?;
            ran += some;
            if flood || (some as i64) < batch {
                break;
            }
        }
        Ok(ran)
    }

    /// Runs the rules that are on, on reports that came in since the last time, in the order of their numbers. Gives on how many.
    ///
    /// # Errors
    /// See [`AppError`]; what fails is tried again the next time.
    pub async fn run_rules(&self) -> Result<usize, AppError> {
        self.rules_batch(BATCH).await
    }

    async fn rules_batch(&self, batch: i64) -> Result<usize, AppError> {
        // Also those of a rule that was switched off since.
        self.open_owed_cases().await?;
        let mut rules = self.rules_on().await?;
        if rules.is_empty() {
            return Ok(0);
        }
        let waiting = self.store.unruled(batch).await?;
        let (mut seen, mut failed) = (Vec::new(), None);
        for no in &waiting {
            match self.run_on(&mut rules, *no).await {
                Ok(()) => seen.push(*no),
                // Somebody was quicker, also with switching a rule off: it is looked at again with what holds then.
                Err(AppError::Conflict) => {}
                // One that is damaged keeps no other one back, and is not looked at for ever.
                Err(error @ AppError::Damaged { .. }) => {
                    tracing::warn!(no, %error, "no rule was run on a report; see `cairn log verify`");
                    seen.push(*no);
                }
                Err(error) => failed = Some(error),
            }
        }
        // Up to the first of these that is still to be done, all are done.
        let undone = waiting.iter().find(|no| !seen.contains(no));
        let mark = self.store.rule_mark().await?;
        let last = waiting.last().filter(|_| (waiting.len() as i64) >= batch);
        let settled = self.store.settled_reports().await?;
        let settled = last.map_or(settled, |last| settled.min(*last));
        let settled = undone.map_or(settled, |no| settled.min(no - 1));
        if !seen.is_empty() || settled > mark {
            let unit = store::seen(&seen, settled.max(mark));
            self.store.write(unit).await?;
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(seen.len()),
        }
    }

    async fn run_on(&self, rules: &mut Vec<Loaded>, no: i64) -> Result<(), AppError> {
        for _ in 0..TRIES {
            let report = self.looked_at(no).await?;
            let at = if report.body.anonymous {
                // All that is kept of its coming: what follows by itself must tell no more.
                report.received_at
            } else {
                self.clock.now()
            };
            let done = self.done(rules, &report, at).await?;
            if done.is_empty() {
                return Ok(());
            }
            match self.carry_out_rules(rules, no, done, at).await {
                Err(AppError::Conflict) => *rules = self.rules_on().await?,
                other => return other,
            }
        }
        Err(AppError::Conflict)
    }

    async fn looked_at(&self, no: i64) -> Result<Report, AppError> {
        let summary = self.store.report(no).await?.ok_or(AppError::NotFound)?;
        let rows = self.store.history(no).await?;
        let history = rows.iter().map(crate::report::line);
        Ok(Report {
            no,
            body: self.body(no).await?,
            history: history.collect::<Result<Vec<_>, _>>()?,
            received_at: summary.received_at,
            loss_minor: summary.loss_minor,
        })
    }

    /// What rules do to a report. One that has done as much within this hour as it may stops itself, and the others are run without
    /// it.
    async fn done(
        &self,
        rules: &mut Vec<Loaded>,
        report: &Report,
        at: Micros,
    ) -> Result<Vec<Done>, AppError> {
        let standing = standing_of(&report.body, &report.history)?;
        let over: BTreeSet<i64> = standing.ruled.keys().copied().collect();
        let text = search_text(&report.body, &self.form);
        let times = (report.received_at, report.loss_minor);
        let facts = Facts::new(&report.body, standing, times, &text);
        let events = || report.history.iter().map(|line| &line.event);
        let mut touched = Touched::by(events(), true);
        let opens = rules.iter().any(|rule| rule.content.opens.is_some());
        touched.cased = opens && !self.store.cases_of(report.no).await?.is_empty();
        loop {
            let live: Vec<_> = rules.iter().map(Loaded::live).collect();
            let done = run(&live, &facts, touched, &over);
            let mut stopped = None;
            for one in &done {
                let rule = rules.iter().find(|rule| rule.no == one.rule);
                let most = rule.map_or(0, |rule| u64::from(rule.content.hour_hits));
                let hour = at.hour();
                let end = hour.plus_seconds(3_600);
                let hits = self.store.rule_hits(one.rule, hour, end).await?;
                if hits >= most {
                    self.stop_rule(one.rule, hits, at).await?;
                    stopped = Some(one.rule);
                    break;
                }
            }
            match stopped {
                Some(no) => rules.retain(|rule| rule.no != no),
                None => return Ok(done),
            }
        }
    }

    async fn stop_rule(&self, no: i64, hits: u64, at: Micros) -> Result<(), AppError> {
        let _turn = self.rules_turn.lock().await;
        let rule = self.store.rule(no).await?.ok_or(AppError::NotFound)?;
        let stop = Command::Stop { hits };
        tracing::warn!(rule = no, hits, "a rule of the desk stopped itself");
        match self
            .change_rule(&rule, stop, (at, Actor::System), None)
            .await
        {
            // Somebody stopped it at the same moment.
            Err(AppError::Rule(Refusal::NotOn | Refusal::Moved)) => Ok(()),
            other => other,
        }
    }

    /// All that rules do to one report, in one unit: each must still be on.
    async fn carry_out_rules(
        &self,
        rules: &[Loaded],
        no: i64,
        done: Vec<Done>,
        at: Micros,
    ) -> Result<(), AppError> {
        let whole = self.whole(no).await?;
        let (mut changes, mut message, mut on) = (Vec::new(), None, Vec::new());
        for one in done {
            let rule = rules.iter().find(|rule| rule.no == one.rule);
            let rule = rule.ok_or(AppError::Conflict)?;
            on.push((rule.no, rule.version));
            changes.push(one.change);
            if one.replies {
                let (change, words) = reply(rule, &whole)?;
                changes.push(change);
                message = Some(words);
            }
        }
        let mut unit = self.unit_at(&whole, &Actor::System, changes, message, at)?;
        for (rule, version) in on {
            store::expect_on(&mut unit, rule, version);
        }
        self.store.write(unit).await?;
        self.open_owed_cases().await
    }

    /// Opens the cases that rules owe to reports. One that cannot be opened waits for the next turn, and keeps no other back.
    async fn open_owed_cases(&self) -> Result<(), AppError> {
        let mut failed = None;
        for due in self.store.rule_cases_due().await? {
            if let Err(error) = self.open_owed(due).await {
                failed = Some(error);
            }
        }
        failed.map_or(Ok(()), Err)
    }

    async fn open_owed(&self, due: store::Asked) -> Result<(), AppError> {
        let content = self.rule_said(due.rule, due.version).await?;
        let title = Written {
            text: content.name,
            key: Some(format!("rule {} report {}", due.rule, due.report)),
        };
        let template = content.opens.flatten();
        self.open_case_by_itself(&title, due.report, template.as_deref(), due.at)
            .await?;
        let unit = store::case_opened(due.report, due.rule);
        self.store.write(unit).await?;
        Ok(())
    }
}

/// The words to the reporter, in their language where there are such.
fn reply(rule: &Loaded, whole: &Whole) -> Result<(Change, NewMessage), AppError> {
    let words = words_to(whole, &rule.content.reply, &Actor::System)?;
    let (digest, message) = words.ok_or(AppError::NotFound)?;
    let change = Change::OfficerWrote {
        message: message.n,
        digest,
        waits: false,
        rule: Some(rule.no),
    };
    Ok((change, message))
}
