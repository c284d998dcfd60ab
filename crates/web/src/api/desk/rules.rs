//! Rules of the desk: what they say, how they stand, and trying them out.

use std::collections::BTreeMap;

use cairn_app::rules::BACK_HOURS_MAX;
use cairn_desk::access::Action;
use cairn_desk::rules::{Command, Content, Fault, Rule, Trial, Typed};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::call::{Asked, Call, Faults, act, read, told};
use super::common::{DeskEvent, DeskMade, code, when};
use crate::desk::{Need, rule_fault};
use crate::problem::{Problem, Result};

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadReports);
    let does = Need::May(Action::WorkReports);
    let leads = Need::May(Action::ManageRules);
    vec![
        read(
            "/api/v1/desk/rules",
            reads,
            "List rules, and what they asked people to look at",
            list,
        ),
        act(
            "/api/v1/desk/rules",
            does,
            "Write a rule; the same Idempotency-Key writes one",
            write,
        )
        .once(),
        read(
            "/api/v1/desk/rules/{no}",
            reads,
            "Read a rule, with its versions and dry runs",
            show,
        ),
        act(
            "/api/v1/desk/rules/{no}/write",
            does,
            "Write a new version",
            rewrite,
        ),
        act(
            "/api/v1/desk/rules/{no}/try",
            does,
            "Try the newest version out on what came in, without doing anything",
            try_out,
        ),
        act(
            "/api/v1/desk/rules/{no}/work",
            does,
            "Ask for a second person, decline, or switch it off",
            work,
        ),
        act("/api/v1/desk/rules/{no}/on", leads, "Switch it on", on),
        act(
            "/api/v1/desk/rules/{no}/back",
            leads,
            "Take back what it did within some hours",
            back,
        ),
    ]
}

/// What a rule says.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskContent {
    /// Its name.
    name: String,
    /// The search line by which it finds reports.
    when: String,
    /// Category to set.
    category: Option<String>,
    /// Sub-type to set.
    subtype: Option<String>,
    /// Severity to set.
    severity: Option<u8>,
    /// Account id to give it to.
    assign: Option<String>,
    /// It opens a case.
    opens: bool,
    /// The list of tasks with which that begins.
    template: Option<String>,
    /// Words to the reporter by language.
    reply: BTreeMap<String, String>,
    /// What a person is asked to look at.
    ask: Option<String>,
    /// Reports that it may touch in an hour before it stops itself.
    hour_hits: u32,
}

impl From<&Content> for DeskContent {
    fn from(content: &Content) -> Self {
        let content = content.clone();
        let (category, subtype) = content.category.unzip();
        Self {
            name: content.name,
            when: content.when,
            category,
            subtype: subtype.flatten(),
            severity: content.severity,
            assign: content.assign,
            opens: content.opens.is_some(),
            template: content.opens.flatten(),
            reply: content.reply,
            ask: content.ask,
            hour_hits: content.hour_hits,
        }
    }
}

/// A rule on the list.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskRuleRow {
    /// Its number.
    no: i64,
    /// Events so far: what a deed is made for.
    seen: i64,
    /// Account id of who wrote it.
    author: String,
    /// The newest version.
    version: u32,
    /// `draft`, `tried`, `asked` or `on`.
    stage: String,
    /// The version that is on.
    on: Option<u32>,
    /// When it stopped itself.
    stopped: Option<String>,
    /// Account id of who asks for a second person.
    asked_by: Option<String>,
}

fn row(rule: &Rule) -> DeskRuleRow {
    DeskRuleRow {
        no: rule.no,
        seen: rule.steps,
        author: rule.author.clone(),
        version: rule.version,
        stage: format!("{:?}", rule.stage).to_lowercase(),
        on: rule.on,
        stopped: when(rule.stopped),
        asked_by: rule.asked_by.clone(),
    }
}

/// A rule with what it says.
#[derive(Serialize, ToSchema)]
struct DeskRuleLine {
    /// The rule.
    rule: DeskRuleRow,
    /// What it says: the version that is on, or the newest.
    content: DeskContent,
    /// Reports that it touched within 24 hours.
    day: u64,
    /// The same within 30 days.
    month: u64,
}

/// A report that a rule asked somebody to look at.
#[derive(Serialize, ToSchema)]
struct DeskLookAt {
    /// The report.
    reference: String,
    /// Number of the rule.
    rule: i64,
    /// Why.
    ask: Option<String>,
    /// Since when.
    at: String,
}

/// All rules.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskRules {
    /// Rules.
    rules: Vec<DeskRuleLine>,
    /// Reports to look at.
    asked: Vec<DeskLookAt>,
}

async fn list(asked: Asked) -> Result<DeskRules> {
    let (app, who) = (&asked.app, &asked.who);
    let rules = app.rules(who).await.map_err(told)?;
    let look = app.rules_asked(who).await.map_err(told)?;
    let rules = rules.iter().map(|line| DeskRuleLine {
        rule: row(&line.rule),
        content: DeskContent::from(&line.content),
        day: line.day,
        month: line.month,
    });
    let look = look.iter().map(|(one, content)| DeskLookAt {
        reference: app.reference(one.report),
        rule: one.rule,
        ask: content.ask.clone(),
        at: one.at.to_string(),
    });
    Ok(DeskRules {
        rules: rules.collect(),
        asked: look.collect(),
    })
}

/// What a dry run found.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskTrial {
    /// Reports from then on were looked at.
    from: String,
    /// So many.
    looked: u64,
    /// There were more.
    more: bool,
    /// So many were erased and could not be looked at.
    bare: u64,
    /// So many it would have touched.
    touched: u64,
    /// So many within the busiest hour.
    hour_most: u64,
    /// What it would have done, and what people did.
    deeds: Vec<DeskTally>,
}

/// One deed of a dry run.
#[derive(Serialize, ToSchema)]
struct DeskTally {
    /// `category`, `severity`, `assign`, `case`, `reply` or `ask`.
    deed: String,
    /// To so many.
    would: u64,
    /// People decided the same.
    same: u64,
    /// People decided otherwise.
    other: u64,
}

fn trial(trial: &Trial) -> DeskTrial {
    let deeds = trial.tallies.iter().map(|tally| DeskTally {
        deed: code(&tally.deed),
        would: tally.would,
        same: tally.same,
        other: tally.other,
    });
    DeskTrial {
        from: trial.from.to_string(),
        looked: trial.looked,
        more: trial.more,
        bare: trial.bare,
        touched: trial.touched,
        hour_most: trial.hour_most,
        deeds: deeds.collect(),
    }
}

/// A version of a rule.
#[derive(Serialize, ToSchema)]
struct DeskRuleVersion {
    /// Its number.
    version: u32,
    /// When it was written.
    at: String,
    /// Account id of who wrote it.
    account: String,
    /// What it says.
    content: DeskContent,
    /// Its dry run.
    trial: Option<DeskTrial>,
}

/// A rule.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskRule {
    /// Where it stands.
    rule: DeskRuleRow,
    /// The newest first.
    versions: Vec<DeskRuleVersion>,
    /// What is wrong with the newest version by now.
    faults: Vec<String>,
    /// References of the newest reports that it touched.
    touched: Vec<String>,
    /// What happened, the oldest first; indices of the log are not told here.
    history: Vec<DeskEvent>,
}

async fn show(asked: Asked) -> Result<DeskRule> {
    read_one(&asked).await
}

async fn read_one(asked: &Asked) -> Result<DeskRule> {
    let whole = asked.app.read_rule(&asked.who, asked.no(0)?).await;
    let whole = whole.map_err(told)?;
    let versions = whole.versions.iter().map(|one| DeskRuleVersion {
        version: one.version,
        at: one.at.to_string(),
        account: one.account.clone(),
        content: DeskContent::from(&one.content),
        trial: one.trial.as_ref().map(trial),
    });
    let history = (1_i64..).zip(&whole.history);
    let history =
        history.map(|(n, event)| DeskEvent::of((n, 0), (event.at, &event.by), &event.change));
    let faults = whole.faults.iter();
    let touched = whole.touched.iter();
    Ok(DeskRule {
        rule: row(&whole.rule),
        versions: versions.collect(),
        faults: faults
            .map(|fault| rule_fault(asked.lang, fault).text)
            .collect(),
        touched: touched.map(|(no, _)| asked.app.reference(*no)).collect(),
        history: history.collect(),
    })
}

/// A version to be written. What is left out is left alone by the rule.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewRule {
    /// Its name.
    name: String,
    /// The search line by which it finds reports.
    when: String,
    /// Category to set.
    category: Option<String>,
    /// Sub-type to set.
    subtype: Option<String>,
    /// Severity to set.
    #[schema(minimum = 1, maximum = 6)]
    severity: Option<u8>,
    /// Account id to give it to.
    assign: Option<String>,
    /// Open a case: the code of a list of tasks, or `-` for none.
    case: Option<String>,
    /// Words to the reporter by language: `en`, `mi`.
    #[serde(default)]
    reply: BTreeMap<String, String>,
    /// What a person is asked to look at.
    ask: Option<String>,
    /// Reports that it may touch in an hour before it stops itself; 50 if not said.
    hour_hits: Option<u32>,
}

/// A new version of a rule.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskNewVersion {
    /// `seen` of the rule as it was read.
    seen: i64,
    /// What it says.
    content: DeskNewRule,
}

fn typed(sent: DeskNewRule) -> Typed {
    let category = match (sent.category, sent.subtype) {
        (Some(category), Some(subtype)) => format!("{category}/{subtype}"),
        (category, _) => category.unwrap_or_default(),
    };
    let hits = sent.hour_hits;
    Typed {
        name: sent.name,
        when: sent.when,
        category,
        severity: sent
            .severity
            .map(|level| level.to_string())
            .unwrap_or_default(),
        assign: sent.assign.unwrap_or_default(),
        case: sent.case.unwrap_or_default(),
        reply: sent.reply,
        ask: sent.ask.unwrap_or_default(),
        hour_hits: hits
            .unwrap_or(cairn_desk::rules::HOUR_HITS_DEFAULT)
            .to_string(),
    }
}

fn faulty(asked: &Asked, wrong: &[Fault]) -> Problem {
    let mut faults = Faults::default();
    for one in wrong {
        let told = rule_fault(asked.lang, one);
        let place = match told.field.as_str() {
            "reply-en" => "/reply/en",
            "reply-mi" => "/reply/mi",
            "hour" => "/hour_hits",
            "when" => "/when",
            "category" => "/category",
            "severity" => "/severity",
            "assign" => "/assign",
            "case" => "/case",
            "ask" => "/ask",
            _ => "/name",
        };
        faults.add(place, told.text);
    }
    faults.end().err().unwrap_or_else(Problem::bad_request)
}

async fn written(asked: &Asked, to: Option<(i64, i64)>, sent: DeskNewRule) -> Result<DeskMade> {
    let (key, typed) = (asked.key(), typed(sent));
    let done = asked.app.write_rule(&asked.who, to, &typed, key.as_deref());
    match done.await.map_err(told)? {
        Ok(no) => Ok(DeskMade {
            no,
            href: format!("/api/v1/desk/rules/{no}"),
        }),
        Err(wrong) => Err(faulty(asked, &wrong)),
    }
}

async fn write(asked: Asked, sent: DeskNewRule) -> Result<DeskMade> {
    written(&asked, None, sent).await
}

async fn rewrite(asked: Asked, sent: DeskNewVersion) -> Result<DeskMade> {
    let to = (asked.no(0)?, sent.seen);
    written(&asked, Some(to), sent.content).await
}

/// How the rule was seen.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskRuleSeen {
    /// `seen` of the rule as it was read.
    seen: i64,
}

async fn try_out(asked: Asked, sent: DeskRuleSeen) -> Result<DeskTrial> {
    let tried = asked
        .app
        .try_rule(&asked.who, asked.no(0)?, sent.seen)
        .await;
    Ok(trial(&tried.map_err(told)?))
}

/// A deed on a rule.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskRuleWork {
    /// `seen` of the rule as it was read.
    seen: i64,
    /// `ask`, `decline` or `off`.
    wish: String,
}

async fn worked(asked: &Asked, seen: i64, command: Command) -> Result<DeskRule> {
    let place = (asked.no(0)?, seen);
    let done = asked.app.work_rule(&asked.who, place, command).await;
    done.map_err(told)?;
    read_one(asked).await
}

async fn work(asked: Asked, sent: DeskRuleWork) -> Result<DeskRule> {
    let command = match sent.wish.as_str() {
        "ask" => Some(Command::Ask),
        "decline" => Some(Command::Decline),
        "off" => Some(Command::SwitchOff),
        _ => None,
    };
    let known = ["ask", "decline", "off"];
    let command = super::call::choice("/wish", &sent.wish, command, &known)?;
    worked(&asked, sent.seen, command).await
}

async fn on(asked: Asked, sent: DeskRuleSeen) -> Result<DeskRule> {
    worked(&asked, sent.seen, Command::SwitchOn { others: 0 }).await
}

/// What is to be taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DeskRuleBack {
    /// What it did within so many hours.
    #[schema(minimum = 1)]
    hours: u32,
}

/// What was taken back.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskTakenBack {
    /// Of so many reports.
    reports: u64,
}

async fn back(asked: Asked, sent: DeskRuleBack) -> Result<DeskTakenBack> {
    if !(1..=BACK_HOURS_MAX).contains(&sent.hours) {
        let mut faults = Faults::default();
        faults.add("/hours", format!("1 to {BACK_HOURS_MAX}"));
        faults.end()?;
    }
    let taken = asked
        .app
        .take_back_rule(&asked.who, asked.no(0)?, sent.hours);
    Ok(DeskTakenBack {
        reports: taken.await.map_err(told)?,
    })
}
