//! Saved views: a search line under a name, for oneself or for all who read reports.

use cairn_desk::access::{Action, Denied, Visible};
use cairn_desk::account::AccountChange;
use cairn_desk::view::{VIEWS_MAX, View};
use cairn_kernel::actor::Actor;
use cairn_store::view::Saved;

use crate::App;
use crate::account::Principal;
use crate::report::AppError;

pub use cairn_store::view as rows;

/// Who may change or delete a view: who saved it, and of a shared one the leads.
#[must_use]
pub fn may_change(who: &Principal, saved: &Saved) -> bool {
    saved.account == who.account || (saved.view.shared && who.may(Action::AssignReports))
}

impl App {
    /// The views that somebody sees: their own, then those that others share.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn views(&self, who: &Principal) -> Result<Visible<Vec<Saved>>, AppError> {
        let grant = who.grant(Action::ReadReports)?;
        Ok(grant.show(self.store.views(grant.account()).await?))
    }

    /// Saves a view. Sharing one is for who works on reports.
    ///
    /// # Errors
    /// See [`AppError`]; [`AppError::Input`] when there are [`VIEWS_MAX`] already.
    pub async fn save_view(&self, who: &Principal, view: View) -> Result<(), AppError> {
        let grant = who.grant(Action::ReadReports)?;
        may_share(who, &view)?;
        let account = grant.account();
        let views = self.store.views(account).await?;
        let own = views.iter().filter(|one| one.account == account).count();
        if own >= VIEWS_MAX {
            return Err(AppError::Input(format!(
                "you have {VIEWS_MAX} saved views: delete one first"
            )));
        }
        let saved = Saved {
            id: uuid::Uuid::new_v4().to_string(),
            account: account.to_owned(),
            view,
        };
        let change = AccountChange::ViewSaved {
            view: saved.id.clone(),
            shared: saved.view.shared,
        };
        let entry = self.account_entry(Actor::User(account.to_owned()), change)?;
        self.store
            .save_view(&saved, self.clock.now(), entry)
            .await?;
        Ok(())
    }

    /// Gives a view another name or line, shares it, or stops sharing it.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn change_view(&self, who: &Principal, id: &str, view: View) -> Result<(), AppError> {
        let saved = self.changeable(who, id).await?;
        may_share(who, &view)?;
        if saved.view == view {
            return Ok(());
        }
        let change = AccountChange::ViewChanged {
            view: saved.id.clone(),
            shared: view.shared,
        };
        let entry = self.account_entry(Actor::User(who.account.clone()), change)?;
        Ok(self.store.change_view(&saved.id, &view, entry).await?)
    }

    /// Deletes a view for good.
    ///
    /// # Errors
    /// See [`AppError`].
    pub async fn delete_view(&self, who: &Principal, id: &str) -> Result<(), AppError> {
        let saved = self.changeable(who, id).await?;
        let change = AccountChange::ViewDeleted {
            view: saved.id.clone(),
        };
        let entry = self.account_entry(Actor::User(who.account.clone()), change)?;
        Ok(self.store.delete_view(&saved.id, entry).await?)
    }

    /// A view that somebody may change. One that is somebody else's own looks as if it were not there.
    async fn changeable(&self, who: &Principal, id: &str) -> Result<Saved, AppError> {
        let _reads = who.grant(Action::ReadReports)?;
        let saved = self.store.view(id).await?;
        let saved = saved.filter(|one| one.account == who.account || one.view.shared);
        let saved = saved.ok_or(AppError::NotFound)?;
        if may_change(who, &saved) {
            Ok(saved)
        } else {
            Err(AppError::Denied(Denied))
        }
    }
}

fn may_share(who: &Principal, view: &View) -> Result<(), Denied> {
    if view.shared && !who.may(Action::WorkReports) {
        Err(Denied)
    } else {
        Ok(())
    }
}
