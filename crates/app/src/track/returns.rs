//! What organisations file on a plan: checked as it is typed, kept as it was filed, accepted or sent back.

use cairn_desk::access::{Action, Visible};
use cairn_desk::track::{
    By, Command, REASON_CHARS_MAX, Refusal, ReturnBody, ReturnFile, ReturnState, decide,
};
use cairn_evidence::hash::salted;
use cairn_store::keys::{Purpose, random};
use cairn_store::track::{Decided, NewReturn, ReturnRow, SaltedText};
use cairn_store::writer::WriteError;
use cairn_track::office::returns::{About, Evidence, Finding, Return, check};
use cairn_track::office::{may_file, same_organisation};
use cairn_track::plan::{Edition, Plan};
use serde_json::value::RawValue;

use super::working::{REVIEWER, Working};
use crate::App;
use crate::account::Principal;
use crate::report::{AppError, damaged, take};

/// Who is told of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// Who files, and can mend them.
    ToFile,
    /// Who checks.
    ToCheck,
}

/// Tries when others file in the same instant.
const TRIES: usize = 5;

/// A return as somebody wants to file it.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The organisation that it speaks for; of dissent left out.
    pub owner: String,
    /// What it says.
    pub about: About,
    /// What shows it.
    pub evidence: Vec<Evidence>,
    /// Files beside it, each named by its digest in `evidence`.
    pub files: Vec<ReturnFile>,
    /// The return that it corrects.
    pub corrects: Option<i64>,
    /// The key with which a program names this one request: the same draft under the same key is one return.
    pub key: Option<String>,
}

/// What became of a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filed {
    /// It has this number.
    Kept(i64),
    /// It has to be mended, or looked at again: nothing was kept.
    Findings(Vec<Finding>),
}

/// A return with all that a page shows of it.
#[derive(Debug, Clone)]
pub struct ReturnView {
    /// What lists show.
    pub row: ReturnRow,
    /// What was filed.
    pub filed: Return,
    /// Files.
    pub files: Vec<ReturnFile>,
    /// What a checker should look at, while it waits.
    pub findings: Vec<Finding>,
    /// It may be accepted or sent back by who looks.
    pub checks: bool,
    /// It may be withdrawn by who looks.
    pub withdraws: bool,
    /// It may be corrected by who looks.
    pub corrects: bool,
}

/// What a return is on, in few letters: `initiative:masts/milestone:on`.
fn about_of(about: &About) -> String {
    match about {
        About::Initiative(it) => match (&it.milestone, &it.action) {
            (Some(id), _) => format!("initiative:{}/milestone:{id}", it.id),
            (None, Some(id)) => format!("initiative:{}/action:{id}", it.id),
            (None, None) => format!("initiative:{}", it.id),
        },
        About::Measure(it) => format!("measure:{} {}", it.id, it.period.trim()),
        About::Note(it) => format!("{}:{}", it.what, it.id),
        About::Dissent(it) => format!("{}:{}", it.what, it.id),
    }
}

/// Everything that a seat may file on, as `(address in forms, what)`.
fn topics(edition: &Edition) -> Vec<About> {
    use cairn_track::office::returns::{Figure, Progress};
    let progress = |id: &str, milestone: Option<&str>, action: Option<&str>| {
        About::Initiative(Progress {
            id: id.to_owned(),
            claim: cairn_track::plan::Words::default(),
            milestone: milestone.map(str::to_owned),
            action: action.map(str::to_owned),
            done: None,
        })
    };
    let mut all = Vec::new();
    for initiative in &edition.initiatives {
        let id = initiative.id.as_str();
        all.push(progress(id, None, None));
        let milestones = initiative.milestones.iter();
        all.extend(milestones.map(|one| progress(id, Some(&one.id), None)));
        let actions = initiative.actions.iter();
        all.extend(actions.map(|one| progress(id, None, Some(&one.id))));
    }
    let measures = edition
        .measures
        .iter()
        .filter(|measure| measure.query.is_none());
    all.extend(measures.map(|measure| {
        About::Measure(Figure {
            id: measure.id.clone(),
            ..Figure::default()
        })
    }));
    all
}

/// Those of some seats that may file this.
fn eligible(plan: &Plan, edition: &Edition, about: &About, seats: &[String]) -> Vec<String> {
    let Some(allowed) = may_file(plan, edition, about) else {
        return Vec::new();
    };
    let may = |seat: &&String| allowed.iter().any(|one| same_organisation(one, seat));
    seats.iter().filter(may).cloned().collect()
}

pub(super) fn is_own(seats: &[String], owner: &str) -> bool {
    seats.iter().any(|seat| same_organisation(seat, owner))
}

impl App {
    /// What somebody may file on, and for which organisations each.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn topics(
        &self,
        who: &Principal,
        plan: &str,
    ) -> Result<Visible<(Vec<(About, Vec<String>)>, std::sync::Arc<Working>)>, AppError> {
        let grant = who.grant(Action::FileReturns)?;
        let working = self.working(plan).await?;
        let seats = self.seats_in(who, plan).await?;
        let mut all = Vec::new();
        if let Some(edition) = working.edition() {
            for about in topics(edition) {
                let owners = eligible(&working.plan, edition, &about, &seats);
                if !owners.is_empty() {
                    all.push((about, owners));
                }
            }
        }
        Ok(grant.show((all, working)))
    }

    /// The working copy, for who writes dissent.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn dissent_on(
        &self,
        who: &Principal,
        plan: &str,
    ) -> Result<Visible<std::sync::Arc<Working>>, AppError> {
        let grant = who.grant(Action::Dissent)?;
        Ok(grant.show(self.working(plan).await?))
    }

    /// What would have to be mended in a return, or looked at again.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn check_return(
        &self,
        who: &Principal,
        plan: &str,
        draft: &Draft,
    ) -> Result<Vec<Finding>, AppError> {
        let dissent = matches!(draft.about, About::Dissent(_));
        let _granted = who.grant(if dissent {
            Action::Dissent
        } else {
            Action::FileReturns
        })?;
        let working = self.working(plan).await?;
        let owner = if dissent { REVIEWER } else { &draft.owner };
        let ret = self.as_filed(&working, owner, draft, 0);
        Ok(self.look(&working, &ret, Asked::ToFile))
    }

    /// What [`check`] finds, without what means nothing here: an acceptance moves the edition's day by itself, and who files
    /// late need not be asked whether they do.
    fn look(&self, working: &Working, ret: &Return, asked: Asked) -> Vec<Finding> {
        let mut found = check(&working.plan, working.edition_id(), ret, self.today());
        found.retain(|finding| {
            finding.code != "after-as-of" && (asked == Asked::ToCheck || finding.code != "late")
        });
        found
    }

    fn as_filed(&self, working: &Working, owner: &str, draft: &Draft, no: i64) -> Return {
        Return {
            id: no.to_string(),
            edition: working.edition_id().to_owned(),
            by: owner.to_owned(),
            filed: self.today(),
            about: draft.about.clone(),
            evidence: draft.evidence.clone(),
        }
    }

    /// Files a return, or dissent. Errors among the findings keep it out; warnings do unless they were `confirmed`.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::Office`], or the store failed.
    pub async fn file_return(
        &self,
        who: &Principal,
        plan: &str,
        draft: &Draft,
        confirmed: bool,
    ) -> Result<Filed, AppError> {
        let dissent = matches!(draft.about, About::Dissent(_));
        let grant = who.grant(if dissent {
            Action::Dissent
        } else {
            Action::FileReturns
        })?;
        let working = self.working(plan).await?;
        let seats = self.seats_in(who, plan).await?;
        let by = By {
            account: grant.account(),
            role: who.role,
            seats: &seats,
        };
        let owner = if dissent { REVIEWER } else { &draft.owner };
        let salt = self.salt_of(grant.account(), plan, draft)?;
        if let Some(known) = self.filed_before(who, plan, draft).await? {
            return Ok(Filed::Kept(known));
        }
        let corrects = self.corrected(plan, draft.corrects).await?;
        for _ in 0..TRIES {
            let no = self.store.next_return(plan).await?;
            if draft.key.is_some()
                && let Some(known) = self.store.return_of_salt(plan, salt).await?
            {
                return Ok(Filed::Kept(known));
            }
            let ret = self.as_filed(&working, owner, draft, no);
            let found = self.look(&working, &ret, Asked::ToFile);
            if found.iter().any(Finding::is_error) || (!found.is_empty() && !confirmed) {
                return Ok(Filed::Findings(found));
            }
            let body = body_of(&ret, &draft.files, salt)?;
            let command = Command::File {
                no,
                owner: owner.to_owned(),
                body: salted(&body.salt, body.text.as_bytes()).hex(),
                dissent,
                corrects: corrects.clone(),
            };
            let event = decide(plan, command, by, self.clock.now())?;
            let new = NewReturn {
                plan,
                no,
                owner,
                account: grant.account(),
                about: &about_of(&ret.about),
                dissent,
                at: event.at,
                state: event.change.leads_to().unwrap_or(ReturnState::Waiting),
                corrects: draft.corrects,
                body: &body,
                files: &draft.files,
            };
            match self.store.add_return(&new, self.track_entry(&event)?).await {
                Ok(_) => return Ok(Filed::Kept(no)),
                Err(WriteError::Duplicate) => {}
                Err(other) => return Err(other.into()),
            }
        }
        Err(AppError::Conflict)
    }

    /// The number of the return that came of this draft under its key, if one did.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn filed_before(
        &self,
        who: &Principal,
        plan: &str,
        draft: &Draft,
    ) -> Result<Option<i64>, AppError> {
        if draft.key.is_none() {
            return Ok(None);
        }
        let salt = self.salt_of(&who.account, plan, draft)?;
        Ok(self.store.return_of_salt(plan, salt).await?)
    }

    /// The salt of a draft's body. Under a key it follows from that, the account and all that the draft says, so that what was filed
    /// under it is found again, and nobody without our keys can try bodies against it.
    fn salt_of(&self, account: &str, plan: &str, draft: &Draft) -> Result<[u8; 16], AppError> {
        let Some(key) = &draft.key else {
            return Ok(random::<16>()?);
        };
        let said = (
            &draft.owner,
            &draft.about,
            &draft.evidence,
            &draft.files,
            draft.corrects,
        );
        let said = serde_json::to_vec(&said).map_err(damaged("return"))?;
        let parts: [&[u8]; 5] = [
            b"return",
            account.as_bytes(),
            plan.as_bytes(),
            key.as_bytes(),
            &said,
        ];
        let tag = self.store.keys().tag(Purpose::Call, &parts);
        Ok(take(&tag, 0))
    }

    async fn corrected(
        &self,
        plan: &str,
        no: Option<i64>,
    ) -> Result<Option<cairn_desk::track::Standing>, AppError> {
        let Some(no) = no else { return Ok(None) };
        let row = self.store.plan_return(plan, no).await?;
        Ok(Some(row.ok_or(AppError::NotFound)?.standing))
    }

    /// What is known of a file, with name and leave as given: of one that this account brought, which the ticket shows, or may read
    /// already because it stands beside a return. `None` for any other, as for one that is not here: who knows a digest has no file.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn return_file(
        &self,
        (who, plan): (&Principal, &str),
        (sha256, ticket): (&str, Option<&str>),
        name: &str,
        publish: bool,
    ) -> Result<Option<ReturnFile>, AppError> {
        let brought = ticket.is_some_and(|ticket| self.is_ticket(sha256, ticket));
        if !brought && !self.reads_file(who, plan, sha256).await? {
            return Ok(None);
        }
        let stored = self.store.blob(sha256).await?;
        Ok(stored.map(|stored| ReturnFile {
            sha256: stored.sha256,
            size: stored.size,
            media_type: stored.media_type,
            name: cairn_kernel::text::one_line(name)
                .chars()
                .take(200)
                .collect(),
            publish,
        }))
    }

    /// Whether a file stands beside a return that this account may see.
    async fn reads_file(
        &self,
        who: &Principal,
        plan: &str,
        sha256: &str,
    ) -> Result<bool, AppError> {
        for no in self.store.returns_with_file(plan, sha256).await? {
            match self.read_return(who, plan, no).await {
                Ok(_) => return Ok(true),
                Err(AppError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(false)
    }

    /// The address of a file once it is published.
    #[must_use]
    pub fn evidence_url(&self, plan: &str, sha256: &str) -> String {
        format!("{}/track/{plan}/evidence/{sha256}", self.config.public_url)
    }

    /// A return, for who may see it.
    ///
    /// # Errors
    /// [`AppError::NotFound`] also for who may not know of it.
    pub async fn read_return(
        &self,
        who: &Principal,
        plan: &str,
        no: i64,
    ) -> Result<Visible<(ReturnView, std::sync::Arc<Working>)>, AppError> {
        let grant = who.grant(Action::ReadPlans)?;
        let working = self.working(plan).await?;
        let seats = self.seats_in(who, plan).await?;
        let row = self.store.plan_return(plan, no).await?;
        let row = row.ok_or(AppError::NotFound)?;
        let own = is_own(&seats, &row.standing.owner);
        if !own && !who.may(Action::ReviewPlans) {
            return Err(AppError::NotFound);
        }
        let body = self.store.return_body(plan, no).await?;
        let body = body.ok_or(AppError::NotFound)?;
        let body: ReturnBody = serde_json::from_str(&body).map_err(damaged("return"))?;
        let filed: Return = serde_json::from_str(body.filed.get()).map_err(damaged("return"))?;
        let waits = row.standing.state == ReturnState::Waiting;
        let findings = if waits {
            self.look(&working, &filed, Asked::ToCheck)
        } else {
            Vec::new()
        };
        let files = own && who.may(Action::FileReturns);
        let view = ReturnView {
            checks: waits && who.may(Action::CheckReturns) && row.standing.filed_by != who.account,
            withdraws: waits && files,
            corrects: !waits && !row.standing.corrected && !row.standing.dissent && files,
            row,
            filed,
            files: body.files,
            findings,
        };
        Ok(grant.show((view, working)))
    }

    /// A file of a return, for who may see the return.
    ///
    /// # Errors
    /// As [`App::read_return`].
    pub async fn read_return_file(
        &self,
        who: &Principal,
        plan: &str,
        no: i64,
        sha256: &str,
    ) -> Result<Visible<(ReturnFile, Vec<u8>)>, AppError> {
        let grant = who.grant(Action::ReadPlans)?;
        let (view, _) = self.read_return(who, plan, no).await?.into_inner();
        let file = view.files.into_iter().find(|file| file.sha256 == sha256);
        let file = file.ok_or(AppError::NotFound)?;
        let bytes = self.store.read_blob(sha256).await?;
        Ok(grant.show((file, bytes)))
    }

    /// A published file, for everybody.
    ///
    /// # Errors
    /// [`AppError::NotFound`] for what was not published with this plan.
    pub async fn published_file(
        &self,
        plan: &str,
        sha256: &str,
    ) -> Result<(String, Vec<u8>), AppError> {
        let name = self.store.published_file(plan, sha256).await?;
        let name = name.ok_or(AppError::NotFound)?;
        Ok((name, self.store.read_blob(sha256).await?))
    }

    /// Accepts a return into the working copy.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::Office`]; [`AppError::Input`] if the plan would be broken by it.
    pub async fn accept_return(
        &self,
        who: &Principal,
        plan: &str,
        no: i64,
    ) -> Result<(), AppError> {
        let _granted = who.grant(Action::CheckReturns)?;
        let (view, _) = self.read_return(who, plan, no).await?.into_inner();
        if let Some(wrong) = view.findings.iter().find(|finding| finding.is_error()) {
            return Err(AppError::Input(format!(
                "{}. {}",
                wrong.what.en, wrong.mend.en
            )));
        }
        self.fits(plan, &view.filed).await?;
        self.decided(who, plan, Command::Accept(view.row.standing), None)
            .await
    }

    /// The plan with this return in it is as sound as it was.
    async fn fits(&self, plan: &str, ret: &Return) -> Result<(), AppError> {
        let working = self.working(plan).await?;
        let accepted = cairn_track::office::returns::Accepted {
            ret: ret.clone(),
            accepted: self.today(),
            role: String::from("statistician"),
        };
        let applied = super::working::blocking(move || {
            cairn_track::office::returns::apply(&working.files, &[accepted])
        });
        match applied.await? {
            Ok(_) => Ok(()),
            Err(faults) => Err(AppError::Input(super::first(&faults))),
        }
    }

    /// Sends a return back with a reason.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::Office`]; [`AppError::Input`] without a reason, or for one that is too long.
    pub async fn send_back(
        &self,
        who: &Principal,
        plan: &str,
        no: i64,
        reason: &str,
    ) -> Result<(), AppError> {
        let _granted = who.grant(Action::CheckReturns)?;
        let text = reason.trim().replace('\0', "");
        if text.is_empty() || text.chars().count() > REASON_CHARS_MAX {
            return Err(AppError::Input(format!(
                "a reason has 1 to {REASON_CHARS_MAX} characters"
            )));
        }
        let row = self.store.plan_return(plan, no).await?;
        let standing = row.ok_or(AppError::NotFound)?.standing;
        let reason = SaltedText {
            salt: random::<16>()?,
            text,
        };
        let digest = salted(&reason.salt, reason.text.as_bytes()).hex();
        let command = Command::SendBack(standing, digest);
        self.decided(who, plan, command, Some(reason)).await
    }

    /// Takes a return back, for its organisation.
    ///
    /// # Errors
    /// [`AppError::Denied`], [`AppError::Office`].
    pub async fn withdraw_return(
        &self,
        who: &Principal,
        plan: &str,
        no: i64,
    ) -> Result<(), AppError> {
        let _granted = who.grant(Action::FileReturns)?;
        let row = self.store.plan_return(plan, no).await?;
        let standing = row.ok_or(AppError::NotFound)?.standing;
        // Whether it is there at all is not told to others.
        if !is_own(&self.seats_in(who, plan).await?, &standing.owner) {
            return Err(AppError::NotFound);
        }
        self.decided(who, plan, Command::Withdraw(standing), None)
            .await
    }

    async fn decided(
        &self,
        who: &Principal,
        plan: &str,
        command: Command,
        reason: Option<SaltedText>,
    ) -> Result<(), AppError> {
        self.origin(plan)?;
        let seats = self.seats_in(who, plan).await?;
        let by = By {
            account: &who.account,
            role: who.role,
            seats: &seats,
        };
        let event = decide(plan, command, by, self.clock.now())?;
        let (Some(no), Some(to)) = (event.change.no(), event.change.leads_to()) else {
            return Err(Refusal::NotWaiting.into());
        };
        let made = Decided {
            plan,
            no,
            from: ReturnState::Waiting,
            to,
            at: event.at,
            by: &who.account,
            reason: reason.as_ref(),
        };
        let entry = self.track_entry(&event)?;
        Ok(self.store.decide_return(&made, entry).await?)
    }
}

fn body_of(ret: &Return, files: &[ReturnFile], salt: [u8; 16]) -> Result<SaltedText, AppError> {
    let filed = serde_json::to_string(ret).map_err(damaged("return"))?;
    let body = ReturnBody {
        filed: RawValue::from_string(filed).map_err(damaged("return"))?,
        files: files.to_vec(),
    };
    Ok(SaltedText {
        salt,
        text: serde_json::to_string(&body).map_err(damaged("return"))?,
    })
}

impl ReturnView {
    /// It is by a reviewer.
    #[must_use]
    pub fn is_dissent(&self) -> bool {
        self.row.standing.dissent
    }
}
