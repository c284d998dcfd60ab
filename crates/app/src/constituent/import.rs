//! Imports and exports of constituents: whole or not at all, and the same file again changes nothing.

use cairn_desk::access::Action;
use cairn_desk::account::AccountChange;
use cairn_desk::constituent::decide::Done;
use cairn_desk::constituent::import::{Incoming, csv};
use cairn_desk::constituent::plan::{Here, Plan, Summary, plan};
use cairn_desk::constituent::{CONSTITUENTS_MAX, Day, Facts, Refusal};
use cairn_evidence::hash::sha256;
use cairn_kernel::actor::Actor;
use cairn_store::constituent::{Mark, begin, remove};
use cairn_store::writer::{Unit, WriteError};

use super::TRIES;
use crate::App;
use crate::account::Doer;
use crate::report::{AppError, damaged};

/// What an import is known by in the log: SHA-256 of what was read of it, hexadecimal. Without its contacts: a digest without a salt
/// would tell who tries whether somebody is among them.
///
/// # Errors
/// It cannot be written as JSON.
pub fn digest(incoming: &[Incoming]) -> Result<String, AppError> {
    let bare = incoming.iter().map(|one| Incoming {
        contacts: Vec::new(),
        ..one.clone()
    });
    let bare: Vec<Incoming> = bare.collect();
    let json = serde_json::to_vec(&bare).map_err(damaged("import"))?;
    Ok(sha256(&json).hex())
}

impl App {
    /// Takes all constituents of a source in place of those that it brought before; with `dry_run` it only says what that would come to.
    /// What people look after here stays as it is.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn import_constituents(
        &self,
        doer: Doer<'_>,
        source: &str,
        incoming: &[Incoming],
        dry_run: bool,
    ) -> Result<Summary, AppError> {
        let by = doer.actor(Action::ManageConstituents)?;
        let mut tries = 0;
        loop {
            let register = self.ownership().await?;
            let own = self.store.constituents_of(source).await?;
            let lines = register.lines.values();
            let manual = lines.filter(|line| line.origin.manual);
            let manual: Vec<(u32, Facts)> =
                manual.map(|line| (line.no, line.facts.clone())).collect();
            let here = Here {
                own: &own,
                manual: &manual,
                next: register.mark.next,
            };
            let plan = plan(here, source, incoming, Day::of(self.today()))?;
            if register.lines.len() + plan.fresh.len() > CONSTITUENTS_MAX + plan.gone.len() {
                return Err(Refusal::Many.into());
            }
            if dry_run || plan.summary.is_nothing() {
                return Ok(plan.summary);
            }
            let unit = self.import_unit(&plan, (register.mark, source), &by, incoming)?;
            tries += 1;
            match self.store.write(unit).await {
                Err(WriteError::Conflict) if tries < TRIES => {}
                Err(error) => return Err(error.into()),
                Ok(_) => {
                    self.scrub_later();
                    return Ok(plan.summary);
                }
            }
        }
    }

    fn import_unit(
        &self,
        plan: &Plan,
        (mark, source): (Mark, &str),
        by: &Actor,
        incoming: &[Incoming],
    ) -> Result<Unit, AppError> {
        let number = u32::try_from(plan.fresh.len()).unwrap_or(u32::MAX);
        let mut unit = begin(mark, mark.next.saturating_add(number));
        let change = AccountChange::ConstituentsImported {
            source: source.to_owned(),
            digest: digest(incoming)?,
            fresh: plan.summary.fresh,
            changed: plan.summary.changed,
            gone: plan.summary.gone,
        };
        unit.entries.push(self.account_entry(by.clone(), change)?);
        for one in plan.fresh.iter().chain(&plan.changed) {
            self.put(&mut unit, one, by.clone(), (Done::Imported, None))?;
        }
        for no in &plan.gone {
            let change = AccountChange::ConstituentRemoved { constituent: *no };
            remove(&mut unit, *no, self.account_entry(by.clone(), change)?);
        }
        Ok(unit)
    }

    /// All constituents with their contacts as a table (CSV, UTF-8, RFC 4180), safe for spreadsheets. The log knows that it was taken.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn export_constituents(&self, doer: Doer<'_>) -> Result<String, AppError> {
        let by = doer.actor(Action::ManageConstituents)?;
        let mut out = csv::header();
        let (mut last, mut rows) = (0, 0);
        loop {
            let page = self.store.constituents_after(last).await?;
            for one in &page {
                out.push_str(&csv::line(one));
                rows += 1;
            }
            match page.last() {
                Some(one) => last = one.no,
                None => break,
            }
        }
        let change = AccountChange::ConstituentsExported { rows };
        let unit = Unit {
            entries: vec![self.account_entry(by, change)?],
            ..Unit::default()
        };
        self.store.write(unit).await?;
        Ok(out)
    }
}
