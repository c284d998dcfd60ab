//! The strategy office, for reading: the plans, what is due, returns, and what a publication would change. Titles and findings come in
//! the language of `Accept-Language`.

use axum::response::Response;
use cairn_app::track::agenda::Agenda;
use cairn_app::track::publish::{MeasureChange, Standing};
use cairn_app::track::rows::ReturnRow;
use cairn_app::track::working::Working;
use cairn_desk::access::Action;
use cairn_desk::track::ReturnState;
use cairn_track::office::{AgencyScore, Due, DueState, Obstacle, Steps};
use serde::Serialize;
use utoipa::ToSchema;

use super::call::{Asked, Call, fetch, read, told};
use super::common::{code, when};
use crate::desk::Need;
use crate::desk::track::{attachment, dissent, index, plan, preview, publish, words};
use crate::i18n::Lang;
use crate::problem::Result;
use crate::track::media_type;

pub(super) fn calls() -> Vec<Call> {
    let reads = Need::May(Action::ReadPlans);
    let reviews = Need::May(Action::ReviewPlans);
    vec![
        read(
            "/api/v1/desk/track",
            reads,
            "List the strategies, each with what waits for whom",
            list,
        ),
        read(
            "/api/v1/desk/track/{plan}",
            reads,
            "Read how a strategy stands: what is due, returns, obstacles, claims in doubt, and each organisation's score",
            show,
        ),
        read(
            "/api/v1/desk/track/{plan}/topics",
            Need::May(Action::FileReturns),
            "List what this account may file on, and for whom",
            topics,
        ),
        read(
            "/api/v1/desk/track/{plan}/publish",
            reviews,
            "Read what publishing would change, what forbids it, and who signed",
            publishing,
        ),
        fetch(
            (
                "/api/v1/desk/track/{plan}/files.zip",
                Need::May(Action::PublishPlans),
                "Fetch the files of the working copy",
            ),
            "application/zip",
            files,
        ),
        fetch(
            (
                "/api/v1/desk/track/{plan}/preview",
                reviews,
                "Fetch a file of the draft's site",
            ),
            "application/octet-stream",
            draft,
        )
        .asks(&[("path", "Which: `m/days.html`; the front page if not said")]),
        read(
            "/api/v1/desk/track/{plan}/dissent",
            Need::May(Action::Dissent),
            "List what can be dissented from",
            objectionable,
        ),
    ]
}

/// Strategies.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskPlans {
    /// In the order of the settings; who files for somebody sees those that they file on.
    plans: Vec<DeskPlanRow>,
}

/// A strategy, with how much waits for whoever asks.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskPlanRow {
    /// Its id.
    plan: String,
    /// Its title.
    title: String,
    /// The edition that is worked on.
    edition: String,
    /// Organisations that this account files for.
    seats: Vec<String>,
    /// What is due.
    due: usize,
    /// What is overdue.
    overdue: usize,
    /// Returns that wait to be checked.
    waiting: usize,
    /// Returns that were sent back and not corrected yet.
    sent_back: usize,
    /// Things that forbid to sign off.
    forbids: usize,
    /// Who signed the working copy off.
    signed: Vec<DeskSignature>,
}

async fn list(asked: Asked) -> Result<DeskPlans> {
    let lines = index::lines(&asked.app, &asked.who).await.map_err(told)?;
    let l = asked.lang;
    let row = |line: &cairn_app::track::agenda::PlanLine| {
        let agenda = &line.agenda;
        let due = |state| agenda.due.iter().filter(|one| one.state == state).count();
        let open = |state| {
            let returns = agenda.returns.iter().map(|row| &row.standing);
            let open = returns.filter(|one| one.state == state && !one.corrected);
            open.count()
        };
        DeskPlanRow {
            plan: line.plan.clone(),
            title: words::text(l, &line.title).to_owned(),
            edition: words::text(l, &line.edition).to_owned(),
            seats: agenda.seats.clone(),
            due: due(DueState::Due),
            overdue: due(DueState::Overdue),
            waiting: open(ReturnState::Waiting),
            sent_back: open(ReturnState::SentBack),
            forbids: agenda.obstacles.iter().filter(|one| one.forbids).count(),
            signed: signatures(agenda),
        }
    };
    Ok(DeskPlans {
        plans: lines.iter().map(row).collect(),
    })
}

/// A signature under the working copy.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskSignature {
    /// In which role.
    role: String,
    /// Account id.
    account: String,
    /// When.
    at: String,
}

fn signatures(agenda: &Agenda) -> Vec<DeskSignature> {
    let all = agenda.signed.iter();
    all.map(|one| DeskSignature {
        role: one.role.as_str().to_owned(),
        account: one.account.clone(),
        at: one.at.to_string(),
    })
    .collect()
}

/// How a strategy stands, as far as the account may see it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskPlan {
    /// Its id.
    plan: String,
    /// Its title.
    title: String,
    /// The edition that is worked on.
    edition: String,
    /// Organisations that this account files for.
    seats: Vec<String>,
    /// What is due, the first first.
    due: Vec<DeskDue>,
    /// Returns, the newest first.
    returns: Vec<DeskReturnRow>,
    /// What stands in the way of signing off, that which forbids it first.
    obstacles: Vec<DeskObstacle>,
    /// Claims that nothing shows, or nothing but the claimant's own word.
    claims: Vec<DeskClaim>,
    /// How each organisation stands.
    scores: Vec<DeskScore>,
    /// Publications, the newest first.
    versions: Vec<DeskPlanVersion>,
}

/// Something that has to be reported.
#[derive(Serialize, ToSchema)]
struct DeskDue {
    /// What a return on it names.
    item: String,
    /// `initiative`, `next_step`, `milestone`, `action` or `measure`.
    what: String,
    /// Its title.
    title: String,
    /// Who has to.
    owner: String,
    /// The period whose value is awaited.
    period: Option<String>,
    /// The last day.
    by: String,
    /// `coming`, `due` or `overdue`.
    state: String,
}

/// Something that stands in the way of signing off.
#[derive(Serialize, ToSchema)]
struct DeskObstacle {
    /// A short name for its kind, the same for ever.
    code: String,
    /// Nothing can be signed off while it is there.
    forbids: bool,
    /// Who can mend it; none for the office itself.
    owner: Option<String>,
    /// Id of what it is about.
    id: String,
    /// Path of the file, if it is a fault of one.
    file: Option<String>,
    /// Line of the file, from 1; 0 if not known.
    line: u32,
    /// What it is.
    what: String,
    /// How to mend it.
    mend: String,
}

/// A claim in doubt.
#[derive(Serialize, ToSchema)]
struct DeskClaim {
    /// Id of the initiative.
    initiative: String,
    /// `milestone`, `action` or `status`.
    of: String,
    /// Id of the milestone or action.
    id: String,
    /// Its title.
    title: String,
    /// Who answers for it.
    owner: String,
    /// `no_evidence`, `too_old` or `own_word`.
    doubt: String,
}

/// How an organisation stands.
#[derive(Serialize, ToSchema)]
struct DeskScore {
    /// The organisation.
    owner: String,
    /// Ids of the initiatives that it answers for.
    initiatives: Vec<String>,
    /// Ids of those that it is a co-owner of.
    co_owned: Vec<String>,
    /// Milestones of its initiatives.
    milestones: DeskSteps,
    /// Actions that it is to do itself.
    actions: DeskSteps,
    /// Ids of the measures of the goals that its initiatives work for.
    measures: Vec<String>,
    /// Those without data.
    without_data: Vec<String>,
    /// Claims in doubt.
    claims: usize,
}

/// How many steps stand how.
#[derive(Serialize, ToSchema)]
struct DeskSteps {
    /// Done by their day, with evidence.
    on_time: usize,
    /// Done with evidence; no day was set.
    done: usize,
    /// Done after their day.
    late: usize,
    /// Not done, and their day has passed.
    overdue: usize,
    /// Said to be done, and nothing but the claimant's own word shows it.
    without_evidence: usize,
    /// Not done, and their day is to come.
    due: usize,
    /// Not done, and no day is set.
    no_date: usize,
}

impl From<Steps> for DeskSteps {
    fn from(steps: Steps) -> Self {
        Self {
            on_time: steps.on_time,
            done: steps.done,
            late: steps.late,
            overdue: steps.overdue,
            without_evidence: steps.without_evidence,
            due: steps.due,
            no_date: steps.no_date,
        }
    }
}

/// A publication.
#[derive(Serialize, ToSchema)]
struct DeskPlanVersion {
    /// Its number, from 1.
    no: i64,
    /// When.
    at: String,
    /// Id of the edition.
    edition: String,
    /// SHA-256 of the working copy that was signed off.
    digest: String,
    /// SHA-256 of the manifest.
    manifest: String,
    /// Its line in the evidence log.
    log_index: Option<i64>,
    /// Bytes of the bundle.
    bytes: u64,
}

/// A return as lists show it.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskReturnRow {
    /// Its number.
    no: i64,
    /// What it is on: a title, with the period of a figure.
    about: String,
    /// The organisation that it speaks for.
    owner: String,
    /// Account id of who filed it.
    filed_by: String,
    /// When.
    filed_at: String,
    /// `waiting`, `accepted`, `sent_back` or `withdrawn`.
    state: String,
    /// It is dissent, which nobody has to accept.
    dissent: bool,
    /// The return that it corrects.
    corrects: Option<i64>,
    /// The return that corrects it.
    corrected_by: Option<i64>,
    /// When it was accepted, sent back or withdrawn.
    decided_at: Option<String>,
    /// Account id of who did that.
    decided_by: Option<String>,
    /// Why it was sent back.
    reason: Option<String>,
}

pub(super) fn return_row(l: Lang, working: &Working, row: &ReturnRow) -> DeskReturnRow {
    DeskReturnRow {
        no: row.standing.no,
        about: words::row(l, &working.plan, row),
        owner: row.standing.owner.clone(),
        filed_by: row.standing.filed_by.clone(),
        filed_at: row.filed_at.to_string(),
        state: row.standing.state.as_str().to_owned(),
        dissent: row.standing.dissent,
        corrects: row.corrects,
        corrected_by: row.corrected_by,
        decided_at: when(row.decided_at),
        decided_by: row.decided_by.clone(),
        reason: row.reason.clone(),
    }
}

fn due(l: Lang, one: &Due) -> DeskDue {
    DeskDue {
        item: plan::item_of(one),
        what: one.what.as_str().to_owned(),
        title: words::text(l, &one.title).to_owned(),
        owner: one.owner.clone(),
        period: one.period.map(|period| period.to_string()),
        by: one.by.to_string(),
        state: one.state.as_str().to_owned(),
    }
}

fn obstacles(l: Lang, all: &[Obstacle]) -> Vec<DeskObstacle> {
    let one = |one: &Obstacle| DeskObstacle {
        code: one.code.to_owned(),
        forbids: one.forbids,
        owner: one.owner.clone(),
        id: one.id.clone(),
        file: one.file.clone(),
        line: one.line,
        what: words::text(l, &one.what).to_owned(),
        mend: words::text(l, &one.mend).to_owned(),
    };
    all.iter().map(one).collect()
}

fn score(one: &AgencyScore) -> DeskScore {
    DeskScore {
        owner: one.owner.clone(),
        initiatives: one.initiatives.clone(),
        co_owned: one.co_owned.clone(),
        milestones: one.milestones.into(),
        actions: one.actions.into(),
        measures: one.measures.clone(),
        without_data: one.without_data.clone(),
        claims: one.claims,
    }
}

async fn show(asked: Asked) -> Result<DeskPlan> {
    let (l, id) = (asked.lang, asked.part(0));
    let (agenda, working) = asked
        .app
        .agenda(&asked.who, id)
        .await
        .map_err(told)?
        .into_inner();
    let claims = agenda.claims.iter().map(|one| DeskClaim {
        initiative: one.initiative.clone(),
        of: code(&one.of),
        id: one.id.clone(),
        title: words::text(l, &one.title).to_owned(),
        owner: one.owner.clone(),
        doubt: code(&one.doubt),
    });
    let versions = agenda.versions.iter().map(|one| DeskPlanVersion {
        no: one.no,
        at: one.at.to_string(),
        edition: one.edition.clone(),
        digest: one.digest.clone(),
        manifest: one.manifest.clone(),
        log_index: one.log_index,
        bytes: one.bytes,
    });
    let edition = working.edition();
    let returns = agenda.returns.iter();
    Ok(DeskPlan {
        plan: id.to_owned(),
        title: words::text(l, &working.plan.title).to_owned(),
        edition: edition
            .map_or("", |one| words::text(l, &one.title))
            .to_owned(),
        due: agenda.due.iter().map(|one| due(l, one)).collect(),
        returns: returns.map(|row| return_row(l, &working, row)).collect(),
        obstacles: obstacles(l, &agenda.obstacles),
        claims: claims.collect(),
        scores: agenda.scores.iter().map(score).collect(),
        versions: versions.collect(),
        seats: agenda.seats,
    })
}

/// What an account may file on.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskTopics {
    /// Each with the organisations that it may file for.
    topics: Vec<DeskTopic>,
}

/// Something to file on.
#[derive(Serialize, ToSchema)]
struct DeskTopic {
    /// What a return on it names: `measure:days`, `initiative:masts/milestone:on`.
    item: String,
    /// What kind of thing it is, in words.
    kind: String,
    /// Its title.
    title: String,
    /// Organisations of this account's seats that may file on it.
    owners: Vec<String>,
}

async fn topics(asked: Asked) -> Result<DeskTopics> {
    let found = asked.app.topics(&asked.who, asked.part(0)).await;
    let (topics, working) = found.map_err(told)?.into_inner();
    let topics = topics.into_iter().map(|(about, owners)| {
        let (kind, title) = words::about(asked.lang, &working.plan, &about);
        DeskTopic {
            item: words::key(&about),
            kind: kind.to_owned(),
            title,
            owners,
        }
    });
    Ok(DeskTopics {
        topics: topics.collect(),
    })
}

/// What publishing the working copy would change, and whether it can be published.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskPublishing {
    /// SHA-256 of the working copy: what is signed off and published names it.
    digest: String,
    /// Who signed just this off.
    signed: Vec<DeskSignature>,
    /// This account can sign it off.
    signs: bool,
    /// Why it cannot be published yet; none if it can.
    unfit: Option<String>,
    /// What stands in the way.
    obstacles: Vec<DeskObstacle>,
    /// The version that it is held against; none if nothing was published yet.
    against: Option<i64>,
    /// Measures whose figures or status change.
    measures: Vec<DeskMeasureChange>,
    /// Returns that come in.
    returns: Vec<DeskReturnRow>,
    /// Files of the plan that are new, other or gone.
    files: Vec<String>,
}

/// A measure before and after.
#[derive(Serialize, ToSchema)]
struct DeskMeasureChange {
    /// Its id.
    id: String,
    /// Its title.
    title: String,
    /// As it is published now.
    before: Option<DeskStanding>,
    /// As it would be; none if the measure goes.
    after: Option<DeskStanding>,
}

/// The latest figure of a measure, and its status.
#[derive(Serialize, ToSchema)]
struct DeskStanding {
    /// Its period.
    period: Option<String>,
    /// Its value.
    value: Option<String>,
    /// Its status, in words.
    status: String,
}

fn change(l: Lang, one: &MeasureChange) -> DeskMeasureChange {
    let standing = |one: &Standing| {
        let (period, value) = one.latest.clone().unzip();
        DeskStanding {
            period,
            value,
            status: words::status(l, one.status).to_owned(),
        }
    };
    DeskMeasureChange {
        id: one.id.clone(),
        title: words::text(l, &one.title).to_owned(),
        before: one.before.as_ref().map(standing),
        after: one.after.as_ref().map(standing),
    }
}

async fn publishing(asked: Asked) -> Result<DeskPublishing> {
    read_publishing(&asked).await
}

pub(super) async fn read_publishing(asked: &Asked) -> Result<DeskPublishing> {
    let (app, who, l, id) = (&asked.app, &asked.who, asked.lang, asked.part(0));
    let changes = app.plan_changes(who, id).await.map_err(told)?;
    let (agenda, working) = app.agenda(who, id).await.map_err(told)?.into_inner();
    let returns = changes.returns.iter();
    Ok(DeskPublishing {
        signed: signatures(&agenda),
        signs: publish::signs(who, &agenda),
        unfit: publish::publishable(&agenda)
            .err()
            .map(|why| why.to_string()),
        obstacles: obstacles(l, &agenda.obstacles),
        against: changes.against,
        measures: changes.measures.iter().map(|one| change(l, one)).collect(),
        returns: returns.map(|row| return_row(l, &working, row)).collect(),
        files: changes.files.clone(),
        digest: agenda.digest,
    })
}

async fn files(asked: Asked) -> Result<Response> {
    let id = asked.part(0);
    let zip = asked.app.take_working(&asked.who, id).await.map_err(told)?;
    let name = format!("{id}-working-copy.zip");
    Ok(attachment(&name, "application/zip", zip))
}

async fn draft(asked: Asked) -> Result<Response> {
    let path = asked.query("path").unwrap_or("index.html");
    let to = (&asked.who, asked.lang);
    let bytes = preview::draft(&asked.app, to, asked.part(0), path).await;
    let name = path.rsplit('/').next().unwrap_or(path);
    Ok(attachment(name, media_type(path), bytes.map_err(told)?))
}

/// What can be dissented from.
#[derive(Serialize, ToSchema)]
pub(super) struct DeskDissents {
    /// Measures and initiatives.
    items: Vec<DeskDissentable>,
}

/// A measure or an initiative.
#[derive(Serialize, ToSchema)]
struct DeskDissentable {
    /// What dissent from it names: `measure:days`.
    item: String,
    /// Its kind and title.
    title: String,
}

async fn objectionable(asked: Asked) -> Result<DeskDissents> {
    let working = asked.app.dissent_on(&asked.who, asked.part(0)).await;
    let working = working.map_err(told)?.into_inner();
    let items = dissent::items(asked.lang, &working);
    let items = items.into_iter();
    Ok(DeskDissents {
        items: items
            .map(|(item, title)| DeskDissentable { item, title })
            .collect(),
    })
}
