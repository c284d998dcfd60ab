//! What somebody wants to file, read from a form's fields, or from a call's body put in their place: the way from there to the use
//! case is one.

use cairn_app::App;
use cairn_app::account::Principal;
use cairn_app::report::AppError;
use cairn_app::track::returns::{Draft, Filed};
use cairn_app::track::working::Working;
use cairn_desk::track::ReturnFile;
use cairn_track::office::returns::{About, Finding};

use super::fields::{self, Typed};
use crate::components::Fault;
use crate::i18n::{Lang, t};

/// A return as it was typed.
pub(crate) struct Given<'a> {
    /// Id of the plan.
    pub plan: &'a str,
    /// What it is on.
    pub topic: &'a About,
    /// The organisations that may file on that, of those that the account has a seat of.
    pub owners: &'a [String],
    /// Its fields.
    pub typed: &'a Typed,
    /// Its files.
    pub files: &'a [ReturnFile],
    /// What was wrong before any of it was read.
    pub faults: Vec<Fault>,
    /// The key of a program's request.
    pub key: Option<String>,
}

/// What became of it.
pub(crate) enum Filing {
    /// It has this number.
    Kept(i64),
    /// Nothing was kept.
    Not(NotFiled),
}

/// Why not.
pub(crate) struct NotFiled {
    /// What is wrong, by field; findings among it.
    pub faults: Vec<Fault>,
    /// What the check found. Without an error among them, these can be confirmed.
    pub findings: Vec<Finding>,
    /// The rules said no.
    pub refused: Option<AppError>,
}

/// Files a return, or says all that is wrong in it.
pub(crate) async fn file(
    app: &App,
    (who, l): (&Principal, Lang),
    given: Given<'_>,
) -> Result<Filing, AppError> {
    let (typed, mut faults) = (given.typed, Vec::new());
    let about = fields::about(l, given.topic, typed, &mut faults);
    let place = (app, given.plan);
    let evidence = fields::evidence(l, place, typed, given.files, &mut faults);
    faults.extend(given.faults);
    let mut owners = given.owners.iter();
    let owner = owners.find(|one| *one == typed.get("owner"));
    if owner.is_none() {
        faults.push(Fault {
            field: "owner".to_owned(),
            text: t::office_for_whom_choose(l).to_owned(),
        });
    }
    let owner = owner.map_or("", String::as_str);
    let shows = (evidence, given.files.to_vec());
    let draft = fields::draft(about, typed, (owner, given.key), shows);
    if faults.is_empty()
        && let Some(known) = app.filed_before(who, given.plan, &draft).await?
    {
        return Ok(Filing::Kept(known));
    }
    attempt(app, (who, l), given.plan, &draft, (typed, faults)).await
}

/// Files dissent, or says all that is wrong in it.
pub(crate) async fn object(
    app: &App,
    (who, l): (&Principal, Lang),
    (plan, working): (&str, &Working),
    typed: &Typed,
    key: Option<String>,
) -> Result<Filing, AppError> {
    let known = super::dissent::items(l, working);
    let chosen = known.iter().any(|(value, _)| value == typed.get("item"));
    let Some(objection) = fields::objection(typed).filter(|_| chosen) else {
        return Ok(Filing::Not(NotFiled {
            faults: vec![Fault {
                field: "item".to_owned(),
                text: t::office_dissent_choose(l).to_owned(),
            }],
            findings: Vec::new(),
            refused: None,
        }));
    };
    let draft = Draft {
        owner: String::new(),
        about: About::Dissent(objection),
        evidence: Vec::new(),
        files: Vec::new(),
        corrects: None,
        key,
    };
    if let Some(known) = app.filed_before(who, plan, &draft).await? {
        return Ok(Filing::Kept(known));
    }
    attempt(app, (who, l), plan, &draft, (typed, Vec::new())).await
}

async fn attempt(
    app: &App,
    (who, l): (&Principal, Lang),
    plan: &str,
    draft: &Draft,
    (typed, mut faults): (&Typed, Vec<Fault>),
) -> Result<Filing, AppError> {
    let findings = app.check_return(who, plan, draft).await?;
    let confirmed = typed.get("confirm") == fields::marks(&findings);
    let errors = findings.iter().any(Finding::is_error);
    let mut refused = None;
    if faults.is_empty() && !errors && confirmed {
        match app.file_return(who, plan, draft, true).await {
            Ok(Filed::Kept(no)) => return Ok(Filing::Kept(no)),
            // The plan changed in the same moment: what is found now is shown at the next try.
            Ok(Filed::Findings(_)) => refused = Some(AppError::Conflict),
            Err(error) => refused = Some(error),
        }
    }
    // What cannot be read is said once, and not as missing too.
    let own: Vec<String> = faults.iter().map(|fault| fault.field.clone()).collect();
    faults.extend(
        fields::faults(l, &findings)
            .into_iter()
            .filter(|fault| !own.contains(&fault.field)),
    );
    Ok(Filing::Not(NotFiled {
        faults,
        findings,
        refused,
    }))
}
