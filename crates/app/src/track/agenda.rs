//! How a plan stands in the office: what is due, what waits, what stands in the way; each sees of it what they may.

use std::sync::Arc;

use cairn_desk::access::{Action, Visible};
use cairn_desk::track::Signature;
use cairn_store::track::{ReturnRow, Version};
use cairn_track::office::{
    AgencyScore, Claim, Due, Obstacle, claims_without_evidence, due, scorecard,
};
use cairn_track::plan::Words;

use super::returns::is_own;
use super::working::Working;
use crate::App;
use crate::account::Principal;
use crate::report::AppError;

/// How a plan stands in the office, as far as somebody may see it.
#[derive(Debug, Clone)]
pub struct Agenda {
    /// The organisations that who looks files for.
    pub seats: Vec<String>,
    /// What is due, the first first.
    pub due: Vec<Due>,
    /// Returns, newest first.
    pub returns: Vec<ReturnRow>,
    /// What stands in the way of signing off.
    pub obstacles: Vec<Obstacle>,
    /// Claims that nothing shows.
    pub claims: Vec<Claim>,
    /// How each organisation stands.
    pub scores: Vec<AgencyScore>,
    /// What is signed off.
    pub digest: String,
    /// Who signed it off.
    pub signed: Vec<Signature>,
    /// Publications, newest first.
    pub versions: Vec<Version>,
}

/// A plan in the desk's list.
#[derive(Debug, Clone)]
pub struct PlanLine {
    /// Its id.
    pub plan: String,
    /// Its title.
    pub title: Words,
    /// The edition that is worked on.
    pub edition: Words,
    /// How it stands.
    pub agenda: Agenda,
}

impl App {
    /// The plans, each with what concerns who looks.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn plan_lines(&self, who: &Principal) -> Result<Visible<Vec<PlanLine>>, AppError> {
        let grant = who.grant(Action::ReadPlans)?;
        let mut lines = Vec::new();
        for plan in self.config.plans.all() {
            let working = self.working(&plan.id).await?;
            lines.push(PlanLine {
                plan: plan.id.clone(),
                title: plan.title.clone(),
                edition: working
                    .edition()
                    .map(|edition| edition.title.clone())
                    .unwrap_or_default(),
                agenda: self.agenda_of(who, &plan.id, &working).await?,
            });
        }
        Ok(grant.show(lines))
    }

    /// How a plan stands, and its working copy's plan for titles.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn agenda(
        &self,
        who: &Principal,
        plan: &str,
    ) -> Result<Visible<(Agenda, Arc<Working>)>, AppError> {
        let grant = who.grant(Action::ReadPlans)?;
        let working = self.working(plan).await?;
        let agenda = self.agenda_of(who, plan, &working).await?;
        Ok(grant.show((agenda, working)))
    }

    async fn agenda_of(
        &self,
        who: &Principal,
        plan: &str,
        working: &Working,
    ) -> Result<Agenda, AppError> {
        let seats = self.seats_in(who, plan).await?;
        let all = who.may(Action::ReviewPlans);
        let (today, id) = (self.today(), working.edition_id());
        let versions = self.store.versions(plan).await?;
        let digest = working.digest(versions.len() as i64);
        let signed = if all {
            self.signed(plan, &digest).await?
        } else {
            Vec::new()
        };
        let mut agenda = Agenda {
            due: due(&working.plan, id, today),
            returns: self.store.returns(plan).await?,
            obstacles: working.obstacles(today),
            claims: working
                .edition()
                .map(|edition| claims_without_evidence(&working.plan, edition, today))
                .unwrap_or_default(),
            scores: working
                .edition()
                .map(|edition| scorecard(&working.plan, edition, today))
                .unwrap_or_default(),
            digest,
            signed,
            versions,
            seats,
        };
        if !all {
            let own = |owner: &str| is_own(&agenda.seats, owner);
            agenda.due.retain(|one| own(&one.owner));
            agenda.returns.retain(|one| own(&one.standing.owner));
            agenda.claims.retain(|one| own(&one.owner));
            agenda.scores.retain(|one| own(&one.owner));
            agenda.obstacles.clear();
        }
        Ok(agenda)
    }
}
